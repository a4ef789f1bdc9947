package extract

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed"

	"loa/media"
)

// maxEntries caps what one listing may bring.
const maxEntries = 5000

// Feed reads RSS, Atom, RDF or JSON Feed. text is Decode's; base is the address
// it came from. A damaged feed is salvaged as far as whole items go (Partial).
// The library's own dates are never used: it reads «GMT+7» and zone-less dates
// as UTC, seven hours wrong. An entry without a usable address has an empty URL
// and is keyed by its guid, or by title and date. Errors are BlindErrors:
// not_a_feed, challenge, soft_404, hijacked, empty, parse_error, and
// layout_changed when every entry leads elsewhere.
func Feed(text string, src media.Source, base string) (Listing, error) {
	baseURL, own, err := grounds(src, base, true)
	if err != nil {
		return Listing{}, err
	}
	bounds := Bounds(src.Limits, media.KindFeed)
	items, list, err := feedItems(text, bounds)
	if err != nil {
		return Listing{}, err
	}
	if len(items) == 0 {
		return Listing{}, &BlindError{media.Empty, "the feed has no items"}
	}
	if len(items) > bounds.Items {
		items, list.Partial = items[:bounds.Items], true
		list.Notes = append(list.Notes, Note{Code: "first_only", N: bounds.Items})
	}
	foreign, dateless, same, hollow, unlikely, spam := 0, 0, 0, 0, 0, 0
	seen := map[string]bool{}
	var titles []string
	for _, it := range items {
		e, dated := feedEntry(it, src.Rule, baseURL)
		titles = append(titles, e.Title)
		switch {
		case e.URL != "" && !own.ok(e.URL):
			foreign++
			continue
		case e.Title == "" && e.URL == "":
			hollow++
			continue
		case seen[e.Key]:
			same++
			continue
		case spamLine(e.Title):
			spam++
			continue
		}
		seen[e.Key] = true
		if !dated {
			dateless++
		}
		if unlike(e.Date, src.Rule) {
			unlikely++
		}
		list.Entries = append(list.Entries, e)
	}
	count(&list.Notes, "foreign", foreign)
	count(&list.Notes, "hollow", hollow)
	count(&list.Notes, "same_key", same)
	count(&list.Notes, "dateless", dateless)
	count(&list.Notes, "date_format", unlikely)
	count(&list.Notes, "spam", spam)
	if err := nothingOf(titles, len(list.Entries), &BlindError{media.LayoutChanged, fmt.Sprintf("none of %d entries has an address of this source", len(items))}); err != nil {
		return Listing{}, err
	}
	list.Keep = keepFor(text)
	return list, nil
}

// feedItems parses the feed, mended first; if that fails, item by item.
func feedItems(text string, l media.Limits) ([]*gofeed.Item, Listing, error) {
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") {
		if jsonTokens(trimmed, l.Tokens) > l.Tokens {
			return nil, Listing{}, tooMany("JSON tokens", l.Tokens)
		}
		return jsonItems(trimmed)
	}
	m, err := mend(text, l)
	if err != nil {
		return nil, Listing{}, err
	}
	list := Listing{Partial: m.partial, Notes: m.notes}
	f, err := parseFeed(m.text())
	if err == nil && len(f.Items) >= len(m.items) {
		return f.Items, list, nil
	}
	if err == nil { // what was swallowed is not to be lost in silence
		err = fmt.Errorf("the parser saw %d of %d items", len(f.Items), len(m.items))
	}
	if len(m.items) == 0 {
		return nil, Listing{}, &BlindError{media.ParseError, err.Error()}
	}
	var items []*gofeed.Item
	for _, one := range m.items {
		if f, err := parseFeed(m.head + one + m.tail); err == nil {
			items = append(items, f.Items...)
		}
	}
	if len(items) == 0 {
		return nil, Listing{}, &BlindError{media.ParseError, err.Error()}
	}
	list.Partial = list.Partial || len(items) < len(m.items)
	list.Notes = append(list.Notes, Note{Code: "one_by_one", N: len(items), Of: len(m.items), Text: err.Error()})
	return items, list, nil
}

