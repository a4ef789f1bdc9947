package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"testing/fstest"
	"time"

	"loa/crawler"
	"loa/plans"
	"loa/schedule/calendar"
)

// life is a serve from its start to its end. Its doors stay open while the engine behind them is made anew: when a file that it
// runs by was written anew, and when another plan's year begins.
type life struct {
	*serveCmd
	app      *app
	business func() time.Time // one clock for all engines
	token    string           // of /metrics
	hidden   bool             // /metrics is not among the desk's pages
	address  string           // of the desk as people reach it
	setup    string           // whoever makes the first account has to know it

	now atomic.Pointer[worker]

	desk, scrape gate
	watch        fileWatch
}

// worker is an engine with its crawler.
type worker struct {
	*engine
	crawl *crawler.Crawler
}

// furnished makes an engine by what the files say, with all that a running server needs.
func (l *life) furnished(b basis) (*worker, error) {
	e, err := l.app.openOn(b, l.business)
	if err != nil {
		return nil, err
	}
	cr, err := l.furnish(e)
	if err != nil {
		e.close()
		return nil, err
	}
	return &worker{e, cr}, nil
}

func (l *life) furnish(e *engine) (cr *crawler.Crawler, err error) {
	if e.retention, err = l.times(); err != nil {
		return nil, err
	}
	to, err := l.channels(e)
	if err != nil {
		return nil, err
	}
	if len(to.all()) > 0 {
		e.desks = &to
	}
	if e.uploads, err = l.limits(); err != nil {
		return nil, err
	}
	e.hookLocal = l.WebhookLocal
	return e.crawler(l.network, nil, e.noted)
}

// welcomed makes an engine ready for people, at the address where they find it.
func (l *life) welcomed(e *engine) (err error) {
	e.address = l.address
	if e.login, err = l.entrance.settings(e, e.address); err != nil {
		return err
	}
	peopled, err := e.peopled(l.app.ctx)
	if err != nil {
		return err
	}
	if !peopled {
		if l.setup == "" {
			l.setup = strings.ToLower(rand.Text()[:12])
		}
		e.login.Setup = l.setup
	}
	return nil
}

// take lets an engine answer from now on; what it gives is closed when what others were asked before is answered.
func (l *life) take(w *worker) (left []<-chan struct{}) {
	l.now.Store(w)
	desk, scrape := w.handlers(l.token, l.hidden)
	if !l.does("web") {
		desk = w.bare(desk, scrape)
	}
	return []<-chan struct{}{l.desk.set(desk), l.scrape.set(scrape)}
}

// live runs one engine after another until ctx ends, or one fails. The last one is left open: requests may be under way.
func (l *life) live(ctx context.Context) error {
	for {
		next, err := l.run(ctx)
		if next == nil {
			return err
		}
		old := l.now.Load()
		next.work = old.work   // what this process did, it did
		next.readiness.set("") // it has been asked all the time
		left := l.take(next)
		if ctx.Err() != nil { // it was asked to stop meanwhile
			next.readiness.set("stopping")
		}
		if !emptied(left, drainTime) {
			l.app.log.Warn("requests cut off: the plan's files were read anew")
		}
		old.close()
		l.app.log.Info("the plan's files are in use", "plan", next.plan.ID, "version", next.plan.Version)
	}
}

// run lets the engine work until ctx ends, it fails, or another may take its place.
func (l *life) run(ctx context.Context) (next *worker, err error) {
	e := l.now.Load()
	err = together(ctx, func(ctx context.Context) error {
		if l.does("web") {
			e.warm(ctx, l.desk.is())
		}
		if ctx.Err() == nil {
			e.readiness.set("")
		}
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(lookForFiles):
			}
			if next = l.changed(); next != nil {
				return nil
			}
		}
	}, func(ctx context.Context) error { return e.loops(ctx, e.crawl, l.process) })
	if next != nil && (err != nil || ctx.Err() != nil) {
		next.close()
		next = nil
	}
	return next, err
}

const (
	lookForFiles = 2 * time.Second  // how often the files are looked at
	tryAgain     = 30 * time.Second // after sound ones could not be taken up
)

// changed gives the engine that another state of the files makes; nil: there is none, or it is refused, which is told once.
func (l *life) changed() *worker {
	now := l.now.Load()
	if !l.watch.other(l.app.watched(l.serveCmd), l.business(), now.machine()) {
		return nil
	}
	refuse := func(err error) *worker {
		l.app.log.Error("the files that were written anew are not used", "error", err)
		now.unused.say(err.Error())
		now.work.Refused(true)
		return nil
	}
	files, err := l.app.readPlans()
	if err != nil {
		return refuse(err)
	}
	b, err := l.app.basis(files, l.Plan, l.business())
	if err != nil {
		var none usageError
		if l.Plan == "" && errors.As(err, &none) && !l.watch.rewritten {
			return nil // the year is over and the next one's plan is not there yet
		}
		return refuse(err)
	}
	if !l.watch.rewritten && b.plan.ID == now.written.ID {
		return nil // only another day
	}
	if _, err := l.network.client(); err != nil {
		return refuse(err)
	}
	next, err := l.furnished(b)
	if err == nil {
		if err = l.welcomed(next.engine); err != nil {
			next.close()
		}
	}
	if err != nil { // of the database, as a rule: the files are sound
		l.watch.again(now.machine().Add(tryAgain))
		l.app.log.Error("the files that were written anew cannot be taken up yet", "error", err)
		return nil
	}
	now.work.Refused(false)
	return next
}

