package extract

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
)

// RadioOptions says what a sheet of loudspeakers' bulletins does not say of itself.
type RadioOptions struct {
	Agencies  []media.Agency // the plan's
	District  string         // agency id: communes are of this district; "" is any
	Agency    string         // agency id whose station it is, for sheets that name none
	Month     time.Time      // first day of the month of a form; zero: the sheet says
	From, To  time.Time      // span that a log of the province's system declares complete, To exclusive
	Signed    bool           // a form was signed or sealed by its sender
	KnownOnly bool           // rows of communes that the plan does not name are left out, not mistakes
}

// RadioSheet is what was read: a register for each commune and district that the
// sheet names, without sender and file.
type RadioSheet struct {
	Log       bool // of the province's system, not a form
	Registers []media.Register
	Blank     []string // listed without a number: nothing was handed in for them
	Unknown   []string // left out, with KnownOnly
}

// The columns of such sheets.
const (
	bAgency field = iota
	bDistrict
	bDate
	bTime
	bTitle
	bLength
	bTimes
	bSubject
	bCount
	bMinutes
	bMonth
	bNote
	bFile
	radioFields
)

func radioForm() form {
	heads := [radioFields][]string{
		bAgency:   {"xa phuong thi tran", "ten xa phuong thi tran", "ten xa", "xa phuong", "xa", "don vi", "ten don vi", "dia phuong", "don vi hanh chinh", "dai truyen thanh", "ten dai", "dai", "cum loa", "don vi bao cao", "ubnd xa"},
		bDistrict: {"huyen", "huyen thi xa thanh pho", "ten huyen", "thuoc huyen", "huyen thi thanh pho", "cap huyen"},
		bDate:     {"ngay gio phat", "ngay phat", "thoi gian phat", "ngay phat song", "ngay gio phat song", "thoi gian phat song", "thoi diem phat", "ngay gio", "ngay thang", "ngay", "thoi gian"},
		bTime:     {"gio phat", "gio phat song", "gio"},
		bTitle:    {"tieu de", "tieu de ban tin", "ten ban tin", "ban tin", "ten chuong trinh", "ten tin bai", "tieu de tin bai", "noi dung phat", "noi dung ban tin", "noi dung", "title"},
		bLength:   {"thoi luong", "thoi luong phat", "do dai"},
		bTimes:    {"so lan phat", "so lan phat song", "lan phat", "so lan", "so luot phat"},
		bSubject:  {"cchc", "chu de", "noi dung cchc", "cai cach hanh chinh", "la tin cchc", "thuoc cchc", "thuoc cai cach hanh chinh", "linh vuc", "chuyen muc", "loai noi dung", "nhom noi dung", "the loai"},
		bCount: {"so tin bai cchc", "so luong tin bai cchc", "so tin bai ve cchc", "so tin bai ve cai cach hanh chinh", "so tin bai cai cach hanh chinh", "so tin cchc", "so ban tin cchc", "so luong tin bai", "tong so tin bai",
			"so tin bai", "so ban tin", "so luong", "so tin", "tin bai cchc", "tin bai"},
		bMinutes: {"so phut", "tong thoi luong", "tong so phut", "thoi luong phat thanh", "so phut phat", "phut"},
		bMonth:   {"thang", "thang bao cao", "ky bao cao"},
		bNote:    {"ghi chu", "ly do"},
		bFile:    {"tep", "tep kem theo", "tep dinh kem", "file", "file dinh kem", "minh chung", "duong dan"},
	}
	return form{noun: "phiếu của đài truyền thanh", wants: "«Xã, phường, thị trấn», «Số tin, bài CCHC», «Số phút» (phiếu), hoặc «Xã», «Ngày giờ phát», «Tiêu đề», «CCHC» (hệ thống thông tin nguồn)", least: 2, heads: heads[:]}
}

const (
	maxBulletins = 500    // a month, of one station, that are believed
	maxDeclared  = 50_000 // pieces of one file
)

