package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing/fstest"
	"text/tabwriter"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/monitor"
	"loa/plans"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// planCmd is the plan as a document: to read, compare, try out, adjust and
// carry over into the next year.
type planCmd struct {
	Show     planShowCmd     `cmd:"" help:"In kế hoạch thành văn bản: từng nhiệm vụ, con số và căn cứ."`
	Diff     planDiffCmd     `cmd:"" help:"So sánh hai bản kế hoạch."`
	Simulate planSimulateCmd `cmd:"" help:"Tính lại một kỳ đã qua theo một bản dự thảo; không ghi gì."`
	Set      planSetCmd      `cmd:"" help:"Điều chỉnh một mức tham chiếu từ một ngày, có căn cứ."`
	Fields   planFieldsCmd   `cmd:"" help:"In các mức điều chỉnh được."`
	Levels   planLevelsCmd   `cmd:"" help:"In phân bố kết quả của các cơ quan, để đặt mức tham chiếu."`
	New      planNewCmd      `cmd:"" help:"Lập tệp kế hoạch năm mới từ năm trước, đánh dấu mọi chỗ phải đối chiếu."`
}

type planShowCmd struct {
	Plan   string `arg:"" optional:"" help:"Kế hoạch, ví dụ yen-bai/2023 (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Kế hoạch có hiệu lực tại thời điểm này."`
	Format string `default:"text" enum:"text,md" help:"Định dạng: text hoặc md."`
	By     string `default:"class" enum:"class,owner" help:"Xếp nhiệm vụ theo loại (class) hoặc theo cơ quan thực hiện (owner)."`
	Output string `short:"o" help:"Ghi ra tệp này thay cho stdout." type:"path"`
}

// Run prints the plan in force, with every number that was changed since.
func (c *planShowCmd) Run(a *app) error {
	p, file, err := a.inForce(c.Plan, fixed(c.At)())
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := report.WritePlan(&buf, p, report.PlanView{Format: c.Format, ByOwner: c.By == "owner", File: file}); err != nil {
		return fmt.Errorf("in kế hoạch: %w", err)
	}
	if c.Output == "" {
		_, err = a.Out.Write(buf.Bytes())
		return err
	}
	if err := os.WriteFile(c.Output, buf.Bytes(), 0o640); err != nil {
		return fmt.Errorf("ghi văn bản kế hoạch: %w", err)
	}
	return nil
}

// inForce is the plan as files and store have it together, and the version of
// its file. Where there is no store yet the files are all there is, and none is
// made.
func (a *app) inForce(id string, at time.Time) (p *schedule.Plan, file string, err error) {
	files := a.planFiles()
	if p, err = planAt(files, id, at); err != nil {
		return nil, "", err
	}
	if !a.hasStore() {
		return p, p.Version, nil
	}
	st, err := a.openStore(a.ctx)
	if err != nil {
		return nil, "", err
	}
	e := &engine{app: a, files: files, written: p, plan: p, store: st, business: func() time.Time { return at }}
	defer e.close()
	if err := e.replan(a.ctx, time.Time{}); err != nil {
		return nil, "", err
	}
	return e.plan, p.Version, nil
}

// hasStore reports whether there is a database: one that is addressed is.
func (a *app) hasStore() bool {
	if strings.Contains(a.cli.DB, "://") {
		return true
	}
	_, err := os.Stat(a.db())
	return err == nil
}

type planDiffCmd struct {
	A string `arg:"" help:"Bản cũ: mã kế hoạch (yen-bai/2023, như tệp ghi), ít nhất 6 ký tự đầu của mã phiên bản đã dùng, hoặc tệp YAML."`
	B string `arg:"" help:"Bản mới, cũng vậy."`
}

var (
	planForm = regexp.MustCompile(`^[a-z0-9-]+/[0-9]{4}$`)
	hashForm = regexp.MustCompile(`^[0-9a-f]{6,}$`)
)

// Run says what is different in the second plan; differences are no failure.
func (c *planDiffCmd) Run(a *app) error {
	old, err := a.planNamed(c.A, c.B)
	if err != nil {
		return err
	}
	now, err := a.planNamed(c.B, c.A)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	differ, err := report.WritePlanDiff(&buf, old, now)
	if err != nil {
		return fmt.Errorf("so sánh kế hoạch: %w", err)
	}
	fmt.Fprintf(a.Out, "%s (%s, bản %.12s) → %s (%s, bản %.12s)\n", c.A, old.Number, old.Version, c.B, now.Number, now.Version)
	if old.Sample || now.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	if !differ {
		fmt.Fprintln(a.Out, "Không có khác biệt.")
		return nil
	}
	_, err = a.Out.Write(buf.Bytes())
	return err
}

