package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"loa/crawler"
	"loa/crawler/classify"
	"loa/crawler/copies"
	"loa/crawler/fetch"
	"loa/metrics"
	"loa/monitor"
	"loa/plans"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/store/keep"
	"loa/web"
	"loa/web/api"
)

// network are the settings of everything that goes out.
type network struct {
	Resolve       map[string]string `help:"Phân giải tên máy bằng tay: tên=địa_chỉ:cổng." placeholder:"HOST=ADDR"`
	ResolveFile   string            `type:"existingfile" help:"Như --resolve, đọc từ tệp: mỗi dòng «tên địa_chỉ:cổng»." placeholder:"FILE"`
	AllowLoopback bool              `help:"Cho phép thu thập từ chính máy này (mặc định: chặn mọi địa chỉ nội bộ)."`
	Spacing       time.Duration     `default:"3s" help:"Khoảng cách tối thiểu giữa hai lần truy cập một máy chủ."`
	Workers       int               `default:"8" help:"Số máy chủ được thu thập cùng lúc."`
	Lease         time.Duration     `default:"30s" help:"Một máy chủ được giữ bao lâu; nút đã chết trả lại sau ngần ấy."`
	Proxy         string            `env:"LOA_PROXY" help:"Lấy trang qua máy chủ proxy của cơ quan: http://máy:cổng hoặc http://người_dùng:mật_khẩu@máy:cổng (không đặt thì đi thẳng, biến HTTP_PROXY không được dùng)." placeholder:"URL"`
	Contact       string            `env:"LOA_CONTACT" help:"Thư điện tử hoặc trang liên hệ của đơn vị, nêu khi truy cập các trang." placeholder:"ADDR"`
	Limit         map[string]string `help:"Giới hạn an toàn khác mặc định, ví dụ total=20s; tên và mặc định ở docs/LIMITS.md." placeholder:"TÊN=TRỊ"`
	UserAgent     string            `help:"Tên xưng đầy đủ khi truy cập, thay cho tên có --contact." placeholder:"TEXT"`
}

// client makes the one way out.
func (n network) client() (*fetch.Client, error) {
	resolve := maps.Clone(n.Resolve)
	if n.ResolveFile != "" {
		text, err := os.ReadFile(n.ResolveFile)
		if err != nil {
			return nil, fmt.Errorf("đọc tệp phân giải tên: %w", err)
		}
		if resolve == nil {
			resolve = map[string]string{}
		}
		for i, line := range strings.Split(string(text), "\n") {
			f := strings.Fields(line)
			if len(f) == 0 {
				continue
			}
			if len(f) != 2 {
				return nil, usagef("%s:%d: cần «tên địa_chỉ:cổng»", n.ResolveFile, i+1)
			}
			resolve[f[0]] = f[1]
		}
	}
	proxy, err := n.way()
	if err != nil {
		return nil, err
	}
	opt := fetch.Options{UserAgent: n.agent(), AllowLoopback: n.AllowLoopback, Resolve: resolve, Proxy: proxy}
	if err := setLimits(&opt, n.Limit); err != nil {
		return nil, err
	}
	client, err := fetch.New(opt)
	if err != nil {
		return nil, fmt.Errorf("set up fetching: %w", err)
	}
	return client, nil
}

// agent is how loa names itself to webmasters: with whom to reach.
func (n network) agent() string {
	if n.UserAgent == "" && n.Contact != "" {
		return fmt.Sprintf("loa/%s (+%s)", version, n.Contact)
	}
	return n.UserAgent
}

// engine is one plan with its store, clocks and readers.
type engine struct {
	app      *app
	files    fs.FS
	written  *schedule.Plan // as its file says
	text     string         // of written, where it is no longer the file's; "" otherwise
	asOf     time.Time      // whose day's entries are in force; zero: the business clock's
	plan     *schedule.Plan // with what it said before, and what was changed since
	cal      *calendar.Calendar
	store    *store.Store
	work     *metrics.Work // what this process does, for /metrics
	desks    *desks        // whom a running server tells; nil: nobody
	login    web.Login     // how people come in to the desk
	uploads  web.UploadLimits
	memory   web.Memory // of the desk, whatever version of the plan it is made for
	pace     api.Pace   // of the interface for programs, likewise
	address  string     // of the desk as people reach it, for links; "" if not said
	judge    *classify.Classifier
	business func() time.Time
	machine  func() time.Time
	node     string // owner of leases, unique among running processes

	retention store.Retention // of kept bytes; zero: all for ever
	keptOnce  sync.Once
	kept      *keep.Objects
	keptErr   error

	readiness readiness // of a running server
	unused    unused    // why files that were written anew are not used

	hookLocal bool // programs on this machine and in the office's network may be told of changes

	news    chan struct{} // holds one when a look brought something nobody has read yet
	reading sync.Mutex    // held by whoever judges and compares
	drifted time.Time     // machine clock, when sources were last compared with their own history; under reading

	current atomic.Pointer[schedule.Plan] // the plan in force at the last evaluation of a running server
	over    atomic.Pointer[laidOver]      // what was laid over the files last
	taking  sync.Mutex                    // held by whoever takes up a changed plan
	reader  atomic.Pointer[reader]        // of a running server: takes up changed sources; nil: none runs
	out     *fetch.Client                 // the way out of a running server, for a person's tries; nil: none
	net     network
	walks   walking // archives that are read back in the background
	fresh   refreshing
}

