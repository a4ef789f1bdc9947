package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/store"
)

// TestHandedWaits: what a person handed in is there for them alone, until its time has passed; its bytes are held as long.
func TestHandedWaits(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		kept := func(n string) *media.Kept {
			return &media.Kept{SHA256: strings.Repeat(n, 32), URL: "urn:loa:handed:" + n, At: day0, Size: 3}
		}
		h := store.Handed{ID: "bimat", Plan: "tinh/2023", Person: "account a", Body: `{"kind":"airings"}`, Made: day0, Until: day0.Add(48 * time.Hour)}
		put := func(h store.Handed, file *media.Kept) error {
			return s.PutHanded(ctx, h, file, nil, "Người lập lịch", day0)
		}
		if err := put(h, kept("ab")); err != nil {
			t.Fatal(err)
		}
		got := must(s.Handed(ctx, "bimat", "account a", day0))
		if got.File != kept("ab").SHA256 || got.Body != h.Body || !got.Until.Equal(h.Until) || got.Done != "" {
			t.Errorf("%+v", got)
		}
		for _, x := range []struct {
			id, person string
			at         time.Time
		}{{"bimat", "account b", day0}, {"bimat", "", day0}, {"khac", "account a", day0}, {"bimat", "account a", day0.Add(49 * time.Hour)}} {
			if _, err := s.Handed(ctx, x.id, x.person, x.at); !errors.Is(err, store.ErrNoHanded) {
				t.Errorf("%+v: %v", x, err)
			}
		}
		theirs := h
		theirs.Person = "account b"
		if err := put(theirs, kept("cd")); !errors.Is(err, store.ErrNoHanded) {
			t.Errorf("another's file in its place: %v", err)
		}
		if uses := must(s.KeptUses(ctx, kept("ab").SHA256)); len(uses) != 1 || uses[0].Kind != "handed" {
			t.Errorf("the file is held by %+v", uses)
		}
		again := got
		again.Body = `{"kind":"schedule"}`
		if err := put(again, nil); err != nil { // other details of the same file
			t.Fatal(err)
		}
		if got = must(s.Handed(ctx, "bimat", "account a", day0)); got.File != kept("ab").SHA256 || !strings.Contains(got.Body, "schedule") {
			t.Errorf("%+v", got)
		}
		if err := s.HandedDone(ctx, "bimat", "account a", `{"Says":["x"]}`); err != nil {
			t.Fatal(err)
		}
		if got = must(s.Handed(ctx, "bimat", "account a", day0)); got.Done == "" {
			t.Error("what was stored is not noted")
		}
		if err := put(again, kept("cd")); !errors.Is(err, store.ErrNoHanded) {
			t.Errorf("changed after it was stored: %v", err)
		}
		second := h
		second.ID, second.Made, second.Until = "hai", day0.Add(72*time.Hour), day0.Add(99*time.Hour)
		if err := put(second, kept("cd")); err != nil {
			t.Fatal(err)
		}
		if uses := must(s.KeptUses(ctx, kept("ab").SHA256)); len(uses) != 0 {
			t.Errorf("held though its time has passed: %+v", uses)
		}
		if err := s.DropHanded(ctx, "hai", "account b", "X", day0); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Handed(ctx, "hai", "account a", day0.Add(73*time.Hour)); err != nil {
			t.Errorf("another dropped it: %v", err)
		}
		if err := s.DropHanded(ctx, "hai", "account a", "Người lập lịch", day0); err != nil {
			t.Fatal(err)
		}
		kinds := ""
		for _, e := range must(s.Events(ctx, 0, 99)) {
			kinds += e.Kind + " "
		}
		equal(t, "events", kinds, "handed.received handed.received handed.dropped ")
	})
}
