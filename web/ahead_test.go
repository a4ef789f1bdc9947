package web

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// slotsOf looks ahead from the fake's evaluation, with schedules.
func (f *fake) slotsOf(until time.Time, planned ...media.Planned) []schedule.Slot {
	cal := &calendar.Calendar{}
	obs := schedule.Observation{Planned: planned}
	e := schedule.Evaluation{Now: f.now, Matching: f.eval.Matching, Standings: slices.Clone(f.eval.Standings)}
	e.Standings = append(e.Standings, schedule.Ahead(f.plan, e, obs, nil, cal, until)...)
	return schedule.Slots(f.plan, e, obs, nil, cal)
}

// TestWeeksAhead: the page shows what is missing in the running and the coming
// periods, what is announced for them, and never that anything announced counts.
func TestWeeksAhead(t *testing.T) {
	f := newFake()
	opt := f.options()
	opt.Slots = nil
	if get(t, New(opt), "/sap-toi").Code != 404 {
		t.Error("a page without slots")
	}
	line := func(when string, minutes int) media.Planned {
		return media.Planned{ID: when, Channel: "truyen-hinh", Column: "chung-tay", Programme: "Chung tay", Start: at(when), Duration: time.Duration(minutes) * time.Minute, Seen: f.now.Add(-time.Hour)}
	}
	next := calendar.WeekOf(f.now).End.AddDate(0, 0, 3).Add(20 * time.Hour)
	var asked time.Time
	opt.Slots = func(_ context.Context, until time.Time) ([]schedule.Slot, error) {
		asked = until
		return f.slotsOf(until, line(next.Format("2006-01-02 15:04"), 20), line(next.AddDate(0, 0, 7).Format("2006-01-02 15:04"), 12)), f.err
	}
	body := get(t, New(opt), "/sap-toi").Body.String()
	structure(t, "/sap-toi", body)
	if asked != calendar.Day(f.now).AddDate(0, 0, 56) {
		t.Errorf("looks ahead until %v", asked)
	}
	for _, want := range []string{`<a href="/sap-toi" aria-current="page">Tuần tới</a>`, "Đài PT-TH tỉnh", `class="pl pl-fits"`, "Đủ điều kiện nếu phát đúng như vậy, 20 phút", `class="pl pl-not"`,
		"Không được tính: dài 12 phút, cần ít nhất 15 phút", "không bao giờ tính là đã thực hiện", `href="/lich/dai-ptth.ics"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	f.err = errors.New("disk")
	if w := get(t, New(opt), "/sap-toi"); w.Code != 500 {
		t.Errorf("a failure: %d", w.Code)
	}
}
