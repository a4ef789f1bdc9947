package schedule

import (
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Window is an audience window «thời điểm có nhiều người theo dõi» (a reference
// level). One without a channel or a station is for every channel of its medium;
// one that names a station, or a channel, stands in the place of all that are
// more general, for that station or channel and as long as it holds.
type Window struct {
	Medium     string // "tv" or "radio"; of a window that names a channel, its channel's
	Channel    string // id of the only channel it is for, "" if of several
	Agency     string // id of the station whose channels it is for, "" if of all or of one channel
	FromMinute int    // minutes after local midnight, inclusive
	ToMinute   int    // exclusive
	From, To   time.Time
}

// Scope is how special a window is: 0 for a medium, 1 for a station, 2 for a channel.
func (w Window) Scope() int {
	switch {
	case w.Channel != "":
		return 2
	case w.Agency != "":
		return 1
	}
	return 0
}

// WindowsOf lists the audience windows of a channel on the local day that begins
// at day: of those that hold then, the most special, in the plan's order. A window
// that runs over midnight is the evening's. medium is that of what is broadcast,
// the channel's own if it is "".
func (p *Plan) WindowsOf(channel, medium string, day time.Time) []Window {
	agency := ""
	for _, c := range p.Channels {
		if c.ID == channel {
			agency = c.Agency
			if medium == "" {
				medium = c.Medium
			}
		}
	}
	var out []Window
	scope := 0
	for _, w := range p.Windows {
		if !within(day, w.From, w.To) || w.Channel != "" && w.Channel != channel || w.Agency != "" && w.Agency != agency || w.Medium != medium {
			continue
		}
		switch s := w.Scope(); {
		case s < scope:
		case s > scope:
			scope, out = s, []Window{w}
		default:
			out = append(out, w)
		}
	}
	return out
}

// testWindow wants the start inside an audience window of the airing's channel
// and the wanted minutes inside that same window.
func testWindow(p *Plan, q Quota, _ Condition, e media.Evidence) finding {
	start, end := e.Airing.Start, e.Airing.Start.Add(e.Airing.Duration)
	day := calendar.Day(start)
	best := time.Duration(-1) // of it that lies inside one window it starts in
	var hold []string
	for _, d := range []time.Time{day.AddDate(0, 0, -1), day} { // a window may run over midnight
		for _, w := range p.WindowsOf(e.Airing.Channel, e.Airing.Medium, d) {
			from, to := w.on(d)
			if to.After(day) && !slices.Contains(hold, w.String()) {
				hold = append(hold, w.String())
			}
			if start.Before(from) || !start.Before(to) {
				continue
			}
			inside := earlier(to, end).Sub(start)
			if inside >= q.minLength() {
				return finding{ok: true, why: because("in_window", args{"window": w.String()})}
			}
			best = max(best, inside)
		}
	}
	slices.Sort(hold)
	a := args{"at": stamp(start), "windows": hold}
	if best >= 0 {
		a["minutes"], a["seconds"], a["wanted"] = int(best/time.Minute), int(best%time.Minute/time.Second), int(q.minLength()/time.Minute)
		return finding{why: because("not_enough_inside", a)}
	}
	return finding{why: because("outside_window", a)}
}

// InWindow reports whether an airing starts in an audience window of its channel.
func (p *Plan) InWindow(a media.Airing) bool {
	day := calendar.Day(a.Start)
	for _, d := range []time.Time{day.AddDate(0, 0, -1), day} {
		for _, w := range p.WindowsOf(a.Channel, a.Medium, d) {
			if from, to := w.on(d); !a.Start.Before(from) && a.Start.Before(to) {
				return true
			}
		}
	}
	return false
}

// on is the window on one local day; one that ends before it begins runs over midnight.
func (w Window) on(day time.Time) (from, to time.Time) {
	end := w.ToMinute
	if end <= w.FromMinute {
		end += 24 * 60
	}
	return day.Add(time.Duration(w.FromMinute) * time.Minute), day.Add(time.Duration(end) * time.Minute)
}

// String is the window as people write it: «18:00–22:00».
func (w Window) String() string {
	return fmt.Sprintf("%02d:%02d–%02d:%02d", w.FromMinute/60, w.FromMinute%60, w.ToMinute/60, w.ToMinute%60)
}
