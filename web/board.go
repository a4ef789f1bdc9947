package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// How many of the latest periods the board shows when no month is chosen.
const recentWeeks, recentOthers = 8, 6

// A quota of more owners than this shows those of one period, by state; every
// period of each is shown when the board is filtered to the quota or the owner.
const fullRows = 24

// How many proposals to restate the board lists.
const proposalsMost = 10

// boardPage is «Bảng theo dõi nhiệm vụ».
type boardPage struct {
	Ready         bool // an evaluation is stored
	Sections      []boardSection
	Urgent        []urgent
	Recordings    []recording // to be asked for before the station deletes them
	Proposals     []proposal  // closed rows that would come out otherwise today
	MoreProposals int
	Counts        []count // chỉ tiêu only, of the cells shown
	Filter        boardFilter
	Quotas        []schedule.Quota
	Agencies      []media.Agency
	States        []chip
	Months        []calendar.Period
	Shown         int    // cells
	Sources       string // which are in trouble, in one line; "" if none
}

type boardFilter struct{ Quota, State, Month, Owner string }

// Any reports whether anything is filtered.
func (f boardFilter) Any() bool { return f != boardFilter{} }

// boardSection is chỉ tiêu or mức tham chiếu: the two are never shown alike.
type boardSection struct {
	Basis  schedule.Basis
	Tables []boardTable
	Charts []*chart // not while the board is filtered
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
	Brief   *brief     // more owners than a table can show
	Owners  int
	Open    bool

	shown int            // cells with a standing
	tally map[string]int // of these by chip
}

// brief is the owners of a quota by state in one period.
type brief struct {
	Period calendar.Period
	States []stateOwners
	URL    string // the board with every period of each owner
}

type stateOwners struct {
	Chip   chip
	Owners []ownerLink
}

type ownerLink struct{ Name, URL string }

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
	Some   bool // has something: its count is above zero
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
	Some  int     // of N, those that have something, told of what is only counted
	X, W  float64 // of a bar of 100
	State string  // for a link
}

// urgent is one line of «Cần chú ý».
type urgent struct {
	Standing schedule.Standing
	Chip     chip
	Title    string
	Save     time.Time // the nearer of the last moments still ahead, zero if there is none
	Produce  bool      // that is the last moment to begin production
}

// proposal is a closed row that would come out otherwise today.
type proposal struct {
	Quota, Owner, Words, URL string
	Period                   calendar.Period
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
	rows, err := s.conditions(r.Context())
	if err != nil {
		s.fail(w, r, "read the sources' health", err)
		return
	}
	page.Sources = troubled(rows)
	if !f.Any() {
		if page.Recordings, err = s.recordings(r.Context(), e.Standings); err != nil {
			s.fail(w, r, "read what stations still keep", err)
			return
		}
	}
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
		if !f.Any() {
			sec.Charts = s.charts(basis, e.Standings, now)
		}
		p.Sections = append(p.Sections, sec)
		for _, t := range sec.Tables {
			for _, g := range t.Groups {
				p.Shown += g.shown
				for key, n := range g.tally {
					if basis == schedule.ByPlan && key != "shadow" && key != "stat" {
						tally[key] += n
					}
				}
			}
		}
	}
	p.Counts = countsOf(tally)
	if !f.Any() {
		p.Urgent = s.urgent(e.Standings, now)
		p.Proposals, p.MoreProposals = s.proposals(e)
	}
	return p
}

// proposals lists what a person may restate.
func (s *site) proposals(e schedule.Evaluation) (out []proposal, more int) {
	for _, x := range e.Proposals {
		if len(out) == proposalsMost {
			more++
			continue
		}
		out = append(out, proposal{Quota: x.Quota, Owner: x.Owner, URL: s.standingURL(x.Quota, x.Owner, x.Period),
			Period: calendar.Period{ID: x.Period, Start: x.Was.Start, End: x.Was.End},
			Words:  changeWords(s.word(x.Was), s.word(x.Now), len(x.Added), len(x.Removed))})
	}
	return out, more
}

// word is the word for a standing without regard to who is told of it.
func (s *site) word(st schedule.Standing) string { return chipOf(st).Word }

// proposalWords tells one standing's own reason to restate it.
func (s *site) proposalWords(st schedule.Standing, r schedule.Reason) string {
	now := st
	now.State, now.Confirmed, now.Reasons = schedule.State(fmt.Sprint(r.Args["state"])), false, nil
	n := func(name string) int {
		v, _ := strconv.Atoi(fmt.Sprint(r.Args[name]))
		return v
	}
	return changeWords(s.word(st), s.word(now), n("added"), n("removed"))
}

