package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"
)

// documents are the last list made of a source: most requests find what the one before found.
type documents struct {
	mu   sync.Mutex
	of   int // pieces published when it was made
	text string
}

func one(rnd *rand.Rand, of ...string) string { return of[rnd.IntN(len(of))] }

// writer makes a piece's words: the same piece always reads the same.
func writer(s *site, piece int) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(s.n)<<20|uint64(piece), 11))
}

func title(rnd *rand.Rand, n int) string {
	who := one(rnd, "Huyện Khe Mây", "Xã Lũng Mây", "Thị xã Bến Mây", "Sở Nội vụ", "Trường tiểu học số hai", "Hợp tác xã nông nghiệp", "Đoàn thanh niên", "Trung tâm y tế", "Hội phụ nữ")
	what := one(rnd, "tổ chức lễ phát động trồng rừng", "đón hàng nghìn lượt khách du lịch", "khởi công tuyến đường liên xã", "trao quà cho hộ khó khăn",
		"rút ngắn thời gian giải quyết thủ tục hành chính", "đẩy mạnh cải cách hành chính", "nâng tỷ lệ dịch vụ công trực tuyến toàn trình", "tập huấn kỹ thuật trồng nấm", "diễn tập cứu hộ, cứu nạn")
	return fmt.Sprintf("%s %s đợt %d", who, what, n)
}

func vocabulary() []string {
	return strings.Fields("trong những ngày qua nhiều hộ gia đình ở các thôn bản đã chủ động chuẩn bị giống vốn lao động để bước vào vụ mới theo kế hoạch chung của địa phương kết quả bước đầu rất đáng ghi nhận song vẫn còn không ít khó khăn cần được quan tâm hỗ trợ kịp thời nhất là đường giao thông nước sạch trường lớp và đầu ra cho sản phẩm bộ phận một cửa tiếp nhận trả kết quả hồ sơ đúng hạn cán bộ công chức")
}

// words writes about n words.
func words(rnd *rand.Rand, n int) string {
	all := vocabulary()
	var b strings.Builder
	for i := range n {
		w := all[rnd.IntN(len(all))]
		switch {
		case i%14 == 0:
			r := []rune(w)
			b.WriteString(strings.ToUpper(string(r[:1])) + string(r[1:]))
		default:
			b.WriteString(w)
		}
		if i%14 == 13 || i == n-1 {
			b.WriteString(". ")
		} else {
			b.WriteByte(' ')
		}
	}
	return strings.TrimSpace(b.String())
}

// list is the document that a source shows once so many pieces are published. A list page that moves bears the time.
func (s *site) list(newest int, now time.Time) string {
	s.docs.mu.Lock()
	if s.docs.of != newest+1 {
		s.docs.of = newest + 1
		if strings.HasSuffix(s.URL, ".rss") {
			s.docs.text = s.rss(newest)
		} else {
			s.docs.text = s.html(newest)
		}
	}
	text := s.docs.text
	s.docs.mu.Unlock()
	if s.moving {
		text = strings.Replace(text, "<!--clock-->", fmt.Sprintf(`<div class="dongho">%s, lượt truy cập: %d</div>`, now.In(zone()).Format("02/01/2006 15:04:05"), now.Unix()%1e7), 1)
	}
	return text
}

// root is the address under which a source's pieces are.
func (s *site) root() string { return strings.TrimSuffix(s.URL, "tin.rss") }

// address is that of a piece: numbered from 1.
func (s *site) address(piece int) string { return fmt.Sprintf("%s%d.html", s.root(), piece) }

func (s *site) date(piece int) time.Time { return time.Unix(s.pieces[piece-1], 0).In(zone()) }

func (s *site) rss(newest int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>%s</title><link>%s</link><description>Tin tức</description>`+"\n", s.Name, s.root())
	for piece := newest; piece > newest-shown && piece > 0; piece-- {
		rnd := writer(s, piece)
		fmt.Fprintf(&b, "<item><title>%s</title><link>%s</link><guid>%s</guid><pubDate>%s</pubDate><description><![CDATA[<p>%s</p>]]></description></item>\n",
			title(rnd, piece), s.address(piece), s.address(piece), s.date(piece).Format(time.RFC1123Z), words(rnd, 40))
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

func (s *site) html(newest int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>%s</title></head><body><!--clock--><nav>%s</nav><div class="ds">`+"\n", s.Name, menu())
	for piece := newest; piece > newest-shown && piece > 0; piece-- {
		rnd := writer(s, piece)
		fmt.Fprintf(&b, `<div class="tin"><a href="%s">%s</a><span class="ngay">%s</span><p>%s</p></div>`+"\n",
			s.address(piece), title(rnd, piece), s.date(piece).Format("02/01/2006 15:04"), words(rnd, 30))
	}
	b.WriteString("</div></body></html>")
	return b.String()
}

func menu() string {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, `<a href="/muc/%d">Chuyên mục %d</a>`, i, i)
	}
	return b.String()
}

// article is a piece's page: some 12 KiB, as the pages of provincial portals have without their scripts; brief of one paragraph.
func (s *site) article(piece int) string {
	rnd := writer(s, piece)
	var b strings.Builder
	t := title(rnd, piece)
	fmt.Fprintf(&b, `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>%s</title></head><body><nav>%s</nav><main><h1 class="tieude">%s</h1><div class="ngay">Cập nhật: %s</div><p class="sapo">%s</p><div class="noidung">`+"\n",
		t, menu(), t, s.date(piece).Format("02/01/2006 15:04"), words(rnd, 30))
	paragraphs := 6 + rnd.IntN(8)
	if s.brief {
		paragraphs = 1
	}
	for range paragraphs {
		fmt.Fprintf(&b, "<p>%s</p>\n", words(rnd, 70))
	}
	b.WriteString("</div></main><footer>Trang mô phỏng, không phải tin thật</footer></body></html>")
	return b.String()
}

// posted is what a page that has to be there shows.
func (s *site) posted() string {
	return `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>` + s.Name + `</title></head><body><main><h1>` + s.Name + `</h1><p>Đường dây nóng: 0216.3.000.000. ` +
		words(writer(s, 0), 200) + `</p></main></body></html>`
}

// answer is what a site sends at a time for a path of one of its sources: an ETag where it has validators, ok is false for what is not there.
func (s *site) answer(path string, now time.Time) (body, kind, etag string, ok bool) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	switch {
	case s.kind == page || s.kind == server:
		return s.posted(), "text/html; charset=utf-8", "", name == ""
	case name == "tin.rss":
		n := s.newest(now)
		return s.list(n, now), "application/rss+xml; charset=utf-8", fmt.Sprintf(`"%d-%d"`, s.n, n), true
	case name == "":
		return s.list(s.newest(now), now), "text/html; charset=utf-8", "", true
	}
	piece, err := strconv.Atoi(strings.TrimSuffix(name, ".html"))
	if err != nil || piece < 1 || piece > s.newest(now) {
		return "", "", "", false
	}
	return s.article(piece), "text/html; charset=utf-8", "", true
}
