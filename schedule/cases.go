package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Case is one make-good case («việc cần khắc phục», «phát bù»): confirmed misses
// of one owner and what is agreed and done to make them good. It is derived from
// its acts, which are append-only; a state of a case is the case's, never the
// standing's (what it does to the standing is the plan's policy, MadeGood).
type Case struct {
	ID      string // "PB-01", in the order of opening within a plan
	Plan    string
	Owner   string
	Misses  []Miss // what it repairs, by quota as opened, then period
	Reason  string // why it was missed, of MissReasons
	Words   string
	Pledges []Pledge // in the order they were proposed; numbered from 1
	State   CaseState
	Opened  CaseAct
	Ended   *CaseAct // the act that ended it, nil while it goes on

	last CaseAct // acts do not go back in time, so that what they decide is in their order
}

// Miss is one confirmed miss of a case's owner, and how many pieces it lacked
// when the case was opened.
type Miss struct {
	Quota, Period string
	Short         int
}

func (m Miss) is(o Miss) bool { return m.Quota == o.Quota && m.Period == o.Period }

// Pledge is one proposed make-good: pledged and aired time are separate facts.
type Pledge struct {
	Channel   string
	Programme string
	Column    string // column id the programme belongs to, "" if none
	Start     time.Time
	Length    time.Duration

	Proposed CaseAct  `json:"-"`
	Approved *CaseAct `json:"-"` // nil: not agreed yet
	Outcome  *CaseAct `json:"-"` // aired, missed or replaced; nil while it is outstanding
}

// aired, missed and outstanding tell what became of a pledge.
func (p Pledge) aired() bool       { return p.Outcome != nil && p.Outcome.Kind == CaseAired }
func (p Pledge) missed() bool      { return p.Outcome != nil && p.Outcome.Kind == CaseMissed }
func (p Pledge) outstanding() bool { return p.Outcome == nil }

// CaseState is how far a case is.
type CaseState string

const (
	CaseIsOpen      CaseState = "open"      // nothing is pledged
	CaseProposed    CaseState = "proposed"  // pledged, not agreed
	CaseAgreed      CaseState = "agreed"    // pledged and agreed, not aired
	CaseMissedAgain CaseState = "missed"    // what was pledged was missed too: it wants a new pledge
	CaseRepaired    CaseState = "aired"     // everything it lacked was aired
	CaseClosed      CaseState = "closed"    // over, repaired
	CasePreempted   CaseState = "preempted" // over: it will not be made good
	CaseWithdrawn   CaseState = "withdrawn" // over: opened in error, or no miss any more
)

// CaseStates lists them.
func CaseStates() []CaseState {
	return []CaseState{CaseIsOpen, CaseProposed, CaseAgreed, CaseMissedAgain, CaseRepaired, CaseClosed, CasePreempted, CaseWithdrawn}
}

// Over reports whether the state is final.
func (s CaseState) Over() bool {
	return s == CaseClosed || s == CasePreempted || s == CaseWithdrawn
}

// MissReasons is the closed list of why something was not broadcast.
func MissReasons() []string {
	return []string{"technical", "breaking", "live", "holiday", "not_produced", "too_short", "out_of_window", "other"}
}

// CaseActKind is what a person did in a case.
type CaseActKind string

const (
	CaseOpen     CaseActKind = "open"
	CasePropose  CaseActKind = "propose"
	CaseApprove  CaseActKind = "approve"
	CaseAired    CaseActKind = "aired"
	CaseMissed   CaseActKind = "miss"
	CaseRetract  CaseActKind = "retract" // what was recorded as aired, or missed, of a pledge is taken back
	CasePreempt  CaseActKind = "preempt"
	CaseClose    CaseActKind = "close"
	CaseWithdraw CaseActKind = "withdraw"
)

// CaseAct is one act in a case. Append-only; every act is a person's. What the
// machine finds is never an act (Case.Mark): it cannot overwrite what a person entered.
type CaseAct struct {
	ID    string
	Plan  string
	Seq   int // place among all acts of the plan's cases, from 1: who saw an older state is refused
	Case  string
	Kind  CaseActKind
	At    time.Time // business clock
	Actor string
	Words string

	Owner  string  // open
	Misses []Miss  // open: what it repairs; aired: which of them this airing repairs
	Reason string  // open: of MissReasons
	Pledge *Pledge // propose
	N      int     // propose: the pledge it replaces, 0 if none; approve, aired, miss, retract: the pledge
	Airing string  // aired: evidence id
	Aired  time.Time
	Length time.Duration
	Found  bool // aired: the machine found the airing, the person took it

	Document string // approve and preempt: by whom, number, day
	Issuer   string
	Issued   time.Time
	File     string // hex SHA-256 of the kept file
	FileName string
}

