package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"loa/monitor"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

type closeCmd struct {
	Plan    string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Period  string `help:"Kỳ báo cáo, ví dụ 2023-03@14, 2023-03, hoặc khoảng ngày 2023-12-15..2023-12-31."`
	YearEnd bool   `help:"Chốt phần cuối năm sau kỳ báo cáo năm: từ 15/12 đến khi mọi kỳ của năm được đánh giá (các tuần cuối năm, tháng 12)."`
	By      string `help:"Ai chốt (mặc định: người dùng của máy)."`
	Restate bool   `help:"Chốt lại kỳ đã chốt theo số liệu hiện nay, thành lần mới."`
	Reason  string `help:"Lý do chốt lại (bắt buộc với --restate)."`
	Output  string `short:"o" help:"Ghi biên bản chốt ra tệp này thay cho stdout." type:"path"`
	List    bool   `help:"In các lần chốt đã có."`
}

// Run freezes a period and prints its certificate.
func (c *closeCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	closings, err := e.store.Closings(a.ctx, e.plan.ID, time.Time{})
	if err != nil {
		return fmt.Errorf("đọc các kỳ đã chốt: %w", err)
	}
	if c.List {
		listClosings(a, closings)
		return nil
	}
	period, err := c.period(e)
	if err != nil {
		return err
	}
	closing, err := e.closePeriod(a.ctx, period, closings, closeAsk{By: actor(c.By), Reason: c.Reason, Restate: c.Restate})
	if err != nil {
		return err
	}
	if err := e.store.PutClosing(a.ctx, closing); err != nil {
		return fmt.Errorf("lưu lần chốt: %w", err)
	}
	e.freezeReport(a.ctx, closing)
	if _, err := e.judgeAndEvaluate(a.ctx); err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := report.WriteCertificate(&buf, e.plan, closing); err != nil {
		return fmt.Errorf("lập biên bản chốt: %w", err)
	}
	if c.Output == "" {
		_, err = a.Out.Write(buf.Bytes())
		return err
	}
	if err := os.WriteFile(c.Output, buf.Bytes(), 0o640); err != nil {
		return fmt.Errorf("ghi biên bản chốt: %w", err)
	}
	fmt.Fprintf(a.Out, "Đã chốt %s, lần %d, mã bộ dữ liệu %s.\n", period.Name(), closing.Revision, closing.Dataset)
	return nil
}

func (c *closeCmd) period(e *engine) (calendar.Period, error) {
	switch {
	case c.YearEnd && c.Period != "":
		return calendar.Period{}, usagef("chọn --period hoặc --year-end, không cả hai")
	case c.YearEnd: // what the yearly window, which ends on 14 December, does not see
		return schedule.YearEnd(e.plan, e.cal), nil
	case c.Period == "":
		return calendar.Period{}, usagef("thiếu --period (hoặc --year-end)")
	}
	period, err := calendar.Parse(c.Period)
	if err != nil {
		return period, usagef("--period «%s» không phải một kỳ; cần dạng 2023-03@14, 2023-03, 2023-Q1@14 hoặc 2023-12-15..2023-12-31", c.Period)
	}
	return period, nil
}

// closeAsk is who closes a period, and why once more.
type closeAsk struct {
	By, Reason string
	Restate    bool
	Draft      bool // only to be looked at: no reason is needed yet
}

// lastOf is the closing in force of a period, nil if there is none.
func lastOf(closings []schedule.Closing, period string) (last *schedule.Closing) {
	for _, x := range schedule.InForce(closings) {
		if x.Period == period {
			last = &x
		}
	}
	return last
}

