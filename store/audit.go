package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strconv"
	"time"

	"loa/media"
	"loa/metrics"
	"loa/report"
)

// sampleOneIn is how many automatic decisions there are for one that a person
// checks: 5 %.
const sampleOneIn = 20

// Sampled reports whether an item is in the sample of what a version of the
// classifier decided alone. The item's id and the version decide, and nothing
// that anybody could choose later: the draw can be repeated and not steered. A
// new version has a sample of its own, since what people said of the old one may
// have taught it.
func Sampled(item, classifier string) bool {
	n, err := strconv.ParseUint(media.Hash("audit", item, classifier)[:16], 16, 64)
	return err == nil && n < math.MaxUint64/sampleOneIn
}

// draw puts those of the items into the sample that belong to it and were decided
// alone, and takes out those of which a person is asked now.
func (t *tx) draw(ctx context.Context, judged map[string]string, when time.Time) error {
	var ids []string
	for _, id := range sortedKeys(judged) {
		if Sampled(id, judged[id]) {
			ids = append(ids, id)
		}
	}
	return chunk(ids, maxIn, func(ids []string) error {
		a := args{micros(when)}
		_, err := t.exec(ctx, `INSERT INTO audit (item, classifier, at, reform)
			SELECT i.id, i.judged, CAST($1 AS BIGINT), i.outcome = 'reform' FROM item i
			WHERE i.review = '' AND i.outcome IN ('reform', 'other') AND i.judged <> '' AND i.id IN `+a.in(ids)+`
			ON CONFLICT (item, classifier) DO UPDATE SET reform = excluded.reform`, a...)
		if err != nil {
			return fmt.Errorf("draw the sample: %w", err)
		}
		var b args
		_, err = t.exec(ctx, "DELETE FROM audit WHERE item IN (SELECT i.id FROM item i WHERE i.review = '' AND i.outcome = 'review' AND i.id IN "+b.in(ids)+")", b...)
		if err != nil {
			return fmt.Errorf("draw the sample: %w", err)
		}
		return nil
	})
}

// DrawAudit draws the sample of what this version of the classifier has decided
// alone so far: of what was judged before samples were drawn as it was judged.
func (s *Store) DrawAudit(ctx context.Context, classifier string, when time.Time) error {
	judged := map[string]string{}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		if Sampled(id, classifier) {
			judged[id] = classifier
		}
		return err
	}, `SELECT i.id FROM item i WHERE i.judged = $1 AND i.review = '' AND i.outcome IN ('reform', 'other')
		AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.item = i.id AND a.classifier = $1)`, clean(classifier))
	if err != nil {
		return fmt.Errorf("look for what is not drawn yet: %w", err)
	}
	if len(judged) == 0 {
		return nil
	}
	return s.write(ctx, "draw the sample", func(t *tx) error { return t.draw(ctx, judged, when) })
}

// Audit returns the sample of what a version of the classifier decided alone,
// with what people said until a time (zero: now), in an order by hash. Whatever a
// person said of a piece of the sample counts, also what was not asked as a
// check: to leave corrections out would make the figure too good. Pieces on
// which a person had spoken before they were drawn are not in it.
func (s *Store) Audit(ctx context.Context, classifier string, until time.Time) ([]report.Audited, error) {
	var out []report.Audited
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var x report.Audited
		var said, blind sql.NullBool
		err := r.Scan(&x.Item, &x.Agency, at(&x.At), &x.Reform, &said, &blind)
		x.Checked, x.Right, x.Blind = said.Valid, said.Valid && said.Bool == x.Reform, blind.Bool
		out = append(out, x)
		return err
	}, `SELECT i.id, i.agency, i.at, a.reform, w.reform, w.audit FROM audit a JOIN item i ON i.id = a.item
		LEFT JOIN review w ON w.id = (SELECT x.id FROM review x WHERE x.item = i.id AND x.at <= $2
			AND NOT EXISTS (SELECT 1 FROM review_undone u WHERE u.review = x.id AND u.at <= $2) ORDER BY x.at DESC, x.batch DESC, x.id DESC LIMIT 1)
		WHERE a.classifier = $1 AND (i.judged = $1 OR i.review <> '') AND a.at <= $2 ORDER BY i.id`, clean(classifier), upTo(until))
	if err != nil {
		return nil, fmt.Errorf("read the sample: %w", err)
	}
	return out, nil
}

// AuditCounts counts the sample of what a version of the classifier decided
// alone: what it took for reform, and what it did not.
func (s *Store) AuditCounts(ctx context.Context, classifier string) (accepted, refused metrics.AuditCount, err error) {
	all, err := s.Audit(ctx, classifier, time.Time{})
	for _, x := range all {
		n := &refused
		if x.Reform {
			n = &accepted
		}
		n.Sampled++
		if x.Checked {
			n.Checked++
		}
		if x.Right {
			n.Right++
		}
	}
	return accepted, refused, err
}
