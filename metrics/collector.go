package metrics

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// Reader is what a scrape reads.
type Reader interface {
	Evaluation(ctx context.Context, plan string) (e schedule.Evaluation, ok bool, err error)
	Health(ctx context.Context) (map[string]media.Health, error)
	VerdictCounts(ctx context.Context) (map[string]int, error)
	// QuarantineCounts counts what a stage panicked on and still waits, by stage.
	QuarantineCounts(ctx context.Context) (map[string]int, error)
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

	Calendar *calendar.Calendar // working days, for warnings and reminders; nil: no holidays
	Figures  Figures            // nil: not shown
	Work     *Work              // what this process does; nil: not shown
	Address  string             // of the desk, for links: "https://loa.example.vn"; "" if not said
}

// collector shows what is read at every scrape; its ledger what changes with the
// stored evaluation alone.
type collector struct {
	opt    Options
	desc   map[string]*prometheus.Desc
	shape  map[string]shape
	quotas map[string]schedule.Quota
	build  []string // values of loa_build_info
	ledger *ledger
}

func newCollector(opt Options) *collector {
	if opt.Calendar == nil {
		opt.Calendar = &calendar.Calendar{}
	}
	c := &collector{opt: opt, desc: descs(), shape: shapes(), quotas: map[string]schedule.Quota{}, build: []string{opt.Version, runtime.Version(), revision()}}
	for _, q := range opt.Plan.Quotas {
		c.quotas[q.ID] = q
	}
	c.ledger = &ledger{c: c}
	return c
}

// revision is the state of the source that the program was built from, "" if unknown.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}

func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range Names() {
		if d, ok := c.desc[m.Name]; ok && !ofLedger(m.Name) {
			ch <- d
		}
	}
	if c.opt.Work != nil {
		c.opt.Work.duration.Describe(ch)
	}
}

// scrape sends the values of one Collect.
type scrape struct {
	c    *collector
	send func(prometheus.Metric)
}

func (s scrape) fail(doing string, err error) {
	s.send(prometheus.NewInvalidMetric(s.c.desc["loa_build_info"], fmt.Errorf("%s: %w", doing, err)))
}

// Collect reads the store. A failed read fails the scrape, which is the truth:
// an absent figure must never look like a zero.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), c.opt.Timeout)
	defer cancel()
	s := scrape{c, func(m prometheus.Metric) { ch <- m }}
	s.gauge("loa_build_info", 1, c.build...)
	p := c.opt.Plan
	s.gauge("loa_plan_info", 1, p.ID, p.Number, fmt.Sprint(p.Sample))
	s.papers(c.opt.Business())
	if c.opt.Work != nil {
		c.opt.Work.collect(s)
	}
	page, err := c.ledger.get(ctx, "")
	if err != nil {
		s.fail("read the last evaluation", err)
		return
	}
	if page.ok {
		s.gauge("loa_evaluation_age_seconds", c.opt.Machine().Sub(page.ran).Seconds(), p.ID)
		accepted, refused, err := c.opt.Reader.AuditCounts(ctx, page.classifier)
		if err != nil {
			s.fail("count the sample", err)
		} else {
			s.audit("accepted", accepted)
			s.audit("refused", refused)
		}
	}
	health, err := c.opt.Reader.Health(ctx)
	if err != nil {
		s.fail("read the sources' health", err)
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
		s.fail("count verdicts", err)
	} else {
		for _, v := range []string{"reform", "other", "review", "unjudged"} {
			s.gauge("loa_items", float64(counts[v]), v)
		}
	}
	penned, err := c.opt.Reader.QuarantineCounts(ctx)
	if err != nil {
		s.fail("count the quarantine", err)
	} else {
		for _, stage := range []string{media.StageRead, media.StageJudge, media.StageCompare, media.StageEvaluate, media.StageChore} {
			s.gauge("loa_quarantined_documents", float64(penned[stage]), stage)
		}
	}
	if c.opt.Figures != nil {
		if err := s.figures(ctx, page.classifier); err != nil {
			s.fail("count what is stored", err)
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
		s.gauge("loa_source_blind_since_timestamp_seconds", seconds(h.BlindSince), id)
		s.gauge("loa_source_blind_seconds", max(0, s.c.opt.Business().Sub(h.BlindSince).Seconds()), id)
	}
	s.gauge("loa_source_failures", float64(h.Fails), id)
	s.gauge("loa_source_items", float64(h.Items), id)
	if !h.LastVisit.IsZero() {
		s.gauge("loa_source_last_visit_duration_seconds", h.Took.Seconds(), id)
	}
	for outcome, n := range h.Visits {
		s.counter("loa_source_visits_total", float64(n), id, outcome)
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
