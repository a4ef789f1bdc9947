package extract

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"loa/media"
)

// barePage is the least visible text, in bytes, of a page of which it can be
// said that something is missing: less is a shell that a script fills, or a
// site that is being built.
const barePage = 100

// Missing names what has to be posted on a page (Source.Expect) and is not
// there, in the order of the source. text is Decode's. A page that shows all of
// it is that page, whatever else stands on it; of one that does not, errors are
// BlindErrors where nothing can be said to be missing: challenge, soft_404,
// hijacked, empty, parse_error.
func Missing(text string, src media.Source, pageURL string) ([]string, error) {
	if _, err := parseURL(pageURL); err != nil {
		return nil, err
	}
	doc, _, err := parseDoc(text, Bounds(src.Limits, src.Kind))
	if err != nil {
		return nil, err
	}
	seen := visible(doc.Selection)
	words := " " + plainWords(seen) + " "
	var missing []string
	for _, e := range src.Expect {
		there, err := posted(e, doc, seen, words)
		if err != nil {
			return nil, err
		}
		if !there {
			missing = append(missing, e.Name)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	if b := blindPage(text, doc, "expected posting"); b.Reason != media.LayoutChanged && b.Reason != media.Empty {
		return nil, b
	}
	if len(seen) < barePage {
		return nil, &BlindError{media.Empty, fmt.Sprintf("a page of %d characters", len(seen))}
	}
	return missing, nil
}

// posted looks for one thing; seen is the page's visible text, words its folded
// words between spaces.
func posted(e media.Expect, doc *goquery.Document, seen, words string) (bool, error) {
	for _, p := range e.Phrases {
		if w := plainWords(p); w != "" && strings.Contains(words, " "+w+" ") {
			return true, nil
		}
	}
	if e.Regexp != "" {
		re, err := regexp.Compile(e.Regexp)
		if err != nil {
			return false, &BlindError{media.ParseError, fmt.Sprintf("expect %q: %v", e.Name, err)}
		}
		if re.MatchString(seen) {
			return true, nil
		}
	}
	if e.Selector != "" {
		if _, err := cascadia.ParseGroup(e.Selector); err != nil {
			return false, &BlindError{media.ParseError, fmt.Sprintf("expect %q: %v", e.Name, err)}
		}
		if doc.Find(e.Selector).Length() > 0 {
			return true, nil
		}
	}
	return false, nil
}