// watched are the files that a server runs by: the plans and what else the command line names.
func (a *app) watched(c *serveCmd) string {
	sum := sha256.New()
	note := func(name string, info fs.FileInfo) {
		fmt.Fprintf(sum, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
	}
	if a.cli.Plans != "" {
		_ = planFilesIn(os.DirFS(a.cli.Plans), func(name string, d fs.DirEntry) error {
			if info, err := d.Info(); err == nil {
				note(name, info)
			}
			return nil
		})
	}
	for _, name := range []string{a.cli.Lexicon, a.cli.Facets, a.cli.Model, c.ResolveFile} {
		if info, err := os.Stat(name); name != "" && err == nil {
			note(name, info)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// fileWatch tells when files have become others and stay as they are: whoever copies many is waited for.
type fileWatch struct {
	used, seen string    // what the files were when they were read, and at the last look
	day        int       // of the year, when it was last time
	rewritten  bool      // the files are others, not only the day
	rest       time.Time // machine clock: not before then
}

// begin says what the files are that are in use.
func (w *fileWatch) begin(is string, now time.Time) { w.used, w.seen, w.day = is, is, dayOf(now) }

// again makes it time once more, not before then.
func (w *fileWatch) again(rest time.Time) { w.used, w.rest = "", rest }

func dayOf(now time.Time) int { return now.In(calendar.Zone).YearDay() }

// other reports whether it is time to read the files: once for each state of theirs, and once a day.
func (w *fileWatch) other(is string, now, machine time.Time) bool {
	day, still := dayOf(now), is == w.seen && !machine.Before(w.rest)
	w.seen = is
	switch {
	case still && is != w.used:
		w.used, w.day, w.rewritten = is, day, true
		return true
	case still && day != w.day:
		w.day, w.rewritten = day, false
		return true
	}
	return false
}

// readPlans reads the folder that --plans names, all at one time, so that what is written into it later does not come
// in by halves; or gives the embedded plans.
func (a *app) readPlans() (fs.FS, error) {
	if a.cli.Plans == "" {
		return plans.Files(), nil
	}
	dir, out, size := os.DirFS(a.cli.Plans), fstest.MapFS{}, 0
	err := planFilesIn(dir, func(name string, d fs.DirEntry) error {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return err
		}
		if size += len(text); size > mostPlans {
			return usagef("--plans «%s»: hơn %d MB, không phải thư mục kế hoạch", a.cli.Plans, mostPlans>>20)
		}
		out[name] = &fstest.MapFile{Data: text, Mode: 0o444}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("đọc thư mục kế hoạch: %w", err)
	}
	return out, nil
}

// mostPlans is how much a folder of plans may hold, in bytes: a country's have a tenth of it.
const mostPlans = 64 << 20

// planFilesIn names the files of a folder that may be a plan's: TỈNH/NĂM.yaml and those beside it, holidays/NĂM.yaml.
func planFilesIn(dir fs.FS, each func(name string, d fs.DirEntry) error) error {
	return fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || strings.Count(name, "/") > 1):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".yaml":
			return nil
		}
		return each(name, d)
	})
}

// gate hands requests to whoever serves now, and tells when those of the one before are answered.
type gate struct {
	mu   sync.Mutex
	room *room
}

// room is one handler and who is inside.
type room struct {
	http.Handler
	inside sync.WaitGroup
}

// set lets another handler serve. What it gives is closed when nobody is inside the one before any more.
func (g *gate) set(h http.Handler) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	before, empty := g.room, make(chan struct{})
	g.room = &room{Handler: h}
	if before == nil {
		close(empty)
		return empty
	}
	go func() {
		before.inside.Wait()
		close(empty)
	}()
	return empty
}

func (g *gate) is() http.Handler {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.room.Handler
}

// ServeHTTP answers by the handler that serves when the request comes.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	in := g.room
	in.inside.Add(1)
	g.mu.Unlock()
	defer in.inside.Done()
	in.ServeHTTP(w, r)
}

// emptied waits for all of them, at most so long.
func emptied(all []<-chan struct{}, most time.Duration) bool {
	late := time.After(most)
	for _, one := range all {
		select {
		case <-one:
		case <-late:
			return false
		}
	}
	return true
}
