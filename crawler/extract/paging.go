package extract

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"loa/media"
	"loa/viet"
)

// Place is one page of a list: what to ask for to get it. It is plain data, so
// that a walk that was broken off can go on from where it stood.
type Place struct {
	N    int        `json:"n"` // 1 is the source's own address
	URL  string     `json:"url"`
	Form url.Values `json:"form,omitempty"` // what is posted (postback); nil: a plain GET
}

// maxForm bounds what one postback sends, in bytes and fields. Viewstates of
// grids with some hundred rows reach 300 KB.
const (
	maxForm   = 1 << 20
	maxFields = 200
)

// Next says where a list goes on behind the page at `at`, of which text (as
// Decode gave it) and base (the address it came from in the end) are given. ok
// is false when the source has no paging, or the page names no next one. The
// place is never on trust: whoever asks for it looks at its host and at
// robots.txt. Errors are BlindErrors: a form that is too big or leads elsewhere.
func Next(text string, src media.Source, base string, at Place) (next Place, ok bool, err error) {
	p := pagingOf(src)
	next = Place{N: at.N + 1}
	n := strconv.Itoa(p.First + at.N*max(p.Step, 1))
	switch p.By {
	case "query":
		next.URL, err = withQuery(src.URL, p.Param, n)
	case "path":
		next.URL, err = withPath(src.URL, p.Path, n)
	case "json":
		next.URL, err = withPath(src.URL, p.URL, n)
	case "link":
		next.URL, err = linkTo(text, src, p.Link, base)
	case "postback":
		next.URL, next.Form, err = postback(text, src, base, at, n)
	default:
		return Place{}, false, nil
	}
	if err != nil || next.URL == "" {
		return Place{}, false, err
	}
	return next, true, nil
}

// Paged reports whether a source has more than its own address to read.
func Paged(src media.Source) bool { return pagingOf(src).By != "" }

// pagingOf is how the source's list goes on: as its rule says, or as its
// software does where the key rule names one.
func pagingOf(src media.Source) media.Paging {
	p := src.Rule.Next
	switch {
	case p.By == "none":
		return media.Paging{}
	case p.By != "" || src.Kind != media.KindList:
		return p
	case keyForm(src.Rule.Key) == "sharepoint":
		return sharepointPaging()
	case keyForm(src.Rule.Key) == "nukeviet":
		return nukevietPaging(src.URL)
	}
	return p
}

// withQuery sets one parameter of an address and leaves the others as they are
// written: some portals tell «+» from «%20».
func withQuery(raw, param, n string) (string, error) {
	u, err := parseURL(raw)
	if err != nil {
		return "", err
	}
	set := url.QueryEscape(param) + "=" + n
	var parts []string
	found := false
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		switch {
		case part == "":
		case !strings.EqualFold(name, param):
			parts = append(parts, part)
		case !found:
			found = true
			parts = append(parts, set)
		}
	}
	if !found {
		parts = append(parts, set)
	}
	u.RawQuery = strings.Join(parts, "&")
	return u.String(), nil
}

// withPath puts a page's part behind the path of an address: in the place of a
// last part of the same form ("trang-1.html" before "trang-2.html") or of a
// file ("index.html"). A part that begins with "/" replaces the whole path.
func withPath(raw, part, n string) (string, error) {
	u, err := parseURL(raw)
	if err != nil {
		return "", err
	}
	if i := strings.LastIndexByte(u.Path, '/'); i >= 0 && !strings.HasPrefix(part, "/") && !strings.Contains(part, "://") {
		last := u.Path[i+1:]
		form := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(part), `\{n\}`, `\d+`) + "$")
		if last != "" && !form.MatchString(last) && !strings.Contains(last, ".") {
			u.Path, u.RawPath = u.Path+"/", ""
		}
	}
	to := resolve(u, strings.ReplaceAll(part, "{n}", n))
	if to == "" {
		return "", fmt.Errorf("page address %q of %s cannot be read", part, raw)
	}
	return to, nil
}

// linkTo is the address of the link to the next page, "" if there is none.
func linkTo(text string, src media.Source, css, base string) (string, error) {
	doc, baseURL, err := pageOf(text, src, base)
	if err != nil {
		return "", err
	}
	to := ""
	doc.Find(css).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if !s.Is("[href]") {
			s = s.Find("a[href]").First()
		}
		to = resolve(baseURL, s.AttrOr("href", ""))
		return to == ""
	})
	return to, nil
}

func pageOf(text string, src media.Source, base string) (*goquery.Document, *url.URL, error) {
	baseURL, err := parseURL(base)
	if err != nil {
		return nil, nil, err
	}
	doc, _, err := parseDoc(text, Bounds(src.Limits, src.Kind))
	if err != nil {
		return nil, nil, err
	}
	return doc, docBase(doc, baseURL), nil
}

