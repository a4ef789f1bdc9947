package schedule

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Match decides, for every quota, owner and period of the plan, which evidence
// counts and why the rest does not. It is pure, and its answer does not depend
// on the order of its input; credits and rejections come out by quota in plan
// order, owner id, period, then date.
//
// A piece belongs to the period that holds its date (an airing: its start). An
// undated piece is rejected with no_date in the period in which it was first
// seen. Of the conditions it fails, the first is told, those the plan itself
// states before those of reference. Of pieces that count only once together
// (one date of a column, one episode) the earliest is credited.
//
// Decisions: attest becomes evidence of its quota, owner and period and needs
// no other condition; strike takes a credit away; add credits what was
// rejected, and moves it if it names another period. Of several strikes and
// adds the latest rules.
func Match(p *Plan, ev []media.Evidence, ds []Decision, cal *calendar.Calendar) Matching {
	_ = cal // reserved: no kind so far needs days off to match
	byAgency, byID := index(p, ev)
	acts := actsOf(p, ds)
	var m Matching
	for i, q := range p.Quotas {
		k, ok := kind(q.Kind)
		if !ok {
			continue
		}
		all, tests := slots(p, i), testsOf(q)
		for len(all) > 0 {
			n := 1
			for n < len(all) && all[n].owner.ID == all[0].owner.ID {
				n++
			}
			job := matchJob{p: p, q: q, kind: k, owner: all[0].owner, slots: all[:n], acts: acts, tests: tests}
			job.run(byAgency[all[0].owner.ID], byID, &m)
			all = all[n:]
		}
	}
	return m
}

// index keeps one of each evidence id, in a fixed order, by agency and by id.
func index(p *Plan, ev []media.Evidence) (byAgency map[string][]media.Evidence, byID map[string]media.Evidence) {
	sorted := slices.Clone(ev)
	slices.SortFunc(sorted, func(a, b media.Evidence) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), a.At.Compare(b.At), a.Seen.Compare(b.Seen), cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.URL, b.URL), cmp.Compare(a.Kept, b.Kept), cmp.Compare(a.Agency, b.Agency))
	})
	byAgency, byID = map[string][]media.Evidence{}, map[string]media.Evidence{}
	for _, e := range sorted {
		if _, twice := byID[e.ID]; twice || (e.Kind == media.EvAiring && e.Airing == nil) {
			continue
		}
		byID[e.ID] = e
		owner := e.Agency
		for _, c := range p.Channels {
			if owner == "" && e.Airing != nil && c.ID == e.Airing.Channel {
				owner = c.Agency // a log need not say whose channel it is
			}
		}
		if e.Kind == media.EvAttestation && e.Owner != "" {
			owner = e.Owner
		}
		byAgency[owner] = append(byAgency[owner], e)
	}
	return byAgency, byID
}

// when is the instant that places a piece: its date, or its first sight if it has none.
func when(e media.Evidence) time.Time {
	if e.Precision == media.NoDate {
		return e.Seen
	}
	return e.At
}

// matchJob matches one quota of one owner.
type matchJob struct {
	p     *Plan
	q     Quota
	kind  Kind
	owner media.Agency
	slots []slot
	acts  acts
	tests []conditionTest
}

// conditionTest is a condition of the quota with its row of the table.
type conditionTest struct {
	Condition
	row ConditionKind
}

// testsOf puts the conditions the plan states before those of reference.
func testsOf(q Quota) []conditionTest {
	var out []conditionTest
	for _, b := range []Basis{ByPlan, ByReference} {
		for _, c := range q.Conditions {
			if row, ok := condition(c.Name); ok && row.test != nil && basisOf(c.Basis) == b {
				out = append(out, conditionTest{c, row})
			}
		}
	}
	return out
}

// candidate is one piece in one period, and what was found of it.
type candidate struct {
	e       media.Evidence
	act     *Decision // the strike or add that rules, nil if none
	passes  bool      // by itself, without any decision
	reasons []Reason  // one per condition met
	fail    Rejection // if it does not pass
}

