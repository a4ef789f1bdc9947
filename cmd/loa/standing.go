package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"loa/monitor"
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
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	ev, err := monitor.Derive(a.ctx, e.store, e.plan, e.cal, e.business(), c.KnownAt.Time, time.Duration(c.Ahead))
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
	fmt.Fprintln(a.Out, stateLine(ev.Standings))
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

// names maps agency ids to what fits in a table.
func names(p *schedule.Plan) map[string]string {
	out := map[string]string{}
	for _, ag := range p.Agencies {
		out[ag.ID] = ag.Short
		if ag.Short == "" {
			out[ag.ID] = ag.Name
		}
	}
	return out
}

// standingTable prints one line per standing for a person.
func standingTable(a *app, p *schedule.Plan, standings []schedule.Standing) error {
	w := tabwriter.NewWriter(a.Out, 0, 4, 2, ' ', 0)
	short := names(p)
	fmt.Fprintln(w, "Nhiệm vụ\tCăn cứ\tCơ quan\tKỳ\tKết quả\tĐánh giá\tLý do")
	for _, s := range standings {
		basis := "chỉ tiêu"
		if s.Basis == schedule.ByReference {
			basis = "mức tham chiếu"
		}
		var got, why []string
		for _, m := range s.Measures {
			got = append(got, fmt.Sprintf("%g/%g", m.Delivered, m.Wanted))
		}
		for _, r := range s.Reasons {
			why = append(why, viet.Reason(r.Code, r.Args))
		}
		reason := strings.Join(why, "; ")
		if r := []rune(reason); len(r) > 90 {
			reason = string(r[:89]) + "…"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Quota, basis, short[s.Owner], s.Period, strings.Join(got, ", "), stateWords(s), reason)
	}
	return w.Flush()
}

// stateWords are what people read for a state; a reference level is kept or
// not kept, never missed.
func stateWords(s schedule.Standing) string {
	return viet.State(string(s.State), s.Confirmed, s.Risk)
}

// stateLine counts the states, in words and with their codes.
func stateLine(standings []schedule.Standing) string {
	n := map[schedule.State]int{}
	atRisk := 0
	for _, s := range standings {
		n[s.State]++
		if s.State == schedule.Open && s.Risk == "at_risk" {
			atRisk++
		}
	}
	return fmt.Sprintf("Tổng hợp: đạt %d (met), đề nghị rà soát hoặc chưa đạt %d (missed), chưa đủ dữ liệu %d (insufficient_data), đang trong kỳ %d (open, trong đó cần lưu ý %d at_risk), không đánh giá %d (exempt)",
		n[schedule.Met], n[schedule.Missed], n[schedule.Insufficient], n[schedule.Open], atRisk, n[schedule.Exempt])
}
