package web

import (
	"archive/zip"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// How much comes back at once.
const (
	mostReturned      = 60
	mostReturnedBytes = 10 << 20
)

// collectRoutes are the pages of the forms that go out to units and come back.
func (s *site) collectRoutes() []route {
	if s.Collect == nil {
		return nil
	}
	return []route{
		{"GET", "/bieu-thu-thap", access.See, false, s.collect},
		{"POST", "/bieu-thu-thap/tai", access.Handover, false, s.collectGive},
		{"POST", "/bieu-thu-thap/han", access.Decide, false, s.collectDue},
		{"POST", "/bieu-thu-thap/nhap", access.Handover, false, s.collectRead},
		{"POST", "/bieu-thu-thap/nhan", access.Handover, false, s.collectTake},
		{"GET", "/phieu", access.Slip, true, s.slips},
		{"GET", "/phieu/{unit}/{period}", access.Slip, true, s.slip},
		{"POST", "/phieu/{unit}/{period}/tai", access.Slip, true, s.slipGive},
		{"POST", "/phieu/{unit}/{period}/tep", access.Slip, true, s.slipRead},
		{"POST", "/phieu/{unit}/{period}/nhan", access.Slip, true, s.slipTake},
		{"POST", "/phieu/{unit}/{period}/y-kien", access.Slip, true, s.slipAnswers},
		{"POST", "/phieu/{unit}/{period}/them", access.Slip, true, s.slipAdd},
		{"POST", "/phieu/{unit}/{period}/bo", access.Slip, true, s.slipDrop},
		{"POST", "/phieu/{unit}/{period}/tra-loi", access.Slip, true, s.slipReply},
		{"GET", "/doi-chieu", access.See, true, s.disputes},
		{"POST", "/doi-chieu/{unit}/{period}/xu-ly", access.Decide, false, s.settleDispute},
	}
}

// collectPage is how a period's forms stand.
type collectPage struct {
	Period   calendar.Period
	Periods  []calendar.Period
	Round    CollectRound
	Lines    []collectLine
	Back     int
	Reminder string // text to copy for those who have not returned theirs
	Decides  bool
	Gives    bool
}

type collectLine struct {
	CollectUnit
	State string
	Key   string // of the chip
}

// collectPeriods are those that a form can be of: the plan's months and quarters that began, the newest first.
func (s *site) collectPeriods() []calendar.Period {
	var out []calendar.Period
	for _, c := range []calendar.Cadence{calendar.Month, calendar.Quarter} {
		for _, p := range slices.Backward(c.Periods(s.Plan.From, s.Plan.To)) {
			if !p.Start.After(s.Business()) {
				out = append(out, p)
			}
		}
	}
	return out
}

// formPeriod reports whether a form can be of a period: a whole month or quarter.
func formPeriod(p calendar.Period) bool {
	return slices.Contains([]string{calendar.At(calendar.Month, p.Start).ID, calendar.At(calendar.Quarter, p.Start).ID}, p.ID)
}

// askedPeriod is the period that the address names, else the last month that is over.
func (s *site) askedPeriod(r *http.Request) calendar.Period {
	if p, err := calendar.Parse(r.FormValue("ky")); err == nil && formPeriod(p) {
		return p
	}
	all := s.collectPeriods()
	for _, p := range all {
		if !p.End.After(s.Business()) {
			return p
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return calendar.At(calendar.Month, s.Business())
}

// CollectState says in words how a unit's form stands, at a time, due at the end of a day.
func CollectState(u CollectUnit, due, now time.Time) string {
	switch {
	case u.Faulty != nil:
		return fmt.Sprintf("đã gửi, còn %d lỗi, chưa nhận", u.Faulty.Problems)
	case u.Declared.Edition > 0 && u.Declared.Left > 0:
		return fmt.Sprintf("đã nhận %s, bỏ lại %d ô lỗi", viet.Day(u.Declared.At.In(calendar.Zone)), u.Declared.Left)
	case u.Declared.Edition > 0:
		return "đã nhận " + viet.Day(u.Declared.At.In(calendar.Zone))
	case !now.Before(due.AddDate(0, 0, 1)):
		return "chưa gửi, đã quá hạn"
	case !u.Given.IsZero():
		return "chưa gửi, đã xuất biểu " + viet.Day(u.Given.In(calendar.Zone))
	}
	return "chưa gửi"
}

func collectKey(u CollectUnit, due, now time.Time) string {
	switch {
	case u.Faulty != nil || u.Declared.Left > 0:
		return "review"
	case u.Declared.Edition > 0:
		return "met"
	case !now.Before(due.AddDate(0, 0, 1)):
		return "risk"
	}
	return "nodata"
}

func (s *site) collect(w http.ResponseWriter, r *http.Request) { s.collectWith(w, r, nil) }

func (s *site) collectWith(w http.ResponseWriter, r *http.Request, wrong error) {
	a := s.actor(r)
	p := collectPage{Period: s.askedPeriod(r), Periods: s.collectPeriods(), Decides: a.May(access.Decide), Gives: a.May(access.Handover)}
	var err error
	if p.Round, err = s.Collect.Round(r.Context(), p.Period, false); err != nil {
		s.fail(w, r, "read the round of forms", err)
		return
	}
	now := s.Business()
	var missing []string
	for _, u := range p.Round.Units {
		p.Lines = append(p.Lines, collectLine{u, CollectState(u, p.Round.Due, now), collectKey(u, p.Round.Due, now)})
		if u.Declared.Edition > 0 {
			p.Back++
		} else {
			missing = append(missing, u.Agency.Name)
		}
	}
	if len(missing) > 0 {
		p.Reminder = "Kính gửi: " + strings.Join(missing, "; ") + ".\nĐề nghị các cơ quan, đơn vị gửi Biểu thu thập thông tin, tuyên truyền cải cách hành chính " + p.Period.Name() +
			" chậm nhất hết ngày " + viet.Day(p.Round.Due) + ". Biểu đã điền sẵn những gì hệ thống ghi nhận; xin kiểm tra, bổ sung rồi gửi lại tệp Excel bằng thư điện tử hoặc điền trên trang. Không ghi nội dung mật vào biểu. Trân trọng."
	}
	if s.asSheet(w, r, func() (sheet, error) {
		sh := sheet{Name: "bieu-thu-thap-" + strings.ReplaceAll(p.Period.ID, "@", "-"), Title: "Biểu thu thập " + p.Period.Name(), Head: []string{"Cơ quan, đơn vị", "Tình trạng", "Xuất biểu lúc", "Nhận lúc", "Lần khai", "Liên hệ", "Điện thoại"}}
		for _, l := range p.Lines {
			sh.Rows = append(sh.Rows, []any{l.Agency.Name, l.State, l.Given, l.Declared.At, l.Declared.Edition, l.Agency.Contact.Name, l.Agency.Contact.Phone})
		}
		return sh, nil
	}) {
		return
	}
	f := frame{Title: "Biểu thu thập", Here: "/bieu-thu-thap", Page: p}
	s.answer(w, r, "the round of forms", wrong, "collect", f)
}

// collectGive gives the workbook of one unit, or an archive of those of many.
func (s *site) collectGive(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	period, units := s.askedPeriod(r), r.PostForm["don-vi"]
	if len(units) == 0 {
		s.collectWith(w, r, Refusal{"Chưa chọn cơ quan, đơn vị nào để xuất biểu."})
		return
	}
	if len(units) == 1 {
		s.give(w, r, period, units[0])
		return
	}
	tmp, err := os.CreateTemp("", "loa-bieu-*")
	if err != nil {
		s.fail(w, r, "make a temporary file", err)
		return
	}
	defer os.Remove(tmp.Name()) // a temporary file; the system's cleaner takes what is left
	defer tmp.Close()
	z := zip.NewWriter(tmp)
	for _, u := range units {
		name, body, err := s.Collect.Form(r.Context(), period, u, s.actor(r).String())
		if err == nil {
			var part io.Writer
			if part, err = z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: s.Machine()}); err == nil { // a workbook is packed already
				_, err = part.Write(body)
			}
		}
		if err != nil {
			s.collectWith(w, r, err)
			return
		}
	}
	if err := z.Close(); err != nil {
		s.fail(w, r, "pack the forms", err)
		return
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="bieu-thu-thap-%s.zip"`, strings.ReplaceAll(period.ID, "@", "-")))
	http.ServeContent(w, r, "", time.Time{}, tmp)
}

func (s *site) give(w http.ResponseWriter, r *http.Request, period calendar.Period, unit string) {
	name, body, err := s.Collect.Form(r.Context(), period, unit, s.actor(r).String())
	if words := refusal(err); words != "" {
		s.missing(w, r, words)
		return
	}
	if err != nil {
		s.fail(w, r, "make a form", err)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	if _, err := w.Write(body); err != nil {
		s.Log.DebugContext(r.Context(), "write a form", "error", err)
	}
}

func (s *site) collectDue(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	period := s.askedPeriod(r)
	day, ok := viet.ParseDate(field(r, "han"), viet.DateOptions{})
	if !ok {
		s.collectWith(w, r, Refusal{"Chưa hiểu hạn gửi lại; cần dạng ngày/tháng/năm, ví dụ 10/4/2023."})
		return
	}
	if err := s.Collect.Due(r.Context(), period, day.Time, s.actor(r).String()); err != nil {
		s.collectWith(w, r, err)
		return
	}
	s.done(w, r, "/bieu-thu-thap?ky="+period.ID, "Đã ấn định hạn gửi lại: hết ngày "+viet.Day(day.Time)+".")
}

// returnedPage is what returned workbooks say, before anything is taken.
type returnedPage struct {
	Files []returnedFile
	To    string // where they are taken
	Back  string
	Good  int
}

type returnedFile struct {
	CollectFile
	Unit, PeriodName string
	Kept             string // why it cannot be taken here, "" if it can
}

// readFiles reads returned workbooks and shows what is wrong with each, cell by cell.
func (s *site) readFiles(w http.ResponseWriter, r *http.Request, many int, to, back string, may func(unit, period string) bool) {
	files, done, ok := s.files(w, r, mostReturnedBytes, many)
	if !ok {
		return
	}
	defer done()
	p := returnedPage{To: to, Back: back}
	for _, f := range files {
		body, err := os.ReadFile(f.Path)
		if err != nil {
			s.fail(w, r, "read a returned form", err)
			return
		}
		got, err := s.Collect.Read(r.Context(), f.Name, body, s.actor(r).String(), may)
		if err != nil {
			s.fail(w, r, "read a returned form", err)
			return
		}
		x := returnedFile{CollectFile: got}
		if !got.Fatal {
			x.Unit, x.PeriodName = s.names.Agency(got.Agency), got.Period
			if period, err := calendar.Parse(got.Period); err == nil {
				x.PeriodName = period.Name()
			}
			if !may(got.Agency, got.Period) {
				x.Kept = "Biểu này của đơn vị hoặc kỳ khác nên không nhận ở đây."
				x.Problems, x.Unit, x.PeriodName, x.By = nil, "", "", ""
			} else if got.Claims > 0 || got.Faults == 0 {
				p.Good++
			} else {
				x.Kept = "Không có dòng nào đúng để nhận."
			}
		} else {
			x.Kept = "Không nhận được tệp này."
		}
		p.Files = append(p.Files, x)
	}
	if len(p.Files) == 0 {
		s.render(w, r, http.StatusUnprocessableEntity, "returned", frame{Title: "Nhận biểu thu thập", Here: back, Wrong: "Chưa chọn tệp nào.", Page: p})
		return
	}
	s.render(w, r, http.StatusOK, "returned", frame{Title: "Nhận biểu thu thập", Here: back, Page: p})
}

// takeFiles takes what the person saw and confirmed.
func (s *site) takeFiles(w http.ResponseWriter, r *http.Request, back string, may func(unit, period string) bool) {
	if !s.form(w, r) {
		return
	}
	var said []string
	taken := 0
	for _, h := range r.PostForm["tep"][:min(len(r.PostForm["tep"]), mostReturned)] {
		hash, rest, _ := strings.Cut(viet.Clean(h), " ")
		seen, name, _ := strings.Cut(rest, " ")
		saw, err := strconv.Atoi(seen)
		if err != nil {
			said = append(said, "Không tìm thấy tệp đã tải lên; xin tải lại.")
			continue
		}
		f, err := s.Collect.Take(r.Context(), hash, name, saw, s.actor(r).String(), may)
		if words := refusal(err); words != "" {
			said = append(said, words)
			continue
		}
		if err != nil {
			s.fail(w, r, "take a returned form", err)
			return
		}
		taken++
		said = append(said, fmt.Sprintf("Đã nhận biểu của %s: %d dòng.", s.names.Agency(f.Agency), f.Claims))
	}
	if taken == 0 {
		if len(said) == 0 {
			said = []string{"Chưa chọn tệp nào để nhận."}
		}
		s.render(w, r, http.StatusUnprocessableEntity, "returned", frame{Title: "Nhận biểu thu thập", Here: back, Wrong: strings.Join(said, " "), Page: returnedPage{Back: back}})
		return
	}
	s.done(w, r, back, strings.Join(said[:min(len(said), 8)], " "))
}

func (s *site) collectRead(w http.ResponseWriter, r *http.Request) {
	s.readFiles(w, r, mostReturned, "/bieu-thu-thap/nhan", "/bieu-thu-thap", func(string, string) bool { return true })
}

func (s *site) collectTake(w http.ResponseWriter, r *http.Request) {
	s.takeFiles(w, r, "/bieu-thu-thap", func(string, string) bool { return true })
}

// disputesPage is what units declare beside what was observed.
type disputesPage struct {
	Period  calendar.Period
	Periods []calendar.Period
	Unit    string
	Units   []CollectUnit // that the person may see
	Lines   []CollectUnit // that declared something, of those asked for
	Open    bool          // only what is not settled
	Decides bool
	Replies bool
	Whole   bool // the figures of all units are shown, not the differences of one
}

func (s *site) disputes(w http.ResponseWriter, r *http.Request) { s.disputesWith(w, r, nil) }

func (s *site) disputesWith(w http.ResponseWriter, r *http.Request, wrong error) {
	a := s.actor(r)
	p := disputesPage{Period: s.askedPeriod(r), Periods: s.collectPeriods(), Unit: s.agencyID(r.FormValue("don-vi")), Open: r.FormValue("mo") != "", Decides: a.May(access.Decide), Replies: a.May(access.Handover)}
	all, err := s.Collect.Round(r.Context(), p.Period, false)
	if err != nil {
		s.fail(w, r, "read what units declare", err)
		return
	}
	var ids []string
	for _, u := range all.Units {
		if !a.Sees(u.Agency.ID) {
			continue
		}
		p.Units = append(p.Units, u)
		if u.Declared.Edition > 0 && (p.Unit == "" || p.Unit == u.Agency.ID) {
			ids = append(ids, u.Agency.ID)
		}
	}
	if p.Unit != "" && s.keepsOut(w, r, p.Unit) {
		return
	}
	if len(ids) > 0 {
		deep, err := s.Collect.Round(r.Context(), p.Period, true, ids...)
		if err != nil {
			s.fail(w, r, "compare what units declare", err)
			return
		}
		p.Lines = deep.Units
	}
	for i := range p.Lines {
		if t := &p.Lines[i].Tally; p.Open {
			t.Disputes = slices.DeleteFunc(slices.Clone(t.Disputes), func(d schedule.Dispute) bool { return d.Over() || d.Gone })
		}
	}
	if s.asSheet(w, r, func() (sheet, error) { return s.disputeSheet(p), nil }) {
		return
	}
	f := frame{Title: "Đối chiếu số liệu khai và ghi nhận", Here: "/doi-chieu", Page: p}
	s.answer(w, r, "settle a difference", wrong, "disputes", f)
}

func (s *site) disputeSheet(p disputesPage) sheet {
	sh := sheet{Name: "doi-chieu-" + strings.ReplaceAll(p.Period.ID, "@", "-"), Title: "Số đơn vị khai và số hệ thống ghi nhận, " + p.Period.Name(),
		Head: []string{"Cơ quan, đơn vị", "Sai khác", "Tên tin, bài, nội dung", "Ngày", "Địa chỉ", "Đơn vị khai", "Lý do", "Tình trạng", "Hạn trả lời", "Trao đổi"}}
	for _, u := range p.Lines {
		for _, d := range u.Tally.Disputes {
			l := lineOf(d)
			var acts []string
			for _, x := range d.Acts {
				acts = append(acts, settleWord(x.Kind)+": "+x.Words+" ("+x.Actor+")")
			}
			due := ""
			if !d.Due.IsZero() {
				due = viet.Day(d.Due.Add(-time.Nanosecond))
			}
			sh.Rows = append(sh.Rows, []any{u.Agency.Name, viet.Discrepancy(string(d.Kind)), l.Title, l.Day, l.URL, l.Said, s.names.Reason(d.Reason), viet.DisputeState(string(d.State)), due, strings.Join(acts, "; ")})
		}
	}
	return sh
}

// settleDispute records what an officer asks or decides about a difference.
func (s *site) settleDispute(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	unit := s.agencyID(r.PathValue("unit"))
	act, err := s.actOf(r, unit)
	act.Kind = schedule.SettleKind(field(r, "viec"))
	if err == nil && !slices.Contains([]schedule.SettleKind{schedule.SettleAsk, schedule.SettleAccept, schedule.SettleRefuse}, act.Kind) {
		err = Refusal{"Chưa chọn cách xử lý."}
	}
	if due := field(r, "han"); err == nil && act.Kind == schedule.SettleAsk && due != "" {
		day, ok := viet.ParseDate(due, viet.DateOptions{})
		if act.Due = day.Time.AddDate(0, 0, 1); !ok || !act.Due.After(s.Business()) {
			err = Refusal{"Hạn trả lời phải là một ngày từ hôm nay, dạng ngày/tháng/năm."}
		}
	}
	if err == nil && act.Kind == schedule.SettleAccept {
		act.Quota, act.For = field(r, "nhiem-vu"), field(r, "ky-ghi")
		act.Grade = grade(field(r, "hang"))
	}
	if err == nil {
		err = s.Collect.Act(r.Context(), act)
	}
	if err != nil {
		r.Form.Set("ky", r.PathValue("period"))
		r.Form.Set("don-vi", unit)
		s.disputesWith(w, r, err)
		return
	}
	s.done(w, r, "/doi-chieu?ky="+act.Period+"&don-vi="+s.slug(unit), map[schedule.SettleKind]string{schedule.SettleAsk: "Đã hỏi đơn vị.", schedule.SettleAccept: "Đã chấp nhận nội dung đơn vị khai.", schedule.SettleRefuse: "Đã ghi không chấp nhận, kèm lý do."}[act.Kind])
}
