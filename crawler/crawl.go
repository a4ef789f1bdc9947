package crawler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
)

// Fetcher makes one request; *fetch.Client is one.
type Fetcher interface {
	Get(ctx context.Context, req fetch.Request) (*fetch.Response, error)
}

// Readers turn bytes into what a visit hands on. Zero fields mean extract's.
type Readers struct {
	Decode func(body []byte, contentType string) (string, error)
	Feed   func(text string, src media.Source, base string) (extract.Listing, error)
	List   func(text string, src media.Source, base string) (extract.Listing, error)
	Page   func(text string, src media.Source, pageURL string) (extract.Article, error)
	Second func(text string, src media.Source, pageURL string, first extract.Article) (second extract.Article, alike float64, ok bool)
	Key    func(rule, rawurl string) (string, error)
	Next   func(text string, src media.Source, base string, at extract.Place) (next extract.Place, ok bool, err error)
	Map    func(body []byte, contentType string, src media.Source, base string) (extract.Map, error)

	Documents func(text string, src media.Source, base string) (extract.Listing, error)
	Questions func(text string, src media.Source, base string) (extract.Listing, error)

	Schedule func(text string, src media.Source, pageURL string, columns []media.Column) ([]media.Planned, error)

	Uploads func(text string, src media.Source, base string, columns []media.Column) ([]media.Upload, error)

	Missing func(text string, src media.Source, pageURL string) ([]string, error)
}

// Options are what a crawler works with. The stores, Fetch, Sources and
// Province are needed; the rest has the defaults told beside it.
type Options struct {
	Hosts   Hosts
	Records Records
	Known   Known
	Keeper  Keeper
	Walks   Walks // needed by Walk alone
	Fetch   Fetcher
	Read    Readers
	// Quarantine records documents on which a reader panics; nil: they are logged alone.
	Quarantine Quarantine
	Judge      Judge // of the words of a listing that is all there is to read; nil: judged later
	// Words gives such words their id, by which equal ones are told; ok is false if
	// more than ids have to be compared. nil: all are compared later.
	Words func(r media.Revision) (id int64, ok bool)

	Sources  []media.Source // those marked Verify are left out
	Only     []string       // ids of the sources to visit; nil: all. The others stay known and due as they were
	Columns  []media.Column // to recognise a column by the section label its agency prints
	Province string         // of item ids
	Agent    string         // product token robots.txt is read for; "loa"

	Business func() time.Time // dates, coverage; time.Now
	Machine  func() time.Time // spacing, back-off, ages; time.Now

	Spacing time.Duration            // from the end of one request to the next, per host; 0 means 3 s, below 0 none. A longer Crawl-delay is kept up to five minutes
	Workers int                      // hosts visited at a time, besides those that take long (longTurn); 16
	Lease   time.Duration            // how long a claim lasts unrenewed; 30 s
	Node    string                   // owner of leases, unique among running processes
	Group   func(host string) string // leased row of a host; fetch.Group

	Log      *slog.Logger
	Progress func(Event) // called after each look, from several goroutines
}

// Event tells of one look.
type Event struct {
	Kind    string // "visit", "page" or "walk"
	Source  string
	URL     string
	Outcome string
	Detail  string
	New     int // items first seen
	Listed  int // entries listed
	Took    time.Duration
	ID      string    // of a visit
	Bytes   int       // of bodies, decompressed; of a visit or page
	Until   time.Time // end of the certificate that a visited server showed; zero: none seen
	Walk    Walk      // of a walk's page: how far it has come
}

// Summary is what a round did.
type Summary struct {
	Visits   map[string]int // by outcome
	Items    int            // first seen
	Pages    int            // article pages read
	PageFail int            // article pages looked at without a text
	Bytes    int64          // bodies, decompressed
	Left     []string       // ids of sources not visited: their hosts asked to be left alone, or another process holds them
	Took     time.Duration  // machine clock
}

