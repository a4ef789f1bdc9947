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
	"loa/web/access"
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
	Ready    bool // an evaluation is stored
	Sections []boardSection
	Counts   []count // chỉ tiêu only, of the cells shown
	Lamp     lamp    // of these
	Filter   boardFilter
	Quotas   []schedule.Quota
	Agencies []media.Agency
	States   []chip
	Levels   []levelName
	Months   []calendar.Period
	Shown    int    // cells
	Sources  string // which are in trouble, in one line; "" if none
	Wall     bool   // for a screen on a wall: large, and asked for anew by itself
	WallURL  string
	Drawn    bool // with charts
	DrawURL  string
	Sheets   string // address of the same as a table, without its form
}

// levelName is a level of agencies that has some in the plan.
type levelName struct{ ID, Name string }

// boardFilter narrows the board. Todo is "1" for what somebody has to do something about.
type boardFilter struct{ Quota, State, Month, Owner, Level, Basis, Todo string }

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

	Lamp  lamp           // of the last period that is over
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

// proposal is a closed row that would come out otherwise today.
type proposal struct {
	Quota, Owner, Words, URL string
	Period                   calendar.Period
}

// values is the filter as an address has it.
func (f boardFilter) values() url.Values {
	v := url.Values{}
	for name, x := range map[string]string{"nhiem-vu": f.Quota, "trang-thai": f.State, "ky": f.Month, "co-quan": f.Owner, "cap": f.Level, "can-cu": f.Basis, "viec": f.Todo} {
		if x != "" {
			v.Set(name, x)
		}
	}
	return v
}

// hides reports whether a cell of this state is outside the filter.
func (f boardFilter) hides(c chip) bool {
	return f.State != "" && c.Key != f.State || f.Todo != "" && !slices.Contains([]string{"risk", "review", "judge", "nodata"}, c.Key)
}

func (s *site) board(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	f := boardFilter{Quota: v.Get("nhiem-vu"), State: v.Get("trang-thai"), Month: v.Get("ky"), Owner: v.Get("co-quan"), Level: v.Get("cap"), Basis: v.Get("can-cu"), Todo: v.Get("viec")}
	drawn := v.Get("bieu-do") == "1" && f == boardFilter{}
	e, ok, err := s.Standings.Some(r.Context(), s.Plan.ID, s.boardQuery(f, drawn))
	if err != nil {
		s.fail(w, r, "read the evaluation", err)
		return
	}
	if s.actor(r).May(access.Export) && s.asSheet(w, r, func() (sheet, error) { return s.boardSheet(e.Standings, f), nil }) {
		return
	}
	page := s.boardPage(e, ok, f)
	if page.Drawn = drawn; drawn {
		for i := range page.Sections {
			page.Sections[i].Charts = s.charts(page.Sections[i].Basis, e.Standings, s.Business())
		}
	}
	with := func(name string) string { u := f.values(); u.Set(name, "1"); return boardURL(u) }
	page.Wall, page.WallURL, page.DrawURL = v.Get("man-hinh") == "1", with("man-hinh"), boardURL(url.Values{"bieu-do": {"1"}})
	if page.Sheets = boardURL(f.values()) + "?dang="; f.Any() {
		page.Sheets = boardURL(f.values()) + "&dang="
	}
	rows, err := s.conditions(r.Context())
	if err != nil {
		s.fail(w, r, "read the sources' health", err)
		return
	}
	page.Sources = troubled(rows)
	s.render(w, r, http.StatusOK, "board", frame{Title: "Bảng theo dõi nhiệm vụ", Here: "/bang-theo-doi", Evaluated: e.Now, Page: page})
}

// boardQuery asks for no more than the board shows: the latest periods of each
// duty, or those of a month.
func (s *site) boardQuery(f boardFilter, drawn bool) StandingQuery {
	now, q := s.Business(), StandingQuery{Brief: true}
	if f.Quota != "" {
		q.Quotas = []string{f.Quota}
	}
	if f.Owner != "" {
		q.Owners = []string{f.Owner}
	}
	month, err := calendar.Parse(f.Month)
	for _, x := range s.Plan.Quotas {
		if f.Quota != "" && x.ID != f.Quota {
			continue
		}
		n := recentOthers
		if x.Cadence == calendar.Week {
			n = recentWeeks
		}
		if drawn {
			n = max(n, chartPeriods)
		}
		var begun []calendar.Period
		for _, p := range schedule.Periods(s.Plan, x) {
			if !p.Start.After(now) && (f.Month == "" || err != nil || x.Cadence == calendar.Once || p.Start.Before(month.End.AddDate(0, 0, 7)) && month.Start.AddDate(0, 0, -7).Before(p.End)) {
				begun = append(begun, p)
			}
		}
		if f.Month == "" {
			begun = begun[max(0, len(begun)-n):]
		}
		for _, p := range begun {
			if !slices.Contains(q.Periods, p.ID) {
				q.Periods = append(q.Periods, p.ID)
			}
		}
	}
	if q.Periods == nil {
		q.Periods = []string{"none"} // an empty list would ask for all
	}
	return q
}