// planFiles is the folder that --plans names, or the embedded plans.
func (a *app) planFiles() fs.FS {
	if a.cli.Plans != "" {
		return os.DirFS(a.cli.Plans)
	}
	return plans.Files()
}

// loadPlan reads one plan and refuses it with all its mistakes.
func loadPlan(files fs.FS, id string) (*schedule.Plan, error) {
	p, _, problems := plans.Load(files, id)
	if err := refuse(problems); err != nil {
		return nil, fmt.Errorf("kế hoạch %s: %w", id, err)
	}
	return p, nil
}

// refuse joins problems that are not mere warnings into one error.
func refuse(problems []plans.Problem) error {
	var b strings.Builder
	for _, p := range problems {
		if !p.Warning {
			b.WriteString("\n  " + p.String())
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return fmt.Errorf("có lỗi:%s", b.String())
}

// dayFiles is where the tables of days off are read: the plans folder if it has
// any, else the embedded ones.
func dayFiles(files fs.FS) fs.FS {
	if _, err := fs.Stat(files, "holidays"); err != nil {
		return plans.Files()
	}
	return files
}

// holidays reads the tables of days off.
func holidays(files fs.FS) (*calendar.Calendar, error) {
	cal, problems := plans.Holidays(dayFiles(files))
	return cal, refuse(problems)
}

// planAt picks the plan to run: the one named, or the one whose span holds at.
// The invented plan that is embedded as an example has to be named.
func planAt(files fs.FS, id string, at time.Time) (*schedule.Plan, error) {
	if id != "" {
		return loadPlan(files, id)
	}
	ids, err := plans.IDs(files)
	if err != nil {
		return nil, fmt.Errorf("đọc thư mục kế hoạch: %w", err)
	}
	for _, id := range ids {
		p, err := loadPlan(files, id)
		if err != nil {
			return nil, err
		}
		if p.Sample && files == plans.Files() {
			continue
		}
		if !at.Before(p.From) && at.Before(p.To) {
			return p, nil
		}
	}
	return nil, usagef("không có kế hoạch nào có hiệu lực ngày %s (có: %s); dùng --plan hoặc --at",
		at.In(calendar.Zone).Format("02/01/2006"), strings.Join(ids, ", "))
}

// db is the address of the database: --db, or loa.db in the data folder.
func (a *app) db() string { return cmp.Or(a.cli.DB, filepath.Join(a.cli.Data, "loa.db")) }

// openStore opens --db, or loa.db in the data folder.
func (a *app) openStore(ctx context.Context) (*store.Store, error) {
	if err := os.MkdirAll(a.cli.Data, 0o750); err != nil {
		return nil, fmt.Errorf("tạo thư mục dữ liệu: %w", err)
	}
	s, err := store.Open(ctx, a.db(), store.Options{Program: version})
	if err != nil {
		return nil, fmt.Errorf("mở cơ sở dữ liệu: %w", err)
	}
	return s, nil
}

// basis is what the files say that an engine works by: read whole and free of mistakes.
type basis struct {
	files fs.FS
	plan  *schedule.Plan
	text  string // of plan
	cal   *calendar.Calendar
	judge *classify.Classifier
}

// basis reads the plan that holds at a moment, or the one named, and what goes with it.
func (a *app) basis(files fs.FS, planID string, at time.Time) (b basis, err error) {
	b.files = files
	if b.plan, err = planAt(files, planID, at); err != nil {
		return b, err
	}
	if b.cal, err = holidays(files); err != nil {
		return b, fmt.Errorf("bảng ngày nghỉ: %w", err)
	}
	if b.judge, err = a.classifier(); err != nil {
		return b, err
	}
	if b.text, err = plans.Text(files, b.plan.ID); err != nil {
		return b, fmt.Errorf("đọc kế hoạch: %w", err)
	}
	return b, nil
}

// open makes an engine for the plan that holds at the business time.
func (a *app) open(files fs.FS, planID string, business func() time.Time) (*engine, error) {
	b, err := a.basis(files, planID, business())
	if err != nil {
		return nil, err
	}
	return a.openOn(b, business)
}

// openOn makes an engine by what was read.
func (a *app) openOn(b basis, business func() time.Time) (*engine, error) {
	st, err := a.openStore(a.ctx)
	if err != nil {
		return nil, err
	}
	if err := st.PutPlan(a.ctx, b.plan.ID, b.plan.Version, b.text, business()); err != nil {
		st.Close()
		return nil, fmt.Errorf("lưu văn bản kế hoạch: %w", err)
	}
	e := &engine{app: a, files: b.files, written: b.plan, plan: b.plan, cal: calendar.Living(b.cal), store: st, judge: b.judge, business: business, machine: time.Now, work: metrics.NewWork(), node: nodeName(), news: make(chan struct{}, 1)}
	if err := e.replan(a.ctx, time.Time{}); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// nodeName tells this process from every other, also where containers share
// a host name and number their processes alike.
func nodeName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), strings.ToLower(rand.Text()[:6]))
}

