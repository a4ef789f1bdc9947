package web

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"os"
	"strings"
	"testing"

	"loa/media"
	"loa/schedule"
	"loa/web/access"
)

// doors are the fake's acts: what is decided changes the standings, as the engine's does.
func (f *fake) doors() Acts {
	paper := func(path, name string) (string, error) {
		if path == "" {
			return "", nil
		}
		raw, err := os.ReadFile(path)
		f.papers = append(f.papers, name+": "+string(raw))
		return media.Hash(string(raw)), err
	}
	decide := func(_ context.Context, d schedule.Decision, path, name string) (err error) {
		d.Plan, d.At, d.ID = f.plan.ID, f.now, "d"+d.Actor+string(d.Kind)
		if d.File, err = paper(path, name); err != nil {
			return err
		}
		d.FileName = name
		if err := schedule.CheckDecision(f.plan, d); err != nil {
			return Refusal{"Chưa ghi được: " + err.Error()}
		}
		f.decisions = append(f.decisions, d)
		f.derive()
		return nil
	}
	return Acts{Decide: decide, Restate: decide,
		Release:  func(_ context.Context, r schedule.Release) error { f.releases = append(f.releases, r); return f.err },
		Releases: func(context.Context) ([]schedule.Release, error) { return f.releases, f.err },
		Note: func(_ context.Context, n schedule.Note, path, name string) (err error) {
			n.Plan, n.At, n.ID = f.plan.ID, f.now, "n"+string(rune('0'+len(f.notes)))
			if err := schedule.CheckNote(f.plan, f.notes, n); err != nil {
				return Refusal{"Chưa ghi được: " + err.Error()}
			}
			n.File, err = paper(path, name)
			n.FileName = name
			f.notes = append(f.notes, n)
			return err
		},
		Notes: func(context.Context) ([]schedule.Note, error) { return f.notes, f.err },
		ToldTo: func(_ context.Context, agency string, _ int) ([]Told, error) {
			if agency != "suong-ha/dai-ptth" {
				return nil, f.err
			}
			return []Told{{ID: "abcd", At: f.now, Subject: "CCHC: cảnh báo sớm", Text: "[Cảnh báo sớm] " + hostile, Answers: f.answers}}, f.err
		},
		Answer: func(_ context.Context, agency, notice string, a Answer) error {
			if agency != "suong-ha/dai-ptth" || notice != "abcd" {
				return Refusal{"Không có thông báo này."}
			}
			f.answers = append(f.answers, a)
			return nil
		},
		Message: func(st schedule.Standing) string { return "Kính gửi: " + st.Quota },
		Kept: func(_ context.Context, hash string) ([]byte, error) {
			for _, p := range f.papers {
				if _, body, _ := strings.Cut(p, ": "); media.Hash(body) == hash {
					return []byte(body), nil
				}
			}
			return nil, errors.New("not kept")
		}}
}

// deskOf is the desk for somebody.
func (f *fake) deskOf(a access.Actor) http.Handler {
	opt := f.options()
	opt.Guest = a
	return New(opt)
}

func (f *fake) officer() http.Handler {
	return f.deskOf(access.Actor{Role: access.Officer, Name: "Hà"})
}

func clerkOf(agencies ...string) access.Actor {
	return access.Actor{Role: access.Clerk, Account: "a1", Login: "canbo", Name: "Cán bộ", Agencies: agencies}
}

