package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/viet/mask"
)

// Classes of kept bytes, the weakest first: each has its own time (Retention).
const (
	classNone     = ""         // of before there were classes
	classList     = "list"     // a list as it was read: the next one repeats it
	classPage     = "page"     // behind an item, or a page that was looked for
	classPersonal = "personal" // a page on which a citizen is told by name or number
	classEvidence = "evidence" // what was handed in; what something was credited by
)

func classes() []string {
	return []string{classNone, classList, classPage, classPersonal, classEvidence}
}

// stronger is the class whose time is the longer of two by rank.
func stronger(a, b string) string {
	out := classNone
	for _, c := range classes() {
		if c == a || c == b {
			out = c
		}
	}
	return out
}

// strongerSQL is stronger of two columns.
func strongerSQL(a, b string) string {
	out := "CASE"
	for i := len(classes()) - 1; i > 0; i-- {
		c := "'" + classes()[i] + "'"
		out += " WHEN " + a + " = " + c + " OR " + b + " = " + c + " THEN " + c
	}
	return out + " ELSE '' END"
}

// keptAs is a body with its class; bodies may be nil.
type keptAs struct {
	*media.Kept
	class string
}

// skew is how far the clocks of two nodes may lie apart.
const skew = 10 * time.Minute

// putKept records kept bodies; the first record of the same bytes stays, their
// class only gets stronger. Bytes that were deleted come to life again if they
// were fetched, and so kept anew, after that; while their deletion is under way
// the answer is crawler.ErrGoing.
func (t *tx) putKept(ctx context.Context, kept ...keptAs) error {
	v := values{cols: []string{"sha256 TEXT", "url TEXT", "status BIGINT", "header TEXT", "at BIGINT", "content_type TEXT", "size BIGINT", "class TEXT", "since BIGINT"}}
	place := map[string]int{}
	for _, k := range kept {
		if k.Kept == nil {
			continue
		}
		if i, twice := place[k.SHA256]; twice {
			v.rows[i][7] = stronger(v.rows[i][7].(string), k.class)
			continue
		}
		place[k.SHA256] = len(v.rows)
		v.rows = append(v.rows, []any{
			k.SHA256, clean(k.URL), int64(k.Status), pack(k.Header), micros(k.At), clean(k.ContentType), int64(k.Size), k.class, micros(k.At),
		})
	}
	sortRows(v.rows)
	const anew = "kept.gone <> 0 AND kept.gone < excluded.at - "
	back := anew + fmt.Sprint(skew.Microseconds())
	return chunk(v.rows, t.s.eng.maxRows(len(v.cols)), func(rows [][]any) error {
		var a args
		q := t.s.eng.with(v, rows, &a) + "INSERT INTO kept (" + v.names() + ") SELECT " + v.names() + ` FROM v WHERE sha256 IS NOT NULL
			ON CONFLICT (sha256) DO UPDATE SET class = ` + strongerSQL("kept.class", "excluded.class") + `,
				since = CASE WHEN kept.since > excluded.since THEN kept.since ELSE excluded.since END,
				header = CASE WHEN ` + back + ` THEN excluded.header ELSE kept.header END,
				at = CASE WHEN ` + back + ` THEN excluded.at ELSE kept.at END,
				going = CASE WHEN ` + back + ` THEN 0 ELSE kept.going END,
				term = CASE WHEN ` + back + ` THEN 0 ELSE kept.term END,
				gone = CASE WHEN ` + back + ` THEN 0 ELSE kept.gone END
			RETURNING going`
		going := false
		err := each(ctx, t, func(r *sql.Rows) error {
			var since time.Time
			err := r.Scan(at(&since))
			going = going || !since.IsZero()
			return err
		}, q, a...)
		if err != nil {
			return fmt.Errorf("write kept: %w", err)
		}
		if going {
			return crawler.ErrGoing
		}
		return nil
	})
}

