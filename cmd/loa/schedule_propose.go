package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/monitor"
	"loa/plans"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/schedule/propose"
	"loa/viet"
)

type scheduleProposeCmd struct {
	Plan    string   `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment   `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Grid    string   `required:"" type:"existingfile" help:"Khung chương trình của đài (YAML, xem plans/README.md)." placeholder:"TỆP"`
	Quota   string   `help:"Nhiệm vụ, ví dụ B-D1 (mặc định: nhiệm vụ phát sóng định kỳ của đài)." placeholder:"MÃ"`
	Channel []string `help:"Chỉ các kênh này (mặc định: mọi kênh trong khung)." placeholder:"MÃ"`
	Column  string   `help:"Chuyên mục cần xếp giờ (mặc định: chuyên mục đầu tiên của nhiệm vụ)." placeholder:"MÃ"`
	Minutes int      `default:"20" help:"Thời lượng mỗi lần phát, phút."`
	From    moment   `help:"Từ ngày này (mặc định: hôm nay)."`
	To      moment   `help:"Đến hết ngày này."`
	Ahead   span     `default:"8w" help:"Khi không có --to: trong khoảng này kể từ --from."`
	JSON    bool     `help:"Mỗi giờ phát một dòng JSON, dòng cuối là tổng hợp."`
}

// Run proposes broadcast times; it stores nothing.
func (c *scheduleProposeCmd) Run(a *app) error {
	business := fixed(c.At)
	from := dayStart(business())
	if !c.From.IsZero() {
		from = dayStart(c.From.Time)
	}
	to := from.Add(time.Duration(c.Ahead))
	if !c.To.IsZero() {
		to = dayStart(c.To.Time).AddDate(0, 0, 1)
	}
	switch {
	case !to.After(from):
		return usagef("--to đứng trước --from (%s)", viet.Day(from))
	case to.Sub(from) > 366*24*time.Hour:
		return usagef("khoảng xếp giờ dài hơn một năm; cần --from, --to hoặc --ahead ngắn hơn")
	case c.Minutes < 1 || c.Minutes > 240:
		return usagef("--minutes cần từ 1 đến 240, đang là %d", c.Minutes)
	}
	e, err := a.open(a.planFiles(), c.Plan, business)
	if err != nil {
		return err
	}
	defer e.close()
	grid, problems := plans.Grid(os.DirFS(filepath.Dir(c.Grid)), filepath.Base(c.Grid), e.plan)
	if err := refuse(problems); err != nil {
		return fmt.Errorf("khung chương trình %s: %w", c.Grid, err)
	}
	quota, err := c.quota(e.plan, grid.Station)
	if err != nil {
		return err
	}
	ask := propose.Ask{Quota: quota.ID, Column: c.Column, Channels: c.Channel, Minutes: c.Minutes, From: from, To: to, Now: business()}
	if ask.Column == "" {
		ask.Column = firstColumn(quota)
	}
	if err := c.known(e.plan, ask); err != nil {
		return err
	}
	m := e.moment()
	m.Ahead = to.Sub(business())
	ev, err := monitor.Derive(a.ctx, e.store, e.plan.For(grid.Station), e.cal, m)
	if err != nil {
		return err
	}
	ask.Need = map[string]int{}
	for _, o := range propose.Openings(e.plan, ev.Standings, grid.Station, to, propose.Options{Now: business()}) {
		if o.Quota == quota.ID && o.To.After(from) {
			ask.Need[o.Period] = o.Missing
		}
	}
	season := propose.Airtimes(e.plan, e.cal, grid, lately(ev.Matching, quota.ID, business()), ask)
	if c.JSON {
		return seasonJSON(a.Out, quota.ID, season)
	}
	if e.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	return seasonText(a.Out, e.plan, quota, ask, season)
}

// quota is the one named, or the station's recurring broadcast.
func (c *scheduleProposeCmd) quota(p *schedule.Plan, station string) (schedule.Quota, error) {
	var own []string
	for _, q := range p.Quotas {
		if q.Owner.Agency != station || q.Kind != "airing" {
			continue
		}
		if c.Quota == "" || c.Quota == q.ID {
			return q, nil
		}
		own = append(own, q.ID)
	}
	return schedule.Quota{}, usagef("đài %s không có nhiệm vụ phát sóng «%s» trong kế hoạch %s; có: %s", station, c.Quota, p.ID, strings.Join(own, ", "))
}

