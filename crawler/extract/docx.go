package extract

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"loa/viet"
)

// piece is one table of a document, or one paragraph between tables.
type piece struct {
	rows  []tableRow
	table bool
}

// openDOCX reads the tables of a Word document.
func openDOCX(f *zip.File, fm form) (opened, error) {
	r, err := f.Open()
	if err != nil {
		return opened{}, refusal{"tệp DOCX hỏng", err}
	}
	defer r.Close()
	w := wordReader{d: xml.NewDecoder(io.LimitReader(r, maxUnzipped))}
	if err := w.body(); err != nil {
		if bad := (refusal{}); errors.As(err, &bad) {
			return opened{}, err
		}
		return opened{}, refusal{"tệp DOCX hỏng", err}
	}
	return ofBlocks("DOCX", w.blocks, fm, "tệp Word không có bảng nào")
}

// ofBlocks makes one grid of a document's tables: the first that is such a
// table, and those that go on with it, a page or a day each. A line between them
// that gives a day stays; what else stands between tables is no row.
func ofBlocks(format string, blocks []piece, fm form, none string) (opened, error) {
	o := opened{format: format}
	if !slices.ContainsFunc(blocks, func(b piece) bool { return b.table }) {
		return o, refuse(none, "no table")
	}
	var first *table
	g := grid{name: "1"}
	var lines []tableRow // since the last table
	for _, b := range blocks {
		if !b.table {
			if s := b.rows[0].cells[0]; len([]rune(s)) <= 60 {
				if _, ok := viet.ParseDate(tidy(s), viet.DateOptions{}); ok {
					lines = append(lines, b.rows[0])
				}
			}
			continue
		}
		found := fm.layout(tidied(b.rows))
		switch {
		case first == nil && found != nil:
			first = found
			// Lines above go below the header: they give the day of what follows.
			at := slices.IndexFunc(b.rows, func(r tableRow) bool { return len(found.rows) > 0 && r.n == found.rows[0].n })
			if at < 0 {
				at = len(b.rows)
			}
			g.rows = append(append(append(g.rows, b.rows[:at]...), lines...), b.rows[at:]...)
		case first == nil: // a letterhead, or a table whose columns are told by a person
			g.rows = append(append(g.rows, lines...), b.rows...)
		case found != nil && slices.Equal(found.cols, first.cols), found == nil && sameWidth(b.rows, first):
			g.rows = append(append(g.rows, lines...), b.rows...)
		case found != nil || clocked(b.rows):
			return o, refuse("tệp có nhiều bảng với các cột khác nhau; hãy tách mỗi bảng thành một tệp", "tables of different columns")
		}
		lines = nil
	}
	o.grids = []grid{g}
	return o, nil
}

// clocked reports whether a table looks like one of broadcasts: a row with the
// time of a day among three cells and more. Letterheads and signatures have none.
func clocked(rows []tableRow) bool {
	return slices.ContainsFunc(rows, func(r tableRow) bool {
		return len(r.filled()) >= 3 && slices.ContainsFunc(r.cells, func(s string) bool { return strings.ContainsAny(s, ":hg.") && clockForm.MatchString(tidy(s)) })
	})
}

// tidied is rows with their cells as they are going to be read.
func tidied(rows []tableRow) []tableRow {
	rows = rows[:min(len(rows), maxHeader)]
	var texts []string
	for _, r := range rows {
		texts = append(texts, r.cells...)
	}
	c := viet.Legacy(texts)
	out := make([]tableRow, len(rows))
	for i, r := range rows {
		out[i] = tableRow{r.n, slices.Clone(r.cells)}
		for j, s := range r.cells {
			out[i].cells[j] = tidy(c.Text(s))
		}
	}
	return out
}

// sameWidth reports whether most rows are as wide as the first table's header.
func sameWidth(rows []tableRow, first *table) bool {
	n := 0
	for _, r := range rows {
		if len(r.cells) == len(first.head) {
			n++
		}
	}
	return 2*n > len(rows)
}

// wordReader walks through a document's body. A table inside a cell is text of
// the cell.
type wordReader struct {
	d      *xml.Decoder
	blocks []piece
	n      int // rows of tables, and lines between, so far
	cells  int
}

