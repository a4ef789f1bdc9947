package web

import (
	"context"
	"time"

	"loa/schedule"
)

// Reviewing is the door through which people say what pieces are about.
type Reviewing struct {
	// Ask gives the next question for a person, or the one about an item; of blind ones those of the sample of what the machine decided alone.
	Ask func(ctx context.Context, actor string, q Asking) (Question, error)
	// Answer records a person's word on items, each by its own decision. Answered tells that somebody else did meanwhile.
	Answer func(ctx context.Context, w Word) error
	// Undo takes back what the person answered at one go.
	Undo func(ctx context.Context, actor, batch string) ([]Reviewed, error)
	// History is every word on an item, the latest first, and where the item counts now.
	History func(ctx context.Context, item, agency string) ([]Reviewed, schedule.Matching, error)
	// Kept is a kept body of an item as text, masked.
	Kept func(ctx context.Context, item, hash string) (string, error)
}

// Asking is which question is wanted.
type Asking struct {
	Item  string   // this one; "" for the next
	Blind bool     // of the sample of what the machine decided alone
	Later []string // ends of ids of the pieces that were put off
}

// Question is one thing to ask: a piece, and those that wait and say the same.
type Question struct {
	Items []ItemRow         // the one to show first; none: nothing is left to ask
	Over  map[string]string // by item the review in force, "" for none
	Gains []schedule.Gain   // what the answer would change, the most urgent first
	Left  int               // pieces that wait
	Late  int               // questions that were put off, of those that were looked at
	Done  int               // pieces answered by the person today
	Last  []Reviewed        // what the person answered last today and can take back
}

// Word is what a person says of items that say the same, the first being the one that was read.
type Word struct {
	Items  []string
	Over   map[string]string // as of the question
	Reform bool
	Topics []string // primary first; none: those the machine named
	Note   string
	Blind  bool
	Actor  string
}

// Reviewed is a word on an item as it is recorded.
type Reviewed struct {
	ID, Batch, Item string
	Actor           string
	At              time.Time // business clock
	Reform          bool
	Topics          []string
	Note            string
	Audit           bool      // blind
	Undone          time.Time // when it was taken back; zero if it was not
	UndoneBy        string
	Title, Section  string // of the item, not masked
}

// Answered tells that items have words that who answers did not see; nothing was recorded. Those without an id had a word that was taken back.
type Answered struct{ By []Reviewed }

func (a Answered) Error() string { return "somebody has answered meanwhile" }
