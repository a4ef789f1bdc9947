package extract

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"loa/media"
	"loa/viet"
)

// How much of a sitemap is read at most is Bounds': by the protocol
// (sitemaps.org) 50,000 addresses and 50 MB unpacked.
const (
	maxChildren = 1000    // of an index: the newest; years of monthly files are some hundred
	maxField    = 8 << 10 // longer is no address
)

// Map is what one sitemap file shows: addresses, or the files of an index.
type Map struct {
	Entries  []MapEntry // newest first as far as the file tells
	Children []Child    // of an index, newest first
	Partial  bool       // something was lost: cut off, broken, more than the protocol allows
	Notes    []Note
}

// MapEntry is one address of a sitemap. Changed is its lastmod: no date of
// publication, for it moves with every edit and template, but nothing was
// published after it. Date is set where a news sitemap prints one.
type MapEntry struct {
	Entry
	Changed time.Time // zero if not told
}

// Child is one file of a sitemap index.
type Child struct {
	URL     string
	Changed string    // lastmod as printed: another text means that the file has changed
	At      time.Time // lastmod read, else what the address says («sitemap-2023-05.xml»: the end of that month); zero if neither
}

// Sitemap reads a sitemap or sitemap index from the bytes as they came, packed
// with gzip or not. A damaged one gives what stands whole in it (Partial).
// DOCTYPE is skipped and nothing is ever expanded. Errors are BlindErrors:
// not_a_feed when it is no sitemap, empty, challenge, soft_404, hijacked,
// parse_error, and layout_changed when every address leads elsewhere.
func Sitemap(body []byte, contentType string, src media.Source, base string) (Map, error) {
	baseURL, own, err := grounds(src, base, true)
	if err != nil {
		return Map{}, err
	}
	m := Map{}
	bounds := Bounds(src.Limits, media.KindSitemap)
	if body, err = unpack(body, bounds.Body, &m); err != nil {
		return Map{}, err
	}
	r := mapReader{rule: src.Rule, base: baseURL, own: own, out: &m, keys: map[string]bool{}, most: bounds.Items}
	r.read(body)
	if r.root == "" {
		return Map{}, noSitemap(body, contentType)
	}
	count(&m.Notes, "foreign", r.foreign)
	count(&m.Notes, "hollow", r.hollow)
	count(&m.Notes, "same_key", r.same)
	if r.broken > 0 {
		m.Partial = true
		m.Notes = append(m.Notes, Note{Code: "map_broken", N: r.broken})
	}
	if r.cut {
		m.Partial = true
		m.Notes = append(m.Notes, Note{Code: "cut_off", N: len(m.Entries) + len(m.Children)})
	}
	if r.more {
		m.Partial = true
		m.Notes = append(m.Notes, Note{Code: "first_only", N: bounds.Items})
	}
	none := &BlindError{media.Empty, "the sitemap lists nothing"}
	if r.foreign > 0 {
		none = &BlindError{media.LayoutChanged, fmt.Sprintf("none of %d addresses is of this source", r.foreign)}
	}
	if err := nothingOf(r.titles, len(m.Entries)+len(m.Children), none); err != nil {
		return Map{}, err
	}
	slices.SortStableFunc(m.Entries, func(a, b MapEntry) int { return cmp.Or(b.Date.At.Compare(a.Date.At), b.Changed.Compare(a.Changed)) })
	slices.SortStableFunc(m.Children, func(a, b Child) int { return b.At.Compare(a.At) })
	if len(m.Children) > maxChildren {
		m.Children, m.Partial = m.Children[:maxChildren], true
		m.Notes = append(m.Notes, Note{Code: "first_only", N: maxChildren})
	}
	return m, nil
}

// isSitemap tells a sitemap from other documents by its first element.
func isSitemap(text string) bool {
	d := xml.NewDecoder(strings.NewReader(text[:min(len(text), 64<<10)]))
	d.Strict = false
	for {
		t, err := d.RawToken()
		if err != nil {
			return false
		}
		if s, ok := t.(xml.StartElement); ok {
			return mapRoot(s.Name.Local)
		}
	}
}

func mapField(name string) bool {
	return name == "loc" || name == "lastmod" || name == "publication_date" || name == "title"
}

func mapRoot(name string) bool {
	name = strings.ToLower(name)
	return name == "urlset" || name == "sitemapindex"
}

// unpack opens a file that is itself gzip (sitemap.xml.gz), as far as it goes.
func unpack(body []byte, most int64, m *Map) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte("\x1f\x8b")) {
		return body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, &BlindError{media.ParseError, "unpack: " + err.Error()}
	}
	z.Multistream(false)
	out, err := io.ReadAll(io.LimitReader(z, most+1))
	if int64(len(out)) > most {
		return nil, &BlindError{media.ParseError, fmt.Sprintf("unpacks to more than %d bytes", most)}
	}
	if err != nil {
		if len(out) == 0 {
			return nil, &BlindError{media.ParseError, "unpack: " + err.Error()}
		}
		m.Partial = true
	}
	return out, nil
}

// noSitemap says why a body is none.
func noSitemap(body []byte, contentType string) error {
	text, err := Decode(body[:min(len(body), 1<<20)], contentType)
	if err != nil {
		return err
	}
	if strings.TrimSpace(text) == "" {
		return &BlindError{media.Empty, "an empty body"}
	}
	doc, _, err := parseDoc(text, Bounds(media.Limits{}, media.KindPage))
	if err != nil {
		return err
	}
	if b := blindPage(text, doc, "sitemap"); b.Reason != media.LayoutChanged && b.Reason != media.Empty {
		return b
	}
	return &BlindError{media.NotAFeed, "no urlset or sitemapindex"}
}