// personal are the hashes of the bytes behind texts in which a citizen is told.
func personal(texts []media.Revision) map[string]bool {
	found := map[string]bool{}
	for _, r := range texts {
		if r.Kept == "" || found[r.Kept] {
			continue
		}
		m := mask.Of(r.Section, r.Title, r.Lead, r.Body)
		if m.Found(r.Title) || m.Found(r.Lead) || m.Found(r.Body) {
			found[r.Kept] = true
		}
	}
	return found
}

// putPersonal marks the bytes in which a citizen is told.
func (t *tx) putPersonal(ctx context.Context, found map[string]bool) error {
	return chunk(sortedKeys(found), maxIn, func(sums []string) error {
		var a args
		_, err := t.exec(ctx, "UPDATE kept SET class = '"+classPersonal+"' WHERE class <> '"+classEvidence+"' AND sha256 IN "+a.in(sums), a...)
		if err != nil {
			return fmt.Errorf("write kept: %w", err)
		}
		return nil
	})
}

// KeptRow is what is known of kept bytes, also after they were deleted.
type KeptRow struct {
	media.Kept
	Class string    // list, page, personal or evidence; "" not told yet
	Since time.Time // machine clock: last kept, or found to be held
	Going time.Time // when their deletion began; zero if it did not
	Gone  time.Time // when they were deleted; zero if they were not
	Term  int       // days after which they were
}

const keptColumns = "sha256, url, status, header, at, content_type, size, class, since, going, gone, term"

func scanKept(r *sql.Rows) (k KeptRow, err error) {
	err = r.Scan(&k.SHA256, &k.URL, &k.Status, into(&k.Header), at(&k.At), &k.ContentType, &k.Size, &k.Class, at(&k.Since), at(&k.Going), at(&k.Gone), &k.Term)
	return k, err
}

// KeptAfter returns at most limit rows of kept bytes in the order of their
// hashes, from the one behind after on.
func (s *Store) KeptAfter(ctx context.Context, after string, limit int) ([]KeptRow, error) {
	return s.keptRows(ctx, " WHERE sha256 > $1 ORDER BY sha256 LIMIT $2", after, limit)
}

// KeptOf returns the rows of these hashes, by hash.
func (s *Store) KeptOf(ctx context.Context, sums []string) (map[string]KeptRow, error) {
	out := make(map[string]KeptRow, len(sums))
	err := chunk(sums, maxIn, func(sums []string) error {
		var a args
		rows, err := s.keptRows(ctx, " WHERE sha256 IN "+a.in(sums), a...)
		for _, k := range rows {
			out[k.SHA256] = k
		}
		return err
	})
	return out, err
}

// KeptAt returns what was kept of one address, latest first.
func (s *Store) KeptAt(ctx context.Context, address string) ([]KeptRow, error) {
	return s.keptRows(ctx, " WHERE url = $1 ORDER BY at DESC, sha256", clean(address))
}

func (s *Store) keptRows(ctx context.Context, where string, args ...any) ([]KeptRow, error) {
	var out []KeptRow
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		k, err := scanKept(r)
		out = append(out, k)
		return err
	}, "SELECT "+keptColumns+" FROM kept"+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read kept: %w", err)
	}
	return out, nil
}

// KeptUse is what refers to kept bytes.
type KeptUse struct {
	Kind string // case, decision, paper, radio, register, log, handed, receipt, closing, credit, review, revision, source, visit
	ID   string
}

