package extract

import (
	"errors"
	stdhtml "html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/publicsuffix"

	"loa/media"
	"loa/viet"
)

// tidy is one line of text: NFC, look-alikes mapped, white space collapsed.
func tidy(s string) string { return viet.Clean(viet.NFC(s)) }

// parseDoc weighs and parses a page. The parser gives up at 512 open elements, which
// portals that never close a tag do reach: then the tags that are never closed
// are dropped and the page is parsed again, and if need be once more with a
// plainer and shallower skeleton.
func parseDoc(text string, l media.Limits) (*goquery.Document, []Note, error) {
	if err := weigh(text, l); err != nil {
		return nil, nil, err
	}
	root, err := html.Parse(strings.NewReader(text))
	if err == nil {
		return goquery.NewDocumentFromNode(root), nil, nil
	}
	for _, try := range []struct {
		depth int
		plain bool
	}{{1 << 30, false}, {400, false}, {150, true}} {
		text = flatten(text, try.depth, try.plain)
		if root, err = html.Parse(strings.NewReader(text)); err == nil {
			return goquery.NewDocumentFromNode(root), []Note{{Code: "too_deep"}}, nil
		}
	}
	return nil, nil, &BlindError{media.ParseError, err.Error()}
}

// flatten writes the page again without the tags that are never closed and
// those deeper than depth; plain also drops formatting tags, which the parser
// opens anew by itself.
func flatten(text string, depth int, plain bool) string {
	drop := map[int]bool{} // ordinal numbers of start and end tags to leave out
	type open struct {
		name string
		at   int
		deep bool
	}
	var stack []open
	eachTag(text, func(at int, name string, start bool, _ []byte) {
		switch {
		case at < 0 || void(name):
		case plain && formatting(name):
			drop[at] = true
		case start:
			deep := len(stack) > depth
			if deep {
				drop[at] = true
			}
			stack = append(stack, open{name, at, deep})
		default:
			for i := len(stack) - 1; i >= 0; i-- {
				if stack[i].name != name {
					continue
				}
				if stack[i].deep {
					drop[at] = true
				}
				for _, o := range stack[i+1:] {
					drop[o.at] = drop[o.at] || !selfEnding(o.name)
				}
				stack = stack[:i]
				return
			}
			drop[at] = true // closes nothing
		}
	})
	for _, o := range stack {
		drop[o.at] = drop[o.at] || !selfEnding(o.name)
	}
	var b strings.Builder
	eachTag(text, func(at int, _ string, _ bool, raw []byte) {
		if at < 0 || !drop[at] {
			b.Write(raw)
		}
	})
	return b.String()
}

// eachTag calls f for every token of the page, with the ordinal number of a
// start or end tag, or -1 for all else.
func eachTag(text string, f func(at int, name string, start bool, raw []byte)) {
	z := html.NewTokenizer(strings.NewReader(text))
	for at := 0; ; {
		kind := z.Next()
		raw := z.Raw()
		switch kind {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.EndTagToken:
			raw = append([]byte{}, raw...)
			name, _ := z.TagName()
			if n := string(name); n == "html" || n == "head" || n == "body" {
				f(-1, n, false, raw)
			} else {
				f(at, n, kind == html.StartTagToken, raw)
				at++
			}
		default:
			f(-1, "", false, raw)
		}
	}
}

// selfEnding tags need no end tag.
func selfEnding(name string) bool {
	switch name {
	case "p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dd", "dt", "option", "colgroup":
		return true
	}
	return false
}

func void(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

func formatting(name string) bool {
	switch name {
	case "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u", "span", "center":
		return true
	}
	return false
}

// plainText turns a feed's field into one line: entities undone as often as
// they were escaped (twice is seen), markup stripped, white space collapsed.
func plainText(s string) string { return tidy(strings.ReplaceAll(fieldText(s), "\n", " ")) }

// fieldText is plainText with paragraphs kept apart by newlines. A field is
// unescaped again only while that brings out markup or entities.
func fieldText(s string) string {
	s = shorten(s, maxFeedField)
	for range 3 {
		if !strings.Contains(s, "&") {
			break
		}
		u := stdhtml.UnescapeString(s)
		if u == s {
			break
		}
		s = u
	}
	if lines, ok := plainLines(s); ok {
		return lines
	}
	return markedLines(s)
}

// markedLines is the text of a field with any markup.
func markedLines(s string) string {
	s, tags, inside := escapeText(s)
	if tags == 0 {
		return s
	}
	// So few tags cannot outgrow the limits, whatever they are.
	if (tags > 40 || inside > 1000) && weigh(s, media.Limits{Tokens: 10_000, Attrs: 500}) != nil {
		return bareText(s)
	}
	nodes, err := html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return s
	}
	var lines lineWriter
	for _, n := range nodes {
		lines.walk(n, nil)
	}
	return lines.text()
}

