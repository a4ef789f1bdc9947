package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/monitor"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
)

// makegoodCmd is the door of make-good cases (phát bù).
type makegoodCmd struct {
	Open     caseOpenCmd     `cmd:"" help:"Mở việc phát bù cho một hay nhiều kỳ đã được xác nhận chưa đạt."`
	Propose  caseProposeCmd  `cmd:"" help:"Đề xuất giờ phát bù; nói ngay nếu lần phát như vậy sẽ không được tính."`
	Approve  caseApproveCmd  `cmd:"" help:"Ghi giờ phát bù đã được thống nhất, theo văn bản nào."`
	Aired    caseAiredCmd    `cmd:"" help:"Ghi nhận đã phát bù, minh chứng là một lần phát trong nhật ký; không ghi --airing thì lấy lần máy tìm thấy."`
	Miss     caseMissCmd     `cmd:"" help:"Ghi nhận chưa phát bù như đã hẹn; việc đi tiếp với một lần hẹn mới."`
	Retract  caseRetractCmd  `cmd:"" help:"Rút lại ghi nhận đã phát bù, hoặc chưa phát bù, của một lần hẹn."`
	Preempt  casePreemptCmd  `cmd:"" help:"Kết thúc: không phát bù, theo văn bản nào."`
	Close    caseCloseCmd    `cmd:"" help:"Khép lại việc đã phát bù đủ."`
	Withdraw caseWithdrawCmd `cmd:"" help:"Rút việc mở nhầm, hoặc kỳ nay không còn là chưa đạt."`
	List     caseListCmd     `cmd:"" help:"In các việc phát bù."`
	Show     caseShowCmd     `cmd:"" help:"In một việc phát bù: các kỳ, các lần hẹn, minh chứng, ai ghi gì."`
}

// caseBase is what every act of a case says.
type caseBase struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	By   string `help:"Ai ghi (mặc định: người dùng của máy)."`
}

// caseNamed is an act of a case that is open.
type caseNamed struct {
	caseBase
	Case string `arg:"" help:"Mã việc, ví dụ PB-01."`
}

type caseOpenCmd struct {
	caseBase
	Quota  string   `required:"" help:"Mã nhiệm vụ, ví dụ B-D1."`
	Owner  string   `required:"" help:"Cơ quan, ví dụ dai-ptth."`
	Period string   `required:"" help:"Kỳ chưa đạt, ví dụ 2023-W10."`
	Miss   []string `help:"Kỳ chưa đạt khác cùng phát bù một lượt, dạng nhiệm_vụ:kỳ, ví dụ B-D1:2023-W11." placeholder:"NV:KỲ"`
	Reason string   `required:"" enum:"technical,breaking,live,holiday,not_produced,too_short,out_of_window,other" help:"Vì sao chưa phát: technical (sự cố kỹ thuật), breaking (thời sự đột xuất), live (trực tiếp, thể thao), holiday (ngày nghỉ), not_produced (chưa sản xuất kịp), too_short (không đủ thời lượng), out_of_window (ngoài khung giờ), other (khác)." placeholder:"MÃ"`
	Words  string   `help:"Nói rõ bằng lời; bắt buộc khi lý do là other."`
}

type caseProposeCmd struct {
	caseNamed
	Channel   string  `required:"" help:"Kênh, ví dụ ytv."`
	Start     moment  `required:"" help:"Giờ bắt đầu, ví dụ 2023-03-15T20:00."`
	Minutes   float64 `required:"" help:"Thời lượng, phút."`
	Column    string  `help:"Chuyên mục của chương trình (mặc định: chuyên mục của nhiệm vụ)." placeholder:"MÃ"`
	Programme string  `help:"Tên chương trình (mặc định: tên chuyên mục)."`
	Replace   int     `help:"Thay cho lần hẹn số mấy." placeholder:"N"`
}

type caseApproveCmd struct {
	caseNamed
	paperCmd
	Pledge int `help:"Lần hẹn số mấy (mặc định: lần duy nhất đang chờ)." placeholder:"N"`
}

