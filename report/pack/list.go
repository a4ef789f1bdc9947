package pack

import (
	"archive/zip"
	"cmp"
	"encoding/binary"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// line is one piece that counts for one row.
type line struct {
	N                      int
	Quota, Duty, Place     string
	Owner, OwnerName       string
	Period, PeriodName     string
	State                  string // of the row, in words
	Kind, Date, Title, URL string
	Grade, By, Words, ID   string
	Main                   *Copy  // its kept copy, nil if it names none
	More                   []Copy // other files of it
	row                    string // quota, owner, period
	order                  int    // of the duty in the plan
	at                     time.Time
}

func (l line) path() string {
	if l.Main == nil {
		return ""
	}
	return l.Main.path()
}

// kept says in words what of the piece is in the pack.
func (l line) kept() string {
	switch {
	case l.Main == nil:
		return "không có bản lưu"
	case l.Main.Gone != "":
		return l.Main.Gone
	}
	return "có trong gói"
}

func (l line) hash() string {
	if l.Main == nil {
		return ""
	}
	return l.Main.SHA256
}

func (l line) also() string {
	var out []string
	for _, c := range l.More {
		out = append(out, cmp.Or(c.path(), c.SHA256+" ("+c.Gone+")"))
	}
	return strings.Join(out, "; ")
}

// unconfirmed says that a machine alone let a piece count.
const unconfirmed = "hệ thống tự nhận, chưa có người xác nhận"

// linesOf lists every piece that counts, by duty, owner, period and day.
func linesOf(in Input) []line {
	names := report.NamesOf(in.Plan)
	var out []line
	for _, r := range in.Rows {
		s := r.Standing
		base := line{Quota: s.Quota, Owner: s.Owner, OwnerName: names.Agency(s.Owner), Period: s.Period, PeriodName: calendar.Period{ID: s.Period, Start: s.Start, End: s.End}.Name(),
			State: report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons), order: len(in.Plan.Quotas), row: strings.Join([]string{s.Quota, s.Owner, s.Period}, "\x1f")}
		if i := slices.IndexFunc(in.Plan.Quotas, func(q schedule.Quota) bool { return q.ID == s.Quota }); i >= 0 {
			base.Duty, base.Place, base.order = in.Plan.Quotas[i].Title, in.Plan.Quotas[i].Place, i
		}
		for _, c := range r.Credits {
			out = append(out, base.piece(in, c))
		}
	}
	slices.SortStableFunc(out, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.Quota, b.Quota), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Period, b.Period), a.at.Compare(b.at), cmp.Compare(a.ID, b.ID))
	})
	for i := range out {
		out[i].N = i + 1
	}
	return out
}

// piece is a line of a row. What people may not read is masked as everywhere.
func (l line) piece(in Input, c schedule.Credit) line {
	e := report.Masked(c.Evidence)
	l.at = e.At
	if e.Precision == media.NoDate {
		l.at = e.Seen
	}
	l.Kind, l.Date, l.Title, l.URL, l.Grade, l.ID = kindWord(e.Kind), l.at.In(calendar.Zone).Format("02/01/2006"), viet.Printable(e.Title), viet.Printable(e.URL), string(e.Grade), e.ID
	l.By = cmp.Or(c.By, e.Decided, unconfirmed)
	if v := e.Verdict; v != nil {
		var words []string
		for _, cue := range v.Cues {
			if cue.Weight > 0 && !slices.Contains(words, cue.Term) {
				words = append(words, cue.Term)
			}
		}
		l.Words = strings.Join(words, "; ")
	}
	of := func(sha string) *Copy {
		k, ok := in.Copies[sha]
		if !ok {
			k = Copy{SHA256: sha, Gone: "thiếu trong kho bản lưu"}
		}
		return &k
	}
	if e.Kept != "" {
		l.Main = of(e.Kept)
	}
	for _, sha := range Others(e, in.Files) {
		l.More = append(l.More, *of(sha))
	}
	return l
}

// Others are the hashes of a piece's files beside its kept copy: those handed in with it, and the rows that were typed from a
// scanned log.
func Others(e media.Evidence, files map[string][]string) []string {
	all := slices.Clone(files[e.ID])
	if e.Airing != nil && e.Airing.FileHash != "" {
		all = append(all, e.Airing.FileHash)
	}
	var out []string
	for _, sha := range all {
		if sha != "" && sha != e.Kept && !slices.Contains(out, sha) {
			out = append(out, sha)
		}
	}
	return out
}

// kindWord names a kind of evidence for people.
func kindWord(k media.EvidenceKind) string {
	if w, ok := map[media.EvidenceKind]string{
		media.EvItem: "tin, bài", media.EvAiring: "lần phát sóng", media.EvAttestation: "minh chứng gửi đến", media.EvPrint: "bài báo in", media.EvProcedure: "quyết định",
		media.EvQuestion: "câu hỏi", media.EvSegment: "tin, bài trong chương trình", media.EvBulletin: "tin, bài truyền thanh", media.EvDeclared: "đơn vị khai, đã chấp nhận",
	}[k]; ok {
		return w
	}
	return string(k)
}

// copiesOf are all kept copies that lines name, by hash, each once.
func copiesOf(lines []line) []Copy {
	by := map[string]Copy{}
	for _, l := range lines {
		if l.Main != nil {
			by[l.Main.SHA256] = *l.Main
		}
		for _, c := range l.More {
			by[c.SHA256] = c
		}
	}
	var out []Copy
	for _, c := range by {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Copy) int { return cmp.Compare(a.SHA256, b.SHA256) })
	return out
}

