package schedule

import (
	"cmp"
	"iter"
	"slices"
	"sort"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// Match decides, for every quota, owner and period of the plan, which evidence
// counts and why the rest does not. It is pure, and its answer does not depend
// on the order of its input; credits and rejections come out by quota in plan
// order, owner id, period, then date.
//
// A piece belongs to the period that holds its date (an airing: its start; a
// posted decision: the day it was signed, where that is known; a question that
// waits: the last day on which it should be answered). An undated
// piece is rejected with no_date, in the period in which it was first seen
// where nothing else places it. Of
// the conditions it fails, the first is told, those the plan itself states
// before those of reference. Of pieces that count only once together (one date
// of a column, one production) the earliest is credited.
//
// A piece credits at most one period of each quota it satisfies. Where
// make_good or carry let it count in another period than its own, periods are
// filled in the order of their ends by a maximum matching: as many as possible
// of the wanted pieces are delivered, the earliest periods first; what a
// person fixed is never moved, and what is left over counts where it belongs.
//
// A piece that was observed and was accepted as declared is one (merge): of an
// address one counts for a quota, in whichever period.
//
// Decisions: attest becomes evidence of its quota, owner and period and needs
// no other condition; strike takes a credit away; add credits what was
// rejected, and moves it if it names another period. Of several strikes and
// adds the latest rules.
func Match(p *Plan, ev []media.Evidence, ds []Decision, cal *calendar.Calendar) Matching {
	byAgency, byID := index(p, joinQuestions(ev))
	var m Matching
	for job := range jobs(p, actsOf(p, ds), cal) {
		job.run(byAgency[job.owner.ID], byID, &m)
	}
	return m
}

// jobs are the quotas of a plan, each owner's by itself, in the order of Match.
func jobs(p *Plan, acts acts, cal *calendar.Calendar) iter.Seq[matchJob] {
	return func(yield func(matchJob) bool) {
		for i := range p.Quotas {
			all := slots(p, i)
			for len(all) > 0 {
				n := 1
				for n < len(all) && all[n].owner.ID == all[0].owner.ID {
					n++
				}
				job := matchJob{p: p, quota: p.Quotas[i].ID, owner: all[0].owner, slots: all[:n], acts: acts}
				if cal != nil {
					job.cal = *cal
				}
				if !yield(job) {
					return
				}
				all = all[n:]
			}
		}
	}
}

// index keeps one of each evidence id, in a fixed order, by agency and by id.
func index(p *Plan, ev []media.Evidence) (byAgency map[string][]*media.Evidence, byID map[string]*media.Evidence) {
	sorted := make([]*media.Evidence, len(ev))
	for i := range ev {
		sorted[i] = &ev[i]
	}
	slices.SortFunc(sorted, func(a, b *media.Evidence) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), a.At.Compare(b.At), a.Seen.Compare(b.Seen), cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.URL, b.URL), cmp.Compare(a.Kept, b.Kept), cmp.Compare(a.Agency, b.Agency))
	})
	byAgency, byID = map[string][]*media.Evidence{}, make(map[string]*media.Evidence, len(ev))
	for _, e := range sorted {
		if _, twice := byID[e.ID]; twice || hollow(*e) {
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
	p      *Plan
	cal    calendar.Calendar
	quota  string
	owner  media.Agency
	slots  []slot
	acts   acts
	signed map[string]time.Time // of kind lag: the day of signature by canonical number, from the office's register
	logged map[string]bool      // months of which the province's system tells what the owner's radio broadcast
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
			if q.Reading == "R2" && c.Name == "column" {
				continue // articles anywhere in the paper, by that reading
			}
			if row, ok := condition(c.Name); ok && row.test != nil && basisOf(c.Basis) == b {
				out = append(out, conditionTest{c, row})
			}
		}
	}
	return out
}

