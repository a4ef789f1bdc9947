package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"
	"text/tabwriter"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/plans"
	"loa/viet"
)

type planNewCmd struct {
	Year   int    `arg:"" help:"Năm mới, ví dụ 2024."`
	From   int    `required:"" placeholder:"NĂM" help:"Năm cũ, ví dụ 2023."`
	Plan   string `placeholder:"TỈNH" help:"Tỉnh, ví dụ yen-bai (mặc định: tỉnh duy nhất có kế hoạch năm cũ)."`
	Output string `short:"o" type:"path" help:"Ghi ra tệp này thay cho stdout; không bao giờ ghi đè."`
}

// Run writes the new year's file and tells everything in it that must be
// confirmed against the new text. Agencies, sources and column maps are other
// files of the province and carry over by themselves.
func (c *planNewCmd) Run(a *app) error {
	files := a.planFiles()
	province, err := provinceWith(files, c.Plan, c.From)
	if err != nil {
		return err
	}
	if c.Year == c.From {
		return usagef("năm mới phải khác năm cũ %d", c.From)
	}
	id := fmt.Sprintf("%s/%d", province, c.From)
	if _, err := loadPlan(files, id); err != nil {
		return err
	}
	text, err := plans.Text(files, id)
	if err != nil {
		return fmt.Errorf("đọc kế hoạch năm cũ: %w", err)
	}
	n := newYear{lines: strings.Split(text, "\n"), from: c.From, year: c.Year, edits: map[int][]yearEdit{}, notes: map[int][]string{}, above: map[int][]string{}}
	if err := n.read(text); err != nil {
		return fmt.Errorf("%s.yaml: %w", id, err)
	}
	out := n.render(id, false)
	name := c.Output
	if name == "" {
		name = fmt.Sprintf("%s/%d.yaml", province, c.Year)
		if _, err := a.Out.Write([]byte(out)); err != nil {
			return err
		}
	} else if err := writeNew(name, out); err != nil {
		return err
	}
	n.tell(a, name)
	fresh := fmt.Sprintf("%s/%d", province, c.Year)
	_, _, problems := plans.Load(over{files, fstest.MapFS{fresh + ".yaml": &fstest.MapFile{Data: []byte(n.render(id, true))}}}, fresh)
	for i, p := range problems {
		if i == 0 {
			fmt.Fprintln(a.Err, "\nĐiền xong ba chỗ trống, còn phải sửa:")
		}
		if p.File == fresh+".yaml" {
			p.File = name
		}
		fmt.Fprintln(a.Err, p)
	}
	return nil
}

// writeNew writes a file that must not be there yet: people's work is in it.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if errors.Is(err, fs.ErrExist) {
		return usagef("tệp «%s» đã có; không ghi đè", name)
	}
	if err != nil {
		return fmt.Errorf("ghi tệp kế hoạch: %w", err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("ghi tệp kế hoạch: %w", err)
	}
	return nil
}

// provinceWith is the province named, or the only one with a plan of the year.
func provinceWith(files fs.FS, named string, year int) (string, error) {
	ids, err := plans.IDs(files)
	if err != nil {
		return "", fmt.Errorf("đọc thư mục kế hoạch: %w", err)
	}
	named, _, _ = strings.Cut(named, "/")
	var hit []string
	for _, id := range ids {
		if p, y, _ := strings.Cut(id, "/"); y == strconv.Itoa(year) && (named == "" || named == p) {
			hit = append(hit, p)
		}
	}
	switch len(hit) {
	case 0:
		return "", usagef("không có kế hoạch năm %d%s (có: %s)", year, map[bool]string{true: " của " + named}[named != ""], strings.Join(ids, ", "))
	case 1:
		return hit[0], nil
	}
	return "", usagef("có kế hoạch năm %d của %s; dùng --plan để chọn tỉnh", year, strings.Join(hit, ", "))
}