// Radio reads what loudspeakers broadcast: the log of the province's system
// (hệ thống thông tin nguồn, Thông tư 39/2020/TT-BTTTT), the monthly form of one
// station, or the sheet in which a district collects its communes, told apart by
// their headings. As with Register every mistake is told at once, and with any RowError
// nothing is given; error is for a file that is no table at all.
func Radio(name string, data []byte, opt RadioOptions) (RadioSheet, []RowError, error) {
	t, bad, err := readTable(data, radioForm())
	if err != nil {
		return RadioSheet{}, bad, fmt.Errorf("read radio sheet %s: %w", name, err)
	}
	r := radioReader{opt: opt, names: newRadioNames(opt.Agencies), district: opt.District, place: map[string]int{}, had: map[string]int{}}
	var loose grid // a form of labels, and whatever stands above a table
	if o, err := openTable(data, radioForm()); err == nil && len(o.grids) > 0 {
		loose = o.grids[0]
	}
	switch {
	case t != nil && t.has(bTitle) && t.has(bDate):
		r.out.Log, r.table = true, t
	case t != nil && t.has(bCount):
		r.table = t
	default:
		if t = formOfLabels(loose); t == nil {
			if len(bad) == 0 {
				bad = []RowError{{Msg: radioForm().noHeader()}}
			}
			return RadioSheet{}, bad, nil
		}
		r.table = t
	}
	if !r.out.Log && opt.Month.IsZero() {
		r.titled = titledMonth(loose.rows)
	}
	if msg := r.missing(); msg != "" {
		return RadioSheet{}, []RowError{{Row: t.headerRow, Msg: msg}}, nil
	}
	for _, row := range t.rows {
		r.row(row)
	}
	switch {
	case len(r.bad) > 0:
		return RadioSheet{}, r.bad, nil
	case len(r.out.Registers) == 0:
		return RadioSheet{}, []RowError{{Row: t.headerRow, Msg: "không có dòng nào có số liệu"}}, nil
	}
	return r.out, nil, nil
}

type radioReader struct {
	opt      RadioOptions
	names    radioNames
	table    *table
	out      RadioSheet
	bad      []RowError
	district string         // of the rows below
	titled   time.Time      // month that stands above the table
	place    map[string]int // of an agency's register, by agency and month
	had      map[string]int // row of a bulletin, by its id; of a form, by agency and month
	pieces   int
	footer   bool
}

func (r *radioReader) fail(row tableRow, f field, msg string) {
	r.bad = append(r.bad, RowError{Row: row.n, Column: r.table.title(f), Value: row.get(r.table, f), Msg: msg})
}

// missing says which columns the header lacks.
func (r *radioReader) missing() string {
	var want []string
	if !r.table.has(bAgency) && r.opt.Agency == "" {
		want = append(want, "«Xã, phường, thị trấn» (hoặc chọn --agency)")
	}
	switch {
	case r.out.Log && !r.table.has(bSubject):
		want = append(want, "«CCHC» hoặc «Chủ đề»")
	case !r.out.Log && !r.table.has(bMonth) && r.opt.Month.IsZero() && r.titled.IsZero():
		want = append(want, "«Tháng» (hoặc chọn --month)")
	}
	if len(want) == 0 {
		return ""
	}
	return "thiếu cột " + strings.Join(want, ", ")
}

var roman = regexp.MustCompile(`^[IVX]{1,6}[.)]?$`)

func (r *radioReader) row(row tableRow) {
	if r.table.noRow(row) {
		return
	}
	get := func(f field) string { return row.get(r.table, f) }
	value := get(bCount)
	if r.out.Log {
		value = get(bDate)
	}
	if below, end := row.below(); below || end {
		r.footer = r.footer || end
		return
	}
	if r.footer && (!strings.ContainsAny(value, "0123456789") || get(bAgency) == "" && r.opt.Agency == "") {
		return // names below signatures
	}
	name := get(bAgency)
	if s, _, _, lone := row.lone(); lone && name == "" {
		name = s
	}
	if value == "" && r.heading(row, name) {
		return
	}
	if r.out.Log {
		r.bulletin(row)
		return
	}
	r.number(row)
}

// heading takes a line without figures that names a district: the rows below it
// are its communes'.
func (r *radioReader) heading(row tableRow, name string) bool {
	for _, c := range append(row.filled(), name) {
		if roman.MatchString(c) || c == "" {
			continue
		}
		c = lineNumber.ReplaceAllString(c, "")
		if a, msg := r.names.find(c, "", r.asOf()); msg == "" && a.Level == media.District && !station(c) {
			r.district = a.ID
			return true
		}
	}
	_, _, _, lone := row.lone()
	return lone && row.get(r.table, bAgency) == ""
}

