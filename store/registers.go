package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
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
	n, err := s.PutRegisters(ctx, []media.Register{g})
	return n > 0, err
}

// PutRegisters stores several registers as PutRegister does one, all or none of
// them: those of many communes in one file. fresh is how many were not there yet.
func (s *Store) PutRegisters(ctx context.Context, gs []media.Register) (fresh int, err error) {
	rows := make([]values, len(gs))
	for i := range gs {
		if rows[i], err = checked(&gs[i]); err != nil {
			return 0, err
		}
	}
	// Writers of the same agencies queue in one order, else two might wait for each other.
	order := make([]int, len(gs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(gs[i].Kind, gs[j].Kind), cmp.Compare(clean(gs[i].Agency), clean(gs[j].Agency)))
	})
	what := "put registers"
	if len(gs) > 0 {
		what = "put the register " + gs[0].FileName
	}
	err = s.writeDurable(ctx, what, func(t *tx) error {
		fresh = 0
		for _, i := range order {
			ok, err := t.putRegister(ctx, gs[i], rows[i])
			if err != nil {
				return err
			}
			if ok {
				fresh++
			}
		}
		return nil
	})
	return fresh, err
}

// checked refuses a register that says too little, and gives its id and rows.
func checked(g *media.Register) (values, error) {
	switch {
	case !slices.Contains(media.RegisterKinds(), g.Kind):
		return values{}, fmt.Errorf("put register: there is no kind %q", g.Kind)
	case g.Agency == "" || g.At.IsZero():
		return values{}, errors.New("put register: agency and time are needed")
	case g.From.IsZero() || !g.To.After(g.From):
		return values{}, errors.New("put register: the span is empty")
	}
	g.ID = cmp.Or(clean(g.ID), media.Hash("register", string(g.Kind), g.Agency, dayOf(g.From.UTC()), dayOf(g.To.UTC()), g.Sender, g.FileHash))
	return registerValues(*g)
}

func (t *tx) putRegister(ctx context.Context, g media.Register, rows values) (fresh bool, err error) {
	// Two writers must see each other's rows: one waits here for the other.
	if _, err := t.exec(ctx, `INSERT INTO register_of (kind, agency, n) VALUES ($1, $2, 1)
		ON CONFLICT (kind, agency) DO UPDATE SET n = register_of.n + 1`, string(g.Kind), clean(g.Agency)); err != nil {
		return false, err
	}
	n, err := t.exec(ctx, `INSERT INTO register (id, kind, agency, from_at, to_at, sender, note, file_hash, file_name, at, n)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`,
		g.ID, string(g.Kind), clean(g.Agency), micros(g.From), micros(g.To), nfc(g.Sender), nfc(g.Note), clean(g.FileHash), nfc(g.FileName),
		micros(g.At), len(rows.rows))
	if err != nil || n == 0 {
		return false, err
	}
	if _, err := t.insert(ctx, "register_row", rows, ""); err != nil {
		return false, err
	}
	if err := t.putKept(ctx, keptAs{g.Kept, classEvidence}); err != nil {
		return false, err
	}
	if err := t.putFirst(ctx, g.ID); err != nil {
		return false, err
	}
	if err := t.supersede(ctx, g); err != nil {
		return false, err
	}
	t.changed("register", clean(g.Agency))
	t.happened(Event{
		At: g.At, ActorKind: "person", Actor: g.Sender, Kind: "register.imported", Subject: schedule.RegisterSource(g.Kind, g.Agency),
		After: pack(map[string]any{
			"register": g.ID, "file": g.FileHash, "rows": len(rows.rows), "from": dayOf(g.From), "to": dayOf(g.To), "note": g.Note,
		}),
	}, g.ID)
	return true, nil
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
		"written_at BIGINT", "asked_at BIGINT", "answered_at BIGINT", "at BIGINT", "dated BOOLEAN", "recorded BIGINT", "first_at BIGINT", "detail TEXT",
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
			micros(e.At), micros(e.Asked), micros(e.Answered), micros(when), dated, micros(g.At), micros(g.At), detailOf(e),
		})
	}
	return v, nil
}

// detail is what entries of some kinds say beside what has a column of its own:
// one JSON text, "" if there is nothing.
type detail struct {
	Segment  *media.Segment  `json:"segment,omitempty"`
	Bulletin *media.Bulletin `json:"bulletin,omitempty"`
}

func detailOf(e media.Entry) string {
	if e.Segment == nil && e.Bulletin == nil {
		return ""
	}
	return nfc(pack(detail{e.Segment, e.Bulletin}))
}

func readDetail(text string) (d detail, err error) {
	if text == "" {
		return d, nil
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return d, fmt.Errorf("read the detail of a register's row: %w", err)
	}
	return d, nil
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
			var more string
			if err := r.Scan(&id, &e.ID, &e.Row, &e.Number, &e.Title, &e.Page, &e.Section, &e.Column, at(&e.At), at(&e.Asked), at(&e.Answered), &more); err != nil {
				return err
			}
			d, err := readDetail(more)
			e.Segment, e.Bulletin = d.Segment, d.Bulletin
			g := &out[place[id]]
			g.Rows = append(g.Rows, e)
			return err
		}, `SELECT register, entry, row_no, number, title, page, section, col, written_at, asked_at, answered_at, detail FROM register_row
			WHERE register IN `+a.in(ids)+" ORDER BY register, row_no, entry", a...)
	})
	if err != nil {
		return nil, fmt.Errorf("read the rows of registers: %w", err)
	}
	return out, nil
}
