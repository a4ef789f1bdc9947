package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/crawler"
	"loa/media"
)

// never is a due time that does not come.
const never = int64(1) << 61

// nextDue is when host h is next wanted: the earliest due time of its active
// sources and of the pages awaited for active sources, but not before
// notBefore and rest.
func nextDue(notBefore, rest string) string {
	return `COALESCE((SELECT CASE WHEN MIN(x.due) < ` + notBefore + ` AND ` + rest + ` <= ` + notBefore + ` THEN ` + notBefore + `
	WHEN MIN(x.due) < ` + rest + ` THEN ` + rest + ` ELSE MIN(x.due) END FROM (
	SELECT s.due FROM source_state s WHERE s.host = h.name AND s.active
	UNION ALL
	SELECT a.due FROM await a JOIN source_state s ON s.source = a.source AND s.active WHERE a.host = h.name) x), 2305843009213693952)`
}

// hostOf is the web host of an address: lower case, without the port its
// scheme implies, www. kept (some sites answer on one of the two only).
func hostOf(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", fmt.Errorf("read the host of %q: %w", raw, err)
	}
	host := strings.ToLower(u.Hostname())
	if host == "" {
		return "", fmt.Errorf("read the host of %q: there is none", raw)
	}
	port := u.Port()
	if port == "" || port == "80" && strings.EqualFold(u.Scheme, "http") || port == "443" && strings.EqualFold(u.Scheme, "https") {
		return clean(host), nil
	}
	return clean(net.JoinHostPort(host, port)), nil
}

// Sync makes the sources and their hosts known. New sources are due at once;
// a source no longer named, or marked Verify, stays on record and is never due.
// group names the leased row of a host (nil: its own).
func (s *Store) Sync(ctx context.Context, sources []media.Source, group func(host string) string) error {
	states := values{cols: []string{"source TEXT", "host TEXT", "active BOOLEAN", "due BIGINT"}}
	want := map[string]string{}
	for _, src := range sources {
		if src.Verify {
			continue
		}
		host, err := hostOf(src.URL)
		if err != nil {
			return fmt.Errorf("sync source %s: %w", src.ID, err)
		}
		lease := host
		if group != nil {
			lease = cmp.Or(clean(group(host)), host)
		}
		want[clean(src.ID)] = lease
	}
	for id, lease := range want {
		states.rows = append(states.rows, []any{id, lease, true, int64(0)})
	}
	sortRows(states.rows)
	hosts := values{cols: []string{"name TEXT", "due BIGINT"}}
	for _, lease := range want {
		hosts.rows = append(hosts.rows, []any{lease, never})
	}
	sortRows(hosts.rows)
	hosts.rows = slices.CompactFunc(hosts.rows, func(a, b []any) bool { return a[0] == b[0] })
	return s.write(ctx, "sync sources", func(t *tx) error {
		if _, err := t.insert(ctx, "host", hosts, "ON CONFLICT DO NOTHING"); err != nil {
			return err
		}
		if err := t.lockHosts(ctx, nil); err != nil {
			return err
		}
		gone, err := t.deactivate(ctx, want)
		if err != nil {
			return err
		}
		n, err := t.insert(ctx, "source_state", states, `ON CONFLICT (source) DO UPDATE SET host = excluded.host, active = TRUE
			WHERE source_state.host <> excluded.host OR NOT source_state.active`)
		if err != nil {
			return err
		}
		if n > 0 || gone > 0 {
			t.changed("sources", "")
		}
		_, err = t.exec(ctx, "UPDATE host AS h SET due = "+nextDue("h.not_before", "h.rest"))
		return err
	})
}

// deactivate retires every source that is not wanted.
func (t *tx) deactivate(ctx context.Context, want map[string]string) (int, error) {
	var gone []string
	err := each(ctx, t, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		if _, ok := want[id]; !ok {
			gone = append(gone, id)
		}
		return err
	}, "SELECT source FROM source_state WHERE active ORDER BY source")
	if err != nil {
		return 0, err
	}
	return len(gone), chunk(gone, maxIn, func(ids []string) error {
		var a args
		_, err := t.exec(ctx, "UPDATE source_state SET active = FALSE WHERE source IN "+a.in(ids), a...)
		return err
	})
}

