package sample

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"
)

// short is how many entries a page of an agency's list has.
const short = 8

const htmlType = "text/html; charset=utf-8"

// nukeviet: feeds under /rss/, lists /vi/news/<category>/page-N, pages that end in -<id>.html.
func (v *view) nukeviet() (answer, bool) {
	s := strings.Split(strings.Trim(v.path, "/"), "/")
	if s[0] == "rss" && v.site.form == "nukeviet" {
		return v.nukevietFeed(s[1:])
	}
	if s[0] == "" {
		s = []string{"vi", "news", v.site.sections[0].code}
	}
	if len(s) < 3 || s[0] != "vi" || s[1] != "news" {
		return answer{}, false
	}
	sec := v.section(func(x *section) bool { return x.code == s[2] })
	if sec == nil {
		return answer{}, false
	}
	if len(s) == 4 && strings.HasSuffix(s[3], ".html") {
		id := s[3][strings.LastIndex(s[3], "-")+1:]
		p := v.find(func(p *piece) bool { return strconv.Itoa(p.id)+".html" == id && p.section == sec })
		if p == nil {
			return answer{}, false
		}
		return answer{ctype: htmlType, body: v.nukevietPage(p)}, true
	}
	n := 1
	if len(s) == 4 {
		n, _ = strconv.Atoi(strings.TrimPrefix(s[3], "page-"))
	}
	var b strings.Builder
	v.nukevietHead(&b, sec.name)
	for _, p := range page(v.shown(sec), n, short) {
		fmt.Fprintf(&b, `<div class="news_column panel panel-default"><div class="featured"><h2><a href="%s" title="%s">%s</a></h2><div class="text-muted">- %s - Đã xem: %d</div><p>%s</p></div></div>`+"\n",
			path(p.URL, p.Host), esc(p.printed()), esc(p.printed()), p.Published.Format("02/01/2006 03:04:05 PM"), v.views(p), esc(p.Lead))
	}
	fmt.Fprintf(&b, `<ul class="pagination"><li><a href="/vi/news/%s/page-2">2</a></li></ul></div></body></html>`, sec.code)
	return answer{ctype: htmlType, body: b.String()}, true
}

func (v *view) nukevietHead(b *strings.Builder, title string) {
	fmt.Fprintf(b, `<!DOCTYPE html><html lang="vi" xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"><meta name="generator" content="NukeViet v4.5"><title>%s - %s</title></head><body><div class="nav"><a href="/">Trang nhất</a>`, esc(title), esc(v.site.title))
	for _, s := range v.site.sections {
		fmt.Fprintf(b, `<a href="/vi/news/%s/">%s</a>`, s.code, esc(s.name))
	}
	b.WriteString("</div><div class=\"container\">\n")
}

func (v *view) nukevietPage(p *piece) string {
	var b strings.Builder
	v.nukevietHead(&b, p.printed())
	fmt.Fprintf(&b, `<div class="news_column panel"><h1 class="title margin-bottom-lg">%s</h1><em class="time">%s - %s</em>
<div class="hometext m-bottom">%s</div><div class="bodytext margin-bottom-lg" id="news-bodyhtml">%s</div>
<p class="h5 text-right"><strong>Tác giả: </strong>%s</p></div>
<div class="panel related"><h3>Những tin mới hơn</h3><ul>`, esc(p.printed()), weekday(p.Published), p.Published.Format("02/01/2006 15:04"), esc(p.Lead), p.paragraphs(), esc(p.byline))
	for _, r := range v.related(p) {
		fmt.Fprintf(&b, `<li><a href="%s">%s</a></li>`, path(r.URL, r.Host), esc(r.printed()))
	}
	b.WriteString("</ul></div></div></body></html>")
	return b.String()
}