// newYear turns the text of last year's file into this year's. It edits the
// text at the places the parsed nodes name, so that order, form and remarks stay.
type newYear struct {
	lines      []string
	from, year int
	number     string // of the old plan
	edits      map[int][]yearEdit
	notes      map[int][]string // what to confirm, by line
	above      map[int][]string // the same, where the line cannot bear a remark
	dropped    int              // line that the new file does without; 0: none
	list       []toConfirm
}

// yearEdit puts a text in the place of another on one line. blank is what the
// file says until a person fills it in, where that is not the same.
type yearEdit struct {
	at, length int // in characters
	text       string
	blank      bool
}

// toConfirm is one place to hold against the new text.
type toConfirm struct {
	line                    int // of the old file
	id, field, value, place string
}

// read walks the file, which is known to be without a mistake.
func (n *newYear) read(text string) error {
	var doc yaml.Node
	if err := yaml.Load([]byte(text), &doc); err != nil {
		return err
	}
	root := doc.Content[0]
	if err := n.head(child(root, "plan")); err != nil {
		return err
	}
	for _, w := range members(root, "windows") {
		for _, key := range []string{"valid_from", "valid_to"} {
			n.date(w, key, "windows", "")
		}
		n.mark(child(w, "from"), "windows", "hours", value(w, "from")+"–"+value(w, "to"), "", "khung giờ, mức tham chiếu")
		n.mentions(w, "windows", "", "basis")
	}
	for _, r := range members(root, "retention") {
		n.mark(child(r, "days"), "retention", "days", value(r, "days"), "", "số ngày đài lưu giữ bản ghi: quy định còn như vậy không")
	}
	for _, q := range members(root, "quotas") {
		n.quota(q)
	}
	for _, f := range members(root, "forms") {
		n.clauses(f, value(f, "id"), "")
	}
	for _, d := range members(root, "documents") {
		n.mark(child(d, "number"), "documents", "number", value(d, "number"), "", "văn bản của kế hoạch trước: còn tuyên truyền nữa không")
	}
	for _, key := range []string{"contents", "not_duties"} {
		for _, c := range members(root, key) {
			n.clause(c, key, "")
		}
	}
	return nil
}

// head empties what only the new document says, so that the file is refused
// until a person fills it in.
func (n *newYear) head(h *yaml.Node) error {
	n.number = value(h, "number")
	for _, key := range []string{"number", "title", "issued"} {
		v := child(h, key)
		length, ok := n.extent(v)
		if !ok {
			return fmt.Errorf("dòng %d: «%s» cần ghi trên một dòng", v.Line, key)
		}
		text := string([]rune(n.lines[v.Line-1])[v.Column-1:][:length])
		if key == "issued" {
			text = n.later(v.Value)
		}
		n.edits[v.Line] = append(n.edits[v.Line], yearEdit{v.Column - 1, length, text, true})
		n.note(v, fmt.Sprintf("điền (năm %d: %s)", n.from, v.Value))
		n.list = append(n.list, toConfirm{v.Line, "plan", key, v.Value, ""})
	}
	if y := child(h, "year"); y != nil {
		n.edits[y.Line] = append(n.edits[y.Line], yearEdit{y.Column - 1, len(y.Value), strconv.Itoa(n.year), false})
	}
	n.date(h, "from", "plan", "")
	n.date(h, "to", "plan", "")
	if e := child(h, "effective"); e != nil && h.Style&yaml.FlowStyle == 0 {
		n.dropped = e.Line // a new plan holds from its beginning
	} else if e != nil {
		n.date(h, "effective", "plan", "")
	}
	return nil
}