// changeWords is «đã chốt: chưa đạt; nay tính được: đạt; thêm 1 minh chứng».
func changeWords(was, now string, added, removed int) string {
	out := "đã chốt: " + was + "; nay tính được: " + now
	if added > 0 {
		out += "; thêm " + viet.Number(added) + " minh chứng"
	}
	if removed > 0 {
		out += "; bớt " + viet.Number(removed) + " minh chứng"
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
	g := boardGroup{Quota: q, Open: f.Quota != "" || f.Owner != "" || f.State != "", tally: map[string]int{}}
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
		c.Has, c.Chip, c.URL, c.Figure, c.Some = true, s.chip(st), s.standingURL(st.Quota, st.Owner, st.Period), figure(st), some(st)
		if c.Dim = f.State != "" && c.Chip.Key != f.State; !c.Dim {
			matched[st.Owner] = true
			g.shown++
			g.tally[c.Chip.Key]++
		}
	}
	order = slices.DeleteFunc(order, func(o string) bool { return !matched[o] })
	g.Owners = len(order)
	if len(order) == 0 {
		return g, false
	}
	if q.Owner.Agency != "" {
		g.Owner, g.Cells = order[0], rows[order[0]]
		return g, true
	}
	for i, p := range periods {
		sum := summary{Period: p, Now: p.Contains(now), URL: "/?" + url.Values{"nhiem-vu": {q.ID}}.Encode()}
		tally, with := map[string]int{}, map[string]int{}
		for _, o := range order {
			if c := rows[o][i]; c.Has && !c.Dim {
				tally[c.Chip.Key]++
				sum.Total++
				if c.Some {
					with[c.Chip.Key]++
				}
			}
		}
		sum.Counts = countsOf(tally)
		for i := range sum.Counts {
			sum.Counts[i].Some = with[sum.Counts[i].Chip.Key]
		}
		g.Summary = append(g.Summary, sum)
	}
	if len(order) > fullRows && f.Quota == "" && f.Owner == "" {
		g.Brief = s.brief(q.ID, periods, order, rows, now)
		g.Open = false
		return g, true
	}
	for _, o := range order {
		g.Rows = append(g.Rows, boardRow{Owner: o, Cells: rows[o]})
	}
	return g, true
}

// brief lists the owners by state in the period that holds now, else the latest with any.
func (s *site) brief(quota string, periods []calendar.Period, order []string, rows map[string][]cell, now time.Time) *brief {
	at := -1
	for i := range periods {
		if slices.ContainsFunc(order, func(o string) bool { return rows[o][i].Has }) && (at < 0 || !periods[at].Contains(now)) {
			at = i
		}
	}
	out := &brief{Period: periods[at], URL: "/?" + url.Values{"nhiem-vu": {quota}}.Encode()}
	var owners []toldOwner
	for _, o := range order {
		if x := rows[o][at]; x.Has && !x.Dim {
			owners = append(owners, toldOwner{ownerLink{s.names.Agency(o), x.URL}, x.Chip, x.Some})
		}
	}
	out.States = byState(owners)
	return out
}

// toldOwner is an owner with what is told of it in one period.
type toldOwner struct {
	ownerLink
	chip chip
	some bool
}

// byState groups owners by what is told of them, in the order of chips. What is
// only counted has no state: who has something, and who has not.
func byState(owners []toldOwner) []stateOwners {
	var out []stateOwners
	group := func(c chip, of func(o toldOwner) bool) {
		g := stateOwners{Chip: c}
		for _, o := range owners {
			if of(o) {
				g.Owners = append(g.Owners, o.ownerLink)
			}
		}
		if len(g.Owners) > 0 {
			out = append(out, g)
		}
	}
	for _, c := range chips() {
		if c.Key != "stat" {
			group(c, func(o toldOwner) bool { return o.chip.Key == c.Key })
			continue
		}
		group(chip{c.Key, "có"}, func(o toldOwner) bool { return o.chip.Key == c.Key && o.some })
		group(chip{c.Key, "chưa ghi nhận"}, func(o toldOwner) bool { return o.chip.Key == c.Key && !o.some })
	}
	return out
}

// some reports whether a standing has something: its count is above zero.
func some(st schedule.Standing) bool {
	return slices.ContainsFunc(st.Measures, func(m schedule.Measure) bool { return m.Name == "count" && m.Delivered > 0 })
}

// figure is «1/02» of the count of pieces, or the share of an availability;
// of a page that is there or not the state says it all.
func figure(st schedule.Standing) string {
	for _, m := range st.Measures {
		switch {
		case m.Unit == "pages":
			return ""
		case m.Name == "availability":
			if report.Unmeasured(st, m) {
				return ""
			}
			return ratio(m) + "%"
		case m.Name == "count":
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
		u := urgent{Standing: st, Chip: s.chip(st), Title: q.Title}
		u.Save, u.Produce = nearest(st, now)
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
	if !u.Save.IsZero() {
		return u.Save
	}
	return u.Standing.End
}

// nearest is the nearer of the two last moments that are still ahead: to begin
// production, and to publish.
func nearest(st schedule.Standing, now time.Time) (at time.Time, produce bool) {
	if st.LastSave == nil {
		return time.Time{}, false
	}
	if by := instant(reasonOf(st, "produce_by"), "at"); by.After(now) && by.Before(*st.LastSave) {
		return by, true
	}
	return *st.LastSave, false
}
