package web

import (
	"context"
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

// Reminding is the door to what is drafted of a reporting period for people. None of it is sent by the system.
type Reminding struct {
	// Draft is made now; Prepared is what was made on the morning after the cut-off, false if nothing was.
	Draft    func(ctx context.Context, period calendar.Period) (SessionDraft, error)
	Prepared func(ctx context.Context, period calendar.Period) (SessionDraft, bool, error)
	// Letter is one owner's letter of reminder as "docx" or "html", with its file's name without an ending: made now, or as it was
	// prepared.
	Letter func(ctx context.Context, period calendar.Period, owner, format string, propaganda, prepared bool) (name string, body []byte, err error)
	// Briefing is the list of units without a piece, as DOCX, with its file's name.
	Briefing func(ctx context.Context, period calendar.Period) (name string, body []byte, err error)
}

// SessionDraft is what is drafted of a reporting period.
type SessionDraft struct {
	At        time.Time
	Paragraph string // for «Công tác thông tin, tuyên truyền» of the reform report
	Lacks     []report.Lacking
	Letters   []bool // of each of Lacks: whether there is a letter
	Silent    []report.Silent
	Disputes  int // differences between declared and observed that wait for somebody
}

// letters counts the letters.
func (d SessionDraft) letters() (n int) {
	for _, ok := range d.Letters {
		if ok {
			n++
		}
	}
	return n
}

func (s *site) remindingRoutes() []route {
	if s.Reminding == nil {
		return nil
	}
	return []route{
		{"GET", "/phien-chot", access.Exempt, false, s.session},
		{"GET", "/thu-nhac", access.Exempt, false, s.reminders},
		{"GET", "/thu-nhac/{period}/giao-ban", access.Exempt, false, s.briefing},
		{"GET", "/thu-nhac/{period}/{owner}/{format}", access.Exempt, false, s.reminderFile},
	}
}

// sessionPage is «Phiên chốt kỳ»: what has to be there by when, and what is.
type sessionPage struct {
	Period   calendar.Period
	Periods  []calendar.Period
	Steps    []sessionStep
	Days     schedule.SessionDays
	Items    []sessionItem
	Draft    SessionDraft
	Prepared bool
	Letters  int
	MaySet   bool
	Over     bool
	Formats  []report.Format
}

// sessionStep is a step in words.
type sessionStep struct {
	What, When, Who, Note, State, Key string
}

// sessionItem is one thing that is received or missing.
type sessionItem struct {
	What, Word string
	Open       int // 0: done
	URL, Do    string
}

// sessionPeriod is the reporting period that an address names, else the one people work on.
func (s *site) sessionPeriod(r *http.Request) (calendar.Period, []calendar.Period, bool) {
	all := schedule.SessionPeriods(s.Plan, s.Business())
	if id := r.URL.Query().Get("ky"); id != "" {
		i := slices.IndexFunc(all, func(p calendar.Period) bool { return p.ID == id })
		if i < 0 {
			return calendar.Period{}, all, false
		}
		return all[i], all, true
	}
	p, ok := schedule.SessionOf(s.Plan, s.Calendar, s.Business())
	return p, all, ok
}

func (s *site) session(w http.ResponseWriter, r *http.Request) {
	period, all, ok := s.sessionPeriod(r)
	if !ok {
		s.missing(w, r, "Không có kỳ báo cáo này để chốt.")
		return
	}
	p := sessionPage{Period: period, Periods: all, Steps: s.sessionSteps(period), Days: s.Plan.SessionDays(), MaySet: s.actor(r).May(access.Settings) && s.Settings != nil, Over: !s.Business().Before(period.End), Formats: s.formats}
	now, err := s.Reminding.Draft(r.Context(), period)
	if err == nil {
		p.Draft = now
		var had SessionDraft
		if had, p.Prepared, err = s.Reminding.Prepared(r.Context(), period); p.Prepared {
			p.Draft.At, p.Draft.Paragraph, p.Letters = had.At, had.Paragraph, had.letters()
		} else {
			p.Letters = now.letters()
		}
	}
	if err == nil {
		p.Items, err = s.sessionItems(r, period, now)
	}
	if err != nil {
		s.fail(w, r, "gather the closing of a period", err)
		return
	}
	s.render(w, r, http.StatusOK, "session", frame{Title: "Phiên chốt kỳ", Here: "/bao-cao", Page: p})
}

// sessionSteps are the steps with their days, in words.
func (s *site) sessionSteps(period calendar.Period) []sessionStep {
	words := map[string]string{"cut": "Chốt số liệu", "units": "Cơ quan, đơn vị gửi số liệu, báo cáo", "consolidate": "Tổng hợp", "sent": "Gửi Ủy ban nhân dân tỉnh"}
	now, out := s.Business(), []sessionStep(nil)
	for _, st := range schedule.Session(s.Plan, s.Calendar, period) {
		x := sessionStep{What: words[st.Key], When: "hết ngày " + viet.Day(st.Day), Who: "các cơ quan, đơn vị", State: "chưa đến hạn", Key: "open"}
		if st.Who != "" {
			x.Who = s.names.Agency(st.Who)
		}
		if !st.Begins.IsZero() {
			x.When = "từ " + viet.Day(st.Begins) + " đến " + viet.Day(st.Day)
		}
		x.Note = "mức tham chiếu"
		if st.Key == "cut" {
			x.Note = "Điều 12 Nghị định 09/2019/NĐ-CP"
		}
		if !st.Moved.IsZero() {
			x.Note += "; dời từ ngày nghỉ " + viet.Day(st.Moved)
		}
		if !now.Before(st.Day.AddDate(0, 0, 1)) {
			x.State, x.Key = "đã qua", "closed"
		} else if calendar.Day(now).Equal(st.Day) {
			x.State, x.Key = "hôm nay", "risk"
		}
		out = append(out, x)
	}
	return out
}

// sessionItems are what was received, what is missing and what waits, each with where it is done, if the person may go there.
func (s *site) sessionItems(r *http.Request, period calendar.Period, d SessionDraft) ([]sessionItem, error) {
	a, out := s.actor(r), []sessionItem(nil)
	add := func(what, word string, open int, path, url, do string) {
		if !s.has(a, "GET", path) {
			url = ""
		}
		out = append(out, sessionItem{what, word, open, url, do})
	}
	kinds := map[report.LackKind]int{}
	for _, x := range d.Lacks {
		for _, l := range x.Lacks {
			if l.Kind == report.LackLog || l.Basis == schedule.ByPlan {
				kinds[l.Kind]++
			}
		}
	}
	add("Nhật ký, bảng kê, minh chứng", missingWord(kinds[report.LackLog], "kỳ của nhiệm vụ chưa nhận được", "đã nhận đủ"), kinds[report.LackLog], "/bang-theo-doi", "/bang-theo-doi?trang-thai=nodata", "Xem những kỳ chưa đủ dữ liệu")
	if s.Handins != nil {
		_, n, err := s.Handins.List(r.Context(), media.HandinQuery{Plan: s.Plan.ID, State: string(media.HandedIn), Standing: true, Limit: 1})
		if err != nil {
			return nil, err
		}
		add("Minh chứng, báo cáo đơn vị nộp", missingWord(n, "tài liệu chờ xem xét", "đã xem xét hết"), n, "/minh-chung", "/minh-chung?trang-thai="+string(media.HandedIn), "Xem xét")
		for _, q := range s.bookDuties(r, media.HandReport) {
			if !slices.ContainsFunc(schedule.Periods(s.Plan, q), func(p calendar.Period) bool { return p.ID == period.ID }) {
				continue
			}
			rows, err := s.reportRows(r, q, period, schedule.Late(q, period, s.Calendar))
			if err != nil {
				return nil, err
			}
			had := 0
			for _, row := range rows {
				if row.Plan != nil {
					had++
				}
			}
			add("Báo cáo định kỳ của cơ quan, đơn vị", fmt.Sprintf("đã nhận %d/%d", had, len(rows)), len(rows)-had, "/so-bao-cao", "/so-bao-cao?nhiem-vu="+url.QueryEscape(q.ID)+"&ky="+url.QueryEscape(period.ID), "Mở sổ báo cáo")
		}
	}
	if s.Collect != nil {
		form := calendar.At(calendar.Month, period.End.AddDate(0, -1, 0)) // units declare by calendar months: the last that is over
		round, err := s.Collect.Round(r.Context(), form, false)
		if err != nil {
			return nil, err
		}
		had := 0
		for _, u := range round.Units {
			if u.Declared.Edition > 0 {
				had++
			}
		}
		add("Biểu thu thập "+form.Name(), fmt.Sprintf("đã nhận %d/%d đơn vị, hạn hết ngày %s", had, len(round.Units), viet.Day(round.Due)), len(round.Units)-had, "/bieu-thu-thap", "/bieu-thu-thap?ky="+form.ID, "Mở biểu thu thập")
		add("Sai khác giữa khai và ghi nhận", missingWord(d.Disputes, "nội dung chưa thống nhất", "không còn"), d.Disputes, "/doi-chieu", "/doi-chieu?ky="+form.ID, "Đối chiếu")
	}
	_, queue, err := s.Items.Search(r.Context(), ItemQuery{Verdict: "review", From: period.Start, To: period.End, Plan: s.Plan.ID, Limit: 1})
	if err != nil {
		return nil, err
	}
	if review := "/duyet"; s.has(a, "GET", review) {
		add("Tin, bài của kỳ chờ duyệt", missingWord(queue, "tin, bài", "đã duyệt hết"), queue, review, review, "Duyệt")
	} else {
		add("Tin, bài của kỳ chờ duyệt", missingWord(queue, "tin, bài", "đã duyệt hết"), queue, "/tin-bai", "/tin-bai?ket-qua=review", "Xem")
	}
	notes, err := s.notes(r.Context())
	if err != nil {
		return nil, err
	}
	n := len(schedule.Unsettled(notes))
	add("Phản hồi của cơ quan, đơn vị", missingWord(n, "phản hồi chờ trả lời", "đã trả lời hết"), n, "/{$}", "/", "Trả lời")
	add("Chỉ tiêu chờ người xác nhận", missingWord(kinds[report.LackReview], "kết quả đề nghị rà soát", "không còn"), kinds[report.LackReview], "/bang-theo-doi", "/bang-theo-doi?trang-thai=review", "Xem và xác nhận")
	return s.closingItems(r, period, out, add)
}

// closingItems are the closing of the period and what would come out otherwise since.
func (s *site) closingItems(r *http.Request, period calendar.Period, out []sessionItem, add func(what, word string, open int, path, url, do string)) ([]sessionItem, error) {
	if s.Closer == nil {
		return out, nil
	}
	n := len(out)
	list, err := s.closings(r.Context())
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(c closingLine) bool { return c.Period == period.ID && c.InForce })
	var more []sessionItem
	put := func(x sessionItem, path string) {
		if !s.has(s.actor(r), "GET", path) {
			x.URL = ""
		}
		more = append(more, x)
	}
	switch {
	case i >= 0:
		put(sessionItem{"Chốt số liệu của kỳ", "đã chốt lần " + viet.Number(list[i].Revision) + ", " + viet.Moment(list[i].At), 0, "/chot-so-lieu/" + url.PathEscape(list[i].ID), "Xem lần chốt"}, "/chot-so-lieu/{closing}")
	case s.Business().Before(period.End):
		put(sessionItem{"Chốt số liệu của kỳ", "kỳ chưa kết thúc", 1, "", ""}, "/chot-so-lieu")
	default:
		put(sessionItem{"Chốt số liệu của kỳ", "chưa chốt", 1, "/chot-so-lieu?ky=" + url.QueryEscape(period.ID), "Chốt số liệu"}, "/chot-so-lieu")
	}
	e, _, err := s.Standings.Some(r.Context(), s.Plan.ID, StandingQuery{Quotas: []string{"-"}}) // proposals come with any
	if err != nil {
		return nil, err
	}
	put(sessionItem{"Đề nghị điều chỉnh sau khi chốt", missingWord(len(e.Proposals), "đề nghị", "không có"), len(e.Proposals), "/dieu-chinh", "Xem xét"}, "/dieu-chinh")
	return append(out[:n:n], more...), nil
}

