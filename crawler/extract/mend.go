package extract

import (
	"fmt"
	"regexp"
	"strings"

	"loa/media"
)

// mended is an XML feed cut into its parts, each fit for a strict parser.
type mended struct {
	head    string   // root and channel up to the first item
	items   []string // whole items
	tail    string   // what closes the root
	partial bool
	notes   []Note
}

func (m *mended) text() string { return m.head + strings.Join(m.items, "") + m.tail }

var (
	feedRoot = regexp.MustCompile(`(?i)^<(rss|feed|rdf:RDF|channel)[\s>/]`)
	htmlRoot = regexp.MustCompile(`(?i)^<(!doctype\s+html|html|head|body)[\s>]`)
	voidTag  = regexp.MustCompile(`(?i)^</?(br|hr|img|input|wbr)[\s/>]`)
	tagName  = regexp.MustCompile(`^</?[^\s<>/]+`)
	itemTag  = regexp.MustCompile(`(?i)^<(item|entry)[\s>]`)
	itemEnd  = regexp.MustCompile(`(?i)^</(item|entry)\s*>`)
	rootEnd  = regexp.MustCompile(`(?i)^</(rss|feed|rdf:RDF)\s*>`)
	prolog   = regexp.MustCompile(`(?is)<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(\[.*?\]\s*)?>`)
)

// mend finds the feed's root, drops what stands before it (PHP warnings, a
// browser's banner, long comments, a DOCTYPE with its entities) and after its
// end, drops comments and processing instructions, escapes each `<` that opens
// no tag, and closes a feed that was cut off after its last whole item.
func mend(text string, l media.Limits) (*mended, error) {
	at, root, err := findRoot(text, l)
	if err != nil {
		return nil, err
	}
	m := &mended{}
	if before := strings.TrimSpace(prolog.ReplaceAllString(text[:at], "")); before != "" {
		m.notes = append(m.notes, Note{Code: "junk_before", N: len(before)})
	}
	s := &scanner{in: text[at:], most: l}
	if root = strings.ToLower(root); root == "channel" { // its own end tag is not looked for
		s.in += "</rss>"
	}
	if err := s.run(m); err != nil {
		return nil, err
	}
	if m.tail == "" {
		m.partial = true
		m.notes = append(m.notes, Note{Code: "cut_off", N: len(m.items)})
		if len(m.items) == 0 {
			return nil, &BlindError{media.ParseError, "the feed is cut off before its first item ends"}
		}
	}
	// Items stand in the channel, except in RDF and Atom.
	switch root {
	case "rss":
		m.head, m.tail = strings.TrimSuffix(m.head, "</channel>"), "</channel></rss>"
	case "feed":
		m.tail = "</feed>"
	case "rdf:rdf":
		m.tail = "</" + text[at+1:at+8] + ">"
	default:
		m.head, m.tail = `<rss version="2.0">`+strings.TrimSuffix(m.head, "</channel>"), "</channel></rss>"
	}
	if s.stray > 0 {
		m.notes = append(m.notes, Note{Code: "stray_marks", N: s.stray})
	}
	if s.bare > 0 {
		m.notes = append(m.notes, Note{Code: "attributes", N: s.bare})
	}
	if s.deep > 0 {
		m.partial = true
		m.notes = append(m.notes, Note{Code: "too_deep_item", N: s.deep})
		if len(m.items) == 0 {
			return nil, &BlindError{media.ParseError, fmt.Sprintf("markup nested deeper than %d", l.Depth)}
		}
	}
	return m, nil
}

