package extract

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
)

// RegisterOptions says what a register does not say of itself.
type RegisterOptions struct {
	Kind     media.RegisterKind
	Agency   string         // whose register it is
	Columns  []media.Column // print, segments: recognised in sections, those of Agency only
	Channels []LogChannel   // segments: those of Agency
	From, To time.Time      // the span declared, To exclusive; zero: not checked
	See      func(Handed)   // told how the table was read, before its rows are; may be nil
	Part     bool           // also gives the rows that can be read where others cannot: for a preview, never to be stored
}

// Register reads the rows of a register (bảng kê), in the formats of Airings. As with Airings every mistake of
// every row is told at once, and with any RowError no entry is given; error is
// for a file that is no table at all. Days are local midnights, in UTC.
func Register(name string, data []byte, opt RegisterOptions) ([]media.Entry, []RowError, error) {
	fm, ok := registerForm(opt.Kind)
	if !ok {
		return nil, nil, fmt.Errorf("read register %s: there is no kind %q", name, opt.Kind)
	}
	t, bad, err := readTable(data, fm)
	if err != nil {
		return nil, bad, fmt.Errorf("read register %s: %w", name, err)
	}
	if t != nil && opt.See != nil {
		opt.See(t.read)
	}
	if len(bad) > 0 {
		return nil, bad, nil
	}
	r := registerReader{opt: opt, table: t, had: map[string]int{}}
	if msg := r.missing(); msg != "" {
		return nil, []RowError{{Row: t.headerRow, Msg: msg}}, nil
	}
	for _, row := range t.rows {
		r.row(row)
	}
	switch {
	case len(r.bad) > 0 && opt.Part:
		return r.out, r.bad, nil
	case len(r.bad) > 0:
		return nil, r.bad, nil
	case len(r.out) == 0:
		return nil, []RowError{{Row: t.headerRow, Msg: "dưới dòng tiêu đề không có dòng nào; nếu trong khoảng này không có gì để kê thì khai «không có»"}}, nil
	}
	return r.out, nil, nil
}

type registerReader struct {
	opt    RegisterOptions
	table  *table
	out    []media.Entry
	bad    []RowError
	had    map[string]int // row of an entry, by its id
	number string         // print: of the issue that the rows below belong to
	day    time.Time      // its day; segments: of broadcast, of the rows below
	footer bool
}

func (r *registerReader) is(kind media.RegisterKind) bool { return r.opt.Kind == kind }

// missing says which columns the header lacks.
func (r *registerReader) missing() string {
	var want []string
	need := func(f field, name string) {
		if !r.table.has(f) {
			want = append(want, "«"+name+"»")
		}
	}
	switch r.opt.Kind {
	case media.RegPrint:
		if !r.dayElsewhere() {
			need(rDate, "Ngày phát hành")
		}
		need(rTitle, "Tiêu đề")
	case media.RegProcedures:
		need(rNumber, "Số, ký hiệu")
		if !r.dayElsewhere() {
			need(rDate, "Ngày ký")
		}
		need(rTitle, "Trích yếu")
	case media.RegQuestions:
		need(rTitle, "Câu hỏi")
		need(rAnswered, "Ngày trả lời")
	case media.RegSegments:
		need(rTitle, "Tên tin, bài")
		need(rSection, "Chuyên mục» hoặc «Chương trình")
		if !r.dayElsewhere() {
			need(rDate, "Ngày phát")
		}
	}
	if len(want) == 0 {
		return ""
	}
	return "dòng tiêu đề thiếu cột " + strings.Join(want, ", ")
}

// dayElsewhere reports whether any line gives its day outside a column of days:
// beside the number, or in a line of its own above the rows of an issue.
func (r *registerReader) dayElsewhere() bool {
	for _, row := range r.table.rows {
		cell := row.get(r.table, rNumber)
		if s, _, _, ok := row.lone(); ok && (r.is(media.RegPrint) || r.is(media.RegSegments)) {
			cell = s
		}
		if _, ok := viet.ParseDate(cell, viet.DateOptions{}); ok {
			return true
		}
	}
	return false
}

