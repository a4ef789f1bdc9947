package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/report"
	"loa/report/letters"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/schedule/propose"
	"loa/store"
	"loa/viet"
	"loa/web"
	"loa/web/access"
)

// draftGrid is the kind of the drafts that say when a station has room; the newest is in force.
const draftGrid = "grid"

// outlet is a newspaper or station of the plan.
func outletOf(plan *schedule.Plan, id string) (media.Agency, error) {
	for _, a := range plan.Agencies {
		if a.ID == id && a.Level == media.Press {
			return a, nil
		}
	}
	return media.Agency{}, web.Refusal{Text: "Gợi ý chỉ dành cho Báo, Đài của kế hoạch."}
}

// advise gives what could fill an outlet's coming weeks, by the functions of loa suggest and loa schedule propose.
func (e *engine) advise(ctx context.Context, id string, weeks int) (out web.Advice, err error) {
	plan := e.inUse()
	outlet, err := outletOf(plan, id)
	if err != nil {
		return out, err
	}
	opt := propose.Options{Now: e.business()}.Filled()
	s, ev, err := e.suggestFor(ctx, plan, outlet, opt, weeks, 0)
	if err != nil {
		return out, err
	}
	out = web.Advice{Head: s.Head() + ". " + letters.Reference, Notes: append(s.Suggestion.Missing(), s.Basis()), Station: slices.Contains(stationsOf(plan), id)}
	if q, ok := e.lettersQuota("orient"); ok {
		out.ShareTo = q.Owner.Agency
	}
	for _, slot := range ev.Slots {
		if slot.Owner == id && slot.Short > 0 && slot.Start.Before(s.Until) {
			out.Slots = append(out.Slots, slot)
		}
	}
	put := func(quota, period string, f schedule.Filling) {
		for i := range out.Slots {
			if x := &out.Slots[i]; x.Quota == quota && x.Period == period {
				x.Fill = append(x.Fill, f)
			}
		}
	}
	for _, c := range s.Answer.Choices {
		put(c.Opening.Quota, c.Opening.Period, schedule.Filling{Kind: "item", ID: c.Evidence.ID, Title: s.who(c) + ": " + report.Masked(c.Evidence).Title, URL: c.Evidence.URL, At: c.At, Why: c.Reasons})
	}
	drafts, err := e.store.Drafts(ctx, plan.ID, id, false)
	if err != nil {
		return out, fmt.Errorf("đọc bản nháp: %w", err)
	}
	slices.SortStableFunc(drafts, func(a, b store.Draft) int { return b.Made.Compare(a.Made) })
	for _, d := range drafts {
		switch {
		case d.Kind == draftGrid && out.Grid == nil:
			if err := json.Unmarshal([]byte(d.Body), &out.Grid); err != nil {
				return out, fmt.Errorf("read the grid of %s: %w", id, err)
			}
		case d.Kind == "suggestion":
			kept, err := savedOf(d)
			if err != nil {
				return out, err
			}
			a := web.Advice{ID: d.ID, Head: d.Title, Made: d.Made, Shared: d.Shared}
			for _, x := range kept.Pieces {
				a.Notes = append(a.Notes, fmt.Sprintf("%s: %s (%s)", report.NamesOf(plan).Agency(x.Agency), x.Title, viet.Day(x.At.In(calendar.Zone))))
			}
			out.Drafts = append(out.Drafts, a)
		}
	}
	if len(out.Grid) > 0 {
		if grid, err := gridOf(plan, id, out.Grid); err == nil {
			e.airtimes(plan, grid, ev, s.Openings, opt, s.Until, put)
		}
	}
	return out, nil
}

// who published a piece that is proposed.
func (s suggestion) who(c propose.Choice) string { return report.NamesOf(s.Plan).Agency(c.Agency) }

