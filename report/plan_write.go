package report

import (
	"fmt"
	"strings"
)

// wrap breaks a text at spaces into lines of at most width characters; a longer
// word has a line of its own. Vietnamese is NFC here, one character per letter.
func wrap(s string, width int) []string {
	var out []string
	line, n := "", 0
	for _, word := range strings.Fields(s) {
		m := len([]rune(word))
		switch {
		case line == "":
			line, n = word, m
		case n+1+m <= width:
			line, n = line+" "+word, n+1+m
		default:
			out, line, n = append(out, line), word, m
		}
	}
	return append(out, line)
}

func fill(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-len([]rune(s))))
}

const (
	labelWidth = 20
	entryPlace = 4
)

// text is the document for a terminal.
func (d printout) text(width int) string {
	var b strings.Builder
	put := func(indent int, s string) {
		for _, l := range wrap(s, width-indent) {
			b.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+l, " ") + "\n")
		}
	}
	rows := func(indent int, rows []labelled) {
		for _, r := range rows {
			label := r.label
			for _, text := range r.lines {
				for _, l := range wrap(text, width-indent-labelWidth) {
					b.WriteString(strings.Repeat(" ", indent) + fill(label, labelWidth) + l + "\n")
					label = ""
				}
			}
		}
	}
	for i, t := range d.title {
		if i == 0 {
			t = strings.ToUpper(t)
		}
		put(0, t)
	}
	b.WriteString("\n")
	rows(0, d.rows)
	b.WriteString("\n")
	for _, n := range d.notes {
		put(0, n)
	}
	for _, c := range d.chapters {
		head := c.head
		if c.depth == 0 {
			head = strings.ToUpper(head)
		} else {
			head = "* " + head
		}
		b.WriteString("\n")
		put(0, head)
		for _, n := range c.notes {
			put(0, n)
		}
		if c.table != nil {
			b.WriteString("\n" + c.table.text(width))
		}
		for _, l := range c.lines {
			for i, l := range wrap(l, width-4) {
				b.WriteString([]string{"  - ", "    "}[min(i, 1)] + l + "\n")
			}
		}
		for _, e := range c.entries {
			b.WriteString("\n")
			put(0, e.id+". "+e.title)
			rows(entryPlace, e.rows)
		}
	}
	return b.String()
}

// text sets the table in columns that share the width.
func (t table) text(width int) string {
	const between = 2
	widths, whole := make([]int, len(t.shares)), 0
	for _, s := range t.shares {
		whole += s
	}
	for i, s := range t.shares {
		widths[i] = s * (width - between*(len(t.shares)-1)) / whole
	}
	var b strings.Builder
	line := func(cells []string) {
		wrapped, height := make([][]string, len(cells)), 1
		for i, c := range cells {
			wrapped[i] = wrap(c, widths[i])
			height = max(height, len(wrapped[i]))
		}
		for l := range height {
			out := ""
			for i := range cells {
				cell := ""
				if l < len(wrapped[i]) {
					cell = wrapped[i][l]
				}
				out += fill(cell, widths[i]+between)
			}
			b.WriteString(strings.TrimRight(out, " ") + "\n")
		}
	}
	line(t.heads)
	rule := make([]string, len(widths))
	for i, n := range widths {
		rule[i] = strings.Repeat("-", n)
	}
	line(rule)
	for _, r := range t.rows {
		line(r)
	}
	return b.String()
}

// markdown is the document for a page.
func (d printout) markdown() string {
	escape := strings.NewReplacer("*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "|", `\|`, "[", `\[`, "]", `\]`)
	var b strings.Builder
	rows := func(rows []labelled) {
		for _, r := range rows {
			if len(r.lines) == 1 {
				fmt.Fprintf(&b, "- **%s:** %s\n", escape.Replace(r.label), escape.Replace(r.lines[0]))
				continue
			}
			fmt.Fprintf(&b, "- **%s:**\n", escape.Replace(r.label))
			for _, l := range r.lines {
				fmt.Fprintf(&b, "  - %s\n", escape.Replace(l))
			}
		}
	}
	for i, t := range d.title {
		if i == 0 {
			t = "# " + escape.Replace(t)
		} else {
			t = "**" + escape.Replace(t) + "**"
		}
		b.WriteString(t + "\n\n")
	}
	rows(d.rows)
	for _, n := range d.notes {
		b.WriteString("\n" + escape.Replace(n) + "\n")
	}
	for _, c := range d.chapters {
		fmt.Fprintf(&b, "\n%s %s\n", strings.Repeat("#", 2+c.depth), escape.Replace(c.head))
		for _, n := range c.notes {
			b.WriteString("\n" + escape.Replace(n) + "\n")
		}
		if c.table != nil {
			b.WriteString("\n")
			rule := make([]string, len(c.table.heads))
			for i := range rule {
				rule[i] = "---"
			}
			b.WriteString("| " + strings.Join(c.table.heads, " | ") + " |\n| " + strings.Join(rule, " | ") + " |\n")
			for _, r := range c.table.rows {
				cells := make([]string, len(r))
				for i, cell := range r {
					cells[i] = escape.Replace(cell)
				}
				b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
			}
		}
		if len(c.lines) > 0 {
			b.WriteString("\n")
		}
		for _, l := range c.lines {
			b.WriteString("- " + escape.Replace(l) + "\n")
		}
		for _, e := range c.entries {
			fmt.Fprintf(&b, "\n#### %s. %s\n\n", escape.Replace(e.id), escape.Replace(e.title))
			rows(e.rows)
		}
	}
	return b.String()
}
