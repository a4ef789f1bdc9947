package extract

import (
	"net/url"
	"regexp"
	"strings"

	"loa/media"
)

// NukeViet, the software of many departments and districts: feeds under
// /index.php/rss/<category>/ or /rss/<category>/ (read as any feed), lists
// /vi/news/<category>/ that go on at page-2, articles that end in their number.

var nukevietSlug = regexp.MustCompile(`^.*[^/]-(\d{1,12})(?:\.html?)?$`)

// nukevietParts are the parts of an address behind the language: module,
// category, slug. The long form index.php?language=vi&nv=news&op=<category>/<slug>
// and index.php/vi/news/… of servers without rewriting are the same pages.
func nukevietParts(u *url.URL) []string {
	s := segments(u)
	if nv := queryValue(u, "nv"); nv != "" {
		s = append([]string{nv}, strings.Split(strings.Trim(queryValue(u, "op"), "/"), "/")...)
	}
	if len(s) > 0 && strings.EqualFold(s[0], "index.php") {
		s = s[1:]
	}
	if len(s) > 0 && len(s[0]) == 2 {
		s = s[1:]
	}
	return s
}

// nukevietKey is host, module and the number that ends the slug. «page-338» is
// a page of the list.
func nukevietKey(u *url.URL) string {
	s := nukevietParts(u)
	if len(s) < 2 {
		return ""
	}
	last := s[len(s)-1]
	m := nukevietSlug.FindStringSubmatch(last)
	if m == nil || strings.HasPrefix(strings.ToLower(last), "page-") {
		return ""
	}
	return keyHost(u) + "/" + url.PathEscape(strings.ToLower(s[0])) + "/" + m[1]
}

// nukevietPaging: page-N behind a list's path, or in op of the long form. The
// home page, which shows boxes of several lists, does not go on.
func nukevietPaging(list string) media.Paging {
	u, err := parseURL(list)
	if err != nil || len(nukevietParts(u)) == 0 || len(nukevietParts(u)) == 1 && nukevietParts(u)[0] == "" {
		return media.Paging{}
	}
	if op := queryValue(u, "op"); queryValue(u, "nv") != "" {
		u.RawQuery = strings.Join([]string{"language=" + url.QueryEscape(language(u)), "nv=" + url.QueryEscape(queryValue(u, "nv")), "op=" + strings.Trim(nukevietPage.ReplaceAllString(op, "")+"/page-{n}", "/")}, "&")
		return media.Paging{By: "path", Path: u.Path + "?" + u.RawQuery, First: 1}
	}
	return media.Paging{By: "path", Path: "page-{n}", First: 1}
}

var nukevietPage = regexp.MustCompile(`/?page-\d+/?$`)

// language of the long form, Vietnamese if it does not say.
func language(u *url.URL) string {
	if l := queryValue(u, "language"); l != "" {
		return l
	}
	return "vi"
}
