package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
)

// LogOptions says what an as-run log does not say of itself.
type LogOptions struct {
	Channel  string // id of the channel, for logs without a channel column; with one, both must agree
	Medium   string // "tv" or "radio", where Channels does not tell
	Channels []LogChannel
	Columns  []media.Column // recognised in programme names
	Grade    media.Grade    // default GradeA

	Map  *media.TableMap // of the sender's tables; nil: by their headings
	Part bool            // also gives the rows that can be read where others cannot: for a preview, never to be stored
	See  func(Handed)    // told how the table was read, before its rows are; may be nil
}

// LogChannel is a channel as logs may name it.
type LogChannel struct {
	ID, Agency, Name, Medium string
	Aliases                  []string
}

// maxAiring is the longest transmission that is believed.
const maxAiring = 24 * time.Hour

// Airings reads an as-run log: CSV (comma, semicolon, tab) or cells pasted from
// a spreadsheet, a workbook of Excel, a table of Word, told apart by content.
// Every mistake of every row is told at once; with any RowError no airing is
// given. error is for a file that is no log at all, in English for the log; its
// RowErrors then say so in Vietnamese.
func Airings(name string, data []byte, opt LogOptions) ([]media.Airing, []RowError, error) {
	r := logReader{opt: opt}
	if bad, err := r.read(name, data, logForm); err != nil || len(bad) > 0 {
		return nil, bad, err
	}
	switch {
	case len(r.bad) > 0 && opt.Part:
		return r.out, r.bad, nil
	case len(r.bad) > 0:
		return nil, r.bad, nil
	case len(r.out) == 0:
		return nil, []RowError{{Row: r.table.headerRow, Msg: "dưới dòng tiêu đề không có lần phát sóng nào"}}, nil
	}
	return r.out, nil, nil
}

// read reads the rows of a table of transmissions.
func (r *logReader) read(name string, data []byte, fm form) (bad []RowError, err error) {
	t, bad, err := mapTable(data, fm, r.opt.Map)
	if err != nil {
		return bad, fmt.Errorf("read %s: %w", name, err)
	}
	if t != nil && r.opt.See != nil {
		r.opt.See(t.read)
	}
	if len(bad) > 0 {
		return bad, nil
	}
	sum := sha256.Sum256(data)
	r.table, r.hash, r.unit, r.strictRun = t, hex.EncodeToString(sum[:]), t.lengthUnit(), t.strictRun()
	if msg := r.missing(); msg != "" {
		return []RowError{{Row: t.headerRow, Msg: msg}}, nil
	}
	for _, row := range t.rows {
		if !t.noRow(row) {
			r.row(row)
		}
	}
	return nil, nil
}

type logReader struct {
	opt     LogOptions
	claim   bool // of an announced schedule: it need not say how long a programme lasts
	table   *table
	hash    string
	out     []media.Airing
	days    []time.Time // by airing: the day it stands under
	runs    []string    // by airing: "first", "repeat", "" where nothing is said
	bad     []RowError
	day     time.Time // of the last row that gave one
	channel string    // as printed, of the last row that gave one
	footer  bool

	unit      time.Duration
	strictRun bool
}

// missing says which columns the header lacks.
func (r *logReader) missing() string {
	var want []string
	has := r.table.has
	if !has(fProgramme) {
		want = append(want, "«Chương trình»")
	}
	if !has(fStart) {
		want = append(want, "«Giờ phát»")
	}
	if !has(fDuration) && !has(fEnd) && !r.claim {
		want = append(want, "«Thời lượng» hoặc «Kết thúc»")
	}
	if !has(fChannel) && r.opt.Channel == "" {
		want = append(want, "«Kênh» (hoặc chọn kênh khi nhập tệp)")
	}
	if len(want) == 0 {
		return ""
	}
	return "dòng tiêu đề thiếu cột " + strings.Join(want, ", ")
}

func (r *logReader) fail(row tableRow, f field, msg string) {
	r.bad = append(r.bad, RowError{Row: row.n, Column: r.table.title(f), Value: row.get(r.table, f), Msg: msg})
}

