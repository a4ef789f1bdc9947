package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"loa/media"
	"loa/web"
	"loa/web/access"
	"loa/web/api"
)

const tokenColumns = "id, shown, name, scopes, agencies, made, maker, expires, used, revoked, revoker"

func scanToken(r *sql.Rows) (k access.Token, err error) {
	err = r.Scan(&k.ID, &k.Shown, &k.Name, into(&k.Scopes), into(&k.Agencies), at(&k.Made), &k.Maker, at(&k.Expires), at(&k.Used), at(&k.Revoked), &k.Revoker)
	return k, err
}

// AddToken records who may read over the interface for programs, with the hash of their token, durably. at is the business time.
func (s *Store) AddToken(ctx context.Context, k access.Token, hash string, at time.Time) error {
	if len(hash) != 64 || k.Name == "" || k.Maker == "" || k.Made.IsZero() || k.Expires.IsZero() || len(k.Scopes) == 0 {
		return errors.New("add token: hash, name, scopes, maker, its time and its end are needed")
	}
	k.ID = media.Hash("token", hash)[:16]
	return s.writeDurable(ctx, "add token "+k.Shown, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO api_token (id, hash, shown, name, scopes, agencies, made, maker, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			k.ID, hash, clean(k.Shown), nfc(k.Name), pack(k.Scopes), pack(k.Agencies), micros(k.Made), nfc(k.Maker), micros(k.Expires))
		if err != nil {
			return err
		}
		t.changed("token", k.ID)
		t.act(Act{At: at, Actor: k.Maker, Kind: "token.added", Subject: k.Name + " (" + k.Shown + "…)",
			After: pack(map[string]any{"scopes": k.Scopes, "agencies": k.Agencies, "expires": k.Expires})}, k.ID)
		return nil
	})
}

// RevokeToken ends a token, by its id or the characters that are shown of it; false if there is none that lives. now is the machine's
// clock, when the business time.
func (s *Store) RevokeToken(ctx context.Context, which, by string, now, when time.Time) (bool, error) {
	done := false
	err := s.writeDurable(ctx, "revoke token "+which, func(t *tx) error {
		done = false
		var k access.Token
		n := 0
		err := each(ctx, t, func(r *sql.Rows) (err error) {
			n++
			k, err = scanToken(r)
			return err
		}, "SELECT "+tokenColumns+" FROM api_token WHERE revoked = 0 AND (id = $1 OR shown = $1)", clean(strings.TrimSuffix(which, "…")))
		if err != nil || n != 1 {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE api_token SET revoked = $2, revoker = $3 WHERE id = $1", k.ID, micros(now), nfc(by)); err != nil {
			return err
		}
		done = true
		t.changed("token", k.ID)
		t.act(Act{At: when, Actor: by, Kind: "token.revoked", Subject: k.Name + " (" + k.Shown + "…)"}, k.ID)
		return nil
	})
	return done, err
}

// Tokens lists the tokens, the newest first, those that ended too.
func (s *Store) Tokens(ctx context.Context) ([]access.Token, error) {
	var out []access.Token
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		k, err := scanToken(r)
		out = append(out, k)
		return err
	}, "SELECT "+tokenColumns+" FROM api_token ORDER BY made DESC, id")
	if err != nil {
		return nil, fmt.Errorf("read the tokens: %w", err)
	}
	return out, nil
}

// usedEvery is how exactly the last use of a token is known: reading shall not be one write each.
const usedEvery = time.Minute

// Token finds a token by its hash, whether it lives or not, and notes that it was used at now, by the machine clock.
func (s *Store) Token(ctx context.Context, hash string, now time.Time) (k access.Token, ok bool, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) (err error) {
		ok = true
		k, err = scanToken(r)
		return err
	}, "SELECT "+tokenColumns+" FROM api_token WHERE hash = $1", clean(hash))
	if err == nil && ok && k.Revoked.IsZero() && now.Sub(k.Used) >= usedEvery {
		err = s.write(ctx, "note the use of a token", func(t *tx) error {
			_, err := t.exec(ctx, "UPDATE api_token SET used = $2 WHERE id = $1 AND used < $2", k.ID, micros(now))
			return err
		})
	}
	if err != nil {
		return k, false, fmt.Errorf("read a token: %w", err)
	}
	return k, ok, nil
}

// APIItems lists items, newest first, after a place in that order.
func (s *Store) APIItems(ctx context.Context, q api.ItemQuery) ([]api.ItemRow, error) {
	f := soughtOf(web.ItemQuery{Text: q.Text, Verdict: q.Verdict, Source: q.Source, Agencies: q.Agencies, From: q.From, To: q.To, Limit: q.Limit})
	if len(f.words) == 0 && q.Text != "" {
		return nil, nil
	}
	var past *place
	if q.AfterID != "" {
		past = &place{at: micros(q.After), id: clean(q.AfterID), than: "<"}
	}
	ids, err := s.after(ctx, f, past)
	if err != nil {
		return nil, fmt.Errorf("list items: %w", err)
	}
	list, err := s.Rows(ctx, ids, nil)
	if err != nil {
		return nil, err
	}
	var rows []api.ItemRow
	for _, row := range list {
		rows = append(rows, api.ItemRow{Item: row.Item, Verdict: row.Verdict, Decided: row.Decided, Waits: row.Verdict != nil && row.Decided == "" && (row.Verdict.Review || row.Unread)})
	}
	if err := s.sortKeys(ctx, rows); err != nil {
		return nil, err
	}
	return rows, nil
}

// sortKeys reads by which instant items are sorted: that of their day, or when they were first seen.
func (s *Store) sortKeys(ctx context.Context, rows []api.ItemRow) error {
	by := map[string]time.Time{}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Item.ID
	}
	err := chunk(ids, maxIn, func(ids []string) error {
		var a args
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			id, t := "", time.Time{}
			err := r.Scan(&id, at(&t))
			by[id] = t
			return err
		}, "SELECT id, at FROM item WHERE id IN "+a.in(ids), a...)
	})
	if err != nil {
		return fmt.Errorf("read the order of items: %w", err)
	}
	for i := range rows {
		rows[i].Sort = by[rows[i].Item.ID]
	}
	return nil
}
