package sample

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"loa/plans"
	"loa/schedule/calendar"
)

// clock is a business clock a test can move.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time           { return time.UnixMicro(c.at.Load()).In(calendar.Zone) }
func (c *clock) set(t time.Time)          { c.at.Store(t.UnixMicro()) }
func at(m time.Month, d, h int) time.Time { return time.Date(2023, m, d, h, 0, 0, 0, calendar.Zone) }

func serve(t *testing.T, start time.Time) (*Site, *clock) {
	t.Helper()
	c := &clock{}
	c.set(start)
	ctx, cancel := context.WithCancel(context.Background())
	s, err := Serve(ctx, c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); s.Close() })
	return s, c
}

// client dials what Resolve says, as the crawler does.
func client(s *Site) *http.Client {
	d := &net.Dialer{}
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			to, ok := s.Resolve[host]
			if !ok {
				return nil, fmt.Errorf("no such host %s", host)
			}
			return d.DialContext(ctx, network, to)
		}},
	}
}

func get(t *testing.T, c *http.Client, url string) (int, string, http.Header) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatalf("get %s: %v", url, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read %s: %v", url, err)
	}
	return resp.StatusCode, string(body), resp.Header
}

// lists are the addresses at which each stream of a host is listed.
func lists() map[string]string {
	return map[string]string{
		"bao/58": "http://baomau.example/58/Cai-cach-hanh-chinh/", "bao/11": "http://baomau.example/rss/11.rss",
		"bao/12": "http://baomau.example/rss/12.rss", "bao/13": "http://baomau.example/rss/13.rss",
		"bao/16": "http://baomau.example/rss/16.rss", "bao/266": "http://baomau.example/266/Chuyen-doi-so/",
		"portal":     "http://mau.example/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tintrongtinh++++&lv=4",
		"cctthc":     "http://mau.example/cctthc/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=tinhoatdong+",
		"noi-vu":     "http://sonoivu.mau.example/rss/cai-cach-hanh-chinh/",
		"tttt":       "http://sotttt.mau.example/feed/",
		"tu-phap":    "http://sotuphap.mau.example/Default.aspx",
		"cong":       "http://www.socongthuong.mau.example/vi/tin-tuc",
		"thanh-pho":  "http://thanhpho.mau.example/tin-tuc/tin-tuc-su-kien/?PageIndex=1",
		"ben-may":    "http://benmay.mau.example/vi/news/tin-tuc-su-kien/",
		"khe-may":    "http://khemay.mau.example/tintuc.html",
		"suoi-trang": "http://suoitrang.mau.example/feed/",
		"doi-suong":  "http://doisuong.mau.example/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tinhoatdong",
	}
}

func TestItems(t *testing.T) {
	items := Items()
	var quarter, reform, hard, copies, back, undated int
	topics, urls, keys, hosts := map[string]int{}, map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, it := range items {
		if urls[it.URL] || keys[it.Key] {
			t.Errorf("%s or %s is used twice", it.URL, it.Key)
		}
		urls[it.URL], keys[it.Key] = true, true
		if !norm.NFC.IsNormalString(it.Title) || !utf8.ValidString(it.Title) || strings.ContainsAny(it.Title+it.Lead, "{}") || it.Title == "" || it.Lead == "" {
			t.Errorf("title or lead of %s: %q, %q", it.URL, it.Title, it.Lead)
		}
		if it.Visible.Before(it.Published) {
			t.Errorf("%s is shown before it is published", it.URL)
		}
		if it.Reform == (it.Topic == "") {
			t.Errorf("%s: reform %t with topic %q", it.URL, it.Reform, it.Topic)
		}
		if it.Published.Before(at(1, 1, 0)) || !it.Published.Before(at(4, 1, 0)) || !it.Reachable {
			continue
		}
		quarter++
		hosts[it.Host]++
		if it.Reform {
			reform++
			topics[it.Topic]++
		}
		if it.Hard {
			hard++
		}
		if it.CopyOf != "" {
			copies++
			if !urls[it.CopyOf] || it.Credit == "" {
				t.Errorf("%s copies %q with credit %q", it.URL, it.CopyOf, it.Credit)
			}
		}
		if it.Visible.Sub(it.Published) > 24*time.Hour {
			back++
		}
		if !it.Dated {
			undated++
		}
	}
	if quarter < 220 || quarter > 300 {
		t.Errorf("%d items in the quarter, want about 250", quarter)
	}
	if share := float64(reform) / float64(quarter); share < 0.28 || share > 0.40 {
		t.Errorf("%d of %d items are about reform (%.2f), want about a third", reform, quarter, share)
	}
	if len(topics) != 7 {
		t.Errorf("topics %v, want all seven", topics)
	}
	if hard < 20 || copies < 5 || back < 2 || undated < 3 {
		t.Errorf("hard %d copies %d back-dated %d undated %d: too few", hard, copies, back, undated)
	}
	if len(hosts) < 11 {
		t.Errorf("hosts %v", hosts)
	}
}

