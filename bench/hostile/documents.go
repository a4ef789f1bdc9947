package hostile

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
)

func rep(s string, n int) string { return strings.Repeat(s, n) }

// feeds are attacks by what a feed says.
func feeds() []Attack {
	rss := func(name, wants string, body func() string) Attack {
		return Attack{name, "feed", wants, page("application/rss+xml", func() []byte { return []byte(body()) })}
	}
	json := func(name, wants string, body func() string) Attack {
		return Attack{name, "feed", wants, page("application/feed+json", func() []byte { return []byte(body()) })}
	}
	lol := `<!DOCTYPE rss [<!ENTITY lol "lol">`
	for i := range 9 {
		lol += fmt.Sprintf(`<!ENTITY lol%d "%s">`, i, rep("&lol;", 10))
	}
	return []Attack{
		rss("xml-deep", "parse_error", func() string { return rssHead + rep("<a>", 1_000_000) }),
		rss("xml-deep-item", "parse_error", func() string { return rssHead + "<item>" + rep("<x:y>", 800_000) + "</item>" + rssTail }),
		rss("xml-attributes", "ok", func() string { return rssHead + "<item " + rep(`a="b" `, 650_000) + ">" + item(1) + rssTail }),
		rss("xml-attributes-spread", "parse_error ok", func() string {
			return rssHead + rep("<item "+rep(`a="b" `, 400)+"><title>x y</title></item>", 1600) + rssTail
		}),
		rss("xml-tags", "parse_error", func() string { return rssHead + "<item>" + rep("<a/>", 900_000) + "</item>" + rssTail }),
		rss("xml-items", "parse_error ok", func() string { return rssHead + rep("<item><title>x</title></item>", 130_000) + rssTail }),
		rss("xml-items-empty", "parse_error layout_changed empty", func() string { return rssHead + rep("<item/>", 550_000) + rssTail }),
		rss("entity-bomb", "ok", func() string {
			return lol + "]>" + rssHead + "<item><title>&lol8; nói</title><link>/1</link></item>" + rssTail
		}),
		rss("entity-external", "ok", func() string {
			return `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % y SYSTEM "http://127.0.0.1:1/"> %y;]>` + rssHead + "<item><title>&x; nói</title><link>/1</link></item>" + rssTail
		}),
		rss("entities", "ok", func() string {
			return rssHead + "<item><title>Tin thật</title><link>/1</link><description>" + rep("&amp; ", 111_206) + "</description></item>" + rssTail
		}),
		rss("doctype-long", "parse_error not_a_feed ok", func() string {
			return "<!DOCTYPE rss [" + rep(`<!ENTITY a "b">`, 200_000) + "]>" + rssHead + item(1) + rssTail
		}),
		rss("title-long", "ok", func() string {
			return rssHead + "<item><title>" + rep("dài ", 700_000) + "</title><link>/1</link></item>" + rssTail
		}),
		rss("title-marks", "ok", func() string {
			return rssHead + "<item><title>a" + rep("\u0301", 1_900_000) + "</title><link>/1</link></item>" + rssTail
		}),
		rss("description-soup", "ok", func() string {
			return rssHead + "<item><title>Tin</title><link>/1</link><description><![CDATA[" + rep("<b a=1><p>", 350_000) + "]]></description></item>" + rssTail
		}),
		rss("description-formats", "ok", func() string {
			var b strings.Builder
			for i := range 500 {
				fmt.Fprintf(&b, "<b a=%d>", i)
			}
			return rssHead + "<item><title>Tin</title><link>/1</link><description><![CDATA[" + b.String() + rep("<p>x</p>", 480_000) + "]]></description></item>" + rssTail
		}),
		rss("cdata-open", "parse_error", func() string { return rssHead + "<item><![CDATA[" + rep("x", 4_000_000) }),
		rss("comments", "ok", func() string { return rssHead + rep("<!-- x -->", 380_000) + item(1) + rssTail }),
		rss("brackets", "ok", func() string { return rssHead + item(1) + rep("<", 3_000_000) + rssTail }),
		rss("quotes", "parse_error ok", func() string { return rssHead + item(1) + rep(`<a b="`, 650_000) + rssTail }),
		rss("urls-giant", "ok", func() string {
			return rssHead + rep("<item><title>Tin</title><link>http://urls-giant.xau.example/"+rep("a", 100_000)+"</link></item>", 40) + item(1) + rssTail
		}),
		rss("urls-schemes", "ok layout_changed", func() string {
			var b strings.Builder
			for i, u := range []string{"javascript:alert(1)", "file:///etc/passwd", "http://169.254.169.254/", "http://[::1]/", "http://\x7f/", "data:text/html,x", "http://127.1/", "//10.0.0.1/x", "http://u:p@urls-schemes.xau.example/1"} {
				fmt.Fprintf(&b, "<item><title>Tin số %d</title><link>%s</link></item>", i, u)
			}
			return rssHead + b.String() + item(1) + rssTail
		}),
		rss("bytes-invalid", "ok parse_error", func() string {
			return rssHead + "<item><title>Tin \xff\xfe\x80 và \xc3</title><link>/1?\xff</link><guid>\xff</guid></item>" + rssTail
		}),
		rss("bytes-nul", "ok", func() string {
			return rssHead + "<item><title>Tin\x00 số &#0; và &#x1; &#xD800;</title><link>/1?a=%00&#0;</link><guid>&#0;</guid></item>" + item(2) + rssTail
		}),
		rss("utf16-lie", "not_a_feed parse_error empty", func() string { return "\xff\xfe" + rep("\x00\xd8", 2_000_000) }),
		rss("dates", "ok", func() string {
			return rssHead + "<item><title>Tin</title><link>/1</link><pubDate>" + rep("1/2/2023 ", 400_000) + "</pubDate></item>" + rssTail
		}),
		rss("pdf-as-feed", "parse_error", func() string { return "%PDF-1.7\n" + rep("\x00\x01\x02obj", 100_000) }),
		rss("exe-as-feed", "parse_error not_a_feed empty", func() string { return "MZ\x90\x00\x03" + rep("\x00\x01\xff\xfe", 500_000) }),
		rss("html-as-feed", "not_a_feed", func() string { return htmlHead + rep("<p>chữ</p>", 1000) }),
		rss("soup-as-feed", "not_a_feed parse_error", func() string { return htmlHead + rep("<b><p>", 1_000_000) }),
		rss("zip-as-feed", "parse_error", func() string { return "PK\x03\x04" + rep("\x00", 1_000_000) }),
		json("json-items", "parse_error", func() string {
			return `{"version":"https://jsonfeed.org/version/1.1","items":[` + rep("{},", 1_300_000) + "{}]}"
		}),
		json("json-deep", "not_a_feed parse_error", func() string { return `{"items":` + rep("[", 1_000_000) + rep("]", 1_000_000) + "}" }),
		json("json-nul", "ok", func() string {
			return `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"a\u0000b","title":"Tin\u0000 \ud800 dài","url":"/1","content_text":"x\u0000y"}]}`
		}),
	}
}

