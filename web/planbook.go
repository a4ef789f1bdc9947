package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// How an agency stands in a book, in the order of the tally.
func bookStates() []chip {
	return []chip{{"met", "đúng hạn"}, {"judge", "ký đúng ngày hạn"}, {"review", "quá hạn"}, {"open", "đã nộp, chờ xem"}, {"risk", "trả lại, chờ nộp lại"}, {"nodata", "chưa nhận được"}, {"shadow", "có kế hoạch, chưa được tính"}}
}

func bookState(key string) chip {
	for _, c := range bookStates() {
		if c.Key == key {
			return c
		}
	}
	return chip{}
}

// planRow is one agency in the book of plans.
type planRow struct {
	Agency media.Agency
	Plan   *media.Handin // nil: not received
	Else   string        // address of the standing that is met by what was attested elsewhere, "" if it is not
	Chip   chip
	Days   int // late
	Covers []string
}

// bookLine is a row with whether the asker may hand in.
type bookLine struct {
	Row planRow
	May bool
}

// planGroup is the agencies of one level, of communes those of one district.
type planGroup struct {
	Title string
	ID    string
	Rows  []planRow
	Tally []bookCount
	Rate  float64 // share in time
}

type bookCount struct {
	Chip chip
	N    int
}

type planBookPage struct {
	Duty     schedule.Quota
	Duties   []schedule.Quota
	Groups   []planGroup
	Exact    []planRow // dated on the very day before which it was due
	Tally    []bookCount
	All      int
	Rate     float64
	None     bool // nothing was received, which says nothing of what was issued
	Deadline time.Time
	LastDay  time.Time
	May      bool // hand in
	Settle   bool
	Sheet    string
	Print    bool
}

// bookDuties are the duties of a kind whose owners the asker sees any of.
func (s *site) bookDuties(r *http.Request, kind media.HandinKind) []schedule.Quota {
	var out []schedule.Quota
	for _, q := range s.Plan.Quotas {
		if schedule.HandedIn(q) == kind && slices.ContainsFunc(s.Plan.Agencies, func(a media.Agency) bool { return owes(q, a) && s.actor(r).Sees(a.ID) }) {
			out = append(out, q)
		}
	}
	return out
}

// chosen is the duty that the address names, else the first.
func chosen(duties []schedule.Quota, id string) (schedule.Quota, bool) {
	for _, q := range duties {
		if q.ID == id {
			return q, true
		}
	}
	if len(duties) == 0 {
		return schedule.Quota{}, false
	}
	return duties[0], true
}

// planBook is the book of the agencies' own plans.
func (s *site) planBook(w http.ResponseWriter, r *http.Request) {
	if !s.handingIn(w, r) {
		return
	}
	a := s.actor(r)
	p := planBookPage{Duties: s.bookDuties(r, media.HandPlan), May: a.May(access.Handover), Settle: settles(a, media.HandPlan)}
	duty, ok := chosen(p.Duties, r.URL.Query().Get("nhiem-vu"))
	if !ok {
		s.missing(w, r, "Kế hoạch này không giao cơ quan, đơn vị nào ban hành kế hoạch riêng.")
		return
	}
	p.Duty, p.Deadline, p.LastDay = duty, duty.Deadline, calendar.Day(duty.Deadline.Add(-time.Nanosecond))
	rows, err := s.planRows(r, duty)
	if err != nil {
		s.fail(w, r, "read the book of plans", err)
		return
	}
	if a.May(access.Export) && s.asSheet(w, r, func() (sheet, error) { return s.planSheet(duty, rows), nil }) {
		return
	}
	p.Groups = s.groupRows(rows)
	for _, row := range rows {
		if row.Chip.Key == "judge" {
			p.Exact = append(p.Exact, row)
		}
	}
	p.All, p.Tally, p.Rate = len(rows), tallyRows(rows), rateOf(rows)
	p.None = !slices.ContainsFunc(rows, func(row planRow) bool { return row.Plan != nil || row.Else != "" })
	p.Sheet = "/so-ke-hoach?nhiem-vu=" + url.QueryEscape(duty.ID) + "&dang=xlsx"
	s.render(w, r, http.StatusOK, "planbook", frame{Title: "Sổ kế hoạch của cơ quan, đơn vị", Here: "/so-ke-hoach", Page: p})
}

