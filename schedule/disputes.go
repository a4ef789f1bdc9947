package schedule

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
)

// SettleKind says what a person did about a difference.
type SettleKind string

const (
	SettleAsk    SettleKind = "ask"    // the officer asks the unit, with a day until when
	SettleReply  SettleKind = "reply"  // the unit answers
	SettleAccept SettleKind = "accept" // the officer accepts what the unit says
	SettleRefuse SettleKind = "refuse" // the officer does not, and says why
)

// DisputeAct is one act about a difference, append-only.
type DisputeAct struct {
	Plan       string      `json:"plan"`
	Agency     string      `json:"agency"`
	Period     string      `json:"period"`
	Difference string      `json:"difference"`
	Seq        int         `json:"seq"` // 1, 2, … of the difference
	Kind       SettleKind  `json:"kind"`
	At         time.Time   `json:"at"` // business clock
	Actor      string      `json:"actor"`
	Words      string      `json:"words,omitempty"`
	Due        time.Time   `json:"due,omitzero"` // ask: end of the last day for an answer
	Quota      string      `json:"quota,omitempty"`
	For        string      `json:"for,omitempty"` // accept: the quota's period it counts in
	Grade      media.Grade `json:"grade,omitempty"`
	File       string      `json:"file,omitempty"`
	FileName   string      `json:"file_name,omitempty"`
	Of         Discrepancy `json:"of"` // as it stood then
}

// DisputeState says who is to act on a difference.
type DisputeState string

const (
	AwaitsUnit    DisputeState = "unit"    // chờ đơn vị trả lời
	AwaitsOfficer DisputeState = "officer" // đã trả lời, chờ cán bộ xử lý
	Accepted      DisputeState = "accepted"
	Refused       DisputeState = "refused"
)

// Dispute is a difference with what was done about it.
type Dispute struct {
	Discrepancy
	State DisputeState
	Due   time.Time // until when the unit is to answer; zero once it did
	Acts  []DisputeAct
	Gone  bool // what is declared and observed today no longer differ there
}

// Over reports whether an officer settled it.
func (d Dispute) Over() bool { return d.State == Accepted || d.State == Refused }

// DeclaredTally is what a unit declares of a period beside what was observed. No figure
// of one column enters the other.
type DeclaredTally struct {
	Plan, Agency, Period string
	Declared             int // pieces that the unit says are its own
	Observed             int // pieces that count by what loa saw itself
	Both                 int // pieces that both say
	Settled              int // differences that an officer settled,
	Accepted             int // of which in the unit's favour
	Open                 int // differences that wait for somebody
	Edition              int // of the declaration; 0: the unit declared nothing
	At                   time.Time
	Disputes             []Dispute // what is open or was settled, and what is only to be known of
}

// TallyDeclared puts differences and what was done about them together. due is until
// when a unit is to answer what nobody asked it about.
func TallyDeclared(d Declaration, found []Found, diffs []Discrepancy, all []DisputeAct, due time.Time) DeclaredTally {
	t := DeclaredTally{Plan: d.Plan, Agency: d.Agency, Period: d.Period, Edition: d.Edition, At: d.At}
	for _, f := range found {
		if len(f.Counted) > 0 {
			t.Observed++
		}
	}
	of := map[string][]DisputeAct{}
	for _, a := range all {
		of[a.Difference] = append(of[a.Difference], a)
	}
	told := map[string]bool{}
	for _, x := range diffs {
		if x.Claim != nil && (x.Claim.Kind == ClaimPiece && x.Kind != ClaimedTwice || x.Claim.Answer == AnswerRight) {
			t.Declared++
		}
		if x.Kind == ClaimedBoth && x.Counted || x.Kind == ClaimedOtherDate && x.Counted || x.Kind == ClaimedOtherTitle {
			t.Both++
		}
		if told[x.ID] || x.Kind == ClaimedBoth && of[x.ID] == nil {
			continue
		}
		told[x.ID] = true
		t.take(dispute(x, of[x.ID], due, x.Kind == ClaimedBoth))
	}
	for _, a := range all { // settled ones stay to be seen when nothing differs any more
		if !told[a.Difference] {
			told[a.Difference] = true
			acts := of[a.Difference]
			t.take(dispute(acts[len(acts)-1].Of, acts, due, true))
		}
	}
	slices.SortStableFunc(t.Disputes, func(a, b Dispute) int { return cmp.Compare(order(a), order(b)) })
	return t
}

// order puts first what an officer is to settle.
func order(d Dispute) int {
	switch {
	case d.State == AwaitsOfficer:
		return 0
	case !d.Over() && !d.Gone:
		return 1
	case d.Over():
		return 2
	}
	return 3
}

