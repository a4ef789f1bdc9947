package web

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// chartPeriods is how many of the latest periods a picture shows.
const chartPeriods = 12

// A chart is drawn in a box of 440 by 216 (pages/chart.html) and scales with the
// page; text of 12 stays legible on a phone. This is where its bars may be.
const (
	plotLeft, plotRight = 34.0, 432.0
	plotTop, plotBottom = 36.0, 158.0
)

// chart is a picture of one quota over its latest periods: of one owner what
// was delivered beside what is wanted, of many how many stand how. What is not
// known is a gap with a word in it, never a bar of no height.
type chart struct {
	ID          string // unique on the page
	Title, Desc string
	URL         string // where the picture leads, "" if nowhere
	Unit        string // over the axis
	Caption     string // under it: «tuần»
	Ticks       []tick
	Columns     []chartColumn
	Steps       []levelStep // the level to reach, from the left
	Level       string      // what it is called: «chỉ tiêu: 1»
	LevelY      float64
	Reference   bool
	Legend      []chip // in the order of chips
	Many        bool   // of several owners
}

type tick struct {
	Y     float64
	Label string
}

// chartColumn is one period. X and W are of its bar, At is its middle.
type chartColumn struct {
	Period   calendar.Period
	Short    string
	X, W, At float64
	Bars     []chartBar
	Chip     chip // of the only owner
	Gap      string
	Value    string // over the bar
	Label    float64
	Here     bool // the period a page is about
	Now      bool
	URL      string
	Told     string // of the table: «1/02»
	Counts   []count
}

type chartBar struct {
	Y, H float64
	Chip chip
}

// levelStep is a piece of the line of what is wanted.
type levelStep struct{ X1, X2, Y float64 }

// chartOf draws a quota's standings; owner is "" for all owners, here a period
// that the page is about. It is nil where fewer than two periods have begun.
func (s *site) chartOf(q schedule.Quota, owner, here string, sts []schedule.Standing, now time.Time) *chart {
	mine := map[string][]schedule.Standing{}
	var periods []calendar.Period
	owners := map[string]bool{}
	for _, st := range sts {
		if st.Quota != q.ID || st.Start.After(now) || owner != "" && st.Owner != owner {
			continue
		}
		if mine[st.Period] == nil {
			periods = append(periods, calendar.Period{ID: st.Period, Start: st.Start, End: st.End})
		}
		mine[st.Period] = append(mine[st.Period], st)
		owners[st.Owner] = true
	}
	slices.SortFunc(periods, func(a, b calendar.Period) int { return a.Start.Compare(b.Start) })
	periods = window(periods, here)
	if len(periods) < 2 {
		return nil
	}
	c := &chart{ID: "c-" + chartID(q.ID), Title: q.ID + " – " + q.Title, URL: quotaURL(q.ID), Caption: periodWord(q.Cadence), Reference: q.Basis == schedule.ByReference, Many: len(owners) > 1}
	step := (plotRight - plotLeft) / float64(len(periods))
	for i, p := range periods {
		w := min(step*0.62, 40)
		at := plotLeft + step*(float64(i)+0.5)
		c.Columns = append(c.Columns, chartColumn{Period: p, Short: shortPeriod(p.ID), X: round(at - w/2), W: round(w), At: round(at), Here: p.ID == here, Now: p.Contains(now)})
	}
	if c.Many {
		s.drawStates(c, mine)
	} else {
		s.drawDelivered(c, q, mine, step)
	}
	c.describe()
	return c
}

// window is the latest periods, or those up to one that is further back.
func window(periods []calendar.Period, here string) []calendar.Period {
	end := len(periods)
	if i := slices.IndexFunc(periods, func(p calendar.Period) bool { return p.ID == here }); i >= 0 && i < end-chartPeriods {
		end = i + 1
	}
	return periods[max(0, end-chartPeriods):end]
}

