package extract

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"loa/media"
	"loa/viet"
)

// Selectors that mean the same on many Vietnamese sites; they are tried after
// the source's own. The ids are those that stay when the rest of a SharePoint
// page changes.
const (
	knownHeadline = `#news-title, [itemprop="headline"]:not(meta), h1.title-detail, h1.article-title, h1.detail-title, h1.title-news, h1.page-title`
	knownLead     = `#divArticleDescription, .sapo, h2.detail-sapo, p.description, .article-hdr .summary, [itemprop="description"]:not(meta)`
	knownBody     = `#divArticleContent, #contentnews, [itemprop="articleBody"], article.fck_detail, .article-content > .content, .detail-content-body`
	knownDate     = `#txtDateString, [itemprop="datePublished"], article header time, h1 ~ .meta time`
	knownByline   = `[itemprop="author"] [itemprop="name"], .author-name, p.author, .author_mail, [rel="author"]`
)

// minBody is the least text, in bytes, that is taken for an article where no
// selector says that it is one.
const minBody = 140

// wholeBody is the text, in bytes, of an article that is no mere notice.
const wholeBody = 500

// Page reads one article: the source's selectors first, then ids known from
// many sites, then readability for the body (How says which). The date is the
// page's own claim (JSON-LD, meta, selector, a line beside the headline, the
// address), never the page's clock nor a related item's. text is Decode's.
// Errors are BlindErrors: challenge, soft_404, hijacked, empty,
// layout_changed, parse_error.
func Page(text string, src media.Source, pageURL string) (Article, error) {
	base, err := parseURL(pageURL)
	if err != nil {
		return Article{}, err
	}
	doc, notes, err := parseDoc(text, pageBounds(src))
	if err != nil {
		return Article{}, err
	}
	base = docBase(doc, base)
	spam := cutSpam(doc, base)
	ld := readLD(doc)
	p := page{doc: doc, rule: src.Rule, ld: ld}
	p.findHeadline()
	a := Article{Title: p.title, Notes: notes}
	a.Date = p.date(pageURL)
	if unlike(a.Date, p.rule) {
		a.Notes = append(a.Notes, Note{Code: "date_format", N: 1})
	}
	a.Lead = p.lead()
	a.Section = p.section()
	lines := p.body(text, base, &a)
	if len(lines) == 0 {
		if spam >= 5 {
			return Article{}, onlySpam(spam)
		}
		return Article{}, blindPage(text, doc, "article")
	}
	clean := slices.DeleteFunc(slices.Clone(lines), spamLine)
	if spam += len(lines) - len(clean); spam > 0 && len(clean) > 0 {
		lines = clean
		a.Notes = append(a.Notes, Note{Code: "spam", N: spam})
	}
	lines = p.cleanBody(lines, &a)
	a.Body = shorten(strings.Join(lines, "\n"), maxBody)
	if spam >= 5 && len(a.Body) < 600 && a.How == "readability" {
		return Article{}, onlySpam(spam)
	}
	if strings.Contains(text, "Web Part Error") {
		a.Notes = append(a.Notes, Note{Code: "web_part"})
	}
	if why := p.refuse(a, base); why != nil {
		return Article{}, why
	}
	return a, nil
}

func onlySpam(n int) error {
	return &BlindError{media.Hijacked, fmt.Sprintf("%d betting links and hidden blocks, and no article", n)}
}

// page is one page while it is read.
type page struct {
	doc   *goquery.Document
	rule  media.Rule
	ld    linkedData
	title string
	head  *html.Node         // the headline's element, nil if unknown
	from  *goquery.Selection // what the body was read from
}

// first is the first non-empty text among the source's selector and the known ones.
func (p *page) first(css ...string) (string, *html.Node) {
	for _, c := range css {
		if c == "" {
			continue
		}
		text, node := "", (*html.Node)(nil)
		p.doc.Find(c).EachWithBreak(func(_ int, s *goquery.Selection) bool {
			if t := oneLine(s); t != "" {
				text, node = t, s.Nodes[0]
			}
			return text == ""
		})
		if text != "" {
			return text, node
		}
	}
	return "", nil
}

