package propose

import (
	"slices"
	"time"

	"loa/schedule/calendar"
)

// Grid is how a station's week is laid out, and what is in the way of it.
type Grid struct {
	Station   string // agency id
	Blocks    []Block
	Conflicts []Conflict
}

// Block is a stretch of one channel on some days: open to what is proposed, or
// fixed, held by a programme.
type Block struct {
	Channel    string
	Days       []time.Weekday // weekly, or
	Dates      []time.Time    // on these days alone (local midnight)
	From, To   time.Time      // validity, To exclusive; zero is open-ended
	Start, End int            // minutes after local midnight, End exclusive
	Open       bool
	Programme  string
	Column     string // of a fixed block: the column whose own place it is, "" if none
}

// On reports whether the block stands on a day (local midnight).
func (b Block) On(day time.Time) bool {
	if !b.From.IsZero() && day.Before(b.From) || !b.To.IsZero() && !day.Before(b.To) {
		return false
	}
	if b.Dates != nil {
		return slices.ContainsFunc(b.Dates, day.Equal)
	}
	return slices.Contains(b.Days, day.Weekday())
}

// stands reports whether a block has these minutes of a day: a block of given
// dates stands over the weekly ones, it says what that day is like.
func (g Grid) stands(b Block, day time.Time, start, end int) bool {
	if b.Dates != nil {
		return true
	}
	return !slices.ContainsFunc(g.Blocks, func(o Block) bool {
		return o.Dates != nil && o.Channel == b.Channel && o.On(day) && start < o.End && o.Start < end
	})
}

// Conflict is a stretch in which nothing else can be broadcast, as the station
// declares it: live sport, programmes of a holiday.
type Conflict struct {
	Channels   []string  // nil: all
	From, To   time.Time // days, To exclusive; zero is open-ended, for holidays only
	Holidays   bool      // on the public holidays among these days
	Start, End int       // minutes after local midnight, on each of the days
	Why        string    // Vietnamese
}

// Clash is the first conflict with a broadcast of a channel on a day, from one
// minute to another; ok is false if there is none.
func (g Grid) Clash(cal *calendar.Calendar, channel string, day time.Time, start, end int) (c Conflict, ok bool) {
	for _, c := range g.Conflicts {
		if c.Channels != nil && !slices.Contains(c.Channels, channel) || start >= c.End || c.Start >= end ||
			!c.From.IsZero() && day.Before(c.From) || !c.To.IsZero() && !day.Before(c.To) {
			continue
		}
		if c.Holidays {
			if cal == nil {
				continue
			}
			if _, off := cal.Holiday(day); !off {
				continue
			}
		}
		return c, true
	}
	return Conflict{}, false
}