// columns of the list. Verify reads them by their place.
var columns = []string{"STT", "Nhiệm vụ", "Tên nhiệm vụ", "Điểm của kế hoạch", "Mã cơ quan", "Cơ quan, đơn vị", "Mã kỳ", "Kỳ", "Kết quả của kỳ", "Loại", "Ngày", "Tên tin, bài, văn bản",
	"Địa chỉ", "Hạng", "Người xác nhận", "Từ ngữ khớp", "Mã minh chứng", "SHA-256 của bản lưu", "Đường dẫn trong gói", "Tình trạng bản lưu", "Tệp khác trong gói"}

const (
	colQuota = 1
	colOwner = 4
	colRange = 6
	colID    = 16
	colHash  = 17
	colPath  = 18
	colAlso  = 20
)

func (l line) cells() []string {
	out := []string{fmt.Sprint(l.N), l.Quota, l.Duty, l.Place, l.Owner, l.OwnerName, l.Period, viet.Capital(l.PeriodName), l.State, l.Kind, l.Date, l.Title, l.URL, l.Grade, l.By, l.Words, l.ID, l.hash(), l.path(), l.kept(), l.also()}
	for i, s := range out {
		out[i] = viet.Cell(viet.Printable(strings.ReplaceAll(s, "\n", " ")))
	}
	return out
}

func writeCSV(w io.Writer, lines []line) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	if err := c.Write(columns); err != nil {
		return err
	}
	for _, l := range lines {
		if err := c.Write(l.cells()); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// The workbook is written by hand: a list of any length goes through, and one list is one file. Its texts stand in the cells
// (inlineStr), which every program of tables reads.
var workbook = []struct{ name, text string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Times New Roman"/></font><font><b/><sz val="11"/><name val="Times New Roman"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Danh sách minh chứng" sheetId="1" r:id="rId1"/></sheets></workbook>`},
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// widths of the columns, in characters.
var widths = []int{6, 10, 36, 16, 16, 28, 12, 20, 18, 16, 12, 48, 40, 7, 24, 28, 20, 24, 30, 22, 30}

// table writes the workbook row by row. Its parts are packed without being made smaller: so its bytes follow from the list alone,
// whatever packs it, and Verify can make it again.
type table struct {
	z  *zip.Writer
	to io.Writer
	b  strings.Builder
	n  int
}

func newTable(w io.Writer, at time.Time) (*table, error) {
	t := &table{z: zip.NewWriter(w)}
	t.z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return &blocks{w: w}, nil })
	part := func(name string) (err error) {
		if t.to, err = t.z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: stamp(at)}); err == nil {
			_, err = io.WriteString(t.to, xmlHead)
		}
		return err
	}
	for _, p := range workbook {
		if err := part(p.name); err != nil {
			return nil, err
		}
		if _, err := io.WriteString(t.to, p.text); err != nil {
			return nil, err
		}
	}
	if err := part("xl/worksheets/sheet1.xml"); err != nil {
		return nil, err
	}
	t.b.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`)
	for i, n := range widths {
		fmt.Fprintf(&t.b, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, n)
	}
	t.b.WriteString(`</cols><sheetData>`)
	return t, t.row(columns)
}

// row adds a row; the first is the head.
func (t *table) row(cells []string) error {
	t.n++
	style := 0
	if t.n == 1 {
		style = 1
	}
	fmt.Fprintf(&t.b, `<row r="%d">`, t.n)
	for i, s := range cells {
		at := fmt.Sprintf("%c%d", 'A'+i, t.n)
		if _, err := strconv.Atoi(s); err == nil && i == 0 {
			fmt.Fprintf(&t.b, `<c r="%s" s="%d"><v>%s</v></c>`, at, style, s)
			continue
		}
		fmt.Fprintf(&t.b, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">`, at, style)
		if err := xml.EscapeText(&t.b, []byte(s)); err != nil {
			return err
		}
		t.b.WriteString(`</t></is></c>`)
	}
	t.b.WriteString(`</row>`)
	_, err := io.WriteString(t.to, t.b.String())
	t.b.Reset()
	return err
}

func (t *table) close() error {
	if _, err := fmt.Fprintf(t.to, `</sheetData><autoFilter ref="A1:%c%d"/><pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape"/></worksheet>`, 'A'+len(columns)-1, t.n); err != nil {
		return err
	}
	return t.z.Close()
}

func writeXLSX(w io.Writer, at time.Time, lines []line) error {
	t, err := newTable(w, at)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := t.row(l.cells()); err != nil {
			return err
		}
	}
	return t.close()
}

// blocks packs by stored blocks (RFC 1951, 3.2.4).
type blocks struct {
	w   io.Writer
	buf []byte
}

const mostBlock = 0xffff

func (b *blocks) Write(p []byte) (int, error) {
	b.buf = append(b.buf, p...)
	for len(b.buf) > mostBlock {
		if err := b.block(b.buf[:mostBlock], 0); err != nil {
			return 0, err
		}
		b.buf = append(b.buf[:0], b.buf[mostBlock:]...)
	}
	return len(p), nil
}

func (b *blocks) block(data []byte, last byte) error {
	n := uint16(len(data))
	head := binary.LittleEndian.AppendUint16([]byte{last}, n)
	if _, err := b.w.Write(binary.LittleEndian.AppendUint16(head, ^n)); err != nil {
		return err
	}
	_, err := b.w.Write(data)
	return err
}

func (b *blocks) Close() error { return b.block(b.buf, 1) }
