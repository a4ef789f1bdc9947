package extract

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"loa/media"
	"loa/viet"
)

// Guessed is what `loa try` shows of an address or a file: what it seems to
// be, what would be read from it, and a source to start from.
type Guessed struct {
	Kind     string // "feed", "list", "sitemap", "article" or "unknown"
	Listing  Listing
	Article  Article
	Source   media.Source // with guessed rule; ID and Stream from the host, Agency empty
	Feeds    []string     // feeds the page announces (link rel=alternate), absolute
	Encoding string       // what the bytes were taken for: "utf-8", "windows-1258" …
	Blind    *BlindError  // why nothing was read, nil if something was
	Saved    bool         // Source.URL was not given: it is what the text says of itself, or stands in for it
	Notes    []Note       // the listing's or article's own among them
}

// nowhere stands in for the address of a file that names none.
const nowhere = "https://example.invalid/"

// Guess finds out what a body is and how to read it. rawurl may be empty or a
// file's name: then the address the page gives for itself is taken. Errors: a
// body that is no text, an address that cannot be read. A body from which
// nothing can be read is no error but Kind "unknown" with Blind set.
// now is when the body was fetched, for «2 giờ trước».
func Guess(body []byte, contentType, rawurl string, now time.Time) (Guessed, error) {
	if g, ok := guessMap(body, contentType, rawurl); ok {
		return g, nil
	}
	text, err := Decode(body, contentType)
	if err != nil {
		return Guessed{}, fmt.Errorf("read %s: %w", rawurl, err)
	}
	g := Guessed{Kind: "unknown"}
	_, g.Encoding, _ = toUTF8(body, contentType)
	if !strings.HasPrefix(strings.ToLower(rawurl), "http") {
		if rawurl = ownAddress(text); rawurl == nowhere {
			g.Notes = append(g.Notes, Note{Code: "address_unknown", Text: nowhere})
		} else {
			g.Notes = append(g.Notes, Note{Code: "address_own", Text: rawurl})
		}
		g.Saved = true
	}
	base, err := parseURL(rawurl)
	if err != nil {
		return Guessed{}, err
	}
	g.Source = media.Source{ID: sourceID(base), Kind: media.KindFeed, URL: rawurl, Every: time.Hour, Articles: true}
	g.Source.Stream = g.Source.ID

	g.Listing, err = Feed(text, media.Source{URL: rawurl, Rule: media.Rule{Now: now}}, rawurl)
	var blind *BlindError
	switch {
	case err == nil:
		g.Kind = "feed"
		if m, err := mend(text, Bounds(media.Limits{}, media.KindFeed)); err == nil {
			if t := feedTitle.FindStringSubmatch(m.head); t != nil {
				g.Source.Name = plainText(strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(t[1]))
			}
		}
		g.Source.Rule = urlRule(g.Listing, media.Rule{Now: now})
		g.Listing, _ = Feed(text, g.Source, rawurl)
	case errors.As(err, &blind) && blind.Reason != media.NotAFeed:
		g.Blind = blind
		if _, _, e := findRoot(text, Bounds(media.Limits{}, media.KindFeed)); e == nil {
			g.Kind = "feed"
			return g, nil
		}
	}
	switch {
	case g.Kind != "unknown":
	case json.Valid([]byte(text)): // no feed, and no page either
		g.Blind = blind
	default:
		g.page(text, base, now)
	}
	g.Notes = append(g.Notes, g.Listing.Notes...)
	g.Notes = append(g.Notes, g.Article.Notes...)
	return g, nil
}

// page decides between list and article, and guesses selectors for either.
func (g *Guessed) page(text string, base *url.URL, now time.Time) {
	doc, _, err := parseDoc(text, Bounds(media.Limits{}, media.KindList))
	if err != nil {
		g.Blind = err.(*BlindError)
		return
	}
	base = docBase(doc, base)
	doc.Find(`link[rel="alternate"][type*="rss"], link[rel="alternate"][type*="atom"], link[rel="alternate"][type*="feed+json"]`).Each(func(_ int, s *goquery.Selection) {
		if u := resolve(base, s.AttrOr("href", "")); u != "" && !slices.Contains(g.Feeds, u) {
			g.Feeds = append(g.Feeds, u)
		}
	})
	g.Source.Name = cutText(plainText(doc.Find("title").First().Text()), 120)
	src := media.Source{URL: g.Source.URL, Rule: media.Rule{Now: now}}
	art, artErr := Page(text, src, g.Source.URL)
	list, listErr := List(text, src, g.Source.URL)
	own, _ := newAdmit(src, base, false)
	rule, blocks := guessList(doc, base, own, src.Rule)

	ld := readLD(doc)
	p := page{doc: doc, ld: ld}
	p.findHeadline()
	claims := ld.published != "" || p.meta("article:published_time", "datePublished", "pubdate") != "" || p.meta("og:type") == "article"
	isList := listErr == nil && (blocks >= 3 || blocks == 2 && p.head == nil) && !claims &&
		(artErr != nil || p.head == nil || p.meta("og:type") == "website" || inBlocks(doc.Find(rule.Item), art.Body))
	switch {
	case isList || artErr != nil && listErr == nil:
		g.Kind, g.Source.Kind = "list", media.KindList
		rule.Now = now
		g.Source.Rule = urlRule(list, rule)
		if g.Listing, listErr = List(text, g.Source, g.Source.URL); listErr != nil {
			g.Listing, g.Source.Rule = list, rule
		}
		g.Source.Rule.Next = GuessNext(text, g.Source, g.Source.URL)
		g.Blind = nil
	case artErr == nil && art.Title != "":
		g.Kind, g.Source.Kind, g.Source.Articles = "article", media.KindPage, false
		g.Article = art
		g.Source.Rule = articleRule(doc, art)
		g.Blind = nil
	default:
		if errors.As(artErr, &g.Blind); g.Blind == nil && !errors.As(listErr, &g.Blind) {
			g.Blind = &BlindError{media.LayoutChanged, "words without a title"}
		}
	}
}

