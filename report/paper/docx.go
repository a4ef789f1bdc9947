package paper

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const mm = 56.6929 // twentieths of a point

func twips(millimetres float64) string { return strconv.Itoa(int(millimetres*mm + 0.5)) }

func points(p float64) string { return strconv.Itoa(int(p*20 + 0.5)) }

// escaped is a clean text for XML.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(clean(s))); err != nil {
		return "" // a strings.Builder does not fail
	}
	return b.String()
}

// body writes what stands in document.xml and gathers the addresses it leads to.
type body struct {
	strings.Builder
	links []string // rId10, rId11, …
	of    map[string]string
	marks int
}

const firstLink = 10

// link is the relation of an address.
func (b *body) link(address string) string {
	if id, known := b.of[address]; known {
		return id
	}
	id := "rId" + strconv.Itoa(firstLink+len(b.links))
	b.links, b.of[address] = append(b.links, address), id
	return id
}

func (b *body) run(r Run) {
	link := r.link()
	if link != "" {
		b.WriteString(`<w:hyperlink r:id="` + b.link(link) + `">`)
	}
	b.WriteString("<w:r><w:rPr>")
	if r.Bold {
		b.WriteString("<w:b/><w:bCs/>")
	}
	if r.Italic {
		b.WriteString("<w:i/><w:iCs/>")
	}
	if link != "" {
		b.WriteString(`<w:color w:val="1F3864"/>`)
	}
	if r.size() != bodySize {
		half := strconv.Itoa(int(r.size()*2 + 0.5))
		b.WriteString(`<w:sz w:val="` + half + `"/><w:szCs w:val="` + half + `"/>`)
	}
	if link != "" {
		b.WriteString(`<w:u w:val="single"/>`)
	}
	b.WriteString("</w:rPr>")
	for i, line := range strings.Split(r.Text, "\n") {
		if i > 0 {
			b.WriteString("<w:br/>")
		}
		b.WriteString(`<w:t xml:space="preserve">` + escaped(line) + "</w:t>")
	}
	b.WriteString("</w:r>")
	if link != "" {
		b.WriteString("</w:hyperlink>")
	}
}

// paragraph writes one that has so much width; section is the properties of a section that ends with it, "" if none does.
func (b *body) paragraph(p Paragraph, width float64, section string) {
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
	if p.Level > 0 {
		b.WriteString(`<w:outlineLvl w:val="` + strconv.Itoa(p.Level-1) + `"/>`)
	}
	if p.Rule == 0 {
		b.WriteString(section)
	}
	b.WriteString("</w:pPr>")
	mark := p.Level > 0
	if mark {
		b.marks++
		id := strconv.Itoa(b.marks)
		b.WriteString(`<w:bookmarkStart w:id="` + id + `" w:name="muc_` + id + `"/>`)
	}
	for _, r := range p.Runs {
		b.run(r)
	}
	if mark {
		b.WriteString(`<w:bookmarkEnd w:id="` + strconv.Itoa(b.marks) + `"/>`)
	}
	b.WriteString("</w:p>")
	if p.Rule > 0 { // a paragraph of no height, so that the line may be shorter than the column
		beside := twips(max(0, width-p.textWidth(width)*p.Rule) / 2)
		b.WriteString(`<w:p><w:pPr><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr><w:spacing w:before="40" w:after="0" w:line="60" w:lineRule="exact"/><w:ind w:left="` +
			beside + `" w:right="` + beside + `"/>` + section + `</w:pPr></w:p>`)
	}
}

func (b *body) table(t Table) {
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + twips(sum(t.Widths)) + `" w:type="dxa"/>`)
	line := `w:val="nil"`
	if t.Lines {
		b.WriteString(`<w:tblInd w:w="` + twips(padding) + `" w:type="dxa"/>`) // else its border stands left of the text
		line = `w:val="single" w:sz="4" w:space="0" w:color="000000"`
	}
	b.WriteString("<w:tblBorders>")
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString("<w:" + side + " " + line + "/>")
	}
	b.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="` + twips(cellPad) + `" w:type="dxa"/><w:bottom w:w="` + twips(cellPad) + `" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
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
		widths, span := t.Widths, ""
		if len(row) == 1 && len(widths) > 1 {
			widths, span = []float64{sum(t.Widths)}, `<w:gridSpan w:val="`+strconv.Itoa(len(t.Widths))+`"/>`
		}
		for j, w := range widths {
			b.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + twips(w) + `" w:type="dxa"/>` + span + `</w:tcPr>`)
			var cell Cell
			if j < len(row) {
				cell = row[j]
			}
			if len(cell) == 0 {
				cell = Cell{{}}
			}
			for _, p := range cell {
				b.paragraph(p, w-2*padding, "")
			}
			b.WriteString("</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	b.WriteString("</w:tbl>")
}

