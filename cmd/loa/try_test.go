package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/plans"
	"loa/sample"
	"loa/web"
)

// sites serves the sample province as it looks at a time and gives the flags
// that lead there.
func sites(t *testing.T, at string) []string {
	t.Helper()
	var m moment
	if err := m.UnmarshalText([]byte(at)); err != nil {
		t.Fatal(err)
	}
	site, err := sample.Serve(t.Context(), func() time.Time { return m.Time })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { site.Close() })
	return reach(t, site.Resolve)
}

// reach writes the names to a file and gives the flags of a fast loopback crawl.
func reach(t *testing.T, resolve map[string]string) []string {
	t.Helper()
	var b strings.Builder
	for host, addr := range resolve {
		fmt.Fprintf(&b, "%s %s\n", host, addr)
	}
	path := filepath.Join(t.TempDir(), "resolve.txt")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return []string{"--resolve-file", path, "--allow-loopback", "--spacing", "1ms"}
}

const tryAt = "2023-03-20T10:00"

// english finds words that have no place in what a person reads.
var english = regexp.MustCompile(`\b(entries|items?|blocks?|address|guessed|malformed|unreachable|parse_error|soft_404|layout_changed|not_a_feed|answered|missing|dropped)\b`)

// TestTryRoundTrip: what try prints for a feed, a list and an article is
// pasted into sources.yaml with an agency filled in: it loads without a
// problem, and a crawl with it reads the items that try showed.
func TestTryRoundTrip(t *testing.T) {
	t.Parallel()
	flags := sites(t, tryAt)
	for _, c := range []struct {
		name, url, agency, kind string
	}{
		{"newspaper feed", "http://baomau.example/rss/11.rss", "bao", "tệp RSS/Atom"},
		{"newspaper list", "http://baomau.example/58/Cai-cach-hanh-chinh/", "bao", "trang danh sách tin"},
		{"portal list", "http://mau.example/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tintrongtinh++++++++++++++++++++&lv=4", "cong-ttdt", "trang danh sách tin"},
		{"wordpress feed", "http://sotttt.mau.example/feed/", "so-tttt", "tệp RSS/Atom"},
		{"nukeviet list", "http://benmay.mau.example/vi/news/tin-tuc-su-kien/", "tx-ben-may", "trang danh sách tin"},
		{"drupal list", "http://socongthuong.mau.example/vi/tin-tuc", "so-cong-thuong", "trang danh sách tin"},
		{"userkey list", "http://thanhpho.mau.example/tin-tuc/tin-tuc-su-kien/", "tp-mau", "trang danh sách tin"},
		{"table list", "http://khemay.mau.example/tintuc.html", "huyen-khe-may", "trang danh sách tin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, errOut, code := loa(t, "", append([]string{"try", c.url, "--items", "200"}, flags...)...)
			if code != 0 || !strings.Contains(out, "Loại: "+c.kind) || !strings.Contains(out, "robots.txt: HTTP 200, cho phép") || !strings.Contains(out, "Quy tắc đoán được:") {
				t.Fatalf("exit %d: %s%s", code, out, errOut)
			}
			if w := english.FindString(strings.Split(out, "Tin, bài:")[0]); w != "" {
				t.Errorf("speaks English (%s): %s", w, out)
			}
			notes := regexp.MustCompile(`(?m)^Lưu ý: .*$`).FindAllString(out, -1)
			if len(slices.Compact(slices.Sorted(slices.Values(notes)))) != len(notes) {
				t.Errorf("a note is told twice: %q", notes)
			}
			shown := map[string]bool{}
			for _, m := range regexp.MustCompile(`(?m)^      (http\S+)$`).FindAllStringSubmatch(out, -1) {
				shown[m[1]] = true
			}
			if len(shown) == 0 {
				t.Fatalf("no items: %s", out)
			}
			if !regexp.MustCompile(`\d\d/\d\d/\d{4}( \d\d:\d\d \+07)? \[(có ghi múi giờ|múi giờ ngầm định \+07)`).MatchString(out) {
				t.Errorf("no date with its zone: %s", out)
			}
			d := paste(t, out, c.agency)
			d.ok(append([]string{"crawl", "--at", tryAt}, flags...)...)
			s := d.store()
			rows, total, err := s.Search(t.Context(), web.ItemQuery{Limit: 500})
			if err != nil {
				t.Fatal(err)
			}
			if total != len(shown) {
				t.Errorf("crawled %d items, try showed %d", total, len(shown))
			}
			for _, r := range rows {
				if !shown[r.Item.URL] {
					t.Errorf("crawled %s, which try did not show", r.Item.URL)
				}
			}
		})
	}
	t.Run("article", func(t *testing.T) {
		out, _, _ := loa(t, "", append([]string{"try", "http://baomau.example/58/Cai-cach-hanh-chinh/"}, flags...)...)
		first := regexp.MustCompile(`(?m)^      (http\S+)$`).FindStringSubmatch(out)
		out, errOut, code := loa(t, "", append([]string{"try", first[1]}, flags...)...)
		if code != 0 || !strings.Contains(out, "Loại: trang một tin, bài") || !strings.Contains(out, "chép các khóa trong rule") || !strings.Contains(out, "kind: page") {
			t.Fatalf("exit %d: %s%s", code, out, errOut)
		}
		d := paste(t, out, "bao")
		d.ok(append([]string{"crawl", "--at", tryAt}, flags...)...)
		if h, err := d.store().Health(t.Context()); err != nil || len(h) != 1 {
			t.Errorf("health %v, %v", h, err)
		}
	})
}

