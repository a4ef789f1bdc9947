package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
)

// margin is how far outside the plan's span evidence is still read: reporting
// windows reach into the month before, and late pieces are named as late.
const margin = 31 * 24 * time.Hour

// Evidence returns everything that may be credited under the plan: items of
// its agencies and airings of its channels that were not superseded, dated
// within its span and 31 days around, oldest first. With knownAt, as it was
// known then.
func (s *Store) Evidence(ctx context.Context, plan *schedule.Plan, knownAt time.Time) ([]media.Evidence, error) {
	from, to := plan.From.Add(-margin), plan.To.Add(margin)
	agencies := make(map[string]bool, len(plan.Agencies))
	for _, a := range plan.Agencies {
		agencies[a.ID] = true
	}
	out, err := s.itemEvidence(ctx, agencies, from, to, knownAt)
	if err != nil {
		return nil, fmt.Errorf("read items of %s: %w", plan.ID, err)
	}
	airings, err := s.airingEvidence(ctx, plan, agencies, from, to, knownAt)
	if err != nil {
		return nil, fmt.Errorf("read airings of %s: %w", plan.ID, err)
	}
	out = append(out, airings...)
	slices.SortStableFunc(out, func(a, b media.Evidence) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, nil
}

// itemsNow and itemsThen join items with text, verdict and review in force: as
// they are, and as they were known at $3.
const (
	itemsNow = ` FROM item i
	LEFT JOIN revision r ON r.id = i.revision
	LEFT JOIN verdict v ON v.revision = i.revision AND v.classifier = i.judged
	LEFT JOIN review w ON w.id = i.review
	WHERE i.at >= $1 AND i.at < $2 AND i.seen <= $3`

	itemsThen = ` FROM item i
	LEFT JOIN revision r ON r.id = (SELECT x.id FROM revision x WHERE x.item = i.id AND x.seen <= $3
		ORDER BY CASE WHEN x.from_kind = 'page' THEN 0 ELSE 1 END, x.seen DESC, x.id DESC LIMIT 1)
	LEFT JOIN verdict v ON v.revision = r.id AND v.classifier = (SELECT y.classifier FROM verdict y
		WHERE y.revision = r.id AND y.at <= $3 ORDER BY y.at DESC, y.classifier DESC LIMIT 1)
	LEFT JOIN review w ON w.id = (SELECT z.id FROM review z WHERE z.item = i.id AND z.at <= $3 ORDER BY z.at DESC, z.id DESC LIMIT 1)
	WHERE i.seen <= $3 AND (i.at >= $1 AND i.at < $2 OR i.seen >= $1 AND i.seen < $2)`
)

func (s *Store) itemEvidence(ctx context.Context, agencies map[string]bool, from, to, knownAt time.Time) ([]media.Evidence, error) {
	query := itemsNow
	if !knownAt.IsZero() {
		query = itemsThen
	}
	var out []media.Evidence
	err := each(ctx, s.pools.read, func(rows *sql.Rows) error {
		e := media.Evidence{Kind: media.EvItem, Grade: media.GradeC}
		var v verdictScan
		var known, claimed time.Time
		var title, section, credit, kept, textFrom sql.NullString
		var page int
		err := rows.Scan(append([]any{
			&e.ID, &e.Agency, &e.Source, &e.URL, &e.Title, &e.Section, &e.Column, &e.Credit,
			at(&claimed), &e.Precision, at(&known), at(&e.Seen), at(&e.Verified),
			&title, &section, &credit, &kept, &textFrom, &page,
		}, v.dest()...)...)
		if err != nil || !agencies[e.Agency] {
			return err
		}
		e.Kept = kept.String
		if title.String != "" {
			e.Title = title.String
		}
		if section.String != "" {
			e.Section = section.String
		}
		if credit.String != "" {
			e.Credit = credit.String
		}
		e.Unread = page != pageNone && textFrom.String == fromEntry
		e.Repost = e.Credit != ""
		e.At = claimed
		if !knownAt.IsZero() && known.After(knownAt) {
			e.Precision = media.NoDate
		}
		if e.Precision == media.NoDate {
			e.At = e.Seen
		}
		if e.At.Before(from) || !e.At.Before(to) {
			return nil
		}
		if !knownAt.IsZero() && e.Verified.After(knownAt) {
			e.Verified = knownAt // seen since; what was known is no later than this
		}
		e.Verdict, e.Decided = v.inForce()
		out = append(out, e)
		return nil
	}, `SELECT i.id, i.agency, i.source, i.url, i.title, i.section, i.col, i.credit,
		i.claimed_at, i.claimed_precision, i.claimed_known, i.seen, i.verified,
		r.title, r.section, r.credit, r.kept, r.from_kind, i.page_state, `+verdictColumns+query, micros(from), micros(to), upTo(knownAt))
	return out, err
}

func (s *Store) airingEvidence(ctx context.Context, plan *schedule.Plan, agencies map[string]bool, from, to, knownAt time.Time) ([]media.Evidence, error) {
	owner := make(map[string]string, len(plan.Channels))
	for _, c := range plan.Channels {
		owner[c.ID] = c.Agency
	}
	var out []media.Evidence
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var a media.Airing
		var agency, kept string
		var length int64
		e := media.Evidence{Kind: media.EvAiring, Precision: media.ToSecond}
		err := r.Scan(&a.ID, &a.FileHash, &a.Row, &agency, &a.Channel, &a.Medium, &a.ProgrammeID, &a.EpisodeID, &a.Programme, &a.Title,
			&a.Column, at(&a.Start), &length, &a.FirstRun, &a.Grade, at(&e.Seen), &kept)
		if o, ok := owner[a.Channel]; ok && o != "" {
			agency = o
		}
		if err != nil || !agencies[agency] && owner[a.Channel] == "" {
			return err
		}
		a.Duration = time.Duration(length) * time.Microsecond
		e.ID, e.Agency, e.Source, e.At, e.Verified = a.ID, agency, "log:"+a.Channel, a.Start, e.Seen
		e.Title, e.Grade, e.Column, e.Kept = a.Programme, a.Grade, a.Column, kept
		if a.Title != "" {
			e.Title += ": " + a.Title
		}
		e.Airing = &a
		out = append(out, e)
		return nil
	}, `SELECT a.id, a.file_hash, a.row_no, a.agency, a.channel, a.medium, a.programme, a.episode, a.name, a.title, a.col,
			a.start_at, a.duration, a.first_run, a.grade, a.recorded, COALESCE(k.sha256, '')
		FROM airing a LEFT JOIN kept k ON k.sha256 = a.file_hash
		WHERE a.start_at >= $1 AND a.start_at < $2 AND a.recorded <= $3 AND (a.superseded_by = '' OR a.superseded_at > $3)`,
		micros(from), micros(to), upTo(knownAt))
	return out, err
}

