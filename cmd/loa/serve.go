package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/metrics"
	"loa/monitor"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/web"
)

type serveCmd struct {
	network
	retention
	notices
	entrance
	uploading
	hooks
	process
	tracing
	Plan             string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At               moment `help:"Đặt đồng hồ nghiệp vụ bắt đầu tại thời điểm này."`
	Address          string `env:"LOA_ADDRESS" help:"Địa chỉ trang web như mọi người mở, cho các liên kết trong cảnh báo (mặc định: http:// và --listen)." placeholder:"URL"`
	MetricsListen    string `help:"Địa chỉ riêng cho /metrics, thay cho --listen; ngoài máy này thì phải có --metrics-token." placeholder:"ADDR"`
	MetricsToken     string `env:"LOA_METRICS_TOKEN" help:"Mã mà Prometheus phải đưa để lấy /metrics (Bearer, hoặc mật khẩu Basic)." placeholder:"TEXT"`
	MetricsTokenFile string `type:"existingfile" help:"Như --metrics-token, đọc từ tệp." placeholder:"FILE"`
	Listen           string `default:"127.0.0.1:8080" help:"Địa chỉ phục vụ trang web và /metrics; chỉ máy này khi chưa có tài khoản nào."`
}

// Run crawls, judges, evaluates and serves until it is told to stop, which is
// no failure.
func (c *serveCmd) Run(a *app) error {
	return asked(a.ctx, c.serve(a))
}

func (c *serveCmd) serve(a *app) error {
	if err := c.check(); err != nil {
		return err
	}
	l := &life{serveCmd: c, app: a, business: running(c.At)}
	l.watch.begin(a.watched(c), l.business())
	files, err := a.readPlans()
	if err != nil {
		return err
	}
	b, err := a.basis(files, c.Plan, l.business())
	if err != nil {
		return err
	}
	e, err := l.furnished(b)
	if err != nil {
		return err
	}
	l.now.Store(e)
	defer func() { l.now.Load().close() }()
	untraced, err := c.begin(a.ctx, a, e.node)
	if err != nil {
		return err
	}
	defer untraced()
	peopled, err := e.peopled(a.ctx)
	if err != nil {
		return err
	}
	ln, apart, token, err := c.doors(peopled)
	if err != nil {
		return err
	}
	ln, safe, err := c.secured(ln, a.cli.Data)
	if err != nil {
		return err
	}
	scheme := "http://"
	if safe {
		scheme = "https://"
	}
	if l.address = c.Address; l.address == "" {
		l.address = scheme + ln.Addr().String()
	}
	if err := l.welcomed(e.engine); err != nil {
		return err
	}
	if l.setup != "" {
		fmt.Fprintf(a.Err, "loa: chưa có tài khoản; lập tài khoản đầu tiên tại %s%s/bat-dau?ma=%s (mã thiết lập: %s)\n", scheme, ln.Addr(), l.setup, l.setup)
	}
	open := peopled && !onThisMachine(c.Listen)
	if open && token == "" && apart == nil {
		fmt.Fprintln(a.Err, "loa: chưa đặt --metrics-token nên không phục vụ /metrics ra ngoài máy này")
	}
	if open && !safe && !e.login.Secure {
		fmt.Fprintln(a.Err, "loa: trang web phục vụ qua http không mã hóa; nên đặt sau máy chủ https và ghi --address https://…")
	}
	if c.Pprof != "" {
		if err := e.profiles(a.ctx, c.Pprof); err != nil {
			return err
		}
	}
	if c.does("web") {
		fmt.Fprintf(a.Err, "loa: bảng theo dõi tại %s%s/ (kế hoạch %s)\n", scheme, ln.Addr(), e.plan.ID)
	} else {
		fmt.Fprintf(a.Err, "loa: máy này không có trang web; tình trạng tại %s%s/readyz (kế hoạch %s)\n", scheme, ln.Addr(), e.plan.ID)
	}
	l.token, l.hidden = token, apart != nil || open && token == ""
	l.take(e)
	context.AfterFunc(a.ctx, func() { l.now.Load().readiness.set("stopping") })
	if a.began != nil {
		a.began(l.setup)
	}
	return together(a.ctx, func(ctx context.Context) error {
		if apart == nil {
			return e.serveWeb(ctx, ln, &l.desk, c.Linger)
		}
		fmt.Fprintf(a.Err, "loa: số đo tại http://%s/metrics\n", apart.Addr())
		return together(ctx, func(ctx context.Context) error { return e.serveWeb(ctx, ln, &l.desk, c.Linger) },
			func(ctx context.Context) error { return e.serveWeb(ctx, apart, &l.scrape, c.Linger) })
	}, l.live)
}

