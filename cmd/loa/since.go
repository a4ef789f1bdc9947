package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// since walks the archives of the sources back to --since, judges and evaluates,
// and says of each source how far it came.
func (c *crawlCmd) since(a *app, e *engine) error {
	opt := crawler.WalkOptions{Since: c.Since.Time, MaxPages: c.MaxPages, Again: c.Again}
	if !c.Until.IsZero() {
		local := c.Until.In(calendar.Zone)
		opt.Until = time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, calendar.Zone) // that day is wanted too
	}
	now := e.business()
	switch {
	case !opt.Since.Before(now):
		return usagef("--since %s không ở trước lúc này", viet.Day(opt.Since))
	case !opt.Until.IsZero() && !opt.Since.Before(opt.Until):
		return usagef("--until %s ở trước --since %s", viet.Day(c.Until.Time), viet.Day(opt.Since))
	}
	only, err := e.only(c.Sources)
	if err != nil {
		return err
	}
	if only == nil {
		only = e.lists()
	}
	bar := newWalkBar(a.Err)
	cr, err := e.crawler(c.network, only, bar.event)
	if err != nil {
		return err
	}
	results, sum, err := cr.Walk(a.ctx, opt)
	bar.done()
	for _, r := range results {
		fmt.Fprintln(a.Out, e.walkLine(r))
	}
	if a.ctx.Err() != nil {
		fmt.Fprintln(a.Err, "loa: đã dừng; chạy lại đúng lệnh này để đọc tiếp từ chỗ dừng")
	}
	if err != nil {
		return fmt.Errorf("đọc kho lưu trữ: %w", err)
	}
	ev, err := e.judgeAndEvaluate(a.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "%d tin, bài mới, %d trang bài đã đọc, %d không đọc được lần này, %.1f MB, %s\n", sum.Items, sum.Pages, sum.PageFail, float64(sum.Bytes)/1e6, sum.Took.Round(time.Millisecond))
	fmt.Fprintln(a.Out, stateLines(ev.Standings))
	if n := countOpen(results); n > 0 {
		return fmt.Errorf("%d nguồn chưa đọc xong", n)
	}
	return nil
}

// lists are the sources that have an archive and whose address is certain.
func (e *engine) lists() []string {
	ids := []string{}
	for _, s := range e.plan.Sources {
		if !s.Verify && s.Kind.Walked() {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

func countOpen(results []crawler.WalkResult) (n int) {
	for _, r := range results {
		if r.State == crawler.WalkOpen {
			n++
		}
	}
	return n
}

// walkLine tells of one source how far its archive was read, and why no further.
func (e *engine) walkLine(r crawler.WalkResult) string {
	name, things := r.Source, "tin, bài mới"
	if i := slices.IndexFunc(e.plan.Sources, func(s media.Source) bool { return s.ID == r.Source }); i >= 0 {
		name = e.plan.Sources[i].Name
		switch e.plan.Sources[i].Kind {
		case media.KindQuestions:
			things = "câu hỏi mới"
		case media.KindDocuments:
			things = "văn bản mới"
		}
	}
	oldest := ""
	if !r.Oldest.IsZero() {
		oldest = viet.Day(r.Oldest)
	}
	if r.State == crawler.WalkOutside {
		return fmt.Sprintf("%s: %s.", name, viet.WalkEnd(r.State, "", "", 0, 0))
	}
	proven := ""
	if r.Proven.After(r.Since) && r.State != crawler.WalkOpen {
		proven = viet.Day(r.Proven)
	}
	line := fmt.Sprintf("%s: %s", name, viet.WalkEnd(r.State, oldest, proven, r.Gaps, r.Lost))
	if r.Outcome != "" {
		line += fmt.Sprintf(" (%s)", viet.OutcomeOf(r.Outcome, r.Detail))
	}
	if r.Earlier {
		return line + fmt.Sprintf(" (từ lần chạy trước, %s; thêm --again để đọc lại từ đầu)", viet.Day(r.At))
	}
	if r.OldPages != "" {
		line += "; trang của nhiều bài cũ trình bày khác quy tắc đọc, bài nào đọc không chắc thì lấy lời của danh sách và chờ người xem"
	}
	return line + fmt.Sprintf(". %d trang, %d %s.", r.Pages, r.Items, things)
}

// walkBar shows on a terminal how far the walks have come and how long they may
// yet take, and nothing elsewhere.
type walkBar struct {
	mu      sync.Mutex
	w       io.Writer
	live    bool
	now     func() time.Time
	start   time.Time
	printed time.Time
	walks   map[string]crawler.Walk
	first   map[string]float64 // share of the way at the first page of this run
	pages   int                // of lists and sitemaps
	read    int                // articles
	last    string
}

func newWalkBar(w io.Writer) *walkBar {
	b := &walkBar{w: w, now: time.Now, start: time.Now(), walks: map[string]crawler.Walk{}, first: map[string]float64{}}
	if f, ok := w.(*os.File); ok {
		if st, err := f.Stat(); err == nil {
			b.live = st.Mode()&os.ModeCharDevice != 0
		}
	}
	return b
}

// event counts one page and redraws at most five times a second.
func (b *walkBar) event(e crawler.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.Kind == "page" {
		b.read++
	} else {
		b.pages++
		b.last = e.Source
		b.walks[e.Source] = e.Walk
		if _, known := b.first[e.Source]; !known {
			b.first[e.Source] = e.Walk.Share
		}
	}
	if now := b.now(); b.live && now.Sub(b.start) > time.Second && now.Sub(b.printed) > 200*time.Millisecond {
		b.printed = now
		fmt.Fprintf(b.w, "\r\x1b[K%s", b.line(now))
	}
}

// line is the bar: how much of the way is done, the day the slowest source has
// come back to, and an estimate by how fast the dates went by in this run.
func (b *walkBar) line(now time.Time) string {
	share, from := 0.0, 0.0
	var oldest time.Time
	for id, w := range b.walks {
		share += w.Share / float64(len(b.walks))
		from += b.first[id] / float64(len(b.walks))
		if w.State == crawler.WalkOpen && w.Oldest.After(oldest) {
			oldest = w.Oldest
		}
	}
	const width = 20
	full := int(math.Round(share * width))
	s := fmt.Sprintf("[%s%s] %d%% · %d trang", strings.Repeat("█", full), strings.Repeat("░", width-full), int(share*100), b.pages)
	if b.read > 0 {
		s += fmt.Sprintf(", %d trang bài", b.read)
	}
	if !oldest.IsZero() {
		s += " · đã lùi đến " + viet.Day(oldest)
	}
	if gone := share - from; gone > 0.01 && share < 1 {
		left := time.Duration(float64(now.Sub(b.start)) * (1 - share) / gone)
		s += " · còn khoảng " + roughly(left)
	}
	if b.last != "" {
		s += " · " + b.last
	}
	return s
}

// roughly is a duration as an estimate tells it.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "dưới 1 phút"
	case d < time.Hour:
		return fmt.Sprintf("%d phút", int(math.Ceil(d.Minutes())))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d giờ %02d phút", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d ngày", int(math.Round(d.Hours()/24)))
}

// done clears the line.
func (b *walkBar) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.live && !b.printed.IsZero() {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}
