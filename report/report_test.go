package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func month(id string) calendar.Period {
	p, err := calendar.Parse(id)
	if err != nil {
		panic(err)
	}
	return p
}

func TestFigures(t *testing.T) {
	r := Build(world())
	if len(r.Broadcasts) != 1 || len(r.Columns) != 1 || len(r.Regulars) != 2 || len(r.Deadlines) != 1 {
		t.Fatalf("sections: %d %d %d %d", len(r.Broadcasts), len(r.Columns), len(r.Regulars), len(r.Deadlines))
	}
	b := r.Broadcasts[0]
	// Weeks 9 to 12 have their Sunday in March. Week 12 lacks its log.
	if b.Closed != 4 || b.Tally.Total() != 4 || b.Tally.Met != 1 || b.Tally.Insufficient != 1 || b.Tally.ToReview != 1 || b.Tally.Judge != 1 || b.Tally.Missed != 0 {
		t.Errorf("weeks: %+v", b.Tally)
	}
	if b.FirstRuns != 3 || b.Repeats != 1 || b.Counted != 1 || b.InWindow != 2 || b.Seconds != (16*60+12*60+40+15*60) || b.Median != 900 || b.Shortest != 760 {
		t.Errorf("broadcast: %+v", b)
	}
	if c := r.Columns[0]; c.Counted != 1 || c.Wanted != 2 || c.Items != 2 {
		t.Errorf("columns: %+v", c)
	}
	portal, sites := r.Regulars[0], r.Regulars[1]
	if portal.Each || portal.Pieces != 2 || portal.Longest == nil {
		t.Errorf("portal: %+v", portal)
	}
	if !sites.Each || sites.With != 1 || sites.Binding != 2 || ownerNames(sites.Zero) != "Sở B <script>" || ownerNames(sites.Unknown) != "Sở C" {
		t.Errorf("sites: %+v", sites)
	}
	if d := r.Deadlines[0]; ownerNames(d.Done) != "Sở A" || ownerNames(d.Late) != "Sở B <script>" || ownerNames(d.Unknown) != "Sở C" || d.Total != 3 {
		t.Errorf("deadline: %+v", d)
	}
	if r.Topics.Items != 5 || r.Topics.Counts[1].Items != 3 || r.Topics.Counts[5].Items != 1 || r.Topics.Counts[5].Primary != 0 {
		t.Errorf("topics: %+v", r.Topics)
	}
	if d := r.Data; d.Sources != 5 || d.Reading != 3 || len(d.Blind) != 1 || len(d.Never) != 1 || len(d.Skipped) != 1 || d.Items != 6 || d.Undated != 1 || d.NoLog != 1 {
		t.Errorf("data: %+v", d)
	}
	if !r.Period.Closed || r.Period.Name != "tháng 3/2023" || !r.Sample {
		t.Errorf("period: %+v", r.Period)
	}
}

// Every figure can be counted again in the rows beside it.
func TestFiguresEqualRows(t *testing.T) {
	for _, id := range []string{"2023-03", "2023-W10", "2023-03@14", "2023-Q1@14", "2023-04", "2023"} {
		in := world()
		in.Period = month(id)
		r := Build(in)
		var plan, reference Tally
		for _, d := range r.Duties {
			var tally Tally
			for _, row := range d.Rows {
				tally.add(row)
				if m, ok := measure(row.Measures, "count"); ok && int(m.Delivered) != len(row.Credits) {
					t.Errorf("%s %s %s: %v delivered, %d rows", id, d.Quota, row.Period, m.Delivered, len(row.Credits))
				}
			}
			if tally != d.Tally {
				t.Errorf("%s %s: tally %+v, rows %+v", id, d.Quota, d.Tally, tally)
			}
			if d.Basis == schedule.ByPlan {
				plan.join(tally)
			} else {
				reference.join(tally)
			}
		}
		if plan != r.ByPlan || reference != r.Reference {
			t.Errorf("%s: %+v %+v", id, r.ByPlan, r.Reference)
		}
		for _, b := range r.Broadcasts {
			first, repeat, counted, seconds := 0, 0, 0, 0
			for _, a := range b.Airings {
				if a.FirstRun {
					first++
					seconds += a.Seconds
				} else {
					repeat++
				}
				if a.Counted {
					counted++
				}
			}
			if first != b.FirstRuns || repeat != b.Repeats || counted != b.Counted || seconds != b.Seconds {
				t.Errorf("%s: %+v", id, b)
			}
		}
		for _, c := range r.Columns {
			n := 0
			for _, row := range c.Rows {
				if !row.InProgress {
					n += len(row.Credits)
				}
			}
			if n != c.Counted {
				t.Errorf("%s: %d instalments, %d rows", id, c.Counted, n)
			}
		}
		for _, g := range r.Regulars {
			n, with := 0, 0
			for _, o := range g.PerOwner {
				n += o.Pieces
				if !o.Unknown && o.Pieces > 0 {
					with++
				}
			}
			if n != g.Pieces || with != g.With || g.With+len(g.Zero) != g.Binding || g.Binding+len(g.Unknown) != len(g.PerOwner) {
				t.Errorf("%s: %+v", id, g)
			}
		}
	}
}