// Cases derives every case from the acts of a plan, in the order of opening. An
// act that its case's state does not allow is an error: none such is stored.
func Cases(acts []CaseAct) ([]Case, error) {
	acts = slices.Clone(acts)
	slices.SortFunc(acts, func(a, b CaseAct) int { return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.ID, b.ID)) })
	var out []Case
	for _, a := range acts {
		i := slices.IndexFunc(out, func(c Case) bool { return c.ID == a.Case })
		if i < 0 {
			i, out = len(out), append(out, Case{})
		}
		next, err := out[i].Next(a)
		if err != nil {
			return nil, fmt.Errorf("act %d (%s of %s): %w", a.Seq, a.Kind, a.Case, err)
		}
		out[i] = next
	}
	return out, nil
}

// NextCase is the id of the case to be opened next.
func NextCase(cases []Case) string { return fmt.Sprintf("PB-%02d", len(cases)+1) }

// refuse makes a Refusal of an act.
func (a CaseAct) refuse(code string, more args) error {
	of := args{"case": a.Case, "n": a.N, "kind": string(a.Kind), "reason": a.Reason}
	for k, v := range more {
		of[k] = v
	}
	return Refusal{Code: code, Args: of, msg: fmt.Sprintf("%s of case %s: %s", a.Kind, a.Case, code)}
}

// Next is the case after an act; the zero Case is one not opened yet. The error
// is a Refusal. It asks the case alone: what the act claims of the world is
// asked by MayOpen, MayPropose, MayAir and MayMiss.
func (c Case) Next(a CaseAct) (Case, error) {
	switch {
	case a.Actor == "" || a.At.IsZero():
		return c, a.refuse("no_actor", nil)
	case a.Kind == CaseOpen:
		return c.open(a)
	case c.ID == "":
		return c, a.refuse("no_case", nil)
	case c.State.Over():
		return c, a.refuse("case_over", args{"state": string(c.State)})
	case a.At.Before(c.last.At), a.Kind == CaseAired && c.last.Kind == CaseRetract && a.At.Equal(c.last.At):
		return c, a.refuse("act_past", args{"at": stamp(c.last.At)})
	}
	was := c
	c.Pledges = slices.Clone(c.Pledges)
	var err error
	switch a.Kind {
	case CasePropose:
		err = c.propose(a)
	case CaseApprove, CaseAired, CaseMissed, CaseRetract:
		err = c.settle(a)
	case CasePreempt:
		if a.Document == "" {
			err = a.refuse("no_paper", nil)
		}
		c.State, c.Ended = CasePreempted, &a
	case CaseWithdraw:
		if a.Words == "" {
			err = a.refuse("no_words", nil)
		}
		c.State, c.Ended = CaseWithdrawn, &a
	case CaseClose:
		if c.State != CaseRepaired {
			err = a.refuse("not_repaired", args{"left": c.left()})
		}
		c.State, c.Ended = CaseClosed, &a
	default:
		err = a.refuse("no_act", nil)
	}
	if err != nil {
		return was, err
	}
	if c.Ended == nil {
		c.State = c.state()
	}
	c.last = a
	return c, nil
}

func (c Case) open(a CaseAct) (Case, error) {
	switch {
	case c.ID != "":
		return c, a.refuse("case_there", nil)
	case len(a.Misses) == 0 || a.Owner == "" || a.Case == "":
		return c, a.refuse("no_miss", nil)
	case !slices.Contains(MissReasons(), a.Reason):
		return c, a.refuse("no_miss_reason", nil)
	case a.Reason == "other" && a.Words == "":
		return c, a.refuse("no_words", nil)
	}
	return Case{ID: a.Case, Plan: a.Plan, Owner: a.Owner, Misses: slices.Clone(a.Misses), Reason: a.Reason, Words: a.Words, State: CaseIsOpen, Opened: a, last: a}, nil
}

// propose adds a pledge: no more are outstanding than are still lacking.
func (c *Case) propose(a CaseAct) error {
	if a.Pledge == nil || a.Pledge.Channel == "" || a.Pledge.Start.IsZero() || a.Pledge.Length <= 0 {
		return a.refuse("no_pledge_time", nil)
	}
	if a.N > 0 {
		p, err := c.pledge(a)
		if err != nil {
			return err
		}
		p.Outcome = &a
	}
	waiting := 0
	for _, p := range c.Pledges {
		if p.outstanding() {
			waiting++
		}
	}
	if waiting >= c.left() {
		return a.refuse("enough_pledged", args{"left": c.left()})
	}
	p := *a.Pledge
	p.Proposed, p.Approved, p.Outcome = a, nil, nil
	c.Pledges = append(c.Pledges, p)
	return nil
}

