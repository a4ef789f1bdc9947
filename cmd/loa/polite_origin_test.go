package main

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// politeHost is one web host of the harness, bare and www: what it asks for,
// and what it saw.
type politeHost struct {
	n    int
	name string
	gap  time.Duration // from the end of an answer to the start of the next request

	mu       sync.Mutex
	asked    map[string]int       // by scheme-less site and path
	robots   map[string]time.Time // by site: when its robots.txt was last answered
	rest     time.Time            // asked to be left alone until then
	busy     int
	end      time.Time // of the last answer
	smallest time.Duration
	most     int
	oldest   time.Duration // age of the robots.txt a request was made under
}

// Traits of a host, by its number.
const (
	traitPlain      = iota // no robots.txt
	traitDisallow          // one folder is closed
	traitDelay             // Crawl-delay with a decimal comma
	traitNoRobots          // robots.txt answers 503: nothing may be asked
	traitClosed            // Disallow: /
	traitBusy              // 429 with Retry-After in seconds
	traitRepair            // 503 with Retry-After as a date
	traitTwin              // sends its readers to the www twin, which has rules of its own
	traitElsewhere         // its articles are at another host
	traitVietnamese        // Disallow in raw UTF-8, addresses percent-encoded
	traitRobotsBusy        // robots.txt answers 429 first
	traitRobotsMove        // robots.txt is at the twin
	traitHangUp            // closes kept connections without an answer
	traitCut               // cuts its pages short
	traits
)

// politeOrigin is the hosts behind one listener, which writes down whoever
// does what was not wished.
type politeOrigin struct {
	srv     *httptest.Server
	spacing time.Duration
	hosts   map[string]*politeHost
	round   atomic.Int64
	total   atomic.Int64

	mu         sync.Mutex
	violations []string
}

func newPoliteOrigin(t testing.TB, hosts int, spacing time.Duration) *politeOrigin {
	o := &politeOrigin{spacing: spacing, hosts: map[string]*politeHost{}}
	for n := range hosts {
		h := &politeHost{n: n, name: fmt.Sprintf("h%04d.example", n), gap: spacing, asked: map[string]int{}, robots: map[string]time.Time{}, smallest: time.Hour}
		if h.trait() == traitDelay {
			h.gap = max(spacing, 120*time.Millisecond)
		}
		o.hosts[h.name] = h
	}
	o.srv = httptest.NewServer(o)
	t.Cleanup(o.srv.Close)
	return o
}

func (h *politeHost) trait() int { return h.n % traits }

// resolve leads every host and its twin to the listener.
func (o *politeOrigin) resolve() map[string]string {
	out := map[string]string{}
	for name := range o.hosts {
		out[name], out["www."+name] = o.srv.Listener.Addr().String(), o.srv.Listener.Addr().String()
	}
	return out
}

func (o *politeOrigin) blame(format string, a ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.violations = append(o.violations, fmt.Sprintf(format, a...))
}

// ServeHTTP notes when a request came and when its answer was done, and holds
// both against what the host asks for.
func (o *politeOrigin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	o.total.Add(1)
	h := o.hosts[strings.TrimPrefix(r.Host, "www.")]
	if h == nil {
		o.blame("asked for an unknown host %q", r.Host)
		return
	}
	h.mu.Lock()
	h.busy++
	h.most = max(h.most, h.busy)
	if h.busy > 1 {
		o.blame("%s%s: %d requests at once", r.Host, r.URL, h.busy)
	}
	if !h.end.IsZero() {
		gap := start.Sub(h.end)
		h.smallest = min(h.smallest, gap)
		if gap < h.gap {
			o.blame("%s%s: %s after the last answer, want %s (trait %d)", r.Host, r.URL, gap, h.gap, h.trait())
		}
	}
	if start.Before(h.rest) {
		o.blame("%s%s: %s before it may be asked again (trait %d)", r.Host, r.URL, h.rest.Sub(start), h.trait())
	}
	h.asked[r.Host+r.URL.Path]++
	nth := h.asked[r.Host+r.URL.Path]
	if r.URL.Path != "/robots.txt" {
		at, ok := h.robots[r.Host]
		if !ok {
			o.blame("%s%s: asked without its robots.txt", r.Host, r.URL)
		} else {
			h.oldest = max(h.oldest, start.Sub(at))
		}
		if h.forbids(r) {
			o.blame("%s%s: disallowed", r.Host, r.URL)
		}
	}
	h.mu.Unlock()

	f := fnv.New32a()
	fmt.Fprintf(f, "%s%s %d", r.Host, r.URL, nth)
	time.Sleep(time.Duration(f.Sum32()%5000) * time.Microsecond) // what a network takes
	var rest time.Time
	defer func() { // the last of an answer, or the end of the connection, goes out after this
		h.mu.Lock()
		defer h.mu.Unlock()
		h.busy--
		h.end = time.Now()
		if !rest.IsZero() {
			h.rest = rest
		}
		if r.URL.Path == "/robots.txt" && rest.IsZero() && h.trait() != traitNoRobots {
			h.robots[r.Host] = h.end
		}
	}()
	rest = h.answer(w, r, nth, int(o.round.Load()))
}

