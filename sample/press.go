package sample

import (
	"encoding/base64"
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// printed is the title as the site prints it, before escaping.
func (p *piece) printed() string {
	t := p.Title
	if p.upper {
		t = strings.ToUpper(t)
	}
	if p.nfd {
		t = norm.NFD.String(t)
	}
	return t
}

func esc(s string) string { return html.EscapeString(s) }

func weekday(t time.Time) string {
	return [...]string{"Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"}[t.Weekday()]
}

// paragraphs puts the body in <p>, with the credit line at the foot.
func (p *piece) paragraphs() string {
	var b strings.Builder
	for _, s := range p.body {
		fmt.Fprintf(&b, "<p>%s</p>\n", esc(s))
	}
	if p.Credit != "" {
		fmt.Fprintf(&b, `<p style="text-align:right"><em>%s</em></p>`+"\n", esc(p.Credit))
	}
	return b.String()
}

func path(url, host string) string { return strings.TrimPrefix(url, "http://"+host) }

// newspaper is an ASP.NET site: feeds per section, one list per section, pages
// /<section>/<id>/<slug>.aspx of which only the id counts.
func (v *view) newspaper() (answer, bool) {
	s := strings.Split(strings.Trim(v.path, "/"), "/")
	switch {
	case len(s) == 2 && s[0] == "rss":
		return v.paperFeed(strings.TrimSuffix(s[1], ".rss"))
	case s[0] == "PrintPreview" && len(s) == 2, len(s) >= 2 && strings.Trim(s[1], "0123456789") == "" && s[1] != "":
		id, _ := strconv.Atoi(s[1])
		p := v.find(func(p *piece) bool { return p.id == id })
		if p == nil {
			return answer{}, false
		}
		return answer{ctype: "text/html; charset=utf-8", body: v.paperPage(p)}, true
	}
	sec := v.section(func(x *section) bool { return x.code == s[0] })
	if s[0] != "" && sec == nil {
		return answer{}, false
	}
	return answer{ctype: "text/html; charset=utf-8", body: v.paperList(sec)}, true
}

// paperFeed writes the dates of each section another way, as the feeds of one
// CMS over the years do.
func (v *view) paperFeed(code string) (answer, bool) {
	sec := v.section(func(x *section) bool { return x.code == code })
	if sec == nil && code != "home" {
		return answer{}, false
	}
	layout := map[string]string{
		"12": "Mon, 02 Jan 2006 15:04:05 GMT+7", // gofeed reads it seven hours wrong
		"13": "02/01/2006 03:04:05 PM",          // day first, whatever AM and PM suggest
		"16": time.RFC3339,
	}[code]
	if layout == "" {
		layout = time.RFC1123Z
	}
	ps := page(v.shown(sec), 1, 20)
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\">\n<channel>\n<title>%s</title>\n<link>http://%s/</link>\n<description>%s RSS</description>\n<generator>Tỉnh Mẫu</generator>\n", esc(v.site.title), v.site.host, esc(v.site.title))
	for _, p := range ps {
		title := esc(p.printed())
		if code == "13" { // escaped twice
			title = esc(strings.NewReplacer("«", "&laquo;", "»", "&raquo;", " - ", " &ndash; ").Replace(p.printed()))
		}
		fmt.Fprintf(&b, "<item>\n<title>\n%s\n</title>\n<link>\n%s\n</link>\n<guid>%s</guid>\n", title, esc(p.URL), esc(p.URL))
		if p.Dated {
			fmt.Fprintf(&b, "<pubDate>%s</pubDate>\n", p.Published.Format(layout))
		}
		fmt.Fprintf(&b, "<description><![CDATA[<a href=\"%s\"><img width=130 height=100 src=\"http://%s/NewsImg/%d_%d/%d_anh.jpg\" ></a></br>%s]]></description>\n<slash:comments>0</slash:comments>\n</item>\n",
			p.URL, v.site.host, p.Published.Month(), p.Published.Year(), p.id, p.Lead)
	}
	b.WriteString("</channel>\n</rss>\n")
	a := answer{ctype: "text/xml; charset=utf-8", body: b.String(), etag: true}
	if len(ps) > 0 {
		a.mod = ps[0].Visible
	}
	if code == "12" && v.now.Format(time.DateOnly) == "2023-02-14" { // the server ran out of something that day
		a.body = strings.ToValidUTF8(a.body[:len(a.body)*3/5], "")
	}
	return a, true
}