type caseAiredCmd struct {
	caseNamed
	Pledge int    `help:"Lần hẹn số mấy (mặc định: lần duy nhất đang chờ)." placeholder:"N"`
	Airing string `help:"Mã lần phát sóng trong nhật ký (xem loa decide evidence)." placeholder:"MÃ"`
}

type caseMissCmd struct {
	caseNamed
	Pledge   int    `help:"Lần hẹn số mấy (mặc định: lần duy nhất đang chờ)." placeholder:"N"`
	Words    string `help:"Vì sao."`
	Document string `help:"Văn bản đài xác nhận, khi chưa có nhật ký."`
}

type caseRetractCmd struct {
	caseNamed
	Pledge int    `required:"" help:"Lần hẹn số mấy." placeholder:"N"`
	Words  string `help:"Vì sao rút lại."`
}

type casePreemptCmd struct {
	caseNamed
	paperCmd
	Words string `help:"Vì sao không phát bù."`
}

type (
	caseCloseCmd    struct{ caseNamed }
	caseWithdrawCmd struct {
		caseNamed
		Words string `help:"Vì sao rút."`
	}
)

// caseDesk is an engine with the plan's cases and what acts are held against.
type caseDesk struct {
	*engine
	schedule.CaseWorld
	names report.Names
	acts  int
}

// desk derives the world of the plan's cases.
func (c caseBase) desk(a *app) (*caseDesk, error) {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return nil, err
	}
	d, err := e.cases()
	if err != nil {
		e.close()
		return nil, err
	}
	return d, nil
}

// do lets an act run on the world of the plan's cases.
func (c caseBase) do(a *app, act func(*caseDesk) error) error {
	d, err := c.desk(a)
	if err != nil {
		return err
	}
	defer d.close()
	return act(d)
}

func (e *engine) cases() (*caseDesk, error) { return e.casesOf(e.app.ctx, e.plan) }

// casesOf derives the world of a plan's cases; with stations from these bodies' own evidence alone.
func (e *engine) casesOf(ctx context.Context, plan *schedule.Plan, stations ...string) (*caseDesk, error) {
	acts, err := e.store.CaseActs(ctx, plan.ID, time.Time{})
	if err != nil {
		return nil, fmt.Errorf("đọc các việc phát bù: %w", err)
	}
	cases, err := schedule.Cases(acts)
	if err != nil {
		return nil, fmt.Errorf("đọc các việc phát bù: %w", err)
	}
	part, derive := plan, func() (schedule.Evaluation, error) { return monitor.Derive(ctx, e.store, plan, e.cal, e.moment()) }
	if len(stations) > 0 {
		part, derive = plan.For(stations...), func() (schedule.Evaluation, error) {
			return monitor.DeriveOwners(ctx, e.store, plan, stations, e.cal, e.moment())
		}
	}
	obs, err := e.store.Observation(ctx, part, time.Time{})
	if err != nil {
		return nil, err
	}
	ev, err := derive()
	if err != nil {
		return nil, err
	}
	return &caseDesk{engine: e, names: report.NamesOf(plan), acts: len(acts),
		CaseWorld: schedule.CaseWorld{Plan: plan, Calendar: e.cal, Evaluation: ev, Observation: obs, Cases: cases}}, nil
}

