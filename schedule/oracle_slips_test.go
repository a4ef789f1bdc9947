package schedule_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"loa/media"
	"loa/schedule"
)

// A slip is one way in which an answer may be wrong; it reports whether it
// found something to spoil.
type slip struct {
	name  string
	spoil func(h hand, s scene, m *schedule.Matching) bool
}

// slips lists wrong answers that the oracle has to notice wherever they occur.
func slips() []slip { return slices.Concat(slipsOfAnswers(), slipsOfCredits(), slipsOfRejections()) }

func slipsOfAnswers() []slip {
	return []slip{
		{"a credit is dropped", func(h hand, _ scene, m *schedule.Matching) bool { return drop(h, &m.Credits) }},
		{"a credit is given twice", func(h hand, _ scene, m *schedule.Matching) bool { return double(h, &m.Credits) }},
		{"a rejection is dropped", func(h hand, _ scene, m *schedule.Matching) bool { return drop(h, &m.Rejections) }},
		{"a rejection is told twice", func(h hand, _ scene, m *schedule.Matching) bool { return double(h, &m.Rejections) }},
		{"credits stand in another order", func(_ hand, _ scene, m *schedule.Matching) bool {
			slices.Reverse(m.Credits)
			return len(m.Credits) > 1
		}},
		{"what was rejected is credited too", func(h hand, _ scene, m *schedule.Matching) bool {
			if len(m.Rejections) == 0 {
				return false
			}
			r := pick(h, m.Rejections...)
			c := schedule.Credit{Quota: r.Quota, Owner: r.Owner, Period: r.Period, Evidence: r.Evidence, Reasons: []schedule.Reason{why("is_reform")}}
			i := slices.IndexFunc(m.Credits, func(c schedule.Credit) bool { return c.Quota == r.Quota && c.Owner == r.Owner })
			m.Credits = slices.Insert(m.Credits, max(i, 0), c)
			return true
		}},
		{"what was credited is rejected", func(h hand, _ scene, m *schedule.Matching) bool {
			if len(m.Credits) == 0 {
				return false
			}
			i := h.IntN(len(m.Credits))
			c := m.Credits[i]
			m.Credits = slices.Delete(m.Credits, i, i+1)
			m.Rejections = append(m.Rejections, schedule.Rejection{Quota: c.Quota, Owner: c.Owner, Period: c.Period, Evidence: c.Evidence, Reason: why("not_judged"), Condition: "reform"})
			return true
		}},
		{"a credit stands in another period", func(h hand, s scene, m *schedule.Matching) bool {
			return transfer(h, s, m, func(u *unit, from, to int) bool { return from != to }, false)
		}},
		{"a piece is moved for nothing, and says so", func(h hand, s scene, m *schedule.Matching) bool {
			return transfer(h, s, m, func(u *unit, from, to int) bool { return from == u.home && to != u.home }, true)
		}},
		{"a piece that is needed elsewhere stays at home", func(h hand, s scene, m *schedule.Matching) bool {
			return transfer(h, s, m, func(u *unit, from, to int) bool { return from != u.home && to == u.home }, true)
		}},
		{"a rejection of one is another's", func(h hand, _ scene, m *schedule.Matching) bool {
			for _, i := range h.Perm(len(m.Rejections)) {
				for _, k := range h.Perm(len(m.Rejections)) {
					a, b := &m.Rejections[i], &m.Rejections[k]
					if a.Reason.Code != b.Reason.Code {
						a.Reason, b.Reason = b.Reason, a.Reason
						a.Condition, b.Condition = b.Condition, a.Condition
						return true
					}
				}
			}
			return false
		}},
	}
}

