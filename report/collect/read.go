package collect

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// reader gathers what a returned workbook says.
type reader struct {
	out    Returned
	tables []table
	rows   map[string]known // by code
	seen   map[string]string
}

// known is a filled-in row as it went out.
type known struct {
	evidence string
	sums     []string
}

// Read reads a returned form. Everything wrong with it is told at once, cell by
// cell; where it is not known which unit and period it is of, that is fatal and
// nothing else is read. The good lines are in Claims whatever is wrong with others.
func Read(data []byte) Returned {
	tables, bad := open(data)
	if bad != nil {
		return Returned{Problems: []Problem{*bad}}
	}
	r := &reader{tables: tables, rows: map[string]known{}, seen: map[string]string{}}
	if !r.identity() {
		return r.out
	}
	pieces := false
	for _, t := range tables {
		if row, at, ok := t.headed(headCode, headDate, headTitle, headURL, headAnswer); ok {
			pieces = true
			r.pieces(t, row, at)
		} else if row, at, ok := t.headed(amountHeads()[:2]...); ok {
			r.amounts(t, row, at)
		} else if row, at, ok := t.headed(headDocument, headIssued); ok {
			r.papers(t, row, at)
		} else {
			r.cover(t)
		}
	}
	if !pieces {
		r.out.Problems = append(r.out.Problems, Problem{Fatal: true, Words: "không thấy trang «" + pieceName + "» với các cột «" + strings.Join([]string{headCode, headDate, headTitle, headURL, headAnswer}, "», «") +
			"»; xin không xóa, không đổi tên các cột này"})
		r.out.Claims = nil
		return r.out
	}
	order := []schedule.ClaimKind{schedule.ClaimAnswer, schedule.ClaimPiece, schedule.ClaimQuantity, schedule.ClaimPaper} // however the sheets were moved
	slices.SortStableFunc(r.out.Claims, func(a, b schedule.Claim) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	var lost []string
	for c := range r.rows {
		if r.seen[c] == "" {
			lost = append(lost, c)
		}
	}
	if slices.Sort(lost); len(lost) > 0 {
		named := strings.Join(lost[:min(len(lost), 10)], ", ")
		if len(lost) > 10 {
			named += ", …"
		}
		r.out.Problems = append(r.out.Problems, Problem{Note: true, Words: fmt.Sprintf("%d dòng điền sẵn không còn trong tệp (%s); coi như đơn vị không có ý kiến về các dòng này", len(lost), named)})
	}
	return r.out
}

func (r *reader) fatal(words string) bool {
	r.out.Problems = append(r.out.Problems, Problem{Fatal: true, Words: words})
	return false
}

// identity reads the hidden sheet, whatever it is called by now.
func (r *reader) identity() bool {
	i := slices.IndexFunc(r.tables, func(t table) bool { return t.cell(0, 0) == magic })
	if i < 0 {
		return r.fatal("không nhận ra biểu này là của đơn vị nào, kỳ nào: trang ẩn của biểu đã mất. Xin điền vào đúng tệp đã nhận, không chép sang tệp mới")
	}
	t := r.tables[i]
	r.tables = slices.Delete(slices.Clone(r.tables), i, i+1)
	var pairs [][2]string
	said := map[string]string{}
	row := 1
	for ; row < len(t.rows) && said["sum"] == ""; row++ {
		k, v := t.cell(row, 0), t.cell(row, 1)
		if said[k] = v; k != "sum" {
			pairs = append(pairs, [2]string{k, v})
		}
	}
	made, err := time.Parse(time.RFC3339, said["made"])
	edition, err2 := strconv.Atoi(said["edition"])
	rows, err3 := strconv.Atoi(said["rows"])
	if said["sum"] == "" || said["sum"] != identitySum(pairs) || err != nil || err2 != nil || err3 != nil || said["agency"] == "" || said["period"] == "" || said["plan"] == "" {
		return r.fatal("trang ẩn của biểu đã bị sửa nên không chắc biểu là của đơn vị nào, kỳ nào. Xin điền vào đúng tệp đã nhận, hoặc tải biểu mới")
	}
	r.out.Plan, r.out.Agency, r.out.Period, r.out.Made, r.out.Edition = said["plan"], said["agency"], said["period"], made, edition
	for ; row < len(t.rows); row++ {
		c, ev := t.cell(row, 0), t.cell(row, 1)
		if c == "" {
			continue
		}
		k := known{evidence: ev}
		for j := range (Row{}).cells() {
			k.sums = append(k.sums, t.cell(row, 2+j))
		}
		r.rows[c] = k
	}
	if len(r.rows) != rows {
		return r.fatal("trang ẩn của biểu đã mất một phần. Xin điền vào đúng tệp đã nhận, hoặc tải biểu mới")
	}
	return true
}

func (r *reader) cover(t table) {
	for row := range t.rows[:min(len(t.rows), 60)] {
		for col, text := range t.rows[row] {
			if viet.Fold(text) == viet.Fold(labelBy) && r.out.By == "" {
				r.out.By = t.cell(row, col+1)
			}
		}
	}
}

func (r *reader) wrong(t table, row, col int, words string) {
	r.problem(t, row, col, words, false)
}

func (r *reader) problem(t table, row, col int, words string, note bool) {
	const most = 500
	if len(r.out.Problems) == most {
		r.out.Problems = append(r.out.Problems, Problem{Words: fmt.Sprintf("còn lỗi khác; chỉ nêu %d lỗi đầu", most)})
	}
	if len(r.out.Problems) > most {
		return
	}
	value := t.cell(row, col)
	if len([]rune(value)) > 60 {
		value = string([]rune(value)[:60]) + "…"
	}
	r.out.Problems = append(r.out.Problems, Problem{Sheet: cut(t.name), Cell: cellName(col+1, row+1), Value: value, Words: words, Note: note})
}

func (r *reader) pieces(t table, head int, at map[string]int) {
	_, all, _ := table{rows: t.rows[head : head+1]}.headed(present(t, head, pieceHeads())...)
	for row := head + 1; row < len(t.rows); row++ {
		get := func(h string) string {
			if col, ok := all[h]; ok {
				return t.cell(row, col)
			}
			return ""
		}
		if c := strings.ToUpper(get(headCode)); c != "" {
			r.answered(t, row, c, all)
			continue
		}
		c := schedule.Claim{Kind: schedule.ClaimPiece, Title: get(headTitle), URL: get(headURL), Medium: get(headMedium), Note: get(headNote)}
		if c.Title == "" && c.URL == "" && get(headDate) == "" {
			if get(headNote) != "" || get(headMedium) != "" || get(headAnswer) != "" {
				r.wrong(t, row, at[headTitle], "dòng thêm cần có ngày và tên tin, bài hoặc địa chỉ")
			}
			continue
		}
		ok := true
		if c.Title == "" && c.URL == "" {
			r.wrong(t, row, at[headTitle], "dòng thêm cần có tên tin, bài hoặc địa chỉ")
			ok = false
		}
		if c.Date, ok = r.day(t, row, at[headDate], ok); ok && Address(c.URL) {
			r.out.Claims = append(r.out.Claims, c)
		} else if !Address(c.URL) {
			r.wrong(t, row, at[headURL], "không phải địa chỉ; cần dạng http://ten-trang.gov.vn/bai-viet")
		}
	}
}

// present lists the headings that stand in a row.
func present(t table, row int, heads []string) []string {
	return slices.DeleteFunc(slices.Clone(heads), func(h string) bool {
		return !slices.ContainsFunc(t.rows[row], func(s string) bool { return viet.Fold(s) == viet.Fold(h) })
	})
}

// answered takes what the unit says of a filled-in row, wherever the row stands by now.
func (r *reader) answered(t table, row int, c string, all map[string]int) {
	k, ok := r.rows[c]
	if !ok {
		r.wrong(t, row, all[headCode], "mã này không có trong biểu; dòng thêm xin để trống cột «"+headCode+"»")
		return
	}
	if where := r.seen[c]; where != "" {
		r.wrong(t, row, all[headCode], "mã này đã có ở ô "+where+"; mỗi dòng điền sẵn chỉ để một lần")
		return
	}
	r.seen[c] = cellName(all[headCode]+1, row+1)
	for j, h := range []string{headMedium, headDate, headTitle, headURL, headTopic, headCounts} {
		if col, ok := all[h]; ok && sum(c, j, t.cell(row, col)) != k.sums[j] && !r.serialDay(t, row, col, c, j, k.sums[j]) {
			r.problem(t, row, col, "ô điền sẵn đã bị sửa; hệ thống giữ nội dung gốc. Nếu nội dung gốc sai, xin chọn «sai» và ghi vào cột «"+headNote+"»", true)
		}
	}
	note := ""
	if col, ok := all[headNote]; ok {
		note = t.cell(row, col)
	}
	text := t.cell(row, all[headAnswer])
	if text == "" {
		if note != "" {
			r.wrong(t, row, all[headAnswer], "có ghi chú nhưng chưa chọn ý kiến; cần một trong: "+strings.Join(answers(), ", "))
		}
		return
	}
	a, ok := answer(text)
	if !ok {
		r.wrong(t, row, all[headAnswer], "cần một trong: "+strings.Join(answers(), ", "))
		return
	}
	r.out.Claims = append(r.out.Claims, schedule.Claim{Kind: schedule.ClaimAnswer, Evidence: k.evidence, Answer: a, Note: note})
}

// serialDay: a program that saves the form may have made a date of a text. The same day is no change.
func (r *reader) serialDay(t table, row, col int, c string, j int, want string) bool {
	d, ok := r.date(t, t.cell(row, col))
	return ok && sum(c, j, viet.Day(d)) == want
}

func (r *reader) day(t table, row, col int, fine bool) (time.Time, bool) {
	text := t.cell(row, col)
	d, ok := r.date(t, text)
	switch {
	case text == "":
		r.wrong(t, row, col, "thiếu ngày; cần dạng ngày/tháng/năm, ví dụ 09/3/2023")
	case !ok:
		r.wrong(t, row, col, "không phải ngày có thật; cần dạng ngày/tháng/năm, ví dụ 09/3/2023")
	}
	return d, ok && fine
}

var justNumber = regexp.MustCompile(`^\d{1,6}(\.\d+)?$`)

// date reads a day as Vietnamese write it, or as a spreadsheet stores it.
func (r *reader) date(t table, text string) (time.Time, bool) {
	if justNumber.MatchString(text) {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n < 20000 || n > 80000 { // 1954 to 2119: smaller ones are no days
			return time.Time{}, false
		}
		d, err := excelize.ExcelDateToTime(math.Floor(n), t.date1904)
		if err != nil {
			return time.Time{}, false
		}
		return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, calendar.Zone), true
	}
	return Day(text, r.out.Made)
}

