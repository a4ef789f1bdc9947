// Package sampling draws which communes' loudspeakers are listened to in a
// month, and says what the few that were tell of the province. It is pure: no
// I/O, no clock, and no chance but that of hashes.
package sampling

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"loa/media"
)

// Commune is one commune of the plan's list and the district it lies in.
type Commune struct{ ID, District string }

// Stratum is one district and how many of the communes that could be drawn lie in it.
type Stratum struct {
	District string `json:"district"`
	Communes int    `json:"communes"`
}

// Pick is one commune to be listened to.
type Pick struct {
	Commune  string `json:"commune"`
	District string `json:"district"`
	Again    bool   `json:"again,omitempty"` // every commune of its district was listened to before
}

// Domains: which communes could be drawn.
const (
	All         = "all"          // every commune of the list
	WithoutForm = "without_form" // those that handed in nothing the month before
)

// Draw is the sample of one month, as it was drawn. Append-only: a month drawn
// again is another revision, and the last one rules.
type Draw struct {
	Plan     string    `json:"plan"`
	Month    string    `json:"month"` // "2023-04"
	Revision int       `json:"revision"`
	Workload int       `json:"workload"`
	Domain   string    `json:"domain"`
	Reason   string    `json:"reason,omitempty"` // why it was drawn again
	At       time.Time `json:"at"`
	Actor    string    `json:"actor"`
	Strata   []Stratum `json:"strata"`
	Picks    []Pick    `json:"picks"` // by district, then commune
}

// Result is what was found of a commune in a month.
type Result string

const (
	Heard      Result = "heard"       // its loudspeakers told of administrative reform
	Silent     Result = "silent"      // they did not
	NotChecked Result = "not-checked" // nobody could listen
)

// Results lists them.
func Results() []Result { return []Result{Heard, Silent, NotChecked} }

// Check is one result, append-only: of several on a commune and month the last rules.
type Check struct {
	Plan, Month, Commune string
	Result               Result
	At                   time.Time // business clock, when it was recorded
	Actor                string
	HeardAt              time.Time // when it was listened to; zero if not said
	Note                 string
	File                 string // hex SHA-256 of the kept recording, "" if none
	FileName             string
}

// Request is what a draw is made from.
type Request struct {
	Plan, Month string
	Revision    int
	Workload    int // communes to listen to; at least 1
	Domain      string
	Communes    []Commune // that can be drawn
	Checks      []Check   // of earlier months: whom somebody has listened to
}

// ErrNone says that there is nobody to draw.
var ErrNone = errors.New("no commune can be drawn")

// Take draws the sample of a month. Communes are stratified by district: each
// gets one, the rest of the workload goes by size (largest remainders); with
// fewer than there are districts, those come first whose communes were listened
// to least. Within a district no commune comes again until all of it were
// listened to. Which of those left it is, is decided by a hash of plan, month,
// revision and commune: the same for whoever draws it, and not to be told from
// what was drawn before. So over the months each commune of a district comes in
// an order of chance, and every draw is a chance sample of its district. It is no
// secret: whoever has the program and the results so far can draw it too.
func Take(r Request) (Draw, error) {
	d := Draw{Plan: r.Plan, Month: r.Month, Revision: r.Revision, Workload: r.Workload, Domain: r.Domain}
	if len(r.Communes) == 0 || r.Workload < 1 {
		return d, fmt.Errorf("draw %d of %d communes for %s: %w", r.Workload, len(r.Communes), r.Month, ErrNone)
	}
	lot := func(id string) string { return media.Hash("radio sample", r.Plan, r.Month, fmt.Sprint(r.Revision), id) }
	times := visits(r.Checks, r.Month)
	by := map[string][]Commune{}
	for _, c := range r.Communes {
		if !slices.Contains(by[c.District], c) {
			by[c.District] = append(by[c.District], c)
		}
	}
	for district, cs := range by {
		slices.SortFunc(cs, func(a, b Commune) int {
			return cmp.Or(times[a.ID]-times[b.ID], cmp.Compare(lot(a.ID), lot(b.ID)))
		})
		d.Strata = append(d.Strata, Stratum{district, len(cs)})
	}
	slices.SortFunc(d.Strata, func(a, b Stratum) int { return cmp.Compare(a.District, b.District) })
	for district, n := range shares(d.Strata, r.Workload, func(district string) (int, string) {
		heard := 0
		for _, c := range by[district] {
			heard += times[c.ID]
		}
		return heard * 1000 / len(by[district]), lot(district)
	}) {
		for _, c := range by[district][:n] {
			d.Picks = append(d.Picks, Pick{c.ID, district, times[c.ID] > 0})
		}
	}
	slices.SortFunc(d.Picks, func(a, b Pick) int {
		return cmp.Or(cmp.Compare(a.District, b.District), cmp.Compare(a.Commune, b.Commune))
	})
	return d, nil
}

// visits counts in how many earlier months somebody listened to each commune.
func visits(cs []Check, before string) map[string]int {
	out := map[string]int{}
	for key, c := range last(cs) {
		if key.month < before && c.Result != NotChecked {
			out[key.commune]++
		}
	}
	return out
}

type checkKey struct{ month, commune string }

// last are the checks that rule.
func last(cs []Check) map[checkKey]Check {
	out := map[checkKey]Check{}
	for _, c := range cs {
		k := checkKey{c.Month, c.Commune}
		if had, ok := out[k]; !ok || !c.At.Before(had.At) {
			out[k] = c
		}
	}
	return out
}

// shares gives out a workload over the strata, none more than it has: one each,
// the rest by size; where it is too little, to the districts that order puts
// first: listened to least, then by lot.
func shares(strata []Stratum, workload int, order func(district string) (int, string)) map[string]int {
	out, total := map[string]int{}, 0
	for _, s := range strata {
		total += s.Communes
	}
	workload = min(workload, total)
	if workload < len(strata) {
		some := slices.Clone(strata)
		slices.SortFunc(some, func(a, b Stratum) int {
			an, al := order(a.District)
			bn, bl := order(b.District)
			return cmp.Or(an-bn, cmp.Compare(al, bl))
		})
		for _, s := range some[:workload] {
			out[s.District] = 1
		}
		return out
	}
	for _, s := range strata {
		out[s.District] = 1
	}
	for left := workload - len(strata); left > 0; left-- { // each further one to the district that has least for its size
		best := -1
		for i, s := range strata {
			if out[s.District] >= s.Communes {
				continue
			}
			if best < 0 || (out[s.District]+1)*strata[best].Communes < (out[strata[best].District]+1)*s.Communes {
				best = i
			}
		}
		out[strata[best].District]++
	}
	return out
}
