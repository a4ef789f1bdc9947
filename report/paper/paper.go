// Package paper is a paper before it is a file: sections of paragraphs and tables in the form of Nghị định 30/2020/NĐ-CP,
// Phụ lục I – A4 with its margins, Times New Roman, the page number in the middle of the top margin and not on page one.
// It is written as DOCX, as PDF and as a page to read. It knows nothing of what a paper says.
//
// Lengths are in millimetres, sizes of letters and spaces above and below in points.
package paper

import (
	"strings"
	"time"

	"loa/viet"
)

// Document is one paper.
type Document struct {
	Title    string    // of its properties
	Author   string    // likewise: the issuing body
	Made     time.Time // likewise; nothing else depends on it. Zero leaves it out
	Foot     string    // small, at the bottom of every page
	Sections []Section
}

// Section begins on a page of its own. Its pages are numbered from 1, without a number on the first.
type Section struct {
	Name     string // of its bookmark, "" for none
	Sideways bool   // A4 on its long side: annexes with wide tables
	Blocks   []Block
}

// Block is a Paragraph or a Table.
type Block interface{ block() }

func (Paragraph) block() {}
func (Table) block()     {}

// Align is how the lines of a paragraph stand.
type Align string

const (
	Left   Align = "left"
	Center Align = "center"
	Right  Align = "right"
	Both   Align = "both" // justified
)

// Paragraph is some runs.
type Paragraph struct {
	Runs          []Run
	Align         Align   // "" is Left
	FirstLine     float64 // indent of its first line
	Indent        float64 // of all its lines
	Before, After float64 // space above and below
	Rule          float64 // a line below it, as a share of its text's width; 0: none
	KeepNext      bool    // on one page with what follows
	Level         int     // 1 to 3: a heading, with a bookmark
}

// Run is text of one look. Newlines break the line.
type Run struct {
	Text         string
	Bold, Italic bool
	Size         float64 // 0: 14
	Link         string  // http or https; "" for none
}

// Table is rows of cells of given widths. A row of one cell runs over all columns.
type Table struct {
	Widths []float64
	Rows   [][]Cell
	Lines  bool // borders around the cells
	Head   int  // rows that come again on each page
}

// Cell holds paragraphs; none is one empty paragraph.
type Cell []Paragraph

// Text is a paragraph of one look.
func Text(size float64, bold bool, align Align, text string) Paragraph {
	return Paragraph{Runs: []Run{{Text: text, Size: size, Bold: bold}}, Align: align}
}

// Page and letters, Nghị định 30/2020/NĐ-CP, Phụ lục I.I: margins of 20–25, 30–35 and 15–20 mm.
const (
	bodySize                = 14.0
	pageShort, pageLong     = 210.0, 297.0
	marginLeft, marginRight = 30.0, 15.0
	marginTop, marginBottom = 20.0, 20.0
	headAt                  = 10.0 // of the page number
	padding                 = 1.9  // left and right within a cell: Word's own
	numberSize, footSize    = 13.0, 9.0
	mmPerPoint              = 25.4 / 72
	ruleWidth, borderWidth  = 0.75, 0.5 // points
)

// width is what a section's text has.
func (s Section) width() float64 {
	if s.Sideways {
		return pageLong - marginLeft - marginRight
	}
	return pageShort - marginLeft - marginRight
}

func (r Run) size() float64 {
	if r.Size <= 0 {
		return bodySize
	}
	return r.Size
}

// link is the address if a reader may follow it.
func (r Run) link() string {
	if strings.HasPrefix(r.Link, "http://") || strings.HasPrefix(r.Link, "https://") {
		return r.Link
	}
	return ""
}

func clean(s string) string { return viet.Printable(s) }

func sum(all []float64) (n float64) {
	for _, x := range all {
		n += x
	}
	return n
}
