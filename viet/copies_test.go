package viet

import "testing"

func TestSameText(t *testing.T) {
	for _, c := range []struct {
		credit         string
		first, certain bool
		others         int
		want           string
	}{
		{"", false, true, 1, "trùng nội dung với «Tin» (Báo Mẫu) đăng trước"},
		{"Nguồn: Báo Mẫu", false, true, 3, "đăng lại của «Tin» (Báo Mẫu) và 2 tin, bài khác"},
		{"Nguồn: Báo Mẫu", true, true, 2, "đăng đầu tiên; trùng nội dung với «Tin» (Báo Mẫu) và 1 tin, bài khác đăng sau"},
		{"", false, false, 1, "trùng nội dung với «Tin» (Báo Mẫu); chưa xác định nơi đăng đầu tiên"},
		{"Nguồn: Báo Mẫu", false, false, 1, "đăng lại, trùng nội dung với «Tin» (Báo Mẫu); chưa xác định nơi đăng đầu tiên"},
	} {
		if got := SameText("Tin", "Báo Mẫu", c.credit, c.first, c.certain, c.others); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	if got := SameText("Tin", "", "", false, true, 1); got != "trùng nội dung với «Tin» đăng trước" {
		t.Error(got)
	}
}
