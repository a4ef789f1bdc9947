package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"loa/store"
	"loa/store/storetest"
)

// TestListen: another node hears at once what a person changed, nothing of what was not committed, and goes on after its line was cut.
func TestListen(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db := storetest.DB(t, "postgres")
	one, err := store.Open(ctx, db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	two, err := store.Open(ctx, db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	heard, done := make(chan string, 100), make(chan struct{})
	go func() {
		defer close(done)
		two.Listen(ctx, func(kind string) { heard <- kind })
	}()
	next := func(want string) {
		t.Helper()
		select {
		case got := <-heard:
			if got != want {
				t.Errorf("heard %q, want %q", got, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%q was not heard", want)
		}
	}
	next("")
	if err := one.MakeDue(ctx); err != nil {
		t.Fatal(err)
	}
	next("sources")
	broken := errors.New("it was not to be")
	if err := one.Fails(ctx, "plan", broken); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if err := one.PutPlan(ctx, "mau/2023", "v1", "text", time.Now()); err != nil {
		t.Fatal(err)
	}
	next("plan")
	if err := store.ExecIn(ctx, db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN loa' AND datname = current_database()"); err != nil {
		t.Fatal(err)
	}
	next("") // whatever was told meanwhile
	if err := one.MakeDue(ctx); err != nil {
		t.Fatal(err)
	}
	next("sources")
	select {
	case kind := <-heard:
		t.Errorf("heard %q too", kind)
	default:
	}
	cancel()
	<-done
	file := storetest.Open(t, "sqlite", store.Options{})
	file.Listen(context.Background(), func(string) { t.Error("a file tells nobody") })
}
