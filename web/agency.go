package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// agenciesPage lists the agencies of the plan, or those that a person is confined to.
type agenciesPage struct {
	Query    string
	Rows     []agencyRow
	Mine     bool        // they are those that the person works for
	Do       []menuEntry // what is handed in every week or month
	Ready    bool        // something was evaluated
	Owed     []saveLine  // what those still owe and can still do, the soonest first
	OwedMore int
}

type agencyRow struct {
	media.Agency
	Level  string
	URL    string
	Counts []count // of its duties in their latest periods
}

func (s *site) agencies(w http.ResponseWriter, r *http.Request) {
	var ids []string
	for _, q := range s.Plan.Quotas {
		ids = append(ids, q.ID)
	}
	e, _, err := s.Standings.Some(r.Context(), s.Plan.ID, StandingQuery{Periods: s.latest(ids, 1), Brief: true})
	if err != nil {
		s.fail(w, r, "read the standings", err)
		return
	}
	tally := map[string]map[string]int{}
	for _, st := range e.Standings {
		if tally[st.Owner] == nil {
			tally[st.Owner] = map[string]int{}
		}
		tally[st.Owner][s.chip(st).Key]++
	}
	p, a := agenciesPage{Query: viet.Clean(r.URL.Query().Get("q")), Ready: len(e.Standings) > 0}, s.actor(r)
	for _, x := range s.Plan.Agencies {
		if !a.Sees(x.ID) || tally[x.ID] == nil && !a.Role.Scoped() || p.Query != "" && !strings.Contains(viet.Fold(x.Name+" "+x.Short+" "+strings.Join(x.Aliases, " ")), viet.Fold(p.Query)) {
			continue
		}
		p.Rows = append(p.Rows, agencyRow{x, viet.Level(string(x.Level)), agencyURL(s.slug(x.ID)), countsOf(tally[x.ID])})
	}
	if a.May(access.Export) && s.asSheet(w, r, func() (sheet, error) { return agenciesSheet(p.Rows), nil }) {
		return
	}
	if a.Role.Scoped() && p.Query == "" {
		p.Mine, p.Do = true, s.handsInOften(a)
		if err := s.fillOwed(r.Context(), &p, a); err != nil {
			s.fail(w, r, "gather what some agencies owe", err)
			return
		}
	}
	title := "Cơ quan, đơn vị"
	if p.Mine {
		title = "Việc hôm nay"
	}
	s.render(w, r, http.StatusOK, "agencies", frame{Title: title, Here: s.firstPage(a, ""), Evaluated: e.Now, Page: p})
}

// fillOwed tells who works for some agencies what those still owe in the periods that run, the soonest first.
func (s *site) fillOwed(ctx context.Context, p *agenciesPage, a access.Actor) error {
	var mine []string
	for _, row := range p.Rows {
		mine = append(mine, row.ID)
	}
	if len(mine) == 0 {
		return nil
	}
	now, q := s.Business(), StandingQuery{Owners: mine}
	for _, x := range s.Plan.Quotas {
		for _, period := range schedule.Periods(s.Plan, x) {
			if period.Contains(now) && !slices.Contains(q.Periods, period.ID) {
				q.Periods = append(q.Periods, period.ID)
			}
		}
	}
	if q.Periods == nil {
		return nil // an empty list would ask for all
	}
	e, _, err := s.Standings.Some(ctx, s.Plan.ID, q)
	if err != nil {
		return err
	}
	notes, err := s.notes(ctx)
	if err != nil {
		return err
	}
	for _, st := range e.Standings {
		if a.Sees(st.Owner) && s.owed(st, now) {
			p.Owed = append(p.Owed, s.saveLine(st, notes, now))
		}
	}
	slices.SortStableFunc(p.Owed, func(a, b saveLine) int { return a.until().Compare(b.until()) })
	p.OwedMore = max(0, len(p.Owed)-mostOwed)
	p.Owed = p.Owed[:len(p.Owed)-p.OwedMore]
	return nil
}

// mostOwed is how many things a first page lists that are still owed.
const mostOwed = 60

