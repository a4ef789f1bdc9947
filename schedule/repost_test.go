package schedule

import (
	"testing"

	"loa/media"
)

func TestReposts(t *testing.T) {
	p := &Plan{Agencies: []media.Agency{
		{ID: "t/bao", Name: "Báo Mẫu", Aliases: []string{"Báo Mẫu điện tử", "BMĐT"}, Level: media.Press},
		{ID: "t/cong", Name: "Cổng Thông tin điện tử tỉnh Mẫu", Short: "Cổng TTĐT", Level: media.Portal},
		{ID: "t/so-nv", Name: "Sở Nội vụ tỉnh Mẫu", Short: "Sở Nội vụ", Level: media.Department},
		{ID: "t/xa", Name: "Ủy ban nhân dân xã Mẫu", Short: "UBND xã Mẫu", Aliases: []string{"xã Mẫu", "X"}, Level: media.Commune},
	}}
	for _, c := range []struct {
		agency, credit string
		want           bool
	}{
		{"t/so-nv", "", false},
		{"t/so-nv", "  ", false},
		{"t/so-nv", "Nguồn: Báo Mẫu", true},
		{"t/so-nv", "Theo Báo Mẫu điện tử", true},
		{"t/so-nv", "Nguồn: SỞ NỘI VỤ", false},          // its own
		{"t/so-nv", "Nguồn: UBND xã Mẫu", true},         // no outlet: another body's piece on its site is not its own result
		{"t/bao", "Nguồn: Sở Nội vụ", false},            // contributed
		{"t/cong", "Nguồn: Sở Nội vụ tỉnh Mẫu", false},  // contributed
		{"t/cong", "Nguồn: Báo Mẫu", true},              // another outlet's
		{"t/bao", "Theo Cổng TTĐT", true},               // another outlet's
		{"t/bao", "Theo TTXVN", true},                   // nobody's of the plan
		{"t/bao", "Nguồn: Tạp chí Sở Nội vụ", true},     // an outlet the plan does not know
		{"t/bao", "BMĐT", false},                        // its own mark
		{"t/bao", "Nguồn: trang X", true},               // a name too short to be told
		{"t/ai", "Nguồn: Sở Nội vụ", true},              // the publisher is not in the plan
		{"t/xa", "Nguồn: Cổng Thông tin điện tử", true}, // half a name
	} {
		if got := p.Reposts(c.agency, c.credit); got != c.want {
			t.Errorf("%s, %q: %v, want %v", c.agency, c.credit, got, c.want)
		}
	}
}