func firstColumn(q schedule.Quota) string {
	for _, c := range q.Conditions {
		if c.Name == "theme" && len(c.List) > 0 {
			return c.List[0]
		}
	}
	return ""
}

func (c *scheduleProposeCmd) known(p *schedule.Plan, ask propose.Ask) error {
	for _, id := range ask.Channels {
		if !slices.Contains(channelIDs(p), id) {
			return usagef("kế hoạch %s không có kênh «%s»; các kênh: %s", p.ID, id, strings.Join(channelIDs(p), ", "))
		}
	}
	if ask.Column != "" && !slices.ContainsFunc(p.Columns, func(x media.Column) bool { return x.ID == ask.Column }) {
		return usagef("kế hoạch %s không có chuyên mục «%s»", p.ID, ask.Column)
	}
	return nil
}

// proposedMinutes is how long a broadcast is that nobody says more of.
const proposedMinutes = 20

// usualWeeks is how far back what a column usually does is looked for.
const usualWeeks = 12

// lately lists the broadcasts that were counted for a quota of late.
func lately(m schedule.Matching, quota string, now time.Time) []media.Airing {
	var out []media.Airing
	for _, c := range m.Credits {
		if c.Quota == quota && c.Evidence.Airing != nil && c.Evidence.At.After(now.AddDate(0, 0, -7*usualWeeks)) {
			out = append(out, *c.Evidence.Airing)
		}
	}
	return out
}

// airtimeLine is one proposed time in --json.
type airtimeLine struct {
	Quota   string            `json:"quota"`
	Period  string            `json:"period"`
	Channel string            `json:"channel,omitempty"`
	Start   string            `json:"start,omitempty"`
	Minutes int               `json:"minutes"`
	Regular bool              `json:"regular"`
	Reasons []schedule.Reason `json:"reasons"`
}

type seasonEnd struct {
	Slots   int     `json:"slots"`
	Empty   int     `json:"empty"`
	Changes int     `json:"changes"`
	Cost    int64   `json:"cost"`
	Bound   int64   `json:"bound"`
	Gap     float64 `json:"gap"`
}

func seasonJSON(w io.Writer, quota string, s propose.Season) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, x := range s.Times {
		l := airtimeLine{Quota: quota, Period: x.Period.ID, Channel: x.Channel, Minutes: x.Minutes, Regular: x.Kept, Reasons: x.Reasons}
		if !x.Start.IsZero() {
			l.Start = x.Start.In(calendar.Zone).Format(time.RFC3339)
		}
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	return enc.Encode(seasonEnd{len(s.Times) - s.Empty, s.Empty, s.Changes, s.Cost, s.Bound, s.Gap()})
}

func seasonText(w io.Writer, p *schedule.Plan, q schedule.Quota, ask propose.Ask, s propose.Season) error {
	names := report.NamesOf(p)
	fmt.Fprintf(w, "Đề xuất giờ phát «%s», mỗi lần %d phút, cho %s %s, từ %s đến hết %s. Tham khảo: Đài tự quyết định.\n", names.Column(ask.Column), ask.Minutes,
		q.ID, q.Title, viet.Day(ask.From.In(calendar.Zone)), viet.Day(ask.To.AddDate(0, 0, -1).In(calendar.Zone)))
	if s.Usual != nil {
		fmt.Fprintf(w, "Thời gian qua thường phát: %s, %02dh%02d %s.\n", names.Channel(s.Usual.Channel), s.Usual.Minute/60, s.Usual.Minute%60, viet.Weekday(s.Usual.Weekday))
	}
	if len(s.Times) == 0 {
		_, err := fmt.Fprintln(w, "Trong khoảng này không còn kỳ nào thiếu lần phát sóng.")
		return err
	}
	for _, x := range s.Times {
		when := "chưa có giờ phù hợp"
		if !x.Start.IsZero() {
			when = fmt.Sprintf("%s, %s %s (%s)", names.Channel(x.Channel), viet.Clock(x.Start), viet.Day(x.Start.In(calendar.Zone)), viet.Weekday(x.Start.In(calendar.Zone).Weekday()))
		}
		fmt.Fprintf(w, "%s: %s\n    %s\n", viet.Capital(x.Period.Name()), when, reasonWords(names, x.Reasons))
	}
	end := fmt.Sprintf("%d lần phát, %d lần đổi giờ, %d lần chưa xếp được. ", len(s.Times)-s.Empty, s.Changes, s.Empty)
	if s.Gap() == 0 {
		end += "Không có cách xếp nào ít phải đổi giờ hơn trong khung này."
	} else {
		end += fmt.Sprintf("Theo thang của loa, cách xếp tốt nhất có thể ít đổi hơn, nhiều nhất %s%%.", strings.Replace(fmt.Sprintf("%.1f", 100*s.Gap()), ".", ",", 1))
	}
	_, err := fmt.Fprintln(w, end)
	return err
}

