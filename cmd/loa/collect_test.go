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
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/schedule/calendar"
	"loa/web"
	"loa/web/access"
)

// at the desk of an engine, as somebody of a role.
func deskAs(e *engine, a access.Actor) http.Handler {
	return web.New(web.Options{Login: web.Login{Guest: a}, Plan: e.plan, Calendar: e.cal, Standings: e.store, Items: e.store, Business: e.business, Machine: e.machine, Log: e.app.log, ReportInput: e.reportInput, Collect: e.collectDoors()})
}

func deskSays(t *testing.T, h http.Handler, method, path, kind string, body io.Reader, code int) string {
	t.Helper()
	r := httptest.NewRequest(method, path, body)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != code {
		t.Fatalf("%s %s: %d, want %d\n%.3000s", method, path, w.Code, code, w.Body)
	}
	return w.Body.String()
}

func deskTakes(t *testing.T, h http.Handler, path string, code int, form url.Values) string {
	t.Helper()
	return deskSays(t, h, "POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), code)
}

func has(t *testing.T, what, page string, says ...string) {
	t.Helper()
	for _, s := range says {
		if !strings.Contains(page, s) {
			t.Errorf("%s does not say %q", what, s)
		}
	}
}

// edit opens a workbook, changes cells of the sheet of pieces, and saves it.
func edit(t *testing.T, path string, change func(f *excelize.File, set func(cell string, v any))) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	change(f, func(cell string, v any) {
		if err := f.SetCellValue("Tin, bài", cell, v); err != nil {
			t.Fatal(err)
		}
	})
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
}