// section writes the blocks of one; the last one's properties end the body, another's its last paragraph.
func (b *body) section(s Section, last bool) {
	width, height, orient := pageShort, pageLong, ""
	if s.Sideways {
		width, height, orient = pageLong, pageShort, ` w:orient="landscape"`
	}
	properties := `<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:headerReference w:type="first" r:id="rId3"/>` +
		`<w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="first" r:id="rId4"/>` +
		`<w:pgSz w:w="` + twips(width) + `" w:h="` + twips(height) + `"` + orient + `/><w:pgMar w:top="` + twips(marginTop) + `" w:right="` + twips(marginRight) + `" w:bottom="` + twips(marginBottom) + `" w:left="` + twips(marginLeft) +
		`" w:header="` + twips(headAt) + `" w:footer="` + twips(headAt) + `" w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>`
	for i, block := range s.Blocks {
		end := i+1 == len(s.Blocks)
		switch x := block.(type) {
		case Paragraph:
			if end && !last {
				b.paragraph(x, s.width(), properties)
				return
			}
			b.paragraph(x, s.width(), "")
		case Table:
			b.table(x)
			if end || isTable(s.Blocks[i+1]) { // two tables would run together; one may not end a section
				tail := ""
				if end && !last {
					tail = properties
				}
				b.WriteString(`<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>` + tail + `</w:pPr></w:p>`)
				if tail != "" {
					return
				}
			}
		}
	}
	switch {
	case last:
		b.WriteString(properties)
	default:
		b.WriteString(`<w:p><w:pPr>` + properties + `</w:pPr></w:p>`) // of nothing
	}
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

// DOCX writes the document as OOXML (ECMA-376). The same document gives the same bytes.
func (d Document) DOCX(w io.Writer) error {
	b := &body{of: map[string]string{}}
	for i, s := range d.Sections {
		b.section(s, i+1 == len(d.Sections))
	}
	if len(d.Sections) == 0 {
		b.section(Section{}, true)
	}
	font := `<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="Times New Roman"/>`
	links := ""
	for i, address := range b.links {
		links += `<Relationship Id="rId` + strconv.Itoa(firstLink+i) + `" Type="` + rels + `/hyperlink" Target="` + escaped(address) + `" TargetMode="External"/>`
	}
	made := ""
	if !d.Made.IsZero() {
		made = `<dcterms:created xsi:type="dcterms:W3CDTF">` + d.Made.UTC().Format(time.RFC3339) + `</dcterms:created>`
	}
	small := strconv.Itoa(int(footSize * 2))
	parts := []part{
		{"[Content_Types].xml", head + `<Types xmlns="` + pack + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/word/document.xml" ContentType="` + word + `document.main+xml"/><Override PartName="/word/styles.xml" ContentType="` + word + `styles+xml"/>` +
			`<Override PartName="/word/fontTable.xml" ContentType="` + word + `fontTable+xml"/>` +
			`<Override PartName="/word/header1.xml" ContentType="` + word + `header+xml"/><Override PartName="/word/header2.xml" ContentType="` + word + `header+xml"/>` +
			`<Override PartName="/word/footer1.xml" ContentType="` + word + `footer+xml"/>` +
			`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
		{"_rels/.rels", head + `<Relationships xmlns="` + pack + `/relationships"><Relationship Id="rId1" Type="` + rels + `/officeDocument" Target="word/document.xml"/>` +
			`<Relationship Id="rId2" Type="` + pack + `/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"docProps/core.xml", head + `<cp:coreProperties xmlns:cp="` + pack + `/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
			made + `<dc:creator>` + escaped(d.Author) + `</dc:creator><dc:language>vi-VN</dc:language><dc:title>` + escaped(d.Title) + `</dc:title></cp:coreProperties>`},
		{"word/_rels/document.xml.rels", head + `<Relationships xmlns="` + pack + `/relationships"><Relationship Id="rId1" Type="` + rels + `/styles" Target="styles.xml"/>` +
			`<Relationship Id="rId2" Type="` + rels + `/header" Target="header1.xml"/><Relationship Id="rId3" Type="` + rels + `/header" Target="header2.xml"/>` +
			`<Relationship Id="rId4" Type="` + rels + `/footer" Target="footer1.xml"/><Relationship Id="rId5" Type="` + rels + `/fontTable" Target="fontTable.xml"/>` + links + `</Relationships>`},
		{"word/styles.xml", head + `<w:styles ` + main + `><w:docDefaults><w:rPrDefault><w:rPr>` + font + `<w:color w:val="000000"/><w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault>` +
			`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>`},
		// Where Times New Roman is missing, fonts with its widths stand in: Liberation Serif, Tinos.
		{"word/fontTable.xml", head + `<w:fonts ` + main + `><w:font w:name="Times New Roman"><w:altName w:val="Liberation Serif;Tinos"/><w:panose1 w:val="02020603050405020304"/><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font></w:fonts>`},
		{"word/header1.xml", head + `<w:hdr ` + main + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr>` + field + `</w:p></w:hdr>`},
		{"word/header2.xml", head + `<w:hdr ` + main + `><w:p/></w:hdr>`},
		{"word/footer1.xml", head + `<w:ftr ` + main + `><w:p><w:r><w:rPr><w:sz w:val="` + small + `"/><w:szCs w:val="` + small + `"/></w:rPr><w:t xml:space="preserve">` + escaped(d.Foot) + `</w:t></w:r></w:p></w:ftr>`},
		{"word/document.xml", head + `<w:document ` + main + ` xmlns:r="` + rels + `"><w:body>` + b.String() + `</w:body></w:document>`},
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

// field is the page number, 13 points.
const field = `<w:r><w:rPr><w:sz w:val="26"/><w:szCs w:val="26"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:rPr><w:sz w:val="26"/><w:szCs w:val="26"/></w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` +
	`<w:r><w:rPr><w:sz w:val="26"/><w:szCs w:val="26"/></w:rPr><w:fldChar w:fldCharType="end"/></w:r>`

func isTable(b Block) bool { _, ok := b.(Table); return ok }