// lockHosts locks the named leased rows (nil: all), in one order for everybody.
func (t *tx) lockHosts(ctx context.Context, names []string) error {
	if t.s.eng.forUpdate == "" {
		return nil
	}
	var a args
	q := "SELECT name FROM host"
	if names != nil {
		q += " WHERE name IN " + a.in(names)
	}
	return each(ctx, t, func(*sql.Rows) error { return nil }, q+" ORDER BY name"+t.s.eng.forUpdate, a...)
}

// MakeDue makes the known sources named due now, also where a host was held
// back for not answering: a person asks. None named means all. A host that
// asked to be left alone is, all the same.
func (s *Store) MakeDue(ctx context.Context, sources ...string) error {
	var a args
	which := "active"
	if len(sources) > 0 {
		which += " AND source IN " + a.in(sources)
	}
	return s.write(ctx, "make sources due", func(t *tx) error {
		if err := t.lockHosts(ctx, nil); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE source_state SET due = 0 WHERE "+which, a...); err != nil {
			return err
		}
		t.changed("sources", "")
		_, err := t.exec(ctx, "UPDATE host SET due = 0, not_before = 0 WHERE name IN (SELECT host FROM source_state WHERE "+which+")", a...)
		return err
	})
}

// Claim leases at most n due, free hosts for ttl, longest due first. Of a host
// whose lease ran out unreleased the next claimer gets a greater token.
func (s *Store) Claim(ctx context.Context, owner string, n int, ttl time.Duration) ([]crawler.Lease, error) {
	return s.claim(ctx, owner, n, ttl, "due <= "+s.eng.clock, nil)
}

// claim leases free hosts of which a condition holds.
func (s *Store) claim(ctx context.Context, owner string, n int, ttl time.Duration, which string, a args) ([]crawler.Lease, error) {
	if n <= 0 {
		return nil, nil
	}
	if owner == "" {
		return nil, errors.New("claim hosts: an owner is needed")
	}
	// MATERIALIZED: a re-evaluated subquery would lock more rows than its limit.
	most, who, long := a.add(n), a.add(clean(owner)), a.add(ttl.Microseconds())
	q := `WITH c AS MATERIALIZED (
			SELECT name, due FROM host WHERE ` + which + ` AND until <= ` + s.eng.clock + ` AND rest <= ` + s.eng.clock + `
			ORDER BY due, name LIMIT ` + most + s.eng.skipLocked + `)
		UPDATE host SET owner = ` + who + `, token = token + 1, until = ` + s.eng.clock + ` + ` + long + `
		FROM c WHERE host.name = c.name RETURNING host.name, host.token, host.until, host.due, ` + s.eng.clock
	type claimed struct {
		crawler.Lease
		due int64
	}
	var out []claimed
	err := each(ctx, s.pools.write, func(r *sql.Rows) error {
		c := claimed{Lease: crawler.Lease{Owner: owner}}
		err := r.Scan(&c.Host, &c.Token, at(&c.Until), &c.due, at(&c.Clock))
		out = append(out, c)
		return err
	}, q, a...)
	if err != nil {
		return nil, fmt.Errorf("claim hosts: %w", err)
	}
	slices.SortFunc(out, func(a, b claimed) int { return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.Host, b.Host)) })
	leases := make([]crawler.Lease, len(out))
	for i, c := range out {
		leases[i] = c.Lease
	}
	return leases, nil
}

// Renew lengthens a lease from now; ErrLost if it was released or another holds it.
func (s *Store) Renew(ctx context.Context, l crawler.Lease, ttl time.Duration) (crawler.Lease, error) {
	found := false
	err := each(ctx, s.pools.write, func(r *sql.Rows) error {
		found = true
		return r.Scan(at(&l.Until), at(&l.Clock))
	}, `UPDATE host SET until = `+s.eng.clock+` + $4 WHERE name = $1 AND token = $2 AND owner = $3 RETURNING until, `+s.eng.clock,
		l.Host, l.Token, clean(l.Owner), ttl.Microseconds())
	if err == nil && !found {
		err = crawler.ErrLost
	}
	if err != nil {
		return l, fmt.Errorf("renew the lease of %s: %w", l.Host, err)
	}
	return l, nil
}

