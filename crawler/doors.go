// Package crawler decides when and where to look, looks politely, and hands on
// what was found: one visit at a time per host, every visit with an outcome
// that is kept, every good one widening what its source has covered.
package crawler

import (
	"context"
	"time"

	"loa/media"
)

// Lease is the right to visit one host (or host group) until it expires. The
// token fences: a write with an older token is refused.
type Lease struct {
	Host  string
	Owner string
	Token int64
	Until time.Time // the store's clock
	// Clock is the store's clock when it gave or lengthened the lease. Times that it is to compare with its clock are told by
	// it: a node's own may be wrong, and one that is behind would find everything due again at once. Zero: the node's is taken.
	Clock time.Time
	// NotBefore, set by the crawler before Release, holds the whole host back
	// until then (the store's clock): it does not answer. The store makes the host's
	// next due time the later of this and what its sources and pages want; zero
	// holds nothing back. MakeDue overrides it.
	NotBefore time.Time
	// Rest, set by the crawler before Release, is how long from then nobody may
	// ask the host anything: it said so (Retry-After), or its spacing has not
	// passed. On the store's clock, and nothing overrides it.
	Rest time.Duration

	asked time.Time // the crawler's machine clock just before it asked for the lease
}

// Hosts leases hosts on the store's own clock. A host is due when any of its
// sources or awaited pages is.
type Hosts interface {
	// Sync makes the sources and their hosts known; group names the leased row of a source's host.
	Sync(ctx context.Context, sources []media.Source, group func(host string) string) error
	// MakeDue makes the known sources named due now («loa crawl»); none named means all.
	MakeDue(ctx context.Context, sources ...string) error
	// Claim leases at most n due, free hosts for ttl.
	Claim(ctx context.Context, owner string, n int, ttl time.Duration) ([]Lease, error)
	// Renew lengthens a lease; ErrLost if another holds it.
	Renew(ctx context.Context, l Lease, ttl time.Duration) (Lease, error)
	// Release gives hosts back; each is next due at the earliest due time of its sources and pages. One that cannot be
	// given back keeps none of the others: all are tried. ErrLost if another holds some of them, and all else went well.
	Release(ctx context.Context, ls ...Lease) error
}

// Work is what a leased host has to offer.
type Work struct {
	Robots  []Robots          // of each site of the host that is remembered
	Sources []SourceState     // due now
	Pages   []Await           // article pages awaited, oldest first
	Layouts map[string]Layout // by the sources of those pages

	// Archives is the same of pieces that were old when they were read (PageVisit.Old).
	Archives map[string]Layout
}

// Robots is what is remembered of a site's robots.txt. The bare host and its
// www twin, http and https, are one leased host and have one each (RFC 9309 §2.3).
type Robots struct {
	Site    string // scheme and host, such as "https://www.bao.example"
	Body    string
	Status  int       // HTTP status of an answer that was one: 2xx to 4xx without 429
	Fetched time.Time // machine clock
}

// SourceState is what the last visits left behind.
type SourceState struct {
	Source       string
	ETag         string
	LastModified string
	BodyHash     string    // hex SHA-256 of the last good body
	LastFull     time.Time // machine clock of the last good visit (OK or NotModified) whose Full was set
	Fails        int
	CoveredTo    time.Time // end of the last merged coverage span, zero if none
	Visited      bool
	Mark         string // Visit.Mark of the last visit whose outcome was OK, as it was put
	Rest         string // Visit.Rest of that visit
	Rhythm       string // Visit.Rhythm, likewise
}

// Await is one article page to fetch.
type Await struct {
	Item, Source, URL string
	Tries             int       // PutPage calls so far that were not Done; the store counts them
	At                time.Time // when it was published by its listing, else when it was first seen
}

