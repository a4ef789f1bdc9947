package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"loa/crawler/extract"
	"loa/media"
)

const (
	stepsPerTurn = 10               // pages of a walk before its host is given back
	walkTries    = 3                // failures in a row before a walk is put off to another run
	walkRetry    = 30 * time.Second // first wait after a failure that is the page's alone
	longestWait  = 15 * time.Minute // asked for by a host, beyond which a walk is put off
	giveWay      = 2 * time.Second  // the host is left to others that long when they have work on it
)

// WalkOptions say how far an archive walk goes.
type WalkOptions struct {
	Since, Until time.Time // Until zero: up to now
	MaxPages     int       // of one source; 2,000
	Again        bool      // begin anew where a walk is done
}

// WalkResult is how a source's walk stands at the end of a run.
type WalkResult struct {
	Walk
	Earlier bool      // an earlier run had done what was asked for: nothing was read
	Proven  time.Time // all that was published from then on to the first page was on the pages read; zero: the last page does not join
	Gaps    int       // places where one page does not join the next, so that what lies between is not proven
	Lost    int       // files of a sitemap that could not be had
	Outcome string    // why a walk that is still open was put off: a blind reason; "" if it was not
	Detail  string
	// OldPages is why the article pages of old pieces are not trusted any more, ""
	// if they are: their site prints them otherwise than the rule reads.
	OldPages string
}

// walker is one walk of this run. Whoever holds its host's lease moves it; mu of
// the crawler guards what others look at: over and notBefore.
type walker struct {
	src    media.Source
	host   string
	opt    WalkOptions
	state  Walk
	note   walkNote
	stored Walk // as the store has it
	dirty  bool // the above may be ahead of it

	over      bool      // at its end, or put off
	notBefore time.Time // machine clock
	fails     int
	blind     failure // of the last of them

	earlier bool
	resumed bool            // the page read last has to be read again: it names the next, and may have moved
	at      extract.Place   // the page read last
	next    *extract.Place  // behind it; nil: none
	nextErr error           // why it cannot be told
	read    int             // pages, in this run
	page    []string        // ids of the page before
	seen    map[string]bool // ids shown in this run
	seeking bool            // resumed, and what was read last has not come yet
}

// walkNote is what a walk keeps for the next run.
type walkNote struct {
	Last  *extract.Place `json:"last,omitempty"` // the page read last
	IDs   []string       `json:"ids,omitempty"`  // what it showed
	Trail trail          `json:"trail"`
	By    string         `json:"by,omitempty"`    // how the pages of a column of questions are dated
	Files []walkFile     `json:"files,omitempty"` // of a sitemap, still to be read
	Map   bool           `json:"map,omitempty"`   // the sitemap itself was read
	Done  int            `json:"done,omitempty"`  // files read
	Lost  int            `json:"lost,omitempty"`
	Skip  int            `json:"skip,omitempty"` // addresses of the first file that are recorded
}

// walk is a run of Walk: its walkers, and the hosts on which it has work.
type walk struct {
	walkers map[string]*walker      // by source
	sources map[string]media.Source // whose articles are read: all
	hosts   map[string]time.Time    // with articles to read perhaps: not before then, machine clock
	doubts  map[string]string       // by source: why its old article pages are not trusted
	start   time.Time               // business clock
}

