package web

import (
	"strings"
	"testing"
	"time"

	"loa/media"
)

// Every state of a source has its words, its reason and what may be done; a
// quiet one is not among the blind, and the board says how many there are.
func TestSourcesPage(t *testing.T) {
	f := newFake()
	f.now = at("2023-06-14 15:00")
	var ids []string
	for _, s := range f.plan.Sources {
		if !s.Verify {
			ids = append(ids, s.ID)
		}
	}
	if len(ids) < 4 {
		t.Fatalf("%d sources", len(ids))
	}
	daily := func(perDay, lately int) map[string]int {
		out := map[string]int{}
		for i := 1; i <= 100; i++ {
			n := perDay
			if i <= 7 {
				n = lately
			}
			out[f.now.AddDate(0, 0, -i).Format(time.DateOnly)] = n
		}
		return out
	}
	for _, id := range ids {
		f.health[id] = media.Health{Source: id, Active: true, Outcome: media.OK, LastOK: f.now, Wait: 25 * time.Minute, NextDue: time.Now().Add(25*time.Minute + 40*time.Second), Daily: daily(2, 2)}
	}
	f.health[ids[0]] = media.Health{Source: ids[0], Active: true, Outcome: media.NotModified, LastOK: f.now, Daily: daily(3, 0)}
	f.health[ids[1]] = media.Health{Source: ids[1], Active: true, Outcome: media.Challenge, BlindSince: f.now.Add(-time.Hour), Fails: 2, Daily: daily(3, 0)}
	f.health[ids[2]] = media.Health{Source: ids[2], Outcome: media.OK}
	f.health[ids[3]] = media.Health{Source: ids[3], Active: true, Outcome: media.OK, Listed: 4, Usual: 20, Daily: daily(2, 2)}
	if len(ids) > 4 {
		h := f.health[ids[4]]
		h.Drift = media.Drift{Days: 7, N: 26, Figures: []media.DriftFigure{{Name: media.DriftAccepted, Now: 0.62, Median: 0.2, Score: 6, Unusual: true}, {Name: media.DriftAsked, Now: 0.1, Median: 0.1},
			{Name: media.DriftUnknown, Now: 0.31, Median: 0.08, Score: 9, Unusual: true}}}
		f.health[ids[4]] = h
	}
	body := get(t, f.handler(), "/nguon").Body.String()
	structure(t, "/nguon", body)
	for _, want := range []string{
		`<span class="chip h-quiet">ít tin bất thường</span><span class="soft">0 tin trong 7 ngày; thường lệ 21</span>`,
		`<span class="chip h-blind">trang yêu cầu xác minh</span>`, "loa không vượt qua", `<span class="chip h-retired">thôi theo dõi</span>`,
		`<span class="chip h-doubt">danh sách ngắn hẳn đi</span>`, "Số tin từng 7 ngày, cũ đến mới: 21, 21", "hiện cách 25 phút", "15h25",
		`<span class="chip h-doubt">phân loại khác thường</span><span class="soft">26 tin trong 7 ngày qua: tỷ lệ xếp là về CCHC 62%, thường lệ 20%; tỷ lệ âm tiết lạ 31%, thường lệ 8%</span>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Index(body, `id="s-blind"`) > strings.Index(body, `id="s-quiet"`) || strings.Index(body, `id="s-quiet"`) > strings.Index(body, `id="s-ok"`) {
		t.Error("those in trouble do not come first")
	}
	if want := "<strong>Nguồn:</strong> 1 chưa thu thập được · 1 ít tin bất thường · 1 cần xem lại danh sách · 1 phân loại khác thường."; !strings.Contains(get(t, f.handler(), "/bang-theo-doi").Body.String(), want) {
		t.Errorf("the board does not say: %s", want)
	}
	delete(f.health, ids[1])
	if body := get(t, f.handler(), "/nguon").Body.String(); !strings.Contains(body, `<span class="chip h-never">chưa đọc lần nào</span>`) {
		t.Error("a source never visited does not say so")
	}
}