// Seen is one entry of a listing as it goes to the store.
type Seen struct {
	Item  media.Item
	Fetch bool            // its page is wanted: awaited from now, unless it was awaited or read before
	Host  string          // leased row its page is awaited on, when Fetch: the group of its address's host
	Kept  string          // hash of the body it stood in, when Fetch: behind its listing's words should its page not be had
	Entry *media.Revision // text to stand in when no page is to be fetched; nil otherwise
	// Verdict is the judgement of Entry, stored with an item that is new; nil
	// leaves it to whoever judges what is not judged yet.
	Verdict *media.Verdict
	// Words is the id of Entry's text among the texts of all items, 0 if it is too
	// short to be told from others; set when Compared.
	Words    int64
	Compared bool // with the texts that the store holds by their ids, when it is put
}

// Span is a stretch of published time covered, and how.
type Span struct {
	From, To time.Time
	How      string // "list", "not_modified", "archive", "log"
}

// Asked is one entry of a column of questions.
type Asked struct {
	ID, Agency, Number, Title, URL string
	Asked, Answered                time.Time // zero if no day is printed
	State                          string    // "answered", "waiting", "" where the column does not say
	Kept                           string    // hash of the body it stood in; "" leaves it to the visit's
}

// Part is one thing that has to be posted on a page, and whether it was.
type Part struct {
	Name  string
	There bool
}

// Visit is the record of one look at one source.
type Visit struct {
	ID                           string // "<yyyymmdd>-<hash>"
	Source                       string
	At                           time.Time // business clock
	Outcome                      string    // media.OK, media.NotModified or a blind reason
	Detail                       string
	Status                       int
	Took                         time.Duration
	Bytes                        int
	ETag, LastModified, BodyHash string // stored after OK only
	// Mark is what the crawler wants back at the next visit (opaque text under
	// 1 KiB: the moment and the newest items of this list, by which the next
	// list is joined to it). Stored after OK only, also when empty.
	Mark string
	// Rest is the crawler's note of what it left unread behind the source's own
	// address: the files of a sitemap index. Opaque text under 200 KiB, stored
	// as Mark is.
	Rest string
	// Rhythm is the crawler's own note of when the source publishes (opaque text
	// under 1 KiB). Stored after OK only.
	Rhythm string
	// New is when each entry that the source listed for the first time was
	// published; the visit's time where that is not said.
	New     []time.Time
	Wait    time.Duration // until the next look, without jitter; 0 after a visit that saw nothing
	Full    bool          // read without validators
	Kept    *media.Kept
	Also    []media.Kept // further pages read in this visit
	Seen    []Seen
	Covers  []Span
	Asked   []Asked         // of a column of questions: those on the pages read, also where they stand as they did
	Planned []media.Planned // of a station's announced schedule: all that the page says of the days it lists
	Uploads []media.Upload  // of a feed of uploads
	Parts   []Part          // of a page: what has to be posted there (media.Source.Expect), in the source's order
	NextDue time.Time       // the store's clock
	Fails   int

	room, left int // how many new entries may be taken; how many were not

	fresh []media.Date  // of the entries listed for the first time
	kept  time.Duration // how long the feed says its copy may be kept
	until time.Time     // end of the certificate that the source's server showed
}

// Address names an article by the address at which it is.
type Address struct {
	ID  string // of the item that the address names
	Key string // its canonical key
}

// PageVisit is the record of one look at one article page.
type PageVisit struct {
	Item     string
	Source   string
	At       time.Time
	Outcome  string
	Detail   string
	Kept     *media.Kept
	Revision *media.Revision // text read; nil if none: when Done, the listing's words then stand in as a revision from "entry" (hash: TextHash)
	Claimed  media.Date      // date printed on the page, used when the listing gave none
	Final    Address         // where the page was in the end, if at the address of another item; else zero
	Column   string          // column id recognised from the page, used when the listing gave none; "" if none
	Done     bool            // no further try wanted
	NextDue  time.Time       // the store's clock, when not Done
	Odd      []string        // codes of extract.Note that a person should see beside the item: "spam", "web_part"
	Read     *PageRead       // for the layout of the source; nil if the page said nothing of it
	Layout   string          // with Read: why the source's pages are not trusted any more, "" if they are
	Old      bool            // with Read: the piece was old, so that both tell of the source's archive alone
}