func slipsOfCredits() []slip {
	credit := func(name string, spoil func(h hand, c *schedule.Credit) bool) slip {
		return slip{name, func(h hand, _ scene, m *schedule.Matching) bool {
			for _, i := range h.Perm(len(m.Credits)) {
				if spoil(h, &m.Credits[i]) {
					return true
				}
			}
			return false
		}}
	}
	return []slip{
		credit("a reason is left out", func(_ hand, c *schedule.Credit) bool {
			c.Reasons = c.Reasons[1:]
			return true
		}),
		credit("an argument of a credit is another", func(h hand, c *schedule.Credit) bool { return twist(h, c.Reasons[h.IntN(len(c.Reasons))].Args) }),
		credit("another reason", func(_ hand, c *schedule.Credit) bool {
			c.Reasons[0].Code = map[bool]string{true: "topic", false: "theme"}[c.Reasons[0].Code == "theme"]
			return true
		}),
		credit("another person", func(_ hand, c *schedule.Credit) bool {
			c.By += "?"
			return true
		}),
		credit("another lag", func(_ hand, c *schedule.Credit) bool {
			if c.Lag == nil {
				return false
			}
			n := *c.Lag + 1
			c.Lag = &n
			return true
		}),
	}
}

func slipsOfRejections() []slip {
	rejection := func(name string, spoil func(h hand, r *schedule.Rejection) bool) slip {
		return slip{name, func(h hand, _ scene, m *schedule.Matching) bool {
			for _, i := range h.Perm(len(m.Rejections)) {
				if spoil(h, &m.Rejections[i]) {
					return true
				}
			}
			return false
		}}
	}
	return []slip{
		rejection("another code", func(_ hand, r *schedule.Rejection) bool {
			r.Reason.Code = map[bool]string{true: "not_judged", false: "struck"}[r.Reason.Code == "struck"]
			return true
		}),
		rejection("another condition", func(_ hand, r *schedule.Rejection) bool {
			r.Condition = map[bool]string{true: "topics", false: "reform"}[r.Condition == "reform"]
			return true
		}),
		rejection("the other basis", func(_ hand, r *schedule.Rejection) bool {
			r.Basis = map[bool]schedule.Basis{true: schedule.ByReference, false: schedule.ByPlan}[r.Basis == schedule.ByPlan]
			return true
		}),
		rejection("OnlyReference", func(_ hand, r *schedule.Rejection) bool {
			r.OnlyReference = !r.OnlyReference
			return true
		}),
		rejection("Near", func(_ hand, r *schedule.Rejection) bool {
			r.Near = !r.Near
			return true
		}),
		rejection("Awaiting", func(_ hand, r *schedule.Rejection) bool {
			r.Awaiting = !r.Awaiting
			return true
		}),
		rejection("an argument is another", func(h hand, r *schedule.Rejection) bool { return twist(h, r.Reason.Args) }),
		rejection("the length is another", func(_ hand, r *schedule.Rejection) bool {
			if r.Reason.Code != "too_short" {
				return false
			}
			r.Reason.Args["seconds"] = r.Reason.Args["seconds"].(int) + 1
			return true
		}),
		rejection("another piece of that day", func(_ hand, r *schedule.Rejection) bool {
			if r.Reason.Code != "same_day" {
				return false
			}
			r.Reason.Args["other"] = r.Evidence.ID + " itself"
			return true
		}),
		rejection("another period", func(_ hand, r *schedule.Rejection) bool {
			r.Period = map[bool]string{true: "2023-W02", false: "2023-W01"}[r.Period == "2023-W01"]
			return true
		}),
		rejection("other evidence", func(_ hand, r *schedule.Rejection) bool {
			r.Evidence.Grade += "+"
			return true
		}),
	}
}

func drop[T any](h hand, list *[]T) bool {
	if len(*list) == 0 {
		return false
	}
	i := h.IntN(len(*list))
	*list = slices.Delete(*list, i, i+1)
	return true
}

func double[T any](h hand, list *[]T) bool {
	if len(*list) == 0 {
		return false
	}
	i := h.IntN(len(*list))
	*list = slices.Insert(*list, i, (*list)[i])
	return true
}

