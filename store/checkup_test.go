package store_test

import (
	"context"
	"strings"
	"testing"

	"loa/store"
	"loa/store/storetest"
)

// TestNewerDatabase: beside a newer program this one works on as long as the newer one lets it, and says so when asked; what the
// newer one no longer lets it do it refuses, and does not change.
func TestNewerDatabase(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			ctx := context.Background()
			db := storetest.DB(t, engine)
			d, err := store.Checkup(ctx, db, true)
			if err != nil || !d.Missing || d.Engine != engine {
				t.Fatalf("before there is anything: %+v, %v", d, err)
			}
			open := func() error {
				s, err := store.Open(ctx, db, store.Options{})
				if err == nil {
					err = s.Close()
				}
				return err
			}
			if err := open(); err != nil {
				t.Fatal(err)
			}
			d, err = store.Checkup(ctx, db, true)
			if err != nil || d.Missing || d.Schema != d.Known || d.Floor == 0 || d.Floor > d.Known || d.Bytes == 0 || d.Version == "" || d.Damage != nil || d.Skew.Abs().Seconds() > 60 {
				t.Fatalf("a new database: %+v, %v", d, err)
			}
			newer := func(stmt string) {
				t.Helper()
				if err := store.ExecIn(ctx, db, stmt); err != nil {
					t.Fatal(err)
				}
			}
			newer("INSERT INTO schema_version (version_id, is_applied) VALUES (9999, TRUE)")
			if err := open(); err != nil {
				t.Errorf("a newer program that lets this one work: %v", err)
			}
			if d, err = store.Checkup(ctx, db, false); err != nil || d.Schema != 9999 || d.Floor > d.Known {
				t.Errorf("asked about itself: %+v, %v", d, err)
			}
			newer("UPDATE schema_floor SET floor = 9999")
			if err := open(); err == nil || !strings.Contains(err.Error(), "use a newer program") {
				t.Errorf("a newer program that does not: %v", err)
			}
			if d, err = store.Checkup(ctx, db, false); err != nil || d.Floor != 9999 {
				t.Errorf("asked about itself: %+v, %v", d, err)
			}
		})
	}
}