// planNamed reads the plan that a person named: by its id, by a version that
// was used, or as a file. other is what it is compared with.
func (a *app) planNamed(name, other string) (*schedule.Plan, error) {
	files := a.planFiles()
	if planForm.MatchString(name) {
		return loadPlan(files, name)
	}
	if ext := filepath.Ext(name); ext == ".yaml" || ext == ".yml" {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, usagef("không đọc được tệp «%s»", name)
		}
		province, err := provinceOf(files, name, other)
		if err != nil {
			return nil, err
		}
		return draftOf(files, province+"/"+yearIn(text), name, text)
	}
	if !hashForm.MatchString(name) {
		return nil, usagef("«%s»: cần mã kế hoạch (yen-bai/2023), ít nhất 6 ký tự đầu của mã phiên bản, hoặc tệp .yaml", name)
	}
	return a.planKept(name)
}

// planKept reads the one version kept in the store whose hash begins so.
func (a *app) planKept(prefix string) (*schedule.Plan, error) {
	if !a.hasStore() {
		return nil, usagef("chưa có cơ sở dữ liệu (--db, --data) nên chưa có bản kế hoạch nào được lưu; không tìm được phiên bản «%s»", prefix)
	}
	st, err := a.openStore(a.ctx)
	if err != nil {
		return nil, err
	}
	e := &engine{app: a, files: a.planFiles(), store: st}
	defer e.close()
	ids, err := st.Plans(a.ctx)
	if err != nil {
		return nil, err
	}
	var hit []string
	var id, text string
	for _, plan := range ids {
		versions, err := st.PlanVersions(a.ctx, plan)
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			if strings.HasPrefix(v.Version, prefix) {
				hit, id, text = append(hit, plan+" "+v.Version[:12]), plan, v.Text
			}
		}
	}
	switch len(hit) {
	case 0:
		return nil, usagef("không có phiên bản kế hoạch nào đã lưu bắt đầu bằng «%s»", prefix)
	case 1:
		return e.planOf(id, text)
	}
	return nil, usagef("«%s» chưa đủ rõ: có %s", prefix, strings.Join(hit, ", "))
}

