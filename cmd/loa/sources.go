package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"loa/media"
	"loa/viet"
)

type sourcesCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	JSON bool   `name:"json" help:"In mỗi nguồn một dòng JSON."`
}

// Run tells how every source of the plan stands. It visits none.
func (c *sourcesCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	health, err := e.store.Health(a.ctx)
	if err != nil {
		return fmt.Errorf("đọc tình trạng nguồn: %w", err)
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	if !c.JSON {
		fmt.Fprintln(w, "NGUỒN\tTÌNH TRẠNG\tĐỌC ĐƯỢC GẦN NHẤT\tCÁCH NHAU\tGHI CHÚ")
	}
	for _, s := range e.plan.Sources {
		h := health[s.ID]
		line := sourceLine(s, h, s.Condition(h, e.business(), e.holiday))
		if c.JSON {
			text, err := json.Marshal(line)
			if err != nil {
				return fmt.Errorf("in nguồn %s: %w", s.ID, err)
			}
			fmt.Fprintln(a.Out, string(text))
			continue
		}
		last, wait := "–", "–"
		if line.LastOK != nil {
			last = viet.Moment(*line.LastOK)
		}
		if h.Wait > 0 {
			wait = h.Wait.Round(time.Minute).String()
			wait = strings.TrimSuffix(wait, "0s")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.ID, viet.SourceWord(string(line.State)), last, wait, line.note())
	}
	return w.Flush()
}

// sourceState is one source as told on the command line.
type sourceState struct {
	Source     string            `json:"source"`
	Name       string            `json:"name"`
	State      media.SourceState `json:"state"`
	Reason     string            `json:"reason,omitempty"` // blind reason
	Doubt      string            `json:"doubt,omitempty"`
	Detail     string            `json:"detail,omitempty"`
	BlindSince *time.Time        `json:"blind_since,omitempty"`
	LastOK     *time.Time        `json:"last_ok,omitempty"`
	CoveredTo  *time.Time        `json:"covered_to,omitempty"`
	NextDue    *time.Time        `json:"next_due,omitempty"`
	Wait       float64           `json:"wait_seconds,omitempty"`
	Weeks      []int             `json:"weeks,omitempty"` // by seven days, oldest first; -1: not seen
	Days       int               `json:"days,omitempty"`  // stretch compared
	Count      int               `json:"count"`
	Median     float64           `json:"median"`
	Score      float64           `json:"score"`
	Drift      media.Drift       `json:"drift,omitzero"`

	how media.Condition
}

func sourceLine(s media.Source, h media.Health, how media.Condition) sourceState {
	some := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	return sourceState{
		Source: s.ID, Name: s.Name, State: how.State, Reason: how.Reason, Doubt: how.Doubt, Detail: h.Detail, BlindSince: some(h.BlindSince),
		LastOK: some(h.LastOK), CoveredTo: some(h.CoveredTo), NextDue: some(h.NextDue), Wait: h.Wait.Seconds(),
		Weeks: how.Weeks, Days: how.Days, Count: how.Count, Median: how.Median, Score: how.Score, Drift: h.Drift, how: how,
	}
}

// note says why, in words.
func (s sourceState) note() string {
	var out []string
	switch {
	case s.Reason != "":
		out = append(out, viet.OutcomeOf(s.Reason, s.Detail)+", từ "+viet.Moment(*s.BlindSince))
	case s.State == media.SourceQuiet:
		out = append(out, quietWords(s.how))
	}
	if s.Doubt != "" {
		out = append(out, viet.SourceWord(s.Doubt))
	}
	if s.Drift.Unusual() {
		out = append(out, viet.SourceWord("unusual")+" ("+driftWords(s.Drift)+")")
	}
	return strings.Join(out, "; ")
}

// driftWords tells the figures that have left their own history.
func driftWords(d media.Drift) string {
	var out []string
	for _, f := range d.Figures {
		if f.Unusual {
			out = append(out, viet.DriftFigure(f.Name, f.Now, f.Median))
		}
	}
	return fmt.Sprintf("%d tin trong %d ngày: %s", d.N, d.Days, strings.Join(out, "; "))
}

// quietWords compares what a source published with what it does.
func quietWords(how media.Condition) string {
	return fmt.Sprintf("%d tin trong %d ngày, thường lệ %s", how.Count, how.Days, viet.Decimal(how.Median))
}

// holiday reports whether the day is in a table of public holidays.
func (e *engine) holiday(day time.Time) bool {
	_, off := e.cal.Holiday(day)
	return off
}
