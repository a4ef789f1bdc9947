package web

import (
	"html/template"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// speaksFor reports whether the person may declare for a unit and period: whoever
// comes with a link for the one period of that link.
func speaksFor(a access.Actor) func(unit, period string) bool {
	return func(unit, period string) bool {
		return a.Sees(unit) && (a.Role != access.Link || a.Period == period)
	}
}

// slipsPage lists the forms that a person can fill in.
type slipsPage struct {
	Period  calendar.Period
	Periods []calendar.Period
	Due     time.Time
	Lines   []collectLine
	Sheets  bool // the list may be taken out
}

func (s *site) slipsSheet(p slipsPage) sheet {
	out := sheet{Name: "phieu-" + p.Period.ID, Title: "Phiếu của đơn vị, " + p.Period.Name() + "; gửi lại hết ngày " + viet.Day(p.Due), Head: []string{"Đơn vị", "Tình trạng"}}
	for _, l := range p.Lines {
		out.Rows = append(out.Rows, []any{l.Agency.Name, viet.Capital(l.State)})
	}
	return out
}

func (s *site) slips(w http.ResponseWriter, r *http.Request) {
	a := s.actor(r)
	p := slipsPage{Period: s.askedPeriod(r), Periods: s.collectPeriods()}
	if a.Role == access.Link {
		period, err := calendar.Parse(a.Period)
		if err != nil {
			s.missing(w, r, "Đường dẫn này không ghi rõ kỳ của phiếu.")
			return
		}
		p.Period, p.Periods = period, []calendar.Period{period}
	}
	round, err := s.Collect.Round(r.Context(), p.Period, false)
	if err != nil {
		s.fail(w, r, "read the forms", err)
		return
	}
	p.Due = round.Due
	for _, u := range round.Units {
		if a.Sees(u.Agency.ID) {
			p.Lines = append(p.Lines, collectLine{u, CollectState(u, round.Due, s.Business()), collectKey(u, round.Due, s.Business())})
		}
	}
	if len(p.Lines) == 1 && a.Role == access.Link {
		http.Redirect(w, r, s.slipURL(p.Lines[0].Agency.ID, p.Period.ID), http.StatusSeeOther)
		return
	}
	if p.Sheets = a.May(access.Export); p.Sheets && s.asSheet(w, r, func() (sheet, error) { return s.slipsSheet(p), nil }) {
		return
	}
	s.render(w, r, http.StatusOK, "slips", frame{Title: "Phiếu của đơn vị", Here: "/phieu", Page: p})
}

func (s *site) slipURL(unit, period string) string { return "/phieu/" + s.slug(unit) + "/" + period }

// slipOf is the unit and period of a form's address, if the person may speak for it; it answers if not.
func (s *site) slipOf(w http.ResponseWriter, r *http.Request) (unit string, period calendar.Period, ok bool) {
	unit = s.agencyID(r.PathValue("unit"))
	period, err := calendar.Parse(r.PathValue("period"))
	if err != nil || !formPeriod(period) {
		s.missing(w, r, "Không có kỳ này.")
		return "", period, false
	}
	if !speaksFor(s.actor(r))(unit, period.ID) {
		s.forbidden(w, r)
		return "", period, false
	}
	return unit, period, true
}

// slipPage is one unit's form on the page, for any screen.
type slipPage struct {
	Unit     CollectUnit
	Period   calendar.Period
	Due      time.Time
	URL      string
	Rows     []slipRow
	Main     int        // so many of them matter, first
	Besides  int        // the others: what a station or a paper brings besides
	Added    []slipLine // what the unit added, with its place among the claims
	Measures []string
	Draft    schedule.Claim // kept when it was refused
	Day      string
}

type slipRow struct {
	Evidence, Title, URL, Day, Counts, Answer, Note string

	besides bool // of no programme or column that the unit owes, and the unit said nothing about it
}

type slipLine struct {
	At    int
	Claim schedule.Claim
	What  string
}

func (s *site) slip(w http.ResponseWriter, r *http.Request) { s.slipWith(w, r, slipPage{}, nil) }

func (s *site) slipWith(w http.ResponseWriter, r *http.Request, p slipPage, wrong error) {
	unit, period, ok := s.slipOf(w, r)
	if !ok {
		return
	}
	round, err := s.Collect.Round(r.Context(), period, true, unit)
	if err != nil {
		s.fail(w, r, "read the form", err)
		return
	}
	if len(round.Units) == 0 {
		s.missing(w, r, "Đơn vị này không có nhiệm vụ trong kỳ đã chọn.")
		return
	}
	p.Unit, p.Period, p.Due, p.URL, p.Measures = round.Units[0], period, round.Due, s.slipURL(unit, period.ID), schedule.ClaimCounts()
	said := map[string]schedule.Claim{}
	for i, c := range p.Unit.Declared.Claims {
		if c.Kind == schedule.ClaimAnswer {
			said[c.Evidence] = c
		} else {
			p.Added = append(p.Added, slipLine{i, c, claimWords(c)})
		}
	}
	for _, f := range p.Unit.Found {
		if !f.Told() {
			continue
		}
		e := report.Masked(f.Evidence)
		row := slipRow{Evidence: e.ID, Title: e.Title, URL: e.URL, Day: evidenceDay(e), Answer: said[e.ID].Answer, Note: said[e.ID].Note}
		switch {
		case len(f.Counted) > 0:
			row.Counts = "Được ghi nhận: " + s.quotas[f.Counted[0].Quota].Title
		case f.Not != nil:
			row.Counts = "Không ghi nhận: " + s.names.Reason(f.Not.Reason)
			row.besides = besides(*f.Not) && row.Answer == ""
		}
		p.Rows = append(p.Rows, row)
	}
	slices.SortStableFunc(p.Rows, func(a, b slipRow) int {
		switch {
		case a.besides == b.besides:
			return 0
		case b.besides:
			return -1
		}
		return 1
	})
	if p.Main = slices.IndexFunc(p.Rows, func(r slipRow) bool { return r.besides }); p.Main < 0 {
		p.Main = len(p.Rows)
	}
	p.Besides = len(p.Rows) - p.Main
	f := frame{Title: "Phiếu " + period.Name() + ": " + p.Unit.Agency.Name, Here: "/phieu", Page: p}
	s.answer(w, r, "fill in a form", wrong, "slip", f)
}

func evidenceDay(e media.Evidence) string {
	if e.Precision == media.NoDate {
		return "không rõ ngày"
	}
	return viet.Day(e.At.In(calendar.Zone))
}

// claimWords is what a unit added, in a line.
func claimWords(c schedule.Claim) string {
	var parts []string
	for _, x := range []string{c.Medium, c.Document, c.Title} {
		if x != "" {
			parts = append(parts, x)
		}
	}
	for i, n := range c.Counts {
		if n > 0 && i < len(schedule.ClaimCounts()) {
			parts = append(parts, schedule.ClaimCounts()[i]+": "+viet.Number(n))
		}
	}
	if !c.Date.IsZero() {
		parts = append(parts, "ngày "+viet.Day(c.Date.In(calendar.Zone)))
	}
	return strings.Join(parts, ", ")
}

func (s *site) slipGive(w http.ResponseWriter, r *http.Request) {
	if unit, period, ok := s.slipOf(w, r); ok {
		s.give(w, r, period, unit)
	}
}

func (s *site) slipRead(w http.ResponseWriter, r *http.Request) {
	if unit, period, ok := s.slipOf(w, r); ok {
		s.readFiles(w, r, 1, s.slipURL(unit, period.ID)+"/nhan", s.slipURL(unit, period.ID), onlyOf(unit, period.ID))
	}
}

func (s *site) slipTake(w http.ResponseWriter, r *http.Request) {
	if unit, period, ok := s.slipOf(w, r); ok {
		s.takeFiles(w, r, s.slipURL(unit, period.ID), onlyOf(unit, period.ID))
	}
}

func onlyOf(unit, period string) func(string, string) bool {
	return func(u, p string) bool { return u == unit && p == period }
}

// declared changes what the unit declared, in the edition that the person saw.
func (s *site) declared(w http.ResponseWriter, r *http.Request, unit string, period calendar.Period, change func([]schedule.Claim) ([]schedule.Claim, error)) error {
	round, err := s.Collect.Round(r.Context(), period, false, unit)
	if err != nil {
		return err
	}
	if len(round.Units) == 0 {
		return Refusal{"Đơn vị này không có nhiệm vụ trong kỳ đã chọn."}
	}
	had := round.Units[0].Declared
	if saw, err := strconv.Atoi(field(r, "lan")); err != nil || saw != had.Edition {
		return Refusal{"Có người vừa khai cho đơn vị và kỳ này. Xin xem lại bản mới nhất rồi làm lại."}
	}
	claims, err := change(slices.Clone(had.Claims))
	if err != nil {
		return err
	}
	return s.Collect.Declare(r.Context(), schedule.Declaration{Agency: unit, Period: period.ID, Edition: had.Edition + 1, Actor: s.actor(r).String(), Via: "web", Claims: claims})
}

func (s *site) slipAnswers(w http.ResponseWriter, r *http.Request) {
	unit, period, ok := s.slipOf(w, r)
	if !ok || !s.form(w, r) {
		return
	}
	err := s.declared(w, r, unit, period, func(had []schedule.Claim) ([]schedule.Claim, error) {
		asked := map[string]bool{}
		var out []schedule.Claim
		for i, id := range r.PostForm["ma"] {
			asked[id] = true
			n := strconv.Itoa(i)
			answer, note := field(r, "y-"+n), field(r, "ghi-chu-"+n)
			if answer == "" && note != "" {
				return nil, Refusal{"Có ghi chú nhưng chưa chọn ý kiến (đúng, sai, không phải của đơn vị) ở dòng " + strconv.Itoa(i+1) + "."}
			}
			if slices.Contains([]string{schedule.AnswerRight, schedule.AnswerWrong, schedule.AnswerNotOurs}, answer) {
				out = append(out, schedule.Claim{Kind: schedule.ClaimAnswer, Evidence: id, Answer: answer, Note: note})
			}
		}
		for _, c := range had {
			if c.Kind != schedule.ClaimAnswer || !asked[c.Evidence] {
				out = append(out, c)
			}
		}
		return out, nil
	})
	if err != nil {
		s.slipWith(w, r, slipPage{}, err)
		return
	}
	s.done(w, r, s.slipURL(unit, period.ID), "Đã ghi ý kiến của đơn vị.")
}

// Photos, logs and statements that come with a line.
const (
	mostProofBytes = 20 << 20
	mostProofs     = 1
)

func (s *site) slipAdd(w http.ResponseWriter, r *http.Request) {
	unit, period, ok := s.slipOf(w, r)
	if !ok {
		return
	}
	files, done, ok := s.files(w, r, mostProofBytes, mostProofs)
	if !ok {
		return
	}
	defer done()
	c := schedule.Claim{Kind: schedule.ClaimKind(field(r, "loai")), Title: field(r, "ten"), URL: field(r, "dia-chi"), Medium: field(r, "phuong-tien"), Document: field(r, "so"), Note: field(r, "ghi-chu")}
	err := s.claimOf(r, &c)
	if err == nil && len(files) == 1 {
		err = s.keepProof(r, files[0], &c)
	}
	if err == nil {
		err = s.declared(w, r, unit, period, func(had []schedule.Claim) ([]schedule.Claim, error) { return append(had, c), nil })
	}
	if err != nil {
		s.slipWith(w, r, slipPage{Draft: c, Day: field(r, "ngay")}, err)
		return
	}
	s.done(w, r, s.slipURL(unit, period.ID), "Đã thêm: "+claimWords(c)+".")
}

// claimOf checks a line that a person adds.
func (s *site) claimOf(r *http.Request, c *schedule.Claim) error {
	switch c.Kind {
	case schedule.ClaimPiece:
		c.Document = ""
		if c.Title == "" && c.URL == "" {
			return Refusal{"Cần có tên tin, bài hoặc địa chỉ."}
		}
	case schedule.ClaimPaper:
		c.Medium = ""
		if c.Document == "" && c.Title == "" {
			return Refusal{"Cần có số, ký hiệu hoặc tên văn bản."}
		}
	case schedule.ClaimQuantity:
		c.Medium, c.Document, c.URL = "", "", ""
		c.Counts = make([]int, len(schedule.ClaimCounts()))
		some := false
		for i := range c.Counts {
			text := field(r, "n-"+strconv.Itoa(i))
			if text == "" {
				continue
			}
			n, err := strconv.Atoi(strings.NewReplacer(".", "", " ", "").Replace(text))
			if err != nil || n < 0 || n > 100_000_000 {
				return Refusal{viet.Capital(schedule.ClaimCounts()[i]) + ": cần số nguyên không âm, ví dụ 120."}
			}
			c.Counts[i] = n
			some = some || n > 0
		}
		if c.Title == "" || !some {
			return Refusal{"Cần có tên hoạt động và ít nhất một số lượng."}
		}
		return nil
	default:
		return Refusal{"Chưa chọn nội dung cần thêm."}
	}
	if c.URL != "" && host(c.URL) == "" && !strings.Contains(c.URL, ".") {
		return Refusal{"Địa chỉ cần dạng http://ten-trang.gov.vn/bai-viet."}
	}
	day, ok := viet.ParseDate(field(r, "ngay"), viet.DateOptions{})
	if !ok {
		return Refusal{"Ngày cần là ngày có thật, dạng ngày/tháng/năm, ví dụ 09/3/2023."}
	}
	if c.Date = calendar.Day(day.Time.In(calendar.Zone)); c.Date.After(s.Business()) {
		return Refusal{"Ngày đã khai còn ở phía trước."}
	}
	return nil
}

// keepProof keeps a photo or paper; anything that could be a program is not taken.
func (s *site) keepProof(r *http.Request, f handed, c *schedule.Claim) error {
	if f.Size == 0 {
		return nil
	}
	office := strings.HasSuffix(strings.ToLower(f.Name), ".xlsx") || strings.HasSuffix(strings.ToLower(f.Name), ".docx")
	if !slices.Contains([]string{"image/jpeg", "image/png", "image/webp", "application/pdf"}, f.Type) && !(f.Type == "application/zip" && office) {
		return Refusal{"Minh chứng kèm theo cần là ảnh (JPG, PNG), PDF, DOCX hoặc XLSX."}
	}
	if _, err := os.Stat(f.Path); err != nil {
		return err
	}
	hash, err := s.Collect.Keep(r.Context(), f.Path, f.Name)
	c.File, c.FileName = hash, f.Name
	return err
}

func (s *site) slipDrop(w http.ResponseWriter, r *http.Request) {
	unit, period, ok := s.slipOf(w, r)
	if !ok || !s.form(w, r) {
		return
	}
	err := s.declared(w, r, unit, period, func(had []schedule.Claim) ([]schedule.Claim, error) {
		at, err := strconv.Atoi(field(r, "dong"))
		if err != nil || at < 0 || at >= len(had) || had[at].Kind == schedule.ClaimAnswer {
			return nil, Refusal{"Dòng này không còn trong phiếu."}
		}
		return slices.Delete(had, at, at+1), nil
	})
	if err != nil {
		s.slipWith(w, r, slipPage{}, err)
		return
	}
	s.done(w, r, s.slipURL(unit, period.ID), "Đã bỏ dòng khỏi phiếu; bản khai trước vẫn được lưu.")
}

// actOf is an act about a difference as its form names it.
func (s *site) actOf(r *http.Request, unit string) (schedule.DisputeAct, error) {
	a := schedule.DisputeAct{Agency: unit, Period: r.PathValue("period"), Difference: field(r, "sai-khac"), Actor: s.actor(r).String(), Words: field(r, "noi-dung")}
	seq, err := strconv.Atoi(field(r, "thu-tu"))
	if err != nil || seq < 1 || a.Difference == "" {
		return a, Refusal{"Không rõ nội dung cần xử lý. Xin mở lại danh sách."}
	}
	a.Seq = seq
	return a, nil
}

func (s *site) slipReply(w http.ResponseWriter, r *http.Request) {
	unit, period, ok := s.slipOf(w, r)
	if !ok || !s.form(w, r) {
		return
	}
	act, err := s.actOf(r, unit)
	act.Kind = schedule.SettleReply
	if err == nil {
		err = s.Collect.Act(r.Context(), act)
	}
	if err != nil {
		s.slipWith(w, r, slipPage{}, err)
		return
	}
	s.done(w, r, back(field(r, "ve"), s.slipURL(unit, period.ID)), "Đã ghi câu trả lời.")
}

// disputeLine is what a difference is about, in words.
type disputeLine struct{ Title, Day, URL, Said, File string }

func lineOf(d schedule.Dispute) disputeLine {
	l := disputeLine{Title: report.Masked(media.Evidence{Title: d.Title}).Title, URL: d.URL}
	if d.Found != nil {
		l.Title = report.Masked(d.Found.Evidence).Title
	}
	if !d.Date.IsZero() {
		l.Day = viet.Day(d.Date.In(calendar.Zone))
	}
	if c := d.Claim; c != nil {
		if l.Title == "" {
			l.Title = c.Title
		}
		if l.Title == "" {
			l.Title = c.Document
		}
		if l.URL == "" {
			l.URL = c.URL
		}
		if l.Day == "" && !c.Date.IsZero() {
			l.Day = viet.Day(c.Date.In(calendar.Zone))
		}
		if l.Said = claimWords(*c); c.Kind == schedule.ClaimAnswer {
			l.Said = viet.Claimed(c.Answer)
		}
		if c.Note != "" {
			l.Said += "; ghi chú: " + c.Note
		}
		l.File = c.FileName
	}
	return l
}

func settleWord(k schedule.SettleKind) string {
	switch k {
	case schedule.SettleAsk:
		return "Cán bộ hỏi"
	case schedule.SettleReply:
		return "Đơn vị trả lời"
	case schedule.SettleAccept:
		return "Chấp nhận"
	case schedule.SettleRefuse:
		return "Không chấp nhận"
	}
	return string(k)
}

// grade is a grade of evidence that a person chose; what only the unit says is D.
func grade(s string) media.Grade {
	if g := media.Grade(s); slices.Contains([]media.Grade{media.GradeB, media.GradeC, media.GradeD}, g) {
		return g
	}
	return media.GradeD
}

// collectFuncs are what the pages of the forms are written with.
func (s *site) collectFuncs() template.FuncMap {
	return template.FuncMap{
		"points": pointsWord, "dutystate": dutyStateWord,
		"dispute": lineOf, "settled": settleWord, "slip": s.slipURL, "slug": s.slug,
		"differs": func(k schedule.DiscrepancyKind) string { return viet.Discrepancy(string(k)) },
		"awaits":  func(k schedule.DisputeState) string { return viet.DisputeState(string(k)) },
		"next":    func(n int) int { return n + 1 },
		"counts": func(d schedule.Dispute) bool { // accepting it can make it count
			return slices.Contains([]schedule.DiscrepancyKind{schedule.ClaimedOnly, schedule.ClaimedOutside, schedule.ClaimedOtherDate, schedule.ClaimedNotCounted, schedule.ClaimedPaper}, d.Kind)
		},
	}
}