// viewState is the blob every WebForms page carries.
func viewState(seed string) string {
	rng := rngOf("viewstate", seed)
	raw := make([]byte, 600)
	for i := range raw {
		raw[i] = byte(rng.IntN(256))
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func (v *view) paperHead(title, seed string) string {
	var menu strings.Builder
	for _, s := range v.site.sections {
		fmt.Fprintf(&menu, `<li><a href="/%s/%s/">%s</a></li>`, s.code, slug(s.name, "-"), esc(s.name))
	}
	return fmt.Sprintf(`<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head id="Head1"><meta http-equiv="Content-Type" content="text/html; charset=utf-8" /><title>%s</title></head>
<body><form method="post" action="./" id="form1"><div class="aspNetHidden"><input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="%s" /></div>
<div id="top"><span id="clock">%s, ngày %d tháng %d năm %d</span></div><ul id="menu"><li><a href="/">Trang chủ</a></li>%s</ul>
`, esc(title), viewState(seed), weekday(v.now), v.now.Day(), v.now.Month(), v.now.Year(), menu.String())
}

const paperFoot = `<div id="footer">Báo Mẫu điện tử. Dữ liệu mẫu, không có thật.</div></form></body></html>`

func paperDate(p *piece) string {
	return weekday(p.Published) + ", " + p.Published.Format("2/1/2006 | 3:04:05 PM")
}

func (v *view) paperList(sec *section) string {
	name, key := v.site.title, "home"
	if sec != nil {
		name, key = sec.name, sec.code
	}
	var b strings.Builder
	b.WriteString(v.paperHead(name, key))
	fmt.Fprintf(&b, `<div id="main"><h2 class="cat">%s</h2>`+"\n", esc(name))
	all := v.shown(sec)
	for _, p := range page(all, v.page, 20) {
		fmt.Fprintf(&b, `<div class="newsitem"><a class="thumb" href="%[1]s"><img src="/NewsImg/%[2]d.jpg" alt="" /></a><h3><a class="title" href="%[1]s">%[3]s</a></h3>`, path(p.URL, p.Host), p.id, esc(p.printed()))
		if p.Dated {
			fmt.Fprintf(&b, `<span class="date">- Cập nhật: %s</span>`, paperDate(p))
		}
		fmt.Fprintf(&b, `<div class="desc">%s%s</div></div>`+"\n", v.site.credit, esc(p.Lead))
	}
	b.WriteString(v.pagerLinks(len(all), 20) + `</div>` + paperFoot)
	return b.String()
}

func (v *view) paperPage(p *piece) string {
	var b strings.Builder
	b.WriteString(v.paperHead(p.printed()+" - "+v.site.title, p.URL))
	fmt.Fprintf(&b, `<div id="main"><div class="breadcrumb"><a href="/">Trang chủ</a> » <a class="cat" href="/%s/">%s</a></div>
<h1 class="newstitle">%s</h1>
`, p.section.code, esc(p.Section), esc(p.printed()))
	if p.Dated {
		fmt.Fprintf(&b, `<div class="newsdate">  • Cập nhật: %s</div>`+"\n", paperDate(p))
	}
	fmt.Fprintf(&b, `<div class="sapo">%s%s</div>`+"\n", v.site.credit, esc(p.Lead))
	b.WriteString(`<div class="relate"><ul>`)
	for _, r := range v.related(p) {
		fmt.Fprintf(&b, `<li><a href="%s">%s</a><p>%s</p></li>`, path(r.URL, r.Host), esc(r.printed()), esc(r.Lead))
	}
	fmt.Fprintf(&b, "</ul></div>\n<div class=\"newscontent\">\n%s</div>\n<div class=\"author\">%s</div>\n<div class=\"tags\">Từ khóa: <a href=\"/tag/cai-cach-hanh-chinh\">cải cách hành chính</a>, <a href=\"/tag/tinh-mau\">tỉnh Mẫu</a></div></div>\n%s", p.paragraphs(), esc(p.byline), paperFoot)
	return b.String()
}

// sharepoint is the portal's software, and that of one district. The list is
// the article page without ItemID; l is padded and its case varies.
func (v *view) sharepoint() (answer, bool) {
	sub, _, ok := strings.Cut(v.path, "/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx")
	if !ok {
		if v.path != "/" {
			return answer{}, false
		}
		sub = ""
	}
	id, list := v.query.Get("ItemID"), strings.TrimSpace(v.query.Get("l"))
	html := "text/html; charset=utf-8"
	if id != "" {
		n, _ := strconv.Atoi(id)
		p := v.find(func(p *piece) bool { return p.id == n && p.section.path == sub })
		if p == nil {
			return answer{ctype: html, body: webPartError(v.site)}, true // 200, as SharePoint does
		}
		return answer{ctype: html, body: v.portalPage(p)}, true
	}
	sec := v.section(func(s *section) bool { return s.path == sub && (list == "" || strings.EqualFold(s.code, list)) })
	if sec == nil {
		return answer{ctype: html, body: webPartError(v.site)}, true
	}
	n, _ := strconv.Atoi(v.query.Get("page"))
	return answer{ctype: html, body: v.portalList(sec, max(n, 1))}, true
}

func (v *view) portalHead(title string) string {
	return fmt.Sprintf(`<!DOCTYPE html><html dir="ltr" lang="vi-VN"><head><meta charset="utf-8"><meta name="GENERATOR" content="Microsoft SharePoint"><title>%s</title></head><body>
<div id="s4-skip"><a href="#">Skip Ribbon Commands</a><a href="#">Skip to main content</a></div>
<div class="header"><span>Welcome to Mau Portal</span><span>Đường dây nóng: 0299.000.000</span><a href="/en">English</a></div>
`, esc(title))
}

// weather stands at the foot with values that change and values that are missing.
func (v *view) weather() string {
	return fmt.Sprintf(`<div class="thoitiet">%doC Độ ẩm %d%%. Gió m/s. Áp suất không khí hPa.</div></body></html>`, 12+v.now.YearDay()%14, 60+v.now.Day())
}

func (v *view) portalList(sec *section, n int) string {
	var b strings.Builder
	b.WriteString(v.portalHead(v.site.title))
	fmt.Fprintf(&b, `<div class="duongdan">%s</div><div class="ds-tin">`+"\n", esc(sec.name))
	all := v.shown(sec)
	for _, p := range page(all, n, 20) {
		fmt.Fprintf(&b, `<div class="tin"><a class="tieude" href="%s">%s</a> <span class="ngay">(%s)</span><div class="tomtat">%s%s</div></div>`+"\n",
			esc(path(p.URL, p.Host)), esc(p.printed()), p.Published.Format("02/01/2006 15:04:05"), esc(v.lead(p)), esc(p.Lead))
	}
	b.WriteString("</div><div class=\"phantrang\">")
	for i := 1; i <= (len(all)+19)/20; i++ {
		fmt.Fprintf(&b, `<a href="%s/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=%s+++++&amp;lv=4&amp;page=%d">%d</a> `, sec.path, sec.code, i, i)
	}
	b.WriteString("</div>" + v.weather())
	return b.String()
}

// lead is the site's mark before a piece of its own.
func (v *view) lead(p *piece) string {
	if p.CopyOf != "" {
		return ""
	}
	return v.site.credit
}

func (v *view) portalPage(p *piece) string {
	var b strings.Builder
	b.WriteString(v.portalHead(p.printed()))
	if p.broken {
		b.WriteString(`<div class="ms-error">Error</div><div>Web Part Error: A Web Part or Web Form Control on this Page cannot be displayed or imported. Correlation ID: 5d1f6a9e-0000-4d21-9c4b-000000000000.</div>` + "\n")
	}
	fmt.Fprintf(&b, `<div class="duongdan">%s</div>
<div id="news-title">%s</div>
<div class="ngaydang">%s <a href="#">Xem cỡ chữ</a> <a href="#">Google</a></div>
<div id="divArticleDescription">%s%s</div>
<div id="divArticleContent">
%s</div>
<div class="luotxem">%d lượt xem</div>
<div class="tacgia">%s</div>
<div class="tinkhac"><h4>Các tin khác</h4><ul>`, esc(p.Section), esc(p.printed()), p.Published.Format("02/01/2006 15:04:05"), esc(v.lead(p)), esc(p.Lead), p.paragraphs(), v.views(p), esc(p.byline))
	for _, r := range v.related(p) {
		fmt.Fprintf(&b, `<li><a href="%s">%s</a></li>`, esc(path(r.URL, r.Host)), esc(r.printed()))
	}
	b.WriteString("</ul></div>" + v.weather())
	return b.String()
}

func webPartError(h *site) string {
	return fmt.Sprintf(`<!DOCTYPE html><html dir="ltr" lang="vi-VN"><head><meta charset="utf-8"><title>%s</title></head><body>
<div id="s4-skip"><a href="#">Skip Ribbon Commands</a><a href="#">Skip to main content</a></div>
<h1>Error</h1>
<div>Web Part Error: A Web Part or Web Form Control on this Page cannot be displayed or imported. The type could not be found or it is not registered as safe. Correlation ID: 9a4c2b7e-0000-4f00-8a11-000000000000.</div>
<div><a href="/">Trang chủ</a></div></body></html>`, esc(h.title))
}
