package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// network answers for the world's hosts, with the time that takes, and watches that nobody is asked too soon.
type network struct {
	w       *world
	now     func() time.Time // business clock
	spacing time.Duration

	mu       sync.Mutex
	rnd      *rand.Rand
	hosts    map[string]*asked
	wrongs   []string // requests too soon or two at once
	counting bool
}

// asked is what a host has seen.
type asked struct {
	busy  bool
	ended time.Time
	days  map[int]int // requests by day
	delay time.Duration
}

// crawlDelay is what one host in ten asks for in its robots.txt.
const crawlDelay = 10 * time.Second

func newNetwork(w *world, now func() time.Time, spacing time.Duration) *network {
	n := &network{w: w, now: now, spacing: spacing, rnd: rand.New(rand.NewPCG(w.seed, 99)), hosts: map[string]*asked{}}
	for host := range w.down {
		a := &asked{days: map[int]int{}, delay: spacing}
		if asksDelay(host) {
			a.delay = max(spacing, crawlDelay)
		}
		n.hosts[host] = a
	}
	return n
}

func asksDelay(host string) bool {
	h := fnv.New32a()
	h.Write([]byte(host))
	return h.Sum32()%10 == 0
}

// day is the local day of a time since the world began.
func (w *world) day(now time.Time) int { return int(now.Sub(w.from) / (24 * time.Hour)) }

// begin notes a request; it tells how long the answer takes and whether the host is away.
func (n *network) begin(host string) (took time.Duration, away bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	a, now := n.hosts[host], time.Now()
	switch gap := now.Sub(a.ended); {
	case a.busy:
		n.wrong("%s: two requests at once", host)
	case !a.ended.IsZero() && gap < a.delay:
		// Of a host's delay nobody knows before its robots.txt was read.
		if gap < n.spacing || a.days[-1] > 1 {
			n.wrong("%s: asked %s after the last answer, want %s", host, gap, a.delay)
		}
	}
	a.busy = true
	a.days[-1]++ // requests ever
	if n.counting {
		a.days[n.w.day(n.now())]++
	}
	took = time.Duration(min(20, n.w.latency*math.Exp(0.8*n.rnd.NormFloat64())) * float64(time.Second))
	if away = n.w.away(host, n.now()); away {
		took = 10 * time.Second // until one gives up connecting
	}
	return took, away
}

func (n *network) wrong(format string, a ...any) {
	if len(n.wrongs) < 20 {
		n.wrongs = append(n.wrongs, fmt.Sprintf(format, a...))
	}
}

func (n *network) end(host string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[host].busy, n.hosts[host].ended = false, time.Now()
}

// Get implements crawler.Fetcher.
func (n *network) Get(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	u, err := url.Parse(req.URL)
	if err != nil {
		return nil, err
	}
	took, away := n.begin(u.Host)
	defer n.end(u.Host)
	asked := time.Now()
	select {
	case <-time.After(took):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if away {
		return nil, &fetch.Error{Reason: media.Unreachable, Temporary: true, Down: true, Err: errors.New("connect: no answer")}
	}
	res := &fetch.Response{Status: 200, Header: http.Header{}, FinalURL: req.URL, At: asked, Took: took}
	if u.Path == "/robots.txt" {
		res.Body = []byte("User-agent: *\nDisallow: /quan-tri/\n")
		if asksDelay(u.Host) {
			res.Body = fmt.Appendf(res.Body, "Crawl-delay: %d\n", int(crawlDelay.Seconds()))
		}
		return res, nil
	}
	s := n.w.of(u)
	if s == nil {
		return nil, &fetch.Error{Reason: media.Unreachable, Status: 404, Err: errors.New("answered 404")}
	}
	body, kind, etag, ok := s.answer(u.Path, n.now())
	switch {
	case !ok:
		return nil, &fetch.Error{Reason: media.Unreachable, Status: 404, Err: errors.New("answered 404")}
	case etag != "" && etag == req.ETag:
		res.Status, res.NotModified = 304, true
		return res, nil
	}
	res.Body, res.ContentType = []byte(body), kind
	res.Header.Set("Content-Type", kind)
	if etag != "" {
		res.Header.Set("ETag", etag)
	}
	return res, nil
}
