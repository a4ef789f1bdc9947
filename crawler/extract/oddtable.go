package extract

import (
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"loa/media"
)

// Programs name what is no workbook .xls: pages of a table, and the XML that
// Excel wrote in 2003. Excel opens them, so their senders never know.

// spreadsheetML is the namespace of Excel's XML of 2003.
const spreadsheetML = "urn:schemas-microsoft-com:office:spreadsheet"

// maxPageNodes bounds the tree of a page that is a table: 40,000 rows of seven.
const maxPageNodes = 600_000

// openHTML reads the tables of a page, and the lines between them.
func openHTML(text string, fm form) (opened, error) {
	doc, _, err := parseDoc(text, media.Limits{Tokens: maxPageNodes, Attrs: 500})
	if err != nil {
		return opened{}, refusal{"trang HTML đặt tên như bảng tính quá lớn hoặc hỏng; hãy mở bằng Excel rồi lưu lại thành .xlsx", err}
	}
	var blocks []piece
	n, cells, budget := 0, 0, maxTableCells
	doc.Find("body").Find("table, p, h1, h2, h3, h4, div").Each(func(_ int, s *goquery.Selection) {
		if err != nil || insideTable(s.Nodes[0]) {
			return
		}
		if goquery.NodeName(s) != "table" {
			if line := tidy(glimpse(s.Nodes[0], 400)); line != "" && !holdsBlock(s.Nodes[0]) {
				n++
				blocks = append(blocks, piece{[]tableRow{{n, []string{line}}}, false})
			}
			return
		}
		var rows []tableRow
		var merges []merge
		ownRows(s).EachWithBreak(func(_ int, tr *goquery.Selection) bool {
			if n++; n > maxTableRows || cells > maxTableCells {
				err = errTooManyRows
				return false
			}
			row := pageRow(tr, n, merges, &merges)
			cells += len(row.cells)
			rows = append(rows, row)
			return true
		})
		fill(rows, merges, &budget)
		blocks = append(blocks, piece{rows, true})
	})
	if err != nil {
		return opened{}, err
	}
	o, err := ofBlocks("HTML", blocks, fm, "trang HTML không có bảng nào")
	for i := range o.grids {
		o.grids[i].raw = doc.Find(`td[sdval], td[x\:num]`).Length() > 0
	}
	return o, err
}

// cellText is what a cell of a page says. Programs write beside it the number
// it stands for: the text may be shown month first.
func cellText(td *goquery.Selection) string {
	for _, of := range []string{"sdval", "x:num"} {
		v := strings.TrimSpace(td.AttrOr(of, ""))
		if _, err := strconv.ParseFloat(v, 64); err == nil {
			return v
		}
	}
	return strings.ReplaceAll(glimpse(td.Nodes[0], 2*maxLead), "\n", " ")
}

// holdsBlock reports whether an element has a block or a table in it.
func holdsBlock(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && (d.Data == "table" || d.Data == "p" || d.Data == "div") {
			return true
		}
	}
	return false
}

func insideTable(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && p.Data == "table" {
			return true
		}
	}
	return false
}

// pageRow is one row of a table: places that cells of rows above reach into are
// left empty, and filled later.
func pageRow(tr *goquery.Selection, n int, above []merge, into *[]merge) tableRow {
	row := tableRow{n: n}
	taken := func(c int) bool {
		return slices.ContainsFunc(above[max(0, len(above)-maxColumns):], func(m merge) bool { return m.r1 < n && n <= m.r2 && m.c1 <= c && c <= m.c2 })
	}
	tr.ChildrenFiltered("td, th").EachWithBreak(func(_ int, td *goquery.Selection) bool {
		for len(row.cells) < maxColumns && taken(len(row.cells)) {
			row.cells = append(row.cells, "")
		}
		at, wide, tall := len(row.cells), min(spanOf(td), maxColumns), 1
		if v, err := strconv.Atoi(td.AttrOr("rowspan", "1")); err == nil && v > 1 {
			tall = min(v, maxTableRows)
		}
		row.cells = append(row.cells, cellText(td))
		for range wide - 1 {
			row.cells = append(row.cells, "")
		}
		if wide > 1 || tall > 1 {
			*into = append(*into, merge{n, at, n + tall - 1, at + wide - 1})
		}
		return len(row.cells) < maxColumns
	})
	return row
}

