package store

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule/calendar"
)

// PutVisits records looks at sources of one leased host: one transaction, fenced
// by the lease, and idempotent by the visits' ids. known[i][k] tells whether
// vs[i].Seen[k] existed before that visit; a repeated call answers the same.
func (s *Store) PutVisits(ctx context.Context, l crawler.Lease, vs []crawler.Visit) ([][]bool, error) {
	var known [][]bool
	err := s.write(ctx, "put the visits to "+l.Host, func(t *tx) error {
		if err := t.lockPageHosts(ctx, l, vs); err != nil {
			return err
		}
		if err := t.fence(ctx, l); err != nil {
			return err
		}
		looks, err := t.looks(ctx, vs)
		if err != nil {
			return err
		}
		fresh, err := t.putVisitRows(ctx, looks)
		if err != nil {
			return err
		}
		for _, w := range waves(fresh) {
			if err := t.putWave(ctx, l, w); err != nil {
				return err
			}
		}
		known, err = t.knownBefore(ctx, looks)
		return err
	})
	return known, err
}

// putWave records what visits with neither a source nor an item in common say.
func (t *tx) putWave(ctx context.Context, l crawler.Lease, w []*look) error {
	if err := t.putSeen(ctx, l, w); err != nil {
		return err
	}
	if err := t.putListed(ctx, w); err != nil {
		return err
	}
	if err := t.putCoverage(ctx, w); err != nil {
		return err
	}
	if err := t.putUptime(ctx, w); err != nil {
		return err
	}
	if err := t.putDays(ctx, w); err != nil {
		return err
	}
	return t.putSourceStates(ctx, l, w)
}

// look is a visit on its way into the tables.
type look struct {
	crawler.Visit
	items []string        // the id that stands for each of Seen
	fresh map[string]bool // items first seen by it
	put   bool            // recorded by this transaction, not before

	newAsked map[string]bool // questions first seen by it
}

// looks gives every entry of the visits the id that stands for it (aliases).
func (t *tx) looks(ctx context.Context, vs []crawler.Visit) ([]*look, error) {
	looks := make([]*look, len(vs))
	var ids []string
	for i, v := range vs {
		v.ID, v.Source = clean(v.ID), clean(v.Source)
		k := &look{Visit: v, items: make([]string, len(v.Seen)), fresh: map[string]bool{}}
		for j, e := range v.Seen {
			k.items[j] = clean(e.Item.ID)
		}
		looks[i], ids = k, append(ids, k.items...)
	}
	alias, err := aliases(ctx, t, ids)
	if err != nil || len(alias) == 0 {
		return looks, err
	}
	for _, k := range looks {
		for j, id := range k.items {
			k.items[j] = cmp.Or(alias[id], id)
		}
	}
	return looks, nil
}

// waves keeps the order of visits that tell of the same source or item: those
// of one wave have none in common, so that a table is written by one statement.
func waves(looks []*look) [][]*look {
	var out [][]*look
	taken := map[[2]string]bool{}
	for _, k := range looks {
		keys := [][2]string{{"source", k.Source}}
		for _, id := range k.items {
			keys = append(keys, [2]string{"item", id})
		}
		if len(out) == 0 || slices.ContainsFunc(keys, func(key [2]string) bool { return taken[key] }) {
			out = append(out, nil)
			clear(taken)
		}
		for _, key := range keys {
			taken[key] = true
		}
		out[len(out)-1] = append(out[len(out)-1], k)
	}
	return out
}

// knownBefore: an item was first seen by a visit or by an earlier one.
func (t *tx) knownBefore(ctx context.Context, looks []*look) ([][]bool, error) {
	var ask []string // of visits recorded before
	for _, k := range looks {
		if !k.put {
			ask = append(ask, k.items...)
		}
	}
	first := map[string]string{}
	err := chunk(ask, maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var id, visit string
			err := r.Scan(&id, &visit)
			first[id] = visit
			return err
		}, "SELECT id, first_visit FROM item WHERE id IN "+a.in(ids), a...)
	})
	known := make([][]bool, len(looks))
	for i, k := range looks {
		known[i] = make([]bool, len(k.items))
		for j, id := range k.items {
			known[i][j] = !k.fresh[id]
			if !k.put {
				known[i][j] = first[id] != k.ID
			}
		}
	}
	return known, err
}

