package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loa/schedule"
	"loa/store"
	"loa/web"
)

// TestSnapshot: a copy holds what was there, is found whole, and a damaged one is not; of a server's database it is refused.
func TestSnapshot(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		for i := range 50 {
			if _, err := s.AddEntry(ctx, schedule.Entry{Scope: "tinh", Kind: schedule.EntryAgency, Key: "so", Body: `{"aliases":["x"]}`, From: day0, At: day0.Add(time.Duration(i) * time.Hour), Actor: "A", Basis: "b"}); err != nil {
				t.Fatal(err)
			}
		}
		file := filepath.Join(t.TempDir(), "copy.db")
		snap, err := s.Snapshot(ctx, file)
		if s.Engine() == "postgres" {
			if !errors.Is(err, store.ErrElsewhere) {
				t.Errorf("of a server: %v", err)
			}
			return
		}
		if err != nil || snap.Rows["plan_entry"] != 50 || snap.Rows["event"] != 50 {
			t.Fatalf("%v: %+v", err, snap.Rows)
		}
		if _, err := s.Snapshot(ctx, file); err == nil {
			t.Error("a copy went over another")
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 4096; i < len(raw); i += 97 {
			raw[i] ^= 0x55
		}
		bad := filepath.Join(t.TempDir(), "bad.db")
		if err := os.WriteFile(bad, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.CheckSnapshot(ctx, bad); err == nil {
			t.Error("a damaged copy is found whole")
		}
	})
}

// TestBackupNotes: the newest copy is told with its figures, and a begun and a stopped walk with who did it.
func TestBackupNotes(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		if b := must(s.LastBackup(ctx)); !b.At.IsZero() {
			t.Errorf("a copy before any: %+v", b)
		}
		for i, name := range []string{"a.zip", "b.zip"} {
			if err := s.NoteBackup(ctx, web.Backup{Name: name, At: day0.AddDate(0, 0, i), By: "Cán bộ", Size: 7, Rows: 8, Kept: 9}); err != nil {
				t.Fatal(err)
			}
		}
		if b := must(s.LastBackup(ctx)); b.Name != "b.zip" || !b.At.Equal(day0.AddDate(0, 0, 1)) || b.By != "Cán bộ" || b.Size != 7 || b.Rows != 8 || b.Kept != 9 {
			t.Errorf("%+v", b)
		}
		if err := errors.Join(s.NoteWalk(ctx, "tinh/so", "Cán bộ", day0, day0), s.NoteWalk(ctx, "tinh/so", "Cán bộ", time.Time{}, day0.Add(time.Hour))); err != nil {
			t.Fatal(err)
		}
		events := must(s.Events(ctx, 2, 9))
		if len(events) != 2 || events[0].Kind != "walk.begun" || events[1].Kind != "walk.stopped" || events[1].Actor != "Cán bộ" {
			t.Errorf("%+v", events)
		}
		if looks := must(s.Looks(ctx, "tinh/so", 5)); len(looks) != 0 {
			t.Errorf("visits of what was never visited: %+v", looks)
		}
	})
}
