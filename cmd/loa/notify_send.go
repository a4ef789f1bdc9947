package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/monitor"
	"loa/notify"
	"loa/notify/deliver"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// notices are the settings of who is told over which channel.
type notices struct {
	Notify         []string `env:"LOA_NOTIFY" sep:" " help:"Kênh báo chuyên viên (lặp lại được): smtp://người_dùng:mật_khẩu@máy_chủ:587/?from=…&to=…, https://… (webhook JSON), telegram://…, zalo://mã@oa?to=…. Không đặt thì không gửi gì." placeholder:"URL"`
	NotifySecurity []string `env:"LOA_NOTIFY_SECURITY" sep:" " help:"Kênh riêng của người phụ trách an toàn thông tin." placeholder:"URL"`
	NotifyDuty     []string `env:"LOA_NOTIFY_DUTY" sep:" " help:"Kênh của người trực hệ thống: báo trang bị gián đoạn cả ngoài giờ." placeholder:"URL"`
	NotifyMail     string   `env:"LOA_NOTIFY_MAIL" help:"Máy chủ thư để gửi Báo, Đài, các sở, huyện theo địa chỉ trong agencies.yaml (smtp://…?from=…; mặc định: smtp:// đầu tiên của --notify)." placeholder:"URL"`
	NotifyDigest   []string `env:"LOA_NOTIFY_DIGEST" help:"Báo, Đài đăng ký nhận tổng hợp tuần, ví dụ dai-ptth." placeholder:"CƠ_QUAN"`
	NotifyHTTP     bool     `hidden:"" help:"Cho phép webhook http:// và máy này (để thử)."`
	Alerts         string   `default:"loa" enum:"loa,alertmanager" env:"LOA_ALERTS" help:"Ai báo việc thiếu, sự cố nguồn: loa, hoặc alertmanager (khi có Prometheus; khi đó loa chỉ gửi tổng hợp, hạn lưu giữ, kỳ báo cáo)."`
}

// desks are the channels of each audience.
type desks struct {
	officer, security, duty []deliver.Channel
	mail                    []deliver.Channel // none, or the server for those with an address of their own
	asked                   []string
	elsewhere               bool
}

// channels reads every address; a mistake is told without its secrets.
func (n notices) channels(e *engine) (desks, error) {
	opt := deliver.Options{Now: e.machine, AllowHTTP: n.NotifyHTTP}
	d := desks{elsewhere: n.Alerts == "alertmanager"}
	for _, of := range []struct {
		flag string
		urls []string
		to   *[]deliver.Channel
	}{{"--notify", n.Notify, &d.officer}, {"--notify-security", n.NotifySecurity, &d.security}, {"--notify-duty", n.NotifyDuty, &d.duty}} {
		for _, u := range of.urls {
			c, err := deliver.New(u, opt)
			if err != nil {
				return d, badChannel(of.flag, err)
			}
			*of.to = append(*of.to, c...)
		}
	}
	mail := n.NotifyMail
	for _, u := range n.Notify {
		if mail == "" && strings.HasPrefix(u, "smtp") {
			mail = u
		}
	}
	if mail != "" {
		if !strings.HasPrefix(mail, "smtp") {
			return d, usagef("--notify-mail: cần địa chỉ smtp:// hoặc smtps://")
		}
		c, err := deliver.New(mail, opt)
		if err != nil {
			return d, badChannel("--notify-mail", err)
		}
		d.mail = c
	}
	for _, a := range n.NotifyDigest {
		id := e.agencyID(a)
		if !slices.ContainsFunc(e.plan.Agencies, func(x media.Agency) bool { return x.ID == id && x.Level == media.Press }) {
			return d, usagef("--notify-digest «%s»: không phải cơ quan báo chí của kế hoạch", a)
		}
		d.asked = append(d.asked, id)
	}
	return d, nil
}

func badChannel(flag string, err error) error {
	var bad deliver.BadAddress
	if errors.As(err, &bad) {
		return usagef("%s: %s", flag, viet.BadChannel(bad.Code, bad.Scheme))
	}
	return err
}

// all are the channels, each once.
func (d desks) all() []deliver.Channel {
	var out []deliver.Channel
	for _, c := range slices.Concat(d.officer, d.security, d.duty, d.mail) {
		if !slices.ContainsFunc(out, func(o deliver.Channel) bool { return o.ID() == c.ID() }) {
			out = append(out, c)
		}
	}
	return out
}