// owed reports whether a standing is of a period that runs and can still be helped.
func (s *site) owed(st schedule.Standing, now time.Time) bool {
	c := s.chip(st)
	return st.Contains(now) && (c.Key == "risk" || c.Key == "open" && st.LastSave != nil) && !report.OnlyCounted(s.quotas[st.Quota])
}

// besides reports whether a piece is in no column or programme that its owner owes, nor surely about reform.
func besides(x schedule.Rejection) bool {
	v := x.Evidence.Verdict
	return !x.Near && !x.Awaiting && (x.Reason.Code == "wrong_theme" || x.Reason.Code == "not_in_column" && (v == nil || !v.Reform || v.Review))
}

func agenciesSheet(rows []agencyRow) sheet {
	out := sheet{Name: "co-quan", Title: "Cơ quan, đơn vị: kết quả các kỳ gần nhất", Head: []string{"Cơ quan, đơn vị", "Loại", "Người liên hệ", "Điện thoại", "Thư điện tử"}}
	for _, c := range chips() {
		out.Head = append(out.Head, viet.Capital(c.Word))
	}
	for _, r := range rows {
		line := []any{r.Name, r.Level, r.Contact.Name, r.Contact.Phone, r.Contact.Email}
		for _, c := range chips() {
			n := 0
			for _, x := range r.Counts {
				if x.Chip.Key == c.Key {
					n = x.N
				}
			}
			line = append(line, n)
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

// agencyPage is one agency: what it owes, what it published, what it was told and says to that.
type agencyPage struct {
	Agency     media.Agency
	Level      string
	Parent     string
	Feed       string
	Duties     []dutyLine
	Gaps       []saveLine // what can still be helped, the soonest first
	Counted    []ownPiece
	Not        []ownPiece
	NotMore    int
	Postings   []posting
	Told       []Told
	Calls      []schedule.Note
	Objections []objectionLine2
	Do         []menuEntry // what is handed in every week or month, of who works for it
	May        bool        // reply and object
	Settles    bool
	Choices    []dutyLine // what can be objected to: periods that are over or short
	Typed      map[string]string
}

type dutyLine struct {
	Quota   schedule.Quota
	Periods []cell
	Key     string // «quota|period» of a choice
	Word    string // of a choice
}

// ownPiece is a piece of the agency's own with what it was counted for, or why it was not.
type ownPiece struct {
	pieceLine
	Quota string
	Title string
	URL   string
}

// posting is something announced or put on the network, or something of the plan's own pages.
type posting struct {
	At    time.Time
	What  string
	Where string
}

// objectionLine2 is an objection with its answer.
type objectionLine2 struct {
	schedule.Note
	Answer *schedule.Note
	Period calendar.Period
}

const mostOwn, mostToldTo = 40, 12

func (s *site) agency(w http.ResponseWriter, r *http.Request) {
	s.agencyWith(w, r, nil)
}

// agencyWith shows an agency's page, with why something was not taken.
func (s *site) agencyWith(w http.ResponseWriter, r *http.Request, wrong error) {
	id := s.agencyID(r.PathValue("slug"))
	if s.keepsOut(w, r, id) {
		return
	}
	a := s.agencyOf(id)
	if !slices.ContainsFunc(s.Plan.Agencies, func(x media.Agency) bool { return x.ID == id }) {
		s.missing(w, r, "Kế hoạch không có cơ quan, đơn vị này.")
		return
	}
	p, at, err := s.agencyPage(r, a)
	if err != nil {
		s.fail(w, r, "gather what an agency owes", err)
		return
	}
	f := frame{Title: a.Name, Here: s.firstPage(s.actor(r), id), Evaluated: at, Page: p}
	if wrong != nil {
		p.Typed = typed(r)
		f.Page = p
		s.sorry(w, r, "take what an agency says", wrong, "agency", f)
		return
	}
	s.render(w, r, http.StatusOK, "agency", f)
}

// typed is what a person wrote into a form that was not taken.
func typed(r *http.Request) map[string]string {
	out := map[string]string{}
	for k := range r.PostForm {
		out[k] = field(r, k)
	}
	return out
}

func (s *site) agencyPage(r *http.Request, a media.Agency) (p agencyPage, at time.Time, err error) {
	ctx, now, actor := r.Context(), s.Business(), s.actor(r)
	p = agencyPage{Agency: a, Level: viet.Level(string(a.Level)), May: actor.May(access.Handover) && s.Acts.Note != nil, Settles: actor.May(access.Decide) && s.Acts.Note != nil}
	if actor.Role.Scoped() && actor.Sees(a.ID) && len(actor.Agencies) == 1 {
		p.Do = s.handsInOften(actor)
	}
	if a.Parent != "" {
		p.Parent = s.names.Agency(a.Parent)
	}
	if s.Feed != nil {
		p.Feed = "/lich/" + s.slug(a.ID) + ".ics"
	}
	e, _, err := s.Standings.Some(ctx, s.Plan.ID, StandingQuery{Owners: []string{a.ID}})
	if err != nil {
		return p, at, err
	}
	notes, err := s.notes(ctx)
	if err != nil {
		return p, at, err
	}
	s.fillDuties(&p, e.Standings, notes, now)
	if err := s.fillOwn(r, &p, e.Standings, now); err != nil {
		return p, at, err
	}
	for i := len(notes) - 1; i >= 0; i-- {
		n := notes[i]
		switch {
		case n.Owner != a.ID:
		case n.Kind == schedule.NoteCall && !actor.Role.Scoped():
			p.Calls = append(p.Calls, n)
		case n.Kind == schedule.NoteObjection:
			o := objectionLine2{Note: n, Period: calendar.Period{ID: n.Period}}
			if c, err := calendar.Parse(n.Period); err == nil {
				o.Period = c
			}
			if k := slices.IndexFunc(notes, func(x schedule.Note) bool { return x.Kind == schedule.NoteSettled && x.Of == n.ID }); k >= 0 {
				o.Answer = &notes[k]
			}
			p.Objections = append(p.Objections, o)
		}
	}
	if s.Acts.ToldTo != nil {
		if p.Told, err = s.Acts.ToldTo(ctx, a.ID, mostToldTo); err != nil {
			return p, at, err
		}
	}
	if s.Planned != nil {
		list, err := s.Planned(ctx, now.AddDate(0, 0, -7), now.AddDate(0, 0, 14))
		if err != nil {
			return p, at, err
		}
		for _, x := range list {
			if i := slices.IndexFunc(s.Plan.Channels, func(c schedule.Channel) bool { return c.ID == x.Channel && c.Agency == a.ID }); i >= 0 {
				p.Postings = append(p.Postings, posting{x.Start, x.Programme, s.names.Channel(x.Channel)})
			}
		}
	}
	return p, e.Now, nil
}

// fillDuties tells what the agency owes: the latest periods of each duty, and what can still be helped.
func (s *site) fillDuties(p *agencyPage, sts []schedule.Standing, notes []schedule.Note, now time.Time) {
	byQuota := map[string][]schedule.Standing{}
	for _, st := range sts {
		if !st.Start.After(now) {
			byQuota[st.Quota] = append(byQuota[st.Quota], st)
		}
	}
	for _, q := range s.Plan.Quotas {
		mine := byQuota[q.ID]
		if len(mine) == 0 {
			continue
		}
		slices.SortFunc(mine, func(a, b schedule.Standing) int { return a.Start.Compare(b.Start) })
		line := dutyLine{Quota: q}
		for _, st := range mine[max(0, len(mine)-4):] {
			period := calendar.Period{ID: st.Period, Start: st.Start, End: st.End}
			line.Periods = append(line.Periods, cell{Period: period, Has: true, Chip: s.chip(st), URL: s.standingURL(st.Quota, st.Owner, st.Period), Figure: figure(st), Now: st.Contains(now)})
		}
		p.Duties = append(p.Duties, line)
		for i := len(mine) - 1; i >= max(0, len(mine)-6); i-- {
			if c := s.chip(mine[i]); c.Key != "met" && c.Key != "ref-met" && c.Key != "shadow" && c.Key != "stat" && c.Key != "exempt" {
				period := calendar.Period{ID: mine[i].Period, Start: mine[i].Start, End: mine[i].End}
				p.Choices = append(p.Choices, dutyLine{Quota: q, Key: q.ID + "|" + mine[i].Period, Word: period.Name() + " – " + c.Word})
			}
		}
		for _, st := range mine {
			if s.owed(st, now) {
				p.Gaps = append(p.Gaps, s.saveLine(st, notes, now))
			}
		}
	}
	slices.SortStableFunc(p.Gaps, func(a, b saveLine) int { return a.until().Compare(b.until()) })
}

// fillOwn lists the agency's pieces of the latest periods: counted, and not counted with the reason.
func (s *site) fillOwn(r *http.Request, p *agencyPage, sts []schedule.Standing, now time.Time) error {
	m, err := s.Standings.Detail(r.Context(), s.Plan.ID, "", p.Agency.ID, "")
	if err != nil {
		return err
	}
	recent := func(e media.Evidence) bool {
		return now.Sub(e.Seen) < 45*24*time.Hour || now.Sub(e.At) < 45*24*time.Hour
	}
	for _, c := range m.Credits {
		if recent(c.Evidence) {
			line := s.pieceOf(c.Evidence, nil)
			p.Counted = append(p.Counted, ownPiece{line, c.Quota, s.quotas[c.Quota].Title, s.standingURL(c.Quota, c.Owner, c.Period)})
		}
	}
	for _, x := range m.Rejections {
		if x.Condition == "none" || (x.Condition == "reform" || x.Condition == "theme") && !x.Awaiting && !x.Near || !recent(x.Evidence) { // what is about something else is no question
			continue
		}
		if besides(x) {
			continue // a paper prints much besides its column
		}
		line := s.pieceOf(x.Evidence, nil)
		line.Reasons = []string{s.names.Reason(x.Reason)}
		p.Not = append(p.Not, ownPiece{line, x.Quota, s.quotas[x.Quota].Title, s.standingURL(x.Quota, x.Owner, x.Period)})
	}
	latest := func(a, b ownPiece) int {
		return cmp.Or(b.Evidence.At.Compare(a.Evidence.At), cmp.Compare(a.Quota, b.Quota))
	}
	slices.SortStableFunc(p.Counted, latest)
	slices.SortStableFunc(p.Not, latest)
	p.Counted = p.Counted[:min(len(p.Counted), mostOwn)]
	p.NotMore = max(0, len(p.Not)-mostOwn)
	p.Not = p.Not[:len(p.Not)-p.NotMore]
	return nil
}

// reply answers a notice that was made for the agency.
func (s *site) reply(w http.ResponseWriter, r *http.Request) {
	id := s.agencyID(r.PathValue("slug"))
	if s.Acts.Answer == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	if s.keepsOut(w, r, id) || !s.form(w, r) {
		return
	}
	if err := s.Acts.Answer(r.Context(), id, r.URL.Query().Get("thong-bao"), Answer{Actor: s.actor(r).String(), Words: field(r, "tra-loi")}); err != nil {
		s.agencyWith(w, r, err)
		return
	}
	s.done(w, r, agencyURL(s.slug(id)), "Đã ghi trả lời.")
}

// object takes what an agency has against a count.
func (s *site) object(w http.ResponseWriter, r *http.Request) {
	id := s.agencyID(r.PathValue("slug"))
	if s.Acts.Note == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	if s.keepsOut(w, r, id) {
		return
	}
	files, done, ok := s.formWithPaper(w, r)
	if !ok {
		return
	}
	defer done()
	quota, period, _ := strings.Cut(field(r, "nhiem-vu"), "|")
	n := schedule.Note{Kind: schedule.NoteObjection, Owner: id, Quota: quota, Period: period, Actor: s.actor(r).String(), Words: field(r, "noi-dung")}
	path, name := "", ""
	if len(files) > 0 && files[0].Size > 0 {
		path, name = files[0].Path, files[0].Name
	}
	err := error(nil)
	if quota == "" {
		err = Refusal{"Chưa chọn nhiệm vụ và kỳ."}
	} else {
		err = s.Acts.Note(r.Context(), n, path, name)
	}
	if err != nil {
		s.agencyWith(w, r, err)
		return
	}
	s.done(w, r, agencyURL(s.slug(id)), "Đã ghi phản hồi; chuyên viên theo dõi sẽ trả lời tại trang này.")
}
