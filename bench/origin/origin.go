package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// origin answers for every feed.
type origin struct {
	options
	newer   atomic.Int64 // items added to every feed by /advance
	pages   sync.Map     // key → string: feeds and lists of the current generation
	mux     *http.ServeMux
	started time.Time // of the published dates, not of the program

	requests, notModified, bytes, feedReads, articleReads atomic.Int64
	overlaps                                              atomic.Int64 // requests that came to a host while another was under way
	underWay                                              sync.Map     // host → *atomic.Int32
	first                                                 atomic.Int64 // when the first was asked, microseconds Unix time; 0: none yet
}

func newOrigin(o options) *origin {
	s := &origin{options: o, mux: http.NewServeMux(), started: time.Date(2023, 1, 1, 0, 0, 0, 0, time.FixedZone("+07", 7*3600))}
	s.mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, r *http.Request) {
		s.asked()
		fmt.Fprint(w, "User-agent: *\nAllow: /\n")
	})
	s.mux.HandleFunc("GET /f/{feed}", s.feed)
	s.mux.HandleFunc("GET /f/{feed}/{$}", s.list)
	s.mux.HandleFunc("GET /f/{feed}/{page}", s.article)
	s.mux.HandleFunc("/advance", s.advance)
	s.mux.HandleFunc("GET /stats", s.stats)
	s.mux.HandleFunc("/reset", func(w http.ResponseWriter, r *http.Request) {
		for _, n := range []*atomic.Int64{&s.requests, &s.notModified, &s.bytes, &s.feedReads, &s.articleReads, &s.first} {
			n.Store(0)
		}
	})
	return s
}

// ServeHTTP implements http.Handler.
func (s *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if host := r.Host; strings.HasPrefix(host, "h") { // one of those that are read, not whoever looks after the origin
		n, _ := s.underWay.LoadOrStore(host, &atomic.Int32{})
		if n.(*atomic.Int32).Add(1) > 1 {
			s.overlaps.Add(1)
		}
		defer n.(*atomic.Int32).Add(-1)
	}
	s.mux.ServeHTTP(w, r)
}

// hostName is the host of a feed.
func (o options) hostName(feed int) string { return fmt.Sprintf("h%d.tai.example", feed%o.hosts+1) }

// newest is the id of a feed's newest item; the oldest is 0.
func (s *origin) newest() int { return s.items - 1 + int(s.newer.Load()) }

// published spreads a feed's items three hours apart, each feed at its own minute.
func (s *origin) published(feed, id int) time.Time {
	return s.started.Add(time.Duration(id)*3*time.Hour + time.Duration(feed%180)*time.Minute)
}

// number reads the feed of the path; suffix is ".rss" or "".
func (s *origin) number(w http.ResponseWriter, r *http.Request, suffix string) (int, bool) {
	text, ok := strings.CutSuffix(r.PathValue("feed"), suffix)
	n, err := strconv.Atoi(text)
	if !ok || err != nil || n < 0 || n >= s.feeds {
		http.NotFound(w, r)
		return 0, false
	}
	return n, true
}

// asked counts a request.
func (s *origin) asked() {
	if s.requests.Add(1) == 1 {
		s.first.Store(time.Now().UnixMicro())
	}
}

