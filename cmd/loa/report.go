package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"strings"
	"sync"

	"loa/report"
	"loa/schedule/calendar"
)

type reportCmd struct {
	Plan     string   `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At       moment   `help:"Tính tại thời điểm này."`
	Period   string   `required:"" help:"Kỳ: 2023-W10, 2023-03, 2023-03@14, 2023-Q1@14, 2023-H1@14, 2023-9M@14, 2023@14, 2023."`
	Revision int      `help:"In theo lần chốt này của kỳ (mặc định: số liệu hiện nay, các kỳ đã chốt theo lần chốt cuối)."`
	Format   string   `default:"html" help:"Định dạng: html, docx, pdf, xlsx, csv hoặc json."`
	Paper    string   `help:"Văn bản: bang-theo-doi (nội bộ), cong-van (gửi Sở Nội vụ), bao-cao (gửi UBND tỉnh). Mặc định: docx, pdf, xlsx là cong-van, còn lại là bang-theo-doi."`
	Show     []string `help:"Cho phép ghi vào văn bản gửi đi: gan-dat, khuyen-nghi, danh-sach, tuyen-giao." placeholder:"MỤC"`
	Output   string   `short:"o" help:"Ghi ra tệp này thay cho stdout." type:"path"`
}

// Run writes the report of one period; a failure leaves no half file behind.
func (c *reportCmd) Run(a *app) error {
	period, err := calendar.Parse(c.Period)
	if err != nil {
		a.log.Debug("period not read", "error", err)
		return usagef("--period «%s» không phải một kỳ; cần dạng 2023-W10, 2023-03, 2023-Q1, 2023-H1, 2023-9M hoặc 2023; thêm @14 khi kỳ tính từ ngày 15 đến ngày 14 (không dùng cho tuần)", c.Period)
	}
	shown, err := c.shown()
	if err != nil {
		return err
	}
	var known []string
	for _, f := range report.Formats() {
		known = append(known, f.Name)
		if f.Name != c.Format {
			continue
		}
		at := c.At
		said := newStages(a.Err, "Đọc số liệu "+period.Name())
		quiet := sync.OnceFunc(said.done)
		defer quiet()
		e, err := a.open(a.planFiles(), c.Plan, fixed(at))
		if err != nil {
			return err
		}
		defer e.close()
		body, err := c.body(a, e, period, f, shown, said)
		quiet()
		if err != nil {
			return err
		}
		if c.Output == "" {
			_, err = a.Out.Write(body)
			return err
		}
		if err := os.WriteFile(c.Output, body, 0o640); err != nil {
			return fmt.Errorf("ghi báo cáo: %w", err)
		}
		return nil
	}
	return usagef("--format «%s»: cần một trong %s", c.Format, strings.Join(known, ", "))
}

// body is the file: of a paper that was issued as it was kept then, else as it is made now.
func (c *reportCmd) body(a *app, e *engine, period calendar.Period, f report.Format, shown *report.Shown, said *stages) ([]byte, error) {
	paper := cmp.Or(report.Paper(c.Paper), f.Paper)
	body, err := e.keptPaper(a.ctx, period, c.Revision, cmp.Or(paper, report.Internal), f.Name)
	if err != nil || body != nil {
		if err == nil && shown != nil {
			err = usagef("văn bản này đã ban hành, không thêm bớt được nữa (bỏ --show để lấy lại đúng tệp đã ban hành)")
		}
		return body, err
	}
	said.to("Tính kết quả " + period.Name())
	in, err := e.reportOn(a.ctx, period, c.Revision, paper)
	if err != nil {
		return nil, err
	}
	if shown != nil {
		in.Shown = *shown
	}
	said.to("Đối chiếu số liệu, lập tệp " + strings.ToUpper(f.Name) + " " + period.Name())
	var buf bytes.Buffer
	if err := f.Write(&buf, report.Build(in)); err != nil {
		return nil, fmt.Errorf("lập báo cáo %s: %w", c.Period, err)
	}
	return buf.Bytes(), nil
}

// shown reads what of the report may go out, and which paper it is; nil where nothing is said.
func (c *reportCmd) shown() (*report.Shown, error) {
	var papers []string
	known := c.Paper == ""
	for _, p := range report.Papers() {
		papers = append(papers, string(p.Name))
		known = known || c.Paper == string(p.Name)
	}
	if !known {
		return nil, usagef("--paper «%s»: cần một trong %s", c.Paper, strings.Join(papers, ", "))
	}
	if len(c.Show) == 0 {
		return nil, nil
	}
	var out report.Shown
	for _, s := range c.Show {
		switch s {
		case "gan-dat":
			out.NearMisses = true
		case "khuyen-nghi":
			out.Recommendations = true
		case "danh-sach":
			out.Units = true
		case "tuyen-giao":
			out.Propaganda = true
		default:
			return nil, usagef("--show «%s»: cần một trong gan-dat, khuyen-nghi, danh-sach, tuyen-giao", s)
		}
	}
	return &out, nil
}
