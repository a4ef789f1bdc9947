package extract

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"loa/viet"
)

// openZip reads what comes packed: a workbook or a Word document.
func openZip(data []byte, fm form) (opened, error) {
	parts, err := unzips(data)
	if err != nil {
		return opened{}, err
	}
	macros := parts["xl/vbaproject.bin"] != nil || parts["word/vbaproject.bin"] != nil
	var o opened
	switch {
	case parts["xl/workbook.xml"] != nil:
		o, err = openXLSX(data, parts)
	case parts["word/document.xml"] != nil:
		o, err = openDOCX(parts["word/document.xml"], fm)
	case parts["xl/workbook.bin"] != nil:
		return opened{}, refuse("tệp Excel dạng nhị phân (.xlsb); hãy lưu lại thành .xlsx", "an XLSB workbook")
	case parts["content.xml"] != nil:
		return opened{}, refuse("tệp OpenDocument (.ods, .odt); hãy lưu lại thành .xlsx hoặc .docx", "an OpenDocument file")
	default:
		return opened{}, refuse("tệp nén không phải XLSX hay DOCX", "a ZIP archive of something else")
	}
	if err == nil && macros {
		o.notes = append(o.notes, "tệp có macro: macro không được chạy, chỉ đọc giá trị các ô")
	}
	return o, err
}

// unzips looks into an archive before it is opened: what its parts become, all
// and each, by what the archive says. One that says too little is found damaged
// when it is read. Parts are given by name, in small letters.
func unzips(data []byte) (map[string]*zip.File, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, refusal{"không mở được tệp XLSX hay DOCX: tệp hỏng", err}
	}
	if len(z.File) > maxParts {
		return nil, refuse(fmt.Sprintf("không mở được tệp XLSX hay DOCX: tệp có hơn %d phần", maxParts), "too many parts")
	}
	total := uint64(0)
	parts := map[string]*zip.File{}
	for _, f := range z.File {
		most := uint64(maxUnzipped)
		if strings.EqualFold(path.Base(f.Name), "sharedStrings.xml") { // held whole, in many times its size
			most = maxStrings
		}
		total += f.UncompressedSize64
		if f.UncompressedSize64 > most || total > maxUnzipped {
			return nil, refuse(fmt.Sprintf("không mở được tệp XLSX hay DOCX: %s lớn hơn %d MB sau khi giải nén; nếu là nhật ký dài, hãy tách thành nhiều tệp, ví dụ mỗi quý một tệp",
				path.Base(f.Name), min(most, maxUnzipped)>>20), "too large unpacked")
		}
		parts[strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))] = f
	}
	return parts, nil
}

// openXLSX reads the worksheets. Cells come as stored: days and times are
// serial numbers there, whatever their format.
func openXLSX(data []byte, parts map[string]*zip.File) (opened, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return opened{}, refusal{"không mở được tệp XLSX (hỏng, có mật khẩu hoặc quá lớn)", err}
	}
	defer f.Close()
	o := opened{format: "XLSX"}
	date1904 := false
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		date1904 = *p.Date1904
	}
	files, budget := sheetParts(parts), maxTableCells
	for _, name := range f.GetSheetList() {
		rows, err := sheetRows(f, name)
		if err != nil {
			return opened{}, err
		}
		g := grid{name: name, rows: rows, raw: true, date1904: date1904}
		if of := parts[files[name]]; of != nil {
			if text, ok := f.Pkg.Load(of.Name); ok { // unpacked once
				if text, ok := text.([]byte); ok {
					g.odds(text, &budget)
				}
			}
		}
		o.grids = append(o.grids, g)
	}
	return o, nil
}

func sheetRows(f *excelize.File, sheet string) ([]tableRow, error) {
	broken := func(err error) error {
		return refusal{fmt.Sprintf("không đọc được trang tính «%s»", sheet), err}
	}
	it, err := f.Rows(sheet)
	if err != nil {
		return nil, broken(err)
	}
	defer it.Close()
	var rows []tableRow
	seen := 0
	for n := 1; it.Next(); n++ {
		if n > maxTableRows {
			return nil, errTooManyRows
		}
		cells, err := it.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, broken(err)
		}
		if seen += len(cells); seen > maxTableCells {
			return nil, refuse(fmt.Sprintf("trang tính «%s» có hơn %s ô; hãy tách thành nhiều tệp, ví dụ mỗi quý một tệp", sheet, viet.Number(maxTableCells)), "too many cells")
		}
		if len(cells) > maxColumns {
			cells = slices.Clone(cells[:maxColumns]) // the rest is let go
		}
		rows = append(rows, tableRow{n, cells})
	}
	if err := it.Error(); err != nil {
		return nil, broken(err)
	}
	return rows, nil
}

