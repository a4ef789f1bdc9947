package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/web/access"
	"loa/web/api"
)

const hookColumns = "id, plan, name, url, secret, results, agencies, made, maker, ended, ender"

func hookDest(h *access.Hook) []any {
	return []any{&h.ID, &h.Plan, &h.Name, &h.URL, &h.Secret, into(&h.Results), into(&h.Agencies), at(&h.Made), &h.Maker, at(&h.Ended), &h.Ender}
}

// AddHook records who is told when a standing changes, durably, and gives their id.
func (s *Store) AddHook(ctx context.Context, h access.Hook) (string, error) {
	if _, ok := access.HookKey(h.Secret); !ok || h.Plan == "" || h.Name == "" || h.URL == "" || h.Maker == "" || h.Made.IsZero() {
		return "", errors.New("add hook: plan, name, address, secret, maker and time are needed")
	}
	id := media.Hash("hook", h.Plan, h.URL, h.Secret)[:16]
	return id, s.writeDurable(ctx, "add hook "+h.Name, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO webhook (id, plan, name, url, secret, results, agencies, made, maker) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			id, clean(h.Plan), nfc(h.Name), clean(h.URL), clean(h.Secret), pack(h.Results), pack(h.Agencies), micros(h.Made), nfc(h.Maker))
		if err != nil {
			return err
		}
		t.changed("webhook", id)
		t.act(Act{At: h.Made, Actor: h.Maker, Kind: "webhook.added", Subject: h.Name, After: pack(map[string]any{"address": bare(h.URL), "results": h.Results, "agencies": h.Agencies})}, id)
		return nil
	})
}

// bare is an address without what may be a secret in it: chats have theirs in the path. A hash tells two of one host apart.
func bare(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	out := u.Scheme + "://" + u.Host
	if rest := strings.TrimPrefix(address, out); strings.Trim(rest, "/") != "" {
		out += "/…" + media.Hash("address", rest)[:8]
	}
	return out
}

// EndHook tells a hook nothing any more; what waits for it is given up. false if there is none such that goes on.
func (s *Store) EndHook(ctx context.Context, id, by string, when time.Time) (bool, error) {
	done := false
	err := s.writeDurable(ctx, "end hook "+id, func(t *tx) error {
		name := ""
		if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&name) }, "SELECT name FROM webhook WHERE id = $1 AND ended = 0", clean(id)); err != nil {
			return err
		}
		if done = name != ""; !done {
			return nil
		}
		if _, err := t.exec(ctx, "UPDATE webhook SET ended = $2, ender = $3 WHERE id = $1", clean(id), micros(when), nfc(by)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE webhook_message SET state = 'dead', detail = 'the hook was ended', owner = '', until = 0 WHERE webhook = $1 AND state = 'waiting'", clean(id)); err != nil {
			return err
		}
		t.changed("webhook", clean(id))
		t.act(Act{At: when, Actor: by, Kind: "webhook.ended", Subject: name}, id)
		return nil
	})
	return done, err
}

// Hooks lists a plan's hooks, the newest first, with how their messages fared.
func (s *Store) Hooks(ctx context.Context, plan string) ([]access.Hook, error) {
	var out []access.Hook
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var h access.Hook
		err := r.Scan(append(hookDest(&h), &h.Waiting, &h.Sent, &h.Dead, at(&h.Last), &h.Trouble)...)
		out = append(out, h)
		return err
	}, "SELECT "+hookColumns+`, (SELECT COUNT(*) FROM webhook_message m WHERE m.webhook = w.id AND m.state = 'waiting'),
		(SELECT COUNT(*) FROM webhook_message m WHERE m.webhook = w.id AND m.state = 'sent'), (SELECT COUNT(*) FROM webhook_message m WHERE m.webhook = w.id AND m.state = 'dead'),
		COALESCE((SELECT MAX(m.settled) FROM webhook_message m WHERE m.webhook = w.id), 0),
		COALESCE((SELECT m.detail FROM webhook_message m WHERE m.webhook = w.id AND m.detail <> '' ORDER BY m.at DESC, m.id LIMIT 1), '')
		FROM webhook w WHERE plan = $1 ORDER BY made DESC, id`, clean(plan))
	if err != nil {
		return nil, fmt.Errorf("read the hooks of %s: %w", plan, err)
	}
	return out, nil
}