// paste makes an installation whose only source is the printed entry, with the
// agency filled in.
func paste(t *testing.T, out, agency string) desk {
	t.Helper()
	_, entry, ok := strings.Cut(out, "Mục nguồn để dán vào sources.yaml:\n")
	if !ok {
		t.Fatalf("no entry: %s", out)
	}
	d := newDesk(t)
	text := "sources:\n" + strings.Replace(entry, `agency: ""`, "agency: "+agency, 1)
	if err := os.WriteFile(filepath.Join(d.plans, "mau", "sources.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	year := filepath.Join(d.plans, "mau", "2023.yaml")
	plan, err := os.ReadFile(year)
	if err != nil {
		t.Fatal(err)
	}
	// The quotas name streams that are gone; all streams of the owner count then.
	plan = regexp.MustCompile(`(?m)^    streams: .*\n`).ReplaceAll(plan, nil)
	if err := os.WriteFile(year, plan, 0o644); err != nil {
		t.Fatal(err)
	}
	p, _, problems := plans.Load(os.DirFS(d.plans), "mau/2023")
	if len(problems) > 0 || len(p.Sources) != 1 {
		t.Fatalf("%d sources, problems %v in\n%s", len(p.Sources), problems, text)
	}
	d.ok("check")
	return d
}

// TestTrySaysWhyNothingIsRead: exit 1 and the reason in words.
func TestTrySaysWhyNothingIsRead(t *testing.T) {
	t.Parallel()
	flags := sites(t, tryAt)
	dir := t.TempDir()
	file := func(name, data string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name, target string
		code         int
		says         string
	}{
		{"404", "http://baomau.example/khong-co", 1, "HTTP 404"},
		{"robots", "http://baomau.example/PrintPreview/1", 1, "robots.txt không cho phép"},
		{"dead host", "http://sotnmt.mau.example/tin-tuc/", 1, "không truy cập được"},
		{"cookie gate", "http://soyte.mau.example/vi/news/tin-tuc/", 1, "trang yêu cầu xác minh"},
		{"error page", "http://soxaydung.mau.example/Pages/tin-tuc.aspx", 1, "trang báo lỗi dù trả mã 200"},
		{"not an address", "http://bao mau/", 2, "không phải địa chỉ hợp lệ"},
		{"no such file", filepath.Join(dir, "khong-co.html"), 2, "không có tệp"},
		{"folder", dir, 2, "là thư mục"},
		{"empty file", file("trong.html", ""), 1, "trống"},
		{"blank file", file("trang.html", " \n\t "), 1, "trống"},
		{"binary file", file("anh.png", "\x89PNG\r\n\x1a\n"+strings.Repeat("\x00\x01\x02", 200)), 1, "không đọc được"},
		{"pdf", file("vb.pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"), 1, "không đọc được"},
		{"json", file("x.json", `{"a": [1, 2]}`), 1, "không phải tệp RSS"},
		{"words", file("x.txt", "Một dòng chữ không phải trang nào cả."), 1, "danh sách trống"},
		{"feed without items", file("x.rss", `<rss version="2.0"><channel><title>Trống</title></channel></rss>`), 1, "danh sách trống"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, errOut, code := loa(t, "", append([]string{"try", c.target}, flags...)...)
			if code != c.code || !strings.Contains(errOut, c.says) {
				t.Errorf("exit %d, want %d naming %q: %s%s", code, c.code, c.says, out, errOut)
			}
			if strings.Contains(out, "sources.yaml") {
				t.Errorf("offers an entry for nothing: %s", out)
			}
			if w := english.FindString(errOut); w != "" {
				t.Errorf("speaks English (%s): %s", w, errOut)
			}
		})
	}
	_, errOut, code := loa(t, "", "try", "http://baomau.example/", "--resolve", "baomau.example=127.0.0.1:1")
	if code != 1 || !strings.Contains(errOut, "địa chỉ không công khai") {
		t.Errorf("loopback without leave: exit %d, %s", code, errOut)
	}
}

// TestTrySavedPage: a saved page is no source; its address has to be filled in,
// and the feeds that it announces are shown.
func TestTrySavedPage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`<html><head><title>Trang mẫu</title><link rel="alternate" type="application/rss+xml" href="/rss/tin.rss"></head><body><div class="ds">`)
	for i := range 6 {
		fmt.Fprintf(&b, `<div class="tin"><a href="/tin-%d.html">Tin thứ %d về công việc của xã trong tuần</a><span class="ngay">0%d/03/2023 08:00</span></div>`, 100+i, i, i+1)
	}
	b.WriteString("</div></body></html>")
	path := filepath.Join(t.TempDir(), "trang.html")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	out, errOut, code := loa(t, "", "try", path)
	if code != 0 || !strings.Contains(out, "thay bằng địa chỉ thật") || !strings.Contains(out, "không rõ địa chỉ gốc") {
		t.Errorf("exit %d: %s%s", code, out, errOut)
	}
	out, errOut, code = loa(t, "", "try", path, "--url", "http://xa.example/tin-tuc")
	if code != 0 || strings.Contains(out, "thay bằng") || !strings.Contains(out, "http://xa.example/rss/tin.rss") || !strings.Contains(out, `url: "http://xa.example/tin-tuc"`) || !strings.Contains(out, "Tin, bài: 6, có ngày: 6") {
		t.Errorf("exit %d: %s%s", code, out, errOut)
	}
	if _, errOut, code := loa(t, "", "try", path, "--url", "khong phai"); code != 2 || !strings.Contains(errOut, "--url") {
		t.Errorf("exit %d: %s", code, errOut)
	}
}

