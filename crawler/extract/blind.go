package extract

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"loa/media"
	"loa/viet"
)

// A page that shows nothing is looked at once more, for why. The order
// matters: a gate before an error page, an error page before an empty one.

var (
	cookieSet = regexp.MustCompile(`^document\.cookie\s*=`)
	goThere   = regexp.MustCompile(`location\s*(\.\s*(reload|replace|href|assign)|=)`)
)

// cookieGate says that a script sets a cookie and, within 600 characters,
// reloads the page. Only the first few settings are looked at.
func cookieGate(text string) bool {
	for range 50 {
		i := strings.Index(text, "document.cookie")
		if i < 0 {
			return false
		}
		text = text[i:]
		near := text[:min(len(text), 700)]
		if m := cookieSet.FindString(near); m != "" && goThere.MatchString(near[len(m):]) {
			return true
		}
		text = text[len("document.cookie"):]
	}
	return false
}

// challenge recognises pages that want a browser or a human first: the cookie
// gate of many .gov.vn hosts (177 bytes, status 200), Cloudflare, captchas.
func challenge(text string, doc *goquery.Document) string {
	if len(text) > 200_000 {
		return ""
	}
	seen := viet.Fold(visible(doc.Selection))
	if len(seen) > 1500 || doc.Find("a[href]").Length() > 15 {
		return ""
	}
	switch low := strings.ToLower(text); {
	case cookieGate(text):
		return "cookie gate: the page sets a cookie and reloads itself"
	case strings.Contains(low, "_cf_chl_opt"), strings.Contains(low, "cf-browser-verification"), strings.Contains(low, "<title>just a moment"),
		strings.Contains(low, "attention required! | cloudflare"), strings.Contains(low, "/cdn-cgi/challenge-platform/"):
		return "Cloudflare asks for a browser"
	case strings.Contains(low, "recaptcha"), strings.Contains(low, "hcaptcha"), strings.Contains(low, "captcha"):
		return "the page asks for a captcha"
	case strings.Contains(low, "_incapsula_resource"), strings.Contains(low, "ddos-guard"), strings.Contains(low, "checking your browser"):
		return "a shield asks for a browser"
	}
	for _, p := range []string{"khong phai la robot", "khong phai la nguoi may", "bat javascript va cookie", "xac thuc truy cap"} {
		if strings.Contains(seen, p) {
			return "the page wants proof of a human"
		}
	}
	return ""
}

var errorLine = regexp.MustCompile(`^(\W*(loi|error)?\W*40[34]\b.*|\W*error\W*|\W*loi\W*|.*\b(khong tim thay (trang|noi dung|bai viet|duong dan|du lieu)|(trang|bai viet|noi dung|duong dan|lien ket|chuyen muc)\b.{0,40}\bkhong (con )?ton tai|page (cannot be |could not be |was )?not found|page cannot be (found|displayed)|file or directory not found|not found|server error in|runtime error|web part error|service unavailable|bad gateway|internal server error|dang bao tri|tam ngung hoat dong)\b.*)$`)

// softError recognises an error page sent with status 200. Only the title, the
// headings and the first short lines are looked at, for news may speak of
// errors; the caller makes sure that no article was found.
func softError(doc *goquery.Document) string {
	check := func(s string) bool {
		if len(s) > maxHeadline {
			return false
		}
		f := viet.Fold(s)
		return len(f) < 200 && errorLine.MatchString(f)
	}
	if why := titleError(doc); why != "" {
		return why
	}
	found := ""
	doc.Find("h1, h2, h3, .error, #error").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if t := tidy(rawText(s.Nodes[0], glance)); check(t) && s.Find("a").Length() == 0 {
			found = fmt.Sprintf("heading says %q", cutText(t, 80))
		}
		return found == ""
	})
	if found != "" {
		return found
	}
	w := lineWriter{left: maxNotice, bounded: true}
	for _, n := range doc.Nodes {
		w.walk(n, nil)
	}
	w.brk()
	long := 0
	for _, line := range w.out {
		if len(line) > 300 {
			long++
		}
	}
	for _, line := range w.out {
		if f := viet.Fold(shorten(line, maxLead)); strings.Contains(f, "web part error") || strings.Contains(f, "server error in '/") || long == 0 && check(line) {
			return fmt.Sprintf("page says %q", cutText(line, 80))
		}
	}
	return ""
}

