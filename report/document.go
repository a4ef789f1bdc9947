package report

import (
	"fmt"
	"io"
	"strings"

	"loa/report/paper"
	"loa/schedule/calendar"
	"loa/viet"
)

// docxFormat writes the paper as a document to sign, in the form of Nghị định 30/2020/NĐ-CP, Phụ lục I, and Mẫu 1.4 (báo cáo)
// and 1.5 (công văn) of its Phụ lục III; the tables follow as annexes.
func docxFormat() Format {
	return Format{Name: "docx", ContentType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Label: "Văn bản Word (DOCX)", Paper: Supply,
		Write: func(w io.Writer, r Report) error { return r.on(Supply).document().DOCX(w) }}
}

// pdfFormat writes the same as PDF.
func pdfFormat() Format {
	return Format{Name: "pdf", ContentType: "application/pdf", Label: "PDF", Paper: Supply,
		Write: func(w io.Writer, r Report) error { return r.on(Supply).document().PDF(w) }}
}

// draftNotice stands on every paper that bears no number yet.
const draftNotice = "DỰ THẢO – chưa có số, ngày, dấu và chữ ký"

// subject is what the paper is about, without a capital: «kết quả công tác thông tin, tuyên truyền cải cách hành chính tháng 3/2023».
func (r Report) subject() string {
	return "kết quả công tác thông tin, tuyên truyền cải cách hành chính " + r.named()
}

// Title is the paper's name: «Báo cáo kết quả công tác thông tin, tuyên truyền CCHC tháng 3/2023».
func (r Report) title() string {
	switch r.Paper {
	case Supply:
		return "Công văn cung cấp số liệu " + r.subject()
	case Account:
		return "Báo cáo kết quả công tác thông tin, tuyên truyền CCHC " + r.named()
	}
	return "Bảng theo dõi kết quả công tác thông tin, tuyên truyền CCHC " + r.named()
}

// document sets the paper.
func (r Report) document() paper.Document {
	d := paper.Document{Title: r.title(), Author: r.Head.Name, Made: r.Now, Foot: r.closedWords()}
	first := paper.Section{Name: r.title()}
	say := func(bs ...paper.Block) { first.Blocks = append(first.Blocks, bs...) }
	notice := draftNotice
	if r.Issued != nil {
		notice = ""
	}
	if r.Sample {
		notice = strings.TrimPrefix(notice+". Dữ liệu mẫu", ". ")
	}
	if notice != "" {
		say(paper.Paragraph{Runs: []paper.Run{{Text: notice, Italic: true, Size: 11}}, Align: paper.Right, After: 4})
	}
	say(r.headTable())
	switch r.Paper {
	case Supply:
		say(paper.Paragraph{Runs: []paper.Run{{Text: "Kính gửi: " + r.Head.Home + "."}}, Align: paper.Center, Before: 16, After: 12})
		say(body(fmt.Sprintf("Thực hiện Kế hoạch số %s ngày %s của %s về %s, %s cung cấp số liệu %s, kỳ tính %s, như sau:", r.Plan.Number, viet.Day(r.Plan.Issued.In(calendar.Zone)), r.Plan.Issuer, viet.Uncapital(r.Plan.Title),
			r.Head.Name, r.subject(), strings.TrimSuffix(strings.TrimPrefix(r.span(), r.named()+" ("), ")"))))
	case Account:
		say(titled("BÁO CÁO", "Kết quả công tác thông tin, tuyên truyền cải cách hành chính\n"+strings.Replace(r.span(), " (", "\n(", 1))...)
		say(paper.Paragraph{Runs: []paper.Run{{Text: fmt.Sprintf("Kính gửi: %s (qua %s).", r.Head.Governing, r.Head.Home)}}, Align: paper.Center, Before: 12, After: 12})
		say(body(fmt.Sprintf("Thực hiện Kế hoạch số %s ngày %s của %s về %s, %s báo cáo kết quả thực hiện %s như sau:", r.Plan.Number, viet.Day(r.Plan.Issued.In(calendar.Zone)), r.Plan.Issuer, viet.Uncapital(r.Plan.Title), r.Head.Name, r.span())))
	default:
		say(titled("BẢNG THEO DÕI", "Kết quả công tác thông tin, tuyên truyền cải cách hành chính\n"+strings.Replace(r.span(), " (", "\n(", 1))...)
		say(paper.Paragraph{Runs: []paper.Run{{Text: "Tài liệu nội bộ, phục vụ theo dõi; không gửi ra ngoài khi chưa được duyệt.", Italic: true, Size: 12}}, Align: paper.Center, Before: 6, After: 6})
	}
	annexes := r.annexes()
	say(r.passages()...)
	say(r.closing(annexes)...)
	if last, ok := first.Blocks[len(first.Blocks)-1].(paper.Paragraph); ok { // no signature stands alone on a page
		last.KeepNext = true
		first.Blocks[len(first.Blocks)-1] = last
	}
	say(paper.Paragraph{Before: 8, KeepNext: true}, r.signature())
	d.Sections = append(d.Sections, first)
	for i, a := range annexes {
		d.Sections = append(d.Sections, r.annexSection(a, i, len(annexes)))
	}
	return d
}

