package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"loa/monitor"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

type planSetCmd struct {
	Quota string `required:"" help:"Mã nhiệm vụ, ví dụ A-4."`
	Field string `required:"" placeholder:"MỨC" help:"Mức nào (xem danh sách ở trên, hoặc loa plan fields)."`
	Value string `required:"" placeholder:"GIÁ-TRỊ" help:"Giá trị mới."`
	From  moment `help:"Áp dụng cho các kỳ bắt đầu từ ngày này (bắt buộc)."`
	Basis string `placeholder:"VĂN-BẢN" help:"Căn cứ: văn bản hoặc ý kiến thống nhất (bắt buộc)."`
	By    string `help:"Ai điều chỉnh (mặc định: người dùng của máy)."`
	Plan  string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At    moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

// Help lists what can be changed.
func (planSetCmd) Help() string {
	var b strings.Builder
	b.WriteString("Các mức điều chỉnh được; chỉ tiêu của chính kế hoạch thì không:\n")
	for _, f := range schedule.ChangeFields() {
		fmt.Fprintf(&b, "\n  %-12s%s", f.Name, f.Doc)
	}
	return b.String()
}

// Run records a changed number, evaluates anew and says what comes out otherwise.
func (c *planSetCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	change := schedule.Change{Quota: c.Quota, Field: c.Field, Value: c.Value, At: e.business(), Actor: actor(c.By), Basis: viet.Clean(c.Basis)}
	if !c.From.IsZero() {
		change.From = calendar.Day(c.From.Time)
	}
	if err := checkLevel(e.plan, change); err != nil {
		return usagef("%s; xem loa plan fields", err)
	}
	before, err := e.judgeAndEvaluate(a.ctx)
	if err != nil {
		return err
	}
	old := quotaIn(e.plan, c.Quota)
	if err := e.store.AddChange(a.ctx, e.plan.ID, change); err != nil {
		return fmt.Errorf("ghi điều chỉnh: %w", err)
	}
	was := e.plan
	if err := e.replan(a.ctx, time.Time{}); err != nil {
		return err
	}
	after, err := e.judgeAndEvaluate(a.ctx)
	if err != nil {
		return err
	}
	now := quotaIn(e.plan, c.Quota)
	fmt.Fprintf(a.Out, "Đã ghi: %s, %s; áp dụng cho các kỳ bắt đầu từ ngày %s; căn cứ: %s; người điều chỉnh: %s.\n", c.Quota, strings.Join(changedWords(e.plan, old, now, c), "; "),
		viet.Day(change.From), change.Basis, change.Actor)
	for _, p := range schedule.Periods(e.plan, now) {
		if !p.Start.Before(change.From) {
			fmt.Fprintf(a.Out, "Kỳ đầu tiên theo mức mới: %s.\n", p.Name())
			break
		}
	}
	ds := schedule.Differences(before.Standings, after.Standings)
	if len(ds) == 0 {
		fmt.Fprintln(a.Out, "Đến nay chưa có đánh giá nào khác đi.")
		return nil
	}
	fmt.Fprintf(a.Out, "%d đánh giá khác đi:\n", len(ds))
	return differenceTable(a.Out, was, e.plan, ds)
}

// checkLevel says why a number cannot be changed so.
func checkLevel(p *schedule.Plan, c schedule.Change) error {
	if err := refusal(schedule.CheckChange(p, c)); err != nil {
		return usagef("không điều chỉnh được: %s", strings.TrimPrefix(err.Error(), "quyết định không hợp lệ: "))
	}
	if nothing(p, c) {
		return usagef("không điều chỉnh được: «%s» của nhiệm vụ %s đã là %s", c.Field, c.Quota, c.Value)
	}
	return nil
}

// tryLevel derives everything as it is and with a number changed, and says what
// comes out otherwise. It stores nothing.
func (e *engine) tryLevel(ctx context.Context, p *schedule.Plan, c schedule.Change) ([]schedule.Difference, error) {
	if err := checkLevel(p, c); err != nil {
		return nil, err
	}
	would, errs := schedule.Changed(p, []schedule.Change{c})
	if len(errs) > 0 {
		return nil, refusal(errs[0])
	}
	before, err := monitor.Derive(ctx, e.store, p, e.cal, e.moment())
	if err != nil {
		return nil, err
	}
	after, err := monitor.Derive(ctx, e.store, would, e.cal, e.moment())
	if err != nil {
		return nil, err
	}
	return schedule.Differences(before.Standings, after.Standings), nil
}

// changedWords says what the definition in force now has otherwise; where an
// even later change holds, what was recorded.
func changedWords(p *schedule.Plan, old, now schedule.Quota, c *planSetCmd) []string {
	if words := report.NamesOf(p).ChangeWords(old, now); len(words) > 0 {
		return words
	}
	return []string{c.Field + ": " + c.Value}
}

func quotaIn(p *schedule.Plan, id string) schedule.Quota {
	for _, q := range p.Quotas {
		if q.ID == id {
			return q
		}
	}
	return schedule.Quota{}
}

// nothing reports that a change says what holds already, with no later change
// between.
func nothing(p *schedule.Plan, c schedule.Change) bool {
	old := quotaIn(p, c.Quota)
	if slices.ContainsFunc(old.Was, func(w schedule.Was) bool { return w.Until.After(c.From) }) {
		return false
	}
	would, errs := schedule.Changed(p, []schedule.Change{c})
	return len(errs) == 0 && len(report.NamesOf(p).ChangeWords(old, quotaIn(would, c.Quota))) == 0
}

type planFieldsCmd struct{}

// Run lists what can be changed from a day on.
func (planFieldsCmd) Run(a *app) error {
	w := tabwriter.NewWriter(a.Out, 0, 4, 2, ' ', 0)
	for _, f := range schedule.ChangeFields() {
		fmt.Fprintf(w, "%s\t%s\n", f.Name, f.Doc)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(a.Out, "Con số của chính kế hoạch (chỉ tiêu) không điều chỉnh được ở đây.")
	return nil
}

type planLevelsCmd struct {
	Quota  string `help:"Chỉ nhiệm vụ này, ví dụ A-4."`
	Period string `help:"Các kỳ kết thúc trong kỳ này, ví dụ 2023-01 (mặc định: tháng đã kết thúc gần nhất)."`
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Tính tại thời điểm này."`
}

// Run prints how the owners' results lie around each reference level, so that
// the level can be set by what is seen. It judges nobody.
func (c *planLevelsCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	if c.Quota != "" && quotaIn(e.plan, c.Quota).ID == "" {
		return usagef("%s", viet.Refusal("no_quota", map[string]any{"plan": e.plan.ID, "quota": c.Quota}))
	}
	period, err := periodOr(c.Period, calendar.Month, e.business())
	if err != nil {
		return err
	}
	ev, err := monitor.Derive(a.ctx, e.store, e.plan, e.cal, e.moment())
	if err != nil {
		return err
	}
	spreads := slices.DeleteFunc(schedule.Spreads(e.plan, ev.Standings), func(s schedule.Spread) bool {
		return c.Quota != "" && s.Quota != c.Quota || !period.Contains(s.End.Add(-time.Nanosecond))
	})
	if e.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	fmt.Fprintf(a.Out, "Phân bố kết quả theo mức tham chiếu, các kỳ kết thúc trong %s. Để đặt mức, không phải đánh giá.\n", period.Name())
	if len(spreads) == 0 {
		fmt.Fprintln(a.Out, "Không có mức tham chiếu nào có kỳ kết thúc trong thời gian này.")
		return nil
	}
	w := tabwriter.NewWriter(a.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "Nhiệm vụ\tKỳ\tSố đo\tMức đang đặt\tCơ quan biết kết quả\tChưa đủ dữ liệu\tNhỏ nhất\t25%\tGiữa\t75%\tLớn nhất\tKhông giữ mức\t")
	for _, s := range spreads {
		five := "–\t–\t–\t–\t–\t–"
		if s.N > 0 {
			five = ""
			for _, v := range []float64{s.Min, s.Low, s.Median, s.High, s.Max} {
				five += viet.Decimal(v) + "\t"
			}
			five += fmt.Sprintf("%d/%d", s.Short, s.N)
		}
		bound := map[string]string{"at_least": "ít nhất ", "at_most": "không quá "}[s.Bound]
		note := ""
		if s.Shadow {
			note = "theo dõi thử, chưa nhắc ai"
		}
		fmt.Fprintf(w, "%s\t%s\t%s, %s\t%s%s\t%d\t%d\t%s\t%s\n", s.Quota, s.Period, viet.Measure(s.Measure), viet.Unit(s.Unit), bound, viet.Decimal(s.Level), s.N, s.Unknown, five, note)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(a.Out, "Đặt mức: loa plan set --quota MÃ --field MỨC --value … --from NGÀY --basis \"văn bản thống nhất\"")
	return nil
}
