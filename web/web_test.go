package web

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/viet"
	"loa/viet/mask"
)

func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

// pages is one address of every kind, with filters.
func pages(f *fake) []string {
	out := []string{"/", "/bang-theo-doi", "/bang-theo-doi?bieu-do=1", "/bang-theo-doi?man-hinh=1", "/bang-theo-doi?viec=1&cap=department&can-cu=muc", "/bang-theo-doi?nhiem-vu=A-4", "/bang-theo-doi?trang-thai=missed", "/bang-theo-doi?ky=2023-02", "/bang-theo-doi?co-quan=suong-ha%2Fbao", "/bang-theo-doi?nhiem-vu=none", "/co-quan", "/co-quan?q=so+noi+vu", "/co-quan/so-noi-vu", "/co-quan/dai-ptth", "/co-quan/bao", "/tin-bai", "/tin-bai?q=mot+cua&trang=2", "/tin-bai?tu=hehe",
		"/nguon", quarantinePath, "/sap-toi", "/bao-tin", "/bao-cao", "/bao-cao?ky=never", "/bao-cao/2023-02/html", "/khong-co", "/tin-bai/none", "/tien-do/B-D1/dai-ptth/2099-W01", "/bao-cao/2023-02/exe", "/bieu-thu-thap?ky=2023-02", "/doi-chieu?ky=2023-02"}
	for _, st := range f.eval.Standings {
		out = append(out, "/tien-do/"+st.Quota+"/"+strings.TrimPrefix(st.Owner, "suong-ha/")+"/"+st.Period)
	}
	for i := 0; i < len(f.items); i += 5 {
		out = append(out, "/tin-bai/"+f.items[i].Item.ID)
	}
	return append(out, "/tin-bai/"+fmt.Sprintf("%032x", 30)) // the hostile one
}

// Every page answers, says «Dữ liệu mẫu», carries the headers, and is clean of
// scripts, inline style, requests to others and broken templates.
func TestEveryPage(t *testing.T) {
	f := newFake()
	h := f.handler()
	seen := map[int]int{}
	inline := regexp.MustCompile(`(?i)<script|\sstyle=|\son[a-z]+=|javascript:|<iframe|@import`)
	outside := regexp.MustCompile(`(?i)\ssrc="(?:https?:)?//|<link[^>]+href="(?:https?:)?//`)
	for _, path := range pages(f) {
		w := get(t, h, path)
		body := w.Body.String()
		seen[w.Code]++
		if w.Code != 200 && w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
		if !strings.Contains(body, "Dữ liệu mẫu") {
			t.Errorf("%s: no «Dữ liệu mẫu»", path)
		}
		csp := w.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'") && !strings.HasSuffix(path, "/html") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("X-Frame-Options") != "DENY" || w.Header().Get("Referrer-Policy") == "" {
			t.Errorf("%s: headers %v", path, w.Header())
		}
		if m := inline.FindString(strings.ReplaceAll(strings.ReplaceAll(body, hostile, ""), `<script src="/static/desk.js" defer></script>`, "")); m != "" {
			t.Errorf("%s: %q in the page", path, m)
		}
		if m := outside.FindString(body); m != "" {
			t.Errorf("%s: asks another host: %q", path, m)
		}
		for _, bad := range []string{"%!", "ZgotmplZ", "&lt;nil&gt;", "mã «", "/0001", "suong-ha/so", " mù "} {
			if strings.Contains(strings.ReplaceAll(body, `value="suong-ha/so`, ""), bad) {
				t.Errorf("%s: %q in the page", path, bad)
			}
		}
		if !strings.HasSuffix(path, "/html") {
			structure(t, path, body)
		}
	}
	if seen[200] < 60 || seen[404] != 4 {
		t.Errorf("answers: %v", seen)
	}
}

