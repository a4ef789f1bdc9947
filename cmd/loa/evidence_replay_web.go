package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/crawler"
	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/store"
	"loa/store/keep"
)

// pastWeb answers a crawler with what was kept: one look at a time, as it was when that look was made. It never goes out.
type pastWeb struct {
	store *store.Store // in which the looks are on record
	kept  *keep.Objects
	rules map[string]string // of canonical keys, by source
	kinds map[string]media.SourceKind

	look   crawler.Past
	asked  int                  // requests of this look, robots.txt left out
	taken  map[string]time.Time // by address: which of its bodies was given last, machine clock
	lost   bool                 // a body of this look is kept no more
	offset time.Duration        // of the machine's clock before the business one, at the last look that brought a body of its own
	seen   map[string]bool      // bodies that were given as a look's own
	last   map[string]string    // by source: the body of the last look that was read

	damaged, missing []string // hashes
	deleted          map[string]bool
}

// begin takes up the next look.
func (w *pastWeb) begin(p crawler.Past) {
	w.look, w.asked, w.lost, w.taken = p, 0, false, map[string]time.Time{}
	if p.Kept != "" && !w.seen[p.Kept] {
		w.offset = p.KeptAt.Sub(p.At)
		w.seen[p.Kept] = true
	}
}

// errNotKept says that of an answer nothing was kept: there was none, or none that could be read.
var errNotKept = errors.New("nothing was kept")

// Get answers a request of the look at hand.
func (w *pastWeb) Get(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	u, err := url.Parse(req.URL)
	if err != nil {
		return nil, err
	}
	if u.Path == "/robots.txt" && req.Cut { // what was looked at was allowed, and what was not says so
		return nil, &fetch.Error{Reason: media.Unreachable, Status: http.StatusNotFound, Err: errNotKept}
	}
	if w.asked++; w.asked > 1 {
		return w.further(ctx, req)
	}
	p := w.look
	switch {
	case p.Outcome == media.NotModified && w.kinds[p.Source] == media.KindQuestions && w.last[p.Source] != "":
		return w.body(ctx, w.last[p.Source], req.URL)
	case p.Outcome == media.NotModified:
		return w.dated(&fetch.Response{Status: http.StatusNotModified, Header: http.Header{}, NotModified: true, FinalURL: req.URL, At: w.machine()}), nil
	case p.Kept != "":
		res, err := w.body(ctx, p.Kept, w.final(req.URL))
		if err == nil && p.Item == "" {
			w.last[p.Source] = p.Kept
			w.dated(res)
		}
		return res, err
	case p.Item != "": // what was kept of a page that gave no text gives none again
		return w.further(ctx, req)
	case p.Outcome == media.OK && strings.HasPrefix(p.Detail, "redirect to "): // of a server that is only asked whether it answers
		return nil, &fetch.RedirectError{To: strings.TrimPrefix(p.Detail, "redirect to ")}
	case p.Outcome == media.OK:
		return &fetch.Response{Status: p.Status, Header: http.Header{}, FinalURL: req.URL, At: w.machine()}, nil
	}
	return nil, &fetch.Error{Reason: p.Outcome, Status: p.Status, Err: errors.New(p.Detail)}
}

// machine is the machine's clock at the look.
func (w *pastWeb) machine() time.Time { return w.look.At.Add(w.offset) }

// final is the address at which a body was in the end: the one it was kept from, unless that is another item's, whose bytes were
// the same and came first.
func (w *pastWeb) final(asked string) string {
	p := w.look
	if p.Item == "" || p.Alias {
		return p.KeptURL
	}
	if key, err := extract.Key(w.rules[p.Source], p.KeptURL); err == nil && key == p.Key {
		return p.KeptURL
	}
	return asked
}

// dated gives a visit's answer the age that its copy had: what it covered ends that much before it was made.
func (w *pastWeb) dated(res *fetch.Response) *fetch.Response {
	if p := w.look; !p.UpTo.IsZero() && !p.UpTo.After(p.At) {
		res.Header.Set("Age", strconv.FormatInt(int64(p.At.Sub(p.UpTo)/time.Second), 10))
	}
	return res
}

// further gives the body of another address that belongs to the look: one that was kept while it went on, else the last before it.
func (w *pastWeb) further(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	rows, err := w.store.KeptAt(ctx, req.URL)
	if err != nil {
		return nil, err
	}
	slices.Reverse(rows) // the oldest first
	from, to := w.machine(), w.machine().Add(w.look.Took+time.Second)
	best := -1
	for i, k := range rows {
		switch {
		case k.At.After(to), req.Form != nil && len(k.Sent) > 0 && http.Header(k.Sent).Get("Content-Type") == "":
		case !k.At.Before(from) && k.At.After(w.taken[req.URL]):
			best = i
			w.taken[req.URL] = k.At
			return w.body(ctx, rows[best].SHA256, rows[best].URL)
		case k.At.Before(from):
			best = i
		}
	}
	if best < 0 || w.look.Item != "" && w.look.Kept == "" && len(rows) == 0 {
		return nil, &fetch.Error{Reason: media.Unreachable, Status: http.StatusNotFound, Err: errNotKept}
	}
	return w.body(ctx, rows[best].SHA256, rows[best].URL)
}

// body reads a kept body; what is kept no more is told apart from what is damaged.
func (w *pastWeb) body(ctx context.Context, sha, from string) (*fetch.Response, error) {
	k, body, err := w.kept.Read(ctx, sha)
	gone := func(list *[]string) (*fetch.Response, error) {
		w.lost = true
		if !slices.Contains(*list, sha) {
			*list = append(*list, sha)
		}
		return nil, &fetch.Error{Reason: media.Unreachable, Err: fmt.Errorf("%w: %s", errNotKept, sha)}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		rows, rerr := w.store.KeptOf(ctx, []string{sha})
		if rerr != nil {
			return nil, rerr
		}
		if row, ok := rows[sha]; ok && !row.Going.IsZero() {
			w.lost, w.deleted[sha] = true, true
			return nil, &fetch.Error{Reason: media.Unreachable, Err: errNotKept}
		}
		return gone(&w.missing)
	case errors.Is(err, keep.ErrDamaged):
		return gone(&w.damaged)
	case err != nil:
		return nil, err
	}
	header := http.Header(k.Header)
	if header == nil {
		header = http.Header{}
	}
	return &fetch.Response{Status: k.Status, Header: header, Sent: k.Sent, Body: body, FinalURL: from, ContentType: k.ContentType, At: k.At}, nil
}

// copied is a keeper that keeps nothing: the bytes are kept.
type copied struct{}

// Keep implements crawler.Keeper.
func (copied) Keep(context.Context, media.Kept, []byte) error { return nil }
