package crawler

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// watchlist is what a crawler reads: it is replaced as a whole.
type watchlist struct {
	all     []media.Source
	sources map[string]media.Source // those to visit
	known   map[string]bool         // those to keep known
	plan    map[string]bool         // leased rows of the plan's hosts
	columns []media.Column
}

// reading checks sources and sorts them by what they are needed for.
func (c *Crawler) reading(all []media.Source, columns []media.Column) (*watchlist, error) {
	r := &watchlist{all: all, columns: columns, sources: map[string]media.Source{}, known: map[string]bool{}, plan: map[string]bool{}}
	for _, s := range all {
		if s.Verify {
			continue
		}
		u, err := fetch.Parse(s.URL)
		if err != nil {
			return nil, fmt.Errorf("crawler: source %s: %w", s.ID, err)
		}
		for _, rule := range append([]media.DatedRule{{Rule: s.Rule}}, s.Rules...) {
			if _, err := c.opt.Read.Key(rule.Rule.Key, s.URL); err != nil {
				return nil, fmt.Errorf("crawler: source %s: %w", s.ID, err)
			}
		}
		r.known[s.ID] = true
		if c.opt.Only == nil || slices.Contains(c.opt.Only, s.ID) {
			r.sources[s.ID] = s
		}
		r.plan[c.opt.Group(u.Host)] = true
	}
	return r, nil
}

// Use takes up other sources and columns while Run goes on: what is under way is
// finished by the old ones. Sources that are new or are read otherwise now are
// due at once. It refuses what New refuses, and then nothing changed. Where the
// store fails it is to be called again with the same: what is owed is remembered.
func (c *Crawler) Use(ctx context.Context, sources []media.Source, columns []media.Column) error {
	next, err := c.reading(sources, columns)
	if err != nil {
		return err
	}
	c.using.Lock()
	defer c.using.Unlock()
	old := c.reads.Swap(next)
	for id, s := range next.sources {
		if was, ok := old.sources[id]; ok && !reflect.DeepEqual(was, s) && !slices.Contains(c.owed, id) {
			c.owed = append(c.owed, id)
		}
	}
	if err := c.opt.Hosts.Sync(ctx, c.valid(), c.opt.Group); err != nil {
		return fmt.Errorf("crawler: take up sources: %w", err)
	}
	if len(c.owed) > 0 {
		slices.Sort(c.owed)
		if err := c.opt.Hosts.MakeDue(ctx, c.owed...); err != nil {
			return fmt.Errorf("crawler: take up sources: %w", err)
		}
		c.owed = nil
	}
	select { // whoever waits for something to do looks again
	case c.fresh <- struct{}{}:
	default:
	}
	return nil
}

// valid are the sources that exist at the business time.
func (c *Crawler) valid() []media.Source {
	now := c.opt.Business()
	var out []media.Source
	r := c.reads.Load()
	for _, s := range r.all {
		if r.known[s.ID] && inForce(s, now) {
			out = append(out, s)
		}
	}
	return out
}

func inForce(s media.Source, at time.Time) bool {
	return (s.From.IsZero() || !at.Before(s.From)) && (s.To.IsZero() || at.Before(s.To))
}

// Wake has a crawler that waits for something to be due look at once: another node may have made it so.
func (c *Crawler) Wake() {
	select {
	case c.fresh <- struct{}{}:
	default:
	}
}