func reasonWords(names report.Names, all []schedule.Reason) string {
	var out []string
	for _, r := range all {
		out = append(out, names.Reason(r))
	}
	return strings.Join(out, ". ") + "."
}

type scheduleCompareCmd struct {
	A       string `arg:"" type:"existingfile" help:"Bản dự thảo thứ nhất (CSV hoặc XLSX: kênh, chương trình, ngày, giờ, thời lượng, phát mới/phát lại)."`
	B       string `arg:"" type:"existingfile" help:"Bản dự thảo thứ hai."`
	Plan    string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Month   string `help:"Tháng của lịch, ví dụ 2023-04 (mặc định: tháng sau)." placeholder:"NĂM-THÁNG"`
	Channel string `help:"Kênh của lịch, khi tệp không có cột kênh." placeholder:"MÃ"`
	JSON    bool   `help:"Mỗi nhiệm vụ, kỳ một dòng JSON."`
}

// Run holds two drafts of a schedule against the plan; it stores nothing.
func (c *scheduleCompareCmd) Run(a *app) error {
	business := fixed(c.At)
	month := calendar.At(calendar.Month, calendar.At(calendar.Month, business()).End)
	if c.Month != "" {
		m, err := calendar.Parse(c.Month)
		if err != nil || m != calendar.At(calendar.Month, m.Start) {
			return usagef("--month cần dạng NĂM-THÁNG, ví dụ 2023-04, đang là «%s»", c.Month)
		}
		month = m
	}
	e, err := a.open(a.planFiles(), c.Plan, business)
	if err != nil {
		return err
	}
	defer e.close()
	first, err := e.draftOf(c.A, c.Channel, month)
	if err != nil {
		return err
	}
	second, err := e.draftOf(c.B, c.Channel, month)
	if err != nil {
		return err
	}
	station, err := e.stationOf(first, second)
	if err != nil {
		return err
	}
	rows, changes := propose.Compare(e.plan, e.cal, station, month.Start, month.End, business(), first, second)
	if c.JSON {
		return compareJSON(a.Out, rows)
	}
	if e.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	return compareText(a.Out, e.plan, month, rows, changes)
}

// draftOf reads a draft of a month's schedule: all of it or nothing.
func (e *engine) draftOf(path, channel string, month calendar.Period) ([]media.Airing, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("đọc lịch dự thảo: %w", err)
	}
	opt, err := logOptions(e.plan, channel)
	if err != nil {
		return nil, err
	}
	airings, wrong, err := extract.Airings(filepath.Base(path), data, opt)
	if err := refuseRows(e.app, filepath.Base(path), wrong, err); err != nil {
		return nil, err
	}
	within := slices.DeleteFunc(airings, func(x media.Airing) bool { return !month.Contains(x.Start) })
	if len(within) == 0 {
		return nil, fmt.Errorf("lịch dự thảo %s không có lần phát nào trong %s", filepath.Base(path), month.Name())
	}
	return within, nil
}

// stationOf is the one station whose channels both drafts are of.
func (e *engine) stationOf(drafts ...[]media.Airing) (string, error) {
	found := map[string]bool{}
	for _, c := range e.plan.Channels {
		for _, d := range drafts {
			if slices.ContainsFunc(d, func(x media.Airing) bool { return x.Channel == c.ID }) {
				found[c.Agency] = true
			}
		}
	}
	if len(found) != 1 {
		return "", usagef("hai bản lịch phải cùng của một đài có kênh trong kế hoạch %s", e.plan.ID)
	}
	for id := range found {
		return id, nil
	}
	return "", nil
}

