package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"loa/report"
	"loa/report/letters"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web/access"
)

type lettersRemindCmd struct {
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Period string `required:"" help:"Kỳ: 2023-W10, 2023-03, 2023-03@14, 2023-Q1@14 …" placeholder:"KỲ"`
	Owner  string `help:"Chỉ cơ quan này (mặc định: mọi cơ quan có nội dung cần nhắc)." placeholder:"CƠ_QUAN"`
	Copy   bool   `name:"tuyen-giao" help:"Ghi Ban Tuyên giáo Tỉnh ủy vào Nơi nhận của thư gửi cơ quan báo chí."`
	Out    string `short:"o" required:"" help:"Với --owner: tệp .html hoặc .docx; không có --owner: thư mục." placeholder:"TỆP"`
	By     string `help:"Ai lập (mặc định: người dùng của máy)."`
}

// Run writes the drafts; nothing is sent.
func (c *lettersRemindCmd) Run(a *app) error {
	period, err := calendar.Parse(c.Period)
	if err != nil {
		return usagef("--period «%s» không phải một kỳ; cần dạng 2023-W10, 2023-03, 2023-03@14, 2023-Q1@14 …", c.Period)
	}
	write, err := letterWriter(c.Out)
	if c.Owner != "" && err != nil {
		return err
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	in, err := e.reportInput(a.ctx, period, report.Supply)
	if err != nil {
		return err
	}
	lacks := report.Lacks(in)
	by := access.Actor{Name: actor(c.By)}
	record := func(owner string) error {
		return e.recordAct(a.ctx, by, "export.letter", owner+" "+period.ID, "", `{"by":"command"}`)
	}
	if c.Owner != "" {
		who, err := e.viewer(c.Owner)
		if err != nil {
			return err
		}
		l, ok := letters.Letter{}, false
		if i := slices.IndexFunc(lacks, func(x report.Lacking) bool { return x.Owner == who.ID }); i >= 0 {
			l, ok = letters.Remind(letters.RemindInput{Plan: in.Plan, Period: period, Now: in.Now, Of: lacks[i], Propaganda: c.Copy})
		}
		if !ok {
			return usagef("%s không có nội dung nào cần nhắc, hoặc chưa được nhắc (còn trong thời hạn phản hồi, nguồn chưa thu thập được), trong %s", who.Name, period.Name())
		}
		if err := record(who.ID); err != nil {
			return err
		}
		return writeOut(c.Out, write(l))
	}
	if err := os.MkdirAll(c.Out, 0o750); err != nil {
		return fmt.Errorf("tạo thư mục: %w", err)
	}
	n := 0
	for _, x := range lacks {
		l, ok := letters.Remind(letters.RemindInput{Plan: in.Plan, Period: period, Now: in.Now, Of: x, Propaganda: c.Copy})
		if !ok {
			continue
		}
		if err := record(x.Owner); err != nil {
			return err
		}
		if err := writeOut(filepath.Join(c.Out, letterFile(in.Plan, x.Owner, period)+".docx"), l.DOCX); err != nil {
			return err
		}
		n++
	}
	silent := report.SilentUnits(in)
	list := filepath.Join(c.Out, briefingFile(period))
	if err := writeOut(list, func(w io.Writer) error { return letters.Briefing(w, in.Plan, period, in.Now, silent) }); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đã lập %d dự thảo thư nhắc và danh sách %d đơn vị chưa ghi nhận tin, bài trong %s; chưa gửi đi đâu.\n", n, len(silent), period.Name())
	return nil
}

// letterFile is the name of an owner's letter without its ending.
func letterFile(p *schedule.Plan, owner string, period calendar.Period) string {
	return "thu-nhac-" + strings.ReplaceAll(strings.TrimPrefix(owner, p.Province+"/"), "/", "-") + "-" + strings.ReplaceAll(period.ID, "@", "-")
}

func briefingFile(period calendar.Period) string {
	return "danh-sach-chua-ghi-nhan-" + strings.ReplaceAll(period.ID, "@", "-") + ".docx"
}