func missingWord(n int, some, none string) string {
	if n == 0 {
		return none
	}
	return viet.Number(n) + " " + some
}

// sessionNotice tells of the drafts of a period that was cut and is not sent yet.
type sessionNotice struct {
	Period   calendar.Period
	At, Sent time.Time
	Letters  int
}

// sessionNotice is nil where nothing was drafted, or the person does not work on it.
func (s *site) sessionNotice(ctx context.Context, a access.Actor) (*sessionNotice, error) {
	period, ok := schedule.SessionOf(s.Plan, s.Calendar, s.Business())
	if !ok || s.Reminding == nil || s.Business().Before(period.End) || !s.has(a, "GET", "/phien-chot") {
		return nil, nil
	}
	d, ok, err := s.Reminding.Prepared(ctx, period)
	if err != nil || !ok {
		return nil, err
	}
	steps := schedule.Session(s.Plan, s.Calendar, period)
	return &sessionNotice{period, d.At, steps[len(steps)-1].Day, d.letters()}, nil
}

// remindersPage lists the letters of a period, and who had nothing in it.
type remindersPage struct {
	Period  calendar.Period
	Periods []calendar.Period
	Lines   []reminderLine
	Silent  []silentGroup
	Units   int
	Running bool
}

type reminderLine struct {
	report.Lacking
	Letter          bool
	Office, URL     string
	Press, Prepared bool
	Counts          []string
}

