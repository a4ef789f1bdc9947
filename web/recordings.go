package web

import (
	"context"
	"fmt"

	"loa/schedule"
)

// recording is one line of «Bản ghi sắp hết hạn lưu giữ»: what would prove a
// broadcast, and until when the station has it.
type recording struct {
	Words, URL string
}

// recordings lead to the standing that tells of them, else to what was received.
func (s *site) recordings(ctx context.Context, sts []schedule.Standing) ([]recording, error) {
	if s.Notices == nil {
		return nil, nil
	}
	list, err := s.Notices(ctx)
	var out []recording
	key := func(r schedule.Reason) string { return fmt.Sprint(r.Code, r.Args["channel"], r.Args["start"]) }
	told := map[string]string{}
	for _, st := range sts {
		for _, r := range st.Reasons {
			if k := key(r); (r.Code == "retention_run" || r.Code == "retention_days") && told[k] == "" {
				told[k] = s.standingURL(st.Quota, st.Owner, st.Period)
			}
		}
	}
	for _, n := range list {
		r := n.Reason(s.Plan)
		line := recording{Words: s.names.Reason(r), URL: told[key(r)]}
		if line.URL == "" {
			line.URL = "/nguon#h-logs"
		}
		out = append(out, line)
	}
	return out, err
}