func (v *view) nukevietFeed(s []string) (answer, bool) {
	var sec *section
	if len(s) > 0 && s[0] != "" {
		if sec = v.section(func(x *section) bool { return x.code == s[0] }); sec == nil {
			return answer{}, false
		}
	}
	ps := page(v.shown(sec), 1, 20)
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><?xml-stylesheet type="text/xsl" href="/assets/css/rss.xsl"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>%s</title><link>http://%s/</link><description>%s</description><language>vi</language>`+"\n", esc(v.site.title), v.site.host, esc(v.site.title))
	for _, p := range ps {
		fmt.Fprintf(&b, `<item><title>%s</title><link>%s</link><guid isPermaLink="false">news_%d</guid><description><![CDATA[<img src="/uploads/%d.jpg" width="100" align="left" border="0">%s]]></description><pubDate>%s</pubDate></item>`+"\n",
			esc(p.printed()), p.URL, p.id, p.id, p.Lead, p.Published.Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	return answer{ctype: "application/rss+xml; charset=utf-8", body: b.String(), etag: true}, true
}

// clock12 prints the Vietnamese twelve-hour clock: SA before noon, CH after.
func clock12(t time.Time) string {
	return strings.NewReplacer("AM", "SA", "PM", "CH").Replace(t.Format("2/1/2006 3:04:05 PM"))
}

// userkey: one address for list and page, told apart by UserKey.
func (v *view) userkey() (answer, bool) {
	if v.path != "/" && strings.Trim(v.path, "/") != "tin-tuc/tin-tuc-su-kien" {
		return answer{}, false
	}
	head := fmt.Sprintf(`<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>%s</title></head><body><div class="banner">%s</div>`, esc(v.site.title), esc(v.site.title))
	var b strings.Builder
	b.WriteString(head)
	if key := v.query.Get("UserKey"); key != "" {
		p := v.find(func(p *piece) bool { return p.slug == key })
		if p == nil {
			return answer{}, false
		}
		fmt.Fprintf(&b, `<div class="chitiet"><h2 class="tieude">%s</h2><div class="ngayxb">Ngày xuất bản: %s</div><div class="trichdan">%s</div><div class="noidung">%s</div><div class="nguoidang">%s</div></div></body></html>`,
			esc(p.printed()), clock12(p.Published), esc(p.Lead), p.paragraphs(), esc(p.byline))
		return answer{ctype: htmlType, body: b.String()}, true
	}
	n, _ := strconv.Atoi(v.query.Get("PageIndex"))
	b.WriteString(`<div class="danhsach">`)
	for _, p := range page(v.shown(nil), max(n, 1), short) {
		fmt.Fprintf(&b, `<div class="item"><a href="/tin-tuc/tin-tuc-su-kien/?UserKey=%s">%s</a><span class="ngay">%s</span><p>%s</p></div>`+"\n", p.slug, esc(p.printed()), clock12(p.Published), esc(p.Lead))
	}
	b.WriteString(`</div><a href="/tin-tuc/tin-tuc-su-kien/?PageIndex=2">Sau</a></body></html>`)
	return answer{ctype: htmlType, body: b.String()}, true
}

// drupal: /vi/tin-tuc and /vi/tin-tuc/<slug>; German quotes, reposts with a credit line.
func (v *view) drupal() (answer, bool) {
	quotes := strings.NewReplacer("«", "„", "»", "“")
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="vi" dir="ltr"><head><meta charset="utf-8"><meta name="Generator" content="Drupal 7 (http://drupal.org)"><title>%s</title></head><body class="not-front"><h2 class="element-invisible">Bạn đang ở đây</h2><div class="breadcrumb"><a href="/">Trang chủ</a> » Tin tức</div>`, esc(v.site.title))
	slug, isPage := strings.CutPrefix(v.path, "/vi/tin-tuc/")
	if isPage && slug != "" {
		p := v.find(func(p *piece) bool { return p.slug == slug })
		if p == nil {
			return answer{}, false
		}
		fmt.Fprintf(&b, `<div id="content"><h1 class="page-title">%s</h1><div class="submitted">%s</div><div class="field-name-field-tom-tat"><p>%s</p></div><div class="field-name-body">%s</div></div></body></html>`,
			esc(quotes.Replace(p.printed())), p.Published.Format("02/01/2006 15:04:05"), esc(quotes.Replace(p.Lead)), quotes.Replace(p.paragraphs()))
		return answer{ctype: htmlType, body: b.String(), etag: true}, true
	}
	if v.path != "/" && strings.TrimSuffix(v.path, "/") != "/vi/tin-tuc" {
		return answer{}, false
	}
	n, _ := strconv.Atoi(v.query.Get("page")) // from 0
	b.WriteString(`<div class="view-content">`)
	for _, p := range page(v.shown(nil), n+1, short) {
		fmt.Fprintf(&b, `<div class="views-row"><span class="views-field-title"><a href="/vi/tin-tuc/%s">%s</a></span><span class="views-field-created">%s</span><div class="views-field-body">%s</div></div>`+"\n",
			p.slug, esc(quotes.Replace(p.printed())), p.Published.Format("02/01/2006 15:04"), esc(quotes.Replace(p.Lead)))
	}
	b.WriteString(`</div><ul class="pager"><li><a href="/vi/tin-tuc?page=1">2</a></li></ul></body></html>`)
	return answer{ctype: htmlType, body: b.String(), etag: true}, true
}

// wordpress: /feed/ with content:encoded and times in UTC, pages /yyyy/mm/<slug>/.
func (v *view) wordpress() (answer, bool) {
	curly := strings.NewReplacer("«", "&#8220;", "»", "&#8221;", " - ", " &#8211; ")
	if strings.Trim(v.path, "/") == "feed" {
		ps := page(v.shown(nil), 1, 20)
		var b strings.Builder
		fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>%s</title><link>http://%s</link><description></description><language>vi</language><generator>https://wordpress.org/?v=6.1.1</generator>`+"\n", esc(v.site.title), v.site.host)
		for _, p := range ps {
			fmt.Fprintf(&b, `<item><title>%s</title><link>%s</link><dc:creator><![CDATA[quantri]]></dc:creator><pubDate>%s</pubDate><category><![CDATA[%s]]></category><guid isPermaLink="false">http://%s/?p=%d</guid><description><![CDATA[<p>%s [&#8230;]</p>]]></description><content:encoded><![CDATA[<p><strong>%s</strong></p>%s]]></content:encoded><slash:comments>0</slash:comments></item>`+"\n",
				curly.Replace(esc(p.printed())), p.URL, p.Published.UTC().Format(time.RFC1123Z), p.Section, p.Host, p.id, esc(p.Lead), esc(p.Lead), p.paragraphs())
		}
		b.WriteString("</channel></rss>")
		a := answer{ctype: "application/rss+xml; charset=UTF-8", body: b.String(), etag: true}
		if len(ps) > 0 {
			a.mod = ps[0].Visible
		}
		return a, true
	}
	if strings.HasPrefix(v.path, "/sitemap") {
		return v.sitemaps()
	}
	p := v.find(func(p *piece) bool { return path(p.URL, p.Host) == v.path })
	if p == nil && v.path != "/" {
		return answer{}, false
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="vi"><head><meta charset="UTF-8"><title>%s</title>`, esc(v.site.title))
	if p != nil {
		fmt.Fprintf(&b, `<meta property="article:published_time" content="%s">`, p.Published.Format(time.RFC3339))
	}
	b.WriteString(`</head><body class="single"><header class="site-header"><nav><a href="/">Trang chủ</a><a href="/gioi-thieu/">Giới thiệu</a><a href="/lien-he/">Liên hệ</a></nav></header><main>`)
	if p != nil {
		fmt.Fprintf(&b, `<article class="post"><h1 class="entry-title">%s</h1><div class="entry-meta"><time class="entry-date published" datetime="%s">%s</time> <span class="author">quantri</span></div><div class="entry-content"><p><strong>%s</strong></p>%s</div></article>`,
			curly.Replace(esc(p.printed())), p.Published.Format(time.RFC3339), p.Published.Format("02/01/2006"), esc(p.Lead), p.paragraphs())
	}
	b.WriteString(`</main><aside class="widget-area"><h2>Bài viết mới</h2><ul>`)
	list := page(v.shown(nil), 1, 5)
	if p != nil {
		list = v.related(p)
	}
	for _, r := range list {
		fmt.Fprintf(&b, `<li><a href="%s">%s</a></li>`, r.URL, curly.Replace(esc(r.printed())))
	}
	b.WriteString(`</ul></aside></body></html>`)
	return answer{ctype: "text/html; charset=UTF-8", body: b.String()}, true
}

// table: hand-made HTML with a byte order mark, titles in capitals, days only.
func (v *view) table() (answer, bool) {
	var b strings.Builder
	fmt.Fprintf(&b, "\ufeff<html><head><meta http-equiv=content-type content='text/html; charset=utf-8'><title>%s</title></head><body bgcolor=white><center><font size=5>%s</font></center>", esc(v.site.title), esc(v.site.title))
	switch v.path {
	case "/chitiet.php":
		id, _ := strconv.Atoi(v.query.Get("id"))
		p := v.find(func(p *piece) bool { return p.id == id })
		if p == nil {
			return answer{}, false
		}
		fmt.Fprintf(&b, "<table width=800><tr><td><b class=td>%s</b><br><i class=ngay>Ngày đăng: %s</i><p class=tt><b>%s</b></p><div class=nd>%s</div></td></tr></table></body></html>",
			esc(p.printed()), p.Published.Format("02-01-2006"), esc(p.Lead), p.paragraphs())
	case "/", "/tintuc.html":
		b.WriteString("<table border=1 class=tin><tr><th>TT<th>Tiêu đề<th>Ngày đăng</tr>\n")
		for i, p := range page(v.shown(nil), 1, 30) {
			fmt.Fprintf(&b, "<tr><td>%d<td><a href=chitiet.php?id=%d>%s</a><td class=ngay>%s</tr>\n", i+1, p.id, esc(p.printed()), p.Published.Format("02-01-2006"))
		}
		b.WriteString("</table></body></html>")
	default:
		return answer{}, false
	}
	return answer{ctype: "text/html", body: b.String()}, true
}

// webforms: weekday, date and «GMT+7» in one line; a piece without any date.
func (v *view) webforms() (answer, bool) {
	date := func(p *piece) string {
		if !p.Dated {
			return ""
		}
		day := "Chủ nhật"
		if n := int(p.Published.Weekday()); n > 0 {
			day = fmt.Sprintf("Thứ %d", n+1)
		}
		return day + ", " + p.Published.Format("02/01/2006 15:04:05") + " GMT+7"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<html><head><meta charset="utf-8"><title>%s</title></head><body><form method="post" id="aspnetForm"><input type="hidden" name="__VIEWSTATE" value="%s">`, esc(v.site.title), viewState(v.path))
	if rest, ok := strings.CutPrefix(v.path, "/tin-chi-tiet/"); ok {
		id, _, _ := strings.Cut(rest, "-")
		p := v.find(func(p *piece) bool { return strconv.Itoa(p.id) == id })
		if p == nil {
			return answer{}, false
		}
		fmt.Fprintf(&b, `<div id="ctl00_main_view"><span class="title">%s</span><span class="time">%s</span><p class="summary">%s</p><div class="content">%s</div></div></form></body></html>`, esc(p.printed()), date(p), esc(p.Lead), p.paragraphs())
		return answer{ctype: htmlType, body: b.String()}, true
	}
	if v.path != "/" && v.path != "/Default.aspx" {
		return answer{}, false
	}
	b.WriteString(`<div id="ctl00_main_list">`)
	all := v.shown(nil)
	for _, p := range page(all, v.page, short) {
		fmt.Fprintf(&b, `<div class="row"><a class="title" href="%s">%s</a><span class="time">%s</span><p>%s</p></div>`+"\n", path(p.URL, p.Host), html.EscapeString(p.printed()), date(p), esc(p.Lead))
	}
	b.WriteString(`</div>` + v.pagerLinks(len(all), short) + `</form></body></html>`)
	return answer{ctype: htmlType, body: b.String()}, true
}

