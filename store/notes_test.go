package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"loa/schedule"
	"loa/store"
)

// TestNotes: what was said is stored once, read back whole and in order, recorded in
// the chain; an objection is answered once, and its file is held.
func TestNotes(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		call := schedule.Note{Plan: "tinh/2023", Kind: schedule.NoteCall, Owner: "tinh/dai", Quota: "B-D1", Period: "2023-W10", At: day0, Actor: "Chuyên viên", Whom: "Phòng Chương trình, 0900 000 001",
			Words: "sẽ phát tối thứ Sáu", By: day0.AddDate(0, 0, 2)}
		objection := schedule.Note{Plan: "tinh/2023", Kind: schedule.NoteObjection, Owner: "tinh/dai", Quota: "B-D1", Period: "2023-W09", At: day0.Add(time.Hour), Actor: "Đài", Words: "đã phát",
			File: strings.Repeat("cd", 32), FileName: "nhật ký.pdf"}
		for _, n := range []schedule.Note{call, call, objection} {
			if err := s.AddNote(ctx, n); err != nil {
				t.Fatal(err)
			}
		}
		got := must(s.Notes(ctx, "tinh/2023", time.Time{}))
		if len(got) != 2 || got[0].Whom != call.Whom || !got[0].By.Equal(call.By) || got[1].FileName != "nhật ký.pdf" || got[0].ID == "" || got[0].ID == got[1].ID {
			t.Fatalf("%+v", got)
		}
		settled := schedule.Note{Plan: "tinh/2023", Kind: schedule.NoteSettled, Owner: "tinh/dai", Quota: "B-D1", Period: "2023-W09", At: day0.Add(2 * time.Hour), Actor: "Chuyên viên", Words: "đúng", Of: got[1].ID, Upheld: true}
		again := settled
		again.Words, again.Upheld = "không đúng", false
		for range 2 { // the same told twice is one
			if err := s.AddNote(ctx, settled); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AddNote(ctx, again); !errors.Is(err, store.ErrSettled) {
			t.Errorf("settled twice: %v", err)
		}
		if n := len(must(s.Notes(ctx, "tinh/2023", day0.Add(time.Hour)))); n != 2 {
			t.Errorf("%d notes known an hour later", n)
		}
		if n := len(must(s.Notes(ctx, "tinh/2024", time.Time{}))); n != 0 {
			t.Errorf("%d of another plan's", n)
		}
		if uses := must(s.KeptUses(ctx, objection.File)); len(uses) != 1 || uses[0].Kind != "note" {
			t.Errorf("the file is held by %+v", uses)
		}
		kinds := ""
		for _, e := range must(s.Events(ctx, 0, 99)) {
			kinds += e.Kind + " "
		}
		if kinds != "note.call note.objection note.settled " {
			t.Errorf("events: %s", kinds)
		}
		if err := s.AddNote(ctx, schedule.Note{}); err == nil {
			t.Error("took nothing")
		}
	})
}
