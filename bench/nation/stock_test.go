package main

import (
	"cmp"
	"container/heap"
	"context"
	"net/url"
	"slices"
	"sync"
	"time"

	"loa/crawler"
	"loa/media"
)

// stock is the stores of any number of crawlers in memory, as PostgreSQL keeps them (store/hosts.go, store/visit.go, store/page.go):
// hosts are leased with tokens, the longest due first; a lease that ran out is another's; a host is due when the first of its sources
// and awaited pages is, but not before it was asked to be; a page is read once more after three days. What nobody asks back is
// not kept.
type stock struct {
	now func() time.Time // business clock

	mu      sync.Mutex
	hosts   map[string]*hostRow
	sources map[string]*sourceRow
	waits   map[string]*awaited // by item
	order   dueHosts            // those that nobody holds
	leased  map[*hostRow]bool
	claims  int // calls

	recorded func(v crawler.Visit, known []bool, now time.Time) // called under mu
	read     func(p crawler.PageVisit, url string, again bool, now time.Time)
}

type hostRow struct {
	name            string
	due             time.Time
	until           time.Time
	notBefore, rest time.Time
	owner           string
	token           int64
	at              int // in order; -1: not there
	robots          map[string]crawler.Robots
	sources         []*sourceRow
	waits           map[string]*awaited
}

type sourceRow struct {
	host   *hostRow
	active bool
	due    time.Time
	st     crawler.SourceState
	items  map[string]bool // listed before; the latest listed of them are enough to tell
	last   []string
	layout crawler.Layout
	old    crawler.Layout
}

type awaited struct {
	crawler.Await
	since time.Time
	due   time.Time
	again bool // it was read before
}

const (
	rereadAfter  = 3 * 24 * time.Hour // as store/reread.go
	rereadRecent = 14 * 24 * time.Hour
)

func newStock(now func() time.Time) *stock {
	return &stock{now: now, hosts: map[string]*hostRow{}, sources: map[string]*sourceRow{}, waits: map[string]*awaited{}, leased: map[*hostRow]bool{}}
}

// dueHosts is a heap of hosts by when they are due, then by name.
type dueHosts []*hostRow

func (d dueHosts) Len() int { return len(d) }
func (d dueHosts) Less(i, j int) bool {
	return cmp.Or(d[i].due.Compare(d[j].due), cmp.Compare(d[i].name, d[j].name)) < 0
}
func (d dueHosts) Swap(i, j int) { d[i], d[j] = d[j], d[i]; d[i].at, d[j].at = i, j }
func (d *dueHosts) Push(x any) {
	h := x.(*hostRow)
	h.at = len(*d)
	*d = append(*d, h)
}
func (d *dueHosts) Pop() any {
	h := (*d)[len(*d)-1]
	*d = (*d)[:len(*d)-1]
	h.at = -1
	return h
}

// settle puts a host that nobody holds where its due time says.
func (m *stock) settle(h *hostRow) {
	due := time.Time{}
	first := true
	take := func(t time.Time) {
		if first || t.Before(due) {
			due, first = t, false
		}
	}
	for _, s := range h.sources {
		if s.active {
			take(s.due)
		}
	}
	for _, a := range h.waits {
		take(a.due)
	}
	for _, not := range []time.Time{h.notBefore, h.rest} {
		if due.Before(not) {
			due = not
		}
	}
	h.due = due
	switch {
	case first && h.at >= 0:
		heap.Remove(&m.order, h.at)
	case first:
	case h.at >= 0:
		heap.Fix(&m.order, h.at)
	default:
		heap.Push(&m.order, h)
	}
}

