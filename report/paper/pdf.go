package paper

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

const family = "LiberationSerif"

// typesetter puts a document on pages.
type typesetter struct {
	pdf     *fpdf.Fpdf
	doc     Document
	section Section
	page    int     // of the section, from 1
	y       float64 // where the next line begins
	fresh   bool    // nothing stands on the page yet
	level   int     // of the last bookmark
	used    map[string]bool
}

// PDF writes the document with its letters embedded, only those it uses. The same document gives the same bytes.
func (d Document) PDF(w io.Writer) error {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetMargins(marginLeft, marginTop, marginRight)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(d.Made.UTC())
	pdf.SetModificationDate(d.Made.UTC())
	pdf.SetTitle(clean(d.Title), true)
	pdf.SetAuthor(clean(d.Author), true)
	pdf.SetCreator("loa", true)
	pdf.SetProducer("loa", true)
	pdf.SetLang("vi-VN")
	pdf.SetCompression(true)
	t := &typesetter{pdf: pdf, doc: d, level: -1, used: map[string]bool{}}
	sections := d.Sections
	if len(sections) == 0 {
		sections = []Section{{}}
	}
	for _, s := range sections {
		t.set(s)
	}
	if err := pdf.Error(); err != nil {
		return fmt.Errorf("set the document as PDF: %w", err)
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return fmt.Errorf("write the document as PDF: %w", err)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write the document as PDF: %w", err)
	}
	return nil
}

func (t *typesetter) font(f *face, size float64) {
	if !t.used[f.style] {
		t.used[f.style] = true
		t.pdf.AddUTF8FontFromBytes(family, f.style, f.data)
	}
	t.pdf.SetFont(family, f.style, size)
}

// bottom is where text has to end.
func (t *typesetter) bottom() float64 {
	if t.section.Sideways {
		return pageShort - marginBottom
	}
	return pageLong - marginBottom
}

func (t *typesetter) turn() {
	orient, width := "P", pageShort
	if t.section.Sideways {
		orient, width = "L", pageLong
	}
	t.pdf.AddPageFormat(orient, fpdf.SizeType{Wd: pageShort, Ht: pageLong})
	t.page++
	t.y, t.fresh = marginTop, true
	plain := faces[0]
	if t.page > 1 {
		n := strconv.Itoa(t.page)
		t.font(plain, numberSize)
		t.pdf.Text((width-plain.measure(n, numberSize))/2+(marginLeft-marginRight)/2, headAt+numberSize*mmPerPoint, n)
	}
	if foot := plain.printable(clean(strings.ReplaceAll(t.doc.Foot, "\n", " "))); foot != "" {
		p := Text(footSize, false, Left, foot)
		lines := p.lines(t.section.width())
		at := t.bottom() + 5
		for _, l := range lines[:min(2, len(lines))] {
			t.line(l, marginLeft, at, t.section.width())
			at += l.height()
		}
	}
}

func (t *typesetter) set(s Section) {
	t.section, t.page = s, 0
	t.turn()
	if s.Name != "" {
		t.mark(s.Name, 0)
	}
	for i, b := range s.Blocks {
		switch b := b.(type) {
		case Paragraph:
			if b.KeepNext && !t.fresh && t.y+t.together(s.Blocks[i:]) > t.bottom() {
				t.turn()
			}
			t.paragraph(b)
		case Table:
			t.table(b)
		}
	}
}

// together is the height that has to stay on one page, from a paragraph that keeps with the next on.
func (t *typesetter) together(blocks []Block) (height float64) {
	for _, b := range blocks {
		switch b := b.(type) {
		case Paragraph:
			lines := b.lines(t.section.width())
			if !b.KeepNext {
				for _, l := range lines[:min(2, len(lines))] {
					height += l.height()
				}
				return height
			}
			for _, l := range lines {
				height += l.height()
			}
		case Table:
			for _, row := range b.Rows[:min(b.Head+1, len(b.Rows))] {
				height += rowHeight(b.cells(row))
			}
			return min(height, 100)
		}
	}
	return height
}

