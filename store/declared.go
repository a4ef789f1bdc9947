package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"loa/media"
	"loa/schedule"
)

// ErrDeclarationMoved says that somebody else declared for the unit and period,
// or acted on the difference, since it was read: read again, and decide again.
var ErrDeclarationMoved = errors.New("another declaration or act was recorded meanwhile")

// AddDeclaration records what a unit declares of a period, durably. Edition has
// to be the next of the unit and period (ErrDeclarationMoved); the same
// declaration told twice is one.
func (s *Store) AddDeclaration(ctx context.Context, d schedule.Declaration) error {
	if d.Plan == "" || d.Agency == "" || d.Period == "" || d.Actor == "" || d.At.IsZero() || d.Edition < 1 {
		return errors.New("add declaration: plan, agency, period, actor, time and edition are needed")
	}
	d.At = fromMicros(micros(d.At))
	body := nfc(pack(d))
	id := media.Hash("declaration", clean(d.Plan), clean(d.Agency), clean(d.Period), strconv.Itoa(d.Edition), body)
	return s.writeDurable(ctx, "add declaration of "+d.Agency, func(t *tx) error {
		had, err := t.lastEdition(ctx, d)
		if err != nil {
			return err
		}
		if had.Edition >= d.Edition {
			return t.sameOr(ctx, "declaration", id)
		}
		if had.Edition != d.Edition-1 {
			return ErrDeclarationMoved
		}
		n, err := t.exec(ctx, `INSERT INTO declaration (id, plan, agency, period, edition, at, actor, file_hash, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
			id, clean(d.Plan), clean(d.Agency), clean(d.Period), d.Edition, micros(d.At), nfc(d.Actor), clean(d.File), body)
		if err != nil {
			return err
		}
		if n == 0 { // another node was first
			return t.sameOr(ctx, "declaration", id)
		}
		for _, c := range d.Claims {
			if err := t.holdFile(ctx, c.File, id); err != nil {
				return err
			}
		}
		t.changed("declaration", clean(d.Agency))
		before := ""
		if had.Edition > 0 {
			before = pack(had)
		}
		t.happened(Event{At: d.At, ActorKind: "person", Actor: d.Actor, Kind: "declaration.added", Subject: d.Plan + " " + d.Agency + " " + d.Period, Before: before, After: body}, id)
		return nil
	})
}

func (t *tx) lastEdition(ctx context.Context, d schedule.Declaration) (had schedule.Declaration, err error) {
	err = each(ctx, t, func(r *sql.Rows) error { return r.Scan(into(&had)) },
		"SELECT body FROM declaration WHERE plan = $1 AND agency = $2 AND period = $3 ORDER BY edition DESC LIMIT 1", clean(d.Plan), clean(d.Agency), clean(d.Period))
	return had, err
}

// sameOr is nil if the row is there, told once before, else ErrDeclarationMoved.
func (t *tx) sameOr(ctx context.Context, table, id string) error {
	there := false
	if err := each(ctx, t, func(*sql.Rows) error { there = true; return nil }, "SELECT id FROM "+table+" WHERE id = $1", id); err != nil {
		return err
	}
	if !there {
		return ErrDeclarationMoved
	}
	return nil
}

// holdFile keeps a file from being deleted as long as what rests on it stands.
func (t *tx) holdFile(ctx context.Context, sha, of string) error {
	if sha == "" {
		return nil
	}
	_, err := t.exec(ctx, "INSERT INTO declared_file (sha256, of) VALUES ($1, $2) ON CONFLICT DO NOTHING", clean(sha), of)
	return err
}

// Declarations gives the newest declaration of every unit of a period (of a
// plan, where period is ""), as known at a time (zero: now), by period and unit.
func (s *Store) Declarations(ctx context.Context, plan, period string, knownAt time.Time) ([]schedule.Declaration, error) {
	var out []schedule.Declaration
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var d schedule.Declaration
		err := r.Scan(into(&d))
		if n := len(out); n > 0 && out[n-1].Agency == d.Agency && out[n-1].Period == d.Period {
			out[n-1] = d
		} else {
			out = append(out, d)
		}
		return err
	}, "SELECT body FROM declaration WHERE plan = $1 AND ($2 = '' OR period = $2) AND at <= $3 ORDER BY period, agency, edition", clean(plan), clean(period), upTo(knownAt))
	if err != nil {
		return nil, fmt.Errorf("read what units declare of %s: %w", plan, err)
	}
	return out, nil
}

// AddDisputeAct records an act about a difference with what it does, durably and
// together. Seq has to be the next of the difference (ErrDeclarationMoved); the
// same act told twice is one.
func (s *Store) AddDisputeAct(ctx context.Context, a schedule.DisputeAct, does schedule.Settlement) error {
	if a.Plan == "" || a.Agency == "" || a.Period == "" || a.Difference == "" || a.Kind == "" || a.Actor == "" || a.At.IsZero() || a.Seq < 1 {
		return errors.New("add act on a difference: plan, agency, period, difference, kind, actor, time and place are needed")
	}
	a.At = fromMicros(micros(a.At))
	body := nfc(pack(a))
	id := media.Hash("dispute act", clean(a.Plan), clean(a.Agency), clean(a.Difference), strconv.Itoa(a.Seq), body)
	return s.writeDurable(ctx, "add act "+string(a.Kind)+" on a difference of "+a.Agency, func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO dispute_act (id, plan, agency, period, difference, seq, at, body)
			SELECT $1, $2, $3, $4, $5, CAST($6 AS BIGINT), CAST($7 AS BIGINT), $8
			WHERE (SELECT COALESCE(MAX(seq), 0) FROM dispute_act WHERE plan = $2 AND agency = $3 AND difference = $5) = CAST($6 AS BIGINT) - 1 ON CONFLICT DO NOTHING`,
			id, clean(a.Plan), clean(a.Agency), clean(a.Period), clean(a.Difference), a.Seq, micros(a.At), body)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.sameOr(ctx, "dispute_act", id)
		}
		if err := t.holdFile(ctx, a.File, id); err != nil {
			return err
		}
		if e := does.Piece; e != nil {
			if _, err := t.exec(ctx, "INSERT INTO declared_piece (id, plan, agency, at, seen, body) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
				clean(e.ID), clean(a.Plan), clean(e.Agency), micros(e.At), micros(e.Seen), nfc(pack(e))); err != nil {
				return err
			}
			if err := t.holdFile(ctx, e.Kept, id); err != nil {
				return err
			}
		}
		for _, d := range does.Decisions {
			if err := t.addDecision(ctx, d, "person"); err != nil {
				return err
			}
		}
		t.changed("dispute", clean(a.Agency))
		t.happened(Event{At: a.At, ActorKind: "person", Actor: a.Actor, Kind: "dispute." + string(a.Kind), Subject: a.Plan + " " + a.Agency + " " + a.Period, After: body}, id)
		return nil
	})
}

