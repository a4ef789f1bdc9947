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

// FuzzEpisodeNumber: whatever a log prints as a title, a number is of few digits and
// the same for the same words.
func FuzzEpisodeNumber(f *testing.F) {
	for _, s := range []string{"Số 05/2023: Một cửa", "kỳ 12", "99999", "số 100000", "Số 76/NQ-CP", "Chung tay số: 12/2023", "٣", "\xff số 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func(string) (int, int, bool){EpisodeNumber, EpisodeBehind} {
			n, year, ok := read(s)
			if n < 0 || n > 99999 || !ok && (n != 0 || year != 0) || year != 0 && (year < 1900 || year > 2099) {
				t.Errorf("%q: %d, %d, %t", s, n, year, ok)
			}
			if n2, year2, ok2 := read(Clean(s)); ok && (n2 != n || year2 != year || !ok2) {
				t.Errorf("%q cleaned: %d, %d, %t, was %d, %d", s, n2, year2, ok2, n, year)
			}
		}
	})
}
