package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web"
	"loa/web/trail"
)

// walking are the archives that a running server reads back in the background,
// each at most once at a time. Where a walk stands is stored page by page, so that
// one which a stop cut off goes on when it is asked for again.
type walking struct {
	mu    sync.Mutex
	under map[string]context.CancelFunc // by source
	ended sync.WaitGroup
}

// beginWalk begins to read a source's archive back to a day.
func (e *engine) beginWalk(ctx context.Context, id string, since time.Time, by string) error {
	plan := e.inUse()
	i := slices.IndexFunc(plan.Sources, func(s media.Source) bool { return s.ID == id })
	switch {
	case i < 0:
		return web.Refusal{Text: "Kế hoạch không có nguồn này."}
	case plan.Sources[i].Verify:
		return web.Refusal{Text: "Địa chỉ của nguồn này chưa được xác nhận. Xin xác nhận địa chỉ trước."}
	case !plan.Sources[i].Kind.Walked():
		return web.Refusal{Text: "Loại nguồn này không có trang cũ để lật lại."}
	case e.out == nil:
		return web.Refusal{Text: "Hệ thống đang chạy ở chế độ không ra mạng nên không thu thập được."}
	}
	e.walks.mu.Lock()
	defer e.walks.mu.Unlock()
	if e.walks.under[id] != nil {
		return web.Refusal{Text: "Nguồn này đang được thu thập lại."}
	}
	cr, err := e.crawler(e.net, []string{id}, e.noted)
	if err != nil {
		return err
	}
	if err := e.store.NoteWalk(ctx, id, by, since, e.business()); err != nil {
		return err
	}
	under, stop := context.WithCancel(e.app.ctx)
	if e.walks.under == nil {
		e.walks.under = map[string]context.CancelFunc{}
	}
	e.walks.under[id] = stop
	e.walks.ended.Go(func() {
		_, _, err := cr.Walk(under, crawler.WalkOptions{Since: since, Again: false})
		if err != nil && under.Err() == nil {
			e.app.log.Error("walk an archive", "source", id, "error", err)
		}
		stop()
		e.walks.mu.Lock()
		delete(e.walks.under, id)
		e.walks.mu.Unlock()
		select {
		case e.news <- struct{}{}:
		default:
		}
	})
	return nil
}

// stopWalk stops one; what it read stays.
func (e *engine) stopWalk(ctx context.Context, id, by string) error {
	e.walks.mu.Lock()
	stop := e.walks.under[id]
	e.walks.mu.Unlock()
	if stop == nil {
		return web.Refusal{Text: "Nguồn này không đang được thu thập lại."}
	}
	stop()
	return e.store.NoteWalk(ctx, id, by, time.Time{}, e.business())
}

// walkOf tells how the walk of a source stands.
func (e *engine) walkOf(ctx context.Context, id string) (web.Walking, error) {
	var out web.Walking
	for _, s := range e.inUse().Sources {
		if s.ID == id {
			out.Fit = s.Kind.Walked() && !s.Verify
		}
	}
	all, err := e.store.Walks(ctx, []string{id})
	if err != nil {
		return out, err
	}
	e.walks.mu.Lock()
	out.Running = e.walks.under[id] != nil
	e.walks.mu.Unlock()
	w, ok := all[id]
	if out.Known = ok || out.Running; !ok {
		if out.Words = "Đang bắt đầu thu thập lại."; !out.Running {
			return e.cutOff(ctx, id, out)
		}
		return out, nil
	}
	out.Since, out.Oldest, out.Share, out.Pages, out.Items = w.Since, w.Oldest, w.Share, w.Pages, w.Items
	out.Halted = !out.Running && w.State == crawler.WalkOpen
	how := "bị dừng giữa chừng"
	switch {
	case out.Running:
		how = "đang đọc"
	case w.State != crawler.WalkOpen:
		oldest := ""
		if !w.Oldest.IsZero() {
			oldest = viet.Day(w.Oldest)
		}
		how = viet.WalkEnd(w.State, oldest, "", 0, 0)
	}
	out.Words = "Thu thập lại từ ngày " + viet.Day(w.Since) + ": " + how + ". Đã đọc " + viet.Number(w.Pages) + " trang danh sách, " + viet.Number(w.Items) + " tin, bài mới"
	if !w.Oldest.IsZero() {
		out.Words += ", lùi đến ngày " + viet.Day(w.Oldest)
	}
	out.Words += "."
	return out, nil
}

// cutOff tells of a walk that was begun and of which no page was stored: the server ended before, and nobody stopped it.
func (e *engine) cutOff(ctx context.Context, id string, out web.Walking) (web.Walking, error) {
	page, err := e.store.Trail(ctx, trail.Query{Kinds: []string{"walk.begun", "walk.stopped"}, Subject: id, Limit: 1}, nil)
	if err != nil || len(page.Events) == 0 || page.Events[0].Kind != "walk.begun" {
		return out, err
	}
	since, err := time.Parse(time.RFC3339, page.Events[0].After)
	if err != nil {
		return out, nil // not a day: nothing to go on with
	}
	out.Known, out.Halted, out.Since = true, true, since.In(calendar.Zone)
	out.Words = "Thu thập lại từ ngày " + viet.Day(out.Since) + ": bị dừng khi chưa đọc xong trang nào."
	return out, nil
}

// endWalks stops every walk, and returns when none meets the store any more.
func (e *engine) endWalks() {
	e.walks.mu.Lock()
	for _, stop := range e.walks.under {
		stop()
	}
	e.walks.mu.Unlock()
	e.walks.ended.Wait()
}