// titleError says that the page's title is that of an error page. No section is
// called so: a list is then refused even if it shows the latest news.
func titleError(doc *goquery.Document) string {
	t := tidy(shorten(doc.Find("title").First().Text(), maxLead))
	if f := viet.Fold(t); len(f) < 200 && errorLine.MatchString(f) {
		return fmt.Sprintf("title says %q", cutText(t, 80))
	}
	return ""
}

// Signs that a page is a gate, a notice of its keeper or no page of the site at
// all; folded.
var (
	loginLine  = regexp.MustCompile(`\b(dang nhap|log ?in|sign in|mat khau|password)\b`)
	mending    = regexp.MustCompile(`\b((dang|tam) (duoc )?(bao tri|nang cap|xay dung|tam ngung|tam dung)|bao tri (he thong|may chu|dinh ky)|nang cap (he thong|giao dien)|quay lai sau|under (construction|maintenance)|website is (down|offline))\b`)
	parked     = regexp.MustCompile(`\b(domain (is |name )?(is )?(for sale|parked|has expired)|buy this domain|parked (free|domain)|ten mien (nay )?(dang (duoc )?(rao )?ban|da het han|chua (duoc )?tro|het han)|account (has been )?suspended|tai khoan .{0,20}bi (khoa|tam ngung))\b`)
	nothingYet = regexp.MustCompile(`^\W*(hien )?(chua|khong) co (bai viet|tin( bai| tuc)?|bai|du lieu|noi dung|ban ghi|ket qua)( nao)?\W*$|^\W*((noi dung|du lieu) )?dang (duoc )?cap nhat\W*$|^\W*no (posts|articles|items|results|data)( found)?\W*$`)
	serverPage = regexp.MustCompile(`^(welcome to nginx!?|iis windows server|apache2 .{0,20}default page.*|index of /.*|test page for .*|directory listing .*|default web site page|plesk.*default.*)$`)
)

// notice recognises, on a page from which no article was read, who speaks
// instead of the site: a login form, a keeper at work, a domain's seller, a
// server without a site. The order goes from the surest to the least sure.
func notice(doc *goquery.Document, seen string) *BlindError {
	title := viet.Fold(tidy(doc.Find("title").First().Text()))
	if serverPage.MatchString(title) {
		return &BlindError{media.Soft404, fmt.Sprintf("a server's own page: %q", cutText(title, 60))}
	}
	if len(seen) > 2500 || doc.Find("a[href]").Length() > 15 { // the site itself speaks
		return nil
	}
	f := viet.Fold(title + "\n" + seen)
	switch {
	case parked.MatchString(f):
		return &BlindError{media.Soft404, fmt.Sprintf("a parked domain: %q", cutText(parked.FindString(f), 60))}
	case doc.Find(`input[type="password"]`).Length() > 0 && loginLine.MatchString(f):
		return &BlindError{media.Blocked, "the page asks to log in"}
	case mending.MatchString(f):
		return &BlindError{media.Soft404, fmt.Sprintf("the site is being mended: %q", cutText(mending.FindString(f), 60))}
	}
	return nil
}

// IsHome says that an address is the front of its site: no path and no query,
// or a path that every CMS uses for it. A language («/vi/») is a front too.
func IsHome(rawurl string) bool {
	u, err := url.Parse(strings.TrimSpace(rawurl))
	if err != nil || u.RawQuery != "" {
		return false
	}
	return homePath.MatchString(u.EscapedPath())
}

