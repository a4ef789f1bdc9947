package schedule

import (
	"errors"
	"slices"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

func notePlan() *Plan {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, calendar.Zone) }
	return &Plan{ID: "tinh/2023", Year: 2023, From: day(2022, 12, 30), To: day(2024, 1, 1), Agencies: []media.Agency{{ID: "tinh/dai"}},
		Quotas: []Quota{{ID: "B-D1", Kind: "airing", Cadence: calendar.Week, Owner: Owner{Agency: "tinh/dai"}}}}
}

// TestCheckNote: each thing wrong with a note has its own code.
func TestCheckNote(t *testing.T) {
	p, now := notePlan(), time.Date(2023, 3, 10, 9, 0, 0, 0, calendar.Zone)
	call := Note{Plan: p.ID, Kind: NoteCall, Owner: "tinh/dai", Quota: "B-D1", Period: "2023-W10", At: now, Actor: "Chuyên viên", Whom: "Phòng Chương trình", Words: "sẽ phát tối thứ Sáu", By: calendar.Day(now)}
	objection := Note{ID: "o1", Plan: p.ID, Kind: NoteObjection, Owner: "tinh/dai", Quota: "B-D1", Period: "2023-W09", At: now, Actor: "Đài", Words: "đã phát ngày 28/02"}
	settled := Note{ID: "s1", Plan: p.ID, Kind: NoteSettled, Owner: "tinh/dai", Quota: "B-D1", Period: "2023-W09", At: now, Actor: "Chuyên viên", Words: "đã đối chiếu", Of: "o1", Upheld: true}
	with := func(n Note, change func(*Note)) Note { change(&n); return n }
	for name, c := range map[string]struct {
		n       Note
		earlier []Note
		want    []string
	}{
		"a call":                   {n: call},
		"a call about all":         {n: with(call, func(n *Note) { n.Quota, n.Period = "", "" })},
		"an objection":             {n: objection},
		"a settlement":             {n: settled, earlier: []Note{objection}},
		"nobody, nothing said":     {n: with(call, func(n *Note) { n.Actor, n.Words, n.Whom = "", "", "" }), want: []string{"no_actor", "note_no_words", "note_no_whom"}},
		"another plan":             {n: with(call, func(n *Note) { n.Plan = "x" }), want: []string{"other_plan"}},
		"no such agency":           {n: with(call, func(n *Note) { n.Owner = "tinh/x" }), want: []string{"note_no_owner"}},
		"no such quota":            {n: with(call, func(n *Note) { n.Quota = "X" }), want: []string{"no_quota"}},
		"no such period":           {n: with(call, func(n *Note) { n.Period = "2023-03" }), want: []string{"no_period"}},
		"an objection to nothing":  {n: with(objection, func(n *Note) { n.Quota, n.Period = "", "" }), want: []string{"no_quota"}},
		"promised for yesterday":   {n: with(call, func(n *Note) { n.By = n.By.AddDate(0, 0, -1) }), want: []string{"note_past"}},
		"settles nothing":          {n: settled, want: []string{"note_no_objection"}},
		"settles what was settled": {n: with(settled, func(n *Note) { n.ID = "s2" }), earlier: []Note{objection, settled}, want: []string{"note_settled"}},
		"settles a call":           {n: with(settled, func(n *Note) { n.Of = "c1" }), earlier: []Note{with(call, func(n *Note) { n.ID = "c1" })}, want: []string{"note_no_objection"}},
		"an unknown kind":          {n: with(call, func(n *Note) { n.Kind = "x" }), want: []string{"no_act"}},
	} {
		var got []string
		if err := CheckNote(p, c.earlier, c.n); err != nil {
			for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
				var r Refusal
				if !errors.As(e, &r) {
					t.Fatalf("%s: %v is no refusal", name, e)
				}
				got = append(got, r.Code)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestNotesTell: what is unsettled, the last call about a standing, and when a promise is due.
func TestNotesTell(t *testing.T) {
	at := func(d, h int) time.Time { return time.Date(2023, 3, d, h, 0, 0, 0, calendar.Zone) }
	notes := []Note{
		{ID: "o1", Kind: NoteObjection}, {ID: "o2", Kind: NoteObjection}, {ID: "s1", Kind: NoteSettled, Of: "o1"},
		{ID: "c1", Kind: NoteCall, Owner: "d", Quota: "B-D1", Period: "2023-W10", At: at(7, 9), By: at(9, 0)},
		{ID: "c2", Kind: NoteCall, Owner: "d", At: at(8, 9)},
		{ID: "c3", Kind: NoteCall, Owner: "e", At: at(9, 9)},
		{ID: "c4", Kind: NoteCall, Owner: "d", Quota: "B-D1", Period: "2023-W09", At: at(9, 9)},
	}
	if got := Unsettled(notes); len(got) != 1 || got[0].ID != "o2" {
		t.Errorf("unsettled: %+v", got)
	}
	st := Standing{Quota: "B-D1", Owner: "d", Period: "2023-W10", Start: at(6, 0), End: at(13, 0)}
	if n, ok := LastCall(notes, st); !ok || n.ID != "c2" {
		t.Errorf("last call: %+v", n)
	}
	st.Start, st.Period = at(13, 0), "2023-W11"
	if n, ok := LastCall(notes, st); ok {
		t.Errorf("a call of the week before is told of the next: %+v", n)
	}
	if c := notes[3]; c.PromiseDue(at(8, 23)) || !c.PromiseDue(at(9, 0)) || notes[4].PromiseDue(at(30, 0)) {
		t.Error("a promise is due on its day, and none where nothing was promised")
	}
}