func (r *registerReader) fail(row tableRow, f field, msg string) {
	r.bad = append(r.bad, RowError{Row: row.n, Column: r.table.title(f), Value: row.get(r.table, f), Msg: msg})
}

func (r *registerReader) row(row tableRow) {
	if r.table.noRow(row) {
		return
	}
	get := func(f field) string { return row.get(r.table, f) }
	if !strings.ContainsAny(get(rDate)+get(rAsked)+get(rAnswered), "0123456789") {
		below, end := row.below()
		r.footer = r.footer || end
		if below || r.footer && get(rNumber) == "" {
			return
		}
	} else {
		r.footer = false
	}
	if r.heading(row) {
		return
	}
	before := len(r.bad)
	e := media.Entry{Row: row.n, Title: get(rTitle)}
	longest := maxTitle
	if r.is(media.RegQuestions) {
		longest = maxQuestion
	}
	if e.Title == "" {
		r.fail(row, rTitle, map[media.RegisterKind]string{media.RegPrint: "thiếu tiêu đề", media.RegSegments: "thiếu tên tin, bài", media.RegProcedures: "thiếu trích yếu", media.RegQuestions: "thiếu nội dung câu hỏi"}[r.opt.Kind])
	}
	switch r.opt.Kind {
	case media.RegPrint:
		r.print(&e, row)
	case media.RegProcedures:
		r.procedure(&e, row)
	case media.RegQuestions:
		r.question(&e, row)
	case media.RegSegments:
		r.segment(&e, row)
	}
	r.within(row, rNumber, e.Number, maxNumber)
	r.within(row, rPage, e.Page, maxPage)
	r.within(row, rSection, e.Section, maxSection)
	r.within(row, rTitle, e.Title, longest)
	if len(r.bad) > before || !r.inSpan(e, row) {
		return
	}
	switch r.opt.Kind {
	case media.RegPrint:
		r.number, r.day = e.Number, e.At
		e.Column = r.column(e.Section, e.At)
	case media.RegSegments:
		r.day = localDay(e.At).UTC()
		e.Column = r.column(e.Section, e.At)
	}
	e.ID = r.opt.Kind.EntryID(r.opt.Agency, e)
	if n, twice := r.had[e.ID]; twice {
		r.fail(row, rTitle, fmt.Sprintf("trùng với dòng %d; %s", n, map[media.RegisterKind]string{
			media.RegPrint: "mỗi tin, bài trên một trang của một số báo ghi một dòng", media.RegProcedures: "mỗi quyết định ghi một dòng", media.RegQuestions: "mỗi câu hỏi ghi một dòng",
			media.RegSegments: "mỗi lần phát ghi một dòng, có giờ phát khi phát nhiều lần trong ngày"}[r.opt.Kind]))
		return
	}
	r.had[e.ID] = row.n
	r.out = append(r.out, e)
}

func (r *registerReader) within(row tableRow, f field, s string, most int) {
	if len([]rune(s)) > most {
		r.fail(row, f, fmt.Sprintf("dài quá %d ký tự", most))
	}
}

// heading deals with a line that says one thing: a heading between rows, or the
// issue that the rows below belong to. What could be the rest of a row is none.
func (r *registerReader) heading(row tableRow) bool {
	s, at, merged, ok := row.lone()
	if !ok || at == r.table.cols[rTitle] && !merged {
		return false
	}
	if r.is(media.RegPrint) || r.is(media.RegSegments) {
		if day, msg := r.dayOf(s); msg == "" {
			r.number, r.day = issueNumber(s), day
			return true
		}
	}
	for _, c := range r.table.cols {
		if c == at && !merged && strings.ContainsAny(s, "0123456789") {
			return false // a number or a day that lost its row
		}
	}
	return true
}

var shortDay = regexp.MustCompile(`^\d{1,2}\.\d{1,2}\.\d\d$`)

