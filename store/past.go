package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/crawler"
	"loa/media"
)

// Past lists the looks on record that were made in [from, to) by the business clock (zero: no bound), in the order in which they
// are to be made again: visits as they were made, each article page when its text was seen, and the pages that turned out to be
// another item's before that item's own. Visits older than 90 days are on record no more (Prune).
func (s *Store) Past(ctx context.Context, from, to time.Time) ([]crawler.Past, error) {
	upTo := never
	if !to.IsZero() {
		upTo = micros(to)
	}
	var out []crawler.Past
	for _, q := range []struct {
		page  bool
		query string
	}{
		{false, `SELECT v.id, v.source, '', '', '', v.at, 0, v.outcome, v.detail, v.status, v.took,
				COALESCE((SELECT MAX(c.to_at) FROM coverage_log c WHERE c.source = v.source AND c.visit = v.id), 0), v.kept, COALESCE(k.url, ''), COALESCE(k.at, 0), COALESCE(k.going, 0)
			FROM visit v LEFT JOIN kept k ON k.sha256 = v.kept WHERE v.at >= $1 AND v.at < $2`},
		// The words of a listing are a text from «entry» too: where its page was wanted and done with, they had to stand in for it.
		{true, `SELECT '', COALESCE(x.source, i.source), i.id, COALESCE(x.url, i.url), i.canon, r.seen, i.at, CASE WHEN r.from_kind = 'page' THEN 'ok' ELSE 'unreachable' END, '', 0, 0,
				0, CASE WHEN r.from_kind = 'page' THEN r.kept ELSE '' END, COALESCE(k.url, ''), COALESCE(k.at, 0), COALESCE(k.going, 0)
			FROM revision r JOIN item i ON i.id = r.item LEFT JOIN reread x ON x.item = i.id LEFT JOIN kept k ON k.sha256 = r.kept AND r.from_kind = 'page'
			WHERE r.seen >= $1 AND r.seen < $2 AND (r.from_kind = 'page' OR i.page_state = ` + fmt.Sprint(pageDone) + ")"},
		{true, `SELECT '', COALESCE(x.source, i.source), a.alias, COALESCE(x.url, i.url), '', r.seen, i.at, 'ok', '', 0, 0, 0, r.kept, COALESCE(k.url, ''), COALESCE(k.at, 0), COALESCE(k.going, 0)
			FROM item_alias a JOIN item i ON i.id = a.item JOIN revision r ON r.item = i.id AND r.from_kind = 'page' LEFT JOIN reread x ON x.item = i.id LEFT JOIN kept k ON k.sha256 = r.kept
			WHERE r.seen >= $1 AND r.seen < $2 AND NOT EXISTS (SELECT 1 FROM revision o WHERE o.item = r.item AND o.from_kind = 'page' AND (o.seen < r.seen OR o.seen = r.seen AND o.id < r.id))`},
	} {
		err := each(ctx, s.pools.read, func(r *sql.Rows) error {
			var p crawler.Past
			var took int64
			var going time.Time
			err := r.Scan(&p.Visit, &p.Source, &p.Item, &p.URL, &p.Key, at(&p.At), at(&p.Dated), &p.Outcome, &p.Detail, &p.Status, &took, at(&p.UpTo), &p.Kept, &p.KeptURL, at(&p.KeptAt), at(&going))
			p.Took, p.Gone, p.Alias = time.Duration(took)*time.Microsecond, !going.IsZero(), q.page && p.Key == ""
			out = append(out, p)
			return err
		}, q.query, micros(from), upTo)
		if err != nil {
			return nil, fmt.Errorf("read the looks on record: %w", err)
		}
	}
	slices.SortFunc(out, func(a, b crawler.Past) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(kindOf(a), kindOf(b)), a.KeptAt.Compare(b.KeptAt), strings.Compare(a.Source, b.Source), strings.Compare(a.Visit+a.Item, b.Visit+b.Item), strings.Compare(a.Kept, b.Kept))
	})
	return out, nil
}

// kindOf orders looks of one moment: a business clock may stand.
func kindOf(p crawler.Past) string {
	switch {
	case p.Item == "" && p.Kept != "":
		return "1"
	case p.Item == "": // what was told without a body stands on one
		return "2"
	case p.Alias:
		return "3"
	}
	return "4"
}

// Visited counts the visits of every source since the beginning, also those that are on record no more.
func (s *Store) Visited(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var source string
		var n int
		err := r.Scan(&source, &n)
		out[source] = n
		return err
	}, "SELECT source, SUM(n) FROM visit_count GROUP BY source")
	if err != nil {
		return nil, fmt.Errorf("count visits: %w", err)
	}
	return out, nil
}

// FirstSeen tells of every item the visit that saw it first: an id of a visit, or of a page of an archive walk, which is on record as a walk alone.
func (s *Store) FirstSeen(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id, visit string
		err := r.Scan(&id, &visit)
		out[id] = visit
		return err
	}, "SELECT id, first_visit FROM item")
	if err != nil {
		return nil, fmt.Errorf("read when items were first seen: %w", err)
	}
	return out, nil
}

// Judgers counts the current texts that each version of a classifier judged last; "" counts those that wait.
func (s *Store) Judgers(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var version string
		var n int
		err := r.Scan(&version, &n)
		out[version] = n
		return err
	}, "SELECT judged, COUNT(*) FROM item WHERE revision <> '' GROUP BY judged")
	if err != nil {
		return nil, fmt.Errorf("count judgements: %w", err)
	}
	return out, nil
}