// Day reads a day as a person writes it; «hôm qua» is none, for a form lies about.
func Day(text string, made time.Time) (time.Time, bool) {
	d, ok := viet.ParseDate(text, viet.DateOptions{Now: made.In(calendar.Zone)})
	if !ok || d.Time.IsZero() || d.Relative {
		return time.Time{}, false
	}
	return calendar.Day(d.Time.In(calendar.Zone)), true
}

// Address reports whether a text can be an address of a page; none is fine.
func Address(s string) bool {
	if s == "" {
		return true
	}
	s = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(s), "https://"), "http://")
	host, _, _ := strings.Cut(s, "/")
	return strings.Contains(strings.Trim(host, "."), ".") && !strings.ContainsAny(s, " \t<>\"") && !strings.Contains(s, "://")
}

func (r *reader) amounts(t table, head int, at map[string]int) {
	_, all, _ := table{rows: t.rows[head : head+1]}.headed(present(t, head, amountHeads())...)
	for row := head + 1; row < len(t.rows); row++ {
		c := schedule.Claim{Kind: schedule.ClaimQuantity, Title: t.cell(row, at[headActivity]), Counts: make([]int, len(schedule.ClaimCounts()))}
		if col, ok := all[headNote]; ok {
			c.Note = t.cell(row, col)
		}
		some, fine := false, true
		for j, h := range amountHeads()[1 : 1+len(c.Counts)] {
			col, ok := all[h]
			if !ok || t.cell(row, col) == "" {
				continue
			}
			n, ok := Count(t.cell(row, col))
			if !ok {
				r.wrong(t, row, col, "cần số nguyên không âm, ví dụ 120; không ghi chữ")
				fine = false
				continue
			}
			c.Counts[j] = n
			some = some || n > 0
		}
		switch {
		case c.Title == "" && some:
			r.wrong(t, row, at[headActivity], "thiếu tên hoạt động")
		case fine && some:
			r.out.Claims = append(r.out.Claims, c)
		}
	}
}