// Sync implements crawler.Hosts.
func (m *stock) Sync(_ context.Context, sources []media.Source, group func(string) string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.sources {
		r.active = false
	}
	fresh := map[*hostRow]bool{}
	for _, src := range sources {
		u, err := url.Parse(src.URL)
		if err != nil {
			return err
		}
		name := group(u.Host)
		h := m.hosts[name]
		if h == nil {
			h = &hostRow{name: name, at: -1, robots: map[string]crawler.Robots{}, waits: map[string]*awaited{}}
			m.hosts[name], fresh[h] = h, true
		}
		r := m.sources[src.ID]
		if r == nil {
			r = &sourceRow{host: h, st: crawler.SourceState{Source: src.ID}, items: map[string]bool{}}
			m.sources[src.ID] = r
			h.sources = append(h.sources, r)
			fresh[h] = true
		}
		r.active = true
	}
	for h := range fresh {
		if !m.leased[h] {
			m.settle(h)
		}
	}
	return nil
}

// MakeDue implements crawler.Hosts; only a person asks for it.
func (m *stock) MakeDue(context.Context, ...string) error { return nil }

// Claim implements crawler.Hosts.
func (m *stock) Claim(_ context.Context, owner string, n int, ttl time.Duration) ([]crawler.Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claims++
	now := time.Now()
	for h := range m.leased { // of one whose lease ran out the next claimer gets a greater token
		if !h.until.After(now) {
			delete(m.leased, h)
			m.settle(h)
		}
	}
	var out []crawler.Lease
	for len(out) < n && len(m.order) > 0 && !m.order[0].due.After(now) {
		h := heap.Pop(&m.order).(*hostRow)
		h.owner, h.until = owner, now.Add(ttl)
		h.token++
		m.leased[h] = true
		out = append(out, crawler.Lease{Host: h.name, Owner: owner, Token: h.token, Until: h.until, Clock: now})
	}
	return out, nil
}

func (m *stock) held(l crawler.Lease) (*hostRow, error) {
	h := m.hosts[l.Host]
	if h == nil || h.token != l.Token || h.owner != l.Owner {
		return nil, crawler.ErrLost
	}
	return h, nil
}

// Renew implements crawler.Hosts.
func (m *stock) Renew(_ context.Context, l crawler.Lease, ttl time.Duration) (crawler.Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, err := m.held(l)
	if err == nil {
		l.Clock = time.Now()
		h.until = l.Clock.Add(ttl)
		l.Until = h.until
	}
	return l, err
}

// Release implements crawler.Hosts.
func (m *stock) Release(_ context.Context, ls ...crawler.Lease) (lost error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range ls {
		h, err := m.held(l)
		if err != nil {
			lost = err
			continue
		}
		h.owner, h.until, h.notBefore, h.rest = "", time.Time{}, l.NotBefore, time.Time{}
		if l.Rest > 0 {
			h.rest = time.Now().Add(l.Rest)
		}
		delete(m.leased, h)
		m.settle(h)
	}
	return lost
}

// Load implements crawler.Records.
func (m *stock) Load(_ context.Context, l crawler.Lease, pages int) (crawler.Work, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, err := m.held(l)
	if err != nil {
		return crawler.Work{}, err
	}
	now := time.Now()
	w := crawler.Work{Layouts: map[string]crawler.Layout{}, Archives: map[string]crawler.Layout{}}
	for _, r := range h.robots {
		w.Robots = append(w.Robots, r)
	}
	due := slices.DeleteFunc(slices.Clone(h.sources), func(r *sourceRow) bool { return !r.active || r.due.After(now) })
	slices.SortFunc(due, func(a, b *sourceRow) int {
		return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.st.Source, b.st.Source))
	})
	for _, r := range due {
		w.Sources = append(w.Sources, r.st)
	}
	var waits []*awaited
	for _, a := range h.waits {
		if !a.due.After(now) {
			waits = append(waits, a)
		}
	}
	slices.SortFunc(waits, func(a, b *awaited) int { return cmp.Or(a.since.Compare(b.since), cmp.Compare(a.Item, b.Item)) })
	for _, a := range waits[:min(pages, len(waits))] {
		w.Pages = append(w.Pages, a.Await)
		w.Layouts[a.Source], w.Archives[a.Source] = m.sources[a.Source].layout, m.sources[a.Source].old
	}
	return w, nil
}

