package monitor

import (
	"math/rand/v2"
	"testing"

	"loa/media"
)

// judgedDays is a source's days, newest first: n pieces on each, of which a share
// is accepted, by chance.
func judgedDays(r *rand.Rand, days, n int, share, unknown float64) []DayScores {
	out := make([]DayScores, days)
	for i := range out {
		d := DayScores{N: n, Known: n}
		for range n {
			if r.Float64() < share {
				d.Accepted++
				d.Score += 0.95
			} else {
				d.Score += 0.02
			}
			d.Unknown += max(0, unknown+0.08*r.NormFloat64())
		}
		out[i] = d
	}
	return out
}

func strange(d media.Drift) string {
	out := ""
	for _, f := range d.Figures {
		if f.Unusual {
			out += f.Name + " "
		}
	}
	return out
}

func TestDrift(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 21))
	usual := judgedDays(r, DriftDays, 5, 0.2, 0.1)
	with := func(days []DayScores, change func(d *DayScores)) []DayScores {
		out := append([]DayScores(nil), days...)
		for i := range 7 {
			change(&out[i])
		}
		return out
	}
	rare := make([]DayScores, DriftDays) // three a week
	for i, d := range judgedDays(r, DriftDays, 1, 0.2, 0.1) {
		if i%7 < 3 {
			rare[i] = d
		}
	}
	rareNow := append([]DayScores(nil), rare...)
	for i := range 28 {
		if rareNow[i].N > 0 {
			rareNow[i].Accepted, rareNow[i].Score = 1, 0.95
		}
	}
	for name, c := range map[string]struct {
		days []DayScores
		of   int // days compared
		want string
	}{
		"as ever":           {usual, 7, ""},
		"accepts much more": {with(usual, func(d *DayScores) { d.Accepted, d.Score = d.N, 0.95*float64(d.N) }), 7, "accepted score "},
		"asks":              {with(usual, func(d *DayScores) { d.Asked, d.Score = d.N, 0.3*float64(d.N) }), 7, "asked "},
		"another tongue":    {with(usual, func(d *DayScores) { d.Unknown = 0.6 * float64(d.N) }), 7, "unknown "},
		"too few of late":   {with(usual, func(d *DayScores) { *d = DayScores{} })[:7*8], 0, ""},
		"no history":        {usual[:7*3], 0, ""},
		"rare, as ever":     {rare, 28, ""},
		"rare, and accepts": {rareNow, 28, "accepted score "},
		"nothing":           {nil, 0, ""},
	} {
		if d := DriftOf(c.days); d.Days != c.of || strange(d) != c.want || d.Unusual() != (c.want != "") {
			t.Errorf("%s: %d days, %q; want %d, %q: %+v", name, d.Days, strange(d), c.of, c.want, d)
		}
	}
	if d := DriftOf(usual[:7*3]); d.N == 0 || len(d.Figures) != 4 {
		t.Errorf("without a history the figures are told: %+v", d)
	}
}

// Chance alone hardly ever makes a notice, whatever the source publishes.
func TestDriftIsRarelyChance(t *testing.T) {
	odd, all := 0, 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 22))
		d := DriftOf(judgedDays(r, DriftDays, 1+r.IntN(12), r.Float64()*0.5, 0.05+0.1*r.Float64()))
		if d.Days > 0 {
			all++
		}
		if d.Unusual() {
			odd++
		}
	}
	if all < 300 || odd > 4 {
		t.Errorf("%d of %d sources that go on as ever are told to be unusual", odd, all)
	}
}
