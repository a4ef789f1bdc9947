package web

import (
	"net/http"
	"net/url"
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

// choices are what the person who looks at a standing may do about it.
type choices struct {
	Confirm, Exempt, Absent, Attest, Pieces, Restate, Release, Call bool
	Past                                                            bool   // nothing was received: a confirmation rests on another ground
	Consequence                                                     string // of a confirmed miss, who is told
	Typed                                                           map[string]string
	Open                                                            string // the form that was sent and not taken
}

// Any reports whether there is a form at all.
func (c choices) Any() bool {
	return c.Confirm || c.Exempt || c.Absent || c.Attest || c.Restate || c.Release
}

// choices of a standing: what makes no sense for its state is not offered.
func (s *site) choices(a access.Actor, q schedule.Quota, st schedule.Standing, proposal bool) choices {
	now, c := s.Business(), choices{}
	decides, exempts := a.May(access.Decide) && s.Acts.Decide != nil, a.May(access.Exempt) && s.Acts.Decide != nil
	over := !st.End.After(now)
	closed := slices.ContainsFunc(st.Reasons, func(r schedule.Reason) bool { return r.Code == "closed" })
	if report.OnlyCounted(q) {
		return c
	}
	asks := st.State == schedule.Missed && !st.Confirmed || st.State == schedule.Insufficient
	past, wrong := schedule.MayConfirm(st)
	proc := q.Attestable || q.Class == schedule.Proc
	c.Confirm = decides && over && asks && wrong == nil // also past a log that never came, never past what we did not see
	c.Past = c.Confirm && past
	c.Absent = exempts && over && asks && proc
	c.Exempt = exempts && st.State != schedule.Exempt
	c.Attest = decides && proc && st.State != schedule.Exempt
	c.Pieces = decides
	c.Restate = decides && proposal && s.Acts.Restate != nil
	owner := s.agencyOf(st.Owner)
	if kind, ok := schedule.ReleaseOf(st); ok && kind != "" && owner.Level == media.Press {
		c.Release = exempts && s.Acts.Release != nil
	}
	c.Call = a.May(access.Call) && s.Acts.Note != nil
	if owner.Level == media.Press {
		c.Consequence = "Sau khi xác nhận, kỳ này ghi là «chưa đạt» trong bảng theo dõi và báo cáo; " + s.names.Agency(st.Owner) + " chỉ được thông báo khi có người chọn «Cho gửi»."
	} else {
		by := "cơ quan được giao nhắc việc"
		if s.Plan.Tell.Reminders != "" {
			by = s.names.Agency(s.Plan.Tell.Reminders)
		}
		c.Consequence = "Sau khi xác nhận, kỳ này ghi là «chưa đạt» trong bảng theo dõi và báo cáo; " + s.names.Agency(st.Owner) + " được thông báo trong tổng hợp tháng do " + by + " cho gửi."
	}
	if closed {
		c.Consequence += " Kỳ này đã chốt: quyết định thành đề nghị điều chỉnh, số liệu đã chốt chưa đổi cho đến khi có người điều chỉnh."
	}
	return c
}

// mostPaper is how large a paper behind a decision may be.
const mostPaper = 20 << 20

// about reads which standing an address is of.
func (s *site) aboutOf(r *http.Request) (quota, owner, period string) {
	return r.PathValue("quota"), s.agencyID(r.PathValue("owner")), r.PathValue("period")
}

// decide takes what the officer decides; exempt what is for Sở Nội vụ too.
func (s *site) decide(w http.ResponseWriter, r *http.Request) {
	s.take(w, r, "xac-nhan", "ghi-nhan", "bo", "them", "dieu-chinh")
}

func (s *site) exempt(w http.ResponseWriter, r *http.Request) {
	s.take(w, r, "khong-danh-gia", "khong-co", "cho-gui")
}

// take reads one form of a standing's page and does what it says, or shows the page again with why not.
func (s *site) take(w http.ResponseWriter, r *http.Request, allowed ...string) {
	if s.Acts.Decide == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	files, done, ok := s.formWithPaper(w, r)
	if !ok {
		return
	}
	defer done()
	quota, owner, period := s.aboutOf(r)
	here, act := s.standingURL(quota, owner, period), field(r, "viec")
	d := schedule.Decision{Quota: quota, Owner: owner, Period: period, Actor: s.actor(r).String(), Reason: field(r, "ly-do"), Document: field(r, "so-van-ban"),
		Issuer: field(r, "co-quan-ban-hanh"), Evidence: field(r, "minh-chung"), Grade: media.Grade(field(r, "hang"))}
	var path, name string
	if len(files) > 0 && files[0].Size > 0 {
		path, name = files[0].Path, files[0].Name
	}
	said, err := "", error(nil)
	if !slices.Contains(allowed, act) {
		err = Refusal{"Chưa chọn việc cần làm."}
	}
	for _, x := range []struct {
		name string
		to   *time.Time
	}{{"ngay-van-ban", &d.Issued}, {"ngay-minh-chung", &d.Date}} {
		if err == nil {
			*x.to, err = s.dayField(r, x.name)
		}
	}
	if err == nil {
		said, err = s.does(r, act, d, path, name)
	}
	if err != nil {
		s.standingAgain(w, r, err, act)
		return
	}
	s.done(w, r, here, said)
}

// does carries one act out and gives what is said of it.
func (s *site) does(r *http.Request, act string, d schedule.Decision, path, name string) (said string, err error) {
	ctx := r.Context()
	switch act {
	case "xac-nhan":
		d.Kind = schedule.ConfirmMissed
		return "Đã xác nhận: kỳ này chưa đạt.", s.Acts.Decide(ctx, d, path, name)
	case "khong-danh-gia":
		d.Kind = schedule.ExemptKind
		probe := d
		if probe.File = name; len(probe.MissingForExemption()) > 0 {
			said = "Đã ghi chú. Còn thiếu " + viet.OnPage(strings.Join(probe.MissingForExemption(), ", ")) + " nên kỳ này vẫn được đánh giá."
		} else {
			said = "Đã ghi: không đánh giá kỳ này, theo văn bản " + d.Document + "."
		}
		return said, s.Acts.Decide(ctx, d, path, name)
	case "khong-co":
		d.Kind = schedule.Absent
		return "Đã xác nhận: không có minh chứng trong kỳ này.", s.Acts.Decide(ctx, d, path, name)
	case "ghi-nhan":
		d.Kind = schedule.Attest
		if field(r, "hinh-thuc") == "long-ghep" {
			d.Form = "integrated"
		}
		if field(r, "hinh-thuc") == "nhieu-viec" {
			d.Form = schedule.Several
		}
		if field(r, "hinh-thuc") == "khong-phat-sinh" {
			d.None = true
		}
		if q := s.quotas[d.Quota]; !d.None && q.Kind == "deadline" {
			d.Period = "" // the paper finds its period by its day
		}
		return "Đã ghi nhận minh chứng.", s.Acts.Decide(ctx, d, path, name)
	case "bo":
		d.Kind = schedule.Strike
		return "Đã bỏ ghi nhận.", s.Acts.Decide(ctx, d, path, name)
	case "them":
		d.Kind = schedule.Add
		return "Đã ghi nhận theo quyết định.", s.Acts.Decide(ctx, d, path, name)
	case "dieu-chinh":
		d.Kind = schedule.Restate
		return "Đã điều chỉnh; kỳ báo cáo có lần chốt mới.", s.Acts.Restate(ctx, d, path, name)
	}
	return "Đã cho gửi.", s.Acts.Release(ctx, schedule.Release{Quota: d.Quota, Owner: d.Owner, Period: d.Period, Actor: d.Actor, Words: d.Reason})
}

// formWithPaper reads a form that may bring one file.
func (s *site) formWithPaper(w http.ResponseWriter, r *http.Request) (files []handed, done func(), ok bool) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return s.files(w, r, mostPaper, 1)
	}
	return nil, func() {}, s.form(w, r)
}

