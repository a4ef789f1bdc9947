package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/schedule"
)

// recording is one line of «Sắp hết hạn lưu giữ»: what would prove a broadcast, and
// until when the station has it.
type recording struct {
	Words, URL string
	Last       time.Time
}

// recordings are told in the reasons of standings, once each: the row it leads to is
// the first that tells it. What is past its last day by now is not told.
func (s *site) recordings(sts []schedule.Standing, now time.Time) []recording {
	var out []recording
	known := map[string]bool{}
	for _, st := range sts {
		for _, r := range st.Reasons {
			if r.Code != "retention_run" && r.Code != "retention_days" {
				continue
			}
			key := fmt.Sprint(r.Code, r.Args["channel"], r.Args["start"])
			last := instant(&r, "last")
			whole := instant(&r, "whole")
			if whole.IsZero() {
				whole = last
			}
			if known[key] || !now.Before(whole.AddDate(0, 0, 1)) {
				continue
			}
			known[key] = true
			out = append(out, recording{Words: s.names.Reason(r), URL: s.standingURL(st.Quota, st.Owner, st.Period), Last: last})
		}
	}
	slices.SortStableFunc(out, func(a, b recording) int {
		if c := a.Last.Compare(b.Last); c != 0 {
			return c
		}
		return strings.Compare(a.Words, b.Words)
	})
	return out
}
