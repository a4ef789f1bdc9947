package web

import (
	"context"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// Collect is the round of forms that go out to units and come back, and what
// became of what units declare. Each of its doors returns a Refusal for what a person can mend.
type Collect struct {
	// Round is how a period's forms stand with the units named, with all that owe something where none is;
	// deep adds what was found of them and how it differs from what they declare.
	Round func(ctx context.Context, period calendar.Period, deep bool, units ...string) (CollectRound, error)
	// Form makes a unit's workbook, filled in as of now.
	Form func(ctx context.Context, period calendar.Period, unit, by string) (name string, body []byte, err error)
	// Read reads a returned workbook and keeps it, so that it can be taken; nothing is taken yet. Nothing is kept or noted
	// of a unit and period that the person may not speak for.
	Read func(ctx context.Context, name string, body []byte, by string, may func(unit, period string) bool) (CollectFile, error)
	// Take takes the good lines of a workbook that was read, by its hash, if it is of a unit and period that the person may speak for
	// and nobody declared since: saw is the edition that stood when it was read.
	Take func(ctx context.Context, hash, name string, saw int, by string, may func(unit, period string) bool) (CollectFile, error)
	// Due sets the last day on which a period's forms are to come back.
	Due func(ctx context.Context, period calendar.Period, day time.Time, by string) error
	// Declare records what a unit declares on the page; Edition is the one after that which the person saw.
	Declare func(ctx context.Context, d schedule.Declaration) error
	// Act records what was asked, answered or settled about a difference, with what it does.
	Act func(ctx context.Context, a schedule.DisputeAct) error
	// Keep keeps a photo, a log or a statement and gives its hash.
	Keep func(ctx context.Context, path, name string) (hash string, err error)
}

// CollectRound is the forms of one period.
type CollectRound struct {
	Due   time.Time // last day
	Set   bool      // by a person; else it is the usual number of working days after the period
	Units []CollectUnit
}

// CollectUnit is how the form of one unit stands.
type CollectUnit struct {
	Agency   media.Agency
	Given    time.Time              // when its form was last taken out; zero: never
	Declared schedule.Declaration   // the newest; Edition 0: none
	Faulty   *schedule.CollectNote  // a file that came back with errors after that; nil if none
	Found    []schedule.Found       // deep
	Tally    schedule.DeclaredTally // deep
	Quotas   []schedule.Quota       // deep: what the unit owes
}

// CollectFile is a returned workbook as it was read.
type CollectFile struct {
	Name, Hash     string
	Agency, Period string // ids; "" where it is not known whose it is
	By             string // who filled it in, as written there
	Saw            int    // the edition that the unit had declared when it was read
	Older          bool   // the unit declared again after this form was made
	Claims         int    // good lines
	Problems       []CollectProblem
	Faults         int // of the problems, those to be mended
	Fatal          bool
}

// CollectProblem is one thing to be mended, or to be known, in a returned workbook.
type CollectProblem struct {
	Where, Value, Words string // Vietnamese
	Note                bool   // nothing has to be mended
}
