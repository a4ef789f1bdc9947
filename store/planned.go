package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
)

// putPlanned records what a station's page announces. Of the days that the page
// lists it tells all: what it announced of them before and does not any more is
// gone from now on, never deleted. What it says of other days stands.
func (t *tx) putPlanned(ctx context.Context, k *look) error {
	if len(k.Planned) == 0 {
		return nil
	}
	now := fromMicros(micros(k.At))
	said := map[string]media.Planned{}
	days := map[int64]bool{}
	first := micros(k.Planned[0].Day)
	for _, p := range k.Planned {
		said[clean(p.ID)] = p
		days[micros(p.Day)] = true
		first = min(first, micros(p.Day))
	}
	stands := map[string]bool{}
	var gone []string
	older := false // a later visit was recorded before this one
	err := each(ctx, t, func(r *sql.Rows) error {
		var id string
		var day int64
		var seen time.Time
		if err := r.Scan(&id, &day, at(&seen)); err != nil {
			return err
		}
		older = older || seen.After(now)
		if _, still := said[id]; still {
			stands[id] = true
		} else if days[day] {
			gone = append(gone, id)
		}
		return nil
	}, "SELECT id, day_at, seen FROM planned WHERE source = $1 AND gone = 0 AND day_at >= $2", k.Source, first)
	if err != nil || older {
		return err
	}
	kept := ""
	if k.Kept != nil {
		kept = k.Kept.SHA256
	}
	v := values{cols: []string{"id TEXT", "seen BIGINT", "source TEXT", "channel TEXT", "day_at BIGINT", "start_at BIGINT", "duration BIGINT", "programme TEXT",
		"col TEXT", "run TEXT", "live BOOLEAN", "printed TEXT", "kept TEXT"}}
	for _, id := range sortedKeys(said) {
		if p := said[id]; !stands[id] {
			v.rows = append(v.rows, []any{id, micros(now), k.Source, clean(p.Channel), micros(p.Day), micros(p.Start), p.Duration.Microseconds(), nfc(p.Programme),
				clean(p.Column), p.Run, p.Live, nfc(p.Printed), kept})
		}
	}
	slices.Sort(gone)
	err = chunk(gone, maxIn, func(ids []string) error {
		a := args{micros(now), k.Source}
		_, err := t.exec(ctx, "UPDATE planned SET gone = $1 WHERE source = $2 AND gone = 0 AND id IN "+a.in(ids), a...)
		return err
	})
	if err != nil || len(v.rows)+len(gone) == 0 {
		return err
	}
	t.changed("planned", k.Source)
	_, err = t.insert(ctx, "planned", v, "ON CONFLICT DO NOTHING")
	return err
}

// Planned lists what stations announce for a span (to exclusive), in the order
// of its start. With knownAt as it was announced then; with all, also what was
// announced and is gone.
func (s *Store) Planned(ctx context.Context, from, to, knownAt time.Time, all bool) ([]media.Planned, error) {
	in := "(gone = 0 OR gone > $3)"
	if all {
		in = "TRUE"
	}
	return s.planned(ctx, knownAt, "start_at >= $1 AND start_at < $2 AND seen <= $3 AND "+in, args{micros(from), micros(to), upTo(knownAt)})
}

// announced adds what stations announced on the channels of the plan's quotas for
// its columns, what was replaced with it (a row or two of a day's schedule), from
// when on a schedule was known for which days, and what the channels uploaded.
func (s *Store) announced(ctx context.Context, plan *schedule.Plan, knownAt time.Time, obs *schedule.Observation) (err error) {
	channels := plan.Broadcasts()
	if len(channels) == 0 {
		return nil
	}
	from, to := plan.From, plan.To.AddDate(0, 1, 0)
	a := args{micros(from), micros(to), upTo(knownAt)}
	where := "start_at >= $1 AND start_at < $2 AND seen <= $3 AND channel IN " + a.in(channels)
	if obs.Planned, err = s.planned(ctx, knownAt, where+" AND col <> ''", a); err != nil {
		return err
	}
	obs.Schedules = map[string][]schedule.Span{}
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var channel string
		var day, seen time.Time
		err := r.Scan(&channel, at(&day), at(&seen))
		span := schedule.Span{From: day, To: day.AddDate(0, 0, 1)}
		if seen.After(day) {
			span.From = seen
		}
		if span.From.Before(span.To) {
			obs.Schedules[channel] = append(obs.Schedules[channel], span)
		}
		return err
	}, "SELECT channel, day_at, MIN(seen) FROM planned WHERE "+where+" GROUP BY channel, day_at ORDER BY channel, day_at", a...)
	if err != nil {
		return fmt.Errorf("read the days of announced schedules: %w", err)
	}
	ups, err := s.Uploads(ctx, from, to, knownAt)
	for _, u := range ups {
		if u.Column != "" && slices.Contains(channels, u.Channel) {
			obs.Uploads = append(obs.Uploads, u)
		}
	}
	return err
}

func (s *Store) planned(ctx context.Context, knownAt time.Time, where string, params args) ([]media.Planned, error) {
	var out []media.Planned
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var p media.Planned
		var length int64
		err := r.Scan(&p.ID, &p.Source, &p.Channel, at(&p.Day), at(&p.Start), &length, &p.Programme, &p.Column, &p.Run, &p.Live, &p.Printed, at(&p.Seen), at(&p.Gone), &p.Kept)
		p.Duration = time.Duration(length) * time.Microsecond
		if !knownAt.IsZero() && p.Gone.After(knownAt) {
			p.Gone = time.Time{}
		}
		out = append(out, p)
		return err
	}, `SELECT id, source, channel, day_at, start_at, duration, programme, col, run, live, printed, seen, gone, kept FROM planned
		WHERE `+where+" ORDER BY start_at, channel, programme, seen", params...)
	if err != nil {
		return nil, fmt.Errorf("read announced schedules: %w", err)
	}
	return out, nil
}
