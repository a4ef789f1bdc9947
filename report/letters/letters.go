// Package letters writes what is drafted for people before anything is decided:
// the editor's brief of a suggestion and the department's letter to the press.
// All of it is for reference («tham khảo»): a draft bears no number, no day, no
// seal and no signature.
package letters

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"loa/report/paper"
	"loa/viet"
)

// Letter is a draft of an official letter (công văn) in the form of Nghị định
// 30/2020/NĐ-CP, Phụ lục I and Mẫu 1.5 of its Phụ lục III.
type Letter struct {
	Superior string   `json:"superior"` // body above the issuer: «UBND TỈNH YÊN BÁI»
	Issuer   string   `json:"issuer"`   // «SỞ THÔNG TIN VÀ TRUYỀN THÔNG»
	Symbol   string   `json:"symbol"`   // after the number that is left empty: «STTTT»
	Place    string   `json:"place"`    // «Yên Bái»
	Year     int      `json:"year"`
	About    string   `json:"about"` // after «V/v»
	To       []string `json:"to"`
	Body     []Text   `json:"body"`
	Copies   []string `json:"copies"` // nơi nhận
	Signer   string   `json:"signer"` // «GIÁM ĐỐC»
	Sample   bool     `json:"sample,omitempty"`
}

// Text is a paragraph of a letter.
type Text struct {
	Text string `json:"text"`
	Head bool   `json:"head,omitempty"` // bold, with what follows
}

// DraftNotice stands on every draft of a letter.
const DraftNotice = "DỰ THẢO – tham khảo; chưa có số, ngày, dấu và chữ ký"

const sampleNotice = "Dữ liệu mẫu"

// notice is the first line of a draft.
func (l Letter) notice() string {
	if l.Sample {
		return DraftNotice + ". " + sampleNotice
	}
	return DraftNotice
}

// date is the line of place and day, its day and month left empty.
func (l Letter) date() string {
	return fmt.Sprintf("%s, ngày      tháng      năm %d", l.Place, l.Year)
}

//go:embed paper.css
var css string

//go:embed letter.html
var letterPage string

//go:embed brief.html
var briefPage string

func page(name, text string, funcs template.FuncMap) (*template.Template, error) {
	return template.New(name).Funcs(funcs).Parse(text)
}

// HTML writes the letter as a page to print on A4.
func (l Letter) HTML(w io.Writer) error {
	t, err := page("letter", letterPage, nil)
	if err != nil {
		return fmt.Errorf("letter: %w", err)
	}
	if err := t.Execute(w, map[string]any{"CSS": template.CSS(css), "L": l, "Notice": l.notice(), "Date": l.date()}); err != nil {
		return fmt.Errorf("write letter: %w", err)
	}
	return nil
}

// DOCX writes the letter as a document to work on.
func (l Letter) DOCX(w io.Writer) error {
	run := func(size float64, bold bool, text string) []paper.Run {
		return []paper.Run{{Text: text, Size: size, Bold: bold}}
	}
	centred := func(size float64, bold bool, text string) paper.Paragraph {
		return paper.Paragraph{Runs: run(size, bold, text), Align: paper.Center}
	}
	issuer := centred(13, true, l.Issuer)
	issuer.Rule = 0.4
	motto := centred(14, true, "Độc lập - Tự do - Hạnh phúc")
	motto.Rule = 1
	number := centred(13, false, "Số:          /"+l.Symbol)
	number.Before = 4
	about := centred(12, false, "V/v "+l.About)
	about.Before = 4
	day := paper.Paragraph{Runs: []paper.Run{{Text: l.date(), Italic: true}}, Align: paper.Center, Before: 4}
	blocks := []paper.Block{

		paper.Paragraph{Runs: []paper.Run{{Text: l.notice(), Italic: true, Size: 11}}, Align: paper.Right, After: 4},
		paper.Table{Widths: []float64{68, 97}, Rows: [][]paper.Cell{
			{{centred(12, false, l.Superior), issuer}, {centred(12, true, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), motto}},
			{{number, about}, {day}},
		}},
	}
	to := paper.Paragraph{Runs: []paper.Run{{Text: "Kính gửi:"}}, Indent: 35, Before: 14}
	if len(l.To) == 1 {
		to.Runs[0].Text += " " + l.To[0]
		to.After = 10
	}
	blocks = append(blocks, to)
	if len(l.To) > 1 {
		for i, name := range l.To {
			p := paper.Paragraph{Runs: []paper.Run{{Text: "- " + name + end(i, len(l.To))}}, Indent: 55}
			if i == len(l.To)-1 {
				p.After = 10
			}
			blocks = append(blocks, p)
		}
	}
	for _, x := range l.Body {
		blocks = append(blocks, paper.Paragraph{Runs: []paper.Run{{Text: x.Text, Bold: x.Head}}, Align: paper.Both, FirstLine: 12.7, Before: 3, After: 3, KeepNext: x.Head})
	}
	copies := paper.Cell{{Runs: []paper.Run{{Text: "Nơi nhận:", Bold: true, Italic: true, Size: 12}}}}
	for _, c := range l.Copies {
		copies = append(copies, paper.Paragraph{Runs: run(11, false, c)})
	}
	blocks = append(blocks, paper.Paragraph{Before: 6}, paper.Table{Widths: []float64{82, 83}, Rows: [][]paper.Cell{{copies, {centred(14, true, l.Signer)}}}})
	return paper.Document{Title: viet.Capital(l.About), Author: l.Issuer, Sections: []paper.Section{{Blocks: blocks}}}.DOCX(w)
}

// end closes an item of a list: «;» between, «.» at its end.
func end(i, n int) string {
	if i == n-1 {
		return "."
	}
	return ";"
}
