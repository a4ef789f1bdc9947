package year

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/metrics"
	"loa/schedule"
	"loa/schedule/calendar"
)

// reader hands one evaluation to the collectors.
type reader struct {
	e      schedule.Evaluation
	health map[string]media.Health
}

func (r *reader) Evaluation(context.Context, string) (schedule.Evaluation, bool, error) {
	return r.e, true, nil
}
func (r *reader) Health(context.Context) (map[string]media.Health, error)                  { return r.health, nil }
func (r *reader) QuarantineCounts(context.Context) (map[string]int, error)                 { return nil, nil }
func (r *reader) VerdictCounts(context.Context) (map[string]int, error)                    { return nil, nil }
func (r *reader) AuditCounts(context.Context, string) (a, b metrics.AuditCount, err error) { return }

// line is one series, in promtool's notation of values.
type line struct {
	b     strings.Builder
	next  int // hour of the next value
	first float64
	delta float64
	n     int // values of the run, from first by delta
}

// put adds the value of an hour; what lies between was stale.
func (l *line) put(hour int, v float64) {
	if l.next < hour {
		l.flush()
		if l.next > 0 {
			l.b.WriteString("stale ")
			l.next++
		}
		if gap := hour - l.next; gap > 0 {
			fmt.Fprintf(&l.b, "_x%d ", gap)
		}
		l.next = hour
	}
	switch {
	case l.n == 0:
		l.first, l.n = v, 1
	case l.n == 1:
		l.delta, l.n = v-l.first, 2
	case math.Abs(l.first+l.delta*float64(l.n)-v) < 1e-6:
		l.n++
	default:
		l.flush()
		l.first, l.n = v, 1
	}
	l.next++
}

func (l *line) flush() {
	f := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch {
	case l.n == 1:
		l.b.WriteString(f(l.first) + " ")
	case l.n > 1 && l.delta == 0:
		fmt.Fprintf(&l.b, "%sx%d ", f(l.first), l.n-1)
	case l.n > 1 && l.delta < 0:
		fmt.Fprintf(&l.b, "%s%sx%d ", f(l.first), f(l.delta), l.n-1)
	case l.n > 1:
		fmt.Fprintf(&l.b, "%s+%sx%d ", f(l.first), f(l.delta), l.n-1)
	}
	l.n, l.delta = 0, 0
}

// used are the metrics that rules read of quotas and sources; the others say
// nothing here.
var used = regexp.MustCompile(`^loa_(quota_|source_blind|source_place|owner_place|retention_|report_|evaluation_|build_info)`)

// Play plays a year and writes what loa measured at every hour into a folder, as
// input of promtool, with the rules beside: promtool tells what they said. ask is
// called with each month's number when it begins. Weeks is how many are played; 0
// is the year and the month after it.
func Play(ctx context.Context, p *schedule.Plan, cal *calendar.Calendar, seed uint64, weeks int, rules fs.FS, dir string, ask func(month int)) (Result, error) {
	w, err := newWorld(p, cal, seed)
	if err != nil {
		return Result{}, err
	}
	if to := w.from.AddDate(0, 0, 7*weeks); weeks > 0 && to.Before(w.to) {
		w.to = to
	}
	src := &reader{}
	reg, _ := metrics.New(metrics.Options{Plan: w.plan, Reader: src, Calendar: cal, Business: func() time.Time { return src.e.Now }, Machine: func() time.Time { return src.e.Now }})
	lines := map[string]*line{}
	hours := int(w.to.Sub(w.from) / time.Hour)
	for h := range hours {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		now := w.from.Add(time.Duration(h) * time.Hour)
		if now.Day() == 1 && now.Hour() == 0 {
			ask(int(now.Month()))
		}
		src.e, src.health = w.evaluate(now)
		families, err := reg.Gather()
		if err != nil {
			return Result{}, fmt.Errorf("measure at %s: %w", now, err)
		}
		for _, f := range families {
			if !used.MatchString(f.GetName()) {
				continue
			}
			for _, m := range f.GetMetric() {
				var labels []string
				for _, l := range m.GetLabel() {
					labels = append(labels, l.GetName()+"="+strconv.Quote(l.GetValue()))
				}
				name := f.GetName() + "{" + strings.Join(labels, ",") + "}"
				if lines[name] == nil {
					lines[name] = &line{}
				}
				lines[name].put(h, m.GetGauge().GetValue()+m.GetCounter().GetValue())
			}
		}
	}
	said, err := w.promtool(ctx, lines, hours, rules, dir)
	if err != nil {
		return Result{}, err
	}
	return w.judge(said, len(lines), hours), nil
}

