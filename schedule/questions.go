package schedule

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// joinQuestions makes one of a question that stands in several places: in a
// column and in a register, or in two columns. It is the same if its number is
// (unless both words and day say otherwise), or its words and the day it was asked; where only one place gives the day, if
// the words are and one has the answer of the other or none. The register rules,
// a column adds what it leaves open: the day of asking, the answer.
func joinQuestions(ev []media.Evidence) []media.Evidence {
	crawled := false
	for i := range ev { // by reference: pieces are large
		crawled = crawled || ev[i].Kind == media.EvQuestion && !registered(ev[i])
	}
	if !crawled {
		return ev
	}
	out := make([]media.Evidence, 0, len(ev))
	var questions []media.Evidence
	for i := range ev {
		if ev[i].Kind == media.EvQuestion {
			questions = append(questions, ev[i])
		} else {
			out = append(out, ev[i])
		}
	}
	slices.SortFunc(questions, func(a, b media.Evidence) int { // those of registers first
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Source, b.Source), a.Seen.Compare(b.Seen))
	})
	byNumber, byWords := map[string]int{}, map[string][]int{}
	var joined []media.Evidence
	for _, q := range questions {
		number, words := q.Agency+" "+squeezed(q.Document), q.Agency+" "+squeezed(q.Title)
		at := -1
		if i, ok := byNumber[number]; ok && squeezed(q.Document) != "" && joined[i].Source != q.Source && !otherQuestion(joined[i], q) {
			at = i
		}
		for _, i := range byWords[words] {
			if at < 0 && joined[i].Source != q.Source && sameQuestion(joined[i], q) {
				at = i
			}
		}
		if at < 0 {
			at = len(joined)
			joined = append(joined, q)
		} else {
			joined[at] = joinQuestion(joined[at], q)
		}
		if squeezed(q.Document) != "" {
			byNumber[number] = at
		}
		if squeezed(q.Title) != "" {
			byWords[words] = append(byWords[words], at)
		}
	}
	return append(out, joined...)
}

// registered reports whether a question stands in a register.
func registered(e media.Evidence) bool {
	return e.Source == RegisterSource(media.RegQuestions, e.Agency)
}

func rank(e media.Evidence) int {
	if registered(e) {
		return 0
	}
	return 1
}

// squeezed is a text's letters and digits alone, folded.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, viet.Fold(s))
}

// otherQuestion tells two questions apart that two places happen to number alike:
// neither their words nor their days agree.
func otherQuestion(a, b media.Evidence) bool {
	return squeezed(a.Title) != squeezed(b.Title) && !a.Asked.IsZero() && !b.Asked.IsZero() && !calendar.Day(a.Asked).Equal(calendar.Day(b.Asked))
}

// sameQuestion compares two questions of the same words.
func sameQuestion(a, b media.Evidence) bool {
	if !a.Asked.IsZero() && !b.Asked.IsZero() {
		return calendar.Day(a.Asked).Equal(calendar.Day(b.Asked))
	}
	return a.Answered.IsZero() || b.Answered.IsZero() || a.Precision == media.NoDate || b.Precision == media.NoDate ||
		calendar.Day(a.Answered).Equal(calendar.Day(b.Answered))
}

// joinQuestion adds to a question what another place tells of it. It keeps the
// name under which it was known first, for decisions go by that.
func joinQuestion(a, b media.Evidence) media.Evidence {
	out := a
	if b.Seen.Before(a.Seen) {
		out.ID, out.Seen = b.ID, b.Seen
	}
	out.URL, out.Document = cmp.Or(a.URL, b.URL), cmp.Or(a.Document, b.Document)
	if out.Asked.IsZero() && (out.Answered.IsZero() || !b.Asked.After(out.Answered)) {
		out.Asked = b.Asked
	}
	waits := a.Answered.IsZero()
	switch {
	case waits && b.Answered.IsZero(): // who saw it wait last
		if b.Verified.After(a.Seen) && !registered(b) {
			out.Source, out.Verified = b.Source, b.Verified
		}
	case waits || a.Precision == media.NoDate && b.Precision != media.NoDate && !b.Answered.IsZero():
		out.Answered, out.Precision, out.Waited, out.Source, out.Kept, out.Grade = b.Answered, b.Precision, b.Waited, b.Source, b.Kept, b.Grade
		if b.Precision == media.NoDate {
			out.Seen = b.Seen
		}
	}
	switch {
	case !out.Answered.IsZero():
		out.At = out.Answered
		if out.Precision == media.NoDate && out.Asked.After(out.Waited) {
			out.Waited = out.Asked
		}
	case !out.Asked.IsZero():
		out.At, out.Precision = out.Asked, media.ToDay
	}
	return out
}

