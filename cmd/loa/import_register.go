package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/viet/mask"
)

type (
	printCmd      struct{ registerCmd }
	proceduresCmd struct{ registerCmd }
	questionsCmd  struct{ registerCmd }
)

func (c *printCmd) Run(a *app) error      { return c.load(a, media.RegPrint) }
func (c *proceduresCmd) Run(a *app) error { return c.load(a, media.RegProcedures) }
func (c *questionsCmd) Run(a *app) error  { return c.load(a, media.RegQuestions) }

// registerCmd imports a register: a list that its sender declares complete for
// a span, or the statement that there is nothing in it.
type registerCmd struct {
	File   string `arg:"" optional:"" type:"existingfile" help:"Tệp bảng kê (CSV, XLSX, XLS, bảng trong DOCX); «-» đọc từ đầu vào chuẩn, để dán các ô chép từ bảng tính."`
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Agency string `required:"" placeholder:"MÃ" help:"Bảng kê là của cơ quan nào, ví dụ bao."`
	From   moment `required:"" help:"Ngày đầu của khoảng thời gian mà bên gửi xác nhận bảng kê đã đủ."`
	To     moment `required:"" help:"Ngày cuối của khoảng thời gian đó (tính cả ngày này)."`
	Sender string `required:"" help:"Ai gửi và xác nhận."`
	None   bool   `help:"Không có tệp: bên gửi xác nhận trong khoảng này không có gì để kê."`
	Note   string `help:"Lời của bên gửi khi không có gì, ví dụ «không có trên báo in»."`
	DryRun bool   `help:"Đọc thử: in các dòng đọc được, không lưu gì."`
}

// What a person at a keyboard may hand in, beyond what any reader takes.
const maxSent = 40 << 20

// load reads the register and stores all of it or nothing, then evaluates. What
// may refuses is not stored.
func (c *registerCmd) load(a *app, kind media.RegisterKind, may ...func(*engine, media.Register) error) error {
	business := fixed(c.At)
	g := media.Register{Kind: kind, Sender: strings.TrimSpace(c.Sender), From: dayStart(c.From.Time), To: dayStart(c.To.Time).AddDate(0, 0, 1), At: business()}
	if err := c.check(g); err != nil {
		return err
	}
	if c.None {
		g.Note = cmp.Or(strings.TrimSpace(c.Note), "không có")
	}
	var data []byte
	if !c.None {
		var err error
		if g.FileName, data, err = c.read(a); err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		g.FileHash = hex.EncodeToString(sum[:])
	}
	if c.DryRun { // no store is opened: nothing is written, not even the plan
		plan, err := planAt(a.planFiles(), c.Plan, business())
		if err != nil {
			return err
		}
		if err := c.rows(a, plan, &g, data); err != nil {
			return err
		}
		if err := showRows(a.Out, plan, g); err != nil {
			return err
		}
		fmt.Fprintf(a.Out, "Đọc thử %s; chưa lưu gì.\n", registerWords(plan, g))
		return nil
	}
	e, err := a.open(a.planFiles(), c.Plan, business)
	if err != nil {
		return err
	}
	defer e.close()
	if err := c.rows(a, e.plan, &g, data); err != nil {
		return err
	}
	for _, ok := range may {
		if err := ok(e, g); err != nil {
			return err
		}
	}
	fresh, err := e.putRegister(a.ctx, g, data)
	if err != nil {
		return err
	}
	if _, err = e.judgeAndEvaluate(a.ctx); err != nil {
		return err
	}
	if fresh {
		fmt.Fprintf(a.Out, "Đã nạp %s.\n%s", registerWords(e.plan, g), rowsWords(e.plan, g))
	} else {
		fmt.Fprintf(a.Out, "Đã được nạp trước đây, không nạp thêm: %s.\n", registerWords(e.plan, g))
	}
	return nil
}

