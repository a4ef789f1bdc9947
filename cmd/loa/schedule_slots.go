package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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

type scheduleSlotsCmd struct {
	Plan    string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment `help:"Tính tại thời điểm này."`
	KnownAt moment `help:"Bỏ qua những gì được ghi nhận sau thời điểm này."`
	Ahead   span   `default:"8w" help:"Nhìn trước bao lâu, ví dụ 8w."`
	Quota   string `help:"Chỉ nhiệm vụ này." placeholder:"MÃ"`
	Owner   string `help:"Chỉ cơ quan này (mã)." placeholder:"MÃ"`
	Fill    bool   `help:"Kèm tin, bài của các đơn vị có thể dùng cho từng kỳ chuyên mục, lần phát (cần --owner là Báo hoặc Đài; tham khảo)."`
	Grid    string `type:"existingfile" help:"Kèm giờ phát có thể xếp trong khung chương trình này (YAML; cần --owner là đài của khung)." placeholder:"TỆP"`
	JSON    bool   `help:"Mỗi kỳ một dòng JSON."`
}

// Run prints where quotas can still be met.
func (c *scheduleSlotsCmd) Run(a *app) error {
	e, err := a.openAsOf(c.Plan, fixed(c.At), c.KnownAt.Time)
	if err != nil {
		return err
	}
	defer e.close()
	ev, err := e.deriveAhead(c.KnownAt.Time, c.Ahead)
	if err != nil {
		return err
	}
	var list []schedule.Slot
	for _, s := range ev.Slots {
		if (c.Quota == "" || s.Quota == c.Quota) && (c.Owner == "" || s.Owner == c.Owner || strings.HasSuffix(s.Owner, "/"+c.Owner)) {
			list = append(list, s)
		}
	}
	if c.Fill || c.Grid != "" {
		if err := e.fillSlots(ev, list, c.Owner, c.Grid, c.Fill, e.business().Add(time.Duration(c.Ahead))); err != nil {
			return err
		}
	}
	if c.JSON {
		return slotsJSON(a.Out, report.NamesOf(e.plan), list)
	}
	if e.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	return slotsTable(a.Out, e.plan, list)
}

// slotLine is one line of --json. Times are RFC 3339 in the province's zone.
type slotLine struct {
	Quota     string         `json:"quota"`
	Basis     schedule.Basis `json:"basis"`
	Owner     string         `json:"owner"`
	Period    string         `json:"period"`
	Start     string         `json:"start"`
	End       string         `json:"end"`
	State     schedule.State `json:"state"`
	Risk      string         `json:"risk"`
	Short     int            `json:"short"`
	Unit      string         `json:"unit"`
	LastSave  string         `json:"last_save,omitempty"`
	ProduceBy string         `json:"produce_by,omitempty"`
	Planned   []prospectLine `json:"planned"`
	Usual     *usualLine     `json:"usual,omitempty"`
	Fill      []fillLine     `json:"fill,omitempty"`
}

// prospectLine is what is announced: would is "count", "unsure" (its length is not announced) or "not".
type prospectLine struct {
	plannedLine
	Would string `json:"would"`
	Code  string `json:"code,omitempty"`
	Why   string `json:"why,omitempty"`
}

type usualLine struct {
	Weekday int    `json:"weekday,omitempty"` // 1 Monday … 7 Sunday
	At      string `json:"at,omitempty"`      // "20:10"
	Channel string `json:"channel,omitempty"`
	Days    []int  `json:"days,omitempty"`
	Pieces  int    `json:"pieces"`
	Met     int    `json:"met"`
	Of      int    `json:"of"`
}

