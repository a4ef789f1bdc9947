package crawler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
)

// gapPages further pages of a list are read in an ordinary visit at most. What
// lies deeper is an archive walk's business.
const gapPages = 4

// gap reports whether a list does not reach back to what the last visit saw.
func gap(order []listed, last mark, at time.Time) bool {
	seq, _, ok := inOrder(order, at)
	return ok && len(last.Top) > 0 && !joined(last, seq, at)
}

// closeGap reads further pages until they join the last visit, or bring nothing
// new; by is how the first page of a column of questions is dated. What goes wrong on the way costs the gap alone: partial is then set, and
// the first page stands as it was read.
func (t *turn) closeGap(ctx context.Context, src media.Source, v *Visit, s *sheet, by, text, base string, last mark, asOf time.Time) (partial bool, err error) {
	at := extract.Place{N: 1, URL: src.URL}
	for range gapPages {
		if t.slow() {
			v.Detail = join(v.Detail, "no further page: the host wants a long pause")
			return true, nil
		}
		next, ok, err := t.readers.Next(text, src, base, at)
		if err != nil {
			v.Detail = join(v.Detail, fmt.Sprintf("no further page: %v", err))
			return true, nil
		}
		if !ok {
			return false, nil
		}
		p, err := t.further(ctx, src, next)
		if p.kept != nil {
			v.Also, v.Bytes = append(v.Also, *p.kept), v.Bytes+p.kept.Size
		}
		if err != nil {
			if fatal(ctx, err) {
				return false, err
			}
			if err := t.stumble(ctx, why(err)); err != nil {
				return false, err
			}
			v.Detail = join(v.Detail, fmt.Sprintf("page %d: %v", next.N, err))
			return true, nil
		}
		p.list.DateBy(by)
		if t.add(s, src, p.kept.SHA256, p.list.Entries) == 0 {
			return false, nil
		}
		if p.list.Partial {
			v.Detail = join(v.Detail, fmt.Sprintf("page %d partial: %s", next.N, p.list.Details()))
			return true, nil
		}
		if !gap(s.order, last, asOf) {
			return false, nil
		}
		text, base, at = p.text, p.base, next
	}
	return false, nil
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// stumble notes what a further page met: a host that does not answer is not
// asked for anything else in this turn.
func (t *turn) stumble(ctx context.Context, f failure) error {
	if !f.host {
		return nil
	}
	t.hold(firstRetry)
	t.halt = &f
	return t.leave(ctx, f.after)
}

// leaf is one further page of a list as it was read.
type leaf struct {
	text, base string
	list       extract.Listing
	kept       *media.Kept
	asOf       time.Time // business clock: what it showed was so then
}

// further asks for a further page and reads it. The kept body is given also
// when it could not be read.
func (t *turn) further(ctx context.Context, src media.Source, at extract.Place) (p leaf, err error) {
	res, kept, asOf, err := t.obtain(ctx, src, at)
	if p.kept, p.asOf = kept, asOf; err != nil {
		return p, err
	}
	err = t.guard(ctx, src, Await{URL: at.URL}, &p.kept, func() error {
		if p.text, err = t.readers.Decode(res.Body, res.ContentType); err != nil {
			return err
		}
		p.base, res.Body = res.FinalURL, nil // the body may be large
		p.list, err = t.readList(p.text, src, p.base)
		return err
	})
	return p, err
}

// Further is the request for the next page of a list: the only one that submits a
// form, the list's own. most bounds its answer, in bytes; 0: as the client does.
func Further(at extract.Place, most int64) fetch.Request {
	return fetch.Request{URL: at.URL, Form: at.Form, MaxBody: most}
}

// obtain asks for one address beyond the source's own, which a page or an index
// named: on the leased host alone, if robots.txt allows it. What came is kept.
func (t *turn) obtain(ctx context.Context, src media.Source, at extract.Place) (*fetch.Response, *media.Kept, time.Time, error) {
	if row := t.c.row(at.URL); row != t.host {
		return nil, nil, time.Time{}, &fetch.RedirectError{To: at.URL}
	}
	if err := t.allowed(ctx, at.URL); err != nil {
		return nil, nil, time.Time{}, err
	}
	var asOf time.Time
	res, err := t.get(ctx, Further(at, extract.Bounds(src.Limits, src.Kind).Body), true, func() { asOf = t.c.opt.Business() })
	if err != nil {
		return nil, nil, asOf, err
	}
	age := ageOf(res.Header)
	if age > tooOld {
		return nil, nil, asOf, &extract.BlindError{Reason: media.StaleCache, Detail: fmt.Sprintf("a copy %s old", age)}
	}
	sum := sha256.Sum256(res.Body)
	kept, err := t.keep(ctx, src, res, hex.EncodeToString(sum[:]))
	return res, kept, asOf.Add(-age), err
}
