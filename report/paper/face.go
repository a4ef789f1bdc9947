package paper

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Liberation Serif has the widths of Times New Roman and every Vietnamese letter (SIL Open Font Licence 1.1, fonts/OFL.txt).
var (
	//go:embed fonts/LiberationSerif-Regular.ttf
	regular []byte
	//go:embed fonts/LiberationSerif-Bold.ttf
	bold []byte
	//go:embed fonts/LiberationSerif-Italic.ttf
	italic []byte
	//go:embed fonts/LiberationSerif-BoldItalic.ttf
	boldItalic []byte
)

// face is one of the four looks of the letters. Its widths are kept once asked for.
type face struct {
	style string // as fpdf names it
	data  []byte

	once   sync.Once
	font   *sfnt.Font
	widths sync.Map // rune → float64, of 1000 to the size; absent letters −1
}

var faces = [4]*face{{style: "", data: regular}, {style: "B", data: bold}, {style: "I", data: italic}, {style: "BI", data: boldItalic}}

func faceOf(r Run) *face {
	n := 0
	if r.Bold {
		n++
	}
	if r.Italic {
		n += 2
	}
	return faces[n]
}

// unknown stands for a letter that the font does not have.
const unknown = '□'

// advance is a letter's width in thousandths of the size; ok is that the font has it.
func (f *face) advance(r rune) (thousandths float64, ok bool) {
	if w, known := f.widths.Load(r); known {
		return max(w.(float64), 0), w.(float64) >= 0
	}
	f.once.Do(func() {
		parsed, err := sfnt.Parse(f.data)
		if err != nil {
			panic("embedded font: " + err.Error()) // our own file
		}
		f.font = parsed
	})
	var buf sfnt.Buffer
	w := -1.0
	if g, err := f.font.GlyphIndex(&buf, r); err == nil && g != 0 && r <= 0xFFFF {
		if a, err := f.font.GlyphAdvance(&buf, g, fixed.I(1000), font.HintingNone); err == nil {
			w = float64(a) / 64
		}
	}
	f.widths.Store(r, w)
	return max(w, 0), w >= 0
}

// printable replaces letters that the font does not have.
func (f *face) printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		if _, ok := f.advance(r); !ok {
			return unknown
		}
		return r
	}, s)
}

// measure is the width of a text in millimetres.
func (f *face) measure(s string, size float64) float64 {
	n := 0.0
	for _, r := range s {
		w, _ := f.advance(r)
		n += w
	}
	return n / 1000 * size * mmPerPoint
}

// textWidth is how wide a paragraph is on one line, at most what it has.
func (p Paragraph) textWidth(has float64) float64 {
	n := 0.0
	for _, r := range p.Runs {
		n += faceOf(r).measure(faceOf(r).printable(clean(r.Text)), r.size())
	}
	return min(n, has)
}
