package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

type standingCmd struct {
	Plan    string `help:"Kế hoạch, ví dụ yen-bai/2023 (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment `help:"Tính tại thời điểm này."`
	KnownAt moment `help:"Bỏ qua những gì được ghi nhận sau thời điểm này."`
	Ahead   span   `help:"Kèm các kỳ sắp tới trong khoảng này, ví dụ 8w."`
	JSON    bool   `help:"Mỗi tiến độ một dòng JSON."`
}

// Run derives the standings from everything stored; it stores nothing.
func (c *standingCmd) Run(a *app) error {
	e, err := a.openAsOf(c.Plan, fixed(c.At), c.KnownAt.Time)
	if err != nil {
		return err
	}
	defer e.close()
	ev, err := e.deriveAhead(c.KnownAt.Time, c.Ahead)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(a.Out)
		enc.SetEscapeHTML(false)
		for _, s := range ev.Standings {
			if err := enc.Encode(local(s)); err != nil {
				return fmt.Errorf("write standing: %w", err)
			}
		}
		return nil
	}
	if e.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	if err := standingTable(a, e.plan, ev.Standings); err != nil {
		return err
	}
	fmt.Fprintln(a.Out, stateLines(ev.Standings))
	return nil
}

// sampleNotice stands on everything the sample province shows.
const sampleNotice = "Dữ liệu mẫu: tỉnh, cơ quan và tin, bài đều là giả định."

// local shows times in the province's zone.
func local(s schedule.Standing) schedule.Standing {
	s.Start, s.End = s.Start.In(calendar.Zone), s.End.In(calendar.Zone)
	if s.LastSave != nil {
		t := s.LastSave.In(calendar.Zone)
		s.LastSave = &t
	}
	if s.Measures == nil {
		s.Measures = []schedule.Measure{}
	}
	if s.Reasons == nil {
		s.Reasons = []schedule.Reason{}
	}
	return s
}

// standingTable prints one line per standing for a person.
func standingTable(a *app, p *schedule.Plan, standings []schedule.Standing) error {
	w := tabwriter.NewWriter(a.Out, 0, 4, 2, ' ', 0)
	names := report.NamesOf(p)
	fmt.Fprintln(w, "Nhiệm vụ\tCăn cứ\tCơ quan\tKỳ\tKết quả\tĐánh giá\tHạn cuối còn kịp\tLý do\tDự kiến, thường lệ")
	for _, s := range standings {
		var got, why, ahead []string
		for _, m := range s.Measures {
			if report.Unmeasured(s, m) {
				got = append(got, fmt.Sprintf("–/%g", m.Wanted))
				continue
			}
			got = append(got, fmt.Sprintf("%g/%g", m.Delivered, m.Wanted))
		}
		for _, r := range s.Reasons {
			switch r.Code {
			case "planned_fits", "planned_unsure", "planned_unfit", "planned_none", "usually":
				ahead = append(ahead, names.Reason(r))
			default:
				why = append(why, names.Reason(r))
			}
		}
		save := ""
		if s.LastSave != nil {
			save = s.LastSave.In(calendar.Zone).Format("15:04 02/01/2006")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Quota, viet.Basis(string(s.Basis)), names.Agency(s.Owner), s.Period,
			strings.Join(got, ", "), report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons), save, cut(strings.Join(why, "; "), 100), cut(strings.Join(ahead, "; "), 240))
	}
	return w.Flush()
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// stateLines count the states with their codes, chỉ tiêu and mức tham chiếu
// apart: a reference level is never counted among duties missed.
func stateLines(standings []schedule.Standing) string {
	type tally struct {
		n      map[schedule.State]int
		atRisk int
	}
	by := map[schedule.Basis]*tally{schedule.ByPlan: {n: map[schedule.State]int{}}, schedule.ByReference: {n: map[schedule.State]int{}}}
	for _, s := range standings {
		t := by[s.Basis]
		t.n[s.State]++
		if s.State == schedule.Open && s.Risk == "at_risk" {
			t.atRisk++
		}
	}
	line := func(head string, basis schedule.Basis, missed string) string {
		t := by[basis]
		return fmt.Sprintf("%s: đạt %d (met) · %s %d (missed) · chưa đủ dữ liệu %d (insufficient_data) · đang trong kỳ %d (open), trong đó cần lưu ý %d (at risk) · không đánh giá %d (exempt)",
			head, t.n[schedule.Met], missed, t.n[schedule.Missed], t.n[schedule.Insufficient], t.n[schedule.Open], t.atRisk, t.n[schedule.Exempt])
	}
	return line("Theo chỉ tiêu của kế hoạch", schedule.ByPlan, "chưa đạt hoặc đề nghị rà soát") + "\n" +
		line("Theo mức tham chiếu", schedule.ByReference, "thấp hơn mức tham chiếu")
}
