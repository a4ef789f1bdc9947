package crawler

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"loa/crawler/extract"
	"loa/media"
)

// Bits of PageRead.Fields: what an article page showed. The last three tell how the
// body was read.
const (
	hasTitle = 1 << iota
	hasLead
	hasBody // at least bodyWords words
	hasByline
	hasDate
	hasSection
	bySelector // the source's body selector found it
	asked      // readability was asked too
	agreed     // and found the same text
)

// PageRead is what one article page of a source showed, kept to tell a changed
// layout.
type PageRead struct {
	Item    string
	Version string    // of the article selectors it was read by
	At      time.Time // business clock
	Fields  int64     // hasTitle | …
}

// Layout is what is known of a source's article pages.
type Layout struct {
	Reads   []PageRead // newest first, one an item, LayoutReads at most
	Changed string     // why its pages are not trusted, "" if they are

	past []PageRead // of others, newest first: history behind Reads
}

// LayoutReads is how many page reads of a source are remembered.
const LayoutReads = 100

const (
	// oldPage is the age from which a piece is one of the archive. Sites carry old
	// pieces over from software they had before, with half of what they print today.
	oldPage   = 90 * 24 * time.Hour
	bodyWords = 40   // fewer are a caption or a teaser
	unlike    = 0.5  // readability shares less than this of the text: strong disagreement
	firstAsk  = 10   // pages of a rule version for which readability is always asked
	askEvery  = 5    // later one page in as many: so that a hundred reads hold enough agreement to be missed
	leastRun  = 4    // pages in a row that must lack a field: one odd page accuses nobody
	leastPast = 8    // pages before them without which there is no history to hold them against
	chance    = 1e-6 // how likely the run may be at the field's own share. After fifty pages that all had it four lacking pages are needed, after eight seven, of a field of every other page twenty
)

var watched = []struct {
	bit  int64
	name string
}{
	{hasBody, "body"}, {bySelector, "body selector"}, {hasTitle, "title"}, {hasLead, "lead"}, {hasByline, "byline"}, {hasDate, "date"}, {hasSection, "section"},
}

const ofText = 2 // so many of watched are about the body

// changed says which field the newest pages lack although the source's pages
// had it, or that readability reads another text than it used to; "" if
// neither. Only pages read by the rule version in force accuse; those read by
// older ones are history. text says that it is the body that cannot be trusted.
func (l Layout) changed(version string) (why string, text bool) {
	all := func(PageRead) bool { return true }
	reads := slices.Concat(l.Reads, l.past)
	for _, f := range watched[:ofText] {
		if why := lost(reads, version, f.bit, all); why != "" {
			return f.name + " " + why, true
		}
	}
	if why := lost(reads, version, agreed, func(r PageRead) bool { return r.Fields&asked != 0 }); why != "" {
		return "agreement with readability " + why, true
	}
	for _, f := range watched[ofText:] {
		if why := lost(reads, version, f.bit, all); why != "" {
			return f.name + " " + why, false
		}
	}
	return "", false
}

// lost holds the run of newest pages without a field against its share before.
func lost(reads []PageRead, version string, bit int64, counts func(PageRead) bool) string {
	run, had, past := 0, 0, 0
	running := true
	for _, r := range reads {
		if !counts(r) {
			continue
		}
		has := r.Fields&bit != 0
		if running = running && !has && r.Version == version; running {
			run++
			continue
		}
		past++
		if has {
			had++
		}
	}
	if run < leastRun || past < leastPast {
		return ""
	}
	share := float64(had) / float64(past+1)
	if math.Pow(1-share, float64(run)) >= chance {
		return ""
	}
	return fmt.Sprintf("missing on the last %d pages, on %d of %d before", run, past-had, past)
}

// ask says whether readability is to be asked about a page: the first of a
// rule version, then a sample of them, and always while it last disagreed or
// where the page lacks what the source's pages nearly always had.
func (l Layout) ask(r PageRead) bool {
	n, past := 0, 0
	var had [16]int
	disagreed, seen := false, false
	for _, o := range l.Reads {
		if o.Item == r.Item {
			continue
		}
		if o.Version == r.Version {
			n++
		}
		if o.Fields&asked != 0 && !seen {
			seen, disagreed = true, o.Fields&agreed == 0
		}
		past++
		for i, f := range watched {
			if o.Fields&f.bit != 0 {
				had[i]++
			}
		}
	}
	if n < firstAsk || disagreed {
		return true
	}
	for i, f := range watched {
		if r.Fields&f.bit == 0 && had[i]*20 >= past*19 {
			return true
		}
	}
	h := fnv.New32a()
	h.Write([]byte(r.Item))
	return h.Sum32()%askEvery == 0
}

