package schedule

import (
	"math"
	"slices"
	"time"
)

// ScoreModel is how a decision gives points to communication work, as data (mô phỏng điểm). It serves a simulation and nothing
// else: whoever gives points gives them by the decision itself.
type ScoreModel struct {
	Basis    string // where it is known from, Vietnamese
	Criteria []Criterion
}

// Criterion is one line of the decision.
type Criterion struct {
	ID, Title string
	Max       float64
	Kind      string // "completion" or "diversity"

	Floor  int      // completion: per cent of the plan's duties done below which nothing is given
	Bands  []Band   // completion: steps, the highest first; nil: in proportion from Floor on
	Duties []string // completion: quotas that count as duties of the plan; nil: all that somebody owes
	Share  int      // completion: per cent of a duty's owners that must have met it for it to be done

	Parts []ScorePart // diversity
}

// Band gives points from a share of duties done on.
type Band struct {
	From   int // per cent
	Points float64
}

// ScorePart gives points for forms of communication of which there is evidence.
type ScorePart struct {
	Title   string
	Points  float64
	Forms   []string // of Plan.Forms
	Duties  []string // quotas whose evidence shows it as well
	AtLeast int      // how many of the forms and duties
}

// ScoreKinds lists the kinds of criteria.
func ScoreKinds() []string { return []string{"completion", "diversity"} }

// ScoreBasis is the decision by which scores are given, as the body that gives them entered it.
type ScoreBasis struct {
	Plan, Number string
	Day          time.Time
	Words        string // what it says of communication work
	At           time.Time
	Actor        string
}

// DutyState is how a duty of the plan stands for the simulation.
type DutyState string

const (
	DutyDone    DutyState = "done"
	DutyShort   DutyState = "short"
	DutyUnknown DutyState = "unknown" // part of it could not be seen, or was not handed over: not done so far
	DutyNotDue  DutyState = "not_due" // left out of the share
)

// ScoreDuty is one duty, with how many of its rows that are due were met.
type ScoreDuty struct {
	Quota, Title string
	State        DutyState
	Met, Due     int
}

// ScoreLine is what a criterion gives.
type ScoreLine struct {
	Criterion
	Points      float64
	Done, Owed  int      // completion
	Have, Lacks []string // diversity: titles of parts
}

// ScoreGain is what the score would be if one more duty were done.
type ScoreGain struct {
	Duty     ScoreDuty
	From, To float64
}

// Score is a simulated score of one moment.
type Score struct {
	Points, Max float64
	Lines       []ScoreLine
	Duties      []ScoreDuty
	Gains       []ScoreGain // of duties not done yet, the best first; without those that change nothing
}

// Simulate works a model over standings. It is pure: what is due is what ended by
// now. forms holds the ids of forms and of quotas of which there is evidence.
func (m ScoreModel) Simulate(p *Plan, sts []Standing, forms []string, now time.Time) Score {
	s := Score{Duties: scoreDuties(p, sts, now)}
	s.Points, s.Lines = m.points(s.Duties, forms)
	for _, l := range s.Lines {
		s.Max = hundredths(s.Max + l.Max)
	}
	for i, d := range s.Duties {
		if d.State == DutyDone {
			continue
		}
		then := slices.Clone(s.Duties)
		then[i].State, then[i].Met = DutyDone, max(then[i].Due, 1)
		then[i].Due = then[i].Met
		with := append(slices.Clone(forms), d.Quota)
		for _, f := range p.Forms {
			if slices.Contains(f.Quotas, d.Quota) && !slices.Contains(with, f.ID) {
				with = append(with, f.ID)
			}
		}
		if to, _ := m.points(then, with); to > s.Points {
			s.Gains = append(s.Gains, ScoreGain{d, s.Points, to})
		}
	}
	slices.SortStableFunc(s.Gains, func(a, b ScoreGain) int {
		switch {
		case a.To > b.To:
			return -1
		case a.To < b.To:
			return 1
		}
		return 0
	})
	return s
}

// scoreDuties are the duties of the plan that somebody owes, as they stand.
func scoreDuties(p *Plan, sts []Standing, now time.Time) []ScoreDuty {
	binding := map[string]bool{}
	for _, a := range p.Agencies {
		binding[a.ID] = a.Binding
	}
	type tally struct{ due, met, unknown int }
	by := map[string]*tally{}
	for _, st := range sts {
		over := !st.End.After(now)
		if st.Shadow() || !binding[st.Owner] || st.State == Exempt || !over && st.State != Met {
			continue
		}
		t := by[st.Quota]
		if t == nil {
			t = &tally{}
			by[st.Quota] = t
		}
		t.due++
		switch st.State {
		case Met:
			t.met++
		case Insufficient, Open:
			t.unknown++
		}
	}
	var out []ScoreDuty
	for _, q := range p.Quotas {
		if q.OnlyCounted() {
			continue
		}
		d := ScoreDuty{Quota: q.ID, Title: q.Title, State: DutyNotDue}
		if t := by[q.ID]; t != nil {
			d.Met, d.Due = t.met, t.due
			switch {
			case t.met == t.due:
				d.State = DutyDone
			case t.unknown > 0 && t.met+t.unknown == t.due:
				d.State = DutyUnknown
			default:
				d.State = DutyShort
			}
		}
		out = append(out, d)
	}
	return out
}

// points are what a model gives for duties and forms.
func (m ScoreModel) points(duties []ScoreDuty, forms []string) (sum float64, lines []ScoreLine) {
	for _, c := range m.Criteria {
		l := ScoreLine{Criterion: c}
		if c.Kind == "diversity" {
			for _, part := range c.Parts {
				n := 0
				for _, f := range part.Forms {
					if slices.Contains(forms, f) {
						n++
					}
				}
				if n >= max(part.AtLeast, 1) {
					l.Points += part.Points
					l.Have = append(l.Have, part.Title)
				} else {
					l.Lacks = append(l.Lacks, part.Title)
				}
			}
		} else {
			for _, d := range duties {
				if len(c.Duties) > 0 && !slices.Contains(c.Duties, d.Quota) || d.State == DutyNotDue {
					continue
				}
				l.Owed++
				if d.Due > 0 && 100*d.Met >= c.Share*d.Due {
					l.Done++
				}
			}
			l.Points = c.completion(l.Done, l.Owed)
		}
		l.Points = hundredths(min(l.Points, c.Max))
		sum = hundredths(sum + l.Points)
		lines = append(lines, l)
	}
	return sum, lines
}

// completion is what is given for so many duties done of those owed.
func (c Criterion) completion(done, owed int) float64 {
	switch {
	case owed == 0 || 100*done < c.Floor*owed:
		return 0
	case len(c.Bands) == 0:
		return c.Max * float64(done) / float64(owed)
	}
	for _, b := range c.Bands {
		if 100*done >= b.From*owed {
			return b.Points
		}
	}
	return 0
}

// FormsShown are the ids of the plan's forms and quotas of which there is evidence: what counts for a quota shows its forms, and
// what units attest to names its own.
func FormsShown(p *Plan, m Matching, attested []string) []string {
	out := slices.Clone(attested)
	for _, c := range m.Credits {
		if !slices.Contains(out, c.Quota) {
			out = append(out, c.Quota)
		}
	}
	for _, f := range p.Forms {
		if !slices.Contains(out, f.ID) && slices.ContainsFunc(f.Quotas, func(q string) bool { return slices.Contains(out, q) }) {
			out = append(out, f.ID)
		}
	}
	return out
}

// hundredths is how points are written.
func hundredths(v float64) float64 { return math.Round(v*100) / 100 }