// jsonItems reads a JSON Feed; one that is cut off gives its whole items.
func jsonItems(text string) ([]*gofeed.Item, Listing, error) {
	var list Listing
	if !json.Valid([]byte(text)) {
		items := wholeItems(text)
		if len(items) == 0 {
			return nil, list, &BlindError{media.NotAFeed, "neither JSON nor XML"}
		}
		whole, err := json.Marshal(map[string]any{"version": "https://jsonfeed.org/version/1.1", "items": items})
		if err != nil {
			return nil, list, &BlindError{media.ParseError, err.Error()}
		}
		text = string(whole)
		list = Listing{Partial: true, Notes: []Note{{Code: "cut_off", N: len(items)}}}
	}
	var has struct{ Items json.RawMessage }
	if err := json.Unmarshal([]byte(text), &has); err != nil || has.Items == nil { // the parser takes any JSON
		return nil, Listing{}, &BlindError{media.NotAFeed, "JSON without items"}
	}
	f, err := parseFeed(text)
	if err != nil {
		return nil, Listing{}, &BlindError{media.NotAFeed, "JSON, but no JSON Feed: " + err.Error()}
	}
	return f.Items, list, nil
}

// wholeItems are the elements of the top object's items that came before the
// text breaks off.
func wholeItems(text string) []json.RawMessage {
	d := json.NewDecoder(strings.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for {
		key, err := d.Token()
		if err != nil {
			return nil
		}
		if key == "items" {
			break
		}
		var skip json.RawMessage
		if d.Decode(&skip) != nil {
			return nil
		}
	}
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil
	}
	var out []json.RawMessage
	for len(out) <= maxEntries && d.More() {
		var one json.RawMessage
		if d.Decode(&one) != nil {
			break
		}
		out = append(out, one)
	}
	return out
}

// parseFeed keeps a panic of the library from taking the crawler down.
func parseFeed(s string) (f *gofeed.Feed, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("feed parser panicked: %v", r)
		}
	}()
	p := gofeed.NewParser()
	// Pictures are not asked for: looking for them reads every description as a page.
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	return p.Parse(strings.NewReader(s))
}

func feedEntry(it *gofeed.Item, r media.Rule, base *url.URL) (e Entry, dated bool) {
	e.Title = shorten(plainText(it.Title), maxHeadline)
	lead := fieldText(it.Description)
	if tidy(lead) == "" {
		lead, _, _ = strings.Cut(strings.TrimSpace(fieldText(it.Content)), "\n")
	}
	e.Lead, _ = stripMark(shorten(tidy(lead), maxLead))
	for _, c := range it.Categories {
		if e.Section == "" {
			e.Section = shorten(plainText(c), maxLabel)
		}
	}
	for _, href := range append([]string{it.Link}, append(it.Links, it.GUID)...) {
		if href == it.GUID && !strings.Contains(href, "://") {
			continue
		}
		if e.URL = resolve(base, href); e.URL != "" {
			break
		}
	}
	printed := []string{it.Published, it.Updated}
	if it.DublinCoreExt != nil {
		printed = append(printed, it.DublinCoreExt.Date...)
	}
	for _, s := range printed {
		if e.Date, dated = readDate(s, "feed", r); dated {
			break
		}
	}
	if !dated {
		e.Date, dated = urlDate(e.URL)
	}
	if k, err := Key(r.Key, e.URL); err == nil {
		e.Key = k
	} else if g := tidy(it.GUID); g != "" {
		e.Key = keyHost(base) + "#" + g
	} else {
		e.Key = keyHost(base) + "#" + media.Hash("entry", e.Title, it.Published)
	}
	return e, dated
}
