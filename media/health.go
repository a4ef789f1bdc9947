package media

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Health is what is known of a source's working, for screens and metrics.
type Health struct {
	Source                 string
	Active                 bool             // in the plan that is crawled; false: withdrawn
	Outcome                string           // last outcome; "" if never visited
	Detail                 string           // cause in English, for operators
	LastVisit              time.Time        // business clock
	LastOK                 time.Time        // business clock; zero if never
	BlindSince             time.Time        // zero unless the last outcome is a blind reason
	Fails                  int              // failures in a row
	Took                   time.Duration    // of the last visit
	Items                  int              // items first seen at this source
	Visits                 map[string]int64 // by outcome, since the beginning
	CoveredFrom, CoveredTo time.Time        // the last merged span
	NextDue                time.Time        // the store's clock; zero: at once
	Wait                   time.Duration    // between good visits at present; 0 after one that saw nothing

	// Daily counts what the source listed for the first time by the local day it
	// was published (2006-01-02), for the last twenty weeks. A day that was not
	// wholly seen is not in it: its count would be too small, which is no news.
	Daily map[string]int

	Listed  int       // entries of the last list that was read
	Usual   int       // the most that its lists of late have shown
	Changed int       // lists in a row that had changed and showed nothing new
	NewAt   time.Time // business clock of the last visit that showed something new; zero if none

	Drift Drift // of the classifier's answers, as of its last comparison
}

// SourceState is how a source stands (tình trạng nguồn).
type SourceState string

const (
	SourceOK      SourceState = "ok"      // seen, and publishing as it does
	SourceQuiet   SourceState = "quiet"   // seen, but publishing much less than it did
	SourceBlind   SourceState = "blind"   // cannot be read: what it publishes is not known
	SourceRetired SourceState = "retired" // its validity is over, or the plan names it no more
	SourceNever   SourceState = "never"   // not visited yet
	SourceVerify  SourceState = "verify"  // its address has to be checked by a person first
)

// SourceStates lists them, in trouble first.
func SourceStates() []SourceState {
	return []SourceState{SourceBlind, SourceQuiet, SourceNever, SourceOK, SourceVerify, SourceRetired}
}

// Doubts about a source that is seen: what it shows may not be all.
const (
	ListShrunk = "list_shrunk"  // its list shows far fewer entries than it used to
	NoNew      = "no_new"       // its list page changes, and yet shows nothing new for unusually long
	TooManyNew = "too_many_new" // it brought more new entries than are taken in a day; the detail of such a visit begins with it
)

// Condition is how a source stands and why.
type Condition struct {
	State  SourceState
	Reason string // blind reason, "" unless State is SourceBlind
	Doubt  string // TooManyNew, ListShrunk, NoNew or ""

	// Weeks are what it published in stretches of seven days, oldest first, the
	// last of which ends with the last day wholly seen; -1: not seen well enough.
	Weeks []int
	// Count is what it published in the last Days days, Median what it does in
	// as many, by its own history; Score is how far below that it is, in usual
	// deviations (never under 0). Days is 0 where its history does not tell.
	Days   int
	Count  int
	Median float64
	Score  float64
}

// The measures of being unusually quiet. They are ours, to look at a source by;
// no duty and no shortfall follows from them.
const (
	quietScore  = 2.5  // deviations below the median
	quietShare  = 0.5  // and at most this share of it
	silentFrom  = 4    // two stretches without anything, of a source that has so many in one
	leastWeeks  = 6    // stretches of history of seven days,
	leastMonths = 4    // or of 28, that a judgement needs
	holidayDays = 2    // days off, weekends aside, that make a stretch unlike others
	usedWeeks   = 20   // of history at most
	seenShare   = 0.75 // of a stretch's days must have been wholly seen
	shrunkShare = 3    // a list this many times shorter than it was has shrunk,
	shrunkFrom  = 6    // if it was this long
	noNewLists  = 10   // changed lists without anything new,
	noNewItems  = 6    // while so many new entries were to be expected, are odd
)

