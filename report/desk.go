package report

import (
	"slices"
	"time"

	"loa/schedule"
	"loa/viet"
)

// What the desk tells of a quota beside its standings.

// Fact is one labelled line of a quota: its numbers, conditions, evidence, history.
type Fact struct {
	Label string
	Lines []string
}

// Facts are a quota as the plan has it, without its clauses.
func (n Names) Facts(p *schedule.Plan, q schedule.Quota) []Fact {
	var out []Fact
	for _, r := range n.quotaEntry(p, q).rows {
		f := Fact{Label: r.label}
		for _, l := range r.lines {
			f.Lines = append(f.Lines, viet.Capital(l))
		}
		if r.label != "Căn cứ" {
			out = append(out, f)
		}
	}
	return out
}

// Definition is the quota as it was defined for a period that begins at start:
// its numbers may have been changed since.
func Definition(q schedule.Quota, start time.Time) schedule.Quota { return definition(q, start) }

// OnlyCounted reports whether a quota can never be short: «khuyến khích», «nếu có».
func OnlyCounted(q schedule.Quota) bool { return onlyCounted(q) }

// Exact prints a number with at most two digits after the comma, cut and not
// rounded: 98,99% is not 99%.
func Exact(v float64) string { return exact(v) }

// Spread is the distribution of one measure: smallest, quartiles, largest.
type Spread struct {
	Measure string  `json:"measure"`
	Unit    string  `json:"unit"`
	Bound   string  `json:"bound"`
	Wanted  float64 `json:"wanted"` // the level
	N       int     `json:"n"`
	Min     float64 `json:"min"`
	Q1      float64 `json:"q1"`
	Median  float64 `json:"median"`
	Q3      float64 `json:"q3"`
	Max     float64 `json:"max"`
	Holding int     `json:"holding"` // of n, within the level
}

// Words tells a spread of one owner in a sentence, in which quartiles would say
// nothing: «Số lượng 5 tin, bài (ít nhất 2)».
func (s Spread) Words(kind string) string {
	number := func(v float64) string { return viet.Decimal(v) }
	if s.Unit == "percent" {
		number = exact
	}
	unit := unitWords(kind, s.Unit)
	if unit != "%" {
		unit = " " + unit
	}
	name := viet.Capital(viet.Measure(s.Measure))
	if s.N == 1 {
		return name + " " + number(s.Median) + unit + " (" + spreadWords(s) + ")"
	}
	return name + " từ " + number(s.Min) + " đến " + number(s.Max) + unit + ", trung vị " + viet.Decimal(s.Median) +
		" (" + spreadWords(s) + "; " + viet.Number(s.Holding) + "/" + viet.Number(s.N) + " lượt trong mức)"
}

// Unmeasured reports whether a measure of a standing is not a number yet: a share
// of watched hours of which none was seen.
func Unmeasured(s schedule.Standing, m schedule.Measure) bool {
	return m.Unit == "percent" && s.Coverage.Share == 0
}

// Spreads spreads the numbers of standings that can be told: those that are
// over, seen and assessed. The others are counted as unknown.
func Spreads(sts []schedule.Standing) (out []Spread, unknown int) {
	out = []Spread{}
	values, at := map[string][]float64{}, map[string]int{}
	for _, s := range sts {
		if s.State != schedule.Met && s.State != schedule.Missed {
			unknown++
			continue
		}
		for _, m := range s.Measures {
			i, seen := at[m.Name]
			if !seen {
				i = len(out)
				at[m.Name] = i
				out = append(out, Spread{Measure: m.Name, Unit: m.Unit, Bound: m.Bound})
			}
			out[i].Wanted = m.Wanted
			values[m.Name] = append(values[m.Name], m.Delivered)
			if m.Bound == "at_most" && m.Delivered <= m.Wanted || m.Bound != "at_most" && m.Delivered >= m.Wanted {
				out[i].Holding++
			}
		}
	}
	for i, s := range out {
		v := slices.Sorted(slices.Values(values[s.Measure]))
		s.N, s.Min, s.Max = len(v), v[0], v[len(v)-1]
		s.Q1, s.Median, s.Q3 = quantile(v, 0.25), quantile(v, 0.5), quantile(v, 0.75)
		out[i] = s
	}
	return out, unknown
}

// quantile interpolates between the two nearest of ascending values.
func quantile(v []float64, p float64) float64 {
	at := p * float64(len(v)-1)
	i := int(at)
	if i+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}