type silentGroup struct {
	Level string
	Units []report.Silent
}

// reminderPeriods are what letters can be of: calendar months and reporting periods, the latest first.
func (s *site) reminderPeriods() []calendar.Period {
	var out []calendar.Period
	for _, g := range s.reportGroups() {
		for _, p := range g.Periods {
			out = append(out, p.Period)
		}
	}
	return out
}

func (s *site) reminderPeriod(id string) (calendar.Period, bool) {
	all := s.reminderPeriods()
	if id == "" {
		p, ok := schedule.SessionOf(s.Plan, s.Calendar, s.Business())
		return p, ok
	}
	i := slices.IndexFunc(all, func(p calendar.Period) bool { return p.ID == id })
	if i < 0 {
		return calendar.Period{}, false
	}
	return all[i], true
}

func (s *site) reminders(w http.ResponseWriter, r *http.Request) {
	period, ok := s.reminderPeriod(r.URL.Query().Get("ky"))
	if !ok {
		s.missing(w, r, "Không có kỳ này.")
		return
	}
	d, err := s.Reminding.Draft(r.Context(), period)
	var had SessionDraft
	if err == nil {
		had, _, err = s.Reminding.Prepared(r.Context(), period)
	}
	if err != nil {
		s.fail(w, r, "draft the reminders", err)
		return
	}
	if s.asSheet(w, r, func() (sheet, error) { return s.silentSheet(period, d.Silent), nil }) {
		return
	}
	p := remindersPage{Period: period, Periods: s.reminderPeriods(), Units: len(d.Silent), Running: s.Business().Before(period.End)}
	for i, x := range d.Lacks {
		l := reminderLine{Lacking: x, Letter: d.Letters[i], Press: x.Level == media.Press, URL: "/thu-nhac/" + url.PathEscape(period.ID) + "/" + s.slug(x.Owner)}
		if office := s.Plan.ReminderOffice(x.Owner); office != "" {
			l.Office = s.names.Agency(office)
		}
		l.Prepared = slices.ContainsFunc(had.Lacks, func(o report.Lacking) bool { return o.Owner == x.Owner && len(o.Lacks) > 0 })
		for _, k := range report.LackKinds() {
			n := 0
			for _, lack := range x.Lacks {
				if lack.Kind == k {
					n++
				}
			}
			if n > 0 {
				l.Counts = append(l.Counts, viet.Number(n)+" "+lackWord(k))
			}
		}
		p.Lines = append(p.Lines, l)
	}
	for _, level := range media.Levels() {
		g := silentGroup{Level: viet.Capital(viet.Level(string(level)))}
		for _, u := range d.Silent {
			if u.Level == level {
				g.Units = append(g.Units, u)
			}
		}
		if len(g.Units) > 0 {
			p.Silent = append(p.Silent, g)
		}
	}
	s.render(w, r, http.StatusOK, "reminders", frame{Title: "Dự thảo thư nhắc", Here: "/bao-cao", Page: p})
}