// with is the layout after one more page. While the body cannot be trusted
// nothing is remembered of pages that are no better, else they would become the
// history; a byline that is printed no more is the usual after a hundred pages.
func (l Layout) with(r PageRead) Layout {
	reads := slices.DeleteFunc(slices.Clone(l.Reads), func(o PageRead) bool { return o.Item == r.Item })
	reads = append([]PageRead{r}, reads...)
	slices.SortStableFunc(reads, func(a, b PageRead) int { return cmp.Or(b.At.Compare(a.At), 0) })
	next := Layout{Reads: reads[:min(len(reads), LayoutReads)], past: l.past}
	why, text := next.changed(r.Version)
	if next.Changed = why; text && l.Changed != "" {
		return l
	}
	return next
}

// articleVersion names the part of a rule by which articles are read: mending
// it lets pages be judged anew, whatever becomes of the list's selectors.
func articleVersion(r media.Rule) string {
	return media.Hash("article rule", r.Headline, r.Sapo, r.Body, r.PageDate, r.Section, r.Byline, r.DateLayout, r.DateFormat, r.Zone)[:16]
}

// fields tells what an article has.
func fields(a extract.Article) int64 {
	var f int64
	for _, x := range []struct {
		bit int64
		has bool
	}{
		{hasTitle, a.Title != ""}, {hasLead, a.Lead != ""}, {hasByline, a.Byline != ""}, {hasSection, a.Section != ""},
		{hasBody, manyWords(a.Body)}, {hasDate, a.Date.Precision != media.NoDate}, {bySelector, a.How == "selector"},
	} {
		if x.has {
			f |= x.bit
		}
	}
	return f
}

func manyWords(s string) bool {
	n, in := 0, false
	for _, r := range s {
		if space := r == ' ' || r == '\n'; space == in {
			if in = !space; in {
				n++
			}
		}
		if n >= bodyWords {
			return true
		}
	}
	return false
}

// old reports whether a piece read at a time was of the archive then. What a
// walk finds in a list without dates is told by its page, and old if that has
// none either.
func (t *turn) old(a Await, art extract.Article, at time.Time) bool {
	published := a.At
	if w := t.c.walk; w != nil && !a.At.Before(w.start) {
		if art.Date.Precision == media.NoDate {
			return true
		}
		published = art.Date.At
	}
	return at.Sub(published) > oldPage
}

// oldPages notes why the old pages of a source are not trusted, for who walks.
func (c *Crawler) oldPages(source, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.walk != nil {
		c.walk.doubts[source] = why
	}
}

// learn takes up what is known of the article pages of sources; what this turn
// has read of them stands.
func (t *turn) learn(work Work) {
	for _, m := range []struct{ mine, theirs map[string]Layout }{{t.layouts, work.Layouts}, {t.archives, work.Archives}} {
		for id, l := range m.theirs {
			if _, had := m.mine[id]; !had {
				m.mine[id] = l
			}
		}
	}
}

// weigh notes what a page showed, asks readability where it is due, and refuses
// the text while the source's layout is taken for changed and this page's body
// is in doubt: the listing's words then stand in, and the item waits for a
// person as every item without a page does. err is what reading the page gave.
// An old piece is held against the archive, and tells of nothing else.
func (t *turn) weigh(src media.Source, p *PageVisit, a Await, text, url string, art extract.Article, err error) error {
	r := PageRead{Item: a.Item, Version: articleVersion(src.Rule), At: p.At}
	var blind *extract.BlindError
	switch {
	case err == nil:
		r.Fields = fields(art)
	case errors.As(err, &blind) && (blind.Reason == media.LayoutChanged || blind.Reason == media.Empty):
	default:
		return err // an error page, a gate: it says nothing of the layout
	}
	p.Old = t.old(a, art, p.At)
	l := t.layouts[src.ID]
	if p.Old {
		live := l.Reads
		l = t.archives[src.ID]
		l.past = live
	}
	doubt := err == nil && art.How == "selector" && r.Fields&hasBody == 0
	if err == nil && art.How == "selector" && l.ask(r) {
		if _, alike, ok := t.readers.Second(text, src, url, art); ok {
			r.Fields |= asked
			if alike >= unlike {
				r.Fields |= agreed
			} else {
				doubt = true
			}
		}
	}
	next := l.with(r)
	if p.Old {
		t.archives[src.ID] = next
		t.c.oldPages(src.ID, next.Changed)
	} else {
		t.layouts[src.ID] = next
	}
	if slices.Contains(next.Reads, r) {
		p.Read, p.Layout = &r, next.Changed
	}
	if next.Changed != "" && doubt {
		return &extract.BlindError{Reason: media.LayoutChanged, Detail: next.Changed}
	}
	return err
}