// DisputeActs gives the acts about differences of a plan's period (of all where
// it is ""), as known at a time (zero: now), in their order.
func (s *Store) DisputeActs(ctx context.Context, plan, period string, knownAt time.Time) ([]schedule.DisputeAct, error) {
	var out []schedule.DisputeAct
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var a schedule.DisputeAct
		err := r.Scan(into(&a))
		out = append(out, a)
		return err
	}, "SELECT body FROM dispute_act WHERE plan = $1 AND ($2 = '' OR period = $2) AND at <= $3 ORDER BY difference, seq", clean(plan), clean(period), upTo(knownAt))
	if err != nil {
		return nil, fmt.Errorf("read what was done about differences of %s: %w", plan, err)
	}
	return out, nil
}

// AddCollectNote records something about the round of a period's forms, durably.
func (s *Store) AddCollectNote(ctx context.Context, n schedule.CollectNote) error {
	if n.Plan == "" || n.Period == "" || n.Kind == "" || n.Actor == "" || n.At.IsZero() {
		return errors.New("add note of a form: plan, period, kind, actor and time are needed")
	}
	n.At = fromMicros(micros(n.At))
	body := nfc(pack(n))
	id := media.Hash("collect", clean(n.Plan), clean(n.Period), clean(n.Agency), n.Kind, body)
	return s.writeDurable(ctx, "add note of a form", func(t *tx) error {
		rows, err := t.exec(ctx, "INSERT INTO collect_note (id, plan, period, agency, kind, at, body) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
			id, clean(n.Plan), clean(n.Period), clean(n.Agency), n.Kind, micros(n.At), body)
		if err != nil || rows == 0 {
			return err
		}
		if err := t.holdFile(ctx, n.File, id); err != nil {
			return err
		}
		t.changed("collect", clean(n.Period))
		t.happened(Event{At: n.At, ActorKind: "person", Actor: n.Actor, Kind: "collect." + n.Kind, Subject: n.Plan + " " + n.Period + " " + n.Agency, After: body}, id)
		return nil
	})
}

