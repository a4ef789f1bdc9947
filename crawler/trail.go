package crawler

import (
	"slices"
	"time"

	"loa/media"
)

// trail is what the pages of an archive prove, one after the other: that all
// which was published between top and low was on them. It claims with a delay
// of one page, for only the next page shows whether the foot of a page was in
// order: boxes of old pieces and back-dated ones stand there.
type trail struct {
	Low  time.Time `json:"low"`            // proven down to here; zero: the thread is lost, the next page begins anew
	Tail []footing `json:"tail,omitempty"` // the page read last, in order: not proven yet
	Gaps int       `json:"gaps,omitempty"` // times the thread was lost
}

// footing is a listed entry that can be kept.
type footing struct {
	ID  string    `json:"i"`
	At  time.Time `json:"t"` // earliest
	End time.Time `json:"e"` // latest
}

// listed is the entry again, as reach wants it.
func (f footing) listed() listed {
	d := media.Date{At: f.At, Precision: media.ToSecond}
	if f.End.After(f.At) {
		d.Precision = media.ToDay
	}
	return listed{f.ID, d}
}

func foot(seq []listed) []footing {
	out := make([]footing, len(seq))
	for i, e := range seq {
		out[i] = footing{e.id, earliest(e.date), latest(e.date)}
	}
	return out
}

// begin starts at the head of the list, read at asOf: what it shows is all there
// is of the newest.
func (t *trail) begin(order []listed, asOf time.Time, partial bool) {
	seq, dated, ok := inOrder(order, asOf)
	if !ok || !dated || partial {
		t.lose()
		return
	}
	t.Low, t.Tail = asOf, foot(seq)
}

// page takes the next page, of which fresh are the entries that no earlier page
// showed, and gives what is proven now.
func (t *trail) page(fresh []listed, asOf time.Time, partial bool) []Span {
	fresh = slices.DeleteFunc(slices.Clone(fresh), func(e listed) bool {
		return slices.ContainsFunc(t.Tail, func(f footing) bool { return f.ID == e.id })
	})
	if len(fresh) == 0 {
		return nil
	}
	seq, dated, ok := inOrder(fresh, asOf)
	if !ok || !dated || partial {
		t.lose()
		return nil
	}
	if t.Low.IsZero() { // what stands above the newest entry here is not known
		t.Low, t.Tail = earliest(seq[0].date), foot(seq)
		return nil
	}
	// The foot of the page before has to stand above the head of this one. As in
	// inOrder, what is older than something below it says nothing; but if that is
	// most of the page, the two do not belong together.
	head := earliest(seq[0].date)
	stays := 0
	for _, f := range t.Tail {
		if !f.End.Before(head) {
			stays++
		}
	}
	if 2*stays < len(t.Tail) || stays == 0 {
		t.lose()
		t.Low, t.Tail = earliest(seq[0].date), foot(seq)
		return nil
	}
	to := t.Low
	if at := latest(seq[0].date); at.Before(t.Low) {
		t.Low = at
	}
	t.Tail = foot(seq)
	if !t.Low.Before(to) {
		return nil
	}
	return []Span{{From: t.Low, To: to, How: "archive"}}
}

// lose says that what follows does not join what was read.
func (t *trail) lose() {
	if !t.Low.IsZero() || t.Gaps == 0 {
		t.Gaps++
	}
	t.Low, t.Tail = time.Time{}, nil
}

// last gives what the page read last proves although none follows it: as little
// as a single list (see reach).
func (t *trail) last() []Span {
	if t.Low.IsZero() {
		return nil
	}
	seq := make([]listed, len(t.Tail))
	for i, f := range t.Tail {
		seq[i] = f.listed()
	}
	from := reach(seq, t.Low)
	if !from.Before(t.Low) {
		return nil
	}
	return []Span{{From: from, To: t.Low, How: "archive"}}
}

// down is how far back the thread reaches that is not lost, with what the last
// page proves; zero if it is lost.
func (t *trail) down() time.Time {
	if last := t.last(); len(last) > 0 {
		return last[0].From
	}
	return t.Low
}

// clip keeps of spans what lies before until (zero: no bound).
func clip(spans []Span, until time.Time) []Span {
	var out []Span
	for _, s := range spans {
		if !until.IsZero() && s.To.After(until) {
			s.To = until
		}
		if s.From.Before(s.To) {
			out = append(out, s)
		}
	}
	return out
}
