package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"loa/web/trail"
)

// Act is something that a person did and that leaves no other row: a login, a
// download, a setting.
type Act struct {
	At            time.Time // business clock
	Actor         string    // as access.Actor.String words it
	System        bool      // no person did it
	Kind          string    // "login.ok", "login.refused", "export.sheet", "export.report" …
	Subject       string
	Before, After string
}

// RecordAct appends an act to the event chain, durably. The same act twice is two.
func (s *Store) RecordAct(ctx context.Context, a Act) error {
	if a.Kind == "" || a.Actor == "" || a.At.IsZero() {
		return errors.New("record an act: kind, actor and time are needed")
	}
	once := rand.Text()
	return s.writeDurable(ctx, "record "+a.Kind, func(t *tx) error {
		t.act(a, once)
		return nil
	})
}

// act records an act when the transaction commits.
func (t *tx) act(a Act, once string) {
	kind := "person"
	if a.System {
		kind = "system"
	}
	t.happened(Event{At: a.At, ActorKind: kind, Actor: a.Actor, Kind: clean(a.Kind), Subject: a.Subject, Before: a.Before, After: a.After}, once)
}

// Bounds of one look through the trail for words: how many events are read at a time and in all.
const (
	trailRead = 1000
	trailMost = 20_000
)

// Trail lists events, the newest first. keep says which of those that the query finds are wanted (nil: all). The answer may be
// shorter than the limit and yet not the end: no look reads more than so many events, and Next tells where to go on.
func (s *Store) Trail(ctx context.Context, q trail.Query, keep func(trail.Event) bool) (trail.Page, error) {
	if q.Limit <= 0 {
		q.Limit = 50
	}
	var out trail.Page
	for read := 0; ; {
		n := q.Limit + 1 - len(out.Events)
		if keep != nil {
			n = trailRead
		}
		got, err := s.trail(ctx, q, n)
		if err != nil {
			return out, err
		}
		for i, e := range got {
			if keep == nil || keep(e) {
				if len(out.Events) == q.Limit {
					out.Next = out.Events[q.Limit-1].Cursor()
					return out, nil
				}
				out.Events = append(out.Events, e)
			}
			if i == len(got)-1 {
				q.After = e.Cursor()
			}
		}
		if read += len(got); len(got) < n {
			return out, nil
		}
		if read >= trailMost && keep != nil {
			out.Next, out.Partly = q.After, true
			return out, nil
		}
	}
}

// trail reads at most n events. Of several kinds each is looked up by itself in
// its index, and the newest of all are taken.
func (s *Store) trail(ctx context.Context, q trail.Query, n int) ([]trail.Event, error) {
	var a args
	where := func(kinds ...string) string {
		var c []string
		add := func(cond string, v any) { c = append(c, cond+a.add(v)) }
		switch {
		case q.System:
			add("actor_kind = ", "system")
		case q.Actor != "":
			add("actor_kind = ", "person")
			add("actor = ", nfc(q.Actor))
		}
		if q.Subject != "" {
			add("subject = ", clean(q.Subject))
		}
		if !q.From.IsZero() {
			add("at >= ", micros(q.From))
		}
		if !q.To.IsZero() {
			add("at < ", micros(q.To))
		}
		if q.After.Seq > 0 {
			c = append(c, "(at, seq) < (CAST("+a.add(micros(q.After.At))+" AS BIGINT), CAST("+a.add(q.After.Seq)+" AS BIGINT))")
		}
		switch {
		case len(kinds) == 1:
			add("kind = ", clean(kinds[0]))
		case len(kinds) > 1:
			c = append(c, "kind IN "+a.in(kinds))
		}
		if len(c) == 0 {
			return ""
		}
		return " WHERE " + strings.Join(c, " AND ")
	}
	const columns = "SELECT seq, at, actor_kind, actor, kind, subject, state_before, state_after, hash FROM "
	const newest = " ORDER BY at DESC, seq DESC LIMIT "
	from := "event"
	if len(q.Kinds) > 1 && q.Actor == "" && q.Subject == "" {
		var parts []string
		for i, k := range q.Kinds {
			parts = append(parts, fmt.Sprintf("SELECT * FROM (%sevent%s%s%s) k%d", columns, where(k), newest, a.add(n), i))
		}
		from = "(" + strings.Join(parts, " UNION ALL ") + ") e"
	} else {
		from += where(q.Kinds...)
	}
	var out []trail.Event
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var e trail.Event
		kind := ""
		err := r.Scan(&e.Seq, at(&e.At), &kind, &e.Actor, &e.Kind, &e.Subject, &e.Before, &e.After, &e.Hash)
		e.Person = kind == "person"
		out = append(out, e)
		return err
	}, columns+from+newest+a.add(n), a...)
	if err != nil {
		return nil, fmt.Errorf("read the trail: %w", err)
	}
	return out, nil
}

// TrailActors lists the persons who stand in the trail, by name; at most limit of them.
func (s *Store) TrailActors(ctx context.Context, limit int) ([]string, error) {
	return s.distinct(ctx, "actor", "actor_kind = 'person' AND ", limit)
}

// TrailKinds lists the kinds of events that there are.
func (s *Store) TrailKinds(ctx context.Context) ([]string, error) {
	return s.distinct(ctx, "kind", "", 1000)
}

// distinct looks each value up after the one before it, where DISTINCT would read every event.
func (s *Store) distinct(ctx context.Context, col, cond string, limit int) ([]string, error) {
	first := strings.TrimSuffix(cond, " AND ")
	if first != "" {
		first = " WHERE " + first
	}
	out, err := oneColumn(ctx, s.pools.read, "WITH RECURSIVE o(v) AS (SELECT MIN("+col+") FROM event"+first+" UNION ALL SELECT (SELECT MIN(e."+col+") FROM event e WHERE "+cond+"e."+col+
		" > o.v) FROM o WHERE o.v IS NOT NULL) SELECT v FROM o WHERE v IS NOT NULL LIMIT $1", limit)
	if err != nil {
		return nil, fmt.Errorf("read what the trail holds: %w", err)
	}
	return out, nil
}
