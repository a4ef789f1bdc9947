package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
)

// Retention says how long kept bytes stay that nothing holds, by class, from
// when they were last kept or found to be held. 0 is for ever.
type Retention struct {
	List     time.Duration // lists as read
	Page     time.Duration // pages never credited
	Personal time.Duration // pages never credited on which a citizen is told
	Evidence time.Duration // what was credited or handed in, once nothing refers to it any more
}

func (r Retention) of(class string) time.Duration {
	switch class {
	case classList:
		return r.List
	case classNone, classPage: // of before there were classes: it may be a page that proves something
		return r.Page
	case classPersonal:
		return r.Personal
	}
	return r.Evidence
}

// LeastRetention is the shortest time: what was just fetched may be about to be
// referred to.
const LeastRetention = 7 * 24 * time.Hour

// Retained counts what Retain did, by class; Bytes are those of bodies.
type Retained struct {
	Deleted map[string]int
	Bytes   int64
	Held    int // their time had passed, and something holds them
}

// candidate is a row whose class's time has passed.
type candidate struct {
	sha, class string
	since      time.Time
	size       int64
	delete     bool
	term       time.Duration
}

// retainBatch is how many objects are deleted between two records of it.
const retainBatch = 200

// Retain deletes the bytes whose time has passed and that nothing holds (see
// uses); now is the machine clock, remove deletes one object and takes what is
// not there for deleted. The row comes first: it says that the deletion began,
// so that no row ever claims bytes that are gone; after a crash the next call
// ends what was begun. Each batch is an event. dry only counts.
func (s *Store) Retain(ctx context.Context, r Retention, now time.Time, dry bool, remove func(ctx context.Context, sha string) error) (Retained, error) {
	out := Retained{Deleted: map[string]int{}}
	for _, d := range []time.Duration{r.List, r.Page, r.Personal, r.Evidence} {
		if d != 0 && d < LeastRetention {
			return out, fmt.Errorf("retain: %s is less than %s", d, LeastRetention)
		}
	}
	if err := s.indexClosings(ctx); err != nil {
		return out, err
	}
	if !dry {
		if err := s.finish(ctx, now, &out, remove); err != nil { // what a killed process began
			return out, err
		}
	}
	for _, class := range classes() {
		term := r.of(class)
		if term == 0 {
			continue
		}
		for last := (candidate{}); ; {
			batch, err := s.sentence(ctx, r, class, last, now, dry)
			if err != nil {
				return out, err
			}
			if len(batch) == 0 {
				break
			}
			last = batch[len(batch)-1]
			for _, c := range batch {
				switch {
				case c.delete && dry:
					out.Deleted[c.class]++
					out.Bytes += c.size
				case !c.delete && c.class == classEvidence:
					out.Held++
				}
			}
			if !dry {
				if err := s.finish(ctx, now, &out, remove); err != nil {
					return out, err
				}
			}
		}
	}
	return out, nil
}

// sentence decides the next batch of a class behind last: what is held moves to
// the strongest class, what something shows moves to its own, and of the rest
// the deletion begins.
func (s *Store) sentence(ctx context.Context, r Retention, class string, last candidate, now time.Time, dry bool) ([]candidate, error) {
	var batch []candidate
	read := func(q querier, lock string) error {
		batch = nil
		err := each(ctx, q, func(rows *sql.Rows) error {
			c := candidate{}
			err := rows.Scan(&c.sha, &c.class, at(&c.since), &c.size)
			batch = append(batch, c)
			return err
		}, `SELECT sha256, class, since, size FROM kept WHERE class = $1 AND since <= $2 AND going = 0 AND (since > $3 OR since = $3 AND sha256 > $4)
			ORDER BY since, sha256 LIMIT `+strconv.Itoa(retainBatch)+lock, class, micros(now.Add(-r.of(class))), micros(last.since), last.sha)
		if err != nil || len(batch) == 0 {
			return err
		}
		held, shown, err := referred(ctx, q, batch)
		for i := range batch {
			c := &batch[i]
			switch {
			case held[c.sha]:
				c.class = classEvidence
			case shown[c.sha]:
				c.class = stronger(c.class, classPage)
			case c.class == classNone:
				c.class = classPage
			}
			c.term = r.of(c.class)
			c.delete = !held[c.sha] && c.term != 0 && !c.since.After(now.Add(-c.term))
		}
		return err
	}
	if dry {
		return batch, read(s.pools.read, "")
	}
	err := s.write(ctx, "look through what is kept", func(t *tx) error {
		if err := read(t, t.s.eng.forUpdate); err != nil {
			return err
		}
		if open, err := t.unindexed(ctx); err != nil || open {
			return errors.Join(err, errOpen(open))
		}
		for _, c := range batch {
			var err error
			switch {
			case c.delete:
				_, err = t.exec(ctx, "UPDATE kept SET class = $2, going = $3, term = $4 WHERE sha256 = $1", c.sha, c.class, micros(now), int64(c.term/(24*time.Hour)))
			case c.class == classEvidence: // held: its time begins when nothing holds it
				_, err = t.exec(ctx, "UPDATE kept SET class = $2, since = $3 WHERE sha256 = $1", c.sha, c.class, micros(now))
			case c.class != class:
				_, err = t.exec(ctx, "UPDATE kept SET class = $2 WHERE sha256 = $1", c.sha, c.class)
			}
			if err != nil {
				return err
			}
		}
		t.changed("retain", class)
		return nil
	})
	return batch, err
}

