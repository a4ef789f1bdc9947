package metrics

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

var update = flag.Bool("update", false, "write docs/METRICS.md anew")

// foreign are the metrics of others that rules may use: Prometheus's own, and the
// blackbox exporter's, which looks at a site from a second place.
var foreign = []string{"ALERTS", "probe_success"}

type rule struct {
	Record, Alert, Expr string
	Labels, Annotations map[string]string
}

// rules reads the shipped rules.
func rules(t *testing.T) []rule {
	t.Helper()
	files, err := filepath.Glob("../deploy/prometheus/rules/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	var out []rule
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Groups []struct{ Rules []rule }
		}
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		for _, g := range doc.Groups {
			out = append(out, g.Rules...)
		}
	}
	return out
}

// Rules name no metric that loa does not export, count what several nodes say
// once, and never ask the clock.
func TestRulesNameWhatExists(t *testing.T) {
	known := map[string]bool{}
	for _, m := range Names() {
		known[m.Name] = true
	}
	recorded := map[string]bool{}
	for _, r := range rules(t) {
		recorded[r.Record] = true
	}
	metric := regexp.MustCompile(`\b(?:loa[_:][a-z0-9_:]+|probe_[a-z_]+|ALERTS)\b`)
	for _, r := range rules(t) {
		texts := []string{r.Expr}
		for _, text := range r.Labels {
			texts = append(texts, text)
		}
		for _, text := range r.Annotations {
			texts = append(texts, text)
		}
		for _, text := range texts {
			for _, name := range metric.FindAllString(text, -1) {
				if !known[name] && !recorded[name] && !slices.Contains(foreign, name) {
					t.Errorf("%s%s names %s, which nobody exports", r.Record, r.Alert, name)
				}
			}
			if regexp.MustCompile(`\b(time|hour|minute|day_of_week|day_of_month|month|year)\(`).MatchString(text) {
				t.Errorf("%s%s asks the clock", r.Record, r.Alert)
			}
		}
		if strings.Contains(r.Expr, "loa_") && !strings.Contains(r.Expr, "without (instance") && !strings.Contains(r.Expr, "absent(") {
			t.Errorf("%s%s counts nodes apart: %s", r.Record, r.Alert, r.Expr)
		}
	}
}

// docs/METRICS.md says what Names says.
func TestMetricsAreDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Metrics\n\nWhat `loa serve` shows at `/metrics`; made from `metrics.Names()` by `go test ./metrics -run Documented -update`.\n" +
		"Labels never grow with time but for `period_id`, `period_name` and `path` of `loa_quota_period_info` (decision 27). Figures of the store are the same\n" +
		"on every node: take `max without (instance)`. Counters and histograms of what a process did itself add up: `sum`.\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n")
	for _, m := range Names() {
		labels := ""
		if len(m.Labels) > 0 {
			labels = "`" + strings.Join(m.Labels, "` `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m.Name, m.Type, labels, m.Help)
	}
	const file = "../docs/METRICS.md"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil || string(have) != b.String() {
		t.Errorf("docs/METRICS.md is not what Names says (%v): go test ./metrics -run Documented -update", err)
	}
}