// openSpreadsheetML reads the worksheets of Excel's XML of 2003. Days and times
// become serial numbers, as the other formats of Excel store them.
func openSpreadsheetML(text string) (opened, error) {
	o := opened{format: "XML của Excel 2003"}
	broken := func(err error) (opened, error) {
		return opened{}, refusal{"tệp XML của Excel 2003 hỏng; hãy mở bằng Excel rồi lưu lại thành .xlsx", err}
	}
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	var g *grid
	var merges []merge
	var cell struct {
		col, wide, tall int
		kind, formula   string
		text            strings.Builder
		data            bool
	}
	cells, row, budget := 0, 0, maxTableCells
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return o, nil
		}
		if err != nil {
			return broken(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "Worksheet":
				o.grids = append(o.grids, grid{name: xmlAttr(e, "Name"), raw: true, noValue: map[[2]int]string{}})
				g, merges, row = &o.grids[len(o.grids)-1], nil, 0
			case "Row":
				if row++; xmlAttr(e, "Index") != "" {
					if n, err := strconv.Atoi(xmlAttr(e, "Index")); err == nil && n > row {
						row = n
					}
				}
				if row > maxTableRows {
					return opened{}, errTooManyRows
				}
				if g != nil {
					g.rows = append(g.rows, tableRow{n: row})
				}
				cell.col, cell.wide = -1, 0
			case "Cell":
				cell.col += cell.wide + 1
				if n, err := strconv.Atoi(xmlAttr(e, "Index")); err == nil && n > 0 && n <= maxColumns {
					cell.col = n - 1
				}
				cell.wide, _ = strconv.Atoi(xmlAttr(e, "MergeAcross")) // 0 where it is no number
				cell.tall, _ = strconv.Atoi(xmlAttr(e, "MergeDown"))
				cell.wide, cell.tall = min(max(cell.wide, 0), maxColumns), min(max(cell.tall, 0), maxTableRows)
				cell.kind, cell.formula = "", xmlAttr(e, "Formula")
				cell.text.Reset()
			case "Data":
				cell.kind, cell.data = xmlAttr(e, "Type"), true
			case "Comment":
				if err := d.Skip(); err != nil {
					return broken(err)
				}
			}
		case xml.CharData:
			if cell.data && cell.text.Len() < maxCell {
				cell.text.Write(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "Data":
				cell.data = false
			case "Cell":
				if g == nil || len(g.rows) == 0 || cell.col < 0 || cell.col >= maxColumns {
					continue
				}
				r := &g.rows[len(g.rows)-1]
				if cells += max(0, cell.col+1-len(r.cells)); cells > maxTableCells {
					return opened{}, errTooManyRows
				}
				for len(r.cells) <= cell.col {
					r.cells = append(r.cells, "")
				}
				r.cells[cell.col] = xmlValue(cell.kind, cell.text.String())
				if cell.formula != "" && r.cells[cell.col] == "" {
					g.noValue[[2]int{r.n, cell.col}] = strings.TrimPrefix(shorten(cell.formula, 60), "=")
				}
				if cell.wide+cell.tall > 0 && len(merges) < maxTableRows {
					merges = append(merges, merge{r.n, cell.col, r.n + cell.tall, cell.col + cell.wide})
				}
			case "Worksheet":
				if g != nil {
					fill(g.rows, merges, &budget)
				}
				g = nil
			}
		}
	}
}

// xmlValue is a cell's value as the other formats store it.
func xmlValue(kind, text string) string {
	if kind != "DateTime" {
		return text
	}
	t, err := time.Parse("2006-01-02T15:04:05.999", strings.TrimSpace(text))
	if err != nil {
		return text
	}
	days := t.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
	if days < 61 { // Excel's 1900 has a 29 February; a clock alone stands on the day before its first
		days--
	}
	return strconv.FormatFloat(days, 'f', -1, 64)
}
