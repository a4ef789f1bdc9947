package crawler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// Past is one look that was made once, as it is recorded: at a source, or at the page of an item.
type Past struct {
	Visit   string    // id of the visit to the source; "" of a page
	Source  string    // that was looked at, or by whose rule the page was read
	Item    string    // of a page: whose; "" of a visit
	URL     string    // of a page: as it was listed
	Key     string    // of a page: the item's canonical key
	Alias   bool      // the page turned out to be at the address of another item: Item is no item any more
	At      time.Time // business clock
	Dated   time.Time // of a page: when the item was published, else first seen
	Outcome string    // of a visit, as it was recorded; of a page OK, or Unreachable where its listing's words had to stand in
	Detail  string    // of a visit
	Status  int       // of a visit
	Took    time.Duration
	UpTo    time.Time // of a visit: the end of what it covered; zero: nothing

	Kept    string    // hash of the body that came; "" if none was kept
	KeptURL string    // from where those bytes came first
	KeptAt  time.Time // when; machine clock
	Gone    bool      // they were deleted, their time having passed
}

// Rereading makes looks again, one after the other, with the crawler's own readers and into its own store. Whoever makes it has
// Options.Fetch answer with what was kept of the look at hand, and Options.Business stand at its moment; nothing is waited for,
// nothing is put off, and nobody else works with that store meanwhile.
type Rereading struct {
	c                 *Crawler
	leases            map[string]Lease // by host
	layouts, archives map[string]Layout
}

// rereadLease is how long the hosts are held: longer than any rereading takes.
const rereadLease = 30 * 24 * time.Hour

// Again makes the sources known, whether they are in force or not, and holds their hosts.
func (c *Crawler) Again(ctx context.Context) (*Rereading, error) {
	r := &Rereading{c: c, leases: map[string]Lease{}, layouts: map[string]Layout{}, archives: map[string]Layout{}}
	if c.opt.Walks == nil {
		return nil, errors.New("crawler: looks are made again with the store of walks")
	}
	all := slices.DeleteFunc(slices.Clone(c.reads.Load().all), func(s media.Source) bool { return s.Verify })
	if err := c.opt.Hosts.Sync(ctx, all, c.opt.Group); err != nil {
		return nil, fmt.Errorf("make looks again: %w", err)
	}
	return r, nil
}

// Look makes one look again; ok is false if there is nothing to look at: the source is not read (any more), or the item is not known.
func (r *Rereading) Look(ctx context.Context, p Past) (ok bool, err error) {
	c := r.c
	src, ok := c.reads.Load().sources[p.Source]
	if !ok {
		return false, nil
	}
	at := src.URL
	if p.Item != "" {
		at = p.URL
		known, err := c.opt.Known.KnownItems(ctx, "", []string{p.Item})
		if err != nil || !known[p.Item] {
			return false, err
		}
	}
	t, err := r.turn(ctx, c.row(at))
	if t == nil || err != nil {
		return false, err
	}
	work, err := c.opt.Records.Load(ctx, t.now(), 1)
	if err != nil {
		return false, err
	}
	if err := t.remember(ctx, work.Robots); err != nil {
		return false, err
	}
	if p.Item != "" { // of a page that did not come no other try is recorded
		_, err = t.page(ctx, src, Await{Item: p.Item, Source: p.Source, URL: p.URL, Tries: maxTemporary, At: p.Dated})
		return true, err
	}
	i := slices.IndexFunc(work.Sources, func(s SourceState) bool { return s.Source == src.ID })
	if i < 0 {
		return false, fmt.Errorf("look at %s again: it is not due", src.ID)
	}
	if _, err = t.visit(ctx, src, work.Sources[i]); err == nil {
		err = t.record(ctx)
	}
	return true, err
}

// turn is a stay at a host for one look; nil if no source is there.
func (r *Rereading) turn(ctx context.Context, host string) (*turn, error) {
	c := r.c
	l, held := r.leases[host]
	if !held {
		leases, err := c.opt.Walks.ClaimFor(ctx, c.opt.Node, []string{host}, 1, rereadLease)
		if err != nil || len(leases) == 0 {
			return nil, err
		}
		l = leases[0]
		l.Clock = time.Unix(3600, 0) // told by a clock of long ago, whatever is to be done later is due at once
		r.leases[host] = l
	}
	t := &turn{c: c, host: host, lease: l, given: c.opt.Machine(), lag: func() {}, layouts: r.layouts, archives: r.archives}
	t.robots, t.aged = map[string]*fetch.Robots{}, map[string]*fetch.Robots{}
	t.readers, t.body.Waits = t.reading(c.opt.Read), t.lag
	return t, nil
}
