package plans

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

func entry(kind, key, body string, from string) schedule.Entry {
	day, err := time.ParseInLocation(time.DateOnly, from, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return schedule.Entry{Kind: kind, Key: key, Body: body, From: day}
}

const merged = "yen-bai/2023"

// load reads the embedded plan with entries over it, which must be without a mistake.
func load(t *testing.T, entries ...schedule.Entry) (*schedule.Plan, fs.FS) {
	t.Helper()
	files, err := Merged(Files(), merged, entries)
	if err != nil {
		t.Fatal(err)
	}
	p, _, problems := Load(files, merged)
	for _, x := range problems {
		if !x.Warning {
			t.Fatal(x)
		}
	}
	return p, files
}

// Nothing laid over the files changes nothing that they say.
func TestMergedNothing(t *testing.T) {
	want, _, _ := Load(Files(), merged)
	got, _ := load(t, entry(schedule.EntryAgency, "so-noi-vu", `{}`, "2023-01-01"), entry(schedule.EntrySource, slugOf(want.Sources[0].ID), `{}`, "2023-01-01"))
	if len(got.Sources) != len(want.Sources) || len(got.Agencies) != len(want.Agencies) || got.Version != want.Version {
		t.Errorf("%d sources, %d agencies, version %s; want %d, %d, %s", len(got.Sources), len(got.Agencies), got.Version, len(want.Sources), len(want.Agencies), want.Version)
	}
	for i := range want.Sources {
		a, _ := json.Marshal(want.Sources[i])
		b, _ := json.Marshal(got.Sources[i])
		if string(a) != string(b) {
			t.Errorf("source %s became\n%s\nof\n%s", want.Sources[i].ID, b, a)
		}
	}
}

// A source is added, edited field by field, and retired; the entry of the later day wins.
func TestMergedSources(t *testing.T) {
	add := entry(schedule.EntrySource, "so-noi-vu-moi", `{"agency":"so-noi-vu","name":"Sở Nội vụ – tin mới","kind":"list","url":"http://snv.example/tin","every":"6h","rule":{"item":"ul.tin > li","date_format":"dd/MM/yyyy"}}`, "2023-03-01")
	edit := entry(schedule.EntrySource, "so-noi-vu-moi", `{"url":"http://snv.example/tin-tuc","every":null}`, "2023-04-01")
	before := entry(schedule.EntrySource, "so-noi-vu-moi", `{"url":"http://snv.example/cu"}`, "2023-03-15")
	p, files := load(t, add, edit, before)
	i := slices.IndexFunc(p.Sources, func(s media.Source) bool { return s.ID == "yen-bai/so-noi-vu-moi" })
	if i < 0 {
		t.Fatal("no such source")
	}
	if s := p.Sources[i]; s.URL != "http://snv.example/tin-tuc" || s.Every != time.Hour || s.Rule.Item != "ul.tin > li" || s.Name != "Sở Nội vụ – tin mới" {
		t.Errorf("%+v", s)
	}
	file, text, err := Paste(files, merged, schedule.EntrySource, "so-noi-vu-moi")
	if err != nil || file != "yen-bai/sources.yaml" || !strings.Contains(text, "  - id: so-noi-vu-moi\n    agency: so-noi-vu\n") {
		t.Errorf("%v %s:\n%s", err, file, text)
	}
	raw, _ := fs.ReadFile(Files(), file)
	pasted, _, problems := Load(laid{Files(), fstest.MapFS{file: &fstest.MapFile{Data: append(slices.Clone(raw), text...)}}}, merged)
	if j := slices.IndexFunc(pasted.Sources, func(s media.Source) bool { return s.ID == p.Sources[i].ID }); j < 0 || pasted.Sources[j].URL != p.Sources[i].URL || len(problems) > len(load0(t)) {
		t.Errorf("what is pasted into the file reads otherwise: %v", problems)
	}
	if Written(Files(), merged, schedule.EntrySource, "so-noi-vu-moi") != "" || !strings.Contains(Written(files, merged, schedule.EntrySource, "so-noi-vu-moi", "url"), `{"url":"http://snv.example/tin-tuc"}`) {
		t.Error("what the files say of it is told wrong")
	}
}

func load0(t *testing.T) []Problem {
	t.Helper()
	_, _, problems := Load(Files(), merged)
	return problems
}

// Mistakes are the reader's own, all at once, each at its field.
func TestFaults(t *testing.T) {
	bad := entry(schedule.EntrySource, "moi", `{"agency":"khong-co","name":"","kind":"list","url":"ftp://x","rule":{"article_url":"(","nham":"x"}}`, "2023-03-01")
	fields := map[string]string{}
	for _, f := range Faults(Files(), Files(), merged, nil, bad) {
		fields[f.Field] += f.Msg + "\n"
	}
	for field, word := range map[string]string{"agency": "khong-co", "name": "không trống", "url": "http://", "rule/article_url": "RE2"} {
		if !strings.Contains(fields[field], word) {
			t.Errorf("%q is told %q, want %q in it; all: %v", field, fields[field], word, fields)
		}
	}
	if faults := Faults(Files(), Files(), merged, []schedule.Entry{bad}, entry(schedule.EntryAgency, "so-noi-vu", `{"contact":{"name":"Phòng CCHC","phone":"0216 0000 000"}}`, "2023-03-01")); len(faults) > 0 {
		t.Errorf("another's mistakes are told: %v", faults)
	}
	if faults := Faults(Files(), Files(), merged, nil, entry(schedule.EntryAgency, "khong-co", `{"contact":{}}`, "2023-03-01")); len(faults) != 1 {
		t.Errorf("an agency that is not: %v", faults)
	}
	days := entry(schedule.EntryHolidays, "2025", `{"basis":"TB 6150/TB-BLĐTBXH","days":[{"date":"2025-01-27","name":"Tết"},{"date":"2024-01-27","name":"Tết"}],"working":[{"date":"2025-04-25","name":"Làm bù"}]}`, "2025-01-01")
	faults := Faults(Files(), Files(), merged, nil, days)
	if len(faults) != 2 || faults[0].Field != "days" || faults[1].Field != "working" {
		t.Errorf("days off: %+v", faults)
	}
}

// A table of days off of a year without a file; a Saturday that is worked.
func TestMergedHolidays(t *testing.T) {
	files, err := Merged(Files(), merged, []schedule.Entry{entry(schedule.EntryHolidays, "2025", `{"basis":"Thông báo 6150","days":[{"date":"2025-05-02","name":"Nghỉ hoán đổi"}],"working":[{"date":"2025-04-26","name":"Làm bù ngày 02/5"}]}`, "2025-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	cal, problems := Holidays(files)
	day := func(s string) time.Time { return entry("", "", "", s).From }
	if len(problems) > 0 || !slices.Contains(cal.Known(), 2025) || !slices.Contains(cal.Known(), 2023) || !cal.IsOff(day("2025-05-02")) || cal.IsOff(day("2025-04-26")) || !cal.IsOff(day("2025-04-27")) {
		t.Errorf("%v, %v: %v", problems, cal.Known(), cal.Work)
	}
}

// Audience windows end on the day from which others hold; those of other scopes stay.
func TestMergedWindows(t *testing.T) {
	old, _, _ := Load(Files(), merged)
	p, _ := load(t, entry(schedule.EntryWindows, "tv", `{"windows":[{"from":"19:00","to":"21:30"}]}`, "2023-06-01"),
		entry(schedule.EntryWindows, "tv", `{"windows":[{"from":"19:30","to":"21:00"}]}`, "2023-06-01"))
	n := 0
	for _, w := range old.Windows {
		if w.Medium == "tv" && w.Channel == "" && w.Agency == "" {
			n++
		}
	}
	day := entry("", "", "", "2023-06-01").From
	ended, begun := 0, 0
	for _, w := range p.Windows {
		if w.Medium != "tv" || w.Channel != "" || w.Agency != "" {
			continue
		}
		switch {
		case w.To.Equal(day):
			ended++
		case w.From.Equal(day) && w.FromMinute == 19*60+30 && w.ToMinute == 21*60:
			begun++
		default:
			t.Errorf("%+v", w)
		}
	}
	if n == 0 || ended != n || begun != 1 || len(p.Windows) != len(old.Windows)+1 || p.Version == old.Version {
		t.Errorf("%d of %d ended, %d begun, %d in all", ended, n, begun, len(p.Windows))
	}
}

func FuzzMerged(f *testing.F) {
	f.Add("source", "bao-rss", `{"url":"http://a.example/"}`)
	f.Add("windows", "channel:ytv", `{"windows":[{"from":"19:00","to":"21:30"}]}`)
	f.Add("holidays", "2025", `{"basis":"x","days":[]}`)
	f.Add("column", "cchc", `{"aliases":[{"name":"x","from":"2023-01-01"}]}`)
	small := fstest.MapFS{}
	for _, name := range []string{"mau/2026.yaml", "mau/agencies.yaml", "mau/sources.yaml"} {
		raw, err := fs.ReadFile(Files(), name)
		if err != nil {
			f.Fatal(err)
		}
		small[name] = &fstest.MapFile{Data: raw}
	}
	f.Fuzz(func(t *testing.T, kind, key, body string) {
		e := schedule.Entry{Kind: kind, Key: key, Body: body, From: time.Date(2026, 3, 1, 0, 0, 0, 0, calendar.Zone)}
		files, err := Merged(small, "mau/2026", []schedule.Entry{e})
		if err != nil {
			return
		}
		if _, _, problems := Load(files, "mau/2026"); len(problems) == 0 {
			Paste(files, "mau/2026", kind, key)
		}
	})
}