// lackWord is a kind of shortfall in a few words.
func lackWord(k report.LackKind) string {
	switch k {
	case report.LackMissed:
		return "chưa đạt"
	case report.LackReview:
		return "đề nghị rà soát"
	case report.LackLog:
		return "chưa nhận được tài liệu"
	}
	return "còn kịp trong kỳ"
}

func (s *site) silentSheet(period calendar.Period, units []report.Silent) sheet {
	sh := sheet{Name: "don-vi-chua-ghi-nhan", Title: "Cơ quan, đơn vị chưa ghi nhận tin, bài, " + period.Name(), Head: []string{"Cấp", "Cơ quan, đơn vị", "Tình trạng"}}
	for _, u := range units {
		sh.Rows = append(sh.Rows, []any{viet.Level(string(u.Level)), u.Name, viet.Capital(u.Word())})
	}
	return sh
}

func (s *site) reminderFile(w http.ResponseWriter, r *http.Request) {
	period, ok := s.reminderPeriod(r.PathValue("period"))
	format, owner := r.PathValue("format"), s.agencyID(r.PathValue("owner"))
	if !ok || format != "docx" && format != "html" {
		s.missing(w, r, "Không có thư này.")
		return
	}
	v := r.URL.Query()
	name, body, err := s.Reminding.Letter(r.Context(), period, owner, format, v.Get("tuyen-giao") == "1", v.Get("ban") == "da-lap")
	if words := refusal(err); words != "" {
		s.missing(w, r, words)
		return
	}
	if err != nil {
		s.fail(w, r, "write a letter", err)
		return
	}
	if !s.recorded(w, r, "export.letter", map[string]any{"period": period.ID, "owner": owner, "format": format}) {
		return
	}
	kind := "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	if format == "html" { // it carries its own style, and is to be kept, not shown within the desk
		kind = "text/html; charset=utf-8"
	}
	s.oneFile(w, r, kind, name+"."+format, body)
}