// inBlocks says whether most of what was taken for an article is the text of
// a list's blocks.
func inBlocks(blocks *goquery.Selection, body string) bool {
	if body == "" || blocks.Length() == 0 {
		return body == ""
	}
	text := tidy(strings.ReplaceAll(visible(blocks), "\n", " "))
	in, all := 0, 0
	for line := range strings.SplitSeq(body, "\n") {
		all += len(line)
		if strings.Contains(text, tidy(line)) {
			in += len(line)
		}
	}
	return in*2 > all
}

var (
	selfLink      = regexp.MustCompile(`(?i)<atom:link[^>]+href="(https?://[^"]+)"[^>]+rel="self"`)
	canonicalLink = regexp.MustCompile(`(?i)<link[^>]+rel="canonical"[^>]+href="(https?://[^"]+)"`)
	ogURL         = regexp.MustCompile(`(?i)<meta[^>]+property="og:url"[^>]+content="(https?://[^"]+)"`)
	feedTitle     = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	channelLink   = regexp.MustCompile(`(?is)<link>\s*(https?://[^<\s]+)\s*</link>`)
)

// ownAddress is the address a saved page or feed gives for itself.
func ownAddress(text string) string {
	head := text[:min(len(text), 1<<16)]
	for _, re := range []*regexp.Regexp{selfLink, canonicalLink, ogURL, channelLink} {
		if m := re.FindStringSubmatch(head); m != nil {
			return m[1]
		}
	}
	return nowhere
}

// urlRule adds to a rule the key rule and the address pattern that all of a
// listing's entries fit.
func urlRule(l Listing, r media.Rule) media.Rule {
	// A key that two titles share tells too little apart: /2023/03/… is a month.
	fits := func(key, pattern string) bool {
		re := regexp.MustCompile(pattern)
		titles := map[string]string{}
		for _, e := range l.Entries {
			u, err := url.Parse(e.URL)
			if err != nil || !re.MatchString(u.RequestURI()) {
				return false
			}
			k, err := Key(key, e.URL)
			if t, ok := titles[k]; err != nil || ok && t != e.Title || key == "baoyenbai" && datedPath.MatchString(u.Path) {
				return false
			}
			titles[k] = e.Title
		}
		return len(l.Entries) > 0
	}
	for _, f := range []struct{ key, pattern string }{
		{"baoyenbai", `^/\d+/\d+/`},
		{"sharepoint", `[?&]ItemID=\d+`},
		{"query:UserKey", `[?&]UserKey=`},
		{"nukeviet", `/news/.+-\d+\.html$`},
		{"url", `-\d{6,}\.(html?|chn)$`},
		{"url", `\.html?$`},
		{"url", `\.aspx`},
	} {
		if fits(f.key, f.pattern) {
			r.Key, r.ArticleURL = f.key, f.pattern
			return r
		}
	}
	r.Key = "url"
	return r
}

// datedPath begins with a year and a month: WordPress and others.
var datedPath = regexp.MustCompile(`^/(19|20)\d\d/(0?[1-9]|1[0-2])(/|$)`)

// articleRule names the elements from which an article was read, where a
// selector finds exactly them.
func articleRule(doc *goquery.Document, a Article) media.Rule {
	r := media.Rule{Key: "url"}
	r.Headline = naming(doc, elementOf(doc, a.Title))
	if a.Lead != "" {
		r.Sapo = naming(doc, elementOf(doc, a.Lead))
	}
	if a.Date.Found == "text" || a.Date.Found == "selector" {
		doc.Find("time, span, div, p, td, em, i, b, strong, li").EachWithBreak(func(_ int, s *goquery.Selection) bool {
			line := tidy(visible(s))
			if inFrame(s.Nodes[0]) {
				return true
			}
			if d, ok := dateLine(line, "", media.Rule{}); ok && d.At.Equal(a.Date.At) && s.Children().Length() < 3 {
				r.PageDate = naming(doc, s.Nodes[0])
			}
			return r.PageDate == ""
		})
	}
	var first, last *html.Node
	for line := range strings.SplitSeq(a.Body, "\n") {
		if len(line) < 60 {
			continue
		}
		if n := elementOf(doc, line); n != nil {
			if first == nil {
				first = n
			}
			last = n
		}
	}
	for n := first; n != nil && n.Type == html.ElementNode; n = n.Parent {
		if contains(n, last) && n.Data != "p" && n.Data != "body" && n.Data != "html" {
			if r.Body = naming(doc, n); r.Body != "" {
				break
			}
		}
	}
	if a.Byline != "" {
		r.Byline = naming(doc, elementOf(doc, a.Byline))
	}
	return r
}

