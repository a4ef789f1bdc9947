package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// Closer is the door of closing reporting periods, and of what would come out otherwise since.
type Closer struct {
	Preview func(ctx context.Context, period calendar.Period) (ClosePreview, error)
	// Close closes a period as it was previewed; dataset is that of the preview. It is refused where anything changed meanwhile.
	Close func(ctx context.Context, period calendar.Period, dataset, by, reason string) (schedule.Closing, error)
	// Keep records that a closed row stays as it was closed although it would come out otherwise.
	Keep func(ctx context.Context, quota, owner, period, by, reason string) error
	// Kept words for each proposal who said that the row stays, "" where nobody did.
	Kept func(ctx context.Context, ps []schedule.Proposal) ([]string, error)
}

// ClosePreview is what would be frozen, and what is not settled.
type ClosePreview struct {
	schedule.Closing
	Last  *schedule.Closing // closing in force of the period, nil: it is closed for the first time
	Queue int               // pieces of the period that wait for a person
}

// closingRoutes are closing from the desk, what differs since, and what a revision changed.
func (s *site) closingRoutes() []route {
	return []route{
		{"GET", "/chot-so-lieu", access.Decide, false, s.closePage},
		{"POST", "/chot-so-lieu", access.Decide, false, s.closeNow},
		{"GET", "/dieu-chinh", access.See, false, s.restatements},
		{"POST", "/dieu-chinh", access.Decide, false, s.settleProposal},
		{"GET", "/chot-so-lieu/{closing}", access.See, false, s.revision},
	}
}

// closingPage is the preview of a closing.
type closingPage struct {
	ClosePreview
	Name   string
	Counts []chipCount // by plan, then by reference
	Refs   []chipCount
	Open   []openLine
	Logs   int // open questions for want of a log
	Reason string
	Kept   bool // there is something to be closed
	Same   bool // it was closed, and would come out as it did
	Diffs  []diffLine
}

type chipCount struct {
	Chip chip
	N    int
}

// openLine is one question that would be frozen without an answer.
type openLine struct {
	Title, Owner, Period, Why, URL string
	Chip                           chip
}

// diffLine is one row that differs between two closings.
type diffLine struct {
	Title, Owner, Period, URL string
	Was, Now                  *chip
	From, To                  string // figures
}

func (s *site) closePage(w http.ResponseWriter, r *http.Request) {
	period, err := calendar.Parse(r.URL.Query().Get("ky"))
	if s.Closer == nil || err != nil {
		s.missing(w, r, "Không có kỳ báo cáo này để chốt.")
		return
	}
	s.showClosing(w, r, period, "", nil)
}

// showClosing shows what would be closed; wrong is why it was not a moment ago.
func (s *site) showClosing(w http.ResponseWriter, r *http.Request, period calendar.Period, reason string, wrong error) {
	f := frame{Title: "Chốt số liệu", Here: "/bao-cao"}
	preview, err := s.Closer.Preview(r.Context(), period)
	p := closingPage{Name: viet.Capital(period.Name()), Reason: reason}
	if err == nil {
		p = s.closingView(preview, p)
	}
	switch f.Page = p; {
	case wrong != nil:
		s.sorry(w, r, "close a period", wrong, "closing", f)
	case err != nil:
		s.sorry(w, r, "preview a closing", err, "closing", f)
	default:
		s.render(w, r, http.StatusOK, "closing", f)
	}
}

func (s *site) closingView(preview ClosePreview, p closingPage) closingPage {
	p.ClosePreview, p.Kept = preview, true
	p.Same = preview.Last != nil && preview.Last.Revision == preview.Revision
	by := map[schedule.Basis]map[string]int{schedule.ByPlan: {}, schedule.ByReference: {}}
	sts := make([]schedule.Standing, len(preview.Rows))
	for i, row := range preview.Rows {
		sts[i] = row.Standing
		if m := by[row.Standing.Basis]; m != nil {
			m[s.chip(row.Standing).Key]++
		}
	}
	count := func(m map[string]int) (out []chipCount) {
		for _, c := range chips() {
			if m[c.Key] > 0 {
				out = append(out, chipCount{c, m[c.Key]})
			}
		}
		return out
	}
	p.Counts, p.Refs = count(by[schedule.ByPlan]), count(by[schedule.ByReference])
	for _, o := range preview.Closing.Open {
		l := openLine{Title: cmp.Or(s.quotas[o.Quota].Title, o.Quota), Owner: s.names.Agency(o.Owner), Period: nameOfPeriod(o.Period), URL: s.standingURL(o.Quota, o.Owner, o.Period),
			Chip: chipOf(schedule.Standing{Basis: s.quotas[o.Quota].Basis, State: o.State, Reasons: o.Reasons})}
		if len(o.Reasons) > 0 {
			l.Why = s.names.Reason(o.Reasons[0])
		}
		if slices.ContainsFunc(o.Reasons, func(x schedule.Reason) bool { return x.Code == "receipt_missing" }) {
			p.Logs++
		}
		p.Open = append(p.Open, l)
	}
	if preview.Last != nil {
		was := make([]schedule.Standing, len(preview.Last.Rows))
		for i, row := range preview.Last.Rows {
			was[i] = row.Standing
		}
		p.Diffs = s.diffLines(was, sts)
	}
	return p
}