func (t *DeclaredTally) take(d Dispute) {
	switch {
	case d.Over():
		t.Settled++
		if d.State == Accepted {
			t.Accepted++
		}
	case !d.Gone:
		t.Open++
	}
	t.Disputes = append(t.Disputes, d)
}

// dispute is a difference by its acts. What comes with something that can be
// looked at waits for the officer at once; of the rest the unit is asked first.
func dispute(x Discrepancy, acts []DisputeAct, due time.Time, gone bool) Dispute {
	d := Dispute{Discrepancy: x, State: AwaitsUnit, Due: due, Acts: acts, Gone: gone}
	if c := x.Claim; c != nil && (c.URL != "" || c.File != "" || c.Document != "" || c.Kind == ClaimAnswer || c.Kind == ClaimQuantity) {
		d.State, d.Due = AwaitsOfficer, time.Time{}
	}
	slices.SortStableFunc(acts, func(a, b DisputeAct) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, a := range acts {
		switch a.Kind {
		case SettleAsk:
			d.State, d.Due = AwaitsUnit, a.Due
		case SettleReply:
			d.State, d.Due = AwaitsOfficer, time.Time{}
		case SettleAccept:
			d.State, d.Due = Accepted, time.Time{}
		case SettleRefuse:
			d.State, d.Due = Refused, time.Time{}
		}
	}
	return d
}

// Settlement is what accepting a difference does: a piece to be counted as
// declared, and decisions. Both may be empty: then it is noted, and nothing else.
type Settlement struct {
	Piece     *media.Evidence
	Decisions []Decision
}

// Settle works out what accepting what a unit says does to its standings. The
// act names the quota, the quota's period (may be empty: by the date) and the
// grade where a piece is to count. A piece that only the unit names becomes
// evidence of its own kind, added by a decision: it never passes as observed.
func Settle(a DisputeAct, counted []Credit) Settlement {
	base := Decision{Plan: a.Plan, Owner: a.Agency, At: a.At, Actor: a.Actor, Reason: a.Words, File: a.File, FileName: a.FileName}
	var s Settlement
	x := a.Of
	switch x.Kind {
	case ClaimedWrong, ClaimedNotOurs:
		for _, c := range counted {
			d := base
			d.Kind, d.Quota, d.Period, d.Evidence = Strike, c.Quota, c.Period, x.Evidence
			s.Decisions = append(s.Decisions, d)
		}
	case ClaimedOtherDate, ClaimedNotCounted:
		if a.Quota != "" {
			d := base
			d.Kind, d.Quota, d.Period, d.Evidence = Add, a.Quota, a.For, x.Evidence
			s.Decisions = append(s.Decisions, d)
		}
	case ClaimedOnly, ClaimedOutside:
		if a.Quota == "" || x.Claim == nil {
			break
		}
		c := x.Claim
		s.Piece = &media.Evidence{ID: media.Hash("declared piece", a.Agency, c.key()), Kind: media.EvDeclared, Agency: a.Agency, Source: "declared:" + a.Agency, At: c.Date,
			Precision: media.ToDay, Seen: a.At, Verified: a.At, Title: c.Title, URL: c.URL, Kept: cmp.Or(a.File, c.File), Grade: cmp.Or(a.Grade, media.GradeD), Decided: a.Actor}
		d := base
		d.Kind, d.Quota, d.Period, d.Evidence = Add, a.Quota, a.For, s.Piece.ID
		s.Decisions = append(s.Decisions, d)
	case ClaimedPaper:
		if a.Quota == "" || x.Claim == nil {
			break
		}
		d := base
		d.Kind, d.Quota, d.Period, d.Document, d.Date, d.Grade = Attest, a.Quota, a.For, x.Claim.Document, x.Claim.Date, cmp.Or(a.Grade, media.GradeB)
		d.File, d.FileName = cmp.Or(a.File, x.Claim.File), cmp.Or(a.FileName, x.Claim.FileName)
		s.Decisions = append(s.Decisions, d)
	}
	return s
}

// What is noted of a period's forms.
const (
	NoteDue    = "due"    // until when they are to come back
	NoteGiven  = "given"  // a form was taken out for a unit
	NoteFaulty = "faulty" // one came back with errors
)

// CollectNote is something that happened to the forms of a period, append-only.
type CollectNote struct {
	Plan     string    `json:"plan"`
	Period   string    `json:"period"`
	Agency   string    `json:"agency,omitempty"` // "": of all units
	Kind     string    `json:"kind"`
	At       time.Time `json:"at"` // business clock
	Actor    string    `json:"actor"`
	Due      time.Time `json:"due,omitzero"` // last day, as a day of Viet Nam
	Problems int       `json:"problems,omitempty"`
	File     string    `json:"file,omitempty"`
	FileName string    `json:"file_name,omitempty"`
}