// keepAdvice keeps the suggestions as the outlet's own draft.
func (e *engine) keepAdvice(ctx context.Context, who access.Actor, id string, weeks int) (string, error) {
	plan := e.inUse()
	outlet, err := outletOf(plan, id)
	if err != nil {
		return "", err
	}
	s, _, err := e.suggestFor(ctx, plan, outlet, propose.Options{}, weeks, 0)
	if err != nil {
		return "", err
	}
	if len(s.Answer.Choices) == 0 {
		return "", web.Refusal{Text: "Chưa có tin, bài nào để gợi ý; không lưu."}
	}
	_, err = e.addDraft(ctx, store.Draft{Plan: plan.ID, Kind: "suggestion", Owner: id, Title: s.Head(), Actor: who.String()}, savedSuggestion{s.Head(), s.Saved(), append(s.Suggestion.Missing(), s.Basis())})
	return "Đã lưu thành bản nháp.", err
}

// shareAdvice shows a draft to who directs the press.
func (e *engine) shareAdvice(ctx context.Context, who access.Actor, id, draft string) (string, error) {
	to, ok := e.lettersQuota("orient")
	if !ok {
		return "", web.Refusal{Text: "Kế hoạch chưa ghi cơ quan nào định hướng tuyên truyền nên chưa biết chia sẻ với ai."}
	}
	err := e.store.ShareDraft(ctx, draft, id, who.String(), e.business())
	if errors.Is(err, store.ErrNoDraft) {
		return "", web.Refusal{Text: "Không có bản nháp này."}
	}
	return "Đã chia sẻ bản nháp với " + report.NamesOf(e.inUse()).Agency(to.Owner.Agency) + ".", err
}

// putGrid keeps when a station has room for a broadcast.
func (e *engine) putGrid(ctx context.Context, who access.Actor, station string, rooms [][4]string) error {
	plan := e.inUse()
	if !slices.Contains(stationsOf(plan), station) {
		return web.Refusal{Text: "Khung giờ chỉ dành cho Đài có kênh trong kế hoạch."}
	}
	if _, err := gridOf(plan, station, rooms); err != nil {
		return err
	}
	_, err := e.addDraft(ctx, store.Draft{Plan: plan.ID, Kind: draftGrid, Owner: station, Title: "Khung giờ có thể xếp", Actor: who.String()}, rooms)
	return err
}

// gridOf makes a grid of the rows of a form.
func gridOf(plan *schedule.Plan, station string, rooms [][4]string) (propose.Grid, error) {
	g := propose.Grid{Station: station}
	clock := func(text string) (int, bool) {
		if text == "24:00" {
			return 24 * 60, true
		}
		t, err := time.Parse("15:04", text)
		return t.Hour()*60 + t.Minute(), err == nil
	}
	for i, r := range rooms {
		wrong := func(text string) error {
			return web.Refusal{Text: fmt.Sprintf("Khung giờ thứ %d: %s.", i+1, text)}
		}
		if !slices.ContainsFunc(plan.Channels, func(c schedule.Channel) bool { return c.ID == r[0] && c.Agency == station }) {
			return g, wrong("kênh không phải của Đài này")
		}
		b := propose.Block{Channel: r[0], Open: true}
		var from, to bool
		b.Start, from = clock(r[2])
		b.End, to = clock(r[3])
		if !from || !to || b.End <= b.Start {
			return g, wrong("giờ bắt đầu và giờ kết thúc cần dạng 19:30, kết thúc sau bắt đầu")
		}
		for d := time.Sunday; d <= time.Saturday; d++ {
			weekend := d == time.Sunday || d == time.Saturday
			if r[1] == "all" || r[1] == "work" && !weekend || r[1] == "end" && weekend || r[1] == fmt.Sprint((int(d)+6)%7+1) {
				b.Days = append(b.Days, d)
			}
		}
		if len(b.Days) == 0 {
			return g, wrong("chưa chọn ngày trong tuần")
		}
		for _, o := range g.Blocks {
			if o.Channel == b.Channel && o.Start < b.End && b.Start < o.End && slices.ContainsFunc(b.Days, func(d time.Weekday) bool { return slices.Contains(o.Days, d) }) {
				return g, wrong("chồng lên một khung giờ ở trên")
			}
		}
		g.Blocks = append(g.Blocks, b)
	}
	return g, nil
}
