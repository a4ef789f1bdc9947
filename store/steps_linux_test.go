package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"loa/store"
	"loa/store/storetest"
)

// TestStepsBesideWriters: a step that writes the search words anew takes up what others added, changed and deleted while it wrote.
func TestStepsBesideWriters(t *testing.T) {
	steps := store.Steps("postgres")
	for _, step := range []string{"00011_words.postgres.sql", "00033_found.postgres.sql"} {
		t.Run(step, func(t *testing.T) {
			db := storetest.DB(t, "postgres")
			n := slices.Index(steps, step)
			if err := store.MigrateTo(ctx, db, n); err != nil {
				t.Fatal(err)
			}
			conn := must(pgx.Connect(ctx, db))
			defer conn.Close(ctx)
			run := func(stmt string) {
				t.Helper()
				if _, err := conn.Exec(ctx, stmt); err != nil {
					t.Fatalf("%s: %v", stmt, err)
				}
			}
			run(`INSERT INTO item (id, canon, source, agency, url, title, lead, section, col, byline, credit, claimed_at, claimed_precision, claimed_text, claimed_found, claimed_zone, claimed_known,
					at, seen, verified, first_visit, page_state)
				SELECT 'i' || i, '', '', '', '', '', '', '', '', '', '', 0, '', '', '', FALSE, 0, i, i, i, '', 0 FROM generate_series(1, 5) i`)
			run("INSERT INTO item_text (item, words) SELECT 'i' || i, 'cu' FROM generate_series(1, 4) i")
			run("BEGIN")
			run("UPDATE item SET at = 77 WHERE id = 'i2'")
			if n > slices.Index(steps, "00011_words.postgres.sql") {
				run("UPDATE item_text SET masked = 9 WHERE item = 'i4'")
			}
			run("UPDATE item_text SET words = 'moi' WHERE item = 'i1'")
			run("DELETE FROM item_text WHERE item = 'i3'")
			run("INSERT INTO item_text (item, words) VALUES ('i5', 'them')")
			done := make(chan error, 1)
			go func() { done <- store.MigrateTo(ctx, db, n+1) }()
			look := must(pgx.Connect(ctx, db))
			defer look.Close(ctx)
			for waits := 0; waits == 0; { // until the step has written and waits for the one who wrote meanwhile
				if err := look.QueryRow(ctx, "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").Scan(&waits); err != nil {
					t.Fatal(err)
				}
				select {
				case err := <-done:
					t.Fatalf("the step did not wait: %v", err)
				case <-time.After(5 * time.Millisecond): // another process works
				}
			}
			run("COMMIT")
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			want := "i1=moi i2=cu i4=cu i5=them"
			columns := "item || '=' || words"
			if strings.HasPrefix(step, "00033") {
				columns, want = "item || '=' || words || ' ' || masked || ' ' || at", "i1=moi 0 1 i2=cu 0 77 i4=cu 9 4 i5=them 0 5"
			}
			var got string
			if err := look.QueryRow(ctx, "SELECT string_agg("+columns+", ' ' ORDER BY item) FROM item_text").Scan(&got); err != nil || got != want {
				t.Errorf("%q, want %q (%v)", got, want, err)
			}
			if err := store.MigrateTo(ctx, db, len(steps)); err != nil {
				t.Fatal(err)
			}
		})
	}
}
