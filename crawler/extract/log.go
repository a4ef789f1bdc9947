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
}

// LogChannel is a channel as logs may name it.
type LogChannel struct {
	ID, Agency, Name, Medium string
	Aliases                  []string
}

// maxAiring is the longest transmission that is believed.
const maxAiring = 24 * time.Hour

// Airings reads an as-run log, CSV (comma, semicolon, tab) or XLSX, told apart
// by content. Every mistake of every row is told at once; with any RowError no
// airing is given. error is for a file that is no log at all (unreadable, an
// old .xls), in English for the log; its RowErrors then say so in Vietnamese.
func Airings(name string, data []byte, opt LogOptions) ([]media.Airing, []RowError, error) {
	t, bad, err := readTable(data, logForm)
	if err != nil {
		return nil, bad, fmt.Errorf("read log %s: %w", name, err)
	}
	if len(bad) > 0 {
		return nil, bad, nil
	}
	sum := sha256.Sum256(data)
	r := logReader{opt: opt, table: t, hash: hex.EncodeToString(sum[:]), unit: t.lengthUnit(), strictRun: t.strictRun()}
	if msg := r.missing(); msg != "" {
		return nil, []RowError{{Row: t.headerRow, Msg: msg}}, nil
	}
	for _, row := range t.rows {
		r.row(row)
	}
	switch {
	case len(r.bad) > 0:
		return nil, r.bad, nil
	case len(r.out) == 0:
		return nil, []RowError{{Row: t.headerRow, Msg: "dưới dòng tiêu đề không có lần phát sóng nào"}}, nil
	}
	return r.out, nil, nil
}

type logReader struct {
	opt     LogOptions
	table   *table
	hash    string
	out     []media.Airing
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
	if !has(fDuration) && !has(fEnd) {
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
	if !timed {
		if footerWord.MatchString(viet.Fold(filled[0])) {
			r.footer = true
		}
		if r.footer {
			return
		}
		if d, ok := viet.ParseDate(filled[0], viet.DateOptions{}); ok && len(filled) == 1 {
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
	a.FirstRun = first
	if len(r.bad) > before {
		return
	}
	names := get(fSlot) + " | " + a.Programme
	a.Column = columnOf(names, a.Start, r.opt.Columns)
	identify(&a, agency)
	r.out = append(r.out, a)
}

// setChannel gives the agency of the channel, or the channel where unknown.
func (r *logReader) setChannel(a *media.Airing, row tableRow) (agency string) {
	printed := row.get(r.table, fChannel)
	if printed == "" {
		printed = r.channel
	}
	r.channel = printed
	find := func(s string) *LogChannel {
		for i, c := range r.opt.Channels {
			for _, n := range append([]string{c.ID, c.Name}, c.Aliases...) {
				if n != "" && viet.Fold(n) == viet.Fold(s) {
					return &r.opt.Channels[i]
				}
			}
		}
		return nil
	}
	c := find(printed)
	switch {
	case printed == "" && r.opt.Channel == "":
		r.fail(row, fChannel, "thiếu tên kênh")
		return ""
	case printed == "":
		a.Channel = r.opt.Channel
		c = find(r.opt.Channel)
	case c == nil && len(r.opt.Channels) > 0:
		r.fail(row, fChannel, "không có kênh này trong danh mục; các kênh: "+r.channelNames())
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

func (r *logReader) channelNames() string {
	var out []string
	for _, c := range r.opt.Channels {
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
			r.fail(row, fDate, "không phải ngày có thật; cần dạng ngày/tháng/năm")
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
