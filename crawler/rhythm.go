package crawler

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"loa/media"
)

// When to look again at a source that was read well. Between the source's floor
// and ceiling the wait follows what it has published lately: looks are spent in
// proportion to a power of its rate, and more of them in the hours and on the
// days when it publishes. The powers, and why not halving after a change and
// lengthening after none, are in docs/decisions/0016-when-to-look-again.md.
const (
	ratePower  = 0.4 // 0: all sources alike; 1: each look finds about as much
	shapePower = 0.5 // the same for the hours of a source's week

	rhythmFade = 21 * 24 * time.Hour // what is this old counts 1/e
	priorRate  = 1                   // items a day of a source of which nothing is known; there the wait is Every
	priorItems = 20                  // weight of the usual hours of an office against what was seen
	flattest   = 0.02                // activity of an hour against the mean of the week
	liveliest  = 4.0

	leastWait  = 5 * time.Minute // default floor, unless Every is less
	floorShare = 6               // default floor: Every/6
	ceilShare  = 6               // default ceiling: 6 times Every,
	seldomest  = 6 * time.Hour   // but no more than this, unless Every is
)

// rhythm is what is known of when a source publishes: how many new entries, by
// local hour and by kind of day, older ones counting less and less.
type rhythm struct {
	At   time.Time   `json:"at"`           // what the counts are faded to, business clock
	Days float64     `json:"days"`         // days observed, faded alike
	Hour [24]float64 `json:"hour"`         // new entries by local hour
	Week [2]float64  `json:"week"`         // Monday to Friday, weekend
	Keep int64       `json:"ttl,omitzero"` // seconds a feed says it may be kept (ttl, sy:updatePeriod)

	// Day is the local day of the last look (days since 1970), Taken how many
	// entries new to the source were taken on it.
	Day   int64 `json:"day,omitzero"`
	Taken int   `json:"taken,omitzero"`
}

func readRhythm(s string) rhythm {
	var r rhythm
	if json.Unmarshal([]byte(s), &r) != nil || !(r.Days >= 0) {
		return rhythm{}
	}
	return r
}

func (r rhythm) String() string {
	round := func(v *float64) { *v = math.Round(*v*100) / 100 }
	round(&r.Days)
	for i := range r.Hour {
		round(&r.Hour[i])
	}
	for i := range r.Week {
		round(&r.Week[i])
	}
	b, err := json.Marshal(r)
	if err != nil {
		return "" // a year beyond 9999: begins anew
	}
	return string(b)
}

// faded is the rhythm as it is now if nothing new has come since.
func (r rhythm) faded(now time.Time) rhythm {
	past := now.Sub(r.At)
	if r.At.IsZero() || past <= 0 {
		return r
	}
	k := math.Exp(-float64(past) / float64(rhythmFade))
	for i := range r.Hour {
		r.Hour[i] *= k
	}
	for i := range r.Week {
		r.Week[i] *= k
	}
	r.Days = r.Days*k + days(rhythmFade)*(1-k)
	r.At = now
	return r
}

// kept is how long the feed itself says its copy may be kept.
func (r rhythm) kept() time.Duration { return time.Duration(r.Keep) * time.Second }

func days(d time.Duration) float64 { return d.Hours() / 24 }

// with adds what a look found new: entries published at these times (zero: not
// said, taken as now). A first look knows the source from since on.
func (r rhythm) with(fresh []time.Time, since, now time.Time) rhythm {
	if r.At.IsZero() {
		if since.IsZero() || since.After(now) {
			since = now
		}
		r.At = since
	}
	start := r.At
	r = r.faded(now)
	for _, at := range fresh {
		if at.IsZero() || at.After(now) {
			at = now
		}
		if at.Before(start) && at.Before(since) {
			continue // from before it was known
		}
		w := math.Exp(-float64(now.Sub(at)) / float64(rhythmFade))
		h, weekend := clock(at)
		r.Hour[h] += w
		r.Week[weekend] += w
	}
	return r
}

// room is how many new entries may still be taken on the day of at.
func (r rhythm) room(most int, at time.Time) int {
	if r.Day != localDay(at) {
		return most
	}
	return max(0, most-r.Taken)
}

// took counts new entries taken at a time.
func (r rhythm) took(n int, at time.Time) rhythm {
	if day := localDay(at); r.Day != day {
		r.Day, r.Taken = day, 0
	}
	r.Taken += n
	return r
}

