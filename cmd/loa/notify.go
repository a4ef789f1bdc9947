package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
)

// notifyCmd is who is told what.
type notifyCmd struct {
	Due      notifyDueCmd      `cmd:"" help:"In việc đến hạn báo lúc này, chưa gửi cho ai."`
	Send     notifySendCmd     `cmd:"" help:"Ghi việc đến hạn và gửi những gì đang chờ, một lượt."`
	Log      notifyLogCmd      `cmd:"" help:"Nhật ký: đã báo ai, việc gì, khi nào, có trả lời không; kênh nào không gửi được."`
	Answered notifyAnsweredCmd `cmd:"" help:"Ghi trả lời của người được báo."`
	Copy     notifyCopyCmd     `cmd:"" help:"Chép để gửi Zalo: chữ thuần, không quá 600 ký tự."`
	Test     notifyTestCmd     `cmd:"" help:"Gửi một thư thử qua một kênh."`
	Release  notifyReleaseCmd  `cmd:"" help:"Cho gửi: cảnh báo, kết quả chưa đạt đã xác nhận cho Báo, Đài; hoặc tổng hợp tháng cho các sở, huyện."`
}

type notifyReleaseCmd struct {
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Quota  string `help:"Mã nhiệm vụ, ví dụ B-D1."`
	Owner  string `help:"Cơ quan báo chí được báo, ví dụ dai-ptth."`
	Period string `help:"Kỳ, ví dụ 2023-W10, 2023-03."`
	Month  string `help:"Tháng của tổng hợp gửi các sở, huyện, ví dụ 2023-03; thay cho --quota, --owner, --period." placeholder:"2023-03"`
	As     string `help:"Cơ quan đứng tên (mặc định: cơ quan của chuyên viên; tổng hợp tháng phải nêu)."`
	Words  string `help:"Lời kèm theo."`
	By     string `help:"Ai cho gửi (mặc định: người dùng của máy)."`
	Source string `help:"Nguồn của trang bị gián đoạn mà người có trách nhiệm đã xác nhận từ nơi khác; báo riêng cho cơ quan quản lý trang." placeholder:"NGUỒN"`
	List   bool   `help:"In những lần đã cho gửi."`
}

// Run records that somebody may be told.
func (c *notifyReleaseCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	if c.List {
		return c.list(a, e)
	}
	r := schedule.Release{Plan: e.plan.ID, At: e.business(), Actor: actor(c.By), Office: e.plan.Tell.Officer, Words: c.Words}
	if c.As != "" {
		r.Office = e.agencyID(c.As)
	}
	var standings []schedule.Standing
	switch {
	case c.Month != "" && (c.Quota != "" || c.Owner != "" || c.Period != ""):
		return usagef("--month là của tổng hợp gửi các sở, huyện, không đi cùng --quota, --owner, --period")
	case c.Source != "":
		if err := e.outage(a.ctx, c.Source, &r); err != nil {
			return err
		}
	case c.Month != "":
		r.Kind, r.Period = schedule.ReleaseSummary, c.Month
	case c.Quota == "" || c.Owner == "" || c.Period == "":
		return usagef("cần --quota, --owner và --period, hoặc --month")
	default:
		ev, err := e.judgeAndEvaluate(a.ctx)
		if err != nil {
			return err
		}
		standings = ev.Standings
		r.Kind, r.Quota, r.Owner, r.Period = schedule.ReleaseMissed, c.Quota, e.agencyID(c.Owner), c.Period
		for _, s := range standings {
			if k, ok := schedule.ReleaseOf(s); ok && s.Quota == r.Quota && s.Owner == r.Owner && s.Period == r.Period {
				r.Kind = k
			}
		}
	}
	if err := refusal(schedule.CheckRelease(e.plan, standings, r)); err != nil {
		return err
	}
	if r.Office == "" {
		return usagef("thiếu cơ quan đứng tên (--as)")
	}
	switch err := e.store.AddRelease(a.ctx, r); {
	case errors.Is(err, store.ErrReleased):
		return usagef("đã có người cho gửi trước đó (xem loa notify release --list)")
	case err != nil:
		return err
	}
	names := report.NamesOf(e.plan)
	if r.Kind == schedule.ReleaseOutage {
		_, err = fmt.Fprintf(a.Out, "Đã xác nhận gián đoạn: %s (%s); người xác nhận: %s.\n", names.Source(r.Quota), names.Agency(r.Owner), r.Actor)
		return err
	}
	if r.Kind == schedule.ReleaseSummary {
		_, err = fmt.Fprintf(a.Out, "Đã cho gửi tổng hợp tháng %s dưới tên %s; người cho gửi: %s.\n", r.Period, names.Agency(r.Office), r.Actor)
		return err
	}
	_, err = fmt.Fprintf(a.Out, "Đã cho gửi %s: %s, %s, kỳ %s; dưới tên %s; người cho gửi: %s.\n",
		viet.ReleaseKind(string(r.Kind)), r.Quota, names.Agency(r.Owner), r.Period, names.Agency(r.Office), r.Actor)
	return err
}

// outage is a source that cannot be reached now, by its id with or without the province.
func (e *engine) outage(ctx context.Context, source string, r *schedule.Release) error {
	id := e.agencyID(source)
	i := slices.IndexFunc(e.plan.Sources, func(s media.Source) bool { return s.ID == id })
	if i < 0 {
		return usagef("kế hoạch %s không có nguồn «%s»", e.plan.ID, source)
	}
	health, err := e.store.Health(ctx)
	if err != nil {
		return err
	}
	h := health[id]
	if h.Outcome != media.Unreachable || h.BlindSince.IsZero() {
		return usagef("nguồn «%s» hiện không ở tình trạng không truy cập được (%s): không có gì để xác nhận", source, viet.Outcome(h.Outcome))
	}
	r.Kind, r.Quota, r.Owner, r.Period = schedule.ReleaseOutage, id, e.plan.Sources[i].Agency, h.BlindSince.UTC().Format(time.RFC3339)
	return nil
}

func (c *notifyReleaseCmd) list(a *app, e *engine) error {
	list, err := e.store.Releases(a.ctx, e.plan.ID)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(r schedule.Release) bool { return r.At.After(e.business()) })
	if len(list) == 0 {
		_, err := fmt.Fprintln(a.Out, "Chưa cho gửi gì.")
		return err
	}
	names := report.NamesOf(e.plan)
	for _, r := range list {
		what := "các sở, huyện"
		if r.Owner != "" {
			what = r.Quota + ", " + names.Agency(r.Owner)
		}
		if _, err := fmt.Fprintf(a.Out, "%s\t%s\t%s\tkỳ %s\tdưới tên %s\t%s%s\n", r.At.In(calendar.Zone).Format("02/01/2006 15:04"),
			viet.ReleaseKind(string(r.Kind)), what, r.Period, names.Agency(r.Office), r.Actor, prefixed(": ", r.Words)); err != nil {
			return err
		}
	}
	return nil
}
