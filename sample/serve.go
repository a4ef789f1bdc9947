package sample

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"loa/schedule/calendar"
)

// nobody is where the dead host points: port 1 of loopback, below every range
// from which a system gives out ports, so that nobody listens there by chance.
const nobody = "127.0.0.1:1"

// Site is the running province.
type Site struct {
	Resolve map[string]string // host name → address to dial instead, 127.0.0.1:port
	Index   string            // http://127.0.0.1:port/, a page that lists the hosts

	now    func() time.Time
	world  *world
	hosts  map[string]*site
	server *http.Server
	done   sync.WaitGroup
}

// Serve starts the province on one port of loopback until ctx ends or Close is
// called. Every page shows only what is published by now(), the business
// clock, which may be called from several goroutines at once.
func Serve(ctx context.Context, now func() time.Time) (*Site, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the sample province: %w", err)
	}
	s := &Site{Resolve: map[string]string{}, Index: "http://" + ln.Addr().String() + "/", now: now, world: province(), hosts: map[string]*site{}}
	for _, h := range s.world.sites {
		s.Resolve[h.host] = ln.Addr().String()
		if h.form == "down" {
			s.Resolve[h.host] = nobody
			continue
		}
		s.hosts[h.host] = h
		if h.form == "newspaper" || h.form == "drupal" {
			s.Resolve["www."+h.host] = ln.Addr().String()
		}
	}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() { s.server.Close() })
	s.done.Go(func() {
		defer stop()
		s.server.Serve(ln) // always ends with an error: ErrServerClosed, or a listener that died
	})
	return s, nil
}

// Close stops the province and waits for its listener to end.
func (s *Site) Close() error {
	err := s.server.Close()
	s.done.Wait()
	return err
}

// ServeHTTP answers for the host the request names.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name := r.Host
	if h, _, err := net.SplitHostPort(r.Host); err == nil {
		name = h
	}
	h := s.hosts[strings.TrimPrefix(strings.ToLower(name), "www.")]
	if h == nil {
		s.index(w)
		return
	}
	v := &view{world: s.world, site: h, now: s.now().In(calendar.Zone), path: r.URL.Path, query: r.URL.Query(), page: 1}
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		if !v.posted(r) {
			http.Error(w, "Validation of viewstate MAC failed", http.StatusInternalServerError)
			return
		}
	}
	if r.URL.Path == "/robots.txt" {
		write(w, r, answer{ctype: "text/plain; charset=utf-8", body: robots(h)})
		return
	}
	if h.form == "gate" {
		if c, err := r.Cookie("D1N"); err != nil || c.Value != gateCookie(h) {
			write(w, r, answer{ctype: "text/html", body: gatePage(h)})
			return
		}
	}
	a, ok := v.hotline()
	if !ok {
		a, ok = v.columns()
	}
	if !ok {
		a, ok = forms()[h.form](v)
	}
	if !ok {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, notFound(h))
		return
	}
	write(w, r, a)
}

// answer is one page or feed.
type answer struct {
	ctype string
	body  string
	etag  bool // the software sends validators
	mod   time.Time
}

func write(w http.ResponseWriter, r *http.Request, a answer) {
	w.Header().Set("Content-Type", a.ctype)
	if a.etag {
		sum := sha256.Sum256([]byte(a.body))
		etag := `"` + hex.EncodeToString(sum[:8]) + `"`
		w.Header().Set("ETag", etag)
		if !a.mod.IsZero() {
			w.Header().Set("Last-Modified", a.mod.UTC().Format(http.TimeFormat))
		}
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(a.body)))
	if r.Method != http.MethodHead {
		fmt.Fprint(w, a.body)
	}
}

// index is for a person who opens the bare address.
func (s *Site) index(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, `<!doctype html><html lang="vi"><meta charset="utf-8"><title>Tỉnh Mẫu</title><h1>Tỉnh Mẫu (Dữ liệu mẫu)</h1><ul>`)
	for _, h := range s.world.sites {
		fmt.Fprintf(w, "<li>%s: %s</li>", h.host, h.title)
	}
	fmt.Fprint(w, "</ul>")
}

// view is one request for one site at one moment.
type view struct {
	world *world
	site  *site
	now   time.Time
	path  string
	query url.Values
	page  int // of a list whose pages are turned by its form
}

