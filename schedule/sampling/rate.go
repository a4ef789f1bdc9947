package sampling

import "math"

// Level is the confidence of every interval here.
const Level = 0.95

// Estimate is what a sample tells of the share of communes that were heard.
// Shares are 0..1.
type Estimate struct {
	Population int     `json:"population"` // communes that could be drawn
	Drawn      int     `json:"drawn"`
	Heard      int     `json:"heard"`
	Silent     int     `json:"silent"`
	Open       int     `json:"open"`      // drawn, and nobody has listened yet or could
	Unseen     int     `json:"unseen"`    // communes of districts of which none was drawn
	Rate       float64 `json:"rate"`      // of those listened to, districts weighed by size; -1 if there is none
	Low        float64 `json:"low"`       // the honest interval
	High       float64 `json:"high"`      //
	Districts  int     `json:"districts"` // with a commune that was listened to
}

// Half is half the interval's width.
func (e Estimate) Half() float64 { return (e.High - e.Low) / 2 }

// Rate estimates the share over the months of the draws given (the ruling
// one of each month, oldest first): the communes drawn in any of them, each by
// the last time it was listened to in them. The population is the last draw's.
//
// The point is the stratified one: districts weighed by how many communes they
// have. The interval is that of Clopper and Pearson (Biometrika 26, 1934) on the
// effective sample size, as Korn and Graubard have it for small surveys (Survey
// Methodology 24, 1998), where the effective size counts the weights and the
// finite population: n* = 1 / Σ W²(N−n)/((N−1)n) over districts. With one commune
// a district its variance cannot be estimated from the sample; one common share
// is taken for it, which errs on the safe side: a sum of trials with different
// chances varies no more than one with the same (Hoeffding, Annals of
// Mathematical Statistics 27, 1956).
//
// What was not listened to is not guessed: the lower end is that with all of it
// silent, the upper that with all of it heard, districts without any drawn
// commune among it.
func Rate(draws []Draw, checks []Check) Estimate {
	e := Estimate{Rate: -1, High: 1}
	if len(draws) == 0 {
		return e
	}
	size := map[string]int{}
	for _, s := range draws[len(draws)-1].Strata {
		size[s.District] = s.Communes
		e.Population += s.Communes
	}
	found := last(checks)
	result := map[Pick]Result{}
	for _, d := range draws {
		for _, p := range d.Picks {
			p.Again = false
			if size[p.District] == 0 {
				continue
			}
			r := found[checkKey{d.Month, p.Commune}].Result
			if r == "" {
				r = NotChecked
			}
			if r != NotChecked || result[p] == "" {
				result[p] = r
			}
		}
	}
	by := map[string]*tally{}
	for p, r := range result {
		t := by[p.District]
		if t == nil {
			t = &tally{size: size[p.District]}
			by[p.District] = t
		}
		e.Drawn++
		switch r {
		case Heard:
			t.heard++
			e.Heard++
		case Silent:
			t.silent++
			e.Silent++
		default:
			t.open++
			e.Open++
		}
	}
	var all []tally
	told, point := 0.0, 0.0
	for district, n := range size {
		t := by[district]
		if t == nil {
			e.Unseen += n
			continue
		}
		t.size = max(t.size, t.heard+t.silent+t.open) // a commune may have left the list since
		all = append(all, *t)
		if k := t.heard + t.silent; k > 0 {
			e.Districts++
			told += float64(n)
			point += float64(n) * float64(t.heard) / float64(k)
		}
	}
	if told > 0 {
		e.Rate = point / told
	}
	e.Low, e.High = bounds(all, e.Population, e.Unseen)
	return e
}

// tally is what was found in one district.
type tally struct{ size, heard, silent, open int }

// bounds are the ends of the interval.
func bounds(ts []tally, population, unseen int) (low, high float64) {
	if len(ts) == 0 {
		return 0, 1
	}
	seen := float64(population - unseen)
	var least, most, spread float64
	for _, t := range ts {
		n, w := float64(t.heard+t.silent+t.open), float64(t.size)/seen
		least += w * float64(t.heard) / n
		most += w * float64(t.heard+t.open) / n
		if t.size > 1 {
			spread += w * w * (float64(t.size) - n) / (float64(t.size) - 1) / n
		}
	}
	low, high = least, most
	if spread > 0 {
		size := 1 / spread
		low, _ = clopperPearson(least*size, size)
		_, high = clopperPearson(most*size, size)
	}
	share := seen / float64(population)
	return low * share, high*share + 1 - share
}

// Cost is how many communes a month, of so many, it takes to know the share to
// within half of each side, whatever it is: the smallest sample whose interval
// around one half is no wider. half is 0..1.
func Cost(population int, half float64) int {
	for n := 1; n < population; n++ {
		size := float64(n) * float64(population-1) / float64(population-n)
		if low, high := clopperPearson(size/2, size); (high-low)/2 <= half {
			return n
		}
	}
	return population
}

// clopperPearson is the interval of x heard of n, both of them real numbers.
func clopperPearson(x, n float64) (low, high float64) {
	const tail = (1 - Level) / 2
	high = 1
	if x > 0 {
		low = quantile(tail, x, n-x+1)
	}
	if x < n {
		high = quantile(1-tail, x+1, n-x)
	}
	return low, high
}

// quantile is the point below which so much of a beta distribution lies.
func quantile(p, a, b float64) float64 {
	lo, hi := 0.0, 1.0
	for range 60 {
		mid := (lo + hi) / 2
		if below(mid, a, b) < p {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// below is the regularized incomplete beta function, by its continued fraction
// (Abramowitz and Stegun 26.5.8), evaluated as Lentz did.
func below(x, a, b float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2):
		return 1 - below(1-x, b, a)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab-la-lb+a*math.Log(x)+b*math.Log1p(-x)) / a
	const tiny = 1e-300
	away := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/away(1-(a+b)*x/(a+1))
	f := d
	for m := 1.0; m < 10000; m++ {
		for _, num := range []float64{m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m)), -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))} {
			d = 1 / away(1+num*d)
			c = away(1 + num/c)
			f *= c * d
		}
		if math.Abs(c*d-1) < 1e-15 {
			break
		}
	}
	return front * f
}