// Walk reads the archives of the sources to visit (Options.Only) back to a date,
// then the article pages that wait on their hosts, and returns when nothing is
// left to do. It goes on where an earlier run stood, however that ended. Sources
// are not visited otherwise: whoever does that meanwhile is given way to.
func (c *Crawler) Walk(ctx context.Context, opt WalkOptions) ([]WalkResult, Summary, error) {
	start := c.opt.Machine()
	if c.opt.Walks == nil || opt.Since.IsZero() {
		return nil, Summary{}, errors.New("crawler: a walk needs its store and a date")
	}
	if opt.MaxPages <= 0 {
		opt.MaxPages = 2000
	}
	c.reset()
	known := c.valid()
	var mine []media.Source
	var ids []string
	var out []WalkResult
	for _, s := range c.reads.Load().all {
		if _, ok := c.reads.Load().sources[s.ID]; !ok {
			continue
		}
		if !overlaps(s, opt.Since, opt.Until) {
			out = append(out, WalkResult{Walk: Walk{Source: s.ID, State: WalkOutside}})
			continue
		}
		mine, ids = append(mine, s), append(ids, s.ID)
		if !slices.ContainsFunc(known, func(k media.Source) bool { return k.ID == s.ID }) {
			known = append(known, s)
		}
	}
	if err := c.opt.Hosts.Sync(ctx, known, c.opt.Group); err != nil {
		return nil, Summary{}, fmt.Errorf("walk: %w", err)
	}
	stand, err := c.opt.Walks.Walks(ctx, ids)
	if err != nil {
		return nil, Summary{}, fmt.Errorf("walk: %w", err)
	}
	c.walk = &walk{walkers: map[string]*walker{}, sources: map[string]media.Source{}, hosts: map[string]time.Time{}, doubts: map[string]string{}, start: c.opt.Business()}
	for _, s := range known {
		c.walk.sources[s.ID] = s
	}
	for _, s := range mine {
		was, had := stand[s.ID]
		w := c.newWalker(s, opt, was, had)
		if w.stored = w.state; had {
			w.stored = was
		}
		c.walk.walkers[s.ID] = w
		if w.state.State != WalkUnfit {
			c.walk.hosts[w.host] = time.Time{}
		}
	}
	err = c.work(ctx, func(time.Duration) bool { return c.walk.done(c) })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sum.Took = c.opt.Machine().Sub(start)
	if err = first(err, c.unkept); err != nil {
		err = fmt.Errorf("walk: %w", err)
	}
	for _, s := range mine {
		w := c.walk.walkers[s.ID]
		r := WalkResult{Walk: w.state, Earlier: w.earlier, Proven: w.note.Trail.down(), Gaps: w.note.Trail.Gaps, Lost: w.note.Lost}
		r.OldPages = c.walk.doubts[s.ID]
		if w.state.State == WalkOpen {
			r.Outcome, r.Detail = w.blind.outcome, w.blind.detail
		}
		out = append(out, r)
	}
	c.walk = nil
	return out, c.sum, err
}

// overlaps reports whether a source is in force at some time that is asked for,
// which may be past.
func overlaps(s media.Source, since, until time.Time) bool {
	return (s.To.IsZero() || s.To.After(since)) && (s.From.IsZero() || until.IsZero() || s.From.Before(until))
}

// newWalker goes on with a walk that was not at its end, or that stopped at a
// date later than the one wanted now; else it begins anew.
func (c *Crawler) newWalker(s media.Source, opt WalkOptions, was Walk, had bool) *walker {
	w := &walker{src: s, host: c.row(s.URL), opt: opt, seen: map[string]bool{}, at: extract.Place{N: 1, URL: s.URL}}
	w.state = Walk{Source: s.ID, Since: opt.Since, Until: opt.Until, Started: c.opt.Business(), State: WalkOpen}
	if !s.Kind.Walked() {
		w.state.State, w.over = WalkUnfit, true
		return w
	}
	fits := had && was.Until.Equal(opt.Until)
	if !fits || json.Unmarshal([]byte(was.Note), &w.note) != nil {
		w.note = walkNote{}
		return w
	}
	done := was.State != WalkOpen && was.State != WalkLong
	deeper := opt.Since.Before(was.Since)
	switch {
	case done && opt.Again, was.State == WalkDenied:
		w.note = walkNote{} // anew
	case done && was.State == WalkReached && deeper && s.Kind != media.KindSitemap:
		w.goOn(was, opt.Since)
	case done && deeper && s.Kind == media.KindSitemap:
		w.note = walkNote{}
	case done:
		w.state, w.over, w.earlier = was, true, true
	case deeper && s.Kind == media.KindSitemap: // files were left out for being too old
		w.note = walkNote{}
	default:
		w.goOn(was, opt.Since)
	}
	return w
}

// goOn takes up an earlier run's walk.
func (w *walker) goOn(was Walk, since time.Time) {
	w.state = was
	w.state.State, w.state.Since = WalkOpen, since
	w.resume()
}

// resume begins to read where the note stands.
func (w *walker) resume() {
	w.at, w.resumed, w.seeking = extract.Place{N: 1, URL: w.src.URL}, false, false
	w.read, w.next, w.nextErr, w.page, w.seen = 0, nil, nil, nil, map[string]bool{}
	if w.note.Last != nil {
		w.at, w.resumed, w.seeking = *w.note.Last, true, true
	}
}

