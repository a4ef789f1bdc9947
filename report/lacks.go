package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/viet"
)

// LackKind is how far a shortfall may be spoken of to its owner.
type LackKind string

const (
	LackMissed  LackKind = "missed"  // a person confirmed it: «chưa đạt»
	LackReview  LackKind = "review"  // computed: «đề nghị rà soát»
	LackLog     LackKind = "log"     // what proves it was not handed over: «chưa nhận được»
	LackRunning LackKind = "running" // its period runs and it can still be met: a friendly reminder
)

// LackKinds lists them in the order in which a letter tells them.
func LackKinds() []LackKind { return []LackKind{LackMissed, LackReview, LackLog, LackRunning} }

// Lack is one thing that an owner is short of, as its letter tells it.
type Lack struct {
	Kind         LackKind
	Quota, Title string
	Place        string         // clause of the plan
	Basis        schedule.Basis // chỉ tiêu or mức tham chiếu
	Period       string         // its name
	Figure       string         // «1/2 kỳ chuyên mục»
	What         string         // of LackLog: what was not received
	Save         time.Time      // of LackRunning: the last moment at which it can still be met
}

// Lacking is one owner with what it is short of in a period. Held counts what may not be spoken of yet: the unit may still
// reply, its word is disputed, or what was published could not be seen.
type Lacking struct {
	Owner, Name string
	Level       media.Level
	Lacks       []Lack
	Held        int
}

// ours are the reasons for which a count is not known because of us: nothing of it is told to its owner.
var ours = []string{"source_blind", "source_none", "not_observed", "not_probed", "not_watched", "page_doubtful", "awaiting_review", "needs_judgement", "undeclared"}

// Lacks are the owners that are short of something in the period, in the order of the plan's agencies, with what a letter may
// say of it. It keeps the right of reply, and is silent of what could not be seen.
func Lacks(in Input) []Lacking {
	in.Paper, in.Shown = Supply, Shown{}
	r := Build(in).outgoing()
	save := map[key]schedule.Standing{}
	for _, s := range in.Evaluation.Standings {
		save[key{s.Quota, s.Owner, s.Period}] = s
	}
	by := map[string]*Lacking{}
	for _, d := range r.Duties {
		for _, row := range d.Rows {
			if row.Shadow || !row.Binding || row.State == schedule.Met || row.State == schedule.Exempt {
				continue
			}
			l, held := lackOf(d, row, save[key{d.Quota, row.Owner, row.Period}], in.Now)
			if l == nil && !held {
				continue
			}
			if by[row.Owner] == nil {
				by[row.Owner] = &Lacking{Owner: row.Owner, Name: row.OwnerName}
			}
			if held {
				by[row.Owner].Held++
				continue
			}
			by[row.Owner].Lacks = append(by[row.Owner].Lacks, *l)
		}
	}
	out := []Lacking{}
	for _, a := range in.Plan.Agencies {
		x := by[a.ID]
		if x == nil {
			continue
		}
		x.Level = a.Level
		slices.SortStableFunc(x.Lacks, func(a, b Lack) int {
			return cmp.Or(cmp.Compare(slices.Index(LackKinds(), a.Kind), slices.Index(LackKinds(), b.Kind)), cmp.Compare(byPlanFirst(a.Basis), byPlanFirst(b.Basis)))
		})
		out = append(out, *x)
	}
	return out
}

func byPlanFirst(b schedule.Basis) int {
	if b == schedule.ByReference {
		return 1
	}
	return 0
}