// dayField is a day that a person typed, zero if none was.
func (s *site) dayField(r *http.Request, name string) (time.Time, error) {
	text := field(r, name)
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation("2006-01-02", text, calendar.Zone); err == nil { // of a browser's own field
		return t, nil
	}
	d, ok := viet.ParseDate(text, viet.DateOptions{})
	if !ok {
		return time.Time{}, Refusal{"Chưa hiểu ngày «" + text + "»: xin ghi dạng 09/3/2023."}
	}
	return calendar.Day(d.Time), nil
}

// call notes who was telephoned about a standing and what was answered.
func (s *site) call(w http.ResponseWriter, r *http.Request) {
	if s.Acts.Note == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	if !s.form(w, r) {
		return
	}
	quota, owner, period := s.aboutOf(r)
	n := schedule.Note{Kind: schedule.NoteCall, Quota: quota, Owner: owner, Period: period, Actor: s.actor(r).String(), Whom: field(r, "da-goi"), Words: field(r, "tra-loi")}
	by, err := s.dayField(r, "hen")
	if n.By = by; err == nil {
		err = s.Acts.Note(r.Context(), n, "", "")
	}
	if err != nil {
		s.standingAgain(w, r, err, "goi")
		return
	}
	s.done(w, r, back(r.URL.Query().Get("ve"), s.standingURL(quota, owner, period)), "Đã ghi cuộc gọi tới "+s.names.Agency(owner)+".")
}