// doPostBack is how WebForms pages call for the next page. Quotes come
// escaped once more in some.
var doPostBack = regexp.MustCompile(`__doPostBack\(\s*['"]([^'"]*)['"]\s*,\s*['"]([^'"]*)['"]\s*\)`)

// postback fills the page's own form as a click on its pager would: the hidden
// fields as they stand, and which link was clicked. Nothing else of the form is
// sent, and nothing that leads to another page.
func postback(text string, src media.Source, base string, at Place, n string) (string, url.Values, error) {
	doc, baseURL, err := pageOf(text, src, base)
	if err != nil {
		return "", nil, err
	}
	p := src.Rule.Next
	target, arg := p.Target, strings.ReplaceAll(p.Arg, "{n}", n)
	form := doc.Find("form").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Find("input[name=__VIEWSTATE]").Length() > 0 }).First()
	if target == "" {
		link := pagerLink(doc, p.Link, at.N+1, n)
		if link == nil {
			return "", nil, nil
		}
		m := doPostBack.FindStringSubmatch(link.AttrOr("href", "") + " " + link.AttrOr("onclick", ""))
		target, arg = m[1], m[2]
		if f := link.Closest("form"); f.Length() > 0 {
			form = f
		}
	}
	if form.Length() == 0 {
		return "", nil, nil
	}
	// The form of such a page sends to the page itself; one that does not is a search or a login.
	to := resolve(baseURL, form.AttrOr("action", ""))
	if to == "" {
		to = baseURL.String()
	}
	u, err := url.Parse(to)
	if err != nil || !strings.EqualFold(form.AttrOr("method", ""), "post") || u.Host != baseURL.Host || !strings.EqualFold(u.Path, baseURL.Path) {
		return "", nil, &BlindError{media.LayoutChanged, fmt.Sprintf("the form of the page does not send to the page itself: %s %s", form.AttrOr("method", "get"), to)}
	}
	fields := url.Values{}
	size := len(target) + len(arg)
	form.Find("input[type=hidden], input[type=HIDDEN]").Each(func(_ int, s *goquery.Selection) {
		name, value := s.AttrOr("name", ""), s.AttrOr("value", "")
		if _, off := s.Attr("disabled"); off || name == "" || name == "__EVENTTARGET" || name == "__EVENTARGUMENT" {
			return
		}
		size += len(name) + len(value)
		if size <= maxForm && len(fields) < maxFields {
			fields.Add(name, value)
		} else {
			size = maxForm + 1
		}
	})
	if size > maxForm {
		return "", nil, &BlindError{media.ParseError, fmt.Sprintf("the page's form is over %d bytes or %d fields", maxForm, maxFields)}
	}
	fields.Set("__EVENTTARGET", target)
	fields.Set("__EVENTARGUMENT", arg)
	return u.String(), fields, nil
}

// pagerLink finds the link that calls for the page: the selected one, else the
// one whose words or argument are the page's number, else the one that says
// «next».
func pagerLink(doc *goquery.Document, css string, page int, n string) *goquery.Selection {
	calls := func(s *goquery.Selection) bool {
		return doPostBack.MatchString(s.AttrOr("href", "") + " " + s.AttrOr("onclick", ""))
	}
	if css != "" {
		s := doc.Find(css)
		s = s.AddSelection(s.Find("a"))
		s = s.FilterFunction(func(_ int, s *goquery.Selection) bool { return calls(s) })
		if s.Length() == 0 {
			return nil
		}
		return s.First()
	}
	links := doc.Find("a").FilterFunction(func(_ int, s *goquery.Selection) bool { return calls(s) })
	for _, fits := range []func(s *goquery.Selection, arg string) bool{
		func(s *goquery.Selection, _ string) bool { return tidy(s.Text()) == strconv.Itoa(page) },
		func(_ *goquery.Selection, arg string) bool { return arg == n || arg == "Page$"+strconv.Itoa(page) },
		func(s *goquery.Selection, _ string) bool { return nextWord.MatchString(viet.Fold(tidy(s.Text()))) },
	} {
		for _, node := range links.Nodes {
			s := goquery.NewDocumentFromNode(node).Selection
			m := doPostBack.FindStringSubmatch(s.AttrOr("href", "") + " " + s.AttrOr("onclick", ""))
			if fits(s, m[2]) {
				return &goquery.Selection{Nodes: []*html.Node{node}}
			}
		}
	}
	return nil
}

var nextWord = regexp.MustCompile(`^(trang )?(sau|tiep|ke tiep|tiep theo|next)( ?[>»›→]*)$|^[>›»→]$`)
