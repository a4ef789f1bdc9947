package web

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web/access"
	"loa/web/trail"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static/*.css static/loa.svg static/desk.js
var staticFiles embed.FS

// Options is what the desk needs. Plan, Standings, Items and Business are required.
type Options struct {
	Plan      *schedule.Plan
	Calendar  *calendar.Calendar
	Standings Standings
	Items     Items
	Business  func() time.Time // business clock
	Machine   func() time.Time // machine clock, of due times; nil: time.Now
	Version   string
	Ready     func() string // why nobody should be sent here now, "" if they may; nil: they may
	Metrics   http.Handler  // /metrics; nil: not served
	// ReportInput gathers what the report of a period is built from, with what people wrote into the paper ("": the internal one,
	// or what a format is for); nil: no reports.
	ReportInput func(ctx context.Context, period calendar.Period, paper report.Paper) (report.Input, error)
	// Papers is what people do about the papers of a period; nil: nothing can be, and none has a number.
	Papers *Papers
	// Facets names what texts are looked through for beside topics.
	Facets []media.FacetKind
	// Closings lists the closed periods with every revision; their rows are not looked at. nil: none is shown.
	Closings func(ctx context.Context) ([]schedule.Closing, error)
	// Certificate is one closing with its rows, by its id; nil: no certificates.
	Certificate func(ctx context.Context, id string) (schedule.Closing, error)
	// Planned lists what stations announce for a span; nil: none is shown.
	Planned func(ctx context.Context, from, to time.Time) ([]media.Planned, error)
	// Runs are what was announced, aired and uploaded of an owner's columns in a span, reconciled; nil: not shown.
	Runs func(ctx context.Context, owner string, from, to time.Time) ([]schedule.Run, error)
	// Breaks are where an owner's numbered and weekly columns do not go on as they should in a span; nil: not shown.
	Breaks func(ctx context.Context, owner string, from, to time.Time) ([]schedule.Break, error)
	// Feed is the iCalendar feed of an owner, nil if the plan has none such; its
	// entries lead to pages under base. nil: no feeds.
	Feed func(ctx context.Context, owner, base string) ([]byte, error)
	// Slots are the periods that run and are to come, up to a time, of the bodies that quotas name; nil: not shown.
	Slots func(ctx context.Context, until time.Time) ([]schedule.Slot, error)
	// Told are the newest notices, at most so many, without what concerns the safety of sites; nil: not shown.
	Told func(ctx context.Context, most int) ([]Told, error)
	// Notices are the recordings that stations will soon have deleted and that no log proves; nil: not shown.
	Notices func(ctx context.Context) ([]schedule.Notice, error)
	Acts    Acts // what people do about standings and agencies
	// Reviewing is where people say what pieces are about; without Ask nobody can.
	Reviewing Reviewing
	Login
	// Air are the doors of broadcasting, of the weeks ahead and of loudspeakers.
	Air Air
	// Handins is what agencies hand in; nil: nothing can be.
	Handins *Handins
	// Trail is the trail of what was done; nil: not shown.
	Trail *trail.Door
	// Record puts into the trail that somebody did something which leaves no other trace; nil: it is not kept.
	Record func(ctx context.Context, actor access.Actor, kind, subject, before, after string) error
	// API is the interface for programs, under /api/v1/; it knows its own by their tokens. nil: none.
	API http.Handler
	// Programs is what programs may read and are told; nil: not shown.
	Programs *Programs
	// Reminding is what is drafted of a period for people; Scoring is the simulation of points. nil: not on this desk.
	Reminding *Reminding
	Scoring   *Scoring
	// Collect is the forms that go out to units and come back; nil: none.
	Collect *Collect
	// Pack makes evidence packs; nil: none.
	Pack Pack
	// Closer closes periods; nil: they are closed elsewhere.
	Closer *Closer
	// Settings, Sourcing and Backups are what an office sets itself, the places that
	// are read, and copies of everything; nil: not on this desk.
	Settings *Settings
	Sourcing *Sourcing
	Backups  *Backups
	// Quarantine is what the program did not get on with; nil: not on this desk.
	Quarantine *Quarantine
	// Uploads bound what people send, Memory is what the desk of the next version of the plan goes on with; nil: nothing.
	Uploads UploadLimits
	Memory  *Memory
	// Progress is one Vietnamese line shown on every page while something long is under way, "" otherwise.
	Progress func() string
	Log      *slog.Logger // nil: slog.Default()
}

// policy allows the desk's own style sheet, script, icon and answers and nothing else: no
// script or style in the markup, no request to another host.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"

type site struct {
	Options
	peopled atomic.Bool // there is an account, and so there always will be one
	names   report.Names
	quotas  map[string]schedule.Quota
	pages   map[string]func() *template.Template
	formats []report.Format

	uploads  *uploads
	setting  *sync.Mutex   // held by whoever records a form over the settings
	pictures chan struct{} // held by whoever makes a small picture
	packing  chan struct{} // held by whoever takes an evidence pack
}

// New is the desk. Its method Warm(context.Context) error reads what the pages that everybody opens first keep of the standings.
func New(opt Options) http.Handler {
	s := newSite(opt)
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		mux.Handle(rt.method+" "+rt.path, s.guarded(rt))
	}
	if s.API != nil {
		mux.HandleFunc("/api/v1/", s.API.ServeHTTP) // any method: it words its refusals itself
	}
	mux.Handle("/", s.known(s.notFound))
	return warmed{traced(s.Log, secure(s.sameOrigin(mux))), s}
}

// warmed is the desk, which can be made ready before somebody asks.
type warmed struct {
	http.Handler
	site *site
}

// Warm reads what many standings the first pages show: whoever asks for one meanwhile waits for it as he would have without.
func (h warmed) Warm(ctx context.Context) error {
	s := h.site
	var all []string
	for _, q := range s.Plan.Quotas {
		all = append(all, q.ID)
	}
	_, many := s.singles()
	for _, q := range []StandingQuery{s.boardQuery(boardFilter{}, false), s.manyQuery(many), {Periods: s.latest(all, 3), Brief: true}, {Periods: s.latest(all, 1), Brief: true}, s.boardQuery(boardFilter{}, true)} {
		if _, _, err := s.Standings.Some(ctx, s.Plan.ID, q); err != nil {
			return err
		}
	}
	return nil
}

func newSite(opt Options) *site {
	s := &site{Options: opt, names: report.NamesOf(opt.Plan), quotas: map[string]schedule.Quota{}, formats: report.Formats(),
		pictures: make(chan struct{}, 1), packing: make(chan struct{}, 1)}
	if s.Memory == nil {
		s.Memory = &Memory{}
	}
	s.uploads, s.setting = s.Memory.uploads(opt), &s.Memory.setting
	if s.Log == nil {
		s.Log = slog.Default()
	}
	if s.Machine == nil {
		s.Machine = time.Now
	}
	for _, q := range opt.Plan.Quotas {
		s.quotas[q.ID] = q
	}
	s.pages = s.parse()
	return s
}

// secure sets the headers every answer carries.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// parse reads the pages, each when it is first asked for: all of them hold as
// much memory as the rest of a small office's program. They are embedded and a
// test renders every one, so a mistake in them is a mistake of the build.
func (s *site) parse() map[string]func() *template.Template {
	out := map[string]func() *template.Template{}
	files, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		panic(fmt.Sprintf("embedded pages: %v", err))
	}
	for _, file := range files {
		if shared := []string{"pages/base.html", "pages/chart.html", "pages/handins.html", "pages/fields.html"}; !slices.Contains(shared, file) {
			name := strings.TrimSuffix(path.Base(file), ".html")
			out[name] = sync.OnceValue(func() *template.Template {
				return template.Must(template.New("base.html").Funcs(s.funcs()).Funcs(s.collectFuncs()).Funcs(s.handinFuncs()).ParseFS(pageFiles, append(shared, file)...))
			})
		}
	}
	return out
}

// frame is what every page shows around its own content.
type frame struct {
	Title, Here string // Here is the path of the current entry of the menu
	Plan        *schedule.Plan
	Now         time.Time
	Evaluated   time.Time // zero: not known on this page
	Version     string
	Progress    string
	Actor       access.Actor
	Menu, More  []menuEntry
	CanLogin    bool   // there are accounts to log in with
	Samples     bool   // anybody can change to any of them
	Said        string // what was done a moment ago, Vietnamese
	Wrong       string // why what was asked for was not done
	Page        any
}

func (s *site) render(w http.ResponseWriter, r *http.Request, status int, page string, f frame) {
	f.Plan, f.Now, f.Version = s.Plan, s.Business(), s.Version
	f.Actor, f.Said = s.actor(r), said(w, r)
	f.Menu, f.More = s.menu(f.Actor, f.Here)
	f.CanLogin, f.Samples = s.Gate != nil, s.Samples
	if s.Progress != nil {
		f.Progress = s.Progress()
	}
	if f.Progress == "" && f.Actor.May(access.See) {
		f.Progress = s.stuck(r.Context())
	}
	var buf bytes.Buffer
	if err := s.pages[page]().Execute(&buf, f); err != nil {
		s.Log.ErrorContext(r.Context(), "render page", "page", page, "path", r.URL.Path, "error", err)
		http.Error(w, "Không hiển thị được trang này. Đề nghị báo người quản trị.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := buf.WriteTo(w); err != nil {
		s.Log.DebugContext(r.Context(), "write page", "error", err)
	}
}

// message is a page with a few words: not found, out of order.
type message struct{ Head, Text string }

func (s *site) notFound(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Trang này chỉ để xem.", http.StatusMethodNotAllowed)
		return
	}
	s.missing(w, r, "Địa chỉ này không có trên hệ thống.")
}

func (s *site) missing(w http.ResponseWriter, r *http.Request, text string) {
	s.render(w, r, http.StatusNotFound, "message", frame{Title: "Không tìm thấy", Page: message{"Không tìm thấy", text}})
}

// fail tells the person that something is out of order, and the log what.
func (s *site) fail(w http.ResponseWriter, r *http.Request, doing string, err error) {
	if r.Context().Err() != nil {
		return // the reader went away
	}
	s.Log.ErrorContext(r.Context(), doing, "path", pathOf(r), "error", err)
	s.render(w, r, http.StatusInternalServerError, "message", frame{Title: "Có lỗi", Page: message{"Chưa đọc được dữ liệu", "Hệ thống gặp lỗi khi đọc dữ liệu. Đề nghị thử lại sau ít phút; nếu vẫn lỗi, báo người quản trị mã yêu cầu " + RequestID(r.Context()) + "."}})
}

// static serves one embedded file.
func static(name, contentType string) http.HandlerFunc {
	body, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		panic(fmt.Sprintf("embedded file %s: %v", name, err))
	}
	return fixed(name, contentType, body)
}

// styles serves the embedded style sheets as one, in the order of their names after style.css.
func styles() http.HandlerFunc {
	files, err := fs.Glob(staticFiles, "static/*.css")
	if err != nil {
		panic(fmt.Sprintf("embedded styles: %v", err))
	}
	slices.SortStableFunc(files, func(a, b string) int {
		switch {
		case a == "static/style.css":
			return -1
		case b == "static/style.css":
			return 1
		}
		return strings.Compare(a, b)
	})
	var all []byte
	for _, file := range files {
		body, err := staticFiles.ReadFile(file)
		if err != nil {
			panic(fmt.Sprintf("embedded file %s: %v", file, err))
		}
		all = append(all, body...)
	}
	return fixed("style.css", "text/css; charset=utf-8", all)
}

func fixed(name, contentType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "max-age=300")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
	}
}

// slug is an agency id without its province, for addresses.
func (s *site) slug(agency string) string { return strings.TrimPrefix(agency, s.Plan.Province+"/") }

// agencyID is the whole id of an agency that an address names by its slug.
func (s *site) agencyID(slug string) string {
	if slug == "" || strings.Contains(slug, "/") {
		return slug
	}
	return s.Plan.Province + "/" + slug
}