// plainLines reads what most feeds send, text with no markup but paragraphs and line
// breaks, as a browser would and without one. ok is false for all else, and for text
// without markup, which stays as it is.
func plainLines(s string) (lines string, ok bool) {
	if strings.ContainsAny(s, "&\x00") {
		return "", false
	}
	var out []string
	for {
		text, rest, more := strings.Cut(s, "<")
		if text = tidy(text); text != "" {
			out = append(out, text)
		}
		if !more {
			return strings.Join(out, "\n"), ok
		}
		tag, after, shut := strings.Cut(rest, ">")
		if !shut || !slices.Contains([]string{"p", "/p", "br", "br/", "br /"}, tag) {
			return "", false
		}
		s, ok = after, true
	}
}

// escapeText escapes every < that opens no markup, if there is markup at all. It
// counts the tags, and the bytes from each to the end of what may belong to it.
func escapeText(s string) (out string, tags, inside int) {
	var b strings.Builder
	at := strings.IndexByte(s, '<')
	if at < 0 {
		return s, 0, 0
	}
	b.Grow(len(s))
	b.WriteString(s[:at])
	for rest := s[at:]; rest != ""; {
		end := strings.IndexByte(rest[1:], '<') + 1
		if end == 0 {
			end = len(rest)
		}
		if markup.MatchString(rest[:end]) {
			tags++
			if shut := strings.IndexByte(rest[:end], '>'); shut >= 0 {
				inside += shut
			} else {
				inside += end
			}
			b.WriteByte('<')
		} else {
			b.WriteString("&lt;")
		}
		b.WriteString(rest[1:end])
		rest = rest[end:]
	}
	if tags == 0 {
		return s, 0, 0
	}
	return b.String(), tags, inside
}