// structure checks what a screen reader needs: one h1, one main, a skip link
// to it, labels for every field, unique ids, captions or labels for tables.
func structure(t *testing.T, path, body string) {
	t.Helper()
	for _, x := range []struct {
		part string
		n    int
	}{{"<h1", 1}, {"<main", 1}, {`class="skip" href="#noi-dung"`, 1}, {`id="noi-dung"`, 1}, {`<html lang="vi">`, 1}, {"<title>", 1}} {
		if n := strings.Count(body, x.part); n != x.n {
			t.Errorf("%s: %d of %s, want %d", path, n, x.part, x.n)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if ids[m[1]] || m[1] == "" || strings.Contains(m[1], " ") {
			t.Errorf("%s: id %q twice or malformed", path, m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:aria-labelledby|for)="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if !ids[m[1]] {
			t.Errorf("%s: nothing has the id %q", path, m[1])
		}
	}
	body = regexp.MustCompile(`<input type="hidden"[^>]*>|<textarea[^>]*aria-label`).ReplaceAllString(body, "")
	for _, m := range regexp.MustCompile(`<(?:select|input|textarea) id="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if !strings.Contains(body, `for="`+m[1]+`"`) {
			t.Errorf("%s: field %s has no label", path, m[1])
		}
	}
	if fields := len(regexp.MustCompile(`<(?:select|input|textarea)\b`).FindAllString(body, -1)); fields != strings.Count(body, "<label ") {
		t.Errorf("%s: %d fields, %d labels", path, fields, strings.Count(body, "<label "))
	}
}

func TestHostileTitleIsEscaped(t *testing.T) {
	f := newFake()
	h := f.handler()
	id := fmt.Sprintf("%032x", 30)
	for _, path := range []string{"/tin-bai/" + id, "/tin-bai?q=alert"} {
		body := get(t, h, path).Body.String()
		if strings.Contains(body, "<script>") || !strings.Contains(body, "&lt;script&gt;") {
			t.Errorf("%s: the title is not escaped", path)
		}
	}
	if body := get(t, h, "/tin-bai?q="+url.QueryEscape(`"><script>`)).Body.String(); strings.Contains(body, "<script>") {
		t.Error("the query is not escaped")
	}
	f.items[0].Item.URL = "javascript:alert(1)"
	if body := get(t, h, "/tin-bai/"+f.items[0].Item.ID).Body.String(); strings.Contains(body, `href="javascript:`) {
		t.Error("an address that is a script is a link")
	}
}

func TestUnknownIsNotPosted(t *testing.T) {
	f := newFake()
	for _, path := range []string{"/", "/tin-bai", "/nguon", "/khong-co"} {
		w := httptest.NewRecorder()
		f.handler().ServeHTTP(w, httptest.NewRequest("POST", path, strings.NewReader("x=1")))
		if w.Code != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, w.Code)
		}
	}
}

func TestBoard(t *testing.T) {
	f := newFake()
	body := get(t, f.handler(), "/bang-theo-doi").Body.String()
	plan, reference, ok := strings.Cut(body, `id="h-reference"`)
	if !ok {
		t.Fatal("no section of reference levels")
	}
	_, plan, _ = strings.Cut(plan, `id="h-plan"`)
	for _, st := range f.eval.Standings {
		if st.Basis == schedule.ByReference {
			continue
		}
		want := viet.State(string(st.State), st.Confirmed, st.Risk)
		if c := chipOf(st); c.Key == "judge" {
			want = "cần xem xét"
		}
		if !strings.Contains(plan, want) {
			t.Errorf("%s %s: no «%s» among chỉ tiêu", st.Quota, st.Period, want)
		}
	}
	for _, bad := range []string{"s-missed", "s-review", "chỉ tiêu</span>"} {
		if strings.Contains(reference, bad) {
			t.Errorf("%q among reference levels", bad)
		}
	}
	if !strings.Contains(reference, "thấp hơn mức tham chiếu") || strings.Contains(plan, "tham chiếu</span>") {
		t.Error("chỉ tiêu and mức tham chiếu are mixed")
	}
	if !strings.Contains(body, "/tien-do/B-D1/dai-ptth/2023-W10") || !strings.Contains(body, "<details>") {
		t.Error("links, owners that open, or last-save dates are missing")
	}
}

