package crawler

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
)

const (
	filesPerVisit  = 5    // files of an index read in one visit; the rest next time, newest first
	filesKnown     = 3000 // of an index that are remembered
	filesDeep      = 3    // indexes of indexes
	recentPerVisit = 2000 // newest addresses taken of a sitemap in an ordinary visit; an archive walk takes all
)

// files is what was read of a sitemap index, as Visit.Rest keeps it.
type files struct {
	Read map[string]fileRead `json:"read,omitempty"` // by the first part of the address's hash
	Open bool                `json:"open,omitempty"` // some are unread, or do not tell when they change: the index alone says nothing
}

// fileRead tells as which version a file was read, and when (Unix seconds,
// business clock).
type fileRead struct {
	Changed string `json:"c,omitempty"`
	At      int64  `json:"t"`
}

func readFiles(s string) files {
	var f files
	if s == "" || json.Unmarshal([]byte(s), &f) != nil {
		return files{}
	}
	return f
}

func (f files) String() string {
	if len(f.Read) == 0 {
		return ""
	}
	for len(f.Read) > filesKnown {
		oldest := ""
		for k, r := range f.Read {
			if oldest == "" || r.At < f.Read[oldest].At {
				oldest = k
			}
		}
		delete(f.Read, oldest)
	}
	b, err := json.Marshal(f)
	if err != nil { // plain data
		return ""
	}
	return string(b)
}

func fileKey(u string) string { return media.Hash("file", u)[:12] }

// due says whether a file is to be read: never read, changed since, or one
// that does not tell.
func (f files) due(c extract.Child) bool {
	r, read := f.Read[fileKey(c.URL)]
	return !read || c.Changed == "" || c.Changed != r.Changed
}

// sitemap reads a sitemap: its own addresses, or those of an index's files that
// are new or changed. Only news sitemaps print when a piece was published; only
// those cover anything, as a list does: lastmod proves nothing, and the file may
// be made anew once a week.
func (t *turn) sitemap(ctx context.Context, src media.Source, v *Visit, res *fetch.Response, asOf time.Time, last mark, rest files) error {
	m, err := t.readers.Map(res.Body, res.ContentType, src, res.FinalURL)
	if err != nil {
		return err
	}
	var s sheet
	complete := !m.Partial
	if m.Partial {
		v.Detail = "partial: " + extract.Listing{Notes: m.Notes}.Details()
	}
	before := rest.String()
	if len(m.Children) > 0 {
		if complete, err = t.index(ctx, src, v, &m, &rest); err != nil {
			return err
		}
		v.Rest = rest.String()
	}
	sortMap(m.Entries)
	if len(m.Entries) > recentPerVisit {
		m.Entries, complete = m.Entries[:recentPerVisit], false
		v.Detail = join(v.Detail, fmt.Sprintf("only the newest %d addresses", recentPerVisit))
	}
	t.add(&s, src, keptHash(v.Kept), plainEntries(m.Entries))
	known, err := t.c.opt.Known.KnownItems(ctx, src.ID, s.ids)
	if err != nil {
		return storeError{err}
	}
	v.Mark = t.mapMark(src, v, s.order, last, asOf, complete, len(m.Children) > 0)
	if s.limit(v, known) {
		v.Mark, v.Covers = "", nil
		if len(m.Children) > 0 { // the files are read again
			v.Rest = before
		}
	}
	t.see(src, v, s, known)
	return nil
}

// mapMark says what a sitemap covers, and gives the mark to leave.
func (t *turn) mapMark(src media.Source, v *Visit, order []listed, last mark, asOf time.Time, complete, index bool) string {
	_, dated, ok := inOrder(order, asOf)
	switch {
	case index && complete && len(order) == 0: // no file has changed
		v.Covers = unchanged(last, asOf)
		if len(v.Covers) > 0 {
			last.At = asOf
		}
		return last.String()
	case !ok || !dated || !complete:
		return ""
	}
	spans, m := cover(order, last, asOf, false)
	if index && len(last.Top) > 0 && last.At.Before(asOf) && !last.At.IsZero() {
		// Both times every file was read that had changed: nothing can be missing in between.
		spans = []Span{{From: last.At, To: asOf, How: "list"}}
	}
	v.Covers = spans
	return m.String()
}