// Observation returns what was seen of the plan's sources and channels, and
// which sources are blind. With knownAt, as it was known then.
func (s *Store) Observation(ctx context.Context, plan *schedule.Plan, knownAt time.Time) (schedule.Observation, error) {
	obs := schedule.Observation{Spans: map[string][]schedule.Span{}, Blind: map[string]schedule.Blind{}}
	wanted := map[string]bool{}
	for _, src := range plan.Sources {
		wanted[src.ID] = true
	}
	for _, c := range plan.Channels {
		wanted["log:"+c.ID] = true
	}
	spans := map[string][]crawler.Span{}
	collect := func(r *sql.Rows) error {
		var source string
		var c crawler.Span
		err := r.Scan(&source, at(&c.From), at(&c.To), &c.How)
		if wanted[source] {
			spans[source] = append(spans[source], c)
		}
		return err
	}
	covered, params := "SELECT source, from_at, to_at, how FROM coverage", []any{}
	if !knownAt.IsZero() {
		covered, params = "SELECT source, from_at, to_at, how FROM coverage_log WHERE at <= $1", []any{micros(knownAt)}
	}
	if err := each(ctx, s.pools.read, collect, covered, params...); err != nil {
		return obs, fmt.Errorf("read coverage: %w", err)
	}
	err := each(ctx, s.pools.read, collect, "SELECT 'log:' || channel, from_at, to_at, 'log' FROM receipt WHERE at <= $1", upTo(knownAt))
	if err != nil {
		return obs, fmt.Errorf("read receipts: %w", err)
	}
	for source, list := range spans {
		for _, c := range mergeSpans(list) {
			obs.Spans[source] = append(obs.Spans[source], schedule.Span{From: c.From, To: c.To})
		}
	}
	if knownAt.IsZero() {
		err = s.blindNow(ctx, wanted, obs.Blind)
	} else {
		err = s.blindThen(ctx, wanted, knownAt, obs.Blind)
	}
	return obs, err
}

func (s *Store) blindNow(ctx context.Context, wanted map[string]bool, out map[string]schedule.Blind) error {
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var b schedule.Blind
		err := r.Scan(&b.Source, &b.Reason, at(&b.Since))
		if wanted[b.Source] {
			out[b.Source] = b
		}
		return err
	}, "SELECT source, outcome, blind_since FROM source_state WHERE blind_since > 0")
	if err != nil {
		return fmt.Errorf("read blind sources: %w", err)
	}
	return nil
}

// blindThen replays the recorded changes of state, which outlive the visits.
func (s *Store) blindThen(ctx context.Context, wanted map[string]bool, knownAt time.Time, out map[string]schedule.Blind) error {
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var source, after string
		var when time.Time
		if err := r.Scan(&source, &after, at(&when)); err != nil || !wanted[source] {
			return err
		}
		if after == media.OK {
			delete(out, source)
			return nil
		}
		b, ok := out[source]
		if !ok {
			b = schedule.Blind{Source: source, Since: when}
		}
		b.Reason = after
		out[source] = b
		return nil
	}, "SELECT subject, state_after, at FROM event WHERE kind = 'source.state' AND at <= $1 ORDER BY seq", micros(knownAt))
	if err != nil {
		return fmt.Errorf("replay the states of sources: %w", err)
	}
	return nil
}