// posted takes a page number that the form of a WebForms list sends; false if
// no page of the site holds such a form.
func (v *view) posted(r *http.Request) bool {
	n, err := strconv.Atoi(r.PostFormValue("__EVENTARGUMENT"))
	if (v.site.form != "newspaper" && v.site.form != "webforms") || r.PostFormValue("__EVENTTARGET") != pager || err != nil || n < 1 {
		return false
	}
	v.page = n
	return r.PostFormValue("__VIEWSTATE") != ""
}

// pager is the control that turns the pages of WebForms lists.
const pager = "ctl00$pager"

// pagerLinks are the links to the other pages of such a list: so many entries
// in all, so many a page.
func (v *view) pagerLinks(all, size int) string {
	var b strings.Builder
	for i := 1; i <= (all+size-1)/size; i++ {
		if i == v.page {
			fmt.Fprintf(&b, "<span>%d</span> ", i)
			continue
		}
		fmt.Fprintf(&b, `<a href="javascript:__doPostBack('%s','%d')">%d</a> `, pager, i, i)
	}
	return b.String()
}

// forms is the software the sites seem to run.
func forms() map[string]func(*view) (answer, bool) {
	return map[string]func(*view) (answer, bool){
		"newspaper":  (*view).newspaper,
		"sharepoint": (*view).sharepoint,
		"nukeviet":   (*view).nukeviet,
		"userkey":    (*view).userkey,
		"drupal":     (*view).drupal,
		"wordpress":  (*view).wordpress,
		"table":      (*view).table,
		"webforms":   (*view).webforms,
		"gate":       (*view).nukeviet,
		"broken":     (*view).broken,
		"page":       (*view).procedures,
		"schedule":   (*view).announced,
	}
}

// shown lists the site's pieces published by now, newest printed date first; a
// nil section means all. A back-dated piece enters at its printed date.
func (v *view) shown(sec *section) []*piece {
	var out []*piece
	for _, p := range v.world.pieces {
		if p.site == v.site && (sec == nil || p.section == sec) && !p.Visible.After(v.now) {
			out = append(out, p)
		}
	}
	slices.Reverse(out)
	return out
}

// find returns the visible piece that ok accepts.
func (v *view) find(ok func(*piece) bool) *piece {
	for _, p := range v.world.pieces {
		if p.site == v.site && !p.Visible.After(v.now) && ok(p) {
			return p
		}
	}
	return nil
}

func (v *view) section(ok func(*section) bool) *section {
	if i := slices.IndexFunc(v.site.sections, ok); i >= 0 {
		return v.site.sections[i]
	}
	return nil
}

// page cuts page n (from 1) of size entries.
func page(ps []*piece, n, size int) []*piece {
	from := min(max(n-1, 0)*size, len(ps))
	return ps[from:min(from+size, len(ps))]
}

// related are reform teasers as they stand beside any article: the site's
// latest reform pieces before p, the same for ever.
func (v *view) related(p *piece) []*piece {
	var out []*piece
	for i := len(v.world.pieces) - 1; i >= 0 && len(out) < 3; i-- {
		o := v.world.pieces[i]
		if o.site == p.site && o.Reform && o.Visible.Before(p.Published) {
			out = append(out, o)
		}
	}
	return out
}

// views is a view count that moves by the day.
func (v *view) views(p *piece) int {
	days := int(v.now.Sub(p.Published).Hours() / 24)
	return 40 + p.id*7%350 + days*13
}

func robots(h *site) string {
	switch h.host {
	case "baomau.example":
		// «/Tìm-kiếm/», percent-encoded as the real ones write it.
		return "User-agent: *\nDisallow: /PrintPreview/\nDisallow: /T%C3%ACm-ki%E1%BA%BFm/\nAllow: /\n"
	case "benmay.mau.example":
		return "User-agent: *\r\nCrawl-delay: 0.05\r\nDisallow: /admin/\r\n"
	case "suoitrang.mau.example":
		return "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\nSitemap: http://suoitrang.mau.example/sitemap.xml\n"
	}
	return "User-agent: *\nDisallow:\n"
}

func gateCookie(h *site) string {
	sum := sha256.Sum256([]byte(h.host))
	return hex.EncodeToString(sum[:16])
}

func gatePage(h *site) string {
	return `<html><body><script>document.cookie="D1N=` + gateCookie(h) + `"+"; expires=Fri, 31 Dec 2099 23:59:59 GMT; path=/";window.location.reload(true);</script></body></html>`
}

func notFound(h *site) string {
	return `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Không tìm thấy trang</title></head><body><h1>Không tìm thấy trang</h1><p>` + h.title + `</p></body></html>`
}
