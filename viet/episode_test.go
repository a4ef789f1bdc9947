package viet

import "testing"

func TestEpisodeNumber(t *testing.T) {
	for _, c := range []struct {
		title   string
		n, year int
		ok      bool
	}{
		{"Số 05/2023: Một cửa điện tử", 5, 2023, true}, {"Kỳ 5 - Một cửa", 5, 0, true}, {"Tập 12", 12, 0, true}, {"012", 12, 0, true}, {"Số 6105", 6105, 0, true},
		{"Số 76/NQ-CP: những điểm mới", 0, 0, false}, {"Số 18/2023/NĐ-CP, điểm mới", 0, 0, false}, {"Một cửa (kỳ 2)", 0, 0, false}, {"Kỳ họp thứ 12", 0, 0, false}, {"", 0, 0, false},
	} {
		if n, year, ok := EpisodeNumber(c.title); n != c.n || year != c.year || ok != c.ok {
			t.Errorf("%q: %d, %d, %t", c.title, n, year, ok)
		}
	}
	for _, c := range []struct {
		name    string
		n, year int
		ok      bool
	}{
		{"Chung tay CCHC số 12", 12, 0, true}, {"Chung tay CCHC Số: 12/2023", 12, 2023, true}, {"Chung tay CCHC", 0, 0, false}, {"Chuyển đổi số", 0, 0, false},
	} {
		if n, year, ok := EpisodeBehind(c.name); n != c.n || year != c.year || ok != c.ok {
			t.Errorf("%q: %d, %d, %t", c.name, n, year, ok)
		}
	}
}