// forbids is what the host's robots.txt says, worked out by hand.
func (h *politeHost) forbids(r *http.Request) bool {
	www := strings.HasPrefix(r.Host, "www.")
	switch h.trait() {
	case traitNoRobots, traitClosed:
		return true
	case traitDisallow:
		return strings.HasPrefix(r.URL.Path, "/cam/")
	case traitTwin:
		return www && strings.HasPrefix(r.URL.Path, "/2-")
	case traitVietnamese:
		return strings.HasPrefix(r.URL.Path, "/tìm")
	}
	return false
}

// answer is what the host says; rest is until when it wants to be left alone.
func (h *politeHost) answer(w http.ResponseWriter, r *http.Request, nth, round int) (rest time.Time) {
	www := strings.HasPrefix(r.Host, "www.")
	if r.URL.Path == "/robots.txt" {
		switch h.trait() {
		case traitDisallow:
			fmt.Fprint(w, "User-agent: *\nDisallow: /cam/\n")
		case traitDelay:
			fmt.Fprint(w, "User-agent: *\nCrawl-delay: 0,12\nDisallow:\n")
		case traitNoRobots:
			http.Error(w, "", http.StatusServiceUnavailable)
		case traitClosed:
			fmt.Fprint(w, "User-agent: loa\nDisallow: /\n\nUser-agent: *\nDisallow:\n")
		case traitTwin:
			if www {
				fmt.Fprint(w, "User-agent: *\nDisallow: /2-\n")
			} else {
				fmt.Fprint(w, "User-agent: *\nDisallow:\n")
			}
		case traitVietnamese:
			fmt.Fprint(w, "User-agent: *\nDisallow: /tìm\n")
		case traitRobotsBusy:
			if nth == 1 {
				return busy(w, http.StatusTooManyRequests, "1")
			}
		case traitRobotsMove:
			if !www {
				http.Redirect(w, r, "http://www."+r.Host+"/robots.txt", http.StatusMovedPermanently)
			}
		default:
			http.NotFound(w, r)
		}
		return rest
	}
	if r.URL.Path == "/rss" {
		switch {
		case h.trait() == traitBusy && nth%2 == 1:
			return busy(w, http.StatusTooManyRequests, "1")
		case h.trait() == traitRepair && nth == 1:
			until := time.Now().Add(2 * time.Second).Truncate(time.Second)
			busy(w, http.StatusServiceUnavailable, until.UTC().Format(http.TimeFormat))
			return until
		}
		h.feed(w, r, round)
		return rest
	}
	switch h.trait() {
	case traitTwin:
		if !www {
			http.Redirect(w, r, "http://www."+r.Host+r.URL.Path, http.StatusFound)
			return rest
		}
	case traitElsewhere:
		http.Redirect(w, r, fmt.Sprintf("http://h%04d.example%s", max(0, h.n-1), r.URL.Path), http.StatusFound)
		return rest
	case traitHangUp:
		if nth == 1 {
			panic(http.ErrAbortHandler)
		}
	case traitCut:
		w.Header().Set("Content-Length", "90000")
	}
	fmt.Fprintf(w, "<!doctype html><html lang=vi><head><title>Bài %[1]s</title></head><body><h1>Bài %[1]s</h1><p>%[2]s</p></body></html>",
		r.URL.Path, strings.Repeat("Thủ tục hành chính được giải quyết sớm hơn hạn ghi trong phiếu hẹn, người dân không phải đi lại nhiều lần. ", 8))
	return rest
}

func busy(w http.ResponseWriter, status int, after string) time.Time {
	w.Header().Set("Retry-After", after)
	w.WriteHeader(status)
	return time.Now().Add(time.Second)
}

// feed lists three articles, the newest of them of this round.
func (h *politeHost) feed(w http.ResponseWriter, r *http.Request, round int) {
	paths := []string{"/%d-bai", "/%d-bai", "/%d-bai"}
	switch h.trait() {
	case traitDisallow:
		paths[1] = "/cam/%d-bai"
	case traitVietnamese:
		paths[0], paths[1] = "/t%%C3%%ACm/%d-bai", "/t%%c3%%acm-kiem/%d-bai"
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	fmt.Fprint(w, `<rss version="2.0"><channel><title>Trang mẫu</title>`)
	for i, p := range paths {
		n := round + len(paths) - 1 - i
		fmt.Fprintf(w, "<item><title>Bài số %d của trang mẫu</title><link>http://%s"+p+"</link><pubDate>%s</pubDate></item>",
			n, r.Host, n, time.Date(2023, 3, 1, 8, n, 0, 0, time.UTC).Format(time.RFC1123Z))
	}
	fmt.Fprint(w, "</channel></rss>")
}
