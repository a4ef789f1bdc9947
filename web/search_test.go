package web

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzPhrases: a phrase has two words or more, is as a search sees it, and occurs in what it was read from.
func FuzzPhrases(f *testing.F) {
	for _, s := range []string{"", `"một cửa"`, "«Bộ phận MỘT  cửa» và “thủ tục hành chính", `"""`, "”a b”", "\"a\u0301 b\" \xff", `«a "b c" d»`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		phrases := Phrases(s)
		for _, p := range phrases {
			if !strings.Contains(p, " ") || p != folded(p) {
				t.Errorf("%q: phrase %q", s, p)
			}
		}
		if utf8.ValidString(s) && !Contains(phrases, s) {
			t.Errorf("%q does not contain its own phrases %q", s, phrases)
		}
	})
}
