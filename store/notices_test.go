package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"loa/notify"
	"loa/notify/deliver"
	"loa/store"
)

func noticed(id string, abouts ...string) notify.Notice {
	n := notify.Notice{ID: id, Plan: "tinh/2023", Kind: notify.BroadcastEarly, Audience: notify.Officer, At: day0, Subject: "CCHC: cảnh báo sớm"}
	for _, a := range abouts {
		n.Items = append(n.Items, notify.Item{Kind: notify.BroadcastEarly, About: a, Text: "[Cảnh báo sớm] " + a})
	}
	return n
}

// TestNoticeOnce: a notice is recorded whole, once; one of which anything was told
// before is not, nor are its deliveries; another audience may still be told.
func TestNoticeOnce(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		mail := []notify.Delivery{{Channel: "smtp 1", MessageID: "a@loa"}}
		owner := noticed("n3", "early B-D1 W10")
		owner.Audience, owner.Agency = notify.Owner, "tinh/dai"
		for i, c := range []struct {
			n    notify.Notice
			want bool
		}{{noticed("n1", "early B-D1 W10", "log W09"), true}, {noticed("n1", "early B-D1 W10", "log W09"), false}, {noticed("n2", "report 12", "log W09"), false}, {owner, true}} {
			if got := must(s.AddNotice(ctx, c.n, mail)); got != c.want {
				t.Errorf("%d: recorded %t", i, got)
			}
		}
		if _, err := s.AddNotice(ctx, notify.Notice{ID: "x"}, nil); err == nil {
			t.Error("took nothing")
		}
		var abouts []string
		for _, x := range must(s.Told(ctx, "tinh/2023")) {
			abouts = append(abouts, string(x.Audience)+" "+x.About)
		}
		if got := strings.Join(abouts, ", "); got != "officer early B-D1 W10, officer log W09, owner early B-D1 W10" {
			t.Errorf("told: %s", got)
		}
		log := must(s.NoticeLog(ctx, "tinh/2023", "", 10))
		if to := must(s.NoticesTo(ctx, "tinh/2023", "tinh/dai", 10)); len(to) != 1 || to[0].ID != "n3" {
			t.Errorf("told the station: %+v", to)
		}
		if len(log) != 2 || len(log[0].Deliveries) != 1 || log[0].Items[1].Text != "[Cảnh báo sớm] log W09" || log[0].Deliveries[0].State != "waiting" {
			t.Errorf("%+v", log)
		}
	})
}

// TestNoticeDeliveries: a try is counted before it is made; a failure waits, a lost
// node's message is sent once more with the same id and then never again, one that
// arrived is not sent again; a dead one stays to be seen.
func TestNoticeDeliveries(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		must(s.AddNotice(ctx, noticed("n1", "a"), []notify.Delivery{{Channel: "smtp 1", MessageID: "a@loa"}}))
		now := day0
		claim := func(after time.Duration) *notify.Delivery {
			now = now.Add(after)
			d, n, err := s.NextDelivery(ctx, []string{"smtp 1"}, "node", now, 5*time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if d != nil && (n.ID != "n1" || d.MessageID != "a@loa" || n.Items[0].About != "a") {
				t.Fatalf("%+v of %+v", d, n)
			}
			return d
		}
		settle := func(d *notify.Delivery, o notify.Outcome) {
			if err := s.SettleDelivery(ctx, *d, "node", now, o); err != nil {
				t.Fatal(err)
			}
		}
		d := claim(0)
		if d == nil || d.Tries != 1 || claim(time.Minute) != nil {
			t.Fatalf("first claim %+v, or leased twice", d)
		}
		settle(d, notify.Outcome{Again: now.Add(10 * time.Minute), Detail: "451 try later"})
		if claim(9*time.Minute) != nil {
			t.Error("sent before its time")
		}
		lost := claim(time.Minute) // dies with it
		again := claim(5 * time.Minute)
		if lost == nil || again == nil || again.Tries != 3 || again.MessageID != lost.MessageID {
			t.Fatalf("lost %+v, again %+v", lost, again)
		}
		if claim(5*time.Minute) != nil || claim(time.Hour) != nil {
			t.Error("sent a third time with two outcomes unknown")
		}
		dead := must(s.NoticeLog(ctx, "tinh/2023", "", 1))[0].Deliveries[0]
		if dead.State != "dead" || !strings.Contains(dead.Detail, "unknown") {
			t.Errorf("%+v", dead)
		}
	})
}