// index reads the files of an index that are due, newest first, within the
// visit's budget. complete is false if one that is due was left or lost.
func (t *turn) index(ctx context.Context, src media.Source, v *Visit, m *extract.Map, rest *files) (complete bool, err error) {
	if rest.Read == nil {
		rest.Read = map[string]fileRead{}
	}
	complete = !m.Partial
	type file struct {
		extract.Child
		deep   int
		parent string
	}
	var queue []file
	open, lost := false, map[string]bool{}
	add := func(cs []extract.Child, deep int, parent string) {
		for _, c := range cs {
			open = open || c.Changed == ""
			if rest.due(c) {
				queue = append(queue, file{c, deep, parent})
			}
		}
		// Files that do not tell when they change take turns.
		slices.SortStableFunc(queue, func(a, b file) int {
			if a.Changed == "" && b.Changed == "" {
				return cmp.Compare(rest.Read[fileKey(a.URL)].At, rest.Read[fileKey(b.URL)].At)
			}
			return b.At.Compare(a.At)
		})
	}
	add(m.Children, 1, "")
	fresh := len(rest.Read) == 0
	read, good, failed, missing := 0, 0, error(nil), error(nil)
	for ; len(queue) > 0 && read < filesPerVisit && t.halt == nil && !(read > 0 && t.slow()); read++ {
		f := queue[0]
		queue = queue[1:]
		sub, err := t.mapFile(ctx, src, v, f.URL)
		if err != nil {
			if fatal(ctx, err) {
				return false, err
			}
			why := why(err)
			if err := t.stumble(ctx, why); err != nil {
				return false, err
			}
			// A file of pages, tags or pictures names no piece of the source, and is asked
			// for again when the index says that it changed, as one that is not there.
			gone := why.status == 404 || why.status == 410 || why.outcome == media.RobotsDenied || why.outcome == media.LayoutChanged
			if why.outcome != media.Empty {
				v.Detail = join(v.Detail, fmt.Sprintf("%s: %v", f.URL, err))
				complete = false
			}
			switch {
			case why.outcome == media.Empty:
				good++
			case gone: // until the index says that it changed
				missing = err
			default:
				failed, open, lost[f.parent] = err, true, true
				continue
			}
		} else {
			good++
		}
		complete = complete && !sub.Partial
		m.Entries = append(m.Entries, sub.Entries...)
		if len(sub.Children) > 0 && f.deep < filesDeep {
			add(sub.Children, f.deep+1, f.URL)
		}
		rest.Read[fileKey(f.URL)] = fileRead{f.Changed, v.At.Unix()}
	}
	for _, f := range queue { // an index is read when its files are
		if r, was := rest.Read[fileKey(f.URL)]; !was || f.Changed != r.Changed {
			complete, open, lost[f.parent] = false, true, true
		}
	}
	for parent := range lost {
		delete(rest.Read, fileKey(parent))
	}
	rest.Open = open
	// What could be read counts; a visit that brought nothing else is blind.
	switch {
	case len(m.Entries) == 0 && failed != nil:
		return false, failed
	case good == 0 && fresh && missing != nil:
		return false, missing
	}
	return complete, nil
}

// mapFile asks for one file of an index and reads it.
func (t *turn) mapFile(ctx context.Context, src media.Source, v *Visit, u string) (m extract.Map, err error) {
	res, kept, _, err := t.obtain(ctx, src, extract.Place{URL: u})
	if kept != nil {
		v.Also, v.Bytes = append(v.Also, *kept), v.Bytes+kept.Size
	}
	if err != nil {
		return m, err
	}
	err = t.guard(ctx, src, Await{URL: u}, &kept, func() error {
		m, err = t.readers.Map(res.Body, res.ContentType, src, res.FinalURL)
		return err
	})
	return m, err
}

// sortMap puts the newest addresses first, by the date of publication, else by
// the last change.
func sortMap(entries []extract.MapEntry) {
	when := func(e extract.MapEntry) time.Time {
		if e.Date.Precision != media.NoDate {
			return e.Date.At
		}
		return e.Changed
	}
	slices.SortStableFunc(entries, func(a, b extract.MapEntry) int { return when(b).Compare(when(a)) })
}

func plainEntries(entries []extract.MapEntry) []extract.Entry {
	out := make([]extract.Entry, len(entries))
	for i, e := range entries {
		out[i] = e.Entry
	}
	return out
}
