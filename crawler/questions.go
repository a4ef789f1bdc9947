package crawler

import (
	"context"
	"slices"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// questions reads a column of questions and answers, and what it covers: as a
// list does, by the days in whose order it stands. If it does not reach back to
// what the last visit saw, further pages are read. A column whose newest question
// is gone may be an older copy: it covers nothing, nor does the next join it.
func (t *turn) questions(ctx context.Context, src media.Source, v *Visit, text, base string, asOf time.Time, last mark) error {
	l, err := t.readList(text, src, base)
	if err != nil {
		return err
	}
	if l.Partial {
		v.Detail = "partial: " + l.Details()
	}
	var s sheet
	t.add(&s, src, keptHash(v.Kept), l.Entries)
	if !l.Partial && gap(s.order, last, asOf) {
		if l.Partial, err = t.closeGap(ctx, src, v, &s, l.By, text, base, last, asOf); err != nil {
			return err
		}
	}
	v.Asked = askedOn(src, s)
	var m mark
	if len(last.Top) == 0 || slices.Contains(s.ids, last.Top[0]) {
		v.Covers, m = cover(s.order, last, asOf, l.Partial)
	}
	v.Mark = m.String()
	return nil
}

// askedOn are the questions of some pages, each with the page it stood on.
func askedOn(src media.Source, s sheet) []Asked {
	var out []Asked
	for i, e := range s.entries {
		q := e.Question
		out = append(out, Asked{ID: s.ids[i], Agency: src.Agency, Number: q.Number, Title: e.Title, URL: e.URL, Asked: q.Asked, Answered: q.Answered, State: q.State, Kept: s.kept[i]})
	}
	return out
}

// stillAsked are the questions of a page whose bytes are those of the last
// visit. Only they were seen: questions of further pages were not, so that it
// has to be read what stands on this one.
func (t *turn) stillAsked(src media.Source, res *fetch.Response, hash string) ([]Asked, error) {
	if len(res.Body) == 0 {
		return nil, nil
	}
	text, err := t.readers.Decode(res.Body, res.ContentType)
	if err != nil {
		return nil, err
	}
	l, err := t.readList(text, src, res.FinalURL)
	if err != nil {
		return nil, err
	}
	var s sheet
	t.add(&s, src, hash, l.Entries)
	return askedOn(src, s), nil
}
