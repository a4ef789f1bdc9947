package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// importRadioCmd imports what loudspeakers and district radio broadcast.
type importRadioCmd struct {
	File      string `arg:"" optional:"" type:"existingfile" help:"Tệp phiếu tháng, bảng huyện tổng hợp các xã, hoặc dữ liệu của hệ thống thông tin nguồn (CSV, XLSX, XLS, bảng trong DOCX); «-» đọc từ đầu vào chuẩn."`
	Plan      string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At        moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Month     string `placeholder:"THÁNG" help:"Tháng của phiếu, ví dụ 2023-03, khi tệp không ghi."`
	From      moment `help:"Dữ liệu hệ thống: ngày đầu của khoảng thời gian đã đủ."`
	To        moment `help:"Dữ liệu hệ thống: ngày cuối của khoảng đó (tính cả ngày này)."`
	District  string `placeholder:"MÃ" help:"Các xã trong tệp thuộc huyện này, ví dụ huyen-khe-may."`
	Agency    string `placeholder:"MÃ" help:"Phiếu của một xã hoặc đài huyện này, khi tệp không ghi tên."`
	Sender    string `required:"" help:"Ai gửi và xác nhận."`
	Signed    bool   `help:"Phiếu có chữ ký, con dấu của bên gửi: minh chứng loại B, nếu không là loại C."`
	KnownOnly bool   `help:"Bỏ qua các xã chưa có trong agencies.yaml (in ra), thay vì từ chối cả tệp."`
	None      bool   `help:"Không có tệp: đài của --agency báo trong --month không có tin, bài nào."`
	DryRun    bool   `help:"Đọc thử: in kết quả đọc được, không lưu gì."`
}

// Run reads the sheet and stores all of it or nothing, then evaluates.
func (c *importRadioCmd) Run(a *app) error {
	business := fixed(c.At)
	opt, err := c.options(business())
	if err != nil {
		return err
	}
	g := media.Register{Sender: strings.TrimSpace(c.Sender), At: business()}
	var data []byte
	if !c.None {
		if g.FileName, data, err = (&registerCmd{File: c.File}).read(a); err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		g.FileHash = hex.EncodeToString(sum[:])
	}
	if c.DryRun {
		plan, err := planAt(a.planFiles(), c.Plan, business())
		if err != nil {
			return err
		}
		sheet, err := c.sheet(a, plan, opt, g, data)
		if err != nil {
			return err
		}
		return showRadio(a, plan, sheet, "Đọc thử, chưa lưu gì.")
	}
	e, err := a.open(a.planFiles(), c.Plan, business)
	if err != nil {
		return err
	}
	defer e.close()
	sheet, err := c.sheet(a, e.plan, opt, g, data)
	if err != nil {
		return err
	}
	fresh, err := e.putRadio(a.ctx, sheet, g, data)
	if err != nil {
		return err
	}
	if _, err = e.judgeAndEvaluate(a.ctx); err != nil {
		return err
	}
	said := fmt.Sprintf("Đã nạp của %d đơn vị.", fresh)
	if fresh == 0 {
		said = "Đã được nạp trước đây, không nạp thêm."
	}
	return showRadio(a, e.plan, sheet, said)
}

// options refuses what the flags cannot mean.
func (c *importRadioCmd) options(now time.Time) (opt extract.RadioOptions, err error) {
	opt.Signed, opt.KnownOnly = c.Signed, c.KnownOnly
	if c.Month != "" {
		if opt.Month, err = time.ParseInLocation("2006-01", c.Month, calendar.Zone); err != nil {
			return opt, usagef("--month cần dạng 2023-03, đang là «%s»", c.Month)
		}
	}
	switch {
	case c.None && (c.File != "" || c.Agency == "" || c.Month == ""):
		return opt, usagef("--none cần --agency và --month, không đi cùng tệp")
	case !c.None && c.File == "":
		return opt, usagef("thiếu tệp; dùng «-» để đọc từ đầu vào chuẩn, --none khi không có tin, bài nào")
	case strings.TrimSpace(c.Sender) == "":
		return opt, usagef("thiếu --sender: ai gửi và xác nhận")
	case c.From.IsZero() != c.To.IsZero():
		return opt, usagef("cần đủ --from và --to")
	case c.Month != "" && !c.From.IsZero():
		return opt, usagef("--month (phiếu) không đi cùng --from, --to (dữ liệu hệ thống)")
	case c.District != "" && c.Agency != "":
		return opt, usagef("chỉ dùng một trong --district và --agency")
	case !opt.Month.IsZero() && opt.Month.AddDate(0, 1, 0).After(now):
		return opt, usagef("tháng %s chưa hết: phiếu tháng nhận từ ngày %s", monthWords(opt.Month), viet.Day(opt.Month.AddDate(0, 1, 0)))
	case !c.From.IsZero():
		opt.From, opt.To = dayStart(c.From.Time), dayStart(c.To.Time).AddDate(0, 0, 1)
		switch {
		case !opt.To.After(opt.From):
			return opt, usagef("--to (%s) đứng trước --from (%s)", viet.Day(c.To.Time), viet.Day(opt.From))
		case opt.To.After(dayStart(now).AddDate(0, 0, 1)):
			return opt, usagef("--to (%s) chưa đến: chỉ xác nhận được đến hết hôm nay (%s)", viet.Day(c.To.Time), viet.Day(now))
		}
	}
	return opt, nil
}

func monthWords(t time.Time) string { return strings.TrimPrefix(t.Format("01/2006"), "0") }