// asked gives nil for what a stop that was asked for left behind.
func asked(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, sql.ErrTxDone)) {
		return nil
	}
	return err
}

// together runs both until both have ended; the first to end stops the other.
// Its error is the one that counts: the other's may follow from it.
func together(ctx context.Context, a, b func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 2)
	go func() { ended <- a(ctx) }()
	go func() { ended <- b(ctx) }()
	err := <-ended
	cancel()
	if second := <-ended; err == nil {
		err = second
	}
	return err
}

// onThisMachine reports whether an address can be reached from this machine only.
func onThisMachine(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// listen binds loopback only while there is no account (docs/ARCHITECTURE.md, ruling 14).
func listen(addr string, peopled bool) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, usagef("--listen «%s»: cần dạng 127.0.0.1:8080", addr)
	}
	if !peopled && !onThisMachine(addr) {
		return nil, usagef("--listen «%s»: chỉ phục vụ trên chính máy này (127.0.0.1) khi chưa có tài khoản người dùng; lập tài khoản trên trang web hoặc bằng loa account add", addr)
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("mở cổng %s: %w", addr, err)
	}
	return ln, nil
}

// loops crawls and does the chores until ctx ends, as far as they are this node's.
func (e *engine) loops(ctx context.Context, cr *crawler.Crawler, does process) error {
	thrifty()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var loops sync.WaitGroup
	loops.Go(func() { giveWay(ctx) })
	loops.Go(func() { e.follow(ctx, cr) })
	if does.does("crawl") {
		loops.Go(func() {
			if err := cr.Run(ctx); err != nil && ctx.Err() == nil {
				e.app.log.Error("crawler stopped", "error", err)
			}
		})
		if err := e.resumeWalks(ctx); err != nil && ctx.Err() == nil {
			e.app.log.Error("take up walks", "error", err)
		}
	}
	var err error
	if does.does("evaluate") {
		var chores []monitor.Chore
		if chores, err = e.chores(ctx); err == nil {
			loops.Go(func() { monitor.Loop(ctx, e.store, e.node, chores, e.business, e.app.log) })
			loops.Go(func() { e.readAlong(ctx) })
		} else {
			stop() // whoever started it starts it again
		}
	}
	loops.Wait()
	e.endWalks()
	return err
}

// noted counts a look, and tells readAlong of what it brought.
func (e *engine) noted(ev crawler.Event) {
	if ev.Kind == "visit" || ev.Kind == "page" && ev.Took > 0 { // of a page without a text it is not known
		e.work.Note(metrics.Look{Kind: ev.Kind, Source: ev.Source, Outcome: ev.Outcome, Took: ev.Took, Bytes: ev.Bytes, ID: ev.ID, Until: ev.Until})
	}
	if ev.New > 0 || ev.Kind == "page" {
		select {
		case e.news <- struct{}{}:
		default:
		}
	}
}

// readAlong judges and compares what comes as it comes, one node at a time; what
// it leaves is done before the next evaluation.
func (e *engine) readAlong(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.news:
		}
		mine, err := e.store.TakeChore(ctx, "read", e.node, evaluateEvery)
		if err == nil && mine {
			err = monitor.Guard(ctx, e.store, "read", e.business(), e.judgeAndCompare)
		}
		if err != nil && ctx.Err() == nil {
			e.app.log.Error("judge and compare", "error", err)
		}
	}
}

const (
	evaluateEvery = 15 * time.Second    // how often what changed is evaluated anew
	passEvery     = 5 * time.Minute     // how often it is seen to that everything holds, for time passes too
	againEvery    = time.Hour           // how often each agency is evaluated though nothing changed: how long ago it was seen tells something
	rereadEvery   = time.Hour           // how often articles that are due to be read once more are queued
	driftEvery    = 5 * time.Minute     // how often sources are compared with their own history while something comes,
	staleDrift    = time.Hour           // and while nothing does
	auditEvery    = 24 * time.Hour      // how often the sample is made whole: what is judged is drawn as it is judged
	pruneEvery    = 24 * time.Hour      // how often raw visits are thrown away
	keepVisits    = 90 * 24 * time.Hour // how long raw visits are kept (docs/ARCHITECTURE.md, ruling 8)
)