// drawDelivered draws what one owner delivered, from zero.
func (s *site) drawDelivered(c *chart, q schedule.Quota, mine map[string][]schedule.Standing, step float64) {
	top := 1.0
	name := ""
	of := func(p calendar.Period) (schedule.Standing, *schedule.Measure) {
		st := mine[p.ID][0]
		return st, mainMeasure(st)
	}
	for _, col := range c.Columns {
		if _, m := of(col.Period); m != nil {
			top, name = max(top, m.Delivered, m.Wanted), m.Unit
		}
	}
	axis := scale(top)
	c.Unit, c.Ticks = viet.Unit(name), axis.ticks()
	counted := q.OnlyCounted()
	level := ""
	for i := range c.Columns {
		col := &c.Columns[i]
		st, m := of(col.Period)
		col.Chip, col.URL, col.Told = s.chip(st), s.standingURL(st.Quota, st.Owner, st.Period), figure(st)
		if m != nil && m.Wanted > 0 && !counted {
			x := plotLeft + step*float64(i)
			c.Steps = append(c.Steps, levelStep{round(x), round(x + step), axis.y(m.Wanted)})
			level, c.LevelY, c.Reference = levelWords(*m), axis.y(m.Wanted), m.Basis == schedule.ByReference
		}
		switch {
		case col.Chip.Key == "nodata" || col.Chip.Key == "exempt":
			col.Gap = col.Chip.Word
		case m == nil || report.Unmeasured(st, *m):
			col.Gap = "chưa có số đo"
		default:
			y := axis.y(m.Delivered)
			col.Bars, col.Value, col.Label = []chartBar{{y, round(plotBottom - y), col.Chip}}, report.Exact(m.Delivered), y-4
			if col.Told == "" {
				col.Told = ratio(*m)
			}
		}
		c.legend(col.Chip)
	}
	c.Level = level
}

// levelWords names the level, the plan's and ours never alike.
func levelWords(m schedule.Measure) string {
	bound := ""
	if m.Bound == "at_most" {
		bound = "không quá "
	}
	return viet.Basis(string(m.Basis)) + ": " + bound + report.Exact(m.Wanted)
}

// drawStates stacks how many owners stand how, in the order of chips.
func (s *site) drawStates(c *chart, mine map[string][]schedule.Standing) {
	top := 1
	for _, col := range c.Columns {
		top = max(top, len(mine[col.Period.ID]))
	}
	axis := scale(float64(top))
	c.Unit, c.Ticks = "cơ quan, đơn vị", axis.ticks()
	for i := range c.Columns {
		col := &c.Columns[i]
		tally := map[string]int{}
		for _, st := range mine[col.Period.ID] {
			tally[s.chip(st).Key]++
		}
		col.Counts = countsOf(tally)
		below := 0
		for _, n := range col.Counts {
			y := axis.y(float64(below + n.N))
			col.Bars = append(col.Bars, chartBar{y, round(axis.y(float64(below)) - y), n.Chip})
			below += n.N
			c.legend(n.Chip)
		}
		col.Value, col.Label = "", 0
	}
}

// legend adds a state that occurs, in the order of chips.
func (c *chart) legend(k chip) {
	if slices.Contains(c.Legend, k) {
		return
	}
	c.Legend = append(c.Legend, k)
	place := func(k chip) int { return slices.Index(chips(), k) }
	slices.SortFunc(c.Legend, func(a, b chip) int { return place(a) - place(b) })
}