// releaseMonth lets departments and districts be told of a month, in the name of the body that reminds.
func (s *site) releaseMonth(w http.ResponseWriter, r *http.Request) {
	if s.Acts.Release == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	if !s.form(w, r) {
		return
	}
	err := s.Acts.Release(r.Context(), schedule.Release{Kind: schedule.ReleaseSummary, Period: r.PathValue("month"), Actor: s.actor(r).String(), Words: field(r, "loi-kem")})
	if err == nil {
		s.done(w, r, "/", "Đã cho gửi tổng hợp tháng.")
		return
	}
	p, at, failed := s.todayPage(r.Context(), s.actor(r))
	if failed != nil {
		s.fail(w, r, "gather what there is to do", failed)
		return
	}
	s.sorry(w, r, "release a month", err, "today", frame{Title: "Việc hôm nay", Here: "/", Evaluated: at, Page: p})
}

// settleObjection answers an objection.
func (s *site) settleObjection(w http.ResponseWriter, r *http.Request) {
	if s.Acts.Note == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	if !s.form(w, r) {
		return
	}
	notes, err := s.notes(r.Context())
	if err != nil {
		s.fail(w, r, "read notes", err)
		return
	}
	i := slices.IndexFunc(notes, func(n schedule.Note) bool { return n.ID == r.PathValue("id") && n.Kind == schedule.NoteObjection })
	if i < 0 {
		s.missing(w, r, "Không có phản hồi này.")
		return
	}
	o := notes[i]
	n := schedule.Note{Kind: schedule.NoteSettled, Owner: o.Owner, Quota: o.Quota, Period: o.Period, Of: o.ID, Actor: s.actor(r).String(), Words: field(r, "tra-loi")}
	switch field(r, "ket-qua") {
	case "chap-nhan":
		n.Upheld = true
	case "khong":
	default:
		err = Refusal{"Chưa chọn chấp nhận hay không chấp nhận."}
	}
	if err == nil {
		err = s.Acts.Note(r.Context(), n, "", "")
	}
	if err == nil {
		s.done(w, r, "/", "Đã trả lời phản hồi của "+s.names.Agency(o.Owner)+".")
		return
	}
	p, at, failed := s.todayPage(r.Context(), s.actor(r))
	if failed != nil {
		s.fail(w, r, "gather what there is to do", failed)
		return
	}
	s.sorry(w, r, "settle an objection", err, "today", frame{Title: "Việc hôm nay", Here: "/", Evaluated: at, Page: p})
}

// keptFile hands out what a decision, a note or a case rests on, to be saved and never to be shown in place.
func (s *site) keptFile(w http.ResponseWriter, r *http.Request) {
	hash := r.PathValue("hash")
	owner, name, err := s.heldFile(r, hash)
	if err != nil {
		s.fail(w, r, "look for a kept file", err)
		return
	}
	if s.Acts.Kept == nil || owner == "" {
		s.missing(w, r, "Không có tệp này.")
		return
	}
	if s.keepsOut(w, r, owner) {
		return
	}
	body, err := s.Acts.Kept(r.Context(), hash)
	if err != nil {
		s.fail(w, r, "read a kept file", err)
		return
	}
	kind := http.DetectContentType(body)
	if !slices.Contains([]string{"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "application/zip"}, kind) {
		kind = "application/octet-stream"
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Disposition", "attachment; filename=\"tep\"; filename*=UTF-8''"+url.PathEscape(name))
	if _, err := w.Write(body); err != nil {
		s.Log.DebugContext(r.Context(), "write a kept file", "error", err)
	}
}

// heldFile tells whose a kept file is, and its name; "" where nothing that people handed in refers to it.
func (s *site) heldFile(r *http.Request, hash string) (owner, name string, err error) {
	ds, err := s.Standings.Decisions(r.Context(), s.Plan.ID, time.Time{})
	if err != nil || hash == "" {
		return "", "", err
	}
	sees := func(of string) bool { return owner == "" || s.actor(r).Sees(of) } // one file may be of several
	for _, d := range ds {
		if d.File == hash && sees(d.Owner) {
			owner, name = d.Owner, d.FileName
		}
	}
	notes, err := s.notes(r.Context())
	for _, n := range notes {
		if n.File == hash && sees(n.Owner) {
			owner, name = n.Owner, n.FileName
		}
	}
	if err != nil {
		return "", "", err
	}
	acts, err := s.Standings.CaseActs(r.Context(), s.Plan.ID, time.Time{})
	if err != nil {
		return "", "", err
	}
	of := map[string]string{}
	for _, a := range acts {
		if a.Owner != "" {
			of[a.Case] = a.Owner
		}
		if a.File == hash && of[a.Case] != "" && sees(of[a.Case]) {
			owner, name = of[a.Case], a.FileName
		}
	}
	if name == "" {
		name = "tep"
	}
	return owner, name, nil
}
