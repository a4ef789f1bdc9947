package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// readTables hold what is made of what was crawled, and what says of a database alone: none of it is what people handed in,
// decided or set. What refers to an item goes with the items (Inherit…).
func readTables() map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Fields(`host robots source_state visit visit_day visit_count coverage coverage_log kept item item_alias item_text listing
		await revision verdict uptime walk document question question_state planned upload copy_text copy_mark copy_near item_copy copy_turn reread
		page_read source_layout item_note source_day source_drift evaluation standing credit rejection gain event change chore quarantine
		schema_version schema_floor review review_undone audit
		account account_cover access_link api_token session session_draft login_failure webhook webhook_message`) { // the last line: secrets, of which nothing is derived
		out[name] = true
	}
	return out
}

// Inherit copies from another database, of either engine, into this new SQLite file what people handed in, decided and set:
// all that no crawl brings. It returns how many rows of each table.
func (s *Store) Inherit(ctx context.Context, from *Store) (map[string]int64, error) {
	rows := map[string]int64{}
	err := s.write(ctx, "inherit what people did", func(t *tx) error {
		var tables []string
		crawled := readTables()
		err := each(ctx, t, func(r *sql.Rows) error {
			var name string
			err := r.Scan(&name)
			if !crawled[name] {
				tables = append(tables, name)
			}
			return err
		}, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'item_fts%' ORDER BY name")
		if err != nil {
			return err
		}
		for _, table := range tables {
			if rows[table], err = t.inherit(ctx, from, table, "", ""); err != nil {
				return err
			}
		}
		for _, table := range []string{"planned", "upload"} { // of no source that is crawled: handed in
			if rows[table], err = t.inherit(ctx, from, table, "WHERE source NOT IN (SELECT source FROM source_state)", ""); err != nil {
				return err
			}
		}
		return nil
	})
	return rows, err
}

// inherit copies the rows of one table for which a condition holds; those that are there stay. blank names columns that are
// emptied on the way.
func (t *tx) inherit(ctx context.Context, from *Store, table, where, blank string, params ...any) (n int64, err error) {
	if _, err := t.ExecContext(ctx, "PRAGMA defer_foreign_keys = ON"); err != nil { // references are checked when all of it is there
		return 0, err
	}
	var cols []string
	err = each(ctx, t, func(r *sql.Rows) error {
		var name string
		err := r.Scan(&name)
		cols = append(cols, name)
		return err
	}, "SELECT name FROM pragma_table_info($1)", table)
	if err != nil {
		return 0, err
	}
	picks, places := make([]string, len(cols)), make([]string, len(cols))
	for i, c := range cols {
		picks[i], places[i] = c, fmt.Sprintf("$%d", i+1)
		if c == blank {
			picks[i] = "''"
		}
	}
	insert := "INSERT INTO " + table + " (" + strings.Join(cols, ", ") + ") VALUES (" + strings.Join(places, ", ") + ") ON CONFLICT DO NOTHING"
	err = each(ctx, from.pools.read, func(r *sql.Rows) error {
		vals, dest := make([]any, len(cols)), make([]any, len(cols))
		for i := range vals {
			dest[i] = &vals[i]
		}
		if err := r.Scan(dest...); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, insert, vals...)
		n++
		return err
	}, "SELECT "+strings.Join(picks, ", ")+" FROM "+table+" "+where, params...)
	if err != nil {
		return n, fmt.Errorf("inherit %s: %w", table, err)
	}
	return n, nil
}

// InheritItems copies items as another database holds them, with their texts and where they are listed; of those named in again
// the texts of article pages are left out, for these are read again.
func (s *Store) InheritItems(ctx context.Context, from *Store, ids []string, again map[string]bool) error {
	return chunk(ids, maxIn, func(ids []string) error {
		return s.write(ctx, "inherit items", func(t *tx) error {
			var whole, part []string
			for _, id := range ids {
				if again[id] {
					part = append(part, id)
				} else {
					whole = append(whole, id)
				}
			}
			for _, some := range []struct {
				ids         []string
				blank, text string
			}{{whole, "judged", ""}, {part, "revision", " AND from_kind <> 'page'"}} {
				if len(some.ids) == 0 {
					continue
				}
				var a args
				in := a.in(some.ids)
				for _, q := range []struct{ table, where, blank string }{
					{"item", "WHERE id IN " + in, some.blank}, {"item_alias", "WHERE item IN " + in, ""}, {"listing", "WHERE item IN " + in, ""},
					{"document", "WHERE item IN " + in, ""}, {"item_note", "WHERE item IN " + in, ""}, {"revision", "WHERE item IN " + in + some.text, ""},
				} {
					if _, err := t.inherit(ctx, from, q.table, q.where, q.blank, a...); err != nil {
						return err
					}
				}
			}
			var a args
			if _, err := t.exec(ctx, "UPDATE item SET judged = '', outcome = 'unjudged', compared = '', words = 0, review = '', decided = '' WHERE id IN "+a.in(ids), a...); err != nil {
				return err
			}
			return t.index(ctx, ids)
		})
	})
}