// TestTryAwayAndDelay: a redirect to another host is told, not followed; the
// distance the owner asks for is told.
func TestTryAwayAndDelay(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nCrawl-delay: 0.01\n")
		default:
			http.Redirect(w, r, "http://noi-khac.example/tin", http.StatusFound)
		}
	}))
	t.Cleanup(srv.Close)
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	flags := reach(t, map[string]string{"xa.example": "127.0.0.1:" + port})
	out, errOut, code := loa(t, "", append([]string{"try", "http://xa.example/"}, flags...)...)
	if code != 1 || !strings.Contains(errOut, "http://noi-khac.example/tin") || !strings.Contains(out, "yêu cầu cách nhau 10ms") {
		t.Errorf("exit %d: %s%s", code, out, errOut)
	}
}

// TestTryCorpus tries every real page kept outside the repository.
func TestTryCorpus(t *testing.T) {
	dir := os.Getenv("LOA_CORPUS")
	if dir == "" {
		t.Skip("LOA_CORPUS is not set")
	}
	n := 0
	for _, pattern := range []string{"*.html", "*/*.html", "*/*.rss", "*.json"} {
		files, err := filepath.Glob(filepath.Join(dir, "data", "web", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			n++
			out, errOut, code := loa(t, "", "try", f)
			want := 0
			if strings.HasSuffix(f, ".json") {
				want = 1
			}
			if code != want || code == 0 && !strings.Contains(out, "sources.yaml") {
				t.Errorf("%s: exit %d: %s", filepath.Base(f), code, errOut)
			}
		}
	}
	if n < 9 {
		t.Errorf("only %d files tried", n)
	}
}