// elementOf finds the smallest element whose text is the line.
func elementOf(doc *goquery.Document, line string) *html.Node {
	var best *html.Node
	doc.Find("h1, h2, h3, p, div, td, span, strong, b, em, li").Each(func(_ int, s *goquery.Selection) {
		n := s.Nodes[0]
		if t := tidy(rawText(n, glance)); strings.HasSuffix(t, line) && len(t) <= len(line)+24 && !inFrame(n) && (best == nil || contains(best, n)) {
			best = n
		}
	})
	return best
}

var generated = regexp.MustCompile(`\d|ctl00|_g_`)

// naming is a selector that finds the element and no other, "" if there is
// none that would last: generated ids change with the page.
func naming(doc *goquery.Document, n *html.Node) string {
	if n == nil {
		return ""
	}
	var cands []string
	if id := attr(n, "id"); plainName.MatchString(id) && !generated.MatchString(id) {
		cands = append(cands, "#"+id)
	}
	if s := simple(n); strings.Contains(s, ".") || n.Data == "h1" || n.Data == "article" || n.Data == "time" {
		cands = append(cands, s, selector(n))
	}
	for _, c := range cands {
		if found := doc.Find(c); found.Length() > 0 && found.Nodes[0] == n {
			return c
		}
	}
	return ""
}

// sourceID tells two addresses of a host apart: the host, then the end of the
// path and the words of the query.
func sourceID(u *url.URL) string {
	parts := []string{keyHost(u)}
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	last := path[len(path)-1]
	if i := strings.LastIndexByte(last, '.'); i > 0 {
		last = last[:i]
	}
	if last != "" && len(path) > 1 && len(slug(last)) < 4 {
		last = path[len(path)-2] + "-" + last
	}
	parts = append(parts, last)
	query := u.Query()
	for _, k := range slices.Sorted(maps.Keys(query)) {
		parts = append(parts, query[k][0])
	}
	id := slug(strings.Join(parts, "-"))
	return strings.TrimRight(id[:min(len(id), 60)], "-")
}

func slug(s string) string {
	var b strings.Builder
	for _, r := range viet.Fold(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}

// YAML is a source entry to paste into sources.yaml, its comments in
// Vietnamese: the agency has to be filled in by hand.
func (g Guessed) YAML() string {
	s := g.Source
	if g.Kind == "unknown" {
		return "# không đọc được gì từ địa chỉ này, chưa thể viết mục nguồn\n"
	}
	var b strings.Builder
	if g.Kind == "article" {
		b.WriteString("  # Đây là trang một tin, bài, chỉ dò được còn hay mất. Để đọc mọi bài của trang, chép các khóa trong rule\n  # (trừ key) sang nguồn feed hoặc list của trang đó.\n")
	}
	saved := ""
	if g.Saved {
		saved = "   # tệp đã lưu: thay bằng địa chỉ thật của nguồn"
	}
	name := s.Name
	if name == "" {
		name = s.ID
	}
	fmt.Fprintf(&b, "  - id: %s\n    agency: \"\"   # điền mã cơ quan có trong agencies.yaml\n    name: %q\n    kind: %s\n    url: %q%s\n    every: %s\n", s.ID, name, s.Kind, s.URL, saved, shortEvery(s.Every))
	if s.Kind != media.KindPage {
		b.WriteString("    # column: mã    # bỏ dấu # đầu dòng khi mọi tin ở đây thuộc một chuyên mục trong agencies.yaml\n")
	}
	if s.Kind != media.KindPage && !s.Articles {
		b.WriteString("    articles: false\n")
	}
	r := s.Rule
	var parts []string
	for _, f := range []struct{ name, value string }{
		{"key", r.Key}, {"item", r.Item}, {"link", r.Link}, {"title", r.Title}, {"lead", r.Lead}, {"date", r.Date},
		{"headline", r.Headline}, {"sapo", r.Sapo}, {"body", r.Body}, {"page_date", r.PageDate}, {"section", r.Section},
		{"byline", r.Byline}, {"date_layout", r.DateLayout}, {"article_url", r.ArticleURL},
	} {
		if f.value != "" {
			parts = append(parts, fmt.Sprintf("%s: %q", f.name, f.value))
		}
	}
	if next := NextYAML(r.Next); next != "" {
		parts = append(parts, "next: "+next)
	}
	if len(parts) > 0 {
		fmt.Fprintf(&b, "    rule: {%s}\n", strings.Join(parts, ", "))
	}
	return b.String()
}

func shortEvery(d time.Duration) string {
	s := d.String()
	if d%time.Minute == 0 {
		s = strings.TrimSuffix(s, "0s")
	}
	if d%time.Hour == 0 {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
