package extract

import (
	"bytes"
	encoded "encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/richardlehane/mscfb"

	"loa/viet"
)

// Records of a BIFF8 workbook, the .xls of Excel 97 to 2003 ([MS-XLS] 2.3).
const (
	xlsFormula    = 0x0006
	xlsEOF        = 0x000a
	xlsDate1904   = 0x0022
	xlsFilePass   = 0x002f
	xlsContinue   = 0x003c
	xlsBoundSheet = 0x0085
	xlsMulRk      = 0x00bd
	xlsRString    = 0x00d6
	xlsMergeCells = 0x00e5
	xlsSST        = 0x00fc
	xlsLabelSst   = 0x00fd
	xlsNumber     = 0x0203
	xlsLabel      = 0x0204
	xlsBoolErr    = 0x0205
	xlsString     = 0x0207
	xlsRk         = 0x027e
	xlsBOF        = 0x0809
)

// le reads numbers as these files hold them.
var le = encoded.LittleEndian

// openOLE reads what comes in the container of old Office files: a workbook of
// Excel 97 to 2003, or what is none.
func openOLE(data []byte) (opened, error) {
	box, err := mscfb.New(bytes.NewReader(data))
	if err != nil {
		return opened{}, refusal{"tệp Excel kiểu cũ (.xls) bị hỏng", err}
	}
	var book []byte
	macros, inside := false, ""
	for n := 0; n < maxParts; n++ {
		e, err := box.Next()
		if err != nil {
			break
		}
		switch strings.ToLower(e.Name) {
		case "encryptedpackage":
			return opened{}, refuse("tệp có mật khẩu; hãy bỏ mật khẩu rồi gửi lại", "an encrypted workbook")
		case "worddocument":
			inside = "tệp Word kiểu cũ (.doc); hãy lưu lại thành .docx"
		case "book":
			inside = "tệp Excel 95 trở về trước; hãy mở bằng Excel rồi lưu lại thành .xlsx"
		case "_vba_project_cur", "_vba_project":
			macros = true
		case "workbook":
			if len(e.Path) == 0 && book == nil {
				if book, err = io.ReadAll(io.LimitReader(e, maxTableBytes)); err != nil {
					return opened{}, refusal{"tệp Excel kiểu cũ (.xls) bị hỏng", err}
				}
			}
		}
	}
	switch {
	case book == nil && inside != "":
		return opened{}, refuse(inside, "an old Office file, no BIFF8 workbook")
	case book == nil:
		return opened{}, refuse("tệp Office kiểu cũ không có bảng tính (.xls) bên trong, hoặc bị hỏng", "no workbook stream")
	}
	x := xlsReader{data: book, budget: maxTableCells}
	o, err := x.workbook()
	if err == nil && macros {
		o.notes = append(o.notes, "tệp có macro: macro không được chạy, chỉ đọc giá trị các ô")
	}
	return o, err
}

// xlsReader reads a workbook stream; nothing it says is trusted.
type xlsReader struct {
	data    []byte
	strings []string // shared
	cells   int
	budget  int // of merged cells
}

// record is one record at an offset; next is where the one behind it begins. ok
// is false at the end, or where the stream is cut off.
func (x *xlsReader) record(at int) (kind int, body []byte, next int, ok bool) {
	if at < 0 || at+4 > len(x.data) {
		return 0, nil, 0, false
	}
	kind = int(le.Uint16(x.data[at:]))
	n := int(le.Uint16(x.data[at+2:]))
	if at+4+n > len(x.data) {
		return 0, nil, 0, false
	}
	return kind, x.data[at+4 : at+4+n], at + 4 + n, true
}

func (x *xlsReader) workbook() (opened, error) {
	o := opened{format: "XLS"}
	type sheet struct {
		name string
		at   int
	}
	var sheets []sheet
	date1904 := false
	kind, body, at, ok := x.record(0)
	if !ok || kind != xlsBOF || len(body) < 2 || le.Uint16(body) != 0x0600 {
		return o, refuse("tệp Excel kiểu cũ (.xls) bị hỏng, hoặc do Excel 95 trở về trước ghi; hãy lưu lại thành .xlsx", "no BIFF8 workbook")
	}
	for done := false; !done; {
		kind, body, next, ok := x.record(at)
		if !ok {
			return o, refuse("tệp Excel kiểu cũ (.xls) bị cắt cụt", "the globals of the workbook end early")
		}
		switch kind {
		case xlsFilePass:
			return o, refuse("tệp có mật khẩu; hãy bỏ mật khẩu rồi gửi lại", "an encrypted workbook")
		case xlsDate1904:
			date1904 = len(body) >= 2 && body[0] == 1
		case xlsBoundSheet: // offset, visibility, kind, name
			if len(body) >= 8 && body[5] == 0 && len(sheets) < maxParts {
				name, _, _ := xlsText(body[8:], int(body[6]), body[7])
				sheets = append(sheets, sheet{name, int(le.Uint32(body))})
			}
		case xlsSST:
			segs := [][]byte{body}
			for {
				k, more, after, ok := x.record(next)
				if !ok || k != xlsContinue {
					break
				}
				segs, next = append(segs, more), after
			}
			if err := x.shared(segs); err != nil {
				return o, err
			}
		case xlsEOF:
			done = true
		}
		at = next
	}
	for _, s := range sheets {
		g, err := x.sheet(s.name, s.at)
		if err != nil {
			return o, err
		}
		g.date1904 = date1904
		o.grids = append(o.grids, g)
	}
	return o, nil
}