// columns are the owner's columns of questions that are read.
func (v view) columns() []media.Source {
	var out []media.Source
	for _, s := range v.p.Sources {
		if s.Agency == v.owner.ID && s.Kind == media.KindQuestions && !s.Verify && alive(s, v.period) {
			out = append(out, s)
		}
	}
	return out
}

// seenQuestions are the spans in which no answer of the owner can have gone
// unseen: those of its registers, and those that its columns were read in. What
// a column shows reaches back to its oldest question, which was asked then: an
// older one may be answered since, unseen, so the span begins only when the
// time for that is up.
func (v view) seenQuestions(obs Observation) []Span {
	out := slices.Clone(obs.Spans[RegisterSource(media.RegQuestions, v.owner.ID)])
	for _, src := range v.columns() {
		for _, s := range merge(obs.Spans[src.ID]) {
			s.From = calendar.Day(v.cal.AddWorkingDays(s.From, v.q.MaxLag.Value)).AddDate(0, 0, 1)
			out = append(out, s)
		}
	}
	return merge(out)
}

// questions adds what neither register nor column tells of the elapsed time.
func (s *sight) questions(v view, obs Observation) {
	missing := subtract(v.elapsed(), v.seenQuestions(obs))
	if len(missing) == 0 {
		return
	}
	s.Gaps = merge(append(s.Gaps, missing...))
	for _, src := range v.columns() {
		if b, cannot := obs.Blind[src.ID]; cannot && b.Since.Before(v.period.End) {
			s.Blind = append(s.Blind, Blind{Source: src.ID, Reason: b.Reason, Since: b.Since})
			s.reasons = append(s.reasons, because("source_blind", args{"source": sourceName(src), "reason": b.Reason, "since": stamp(b.Since)}))
		}
	}
	s.reasons = append(s.reasons, because("register_missing", args{"register": string(media.RegQuestions)}))
}

// told is how far registers and columns tell of the elapsed part: to the gap at
// its end, if there is one.
func (v view) told() time.Time {
	elapsed := v.elapsed()
	missing := subtract(elapsed, v.seenQuestions(v.obs))
	if n := len(missing); n > 0 && !missing[n-1].To.Before(elapsed.To) {
		return missing[n-1].From.Add(-second)
	}
	return elapsed.To.Add(-second)
}

// wait is something that waits: since when, and until when that is known.
type wait struct{ since, until time.Time }

func (v view) signedUnposted() []wait {
	var out []wait
	for _, e := range v.unposted() {
		out = append(out, wait{e.At, v.end()})
	}
	return out
}

// waiting are the questions that are known to wait, each from the day it was
// asked, as far as its register tells, or the last sight of it in its column;
// those whose day of asking is not known are left out, for they are never
// overdue.
func (v view) waiting() []wait {
	var out []wait
	told := v.told()
	for _, e := range v.rejected("answered") {
		switch {
		case e.Asked.IsZero():
		case registered(e):
			out = append(out, wait{e.Asked, told})
		default:
			out = append(out, wait{e.Asked, e.Verified})
		}
	}
	return out
}

// measureAnswered counts answers, and the longest time from question to answer.
func measureAnswered(v view) []Measure {
	out := []Measure{v.count()}
	if longest, n := v.lag(v.waiting()); n > 0 {
		out = append(out, v.atMost("lag", "working_days", basisOf(v.q.MaxLag.Basis), float64(v.q.MaxLag.Value), float64(longest)))
	}
	return out
}