func (j matchJob) run(own []media.Evidence, byID map[string]media.Evidence, m *Matching) {
	pieces := make([]media.Evidence, 0, len(own))
	sees := map[media.EvidenceKind]bool{}
	for _, k := range j.kind.Evidence {
		sees[k] = j.kind.sees(j.q, k)
	}
	for _, e := range own {
		if sees[e.Kind] && (e.Kind != media.EvAttestation || e.Quota == j.q.ID) {
			pieces = append(pieces, e)
		}
	}
	known := func(id string) bool {
		return slices.ContainsFunc(pieces, func(e media.Evidence) bool { return e.ID == id })
	}
	foreign := map[string]bool{} // counted only where a person says so
	for _, d := range j.acts[actKey{j.q.ID, j.owner.ID}] {
		switch {
		case d.Kind == Attest && attestable(j.q) && !known(d.ID):
			pieces = append(pieces, attestation(j.p, d))
		case d.Kind == Add && !known(d.Evidence):
			if e, ok := byID[d.Evidence]; ok { // another agency's piece, or one of another kind: a person says it counts
				pieces = append(pieces, e)
				foreign[e.ID] = true
			}
		}
	}
	bySlot := map[int][]candidate{}
	for _, e := range pieces {
		for _, i := range j.eligible(e) {
			if c := j.judge(e, j.slots[i].period); c.act != nil || !foreign[e.ID] {
				bySlot[i] = append(bySlot[i], c)
			}
		}
	}
	for i := range j.slots {
		j.settle(j.slots[i], bySlot[i], m)
	}
}

// attestation is what a person attested, as evidence.
func attestation(p *Plan, d Decision) media.Evidence {
	e := media.Evidence{ID: d.ID, Kind: media.EvAttestation, Agency: d.Owner, At: d.Date, Precision: media.ToDay, Seen: d.At, Verified: d.At,
		Title: d.Reason, Grade: media.GradeB, Decided: d.Actor, Document: d.Document, Quota: d.Quota, Owner: d.Owner, Period: d.Period}
	if d.Date.IsZero() {
		e.Precision = media.NoDate
	}
	return e
}

// eligible lists the slots a piece may count in, usually one.
func (j matchJob) eligible(e media.Evidence) []int {
	if d := j.acts.ruling(j, e.ID, ""); d != nil && d.Kind == Add && d.Period != "" {
		if i := j.named(d.Period); i >= 0 {
			return []int{i}
		}
	}
	if e.Kind == media.EvAttestation && (e.Period != "" || j.q.Cadence == calendar.Once) {
		if i := j.named(e.Period); i >= 0 {
			return []int{i}
		}
		return nil
	}
	at := when(e)
	if j.kind.tracksLate && len(j.slots) == 1 && !at.Before(j.slots[0].period.Start) {
		return []int{0}
	}
	for i, s := range j.slots {
		if s.period.Contains(at) {
			return []int{i}
		}
	}
	return nil
}

// named finds the slot of a period id. A Once quota has one period whatever it
// is called, for a moved deadline renames it.
func (j matchJob) named(period string) int {
	if j.q.Cadence == calendar.Once && len(j.slots) == 1 {
		return 0
	}
	return slices.IndexFunc(j.slots, func(s slot) bool { return s.period.ID == period })
}