// provinceOf says whose agencies a file of a plan speaks of: those of the
// folder it lies in, of the plan it is compared with, or the only ones.
func provinceOf(files fs.FS, name, other string) (string, error) {
	ids, err := plans.IDs(files)
	if err != nil {
		return "", fmt.Errorf("đọc thư mục kế hoạch: %w", err)
	}
	var all []string
	for _, id := range ids {
		if p, _, _ := strings.Cut(id, "/"); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	full, err := filepath.Abs(name)
	if folder := filepath.Base(filepath.Dir(full)); err == nil && slices.Contains(all, folder) {
		return folder, nil
	}
	if p, _, ok := strings.Cut(other, "/"); ok && planForm.MatchString(other) {
		return p, nil
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return "", usagef("không rõ tệp «%s» là kế hoạch của tỉnh nào trong %s; đặt tệp trong thư mục mang mã của tỉnh", name, strings.Join(all, ", "))
}

// yearIn is the year that a text of a plan names, "" if it cannot be read.
func yearIn(text []byte) string {
	var head struct {
		Plan struct {
			Year yaml.Node `yaml:"year"`
		} `yaml:"plan"`
	}
	_ = yaml.Load(text, &head) // whatever is wrong is told by the plan's reader
	return cmp.Or(head.Plan.Year.Value, "0000")
}

// draftOf reads a text of a plan strictly, with the agencies and sources of the
// province; mistakes are told by the name of its file.
func draftOf(files fs.FS, id, name string, text []byte) (*schedule.Plan, error) {
	p, _, problems := plans.Load(over{files, fstest.MapFS{id + ".yaml": &fstest.MapFile{Data: text}}}, id)
	for i := range problems {
		if problems[i].File == id+".yaml" {
			problems[i].File = name
		}
	}
	if err := refuse(problems); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

type planSimulateCmd struct {
	With   string `required:"" type:"existingfile" placeholder:"TỆP" help:"Bản dự thảo, dạng <năm>.yaml."`
	Period string `help:"Kỳ tính lại, ví dụ 2023-Q1 (mặc định: quý đã kết thúc gần nhất)."`
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Tính tại thời điểm này."`
	JSON   bool   `help:"Mỗi khác biệt một dòng JSON."`
}

// simulated is said wherever a draft was tried.
const simulated = "Mô phỏng, không thay thế đánh giá chính thức; không ghi gì vào cơ sở dữ liệu."

// Run derives a past period under the plan in force and under a draft, and
// prints what comes out otherwise. It stores nothing.
func (c *planSimulateCmd) Run(a *app) error {
	text, err := os.ReadFile(c.With)
	if err != nil {
		return fmt.Errorf("đọc bản dự thảo: %w", err)
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	period, err := periodOr(c.Period, calendar.Quarter, e.business())
	if err != nil {
		return err
	}
	over, err := e.overlaid(a.ctx, time.Time{})
	if err != nil {
		return err
	}
	draft, err := draftOf(over.files, e.plan.ID, c.With, text)
	if err != nil {
		return err
	}
	var both [2][]schedule.Standing
	for i, p := range []*schedule.Plan{e.plan, draft} {
		m := e.moment()
		m.Loose = true
		ev, err := monitor.Derive(a.ctx, e.store, p, e.cal, m)
		if err != nil {
			return err
		}
		both[i] = ev.Standings
	}
	ends := func(s schedule.Standing) bool { return period.Contains(s.End.Add(-time.Nanosecond)) }
	ds := slices.DeleteFunc(schedule.Differences(both[0], both[1]), func(d schedule.Difference) bool {
		return !(d.Then != nil && ends(*d.Then) || d.Now != nil && ends(*d.Now))
	})
	if c.JSON {
		return differenceLines(a.Out, ds)
	}
	for i := range both {
		both[i] = slices.DeleteFunc(both[i], func(s schedule.Standing) bool { return !ends(s) })
	}
	fmt.Fprintln(a.Out, simulated)
	if e.plan.Sample || draft.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	fmt.Fprintf(a.Out, "Các kỳ kết thúc trong %s, tính tại %s.\n\n", period.Name(), viet.Moment(e.business()))
	if len(ds) == 0 {
		fmt.Fprintln(a.Out, "Không có khác biệt.")
	} else if err := differenceTable(a.Out, e.plan, draft, ds); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "\n%d kết quả khác đi.\nTheo kế hoạch đang áp dụng\n%s\nTheo bản dự thảo\n%s\n", len(ds), stateLines(both[0]), stateLines(both[1]))
	return nil
}

// periodOr reads a period, or takes the last one of the cadence that is over.
func periodOr(id string, c calendar.Cadence, now time.Time) (calendar.Period, error) {
	if id == "" {
		return calendar.At(c, calendar.At(c, now).Start.Add(-time.Nanosecond)), nil
	}
	p, err := calendar.Parse(id)
	if err != nil {
		return p, usagef("--period «%s» không phải một kỳ; cần dạng 2023-W10, 2023-03, 2023-Q1, 2023-H1 hoặc 2023", id)
	}
	return p, nil
}

func differenceLines(w io.Writer, ds []schedule.Difference) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, d := range ds {
		for _, s := range []**schedule.Standing{&d.Then, &d.Now} {
			if *s != nil {
				at := local(**s)
				*s = &at
			}
		}
		if err := enc.Encode(d); err != nil {
			return fmt.Errorf("write difference: %w", err)
		}
	}
	return nil
}

// differenceTable prints one line per row that comes out otherwise.
func differenceTable(w io.Writer, then, now *schedule.Plan, ds []schedule.Difference) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "Nhiệm vụ\tCơ quan\tKỳ\tTính chất\tĐánh giá, trước → sau\tKết quả trên mức, trước → sau")
	arrow := func(a, b string) string {
		if a == b {
			return a
		}
		return a + " → " + b
	}
	say := func(s *schedule.Standing, words func(*schedule.Standing) string) string {
		if s == nil {
			return "không giao"
		}
		return words(s)
	}
	basis := func(s *schedule.Standing) string { return viet.Basis(string(s.Basis)) }
	state := func(s *schedule.Standing) string {
		out := report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons)
		if s.Shadow() {
			out += " (theo dõi thử)"
		}
		return out
	}
	got := func(s *schedule.Standing) string {
		var out []string
		for _, m := range s.Measures {
			out = append(out, viet.Measure(m.Name)+" "+viet.Decimal(m.Delivered)+"/"+viet.Decimal(m.Wanted))
		}
		return strings.Join(out, ", ")
	}
	for _, d := range ds {
		p, s := now, d.Now
		if s == nil {
			p, s = then, d.Then
		}
		kind := basis(s)
		if d.Then != nil && d.Now != nil {
			kind = arrow(basis(d.Then), basis(d.Now))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", d.Quota, report.NamesOf(p).Agency(d.Owner), d.Period, kind,
			arrow(say(d.Then, state), say(d.Now, state)), arrow(say(d.Then, got), say(d.Now, got)))
	}
	return t.Flush()
}
