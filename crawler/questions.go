package crawler

import (
	"slices"
	"time"

	"loa/media"
)

// questions reads a column of questions and answers, and what it covers: as a
// list does, by the days in whose order it stands. A column whose newest
// question is gone may be an older copy: it covers nothing, nor does the next
// join it.
func (t *turn) questions(src media.Source, v *Visit, text, base string, asOf time.Time, last mark) error {
	l, err := t.c.opt.Read.Questions(text, src, base)
	if err != nil {
		return err
	}
	var order []listed
	var ids []string
	for _, e := range l.Entries {
		q := e.Question
		id := media.RegQuestions.EntryID(src.Agency, media.Entry{Number: q.Number, Title: e.Title, Asked: q.Asked})
		ids, order = append(ids, id), append(order, listed{id, e.Date})
		v.Asked = append(v.Asked, Asked{ID: id, Agency: src.Agency, Number: q.Number, Title: e.Title, URL: e.URL, Asked: q.Asked, Answered: q.Answered, State: q.State})
	}
	var m mark
	if len(last.Top) == 0 || slices.Contains(ids, last.Top[0]) {
		v.Covers, m = cover(order, last, asOf, l.Partial)
	}
	v.Mark = m.String()
	if l.Partial {
		v.Detail = "partial: " + l.Details()
	}
	return nil
}
