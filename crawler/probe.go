package crawler

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// lacks opens the detail of a visit to a page that is there without all that
// has to be posted on it; the names follow, parted by «; ».
const lacks = "lacks: "

// pingBody is how much of a page an uptime probe takes, in bytes: enough to
// know that the server sends one.
const pingBody = 16 << 10

// probe reads a page that is watched for being there, and for what has to be
// posted on it; of a page that nothing is expected of, that it can be read at all
// is what is wanted. It is no news: no item, no verdict, no coverage.
func (t *turn) probe(src media.Source, v *Visit, text, base string) error {
	if len(src.Expect) == 0 {
		_, err := t.readers.Page(text, src, base)
		return err
	}
	missing, err := t.readers.Missing(text, src, base)
	if err != nil {
		return err
	}
	for _, e := range src.Expect {
		v.Parts = append(v.Parts, Part{Name: e.Name, There: !slices.Contains(missing, e.Name)})
	}
	if len(missing) > 0 {
		v.Detail = lacks + strings.Join(missing, "; ")
	}
	return nil
}

// ping asks a server whether it answers: the status and a little of the body,
// which nobody keeps or reads. One that sends its visitors to another host
// answers too.
func (t *turn) ping(ctx context.Context, src media.Source, v *Visit, start *time.Time) error {
	res, err := t.get(ctx, fetch.Request{URL: src.URL, MaxBody: pingBody, Cut: true}, true, func() {
		v.At, *start = t.c.opt.Business(), t.c.opt.Machine()
	})
	var away *fetch.RedirectError
	switch {
	case errors.As(err, &away):
		v.Detail = away.Error()
	case err != nil:
		return err
	default:
		v.Status, v.Bytes, v.until = res.Status, len(res.Body), res.Until
	}
	v.Full, v.Outcome, v.Wait = true, media.OK, max(src.Every, time.Minute) // evenly: what a server says of its copies is not asked
	return nil
}