// xlsText reads n letters, of one byte or two by the lowest of flags.
func xlsText(b []byte, n int, flags byte) (s string, used int, whole bool) {
	if flags&1 == 0 {
		whole, n = n <= len(b), min(n, len(b))
		out := make([]rune, n)
		for i := range n {
			out[i] = rune(b[i])
		}
		return string(out), n, whole
	}
	whole, n = 2*n <= len(b), min(n, len(b)/2)
	units := make([]uint16, n)
	for i := range n {
		units[i] = le.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units)), 2 * n, whole
}

// xlsSegs reads a record that goes on in others.
type xlsSegs struct {
	segs [][]byte
	i    int
	at   int
}

// byte gives the next byte; ok is false at the end.
func (r *xlsSegs) byte() (byte, bool) {
	for r.i < len(r.segs) && r.at >= len(r.segs[r.i]) {
		r.i, r.at = r.i+1, 0
	}
	if r.i >= len(r.segs) {
		return 0, false
	}
	r.at++
	return r.segs[r.i][r.at-1], true
}

func (r *xlsSegs) uint(n int) (v int, ok bool) {
	for i := range n {
		b, ok := r.byte()
		if !ok {
			return 0, false
		}
		v |= int(b) << (8 * i)
	}
	return v, true
}

// skip passes over n bytes.
func (r *xlsSegs) skip(n int) {
	for n > 0 && r.i < len(r.segs) {
		have := len(r.segs[r.i]) - r.at
		if n < have {
			r.at += n
			return
		}
		n -= have
		r.i, r.at = r.i+1, 0
	}
}

// text reads n letters; where they go on in the next record, a byte there says
// anew whether they take one byte or two.
func (r *xlsSegs) text(n int, flags byte) string {
	var out strings.Builder
	for n > 0 && r.i < len(r.segs) {
		if r.at >= len(r.segs[r.i]) {
			if r.i, r.at = r.i+1, 0; r.i >= len(r.segs) || len(r.segs[r.i]) == 0 {
				break
			}
			flags, r.at = r.segs[r.i][0], 1
		}
		s, used, _ := xlsText(r.segs[r.i][r.at:], n, flags)
		if used == 0 { // half a letter is left
			r.at = len(r.segs[r.i])
			continue
		}
		letters := used
		if flags&1 == 1 {
			letters /= 2
		}
		out.WriteString(s)
		r.at += used
		n -= letters
	}
	return out.String()
}

// shared reads the table of strings.
func (x *xlsReader) shared(segs [][]byte) error {
	r := xlsSegs{segs: segs}
	r.skip(4) // how often they are used
	n, ok := r.uint(4)
	if !ok || n < 0 {
		return refuse("tệp Excel kiểu cũ (.xls) bị hỏng", "no table of strings")
	}
	for range n {
		letters, ok1 := r.uint(2)
		flags, ok2 := r.byte()
		if !ok1 || !ok2 || len(x.strings) >= maxTableCells {
			break
		}
		tail := 0
		if flags&8 != 0 { // runs of fonts
			runs, _ := r.uint(2)
			tail += 4 * runs
		}
		if flags&4 != 0 { // phonetics
			ext, _ := r.uint(4)
			tail += max(ext, 0)
		}
		x.strings = append(x.strings, r.text(letters, flags))
		r.skip(tail)
	}
	return nil
}