// lackOf is what a row that is not met lacks; held says that it may not be told. Both are none where there is nothing to say.
func lackOf(d Duty, row Row, st schedule.Standing, now time.Time) (l *Lack, held bool) {
	is := func(code string) bool { return has(row.Reasons, code) }
	over := !row.End.After(now)
	l = &Lack{Quota: d.Quota, Title: d.Title, Place: d.Place, Basis: d.Basis, Period: row.PeriodName, Figure: row.short(d)}
	switch {
	case is(replyOpen):
		return nil, true
	case row.InProgress && over: // another report tells of it
		return nil, false
	case row.State == schedule.Missed && row.Confirmed:
		l.Kind = LackMissed
	case slices.ContainsFunc(ours, is):
		return nil, row.State != schedule.Open || over
	case row.State == schedule.Missed:
		l.Kind = LackReview
	case row.State == schedule.Insufficient && (is("receipt_missing") || is("register_missing") || is("evidence_missing")):
		l.Kind, l.What = LackLog, viet.ProofOf(d.Kind)
	case row.State == schedule.Insufficient:
		return nil, true
	case row.State == schedule.Open && !over && st.LastSave != nil && now.Before(*st.LastSave) && !st.WarnHeld() && len(st.Coverage.Blind) == 0 && l.Figure != "" && (row.Risk == "at_risk" || warned(st, now)):
		l.Kind, l.Save = LackRunning, *st.LastSave
	default:
		return nil, false
	}
	return l, false
}

// warned reports whether the time has come to begin what is missing.
func warned(st schedule.Standing, now time.Time) bool {
	by, ok := st.ProduceBy()
	return ok && !now.Before(by.AddDate(0, 0, -7))
}

// short is what a row has against what it should: «1/2 kỳ chuyên mục»; "" where nothing is short.
func (r Row) short(d Duty) string {
	var out string
	for _, m := range r.Measures {
		if m.Shortfall <= 0 {
			continue
		}
		s := exact(m.Delivered) + "/" + exact(m.Wanted) + " " + unitWords(d.Kind, m.Unit)
		if m.Name != "count" {
			at := "ít nhất"
			if m.Bound == "at_most" {
				at = "không quá"
			}
			s = fmt.Sprintf("%s %s %s (%s %s)", viet.Measure(m.Name), exact(m.Delivered), viet.Unit(m.Unit), at, exact(m.Wanted))
		}
		if out != "" {
			out += "; "
		}
		out += s
	}
	return out
}

// Silent is a unit of which nothing was counted in the period. Unknown: a part of it could not be seen, or was not handed over,
// so that nobody can say that there was nothing.
type Silent struct {
	Owner, Name string
	Level       media.Level
	Unknown     bool
	Duties      []string // titles
}

// Word says which of the two.
func (s Silent) Word() string {
	if s.Unknown {
		return "chưa đủ dữ liệu"
	}
	return "chưa ghi nhận"
}

// pieced are the kinds of duties that pieces are counted for; pages that have to be there and papers say nothing of silence.
var pieced = []string{"airing", "instalments", "regular", "count"}

// SilentUnits are the units of which no piece at all was counted in the period, in the order of the plan's agencies: the list
// for a briefing. It is internal; what may be told outside is Lacks.
func SilentUnits(in Input) []Silent {
	r := Build(in)
	type sum struct {
		rows, pieces int
		unknown      bool
		titles       []string
	}
	by := map[string]*sum{}
	for _, d := range r.Duties {
		if !slices.Contains(pieced, d.Kind) {
			continue
		}
		for _, row := range d.Rows {
			if row.Shadow || !row.Binding || row.State == schedule.Exempt {
				continue
			}
			x := by[row.Owner]
			if x == nil {
				x = &sum{}
				by[row.Owner] = x
			}
			x.rows++
			for _, p := range row.Credits {
				if !p.At.Before(r.Period.Start) && p.At.Before(r.Period.End) {
					x.pieces++
				}
			}
			x.unknown = x.unknown || row.State == schedule.Insufficient || slices.ContainsFunc(ours, func(code string) bool { return has(row.Reasons, code) })
			if !slices.Contains(x.titles, d.Title) {
				x.titles = append(x.titles, d.Title)
			}
		}
	}
	out := []Silent{}
	names := NamesOf(in.Plan)
	for _, a := range in.Plan.Agencies {
		if x := by[a.ID]; x != nil && x.pieces == 0 {
			out = append(out, Silent{a.ID, names.Agency(a.ID), a.Level, x.unknown, x.titles})
		}
	}
	return out
}