// blanks are room for what is written by hand: blanks that no program joins.
func blanks(n int) string { return strings.Repeat("\u00a0", n) }

// body is a paragraph of the text: justified, its first line set in, 6 points apart.
func body(text string) paper.Paragraph {
	return paper.Paragraph{Runs: []paper.Run{{Text: text}}, Align: paper.Both, FirstLine: 12.7, Before: 3, After: 3}
}

// titled are the kind of a paper and what it is about, with the line below.
func titled(kind, about string) []paper.Block {
	p := paper.Text(14, true, paper.Center, about)
	lines := strings.Split(about, "\n")
	p.Runs[0].Text = strings.Join(lines, "\n")
	p.Rule = 0.4
	head := paper.Text(14, true, paper.Center, kind)
	head.Before, head.KeepNext = 14, true
	return []paper.Block{head, p}
}

// headTable is the borderless head of two columns: bodies, number and what it is about on the left, the country's name, motto,
// place and day on the right (Phụ lục I.II.1 to 4).
func (r Report) headTable() paper.Table {
	h := r.Head
	issuer := paper.Text(13, true, paper.Center, halved(h.Issuer))
	issuer.Rule = 0.4
	motto := paper.Text(14, true, paper.Center, "Độc lập - Tự do - Hạnh phúc")
	motto.Rule = 1
	symbol := "BC-" + h.Symbol
	if r.Paper == Supply {
		symbol = strings.TrimSuffix(h.Symbol+"-"+h.Office, "-")
	}
	number, day := "Số:"+blanks(10)+"/"+symbol, fmt.Sprintf("ngày%stháng%snăm %d", blanks(6), blanks(6), r.Now.In(calendar.Zone).Year())
	if r.Issued != nil {
		number, day = "Số: "+r.Issued.Number, viet.LongDay(r.Issued.Date.In(calendar.Zone))
	}
	if h.Place != "" {
		day = h.Place + ", " + day
	}
	left := paper.Cell{}
	if r.Paper != "" && r.Paper != Internal {
		n := paper.Text(13, false, paper.Center, number)
		n.Before = 4
		left = append(left, n)
	}
	if r.Paper == Supply {
		about := paper.Text(12, false, paper.Center, "V/v cung cấp số liệu "+r.subject())
		about.Before = 2
		left = append(left, about)
	}
	right := paper.Cell{{Runs: []paper.Run{{Text: day, Italic: true}}, Align: paper.Center, Before: 4}}
	return paper.Table{Widths: []float64{66, 99}, Rows: [][]paper.Cell{
		{{paper.Text(12, false, paper.Center, h.Superior), issuer}, {paper.Text(12, true, paper.Center, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), motto}},
		{left, right},
	}}
}

// oneLine is how many capitals of 13 points the left column of the head holds.
const oneLine = 21

// halved breaks a name that is longer than its line in the middle, as offices set it: «SỞ THÔNG TIN / VÀ TRUYỀN THÔNG».
func halved(name string) string {
	letters := []rune(name)
	if len(letters) <= oneLine || strings.Contains(name, "\n") {
		return name
	}
	at := -1
	for i, c := range letters {
		if c == ' ' && (at < 0 || abs(len(letters)-1-2*i) < abs(len(letters)-1-2*at)) {
			at = i
		}
	}
	if at < 0 {
		return name
	}
	return string(letters[:at]) + "\n" + string(letters[at+1:])
}

func abs(n int) int { return max(n, -n) }

// passages are the sections that have something to tell.
func (r Report) passages() []paper.Block {
	var out []paper.Block
	for i, p := range filled(r.wording()) {
		no := fmt.Sprintf("%d. ", i+1)
		title := p.Title
		if r.Paper == Account {
			no, title = roman(i+1)+". ", strings.ToUpper(p.Title)
		}
		out = append(out, paper.Paragraph{Runs: []paper.Run{{Text: no + title, Bold: true}}, Align: paper.Both, FirstLine: 12.7, Before: 6, After: 3, KeepNext: true, Level: 1})
		for _, line := range p.Lines {
			out = append(out, body(line))
		}
		for _, line := range p.Note {
			out = append(out, body(line))
		}
	}
	return out
}

// closing is the last sentence, which ends with ./.
func (r Report) closing(annexes []annex) []paper.Block {
	switch r.Paper {
	case Supply:
		s := fmt.Sprintf("%s gửi số liệu để %s tổng hợp", r.Head.Name, r.Head.Home)
		if len(annexes) > 0 {
			s = fmt.Sprintf("%s gửi kèm %s phụ lục số liệu; đề nghị %s tổng hợp", r.Head.Name, pad(len(annexes)), r.Head.Home)
		}
		return []paper.Block{body(s + "./.")}
	case Account:
		return []paper.Block{body(fmt.Sprintf("Trên đây là báo cáo %s, %s kính báo cáo %s./.", r.subject(), r.Head.Name, r.Head.Governing))}
	}
	return nil
}

