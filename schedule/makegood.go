package schedule

import (
	"slices"
	"time"
)

// MadeGood says what an agreed and proven make-good does to the standing of the
// period it repairs: a policy of the plan, of reference unless the plan itself
// states it (docs/decisions/0026-make-good-cases.md).
type MadeGood string

const (
	MadeGoodNone    MadeGood = "none"    // nothing: no case can be opened
	MadeGoodNoted   MadeGood = "note"    // the miss stays, with the day it was made good
	MadeGoodRepairs MadeGood = "repairs" // the piece counts for the missed period
)

// MadeGoods lists the policies.
func MadeGoods() []MadeGood { return []MadeGood{MadeGoodNone, MadeGoodNoted, MadeGoodRepairs} }

func madeGoods() []string {
	var out []string
	for _, p := range MadeGoods() {
		out = append(out, string(p))
	}
	return out
}

// makeGoodPolicy is the quota's policy; one that names none notes it.
func (q Quota) makeGoodPolicy() MadeGood {
	if q.AgreedGood == "" {
		return MadeGoodNoted
	}
	return q.AgreedGood
}

// honour carries out what was agreed and proven as made good, oldest act first: a
// piece that its own period does without counts for the missed one, or is marked
// as its make-good where the policy only notes it. A piece that its own period
// has come to need (another was struck, or a corrected log took it away) stays
// there, and says so: nothing is used twice.
func (j matchJob) honour(units []*unit) {
	all := j.acts[actKey{j.quota, j.owner.ID}]
	left := make([]int, len(j.slots)) // pieces that a period has to itself, counted when first asked
	for i := range left {
		left[i] = -1
	}
	for n := range all {
		d := &all[n]
		if d.Kind != MakeGood || d.Evidence == "" || d.None || overruled(*d, all[n+1:]) {
			continue
		}
		to := j.named(d.Period)
		at := slices.IndexFunc(units, func(u *unit) bool { return u.members[0].e.ID == d.Evidence })
		if to < 0 || at < 0 || units[at].good != nil {
			continue
		}
		u, policy := units[at], j.slots[to].q.makeGoodPolicy()
		if policy == MadeGoodNone {
			continue
		}
		if u.slot == to { // closed there since
			u.good, u.spare = d, true
			continue
		}
		if left[u.slot] < 0 {
			left[u.slot] = 0
			for _, o := range units {
				if o.slot == u.slot {
					left[u.slot]++
				}
			}
		}
		u.good = d
		if u.spare = left[u.slot] > j.slots[u.slot].q.Wanted; !u.spare {
			continue
		}
		left[u.slot]--
		if policy == MadeGoodRepairs {
			u.to, u.fixed = to, true
		} else {
			u.aside = true
		}
	}
}

// overruled reports whether a later act on the same piece takes a make-good
// back: a strike, an add that names another period, or a make-good of it that is none.
func overruled(d Decision, later []Decision) bool {
	return slices.ContainsFunc(later, func(o Decision) bool {
		return o.Evidence == d.Evidence && (o.Kind == Strike || o.Kind == Add && o.Period != "" && o.Period != d.Period)
	}) || retracted(d, later)
}

// retracted reports whether a person took back that the piece made the period good.
func retracted(d Decision, later []Decision) bool {
	return slices.ContainsFunc(later, func(o Decision) bool {
		return o.Kind == MakeGood && o.None && o.Evidence == d.Evidence && o.Period == d.Period
	})
}

// agreed is why a piece that was agreed as a make-good counts where it does.
func (j matchJob) agreed(u *unit) Reason {
	a := args{"for": u.good.Period, "by": u.good.Actor, "document": u.good.Document}
	if !u.spare && u.to == u.slot {
		return because("make_good_not_spare", a)
	}
	if u.to != u.slot {
		a["from"] = j.slots[u.slot].period.ID
	}
	return because("agreed_make_good", a)
}

// agreedGoods are the credits that were agreed as make-goods and may be so, by
// the slot they repair.
func agreedGoods(cs []Credit, now time.Time) map[slotKey][]Credit {
	out := map[slotKey][]Credit{}
	for _, c := range cs {
		for _, r := range c.Reasons {
			period, ok := r.Args["for"].(string)
			if ok && r.Code == "agreed_make_good" && !when(c.Evidence).After(now) {
				k := slotKey{c.Quota, c.Owner, period}
				out[k] = append(out[k], c)
			}
		}
	}
	for _, cs := range out {
		slices.SortFunc(cs, func(a, b Credit) int { return byWhen(a.Evidence, b.Evidence) })
	}
	return out
}

// madeGood tells what became of a miss that was to be made good: when it was,
// that its proof is gone, or by what document it never will be.
func (b bench) madeGood(state State) []Reason {
	var out []Reason
	for _, c := range b.goods {
		i := slices.IndexFunc(c.Reasons, func(r Reason) bool { return r.Code == "agreed_make_good" })
		out = append(out, because("made_good", args{"at": stamp(when(c.Evidence)), "document": c.Reasons[i].Args["document"]}))
	}
	if state != Missed {
		return out
	}
	var lost, never *Reason
	all := b.acts[actKey{b.q.ID, b.owner.ID}]
	for n, d := range all {
		if d.Kind != MakeGood || !concerns(b.q, d, b.period.ID) {
			continue
		}
		switch {
		case d.None && d.Evidence == "":
			r := because("not_made_good", args{"by": d.Actor, "document": d.Document})
			never = &r
		case !d.None && !retracted(d, all[n+1:]) && b.q.makeGoodPolicy() != MadeGoodNone && !slices.ContainsFunc(b.goods, func(c Credit) bool { return c.Evidence.ID == d.Evidence }):
			r := because("made_good_lost", args{"at": stamp(d.Date)})
			lost = &r
		}
	}
	for _, r := range []*Reason{lost, never} {
		if r != nil {
			out = append(out, *r)
		}
	}
	return out
}

// goodWords are what a standing says of its make-goods: that alone is enough for
// a closed row to come out otherwise.
func goodWords(s Standing) []string {
	var out []string
	for _, r := range s.Reasons {
		if r.Code == "made_good" || r.Code == "made_good_lost" || r.Code == "not_made_good" {
			out = append(out, words(r))
		}
	}
	return out
}
