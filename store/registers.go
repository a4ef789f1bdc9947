package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"loa/media"
	"loa/schedule"
	"loa/viet"
)

// PutRegister stores a register with all its rows or none, durably; the same
// one again changes nothing, and fresh is false. In the order of their At, of
// whichever was stored first, a later register of the same kind and agency
// supersedes an earlier one's rows, never deletes them: those dated in its
// span, those that it lists again, and all of a register whose whole span it
// covers, so that a row with a wrong or no date can be corrected too.
func (s *Store) PutRegister(ctx context.Context, g media.Register) (fresh bool, err error) {
	switch {
	case !slices.Contains(media.RegisterKinds(), g.Kind):
		return false, fmt.Errorf("put register: there is no kind %q", g.Kind)
	case g.Agency == "" || g.At.IsZero():
		return false, errors.New("put register: agency and time are needed")
	case g.From.IsZero() || !g.To.After(g.From):
		return false, errors.New("put register: the span is empty")
	}
	g.ID = cmp.Or(clean(g.ID), media.Hash("register", string(g.Kind), g.Agency, dayOf(g.From.UTC()), dayOf(g.To.UTC()), g.Sender, g.FileHash))
	rows, err := registerValues(g)
	if err != nil {
		return false, err
	}
	err = s.writeDurable(ctx, "put the register "+g.FileName, func(t *tx) error {
		fresh = false
		// Two writers must see each other's rows: one waits here for the other.
		if _, err := t.exec(ctx, `INSERT INTO register_of (kind, agency, n) VALUES ($1, $2, 1)
			ON CONFLICT (kind, agency) DO UPDATE SET n = register_of.n + 1`, string(g.Kind), clean(g.Agency)); err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO register (id, kind, agency, from_at, to_at, sender, note, file_hash, file_name, at, n)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`,
			g.ID, string(g.Kind), clean(g.Agency), micros(g.From), micros(g.To), nfc(g.Sender), nfc(g.Note), clean(g.FileHash), nfc(g.FileName),
			micros(g.At), len(rows.rows))
		if err != nil || n == 0 {
			return err
		}
		fresh = true
		if _, err := t.insert(ctx, "register_row", rows, ""); err != nil {
			return err
		}
		if err := t.putKept(ctx, keptAs{g.Kept, classEvidence}); err != nil {
			return err
		}
		if err := t.putFirst(ctx, g.ID); err != nil {
			return err
		}
		if err := t.supersede(ctx, g); err != nil {
			return err
		}
		t.changed("register", clean(g.Agency))
		t.happened(Event{
			At: g.At, ActorKind: "person", Actor: g.Sender, Kind: "register.imported", Subject: schedule.RegisterSource(g.Kind, g.Agency),
			After: pack(map[string]any{
				"register": g.ID, "file": g.FileHash, "rows": len(rows.rows), "from": dayOf(g.From), "to": dayOf(g.To), "note": g.Note,
			}),
		}, g.ID)
		return nil
	})
	return fresh, err
}

// putFirst dates the entries of a register by the first register that had them;
// an undated one belongs to the period in which it was first recorded.
func (t *tx) putFirst(ctx context.Context, id string) error {
	_, err := t.exec(ctx, `UPDATE register_row SET
			first_at = (SELECT MIN(o.recorded) FROM register_row o WHERE o.entry = register_row.entry),
			at = CASE WHEN dated THEN at ELSE (SELECT MIN(o.recorded) FROM register_row o WHERE o.entry = register_row.entry) END
		WHERE entry IN (SELECT n.entry FROM register_row n WHERE n.register = $1)`, id)
	return err
}

// supersede lets a stored register supersede those before it, and those after
// it supersede its rows. A row keeps the earliest register that superseded it.
func (t *tx) supersede(ctx context.Context, g media.Register) error {
	list := []media.Register{g}
	err := each(ctx, t, func(r *sql.Rows) error {
		later := media.Register{Kind: g.Kind, Agency: g.Agency}
		err := r.Scan(&later.ID, at(&later.From), at(&later.To), at(&later.At))
		list = append(list, later)
		return err
	}, `SELECT id, from_at, to_at, at FROM register WHERE kind = $1 AND agency = $2 AND (at > $3 OR at = $3 AND id > $4)`,
		string(g.Kind), clean(g.Agency), micros(g.At), g.ID)
	if err != nil {
		return err
	}
	for _, n := range list {
		_, err := t.exec(ctx, `UPDATE register_row SET superseded_by = $1, superseded_at = $2
			WHERE kind = $3 AND agency = $4 AND (recorded < $2 OR recorded = $2 AND register < $1)
				AND (superseded_by = '' OR superseded_at > $2 OR superseded_at = $2 AND superseded_by > $1)
				AND (dated AND at >= $5 AND at < $6
					OR entry IN (SELECT x.entry FROM register_row x WHERE x.register = $1)
					OR register IN (SELECT o.id FROM register o WHERE o.kind = $3 AND o.agency = $4 AND o.from_at >= $5 AND o.to_at <= $6))`,
			n.ID, micros(n.At), string(n.Kind), clean(n.Agency), micros(n.From), micros(n.To))
		if err != nil {
			return err
		}
	}
	return nil
}

// registerValues makes the rows. Of two rows about the same thing the first
// stays, unless they say different days of one question: then nobody can tell.
func registerValues(g media.Register) (values, error) {
	v := values{cols: []string{
		"register TEXT", "entry TEXT", "row_no BIGINT", "kind TEXT", "agency TEXT", "number TEXT", "title TEXT", "page TEXT", "section TEXT", "col TEXT",
		"written_at BIGINT", "asked_at BIGINT", "answered_at BIGINT", "at BIGINT", "dated BOOLEAN", "recorded BIGINT", "first_at BIGINT",
	}}
	had := map[string]media.Entry{}
	for _, e := range g.Rows {
		when := e.At
		if g.Kind == media.RegQuestions {
			when = e.Answered
			if when.IsZero() {
				when = e.Asked
			}
		}
		switch {
		case e.Title == "" && e.Number == "":
			return v, fmt.Errorf("put register: row %d has neither title nor number", e.Row)
		case when.IsZero() && g.Kind != media.RegQuestions:
			return v, fmt.Errorf("put register: row %d has no date", e.Row)
		}
		id := cmp.Or(clean(e.ID), g.Kind.EntryID(g.Agency, e))
		if o, twice := had[id]; twice {
			if g.Kind == media.RegQuestions && (!o.Asked.Equal(e.Asked) || !o.Answered.Equal(e.Answered)) {
				return v, fmt.Errorf("put register: rows %d and %d tell one question with different days", o.Row, e.Row)
			}
			continue
		}
		had[id] = e
		dated := !when.IsZero()
		if !dated {
			when = g.At
		}
		v.rows = append(v.rows, []any{
			g.ID, id, e.Row, string(g.Kind), clean(g.Agency), nfc(e.Number), viet.Clean(e.Title), nfc(e.Page), nfc(e.Section), clean(e.Column),
			micros(e.At), micros(e.Asked), micros(e.Answered), micros(when), dated, micros(g.At), micros(g.At),
		})
	}
	return v, nil
}

// Registers lists the registers of the agencies, all where none is named, with
// their rows as handed in, those superseded since too; newest first.
func (s *Store) Registers(ctx context.Context, agencies ...string) ([]media.Register, error) {
	var out []media.Register
	place := map[string]int{}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var g media.Register
		err := r.Scan(&g.ID, &g.Kind, &g.Agency, at(&g.From), at(&g.To), &g.Sender, &g.Note, &g.FileHash, &g.FileName, at(&g.At))
		if len(agencies) == 0 || slices.Contains(agencies, g.Agency) {
			place[g.ID] = len(out)
			out = append(out, g)
		}
		return err
	}, "SELECT id, kind, agency, from_at, to_at, sender, note, file_hash, file_name, at FROM register ORDER BY at DESC, from_at DESC, id")
	if err != nil {
		return nil, fmt.Errorf("read registers: %w", err)
	}
	err = chunk(sortedKeys(place), maxIn, func(ids []string) error {
		var a args
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var id string
			var e media.Entry
			err := r.Scan(&id, &e.ID, &e.Row, &e.Number, &e.Title, &e.Page, &e.Section, &e.Column, at(&e.At), at(&e.Asked), at(&e.Answered))
			g := &out[place[id]]
			g.Rows = append(g.Rows, e)
			return err
		}, `SELECT register, entry, row_no, number, title, page, section, col, written_at, asked_at, answered_at FROM register_row
			WHERE register IN `+a.in(ids)+" ORDER BY register, row_no, entry", a...)
	})
	if err != nil {
		return nil, fmt.Errorf("read the rows of registers: %w", err)
	}
	return out, nil
}
