package viet

import "testing"

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"Tie\u0302\u0301ng Vie\u0323\u0302t": "Tiếng Việt",
		"a\u202eb\u200bc\x00d\ufeffe":        "abcde",
		"một\thai\u2003ba\nbốn":              "một hai ba\nbốn",
		"hỏng\xff\ufffd\ufffe":               "hỏng",
		"5\u00a0%":                           "5\u00a0%",
		"漢字🙂":                                "漢字🙂",
		"giữ nguyên\u00ad":                   "giữ nguyên",
		"C\u00e0 ph\u00ea – «ngon» … 50 %":   "Cà phê – «ngon» … 50 %",
	} {
		if got := Printable(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