// sheet reads the file against the plan; every bad row is told on stderr.
func (c *importRadioCmd) sheet(a *app, plan *schedule.Plan, opt extract.RadioOptions, g media.Register, data []byte) (extract.RadioSheet, error) {
	none := extract.RadioSheet{}
	opt.Agencies = plan.Agencies
	for _, f := range []struct {
		flag, slug string
		to         *string
		levels     []media.Level
	}{
		{"--district", c.District, &opt.District, []media.Level{media.District}},
		{"--agency", c.Agency, &opt.Agency, []media.Level{media.District, media.Commune}},
	} {
		if f.slug == "" {
			continue
		}
		*f.to = f.slug
		if !strings.Contains(f.slug, "/") {
			*f.to = plan.Province + "/" + f.slug
		}
		if !slices.ContainsFunc(plan.Agencies, func(ag media.Agency) bool { return ag.ID == *f.to && slices.Contains(f.levels, ag.Level) }) {
			return none, usagef("%s: kế hoạch %s không có huyện, xã «%s»", f.flag, plan.ID, f.slug)
		}
	}
	if c.None {
		return extract.RadioSheet{Registers: []media.Register{{Kind: media.RegRadioForm, Agency: opt.Agency, From: opt.Month, To: opt.Month.AddDate(0, 1, 0), Note: "không có"}}}, nil
	}
	sheet, bad, err := readRadio(opt, g, data)
	for _, r := range bad {
		fmt.Fprintln(a.Err, g.FileName+":", r.Error())
	}
	switch usage := (usageError{}); {
	case errors.As(err, &usage):
		return none, err
	case err != nil && len(bad) > 0: // told in Vietnamese above
		a.log.Debug("radio sheet not read", "file", g.FileName, "error", err)
		return none, fmt.Errorf("không đọc được %s; chưa nạp dòng nào", g.FileName)
	case err != nil:
		return none, fmt.Errorf("đọc %s: %w", g.FileName, err)
	case len(bad) > 0:
		return none, fmt.Errorf("%d lỗi; chưa nạp dòng nào của %s", len(bad), g.FileName)
	}
	return sheet, nil
}

// readRadio reads a form, a district's sheet or the system's log; what opt says has to suit what the file is.
func readRadio(opt extract.RadioOptions, g media.Register, data []byte) (extract.RadioSheet, []extract.RowError, error) {
	sheet, bad, err := extract.Radio(g.FileName, data, opt)
	switch {
	case err != nil:
		return sheet, bad, err
	case sheet.Log && opt.From.IsZero():
		return sheet, nil, usagef("dữ liệu của hệ thống thông tin nguồn cần ngày đầu và ngày cuối của khoảng đã đủ (--from, --to)")
	case len(sheet.Registers) > 0 && !sheet.Log && !opt.From.IsZero():
		return sheet, nil, usagef("khoảng ngày (--from, --to) chỉ dùng với dữ liệu của hệ thống thông tin nguồn; phiếu ghi tháng (--month)")
	}
	for _, month := range sheet.Registers {
		if !sheet.Log && month.To.After(g.At) {
			bad = append(bad, extract.RowError{Msg: fmt.Sprintf("tháng %s chưa hết: phiếu tháng nhận từ ngày %s", monthWords(month.From), viet.Day(month.To))})
			break
		}
	}
	return sheet, bad, nil
}

// putRadio keeps the file and stores what was read of it.
func (e *engine) putRadio(ctx context.Context, sheet extract.RadioSheet, from media.Register, data []byte) (fresh int, err error) {
	if data != nil {
		if from.Kept, err = e.keepBytes(ctx, "register", from.FileName, data); err != nil {
			return 0, err
		}
	}
	for i := range sheet.Registers {
		g := &sheet.Registers[i]
		g.Sender, g.At, g.FileName, g.FileHash, g.Kept = from.Sender, from.At, from.FileName, from.FileHash, from.Kept
		if len(g.Rows) > 0 && g.Rows[0].Bulletin.Signed { // else the same form, told to be signed only later, would be known already
			g.ID = media.Hash("register", string(g.Kind), g.Agency, g.From.UTC().Format(time.DateOnly), g.Sender, g.FileHash, "signed")
		}
	}
	if fresh, err = e.store.PutRegisters(ctx, sheet.Registers); err != nil {
		return 0, fmt.Errorf("lưu phiếu truyền thanh %s: %w", from.FileName, err)
	}
	return fresh, nil
}

// showRadio prints what was read for each station, and what was not.
func showRadio(a *app, plan *schedule.Plan, sheet extract.RadioSheet, said string) error {
	names := report.NamesOf(plan)
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Đơn vị\tTừ\tĐến hết\tTin, bài CCHC\tTin khác\tChưa ghi chủ đề\tGhi chú")
	for _, g := range sheet.Registers {
		reform, other, untold := radioCounts(g)
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%s\n", names.Agency(g.Agency), viet.Day(g.From), viet.Day(g.To.AddDate(0, 0, -1)), reform, other, untold, cmp.Or(g.Note, "-"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(sheet.Blank) > 0 {
		fmt.Fprintf(a.Out, "Để trống, coi là chưa báo: %s.\n", strings.Join(sheet.Blank, ", "))
	}
	if len(sheet.Unknown) > 0 {
		fmt.Fprintf(a.Out, "Bỏ qua vì chưa có trong agencies.yaml: %s.\n", strings.Join(sheet.Unknown, ", "))
	}
	_, err := fmt.Fprintln(a.Out, said)
	return err
}
