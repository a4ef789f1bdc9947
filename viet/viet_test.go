package viet

import (
	"strings"
	"testing"
	"unicode/utf8"

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

func TestSyllables(t *testing.T) {
	in := "Đẩy mạnh CCHC – Th11/2023: một cửa."
	var got []string
	for _, s := range Syllables(in) {
		if want := strings.ToLower(in[s.At:s.End]); s.Text != want {
			t.Errorf("%q is not at [%d,%d)", s.Text, s.At, s.End)
		}
		got = append(got, s.Text)
	}
	if want := "đẩy|mạnh|cchc|th11|2023|một|cửa"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %s", got, want)
	}
	soft := Syllables("hành\u00adchính th\u200bủ tục")
	if len(soft) != 3 || soft[0].Text != "hànhchính" || soft[1].Text != "thủ" {
		t.Errorf("soft hyphen and zero-width space: %+v", soft)
	}
}

// NFD and NFC cut alike, offsets ascend and lie on rune boundaries.
func FuzzSyllables(f *testing.F) {
	for _, s := range []string{"Đẩy mạnh CCHC", norm.NFD.String("Ủy ban nhân dân"), "a\u00adb \xffx", "13/5 İstanbul", "một-cửa"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, y := range Syllables(s) {
			if y.At < end || y.End <= y.At || y.End > len(s) || y.Text == "" || !utf8.RuneStart(s[y.At]) {
				t.Fatalf("%q: bad syllable %+v", s, y)
			}
			end = y.End
		}
		clean := NFC(s)
		if !utf8.ValidString(s) || strings.ContainsAny(s, "ÐðƉɖ") {
			return
		}
		a, b := Syllables(clean), Syllables(norm.NFD.String(clean))
		if len(a) != len(b) {
			t.Fatalf("%q: %d syllables composed, %d decomposed", s, len(a), len(b))
		}
		for i := range a {
			if a[i].Text != b[i].Text {
				t.Fatalf("%q: %q and %q", s, a[i].Text, b[i].Text)
			}
		}
	})
}
