package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
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

// TestThreeFacts: the page of a broadcast standing shows what was announced, aired
// and uploaded side by side, of its own channel and columns alone.
func TestThreeFacts(t *testing.T) {
	f := newFake()
	opt := f.options()
	var asked string
	start := at("2023-02-15 20:00")
	planned := media.Planned{Channel: "truyen-hinh", Column: "chung-tay", Start: start, Duration: 20 * time.Minute}
	opt.Runs = func(_ context.Context, owner string, from, to time.Time) ([]schedule.Run, error) {
		asked = owner + " " + from.In(calendar.Zone).Format("02/01") + " " + to.In(calendar.Zone).Format("02/01")
		return []schedule.Run{
			{State: schedule.RunChanged, Channel: "truyen-hinh", Column: "chung-tay", Start: start, Planned: &planned, Was: []media.Planned{{Start: start.Add(-time.Hour), Duration: 15 * time.Minute}},
				Aired: []media.Airing{{Start: start.Add(10 * time.Minute), Duration: 12*time.Minute + 40*time.Second, FirstRun: true}}, Moved: 10 * time.Minute, Longer: -(7*time.Minute + 20*time.Second),
				Uploads: []media.Upload{{At: start.AddDate(0, 0, 1), Precision: media.ToMinute}}},
			{State: schedule.Dropped, Channel: "phat-thanh", Column: "chung-tay", Start: start},
			{State: schedule.Dropped, Channel: "truyen-hinh", Column: "thue", Start: start},
		}, nil
	}
	body := get(t, New(opt), "/tien-do/B-D1/dai-ptth/2023-W07").Body.String()
	if asked != "suong-ha/dai-ptth 13/02 20/02" {
		t.Errorf("asked of %q", asked)
	}
	for _, want := range []string{"Theo lịch dự kiến 1 lần, nhật ký ghi 1 lần, đăng tải 1 lần; phát khác lịch: 1 (khác giờ 1, ngắn hơn 1, dài hơn 0).", "20h00 ngày 15/02/2023, 20 phút", "trước đó: 19h00 ngày 15/02/2023, 15 phút",
		"20h10 ngày 15/02/2023, 12 phút 40 giây", "Phát khác lịch", "muộn 10 phút, ngắn hơn 7 phút 20 giây", "20h00 ngày 16/02/2023"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(body, "có lịch, không phát") {
		t.Error("another channel's or column's broadcasts are shown")
	}
	asked = ""
	if get(t, New(opt), "/tien-do/A-6.1/bao/2023-02"); asked != "" {
		t.Error("a newspaper's page asks for broadcasts")
	}
}

// TestRecordings: what a station will soon have deleted is on the board, and leads
// to the standing that tells of it, else to the logs received.
func TestRecordings(t *testing.T) {
	f := newFake()
	opt := f.options()
	opt.Notices = func(context.Context) ([]schedule.Notice, error) {
		basis := "Điều 52 Luật Báo chí 2016"
		return []schedule.Notice{
			{Channel: "truyen-hinh", Start: at("2023-02-16 20:00"), Last: day("2023-03-18"), Whole: day("2023-03-18"), Days: 30, Basis: basis},
			{Channel: "truyen-hinh", Start: day("2023-02-27"), To: day("2023-03-06"), Last: day("2023-03-29"), Whole: day("2023-04-04"), Days: 30, Basis: basis},
		}, nil
	}
	notices, _ := opt.Notices(context.Background())
	for i := range f.eval.Standings {
		if st := &f.eval.Standings[i]; st.Quota == "B-D1" && st.Period == "2023-W07" {
			st.Reasons = append(st.Reasons, notices[0].Reason(f.plan))
		}
	}
	body := get(t, New(opt), "/").Body.String()
	for _, want := range []string{`<a href="/tien-do/B-D1/dai-ptth/2023-W07">Sắp hết hạn lưu giữ: lần phát 20h00 ngày 16/02/2023 trên Truyền hình Sương Hà`, "đến hết 18/3/2023",
		`<a href="/nguon#h-logs">Sắp hết hạn lưu giữ: chưa có nhật ký kênh Truyền hình Sương Hà từ 27/02/2023 đến 05/3/2023`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if body := get(t, New(opt), "/bang-theo-doi?nhiem-vu=A-6.1").Body.String(); strings.Contains(body, "Sắp hết hạn lưu giữ") {
		t.Error("the board tells what the first page tells")
	}
}

// TestBreaks: the page of a standing shows what is odd about the numbers of its own columns.
func TestBreaks(t *testing.T) {
	f := newFake()
	opt := f.options()
	skipped := schedule.Reason{Code: "number_skipped", Args: map[string]any{"first": 11, "last": 11, "missing": 1, "before": 10, "after": 12}}
	opt.Breaks = func(_ context.Context, owner string, from, to time.Time) ([]schedule.Break, error) {
		if owner != "suong-ha/dai-ptth" || !from.Equal(at("2023-02-13 00:00")) || !to.Equal(at("2023-02-20 00:00")) {
			t.Errorf("asked of %s, %v–%v", owner, from, to)
		}
		return []schedule.Break{
			{Series: schedule.Series{Agency: owner, Column: "chung-tay", Channel: "truyen-hinh", Kind: media.EvAiring}, At: at("2023-02-15 20:00"), Reason: skipped},
			{Series: schedule.Series{Agency: owner, Column: "thue", Channel: "truyen-hinh", Kind: media.EvAiring}, At: at("2023-02-15 20:00"), Reason: skipped},
			{Series: schedule.Series{Agency: owner, Column: "chung-tay", Channel: "phat-thanh", Kind: media.EvAiring}, At: at("2023-02-15 20:00"), Reason: skipped},
		}, nil
	}
	body := get(t, New(opt), "/tien-do/B-D1/dai-ptth/2023-W07").Body.String()
	if strings.Count(body, "Nhảy số: sau số 10 là số 12, thiếu số 11.") != 1 || !strings.Contains(body, "không phải kết luận") {
		t.Errorf("of\n%s", body)
	}
}