// diffLines words what differs between two lists of standings.
func (s *site) diffLines(was, now []schedule.Standing) []diffLine {
	var out []diffLine
	for _, d := range schedule.Differences(was, now) {
		l := diffLine{Title: cmp.Or(s.quotas[d.Quota].Title, d.Quota), Owner: s.names.Agency(d.Owner), Period: nameOfPeriod(d.Period), URL: s.standingURL(d.Quota, d.Owner, d.Period)}
		figures := func(st *schedule.Standing) (*chip, string) {
			if st == nil {
				return nil, ""
			}
			c, text := chipOf(*st), ""
			if len(st.Measures) > 0 && !report.Unmeasured(*st, st.Measures[0]) {
				text = report.Exact(st.Measures[0].Delivered) + "/" + report.Exact(st.Measures[0].Wanted)
			}
			return &c, text
		}
		l.Was, l.From = figures(d.Then)
		l.Now, l.To = figures(d.Now)
		out = append(out, l)
	}
	return out
}

func (s *site) closeNow(w http.ResponseWriter, r *http.Request) {
	if s.Closer == nil || !s.form(w, r) {
		return
	}
	period, err := calendar.Parse(field(r, "ky"))
	if err != nil {
		s.missing(w, r, "Không có kỳ báo cáo này để chốt.")
		return
	}
	reason := field(r, "ly-do")
	c, err := s.Closer.Close(r.Context(), period, field(r, "bo"), s.actor(r).String(), reason)
	if err != nil {
		s.showClosing(w, r, period, reason, err)
		return
	}
	s.done(w, r, "/chot-so-lieu/"+url.PathEscape(c.ID), "Đã chốt "+period.Name()+", lần "+viet.Number(c.Revision)+".")
}

// revisionPage is one revision of a closed period and what it changed of the one before.
type revisionPage struct {
	closingLine
	Before *closingLine // nil: the first
	Diffs  []diffLine
	Rows   int
	Counts []chipCount
	Refs   []chipCount
}

func (s *site) revision(w http.ResponseWriter, r *http.Request) {
	lines, err := s.closings(r.Context())
	if err != nil {
		s.fail(w, r, "read the closed periods", err)
		return
	}
	i := slices.IndexFunc(lines, func(c closingLine) bool { return c.ID == r.PathValue("closing") })
	if i < 0 || s.Certificate == nil {
		s.missing(w, r, "Không có lần chốt số liệu này.")
		return
	}
	p := revisionPage{closingLine: lines[i]}
	whole, err := s.Certificate(r.Context(), lines[i].ID)
	if err != nil {
		s.fail(w, r, "read a closing", err)
		return
	}
	view := s.closingView(ClosePreview{Closing: whole}, closingPage{})
	p.Rows, p.Counts, p.Refs = len(whole.Rows), view.Counts, view.Refs
	for j := range lines {
		if lines[j].Period == lines[i].Period && lines[j].Revision == lines[i].Revision-1 {
			before, err := s.Certificate(r.Context(), lines[j].ID)
			if err != nil {
				s.fail(w, r, "read a closing", err)
				return
			}
			p.Before = &lines[j]
			p.Diffs = s.closingView(ClosePreview{Closing: whole, Last: &before}, closingPage{}).Diffs
		}
	}
	if s.asSheet(w, r, func() (sheet, error) { return s.closedSheet(whole), nil }) {
		return
	}
	s.render(w, r, http.StatusOK, "revision", frame{Title: "Lần chốt số liệu", Here: "/bao-cao", Page: p})
}

// closedSheet lists the rows of a closing.
func (s *site) closedSheet(c schedule.Closing) sheet {
	sh := sheet{Name: "so-lieu-da-chot", Title: "Số liệu đã chốt: " + nameOfPeriod(c.Period) + ", lần " + viet.Number(c.Revision), Head: []string{"Nhiệm vụ", "Căn cứ", "Cơ quan", "Kỳ", "Cần", "Có", "Kết quả", "Lý do"}}
	for _, row := range c.Rows {
		st := row.Standing
		wanted, delivered, why := s.resultCells(st)
		sh.Rows = append(sh.Rows, []any{cmp.Or(s.quotas[st.Quota].Title, st.Quota), viet.Basis(string(st.Basis)), s.names.Agency(st.Owner), nameOfPeriod(st.Period), wanted, delivered, chipOf(st).Word, why})
	}
	return sh
}

// restatementsPage lists what would come out otherwise than it was closed.
type restatementsPage struct {
	Rows   []restatement
	Kept   []restatement // of which a person said that it stays
	May    bool
	Picked string // the row a form was refused for
	Reason string
}

