package schedule

import "testing"

// TestSecondPaper: one paper counts once for a duty of an owner, by number, address or file; several acts of one paper are said to be so.
func TestSecondPaper(t *testing.T) {
	first := decide(Attest, "B-C1", "mau/so-a", "2023-Q1", "2023-02-20", dated("2023-02-15"), paper("05/BB-SA"), file)
	other := func(change ...func(*Decision)) Decision {
		return decide(Attest, "B-C1", "mau/so-a", "2023-Q1", "2023-02-21", append([]func(*Decision){dated("2023-02-15")}, change...)...)
	}
	several := func(d *Decision) { d.Form = Several }
	strike := decide(Strike, "B-C1", "mau/so-a", "", "2023-02-20 09:00", on(first.ID))
	for name, c := range map[string]struct {
		ds   []Decision
		d    Decision
		want bool
	}{
		"its number, spelt otherwise":       {[]Decision{first}, other(paper("Số 5 / BB – SA")), true},
		"its number, another day":           {[]Decision{first}, other(paper("05/BB-SA"), dated("2023-03-01")), true},
		"its file under another name":       {[]Decision{first}, other(paper("biên bản"), file), true},
		"another act of it, on another day": {[]Decision{first}, other(paper("05/BB-SA"), dated("2023-03-01"), several), false},
		"another act of it, the same day":   {[]Decision{first}, other(paper("05/BB-SA"), several), true},
		"its number of another year":        {[]Decision{first}, other(paper("05/BB-SA"), issued("Sở A", "2022-12-30")), false},
		"another paper":                     {[]Decision{first}, other(paper("06/BB-SA")), false},
		"taken back":                        {[]Decision{first, strike}, other(paper("05/BB-SA")), false},
		"taken back, and again":             {[]Decision{first, strike, decide(Add, "B-C1", "mau/so-a", "", "2023-02-20 10:00", on(first.ID))}, other(paper("05/BB-SA")), true},
		"another duty":                      {[]Decision{first}, decide(Attest, "A-8", "mau/so-a", "2023-02", "2023-02-21", dated("2023-02-15"), paper("05/BB-SA")), false},
		"nothing arose":                     {[]Decision{first}, other(paper("05/BB-SA"), none), false},
		"itself":                            {[]Decision{first}, first, false},
	} {
		if _, got := SecondPaper(c.ds, c.d); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
