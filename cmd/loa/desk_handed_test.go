package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/web"
	"loa/web/access"
)

// station is a real engine with its desk, as the people of the sample province meet it.
type station struct {
	desk
	e *engine
}

// newStation opens an engine at a business time, evaluated once.
func newStation(t *testing.T, at string) *station {
	t.Helper()
	now, err := time.ParseInLocation("2006-01-02T15:04", at, calendar.Zone)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t)
	a := &app{stdio: stdio{strings.NewReader(""), io.Discard, io.Discard}, cli: &cli{Data: d.data, Plans: d.plans}, ctx: t.Context(), log: slog.New(slog.DiscardHandler)}
	e, err := a.open(a.planFiles(), "mau/2023", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	if _, err := e.judgeAndEvaluate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return &station{d, e}
}

// Who comes to the desk in these tests.
func officer() access.Actor {
	return access.Actor{Account: "a-officer", Login: "canbo", Name: "Chuyên viên (mẫu)", Role: access.Officer}
}

func planner(agencies ...string) access.Actor {
	return access.Actor{Account: "a-planner", Login: "laplich", Name: "Người lập lịch (mẫu)", Role: access.Planner, Agencies: agencies}
}

// ask sends a request as a person. A body makes it a POST.
func (s *station) ask(who access.Actor, path string, contentType string, body io.Reader) *httptest.ResponseRecorder {
	s.t.Helper()
	method := "GET"
	if body != nil {
		method = "POST"
	}
	s.e.login = web.Login{Guest: who}
	r := httptest.NewRequest(method, path, body)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	s.e.desk(s.e.plan, nil).ServeHTTP(w, r)
	return w
}

