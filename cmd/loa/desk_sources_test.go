package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/sample"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web"
	"loa/web/access"
)

// office is a running engine on the sample province with an officer at its desk.
type office struct {
	t *testing.T
	desk
	e *engine
	h http.Handler
}

// newOffice starts one without a source of the plan's files; its crawler runs until the test ends.
func newOffice(t *testing.T, without string) *office {
	t.Helper()
	d := newDesk(t)
	if without != "" {
		file := filepath.Join(d.plans, "mau", "sources.yaml")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rest := regexp.MustCompile(`(?m)^  - id: `+without+`\n(    .*\n)+`).ReplaceAllString(string(text), "")
		if rest == string(text) {
			t.Fatalf("%s is not in the plan's files", without)
		}
		if err := os.WriteFile(file, []byte(rest), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	site, err := sample.Serve(t.Context(), serveTime)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { site.Close() })
	o := &office{t: t, desk: d, e: testEngine(t, "--plans", d.plans, "--data", d.data)}
	cr, err := o.e.crawler(network{Resolve: site.Resolve, AllowLoopback: true, Spacing: time.Millisecond, Workers: 8, Lease: time.Second}, nil, o.e.noted)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cr.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended; o.e.endWalks() })
	o.e.login = web.Login{Guest: access.Actor{Role: access.Officer, Login: "cv", Name: "Nguyễn Văn Thử"}}
	o.h, _ = o.e.handlers("", false)
	return o
}

func (o *office) do(method, path string, form url.Values) (int, string, http.Header) {
	o.t.Helper()
	if method == "POST" && !form.Has("ban") && (strings.HasPrefix(path, "/cai-dat/") || strings.HasSuffix(path, "/sua")) { // what the form stands on
		_, page, _ := o.do("GET", path+"?muc="+form.Get("muc"), nil)
		if m := regexp.MustCompile(`name="ban" value="([^"]*)"`).FindStringSubmatch(page); m != nil {
			form.Set("ban", m[1])
		}
	}
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	o.h.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
}

func (o *office) get(path string) string {
	o.t.Helper()
	code, body, _ := o.do("GET", path, nil)
	if code != http.StatusOK {
		o.t.Fatalf("GET %s: %d\n%s", path, code, body)
	}
	return body
}

// send posts a form that must be taken, and gives where it leads.
func (o *office) send(path string, fields ...string) string {
	o.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	code, body, head := o.do("POST", path, form)
	if code != http.StatusSeeOther {
		o.t.Fatalf("POST %s: %d\n%s", path, code, body)
	}
	return head.Get("Location")
}

func (o *office) source(id string) (media.Source, bool) {
	for _, s := range o.e.inUse().Sources {
		if s.ID == id {
			return s, true
		}
	}
	return media.Source{}, false
}

