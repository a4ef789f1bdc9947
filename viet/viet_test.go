package viet

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestNFC(t *testing.T) {
	for in, want := range map[string]string{
		norm.NFD.String("Đẩy mạnh cải cách"): "Đẩy mạnh cải cách",
		"Ðảng \u00f0i":           "Đảng đi",
		"a\u00a0b\u200bc\u00add": "a bcd",
		"a\xffb\x00":             "ab",
	} {
		if got := NFC(in); got != want {
			t.Errorf("NFC(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"  Đẩy   mạnh CẢI CÁCH\thành chính ": "day manh cai cach hanh chinh",
		norm.NFD.String("Ủy ban"):            "uy ban",
		"Mường Lò, A1":                       "muong lo, a1",
	} {
		if got := Fold(in); got != want || Fold(got) != got {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTone(t *testing.T) {
	for in, want := range map[string]string{
		"thuỷ lợi, hoà bình": "thủy lợi, hòa bình",
		"quý hoạ khoẻ":       "quý họa khỏe",
		"thủy hòa":           "thủy hòa",
		"toán loài":          "toán loài", // not at the end of the syllable
	} {
		if got := Tone(in); got != want || len(got) != len(in) {
			t.Errorf("Tone(%q) = %q, want %q", in, got, want)
		}
	}
}
