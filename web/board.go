package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// How many of the latest periods the board shows when no month is chosen.
const recentWeeks, recentOthers = 8, 6

// boardPage is «Bảng theo dõi nhiệm vụ».
type boardPage struct {
	Ready    bool // an evaluation is stored
	Sections []boardSection
	Urgent   []urgent
	Counts   []count // chỉ tiêu only, of the cells shown
	Filter   boardFilter
	Quotas   []schedule.Quota
	Agencies []media.Agency
	States   []chip
	Months   []calendar.Period
	Shown    int // cells
}

type boardFilter struct{ Quota, State, Month, Owner string }

// Any reports whether anything is filtered.
func (f boardFilter) Any() bool { return f != boardFilter{} }

// boardSection is chỉ tiêu or mức tham chiếu: the two are never shown alike.
type boardSection struct {
	Basis  schedule.Basis
	Tables []boardTable
}

// boardTable holds the quotas of one cadence, for their periods are its columns.
type boardTable struct {
	Cadence calendar.Cadence
	Periods []calendar.Period
	Groups  []boardGroup
}

// boardGroup is one quota. One owner is one row; many are a summary over rows
// that open.
type boardGroup struct {
	Quota   schedule.Quota
	Owner   string // id of the only owner
	Cells   []cell // of the only owner
	Summary []summary
	Rows    []boardRow // many owners
	Open    bool
}

// Span is how many columns its table has, for the row that opens.
func (g boardGroup) Span() int { return max(len(g.Cells), len(g.Summary)) + 1 }

type boardRow struct {
	Owner string
	Cells []cell
}

// cell is one standing, or none.
type cell struct {
	Period calendar.Period
	Has    bool
	Chip   chip
	URL    string
	Figure string // «1/02»
	Dim    bool   // outside the state filter
	Now    bool   // the period that holds now
}

// summary is one period of a many-owner quota.
type summary struct {
	Period calendar.Period
	Total  int
	Counts []count
	URL    string
	Now    bool
}

type count struct {
	Chip  chip
	N     int
	X, W  float64 // of a bar of 100
	State string  // for a link
}

// urgent is one line of «Cần chú ý».
type urgent struct {
	Standing schedule.Standing
	Chip     chip
	Title    string
}

// Period is the standing's.
func (u urgent) Period() calendar.Period {
	return calendar.Period{ID: u.Standing.Period, Start: u.Standing.Start, End: u.Standing.End}
}

func (s *site) board(w http.ResponseWriter, r *http.Request) {
	e, ok, err := s.Standings.Evaluation(r.Context(), s.Plan.ID)
	if err != nil {
		s.fail(w, r, "read the evaluation", err)
		return
	}
	v := r.URL.Query()
	f := boardFilter{Quota: v.Get("nhiem-vu"), State: v.Get("trang-thai"), Month: v.Get("ky"), Owner: v.Get("co-quan")}
	page := s.boardPage(e, ok, f)
	s.render(w, r, http.StatusOK, "board", frame{Title: "Bảng theo dõi nhiệm vụ", Here: "/", Evaluated: e.Now, Page: page})
}

func (s *site) boardPage(e schedule.Evaluation, ok bool, f boardFilter) boardPage {
	now := s.Business()
	p := boardPage{Ready: ok, Filter: f, Quotas: s.Plan.Quotas, States: chips(), Months: s.months(now)}
	owners := map[string]bool{}
	byQuota := map[string][]schedule.Standing{}
	for _, st := range e.Standings {
		owners[st.Owner] = true
		if st.Start.After(now) || f.Quota != "" && st.Quota != f.Quota || f.Owner != "" && st.Owner != f.Owner {
			continue
		}
		byQuota[st.Quota] = append(byQuota[st.Quota], st)
	}
	for _, a := range s.Plan.Agencies {
		if owners[a.ID] {
			p.Agencies = append(p.Agencies, a)
		}
	}
	tally := map[string]int{}
	for _, basis := range []schedule.Basis{schedule.ByPlan, schedule.ByReference} {
		sec := boardSection{Basis: basis}
		for _, c := range calendar.Cadences() {
			t := s.boardTable(basis, c, byQuota, f, now)
			if len(t.Groups) > 0 {
				sec.Tables = append(sec.Tables, t)
			}
		}
		if len(sec.Tables) == 0 {
			continue
		}
		p.Sections = append(p.Sections, sec)
		for _, t := range sec.Tables {
			for _, g := range t.Groups {
				for _, c := range g.all() {
					p.Shown++
					if basis == schedule.ByPlan {
						tally[c.Chip.Key]++
					}
				}
			}
		}
	}
	p.Counts = countsOf(tally)
	if !f.Any() {
		p.Urgent = s.urgent(e.Standings, now)
	}
	return p
}

// all are the cells of a group that hold a standing.
func (g boardGroup) all() []cell {
	var out []cell
	for _, row := range append([]boardRow{{Cells: g.Cells}}, g.Rows...) {
		for _, c := range row.Cells {
			if c.Has && !c.Dim {
				out = append(out, c)
			}
		}
	}
	return out
}

// months are the months of the plan that have begun, latest first.
func (s *site) months(now time.Time) []calendar.Period {
	to := s.Plan.To
	if now.Before(to) {
		to = now
	}
	out := calendar.Month.Periods(s.Plan.From, to.Add(time.Nanosecond))
	slices.Reverse(out)
	return out
}