type fillLine struct {
	Kind  string `json:"kind"`
	ID    string `json:"id,omitempty"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	At    string `json:"at,omitempty"`
}

// rfc is a time in the province's zone, "" for none.
func rfc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format(time.RFC3339)
}

func slotsJSON(w io.Writer, names report.Names, list []schedule.Slot) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, s := range list {
		l := slotLine{Quota: s.Quota, Basis: s.Basis, Owner: s.Owner, Period: s.Period, Start: rfc(s.Start), End: rfc(s.End), State: s.State, Risk: s.Risk,
			Short: s.Short, Unit: s.Unit, LastSave: rfc(s.LastSave), ProduceBy: rfc(s.ProduceBy), Planned: []prospectLine{}}
		for _, x := range s.Planned {
			p := prospectLine{plannedLine: lineOf(x.Planned), Would: "count"}
			switch {
			case x.Unsure:
				p.Would = "unsure"
			case !x.Fits:
				p.Would, p.Code, p.Why = "not", x.Why.Code, names.Reason(x.Why)
			}
			l.Planned = append(l.Planned, p)
		}
		if u := s.Usual; u.Of > 0 || u.Pieces > 0 {
			l.Usual = &usualLine{Days: u.Days, Pieces: u.Pieces, Met: u.Met, Of: u.Of}
			if u.Pieces > 0 && len(u.Days) == 0 {
				l.Usual.Weekday, l.Usual.At, l.Usual.Channel = (int(u.Weekday)+6)%7+1, fmt.Sprintf("%02d:%02d", u.Minute/60, u.Minute%60), u.Channel
			}
		}
		for _, f := range s.Fill {
			l.Fill = append(l.Fill, fillLine{f.Kind, f.ID, f.Title, f.URL, rfc(f.At)})
		}
		if err := enc.Encode(l); err != nil {
			return fmt.Errorf("write slot: %w", err)
		}
	}
	return nil
}

func slotsTable(out io.Writer, plan *schedule.Plan, list []schedule.Slot) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "Không có kỳ nào đang chạy hoặc sắp tới trong khoảng này.")
		return err
	}
	names := report.NamesOf(plan)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Nhiệm vụ\tCơ quan\tKỳ\tCòn thiếu\tHạn cuối còn kịp\tHạn cuối sản xuất\tTheo lịch dự kiến\tThường lệ")
	when := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return viet.Moment(t)
	}
	for _, s := range list {
		short := "-"
		if s.Short > 0 {
			short = viet.Number(s.Short) + " " + viet.Unit(s.Unit)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Quota, names.Agency(s.Owner), s.Period, short, when(s.LastSave), when(s.ProduceBy), slotPlanned(s), slotUsual(names, s))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := fillings(out, names, list); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "Lịch dự kiến (mức D) chỉ để biết trước, không bao giờ tính là đã phát; thường lệ chỉ để tham khảo.")
	return err
}

// slotPlanned tells of what is announced: how much would count, and when the first
// does; else why the first does not.
func slotPlanned(s schedule.Slot) string {
	if len(s.Planned) == 0 {
		if slices.ContainsFunc(s.Reasons, func(r schedule.Reason) bool { return r.Code == "planned_none" }) {
			return "đã có lịch, chưa có lần phát nào"
		}
		return "-"
	}
	first := func(pick func(schedule.Prospect) bool) (schedule.Prospect, bool) {
		for _, x := range s.Planned {
			if pick(x) {
				return x, true
			}
		}
		return schedule.Prospect{}, false
	}
	if x, ok := first(func(x schedule.Prospect) bool { return x.Fits }); ok {
		more := ""
		if n := s.Fits(); n > 1 {
			more = fmt.Sprintf(" và %d lần khác", n-1)
		}
		return viet.Moment(x.Planned.Start) + more + ": đủ điều kiện"
	}
	if x, ok := first(func(x schedule.Prospect) bool { return x.Unsure }); ok {
		return viet.Moment(x.Planned.Start) + ": chưa rõ thời lượng"
	}
	x := s.Planned[0]
	return viet.Moment(x.Planned.Start) + ": không được tính (" + viet.Reason(x.Why.Code, schedule.Untimed(x.Why).Args) + ")"
}

// slotUsual is the sentence of the standing's reason, else how many of the last
// periods were met.
func slotUsual(names report.Names, s schedule.Slot) string {
	for _, r := range s.Reasons {
		if r.Code == "usually" {
			return names.Reason(r)
		}
	}
	if s.Usual.Of > 0 {
		return fmt.Sprintf("%d kỳ gần nhất đạt %d", s.Usual.Of, s.Usual.Met)
	}
	return "-"
}

// slots look ahead for the bodies that quotas name, from their own evidence.
func (e *engine) slots(ctx context.Context, plan *schedule.Plan, until time.Time) ([]schedule.Slot, error) {
	var owners []string
	for _, q := range plan.Quotas {
		if q.Owner.Agency != "" && !slices.Contains(owners, q.Owner.Agency) {
			owners = append(owners, q.Owner.Agency)
		}
	}
	m := e.moment()
	m.Ahead = until.Sub(m.Now)
	ev, err := monitor.DeriveOwners(ctx, e.store, plan, owners, e.cal, m)
	return slices.DeleteFunc(ev.Slots, func(s schedule.Slot) bool {
		i := slices.IndexFunc(plan.Quotas, func(q schedule.Quota) bool { return q.ID == s.Quota })
		return plan.Quotas[i].Owner.Agency == ""
	}), err
}
