package extract

import "testing"

// What is read without a parser is what the parser reads.
func FuzzPlainLines(f *testing.F) {
	for _, s := range []string{
		"<p>Một đoạn.</p>", "Trước<br>giữa<br/>sau<br />", "<p>Một<p>Hai</p>\r\n<p></p> ba", "</p>a</p>", "a < b <p>c</p>",
		"<p>dở", "<p", "x<br", "<P>Hoa</P>", "<p class=a>b</p>", "<p>a&amp;b</p>", "<p>\x00</p>", "không có gì", "", "<p>\u00a0e\u0302\u0301<br>\t",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lines, ok := plainLines(s)
		if !ok {
			return
		}
		if want := markedLines(s); lines != want {
			t.Errorf("%q: %q, want %q", s, lines, want)
		}
	})
}

func TestPlainLines(t *testing.T) {
	for s, want := range map[string]string{"<p>Một <br>hai</p> ba": "Một\nhai\nba", "<p></p>": ""} {
		if lines, ok := plainLines(s); !ok || lines != want {
			t.Errorf("%q: %q, %v, want %q", s, lines, ok, want)
		}
	}
	for _, s := range []string{"trơn", "<b>đậm</b>", "<p>a&nbsp;b</p>", "<p", "<!--p--><p>"} {
		if lines, ok := plainLines(s); ok {
			t.Errorf("%q: %q without the parser", s, lines)
		}
	}
}