// compareLine is one quota and period in --json.
type compareLine struct {
	Quota   string         `json:"quota"`
	Basis   schedule.Basis `json:"basis"`
	Period  string         `json:"period"`
	Wanted  int            `json:"wanted"`
	Partial bool           `json:"partial"`
	A       compareSide    `json:"a"`
	B       compareSide    `json:"b"`
}

type compareSide struct {
	Counted int               `json:"counted"`
	Met     bool              `json:"met"`
	Why     []schedule.Reason `json:"why"` // of what would not be counted
}

func compareJSON(w io.Writer, rows []propose.Row) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	of := func(s propose.Side) compareSide {
		out := compareSide{s.Counted, s.Met, []schedule.Reason{}}
		for _, r := range s.Rejections {
			out.Why = append(out.Why, r.Reason)
		}
		return out
	}
	for _, r := range rows {
		if err := enc.Encode(compareLine{r.Quota, r.Basis, r.Period.ID, r.Wanted, r.Partial, of(r.A), of(r.B)}); err != nil {
			return err
		}
	}
	return nil
}

func compareText(w io.Writer, p *schedule.Plan, month calendar.Period, rows []propose.Row, changes []propose.Change) error {
	names := report.NamesOf(p)
	fmt.Fprintf(w, "So sánh hai bản lịch dự thảo %s với kế hoạch (chưa phát, chỉ để tham khảo).\n", month.Name())
	quota, met, all := "", [2]int{}, 0
	for _, r := range rows {
		if r.Quota != quota {
			quota = r.Quota
			fmt.Fprintf(w, "\n%s (%s)\n", quotaTitle(p, quota), viet.Basis(string(r.Basis)))
		}
		part := ""
		if r.Partial {
			part = "; kỳ này chỉ nằm một phần trong tháng"
		} else if r.Wanted > 0 {
			all++
			for i, s := range []propose.Side{r.A, r.B} {
				if s.Met {
					met[i]++
				}
			}
		}
		fmt.Fprintf(w, "%s: bản A %s, bản B %s%s\n", viet.Capital(r.Period.Name()), sideWords(r, r.A), sideWords(r, r.B), part)
		for i, s := range []propose.Side{r.A, r.B} {
			for _, x := range s.Rejections {
				fmt.Fprintf(w, "    bản %c, %s «%s»: %s\n", 'A'+i, viet.Moment(x.Evidence.At.In(calendar.Zone)), report.Masked(x.Evidence).Title, names.Reason(x.Reason))
			}
		}
	}
	fmt.Fprintf(w, "\nTrong %d kỳ nằm trọn trong tháng: bản A đủ %d, bản B đủ %d.\n", all, met[0], met[1])
	if len(changes) == 0 {
		_, err := fmt.Fprintln(w, "Hai bản giống nhau.")
		return err
	}
	fmt.Fprintf(w, "Khác nhau %d chỗ:\n", len(changes))
	for _, c := range changes {
		fmt.Fprintln(w, "  "+changeWords(names, c))
	}
	return nil
}

func quotaTitle(p *schedule.Plan, id string) string {
	for _, q := range p.Quotas {
		if q.ID == id {
			return q.ID + " " + q.Title
		}
	}
	return id
}

func sideWords(r propose.Row, s propose.Side) string {
	if r.Wanted == 0 {
		return fmt.Sprintf("%d lần", s.Counted)
	}
	word := "chưa đủ"
	if s.Met {
		word = "đủ"
	}
	return fmt.Sprintf("%s (%d/%02d)", word, s.Counted, r.Wanted)
}

func changeWords(names report.Names, c propose.Change) string {
	of := func(a *media.Airing) string {
		run := "phát mới"
		if !a.FirstRun {
			run = "phát lại"
		}
		return fmt.Sprintf("%s, %s (%s), %s, %s", names.Channel(a.Channel), viet.Moment(a.Start.In(calendar.Zone)), viet.Weekday(a.Start.In(calendar.Zone).Weekday()), viet.Duration(a.Duration), run)
	}
	any := cmp.Or(c.From, c.To)
	name := "«" + any.Programme + "»"
	switch {
	case c.From == nil:
		return name + ": chỉ có ở bản B: " + of(c.To)
	case c.To == nil:
		return name + ": chỉ có ở bản A: " + of(c.From)
	}
	return name + ": bản A " + of(c.From) + "; bản B " + of(c.To)
}