// mark sets a bookmark; one may not be more than a level below the one before.
func (t *typesetter) mark(name string, level int) {
	t.level = min(level, t.level+1)
	t.font(faces[0], bodySize) // the name is written in its letters
	t.pdf.Bookmark(strings.ReplaceAll(clean(name), "\n", " "), t.level, t.y)
}

// plain is a paragraph's text.
func (p Paragraph) plain() string {
	var b strings.Builder
	for _, r := range p.Runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

func (t *typesetter) paragraph(p Paragraph) {
	lines := p.lines(t.section.width())
	for at := 0; at < len(lines); {
		n, y := 0, t.y
		for at+n < len(lines) {
			h := lines[at+n].height()
			if t.fresh && n == 0 {
				h -= lines[at].before // no space at the top of a page
			}
			if y+h > t.bottom()+0.01 && !(t.fresh && n == 0) {
				break
			}
			y += h
			n++
		}
		rest := len(lines) - at - n
		switch { // no line of a paragraph stands alone on a page
		case rest == 0:
		case n == 1 && at == 0 && !t.fresh:
			n = 0
		case rest == 1 && n > 2:
			n--
		}
		if p.Level > 0 && at == 0 && n > 0 {
			below := 0 // the section's own bookmark
			if t.section.Name != "" {
				below = 1
			}
			t.mark(p.plain(), below+p.Level-1)
		}
		for _, l := range lines[at : at+n] {
			if t.fresh {
				l.before = 0
			}
			t.line(l, marginLeft, t.y, t.section.width())
			t.y += l.height()
			t.fresh = false
		}
		at += n
		if at < len(lines) {
			t.turn()
		}
	}
}

// line draws one, its room beginning at x, y.
func (t *typesetter) line(l line, x, y, width float64) {
	room := width - l.indent
	left := x + l.indent
	stretch, align := 0.0, l.of.Align
	switch {
	case align == Center:
		left += (room - l.width) / 2
	case align == Right:
		left += room - l.width
	case align == Both && !l.ends:
		gaps := 0
		for _, p := range l.parts {
			if p.space > 0 {
				gaps++
			}
		}
		if gaps > 0 {
			stretch = (room - l.width) / float64(gaps)
		}
	}
	base := y + l.before + l.size*0.891*mmPerPoint + l.size*(leading-1.107)*mmPerPoint/2
	at := left
	for i := 0; i < len(l.parts); {
		p := l.parts[i]
		if p.space > 0 {
			at += p.space + stretch
		}
		text, w, n := p.text, p.width, i+1
		for n < len(l.parts) && l.parts[n].Run == p.Run && (stretch == 0 || l.parts[n].space == 0) { // one string while the look stays
			if l.parts[n].space > 0 {
				text += " "
				w += l.parts[n].space
			}
			text += l.parts[n].text
			w += l.parts[n].width
			n++
		}
		if n < len(l.parts) && l.parts[n].space > 0 {
			text += " " // so that whoever copies the text finds the blank
		}
		t.font(p.face, p.size())
		link := p.link()
		if link != "" {
			t.pdf.SetTextColor(0x1f, 0x38, 0x64)
		}
		t.pdf.Text(at, base, text)
		if link != "" {
			t.pdf.SetTextColor(0, 0, 0)
			t.pdf.LinkString(at, y+l.before, w, l.size*leading*mmPerPoint, clean(link))
		}
		at += w
		i = n
	}
	if l.rule() > 0 {
		w := min(l.widest*l.of.Rule, room)
		t.pdf.SetLineWidth(ruleWidth * mmPerPoint)
		mid, under := x+l.indent+room/2, y+l.before+l.size*leading*mmPerPoint+0.6
		t.pdf.Line(mid-w/2, under, mid+w/2, under)
	}
}
