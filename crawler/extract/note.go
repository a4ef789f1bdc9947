package extract

import (
	"fmt"
	"strings"
)

// Note is one odd thing about what was read, from a closed list. Its sentence
// for a person is viet.ReadingNote's; String is for the log.
type Note struct {
	Code string
	N    int    // how many, 0 if the code counts nothing
	Of   int    // of how many, 0 if not told
	Text string // what was found, "" if nothing is quoted
}

// String tells the note in English, for the log.
func (n Note) String() string {
	s := noteWords()[n.Code]
	return strings.NewReplacer("{n}", fmt.Sprint(n.N), "{of}", fmt.Sprint(n.Of), "{text}", n.Text).Replace(s)
}

// noteWords is the closed list of notes. Those of a feed that is no well-formed
// XML begin with «malformed».
func noteWords() map[string]string {
	return map[string]string{
		"address_unknown": "address unknown: links are resolved against {text}",
		"address_own":     "address taken from the text itself: {text}",
		"too_deep":        "nested too deep: some tags were dropped",
		"junk_before":     "malformed: {n} bytes before the root element were dropped",
		"junk_after":      "malformed: {n} bytes after the root element were dropped",
		"stray_marks":     "malformed: {n} stray < escaped",
		"one_by_one":      "malformed: {n} of {of} items read one by one ({text})",
		"cut_off":         "cut off: closed after {n} whole items",
		"attributes":      "malformed: {n} tags stripped of too many attributes",
		"too_deep_item":   "malformed: {n} items nested too deep were dropped",
		"first_only":      "only the first {n} items were read",
		"foreign":         "{n} entries whose address is not the source's were left out",
		"hollow":          "{n} items have neither title nor address",
		"numberless":      "{n} documents have no number",
		"stateless":       "{n} questions do not say whether they are answered",
		"same_key":        "{n} entries had the key of an earlier one",
		"dateless":        "{n} entries have no readable date",
		"date_format":     "{n} dates are not printed as date_format says",
		"guessed_item":    "guessed item {text} for {n} blocks",
		"linkless":        "{n} blocks have no link or no title",
		"other_links":     "{n} links are not the source's articles",
		"repeated":        "{n} blocks repeat an earlier entry",
		"no_body":         "body selector matches nothing",
		"spam":            "betting spam was put on the page: {n} blocks or lines left out",
		"map_broken":      "malformed: {n} places of the sitemap could not be read",
		"web_part":        "a web part error stood on the page",
		"lead_mark":       "lead mark dropped: {text}",
	}
}

// count adds a note of n things, if there are any.
func count(notes *[]Note, code string, n int) {
	if n > 0 {
		*notes = append(*notes, Note{Code: code, N: n})
	}
}

// details joins notes for the log.
func details(notes []Note) string {
	words := make([]string, len(notes))
	for i, n := range notes {
		words[i] = n.String()
	}
	return strings.Join(words, "; ")
}

// Details tells in one line what was odd, for the log.
func (l Listing) Details() string { return details(l.Notes) }
