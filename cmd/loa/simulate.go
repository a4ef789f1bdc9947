package main

import (
	"fmt"
	"os"
	"strings"

	"loa/bench/year"
	"loa/deploy/prometheus"
	"loa/sample"
)

type simulateCmd struct {
	Seed  uint64 `default:"2023" help:"Mỗi số cho một năm khác."`
	Weeks int    `default:"0" help:"Chỉ chạy ngần ấy tuần đầu năm (0: cả năm và tháng sau đó)."`
	Out   string `short:"o" help:"Giữ lại chuỗi số đo và quy tắc (đầu vào của promtool) trong thư mục này." placeholder:"DIR"`
}

// Run plays a year of the sample province and prints how the shipped rules did.
func (c *simulateCmd) Run(a *app) error {
	files, err := withHolidays(sample.Plans())
	if err != nil {
		return err
	}
	plan, err := loadPlan(files, "mau/2023")
	if err != nil {
		return err
	}
	cal, err := holidays(files)
	if err != nil {
		return err
	}
	dir := c.Out
	if dir == "" {
		if dir, err = os.MkdirTemp("", "loa-simulate-"); err != nil {
			return fmt.Errorf("tạo thư mục tạm: %w", err)
		}
		defer os.RemoveAll(dir)
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("tạo thư mục %s: %w", dir, err)
	}
	res, err := year.Play(a.ctx, plan, cal, c.Seed, c.Weeks, prometheus.Rules(), dir, func(month int) { fmt.Fprintf(a.Err, "\rloa: đang chạy tháng %d ", month) })
	if err != nil {
		return fmt.Errorf("mô phỏng: %w", err)
	}
	fmt.Fprintln(a.Err)
	if _, err := fmt.Fprint(a.Out, "Dữ liệu mẫu: một năm tỉnh Mẫu, dựng ngẫu nhiên\n", res); err != nil {
		return err
	}
	if len(res.Faults) > 0 {
		return fmt.Errorf("quy tắc cảnh báo chưa đạt:\n  %s", strings.Join(res.Faults, "\n  "))
	}
	return nil
}