// dayOf reads the one day that a cell names; msg says what is wrong with it.
func (r *registerReader) dayOf(s string) (day time.Time, msg string) {
	const form = "không phải ngày có thật; cần dạng ngày/tháng/năm"
	if _, ok := r.table.serial(s); ok {
		if day, ok = r.table.day(s); !ok {
			return day, form
		}
		return day.UTC(), ""
	}
	if shortDay.MatchString(s) { // dots and two digits of a year are a day in a cell of days alone
		s = strings.ReplaceAll(s, ".", "/")
	}
	d, ok := viet.ParseDate(s, viet.DateOptions{})
	if !ok || d.Swapped {
		return time.Time{}, form
	}
	day = localDay(d.Time).UTC()
	_, rest, _ := strings.Cut(viet.Clean(s), d.Text)
	if other, ok := viet.ParseDate(rest, viet.DateOptions{}); ok && !localDay(other.Time).Equal(day) {
		return time.Time{}, "có hai ngày; cần một ngày, dạng ngày/tháng/năm"
	}
	return day, ""
}

var (
	issueWords = regexp.MustCompile(`(?i)\b(số báo|báo số|số|kỳ)\s*:?\s*(\d[\d/.]*(\s*\(\d[\d.]*\))?)`)
	issueLead  = regexp.MustCompile(`(?i)^(số báo|báo số|số|kỳ)\s*:?\s*`)
	pageLead   = regexp.MustCompile(`(?i)^(trang|tr)\b\.?\s*:?\s*`)
	onlyDay    = regexp.MustCompile(`(?i)(,|;|-|–|\(|\b(ra|phát hành))?\s*(thứ (hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)?,?\s*(ngày)?\s*$`)
)

// issueNumber is the number of the issue that a line of its own names.
func issueNumber(s string) string {
	if d, ok := viet.ParseDate(s, viet.DateOptions{}); ok {
		s = strings.Replace(viet.Clean(s), d.Text, " ", 1)
	}
	if m := issueWords.FindStringSubmatch(s); m != nil {
		return strings.TrimRight(m[2], "./ ")
	}
	return ""
}

// print reads issue, day, page and section. Rows of one issue may leave issue
// and day to the first of them, as merged cells do.
func (r *registerReader) print(e *media.Entry, row tableRow) {
	get := func(f field) string { return row.get(r.table, f) }
	number := get(rNumber)
	var beside time.Time // the day beside the number
	if _, raw := r.table.serial(number); !raw && strings.ContainsAny(number, "/-.–tT") {
		if day, msg := r.dayOf(number); msg == "" {
			d, _ := viet.ParseDate(number, viet.DateOptions{})
			head, tail, _ := strings.Cut(number, d.Text)
			beside, number = day, strings.Trim(onlyDay.ReplaceAllString(head, "")+strings.TrimLeft(tail, ") "), " ,;-–")
		}
	}
	e.Number = strings.TrimSpace(issueLead.ReplaceAllString(number, ""))
	carried := !r.day.IsZero() && (e.Number == "" || e.Number == r.number)
	switch s := get(rDate); {
	case s != "":
		day, msg := r.dayOf(s)
		if msg != "" {
			r.fail(row, rDate, msg)
			break
		}
		if e.At = day; !beside.IsZero() && !beside.Equal(day) {
			r.fail(row, rDate, fmt.Sprintf("khác với ngày đứng cùng số báo (%s)", viet.Day(beside)))
		}
	case !beside.IsZero():
		e.At = beside
	case carried:
		e.At = r.day
	default:
		r.fail(row, rDate, "thiếu ngày phát hành; cần dạng ngày/tháng/năm")
	}
	if e.Number == "" && (e.At.Equal(r.day) || get(rDate) == "") {
		e.Number = r.number
	}
	if e.Number == "" && r.table.has(rNumber) && !e.At.IsZero() {
		r.fail(row, rNumber, "thiếu số báo")
	}
	e.Page, e.Section = strings.TrimSpace(pageLead.ReplaceAllString(get(rPage), "")), get(rSection)
}

var sectionLead = regexp.MustCompile(`^(chuyen muc|chuyen trang|muc|trang) `)

