package crawler

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

const realFeed = `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Báo Mẫu</title><link>http://bao.example/</link>
<item><title>Cải cách hành chính: rút ngắn thời gian giải quyết hồ sơ</title><link>http://bao.example/11/101/Cai-cach.aspx</link><description>Bộ phận Phục vụ hành chính công giảm một nửa thời gian.</description><pubDate>Fri, 10 Mar 2023 09:30:00 GMT+7</pubDate></item>
<item><title>Thông báo tuyển dụng</title><link>http://www.bao.example/11/100/Thong-bao.aspx</link><description>Thông báo.</description><pubDate>Thu, 09 Mar 2023 22:10:00 GMT+7</pubDate></item>
<item><title>Tin đã gỡ</title><link>http://bao.example/11/99/Da-go.aspx</link><description>Tin ngắn.</description><pubDate>Thu, 09 Mar 2023 08:00:00 GMT+7</pubDate></item>
<item><title>Tin bị chặn</title><link>http://bao.example/PrintPreview/98/</link><description>Trang in.</description><pubDate>Wed, 08 Mar 2023 08:00:00 GMT+7</pubDate></item>
</channel></rss>`

const realPage = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>%[1]s</title></head><body>
<div class="menu"><a href="/">Trang chủ</a> <a href="/11/">Chính trị</a></div>
<div class="tin"><h1>%[1]s</h1><p class="sapo">Lời dẫn của bài.</p><div class="noidung">%[2]s</div></div></body></html>`

// The crawler as it runs, with its own client and readers, against an origin
// on loopback that plays a newspaper and its www twin.
func TestAgainstAnOrigin(t *testing.T) {
	var mu sync.Mutex
	var busy int
	var agents []string
	body := strings.Repeat("<p>Thủ tục hành chính được công khai tại trụ sở và trên cổng dịch vụ công của tỉnh, người dân theo dõi được hồ sơ của mình.</p>", 6)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		busy++
		if busy > 1 {
			t.Errorf("two requests at a time: %s", r.URL)
		}
		agents = append(agents, r.UserAgent())
		mu.Unlock()
		defer func() { mu.Lock(); busy--; mu.Unlock() }()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nDisallow: /PrintPreview/\n")
		case "/rss/11.rss":
			if r.Header.Get("If-None-Match") == `"a"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("ETag", `"a"`)
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprint(w, realFeed)
		case "/11/101/Cai-cach.aspx":
			fmt.Fprintf(w, realPage, "Cải cách hành chính: rút ngắn thời gian giải quyết hồ sơ", body)
		case "/11/100/Thong-bao.aspx":
			if r.Host == "www.bao.example" {
				http.Redirect(w, r, "http://bao.example"+r.URL.Path, http.StatusMovedPermanently)
				return
			}
			fmt.Fprintf(w, realPage, "Thông báo tuyển dụng", body)
		case "/chuyen-nha":
			http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	addr := srv.Listener.Addr().String()
	client, err := fetch.New(fetch.Options{UserAgent: "loa/0.1 (mailto:so-noi-vu@tinh.example)", AllowLoopback: true, Resolve: map[string]string{"bao.example": addr, "www.bao.example": addr}})
	if err != nil {
		t.Fatal(err)
	}
	moved := feed("da-chuyen", "http://bao.example/chuyen-nha", false)
	main := feed("bao", "http://bao.example/rss/11.rss", true)
	main.Rule = media.Rule{Key: "baoyenbai", Headline: "h1", Sapo: ".sapo", Body: ".noidung"}
	m := newMemory()
	c, err := New(Options{
		Hosts: m, Records: m, Known: m, Keeper: m, Fetch: client, Sources: []media.Source{main, moved}, Province: "tinh", Node: "nut-1",
		Business: func() time.Time { return at("2023-03-10 12:00") }, Spacing: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Round(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if s.Visits[media.OK] != 1 || s.Visits[media.Unreachable] != 1 || s.Items != 4 || s.Pages != 2 || s.PageFail != 2 {
		t.Errorf("%+v\n%+v", s, m.pages)
	}
	for _, v := range m.visits {
		switch v.Source {
		case "tinh/da-chuyen":
			if v.Detail != "redirect to http://169.254.169.254/latest/" {
				t.Error(v.Detail)
			}
		case "tinh/bao":
			if got := spansText(v.Covers); got != "09 08:00→10 12:00 list" {
				t.Errorf("covers %s", got)
			}
		}
	}
	whole := 0
	for _, r := range m.texts {
		if r.From == "page" && strings.Contains(r.Body, "Thủ tục hành chính") && r.Lead == "Lời dẫn của bài." {
			whole++
		}
	}
	if whole != 2 {
		t.Errorf("%d whole texts of %+v", whole, m.texts)
	}
	for _, a := range agents {
		if a != "loa/0.1 (mailto:so-noi-vu@tinh.example)" {
			t.Errorf("asked as %q", a)
		}
	}
	if s, err = c.Round(context.Background()); err != nil || s.Visits[media.NotModified] != 1 || s.Items != 0 {
		t.Errorf("again: %+v, %v", s, err)
	}
}
