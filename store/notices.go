package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"loa/media"
	"loa/notify"
)

var _ notify.Outbox = (*Store)(nil)

// errTold rolls back a notice of which something was told before.
var errTold = errors.New("told before")

// Told lists what was told of a plan, oldest first.
func (s *Store) Told(ctx context.Context, plan string) ([]notify.Told, error) {
	var out []notify.Told
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var t notify.Told
		err := r.Scan(&t.Audience, &t.Agency, &t.About, &t.Notice, at(&t.At))
		out = append(out, t)
		return err
	}, "SELECT audience, agency, about, notice, at FROM notice_about WHERE plan = $1 ORDER BY at, notice, about", clean(plan))
	if err != nil {
		return nil, fmt.Errorf("read what was told of %s: %w", plan, err)
	}
	return out, nil
}

// AddNotice records a notice with its deliveries, durably: all, or nothing and
// false where any of what it is about was told to the same audience before.
func (s *Store) AddNotice(ctx context.Context, n notify.Notice, ds []notify.Delivery) (bool, error) {
	if n.ID == "" || n.Plan == "" || n.Kind == "" || n.Audience == "" || n.At.IsZero() || len(n.Items) == 0 {
		return false, errors.New("add notice: id, plan, kind, audience, time and items are needed")
	}
	err := s.writeDurable(ctx, "add notice "+n.ID, func(t *tx) error {
		for _, it := range n.Items {
			k, err := t.exec(ctx, `INSERT INTO notice_about (plan, audience, agency, about, notice, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
				clean(n.Plan), string(n.Audience), clean(n.Agency), clean(it.About), clean(n.ID), micros(n.At))
			if err != nil {
				return err
			}
			if k == 0 {
				return errTold
			}
		}
		_, err := t.exec(ctx, `INSERT INTO notice (id, plan, kind, audience, agency, at, subject, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			clean(n.ID), clean(n.Plan), string(n.Kind), string(n.Audience), clean(n.Agency), micros(n.At), nfc(n.Subject), nfc(pack(n)))
		if err != nil {
			return err
		}
		for _, d := range ds {
			if _, err := t.exec(ctx, `INSERT INTO delivery (id, notice, channel, recipient, message_id) VALUES ($1, $2, $3, $4, $5)`,
				media.Hash("delivery", n.ID, d.Channel, d.Recipient), clean(n.ID), clean(d.Channel), clean(d.Recipient), clean(d.MessageID)); err != nil {
				return err
			}
		}
		t.changed("notice", clean(n.Plan))
		t.happened(Event{At: n.At, ActorKind: "system", Actor: "loa", Kind: "notice.made", Subject: n.Plan + " " + string(n.Audience) + " " + n.Agency + " " + n.ID, After: n.Subject}, n.ID)
		return nil
	})
	if errors.Is(err, errTold) {
		return false, nil
	}
	return err == nil, err
}

// begun counts the tries of a delivery d whose outcome nobody recorded.
const begun = `(SELECT COUNT(*) FROM delivery_act a WHERE a.delivery = d.id AND a.seq > COALESCE((SELECT MAX(o.seq) FROM delivery_act o WHERE o.delivery = d.id AND o.kind <> 'begun'), 0))`

// NextDelivery leases the delivery that is due first over any of the channels until now
// plus lease, by the machine clock, and counts the try before anything is sent. One
// over another channel waits for whoever has that. One that was begun twice
// without an outcome is dead: nobody knows whether it arrived, and a third message is
// worse than none.
func (s *Store) NextDelivery(ctx context.Context, channels []string, node string, now time.Time, lease time.Duration) (*notify.Delivery, *notify.Notice, error) {
	if len(channels) == 0 {
		return nil, nil, nil
	}
	var a args
	until, over := a.add(micros(now)), a.in(channels)
	var d *notify.Delivery
	var n *notify.Notice
	err := s.writeDurable(ctx, "claim a delivery", func(t *tx) error {
		d, n = nil, nil
		for {
			var got notify.Delivery
			var unknown int
			var note notify.Notice
			found := false
			err := each(ctx, t, func(r *sql.Rows) error {
				found = true
				return r.Scan(&got.ID, &got.Notice, &got.Channel, &got.Recipient, &got.MessageID, &got.Tries, &got.Token, &unknown, into(&note))
			}, `SELECT d.id, d.notice, d.channel, d.recipient, d.message_id, d.tries, d.token, `+begun+`, n.body FROM delivery d JOIN notice n ON n.id = d.notice
				WHERE d.state = 'waiting' AND d.due <= `+until+` AND d.until <= `+until+` AND d.channel IN `+over+` ORDER BY d.due, n.at, d.id LIMIT 1`+t.s.eng.skipLocked, a...)
			if err != nil || !found {
				return err
			}
			if unknown >= 2 {
				if _, err := t.exec(ctx, "UPDATE delivery SET state = 'dead', owner = '', until = 0 WHERE id = $1", got.ID); err != nil {
					return err
				}
				if err := t.deliveryAct(ctx, got.ID, "dead", node, now, "begun twice, outcome unknown"); err != nil {
					return err
				}
				t.changed("delivery", got.Notice)
				t.happened(Event{At: now, ActorKind: "system", Actor: node, Kind: "notice.dead", Subject: got.Notice + " " + got.ID}, got.ID)
				continue
			}
			if _, err := t.exec(ctx, "UPDATE delivery SET owner = $1, until = $2, token = token + 1, tries = tries + 1 WHERE id = $3",
				clean(node), micros(now.Add(lease)), got.ID); err != nil {
				return err
			}
			if err := t.deliveryAct(ctx, got.ID, "begun", node, now, ""); err != nil {
				return err
			}
			t.changed("delivery", got.Notice)
			got.Tries, got.Token, got.State = got.Tries+1, got.Token+1, "waiting"
			d, n = &got, &note
			return nil
		}
	})
	return d, n, err
}

// SettleDelivery records the outcome of a claimed delivery. Where the lease was lost
// meanwhile and another sends it, the act alone is recorded, unless it arrived.
func (s *Store) SettleDelivery(ctx context.Context, d notify.Delivery, node string, now time.Time, o notify.Outcome) error {
	return s.writeDurable(ctx, "settle delivery "+d.ID, func(t *tx) error {
		act, state, due := "failed", "waiting", o.Again
		switch {
		case o.Sent:
			act, state, due = "sent", "sent", time.Time{}
		case o.Again.IsZero():
			act, state = "dead", "dead"
		}
		where := " AND token = $4"
		if o.Sent { // whoever holds it now has not to send it any more
			where = " AND token >= $4"
		}
		n, err := t.exec(ctx, "UPDATE delivery SET state = $1, due = $2, owner = '', until = 0 WHERE id = $3 AND state = 'waiting'"+where, state, micros(due), d.ID, d.Token)
		if err != nil {
			return err
		}
		if err := t.deliveryAct(ctx, d.ID, act, node, now, o.Detail); err != nil {
			return err
		}
		t.changed("delivery", d.Notice)
		if n == 1 && state != "waiting" {
			t.happened(Event{At: now, ActorKind: "system", Actor: node, Kind: "notice." + state, Subject: d.Notice + " " + d.ID, After: d.Channel}, d.ID)
		}
		return nil
	})
}

func (t *tx) deliveryAct(ctx context.Context, id, kind, node string, now time.Time, detail string) error {
	_, err := t.exec(ctx, `INSERT INTO delivery_act (delivery, seq, kind, at, node, detail)
		SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, CAST($3 AS BIGINT), $4, $5 FROM delivery_act WHERE delivery = $1`, id, kind, micros(now), clean(node), nfc(detail))
	return err
}

// DeadNotices counts a plan's notices since a business time that did not arrive over
// one of their channels.
func (s *Store) DeadNotices(ctx context.Context, plan string, since time.Time) (n int, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&n) },
		"SELECT COUNT(DISTINCT n.id) FROM notice n JOIN delivery d ON d.notice = n.id WHERE n.plan = $1 AND n.at >= $2 AND d.state = 'dead'", clean(plan), micros(since))
	if err != nil {
		return 0, fmt.Errorf("count the notices of %s that did not arrive: %w", plan, err)
	}
	return n, nil
}