// describe tells in a sentence what the picture shows.
func (c *chart) describe() {
	tally := map[string]int{}
	for _, col := range c.Columns {
		if !c.Many {
			tally[col.Chip.Key]++
		}
	}
	first, last := c.Columns[0].Period, c.Columns[len(c.Columns)-1].Period
	out := fmt.Sprintf("%d kỳ, từ %s đến %s", len(c.Columns), first.Name(), last.Name())
	if c.Many {
		var now []string
		for _, n := range c.Columns[len(c.Columns)-1].Counts {
			now = append(now, viet.Number(n.N)+" "+n.Chip.Word)
		}
		c.Desc = out + "; kỳ cuối: " + strings.Join(now, ", ") + "."
		return
	}
	for _, n := range countsOf(tally) {
		out += fmt.Sprintf("; %s kỳ %s", viet.Number(n.N), n.Chip.Word)
	}
	if c.Level != "" {
		out += "; " + c.Level + " mỗi kỳ"
	}
	c.Desc = out + "."
}

// mainMeasure is the count of pieces, else the first; nil if there is none.
func mainMeasure(st schedule.Standing) *schedule.Measure {
	if i := slices.IndexFunc(st.Measures, func(m schedule.Measure) bool { return m.Name == "count" && m.Wanted > 0 }); i >= 0 {
		return &st.Measures[i]
	}
	if len(st.Measures) > 0 {
		return &st.Measures[0]
	}
	return nil
}

// valueAxis begins at zero and ends at or above the largest value, by steps of
// 1, 2 or 5 times a power of ten, at most five of them.
type valueAxis struct{ top, step float64 }

func scale(largest float64) valueAxis {
	step := math.Pow(10, math.Floor(math.Log10(largest/5)))
	for _, k := range []float64{1, 2, 5, 10} {
		if largest/(k*step) <= 5 {
			step *= k
			break
		}
	}
	step = max(step, 1) // what is counted is whole
	return valueAxis{step * math.Ceil(largest/step), step}
}

func (a valueAxis) y(v float64) float64 {
	return round(plotBottom - (plotBottom-plotTop)*min(v, a.top)/a.top)
}

func (a valueAxis) ticks() []tick {
	var out []tick
	for v := 0.0; v <= a.top+a.step/1000; v += a.step {
		out = append(out, tick{a.y(v), viet.Decimal(v)})
	}
	return out
}

func round(v float64) float64 { return math.Round(v*10) / 10 }

// shortPeriod is a period in the few letters that fit under a bar.
func shortPeriod(id string) string {
	id, _, _ = strings.Cut(id, "@")
	_, part, ok := strings.Cut(id, "-")
	switch {
	case !ok:
		return id
	case strings.HasPrefix(part, "W"):
		part = part[1:]
	case strings.HasPrefix(part, "Q"):
		return map[string]string{"Q1": "I", "Q2": "II", "Q3": "III", "Q4": "IV"}[part]
	case strings.HasPrefix(part, "H"):
		return map[string]string{"H1": "đầu năm", "H2": "cuối năm"}[part]
	}
	if n, err := strconv.Atoi(part); err == nil {
		return strconv.Itoa(n)
	}
	return part
}

// periodWord is what the figures under a picture number.
func periodWord(c calendar.Cadence) string {
	switch c {
	case calendar.Week:
		return "tuần"
	case calendar.Month:
		return "tháng"
	case calendar.Quarter:
		return "quý"
	}
	word := viet.Cadence(string(c))
	switch {
	case strings.Contains(word, "tháng (kỳ"):
		return "kỳ báo cáo tháng"
	case strings.Contains(word, "quý"):
		return "kỳ báo cáo quý"
	}
	return "kỳ"
}

// chartID makes a quota's id one that markup can name.
func chartID(quota string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, quota)
}

// charts are those of a basis, in the plan's order.
func (s *site) charts(basis schedule.Basis, sts []schedule.Standing, now time.Time) []*chart {
	byQuota := map[string][]schedule.Standing{}
	for _, st := range sts {
		byQuota[st.Quota] = append(byQuota[st.Quota], st)
	}
	var out []*chart
	for _, q := range s.Plan.Quotas {
		if (q.Basis == schedule.ByReference) == (basis == schedule.ByReference) {
			if c := s.chartOf(q, "", "", byQuota[q.ID], now); c != nil {
				out = append(out, c)
			}
		}
	}
	return out
}