// TestNoticeSentLate: what arrived is settled even by a node that had lost its lease,
// so that the next one does not send it once more.
func TestNoticeSentLate(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		must(s.AddNotice(ctx, noticed("n1", "a"), []notify.Delivery{{Channel: "smtp 1", MessageID: "a@loa"}}))
		slow, _, _ := s.NextDelivery(ctx, []string{"smtp 1"}, "slow", day0, time.Minute)
		second, _, err := s.NextDelivery(ctx, []string{"smtp 1"}, "second", day0.Add(2*time.Minute), time.Minute)
		if err != nil || second == nil || second.Token != slow.Token+1 {
			t.Fatalf("%v %+v", err, second)
		}
		if err := s.SettleDelivery(ctx, *slow, "slow", day0.Add(3*time.Minute), notify.Outcome{Detail: "gave up"}); err != nil {
			t.Fatal(err)
		}
		if d := must(s.NoticeLog(ctx, "tinh/2023", "n1", 1))[0].Deliveries[0]; d.State != "waiting" {
			t.Errorf("a lost lease killed it: %+v", d)
		}
		if err := s.SettleDelivery(ctx, *second, "second", day0.Add(3*time.Minute), notify.Outcome{Sent: true}); err != nil {
			t.Fatal(err)
		}
		if d, _, _ := s.NextDelivery(ctx, []string{"smtp 1"}, "third", day0.Add(time.Hour), time.Minute); d != nil {
			t.Errorf("sent again: %+v", d)
		}
		kinds := ""
		for _, e := range must(s.Events(ctx, 0, 99)) {
			kinds += e.Kind + " "
		}
		if kinds != "notice.made notice.sent " {
			t.Errorf("events: %s", kinds)
		}
	})
}

// TestNoticeManyNodes: of many nodes that look at once each message goes to one.
func TestNoticeManyNodes(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		for i := range 20 {
			must(s.AddNotice(ctx, noticed(fmt.Sprint("n", i), fmt.Sprint("a", i)), []notify.Delivery{{Channel: "smtp 1", MessageID: "a@loa"}}))
		}
		claimed := make(chan string)
		for node := range 4 {
			go func() {
				for misses := 0; misses < 20; {
					d, _, err := s.NextDelivery(ctx, []string{"smtp 1"}, fmt.Sprint("node", node), day0, time.Hour)
					if err != nil {
						t.Error(err)
						break
					}
					if d == nil { // another may hold a row for the moment
						misses++
						continue
					}
					claimed <- d.ID
				}
				claimed <- ""
			}()
		}
		got := map[string]int{}
		for done := 0; done < 4; {
			if id := <-claimed; id != "" {
				got[id]++
			} else {
				done++
			}
		}
		if len(got) != 20 {
			t.Errorf("%d of 20 claimed", len(got))
		}
		for id, n := range got {
			if n != 1 {
				t.Errorf("%s claimed %d times", id, n)
			}
		}
	})
}

// TestNoticeAnswers: whether they answered, and what.
func TestNoticeAnswers(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		must(s.AddNotice(ctx, noticed("n1", "a"), nil))
		a := store.Answer{At: day0.Add(time.Hour), Actor: "Biên tập viên", Words: "đã bố trí phát tối thứ Bảy"}
		for range 2 {
			if err := s.AddAnswer(ctx, "n1", a); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AddAnswer(ctx, "n2", a); !errors.Is(err, store.ErrNoNotice) {
			t.Errorf("answered what is not there: %v", err)
		}
		l := must(s.NoticeLog(ctx, "tinh/2023", "n", 5))
		if len(l) != 1 || len(l[0].Answers) != 1 || l[0].Answers[0].Words != a.Words || !l[0].Answers[0].At.Equal(a.At) {
			t.Errorf("%+v", l)
		}
	})
}

