package mask

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLowered(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		want := r
		if l := unicode.ToLower(r); utf8.RuneLen(l) == utf8.RuneLen(r) {
			want = l
		}
		if s := string(r); lowered(s) != string(want) {
			t.Fatalf("%U: %q, want %q", r, lowered(s), string(want))
		}
	}
	if got := lowered("CHỦ TỊCH\xff Ủy Ban"); got != "chủ tịch\xff ủy ban" || !strings.Contains(got, "\xff") {
		t.Errorf("%q", got)
	}
}
