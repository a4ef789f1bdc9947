package paper

import "strings"

// fragment is text of one look on one line.
type fragment struct {
	Run
	face  *face
	text  string
	width float64
	space float64 // of the blank before it; 0: it goes on from what stands before
}

// line is one line of a paragraph.
type line struct {
	parts  []fragment
	width  float64
	indent float64
	size   float64 // of its largest letters
	before float64 // space above it, millimetres
	after  float64 // below it
	ends   bool    // the text does not run on: it is not stretched
	widest float64 // of the paragraph's lines, on its last line; 0 on the others
	of     *Paragraph
}

// leading is the distance of lines of single spacing, as a share of the size.
const leading = 1.15

func (l line) height() float64 { return l.before + l.size*leading*mmPerPoint + l.after + l.rule() }

// rule is the room of the line below a paragraph.
func (l line) rule() float64 {
	if l.of.Rule > 0 && l.widest > 0 {
		return 1.2
	}
	return 0
}

// words are the fragments of a paragraph as they come, those with a blank before begin a word; nil is a line's end.
func (p *Paragraph) words() [][]fragment {
	var out [][]fragment
	open := false // the last word may go on in the next run
	for _, r := range p.Runs {
		f := faceOf(r)
		blank := f.measure(" ", r.size())
		for i, text := range strings.Split(f.printable(clean(r.Text)), "\n") {
			if i > 0 {
				out, open = append(out, nil), false
			}
			for j, w := range strings.Split(text, " ") {
				if j > 0 {
					open = false
				}
				if w == "" {
					continue
				}
				x := fragment{Run: r, face: f, text: w, width: f.measure(w, r.size())}
				if open {
					out[len(out)-1] = append(out[len(out)-1], x)
					continue
				}
				x.space = blank
				out, open = append(out, []fragment{x}), true
			}
		}
	}
	return out
}

// broken cuts a word that is wider than a line into what fits.
func broken(word []fragment, width float64) [][]fragment {
	var out [][]fragment
	var now []fragment
	room := width
	for _, x := range word {
		var text strings.Builder
		w := 0.0
		flush := func() {
			if text.Len() > 0 {
				y := x
				y.text, y.width, y.space = text.String(), w, 0
				now = append(now, y)
			}
			text.Reset()
			w = 0
		}
		for _, r := range x.text {
			a := x.face.measure(string(r), x.size())
			if a > room && (text.Len() > 0 || len(now) > 0) {
				flush()
				out, now, room = append(out, now), nil, width
			}
			text.WriteRune(r)
			w += a
			room -= a
		}
		flush()
	}
	if len(now) > 0 {
		out = append(out, now)
	}
	for _, w := range out {
		w[0].space = word[0].space
	}
	return out
}

// lines sets a paragraph in so much width.
func (p *Paragraph) lines(width float64) []line {
	var out []line
	fresh := func() line {
		l := line{of: p, indent: p.Indent, size: bodySize}
		if len(out) == 0 {
			l.indent += p.FirstLine
		}
		return l
	}
	now := fresh()
	close := func(ends bool) {
		now.ends = ends
		now.size = 0
		for _, x := range now.parts {
			now.size = max(now.size, x.size())
		}
		if now.size == 0 {
			now.size = bodySize
			if len(p.Runs) > 0 {
				now.size = p.Runs[0].size()
			}
		}
		out = append(out, now)
		now = fresh()
	}
	put := func(word []fragment) {
		w := 0.0
		for _, x := range word {
			w += x.width
		}
		if len(now.parts) > 0 && now.width+word[0].space+w > width-now.indent+0.01 {
			close(false)
		}
		if len(now.parts) == 0 {
			word[0].space = 0
		}
		now.width += word[0].space + w
		now.parts = append(now.parts, word...)
	}
	for _, word := range p.words() {
		if word == nil {
			close(true)
			continue
		}
		w := 0.0
		for _, x := range word {
			w += x.width
		}
		if room := width - p.Indent - max(0, p.FirstLine); w > room {
			for _, piece := range broken(word, max(room, 1)) {
				put(piece)
			}
			continue
		}
		put(word)
	}
	close(true)
	out[0].before = p.Before * mmPerPoint
	last := &out[len(out)-1]
	last.after = p.After * mmPerPoint
	for _, l := range out {
		last.widest = max(last.widest, l.width)
	}
	return out
}
