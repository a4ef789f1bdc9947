package crawler

import (
	"encoding/json"
	"slices"
	"time"

	"loa/media"
)

// Coverage is a claim that can accuse: "we saw everything this source
// published in this span, and the piece was not there". So every doubt is
// decided for a gap, and a gap costs no more than «chưa đủ dữ liệu».

// listed is an entry of a list as coverage sees it: who it is and when it
// says it was published.
type listed struct {
	id   string
	date media.Date
}

// mark is what a good visit leaves for the next: the moment the list was read
// and its newest items. The next list has missed nothing in between if it
// still shows them. An empty Top joins nothing.
type mark struct {
	At  time.Time `json:"at"`
	Top []string  `json:"top"`
}

// maxTop items are remembered. Editors withdraw a piece now and then, so half
// of them need to be found again (see joined).
const maxTop = 5

func readMark(s string) mark {
	var m mark
	if json.Unmarshal([]byte(s), &m) != nil {
		return mark{}
	}
	return m
}

func (m mark) String() string {
	if len(m.Top) == 0 {
		return ""
	}
	b, err := json.Marshal(m)
	if err != nil {
		return "" // a year beyond 9999: joins nothing
	}
	return string(b)
}

// cover says which stretch of published time a list read at the given moment
// covers, and what to remember of it.
//
//   - A list that still shows the newest items of the last one continues it:
//     everything published in between stands above them.
//   - Otherwise a list reaches back to the oldest entry it can be trusted for
//     (see reach), and what lies between stays a gap.
//   - A list that runs oldest first may be the first page of an archive, where
//     nothing new ever appears: it covers nothing, nor does the next join it.
//   - partial (salvaged, cut off): it may continue, but does not reach back.
func cover(entries []listed, last mark, at time.Time, partial bool) ([]Span, mark) {
	seq, dated, ok := inOrder(entries, at)
	if !ok {
		return nil, mark{}
	}
	next := mark{At: at}
	for _, e := range seq[:min(maxTop, len(seq))] {
		next.Top = append(next.Top, e.id)
	}
	from := at
	if joined(last, seq, at) {
		from = last.At
	} else if dated && !partial {
		from = reach(seq, at)
	}
	if !from.Before(at) {
		return nil, next
	}
	return []Span{{From: from, To: at, How: "list"}}, next
}

// unchanged says what a visit covers that found the list as it was: all since
// the list was read. Blind visits in between do not matter, for a list that
// shows the same has not moved.
func unchanged(last mark, at time.Time) []Span {
	if len(last.Top) == 0 || last.At.IsZero() || !last.At.Before(at) {
		return nil
	}
	return []Span{{From: last.At, To: at, How: "not_modified"}}
}

// joined reports whether the list continues the last one: at least half of
// the items that were newest then are among those in order now. An item
// pinned to the top, a box of much-read pieces or a withdrawn one decide
// nothing alone.
func joined(last mark, seq []listed, at time.Time) bool {
	if len(last.Top) == 0 || last.At.IsZero() || last.At.After(at) {
		return false
	}
	found := 0
	for _, id := range last.Top {
		if slices.ContainsFunc(seq, func(e listed) bool { return e.id == id }) {
			found++
		}
	}
	return 2*found >= len(last.Top)
}

// earliest and latest bound when an entry was published: a printed day may be
// any moment of it.
func earliest(d media.Date) time.Time { return d.At }

func latest(d media.Date) time.Time {
	if d.Precision == media.ToDay {
		return d.At.Add(24 * time.Hour)
	}
	return d.At
}

// inOrder keeps the entries that stand where their dates say, newest first.
// An entry older than one listed below it is pinned or back-dated and says
// nothing about how far the list reaches. Entries without a date, or from
// the future, are passed over; if they are more than half, the order on the
// page is all there is to go by (dated is false). ok is false when nothing
// can be said: no entries, or oldest first.
func inOrder(entries []listed, at time.Time) (seq []listed, dated, ok bool) {
	var usable []listed
	for _, e := range entries {
		if e.date.Precision != media.NoDate && !earliest(e.date).After(at.Add(24*time.Hour)) {
			usable = append(usable, e)
		}
	}
	if 2*len(usable) < len(entries) || len(usable) == 0 {
		return entries, false, len(entries) > 0
	}
	up, down := 0, 0
	for i := 1; i < len(usable); i++ {
		a, b := usable[i-1].date, usable[i].date
		switch {
		case earliest(b).After(latest(a)) || a.Precision == media.ToDay && earliest(b).Equal(latest(a)):
			up++
		case earliest(a).After(latest(b)) || b.Precision == media.ToDay && earliest(a).Equal(latest(b)):
			down++
		}
	}
	if up > down {
		return nil, true, false
	}
	var below time.Time // newest of those listed below
	for _, e := range slices.Backward(usable) {
		if latest(e.date).Before(below) {
			continue
		}
		seq = append(seq, e)
		if t := earliest(e.date); t.After(below) {
			below = t
		}
	}
	slices.Reverse(seq)
	return seq, true, true
}

// Distances between neighbours up to closeBy are never suspicious; beyond it,
// those over farRatio times the usual distance of the list are.
const (
	closeBy  = 48 * time.Hour
	farRatio = 5
)

// reach is how far back a list without a predecessor can be trusted: to its
// oldest entry but one, for every back-dated piece becomes the last of its
// list one day; and not across a distance that is out of all proportion, for
// boxes of old pieces hang below some. Less than three entries prove nothing.
func reach(seq []listed, at time.Time) time.Time {
	if len(seq) < 3 {
		return at
	}
	seq = seq[:len(seq)-1]
	gaps := make([]time.Duration, len(seq)-1)
	for i := range gaps {
		gaps[i] = earliest(seq[i].date).Sub(earliest(seq[i+1].date))
	}
	limit := closeBy
	if len(gaps) >= 3 {
		usual := slices.Clone(gaps)
		slices.Sort(usual)
		limit = max(limit, farRatio*usual[len(usual)/2])
	}
	end := 0
	for end < len(gaps) && gaps[end] <= limit {
		end++
	}
	// Of the oldest day itself the list may show a part only.
	if from := latest(seq[end].date); from.Before(at) {
		return from
	}
	return at
}
