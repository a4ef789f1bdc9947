package monitor

import (
	"math"
	"slices"

	"loa/media"
)

// DayScores is what a classifier made of the pieces that a source published on one day.
type DayScores struct {
	N        int     // pieces judged
	Accepted int     // taken for reform without asking
	Asked    int     // of which a person is asked
	Score    float64 // sum of the scores
	Known    int     // pieces whose share of unknown syllables is known
	Unknown  float64 // sum of those shares
}

func (d *DayScores) add(o DayScores) {
	d.N, d.Accepted, d.Asked, d.Score = d.N+o.N, d.Accepted+o.Accepted, d.Asked+o.Asked, d.Score+o.Score
	d.Known, d.Unknown = d.Known+o.Known, d.Unknown+o.Unknown
}

// The measures of having left one's history. They are ours, to look at a source
// and at the classifier by; no duty follows from them.
const (
	driftLeast   = 10   // pieces that a stretch must have
	driftHistory = 6    // stretches that history must have
	driftUsed    = 12   // stretches of history at most
	driftScore   = 4    // deviations from the median
	driftStep    = 0.15 // and at least so far from it: shares of pieces, scores
	driftUnknown = 0.05 // likewise of the share of unknown syllables
	headline     = 12   // syllables that a piece has at least, as a rule
)

// DriftDays is how many days back a comparison looks.
const DriftDays = 28 * (1 + driftUsed)

// DriftOf compares the last seven days of a source with the sevens of days
// before, or the last 28 with the 28s before where seven have too few pieces.
// days are the newest first, the first being today. Stretches with fewer than
// ten pieces are left out; with fewer than six before it nothing is said.
//
// A figure has left its history when it is four deviations from the median of
// the stretches before, and far enough to matter. The deviation is 1.4826 times
// the median distance from that median (what a normal spread would be, and one
// odd week does not change), or what chance alone makes of so many pieces, where
// that is more.
func DriftOf(days []DayScores) media.Drift {
	var out media.Drift
	for _, length := range []int{7, 28} {
		var of []DayScores
		for part := range slices.Chunk(days[:min(len(days), length*(1+driftUsed))], length) {
			var sum DayScores
			for _, d := range part {
				sum.add(d)
			}
			of = append(of, sum)
		}
		if len(of) == 0 {
			return out
		}
		past := slices.DeleteFunc(slices.Clone(of[1:]), func(d DayScores) bool { return d.N < driftLeast })
		if enough := of[0].N >= driftLeast && len(past) >= driftHistory; enough || length == 28 {
			if enough {
				out.Days = length
			}
			out.N = of[0].N
			for _, name := range []string{media.DriftAccepted, media.DriftAsked, media.DriftScore, media.DriftUnknown} {
				if f, ok := figureOf(name, of[0], past, enough); ok {
					out.Figures = append(out.Figures, f)
				}
			}
			return out
		}
	}
	return out
}

// value is a figure of a stretch, and of how many pieces; ok is false without any.
func (d DayScores) value(name string) (v float64, n int, ok bool) {
	n = d.N
	switch name {
	case media.DriftAccepted:
		v = float64(d.Accepted)
	case media.DriftAsked:
		v = float64(d.Asked)
	case media.DriftScore:
		v = d.Score
	case media.DriftUnknown:
		v, n = d.Unknown, d.Known
	}
	if n == 0 {
		return 0, 0, false
	}
	return v / float64(n), n, true
}

func figureOf(name string, now DayScores, past []DayScores, enough bool) (media.DriftFigure, bool) {
	v, n, ok := now.value(name)
	f := media.DriftFigure{Name: name, Now: v}
	if !ok || !enough {
		return f, ok
	}
	var before []float64
	for _, d := range past {
		if x, _, ok := d.value(name); ok {
			before = append(before, x)
		}
	}
	if len(before) < driftHistory {
		return f, true
	}
	f.Median = media.Median(before)
	apart := make([]float64, len(before))
	for i, x := range before {
		apart[i] = math.Abs(x - f.Median)
	}
	step, drawn := driftStep, float64(n)
	if name == media.DriftUnknown {
		step, drawn = driftUnknown, float64(n)*headline
	}
	p := (f.Median*drawn + 0.5) / (drawn + 1) // a median of 0 is no certainty
	f.Score = math.Abs(v-f.Median) / max(1.4826*media.Median(apart), math.Sqrt(p*(1-p)/drawn))
	f.Unusual = f.Score >= driftScore && math.Abs(v-f.Median) >= step
	return f, true
}