// chores are the recurring jobs of which each is done by one node at a time.
func (e *engine) chores(ctx context.Context) ([]monitor.Chore, error) {
	watch, err := e.store.Watch(ctx)
	if err != nil {
		return nil, fmt.Errorf("theo dõi thay đổi: %w", err)
	}
	follow := &monitor.Follower{Store: e.store, Changes: follower{watch}, Cal: e.cal, Moment: e.moment, Machine: e.machine, Pass: passEvery, Again: againEvery,
		Plan: func(ctx context.Context) (*schedule.Plan, error) {
			err := e.takeUp(ctx)
			return e.inUse(), err
		}}
	var tells []monitor.Chore
	if e.desks != nil {
		tells = e.tells(*e.desks)
	}
	return append(append(tells, e.hookChore()), []monitor.Chore{
		{Name: "evaluate/" + e.plan.ID, Every: evaluateEvery, Do: func(ctx context.Context) error {
			if err := e.judgeAndCompare(ctx); err != nil {
				return err
			}
			_, _, err := follow.Turn(ctx)
			return err
		}},
		{Name: "audit", Every: auditEvery, Do: func(ctx context.Context) error {
			return e.store.DrawAudit(ctx, e.judge.Version(), e.business())
		}},
		{Name: "session/" + e.plan.ID, Every: sessionEvery, Do: e.prepareSessions},
		{Name: "reread", Every: rereadEvery, Do: e.reread},
		{Name: "walks", Every: resumeEvery, Do: e.resumeWalks},
		{Name: "prune", Every: pruneEvery, Do: e.prune},
		{Name: "retain", Every: pruneEvery, Do: e.retain},
		{Name: "mask", Every: pruneEvery, Do: func(ctx context.Context) error {
			_, err := e.store.MaskSearch(ctx)
			return err
		}},
	}...), nil
}

// follower gives the store's changes in monitor's words.
type follower struct{ *store.Watch }

func (w follower) Next(ctx context.Context, limit int) ([]monitor.Change, error) {
	changes, err := w.Watch.Next(ctx, limit)
	out := make([]monitor.Change, len(changes))
	for i, c := range changes {
		out[i] = monitor.Change{Kind: c.Kind, Key: c.Key}
	}
	return out, err
}

// reread queues the pages of articles that are read once more some days after
// the first time: what was changed after publication is kept beside what was there.
func (e *engine) reread(ctx context.Context) error {
	n, err := e.store.Reread(ctx)
	if n > 0 {
		e.app.log.Info("pages are read again", "pages", n)
	}
	return err
}

// prune throws away raw visits that are too old on the business clock. A
// business clock set ahead (--at) must not make yesterday's visits old.
func (e *engine) prune(ctx context.Context) error {
	now := e.business()
	if machine := e.machine(); machine.Before(now) {
		now = machine
	}
	n, err := e.store.Prune(ctx, now.Add(-keepVisits))
	if n > 0 {
		e.app.log.Info("old visits pruned", "visits", n)
	}
	return err
}

// drainTime is how long requests under way may take once the program is to stop.
const drainTime = 5 * time.Second

// serveWeb answers requests until ctx ends and those under way are done; it takes new ones a while longer, so that whoever sends
// them can learn that it stops.
func (e *engine) serveWeb(ctx context.Context, ln net.Listener, h http.Handler, linger time.Duration) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(e.app.log.Handler(), slog.LevelWarn)}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		time.Sleep(linger)
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		if err := srv.Shutdown(drain); err != nil {
			e.app.log.Warn("requests cut off", "error", err)
			stopped <- srv.Close()
			return
		}
		stopped <- nil
	})
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve web: %w", err)
	}
	return <-stopped
}

