package web

import (
	"context"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/viet"
)

// factsBlock is what was announced, aired and uploaded for a quota in a period.
type factsBlock struct {
	Words string // the three facts in numbers
	Rows  []factsRow
}

// factsRow is one transmission: each fact in words, "" where there is none.
type factsRow struct {
	Channel, Planned, Was, Aired, Uploaded string
	State                                  string // code
	Says                                   string
	Difference                             string
}

// facts reconciles the three facts for the period of a quota of broadcasts, for its
// own channels and columns; nil where it is about nothing that is broadcast, or
// nothing is known.
func (s *site) facts(ctx context.Context, q schedule.Quota, st schedule.Standing) (*factsBlock, error) {
	if s.Runs == nil || q.Kind != "airing" && !slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == "theme" }) {
		return nil, nil
	}
	runs, err := s.Runs(ctx, st.Owner, st.Start, st.End)
	if err != nil {
		return nil, err
	}
	runs = slices.DeleteFunc(runs, func(r schedule.Run) bool {
		if len(q.Channels) > 0 && !slices.Contains(q.Channels, r.Channel) {
			return true
		}
		for _, c := range q.Conditions {
			if c.Name == "theme" && !slices.Contains(c.List, r.Column) {
				return true
			}
		}
		return false
	})
	if len(runs) == 0 {
		return nil, nil
	}
	out := &factsBlock{Words: report.TallyWords(schedule.TallyOf(runs))}
	for _, r := range runs {
		out.Rows = append(out.Rows, s.factsRow(r))
	}
	return out, nil
}

func (s *site) factsRow(r schedule.Run) factsRow {
	row := factsRow{Channel: s.names.Channel(r.Channel), State: string(r.State), Says: viet.Capital(viet.RunState(string(r.State)))}
	if p := r.Planned; p != nil {
		row.Planned = lasts(p.Start, p.Duration)
		if p.Run == "repeat" {
			row.Planned += ", phát lại"
		}
	}
	for _, w := range r.Was {
		row.Was = "trước đó: " + lasts(w.Start, w.Duration)
	}
	if len(r.Aired) > 0 {
		row.Aired = lasts(r.Aired[0].Start, r.Length())
		if n := len(r.Aired); n > 1 {
			row.Aired += fmt.Sprintf(", %d phần", n)
		}
		if !r.Aired[0].FirstRun {
			row.Aired += ", phát lại"
		}
	}
	for _, u := range r.Uploads {
		row.Uploaded = dated(u)
	}
	if n := len(r.Uploads); n > 1 {
		row.Uploaded += fmt.Sprintf(" (%d lần)", n)
	}
	if r.State == schedule.RunChanged {
		row.Difference = viet.RunDifference(r.Moved, r.Longer)
	}
	return row
}

func lasts(start time.Time, length time.Duration) string {
	if length <= 0 {
		return viet.Moment(start)
	}
	return viet.Moment(start) + ", " + viet.Duration(length)
}

func dated(u media.Upload) string {
	if u.Precision == media.ToDay {
		return viet.Day(u.At)
	}
	return viet.Moment(u.At)
}
