package schedule

import (
	"fmt"
	"testing"

	"loa/media"
)

func scoreWorld() (*Plan, []Standing) {
	p := sessionPlan()
	for _, a := range []string{"a", "b", "c"} {
		p.Agencies = append(p.Agencies, media.Agency{ID: a, Binding: a != "c"})
	}
	var sts []Standing
	for i := range 10 {
		id := fmt.Sprint("Q", i)
		p.Quotas = append(p.Quotas, Quota{ID: id, Title: "Nhiệm vụ " + id, Wanted: 1, Kind: "count"})
		st := Standing{Quota: id, Owner: "a", Period: "2023-02", Start: sessionAt("2023-02-01 00:00"), End: sessionAt("2023-03-01 00:00"), State: Met}
		if i >= 8 {
			st.State = Missed
		}
		sts = append(sts, st)
	}
	p.Quotas = append(p.Quotas, Quota{ID: "K", Title: "khuyến khích", Class: Enc, Wanted: 1}, Quota{ID: "N", Title: "chưa đến hạn", Wanted: 1, Kind: "count"})
	sts = append(sts, Standing{Quota: "N", Owner: "a", End: sessionAt("2023-12-01 00:00"), State: Open}, Standing{Quota: "Q0", Owner: "c", End: sessionAt("2023-03-01 00:00"), State: Missed})
	p.Forms = []Form{{ID: "F1", Quotas: []string{"Q0"}}, {ID: "F2", Quotas: []string{"Q9"}}, {ID: "F3"}}
	return p, sts
}

func completion(floor, share int, bands ...Band) ScoreModel {
	return ScoreModel{Criteria: []Criterion{{ID: "k", Title: "k", Kind: "completion", Max: 1, Floor: floor, Share: share, Bands: bands}}}
}

// TestSimulate: the share of duties that are done gives points in proportion above a floor or by bands, forms give theirs; what
// one more duty would give is told best first, of duties that change something.
func TestSimulate(t *testing.T) {
	p, sts := scoreWorld()
	now := sessionAt("2023-03-10 09:00")
	diversity := Criterion{ID: "d", Title: "d", Kind: "diversity", Max: 1, Parts: []ScorePart{{Title: "một", Points: 0.5, Forms: []string{"F1"}, AtLeast: 1}, {Title: "hai", Points: 0.25, Forms: []string{"F2", "F3"}, AtLeast: 1}, {Title: "ba", Points: 0.25, Forms: []string{"F2", "F3"}, AtLeast: 2}}}
	both := completion(80, 100)
	both.Criteria = append(both.Criteria, diversity)
	for _, x := range []struct {
		name  string
		model ScoreModel
		forms []string
		want  float64
		gains string
	}{
		{"in proportion", completion(80, 100), nil, 0.8, "[Q8 0.8→0.9 Q9 0.8→0.9 N 0.8→0.82]"},
		{"below the floor", completion(90, 100), nil, 0, "[Q8 0→0.9 Q9 0→0.9]"},
		{"bands", completion(0, 100, Band{90, 1}, Band{70, 0.88}), nil, 0.88, "[Q8 0.88→1 Q9 0.88→1]"},
		{"bands that one more does not reach", completion(0, 100, Band{100, 1}, Band{70, 0.5}), nil, 0.5, "[]"},
		{"some duties", ScoreModel{Criteria: []Criterion{{Kind: "completion", Max: 2, Share: 100, Duties: []string{"Q1", "Q9"}}}}, nil, 1, "[Q9 1→2]"},
		{"with forms", both, []string{"F1", "Q0"}, 1.3, "[Q9 1.3→1.65 Q8 1.3→1.4 N 1.3→1.32]"},
		{"all forms", both, []string{"F1", "F2", "F3"}, 1.8, "[Q8 1.8→1.9 Q9 1.8→1.9 N 1.8→1.82]"},
	} {
		s := x.model.Simulate(p, sts, x.forms, now)
		got := []string{}
		for _, g := range s.Gains {
			got = append(got, fmt.Sprintf("%s %v→%v", g.Duty.Quota, g.From, g.To))
		}
		if s.Points != x.want || fmt.Sprint(got) != x.gains {
			t.Errorf("%s: %v %v, want %v %v", x.name, s.Points, got, x.want, x.gains)
		}
		for _, d := range s.Duties {
			if d.Quota == "K" {
				t.Errorf("%s: what is encouraged is a duty", x.name)
			}
			if d.Quota == "N" && d.State != DutyNotDue || d.Quota == "Q0" && d.State != DutyDone {
				t.Errorf("%s: %+v", x.name, d)
			}
		}
	}
}

// TestSimulateShare: a duty of many owners is done from a share of them on, if the model says so; what could not be seen is not done.
func TestSimulateShare(t *testing.T) {
	p, sts := scoreWorld()
	p.Quotas = p.Quotas[:1]
	sts = append(sts[:1], Standing{Quota: "Q0", Owner: "b", End: sts[0].End, State: Insufficient})
	now := sessionAt("2023-03-10 09:00")
	if s := completion(0, 100).Simulate(p, sts, nil, now); s.Points != 0 || s.Duties[0].State != DutyUnknown {
		t.Errorf("%+v", s)
	}
	if s := completion(0, 50).Simulate(p, sts, nil, now); s.Points != 1 {
		t.Errorf("%+v", s)
	}
	if got := fmt.Sprint(FormsShown(&Plan{Forms: []Form{{ID: "F1", Quotas: []string{"Q0"}}, {ID: "F2", Quotas: []string{"Q9"}}}}, Matching{Credits: []Credit{{Quota: "Q0"}, {Quota: "Q0"}}}, []string{"F6"})); got != "[F6 Q0 F1]" {
		t.Errorf("%s", got)
	}
}
