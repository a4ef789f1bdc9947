package extract

import (
	"encoding/json"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"loa/media"
)

// linkedData is what a page's JSON-LD says of its own article.
type linkedData struct {
	headline, published, author string
	crumbs                      []string
}

// What is larger says nothing of one article, in bytes and in JSON tokens.
const (
	maxLD       = 256 << 10
	maxLDTokens = 20_000
)

// readLD reads every JSON-LD block; one that is no JSON is passed over. Only
// objects at the top or in a @graph speak of the page: those inside lists are
// related items.
func readLD(doc *goquery.Document) linkedData {
	var out linkedData
	doc.Find(`script[type="application/ld+json"]`).Each(func(_ int, s *goquery.Selection) {
		var v any
		if len(s.Text()) > maxLD || jsonTokens(s.Text(), maxLDTokens) > maxLDTokens {
			return
		}
		if json.Unmarshal([]byte(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(s.Text())), &v) == nil {
			out.add(v)
		}
	})
	return out
}

func (l *linkedData) add(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			l.add(x)
		}
	case map[string]any:
		if g, ok := v["@graph"]; ok {
			l.add(g)
		}
		kind := ldType(v["@type"])
		switch {
		case strings.HasSuffix(kind, "Article") || kind == "BlogPosting" || kind == "VideoObject" && l.published == "":
			if l.published == "" {
				l.published = ldText(v["datePublished"])
			}
			if l.headline == "" {
				l.headline = plainText(ldText(v["headline"]))
			}
			if l.author == "" {
				l.author = ldPerson(v["author"])
			}
		case kind == "BreadcrumbList" && l.crumbs == nil:
			l.crumbs = ldCrumbs(v["itemListElement"])
		}
	}
}

func ldType(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		for _, x := range v {
			if s, ok := x.(string); ok && strings.HasSuffix(s, "Article") {
				return s
			}
		}
	}
	return ""
}

func ldText(v any) string {
	s, _ := v.(string)
	return tidy(s)
}

// ldPerson gives the names of persons; an organisation is the outlet itself.
func ldPerson(v any) string {
	switch v := v.(type) {
	case []any:
		var names []string
		for _, x := range v {
			if n := ldPerson(x); n != "" {
				names = append(names, n)
			}
		}
		return strings.Join(names, ", ")
	case map[string]any:
		if ldType(v["@type"]) == "Person" {
			return plainText(ldText(v["name"]))
		}
	}
	return ""
}

func ldCrumbs(v any) []string {
	var out []string
	list, _ := v.([]any)
	for _, x := range list {
		m, _ := x.(map[string]any)
		name := ldText(m["name"])
		if item, ok := m["item"].(map[string]any); ok && name == "" {
			name = ldText(item["name"])
		}
		if name = plainText(name); name != "" && name != "Trang chủ" {
			out = append(out, name)
		}
	}
	return out
}

// date is the page's claim of when it was published, from the surest place
// that gives one.
func (p *page) date(pageURL string) media.Date {
	if d, ok := readDate(p.ld.published, "json-ld", media.Rule{Zone: p.rule.Zone}); ok {
		return d
	}
	for _, name := range []string{"article:published_time", "datePublished", "pubdate", "publishdate", "dc.date.issued", "DC.date.issued", "article.published"} {
		if d, ok := readDate(p.meta(name), "meta", media.Rule{Zone: p.rule.Zone}); ok {
			return d
		}
	}
	if d, ok := p.selected(p.rule.PageDate); ok {
		return d
	}
	if d, ok := p.selected(knownDate); ok {
		return d
	}
	if d, ok := p.besideHeadline(); ok {
		return d
	}
	d, _ := urlDate(pageURL)
	return d
}

func (p *page) selected(css string) (d media.Date, ok bool) {
	if css == "" {
		return d, false
	}
	found := "selector"
	if css == knownDate && p.doc.Find("#txtDateString").Length() == 0 {
		found = "text"
	}
	p.doc.Find(css).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		for _, line := range []string{s.AttrOr("datetime", ""), s.AttrOr("content", ""), dateText(s)} {
			if d, ok = readDate(line, found, p.rule); ok {
				return false
			}
		}
		return true
	})
	return d, ok
}

// How far from the headline, in characters of text, the date line may stand.
const (
	dateAfter  = 400
	dateBefore = 160
)

// besideHeadline looks for a line that is a date and little else, after the
// headline first, then closely before it. The page's clock stands in the
// frame above, related items' dates in lists of links below.
func (p *page) besideHeadline() (media.Date, bool) {
	if p.head == nil {
		return media.Date{}, false
	}
	var lines []dated
	var cur dated
	flush := func() {
		if cur.text = tidy(cur.text); cur.text != "" {
			lines = append(lines, cur)
		}
		cur = dated{}
	}
	at := -1
	var walk func(n *html.Node, frame bool)
	walk = func(n *html.Node, frame bool) {
		if n == p.head {
			flush()
			at = len(lines)
		}
		switch n.Type {
		case html.TextNode:
			if len(cur.text) < 2*maxDateLine { // longer is no date
				cur.text += shorten(n.Data, 2*maxDateLine)
			}
			cur.frame = cur.frame || frame
			return
		case html.ElementNode:
			if unseen(n) {
				return
			}
			frame = frame || frameElement(n)
			if block(n.Data) || n.Data == "br" || n.Data == "td" {
				flush()
			}
			if dt := attr(n, "datetime"); dt != "" {
				flush()
				lines = append(lines, dated{text: dt, frame: frame})
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, frame)
		}
		if n.Type == html.ElementNode && (block(n.Data) || n.Data == "td") || n == p.head {
			flush()
		}
	}
	for _, n := range p.doc.Nodes {
		walk(n, false)
	}
	flush()
	if at < 0 {
		return media.Date{}, false
	}
	spent := 0
	for _, l := range lines[min(at+1, len(lines)):] {
		if d, ok := dateLine(l.text, "text", p.rule); ok && !l.frame {
			return d, true
		}
		if spent += len([]rune(l.text)); spent > dateAfter {
			break
		}
	}
	spent = 0
	for i := min(at, len(lines)) - 1; i >= 0; i-- {
		if d, ok := dateLine(lines[i].text, "text", p.rule); ok && !lines[i].frame && !clockLine(lines, i, at) {
			return d, true
		}
		if spent += len([]rune(lines[i].text)); spent > dateBefore {
			break
		}
	}
	return media.Date{}, false
}

type dated struct {
	text  string
	frame bool // in a menu, header or related list
}

// clockLine says that a line above the headline is likely the page's clock: it
// is the first thing on the page.
func clockLine(lines []dated, i, head int) bool {
	before := 0
	for _, l := range lines[:i] {
		if !l.frame {
			before++
		}
	}
	return before < 2 && head-i > 0
}

func frameElement(n *html.Node) bool {
	switch n.Data {
	case "nav", "footer", "aside":
		return true
	case "body", "html":
		return false
	}
	name := strings.ToLower(attr(n, "class") + " " + attr(n, "id"))
	return frameName.MatchString(name) || strings.Contains(name, "clock") || strings.Contains(name, "today")
}
