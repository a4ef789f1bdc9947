package schedule

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"loa/media"
)

// PlanChange is one difference between two plans.
type PlanChange struct {
	Part     string // "plan" (its head), "quota", "form", "content", "document", "not_duty", "window", "retention", "letterhead", "agency", "column", "channel" or "source"
	ID       string // of that part: an id, or the words of a line of the plan; "" for the head
	Field    string // name of the Go field; "" where only one of the two has the part
	Old, New any    // value of the field or the whole part; nil where there is none
}

// part is one list of a plan: what its members are called, and how one is
// known again in another plan.
type part struct {
	field, name string
	key         func(member any) string
}

func parts() []part {
	return []part{
		{"Quotas", "quota", func(m any) string { return m.(Quota).ID }},
		{"Forms", "form", func(m any) string { return m.(Form).ID }},
		{"Contents", "content", func(m any) string { return m.(Content).Text }},
		{"Documents", "document", func(m any) string { return m.(Document).Number }},
		{"NotDuties", "not_duty", func(m any) string { return m.(NotDuty).Text }},
		{"Windows", "window", func(m any) string {
			w := m.(Window)
			return fmt.Sprint(w.Medium, " ", w.Agency, " ", w.Channel, " ", w.FromMinute, "-", w.ToMinute)
		}},
		{"Retention", "retention", func(m any) string { r := m.(Retention); return fmt.Sprint(r.Agency, " ", r.From.Format(time.DateOnly)) }},
		{"Letterheads", "letterhead", func(m any) string {
			l := m.(Letterhead)
			return fmt.Sprint(l.Agency, " ", l.From.Format(time.DateOnly))
		}},
		{"Agencies", "agency", func(m any) string { return m.(media.Agency).ID }},
		{"Columns", "column", func(m any) string { return m.(media.Column).ID }},
		{"Channels", "channel", func(m any) string { return m.(Channel).ID }},
		{"Sources", "source", func(m any) string { return m.(media.Source).ID }},
	}
}

// PlanDiff lists what is different in b: the head field by field, then of every
// list what was added, dropped and changed, field by field. The version is left
// out, for it follows from the text; so is the order of the lists.
func PlanDiff(a, b *Plan) []PlanChange {
	var out []PlanChange
	va, vb, all := reflect.ValueOf(*a), reflect.ValueOf(*b), parts()
	for i := range va.NumField() {
		name := va.Type().Field(i).Name
		listed := slices.ContainsFunc(all, func(p part) bool { return p.field == name })
		if va.Type().Field(i).IsExported() && name != "Version" && !listed && !same(va.Field(i), vb.Field(i)) {
			out = append(out, PlanChange{Part: "plan", Field: name, Old: va.Field(i).Interface(), New: vb.Field(i).Interface()})
		}
	}
	for _, p := range all {
		out = append(out, p.diff(va.FieldByName(p.field), vb.FieldByName(p.field))...)
	}
	return out
}

// diff pairs members by key, those of the same key in their order.
func (p part) diff(a, b reflect.Value) []PlanChange {
	byKey := func(list reflect.Value) (keys []string, at map[string][]int) {
		at = map[string][]int{}
		for i := range list.Len() {
			k := p.key(list.Index(i).Interface())
			keys, at[k] = append(keys, k), append(at[k], i)
		}
		return keys, at
	}
	keysA, atA := byKey(a)
	keysB, atB := byKey(b)
	var out []PlanChange
	seen := map[string]bool{}
	for _, k := range append(keysA, keysB...) {
		if seen[k] {
			continue
		}
		seen[k] = true
		for n := range max(len(atA[k]), len(atB[k])) {
			switch {
			case n >= len(atB[k]):
				out = append(out, PlanChange{Part: p.name, ID: k, Old: a.Index(atA[k][n]).Interface()})
			case n >= len(atA[k]):
				out = append(out, PlanChange{Part: p.name, ID: k, New: b.Index(atB[k][n]).Interface()})
			default:
				out = append(out, fieldsDiff(PlanChange{Part: p.name, ID: k}, a.Index(atA[k][n]), b.Index(atB[k][n]))...)
			}
		}
	}
	return out
}

// fieldsDiff compares two members field by field; what is embedded counts as
// the member's own.
func fieldsDiff(of PlanChange, a, b reflect.Value) []PlanChange {
	var out []PlanChange
	for i := range a.NumField() {
		f := a.Type().Field(i)
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			out = append(out, fieldsDiff(of, a.Field(i), b.Field(i))...)
		case f.IsExported() && !same(a.Field(i), b.Field(i)):
			of.Field, of.Old, of.New = f.Name, a.Field(i).Interface(), b.Field(i).Interface()
			out = append(out, of)
		}
	}
	return out
}