// bareText is the text between the tags of what is not worth a tree.
func bareText(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for b.Len() < maxLead {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// markup is a tag a feed's field may hold; «<giấy phép>» is none.
var markup = regexp.MustCompile(`(?i)^(?:</?(a|abbr|article|b|big|blockquote|br|center|code|dd|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|iframe|img|label|li|o:p|ol|p|picture|pre|s|script|section|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|th|thead|time|tr|tt|u|ul|video)(\s[^<]*)?/?>|<!--)`)

// lineWriter gathers the visible text of a tree, one line to a block.
type lineWriter struct {
	out []string
	cur strings.Builder

	bounded bool // left counts
	left    int  // bytes still to be read
}

func (w *lineWriter) brk() {
	if s := tidy(w.cur.String()); s != "" {
		w.out = append(w.out, s)
	}
	w.cur.Reset()
}

func (w *lineWriter) text() string { w.brk(); return strings.Join(w.out, "\n") }

// walk adds the text below n; elements for which skip is true are left out.
func (w *lineWriter) walk(n *html.Node, skip func(*html.Node) bool) {
	if w.bounded {
		if w.left <= 0 {
			return
		}
		w.left -= nodeCost
	}
	switch n.Type {
	case html.TextNode:
		s := n.Data
		if w.bounded {
			s = shorten(s, max(w.left, 1))
			w.left -= len(s)
		}
		w.cur.WriteString(s)
		return
	case html.CommentNode, html.DoctypeNode:
		return
	case html.ElementNode:
		if unseen(n) || skip != nil && skip(n) {
			return
		}
		if n.Data == "br" || block(n.Data) {
			w.brk()
		}
		if n.Data == "td" || n.Data == "th" {
			w.cur.WriteByte(' ')
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c, skip)
	}
	if n.Type == html.ElementNode && block(n.Data) {
		w.brk()
	}
}

func block(name string) bool {
	switch name {
	case "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
		"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
		"table", "tbody", "thead", "tr", "ul", "body", "html":
		return true
	}
	return false
}

// unseen elements carry no text for a reader.
func unseen(n *html.Node) bool {
	switch n.Data {
	case "script", "style", "noscript", "template", "iframe", "object", "svg", "select", "button", "textarea", "head":
		return true
	}
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
		return true
	}
	for _, a := range n.Attr {
		if a.Key == "hidden" {
			return true
		}
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// visible is the text a reader sees, one line to a block.
func visible(s *goquery.Selection) string {
	var w lineWriter
	for _, n := range s.Nodes {
		w.walk(n, nil)
	}
	return w.text()
}

// resolve makes an href absolute against base; "" if it leads to no page.
func resolve(base *url.URL, href string) string {
	if strings.ContainsAny(href, "\n\r\t") {
		href = strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(href)
	}
	href = strings.TrimSpace(href)
	if href == "" || strings.HasPrefix(href, "#") {
		return ""
	}
	ref, err := url.Parse(href)
	if err != nil {
		if ref, err = url.Parse(barePercent(strings.ReplaceAll(href, " ", "%20"))); err != nil {
			return ""
		}
	}
	u := ref
	if base != nil {
		u = base.ResolveReference(ref)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	return u.String()
}

// admit says which addresses are the source's own articles.
type admit struct {
	re   *regexp.Regexp
	host string // without www. and old.
	site bool   // any host of the same registered domain will do
}

// grounds are what every reader of a listing stands on: the address it came from,
// and which links are the source's; site as in admit.
func grounds(src media.Source, base string, site bool) (at *url.URL, own admit, err error) {
	if at, err = parseURL(base); err == nil {
		own, err = newAdmit(src, at, site)
	}
	return at, own, err
}

// nothingOf says why entries of these titles are no listing after all: they sell
// bets, or there are none, for which none speaks; nil if they are one.
func nothingOf(titles []string, entries int, none *BlindError) error {
	if why := hijackedList(titles); why != "" {
		return &BlindError{media.Hijacked, why}
	}
	if entries == 0 {
		return none
	}
	return nil
}

func newAdmit(src media.Source, base *url.URL, site bool) (admit, error) {
	a := admit{site: site}
	if src.Rule.ArticleURL != "" {
		re, err := regexp.Compile(src.Rule.ArticleURL)
		if err != nil {
			return a, errors.Join(RuleError{"article_url", "want a regular expression"}, err)
		}
		a.re = re
	}
	if u, err := url.Parse(src.URL); err == nil && u.Hostname() != "" {
		a.host = bareHost(u)
	} else if base != nil {
		a.host = bareHost(base)
	}
	return a, nil
}

func bareHost(u *url.URL) string {
	h := strings.ToLower(u.Hostname())
	for _, p := range []string{"www.", "old.", "m."} {
		if b := strings.TrimPrefix(h, p); strings.Contains(b, ".") {
			h = b
		}
	}
	return h
}

// ok matches article_url against path and query ("^/11/\d+/") or, where it
// names a host ("^https://…"), against the whole address. Without a host in it
// the address must be on the source's: spam has carried real paths.
func (a admit) ok(abs string) bool {
	u, err := url.Parse(abs)
	if err != nil {
		return false
	}
	if a.re != nil && strings.Contains(a.re.String(), "://") {
		return a.re.MatchString(abs)
	}
	if h := bareHost(u); a.host != "" && h != a.host && !(a.site && sameSite(h, a.host)) {
		return false
	}
	return a.re == nil || a.re.MatchString(u.RequestURI())
}

func sameSite(a, b string) bool {
	x, err1 := publicsuffix.EffectiveTLDPlusOne(a)
	y, err2 := publicsuffix.EffectiveTLDPlusOne(b)
	return err1 == nil && err2 == nil && x == y
}

// readDate reads a printed date as the source prints them, and one counted
// back from the time of fetching («2 giờ trước»).
func readDate(s, found string, r media.Rule) (media.Date, bool) {
	s = shorten(s, maxDateLine)
	d, ok := viet.ParseDate(s, dateOptions(r))
	if !ok || placeholder(d.Time) {
		return media.Date{}, false
	}
	if d.Relative {
		found = relative
	}
	return media.Date{At: d.Time.UTC(), Precision: media.Precision(d.Precision), Text: d.Text, Found: found, ZoneGiven: d.Zone}, true
}

// relative marks a date that was counted back from the time of fetching.
const relative = "relative"

func dateOptions(r media.Rule) viet.DateOptions {
	return viet.DateOptions{MonthFirst: r.DateLayout == "mdy", Format: r.DateFormat, Zone: r.Zone, Now: r.Now}
}

// unlike says that a date does not look as the source's format promises: the
// general reader read it. Dates for machines are not meant.
func unlike(d media.Date, r media.Rule) bool {
	switch d.Found {
	case "feed", "list", "selector", "text":
	default:
		return false
	}
	if r.DateFormat == "" || d.ZoneGiven { // a date with its zone is in doubt nowhere
		return false
	}
	again, _ := viet.ParseDate(d.Text, dateOptions(r))
	return !again.Formatted
}

// placeholder is what Báo Yên Bái's CMS prints on pages that have no date.
func placeholder(t time.Time) bool {
	return t.Equal(time.Date(2005, 1, 1, 0, 0, 0, 0, time.FixedZone("", 7*3600)))
}

// urlStamp is the article number of the VCCorp CMS family (chinhphu.vn, Thanh
// Niên, Người Lao Động, Tuổi Trẻ since 2026): three digits of the site, then
// yymmdd, then mostly hhmmss and more.
var urlStamp = regexp.MustCompile(`-1\d\d(\d{6})(\d{6})\d{2,6}\.(?:htm|html|chn)$|-(20\d{6})(\d{6})\d{0,6}\.(?:htm|html)$`)

// urlDate reads the date that some sites write into an address.
func urlDate(abs string) (media.Date, bool) {
	u, err := url.Parse(abs)
	if err != nil {
		return media.Date{}, false
	}
	m := urlStamp.FindStringSubmatch(u.Path)
	if m == nil {
		return media.Date{}, false
	}
	day, clock := "20"+m[1], m[2]
	if m[3] != "" {
		day, clock = m[3], m[4]
	}
	t, err := time.ParseInLocation("20060102150405", day+clock, time.FixedZone("", 7*3600))
	d := media.Date{Precision: media.ToSecond, Text: day + clock, Found: "url"}
	if err != nil { // the clock of some sites is no clock
		if t, err = time.ParseInLocation("20060102", day, time.FixedZone("", 7*3600)); err != nil {
			return media.Date{}, false
		}
		d.Precision, d.Text = media.ToDay, day
	}
	if t.Year() < 2000 || t.Year() > 2100 {
		return media.Date{}, false
	}
	d.At = t.UTC()
	return d, true
}
