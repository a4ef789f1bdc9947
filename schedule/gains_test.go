package schedule

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
)

// told is what the answers would change: quota, owner's slug, period, missing,
// and marks for what is counted now and what is over.
func told(p *Plan, ev []media.Evidence, ds []Decision, now string) []string {
	cal := tet()
	obs := Observation{Spans: map[string][]Span{}}
	for _, s := range p.Sources {
		obs.Spans[s.ID] = []Span{{p.From, at(now)}}
	}
	standings := Stand(p, Match(p, ev, ds, cal), obs, ds, cal, at(now))
	var out []string
	for _, g := range Gains(p, ev, ds, cal, standings, at(now)) {
		line := fmt.Sprintf("%s %s %s %s -%d", g.Item, g.Quota, strings.TrimPrefix(g.Owner, "mau/"), g.Period, g.Missing)
		if g.Counted {
			line += " counted"
		}
		if g.Over {
			line += " over"
		}
		out = append(out, line)
	}
	return out
}

func TestGains(t *testing.T) {
	doubtful := func(e *media.Evidence) { e.Verdict = &media.Verdict{Reform: true, Score: 0.6, Review: true} }
	for name, c := range map[string]struct {
		ev   []media.Evidence
		ds   []Decision
		now  string
		want []string
	}{
		"what would fill an open period": {ev: []media.Evidence{item("mau/bao", "2023-02-03 08:00", column), item("mau/bao", "2023-02-10 08:00", column, review, named("a"))},
			now: "2023-02-12", want: []string{"a A-6.1 bao 2023-02 -1"}},
		"a period that has all needs nothing": {ev: []media.Evidence{item("mau/bao", "2023-02-03 08:00", column), item("mau/bao", "2023-02-04 08:00", column), item("mau/bao", "2023-02-10 08:00", column, review, named("a"))},
			now: "2023-02-12"},
		"the second piece of a day adds nothing": {ev: []media.Evidence{item("mau/bao", "2023-02-03 08:00", column), item("mau/bao", "2023-02-03 09:00", column, review, named("a"))},
			now: "2023-02-12"},
		"the first piece of a day would only take the second's place": {ev: []media.Evidence{item("mau/bao", "2023-02-03 08:00", column, review, named("a")), item("mau/bao", "2023-02-03 09:00", column)},
			now: "2023-02-12"},
		"outside the column it is nothing to the quota": {ev: []media.Evidence{item("mau/bao", "2023-02-10 08:00", review, named("a"))}, now: "2023-02-12"},
		"a repost is nothing to a quota that wants own work": {ev: []media.Evidence{item("mau/so-a", "2023-02-10 08:00", review, repost, named("a"))}, now: "2023-02-12",
			want: []string{"a B-C1 so-a 2023-Q1 -1"}[:0]},
		"a piece counts for several quotas": {ev: []media.Evidence{item("mau/so-b", "2023-02-10 08:00", review, named("a")), item("mau/so-a", "2023-02-11 08:00", review, named("b"))}, now: "2023-02-12",
			want: []string{"b A-4 so-a 2023-02 -2", "a A-4 so-b 2023-02 -2"}},
		"a page that could not be read": {ev: []media.Evidence{item("mau/bao", "2023-02-10 08:00", column, unread, named("a"))}, now: "2023-02-12", want: []string{"a A-6.1 bao 2023-02 -2"}},
		"what counts for the present":   {ev: []media.Evidence{item("mau/bao", "2023-02-03 08:00", column), item("mau/bao", "2023-02-10 08:00", column, doubtful, named("a"))}, now: "2023-02-12", want: []string{"a A-6.1 bao 2023-02 -1 counted"}},
		"a period that is over and not closed": {ev: []media.Evidence{item("mau/bao", "2023-02-03 08:00", column), item("mau/bao", "2023-02-10 08:00", column, review, named("a"))},
			now: "2023-03-12", want: []string{"a A-6.1 bao 2023-02 -1 over"}},
		"a confirmed miss": {ev: []media.Evidence{item("mau/bao", "2023-02-10 08:00", column, review, named("a"))}, now: "2023-03-12",
			ds: []Decision{decide(ConfirmMissed, "A-6.1", "mau/bao", "2023-02", "2023-03-10")}},
		"a struck piece": {ev: []media.Evidence{item("mau/bao", "2023-02-10 08:00", column, review, named("a"))}, now: "2023-02-12",
			ds: []Decision{decide(Strike, "A-6.1", "mau/bao", "2023-02", "2023-02-11", func(d *Decision) { d.Evidence = "a" })}},
		"answered and unjudged pieces do not wait": {ev: []media.Evidence{item("mau/bao", "2023-02-10 08:00", column, refused), item("mau/bao", "2023-02-11 08:00", column, unjudged)}, now: "2023-02-12"},
	} {
		p := world()
		for i := range p.Quotas {
			if q := &p.Quotas[i]; q.ID == "B-C1" || q.ID == "A-8" {
				q.Conditions = nil // asks nothing about reform: an answer changes nothing
			}
		}
		if got := told(p, c.ev, c.ds, c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		reversed := slices.Clone(c.ev)
		slices.Reverse(reversed)
		if got := told(p, reversed, c.ds, c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s, in another order: %q, want %q", name, got, c.want)
		}
	}
}

// TestGainsTopics: a quota may credit what is not about reform by its topics
// alone, and then the answer, which takes them away, matters to it too.
func TestGainsTopics(t *testing.T) {
	p := world()
	for i := range p.Quotas {
		if q := &p.Quotas[i]; q.ID == "A-4" {
			q.Conditions = []Condition{{Name: "topics", Basis: ByPlan, List: []string{media.TTHC}}}
		}
	}
	waits := item("mau/so-b", "2023-02-10 08:00", named("a"), func(e *media.Evidence) {
		e.Verdict = &media.Verdict{Score: 0.5, Review: true, Topics: []string{media.TTHC}}
	})
	if got := told(p, []media.Evidence{waits}, nil, "2023-02-12"); !slices.Equal(got, []string{"a A-4 so-b 2023-02 -2 counted"}) {
		t.Errorf("%q", got)
	}
}

// TestGainsAreMatchesOwn: what Gains says is what two whole matchings say, one
// with each answer, on drawn plans and pieces.
func TestGainsAreMatchesOwn(t *testing.T) {
	const now = "2023-03-20"
	found := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 33))
		p := world()
		for i := range p.Quotas {
			q := &p.Quotas[i]
			if q.Kind == "count" || q.Kind == "instalments" {
				q.Wanted, q.MakeGood, q.Carry = 1+r.IntN(4), r.IntN(2)*r.IntN(12), r.IntN(2)*r.IntN(12)
			}
			if q.Kind == "count" && r.IntN(3) == 0 {
				q.Conditions = append(q.Conditions, Condition{Name: "distinct_days", Basis: ByPlan})
			}
		}
		var ev []media.Evidence
		for i := range 30 {
			e := item([]string{"mau/bao", "mau/so-a", "mau/so-b", "mau/cong"}[r.IntN(4)], "2023-01-10 08:00", named(fmt.Sprintf("e%02d", i)))
			e.At = at("2023-01-05").Add(time.Duration(r.IntN(74*24)) * time.Hour)
			switch r.IntN(4) {
			case 0:
				review(&e)
			case 1:
				e.Verdict = &media.Verdict{Reform: true, Score: 0.6, Review: true}
			case 2:
				other(&e)
			}
			if r.IntN(2) == 0 {
				column(&e)
			}
			if r.IntN(5) == 0 {
				repost(&e)
			}
			ev = append(ev, e)
		}
		ds := []Decision{decide(Strike, "A-6.1", "mau/bao", "2023-02", "2023-02-11", on("e03")), decide(Add, "A-4", "mau/so-a", "2023-02", "2023-02-12", on("e05"))}
		count := func(ev []media.Evidence) map[string]int {
			out := map[string]int{}
			for _, c := range Match(p, ev, ds, tet()).Credits {
				out[c.Quota+" "+c.Owner+" "+c.Period]++
			}
			return out
		}
		is, short := count(ev), map[string]float64{}
		for _, s := range Stand(p, Match(p, ev, ds, tet()), everything(p), ds, tet(), at(now)) {
			if s.unsettled() {
				short[s.Quota+" "+s.Owner+" "+s.Period] = s.Measures[0].Wanted - s.Measures[0].Delivered
			}
		}
		var want []string
		for i, e := range ev {
			if !Waits(e) || e.ID == "e03" || e.ID == "e05" {
				continue
			}
			says := func(reform bool) map[string]int {
				all, v := slices.Clone(ev), *e.Verdict
				v.Reform, v.Review = reform, false
				if !reform {
					v.Topics = nil
				}
				all[i].Verdict, all[i].Decided = &v, "Chuyên viên"
				return count(all)
			}
			yes, no := says(true), says(false)
			for key, lacks := range short {
				if missing := int(lacks) + is[key] - no[key]; yes[key] > no[key] && missing > 0 {
					want = append(want, fmt.Sprintf("%s %s -%d %t", e.ID, key, missing, is[key] > no[key]))
				}
			}
		}
		var got []string
		for _, g := range Gains(p, ev, ds, tet(), Stand(p, Match(p, ev, ds, tet()), everything(p), ds, tet(), at(now)), at(now)) {
			if g.Item != "e03" && g.Item != "e05" {
				got = append(got, fmt.Sprintf("%s %s %s %s -%d %t", g.Item, g.Quota, g.Owner, g.Period, g.Missing, g.Counted))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d:\n%q\nwant\n%q", seed, got, want)
		}
		found += len(got)
	}
	if found < 100 {
		t.Errorf("only %d gains were drawn", found)
	}
}