// settle is an act on one pledge.
func (c *Case) settle(a CaseAct) error {
	if a.Kind == CaseRetract {
		if a.N < 1 || a.N > len(c.Pledges) || !c.Pledges[a.N-1].aired() && !c.Pledges[a.N-1].missed() {
			return a.refuse("nothing_to_retract", nil)
		}
		if a.Words == "" {
			return a.refuse("no_words", nil)
		}
		c.Pledges[a.N-1].Outcome = nil
		return nil
	}
	p, err := c.pledge(a)
	switch {
	case err != nil:
		return err
	case a.Kind == CaseApprove && a.Document == "":
		return a.refuse("no_paper", nil)
	case a.Kind == CaseApprove && p.Approved != nil:
		return a.refuse("approved_already", args{"document": p.Approved.Document})
	case a.Kind == CaseApprove:
		p.Approved = &a
		return nil
	case p.Approved == nil:
		return a.refuse("not_approved", nil)
	case a.Kind == CaseAired && (a.Airing == "" || len(a.Misses) == 0):
		return a.refuse("no_airing", nil)
	}
	p.Outcome = &a
	return nil
}

// pledge is the outstanding pledge that an act names.
func (c *Case) pledge(a CaseAct) (*Pledge, error) {
	switch {
	case a.N < 1 || a.N > len(c.Pledges):
		return nil, a.refuse("no_pledge", args{"pledges": len(c.Pledges)})
	case !c.Pledges[a.N-1].outstanding():
		return nil, a.refuse("pledge_done", nil)
	}
	return &c.Pledges[a.N-1], nil
}

// Covered is how many pieces were aired for a miss.
func (c Case) Covered(m Miss) int {
	n := 0
	for _, p := range c.Pledges {
		if p.aired() && slices.ContainsFunc(p.Outcome.Misses, m.is) {
			n++
		}
	}
	return n
}

// left is how many more airings the case needs: one airing repairs at most one
// miss of each quota.
func (c Case) left() int {
	by := map[string]int{}
	most := 0
	for _, m := range c.Misses {
		by[m.Quota] += max(0, m.Short-c.Covered(m))
		most = max(most, by[m.Quota])
	}
	return most
}

func (c Case) state() CaseState {
	agreed, waiting, missed := false, false, false
	for _, p := range c.Pledges {
		waiting = waiting || p.outstanding()
		agreed = agreed || p.outstanding() && p.Approved != nil
		missed = missed || p.missed()
	}
	switch {
	case c.left() == 0:
		return CaseRepaired
	case agreed:
		return CaseAgreed
	case waiting:
		return CaseProposed
	case missed:
		return CaseMissedAgain
	}
	return CaseIsOpen
}

// Decisions are what an act decides about the standings: what was aired is
// agreed as made good for each miss it repairs, what is retracted, or of a case
// that is withdrawn, is so no more, and what is pre-empted never will be. c is the
// case before the act.
func (c Case) Decisions(a CaseAct) []Decision {
	var out []Decision
	add := func(m Miss, change func(*Decision)) {
		d := Decision{Kind: MakeGood, Plan: c.Plan, Quota: m.Quota, Owner: c.Owner, Period: m.Period, At: a.At, Actor: a.Actor, Reason: c.ID, Document: a.Document,
			Issuer: a.Issuer, Issued: a.Issued, File: a.File, FileName: a.FileName}
		change(&d)
		out = append(out, d)
	}
	switch a.Kind {
	case CaseAired:
		agreed := c.Pledges[a.N-1].Approved
		for _, m := range a.Misses {
			add(m, func(d *Decision) {
				d.Evidence, d.Date, d.Document, d.Issuer, d.Issued = a.Airing, a.Aired, agreed.Document, agreed.Issuer, agreed.Issued
			})
		}
	case CaseRetract, CaseWithdraw:
		for i, p := range c.Pledges {
			if !p.aired() || a.Kind == CaseRetract && i != a.N-1 {
				continue
			}
			for _, m := range p.Outcome.Misses {
				add(m, func(d *Decision) { d.Evidence, d.Date, d.None = p.Outcome.Airing, p.Outcome.Aired, true })
			}
		}
	case CasePreempt:
		for _, m := range c.Misses {
			if c.Covered(m) < m.Short {
				add(m, func(d *Decision) { d.None = true })
			}
		}
	}
	return out
}
