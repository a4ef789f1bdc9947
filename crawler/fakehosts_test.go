package crawler

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"time"

	"loa/media"
)

// memory as the store of hosts.

func (m *memory) Sync(_ context.Context, sources []media.Source, group func(string) string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.sources {
		r.active = false
	}
	for _, s := range sources {
		u, err := url.Parse(s.URL)
		if err != nil {
			return err
		}
		h := group(u.Host)
		if m.hosts[h] == nil {
			m.hosts[h] = &hostRow{robots: map[string]Robots{}}
		}
		if m.sources[s.ID] == nil {
			m.sources[s.ID] = &sourceRow{host: h, st: SourceState{Source: s.ID}}
		}
		m.sources[s.ID].active = true
	}
	return m.fail("sync")
}

func (m *memory) MakeDue(_ context.Context, only ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, r := range m.sources {
		if len(only) == 0 || slices.Contains(only, id) {
			r.due, m.hosts[r.host].notBefore = time.Time{}, time.Time{}
		}
	}
	return m.fail("makedue")
}

func (m *memory) dueWork(host string) (w Work) {
	now := time.Now()
	for _, id := range slices.Sorted(maps.Keys(m.sources)) {
		if r := m.sources[id]; r.active && r.host == host && !r.due.After(now) {
			w.Sources = append(w.Sources, r.st)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(m.wait)) {
		if p := m.wait[id]; !p.done && p.host == host && !p.due.After(now) {
			w.Pages = append(w.Pages, p.a)
		}
	}
	slices.SortStableFunc(w.Pages, func(a, b Await) int { return m.wait[a.Item].at.Compare(m.wait[b.Item].at) })
	return w
}

func (m *memory) Claim(ctx context.Context, owner string, n int, ttl time.Duration) ([]Lease, error) {
	out, err := m.claim(owner, n, ttl)
	if err == nil && len(out) > 0 {
		err = sleep(ctx, m.onTheWay)
	}
	return out, err
}

func (m *memory) claim(owner string, n int, ttl time.Duration) ([]Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fail("claim"); err != nil {
		return nil, err
	}
	var out []Lease
	for _, name := range slices.Sorted(maps.Keys(m.hosts)) {
		h, w := m.hosts[name], m.dueWork(name)
		if len(out) == n || h.until.After(time.Now()) || h.notBefore.After(time.Now()) || h.rest.After(time.Now()) || len(w.Sources)+len(w.Pages) == 0 {
			continue
		}
		h.owner, h.until, h.leased = owner, time.Now().Add(ttl), time.Now()
		h.token++
		out = append(out, Lease{Host: name, Owner: owner, Token: h.token, Until: h.until, Clock: time.Now()})
	}
	m.claims += min(len(out), 1)
	return out, nil
}

func (m *memory) held(l Lease) (*hostRow, error) {
	h := m.hosts[l.Host]
	if h == nil || h.token != l.Token || h.owner != l.Owner {
		return nil, ErrLost
	}
	return h, nil
}

func (m *memory) Renew(ctx context.Context, l Lease, ttl time.Duration) (Lease, error) {
	if err := sleep(ctx, m.hang); err != nil {
		return l, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	h, err := m.held(l)
	if err = errors.Join(err, m.fail("renew")); err != nil {
		return l, err
	}
	h.until = time.Now().Add(ttl)
	l.Until = h.until
	return l, nil
}

func (m *memory) Release(_ context.Context, ls ...Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.back = append(m.back, len(ls))
	var errs, lost error
	for _, l := range ls {
		h, err := m.held(l)
		if errors.Is(err, ErrLost) {
			lost = err
			continue
		}
		if err := m.fail("release"); err != nil {
			errs = errors.Join(errs, err)
			continue
		}
		h.owner, h.until, h.notBefore, h.rest = "", time.Time{}, l.NotBefore, time.Now().Add(l.Rest)
	}
	return first(errs, lost)
}
