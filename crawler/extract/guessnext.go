package extract

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"loa/media"
	"loa/viet"
)

// GuessNext looks on the first page of a list, at base, for how it goes on:
// rel=next, the link to page 2, «Trang sau», a WebForms pager. It prefers what
// lasts: a number in the address, then a link, then a form. The zero Paging: the
// page names no other, or its rule knows how. Whoever asks has to look at page 2:
// this is a guess. text is Decode's.
func GuessNext(text string, src media.Source, base string) media.Paging {
	if Paged(src) {
		return media.Paging{}
	}
	doc, page, err := pageOf(text, src, base)
	if err != nil {
		return media.Paging{}
	}
	var links []pageLink
	for i, n := range doc.Find("link[rel][href], a[href]").Nodes {
		if i > maxPageLinks {
			break
		}
		if l, ok := pageLinkOf(n, page); ok {
			links = append(links, l)
		}
	}
	slices.SortStableFunc(links, func(a, b pageLink) int { return a.rank - b.rank })
	for _, l := range links {
		if p, ok := pagingTo(src.URL, l.to); ok {
			return p
		}
	}
	for _, l := range links {
		if css := l.selector(doc); css != "" {
			return media.Paging{By: "link", Link: css}
		}
	}
	p := media.Paging{By: "postback", First: 1}
	src.Rule.Next = p
	if _, ok, err := Next(text, src, base, Place{N: 1, URL: base}); ok && err == nil {
		return p
	}
	return media.Paging{}
}

// maxPageLinks of a page are looked at for one that leads to the next page.
const maxPageLinks = 3000

// pageLink is a link that may lead to page 2, the surest kind first.
type pageLink struct {
	node *html.Node
	to   string
	rank int
}

func pageLinkOf(n *html.Node, page *url.URL) (l pageLink, ok bool) {
	s := goquery.NewDocumentFromNode(n).Selection
	l = pageLink{node: n, to: resolve(page, attr(n, "href"))}
	if l.to == "" || l.to == page.String() {
		return l, false
	}
	if slices.Contains(strings.Fields(strings.ToLower(attr(n, "rel"))), "next") {
		return l, true
	}
	if n.Data == "link" {
		return l, false
	}
	switch words := tidy(rawText(n, 200)); {
	case words == "2":
		l.rank = 1
	case nextWord.MatchString(viet.Fold(words)), nextWord.MatchString(viet.Fold(s.AttrOr("title", ""))):
		l.rank = 2
	default:
		return l, false
	}
	return l, true
}

// selector finds the link on every page: by its rel, or by a name of its own if
// it says «next». "" if there is none that would last.
func (l pageLink) selector(doc *goquery.Document) string {
	switch {
	case l.rank == 0:
		return l.node.Data + "[rel~=next]"
	case l.rank == 2:
		return naming(doc, l.node)
	}
	return ""
}

// pagingTo tells how the address of page 2 is made of the list's own: by one
// parameter, or by a number in the path. What it says gives that address again.
func pagingTo(list, to string) (media.Paging, bool) {
	a, err := parseURL(list)
	if err != nil {
		return media.Paging{}, false
	}
	b, err := parseURL(to)
	if err != nil || keyHost(a) != keyHost(b) {
		return media.Paging{}, false
	}
	if strings.TrimSuffix(a.Path, "/") == strings.TrimSuffix(b.Path, "/") {
		return queryTo(a, b)
	}
	at := pageTwo.FindStringSubmatchIndex(b.Path)
	if at == nil || b.RawQuery != "" {
		return media.Paging{}, false
	}
	path := b.Path[:at[2]] + "{n}" + b.Path[at[3]:]
	dir := a.Path[:strings.LastIndexByte(a.Path, '/')+1]
	for _, prefix := range []string{strings.TrimSuffix(a.Path, "/") + "/", dir, ""} {
		part, ok := strings.CutPrefix(path, prefix)
		if !ok {
			continue
		}
		if got, err := withPath(list, part, "2"); err == nil && samePage(got, to) {
			return media.Paging{By: "path", Path: part, First: 1}, true
		}
	}
	return media.Paging{}, false
}

// pageTwo is the last 2 that is a number by itself: «trang-2.html», «/page/2/», «p2».
var pageTwo = regexp.MustCompile(`^.*[^0-9](2)(?:[^0-9].*)?$`)

// queryTo is for addresses that differ by one parameter: 2 after 1, 1 after 0, or
// how many entries to pass over.
func queryTo(a, b *url.URL) (media.Paging, bool) {
	was, is := a.Query(), b.Query()
	param := ""
	for k, v := range is {
		if len(v) == 1 && was.Get(k) == v[0] && was.Has(k) {
			continue
		}
		if param != "" {
			return media.Paging{}, false
		}
		param = k
	}
	for k := range was {
		if !is.Has(k) {
			return media.Paging{}, false
		}
	}
	n, err := strconv.Atoi(is.Get(param))
	if param == "" || err != nil || n < 1 || n > 1000 {
		return media.Paging{}, false
	}
	p := media.Paging{By: "query", Param: param}
	if first, err := strconv.Atoi(was.Get(param)); err == nil { // the list's own address has its number
		p.First, p.Step = first, n-first
	} else if n <= 2 {
		p.First = n - 1
	} else {
		p.First, p.Step = 0, n
	}
	if p.Step == 1 {
		p.Step = 0
	}
	return p, p.Step >= 0
}

// samePage compares addresses without scheme and «www.».
func samePage(a, b string) bool {
	x, errA := url.Parse(a)
	y, errB := url.Parse(b)
	return errA == nil && errB == nil && keyHost(x) == keyHost(y) && x.RequestURI() == y.RequestURI()
}

// NextYAML is how a rule's next: is written in sources.yaml, "" for none.
func NextYAML(p media.Paging) string {
	if p.By == "" {
		return ""
	}
	parts := []string{"by: " + p.By}
	for _, f := range []struct{ name, value string }{{"param", p.Param}, {"path", p.Path}, {"link", p.Link}} {
		if f.value != "" {
			parts = append(parts, fmt.Sprintf("%s: %q", f.name, f.value))
		}
	}
	if p.By != "link" && p.First != 1 {
		parts = append(parts, fmt.Sprintf("first: %d", p.First))
	}
	if p.Step > 1 {
		parts = append(parts, fmt.Sprintf("step: %d", p.Step))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