// keeps reports whether a standing is within the filter but for its state.
func (s *site) keeps(f boardFilter, levels map[string]media.Level, st schedule.Standing, now time.Time) bool {
	return !st.Start.After(now) && (f.Quota == "" || st.Quota == f.Quota) && (f.Owner == "" || st.Owner == f.Owner) && (f.Level == "" || string(levels[st.Owner]) == f.Level) &&
		(f.Basis == "" || (f.Basis == "muc") == (st.Basis == schedule.ByReference))
}

func (s *site) levels() map[string]media.Level {
	out := map[string]media.Level{}
	for _, a := range s.Plan.Agencies {
		out[a.ID] = a.Level
	}
	return out
}

// boardSheet is the board as a table, a row for each standing.
func (s *site) boardSheet(sts []schedule.Standing, f boardFilter) sheet {
	out := sheet{Name: "bang-theo-doi", Title: "Bảng theo dõi nhiệm vụ", Head: []string{"Mã", "Nhiệm vụ", "Con số", "Cơ quan, đơn vị", "Kỳ", "Từ ngày", "Đến ngày", "Trạng thái", "Thực hiện"}}
	now, levels := s.Business(), s.levels()
	for _, st := range sts {
		if c := s.chip(st); s.keeps(f, levels, st, now) && !f.hides(c) {
			period := calendar.Period{ID: st.Period, Start: st.Start, End: st.End}
			out.Rows = append(out.Rows, []any{st.Quota, s.quotas[st.Quota].Title, viet.Basis(string(st.Basis)), s.names.Agency(st.Owner), viet.Capital(period.Name()), st.Start, calendar.Day(st.End.Add(-time.Second)), c.Word, figure(st)})
		}
	}
	return out
}

func (s *site) boardPage(e schedule.Evaluation, ok bool, f boardFilter) boardPage {
	now, levels := s.Business(), s.levels()
	p := boardPage{Ready: ok, Filter: f, Quotas: s.Plan.Quotas, States: chips(), Months: s.months(now)}
	for _, l := range media.Levels() {
		if slices.ContainsFunc(s.Plan.Agencies, func(a media.Agency) bool { return a.Level == l }) {
			p.Levels = append(p.Levels, levelName{string(l), viet.Level(string(l))})
		}
	}
	owners := map[string]bool{}
	byQuota := map[string][]schedule.Standing{}
	for _, st := range e.Standings {
		owners[st.Owner] = true
		if s.keeps(f, levels, st, now) {
			byQuota[st.Quota] = append(byQuota[st.Quota], st)
		}
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
				p.Shown += g.shown
				for key, n := range g.tally {
					if basis == schedule.ByPlan && key != "shadow" && key != "stat" {
						tally[key] += n
					}
				}
			}
		}
	}
	p.Counts, p.Lamp = countsOf(tally), lampOf(tally)
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
	g := boardGroup{Quota: q, Open: f.Quota != "" || f.Owner != "" || f.State != "" || f.Todo != "" || f.Level != "", tally: map[string]int{}}
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
		if c.Dim = f.hides(c.Chip); !c.Dim {
			matched[st.Owner] = true
			g.shown++
			g.tally[c.Chip.Key]++
		}
	}
	order = slices.DeleteFunc(order, func(o string) bool { return !matched[o] })
	g.Owners, g.Lamp = len(order), lastLamp(periods, rows, now)
	if len(order) == 0 {
		return g, false
	}
	if q.Owner.Agency != "" {
		g.Owner, g.Cells = order[0], rows[order[0]]
		return g, true
	}
	for i, p := range periods {
		sum := summary{Period: p, Now: p.Contains(now), URL: boardURL(url.Values{"nhiem-vu": {q.ID}})}
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

// lastLamp is the light of the last period that is over and tells something, else of the one that runs.
func lastLamp(periods []calendar.Period, rows map[string][]cell, now time.Time) lamp {
	var current lamp
	for i := len(periods) - 1; i >= 0; i-- {
		tally := map[string]int{}
		for _, cells := range rows {
			if cells[i].Has {
				tally[cells[i].Chip.Key]++
			}
		}
		switch {
		case len(tally) == 0:
		case !periods[i].End.After(now):
			return lampOf(tally)
		case current == lamp{}:
			current = lampOf(tally)
		}
	}
	return current
}

// brief lists the owners by state in the period that holds now, else the latest with any.
func (s *site) brief(quota string, periods []calendar.Period, order []string, rows map[string][]cell, now time.Time) *brief {
	at := -1
	for i := range periods {
		if slices.ContainsFunc(order, func(o string) bool { return rows[o][i].Has }) && (at < 0 || !periods[at].Contains(now)) {
			at = i
		}
	}
	out := &brief{Period: periods[at], URL: boardURL(url.Values{"nhiem-vu": {quota}})}
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
