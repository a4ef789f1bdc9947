package sample

import (
	"fmt"
	"strings"
	"time"
)

// sitemaps are those of a WordPress site, as a widespread plugin makes them: an
// index, a file of posts for each month, and one of pages that are no pieces.
// Nothing in them says when a piece was published: lastmod is the last change.
func (v *view) sitemaps() (answer, bool) {
	var b strings.Builder
	head := `<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet type="text/xsl" href="http://` + v.site.host + `/wp-content/plugins/google-sitemap-generator/sitemap.xsl"?>` + "\n"
	all := v.shown(nil)
	if len(all) == 0 {
		return answer{}, false
	}
	name, month := strings.TrimPrefix(v.path, "/"), ""
	switch {
	case name == "sitemap.xml":
		b.WriteString(head + `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
		line := func(file string, at time.Time) {
			fmt.Fprintf(&b, "<sitemap><loc>http://%s/%s</loc><lastmod>%s</lastmod></sitemap>\n", v.site.host, file, at.UTC().Format("2006-01-02T15:04:05+00:00"))
		}
		line("sitemap-misc.xml", all[0].Visible)
		for _, p := range all { // newest first
			if m := p.Published.Format("2006-01"); m != month {
				month = m
				line("sitemap-pt-post-p1-"+m+".xml", v.changed(m))
			}
		}
		b.WriteString("</sitemapindex>")
	case name == "sitemap-misc.xml":
		b.WriteString(head + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
		for _, page := range []string{"", "gioi-thieu/", "lien-he/"} {
			fmt.Fprintf(&b, "<url><loc>http://%s/%s</loc><lastmod>2022-06-01T02:00:00+00:00</lastmod><changefreq>weekly</changefreq><priority>0.6</priority></url>\n", v.site.host, page)
		}
		b.WriteString("</urlset>")
	default:
		m, ok := strings.CutPrefix(strings.TrimSuffix(name, ".xml"), "sitemap-pt-post-p1-")
		if !ok || v.changed(m).IsZero() {
			return answer{}, false
		}
		b.WriteString(head + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
		for _, p := range all {
			if p.Published.Format("2006-01") == m {
				fmt.Fprintf(&b, "<url><loc>%s</loc><lastmod>%s</lastmod><changefreq>monthly</changefreq><priority>0.2</priority></url>\n", p.URL, p.Visible.UTC().Format("2006-01-02T15:04:05+00:00"))
			}
		}
		b.WriteString("</urlset>")
	}
	return answer{ctype: "text/xml; charset=UTF-8", body: b.String()}, true
}

// changed is when the file of a month was changed last, zero if it is empty.
func (v *view) changed(month string) (last time.Time) {
	for _, p := range v.shown(nil) {
		if p.Published.Format("2006-01") == month && p.Visible.After(last) {
			last = p.Visible
		}
	}
	return last
}