// candidate is one piece in one period, and what was found of it.
type candidate struct {
	e       *media.Evidence
	slot    int        // the period it belongs to
	act     *Decision  // the strike or add that rules, nil if none
	passes  bool       // by itself, without any decision
	reasons []Reason   // one per condition met
	lag     *int       // working days, for kinds lag and answered
	fail    *Rejection // if it does not pass

	same     []string        // of a declared piece: ids of the candidates that are the same piece, its own too (paired)
	instead  *media.Evidence // of a declared piece: the one of these that counts instead (merge)
	accepted *Decision       // of an observed piece: by which the same piece was accepted as declared (merge)
}

func (c candidate) added() bool  { return c.act != nil && c.act.Kind == Add }
func (c candidate) struck() bool { return c.act != nil && c.act.Kind == Strike }

func (j matchJob) run(own []*media.Evidence, byID map[string]*media.Evidence, m *Matching) {
	j.settle(j.candidates(own, byID), m)
}

// candidates judges the pieces that may count, oldest first.
func (j *matchJob) candidates(own []*media.Evidence, byID map[string]*media.Evidence) []candidate {
	pieces, known, added := j.gather(own, byID)
	slices.SortFunc(pieces, func(a, b *media.Evidence) int { return cmp.Or(when(*a).Compare(when(*b)), cmp.Compare(a.ID, b.ID)) })
	cs := make([]candidate, 0, len(pieces))
	for _, e := range pieces {
		i := j.natural(*e)
		if i < 0 {
			continue
		}
		seen := known[e.ID] && j.slots[i].kind.sees(*j.slots[i].q, e.Kind)
		if !seen && !added[e.ID] {
			continue
		}
		if c := j.judge(e, i); seen || c.act != nil {
			cs = append(cs, c)
		}
	}
	paired(cs)
	return cs
}

// gather lists the pieces to be judged: the owner's own of the kinds that the
// quota looks at, what was attested (both are known), and what a person added
// from elsewhere: another agency's piece, or one of another kind.
func (j *matchJob) gather(own []*media.Evidence, byID map[string]*media.Evidence) (pieces []*media.Evidence, known, added map[string]bool) {
	sees, documents := map[media.EvidenceKind]bool{}, false
	for i, s := range j.slots {
		if i > 0 && s.version == j.slots[i-1].version {
			continue
		}
		documents = documents || s.kind.documents
		for _, k := range s.kind.Evidence {
			sees[k] = sees[k] || s.kind.sees(*s.q, k)
		}
	}
	known, added = map[string]bool{}, map[string]bool{}
	if sees[media.EvBulletin] {
		j.logged = inSystem(own)
	}
	for _, e := range own {
		if e.Listed && !documents {
			continue // a document is no news
		}
		if sees[e.Kind] && (e.Kind != media.EvAttestation || e.Quota == j.quota) {
			pieces = append(pieces, e)
			known[e.ID] = true
		}
		if e.Kind != media.EvProcedure {
			continue
		}
		if n, ok := viet.DocumentNumber(e.Document); ok {
			if j.signed == nil {
				j.signed = map[string]time.Time{}
			}
			j.signed[n] = e.At
		}
	}
	for _, d := range j.acts[actKey{j.quota, j.owner.ID}] {
		switch {
		case d.Kind == Attest && sees[media.EvAttestation] && !known[d.ID]:
			paper := attestation(d)
			pieces = append(pieces, &paper)
			known[d.ID] = true
		case d.Kind == Add && !added[d.Evidence]:
			added[d.Evidence] = true
			if e, ok := byID[d.Evidence]; ok && !known[d.Evidence] {
				pieces = append(pieces, e)
			}
		}
	}
	return pieces, known, added
}

// attestation is what a person attested, as evidence.
func attestation(d Decision) media.Evidence {
	e := media.Evidence{ID: d.ID, Kind: media.EvAttestation, Agency: d.Owner, At: d.Date, Precision: media.ToDay, Seen: d.At, Verified: d.At,
		Title: d.Reason, Grade: cmp.Or(d.Grade, media.GradeB), Decided: d.Actor, Document: d.Document, Kept: d.File, Quota: d.Quota, Owner: d.Owner,
		Period: d.Period, None: d.None, Form: d.Form}
	if d.Date.IsZero() {
		e.Precision = media.NoDate
	}
	return e
}

