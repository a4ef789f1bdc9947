package schedule_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"loa/media"
	"loa/schedule"
)

// fromEnv reads a number from the environment.
func fromEnv(t *testing.T, name string, otherwise uint64) uint64 {
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatalf("%s=%q: want a number", name, s)
	}
	return n
}

// examine draws the scene of a seed, matches it and holds the answer against the oracle.
func examine(seed uint64) (schedule.Matching, error) {
	s := drawScene(seed)
	m := schedule.Match(s.p, s.ev, s.ds, s.cal)
	if !reflect.DeepEqual(s, drawScene(seed)) {
		return m, fmt.Errorf("Match changes its input")
	}
	if err := s.check(m); err != nil {
		return m, err
	}
	r := rand.New(rand.NewPCG(seed, 1))
	ev, ds := append(slices.Clone(s.ev), s.ev...), append(slices.Clone(s.ds), s.ds...)
	r.Shuffle(len(ev), func(i, j int) { ev[i], ev[j] = ev[j], ev[i] })
	r.Shuffle(len(ds), func(i, j int) { ds[i], ds[j] = ds[j], ds[i] })
	if !reflect.DeepEqual(m, schedule.Match(s.p, ev, ds, s.cal)) {
		return m, fmt.Errorf("the answer depends on the order, or on duplicates, of the input")
	}
	return m, nil
}

// TestOracleMatch holds Match against the oracle on random plans: 2,000 (200 if
// -short), or LOA_ORACLE of them. Plan n is drawn from seed n; LOA_ORACLE_SEED takes that one alone.
func TestOracleMatch(t *testing.T) {
	usual := uint64(2000)
	if testing.Short() {
		usual = 200
	}
	first, n := uint64(1), fromEnv(t, "LOA_ORACLE", usual)
	if one := fromEnv(t, "LOA_ORACLE_SEED", 0); one > 0 {
		first, n = one, 1
	}
	told, wrong := map[string]int{}, 0
	for seed := first; seed < first+n; seed++ {
		m, err := examine(seed)
		if err != nil {
			t.Errorf("LOA_ORACLE_SEED=%d: %v", seed, err)
			if wrong++; wrong == 20 {
				t.Fatal("too many")
			}
		}
		for _, c := range m.Credits {
			for _, r := range c.Reasons {
				told["+"+r.Code]++
			}
		}
		for _, r := range m.Rejections {
			told["-"+r.Reason.Code]++
		}
	}
	t.Logf("%d plans; reasons told: %v", n, told)
	if n < 2000 {
		return
	}
	for _, code := range []string{ // agreement about what is never drawn is worth nothing
		"+is_reform", "+in_column", "+topic", "+long_enough", "+first_run", "+in_window", "+theme", "+added", "+attested", "+integrated", "+posted_in",
		"+signed_unknown", "+answered_in", "+asked_unknown", "+in_period", "+printed", "+makes_good", "+carried",
		"-not_reform", "-not_judged", "-not_in_column", "-wrong_topic", "-is_repost", "-not_decision", "-too_short", "-is_repeat", "-outside_window",
		"-not_enough_inside", "-wrong_theme", "-same_day", "-same_production", "-same_column", "-over_share", "-outside_period", "-no_date", "-struck",
		"-none_arose", "-not_posted", "-not_answered", "-declared_seen", "-declared_twice", "+declared_too", "+declared_stands",
	} {
		if told[code] < 10 {
			t.Errorf("%s was told %d times: the draw does not reach it", code, told[code])
		}
	}
}

// check compares all of Match's answer with what the oracle finds; nil if they agree.
func (s scene) check(m schedule.Matching) error {
	credits, rejections := m.Credits, m.Rejections
	for _, q := range s.p.Quotas {
		agencies := slices.Clone(s.p.Agencies)
		slices.SortFunc(agencies, func(a, b media.Agency) int { return cmp.Compare(a.ID, b.ID) })
		for _, a := range agencies {
			j := judge{s: s, quota: q.ID, owner: a, terms: terms(s.p, q, a), kind: q.Kind}
			if len(j.terms) == 0 {
				continue
			}
			n, k := 0, 0
			for n < len(credits) && credits[n].Quota == q.ID && credits[n].Owner == a.ID {
				n++
			}
			for k < len(rejections) && rejections[k].Quota == q.ID && rejections[k].Owner == a.ID {
				k++
			}
			if err := j.compare(credits[:n], rejections[:k]); err != nil {
				return fmt.Errorf("quota %s (%s) of %s: %w", q.ID, q.Kind, a.ID, err)
			}
			credits, rejections = credits[n:], rejections[k:]
		}
	}
	if len(credits)+len(rejections) > 0 {
		return fmt.Errorf("%d credits and %d rejections belong nowhere or stand out of order", len(credits), len(rejections))
	}
	return nil
}

