package metrics

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"loa/media"
	"loa/schedule"
)

// Reader is what a scrape reads.
type Reader interface {
	Evaluation(ctx context.Context, plan string) (e schedule.Evaluation, ok bool, err error)
	Health(ctx context.Context) (map[string]media.Health, error)
	VerdictCounts(ctx context.Context) (map[string]int, error)
	// AuditCounts counts the random sample of what a version of the classifier decided alone.
	AuditCounts(ctx context.Context, classifier string) (accepted, refused AuditCount, err error)
}

// AuditCount counts a sample: pieces drawn, those a person has spoken on, and of
// these those of which the person said the same as the classifier.
type AuditCount struct{ Sampled, Checked, Right int }

// Options of a collector.
type Options struct {
	Plan     *schedule.Plan
	Reader   Reader
	Business func() time.Time
	Holiday  func(day time.Time) bool // public holidays; nil: none
	Machine  func() time.Time
	Version  string
	Timeout  time.Duration // of one scrape's reads; 0 means 10 s
}

// New returns a registry with loa's collector alone, and its HTTP handler.
func New(opt Options) (*prometheus.Registry, http.Handler) {
	if opt.Timeout == 0 {
		opt.Timeout = 10 * time.Second
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(&collector{opt: opt, desc: descs()})
	return reg, promhttp.HandlerFor(reg, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

type collector struct {
	opt  Options
	desc map[string]*prometheus.Desc
}

func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range Names() {
		ch <- c.desc[m.Name]
	}
}

// scrape sends the values of one Collect.
type scrape struct {
	c  *collector
	ch chan<- prometheus.Metric
}

func (s scrape) gauge(name string, v float64, labels ...string) {
	s.ch <- prometheus.MustNewConstMetric(s.c.desc[name], prometheus.GaugeValue, v, labels...)
}

// Collect reads the store. A failed read fails the scrape, which is the truth:
// an absent figure must never look like a zero.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), c.opt.Timeout)
	defer cancel()
	s := scrape{c, ch}
	s.gauge("loa_build_info", 1, c.opt.Version)
	p := c.opt.Plan
	s.gauge("loa_plan_info", 1, p.ID, p.Number, fmt.Sprint(p.Sample))
	fail := func(doing string, err error) {
		ch <- prometheus.NewInvalidMetric(c.desc["loa_build_info"], fmt.Errorf("%s: %w", doing, err))
	}
	e, ok, err := c.opt.Reader.Evaluation(ctx, p.ID)
	if err != nil {
		fail("read the last evaluation", err)
	} else if ok {
		s.evaluation(e, c.opt.Machine())
		s.settled(p, e)
		accepted, refused, err := c.opt.Reader.AuditCounts(ctx, e.Classifier)
		if err != nil {
			fail("count the sample", err)
		} else {
			s.audit("accepted", accepted)
			s.audit("refused", refused)
		}
	}
	health, err := c.opt.Reader.Health(ctx)
	if err != nil {
		fail("read the sources' health", err)
	}
	for id, h := range health {
		if h.Active {
			s.source(id, h)
		}
	}
	if err == nil {
		for _, src := range p.Sources {
			s.condition(src, health[src.ID])
		}
	}
	counts, err := c.opt.Reader.VerdictCounts(ctx)
	if err != nil {
		fail("count verdicts", err)
	} else {
		for _, v := range []string{"reform", "other", "review", "unjudged"} {
			s.gauge("loa_items", float64(counts[v]), v)
		}
	}
}

func (s scrape) audit(decision string, n AuditCount) {
	s.gauge("loa_audit_sampled", float64(n.Sampled), decision)
	s.gauge("loa_audit_checked", float64(n.Checked), decision)
	s.gauge("loa_audit_right", float64(n.Right), decision)
}

// condition tells how a source of the plan stands, with what its rhythm says.
func (s scrape) condition(src media.Source, h media.Health) {
	how := src.Condition(h, s.c.opt.Business(), s.c.opt.Holiday)
	for _, state := range media.SourceStates() {
		s.gauge("loa_source_state", truth(how.State == state), src.ID, string(state))
	}
	for _, doubt := range []string{media.TooManyNew, media.ListShrunk, media.NoNew} {
		s.gauge("loa_source_doubt", truth(how.Doubt == doubt), src.ID, doubt)
	}
	if how.Days > 0 {
		s.gauge("loa_source_quiet_score", how.Score, src.ID)
		s.gauge("loa_source_published", float64(how.Count), src.ID)
		s.gauge("loa_source_published_median", how.Median, src.ID)
	}
	if d := h.Drift; d.N > 0 {
		s.gauge("loa_source_classified", float64(d.N), src.ID)
		for _, f := range d.Figures {
			s.gauge("loa_source_drift", f.Now, src.ID, f.Name)
			s.gauge("loa_source_drift_unusual", truth(f.Unusual), src.ID, f.Name)
			if d.Days > 0 {
				s.gauge("loa_source_drift_median", f.Median, src.ID, f.Name)
				s.gauge("loa_source_drift_score", f.Score, src.ID, f.Name)
			}
		}
	}
	if h.Wait > 0 {
		s.gauge("loa_source_wait_seconds", h.Wait.Seconds(), src.ID)
	}
}

func (s scrape) source(id string, h media.Health) {
	if !h.LastOK.IsZero() {
		s.gauge("loa_source_last_success_timestamp_seconds", seconds(h.LastOK), id)
	}
	if !h.BlindSince.IsZero() {
		s.gauge("loa_source_blind", 1, id, h.Outcome)
	}
	s.gauge("loa_source_failures", float64(h.Fails), id)
	s.gauge("loa_source_items", float64(h.Items), id)
	if !h.LastVisit.IsZero() {
		s.gauge("loa_source_last_visit_duration_seconds", h.Took.Seconds(), id)
	}
	for outcome, n := range h.Visits {
		s.ch <- prometheus.MustNewConstMetric(s.c.desc["loa_source_visits_total"], prometheus.CounterValue, float64(n), id, outcome)
	}
}

func (s scrape) evaluation(e schedule.Evaluation, machine time.Time) {
	s.gauge("loa_evaluation_timestamp_seconds", seconds(e.Now), e.Plan)
	s.gauge("loa_evaluation_age_seconds", machine.Sub(e.Ran).Seconds(), e.Plan)
	for label, standings := range shown(e) {
		for _, st := range standings {
			s.standing(st, label, e.Now)
		}
	}
}

// shown picks, for each quota and owner, the period that holds now and the
// newest that has ended.
func shown(e schedule.Evaluation) map[string][]schedule.Standing {
	type key struct{ quota, owner string }
	last, current := map[key]schedule.Standing{}, map[key]schedule.Standing{}
	out := map[string][]schedule.Standing{}
	for _, st := range e.Standings {
		switch {
		case st.Start.After(e.Now):
		case st.End.After(e.Now):
			k := key{st.Quota, st.Owner}
			if old, ok := current[k]; !ok || st.Start.After(old.Start) {
				current[k] = st
			}
		default:
			k := key{st.Quota, st.Owner}
			if old, ok := last[k]; !ok || st.End.After(old.End) {
				last[k] = st
			}
		}
	}
	for _, st := range current {
		out["current"] = append(out["current"], st)
	}
	for _, st := range last {
		out["last"] = append(out["last"], st)
	}
	return out
}

func (s scrape) standing(st schedule.Standing, period string, now time.Time) {
	l := []string{st.Plan, st.Quota, st.Owner, period}
	for _, m := range st.Measures {
		ml := append(append([]string(nil), l...), m.Name, string(m.Basis))
		s.gauge("loa_quota_wanted", m.Wanted, ml...)
		s.gauge("loa_quota_delivered", m.Delivered, ml...)
		s.gauge("loa_quota_shortfall", m.Shortfall, ml...)
	}
	s.gauge("loa_quota_due_by_now", st.DueByNow, l...)
	for _, state := range schedule.States() {
		s.gauge("loa_quota_state", truth(st.State == state), append(append([]string(nil), l...), string(state))...)
	}
	s.gauge("loa_quota_at_risk", truth(st.State == schedule.Open && st.Risk == "at_risk" && !st.Shadow()), l...)
	s.gauge("loa_quota_shadow", truth(st.Shadow()), l...)
	s.gauge("loa_quota_missed_confirmed", truth(st.State == schedule.Missed && st.Confirmed), l...)
	s.gauge("loa_quota_observed_ratio", st.Coverage.Share, l...)
	s.gauge("loa_quota_period_end_timestamp_seconds", seconds(st.End), l...)
	s.gauge("loa_quota_period_seconds_left", max(0, st.End.Sub(now).Seconds()), l...)
	if st.LastSave != nil {
		s.gauge("loa_quota_last_save_timestamp_seconds", seconds(*st.LastSave), l...)
		s.gauge("loa_quota_last_save_seconds_left", st.LastSave.Sub(now).Seconds(), l...)
	}
	if by, ok := st.ProduceBy(); ok {
		s.gauge("loa_quota_produce_by_timestamp_seconds", seconds(by), l...)
		s.gauge("loa_quota_produce_by_seconds_left", by.Sub(now).Seconds(), l...)
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