// PutRobots implements crawler.Records.
func (m *stock) PutRobots(_ context.Context, l crawler.Lease, r crawler.Robots) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, err := m.held(l)
	if err == nil {
		h.robots[r.Site] = r
	}
	return err
}

// PutVisits implements crawler.Records.
func (m *stock) PutVisits(_ context.Context, l crawler.Lease, vs []crawler.Visit) ([][]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.held(l); err != nil {
		return nil, err
	}
	known := make([][]bool, len(vs))
	for i, v := range vs {
		known[i] = m.putVisit(v)
		m.recorded(v, known[i], m.now())
	}
	return known, nil
}

// remembered is how many items of a source are known to have been listed: many times what a list shows.
const remembered = 10 * shown

func (m *stock) putVisit(v crawler.Visit) []bool {
	r := m.sources[v.Source]
	known := make([]bool, len(v.Seen))
	for i, s := range v.Seen {
		if known[i] = r.items[s.Item.ID]; known[i] {
			continue
		}
		r.items[s.Item.ID] = true
		if r.last = append(r.last, s.Item.ID); len(r.last) > remembered {
			delete(r.items, r.last[0])
			r.last = r.last[1:]
		}
		if h := m.hosts[s.Host]; s.Fetch && h != nil {
			at := s.Item.Claimed.At
			if s.Item.Claimed.Precision == media.NoDate {
				at = s.Item.Seen
			}
			a := &awaited{since: v.At, Await: crawler.Await{Item: s.Item.ID, Source: v.Source, URL: s.Item.URL, At: at}}
			m.waits[s.Item.ID], h.waits[s.Item.ID] = a, a
			if !m.leased[h] {
				m.settle(h)
			}
		}
	}
	good := v.Outcome == media.OK || v.Outcome == media.NotModified
	r.due, r.st.Fails, r.st.Visited = v.NextDue, v.Fails, true
	for _, c := range v.Covers {
		r.st.CoveredTo = c.To
	}
	if v.Full && good {
		r.st.LastFull = time.Now()
	}
	if v.Outcome == media.OK {
		r.st.ETag, r.st.LastModified, r.st.BodyHash, r.st.Mark, r.st.Rest, r.st.Rhythm = v.ETag, v.LastModified, v.BodyHash, v.Mark, v.Rest, v.Rhythm
	}
	return known
}

// PutPage implements crawler.Records.
func (m *stock) PutPage(_ context.Context, l crawler.Lease, p crawler.PageVisit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, err := m.held(l)
	if err != nil {
		return err
	}
	a, r := m.waits[p.Item], m.sources[p.Source]
	if p.Read != nil {
		lay := &r.layout
		if p.Old {
			lay = &r.old
		}
		reads := slices.DeleteFunc(slices.Clone(lay.Reads), func(o crawler.PageRead) bool { return o.Item == p.Item })
		reads = append([]crawler.PageRead{*p.Read}, reads...)
		*lay = crawler.Layout{Reads: reads[:min(len(reads), crawler.LayoutReads)], Changed: p.Layout}
	}
	m.read(p, a.URL, a.again, m.now())
	a.Tries++
	switch {
	case !p.Done:
		a.due = p.NextDue
	case a.again || p.Outcome != media.OK || m.now().Sub(a.At) >= rereadRecent:
		delete(m.waits, p.Item)
		delete(h.waits, p.Item)
	default:
		a.again, a.due, a.Tries = true, time.Now().Add(rereadAfter), 0
	}
	return nil
}

// KnownItems implements crawler.Known.
func (m *stock) KnownItems(_ context.Context, source string, ids []string) (map[string]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]bool{}
	r := m.sources[source]
	for _, id := range ids {
		if r.items[id] {
			out[id] = true
		}
	}
	return out, nil
}

// Keep implements crawler.Keeper.
func (m *stock) Keep(context.Context, media.Kept, []byte) error { return nil }