// closePeriod derives everything anew and freezes the rows of the period. Nothing is stored.
func (e *engine) closePeriod(ctx context.Context, period calendar.Period, closings []schedule.Closing, c closeAsk) (schedule.Closing, error) {
	plan, last := e.inUse(), lastOf(closings, period.ID)
	switch {
	case last != nil && !c.Restate:
		return schedule.Closing{}, usagef("%s đã chốt lần %d ngày %s; muốn chốt lại theo số liệu hiện nay thì dùng --restate --reason",
			viet.Capital(period.Name()), last.Revision, viet.Day(last.At.In(calendar.Zone)))
	case last == nil && c.Restate:
		return schedule.Closing{}, usagef("%s chưa chốt lần nào", viet.Capital(period.Name()))
	case c.Restate && !c.Draft && strings.TrimSpace(c.Reason) == "":
		return schedule.Closing{}, usagef("chốt lại cần --reason: vì sao")
	}
	if err := e.judgeAndCompare(ctx); err != nil {
		return schedule.Closing{}, err
	}
	ev, err := monitor.Derive(ctx, e.store, plan, e.cal, e.moment())
	if err != nil {
		return schedule.Closing{}, err
	}
	closing, err := schedule.Close(plan, e.cal, ev, period, last, c.By, c.Reason, e.business())
	switch {
	case errors.Is(err, schedule.ErrNotOver):
		return closing, usagef("%s chưa kết thúc: chốt được từ %s", period.Name(), viet.Moment(period.End.In(calendar.Zone)))
	case err != nil:
		return closing, err
	case len(closing.Rows) == 0:
		return closing, usagef("không có kết quả nào thuộc %s để chốt", period.Name())
	}
	if !c.Restate {
		return closing, nil
	}
	loose, err := e.loose(ctx)
	if err != nil {
		return closing, err
	}
	mine := slices.DeleteFunc(slices.Clone(ev.Proposals), func(p schedule.Proposal) bool { return p.Closing != last.ID })
	if same := len(mine) == 0 && len(closing.Rows) == len(last.Rows); same && c.Draft {
		return *last, nil
	} else if same {
		return closing, usagef("%s: số liệu hiện nay không khác lần chốt %d", period.Name(), last.Revision)
	}
	base := closing // with the rows that were not over then
	base.Revision = last.Revision
	return base.Restated(loose, mine, c.By, c.Reason, e.business()), nil
}

// closing is one closing with its rows, by its id.
func (e *engine) closing(ctx context.Context, id string) (schedule.Closing, error) {
	heads, err := e.store.ClosingHeads(ctx, e.plan.ID, time.Time{})
	if err != nil {
		return schedule.Closing{}, err
	}
	i := slices.IndexFunc(heads, func(c schedule.Closing) bool { return c.ID == id })
	if i < 0 {
		return schedule.Closing{}, fmt.Errorf("no closing %s in plan %s", id, e.plan.ID)
	}
	heads[i].Rows, err = e.store.ClosingRows(ctx, id)
	return heads[i], err
}

// loose derives closed periods as they would come out today.
func (e *engine) loose(ctx context.Context) (schedule.Evaluation, error) {
	m := e.moment()
	m.Loose = true
	return monitor.Derive(ctx, e.store, e.inUse(), e.cal, m)
}

func listClosings(a *app, closings []schedule.Closing) {
	if len(closings) == 0 {
		fmt.Fprintln(a.Out, "Chưa chốt kỳ nào.")
	}
	for _, c := range closings {
		fmt.Fprintf(a.Out, "%s\tlần %d\t%s\t%s\t%s\t%d dòng\t%d câu hỏi còn mở\t%s\n", c.Period, c.Revision, viet.Moment(c.At.In(calendar.Zone)), c.Actor, c.Dataset,
			len(c.Rows), len(c.Open), c.Reason)
	}
}

type proposalsCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

// Run prints what would come out otherwise today than it was closed.
func (c *proposalsCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	ev, err := monitor.Derive(a.ctx, e.store, e.plan, e.cal, e.moment())
	if err != nil {
		return err
	}
	names := report.NamesOf(e.plan)
	word := func(s schedule.Standing) string { return report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons) }
	for _, p := range ev.Proposals {
		fmt.Fprintf(a.Out, "%s\t%s\t%s\tđã chốt: %s\tnay: %s\n", p.Quota, names.Agency(p.Owner), p.Period, word(p.Was), word(p.Now))
		for _, x := range p.Added {
			fmt.Fprintf(a.Out, "\tthêm\t%s\t%s\t%s (thấy lần đầu %s)\n", x.Evidence.ID, viet.Moment(x.Evidence.At.In(calendar.Zone)), report.Masked(x.Evidence).Title, viet.Day(x.Evidence.Seen.In(calendar.Zone)))
		}
		for _, x := range p.Removed {
			fmt.Fprintf(a.Out, "\tbớt\t%s\t%s\t%s\n", x.Evidence.ID, viet.Moment(x.Evidence.At.In(calendar.Zone)), report.Masked(x.Evidence).Title)
		}
	}
	if len(ev.Proposals) == 0 {
		fmt.Fprintln(a.Out, "Không có đề nghị điều chỉnh nào.")
	}
	return nil
}

