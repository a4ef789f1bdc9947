package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"loa/media"
)

// TestAgreedMakeGood: what was agreed counts for the missed week only if the
// plan says that it repairs, and never out of a week that needs it itself.
func TestAgreedMakeGood(t *testing.T) {
	a, b, c := airing("2023-03-14 20:00", 20), airing("2023-03-16 20:00", 20), airing("2023-03-17 20:00", 20) // of week 11
	good := func(e media.Evidence, week, when string, change ...func(*Decision)) Decision {
		return decide(MakeGood, "B-D1", "mau/dai", week, when, append([]func(*Decision){on(e.ID), paper("18/PTTH-TH"), dated("2023-03-16")}, change...)...)
	}
	missed := decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W10", "2023-03-14 08:00")
	w10 := good(b, "2023-W10", "2023-03-20")
	for name, tt := range map[string]struct {
		policy MadeGood
		days   int
		ev     []media.Evidence
		ds     []Decision
		counts string // of weeks 9, 10, 11
		says   string // of week 10
	}{
		"noted":                         {"", 0, []media.Evidence{a, b}, []Decision{w10}, "0 0 2", "missed short confirmed_missed made_good"},
		"noted, but needed at home":     {"", 0, []media.Evidence{b}, []Decision{w10}, "0 0 1", "missed short confirmed_missed made_good_lost"},
		"of no account":                 {MadeGoodNone, 0, []media.Evidence{a, b}, []Decision{w10}, "0 0 2", "missed short confirmed_missed"},
		"repairs":                       {MadeGoodRepairs, 0, []media.Evidence{a, b}, []Decision{w10}, "0 1 1", "met enough_delivered made_good"},
		"repairs, but needed at home":   {MadeGoodRepairs, 0, []media.Evidence{b}, []Decision{w10}, "0 0 1", "missed short confirmed_missed made_good_lost"},
		"its log was superseded":        {MadeGoodRepairs, 0, []media.Evidence{a}, []Decision{w10}, "0 0 1", "missed short confirmed_missed made_good_lost"},
		"taken back":                    {MadeGoodRepairs, 0, []media.Evidence{a, b}, []Decision{w10, good(b, "2023-W10", "2023-03-21", none)}, "0 0 2", "missed short confirmed_missed"},
		"struck later":                  {MadeGoodRepairs, 0, []media.Evidence{a, b}, []Decision{w10, decide(Strike, "B-D1", "mau/dai", "", "2023-03-22", on(b.ID))}, "0 0 1", "missed short confirmed_missed made_good_lost"},
		"two at once out of three":      {MadeGoodRepairs, 0, []media.Evidence{a, b, c}, []Decision{w10, good(c, "2023-W09", "2023-03-21")}, "1 1 1", "met enough_delivered made_good"},
		"the second is not spare":       {MadeGoodRepairs, 0, []media.Evidence{a, b}, []Decision{w10, good(a, "2023-W09", "2023-03-21")}, "0 1 1", "met enough_delivered made_good"},
		"never":                         {MadeGoodRepairs, 0, nil, []Decision{decide(MakeGood, "B-D1", "mau/dai", "2023-W10", "2023-03-20", none, paper("19/PTTH"))}, "0 0 0", "missed short confirmed_missed not_made_good"},
		"noted, and days that move":     {"", 14, []media.Evidence{a, b}, []Decision{good(b, "2023-W10", "2023-03-20")}, "1 0 1", "missed short confirmed_missed made_good"},
		"repairs, and days that move":   {MadeGoodRepairs, 14, []media.Evidence{a, b, c}, []Decision{w10}, "1 1 1", "met enough_delivered made_good"},
		"not spare, but moved by days":  {MadeGoodRepairs, 7, []media.Evidence{b}, []Decision{w10}, "0 1 0", "met enough_delivered made_good"},
		"decided after what is counted": {MadeGoodRepairs, 0, []media.Evidence{a, b}, []Decision{good(b, "2023-W10", "2023-03-20"), good(b, "2023-W10", "2023-03-21")}, "0 1 1", "met enough_delivered made_good"},
	} {
		p := world()
		p.Quotas[0].AgreedGood, p.Quotas[0].MakeGood = tt.policy, tt.days
		s, m := run(t, p, tt.ev, append(slices.Clone(tt.ds), missed), everything(p), "2023-04-01", "B-D1", "mau/dai", "2023-W10")
		n := map[string]int{}
		for _, x := range m.Credits {
			n[x.Period]++
		}
		if got := fmt.Sprint(n["2023-W09"], n["2023-W10"], n["2023-W11"]); got != tt.counts {
			t.Errorf("%s: weeks 9 to 11 count %s, want %s", name, got, tt.counts)
		}
		if got := string(s.State) + " " + strings.Join(codes(s.Reasons), " "); got != tt.says {
			t.Errorf("%s: %s, want %s", name, got, tt.says)
		}
	}
}

// TestMakeGoodOfAClosedWeek: what is agreed later changes no closed week; it is proposed.
func TestMakeGoodOfAClosedWeek(t *testing.T) {
	a, b := airing("2023-03-14 20:00", 20), airing("2023-03-16 20:00", 20)
	missed := decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W10", "2023-03-14 08:00")
	w10 := decide(MakeGood, "B-D1", "mau/dai", "2023-W10", "2023-03-22", on(b.ID), paper("18/PTTH-TH"), dated("2023-03-16"))
	for policy, want := range map[MadeGood]string{MadeGoodNone: "", MadeGoodNoted: "2023-W10 missed +0-0", MadeGoodRepairs: "2023-W10 met +1-0, 2023-W11 met +0-1"} {
		p := world()
		p.Quotas[0].AgreedGood = policy
		e := derived(p, []media.Evidence{a, b}, []Decision{missed}, everything(p), "2023-03-20")
		c, err := Close(p, tet(), e, window(t, "2023-03-06..2023-03-19"), nil, "A", "", at("2023-03-20"))
		if err != nil {
			t.Fatal(err)
		}
		now := derived(p, []media.Evidence{a, b}, []Decision{missed, w10}, everything(p), "2023-03-25").Frozen([]Closing{c})
		var got []string
		for _, x := range now.Proposals {
			got = append(got, fmt.Sprintf("%s %s +%d-%d", x.Period, x.Now.State, len(x.Added), len(x.Removed)))
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s: proposed %q, want %q", policy, s, want)
		}
		if next := c.Restated(derived(p, []media.Evidence{a, b}, []Decision{missed, w10}, everything(p), "2023-03-25"), now.Proposals, "A", "bù", at("2023-03-26")); policy == MadeGoodRepairs {
			again := derived(p, []media.Evidence{a, b}, append([]Decision{missed, w10}, Held(p, []Closing{next}, at("2023-03-27"))...), everything(p), "2023-03-27").Frozen([]Closing{c, next})
			if len(again.Proposals) != 0 {
				t.Errorf("restated, and proposed again: %+v", again.Proposals)
			}
		}
	}
}
