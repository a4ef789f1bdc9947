package report_test

import (
	"testing"

	"loa/media"
	"loa/report"
)

// A question's title is the citizen's own words; a piece's is a report unless
// its section says otherwise.
func TestMasked(t *testing.T) {
	const words = "Tôi tên là Tạ Thị Út, số 0912345678"
	for _, c := range []struct {
		e    media.Evidence
		want string
	}{
		{media.Evidence{Kind: media.EvQuestion, Title: words}, "Tôi tên là [tên công dân], số [số điện thoại]"},
		{media.Evidence{Kind: media.EvItem, Section: "Bạn đọc", Title: words}, "Tôi tên là [tên công dân], số [số điện thoại]"},
		{media.Evidence{Kind: media.EvItem, Title: "Đường dây nóng 0912345678"}, "Đường dây nóng 0912345678"},
	} {
		if got := report.Masked(c.e).Title; got != c.want {
			t.Errorf("%s, %q: %q, want %q", c.e.Kind, c.e.Section, got, c.want)
		}
	}
}
