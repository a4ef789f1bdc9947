package web

import (
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

// reportBookPage is the book of the units' periodic reports, one period of one duty.
type reportBookPage struct {
	Duty    schedule.Quota
	Duties  []schedule.Quota
	Period  calendar.Period
	Periods []calendar.Period
	LastDay time.Time // that is in time
	Over    bool      // the last day has passed
	Groups  []planGroup
	Tally   []bookCount
	All     int
	With    int // that have a part on propaganda
	Without int
	May     bool
	Settle  bool
	Sheet   string
}

// reportBook is the book of reports.
func (s *site) reportBook(w http.ResponseWriter, r *http.Request) {
	if !s.handingIn(w, r) {
		return
	}
	a, v := s.actor(r), r.URL.Query()
	p := reportBookPage{Duties: s.bookDuties(r, media.HandReport), May: a.May(access.Handover), Settle: settles(a, media.HandReport)}
	duty, ok := chosen(p.Duties, v.Get("nhiem-vu"))
	if !ok {
		s.missing(w, r, "Kế hoạch này không giao cơ quan, đơn vị nào báo cáo định kỳ.")
		return
	}
	p.Duty, p.Periods = duty, schedule.Periods(s.Plan, duty)
	if p.Period, ok = s.periodOf(p.Periods, v.Get("ky")); !ok {
		s.missing(w, r, "Không có kỳ báo cáo này.")
		return
	}
	end := schedule.Late(duty, p.Period, s.Calendar)
	p.LastDay, p.Over = calendar.Day(end.Add(-time.Nanosecond)), !s.Business().Before(end)
	rows, err := s.reportRows(r, duty, p.Period, end)
	if err != nil {
		s.fail(w, r, "read the book of reports", err)
		return
	}
	for i := range rows {
		if rows[i].Chip.Key == "nodata" && !p.Over {
			rows[i].Chip.Word = "chưa đến hạn" // nobody asks for it yet
		}
	}
	if a.May(access.Export) && s.asSheet(w, r, func() (sheet, error) { return s.reportSheet(duty, p.Period, rows), nil }) {
		return
	}
	p.Groups, p.All, p.Tally = s.groupRows(rows), len(rows), tallyRows(rows)
	for _, row := range rows {
		if row.Plan != nil && row.Plan.Section == "with" {
			p.With++
		} else if row.Plan != nil && row.Plan.Section == "without" {
			p.Without++
		}
	}
	p.Sheet = "/so-bao-cao?nhiem-vu=" + url.QueryEscape(duty.ID) + "&ky=" + url.QueryEscape(p.Period.ID) + "&dang=xlsx"
	s.render(w, r, http.StatusOK, "reportbook", frame{Title: "Sổ báo cáo", Here: "/so-bao-cao", Page: p})
}

// periodOf is the period that an address names, else the last that has ended, else the first.
func (s *site) periodOf(periods []calendar.Period, id string) (calendar.Period, bool) {
	if i := slices.IndexFunc(periods, func(p calendar.Period) bool { return p.ID == id }); i >= 0 {
		return periods[i], true
	}
	if id != "" || len(periods) == 0 {
		return calendar.Period{}, false
	}
	out := periods[0]
	for _, p := range periods {
		if !s.Business().Before(p.End) {
			out = p
		}
	}
	return out, true
}

// reportRows are the agencies that owe a report of a period, each with its report as it stands.
func (s *site) reportRows(r *http.Request, duty schedule.Quota, period calendar.Period, end time.Time) ([]planRow, error) {
	q := media.HandinQuery{Plan: s.Plan.ID, Kinds: []media.HandinKind{media.HandReport}, Quota: duty.ID, Period: period.ID, Standing: true}
	if a := s.actor(r); a.Role.Scoped() {
		q.Agencies = a.Agencies
	}
	hs, _, err := s.Handins.List(r.Context(), q)
	if err != nil {
		return nil, err
	}
	of := map[string]*media.Handin{}
	for i, h := range hs {
		if of[h.Owner] == nil || of[h.Owner].State() == media.Returned && h.State() != media.Returned {
			of[h.Owner] = &hs[i]
		}
	}
	var rows []planRow
	for _, ag := range s.dutyOwners(r, duty, period) {
		row := planRow{Agency: ag, Plan: of[ag.ID]}
		row.Chip, row.Days = reportChip(row.Plan, end)
		rows = append(rows, row)
	}
	return rows, nil
}

// reportChip says whether a report came in time: the day of receipt counts.
func reportChip(h *media.Handin, end time.Time) (chip, int) {
	switch {
	case h == nil:
		return bookState("nodata"), 0
	case h.State() == media.Returned:
		return bookState("risk"), 0
	case h.State() == media.HandedIn:
		return bookState("open"), 0
	case h.Received.Before(end):
		return bookState("met"), 0
	}
	return bookState("review"), calendar.DaysBetween(end, h.Received) + 1
}

// sectionWord says whether a report has a part on propaganda.
func sectionWord(code string) string {
	switch code {
	case "with":
		return "có"
	case "without":
		return "không"
	}
	return "chưa ghi"
}

func (s *site) reportSheet(duty schedule.Quota, period calendar.Period, rows []planRow) sheet {
	sh := sheet{Name: "so-bao-cao", Title: "Sổ báo cáo: " + duty.Title + ", " + period.Name(),
		Head: []string{"Cấp", "Cơ quan, đơn vị", "Tình trạng", "Số ngày quá hạn", "Số, ký hiệu", "Ngày ban hành", "Ngày nhận", "Phần tuyên truyền", "Số tệp", "Người ghi", "Ghi lúc", "Người xem xét", "Lúc"}}
	for _, g := range s.groupRows(rows) {
		for _, row := range g.Rows {
			line := []any{viet.Level(string(row.Agency.Level)), s.names.Agency(row.Agency.ID), row.Chip.Word, ""}
			if row.Days > 0 {
				line[3] = row.Days
			}
			if h := row.Plan; h != nil {
				line = append(line, h.Document, h.From, h.Received, sectionWord(h.Section), len(h.Files), h.Acts[0].Actor, h.Acts[0].At)
				if last := h.Latest(); last.Seq > 1 {
					line = append(line, last.Actor, last.At)
				}
			}
			sh.Rows = append(sh.Rows, line)
		}
	}
	return sh
}

// paperPage is the form for an agency's plan or report.
type paperPage struct {
	Kind     media.HandinKind
	V        url.Values
	Agencies []media.Agency
	Duties   []schedule.Quota
	Periods  []dutyPeriods
	Annex    []dutyGroup // what a plan may cover
	Files    []sentFile
	MostMB   int
	Most     int
	Action   string
	Old      *media.Handin
	Settles  bool
}

// dutyPeriods are the periods of one duty that have begun.
type dutyPeriods struct {
	Quota   schedule.Quota
	Periods []calendar.Period
}

func (s *site) paperPage(r *http.Request, kind media.HandinKind) (paperPage, error) {
	a, v := s.actor(r), r.URL.Query()
	p := paperPage{Kind: kind, V: r.PostForm, Agencies: s.handers(a, kind), Duties: s.bookDuties(r, kind), MostMB: mostFile >> 20, Most: mostFiles, Action: bookOf(kind) + "/moi", Settles: settles(a, kind)}
	if p.V == nil {
		p.V = url.Values{"co-quan": {s.agencyID(v.Get("co-quan"))}, "nhiem-vu": {v.Get("nhiem-vu")}, "ky": {v.Get("ky")}}
	}
	if kind == media.HandReport {
		for _, q := range p.Duties {
			begun := slices.DeleteFunc(schedule.Periods(s.Plan, q), func(x calendar.Period) bool { return x.Start.After(s.Business()) })
			slices.Reverse(begun)
			p.Periods = append(p.Periods, dutyPeriods{q, begun})
		}
	} else {
		p.Annex = s.annex(p.Agencies)
	}
	old := v.Get("thay")
	if old == "" {
		return p, nil
	}
	h, ok, err := s.Handins.One(r.Context(), old)
	if err != nil || !ok || !a.Sees(h.Owner) || h.Kind != kind {
		return p, err
	}
	p.Old, p.Action = &h, p.Action+"?thay="+url.QueryEscape(old)
	if r.PostForm == nil {
		p.V = typedAgain(h)
	}
	return p, nil
}

// annex are the duties of the plan's annex that agencies owe.
func (s *site) annex(agencies []media.Agency) []dutyGroup {
	var out []dutyGroup
	for _, q := range s.Plan.Quotas {
		place := q.Place
		if !strings.Contains(viet.Fold(place), "phu luc") || !slices.ContainsFunc(agencies, func(a media.Agency) bool { return owes(q, a) }) {
			continue
		}
		place = viet.Capital(strings.TrimSpace(strings.TrimSuffix(place, "Kế hoạch "+s.Plan.Number)))
		i := slices.IndexFunc(out, func(g dutyGroup) bool { return g.Place == place })
		if i < 0 {
			out, i = append(out, dutyGroup{Place: place}), len(out)
		}
		out[i].Rows = append(out[i].Rows, dutyOption{Quota: q})
	}
	return out
}

// paperTitle is the heading of the form.
func paperTitle(kind media.HandinKind) string {
	if kind == media.HandPlan {
		return "Ghi kế hoạch của cơ quan, đơn vị"
	}
	return "Ghi báo cáo định kỳ"
}

func (s *site) paperForm(kind media.HandinKind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.handingIn(w, r) {
			return
		}
		p, err := s.paperPage(r, kind)
		if err != nil {
			s.fail(w, r, "read a hand-in", err)
			return
		}
		s.render(w, r, http.StatusOK, "paperform", frame{Title: paperTitle(kind), Here: bookOf(kind), Page: p})
	}
}

