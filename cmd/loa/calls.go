package main

import (
	"cmp"
	"fmt"
	"time"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// callsCmd is the book of calls: who was called about what, and what was answered.
type callsCmd struct {
	List callsListCmd `cmd:"" default:"withargs" help:"In sổ gọi điện và phản hồi, mới nhất sau."`
	Add  callsAddCmd  `cmd:"" help:"Ghi một cuộc gọi: gọi ai, trả lời gì, hẹn khi nào."`
}

type callsListCmd struct {
	Plan  string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At    moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Owner string `help:"Chỉ của cơ quan này, ví dụ dai-ptth."`
	Due   bool   `help:"Chỉ những lời hẹn đã đến ngày."`
}

// Run prints what was said, oldest first.
func (c *callsListCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	notes, err := e.store.Notes(a.ctx, e.plan.ID, time.Time{})
	if err != nil {
		return err
	}
	names, n := report.NamesOf(e.plan), 0
	for _, x := range notes {
		if c.Owner != "" && x.Owner != e.agencyID(c.Owner) || c.Due && !x.PromiseDue(e.business()) {
			continue
		}
		n++
		by := ""
		if !x.By.IsZero() {
			by = viet.Day(x.By.In(calendar.Zone))
		}
		if _, err := fmt.Fprintf(a.Out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\thẹn: %s\tngười ghi: %s\n", x.At.In(calendar.Zone).Format("02/01/2006 15:04"), viet.NoteWord(string(x.Kind), x.Upheld), cmp.Or(x.Quota, "–"), names.Agency(x.Owner),
			cmp.Or(x.Period, "–"), cmp.Or(x.Whom, "–"), x.Words, cmp.Or(by, "–"), x.Actor); err != nil {
			return err
		}
	}
	if n == 0 {
		_, err = fmt.Fprintln(a.Out, "Chưa ghi cuộc gọi nào.")
	}
	return err
}

type callsAddCmd struct {
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Owner  string `required:"" help:"Cơ quan, ví dụ dai-ptth."`
	Quota  string `help:"Mã nhiệm vụ, ví dụ B-D1 (mặc định: mọi việc của cơ quan)."`
	Period string `help:"Kỳ, ví dụ 2023-W10."`
	Whom   string `required:"" help:"Đã gọi ai, số điện thoại nào."`
	Words  string `required:"" help:"Trả lời thế nào."`
	Until  moment `help:"Hẹn thực hiện đến ngày nào."`
	By     string `help:"Ai gọi (mặc định: người dùng của máy)."`
}

// Run records one call.
func (c *callsAddCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	n := schedule.Note{Plan: e.plan.ID, Kind: schedule.NoteCall, Owner: e.agencyID(c.Owner), Quota: c.Quota, Period: c.Period, At: e.business(), Actor: actor(c.By), Whom: c.Whom, Words: c.Words}
	if !c.Until.IsZero() {
		n.By = calendar.Day(c.Until.Time)
	}
	if err := refusal(e.note(a.ctx, e.plan, n, "", "")); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, "Đã ghi cuộc gọi tới %s; người gọi: %s.\n", report.NamesOf(e.plan).Agency(n.Owner), n.Actor)
	return err
}
