//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"loa/web/access"
)

// typedSecret is a password that somebody types where their name belongs.
const typedSecret = "Mat-khau-go-nham-vao-o-ten"

// throwKinds are the ways in which a client means harm, in one table with what does it.
func throwKinds() []string {
	return []string{"routes", "forms", "uploads", "pieces", "api", "headers", "wire", "long", "foreign", "logins", "slow"}
}

// thrower is one hostile client.
type thrower struct {
	*soaked
	*rand.Rand
	routes []string // METHOD PATH
	client *http.Client
}

// throw sends one thing after another until done.
func (s *soaked) throw(seed uint64, pause time.Duration, done <-chan struct{}) {
	x := &thrower{soaked: s, Rand: rand.New(rand.NewPCG(seed, 30)),
		client: &http.Client{Timeout: 60 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	text, err := os.ReadFile("../../web/testdata/access.txt")
	if err != nil {
		s.fault(err.Error())
		return
	}
	for line := range strings.Lines(string(text)) {
		if route, _, ok := strings.Cut(line, ": "); ok && strings.HasPrefix(route[strings.Index(route, " ")+1:], "/") && !strings.HasPrefix(line, "#") {
			x.routes = append(x.routes, route)
		}
	}
	tick := time.NewTicker(pause)
	defer tick.Stop()
	defer x.client.CloseIdleConnections()
	kinds := throwKinds()
	for n := int(seed) * 4; ; n++ {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		kind := kinds[n%(len(kinds)-1)] // the slow ones come by themselves
		s.mu.Lock()
		s.sent[kind]++
		s.mu.Unlock()
		map[string]func(){"routes": x.route, "forms": x.form, "uploads": x.upload, "pieces": x.pieces, "api": x.api, "headers": x.headers, "wire": x.wire, "long": x.long, "foreign": x.foreign, "logins": x.login}[kind]()
	}
}

// poisons are files that mean harm, small as they are.
func poisons(t *testing.T) [][]byte {
	row := `<row><c t="inlineStr"><is><t>x</t></is></c></row>`
	png := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\x00\x00\x00"), make([]byte, 64)...)
	return [][]byte{
		workbook(t, bombPart{again: row, n: 150_000}), workbook(t, bombPart{again: row, n: 150_000, lie: true}),
		workbook(t, bombPart{head: `<row><c t="inlineStr"><is><t>`, again: "chữ ", n: 1_500_000, tail: `</t></is></c></row></sheetData></worksheet>`}),
		workbook(t, bombPart{head: row + `</sheetData><mergeCells>`, again: `<mergeCell ref="A1:XFD1048576"/>`, n: 100_000, tail: `</mergeCells></worksheet>`}),
		workbook(t, bombPart{again: `<row><c r="A99999999999"><v>1e999999</v></c></row>`, n: 1000}),
		archive(t, bombPart{name: "word/document.xml", head: "<w:document>", again: "<w:p><w:r>", n: 300_000}),
		archive(t, bombPart{name: "../../../../etc/cron.d/x", head: "x"}, bombPart{name: `..\..\x.dll`, head: "x"}),
		png, []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00" + strings.Repeat("\xff", 3000)), []byte("RIFF\xff\xff\xff\xffWEBPVP8L\xff\xff\xff\xff\x2f\xff\xff\xff\xff"),
		[]byte("%PDF-1.7\n1 0 obj<</Length 99999999999>>stream\n" + strings.Repeat("A", 5000)), []byte("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
		[]byte("MZ" + strings.Repeat("\x00", 600)), {}, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\xfe", 1500)),
		[]byte("Ngày;Giờ;Chương trình\n" + strings.Repeat("99/99/9999;25:61;=cmd|'/c calc'!A0\n", 2000)), []byte(`<?xml version="1.0"?><!DOCTYPE tv [<!ENTITY a "aaaa">` + strings.Repeat(`<!ENTITY b "&a;&a;&a;">`, 20) + `]><tv>&b;</tv>`),
		[]byte("\"" + strings.Repeat("\"\"", 30_000)), []byte(strings.Repeat(";", 60_000) + "\n"), []byte(strings.Repeat("<table><tr><td>", 4000)),
	}
}

// texts are what is put where a name, a number, a date or a path belongs.
func (x *thrower) text() string {
	texts := []string{"", "'", `"><script>alert(1)</script>`, "../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "\x00", "\xff\xfe\xc3", "-1", "99999999999999999999", "1e309", "NaN", "0", "2023-W99", "2023-13@99", "0000-00-00", "31/02/2023", "25:61",
		"' OR '1'='1", "x'; DROP TABLE item; --", "%' ESCAPE '", "${7*7}{{.}}<%= 1 %>", "=cmd|'/c calc'!A0", "\u202egpj.exe", "ệ\u0323\u0302", strings.Repeat("a\u0323\u0302\u0301", 600), strings.Repeat("ă", 3000), "mau/" + strings.Repeat("../", 50), "javascript:alert(1)", "//evil.example/", "http://169.254.169.254/latest", "file:///etc/passwd",
		"\r\nSet-Cookie: loa_phien=x", "true", "[]", "{}", "null", "mau/2023", "B-D1", "A-1", "2023-W09", "2023-02", strings.Repeat("(", 1000), strings.Repeat("*", 1000), "\u0000\u0001\u001b[31m", "😀", "𝕬"}
	return texts[x.IntN(len(texts))]
}

// who is one of those who have an account, or nobody.
func (x *thrower) who() string {
	roles := []access.Role{"", access.Officer, access.Officer, access.Planner, access.Clerk, access.HomeAffairs, access.District, access.Admin, access.Inspector, access.Editor}
	return x.tokens[roles[x.IntN(len(roles))]]
}

// kept are the addresses that end what the soak itself stands on: they are not sent to.
func spared(path string) bool {
	for _, p := range []string{"/dang-xuat", "/tai-khoan", "/quan-tri/tai-khoan", "/sao-luu", "/nguon/them/ghi"} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return strings.HasPrefix(path, "/nguon/") && (strings.HasSuffix(path, "/thoi") || strings.HasSuffix(path, "/dung") || strings.HasSuffix(path, "/sua"))
}

// send asks and notes how it was answered: a failure of the server is none that a request may bring about.
func (x *thrower) send(method, path, session string, body io.Reader, header http.Header) (int, []byte) {
	ctx, cancel := context.WithTimeout(x.t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, x.base+path, body)
	if err != nil {
		return 0, nil
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if session != "" {
		req.AddCookie(&http.Cookie{Name: "loa_phien", Value: session})
	}
	res, err := x.client.Do(req)
	if err != nil {
		return 0, nil // cut off
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(res.Body, 4<<20)) // cut off
	x.mu.Lock()
	x.codes[res.StatusCode]++
	x.mu.Unlock()
	if res.StatusCode >= 500 && res.StatusCode != http.StatusInsufficientStorage {
		x.fault(fmt.Sprintf("%s %.300q is answered %d: %.200q", method, path, res.StatusCode, text))
	}
	if strings.Contains(string(text), `<script>alert(1)`) && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		x.fault(fmt.Sprintf("%s %.300q gives a script back", method, path))
	}
	return res.StatusCode, text
}

// route asks for an address of the table, its parts and its query as nobody means them.
func (x *thrower) route() {
	method, path, _ := strings.Cut(x.routes[x.IntN(len(x.routes))], " ")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") && part != "{$}" {
			parts[i] = url.PathEscape(x.text())
		}
	}
	path = strings.TrimSuffix(strings.Join(parts, "/"), "{$}")
	if method != http.MethodGet && spared(path) {
		return
	}
	q := url.Values{}
	for _, name := range []string{"q", "ky", "tu", "den", "trang", "sau", "nguon", "co-quan", "dang", "loc", "xep", "tuan", "thang", "ve", "mau", "luc"} {
		if x.IntN(4) == 0 {
			q.Add(name, x.text())
		}
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	if method == http.MethodGet {
		x.send(method, path, x.who(), nil, nil)
		return
	}
	form := url.Values{}
	for _, name := range []string{"ly-do", "noi-dung", "so-van-ban", "ngay", "tu", "den", "ky", "ban", "co-quan", "lan", "chon", "tep", "gia-tri", "can-cu", "ten", "url", "loai"} {
		for range x.IntN(3) {
			form.Add(name, x.text())
		}
	}
	x.send(method, path, x.who(), strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// form opens a page as somebody, fills one of its forms half as they would, and sends it.
func (x *thrower) form() {
	who, path := x.who(), "/"
	x.mu.Lock()
	if n := len(x.links); n > 0 {
		path = x.links[x.IntN(n)]
	}
	x.mu.Unlock()
	if x.IntN(4) == 0 {
		if method, p, _ := strings.Cut(x.routes[x.IntN(len(x.routes))], " "); method == http.MethodGet && !strings.Contains(p, "{") {
			path = p
		}
	}
	code, text := x.send(http.MethodGet, path, who, nil, nil)
	page, err := html.Parse(bytes.NewReader(text))
	if code != http.StatusOK || err != nil {
		return
	}
	x.remember(page)
	forms := slices.DeleteFunc(formsIn(page), func(f *html.Node) bool {
		return !strings.EqualFold(val(f, "method"), "post") || spared(val(f, "action")) || val(f, "action") == "" && spared(path)
	})
	if len(forms) == 0 {
		return
	}
	form := forms[x.IntN(len(forms))]
	to := path
	if v := val(form, "action"); v != "" {
		to = v
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	fields := url.Values{}
	for _, c := range controls(page, form) {
		name := val(c, "name")
		value, sent := putIn(c, nil)
		if val(c, "type") == "file" {
			if w, err := m.CreateFormFile(name, x.text()+".xlsx"); err == nil {
				_, _ = w.Write(x.files[x.IntN(len(x.files))]) // into memory
			}
			continue
		}
		if x.IntN(3) == 0 {
			value, sent = x.text(), true
		}
		if sent && name != "" {
			fields.Add(name, value)
			_ = m.WriteField(name, value) // into memory
		}
	}
	_ = m.Close() // into memory
	if val(form, "enctype") == "multipart/form-data" {
		x.send(http.MethodPost, to, who, &body, http.Header{"Content-Type": {m.FormDataContentType()}})
		return
	}
	x.send(http.MethodPost, to, who, strings.NewReader(fields.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// remember keeps some of where a page leads.
func (x *thrower) remember(page *html.Node) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for n := range page.Descendants() {
		if n.DataAtom != atom.A {
			continue
		}
		to := val(n, "href")
		if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || slices.Contains(x.links, to) {
			continue
		}
		if len(x.links) < 1000 {
			x.links = append(x.links, to)
		} else if x.IntN(20) == 0 {
			x.links[x.IntN(len(x.links))] = to
		}
	}
}

// uploadRoutes take files.
func uploadRoutes() []string {
	return []string{"/phat-song/nhap", "/truyen-thanh/nhap", "/minh-chung/moi", "/so-ke-hoach/moi", "/so-bao-cao/moi", "/bieu-thu-thap/tai", "/bieu-thu-thap/nhap", "/phieu/mau%2Fso-tu-phap/2023-02/tep", "/phieu/mau%2Fso-tu-phap/2023-02/tai", "/bao-cao/2023-02/ban-hanh", "/chot-so-lieu"}
}

// upload sends files that mean harm, whole or in parts that are broken.
func (x *thrower) upload() {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for range x.IntN(3) + 1 {
		head := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="tep"; filename="%s"`, []string{"nhat-ky.xlsx", "../../x.docx", "a\x00b.pdf", strings.Repeat("d", 4000), "ảnh.png", "log.csv", "x.xml"}[x.IntN(7)])},
			"Content-Type": {[]string{"application/octet-stream", "text/html", "image/svg+xml", "x/y; charset=\"", ""}[x.IntN(5)]}}
		if w, err := m.CreatePart(head); err == nil {
			_, _ = w.Write(x.files[x.IntN(len(x.files))]) // into memory
		}
	}
	for range x.IntN(20) {
		_ = m.WriteField([]string{"kenh", "tu", "den", "nguoi-gui", "ky", "co-quan", "chi-tieu", "noi-dung"}[x.IntN(8)], x.text()) // into memory
	}
	kind := m.FormDataContentType()
	text := body.Bytes()
	switch x.IntN(7) {
	case 0: // no end
	case 1:
		text = text[:x.IntN(len(text))]
	case 2:
		kind = "multipart/form-data; boundary=" + strings.Repeat("x", 200)
	case 3:
		kind = "multipart/form-data"
	case 4:
		text = bytes.Repeat([]byte("--"+m.Boundary()+"\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"), 5000)
	case 5:
		text = []byte("--" + m.Boundary() + "\r\n" + strings.Repeat("X-A: "+strings.Repeat("b", 100)+"\r\n", 3000) + "\r\nx")
	default:
		_ = m.Close() // into memory
		text = body.Bytes()
	}
	routes := uploadRoutes()
	x.send(http.MethodPost, routes[x.IntN(len(routes))], x.who(), bytes.NewReader(text), http.Header{"Content-Type": {kind}})
}

// pieces begins uploads that come in pieces, and goes on with them as nobody should.
func (x *thrower) pieces() {
	who := x.who()
	tus := func(more ...string) http.Header {
		h := http.Header{"Tus-Resumable": {"1.0.0"}, "Content-Type": {"application/offset+octet-stream"}}
		for i := 0; i+1 < len(more); i += 2 {
			h.Set(more[i], more[i+1])
		}
		return h
	}
	ctx, cancel := context.WithTimeout(x.t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, x.base+"/tep", nil)
	if err != nil {
		return
	}
	req.Header = tus("Upload-Length", []string{"10", "-1", "99999999999999", "x", "5000", "52428800"}[x.IntN(6)], "Upload-Metadata", []string{"filename ///", "filename " + strings.Repeat("QQ", 3000), "filename Li4vLi4veA==,sha256 eA==", ",,,"}[x.IntN(4)])
	if who != "" {
		req.AddCookie(&http.Cookie{Name: "loa_phien", Value: who})
	}
	res, err := x.client.Do(req)
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	at := res.Header.Get("Location")
	if at == "" {
		at = "/tep/" + []string{"..%2f..%2floa.db", strings.Repeat("a", 26), url.PathEscape(x.text())}[x.IntN(3)]
	}
	x.send(http.MethodPatch, at, who, strings.NewReader(strings.Repeat("z", x.IntN(6000))), tus("Upload-Offset", []string{"0", "0", "7", "-5", "x"}[x.IntN(5)]))
	x.send(http.MethodGet, at, x.who(), nil, nil)
	if x.IntN(3) > 0 { // others are left lying, as a broken line leaves them
		x.send(http.MethodDelete, at, who, nil, tus())
	}
}

// api asks the interface for programs.
func (x *thrower) api() {
	q := url.Values{}
	for _, name := range []string{"limit", "after", "cursor", "q", "agency", "from", "to", "period", "state", "fields", "quota", "at", "known_at"} {
		if x.IntN(3) == 0 {
			q.Add(name, x.text())
		}
	}
	paths := []string{"/api/v1/standings", "/api/v1/items", "/api/v1/sources", "/api/v1/agencies", "/api/v1/quotas", "/api/v1/closings", "/api/v1/decisions", "/api/v1/cases", "/api/v1/openapi.json", "/api/v1/" + url.PathEscape(x.text()), "/tin-ghi-nhan/" + url.PathEscape(x.text()), "/api/v1/items/" + url.PathEscape(x.text())}
	key := x.key
	if x.IntN(3) == 0 {
		key = "loa_" + strings.Repeat("A", 43)
	}
	x.send([]string{"GET", "GET", "GET", "POST", "DELETE", "OPTIONS"}[x.IntN(6)], paths[x.IntN(len(paths))]+"?"+q.Encode(), "", nil, http.Header{"Authorization": {"Bearer " + key}, "Accept": {[]string{"text/csv", "*/*", "application/json", x.IntText()}[x.IntN(4)]}})
}

// IntText is a number as a header may bear it.
func (x *thrower) IntText() string { return fmt.Sprint(x.Int64()) }

// headers asks for ordinary pages with headers that are not.
func (x *thrower) headers() {
	h := http.Header{}
	for name, values := range map[string][]string{"Range": {"bytes=0-,0-,0-,0-", "bytes=-1", "bytes=9999999999999-"}, "If-None-Match": {`"` + strings.Repeat("x", 4000) + `"`, "*"}, "Accept-Encoding": {"gzip;q=x", strings.Repeat("gzip,", 2000)}, "Accept-Language": {strings.Repeat("vi,", 3000)},
		"X-Request-Id": {"gia-mao level=ERROR", strings.Repeat("i", 5000)}, "X-Forwarded-For": {"127.0.0.1", strings.Repeat("1.1.1.1,", 2000)}, "X-Forwarded-Proto": {"https"}, "Cookie": {strings.Repeat("loa_phien=x; ", 3000), "loa_phien=\x7f", "loa_said=" + strings.Repeat("A", 3000)},
		"Authorization": {"Basic !!!!", "Bearer " + strings.Repeat("b", 9000)}, "Content-Type": {"application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data; boundary=\"\""}, "Traceparent": {"00-" + strings.Repeat("f", 32) + "-" + strings.Repeat("f", 16) + "-01"}, "Referer": {"http://evil.example/"}, "User-Agent": {strings.Repeat("<b>", 2000)}} {
		if x.IntN(4) == 0 {
			h[name] = []string{values[x.IntN(len(values))]}
		}
	}
	x.send([]string{"GET", "HEAD", "PUT", "TRACE", "PROPFIND", "CONNECT"}[x.IntN(6)], []string{"/", "/tin-bai", "/static/desk.js", "/readyz", "/metrics", "/dang-nhap"}[x.IntN(6)], x.who(), nil, h)
}

// wire writes what is no HTTP, or two requests in one.
func (x *thrower) wire() {
	host := strings.TrimPrefix(x.base, "http://")
	lines := []string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", "GET / HTTP/9.9\r\n\r\n", "GET /\r\n", "GET http://169.254.169.254/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"POST /dang-nhap HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /quan-tri/tai-khoan HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
		"POST /dang-nhap HTTP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx", "POST /dang-nhap HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: -1\r\n\r\n", "POST /dang-nhap HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: " + host + "\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 90) + "\r\n", "GET /" + strings.Repeat("a", 70_000) + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: " + host + "\r\nX: a\x00b\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", strings.Repeat("\r\n", 3000), strings.Repeat("\x00", 5000), "OPTIONS * HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "GET //evil.example/%2e%2e HTTP/1.0\r\n\r\n"}
	c, err := net.DialTimeout("tcp", host, 5*time.Second)
	if err != nil {
		x.fault("the server takes no connection: " + err.Error())
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))  // of an open connection
	_, _ = io.WriteString(c, lines[x.IntN(len(lines))]) // it may hang up at once
	if x.IntN(2) == 0 {
		return // without waiting for an answer
	}
	answer, _ := io.ReadAll(io.LimitReader(c, 1<<20))
	if strings.Contains(string(answer), "500 Internal") {
		x.fault(fmt.Sprintf("on the wire: %.300q", answer))
	}
}

// zeros is so many bytes that nobody has to hold.
func zeros(n int64) io.Reader { return io.LimitReader(pairs{}, n) }

type pairs struct{}

func (pairs) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "a=1&"[i%4]
	}
	return len(p), nil
}

// long sends more than an endpoint takes.
func (x *thrower) long() {
	posts := []string{"/dang-nhap", "/bat-dau", "/duyet", "/tep", "/minh-chung/duong-dan", "/so-ke-hoach/dan", "/phieu/mau%2Fso-tu-phap/2023-02/nhan", "/api/v1/items", "/cai-dat/webhook", "/"}
	path := posts[x.IntN(len(posts))]
	kind := []string{"application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=a", "text/plain"}[x.IntN(4)]
	code, _ := x.send(http.MethodPost, path, x.who(), zeros(int64(1+x.IntN(8))<<20), http.Header{"Content-Type": {kind}})
	if code == http.StatusOK {
		x.fault(fmt.Sprintf("megabytes of %s to %s are answered 200", kind, path))
	}
}

// foreign sends what another site would have a browser send.
func (x *thrower) foreign() {
	var posts []string
	for _, r := range x.routes {
		if p, ok := strings.CutPrefix(r, "POST "); ok && !strings.Contains(p, "{") {
			posts = append(posts, p)
		}
	}
	path := posts[x.IntN(len(posts))]
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {[]string{"https://evil.example", "null", "http://127.0.0.1:1"}[x.IntN(3)]}}
	if x.IntN(2) == 0 {
		h.Set("Sec-Fetch-Site", []string{"cross-site", "same-site"}[x.IntN(2)])
	}
	code, _ := x.send(http.MethodPost, path, x.who(), strings.NewReader("ly-do=x&mat-khau=1234567890"), h)
	if code != http.StatusForbidden && code != 0 {
		x.fault(fmt.Sprintf("%s from another site is answered %d", path, code))
	}
}

// login guesses passwords; somebody also types theirs where their name belongs.
func (x *thrower) login() {
	v := url.Values{"tai-khoan": {[]string{"docgia", "quantri", "khong-co", typedSecret, x.text()}[x.IntN(5)]}, "mat-khau": {[]string{"123456", "matkhau", x.text(), strings.Repeat("p", 2000)}[x.IntN(4)]}, "ve": {x.text()}}
	code, _ := x.send(http.MethodPost, "/dang-nhap", "", strings.NewReader(v.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	if code == http.StatusSeeOther {
		x.fault("a guessed password let somebody in")
	}
}

// drip holds one connection after another with what comes byte by byte, until the server has had enough of it.
func (s *soaked) drip(seed uint64, done <-chan struct{}) {
	rnd := rand.New(rand.NewPCG(seed, 31))
	host := strings.TrimPrefix(s.base, "http://")
	heads := []string{"GET / HTTP/1.1\r\nHost: " + host + "\r\nX-Slow: ", "POST /dang-nhap HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\ntai-khoan=",
		"POST /phat-song/nhap HTTP/1.1\r\nHost: " + host + "\r\nCookie: loa_phien=" + s.tokens[access.Planner] + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"tep\"; filename=\"a.xlsx\"\r\n\r\nPK",
		"POST /tep HTTP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\n\r\n"}
	for {
		select {
		case <-done:
			return
		default:
		}
		s.mu.Lock()
		s.sent["slow"]++
		s.mu.Unlock()
		s.dripOne(host, heads[rnd.IntN(len(heads))], done)
	}
}

func (s *soaked) dripOne(host, head string, done <-chan struct{}) {
	c, err := net.DialTimeout("tcp", host, 5*time.Second)
	if err != nil {
		s.fault("the server takes no slow connection: " + err.Error())
		return
	}
	begun := time.Now()
	var heard sync.WaitGroup
	over := make(chan struct{})
	heard.Go(func() {
		defer close(over)
		_, _ = io.Copy(io.Discard, c) // until the server hangs up
	})
	defer heard.Wait()
	defer c.Close()
	_, _ = io.WriteString(c, head) // it may hang up at once
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-over:
			s.mu.Lock()
			s.held = max(s.held, time.Since(begun))
			s.mu.Unlock()
			return
		case <-tick.C:
			_, _ = io.WriteString(c, "a") // it may have hung up
			if d := time.Since(begun); d > 100*time.Second {
				s.fault(fmt.Sprintf("a slow client is borne with for %s", d))
				return
			}
		}
	}
}
