package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"loa/store"
	"loa/store/storetest"
)

// TestTransferRefuses: only an idle SQLite file goes into an empty server, and what is refused leaves nothing behind.
func TestTransferRefuses(t *testing.T) {
	ctx := context.Background()
	quiet := func(string, int64) {}
	file, server := storetest.DB(t, "sqlite"), storetest.DB(t, "postgres")
	from, err := store.Open(ctx, file, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { from.Close() })
	if _, err := store.Transfer(ctx, from, file+"2", "ai đó", quiet); !errors.Is(err, store.ErrWrongEngines) {
		t.Errorf("into a file: %v", err)
	}
	if ok, err := from.TakeChore(ctx, "evaluate", "a node", time.Minute); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, err := store.Transfer(ctx, from, server, "ai đó", quiet); !errors.Is(err, store.ErrAtWork) {
		t.Errorf("while a node works: %v", err)
	}
	if err := store.ExecIn(ctx, file, "DELETE FROM chore"); err != nil {
		t.Fatal(err)
	}
	if err := from.PutPlan(ctx, "mau/2023", "v1", "text", time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := store.ExecIn(ctx, file, "CREATE TABLE stray (a TEXT)"); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Transfer(ctx, from, server, "ai đó", quiet); err == nil {
		t.Error("a table that one side does not know was passed over")
	}
	if err := store.ExecIn(ctx, file, "DROP TABLE stray"); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the progress broke off")
	func() {
		defer func() {
			if recover() != broken { //nolint:errorlint // the very value
				t.Error("it did not break off")
			}
		}()
		_, _ = store.Transfer(ctx, from, server, "ai đó", func(table string, rows int64) {
			if table == "plan_version" {
				panic(broken)
			}
		})
	}()
	sums, err := store.Transfer(ctx, from, server, "ai đó", quiet)
	if err != nil || len(sums) < 40 {
		t.Fatalf("an idle file into an empty server: %d tables, %v", len(sums), err)
	}
	if _, err := store.Transfer(ctx, from, server, "ai đó", quiet); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("a second time: %v", err)
	}
}
