// Package web is the officer's desk: server-rendered Vietnamese pages over
// what the last evaluation stored.
package web

import (
	"context"
	"time"

	"loa/media"
	"loa/schedule"
)

// Standings reads the last stored evaluation.
type Standings interface {
	// Evaluation returns the last stored evaluation's standings; Matching is empty. ok is false if none is stored.
	Evaluation(ctx context.Context, plan string) (e schedule.Evaluation, ok bool, err error)
	// Some returns what Evaluation does of the standings that a query names.
	Some(ctx context.Context, plan string, q StandingQuery) (e schedule.Evaluation, ok bool, err error)
	// Detail returns credits and rejections of one standing.
	Detail(ctx context.Context, plan, quota, owner, period string) (schedule.Matching, error)
	// Decisions returns what people decided, oldest first.
	Decisions(ctx context.Context, plan string, knownAt time.Time) ([]schedule.Decision, error)
	// CaseActs returns the acts in make-good cases, in their order.
	CaseActs(ctx context.Context, plan string, knownAt time.Time) ([]schedule.CaseAct, error)
}

// StandingQuery names standings by what they are of; an empty list does not narrow.
// Brief asks for less of each, reasons without their arguments: enough to tell the
// state, and quick where there are many. What it returns is shared: it is not to be changed.
type StandingQuery struct {
	Quotas, Owners, Periods []string
	Brief                   bool
}

// ItemQuery filters the items page. Zero fields do not filter.
type ItemQuery struct {
	Text          string // searched folded in title and lead, all words must occur; those in quotation marks one after another
	Agency        string
	Agencies      []string // only of these, if any are named
	Source        string
	Verdict       string // "reform", "other", "review", "unjudged"
	From, To      time.Time
	Plan          string // of which answers are wanted: orders what waits for a person
	Limit, Offset int
	Oldest        bool   // first; of what waits for a person nothing, which has an order of its own
	Past          string // id of the item that the page follows in the list's order, instead of an Offset; one that is not there is none. Of the queue and of phrases nothing
	Back          bool   // the page goes before Past instead
	Most          int    // how many need to be counted: a total may be less than there are, but not less than this unless it
	// is costly to tell; 0: all are
	More *bool // where given: told that there are more than total
	Cut  *bool // where given: told that only the newest were looked through for what is in quotation marks
}

// ItemRow is one line of the items page.
type ItemRow struct {
	Item    media.Item
	Verdict *media.Verdict  // in force; nil if not judged
	Decided string          // who decided, "" if the machine alone
	Copy    *media.Copy     // how it stands to others that say the same; nil if none does
	Unread  bool            // waits for a person because its page could not be read: the verdict is on the listing's words
	Gains   []schedule.Gain // of what waits for a person: what the answer would change, the most urgent first
	Notes   []string        // of Item alone: codes of what was odd on its page ("spam", "web_part")

	Deleted map[string]Deleted // of Item alone: the kept bodies behind its texts that are there no more, by hash
}

// Deleted is a kept body that was deleted when its time had passed.
type Deleted struct {
	Class string    // list, page, personal or evidence
	Days  int       // after which it was
	At    time.Time // machine clock
}

// Items reads items and the health of sources.
type Items interface {
	Search(ctx context.Context, q ItemQuery) (rows []ItemRow, total int, err error)
	Item(ctx context.Context, id string) (row ItemRow, revs []media.Revision, ok bool, err error)
	Health(ctx context.Context) (map[string]media.Health, error)
	Receipts(ctx context.Context) ([]media.Receipt, error)
}