func (s *station) get(who access.Actor, path string) string {
	s.t.Helper()
	w := s.ask(who, path, "", nil)
	if w.Code != http.StatusOK {
		s.t.Fatalf("GET %s: %d\n%s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// post sends a form, and gives where it leads.
func (s *station) post(who access.Actor, path string, fields url.Values) (code int, to, body string) {
	s.t.Helper()
	w := s.ask(who, path, "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

// upload sends a form with a file named field, if it has bytes.
func (s *station) upload(who access.Actor, path string, fields map[string]string, field, name string, data []byte) (code int, to, body string) {
	s.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			s.t.Fatal(err)
		}
	}
	if data != nil {
		part, err := m.CreateFormFile(field, name)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		s.t.Fatal(err)
	}
	w := s.ask(who, path, m.FormDataContentType(), &b)
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

var airTags = regexp.MustCompile(`<[^>]*>`)

// says checks that a page's text has all of the words.
func (s *station) says(what, body string, words ...string) {
	s.t.Helper()
	text := strings.Join(strings.Fields(airTags.ReplaceAllString(strings.ReplaceAll(body, "<", " <"), "")), " ")
	for _, word := range words {
		if !strings.Contains(text, word) {
			s.t.Errorf("%s does not say %q:\n%s", what, word, text)
		}
	}
	if regexp.MustCompile(`--[a-z]|\bloa [a-z]+ `).MatchString(text) {
		s.t.Errorf("%s names flags or commands:\n%s", what, text)
	}
}

// TestLogThroughTheDesk: a log with mistakes is handed in, its mistakes are told by row and column, it is mended on the
// same page and confirmed, and its week gets a result.
func TestLogThroughTheDesk(t *testing.T) {
	s := newStation(t, "2023-03-20T08:00")
	const week = "2023-W10"
	me := planner("mau/dai-ptth")
	fields := map[string]string{"loai": media.FormAirings, "kenh": "mau-tv", "tu": "2023-03-06", "den": "2023-03-12", "nguoi-gui": "Phòng Chương trình (mẫu)"}
	bad := reform("10/03/2023")
	bad[4] = "25:70"
	s.says("the form", s.get(me, "/phat-song/nhap?loai=airings"), "Truyền hình Mẫu", "Xem trước")
	code, to, body := s.upload(me, "/phat-song/nhap", fields, "tep", "nhat-ky.xlsx", xlsxLog(t, news("06/03/2023"), bad))
	if code != http.StatusSeeOther || !strings.HasPrefix(to, "/phat-song/nhap/") {
		t.Fatalf("handed in: %d %s\n%s", code, to, body)
	}
	s.says("the preview", s.get(me, to), "Còn 1 lỗi, chưa nạp được", "nhat-ky.xlsx , dạng XLSX", "5 Giờ phát sóng 25:70", "Bản tin")
	if code, _, body := s.post(me, to+"/nap", nil); code != http.StatusUnprocessableEntity || !strings.Contains(body, "Còn 1 lỗi phải sửa; chưa nạp dòng nào.") {
		t.Errorf("a log with a mistake: %d\n%s", code, body)
	}
	if n := len(s.airings("mau-tv", true)); n != 0 {
		t.Fatalf("%d airings of a log that was not confirmed", n)
	}
	// Nobody else reaches it, however they come.
	other := me
	other.Account, other.Login = "a-other", "khac"
	for _, who := range []access.Actor{other, officer()} {
		if w := s.ask(who, to, "", nil); w.Code != http.StatusNotFound {
			t.Errorf("%s sees another's file: %d", who.Login, w.Code)
		}
		if code, _, _ := s.post(who, to+"/nap", nil); code != http.StatusNotFound {
			t.Errorf("%s stores another's file: %d", who.Login, code)
		}
	}
	// Mended: the file alone is sent again, everything else stays as it was told.
	delete(fields, "loai")
	code, again, body := s.upload(me, to, fields, "tep", "nhat-ky-sua.xlsx", xlsxLog(t, news("06/03/2023"), reform("10/03/2023")))
	if code != http.StatusSeeOther || again != to {
		t.Fatalf("mended: %d %s\n%s", code, again, body)
	}
	s.says("the mended preview", s.get(me, to), "Đọc được, chờ xác nhận", "2 lần phát sóng", "5 ngày trong khoảng đã khai không có dòng nào", "Chung tay cải cách hành chính")
	if code, at, body := s.post(me, to+"/nap", nil); code != http.StatusSeeOther || at != to {
		t.Fatalf("confirmed: %d\n%s", code, body)
	}
	s.says("what it changed", s.get(me, to), "Đã nạp 2 lần phát sóng", "B-D1", "chưa đủ dữ liệu", "đạt (1/01)")
	if code, _, _ := s.post(me, to+"/nap", nil); code != http.StatusSeeOther || len(s.airings("mau-tv", true)) != 2 {
		t.Error("confirmed twice, stored twice")
	}
	s.says("the week", s.get(me, "/phat-song?tuan="+week), "nhat-ky-sua.xlsx", "Phòng Chương trình (mẫu)", "B-D1 : được tính", "Chưa có nhật ký của 7 ngày")
	if got := s.state("2023-03-20T08:00", week); got != "met false" {
		t.Errorf("the week: %s", got)
	}
}

// TestOnlyOwnChannels: a planner hands in nothing of another station's channel, whether chosen or named by the file.
func TestOnlyOwnChannels(t *testing.T) {
	s := newStation(t, "2023-03-20T08:00")
	me := planner("mau/dai-khac")
	for name, channel := range map[string]string{"chosen": "mau-tv", "named by the file": ""} {
		fields := map[string]string{"loai": media.FormAirings, "kenh": channel, "nguoi-gui": "X"}
		_, to, _ := s.upload(me, "/phat-song/nhap", fields, "tep", "a.csv", csvLog(reform("10/03/2023")))
		s.says(name, s.get(me, to), "không thuộc phạm vi của tài khoản")
		if code, _, _ := s.post(me, to+"/nap", nil); code != http.StatusUnprocessableEntity {
			t.Errorf("%s: stored with %d", name, code)
		}
	}
	if n := len(s.airings("mau-tv", true)); n != 0 {
		t.Errorf("%d airings stored", n)
	}
	if w := s.ask(me, "/phat-song/nhap", "application/x-www-form-urlencoded", strings.NewReader("loai=print")); w.Code == http.StatusSeeOther {
		t.Error("a planner hands in what was printed")
	}
	editor := access.Actor{Account: "a-editor", Name: "Biên tập viên (mẫu)", Role: access.Editor, Agencies: []string{"mau/bao"}}
	if code, _, _ := s.upload(editor, "/phat-song/nhap", map[string]string{"loai": media.FormAirings, "nguoi-gui": "X"}, "tep", "a.csv", csvLog(reform("10/03/2023"))); code != http.StatusForbidden {
		t.Errorf("an editor hands in a log: %d", code)
	}
}
