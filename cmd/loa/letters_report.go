package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"loa/report"
	"loa/schedule/calendar"
	"loa/viet"
)

// periodPaper names a paper of a period on the command line.
type periodPaper struct {
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Period string `required:"" help:"Kỳ, như của loa report."`
	Paper  string `default:"cong-van" enum:"bang-theo-doi,cong-van,bao-cao" help:"Văn bản: bang-theo-doi, cong-van hoặc bao-cao."`
	By     string `help:"Ai ghi (mặc định: người dùng của máy)."`
}

// open gives the engine and the paper.
func (c *periodPaper) open(a *app) (*engine, report.PaperOf, error) {
	period, err := calendar.Parse(c.Period)
	if err != nil {
		return nil, report.PaperOf{}, usagef("--period «%s» không phải một kỳ", c.Period)
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return nil, report.PaperOf{}, err
	}
	return e, report.PaperOf{Plan: e.plan.ID, Period: period.ID, Paper: report.Paper(c.Paper)}, nil
}

type lettersNoteCmd struct {
	periodPaper
	Section string `required:"" help:"Mã mục, ví dụ bao-chi."`
	Text    string `arg:"" optional:"" help:"Nội dung; mỗi dòng là một đoạn."`
}

// Run puts a note to a section of a paper.
func (c *lettersNoteCmd) Run(a *app) error {
	e, of, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.close()
	if err := e.notePaper(a.ctx, of, c.Section, viet.Printable(strings.TrimSpace(c.Text)), actor(c.By)); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đã ghi chú mục %s.\n", c.Section)
	return nil
}

type lettersReportCmd struct {
	periodPaper
	Number string `required:"" help:"Số, ký hiệu, ví dụ 45/STTTT-TTBCXB."`
	Date   moment `required:"" help:"Ngày ban hành."`
	File   string `required:"" type:"existingfile" help:"Bản đã ký (PDF)."`
}

// Run issues the paper of the revision in force, as it is now.
func (c *lettersReportCmd) Run(a *app) error {
	e, of, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.close()
	last, err := e.lastRevision(a.ctx, of.Plan, of.Period)
	if err != nil {
		return err
	}
	p := report.IssuedPaper{PaperOf: of, Issued: report.Issued{Number: strings.TrimSpace(viet.Clean(c.Number)), Date: dayStart(c.Date.Time)}, FileName: filepath.Base(c.File), Actor: actor(c.By)}
	if last != nil {
		p.Revision = last.Revision
	}
	d, err := e.store.PaperDraft(a.ctx, of, 0)
	if err != nil {
		return err
	}
	p.Acts = d.Acts
	if p.File, err = hashPDF(c.File); err != nil {
		return err
	}
	if err := e.issuePaper(a.ctx, p, c.File); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đã ghi: văn bản số %s ngày %s, theo lần chốt %d. Các tệp của nó giữ nguyên từ lúc này.\n", p.Number, viet.Day(p.Date), p.Revision)
	return nil
}

// hashPDF gives the hash of a file that is PDF.
func hashPDF(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("đọc bản đã ký: %w", err)
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && n == 0 {
		return "", usagef("tệp %s trống", path)
	}
	if http.DetectContentType(head[:n]) != "application/pdf" {
		return "", usagef("tệp %s không phải PDF", path)
	}
	sum := sha256.New()
	sum.Write(head[:n])
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("đọc bản đã ký: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
