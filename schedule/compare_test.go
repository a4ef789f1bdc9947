package schedule

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// touched is a value of v's type that is not v.
func touched(t *testing.T, v reflect.Value) reflect.Value {
	t.Helper()
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	if at, ok := v.Interface().(time.Time); ok {
		out.Set(reflect.ValueOf(at.Add(time.Hour)))
		return out
	}
	switch v.Kind() {
	case reflect.String:
		out.SetString(v.String() + "x")
	case reflect.Int, reflect.Int64:
		out.SetInt(v.Int() + 1)
	case reflect.Bool:
		out.SetBool(!v.Bool())
	case reflect.Slice:
		out.Set(reflect.Append(v, touched(t, reflect.Zero(v.Type().Elem()))))
	case reflect.Array:
		out.Index(0).Set(touched(t, v.Index(0)))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(touched(t, v.Field(i)))
				break
			}
		}
	default:
		t.Fatalf("a field of kind %s: teach this test", v.Kind())
	}
	return out
}

// TestPlanDiffMissesNoField changes every field of a quota and of a plan, one
// at a time, and every field of what stands in a plan's lists.
func TestPlanDiffMissesNoField(t *testing.T) {
	base := world()
	base.Forms = []Form{{ID: "F1"}}
	base.Contents = []Content{{Clause: Clause{Line: 1, Text: "a"}}}
	base.Documents = []Document{{Number: "76/NQ-CP"}}
	base.Retention = []Retention{{Agency: "mau/dai", Days: 30, Notice: 23}}
	base.Letterheads = []Letterhead{{Agency: "mau/so-tttt", Symbol: "STTTT"}}
	base.NotDuties = []NotDuty{{Clause: Clause{Line: 2, Text: "b"}}}
	if d := PlanDiff(base, base); len(d) != 0 {
		t.Fatalf("a plan differs from itself: %+v", d)
	}
	typ, fields := reflect.TypeFor[Plan](), 0
	for i := range typ.NumField() {
		f := typ.Field(i)
		if !f.IsExported() || f.Name == "Version" {
			continue
		}
		b := *base
		v := reflect.ValueOf(&b).Elem().Field(i)
		v.Set(touched(t, v))
		if d := PlanDiff(base, &b); len(d) != 1 {
			t.Errorf("Plan.%s: %d differences: %+v", f.Name, len(d), d)
		}
		list := reflect.ValueOf(base).Elem().Field(i)
		if list.Kind() != reflect.Slice {
			continue
		}
		member := list.Index(0)
		for j := range member.NumField() {
			f := member.Type().Field(j)
			b := *base
			changed := reflect.MakeSlice(list.Type(), list.Len(), list.Len())
			reflect.Copy(changed, list)
			reflect.ValueOf(&b).Elem().Field(i).Set(changed)
			at := changed.Index(0).Field(j)
			at.Set(touched(t, at))
			d := PlanDiff(base, &b)
			fields++
			if len(d) == 0 || f.Type.Kind() != reflect.Struct && f.Name != "ID" && len(d) == 1 && d[0].Field != f.Name {
				t.Errorf("%s.%s: %+v", member.Type().Name(), f.Name, d)
			}
		}
	}
	if fields < reflect.TypeFor[Quota]().NumField() {
		t.Fatalf("only %d fields tried", fields)
	}
}

func TestPlanDiffAddsAndDrops(t *testing.T) {
	a, b := world(), world()
	b.Quotas = slices.Clone(b.Quotas[1:])
	slices.Reverse(b.Quotas) // the order is no difference
	b.Quotas = append(b.Quotas, Quota{ID: "moi"})
	b.Version = "khác"
	d := PlanDiff(a, b)
	if len(d) != 2 || d[0].ID != a.Quotas[0].ID || d[0].New != nil || d[1].ID != "moi" || d[1].Old != nil || d[0].Field+d[1].Field != "" {
		t.Errorf("%+v", d)
	}
	c := world()
	c.From = c.From.In(time.UTC) // the same instant
	c.Quotas[0].Streams = []string{}
	if d := PlanDiff(a, c); len(d) != 0 {
		t.Errorf("%+v", d)
	}
}

