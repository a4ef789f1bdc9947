package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"loa/report"
)

// ErrPaperMoved says that a paper is not what the person saw: a note, what may go out, or the revision changed meanwhile.
var ErrPaperMoved = errors.New("the paper changed meanwhile")

func paperKey(of report.PaperOf) string { return of.Plan + " " + of.Period + " " + string(of.Paper) }

// AddPaperNote puts a person's text to a section of a paper, durably; an empty one takes out what was there. What is issued
// stays as it is: it was made by what was written before.
func (s *Store) AddPaperNote(ctx context.Context, of report.PaperOf, n report.Note) error {
	if n.Section == "" {
		return errors.New("add a note to a paper: the section is needed")
	}
	return s.actOnPaper(ctx, of, "note", n.Section, nfc(n.Text), n.Actor, n.At)
}

// SetPaperShown says what may go out on a paper, durably.
func (s *Store) SetPaperShown(ctx context.Context, of report.PaperOf, shown report.Shown, actor string, when time.Time) error {
	return s.actOnPaper(ctx, of, "shown", "", pack(shown), actor, when)
}

func (s *Store) actOnPaper(ctx context.Context, of report.PaperOf, kind, section, body, actor string, when time.Time) error {
	if of.Plan == "" || of.Period == "" || of.Paper == "" || actor == "" || when.IsZero() {
		return errors.New("act on a paper: plan, period, paper, actor and time are needed")
	}
	return s.writeDurable(ctx, "act on the paper "+paperKey(of), func(t *tx) error {
		if err := t.lockPapers(ctx); err != nil {
			return err
		}
		var last int
		if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&last) },
			"SELECT COALESCE(MAX(n), 0) FROM paper_act WHERE plan = $1 AND period = $2 AND paper = $3", clean(of.Plan), clean(of.Period), string(of.Paper)); err != nil {
			return err
		}
		before, what := "", "report.note"
		if kind == "shown" {
			what = "report.shown"
		}
		if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&before) },
			"SELECT body FROM paper_act WHERE plan = $1 AND period = $2 AND paper = $3 AND kind = $4 AND section = $5 ORDER BY n DESC LIMIT 1",
			clean(of.Plan), clean(of.Period), string(of.Paper), kind, clean(section)); err != nil {
			return err
		}
		if before == body {
			return nil // it stands so
		}
		if _, err := t.exec(ctx, "INSERT INTO paper_act (plan, period, paper, n, kind, section, body, at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			clean(of.Plan), clean(of.Period), string(of.Paper), last+1, kind, clean(section), body, micros(when), nfc(actor)); err != nil {
			return err
		}
		t.changed("paper", clean(of.Plan))
		t.happened(Event{At: when, ActorKind: "person", Actor: actor, Kind: what, Subject: paperKey(of) + " " + section, Before: before, After: body}, fmt.Sprint(last+1))
		return nil
	})
}

// lockPapers makes whoever acts on papers wait for whoever does already.
func (t *tx) lockPapers(ctx context.Context) error {
	if q := t.s.eng.lockPapers; q != "" {
		if _, err := t.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("lock the papers: %w", err)
		}
	}
	return nil
}

// PaperDraft gives what people did about a paper, up to an act; 0: all of them.
func (s *Store) PaperDraft(ctx context.Context, of report.PaperOf, upTo int) (report.Draft, error) {
	var d report.Draft
	stands := map[string]int{} // section → place in the history
	var order []string
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var n int
		var kind, section, body, actor string
		var when time.Time
		if err := r.Scan(&n, &kind, &section, &body, at(&when), &actor); err != nil {
			return err
		}
		if upTo > 0 && n > upTo {
			return nil
		}
		d.Acts = n
		if kind == "shown" {
			d.Shown, d.ShownBy, d.ShownAt = report.Shown{}, actor, when
			if err := json.Unmarshal([]byte(body), &d.Shown); err != nil {
				return fmt.Errorf("act %d: read what may go out: %w", n, err)
			}
			return nil
		}
		if _, ok := stands[section]; !ok {
			order = append(order, section)
		}
		stands[section] = len(d.History)
		d.History = append(d.History, report.Note{Section: section, Text: body, Actor: actor, At: when})
		return nil
	}, "SELECT n, kind, section, body, at, actor FROM paper_act WHERE plan = $1 AND period = $2 AND paper = $3 ORDER BY n", clean(of.Plan), clean(of.Period), string(of.Paper))
	if err != nil {
		return d, fmt.Errorf("read what was done about %s: %w", paperKey(of), err)
	}
	for _, section := range order {
		if n := d.History[stands[section]]; n.Text != "" {
			d.Notes = append(d.Notes, n)
		}
	}
	return d, nil
}

