package schedule

import (
	"time"

	"loa/media"
)

// Evaluation is one run of Match and Stand over everything known, as stored.
type Evaluation struct {
	Plan      string
	Version   string    // plan version
	Now       time.Time // business clock it was run for
	Ran       time.Time // machine clock
	Standings []Standing
	Matching  Matching
	Evidence  []media.Evidence // what it was derived from; not stored with it
	Slots     []Slot           // where quotas can still be met, when it looks ahead; not stored with it

	Classifier string     // version of the judge whose verdicts it rests on
	Proposals  []Proposal // closed periods that would come out otherwise today
	Gains      []Gain     // what a person's word on the pieces that wait for one would change
}

// Contains reports whether t lies in the standing's period.
func (s Standing) Contains(t time.Time) bool { return !t.Before(s.Start) && t.Before(s.End) }