// answer sends a body with validators, or 304.
func (s *origin) answer(w http.ResponseWriter, r *http.Request, ctype, etag string, mod time.Time, body func() string) {
	s.asked()
	if s.latency > 0 {
		select {
		case <-time.After(s.latency):
		case <-r.Context().Done():
			return
		}
	}
	h := w.Header()
	h.Set("ETag", etag)
	h.Set("Last-Modified", mod.UTC().Format(http.TimeFormat))
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	match := r.Header.Get("If-None-Match")
	if match == etag || match == "" && err == nil && !mod.Truncate(time.Second).After(since) {
		s.notModified.Add(1)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	b := body()
	s.bytes.Add(int64(len(b)))
	h.Set("Content-Type", ctype)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = io.WriteString(w, b) // a reader that has left needs no answer
}

// once keeps a page of the current generation.
func (s *origin) once(key string, body func() string) string {
	if b, ok := s.pages.Load(key); ok {
		return b.(string)
	}
	b := body()
	s.pages.Store(key, b)
	return b
}

func (s *origin) feed(w http.ResponseWriter, r *http.Request) {
	n, ok := s.number(w, r, ".rss")
	if !ok {
		return
	}
	s.feedReads.Add(1)
	last := s.newest()
	etag := fmt.Sprintf(`"f%d-%d"`, n, last)
	s.answer(w, r, "application/rss+xml; charset=utf-8", etag, s.published(n, last), func() string {
		base := s.base(n)
		if host := r.Host; s.spread && isAddress(host) { // whoever cannot be told where names lead asks addresses, and is shown them
			base = fmt.Sprintf("http://%s/f/%d/", host, n)
		}
		return s.once(etag+base, func() string { return s.rss(n, last, base) })
	})
}

func (s *origin) list(w http.ResponseWriter, r *http.Request) {
	n, ok := s.number(w, r, "")
	if !ok {
		return
	}
	s.feedReads.Add(1)
	last := s.newest()
	etag := fmt.Sprintf(`"l%d-%d"`, n, last)
	s.answer(w, r, "text/html; charset=utf-8", etag, s.published(n, last), func() string {
		return s.once(etag, func() string { return s.html(n, last) })
	})
}

func (s *origin) article(w http.ResponseWriter, r *http.Request) {
	n, ok := s.number(w, r, "")
	if !ok {
		return
	}
	text, ok := strings.CutSuffix(r.PathValue("page"), ".html")
	id, err := strconv.Atoi(text)
	if !ok || err != nil || id < 0 || id > s.newest() {
		http.NotFound(w, r)
		return
	}
	s.articleReads.Add(1)
	s.answer(w, r, "text/html; charset=utf-8", fmt.Sprintf(`"a%d-%d"`, n, id), s.published(n, id), func() string { return s.page(n, id) })
}

func (s *origin) advance(w http.ResponseWriter, r *http.Request) {
	by, err := strconv.Atoi(r.FormValue("by"))
	if err != nil || by < 0 {
		http.Error(w, "want by=N, N at least 0", http.StatusBadRequest)
		return
	}
	newer := s.newer.Add(int64(by))
	s.pages.Clear()
	fmt.Fprintln(w, newer)
}

func (s *origin) stats(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]int64{
		"requests": s.requests.Load(), "not_modified": s.notModified.Load(), "bytes": s.bytes.Load(),
		"feeds": s.feedReads.Load(), "articles": s.articleReads.Load(), "first": s.first.Load(), "overlaps": s.overlaps.Load(),
	})
}

// writer makes one item's text; the same item always reads the same.
type writer struct {
	rng    *rand.Rand
	reform bool
}

func writerOf(feed, id int) writer {
	h := fnv.New64a()
	fmt.Fprintf(h, "tai/%d/%d", feed, id)
	seed := h.Sum64()
	return writer{rng: rand.New(rand.NewPCG(seed, 7)), reform: seed%3 == 0}
}

func subjects() []string {
	return []string{"Huyện Khe Mây", "Xã Lũng Mây", "Thị xã Bến Mây", "Trường tiểu học số hai", "Hợp tác xã nông nghiệp", "Đoàn thanh niên", "Trung tâm y tế", "Hội phụ nữ", "Chợ phiên vùng cao", "Người dân thôn Bản Quế"}
}

func deeds() []string {
	return []string{"tổ chức lễ phát động trồng rừng", "đón hàng nghìn lượt khách du lịch", "khởi công tuyến đường liên xã", "thu hoạch vụ chè xuân", "trao quà cho hộ khó khăn", "khai mạc giải bóng chuyền", "phòng, chống rét cho gia súc", "ra quân vệ sinh môi trường", "tập huấn kỹ thuật trồng nấm", "diễn tập cứu hộ, cứu nạn"}
}

func reforms() []string {
	return []string{"rút ngắn thời gian giải quyết thủ tục hành chính", "đẩy mạnh cải cách hành chính", "nâng tỷ lệ dịch vụ công trực tuyến toàn trình", "nhân rộng mô hình một cửa liên thông", "siết chặt kỷ luật, kỷ cương hành chính", "sắp xếp đơn vị sự nghiệp công lập", "số hóa kết quả giải quyết thủ tục hành chính"}
}

