package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"

	"loa/media"
)

// Digest tells what the store holds as sorted lines «kind key hash»: items,
// revisions, verdicts, kept bodies, documents, questions, announcements, uploads, maps of tables, registers with what superseded their rows,
// changed numbers, closed periods and events, without times, order and chain.
// Two crawls of the same web must give equal lines, however often one of them
// was killed.
func (s *Store) Digest(ctx context.Context) ([]string, error) {
	var out []string
	for _, part := range []struct {
		kind, query string
		keys, cols  int
	}{
		// Which of two sources listed an item first is a matter of time.
		{"item", `SELECT i.id, i.canon, i.agency, i.url, i.title, i.lead, i.section, i.col, i.byline, i.credit,
			CAST(i.claimed_at AS TEXT), i.claimed_precision, i.claimed_text, i.outcome, COALESCE(r.hash, '')
			FROM item i LEFT JOIN revision r ON r.id = i.revision`, 1, 14},
		{"revision", `SELECT item, hash, from_kind, title, lead, body, section, byline, credit FROM revision`, 2, 7},
		{"verdict", `SELECT r.item, r.hash, v.classifier, CASE WHEN v.reform THEN '1' ELSE '0' END, CASE WHEN v.review THEN '1' ELSE '0' END,
			v.topics, v.cues, v.facets, v.score FROM verdict v JOIN revision r ON r.id = v.revision`, 3, 6},
		{"kept", "SELECT sha256, CAST(size AS TEXT) FROM kept", 1, 1},
		{"register", `SELECT id, kind, agency, CAST(from_at AS TEXT), CAST(to_at AS TEXT), sender, note, file_hash FROM register`, 1, 7},
		{"row", `SELECT register, entry, number, title, page, section, col, CAST(written_at AS TEXT), CAST(asked_at AS TEXT), CAST(answered_at AS TEXT),
			superseded_by, detail FROM register_row`, 2, 10},
		{"document", `SELECT DISTINCT item, number, CAST(signed_at AS TEXT), issuer FROM document`, 2, 2},
		{"question", `SELECT DISTINCT q.id, s.state, q.agency, q.number, q.title, q.url, CAST(s.asked_at AS TEXT), CAST(s.answered_at AS TEXT)
			FROM question q JOIN question_state s ON s.question = q.id`, 2, 6},
		{"planned", `SELECT DISTINCT id, source, channel, CAST(start_at AS TEXT), CAST(duration AS TEXT), programme, col, run, printed FROM planned`, 1, 8},
		{"upload", `SELECT DISTINCT id, source, channel, CAST(at AS TEXT), title, col, url, CAST(duration AS TEXT) FROM upload`, 1, 7},
		{"map", "SELECT sender, form, name, body FROM import_map", 2, 2},
		{"change", `SELECT plan, quota, field, body, CAST(valid_from AS TEXT), actor, basis FROM plan_override`, 3, 4},
		{"entry", `SELECT scope, kind, name, body, CAST(valid_from AS TEXT), actor, basis FROM plan_entry`, 3, 4},
		{"closing", `SELECT plan, period, CAST(revision AS TEXT), dataset, plan_version, classifier, unsettled, actor, reason, CAST(n AS TEXT) FROM closing`, 3, 7},
		{"event", "SELECT kind, subject, state_before, state_after, actor_kind, actor FROM event", 4, 2},
	} {
		err := each(ctx, s.pools.read, func(r *sql.Rows) error {
			vals, err := texts(r, part.keys+part.cols, part.kind == "verdict")
			if err != nil {
				return err
			}
			line := part.kind
			for _, k := range vals[:part.keys] {
				line += " " + k
			}
			out = append(out, line+" "+media.Hash(vals[part.keys:]...))
			return nil
		}, part.query)
		if err != nil {
			return nil, fmt.Errorf("digest %ss: %w", part.kind, err)
		}
	}
	slices.Sort(out)
	return out, nil
}

// texts reads a row of n texts; the last may be a score, which the engines print differently.
func texts(r *sql.Rows, n int, scored bool) ([]string, error) {
	vals, dest := make([]string, n), make([]any, n)
	for i := range vals {
		dest[i] = &vals[i]
	}
	var score float64
	if scored {
		dest[n-1] = &score
	}
	if err := r.Scan(dest...); err != nil {
		return nil, err
	}
	if scored {
		vals[n-1] = strconv.FormatFloat(score, 'g', 12, 64)
	}
	return vals, nil
}