// Each filter leaves only what it names.
func TestBoardFilters(t *testing.T) {
	f := newFake()
	s := newSite(f.options())
	each := func(filter boardFilter, look func(g boardGroup, owner string, c cell)) int {
		n := 0
		for _, sec := range s.boardPage(f.eval, true, filter).Sections {
			for _, tb := range sec.Tables {
				for _, g := range tb.Groups {
					rows := append([]boardRow{}, g.Rows...)
					if g.Owner != "" {
						rows = append(rows, boardRow{g.Owner, g.Cells})
					}
					for _, r := range rows {
						for _, c := range r.Cells {
							if c.Has && !c.Dim {
								n++
								look(g, r.Owner, c)
							}
						}
					}
				}
			}
		}
		return n
	}
	all := each(boardFilter{}, func(boardGroup, string, cell) {})
	for _, x := range []struct {
		filter boardFilter
		ok     func(g boardGroup, owner string, c cell) bool
	}{
		{boardFilter{Quota: "A-4"}, func(g boardGroup, _ string, _ cell) bool { return g.Quota.ID == "A-4" }},
		{boardFilter{State: "nodata"}, func(_ boardGroup, _ string, c cell) bool { return c.Chip.Key == "nodata" }},
		{boardFilter{Owner: "suong-ha/bao"}, func(_ boardGroup, o string, _ cell) bool { return o == "suong-ha/bao" }},
		{boardFilter{Month: "2023-01"}, func(g boardGroup, _ string, c cell) bool {
			return g.Quota.ID == "B-A1" || c.Period.LastDay().Month() == time.January
		}},
	} {
		n := each(x.filter, func(g boardGroup, o string, c cell) {
			if !x.ok(g, o, c) {
				t.Errorf("%+v shows %s %s %s %s", x.filter, g.Quota.ID, o, c.Period.ID, c.Chip.Word)
			}
		})
		if n == 0 || n >= all {
			t.Errorf("%+v shows %d of %d cells", x.filter, n, all)
		}
	}
}

func TestStanding(t *testing.T) {
	h := newFake().handler()
	for path, wants := range map[string][]string{
		"/tien-do/B-D1/dai-ptth/2023-W01":                  {"đạt", "Phát sóng mới.", "Phát trong khung giờ có nhiều người theo dõi (18h00–22h00).", "Dài 16 phút 20 giây", "mỗi tuần ít nhất một lần", "dòng 99", "là phát lại, không tính"},
		"/tien-do/B-D1/dai-ptth/2023-W06":                  {"đề nghị rà soát", "Phát 20h15 ngày 09/02/2023 dài 12 phút 40 giây, cần ít nhất 15 phút"},
		"/tien-do/B-D1/dai-ptth/2023-W07":                  {"cần xem xét", "mức tham chiếu"},
		"/tien-do/B-D1/dai-ptth/2023-W05":                  {"chưa đạt", "Chuyên viên Sở TT&amp;TT"},
		"/tien-do/B-D1/dai-ptth/2023-W04":                  {"không đánh giá", "15/UBND-VX"},
		"/tien-do/B-D1/dai-ptth/2023-W09":                  {"chưa đủ dữ liệu", "Chưa nhận được nhật ký phát sóng kênh Truyền hình Sương Hà"},
		"/tien-do/B-D1/dai-ptth/2023-W10":                  {"cần lưu ý", "Hạn cuối còn kịp"},
		"/tien-do/A-6.1/bao/2023-01":                       {"đạt", "Thuộc chuyên mục «Cải cách hành chính»", "<mark>", "/tin-bai/", "bao.suongha.example", "Không ghi nhận"},
		"/tien-do/B-A1/so-xay-dung/2022-12-30..2023-01-30": {"quá hạn 11 ngày", "05/KH-SXD"},
		"/tien-do/A-4/so-cong-thuong/2023-02":              {"không truy cập được", "Khoảng chưa thu thập được"},
	} {
		w := get(t, h, path)
		for _, want := range wants {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s (%d): no «%s»", path, w.Code, want)
			}
		}
	}
}