// killed is an outbox whose program dies before it can record how sending ended.
type killed struct{ *store.Store }

func (killed) SettleDelivery(context.Context, notify.Delivery, string, time.Time, notify.Outcome) error {
	return errors.New("killed")
}

// posted is a channel that counts what it is given, by Message-ID.
type posted map[string]int

func (posted) ID() string { return "smtp 1" }
func (p posted) Send(_ context.Context, d notify.Delivery, _ notify.Notice) error {
	p[d.MessageID]++
	return nil
}

// TestNoticeKilled: a program that is killed between sending and recording sends a
// message once more, under the same Message-ID, and never a third time.
func TestNoticeKilled(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		box, now := posted{}, day0
		pump := func(o notify.Outbox) (sent int, err error) {
			sent, _, err = deliver.Pump{Outbox: o, Channels: []deliver.Channel{box}, Node: "node", Machine: func() time.Time { return now }, Jitter: func() float64 { return 0 }}.Turn(ctx)
			return sent, err
		}
		n := noticed("n1", "a")
		must(s.AddNotice(ctx, n, deliver.Plan(n, []deliver.Channel{box}, "")))
		if _, err := pump(killed{s}); err == nil {
			t.Fatal("not killed")
		}
		if sent := must(pump(s)); sent != 0 {
			t.Error("sent while another may be at it")
		}
		now = now.Add(time.Hour)
		if sent := must(pump(s)); sent != 1 {
			t.Errorf("sent %d after a kill", sent)
		}
		now = now.Add(24 * time.Hour)
		if sent := must(pump(s)); sent != 0 || len(box) != 1 {
			t.Errorf("sent %d later, ids %v", sent, box)
		}
		n = noticed("n2", "b")
		must(s.AddNotice(ctx, n, deliver.Plan(n, []deliver.Channel{box}, "")))
		for range 5 { // killed at every try
			_, _ = pump(killed{s})
			now = now.Add(time.Hour)
		}
		for id, times := range box {
			if times != 2 {
				t.Errorf("%s sent %d times", id, times)
			}
		}
		if len(box) != 2 {
			t.Errorf("ids %v", box)
		}
		if n := must(s.DeadNotices(ctx, "tinh/2023", day0)); n != 1 {
			t.Errorf("%d notices did not arrive", n)
		}
		if n := must(s.DeadNotices(ctx, "tinh/2023", day0.Add(time.Hour))); n != 0 {
			t.Errorf("%d notices since then", n)
		}
	})
}

// TestNoticeOtherChannel: what waits for a channel that only another process has is
// left to it, however long that takes.
func TestNoticeOtherChannel(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		box, now := posted{}, day0
		turn := func(channels ...deliver.Channel) int {
			sent, failed, err := deliver.Pump{Outbox: s, Channels: channels, Node: "node", Machine: func() time.Time { return now }, Jitter: func() float64 { return 0 }}.Turn(ctx)
			if err != nil || failed != 0 {
				t.Errorf("%d failed, %v", failed, err)
			}
			return sent
		}
		must(s.AddNotice(ctx, noticed("n1", "a"), []notify.Delivery{{Channel: "telegram 2", MessageID: "a@loa"}, {Channel: "smtp 1", MessageID: "b@loa"}}))
		if turn() != 0 || turn(box) != 1 || box["a@loa"] != 0 {
			t.Errorf("sent %v", box)
		}
		for _, d := range must(s.NoticeLog(ctx, "tinh/2023", "n1", 1))[0].Deliveries {
			if d.Channel == "telegram 2" && (d.State != "waiting" || d.Tries != 0) {
				t.Errorf("taken by who does not have it: %+v", d)
			}
		}
		now = now.AddDate(0, 0, 1)
		if d, _, err := s.NextDelivery(ctx, []string{"telegram 1", "telegram 2", "x"}, "other", now, time.Minute); err != nil || d == nil || d.MessageID != "a@loa" {
			t.Errorf("who has it does not get it: %+v %v", d, err)
		}
	})
}