// findRoot gives the place and name of the feed's root element.
func findRoot(text string, l media.Limits) (int, string, error) {
	html := false
	for i := 0; i < len(text); {
		j := strings.IndexByte(text[i:], '<')
		if j < 0 {
			break
		}
		i += j
		rest := text[i:]
		if m := feedRoot.FindStringSubmatch(rest[:min(len(rest), 32)]); m != nil && !html {
			return i, m[1], nil
		}
		if htmlRoot.MatchString(rest[:min(len(rest), 64)]) {
			html = true
			break
		}
		skip := 1
		switch {
		case strings.HasPrefix(rest, "<!--"):
			skip = past(rest, "-->")
		case len(rest) > 9 && strings.EqualFold(rest[:9], "<!doctype"):
			skip = doctypeEnd(rest)
		}
		i += skip
	}
	doc, _, err := parseDoc(text, l)
	if err != nil {
		return 0, "", &BlindError{media.NotAFeed, "neither a feed nor a readable page"}
	}
	if strings.TrimSpace(text) == "" {
		return 0, "", &BlindError{media.Empty, "the body is empty"}
	}
	if b := blindPage(text, doc, "feed"); b.Reason == media.Challenge || b.Reason == media.Soft404 || b.Reason == media.Hijacked {
		return 0, "", b
	}
	if html {
		return 0, "", &BlindError{media.NotAFeed, "an HTML page stands where the feed should be"}
	}
	return 0, "", &BlindError{media.NotAFeed, "no rss, feed or RDF element"}
}

func past(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i + len(end)
	}
	return len(s)
}

// doctypeEnd skips a document type with its internal subset.
func doctypeEnd(s string) int {
	gt, sub := strings.IndexByte(s, '>'), strings.IndexByte(s, '[')
	if gt < 0 {
		return len(s)
	}
	if sub < 0 || sub > gt {
		return gt + 1
	}
	if end := strings.Index(s, "]"); end >= 0 {
		return end + past(s[end:], ">")
	}
	return len(s)
}

// scanner copies a feed from its root on, mending.
type scanner struct {
	in    string
	i     int
	stray int
	bare  int // tags whose attributes were dropped for their number
	deep  int // items dropped for their depth
	most  media.Limits
	tags  int
	over  error    // a limit that a tag went over
	item  bool     // inside an item
	open  []string // tags open since the item began, or since the root
	out   strings.Builder
}

func (s *scanner) run(m *mended) error {
	inItem, raw := false, 0 // raw: start of the tag's copy in out
	for s.i < len(s.in) {
		if s.over != nil {
			return s.over
		}
		j := strings.IndexByte(s.in[s.i:], '<')
		if j < 0 {
			s.field(len(s.in) - s.i)
			break
		}
		s.field(j)
		rest := s.in[s.i:]
		peek := rest[:min(len(rest), 64)]
		switch {
		case strings.HasPrefix(rest, "<![CDATA["):
			end := strings.Index(rest, "]]>")
			if end < 0 { // cut off inside
				s.i = len(s.in)
				continue
			}
			keep := rest[:end]
			if len(keep) > maxFeedField {
				keep = shorten(keep, maxFeedField)
			}
			s.out.WriteString(keep + "]]>")
			s.i += end + 3
		case strings.HasPrefix(rest, "<!--"):
			s.i += past(rest, "-->")
		case strings.HasPrefix(rest, "<?"):
			s.i += past(rest, "?>")
		case begins(peek, 2, "rf") && rootEnd.MatchString(peek):
			if inItem { // an item that never ends
				m.partial = true
			}
			m.tail = "end"
			if !inItem {
				s.finish(m)
			}
			if after := strings.TrimSpace(rest[past(rest, ">"):]); after != "" {
				m.notes = append(m.notes, Note{Code: "junk_after", N: len(after)})
			}
			return nil
		case begins(peek, 1, "ie") && itemTag.MatchString(peek):
			if inItem { // the last one was never closed: it is lost
				m.partial = true
				s.out.Reset()
			} else {
				s.finish(m)
			}
			inItem, s.item, s.open = true, true, nil
			raw = s.out.Len()
			s.tag(rest)
		case inItem && begins(peek, 2, "ie") && itemEnd.MatchString(peek):
			s.tag(rest)
			m.items = append(m.items, s.out.String()[raw:])
			s.out.Reset()
			inItem, raw, s.item, s.open = false, 0, false, nil
			if len(m.items) > s.most.Items {
				m.tail = "end"
				return nil
			}
		case startsTag(peek):
			switch s.tag(rest); {
			case len(s.open) <= s.most.Depth:
			case !inItem:
				return &BlindError{media.ParseError, fmt.Sprintf("markup nested deeper than %d", s.most.Depth)}
			default:
				s.deep++
				inItem, s.item, s.open = false, false, nil
				s.out.Reset()
				s.leave()
			}
		default:
			s.stray++
			s.out.WriteString("&lt;")
			s.i++
		}
	}
	if !inItem {
		s.finish(m)
	}
	return s.over
}

