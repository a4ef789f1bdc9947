package web

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"loa/schedule"
	"loa/web/access"
)

// office is a desk with an officer at it, and what its doors remember.
type office struct {
	t        *testing.T
	f        *fake
	settings *fakeSettings
	sourcing *fakeSourcing
	h        http.Handler
}

func newOffice(t *testing.T) *office {
	f := newFake()
	o := &office{t: t, f: f, settings: &fakeSettings{f: f}, sourcing: &fakeSourcing{f: f, trial: sampleTrial(), walk: Walking{Fit: true}}}
	opt := f.options()
	opt.Settings, opt.Sourcing = o.settings.door(), o.sourcing.door()
	opt.Guest = access.Actor{Role: access.Officer, Login: "cv", Name: "Nguyễn Văn Thử"}
	o.h = New(opt)
	return o
}

func (o *office) post(path string, fields ...string) *httptest.ResponseRecorder {
	o.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	if !form.Has("ban") && (strings.HasPrefix(path, "/cai-dat/") || strings.HasSuffix(path, "/sua")) {
		form.Set("ban", o.edition(path+"?muc="+form.Get("muc")))
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	o.h.ServeHTTP(w, r)
	return w
}

// edition is what the form of a page stands on.
func (o *office) edition(path string) string {
	if m := regexp.MustCompile(`name="ban" value="([^"]*)"`).FindStringSubmatch(get(o.t, o.h, path).Body.String()); m != nil {
		return m[1]
	}
	return ""
}

// officePages are every page of the settings, sources and copies.
func officePages(f *fake) []string {
	return []string{"/cai-dat", "/cai-dat/muc/A-4", "/cai-dat/muc/A-4?muc=wanted", "/cai-dat/muc/A-4?muc=repeats", "/cai-dat/muc/B-D1", "/cai-dat/ngay-nghi", "/cai-dat/ngay-nghi/2025", "/cai-dat/khung-gio",
		"/cai-dat/khung-gio/tv", "/cai-dat/khung-gio/channel:truyen-hinh", "/cai-dat/khung-gio/station:dai-ptth", "/cai-dat/chuyen-muc", "/cai-dat/chuyen-muc/cchc", "/cai-dat/co-quan", "/cai-dat/co-quan/so-noi-vu",
		"/cai-dat/tep", "/cai-dat/tep/source/bao-tin", "/nguon", "/nguon/them", "/nguon/bao-tin", "/nguon/cu", "/nguon/so-cong-thuong-tin", "/nguon/bao-tin/sua"}
}

// Every page is whole, Vietnamese and usable without a script; what is not there is said so.
func TestOfficePages(t *testing.T) {
	o := newOffice(t)
	o.settings.laid = []Laid{{Entry: schedule.Entry{ID: "1", Kind: schedule.EntrySource, Key: "bao-tin", Body: `{"url":"http://bao.suongha.example/moi","verify":null}`, From: o.f.now, At: o.f.now, Actor: "Cán bộ", Basis: "đổi địa chỉ"}, File: `{"url":"http://bao.suongha.example/tin"}`, Moved: true},
		{Entry: schedule.Entry{ID: "2", Kind: schedule.EntryAgency, Key: "so-noi-vu", Body: `{"contact":{"name":"A"}}`, From: o.f.now, At: o.f.now, Actor: "Cán bộ", Basis: "x"}, Unfit: `cơ quan "so-noi-vu": "contact" cần x`},
		{Entry: schedule.Entry{ID: "3", Kind: schedule.EntryHolidays, Key: "2025", Body: `{"days":[{"date":"2025-09-02","name":"Quốc khánh"}]}`, From: o.f.now, At: o.f.now, Actor: "Cán bộ", Basis: "x"}, Coming: true}}
	o.settings.changes = []schedule.Change{{Quota: "A-4", Field: "wanted", Value: "2", From: o.f.now.AddDate(0, -1, 0), At: o.f.now, Actor: "Cán bộ", Basis: "CV 12/SNV"}}
	bad := regexp.MustCompile(`(?i)<script[^>]*>[^<]|\sstyle=|\son[a-z]+=|%!|ZgotmplZ|<nil>|map\[|yaml:|loa plan|--[a-z]{3,}`)
	for _, path := range officePages(o.f) {
		w := get(t, o.h, path)
		if w.Code != 200 {
			t.Errorf("%s: %d", path, w.Code)
			continue
		}
		body := w.Body.String()
		structure(t, path, body)
		if m := bad.FindString(body); m != "" {
			t.Errorf("%s: %q in the page", path, m)
		}
	}
	for _, path := range []string{"/cai-dat/muc/X-9", "/cai-dat/ngay-nghi/hehe", "/cai-dat/khung-gio/web", "/cai-dat/chuyen-muc/none", "/cai-dat/co-quan/none", "/nguon/none", "/nguon/none/sua"} {
		if w := get(t, o.h, path); w.Code != 404 {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
	all := get(t, o.h, "/cai-dat/tep").Body.String()
	for _, want := range []string{"tệp đã sửa khác", "không dùng được", "chưa đến ngày", "http://bao.suongha.example/moi", "http://bao.suongha.example/tin", "Cán bộ"} {
		if !strings.Contains(all, want) {
			t.Errorf("the entries do not say %q", want)
		}
	}
	if body := get(t, o.h, "/cai-dat").Body.String(); !strings.Contains(body, "CV 12/SNV") || !strings.Contains(body, "Nhập bảng ngày nghỉ năm 2023") || !strings.Contains(body, "chỉ xem") {
		t.Error("the settings do not tell who set a level, which table is missing, or that a target is the plan's own")
	}
	for _, path := range []string{"/cai-dat?dang=xlsx", "/cai-dat/co-quan?dang=csv", "/cai-dat/tep?dang=csv", "/nguon?dang=xlsx", "/sao-luu/ma-kiem-tra?dang=csv"} {
		if w := get(t, o.h, path); w.Code != 200 || w.Header().Get("Content-Disposition") == "" || w.Body.Len() < 20 {
			t.Errorf("%s: %d, %q", path, w.Code, w.Header().Get("Content-Disposition"))
		}
	}
}

// A level is tried before it is recorded; the plan's own number has no form.
func TestSetLevel(t *testing.T) {
	o := newOffice(t)
	then, now := o.f.eval.Standings[0], o.f.eval.Standings[0]
	o.settings.tried = []schedule.Difference{{Quota: then.Quota, Owner: then.Owner, Period: then.Period, Then: &then, Now: &now}}
	form := []string{"muc", "wanted", "gia-tri", "3", "tu-ngay", "01/4/2023", "can-cu", "CV 12/SNV"}
	w := o.post("/cai-dat/muc/A-4", append(form, "viec", "xem")...)
	if w.Code != 200 || len(o.settings.changes) != 0 || !strings.Contains(w.Body.String(), "1 đánh giá khác đi") || !strings.Contains(w.Body.String(), "Ghi mức mới") {
		t.Fatalf("%d, %d changes:\n%s", w.Code, len(o.settings.changes), w.Body.String())
	}
	if w = o.post("/cai-dat/muc/A-4", append(form, "viec", "ghi")...); w.Code != 303 || len(o.settings.changes) != 1 {
		t.Fatalf("%d, %d changes", w.Code, len(o.settings.changes))
	}
	if c := o.settings.changes[0]; c.Value != "3" || !c.From.Equal(day("2023-04-01")) || c.Actor != "Nguyễn Văn Thử (cv)" || c.Basis != "CV 12/SNV" || c.Quota != "A-4" {
		t.Errorf("%+v", c)
	}
	if w = o.post("/cai-dat/muc/A-4", "muc", "wanted", "gia-tri", "3", "tu-ngay", "hôm nào đó", "viec", "ghi"); w.Code != 422 || !strings.Contains(w.Body.String(), "01/4/2023") {
		t.Errorf("a day that is none: %d", w.Code)
	}
	if body := get(t, o.h, "/cai-dat/muc/B-D1?muc=wanted").Body.String(); strings.Contains(body, `name="gia-tri"`) {
		t.Error("the plan's own number can be edited")
	}
}

// Days off are typed as an official writes them; every line that cannot be read is named.
func TestSetDaysOff(t *testing.T) {
	o := newOffice(t)
	w := o.post("/cai-dat/ngay-nghi/2025", "basis", "Thông báo 6150", "days", "01/01/2025 Tết Dương lịch\r\n25/01/2025 - 02/02/2025: Tết Nguyên đán\n", "working", "26/4/2025 Làm bù ngày 02/5", "tu-ngay", "01/01/2025", "can-cu", "TB 6150")
	if w.Code != 303 || len(o.settings.laid) != 1 {
		t.Fatalf("%d:\n%s", w.Code, w.Body.String())
	}
	e := o.settings.laid[0]
	if n := strings.Count(e.Body, `"date"`); n != 11 || !strings.Contains(e.Body, `{"date":"2025-02-02","name":"Tết Nguyên đán"}`) || !strings.Contains(e.Body, `"2025-04-26"`) || e.Kind != schedule.EntryHolidays || e.Key != "2025" {
		t.Errorf("%d days: %s", n, e.Body)
	}
	if w = o.post("/cai-dat/ngay-nghi/2025", "basis", "x", "days", "Tết 01/01/2025", "can-cu", "x"); w.Code != 422 || !strings.Contains(w.Body.String(), "Dòng «Tết 01/01/2025» chưa đọc được") {
		t.Errorf("a line that cannot be read: %d", w.Code)
	}
	if got, bad := daysOf(dayLines([]any{map[string]any{"date": "2025-01-27", "name": "Tết"}, map[string]any{"date": "2025-01-28", "name": "Tết"}})); bad != "" || len(got) != 2 {
		t.Errorf("what is shown is not what is read: %v %s", got, bad)
	}
}

// Windows, contacts and columns become entries of what was typed otherwise, and nothing else.
func TestSetParts(t *testing.T) {
	o := newOffice(t)
	for i, x := range []struct {
		path string
		form []string
		body string
	}{
		{"/cai-dat/khung-gio/tv", []string{"windows", "18h - 21h30\n11:30-13:00"}, `{"windows":[{"from":"18:00","to":"21:30"},{"from":"11:30","to":"13:00"}]}`},
		{"/cai-dat/co-quan/so-noi-vu", []string{"contact/name", "Lê Văn Mới", "contact/phone", "0216 000 0001", "contact/email", "", "aliases", "tên cũ"}, `{"contact":{"email":"","name":"Lê Văn Mới","phone":"0216 000 0001"}}`},
		{"/cai-dat/chuyen-muc/cchc", []string{"aliases", "CCHC\nCải cách; từ 01/01/2023; đến trước 01/8/2023", "topic/tthc", "true"}, `{"aliases":["CCHC",{"from":"2023-01-01","name":"Cải cách","to":"2023-08-01"}]}`},
		{"/nguon/bao-tin/sua", []string{"name", "Báo Sương Hà – tin tức", "agency", "bao", "url", "http://bao.suongha.example/tin", "kind", "list", "rule/item", "div.tin", "every", "6h"}, `{"every":"6h","rule":{"item":"div.tin"}}`},
	} {
		w := o.post(x.path, append(x.form, "tu-ngay", "09/3/2023", "can-cu", "thống nhất")...)
		if w.Code != 303 || len(o.settings.laid) != i+1 {
			t.Fatalf("%s: %d\n%s", x.path, w.Code, w.Body.String())
		}
		if got := o.settings.laid[i]; got.Body != x.body || !got.From.Equal(day("2023-03-09")) {
			t.Errorf("%s: %s from %s, want %s", x.path, got.Body, got.From, x.body)
		}
	}
	same := o.post("/cai-dat/co-quan/so-noi-vu", "contact/name", "Trần Thị Thử", "contact/phone", "0216 000 0001", "aliases", "tên cũ", "can-cu", "x")
	if same.Code != 422 || !strings.Contains(same.Body.String(), "Chưa có gì khác") {
		t.Errorf("nothing typed otherwise: %d", same.Code)
	}
	o.settings.faults = Faults{"url": {`nguồn "bao-tin": "url" cần địa chỉ đầy đủ bắt đầu bằng http:// hoặc https://, đang là "x"`}, "": {`nguồn "bao-tin": thiếu khóa "name"`}}
	w := o.post("/nguon/bao-tin/sua", "name", "", "url", "x", "can-cu", "x")
	body := w.Body.String()
	if w.Code != 422 || !strings.Contains(body, "«Địa chỉ» cần địa chỉ đầy đủ") || !strings.Contains(body, "Thiếu ô «Tên».") || !strings.Contains(body, `aria-invalid="true"`) || !strings.Contains(body, `value="x"`) {
		t.Errorf("mistakes are not told at their fields: %d\n%s", w.Code, body)
	}
	if w := o.post("/cai-dat/co-quan/so-noi-vu", "contact/name", "B"); w.Code != 422 || !strings.Contains(w.Body.String(), "căn cứ") {
		t.Errorf("without a basis: %d", w.Code)
	}
}

// TestStaleForms: a form that was opened before somebody else set the same part is not recorded; what holds is told
// beside what was typed, and sent again it is recorded.
func TestStaleForms(t *testing.T) {
	for path, form := range map[string][]string{
		"/nguon/bao-tin/sua":          {"name", "Báo Sương Hà – tin tức", "agency", "bao", "url", "http://bao.suongha.example/cua-toi", "kind", "list", "rule/item", "ul.tin > li"},
		"/cai-dat/khung-gio/tv":       {"windows", "18:00 - 21:00"},
		"/cai-dat/co-quan/so-noi-vu":  {"contact/name", "Lê Văn Mới", "contact/phone", "0216 000 0001", "aliases", "tên cũ"},
		"/cai-dat/chuyen-muc/cchc":    {"aliases", "CCHC", "topic/tthc", "true"},
		"/cai-dat/ngay-nghi/2025":     {"basis", "TB", "days", "01/01/2025 Tết Dương lịch"},
		"/cai-dat/muc/A-4?muc=wanted": {"muc", "wanted", "gia-tri", "3", "tu-ngay", "01/4/2023", "viec", "ghi"},
	} {
		o := newOffice(t)
		to, _, _ := strings.Cut(path, "?")
		form = append(form, "can-cu", "thống nhất")
		was := o.edition(path)
		parts := strings.Split(to, "/")
		kind := map[string]string{"sua": schedule.EntrySource, "khung-gio": schedule.EntryWindows, "co-quan": schedule.EntryAgency, "chuyen-muc": schedule.EntryColumn, "ngay-nghi": schedule.EntryHolidays}
		key := parts[len(parts)-1]
		if key == "sua" {
			key = "bao-tin"
		}
		for word, k := range kind {
			if strings.Contains(to, "/"+word) {
				o.settings.laid = []Laid{{Entry: schedule.Entry{ID: "9", Kind: k, Key: key, Body: `{"x":"y"}`, At: o.f.now, From: o.f.now, Actor: "Trần Thị Khác", Basis: "x"}}}
			}
		}
		if len(o.settings.laid) == 0 {
			o.settings.changes = []schedule.Change{{Quota: "A-4", Field: "wanted", Value: "7", From: day("2023-04-01"), At: o.f.now, Actor: "Trần Thị Khác", Basis: "x"}}
		}
		before := len(o.settings.laid) + len(o.settings.changes)
		w := o.post(to, append(form, "ban", was)...)
		if body := w.Body.String(); w.Code != 422 || !strings.Contains(body, "vừa được người khác sửa: Trần Thị Khác") || !strings.Contains(body, "ang dùng: ") || len(o.settings.laid)+len(o.settings.changes) != before {
			t.Errorf("%s: %d, recorded over another's change, or nobody is told\n%s", path, w.Code, body)
		}
		structure(t, to, w.Body.String())
		again := regexp.MustCompile(`name="ban" value="([^"]*)"`).FindStringSubmatch(w.Body.String())
		if again == nil || again[1] == was {
			t.Fatalf("%s: the form cannot be sent again", path)
		}
		if w := o.post(to, append(form, "ban", again[1])...); w.Code != 303 || len(o.settings.laid)+len(o.settings.changes) != before+1 {
			t.Errorf("%s: sent again: %d\n%s", path, w.Code, w.Body.String())
		}
	}
}

// From an address to a source: what was found is shown, few fields are asked for, duplicates are told.
func TestAddSource(t *testing.T) {
	o := newOffice(t)
	w := o.post("/nguon/them", "dia-chi", "moi.suongha.example/tin")
	body := w.Body.String()
	for _, want := range []string{"Tin mới nhất 09/3/2023", "12 tin, bài; 11 có ngày", "Trùng với nguồn đã có", "http://moi.suongha.example/rss", "robots.txt: HTTP 200", "&lt;script&gt;"} {
		if !strings.Contains(body, want) {
			t.Errorf("the trial does not say %q", want)
		}
	}
	structure(t, "/nguon/them", body)
	if w.Code != 200 || o.sourcing.asked[0] != "try http://moi.suongha.example/tin" {
		t.Fatalf("%d, asked %v", w.Code, o.sourcing.asked)
	}
	hidden := regexp.MustCompile(`name="tim-thay" value="([^"]*)"`).FindStringSubmatch(body)
	if hidden == nil {
		t.Fatal("nothing to save")
	}
	found := strings.NewReplacer("&#34;", `"`, "&gt;", ">", "&amp;", "&").Replace(hidden[1])
	w = o.post("/nguon/them/ghi", "tim-thay", found, "name", "Báo – mục mới", "agency", "bao", "column", "cchc", "stream", "bao", "can-cu", "trang chính thức")
	if w.Code != 303 || w.Header().Get("Location") != "/nguon/moi-tin" || len(o.settings.laid) != 1 {
		t.Fatalf("%d to %s:\n%s", w.Code, w.Header().Get("Location"), w.Body.String())
	}
	if e := o.settings.laid[0]; e.Key != "moi-tin" || e.Body != `{"agency":"bao","column":"cchc","every":"1h","kind":"list","name":"Báo – mục mới","rule":{"item":"ul \u003e li"},"stream":"bao","url":"http://moi.suongha.example/tin"}` {
		t.Errorf("%s: %s", e.Key, e.Body)
	}
	if w = o.post("/nguon/them", "dia-chi", "không phải địa chỉ"); w.Code != 422 {
		t.Errorf("no address: %d", w.Code)
	}
	if w = o.post("/nguon/them/ghi", "tim-thay", "null"); w.Code != 422 {
		t.Errorf("saved nothing with %d", w.Code)
	}
	o.sourcing.trial = Trial{Address: "http://x.example/", Wrong: "Trang yêu cầu xác minh."}
	if w = o.post("/nguon/them", "dia-chi", "http://x.example/"); w.Code != 200 || !strings.Contains(w.Body.String(), "Trang yêu cầu xác minh.") || strings.Contains(w.Body.String(), "tim-thay") {
		t.Errorf("an address that cannot be read: %d", w.Code)
	}
}

// The buttons of a source's page do what they say, for those who may.
func TestSourceButtons(t *testing.T) {
	o := newOffice(t)
	for _, x := range []struct {
		path string
		form []string
		want string
	}{
		{"/nguon/bao-tin/doc-ngay", nil, "due suong-ha/bao-tin"},
		{"/nguon/bao-tin/lich-su", []string{"tu", "01/01/2023"}, "walk 2023-01-01 suong-ha/bao-tin"},
		{"/nguon/bao-tin/dung", nil, "stop suong-ha/bao-tin"},
	} {
		if w := o.post(x.path, x.form...); w.Code != 303 || o.sourcing.asked[len(o.sourcing.asked)-1] != x.want {
			t.Errorf("%s: %d, %v", x.path, w.Code, o.sourcing.asked)
		}
	}
	if w := o.post("/nguon/bao-tin/thu"); w.Code != 200 || !strings.Contains(w.Body.String(), "Kết quả đọc thử") {
		t.Errorf("a try: %d", w.Code)
	}
	if w := o.post("/nguon/bao-tin/lich-su", "tu", "mai"); w.Code != 422 {
		t.Errorf("no day: %d", w.Code)
	}
	if w := o.post("/nguon/cu/xac-nhan"); w.Code != 303 || o.settings.laid[0].Body != `{"verify":null}` {
		t.Errorf("confirming: %d, %+v", w.Code, o.settings.laid)
	}
	if w := o.post("/nguon/bao-tin/thoi"); w.Code != 422 {
		t.Errorf("retired without a reason: %d", w.Code)
	}
	if w := o.post("/nguon/bao-tin/thoi", "can-cu", "trang đã đóng"); w.Code != 303 || !strings.HasPrefix(o.settings.laid[1].Body, `{"to":"2023-`) {
		t.Errorf("retiring: %d, %+v", w.Code, o.settings.laid)
	}
	opt := o.f.options()
	opt.Settings, opt.Sourcing = o.settings.door(), o.sourcing.door()
	if body := get(t, New(opt), "/nguon/bao-tin").Body.String(); strings.Contains(body, "Đọc thử ngay") || strings.Contains(body, `method="post"`) {
		t.Error("a reader is shown buttons")
	}
}

// A copy on a stick is offered to somebody at the serving machine alone, and made on a stick that is in it, nowhere else.
func TestBackupToDrive(t *testing.T) {
	f := newFake()
	opt := f.options()
	opt.Guest = access.Actor{Role: access.Admin, Login: "qt", Name: "Quản trị (mẫu)"}
	var made []string
	var wrong error
	opt.Backups.ToDrive = func(_ context.Context, d Drive, by string) (Backup, error) {
		made = append(made, d.Path)
		return Backup{Name: "loa-2023-03-01-080000.zip trên ổ " + d.Path, Size: 3 << 20}, wrong
	}
	ask := func(method, path, from, host string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(url.Values{"o": {"E:\\"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.RemoteAddr, r.Host = from+":5000", host
		w := httptest.NewRecorder()
		New(opt).ServeHTTP(w, r)
		return w
	}
	const here = "127.0.0.1:8080"
	if body := ask("GET", "/sao-luu", "127.0.0.1", here).Body.String(); strings.Contains(body, "/sao-luu/o-dia") || strings.Contains(body, "USB") {
		t.Error("a server offers sticks")
	}
	if w := ask("POST", "/sao-luu/o-dia", "127.0.0.1", here); w.Code != 422 {
		t.Errorf("a server copies to a stick: %d", w.Code)
	}
	in := []Drive{{Path: "E:\\", Name: "USB"}}
	opt.Backups.Drives = func() []Drive { return in }
	if body := ask("GET", "/sao-luu", "127.0.0.1", here).Body.String(); !strings.Contains(body, "Sao lưu vào E:\\ (USB)") {
		t.Error("no stick is offered")
	}
	for _, x := range [][2]string{{"10.0.0.9", here}, {"127.0.0.1", "loa.tinh.example"}} {
		if body := ask("GET", "/sao-luu", x[0], x[1]).Body.String(); strings.Contains(body, "USB") {
			t.Errorf("%v is offered the stick of another's machine", x)
		}
		if w := ask("POST", "/sao-luu/o-dia", x[0], x[1]); w.Code == 303 {
			t.Errorf("%v copies: %d", x, w.Code)
		}
	}
	if w := ask("POST", "/sao-luu/o-dia", "127.0.0.1", here); w.Code != 303 || len(made) != 1 {
		t.Errorf("a copy: %d, made on %v", w.Code, made)
	}
	wrong = Refusal{"ổ đã đầy."}
	if w := ask("POST", "/sao-luu/o-dia", "127.0.0.1", here); w.Code != 422 || !strings.Contains(w.Body.String(), "ổ đã đầy") {
		t.Errorf("a full stick: %d", w.Code)
	}
	in = nil
	if w := ask("POST", "/sao-luu/o-dia", "127.0.0.1", here); w.Code != 422 || len(made) != 2 {
		t.Errorf("a stick that is gone: %d, made on %v", w.Code, made)
	}
	if body := ask("GET", "/sao-luu", "127.0.0.1", here).Body.String(); !strings.Contains(body, "Chưa thấy ổ đĩa rời nào") {
		t.Error("nobody is told that no stick is in")
	}
}

// A copy is made and sent; an old one is reminded of to those who can make one.
func TestBackups(t *testing.T) {
	o := newOffice(t)
	opt := o.f.options()
	opt.Settings, opt.Sourcing = o.settings.door(), o.sourcing.door()
	opt.Guest = access.Actor{Role: access.Admin, Login: "qt", Name: "Nguyễn Quản Trị"}
	o.h = New(opt)
	if body := get(t, o.h, "/sao-luu").Body.String(); !strings.Contains(body, "đã 9 ngày") || !strings.Contains(body, "loa-2023-03-01-080000.zip") || !strings.Contains(body, "3 MB") {
		t.Error("the page does not tell of the newest copy")
	}
	if w := o.post("/sao-luu"); w.Code != 303 {
		t.Errorf("making one: %d", w.Code)
	}
	w := o.post("/sao-luu/tai-ve")
	if body, _ := io.ReadAll(w.Body); w.Code != 200 || string(body) != "PK" || w.Header().Get("Content-Type") != "application/zip" {
		t.Errorf("sending one: %d %q", w.Code, body)
	}
	s := newSite(o.f.options())
	r := httptest.NewRequest("GET", "/", nil)
	if s.Guest = (access.Actor{Role: access.Admin}); s.backupReminder(r) == "" {
		t.Error("an administrator is not reminded of a copy of nine days")
	}
	for _, role := range []access.Role{access.Officer, access.Reader} {
		if s.Guest.Role = role; s.backupReminder(r) != "" {
			t.Errorf("%s is reminded of what only others can do", role)
		}
	}
	s.Backups, s.Guest.Role = o.f.backups(o.f.now.Add(-6*24*time.Hour)), access.Admin
	if words := s.backupReminder(r); words != "" {
		t.Errorf("a copy of six days: %q", words)
	}
	if s.Backups = o.f.backups(time.Time{}); s.backupReminder(r) != "Chưa có bản sao lưu nào." {
		t.Error("nobody is told that there is none")
	}
	// However many are kept, the list goes out as it is read.
	out := httptest.NewRecorder()
	o.f.kept = func(row func(string, time.Time, int64, string) error) error {
		for i := range 5000 {
			if i == 4500 && out.Body.Len() == 0 {
				t.Error("the list of kept pages is held whole")
			}
			if err := row("http://bao.suongha.example/1", o.f.now, 512, strings.Repeat("ab", 32)); err != nil {
				return err
			}
		}
		return nil
	}
	o.h.ServeHTTP(out, httptest.NewRequest("GET", "/sao-luu/ma-kiem-tra?dang=csv", nil))
	if n := strings.Count(out.Body.String(), "\r\n"); n != 5001 {
		t.Errorf("%d lines of 5001", n)
	}
	var xlsx bytes.Buffer
	_, _ = io.Copy(&xlsx, get(t, o.h, "/sao-luu/ma-kiem-tra?dang=xlsx").Body)
	if _, err := zip.NewReader(bytes.NewReader(xlsx.Bytes()), int64(xlsx.Len())); err != nil {
		t.Errorf("the list of kept pages: %v", err)
	}
}

func FuzzDaysOf(f *testing.F) {
	f.Add("01/01/2025 Tết\n25/01/2025 - 02/02/2025 Tết Nguyên đán")
	f.Fuzz(func(t *testing.T, text string) {
		days, bad := daysOf(text)
		for _, d := range days {
			if _, err := time.Parse(time.DateOnly, d["date"]); err != nil || bad != "" {
				t.Errorf("%v %s", d, bad)
			}
		}
		_, _ = aliasesOf(text)
	})
}
