package web

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
)

// fakeSettings is the office's own settings in memory.
type fakeSettings struct {
	f       *fake
	laid    []Laid
	changes []schedule.Change
	faults  Faults
	tried   []schedule.Difference
}

func (x *fakeSettings) door() *Settings {
	return &Settings{
		Laid: func(context.Context) ([]Laid, error) { return x.laid, x.f.err },
		Fields: func(kind, key string) (map[string]any, map[string]any, error) {
			var now map[string]any
			switch kind {
			case schedule.EntrySource:
				for _, s := range x.f.plan.Sources {
					if strings.TrimPrefix(s.ID, "suong-ha/") == key {
						now = map[string]any{"id": key, "name": s.Name, "agency": strings.TrimPrefix(s.Agency, "suong-ha/"), "kind": string(s.Kind), "url": s.URL, "rule": map[string]any{"item": "ul.tin > li"}}
					}
				}
			case schedule.EntryAgency:
				for _, a := range x.f.plan.Agencies {
					if strings.TrimPrefix(a.ID, "suong-ha/") == key {
						now = map[string]any{"id": key, "contact": map[string]any{"name": "Trần Thị Thử", "phone": "0216 000 0001"}, "aliases": []any{"tên cũ"}}
					}
				}
			case schedule.EntryColumn:
				for _, c := range x.f.plan.Columns {
					if c.ID == key {
						now = map[string]any{"id": key, "aliases": []any{"CCHC", map[string]any{"name": "Cải cách", "from": "2023-01-01", "to": "2023-07-01"}}, "topics": []any{"tthc"}}
					}
				}
			}
			return now, now, x.f.err
		},
		Set: func(_ context.Context, e schedule.Entry) error {
			if len(x.faults) > 0 {
				return x.faults
			}
			x.laid = append(x.laid, Laid{Entry: e})
			return x.f.err
		},
		Paste: func(kind, key string) (string, string, error) {
			return "suong-ha/sources.yaml", "  - id: " + key + "\n", x.f.err
		},
		Changes: func(context.Context) ([]schedule.Change, error) { return x.changes, x.f.err },
		Preview: func(context.Context, schedule.Change) ([]schedule.Difference, error) { return x.tried, x.f.err },
		Change: func(_ context.Context, c schedule.Change) error {
			x.changes = append(x.changes, c)
			return x.f.err
		},
		Channels: func() []string { return []string{"Chuyên viên theo dõi: smtp:thu.example"} },
	}
}

// fakeSourcing reads nothing and remembers what was asked.
type fakeSourcing struct {
	f     *fake
	asked []string
	trial Trial
	walk  Walking
}

func (x *fakeSourcing) door() *Sourcing {
	note := func(what, id string) error {
		x.asked = append(x.asked, what+" "+id)
		return x.f.err
	}
	return &Sourcing{
		Try:       func(_ context.Context, address string) (Trial, error) { return x.trial, note("try", address) },
		TrySource: func(_ context.Context, id string) (Trial, error) { return x.trial, note("try-source", id) },
		Looks: func(context.Context, string, int) ([]Look, error) {
			return []Look{{At: x.f.now, Outcome: media.OK, Status: 200, Took: 420 * time.Millisecond, Bytes: 51200}}, x.f.err
		},
		States: func(context.Context, string, int) ([]Look, error) {
			return []Look{{At: x.f.now, Outcome: media.Unreachable}}, x.f.err
		},
		Due: func(_ context.Context, id string) error { return note("due", id) },
		Walk: func(_ context.Context, id string, since time.Time, _ string) error {
			return note("walk "+since.Format(time.DateOnly), id)
		},
		Stop:  func(_ context.Context, id, _ string) error { return note("stop", id) },
		Walks: func(context.Context, string) (Walking, error) { return x.walk, x.f.err },
	}
}

func sampleTrial() Trial {
	t := Trial{Address: "http://moi.suongha.example/tin", What: "trang danh sách tin", Total: 12, Dated: 11, Rhythm: "Tin mới nhất 09/3/2023; thường khoảng 2 ngày một tin.", Said: []string{"robots.txt: HTTP 200, cho phép"},
		Feeds: []string{"http://moi.suongha.example/rss"}, Notes: []string{"một lưu ý"}, Same: []string{"suong-ha/bao-tin"}, Stream: "bao",
		Entries: []media.Item{{Title: hostile, Claimed: media.Date{At: at("2023-03-08 08:00"), Precision: media.ToMinute}}}}
	_ = json.Unmarshal([]byte(`{"id":"moi-tin","name":"Trang mới","kind":"list","url":"http://moi.suongha.example/tin","every":"1h","agency":"bao","rule":{"item":"ul > li"}}`), &t.Fields)
	t.Rule, _ = t.Fields["rule"].(map[string]any)
	return t
}

func (f *fake) backups(last time.Time) *Backups {
	b := Backup{Name: "loa-2023-03-01-080000.zip", At: last, By: "Chuyên viên", Size: 3 << 20, Rows: 1200, Kept: 40}
	return &Backups{Engine: "sqlite", Folder: "/var/lib/loa/backups",
		Last:  func(context.Context) (Backup, error) { return b, f.err },
		All:   func(context.Context) ([]Backup, error) { return []Backup{b}, f.err },
		Write: func(_ context.Context, by string) (Backup, error) { b.By, b.At = by, f.now; return b, f.err },
		Stream: func(_ context.Context, w io.Writer, _ string) (Backup, error) {
			_, err := io.WriteString(w, "PK")
			return b, err
		},
		Kept: func(_ context.Context, row func(string, time.Time, int64, string) error) error {
			if f.kept != nil {
				return f.kept(row)
			}
			return row("http://bao.suongha.example/1", f.now, 512, strings.Repeat("ab", 32))
		}}
}
