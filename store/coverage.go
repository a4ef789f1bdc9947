package store

import (
	"context"
	"database/sql"
	"slices"

	"loa/crawler"
)

// putCoverage widens what sources have covered, merging spans that touch or
// overlap, and logs what each visit covered.
func (t *tx) putCoverage(ctx context.Context, w []*look) error {
	log := values{cols: []string{"source TEXT", "visit TEXT", "from_at BIGINT", "to_at BIGINT", "how TEXT", "at BIGINT"}}
	covers := map[string][]crawler.Span{}
	for _, k := range w {
		for _, c := range mergeSpans(k.Covers) {
			c.From, c.To = fromMicros(micros(c.From)), fromMicros(micros(c.To)) // as it will be read again
			covers[k.Source] = append(covers[k.Source], c)
			log.rows = append(log.rows, []any{k.Source, k.ID, micros(c.From), micros(c.To), c.How, micros(k.At)})
		}
	}
	if len(covers) == 0 {
		return nil
	}
	if _, err := t.insert(ctx, "coverage_log", log, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	touched, err := t.touched(ctx, log)
	if err != nil {
		return err
	}
	grown := values{cols: []string{"source TEXT", "from_at BIGINT", "to_at BIGINT", "how TEXT"}}
	gone, added := values{cols: []string{"source TEXT", "from_at BIGINT"}}, values{cols: grown.cols}
	for _, source := range sortedKeys(covers) {
		old := touched[source]
		all := mergeSpans(append(slices.Clone(old), covers[source]...))
		for _, m := range all {
			row := []any{source, micros(m.From), micros(m.To), m.How}
			if i := slices.IndexFunc(old, func(o crawler.Span) bool { return o.From.Equal(m.From) }); i >= 0 {
				old = slices.Delete(old, i, i+1) // the usual case: a span grows at its end
				grown.rows = append(grown.rows, row)
			} else {
				added.rows = append(added.rows, row)
			}
		}
		for _, o := range old { // swallowed
			gone.rows = append(gone.rows, []any{source, micros(o.From)})
		}
	}
	if err := t.update(ctx, gone, "DELETE FROM coverage WHERE (source, from_at) IN (SELECT source, from_at FROM v)"); err != nil {
		return err
	}
	if err := t.update(ctx, grown, "UPDATE coverage AS c SET to_at = v.to_at, how = v.how FROM v WHERE c.source = v.source AND c.from_at = v.from_at"); err != nil {
		return err
	}
	if _, err := t.insert(ctx, "coverage", added, ""); err != nil {
		return err
	}
	return chunk(sortedKeys(covers), maxIn, func(sources []string) error {
		var a args
		_, err := t.exec(ctx, `UPDATE source_state AS s SET (covered_from, covered_to) =
			(SELECT c.from_at, c.to_at FROM coverage c WHERE c.source = s.source ORDER BY c.to_at DESC LIMIT 1) WHERE s.source IN `+a.in(sources), a...)
		return err
	})
}

// touched reads the spans that touch or overlap those of the rows
// (source, …, from_at, to_at, …), by source.
func (t *tx) touched(ctx context.Context, spans values) (map[string][]crawler.Span, error) {
	out := map[string][]crawler.Span{}
	err := chunk(spans.rows, t.s.eng.maxRows(len(spans.cols)), func(rows [][]any) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var source string
			var o crawler.Span
			err := r.Scan(&source, at(&o.From), at(&o.To), &o.How)
			if !slices.Contains(out[source], o) {
				out[source] = append(out[source], o)
			}
			return err
		}, t.s.eng.with(spans, rows, &a)+`SELECT c.source, c.from_at, c.to_at, c.how FROM v
			JOIN coverage c ON c.source = v.source AND c.from_at <= v.to_at AND c.to_at >= v.from_at`, a...)
	})
	return out, err
}

// mergeSpans joins spans that touch or overlap and drops empty ones; ascending.
func mergeSpans(spans []crawler.Span) []crawler.Span {
	var out []crawler.Span
	for _, s := range slices.SortedFunc(slices.Values(spans), func(a, b crawler.Span) int { return a.From.Compare(b.From) }) {
		if s.From.IsZero() || !s.To.After(s.From) {
			continue
		}
		if n := len(out); n > 0 && !s.From.After(out[n-1].To) {
			if s.To.After(out[n-1].To) {
				out[n-1].To, out[n-1].How = s.To, s.How
			}
			continue
		}
		out = append(out, s)
	}
	return out
}
