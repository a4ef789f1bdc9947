package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"loa/schedule"
	"loa/viet"
)

type scheduleRetentionCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Tính tại thời điểm này."`
	JSON bool   `help:"Mỗi lời nhắc một dòng JSON."`
}

// noticeLine is one line of --json.
type noticeLine struct {
	Channel   string `json:"channel"`
	Programme string `json:"programme,omitempty"` // of a transmission; none of days without a log
	Start     string `json:"start"`
	To        string `json:"to,omitempty"` // of days without a log, exclusive
	Grade     string `json:"grade,omitempty"`
	Last      string `json:"last"`  // last day on which the recording of the first is kept
	Whole     string `json:"whole"` // and that of the last
	Days      int    `json:"days"`
	Basis     string `json:"basis"`
}

// Run prints which recordings have to be asked for before they are deleted.
func (c *scheduleRetentionCmd) Run(a *app) error {
	e, err := a.openAsOf(c.Plan, fixed(c.At), time.Time{})
	if err != nil {
		return err
	}
	defer e.close()
	list, err := e.notices(a.ctx, e.plan)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(a.Out)
		enc.SetEscapeHTML(false)
		for _, n := range list {
			l := noticeLine{n.Channel, n.Programme, rfc(n.Start), rfc(n.To), string(n.Claimed), n.Last.Format(time.DateOnly), n.Whole.Format(time.DateOnly), n.Days, n.Basis}
			if err := enc.Encode(l); err != nil {
				return fmt.Errorf("write notice: %w", err)
			}
		}
		return nil
	}
	if e.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	switch {
	case len(e.plan.Retention) == 0:
		_, err := fmt.Fprintln(a.Out, "Kế hoạch chưa ghi đài lưu giữ bản ghi bao lâu (retention).")
		return err
	case len(list) == 0:
		_, err := fmt.Fprintln(a.Out, "Không có bản ghi nào sắp hết hạn lưu giữ mà chưa có minh chứng.")
		return err
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Kênh\tChưa có minh chứng\tCăn cứ biết đến\tĐài còn lưu đến hết\tQuy định")
	for _, n := range list {
		what, from, last := "lần phát "+viet.Moment(n.Start), "lịch dự kiến", viet.Day(n.Last)
		switch {
		case !n.To.IsZero():
			what, from = "nhật ký từ "+viet.Day(n.Start)+" đến "+viet.Day(n.To.Add(-time.Second)), "-"
			if !n.Whole.Equal(n.Last) {
				last += " (ngày đầu), " + viet.Day(n.Whole) + " (ngày cuối)"
			}
		case n.Claimed == "C":
			from = "danh sách đăng tải"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d ngày, %s\n", n.Channel, what, from, last, n.Days, n.Basis)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Out, "Quá ngày này đài không còn phải lưu chương trình đã phát: đề nghị gửi nhật ký hoặc bản ghi trước đó.")
	return err
}

// notices are told from what the stations that keep recordings announced, uploaded
// and handed in.
func (e *engine) notices(ctx context.Context, plan *schedule.Plan) ([]schedule.Notice, error) {
	var stations []string
	for _, r := range plan.Retention {
		stations = append(stations, r.Agency)
	}
	if len(stations) == 0 {
		return nil, nil
	}
	part, now := plan.For(stations...), e.business()
	runs, obs, err := e.runs(ctx, part, plan.Kept(now))
	if err != nil {
		return nil, err
	}
	return schedule.Notices(part, runs, obs, now), nil
}