// uses are the queries that find what refers to bytes: $LIST stands for the
// hashes. Those that hold come first; a table that refers to kept bytes needs a
// row here, or its bytes are deleted under it.
func uses() []struct {
	kind, query string
	holds       bool
} {
	return []struct {
		kind, query string
		holds       bool
	}{
		{"decision", "SELECT file_hash, id FROM decision WHERE file_hash IN $LIST", true},
		{"case", "SELECT file_hash, case_id FROM case_act WHERE file_hash IN $LIST", true},
		{"paper", "SELECT file_hash, period || ' ' || paper FROM paper_issue WHERE file_hash IN $LIST UNION ALL SELECT hash, period || ' ' || paper FROM paper_file WHERE hash IN $LIST", true},
		{"note", "SELECT file_hash, id FROM note WHERE file_hash IN $LIST", true},
		{"handin", "SELECT hash, handin FROM handin_file WHERE hash IN $LIST", true},
		{"radio", "SELECT file_hash, commune FROM radio_check WHERE file_hash IN $LIST", true},
		{"declaration", "SELECT file_hash, id FROM declaration WHERE file_hash IN $LIST", true},
		{"declaration", "SELECT sha256, of FROM declared_file WHERE sha256 IN $LIST", true},
		{"register", "SELECT file_hash, id FROM register WHERE file_hash IN $LIST", true},
		{"log", "SELECT hash, name FROM log_file WHERE hash IN $LIST", true},
		{"log", "SELECT proof, name FROM log_file WHERE proof IN $LIST", true},
		// What was handed in is held; pages that were read prove nothing, and are kept as any list.
		{"upload", "SELECT kept, channel FROM upload WHERE source LIKE '" + media.UploadSource("") + "%' AND kept IN $LIST", true},
		{"schedule", "SELECT kept, channel FROM planned WHERE source LIKE '" + media.GuideSource("") + "%' AND kept IN $LIST", true},
		{"handed", "SELECT file, id FROM handed WHERE file IN $LIST UNION ALL SELECT scan, id FROM handed WHERE scan IN $LIST", true}, // waits for its sender's yes
		{"receipt", "SELECT file_hash, id FROM receipt WHERE file_hash IN $LIST", true},
		{"closing", "SELECT sha256, closing FROM kept_closing WHERE sha256 IN $LIST", true},
		{"credit", "SELECT r.kept, c.plan || ' ' || c.quota || ' ' || c.period FROM revision r JOIN credit c ON c.evidence = r.item WHERE r.kept IN $LIST", true},
		{"decision", `SELECT r.kept, d.id FROM revision r JOIN (SELECT d.id, COALESCE(a.item, d.evidence) AS item FROM decision d
			LEFT JOIN item_alias a ON a.alias = d.evidence WHERE d.evidence <> '') d ON d.item = r.item WHERE r.kept IN $LIST`, true},
		// A question of a column by its page; a page that announces a schedule proves nothing, and is kept as any list.
		{"credit", "SELECT s.kept, c.plan || ' ' || c.quota || ' ' || c.period FROM question_state s JOIN credit c ON c.evidence = s.question WHERE s.kept IN $LIST", true},
		{"decision", "SELECT s.kept, d.id FROM question_state s JOIN decision d ON d.evidence = s.question WHERE s.kept IN $LIST", true},
		{"review", "SELECT r.kept, w.id FROM revision r JOIN review w ON w.item = r.item WHERE r.kept IN $LIST", true},
		{"source", "SELECT body_hash, source FROM source_state WHERE body_hash IN $LIST", true},        // what «not changed» refers to
		{"quarantine", "SELECT kept, id FROM quarantine WHERE state = 'open' AND kept IN $LIST", true}, // somebody has to see on what a reader panicked
		{"revision", "SELECT kept, item FROM revision WHERE kept IN $LIST", false},
		{"visit", "SELECT kept, source FROM visit WHERE kept IN $LIST", false},
		{"visit", "SELECT kept, source FROM await WHERE kept IN $LIST", false},
	}
}

// KeptUses tells what refers to kept bytes.
func (s *Store) KeptUses(ctx context.Context, sha string) ([]KeptUse, error) {
	var out []KeptUse
	seen := map[KeptUse]bool{}
	for _, u := range uses() {
		var a args
		err := each(ctx, s.pools.read, func(r *sql.Rows) error {
			use := KeptUse{Kind: u.kind}
			var of string
			err := r.Scan(&of, &use.ID)
			if !seen[use] {
				seen[use] = true
				out = append(out, use)
			}
			return err
		}, list(u.query, &a, []string{sha}), a...)
		if err != nil {
			return nil, fmt.Errorf("read what refers to %s: %w", sha, err)
		}
	}
	return out, nil
}

