package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// TestTryNext: try says how a list goes on, looks at page 2 once where it may,
// and proposes no way that leads to nothing new.
func TestTryNext(t *testing.T) {
	t.Parallel()
	rows := func(from int) string {
		var b strings.Builder
		for i := from; i < from+6; i++ {
			fmt.Fprintf(&b, `<div class="tin"><a href="/tin-%d.html">Tin thứ %d về công việc của xã trong tuần</a><span class="ngay">%02d/03/2023 08:00</span></div>`, 1000-i, i, 28-i)
		}
		return b.String()
	}
	question := func(from int) string {
		b := "<table><tr><th>Câu hỏi</th><th>Ngày hỏi</th><th>Ngày trả lời</th></tr>"
		for i := from; i < from+4; i++ {
			b += fmt.Sprintf("<tr><td>Câu hỏi thứ %d về thủ tục hành chính?</td><td>%02d/03/2023</td><td></td></tr>", i, 28-i)
		}
		return b + "</table>"
	}
	var mu sync.Mutex
	asked := map[string][]string{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.Host] = append(asked[r.Host], r.Method+" "+r.URL.RequestURI())
		mu.Unlock()
		two := r.URL.Query().Get("page") == "2"
		if r.URL.Path == "/robots.txt" {
			if r.Host == "cam.example" {
				fmt.Fprint(w, "User-agent: *\nDisallow: /tin?page=\n")
			}
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		body := rows(1)
		switch {
		case r.Host == "xa.example" && two:
			body = rows(7)
		case r.Host == "hoi.example" && two:
			body = question(5)
		case r.Host == "hoi.example":
			body = question(1)
		}
		fmt.Fprintf(w, `<html><head><title>Tin tức</title></head><body>%s<p><a href="/tin?page=2">2</a> <a href="/tin?page=2">Trang sau</a></p></body></html>`, body)
	}))
	t.Cleanup(srv.Close)
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	hosts := map[string]string{}
	for _, h := range []string{"xa.example", "lap.example", "cam.example", "hoi.example"} {
		hosts[h] = "127.0.0.1:" + port
	}
	flags := reach(t, hosts)
	for _, c := range []struct {
		host, kind string
		says       string
		next       string
		requests   int
	}{
		{"xa.example", "", "6 mục, 6 mục chưa có ở trang 1", `next: {by: query, param: "page"}`, 3},
		{"lap.example", "", "Trang 2 gần như là trang 1", "", 3},
		{"cam.example", "", "robots.txt không cho đọc", "", 2},
		{"hoi.example", "questions", "4 mục, 4 mục chưa có ở trang 1", `rule: {next: {by: query, param: "page"}}`, 3},
	} {
		args := append([]string{"try", "http://" + c.host + "/tin", "--kind", c.kind}, flags...)
		if c.kind == "" {
			args = append([]string{"try", "http://" + c.host + "/tin"}, flags...)
		}
		out, errOut, code := loa(t, "", args...)
		_, entry, _ := strings.Cut(out, "Mục nguồn để dán vào sources.yaml:\n")
		if code != 0 || !strings.Contains(out, c.says) || strings.Contains(entry, "next:") != (c.next != "") || !strings.Contains(entry, c.next) {
			t.Errorf("%s: exit %d\n%s%s", c.host, code, out, errOut)
		}
		if n := len(asked[c.host]); n != c.requests {
			t.Errorf("%s was asked %d times: %v", c.host, n, asked[c.host])
		}
	}
}

// TestTryNextOfTheSample: the sample's lists go on in five ways; what is proposed
// for them is what their sources say.
func TestTryNextOfTheSample(t *testing.T) {
	t.Parallel()
	flags := sites(t, "2023-03-30T16:00")
	for _, c := range []struct{ url, next string }{
		{"http://baomau.example/13/Xa-hoi/", "next: {by: postback}"},
		{"http://sotuphap.mau.example/Default.aspx", "next: {by: postback}"},
		{"http://socongthuong.mau.example/vi/tin-tuc", `next: {by: query, param: "page", first: 0}`},
		{"http://thanhpho.mau.example/tin-tuc/tin-tuc-su-kien/", `next: {by: query, param: "PageIndex"}`},
		{"http://mau.example/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tintrongtinh++++&lv=4", "sharepoint"},
		{"http://benmay.mau.example/vi/news/tin-tuc-su-kien/", "nukeviet"},
	} {
		out, errOut, code := loa(t, "", append([]string{"try", c.url}, flags...)...)
		_, entry, _ := strings.Cut(out, "Mục nguồn để dán vào sources.yaml:\n")
		if code != 0 || !strings.Contains(entry, c.next) || !strings.Contains(out, "mục chưa có ở trang 1") {
			t.Errorf("%s: exit %d\n%s%s", c.url, code, out, errOut)
		}
	}
}
