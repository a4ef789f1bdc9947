package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"loa/plans"
)

// start runs an origin on a free port of loopback.
func start(t *testing.T, o options) (*origin, string) {
	t.Helper()
	o.addr = "127.0.0.1:0"
	lns, err := listen(o)
	if err != nil {
		t.Fatal(err)
	}
	s := newOrigin(o)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, s, lns) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s, "http://" + lns[0].Addr().String()
}

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestFeedsListsArticles(t *testing.T) {
	_, base := start(t, options{hosts: 3, feeds: 5, items: 4})
	_, body := get(t, base+"/f/4.rss")
	feed, err := gofeed.NewParser().ParseString(body)
	if err != nil || len(feed.Items) != 4 {
		t.Fatalf("%d items, %v", len(feed.Items), err)
	}
	newest := feed.Items[0]
	if newest.Link != "http://h2.tai.example/f/4/3.html" || !newest.PublishedParsed.After(*feed.Items[1].PublishedParsed) {
		t.Errorf("newest is %s of %s", newest.Link, newest.Published)
	}
	path := strings.TrimPrefix(newest.Link, "http://h2.tai.example")
	if _, list := get(t, base+"/f/4/"); strings.Count(list, `class="tin"`) != 4 || !strings.Contains(list, path) || !strings.Contains(list, newest.Title) {
		t.Error("the list does not show what the feed shows")
	}
	resp, article := get(t, base+path)
	if resp.StatusCode != 200 || !strings.Contains(article, `<h1 class="tieude">`+newest.Title+"<") || len(article) < 12<<10 || len(article) > 30<<10 {
		t.Errorf("article: %d, %d bytes", resp.StatusCode, len(article))
	}
	for _, bad := range []string{"/f/5.rss", "/f/-1.rss", "/f/x.rss", "/f/0", "/f/9/", "/f/0/4.html", "/f/0/x.html", "/nowhere"} {
		if resp, _ := get(t, base+bad); resp.StatusCode != 404 {
			t.Errorf("%s: %d, want 404", bad, resp.StatusCode)
		}
	}
}

func TestValidatorsAndAdvance(t *testing.T) {
	_, base := start(t, options{hosts: 1, feeds: 2, items: 3})
	for i, page := range []string{"/f/0.rss", "/f/0/"} {
		resp, before := get(t, base+page)
		etag, mod := resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
		if r, _ := get(t, base+page, "If-None-Match", etag); r.StatusCode != 304 {
			t.Errorf("%s with its ETag: %d", page, r.StatusCode)
		}
		if r, _ := get(t, base+page, "If-Modified-Since", mod); r.StatusCode != 304 {
			t.Errorf("%s with its Last-Modified: %d", page, r.StatusCode)
		}
		if _, again := get(t, base+page); again != before {
			t.Errorf("%s is not the same twice", page)
		}
		get(t, base+"/advance?by=2")
		r, after := get(t, base+page, "If-None-Match", etag)
		newest := fmt.Sprintf("/f/0/%d.html", 2+2*(i+1))
		if r.StatusCode != 200 || after == before || !strings.Contains(after, newest) || strings.Contains(before, newest) {
			t.Errorf("%s after two newer items: %d, %s not there", page, r.StatusCode, newest)
		}
	}
	if r, _ := get(t, base+"/advance?by=-1"); r.StatusCode != 400 {
		t.Errorf("advance backwards: %d", r.StatusCode)
	}
	_, body := get(t, base+"/stats")
	var n map[string]int64
	if err := json.Unmarshal([]byte(body), &n); err != nil || n["not_modified"] != 4 || n["feeds"] != 10 || n["bytes"] == 0 {
		t.Errorf("stats %s, %v", body, err)
	}
	get(t, base+"/reset")
	if _, body := get(t, base+"/stats"); !strings.Contains(body, `"first":0`) || !strings.Contains(body, `"requests":0`) {
		t.Errorf("after a reset: %s", body)
	}
	began := time.Now().UnixMicro()
	get(t, base+"/f/0.rss")
	get(t, base+"/f/1.rss")
	_, body = get(t, base+"/stats")
	if err := json.Unmarshal([]byte(body), &n); err != nil || n["requests"] != 2 || n["first"] < began || n["first"] > time.Now().UnixMicro() {
		t.Errorf("stats %s, %v", body, err)
	}
}