// Condition tells how a source stands at the business time now. off says which
// days are public holidays (weekends are no matter); nil: none.
func (s Source) Condition(h Health, now time.Time, off func(day time.Time) bool) Condition {
	c := Condition{}
	switch {
	case s.Verify:
		c.State = SourceVerify
		return c
	case !s.To.IsZero() && !now.Before(s.To), h.Source != "" && !h.Active:
		c.State = SourceRetired
		return c
	case h.Outcome == "":
		c.State = SourceNever
		return c
	}
	c.State = SourceOK
	if h.Outcome != OK && h.Outcome != NotModified {
		c.State, c.Reason = SourceBlind, h.Outcome
	}
	c.compare(h, off)
	if c.State == SourceBlind {
		return c // of what it shows nothing is known
	}
	if c.quiet() {
		c.State = SourceQuiet
	}
	switch {
	case strings.HasPrefix(h.Detail, TooManyNew):
		c.Doubt = TooManyNew
	case h.Usual >= shrunkFrom && h.Listed*shrunkShare < h.Usual && h.Listed > 0:
		c.Doubt = ListShrunk
	case c.Days > 0 && h.Changed >= noNewLists && !h.NewAt.IsZero() &&
		now.Sub(h.NewAt).Hours()/24*c.Median/float64(c.Days) >= noNewItems:
		c.Doubt = NoNew
	}
	return c
}

func (c *Condition) quiet() bool {
	return c.Days > 0 && c.Score >= quietScore && float64(c.Count) <= quietShare*c.Median
}

// compare fills in what was published of late against the source's own history:
// by stretches of seven days, each with the same days of the week, or of 28 for
// those that publish little.
func (c *Condition) compare(h Health, off func(time.Time) bool) {
	last := ""
	for day := range h.Daily {
		last = max(last, day)
	}
	end, err := time.Parse(time.DateOnly, last)
	if err != nil {
		return
	}
	days := make([]dayCount, usedWeeks*7) // newest first
	for i := range days {
		day := end.AddDate(0, 0, -i)
		n, ok := h.Daily[day.Format(time.DateOnly)]
		days[i] = dayCount{n: n, seen: ok, free: off != nil && off(day)}
	}
	for _, w := range slices.Backward(stretches(days, 7, true)) {
		if w >= 0 || len(c.Weeks) > 0 { // not from before it was read
			c.Weeks = append(c.Weeks, int(math.Round(w)))
		}
	}
	for _, by := range []struct{ days, least int }{{7, leastWeeks}, {28, leastMonths}} {
		of := stretches(days, by.days, false)
		if of[0] < 0 {
			continue // Tết, or not seen well enough
		}
		past := slices.DeleteFunc(slices.Clone(of[1:]), func(n float64) bool { return n < 0 })
		if len(past) < by.least {
			continue
		}
		m := Median(past)
		apart := make([]float64, len(past))
		for i, n := range past {
			apart[i] = math.Abs(n - m)
		}
		// 1.4826 makes the median distance a deviation; chance alone makes √m.
		dev := max(1.4826*Median(apart), math.Sqrt(m), 1)
		score := max(0, (m-of[0])/dev)
		if of[0] == 0 && of[1] == 0 && m >= silentFrom { // however uneven it was
			score = max(score, quietScore)
		}
		if c.Days == 0 || !c.quiet() && score > c.Score {
			c.Days, c.Count, c.Median, c.Score = by.days, int(math.Round(of[0])), m, score
		}
	}
}

// dayCount is a day of a source: how much it published, whether it was wholly
// seen, and whether it was a public holiday.
type dayCount struct {
	n          int
	seen, free bool
}

// stretches counts by stretches of so many days, newest first as they come. A
// stretch with days not seen is scaled up, or -1 when too few were; -1 too when
// it holds holidays, unless all counts.
func stretches(days []dayCount, length int, all bool) []float64 {
	out := make([]float64, 0, len(days)/length)
	for part := range slices.Chunk(days, length) {
		seen, sum, free := 0, 0, 0
		for _, d := range part {
			if d.seen {
				seen++
				sum += d.n
			}
			if d.free {
				free++
			}
		}
		if float64(seen) < seenShare*float64(length) || !all && free >= holidayDays*max(1, length/14) {
			out = append(out, -1)
			continue
		}
		out = append(out, float64(sum)*float64(length)/float64(seen))
	}
	return out
}

// Median is the middle of at least one number, or the mean of the two in the middle.
func Median[T int | float64](v []T) float64 {
	s := slices.Sorted(slices.Values(v))
	if n := len(s); n%2 == 0 {
		return float64(s[n/2-1]+s[n/2]) / 2
	}
	return float64(s[len(s)/2])
}
