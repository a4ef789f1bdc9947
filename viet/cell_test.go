package viet

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Một cửa": "Một cửa", "=1+1": "'=1+1", "+84": "'+84", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "a=1": "a=1", "'=1": "'=1", "Ủy ban": "Ủy ban",
		"\u202e=1": "'=1", "\x00=1": "'=1", "\ufeff@x": "'@x", "＝1": "'＝1", "a\u202eb\u2066c\x1b": "abc", "a\tb\nc": "a\tb\nc", "a\xffb": "ab", "a\uffffb": "ab",
		"=" + strings.Repeat("ữ", mostCell): "'=" + strings.Repeat("ữ", mostCell-3) + "…", strings.Repeat("ữ", 32_767): strings.Repeat("ữ", mostCell-1) + "…", strings.Repeat("𝕏", 16_000): strings.Repeat("𝕏", 16_000),
	} {
		if got := Cell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"=1", "\u202e=1", "a", "\x00\x00-", "'=1", "\xff@", "=" + strings.Repeat("a", mostCell)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := Cell(in)
		if first, _ := utf8.DecodeRuneInString(got); got != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) || strings.ContainsFunc(got, odd) || !utf8.ValidString(got) || utf8.RuneCountInString(got) > mostCell {
			t.Errorf("%q: %q", in, got)
		}
		if again := Cell(got); again != got {
			t.Errorf("%q: %q, then %q", in, got, again)
		}
	})
}