// natural is the slot a piece belongs to, -1 if none.
func (j matchJob) natural(e media.Evidence) int {
	if d := j.acts.ruling(j, e.ID, ""); d != nil && d.Kind == Add && d.Period != "" {
		if i := j.named(d.Period); i >= 0 {
			return i
		}
	}
	if e.Kind == media.EvAttestation && (e.Period != "" || j.once()) {
		return j.named(e.Period)
	}
	at := when(e)
	if s := &j.slots[0]; s.kind.Name == "lag" {
		if t, ok := j.signature(e); ok {
			at = t
		}
	} else if s.kind.Name == "answered" && e.Kind == media.EvQuestion && e.Answered.IsZero() && !e.Asked.IsZero() {
		at = j.cal.AddWorkingDays(e.Asked, s.q.MaxLag.Value) // what waits is of the period in which its time is up
	} else if s.kind.tracksLate && len(j.slots) == 1 && !at.Before(s.period.Start) {
		return 0
	}
	if n := len(j.slots); j.slots[0].version != j.slots[n-1].version { // another definition may have had another cadence: the newest rules
		found := -1
		for i, s := range j.slots {
			if s.period.Contains(at) && (found < 0 || s.version > j.slots[found].version) {
				found = i
			}
		}
		return found
	}
	i, ok := sort.Find(len(j.slots), func(i int) int { // not slices.BinarySearchFunc: slots are large
		switch p := &j.slots[i].period; {
		case at.Before(p.Start):
			return -1
		case !at.Before(p.End):
			return 1
		}
		return 0
	})
	if !ok {
		return -1
	}
	return i
}

// signature is the day a posted decision was signed: by the office's register,
// else by the list it stands in, else by its own title.
func (j matchJob) signature(e media.Evidence) (time.Time, bool) {
	if e.Kind == media.EvProcedure {
		return e.At, true
	}
	n := shows(e)
	if t, ok := j.signed[n]; ok {
		return t, true
	}
	if !e.Signed.IsZero() && !e.Signed.After(when(e)) {
		return e.Signed, true
	}
	if t, ok := viet.DocumentDate(e.Title, n); ok && n != "" && !t.After(when(e)) {
		return t, true
	}
	return time.Time{}, false
}

// shows is the number of the decision that a piece posts: the one its list
// prints, else that of its title.
func shows(e media.Evidence) string {
	if e.Listed && e.Document != "" {
		return e.Document
	}
	return posts(e.Title)
}

// posts is the number of the decision that a title posts: the first it names,
// before any that it replaces, amends or rests on. "" if it names none.
func posts(title string) string {
	low := strings.ToLower(title)
	for _, other := range []string{"thay thế", "sửa đổi", "bãi bỏ", "căn cứ"} {
		if i := strings.Index(low, other); i >= 0 && i < len(title) {
			low, title = low[:i], title[:i]
		}
	}
	if ns := viet.DocumentNumbers(title); len(ns) > 0 {
		return ns[0]
	}
	return ""
}

// once reports whether the quota has one period, whatever it is called: a moved deadline renames it.
func (j matchJob) once() bool { return j.slots[0].q.Cadence == calendar.Once && len(j.slots) == 1 }

// named finds the slot of a period id.
func (j matchJob) named(period string) int {
	if j.once() {
		return 0
	}
	for i := range j.slots {
		if j.slots[i].period.ID == period {
			return i
		}
	}
	return -1
}

// judge tests one piece for the period it belongs to.
func (j matchJob) judge(e *media.Evidence, at int) candidate {
	s := &j.slots[at]
	c := candidate{e: e, slot: at, act: j.acts.ruling(j, e.ID, s.period.ID)}
	switch e.Kind {
	case media.EvAttestation:
		j.judgePaper(&c)
	case media.EvProcedure: // owed, never a credit by itself: whether it was posted is settled beside the pieces
		number, _ := viet.DocumentNumber(e.Document)
		c.reject(j, because("not_posted", args{"number": cmp.Or(number, e.Document), "signed": stamp(e.At)}), "posted", basisOf(s.q.MaxLag.Basis))
	case media.EvQuestion:
		j.judgeQuestion(&c)
	default:
		j.judgePiece(&c)
	}
	return c
}

