package web

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// standingPage is one quota of one owner in one period.
type standingPage struct {
	Quota      schedule.Quota
	Standing   schedule.Standing
	Period     calendar.Period
	Owner      media.Agency
	Chip       chip
	Measures   []measureLine
	Credits    []pieceLine
	Near       []pieceLine // rejected, but a person may judge otherwise
	Rejected   []pieceLine
	More       int // rejected pieces not listed
	Decisions  []schedule.Decision
	Earlier    string // address of the period before, "" if none
	Later      string
	Conditions []conditionLine
}

type measureLine struct {
	schedule.Measure
	Ratio string
}

type conditionLine struct {
	Text  string
	Basis schedule.Basis
}

// pieceLine is one piece of evidence with why it counts or does not.
type pieceLine struct {
	Evidence  media.Evidence
	Item      bool // has a page of its own
	Length    string
	Reasons   []string
	Cues      []string
	By        string
	Condition string         // the first condition it failed
	Basis     schedule.Basis // of that condition
	Only      bool           // it fails nothing that the plan itself states
}

// How many rejected pieces one page lists.
const rejectedMost = 300

func (s *site) standing(w http.ResponseWriter, r *http.Request) {
	quota, owner, period := r.PathValue("quota"), r.PathValue("owner"), r.PathValue("period")
	e, _, err := s.Standings.Evaluation(r.Context(), s.Plan.ID)
	if err != nil {
		s.fail(w, r, "read the evaluation", err)
		return
	}
	q, known := s.quotas[quota]
	i := slices.IndexFunc(e.Standings, func(st schedule.Standing) bool {
		return st.Quota == quota && st.Period == period && (s.slug(st.Owner) == owner || st.Owner == owner)
	})
	if !known || i < 0 {
		s.missing(w, r, "Chưa có kết quả theo dõi cho nhiệm vụ, cơ quan và kỳ này.")
		return
	}
	st := e.Standings[i]
	m, err := s.Standings.Detail(r.Context(), s.Plan.ID, st.Quota, st.Owner, st.Period)
	if err != nil {
		s.fail(w, r, "read credits", err)
		return
	}
	ds, err := s.Standings.Decisions(r.Context(), s.Plan.ID, time.Time{})
	if err != nil {
		s.fail(w, r, "read decisions", err)
		return
	}
	p := standingPage{Quota: q, Standing: st, Period: calendar.Period{ID: st.Period, Start: st.Start, End: st.End}, Chip: chipOf(st)}
	p.Owner = media.Agency{ID: st.Owner, Name: st.Owner}
	for _, a := range s.Plan.Agencies {
		if a.ID == st.Owner {
			p.Owner = a
		}
	}
	for _, x := range st.Measures {
		p.Measures = append(p.Measures, measureLine{x, ratio(x)})
	}
	for _, c := range q.Conditions {
		p.Conditions = append(p.Conditions, conditionLine{s.conditionText(c), c.Basis})
	}
	s.fillPieces(&p, m)
	p.Decisions = about(ds, st, m)
	p.Earlier, p.Later = s.neighbours(e.Standings, st)
	title := fmt.Sprintf("%s – %s – %s", q.ID, s.names.Agency(st.Owner), p.Period.Name())
	s.render(w, r, http.StatusOK, "standing", frame{Title: title, Here: "/", Evaluated: e.Now, Page: p})
}

// ratio prints what was delivered against what is wanted, «1/02»; of what has
// an upper bound, what it is.
func ratio(m schedule.Measure) string {
	if m.Bound == "at_most" {
		return viet.Decimal(m.Delivered)
	}
	want := viet.Decimal(m.Wanted)
	if m.Wanted < 10 && m.Wanted == math.Trunc(m.Wanted) {
		want = "0" + want
	}
	return viet.Decimal(m.Delivered) + "/" + want
}

// conditionText says what a condition asks, with its own numbers and names.
func (s *site) conditionText(c schedule.Condition) string {
	text := conditionName(c.Name)
	if c.Value > 0 {
		text += fmt.Sprintf(": %d phút", c.Value)
	}
	var names []string
	for _, id := range c.List {
		if c.Name == "topics" {
			names = append(names, viet.Topic(id))
		} else {
			names = append(names, s.names.Column(id))
		}
	}
	if names != nil {
		text += ": " + strings.Join(names, "; ")
	}
	return text
}

func (s *site) fillPieces(p *standingPage, m schedule.Matching) {
	for _, c := range m.Credits {
		line := pieceOf(c.Evidence)
		said := c.By == ""
		for _, why := range c.Reasons {
			text := s.names.Reason(why)
			line.Reasons = append(line.Reasons, text)
			said = said || strings.Contains(text, c.By)
		}
		if !said {
			line.By = c.By
		}
		p.Credits = append(p.Credits, line)
	}
	for _, x := range m.Rejections {
		line := pieceOf(x.Evidence)
		line.Reasons = []string{s.names.Reason(x.Reason)}
		line.Condition, line.Basis, line.Only = conditionName(x.Condition), x.Basis, x.OnlyReference
		switch {
		case x.OnlyReference || x.Awaiting:
			p.Near = append(p.Near, line)
		case len(p.Rejected) < rejectedMost:
			p.Rejected = append(p.Rejected, line)
		default:
			p.More++
		}
	}
	for _, list := range [][]pieceLine{p.Credits, p.Near, p.Rejected} {
		slices.SortStableFunc(list, func(a, b pieceLine) int { return a.Evidence.At.Compare(b.Evidence.At) })
	}
}

func pieceOf(e media.Evidence) pieceLine {
	line := pieceLine{Evidence: e, Item: e.Kind == media.EvItem}
	if e.Airing != nil {
		line.Length = viet.Duration(e.Airing.Duration)
	}
	if e.Verdict != nil {
		for _, c := range e.Verdict.Cues {
			if c.Weight > 0 && !slices.Contains(line.Cues, c.Term) && len(line.Cues) < 8 {
				line.Cues = append(line.Cues, c.Term)
			}
		}
	}
	return line
}

// about picks the decisions on a standing or on a piece in it.
func about(ds []schedule.Decision, st schedule.Standing, m schedule.Matching) []schedule.Decision {
	pieces := map[string]bool{}
	for _, c := range m.Credits {
		pieces[c.Evidence.ID] = true
	}
	for _, x := range m.Rejections {
		pieces[x.Evidence.ID] = true
	}
	var out []schedule.Decision
	for _, d := range ds {
		if d.Quota == st.Quota && d.Owner == st.Owner && (d.Period == st.Period || d.Period == "" && (d.Evidence == "" || pieces[d.Evidence] || pieces[d.ID])) {
			out = append(out, d)
		}
	}
	return out
}

// neighbours are the addresses of the periods before and after.
func (s *site) neighbours(sts []schedule.Standing, st schedule.Standing) (earlier, later string) {
	var before, after *schedule.Standing
	for i := range sts {
		o := &sts[i]
		if o.Quota != st.Quota || o.Owner != st.Owner || o.Period == st.Period {
			continue
		}
		if o.Start.Before(st.Start) && (before == nil || o.Start.After(before.Start)) {
			before = o
		}
		if o.Start.After(st.Start) && (after == nil || o.Start.Before(after.Start)) {
			after = o
		}
	}
	if before != nil {
		earlier = s.standingURL(before.Quota, before.Owner, before.Period)
	}
	if after != nil {
		later = s.standingURL(after.Quota, after.Owner, after.Period)
	}
	return earlier, later
}