// hookBody is what a hook is sent, as Standard Webhooks has it.
type hookBody struct {
	Type string    `json:"type"`
	At   time.Time `json:"timestamp"`
	Data hookData  `json:"data"`
}

type hookData struct {
	Plan      string     `json:"plan"`
	Quota     string     `json:"quota"`
	Owner     string     `json:"owner"`
	Period    string     `json:"period"`
	Start     time.Time  `json:"start"`
	End       time.Time  `json:"end"`
	Basis     string     `json:"basis"`
	Result    string     `json:"result"`   // as api.Result has it: "missed" is only what a person confirmed
	Words     string     `json:"words"`    // Vietnamese
	Previous  string     `json:"previous"` // "" if the period begins
	Wanted    float64    `json:"wanted"`
	Delivered float64    `json:"delivered"`
	LastSave  *time.Time `json:"last_save"`
	Path      string     `json:"path"` // of its page on the desk
}

// tellHooks puts into the outbox what the lines that are about to be stored change of a plan's standings, in the transaction that stores
// them: a change is told if and only if it was made. The first evaluation of an owner changes nothing. What is being tried is not told.
func (t *tx) tellHooks(ctx context.Context, plan string, now time.Time, owners []string, part table) error {
	var hooks []access.Hook
	err := each(ctx, t, func(r *sql.Rows) error {
		var h access.Hook
		err := r.Scan(hookDest(&h)...)
		hooks = append(hooks, h)
		return err
	}, "SELECT "+hookColumns+" FROM webhook WHERE plan = $1 AND ended = 0 ORDER BY id", plan)
	if err != nil || len(hooks) == 0 {
		return err
	}
	have, err := t.stored(ctx, part, plan, owners)
	if err != nil || len(have) == 0 {
		return err
	}
	known := map[string]bool{} // owners that had standings
	for key := range have {
		known[strings.Split(key, sep)[2]] = true
	}
	edition := int64(0)
	if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&edition) }, "SELECT edition FROM evaluation WHERE plan = $1", plan); err != nil {
		return err
	}
	for _, l := range part.lines {
		hash, had := have[strings.Join(l.key, sep)]
		if hash == l.hash || !had && !known[l.key[2]] {
			continue
		}
		var was, is schedule.Standing
		if err := into(&is).Scan(l.body); err != nil {
			return fmt.Errorf("read a standing of %s: %w", plan, err)
		}
		previous := ""
		if had {
			err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(into(&was)) },
				"SELECT body FROM standing WHERE plan = $1 AND quota = $2 AND owner = $3 AND period = $4", l.key[0], l.key[1], l.key[2], l.key[3])
			if err != nil {
				return err
			}
			previous = api.Result(was)
		}
		result := api.Result(is)
		if result == previous || is.Shadow() || !had && result == "on_track" {
			continue
		}
		if err := t.putHookMessages(ctx, hooks, is, result, previous, now, edition); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putHookMessages(ctx context.Context, hooks []access.Hook, is schedule.Standing, result, previous string, now time.Time, edition int64) error {
	slug := is.Owner[strings.LastIndexByte(is.Owner, '/')+1:]
	data := hookData{Plan: is.Plan, Quota: is.Quota, Owner: is.Owner, Period: is.Period, Start: is.Start, End: is.End, Basis: string(is.Basis), Result: result, Words: api.ResultWord(result),
		Previous: previous, LastSave: is.LastSave, Path: "/tien-do/" + url.PathEscape(is.Quota) + "/" + url.PathEscape(slug) + "/" + url.PathEscape(is.Period)}
	if len(is.Measures) > 0 {
		data.Wanted, data.Delivered = is.Measures[0].Wanted, is.Measures[0].Delivered
	}
	body := pack(hookBody{"standing.changed", now, data})
	for _, h := range hooks {
		if !h.Wants(is.Owner, result) {
			continue
		}
		id := "msg_" + media.Hash("hook message", h.ID, is.Plan, is.Quota, is.Owner, is.Period, result, fmt.Sprint(edition))[:32]
		if _, err := t.exec(ctx, "INSERT INTO webhook_message (id, webhook, at, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", id, h.ID, micros(now), body); err != nil {
			return fmt.Errorf("tell a hook: %w", err)
		}
		t.changed("webhook", h.ID)
	}
	return nil
}