// restateCmd takes one proposal: a new revision of the closing that holds it.
type restateCmd struct {
	decisionCmd
	paperCmd
}

// Run restates one closed row.
func (c *restateCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	if strings.TrimSpace(c.Reason) == "" {
		return usagef("quyết định không hợp lệ: %s", viet.Refusal("no_reason", nil))
	}
	owner := e.agencyID(c.Owner)
	d := schedule.Decision{Kind: schedule.Restate, Plan: e.plan.ID, Quota: c.Quota, Owner: owner, Period: c.Period, At: e.business(), Actor: actor(c.By),
		Reason: c.Reason, Document: c.Document, Issuer: c.Issuer, Issued: c.Issued.Time}
	if c.File != "" {
		if d.File, d.FileName, err = e.keepFile(a.ctx, "decision", c.File); err != nil {
			return err
		}
	}
	ev, err := monitor.Derive(a.ctx, e.store, e.plan, e.cal, e.moment())
	if err != nil {
		return err
	}
	p, next, err := e.restate(a.ctx, d, ev.Proposals)
	if errors.Is(err, errNoProposal) {
		return usagef("không có đề nghị điều chỉnh nào cho %s, %s, kỳ %s (xem loa decide proposals)", c.Quota, owner, cmp.Or(c.Period, "–"))
	}
	if err := refusal(err); err != nil {
		return err
	}
	if _, err := e.judgeAndEvaluate(a.ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đã điều chỉnh: %s, %s, kỳ %s: %s → %s; kỳ báo cáo %s thành lần %d, mã bộ dữ liệu %s.\n", p.Quota, report.NamesOf(e.plan).Agency(p.Owner), p.Period,
		report.Word(p.Was.Basis, p.Was.State, p.Was.Confirmed, p.Was.Risk, p.Was.Reasons), report.Word(p.Now.Basis, p.Now.State, p.Now.Confirmed, p.Now.Risk, p.Now.Reasons),
		next.Period, next.Revision, next.Dataset)
	return nil
}

// errNoProposal says that there is nothing to restate.
var errNoProposal = errors.New("there is no such proposal")

// restate takes the proposal that a decision names: the closing that holds the row
// gets a revision.
func (e *engine) restate(ctx context.Context, d schedule.Decision, proposals []schedule.Proposal) (p schedule.Proposal, next schedule.Closing, err error) {
	i := slices.IndexFunc(proposals, func(p schedule.Proposal) bool {
		return p.Quota == d.Quota && p.Owner == d.Owner && p.Period == d.Period
	})
	if i < 0 {
		return p, next, errNoProposal
	}
	p = proposals[i]
	closings, err := e.store.Closings(ctx, d.Plan, time.Time{})
	if err != nil {
		return p, next, fmt.Errorf("đọc các kỳ đã chốt: %w", err)
	}
	at := slices.IndexFunc(closings, func(x schedule.Closing) bool { return x.ID == p.Closing })
	if at < 0 {
		return p, next, fmt.Errorf("lần chốt %s không còn trong kho", p.Closing)
	}
	loose, err := e.loose(ctx)
	if err != nil {
		return p, next, err
	}
	if err := e.decide(ctx, d, e.matching); err != nil {
		return p, next, err
	}
	next = closings[at].Restated(loose, proposals[i:i+1], d.Actor, d.Reason, d.At)
	if err := e.store.PutClosing(ctx, next); err != nil {
		return p, next, fmt.Errorf("lưu lần chốt: %w", err)
	}
	e.freezeReport(ctx, next)
	return p, next, nil
}
