package schedule

import "testing"

func TestSameProvince(t *testing.T) {
	for _, x := range []struct {
		place, province string
		want            bool
	}{
		{"Yên Bái", "tỉnh Yên Bái", true}, {"Yên Bái Hà", "tỉnh Yên Bái", true}, {"Yên", "tỉnh Yên Bái", false}, {"", "tỉnh Yên Bái", false},
		{"Lào Cai", "tỉnh Yên Bái", false}, {"Đà Nẵng", "thành phố Đà Nẵng", true}, {"Yên Bái", "", false},
	} {
		if got := sameProvince(x.place, x.province); got != x.want {
			t.Errorf("%q %q: %t", x.place, x.province, got)
		}
	}
}
