package extract

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"loa/media"
	"loa/viet"
)

// family is one kind of repeated block: elements with one selector under
// parents with one selector.
type family struct {
	sel    string
	blocks []*html.Node
	urls   map[string]bool // address and title
	dated  int
	chars  int // of titles
	depth  int
	dates  media.Rule // how the source prints dates
}

// guessList looks for the page's list: blocks alike in tag and class that each
// hold a headline-like link of the source. Blocks with dates win over those
// without (read by the rule dates), many over few, longer headlines over shorter ones. It gives the
// selectors and how many blocks they match.
func guessList(doc *goquery.Document, base *url.URL, own admit, dates media.Rule) (media.Rule, int) {
	families := map[string]*family{}
	var order []string
	frame := frames{}
	doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		href := resolve(base, a.AttrOr("href", ""))
		title := titleOf(a)
		if href == "" || !own.ok(href) || !headline(title) || frame.in(a.Nodes[0]) {
			return
		}
		n := a.Nodes[0]
		for up := 0; up < 6 && n != nil && n.Type == html.ElementNode && n.Data != "body" && n.Data != "html"; up++ {
			for i, sel := range []string{selector(n), simple(n)} {
				if i == 1 && (!strings.Contains(sel, ".") || sel == selector(n)) {
					continue
				}
				f := families[sel]
				if f == nil {
					f = &family{sel: sel, urls: map[string]bool{}, depth: up, dates: dates}
					families[sel] = f
					order = append(order, sel)
				}
				if !slices.Contains(f.blocks[max(0, len(f.blocks)-4):], n) {
					f.blocks = append(f.blocks, n)
					f.chars += len([]rune(title))
				}
				f.urls[href+"\n"+title] = true
			}
			n = n.Parent
		}
	})
	var best *family
	most := 0.0
	looked := 0 // over the whole page, for a class
	for _, sel := range order {
		f := families[sel]
		score := f.score()
		if !strings.Contains(sel, " > ") {
			// A class alone gathers what stands in several boxes; it must not
			// gather the side boxes too.
			if score *= 0.9; score > most {
				if looked++; looked > maxLooks || doc.Find(sel).Length()*10 > len(f.blocks)*12 {
					continue
				}
			}
		}
		if score > most {
			best, most = f, score
		}
	}
	if best == nil {
		return media.Rule{}, 0
	}
	return best.rule(base), len(best.blocks)
}

// maxLooks is how many kinds of block are counted over the whole page.
const maxLooks = 100

func (f *family) score() float64 {
	n := float64(min(len(f.urls), len(f.blocks)))
	// Two alike are a list only when they are dated; a block that swallows
	// many links is a box, not an entry.
	if len(f.blocks) < 2 || len(f.urls) > 3*len(f.blocks) {
		return 0
	}
	f.blocks = nested(f.blocks)
	for _, b := range f.blocks {
		if _, ok := blockDate(b, f.dates, new(int)); ok {
			f.dated++
		}
	}
	share := float64(f.dated) / float64(len(f.blocks))
	if len(f.blocks) < 3 && share == 0 {
		return 0
	}
	if n > 40 {
		n = 40
	}
	length := min(float64(f.chars)/float64(len(f.blocks)), 80)
	score := n * (0.3 + length/80) * (1 + 3*share)
	if strings.HasPrefix(lastPart(f.sel), "a") { // prefer the block around the bare link
		score *= 0.8
	}
	return score * (1 + 0.01*float64(f.depth))
}

func lastPart(sel string) string { return sel[strings.LastIndex(sel, "> ")+1:] }

// rule names the parts of the family's blocks.
func (f *family) rule(base *url.URL) media.Rule {
	r := media.Rule{Item: f.sel}
	dates, leads, links := map[string]int{}, map[string]int{}, map[string]int{}
	for _, b := range f.blocks[:min(len(f.blocks), 200)] {
		if larger(b, 2000) { // no entry, but a box of the page
			continue
		}
		s := goquery.NewDocumentFromNode(b).Selection
		link := pickLink(s, "", base)
		if link == nil {
			continue
		}
		for p := link.Nodes[0]; p != b && p != nil; p = p.Parent { // the heading around it tells it from others
			if p.Data[0] == 'h' && len(p.Data) == 2 || p == link.Nodes[0] && attr(p, "class") != "" {
				part := simple(p)
				if p.Data != "a" {
					part += " a"
				}
				links[part]++
				break
			}
		}
		if d, ok := blockDate(b, f.dates, new(int)); ok && d != b {
			dates[simple(d)]++
		}
		if l := blockLead(s, link.Nodes[0]); l != nil {
			leads[simple(l)]++
		}
	}
	r.Link = common(links, len(f.blocks))
	r.Date = common(dates, len(f.blocks))
	r.Lead = common(leads, len(f.blocks))
	if r.Lead == "" { // many entries have no teaser; a class of its own is enough
		teased := 0
		for _, n := range leads {
			teased += n
		}
		if l := common(leads, teased); strings.Contains(l, ".") {
			r.Lead = l
		}
	}
	return r
}