// agree takes up what the store has, if that is not what was put last: the
// record of a page was refused, or another process walks here too.
func (t *turn) agree(ctx context.Context) error {
	c := t.c
	var ids []string
	for id, w := range c.walk.walkers {
		if w.host == t.host && c.open(w) {
			ids = append(ids, id)
		}
	}
	stand, err := c.opt.Walks.Walks(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		w := c.walk.walkers[id]
		is, had := stand[id]
		if !had {
			is = Walk{Source: id, Since: w.opt.Since, Until: w.opt.Until, Started: w.state.Started, State: WalkOpen}
		}
		if !w.dirty && (!had || is.same(w.stored)) {
			continue
		}
		w.dirty, w.stored, w.state, w.note = false, is, is, walkNote{}
		if had && json.Unmarshal([]byte(is.Note), &w.note) != nil {
			w.note = walkNote{}
		}
		if w.resume(); is.State != WalkOpen {
			c.end(w)
		}
	}
	return nil
}

func (w Walk) same(o Walk) bool {
	return w.Pages == o.Pages && w.State == o.State && w.At.UnixMicro() == o.At.UnixMicro() && w.Note == o.Note
}

// wanted names the hosts on which there may be something to do now.
func (r *walk) wanted(c *Crawler) []string {
	now := c.opt.Machine()
	c.mu.Lock()
	defer c.mu.Unlock()
	want := map[string]bool{}
	for host, at := range r.hosts {
		if !at.After(now) {
			want[host] = true
		}
	}
	for _, w := range r.walkers {
		if !w.over && !w.notBefore.After(now) {
			want[w.host] = true
		}
	}
	return slices.Sorted(maps.Keys(want))
}

func (r *walk) done(c *Crawler) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range r.walkers {
		if !w.over {
			return false
		}
	}
	return len(r.hosts) == 0
}

// claim leases hosts that are due; in a Walk, those on which it has work, due
// or not.
func (c *Crawler) claim(ctx context.Context, n int) ([]Lease, error) {
	if c.walk == nil {
		return c.opt.Hosts.Claim(ctx, c.opt.Node, n, c.opt.Lease)
	}
	hosts := c.walk.wanted(c)
	if len(hosts) == 0 {
		return nil, nil
	}
	return c.opt.Walks.ClaimFor(ctx, c.opt.Node, hosts, n, c.opt.Lease)
}

// walk is a turn of a Walk: some steps of each walk on the host, then a few of
// the articles that wait there.
func (t *turn) walk(ctx context.Context, work Work) error {
	c := t.c
	if err := t.agree(ctx); err != nil {
		return err
	}
	did := false
	for _, id := range slices.Sorted(maps.Keys(c.walk.walkers)) {
		w := c.walk.walkers[id]
		for range stepsPerTurn {
			if w.host != t.host || !c.ready(w) || did && t.slow() {
				break
			}
			did = true
			if err := t.step(ctx, w); err != nil {
				return err
			}
			if t.halt != nil {
				c.leaveHost(t.host, 0, true)
				return t.pages(ctx, *t.halt)
			}
		}
	}
	pages := work.Pages
	if did { // the steps may have found the first
		again, err := c.opt.Records.Load(ctx, t.now(), pagesPerTurn)
		if err != nil {
			return err
		}
		t.learn(again)
		pages = again.Pages
	}
	waiting := 0
	for _, a := range pages {
		src, ok := c.walk.sources[a.Source]
		if !ok {
			continue
		}
		if waiting++; did && t.slow() {
			break
		}
		did = true
		stop, err := t.page(ctx, src, a)
		if err != nil {
			return err
		}
		if stop != nil {
			c.leaveHost(t.host, 0, true)
			return t.pages(ctx, *stop)
		}
	}
	way := time.Duration(0)
	if len(work.Sources) > 0 { // somebody else may want to visit them
		way = c.untilFree(t.host) + min(giveWay, 10*c.gapOf(t.host)) // it is held until it may be asked again
	}
	c.leaveHost(t.host, way, waiting == 0)
	return nil
}