// check refuses what the flags cannot mean.
func (c *registerCmd) check(g media.Register) error {
	switch {
	case c.None && c.File != "":
		return usagef("--none nghĩa là không có gì để kê, không đi cùng tệp (%s)", c.File)
	case !c.None && c.File == "":
		return usagef("thiếu tệp bảng kê; dùng «-» để đọc từ đầu vào chuẩn, --none khi không có gì để kê")
	case c.Note != "" && !c.None:
		return usagef("--note chỉ đi cùng --none")
	case g.Sender == "":
		return usagef("thiếu --sender: ai gửi và xác nhận bảng kê")
	case g.To.Before(g.From.AddDate(0, 0, 1)):
		return usagef("--to (%s) đứng trước --from (%s)", viet.Day(c.To.Time), viet.Day(g.From))
	case g.To.After(dayStart(g.At).AddDate(0, 0, 1)):
		return usagef("--to (%s) chưa đến: chỉ xác nhận được đến hết hôm nay (%s)", viet.Day(c.To.Time), viet.Day(g.At))
	}
	return nil
}

// read gives the file, or what is pasted.
func (c *registerCmd) read(a *app) (name string, data []byte, err error) { return readSent(a, c.File) }

// rows finds the agency and reads the rows; every bad row is told on stderr.
func (c *registerCmd) rows(a *app, plan *schedule.Plan, g *media.Register, data []byte) error {
	id := c.Agency
	if !strings.Contains(id, "/") {
		id = plan.Province + "/" + id
	}
	if !slices.ContainsFunc(plan.Agencies, func(ag media.Agency) bool { return ag.ID == id }) {
		var some []string
		for _, ag := range plan.Agencies {
			if slices.Contains([]media.Level{media.Press, media.Portal, media.Provincial}, ag.Level) {
				some = append(some, strings.TrimPrefix(ag.ID, plan.Province+"/"))
			}
		}
		return usagef("kế hoạch %s không có cơ quan «%s»; ví dụ: %s", plan.ID, c.Agency, strings.Join(some, ", "))
	}
	if g.Agency = id; c.None {
		return nil
	}
	entries, h, bad, err := readRegister(plan, *g, data, false)
	tellHanded(a.Err, g.FileName, h)
	for _, r := range bad {
		fmt.Fprintln(a.Err, g.FileName+":", r.Error())
	}
	switch {
	case err != nil && len(bad) > 0: // told in Vietnamese above
		a.log.Debug("register not read", "file", g.FileName, "error", err)
		return fmt.Errorf("không đọc được bảng kê %s; chưa nạp dòng nào", g.FileName)
	case err != nil:
		return fmt.Errorf("đọc bảng kê %s: %w", g.FileName, err)
	case len(bad) > 0:
		return fmt.Errorf("%d lỗi; chưa nạp dòng nào của %s", len(bad), g.FileName)
	}
	g.Rows = entries
	return nil
}

// readRegister reads the rows of a register whose agency, kind, span and file's name are told.
func readRegister(plan *schedule.Plan, g media.Register, data []byte, part bool) (entries []media.Entry, h extract.Handed, bad []extract.RowError, err error) {
	entries, bad, err = extract.Register(g.FileName, data, extract.RegisterOptions{Kind: g.Kind, Agency: g.Agency, Columns: plan.Columns, Channels: channelsOf(plan, g.Agency), From: g.From, To: g.To,
		Part: part, See: func(seen extract.Handed) { h = seen }})
	return entries, h, bad, err
}

// putRegister keeps a register's file, if it has one, and stores all of it or nothing; fresh is false for one that is there already.
func (e *engine) putRegister(ctx context.Context, g media.Register, data []byte) (fresh bool, err error) {
	if data != nil {
		if g.Kept, err = e.keepBytes(ctx, "register", g.FileName, data); err != nil {
			return false, err
		}
	}
	if fresh, err = e.store.PutRegister(ctx, g); err != nil {
		return false, fmt.Errorf("lưu bảng kê %s: %w", g.FileName, err)
	}
	return fresh, nil
}

// dayStart is the midnight before t.
func dayStart(t time.Time) time.Time {
	t = t.In(calendar.Zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, calendar.Zone)
}