// keeper opens the store of kept bodies, once: --kept, or kept in the data folder.
func (e *engine) keeper() (*keep.Objects, error) {
	e.keptOnce.Do(func() { e.kept, e.keptErr = e.app.openKept(e.app.ctx, e.app.cli.Kept) })
	return e.kept, e.keptErr
}

// openKept opens a store of kept bodies by its address; "" is the data folder's.
func (a *app) openKept(ctx context.Context, address string) (*keep.Objects, error) {
	if address == "" {
		address = filepath.Join(a.cli.Data, "kept")
	}
	kept, err := keep.Open(ctx, address, os.Getenv)
	if err != nil {
		return nil, fmt.Errorf("mở kho bản lưu: %w", err)
	}
	return kept, nil
}

// close gives the store back when nothing is refreshed any more.
func (e *engine) close() {
	e.endRefreshing()
	if err := e.store.Close(); err != nil {
		e.app.log.Warn("close the store", "error", err)
	}
}

// crawler makes the crawler of this plan's sources. Sources whose address is
// not certain are skipped with a notice; only names those to visit (nil: all).
func (e *engine) crawler(n network, only []string, progress func(crawler.Event)) (*crawler.Crawler, error) {
	client, err := n.client()
	if err != nil {
		return nil, err
	}
	if n.agent() == "" && !n.AllowLoopback {
		fmt.Fprintln(e.app.Err, "loa: chưa đặt địa chỉ liên hệ (--contact hoặc LOA_CONTACT): quản trị các trang không biết hỏi ai")
	}
	kept, err := e.keeper()
	if err != nil {
		return nil, err
	}
	plan := e.inUse()
	for _, s := range plan.Sources {
		if s.Verify { // the crawler leaves it out
			e.app.log.Warn("source skipped: its address is not certain", "source", s.ID, "url", s.URL)
		}
	}
	spacing := n.Spacing
	if spacing == 0 { // asked for: load tests on loopback
		spacing = -1
	}
	cr, err := crawler.New(crawler.Options{
		Hosts: e.store, Records: e.store, Known: e.store, Walks: e.store, Quarantine: e.store, Keeper: kept, Fetch: client, Judge: e.judge, Words: copies.Comparer{}.Teaser,
		Sources: plan.Sources, Only: only, Province: plan.Province, Business: e.business, Machine: e.machine,
		Columns: plan.Columns, Spacing: spacing, Workers: n.Workers, Lease: n.Lease, Node: e.node, Log: e.app.log, Progress: progress,
	})
	if err == nil && only == nil {
		e.reader.Store(&reader{Crawler: cr, version: plan.Version})
		e.out, e.net = client, n
	}
	return cr, err
}

// judgeAndCompare reads what nobody has read yet: is it about reform, and does
// another piece say the same.
func (e *engine) judgeAndCompare(ctx context.Context) error {
	e.reading.Lock()
	defer e.reading.Unlock()
	n, err := monitor.JudgeAll(ctx, e.judge, e.store, e.business())
	if err != nil {
		return err
	}
	if since := e.machine().Sub(e.drifted); n > 0 && since >= driftEvery || since >= staleDrift {
		if err := e.store.PutDrift(ctx, e.business()); err != nil {
			return err
		}
		e.drifted = e.machine()
	}
	_, err = monitor.CompareAll(ctx, copies.Comparer{}, e.store, e.business())
	return err
}

// judgeAndEvaluate brings verdicts and standings up to date.
func (e *engine) judgeAndEvaluate(ctx context.Context) (schedule.Evaluation, error) {
	if err := e.judgeAndCompare(ctx); err != nil {
		return schedule.Evaluation{}, err
	}
	return monitor.Evaluate(ctx, e.store, e.plan, e.cal, e.moment(), e.machine())
}

// moment is now, as everything is known now.
func (e *engine) moment() monitor.Moment {
	return monitor.Moment{Now: e.business(), Classifier: e.judge.Version()}
}
