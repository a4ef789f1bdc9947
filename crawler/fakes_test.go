package crawler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
)

// memory is the stores of a crawler in maps: hosts leased with tokens, visits
// as they were put.
type memory struct {
	mu        sync.Mutex
	group     func(string) string
	sources   map[string]*sourceRow
	hosts     map[string]*hostRow
	items     map[string]media.Item
	lists     map[string]map[string]bool // source → items
	texts     map[string]media.Revision  // current, by item
	wait      map[string]*pageRow
	kept      map[string]int
	visits    []Visit
	pages     []PageVisit
	layouts   map[string]Layout
	fail      func(op string) error
	walks     map[string]Walk
	covered   []Span // by walks
	questions map[string]Asked
	hang      time.Duration // how long a renewal takes

	together []int         // visits of each PutVisits that went well
	back     []int         // hosts of each Release
	claims   int           // of which hosts were had
	onTheWay time.Duration // how long the answer to a claim takes
	poison   func(Visit) error
}

type sourceRow struct {
	host   string
	due    time.Time
	active bool
	st     SourceState
}

type hostRow struct {
	owner     string
	token     int64
	until     time.Time
	leased    time.Time // when it was claimed last
	notBefore time.Time
	rest      time.Time
	robots    map[string]Robots
}

type pageRow struct {
	a    Await
	host string
	due  time.Time
	done bool
	at   time.Time // since when it is awaited
	kept string
}

func newMemory() *memory {
	return &memory{sources: map[string]*sourceRow{}, hosts: map[string]*hostRow{}, items: map[string]media.Item{}, lists: map[string]map[string]bool{},
		texts: map[string]media.Revision{}, wait: map[string]*pageRow{}, layouts: map[string]Layout{}, kept: map[string]int{}, fail: func(string) error { return nil }}
}

func (m *memory) Load(_ context.Context, l Lease, pages int) (Work, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, err := m.held(l)
	if err != nil {
		return Work{}, err
	}
	w := m.dueWork(l.Host)
	w.Robots = slices.Collect(maps.Values(h.robots))
	w.Pages = w.Pages[:min(pages, len(w.Pages))]
	w.Layouts, w.Archives = map[string]Layout{}, map[string]Layout{}
	for _, a := range w.Pages {
		w.Layouts[a.Source], w.Archives[a.Source] = m.layouts[a.Source], m.layouts[a.Source+"#old"]
	}
	return w, nil
}

func (m *memory) PutRobots(_ context.Context, l Lease, r Robots) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, err := m.held(l)
	if err == nil {
		h.robots[r.Site] = r
	}
	return err
}

func (m *memory) PutVisits(_ context.Context, l Lease, vs []Visit) ([][]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := make([][]bool, len(vs))
	for _, v := range vs {
		if m.poison != nil && m.poison(v) != nil {
			return nil, m.poison(v)
		}
	}
	m.together = append(m.together, len(vs))
	for i, v := range vs {
		var err error
		if known[i], err = m.putVisit(l, v); err != nil {
			return nil, err
		}
	}
	return known, nil
}

func (m *memory) putVisit(l Lease, v Visit) ([]bool, error) {
	if _, err := m.held(l); err != nil {
		return nil, err
	}
	if err := m.fail("visit"); err != nil {
		return nil, err
	}
	m.visits = append(m.visits, v)
	for _, q := range v.Asked {
		if m.questions == nil {
			m.questions = map[string]Asked{}
		}
		m.questions[q.ID] = q
	}
	known := make([]bool, len(v.Seen))
	for i, s := range v.Seen {
		_, known[i] = m.items[s.Item.ID]
		if !known[i] {
			m.items[s.Item.ID] = s.Item
		}
		if m.lists[v.Source] == nil {
			m.lists[v.Source] = map[string]bool{}
		}
		m.lists[v.Source][s.Item.ID] = true
		if s.Entry != nil {
			m.texts[s.Item.ID] = *s.Entry
		}
		if s.Fetch && m.wait[s.Item.ID] == nil {
			m.wait[s.Item.ID] = &pageRow{at: v.At, kept: s.Kept, a: Await{Item: s.Item.ID, Source: v.Source, URL: s.Item.URL, At: dayOr(s.Item.Claimed, s.Item.Seen)}, host: s.Host}
		}
	}
	r := m.sources[v.Source]
	r.due, r.st.Fails, r.st.Visited = v.NextDue, v.Fails, true
	for _, c := range v.Covers {
		r.st.CoveredTo = c.To
	}
	if v.Full && (v.Outcome == media.OK || v.Outcome == media.NotModified) {
		r.st.LastFull = time.Now()
	}
	if v.Outcome == media.OK {
		r.st.ETag, r.st.LastModified, r.st.BodyHash, r.st.Mark, r.st.Rest, r.st.Rhythm = v.ETag, v.LastModified, v.BodyHash, v.Mark, v.Rest, v.Rhythm
	}
	return known, nil
}