// twist changes one argument.
func twist(h hand, args map[string]any) bool {
	names := slices.Sorted(maps.Keys(args))
	if len(names) == 0 {
		return false
	}
	switch name := pick(h, names...); v := args[name].(type) {
	case int:
		args[name] = v + 1
	case float64:
		args[name] = v + 0.25
	case string:
		args[name] = v + "?"
	case []string:
		args[name] = append(slices.Clone(v), "?")
	}
	return true
}

// transfer puts a credit where it may stand by itself, explained or not.
func transfer(h hand, s scene, m *schedule.Matching, want func(u *unit, from, to int) bool, explained bool) bool {
	for _, i := range h.Perm(len(m.Credits)) {
		c := m.Credits[i]
		q := s.p.Quotas[slices.IndexFunc(s.p.Quotas, func(q schedule.Quota) bool { return q.ID == c.Quota })]
		a := s.p.Agencies[slices.IndexFunc(s.p.Agencies, func(a media.Agency) bool { return a.ID == c.Owner })]
		j := judge{s: s, quota: q.ID, owner: a, terms: terms(s.p, q, a), kind: q.Kind}
		units, _ := j.outcome()
		u := units[slices.IndexFunc(units, func(u *unit) bool { return u.members[0].e.ID == c.Evidence.ID })]
		from := j.term(c.Period)
		for _, to := range h.Perm(len(j.terms)) {
			if !want(u, from, to) || explained && !j.reaches(u, to) {
				continue
			}
			if explained {
				c = j.credit(u, to)
			} else {
				c.Period = j.terms[to].id
			}
			m.Credits = slices.Delete(m.Credits, i, i+1)
			for i = 0; i < len(m.Credits); i++ { // its place among those of its quota and owner
				if o := m.Credits[i]; o.Quota == c.Quota && o.Owner == c.Owner && j.ordered([]schedule.Credit{o, c}, nil) != nil {
					break
				}
			}
			m.Credits = slices.Insert(m.Credits, i, c)
			return true
		}
	}
	return false
}

// copied is an answer that can be spoiled without the first.
func copied(m schedule.Matching) schedule.Matching {
	out := schedule.Matching{Credits: slices.Clone(m.Credits), Rejections: slices.Clone(m.Rejections)}
	for i := range out.Credits {
		out.Credits[i].Reasons = slices.Clone(out.Credits[i].Reasons)
		for k := range out.Credits[i].Reasons {
			out.Credits[i].Reasons[k].Args = maps.Clone(out.Credits[i].Reasons[k].Args)
		}
	}
	for i := range out.Rejections {
		out.Rejections[i].Reason.Args = maps.Clone(out.Rejections[i].Reason.Args)
	}
	return out
}

// An oracle that cannot be made to complain proves nothing: each way of being
// wrong is tried on plans until it was noticed twenty times, and never missed.
func TestOracleNotices(t *testing.T) {
	const enough, plans = 20, 1500
	left := map[string]int{}
	for _, sl := range slips() {
		left[sl.name] = enough
	}
	for seed := uint64(1); seed <= plans && len(left) > 0; seed++ {
		s := drawScene(seed)
		m := schedule.Match(s.p, s.ev, s.ds, s.cal)
		h := hand{Rand: rand.New(rand.NewPCG(seed, 2))}
		for _, sl := range slips() {
			if left[sl.name] == 0 {
				continue
			}
			spoiled := copied(m)
			if !sl.spoil(h, s, &spoiled) {
				continue
			}
			if s.check(spoiled) == nil {
				t.Fatalf("LOA_ORACLE_SEED=%d: the oracle does not notice: %s", seed, sl.name)
			}
			if left[sl.name]--; left[sl.name] == 0 {
				delete(left, sl.name)
			}
		}
	}
	if len(left) > 0 {
		t.Errorf("not tried often enough (missing): %v", left)
	}
}