// reject fills in why a piece does not count.
func (c *candidate) reject(j matchJob, why Reason, name string, basis Basis) {
	c.fail = &Rejection{Quota: j.quota, Owner: j.owner.ID, Period: j.slots[c.slot].period.ID, Evidence: *c.e, Reason: why, Condition: name, Basis: basis}
}

func (j matchJob) judgePaper(c *candidate) {
	s, e := &j.slots[c.slot], c.e
	switch {
	case e.None:
		c.reject(j, because("none_arose", args{"by": e.Decided, "document": e.Document, "reason": e.Title}), "none", ByPlan)
	case e.Precision == media.NoDate:
		c.reject(j, because("no_date", nil), "dated", ByPlan)
	case e.At.Before(s.period.Start) && !s.kind.tracksLate && (e.Period == "" || s.q.Cadence != calendar.Year || e.At.Before(s.period.Start.AddDate(0, -3, 0))), // a paper of the year may be dated before it
		!e.At.Before(s.period.End) && !s.kind.late(*s.q):
		c.reject(j, because("outside_period", args{"at": stamp(e.At)}), "period", ByPlan)
	default:
		c.passes = true
		c.reasons = []Reason{because("attested", args{"by": e.Decided, "document": e.Document})}
		if e.Form == "integrated" {
			c.reasons = append(c.reasons, because("integrated", nil))
		}
	}
}

func (j matchJob) judgeQuestion(c *candidate) {
	s, e := &j.slots[c.slot], c.e
	switch {
	case e.Answered.IsZero() && e.Asked.IsZero():
		c.reject(j, because("not_answered", nil), "answered", basisOf(s.q.MaxLag.Basis))
	case e.Answered.IsZero():
		c.reject(j, because("not_answered", args{"asked": stamp(e.Asked)}), "answered", basisOf(s.q.MaxLag.Basis))
	case e.Precision == media.NoDate:
		j.judgeUndated(c)
	case e.Asked.IsZero() || e.Asked.After(e.Answered):
		c.passes, c.reasons = true, []Reason{because("asked_unknown", nil)}
	default:
		n := j.cal.WorkingDaysBetween(e.Asked, e.Answered)
		c.passes, c.lag = true, &n
		c.reasons = []Reason{because("answered_in", args{"days": n, "asked": stamp(e.Asked), "answered": stamp(e.Answered)})}
	}
}

// judgeUndated: the column does not say when it was answered. It was before it
// was first seen answered, and after it was last seen waiting, or asked: if both
// lie in the period the answer does, and within its time if even the latest
// moment is. Nothing else can be said of it.
func (j matchJob) judgeUndated(c *candidate) {
	s, e := &j.slots[c.slot], c.e
	if e.Waited.IsZero() || e.Waited.Before(s.period.Start) {
		c.reject(j, because("no_date", nil), "dated", ByReference)
		return
	}
	c.passes, c.reasons = true, []Reason{because("answered_by", args{"seen": stamp(e.Answered)})}
	if !e.Asked.IsZero() {
		if n := j.cal.WorkingDaysBetween(e.Asked, e.Answered); n <= s.q.MaxLag.Value {
			c.lag = &n
		}
	}
}

