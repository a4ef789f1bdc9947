package main

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"loa/report"
	"loa/schedule/calendar"
	"loa/web"
	"loa/web/access"
)

// deskAt is the desk of the server over an installation at a moment, with an officer at it.
func (d desk) deskAt(moment string) (*engine, http.Handler) {
	d.t.Helper()
	at, err := time.ParseInLocation("2006-01-02T15:04", moment, calendar.Zone)
	if err != nil {
		d.t.Fatal(err)
	}
	a := &app{stdio: stdio{strings.NewReader(""), io.Discard, io.Discard}, cli: &cli{Data: d.data, DB: filepath.Join(d.data, "loa.db"), Plans: d.plans}, ctx: d.t.Context(), log: slog.New(slog.DiscardHandler)}
	e, err := a.open(os.DirFS(d.plans), "mau/2023", func() time.Time { return at })
	if err != nil {
		d.t.Fatal(err)
	}
	e.login = web.Login{Guest: access.Actor{Role: access.Officer, Login: "cv", Name: "Chuyên viên"}}
	return e, e.desk(e.plan, nil)
}

func askPage(h http.Handler, path string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

func postPage(h http.Handler, path string, v url.Values) (int, string) {
	r := httptest.NewRequest("POST", path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func postSigned(t *testing.T, h http.Handler, path string, v url.Values, body string) (int, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k := range v {
		_ = m.WriteField(k, v.Get(k)) // into memory
	}
	w, err := m.CreateFormFile("tep", "đã ký.pdf")
	if err == nil {
		_, err = io.WriteString(w, body)
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Code, rec.Body.String()
}

// TestPaperIssued: an officer's note stands through a restating; an issued paper's files stay byte for byte whatever is written
// and decided later; the restated revision is a draft again, with its own number.
func TestPaperIssued(t *testing.T) {
	d := closable(t)
	const period, page, note = "2023-03@14", "/bao-cao/2023-03@14", "Báo có 01 trang đặc biệt về CCHC."
	v := func(more ...string) url.Values {
		out := url.Values{"van-ban": {"cong-van"}}
		for i := 0; i < len(more); i += 2 {
			out.Set(more[i], more[i+1])
		}
		return out
	}
	e, h := d.deskAt("2023-03-15T10:00")
	issue := v("lan", "1", "sau", "2", "so", "45/STTTT-TTBCXB", "ngay", "16/3/2023")
	if code, body := postPage(h, page+"/ghi-chu", v("muc", "bao-chi", "ghi-chu", note)); code != 303 {
		t.Fatalf("noted: %d %s", code, body)
	}
	if code, _ := postPage(h, page+"/ghi-chu", v("muc", "khac", "ghi-chu", "x")); code != 422 {
		t.Errorf("a section that is not there: %d", code)
	}
	if code, _ := postPage(h, page+"/cho-gui", v("danh-sach", "true")); code != 303 {
		t.Errorf("ticked: %d", code)
	}
	if code, body := postSigned(t, h, page+"/ban-hanh", issue, "%PDF-1.7 bản ký"); code != 422 || !strings.Contains(body, "chưa chốt số liệu") && !strings.Contains(body, "chưa đến") {
		t.Errorf("issued before it is closed: %d", code)
	}
	e.close()
	d.ok("close", "--period", period, "--by", "Chuyên viên", "--at", "2023-03-15T11:00")
	e, h = d.deskAt("2023-03-17T10:00")
	code, body := askPage(h, page)
	if code != 200 || !strings.Contains(body, note) || !strings.Contains(body, "Dự thảo") {
		t.Fatalf("the draft: %d", code)
	}
	for words, change := range map[string][]string{"vừa thay đổi": {"sau", "1"}, "chốt lại": {"lan", "2"}, "đứng trước ngày chốt": {"ngay", "14/3/2023"}, "chưa đến": {"ngay", "18/3/2023"}, "cần ghi số": {"so", ""}, "không có số để ban hành": {"van-ban", "bang-theo-doi"}} {
		bad := url.Values{}
		for k := range issue {
			bad.Set(k, issue.Get(k))
		}
		bad.Set(change[0], change[1])
		if code, body := postSigned(t, h, page+"/ban-hanh", bad, "%PDF-1.7 bản ký"); code != 422 || !strings.Contains(strings.ToLower(body), words) {
			t.Errorf("%v: %d, does not say %q", change, code, words)
		}
	}
	if code, body := postSigned(t, h, page+"/ban-hanh", issue, "%PDF-1.7 bản ký"); code != 303 {
		t.Fatalf("issued: %d %s", code, body)
	}
	if code, body := postSigned(t, h, page+"/ban-hanh", issue, "%PDF-1.7 bản ký"); code != 422 || !strings.Contains(body, "đã ban hành") {
		t.Errorf("issued twice: %d", code)
	}
	if code, body := postPage(h, page+"/ghi-chu", v("muc", "bao-chi", "ghi-chu", "khác")); code != 422 || !strings.Contains(body, "đã ban hành") {
		t.Errorf("noted after it was issued: %d", code)
	}
	if _, body := askPage(h, page+"/lan/1/cong-van/da-ky.pdf"); body != "%PDF-1.7 bản ký" {
		t.Errorf("the signed paper: %q", body)
	}
	files := map[string]string{}
	for _, f := range report.Formats() {
		code, body := askPage(h, page+"/"+f.Name+"?van-ban=cong-van")
		if files[f.Name] = body; code != 200 || body == "" {
			t.Fatalf("%s: %d", f.Name, code)
		}
		out := filepath.Join(t.TempDir(), "r."+f.Name)
		d.ok("report", "--period", period, "--format", f.Name, "--paper", "cong-van", "-o", out, "--at", "2023-03-18T10:00")
		if raw, err := os.ReadFile(out); err != nil || string(raw) != body {
			t.Errorf("%s: the command line gives another file: %v", f.Name, err)
		}
	}
	for _, want := range []string{note, "Số: 45/STTTT-TTBCXB", "ngày 16 tháng 3 năm 2023"} {
		if !strings.Contains(files["html"], want) || strings.Contains(files["html"], "DỰ THẢO") {
			t.Errorf("the issued paper does not say %q, or says that it is a draft", want)
		}
	}
	d.refused(2, []string{"đã ban hành"}, "report", "--period", period, "--format", "docx", "--show", "gan-dat", "--at", "2023-03-18T10:00")
	e.close()

	// A late log restates the period: a new draft that has the note, beside the issued paper.
	d.ok("import", "airings", d.file("muon.csv", csvLog(news("27/02/2023"), reform("02/03/2023"))), "--at", "2023-03-20T08:00", "--channel", "mau-tv",
		"--from", "2023-02-27", "--to", "2023-03-05", "--sender", "Đài PT-TH tỉnh Mẫu")
	d.ok("decide", "restate", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W09", "--by", "Trưởng phòng", "--reason", "Đài gửi nhật ký bổ sung", "--at", "2023-03-22T09:00")
	d.ok("letters", "note", "--period", period, "--section", "trang-tin", "Cổng có chuyên trang mới.", "--at", "2023-03-22T10:00")
	e, h = d.deskAt("2023-03-22T11:00")
	defer e.close()
	code, body = askPage(h, page)
	for _, want := range []string{"Dự thảo", note, "Cổng có chuyên trang mới.", "đã ban hành", "45/STTTT-TTBCXB", "/so-sanh"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("restated: %d, no %q", code, want)
		}
	}
	if _, body := askPage(h, page+"?lan=1"); !strings.Contains(body, note) || strings.Contains(body, "Cổng có chuyên trang mới.") {
		t.Error("the text of the issued paper is not what it was")
	}
	for name, was := range files {
		if code, got := askPage(h, page+"/lan/1/cong-van/"+name); code != 200 || got != was {
			t.Errorf("%s of the issued paper changed: %d, %d bytes, were %d", name, code, len(got), len(was))
		}
		if _, got := askPage(h, page+"/"+name+"?van-ban=cong-van"); got == was {
			t.Errorf("%s of the new draft is the issued file", name)
		}
		out := filepath.Join(t.TempDir(), "r."+name)
		d.ok("report", "--period", period, "--format", name, "--paper", "cong-van", "--revision", "1", "-o", out, "--at", "2023-03-23T10:00")
		if raw, err := os.ReadFile(out); err != nil || string(raw) != was {
			t.Errorf("%s: the command line gives another file of revision 1: %v", name, err)
		}
	}
	if code, body := askPage(h, page+"/so-sanh?a=1&b=2"); code != 200 || !strings.Contains(body, "Thêm: ") || !strings.Contains(body, "Đài gửi nhật ký bổ sung") {
		t.Errorf("differences: %d", code)
	}
	signed := d.file("ky2.pdf", []byte("%PDF-1.7 lần hai"))
	letter := []string{"letters", "report", "--period", period, "--number", "52/STTTT-TTBCXB", "--date", "2023-03-22", "--file", signed}
	d.refused(2, []string{"không phải PDF"}, "letters", "report", "--period", period, "--number", "52", "--date", "2023-03-22", "--file", d.file("ky.txt", []byte("x")), "--at", "2023-03-22T12:00")
	if out := d.ok(append(letter, "--at", "2023-03-22T12:00")...); !strings.Contains(out, "lần chốt 2") {
		t.Error(out)
	}
	d.refused(2, []string{"đã ban hành"}, append(letter, "--at", "2023-03-22T13:00")...)
	if out := d.ok("audit", "verify"); out == "" {
		t.Error("the chain of events is not verified")
	}
}

// TestEveryClosingPrints: the report of every closed period can be made as it was known then, long after later visits were stored.
func TestEveryClosingPrints(t *testing.T) {
	e := seededEngine(t)
	heads, err := e.store.ClosingHeads(t.Context(), e.plan.ID, time.Time{})
	if err != nil || len(heads) == 0 {
		t.Fatal(len(heads), err)
	}
	data, plans := e.app.cli.Data, samplePlans(t)
	e.close()
	for _, c := range heads {
		out, errOut, code := loa(t, "", "report", "--plan", "mau/2023", "--plans", plans, "--data", data, "--at", seededNow.Format("2006-01-02T15:04"),
			"--period", c.Period, "--revision", strconv.Itoa(c.Revision), "--format", "json")
		if code != 0 || !strings.Contains(out, c.Dataset) {
			t.Errorf("%s, revision %d: %d %s", c.Period, c.Revision, code, errOut)
		}
	}
}
