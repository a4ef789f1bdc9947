package web

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web/access"
)

// collect is the doors of the forms, in memory.
func (f *fake) collect() *Collect {
	if f.said == nil {
		f.said = map[string]schedule.Declaration{}
		c := schedule.Claim{Kind: schedule.ClaimPiece, Date: day("2023-02-20"), Title: "Bài chưa ai thấy " + hostile, URL: "http://so.example/9"}
		f.said["suong-ha/so-noi-vu 2023-02"] = schedule.Declaration{Plan: f.plan.ID, Agency: "suong-ha/so-noi-vu", Period: "2023-02", Edition: 1, At: at("2023-03-02 09:00"), Actor: "Văn thư", Via: "web", Claims: []schedule.Claim{c}}
	}
	read := func(_ context.Context, name string, body []byte, _ string, _ func(string, string) bool) (CollectFile, error) {
		x := CollectFile{Name: name, Hash: strings.Repeat("a", 64), Agency: string(body), Period: "2023-02", Saw: 4, Claims: 3, Faults: 1,
			Problems: []CollectProblem{{Where: "trang «Tin, bài», ô C8", Value: "31/02/2023", Words: "Không phải ngày có thật"}, {Words: "Một dòng đã mất", Note: true}}}
		if x.Agency == "rác" {
			x = CollectFile{Name: name, Fatal: true, Faults: 1, Problems: []CollectProblem{{Words: "Không phải tệp Excel"}}}
		}
		return x, f.err
	}
	return &Collect{
		Round: func(_ context.Context, p calendar.Period, deep bool, only ...string) (CollectRound, error) {
			r := CollectRound{Due: day("2023-03-07")}
			for _, a := range f.plan.Agencies {
				if len(only) > 0 && !slices.Contains(only, a.ID) {
					continue
				}
				u := CollectUnit{Agency: a, Declared: f.said[a.ID+" "+p.ID]}
				if deep {
					u.Found = schedule.FoundOf(f.eval.Matching, f.evidence, a.ID, p)
					u.Quotas = f.plan.Quotas
					u.Tally = schedule.TallyDeclared(u.Declared, u.Found, schedule.CompareDeclared(u.Declared, u.Found, p), slices.DeleteFunc(slices.Clone(f.settled), func(x schedule.DisputeAct) bool { return x.Agency != a.ID }), day("2023-03-09"))
				}
				r.Units = append(r.Units, u)
			}
			return r, f.err
		},
		Form: func(_ context.Context, _ calendar.Period, unit, _ string) (string, []byte, error) {
			return strings.ReplaceAll(unit, "/", "-") + ".xlsx", []byte("PK " + unit), f.err
		},
		Read: read,
		Take: func(_ context.Context, _, name string, saw int, by string, may func(string, string) bool) (CollectFile, error) {
			if !may("suong-ha/so-xay-dung", "2023-02") {
				return CollectFile{}, Refusal{"Tệp của đơn vị khác."}
			}
			if saw != 4 {
				return CollectFile{}, Refusal{"Có người vừa khai."}
			}
			f.said["suong-ha/so-xay-dung 2023-02"] = schedule.Declaration{Edition: 1, At: f.now, Actor: by}
			return CollectFile{Name: name, Agency: "suong-ha/so-xay-dung", Claims: 3}, f.err
		},
		Due: func(context.Context, calendar.Period, time.Time, string) error { return f.err },
		Declare: func(_ context.Context, d schedule.Declaration) error {
			d.At = f.now
			f.said[d.Agency+" "+d.Period] = d
			return f.err
		},
		Act: func(_ context.Context, a schedule.DisputeAct) error {
			if a.Words == "" {
				return Refusal{"Thiếu nội dung."}
			}
			a.At = f.now
			f.settled = append(f.settled, a)
			return f.err
		},
		Keep: func(context.Context, string, string) (string, error) { return strings.Repeat("c", 64), f.err },
	}
}

// asRole is the desk as somebody of a role sees it.
func (f *fake) asRole(role access.Role, period string, agencies ...string) http.Handler {
	opt := f.options()
	opt.Guest = access.Actor{Role: role, Account: "a1", Name: "Cán bộ", Agencies: agencies, Period: period}
	return New(opt)
}