// TestStory holds the schedule against what the board is meant to show.
func TestStory(t *testing.T) {
	now := at(3, 30, 16)
	days := map[string]map[string]bool{}
	for _, it := range Items() {
		if it.Reform && it.CopyOf == "" && !it.Visible.After(now) && it.Published.Year() == 2023 {
			key := it.Agency + it.Published.Format(" 01")
			if it.Agency == "bao" {
				key = it.Column + it.Published.Format(" 01")
			}
			if days[key] == nil {
				days[key] = map[string]bool{}
			}
			days[key][it.Published.Format(time.DateOnly)] = true
		}
	}
	for key, want := range map[string]int{
		"cchc 01": 2, "cchc 02": 1, "cchc 03": 1,
		"so-noi-vu 01": 3, "so-noi-vu 02": 3, "so-noi-vu 03": 3, "so-tu-phap 02": 1, "so-cong-thuong 02": 1, "so-cong-thuong 03": 0,
		"tx-ben-may 01": 2, "tx-ben-may 03": 1, "huyen-khe-may 02": 2, "huyen-doi-suong 02": 0, "huyen-doi-suong 03": 2,
	} {
		if got := len(days[key]); got != want {
			t.Errorf("%s: %d days with reform, want %d", key, got, want)
		}
	}
	for month, want := range map[string]bool{"01": true, "02": true, "03": false} {
		n, gap, last := 0, 0, 0
		for d := 1; d <= 31; d++ {
			if days["cong-ttdt "+month]["2023-"+month+fmt.Sprintf("-%02d", d)] {
				n++
				gap = max(gap, d-last)
				last = d
			}
		}
		if got := n >= 8 && gap <= 7; got != want {
			t.Errorf("portal in %s: %d days, longest gap %d; kept %t, want %t", month, n, gap, got, want)
		}
	}
}

func TestPlansAreInOrder(t *testing.T) {
	ids, err := plans.IDs(Plans())
	if err != nil || len(ids) != 1 || ids[0] != "mau/2023" {
		t.Fatalf("plans %v, %v", ids, err)
	}
	p, _, problems := plans.Load(Plans(), "mau/2023")
	for _, pr := range problems {
		t.Error(pr)
	}
	if !p.Sample || len(p.Quotas) != 16 {
		t.Errorf("sample %t, %d quotas", p.Sample, len(p.Quotas))
	}
	agencies, channels := map[string]bool{}, map[string]bool{}
	for _, a := range p.Agencies {
		agencies[a.ID] = true
	}
	for _, c := range p.Channels {
		channels[c.ID] = true
	}
	s, _ := serve(t, at(1, 2, 7))
	for _, src := range p.Sources {
		host := strings.SplitN(strings.TrimPrefix(src.URL, "http://"), "/", 2)[0]
		if s.Resolve[host] == "" && !src.Verify {
			t.Errorf("source %s is on %s, which nobody serves", src.ID, host)
		}
	}
	for _, d := range Documents() {
		if !agencies["mau/"+d.Owner] {
			t.Errorf("document of unknown %s", d.Owner)
		}
		if _, err := calendar.Parse(d.Period); err != nil {
			t.Error(err)
		}
	}
	for _, l := range Logs(at(12, 31, 0)) {
		if !channels[l.Channel] {
			t.Errorf("log of unknown channel %s", l.Channel)
		}
	}
	for _, it := range Items() {
		if !agencies["mau/"+it.Agency] {
			t.Errorf("item of unknown agency %s", it.Agency)
		}
	}
}