// Until tells of bytes that are there by what refers to them (KeptUses): the
// class by which they are kept, and whether something holds them or, if nothing
// does, until when they stay; zero is for ever.
func (r Retention) Until(k KeptRow, by []KeptUse) (class string, held bool, until time.Time) {
	if class = k.Class; class == classNone {
		class = classPage
	}
	for _, u := range by {
		for _, known := range uses() {
			held = held || known.kind == u.Kind && known.holds
		}
		if u.Kind == "revision" {
			class = stronger(class, classPage)
		}
	}
	if term := r.of(class); !held && term != 0 {
		until = k.Since.Add(term)
	}
	return class, held, until
}

// Unkept returns what refers to bytes of which nothing is known at all, by hash.
func (s *Store) Unkept(ctx context.Context) (map[string]KeptUse, error) {
	out := map[string]KeptUse{}
	for _, q := range []struct{ kind, query string }{
		{"decision", "SELECT file_hash AS sha, id FROM decision"}, {"register", "SELECT file_hash AS sha, id FROM register"},
		{"log", "SELECT hash AS sha, name AS id FROM log_file UNION ALL SELECT proof, name FROM log_file"}, {"case", "SELECT file_hash AS sha, case_id AS id FROM case_act"},
		{"radio", "SELECT file_hash AS sha, commune AS id FROM radio_check"}, {"handin", "SELECT hash AS sha, handin AS id FROM handin_file"}, {"closing", "SELECT sha256 AS sha, closing AS id FROM kept_closing"},
		{"paper", "SELECT file_hash AS sha, period || ' ' || paper AS id FROM paper_issue UNION ALL SELECT hash, period || ' ' || paper FROM paper_file"},
		{"revision", "SELECT kept AS sha, item AS id FROM revision"}, {"visit", "SELECT kept AS sha, source AS id FROM visit"},
	} {
		err := each(ctx, s.pools.read, func(r *sql.Rows) error {
			var sha string
			use := KeptUse{Kind: q.kind}
			err := r.Scan(&sha, &use.ID)
			out[sha] = use
			return err
		}, "SELECT x.sha, x.id FROM ("+q.query+") x WHERE x.sha <> '' AND NOT EXISTS (SELECT 1 FROM kept k WHERE k.sha256 = x.sha)")
		if err != nil {
			return nil, fmt.Errorf("read what refers to nothing kept: %w", err)
		}
	}
	return out, nil
}

// KeptFigures counts what is kept and what was spared.
type KeptFigures struct {
	Class          string
	Objects, Bytes int64 // bodies, decompressed
	Gone           int64 // deleted, their time having passed
}

// KeptFigures counts by class, and the looks of the visits still held that
// brought the very same bytes again, which are kept once.
func (s *Store) KeptFigures(ctx context.Context) (by []KeptFigures, sameVisits, sameBytes int64, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var f KeptFigures
		err := r.Scan(&f.Class, &f.Objects, &f.Bytes, &f.Gone)
		by = append(by, f)
		return err
	}, `SELECT class, SUM(CASE WHEN gone = 0 THEN 1 ELSE 0 END), SUM(CASE WHEN gone = 0 THEN size ELSE 0 END), SUM(CASE WHEN gone = 0 THEN 0 ELSE 1 END)
		FROM kept GROUP BY class ORDER BY class`)
	if err == nil {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&sameVisits, &sameBytes) },
			"SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM visit WHERE outcome = $1 AND bytes > 0", media.NotModified)
	}
	if err != nil {
		return nil, 0, 0, fmt.Errorf("count what is kept: %w", err)
	}
	return by, sameVisits, sameBytes, nil
}

// NoteRead records that a person looked at bytes as they were kept, unmasked,
// before they are shown. Who and why are needed.
func (s *Store) NoteRead(ctx context.Context, sha, actor, reason string, when time.Time) error {
	if sha == "" || actor == "" || reason == "" || when.IsZero() {
		return errors.New("note a reading: hash, actor, reason and time are needed")
	}
	return s.writeDurable(ctx, "note the reading of "+sha, func(t *tx) error {
		t.changed("kept", sha)
		t.happened(Event{At: when, ActorKind: "person", Actor: actor, Kind: "evidence.read", Subject: sha, After: pack(map[string]any{"reason": reason})},
			actor, reason, when.UTC().Format(time.RFC3339Nano))
		return nil
	})
}
