package trail

import "testing"

// FuzzParseCursor: what is read as a place in the trail is written as it was read, or is the beginning.
func FuzzParseCursor(f *testing.F) {
	for _, s := range []string{"", ".", "zz.1", "1z141z3.7", "-1.2", "zzzzzzzzzzzz.zzzzzzzzzzzz", "1.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := ParseCursor(s)
		if c == (Cursor{}) {
			return
		}
		if c.Seq <= 0 {
			t.Errorf("%q: %+v", s, c)
		}
		if again := ParseCursor(c.String()); !again.At.Equal(c.At) || again.Seq != c.Seq {
			t.Errorf("%q: %+v is written %q, read again %+v", s, c, c, again)
		}
	})
}

// FuzzParseAnchor: what is read as an anchor is written as it was read.
func FuzzParseAnchor(f *testing.F) {
	const hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, s := range []string{"", ":", "1:" + hash, " 7 : " + hash + " ", "0:" + hash, "1:" + hash[:63] + "g", "+1:" + hash} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, ok := ParseAnchor(s)
		if !ok {
			return
		}
		if a.Seq <= 0 || len(a.Hash) != 64 {
			t.Errorf("%q: %+v", s, a)
		}
		if again, ok := ParseAnchor(a.String()); !ok || again != a {
			t.Errorf("%q: %+v is written %q, read again %+v", s, a, a, again)
		}
	})
}