type restatement struct {
	Key, Quota, OwnerID, PeriodID string
	Title, Owner, Period, URL     string
	Was, Now                      chip
	Added, Removed                []string
	Word                          string // who said that it stays
}

func (s *site) restatements(w http.ResponseWriter, r *http.Request) {
	p, ok := s.restatementsPage(w, r)
	if !ok {
		return
	}
	if s.asSheet(w, r, func() (sheet, error) { return restatementSheet(p), nil }) {
		return
	}
	s.render(w, r, http.StatusOK, "restatements", frame{Title: "Đề nghị điều chỉnh", Here: "/bao-cao", Page: p})
}

// restatementsPage answers and returns false if that fails.
func (s *site) restatementsPage(w http.ResponseWriter, r *http.Request) (p restatementsPage, ok bool) {
	if s.Closer == nil {
		s.missing(w, r, "Không có trang này.")
		return p, false
	}
	e, _, err := s.Standings.Some(r.Context(), s.Plan.ID, StandingQuery{Quotas: []string{"-"}}) // no standing: proposals come with any
	var kept []string
	if err == nil {
		kept, err = s.Closer.Kept(r.Context(), e.Proposals)
	}
	if err != nil {
		s.fail(w, r, "read the proposals", err)
		return p, false
	}
	p.May = s.actor(r).May(access.Decide)
	for i, x := range e.Proposals {
		row := restatement{Key: viet.Number(i + 1), Quota: x.Quota, OwnerID: x.Owner, PeriodID: x.Period, Title: cmp.Or(s.quotas[x.Quota].Title, x.Quota), Owner: s.names.Agency(x.Owner),
			Period: nameOfPeriod(x.Period), URL: s.standingURL(x.Quota, x.Owner, x.Period), Was: chipOf(x.Was), Now: chipOf(x.Now), Word: kept[i]}
		for _, c := range x.Added {
			row.Added = append(row.Added, report.Masked(c.Evidence).Title+" ("+viet.Day(c.Evidence.At.In(calendar.Zone))+")")
		}
		for _, c := range x.Removed {
			row.Removed = append(row.Removed, report.Masked(c.Evidence).Title+" ("+viet.Day(c.Evidence.At.In(calendar.Zone))+")")
		}
		if row.Word == "" {
			p.Rows = append(p.Rows, row)
		} else {
			p.Kept = append(p.Kept, row)
		}
	}
	return p, true
}

func restatementSheet(p restatementsPage) sheet {
	sh := sheet{Name: "de-nghi-dieu-chinh", Title: "Đề nghị điều chỉnh số liệu đã chốt", Head: []string{"Nhiệm vụ", "Cơ quan", "Kỳ", "Đã chốt", "Nay tính được", "Thêm minh chứng", "Bớt minh chứng", "Ý kiến"}}
	for _, x := range slices.Concat(p.Rows, p.Kept) {
		sh.Rows = append(sh.Rows, []any{x.Title, x.Owner, x.Period, x.Was.Word, x.Now.Word, len(x.Added), len(x.Removed), x.Word})
	}
	return sh
}

// settleProposal takes a proposal, or says that the row stays.
func (s *site) settleProposal(w http.ResponseWriter, r *http.Request) {
	if s.Closer == nil || !s.form(w, r) {
		return
	}
	quota, owner, period, reason := field(r, "nhiem-vu"), field(r, "co-quan"), field(r, "ky"), field(r, "ly-do")
	by := s.actor(r).String()
	said := "Đã điều chỉnh; kỳ báo cáo có thêm một lần chốt."
	var err error
	switch {
	case quota == "" || owner == "" || period == "":
		err = Refusal{"Xin chọn dòng cần điều chỉnh."}
	case r.PostFormValue("viec") == "giu":
		said, err = "Đã ghi: giữ nguyên kết quả đã chốt.", s.Closer.Keep(r.Context(), quota, owner, period, by, reason)
	case s.Acts.Restate == nil:
		err = Refusal{"Chưa điều chỉnh được ở đây."}
	default:
		err = s.Acts.Restate(r.Context(), schedule.Decision{Quota: quota, Owner: owner, Period: period, Reason: reason, Actor: by, Document: field(r, "van-ban")}, "", "")
	}
	if err == nil {
		s.done(w, r, "/dieu-chinh", said)
		return
	}
	p, ok := s.restatementsPage(w, r)
	if !ok {
		return
	}
	p.Picked, p.Reason = quota+" "+owner+" "+period, reason
	s.sorry(w, r, "settle a proposal", err, "restatements", frame{Title: "Đề nghị điều chỉnh", Here: "/bao-cao", Page: p})
}

// Is reports whether a form was refused for this row.
func (x restatement) Is(picked string) bool { return x.Quota+" "+x.OwnerID+" "+x.PeriodID == picked }
