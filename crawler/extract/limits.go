package extract

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"loa/media"
)

// Bounds are the limits for a document of a kind: what l sets, and for its zero
// fields the defaults. An article's page is of KindPage. docs/LIMITS.md says
// where the numbers come from.
func Bounds(l media.Limits, kind media.SourceKind) media.Limits {
	d := media.Limits{Body: 2 << 20, Items: maxEntries, Depth: 100, Tokens: 100_000, Attrs: 500, New: 2000}
	switch kind {
	case media.KindFeed, media.KindUploads:
		d.Body, d.Tokens = 4<<20, 200_000
	case media.KindPage:
		d.Items = 1
	case media.KindSitemap: // items by the protocol; its 50 MB nobody's fifty thousand addresses need
		d.Body, d.Items = 10<<20, 50_000
	}
	set := func(p *int, n int) {
		if n > 0 {
			*p = n
		}
	}
	if l.Body > 0 {
		d.Body = l.Body
	}
	set(&d.Items, l.Items)
	set(&d.Depth, l.Depth)
	set(&d.Tokens, l.Tokens)
	set(&d.Attrs, l.Attrs)
	set(&d.New, l.New)
	return d
}

// pageBounds are those of a page read for src, which is the page itself or
// lists it.
func pageBounds(src media.Source) media.Limits {
	if src.Kind == media.KindPage {
		return Bounds(src.Limits, media.KindPage)
	}
	return Bounds(src.PageLimits, media.KindPage)
}

func tooMany(what string, limit int) *BlindError {
	return &BlindError{media.ParseError, fmt.Sprintf("more than %d %s", limit, what)}
}

// weigh passes over a page's tokens before it is parsed and refuses what would
// become a tree out of proportion: elements with more than Attrs attributes,
// more than Tokens nodes. Nodes are estimated from above: a formatting element
// that is never ended («<b a=1><b a=2>…») is opened anew by the parser after
// each block, so that a few kilobytes can become millions of nodes.
func weigh(text string, l media.Limits) *BlindError {
	z := html.NewTokenizer(strings.NewReader(text))
	open := map[string][]string{} // formatting elements not ended, by name: their whole tags
	alike := map[string]int{}     // how many of them by tag
	active, again := 0, 0         // how many in all; how many the next content opens anew
	nodes, attrs := 0, 0          // a node takes the memory of three attributes
	for nodes+attrs/3 <= l.Tokens {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return nil
		case html.TextToken:
			nodes += 1 + again
			again = 0
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := z.Raw()
			name, more := z.TagName()
			if !inlineTag(name) {
				again = active
			} else {
				nodes += again
				again = 0
			}
			nodes++
			if formattingTag(name) {
				// The parser keeps three alike; a link ends the one before it.
				if tag := string(raw); alike[tag] < 3 && (string(name) != "a" || len(open["a"]) == 0) {
					open[string(name)] = append(open[string(name)], tag)
					alike[tag]++
					active++
				}
			}
			n := 0
			for ; more; n++ {
				_, _, more = z.TagAttr()
			}
			if n > l.Attrs {
				return tooMany("attributes in one tag", l.Attrs)
			}
			attrs += n
		case html.EndTagToken:
			name, _ := z.TagName()
			if of := open[string(name)]; len(of) > 0 {
				alike[of[len(of)-1]]--
				open[string(name)] = of[:len(of)-1]
				active--
				nodes += 3 // what is misnested is cloned
			}
			again = active
		}
	}
	return tooMany("nodes", l.Tokens)
}

// formattingTag tells the elements that the parser opens anew after a block.
func formattingTag(name []byte) bool {
	switch string(name) {
	case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}

// inlineTag tells elements that end no block and are content themselves.
func inlineTag(name []byte) bool {
	if formattingTag(name) {
		return true
	}
	switch string(name) {
	case "span", "img", "br", "input", "label", "sub", "sup", "iframe":
		return true
	}
	return false
}

// jsonTokens counts what a JSON text is made of, as far as limit.
func jsonTokens(text string, limit int) int {
	n := 0
	for i := 0; i < len(text) && n <= limit; i++ {
		switch text[i] {
		case '{', '[', ',', ':':
			n++
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		}
	}
	return n
}

// Lengths of what is one line for a reader, in bytes: what is longer is cut.
const (
	maxHeadline = 1000
	maxLead     = 8000
	maxLabel    = 300
	maxBody     = 512 << 10
	// maxFeedField is how much of a feed's field is read: all that is wanted of it
	// is a title or a lead.
	maxFeedField = 64 << 10
	// maxNotice is how much of a page is read to find out why it shows nothing, in
	// bytes: gates and error pages are short.
	maxNotice = 256 << 10
	// maxDateLine is how much of a text a date is looked for in.
	maxDateLine = 600
	// glance is how much text of an element is read where it may be a title or a
	// date. Elements stand in each other, and what is read of each must not be
	// all that is below it.
	glance = 4096
	// nodeCost is what an element counts for in it, whether it holds text or not.
	nodeCost = 16
)

// shorten cuts a text to n bytes, at a letter's end.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimSpace(s[:n])
}

