package schedule

import "time"

// Closing is one closed reporting period: what was derived, frozen with its
// evidence, and the certificate of it (chốt số liệu). A change after it is a
// new revision beside the old one.
type Closing struct {
	ID          string // hash of plan, period and revision
	Plan        string
	Period      string // of the report, such as "2023-03@14", or a span of days
	Start, End  time.Time
	Revision    int // from 1
	At          time.Time
	Actor       string
	Reason      string // why it was restated; "" for revision 1
	Dataset     string // Dataset of Rows
	PlanVersion string
	Classifier  string
	Open        []OpenQuestion // what was not settled when it was closed
	Rows        []ClosedRow    // by quota in plan order, owner, period
}

// ClosedRow is one standing as it was closed, with what counted for it and what did not.
type ClosedRow struct {
	Standing   Standing
	Credits    []Credit
	Rejections []Rejection
}

// OpenQuestion is one row that was closed without an answer: a miss nobody
// confirmed, data that never came, pieces that wait for a person.
type OpenQuestion struct {
	Quota, Owner, Period string
	State                State
	Reasons              []Reason
}

// Proposal is a closed row that would come out otherwise today: a question to
// a person, who may restate the period. Nothing changes by itself.
type Proposal struct {
	Closing              string // id of the closing in force
	Quota, Owner, Period string
	Was, Now             Standing
	Added, Removed       []Credit // since it was closed
}