var grouped = regexp.MustCompile(`^\d{1,3}([. ]\d{3})+$`)

// Count reads a whole number as Vietnamese write it: «1.200» is twelve hundred.
func Count(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if grouped.MatchString(s) {
		s = strings.NewReplacer(".", "", " ", "").Replace(s)
	}
	s = strings.TrimSuffix(s, ".0")
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= 100_000_000
}

func (r *reader) papers(t table, head int, at map[string]int) {
	_, all, _ := table{rows: t.rows[head : head+1]}.headed(present(t, head, paperHeads())...)
	for row := head + 1; row < len(t.rows); row++ {
		c := schedule.Claim{Kind: schedule.ClaimPaper, Document: t.cell(row, at[headDocument])}
		if col, ok := all[headSubject]; ok {
			c.Title = t.cell(row, col)
		}
		if col, ok := all[headNote]; ok {
			c.Note = t.cell(row, col)
		}
		if c.Document == "" && c.Title == "" && t.cell(row, at[headIssued]) == "" {
			continue
		}
		ok := c.Document != "" || c.Title != ""
		if !ok {
			r.wrong(t, row, at[headDocument], "thiếu số, ký hiệu hoặc trích yếu của văn bản")
		}
		if c.Date, ok = r.day(t, row, at[headIssued], ok); ok {
			r.out.Claims = append(r.out.Claims, c)
		}
	}
}