// same is reflect.DeepEqual for people: an instant is the same in any zone, and
// an empty list is none.
func same(a, b reflect.Value) bool {
	if t, ok := a.Interface().(time.Time); ok {
		return t.Equal(b.Interface().(time.Time))
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if a.Type().Field(i).IsExported() && !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		return a.Len() == 0 && b.Len() == 0 || reflect.DeepEqual(a.Interface(), b.Interface())
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// Difference is one row of two evaluations of the same evidence that does not
// come out alike.
type Difference struct {
	Quota  string    `json:"quota"`
	Owner  string    `json:"owner"`
	Period string    `json:"period"` // as it is called now; then, where it is owed no more
	Then   *Standing `json:"then"`   // nil: it was not owed
	Now    *Standing `json:"now"`    // nil: it is not owed any more
}

// Differences lists the rows of b that are not as in a, by quota in their order,
// owner and period: state, confirmation, risk, basis, measures, last-save
// moment, or whether anybody is told of it. Reasons and coverage follow from
// those. The one period of a Once quota is the same row whatever its deadline.
func Differences(a, b []Standing) []Difference {
	type row struct{ quota, owner, period string }
	rowOf := func(s Standing) row {
		r := row{s.Quota, s.Owner, s.Period}
		if strings.Contains(s.Period, "..") {
			r.period = ".."
		}
		return r
	}
	order, then, seen := map[string]int{}, map[row]Standing{}, map[row]bool{}
	rank := func(s Standing) {
		if _, ok := order[s.Quota]; !ok {
			order[s.Quota] = len(order)
		}
	}
	for _, s := range a {
		rank(s)
		then[rowOf(s)] = s
	}
	var out []Difference
	for _, s := range b {
		rank(s)
		r := rowOf(s)
		seen[r] = true
		now := s
		if old, ok := then[r]; !ok {
			out = append(out, Difference{Quota: s.Quota, Owner: s.Owner, Period: s.Period, Now: &now})
		} else if !alike(old, s) {
			out = append(out, Difference{Quota: s.Quota, Owner: s.Owner, Period: s.Period, Then: &old, Now: &now})
		}
	}
	for _, s := range a {
		if r := rowOf(s); !seen[r] {
			old := s
			out = append(out, Difference{Quota: s.Quota, Owner: s.Owner, Period: s.Period, Then: &old})
		}
	}
	slices.SortStableFunc(out, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(order[x.Quota], order[y.Quota]), cmp.Compare(x.Owner, y.Owner), x.start().Compare(y.start()))
	})
	return out
}

func (d Difference) start() time.Time {
	if d.Now != nil {
		return d.Now.Start
	}
	return d.Then.Start
}

func alike(a, b Standing) bool {
	save := (a.LastSave == nil) == (b.LastSave == nil) && (a.LastSave == nil || a.LastSave.Equal(*b.LastSave))
	return save && a.State == b.State && a.Confirmed == b.Confirmed && a.Risk == b.Risk && a.Basis == b.Basis &&
		a.Start.Equal(b.Start) && a.End.Equal(b.End) && a.Shadow() == b.Shadow() && slices.Equal(a.Measures, b.Measures)
}

// Spread is how one measure held against a reference level lies over the owners
// of a quota in one period: what an officer sets the level by.
type Spread struct {
	Quota, Period        string
	Start, End           time.Time
	Measure, Unit, Bound string  // as in Measure
	Level                float64 // as set for that period
	N                    int     // owners whose value is known, the period being over
	Unknown              int     // not enough data: neither praised nor blamed
	Left                 int     // exempt, with nothing arisen, or still running
	Min, Low, Median     float64 // Low and High are the quartiles; all 0 if N is
	High, Max            float64
	Short                int  // of N, those that do not keep the level
	Shadow               bool // nobody is told of it: the level is being tried
}

// Spreads lists the spreads of every reference level that the standings were
// held against, by quota in plan order, period and measure. Only binding
// agencies count. The number of decisions owed is no level, and is left out.
func Spreads(p *Plan, sts []Standing) []Spread {
	type key struct{ period, measure string }
	binding := map[string]bool{}
	for _, a := range p.Agencies {
		binding[a.ID] = a.Binding
	}
	byQuota := map[string][]Standing{}
	for _, s := range sts {
		byQuota[s.Quota] = append(byQuota[s.Quota], s)
	}
	var out []Spread
	for _, q := range p.Quotas {
		k, _ := kind(q.Kind)
		var keys []key
		spread, values := map[key]*Spread{}, map[key][]float64{}
		rows := byQuota[q.ID]
		slices.SortStableFunc(rows, func(a, b Standing) int { return a.Start.Compare(b.Start) })
		for _, s := range rows {
			for _, m := range s.Measures {
				if m.Basis != ByReference || !binding[s.Owner] || k.bounded && m.Name == "count" {
					continue
				}
				at := key{s.Period, m.Name}
				if spread[at] == nil {
					keys = append(keys, at)
					spread[at] = &Spread{Quota: q.ID, Period: s.Period, Start: s.Start, End: s.End, Measure: m.Name, Unit: m.Unit, Bound: m.Bound, Level: m.Wanted, Shadow: s.Shadow()}
				}
				switch sp := spread[at]; {
				case s.State == Insufficient:
					sp.Unknown++
				case s.State == Open, s.State == Exempt && !counts(s):
					sp.Left++
				default:
					sp.N++
					values[at] = append(values[at], m.Delivered)
					if m.Bound == "at_least" && m.Delivered < m.Wanted || m.Bound == "at_most" && m.Delivered > m.Wanted {
						sp.Short++
					}
				}
			}
		}
		for _, at := range keys {
			sp, v := *spread[at], values[at]
			slices.Sort(v)
			sp.Min, sp.Low, sp.Median, sp.High, sp.Max = quantile(v, 0), quantile(v, 0.25), quantile(v, 0.5), quantile(v, 0.75), quantile(v, 1)
			out = append(out, sp)
		}
	}
	return out
}

// counts reports whether an exempt standing still says how much was delivered:
// what is encouraged or comes only if something arises is counted, never short.
func counts(s Standing) bool {
	return slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Code == "encouraged" || r.Code == "if_any" })
}

// quantile interpolates between the two values around the rank q·(n−1); 0 of none.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	rank := q * float64(len(sorted)-1)
	i := int(math.Floor(rank))
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (rank-float64(i))*(sorted[i+1]-sorted[i])
}