// IssuePaper records that a paper has its number, day and signature, with its files, durably and once for each revision of its
// closed period (ErrIssued). The revision must be the last one, with the dataset and the acts that the files were made from
// (ErrPaperMoved).
func (s *Store) IssuePaper(ctx context.Context, p report.IssuedPaper) error {
	if p.Plan == "" || p.Period == "" || p.Paper == "" || p.Revision < 1 || p.Number == "" || p.Date.IsZero() || p.File == "" || len(p.Files) == 0 || p.Actor == "" || p.At.IsZero() {
		return errors.New("issue a paper: plan, period, paper, revision, number, day, signed file, files, actor and time are needed")
	}
	key := []any{clean(p.Plan), clean(p.Period), string(p.Paper)}
	return s.writeDurable(ctx, "issue the paper "+paperKey(p.PaperOf), func(t *tx) error {
		if err := t.lockPapers(ctx); err != nil {
			return err
		}
		before, taken := "", 0
		if err := each(ctx, t, func(r *sql.Rows) error {
			var revision int
			err := r.Scan(&revision, &before)
			if revision == p.Revision {
				taken++
			}
			return err
		}, "SELECT revision, number FROM paper_issue WHERE plan = $1 AND period = $2 AND paper = $3 ORDER BY revision", key...); err != nil {
			return err
		}
		if taken > 0 {
			return ErrIssued
		}
		var revision, acts int
		var dataset string
		if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&revision, &dataset) },
			"SELECT revision, dataset FROM closing WHERE plan = $1 AND period = $2 ORDER BY revision DESC LIMIT 1", key[:2]...); err != nil {
			return err
		}
		if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&acts) },
			"SELECT COALESCE(MAX(n), 0) FROM paper_act WHERE plan = $1 AND period = $2 AND paper = $3", key...); err != nil {
			return err
		}
		if revision != p.Revision || dataset != clean(p.Dataset) || acts != p.Acts {
			return ErrPaperMoved
		}
		if _, err := t.exec(ctx, `INSERT INTO paper_issue (plan, period, paper, revision, dataset, acts, number, day, file_hash, file_name, at, actor)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			key[0], key[1], key[2], p.Revision, clean(p.Dataset), p.Acts, nfc(p.Number), micros(p.Date), clean(p.File), nfc(p.FileName), micros(p.At), nfc(p.Actor)); err != nil {
			return err
		}
		says := map[string]string{}
		for _, f := range p.Files {
			if _, err := t.exec(ctx, "INSERT INTO paper_file (plan, period, paper, revision, format, hash, size) VALUES ($1, $2, $3, $4, $5, $6, $7)",
				key[0], key[1], key[2], p.Revision, clean(f.Format), clean(f.Hash), f.Size); err != nil {
				return err
			}
			says[f.Format] = f.Hash
		}
		t.changed("paper", clean(p.Plan))
		t.happened(Event{At: p.At, ActorKind: "person", Actor: p.Actor, Kind: "report.issued", Subject: fmt.Sprintf("%s %d", paperKey(p.PaperOf), p.Revision), Before: before,
			After: pack(map[string]any{"number": p.Number, "date": dayOf(p.Date), "dataset": p.Dataset, "file": p.File, "file_name": p.FileName, "files": says})}, fmt.Sprint(p.Revision))
		return nil
	})
}

// IssuedPapers lists what was issued of a plan's period ("": of all), by when it was.
func (s *Store) IssuedPapers(ctx context.Context, plan, period string) ([]report.IssuedPaper, error) {
	where, a := " WHERE plan = $1", []any{clean(plan)}
	if period != "" {
		where, a = where+" AND period = $2", append(a, clean(period))
	}
	var out []report.IssuedPaper
	type key struct {
		report.PaperOf
		revision int
	}
	place := map[key]int{}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var p report.IssuedPaper
		err := r.Scan(&p.Plan, &p.Period, &p.Paper, &p.Revision, &p.Dataset, &p.Acts, &p.Number, at(&p.Date), &p.File, &p.FileName, at(&p.At), &p.Actor)
		place[key{p.PaperOf, p.Revision}] = len(out)
		out = append(out, p)
		return err
	}, "SELECT plan, period, paper, revision, dataset, acts, number, day, file_hash, file_name, at, actor FROM paper_issue"+where+" ORDER BY at, period, paper, revision", a...)
	if err == nil {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error {
			var of report.PaperOf
			var revision int
			var f report.IssuedFile
			err := r.Scan(&of.Plan, &of.Period, &of.Paper, &revision, &f.Format, &f.Hash, &f.Size)
			if i, ok := place[key{of, revision}]; ok {
				out[i].Files = append(out[i].Files, f)
			}
			return err
		}, "SELECT plan, period, paper, revision, format, hash, size FROM paper_file"+where+" ORDER BY format", a...)
	}
	if err != nil {
		return nil, fmt.Errorf("read the issued papers of %s: %w", plan, err)
	}
	return out, nil
}

// frozenPaper is the name under which the report of a closing lies beside the papers that were issued.
const frozenPaper = "lan-chot"

// FrozenReport lists the files of a closed period's report as they were made of that revision, nil if none were.
func (s *Store) FrozenReport(ctx context.Context, plan, period string, revision int) (out []report.IssuedFile, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var f report.IssuedFile
		err := r.Scan(&f.Format, &f.Hash, &f.Size)
		out = append(out, f)
		return err
	}, "SELECT format, hash, size FROM paper_file WHERE plan = $1 AND period = $2 AND paper = $3 AND revision = $4 ORDER BY format", clean(plan), clean(period), frozenPaper, revision)
	if err != nil {
		return nil, fmt.Errorf("read the report of %s, revision %d: %w", period, revision, err)
	}
	return out, nil
}

// FreezeReport records the files of a closed period's report, once for each revision: what is there stays. The period must be
// closed by that revision.
func (s *Store) FreezeReport(ctx context.Context, plan, period string, revision int, files []report.IssuedFile) error {
	key := []any{clean(plan), clean(period), revision}
	return s.writeDurable(ctx, "freeze the report of "+period, func(t *tx) error {
		if err := t.lockPapers(ctx); err != nil {
			return err
		}
		closed, there := 0, 0
		err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&closed) }, "SELECT COUNT(*) FROM closing WHERE plan = $1 AND period = $2 AND revision = $3", key...)
		if err == nil {
			err = each(ctx, t, func(r *sql.Rows) error { return r.Scan(&there) }, "SELECT COUNT(*) FROM paper_file WHERE plan = $1 AND period = $2 AND revision = $3 AND paper = $4", append(key, frozenPaper)...)
		}
		switch {
		case err != nil:
			return err
		case closed == 0 || len(files) == 0:
			return fmt.Errorf("freeze %d files of %s, revision %d: not closed by it, or no files", len(files), period, revision)
		case there > 0:
			return nil
		}
		for _, f := range files {
			if _, err := t.exec(ctx, "INSERT INTO paper_file (plan, period, paper, revision, format, hash, size) VALUES ($1, $2, $3, $4, $5, $6, $7)", key[0], key[1], frozenPaper, revision, clean(f.Format), clean(f.Hash), f.Size); err != nil {
				return err
			}
		}
		t.changed("paper", clean(plan))
		return nil
	})
}