// asOf is a time of what the sheet is about.
func (r *radioReader) asOf() time.Time {
	switch {
	case !r.opt.From.IsZero():
		return r.opt.From
	case !r.opt.Month.IsZero():
		return r.opt.Month
	}
	return r.titled
}

// station reports whether a name is a station's, not the district itself.
func station(name string) bool {
	w := plainWords(name)
	return strings.HasPrefix(w, "dai") || strings.HasPrefix(w, "trung tam") || strings.HasPrefix(w, "truyen thanh")
}

// agency finds whose row it is; ok is false where that was told, or is left out.
func (r *radioReader) agency(row tableRow, at time.Time) (id string, ok bool) {
	name, district := row.get(r.table, bAgency), r.district
	if d := row.get(r.table, bDistrict); d != "" {
		a, msg := r.names.findOf(d, "", at, media.District)
		if msg != "" || a.Level != media.District {
			r.fail(row, bDistrict, "không có huyện này trong danh sách cơ quan của kế hoạch")
			return "", false
		}
		district = a.ID
	}
	if name == "" {
		if r.opt.Agency == "" {
			r.fail(row, bAgency, "thiếu tên xã, phường, thị trấn")
			return "", false
		}
		return r.opt.Agency, true
	}
	a, msg := r.names.find(name, district, at)
	switch {
	case msg != "" && r.opt.KnownOnly && !strings.HasPrefix(msg, "trùng"):
		r.out.Unknown = append(r.out.Unknown, name)
		return "", false
	case msg != "":
		r.fail(row, bAgency, msg)
		return "", false
	case r.opt.Agency != "" && a.ID != r.opt.Agency:
		r.fail(row, bAgency, "khác với đơn vị đã chọn khi nạp ("+r.names.called(r.opt.Agency)+")")
		return "", false
	case a.Level == media.District && !station(name) && r.opt.Agency == "":
		r.fail(row, bAgency, "là dòng của huyện: nếu là số của đài huyện thì ghi «Đài truyền thanh …», nếu là dòng cộng thì để trống số liệu")
		return "", false
	}
	return a.ID, true
}

// bulletin reads a row of the system's log.
func (r *radioReader) bulletin(row tableRow) {
	get := func(f field) string { return row.get(r.table, f) }
	before := len(r.bad)
	at, ok := r.moment(row)
	if !ok {
		return
	}
	if !r.opt.From.IsZero() && (at.Before(r.opt.From) || !at.Before(r.opt.To)) {
		r.fail(row, bDate, fmt.Sprintf("ngày %s nằm ngoài khoảng đã khai, từ %s đến hết %s", viet.Day(at), viet.Day(r.opt.From), viet.Day(r.opt.To.Add(-time.Second))))
		return
	}
	id, ok := r.agency(row, at)
	if !ok {
		return
	}
	b := &media.Bulletin{Month: localDay(at).Format("2006-01")}
	e := media.Entry{Row: row.n, Title: get(bTitle), At: at, Bulletin: b}
	if e.Title == "" {
		r.fail(row, bTitle, "thiếu tiêu đề bản tin")
	}
	if len([]rune(e.Title)) > maxTitle {
		r.fail(row, bTitle, fmt.Sprintf("dài quá %d ký tự", maxTitle))
	}
	if about := get(bSubject); len([]rune(about)) > maxSection {
		r.fail(row, bSubject, fmt.Sprintf("dài quá %d ký tự", maxSection))
	} else if b.Reform, b.Other = declared(about); !ticked(about) && !unticked(about) {
		b.Subject = about
	}
	b.Duration = r.length(row, bLength)
	if s := get(bTimes); s != "" {
		n, ok := wholeNumber(s)
		if !ok || n > 1000 {
			r.fail(row, bTimes, "không phải số lần phát")
		}
		b.Times = n
	}
	if len(r.bad) > before {
		return
	}
	e.ID = media.RegRadioLog.EntryID(id, e)
	if n, twice := r.had[e.ID]; twice {
		r.fail(row, bTitle, fmt.Sprintf("trùng với dòng %d; mỗi bản tin ghi một dòng, phát nhiều lần thì ghi số lần phát", n))
		return
	}
	r.had[e.ID] = row.n
	i, ok := r.place[id]
	if !ok {
		i = len(r.out.Registers)
		r.place[id] = i
		r.out.Registers = append(r.out.Registers, media.Register{Kind: media.RegRadioLog, Agency: id, From: r.opt.From, To: r.opt.To})
	}
	r.out.Registers[i].Rows = append(r.out.Registers[i].Rows, e)
}

