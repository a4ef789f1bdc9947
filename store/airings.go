package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
)

// PutAirings stores the rows of one log file, all or nothing; the same file
// again adds no row. rc names the file, its sender and when it was imported; a
// receipt is recorded when its channel and span are given, with no rows too:
// a log that declares a week empty. Earlier rows of the channel within that
// span, and earlier rows of a channel at the very same start, are superseded,
// never deleted. A file does not take the place of rows of a better grade
// unless rc.Over: the error is a *BetterError, and nothing is stored. agency is
// whose log it is. inserted counts new rows.
func (s *Store) PutAirings(ctx context.Context, rc media.Receipt, airings []media.Airing, agency string) (inserted int, err error) {
	file := clean(rc.FileHash)
	span := rc.Channel != "" && !rc.From.IsZero() && !rc.To.IsZero()
	switch {
	case file == "" || rc.At.IsZero():
		return 0, errors.New("put airings: the file's hash and the time are needed")
	case span && !rc.To.After(rc.From):
		return 0, errors.New("put airings: the receipt's span is empty")
	}
	programmes, episodes, rows, err := airingValues(rc, airings, agency)
	if err != nil {
		return 0, err
	}
	if rc.Grade == "" && len(airings) > 0 {
		rc.Grade = airings[0].Grade
	}
	scan := ""
	if rc.Proof != nil {
		scan = rc.Proof.SHA256
	}
	err = s.writeDurable(ctx, "put airings of "+rc.FileName, func(t *tx) error {
		inserted = 0
		fresh, err := t.exec(ctx, `INSERT INTO log_file (hash, name, agency, sender, n, at, proof, typed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (hash) DO NOTHING`,
			file, nfc(rc.FileName), clean(agency), nfc(rc.Sender), len(rows.rows), micros(rc.At), scan, nfc(rc.TypedBy))
		if err != nil {
			return err
		}
		proven := int64(0)
		if scan != "" {
			if fresh == 0 { // the scan of rows that were known without one
				if proven, err = t.exec(ctx, "UPDATE log_file SET proof = $2, typed_by = $3 WHERE hash = $1 AND proof = ''", file, scan, nfc(rc.TypedBy)); err != nil {
					return err
				}
			}
			if fresh+proven > 0 {
				if err := t.putKept(ctx, keptAs{rc.Proof, classEvidence}); err != nil {
					return err
				}
			}
		}
		if fresh == 1 {
			if _, err := t.insert(ctx, "programme", programmes, `ON CONFLICT (id) DO UPDATE SET col = excluded.col
				WHERE excluded.col <> '' AND programme.col <> excluded.col`); err != nil {
				return err
			}
			if _, err := t.insert(ctx, "episode", episodes, "ON CONFLICT DO NOTHING"); err != nil {
				return err
			}
			if _, err := t.insert(ctx, "airing", rows, ""); err != nil {
				return err
			}
			inserted = len(rows.rows)
			if err := t.putKept(ctx, keptAs{rc.Kept, classEvidence}); err != nil {
				return err
			}
			if err := t.notBetter(ctx, rc, file, `(a.channel = $3 AND a.start_at >= $4 AND a.start_at < $5
				OR EXISTS (SELECT 1 FROM airing n WHERE n.file_hash = $1 AND n.channel = a.channel AND n.start_at = a.start_at))`); err != nil {
				return err
			}
			if _, err := t.exec(ctx, `UPDATE airing SET superseded_by = $1, superseded_at = $2 WHERE superseded_by = '' AND file_hash <> $1
				AND EXISTS (SELECT 1 FROM airing n WHERE n.file_hash = $1 AND n.channel = airing.channel AND n.start_at = airing.start_at)`,
				file, micros(rc.At)); err != nil {
				return err
			}
		}
		declared := int64(0)
		if span {
			if declared, err = t.putReceipt(ctx, rc, file, fresh == 1, len(rows.rows)); err != nil {
				return err
			}
		}
		if fresh == 1 || declared == 1 {
			t.changed("airing", file)
			after := map[string]any{"file": file, "rows": len(rows.rows), "from": dayOf(rc.From), "to": dayOf(rc.To)}
			if rc.Grade != "" {
				after["grade"] = string(rc.Grade)
			}
			if rc.Over {
				after["over"] = true
			}
			t.happened(Event{
				At: rc.At, ActorKind: "person", Actor: rc.Sender, Kind: "airings.imported", Subject: rc.Channel, After: pack(after),
			}, file, rc.Channel, dayOf(rc.From), dayOf(rc.To))
		}
		if scan != "" && (fresh == 1 || proven == 1) {
			t.changed("airing", file)
			t.happened(Event{At: rc.At, ActorKind: "person", Actor: nfc(rc.TypedBy), Kind: "airings.scanned", Subject: file,
				After: pack(map[string]any{"scan": scan, "name": rc.Proof.URL})}, file, scan)
		}
		return nil
	})
	return inserted, err
}

