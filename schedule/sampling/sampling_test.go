package sampling

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// province makes districts d0, d1 … of these sizes.
func province(sizes ...int) (out []Commune) {
	for i, n := range sizes {
		for j := range n {
			out = append(out, Commune{fmt.Sprintf("d%d/x%02d", i, j), fmt.Sprintf("d%d", i)})
		}
	}
	return out
}

func take(t *testing.T, month string, workload int, cs []Commune, checks []Check) Draw {
	t.Helper()
	d, err := Take(Request{Plan: "p/2023", Month: month, Workload: workload, Domain: All, Communes: cs, Checks: checks})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// perDistrict counts the picks, as "d0:2 d1:1".
func perDistrict(d Draw) string {
	out := ""
	for _, s := range d.Strata {
		n := 0
		for _, p := range d.Picks {
			if p.District == s.District {
				n++
			}
		}
		out += fmt.Sprintf("%s:%d ", s.District, n)
	}
	return out
}

// TestShares: one a district, the rest by size, never more than there are.
func TestShares(t *testing.T) {
	for _, c := range []struct {
		sizes    []int
		workload int
		want     string
	}{
		{[]int{17, 21, 14, 12}, 4, "d0:1 d1:1 d2:1 d3:1 "},
		{[]int{20, 10, 10}, 8, "d0:4 d1:2 d2:2 "},
		{[]int{1, 30}, 6, "d0:1 d1:5 "},
		{[]int{2, 3}, 99, "d0:2 d1:3 "},
		{[]int{9}, 9, "d0:9 "},
	} {
		cs := province(c.sizes...)
		if got := perDistrict(take(t, "2023-04", c.workload, cs, nil)); got != c.want {
			t.Errorf("%d of %v: %s, want %s", c.workload, c.sizes, got, c.want)
		}
	}
	if _, err := Take(Request{Plan: "p", Month: "2023-04", Workload: 9}); !errors.Is(err, ErrNone) {
		t.Errorf("nobody: %v", err)
	}
}

// TestRounds: month by month no commune comes again before its district is
// through, what nobody could check comes again, the same month is drawn alike,
// and no order is that of the list.
func TestRounds(t *testing.T) {
	cs := province(5, 7, 3)
	var checks []Check
	seen := map[string]int{}
	var order []string // of the second district, in the first months
	for m := 1; m <= 12; m++ {
		month := fmt.Sprintf("2023-%02d", m)
		d := take(t, month, 3, cs, checks)
		shuffled := slices.Clone(cs)
		rand.New(rand.NewPCG(1, uint64(m))).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if again := take(t, month, 3, shuffled, checks); fmt.Sprint(again) != fmt.Sprint(d) {
			t.Fatalf("%s: drawn otherwise from another order", month)
		}
		for _, p := range d.Picks {
			for _, c := range cs {
				if c.District == p.District && seen[c.ID] < seen[p.Commune] {
					t.Errorf("%s: %s comes again before %s", month, p.Commune, c.ID)
				}
			}
			if p.Again != (seen[p.Commune] > 0) {
				t.Errorf("%s: %s again %t, was heard %d times", month, p.Commune, p.Again, seen[p.Commune])
			}
			r := Heard
			if m%5 == 0 { // nobody went
				r = NotChecked
			} else {
				seen[p.Commune]++
			}
			checks = append(checks, Check{Month: month, Commune: p.Commune, Result: r, At: time.Unix(int64(m), 0)})
		}
		if m < 5 {
			order = append(order, d.Picks[1].Commune)
		}
	}
	if slices.IsSorted(order) {
		t.Errorf("communes come in the order of the list: %v", order)
	}
	for _, c := range cs {
		if n := seen[c.ID]; n == 0 || c.District == "d2" && n < 3 {
			t.Errorf("%s was heard %d times", c.ID, n)
		}
	}
}

// TestFewerThanDistricts: districts take turns.
func TestFewerThanDistricts(t *testing.T) {
	cs := province(4, 4, 4, 4)
	var checks []Check
	seen := map[string]int{}
	for m := 1; m <= 8; m++ {
		d := take(t, fmt.Sprintf("2023-%02d", m), 2, cs, checks)
		for _, p := range d.Picks {
			seen[p.District]++
			checks = append(checks, Check{Month: d.Month, Commune: p.Commune, Result: Silent})
		}
	}
	if fmt.Sprint(seen) != "map[d0:4 d1:4 d2:4 d3:4]" {
		t.Errorf("districts were heard %v", seen)
	}
}

// TestClopperPearson: against tables of the interval (95 %), and real numbers between them.
func TestClopperPearson(t *testing.T) {
	for _, c := range []struct{ x, n, low, high float64 }{
		{0, 9, 0, 0.3363}, {9, 9, 0.6637, 1}, {5, 10, 0.1871, 0.8129}, {1, 20, 0.0013, 0.2487}, {3, 9, 0.0749, 0.7007}, {50, 100, 0.3983, 0.6017}, {2, 1000, 0.0002, 0.0072},
	} {
		if low, high := clopperPearson(c.x, c.n); math.Abs(low-c.low) > 0.00006 || math.Abs(high-c.high) > 0.00006 {
			t.Errorf("%g of %g: %.4f–%.4f, want %.4f–%.4f", c.x, c.n, low, high, c.low, c.high)
		}
	}
	low, high := clopperPearson(4.5, 9)
	if l4, h4 := clopperPearson(4, 9); low <= l4 || high <= h4 {
		t.Errorf("4.5 of 9: %.4f–%.4f is not beyond 4 of 9", low, high)
	}
}

// TestRate: points, and what is not known.
func TestRate(t *testing.T) {
	draw := func(month string, picks ...string) Draw {
		d := Draw{Month: month, Strata: []Stratum{{"d0", 30}, {"d1", 10}}}
		for _, p := range picks {
			d.Picks = append(d.Picks, Pick{Commune: p, District: p[:2]})
		}
		return d
	}
	check := func(month, commune string, r Result, at int64) Check {
		return Check{Month: month, Commune: commune, Result: r, At: time.Unix(at, 0)}
	}
	for name, c := range map[string]struct {
		draws  []Draw
		checks []Check
		want   string
	}{
		"nothing drawn":             {nil, nil, "0 of 0, 0 heard 0 silent 0 open 0 unseen: -1.00 in 0.00–1.00"},
		"nobody listened":           {[]Draw{draw("2023-04", "d0/a", "d1/a")}, nil, "2 of 40, 0 heard 0 silent 2 open 0 unseen: -1.00 in 0.00–1.00"},
		"by size":                   {[]Draw{draw("2023-04", "d0/a", "d1/a")}, []Check{check("2023-04", "d0/a", Heard, 1), check("2023-04", "d1/a", Silent, 1)}, "2 of 40, 1 heard 1 silent 0 open 0 unseen: 0.75 in 0.03–1.00"},
		"the last result rules":     {[]Draw{draw("2023-04", "d0/a", "d1/a")}, []Check{check("2023-04", "d0/a", Silent, 3), check("2023-04", "d0/a", Heard, 1), check("2023-04", "d1/a", Silent, 1)}, "2 of 40, 0 heard 2 silent 0 open 0 unseen: 0.00 in 0.00–0.90"},
		"a district is not told of": {[]Draw{draw("2023-04", "d0/a", "d0/b", "d0/c")}, []Check{check("2023-04", "d0/a", Heard, 1), check("2023-04", "d0/b", Heard, 1), check("2023-04", "d0/c", Heard, 1)}, "3 of 40, 3 heard 0 silent 0 open 10 unseen: 1.00 in 0.24–1.00"},
		"another month's result":    {[]Draw{draw("2023-04", "d0/a", "d1/a")}, []Check{check("2023-03", "d0/a", Heard, 1)}, "2 of 40, 0 heard 0 silent 2 open 0 unseen: -1.00 in 0.00–1.00"},
		"two months together":       {[]Draw{draw("2023-03", "d0/a", "d1/a"), draw("2023-04", "d0/b", "d1/b")}, []Check{check("2023-03", "d0/a", Heard, 1), check("2023-03", "d1/a", Heard, 1), check("2023-04", "d0/b", Heard, 1), check("2023-04", "d1/b", Heard, 1)}, "4 of 40, 4 heard 0 silent 0 open 0 unseen: 1.00 in 0.33–1.00"},
		"one that nobody could":     {[]Draw{draw("2023-04", "d0/a", "d0/b", "d0/c", "d1/a")}, []Check{check("2023-04", "d0/a", Heard, 1), check("2023-04", "d0/b", NotChecked, 1), check("2023-04", "d0/c", Heard, 1), check("2023-04", "d1/a", Heard, 1)}, "4 of 40, 3 heard 0 silent 1 open 0 unseen: 1.00 in 0.21–1.00"},
	} {
		e := Rate(c.draws, c.checks)
		got := fmt.Sprintf("%d of %d, %d heard %d silent %d open %d unseen: %.2f in %.2f–%.2f", e.Drawn, e.Population, e.Heard, e.Silent, e.Open, e.Unseen, e.Rate, e.Low, e.High)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	var all []Check
	whole := draw("2023-04")
	whole.Strata = []Stratum{{"d0", 3}, {"d1", 1}}
	for _, id := range []string{"d0/a", "d0/b", "d0/c", "d1/a"} {
		whole.Picks = append(whole.Picks, Pick{Commune: id, District: id[:2]})
		all = append(all, check("2023-04", id, Heard, 1))
	}
	if e := Rate([]Draw{whole}, all); e.Low != 1 || e.High != 1 {
		t.Errorf("everybody was heard: %.3f–%.3f", e.Low, e.High)
	}
}

// TestCoverage: over provinces drawn at random the interval holds the true share
// at least as often as it says, in every mixture of districts tried.
func TestCoverage(t *testing.T) {
	trials, least := 300, 0.93 // the worst of 4000 trials each was 0.956
	if testing.Short() {       // the race detector looks for races, not for shares
		trials, least = 20, 0.75
	}
	random := rand.New(rand.NewPCG(285, 2023))
	worst := 1.0
	for _, c := range []struct {
		sizes    []int
		workload int
	}{
		{[]int{17, 14, 24, 14, 12, 22, 24, 25, 21}, 9},  // one a district, 173 communes
		{[]int{17, 14, 24, 14, 12, 22, 24, 25, 21}, 27}, // three
		{[]int{17, 14, 24, 14, 12, 22, 24, 25, 21}, 90}, // half of them: the finite population counts
		{[]int{40, 2, 2, 2, 2, 2, 2, 2, 2}, 9},          // districts of very different size
		{[]int{1, 1, 1, 1, 1, 1, 2}, 7},                 // nearly all of a short list
		{[]int{8}, 4},
	} {
		for _, share := range [][]float64{{0.02}, {0.1}, {0.3}, {0.5}, {0.8}, {0.95}, {0.05, 0.95}, {0.2, 0.5, 0.9}} {
			cs := province(c.sizes...)
			heard, n := map[string]bool{}, 0
			for i, x := range cs {
				var district int
				fmt.Sscanf(x.District, "d%d", &district)
				if heard[cs[i].ID] = random.Float64() < share[district%len(share)]; heard[cs[i].ID] {
					n++
				}
			}
			truth := float64(n) / float64(len(cs))
			held := 0
			for i := range trials {
				d, err := Take(Request{Plan: "p", Month: "2023-04", Revision: i, Workload: c.workload, Communes: cs})
				if err != nil {
					t.Fatal(err)
				}
				var checks []Check
				for _, p := range d.Picks {
					checks = append(checks, Check{Month: "2023-04", Commune: p.Commune, Result: map[bool]Result{true: Heard, false: Silent}[heard[p.Commune]]})
				}
				if e := Rate([]Draw{d}, checks); e.Low <= truth+1e-9 && truth <= e.High+1e-9 {
					held++
				}
			}
			got := float64(held) / float64(trials)
			worst = min(worst, got)
			if got < least {
				t.Errorf("%d of %v, shares %v (truth %.3f): holds in %.3f", c.workload, c.sizes, share, truth, got)
			}
		}
	}
	t.Logf("worst coverage %.4f", worst)
}

// TestCost: what five points on each side cost.
func TestCost(t *testing.T) {
	for population, want := range map[int]int{173: 122, 8: 8, 1: 1, 100000: 400} {
		if got := Cost(population, 0.05); got != want {
			t.Errorf("of %d: %d, want %d", population, got, want)
		}
	}
	if a, b := Cost(173, 0.1), Cost(173, 0.05); a >= b {
		t.Errorf("ten points cost %d, five %d", a, b)
	}
}
