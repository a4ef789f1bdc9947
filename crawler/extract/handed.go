package extract

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"loa/media"
	"loa/viet"
)

// Handed is what was made of a table that was handed in, beside its rows.
type Handed struct {
	Format  string   // what the file is: "CSV", "XLSX", "XLS", "DOCX" and so on
	Notes   []string // what its sender should know of how it was read, Vietnamese
	Columns []HandedColumn
	Header  int // row of the header, 1-based; 0: there is none
}

// HandedColumn is one column that was understood.
type HandedColumn struct {
	Name    string // what it is: «Giờ phát»
	Letter  string // where it stands: "C"
	Heading string // as headed, "" if it is not
}

// grid is one table of a file as its cells stand, before it is known what they
// are; opened is all a file holds.
type grid struct {
	name     string
	rows     []tableRow
	raw      bool // cells are a spreadsheet's raw values
	date1904 bool
	noValue  map[[2]int]string // formulas without a stored value, by row number and column from 0
}

type opened struct {
	format string
	grids  []grid
	notes  []string
	mended bool // cells are in Unicode already
}

// refusal says in Vietnamese why a file cannot be read; err is for the log.
type refusal struct {
	msg string
	err error
}

func (r refusal) Error() string { return r.msg }
func (r refusal) Unwrap() error { return r.err }

func refuse(msg, log string) error { return refusal{msg, errors.New(log)} }

var errTooManyRows = refuse(fmt.Sprintf("tệp có hơn %s dòng; hãy tách thành nhiều tệp, ví dụ mỗi quý một tệp", viet.Number(maxTableRows)), "more rows than are read")

// readTable reads the file's cells and finds the columns by their headings.
func readTable(data []byte, fm form) (*table, []RowError, error) { return mapTable(data, fm, nil) }

// mapTable is readTable where a person tells columns that have no heading of
// their own; nil if nothing is told.
func mapTable(data []byte, fm form, m *media.TableMap) (t *table, bad []RowError, err error) {
	defer func() { // damaged files have made libraries panic
		if p := recover(); p != nil {
			t, bad, err = nil, []RowError{{Msg: "tệp hỏng, không đọc được"}}, fmt.Errorf("table reader panicked: %v", p)
		}
	}()
	o, err := openTold(data, fm, m)
	if err != nil {
		msg := "không đọc được tệp"
		if r := (refusal{}); errors.As(err, &r) {
			msg = r.msg
		}
		return nil, []RowError{{Msg: msg}}, err
	}
	var of *grid
	for i := range o.grids {
		g := &o.grids[i]
		found, why := fm.find(g.rows, m)
		if len(why) > 0 && len(bad) == 0 {
			bad = why
		}
		switch {
		case found == nil:
			continue
		case t != nil:
			return nil, []RowError{{Msg: fmt.Sprintf("tệp có nhiều trang tính là %s (trang «%s» là trang thứ hai); hãy tách mỗi trang thành một tệp", fm.noun, g.name)}}, nil
		}
		t, of = found, g
	}
	if t == nil {
		if bad == nil {
			bad = []RowError{{Msg: fm.noHeader()}}
		}
		return nil, bad, nil
	}
	t.sheet, t.date1904, t.read.Format, t.read.Notes = of.raw, of.date1904, o.format, o.notes
	t.tell(fm)
	return t, t.withoutValue(of.noValue), nil
}

// named counts the columns found.
func (t *table) named() (n int) {
	for _, c := range t.cols {
		if c >= 0 {
			n++
		}
	}
	return n
}

// tell notes where the columns are.
func (t *table) tell(fm form) {
	t.read.Header = t.headerRow
	for f, c := range t.cols {
		if c < 0 || f >= len(fm.names) {
			continue
		}
		h := HandedColumn{Name: fm.names[f], Letter: columnLetter(c)}
		if t.headerRow > 0 && c < len(t.head) {
			h.Heading = t.head[c]
		}
		t.read.Columns = append(t.read.Columns, h)
	}
}

// withoutValue tells every cell wanted that is a formula whose value the file
// does not hold: nothing here computes.
func (t *table) withoutValue(cells map[[2]int]string) (bad []RowError) {
	if len(cells) == 0 {
		return nil
	}
	for _, r := range t.rows {
		for f, c := range t.cols {
			if formula, ok := cells[[2]int{r.n, c}]; ok && c >= 0 && r.get(t, field(f)) == "" {
				bad = append(bad, RowError{Row: r.n, Column: t.title(field(f)), Value: "=" + formula,
					Msg: "ô công thức chưa có giá trị được lưu; hãy mở bằng phần mềm bảng tính rồi lưu lại, hoặc dán giá trị"})
			}
		}
	}
	return bad
}

// charset recognises the encoding that the cells were typed in.
func (o *opened) charset() viet.Charset {
	const enough = 20_000 // cells by which an encoding is known
	var texts []string
	for _, g := range o.grids {
		for _, r := range g.rows {
			if len(texts) < enough {
				texts = append(texts, r.cells...)
			}
		}
	}
	return viet.Legacy(texts)
}

// mend writes cells in Unicode, if they were typed in an older encoding, and in
// canonical form.
func (o *opened) mend(c viet.Charset) {
	o.mended = true
	if c != viet.NoCharset {
		o.notes = append(o.notes, fmt.Sprintf("chữ gõ bằng bảng mã %s được chuyển sang Unicode", c))
	}
	for _, g := range o.grids {
		for _, r := range g.rows {
			for i, s := range r.cells {
				r.cells[i] = tidy(c.Text(s))
			}
		}
	}
}