func (p *page) meta(names ...string) string {
	for _, n := range names {
		for _, key := range []string{"property", "name", "itemprop"} {
			if c := plainText(p.doc.Find(`meta[`+key+`="`+n+`"]`).First().AttrOr("content", "")); c != "" {
				return c
			}
		}
	}
	return ""
}

// findHeadline prefers selectors; then the heading that says what og:title or
// <title> says; then the only h1; then the metadata alone.
func (p *page) findHeadline() {
	if p.title, p.head = p.first(p.rule.Headline, knownHeadline); p.title != "" {
		p.title = shorten(p.title, maxHeadline)
		return
	}
	claims := []string{p.ld.headline, p.meta("og:title"), shorten(tidy(p.doc.Find("title").First().Text()), maxHeadline)}
	var only *html.Node
	frame := frames{}
	n := 0
	p.doc.Find("h1, h2, h3, .title, .tieude").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		t := shorten(oneLine(s), maxHeadline)
		if t == "" || frame.in(s.Nodes[0]) {
			return true
		}
		for _, c := range claims {
			if f := viet.Fold(t); len(f) >= 12 && c != "" && strings.HasPrefix(viet.Fold(c), f) {
				p.title, p.head = t, s.Nodes[0]
				return false
			}
		}
		if s.Is("h1") {
			if n++; n == 1 {
				only = s.Nodes[0]
			}
		}
		return true
	})
	if p.title != "" {
		return
	}
	if only != nil {
		p.title, p.head = shorten(oneLine(goquery.NewDocumentFromNode(only).Selection), maxHeadline), only
		return
	}
	for _, c := range claims {
		if c != "" {
			p.title = c
			break
		}
	}
	// Its element, for the date beside it: the smallest that says just this.
	p.doc.Find("b, strong, div, td, span, p").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if tidy(rawText(s.Nodes[0], 2*maxHeadline)) == p.title {
			p.head = s.Nodes[0]
		}
		return p.head == nil
	})
}

func (p *page) lead() string {
	t, _ := p.first(p.rule.Sapo, knownLead)
	if len([]rune(t)) > 1200 { // a selector that caught the whole page
		return ""
	}
	return t
}

func (p *page) section() string {
	if p.rule.Section != "" {
		var parts []string
		p.doc.Find(p.rule.Section).Each(func(_ int, s *goquery.Selection) {
			t := strings.Trim(oneLine(s), " »›>/")
			if f := viet.Fold(t); t != "" && f != "trang chu" && f != "home" && !slices.Contains(parts, t) {
				parts = append(parts, t)
			}
		})
		return strings.Join(parts, " > ")
	}
	if len(p.ld.crumbs) > 0 {
		return strings.Join(p.ld.crumbs, " > ")
	}
	return p.meta("article:section")
}

// body gives the article's lines and says how they were found.
func (p *page) body(text string, base *url.URL, a *Article) []string {
	for _, css := range []string{p.rule.Body, knownBody} {
		if css == "" {
			continue
		}
		var lines []string
		images := 0
		var from *goquery.Selection
		p.doc.Find(css).EachWithBreak(func(_ int, s *goquery.Selection) bool {
			var w lineWriter
			w.walk(s.Nodes[0], p.clutter)
			w.brk()
			lines, images, from = w.out, pictures(s), s
			return len(lines) == 0
		})
		if len(lines) > 0 {
			a.How, a.Images, p.from = "selector", images, from
			return lines
		}
	}
	if p.rule.Body != "" {
		a.Notes = append(a.Notes, Note{Code: "no_body"})
	}
	return p.readable(text, base, a)
}