// handlers are the desk and /metrics, always of the plan in force. /metrics is
// among the desk's pages unless it is apart; with a token it is for those who know it.
func (e *engine) handlers(token string, apart bool) (desk, scrape http.Handler) {
	var mu sync.Mutex
	var of *schedule.Plan
	var desks, scrapes http.Handler
	now := func(which *http.Handler) http.Handler {
		return inForce(func() http.Handler {
			mu.Lock()
			if p := e.current.Load(); desks == nil || p != nil && of != nil && p.Version != of.Version {
				if of = p; of == nil {
					of = e.plan
				}
				scrapes = guarded(token, e.metrics(of))
				if desks = e.desk(of, scrapes); apart {
					desks = e.desk(of, nil)
				}
			}
			is := *which
			mu.Unlock()
			return is
		})
	}
	return now(&desks), onlyMetrics(now(&scrapes))
}

// inForce gives the handler by the plan in force.
type inForce func() http.Handler

func (f inForce) ServeHTTP(w http.ResponseWriter, r *http.Request) { f().ServeHTTP(w, r) }

// warm makes the desk ready before somebody asks for a page: its first page would take several times as long as the next.
// What it does is done once; whoever asks meanwhile waits for it.
func (e *engine) warm(ctx context.Context, desk http.Handler) {
	if f, ok := desk.(inForce); ok {
		desk = f()
	}
	began := time.Now()
	if d, ok := desk.(interface{ Warm(context.Context) error }); ok {
		if err := d.Warm(ctx); err != nil && ctx.Err() == nil {
			e.app.log.WarnContext(ctx, "make the desk ready", "error", err)
		}
	}
	e.app.log.DebugContext(ctx, "the desk is ready", "took", time.Since(began))
}

func (e *engine) metrics(plan *schedule.Plan) http.Handler {
	_, scrape := metrics.New(metrics.Options{Plan: plan, Reader: e.store, Business: e.business, Holiday: e.holiday, Machine: e.machine, Version: version,
		Calendar: e.cal, Figures: e.store, Work: e.work, Address: e.address})
	return scrape
}

func (e *engine) desk(plan *schedule.Plan, scrape http.Handler) http.Handler {
	return web.New(web.Options{Login: e.login, Uploads: e.uploads, Memory: &e.memory, Plan: plan, Calendar: e.cal, Standings: e.store, Items: e.store, Business: e.business, Machine: e.machine, Version: version,
		Acts:  e.acts(plan),
		Ready: e.readiness.is, Metrics: scrape, Air: e.air(), ReportInput: e.reportInput, Papers: e.papers(), Facets: e.judge.Facets(), Log: e.app.log,
		Trail: e.trailDoor(), Record: e.recordAct, API: e.api(plan), Programs: e.programs(plan), Closer: e.closer(plan), Pack: e.packDoor,
		Settings: e.settings(plan), Sourcing: e.sourcing(plan), Backups: e.backups(), Quarantine: e.quarantineDoor(),
		Closings: func(ctx context.Context) ([]schedule.Closing, error) {
			return e.store.ClosingHeads(ctx, plan.ID, time.Time{})
		},
		Certificate: e.closing, Reviewing: e.reviewing(plan),
		Handins: e.handins(),
		Feed: func(ctx context.Context, owner, base string) ([]byte, error) {
			return e.feed(ctx, plan, owner, base, usualAhead)
		},
		Planned: func(ctx context.Context, from, to time.Time) ([]media.Planned, error) {
			return e.store.Planned(ctx, from, to, time.Time{}, false)
		},
		Runs: func(ctx context.Context, owner string, from, to time.Time) ([]schedule.Run, error) {
			runs, _, err := e.runs(ctx, plan.For(owner), schedule.Span{From: from, To: to})
			return runs, err
		},
		Slots:   func(ctx context.Context, until time.Time) ([]schedule.Slot, error) { return e.slots(ctx, plan, until) },
		Told:    func(ctx context.Context, most int) ([]web.Told, error) { return e.toldPage(ctx, plan, most) },
		Notices: func(ctx context.Context) ([]schedule.Notice, error) { return e.notices(ctx, plan) },
		Collect: e.collectDoors(), Reminding: e.reminding(), Scoring: e.scoring(plan),
		Breaks: func(ctx context.Context, owner string, from, to time.Time) ([]schedule.Break, error) {
			return e.breaks(ctx, plan, []string{owner}, schedule.Span{From: from, To: to})
		}})
}

// reportInput gathers what the report of a period is built from: the
// evaluation derived now, closed rows as they were closed.
func (e *engine) reportInput(ctx context.Context, period calendar.Period, paper report.Paper) (report.Input, error) {
	return e.reportOn(ctx, period, 0, paper)
}