// sheet reads one worksheet.
func (x *xlsReader) sheet(name string, at int) (grid, error) {
	g := grid{name: name, raw: true, noValue: map[[2]int]string{}}
	byRow := map[int]int{} // place in g.rows
	var err error
	put := func(row, col int, s string) {
		if col >= maxColumns || err != nil {
			return
		}
		i, ok := byRow[row]
		if !ok {
			i = len(g.rows)
			byRow[row] = i
			g.rows = append(g.rows, tableRow{n: row + 1})
		}
		r := &g.rows[i]
		if grow := col + 1 - len(r.cells); grow > 0 {
			if x.cells += grow; x.cells > maxTableCells {
				err = refuse(fmt.Sprintf("trang tính «%s» có hơn %s ô; hãy tách thành nhiều tệp, ví dụ mỗi quý một tệp", name, viet.Number(maxTableCells)), "too many cells")
				return
			}
			r.cells = append(r.cells, make([]string, grow)...)
		}
		r.cells[col] = s
	}
	var merges []merge
	var waits [2]int // the formula whose text comes in a record of its own
	depth, open := 0, false
	for err == nil {
		kind, body, next, ok := x.record(at)
		if !ok {
			return g, refuse(fmt.Sprintf("tệp Excel kiểu cũ (.xls) bị cắt cụt ở trang tính «%s»", name), "a worksheet ends early")
		}
		at = next
		switch kind {
		case xlsBOF:
			depth++
			continue
		case xlsEOF:
			if depth--; depth <= 0 {
				slices.SortFunc(g.rows, func(a, b tableRow) int { return a.n - b.n })
				fill(g.rows, merges, &x.budget)
				return g, nil
			}
			continue
		}
		if depth != 1 { // a chart inside
			continue
		}
		switch kind {
		case xlsMergeCells:
			for b := body[min(2, len(body)):]; len(b) >= 8 && len(merges) < maxTableRows; b = b[8:] {
				u := func(i int) int { return int(le.Uint16(b[i:])) }
				merges = append(merges, merge{u(0) + 1, u(4), u(2) + 1, u(6)})
			}
			continue
		case xlsString:
			if open && len(body) >= 3 {
				s, _, _ := xlsText(body[3:], int(le.Uint16(body)), body[2])
				put(waits[0], waits[1], s)
			}
			open = false
			continue
		}
		if len(body) < 6 {
			continue
		}
		row, col := int(le.Uint16(body)), int(le.Uint16(body[2:]))
		if kind == xlsFormula {
			waits, open = [2]int{row, col}, x.formula(&g, put, row, col, body)
			continue
		}
		x.value(put, kind, row, col, body)
	}
	return g, err
}

// value reads the record of a cell that is no formula.
func (x *xlsReader) value(put func(row, col int, s string), kind, row, col int, body []byte) {
	switch kind {
	case xlsNumber:
		if len(body) >= 14 {
			put(row, col, xlsFloat(math.Float64frombits(le.Uint64(body[6:]))))
		}
	case xlsRk:
		if len(body) >= 10 {
			put(row, col, xlsFloat(xlsRkValue(le.Uint32(body[6:]))))
		}
	case xlsMulRk:
		for b := body[4:]; len(b) >= 8; b = b[6:] {
			put(row, col, xlsFloat(xlsRkValue(le.Uint32(b[2:]))))
			col++
		}
	case xlsLabelSst:
		if len(body) >= 10 {
			if i := int(le.Uint32(body[6:])); i >= 0 && i < len(x.strings) {
				put(row, col, x.strings[i])
			}
		}
	case xlsLabel, xlsRString:
		if len(body) >= 9 {
			s, _, _ := xlsText(body[9:], int(le.Uint16(body[6:])), body[8])
			put(row, col, s)
		}
	case xlsBoolErr:
		if len(body) >= 8 {
			put(row, col, xlsFlag(body[6], body[7] == 1))
		}
	}
}

// formula reads a formula's stored value; open is true where it is a text,
// which follows.
func (x *xlsReader) formula(g *grid, put func(row, col int, s string), row, col int, body []byte) (open bool) {
	if len(body) < 14 {
		return false
	}
	v := body[6:14]
	if v[6] != 0xff || v[7] != 0xff {
		put(row, col, xlsFloat(math.Float64frombits(le.Uint64(v))))
		return false
	}
	switch v[0] {
	case 0:
		put(row, col, "")
		return true
	case 1, 2:
		put(row, col, xlsFlag(v[2], v[0] == 2))
	case 3: // an empty text
		put(row, col, "")
	default:
		put(row, col, "")
		if len(g.noValue) < maxTableRows {
			g.noValue[[2]int{row + 1, col}] = "…"
		}
	}
	return false
}

func xlsFloat(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// xlsRkValue reads a number in its short form: an integer or the upper half of
// a float, divided by 100 or not.
func xlsRkValue(rk uint32) float64 {
	v := math.Float64frombits(uint64(rk&^3) << 32)
	if rk&2 != 0 {
		v = float64(int32(rk) >> 2)
	}
	if rk&1 != 0 {
		v /= 100
	}
	return v
}

// xlsFlag is a truth value or an error as people see it.
func xlsFlag(v byte, wrong bool) string {
	if !wrong {
		return map[bool]string{true: "TRUE", false: "FALSE"}[v != 0]
	}
	if s, ok := map[byte]string{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0f: "#VALUE!", 0x17: "#REF!", 0x1d: "#NAME?", 0x24: "#NUM!", 0x2a: "#N/A"}[v]; ok {
		return s
	}
	return "#LỖI"
}