// postForm sends a form; a value of «@name» is a file of that name with the rest of the value after a space.
func postForm(t *testing.T, h http.Handler, path string, form map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	var buf bytes.Buffer
	m, files, plain := multipart.NewWriter(&buf), false, url.Values{}
	for k, v := range form {
		plain.Set(k, v)
		if name, body, ok := strings.Cut(strings.TrimPrefix(v, "@"), " "); ok && strings.HasPrefix(v, "@") {
			files = true
			w, err := m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + k + `"; filename="` + name + `"`}, "Content-Type": {"text/html"}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(body)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(plain.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if files {
		r = httptest.NewRequest("POST", path, &buf)
		r.Header.Set("Content-Type", m.FormDataContentType())
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func says(t *testing.T, what, body string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(body, want) {
			t.Errorf("%s: no «%s»", what, want)
		}
	}
}

// station gives the fake's station somebody to call.
func (f *fake) station() {
	for i := range f.plan.Agencies {
		if f.plan.Agencies[i].ID == "suong-ha/dai-ptth" {
			f.plan.Agencies[i].Contact = media.Contact{Name: "Phòng Chương trình", Phone: "0900 000 001"}
		}
	}
}

// TestToday: the first page tells last week's result, what is missing, who can be
// helped and until when, whom to call, and what to say.
func TestToday(t *testing.T) {
	f := newFake()
	f.station()
	body := get(t, f.officer(), "/").Body.String()
	says(t, "the first page", body, "Việc hôm nay", "Tuần 9", "Hạn cuối còn kịp", `href="tel:0900000001"`, "Phòng Chương trình", "Ghi cuộc gọi", "Kính gửi: B-D1", "Nhật ký, bảng kê chưa nhận",
		"Nguồn chưa thu thập được", "không truy cập được", "Tin, bài chờ duyệt", `href="/duyet"`, "đề nghị rà soát", "quá 4 ngày")
	if n := strings.Count(body, `<ol class="review">`); n != 1 || strings.Count(body[strings.Index(body, `<ol class="review">`):], "<li>") > mostReview {
		t.Error("more to review than one sitting takes")
	}
	if body := get(t, f.handler(), "/").Body.String(); strings.Contains(body, "Ghi cuộc gọi") || strings.Contains(body, `href="/duyet"`) {
		t.Error("a guest is offered to note a call")
	}
	for _, old := range []string{"/?nhiem-vu=A-4", "/?trang-thai=risk", "/?ky=2023-02", "/?co-quan=x"} {
		if w := get(t, f.officer(), old); w.Code != http.StatusFound || w.Header().Get("Location") != "/bang-theo-doi?"+old[2:] {
			t.Errorf("%s: %d %s", old, w.Code, w.Header().Get("Location"))
		}
	}
}

// TestTodayByRole: everybody is led to their own first page.
func TestTodayByRole(t *testing.T) {
	f := newFake()
	body := get(t, f.deskOf(access.Actor{Role: access.Reader, Name: "Lãnh đạo"}), "/").Body.String()
	if n := strings.Count(body, `<li><span class="lamp`); n != 5 {
		t.Errorf("who leads reads %d lines, want 5", n)
	}
	says(t, "who leads", body, "Tình hình chung", "Phát thanh, truyền hình", "kỳ trước", "Dữ liệu")
	if strings.Contains(body, "/goi") {
		t.Error("who leads is asked to call")
	}
	body = get(t, f.deskOf(access.Actor{Role: access.HomeAffairs, Name: "Sở Nội vụ"}), "/").Body.String()
	says(t, "Sở Nội vụ", body, "Chờ người xác nhận", "Sở Tư pháp")
	if strings.Contains(body, "Tin, bài chờ duyệt") {
		t.Error("Sở Nội vụ is shown the officer's work")
	}
	for _, c := range []struct {
		a    access.Actor
		want string
	}{{clerkOf("suong-ha/bao"), "/co-quan/bao"}, {clerkOf("suong-ha/bao", "suong-ha/cong"), "/co-quan"}} {
		if w := get(t, f.deskOf(c.a), "/"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != c.want {
			t.Errorf("%v: %d %s", c.a.Agencies, w.Code, w.Header().Get("Location"))
		}
	}
	list := get(t, f.deskOf(clerkOf("suong-ha/bao", "suong-ha/cong")), "/co-quan").Body.String()
	if !strings.Contains(list, "/co-quan/bao") || strings.Contains(list, "/co-quan/so-noi-vu") {
		t.Error("a clerk's list is not of the clerk's agencies")
	}
	owed, _, _ := strings.Cut(list, "Các cơ quan, đơn vị</h2>")
	says(t, "who works for several", owed, "Còn thiếu, còn kịp", "Hạn cuối còn kịp", "Hết kỳ", "A-6.1", `<a href="/" aria-current="page">`)
	structure(t, "the list of several", list)
	says(t, "their own first page is marked", get(t, f.deskOf(clerkOf("suong-ha/bao")), "/co-quan/bao").Body.String(), `<a href="/" aria-current="page">`)
	for _, page := range []string{get(t, f.officer(), "/co-quan").Body.String(), get(t, f.officer(), "/co-quan/bao").Body.String()} {
		if strings.Contains(page, `<a href="/" aria-current="page">`) || !strings.Contains(page, `<a href="/co-quan" aria-current="page">`) || strings.Contains(page, "Các cơ quan, đơn vị</h2>") {
			t.Error("an officer's list of agencies is taken for the first page")
		}
	}
}

// TestCall: a call is noted, told on the first page and the standing, and moves down;
// what was promised comes up again on its day.
func TestCall(t *testing.T) {
	f := newFake()
	f.station()
	path := "/tien-do/B-D1/dai-ptth/2023-W10/goi"
	if w := postForm(t, f.officer(), path+"?ve=/", map[string]string{"da-goi": "Phòng Chương trình", "tra-loi": "sẽ phát Chủ nhật", "hen": "2023-03-12"}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	body := get(t, f.officer(), "/").Body.String()
	says(t, "after the call", body, `class="called"`, "Đã gọi Phòng Chương trình: sẽ phát Chủ nhật (hẹn 12/3/2023)")
	says(t, "the standing", get(t, f.officer(), "/tien-do/B-D1/dai-ptth/2023-W10").Body.String(), "sẽ phát Chủ nhật", "hẹn 12/3/2023", "Hà")
	says(t, "the agency", get(t, f.officer(), "/co-quan/dai-ptth").Body.String(), "sẽ phát Chủ nhật")
	if body := get(t, f.deskOf(clerkOf("suong-ha/dai-ptth")), "/co-quan/dai-ptth").Body.String(); strings.Contains(body, "sẽ phát Chủ nhật") {
		t.Error("the officer's own note is shown to the agency")
	}
	f.now = at("2023-03-12 08:00")
	f.derive()
	says(t, "on the day", get(t, f.officer(), "/").Body.String(), "Đã đến ngày hẹn")
	w := postForm(t, f.officer(), path, map[string]string{"da-goi": "Phòng Chương trình", "tra-loi": "", "hen": "2023-03-13"})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="Phòng Chương trình"`) || len(f.notes) != 1 {
		t.Errorf("an empty answer: %d, %d notes", w.Code, len(f.notes))
	}
	if w := postForm(t, f.officer(), path, map[string]string{"da-goi": "x", "tra-loi": "y", "hen": "mai"}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Chưa hiểu ngày «mai»") {
		t.Errorf("a day that is none: %d", w.Code)
	}
	if w := postForm(t, f.officer(), path+"?ve=//elsewhere.example/", map[string]string{"da-goi": "x", "tra-loi": "y"}); !strings.HasPrefix(w.Header().Get("Location"), "/tien-do/") {
		t.Errorf("led away to %s", w.Header().Get("Location"))
	}
}

// TestDecideOnPage: each decision of a standing changes it, names who took it, and is refused in the page.
func TestDecideOnPage(t *testing.T) {
	f := newFake()
	find := func(quota, owner, period string) schedule.Standing {
		for _, st := range f.eval.Standings {
			if st.Quota == quota && st.Owner == owner && st.Period == period {
				return st
			}
		}
		t.Fatalf("no %s %s %s", quota, owner, period)
		return schedule.Standing{}
	}
	const w06 = "/tien-do/B-D1/dai-ptth/2023-W06"
	page := get(t, f.officer(), w06).Body.String()
	says(t, "the forms", page, "Xác nhận chưa đạt", "chỉ được thông báo khi có người chọn «Cho gửi»", "Không đánh giá kỳ này", "Lý do ghi nhận")
	if page := get(t, f.deskOf(access.Actor{Role: access.HomeAffairs}), w06).Body.String(); strings.Contains(page, `value="xac-nhan"`) || !strings.Contains(page, `value="khong-danh-gia"`) {
		t.Error("Sở Nội vụ is offered what is the officer's, or not what is its own")
	}
	if page := get(t, f.handler(), w06).Body.String(); strings.Contains(page, "<form") {
		t.Error("a guest is offered decisions")
	}
	if w := postForm(t, f.officer(), w06+"/quyet-dinh", map[string]string{"viec": "xac-nhan", "ly-do": "Đài xác nhận dài 12 phút", "tep": "@bien-ban.pdf %PDF-1.4 x"}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if st := find("B-D1", "suong-ha/dai-ptth", "2023-W06"); !st.Confirmed || len(f.papers) != 1 || f.papers[0] != "bien-ban.pdf: %PDF-1.4 x" {
		t.Errorf("%+v %v", st.State, f.papers)
	}
	says(t, "the decision", get(t, f.officer(), w06).Body.String(), "Đài xác nhận dài 12 phút", "Hà", "Cho gửi")
	if w := postForm(t, f.officer(), w06+"/so-noi-vu", map[string]string{"viec": "cho-gui", "ly-do": "kèm"}); w.Code != http.StatusSeeOther || len(f.releases) != 1 || f.releases[0].Words != "kèm" || f.releases[0].Actor != "Hà" {
		t.Errorf("%d %+v", w.Code, f.releases)
	}
	if w := postForm(t, f.officer(), "/tien-do/B-A1/so-tu-phap/2022-12-30..2023-01-30/quyet-dinh", map[string]string{"viec": "ghi-nhan", "so-van-ban": "07/KH-STP", "ngay-minh-chung": "2023-01-20", "hang": "B"}); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if st := find("B-A1", "suong-ha/so-tu-phap", "2022-12-30..2023-01-30"); st.State != schedule.Met {
		t.Errorf("an attested plan is %s", st.State)
	}
	for name, c := range map[string]struct {
		path string
		form map[string]string
		want string
	}{
		"not over":           {"/tien-do/B-D1/dai-ptth/2023-W10/quyet-dinh", map[string]string{"viec": "xac-nhan", "ly-do": "lý do của tôi"}, "lý do của tôi"},
		"no act":             {w06 + "/quyet-dinh", map[string]string{"ly-do": "x"}, "Chưa chọn việc"},
		"another's act":      {w06 + "/quyet-dinh", map[string]string{"viec": "khong-danh-gia", "ly-do": "x"}, "Chưa chọn việc"},
		"a day that is none": {w06 + "/so-noi-vu", map[string]string{"viec": "khong-danh-gia", "ly-do": "x", "ngay-van-ban": "ba mươi"}, "Chưa hiểu ngày"},
	} {
		n := len(f.decisions)
		if w := postForm(t, f.officer(), c.path, c.form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.want) || !strings.Contains(w.Body.String(), `role="alert"`) || len(f.decisions) != n {
			t.Errorf("%s: %d, no «%s»", name, w.Code, c.want)
		}
	}
}

// TestObjection: an agency objects on its own page and nobody else's; the officer answers once, and both see it.
func TestObjection(t *testing.T) {
	f := newFake()
	mine, other := f.deskOf(clerkOf("suong-ha/dai-ptth")), f.deskOf(clerkOf("suong-ha/bao"))
	for _, path := range []string{"/co-quan/dai-ptth", "/tien-do/B-D1/dai-ptth/2023-W06"} {
		if w := get(t, other, path); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "12 phút") {
			t.Errorf("%s by another agency's clerk: %d", path, w.Code)
		}
		if w := get(t, mine, path); w.Code != http.StatusOK {
			t.Errorf("%s by its own clerk: %d", path, w.Code)
		}
	}
	form := map[string]string{"nhiem-vu": "B-D1|2023-W06", "noi-dung": "đã phát thêm ngày 09/02", "tep": "@x.html <script>alert(1)</script>"}
	if w := postForm(t, other, "/co-quan/dai-ptth/phan-hoi", form); w.Code != http.StatusForbidden || len(f.notes) != 0 {
		t.Errorf("another's clerk objects: %d", w.Code)
	}
	if w := postForm(t, mine, "/co-quan/dai-ptth/phan-hoi", form); w.Code != http.StatusSeeOther || len(f.notes) != 1 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	w := postForm(t, mine, "/co-quan/dai-ptth/phan-hoi", map[string]string{"nhiem-vu": "", "noi-dung": "giữ lại lời này"})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "giữ lại lời này") {
		t.Errorf("without a period: %d", w.Code)
	}
	says(t, "the officer", get(t, f.officer(), "/").Body.String(), "đã phát thêm ngày 09/02", "Cán bộ (canbo)")
	file := "/tep-van-ban/" + f.notes[0].File
	got := get(t, mine, file)
	if h := got.Header(); got.Code != 200 || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("Content-Type") != "application/octet-stream" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %v", got.Code, got.Header())
	}
	if w := get(t, other, file); w.Code != http.StatusForbidden {
		t.Errorf("another's clerk gets the file: %d", w.Code)
	}
	for _, path := range []string{"/tep-van-ban/" + strings.Repeat("0", 64), "/tep/x"} {
		if w := get(t, f.officer(), path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	answer := map[string]string{"ket-qua": "chap-nhan", "tra-loi": "đúng, sẽ ghi nhận"}
	if w := postForm(t, mine, "/phan-hoi/"+f.notes[0].ID, answer); w.Code != http.StatusForbidden {
		t.Errorf("a clerk settles: %d", w.Code)
	}
	if w := postForm(t, f.officer(), "/phan-hoi/"+f.notes[0].ID, map[string]string{"tra-loi": "x"}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("neither yes nor no: %d", w.Code)
	}
	if w := postForm(t, f.officer(), "/phan-hoi/"+f.notes[0].ID, answer); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	if w := postForm(t, f.officer(), "/phan-hoi/"+f.notes[0].ID, answer); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("settled twice: %d", w.Code)
	}
	says(t, "the agency", get(t, mine, "/co-quan/dai-ptth").Body.String(), "Chấp nhận phản hồi", "đúng, sẽ ghi nhận")
	if strings.Contains(get(t, f.officer(), "/").Body.String(), "đã phát thêm ngày 09/02") {
		t.Error("what is settled still waits")
	}
}

// TestReply: an agency answers what it was told, and nothing else.
func TestReply(t *testing.T) {
	f := newFake()
	mine := f.deskOf(clerkOf("suong-ha/dai-ptth"))
	if w := postForm(t, mine, "/co-quan/dai-ptth/tra-loi?thong-bao=abcd", map[string]string{"tra-loi": "đã nhận"}); w.Code != http.StatusSeeOther || len(f.answers) != 1 || f.answers[0].Actor != "Cán bộ (canbo)" {
		t.Errorf("%d %+v", w.Code, f.answers)
	}
	body := get(t, mine, "/co-quan/dai-ptth").Body.String()
	says(t, "the agency", body, "đã nhận", "&lt;script&gt;")
	if w := postForm(t, mine, "/co-quan/dai-ptth/tra-loi?thong-bao=zz", map[string]string{"tra-loi": "x"}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a notice that is none: %d", w.Code)
	}
	if w := postForm(t, f.deskOf(clerkOf("suong-ha/bao")), "/co-quan/dai-ptth/tra-loi?thong-bao=abcd", map[string]string{"tra-loi": "x"}); w.Code != http.StatusForbidden {
		t.Errorf("another's clerk answers: %d", w.Code)
	}
}

// TestMonthReleased: Sở Nội vụ lets a month be told, and it no longer waits.
func TestMonthReleased(t *testing.T) {
	f := newFake()
	f.plan.Tell = schedule.Tell{Officer: "suong-ha/so-xay-dung", Reminders: "suong-ha/so-noi-vu"}
	h := f.deskOf(access.Actor{Role: access.HomeAffairs, Name: "Sở Nội vụ"})
	says(t, "before", get(t, h, "/").Body.String(), "/tong-hop-thang/2023-02", "Cho gửi tổng hợp tháng 02/2023")
	if w := postForm(t, h, "/tong-hop-thang/2023-02", nil); w.Code != http.StatusSeeOther || len(f.releases) != 1 || f.releases[0].Kind != schedule.ReleaseSummary {
		t.Errorf("%d %+v", w.Code, f.releases)
	}
	if strings.Contains(get(t, h, "/").Body.String(), "/tong-hop-thang/2023-02") {
		t.Error("what was released still waits")
	}
}

// TestBoardNarrows: level, basis and «chỉ việc cần làm» leave only what they name; the
// sheet has the same rows; the screen on the wall asks again by itself.
func TestBoardNarrows(t *testing.T) {
	f := newFake()
	h := f.officer()
	csv := func(q string) string { return get(t, h, "/bang-theo-doi?"+q+"&dang=csv").Body.String() }
	rows := func(q string) int { return strings.Count(csv(q), "\r\n") - 1 }
	all := rows("")
	for q, want := range map[string]func(line string) bool{
		"can-cu=muc":      func(l string) bool { return strings.Contains(l, "mức tham chiếu") },
		"can-cu=chi-tieu": func(l string) bool { return !strings.Contains(l, "mức tham chiếu") },
		"cap=district":    func(l string) bool { return strings.Contains(l, "UBND") },
		"viec=1": func(l string) bool {
			return strings.Contains(l, "rà soát") || strings.Contains(l, "cần lưu ý") || strings.Contains(l, "xem xét") || strings.Contains(l, "chưa đủ")
		},
	} {
		lines := strings.Split(strings.TrimSpace(csv(q)), "\r\n")[1:]
		if len(lines) == 0 || len(lines) >= all {
			t.Errorf("%s: %d of %d rows", q, len(lines), all)
		}
		for _, l := range lines {
			if !want(l) {
				t.Errorf("%s: %s", q, l)
			}
		}
	}
	body := get(t, h, "/bang-theo-doi?man-hinh=1").Body.String()
	says(t, "the wall", body, `http-equiv="refresh"`, `class="wall"`)
	if strings.Contains(get(t, h, "/bang-theo-doi").Body.String(), "http-equiv") {
		t.Error("a page that nobody asked to refresh does")
	}
	says(t, "the board", get(t, h, "/bang-theo-doi?viec=1").Body.String(), "bang-theo-doi?viec=1&amp;dang=xlsx", "▲", "Vàng")
}

func TestAgenciesFound(t *testing.T) {
	f := newFake()
	body := get(t, f.officer(), "/co-quan?q=so+tu+phap").Body.String()
	if !strings.Contains(body, "/co-quan/so-tu-phap") || strings.Contains(body, "/co-quan/so-noi-vu") {
		t.Error("searching without marks")
	}
	if csv := get(t, f.officer(), "/co-quan?dang=csv").Body.String(); !strings.Contains(csv, "Sở Tư pháp") {
		t.Error("no sheet")
	}
	if w := get(t, f.officer(), "/co-quan/khong-co"); w.Code != 404 {
		t.Errorf("an unknown agency: %d", w.Code)
	}
}
