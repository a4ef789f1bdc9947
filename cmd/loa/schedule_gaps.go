package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/viet"
)

type scheduleGapsCmd struct {
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Tính tại thời điểm này."`
	From   moment `help:"Từ ngày này (mặc định: 13 tuần trước)."`
	To     moment `help:"Đến hết ngày này (mặc định: hôm nay)."`
	Column string `help:"Chỉ chuyên mục này." placeholder:"MÃ"`
	JSON   bool   `help:"Mỗi chỗ một dòng JSON."`
}

// breakLine is one line of --json.
type breakLine struct {
	Agency  string         `json:"agency"`
	Column  string         `json:"column"`
	Kind    string         `json:"kind"` // "airing", "print" or "item"
	Channel string         `json:"channel,omitempty"`
	At      string         `json:"at"`
	Code    string         `json:"code"`
	Args    map[string]any `json:"args"`
	Words   string         `json:"words"`
	Before  string         `json:"before,omitempty"` // id of the evidence
	After   string         `json:"after,omitempty"`
}

// Run prints where numbers and weeks of columns do not go on as they should.
func (c *scheduleGapsCmd) Run(a *app) error {
	business := fixed(c.At)
	span, err := spanOf(c.From, c.To, business(), -91)
	if err != nil {
		return err
	}
	e, err := a.openAsOf(c.Plan, business, time.Time{})
	if err != nil {
		return err
	}
	defer e.close()
	if c.Column != "" && !slices.ContainsFunc(e.plan.Columns, func(x media.Column) bool { return x.ID == c.Column }) {
		return usagef("kế hoạch %s không có chuyên mục «%s»", e.plan.ID, c.Column)
	}
	var owners []string
	for _, x := range e.plan.Columns {
		if (c.Column == "" || x.ID == c.Column) && !slices.Contains(owners, x.Agency) {
			owners = append(owners, x.Agency)
		}
	}
	list, err := e.breaks(a.ctx, e.plan, owners, span)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(b schedule.Break) bool { return c.Column != "" && b.Column != c.Column })
	names := report.NamesOf(e.plan)
	if c.JSON {
		enc := json.NewEncoder(a.Out)
		enc.SetEscapeHTML(false)
		for _, b := range list {
			l := breakLine{Agency: b.Agency, Column: b.Column, Kind: string(b.Kind), Channel: b.Channel, At: rfc(b.At), Code: b.Reason.Code, Args: b.Reason.Args, Words: names.Reason(b.Reason)}
			if b.Before != nil {
				l.Before = b.Before.ID
			}
			if b.After != nil {
				l.After = b.After.ID
			}
			if err := enc.Encode(l); err != nil {
				return fmt.Errorf("write break: %w", err)
			}
		}
		return nil
	}
	if e.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(a.Out, "Không thấy số, kỳ nào của các chuyên mục bị bỏ, lùi, trùng hoặc ghi nhận bổ sung trong khoảng này.")
		return err
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Chuyên mục\tNơi\tNgày\tĐiều cần xem lại")
	for _, b := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", names.Column(b.Column), seriesWords(names, b.Series), viet.Day(b.At), names.Reason(b.Reason))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Out, "Đây là những chỗ cần hỏi lại, không phải kết luận: ngày có thể đúng mà số bị bỏ.")
	return err
}

// seriesWords is where a series comes: a channel, in print, on line.
func seriesWords(names report.Names, s schedule.Series) string {
	switch s.Kind {
	case media.EvAiring:
		return names.Channel(s.Channel)
	case media.EvPrint:
		return "báo in, " + names.Agency(s.Agency)
	}
	return "trên mạng, " + names.Agency(s.Agency)
}

// breaks looks through the columns of some owners.
func (e *engine) breaks(ctx context.Context, plan *schedule.Plan, owners []string, span schedule.Span) ([]schedule.Break, error) {
	part := plan.For(owners...)
	obs, err := e.store.Observation(ctx, part, time.Time{})
	if err != nil {
		return nil, fmt.Errorf("đọc khoảng có nhật ký, bảng kê: %w", err)
	}
	ev, err := e.store.OwnerEvidence(ctx, part, owners, nil, time.Time{})
	if err != nil {
		return nil, fmt.Errorf("đọc minh chứng: %w", err)
	}
	return schedule.Continuity(plan, ev, obs, span), nil
}