// ErrNoNotice says that there is no such notice.
var ErrNoNotice = errors.New("no such notice")

// NoticeLine is one notice of the log: who was told what, when, and whether they answered.
type NoticeLine struct {
	notify.Notice
	Deliveries []notify.Delivery
	Answers    []Answer
}

// Answer is what somebody who was told said.
type Answer struct {
	At    time.Time
	Actor string
	Words string
}

// AddAnswer records an answer to a notice, durably; ErrNoNotice if there is none.
func (s *Store) AddAnswer(ctx context.Context, notice string, a Answer) error {
	if a.Actor == "" || a.Words == "" || a.At.IsZero() {
		return errors.New("add answer: actor, words and time are needed")
	}
	id := media.Hash("answer", clean(notice), a.At.UTC().Format(time.RFC3339Nano), nfc(a.Actor), nfc(a.Words))
	return s.writeDurable(ctx, "add answer to "+notice, func(t *tx) error {
		plan := ""
		if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&plan) }, "SELECT plan FROM notice WHERE id = $1", clean(notice)); err != nil {
			return err
		}
		if plan == "" {
			return ErrNoNotice
		}
		n, err := t.exec(ctx, "INSERT INTO notice_answer (id, notice, at, actor, words) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
			id, clean(notice), micros(a.At), nfc(a.Actor), nfc(a.Words))
		if err != nil || n == 0 {
			return err
		}
		t.changed("notice", plan)
		t.happened(Event{At: a.At, ActorKind: "person", Actor: a.Actor, Kind: "notice.answered", Subject: plan + " " + notice, After: a.Words}, id)
		return nil
	})
}

