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

// List reads an HTML list page by the source's selectors; with Rule.Item empty
// it looks for the blocks that repeat with a link and, mostly, a date. What a
// «load more» button brings as JSON is read by the rule's next:. text is Decode's;
// base is the page's address. Errors are BlindErrors: challenge, soft_404,
// hijacked, empty, layout_changed, parse_error.
func List(text string, src media.Source, base string) (Listing, error) {
	text, rows, err := loaded(text, src.Rule.Next)
	if err != nil {
		return Listing{}, err
	}
	if rows != nil {
		return moreList(rows, src, base)
	}
	p, err := openRows(text, src, base)
	if err != nil {
		return Listing{}, err
	}
	doc, notes, baseURL, own, bounds, rule := p.doc, p.notes, p.base, p.own, p.bounds, src.Rule
	if rule.Item == "" {
		g, n := guessList(doc, baseURL, own, src.Rule)
		if g.Item != "" {
			rule.Item, rule.Link, rule.Title, rule.Lead, rule.Date = g.Item, g.Link, g.Title, g.Lead, g.Date
			notes = append(notes, Note{Code: "guessed_item", N: n, Text: g.Item})
		}
	}
	list := Listing{Notes: notes}
	var blocks *goquery.Selection
	if rule.Item != "" {
		blocks = doc.Find(rule.Item)
		blocks.Nodes = nested(blocks.Nodes)
	}
	if blocks == nil || blocks.Length() == 0 {
		return Listing{}, blindPage(text, doc, "list entry")
	}
	at := map[string]int{}
	foreign, linkless, same, dateless, unlikely, spam := 0, 0, 0, 0, 0, 0
	var titles []string
	blocks.EachWithBreak(func(_ int, s *goquery.Selection) bool {
		e := listEntry(s, rule, baseURL)
		switch {
		case e.URL == "" || e.Title == "":
			linkless++
			return true
		case !own.ok(e.URL):
			foreign++
			return true
		}
		if e.Key, err = Key(rule.Key, e.URL); err != nil {
			linkless++
			return true
		}
		titles = append(titles, e.Title)
		if spamLine(e.Title) {
			spam++
			return true
		}
		if i, ok := at[e.Key]; ok {
			same++
			complete(&list.Entries[i], e)
			return true
		}
		at[e.Key] = len(list.Entries)
		list.Entries = append(list.Entries, e)
		if len(list.Entries) >= bounds.Items {
			list.Partial = true
			return false
		}
		return true
	})
	for i, e := range list.Entries {
		if e.Date.Precision == media.NoDate {
			if d, ok := urlDate(e.URL); ok {
				list.Entries[i].Date = d
			} else {
				dateless++
			}
		}
		if unlike(e.Date, rule) {
			unlikely++
		}
	}
	count(&list.Notes, "linkless", linkless)
	count(&list.Notes, "other_links", foreign)
	count(&list.Notes, "repeated", same)
	count(&list.Notes, "dateless", dateless)
	count(&list.Notes, "date_format", unlikely)
	count(&list.Notes, "spam", spam)
	if err := p.refused(titles, len(list.Entries), "list entry", fmt.Sprintf("%d blocks match, none holds an article of this source", blocks.Length())); err != nil {
		return Listing{}, err
	}
	return list, nil
}

// rowsPage is a page of a source with rows to read, opened.
type rowsPage struct {
	text   string
	rows   []any // where a «load more» button brought them as JSON; text and doc are then empty
	doc    *goquery.Document
	notes  []Note
	base   *url.URL // of its links
	home   *url.URL // where a reader is sent for a row that leads nowhere
	own    admit
	bounds media.Limits
}

func openRows(text string, src media.Source, base string) (rowsPage, error) {
	p := rowsPage{text: text, bounds: Bounds(src.Limits, src.Kind)}
	at, own, err := grounds(src, base, false)
	if err != nil {
		return p, err
	}
	p.own = own
	if p.doc, p.notes, err = parseDoc(text, p.bounds); err != nil {
		return p, err
	}
	p.base = docBase(p.doc, at)
	return p, nil
}

// openSheet is openRows for kinds whose rows are records of a form; the page
// may be what a «load more» button brings.
func openSheet(text string, src media.Source, base string) (rowsPage, error) {
	text, rows, err := loaded(text, src.Rule.Next)
	if err != nil {
		return rowsPage{}, err
	}
	p, err := openRows(text, src, base)
	p.rows, p.home = rows, p.base
	if at, bad := parseURL(src.URL); rows != nil && bad == nil {
		p.home = at
	}
	return p, err
}

// records are the page's by a form: css and paths say where a field stands in a
// block of item and in a row of JSON.
func (p rowsPage) records(fm form, r media.Rule, css, paths []string) (out []record, told map[field]bool, n int) {
	if p.rows != nil {
		return jsonRecords(p.rows, paths, r.Next.Address, r, p.base, p.bounds.Items)
	}
	return records(p.doc, fm, r.Item, css, p.bounds.Items)
}

// refused says why what was read is no list after all: by its titles, by the
// page's own title, or because no row is one of those wanted, for which none says
// more where the page itself does not.
func (p rowsPage) refused(titles []string, entries int, wanted, none string) error {
	if why := hijackedList(titles); why != "" {
		return &BlindError{media.Hijacked, why}
	}
	if why := titleError(p.doc); why != "" {
		return &BlindError{media.Soft404, why}
	}
	if entries > 0 {
		return nil
	}
	if p.rows != nil {
		return &BlindError{media.LayoutChanged, none}
	}
	if b := blindPage(p.text, p.doc, wanted); b.Reason != media.LayoutChanged && b.Reason != media.Empty {
		return b
	}
	return &BlindError{media.LayoutChanged, none}
}