// deliveries are the ways of a notice to its audience. Whoever has neither channel
// nor address is in the log alone, for a person to copy the words.
func (d desks) deliveries(plan *schedule.Plan, n notify.Notice) []notify.Delivery {
	switch n.Audience {
	case notify.Officer:
		return deliver.Plan(n, d.officer, "")
	case notify.Security:
		return deliver.Plan(n, d.security, "")
	case notify.Duty:
		return deliver.Plan(n, d.duty, "")
	}
	for _, a := range plan.Agencies {
		if a.ID == n.Agency && a.Contact.Email != "" {
			return deliver.Plan(n, d.mail, a.Contact.Email)
		}
	}
	return nil
}

// stale is how old an evaluation may be for anybody to be told of it.
const stale = time.Hour

// deadFor is how long a notice that did not arrive is told of in the week's digest.
const deadFor = 7 * 24 * time.Hour

// world gathers what notices are decided by, from the last stored evaluation. ok is
// false while there is none that is fresh.
func (e *engine) world(ctx context.Context, d desks) (w notify.World, ok bool, err error) {
	plan := e.plan
	if p := e.current.Load(); p != nil {
		plan = p
	}
	ev, ok, err := e.store.Evaluation(ctx, plan.ID)
	if err != nil || !ok {
		return w, false, err
	}
	names := report.NamesOf(plan)
	w = notify.World{Plan: plan, Cal: e.cal, Now: e.business(), Machine: e.machine(), Standings: ev.Standings, Elsewhere: d.elsewhere, Asked: d.asked, Base: e.address, Reason: names.Reason}
	if age := w.Now.Sub(ev.Now); age > stale || age < -stale {
		return w, false, nil
	}
	for _, s := range ev.Standings {
		if s.State == schedule.Missed && s.Basis == schedule.ByPlan && w.Now.Sub(s.End) < 40*24*time.Hour {
			m, err := e.store.Detail(ctx, plan.ID, s.Quota, s.Owner, s.Period)
			if err != nil {
				return w, false, err
			}
			w.Rejections = append(w.Rejections, m.Rejections...)
		}
	}
	health, err := e.store.Health(ctx)
	if err != nil {
		return w, false, err
	}
	for _, s := range plan.Sources {
		h := health[s.ID]
		w.Sources = append(w.Sources, notify.Source{Source: s, Health: h, How: s.Condition(h, w.Now, e.holiday), Until: e.work.Until(s.ID)})
	}
	if w.Recordings, err = e.notices(ctx, plan); err != nil {
		return w, false, err
	}
	if w.Releases, err = e.store.Releases(ctx, plan.ID); err != nil {
		return w, false, err
	}
	w.Releases = slices.DeleteFunc(w.Releases, func(r schedule.Release) bool { return r.At.After(w.Now) })
	if w.Told, err = e.store.Told(ctx, plan.ID); err != nil {
		return w, false, err
	}
	if w.Dead, err = e.store.DeadNotices(ctx, plan.ID, w.Now.Add(-deadFor)); err != nil {
		return w, false, err
	}
	w.Waiting, _, err = e.store.Waiting(ctx)
	return w, err == nil, err
}

// tell records what is due with its deliveries, and says what it recorded.
func (e *engine) tell(ctx context.Context, d desks) ([]notify.Notice, error) {
	w, ok, err := e.world(ctx, d)
	if err != nil || !ok {
		return nil, err
	}
	var out []notify.Notice
	for _, n := range notify.Due(w) {
		fresh, err := e.store.AddNotice(ctx, n, d.deliveries(w.Plan, n))
		if err != nil {
			return out, fmt.Errorf("ghi việc báo tin: %w", err)
		}
		if fresh {
			out = append(out, n)
		}
	}
	return out, nil
}

// pump sends what waits in the outbox.
func (e *engine) pump(d desks) deliver.Pump {
	return deliver.Pump{Outbox: e.store, Channels: d.all(), Node: e.node, Machine: e.machine, Jitter: rand.Float64, Log: e.app.log}
}

// notifyEvery is how often a running server looks what is due, and what waits.
const notifyEvery = time.Minute

type notifyDueCmd struct {
	notices
	Plan  string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At    moment `help:"Tính tại thời điểm này."`
	Base  string `env:"LOA_ADDRESS" name:"address" help:"Địa chỉ trang web như mọi người mở, cho các liên kết." placeholder:"URL"`
	Month string `help:"Thay vào đó in tổng hợp tháng đã chuẩn bị cho các sở, huyện, để xem trước khi cho gửi." placeholder:"2023-03"`
}