// Crawler visits hosts it holds leases on. One Run or Round at a time.
type Crawler struct {
	opt   Options
	reads atomic.Pointer[watchlist] // what is read, as of the last Use
	using sync.Mutex                // held by whoever changes what is read
	owed  []string                  // sources that are read otherwise now and were not made due yet; under using
	fresh chan struct{}             // holds one when Use changed what is read
	lanes *lanes

	mu     sync.Mutex
	pace   map[string]pace // by leased row
	sum    Summary
	seen   map[string]bool // sources visited in this Round
	unkept error           // the first in this Round that could not be kept
	walk   *walk           // of Walk alone: set before its turns begin
}

// pace is when a host was last asked and how long it is then left alone.
type pace struct {
	last time.Time
	gap  time.Duration
}

// maxDelay is the longest Crawl-delay that is kept: what the archives' crawlers keep.
const maxDelay = 5 * time.Minute

// New checks the options and makes a crawler.
func New(opt Options) (*Crawler, error) {
	if opt.Hosts == nil || opt.Records == nil || opt.Known == nil || opt.Keeper == nil || opt.Fetch == nil {
		return nil, errors.New("crawler: hosts, records, known, keeper and fetch are needed")
	}
	if opt.Province == "" || opt.Node == "" {
		return nil, errors.New("crawler: province and node are needed")
	}
	set(&opt.Read.Decode, extract.Decode)
	set(&opt.Read.Feed, extract.Feed)
	set(&opt.Read.List, extract.List)
	set(&opt.Read.Page, extract.Page)
	set(&opt.Read.Second, extract.Second)
	set(&opt.Read.Key, extract.Key)
	set(&opt.Read.Next, extract.Next)
	set(&opt.Read.Map, extract.Sitemap)
	set(&opt.Read.Documents, extract.Documents)
	set(&opt.Read.Questions, extract.Questions)
	if opt.Read.Schedule == nil {
		opt.Read.Schedule = extract.Schedule
	}
	if opt.Read.Uploads == nil {
		opt.Read.Uploads = extract.UploadFeed
	}
	set(&opt.Read.Missing, extract.Missing)
	set(&opt.Business, time.Now)
	set(&opt.Machine, time.Now)
	set(&opt.Group, fetch.Group)
	if opt.Agent == "" {
		opt.Agent = "loa"
	}
	switch {
	case opt.Spacing == 0:
		opt.Spacing = 3 * time.Second
	case opt.Spacing < 0:
		opt.Spacing = 0
	}
	if opt.Workers <= 0 {
		opt.Workers = 16
	}
	if opt.Lease <= 0 {
		opt.Lease = 30 * time.Second
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Progress == nil {
		opt.Progress = func(Event) {}
	}
	c := &Crawler{opt: opt, fresh: make(chan struct{}, 1), pace: map[string]pace{}, lanes: newLanes(opt.Machine)}
	c.reset()
	r, err := c.reading(opt.Sources, opt.Columns)
	if err != nil {
		return nil, err
	}
	c.reads.Store(r)
	return c, nil
}

// set gives p the default d if it holds nothing.
func set[F func([]byte, string) (string, error) |
	func(string, media.Source, string) (extract.Listing, error) |
	func(string, media.Source, string) (extract.Article, error) |
	func(string, media.Source, string, extract.Article) (extract.Article, float64, bool) |
	func(string, media.Source, string) ([]string, error) |
	func(string, string) (string, error) |
	func(string, media.Source, string, extract.Place) (extract.Place, bool, error) |
	func([]byte, string, media.Source, string) (extract.Map, error) |
	func() time.Time | func(string) string](p *F, d F) {
	if *p == nil {
		*p = d
	}
}

func (c *Crawler) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sum = Summary{Visits: map[string]int{}}
	c.seen = map[string]bool{}
	c.unkept = nil
}