var homePath = regexp.MustCompile(`(?i)^/?((vi|en|vn|vi-vn)/?)?((index|default|home|trang-?chu)(\.(html?|aspx?|php|jsp))?)?/?$|^/?(sites/[^/]+/)?pages/(default|trangchu|home)\.aspx$`)

// attached is a link to a file.
var attached = regexp.MustCompile(`(?i)\.(pdf|docx?|xlsx?|pptx?|zip|rar|7z|jpe?g|png|mp[34])([?#]|$)`)

// frontInstead says that a page shows the site's front or a list where an
// article should be. The addresses that pages give for themselves are often
// wrong, so that they alone prove nothing.
func (p *page) frontInstead(a Article, base *url.URL, el *goquery.Selection) string {
	if p.ld.published != "" || p.meta("og:type") == "article" || p.meta("article:published_time") != "" {
		return "" // it says itself that it is an article
	}
	linked, links := 0, 0
	for _, l := range el.Find("a[href]").Nodes {
		if attached.MatchString(attr(l, "href")) { // a notice with its papers is none
			continue
		}
		if n := len(tidy(rawText(l, glance))); n > 15 {
			linked, links = linked+n, links+1
		}
	}
	if links >= 5 && linked*2 > len(a.Body) {
		return fmt.Sprintf("a list of %d links where the article should be", links)
	}
	if links >= 5 {
		own, err := newAdmit(media.Source{}, base, false)
		if err != nil {
			return ""
		}
		if rule, n := guessList(p.doc, base, own, p.rule); n >= 4 && inBlocks(p.doc.Find(rule.Item), a.Body) {
			return fmt.Sprintf("a list of %d entries where the article should be", n)
		}
	}
	if IsHome(base.String()) || a.How != "readability" {
		return ""
	}
	for _, own := range []string{p.doc.Find(`link[rel="canonical"]`).AttrOr("href", ""), p.meta("og:url")} {
		if own != "" && IsHome(own) && (p.head == nil || p.meta("og:type") == "website") {
			return "the page says that it is the home page"
		}
	}
	return ""
}

// blindPage says why a page from which nothing was read shows nothing.
func blindPage(text string, doc *goquery.Document, wanted string) *BlindError {
	if why := challenge(text, doc); why != "" {
		return &BlindError{media.Challenge, why}
	}
	if why := softError(doc); why != "" {
		return &BlindError{media.Soft404, why}
	}
	seen := glimpse(doc.Nodes[0], maxNotice)
	if b := notice(doc, seen); b != nil {
		return b
	}
	if why := hijackedText(tidy(doc.Find("title").Text()) + " " + seen); why != "" {
		return &BlindError{media.Hijacked, why}
	}
	for line := range strings.SplitSeq(seen, "\n") {
		if len(line) < 80 && nothingYet.MatchString(viet.Fold(line)) {
			return &BlindError{media.Empty, fmt.Sprintf("the page says %q", line)}
		}
	}
	links := doc.Find("a[href]").Length()
	if wanted == "article" && links >= 15 && linkShare(doc, seen) > 60 {
		return &BlindError{media.Soft404, fmt.Sprintf("a home page or list of %d links where the article should be", links)}
	}
	if links < 8 && len(seen) < 600 {
		return &BlindError{media.Empty, fmt.Sprintf("no %s on a page of %d characters and %d links", wanted, len(seen), links)}
	}
	return &BlindError{media.LayoutChanged, fmt.Sprintf("no %s found although the page has %d links", wanted, links)}
}

// linkShare is how much of a page's text stands in links, in per cent.
func linkShare(doc *goquery.Document, seen string) int {
	linked := 0
	for _, l := range doc.Find("a[href]").Nodes {
		linked += len(tidy(rawText(l, glance)))
	}
	return linked * 100 / max(1, len(seen))
}

func cutText(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