// Records is where visits go. Each Put is one transaction, fenced by the lease
// (ErrLost if it is no longer held), and idempotent.
type Records interface {
	Load(ctx context.Context, l Lease, pages int) (Work, error)
	PutRobots(ctx context.Context, l Lease, r Robots) error
	// PutVisits records looks at sources of the leased host; known[i][k]: vs[i].Seen[k] existed before.
	PutVisits(ctx context.Context, l Lease, vs []Visit) (known [][]bool, err error)
	PutPage(ctx context.Context, l Lease, p PageVisit) error
}

// Walk is how far an archive walk has come: the pages of a list, of documents or
// of a column of questions, or the files of a sitemap, read back to a date once, as a person asked.
type Walk struct {
	Source       string
	Since, Until time.Time // what was published before Since, or at Until or later (zero: none), was not asked for
	Started, At  time.Time // first and last page; business clock
	Pages        int       // read so far
	Items        int       // pieces, or questions, first seen on them
	Oldest       time.Time // the list was read down to here; zero: its dates do not tell
	Share        float64   // how much of the way is done, 0 to 1
	State        string    // one of the Walk… codes
	Note         string    // where to go on: the crawler's own text, up to some 2 MiB
}

// States of a walk.
const (
	WalkOpen    = "open"       // not at its end: the next run goes on
	WalkReached = "reached"    // the list was read back to the date
	WalkAll     = "all"        // a sitemap was read whole; whether it lists everything it does not say
	WalkEnded   = "ended"      // the list ends before the date
	WalkSingle  = "single"     // the source has one page alone
	WalkRepeats = "repeats"    // the list brings the same page again and again
	WalkLong    = "long"       // more pages than a walk may read
	WalkDenied  = "robots"     // robots.txt does not allow the next page
	WalkUnfit   = "not_a_list" // nothing to walk through: a page that is only probed
	WalkOutside = "outside"    // the source is not in force in the time asked for
)

// Walks is where archive walks stand.
type Walks interface {
	// ClaimFor leases at most n of the hosts named, if they are free, whether they are due or not.
	ClaimFor(ctx context.Context, owner string, hosts []string, n int, ttl time.Duration) ([]Lease, error)
	// Walks gives the walks of sources as they were put last, by source.
	Walks(ctx context.Context, sources []string) (map[string]Walk, error)
	// PutWalk records a page of a walk: what v saw, kept and covers, and where the
	// walk stands now, in one transaction fenced by the lease. The source's own
	// state, and its count of visits, stay as they were. known is as PutVisits', and
	// then tells of each of v.Asked whether it was known.
	PutWalk(ctx context.Context, l Lease, w Walk, v Visit) (known []bool, err error)
}

// Known says which of the items this source has listed before (not merely known
// through another source), so that a list that went backwards can be told and
// pages are not asked for again.
type Known interface {
	KnownItems(ctx context.Context, source string, ids []string) (map[string]bool, error)
}

// Judge tells what a text is about; *classify.Classifier is one.
type Judge interface {
	Judge(r media.Revision) media.Verdict
	Version() string
}

// Keeper keeps bytes as fetched, content-addressed; keeping the same bytes twice is one object.
type Keeper interface {
	Keep(ctx context.Context, k media.Kept, body []byte) error
}

// Quarantine is where it is recorded that a document made a reader panic, or did so once more.
type Quarantine interface {
	Quarantine(ctx context.Context, q media.Quarantined) error
}

// ErrGoing says that the bytes of a look are being deleted at this moment,
// their time having passed: they have to be fetched and kept anew.
var ErrGoing error = errGoing{}

type errGoing struct{}

func (errGoing) Error() string { return "kept bytes are being deleted" }

// ErrLost says that a lease is held by somebody else now.
var ErrLost = errLost{}

type errLost struct{}

func (errLost) Error() string { return "lease lost" }
