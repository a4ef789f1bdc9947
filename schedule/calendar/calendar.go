// Package calendar knows the periods a plan counts in: ISO weeks, months, the
// 15th-to-14th reporting windows and longer, in Asia/Ho_Chi_Minh, and the days
// on which offices are closed. It is pure: no I/O, no clock.
package calendar

import (
	"sync/atomic"
	"time"
)

// Zone is Asia/Ho_Chi_Minh, UTC+7 without daylight saving (docs/RULES.md 2).
var Zone = time.FixedZone("+07", 7*3600)

// Period is a span [Start, End) with a name that never changes.
type Period struct {
	ID    string // "2023-W10", "2023-03", "2023-03@14", "2023-Q1@14", "2023-H1@14", "2023-9M@14", "2023@14", "2023"; once: "2022-12-30..2023-01-30"
	Start time.Time
	End   time.Time // exclusive
}

// Contains reports whether t lies in the period.
func (p Period) Contains(t time.Time) bool { return !t.Before(p.Start) && t.Before(p.End) }

// Cadence is how often a quota falls due (tần suất).
type Cadence string

const (
	Week  Cadence = "week"  // ISO week
	Month Cadence = "month" // calendar month
	Once  Cadence = "once"  // one period from the plan's issue to its deadline
	Year  Cadence = "year"  // calendar year

	Quarter Cadence = "quarter" // calendar quarter
	Half    Cadence = "half"    // calendar half-year

	Month14   Cadence = "month@14"   // reporting window, the 15th to the 14th
	Quarter14 Cadence = "quarter@14" // quarterly reporting window: 15/12–14/3, 15/3–14/6, 15/6–14/9, 15/9–14/12
)

// Calendar holds the days off of the years it was given. The zero value knows no holiday.
type Calendar struct {
	Off   map[string]string // "2023-01-20" → name of the holiday; only days named in the tables
	Work  map[string]string // Saturdays and Sundays that are worked in the place of another day, likewise
	Years []int             // years whose table was loaded, ascending

	living *atomic.Pointer[Calendar] // what holds instead, of a living calendar; nil of others
}

// Living is a calendar whose tables can be replaced while others read it: a
// running server takes up days off that a person enters.
func Living(c *Calendar) *Calendar {
	out := &Calendar{Off: c.Off, Work: c.Work, Years: c.Years, living: new(atomic.Pointer[Calendar])}
	out.living.Store(c)
	return out
}

// Replace puts other tables into a living calendar, and into every copy of it.
func (c *Calendar) Replace(next *Calendar) { c.living.Store(next) }

// tables is the calendar that holds now.
func (c Calendar) tables() *Calendar {
	if c.living != nil {
		return c.living.Load()
	}
	return &c
}

// Days are the holidays by day, "2023-01-20" → name.
func (c Calendar) Days() map[string]string { return c.tables().Off }

// Known are the years whose tables were loaded, ascending.
func (c Calendar) Known() []int { return c.tables().Years }
