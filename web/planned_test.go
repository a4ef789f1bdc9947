package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// TestAnnounced: the sources' page shows what stations announce of the plan's
// columns, and pages that lack what has to be posted on them.
func TestAnnounced(t *testing.T) {
	f := newFake()
	opt := f.options()
	plan := *opt.Plan
	lich := media.Source{ID: "suong-ha/lich", Agency: "suong-ha/dai-ptth", Name: "Lịch của Đài", Kind: media.KindSchedule, URL: "http://dai.suongha.example/lich", Stream: "lich"}
	page := media.Source{ID: "suong-ha/lien-he", Agency: "suong-ha/so-noi-vu", Name: "Trang liên hệ", Kind: media.KindPage, URL: "http://so-noi-vu.suongha.example/lien-he", Stream: "lien-he"}
	plan.Sources = append(append([]media.Source{}, plan.Sources...), lich, page)
	opt.Plan = &plan
	f.health[page.ID] = media.Health{Source: page.ID, Outcome: media.OK, Detail: "lacks: đường dây nóng; thư điện tử", LastVisit: f.options().Business(), Visits: map[string]int64{media.OK: 2}}
	if body := get(t, New(opt), "/nguon").Body.String(); !strings.Contains(body, "Lịch đã đọc chưa có chương trình nào") || !strings.Contains(body, `class="chip h-doubt">trang có, thiếu đường dây nóng, thư điện tử<`) {
		t.Errorf("nothing announced, a page that lacks something:\n%s", body)
	}
	day := calendar.Day(opt.Business())
	var asked [2]time.Time
	opt.Planned = func(_ context.Context, from, to time.Time) ([]media.Planned, error) {
		asked = [2]time.Time{from, to}
		return []media.Planned{
			{Channel: plan.Channels[0].ID, Start: day.AddDate(0, 0, 1).Add(20 * time.Hour), Duration: 15 * time.Minute, Programme: "Chung tay <b>cải cách</b>", Column: "cchc", Run: "repeat", Live: true, Seen: day},
			{Channel: plan.Channels[0].ID, Start: day.Add(21 * time.Hour), Programme: "Phim truyện", Seen: day},
		}, nil
	}
	body := get(t, New(opt), "/nguon").Body.String()
	for _, want := range []string{"Lịch phát sóng đài công bố", "không tính là đã phát", "Chung tay &lt;b&gt;cải cách", "15 phút, phát lại, trực tiếp"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(body, "Phim truyện") || !asked[0].Equal(day) || !asked[1].Equal(day.AddDate(0, 0, 8)) {
		t.Errorf("other programmes are shown, or another span was asked for: %v", asked)
	}
	opt.Planned = func(context.Context, time.Time, time.Time) ([]media.Planned, error) { return nil, errFake }
	if w := get(t, New(opt), "/nguon"); w.Code != 500 {
		t.Errorf("a store that fails: %d", w.Code)
	}
}