func (n *newYear) quota(q *yaml.Node) {
	id, place := value(q, "id"), value(q, "place")
	n.mentions(q, id, place, "title", "wants", "place")
	if w := child(q, "wanted"); value(w, "basis") == "plan" {
		n.mark(child(q, "cadence"), id, "cadence", viet.Cadence(value(q, "cadence")), place, "tần suất của kế hoạch mới")
	}
	n.clauses(q, id, place)
	for _, key := range []string{"from", "to", "deadline"} {
		n.date(q, key, id, place)
	}
	for _, key := range []string{"wanted", "max_gap", "max_lag", "alive", "share"} {
		n.number1(child(q, key), id, key, "value", place)
	}
	for _, c := range members(q, "conditions") {
		n.number1(c, id, value(c, "name"), "value", place)
	}
	for _, s := range members(q, "shares") {
		n.number1(s, id, "shares", "percent", place)
	}
	for _, key := range []string{"due_days", "lead_days", "warn_days", "make_good", "carry", "tolerance"} {
		n.mark(child(q, key), id, key, value(q, key)+" (mức tham chiếu)", place, "mức tham chiếu")
	}
	n.mark(child(child(q, "make_good_policy"), "value"), id, "make_good_policy", value(child(q, "make_good_policy"), "value"), place, "cách tính phát bù đã chọn năm trước")
	if h := child(q, "hours"); h != nil {
		n.mark(child(h, "from"), id, "hours", value(h, "from")+"–"+value(h, "to"), place, "giờ theo dõi, mức tham chiếu")
	}
	n.mark(child(q, "reading"), id, "reading", value(q, "reading"), place, "cách đọc đã chọn năm trước")
	n.mark(child(q, "agreement"), id, "agreement", value(q, "agreement"), place, "văn bản thống nhất còn dùng cho năm mới không")
	if s := child(q, "shadow"); s != nil {
		n.date(s, "from", id, place)
		n.date(s, "to", id, place)
	}
	n.mentions(q, id, place, "basis_note")
}

// number1 marks a number with its basis.
func (n *newYear) number1(of *yaml.Node, id, field, key, place string) {
	basis := viet.Basis(value(of, "basis"))
	if v := child(of, key); v != nil {
		note := basis
		if value(of, "basis") == "plan" {
			note = "con số của kế hoạch mới"
		}
		n.mark(v, id, field, v.Value+" ("+basis+")", place, note)
	}
}

func (n *newYear) clauses(of *yaml.Node, id, place string) {
	for _, c := range members(of, "clauses") {
		n.clause(c, id, place)
	}
}

func (n *newYear) clause(c *yaml.Node, id, place string) {
	n.mark(child(c, "text"), id, "text", "dòng "+value(c, "line")+": «"+value(c, "text")+"»", place, "câu trích và số dòng")
}

// date moves a date on by the years between, and marks it.
func (n *newYear) date(of *yaml.Node, key, id, place string) {
	v := child(of, key)
	if v == nil {
		return
	}
	if at, ok := n.find(v); ok {
		n.edits[v.Line] = append(n.edits[v.Line], yearEdit{at, len(v.Value), n.later(v.Value), false})
	}
	n.mark(v, id, key, v.Value, place, fmt.Sprintf("%s, năm %d là %s", key, n.from, v.Value))
}

// later is a date moved on; the 29th of February may become the 28th.
func (n *newYear) later(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	moved := t.AddDate(n.year-n.from, 0, 0)
	if moved.Day() != t.Day() {
		moved = moved.AddDate(0, 0, -moved.Day())
	}
	return moved.Format(time.DateOnly)
}

// mentions marks texts that speak of the old year or of the old document.
func (n *newYear) mentions(of *yaml.Node, id, place string, keys ...string) {
	for _, key := range keys {
		v := child(of, key)
		if v == nil {
			continue
		}
		year, number := strings.Contains(v.Value, strconv.Itoa(n.from)), n.number != "" && strings.Contains(v.Value, n.number)
		switch {
		case number:
			n.mark(v, id, key, v.Value, place, "chữ này nhắc "+n.number)
		case year:
			n.mark(v, id, key, v.Value, place, fmt.Sprintf("chữ này nhắc năm %d", n.from))
		}
	}
}

// mark notes on the line of a value that it must be confirmed, and lists it.
func (n *newYear) mark(v *yaml.Node, id, field, old, place, note string) {
	if v == nil {
		return
	}
	n.note(v, "đối chiếu: "+note)
	n.list = append(n.list, toConfirm{v.Line, id, field, old, place})
}

