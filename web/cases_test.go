package web

import (
	"strings"
	"testing"
)

// TestStandingShowsItsCases: the week that a case repairs, and no other, tells of it.
func TestStandingShowsItsCases(t *testing.T) {
	f := newFake()
	body := get(t, f.handler(), "/tien-do/B-D1/dai-ptth/2023-W05").Body.String()
	for _, s := range []string{"Phát bù", "PB-01", "Chưa phát bù như đã hẹn, chờ đề xuất lại", "thống nhất theo 18/PTTH-TH", "20h00 ngày 15/02/2023", "Truyền hình Sương Hà", "&lt;script&gt;"} {
		if !strings.Contains(body, s) {
			t.Errorf("does not say %q", s)
		}
	}
	if other := get(t, f.handler(), "/tien-do/B-D1/dai-ptth/2023-W06").Body.String(); strings.Contains(other, "PB-01") {
		t.Error("another week tells of it")
	}
}
