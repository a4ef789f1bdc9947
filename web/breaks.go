package web

import (
	"context"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
)

// breakRow is one place where a column does not go on as it should.
type breakRow struct {
	Where string // a channel, in print, on line
	At    time.Time
	Words string
}

// breaks are those of a quota's own columns and channels in a period; nil where it
// is about no column.
func (s *site) breaks(ctx context.Context, q schedule.Quota, st schedule.Standing) ([]breakRow, error) {
	var columns []string
	for _, c := range q.Conditions {
		if c.Name == "theme" || c.Name == "column" {
			columns = append(columns, c.List...)
		}
	}
	if s.Breaks == nil || len(columns) == 0 {
		return nil, nil
	}
	list, err := s.Breaks(ctx, st.Owner, st.Start, st.End)
	var out []breakRow
	for _, b := range list {
		if !slices.Contains(columns, b.Column) || b.Kind == media.EvAiring && len(q.Channels) > 0 && !slices.Contains(q.Channels, b.Channel) {
			continue
		}
		row := breakRow{Where: "trên mạng", At: b.At, Words: s.names.Reason(b.Reason)}
		switch b.Kind {
		case media.EvAiring:
			row.Where = s.names.Channel(b.Channel)
		case media.EvPrint:
			row.Where = "báo in"
		}
		out = append(out, row)
	}
	return out, err
}
