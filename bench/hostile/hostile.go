// Package hostile is an origin that means harm, on loopback: one host for each
// attack on whoever reads it, beside honest hosts that are read with them. The
// tests use it; ./bench/hostile/serve lets a person try it by hand.
package hostile

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Attack is one thing that an origin can do.
type Attack struct {
	Name  string // also its host: <name>.xau.example
	Kind  string // what it claims to be: "feed", "list" or "page"
	Wants string // outcomes a careful reader records, any of these words; "ok" where it reads what there is
	Serve http.HandlerFunc
}

// Host is where an attack lives.
func (a Attack) Host() string { return a.Name + ".xau.example" }

// URL is what to read of it.
func (a Attack) URL() string { return "http://" + a.Host() + "/doc" }

// Honest is the name of the nth honest host; its feed is at /tin.rss.
func Honest(n int) string { return fmt.Sprintf("h%d.lanh.example", n) }

// Items is how many an honest feed lists.
const Items = 20

// Origin answers for all hosts.
type Origin struct {
	attacks map[string]Attack
	seed    atomic.Uint64 // of Garble; 0: nothing is damaged

	mu     sync.Mutex
	asked  map[string]int       // by host
	latest map[string]time.Time // last request by host
}

// New makes an origin of all attacks.
func New() *Origin {
	o := &Origin{attacks: map[string]Attack{}, asked: map[string]int{}, latest: map[string]time.Time{}}
	for _, a := range Attacks() {
		o.attacks[a.Host()] = a
	}
	for _, a := range append(packings(), Documents()...) { // what takes time to make is made before anybody waits for it
		o.attacks[a.Host()].Serve(nowhere{}, &http.Request{})
	}
	return o
}

// nowhere is where a page is sent that nobody reads.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}

// Asked is how often a host was asked, and when for the last time.
func (o *Origin) Asked(host string) (int, time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked[host], o.latest[host]
}

func (o *Origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
	o.mu.Lock()
	o.asked[host]++
	o.latest[host] = time.Now()
	o.mu.Unlock()
	a, hostile := o.attacks[host]
	switch {
	case hostile && (r.URL.Path != "/robots.txt" || strings.HasPrefix(a.Name, "robots-")):
		a.Serve(o.garbled(w, r), r)
	case r.URL.Path == "/robots.txt":
		fmt.Fprint(w, "User-agent: *\nAllow: /\n")
	case strings.HasSuffix(host, ".lanh.example"):
		honest(w, r, host)
	default:
		http.NotFound(w, r)
	}
}

// honest serves a feed of twenty items and their pages.
func honest(w http.ResponseWriter, r *http.Request, host string) {
	const words = "đơn vị rút ngắn thời gian giải quyết thủ tục hành chính cho người dân và doanh nghiệp trên địa bàn "
	if r.URL.Path == "/tin.rss" {
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>%s</title>`, host)
		for i := range Items {
			at := time.Date(2023, 5, 31-i, 8, 0, 0, 0, time.FixedZone("", 7*3600)).Format(time.RFC1123Z)
			fmt.Fprintf(w, `<item><title>Bài số %[1]d của %[2]s về cải cách hành chính</title><link>http://%[2]s/bai/%[1]d.html</link><pubDate>%[3]s</pubDate><description>%[4]s</description></item>`, i, host, at, words)
		}
		fmt.Fprint(w, "</channel></rss>")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><html><head><meta charset="utf-8"><title>%[1]s</title></head><body><h1>Bài %[1]s của %[2]s</h1><div class="noidung">%[3]s</div></body></html>`,
		r.URL.Path, host, strings.Repeat("<p>"+strings.Repeat(words, 3)+"</p>", 10))
}

// page sends a body whole, of a type.
func page(ctype string, body func() []byte) http.HandlerFunc {
	once := sync.OnceValue(body)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", ctype)
		_, _ = w.Write(once()) // whoever reads it may hang up
	}
}

// packed sends a body with a content encoding.
func packed(encoding string, body func() []byte) http.HandlerFunc {
	once := sync.OnceValue(body)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		w.Header().Set("Content-Encoding", encoding)
		_, _ = w.Write(once()) // whoever reads it may hang up
	}
}

// endless sends head, then the same over and over.
func endless(ctype, head, again string) http.HandlerFunc {
	block := strings.Repeat(again, max(1, 32<<10/len(again)))
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", ctype)
		_, err := io.WriteString(w, head)
		for err == nil {
			_, err = io.WriteString(w, block)
		}
	}
}

// raw takes the connection and writes what HTTP is not.
func raw(f func(w io.Writer, gone <-chan struct{})) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		gone := make(chan struct{})
		go func() { // ends when the other side hangs up
			defer close(gone)
			_, _ = io.Copy(io.Discard, c)
		}()
		f(c, gone)
		c.Close()
		<-gone
	}
}

// say writes one text and hangs up.
func say(text string) http.HandlerFunc {
	return raw(func(w io.Writer, _ <-chan struct{}) { _, _ = io.WriteString(w, text) })
}

// drip writes head, then one byte each time, until the other side hangs up.
func drip(head string, each time.Duration) http.HandlerFunc {
	return raw(func(w io.Writer, gone <-chan struct{}) {
		_, _ = io.WriteString(w, head)
		tick := time.NewTicker(each)
		defer tick.Stop()
		for {
			select {
			case <-gone:
				return
			case <-tick.C:
				if _, err := io.WriteString(w, "x"); err != nil {
					return
				}
			}
		}
	})
}
