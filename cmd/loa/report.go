package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"loa/report"
	"loa/schedule/calendar"
)

type reportCmd struct {
	Plan     string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At       moment `help:"Tính tại thời điểm này."`
	Period   string `required:"" help:"Kỳ: 2023-W10, 2023-03, 2023-03@14, 2023-Q1@14, 2023-H1@14, 2023-9M@14, 2023@14, 2023."`
	Revision int    `help:"In theo lần chốt này của kỳ (mặc định: số liệu hiện nay, các kỳ đã chốt theo lần chốt cuối)."`
	Format   string `default:"html" help:"Định dạng: html hoặc json."`
	Output   string `short:"o" help:"Ghi ra tệp này thay cho stdout." type:"path"`
}

// Run writes the report of one period; a failure leaves no half file behind.
func (c *reportCmd) Run(a *app) error {
	period, err := calendar.Parse(c.Period)
	if err != nil {
		a.log.Debug("period not read", "error", err)
		return usagef("--period «%s» không phải một kỳ; cần dạng 2023-W10, 2023-03, 2023-Q1, 2023-H1, 2023-9M hoặc 2023; thêm @14 khi kỳ tính từ ngày 15 đến ngày 14 (không dùng cho tuần)", c.Period)
	}
	var known []string
	for _, f := range report.Formats() {
		known = append(known, f.Name)
		if f.Name != c.Format {
			continue
		}
		at := c.At
		e, err := a.open(a.planFiles(), c.Plan, fixed(at))
		if err != nil {
			return err
		}
		defer e.close()
		in, err := e.reportAsOf(a.ctx, period, c.Revision)
		if err != nil {
			return err
		}
		var buf bytes.Buffer
		if err := f.Write(&buf, report.Build(in)); err != nil {
			return fmt.Errorf("lập báo cáo %s: %w", c.Period, err)
		}
		if c.Output == "" {
			_, err = a.Out.Write(buf.Bytes())
			return err
		}
		if err := os.WriteFile(c.Output, buf.Bytes(), 0o640); err != nil {
			return fmt.Errorf("ghi báo cáo: %w", err)
		}
		return nil
	}
	return usagef("--format «%s»: cần một trong %s", c.Format, strings.Join(known, ", "))
}
