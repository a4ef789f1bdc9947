package crawler

import (
	"context"
	"errors"
	"slices"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
)

// listStep reads the next page of a list. A resumed walk reads the page again
// that it read last: that page names the next, and pieces published meanwhile
// have pushed what it showed further down, perhaps by several pages.
func (t *turn) listStep(ctx context.Context, w *walker) error {
	src := w.src.At(t.c.opt.Business())
	place := w.at
	if w.read > 0 {
		switch {
		case w.nextErr != nil:
			return w.nextErr
		case w.next == nil && extract.Paged(src):
			return t.endWalk(ctx, w, WalkEnded)
		case w.next == nil:
			return t.endWalk(ctx, w, WalkSingle)
		}
		place = *w.next
	}
	p, err := t.further(ctx, src, place)
	if err != nil {
		if end := beyond(err, place.N); end != "" {
			return t.endWalk(ctx, w, end)
		}
		if w.resumed && place.Form != nil && !fatal(ctx, err) && !why(err).host {
			// The form was of a session that is gone. The way down is known by what it showed.
			w.resumed, w.at = false, extract.Place{N: 1, URL: w.src.URL}
			return nil
		}
		return err
	}
	return t.leafRead(ctx, w, src, place, p)
}

// beyond tells the end of a list by what a page behind it answers; "" if that
// is no end but trouble.
func beyond(err error, n int) string {
	var fe *fetch.Error
	var be *extract.BlindError
	switch {
	case errors.As(err, &fe) && fe.Reason == media.RobotsDenied:
		return WalkDenied
	case n <= 1:
	case errors.As(err, &fe) && (fe.Status == 404 || fe.Status == 410):
		return WalkEnded
	case errors.As(err, &be) && (be.Reason == media.Empty || be.Reason == media.LayoutChanged || be.Reason == media.Soft404):
		return WalkEnded
	}
	return ""
}

// leafRead takes what a page showed: its items, what it proves, and whether the
// walk is at its end.
func (t *turn) leafRead(ctx context.Context, w *walker, src media.Source, place extract.Place, p leaf) error {
	var s sheet
	if w.note.By == "" {
		w.note.By = p.list.By
	}
	p.list.DateBy(w.note.By)
	t.add(&s, src, p.kept.SHA256, p.list.Entries)
	var fresh []listed
	for _, e := range s.order {
		if !w.seen[e.id] {
			fresh = append(fresh, e)
		}
	}
	again := w.read > 0 && (len(fresh) == 0 || slices.Equal(s.ids, w.page))
	if again || len(s.ids) == 0 && place.N > 1 {
		return t.endWalk(ctx, w, map[bool]string{true: WalkRepeats, false: WalkEnded}[again])
	}
	w.at, w.page, w.next = place, s.ids, nil
	next, ok, err := t.readers.Next(p.text, src, p.base, place)
	if w.nextErr = err; ok && err == nil {
		w.next = &next
	}
	for _, id := range s.ids {
		w.seen[id] = true
	}
	v := t.walkVisit(w, p.asOf, p.kept)
	var covers []Span
	switch trail := &w.note.Trail; {
	case w.seeking:
		covers = w.seek(s, fresh, p)
	case place.N == 1 && w.note.Last == nil:
		trail.begin(s.order, p.asOf, p.list.Partial)
	default:
		covers = trail.page(fresh, p.asOf, p.list.Partial)
	}
	w.resumed = false
	if !w.seeking { // before that, what was read last is what to look for
		w.note.Last, w.note.IDs = &place, s.ids
	}
	w.state.Pages++
	w.read++
	passed := w.progress(s.order, p.asOf)
	end := ""
	switch {
	case !w.note.Trail.Low.IsZero() && !w.note.Trail.Low.After(w.state.Since), passed:
		end = WalkReached
	case w.read >= w.opt.MaxPages:
		end = WalkLong
	default:
		// What hangs together on this page may be enough.
		if last := w.note.Trail.last(); !w.seeking && len(last) == 1 && !last[0].From.After(w.state.Since) {
			end = WalkReached
		}
	}
	if end != "" {
		w.state.State = end
		covers = append(covers, w.note.Trail.last()...)
	}
	v.Covers = clip(covers, w.state.Until)
	return t.putLeaf(ctx, w, src, v, s)
}