const sitemapHead = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`

// places is a sitemap of n addresses, each of about so many bytes.
func places(size, n int) []byte {
	b := []byte(sitemapHead)
	for i := range n {
		b = fmt.Appendf(b, "<url><loc>/%0*d</loc><lastmod>2023-05-0%d</lastmod></url>", size, i, i%9+1)
	}
	return append(b, "</urlset>"...)
}

// pages are attacks by what a list or a page says.
func pages() []Attack {
	html := func(name, kind, wants string, body func() string) Attack {
		return Attack{name, kind, wants, page("text/html; charset=utf-8", func() []byte { return []byte(body()) })}
	}
	sitemap := func(name, wants string, body func() []byte) Attack {
		return Attack{name, "sitemap", wants, page("application/xml", body)}
	}
	formats := func() string {
		var b strings.Builder
		for i := range 400 {
			fmt.Fprintf(&b, "<b a=%d>", i)
		}
		return b.String()
	}
	link := func(n int) string {
		return fmt.Sprintf(`<div class="c"><a href="/tin/%d">Một tin dài bốn năm chữ số %d</a>`, n, n)
	}
	var visits atomic.Int64
	return []Attack{
		html("html-soup", "list", "parse_error", func() string { return htmlHead + rep("<b><p>", 200_000) }),
		html("html-soup-page", "page", "parse_error", func() string { return htmlHead + rep("<b><p>", 200_000) }),
		html("html-formats", "page", "parse_error", func() string { return htmlHead + formats() + rep("<p>x</p>", 150_000) }),
		html("html-deep", "list", "layout_changed empty parse_error", func() string { return htmlHead + rep("<div>", 300_000) }),
		html("html-deep-text", "page", "layout_changed empty parse_error ok", func() string { return htmlHead + rep("<div class=title>", 400) + rep("chữ dài ", 150_000) }),
		html("html-headings", "page", "layout_changed empty parse_error ok", func() string {
			return "<title>" + rep("x ", 20_000) + "</title>" + rep("<h1>", 400) + rep("x<h2>", 40_000)
		}),
		html("html-attributes", "list", "parse_error empty", func() string { return htmlHead + "<p " + rep("a ", 900_000) + ">" }),
		html("html-attributes-spread", "list", "parse_error layout_changed empty", func() string { return htmlHead + rep("<p "+rep("a ", 400)+">", 2400) }),
		html("html-tables", "list", "parse_error layout_changed empty", func() string { return htmlHead + rep("<table><tr><td>", 130_000) }),
		html("html-svg", "list", "parse_error layout_changed empty", func() string { return htmlHead + rep("<table><svg><td></div>", 90_000) }),
		html("html-select", "list", "parse_error layout_changed empty", func() string { return htmlHead + rep("<select><option>", 120_000) }),
		html("html-comment", "list", "layout_changed empty parse_error", func() string { return htmlHead + "<!--" + rep("--!", 600_000) }),
		html("html-script", "page", "layout_changed empty parse_error challenge", func() string { return htmlHead + "<script>" + rep("document.cookie=", 12_000) + "</script>" }),
		html("html-ld", "page", "layout_changed empty parse_error ok", func() string {
			return htmlHead + `<script type="application/ld+json">` + rep(`[{"a":`, 250_000) + "</script>"
		}),
		html("html-nested-links", "list", "ok parse_error layout_changed", func() string {
			var b strings.Builder
			for i := range 20_000 {
				b.WriteString(link(i))
			}
			return htmlHead + b.String()
		}),
		html("html-hidden", "page", "layout_changed empty parse_error", func() string { return htmlHead + rep("<span style='display:none'>", 150) + rep("<h1>", 90_000) }),
		html("html-marks", "page", "layout_changed empty parse_error ok", func() string { return htmlHead + rep("<b>x", 400) + rep("\u0301\u0300", 400_000) }),
		html("html-credits", "page", "layout_changed empty parse_error ok", func() string { return htmlHead + "<h1>x</h1>" + rep("Báo Nguồn: Theo ", 90_000) }),
		html("pdf-as-html", "page", "parse_error", func() string { return "%PDF-1.7\n" + rep("x", 100_000) }),
		sitemap("sitemap-full", "ok", func() []byte { return places(150, 45_000) }),
		sitemap("sitemap-packed", "ok parse_error", func() []byte { return zip(places(100, 50_000), 1) }),
		sitemap("sitemap-tags", "parse_error empty layout_changed ok", func() []byte { return []byte(sitemapHead + rep("<url>", 1_900_000)) }),
		sitemap("sitemap-large", "parse_error", func() []byte { return places(1000, 50_000) }),
		sitemap("sitemap-bomb", "parse_error", func() []byte { return zip([]byte(rep("<url/>", 1_000_000)), 10) }),
		{"list-endless", "list", "ok parse_error", func(w http.ResponseWriter, r *http.Request) { // other entries at each visit
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			n := int(visits.Add(1)) * 10_000
			fmt.Fprint(w, htmlHead)
			for i := range 9000 {
				fmt.Fprint(w, link(n+i), "</div>")
			}
			fmt.Fprintf(w, `<a rel="next" href="/doc?page=%d">Trang sau</a></body></html>`, n)
		}},
	}
}
