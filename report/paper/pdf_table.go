package paper

// set cells: their lines, one list a cell.
type setCell struct {
	lines []line
	width float64
}

// over and under are the room between a cell's border and its text.
const cellPad = 0.6

// cells sets the cells of a row. A row of one cell runs over all columns.
func (t Table) cells(row []Cell) []setCell {
	widths := t.Widths
	if len(row) == 1 && len(widths) > 1 {
		widths = []float64{sum(widths)}
	}
	out := make([]setCell, len(widths))
	for i, w := range widths {
		out[i].width = w
		if i >= len(row) {
			continue
		}
		for j := range row[i] {
			out[i].lines = append(out[i].lines, row[i][j].lines(w-2*padding)...)
		}
	}
	return out
}

func (c setCell) height() (h float64) {
	for _, l := range c.lines {
		h += l.height()
	}
	return h
}

func rowHeight(cells []setCell) (h float64) {
	for _, c := range cells {
		h = max(h, c.height())
	}
	return h + 2*cellPad
}

// keeps reports whether a row stays on one page with the next: its first paragraph does.
func (t Table) keeps(row int) bool {
	cells := t.Rows[row]
	return len(cells) > 0 && len(cells[0]) > 0 && cells[0][0].KeepNext
}

// table sets one. A row that does not fit goes to the next page whole, below the head again; one that is higher than a page is
// told over several.
func (t *typesetter) table(tb Table) {
	heads := min(tb.Head, len(tb.Rows))
	var head [][]setCell
	high := 0.0
	for _, row := range tb.Rows[:heads] {
		cells := tb.cells(row)
		head = append(head, cells)
		high += rowHeight(cells)
	}
	begin := func() {
		for _, cells := range head {
			t.row(tb, cells, rowHeight(cells))
		}
	}
	for i, row := range tb.Rows[heads:] {
		cells := tb.cells(row)
		h := rowHeight(cells)
		need := h
		if i == 0 {
			need += high
		}
		for at := heads + i; tb.keeps(at) && at+1 < len(tb.Rows); at++ {
			need += rowHeight(tb.cells(tb.Rows[at+1]))
		}
		page := t.bottom() - marginTop - high
		if t.y+min(need, page) > t.bottom()+0.01 && !t.fresh {
			t.turn()
			begin()
		} else if i == 0 {
			begin()
		}
		for h > t.bottom()-t.y+0.01 { // higher than what is left of a page
			some, rest := split(cells, t.bottom()-t.y-2*cellPad)
			t.row(tb, some, t.bottom()-t.y)
			t.turn()
			begin()
			cells, h = rest, rowHeight(rest)
		}
		t.row(tb, cells, h)
	}
	if len(tb.Rows) == heads {
		if t.y+high > t.bottom() && !t.fresh {
			t.turn()
		}
		begin()
	}
}

// split takes from each cell the lines that fit, at least one of one of them.
func split(cells []setCell, room float64) (some, rest []setCell) {
	some, rest = make([]setCell, len(cells)), make([]setCell, len(cells))
	taken := 0
	for i, c := range cells {
		n, h := 0, 0.0
		for n < len(c.lines) && h+c.lines[n].height() <= room {
			h += c.lines[n].height()
			n++
		}
		some[i], rest[i] = setCell{c.lines[:n], c.width}, setCell{c.lines[n:], c.width}
		taken += n
	}
	if taken == 0 { // letters higher than a page: let them stand over its edge rather than forever
		for i, c := range cells {
			if len(c.lines) > 0 {
				some[i].lines, rest[i].lines = c.lines[:1], c.lines[1:]
			}
		}
	}
	return some, rest
}

// row draws one so high.
func (t *typesetter) row(tb Table, cells []setCell, h float64) {
	x := marginLeft
	t.pdf.SetLineWidth(borderWidth * mmPerPoint)
	for _, c := range cells {
		if tb.Lines {
			t.pdf.Rect(x, t.y, c.width, h, "D")
		}
		y := t.y + cellPad
		for _, l := range c.lines {
			t.line(l, x+padding, y, c.width-2*padding)
			y += l.height()
		}
		x += c.width
	}
	t.y += h
	t.fresh = false
}
