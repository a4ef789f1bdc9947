package store_test

import (
	"strings"
	"testing"
	"time"

	"loa/schedule"
	"loa/store"
)

// TestEntries: what a person sets over the plan's files is stored once, with an
// event that tells before and after, and known from when it was recorded.
func TestEntries(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		first := schedule.Entry{Scope: "tinh", Kind: schedule.EntrySource, Key: "bao-rss", Body: `{"url":"http://bao.example/rss"}`, Base: `{"url":"http://bao.example/cu"}`,
			From: day0, At: day0.Add(time.Hour), Actor: "Chuyên viên", Basis: "Báo đổi địa chỉ"}
		second := first
		second.Body, second.At = `{"url":"http://bao.example/moi"}`, day0.Add(2*time.Hour)
		windows := schedule.Entry{Scope: "tinh/2023", Kind: schedule.EntryWindows, Key: "tv", Body: `{"windows":[]}`, From: day0, At: day0.Add(3 * time.Hour), Actor: "Chuyên viên", Basis: "CV 1"}
		ids := map[string]bool{}
		for _, e := range []schedule.Entry{first, first, second, windows} {
			ids[must(s.AddEntry(ctx, e))] = true
		}
		if len(ids) != 3 {
			t.Errorf("%d ids of three entries", len(ids))
		}
		all := must(s.Entries(ctx, []string{"tinh", "tinh/2023"}, time.Time{}))
		if len(all) != 3 || all[0].Body != first.Body || all[0].Base != first.Base || !all[0].From.Equal(first.From) || all[0].Basis != first.Basis || all[2].Scope != "tinh/2023" {
			t.Fatalf("%+v", all)
		}
		if known := must(s.Entries(ctx, []string{"tinh"}, day0.Add(time.Hour))); len(known) != 1 {
			t.Errorf("%d known an hour later", len(known))
		}
		if other := must(s.Entries(ctx, []string{"tinh-khac"}, time.Time{})); len(other) != 0 {
			t.Errorf("another province's: %+v", other)
		}
		events := must(s.Events(ctx, 0, 99))
		if len(events) != 3 || events[1].Kind != "entry.set" || events[0].Before != first.Base || events[1].Before != first.Body || !strings.Contains(events[1].After, "moi") {
			t.Errorf("events %+v", events)
		}
		if _, err := s.AddEntry(ctx, schedule.Entry{Scope: "tinh"}); err == nil {
			t.Error("took nothing")
		}
	})
}