// declared reads what a row says it is about: a mark of yes or no, a topic of
// reform, or another subject. Empty says nothing.
func declared(s string) (reform, other bool) {
	switch {
	case s == "":
		return false, false
	case ticked(s):
		return true, false
	case unticked(s):
		return false, true
	}
	topics, _, _ := topicsOf(s)
	return len(topics) > 0, len(topics) == 0
}

// moment reads day and time of a bulletin.
func (r *radioReader) moment(row tableRow) (time.Time, bool) {
	s, clock := row.get(r.table, bDate), row.get(r.table, bTime)
	if at, ok := r.table.moment(s); ok && (clock == "" || at.Format("150405") != "000000") {
		return at.UTC(), true
	}
	day, ok := r.table.day(s)
	if !ok {
		r.fail(row, bDate, "không phải ngày có thật; cần dạng ngày/tháng/năm giờ:phút")
		return day, false
	}
	if clock == "" {
		return day.UTC(), true
	}
	at, ok := r.table.clock(clock)
	if !ok {
		r.fail(row, bTime, "không phải giờ có thật; cần dạng 17:00 hoặc 17h00")
		return day, false
	}
	return day.Add(at).UTC(), true
}

// length reads minutes, a bare number being minutes.
func (r *radioReader) length(row tableRow, f field) time.Duration {
	s := row.get(r.table, f)
	if s == "" || unticked(s) {
		return 0
	}
	d, ok := r.table.length(s, time.Minute)
	if n, whole := wholeNumber(s); whole { // a sheet's small number is minutes too, not days
		d, ok = time.Duration(n)*time.Minute, true
	}
	if !ok || d < 0 || d > 31*24*time.Hour {
		r.fail(row, f, "không phải thời lượng; cần số phút")
		return 0
	}
	return d
}

func wholeNumber(s string) (int, bool) {
	s = strings.TrimSuffix(strings.TrimSpace(s), ".0")
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}

var countForm = regexp.MustCompile(`^(\d{1,6})(?:\.0+)?\s*(tin|bai|tin,? bai|ban tin)?$`)

// count is a number of pieces; none says that there is no number at all.
func countOf(s string) (n int, none, ok bool) {
	switch f := strings.TrimSpace(viet.Fold(s)); {
	case f == "":
		return 0, true, true
	case f == "khong" || f == "khong co" || f == "khong phat sinh":
		return 0, false, true
	default:
		m := countForm.FindStringSubmatch(f)
		if m == nil {
			return 0, false, false
		}
		n, err := strconv.Atoi(m[1])
		return n, false, err == nil
	}
}

// number reads a row of a form: how many pieces a station declares for a month.
func (r *radioReader) number(row tableRow) {
	get := func(f field) string { return row.get(r.table, f) }
	before := len(r.bad)
	month := r.month(row)
	id, ok := r.agency(row, month)
	n, none, understood := countOf(get(bCount))
	if !understood {
		r.fail(row, bCount, "không phải số tin, bài; ghi 0 khi không có, để trống khi chưa báo")
	}
	if n > maxBulletins {
		r.fail(row, bCount, fmt.Sprintf("quá %d tin, bài một tháng; cần kiểm tra lại", maxBulletins))
	}
	length := r.length(row, bMinutes)
	file := get(bFile)
	if len([]rune(file)) > maxSection {
		r.fail(row, bFile, fmt.Sprintf("dài quá %d ký tự", maxSection))
	}
	if len(r.bad) > before || !ok {
		return
	}
	if none { // a district's sheet lists all its communes, and leaves those empty that have not answered
		r.out.Blank = append(r.out.Blank, r.names.called(id))
		return
	}
	key := id + " " + month.Format("2006-01")
	if at, twice := r.had[key]; twice {
		r.fail(row, bAgency, fmt.Sprintf("trùng với dòng %d; mỗi đơn vị một dòng một tháng", at))
		return
	}
	r.had[key] = row.n
	if r.pieces += n; r.pieces > maxDeclared {
		r.fail(row, bCount, fmt.Sprintf("cả tệp quá %s tin, bài; cần kiểm tra lại", viet.Number(maxDeclared)))
		return
	}
	g := media.Register{Kind: media.RegRadioForm, Agency: id, From: month, To: month.AddDate(0, 1, 0), Note: cutText(get(bNote), maxSection)}
	if n == 0 && g.Note == "" {
		g.Note = "không có"
	}
	for i := range n {
		// All are dated to the month's last day; the seconds keep them in their order.
		title := "Tin, bài theo phiếu tháng " + strings.TrimPrefix(month.Format("01/2006"), "0")
		if n > 1 {
			title = fmt.Sprintf("Tin, bài thứ %d theo phiếu tháng %s", i+1, strings.TrimPrefix(month.Format("01/2006"), "0"))
		}
		e := media.Entry{Row: row.n, Title: title, At: g.To.AddDate(0, 0, -1).Add(time.Duration(i) * time.Second).UTC(), Bulletin: &media.Bulletin{
			Form: true, Month: month.Format("2006-01"), N: i + 1, Of: n, Signed: r.opt.Signed, Duration: length, Reform: true, File: file,
		}}
		e.ID = media.RegRadioForm.EntryID(id, e)
		g.Rows = append(g.Rows, e)
	}
	r.out.Registers = append(r.out.Registers, g)
}