// readParts are what a crawl and a judge make of bytes, by kind: a key, the parts that tell of it, and their names.
func readParts() []digestPart {
	const item = `SELECT i.id, i.canon, i.agency, i.url, i.title, i.lead, i.section, i.col, i.byline, i.credit,
			CAST(i.claimed_at AS TEXT), i.claimed_precision, i.claimed_text, i.outcome, COALESCE(r.hash, '') FROM item i LEFT JOIN revision r ON r.id = i.revision`
	return []digestPart{
		{"item", item, 1, []string{"canon", "agency", "url", "title", "lead", "section", "col", "byline", "credit", "date", "precision", "date_text", "outcome", "revision"}},
		{"revision", "SELECT item, hash, from_kind, title, lead, body, section, byline, credit FROM revision", 2, []string{"from", "title", "lead", "body", "section", "byline", "credit"}},
		{"verdict", `SELECT r.item, r.hash, CASE WHEN v.reform THEN '1' ELSE '0' END, CASE WHEN v.review THEN '1' ELSE '0' END, v.topics, v.cues, v.facets, v.score
			FROM item i JOIN revision r ON r.id = i.revision JOIN verdict v ON v.revision = r.id AND v.classifier = i.judged`, 2, []string{"reform", "review", "topics", "cues", "facets", "score"}},
		{"document", "SELECT DISTINCT item, number, CAST(signed_at AS TEXT), issuer FROM document", 2, []string{"signed", "issuer"}},
		{"question", `SELECT DISTINCT q.id, s.state, q.agency, q.number, q.title, q.url, CAST(s.asked_at AS TEXT), CAST(s.answered_at AS TEXT)
			FROM question q JOIN question_state s ON s.question = q.id`, 2, []string{"agency", "number", "title", "url", "asked", "answered"}},
		{"planned", "SELECT DISTINCT id, source, channel, CAST(start_at AS TEXT), CAST(duration AS TEXT), programme, col, run, printed FROM planned", 1, []string{"source", "channel", "start", "duration", "programme", "col", "run", "printed"}},
		{"upload", "SELECT DISTINCT id, source, channel, CAST(at AS TEXT), title, col, url, CAST(duration AS TEXT) FROM upload", 1, []string{"source", "channel", "at", "title", "col", "url", "duration"}},
	}
}

// Compared is one thing that was read, in two databases.
type Compared struct {
	Kind  string   // item, revision, verdict, document, question, planned, upload
	Key   string   // of an item its id; of the others with a hash, number or state behind it
	Where string   // the canonical key of the item, if there is one
	Diff  []string // names of the parts that differ; nil: one side lacks it
	Lacks bool     // the other database has it not; else, without Diff, this one
}

// CompareRead holds what was read against another database's: equal counts what is the same, by kind.
func (s *Store) CompareRead(ctx context.Context, other *Store) (equal map[string]int, out []Compared, err error) {
	equal = map[string]int{}
	for _, part := range readParts() {
		ours, err := s.partRows(ctx, part)
		if err != nil {
			return nil, nil, err
		}
		theirs, err := other.partRows(ctx, part)
		if err != nil {
			return nil, nil, err
		}
		keys := map[string]bool{}
		for k := range ours {
			keys[k] = true
		}
		for k := range theirs {
			keys[k] = true
		}
		for _, k := range sortedKeys(keys) {
			a, here := ours[k]
			b, there := theirs[k]
			if here && there && a == b {
				equal[part.kind]++
				continue
			}
			c := Compared{Kind: part.kind, Key: k, Lacks: here && !there}
			if here && there {
				for i, name := range part.cols {
					if a[i] != b[i] {
						c.Diff = append(c.Diff, name)
					}
				}
			}
			out = append(out, c)
		}
	}
	return equal, out, s.located(ctx, other, out)
}

// located finds the canonical keys of what differs.
func (s *Store) located(ctx context.Context, other *Store, found []Compared) error {
	canon := map[string]string{}
	for _, c := range found {
		id, _, _ := strings.Cut(c.Key, " ")
		canon[id] = ""
	}
	for _, db := range []*Store{other, s} { // what this one says stands
		err := chunk(sortedKeys(canon), maxIn, func(ids []string) error {
			var a args
			return each(ctx, db.pools.read, func(r *sql.Rows) error {
				var id, key string
				err := r.Scan(&id, &key)
				canon[id] = key
				return err
			}, "SELECT id, canon FROM item WHERE id IN "+a.in(ids), a...)
		})
		if err != nil {
			return fmt.Errorf("find what differs: %w", err)
		}
	}
	for i := range found {
		id, _, _ := strings.Cut(found[i].Key, " ")
		found[i].Where = canon[id]
	}
	return nil
}

// digestPart is a kind of rows: a query for keys, then columns.
type digestPart struct {
	kind, query string
	keys        int
	cols        []string
}

// mostParts is how many columns a digestPart has at most.
const mostParts = 14

// partRows are the hashes of all columns of a kind by their keys; of rows with one key they are one.
func (s *Store) partRows(ctx context.Context, part digestPart) (map[string][mostParts]uint64, error) {
	out := map[string][mostParts]uint64{}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		vals, err := texts(r, part.keys+len(part.cols), part.kind == "verdict")
		if err != nil {
			return err
		}
		key := strings.Join(vals[:part.keys], " ")
		row := out[key]
		for i, v := range vals[part.keys:] {
			row[i] += hashed(v) // of several rows in any order
		}
		out[key] = row
		return nil
	}, part.query)
	if err != nil {
		return nil, fmt.Errorf("read every %s: %w", part.kind, err)
	}
	return out, nil
}

// hashed is a text in 64 bits; never 0, so that a row is no absence of one.
func hashed(v string) (n uint64) {
	for _, c := range []byte(media.Hash("part", v))[:16] {
		n = n<<4 | uint64(strings.IndexByte("0123456789abcdef", c))
	}
	return n | 1
}
