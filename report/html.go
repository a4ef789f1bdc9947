package report

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/schedule"
	"loa/viet"
)

//go:embed report.html
var htmlPage string

//go:embed report.css
var htmlStyle string

// htmlFormat writes one self-contained page that asks nothing of any host, is
// read by a screen reader and prints on A4.
func htmlFormat() Format {
	sum := sha256.Sum256([]byte(htmlStyle))
	return Format{Name: "html", ContentType: "text/html; charset=utf-8", Label: "Trang web, in được",
		StyleHash: "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'", Write: func(w io.Writer, r Report) error {
			if r.Paper.goesOut() { // the paper itself; the page with everything is the department's own
				return r.on(r.Paper).document().Sheet(w, htmlStyle)
			}
			return writeHTML(w, r)
		}}
}

func writeHTML(w io.Writer, r Report) error {
	sections := r.sections()
	t, err := template.New("report").Funcs(template.FuncMap{
		"no":      func(id string) int { return sections[id] },
		"style":   func() template.CSS { return template.CSS(htmlStyle) }, // our own file, not input
		"day":     viet.Day,
		"lastday": func(t time.Time) string { return viet.Day(t.Add(-time.Nanosecond)) },
		"moment":  viet.Moment,
		"num":     viet.Number,
		"dec":     viet.Decimal,
		"gap":     gapWords,
		"length":  func(seconds int) string { return viet.Duration(time.Duration(seconds) * time.Second) },
		"pad":     pad,
		"word":    rowWord,
		"state":   func(b schedule.Basis, r Row) string { return rowWord(Duty{Basis: b}, r) },
		"reason":  func(x schedule.Reason) string { return viet.Capital(viet.Reason(x.Code, x.Args)) },
		"basis":   func(b schedule.Basis) string { return viet.Basis(string(b)) },
		"topic":   viet.Topic,
		"blind":   viet.OutcomeOf,
		"unit":    unitWords,
		"cadence": viet.Cadence,
		"cap":     viet.Capital,
		"names":   ownerNames,
		"single": func(gs []Regular) []Regular {
			return slices.DeleteFunc(slices.Clone(gs), func(g Regular) bool { return g.Each })
		},
		"inc":    func(i int) int { return i + 1 },
		"judged": func(d Duty) []Row { return slices.DeleteFunc(d.told(), func(r Row) bool { return r.Statistics }) },
		"result": func(d Duty) string { return r.resultWords(d, sections["s7"]) },
		"apart":  func(d Duty, r Row) bool { return r.InProgress && !d.once() },
		"spreadof": func(ts []Trial, alone bool) []Trial {
			return slices.DeleteFunc(slices.Clone(ts), func(t Trial) bool { return (t.Owners == 1) != alone })
		},
		"spread":  spreadWords,
		"measure": func(name string) string { return viet.Capital(viet.Measure(name)) },
		"exact":   exact,
		"days":    daysWords,
		"late": func(b schedule.Basis, byPlan, byReference string) string {
			return cmp.Or(map[schedule.Basis]string{schedule.ByReference: byReference}[b], byPlan)
		},
		"ofbasis": func(ds []Duty, b string) []Duty { return ofBasis(ds, schedule.Basis(b)) },
		"tally":   tallyWords,
		"told":    func(c *contents, key string) []servedPiece { return c.served(key) },
		// Sources of which nothing is known: what stands in them alone has not been seen.
		"unseen": func(d Data) int { return len(d.Blind) + len(d.Never) + len(d.Skipped) },
		"first":  firstOf,
		"awaits": func(s schedule.DisputeState) string { return viet.DisputeState(string(s)) },
		"share":  share,
	}).Parse(htmlPage)
	if err != nil {
		return fmt.Errorf("read the report's template: %w", err)
	}
	if err := t.Execute(w, struct {
		Report
		Lines []string
	}{r, r.Summary()}); err != nil {
		return fmt.Errorf("write the report as HTML: %w", err)
	}
	return nil
}

// sections are the numbers of the report's sections, by id: of those that have
// something to tell, as they come.
func (r Report) sections() map[string]int {
	out := map[string]int{}
	for _, s := range []struct {
		id   string
		told bool
	}{
		{"s1", true}, {"s2", true}, {"s3", len(r.Broadcasts) > 0}, {"s4", len(r.Columns) > 0},
		{"s5", len(r.Regulars)+len(r.Pages)+len(r.Lags)+len(r.Answers)+len(r.Papers)+len(r.Availability)+len(r.Statistics) > 0 || r.Radio != nil},
		{"s6", len(r.Deadlines) > 0}, {"s11", len(r.Cases) > 0}, {"s12", len(r.Declared) > 0}, {"s7", len(r.Trials) > 0}, {"s8", true}, {"s10", r.Contents != nil}, {"s9", true},
	} {
		if s.told {
			out[s.id] = len(out) + 1
		}
	}
	return out
}