// month of a row: its own, that told, or that above the table; two must agree.
func (r *radioReader) month(row tableRow) time.Time {
	s := row.get(r.table, bMonth)
	month := r.opt.Month
	if month.IsZero() {
		month = r.titled
	}
	if s == "" {
		return month
	}
	m, ok := monthOf(s)
	if !ok {
		if d, isDay := r.table.day(s); isDay && r.table.sheet { // a sheet takes «3/2023» for a day
			m, ok = d.AddDate(0, 0, 1-d.Day()), true
		} else if n, whole := wholeNumber(s); whole && !month.IsZero() && n == int(month.Month()) {
			m, ok = month, true
		}
	}
	switch {
	case !ok:
		r.fail(row, bMonth, "không phải tháng; cần dạng 3/2023")
	case !r.opt.Month.IsZero() && !m.Equal(r.opt.Month):
		r.fail(row, bMonth, "khác với tháng đã chọn khi nạp ("+strings.TrimPrefix(r.opt.Month.Format("01/2006"), "0")+")")
	}
	return m
}

// titledMonth is the one month that the lines name, zero if none or several.
func titledMonth(rows []tableRow) time.Time {
	var found time.Time
	for _, row := range rows[:min(len(rows), maxHeader)] {
		for _, c := range row.filled() {
			if len(c) > 200 || placeDay.MatchString(viet.Fold(c)) {
				continue
			}
			m, ok := monthOf(c)
			switch {
			case !ok || !strings.Contains(viet.Fold(c), "thang"):
			case found.IsZero():
				found = m
			case !found.Equal(m):
				return time.Time{}
			}
		}
	}
	return found
}

var lineNumber = regexp.MustCompile(`^(?:[IVX]{1,6}|\d{1,3})[.)]\s+`)

// formOfLabels reads a form of labels and values, one a line («Số tin, bài
// CCHC: 5»), as a table of one row; nil if it is none.
func formOfLabels(g grid) *table {
	fm := radioForm()
	t := &table{cols: make([]int, radioFields), head: make([]string, radioFields), sheet: g.raw, date1904: g.date1904}
	value := make([]string, radioFields)
	for f := range t.cols {
		t.cols[f] = -1
	}
	for _, row := range g.rows[:min(len(g.rows), 3*maxHeader)] {
		cells := row.filled()
		if len(cells) > 1 && countCell.MatchString(cells[0]) { // a line's number in a cell of its own
			cells = cells[1:]
		}
		if len(cells) == 0 {
			continue
		}
		label, rest, _ := strings.Cut(cells[0], ":")
		if rest = strings.TrimSpace(rest); rest == "" && len(cells) > 1 {
			rest = cells[1]
		}
		label = strings.TrimSpace(lineNumber.ReplaceAllString(label, ""))
		cols, _ := fm.columns([]string{label})
		for f, c := range cols {
			if c == 0 && t.cols[f] < 0 {
				t.cols[f], t.head[f], value[f], t.headerRow = f, label, rest, row.n
			}
		}
	}
	if t.cols[bCount] < 0 {
		return nil
	}
	t.rows = []tableRow{{t.headerRow, value}}
	return t
}
