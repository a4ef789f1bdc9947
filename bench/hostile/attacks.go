package hostile

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/andybalholm/brotli"
)

const (
	rssHead  = `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Xấu</title>`
	rssTail  = `</channel></rss>`
	htmlHead = `<!doctype html><html><head><meta charset="utf-8"><title>Trang xấu</title></head><body>`
	okHead   = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
)

func item(n int) string {
	return fmt.Sprintf(`<item><title>Tin số %[1]d của trang xấu</title><link>/bai/%[1]d</link></item>`, n)
}

func zip(b []byte, n int) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level exists
	for range n {
		_, _ = z.Write(b) // into memory
	}
	_ = z.Close()
	return out.Bytes()
}

func brot(b []byte, n int) []byte {
	var out bytes.Buffer
	z := brotli.NewWriterOptions(&out, brotli.WriterOptions{Quality: 5, LGWin: 24})
	for range n {
		_, _ = z.Write(b) // into memory
	}
	_ = z.Close()
	return out.Bytes()
}

func deflated(b []byte) []byte {
	var out bytes.Buffer
	z, _ := flate.NewWriter(&out, 9) // the level exists
	_, _ = z.Write(b)                // into memory
	_ = z.Close()
	return out.Bytes()
}

// Attacks are all of them; names are unique.
func Attacks() []Attack {
	return append(append(Wire(), feeds()...), pages()...)
}

// packings are attacks by packing, each one body.
func packings() []Attack {
	zeros := make([]byte, 1<<20)
	feed := []byte(rssHead + item(1) + rssTail)
	return []Attack{
		{"gzip-bomb", "feed", "parse_error", packed("gzip", func() []byte { return zip(zeros, 16) })},
		{"gzip-bomb-small", "feed", "parse_error", packed("gzip", func() []byte { return zip(zeros, 3) })},
		{"gzip-twice", "feed", "parse_error", packed("gzip", func() []byte { return zip(zip(zeros, 16), 1) })},
		{"gzip-inside", "feed", "parse_error", page("application/x-gzip", func() []byte { return zip(zeros, 16) })},
		{"gzip-list", "feed", "parse_error", packed("gzip, gzip", func() []byte { return zip(zip(feed, 1), 1) })},
		{"gzip-lie", "feed", "parse_error", packed("gzip", func() []byte { return feed })},
		{"gzip-cut", "feed", "unreachable", packed("gzip", func() []byte { z := zip(bytes.Repeat(feed, 9), 1); return z[:len(z)/2] })},
		{"brotli-bomb", "feed", "parse_error", packed("br", func() []byte { return brot(zeros, 16) })},
		{"brotli-bomb-small", "feed", "parse_error", packed("br", func() []byte { return brot(zeros, 3) })},
		{"brotli-lie", "feed", "parse_error", packed("br", func() []byte { return append(feed, feed...) })},
		{"deflate", "feed", "parse_error", packed("deflate", func() []byte { return deflated(feed) })},
		{"encoding-unknown", "feed", "parse_error", packed("zstd", func() []byte { return feed })},
	}
}

// wire are attacks by size.
func wire() []Attack {
	feed := []byte(rssHead + item(1) + rssTail)
	return []Attack{
		{"gzip-empty-members", "feed", "parse_error", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			block := bytes.Repeat(zip(nil, 1), 2000)
			for {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}},
		{"endless-body", "feed", "parse_error", endless("application/rss+xml", rssHead, item(1))},
		{"endless-title", "feed", "parse_error", endless("application/rss+xml", rssHead+"<item><title>", "dài ")},
		{"endless-html", "list", "parse_error", endless("text/html", htmlHead, "<p>x</p>")},
		{"robots-endless", "feed", "ok empty not_a_feed parse_error unreachable", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				endless("text/plain", "User-agent: *\n", "Disallow: /*a*b*c*d$\n")(w, r)
				return
			}
			page("application/rss+xml", func() []byte { return feed })(w, r)
		}},
		{"robots-bytes", "feed", "ok", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				_, _ = w.Write([]byte("User-agent: *\nDisallow: /\xff\xfe\x00x\nCrawl-delay: \x00\n"))
				return
			}
			page("application/rss+xml", func() []byte { return feed })(w, r)
		}},
		{"robots-silent", "feed", "unreachable", func(w http.ResponseWriter, r *http.Request) { drip("", time.Hour)(w, r) }},
	}
}