func (m *memory) PutPage(_ context.Context, l Lease, p PageVisit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.held(l); err != nil {
		return err
	}
	if err := m.fail("page"); err != nil {
		return err
	}
	m.pages = append(m.pages, p)
	r := m.wait[p.Item]
	r.due, r.done = p.NextDue, p.Done
	r.a.Tries++
	if p.Read != nil {
		of := p.Source
		if p.Old {
			of += "#old"
		}
		reads := slices.DeleteFunc(slices.Clone(m.layouts[of].Reads), func(r PageRead) bool { return r.Item == p.Item })
		m.layouts[of] = Layout{Reads: append([]PageRead{*p.Read}, reads...), Changed: p.Layout}
	}
	if p.Revision != nil {
		m.texts[p.Item] = *p.Revision
	}
	return nil
}

func (m *memory) ClaimFor(_ context.Context, owner string, hosts []string, n int, ttl time.Duration) ([]Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Lease
	for _, name := range hosts {
		h := m.hosts[name]
		if h == nil || len(out) == n || h.until.After(time.Now()) || h.notBefore.After(time.Now()) || h.rest.After(time.Now()) {
			continue
		}
		h.owner, h.until = owner, time.Now().Add(ttl)
		h.token++
		out = append(out, Lease{Host: name, Owner: owner, Token: h.token, Until: h.until, Clock: time.Now()})
	}
	return out, m.fail("claimfor")
}

func (m *memory) Walks(_ context.Context, sources []string) (map[string]Walk, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]Walk{}
	for _, s := range sources {
		if w, ok := m.walks[s]; ok {
			out[s] = w
		}
	}
	return out, nil
}

func (m *memory) PutWalk(_ context.Context, l Lease, w Walk, v Visit) ([]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fail("walk"); err != nil {
		return nil, err
	}
	r := *m.sources[v.Source]
	var asked []bool
	for _, q := range v.Asked {
		_, had := m.questions[q.ID]
		asked = append(asked, had)
	}
	known, err := m.putVisit(l, v)
	if err != nil {
		return nil, err
	}
	known = append(known, asked...)
	*m.sources[v.Source] = r // it is no visit
	m.visits = m.visits[:len(m.visits)-1]
	for _, k := range known {
		if !k {
			w.Items++
		}
	}
	if m.walks == nil {
		m.walks = map[string]Walk{}
	}
	m.walks[v.Source] = w
	m.covered = append(m.covered, v.Covers...)
	return known, nil
}

func (m *memory) KnownItems(_ context.Context, source string, ids []string) (map[string]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]bool{}
	for _, id := range ids {
		if m.lists[source][id] {
			out[id] = true
		}
	}
	return out, nil
}

func (m *memory) Keep(_ context.Context, k media.Kept, body []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[k.SHA256]++
	return errors.Join(m.fail("keep"), m.fail("keep "+k.URL))
}

// web answers for sites, and notes when it was asked.
type web struct {
	t     *testing.T
	group func(string) string
	slow  time.Duration // how long an answer takes
	mu    sync.Mutex
	pages map[string]func(fetch.Request) (*fetch.Response, error)
	busy  map[string]bool
	asked []ask

	asking func(url string) // called before an answer
}

type ask struct {
	host, url  string
	start, end time.Time
	etag       string
}

func newWeb(t *testing.T) *web {
	return &web{t: t, group: fetch.Group, pages: map[string]func(fetch.Request) (*fetch.Response, error){}, busy: map[string]bool{}, slow: 100 * time.Millisecond}
}

func (w *web) set(u, body string) {
	w.on(u, func(fetch.Request) (*fetch.Response, error) {
		return &fetch.Response{Status: 200, Body: []byte(body), Header: http.Header{}}, nil
	})
}