// putVisitRows writes the visits themselves with their counts and kept bodies,
// and returns those that were not there.
func (t *tx) putVisitRows(ctx context.Context, looks []*look) (fresh []*look, err error) {
	rows := values{cols: []string{
		"id TEXT", "source TEXT", "at BIGINT", "outcome TEXT", "detail TEXT", "status BIGINT", "took BIGINT", "bytes BIGINT",
		"body_hash TEXT", "is_full BOOLEAN", "kept TEXT",
	}}
	first := map[string]*look{}
	for _, k := range looks {
		if first[k.ID] != nil {
			continue
		}
		first[k.ID] = k
		kept := ""
		if k.Kept != nil {
			kept = k.Kept.SHA256
		}
		rows.rows = append(rows.rows, []any{
			k.ID, k.Source, micros(k.At), k.Outcome, clean(k.Detail), int64(k.Status), k.Took.Microseconds(), int64(k.Bytes),
			k.BodyHash, k.Full, kept,
		})
	}
	added, err := t.insertNew(ctx, "visit", rows)
	if err != nil {
		return nil, err
	}
	days, counts := map[[3]string]int64{}, map[[2]string]int64{}
	var kept []keptAs
	for _, k := range looks {
		if first[k.ID] != k || !added[k.ID] {
			continue
		}
		k.put = true
		fresh = append(fresh, k)
		t.changed("visit", k.Source)
		days[[3]string{k.Source, k.At.In(calendar.Zone).Format(time.DateOnly), k.Outcome}]++
		counts[[2]string{k.Source, k.Outcome}]++
		class := classList
		if k.Outcome == media.OK && len(k.Seen) == 0 { // a page that was looked for, and is there
			class = classPage
		}
		kept = append(kept, keptAs{k.Kept, class})
		for i := range k.Also {
			kept = append(kept, keptAs{&k.Also[i], classList})
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	day := values{cols: []string{"source TEXT", "day TEXT", "outcome TEXT", "n BIGINT"}}
	for key, n := range days {
		day.rows = append(day.rows, []any{key[0], key[1], key[2], n})
	}
	count := values{cols: []string{"source TEXT", "outcome TEXT", "n BIGINT"}}
	for key, n := range counts {
		count.rows = append(count.rows, []any{key[0], key[1], n})
	}
	if _, err := t.insert(ctx, "visit_day", day, "ON CONFLICT (source, day, outcome) DO UPDATE SET n = visit_day.n + excluded.n"); err != nil {
		return nil, err
	}
	if _, err := t.insert(ctx, "visit_count", count, "ON CONFLICT (source, outcome) DO UPDATE SET n = visit_count.n + excluded.n"); err != nil {
		return nil, err
	}
	return fresh, t.putKept(ctx, kept...)
}

// putDays counts what the sources listed for the first time by its day.
func (t *tx) putDays(ctx context.Context, w []*look) error {
	v := values{cols: []string{"source TEXT", "day BIGINT", "n BIGINT"}}
	for _, k := range w {
		n := map[int64]int64{}
		for _, at := range k.New {
			n[localDay(at)]++
		}
		for _, day := range slices.Sorted(maps.Keys(n)) {
			v.rows = append(v.rows, []any{k.Source, day, n[day]})
		}
	}
	_, err := t.insert(ctx, "source_day", v, "ON CONFLICT (source, day) DO UPDATE SET n = source_day.n + excluded.n")
	return err
}

// localDay is the number of a local day, since 1970.
func localDay(t time.Time) int64 { return floorDiv(t.Unix()+7*3600, 86400) }

func floorDiv(a, b int64) int64 {
	if q := a / b; a%b >= 0 {
		return q
	} else {
		return q - 1
	}
}

// putSourceStates moves the sources' states on, and records an event when one
// goes blind, sees again, or is blind for another reason.
func (t *tx) putSourceStates(ctx context.Context, l crawler.Lease, w []*look) error {
	type state struct {
		outcome string
		since   time.Time
	}
	was := map[string]state{}
	sources := make([]string, len(w))
	for i, k := range w {
		sources[i] = k.Source
	}
	err := chunk(sources, maxIn, func(sources []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var source string
			var s state
			err := r.Scan(&source, &s.outcome, at(&s.since))
			was[source] = s
			return err
		}, "SELECT source, outcome, blind_since FROM source_state WHERE host = "+a.add(l.Host)+" AND source IN "+a.in(sources), a...)
	})
	if err != nil {
		return err
	}
	rows := values{cols: []string{
		"source TEXT", "due BIGINT", "fails BIGINT", "outcome TEXT", "detail TEXT", "last_visit BIGINT", "last_ok BIGINT", "blind_since BIGINT",
		"took BIGINT", "items BIGINT", "full_at BIGINT", "read BOOLEAN", "etag TEXT", "last_modified TEXT", "body_hash TEXT", "mark TEXT", "rest TEXT",
		"rhythm TEXT", "wait BIGINT", "listed BIGINT", "new_at BIGINT",
	}}
	for _, k := range w {
		before, found := was[k.Source]
		if !found { // the plan moved it to another host meanwhile
			return crawler.ErrLost
		}
		sees := k.Outcome == media.OK || k.Outcome == media.NotModified
		blindSince, lastOK, full := time.Time{}, k.At, time.Time{}
		if !sees {
			blindSince, lastOK = k.At, time.Time{}
			if !before.since.IsZero() && !k.At.Before(before.since) {
				blindSince = before.since
			}
		}
		if sees && k.Full {
			full = t.s.now()
		}
		newAt := time.Time{}
		if len(k.New) > 0 {
			newAt = k.At
		}
		if before, after := sight(before.outcome), sight(k.Outcome); before != after && !(before == "" && sees) {
			t.happened(Event{At: k.At, ActorKind: "system", Kind: "source.state", Subject: k.Source, Before: before, After: after}, k.ID)
		}
		rows.rows = append(rows.rows, []any{
			k.Source, micros(k.NextDue), int64(k.Fails), k.Outcome, clean(k.Detail), micros(k.At), micros(lastOK), micros(blindSince),
			k.Took.Microseconds(), int64(len(k.fresh)), micros(full), k.Outcome == media.OK, clean(k.ETag), clean(k.LastModified), k.BodyHash, clean(k.Mark), clean(k.Rest),
			clean(k.Rhythm), k.Wait.Microseconds(), int64(len(k.Seen)), micros(newAt),
		})
	}
	return t.update(ctx, rows, `UPDATE source_state AS s SET due = v.due, visited = TRUE, fails = v.fails, outcome = v.outcome, detail = v.detail,
			last_visit = v.last_visit, last_ok = CASE WHEN v.last_ok > s.last_ok THEN v.last_ok ELSE s.last_ok END, blind_since = v.blind_since,
			took = v.took, items = s.items + v.items, last_full = CASE WHEN v.full_at > 0 THEN v.full_at ELSE s.last_full END,
			etag = CASE WHEN v.read THEN v.etag ELSE s.etag END, last_modified = CASE WHEN v.read THEN v.last_modified ELSE s.last_modified END,
			body_hash = CASE WHEN v.read THEN v.body_hash ELSE s.body_hash END, mark = CASE WHEN v.read THEN v.mark ELSE s.mark END,
			rest = CASE WHEN v.read THEN v.rest ELSE s.rest END,
			rhythm = CASE WHEN v.read THEN v.rhythm ELSE s.rhythm END, wait = v.wait,
			listed = CASE WHEN v.read THEN v.listed ELSE s.listed END,
			usual = CASE WHEN NOT v.read THEN s.usual WHEN 100 * v.listed > s.usual * 99 / 100 THEN 100 * v.listed ELSE s.usual * 99 / 100 END,
			changed = CASE WHEN NOT v.read THEN s.changed WHEN v.new_at > 0 OR s.new_at = 0 THEN 0 ELSE s.changed + 1 END,
			new_at = CASE WHEN v.new_at > 0 THEN v.new_at ELSE s.new_at END
		FROM v WHERE s.source = v.source`)
}

// sight folds both good outcomes into one.
func sight(outcome string) string {
	if outcome == media.NotModified {
		return media.OK
	}
	return outcome
}

// lockPageHosts makes the other hosts of wanted pages known and locks them
// together with the visited one, in the order everybody locks them.
func (t *tx) lockPageHosts(ctx context.Context, l crawler.Lease, vs []crawler.Visit) error {
	names := map[string]bool{}
	for _, v := range vs {
		for _, e := range v.Seen {
			if e.Fetch {
				names[pageHost(l, e)] = true
			}
		}
	}
	delete(names, l.Host)
	if len(names) == 0 {
		return nil
	}
	v := values{cols: []string{"name TEXT", "due BIGINT"}}
	for _, h := range slices.Sorted(maps.Keys(names)) {
		v.rows = append(v.rows, []any{h, never})
	}
	if _, err := t.insert(ctx, "host", v, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	return t.lockHosts(ctx, append(slices.Collect(maps.Keys(names)), l.Host))
}

// pageHost is the leased row on which a wanted page is awaited.
func pageHost(l crawler.Lease, e crawler.Seen) string { return cmp.Or(clean(e.Host), l.Host) }
