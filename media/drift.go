package media

import "slices"

// Names of what is compared, also label values.
const (
	DriftAccepted = "accepted" // share taken for reform without asking
	DriftAsked    = "asked"    // share of which a person is asked
	DriftScore    = "score"    // mean score
	DriftUnknown  = "unknown"  // mean share of syllables of headline and lead that neither lexicon nor model knows
)

// Drift is how the classifier's answers about a source are of late, against the
// source's own history.
type Drift struct {
	Days    int           `json:"days"` // stretch compared; 0: the history does not tell
	N       int           `json:"n"`    // pieces judged in it, or in the last 28 days where Days is 0
	Figures []DriftFigure `json:"figures"`
}

// DriftFigure is one share or mean, 0 to 1.
type DriftFigure struct {
	Name    string  `json:"name"`
	Now     float64 `json:"now"`
	Median  float64 `json:"median"`  // of the stretches before; meaningless where Days is 0
	Score   float64 `json:"score"`   // deviations from the median, either way
	Unusual bool    `json:"unusual"` // it has left its own history
}

// Unusual reports whether any figure has left its own history.
func (d Drift) Unusual() bool {
	return slices.ContainsFunc(d.Figures, func(f DriftFigure) bool { return f.Unusual })
}