func (s *site) addPaper(kind media.HandinKind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.handingIn(w, r) {
			return
		}
		files, done, ok := s.files(w, r, mostFile, mostFiles)
		if !ok {
			return
		}
		defer done()
		sent, err := s.sent(r, files)
		var h media.Handin
		if err == nil {
			h, err = s.readPaper(r, kind)
		}
		settled := settles(s.actor(r), kind)
		if err == nil && len(sent) == 0 && !settled && h.Instead == "" {
			err = Refusal{"Xin gửi kèm tệp văn bản (PDF, ảnh chụp hoặc Word)."}
		}
		if err == nil {
			h, err = s.handIn(r, h, sent, settled)
		}
		if err != nil {
			p, perr := s.paperPage(r, kind)
			if perr != nil {
				s.fail(w, r, "read a hand-in", perr)
				return
			}
			p.Files = sent
			s.sorry(w, r, "hand in a paper", err, "paperform", frame{Title: paperTitle(kind), Here: bookOf(kind), Page: p})
			return
		}
		s.handed(w, r, h)
	}
}

// readPaper reads the fields of a plan or report.
func (s *site) readPaper(r *http.Request, kind media.HandinKind) (media.Handin, error) {
	if duty, period, ok := strings.Cut(r.PostFormValue("nhiem-vu-ky"), " "); ok { // one select says both
		r.PostForm.Set("nhiem-vu", duty)
		r.PostForm.Set("ky", period)
	}
	if duties := s.bookDuties(r, kind); field(r, "nhiem-vu") == "" {
		if owner, ok := s.onlyDuty(r, duties); ok {
			r.PostForm.Set("nhiem-vu", owner)
		}
	}
	h, err := s.handinBase(r, kind)
	if err != nil {
		return h, err
	}
	var e [5]error
	h.From, e[0] = s.formDay(r, "tu", "ngày ban hành", false)
	h.Received, e[1] = s.formDay(r, "nhan", "ngày nhận", false)
	h.Document, e[2] = words(r, "so", "Số, ký hiệu", 100)
	h.Title, e[3] = words(r, "tieu-de", "Trích yếu", 300)
	h.Note, e[4] = words(r, "ghi-chu", "Ghi chú", 2000)
	if err := firstOf(e[:]...); err != nil {
		return h, err
	}
	if number, ok := viet.DocumentNumber(h.Document); ok {
		h.Document = number
	}
	switch {
	case h.Document == "":
		return h, Refusal{"Xin ghi số, ký hiệu văn bản, ví dụ 12/KH-UBND."}
	case h.From.IsZero():
		return h, Refusal{"Xin ghi ngày ban hành, ví dụ 18/01/2023."}
	case !h.Received.IsZero() && h.Received.Before(h.From):
		return h, Refusal{"Ngày nhận đứng trước ngày ban hành."}
	}
	if h.Title == "" {
		h.Title = viet.Capital(viet.HandinKind(string(kind))) + " số " + h.Document
	}
	if kind == media.HandReport {
		h.Period, h.Section = field(r, "ky"), field(r, "phan")
		if h.Received.IsZero() {
			h.Received = calendar.Day(s.Business())
		}
		if h.Section != "with" && h.Section != "without" {
			return h, Refusal{"Xin chọn: báo cáo có hay không có phần tuyên truyền cải cách hành chính."}
		}
		return h, nil
	}
	h.Integrated = r.PostFormValue("long-ghep") != ""
	for _, g := range s.annex(s.Plan.Agencies) {
		for _, q := range g.Rows {
			if slices.Contains(r.PostForm["muc"], q.ID) {
				h.Covers = append(h.Covers, q.ID)
			}
		}
	}
	return h, nil
}

// onlyDuty is the one duty that the agency of the form owes.
func (s *site) onlyDuty(r *http.Request, duties []schedule.Quota) (string, bool) {
	owner := field(r, "co-quan")
	if owner == "" {
		if a := s.actor(r); a.Role.Scoped() && len(a.Agencies) == 1 {
			owner = a.Agencies[0]
		}
	}
	found := ""
	for _, q := range duties {
		for _, a := range s.Plan.Agencies {
			if a.ID == owner && owes(q, a) {
				if found != "" {
					return "", false
				}
				found = q.ID
			}
		}
	}
	return found, found != ""
}