// TestListsMove checks at several moments that every list shows exactly the
// newest pieces published by then.
func TestListsMove(t *testing.T) {
	s, c := serve(t, at(1, 2, 7))
	cl := client(s)
	for _, now := range []time.Time{at(1, 2, 7), at(1, 31, 23), at(2, 14, 12), at(3, 30, 16), at(4, 2, 23)} {
		c.set(now)
		seen := ""
		for name, url := range lists() {
			code, body, _ := get(t, cl, url)
			if code != http.StatusOK {
				t.Fatalf("%s %s: %d", now, url, code)
			}
			if name != "bao/12" || now.Day() != 14 {
				seen += body
			}
		}
		for _, p := range province().pieces {
			if !p.Reachable {
				continue
			}
			ref := p.slug
			if ref == "" || p.site.form == "newspaper" || p.site.form == "nukeviet" {
				ref = fmt.Sprint(p.id)
			}
			shown := strings.Contains(seen, strings.ReplaceAll(path(p.URL, p.Host), "&", "&amp;")) || strings.Contains(seen, p.URL) || p.site.form == "table" && strings.Contains(seen, "chitiet.php?id="+ref+">")
			if shown && p.Visible.After(now) {
				t.Errorf("%s: %s is listed before %s", now, p.URL, p.Visible)
			}
			if recent := now.Sub(p.Published) < 6*24*time.Hour; recent && !shown && !p.Visible.After(now) && p.section.code != "tin-tuc" && !(p.section.code == "12" && now.Day() == 14) {
				t.Errorf("%s: %s of %s is listed nowhere", now, p.URL, p.Published)
			}
		}
	}
}

// TestPagesAppear fetches every reachable page: absent before it is shown, and
// holding its title and first paragraph after.
func TestPagesAppear(t *testing.T) {
	s, c := serve(t, at(12, 31, 0))
	cl := client(s)
	for _, p := range province().pieces {
		if !p.Reachable {
			continue
		}
		c.set(p.Visible.Add(-time.Second))
		if code, body, _ := get(t, cl, p.URL); code == http.StatusOK && strings.Contains(body, esc(p.body[0])) {
			t.Errorf("%s answers before it is published", p.URL)
		}
		c.set(p.Visible)
		code, body, _ := get(t, cl, p.URL)
		text := strings.NewReplacer("„", "«", "“", "»").Replace(body)
		if code != http.StatusOK || !strings.Contains(text, esc(p.body[0])) {
			t.Errorf("%s: %d, body not there", p.URL, code)
		}
	}
}