func TestDifferences(t *testing.T) {
	standing := func(quota, owner, period string, state State, delivered float64) Standing {
		return Standing{Quota: quota, Owner: owner, Period: period, State: state, Measures: []Measure{{Name: "count", Delivered: delivered}}}
	}
	a := []Standing{standing("B", "x", "2023-01", Met, 2), standing("B", "x", "2023-02", Missed, 1), standing("A", "x", "2023-Q1", Met, 1),
		standing("O", "x", "2022-12-30..2023-01-30", Missed, 0)}
	b := []Standing{standing("B", "x", "2023-01", Met, 2), standing("B", "x", "2023-02", Met, 1), standing("A", "y", "2023-Q1", Met, 1),
		standing("O", "x", "2022-12-30..2023-02-27", Met, 1)}
	b[0].Reasons, b[0].Coverage.Share = []Reason{because("fresh", nil)}, 0.5 // not a difference
	var got []string
	for _, d := range Differences(a, b) {
		word := func(s *Standing) string {
			if s == nil {
				return "-"
			}
			return string(s.State)
		}
		got = append(got, fmt.Sprint(d.Quota, " ", d.Owner, " ", d.Period, " ", word(d.Then), " ", word(d.Now)))
	}
	want := []string{"B x 2023-02 missed met", "A x 2023-Q1 met -", "A y 2023-Q1 - met", "O x 2022-12-30..2023-02-27 missed met"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if d := Differences(a, a); len(d) != 0 {
		t.Errorf("%+v", d)
	}
	for name, change := range map[string]func(s *Standing){
		"confirmed": func(s *Standing) { s.Confirmed = true }, "risk": func(s *Standing) { s.Risk = "at_risk" }, "basis": func(s *Standing) { s.Basis = ByPlan },
		"last save": func(s *Standing) { now := at("2023-01-01"); s.LastSave = &now }, "end": func(s *Standing) { s.End = at("2023-01-01") },
		"shadow":    func(s *Standing) { s.Reasons = []Reason{because("shadow", nil)} },
		"measure":   func(s *Standing) { s.Measures = []Measure{{Name: "count", Delivered: 2, Wanted: 3}} },
		"measures+": func(s *Standing) { s.Measures = append(slices.Clone(s.Measures), Measure{Name: "gap"}) },
	} {
		c := slices.Clone(a)
		change(&c[0])
		if d := Differences(a, c); len(d) != 1 {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestSpreads(t *testing.T) {
	p := world()
	quota := "A-4"
	if !slices.ContainsFunc(p.Quotas, func(q Quota) bool { return q.ID == quota }) {
		t.Fatal("the world has no A-4")
	}
	var sts []Standing
	for i, v := range []float64{4, 0, 1, 3, 100} {
		owner := fmt.Sprint("mau/o", i)
		p.Agencies = append(p.Agencies, media.Agency{ID: owner, Binding: i < 4})
		sts = append(sts, Standing{Quota: quota, Owner: owner, Period: "2023-01", Start: at("2023-01-01"), End: at("2023-02-01"), State: Met, Reasons: []Reason{because("shadow", nil)}, Measures: []Measure{
			{Name: "count", Unit: "items", Bound: "at_least", Basis: ByReference, Wanted: 2, Delivered: v},
			{Name: "gap", Unit: "days", Bound: "at_most", Basis: ByReference, Wanted: 30, Delivered: 31 - v}, {Name: "x", Basis: ByPlan}}})
	}
	for i, state := range []State{Insufficient, Open, Exempt} {
		s := sts[0]
		s.State, s.Owner = state, fmt.Sprint("mau/o", i+1)
		sts = append(sts, s)
	}
	got := Spreads(p, sts)
	want := []Spread{
		{Quota: quota, Period: "2023-01", Start: at("2023-01-01"), End: at("2023-02-01"), Measure: "count", Unit: "items", Bound: "at_least", Level: 2, N: 4, Unknown: 1, Left: 2,
			Min: 0, Low: 0.75, Median: 2, High: 3.25, Max: 4, Short: 2, Shadow: true},
		{Quota: quota, Period: "2023-01", Start: at("2023-01-01"), End: at("2023-02-01"), Measure: "gap", Unit: "days", Bound: "at_most", Level: 30, N: 4, Unknown: 1, Left: 2,
			Min: 27, Low: 27.75, Median: 29, High: 30.25, Max: 31, Short: 1, Shadow: true},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := Spreads(p, nil); len(got) != 0 {
		t.Errorf("nothing has a spread: %+v", got)
	}
}

// A spread of an evaluation adds up to the owners of the quota.
func TestSpreadsCoverEveryOwner(t *testing.T) {
	p := world()
	now := at("2023-04-10")
	sts := Stand(p, Match(p, nil, nil, tet()), everything(p), nil, tet(), now)
	for _, sp := range Spreads(p, sts) {
		owners := 0
		period, err := calendar.Parse(sp.Period)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range p.Quotas {
			if q.ID == sp.Quota {
				for _, a := range Owners(p, q, period) {
					if a.Binding {
						owners++
					}
				}
			}
		}
		if sp.N+sp.Unknown+sp.Left != owners {
			t.Errorf("%s %s %s: %d + %d + %d are not its %d owners", sp.Quota, sp.Period, sp.Measure, sp.N, sp.Unknown, sp.Left, owners)
		}
	}
}
