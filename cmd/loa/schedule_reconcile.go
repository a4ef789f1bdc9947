package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

type scheduleReconcileCmd struct {
	Plan    string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	From    moment `help:"Từ ngày này (mặc định: 4 tuần trước)."`
	To      moment `help:"Đến hết ngày này (mặc định: hôm nay)."`
	Channel string `help:"Chỉ kênh này." placeholder:"MÃ"`
	JSON    bool   `help:"Mỗi lần phát một dòng JSON."`
}

// Run prints what was announced, aired and uploaded, and how they differ.
func (c *scheduleReconcileCmd) Run(a *app) error {
	business := fixed(c.At)
	span, err := spanOf(c.From, c.To, business(), -28)
	if err != nil {
		return err
	}
	e, err := a.openAsOf(c.Plan, business, time.Time{})
	if err != nil {
		return err
	}
	defer e.close()
	if c.Channel != "" && !slices.ContainsFunc(e.plan.Channels, func(ch schedule.Channel) bool { return ch.ID == c.Channel }) {
		return usagef("kế hoạch %s không có kênh «%s»", e.plan.ID, c.Channel)
	}
	runs, _, err := e.runs(a.ctx, e.plan, span)
	if err != nil {
		return err
	}
	runs = slices.DeleteFunc(runs, func(r schedule.Run) bool { return c.Channel != "" && r.Channel != c.Channel })
	if c.JSON {
		return runsJSON(a.Out, runs)
	}
	if e.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	return runsTable(a.Out, e.plan, runs)
}

// spanOf is the days that --from and --to name; without --from so many days before
// now, without --to up to the end of today.
func spanOf(from, to moment, now time.Time, days int) (schedule.Span, error) {
	s := schedule.Span{From: dayStart(now).AddDate(0, 0, days), To: dayStart(now).AddDate(0, 0, 1)}
	if !from.IsZero() {
		s.From = dayStart(from.Time)
	}
	if !to.IsZero() {
		s.To = dayStart(to.Time).AddDate(0, 0, 1)
	}
	if !s.To.After(s.From) {
		return s, usagef("--to (%s) đứng trước --from (%s)", viet.Day(s.To.AddDate(0, 0, -1)), viet.Day(s.From))
	}
	return s, nil
}

// runs reconciles what is known of the plan's columns in a span, with what it was
// reconciled from.
func (e *engine) runs(ctx context.Context, plan *schedule.Plan, span schedule.Span) ([]schedule.Run, schedule.Observation, error) {
	obs, err := e.store.Observation(ctx, plan, time.Time{})
	if err != nil {
		return nil, obs, fmt.Errorf("đọc lịch, danh sách đăng tải và khoảng có nhật ký: %w", err)
	}
	var aired []media.Airing
	for _, c := range plan.Channels {
		list, err := e.store.Airings(ctx, c.ID, span.From.AddDate(0, 0, -8), span.To.AddDate(0, 0, 2), false)
		if err != nil {
			return nil, obs, fmt.Errorf("đọc nhật ký phát sóng: %w", err)
		}
		aired = append(aired, list...)
	}
	return schedule.Reconcile(plan, obs, aired, span, e.business()), obs, nil
}

// runLine is one line of --json.
type runLine struct {
	State     string       `json:"state"`
	Channel   string       `json:"channel"`
	Column    string       `json:"column"`
	Programme string       `json:"programme"`
	Start     string       `json:"start"`
	Planned   *factLine    `json:"planned,omitempty"`
	Was       []factLine   `json:"was,omitempty"`
	Aired     []factLine   `json:"aired,omitempty"`
	Uploaded  []uploadLine `json:"uploaded,omitempty"`
	Moved     float64      `json:"moved_minutes,omitempty"`
	Longer    float64      `json:"longer_minutes,omitempty"`
}

type factLine struct {
	Start   string  `json:"start"`
	Minutes float64 `json:"minutes,omitempty"`
	Run     string  `json:"run,omitempty"`
	Grade   string  `json:"grade"`
}

type uploadLine struct {
	At    string `json:"at"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Grade string `json:"grade"`
}

func plannedFact(p media.Planned) factLine {
	return factLine{rfc(p.Start), p.Duration.Minutes(), p.Run, string(media.GradeD)}
}

func runsJSON(w io.Writer, runs []schedule.Run) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, r := range runs {
		l := runLine{State: string(r.State), Channel: r.Channel, Column: r.Column, Programme: r.Programme, Start: rfc(r.Start), Moved: r.Moved.Minutes(), Longer: r.Longer.Minutes()}
		if r.Planned != nil {
			f := plannedFact(*r.Planned)
			l.Planned = &f
		}
		for _, p := range r.Was {
			l.Was = append(l.Was, plannedFact(p))
		}
		for _, x := range r.Aired {
			l.Aired = append(l.Aired, factLine{rfc(x.Start), x.Duration.Minutes(), map[bool]string{true: "first", false: "repeat"}[x.FirstRun], string(cmp.Or(x.Grade, media.GradeA))})
		}
		for _, u := range r.Uploads {
			l.Uploaded = append(l.Uploaded, uploadLine{rfc(u.At), u.Title, u.URL, string(media.GradeC)})
		}
		if err := enc.Encode(l); err != nil {
			return fmt.Errorf("write run: %w", err)
		}
	}
	return nil
}

func runsTable(out io.Writer, plan *schedule.Plan, runs []schedule.Run) error {
	if len(runs) == 0 {
		_, err := fmt.Fprintln(out, "Không có lịch dự kiến, nhật ký hay danh sách đăng tải nào của các chuyên mục trong khoảng này.")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Kênh\tChuyên mục\tLịch dự kiến\tNhật ký phát sóng\tĐăng tải\tĐối chiếu")
	for _, r := range runs {
		planned, aired, up := "-", "-", "-"
		if r.Planned != nil {
			planned = clockLength(r.Planned.Start, r.Planned.Duration)
		}
		if len(r.Was) > 0 {
			planned += " (trước đó " + clockLength(r.Was[0].Start, r.Was[0].Duration) + ")"
		}
		if len(r.Aired) > 0 {
			aired = clockLength(r.Aired[0].Start, r.Length())
			if n := len(r.Aired); n > 1 {
				aired += fmt.Sprintf(", %d phần", n)
			}
			if !r.Aired[0].FirstRun {
				aired += ", phát lại"
			}
		}
		if len(r.Uploads) > 0 {
			up = viet.Day(r.Uploads[0].At)
		}
		says := viet.RunState(string(r.State))
		if r.State == schedule.RunChanged {
			says += ": " + viet.RunDifference(r.Moved, r.Longer)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Channel, columnOf(plan, r.Column), planned, aired, up, says)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%s\nLịch dự kiến là mức D, danh sách đăng tải là mức C: chỉ những lần có trong nhật ký được tính.\n", report.TallyWords(schedule.TallyOf(runs)))
	return err
}

// clockLength is «20h10 ngày 08/3/2023, 15 phút».
func clockLength(start time.Time, length time.Duration) string {
	out := viet.Moment(start.In(calendar.Zone))
	if length > 0 {
		out += ", " + viet.Duration(length)
	}
	return out
}