// TestFormGoesRound: a form goes out filled in, a clerk corrects it in a spreadsheet, errors come back by their cells,
// the mended one is taken, differences are asked, answered and settled: then the standing changes, and the report shows
// both columns.
func TestFormGoesRound(t *testing.T) {
	const when = "2023-04-03T10:00"
	d := crawled(t, when, "so-tu-phap", "bao-cchc")
	file := filepath.Join(t.TempDir(), "so-tu-phap.xlsx")
	d.refused(2, []string{"đúng một --unit"}, "collect", "export", "--period", "2023-03", "-o", file, "--at", when)
	d.ok("collect", "export", "--period", "2023-03", "--unit", "so-tu-phap", "--due", "2023-04-12", "-o", file, "--at", when, "--by", "Chuyên viên")
	has(t, "before", d.ok("collect", "missing", "--period", "2023-03", "--at", when), "12/4/2023", "so-tu-phap\tSở Tư pháp", "chưa gửi, đã xuất biểu 03/4/2023")

	counted, rows := "", 0
	edit(t, file, func(f *excelize.File, set func(string, any)) {
		all, err := f.GetRows("Tin, bài")
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range all {
			if i < 3 || len(row) < 7 || row[0] == "" {
				continue
			}
			rows++
			cell := func(col string) string { return col + strconv.Itoa(i+1) }
			if strings.HasPrefix(row[6], "có:") && counted == "" {
				counted = row[3]
				set(cell("H"), "sai")
				set(cell("I"), "bài về việc khác")
			} else {
				set(cell("H"), "Đúng")
			}
		}
		next := rows + 4
		set("C"+strconv.Itoa(next), "ngày 20 tháng 3 năm 2023")
		set("D"+strconv.Itoa(next), "Hội nghị tập huấn một cửa của Sở")
		set("E"+strconv.Itoa(next), "http://so-tu-phap.mau.example/tin-chua-ai-thay")
		set("C"+strconv.Itoa(next+1), "31/02/2023")
		set("D"+strconv.Itoa(next+1), "Ra quân tuyên truyền")
	})
	if rows == 0 || counted == "" {
		t.Fatalf("nothing was filled in that counts: %d rows", rows)
	}
	bad := "ô C" + strconv.Itoa(rows+5)
	out, errOut, code := d.run("collect", "import", file, "--at", when, "--by", "Chuyên viên")
	if code != 1 {
		t.Fatalf("a bad day is taken: %d %s%s", code, out, errOut)
	}
	has(t, "the error", out, bad, "«31/02/2023»", "Không phải ngày có thật", "chưa nhận", "Sở Tư pháp")
	has(t, "then", d.ok("collect", "missing", "--period", "2023-03", "--at", when), "đã gửi, còn 1 lỗi")

	// The officer uploads the mended one with one that is none, sees both, and confirms.
	edit(t, file, func(_ *excelize.File, set func(string, any)) { set("C"+strconv.Itoa(rows+5), "31/3/2023") })
	e := engineAt(t, d, when)
	officer := deskAs(e, access.Actor{Role: access.Officer, Account: "a1", Login: "cv", Name: "Chuyên viên"})
	clerk := deskAs(e, access.Actor{Role: access.Clerk, Account: "a2", Name: "Văn thư", Agencies: []string{"mau/so-tu-phap"}})
	stranger := deskAs(e, access.Actor{Role: access.Clerk, Account: "a3", Name: "Khác", Agencies: []string{"mau/so-cong-thuong"}})
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	upload := func(h http.Handler, path string, code int) string {
		var buf bytes.Buffer
		m := multipart.NewWriter(&buf)
		for name, data := range map[string][]byte{"so-tu-phap.xlsx": body, "anh.xlsx": []byte("\x89PNG")} {
			if name == "anh.xlsx" && strings.HasPrefix(path, "/phieu/") {
				continue // a unit sends its one form
			}
			part, err := m.CreateFormFile("tep", name)
			if err == nil {
				_, err = part.Write(data)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		return deskSays(t, h, "POST", path, m.FormDataContentType(), &buf, code)
	}
	// Whoever is not of the unit leaves no mark on its form.
	good := body
	edit(t, file, func(_ *excelize.File, set func(string, any)) { set("C"+strconv.Itoa(rows+5), "31/02/2023") })
	if body, err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	marks := func() int {
		notes, err := e.store.CollectNotes(t.Context(), e.plan.ID, "2023-03")
		if err != nil {
			t.Fatal(err)
		}
		return len(notes)
	}
	noted := marks()
	upload(stranger, "/phieu/so-cong-thuong/2023-03/tep", 200)
	if marks() != noted {
		t.Error("a stranger marks another unit's form as faulty")
	}
	body = good
	preview := upload(officer, "/bieu-thu-thap/nhap", 200)
	has(t, "the preview", preview, "không có lỗi", "Không phải tệp Excel", "Sở Tư pháp")
	box := regexp.MustCompile(`name="tep" value="([^"]+)"`).FindStringSubmatch(preview)
	if box == nil {
		t.Fatal("nothing to confirm")
	}
	deskTakes(t, stranger, "/phieu/so-cong-thuong/2023-03/nhan", 422, url.Values{"tep": {box[1]}})
	// What the unit declares after the officer looked is not overwritten unseen.
	deskTakes(t, clerk, "/phieu/so-tu-phap/2023-03/y-kien", 303, url.Values{"lan": {"0"}})
	has(t, "declared meanwhile", deskTakes(t, officer, "/bieu-thu-thap/nhan", 422, url.Values{"tep": {box[1]}}), "đơn vị đã khai lại")
	box = regexp.MustCompile(`name="tep" value="([^"]+)"`).FindStringSubmatch(upload(officer, "/bieu-thu-thap/nhap", 200))
	deskTakes(t, officer, "/bieu-thu-thap/nhan", 303, url.Values{"tep": {box[1]}})
	if again := deskSays(t, officer, "GET", "/bieu-thu-thap?ky=2023-03", "", nil, 200); !strings.Contains(again, "Đã nhận 03/4/2023") {
		t.Error("the round does not say that it came back")
	}

	// What differs; another unit sees nothing of it.
	page := deskSays(t, officer, "GET", "/doi-chieu?ky=2023-03&don-vi=so-tu-phap", "", nil, 200)
	has(t, "differences", page, "Đơn vị cho là sai", "Hội nghị tập huấn một cửa của Sở", "Ra quân tuyên truyền", "bài về việc khác")
	deskSays(t, stranger, "GET", "/doi-chieu?ky=2023-03&don-vi=so-tu-phap", "", nil, 403)
	id := func(title string) string {
		t.Helper()
		for _, li := range strings.Split(page, "<li>") {
			if m := regexp.MustCompile(`name="sai-khac" value="([^"]+)"`).FindStringSubmatch(li); m != nil && strings.Contains(li, title) {
				return m[1]
			}
		}
		t.Fatalf("no difference of %q", title)
		return ""
	}
	before := delivered(t, e)
	settle := func(code int, title, seq, kind, words string, more ...string) string {
		t.Helper()
		form := url.Values{"sai-khac": {id(title)}, "thu-tu": {seq}, "viec": {kind}, "noi-dung": {words}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return deskTakes(t, officer, "/doi-chieu/so-tu-phap/2023-03/xu-ly", code, form)
	}
	has(t, "no reason", settle(422, "Ra quân tuyên truyền", "1", "refuse", ""), "lý do không chấp nhận")
	settle(303, "Ra quân tuyên truyền", "1", "ask", "Đăng ở đâu?")
	has(t, "two at once", settle(422, "Ra quân tuyên truyền", "1", "refuse", "không rõ"), "vừa trả lời hoặc xử lý")
	deskTakes(t, stranger, "/phieu/so-tu-phap/2023-03/tra-loi", 403, url.Values{"sai-khac": {id("Ra quân tuyên truyền")}, "thu-tu": {"2"}, "noi-dung": {"x"}})
	deskTakes(t, clerk, "/phieu/so-tu-phap/2023-03/tra-loi", 303, url.Values{"sai-khac": {id("Ra quân tuyên truyền")}, "thu-tu": {"2"}, "noi-dung": {"Trên loa phường"}})
	settle(303, "Ra quân tuyên truyền", "3", "refuse", "không có minh chứng")
	has(t, "a duty that is not the unit's", settle(422, "Hội nghị tập huấn", "1", "accept", "đã xem trang", "nhiem-vu", "B-D1"), "không hợp lệ")
	settle(303, "Hội nghị tập huấn", "1", "accept", "đã xem trang", "nhiem-vu", "A-4", "hang", "C")
	if got := delivered(t, e); got != before+1 {
		t.Errorf("accepted: %v delivered, %v before", got, before)
	}
	settle(303, "bài về việc khác", "1", "accept", "đúng là việc khác")
	if got := delivered(t, e); got != before {
		t.Errorf("what the unit says is wrong still counts: %v, %v before", got, before)
	}
	has(t, "settled twice", settle(422, "Hội nghị tập huấn", "2", "refuse", "nghĩ lại"), "đã được xử lý")

	report := d.ok("report", "--period", "2023-03", "--format", "html", "--at", when)
	has(t, "the report", report, "Số đơn vị khai và số hệ thống ghi nhận", "Cán bộ đã xử lý: chấp nhận: đã xem trang", "Cán bộ đã xử lý: không chấp nhận: không có minh chứng")
	period, err := calendar.Parse("2023-03")
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.collectRound(t.Context(), period, true, "mau/so-tu-phap")
	if err != nil {
		t.Fatal(err)
	}
	tally := r.Units[0].Tally
	if tally.Settled != 3 || tally.Accepted != 2 || tally.Declared < 2 || tally.Observed > rows-1 {
		t.Errorf("tally %+v", tally)
	}
	if n, err := e.store.VerifyEvents(t.Context()); err != nil || n < 8 {
		t.Errorf("%d events: %v", n, err)
	}
	// On the page, without Excel, and what a form takes out again holds what the unit said.
	has(t, "the clerk's form", deskSays(t, clerk, "GET", "/phieu/so-tu-phap/2023-03", "", nil, 200), "Hội nghị tập huấn một cửa của Sở", "Đã khai lần 2")
	d.ok("collect", "export", "--period", "2023-03", "-o", filepath.Join(t.TempDir(), "all.zip"), "--at", when)
}

// delivered is how many pieces count for the unit's own site in March.
func delivered(t *testing.T, e *engine) float64 {
	t.Helper()
	ev, err := e.judgeAndEvaluate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range ev.Standings {
		if s.Quota == "A-4" && s.Owner == "mau/so-tu-phap" && s.Period == "2023-03" {
			for _, m := range s.Measures {
				if m.Name == "count" {
					return m.Delivered
				}
			}
		}
	}
	t.Fatal("no such standing")
	return 0
}

// engineAt opens a desk's data in process.
func engineAt(t *testing.T, d desk, when string) *engine {
	t.Helper()
	c := cli{Plans: d.plans, Data: d.data}
	a := &app{stdio: stdio{nil, io.Discard, io.Discard}, cli: &c, ctx: t.Context(), log: slog.New(slog.DiscardHandler)}
	at, err := time.ParseInLocation("2006-01-02T15:04", when, calendar.Zone)
	if err != nil {
		t.Fatal(err)
	}
	e, err := a.open(a.planFiles(), "", func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	return e
}