// columns picks the periods a table shows: those of the month chosen, else the latest.
func columns(c calendar.Cadence, sts []schedule.Standing, month string) []calendar.Period {
	var out []calendar.Period
	for _, st := range sts {
		p := calendar.Period{ID: st.Period, Start: st.Start, End: st.End}
		if !slices.ContainsFunc(out, func(o calendar.Period) bool { return o.ID == p.ID }) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b calendar.Period) int { return a.Start.Compare(b.Start) })
	if m, err := calendar.Parse(month); err == nil && month != "" && c != calendar.Once {
		return slices.DeleteFunc(out, func(p calendar.Period) bool {
			return !calendar.ReportedIn(p, m) && !(c != calendar.Week && p.Start.Before(m.End) && m.Start.Before(p.End))
		})
	}
	n := recentOthers
	if c == calendar.Week {
		n = recentWeeks
	}
	return out[max(0, len(out)-n):]
}

func (s *site) boardTable(basis schedule.Basis, c calendar.Cadence, byQuota map[string][]schedule.Standing, f boardFilter, now time.Time) boardTable {
	t := boardTable{Cadence: c}
	var all []schedule.Standing
	var quotas []schedule.Quota
	for _, q := range s.Plan.Quotas {
		if (q.Basis == schedule.ByReference) == (basis == schedule.ByReference) && q.Cadence == c && len(byQuota[q.ID]) > 0 {
			quotas = append(quotas, q)
			all = append(all, byQuota[q.ID]...)
		}
	}
	t.Periods = columns(c, all, f.Month)
	if len(t.Periods) == 0 {
		return t
	}
	for _, q := range quotas {
		if g, ok := s.boardGroup(q, t.Periods, byQuota[q.ID], f, now); ok {
			t.Groups = append(t.Groups, g)
		}
	}
	return t
}

func (s *site) boardGroup(q schedule.Quota, periods []calendar.Period, sts []schedule.Standing, f boardFilter, now time.Time) (boardGroup, bool) {
	g := boardGroup{Quota: q, Open: f.Quota != "" || f.Owner != "" || f.State != ""}
	column := map[string]int{}
	for i, p := range periods {
		column[p.ID] = i
	}
	blank := func() []cell {
		out := make([]cell, len(periods))
		for i, p := range periods {
			out[i] = cell{Period: p, Now: p.Contains(now)}
		}
		return out
	}
	rows := map[string][]cell{}
	var order []string
	matched := map[string]bool{}
	for _, st := range sts {
		i, ok := column[st.Period]
		if !ok {
			continue
		}
		if rows[st.Owner] == nil {
			rows[st.Owner] = blank()
			order = append(order, st.Owner)
		}
		c := &rows[st.Owner][i]
		c.Has, c.Chip, c.URL, c.Figure = true, chipOf(st), s.standingURL(st.Quota, st.Owner, st.Period), figure(st)
		if c.Dim = f.State != "" && c.Chip.Key != f.State; !c.Dim {
			matched[st.Owner] = true
		}
	}
	order = slices.DeleteFunc(order, func(o string) bool { return !matched[o] })
	if len(order) == 0 {
		return g, false
	}
	if q.Owner.Agency != "" {
		g.Owner, g.Cells = order[0], rows[order[0]]
		return g, true
	}
	for i, p := range periods {
		sum := summary{Period: p, Now: p.Contains(now), URL: "/?" + url.Values{"nhiem-vu": {q.ID}}.Encode()}
		tally := map[string]int{}
		for _, o := range order {
			if c := rows[o][i]; c.Has && !c.Dim {
				tally[c.Chip.Key]++
				sum.Total++
			}
		}
		sum.Counts = countsOf(tally)
		g.Summary = append(g.Summary, sum)
	}
	for _, o := range order {
		g.Rows = append(g.Rows, boardRow{Owner: o, Cells: rows[o]})
	}
	return g, true
}

// figure is «1/02» of the count of pieces.
func figure(st schedule.Standing) string {
	for _, m := range st.Measures {
		if m.Name == "count" {
			return ratio(m)
		}
	}
	return ""
}

// countsOf turns a tally by chip into counts in order, with the widths of a bar.
func countsOf(tally map[string]int) []count {
	total := 0
	for _, n := range tally {
		total += n
	}
	var out []count
	x := 0.0
	for _, c := range chips() {
		if n := tally[c.Key]; n > 0 {
			w := 100 * float64(n) / float64(total)
			out = append(out, count{Chip: c, N: n, X: x, W: w, State: c.Key})
			x += w
		}
	}
	return out
}

// urgent lists what an officer should look at first: what can still be saved,
// soonest first, then questions and missing data of chỉ tiêu, latest first.
func (s *site) urgent(sts []schedule.Standing, now time.Time) []urgent {
	const most = 8
	var save, ask []urgent
	for _, st := range sts {
		q, ok := s.quotas[st.Quota]
		if !ok || st.Start.After(now) {
			continue
		}
		u := urgent{Standing: st, Chip: chipOf(st), Title: q.Title}
		switch {
		case u.Chip.Key == "risk" && q.Owner.Agency != "":
			save = append(save, u)
		case (u.Chip.Key == "review" || u.Chip.Key == "judge" || u.Chip.Key == "nodata") && st.Basis != schedule.ByReference && q.Owner.Agency != "":
			ask = append(ask, u)
		}
	}
	slices.SortStableFunc(save, func(a, b urgent) int { return lastSave(a).Compare(lastSave(b)) })
	slices.SortStableFunc(ask, func(a, b urgent) int { return b.Standing.Start.Compare(a.Standing.Start) })
	all := append(save, ask...)
	return all[:min(len(all), most)]
}

func lastSave(u urgent) time.Time {
	if u.Standing.LastSave != nil {
		return *u.Standing.LastSave
	}
	return u.Standing.End
}
