package crawler

import (
	"context"
	"slices"
	"time"

	"loa/crawler/extract"
	"loa/media"
)

// chunk of a sitemap's addresses is recorded at a time.
const mapChunk = 1000

// walkFile is a file of a sitemap that is still to be read.
type walkFile struct {
	URL  string    `json:"u"`
	At   time.Time `json:"t"`
	Deep int       `json:"d,omitempty"`
}

// mapStep reads a sitemap, or the next file of an index. Nothing is covered by
// it: a sitemap's order proves nothing (see turn.sitemap).
func (t *turn) mapStep(ctx context.Context, w *walker) error {
	src := w.src.At(t.c.opt.Business())
	f := walkFile{URL: src.URL}
	if w.note.Map {
		if len(w.note.Files) == 0 {
			return t.endMap(ctx, w)
		}
		f = w.note.Files[0]
	}
	w.at = extract.Place{N: w.note.Done + 1, URL: f.URL}
	res, kept, asOf, err := t.obtain(ctx, src, w.at)
	var m extract.Map
	if err == nil {
		err = t.guard(ctx, src, Await{URL: f.URL}, &kept, func() error {
			m, err = t.readers.Map(res.Body, res.ContentType, src, res.FinalURL)
			return err
		})
	}
	if err != nil {
		return t.mapFailed(ctx, w, err)
	}
	var files []walkFile
	if f.Deep < filesDeep {
		for _, c := range m.Children {
			// What was changed last before the date cannot hold a piece of it.
			if !c.At.IsZero() && c.At.Before(w.state.Since) {
				continue
			}
			files = append(files, walkFile{c.URL, c.At, f.Deep + 1})
		}
	}
	sortMap(m.Entries)
	entries := slices.DeleteFunc(m.Entries, func(e extract.MapEntry) bool {
		if e.Date.Precision == media.NoDate {
			return !e.Changed.IsZero() && e.Changed.Before(w.state.Since)
		}
		return !w.early(e.Date) || latest(e.Date).Before(w.state.Since)
	})
	if m.Partial {
		w.note.Lost++
	}
	for ; w.note.Skip+mapChunk < len(entries); w.note.Skip += mapChunk {
		if err := t.putMap(ctx, w, src, t.walkVisit(w, asOf, kept), entries[w.note.Skip:w.note.Skip+mapChunk]); err != nil {
			return err
		}
	}
	rest := entries[min(w.note.Skip, len(entries)):]
	w.nextFile(files)
	w.state.Pages++
	return t.putMap(ctx, w, src, t.walkVisit(w, asOf, kept), rest)
}

// nextFile moves on behind the file read, which named others.
func (w *walker) nextFile(files []walkFile) {
	if w.note.Map {
		w.note.Files = w.note.Files[1:]
	}
	w.note.Files = append(w.note.Files, files...)
	slices.SortStableFunc(w.note.Files, func(a, b walkFile) int { return b.At.Compare(a.At) })
	w.note.Map, w.note.Skip = true, 0
	w.note.Done++
}

// mapFailed leaves a file out that is not there, or that failed too often; the
// sitemap itself must be had.
func (t *turn) mapFailed(ctx context.Context, w *walker, err error) error {
	if fatal(ctx, err) {
		return err
	}
	f := why(err)
	switch {
	case f.outcome == media.RobotsDenied && !w.note.Map:
		w.state.State = WalkDenied
	case !w.note.Map, f.host, f.weight < hard && f.outcome != media.Empty && f.outcome != media.LayoutChanged && w.fails+1 < walkTries:
		return err
	default:
		if f.outcome != media.Empty && f.outcome != media.LayoutChanged { // pages, tags or pictures: no piece of the source
			w.note.Lost++
		}
		w.nextFile(nil)
	}
	return t.putWalk(ctx, w, t.walkVisit(w, t.c.opt.Business(), nil))
}

func (t *turn) endMap(ctx context.Context, w *walker) error {
	w.state.State = WalkAll
	return t.putWalk(ctx, w, t.walkVisit(w, t.c.opt.Business(), nil))
}

func (t *turn) putMap(ctx context.Context, w *walker, src media.Source, v Visit, entries []extract.MapEntry) error {
	var s sheet
	t.add(&s, src, keptHash(v.Kept), plainEntries(entries))
	known, err := t.c.opt.Known.KnownItems(ctx, src.ID, s.ids)
	if err != nil {
		return storeError{err}
	}
	t.see(src, &v, s, known)
	return t.putWalk(ctx, w, v)
}