func (n *newYear) note(v *yaml.Node, note string) {
	to := n.notes
	if _, single := n.extent(v); !single && v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		to = n.above // a text over several lines bears no remark within
	}
	if !slices.Contains(to[v.Line], note) {
		to[v.Line] = append(to[v.Line], note)
	}
}

// extent is the length of a scalar as written, quotes with it; ok says that it
// stands on one line.
func (n *newYear) extent(v *yaml.Node) (length int, ok bool) {
	rest := []rune(n.lines[v.Line-1])[v.Column-1:]
	switch {
	case v.Style&yaml.DoubleQuotedStyle != 0:
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\\' {
				i++
			} else if rest[i] == '"' {
				return i + 1, true
			}
		}
	case v.Style&yaml.SingleQuotedStyle != 0:
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\'' && i+1 < len(rest) && rest[i+1] == '\'' {
				i++
			} else if rest[i] == '\'' {
				return i + 1, true
			}
		}
	case v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && strings.HasPrefix(string(rest), v.Value):
		return len([]rune(v.Value)), true
	}
	return 0, false
}

// find is where the letters of a plain value begin on its line.
func (n *newYear) find(v *yaml.Node) (at int, ok bool) {
	line := []rune(n.lines[v.Line-1])
	before, _, ok := strings.Cut(string(line[v.Column-1:]), v.Value)
	return v.Column - 1 + len([]rune(before)), ok
}

// render is the new file; filled, as it would be read with its blanks filled in
// somehow. Both have the same lines.
func (n *newYear) render(id string, filled bool) string {
	out := []string{
		fmt.Sprintf("# Lập từ %s (%s) bằng «loa plan new». Số, tên và ngày ban hành để trống: điền xong loa mới đọc tệp này.", id, n.number),
		fmt.Sprintf("# Ngày, tháng đã cộng %d năm. Chỗ nào có «đối chiếu» thì so với văn bản mới, sửa nếu khác, rồi xóa lời nhắc.", n.year-n.from),
	}
	final := map[int]int{}
	for i, line := range n.lines {
		at := i + 1
		if at == n.dropped {
			continue
		}
		edits := slices.Clone(n.edits[at])
		slices.SortFunc(edits, func(a, b yearEdit) int { return b.at - a.at })
		for _, e := range edits {
			text := e.text
			if e.blank && !filled {
				text = `""`
			}
			r := []rune(line)
			line = string(r[:e.at]) + text + string(r[e.at+e.length:])
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		for _, note := range n.above[at] {
			out = append(out, indent+"# "+note)
		}
		if notes := n.notes[at]; len(notes) > 0 {
			line = strings.TrimRight(line, " ") + " # " + strings.Join(notes, "; ")
		}
		out = append(out, line)
		final[at] = len(out)
	}
	for i := range n.list {
		if !filled {
			n.list[i].line = final[n.list[i].line]
		}
	}
	return strings.Join(out, "\n")
}

// tell lists everything to fill in or to confirm.
func (n *newYear) tell(a *app, name string) {
	fmt.Fprintf(a.Err, "%s: còn trống số, tên và ngày ban hành; %d chỗ phải đối chiếu với văn bản mới:\n", path.Base(name), len(n.list)-3)
	w := tabwriter.NewWriter(a.Err, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "Dòng\tNhiệm vụ\tKhóa\tGiá trị cũ\tCăn cứ")
	for _, c := range n.list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", c.line, c.id, c.field, cut(c.value, 70), c.place)
	}
	_ = w.Flush()
}

// child is the value of a key; nil if there is none.
func child(of *yaml.Node, key string) *yaml.Node {
	if of == nil || of.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(of.Content); i += 2 {
		if of.Content[i].Value == key {
			return of.Content[i+1]
		}
	}
	return nil
}

// value is the text of a key's value, "" if there is none.
func value(of *yaml.Node, key string) string {
	if v := child(of, key); v != nil {
		return v.Value
	}
	return ""
}

// members are the elements of a list under a key.
func members(of *yaml.Node, key string) []*yaml.Node {
	if v := child(of, key); v != nil {
		return v.Content
	}
	return nil
}
