package report

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/schedule"
)

// notFigures are the numbers of a report that are not counted from rows, each
// with why: a path without indices.
func notFigures() map[string]string {
	return map[string]string{
		"Closing.Revision":             "names the revision",
		"Duties.Rows.Closed.Revision":  "names the revision",
		"Columns.Rows.Closed.Revision": "names the revision",
		"Broadcasts.Airings.Seconds":   "a row: the length of one airing, as logged",
		"Head.ReplyDays":               "a setting",
		"Attested.Pieces":              "a row: what one unit attests to",
		"Attested.Cost":                "likewise",
	}
}

// noLevel reports whether a number is a level that the duty has none of: 0.
func noLevel(path string, v reflect.Value) bool {
	return slices.Contains([]string{"Duties.Wanted", "Duties.MaxGap", "Duties.MaxLag", "Duties.Alive", "Duties.Share", "Duties.DueDays"}, path) && v.Int() == 0
}

// numbersOf walks every int and float of a value; reasons are sentences of
// schedule with arguments, not figures.
func numbersOf(path string, v reflect.Value, visit func(path string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.Int, reflect.Int64, reflect.Float64:
		visit(path, v)
	case reflect.Pointer:
		if !v.IsNil() {
			numbersOf(path, v.Elem(), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			numbersOf(fmt.Sprintf("%s[%d]", path, i), v.Index(i), visit)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() || v.Type() == reflect.TypeFor[schedule.Reason]() {
			return
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if v.Type().Field(i).Anonymous {
				name = ""
			}
			numbersOf(join(path, name), v.Field(i), visit)
		}
	}
}

// A report whose figures are not what its rows say is not printed: each of its
// numbers in turn is changed by one.
func TestVerifyRefusesEveryCorruption(t *testing.T) {
	indices := regexp.MustCompile(`\[\d+\]`)
	build := map[string]func() Report{
		"open": func() Report { return Build(rich()) },
		"closed": func() Report {
			in, c := closed(t, 1)
			in.Evaluation.Proposals, in.Proposals = []schedule.Proposal{{Closing: c.ID, Quota: "B-D1", Owner: "mau/dai", Period: "2023-W10"}}, 1
			return Build(in)
		},
	}
	allow := notFigures()
	tried := map[string]bool{}
	for name, build := range build {
		if err := Verify(build()); err != nil {
			t.Fatalf("%s: an honest report is refused: %v", name, err)
		}
		r := build()
		numbersOf("", reflect.ValueOf(&r).Elem(), func(path string, v reflect.Value) {
			plain := indices.ReplaceAllString(path, "")
			tried[plain] = true
			if allow[plain] != "" || noLevel(plain, v) || probed(r, path) {
				return
			}
			was := reflect.New(v.Type()).Elem()
			was.Set(v)
			if v.Kind() == reflect.Float64 {
				v.SetFloat(v.Float() + 1)
			} else {
				v.SetInt(v.Int() + 1)
			}
			if Verify(r) == nil {
				t.Errorf("%s: %s changed by one is printed", name, path)
			}
			v.Set(was)
		})
	}
	for path := range allow {
		if !tried[path] {
			t.Errorf("%s is excused and does not occur", path)
		}
	}
	if len(tried) < 90 {
		t.Errorf("only %d kinds of number", len(tried))
	}
}

// probed reports whether a number is what a probe found and no reason repeats.
func probed(r Report, path string) bool {
	var i, j, k int
	if n, _ := fmt.Sscanf(path, "Duties[%d].Rows[%d].Measures[%d].Delivered", &i, &j, &k); n != 3 || !strings.HasSuffix(path, "Delivered") {
		return false
	}
	d := r.Duties[i]
	return d.Rows[j].Measures[k].Shortfall == 0 && len(d.Rows[j].Credits) == 0 && !has(d.Rows[j].Reasons, "page_found") && d.Kind == "exists" && d.Rows[j].Measures[k].Name == "count"
}

// Other ways of telling what the rows do not say.
func TestVerifyRefuses(t *testing.T) {
	for name, breakIt := range map[string]func(r *Report){
		"a credit taken away": func(r *Report) { row(r, "A-6.1").Credits = nil },
		"a credit added":      func(r *Report) { x := row(r, "A-7"); x.Credits = append(x.Credits, Piece{ID: "x"}) },
		"an airing counted that is not": func(r *Report) {
			b := r.Broadcasts[0]
			i := slices.IndexFunc(b.Airings, func(a Airing) bool { return !a.Counted })
			b.Airings[i].Counted = true
		},
		"an owner moved":       func(r *Report) { p := &r.Pages[0]; p.Present, p.Absent = p.Absent, p.Present },
		"an item forgotten":    func(r *Report) { r.Items = r.Items[1:] },
		"a source forgotten":   func(r *Report) { r.Data.Blind = nil },
		"a word changed":       func(r *Report) { r.Deadlines[0].Title = "khác" },
		"a trial in the tally": func(r *Report) { x := row(r, "B-A3"); x.Shadow = false },
		"a gap told shorter":   func(r *Report) { m := row(r, "A-3.1").Measures; m[1].Delivered-- },
		"a measure nobody can recount": func(r *Report) {
			x := row(r, "A-3.1")
			x.Measures = append(x.Measures, schedule.Measure{Name: "mới"})
		},
	} {
		r := Build(rich())
		breakIt(&r)
		var buf bytes.Buffer
		for _, f := range Formats() {
			if err := f.Write(&buf, r); err == nil || buf.Len() > 0 {
				t.Errorf("%s: %s is printed", name, f.Name)
			}
		}
	}
}

func row(r *Report, quota string) *Row {
	i := slices.IndexFunc(r.Duties, func(d Duty) bool { return d.Quota == quota })
	return &r.Duties[i].Rows[0]
}

// Every period, open or closed, adds up.
func TestVerifyHonest(t *testing.T) {
	for _, id := range []string{"2023-03", "2023-02", "2023-W10", "2023-03@14", "2023-Q1@14", "2023-04", "2023"} {
		for _, now := range []string{"2023-04-05 08:00", "2023-03-17 10:30", "2023-02-14 00:00", "2023-07-01 12:00"} {
			s := all()
			s.now = at(now)
			in := s.input()
			in.Period = month(id)
			if err := Verify(Build(in)); err != nil {
				t.Errorf("%s at %s: %v", id, now, err)
			}
			c, err := schedule.Close(in.Plan, in.Calendar, in.Evaluation, in.Period, nil, "ai đó", "", at(now))
			if err != nil {
				continue
			}
			later := all()
			later.now = at("2023-08-01 09:00")
			frozen := later.input()
			frozen.Period, frozen.Closing = in.Period, &c
			frozen.Evaluation = frozen.Evaluation.Frozen([]schedule.Closing{c})
			for _, p := range frozen.Evaluation.Proposals {
				if p.Closing == c.ID {
					frozen.Proposals++
				}
			}
			if err := Verify(Build(frozen)); err != nil {
				t.Errorf("%s closed at %s: %v", id, now, err)
			}
		}
	}
}

// Questions wait as far as their register tells: a report whose register ends
// early, or never came, is printed.
func TestVerifyShortRegister(t *testing.T) {
	for _, to := range []string{"2023-03-20 00:00", "2023-03-01 00:00", "2023-02-20 00:00", ""} {
		for _, now := range []string{"2023-03-25 10:00", "2023-03-20 00:00", "2023-04-05 08:00"} {
			s := all()
			s.now = at(now)
			register := schedule.RegisterSource("questions", "mau/cong")
			delete(s.obs.Spans, register)
			if to != "" {
				s.obs.Spans[register] = []schedule.Span{{From: at("2022-12-30 00:00"), To: at(to)}}
			}
			r := Build(s.input())
			if err := Verify(r); err != nil {
				t.Errorf("register to %s, at %s: %v", to, now, err)
			}
			for _, w := range row(&r, "A-3.3").Waiting {
				if w.Days != nil && (*w.Days < 0 || *w.Days > 13) {
					t.Errorf("register to %s, at %s: %s waits for %d working days", to, now, w.ID, *w.Days)
				}
			}
		}
	}
}

// A number changed from April on leaves March with the number it had.
func TestChangedLevels(t *testing.T) {
	s := all()
	plan, errs := schedule.Changed(s.plan, []schedule.Change{{ID: "c1", Quota: "A-4", Field: "wanted", Value: "3", From: at("2023-04-01 00:00"), At: at("2023-03-20 09:00"), Actor: "Phó Giám đốc", Basis: "Công văn 15/SNV"}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s.plan = plan
	r := Build(s.input())
	i := slices.IndexFunc(r.Duties, func(d Duty) bool { return d.Quota == "A-4" })
	if d := r.Duties[i]; d.Wanted != 3 || len(d.Was) != 1 || d.Was[0].Wanted != 1 {
		t.Fatalf("%+v %+v", d.levels, d.Was)
	}
	if page := write(t, Formats()[0], r); !strings.Contains(page, "Trước ngày 01/4/2023: ít nhất 01 tin, bài, hằng tháng; khoảng trống không quá 30 ngày (đổi theo Công văn 15/SNV)") {
		t.Error("the earlier level is not told")
	}
	r.Duties[i].Was[0].Wanted++
	if Verify(r) == nil {
		t.Error("an earlier level that the rows were not held to is printed")
	}
}