func (s *site) briefing(w http.ResponseWriter, r *http.Request) {
	period, ok := s.reminderPeriod(r.PathValue("period"))
	if !ok {
		s.missing(w, r, "Không có kỳ này.")
		return
	}
	name, body, err := s.Reminding.Briefing(r.Context(), period)
	if err != nil {
		s.fail(w, r, "write the list for a briefing", err)
		return
	}
	if !s.recorded(w, r, "export.letter", map[string]any{"period": period.ID, "format": "docx"}) {
		return
	}
	s.oneFile(w, r, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", name, body)
}

// oneFile answers with one file to keep.
func (s *site) oneFile(w http.ResponseWriter, r *http.Request, kind, name string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := w.Write(body); err != nil {
		s.Log.DebugContext(r.Context(), "write a file", "error", err)
	}
}

// sessionForm is the form of the days of the session.
func (s *site) sessionForm(r *http.Request) (editPage, map[string]any, error) {
	now, file, last, lines, err := s.part(r, schedule.EntrySession, "days")
	d := s.Plan.SessionDays()
	values := map[string]int{"units": d.Units, "begin": d.From, "end": d.To, "sent": d.Sent}
	p := editPage{What: "Các ngày của phiên chốt kỳ", Action: r.URL.Path, Back: "/cai-dat", BackWord: "Cài đặt", Laid: lines, From: viet.Day(s.Business()), Button: "Ghi các ngày",
		Lead: "Mức tham chiếu, không phải chỉ tiêu của kế hoạch: ngày trong tháng có ngày chốt số liệu (ngày 14 theo Điều 12 Nghị định 09/2019/NĐ-CP, không sửa ở đây). Ngày rơi vào ngày nghỉ thì dời sang ngày làm việc kế tiếp."}
	for _, name := range schedule.SessionFields() {
		p.Fields = append(p.Fields, formField{Name: name, Label: fieldLabel(name), Value: strconv.Itoa(values[name]), Help: "Từ 15 đến 28."})
	}
	fromFile(p.Fields, file, last)
	if now == nil {
		now = map[string]any{}
	}
	return p, now, err
}

func (s *site) sessionDays(w http.ResponseWriter, r *http.Request) {
	p, now, err := s.sessionForm(r)
	s.editOr(w, r, p, now, err)
}

func (s *site) setSessionDays(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	p, now, err := s.sessionForm(r)
	if err != nil {
		s.editOr(w, r, p, now, err)
		return
	}
	was := map[string]string{}
	for _, f := range p.Fields {
		was[f.Name] = f.Value
	}
	s.typedOver(r, &p)
	body, faults, changed := map[string]any{}, Faults{}, false
	for _, f := range p.Fields {
		n, err := strconv.Atoi(f.Value)
		if err != nil || n < 15 || n > 28 {
			faults[f.Name] = []string{"Cần một ngày từ 15 đến 28, ví dụ 16"}
			continue
		}
		body[f.Name] = n
		changed = changed || f.Value != was[f.Name]
	}
	d := schedule.SessionDays{}
	if len(faults) == 0 {
		d = schedule.SessionDays{Units: body["units"].(int), From: body["begin"].(int), To: body["end"].(int), Sent: body["sent"].(int)}
		if !d.Ordered() {
			faults["sent"] = []string{"Các ngày cần theo thứ tự: đơn vị gửi, bắt đầu tổng hợp, tổng hợp xong, gửi đi"}
		}
	}
	if !changed {
		body = nil
	}
	var wrong error
	if len(faults) > 0 {
		wrong = faults
	}
	s.setPart(w, r, schedule.EntrySession, "days", body, p, wrong)
}
