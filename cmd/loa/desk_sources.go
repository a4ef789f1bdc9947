package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/plans"
	"loa/schedule"
	"loa/viet"
	"loa/web"
)

// sourcing is what the desk does with the places that are read.
func (e *engine) sourcing(plan *schedule.Plan) *web.Sourcing {
	return &web.Sourcing{
		Try:       func(ctx context.Context, address string) (web.Trial, error) { return e.tryAddress(ctx, plan, address) },
		TrySource: func(ctx context.Context, id string) (web.Trial, error) { return e.tryKnown(ctx, plan, id) },
		Looks:     e.store.Looks,
		States:    e.store.SourceStates,
		Due:       func(ctx context.Context, id string) error { return e.store.MakeDue(ctx, id) },
		Walk:      e.beginWalk,
		Stop:      e.stopWalk,
		Walks:     e.walkOf,
	}
}

// tryItems is how many pieces a try shows.
const tryItems = 20

// trier is the running server's way of trying: the same client and spacing as its crawler's.
func (e *engine) trier() (*trier, error) {
	if e.out == nil {
		return nil, web.Refusal{Text: "Hệ thống đang chạy ở chế độ không ra mạng nên không đọc thử được."}
	}
	return &trier{client: e.out, spacing: min(e.net.Spacing, 5*time.Second), log: e.app.log}, nil
}

// tryAddress reads an address as a source might be read, and says what a source of it would be.
func (e *engine) tryAddress(ctx context.Context, plan *schedule.Plan, address string) (web.Trial, error) {
	out := web.Trial{Address: address}
	t, err := e.trier()
	if err != nil {
		return out, err
	}
	p, err := t.get(ctx, address)
	out.Said = p.said
	if err != nil {
		return e.unreadTrial(ctx, out, err)
	}
	g, err := extract.Guess(p.body, p.contentType, p.from, p.at)
	if err != nil {
		return e.unreadTrial(ctx, out, err)
	}
	if out.Feeds = g.Feeds; g.Kind != "unknown" {
		out.What = kindWords(g.Kind)
	}
	notesOf(&out, g.Notes)
	if g.Blind != nil {
		return e.unreadTrial(ctx, out, g.Blind)
	}
	e.entriesOf(&out, g.Listing)
	if g.Kind == "list" {
		var said []string
		g.Source.Rule.Next, said = t.onward(ctx, p, g.Source, g.Listing.Entries, extract.List)
		for _, line := range said {
			if !strings.HasPrefix(line, "Sang trang sau, đoán được") && !strings.Contains(line, "next") {
				out.Said = append(out.Said, line)
			}
		}
	}
	if g.Kind == "unknown" {
		out.Wrong = "Không đọc được tin nào từ địa chỉ này."
		return out, nil
	}
	if out.Fields, err = plans.Fields(g.YAML()); err != nil {
		return out, fmt.Errorf("propose a source: %w", err)
	}
	out.Fields["agency"] = agencyOf(plan, g.Source.URL)
	out.Rule, _ = out.Fields["rule"].(map[string]any)
	out.Same, err = e.sameStream(ctx, plan, g.Source, g.Listing.Entries)
	if len(out.Same) > 0 {
		for _, s := range plan.Sources {
			if s.ID == out.Same[0] {
				out.Stream = s.Stream
			}
		}
	}
	return out, err
}

// tryKnown reads a source of the plan by the rule in force today.
func (e *engine) tryKnown(ctx context.Context, plan *schedule.Plan, id string) (web.Trial, error) {
	i := slices.IndexFunc(plan.Sources, func(s media.Source) bool { return s.ID == id })
	if i < 0 {
		return web.Trial{}, web.Refusal{Text: "Kế hoạch không có nguồn này."}
	}
	src := plan.Sources[i].At(e.business())
	out := web.Trial{Address: src.URL}
	t, err := e.trier()
	if err != nil {
		return out, err
	}
	res, said, err := t.fetch(ctx, src.URL)
	out.Said = said
	if err != nil {
		return e.unreadTrial(ctx, out, err)
	}
	out.Said = append(out.Said, fmt.Sprintf("HTTP %d, %d byte, %s", res.Status, len(res.Body), res.Took.Round(time.Millisecond)))
	got, err := readAs(src, res)
	if err != nil {
		return e.unreadTrial(ctx, out, err)
	}
	switch {
	case got.unread:
		out.What = "máy chủ có trả lời; loại nguồn này được đọc khi thu thập"
	case got.article != nil:
		out.What = "trang đơn: " + got.article.Title
	default:
		out.What = "đọc theo quy tắc đang dùng"
		if got.children > 0 {
			out.Notes = append(out.Notes, fmt.Sprintf("mục lục gồm %d tệp con", got.children))
		}
	}
	notesOf(&out, got.Notes)
	e.entriesOf(&out, got.Listing)
	return out, nil
}

