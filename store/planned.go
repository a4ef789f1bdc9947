package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/viet"
)

// putPlanned records what a station's page announces.
func (t *tx) putPlanned(ctx context.Context, k *look) error {
	_, _, err := t.announce(ctx, k.Source, k.Planned, k.Kept, k.At)
	return err
}

// PutGuide stores a schedule that was handed in, all of it or nothing, durably.
// Like a page it tells all of the days that it lists: what earlier ones announced
// of them and it does not is gone, never deleted. What a crawled page says is
// another claim, and stands beside it. file is the schedule's bytes as kept.
// Sources are media.GuideSource's. fresh and gone count what it changed; both
// are 0 also where a later schedule is known already.
func (s *Store) PutGuide(ctx context.Context, all []media.Planned, file *media.Kept, sender string, now time.Time) (fresh, gone int, err error) {
	by := map[string][]media.Planned{}
	for i, p := range all {
		if p.Source != media.GuideSource(p.Channel) || p.Channel == "" || p.ID == "" || p.Programme == "" || p.Start.IsZero() || p.Day.IsZero() {
			return 0, 0, fmt.Errorf("put guide: number %d lacks id, channel, programme, day or start", i+1)
		}
		by[clean(p.Source)] = append(by[clean(p.Source)], p)
	}
	if len(all) == 0 || now.IsZero() {
		return 0, 0, errors.New("put guide: announcements and the time are needed")
	}
	sha := ""
	if file != nil {
		sha = file.SHA256
	}
	err = s.writeDurable(ctx, "put a schedule that was handed in", func(t *tx) error {
		fresh, gone = 0, 0
		for _, source := range sortedKeys(by) {
			n, k, err := t.announce(ctx, source, by[source], file, now)
			if err != nil {
				return err
			}
			if fresh, gone = fresh+n, gone+k; n+k == 0 {
				continue
			}
			if err := t.putKept(ctx, keptAs{file, classEvidence}); err != nil {
				return err
			}
			t.happened(Event{At: now, ActorKind: "person", Actor: nfc(sender), Kind: "schedule.imported", Subject: source,
				After: pack(map[string]any{"file": sha, "rows": len(by[source]), "new": n, "gone": k})}, source, sha)
		}
		return nil
	})
	return fresh, gone, err
}

// ErrGuideOlder: a schedule of a later time is stored; the one handed in was not taken.
var ErrGuideOlder = errors.New("a later schedule is known")

// small is where the small hours end: a guide with nothing of a day but these has
// run past midnight, and says nothing of the evening after.
const small = 5 * time.Hour

// announce records what a source announces. Of the days that it lists it tells
// all: what it announced of them before and does not any more is gone from now
// on, never deleted. What it says of other days stands.
func (t *tx) announce(ctx context.Context, source string, all []media.Planned, file *media.Kept, when time.Time) (fresh, went int, err error) {
	if len(all) == 0 {
		return 0, 0, nil
	}
	now := fromMicros(micros(when))
	said := map[string]media.Planned{}
	days := map[int64]bool{}
	first := micros(all[0].Day)
	from, to := all[0].Start, all[0].Start
	for _, p := range all {
		said[clean(p.ID)] = p
		days[micros(p.Day)] = days[micros(p.Day)] || p.Start.Sub(p.Day) >= small
		first = min(first, micros(p.Day))
		if p.Start.Before(from) {
			from = p.Start
		}
		if end := p.Start.Add(p.Duration); end.After(to) {
			to = end
		}
	}
	handed := all[0].Source == media.GuideSource(all[0].Channel)
	tells := func(day int64, start time.Time) bool {
		whole, listed := days[day]
		return listed && (whole || !handed || !start.Before(from) && !start.After(to))
	}
	stands := map[string]bool{}
	var gone []string
	older := false // a later visit was recorded before this one
	err = each(ctx, t, func(r *sql.Rows) error {
		var id string
		var day int64
		var seen, start time.Time
		if err := r.Scan(&id, &day, at(&seen), at(&start)); err != nil {
			return err
		}
		older = older || seen.After(now)
		if _, still := said[id]; still {
			stands[id] = true
		} else if tells(day, start) {
			gone = append(gone, id)
		}
		return nil
	}, "SELECT id, day_at, seen, start_at FROM planned WHERE source = $1 AND gone = 0 AND day_at >= $2", source, first)
	if err == nil && older && handed {
		err = ErrGuideOlder
	}
	if err != nil || older {
		return 0, 0, err
	}
	kept := ""
	if file != nil {
		kept = file.SHA256
	}
	v := values{cols: []string{"id TEXT", "seen BIGINT", "source TEXT", "channel TEXT", "day_at BIGINT", "start_at BIGINT", "duration BIGINT", "programme TEXT",
		"col TEXT", "run TEXT", "live BOOLEAN", "printed TEXT", "kept TEXT"}}
	for _, id := range sortedKeys(said) {
		if p := said[id]; !stands[id] {
			v.rows = append(v.rows, []any{id, micros(now), source, clean(p.Channel), micros(p.Day), micros(p.Start), p.Duration.Microseconds(), nfc(p.Programme),
				clean(p.Column), p.Run, p.Live, nfc(p.Printed), kept})
		}
	}
	slices.Sort(gone)
	err = chunk(gone, maxIn, func(ids []string) error {
		a := args{micros(now), source}
		_, err := t.exec(ctx, "UPDATE planned SET gone = $1 WHERE source = $2 AND gone = 0 AND id IN "+a.in(ids), a...)
		return err
	})
	if err != nil || len(v.rows)+len(gone) == 0 {
		return 0, 0, err
	}
	t.changed("planned", source)
	_, err = t.insert(ctx, "planned", v, "ON CONFLICT DO NOTHING")
	return len(v.rows), len(gone), err
}

// Planned lists what stations announce for a span (to exclusive), in the order
// of its start. With knownAt as it was announced then; with all, also what was
// announced and is gone, and what a page and a schedule handed in say alike twice.
func (s *Store) Planned(ctx context.Context, from, to, knownAt time.Time, all bool) ([]media.Planned, error) {
	in := "(gone = 0 OR gone > $3)"
	if all {
		in = "TRUE"
	}
	out, err := s.planned(ctx, knownAt, "start_at >= $1 AND start_at < $2 AND seen <= $3 AND "+in, args{micros(from), micros(to), upTo(knownAt)})
	if !all {
		out = onceEach(out)
	}
	return out, err
}

// onceEach lists what stands once, though a page and a schedule that was handed
// in both say it: as the first does, with what it leaves open told by the other.
func onceEach(all []media.Planned) []media.Planned {
	place := map[string]int{}
	out := all[:0]
	for _, p := range all {
		key := p.Channel + " " + strconv.FormatInt(micros(p.Start), 10) + " " + viet.Fold(p.Programme)
		if i, twice := place[key]; twice && p.Gone.IsZero() {
			o := &out[i]
			o.Duration, o.Run, o.Column = cmp.Or(o.Duration, p.Duration), cmp.Or(o.Run, p.Run), cmp.Or(o.Column, p.Column)
			continue
		}
		if p.Gone.IsZero() {
			place[key] = len(out)
		}
		out = append(out, p)
	}
	return out
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
	obs.Planned = onceEach(obs.Planned)
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
