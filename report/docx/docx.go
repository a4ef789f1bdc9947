// Package docx writes papers as OOXML word-processing documents, in the form of
// Nghị định 30/2020/NĐ-CP Phụ lục I: A4 upright with its margins, Times New
// Roman, the page number in the middle of the top margin and not on page one
// (decision 3). It knows paragraphs, runs and tables and nothing of what they say.
package docx

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Document is one paper.
type Document struct {
	Title  string // of its properties
	Blocks []Block
}

// Block is a Paragraph or a Table.
type Block interface{ write(b *strings.Builder) }

// Align is how the lines of a paragraph stand.
type Align string

const (
	Left   Align = "left"
	Center Align = "center"
	Right  Align = "right"
	Both   Align = "both" // justified
)

// Paragraph is some runs. Lengths are in millimetres, spaces in points.
type Paragraph struct {
	Runs          []Run
	Align         Align   // "" is Left
	FirstLine     float64 // indent of its first line
	Indent        float64 // of all its lines
	Before, After float64 // space above and below, points
	Rule          *Rule   // a line below it
	KeepNext      bool    // on one page with what follows
}

// Rule is a line below a paragraph, from one distance of its borders to another.
type Rule struct{ Left, Right float64 } // millimetres

// Run is text of one look. Newlines break the line.
type Run struct {
	Text         string
	Bold, Italic bool
	Size         float64 // points, 0: 14
}

// Table is rows of cells of given widths.
type Table struct {
	Widths []float64 // millimetres
	Rows   [][]Cell
	Lines  bool // borders around the cells
	Head   int  // rows that come again on each page
}

// Cell holds paragraphs; none is one empty paragraph.
type Cell []Paragraph

const (
	bodySize = 14 // points
	mm       = 56.6929
)

func twips(millimetres float64) string { return strconv.Itoa(int(millimetres*mm + 0.5)) }

func points(p float64) string { return strconv.Itoa(int(p*20 + 0.5)) }

// text escapes a text for XML, without what XML 1.0 cannot hold.
func text(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' || r == utf8.RuneError || r >= 0xFFFE && r <= 0xFFFF {
			return -1
		}
		return r
	}, s)
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a strings.Builder does not fail
	}
	return b.String()
}

func (r Run) write(b *strings.Builder) {
	b.WriteString("<w:r><w:rPr>")
	if r.Bold {
		b.WriteString("<w:b/>")
	}
	if r.Italic {
		b.WriteString("<w:i/>")
	}
	if r.Size > 0 && r.Size != bodySize {
		half := strconv.Itoa(int(r.Size*2 + 0.5))
		b.WriteString(`<w:sz w:val="` + half + `"/><w:szCs w:val="` + half + `"/>`)
	}
	b.WriteString("</w:rPr>")
	for i, line := range strings.Split(r.Text, "\n") {
		if i > 0 {
			b.WriteString("<w:br/>")
		}
		b.WriteString(`<w:t xml:space="preserve">` + text(line) + "</w:t>")
	}
	b.WriteString("</w:r>")
}

func (p Paragraph) write(b *strings.Builder) {
	b.WriteString("<w:p><w:pPr>") // in the order of the schema
	if p.KeepNext {
		b.WriteString("<w:keepNext/>")
	}
	b.WriteString(`<w:spacing w:before="` + points(p.Before) + `" w:after="` + points(p.After) + `"/>`)
	if p.Indent != 0 || p.FirstLine != 0 {
		b.WriteString(`<w:ind w:left="` + twips(p.Indent) + `" w:firstLine="` + twips(p.FirstLine) + `"/>`)
	}
	if p.Align != "" && p.Align != Left {
		b.WriteString(`<w:jc w:val="` + string(p.Align) + `"/>`)
	}
	b.WriteString("</w:pPr>")
	for _, r := range p.Runs {
		r.write(b)
	}
	b.WriteString("</w:p>")
	if p.Rule != nil { // a paragraph of no height, so that the line may be shorter than the text
		b.WriteString(`<w:p><w:pPr><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr><w:spacing w:before="40" w:after="0" w:line="60" w:lineRule="exact"/><w:ind w:left="` +
			twips(p.Rule.Left) + `" w:right="` + twips(p.Rule.Right) + `"/></w:pPr></w:p>`)
	}
}