// NextHookMessage leases the message that is due first until now plus lease, by the machine clock, and counts the try before it is made;
// nil if none is due. Messages of one hook come in the order of their evaluations, as far as none of them failed.
func (s *Store) NextHookMessage(ctx context.Context, node string, now time.Time, lease time.Duration) (*access.HookMessage, error) {
	var out *access.HookMessage
	err := s.writeDurable(ctx, "claim a message to a hook", func(t *tx) error {
		out = nil
		var m access.HookMessage
		err := each(ctx, t, func(r *sql.Rows) error {
			return r.Scan(append([]any{&m.ID, at(&m.At), &m.Body, &m.Tries, &m.Token}, hookDest(&m.Hook)...)...)
		}, "SELECT m.id, m.at, m.body, m.tries, m.token, w."+strings.ReplaceAll(hookColumns, ", ", ", w.")+` FROM webhook_message m JOIN webhook w ON w.id = m.webhook
			WHERE m.state = 'waiting' AND m.due <= $1 AND m.until <= $1 ORDER BY m.due, m.at, m.id LIMIT 1`+t.s.eng.skipLocked, micros(now))
		if err != nil || m.ID == "" {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE webhook_message SET owner = $1, until = $2, token = token + 1, tries = tries + 1 WHERE id = $3", clean(node), micros(now.Add(lease)), m.ID); err != nil {
			return err
		}
		m.Tries, m.Token, m.State = m.Tries+1, m.Token+1, "waiting"
		out = &m
		return nil
	})
	return out, err
}

// SettleHookMessage records how a leased message fared: it arrived, or why it did not and when it is tried again (zero: never).
func (s *Store) SettleHookMessage(ctx context.Context, m access.HookMessage, now time.Time, sent bool, detail string, again time.Time) error {
	return s.writeDurable(ctx, "settle message "+m.ID, func(t *tx) error {
		state, settled, where := "waiting", time.Time{}, " AND token = $6"
		switch {
		case sent: // whoever holds it now has not to send it any more
			state, settled, detail, where = "sent", now, "", " AND token >= $6"
		case again.IsZero():
			state, settled = "dead", now
		}
		n, err := t.exec(ctx, "UPDATE webhook_message SET state = $2, due = $3, settled = $4, detail = $5, owner = '', until = 0 WHERE id = $1 AND state = 'waiting'"+where,
			m.ID, state, micros(again), micros(settled), nfc(detail), m.Token)
		if err != nil {
			return err
		}
		t.changed("webhook", m.Hook.ID)
		if n == 1 && state == "dead" {
			t.act(Act{At: m.At, Actor: "loa", System: true, Kind: "webhook.dead", Subject: m.Hook.Name, After: detail}, m.ID)
		}
		return nil
	})
}

// HookMessages lists the newest messages of a hook.
func (s *Store) HookMessages(ctx context.Context, hook string, limit int) ([]access.HookMessage, error) {
	var out []access.HookMessage
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var m access.HookMessage
		err := r.Scan(&m.ID, at(&m.At), &m.Body, &m.State, &m.Tries, at(&m.Due), &m.Detail)
		out = append(out, m)
		return err
	}, "SELECT id, at, body, state, tries, due, detail FROM webhook_message WHERE webhook = $1 ORDER BY at DESC, id DESC LIMIT $2", clean(hook), limit)
	if err != nil {
		return nil, fmt.Errorf("read the messages of hook %s: %w", hook, err)
	}
	return slices.Clip(out), nil
}