// Round visits every source (Options.Only: those) once and every awaited page that is due, and
// returns when nothing is left to do.
//
// A source whose host is leased by another process is waited for while that
// lease can last (Options.Lease): a process that was killed leaves such behind.
// So is one whose host asked to be left alone; if that takes longer it stays
// unvisited (Summary.Left). Pages of a host that wants a longer pause than a
// lease lasts are left for later too.
func (c *Crawler) Round(ctx context.Context) (Summary, error) {
	start := c.opt.Machine()
	c.reset()
	valid := c.valid()
	if err := c.opt.Hosts.Sync(ctx, valid, c.opt.Group); err != nil {
		return Summary{}, fmt.Errorf("crawl: %w", err)
	}
	if err := c.opt.Hosts.MakeDue(ctx, c.opt.Only...); err != nil {
		return Summary{}, fmt.Errorf("crawl: %w", err)
	}
	valid = slices.DeleteFunc(valid, func(s media.Source) bool { _, mine := c.reads.Load().sources[s.ID]; return !mine })
	err := c.work(ctx, func(idle time.Duration) bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		all := !slices.ContainsFunc(valid, func(s media.Source) bool { return !c.seen[s.ID] })
		return all || idle > c.opt.Lease+time.Second
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sum.Took = c.opt.Machine().Sub(start)
	for _, s := range valid {
		if !c.seen[s.ID] {
			c.sum.Left = append(c.sum.Left, s.ID)
		}
	}
	if err = first(err, c.unkept); err != nil {
		err = fmt.Errorf("crawl: %w", err)
	}
	return c.sum, err
}

// Run visits what is due until ctx is cancelled, and returns its error. What
// goes wrong in between is logged and tried again.
func (c *Crawler) Run(ctx context.Context) error {
	c.reset()
	know := func() error { return c.opt.Hosts.Sync(ctx, c.valid(), c.opt.Group) }
	var again sync.WaitGroup
	defer again.Wait() // whoever closes the store after Run must not meet it
	again.Go(func() {  // sources come into force and go out of it
		for sleep(ctx, jitter(15*time.Minute)) == nil {
			if err := know(); err != nil && ctx.Err() == nil {
				c.opt.Log.Error("sync sources", "error", err)
			}
		}
	})
	pause := shortPause
	for ctx.Err() == nil {
		before := c.done()
		err := know()
		if err == nil {
			err = c.work(ctx, func(time.Duration) bool { return false })
		}
		if ctx.Err() == nil {
			c.opt.Log.Error("crawl", "error", err)
			if c.done() > before { // not all is in vain
				pause = shortPause
			}
			_ = sleep(ctx, jitter(pause))
			pause = min(2*pause, longPause)
		}
	}
	return ctx.Err()
}

// done is how many looks have been recorded.
func (c *Crawler) done() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.sum.Pages + c.sum.PageFail
	for _, visits := range c.sum.Visits {
		n += visits
	}
	return n
}

// While the store fails, what sites answer cannot be recorded and they are
// asked in vain: ever less often, from shortPause to longPause.
const (
	shortPause = 5 * time.Second
	longPause  = time.Minute
)

// untilFree is how long a host must still be left alone.
func (c *Crawler) untilFree(host string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.pace[host]
	if !ok {
		return 0
	}
	return max(0, p.gap-c.opt.Machine().Sub(p.last))
}

// touched notes the end of a request; setGap how long the host wants between two.
func (c *Crawler) touched(host string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pace[host] = pace{c.opt.Machine(), max(c.opt.Spacing, c.pace[host].gap)}
}

// gapOf is how long the host wants between two requests.
func (c *Crawler) gapOf(host string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(c.opt.Spacing, c.pace[host].gap)
}

func (c *Crawler) setGap(host string, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pace[host] = pace{c.pace[host].last, max(c.opt.Spacing, min(d, maxDelay))}
}

// row is the leased row of an address.
func (c *Crawler) row(rawurl string) string {
	u, err := url.Parse(rawurl)
	if err != nil {
		return ""
	}
	return c.opt.Group(u.Host)
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