// A week belongs to the month of its Sunday; a month that ends after the
// window is shown, not counted.
func TestPeriods(t *testing.T) {
	weeks := func(id string) string {
		in := world()
		in.Period = month(id)
		var out []string
		for _, d := range Build(in).Duties {
			for _, r := range d.Rows {
				if d.Quota == "B-D1" || d.Quota == "A-6.1" {
					out = append(out, fmt.Sprintf("%s%s", r.Period, map[bool]string{true: "…"}[r.InProgress]))
				}
			}
		}
		return strings.Join(out, " ")
	}
	for id, want := range map[string]string{
		"2023-03":    "2023-W09 2023-W10 2023-W11 2023-W12 2023-03",
		"2023-04":    "2023-W13 2023-W14 2023-04",
		"2023-03@14": "2023-W07 2023-W08 2023-W09 2023-W10 2023-02 2023-03…",
		"2023-W10":   "2023-W10 2023-03…",
	} {
		if got := weeks(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

func TestHTML(t *testing.T) {
	var buf bytes.Buffer
	f := Formats()[0]
	if err := f.Write(&buf, Build(world())); err != nil {
		t.Fatal(err)
	}
	page := buf.String()
	for _, want := range []string{"Dữ liệu mẫu", "chỉ tiêu", "mức tham chiếu", "thấp hơn mức tham chiếu 1", "đề nghị rà soát", "chưa đủ dữ liệu", "tháng 3/2023", "12 phút 40 giây", "Sở B &lt;script&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("no «%s»", want)
		}
	}
	for _, bad := range []string{"<script", "Sở B <", "src=", "@import", "url(", "%!", "ZgotmplZ", "mã «", "<nil>"} {
		if strings.Contains(page, bad) {
			t.Errorf("%q in the page", bad)
		}
	}
	if strings.Contains(page, "chưa đạt 1") {
		t.Error("an unconfirmed miss is called «chưa đạt»")
	}
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)
	sum := sha256.Sum256([]byte(style[1]))
	if f.StyleHash != "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'" {
		t.Error("StyleHash is not the hash of the style element")
	}
}

func TestJSON(t *testing.T) {
	var buf bytes.Buffer
	in := world()
	for i := range in.Evaluation.Matching.Credits {
		in.Evaluation.Matching.Credits[i].Evidence.Copy = &media.Copy{Group: "x", Relation: "near", Others: 1}
	}
	if err := inFormat("json").Write(&buf, Build(in)); err != nil {
		t.Fatal(err)
	}
	if want := `"same_text": {`; !strings.Contains(buf.String(), want) {
		t.Errorf("copies are not told: no %s", want)
	}
	var back struct {
		Schema string `json:"schema"`
		Report
	}
	if err := json.Unmarshal(buf.Bytes(), &back); err != nil || back.Schema != "loa.report/2" || back.Topics.Items != 5 || len(back.Duties) != 5 {
		t.Errorf("%v %+v", err, back.Topics)
	}
	if strings.Contains(buf.String(), "null,\n") && strings.Contains(buf.String(), `"airings": null`) {
		t.Error("a list is null")
	}
}

// An empty world still makes a report.
func TestEmpty(t *testing.T) {
	in := Input{Plan: &schedule.Plan{Number: "01/KH"}, Period: month("2023-03"), Now: at("2023-03-10 08:00")}
	for _, f := range Formats() {
		var buf bytes.Buffer
		if err := f.Write(&buf, Build(in)); err != nil || buf.Len() < 200 {
			t.Errorf("%s: %v, %d bytes", f.Name, err, buf.Len())
		}
	}
}

// The sentences of viet and the codes of schedule are one list.
func TestEveryReasonHasASentence(t *testing.T) {
	known := map[string]bool{}
	for _, c := range viet.ReasonCodes() {
		known[c] = true
	}
	for _, c := range schedule.Codes() {
		if !known[c] {
			t.Errorf("%s has no sentence", c)
		}
	}
	for _, r := range media.BlindReasons() {
		if strings.Contains(viet.Blind(r), r) && r != "robots_denied" {
			t.Errorf("blind reason %s has no words", r)
		}
	}
	for _, s := range media.Topics() {
		if viet.Topic(s) == s {
			t.Errorf("topic %s has no name", s)
		}
	}
	for _, l := range media.Levels() {
		if Level(l) == string(l) {
			t.Errorf("level %s has no name", l)
		}
	}
}

// What is owed once is told in a later report as it stands, with its counts.
func TestOwedOnceLater(t *testing.T) {
	in := world()
	in.Period = month("2023-04")
	in.Now = at("2023-05-02 08:00")
	r := Build(in)
	i := slices.IndexFunc(r.Duties, func(d Duty) bool { return d.Quota == "B-A1" })
	d := r.Duties[i]
	if d.Tally.Total() != 0 || d.ToDate == nil || d.ToDate.Met != 1 || d.ToDate.ToReview != 1 || d.ToDate.Insufficient != 1 {
		t.Fatalf("%+v %+v", d.Tally, d.ToDate)
	}
	page := write(t, Formats()[0], r)
	if want := "Đạt 1; đề nghị rà soát 1; chưa đủ dữ liệu 1 (tính lũy kế, không cộng vào kỳ này)"; !strings.Contains(page, want) {
		t.Errorf("no «%s»", want)
	}
	if r.ByPlan.Met != 1 {
		t.Errorf("it is counted in the period's tally: %+v", r.ByPlan)
	}
	if d := Build(world()).Duties[i]; d.ToDate != nil || d.Tally.Total() != 3 {
		t.Errorf("in the report of its last day: %+v", d.ToDate)
	}
	r.Duties[i].ToDate.Met++
	if Verify(r) == nil {
		t.Error("a count to date that its rows do not say is printed")
	}
}

// Sections are numbered as they come, and what refers to one finds it.
func TestSectionNumbers(t *testing.T) {
	s := all()
	for name, in := range map[string]Input{"world": world(), "rich": rich(), "empty": {Plan: &schedule.Plan{Number: "01/KH"}, Period: month("2023-03"), Now: s.now}} {
		page := write(t, Formats()[0], Build(in))
		heads := regexp.MustCompile(`<h2 id="s\d">(\d+)\. ([^<]*)`).FindAllStringSubmatch(page, -1)
		for i, m := range heads {
			if m[1] != fmt.Sprint(i+1) {
				t.Errorf("%s: section %d is «%s. %s»", name, i+1, m[1], m[2])
			}
			if strings.HasPrefix(m[2], "Đang theo dõi thử") && strings.Count(page, "mục "+m[1]) != 2 {
				t.Errorf("%s: the trials of section %s are looked for elsewhere", name, m[1])
			}
		}
		if len(heads) < 4 || len(heads) > 9 {
			t.Errorf("%s: %d sections", name, len(heads))
		}
	}
	s.plan.Quotas = slices.DeleteFunc(s.plan.Quotas, func(q schedule.Quota) bool { return q.Kind == "deadline" })
	if page := write(t, Formats()[0], Build(s.input())); !strings.Contains(page, `<h2 id="s7">6. Đang theo dõi thử`) || !strings.Contains(page, "xem mục 6") || !strings.Contains(page, "(mục 6)") {
		t.Error("without deadlines trials are not section 6")
	}
}

// Quartiles of one owner would say nothing: its number is told in a sentence.
func TestTrialOfOneOwner(t *testing.T) {
	s := all()
	for i := range s.plan.Quotas {
		if q := &s.plan.Quotas[i]; q.ID == "B-A3" {
			q.Owner = schedule.Owner{Agency: "mau/so-a"}
		}
	}
	r := Build(s.input())
	page := write(t, Formats()[0], r)
	if want := "Sở A <span class=\"small\">(Ít nhất"; r.Trials[0].Owners != 1 || r.Trials[0].Owner != "Sở A" || !strings.Contains(strings.ToLower(page), strings.ToLower(want)) {
		t.Errorf("%+v", r.Trials[0])
	}
	if !strings.Contains(page, "Số lượng 1 tin, bài (ít nhất 1); Khoảng trống dài nhất") || strings.Contains(page, ">25%<") || strings.Contains(page, "Bảng cho thấy") {
		t.Error("one owner's numbers are spread, or not told")
	}
	if page := write(t, Formats()[0], Build(rich())); !strings.Contains(page, ">25%<") || !strings.Contains(page, "Bảng cho thấy") {
		t.Error("the numbers of many owners are not spread")
	}
	several := Spread{Measure: "count", Unit: "items", Wanted: 2, N: 4, Min: 1, Median: 2.5, Max: 6, Holding: 3}
	if got := several.Words("regular"); got != "Số lượng từ 1 đến 6 tin, bài, trung vị 2,5 (ít nhất 2; 3/4 lượt trong mức)" {
		t.Error(got)
	}
}

// Rows that wait for a person's judgement are in no count of what to review.
func TestJudgementIsTalliedApart(t *testing.T) {
	r := Build(world())
	if r.ByPlan.Judge != 1 || r.ByPlan.ToReview != 3 {
		t.Fatalf("%+v", r.ByPlan)
	}
	page := write(t, Formats()[0], r)
	if !strings.Contains(page, "03 đề nghị rà soát, 01 cần xem xét") || !strings.Contains(page, "đề nghị rà soát 1; cần xem xét 1") || !strings.Contains(write(t, inFormat("json"), r), `"needs_judgement": 1`) {
		t.Error("they are not told")
	}
	r.ByPlan.Judge, r.ByPlan.ToReview = 0, 4
	if Verify(r) == nil {
		t.Error("a tally that joins them is printed")
	}
}

func TestUnmeasured(t *testing.T) {
	percent := schedule.Measure{Name: "availability", Unit: "percent"}
	for _, c := range []struct {
		m     schedule.Measure
		share float64
		want  bool
	}{{percent, 0, true}, {percent, 0.2, false}, {schedule.Measure{Name: "count", Unit: "items"}, 0, false}} {
		if got := Unmeasured(schedule.Standing{Coverage: schedule.Coverage{Share: c.share}}, c.m); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

func TestWord(t *testing.T) {
	judge := []schedule.Reason{{Code: "needs_judgement"}}
	for _, c := range []struct {
		basis     schedule.Basis
		state     schedule.State
		confirmed bool
		reasons   []schedule.Reason
		want      string
	}{
		{schedule.ByPlan, schedule.Missed, false, nil, "đề nghị rà soát"},
		{schedule.ByPlan, schedule.Missed, true, nil, "chưa đạt"},
		{schedule.ByPlan, schedule.Missed, false, judge, "cần xem xét"},
		{schedule.ByPlan, schedule.Missed, true, judge, "chưa đạt"},
		{schedule.ByReference, schedule.Missed, true, nil, "thấp hơn mức tham chiếu"},
		{schedule.ByReference, schedule.Met, false, nil, "đạt mức tham chiếu"},
	} {
		if got := Word(c.basis, c.state, c.confirmed, "", c.reasons); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