// judge tests one piece for one period.
func (j matchJob) judge(e media.Evidence, period calendar.Period) candidate {
	c := candidate{e: e, act: j.acts.ruling(j, e.ID, period.ID)}
	reject := func(why Reason, name string, basis Basis, f finding, onlyReference bool) {
		c.fail = Rejection{Quota: j.q.ID, Owner: j.owner.ID, Period: period.ID, Evidence: e, Reason: why,
			Condition: name, Basis: basis, OnlyReference: onlyReference, Awaiting: f.awaiting}
	}
	if e.Kind == media.EvAttestation {
		switch {
		case e.Precision == media.NoDate:
			reject(because("no_date", nil), "dated", ByPlan, finding{}, false)
		case !j.kind.tracksLate && !period.Contains(e.At):
			reject(because("outside_period", args{"at": stamp(e.At)}), "period", ByPlan, finding{}, false)
		default:
			c.passes = true
			c.reasons = []Reason{because("attested", args{"by": e.Decided, "document": e.Document})}
		}
		return c
	}
	var first *finding // first failing condition
	var firstName string
	var firstBasis Basis
	planHolds, planAwaits, refused, awaits := true, true, false, false
	for _, cond := range j.tests {
		if cond.row.Of != "" && cond.row.Of != e.Kind {
			continue
		}
		f := cond.row.test(j.p, j.q, cond.Condition, e)
		if f.ok {
			if f.why.Code != "" {
				c.reasons = append(c.reasons, f.why)
			}
			continue
		}
		if first == nil {
			first, firstName, firstBasis = &f, cond.Name, basisOf(cond.Basis)
		}
		awaits = awaits || f.awaiting
		refused = refused || (cond.Name == "reform" && !f.awaiting)
		if basisOf(cond.Basis) == ByPlan {
			planHolds = false
			planAwaits = planAwaits && f.awaiting
		}
	}
	// A clear «not about reform» is an answer, not a question, even where the plan file calls the condition a reference.
	onlyReference := planHolds && !refused
	waiting := finding{awaiting: awaits && planAwaits && !refused}
	switch {
	case e.Precision == media.NoDate:
		reject(because("no_date", nil), "dated", ByReference, waiting, onlyReference)
	case first != nil:
		reject(first.why, firstName, firstBasis, waiting, onlyReference)
	default:
		c.passes = true
	}
	return c
}

// basisOf reads an empty basis as the plan's own.
func basisOf(b Basis) Basis {
	if b == ByReference {
		return ByReference
	}
	return ByPlan
}

// settle turns the candidates of one slot into credits and rejections: struck
// pieces out, of pieces with one key the earliest in.
func (j matchJob) settle(s slot, cs []candidate, m *Matching) {
	slices.SortFunc(cs, func(a, b candidate) int {
		return cmp.Or(when(a.e).Compare(when(b.e)), cmp.Compare(a.e.ID, b.e.ID))
	})
	taken := map[string]media.Evidence{} // key → the piece credited
	for _, c := range cs {
		credit := Credit{Quota: j.q.ID, Owner: j.owner.ID, Period: s.period.ID, Evidence: c.e, Reasons: c.reasons, By: c.e.Decided}
		fail := Rejection{Quota: j.q.ID, Owner: j.owner.ID, Period: s.period.ID, Evidence: c.e}
		added := c.act != nil && c.act.Kind == Add
		switch {
		case c.act != nil && c.act.Kind == Strike:
			fail.Reason, fail.Condition, fail.Basis = because("struck", args{"by": c.act.Actor, "reason": c.act.Reason}), "struck", ByPlan
			m.Rejections = append(m.Rejections, fail)
			continue
		case added:
			credit.By = c.act.Actor
			credit.Reasons = append(slices.Clone(c.reasons), because("added", args{"by": c.act.Actor, "reason": c.act.Reason}))
		case !c.passes:
			m.Rejections = append(m.Rejections, c.fail)
			continue
		}
		key := j.kind.key(j.q, c.e)
		other, dup := taken[key]
		// An added piece that passes every test of its own was rejected as the second of its key: the person counts it all the same.
		if dup && !(added && c.passes) {
			fail.Reason, fail.Condition = j.kind.twice(j.q, c.e, other)
			rule, _ := j.q.find(fail.Condition)
			fail.Basis = ByReference // how pieces are told apart is our reading unless the plan file says otherwise
			if rule.Name != "" {
				fail.Basis = basisOf(rule.Basis)
			}
			fail.OnlyReference = fail.Basis == ByReference
			m.Rejections = append(m.Rejections, fail)
			continue
		}
		if !dup {
			taken[key] = c.e
		}
		m.Credits = append(m.Credits, credit)
	}
}
