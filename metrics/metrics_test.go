package metrics

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

type fake struct {
	e      schedule.Evaluation
	health map[string]media.Health
	err    error
	quotas []schedule.Quota

	edition string
}

func (f fake) Evaluation(context.Context, string) (schedule.Evaluation, bool, error) {
	return f.e, f.e.Plan != "", f.err
}
func (f fake) Health(context.Context) (map[string]media.Health, error) { return f.health, f.err }
func (f fake) VerdictCounts(context.Context) (map[string]int, error) {
	return map[string]int{"reform": 3, "other": 7}, f.err
}

func (f fake) QuarantineCounts(context.Context) (map[string]int, error) {
	return map[string]int{media.StageJudge: 2}, f.err
}

func (f fake) Waiting(context.Context) (int, time.Time, error) {
	return 2, f.e.Now.Add(-90 * time.Minute), f.err
}

func (f fake) VerdictsBy(context.Context, string) ([]VerdictCount, error) {
	return []VerdictCount{{"current", "reform", 3}, {"earlier", "other", 7}}, f.err
}

func (f fake) KeptCounts(context.Context) ([]KeptCount, error) {
	return []KeptCount{{"page", 10, 2048, 1}}, f.err
}

func (f fake) Releases(context.Context, string) ([]schedule.Release, error) { return nil, f.err }

func (f fake) Edition(context.Context, string) (string, error) { return f.edition, f.err }

func (f fake) Pools() map[string]sql.DBStats {
	return map[string]sql.DBStats{"read": {InUse: 1, Idle: 3, WaitCount: 4, WaitDuration: 1500 * time.Millisecond}}
}

func (f fake) AuditCounts(_ context.Context, classifier string) (accepted, refused AuditCount, err error) {
	if classifier == "c1" {
		accepted, refused = AuditCount{24, 20, 19}, AuditCount{200, 10, 10}
	}
	return accepted, refused, f.err
}

func week(n int, state schedule.State, at time.Time) schedule.Standing {
	start := time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 7*(n-1))
	st := schedule.Standing{Plan: "mau/2023", Quota: "B-D1", Owner: "mau/dai", Period: "w", Start: start, End: start.AddDate(0, 0, 7), State: state,
		Measures: []schedule.Measure{{Name: "count", Unit: "airings", Bound: "at_least", Basis: schedule.ByPlan, Wanted: 1, Delivered: 0, Shortfall: 1}}}
	if st.Contains(at) {
		save := st.End.Add(-time.Hour)
		st.LastSave, st.Risk = &save, "at_risk"
		st.Reasons = []schedule.Reason{{Code: "produce_by", Args: map[string]any{"at": save.AddDate(0, 0, -3).Format(time.RFC3339)}}}
	}
	return st
}

// daily is n pieces on each of so many days before now.
func daily(now time.Time, days, n int) map[string]int {
	out := map[string]int{}
	for i := range days {
		out[now.AddDate(0, 0, -1-i).Format(time.DateOnly)] = n
	}
	return out
}

// The first piece of an obligation is visible at the first scrape after it: a
// gauge read from the store that stood at nought before, not a counter's rise.
func TestFirstPieceIsVisible(t *testing.T) {
	now := time.Date(2023, 1, 18, 12, 0, 0, 0, time.UTC)
	for delivered := range 2 {
		st := week(3, schedule.Open, now)
		st.Measures[0].Delivered, st.Measures[0].Shortfall = float64(delivered), float64(1-delivered)
		want := fmt.Sprintf(`
# HELP loa_quota_delivered What was credited in the period, in the unit of the measure.
# TYPE loa_quota_delivered gauge
loa_quota_delivered{basis="plan",measure="count",owner="mau/dai",period="current",plan="mau/2023",quota="B-D1"} %d
`, delivered)
		reg := setup(t, fake{e: schedule.Evaluation{Plan: "mau/2023", Now: now, Standings: []schedule.Standing{st}}})
		if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "loa_quota_delivered"); err != nil {
			t.Error(err)
		}
	}
}

// A source that stops publishing is quiet, one that is withdrawn retired, one
// never visited says so; only what cannot be read is blind.
func TestSourceStates(t *testing.T) {
	now := time.Date(2023, 6, 14, 12, 0, 0, 0, time.UTC)
	silent := daily(now, 12*7, 3)
	for i := range 7 {
		silent[now.AddDate(0, 0, -1-i).Format(time.DateOnly)] = 0
	}
	f := fake{e: schedule.Evaluation{Plan: "mau/2023", Now: now}, health: map[string]media.Health{
		"mau/it": {Active: true, Outcome: media.NotModified, Daily: silent}, "mau/cu": {Source: "mau/cu", Outcome: media.OK}, "mau/moi": {},
		"mau/hong": {Active: true, Outcome: media.Challenge, BlindSince: now, Daily: silent},
	}}
	got, err := setup(t, f).Gather()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]string{}
	for _, mf := range got {
		for _, m := range mf.GetMetric() {
			if mf.GetName() == "loa_source_state" && m.GetGauge().GetValue() == 1 {
				have[m.GetLabel()[0].GetValue()] += m.GetLabel()[1].GetValue()
			}
			if mf.GetName() == "loa_source_published_median" && m.GetGauge().GetValue() != 21 {
				t.Errorf("median %v", m.GetGauge().GetValue())
			}
		}
	}
	want := map[string]string{"mau/it": "quiet", "mau/cu": "retired", "mau/moi": "never", "mau/hong": "blind"}
	if !maps.Equal(have, want) {
		t.Errorf("states %v, want %v", have, want)
	}
}