func (j judge) compare(credits []schedule.Credit, rejections []schedule.Rejection) error {
	units, no := j.outcome()
	if err := j.ordered(credits, rejections); err != nil {
		return err
	}
	of := map[string]schedule.Rejection{}
	for _, r := range no {
		of[r.Evidence.ID] = r
	}
	for _, r := range rejections {
		want, ok := of[r.Evidence.ID]
		if !ok {
			return fmt.Errorf("%s in %s rejected with %v: it is credited, no candidate, or rejected twice", r.Evidence.ID, r.Period, r.Reason)
		}
		if !reflect.DeepEqual(r, want) {
			return fmt.Errorf("%s is rejected with\n  %s, want\n  %s", r.Evidence.ID, short(r), short(want))
		}
		delete(of, r.Evidence.ID)
	}
	for id, r := range of {
		return fmt.Errorf("%s in %s: no rejection, want %v", id, r.Period, r.Reason)
	}
	heads := map[string]*unit{}
	for _, u := range units {
		heads[u.members[0].e.ID] = u
	}
	count, moved := make([]int, len(j.terms)), make([]bool, len(j.terms))
	for _, c := range credits {
		u := heads[c.Evidence.ID]
		if u == nil {
			return fmt.Errorf("%s in %s credited with %v: it is rejected, no candidate, or credited twice", c.Evidence.ID, c.Period, c.Reasons)
		}
		delete(heads, c.Evidence.ID)
		to := slices.IndexFunc(j.terms, func(t term) bool { return t.id == c.Period })
		if to < 0 || !j.reaches(u, to) {
			return fmt.Errorf("%s may not count in %s, it belongs to %s", c.Evidence.ID, c.Period, j.terms[u.home].id)
		}
		if want := j.credit(u, to); !reflect.DeepEqual(c, want) {
			return fmt.Errorf("%s is credited with\n  %s, want\n  %s", c.Evidence.ID, short(c), short(want))
		}
		count[to]++
		moved[to] = moved[to] || to != u.home
	}
	for id, u := range heads {
		return fmt.Errorf("%s in %s: no credit", id, j.terms[u.home].id)
	}
	filled, total := make([]int, len(j.terms)), 0
	for i, t := range j.terms {
		if moved[i] && count[i] > t.q.Wanted {
			return fmt.Errorf("%s: a piece was moved into it although it has %d of %d", t.id, count[i], t.q.Wanted)
		}
		filled[i] = min(count[i], t.q.Wanted)
		total += filled[i]
	}
	if best, most := j.best(units); !slices.Equal(filled, best) || total != most {
		return fmt.Errorf("periods get %v, could get %v (%d in all, want %d)", filled, best, total, most)
	}
	return nil
}

// short writes a credit or a rejection without the evidence itself.
func short(x any) string {
	switch x := x.(type) {
	case schedule.Credit:
		return fmt.Sprintf("%s %v by %q, lag %v", x.Period, x.Reasons, x.By, x.Lag)
	case schedule.Rejection:
		return fmt.Sprintf("%s %v %s (%s) only reference %t near %t awaiting %t alone %t", x.Period, x.Reason, x.Condition, x.Basis, x.OnlyReference, x.Near, x.Awaiting, x.Alone)
	}
	return ""
}

// credit is how the credit of a unit has to read in a term.
func (j judge) credit(u *unit, to int) schedule.Credit {
	head := u.members[0]
	out := schedule.Credit{Quota: j.quota, Owner: j.owner.ID, Period: j.terms[to].id, Evidence: head.e, Reasons: slices.Clone(head.met), By: head.e.Decided, Lag: head.lag}
	if head.added() {
		out.By = head.act.Actor
		out.Reasons = append(out.Reasons, why("added", "by", head.act.Actor, "reason", head.act.Reason))
	}
	if head.taken != nil {
		out.Reasons = append(out.Reasons, why("declared_too", "by", head.taken.Actor, "at", stamp(head.taken.At)))
	}
	switch from := j.terms[u.home].id; {
	case to < u.home:
		out.Reasons = append(out.Reasons, why("makes_good", "from", from))
	case to > u.home:
		out.Reasons = append(out.Reasons, why("carried", "from", from))
	}
	return out
}

// ordered: by period, then date, then id.
func (j judge) ordered(credits []schedule.Credit, rejections []schedule.Rejection) error {
	place := func(period string, e media.Evidence) string {
		at := e.At
		if e.Precision == media.NoDate {
			at = e.Seen
		}
		i := slices.IndexFunc(j.terms, func(t term) bool { return t.id == period })
		return fmt.Sprintf("%03d %s %s", i, at.UTC().Format("2006-01-02T15:04:05.000000000"), e.ID)
	}
	if !slices.IsSortedFunc(credits, func(a, b schedule.Credit) int {
		return cmp.Compare(place(a.Period, a.Evidence), place(b.Period, b.Evidence))
	}) {
		return fmt.Errorf("credits are out of order")
	}
	if !slices.IsSortedFunc(rejections, func(a, b schedule.Rejection) int {
		return cmp.Compare(place(a.Period, a.Evidence), place(b.Period, b.Evidence))
	}) {
		return fmt.Errorf("rejections are out of order")
	}
	return nil
}