func TestItemsQuery(t *testing.T) {
	f := newFake()
	h := f.handler()
	w := get(t, h, "/tin-bai?q=MOT++cua&co-quan=suong-ha%2Fbao&nguon=suong-ha%2Fbao-tin&ket-qua=reform&tu=01/02/2023&den=28/02/2023&trang=3")
	want := ItemQuery{Text: "MOT cua", Agency: "suong-ha/bao", Source: "suong-ha/bao-tin", Verdict: "reform", From: day("2023-02-01"), To: day("2023-03-01"), Limit: 50, Offset: 100}
	if got := f.asked; got.Text != want.Text || got.Agency != want.Agency || got.Source != want.Source || got.Verdict != want.Verdict || !got.From.Equal(want.From) || !got.To.Equal(want.To) || got.Limit != want.Limit || got.Offset != want.Offset {
		t.Errorf("asked %+v, want %+v (%d)", got, want, w.Code)
	}
	body := get(t, h, "/tin-bai?q=thu+tuc").Body.String()
	if !strings.Contains(body, "thủ tục hành chính") {
		t.Error("searching without marks finds nothing")
	}
	get(t, h, "/tin-bai?ket-qua=drop+table&trang=-4")
	if f.asked.Verdict != "" || f.asked.Offset != 0 {
		t.Errorf("nonsense went through: %+v", f.asked)
	}
	first := get(t, h, "/tin-bai?q=trong").Body.String()
	next := regexp.MustCompile(`href="([^"]*)" rel="next"`).FindStringSubmatch(first)
	if next == nil || !strings.Contains(next[1], "q=trong") || !strings.Contains(next[1], "trang=2") {
		t.Errorf("next page: %v", next)
	}
	if body := get(t, h, "/tin-bai?tu=hehe").Body.String(); !strings.Contains(body, "Chưa hiểu ngày «hehe»") {
		t.Error("a date that cannot be read is not told")
	}
}

func TestMark(t *testing.T) {
	text := "Cải cách hành chính và Một cửa"
	at := strings.Index(text, "Một cửa")
	cues := []media.Cue{{Term: "một cửa", Field: "body", At: at}, {Term: "cải cách hành chính", Field: "body", At: 0}, {Term: "hành chính", Field: "body", At: strings.Index(text, "hành chính")},
		{Term: "một cửa", Field: "body", At: 3}, {Term: "một cửa", Field: "body", At: 900}, {Term: "x", Field: "title", At: 0}, {Term: "ải", Field: "body", At: 2}, {Term: "x", Field: "body", At: -1}}
	var got strings.Builder
	for _, s := range mark(mask.Mask{}, text, "body", cues) {
		if s.Mark {
			got.WriteString("[" + s.Text + "]")
		} else {
			got.WriteString(s.Text)
		}
	}
	if want := "[Cải cách hành chính] và [Một cửa]"; got.String() != want {
		t.Errorf("got %s, want %s", got.String(), want)
	}
	if n := len(paragraphs([]segment{{Text: "a\nb"}, {Text: "c\n\nd", Mark: true}})); n != 3 {
		t.Errorf("%d paragraphs", n)
	}
}