// broken answers 200 to everything and shows nothing.
func (v *view) broken() (answer, bool) {
	if v.path == "/" {
		return answer{ctype: htmlType, body: notFound(v.site)}, true
	}
	return answer{ctype: htmlType, body: webPartError(v.site)}, true
}

// procedures is a page that is only looked at for being there.
func (v *view) procedures() (answer, bool) {
	if v.path != "/bo-thu-tuc-hanh-chinh" && v.path != "/" {
		return answer{}, false
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Bộ thủ tục hành chính - %s</title></head><body><h1>Bộ thủ tục hành chính</h1><p>Danh mục thủ tục hành chính đang được niêm yết công khai tại trung tâm, cập nhật ngày %s.</p><table>`, esc(v.site.title), v.now.Format("02/01/2006"))
	for i, t := range []string{"Cấp bản sao trích lục hộ tịch", "Đăng ký biến động đất đai", "Cấp giấy phép xây dựng nhà ở riêng lẻ", "Cấp phiếu lý lịch tư pháp", "Đăng ký thành lập hợp tác xã", "Cấp giấy phép bán lẻ rượu", "Thẩm định hồ sơ môi trường", "Đăng ký khai sinh"} {
		fmt.Fprintf(&b, `<tr><td>%d</td><td><a href="/tthc/%d">%s</a></td><td>%d ngày làm việc</td></tr>`, i+1, 1000+i, t, 3+i)
	}
	b.WriteString(`</table></body></html>`)
	return answer{ctype: htmlType, body: b.String(), etag: true}, true
}