// footerWord opens the lines below a table: totals, place and date, signatures.
var footerWord = regexp.MustCompile(`^(tong( cong| so)?\b|cong:?$|nguoi (lap|ky|truc)|lap bieu|truong (ca|phong)|giam doc|pho giam doc|tong giam doc|ky ten|ghi chu:|noi nhan|kt\.|tm\.|xac nhan)`)

func (r *logReader) row(row tableRow) {
	get := func(f field) string { return row.get(r.table, f) }
	filled := row.filled()
	if len(filled) == 0 {
		return
	}
	timed := get(fStart) != "" || get(fDuration) != "" || get(fEnd) != ""
	if s, _, merged, ok := row.lone(); ok && merged { // one cell over all columns
		timed, filled = false, []string{s}
	}
	if !timed {
		if footerWord.MatchString(viet.Fold(filled[0])) {
			r.footer = true
		}
		if r.footer {
			return
		}
		if d, ok := viet.ParseDate(filled[0], viet.DateOptions{MonthFirst: r.table.months}); ok && len(filled) == 1 {
			r.day = localDay(d.Time) // a line of its own gives the day of those below
			return
		}
	}
	before := len(r.bad)
	a := media.Airing{FileHash: r.hash, Row: row.n, Grade: media.GradeA, Medium: r.opt.Medium, ID: media.Hash("airing", r.hash, strconv.Itoa(row.n))}
	if r.opt.Grade != "" {
		a.Grade = r.opt.Grade
	}
	agency := r.setChannel(&a, row)
	if a.Programme = get(fProgramme); a.Programme == "" {
		r.fail(row, fProgramme, "thiếu tên chương trình")
	}
	a.Title = get(fTitle)
	r.setTimes(&a, row)
	first, known := runWord(get(fRun))
	if !known && get(fRun) != "" && r.strictRun {
		r.fail(row, fRun, "không hiểu; cần «Phát mới» hoặc «Phát lại»")
	}
	if !known {
		if first, known = runWord(runMark.FindString(a.Programme + " " + a.Title)); !known {
			first = true
		}
	}
	said := map[bool]string{true: "first", false: "repeat"}[first]
	if !known {
		said = ""
	}
	a.FirstRun = first
	if len(r.bad) > before {
		return
	}
	names := get(fSlot) + " | " + a.Programme
	a.Column = columnOf(names, a.Start, r.opt.Columns)
	identify(&a, agency)
	r.out = append(r.out, a)
	r.days, r.runs = append(r.days, r.day), append(r.runs, said)
}

// channelNamed finds a channel by its id or any of its names; nil if none bears it.
func channelNamed(all []LogChannel, s string) *LogChannel {
	want := viet.Fold(s)
	for i, c := range all {
		for _, n := range append([]string{c.ID, c.Name}, c.Aliases...) {
			if n != "" && viet.Fold(n) == want {
				return &all[i]
			}
		}
	}
	return nil
}

// setChannel gives the agency of the channel, or the channel where unknown.
func (r *logReader) setChannel(a *media.Airing, row tableRow) (agency string) {
	printed := row.get(r.table, fChannel)
	if printed == "" {
		printed = r.channel
	}
	r.channel = printed
	c := channelNamed(r.opt.Channels, printed)
	switch {
	case printed == "" && r.opt.Channel == "":
		r.fail(row, fChannel, "thiếu tên kênh")
		return ""
	case printed == "":
		a.Channel = r.opt.Channel
		c = channelNamed(r.opt.Channels, r.opt.Channel)
	case c == nil && len(r.opt.Channels) > 0:
		r.fail(row, fChannel, "không có kênh này trong danh mục; các kênh: "+channelNames(r.opt.Channels))
		return ""
	case c != nil && r.opt.Channel != "" && c.ID != r.opt.Channel:
		r.fail(row, fChannel, fmt.Sprintf("khác với kênh đã chọn khi nhập (%s)", r.opt.Channel))
		return ""
	case r.opt.Channel != "":
		a.Channel = r.opt.Channel
	case c == nil:
		a.Channel = slug(printed)
	}
	if c == nil {
		return a.Channel
	}
	a.Channel = c.ID
	if c.Medium != "" {
		a.Medium = c.Medium
	}
	return c.Agency
}