func TestReports(t *testing.T) {
	f := newFake()
	h := f.handler()
	w := get(t, h, "/bao-cao/2023-02/html")
	csp := w.Header().Get("Content-Security-Policy")
	if w.Code != 200 || !strings.Contains(csp, "style-src 'sha256-") || strings.Contains(csp, "unsafe") {
		t.Errorf("%d %q", w.Code, csp)
	}
	if w := get(t, h, "/bao-cao/2023-03@14/json"); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := get(t, h, "/bao-cao?ky="+url.QueryEscape("tháng 2")+"&dang=json"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/bao-cao/2023-02/json" {
		t.Errorf("a month in words: %d %s", w.Code, w.Header().Get("Location"))
	}
	if w := get(t, h, "/bao-cao?ky=2023-Q1@14&dang=json"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/bao-cao/2023-Q1@14/json" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	for _, link := range regexp.MustCompile(`href="(/bao-cao/[^"]+)"`).FindAllStringSubmatch(get(t, h, "/bao-cao").Body.String(), -1) {
		if w := get(t, h, link[1]); w.Code != 200 {
			t.Errorf("%s: %d", link[1], w.Code)
		}
	}
}

// Every link of the desk leads somewhere.
func TestLinks(t *testing.T) {
	h := newFake().handler()
	todo, seen := []string{"/"}, map[string]bool{"/": true}
	for len(todo) > 0 && len(seen) < 400 {
		path := todo[0]
		todo = todo[1:]
		w := get(t, h, path)
		if w.Code != 200 {
			t.Errorf("%s: %d", path, w.Code)
		}
		for _, m := range regexp.MustCompile(`href="(/[^"#]*)"`).FindAllStringSubmatch(w.Body.String(), -1) {
			if next := strings.ReplaceAll(m[1], "&amp;", "&"); !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d addresses", len(seen))
	}
}

func TestOtherAnswers(t *testing.T) {
	f := newFake()
	h := f.handler()
	if w := get(t, h, "/healthz"); w.Code != 200 || w.Body.String() != "ok\n" {
		t.Errorf("healthz: %d %s", w.Code, w.Body)
	}
	if w := get(t, h, "/metrics"); w.Code != 200 || !strings.Contains(w.Body.String(), "loa_build_info") {
		t.Errorf("metrics: %d", w.Code)
	}
	if w := get(t, h, "/static/style.css"); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("style: %d", w.Code)
	}
	f.empty = true
	if body := get(t, h, "/").Body.String(); !strings.Contains(body, "Chưa có kết quả đánh giá nào") {
		t.Error("an empty store has no words")
	}
	f.plan.Sample = false
	if body := get(t, h, "/").Body.String(); strings.Contains(body, "Dữ liệu mẫu") {
		t.Error("a real plan says «Dữ liệu mẫu»")
	}
	f.err = errFake
	for _, path := range []string{"/", "/bang-theo-doi", "/co-quan", "/co-quan/bao", "/tin-bai", "/nguon", "/tien-do/B-D1/dai-ptth/2023-W01", "/tin-bai/x", "/bao-cao/2023-02/html"} {
		w := get(t, h, path)
		if w.Code != 500 || strings.Contains(w.Body.String(), "fire") {
			t.Errorf("%s: %d, the cause is for the log alone", path, w.Code)
		}
	}
	if w := get(t, h, "/healthz"); w.Code != 503 || strings.Contains(w.Body.String(), "fire") {
		t.Errorf("healthz: %d", w.Code)
	}
}

func TestProgress(t *testing.T) {
	f := newFake()
	opt := f.options()
	opt.Progress = func() string { return "Đang thu thập 3/12 nguồn" }
	if body := get(t, New(opt), "/nguon").Body.String(); !strings.Contains(body, "Đang thu thập 3/12 nguồn") {
		t.Error("no progress")
	}
}

// Every pair of ink and ground in the style sheet reaches WCAG AA (4.5:1).
func TestContrast(t *testing.T) {
	raw, err := staticFiles.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, rest, _ := strings.Cut(string(raw), "@media (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "* { box-sizing")
	variable := regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6})`)
	for name, css := range map[string]string{"light": light, "dark": dark} {
		v := map[string]string{}
		for _, m := range variable.FindAllStringSubmatch(css, -1) {
			v[m[1]] = m[2]
		}
		pairs := [][2]string{{"ink", "bg"}, {"ink", "card"}, {"ink", "head"}, {"soft", "bg"}, {"soft", "card"}, {"soft", "head"}, {"accent", "card"}, {"accent", "bg"}, {"card", "accent"}, {"mark-ink", "mark"}, {"rbelow", "card"}, {"rbelow", "bg"}, {"soft", "line2"}}
		for k := range v {
			if ink, ok := strings.CutSuffix(k, "-bg"); ok {
				pairs = append(pairs, [2]string{ink, k})
			}
		}
		if len(pairs) < 20 {
			t.Fatalf("%s: only %d pairs", name, len(pairs))
		}
		for _, p := range pairs {
			if r := contrast(t, v[p[0]], v[p[1]]); r < 4.5 {
				t.Errorf("%s: %s on %s is %.2f:1", name, p[0], p[1], r)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	lum := func(hex string) float64 {
		if len(hex) != 7 {
			t.Fatalf("colour %q", hex)
		}
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			c := float64(n) / 255
			if c <= 0.03928 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			sum += weight * c
		}
		return sum
	}
	x, y := lum(a), lum(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func TestStyleHasNoOutsideRequests(t *testing.T) {
	for _, name := range []string{"style.css", "loa.svg"} {
		f, err := staticFiles.Open("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "url(") || strings.Contains(string(raw), "@import") {
			t.Errorf("%s asks for something", name)
		}
	}
}

// TestProgramsAreToldAProblem: whatever method a program asks with, it is answered by the interface, not with a page or a plain line.
func TestProgramsAreToldAProblem(t *testing.T) {
	f := newFake()
	opt := f.options()
	opt.API = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
	})
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		w := httptest.NewRecorder()
		New(opt).ServeHTTP(w, httptest.NewRequest(method, "/api/v1/standings", nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v %s", method, w.Code, w.Header(), w.Body)
		}
	}
}
