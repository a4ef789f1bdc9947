package crawler

import (
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"loa/crawler/extract"
	"loa/media"
)

const (
	// heavyBody is the size, in bytes, from which documents are read one at a time:
	// nearly every page and feed is smaller, and what is larger may take many times
	// its size while it is read.
	heavyBody = 256 << 10
	// givesWay is how long a large document waits for a moment when nothing else is
	// under way.
	givesWay = 2 * time.Second
	// fairly is by how many times the time that a large document is thought to take
	// it stands back for others.
	fairly = 20
	// byteTakes is what a byte of a large document is thought to take where nothing
	// was read of its host before: a real page of 1 MB takes some 100 ms.
	byteTakes = 100 * time.Nanosecond
)

// lanes say when a document is read. Small ones are read at once, as many at a
// time as there are processors: more at a time would only hold more memory. Large
// ones have a lane of their own, for one at a time, and give way: they wait until
// no turn is at work, but not longer than givesWay; and the one goes first that
// came first, set back by what it is thought to take: what the last large one of
// its host took, or by its size. So the hosts that are slow to read wait for each
// other, and nobody else for them. What was begun is ended first: a document that
// is decoded takes more memory than one that is not.
type lanes struct {
	small chan struct{}
	now   func() time.Time

	mu      sync.Mutex
	working int                      // turns that wait for nothing
	reading bool                     // a large document is read
	waiting []*waiter                // large ones
	took    map[string]time.Duration // by host: the last large document
}

// waiter is a large document that waits for its lane.
type waiter struct {
	came, order time.Time // order is zero for a document that is decoded
	timer       *time.Timer
	open        chan struct{} // closed when it is its turn
}

func newLanes(now func() time.Time) *lanes {
	return &lanes{small: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), now: now, took: map[string]time.Duration{}}
}

// begins and waits count the turns at work.
func (l *lanes) begins() { l.count(1) }
func (l *lanes) waits()  { l.count(-1) }

func (l *lanes) count(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.working += n
	l.next()
}

// next lets a large document in, if it is time.
func (l *lanes) next() {
	if l.reading || len(l.waiting) == 0 {
		return
	}
	first := -1
	for i, w := range l.waiting {
		if l.working > 0 && !w.order.IsZero() && l.now().Sub(w.came) < givesWay {
			continue
		}
		if first < 0 || w.order.Before(l.waiting[first].order) {
			first = i
		}
	}
	if first < 0 {
		return
	}
	w := l.waiting[first]
	l.waiting = slices.Delete(l.waiting, first, first+1)
	l.reading = true
	w.timer.Stop()
	close(w.open)
}

// read reads a document of a host, of so many bytes, when it may; begun says that
// something of it was read before. waits is called before a large one does.
func (l *lanes) read(host string, size int, begun bool, waits, read func()) {
	if size < heavyBody {
		l.small <- struct{}{}
		defer func() { <-l.small }()
		read()
		return
	}
	waits()
	l.enter(host, size, begun)
	start := l.now()
	percent := debug.SetGCPercent(20) // its garbage is collected as it arises
	defer func() {
		debug.FreeOSMemory()
		debug.SetGCPercent(percent)
		l.mu.Lock()
		defer l.mu.Unlock()
		if took := l.now().Sub(start); begun {
			l.took[host] = max(l.took[host], took) // of one document
		} else {
			l.took[host] = took
		}
		l.reading = false
		l.next()
	}()
	read()
}

// enter waits for the lane of large documents.
func (l *lanes) enter(host string, size int, begun bool) {
	l.mu.Lock()
	w := &waiter{came: l.now(), open: make(chan struct{})}
	takes, known := l.took[host]
	if !known {
		takes = time.Duration(size) * byteTakes
	}
	if !begun {
		w.order = w.came.Add(fairly * takes)
	}
	w.timer = time.AfterFunc(givesWay, func() { l.count(0) })
	l.waiting = append(l.waiting, w)
	l.next()
	l.mu.Unlock()
	<-w.open
}

// reading are the readers of a turn, each taking its lane.
func (t *turn) reading(r Readers) Readers {
	first := func(size int, read func()) { t.c.lanes.read(t.host, size, false, t.lag, read) }
	in := func(size int, read func()) { t.c.lanes.read(t.host, size, true, t.lag, read) }
	listing := func(read func(string, media.Source, string) (extract.Listing, error)) func(string, media.Source, string) (extract.Listing, error) {
		return func(text string, src media.Source, base string) (l extract.Listing, err error) {
			in(len(text), func() { l, err = read(text, src, base) })
			return l, err
		}
	}
	decode, page, second := r.Decode, r.Page, r.Second
	r.Decode = func(body []byte, ctype string) (text string, err error) {
		first(len(body), func() { text, err = decode(body, ctype) })
		return text, err
	}
	r.Feed, r.List = listing(r.Feed), listing(r.List)
	r.Documents, r.Questions = listing(r.Documents), listing(r.Questions)
	missing, announced, uploaded := r.Missing, r.Schedule, r.Uploads
	r.Missing = func(text string, src media.Source, at string) (names []string, err error) {
		in(len(text), func() { names, err = missing(text, src, at) })
		return names, err
	}
	r.Schedule = func(text string, src media.Source, at string, columns []media.Column) (all []media.Planned, err error) {
		in(len(text), func() { all, err = announced(text, src, at, columns) })
		return all, err
	}
	r.Uploads = func(text string, src media.Source, base string, columns []media.Column) (all []media.Upload, err error) {
		in(len(text), func() { all, err = uploaded(text, src, base, columns) })
		return all, err
	}
	next, sitemap := r.Next, r.Map
	r.Next = func(text string, src media.Source, base string, at extract.Place) (to extract.Place, ok bool, err error) {
		in(len(text), func() { to, ok, err = next(text, src, base, at) })
		return to, ok, err
	}
	r.Map = func(body []byte, ctype string, src media.Source, base string) (m extract.Map, err error) {
		first(len(body), func() { m, err = sitemap(body, ctype, src, base) })
		return m, err
	}
	r.Page = func(text string, src media.Source, at string) (a extract.Article, err error) {
		in(len(text), func() { a, err = page(text, src, at) })
		return a, err
	}
	r.Second = func(text string, src media.Source, at string, a extract.Article) (b extract.Article, alike float64, ok bool) {
		in(len(text), func() { b, alike, ok = second(text, src, at, a) })
		return b, alike, ok
	}
	return r
}
