package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/monitor"
	"loa/report/agenda"
	"loa/schedule"
	"loa/schedule/calendar"
)

// calendarCmd takes the coming periods out of the program.
type calendarCmd struct {
	Feed  calendarFeedCmd  `cmd:"" default:"withargs" help:"Ghi lịch của một cơ quan (iCalendar): kỳ phải thực hiện, hạn cuối còn kịp, hạn sản xuất, lịch dự kiến, phát bù, ngày chốt số liệu."`
	Sheet calendarSheetCmd `cmd:"" help:"Ghi bảng kế hoạch của một tháng (XLSX): mỗi kỳ một dòng, và lịch theo ngày."`
}

type calendarFeedCmd struct {
	Owner string `arg:"" help:"Cơ quan, ví dụ dai-ptth." placeholder:"CƠ-QUAN"`
	Out   string `short:"o" help:"Ghi vào tệp (mặc định: stdout)." type:"path"`
	Plan  string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At    moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Ahead span   `default:"26w" help:"Các kỳ sắp tới trong khoảng này, ví dụ 8w."`
	Base  string `help:"Địa chỉ của trang theo dõi, để lịch dẫn về từng tiến độ, ví dụ http://127.0.0.1:8080." placeholder:"URL"`
}

type calendarSheetCmd struct {
	Month string `required:"" help:"Tháng, ví dụ 2023-04." placeholder:"THÁNG"`
	Owner string `help:"Chỉ của cơ quan này (mặc định: mọi cơ quan)."`
	Out   string `short:"o" help:"Ghi vào tệp (mặc định: stdout)." type:"path"`
	Plan  string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At    moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

// usualAhead is how far a calendar that is fetched reaches.
const usualAhead = 26 * 7 * 24 * time.Hour

// agenda gathers what a calendar is made of; with owners from their own evidence alone.
func (e *engine) agenda(ctx context.Context, plan *schedule.Plan, ahead time.Duration, owners ...string) (agenda.Input, error) {
	in := agenda.Input{Plan: plan, Calendar: e.cal}
	m := e.moment()
	m.Ahead = max(ahead, time.Minute)
	var err error
	if len(owners) > 0 {
		in.Evaluation, err = monitor.DeriveOwners(ctx, e.store, plan, owners, e.cal, m)
	} else {
		in.Evaluation, err = monitor.Derive(ctx, e.store, plan, e.cal, m)
	}
	if err != nil {
		return in, err
	}
	if in.Decisions, err = e.store.Decisions(ctx, plan.ID, time.Time{}); err != nil {
		return in, fmt.Errorf("đọc quyết định: %w", err)
	}
	acts, err := e.store.CaseActs(ctx, plan.ID, time.Time{})
	if err != nil {
		return in, fmt.Errorf("đọc các việc phát bù: %w", err)
	}
	in.Cases, err = schedule.Cases(acts)
	return in, err
}

// owes finds an agency of the plan that owes anything.
func owes(p *schedule.Plan, owner string) bool {
	return slices.ContainsFunc(p.Agencies, func(a media.Agency) bool {
		return a.ID == owner && slices.ContainsFunc(p.Quotas, func(q schedule.Quota) bool {
			return q.Owner.Agency == owner || slices.Contains(q.Owner.Each, a.Level)
		})
	})
}

// feed is the calendar of one owner; nil if the plan has no such owner.
func (e *engine) feed(ctx context.Context, plan *schedule.Plan, owner, base string, ahead time.Duration) ([]byte, error) {
	if !owes(plan, owner) {
		return nil, nil
	}
	in, err := e.agenda(ctx, plan, ahead, owner)
	if err != nil {
		return nil, err
	}
	in.Plan, in.Owner, in.Base = plan, owner, strings.TrimSuffix(base, "/")
	var b bytes.Buffer
	if err := agenda.WriteICS(&b, in); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// monthOf reads a calendar month.
func monthOf(s string) (calendar.Period, error) {
	if _, err := time.Parse("2006-01", s); err != nil {
		return calendar.Period{}, usagef("--month «%s»: cần một tháng, ví dụ 2023-04", s)
	}
	return calendar.Parse(s)
}

// put writes what was made to a file, or to stdout if none is named.
func (a *app) put(name string, data []byte) error {
	if name == "" {
		_, err := a.Out.Write(data)
		return err
	}
	if err := os.WriteFile(name, data, 0o640); err != nil {
		return fmt.Errorf("ghi tệp: %w", err)
	}
	return nil
}

// Run writes the feed of one owner.
func (c *calendarFeedCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	text, err := e.feed(a.ctx, e.plan, e.agencyID(c.Owner), c.Base, time.Duration(c.Ahead))
	if err != nil {
		return err
	}
	if text == nil {
		return usagef("kế hoạch %s không giao nhiệm vụ nào cho cơ quan «%s»", e.plan.ID, c.Owner)
	}
	return a.put(c.Out, text)
}

// Run writes the plan sheet of a month.
func (c *calendarSheetCmd) Run(a *app) error {
	month, err := monthOf(c.Month)
	if err != nil {
		return err
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	owner := e.agencyID(c.Owner)
	if owner != "" && !owes(e.plan, owner) {
		return usagef("kế hoạch %s không giao nhiệm vụ nào cho cơ quan «%s»", e.plan.ID, c.Owner)
	}
	in, err := e.agenda(a.ctx, e.plan, month.End.Sub(e.business()))
	if err != nil {
		return err
	}
	in.Owner = owner
	var b bytes.Buffer
	if err := agenda.WriteSheet(&b, in, month); err != nil {
		return err
	}
	return a.put(c.Out, b.Bytes())
}