func (t Table) write(b *strings.Builder) {
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + twips(sum(t.Widths)) + `" w:type="dxa"/><w:tblBorders>`)
	line := `w:val="nil"`
	if t.Lines {
		line = `w:val="single" w:sz="4" w:space="0" w:color="000000"`
	}
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString("<w:" + side + " " + line + "/>")
	}
	b.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range t.Widths {
		b.WriteString(`<w:gridCol w:w="` + twips(w) + `"/>`)
	}
	b.WriteString("</w:tblGrid>")
	for i, row := range t.Rows {
		b.WriteString("<w:tr><w:trPr><w:cantSplit/>")
		if i < t.Head {
			b.WriteString("<w:tblHeader/>")
		}
		b.WriteString("</w:trPr>")
		for j, w := range t.Widths {
			b.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + twips(w) + `" w:type="dxa"/></w:tcPr>`)
			var cell Cell
			if j < len(row) {
				cell = row[j]
			}
			if len(cell) == 0 {
				cell = Cell{{}}
			}
			for _, p := range cell {
				p.write(b)
			}
			b.WriteString("</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	b.WriteString("</w:tbl>")
}

func sum(all []float64) (n float64) {
	for _, x := range all {
		n += x
	}
	return n
}

const (
	head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	main = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	pack = "http://schemas.openxmlformats.org/package/2006"
	word = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// part is one file of the package.
type part struct{ name, text string }

// Write writes the document. The same document gives the same bytes.
func (d Document) Write(w io.Writer) error {
	var b strings.Builder
	for i, block := range d.Blocks {
		block.write(&b)
		if _, table := block.(Table); table && (i+1 == len(d.Blocks) || isTable(d.Blocks[i+1])) {
			b.WriteString(`<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>`) // two tables would run together; one may not end a document
		}
	}
	section := `<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:headerReference w:type="first" r:id="rId3"/>` +
		`<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="` + twips(20) + `" w:right="` + twips(15) + `" w:bottom="` + twips(20) + `" w:left="` + twips(30) +
		`" w:header="` + twips(10) + `" w:footer="` + twips(10) + `" w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>`
	font := `<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="Times New Roman"/>`
	parts := []part{
		{"[Content_Types].xml", head + `<Types xmlns="` + pack + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/word/document.xml" ContentType="` + word + `document.main+xml"/><Override PartName="/word/styles.xml" ContentType="` + word + `styles+xml"/>` +
			`<Override PartName="/word/header1.xml" ContentType="` + word + `header+xml"/><Override PartName="/word/header2.xml" ContentType="` + word + `header+xml"/>` +
			`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
		{"_rels/.rels", head + `<Relationships xmlns="` + pack + `/relationships"><Relationship Id="rId1" Type="` + rels + `/officeDocument" Target="word/document.xml"/>` +
			`<Relationship Id="rId2" Type="` + pack + `/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"docProps/core.xml", head + `<cp:coreProperties xmlns:cp="` + pack + `/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + text(d.Title) + `</dc:title><dc:language>vi-VN</dc:language></cp:coreProperties>`},
		{"word/_rels/document.xml.rels", head + `<Relationships xmlns="` + pack + `/relationships"><Relationship Id="rId1" Type="` + rels + `/styles" Target="styles.xml"/>` +
			`<Relationship Id="rId2" Type="` + rels + `/header" Target="header1.xml"/><Relationship Id="rId3" Type="` + rels + `/header" Target="header2.xml"/></Relationships>`},
		{"word/styles.xml", head + `<w:styles ` + main + `><w:docDefaults><w:rPrDefault><w:rPr>` + font + `<w:color w:val="000000"/><w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault>` +
			`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>`},
		{"word/header1.xml", head + `<w:hdr ` + main + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>`},
		{"word/header2.xml", head + `<w:hdr ` + main + `><w:p/></w:hdr>`},
		{"word/document.xml", head + `<w:document ` + main + ` xmlns:r="` + rels + `"><w:body>` + b.String() + section + `</w:body></w:document>`},
	}
	z := zip.NewWriter(w)
	for _, p := range parts {
		f, err := z.Create(p.name)
		if err != nil {
			return fmt.Errorf("write %s: %w", p.name, err)
		}
		if _, err := io.WriteString(f, p.text); err != nil {
			return fmt.Errorf("write %s: %w", p.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

func isTable(b Block) bool { _, ok := b.(Table); return ok }