// complete adds to an act what the world says of it, and refuses what may not be recorded. fit tells how well a
// pledge fits, nil of other acts. At and Actor are set.
func (d *caseDesk) complete(it schedule.Case, act *schedule.CaseAct) (fit *schedule.Fit, err error) {
	switch act.Kind {
	case schedule.CaseOpen:
		if act.Misses, err = d.MayOpen(act.Owner, act.Misses); err != nil {
			return nil, d.refused(err)
		}
		act.Case = schedule.NextCase(d.Cases)
	case schedule.CasePropose:
		p := act.Pledge
		if p.Column == "" && p.Programme == "" && it.ID != "" {
			p.Column = d.usualColumn(it)
		}
		p.Programme = cmp.Or(p.Programme, columnOf(d.Plan, p.Column), p.Column)
		if _, err := it.Next(*act); err != nil { // first what the case itself forbids
			return nil, d.refused(err)
		}
		f, err := d.MayPropose(it, *p, act.At)
		return &f, d.refused(err)
	case schedule.CaseAired:
		trial := *act
		trial.Airing, trial.Misses = "?", it.Misses
		if _, err := it.Next(trial); err != nil {
			return nil, d.refused(err)
		}
		if act.Airing == "" {
			mark := d.Mark(it, act.N)
			if mark.Code != "found" {
				return nil, usagef("không ghi được: %s; nếu đã phát vào lúc khác thì ghi mã lần phát bằng --airing", viet.CaseMark(mark.Code))
			}
			act.Airing, act.Found = mark.Airing.ID, true
		}
		misses, e, err := d.MayAir(it, act.Airing)
		if err != nil {
			return nil, d.refused(err)
		}
		act.Misses, act.Aired, act.Length = misses, e.Airing.Start, e.Airing.Duration
	case schedule.CaseMissed:
		if _, err := it.Next(*act); err != nil {
			return nil, d.refused(err)
		}
		return nil, d.refused(d.MayMiss(it, act.N, act.Document))
	}
	return nil, nil
}

// put stores an act with what it decides.
func (d *caseDesk) put(ctx context.Context, it schedule.Case, act schedule.CaseAct) (next schedule.Case, decided bool, err error) {
	if next, err = it.Next(act); err != nil {
		return next, false, d.refused(err)
	}
	decisions := it.Decisions(act)
	switch err := d.store.AddCaseAct(ctx, act, decisions); {
	case errors.Is(err, store.ErrCaseMoved):
		return next, false, usagef("vừa có người khác ghi vào các việc phát bù: xem lại %s rồi ghi lại (loa makegood show)", act.Case)
	case err != nil:
		return next, false, fmt.Errorf("ghi việc phát bù: %w", err)
	}
	return next, len(decisions) > 0, nil
}

// find is the case an act names; the zero case if there is none, which every act refuses.
func (d *caseDesk) find(id string) schedule.Case {
	for _, c := range d.Cases {
		if strings.EqualFold(c.ID, id) {
			return c
		}
	}
	return schedule.Case{}
}

// refused tells what is wrong with an act, the reasons behind it in words.
func (d *caseDesk) refused(err error) error {
	if err == nil {
		return nil
	}
	all := []error{err}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		all = many.Unwrap()
	}
	var words []string
	for _, one := range all {
		var r schedule.Refusal
		if !errors.As(one, &r) {
			words = append(words, one.Error())
			continue
		}
		if why, ok := r.Args["why"].(schedule.Reason); ok {
			r.Args["words"] = d.names.Reason(why)
		}
		words = append(words, viet.Refusal(r.Code, r.Args))
	}
	return usagef("không ghi được: %s", strings.Join(words, "; "))
}

// record checks an act against its case and stores it with what it decides;
// then everything is evaluated anew and the case shown.
func (d *caseDesk) record(base caseBase, c schedule.Case, act schedule.CaseAct) error {
	act.Plan, act.Seq, act.At, act.Actor = d.plan.ID, d.acts+1, d.business(), actor(base.By)
	act.Case = cmp.Or(c.ID, act.Case)
	next, decided, err := d.put(d.app.ctx, c, act)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.app.Out, "Đã ghi: %s %s; người ghi: %s.\n", viet.CaseAct(string(act.Kind)), act.Case, act.Actor)
	if decided {
		if _, err := d.judgeAndEvaluate(d.app.ctx); err != nil {
			return err
		}
	}
	again, err := d.cases()
	if err != nil {
		return err
	}
	return again.print(next)
}

