// Package extract turns bytes into entries, articles and airings: one file per
// kind. It is pure: the same bytes give the same result, and bad input gives an
// error that says what was expected, never a panic.
package extract

import (
	"time"

	"loa/media"
)

// Entry is one line of a feed or list page.
type Entry struct {
	URL     string // absolute; empty for a feed entry without a usable address
	Key     string // canonical key, see Key
	Title   string
	Lead    string // plain text, may be empty
	Section string
	Date    media.Date

	Document *Document // of Documents alone
	Question *Question // of Questions alone
}

// Listing is what a feed or list page shows, in page order.
type Listing struct {
	Entries []Entry
	Partial bool          // something was lost: cut off, broken items, more than maxEntries
	Notes   []Note        // what was odd, for `loa try`
	Keep    time.Duration // how long the feed says its copy may be kept; 0 if it does not
	By      string        // of a column of questions: the day that dates its entries, ByAsking or ByAnswers
}

// Article is what one page says.
type Article struct {
	Title, Lead, Body, Byline, Section, Credit string
	Date                                       media.Date
	Images                                     int
	How                                        string // "selector" or "readability"
	Notes                                      []Note // what was odd or dropped
}

// BlindError says that bytes came but nothing can be read from them.
type BlindError struct {
	Reason string // a blind reason of media: not_a_feed, soft_404, challenge, blocked, hijacked, empty, parse_error, layout_changed
	Detail string
}

func (e *BlindError) Error() string { return e.Reason + ": " + e.Detail }

// Doors, each in its own file; text is always Decode's:
//
//	Decode(body []byte, contentType string) (text string, err error)          decode.go   bytes → UTF-8 → NFC
//	Feed(text string, src media.Source, base string) (Listing, error)         feed.go     RSS, Atom, JSON Feed through gofeed
//	List(text string, src media.Source, base string) (Listing, error)         list.go     HTML list pages through goquery
//	Page(text string, src media.Source, url string) (Article, error)          article.go  selectors, readability as fallback
//	Second(text, src, url, first) (second Article, alike float64, ok bool)    referee.go  readability against the selectors
//	Documents(text string, src media.Source, base string) (Listing, error)     documents.go  lists of documents and of administrative procedures
//	Questions(text string, src media.Source, base string) (Listing, error)     questions.go  columns of questions and answers
//	Schedule(text string, src media.Source, url string, columns []media.Column) ([]media.Planned, error)   schedule.go  a station's announced schedule
//	UploadFeed(text string, src media.Source, base string, columns []media.Column) ([]media.Upload, error)   uploadfeed.go  what a channel put on the network
//	Missing(text string, src media.Source, url string) ([]string, error)     probe.go     what has to be posted on a page and is not
//	Key(rule, rawurl string) (string, error)                                  key.go      canonical key of an address
//	CheckRule(r media.Rule) []error                                           rule.go     what is wrong with a reading rule
//	GuessNext(text string, src media.Source, base string) media.Paging       guessnext.go  how a list goes on, by its first page
//	Guess(body []byte, contentType, url string, now time.Time) (Guessed, error)  guess.go    what `loa try` shows
//	Airings(name string, data []byte, opt LogOptions) ([]media.Airing, []RowError, error)   log.go   as-run logs; handed.go tells CSV, Excel, Word and pages apart
//	Guide, XMLTV (as Airings, to []media.Planned)                             guide.go, xmltv.go   schedules that are handed in
//	Uploads (as Airings, to []media.Upload)                                   uploads.go   lists of what a channel put on the network