// Release gives hosts back; each is next due at the earliest due time of its
// sources and pages, but not before its NotBefore, nor before its Rest has
// passed. Several are given back in one transaction, which waits for nobody: a
// host whose row somebody else holds, and each of a set that cannot be given back
// together, is given back alone. ErrLost: another has some of them.
func (s *Store) Release(ctx context.Context, ls ...crawler.Lease) error {
	var failed, lost error
	if len(ls) > 1 {
		back, err := s.release(ctx, ls, s.eng.skipLocked)
		if err == nil {
			ls = slices.DeleteFunc(slices.Clone(ls), func(l crawler.Lease) bool { return back[l.Host] })
		}
	}
	for i, l := range ls {
		back, err := s.release(ctx, ls[i:i+1], s.eng.forUpdate)
		switch {
		case err != nil:
			failed = cmp.Or(failed, err)
		case !back[l.Host]:
			lost = fmt.Errorf("release %s: %w", l.Host, crawler.ErrLost)
		}
	}
	return cmp.Or(failed, lost)
}

// release gives back those of the hosts that are still held under these leases,
// and whose rows could be locked, and returns them.
func (s *Store) release(ctx context.Context, ls []crawler.Lease, lock string) (back map[string]bool, err error) {
	by := make(map[string]crawler.Lease, len(ls))
	held := values{cols: []string{"name TEXT", "token BIGINT", "owner TEXT"}}
	for _, l := range ls {
		by[l.Host] = l
		held.rows = append(held.rows, []any{l.Host, l.Token, clean(l.Owner)})
	}
	err = s.write(ctx, fmt.Sprintf("release %d hosts, %s", len(ls), ls[0].Host), func(t *tx) error {
		back = map[string]bool{}
		rows := values{cols: []string{"name TEXT", "not_before BIGINT", "rest BIGINT"}}
		// Locked before anything is read of their sources: whoever makes those due locks these rows first (MakeDue), and what it did
		// must be seen by the statement that tells when they are next due.
		err := chunk(held.rows, s.eng.maxRows(len(held.cols)), func(some [][]any) error {
			var a args
			return each(ctx, t, func(r *sql.Rows) error {
				var name string
				var clock int64
				err := r.Scan(&name, &clock)
				l := by[name]
				rest := int64(0)
				if l.Rest > 0 { // a clock of whole milliseconds could end it one too soon
					rest = clock + (l.Rest + time.Millisecond).Microseconds()
				}
				rows.rows = append(rows.rows, []any{name, micros(l.NotBefore), rest})
				back[name] = true
				return err
			}, s.eng.with(held, some, &a)+"SELECT h.name, "+s.eng.clock+" FROM host h JOIN v ON h.name = v.name AND h.token = v.token AND h.owner = v.owner ORDER BY h.name"+lock, a...)
		})
		if err != nil {
			return err
		}
		return t.update(ctx, rows, "UPDATE host AS h SET owner = '', until = 0, not_before = v.not_before, rest = v.rest, due = "+
			nextDue("v.not_before", "v.rest")+" FROM v WHERE h.name = v.name")
	})
	return back, err
}

// fence locks the leased row and refuses an older token. A lease that ran out
// but that nobody took is still good: what was fetched under it is not lost.
func (t *tx) fence(ctx context.Context, l crawler.Lease) error {
	held := false
	err := each(ctx, t, func(r *sql.Rows) error {
		held = true
		return nil
	}, "SELECT 1 FROM host WHERE name = $1 AND token = $2 AND owner = $3"+t.s.eng.forUpdate, l.Host, l.Token, clean(l.Owner))
	if err == nil && !held {
		return crawler.ErrLost
	}
	return err
}

// sortRows orders rows by their first column, a string: one lock order for all.
func sortRows(rows [][]any) {
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[0].(string), b[0].(string)) })
}