// column is the agency's column that a section is called by, at that time.
func (r *registerReader) column(section string, at time.Time) string {
	name := plainWords(section)
	if name == "" {
		return ""
	}
	bare := sectionLead.ReplaceAllString(name, "")
	for _, c := range r.opt.Columns {
		if c.Agency != r.opt.Agency {
			continue
		}
		for _, n := range c.Names(at) {
			if w := plainWords(n); w != "" && (w == name || w == bare) {
				return c.ID
			}
		}
	}
	return ""
}

// procedure reads a decision's number and the day of signing, which may stand
// beside it.
func (r *registerReader) procedure(e *media.Entry, row tableRow) {
	get := func(f field) string { return row.get(r.table, f) }
	cell := get(rNumber)
	if symbol := strings.TrimLeft(get(rSymbol), "/ "); symbol != "" && cell != "" && !strings.Contains(cell, "/") {
		cell += "/" + symbol
	}
	switch all := viet.DocumentNumbers(cell); {
	case cell == "":
		r.fail(row, rNumber, "thiếu số, ký hiệu quyết định")
	case len(all) == 0:
		r.fail(row, rNumber, "không phải số, ký hiệu văn bản; cần dạng 345/QĐ-UBND")
	case len(all) > 1:
		r.fail(row, rNumber, "có nhiều số văn bản; mỗi quyết định ghi một dòng")
	default:
		e.Number = all[0]
	}
	beside, ok := viet.DocumentDate(cell, e.Number)
	switch s := get(rDate); {
	case s != "":
		day, msg := r.dayOf(s)
		if msg != "" {
			r.fail(row, rDate, msg)
			break
		}
		if e.At = day; ok && !beside.Equal(day) {
			r.fail(row, rDate, fmt.Sprintf("khác với ngày đứng cùng số quyết định (%s)", viet.Day(beside)))
		}
	case ok:
		e.At = beside.UTC()
	case cell == "" || e.Number != "":
		r.fail(row, rDate, "thiếu ngày ký; cần dạng ngày/tháng/năm")
	}
}

var (
	notAnswered = regexp.MustCompile(`^((chua|dang)\b.*|khong( tra loi)?|[-–—.…x]+)$`)
	notKnown    = regexp.MustCompile(`^(khong (ro|biet|co|ghi)\b.*|chua ro|[-–—.…?]+)$`)
)

// question reads when a question was asked, if that is known, and when it was
// answered, if it was.
func (r *registerReader) question(e *media.Entry, row tableRow) {
	get := func(f field) string { return row.get(r.table, f) }
	e.Number = get(rNumber)
	day := func(f field, none *regexp.Regexp, msg string) (t time.Time) {
		s := get(f)
		if s == "" || none.MatchString(viet.Fold(s)) {
			return t
		}
		t, wrong := r.dayOf(s)
		if wrong != "" {
			r.fail(row, f, wrong+msg)
		}
		return t
	}
	e.Asked = day(rAsked, notKnown, ", hoặc để trống khi không rõ")
	e.Answered = day(rAnswered, notAnswered, ", hoặc để trống khi chưa trả lời")
	if !e.Asked.IsZero() && !e.Answered.IsZero() && e.Answered.Before(e.Asked) {
		r.fail(row, rAnswered, fmt.Sprintf("trước ngày hỏi (%s)", viet.Day(e.Asked)))
	}
	if e.At = e.Answered; e.At.IsZero() {
		e.At = e.Asked
	}
}

// inSpan tells a row that is dated out of the span the sender declares. A
// question is in it that was asked or answered in it, or has no day.
func (r *registerReader) inSpan(e media.Entry, row tableRow) bool {
	if r.opt.From.IsZero() || e.At.IsZero() {
		return true
	}
	f := rDate
	if r.is(media.RegQuestions) {
		if f = rAnswered; e.Answered.IsZero() {
			f = rAsked
		}
	}
	for _, t := range []time.Time{e.At, e.Asked} {
		if !t.IsZero() && !t.Before(r.opt.From) && t.Before(r.opt.To) {
			return true
		}
	}
	r.fail(row, f, fmt.Sprintf("ngày %s nằm ngoài khoảng đã khai, từ %s đến hết %s", viet.Day(e.At), viet.Day(r.opt.From), viet.Day(r.opt.To.Add(-time.Second))))
	return false
}
