package viet

import (
	"strings"
	"testing"
	"unicode"
)

// The quick way and the general way give the same, for every rune and beside
// each kind of neighbour.
func TestPlain(t *testing.T) {
	check := func(s string) {
		t.Helper()
		if got, want := NFC(s), nfc(s); got != want {
			t.Errorf("NFC(%+q) = %+q, want %+q", s, got, want)
		}
		if got, want := Clean(s), strings.Join(strings.Fields(nfc(s)), " "); got != want {
			t.Errorf("Clean(%+q) = %+q, want %+q", s, got, want)
		}
		if got, want := Fold(s), fold(s); got != want {
			t.Errorf("Fold(%+q) = %+q, want %+q", s, got, want)
		}
	}
	for r := rune(0); r <= 0x3100; r++ {
		for _, around := range []string{"%", "a%", "%b", "Đẩy %mạnh", " % ", "%%", "%\u0301", "o\u0323%", "σ%Σ"} {
			check(strings.ReplaceAll(around, "%", string(r)))
		}
	}
	for r := rune(0x3100); r <= unicode.MaxRune; r += 37 {
		check("Đẩy " + string(r))
	}
	for _, s := range []string{"", " ", "  ", "a  b", " a", "a ", "a\tb", "a\nb", "\xff", "đ\xc3", "\xe1\xba", "\xe2\x80", "Thủ tục hành chính – «một cửa»…"} {
		check(s)
	}
	if ok, spaces := plain("Đẩy mạnh cải cách hành chính, “một cửa” – 50%"); !ok || spaces {
		t.Error("ordinary Vietnamese takes the general way")
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("Đẩy mạnh\u00a0cải  cách")
	f.Add("o\u0323a\u200b\u0301 \xff")
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := NFC(s), nfc(s); got != want {
			t.Errorf("NFC(%+q) = %+q, want %+q", s, got, want)
		}
		if got, want := Clean(s), strings.Join(strings.Fields(nfc(s)), " "); got != want {
			t.Errorf("Clean(%+q) = %+q, want %+q", s, got, want)
		}
		if got, want := Fold(s), fold(s); got != want {
			t.Errorf("Fold(%+q) = %+q, want %+q", s, got, want)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	s := strings.Repeat("Trong những ngày qua nhiều hộ gia đình ở các thôn bản đã chủ động chuẩn bị giống, vốn, lao động để bước vào vụ mới. ", 6)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Fold(s)
	}
}