// planRows are all agencies that owe a plan and that the asker sees, each with its plan as it stands.
func (s *site) planRows(r *http.Request, duty schedule.Quota) ([]planRow, error) {
	q := media.HandinQuery{Plan: s.Plan.ID, Kinds: []media.HandinKind{media.HandPlan}, Quota: duty.ID, Standing: true}
	if a := s.actor(r); a.Role.Scoped() {
		q.Agencies = a.Agencies
	}
	hs, _, err := s.Handins.List(r.Context(), q)
	if err != nil {
		return nil, err
	}
	of := map[string]*media.Handin{}
	for i, h := range hs { // the newest first
		if of[h.Owner] == nil || of[h.Owner].State() == media.Returned && h.State() != media.Returned {
			of[h.Owner] = &hs[i]
		}
	}
	e, _, err := s.Standings.Some(r.Context(), s.Plan.ID, StandingQuery{Quotas: []string{duty.ID}, Owners: q.Agencies, Brief: true})
	if err != nil {
		return nil, err
	}
	stands := map[string]schedule.Standing{}
	for _, st := range e.Standings {
		stands[st.Owner] = st
	}
	var rows []planRow
	for _, ag := range s.dutyOwners(r, duty) {
		row := planRow{Agency: ag, Plan: of[ag.ID]}
		row.Chip, row.Days = planChip(row.Plan, duty.Deadline)
		if st, ok := stands[ag.ID]; ok {
			s.held(&row, st)
		}
		if row.Plan != nil {
			for _, id := range row.Plan.Covers {
				row.Covers = append(row.Covers, s.quotas[id].Title)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// held holds a row of the book against the standing: «đúng hạn» is said of whom the board says «đạt», by whatever evidence, and of
// nobody else, so that the rate is one wherever it is read.
func (s *site) held(row *planRow, st schedule.Standing) {
	switch met := s.chip(st).Key == "met"; {
	case met && row.Chip.Key != "met":
		row.Chip, row.Days, row.Else = bookState("met"), 0, s.standingURL(st.Quota, st.Owner, st.Period)
	case !met && row.Chip.Key == "met":
		row.Chip = bookState("shadow")
	}
}

// dutyOwners are the agencies that owe a duty in its one period, as far as the asker sees them.
func (s *site) dutyOwners(r *http.Request, duty schedule.Quota, in ...calendar.Period) []media.Agency {
	periods := in
	if len(periods) == 0 {
		periods = schedule.Periods(s.Plan, duty)
	}
	if len(periods) == 0 {
		return nil
	}
	all := schedule.Owners(s.Plan, duty, periods[0])
	return slices.DeleteFunc(all, func(a media.Agency) bool { return !s.actor(r).Sees(a.ID) })
}

// planChip says how a plan stands to its deadline, whose own day is «trước ngày»: the plan's words leave that day
// out, and a person looks at what bears it.
func planChip(h *media.Handin, deadline time.Time) (chip, int) {
	switch {
	case h == nil:
		return bookState("nodata"), 0
	case h.State() == media.Returned:
		return bookState("risk"), 0
	case h.State() == media.HandedIn:
		return bookState("open"), 0
	case h.From.Before(deadline):
		return bookState("met"), 0
	case calendar.Day(h.From).Equal(calendar.Day(deadline)):
		return bookState("judge"), 0
	}
	return bookState("review"), calendar.DaysBetween(deadline, h.From) + 1
}

func tallyRows(rows []planRow) []bookCount {
	var out []bookCount
	for _, c := range bookStates() {
		n := 0
		for _, row := range rows {
			if row.Chip.Key == c.Key {
				c.Word = row.Chip.Word // as the row says it
				n++
			}
		}
		if n > 0 {
			out = append(out, bookCount{c, n})
		}
	}
	return out
}

// rateOf is the share of agencies whose plan came in time.
func rateOf(rows []planRow) float64 {
	if len(rows) == 0 {
		return 0
	}
	n := 0
	for _, row := range rows {
		if row.Chip.Key == "met" {
			n++
		}
	}
	return float64(n) / float64(len(rows))
}

// groupRows puts agencies by level, communes by district.
func (s *site) groupRows(rows []planRow) []planGroup {
	var out []planGroup
	for _, row := range rows {
		title := viet.Capital(viet.Level(string(row.Agency.Level)))
		if row.Agency.Level == media.Commune && row.Agency.Parent != "" {
			title = "Cấp xã thuộc " + s.names.Agency(row.Agency.Parent)
		}
		i := slices.IndexFunc(out, func(g planGroup) bool { return g.Title == title })
		if i < 0 {
			out, i = append(out, planGroup{Title: title}), len(out)
		}
		out[i].Rows = append(out[i].Rows, row)
	}
	slices.SortStableFunc(out, func(a, b planGroup) int {
		return cmp.Or(levelOrder(a.Rows[0].Agency.Level)-levelOrder(b.Rows[0].Agency.Level), strings.Compare(viet.Fold(a.Title), viet.Fold(b.Title)))
	})
	for i := range out {
		out[i].ID, out[i].Tally, out[i].Rate = "g-"+viet.Number(i+1), tallyRows(out[i].Rows), rateOf(out[i].Rows)
		slices.SortStableFunc(out[i].Rows, func(a, b planRow) int {
			return strings.Compare(viet.Fold(s.names.Agency(a.Agency.ID)), viet.Fold(s.names.Agency(b.Agency.ID)))
		})
	}
	return out
}

func levelOrder(l media.Level) int {
	return slices.Index([]media.Level{media.Provincial, media.Department, media.District, media.Commune}, l)
}

func (s *site) planSheet(duty schedule.Quota, rows []planRow) sheet {
	sh := sheet{Name: "so-ke-hoach", Title: "Sổ kế hoạch của cơ quan, đơn vị: " + duty.Title + ", " + s.Plan.Number,
		Head: []string{"Cấp", "Huyện, thị xã, thành phố", "Cơ quan, đơn vị", "Tình trạng", "Số ngày quá hạn", "Số, ký hiệu", "Ngày ban hành", "Ngày nhận", "Trích yếu", "Lồng ghép", "Nhiệm vụ của Phụ lục có trong kế hoạch", "Số tệp", "Người ghi", "Ghi lúc", "Người xem xét", "Lúc"}}
	for _, g := range s.groupRows(rows) {
		for _, row := range g.Rows {
			parent := ""
			if row.Agency.Level == media.Commune {
				parent = s.names.Agency(row.Agency.Parent)
			}
			line := []any{viet.Level(string(row.Agency.Level)), parent, s.names.Agency(row.Agency.ID), row.Chip.Word, ""}
			if row.Days > 0 {
				line[4] = row.Days
			}
			if h := row.Plan; h != nil {
				line = append(line, h.Document, h.From, h.Received, h.Title, h.Integrated, strings.Join(row.Covers, "; "), len(h.Files), h.Acts[0].Actor, h.Acts[0].At)
				if last := h.Latest(); last.Seq > 1 {
					line = append(line, last.Actor, last.At)
				}
			}
			sh.Rows = append(sh.Rows, line)
		}
	}
	return sh
}

// planListPage is where a list of documents is pasted.
type planListPage struct {
	V      url.Values
	Duties []schedule.Quota
	Duty   schedule.Quota
	Rows   []listedPlan
	Good   int
	Seen   bool
	Most   int
}

func (s *site) planListPage(r *http.Request) planListPage {
	p := planListPage{V: r.PostForm, Duties: s.bookDuties(r, media.HandPlan), Most: mostLines}
	if p.V == nil {
		p.V = url.Values{"nhiem-vu": {r.URL.Query().Get("nhiem-vu")}}
	}
	p.Duty, _ = chosen(p.Duties, p.V.Get("nhiem-vu"))
	return p
}

func (s *site) planListForm(w http.ResponseWriter, r *http.Request) {
	if s.handingIn(w, r) {
		s.render(w, r, http.StatusOK, "planlist", frame{Title: "Dán danh sách văn bản", Here: "/so-ke-hoach", Page: s.planListPage(r)})
	}
}

// addPlanList looks at a pasted list and, when asked to, records each line that can be.
func (s *site) addPlanList(w http.ResponseWriter, r *http.Request) {
	if !s.handingIn(w, r) || !s.form(w, r) {
		return
	}
	p := s.planListPage(r)
	var err error
	p.Rows = parsePlanList(r.PostFormValue("danh-sach"), findAgencies(s.Plan, p.Duty), s.Business())
	if len(p.Rows) == 0 {
		err = Refusal{"Xin dán danh sách văn bản: mỗi dòng một văn bản, các cột cách nhau bằng dấu tab hoặc dấu chấm phẩy."}
	}
	var now []planRow
	if err == nil {
		now, err = s.planRows(r, p.Duty)
	}
	var hs []media.Handin
	for i := range p.Rows {
		row := &p.Rows[i]
		for _, there := range now {
			if row.Wrong == "" && row.Twice == "" && there.Agency.ID == row.Agency && there.Plan != nil && there.Plan.State() != media.Returned {
				row.Twice = "cơ quan này đã có kế hoạch " + there.Plan.Document
			}
		}
		if row.Wrong != "" || row.Twice != "" {
			continue
		}
		if slices.ContainsFunc(hs, func(h media.Handin) bool { return h.Owner == row.Agency }) {
			row.Twice = "cơ quan này đã có dòng ở trên"
			continue
		}
		title := row.Title
		if title == "" {
			title = "Kế hoạch số " + row.Number
		}
		hs = append(hs, media.Handin{Kind: media.HandPlan, Plan: s.Plan.ID, Quota: p.Duty.ID, Owner: row.Agency, Document: row.Number, From: row.Day, Title: title, Grade: media.GradeB})
	}
	p.Good, p.Seen = len(hs), err == nil
	if err == nil && field(r, "buoc") == "ghi" {
		if len(hs) == 0 {
			err = Refusal{"Không có dòng nào ghi được; xin xem cột «Kết quả»."}
		} else if _, err = s.Handins.Add(r.Context(), hs, s.actor(r).String(), true); err == nil {
			s.done(w, r, "/so-ke-hoach?nhiem-vu="+url.QueryEscape(p.Duty.ID), "Đã ghi "+viet.Number(len(hs))+" kế hoạch.")
			return
		}
	}
	f := frame{Title: "Dán danh sách văn bản", Here: "/so-ke-hoach", Page: p}
	s.answer(w, r, "record a list of plans", err, "planlist", f)
}