// signature is the borderless foot: Nơi nhận on the left, who signs on the right (Phụ lục I.II.6 to 8).
func (r Report) signature() paper.Table {
	h := r.Head
	copies := paper.Cell{{Runs: []paper.Run{{Text: "Nơi nhận:", Bold: true, Italic: true, Size: 12}}}}
	var to []string
	switch r.Paper {
	case Supply:
		to = append(to, "Như trên")
	case Account:
		to = append(to, "Như trên", h.Home)
	default:
		to = append(to, "Lãnh đạo Sở")
	}
	if r.Paper.goesOut() {
		to = append(to, h.Copies...)
		if r.Shown.Propaganda {
			to = append(to, "Ban Tuyên giáo Tỉnh ủy")
		}
	}
	for _, c := range to {
		copies = append(copies, paper.Text(11, false, paper.Left, "- "+c+";"))
	}
	keep := "- Lưu: VT."
	if h.Office != "" {
		keep = "- Lưu: VT, " + h.Office + "."
	}
	copies = append(copies, paper.Text(11, false, paper.Left, keep))
	var signer paper.Cell
	for _, line := range strings.Split(h.Signer, "\n") {
		signer = append(signer, paper.Text(14, true, paper.Center, line))
	}
	if !r.Paper.goesOut() {
		signer = paper.Cell{paper.Text(14, true, paper.Center, "NGƯỜI LẬP")}
	}
	for range 4 { // room to sign
		signer = append(signer, paper.Text(14, false, paper.Center, ""))
	}
	return paper.Table{Widths: []float64{82, 83}, Rows: [][]paper.Cell{{copies, signer}}}
}

// annexSection sets one table on the long side of A4, numbered in Roman where there are two or more (Phụ lục I.III.1).
func (r Report) annexSection(a annex, i, of int) paper.Section {
	name := "Phụ lục"
	if of > 1 {
		name += " " + roman(i+1)
	}
	s := paper.Section{Name: name + ". " + a.Name + " – " + a.Title, Sideways: true}
	title := paper.Text(13, true, paper.Center, strings.ToUpper(a.Title))
	title.Rule = 0.3
	with := "(Kèm theo " + map[Paper]string{Supply: "Công văn", Account: "Báo cáo"}[r.Paper]
	switch {
	case !r.Paper.goesOut():
		with = "(" + r.span() + ")"
	case r.Issued != nil:
		with += fmt.Sprintf(" số %s %s của %s)", r.Issued.Number, viet.LongDay(r.Issued.Date.In(calendar.Zone)), r.Head.Name)
	default:
		with += fmt.Sprintf(" số%s/%sngày%stháng%snăm %d của %s)", blanks(8), blanks(10), blanks(6), blanks(6), r.Now.In(calendar.Zone).Year(), r.Head.Name)
	}
	under := paper.Paragraph{Runs: []paper.Run{{Text: with, Italic: true, Size: 12}}, Align: paper.Center, Before: 3, After: 3}
	s.Blocks = append(s.Blocks, paper.Text(14, true, paper.Center, name), paper.Text(13, true, paper.Center, a.Name), title, under)
	if r.Paper.goesOut() {
		s.Blocks = append(s.Blocks, paper.Paragraph{Runs: []paper.Run{{Text: viet.Capital(r.span()), Italic: true, Size: 12}}, Align: paper.Center, After: 4})
	}
	s.Blocks = append(s.Blocks, a.table())
	if a.Note != "" {
		s.Blocks = append(s.Blocks, paper.Paragraph{Runs: []paper.Run{{Text: "Ghi chú: " + a.Note, Italic: true, Size: 11}}, Align: paper.Both, Before: 4})
	}
	return s
}

// sideways is the width of an annex's table in millimetres, and the size of its letters.
const (
	sideways  = 252.0
	tableSize = 11.0
)

func (a annex) table() paper.Table {
	t := paper.Table{Lines: true, Head: 1}
	all := 0.0
	for _, c := range a.Columns {
		all += c.Share
	}
	var head []paper.Cell
	for _, c := range a.Columns {
		t.Widths = append(t.Widths, sideways*c.Share/all)
		head = append(head, paper.Cell{paper.Text(tableSize, true, paper.Center, c.Head)})
	}
	t.Rows = append(t.Rows, head)
	for _, row := range a.Rows {
		if row.Group != "" {
			group := paper.Text(tableSize, true, paper.Left, row.Group)
			group.KeepNext = true // a heading without a line below it
			t.Rows = append(t.Rows, []paper.Cell{{group}})
			continue
		}
		var line []paper.Cell
		for i, c := range row.Cells {
			align := paper.Left
			if a.Columns[i].Number {
				align = paper.Right
			} else if a.Columns[i].Head == "TT" {
				align = paper.Center
			}
			line = append(line, paper.Cell{{Runs: []paper.Run{{Text: c.Text, Size: tableSize, Link: c.URL}}, Align: align}})
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// roman writes a number below 40.
func roman(n int) string {
	var b strings.Builder
	for _, x := range []struct {
		n int
		s string
	}{{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= x.n; n -= x.n {
			b.WriteString(x.s)
		}
	}
	return b.String()
}