func TestSameOnTwoOrigins(t *testing.T) {
	o := options{hosts: 2, feeds: 2, items: 3}
	a, b := newOrigin(o), newOrigin(o)
	if a.rss(1, 2, "x") != b.rss(1, 2, "x") || a.page(1, 2) != b.page(1, 2) || a.rss(0, 2, "x") == a.rss(1, 2, "x") || a.rss(1, 2, "x") == a.rss(1, 2, "y") {
		t.Error("an origin is not a function of feed and item")
	}
	reform := 0
	for i := range 300 {
		if writerOf(0, i).reform {
			reform++
		}
	}
	if reform < 60 || reform > 140 {
		t.Errorf("%d of 300 items are about reform, want about a third", reform)
	}
}

func TestLoopbackOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "[::]:0", "192.0.2.1:0", ":0", "localhost:0", "example.com:80", "127.0.0.1"} {
		lns, err := listen(options{addr: addr, hosts: 1, feeds: 1, items: 1})
		if err == nil {
			lns[0].Close()
			t.Errorf("listens on %s", addr)
		}
	}
	if err := run(context.Background(), []string{"-feeds", "0"}); err == nil {
		t.Error("no feeds and no complaint")
	}
}

// TestPlanIsReadable writes the plan and reads it as loa does.
func TestPlanIsReadable(t *testing.T) {
	for _, kind := range []string{"feed", "list"} {
		dir := t.TempDir()
		o := options{addr: "127.0.0.1:0", hosts: 3, feeds: 7, items: 2}
		lns, err := listen(o)
		if err != nil {
			t.Fatal(err)
		}
		defer lns[0].Close()
		if err := writePlan(dir, o, lns, kind, true); err != nil {
			t.Fatal(err)
		}
		p, _, problems := plans.Load(os.DirFS(dir), "tai/2023")
		for _, pr := range problems {
			t.Error(pr)
		}
		if len(p.Sources) != 7 || len(p.Agencies) != 3 {
			t.Fatalf("%d sources, %d agencies", len(p.Sources), len(p.Agencies))
		}
		raw, err := os.ReadFile(filepath.Join(dir, "resolve.txt"))
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]string{}
		for sc := bufio.NewScanner(bytes.NewReader(raw)); sc.Scan(); {
			host, addr, _ := strings.Cut(sc.Text(), " ")
			known[host] = addr
		}
		s := newOrigin(o)
		for _, src := range p.Sources {
			host, rest, _ := strings.Cut(strings.TrimPrefix(src.URL, "http://"), "/")
			if known[host] != lns[0].Addr().String() {
				t.Errorf("%s resolves to %q", host, known[host])
			}
			w := &recorder{header: http.Header{}}
			req, _ := http.NewRequest("GET", "http://"+host+"/"+rest, nil)
			s.ServeHTTP(w, req)
			if w.code > 200 || w.body.Len() < 500 {
				t.Errorf("%s: %d, %d bytes", src.URL, w.code, w.body.Len())
			}
		}
	}
}

type recorder struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(code int)        { r.code = code }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

func TestSpread(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // elsewhere only 127.0.0.1 answers without being set up, and the flag says so
	}
	lns, err := listen(options{addr: "127.0.0.1:0", hosts: 3, feeds: 3, items: 1, spread: true})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, ln := range lns {
		seen[ln.Addr().String()] = true
		if !strings.HasPrefix(ln.Addr().String(), "127.") {
			t.Errorf("listens on %s", ln.Addr())
		}
		ln.Close()
	}
	if len(seen) != 3 {
		t.Errorf("addresses %v", seen)
	}
}

func Example_hosts() {
	fmt.Println(options{hosts: 50}.hostName(51))
	// Output: h2.tai.example
}