func TestAuditOfTheVersionInForce(t *testing.T) {
	for classifier, n := range map[string]int{"c1": 19, "c2": 0} {
		reg := setup(t, fake{e: schedule.Evaluation{Plan: "mau/2023", Now: time.Date(2023, 1, 18, 12, 0, 0, 0, time.UTC), Classifier: classifier}})
		want := fmt.Sprintf(`
# HELP loa_audit_right Those of the checked of which the person said the same as the classifier.
# TYPE loa_audit_right gauge
loa_audit_right{decision="accepted"} %d
loa_audit_right{decision="refused"} %d
`, n, map[string]int{"c1": 10}[classifier])
		if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "loa_audit_right"); err != nil {
			t.Error(err)
		}
	}
}

func setup(t *testing.T, f fake, agencies ...media.Agency) *prometheus.Registry {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	machine := func() time.Time { return time.Date(2026, 1, 1, 0, 1, 0, 0, time.UTC) }
	plan := &schedule.Plan{ID: "mau/2023", Province: "mau", Number: "1/KH", Sample: true, Agencies: agencies,
		Quotas: []schedule.Quota{{ID: "B-D1", Title: "Chuyên mục", Place: "điểm d", Kind: "airing", Basis: schedule.ByPlan, Class: schedule.Hard, Wanted: 1, Cadence: calendar.Week}}}
	plan.Quotas = append(plan.Quotas, f.quotas...)
	for id := range f.health {
		plan.Sources = append(plan.Sources, media.Source{ID: id})
	}
	business := func() time.Time { return f.e.Now }
	work := NewWork()
	for id := range f.health {
		work.Note(Look{Kind: "visit", Source: id, Outcome: media.OK, Took: time.Second, Bytes: 1000, ID: "20230118-ab", Until: machine().AddDate(0, 0, 10)})
	}
	c := newCollector(Options{Plan: plan, Reader: f, Business: business, Machine: machine, Timeout: time.Second, Version: "test",
		Figures: f, Work: work, Address: "https://loa.example/"})
	reg.MustRegister(c, c.ledger)
	return reg
}