// http1 are attacks by HTTP itself.
func http1() []Attack {
	cookies := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for i := range n {
				w.Header().Add("Set-Cookie", fmt.Sprintf("c%d=%s; Path=/", i, strings.Repeat("x", 20)))
			}
			_, _ = io.WriteString(w, rssHead+item(1)+rssTail)
		}
	}
	chunked := okHead + "Transfer-Encoding: chunked\r\n\r\n"
	return []Attack{
		{"silent", "feed", "unreachable", drip("", time.Hour)},
		{"slow-header", "feed", "unreachable", drip(okHead+"X-Slow: ", 100*time.Millisecond)},
		{"slow-body", "list", "unreachable", drip(okHead+"\r\n"+htmlHead, 100*time.Millisecond)},
		{"slow-silence", "list", "unreachable", drip(okHead+"Content-Length: 100000\r\n\r\n"+htmlHead, time.Hour)},
		{"slow-error", "list", "unreachable", drip("HTTP/1.1 404 Not Found\r\nContent-Length: 10000\r\n\r\n", 100*time.Millisecond)},
		{"header-endless", "feed", "unreachable", raw(func(w io.Writer, _ <-chan struct{}) {
			_, err := io.WriteString(w, okHead)
			for i := 0; err == nil; i++ {
				_, err = fmt.Fprintf(w, "X-%d: %s\r\n", i, strings.Repeat("x", 1000))
			}
		})},
		{"header-giant", "feed", "unreachable", say(okHead + "X: " + strings.Repeat("x", 1<<20) + "\r\n\r\n")},
		{"header-bytes", "feed", "ok", say("HTTP/1.1 200 OK\r\nETag: \"\xff\xfe\x80\"\r\nLast-Modified: \xc3\x28\r\nContent-Type: application/rss+xml; charset=\xff\r\nConnection: close\r\n\r\n" + rssHead + item(1) + rssTail)},
		{"header-nul", "feed", "unreachable ok", say("HTTP/1.1 200 OK\r\nETag: \"a\x00b\"\r\nX-\x00: \xff\r\nConnection: close\r\n\r\n" + rssHead + item(1) + rssTail)},
		{"header-broken", "feed", "unreachable", say("HTTP/1.1 200 OK\r\n\xff\xfe\x00 kh\xf4ng ph\xe9p" + strings.Repeat("z", 3000) + "\r\n\r\n")},
		{"status-bytes", "feed", "unreachable", say("HTTP/1.1 5\xff\x00 \xfe\r\n\r\n")},
		{"informational", "feed", "unreachable", raw(func(w io.Writer, _ <-chan struct{}) {
			var err error
			for err == nil {
				_, err = io.WriteString(w, "HTTP/1.1 103 Early Hints\r\nX: "+strings.Repeat("x", 500)+"\r\n\r\n")
			}
		})},
		{"cookies", "feed", "ok", cookies(500)},
		{"cookie-bomb", "feed", "unreachable", cookies(5000)},
		{"not-http", "feed", "unreachable", say("SSH-2.0-OpenSSH_9.2\r\n\x00\x01\x02")},
		{"h2-preface", "feed", "unreachable", say("\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64\x00\x04\x40\x00\x00\x00")},
		{"reset", "feed", "unreachable", say(okHead + "Content-Length: 100000\r\n\r\n" + rssHead)},
		{"length-short", "feed", "ok not_a_feed parse_error", say(okHead + "Content-Length: 20\r\n\r\n" + rssHead + item(1) + rssTail)},
		{"length-negative", "feed", "unreachable", say(okHead + "Content-Length: -5\r\n\r\n" + rssHead)},
		{"length-twice", "feed", "unreachable", say(okHead + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + rssHead)},
		{"length-huge", "feed", "parse_error", say(okHead + "Content-Length: 9000000000000\r\n\r\n" + rssHead)},
		{"length-lie", "feed", "unreachable", say(okHead + "Content-Length: 4000000\r\n\r\n" + rssHead)},
		{"chunk-garbage", "feed", "unreachable", say(chunked + "zz\r\nxx\r\n")},
		{"chunk-huge", "feed", "unreachable", say(chunked + "ffffffffffffffff\r\n" + rssHead)},
		{"chunk-cut", "feed", "unreachable", say(chunked + "10\r\n0123")},
		{"chunk-tiny", "feed", "unreachable parse_error", raw(func(w io.Writer, _ <-chan struct{}) {
			_, err := io.WriteString(w, chunked)
			for block := strings.Repeat("1;"+strings.Repeat("e", 200)+"\r\nx\r\n", 100); err == nil; {
				_, err = io.WriteString(w, block)
			}
		})},
		{"retry-after", "feed", "unreachable", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "99999999999")
			w.WriteHeader(http.StatusServiceUnavailable)
		}},
	}
}

// redirects are attacks by Location.
func redirects() []Attack {
	to := func(where func(r *http.Request) string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Location"] = []string{where(r)}
			w.WriteHeader(http.StatusFound)
		}
	}
	fixed := func(where string) http.HandlerFunc { return to(func(*http.Request) string { return where }) }
	out := []Attack{
		{"redirect-loop", "feed", "unreachable", fixed("/doc")},
		{"redirect-chain", "feed", "unreachable", to(func(r *http.Request) string { return r.URL.Path + "x" })},
		{"redirect-giant", "feed", "unreachable", fixed("/" + strings.Repeat("a", 50_000))},
		{"redirect-bytes", "feed", "unreachable", fixed("http://\xff\xfe.example/\x80?\xff")},
		{"redirect-query", "feed", "ok", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				fixed("/doc?\xff\xfe=\x80")(w, r)
				return
			}
			_, _ = io.WriteString(w, rssHead+item(1)+rssTail)
		}},
	}
	var visits atomic.Int64
	out = append(out, Attack{"redirect-spellings", "feed", "unreachable", to(func(*http.Request) string { // another at each visit
		all := Spellings()
		return "http://" + all[int(visits.Add(1)-1)%len(all)] + "/"
	})})
	for name, where := range map[string]string{
		"metadata": "http://169.254.169.254/latest/meta-data/", "loopback": "http://127.0.0.1:22/", "private": "http://10.0.0.1/", "six": "http://[::1]/",
		"number": "http://2852039166/", "file": "file:///etc/passwd", "script": "javascript:alert(1)", "user": "http://a:b@redirect-user.xau.example/", "other": "http://h0.lanh.example/tin.rss",
	} {
		out = append(out, Attack{"redirect-" + name, "feed", "unreachable", fixed(where)})
	}
	return out
}

// Documents are the attacks that are one document, whole.
func Documents() []Attack {
	all := append(feeds(), pages()...)
	return all[:len(all)-1] // the last is another at each visit
}

// Wire are the attacks on whoever fetches, before anything is read.
func Wire() []Attack {
	return append(append(append(packings(), wire()...), http1()...), redirects()...)
}
