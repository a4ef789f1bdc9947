package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"loa/media"
	"loa/schedule/sampling"
)

// ErrDrawn says that a month's sample was drawn already, or that its revision is not the next.
var ErrDrawn = errors.New("the month's sample is drawn already")

// PutRadioSample records which communes were drawn for a month, durably. Its
// revision has to be the next of plan and month (ErrDrawn); the same draw twice is one.
func (s *Store) PutRadioSample(ctx context.Context, d sampling.Draw) error {
	if d.Plan == "" || d.Month == "" || d.Actor == "" || d.At.IsZero() || d.Revision < 1 || len(d.Picks) == 0 {
		return errors.New("put radio sample: plan, month, revision, actor, time and communes are needed")
	}
	body := nfc(pack(d))
	id := media.Hash("radio sample", body)
	return s.writeDurable(ctx, "put radio sample of "+d.Month, func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO radio_sample (id, plan, month, revision, at, actor, body)
			SELECT $1, $2, $3, CAST($4 AS BIGINT), CAST($5 AS BIGINT), $6, $7
			WHERE (SELECT COALESCE(MAX(revision), 0) FROM radio_sample WHERE plan = $2 AND month = $3) = CAST($4 AS BIGINT) - 1 ON CONFLICT DO NOTHING`,
			id, clean(d.Plan), clean(d.Month), d.Revision, micros(d.At), nfc(d.Actor), body)
		if err != nil {
			return err
		}
		if n == 0 {
			var had string
			err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&had) }, "SELECT id FROM radio_sample WHERE plan = $1 AND month = $2 AND revision = $3",
				clean(d.Plan), clean(d.Month), d.Revision)
			if err == nil && had != id {
				err = ErrDrawn
			}
			return err
		}
		t.changed("radio", clean(d.Plan))
		t.happened(Event{At: d.At, ActorKind: "person", Actor: d.Actor, Kind: "radio.sampled", Subject: d.Plan + " " + d.Month, After: body}, id)
		return nil
	})
}

// RadioSamples returns every draw of a plan, by month and revision.
func (s *Store) RadioSamples(ctx context.Context, plan string) ([]sampling.Draw, error) {
	var out []sampling.Draw
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var d sampling.Draw
		err := r.Scan(into(&d))
		out = append(out, d)
		return err
	}, "SELECT body FROM radio_sample WHERE plan = $1 ORDER BY month, revision", clean(plan))
	if err != nil {
		return nil, fmt.Errorf("read the radio samples of %s: %w", plan, err)
	}
	return out, nil
}

// AddRadioCheck records what was found of a commune's loudspeakers, durably; the same told twice is one.
func (s *Store) AddRadioCheck(ctx context.Context, c sampling.Check) error {
	if c.Plan == "" || c.Month == "" || c.Commune == "" || c.Result == "" || c.Actor == "" || c.At.IsZero() {
		return errors.New("add radio check: plan, month, commune, result, actor and time are needed")
	}
	id := media.Hash("radio check", c.Plan, c.Month, c.Commune, string(c.Result), dayOf(c.At.UTC()), c.Actor, dayOf(c.HeardAt.UTC()), c.Note, c.File)
	return s.writeDurable(ctx, "add radio check of "+c.Commune, func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO radio_check (id, plan, month, commune, result, at, actor, heard_at, note, file_hash, file_name)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`,
			id, clean(c.Plan), clean(c.Month), clean(c.Commune), string(c.Result), micros(c.At), nfc(c.Actor), micros(c.HeardAt), nfc(c.Note), clean(c.File), nfc(c.FileName))
		if err != nil || n == 0 {
			return err
		}
		t.changed("radio", clean(c.Plan))
		t.happened(Event{At: c.At, ActorKind: "person", Actor: c.Actor, Kind: "radio.checked", Subject: c.Plan + " " + c.Month + " " + c.Commune,
			After: pack(map[string]string{"result": string(c.Result), "heard": dayOf(c.HeardAt), "note": c.Note, "file": c.File, "file_name": c.FileName})}, id)
		return nil
	})
}

// RadioChecks returns every result of a plan, oldest first.
func (s *Store) RadioChecks(ctx context.Context, plan string) ([]sampling.Check, error) {
	var out []sampling.Check
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var c sampling.Check
		err := r.Scan(&c.Plan, &c.Month, &c.Commune, &c.Result, at(&c.At), &c.Actor, at(&c.HeardAt), &c.Note, &c.File, &c.FileName)
		out = append(out, c)
		return err
	}, "SELECT plan, month, commune, result, at, actor, heard_at, note, file_hash, file_name FROM radio_check WHERE plan = $1 ORDER BY at, id", clean(plan))
	if err != nil {
		return nil, fmt.Errorf("read the radio checks of %s: %w", plan, err)
	}
	return out, nil
}
