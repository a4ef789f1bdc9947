package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/web/access"
)

const accountColumns = "a.id, a.login, a.name, a.role, a.agencies, a.password, COALESCE(a.subject, ''), a.renew, a.made, a.ended, a.version"

func accountInto(a *access.Account, renew *int64) []any {
	return []any{&a.ID, &a.Login, &a.Name, &a.Role, into(&a.Agencies), &a.Password, &a.Subject, renew, at(&a.Made), at(&a.Ended), &a.Version}
}

func scanAccount(r *sql.Rows) (a access.Account, err error) {
	var renew int64
	err = r.Scan(accountInto(&a, &renew)...)
	a.Renew = renew != 0
	return a, err
}

// Accounts lists all accounts, by login.
func (s *Store) Accounts(ctx context.Context) (out []access.Account, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		a, err := scanAccount(r)
		out = append(out, a)
		return err
	}, "SELECT "+accountColumns+" FROM account a ORDER BY a.login")
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	return out, nil
}

// FindAccount finds an account by id, login or subject.
func (s *Store) FindAccount(ctx context.Context, key string) (a access.Account, ok bool, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		ok = true
		a, err = scanAccount(r)
		return err
	}, "SELECT "+accountColumns+" FROM account a WHERE a.id = $1 OR a.login = $1 OR a.subject = $1", clean(key))
	if err != nil {
		return a, false, fmt.Errorf("find an account: %w", err)
	}
	return a, ok, nil
}

// accountSays is what the trail keeps of an account: never its password.
func accountSays(a access.Account) map[string]string {
	out := map[string]string{"login": a.Login, "name": a.Name, "role": string(a.Role)}
	if len(a.Agencies) > 0 {
		out["agencies"] = strings.Join(a.Agencies, " ")
	}
	if a.Subject != "" {
		out["subject"] = a.Subject
	}
	if !a.Ended.IsZero() {
		out["ended"] = "yes"
	}
	if a.Password == "" {
		out["password"] = "none"
	} else {
		out["password"] = media.Hash("password", a.Password)[:8] // tells that it changed
	}
	return out
}

// PutAccount stores a new account (Version 0) or a changed one, and the change with it.
func (s *Store) PutAccount(ctx context.Context, a access.Account, act access.Act) error {
	a.Login, a.Name, a.Subject = clean(a.Login), nfc(clean(a.Name)), clean(a.Subject)
	subject := sql.NullString{String: a.Subject, Valid: a.Subject != ""}
	renew := int64(0)
	if a.Renew {
		renew = 1
	}
	return s.writeDurable(ctx, "store an account", func(t *tx) error {
		var others []access.Account
		err := each(ctx, t, func(r *sql.Rows) error {
			x, err := scanAccount(r)
			others = append(others, x)
			return err
		}, "SELECT "+accountColumns+" FROM account a WHERE a.id = $1 OR a.login = $2 OR a.subject = $3", a.ID, a.Login, subject)
		if err != nil {
			return err
		}
		var before access.Account
		for _, x := range others {
			if x.ID != a.ID {
				return access.ErrTaken
			}
			before = x
		}
		if before.Version != a.Version {
			return access.ErrMoved
		}
		if err := t.leavesRoot(ctx, a); err != nil {
			return err
		}
		kind, was := "account.made", ""
		var n int64
		if a.Version == 0 {
			n, err = t.exec(ctx, `INSERT INTO account (id, login, name, role, agencies, password, subject, renew, made, ended, version)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1) ON CONFLICT DO NOTHING`,
				a.ID, a.Login, a.Name, string(a.Role), pack(a.Agencies), a.Password, subject, renew, micros(a.Made), micros(a.Ended))
		} else {
			kind, was = "account.changed", pack(accountSays(before))
			n, err = t.exec(ctx, `UPDATE account SET login = $2, name = $3, role = $4, agencies = $5, password = $6, subject = $7, renew = $8, ended = $9, version = version + 1
				WHERE id = $1 AND version = $10`, a.ID, a.Login, a.Name, string(a.Role), pack(a.Agencies), a.Password, subject, renew, micros(a.Ended), a.Version)
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return access.ErrMoved
		}
		t.happened(Event{At: act.At, ActorKind: actorKind(act.By), Actor: act.By.String(), Kind: kind, Subject: a.Login, Before: was, After: pack(accountSays(a))}, a.ID, fmt.Sprint(a.Version))
		return nil
	})
}

