package main

import (
	"context"
	"maps"
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
// each at most once at a time. Where a walk stands is stored page by page, and that
// somebody began it and nobody stopped it since stands in the trail: one which the
// end of a server cut off, or which a silent site put off, is taken up again by itself.
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
	walk, err := e.readyWalk(id, since)
	if err != nil {
		return err
	}
	if err := e.store.NoteWalk(ctx, id, by, since, e.business()); err != nil {
		return err
	}
	walk()
	return nil
}

// readyWalk makes what starts a walk in the background; whoever calls either holds the lock.
func (e *engine) readyWalk(id string, since time.Time) (start func(), err error) {
	under, stop := context.WithCancel(e.app.ctx)
	cr, err := e.crawler(e.net, []string{id}, func(ev crawler.Event) {
		e.noted(ev)
		if ev.Kind != "walk" {
			return
		}
		if begun, err := e.begunWalks(under, id); err == nil && begun[id].since.IsZero() {
			stop() // somebody pressed the button, perhaps at another node
		}
	})
	if err != nil {
		stop()
		return nil, err
	}
	return func() {
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
	}, nil
}

// walkBegun is when somebody began a walk that nobody stopped since, and back to which day.
type walkBegun struct{ at, since time.Time }

// begunWalks tells of one source, or of all with "", which walks were begun and not stopped, at their end or not.
func (e *engine) begunWalks(ctx context.Context, id string) (map[string]walkBegun, error) {
	out, seen := map[string]walkBegun{}, map[string]bool{}
	q := trail.Query{Kinds: []string{"walk.begun", "walk.stopped"}, Subject: id, Limit: 200}
	if id != "" {
		q.Limit = 1
	}
	for {
		page, err := e.store.Trail(ctx, q, nil)
		if err != nil {
			return nil, err
		}
		for _, ev := range page.Events { // the newest first
			if seen[ev.Subject] {
				continue
			}
			seen[ev.Subject] = true
			if since, err := time.Parse(time.RFC3339, ev.After); err == nil && ev.Kind == "walk.begun" {
				out[ev.Subject] = walkBegun{ev.At, since.In(calendar.Zone)}
			}
		}
		if id != "" || page.Next == (trail.Cursor{}) {
			return out, nil
		}
		q.After = page.Next
	}
}

// unfinished reports whether a walk that was begun is not at its end, as the store has it: it is open, or nothing of it
// was stored before the server ended, and what an earlier walk stored does not go as far.
func (b walkBegun) unfinished(w crawler.Walk, stored bool) bool {
	switch {
	case b.since.IsZero():
		return false
	case !stored || w.State == crawler.WalkOpen:
		return true
	}
	again := w.State == crawler.WalkLong || w.State == crawler.WalkDenied // goes on, or begins anew, when it is asked for
	return w.At.Before(b.at) && (again || b.since.Before(w.Since))
}

// resumeEvery is how often walks that a silent site put off are taken up again.
const resumeEvery = time.Hour

// resumeWalks takes up every walk that was begun, is not at its end and does not run here: where it stood, and under the
// leases of its hosts, so that another node which is at the same one shares the way with this. A source that left the
// plan, or cannot be walked any more, is left alone.
func (e *engine) resumeWalks(ctx context.Context) error {
	if e.out == nil {
		return nil
	}
	begun, err := e.begunWalks(ctx, "")
	if err != nil || len(begun) == 0 {
		return err
	}
	stand, err := e.store.Walks(ctx, slices.Sorted(maps.Keys(begun)))
	if err != nil {
		return err
	}
	e.walks.mu.Lock()
	defer e.walks.mu.Unlock()
	for _, s := range e.inUse().Sources {
		w, stored := stand[s.ID]
		if b := begun[s.ID]; s.Verify || !s.Kind.Walked() || e.walks.under[s.ID] != nil || !b.unfinished(w, stored) {
			continue
		}
		walk, err := e.readyWalk(s.ID, begun[s.ID].since)
		if err != nil {
			return err
		}
		e.app.log.Info("a walk goes on", "source", s.ID, "pages", w.Pages)
		walk()
	}
	return nil
}

// stopWalk stops one; what it read stays, and it goes on only when somebody asks for it again.
func (e *engine) stopWalk(ctx context.Context, id, by string) error {
	begun, err := e.begunWalks(ctx, id)
	if err != nil {
		return err
	}
	e.walks.mu.Lock()
	stop := e.walks.under[id]
	e.walks.mu.Unlock()
	if stop == nil {
		stand, err := e.store.Walks(ctx, []string{id})
		if err != nil {
			return err
		}
		if w, stored := stand[id]; !begun[id].unfinished(w, stored) {
			return web.Refusal{Text: "Nguồn này không đang được thu thập lại."}
		}
	}
	if err := e.store.NoteWalk(ctx, id, by, time.Time{}, e.business()); err != nil {
		return err
	}
	if stop != nil {
		stop()
	}
	return nil
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
	begun, err := e.begunWalks(ctx, id)
	if err != nil {
		return out, err
	}
	w, ok := all[id]
	b := begun[id]
	out.Waits = !out.Running && b.unfinished(w, ok)
	if !ok || out.Waits && w.State != crawler.WalkOpen { // nothing of it is stored
		switch {
		case out.Running:
			out.Known, out.Words = true, "Đang bắt đầu thu thập lại."
		case out.Waits:
			out.Known, out.Halted, out.Since = true, true, b.since
			out.Words = "Thu thập lại từ ngày " + viet.Day(b.since) + ": chưa đọc xong trang nào, máy sẽ tự đọc tiếp."
		}
		return out, nil
	}
	out.Known, out.Since, out.Oldest, out.Share, out.Pages, out.Items = true, w.Since, w.Oldest, w.Share, w.Pages, w.Items
	out.Halted = !out.Running && w.State == crawler.WalkOpen
	how := "đã dừng, chưa đọc hết"
	switch {
	case out.Running:
		how = "đang đọc"
	case out.Waits:
		how = "đang chờ, máy sẽ tự đọc tiếp từ chỗ dừng"
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

// endWalks stops every walk, and returns when none meets the store any more.
func (e *engine) endWalks() {
	e.walks.mu.Lock()
	for _, stop := range e.walks.under {
		stop()
	}
	e.walks.mu.Unlock()
	e.walks.ended.Wait()
}