func channelNames(all []LogChannel) string {
	var out []string
	for _, c := range all {
		out = append(out, "«"+c.Name+"»")
	}
	return strings.Join(out, ", ")
}

func (r *logReader) setTimes(a *media.Airing, row tableRow) {
	get := func(f field) string { return row.get(r.table, f) }
	day := r.day
	if s := get(fDate); s != "" {
		if d, ok := r.table.day(s); ok {
			day = d
		} else {
			r.fail(row, fDate, r.table.noDay(s))
			return
		}
	}
	start := get(fStart)
	if d, ok := r.table.moment(start); ok { // day and time in one cell
		if get(fDate) == "" {
			day = localDay(d)
		}
		start = d.Format("15:04:05")
	}
	r.day = day
	if day.IsZero() {
		r.fail(row, fDate, "thiếu ngày phát")
	}
	at, ok := r.table.clock(start)
	switch {
	case start == "":
		r.fail(row, fStart, "thiếu giờ phát")
	case !ok:
		r.fail(row, fStart, "không phải giờ có thật; cần dạng 20:00 hoặc 20:00:00")
	}
	length, lengthOK := time.Duration(0), false
	switch s := get(fDuration); {
	case s != "":
		if length, lengthOK = r.table.length(s, r.unit); !lengthOK || length <= 0 || length > maxAiring {
			r.fail(row, fDuration, "không phải thời lượng; cần dạng 00:15:30, 15'30\" hoặc số phút")
			lengthOK = false
		}
	case get(fEnd) == "" && r.claim:
		lengthOK = true
	case get(fEnd) == "":
		f := fDuration
		if !r.table.has(fDuration) {
			f = fEnd
		}
		r.fail(row, f, "thiếu thời lượng")
	default:
		s := get(fEnd)
		if d, ok := r.table.moment(s); ok {
			s = d.Format("15:04:05")
		}
		end, endOK := r.table.clock(s)
		if !endOK {
			r.fail(row, fEnd, "không phải giờ có thật; cần dạng 20:15 hoặc 20:15:00")
			break
		}
		if end <= at { // over midnight
			end += 24 * time.Hour
		}
		length, lengthOK = end-at, true
		if ok && length >= maxAiring {
			r.fail(row, fEnd, "giờ kết thúc trùng giờ bắt đầu")
		}
	}
	if ok && lengthOK && !day.IsZero() {
		a.Start, a.Duration = day.Add(at).UTC(), length
	}
}

var (
	runMark   = regexp.MustCompile(`(?i)\(\s*(PL|PM|phát lại|phát mới)\b[^)]*\)?|\b(phát lại|phát mới)\s*$`)
	runRepeat = regexp.MustCompile(`^(pl\b|phat lai|lai\b|lan ([2-9]|hai|ba|tu)\b|repeat|r$|2$|phat lan [2-9])`)
	runFirst  = regexp.MustCompile(`^(pm\b|phat moi|moi\b|lan (1|dau|mot|thu nhat)\b|lan dau|truc tiep|phat lan (1|dau)|first|new|live|n$|1$)`)
)

// runWord reads first run or repeat; known is false where the words say neither.
func runWord(s string) (first, known bool) {
	f := strings.Trim(viet.Fold(s), "() .:-")
	switch {
	case runRepeat.MatchString(f):
		return false, true
	case runFirst.MatchString(f):
		return true, true
	}
	return false, false
}

// columnOf recognises a column by the longest of its names that stands in the
// programme's name as whole words.
func columnOf(names string, at time.Time, columns []media.Column) string {
	words := " " + plainWords(names) + " "
	best, most := "", 0
	for _, c := range columns {
		for _, n := range c.Names(at) {
			w := plainWords(n)
			if len(w) > most && strings.Contains(words, " "+w+" ") {
				best, most = c.ID, len(w)
			}
		}
	}
	return best
}

// localDay is when t's day begins in Viet Nam.
func localDay(t time.Time) time.Time { return viet.Midnight(t.In(time.FixedZone("", 7*3600))) }