// InheritSources takes over what another database knows of sources whose looks cannot all be made again: what they covered,
// whether they are blind, what was probed (of them and what stands in probed), announced, asked and uploaded.
func (s *Store) InheritSources(ctx context.Context, from *Store, sources, probed []string) error {
	return s.write(ctx, "inherit what sources covered", func(t *tx) error {
		for _, part := range []struct {
			ids    []string
			tables []string
		}{{sources, []string{"coverage", "coverage_log", "planned", "upload"}}, {append(probed, sources...), []string{"uptime"}}} {
			err := chunk(part.ids, maxIn, func(ids []string) error {
				var a args
				in := " WHERE source IN " + a.in(ids)
				for _, table := range part.tables {
					if _, err := t.exec(ctx, "DELETE FROM "+table+in, a...); err != nil {
						return err
					}
					if _, err := t.inherit(ctx, from, table, in, "", a...); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return chunk(sources, maxIn, func(ids []string) error {
			var a args
			of := " WHERE source IN " + a.in(ids)
			asked := " WHERE question IN (SELECT id FROM question" + of + ")"
			for _, q := range []string{"DELETE FROM question_state" + asked, "DELETE FROM question" + of} {
				if _, err := t.exec(ctx, q, a...); err != nil {
					return err
				}
			}
			if _, err := t.inherit(ctx, from, "question", of, "", a...); err != nil {
				return err
			}
			if _, err := t.inherit(ctx, from, "question_state", asked, "", a...); err != nil {
				return err
			}
			return t.inheritStates(ctx, from, of, a)
		})
	})
}

// inheritStates takes over whether sources see.
func (t *tx) inheritStates(ctx context.Context, from *Store, of string, a args) error {
	rows := values{cols: []string{"source TEXT", "outcome TEXT", "detail TEXT", "last_visit BIGINT", "last_ok BIGINT", "blind_since BIGINT", "visited BOOLEAN"}}
	err := each(ctx, from.pools.read, func(r *sql.Rows) error {
		var source, outcome, detail string
		var visit, ok, since int64
		var visited bool
		err := r.Scan(&source, &outcome, &detail, &visit, &ok, &since, &visited)
		rows.rows = append(rows.rows, []any{source, outcome, detail, visit, ok, since, visited})
		return err
	}, "SELECT source, outcome, detail, last_visit, last_ok, blind_since, visited FROM source_state"+of, a...)
	if err != nil {
		return err
	}
	return t.update(ctx, rows, `UPDATE source_state AS s SET outcome = v.outcome, detail = v.detail, last_visit = v.last_visit, last_ok = v.last_ok,
		blind_since = v.blind_since, visited = v.visited FROM v WHERE s.source = v.source`)
}

// InheritAnswers takes over what people answered about items that are here.
func (s *Store) InheritAnswers(ctx context.Context, from *Store) (n int64, err error) {
	err = s.write(ctx, "inherit answers", func(t *tx) error {
		var err error
		if n, err = t.inherit(ctx, from, "review", "", ""); err != nil {
			return err
		}
		for _, table := range []string{"review_undone", "audit"} {
			if _, err := t.inherit(ctx, from, table, "", ""); err != nil {
				return err
			}
		}
		for _, q := range []string{ // of what is not here nothing can be answered
			"DELETE FROM audit WHERE item NOT IN (SELECT id FROM item)",
			"DELETE FROM review_undone WHERE review IN (SELECT id FROM review WHERE item NOT IN (SELECT id FROM item))",
			"DELETE FROM review WHERE item NOT IN (SELECT id FROM item)",
			"UPDATE item SET " + reviewInForce + " WHERE id IN (SELECT item FROM review)",
		} {
			if _, err := t.exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return n, err
	}
	return n, s.settleAll(ctx)
}

// InheritVerdicts puts another database's verdicts in force on the texts that are equal, so that what else differs can be told.
func (s *Store) InheritVerdicts(ctx context.Context, from *Store) error {
	type judgement struct {
		item, hash, judged string
		row                []any
	}
	var all []judgement
	err := each(ctx, from.pools.read, func(r *sql.Rows) error {
		var j judgement
		var at int64
		var reform, review bool
		var score, unknown float64
		var topics, cues, facets string
		err := r.Scan(&j.item, &j.hash, &j.judged, &at, &reform, &score, &review, &topics, &cues, &facets, &unknown)
		j.row = []any{"", j.judged, at, reform, score, review, topics, cues, facets, unknown}
		all = append(all, j)
		return err
	}, `SELECT i.id, r.hash, i.judged, v.at, v.reform, v.score, v.review, v.topics, v.cues, v.facets, v.unknown
		FROM item i JOIN revision r ON r.id = i.revision JOIN verdict v ON v.revision = r.id AND v.classifier = i.judged`)
	if err != nil {
		return fmt.Errorf("read verdicts: %w", err)
	}
	err = chunk(all, 500, func(some []judgement) error {
		return s.write(ctx, "inherit verdicts", func(t *tx) error {
			for _, j := range some {
				found := ""
				err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&found) },
					"SELECT i.revision FROM item i JOIN revision r ON r.id = i.revision WHERE i.id = $1 AND r.hash = $2", j.item, j.hash)
				if err != nil {
					return err
				}
				if found == "" {
					continue
				}
				j.row[0] = found
				if _, err := t.exec(ctx, `INSERT INTO verdict (revision, classifier, at, reform, score, review, topics, cues, facets, unknown)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`, j.row...); err != nil {
					return err
				}
				if _, err := t.exec(ctx, "UPDATE item SET judged = $2 WHERE id = $1", j.item, j.judged); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return s.settleAll(ctx)
}

// settleAll sets the outcome of every item anew.
func (s *Store) settleAll(ctx context.Context) error {
	ids, err := oneColumn(ctx, s.pools.read, "SELECT id FROM item ORDER BY id")
	if err != nil {
		return err
	}
	return chunk(ids, maxIn, func(ids []string) error {
		return s.write(ctx, "settle verdicts", func(t *tx) error { return t.settle(ctx, ids) })
	})
}