// body reads the blocks of the document.
func (w *wordReader) body() error {
	var line strings.Builder
	for {
		tok, err := w.d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "tbl":
				rows, err := w.table()
				if err != nil {
					return err
				}
				if len(rows) > 0 {
					w.blocks = append(w.blocks, piece{rows, true})
				}
			case "p":
				line.Reset()
			case "t":
				s, err := w.text()
				if err != nil {
					return err
				}
				if line.Len() < maxLead {
					line.WriteString(s)
				}
			case "tab", "br":
				line.WriteByte(' ')
			}
		case xml.EndElement:
			if s := tidy(line.String()); e.Name.Local == "p" && s != "" && len(w.blocks) < maxTableRows {
				w.n++
				w.blocks = append(w.blocks, piece{[]tableRow{{w.n, []string{s}}}, false})
				line.Reset()
			}
		}
	}
}

// text is what stands inside a run of text.
func (w *wordReader) text() (string, error) {
	var out strings.Builder
	for {
		tok, err := w.d.Token()
		if err != nil {
			return "", err
		}
		switch e := tok.(type) {
		case xml.CharData:
			if out.Len() < maxCell {
				out.Write(e)
			}
		case xml.EndElement:
			return out.String(), nil
		case xml.StartElement:
			if err := w.d.Skip(); err != nil {
				return "", err
			}
		}
	}
}

// wordCell is a cell as it stands in the file.
type wordCell struct {
	text strings.Builder
	span int
	down bool // goes on with the cell above
}

// table reads rows up to the end of the table. Merged cells say what they say
// in each of their columns and rows.
func (w *wordReader) table() ([]tableRow, error) {
	var rows []tableRow
	var above []string
	var row []string
	var cell *wordCell
	deep, gone := 1, false
	for deep > 0 {
		tok, err := w.d.Token()
		if err != nil {
			return nil, err
		}
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "tbl":
				deep++
			case "tr":
				if deep == 1 {
					row, gone = nil, false
				}
			case "gridBefore":
				for range min(val(e, 0), maxColumns) {
					row = append(row, "")
				}
			case "moveFrom": // what was moved away stands where it went
				if cell != nil {
					if err := w.d.Skip(); err != nil {
						return nil, err
					}
				}
			case "del":
				gone = gone || cell == nil // a row that was struck out
			case "tc":
				if deep == 1 {
					cell = &wordCell{span: 1}
				}
			case "gridSpan":
				if cell != nil && deep == 1 {
					cell.span = min(max(val(e, 1), 1), maxColumns)
				}
			case "vMerge":
				if cell != nil && deep == 1 {
					cell.down = xmlAttr(e, "val") != "restart"
				}
			case "t":
				s, err := w.text()
				if err != nil {
					return nil, err
				}
				if cell != nil && cell.text.Len() < maxCell {
					cell.text.WriteString(s)
				}
			case "tab", "br", "cr":
				if cell != nil {
					cell.text.WriteByte(' ')
				}
			}
		case xml.EndElement:
			switch {
			case e.Name.Local == "tbl":
				deep--
			case deep > 1:
			case e.Name.Local == "p" && cell != nil:
				cell.text.WriteByte(' ')
			case e.Name.Local == "tc" && cell != nil:
				said := strings.TrimSpace(cell.text.String())
				for range cell.span {
					if len(row) >= maxColumns {
						break
					}
					if cell.down && said == "" && len(row) < len(above) {
						row = append(row, above[len(row)])
					} else {
						row = append(row, said)
					}
				}
				cell = nil
			case e.Name.Local == "tr" && !gone:
				if w.n++; w.n > maxTableRows {
					return nil, errTooManyRows
				}
				if w.cells += len(row); w.cells > maxTableCells {
					return nil, refuse("bảng trong tệp Word quá lớn; hãy tách thành nhiều tệp", "too many cells")
				}
				rows = append(rows, tableRow{w.n, row})
				above = row
			}
		}
	}
	return rows, nil
}

func xmlAttr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func val(e xml.StartElement, or int) int {
	if n, err := strconv.Atoi(xmlAttr(e, "val")); err == nil && n >= 0 {
		return n
	}
	return or
}