// putReceipt records the declared span; the file of a new receipt supersedes
// every other file's rows in it.
func (t *tx) putReceipt(ctx context.Context, rc media.Receipt, file string, fresh bool, n int) (int64, error) {
	id := cmp.Or(clean(rc.ID), media.Hash("receipt", rc.Channel, dayOf(rc.From.UTC()), dayOf(rc.To.UTC()), file))
	declared, err := t.exec(ctx, `INSERT INTO receipt (id, channel, from_at, to_at, sender, file_hash, file_name, at, n)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
		id, clean(rc.Channel), micros(rc.From), micros(rc.To), nfc(rc.Sender), file, nfc(rc.FileName), micros(rc.At), n)
	if err != nil || declared == 0 {
		return 0, err
	}
	// An old file whose span is declared only now must not win over a later one.
	later := ""
	if !fresh {
		later = " AND NOT EXISTS (SELECT 1 FROM log_file f, log_file o WHERE f.hash = $1 AND o.hash = airing.file_hash AND o.at > f.at)"
		if err := t.notBetter(ctx, rc, file, "a.channel = $3 AND a.start_at >= $4 AND a.start_at < $5"+strings.ReplaceAll(later, "airing.", "a.")); err != nil {
			return 0, err
		}
	}
	_, err = t.exec(ctx, `UPDATE airing SET superseded_by = $1, superseded_at = $2 WHERE superseded_by = '' AND file_hash <> $1
		AND channel = $3 AND start_at >= $4 AND start_at < $5`+later,
		file, micros(rc.At), clean(rc.Channel), micros(rc.From), micros(rc.To))
	return declared, err
}

// BetterError says that a file would take the place of better evidence.
type BetterError struct {
	Grade media.Grade // the best that it would
	Rows  int
	First time.Time // start of the earliest
	File  string    // a file that has one
}

func (e *BetterError) Error() string {
	return fmt.Sprintf("%d airings of grade %s stand in its place", e.Rows, e.Grade)
}

// Better tells what better evidence storing this log would take the place of:
// nil if none, or rc.Over. It is what PutAirings would refuse for.
func (s *Store) Better(ctx context.Context, rc media.Receipt, airings []media.Airing) (*BetterError, error) {
	if rc.Over || rc.Grade == "" || rc.Grade == media.GradeA || len(airings) == 0 && rc.From.IsZero() {
		return nil, nil
	}
	start := map[string]bool{}
	for _, a := range airings {
		start[clean(a.Channel)+" "+fmt.Sprint(micros(a.Start))] = true
	}
	var e BetterError
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var channel, file string
		var grade media.Grade
		var when time.Time
		if err := r.Scan(&channel, at(&when), &grade, &file); err != nil {
			return err
		}
		inside := channel == clean(rc.Channel) && !rc.From.IsZero() && !when.Before(rc.From) && when.Before(rc.To)
		if !inside && !start[channel+" "+fmt.Sprint(micros(when))] {
			return nil
		}
		e.Rows++
		if e.Grade == "" || grade < e.Grade {
			e.Grade = grade
		}
		if e.First.IsZero() || when.Before(e.First) {
			e.First, e.File = when, file
		}
		return nil
	}, `SELECT a.channel, a.start_at, a.grade, f.name FROM airing a JOIN log_file f ON f.hash = a.file_hash
		WHERE a.superseded_by = '' AND a.file_hash <> $1 AND a.grade <> '' AND a.grade < $2`, clean(rc.FileHash), string(rc.Grade))
	if err != nil {
		return nil, fmt.Errorf("look for better evidence: %w", err)
	}
	if e.Rows == 0 {
		return nil, nil
	}
	return &e, nil
}

// notBetter refuses to let a file supersede rows of a better grade than its
// own; which are those it would, an SQL condition on airing a with the channel
// and the span declared as $3 to $5.
func (t *tx) notBetter(ctx context.Context, rc media.Receipt, file, which string) error {
	if rc.Over || rc.Grade == "" || rc.Grade == media.GradeA {
		return nil
	}
	var e BetterError
	err := each(ctx, t, func(r *sql.Rows) error {
		return r.Scan(&e.Rows, &e.Grade, at(&e.First), &e.File)
	}, `SELECT COUNT(*), COALESCE(MIN(a.grade), ''), COALESCE(MIN(a.start_at), 0), COALESCE(MIN(f.name), '') FROM airing a JOIN log_file f ON f.hash = a.file_hash
		WHERE a.superseded_by = '' AND a.file_hash <> $1 AND a.grade <> '' AND a.grade < $2 AND `+which,
		file, string(rc.Grade), clean(rc.Channel), micros(rc.From), micros(rc.To))
	if err != nil {
		return fmt.Errorf("look for better evidence: %w", err)
	}
	if e.Rows > 0 {
		return &e
	}
	return nil
}

// LogFile is a log that was handed in.
type LogFile struct {
	Hash, Name, Agency, Sender string
	Rows                       int
	At                         time.Time   // business clock
	Grade                      media.Grade // of its rows, "" if there are none
	Proof, TypedBy             string      // hex SHA-256 of the scan the rows were typed from, and who did; "" if none
}

// LogFile finds a log by the hash of its bytes.
func (s *Store) LogFile(ctx context.Context, hash string) (f LogFile, ok bool, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		ok = true
		return r.Scan(&f.Hash, &f.Name, &f.Agency, &f.Sender, &f.Rows, at(&f.At), &f.Proof, &f.TypedBy, &f.Grade)
	}, `SELECT f.hash, f.name, f.agency, f.sender, f.n, f.at, f.proof, f.typed_by, COALESCE((SELECT MIN(a.grade) FROM airing a WHERE a.file_hash = f.hash), '')
		FROM log_file f WHERE f.hash = $1`, clean(hash))
	if err != nil {
		return f, false, fmt.Errorf("read the log %s: %w", hash, err)
	}
	return f, ok, nil
}

// airingValues makes the rows, with programmes and episodes from their names.
func airingValues(rc media.Receipt, airings []media.Airing, agency string) (programmes, episodes, rows values, err error) {
	programmes = values{cols: []string{"id TEXT", "agency TEXT", "name TEXT", "col TEXT"}}
	episodes = values{cols: []string{"id TEXT", "programme TEXT", "title TEXT"}}
	rows = values{cols: []string{
		"id TEXT", "file_hash TEXT", "row_no BIGINT", "agency TEXT", "channel TEXT", "medium TEXT", "programme TEXT", "episode TEXT",
		"name TEXT", "title TEXT", "col TEXT", "start_at BIGINT", "duration BIGINT", "first_run BOOLEAN", "grade TEXT", "recorded BIGINT",
	}}
	seenRow, seenP, seenE := map[int]bool{}, map[string]bool{}, map[string]bool{}
	for _, a := range airings {
		if a.Channel == "" || a.Programme == "" || a.Start.IsZero() {
			return programmes, episodes, rows, fmt.Errorf("put airings: row %d has no channel, programme or start", a.Row)
		}
		if seenRow[a.Row] {
			return programmes, episodes, rows, fmt.Errorf("put airings: row %d is given twice", a.Row)
		}
		seenRow[a.Row] = true
		prog, ep := programmeID(a, agency), ""
		if ep = clean(a.EpisodeID); ep == "" {
			ep = episodeID(prog, a)
		}
		if !seenP[prog] {
			seenP[prog] = true
			programmes.rows = append(programmes.rows, []any{prog, clean(agency), viet.Clean(a.Programme), clean(a.Column)})
		}
		if !seenE[ep] {
			seenE[ep] = true
			episodes.rows = append(episodes.rows, []any{ep, prog, viet.Clean(a.Title)})
		}
		rows.rows = append(rows.rows, []any{
			cmp.Or(clean(a.ID), media.Hash("airing", rc.FileHash, fmt.Sprint(a.Row))), clean(rc.FileHash), a.Row, clean(agency), clean(a.Channel), a.Medium,
			prog, ep, viet.Clean(a.Programme), viet.Clean(a.Title), clean(a.Column), micros(a.Start), a.Duration.Microseconds(), a.FirstRun,
			string(a.Grade), micros(rc.At),
		})
	}
	sortRows(programmes.rows)
	sortRows(episodes.rows)
	slices.SortFunc(rows.rows, func(a, b []any) int { return cmp.Compare(a[2].(int), b[2].(int)) })
	return programmes, episodes, rows, nil
}

func programmeID(a media.Airing, agency string) string {
	return cmp.Or(clean(a.ProgrammeID), media.Hash("programme", agency, viet.Fold(a.Programme)))
}

// episodeID: an episode is known by its title; without one each transmission
// is taken for a production of its own.
func episodeID(programme string, a media.Airing) string {
	if t := viet.Fold(a.Title); t != "" {
		return media.Hash("episode", programme, t)
	}
	return media.Hash("episode", programme, "", a.Channel, a.Start.UTC().Format(time.RFC3339))
}

// Airings returns every stored airing of a channel that starts in the span,
// superseded ones only when asked for, in order of start.
func (s *Store) Airings(ctx context.Context, channel string, from, to time.Time, superseded bool) ([]media.Airing, error) {
	q := `SELECT id, file_hash, row_no, channel, medium, programme, episode, name, title, col, start_at, duration, first_run, grade FROM airing
		WHERE channel = $1 AND start_at >= $2 AND start_at < $3`
	if !superseded {
		q += " AND superseded_by = ''"
	}
	var out []media.Airing
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var a media.Airing
		var length int64
		err := r.Scan(&a.ID, &a.FileHash, &a.Row, &a.Channel, &a.Medium, &a.ProgrammeID, &a.EpisodeID, &a.Programme, &a.Title, &a.Column,
			at(&a.Start), &length, &a.FirstRun, &a.Grade)
		a.Duration = time.Duration(length) * time.Microsecond
		out = append(out, a)
		return err
	}, q+" ORDER BY start_at, file_hash, row_no", clean(channel), micros(from), micros(to))
	if err != nil {
		return nil, fmt.Errorf("read the airings of %s: %w", channel, err)
	}
	return out, nil
}