// localDay is the day in Viet Nam, in days since 1970.
func localDay(t time.Time) int64 { return (t.Unix() + 7*3600) / 86400 }

// clock is the local hour, and 1 on Saturdays and Sundays.
func clock(t time.Time) (hour, weekend int) {
	local := t.UTC().Add(7 * time.Hour) // Viet Nam knows no summer time
	if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
		weekend = 1
	}
	return local.Hour(), weekend
}

func (r rhythm) total() float64 {
	n := 0.0
	for _, v := range r.Hour {
		n += v
	}
	return n
}

// rate is how many entries a day it publishes.
func (r rhythm) rate() float64 { return (r.total() + priorRate) / (r.Days + 1) }

// activity is how lively the source is at t against the mean of its week: 1 is
// the mean. Where little was seen the hours of an office stand in.
func (r rhythm) activity(t time.Time) float64 {
	h, weekend := clock(t)
	usual := 0.05
	switch {
	case h >= 7 && h < 18:
		usual = 1.8
	case h >= 5 && h < 23:
		usual = 0.6
	}
	near := (r.Hour[(h+23)%24] + 2*r.Hour[h] + r.Hour[(h+1)%24]) / 4 // neighbours smooth it
	hour := (near*24 + priorItems*usual) / (r.total() + priorItems)
	week := (r.Week[weekend] + priorItems*[2]float64{0.85, 0.15}[weekend]) / (r.Week[0] + r.Week[1] + priorItems)
	return min(max(hour*week/[2]float64{5.0 / 7, 2.0 / 7}[weekend], flattest), liveliest)
}

// bounds are a source's shortest and longest wait between good looks.
func bounds(src media.Source) (floor, ceil time.Duration) {
	every := max(src.Every, time.Minute)
	floor, ceil = src.Soonest, src.Latest
	if floor <= 0 {
		floor = min(every, max(leastWait, every/floorShare))
	}
	if ceil <= 0 {
		ceil = max(every, min(seldomest, ceilShare*every))
	}
	return floor, max(floor, ceil)
}

// nextLook is the wait after a good look at a source. keep is how long its
// server or feed says its copy stays good: it lengthens the wait, to Every at
// most. full says that most of what was listed is new: the list may run over
// before the next look, so it comes as soon as may be. What lists no pieces (a
// page probed for being there, a column of questions, a schedule) is looked at
// evenly.
func nextLook(src media.Source, r rhythm, now time.Time, keep time.Duration, full bool) time.Duration {
	every := max(src.Every, time.Minute)
	floor, ceil := bounds(src)
	floor = max(floor, min(keep, every))
	ceil = max(floor, ceil)
	if !src.Kind.Items() {
		return min(max(every, floor), ceil)
	}
	if full {
		return floor
	}
	r = r.faded(now)
	// A look is due when this much activity has passed, in hours of the mean.
	left := every.Hours() * math.Pow(priorRate/r.rate(), ratePower)
	t := now
	for t.Sub(now) < ceil {
		lively := math.Pow(r.activity(t), shapePower)
		edge := t.Truncate(time.Hour).Add(time.Hour)
		if part := edge.Sub(t).Hours() * lively; part < left {
			left -= part
			t = edge
			continue
		}
		t = t.Add(time.Duration(left / lively * float64(time.Hour)))
		break
	}
	return min(max(t.Sub(now), floor), ceil)
}

// keepFor is how long an answer's header says its copy stays good, from now:
// max-age less Age, or Expires less Date; 0 if it does not say. An s-maxage is
// for shared copies, of which ours is one.
func keepFor(h http.Header) time.Duration {
	said := time.Duration(-1)
	for _, d := range strings.Split(strings.ToLower(strings.Join(h.Values("Cache-Control"), ",")), ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(d), "=")
		switch key {
		case "no-cache", "no-store":
			return 0
		case "max-age", "s-maxage":
			if n, err := strconv.ParseInt(strings.Trim(value, `" `), 10, 64); err == nil && n >= 0 {
				said = max(said, time.Duration(min(n, 365*86400))*time.Second)
			}
		}
	}
	if said >= 0 {
		return max(0, said-ageOf(h))
	}
	expires, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(0, expires.Sub(date)), 365*24*time.Hour)
}