// errOpen: a period was closed this moment; the next call looks it through.
func errOpen(open bool) error {
	if open {
		return errors.New("a period was closed meanwhile")
	}
	return nil
}

// list puts hashes in the place of $LIST.
func list(query string, a *args, sums []string) string {
	return strings.ReplaceAll(query, "$LIST", a.in(sums))
}

// referred tells which of the bytes something holds, and which an item shows.
func referred(ctx context.Context, q querier, batch []candidate) (held, shown map[string]bool, err error) {
	sums := make([]string, len(batch))
	for i, c := range batch {
		sums[i] = c.sha
	}
	held, shown = map[string]bool{}, map[string]bool{}
	for _, u := range uses() {
		if u.kind == "visit" { // a visit that was pruned needs no bytes, one that was not is no reason to keep a list longer
			continue
		}
		of := shown
		if u.holds {
			of = held
		}
		var a args
		err := each(ctx, q, func(r *sql.Rows) error {
			var sha, id string
			err := r.Scan(&sha, &id)
			of[sha] = true
			return err
		}, list(u.query, &a, sums), a...)
		if err != nil {
			return nil, nil, fmt.Errorf("read what refers to kept bytes: %w", err)
		}
	}
	return held, shown, nil
}

// finish deletes the objects whose deletion has begun and records that it is done.
func (s *Store) finish(ctx context.Context, now time.Time, out *Retained, remove func(ctx context.Context, sha string) error) error {
	for {
		rows, err := s.keptRows(ctx, " WHERE going <> 0 AND gone = 0 ORDER BY sha256 LIMIT "+strconv.Itoa(retainBatch))
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, k := range rows {
			if err := remove(ctx, k.SHA256); err != nil {
				return fmt.Errorf("delete kept bytes: %w", err)
			}
		}
		err = s.write(ctx, "record what was deleted", func(t *tx) error {
			digest := sha256.New()
			by, bytes := map[string]int{}, int64(0)
			for _, k := range rows {
				if _, err := t.exec(ctx, "UPDATE kept SET gone = $2, header = '' WHERE sha256 = $1 AND gone = 0", k.SHA256, micros(now)); err != nil {
					return err
				}
				digest.Write([]byte(k.SHA256 + "\n"))
				by[k.Class]++
				bytes += int64(k.Size)
				t.changed("kept", k.SHA256)
			}
			sum := hex.EncodeToString(digest.Sum(nil))
			t.happened(Event{At: now, ActorKind: "system", Kind: "evidence.deleted", Subject: sum,
				After: pack(map[string]any{"objects": by, "bytes": bytes})}, now.UTC().Format(time.RFC3339Nano))
			return nil
		})
		if err != nil {
			return err
		}
		for _, k := range rows {
			out.Deleted[k.Class]++
			out.Bytes += int64(k.Size)
		}
	}
}

// unindexed reports whether there is a closing that was not looked through.
func (t *tx) unindexed(ctx context.Context) (open bool, err error) {
	err = each(ctx, t, func(*sql.Rows) error { open = true; return nil },
		"SELECT 1 FROM closing c WHERE NOT EXISTS (SELECT 1 FROM kept_closing k WHERE k.closing = c.id AND k.sha256 = '') LIMIT 1")
	return open, err
}

// indexClosings takes out of the rows of closed periods what they refer to,
// once: a closing never changes.
func (s *Store) indexClosings(ctx context.Context) error {
	ids, err := oneColumn(ctx, s.pools.read, "SELECT c.id FROM closing c WHERE NOT EXISTS (SELECT 1 FROM kept_closing k WHERE k.closing = c.id AND k.sha256 = '')")
	if err != nil {
		return fmt.Errorf("read closed periods: %w", err)
	}
	for _, id := range ids {
		sums := map[string]bool{"": true}
		err := each(ctx, s.pools.read, func(r *sql.Rows) error {
			var credits []schedule.Credit
			var rejections []schedule.Rejection
			err := r.Scan(into(&credits), into(&rejections))
			add := func(e media.Evidence) {
				sums[e.Kept] = true
				if e.Airing != nil {
					sums[e.Airing.FileHash] = true
				}
			}
			for _, c := range credits {
				add(c.Evidence)
			}
			for _, x := range rejections {
				add(x.Evidence)
			}
			return err
		}, "SELECT credits, rejections FROM closing_row WHERE closing = $1", id)
		if err != nil {
			return fmt.Errorf("read the rows of closing %s: %w", id, err)
		}
		v := values{cols: []string{"closing TEXT", "sha256 TEXT"}}
		for _, sha := range slices.Sorted(slices.Values(sortedKeys(sums))) {
			v.rows = append(v.rows, []any{id, sha})
		}
		err = s.write(ctx, "note what closing "+id+" refers to", func(t *tx) error {
			t.changed("retain", id)
			_, err := t.insert(ctx, "kept_closing", v, "ON CONFLICT DO NOTHING")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
