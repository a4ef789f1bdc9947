package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"loa/media"
)

// TestDeclaredAndSeen: a piece that a unit declared and an officer accepted counts once with what is observed of it later, in
// whichever period either falls; what was accepted is not lost where what was observed does not count.
func TestDeclaredAndSeen(t *testing.T) {
	const owner = "mau/so-a"
	url := func(u string) func(*media.Evidence) { return func(e *media.Evidence) { e.URL = u } }
	title := func(s string) func(*media.Evidence) { return func(e *media.Evidence) { e.Title = s } }
	declared := func(id, when string, change ...func(*media.Evidence)) media.Evidence {
		e := item(owner, when, named(id), url("http://so-a.mau.example/tin/1"), title("Một cửa về tận thôn"))
		e.Kind, e.Precision, e.Verdict, e.Grade, e.Decided = media.EvDeclared, media.ToDay, nil, media.GradeD, "Cán bộ"
		for _, c := range change {
			c(&e)
		}
		return e
	}
	add := func(id, when string) Decision { return decide(Add, "A-4", owner, "", when, on(id)) }
	strike := func(id, when string) Decision { return decide(Strike, "A-4", owner, "", when, on(id)) }
	d, here := declared("d", "2023-02-14"), url("https://www.so-a.mau.example/tin/1/?utm_source=zalo")
	at := func(when string, change ...func(*media.Evidence)) media.Evidence {
		return item(owner, when, append([]func(*media.Evidence){named("i"), title("Tin khác tên"), here}, change...)...)
	}
	yes := add("d", "2023-03-01")
	for name, c := range map[string]struct {
		ev   []media.Evidence
		ds   []Decision
		want string // credits and rejections: period, id, last reason
	}{
		"not seen":                              {[]media.Evidence{d}, []Decision{yes}, "+2023-02 d added"},
		"seen too":                              {[]media.Evidence{d, at("2023-02-14 09:00")}, []Decision{yes}, "+2023-02 i declared_too -2023-02 d declared_seen"},
		"seen in the month after":               {[]media.Evidence{d, at("2023-03-01 09:00")}, []Decision{yes}, "+2023-03 i declared_too -2023-02 d declared_seen"},
		"seen, title and day":                   {[]media.Evidence{d, at("2023-02-14 09:00", url("http://so-a.mau.example/khac"), title("MỘT CỬA về tận thôn"))}, []Decision{yes}, "+2023-02 i declared_too -2023-02 d declared_seen"},
		"seen, a copy of its address":           {[]media.Evidence{declared("d", "2023-02-14", func(e *media.Evidence) { e.Items = []string{"x", "i"} }), at("2023-02-20 09:00", url("http://so-a.mau.example/khac"))}, []Decision{yes}, "+2023-02 i declared_too -2023-02 d declared_seen"},
		"another was seen":                      {[]media.Evidence{d, at("2023-02-14 09:00", url("http://so-a.mau.example/tin/2"))}, []Decision{yes}, "+2023-02 d added +2023-02 i no_repost"},
		"another's":                             {[]media.Evidence{d, item("mau/so-b", "2023-02-14 09:00", named("i"), here)}, []Decision{yes}, "+2023-02 d added +2023-02 i no_repost"}, // which counts for that other
		"judged to be something else":           {[]media.Evidence{d, at("2023-02-14 09:00", other, decidedBy)}, []Decision{yes}, "+2023-02 d added -2023-02 i not_reform"},
		"waits for a person":                    {[]media.Evidence{d, at("2023-02-14 09:00", review)}, []Decision{yes}, "+2023-02 d added -2023-02 i not_reform"},
		"waits, in another month":               {[]media.Evidence{d, at("2023-03-01 09:00", review)}, []Decision{yes}, "+2023-02 d added -2023-03 i not_reform?"},
		"without a day":                         {[]media.Evidence{d, at("2023-02-14 09:00", undated)}, []Decision{yes}, "+2023-02 d added -2023-02 i no_date"},
		"struck afterwards":                     {[]media.Evidence{d, at("2023-02-14 09:00")}, []Decision{yes, strike("i", "2023-03-02")}, "+2023-02 d added -2023-02 i struck"},
		"struck, then accepted":                 {[]media.Evidence{d, at("2023-02-14 09:00")}, []Decision{strike("i", "2023-02-20"), yes}, "+2023-02 d added -2023-02 i struck"},
		"both struck":                           {[]media.Evidence{d, at("2023-02-14 09:00")}, []Decision{yes, strike("i", "2023-03-02"), strike("d", "2023-03-03")}, "-2023-02 d struck -2023-02 i struck"},
		"declaration struck":                    {[]media.Evidence{d, at("2023-02-14 09:00")}, []Decision{yes, strike("d", "2023-03-02")}, "+2023-02 i no_repost -2023-02 d struck"},
		"added though it fails":                 {[]media.Evidence{d, at("2023-02-14 09:00", repost)}, []Decision{yes, add("i", "2023-03-02")}, "+2023-02 i declared_too -2023-02 d declared_seen"},
		"declared twice":                        {[]media.Evidence{d, declared("e", "2023-02-14", url(""))}, []Decision{yes, add("e", "2023-03-02")}, "+2023-02 d added -2023-02 e declared_twice"},
		"declared twice, seen, the other first": {[]media.Evidence{d, declared("c", "2023-02-14", url("")), at("2023-02-14 09:00")}, []Decision{yes, add("c", "2023-03-02")}, "+2023-02 i declared_too -2023-02 c declared_seen -2023-02 d declared_seen"},
		"declared twice and seen":               {[]media.Evidence{d, declared("e", "2023-02-14", url("")), at("2023-02-14 09:00")}, []Decision{yes, add("e", "2023-03-02")}, "+2023-02 i declared_too -2023-02 d declared_seen -2023-02 e declared_seen"},
	} {
		p := world()
		m := Match(p, c.ev, c.ds, tet())
		var got []string
		for _, x := range m.Credits {
			if x.Quota == "A-4" {
				code := x.Reasons[len(x.Reasons)-1].Code
				if code == "is_reform" {
					code = "no_repost" // met without a word
				}
				got = append(got, fmt.Sprintf("+%s %s %s", x.Period, x.Evidence.ID, code))
			}
		}
		for _, x := range m.Rejections {
			if x.Quota == "A-4" {
				line := fmt.Sprintf("-%s %s %s", x.Period, x.Evidence.ID, x.Reason.Code)
				if x.Awaiting {
					line += "?"
				}
				got = append(got, line)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s:\n%s, want\n%s", name, strings.Join(got, " "), c.want)
		}
	}
	m := Match(world(), []media.Evidence{d, at("2023-02-14 09:00", other)}, []Decision{yes}, tet())
	if i := slices.IndexFunc(m.Credits[0].Reasons, func(r Reason) bool { return r.Code == "declared_stands" }); i < 0 || m.Credits[0].Reasons[i].Args["why"] != "not_reform" {
		t.Errorf("it is not said why what was declared counts: %+v", m.Credits[0].Reasons)
	}
	// What a person would say of the piece that waits changes nothing where the declared one counts; elsewhere it does.
	if got := told(world(), []media.Evidence{d, at("2023-02-14 09:00", review)}, []Decision{yes}, "2023-03-05"); len(got) != 0 {
		t.Errorf("a piece that counts as declared is asked about for its quota: %v", got)
	}
}

// TestDeclaredDayOfColumn: where days of a column are counted, the observed piece takes over what was accepted, also as the
// second piece of its day.
func TestDeclaredDayOfColumn(t *testing.T) {
	d := item("mau/bao", "2023-02-14", named("d"))
	d.Kind, d.URL, d.Verdict = media.EvDeclared, "http://bao.example/1", nil
	ev := []media.Evidence{d, item("mau/bao", "2023-02-14 08:00", column, named("first")), item("mau/bao", "2023-02-14 09:00", column, named("i"), func(e *media.Evidence) { e.URL = d.URL })}
	ds := []Decision{decide(Add, "A-6.1", "mau/bao", "", "2023-03-01", on("d"))}
	var got []string
	for _, c := range Match(world(), ev, ds, tet()).Credits {
		got = append(got, c.Evidence.ID)
	}
	if strings.Join(got, " ") != "first i" {
		t.Errorf("credited %v: what was accepted counts beside the first of the day, once", got)
	}
}

// TestOldConfirmation: a miss that was confirmed past what we did not see decides nothing, whenever that was; once it is
// seen it holds again. What was not handed over may be gone past.
func TestOldConfirmation(t *testing.T) {
	one := []media.Evidence{item("mau/bao", "2023-02-03 08:00", column)}
	yes := decide(ConfirmMissed, "A-6.1", "mau/bao", "2023-02", "2023-03-02")
	whole := everything(world())
	blind := everything(world())
	blind.Spans["mau/bao-1"] = []Span{{at("2023-01-01"), at("2023-02-10")}}
	blind.Blind = map[string]Blind{"mau/bao-1": {Source: "mau/bao-1", Reason: media.Unreachable, Since: at("2023-02-10")}}
	reference := world()
	reference.Quotas[1].Basis = ByReference
	for name, c := range map[string]struct {
		p         *Plan
		obs       Observation
		ev        []media.Evidence
		state     State
		confirmed bool
		last      string
	}{
		"seen":                {world(), whole, one, Missed, true, "confirmed_missed"},
		"blind":               {world(), blind, one, Insufficient, false, "confirm_void"},
		"a piece not read":    {world(), whole, append([]media.Evidence{item("mau/bao", "2023-02-10 08:00", column, unjudged)}, one...), Insufficient, false, "confirm_void"},
		"a level of ours":     {reference, whole, one, Missed, false, "confirm_void"},
		"delivered after all": {world(), blind, append([]media.Evidence{item("mau/bao", "2023-02-10 08:00", column)}, one...), Met, false, "enough_delivered"},
	} {
		s, _ := run(t, c.p, c.ev, []Decision{yes}, c.obs, "2023-03-10", "A-6.1", "mau/bao", "2023-02")
		if s.State != c.state || s.Confirmed != c.confirmed || s.Reasons[len(s.Reasons)-1].Code != c.last {
			t.Errorf("%s: %s confirmed %t %v", name, s.State, s.Confirmed, codes(s.Reasons))
		}
		if _, err := MayConfirm(s); s.Confirmed && err != nil {
			t.Errorf("%s: confirmed, and may not be: %v", name, err)
		}
	}
}