// readable gives the article's lines as readability finds them. It stops at the
// first element with enough text, so it is asked for a whole article first (a
// menu holds as much as a notice of two paragraphs), then for a short one.
func (p *page) readable(text string, base *url.URL, a *Article) []string {
	// An error page or a wall of links reads as an article to readability.
	if challenge(text, p.doc) != "" || !readable(p.doc.Nodes[0]) {
		return nil
	}
	var lines []string
	for _, least := range []int{wholeBody, minBody} {
		out, from := p.readableOf(least, base)
		n := len(strings.Join(out, " "))
		if n >= minBody && (lines == nil || least == minBody) {
			lines, p.from = out, from
		}
		if n >= wholeBody {
			break
		}
	}
	if lines != nil {
		a.How, a.Images = "readability", pictures(p.from)
	}
	return lines
}

// readableOf asks readability for an article of at least so many characters;
// what is mostly links is none.
func (p *page) readableOf(least int, base *url.URL) ([]string, *goquery.Selection) {
	root := goquery.CloneDocument(p.doc).Nodes[0] // readability cuts it up
	trim(root)
	parser := readability.NewParser()
	parser.CharThresholds = least
	parser.KeepClasses = true
	art, err := parser.ParseAndMutate(root, base)
	if err != nil || art.Node == nil {
		return nil, nil
	}
	var w lineWriter
	w.walk(art.Node, p.clutter)
	w.brk()
	linked := 0
	s := goquery.NewDocumentFromNode(art.Node).Selection
	s.Find("a[href]").Each(func(_ int, l *goquery.Selection) { linked += len(tidy(rawText(l.Nodes[0], glance))) })
	if linked*2 > len(strings.Join(w.out, " ")) {
		return nil, nil
	}
	return w.out, s
}

var clutterName = regexp.MustCompile(`(^|[-_ ])(social|share|like|related|lien-quan|tags?|keywords?|comments?|rating|vote|poll|weather|thoi-tiet|print|toolbar|breadcrumbs?|hidden|ads?|quang-cao|banner|newsletter|other-news|cac-tin-khac|tin-khac|luot-xem|views?|fontsize)([-_ 0-9]|$)`)

// clutter is what stands inside an article's element without belonging to it.
func (p *page) clutter(n *html.Node) bool {
	if n == p.head || n.Data == "nav" || n.Data == "aside" || n.Data == "form" || n.Data == "time" {
		return true
	}
	// Counted among the clutter only below the top, which readability names itself.
	if id := attr(n, "id"); id == "readability-page-1" || id == "readability-content" {
		return false
	}
	return clutterName.MatchString(strings.ToLower(attr(n, "class") + " " + attr(n, "id")))
}

// pictures counts images that are no icons, spacers or trackers.
func pictures(s *goquery.Selection) int {
	n := 0
	s.Find("img").Each(func(_ int, i *goquery.Selection) {
		src := i.AttrOr("data-src", i.AttrOr("data-original", i.AttrOr("src", "")))
		w, h := i.AttrOr("width", ""), i.AttrOr("height", "")
		if src != "" && !strings.HasPrefix(src, "data:") && w != "1" && h != "1" && !strings.Contains(src, "icon") {
			n++
		}
	})
	return n
}

// refuse says why what was read is no article after all.
func (p *page) refuse(a Article, base *url.URL) error {
	if why := hijackedText(a.Title + " " + a.Lead + " " + a.Body); why != "" {
		return &BlindError{media.Hijacked, why}
	}
	if why := p.frontInstead(a, base, p.from); why != "" {
		return &BlindError{media.Soft404, why}
	}
	if len(a.Body) < 600 { // error pages are short; news about errors is not
		if why := softError(p.doc); why != "" {
			return &BlindError{media.Soft404, why}
		}
		if a.How == "readability" {
			if b := notice(p.doc, visible(p.doc.Selection)); b != nil {
				return b
			}
		}
		if f := viet.Fold(a.Title + "\n" + a.Body); a.How == "readability" && errorLine.MatchString(viet.Fold(a.Body)) || strings.Contains(f, "web part error") {
			return &BlindError{media.Soft404, "the text is an error message"}
		}
	}
	if strings.TrimSpace(a.Body) == "" && a.Lead == "" {
		return &BlindError{media.Empty, "the article's element holds no text"}
	}
	return nil
}
