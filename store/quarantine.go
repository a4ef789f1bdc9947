package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"loa/crawler"
	"loa/media"
)

// ErrNotQuarantined says that nothing is quarantined under that key.
var ErrNotQuarantined = errors.New("not quarantined")

// Quarantine records what a stage panicked on, or that it did so once more: that
// opens it again. Of a text what is not said is taken from the text and its item.
func (s *Store) Quarantine(ctx context.Context, q media.Quarantined) error {
	if q.Stage == "" || q.Kind == "" || q.ID == "" || q.At.IsZero() {
		return errors.New("quarantine: stage, kind, id and time are needed")
	}
	if q.Version == "" {
		q.Version = s.program
	}
	key := media.Hash("quarantine", clean(q.Stage), clean(q.Kind), clean(q.ID), clean(q.Version))
	return s.write(ctx, "quarantine "+q.Stage+" "+q.ID, func(t *tx) error {
		if q.Kind == "revision" {
			err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&q.Item, &q.Kept, &q.Source, &q.URL) },
				"SELECT i.id, r.kept, i.source, i.url FROM revision r JOIN item i ON i.id = r.item WHERE r.id = $1", clean(q.ID))
			if err != nil {
				return err
			}
		}
		var times int64
		err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&times) }, `INSERT INTO quarantine (id, stage, kind, subject, version, item, source, url, kept, program, words, frames, first_at, at, machine)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, `+s.eng.clock+`)
			ON CONFLICT (id) DO UPDATE SET item = excluded.item, source = excluded.source, url = excluded.url, kept = excluded.kept, program = excluded.program,
				words = excluded.words, frames = excluded.frames, at = excluded.at, machine = excluded.machine,
				times = quarantine.times + 1, state = 'open', released_at = 0, released_by = ''
			RETURNING times`,
			key, clean(q.Stage), clean(q.Kind), clean(q.ID), clean(q.Version), clean(q.Item), clean(q.Source), clean(q.URL), clean(q.Kept), s.program, nfc(q.Words), nfc(q.Frames), micros(q.At))
		if err != nil {
			return err
		}
		t.changed("quarantine", key)
		if times == 1 {
			t.happened(Event{At: q.At, ActorKind: "system", Actor: "loa", Kind: "quarantine.added", Subject: key, After: pack(map[string]string{"stage": q.Stage, "id": q.ID, "url": q.URL})}, key)
		}
		return nil
	})
}

// Recovered ends what is over by itself: of media.StageJudge and StageCompare
// texts that this version has read though another did not, of StageEvaluate every
// owner but those that still are not derived.
func (s *Store) Recovered(ctx context.Context, stage, version string, still []string) error {
	except := map[string]bool{}
	for _, id := range still {
		except[clean(id)] = true
	}
	over := "1 = 1"
	a := args{clean(stage)}
	switch stage {
	case media.StageJudge:
		v := a.add(clean(version))
		over = "q.version <> " + v + " AND EXISTS (SELECT 1 FROM verdict v WHERE v.revision = q.subject AND v.classifier = " + v + ")"
	case media.StageCompare:
		over = "q.version <> " + a.add(clean(version)) + " AND EXISTS (SELECT 1 FROM item i WHERE i.id = q.item AND i.compared = q.subject)"
	case media.StageEvaluate:
	default:
		return fmt.Errorf("what is quarantined at %q is not over by itself", stage)
	}
	var ids []string
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id, subject string
		err := r.Scan(&id, &subject)
		if !except[subject] {
			ids = append(ids, id)
		}
		return err
	}, "SELECT q.id, q.subject FROM quarantine q WHERE q.state = 'open' AND q.stage = $1 AND "+over+" ORDER BY q.id", a...)
	if err != nil || len(ids) == 0 {
		return err
	}
	return s.write(ctx, "end what is quarantined at "+stage, func(t *tx) error {
		return chunk(ids, maxIn, func(ids []string) error {
			var a args
			_, err := t.exec(ctx, "UPDATE quarantine SET state = 'released', released_at = "+s.eng.clock+" WHERE state = 'open' AND id IN "+a.in(ids), a...)
			for _, id := range ids {
				t.changed("quarantine", id)
			}
			return err
		})
	})
}

const quarantineColumns = "q.id, q.stage, q.kind, q.subject, q.version, q.item, q.source, q.url, q.kept, q.program, q.words, q.frames, q.first_at, q.at, q.machine, q.times, q.state, q.released_at, q.released_by"

func scanQuarantined(r *sql.Rows) (q media.Quarantined, err error) {
	var state string
	err = r.Scan(&q.Key, &q.Stage, &q.Kind, &q.ID, &q.Version, &q.Item, &q.Source, &q.URL, &q.Kept, &q.Program, &q.Words, &q.Frames,
		at(&q.First), at(&q.At), at(&q.Machine), &q.Times, &state, at(&q.Released), &q.By)
	q.Open = state == "open"
	return q, err
}

