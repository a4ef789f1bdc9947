package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

type scheduleCmd struct {
	Gaps      scheduleGapsCmd      `cmd:"" help:"In những chỗ số, kỳ, tuần của chuyên mục bị bỏ, lùi, trùng hoặc ghi nhận bổ sung: để hỏi lại, không phải kết luận."`
	Retention scheduleRetentionCmd `cmd:"" help:"In những bản ghi đài sắp hết hạn lưu giữ mà chưa có nhật ký làm minh chứng."`
	Slots     scheduleSlotsCmd     `cmd:"" help:"In các kỳ đang chạy và sắp tới: còn thiếu gì, hạn cuối, lịch dự kiến có gì, thường làm lúc nào."`
	Reconcile scheduleReconcileCmd `cmd:"" help:"Đối chiếu lịch dự kiến, nhật ký phát sóng và danh sách đăng tải: ba điều khác nhau, chỉ điều đã phát được tính."`

	List scheduleListCmd `cmd:"" default:"withargs" help:"In lịch dự kiến: kênh, giờ, thời lượng, chương trình; chỉ để biết trước, không tính là đã phát."`

	Propose scheduleProposeCmd `cmd:"" help:"Đề xuất giờ phát cho chuyên mục theo khung chương trình của đài: bảo đảm thời lượng, khung giờ, tránh giờ trùng, ít đổi giờ nhất (tham khảo)."`
	Compare scheduleCompareCmd `cmd:"" help:"So sánh hai bản lịch dự thảo của một tháng với kế hoạch, trước khi phát."`
}

type scheduleListCmd struct {
	Plan    string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	KnownAt moment `help:"Như được công bố tại thời điểm này."`
	From    moment `help:"Từ ngày này (mặc định: hôm nay)."`
	To      moment `help:"Đến hết ngày này (mặc định: 7 ngày kể từ --from)."`
	Channel string `help:"Chỉ kênh này." placeholder:"MÃ"`
	Column  string `help:"Chỉ chương trình của chuyên mục này; «-»: mọi chuyên mục của kế hoạch." placeholder:"MÃ"`
	All     bool   `help:"In cả những gì đã bị thay bằng lịch mới hơn."`
	JSON    bool   `help:"Mỗi lần phát dự kiến một dòng JSON."`
}

// Run prints what stations announce.
func (c *scheduleListCmd) Run(a *app) error {
	business := fixed(c.At)
	from := dayStart(business())
	if !c.From.IsZero() {
		from = dayStart(c.From.Time)
	}
	to := from.AddDate(0, 0, 7)
	if !c.To.IsZero() {
		to = dayStart(c.To.Time).AddDate(0, 0, 1)
	}
	if !to.After(from) {
		return usagef("--to (%s) đứng trước --from (%s)", viet.Day(c.To.Time), viet.Day(from))
	}
	e, err := a.open(a.planFiles(), c.Plan, business)
	if err != nil {
		return err
	}
	defer e.close()
	if c.Channel != "" && !slices.ContainsFunc(e.plan.Channels, func(ch schedule.Channel) bool { return ch.ID == c.Channel }) {
		return usagef("kế hoạch %s không có kênh «%s»", e.plan.ID, c.Channel)
	}
	all, err := e.store.Planned(a.ctx, from, to, c.KnownAt.Time, c.All)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p media.Planned) bool {
		return c.Channel != "" && p.Channel != c.Channel || c.Column == "-" && p.Column == "" || c.Column != "" && c.Column != "-" && p.Column != c.Column
	})
	if c.JSON {
		return plannedJSON(a.Out, all)
	}
	if e.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	return plannedTable(a.Out, e.plan, all)
}

// plannedLine is one line of --json.
type plannedLine struct {
	Channel   string  `json:"channel"`
	Start     string  `json:"start"`
	Minutes   float64 `json:"minutes,omitempty"` // 0: not known
	Programme string  `json:"programme"`
	Column    string  `json:"column,omitempty"`
	Run       string  `json:"run,omitempty"`
	Live      bool    `json:"live,omitempty"`
	Seen      string  `json:"seen"`
	Gone      string  `json:"gone,omitempty"`
	Grade     string  `json:"grade"`
	Source    string  `json:"source"`
}

func plannedJSON(w io.Writer, all []media.Planned) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, p := range all {
		if err := enc.Encode(lineOf(p)); err != nil {
			return err
		}
	}
	return nil
}

func lineOf(p media.Planned) plannedLine {
	return plannedLine{p.Channel, rfc(p.Start), p.Duration.Minutes(), p.Programme, p.Column, p.Run, p.Live, rfc(p.Seen), rfc(p.Gone), string(media.GradeD), p.Source}
}

func plannedTable(out io.Writer, plan *schedule.Plan, all []media.Planned) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "Không có lịch dự kiến nào trong khoảng này.")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Kênh\tNgày\tGiờ\tThời lượng\tChương trình\tChuyên mục\tGhi chú")
	for _, p := range all {
		length := "-"
		if p.Duration > 0 {
			length = viet.Duration(p.Duration)
		}
		note := plannedNote(p)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Channel, viet.Day(p.Start.In(calendar.Zone)), viet.Clock(p.Start), length, p.Programme,
			cmp.Or(columnOf(plan, p.Column), "-"), cmp.Or(note, "-"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "Lịch dự kiến do đài công bố (mức D): không thay cho nhật ký phát sóng.")
	return err
}

func columnOf(plan *schedule.Plan, id string) string {
	for _, c := range plan.Columns {
		if c.ID == id {
			return c.Name
		}
	}
	return id
}

// plannedNote is what the page says of a run, and since when it does not.
func plannedNote(p media.Planned) string {
	note := map[string]string{"first": "phát mới", "repeat": "phát lại"}[p.Run]
	if p.Live {
		note = joinWords(note, "trực tiếp")
	}
	if !p.Gone.IsZero() {
		note = joinWords(note, "đã bị thay từ "+viet.Moment(p.Gone))
	}
	return note
}

func joinWords(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}