func (o *office) health(id string) media.Health {
	o.t.Helper()
	all, err := o.e.store.Health(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return all[id]
}

// TestDeskOnboards: an officer pastes an address, sees what is read there, saves it, and the
// running crawler reads it at once; edits, a walk and the end of the source follow without a restart.
func TestDeskOnboards(t *testing.T) {
	o := newOffice(t, "so-tttt")
	if _, ok := o.source("mau/so-tttt"); ok {
		t.Fatal("the source is still in the files")
	}
	before := o.e.inUse().Version
	begun := time.Now()
	_, body, _ := o.do("POST", "/nguon/them", url.Values{"dia-chi": {"http://sotttt.mau.example/feed/"}})
	hidden := regexp.MustCompile(`name="tim-thay" value="([^"]*)"`).FindStringSubmatch(body)
	if hidden == nil || !strings.Contains(body, "Tệp RSS/Atom") || !strings.Contains(body, "Tin mới nhất") || !strings.Contains(body, "robots.txt: HTTP") {
		t.Fatalf("the trial shows no source:\n%s", body)
	}
	to := o.send("/nguon/them/ghi", "tim-thay", html.UnescapeString(hidden[1]), "name", "Sở TTTT – tin tức", "agency", "so-tttt", "can-cu", "trang chính thức")
	slug := strings.TrimPrefix(to, "/nguon/")
	id := "mau/" + slug
	until(t, "the new source is read", func() bool { return o.health(id).Items > 0 })
	t.Logf("from the address to the first pieces: %s", time.Since(begun).Round(time.Millisecond))
	if page := o.get(to); !strings.Contains(page, "đọc được") || !strings.Contains(page, "trang chính thức") {
		t.Errorf("the source's page:\n%s", page)
	}
	src, ok := o.source(id)
	if !ok || src.Agency != "mau/so-tttt" || o.e.inUse().Version == before {
		t.Errorf("%+v, the plan's version moved: %v", src, o.e.inUse().Version != before)
	}
	if old, err := o.e.inForce(t.Context(), serveTime().Add(-time.Minute)); err != nil || old.Version != before {
		t.Errorf("what was known before: %v, version %s, want %s", err, old.Version, before)
	}
	// a second paste of the same is told as a duplicate
	if _, body, _ := o.do("POST", "/nguon/them", url.Values{"dia-chi": {"http://sotttt.mau.example/feed/"}}); !strings.Contains(body, "Trùng với nguồn đã có") || !strings.Contains(body, `href="`+to+`"`) {
		t.Error("the duplicate is not told")
	}
	// a wrong edit is refused with the field named, a right one is read at once
	code, body, _ := o.do("POST", to+"/sua", url.Values{"name": {"Sở TTTT"}, "agency": {"so-tttt"}, "kind": {"feed"}, "url": {"ftp://x"}, "rule/item": {"li["}, "can-cu": {"x"}})
	if code != 422 || !strings.Contains(body, "«Địa chỉ» cần địa chỉ đầy đủ") {
		t.Errorf("a wrong edit: %d\n%s", code, body)
	}
	o.send(to+"/sua", "name", "Sở TTTT – mọi tin", "agency", "so-tttt", "kind", "feed", "url", "http://chet.mau.example/rss", "every", "1h", "can-cu", "đổi địa chỉ")
	until(t, "the changed address is asked", func() bool { return o.health(id).Outcome == media.Unreachable })
	if page := o.get(to); !strings.Contains(page, "không kết nối được") && !strings.Contains(page, "chưa kết nối được") && !strings.Contains(page, "Thay đổi tình trạng") {
		t.Errorf("why the source is blind:\n%s", page)
	}
	o.send(to+"/sua", "name", "Sở TTTT – mọi tin", "agency", "so-tttt", "kind", "feed", "url", "http://sotttt.mau.example/feed/", "every", "1h", "can-cu", "địa chỉ cũ đúng")
	until(t, "the right address is read again", func() bool { return o.health(id).Outcome == media.OK || o.health(id).Outcome == media.NotModified })
	o.send(to+"/thoi", "can-cu", "đã có nguồn khác")
	if s, _ := o.source(id); !s.To.Equal(calendar.Day(serveTime())) {
		t.Errorf("retired on %s", s.To)
	}
	events, err := o.e.store.Events(t.Context(), 0, 10000)
	if err != nil {
		t.Fatal(err)
	}
	set := 0
	for _, ev := range events {
		if ev.Kind == "entry.set" && ev.Actor == "Nguyễn Văn Thử (cv)" && strings.Contains(ev.Subject, slug) {
			set++
		}
	}
	if set != 4 {
		t.Errorf("%d events of four changes", set)
	}
	laid := o.get("/cai-dat/tep")
	if !strings.Contains(laid, "đã có nguồn khác") || !strings.Contains(o.get("/cai-dat/tep/source/"+slug), "- id: "+slug) {
		t.Errorf("what was set is not listed:\n%s", laid)
	}
}

// TestDeskTriesEveryMake: sites of different make on the sample province are read by their address alone.
func TestDeskTriesEveryMake(t *testing.T) {
	o := newOffice(t, "")
	for _, x := range []struct{ address, what, wrong string }{
		{"http://baomau.example/rss/11.rss", "Tệp RSS/Atom", ""},
		{"http://baomau.example/58/Cai-cach-hanh-chinh/", "Trang danh sách tin", ""},
		{"http://mau.example/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tintrongtinh++++++++++++++++++++&lv=4", "Trang danh sách tin", ""},
		{"http://sotuphap.mau.example/Default.aspx", "Trang danh sách tin", ""},
		{"http://socongthuong.mau.example/vi/tin-tuc", "Trang danh sách tin", ""},
		{"http://benmay.mau.example/vi/news/tin-tuc-su-kien/", "Trang danh sách tin", ""},
		{"http://soyte.mau.example/vi/news/tin-tuc/", "", "trang yêu cầu xác minh"}, // it asks who is there, from February on
		{"http://khemay.mau.example/tintuc.html", "Trang danh sách tin", ""},
		{"http://suoitrang.mau.example/sitemap.xml", "Sơ đồ trang", ""},
		{"http://127.0.0.1:1/", "", "Không đọc được"},
		{"http://khong-co.mau.example/", "", "Không đọc được"},
	} {
		begun := time.Now()
		code, body, _ := o.do("POST", "/nguon/them", url.Values{"dia-chi": {x.address}})
		took := time.Since(begun)
		if x.wrong != "" {
			if code != 200 || !strings.Contains(body, x.wrong) || strings.Contains(body, "tim-thay") {
				t.Errorf("%s: %d\n%s", x.address, code, body)
			}
			continue
		}
		n := strings.Count(body, `<span class="t">`)
		t.Logf("%-50.50s %2d pieces shown, %s", x.address, n, took.Round(time.Millisecond))
		if code != 200 || !strings.Contains(body, x.what) || n == 0 || n > 20 || !strings.Contains(body, "tim-thay") {
			t.Errorf("%s: %d, %d pieces\n%s", x.address, code, n, body)
		}
		if took > 10*time.Second {
			t.Errorf("%s took %s", x.address, took)
		}
	}
	// a source of the plan by its rule, and a walk through its archive that is stopped and told
	_, body, _ := o.do("POST", "/nguon/so-cong-thuong/thu", nil)
	if !strings.Contains(body, "Kết quả đọc thử") || !strings.Contains(body, `<span class="t">`) {
		t.Errorf("a source of the plan:\n%s", body)
	}
	o.send("/nguon/so-cong-thuong/lich-su", "tu", "01/01/2023")
	until(t, "the archive is read", func() bool {
		w, err := o.e.walkOf(t.Context(), "mau/so-cong-thuong")
		return err == nil && w.Known && !w.Running && w.Pages > 0
	})
	if page := o.get("/nguon/so-cong-thuong"); !strings.Contains(page, "Thu thập lại từ ngày 01/01/2023") && !strings.Contains(page, "Thu thập lại từ ngày 01/1/2023") {
		t.Errorf("the walk is not told:\n%s", page)
	}
	if code, body, _ := o.do("POST", "/nguon/tt-pvhcc/lich-su", url.Values{"tu": {"01/01/2023"}}); code != 422 || !strings.Contains(body, "không có trang cũ") {
		t.Errorf("a page without an archive: %d", code)
	}
}

// TestDeskSettles: levels, days off, windows and contacts hold from their day on, over the files, and the files' word is told beside.
func TestDeskSettles(t *testing.T) {
	o := newOffice(t, "")
	if code, body, _ := o.do("POST", "/cai-dat/ngay-nghi/2025", url.Values{"basis": {"Thông báo 6150"}, "days": {"02/5/2025 Nghỉ hoán đổi"}, "working": {"25/4/2025 Làm bù"}, "tu-ngay": {"01/01/2025"}, "can-cu": {"TB 6150"}}); code != 422 || !strings.Contains(body, "thứ Bảy hoặc Chủ nhật") {
		t.Errorf("a Friday that is worked anyway: %d\n%s", code, body)
	}
	o.send("/cai-dat/ngay-nghi/2025", "basis", "Thông báo 6150", "days", "02/5/2025 Nghỉ hoán đổi", "working", "26/4/2025 Làm bù ngày 02/5", "tu-ngay", "01/01/2025", "can-cu", "TB 6150")
	day := func(s string) time.Time {
		d, err := time.ParseInLocation(time.DateOnly, s, calendar.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if !o.e.cal.IsOff(day("2025-05-02")) || o.e.cal.IsOff(day("2025-04-26")) || !slices.Contains(o.e.cal.Known(), 2025) {
		t.Error("the running calendar does not know the year's days")
	}
	if page := o.get("/cai-dat/ngay-nghi/2025"); !strings.Contains(page, "02/5/2025 Nghỉ hoán đổi") || !strings.Contains(page, "ửa trên hệ thống ngày") {
		t.Errorf("the year's page:\n%s", page)
	}
	o.send("/cai-dat/co-quan/so-noi-vu", "contact/name", "Trần Thị Thử", "contact/phone", "0299 000 111", "contact/email", "cchc@sonoivu.mau.example", "aliases", "Phòng CCHC Mẫu", "can-cu", "CV 3/SNV")
	a := o.e.inUse().Agencies[slices.IndexFunc(o.e.inUse().Agencies, func(a media.Agency) bool { return a.ID == "mau/so-noi-vu" })]
	if a.Contact.Phone != "0299 000 111" || !slices.Equal(a.Aliases, []string{"Phòng CCHC Mẫu"}) {
		t.Errorf("%+v", a)
	}
	o.send("/cai-dat/khung-gio/tv", "windows", "19:00 - 21:00", "tu-ngay", "15/3/2023", "can-cu", "thống nhất với Đài")
	n := 0
	for _, w := range o.e.inUse().Windows {
		if w.Medium == "tv" && w.From.Equal(day("2023-03-15")) && w.FromMinute == 19*60 {
			n++
		}
	}
	if n != 1 {
		t.Errorf("windows %+v", o.e.inUse().Windows)
	}
	// a level: tried, refused where it is the plan's own, recorded
	quota, field := "", ""
	for _, q := range o.e.inUse().Quotas {
		for _, f := range schedule.ChangeFields() {
			if v, fixed := f.Of(q); f.Name == "wanted" && !fixed && v != "0" {
				quota, field = q.ID, f.Name
			}
		}
	}
	form := url.Values{"muc": {field}, "gia-tri": {"7"}, "tu-ngay": {"01/4/2023"}, "can-cu": {"CV 4/SNV"}, "viec": {"xem"}}
	if code, body, _ := o.do("POST", "/cai-dat/muc/"+quota, form); code != 200 || !strings.Contains(body, "Tính thử, chưa ghi gì") {
		t.Errorf("a trial of %s: %d\n%s", quota, code, body)
	}
	o.send("/cai-dat/muc/"+quota, "muc", field, "gia-tri", "7", "tu-ngay", "01/4/2023", "can-cu", "CV 4/SNV", "viec", "ghi")
	if page := o.get("/cai-dat/muc/" + quota); !strings.Contains(page, "CV 4/SNV") {
		t.Errorf("the level's history:\n%s", page)
	}
	if code, body, _ := o.do("POST", "/cai-dat/muc/B-D1", url.Values{"muc": {"wanted"}, "gia-tri": {"3"}, "tu-ngay": {"01/4/2023"}, "can-cu": {"x"}}); code != 422 || !strings.Contains(body, "chỉ tiêu của chính kế hoạch") || strings.Contains(body, "--") {
		t.Errorf("the plan's own number: %d\n%s", code, body)
	}
	// somebody edits the file under an entry: the entry still holds, and the desk says so
	file := filepath.Join(o.plans, "mau", "agencies.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	edited := regexp.MustCompile(`(id: so-noi-vu\n(?:    .*\n)*?    contact: \{name: )[^,}]*`).ReplaceAllString(string(text), "${1}Người Khác")
	if edited == string(text) {
		t.Fatal("so-noi-vu is not written as expected")
	}
	if err := os.WriteFile(file, []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	if page := o.get("/cai-dat/tep"); !strings.Contains(page, "tệp đã sửa khác") || !strings.Contains(page, "Người Khác") {
		t.Errorf("the conflict is not told:\n%s", page)
	}
}

// TestDeskBackup: a copy made on the desk is restored by the command, row for row and byte for byte, and never over a used folder.
func TestDeskBackup(t *testing.T) {
	o := newOffice(t, "")
	until(t, "something is kept", func() bool { return o.health("mau/bao-chinh-tri").Items > 0 })
	if code, _, _ := o.do("POST", "/sao-luu/tai-ve", nil); code != http.StatusForbidden {
		t.Errorf("an officer takes a copy with every account's password hash: %d", code)
	}
	o.e.login = web.Login{Guest: access.Actor{Role: access.Admin, Login: "qt", Name: "Nguyễn Quản Trị"}}
	o.h, _ = o.e.handlers("", false)
	o.send("/sao-luu")
	files, err := filepath.Glob(filepath.Join(o.data, "backups", "loa-*.zip"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	}
	if page := o.get("/sao-luu"); !strings.Contains(page, filepath.Base(files[0])) || strings.Contains(page, "Chưa có bản sao lưu nào") {
		t.Errorf("the page does not list it:\n%s", page)
	}
	if code, body, head := o.do("POST", "/sao-luu/tai-ve", nil); code != 200 || !strings.HasPrefix(body, "PK") || head.Get("Content-Type") != "application/zip" {
		t.Errorf("sent with %d", code)
	}
	to := t.TempDir()
	out, errOut, code := loa(t, "", "restore", files[0], "--data", to)
	if code != 0 || !strings.Contains(out, "Đã khôi phục") {
		t.Fatalf("restore exits %d: %s%s", code, out, errOut)
	}
	restored, err := os.ReadFile(filepath.Join(to, "loa.db"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(restored)
	// made again from the restored folder the copy says the same
	again := filepath.Join(t.TempDir(), "lai.zip")
	if out, errOut, code := loa(t, "", "backup", again, "--data", to, "--by", "Người thử"); code != 0 {
		t.Fatalf("backup exits %d: %s%s", code, out, errOut)
	}
	first, _, err := readThrough(t.Context(), files[0])
	second, _, err2 := readThrough(t.Context(), again)
	if err != nil || err2 != nil || fmt.Sprint(first.Rows) != fmt.Sprint(second.Rows) || !slices.Equal(first.Kept, second.Kept) || len(first.Kept) == 0 || first.DB != hex.EncodeToString(sum[:]) {
		t.Errorf("%v %v: rows %v, %d kept against %v, %d; the database is equal: %v", err, err2, first.Rows, len(first.Kept), second.Rows, len(second.Kept), first.DB == hex.EncodeToString(sum[:]))
	}
	for _, sha := range first.Kept {
		a, errA := os.ReadFile(filepath.Join(o.data, "kept", sha[:2], sha[2:4], sha+".warc.gz"))
		b, errB := os.ReadFile(filepath.Join(to, "kept", sha[:2], sha[2:4], sha+".warc.gz"))
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Fatalf("%s is not the same: %v %v", sha, errA, errB)
		}
	}
	if _, errOut, code := loa(t, "", "restore", files[0], "--data", to); code != 2 || !strings.Contains(errOut, "chỉ khôi phục vào thư mục chưa dùng") {
		t.Errorf("over a used folder: %d %s", code, errOut)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.zip")
	raw[len(raw)/2] ^= 0xff
	if err := os.WriteFile(cut, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := t.TempDir()
	if _, errOut, code := loa(t, "", "restore", cut, "--data", fresh); code != 1 || !strings.Contains(errOut, "không dùng được") {
		t.Errorf("a damaged copy: %d %s", code, errOut)
	}
	if left, _ := os.ReadDir(fresh); len(left) != 0 {
		t.Errorf("a damaged copy left %v behind", left)
	}
}
