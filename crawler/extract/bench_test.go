package extract

import (
	"fmt"
	"strings"
	"testing"

	"loa/media"
)

// BenchmarkFeed reads a feed of 20 items of some hundred words, as bytes: most
// of what a visit that found something new costs.
func BenchmarkFeed(b *testing.B) {
	var s strings.Builder
	s.WriteString(`<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Trang tin</title><link>http://bao.example/</link><description>Tin tức</description>` + "\n")
	for i := range 20 {
		fmt.Fprintf(&s, "<item><title>Xã Lũng Mây rút ngắn thời gian giải quyết thủ tục hành chính đợt %d</title><link>http://bao.example/tin/%d.html</link><guid>http://bao.example/tin/%d.html</guid><pubDate>Mon, 06 Mar 2023 08:%02d:00 +0700</pubDate><description><![CDATA[<p>%s</p>]]></description></item>\n",
			i, i, i, i, strings.Repeat("Trong những ngày qua nhiều hộ gia đình ở các thôn bản đã chủ động chuẩn bị giống, vốn, lao động để bước vào vụ mới. ", 5))
	}
	s.WriteString("</channel></rss>")
	body := []byte(s.String())
	src := media.Source{ID: "tinh/bao", Kind: media.KindFeed, URL: "http://bao.example/rss"}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		text, err := Decode(body, "application/rss+xml; charset=utf-8")
		if err != nil {
			b.Fatal(err)
		}
		l, err := Feed(text, src, src.URL)
		if err != nil || len(l.Entries) != 20 {
			b.Fatal(len(l.Entries), err)
		}
	}
}