// sheetParts finds the part of each worksheet by its name.
func sheetParts(parts map[string]*zip.File) map[string]string {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		Of []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	out := map[string]string{}
	if part(parts["xl/workbook.xml"], &book) != nil || part(parts["xl/_rels/workbook.xml.rels"], &rels) != nil {
		return out
	}
	for _, s := range book.Sheets {
		for _, r := range rels.Of {
			if r.ID != s.ID {
				continue
			}
			to := path.Join("xl", r.Target)
			if strings.HasPrefix(r.Target, "/") {
				to = strings.TrimPrefix(path.Clean(r.Target), "/")
			}
			out[s.Name] = strings.ToLower(to)
		}
	}
	return out
}

// part reads a small part of an archive.
func part(f *zip.File, into any) error {
	if f == nil {
		return io.ErrUnexpectedEOF
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return xml.NewDecoder(io.LimitReader(r, 1<<20)).Decode(into)
}

// odds reads what stands beside a sheet's values: cells made one, and formulas
// of which no value is stored. Merged cells stand behind all rows; the rows are
// gone through only where there is a formula.
func (g *grid) odds(text []byte, budget *int) {
	if bytes.Contains(text, []byte("<f>")) || bytes.Contains(text, []byte("<f ")) || bytes.Contains(text, []byte(":f>")) || bytes.Contains(text, []byte("<f/")) {
		g.formulas(text)
	}
	tail := text[max(bytes.LastIndex(text, []byte("sheetData")), 0):]
	from, to := bytes.Index(tail, []byte("mergeCells")), bytes.LastIndex(tail, []byte("mergeCells"))
	if from < 0 {
		return
	}
	var merges []merge
	for d := tail[from:to]; len(merges) < maxTableRows; {
		i := bytes.Index(d, []byte(`ref=`))
		if i < 0 || i+6 > len(d) {
			break
		}
		end := bytes.IndexByte(d[i+5:], d[i+4]) // the closing quote
		if end < 0 {
			break
		}
		if m, ok := mergeOf(string(d[i+5 : i+5+min(end, 40)])); ok {
			merges = append(merges, m)
		}
		d = d[i+5+end:]
	}
	fill(g.rows, merges, budget)
}

// mergeOf reads «A1:C2».
func mergeOf(ref string) (merge, bool) {
	from, to, ok := strings.Cut(strings.ReplaceAll(ref, "$", ""), ":")
	if !ok {
		return merge{}, false
	}
	c1, r1, err1 := excelize.CellNameToCoordinates(from)
	c2, r2, err2 := excelize.CellNameToCoordinates(to)
	return merge{r1, c1 - 1, r2, c2 - 1}, err1 == nil && err2 == nil
}

// formulas notes the cells that have a formula and no value.
func (g *grid) formulas(text []byte) {
	g.noValue = map[[2]int]string{}
	d := xml.NewDecoder(bytes.NewReader(text))
	row, col, inside := 0, -1, ""
	formula, value, has, words := "", false, false, false
	for {
		tok, err := d.RawToken()
		if err != nil { // what is broken was told when the rows were read
			return
		}
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "row":
				row, col = row+1, -1
				for _, a := range e.Attr {
					if a.Name.Local == "r" {
						fmt.Sscan(a.Value, &row) // what is no number leaves the count
					}
				}
			case "c":
				col, formula, value, has, words = col+1, "", false, false, false
				for _, a := range e.Attr {
					words = words || a.Name.Local == "t" && a.Value == "str"
					if c, r, err := excelize.CellNameToCoordinates(a.Value); a.Name.Local == "r" && err == nil {
						row, col = r, c-1
					}
				}
			case "f":
				has = true
			case "v": // an empty text is a result too
				value = value || words
			}
			inside = e.Name.Local
		case xml.CharData:
			switch inside {
			case "f":
				formula += string(e)
			case "v", "t":
				value = value || len(bytes.TrimSpace(e)) > 0
			}
		case xml.EndElement:
			inside = ""
			if e.Name.Local == "c" && has && !value && len(g.noValue) < maxTableRows {
				g.noValue[[2]int{row, col}] = shorten(formula, 60)
			}
		}
	}
}
