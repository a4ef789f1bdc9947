package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loa/report/collect"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web"
)

// collectCmd is the forms that go out to units and come back.
type collectCmd struct {
	Export  collectExportCmd  `cmd:"" help:"Xuất biểu thu thập của một kỳ: một tệp XLSX, hoặc tệp ZIP của nhiều đơn vị."`
	Import  collectImportCmd  `cmd:"" help:"Nhận các tệp đơn vị gửi lại; lỗi nêu theo từng ô."`
	Missing collectMissingCmd `cmd:"" help:"In đơn vị nào đã gửi, chưa gửi, gửi còn lỗi."`
}

// roundCmd names the period of the forms.
type roundCmd struct {
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Period string `required:"" help:"Kỳ, ví dụ 2023-03, 2023-Q1."`
}

func (c roundCmd) open(a *app) (*engine, calendar.Period, error) {
	p, err := calendar.Parse(c.Period)
	if err != nil {
		return nil, p, usagef("chưa hiểu kỳ «%s»", c.Period)
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	return e, p, err
}

// said turns what the desk refuses into what the command line does.
func said(err error) error {
	var r web.Refusal
	if errors.As(err, &r) {
		return usagef("%s", strings.TrimSuffix(r.Text, "."))
	}
	return err
}

type collectExportCmd struct {
	roundCmd
	Unit   []string `help:"Đơn vị, ví dụ so-tu-phap; nhiều đơn vị thì ghi nhiều lần (mặc định: mọi đơn vị có nhiệm vụ)."`
	Due    moment   `help:"Ấn định hạn gửi lại."`
	By     string   `help:"Ai xuất (mặc định: người dùng của máy)."`
	Output string   `short:"o" required:"" help:"Ghi ra tệp .xlsx (một đơn vị) hoặc .zip." placeholder:"FILE"`
}

// Run writes the forms.
func (c *collectExportCmd) Run(a *app) error {
	e, period, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.close()
	if !c.Due.IsZero() {
		if err := e.setCollectDue(a.ctx, period, c.Due.Time, actor(c.By)); err != nil {
			return said(err)
		}
	}
	var units []string
	for _, u := range c.Unit {
		units = append(units, e.agencyID(u))
	}
	if strings.HasSuffix(strings.ToLower(c.Output), ".xlsx") {
		if len(units) != 1 {
			return usagef("tệp .xlsx chỉ của một đơn vị: cần đúng một --unit; nhiều đơn vị thì ghi ra tệp .zip")
		}
		_, body, err := e.collectFile(a.ctx, period, units[0], actor(c.By))
		if err != nil {
			return said(err)
		}
		return os.WriteFile(c.Output, body, 0o644)
	}
	var buf bytes.Buffer
	n, err := e.collectZIP(a.ctx, &buf, period, units, actor(c.By))
	if err != nil {
		return said(err)
	}
	fmt.Fprintf(a.Err, "loa: %d biểu\n", n)
	return os.WriteFile(c.Output, buf.Bytes(), 0o644)
}

// collectZIP writes the workbooks of many units as one archive.
func (e *engine) collectZIP(ctx context.Context, w io.Writer, period calendar.Period, units []string, by string) (int, error) {
	if len(units) == 0 {
		for _, a := range collectUnits(e.inUse(), period) {
			units = append(units, a.ID)
		}
	}
	z := zip.NewWriter(w)
	for _, u := range units {
		name, body, err := e.collectFile(ctx, period, u, by)
		if err != nil {
			return 0, err
		}
		part, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: e.machine()}) // a workbook is packed already
		if err == nil {
			_, err = part.Write(body)
		}
		if err != nil {
			return 0, fmt.Errorf("pack the form of %s: %w", u, err)
		}
	}
	return len(units), z.Close()
}

type collectImportCmd struct {
	Plan    string   `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment   `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	By      string   `help:"Ai nhận (mặc định: người dùng của máy)."`
	Partial bool     `help:"Còn ô lỗi vẫn nhận các dòng đúng (mặc định: tệp có lỗi thì không nhận)."`
	Preview bool     `help:"Chỉ xem, không nhận."`
	Files   []string `arg:"" type:"existingfile" help:"Các tệp đơn vị gửi lại."`
}

// Run reads every file, tells everything wrong with each, and takes what can be taken.
func (c *collectImportCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	bad, all := 0, func(string, string) bool { return true } // at the command line one may speak for everybody
	for _, path := range c.Files {
		body, err := readAtMost(path, collect.MostBytes)
		if err != nil {
			return err
		}
		f, err := e.readReturned(a.ctx, filepath.Base(path), body, actor(c.By), all)
		if err != nil {
			return err
		}
		whose := "không rõ đơn vị"
		if !f.Fatal {
			p, err := calendar.Parse(f.Period)
			if err != nil {
				return err
			}
			whose = agencyName(e.inUse(), f.Agency) + ", " + p.Name()
		}
		fmt.Fprintf(a.Out, "%s: %s; %d dòng đúng, %d lỗi\n", f.Name, whose, f.Claims, f.Faults)
		for _, p := range f.Problems {
			value := ""
			if p.Value != "" {
				value = "«" + p.Value + "»: "
			}
			fmt.Fprintf(a.Out, "\t%s\t%s%s\n", cmp.Or(p.Where, "cả tệp"), value, p.Words)
		}
		if f.Older {
			fmt.Fprintln(a.Out, "\tđơn vị đã khai lại sau khi biểu này được xuất; nhận tệp này sẽ thay bản đó")
		}
		switch {
		case f.Fatal, f.Faults > 0 && !c.Partial:
			bad++
			fmt.Fprintln(a.Out, "\tchưa nhận")
		case !c.Preview:
			if _, err := e.takeReturned(a.ctx, f.Hash, f.Name, f.Saw, actor(c.By), all); err != nil {
				return said(err)
			}
			fmt.Fprintln(a.Out, "\tđã nhận")
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d/%d tệp chưa nhận được", bad, len(c.Files))
	}
	return nil
}

func readAtMost(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("mở tệp: %w", err)
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("đọc tệp %s: %w", path, err)
	}
	return body, nil
}

func agencyName(p *schedule.Plan, id string) string {
	for _, a := range p.Agencies {
		if a.ID == id {
			return a.Name
		}
	}
	return id
}

type collectMissingCmd struct {
	roundCmd
}

// Run prints how every unit's form stands.
func (c *collectMissingCmd) Run(a *app) error {
	e, period, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.close()
	r, err := e.collectRound(a.ctx, period, false)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Hạn gửi lại: hết ngày %s\n", viet.Day(r.Due))
	for _, u := range r.Units {
		state := web.CollectState(u, r.Due, e.business())
		fmt.Fprintf(a.Out, "%s\t%s\t%s\n", strings.TrimPrefix(u.Agency.ID, e.inUse().Province+"/"), u.Agency.Name, state)
	}
	if slices.ContainsFunc(r.Units, func(u web.CollectUnit) bool { return u.Declared.Edition == 0 }) && e.business().After(r.Due.Add(24*time.Hour)) {
		return fmt.Errorf("đã quá hạn, còn đơn vị chưa gửi")
	}
	return nil
}
