package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"loa/media"
	"loa/viet"
	"loa/web/access"
)

// ErrMapOfOther says that a map is of a sender that is another agency's.
var ErrMapOfOther = errors.New("the map is of another agency's sender")

// maySetMap reports whether somebody may put a map over one that is stored, or drop it: who is confined to agencies may
// touch those of their own alone.
func maySetMap(who access.Actor, of string) bool {
	return !who.Role.Scoped() || of != "" && who.Sees(of)
}

// PutMap stores how a sender's tables of a form are to be read, in the place of
// what was stored before; the same again changes nothing. Who is confined to
// agencies puts one for their own (m.Agency), and over their own alone:
// ErrMapOfOther otherwise.
func (s *Store) PutMap(ctx context.Context, m media.TableMap, who access.Actor) error {
	sender := viet.Fold(m.Sender)
	if sender == "" || m.Form == "" || m.At.IsZero() {
		return errors.New("put map: sender, form and time are needed")
	}
	body := pack(mapText{m.Columns, m.FirstRow, m.Unit, m.DayOrder, m.Channel})
	return s.writeDurable(ctx, "put the map of "+m.Sender, func(t *tx) error {
		before, of, there := "", "", false
		err := each(ctx, t, func(r *sql.Rows) error { there = true; return r.Scan(&before, &of) }, "SELECT body, agency FROM import_map WHERE sender = $1 AND form = $2", clean(sender), m.Form)
		if err != nil {
			return err
		}
		if !maySetMap(who, m.Agency) || there && !maySetMap(who, of) {
			return fmt.Errorf("%w: %q of %q", ErrMapOfOther, m.Sender, of)
		}
		if before == body && of == m.Agency {
			return nil
		}
		_, err = t.exec(ctx, `INSERT INTO import_map (sender, form, name, body, at, agency) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (sender, form) DO UPDATE SET name = excluded.name, body = excluded.body, at = excluded.at, agency = excluded.agency`,
			clean(sender), m.Form, viet.Clean(m.Sender), body, micros(m.At), m.Agency)
		if err != nil {
			return err
		}
		t.changed("map", clean(sender))
		t.happened(Event{At: m.At, ActorKind: "person", Actor: nfc(who.String()), Kind: "map.set", Subject: clean(m.Form + " " + sender), Before: before, After: body},
			sender, m.Form, body, m.Agency, fmt.Sprint(micros(m.At)))
		return nil
	})
}

// mapText is a map as it is stored.
type mapText struct {
	Columns  map[string]string `json:"columns"`
	FirstRow int               `json:"first_row,omitempty"`
	Unit     string            `json:"unit,omitempty"`
	DayOrder string            `json:"day_order,omitempty"`
	Channel  string            `json:"channel,omitempty"`
}

// DropMap forgets a map; gone is false if there was none, the error ErrMapOfOther if it is another agency's.
func (s *Store) DropMap(ctx context.Context, m media.TableMap, who access.Actor) (gone bool, err error) {
	sender := clean(viet.Fold(m.Sender))
	err = s.writeDurable(ctx, "drop the map of "+m.Sender, func(t *tx) error {
		before, of, there := "", "", false
		err := each(ctx, t, func(r *sql.Rows) error { there = true; return r.Scan(&before, &of) }, "SELECT body, agency FROM import_map WHERE sender = $1 AND form = $2", sender, m.Form)
		if err != nil {
			return err
		}
		if there && !maySetMap(who, of) {
			return fmt.Errorf("%w: %q of %q", ErrMapOfOther, m.Sender, of)
		}
		n, err := t.exec(ctx, "DELETE FROM import_map WHERE sender = $1 AND form = $2", sender, m.Form)
		if gone = n > 0; err != nil || !gone {
			return err
		}
		t.changed("map", sender)
		t.happened(Event{At: m.At, ActorKind: "person", Actor: nfc(who.String()), Kind: "map.dropped", Subject: clean(m.Form + " " + sender), Before: before},
			sender, m.Form, fmt.Sprint(micros(m.At)))
		return nil
	})
	return gone, err
}

// Maps lists the stored maps by sender and form: all, or those of one sender.
func (s *Store) Maps(ctx context.Context, sender string) ([]media.TableMap, error) {
	var out []media.TableMap
	query, a := "SELECT name, form, body, at, agency FROM import_map", args{}
	if sender != "" {
		query += " WHERE sender = " + a.add(clean(viet.Fold(sender)))
	}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var m media.TableMap
		var body mapText
		err := r.Scan(&m.Sender, &m.Form, into(&body), at(&m.At), &m.Agency)
		m.Columns, m.FirstRow, m.Unit, m.DayOrder, m.Channel = body.Columns, body.FirstRow, body.Unit, body.DayOrder, body.Channel
		out = append(out, m)
		return err
	}, query+" ORDER BY sender, form", a...)
	if err != nil {
		return nil, fmt.Errorf("read maps: %w", err)
	}
	return out, nil
}