// episode is one alert from the hour it began to fire.
type episode struct {
	labels map[string]string
	first  time.Time
	times  int // how often it began
	starts []start
}

// start is how often an alert began within one stretch of hours, and first when.
type start struct {
	at time.Time
	n  int
}

// promtool asks the real one what the shipped rules say of the series.
func (w *world) promtool(ctx context.Context, lines map[string]*line, hours int, rules fs.FS, dir string) ([]episode, error) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		return nil, fmt.Errorf("find promtool: %w", err)
	}
	var b bytes.Buffer
	b.WriteString("rule_files:\n")
	names, err := fs.Glob(rules, "*.yaml")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("find the rules: %d files, %w", len(names), err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(rules, name)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "  - %s\n", name)
	}
	b.WriteString("evaluation_interval: 1h\ngroup_eval_order: [loa-figures, loa-quotas, loa-sources, loa-security, loa-itself]\ntests:\n  - interval: 1h\n    input_series:\n")
	keys := make([]string, 0, len(lines))
	for k := range lines {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		l := lines[k]
		l.flush()
		if l.next < hours {
			l.b.WriteString("stale")
		}
		fmt.Fprintf(&b, "      - series: '%s'\n        values: '%s'\n", strings.ReplaceAll(k, "'", "''"), strings.TrimSpace(l.b.String()))
	}
	// Asked for what nobody expects, promtool answers with all it knows: a stretch of
	// hours at a time, for it holds no more in memory.
	const firing, stretch = `ALERTS{alertstate="firing",alertname!="LoaWatchdog"}`, 240
	b.WriteString("    promql_expr_test:\n")
	for from := 0; from < hours; from += stretch {
		n := min(stretch, hours-from)
		span := fmt.Sprintf("[%dh:1h]", n)
		for _, expr := range []string{"min_over_time(timestamp(" + firing + " unless " + firing + " offset 1h)" + span + ")",
			"sum_over_time((" + firing + " unless " + firing + " offset 1h)" + span + ")"} {
			fmt.Fprintf(&b, "      - expr: '%s'\n        eval_time: %dh\n        exp_samples: []\n", expr, from+n-1)
		}
	}
	file := filepath.Join(dir, "year.yaml")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, promtool, "test", "rules", file).CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return nil, fmt.Errorf("run promtool: %w", err)
	}
	return w.read(string(out))
}

// read parses promtool's answers: «got: {labels} value, …» of both questions.
func (w *world) read(out string) ([]episode, error) {
	sample := regexp.MustCompile(`\{((?:[a-z_]+="(?:[^"\\]|\\.)*"(?:, )?)+)\} ([0-9.E+]+)`)
	label := regexp.MustCompile(`([a-z_]+)="((?:[^"\\]|\\.)*)"`)
	by := map[string]*episode{}
	for _, part := range regexp.MustCompile(`(?m)^\s*expr: "`).Split(out, -1)[1:] {
		for _, m := range sample.FindAllStringSubmatch(part, -1) {
			v, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				return nil, fmt.Errorf("read promtool's answer %q: %w", m[0], err)
			}
			key := m[1]
			labels := map[string]string{}
			for _, l := range label.FindAllStringSubmatch(key, -1) {
				labels[l[1]] = l[2]
			}
			delete(labels, "__name__")
			delete(labels, "alertstate")
			id := fmt.Sprint(labels)
			if by[id] == nil {
				by[id] = &episode{labels: labels}
			}
			e := by[id]
			if strings.HasPrefix(part, "min_over_time") {
				e.starts = append(e.starts, start{w.from.Add(time.Duration(v) * time.Second), 1})
			} else if len(e.starts) > 0 {
				e.starts[len(e.starts)-1].n = int(math.Round(v))
			}
		}
	}
	if len(by) == 0 || strings.Contains(out, "err:") {
		return nil, fmt.Errorf("promtool answers otherwise than known: %.2000s", out)
	}
	var all []episode
	for _, e := range by {
		for _, s := range e.starts { // ascending
			e.times += s.n
		}
		if e.times > 0 {
			e.first = e.starts[0].at
			all = append(all, *e)
		}
	}
	slices.SortFunc(all, func(a, b episode) int { return a.first.Compare(b.first) })
	return all, nil
}