func fillIn(t *testing.T, h http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func sendAlong(t *testing.T, h http.Handler, path string, fields map[string]string, files map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	for name, body := range files {
		part, err := m.CreateFormFile("tep", name)
		if err == nil {
			_, err = part.Write([]byte(body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &buf)
	r.Header.Set("Content-Type", m.FormDataContentType())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func formSays(t *testing.T, what string, w *httptest.ResponseRecorder, code int, says ...string) {
	t.Helper()
	if w.Code != code {
		t.Errorf("%s: %d, want %d", what, w.Code, code)
	}
	for _, s := range says {
		if !strings.Contains(w.Body.String(), s) {
			t.Errorf("%s: does not say %q", what, s)
		}
	}
}

// TestOwnFormOnly: a clerk, and whoever holds a link, gets to the form of their own unit, a link only to that of its period.
func TestOwnFormOnly(t *testing.T) {
	f := newFake()
	mine, other := "suong-ha/so-noi-vu", "suong-ha/so-xay-dung"
	for _, c := range []struct {
		role   access.Role
		period string
	}{{access.Clerk, ""}, {access.Link, "2023-02"}} {
		h := f.asRole(c.role, c.period, mine)
		formSays(t, "own form", get(t, h, "/phieu/so-noi-vu/2023-02"), 200, "<h1>Phiếu tháng", "Không ghi nội dung mật")
		for _, path := range []string{"/tai", "/tep", "/nhan", "/y-kien", "/them", "/bo", "/tra-loi"} {
			formSays(t, string(c.role)+" on another's "+path, fillIn(t, h, "/phieu/so-xay-dung/2023-02"+path, url.Values{}), 403)
		}
		formSays(t, "a week is no period of forms", get(t, h, "/phieu/so-noi-vu/2023-W06"), 404)
		formSays(t, "another's form", get(t, h, "/phieu/so-xay-dung/2023-02"), 403)
		want := 200
		if c.role == access.Link {
			want = 403
		}
		formSays(t, string(c.role)+" and another period", get(t, h, "/phieu/so-noi-vu/2023-01"), want)
	}
	link := get(t, f.asRole(access.Link, "2023-02", mine), "/phieu")
	if link.Code != 303 || link.Header().Get("Location") != "/phieu/so-noi-vu/2023-02" {
		t.Errorf("a link leads to %d %s", link.Code, link.Header().Get("Location"))
	}
	list := get(t, f.asRole(access.Clerk, "", mine), "/phieu?ky=2023-02")
	if formSays(t, "a clerk's list", list, 200, "Sở Nội vụ"); strings.Contains(list.Body.String(), "Sở Xây dựng") {
		t.Error("a clerk sees another's form in the list")
	}
	sheet := get(t, f.asRole(access.HomeAffairs, ""), "/phieu?ky=2023-02&dang=csv").Body.String()
	if !strings.Contains(sheet, "Sở Nội vụ") || !strings.Contains(sheet, "Sở Xây dựng") || !strings.Contains(sheet, "Tình trạng") || strings.Contains(sheet, "<") {
		t.Errorf("the list as a table: %.300s", sheet)
	}
	h := f.asRole(access.Clerk, "", other)
	page := get(t, h, "/doi-chieu?ky=2023-02").Body.String()
	if strings.Contains(page, "Bài chưa ai thấy") || strings.Contains(page, "Sở Nội vụ") {
		t.Error("a clerk sees another's differences")
	}
	formSays(t, "another's differences by name", get(t, h, "/doi-chieu?ky=2023-02&don-vi=so-noi-vu"), 403)
	if x := get(t, h, "/doi-chieu?ky=2023-02&dang=csv").Body.String(); strings.Contains(x, "Bài chưa") {
		t.Error("a clerk takes another's differences out")
	}
	// A returned workbook of another unit is neither shown nor taken.
	got := sendAlong(t, h, "/phieu/so-xay-dung/2023-02/tep", nil, map[string]string{"b.xlsx": mine})
	if formSays(t, "another's workbook", got, 200, "đơn vị hoặc kỳ khác"); strings.Contains(got.Body.String(), "31/02/2023") {
		t.Error("another's workbook is shown")
	}
	formSays(t, "another's workbook taken", fillIn(t, f.asRole(access.Clerk, "", mine), "/phieu/so-noi-vu/2023-02/nhan", url.Values{"tep": {strings.Repeat("a", 64) + " 4 b.xlsx"}}), 422, "Tệp của đơn vị khác")
}

// TestFormOnThePage: what a clerk does without Excel; every mistake keeps what was typed.
func TestFormOnThePage(t *testing.T) {
	f := newFake()
	h := f.asRole(access.Clerk, "", "suong-ha/so-xay-dung")
	const at = "/phieu/so-xay-dung/2023-02"
	add := func(edition string, more ...string) *httptest.ResponseRecorder {
		fields := map[string]string{"lan": edition, "loai": "piece", "ngay": "20/02/2023", "ten": "Bài mới", "dia-chi": "http://so.example/moi"}
		for i := 0; i < len(more); i += 2 {
			fields[more[i]] = more[i+1]
		}
		return sendAlong(t, h, at+"/them", fields, map[string]string{"anh.jpg": "\xff\xd8\xff\xe0 ảnh"})
	}
	formSays(t, "a bad day", add("0", "ngay", "31/02/2023"), 422, "ngày có thật", `value="31/02/2023"`, `value="Bài mới"`)
	formSays(t, "a day to come", add("0", "ngay", "20/02/2024"), 422, "còn ở phía trước")
	formSays(t, "no words", add("0", "ten", "", "dia-chi", ""), 422, "tên tin, bài hoặc địa chỉ")
	formSays(t, "an old edition", add("7"), 422, "Có người vừa khai")
	formSays(t, "a kind of its own", add("0", "loai", "x"), 422, "Chưa chọn nội dung")
	formSays(t, "added", add("0"), 303)
	d := f.said["suong-ha/so-xay-dung 2023-02"]
	if len(d.Claims) != 1 || d.Edition != 1 || !d.Claims[0].Date.Equal(day("2023-02-20")) || d.Claims[0].File == "" || d.Actor != "Cán bộ" {
		t.Errorf("%+v", d)
	}
	formSays(t, "a program as proof", sendAlong(t, h, at+"/them", map[string]string{"lan": "1", "loai": "piece", "ngay": "20/02/2023", "ten": "x"}, map[string]string{"a.html": "<script>alert(1)</script>"}), 422, "cần là ảnh")
	formSays(t, "quantities", sendAlong(t, h, at+"/them", map[string]string{"lan": "1", "loai": "quantity", "ten": "Tờ rơi", "n-2": "1.200"}, nil), 303)
	formSays(t, "no number", sendAlong(t, h, at+"/them", map[string]string{"lan": "2", "loai": "quantity", "ten": "Tờ rơi", "n-2": "nhiều"}, nil), 422, "cần số nguyên")
	formSays(t, "a paper", sendAlong(t, h, at+"/them", map[string]string{"lan": "2", "loai": "paper", "so": "12/KH-SXD", "ngay": "1/2/2023"}, nil), 303)
	formSays(t, "the page", get(t, h, at), 200, "Bài mới", "1.200", "12/KH-SXD", "Đã khai lần 3")
	answers := url.Values{"lan": {"3"}, "ma": {"i1", "i2"}, "y-0": {"right"}, "y-1": {"not_ours"}, "ghi-chu-1": {"của xã"}}
	formSays(t, "answers", fillIn(t, h, at+"/y-kien", answers), 303)
	formSays(t, "a note without an answer", fillIn(t, h, at+"/y-kien", url.Values{"lan": {"4"}, "ma": {"i1"}, "ghi-chu-0": {"?"}}), 422, "chưa chọn ý kiến")
	d = f.said["suong-ha/so-xay-dung 2023-02"]
	if len(d.Claims) != 5 || d.Claims[1].Answer != schedule.AnswerNotOurs || d.Claims[3].Counts[2] != 1200 {
		t.Errorf("%+v", d.Claims)
	}
	formSays(t, "dropped", fillIn(t, h, at+"/bo", url.Values{"lan": {"4"}, "dong": {"2"}}), 303)
	formSays(t, "an answer is not dropped", fillIn(t, h, at+"/bo", url.Values{"lan": {"5"}, "dong": {"0"}}), 422)
	if n := len(f.said["suong-ha/so-xay-dung 2023-02"].Claims); n != 4 {
		t.Errorf("%d claims left", n)
	}
}

// TestOfficersRound: forms out, many back at once, errors by cell, what is confirmed is taken; what is disputed is settled.
func TestOfficersRound(t *testing.T) {
	f := newFake()
	h := f.asRole(access.Officer, "")
	formSays(t, "the round", get(t, h, "/bieu-thu-thap?ky=2023-02"), 200, "07/3/2023", "Sở Xây dựng", "chưa gửi", "Kính gửi")
	one := fillIn(t, h, "/bieu-thu-thap/tai", url.Values{"ky": {"2023-02"}, "don-vi": {"suong-ha/so-xay-dung"}})
	if !strings.Contains(one.Header().Get("Content-Disposition"), ".xlsx") {
		t.Errorf("one form: %v", one.Header())
	}
	many := fillIn(t, h, "/bieu-thu-thap/tai", url.Values{"ky": {"2023-02"}, "don-vi": {"suong-ha/so-xay-dung", "suong-ha/so-noi-vu"}})
	if many.Header().Get("Content-Type") != "application/zip" || !strings.HasPrefix(many.Body.String(), "PK") {
		t.Errorf("many forms: %v", many.Header())
	}
	formSays(t, "none chosen", fillIn(t, h, "/bieu-thu-thap/tai", url.Values{"ky": {"2023-02"}}), 422, "Chưa chọn")
	formSays(t, "no day", fillIn(t, h, "/bieu-thu-thap/han", url.Values{"ky": {"2023-02"}, "han": {"mai"}}), 422, "Chưa hiểu hạn")
	formSays(t, "a day", fillIn(t, h, "/bieu-thu-thap/han", url.Values{"ky": {"2023-02"}, "han": {"10/3/2023"}}), 303)
	back := sendAlong(t, h, "/bieu-thu-thap/nhap", nil, map[string]string{"a.xlsx": "suong-ha/so-xay-dung", "b.doc": "rác"})
	formSays(t, "what came back", back, 200, "ô C8", "31/02/2023", "Không phải tệp Excel", "Nhận các dòng đúng", "Chưa có gì được ghi")
	box := regexp.MustCompile(`name="tep" value="([^"]+)"`).FindStringSubmatch(back.Body.String())
	if box == nil {
		t.Fatal("nothing to confirm")
	}
	formSays(t, "nothing chosen", fillIn(t, h, "/bieu-thu-thap/nhan", url.Values{}), 422, "Chưa chọn tệp")
	formSays(t, "taken", fillIn(t, h, "/bieu-thu-thap/nhan", url.Values{"tep": {box[1]}}), 303)

	page := get(t, h, "/doi-chieu?ky=2023-02&don-vi=so-noi-vu")
	formSays(t, "differences", page, 200, "Chỉ đơn vị khai", "hai cột không cộng vào nhau", "Nếu chấp nhận")
	id := regexp.MustCompile(`name="sai-khac" value="([^"]+)"`).FindStringSubmatch(page.Body.String())
	act := func(kind, words, seq string) *httptest.ResponseRecorder {
		return fillIn(t, h, "/doi-chieu/so-noi-vu/2023-02/xu-ly", url.Values{"sai-khac": {id[1]}, "thu-tu": {seq}, "viec": {kind}, "noi-dung": {words}, "nhiem-vu": {"A-4"}, "hang": {"C"}})
	}
	formSays(t, "no reason", act("refuse", "", "1"), 422, "Thiếu nội dung")
	formSays(t, "no such thing", act("drop", "x", "1"), 422, "Chưa chọn cách xử lý")
	formSays(t, "asked", act("ask", "Xin gửi ảnh", "1"), 303)
	formSays(t, "answered by the unit", fillIn(t, f.asRole(access.Clerk, "", "suong-ha/so-noi-vu"), "/phieu/so-noi-vu/2023-02/tra-loi", url.Values{"sai-khac": {id[1]}, "thu-tu": {"2"}, "noi-dung": {"Đã gửi"}, "ve": {"//xau.example"}}), 303)
	formSays(t, "accepted", act("accept", "Đã xem trang", "3"), 303)
	last := f.settled[len(f.settled)-1]
	if last.Quota != "A-4" || last.Grade != media.GradeC || last.Seq != 3 || last.Agency != "suong-ha/so-noi-vu" {
		t.Errorf("%+v", last)
	}
	if x := get(t, h, "/doi-chieu?ky=2023-02&dang=csv"); !strings.Contains(x.Body.String(), "Chỉ đơn vị khai") && !strings.Contains(x.Body.String(), "chỉ đơn vị khai") {
		t.Errorf("sheet: %s", x.Body)
	}
	f.err = fmt.Errorf("disk")
	for _, path := range []string{"/bieu-thu-thap", "/phieu", "/phieu/so-noi-vu/2023-02", "/doi-chieu"} {
		formSays(t, path+" without a store", get(t, h, path), 500, "Chưa đọc được dữ liệu")
	}
}

// TestBesides: what a paper or a station brings besides its column or programme is no question, save what is nearly in it, waits
// for a person there, or is about reform and stands elsewhere.
func TestBesides(t *testing.T) {
	reform, doubt := &media.Verdict{Reform: true}, &media.Verdict{Reform: true, Review: true}
	for name, c := range map[string]struct {
		x    schedule.Rejection
		want bool
	}{
		"another programme":                 {schedule.Rejection{Reason: schedule.Reason{Code: "wrong_theme"}}, true},
		"nearly the programme":              {schedule.Rejection{Reason: schedule.Reason{Code: "wrong_theme"}, Near: true}, false},
		"elsewhere in the paper":            {schedule.Rejection{Reason: schedule.Reason{Code: "not_in_column"}}, true},
		"elsewhere, about reform":           {schedule.Rejection{Reason: schedule.Reason{Code: "not_in_column"}, Evidence: media.Evidence{Verdict: reform}}, false},
		"elsewhere, perhaps about reform":   {schedule.Rejection{Reason: schedule.Reason{Code: "not_in_column"}, Evidence: media.Evidence{Verdict: doubt}}, true},
		"elsewhere, and a person is waited": {schedule.Rejection{Reason: schedule.Reason{Code: "not_in_column"}, Evidence: media.Evidence{Verdict: doubt}, Awaiting: true}, false},
		"too short":                         {schedule.Rejection{Reason: schedule.Reason{Code: "too_short"}}, false},
	} {
		if got := besides(c.x); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