func fillers() []string {
	return strings.Fields("trong những ngày qua nhiều hộ gia đình ở các thôn bản đã chủ động chuẩn bị giống vốn lao động để bước vào vụ mới theo kế hoạch chung của địa phương kết quả bước đầu rất đáng ghi nhận song vẫn còn không ít khó khăn cần được quan tâm hỗ trợ kịp thời nhất là đường giao thông nước sạch trường lớp và đầu ra cho sản phẩm")
}

func one(rng *rand.Rand, of []string) string { return of[rng.IntN(len(of))] }

func (t writer) title() string {
	what := one(t.rng, deeds())
	if t.reform {
		what = one(t.rng, reforms())
	}
	return fmt.Sprintf("%s %s đợt %d năm 2023", one(t.rng, subjects()), what, 1+t.rng.IntN(90))
}

// sentences writes about n words.
func (t writer) sentences(n int) string {
	var b strings.Builder
	words := fillers()
	for i := 0; i < n; {
		s := one(t.rng, subjects()) + " "
		if t.reform && t.rng.IntN(3) == 0 {
			s += one(t.rng, reforms())
		} else {
			s += one(t.rng, deeds())
		}
		at, run := t.rng.IntN(len(words)-12), 6+t.rng.IntN(6)
		fmt.Fprintf(&b, "%s, %s. ", s, strings.Join(words[at:at+run], " "))
		i += run + 12
	}
	return strings.TrimSpace(b.String())
}

func (s *origin) base(feed int) string { return fmt.Sprintf("http://%s/f/%d/", s.hostName(feed), feed) }

// isAddress reports whether a host is an IP address with a port.
func isAddress(host string) bool {
	_, err := netip.ParseAddrPort(host)
	return err == nil
}

func (s *origin) rss(feed, last int, base string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Trang tải %d</title><link>%s</link><description>Tin tức</description>`+"\n", feed, base)
	for id := last; id > last-s.items && id >= 0; id-- {
		t := writerOf(feed, id)
		fmt.Fprintf(&b, "<item><title>%s</title><link>%s%d.html</link><guid>%s%d.html</guid><pubDate>%s</pubDate><description><![CDATA[<p>%s</p>]]></description></item>\n",
			t.title(), base, id, base, id, s.published(feed, id).Format(time.RFC1123Z), t.sentences(110))
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

func (s *origin) html(feed, last int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Trang tải %d</title></head><body><nav>%s</nav><div class="ds">`+"\n", feed, strings.Repeat(`<a href="/muc">Chuyên mục</a> `, 30))
	for id := last; id > last-s.items && id >= 0; id-- {
		t := writerOf(feed, id)
		fmt.Fprintf(&b, `<div class="tin"><a href="/f/%d/%d.html">%s</a><span class="ngay">%s</span><p>%s</p></div>`+"\n",
			feed, id, t.title(), s.published(feed, id).Format("02/01/2006 15:04"), t.sentences(30))
	}
	b.WriteString("</div></body></html>")
	return b.String()
}

// page repeats the item's title and lead, then a body, among the furniture of
// a news page: about 20 KiB.
func (s *origin) page(feed, id int) string {
	t := writerOf(feed, id)
	var b strings.Builder
	title := t.title()
	fmt.Fprintf(&b, `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>%s</title></head><body><nav>`, title)
	for i := range 90 {
		fmt.Fprintf(&b, `<a href="/muc/%d">Chuyên mục %d</a>`, i, i)
	}
	fmt.Fprintf(&b, `</nav><main><h1 class="tieude">%s</h1><div class="ngay">Cập nhật: %s</div><p class="sapo">%s</p><div class="noidung">`+"\n",
		title, s.published(feed, id).Format("2/1/2006 | 3:04:05 PM"), t.sentences(30))
	for range 16 {
		fmt.Fprintf(&b, "<p>%s</p>\n", t.sentences(80))
	}
	b.WriteString(`</div></main><aside>`)
	for i := range 25 {
		other := writerOf(feed+1, i)
		fmt.Fprintf(&b, `<div class="lienquan"><a href="/f/%d/%d.html">%s</a></div>`, feed, i, other.title())
	}
	b.WriteString(`</aside><footer>Trang tải, không phải tin thật</footer></body></html>`)
	return b.String()
}