// registerWords is «bảng kê tin, bài báo in của Báo Mẫu: 12 dòng, từ … đến hết …».
func registerWords(plan *schedule.Plan, g media.Register) string {
	what := map[media.RegisterKind]string{media.RegPrint: "tin, bài báo in", media.RegProcedures: "quyết định công bố thủ tục hành chính", media.RegQuestions: "câu hỏi",
		media.RegSegments: "tin, bài trong chương trình"}[g.Kind]
	name := g.Agency
	for _, ag := range plan.Agencies {
		if ag.ID == g.Agency {
			name = ag.Name
		}
	}
	rows := fmt.Sprintf("%d dòng", len(g.Rows))
	if g.Note != "" {
		rows += fmt.Sprintf(" («%s»)", g.Note)
	}
	return fmt.Sprintf("bảng kê %s của %s: %s, từ %s đến hết %s", what, name, rows, viet.Day(g.From), viet.Day(g.To.AddDate(0, 0, -1)))
}

// rowsWords says what the rows were taken for, so that a person sees what was not.
func rowsWords(plan *schedule.Plan, g media.Register) string {
	if len(g.Rows) == 0 {
		return ""
	}
	known, unknown := map[string]int{}, map[string]int{}
	answered, undated := 0, 0
	for _, e := range g.Rows {
		switch {
		case e.Column != "":
			known[e.Column]++
		case e.Section != "":
			unknown[e.Section]++
		}
		if !e.Answered.IsZero() {
			answered++
		}
		if e.Asked.IsZero() {
			undated++
		}
	}
	switch g.Kind {
	case media.RegSegments:
		return segmentWords(plan, g)
	case media.RegQuestions:
		return fmt.Sprintf("Đã trả lời %d, chưa trả lời %d, không rõ ngày hỏi %d.\n", answered, len(g.Rows)-answered, undated)
	case media.RegPrint:
		var names []string
		for _, c := range plan.Columns {
			if n := known[c.ID]; n > 0 && c.Agency == g.Agency {
				names = append(names, fmt.Sprintf("«%s» %d", c.Name, n))
			}
		}
		return "Chuyên mục của kế hoạch: " + cmp.Or(strings.Join(names, ", "), "không nhận ra dòng nào") + ".\n" + otherSections(unknown)
	}
	return ""
}

// otherSections is the line of names that are no column of the plan's, "" if there are none.
func otherSections(unknown map[string]int) string {
	others := sorted(unknown)
	if len(others) == 0 {
		return ""
	}
	const most = 8
	for i, s := range others[:min(len(others), most)] {
		others[i] = fmt.Sprintf("«%s» %d", s, unknown[s])
	}
	if len(others) > most {
		others = append(others[:most], fmt.Sprintf("và %d tên khác", len(others)-most))
	}
	return "Mục khác: " + strings.Join(others, ", ") + ".\n"
}

func sorted(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(m[b]-m[a], strings.Compare(a, b)) })
	return out
}

// showRows prints the rows as they were read.
func showRows(out io.Writer, plan *schedule.Plan, g media.Register) error {
	if len(g.Rows) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	day := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return viet.Day(t)
	}
	line := func(cells ...string) {
		for i, c := range cells {
			cells[i] = cmp.Or(c, "-")
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	switch g.Kind {
	case media.RegPrint:
		line("Dòng", "Số báo", "Ngày", "Trang", "Chuyên mục ghi", "Nhận ra", "Tiêu đề")
		for _, e := range g.Rows {
			line(fmt.Sprint(e.Row), e.Number, day(e.At), e.Page, e.Section, e.Column, e.Title)
		}
	case media.RegProcedures:
		line("Dòng", "Số, ký hiệu", "Ngày ký", "Trích yếu")
		for _, e := range g.Rows {
			line(fmt.Sprint(e.Row), e.Number, day(e.At), e.Title)
		}
	case media.RegQuestions:
		line("Dòng", "Số", "Ngày hỏi", "Ngày trả lời", "Câu hỏi")
		for _, e := range g.Rows {
			line(fmt.Sprint(e.Row), e.Number, day(e.Asked), day(e.Answered), mask.Text("Hỏi đáp", e.Title))
		}
	case media.RegSegments:
		line(segmentHead()...)
		for _, e := range g.Rows {
			line(segmentLine(plan, e)...)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(out, rowsWords(plan, g))
	return err
}