// seek looks on the pages of a resumed walk for what the last run read last.
// Until it comes nothing new is proven; if a page is all older, it will not.
func (w *walker) seek(s sheet, fresh []listed, p leaf) []Span {
	trail := &w.note.Trail
	foot := -1
	for i, id := range s.ids {
		if slices.Contains(w.note.IDs, id) {
			foot = i
		}
	}
	switch {
	case foot >= 0 && p.list.Partial:
		trail.lose()
	case foot >= 0 && trail.Low.IsZero():
		trail.page(s.order, p.asOf, false)
	case foot >= 0: // something was withdrawn above if older pieces came up from the next page
		w.seeking = false
		return trail.page(s.order[foot+1:], p.asOf, false)
	case w.allOlder(fresh, p.asOf):
		trail.lose()
		trail.page(s.order, p.asOf, p.list.Partial)
	default:
		return nil
	}
	w.seeking = false
	return nil
}

// allOlder reports whether every dated entry is older than what was proven.
func (w *walker) allOlder(order []listed, asOf time.Time) bool {
	low := w.note.Trail.Low
	if low.IsZero() {
		low = w.state.Oldest
	}
	seq, dated, ok := inOrder(order, asOf)
	return ok && dated && latest(seq[0].date).Before(low)
}

// progress notes how far down the list was read. passed says that the page lies
// wholly before the date that was asked for.
func (w *walker) progress(order []listed, asOf time.Time) (passed bool) {
	seq, dated, ok := inOrder(order, asOf)
	if !ok || !dated {
		return false
	}
	at := earliest(seq[len(seq)-1].date)
	if len(seq) >= 3 { // every back-dated piece is once the last of a page
		at = earliest(seq[len(seq)-2].date)
	}
	if w.state.Oldest.IsZero() || at.Before(w.state.Oldest) {
		w.state.Oldest = at
	}
	return len(seq) >= 3 && !latest(seq[0].date).After(w.state.Since)
}

// endWalk ends a walk that has no further page.
func (t *turn) endWalk(ctx context.Context, w *walker, state string) error {
	v := t.walkVisit(w, t.c.opt.Business(), nil)
	if !w.seeking {
		v.Covers = clip(w.note.Trail.last(), w.state.Until)
	}
	if (state == WalkEnded || state == WalkSingle) && !w.state.Oldest.IsZero() && !w.state.Oldest.After(w.state.Since) {
		state = WalkReached // the list was read past the date, whatever of it is proven
	}
	w.state.State = state
	return t.putWalk(ctx, w, v)
}

// putLeaf records the entries that were asked for, and those before the date
// that stand on the last pages: what is covered has to be recorded.
func (t *turn) putLeaf(ctx context.Context, w *walker, src media.Source, v Visit, s sheet) error {
	if src.Kind == media.KindQuestions {
		for i, q := range askedOn(src, s) {
			if w.early(s.entries[i].Date) {
				v.Asked = append(v.Asked, q)
			}
		}
		return t.putWalk(ctx, w, v)
	}
	known, err := t.c.opt.Known.KnownItems(ctx, src.ID, s.ids)
	if err != nil {
		return storeError{err}
	}
	for i, e := range s.entries {
		if w.early(e.Date) {
			v.Seen = append(v.Seen, t.entry(src, s.ids[i], e, v.At, s.kept[i], known[s.ids[i]]))
		}
	}
	return t.putWalk(ctx, w, v)
}

// early reports whether a piece may have been published before Until.
func (w *walker) early(d media.Date) bool {
	return d.Precision == media.NoDate || w.state.Until.IsZero() || earliest(d).Before(w.state.Until)
}