func (w *web) on(u string, f func(fetch.Request) (*fetch.Response, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[u] = f
}

func status(code int, after time.Duration) error {
	reason := media.Unreachable
	if code == 403 || code == 429 {
		reason = media.Blocked
	}
	return &fetch.Error{Reason: reason, Status: code, Temporary: code >= 500 || code == 429, RetryAfter: after, Err: fmt.Errorf("answered %d", code)}
}

func (w *web) Get(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	u, err := url.Parse(req.URL)
	if err != nil {
		return nil, err
	}
	host := w.group(u.Host)
	w.mu.Lock()
	if w.busy[host] {
		w.t.Errorf("two requests at a time to %s", host)
	}
	w.busy[host] = true
	f := w.pages[req.URL]
	start := time.Now()
	w.mu.Unlock()
	if w.asking != nil {
		w.asking(req.URL)
	}
	err = sleep(ctx, w.slow)
	w.mu.Lock()
	w.busy[host] = false
	w.asked = append(w.asked, ask{host, req.URL, start, time.Now(), req.ETag})
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, status(404, 0)
	}
	res, err := f(req)
	if res != nil {
		res.FinalURL, res.At = cmp.Or(res.FinalURL, req.URL), start
	}
	return res, err
}

func (w *web) count(sub string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, a := range w.asked {
		if strings.Contains(a.url, sub) {
			n++
		}
	}
	return n
}

// lines reads "url | title | 2023-03-01 10:00" rows.
func lines(text string, src media.Source, base string) (extract.Listing, error) {
	var l extract.Listing
	switch {
	case strings.HasPrefix(text, "!panic"):
		panic("poison")
	case strings.HasPrefix(text, "!"):
		return l, &extract.BlindError{Reason: text[1:], Detail: "as told"}
	}
	for row := range strings.Lines(text) {
		f := strings.Split(strings.TrimSpace(row), " | ")
		e := extract.Entry{URL: f[0], Title: f[1], Lead: "sapo " + f[1]}
		if len(f) > 2 {
			e.Date = media.Date{At: at(f[2]), Precision: media.ToMinute}
		}
		l.Entries = append(l.Entries, e)
	}
	return l, nil
}

func article(text string, src media.Source, u string) (extract.Article, error) {
	switch {
	case strings.HasPrefix(text, "!panic"):
		panic("poison")
	case strings.HasPrefix(text, "!"):
		return extract.Article{}, &extract.BlindError{Reason: text[1:], Detail: "as told"}
	}
	return extract.Article{Title: "Tiêu đề", Body: text}, nil
}

// second is a readability that always agrees.
func second(string, media.Source, string, extract.Article) (extract.Article, float64, bool) {
	return extract.Article{}, 1, true
}

// bench is a crawler between a memory and a web.
type bench struct {
	*memory
	*web
	c      *Crawler
	events []Event
}

func build(t *testing.T, m *memory, w *web, opt Options) *bench {
	t.Helper()
	b := &bench{memory: m, web: w}
	opt.Hosts, opt.Records, opt.Known, opt.Keeper, opt.Walks, opt.Fetch = m, m, m, m, m, w
	opt.Read = Readers{Feed: lines, List: lines, Page: article, Second: second, Decode: func(b []byte, _ string) (string, error) { return string(b), nil },
		Key: func(_, u string) (string, error) { return u, nil }}
	opt.Province = "tinh"
	if opt.Node == "" {
		opt.Node = "nut-1"
	}
	if opt.Business == nil {
		real := time.Now()
		opt.Business = func() time.Time { return at("2023-03-10 12:00").Add(time.Since(real)) }
	}
	var mu sync.Mutex
	opt.Progress = func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		b.events = append(b.events, e)
	}
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	b.c = c
	return b
}

func feed(id, u string, articles bool) media.Source {
	return media.Source{ID: "tinh/" + id, Agency: "tinh/bao", Kind: media.KindFeed, URL: u, Stream: id, Every: time.Hour, Articles: articles}
}

func (b *bench) lastVisit(source string) Visit {
	b.memory.mu.Lock()
	defer b.memory.mu.Unlock()
	for _, v := range slices.Backward(b.memory.visits) {
		if v.Source == "tinh/"+source {
			return v
		}
	}
	return Visit{}
}

// dayOr is when a piece was published, else when it was first seen.
func dayOr(d media.Date, seen time.Time) time.Time {
	if d.Precision == media.NoDate {
		return seen
	}
	return d.At
}
