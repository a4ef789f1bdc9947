package crawler

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/codes"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/viet"
)

// Tries before the words of the listing stand in for a page: few when the
// page says no, more when it may come back by itself (some five hours).
const (
	maxTries     = 3
	maxTemporary = 6
)

// page looks at one awaited article page and records it. stop is as for visit.
func (t *turn) page(ctx context.Context, src media.Source, a Await) (stop *failure, err error) {
	ctx, span := looking(ctx, "page", src)
	defer span.End()
	p := PageVisit{At: t.c.opt.Business()}
	start := t.c.opt.Machine()
	err = t.guard(ctx, src, a, &p.Kept, func() error { return t.read(ctx, src, a, &p) })
	t.body.Release()
	took := t.c.opt.Machine().Sub(start)
	if err != nil {
		if fatal(ctx, err) {
			return nil, err
		}
		f := why(err)
		span.SetStatus(codes.Error, f.outcome)
		if f.host {
			stop = &f
			t.hold(firstRetry)
			if err := t.leave(ctx, f.after); err != nil {
				return nil, err
			}
		}
		return stop, t.noPage(ctx, src, a, p, f)
	}
	p.Outcome, p.Done = media.OK, true
	if err = t.putPage(ctx, src, a, p, took); errors.Is(err, ErrGoing) {
		err = t.lost(src, a.URL, ErrGoing)
		p.Kept, p.Done = nil, false
		return nil, t.noPage(ctx, src, a, p, why(err))
	}
	return nil, err
}

// read fills p with the article.
func (t *turn) read(ctx context.Context, src media.Source, a Await, p *PageVisit) error {
	if err := t.allowed(ctx, a.URL); err != nil {
		return err
	}
	res, err := t.get(ctx, fetch.Request{URL: a.URL, MaxBody: extract.Bounds(src.PageLimits, media.KindPage).Body}, true, func() { p.At = t.c.opt.Business() })
	if err != nil {
		return err
	}
	t.c.mu.Lock()
	t.c.sum.Bytes += int64(len(res.Body))
	t.c.mu.Unlock()
	if err := sentHome(a.URL, res.FinalURL); err != nil {
		return err
	}
	sum := sha256.Sum256(res.Body)
	if p.Kept, err = t.keep(ctx, src, res, hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	src = src.At(p.At.Add(-ageOf(res.Header)))
	text, err := t.readers.Decode(res.Body, res.ContentType)
	if err != nil {
		return err
	}
	res.Body = nil // it may be large
	art, err := t.readers.Page(text, src, res.FinalURL)
	if err == nil && art.Lead == "" && art.Body == "" {
		err = &extract.BlindError{Reason: media.Empty, Detail: "a headline at most"}
	}
	if err = t.weigh(src, p, a, text, res.FinalURL, art, err); err != nil {
		return err
	}
	for _, n := range art.Notes {
		if n.Code == "spam" || n.Code == "web_part" {
			p.Odd = append(p.Odd, n.Code)
		}
	}
	p.Final = t.final(src, a.Item, res.FinalURL)
	p.Claimed = art.Date
	p.Column = t.c.column(src, art.Section, dated(art.Date, p.At))
	p.Revision = revision(a.Item, "page", p.At, p.Kept.SHA256, fromPage(art))
	return nil
}

// final is where a page was in the end, if redirects led to the address of
// another item than the one it was asked for as.
func (t *turn) final(src media.Source, item, url string) Address {
	key, err := t.readers.Key(src.Rule.Key, url)
	if err != nil {
		return Address{}
	}
	if id := media.ItemID(t.c.opt.Province, key); id != item {
		return Address{id, key}
	}
	return Address{}
}

// SameHeadline reports whether two headlines are of one article: of the words of
// the shorter at least three in four stand in the other.
func SameHeadline(a, b string) bool {
	x, y := strings.Fields(viet.Fold(a)), strings.Fields(viet.Fold(b))
	if len(x) > len(y) {
		x, y = y, x
	}
	n := 0
	for _, w := range x {
		if slices.Contains(y, w) {
			n++
		}
	}
	return len(x) > 0 && 4*n >= 3*len(x)
}

// noPage records a try that brought no text: another is made later, or none
// is wanted and the store lets the words of the listing stand in, so that the
// piece is judged on those.
func (t *turn) noPage(ctx context.Context, src media.Source, a Await, p PageVisit, f failure) error {
	p.Outcome, p.Detail, p.Revision = f.outcome, f.detail, nil
	tries := a.Tries + 1
	limit := maxTries
	if f.weight < hard {
		limit = maxTemporary
	}
	switch {
	case f.outcome == media.RobotsDenied, tries >= limit && !f.own:
		p.Done = true
	default:
		wait := min(firstRetry<<min(tries-1, maxTemporary), maxRetry)
		p.NextDue = t.due(jitter(max(wait, f.after)))
	}
	return t.putPage(ctx, src, a, p, 0)
}

func (t *turn) putPage(ctx context.Context, src media.Source, a Await, p PageVisit, took time.Duration) error {
	p.Item, p.Source = a.Item, a.Source
	if err := t.c.opt.Records.PutPage(ctx, t.now(), p); err != nil {
		return storeError{err}
	}
	c := t.c
	c.mu.Lock()
	if p.Outcome == media.OK {
		c.sum.Pages++
	} else {
		c.sum.PageFail++
	}
	c.mu.Unlock()
	c.opt.Log.Debug("page", "source", src.ID, "url", a.URL, "outcome", p.Outcome, "detail", p.Detail, "done", p.Done)
	ev := Event{Kind: "page", Source: src.ID, URL: a.URL, Outcome: p.Outcome, Detail: p.Detail, Took: took}
	if p.Kept != nil {
		ev.Bytes = p.Kept.Size
	}
	c.opt.Progress(ev)
	return nil
}

func fromPage(a extract.Article) media.Revision {
	return media.Revision{Title: a.Title, Lead: a.Lead, Body: a.Body, Section: a.Section, Byline: a.Byline, Credit: a.Credit}
}

// TextHash is what makes two texts of an item the same revision: hex SHA-256
// over title, lead and body, each after its length, so that words cannot move
// across a border unseen.
func TextHash(title, lead, body string) string {
	h := sha256.New()
	var n [8]byte
	for _, p := range []string{title, lead, body} {
		binary.LittleEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// revision completes a text of an item: its hash and the id made of it.
func revision(item, from string, seen time.Time, kept string, r media.Revision) *media.Revision {
	r.Hash = TextHash(r.Title, r.Lead, r.Body)
	r.Item, r.From, r.Seen, r.Kept = item, from, seen, kept
	r.ID = media.RevisionID(item, r.Hash, seen)
	return &r
}