// leaveHost notes that a host is left to others for d; drained: no article
// waits there.
func (c *Crawler) leaveHost(host string, d time.Duration, drained bool) {
	until := c.opt.Machine().Add(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.walk.walkers {
		if w.host == host && until.After(w.notBefore) {
			w.notBefore = until
		}
		drained = drained && (w.host != host || w.over)
	}
	if c.walk.hosts[host] = until; drained {
		delete(c.walk.hosts, host)
	}
}

func (c *Crawler) ready(w *walker) bool {
	now := c.opt.Machine()
	c.mu.Lock()
	defer c.mu.Unlock()
	return !w.over && !w.notBefore.After(now)
}

func (c *Crawler) wait(w *walker, d time.Duration) {
	until := c.opt.Machine().Add(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	if until.After(w.notBefore) {
		w.notBefore = until
	}
}

// step reads one page, or one file of a sitemap, and records it.
func (t *turn) step(ctx context.Context, w *walker) error {
	var err error
	w.dirty = true
	if w.src.Kind == media.KindSitemap {
		err = t.mapStep(ctx, w)
	} else {
		err = t.listStep(ctx, w)
	}
	if err != nil && fatal(ctx, err) {
		return err
	}
	if w.dirty = false; err == nil {
		w.fails = 0
		return nil
	}
	f := why(err)
	w.blind = f
	w.fails++
	if err := t.stumble(ctx, f); err != nil {
		return err
	}
	t.c.opt.Log.Debug("walk", "source", w.src.ID, "url", w.at.URL, "outcome", f.outcome, "detail", f.detail, "fails", w.fails)
	t.c.opt.Progress(Event{Kind: "walk", Source: w.src.ID, URL: w.at.URL, Outcome: f.outcome, Detail: f.detail, Walk: w.state})
	if f.host && (f.status == 0 || f.after > longestWait) { // so it is for all that is walked there
		for _, o := range t.c.walk.walkers {
			if o.host == w.host && t.c.open(o) {
				o.blind = f
				t.c.end(o)
			}
		}
	}
	if w.fails >= walkTries || f.weight >= hard && !f.host {
		t.c.end(w) // still open: another run goes on here
	}
	t.c.wait(w, max(walkRetry<<(w.fails-1), f.after))
	return nil
}

func (c *Crawler) open(w *walker) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !w.over
}

func (c *Crawler) end(w *walker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.over = true
}

// put records a page of a walk and where the walk now stands.
func (t *turn) putWalk(ctx context.Context, w *walker, v Visit) error {
	note, err := json.Marshal(w.note)
	if err != nil {
		return fmt.Errorf("note of the walk of %s: %w", w.src.ID, err)
	}
	w.state.Note, w.state.At = string(note), v.At
	w.state.Share = w.share()
	known, err := t.c.opt.Walks.PutWalk(ctx, t.now(), w.state, v)
	if err != nil {
		return storeError{err}
	}
	fresh := 0
	for _, k := range known {
		if !k {
			fresh++
		}
	}
	w.state.Items += fresh
	w.stored = w.state
	c := t.c
	c.mu.Lock()
	c.sum.Items += fresh
	c.sum.Bytes += int64(v.Bytes)
	for _, e := range v.Seen {
		if e.Fetch && e.Host != "" {
			c.walk.hosts[e.Host] = c.walk.hosts[e.Host]
		}
	}
	c.mu.Unlock()
	c.opt.Log.Debug("walk", "source", w.src.ID, "url", w.at.URL, "page", w.at.N, "listed", len(v.Seen), "new", fresh, "state", w.state.State)
	c.opt.Progress(Event{Kind: "walk", Source: w.src.ID, URL: w.at.URL, Outcome: media.OK, New: fresh, Listed: len(v.Seen), Walk: w.state})
	if w.state.State != WalkOpen {
		c.end(w)
	}
	return nil
}

// share is how much of the way is done: by dates for a list, by files for a sitemap.
func (w *walker) share() float64 {
	switch {
	case w.state.State != WalkOpen:
		return 1
	case w.src.Kind == media.KindSitemap:
		if all := w.note.Done + len(w.note.Files); all > 0 {
			return float64(w.note.Done) / float64(all)
		}
	case !w.state.Oldest.IsZero():
		whole := w.state.Started.Sub(w.state.Since)
		if done := w.state.Started.Sub(w.state.Oldest); whole > 0 {
			return min(max(float64(done)/float64(whole), 0), 1)
		}
	}
	return 0
}

// walkVisit begins the record of a page.
func (t *turn) walkVisit(w *walker, at time.Time, kept *media.Kept) Visit {
	v := Visit{
		ID:     at.UTC().Format("20060102") + "-" + media.Hash("walk", w.src.ID, strconv.Itoa(w.state.Pages), strconv.FormatInt(t.c.opt.Machine().UnixNano(), 10), t.c.opt.Node),
		Source: w.src.ID, At: at, Outcome: media.OK, Kept: kept,
	}
	if kept != nil {
		v.Bytes = kept.Size
	}
	return v
}
