package monitor

import (
	"cmp"
	"math"
	"slices"
	"time"

	"loa/schedule"
)

// Asked is a piece about which a person is asked.
type Asked struct {
	Item  string
	Group string  // equal for copies; "" if nothing else says the same
	Score float64 // 0..1
	At    time.Time
}

// Question is one thing to ask a person: a piece, or several that say the same.
type Question struct {
	Items []string        // the one to show first
	Gains []schedule.Gain // what the answer would change, the most urgent first
}

// Questions puts what waits for a person in the order in which it is worth
// asking: first what would change a period that still runs, the one that can be
// saved the shortest first; then periods that are over and not closed, the last
// first; then the rest. What concerns more quotas, and of it what the classifier
// is least sure of (nearest to 0.5), comes first among equals, then the newest.
func Questions(asked []Asked, gains []schedule.Gain) []Question {
	of := map[string][]schedule.Gain{}
	for _, g := range gains {
		of[g.Item] = append(of[g.Item], g)
	}
	type ranked struct {
		Question
		quotas int
		doubt  float64
		at     time.Time
	}
	urgent := func(a, b schedule.Gain) int {
		if a.Over != b.Over {
			if a.Over {
				return 1
			}
			return -1
		}
		if a.Over {
			a, b = b, a
		}
		return a.Due.Compare(b.Due)
	}
	compare := func(a, b *ranked) int {
		switch x, y := len(a.Gains), len(b.Gains); {
		case x > 0 && y > 0:
			if c := urgent(a.Gains[0], b.Gains[0]); c != 0 {
				return c
			}
		case x != y:
			return cmp.Compare(y, x)
		}
		return cmp.Or(cmp.Compare(b.quotas, a.quotas), cmp.Compare(a.doubt, b.doubt), b.at.Compare(a.at), cmp.Compare(a.Items[0], b.Items[0]))
	}
	var alone []*ranked
	for _, a := range asked {
		r := &ranked{Question: Question{Items: []string{a.Item}, Gains: slices.Clone(of[a.Item])}, doubt: math.Abs(a.Score - 0.5), at: a.At}
		slices.SortFunc(r.Gains, func(a, b schedule.Gain) int {
			return cmp.Or(urgent(a, b), cmp.Compare(a.Quota, b.Quota), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Period, b.Period))
		})
		alone = append(alone, r)
		seen := map[string]bool{}
		for _, g := range r.Gains {
			seen[g.Quota] = true
		}
		r.quotas = len(seen)
	}
	slices.SortFunc(alone, compare)
	group := make(map[string]string, len(asked))
	for _, a := range asked {
		group[a.Item] = a.Group
	}
	var out []*ranked
	first := map[string]*ranked{}
	for _, r := range alone {
		g := group[r.Items[0]]
		if f := first[g]; f != nil && g != "" {
			f.Items = append(f.Items, r.Items[0])
			f.Gains = append(f.Gains, r.Gains...)
			continue
		}
		first[g] = r
		out = append(out, r)
	}
	for _, r := range out { // an answer counts for all of a group
		seen := map[string]bool{}
		for _, g := range r.Gains {
			seen[g.Quota+" "+g.Owner] = true
		}
		r.quotas = len(seen)
		slices.SortStableFunc(r.Gains, urgent)
	}
	slices.SortStableFunc(out, compare)
	qs := make([]Question, len(out))
	for i, r := range out {
		qs[i] = r.Question
	}
	return qs
}