// judgePiece tries every condition on an item, a printed piece, an airing, a
// segment or a bulletin.
func (j matchJob) judgePiece(c *candidate) {
	s, e := &j.slots[c.slot], c.e
	var first *finding // first failing condition
	var firstName string
	var firstBasis Basis
	planHolds, planAwaits, refused, awaits, near, besides := true, true, false, false, false, true
	failed := 0
	for _, cond := range s.tests {
		if !cond.row.asks(e.Kind) {
			continue
		}
		f := cond.row.test(j.p, *s.q, cond.Condition, *e)
		if f.ok {
			if f.why.Code != "" {
				c.reasons = append(c.reasons, f.why)
			}
			continue
		}
		if firstName != "min_minutes" || f.why.Code != "not_enough_inside" { // what is too short cannot lie inside long enough: one fault
			failed++
		}
		if first == nil {
			first, firstName, firstBasis = &f, cond.Name, basisOf(cond.Basis)
		}
		awaits = awaits || f.awaiting
		near = near || f.near && basisOf(cond.Basis) == ByPlan
		refused = refused || (answers(cond.Name) && !f.awaiting)
		if basisOf(cond.Basis) == ByPlan {
			planHolds = false
			planAwaits = planAwaits && f.awaiting
			besides = besides && f.near
		}
	}
	if e.Kind == media.EvPrint {
		if first == nil && !ofColumn(*s.q, *e) { // a register says what was printed, only a column's label that it is about reform
			first, firstName, firstBasis = &finding{awaiting: true, why: because("not_judged", nil)}, "reform", ByPlan
			awaits, planHolds, planAwaits, besides, failed = true, false, true, false, 1
		}
		c.reasons = append(c.reasons, because("printed", args{"number": e.Document, "page": e.Page}))
	}
	if s.q.Repeats == "never" && e.Airing != nil && !e.Airing.FirstRun && first == nil {
		first, firstName, firstBasis = &finding{why: because("is_repeat", args{"at": stamp(e.Airing.Start)})}, "first_run", ByReference
	}
	switch {
	case e.Precision == media.NoDate && !j.signedAt(*e):
		c.reject(j, because("no_date", nil), "dated", ByReference)
	case e.Bulletin != nil && e.Bulletin.Form && j.logged[e.Bulletin.Month]:
		c.reject(j, because("in_system_log", args{"month": e.Bulletin.Month}), "logged", ByReference)
		return
	case first != nil:
		c.reject(j, first.why, firstName, firstBasis)
	default:
		c.passes = true
		j.posted(c)
		if len(c.reasons) == 0 {
			c.reasons = []Reason{because("in_period", args{"at": stamp(when(*e))})}
		}
		return
	}
	// A clear «not about reform», or about something else, is an answer, not a question, even where the plan file calls the condition a reference.
	c.fail.OnlyReference = planHolds && !refused
	c.fail.Awaiting = awaits && planAwaits && !refused
	c.fail.Near = near && besides && !refused
	c.fail.Alone = failed == 1 && c.fail.Condition == firstName
}

// ofColumn reports whether a printed piece bears the label of a column that the
// quota names; a quota that asks nothing about reform asks no label either.
func ofColumn(q Quota, e media.Evidence) bool {
	if c, ok := q.find("column"); ok {
		return slices.Contains(c.List, e.Column)
	}
	_, reform := q.find("reform")
	_, topics := q.find("topics")
	return !reform && !topics
}

// signedAt reports whether a document without a day of posting can be placed all
// the same (kind lag): by the day it was signed.
func (j matchJob) signedAt(e media.Evidence) bool {
	if j.slots[0].kind.Name != "lag" || !e.Listed {
		return false
	}
	_, ok := j.signature(e)
	return ok
}

// posted tells how long a decision took from its signature to the portal (kind lag).
func (j matchJob) posted(c *candidate) {
	if j.slots[c.slot].kind.Name != "lag" {
		return
	}
	number := shows(*c.e)
	signed, ok := j.signature(*c.e)
	if !ok || signed.After(when(*c.e)) {
		c.reasons = append(c.reasons, because("signed_unknown", args{"number": number}))
		return
	}
	n := j.cal.WorkingDaysBetween(signed, when(*c.e))
	if c.e.Precision == media.NoDate { // posted by then at the latest: that can excuse, not accuse
		code := "posted_undated"
		if n <= j.slots[c.slot].q.MaxLag.Value {
			c.lag, code = &n, "posted_by"
		}
		c.reasons = append(c.reasons, because(code, args{"number": number, "days": n, "signed": stamp(signed), "seen": stamp(when(*c.e))}))
		return
	}
	c.lag = &n
	c.reasons = append(c.reasons, because("posted_in", args{"number": number, "days": n, "signed": stamp(signed), "posted": stamp(when(*c.e))}))
}

// basisOf reads an empty basis as the plan's own.
func basisOf(b Basis) Basis {
	if b == ByReference {
		return ByReference
	}
	return ByPlan
}