// CollectNotes gives what happened to the forms of a period, in its order.
func (s *Store) CollectNotes(ctx context.Context, plan, period string) ([]schedule.CollectNote, error) {
	var out []schedule.CollectNote
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var n schedule.CollectNote
		err := r.Scan(into(&n))
		out = append(out, n)
		return err
	}, "SELECT body FROM collect_note WHERE plan = $1 AND period = $2 ORDER BY at, id", clean(plan), clean(period))
	if err != nil {
		return nil, fmt.Errorf("read the forms of %s: %w", period, err)
	}
	return out, nil
}

// declared are the pieces that units declared and an officer accepted.
func (v sights) declared(ctx context.Context, by only) ([]media.Evidence, error) {
	a := args{micros(v.from), micros(v.to), upTo(v.knownAt), clean(v.plan.ID)}
	var out []media.Evidence
	err := each(ctx, v.s.pools.read, func(r *sql.Rows) error {
		var e media.Evidence
		err := r.Scan(into(&e))
		if v.agencies[e.Agency] {
			out = append(out, e)
		}
		return err
	}, "SELECT p.body FROM declared_piece p WHERE p.at >= $1 AND p.at < $2 AND p.seen <= $3 AND p.plan = $4"+by.sql("p", &a)+" ORDER BY p.at, p.id", a...)
	if err == nil {
		err = v.s.itemsOf(ctx, out)
	}
	return slices.Clip(out), err
}

// itemsOf completes the items that pieces are declared to be: under the id that they have now, and with their copies.
func (s *Store) itemsOf(ctx context.Context, out []media.Evidence) error {
	var ids []string
	for _, e := range out {
		ids = append(ids, e.Items...)
	}
	if len(ids) == 0 {
		return nil
	}
	now, err := aliases(ctx, s.pools.read, ids)
	if err != nil {
		return err
	}
	group, members := map[string]string{}, map[string][]string{}
	read := func(column string, keys []string, take func(item, grp string)) error {
		slices.Sort(keys)
		return chunk(slices.Compact(keys), maxIn, func(keys []string) error {
			var a args
			return each(ctx, s.pools.read, func(r *sql.Rows) error {
				var item, grp string
				err := r.Scan(&item, &grp)
				take(item, grp)
				return err
			}, "SELECT item, grp FROM item_copy WHERE "+column+" IN "+a.in(keys), a...)
		})
	}
	for _, item := range now {
		ids = append(ids, item)
	}
	var groups []string
	err = read("item", ids, func(item, grp string) {
		group[item] = grp
		groups = append(groups, grp)
	})
	if err == nil {
		err = read("grp", groups, func(item, grp string) { members[grp] = append(members[grp], item) })
	}
	if err != nil {
		return fmt.Errorf("read the copies of declared pieces: %w", err)
	}
	for i := range out {
		all := slices.Clone(out[i].Items)
		for _, id := range out[i].Items {
			if item := now[id]; item != "" {
				all = append(all, item)
			}
		}
		for _, id := range all {
			all = append(all, members[group[id]]...)
		}
		slices.Sort(all)
		out[i].Items = slices.Compact(all)
	}
	return nil
}