// complete fills what the first block of an entry lacked (a picture box often
// comes before the block with the date).
func complete(e *Entry, more Entry) {
	if e.Lead == "" {
		e.Lead = more.Lead
	}
	if e.Date.Precision == media.NoDate {
		e.Date = more.Date
	}
}

func docBase(doc *goquery.Document, page *url.URL) *url.URL {
	href, _ := doc.Find("base[href]").First().Attr("href")
	if ref, err := url.Parse(strings.TrimSpace(href)); err == nil && href != "" {
		if u := page.ResolveReference(ref); u.Hostname() != "" {
			return u
		}
	}
	return page
}

func listEntry(s *goquery.Selection, r media.Rule, base *url.URL) Entry {
	var e Entry
	link := pickLink(s, r.Link, base)
	if link == nil {
		return e
	}
	href, _ := link.Attr("href")
	e.URL = resolve(base, href)
	if r.Title != "" {
		e.Title = titleOf(s.Find(r.Title).First())
		if e.Title == "" && s.Is(r.Title) {
			e.Title = titleOf(s)
		}
	}
	if e.Title == "" {
		e.Title = titleOf(link)
	}
	if e.Title == "" { // an image link; its twin may hold the words
		s.Find("a[href]").EachWithBreak(func(_ int, a *goquery.Selection) bool {
			if h, _ := a.Attr("href"); resolve(base, h) == e.URL {
				e.Title = titleOf(a)
			}
			return e.Title == ""
		})
	}
	if r.Lead != "" {
		e.Lead, _ = stripMark(shorten(oneLine(s.Find(r.Lead).First()), maxLead))
	}
	e.Date = listDate(s, r, e.Title)
	return e
}

// pickLink takes the selected link, else the one with the longest text.
func pickLink(s *goquery.Selection, css string, base *url.URL) *goquery.Selection {
	cands := s.Find("a[href]")
	if css != "" {
		if cands = s.Find(css); cands.Length() == 0 && s.Is(css) {
			cands = s
		}
		if cands.Length() > 0 && !cands.Is("a[href]") {
			cands = cands.Find("a[href]")
		}
	} else if s.Is("a[href]") {
		cands = s
	}
	var best *goquery.Selection
	most := -1
	cands.EachWithBreak(func(i int, a *goquery.Selection) bool {
		if href, _ := a.Attr("href"); resolve(base, href) != "" {
			if n := len(titleOf(a)); n > most {
				best, most = a, n
			}
		}
		return i < 100 // an entry has a few links, a box of the page may have all
	})
	return best
}

// titleOf is the text of a link or heading. The title attribute steps in for
// missing text and for text the page cut short with an ellipsis.
func titleOf(s *goquery.Selection) string {
	if s.Length() == 0 {
		return ""
	}
	t := tidy(strings.ReplaceAll(glimpse(s.Nodes[0], glance), "\n", " "))
	full := plainText(s.AttrOr("title", ""))
	if full == "" {
		full = plainText(s.Find("[title]").First().AttrOr("title", ""))
	}
	short := strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(t, "…"), "..."), " ")
	if t == "" || short != t && strings.HasPrefix(full, short) {
		t = full
	}
	if t == "" {
		t = plainText(s.Find("img[alt]").First().AttrOr("alt", ""))
	}
	// The attributes of some portals are escaped twice.
	if strings.Contains(t, "&") {
		t = plainText(t)
	}
	return shorten(t, maxHeadline)
}

// listDate reads the entry's date: the machine-readable attribute first, then
// each selected element, then the lines of the block that are not its title.
func listDate(s *goquery.Selection, r media.Rule, title string) media.Date {
	places := s.Find("time[datetime], .date, .time, .ngay, .meta")
	if r.Date != "" {
		if places = s.Find(r.Date); places.Length() == 0 && s.Is(r.Date) {
			places = s
		}
	}
	var d media.Date
	ok := false
	places.EachWithBreak(func(_ int, p *goquery.Selection) bool {
		for _, line := range []string{p.AttrOr("datetime", ""), p.AttrOr("content", ""), dateText(p), p.AttrOr("title", "")} {
			if d, ok = readDate(line, "list", r); ok {
				return false
			}
		}
		return true
	})
	if ok || r.Date != "" {
		return d
	}
	for line := range strings.SplitSeq(glimpse(s.Nodes[0], 4*maxLead), "\n") {
		if line == title {
			continue
		}
		if d, ok = dateLine(line, "list", r); ok {
			return d
		}
	}
	return media.Date{}
}

// dateLine reads a date from a line that is mostly that date: a date inside a
// sentence is an event's, not the publication's.
func dateLine(line, found string, r media.Rule) (media.Date, bool) {
	if len(line) > maxDateLine {
		return media.Date{}, false
	}
	d, ok := readDate(line, found, r)
	if !ok {
		return d, false
	}
	rest := strings.Replace(tidy(line), d.Text, "", 1)
	letters := len([]rune(rest))
	if letters > 60 || letters > 25 && !dateWord.MatchString(viet.Fold(rest)) {
		return media.Date{}, false
	}
	return d, true
}

var dateWord = regexp.MustCompile(`cap nhat|ngay (dang|xuat ban|viet|cap nhat|phat hanh)|xuat ban|dang luc|dang ngay|xem co chu|luot xem|gmt|thu (hai|ba|tu|nam|sau|bay)|chu nhat`)
