package schedule

import (
	"testing"

	"loa/media"
)

// TestOwnWindows: what a station or a channel has of its own stands in the place of
// what is for all, for it alone and as long as it holds.
func TestOwnWindows(t *testing.T) {
	p := world()
	p.Channels = append(p.Channels, Channel{ID: "tv2", Agency: "mau/dai", Medium: "tv"}, Channel{ID: "khac", Agency: "mau/bao", Medium: "tv"})
	p.Windows = append(p.Windows,
		Window{Medium: "tv", Agency: "mau/dai", FromMinute: 19 * 60, ToMinute: 22 * 60, From: at("2023-03-01"), To: at("2023-04-01")},
		Window{Medium: "tv", Channel: "tv", FromMinute: 20 * 60, ToMinute: 21 * 60, From: at("2023-03-15"), To: at("2023-03-20")})
	of := func(channel string) func(*media.Airing) { return func(a *media.Airing) { a.Channel = channel } }
	for _, c := range []struct {
		channel, when, want string
	}{
		{"tv", "2023-02-28 18:30", "in_window"},
		{"tv", "2023-03-01 18:30", "outside_window"}, // the station's own from here on
		{"tv", "2023-03-01 19:30", "in_window"},
		{"tv", "2023-03-01 11:30", "outside_window"}, // and it has none at noon
		{"khac", "2023-03-01 18:30", "in_window"},    // another station's channel
		{"tv", "2023-03-15 19:30", "outside_window"}, // the channel's own
		{"tv", "2023-03-15 20:50", "not_enough_inside"},
		{"tv2", "2023-03-15 19:30", "in_window"}, // the station's other channel
		{"tv", "2023-03-20 19:30", "in_window"},
		{"tv", "2023-04-01 18:30", "in_window"},
	} {
		e := airing(c.when, 15, of(c.channel))
		f := testWindow(p, p.Quotas[0], Condition{Name: "in_window"}, e)
		if f.why.Code != c.want {
			t.Errorf("%s on %s: %s (%v), want %s", c.when, c.channel, f.why.Code, f.why.Args, c.want)
		}
		if started := f.why.Code != "outside_window"; p.InWindow(*e.Airing) != started {
			t.Errorf("%s on %s starts in a window: %t", c.when, c.channel, !started)
		}
	}
	// The last save of a week goes by the same windows.
	s, _ := run(t, p, nil, nil, seen(), "2023-03-13 08:00", "B-D1", "mau/dai", "2023-W11")
	if want := at("2023-03-19 20:45"); s.LastSave == nil || !s.LastSave.Equal(want) {
		t.Errorf("last save %v, want %v", s.LastSave, want)
	}
}

// TestToleranceIsShownOnly: by however little a broadcast is short, no tolerance
// makes it count; it is only put before a person.
func TestToleranceIsShownOnly(t *testing.T) {
	p := world()
	for _, tolerance := range []int{0, 30, 3600} {
		p.Quotas[0].Tolerance = tolerance
		e := airing("2023-03-08 20:00", 14.99)
		s, m := run(t, p, []media.Evidence{e}, nil, everything(p), "2023-03-13", "B-D1", "mau/dai", "2023-W10")
		if len(m.Credits) > 0 || s.State != Missed || count(s).Delivered != 0 || m.Rejections[0].Near != (tolerance > 0) {
			t.Errorf("tolerance %d: %+v, near %t", tolerance, s, m.Rejections[0].Near)
		}
	}
}