// glimpse is the visible text of a tree as far as max bytes, one line to a block.
func glimpse(n *html.Node, max int) string {
	w := lineWriter{left: max, bounded: true}
	w.walk(n, nil)
	return w.text()
}

// oneLine is the visible text of the first element as far as it may be a lead or a date.
func oneLine(s *goquery.Selection) string {
	if s.Length() == 0 {
		return ""
	}
	return tidy(strings.ReplaceAll(glimpse(s.Nodes[0], 2*maxLead), "\n", " "))
}

// dateText is as much of an element's visible text as may be a date.
func dateText(s *goquery.Selection) string {
	if s.Length() == 0 {
		return ""
	}
	return tidy(glimpse(s.Nodes[0], 2*maxDateLine))
}

// nested leaves out blocks that stand in each other more than a few times over:
// each is read with all that is below it.
func nested(blocks []*html.Node) []*html.Node {
	const most = 4
	level := map[*html.Node]int{}
	var out []*html.Node
	for _, n := range blocks {
		l := 0
		for up := n.Parent; up != nil; up = up.Parent {
			if of, ok := level[up]; ok {
				l = of + 1
				break
			}
		}
		if level[n] = l; l < most {
			out = append(out, n)
		}
	}
	return out
}

// larger says whether a tree has more than max nodes.
func larger(n *html.Node, max int) bool {
	count := 0
	for range n.Descendants() {
		if count++; count > max {
			return true
		}
	}
	return false
}

// frames remembers which elements stand in the page's frame, see inFrame.
type frames map[*html.Node]bool

func (f frames) in(n *html.Node) bool {
	if n == nil {
		return false
	}
	is, ok := f[n]
	if !ok {
		is = inFrameItself(n)
		if !is && n.Data != "body" && n.Data != "html" {
			is = f.in(n.Parent)
		}
		f[n] = is
	}
	return is
}

// rawText is goquery's Text as far as max bytes.
func rawText(n *html.Node, max int) string {
	var b strings.Builder
	left := max
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		left -= nodeCost
		if n.Type == html.TextNode {
			part := n.Data[:min(len(n.Data), max-b.Len())]
			b.WriteString(part)
			left -= len(part)
		}
		for c := n.FirstChild; c != nil && left > 0; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.ToValidUTF8(b.String(), "")
}

// Trees that are too much for readability, which reads the text of each element
// anew, and of each heading several times: bytes of text, each counted once for
// every element, or heading, it stands in.
const (
	maxNestedText    = 16 << 20
	maxNestedHeading = 1 << 20
	maxReadableNodes = 50_000
)

// trim shortens what readability compares with every heading: the page's title
// and what its metadata says.
func trim(root *html.Node) {
	doc := goquery.NewDocumentFromNode(root)
	for _, n := range doc.Find("title, meta[content], script").Nodes {
		for i := range n.Attr {
			n.Attr[i].Val = shorten(n.Attr[i].Val, maxHeadline)
		}
		if n.Data == "script" {
			if c := n.FirstChild; c != nil && len(c.Data) > maxLead {
				c.Data = ""
			}
		} else if c := n.FirstChild; c != nil {
			c.Data = shorten(c.Data, maxHeadline)
		}
	}
}

// readable says whether a tree is fit for readability.
func readable(root *html.Node) bool {
	text, heading, nodes := 0, 0, 0
	var walk func(n *html.Node, depth, headings int)
	walk = func(n *html.Node, depth, headings int) {
		nodes++
		if n.Type == html.TextNode {
			text += len(n.Data) * depth
			heading += len(n.Data) * headings
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			headings++
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1, headings)
		}
	}
	walk(root, 0, 0)
	return text <= maxNestedText && heading <= maxNestedHeading && nodes <= maxReadableNodes
}
