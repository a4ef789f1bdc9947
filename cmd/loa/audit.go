package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/report"
	"loa/viet"
	"loa/viet/mask"
)

type reviewAuditCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	N    int    `short:"n" default:"10" help:"In bao nhiêu tin, bài chờ kiểm tra."`
}

// Run prints the pieces of the sample that nobody has spoken on, without the
// machine's answer, and what was found of the others.
func (c *reviewAuditCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	if err := e.judgeAndCompare(a.ctx); err != nil {
		return err
	}
	sample, err := e.sample()
	if err != nil {
		return err
	}
	waiting := slices.DeleteFunc(slices.Clone(sample), func(x report.Audited) bool { return x.Checked })
	names := report.NamesOf(e.plan)
	var ids []string
	for _, x := range waiting[:min(max(c.N, 0), len(waiting))] {
		ids = append(ids, x.Item)
	}
	rows, err := e.store.Rows(a.ctx, ids, nil)
	if err != nil {
		return fmt.Errorf("đọc mẫu kiểm tra: %w", err)
	}
	for _, r := range rows { // nothing of what the machine said
		day := "không rõ ngày"
		if r.Item.Claimed.Precision != media.NoDate {
			day = viet.Day(r.Item.Claimed.At)
		}
		m := mask.Of(r.Item.Section, r.Item.Title, r.Item.Lead)
		fmt.Fprintf(a.Out, "%s\t%s\n\t%s\n\t%s, %s, %s\n", r.Item.ID, m.Text(r.Item.Title), m.Text(r.Item.Lead), names.Agency(r.Item.Agency), day, r.Item.URL)
	}
	if len(waiting) > 0 {
		fmt.Fprintf(a.Out, "Chờ kiểm tra: %d tin, bài. Đọc bài rồi trả lời: loa review decide MÃ yes|no --audit\n", len(waiting))
	} else {
		fmt.Fprintln(a.Out, "Không có tin, bài nào trong mẫu chờ kiểm tra.")
	}
	fmt.Fprintln(a.Out, report.AuditOf(sample).Words())
	return nil
}

// sample is that of what the classifier in force decided alone of the plan's agencies.
func (e *engine) sample() ([]report.Audited, error) {
	if err := e.store.DrawAudit(e.app.ctx, e.judge.Version(), e.business()); err != nil {
		return nil, fmt.Errorf("rút mẫu kiểm tra: %w", err)
	}
	all, err := e.store.Audit(e.app.ctx, e.judge.Version(), time.Time{})
	if err != nil {
		return nil, fmt.Errorf("đọc mẫu kiểm tra: %w", err)
	}
	return all, nil
}

// inSample refuses what does not wait in the sample.
func (e *engine) inSample(ctx context.Context, items []string) error {
	in, err := e.store.InSample(ctx, e.judge.Version(), items)
	if err != nil {
		return fmt.Errorf("đọc mẫu kiểm tra: %w", err)
	}
	for _, item := range items {
		if !in[item] {
			return usagef("«%s» không nằm trong mẫu chờ kiểm tra (xem loa review audit); duyệt thường thì bỏ --audit", item)
		}
	}
	return nil
}