// leavesRoot refuses what would leave no administrator in use. All who are one are locked first, so that two who take away one
// another's at the same time, on whatever nodes, come one after the other.
func (t *tx) leavesRoot(ctx context.Context, a access.Account) error {
	if a.Version == 0 || a.Role == access.Admin && a.Ended.IsZero() {
		return nil
	}
	was, others := false, false
	err := each(ctx, t, func(r *sql.Rows) error {
		id := ""
		err := r.Scan(&id)
		was, others = was || id == a.ID, others || id != a.ID
		return err
	}, "SELECT id FROM account WHERE role = $1 AND ended = 0 ORDER BY id"+t.s.eng.forUpdate, string(access.Admin))
	if err == nil && was && !others {
		return access.ErrLastRoot
	}
	return err
}

// actorKind is "person", or "system" of what happens to nobody known.
func actorKind(a access.Actor) string {
	if a.Role == access.Guest || a.Role == "" {
		return "system"
	}
	return "person"
}

// PutCover stores a new cover, or that it was taken back.
func (s *Store) PutCover(ctx context.Context, c access.Cover, act access.Act) error {
	return s.writeDurable(ctx, "store a cover", func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO account_cover (id, account, away, since, until, reason, ended) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO UPDATE SET ended = excluded.ended`, clean(c.ID), clean(c.Account), clean(c.Away), micros(c.Since), micros(c.Until), nfc(clean(c.Reason)), micros(c.Ended))
		if err != nil {
			return err
		}
		kind := "cover.made"
		if !c.Ended.IsZero() {
			kind = "cover.ended"
		}
		after := map[string]string{"account": c.Account, "away": c.Away, "since": dayOf(c.Since), "until": dayOf(c.Until), "reason": c.Reason}
		t.happened(Event{At: act.At, ActorKind: actorKind(act.By), Actor: act.By.String(), Kind: kind, Subject: c.Away, After: pack(after)}, c.ID)
		return nil
	})
}

// Covers lists those that an account does or that its duties are done by, newest first.
func (s *Store) Covers(ctx context.Context, account string) (out []access.Cover, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var c access.Cover
		err := r.Scan(&c.ID, &c.Account, &c.Away, at(&c.Since), at(&c.Until), &c.Reason, at(&c.Ended))
		out = append(out, c)
		return err
	}, "SELECT id, account, away, since, until, reason, ended FROM account_cover WHERE account = $1 OR away = $1 ORDER BY since DESC, id", clean(account))
	if err != nil {
		return nil, fmt.Errorf("read covers: %w", err)
	}
	return out, nil
}

const sessionColumns = "s.id, s.account, s.way, s.began, s.seen, s.ended, s.cover, s.address, s.agent"

func sessionInto(x *access.Session) []any {
	return []any{&x.ID, &x.Account, &x.Way, at(&x.Began), at(&x.Seen), at(&x.Ended), &x.Cover, &x.Address, &x.Agent}
}

// PutSession stores a new login.
func (s *Store) PutSession(ctx context.Context, x access.Session, act access.Act) error {
	return s.write(ctx, "begin a session", func(t *tx) error {
		_, err := t.exec(ctx, "INSERT INTO session (id, account, way, began, seen, cover, address, agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			x.ID, clean(x.Account), x.Way, micros(x.Began), micros(x.Seen), x.Cover, clean(x.Address), nfc(clean(x.Agent)))
		if err != nil {
			return err
		}
		t.happened(Event{At: act.At, ActorKind: "person", Actor: act.By.String(), Kind: "login", Subject: act.By.Login, After: pack(map[string]string{"way": x.Way, "address": x.Address, "agent": x.Agent})}, x.ID)
		return nil
	})
}

// Session finds a login that has not ended, with its account.
func (s *Store) Session(ctx context.Context, id string) (x access.Session, a access.Account, ok bool, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var renew int64
		ok = true
		err := r.Scan(append(sessionInto(&x), accountInto(&a, &renew)...)...)
		a.Renew = renew != 0
		return err
	}, "SELECT "+sessionColumns+", "+accountColumns+" FROM session s JOIN account a ON a.id = s.account WHERE s.id = $1 AND s.ended = 0", clean(id))
	if err != nil {
		return x, a, false, fmt.Errorf("find a session: %w", err)
	}
	return x, a, ok, nil
}

// SeeSession notes when a session was used last and for which cover.
func (s *Store) SeeSession(ctx context.Context, id string, seen time.Time, cover string) error {
	return s.write(ctx, "note a session", func(t *tx) error {
		_, err := t.exec(ctx, "UPDATE session SET seen = $2, cover = $3 WHERE id = $1", clean(id), micros(seen), clean(cover))
		return err
	})
}

// EndSessions ends one of an account's sessions, or all (id "").
func (s *Store) EndSessions(ctx context.Context, account, id string, when time.Time, act access.Act) error {
	return s.writeDurable(ctx, "end sessions", func(t *tx) error {
		n, err := t.exec(ctx, "UPDATE session SET ended = $3 WHERE account = $1 AND ended = 0 AND ($2 = '' OR id = $2)", clean(account), clean(id), micros(when))
		if err != nil || n == 0 {
			return err
		}
		t.happened(Event{At: act.At, ActorKind: actorKind(act.By), Actor: act.By.String(), Kind: "logout", Subject: account, After: pack(map[string]string{"sessions": fmt.Sprint(n)})}, id, fmt.Sprint(micros(when)))
		return nil
	})
}

// SessionsOf lists an account's sessions that have not ended, the newest first.
func (s *Store) SessionsOf(ctx context.Context, account string) (out []access.Session, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var x access.Session
		err := r.Scan(sessionInto(&x)...)
		out = append(out, x)
		return err
	}, "SELECT "+sessionColumns+" FROM session s WHERE s.account = $1 AND s.ended = 0 ORDER BY s.began DESC", clean(account))
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	return out, nil
}

// Failures is how many logins failed for a key, and when the last.
func (s *Store) Failures(ctx context.Context, key string) (n int, last time.Time, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&n, at(&last)) }, "SELECT n, last FROM login_failure WHERE key = $1", clean(key))
	if err != nil {
		return 0, last, fmt.Errorf("read failed logins: %w", err)
	}
	return n, last, nil
}

// AddFailure counts one more for each key; a key whose last failure lies before since begins anew.
func (s *Store) AddFailure(ctx context.Context, keys []string, when, since time.Time) error {
	slices.Sort(keys) // locked in one order
	return s.write(ctx, "count a failed login", func(t *tx) error {
		if _, err := t.exec(ctx, "DELETE FROM login_failure WHERE last < $1", micros(since)); err != nil {
			return err
		}
		for _, key := range keys {
			_, err := t.exec(ctx, `INSERT INTO login_failure (key, n, last) VALUES ($1, 1, $2)
				ON CONFLICT (key) DO UPDATE SET n = login_failure.n + 1, last = excluded.last`, clean(key), micros(when))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// ClearFailures forgets failed logins of keys.
func (s *Store) ClearFailures(ctx context.Context, keys []string) error {
	return s.write(ctx, "forget failed logins", func(t *tx) error {
		for _, key := range keys {
			if _, err := t.exec(ctx, "DELETE FROM login_failure WHERE key = $1", clean(key)); err != nil {
				return err
			}
		}
		return nil
	})
}

// NoteLock writes into the trail that a login is refused for a while.
func (s *Store) NoteLock(ctx context.Context, login, address string, until time.Time, act access.Act) error {
	return s.write(ctx, "note a refused login", func(t *tx) error {
		t.happened(Event{At: act.At, ActorKind: "system", Actor: "loa", Kind: "login.refused", Subject: clean(login), After: pack(map[string]string{"address": address, "until": until.UTC().Format(time.RFC3339)})}, address, fmt.Sprint(micros(until)))
		return nil
	})
}

const passColumns = "id, plan, agency, period, made, maker, until, used, uses, ended"

func scanPass(r *sql.Rows) (p access.Pass, err error) {
	err = r.Scan(&p.ID, &p.Plan, &p.Agency, &p.Period, at(&p.Made), &p.Maker, at(&p.Until), at(&p.Used), &p.Uses, at(&p.Ended))
	return p, err
}

// PutPasses stores new links.
func (s *Store) PutPasses(ctx context.Context, ps []access.Pass, act access.Act) error {
	return s.writeDurable(ctx, "store links", func(t *tx) error {
		for _, p := range ps {
			_, err := t.exec(ctx, "INSERT INTO access_link (id, plan, agency, period, made, maker, until) VALUES ($1, $2, $3, $4, $5, $6, $7)",
				p.ID, clean(p.Plan), clean(p.Agency), clean(p.Period), micros(p.Made), nfc(p.Maker), micros(p.Until))
			if err != nil {
				return err
			}
			t.happened(Event{At: act.At, ActorKind: actorKind(act.By), Actor: act.By.String(), Kind: "link.made", Subject: p.Agency + " " + p.Period, After: pack(map[string]string{"until": dayOf(p.Until)})}, p.ID)
		}
		return nil
	})
}

// Pass finds a link.
func (s *Store) Pass(ctx context.Context, id string) (p access.Pass, ok bool, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		ok = true
		p, err = scanPass(r)
		return err
	}, "SELECT "+passColumns+" FROM access_link WHERE id = $1", clean(id))
	if err != nil {
		return p, false, fmt.Errorf("find a link: %w", err)
	}
	return p, ok, nil
}

// Passes lists a period's links, by agency, the newest first.
func (s *Store) Passes(ctx context.Context, plan, period string) (out []access.Pass, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		p, err := scanPass(r)
		out = append(out, p)
		return err
	}, "SELECT "+passColumns+" FROM access_link WHERE plan = $1 AND period = $2 ORDER BY agency, made DESC, id", clean(plan), clean(period))
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	return out, nil
}

// UsePass counts that a link was opened.
func (s *Store) UsePass(ctx context.Context, id string, when time.Time, act access.Act) error {
	return s.write(ctx, "note a link", func(t *tx) error {
		if _, err := t.exec(ctx, "UPDATE access_link SET used = $2, uses = uses + 1 WHERE id = $1", clean(id), micros(when)); err != nil {
			return err
		}
		t.happened(Event{At: act.At, ActorKind: "person", Actor: act.By.String(), Kind: "link.opened", Subject: strings.Join(act.By.Agencies, " ") + " " + act.By.Period}, id, fmt.Sprint(micros(when)))
		return nil
	})
}

// EndPass takes a link back.
func (s *Store) EndPass(ctx context.Context, id string, act access.Act) error {
	return s.writeDurable(ctx, "end a link", func(t *tx) error {
		n, err := t.exec(ctx, "UPDATE access_link SET ended = $2 WHERE id = $1 AND ended = 0", clean(id), micros(act.At))
		if err != nil || n == 0 {
			return err
		}
		t.happened(Event{At: act.At, ActorKind: actorKind(act.By), Actor: act.By.String(), Kind: "link.ended", Subject: clean(id)}, id)
		return nil
	})
}