func TestManners(t *testing.T) {
	s, c := serve(t, at(3, 30, 16))
	cl := client(s)
	if _, err := cl.Get("http://sotnmt.mau.example/tin-tuc/"); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("dead host: %v, want connection refused", err)
	}
	for _, x := range []struct {
		url, want string
		code      int
	}{
		{"http://soxaydung.mau.example/Pages/tin-tuc.aspx", "Web Part Error", 200},
		{"http://soxaydung.mau.example/", "Không tìm thấy trang", 200},
		{"http://soyte.mau.example/vi/news/tin-tuc/", "document.cookie", 200},
		{"http://baomau.example/robots.txt", "/T%C3%ACm-ki%E1%BA%BFm/", 200},
		{"http://benmay.mau.example/robots.txt", "Crawl-delay: 0.05", 200},
		{"http://baomau.example/11/1/Khong-co.aspx", "Không tìm thấy", 404},
		{"http://baomau.example/58/Cai-cach-hanh-chinh/", "__VIEWSTATE", 200},
		{"http://mau.example/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?ItemID=1&l=x", "Web Part Error", 200},
		{"http://hanhchinhcong.mau.example/bo-thu-tuc-hanh-chinh", "Bộ thủ tục hành chính", 200},
		{"http://thanhpho.mau.example/tin-tuc/tin-tuc-su-kien/", " CH<", 200},
		{"http://sotuphap.mau.example/Default.aspx", "GMT+7", 200},
		{"http://baomau.example/rss/13.rss", "Điểm sự kiện nổi bật tỉnh Mẫu tuần qua (20 &amp;ndash; 26/3)", 200},
		{"http://baomau.example/rss/home.rss", "+0700</pubDate>", 200},
	} {
		if code, body, _ := get(t, cl, x.url); code != x.code || !strings.Contains(body, x.want) {
			t.Errorf("%s: %d, want %d with %q", x.url, code, x.code, x.want)
		}
	}
	for host := range s.hosts {
		if code, _, h := get(t, cl, "http://"+host+"/robots.txt"); code != 200 || !strings.HasPrefix(h.Get("Content-Type"), "text/plain") {
			t.Errorf("robots.txt of %s: %d %s", host, code, h.Get("Content-Type"))
		}
	}

	req, _ := http.NewRequest("GET", "http://soyte.mau.example/vi/news/tin-tuc/", nil)
	req.Header.Set("Cookie", "D1N="+gateCookie(&site{host: "soyte.mau.example"}))
	resp, err := cl.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if !strings.Contains(string(body), "news_column") {
		t.Error("the gate does not open to its own cookie")
	}

	_, _, h := get(t, cl, "http://baomau.example/rss/11.rss")
	req, _ = http.NewRequest("GET", "http://baomau.example/rss/11.rss", nil)
	req.Header.Set("If-None-Match", h.Get("ETag"))
	if resp, err = cl.Do(req); err != nil || resp.StatusCode != http.StatusNotModified {
		t.Errorf("validator of an unchanged feed: %v %v", resp, err)
	}
	c.set(at(4, 1, 23))
	if resp, err = cl.Do(req); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("validator of a changed feed: %v %v", resp, err)
	}
	c.set(at(2, 14, 9))
	if _, body, _ := get(t, cl, "http://baomau.example/rss/12.rss"); strings.Contains(body, "</rss>") || !strings.Contains(body, "</item>") {
		t.Error("the feed of 14 February is not cut off")
	}
}

func TestSameClockSameBytes(t *testing.T) {
	moments := []time.Time{at(1, 20, 8), at(3, 1, 12)}
	bodies := func() map[string]string {
		out := map[string]string{}
		s, c := serve(t, moments[0])
		cl := client(s)
		for _, m := range moments {
			c.set(m)
			for name, url := range lists() {
				_, body, _ := get(t, cl, url)
				out[m.String()+name] = body
			}
			for i, p := range province().pieces {
				if i%20 == 0 && p.Reachable && !p.Visible.After(m) {
					_, body, _ := get(t, cl, p.URL)
					out[m.String()+p.URL] = body
				}
			}
		}
		return out
	}
	a, b := bodies(), bodies()
	if len(a) < 40 || !maps.Equal(a, b) {
		t.Errorf("%d pages, equal %t", len(a), maps.Equal(a, b))
	}
	w := build() // a second world, made from nothing
	for i, p := range province().pieces {
		if q := w.pieces[i]; p.Truth != q.Truth || strings.Join(p.body, "|") != strings.Join(q.body, "|") {
			t.Fatalf("piece %d differs between two builds: %s, %s", i, p.URL, q.URL)
		}
	}
}