// unreadTrial tells in words why nothing was read. What is nobody's fault but ours stays an error.
func (e *engine) unreadTrial(ctx context.Context, out web.Trial, err error) (web.Trial, error) {
	var said saidError
	var misused usageError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		out.Wrong = "Trang không trả lời trong thời gian chờ. Có thể trang đang chậm; xin thử lại sau."
	case ctx.Err() != nil:
		return out, ctx.Err()
	case errors.As(err, &said):
		out.Wrong = viet.Capital(said.text) + "."
	case errors.As(err, &misused):
		out.Wrong = "Địa chỉ này không đọc được: cần địa chỉ công khai, bắt đầu bằng http:// hoặc https://."
	case errors.Is(err, fetch.ErrRefused):
		out.Wrong = "Địa chỉ này không công khai nên hệ thống không đọc."
	default:
		e.app.log.Info("nothing read for the desk", "address", out.Address, "error", err)
		text := unread(out.Address, err).Error()
		out.Wrong = viet.Capital(strings.TrimSuffix(text, ".")) + "."
	}
	return out, nil
}

func notesOf(out *web.Trial, notes []extract.Note) {
	for _, n := range notes {
		if words := viet.ReadingNote(n.Code, n.N, n.Of, n.Text); !slices.Contains(out.Notes, words) {
			out.Notes = append(out.Notes, words)
		}
	}
}

// entriesOf takes the first pieces of a listing, and how often it brings one.
func (e *engine) entriesOf(out *web.Trial, l extract.Listing) {
	out.Total = len(l.Entries)
	var days []time.Time
	for i, x := range l.Entries {
		if x.Date.Precision != media.NoDate {
			out.Dated++
			days = append(days, x.Date.At)
		}
		if i < tryItems {
			out.Entries = append(out.Entries, media.Item{Title: x.Title, URL: x.URL, Claimed: x.Date})
		}
	}
	if l.Partial {
		out.Notes = append(out.Notes, "tệp bị cắt hoặc hỏng: chỉ gồm phần đọc được")
	}
	out.Rhythm = rhythmWords(days, e.business())
}

// rhythmWords says how often pieces come and when the next may be looked for, by
// the middle of the distances between those that are listed.
func rhythmWords(days []time.Time, now time.Time) string {
	if len(days) < 3 {
		return ""
	}
	slices.SortFunc(days, func(a, b time.Time) int { return b.Compare(a) })
	var gaps []time.Duration
	for i := 1; i < len(days); i++ {
		gaps = append(gaps, days[i-1].Sub(days[i]))
	}
	slices.Sort(gaps)
	mid := gaps[len(gaps)/2]
	often := "nhiều tin mỗi ngày"
	switch {
	case mid >= 36*time.Hour:
		often = fmt.Sprintf("khoảng %d ngày một tin", int(math.Round(mid.Hours()/24)))
	case mid >= 12*time.Hour:
		often = "khoảng mỗi ngày một tin"
	}
	out := "Tin mới nhất " + viet.Day(days[0]) + "; thường " + often
	if next := days[0].Add(mid); next.After(now) {
		return out + ", tin tới dự kiến khoảng " + viet.Day(next) + "."
	}
	if quiet := now.Sub(days[0]); quiet > 4*mid && quiet > 14*24*time.Hour {
		return out + fmt.Sprintf(". Đã %d ngày chưa có tin: có thể mục này không còn được cập nhật.", int(quiet.Hours()/24))
	}
	return out + ", tin tới có thể có bất cứ lúc nào."
}

// agencyOf is the slug of the agency whose site an address is on, "" if it is not plain.
func agencyOf(plan *schedule.Plan, address string) string {
	host := func(raw string) string {
		u, err := url.Parse(raw)
		if err != nil {
			return ""
		}
		return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	}
	want, found := host(address), map[string]bool{}
	for _, a := range plan.Agencies {
		if a.Site != "" && host(a.Site) == want {
			found[a.ID] = true
		}
	}
	if len(found) == 0 {
		for _, s := range plan.Sources {
			if host(s.URL) == want {
				found[s.Agency] = true
			}
		}
	}
	if len(found) != 1 {
		return ""
	}
	for id := range found {
		return path.Base(id)
	}
	return ""
}

// sameStream are the sources of the plan that show what an address shows: they
// have its address, or have listed half of its pieces or more.
func (e *engine) sameStream(ctx context.Context, plan *schedule.Plan, src media.Source, entries []extract.Entry) ([]string, error) {
	var ids []string
	for _, x := range entries {
		if x.Key != "" {
			ids = append(ids, media.ItemID(plan.Province, x.Key))
		}
	}
	own, err := extract.Key("", src.URL)
	if err != nil {
		own = src.URL
	}
	u, err := fetch.Parse(src.URL)
	if err != nil {
		return nil, nil
	}
	var out []string
	for _, s := range plan.Sources {
		v, err := fetch.Parse(s.URL)
		if err != nil || fetch.Group(u.Host) != fetch.Group(v.Host) || !s.Kind.Items() {
			continue
		}
		if key, err := extract.Key("", s.URL); err == nil && key == own {
			out = append(out, s.ID)
			continue
		}
		if len(ids) == 0 {
			continue
		}
		known, err := e.store.KnownItems(ctx, s.ID, ids)
		if err != nil {
			return nil, err
		}
		n := 0
		for _, k := range known {
			if k {
				n++
			}
		}
		if 2*n >= len(ids) {
			out = append(out, s.ID)
		}
	}
	return out, nil
}