// leave passes over the rest of an item, up to its end, the next or the root's.
func (s *scanner) leave() {
	for s.i < len(s.in) {
		j := strings.IndexByte(s.in[s.i:], '<')
		if j < 0 {
			s.i = len(s.in)
			return
		}
		s.i += j
		rest := s.in[s.i:]
		peek := rest[:min(len(rest), 64)]
		switch {
		case itemEnd.MatchString(peek):
			s.i += past(rest, ">")
			return
		case itemTag.MatchString(peek), rootEnd.MatchString(peek):
			return
		}
		s.i++
	}
}

// begins reports whether the letter at i is one of those, in either case: a
// regular expression is asked where it may match only.
func begins(tag string, i int, letters string) bool {
	return i < len(tag) && strings.IndexByte(letters, tag[i]|0x20) >= 0
}

// startsTag reports whether a letter or _ follows «<» or «</».
func startsTag(tag string) bool {
	tag = strings.TrimPrefix(tag[1:], "/")
	return tag != "" && (tag[0] == '_' || 'a' <= tag[0]|0x20 && tag[0]|0x20 <= 'z')
}

// finish puts what stands outside items where it belongs: before the first
// item it is the head, later it is dropped.
func (s *scanner) finish(m *mended) {
	if len(m.items) == 0 && m.head == "" {
		m.head = strings.TrimSpace(s.out.String())
	}
	s.out.Reset()
}

func (s *scanner) copy(n int) {
	s.out.WriteString(s.in[s.i : s.i+n])
	s.i += n
}

// field copies text between tags as far as it may be read; what is cut off may
// have been the end of an entity.
func (s *scanner) field(n int) {
	if n <= maxFeedField {
		s.copy(n)
		return
	}
	t := shorten(s.in[s.i:s.i+maxFeedField], maxFeedField-1)
	if at := strings.LastIndexByte(t, '&'); at > len(t)-16 {
		t = t[:at]
	}
	s.out.WriteString(t)
	s.i += n
}

// tag copies one tag whole, its attributes' quotes respected. A tag that is
// not closed before the next begins is text: left as it is, its open quote
// would make the parser swallow the items that follow, without an error.
func (s *scanner) tag(rest string) {
	end, quote, closed := len(rest), byte(0), false
	attrs := 0
scan:
	for k := 1; k < len(rest); k++ {
		switch c := rest[k]; {
		case c == '=' && quote == 0:
			attrs++
		case c == '<':
			end = k
			break scan
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			end, closed = k+1, true
			break scan
		}
	}
	if !closed {
		s.stray++
		s.out.WriteString("&lt;")
		s.i++
		s.copy(end - 1)
		return
	}
	if s.tags++; s.tags > s.most.Tokens {
		s.over = tooMany("tags", s.most.Tokens)
	}
	s.i += end
	t := rest[:end]
	if attrs > s.most.Attrs { // none of them is worth the item
		s.bare++
		t = tagName.FindString(t) + ">"
	}
	name := strings.TrimLeft(tagName.FindString(t), "</")
	switch {
	case (begins(t, 1, "bhiw") || begins(t, 2, "bhiw")) && voidTag.MatchString(t):
		if t[1] != '/' {
			s.out.WriteString(strings.TrimRight(strings.TrimSuffix(t, ">"), "/ ") + "/>")
		}
		return
	case strings.HasSuffix(t, "/>"):
	case t[1] == '/':
		i := len(s.open) - 1
		for ; i >= 0 && !strings.EqualFold(s.open[i], name); i-- {
		}
		if i < 0 {
			if s.item { // closes nothing; «</br>» is seen outside CDATA
				return
			}
			break
		}
		for k := len(s.open) - 1; k > i; k-- {
			s.out.WriteString("</" + s.open[k] + ">")
		}
		t = "</" + s.open[i] + ">"
		s.open = s.open[:i]
	default:
		s.open = append(s.open, name)
	}
	s.out.WriteString(t)
}