// NoticeLog lists a plan's notices, the newest first, at most limit; with id that
// one alone, by the beginning of its id.
func (s *Store) NoticeLog(ctx context.Context, plan, id string, limit int) ([]NoticeLine, error) {
	return s.noticeLog(ctx, plan, "substr(id, 1, length(CAST($2 AS TEXT))) = $2", id, limit)
}

// NoticesTo lists those that were made for an agency, the newest first, at most limit.
func (s *Store) NoticesTo(ctx context.Context, plan, agency string, limit int) ([]NoticeLine, error) {
	return s.noticeLog(ctx, plan, "agency = $2", agency, limit)
}

func (s *Store) noticeLog(ctx context.Context, plan, where, of string, limit int) ([]NoticeLine, error) {
	var out []NoticeLine
	by := map[string]int{}
	fail := func(err error) ([]NoticeLine, error) { return nil, fmt.Errorf("read the notices of %s: %w", plan, err) }
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var l NoticeLine
		err := r.Scan(&l.ID, into(&l.Notice))
		by[l.ID] = len(out)
		out = append(out, l)
		return err
	}, "SELECT id, body FROM notice WHERE plan = $1 AND "+where+" ORDER BY at DESC, id LIMIT $3", clean(plan), clean(of), limit)
	if err != nil {
		return fail(err)
	}
	ids := make([]string, len(out))
	for i := range out {
		ids[i] = out[i].ID
	}
	err = chunk(ids, maxIn, func(ids []string) error {
		var a args
		err := each(ctx, s.pools.read, func(r *sql.Rows) error {
			var d notify.Delivery
			err := r.Scan(&d.ID, &d.Notice, &d.Channel, &d.Recipient, &d.MessageID, &d.State, &d.Tries, at(&d.Due), at(&d.At), &d.Detail)
			out[by[d.Notice]].Deliveries = append(out[by[d.Notice]].Deliveries, d)
			return err
		}, `SELECT d.id, d.notice, d.channel, d.recipient, d.message_id, d.state, d.tries, d.due, COALESCE(l.at, 0), COALESCE(l.detail, '')
			FROM delivery d LEFT JOIN delivery_act l ON l.delivery = d.id AND l.seq = (SELECT MAX(seq) FROM delivery_act m WHERE m.delivery = d.id)
			WHERE d.notice IN `+a.in(ids)+" ORDER BY d.channel, d.recipient", a...)
		if err != nil {
			return err
		}
		var b args
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var notice string
			var x Answer
			err := r.Scan(&notice, at(&x.At), &x.Actor, &x.Words)
			out[by[notice]].Answers = append(out[by[notice]].Answers, x)
			return err
		}, "SELECT notice, at, actor, words FROM notice_answer WHERE notice IN "+b.in(ids)+" ORDER BY at, id", b...)
	})
	if err != nil {
		return fail(err)
	}
	return out, nil
}
