package paper

import (
	"fmt"
	"html"
	"io"
	"strings"
)

// HTML writes the paper as part of a page for people who read it there, by ear too: its headings are of level top and below,
// its tables have head cells. It sets classes alone (pp-…), no styles of its own. A table without borders is only how blocks
// stand beside each other and is no table there.
func (d Document) HTML(w io.Writer, top int) error {
	p := &pageWriter{top: top}
	for i, s := range d.Sections {
		if i == 0 {
			p.open("div", "pp-page")
		} else {
			p.open("div", "pp-page pp-annex")
		}
		for _, b := range s.Blocks {
			switch b := b.(type) {
			case Paragraph:
				p.paragraph(b)
			case Table:
				p.table(b, s.Name)
			}
		}
		if i == len(d.Sections)-1 && d.Foot != "" {
			p.printf("<p class=\"pp-foot\">%s</p>\n", text(d.Foot))
		}
		p.printf("</div>\n")
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// Sheet writes the paper as a page of its own, in a style that the page carries.
func (d Document) Sheet(w io.Writer, style string) error {
	var b strings.Builder
	if err := d.HTML(&b, 2); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n<h1 class=\"pp-title\">%s</h1>\n%s</main>\n</body>\n</html>\n",
		text(d.Title), style, text(d.Title), b.String())
	return err
}

type pageWriter struct {
	strings.Builder
	top   int
	wides int
}

func (p *pageWriter) printf(format string, args ...any) { fmt.Fprintf(&p.Builder, format, args...) }

func (p *pageWriter) open(tag, class string) { p.printf("<%s class=\"%s\">\n", tag, class) }

func text(s string) string { return strings.ReplaceAll(html.EscapeString(clean(s)), "\n", "<br>") }

// classes say how a paragraph stands.
func (b Paragraph) classes() string {
	var c []string
	switch b.Align {
	case Center:
		c = append(c, "pp-c")
	case Right:
		c = append(c, "pp-r")
	case Both:
		c = append(c, "pp-j")
	}
	if b.FirstLine > 0 {
		c = append(c, "pp-i")
	}
	if b.Rule > 0 {
		c = append(c, "pp-rule")
	}
	if len(b.Runs) > 0 && b.Runs[0].size() < 12 {
		c = append(c, "pp-s")
	}
	return strings.Join(c, " ")
}

func (p *pageWriter) paragraph(b Paragraph) {
	words := runs(b.Runs)
	if words == "" {
		p.printf("<div class=\"pp-gap\"></div>\n")
		return
	}
	tag := "p"
	if b.Level > 0 {
		tag = fmt.Sprintf("h%d", min(6, p.top+b.Level-1))
	}
	class := b.classes()
	if class != "" {
		class = " class=\"" + class + "\""
	}
	p.printf("<%s%s>%s</%s>\n", tag, class, words, tag)
}

func runs(all []Run) string {
	var b strings.Builder
	for _, r := range all {
		t := text(r.Text)
		if t == "" {
			continue
		}
		if r.Italic {
			t = "<em>" + t + "</em>"
		}
		if r.Bold {
			t = "<strong>" + t + "</strong>"
		}
		if to := r.link(); to != "" {
			t = "<a href=\"" + html.EscapeString(to) + "\" rel=\"noreferrer\">" + t + "</a>"
		}
		b.WriteString(t)
	}
	return b.String()
}

func (p *pageWriter) table(t Table, name string) {
	if !t.Lines {
		for _, row := range t.Rows {
			p.open("div", "pp-row")
			for _, cell := range row {
				p.open("div", "pp-cell")
				for _, b := range cell {
					p.paragraph(b)
				}
				p.printf("</div>\n")
			}
			p.printf("</div>\n")
		}
		return
	}
	p.wides++
	label := text(name)
	if label == "" {
		label = fmt.Sprintf("Bảng %d", p.wides)
	}
	p.printf("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"%s\"><table class=\"pp-table\">\n", strings.ReplaceAll(label, "<br>", " "))
	for i, row := range t.Rows {
		switch i {
		case 0:
			if t.Head > 0 {
				p.printf("<thead>\n")
			} else {
				p.printf("<tbody>\n")
			}
		case t.Head:
			p.printf("</thead>\n<tbody>\n")
		}
		p.printf("<tr>")
		for _, cell := range row {
			tag, attr := "td", ""
			switch {
			case i < t.Head:
				tag, attr = "th", " scope=\"col\""
			case len(row) == 1 && len(t.Widths) > 1:
				tag, attr = "th", fmt.Sprintf(" scope=\"rowgroup\" colspan=\"%d\"", len(t.Widths))
			case len(cell) > 0 && cell[0].Align == Right:
				attr = " class=\"n\""
			}
			p.printf("<%s%s>", tag, attr)
			for n, b := range cell {
				if n > 0 {
					p.printf("<br>")
				}
				if i < t.Head || tag == "th" { // a head is bold by being one
					for j := range b.Runs {
						b.Runs = append([]Run(nil), b.Runs...)
						b.Runs[j].Bold = false
					}
				}
				p.printf("%s", runs(b.Runs))
			}
			p.printf("</%s>", tag)
		}
		p.printf("</tr>\n")
	}
	if len(t.Rows) > 0 && t.Head >= len(t.Rows) {
		p.printf("</thead>\n")
	} else if len(t.Rows) > 0 {
		p.printf("</tbody>\n")
	}
	p.printf("</table></div>\n")
}
