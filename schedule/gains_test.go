package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"

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
