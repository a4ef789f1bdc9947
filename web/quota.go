package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
)

// quotaPage is one line of the plan: what it asks, on what basis, and how its
// owners stand in the latest period that is over and in the current one.
type quotaPage struct {
	Quota   schedule.Quota
	Counted bool // only counted, never short
	Shadow  bool // being tried in the latest period shown
	Facts   []report.Fact
	Board   string // address of its rows on the board
	Periods []quotaPeriod
	Chart   *chart // nil while fewer than two periods have begun
}

// quotaPeriod is one period with its owners by state. Spreads are of a
// reference level in a period that is over.
type quotaPeriod struct {
	Period  calendar.Period
	Now     bool
	States  []stateOwners
	Alone   bool // one owner: its numbers are told in a sentence
	Spreads []report.Spread
	Unknown int
}

func (s *site) quota(w http.ResponseWriter, r *http.Request) {
	q, known := s.quotas[r.PathValue("quota")]
	if !known {
		s.missing(w, r, "Kế hoạch không có nhiệm vụ này.")
		return
	}
	e, _, err := s.Standings.Some(r.Context(), s.Plan.ID, StandingQuery{Quotas: []string{q.ID}, Periods: s.latest([]string{q.ID}, chartPeriods)})
	if err != nil {
		s.fail(w, r, "read the evaluation", err)
		return
	}
	if s.asSheet(w, r, func() (sheet, error) { return s.standingSheet(q, e.Standings), nil }) {
		return
	}
	p := quotaPage{Quota: q, Counted: report.OnlyCounted(q), Board: boardURL(url.Values{"nhiem-vu": {q.ID}})}
	for _, f := range s.names.Facts(s.Plan, q) {
		if f.Label != "Thực hiện" { // told beside the title
			p.Facts = append(p.Facts, f)
		}
	}
	p.Periods = s.quotaPeriods(q, e.Standings, s.Business())
	if p.Chart = s.chartOf(q, "", "", e.Standings, s.Business()); p.Chart != nil {
		p.Chart.Title, p.Chart.URL = "Các kỳ gần đây", ""
	}
	for _, x := range p.Periods {
		p.Shadow = slices.ContainsFunc(x.States, func(st stateOwners) bool { return st.Chip.Key == "shadow" })
	}
	s.render(w, r, http.StatusOK, "quota", frame{Title: q.ID + " – " + q.Title, Here: "/bang-theo-doi", Evaluated: e.Now, Page: p})
}

// quotaPeriods are the latest period that is over and the one that runs.
func (s *site) quotaPeriods(q schedule.Quota, sts []schedule.Standing, now time.Time) []quotaPeriod {
	var over, current []schedule.Standing
	for _, st := range sts {
		switch {
		case st.Quota != q.ID || st.Start.After(now):
		case st.Contains(now):
			current = append(current, st)
		case len(over) == 0 || st.Start.After(over[0].Start):
			over = []schedule.Standing{st}
		case st.Start.Equal(over[0].Start):
			over = append(over, st)
		}
	}
	var out []quotaPeriod
	for i, list := range [][]schedule.Standing{over, current} {
		if len(list) == 0 {
			continue
		}
		x := quotaPeriod{Period: calendar.Period{ID: list[0].Period, Start: list[0].Start, End: list[0].End}, Now: i == 1, States: s.byState(list), Alone: len(list) == 1}
		if i == 0 && q.Basis == schedule.ByReference && !report.OnlyCounted(q) {
			x.Spreads, x.Unknown = report.Spreads(list)
		}
		out = append(out, x)
	}
	return out
}

// byState groups standings by what their owners are told.
func (s *site) byState(sts []schedule.Standing) []stateOwners {
	var owners []toldOwner
	for _, st := range sts {
		owners = append(owners, toldOwner{ownerLink{s.names.Agency(st.Owner), s.standingURL(st.Quota, st.Owner, st.Period)}, s.chip(st), some(st)})
	}
	slices.SortStableFunc(owners, func(a, b toldOwner) int { return strings.Compare(a.URL, b.URL) })
	return byState(owners)
}
