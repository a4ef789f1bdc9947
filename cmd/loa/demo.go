package main

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"loa/media"
	"loa/plans"
	"loa/sample"
	"loa/schedule/calendar"
	"loa/viet"
)

type demoCmd struct {
	Once      bool   `help:"Chạy hết rồi in tiến độ và thoát, không mở trang web."`
	Listen    string `default:"127.0.0.1:8080" help:"Địa chỉ phục vụ trang web; cổng bận thì chọn cổng khác."`
	NoBrowser bool   `help:"Không mở trình duyệt."`
	Keep      bool   `help:"Giữ dữ liệu của lần chạy này trong --data thay vì thư mục tạm."`
}

// The sample's business clock: it steps through the first quarter of 2023 with
// visits at every step, so that coverage is earned, and then runs on.
var (
	demoStart = time.Date(2023, 1, 2, 7, 0, 0, 0, calendar.Zone)
	demoEnd   = time.Date(2023, 3, 30, 16, 0, 0, 0, calendar.Zone)
)

const (
	sampleProvince = "mau"

	demoStep    = 12 * time.Hour
	demoSpacing = 20 * time.Millisecond
)

// stepClock is the business clock of the demo: set while it steps, then running.
type stepClock struct {
	at      atomic.Int64 // unix microseconds
	started atomic.Int64 // machine clock when it began to run, 0 while it steps
}

func (c *stepClock) Now() time.Time {
	t := time.UnixMicro(c.at.Load()).In(calendar.Zone)
	if s := c.started.Load(); s != 0 {
		t = t.Add(time.Since(time.UnixMicro(s)))
	}
	return t
}

func (c *stepClock) set(t time.Time) { c.at.Store(t.UnixMicro()) }
func (c *stepClock) runOn()          { c.started.Store(time.Now().UnixMicro()) }

// Run is `loa serve` with a sample province, a business clock in 2023, loopback
// allowed, names under .example resolved to it, and a spacing of 20 ms.
func (c *demoCmd) Run(a *app) error {
	a.cli.Kept = "" // invented pages never go where true ones are kept
	if !c.Keep {
		dir, err := os.MkdirTemp("", "loa-demo-")
		if err != nil {
			return fmt.Errorf("tạo thư mục tạm: %w", err)
		}
		defer os.RemoveAll(dir)
		a.cli.Data, a.cli.DB = dir, ""
	} else if err := a.onlySample(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(a.ctx))
	defer cancel() // the sites close after all that reads them
	clock := &stepClock{}
	clock.set(demoStart)
	site, err := sample.Serve(ctx, clock.Now)
	if err != nil {
		return fmt.Errorf("mở tỉnh mẫu trên máy này: %w", err)
	}
	defer site.Close()
	files, err := withHolidays(sample.Plans())
	if err != nil {
		return err
	}
	e, err := a.open(files, "", clock.Now)
	if err != nil {
		return err
	}
	defer e.close()
	n := network{Resolve: site.Resolve, AllowLoopback: true, Spacing: demoSpacing, Workers: 16}
	fmt.Fprintln(a.Err, sampleNotice)
	if c.Once {
		if err := e.replay(a.ctx, clock, n); err != nil {
			return err
		}
		return e.summary()
	}
	ln, err := listenNear(c.Listen)
	if err != nil {
		return err
	}
	address := fmt.Sprintf("http://%s/", ln.Addr())
	e.address = address
	if err := e.sampleAccounts(a.ctx); err != nil {
		return err
	}
	if e.login, err = e.sampleLogin(a.ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.Err, "Bảng theo dõi: %s (đang thu thập từ %s đến %s; Ctrl+C để dừng)\n", address, demoStart.Format("02/01/2006"), demoEnd.Format("02/01/2006"))
	if !c.NoBrowser {
		openBrowser(address)
	}
	return asked(a.ctx, together(a.ctx,
		func(ctx context.Context) error {
			e.readiness.set("")
			desk, _ := e.handlers("", false)
			return e.serveWeb(ctx, ln, desk, 0)
		},
		func(ctx context.Context) error { return e.live(ctx, clock, n) }))
}

// live replays the quarter, prints how it stands, and then goes on like serve
// on the running clock until ctx ends.
func (e *engine) live(ctx context.Context, clock *stepClock, n network) error {
	if err := e.replay(ctx, clock, n); err != nil {
		return err
	}
	if err := e.summary(); err != nil {
		return err
	}
	clock.runOn()
	cr, err := e.crawler(n, nil, e.noted)
	if err != nil {
		return err
	}
	return e.loops(ctx, cr, process{Role: roles[:]})
}