// Run prints what would be told now, and tells nobody.
func (c *notifyDueCmd) Run(a *app) error {
	e, d, err := c.open(a, c.Plan, c.At)
	if err != nil {
		return err
	}
	defer e.close()
	e.address = c.Base
	if _, err := e.judgeAndEvaluate(a.ctx); err != nil {
		return err
	}
	w, _, err := e.world(a.ctx, d)
	if err != nil {
		return err
	}
	due := notify.Due(w)
	if c.Month != "" {
		if p, err := calendar.Parse(c.Month); err != nil || p != calendar.At(calendar.Month, p.Start) {
			return usagef("--month: «%s» không phải tháng, cần dạng 2023-03", c.Month)
		}
		due = notify.Prepared(w, c.Month)
	}
	if len(due) == 0 {
		_, err := fmt.Fprintln(a.Out, "Không có gì phải báo lúc này.")
		return err
	}
	return printNotices(a.Out, report.NamesOf(w.Plan), due)
}

func (n notices) open(a *app, plan string, at moment) (*engine, desks, error) {
	e, err := a.open(a.planFiles(), plan, fixed(at))
	if err != nil {
		return nil, desks{}, err
	}
	d, err := n.channels(e)
	if err != nil {
		e.close()
		return nil, d, err
	}
	return e, d, nil
}

func printNotices(out io.Writer, names report.Names, list []notify.Notice) error {
	for _, n := range list {
		to := viet.Audience(string(n.Audience)) + prefixed(": ", n.Agency)
		if n.Agency != "" {
			to = viet.Audience(string(n.Audience)) + ": " + names.Agency(n.Agency)
		}
		if _, err := fmt.Fprintf(out, "%s  gửi %s\n%s\n%s\n", n.ID, to, n.Subject, n.Text()); err != nil {
			return err
		}
	}
	return nil
}

type notifySendCmd struct {
	notices
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Tính tại thời điểm này."`
	Base string `env:"LOA_ADDRESS" name:"address" help:"Địa chỉ trang web như mọi người mở, cho các liên kết." placeholder:"URL"`
}

// Run records what is due and sends what waits, once.
func (c *notifySendCmd) Run(a *app) error {
	e, d, err := c.open(a, c.Plan, c.At)
	if err != nil {
		return err
	}
	defer e.close()
	e.address = c.Base
	if len(d.all()) == 0 {
		return usagef("chưa đặt kênh nào (--notify): xem việc đến hạn bằng loa notify due")
	}
	if _, err := e.judgeAndEvaluate(a.ctx); err != nil {
		return err
	}
	list, err := e.tell(a.ctx, d)
	if err != nil {
		return err
	}
	sent, failed, err := e.pump(d).Turn(a.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Ghi mới %d thông báo; đã gửi %d, chưa gửi được %d.\n", len(list), sent, failed)
	if failed > 0 {
		return fmt.Errorf("có %d thông báo chưa gửi được; xem loa notify log", failed)
	}
	return nil
}

type notifyTestCmd struct {
	URL        string `arg:"" help:"Địa chỉ kênh cần thử."`
	To         string `help:"Địa chỉ thư nhận, nếu địa chỉ kênh không nêu."`
	NotifyHTTP bool   `hidden:"" help:"Cho phép webhook http:// và máy này (để thử)."`
}

// Run sends one message that says it is a test, and keeps nothing.
func (c *notifyTestCmd) Run(a *app) error {
	list, err := deliver.New(c.URL, deliver.Options{AllowHTTP: c.NotifyHTTP})
	if err != nil {
		return badChannel("URL", err)
	}
	n := notify.Notice{ID: media.Hash("test", nodeName())[:16], Subject: "CCHC: thư thử kênh báo tin", Items: []notify.Item{{Text: "[Thử kênh] Nếu đọc được dòng này thì kênh báo tin của loa dùng được: đủ dấu tiếng Việt «ăâđêôơư»."}}}
	var errs []error
	for _, ch := range list {
		d := deliver.Plan(n, []deliver.Channel{ch}, c.To)[0]
		if err := ch.Send(a.ctx, d, n); err != nil {
			errs = append(errs, fmt.Errorf("không gửi được qua %s: %w", ch.ID(), err))
			continue
		}
		if _, err := fmt.Fprintf(a.Out, "Đã gửi thư thử qua %s.\n", ch.ID()); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

// tells are the chores of telling: one node at a time looks what is due, one sends
// what waits.
func (e *engine) tells(d desks) []monitor.Chore {
	return []monitor.Chore{
		{Name: "notify/" + e.plan.ID, Every: notifyEvery, Do: func(ctx context.Context) error {
			_, err := e.tell(ctx, d)
			return err
		}},
		{Name: "deliver/" + e.plan.ID, Every: notifyEvery, Do: func(ctx context.Context) error {
			_, _, err := e.pump(d).Turn(ctx)
			return err
		}},
	}
}