// Run opens a case.
func (c *caseOpenCmd) Run(a *app) error {
	return c.do(a, func(d *caseDesk) error {
		misses := []schedule.Miss{{Quota: c.Quota, Period: c.Period}}
		for _, m := range c.Miss {
			quota, period, ok := strings.Cut(m, ":")
			if !ok {
				return usagef("--miss «%s»: cần dạng nhiệm_vụ:kỳ, ví dụ B-D1:2023-W11", m)
			}
			misses = append(misses, schedule.Miss{Quota: quota, Period: period})
		}
		act := schedule.CaseAct{Kind: schedule.CaseOpen, Owner: d.agencyID(c.Owner), Misses: misses, Reason: c.Reason, Words: c.Words}
		if _, err := d.complete(schedule.Case{}, &act); err != nil {
			return err
		}
		return d.record(c.caseBase, schedule.Case{}, act)
	})
}

// Run adds a pledge after holding it against the plan.
func (c *caseProposeCmd) Run(a *app) error {
	return c.do(a, func(d *caseDesk) error {
		if c.Minutes <= 0 || c.Minutes > 24*60 {
			return usagef("--minutes %g: cần từ 1 đến 1440 phút", c.Minutes)
		}
		it := d.find(c.Case)
		p := schedule.Pledge{Channel: c.Channel, Programme: c.Programme, Column: c.Column, Start: c.Start.Time, Length: time.Duration(c.Minutes * float64(time.Minute))}
		act := schedule.CaseAct{Kind: schedule.CasePropose, N: c.Replace, Pledge: &p, Case: c.Case, At: d.business(), Actor: actor(c.By)}
		fit, err := d.complete(it, &act)
		if err != nil {
			return err
		}
		fmt.Fprintln(d.app.Out, fitWords(*fit))
		return d.record(c.caseBase, it, act)
	})
}

// usualColumn is the column in which the first quota of a case wants its broadcasts.
func (d *caseDesk) usualColumn(c schedule.Case) string {
	for _, q := range d.plan.Quotas {
		for _, cond := range q.Conditions {
			if q.ID == c.Misses[0].Quota && cond.Name == "theme" {
				return cond.List[0]
			}
		}
	}
	return ""
}

// fitWords says where a pledge stands in the order in which make-goods are offered:
// first in the same programme, then in the same part of the day.
func fitWords(f schedule.Fit) string {
	if f.Usual == "" {
		return "Lần phát như vậy sẽ được tính; trước kỳ này chưa có lần phát nào được ghi nhận để so chương trình, khung giờ."
	}
	say := func(same bool, what, usual string) string {
		if same {
			return "cùng " + what + " thường lệ"
		}
		return "khác " + what + " thường lệ («" + usual + "»)"
	}
	line := "Lần phát như vậy sẽ được tính: " + say(f.Programme, "chương trình", f.Usual)
	if f.Window != "" {
		line += ", " + say(f.Part, "khung giờ", f.Window)
	}
	if !f.Programme || !f.Part && f.Window != "" {
		line += "; nên đề xuất trước trong chính chương trình, khung giờ ấy"
	}
	return line + "."
}

// pledge is the number given, else the only pledge that waits: agreed if so asked.
func (d *caseDesk) pledge(c schedule.Case, n int, agreed bool) (int, error) {
	if n > 0 || c.ID == "" {
		return max(n, 1), nil
	}
	var waiting []string
	for i, p := range c.Pledges {
		if p.Outcome == nil && (p.Approved != nil) == agreed {
			n, waiting = i+1, append(waiting, fmt.Sprint(i+1))
		}
	}
	switch {
	case len(waiting) == 1:
		return n, nil
	case len(waiting) == 0 && agreed:
		return 0, usagef("%s không có lần hẹn nào đã thống nhất mà chưa có kết quả", c.ID)
	case len(waiting) == 0:
		return 0, usagef("%s không có lần hẹn nào chờ thống nhất", c.ID)
	}
	return 0, usagef("%s có %d lần hẹn đang chờ (%s); chọn bằng --pledge", c.ID, len(waiting), strings.Join(waiting, ", "))
}