// onlySample refuses a database that serves a real plan: the demo would add
// invented items to it and retire its sources.
func (a *app) onlySample() error {
	st, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer st.Close() // a read
	ids, err := st.Plans(a.ctx)
	if err != nil {
		return fmt.Errorf("đọc các kế hoạch đã dùng: %w", err)
	}
	for _, id := range ids {
		if !strings.HasPrefix(id, sampleProvince+"/") {
			return usagef("cơ sở dữ liệu này đang giữ dữ liệu thật của kế hoạch %s; chọn --data hoặc --db khác cho dữ liệu mẫu", id)
		}
	}
	return nil
}

// withHolidays lays the embedded tables of days off beside the sample's plan.
func withHolidays(sample fs.FS) (fs.FS, error) {
	holidays, err := fs.Sub(plans.Files(), "holidays")
	if err != nil {
		return nil, fmt.Errorf("bảng ngày nghỉ: %w", err)
	}
	return overlay{sample, holidays}, nil
}

// overlay serves "holidays/…" from one file system and all else from another.
type overlay struct{ base, holidays fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	if name == "holidays" {
		return o.holidays.Open(".")
	}
	if len(name) > 9 && name[:9] == "holidays/" {
		return o.holidays.Open(name[9:])
	}
	return o.base.Open(name)
}

// summary prints every standing and the counts.
func (e *engine) summary() error {
	ev, ok, err := e.store.Evaluation(e.app.ctx, e.plan.ID)
	if err != nil || !ok {
		return fmt.Errorf("đọc tiến độ đã lưu (có: %t): %w", ok, err)
	}
	fmt.Fprintln(e.app.Out, sampleNotice)
	if err := standingTable(e.app, e.plan, ev.Standings); err != nil {
		return err
	}
	counts, err := e.store.VerdictCounts(e.app.ctx)
	if err != nil {
		return fmt.Errorf("đếm tin, bài: %w", err)
	}
	if err := e.blindSources(); err != nil {
		return err
	}
	fmt.Fprintf(e.app.Out, "Tin, bài: %d về cải cách hành chính, %d không, %d chờ duyệt.\n", counts["reform"], counts["other"], counts["review"])
	fmt.Fprintln(e.app.Out, stateLines(ev.Standings))
	return e.closedLines(ev.Proposals)
}

// blindSources prints the feeds and lists that cannot be read now, with the
// reason, and those that are seen but publish less than they do; whether a page is there is told by its duty.
func (e *engine) blindSources() error {
	health, err := e.store.Health(e.app.ctx)
	if err != nil {
		return fmt.Errorf("đọc tình trạng nguồn: %w", err)
	}
	for _, s := range e.plan.Sources {
		h := health[s.ID]
		how := s.Condition(h, e.business(), e.holiday)
		switch {
		case how.State == media.SourceBlind && s.Kind != media.KindPage:
			fmt.Fprintf(e.app.Out, "Nguồn chưa thu thập được: %s — %s (%s), từ %s\n", s.Name, viet.OutcomeOf(h.Outcome, h.Detail), h.Outcome, viet.Moment(h.BlindSince))
		case how.State == media.SourceQuiet:
			fmt.Fprintf(e.app.Out, "Nguồn ít tin bất thường: %s — %s\n", s.Name, quietWords(how))
		}
		if how.Doubt != "" {
			fmt.Fprintf(e.app.Out, "Nguồn cần xem lại: %s — %s\n", s.Name, viet.SourceWord(how.Doubt))
		}
	}
	return nil
}

// listenNear takes the address, or a free port when it is in use.
func listenNear(addr string) (net.Listener, error) {
	ln, err := listen(addr, false)
	if err == nil {
		return ln, nil
	}
	if _, wrong := err.(usageError); wrong {
		return nil, err
	}
	return listen("127.0.0.1:0", false)
}

// openBrowser tries the desktop's opener; without one nothing happens.
func openBrowser(address string) {
	name, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	if path, err := exec.LookPath(name); err == nil {
		cmd := exec.Command(path, args...)
		if cmd.Start() == nil {
			go cmd.Wait()
		}
	}
}