// Quarantined lists what is quarantined, with all also what no longer is, the
// newest first, at most limit; stages names those that are meant, none: every one.
func (s *Store) Quarantined(ctx context.Context, all bool, limit int, stages ...string) ([]media.Quarantined, error) {
	var a args
	where := []string{"1 = 1"}
	if !all {
		where = append(where, "q.state = 'open'")
	}
	if len(stages) > 0 {
		where = append(where, "q.stage IN "+a.in(stages))
	}
	var out []media.Quarantined
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		q, err := scanQuarantined(r)
		out = append(out, q)
		return err
	}, "SELECT "+quarantineColumns+" FROM quarantine q WHERE "+strings.Join(where, " AND ")+" ORDER BY q.at DESC, q.id LIMIT "+a.add(limit), a...)
	if err != nil {
		return nil, fmt.Errorf("read the quarantine: %w", err)
	}
	return out, nil
}

// QuarantinedItems tells of which items the text that is current made the
// classifier in force panic.
func (s *Store) QuarantinedItems(ctx context.Context, items []string) (map[string]bool, error) {
	out := map[string]bool{}
	err := chunk(items, maxIn, func(ids []string) error {
		var a args
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			out[id] = true
			return err
		}, "SELECT i.id FROM item i JOIN quarantine q ON q.kind = 'revision' AND q.subject = i.revision AND q.stage = '"+media.StageJudge+
			"' AND q.version = i.judged WHERE q.state = 'open' AND i.id IN "+a.in(ids), a...)
	})
	if err != nil {
		return nil, fmt.Errorf("read the quarantine: %w", err)
	}
	return out, nil
}

// QuarantineCounts counts what is open by stage.
func (s *Store) QuarantineCounts(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var stage string
		var n int
		err := r.Scan(&stage, &n)
		out[stage] = n
		return err
	}, "SELECT stage, COUNT(*) FROM quarantine WHERE state = 'open' GROUP BY stage")
	if err != nil {
		return nil, fmt.Errorf("count the quarantine: %w", err)
	}
	return out, nil
}

// ReleaseQuarantined lets a stage try again what it panicked on: a text is judged
// or compared anew, a page or source is asked for anew; owners and jobs have their
// turns anyway. What is released already stays as it is. ErrNotQuarantined if there
// is no such key.
func (s *Store) ReleaseQuarantined(ctx context.Context, key, actor string, when time.Time) error {
	var due string
	err := s.write(ctx, "release from quarantine", func(t *tx) error {
		due = ""
		var found []media.Quarantined
		err := each(ctx, t, func(r *sql.Rows) error {
			q, err := scanQuarantined(r)
			found = append(found, q)
			return err
		}, "SELECT "+quarantineColumns+" FROM quarantine q WHERE q.id = $1"+s.eng.forUpdate, clean(key))
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			return ErrNotQuarantined
		case !found[0].Open:
			return nil
		}
		q := found[0]
		switch {
		case q.Stage == media.StageJudge:
			err = t.unjudge(ctx, q)
		case q.Stage == media.StageCompare:
			_, err = t.exec(ctx, "UPDATE item SET compared = '' WHERE id = $1 AND compared = $2", q.Item, q.ID)
		case q.Kind == "page":
			err = t.awaitAgain(ctx, q)
		case q.Kind == "source":
			due = q.Source
		}
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE quarantine SET state = 'released', released_at = $2, released_by = $3 WHERE id = $1", q.Key, micros(when), nfc(actor))
		t.changed("quarantine", q.Key)
		t.happened(Event{At: when, ActorKind: "person", Actor: actor, Kind: "quarantine.released", Subject: q.Key, After: pack(map[string]string{"stage": q.Stage, "id": q.ID, "url": q.URL})}, q.Key, fmt.Sprint(q.Times))
		return err
	})
	if err == nil && due != "" {
		err = s.MakeDue(ctx, due)
	}
	return err
}

// unjudge takes back the verdict that stood in for one.
func (t *tx) unjudge(ctx context.Context, q media.Quarantined) error {
	if _, err := t.exec(ctx, "UPDATE item SET judged = '' WHERE id = $1 AND revision = $2 AND judged = $3", q.Item, q.ID, q.Version); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM verdict WHERE revision = $1 AND classifier = $2", q.ID, q.Version); err != nil {
		return err
	}
	t.changed("verdict", q.Item)
	return t.settle(ctx, []string{q.Item})
}

// awaitAgain lets a page be asked for again, whatever became of it.
func (t *tx) awaitAgain(ctx context.Context, q media.Quarantined) error {
	waits := values{cols: []string{"item TEXT", "source TEXT", "host TEXT", "url TEXT", "tries BIGINT", "due BIGINT", "at BIGINT"}}
	hosts := map[string]bool{}
	err := each(ctx, t, func(r *sql.Rows) error {
		var source, host, url string
		err := r.Scan(&source, &host, &url)
		waits.rows = [][]any{{q.Item, source, host, url, int64(0), t.dueNow(), micros(q.At)}}
		hosts[host] = true
		return err
	}, "SELECT source, host, url FROM await WHERE item = $1 UNION ALL SELECT source, host, url FROM reread WHERE item = $1", q.Item)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, "UPDATE await SET due = $2, tries = 0 WHERE item = $1", q.Item, t.dueNow()); err != nil {
		return err
	}
	return t.await(ctx, crawler.Lease{}, waits, hosts)
}
