package main

import (
	"context"
	"errors"
	"fmt"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
	"loa/web"
)

type notifyLogCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	N    int    `short:"n" default:"50" help:"In nhiều nhất bao nhiêu thông báo, mới nhất trước."`
	Dead bool   `help:"Chỉ những thông báo có kênh không gửi được."`
}

// Run prints who was told what, when, and whether they answered.
func (c *notifyLogCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	list, err := e.store.NoticeLog(a.ctx, e.plan.ID, "", c.N)
	if err != nil {
		return err
	}
	names, shown := report.NamesOf(e.plan), 0
	for _, l := range list {
		dead := false
		for _, d := range l.Deliveries {
			dead = dead || d.State == "dead"
		}
		if c.Dead && !dead {
			continue
		}
		shown++
		to := viet.Audience(string(l.Audience))
		if l.Agency != "" {
			to += ": " + names.Agency(l.Agency)
		}
		fmt.Fprintf(a.Out, "%s\t%s\tgửi %s\t%s\n", l.ID, l.At.In(calendar.Zone).Format("02/01/2006 15:04"), to, l.Subject)
		if len(l.Deliveries) == 0 {
			fmt.Fprintf(a.Out, "\tchưa có kênh hoặc địa chỉ thư: chép để gửi bằng loa notify copy %s\n", l.ID)
		}
		for _, d := range l.Deliveries {
			line := viet.DeliveryState(d.State)
			if !d.At.IsZero() {
				line += " lúc " + d.At.In(calendar.Zone).Format("02/01/2006 15:04")
			}
			if d.Tries > 1 || d.State != "sent" && d.Tries > 0 {
				line += fmt.Sprintf(", lần thử %d", d.Tries)
			}
			fmt.Fprintf(a.Out, "\t%s%s\t%s%s\n", d.Channel, prefixed(" → ", d.Recipient), line, prefixed(" (", d.Detail, ")"))
		}
		for _, x := range l.Answers {
			fmt.Fprintf(a.Out, "\ttrả lời %s, %s: %s\n", x.At.In(calendar.Zone).Format("02/01/2006 15:04"), x.Actor, x.Words)
		}
	}
	if shown == 0 {
		_, err = fmt.Fprintln(a.Out, "Chưa có thông báo nào.")
	}
	return err
}

type notifyAnsweredCmd struct {
	ID    string `arg:"" help:"Mã thông báo (xem loa notify log)."`
	Plan  string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At    moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Words string `required:"" help:"Trả lời thế nào."`
	By    string `help:"Ai trả lời (mặc định: người dùng của máy)."`
}

// Run records that somebody who was told answered.
func (c *notifyAnsweredCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	l, err := e.oneNotice(a, c.ID)
	if err != nil {
		return err
	}
	x := store.Answer{At: e.business(), Actor: actor(c.By), Words: c.Words}
	if err := e.store.AddAnswer(a.ctx, l.ID, x); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, "Đã ghi trả lời cho thông báo %s; người trả lời: %s.\n", l.ID, x.Actor)
	return err
}

type notifyCopyCmd struct {
	ID   string `arg:"" help:"Mã thông báo (xem loa notify log)."`
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

// Run prints what is copied into Zalo, 600 characters at most.
func (c *notifyCopyCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	l, err := e.oneNotice(a, c.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Out, l.Copy())
	return err
}

// oneNotice finds the notice that an id, or the beginning of one, names.
func (e *engine) oneNotice(a *app, id string) (store.NoticeLine, error) {
	if len(id) < 4 {
		return store.NoticeLine{}, usagef("mã thông báo «%s» quá ngắn: cần ít nhất 4 ký tự đầu", id)
	}
	list, err := e.store.NoticeLog(a.ctx, e.plan.ID, id, 2)
	switch {
	case err != nil:
		return store.NoticeLine{}, err
	case len(list) == 0:
		return store.NoticeLine{}, usagef("không có thông báo «%s» (xem loa notify log)", id)
	case len(list) > 1:
		return store.NoticeLine{}, errors.Join(usagef("có nhiều thông báo bắt đầu bằng «%s»: cần thêm ký tự", id))
	}
	return list[0], nil
}

// toldPage is what the desk shows of the log: all but matters of the safety of
// sites, which concern their owners and nobody else.
func (e *engine) toldPage(ctx context.Context, plan *schedule.Plan, most int) ([]web.Told, error) {
	list, err := e.store.NoticeLog(ctx, plan.ID, "", most)
	if err != nil {
		return nil, err
	}
	return toldWords(plan, list), nil
}

// toldTo is what the desk shows an agency of what it was told.
func (e *engine) toldTo(ctx context.Context, plan *schedule.Plan, agency string, most int) ([]web.Told, error) {
	list, err := e.store.NoticesTo(ctx, plan.ID, agency, most)
	if err != nil {
		return nil, err
	}
	return toldWords(plan, list), nil
}

func toldWords(plan *schedule.Plan, list []store.NoticeLine) []web.Told {
	names := report.NamesOf(plan)
	var out []web.Told
	for _, l := range list {
		if l.Private() {
			continue
		}
		t := web.Told{ID: l.ID, At: l.At, To: viet.Audience(string(l.Audience)), Subject: l.Subject, Text: l.Copy()}
		if l.Agency != "" {
			t.To += ": " + names.Agency(l.Agency)
		}
		for _, d := range l.Deliveries {
			t.Ways = append(t.Ways, web.Way{Channel: d.Channel, Recipient: d.Recipient, State: viet.DeliveryState(d.State), Dead: d.State == "dead"})
		}
		for _, x := range l.Answers {
			t.Answers = append(t.Answers, web.Answer{At: x.At, Actor: x.Actor, Words: x.Words})
		}
		out = append(out, t)
	}
	return out
}