// common is the part that most blocks share, "" if fewer than half do.
func common(counts map[string]int, n int) string {
	best, most := "", 0
	for s, c := range counts {
		if c > most || c == most && s < best {
			best, most = s, c
		}
	}
	if most*2 < n {
		return ""
	}
	return best
}

// blockDate finds the smallest element of a block that is mostly a date. seen
// counts the elements looked at: no entry of a list has more than some hundred.
func blockDate(b *html.Node, r media.Rule, seen *int) (*html.Node, bool) {
	if *seen++; *seen > 400 {
		return nil, false
	}
	if attr(b, "datetime") != "" {
		if _, ok := readDate(attr(b, "datetime"), "list", r); ok {
			return b, true
		}
	}
	for c := b.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && !unseen(c) {
			if n, ok := blockDate(c, r, seen); ok {
				return n, true
			}
		}
	}
	if b.Data == "a" {
		return nil, false
	}
	var own strings.Builder
	for c := b.FirstChild; c != nil && own.Len() < 4*maxDateLine; c = c.NextSibling {
		if c.Type == html.TextNode && len(c.Data) < 4*maxDateLine {
			own.WriteString(c.Data + "\n")
		}
	}
	for line := range strings.SplitSeq(own.String(), "\n") {
		if _, ok := dateLine(line, "list", r); ok {
			return b, true
		}
	}
	return nil, false
}

// blockLead finds the element of a block that holds its teaser.
func blockLead(s *goquery.Selection, link *html.Node) *html.Node {
	var best *html.Node
	s.Find("p, div, span").EachWithBreak(func(_ int, p *goquery.Selection) bool {
		n := p.Nodes[0]
		if contains(n, link) || contains(link, n) || p.Find("a[href]").Length() > 1 {
			return true
		}
		if t := tidy(rawText(n, glance)); len([]rune(t)) >= 40 && len(strings.Fields(t)) >= 8 {
			if _, isDate := dateLine(t, "", media.Rule{}); !isDate {
				best = n
			}
		}
		return best == nil
	})
	return best
}

func contains(outer, inner *html.Node) bool {
	for ; inner != nil; inner = inner.Parent {
		if inner == outer {
			return true
		}
	}
	return false
}

// headline says whether a link's text can be a headline: some words, no menu.
func headline(t string) bool {
	return len([]rune(t)) >= 15 && len(strings.Fields(t)) >= 4
}

var frameName = regexp.MustCompile(`(^|[-_ ])(menu|nav|navbar|navigator|footer|breadcrumbs?|sidebar|aside|related|lien-quan|tin-lien-quan|most|xem-nhieu|banner|login|pager|pagination|paging|copyright|weather|topbar|thoi-tiet|comments?|quang-cao|ads?)([-_ 0-9]|$)`)

// inFrame says whether an element belongs to the page's frame: menus, side
// boxes, related items.
func inFrame(n *html.Node) bool { return frames{}.in(n) }

// inFrameItself says whether an element begins a part of the frame.
func inFrameItself(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	switch n.Data {
	case "nav", "footer", "aside":
		return true
	case "body", "html":
		return false
	}
	return frameName.MatchString(strings.ToLower(attr(n, "class") + " " + attr(n, "id")))
}

// selector names an element by its parent's and its own tag and classes.
func selector(n *html.Node) string {
	own := simple(n)
	if p := n.Parent; p != nil && p.Type == html.ElementNode && p.Data != "body" {
		return simple(p) + " > " + own
	}
	return own
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z_-]*$`)

// simple is a tag with its classes, leaving out names that hold digits (row
// numbers, generated ids) or a state.
func simple(n *html.Node) string {
	var b strings.Builder
	b.WriteString(n.Data)
	for _, c := range strings.Fields(attr(n, "class")) {
		if plainName.MatchString(c) && !slices.Contains([]string{"active", "first", "last", "odd", "even", "clearfix", "selected", "current", "open"}, viet.Fold(c)) {
			b.WriteString("." + c)
		}
	}
	return b.String()
}