func pad(n int) string {
	if n >= 0 && n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return viet.Number(n)
}

func gapWords(days *float64) string {
	if days == nil {
		return "–"
	}
	return viet.Decimal(*days) + " ngày"
}

func share(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return viet.Decimal(float64(part)*100/float64(whole)) + "%"
}

func ownerNames(fs []ownerFigure) string {
	var out []string
	for _, f := range fs {
		name := f.Name
		if f.Period != "" {
			name += " (" + f.Period + ")"
		}
		out = append(out, name)
	}
	return strings.Join(out, "; ")
}

func ofBasis(ds []Duty, b schedule.Basis) []Duty {
	var out []Duty
	for _, d := range ds {
		if d.Basis == b {
			out = append(out, d)
		}
	}
	return out
}

func rowWord(d Duty, r Row) string {
	return Word(d.Basis, r.State, r.Confirmed, r.Risk, r.Reasons)
}

// resultWords is what came of a duty in the period: its rows by state. What is
// only counted has no state, and what is being tried is told in section trials.
func (r Report) resultWords(d Duty, trials int) string {
	n, counted := 0, 0
	rows := d.told()
	for _, row := range rows {
		if row.Statistics {
			counted++
			n += len(r.within(row))
		}
	}
	var out []string
	switch {
	case len(rows) == 0:
	case counted == len(rows):
		out = append(out, fmt.Sprintf("chỉ thống kê: %s %s", viet.Number(n), unitWords(d.Kind, d.Unit)))
	case d.ToDate != nil:
		if d.Tally.Total() > 0 {
			out = append(out, tallyWords(d.Basis, d.Tally))
		}
		out = append(out, tallyWords(d.Basis, *d.ToDate)+" (tính lũy kế, không cộng vào kỳ này)")
	default:
		out = append(out, tallyWords(d.Basis, d.Tally))
	}
	if d.Trying > 0 {
		s := viet.Number(d.Trying) + " lượt đang theo dõi thử"
		if trials > 0 {
			s += fmt.Sprintf(", xem mục %d", trials)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// spreadWords names the level that is tried: «ít nhất 2», «không quá 30».
func spreadWords(s Spread) string {
	if s.Bound == "at_most" {
		return "không quá " + exact(s.Wanted)
	}
	return "ít nhất " + exact(s.Wanted)
}

// exact prints a number with at most two digits after the comma, never rounded
// up: 98,99% is not 99%.
func exact(v float64) string {
	s := strconv.FormatFloat(math.Floor(v*100+1e-6)/100, 'f', -1, 64)
	return strings.Replace(s, ".", ",", 1)
}

func daysWords(days *int) string {
	if days == nil {
		return "–"
	}
	return viet.Number(*days) + " ngày làm việc"
}

// stateCount is a word for a state and how many rows are in it.
type stateCount struct {
	word string
	n    int
}

// byState names the states that occur, most welcome first.
func (t Tally) byState(b schedule.Basis) []stateCount {
	var out []stateCount
	say := func(n int, s schedule.State, confirmed bool) {
		if n > 0 {
			out = append(out, stateCount{Word(b, s, confirmed, "", nil), n})
		}
	}
	say(t.Met, schedule.Met, false)
	if b == schedule.ByReference {
		say(t.Below(), schedule.Missed, false)
	} else {
		say(t.Missed, schedule.Missed, true)
		say(t.ToReview, schedule.Missed, false)
	}
	if t.Judge > 0 {
		out = append(out, stateCount{judgeWord, t.Judge})
	}
	say(t.Insufficient, schedule.Insufficient, false)
	say(t.Exempt, schedule.Exempt, false)
	say(t.Open, schedule.Open, false)
	if t.Held > 0 {
		out = append(out, stateCount{heldWord, t.Held})
	}
	return out
}

func tallyWords(b schedule.Basis, t Tally) string {
	var out []string
	for _, x := range t.byState(b) {
		out = append(out, x.word+" "+viet.Number(x.n))
	}
	if out == nil {
		return "chưa có kỳ nào kết thúc"
	}
	return strings.Join(out, "; ")
}
