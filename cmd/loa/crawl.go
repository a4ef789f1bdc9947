package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/viet"
)

type crawlCmd struct {
	network
	Plan    string   `help:"Kế hoạch, ví dụ yen-bai/2023 (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment   `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Sources []string `name:"source" help:"Chỉ thu thập các nguồn này (mã nguồn)."`

	Since    moment `help:"Lật ngược kho lưu trữ của nguồn (các trang sau của danh sách, sơ đồ trang) về đến ngày này. Bị ngắt thì chạy lại đúng lệnh ấy để đọc tiếp." placeholder:"NGÀY"`
	Until    moment `help:"Cùng --since: chỉ lấy tin, bài đến hết ngày này." placeholder:"NGÀY"`
	MaxPages int    `default:"2000" help:"Cùng --since: số trang danh sách nhiều nhất của một nguồn trong một lần chạy."`
	Again    bool   `help:"Cùng --since: đọc lại từ đầu những nguồn lần trước đã đọc xong."`
}

// Run visits every source once (with --since: walks its archive), judges and evaluates, and prints a summary.
func (c *crawlCmd) Run(a *app) error {
	if c.Since.IsZero() && (!c.Until.IsZero() || c.Again) {
		return usagef("--until và --again chỉ dùng cùng --since")
	}
	thrifty()
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	if !c.Since.IsZero() {
		return c.since(a, e)
	}
	only, err := e.only(c.Sources)
	if err != nil {
		return err
	}
	bar := newProgress(a.Err)
	cr, err := e.crawler(c.network, only, bar.event)
	if err != nil {
		return err
	}
	if err := e.reread(a.ctx); err != nil {
		return err
	}
	sum, err := cr.Round(a.ctx)
	bar.done()
	if err != nil {
		return fmt.Errorf("thu thập: %w", err)
	}
	ev, err := e.judgeAndEvaluate(a.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.Out, summaryLine(sum))
	if n := len(sum.Left); n > 0 {
		fmt.Fprintf(a.Out, "%d nguồn chưa được đọc lượt này: máy chủ yêu cầu chờ (Retry-After), hoặc tiến trình khác đang đọc: %s\n", n, strings.Join(sum.Left, ", "))
	}
	if err := e.blindSources(); err != nil {
		return err
	}
	fmt.Fprintln(a.Out, stateLines(ev.Standings))
	return nil
}

// only gives the full ids of the sources named; nil for none. The plan keeps
// all of them: what the others have covered still counts.
func (e *engine) only(ids []string) ([]string, error) {
	var out []string
	for _, id := range ids {
		if !strings.Contains(id, "/") {
			id = e.plan.Province + "/" + id
		}
		i := slices.IndexFunc(e.plan.Sources, func(s media.Source) bool { return s.ID == id })
		if i < 0 {
			return nil, usagef("kế hoạch %s không có nguồn «%s»", e.plan.ID, id)
		}
		if e.plan.Sources[i].Verify {
			return nil, usagef("nguồn «%s» còn ghi verify: true, chưa được thu thập; xem bằng loa try %s", id, e.plan.Sources[i].URL)
		}
		out = append(out, id)
	}
	return out, nil
}

// fixed is a business clock: at when given, else the machine's time.
func fixed(at moment) func() time.Time {
	if at.IsZero() {
		return time.Now
	}
	return func() time.Time { return at.Time }
}

// running is a business clock that stands at `at` now and runs on from there.
func running(at moment) func() time.Time {
	if at.IsZero() {
		return time.Now
	}
	start := time.Now()
	return func() time.Time { return at.Add(time.Since(start)) }
}

func summaryLine(s crawler.Summary) string {
	outcomes := make([]string, 0, len(s.Visits))
	total := 0
	for o, n := range s.Visits {
		outcomes = append(outcomes, fmt.Sprintf("%s %d", viet.Outcome(o), n))
		total += n
	}
	sort.Strings(outcomes)
	return fmt.Sprintf("%d lượt đọc nguồn (%s), %d trang bài, %d tin, bài mới, %.1f MB, %s",
		total, strings.Join(outcomes, ", "), s.Pages, s.Items, float64(s.Bytes)/1e6, s.Took.Round(time.Millisecond))
}

// progress shows one line on a terminal that is rewritten, and nothing elsewhere.
type progress struct {
	mu      sync.Mutex
	w       io.Writer
	live    bool
	start   time.Time
	prefix  string
	visits  int
	pages   int
	items   int
	last    string
	printed time.Time
}

// newProgress shows nothing unless w is a terminal.
func newProgress(w io.Writer) *progress {
	p := &progress{w: w, start: time.Now()}
	if f, ok := w.(*os.File); ok {
		if st, err := f.Stat(); err == nil {
			p.live = st.Mode()&os.ModeCharDevice != 0
		}
	}
	return p
}

// event counts one visit and redraws at most ten times a second, from the
// second second on.
func (p *progress) event(e crawler.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Kind == "page" {
		p.pages++
	} else {
		p.visits++
	}
	p.items += e.New
	p.last = e.Source
	now := time.Now()
	if p.live && now.Sub(p.start) > time.Second && now.Sub(p.printed) > 100*time.Millisecond {
		p.printed = now
		fmt.Fprintf(p.w, "\r\x1b[K%s%d lượt đọc, %d trang bài, %d tin, bài mới · %s", p.prefix, p.visits, p.pages, p.items, p.last)
	}
}

// say sets what stands before the counts.
func (p *progress) say(prefix string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prefix = prefix
}

// done clears the line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live && !p.printed.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