// Run records that a pledge was agreed, and by what document.
func (c *caseApproveCmd) Run(a *app) error {
	return c.do(a, func(d *caseDesk) error {
		it := d.find(c.Case)
		n, err := d.pledge(it, c.Pledge, false)
		if err != nil {
			return err
		}
		act := schedule.CaseAct{Kind: schedule.CaseApprove, N: n, Case: c.Case}
		if err := d.paper(&act, c.paperCmd, it); err != nil {
			return err
		}
		return d.record(c.caseBase, it, act)
	})
}

// paper puts the paper an act rests on into it, and keeps its file once nothing else is wrong.
func (d *caseDesk) paper(act *schedule.CaseAct, p paperCmd, c schedule.Case) (err error) {
	act.Document, act.Issuer, act.Issued = p.Document, p.Issuer, p.Issued.Time
	try := *act
	try.At, try.Actor = d.business(), "?"
	if _, err := c.Next(try); err != nil {
		return d.refused(err)
	}
	if p.File != "" {
		act.File, act.FileName, err = d.keepFile(d.app.ctx, "case", p.File)
	}
	return err
}

// Run records the broadcast that makes good.
func (c *caseAiredCmd) Run(a *app) error {
	return c.do(a, func(d *caseDesk) error {
		it := d.find(c.Case)
		n, err := d.pledge(it, c.Pledge, true)
		if err != nil {
			return err
		}
		act := schedule.CaseAct{Kind: schedule.CaseAired, N: n, Case: c.Case, Airing: c.Airing, At: d.business(), Actor: actor(c.By)}
		if _, err := d.complete(it, &act); err != nil {
			return err
		}
		return d.record(c.caseBase, it, act)
	})
}

// Run records that a pledge was not kept.
func (c *caseMissCmd) Run(a *app) error {
	return c.do(a, func(d *caseDesk) error {
		it := d.find(c.Case)
		n, err := d.pledge(it, c.Pledge, true)
		if err != nil {
			return err
		}
		act := schedule.CaseAct{Kind: schedule.CaseMissed, N: n, Case: c.Case, Words: c.Words, Document: c.Document, At: d.business(), Actor: actor(c.By)}
		if _, err := d.complete(it, &act); err != nil {
			return err
		}
		return d.record(c.caseBase, it, act)
	})
}

// Run takes back what was recorded of a pledge.
func (c *caseRetractCmd) Run(a *app) error {
	return c.do(a, func(d *caseDesk) error {
		return d.record(c.caseBase, d.find(c.Case), schedule.CaseAct{Kind: schedule.CaseRetract, N: c.Pledge, Case: c.Case, Words: c.Words})
	})
}

// Run ends a case that will not be made good.
func (c *casePreemptCmd) Run(a *app) error {
	return c.do(a, func(d *caseDesk) error {
		it := d.find(c.Case)
		act := schedule.CaseAct{Kind: schedule.CasePreempt, Case: c.Case, Words: c.Words}
		if err := d.paper(&act, c.paperCmd, it); err != nil {
			return err
		}
		return d.record(c.caseBase, it, act)
	})
}

// Run closes a case that is repaired.
func (c *caseCloseCmd) Run(a *app) error {
	return c.do(a, func(d *caseDesk) error {
		return d.record(c.caseBase, d.find(c.Case), schedule.CaseAct{Kind: schedule.CaseClose, Case: c.Case})
	})
}

// Run takes a case back.
func (c *caseWithdrawCmd) Run(a *app) error {
	return c.do(a, func(d *caseDesk) error {
		return d.record(c.caseBase, d.find(c.Case), schedule.CaseAct{Kind: schedule.CaseWithdraw, Case: c.Case, Words: c.Words})
	})
}

// standingOf is how a miss of a case stands now.
func (d *caseDesk) standingOf(owner string, m schedule.Miss) *schedule.Standing {
	i := slices.IndexFunc(d.Evaluation.Standings, func(s schedule.Standing) bool { return s.Quota == m.Quota && s.Owner == owner && s.Period == m.Period })
	if i < 0 {
		return nil
	}
	return &d.Evaluation.Standings[i]
}

func clockDay(t time.Time) string { return viet.Moment(t.In(calendar.Zone)) }
