package web

import (
	"strings"
	"testing"
	"time"

	"loa/schedule"
)

// TestStandingShowsItsCases: the week that a case repairs, and no other, tells of it.
func TestStandingShowsItsCases(t *testing.T) {
	f := newFake()
	act := func(a schedule.CaseAct) {
		a.Plan, a.Case, a.Seq, a.Actor, a.At = f.plan.ID, "PB-01", len(f.acts)+1, "Chuyên viên", at("2023-02-11 09:00")
		f.acts = append(f.acts, a)
	}
	act(schedule.CaseAct{Kind: schedule.CaseOpen, Owner: "suong-ha/dai-ptth", Misses: []schedule.Miss{{Quota: "B-D1", Period: "2023-W05", Short: 1}}, Reason: "other", Words: hostile})
	act(schedule.CaseAct{Kind: schedule.CasePropose, Pledge: &schedule.Pledge{Channel: "truyen-hinh", Programme: "Chung tay", Start: at("2023-02-15 20:00"), Length: 20 * time.Minute}})
	body := get(t, f.handler(), "/tien-do/B-D1/dai-ptth/2023-W05").Body.String()
	for _, s := range []string{"Phát bù", "PB-01", "Đã đề xuất, chờ thống nhất", "20h00 ngày 15/02/2023", "Truyền hình Sương Hà", "&lt;script&gt;"} {
		if !strings.Contains(body, s) {
			t.Errorf("does not say %q", s)
		}
	}
	if other := get(t, f.handler(), "/tien-do/B-D1/dai-ptth/2023-W06").Body.String(); strings.Contains(other, "PB-01") {
		t.Error("another week tells of it")
	}
}
