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

// TestCommuneFormThroughTheDesk: the form of a telephone takes the way of every form; another's commune is refused.
func TestCommuneFormThroughTheDesk(t *testing.T) {
	s := newStation(t, "2023-04-05T08:00")
	commune := ""
	for _, a := range s.e.plan.Agencies {
		if a.Level == media.Commune && a.Parent != "" && commune == "" {
			commune = a.ID
		}
	}
	if commune == "" {
		t.Fatal("the sample plan names no commune")
	}
	link := access.Actor{Name: "Đường dẫn của đơn vị", Role: access.Link, Agencies: []string{commune}, Period: "2023-03", Session: "phieu-1"}
	form := map[string]string{"xa": commune, "thang": "2023-03", "so-tin": "nhiều", "so-phut": "45", "ngay": "03, 10, 17", "nguoi-gui": "Văn hóa xã (mẫu)", "ky": "1"}
	if code, _, body := s.upload(link, "/truyen-thanh/phieu", form, "", "", nil); code != http.StatusUnprocessableEntity || !strings.Contains(body, "đang ghi «nhiều»") {
		t.Errorf("a number that is none: %d\n%s", code, body)
	}
	form["so-tin"] = "4"
	photo := []byte("\xff\xd8\xff\xe0 phieu")
	code, to, body := s.upload(link, "/truyen-thanh/phieu", form, "tep", "phieu.jpg", photo)
	if code != http.StatusSeeOther {
		t.Fatalf("handed in: %d %s\n%s", code, to, body)
	}
	held, err := s.e.store.Registers(t.Context(), commune)
	if err != nil || len(held) != 1 || len(held[0].Rows) != 4 || held[0].FileHash != hashOf(photo) || !held[0].Rows[0].Bulletin.Signed || held[0].From.In(calendar.Zone).Month() != time.March {
		t.Fatalf("%v %+v", err, held)
	}
	s.says("the month", s.get(officer(), "/truyen-thanh?thang=2023-03"), "Văn hóa xã (mẫu)", "có chữ ký", "45 phút")
	form["xa"] = "mau/xa-khac"
	if code, _, _ := s.upload(link, "/truyen-thanh/phieu", form, "", "", nil); code != http.StatusForbidden {
		t.Errorf("another commune's form: %d", code)
	}
	form["xa"], form["thang"] = commune, "2023-02"
	if code, _, _ := s.upload(link, "/truyen-thanh/phieu", form, "", "", nil); code != http.StatusForbidden {
		t.Errorf("another month's form: %d", code)
	}
	// The officer draws communes and records what was heard.
	if code, to, body := s.post(officer(), "/truyen-thanh/chon?thang=2023-03", url.Values{"so-xa": {"2"}}); code != http.StatusSeeOther {
		t.Fatalf("drawn: %d %s %s", code, to, body)
	}
	month, err := s.e.radioMonth(t.Context(), time.Date(2023, 3, 1, 0, 0, 0, 0, calendar.Zone))
	if err != nil {
		t.Fatal(err)
	}
	picked := ""
	for _, c := range month.Communes {
		if c.Picked {
			picked = c.ID
		}
	}
	if code, _, body := s.upload(officer(), "/truyen-thanh/nghe?thang=2023-03", map[string]string{"xa": picked, "ket-qua": "not-checked"}, "", "", nil); code != http.StatusUnprocessableEntity || strings.Contains(body, "--") && strings.Contains(body, "--note") {
		t.Errorf("not heard without a word: %d", code)
	}
	if code, _, body := s.upload(officer(), "/truyen-thanh/nghe?thang=2023-03", map[string]string{"xa": picked, "ket-qua": "heard", "luc": "5h30 ngày 20/3/2023"}, "", "", nil); code != http.StatusSeeOther {
		t.Errorf("heard: %d\n%s", code, body)
	}
	s.says("what was heard", s.get(officer(), "/truyen-thanh?thang=2023-03"), "Có phát nội dung cải cách hành chính", "khoảng tin cậy 95%")
}

// TestMakeGoodThroughTheDesk: a confirmed miss is made good on the desk: opened and pledged by the station, agreed by
// the department, proven by the log.
func TestMakeGoodThroughTheDesk(t *testing.T) {
	const at = "2023-03-20T08:00"
	s := newStation(t, at)
	for _, channel := range []string{"mau-tv", "mau-fm"} {
		log := csvLog(news("06/03/2023"))
		if channel == "mau-fm" {
			log = []byte("Ngày;Giờ;Chương trình;Thời lượng;Phát mới/Phát lại\n6/3/2023;5h30;Bản tin sáng;15';PM\n")
		}
		s.ok("import", "airings", s.file(channel+".csv", log), "--at", at, "--channel", channel, "--from", "2023-03-06", "--to", "2023-03-12")
	}
	s.ok("decide", "confirm-missed", "--at", at, "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--by", "Chuyên viên (mẫu)", "--reason", "Đài xác nhận")
	me := planner("mau/dai-ptth")
	s.says("what can be opened", s.get(me, "/phat-bu"), "Mở việc phát bù", "B-D1", "Tuần 10")
	code, to, body := s.post(me, "/phat-bu", url.Values{"ky": {"B-D1 mau/dai-ptth 2023-W10"}, "vi-sao": {"technical"}})
	if code != http.StatusSeeOther || to != "/phat-bu/PB-01" {
		t.Fatalf("opened: %d %s\n%s", code, to, body)
	}
	pledge := map[string]string{"kenh": "mau-tv", "ngay": "2023-03-21", "gio": "20:05", "phut": "5"}
	code, _, body = s.upload(me, to+"/hen", pledge, "", "", nil)
	if code != http.StatusUnprocessableEntity {
		t.Errorf("five minutes: %d", code)
	}
	s.says("what would not count", body, "cần ít nhất 15 phút")
	pledge["phut"] = "20"
	if code, _, body = s.upload(me, to+"/hen", pledge, "", "", nil); code != http.StatusSeeOther {
		t.Fatalf("proposed: %d\n%s", code, body)
	}
	if code, _, _ = s.upload(me, to+"/thong-nhat", map[string]string{"lan": "1", "van-ban": "20/SNV"}, "", "", nil); code != http.StatusForbidden {
		t.Errorf("a planner agrees: %d", code)
	}
	if code, _, body = s.upload(officer(), to+"/thong-nhat", map[string]string{"lan": "1", "van-ban": "20/SNV", "ngay-van-ban": "2023-03-20"}, "tep", "vb.pdf", []byte("%PDF-1.4 mẫu")); code != http.StatusSeeOther {
		t.Fatalf("agreed: %d\n%s", code, body)
	}
	code, _, body = s.upload(me, to+"/da-phat", map[string]string{"lan": "1"}, "", "", nil)
	if code != http.StatusUnprocessableEntity {
		t.Errorf("proven before it was aired: %d", code)
	}
	s.says("not aired yet", body, "Không ghi được")
	s.says("the case", s.get(officer(), to), "20/SNV", "Lần hẹn 1", "Kết thúc việc này")
}