// mapReader goes through the tokens of a sitemap. Where they break off it
// looks for the next entry and goes on from there.
type mapReader struct {
	rule media.Rule
	base *url.URL
	own  admit
	out  *Map
	most int // addresses

	root    string // urlset or sitemapindex
	in      string // url or sitemap, while inside one
	field   string // see mapField
	val     map[string]string
	closed  bool // the root was closed
	keys    map[string]bool
	titles  []string
	foreign int
	hollow  int
	same    int
	broken  int
	cut     bool
	more    bool
}

func (r *mapReader) read(body []byte) {
	for at := 0; at < len(body) && !r.more; {
		d := xml.NewDecoder(bytes.NewReader(body[at:]))
		d.Strict, d.CharsetReader = false, charset.NewReaderLabel
		err := r.tokens(d)
		if err == nil || errors.Is(err, io.EOF) {
			r.cut = r.root != "" && !r.closed
			return
		}
		if r.root == "" {
			return
		}
		r.rescue()
		// Behind what was read the next entry is looked for.
		at += max(int(d.InputOffset()), 1)
		next := nextEntry(body[min(at, len(body)):])
		if next < 0 {
			r.cut = true
			return
		}
		at += next
	}
}

// nextEntry finds "<url" or "<sitemap", with any prefix a name may have.
func nextEntry(b []byte) int {
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], '<')
		if i < 0 {
			return -1
		}
		from += i
		name := b[from+1 : min(from+40, len(b))]
		if end := bytes.IndexAny(name, " \t\r\n>/"); end > 0 {
			if local := string(name[bytes.IndexByte(name[:end], ':')+1 : end]); local == "url" || local == "sitemap" {
				return from
			}
		}
		from++
	}
}

func (r *mapReader) tokens(d *xml.Decoder) error {
	for {
		t, err := d.RawToken()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			name := strings.ToLower(t.Name.Local)
			switch {
			case r.root == "":
				if !mapRoot(name) {
					return io.EOF
				}
				r.root = name
			case name == "url" || name == "sitemap":
				if r.in != "" { // the one before was not closed
					r.rescue()
				}
				r.in, r.field, r.val = name, "", map[string]string{}
			case r.in != "" && t.Name.Space != "image" && t.Name.Space != "video" && mapField(name):
				r.field = name
			}
		case xml.CharData:
			if r.in != "" && r.field != "" && len(r.val[r.field]) < maxField {
				r.val[r.field] += string(t[:min(len(t), maxField)])
			}
		case xml.EndElement:
			name := strings.ToLower(t.Name.Local)
			switch {
			case mapRoot(name):
				r.closed = true
			case name == r.in && r.in != "":
				if r.entry(); r.more {
					return nil
				}
				r.in, r.field = "", ""
			default:
				r.field = ""
			}
		}
	}
}

// rescue takes an entry that breaks off, if its address stands whole.
func (r *mapReader) rescue() {
	r.broken++
	if r.in != "" && r.field != "loc" && r.val["loc"] != "" {
		r.entry()
	}
	r.in, r.field = "", ""
}

// entry takes what one url or sitemap element said.
func (r *mapReader) entry() {
	loc := resolve(r.base, canonical(r.val["loc"]))
	if loc == "" || len(loc) > 2048 {
		r.hollow++
		return
	}
	changed := tidy(r.val["lastmod"])
	at := mapTime(changed)
	if r.in == "sitemap" {
		if len(r.out.Children) >= r.most {
			r.more = true
			return
		}
		c := Child{URL: loc, Changed: cutText(changed, 40), At: at}
		if c.At.IsZero() {
			c.At = monthEnd(loc)
		}
		if !r.keys["> "+loc] {
			r.keys["> "+loc] = true
			r.out.Children = append(r.out.Children, c)
		}
		return
	}
	if !r.own.ok(loc) {
		r.foreign++
		return
	}
	e := MapEntry{Entry: Entry{URL: loc, Title: plainText(r.val["title"])}, Changed: at}
	var err error
	if e.Key, err = Key(r.rule.Key, loc); err != nil {
		r.hollow++
		return
	}
	if r.keys[e.Key] {
		r.same++
		return
	}
	if len(r.out.Entries) >= r.most {
		r.more = true
		return
	}
	r.keys[e.Key] = true
	if d, ok := readDate(r.val["publication_date"], "sitemap", r.rule); ok {
		e.Date = d
	} else if d, ok := urlDate(loc); ok {
		e.Date = d
	}
	if e.Title != "" {
		r.titles = append(r.titles, e.Title)
	}
	r.out.Entries = append(r.out.Entries, e)
}

// mapTime reads a lastmod: W3C datetime, of which some have the day or month
// alone. The latest moment it can mean is taken, for it is a bound.
func mapTime(s string) time.Time {
	if t, err := time.Parse("2006-01", s); err == nil {
		return t.AddDate(0, 1, 0)
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Add(36 * time.Hour) // the end of that day in any zone
	}
	if d, ok := viet.ParseDate(s, viet.DateOptions{}); ok {
		if media.Precision(d.Precision) == media.ToDay {
			return d.Time.Add(24 * time.Hour)
		}
		return d.Time
	}
	return time.Time{}
}

// monthEnd reads the month that many files of an index carry in their names.
func monthEnd(loc string) time.Time {
	m := monthName.FindStringSubmatch(loc)
	if m == nil {
		return time.Time{}
	}
	t, err := time.ParseInLocation("2006-1", m[1]+"-"+strings.TrimPrefix(m[2], "0"), time.FixedZone("", 7*3600))
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 1, 0)
}

var monthName = regexp.MustCompile(`(20[0-3]\d)[-_/](0?[1-9]|1[0-2])(?:[^0-9]|$)`)
