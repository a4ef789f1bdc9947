package classify

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"loa/media"
)

// fading sums the worths, heaviest first, each counting less than the one before.
func fading(worths []float64, decay float64) float64 {
	slices.SortFunc(worths, func(a, b float64) int {
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	sum, f := 0.0, 1.0
	for _, w := range worths {
		sum += f * w
		f *= decay
	}
	return sum
}

// rank lists topics, primary first: those with at least 45 % of the primary's worth.
func rank(worth []float64) []string {
	names := media.Topics()
	out := []string{}
	var used uint
	for range names {
		best := -1
		for i, x := range worth {
			if used&(1<<i) == 0 && x > 0 && (best < 0 || x > worth[best]) {
				best = i
			}
		}
		if best < 0 || bits.OnesCount(used) > 0 && worth[best] < 0.45*slices.Max(worth) {
			break
		}
		used |= 1 << best
		out = append(out, names[best])
	}
	return out
}

func (w *work) cue(at place, weight float64) media.Cue {
	p := &w.parts[at.part]
	term := p.text[at.start:at.end]
	if low := strings.ToLower(term); len(low) == len(term) && utf8.ValidString(term) && !abbreviated(term) {
		term = low
	}
	return media.Cue{Term: strings.Clone(term), Field: p.field, At: int(at.start), Weight: math.Round(weight*100) / 100}
}

// abbreviated reports whether a term is better left as printed: «PAR INDEX», «76/NQ-CP».
func abbreviated(term string) bool {
	return strings.ToUpper(term) == term && !strings.Contains(term, " ") || strings.ContainsAny(term, "/")
}

// trim sorts cues, heaviest first, and keeps the first maxCues.
func trim(cues []media.Cue) []media.Cue {
	slices.SortFunc(cues, func(a, b media.Cue) int {
		switch x, y := math.Abs(a.Weight), math.Abs(b.Weight); {
		case x > y:
			return -1
		case x < y:
			return 1
		case a.Field != b.Field:
			return strings.Compare(b.Field, a.Field)
		case a.At != b.At:
			return a.At - b.At
		}
		return strings.Compare(a.Term, b.Term)
	})
	return cues[:min(len(cues), maxCues)]
}
