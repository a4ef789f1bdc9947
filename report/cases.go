package report

import (
	"fmt"
	"slices"
	"strings"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// caseRow is one make-good case that repairs a row of the report.
type caseRow struct {
	ID, Owner string
	Misses    []string // in words
	State     string
	Over      bool
	Lines     []string // what was pledged and what became of it
}

// cases lists those that repair a row told here, in the order of opening: those
// that go on and those that ended.
func (b builder) cases(ds []Duty) []caseRow {
	var out []caseRow
	for _, c := range b.in.Cases {
		row := caseRow{ID: c.ID, Owner: b.names.Agency(c.Owner), State: viet.CaseState(string(c.State)), Over: c.State.Over(), Lines: b.names.Case(c)}
		told := false
		for _, m := range c.Misses {
			row.Misses = append(row.Misses, m.Quota+", "+b.periodName(m.Period))
			told = told || slices.ContainsFunc(ds, func(d Duty) bool {
				return d.Quota == m.Quota && slices.ContainsFunc(d.Rows, func(r Row) bool { return r.Owner == c.Owner && r.Period == m.Period })
			})
		}
		if told {
			out = append(out, row)
		}
	}
	return out
}

func (b builder) periodName(id string) string {
	if p, err := calendar.Parse(id); err == nil {
		return p.Name()
	}
	return id
}

// Case says why a make-good case was opened, what was pledged, and what became
// of it, a sentence each without its full stop.
func (n Names) Case(c schedule.Case) []string {
	why := "chưa phát vì " + viet.MissReason(c.Reason)
	if c.Words != "" {
		why += " (" + c.Words + ")"
	}
	out := []string{why}
	for i, p := range c.Pledges {
		line := fmt.Sprintf("hẹn lần %d: %s, %s, %s", i+1, viet.Moment(p.Start.In(calendar.Zone)), viet.Duration(p.Length), n.Channel(p.Channel))
		if p.Approved != nil {
			line += ", thống nhất theo " + p.Approved.Document
		}
		switch {
		case p.Outcome == nil && p.Approved == nil:
			line += "; chờ thống nhất"
		case p.Outcome == nil:
			line += "; chờ phát bù"
		case p.Outcome.Kind == schedule.CaseAired:
			line += fmt.Sprintf("; đã phát %s, %s", viet.Moment(p.Outcome.Aired.In(calendar.Zone)), viet.Duration(p.Outcome.Length))
		case p.Outcome.Kind == schedule.CaseMissed:
			line += "; chưa phát bù như đã hẹn"
		default:
			line += "; đã thay bằng lần hẹn khác"
		}
		out = append(out, line)
	}
	if c.Ended != nil {
		line := []string{viet.CaseState(string(c.State)) + " ngày " + viet.Day(c.Ended.At.In(calendar.Zone))}
		if c.Ended.Document != "" {
			line = append(line, "theo "+c.Ended.Document)
		}
		if c.Ended.Words != "" {
			line = append(line, c.Ended.Words)
		}
		out = append(out, strings.Join(line, ", "))
	}
	return out
}