func TestCollectorShowsCurrentAndLastPeriodOnly(t *testing.T) {
	now := time.Date(2023, 1, 18, 12, 0, 0, 0, time.UTC) // in week 3
	f := fake{e: schedule.Evaluation{Plan: "mau/2023", Now: now, Ran: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Standings: []schedule.Standing{week(1, schedule.Met, now), week(2, schedule.Missed, now), week(3, schedule.Open, now), week(4, schedule.Open, now)}},
		health: map[string]media.Health{"mau/bao": {Active: true, Outcome: media.Unreachable, BlindSince: now, Fails: 2, Visits: map[string]int64{"ok": 4, "unreachable": 2}}}}
	reg := setup(t, f)
	want := `
# HELP loa_quota_state State set: 1 for the state the quota is in, 0 for the others.
# TYPE loa_quota_state gauge
loa_quota_state{owner="mau/dai",period="current",plan="mau/2023",quota="B-D1",state="exempt"} 0
loa_quota_state{owner="mau/dai",period="current",plan="mau/2023",quota="B-D1",state="insufficient_data"} 0
loa_quota_state{owner="mau/dai",period="current",plan="mau/2023",quota="B-D1",state="met"} 0
loa_quota_state{owner="mau/dai",period="current",plan="mau/2023",quota="B-D1",state="missed"} 0
loa_quota_state{owner="mau/dai",period="current",plan="mau/2023",quota="B-D1",state="open"} 1
loa_quota_state{owner="mau/dai",period="last",plan="mau/2023",quota="B-D1",state="exempt"} 0
loa_quota_state{owner="mau/dai",period="last",plan="mau/2023",quota="B-D1",state="insufficient_data"} 0
loa_quota_state{owner="mau/dai",period="last",plan="mau/2023",quota="B-D1",state="met"} 0
loa_quota_state{owner="mau/dai",period="last",plan="mau/2023",quota="B-D1",state="missed"} 1
loa_quota_state{owner="mau/dai",period="last",plan="mau/2023",quota="B-D1",state="open"} 0
# HELP loa_quota_last_save_seconds_left Seconds from the evaluation to the last-save moment; absent when met or over.
# TYPE loa_quota_last_save_seconds_left gauge
loa_quota_last_save_seconds_left{owner="mau/dai",period="current",plan="mau/2023",quota="B-D1"} 385200
# HELP loa_source_blind 1 while the source cannot be read, with the reason; absent while it can.
# TYPE loa_source_blind gauge
loa_source_blind{reason="unreachable",source="mau/bao"} 1
# HELP loa_evaluation_age_seconds Machine time since the last evaluation was stored.
# TYPE loa_evaluation_age_seconds gauge
loa_evaluation_age_seconds{plan="mau/2023"} 60
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "loa_quota_state", "loa_quota_last_save_seconds_left", "loa_source_blind", "loa_evaluation_age_seconds"); err != nil {
		t.Fatal(err)
	}
	problems, err := testutil.GatherAndLint(reg)
	if err != nil || len(problems) > 0 {
		t.Fatalf("lint: %v %v", problems, err)
	}
}

func TestCollectorExportsOnlyNamedMetrics(t *testing.T) {
	now := time.Date(2023, 1, 18, 12, 0, 0, 0, time.UTC)
	h := media.Health{Active: true, Wait: time.Hour, Daily: daily(now, 8*7, 3), Outcome: media.OK, LastOK: now, LastVisit: now, Visits: map[string]int64{"ok": 1},
		Drift: media.Drift{Days: 7, N: 20, Figures: []media.DriftFigure{{Name: media.DriftAccepted, Now: 0.7, Median: 0.2, Score: 5, Unusual: true}}}}
	closed := week(2, schedule.Met, now)
	closed.Reasons = append(closed.Reasons, schedule.Reason{Code: "closed"})
	blind := media.Health{Active: true, Outcome: media.Blocked, LastVisit: now, BlindSince: now}
	unlogged := week(1, schedule.Insufficient, now)
	unlogged.Reasons = []schedule.Reason{{Code: "receipt_missing"}, {Code: "retention_days", Args: map[string]any{"channel": "MTV", "start": "2023-01-09T00:00:00+07:00", "last": "2023-02-08T00:00:00+07:00"}}}
	open := week(3, schedule.Open, now)
	open.Coverage.Share = 1
	once := schedule.Standing{Plan: "mau/2023", Quota: "B-A1", Owner: "mau/so", Period: "2022-12-30..2023-01-30", Start: now.AddDate(0, 0, -18), End: now.AddDate(0, 0, 12), State: schedule.Open}
	held := week(3, schedule.Open, now)
	held.Owner, held.Coverage.Blind = "mau/bao", []schedule.Blind{{Source: "b"}}
	by := schedule.Quota{ID: "B-A1", Title: "Kế hoạch", Place: "điểm a", Kind: "deadline", Basis: schedule.ByPlan, Class: schedule.OnceClass, Wanted: 1, Cadence: calendar.Once}
	reg := setup(t, fake{quotas: []schedule.Quota{by}, e: schedule.Evaluation{Plan: "mau/2023", Now: now, Standings: []schedule.Standing{closed, unlogged, open, once, held}}, health: map[string]media.Health{"a": h, "b": blind}}, media.Agency{ID: "mau/dai", Name: "Đài", Level: "station"})
	got, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, mf := range got {
		seen[mf.GetName()] = true
	}
	for _, m := range Names() {
		if !seen[m.Name] {
			t.Errorf("%s is documented but was not exported", m.Name)
		}
		delete(seen, m.Name)
	}
	for name := range seen {
		t.Errorf("%s is exported but not documented", name)
	}
}

func TestFailedReadFailsTheScrape(t *testing.T) {
	_, h := New(Options{Plan: &schedule.Plan{ID: "mau/2023"}, Reader: fake{err: errors.New("disk gone")}, Business: time.Now, Machine: time.Now})
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	if rec.Code != 500 || !strings.Contains(rec.Body.String(), "disk gone") {
		t.Fatalf("code %d, body %q: a failed read must fail the scrape, never look like zero", rec.Code, rec.Body.String())
	}
}

// TestShadowTellsNobody: a level that is being tried is never at risk to an alert.
func TestShadowTellsNobody(t *testing.T) {
	now := time.Date(2023, 1, 18, 12, 0, 0, 0, time.UTC)
	st := week(3, schedule.Open, now)
	st.Reasons = append(st.Reasons, schedule.Reason{Code: "shadow"})
	got, err := setup(t, fake{e: schedule.Evaluation{Plan: "mau/2023", Now: now, Standings: []schedule.Standing{st}}}).Gather()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"loa_quota_at_risk": 0, "loa_quota_shadow": 1}
	for _, mf := range got {
		if v, ok := want[mf.GetName()]; ok && mf.GetMetric()[0].GetGauge().GetValue() != v {
			t.Errorf("%s is %v, want %v", mf.GetName(), mf.GetMetric()[0].GetGauge().GetValue(), v)
		}
	}
}
