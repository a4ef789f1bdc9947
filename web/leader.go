package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/viet"
)

// leaderPage is what who leads reads: five lines with a light each.
type leaderPage struct {
	Ready bool
	Lines []lightLine
}

// lightLine is one light with its words; the colour never stands alone.
type lightLine struct {
	Lamp        lamp
	Title, Text string
	Trend       string // against the period before, "" where nothing can be said
	URL         string
}

// lamp is a light: a class of the style sheet, a symbol and a word.
type lamp struct{ Key, Symbol, Word string }

func lamps() map[string]lamp {
	return map[string]lamp{
		"do": {"do", "■", "Đỏ"}, "vang": {"vang", "▲", "Vàng"}, "xanh": {"xanh", "●", "Xanh"}, "xam": {"xam", "○", "Chưa rõ"}, "tc": {"tc", "◆", "Tham khảo"},
	}
}

// lampOf is the light of a tally by chip: red only for what a person confirmed.
func lampOf(tally map[string]int) lamp {
	all := lamps()
	switch {
	case tally["missed"] > 0:
		return all["do"]
	case tally["review"]+tally["judge"]+tally["risk"] > 0:
		return all["vang"]
	case tally["nodata"] > 0:
		return all["xam"]
	case tally["met"]+tally["open"]+tally["exempt"] > 0:
		return all["xanh"]
	case tally["ref-met"]+tally["ref-below"] > 0:
		return all["tc"]
	}
	return all["xam"]
}

func (s *site) leader(w http.ResponseWriter, r *http.Request) {
	var ids []string
	for _, q := range s.Plan.Quotas {
		ids = append(ids, q.ID)
	}
	e, ok, err := s.Standings.Some(r.Context(), s.Plan.ID, StandingQuery{Periods: s.latest(ids, 3), Brief: true})
	if err != nil {
		s.fail(w, r, "read the standings", err)
		return
	}
	p := leaderPage{Ready: ok}
	if ok {
		rows, err := s.conditions(r.Context())
		if err != nil {
			s.fail(w, r, "read the sources' health", err)
			return
		}
		p.Lines = s.lights(e.Standings, rows, s.Business())
	}
	s.render(w, r, http.StatusOK, "leader", frame{Title: "Tình hình chung", Here: "/", Evaluated: e.Now, Page: p})
}

// lights makes the five lines.
func (s *site) lights(sts []schedule.Standing, rows []sourceRow, now time.Time) []lightLine {
	air := func(q schedule.Quota) bool { return q.Basis == schedule.ByPlan && len(q.Channels) > 0 }
	press := func(q schedule.Quota) bool { return q.Basis == schedule.ByPlan && q.Kind == "instalments" }
	out := []lightLine{
		s.light("Phát thanh, truyền hình (chỉ tiêu của kế hoạch)", sts, now, air),
		s.light("Báo (chỉ tiêu của kế hoạch)", sts, now, press),
		s.light("Nhiệm vụ khác có thời hạn, con số của kế hoạch", sts, now, func(q schedule.Quota) bool { return q.Basis == schedule.ByPlan && !air(q) && !press(q) }),
		s.light("Các cơ quan, đơn vị so với mức tham chiếu (phục vụ theo dõi)", sts, now, func(q schedule.Quota) bool { return q.Basis == schedule.ByReference }),
	}
	blind, nodata := 0, 0
	for _, row := range rows {
		if row.How.State == media.SourceBlind {
			blind++
		}
	}
	for _, st := range sts {
		if st.State == schedule.Insufficient && !st.End.After(now) && !st.Shadow() {
			nodata++
		}
	}
	l := lightLine{Title: "Dữ liệu", Lamp: lamps()["xanh"], Text: "Mọi nguồn đều đọc được, nhật ký đã đủ", URL: "/nguon"}
	if blind+nodata > 0 {
		l.Lamp, l.Text = lamps()["vang"], fmt.Sprintf("%s nguồn chưa thu thập được; %s kết quả gần đây chưa đủ dữ liệu để kết luận", viet.Number(blind), viet.Number(nodata))
	}
	return append(out, l)
}

// light tells how some duties came out in their last period that is over, against the one before.
func (s *site) light(title string, sts []schedule.Standing, now time.Time, of func(schedule.Quota) bool) lightLine {
	last, before := map[string]int{}, map[string]int{}
	for _, q := range s.Plan.Quotas {
		if !of(q) || report.OnlyCounted(q) {
			continue
		}
		var mine []schedule.Standing
		for _, st := range sts {
			if st.Quota == q.ID && !st.End.After(now) && !st.Shadow() {
				mine = append(mine, st)
			}
		}
		var ends []time.Time
		for _, st := range mine {
			if !slices.ContainsFunc(ends, st.End.Equal) {
				ends = append(ends, st.End)
			}
		}
		slices.SortFunc(ends, func(a, b time.Time) int { return b.Compare(a) })
		for _, st := range mine {
			switch key := s.chip(st).Key; {
			case st.End.Equal(ends[0]):
				last[key]++
			case len(ends) > 1 && st.End.Equal(ends[1]):
				before[key]++
			}
		}
	}
	l := lightLine{Title: title, Lamp: lampOf(last), URL: boardURL(nil)}
	for i, c := range countsOf(last) {
		if i > 0 {
			l.Text += "; "
		}
		l.Text += viet.Number(c.N) + " " + c.Chip.Word
	}
	if l.Text == "" {
		l.Text = "chưa có kỳ nào kết thúc"
	}
	l.Text = "Kỳ gần nhất đã kết thúc: " + l.Text
	share := func(t map[string]int) (float64, int) {
		good, all := t["met"]+t["ref-met"], 0
		for _, k := range []string{"met", "ref-met", "missed", "review", "judge", "ref-below"} {
			all += t[k]
		}
		return float64(good) / float64(max(all, 1)), all
	}
	a, n := share(last)
	if b, m := share(before); n > 0 && m > 0 {
		switch {
		case a > b:
			l.Trend = "↗ tốt hơn kỳ trước"
		case a < b:
			l.Trend = "↘ kém hơn kỳ trước"
		default:
			l.Trend = "→ như kỳ trước"
		}
		l.Trend += fmt.Sprintf(" (đạt %s%%, trước %s%%)", viet.Decimal(float64(int(a*100))), viet.Decimal(float64(int(b*100))))
	}
	return l
}
