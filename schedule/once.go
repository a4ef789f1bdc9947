package schedule

import (
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// marks are what a piece is known again by: its address, its title on its day, the item it is. It does not matter in which
// period it was seen or declared.
func marks(e media.Evidence) []string {
	var out []string
	if u := sameAddress(e.URL); u != "" {
		out = append(out, "at "+u)
	}
	if e.Title != "" {
		out = append(out, calendar.Day(when(e)).Format(time.DateOnly)+" "+viet.Fold(e.Title))
	}
	if e.Kind == media.EvItem {
		out = append(out, "item "+e.ID)
	}
	for _, id := range e.Items {
		out = append(out, "item "+id)
	}
	return out
}

// samePiece reports whether two pieces are one.
func samePiece(a, b media.Evidence) bool {
	of := marks(b)
	return slices.ContainsFunc(marks(a), func(m string) bool { return slices.Contains(of, m) })
}

// paired finds for every piece that its owner declared and an officer accepted the candidates that are that same piece:
// observed items, and what was accepted of it in other words. What is one with the same third is one.
func paired(cs []candidate) {
	declared := func(c candidate) bool { return c.e.Kind == media.EvDeclared && c.added() }
	if !slices.ContainsFunc(cs, declared) {
		return
	}
	of := make([]int, len(cs)) // the first of each one's kin, by place
	var head func(i int) int
	head = func(i int) int {
		if of[i] != i {
			of[i] = head(of[i])
		}
		return of[i]
	}
	known := map[string][]int{} // declared pieces by what they are known by
	for i, c := range cs {
		if of[i] = i; declared(c) {
			for _, m := range marks(*c.e) {
				known[m] = append(known[m], i)
			}
		}
	}
	for i, c := range cs {
		if c.e.Kind != media.EvItem && !declared(c) {
			continue
		}
		for _, m := range marks(*c.e) {
			for _, k := range known[m] {
				x, y := head(i), head(k)
				of[max(x, y)] = min(x, y)
			}
		}
	}
	kin := map[int][]string{}
	for i, c := range cs {
		if c.e.Kind == media.EvItem || declared(c) {
			kin[head(i)] = append(kin[head(i)], c.e.ID)
		}
	}
	for i := range cs {
		if declared(cs[i]) {
			cs[i].same = kin[head(i)]
		}
	}
}

// merge lets a piece that was both declared and observed count once, wherever its days put the two. The observed one
// stands, with the word by which the declared one was accepted; where it does not count by itself (it is judged to be about
// something else, waits for a person, has no date, was struck out) the accepted declaration counts: it has a word of its own,
// which only a word about it takes back.
func (j matchJob) merge(cs []candidate) []candidate {
	if !slices.ContainsFunc(cs, func(c candidate) bool { return len(c.same) > 1 }) {
		return cs
	}
	cs = slices.Clone(cs)
	at := make(map[string]*candidate, len(cs))
	for i := range cs {
		at[cs[i].e.ID] = &cs[i]
	}
	for i := range cs {
		c := &cs[i]
		if len(c.same) < 2 || !c.added() {
			continue
		}
		var stands, before *candidate
		for _, id := range c.same {
			switch o := at[id]; {
			case o == nil || o == c:
			case o.e.Kind == media.EvDeclared:
				if before == nil && byWhen(*o.e, *c.e) < 0 && o.added() && o.instead == nil {
					before = o
				}
			case stands == nil && !o.struck() && (o.passes || o.added()):
				stands = o
			}
		}
		switch {
		case stands != nil:
			if c.instead = stands.e; stands.accepted == nil {
				stands.accepted = c.act
			}
		case before != nil:
			c.instead = before.e
		default:
			j.standIn(c, at)
		}
	}
	return cs
}

// standIn lets an accepted declaration count where what was observed of the same piece does not, and says why.
func (j matchJob) standIn(c *candidate, at map[string]*candidate) {
	for _, id := range c.same {
		o := at[id]
		if o == nil || o.e.Kind != media.EvItem || o.fail == nil && !o.struck() {
			continue
		}
		if o.struck() {
			c.reasons = append(slices.Clone(c.reasons), because("declared_stands", args{"other": o.e.Title, "why": "struck", "of": args{"by": o.act.Actor, "reason": o.act.Reason}}))
			continue
		}
		c.reasons = append(slices.Clone(c.reasons), because("declared_stands", args{"other": o.e.Title, "why": o.fail.Reason.Code, "of": o.fail.Reason.Args}))
		if o.slot == c.slot { // whatever a person would say of it, the period has the piece already
			fail := *o.fail
			fail.OnlyReference, fail.Near, fail.Awaiting = false, false, false
			o.fail = &fail
		}
	}
}

// merged rejects a declaration beside which the same piece counts.
func (c *candidate) merged(j matchJob) {
	code := "declared_seen"
	if c.instead.Kind == media.EvDeclared {
		code = "declared_twice"
	}
	c.reject(j, because(code, args{"other": c.instead.Title, "at": stamp(when(*c.instead))}), "once", ByPlan)
}

// spoken reports whether a person let the piece count, as it was seen or as it was declared.
func (c candidate) spoken() bool { return c.added() || c.accepted != nil }