// openTable cuts a file into cells, in Unicode and canonical form.
func openTable(data []byte, fm form) (opened, error) { return openTold(data, fm, nil) }

func openTold(data []byte, fm form, m *media.TableMap) (opened, error) {
	o, err := openRaw(data, fm, m)
	if err == nil && !o.mended {
		o.mend(o.charset())
	}
	return o, err
}

// openRaw tells what a file is, whatever its name.
func openRaw(data []byte, fm form, m *media.TableMap) (opened, error) {
	switch {
	case len(data) > maxTableBytes:
		return opened{}, refuse(fmt.Sprintf("tệp lớn hơn %d MB", maxTableBytes>>20), "too many bytes")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return openZip(data, fm)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return openOLE(data)
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return opened{}, refuse("tệp PDF không có bảng để đọc; hãy gửi bảng gốc (CSV, Excel, Word), hoặc gõ lại các dòng và gửi tệp PDF kèm theo (--scan)", "a PDF")
	}
	if what := binary(data); what != "" {
		return opened{}, refuse("không phải tệp CSV, Excel hay Word", what)
	}
	text, err := tableText(data)
	if err != nil {
		return opened{}, refusal{"không phải tệp CSV, Excel hay Word", err}
	}
	head := text[:min(len(text), labelPeek)]
	switch low := strings.ToLower(head); {
	case strings.Contains(head, spreadsheetML):
		return openSpreadsheetML(text)
	case strings.HasPrefix(strings.TrimSpace(low), "mime-version:"):
		return opened{}, refuse("trang web lưu dạng MHTML (.mht) đặt tên như bảng tính; hãy mở rồi lưu lại thành .xlsx", "MHTML")
	case strings.HasPrefix(strings.TrimSpace(low), "<") && strings.Contains(strings.ToLower(text[:min(len(text), 1<<20)]), "<tr"):
		return openHTML(text, fm)
	}
	return openCSV(text, fm, m)
}

// tableText is the text of a table's bytes, not composed yet: what was typed in
// an older encoding is told by letters that composing would spoil.
func tableText(data []byte) (string, error) {
	utf16 := bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff})
	if !utf16 && !mostlyUTF8(data) {
		latin, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err == nil && viet.Legacy(strings.FieldsFunc(string(latin[:min(len(latin), 1<<20)]), func(r rune) bool { return strings.ContainsRune("\n\t;,|", r) })) != viet.NoCharset {
			text, _ := stripControls(string(latin))
			return text, nil
		}
	}
	text, _, err := toUTF8(data, "")
	if err != nil {
		return "", err
	}
	text, controls := stripControls(text)
	if controls > 64 && controls > len(text)/10 {
		return "", &BlindError{media.ParseError, "body is no text: too many control characters"}
	}
	return text, nil
}

// openCSV reads lines cut by each sign that may cut them, and keeps the reading
// that names the most columns.
func openCSV(text string, fm form, m *media.TableMap) (opened, error) {
	best, most := opened{format: "CSV"}, 0
	charset, known := viet.NoCharset, false
	for _, comma := range []rune{';', '\t', ',', '|'} {
		read := readCSV
		if comma == '\t' {
			read = readTabs
		}
		rows, err := read(text, comma)
		if err == errTooManyRows {
			return opened{}, err
		}
		if err != nil {
			return opened{}, refusal{"tệp CSV hỏng: " + err.Error(), err}
		}
		o := opened{format: "CSV", grids: []grid{{name: string(comma), rows: rows}}}
		if !known { // by words, however they are cut
			charset, known = o.charset(), true
		}
		o.mend(charset)
		if t, why := fm.find(rows, m); t != nil && t.named() > most {
			best, most = o, t.named()
		} else if most == 0 && (best.grids == nil || len(why) > 0) {
			best = o
		}
	}
	return best, nil
}

// merge is cells made one: rows from 1, columns from 0, all inclusive.
type merge struct{ r1, c1, r2, c2 int }

// fill writes what merged cells say into each of them: a title over several
// columns, as far as headers stand, and a cell over several rows of one column.
// budget bounds the cells looked at and made, of all tables of a file.
func fill(rows []tableRow, merges []merge, budget *int) {
	if len(merges) == 0 {
		return
	}
	place := map[int]int{}
	for i, r := range rows {
		place[r.n] = i
	}
	for _, m := range merges {
		if m.c1 < 0 || m.c2 < m.c1 || m.r2 < m.r1 || m.c2 >= maxColumns {
			continue
		}
		top, ok := place[m.r1]
		if !ok || m.c1 >= len(rows[top].cells) || rows[top].cells[m.c1] == "" {
			continue
		}
		said := rows[top].cells[m.c1]
		switch {
		case m.r1 == m.r2 && m.r1 <= maxHeader:
			row := &rows[top]
			for len(row.cells) <= m.c2 {
				row.cells = append(row.cells, "")
				*budget--
			}
			for c := m.c1 + 1; c <= m.c2; c++ {
				row.cells[c] = said
			}
		case m.c1 == m.c2:
			for r := m.r1 + 1; r <= m.r2 && *budget > 0; r++ {
				*budget--
				i, ok := place[r]
				if !ok {
					continue
				}
				for len(rows[i].cells) <= m.c1 {
					rows[i].cells = append(rows[i].cells, "")
					*budget--
				}
				if rows[i].cells[m.c1] == "" {
					rows[i].cells[m.c1] = said
				}
			}
		}
	}
}

// maxColumns is how wide a table is read; the rest is let go.
const maxColumns = 200
