package main

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"loa/media"
)

// dump is every row of every table of an installation's database.
func (d desk) dump() string {
	d.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(d.data, "loa.db"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	read := func(query string) (out []string) {
		rows, err := db.Query(query)
		if err != nil {
			d.t.Fatal(err)
		}
		defer rows.Close()
		cols, _ := rows.Columns()
		for rows.Next() {
			cells := make([]any, len(cols))
			into := make([]any, len(cols))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				d.t.Fatal(err)
			}
			out = append(out, fmt.Sprint(cells...))
		}
		return out
	}
	var all []string
	for _, table := range read("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts%' ESCAPE '\\' ORDER BY name") {
		for _, row := range read(`SELECT * FROM "` + table + `"`) {
			all = append(all, table+": "+row)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// sheetOf is a workbook of cells as they are given: numbers, texts, formulas («=…»).
func sheetOf(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		for j, v := range r {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err == nil {
				if s, ok := v.(string); ok && strings.HasPrefix(s, "=") {
					err = f.SetCellFormula("Sheet1", cell, s[1:])
				} else {
					err = f.SetCellValue("Sheet1", cell, v)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withPart is an archive with one more part.
func withPart(t *testing.T, data []byte, name, text string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.Create(name)
	if err == nil {
		_, err = io.WriteString(p, text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func handedFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "crawler", "testdata", "handed", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestBadLogsChangeNothing: what is wrong with a log is said in Vietnamese, row
// by row, and the database stands as it stood.
func TestBadLogsChangeNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const at = "2023-03-20T08:00"
	d.ok("import", "airings", d.file("tot.csv", csvLog(news("06/03/2023"), reform("10/03/2023"))), "--at", at, "--channel", "mau-tv", "--from", "2023-03-06", "--to", "2023-03-12")
	before := d.dump()
	head := []any{"Chương trình", "Ngày", "Giờ", "Thời lượng"}
	csv := func(rows ...string) []byte {
		return []byte("Chương trình;Ngày;Giờ;Thời lượng\n" + strings.Join(rows, "\n") + "\n")
	}
	locked := handedFile(t, "merged-heads.xls")
	i := bytes.Index(locked, []byte{0x09, 0x08, 0x10, 0x00, 0x00, 0x06})
	locked[i+20], locked[i+21] = 0x2f, 0x00
	for name, c := range map[string]struct {
		file string
		data []byte
		says []string
	}{
		"a day that is not":        {"a.csv", csv("Thời sự;31/02/2023;19:45;00:20:00"), []string{"dòng 2, cột «Ngày» («31/02/2023»)", "không phải ngày có thật", "1 lỗi"}},
		"month first":              {"a.csv", csv("Thời sự;03/13/2023;19:45;00:20:00", "Phim;03/14/2023;20:05;00:20:00"), []string{"dòng 2, cột «Ngày» («03/13/2023»): tháng đứng trước ngày", "dòng 3", "2 lỗi"}},
		"an hour that is not":      {"a.csv", csv("Thời sự;06/03/2023;25:70;00:20:00"), []string{"dòng 2, cột «Giờ» («25:70»)", "không phải giờ có thật"}},
		"a length in words":        {"a.csv", csv("Thời sự;06/03/2023;19:45;chừng nửa giờ"), []string{"không phải thời lượng; cần dạng 00:15:30, 15'30\""}},
		"a length without a unit":  {"a.csv", csv("Thời sự;06/03/2023;19:45;20"), []string{"cột «Thời lượng» («20»)"}},
		"columns that lack":        {"a.csv", []byte("Chương trình;Ngày;Giờ\nThời sự;06/03/2023;19:45\n"), []string{"dòng tiêu đề thiếu cột «Thời lượng» hoặc «Kết thúc»"}},
		"no header":                {"a.csv", []byte("Thời sự;06/03/2023;19:45;00:20:00\n"), []string{"không tìm thấy dòng tiêu đề; cần các cột như"}},
		"a serial that is no day":  {"a.xlsx", sheetOf(t, head, []any{"Thời sự", 4499, 0.8, 0.01}), []string{"dòng 2, cột «Ngày» («4499»)"}},
		"an error of the sheet":    {"a.xlsx", sheetOf(t, head, []any{"Thời sự", 44991, "#REF!", 0.01}), []string{"cột «Giờ» («#REF!»)"}},
		"formulas without values":  {"a.xlsx", sheetOf(t, head, []any{"Thời sự", 44991, 0.8, "=D9-C9"}, []any{"Phim", "=B2", 0.9, 0.01}), []string{"dòng 2, cột «Thời lượng» («=D9-C9»): ô công thức chưa có giá trị", "dòng 3, cột «Ngày» («=B2»)", "2 lỗi"}},
		"too many rows, csv":       {"a.csv", bytes.Repeat([]byte("Thời sự;06/03/2023;19:45;00:20:00\n"), 200_000), []string{"hơn 100.000 dòng; hãy tách"}},
		"too many rows, xlsx":      {"a.xlsx", workbook(t, bombPart{again: `<row><c><v>1</v></c></row>`, n: 200_000}), []string{"hơn 100.000 dòng; hãy tách"}},
		"becomes too large":        {"a.xlsx", workbook(t, bombPart{again: `<row><c t="inlineStr"><is><t>x</t></is></c></row>`, n: 3_000_000}), []string{"lớn hơn 64 MB sau khi giải nén"}},
		"macros, and no log":       {"a.xlsm", withPart(t, sheetOf(t, []any{"Kính gửi"}), "xl/vbaProject.bin", "\xd0\xcf\x11\xe0"), []string{"không tìm thấy dòng tiêu đề"}},
		"a password, xls":          {"a.xls", locked, []string{"tệp có mật khẩu"}},
		"old Word":                 {"a.doc", handedFile(t, "old-word.doc"), []string{"Word kiểu cũ (.doc)"}},
		"a cut file":               {"a.xls", handedFile(t, "merged-heads.xls")[:3000], []string{"tệp"}},
		"a page that is no table":  {"a.xls", []byte("<html><body><p>Phiên làm việc đã hết hạn</p></body></html>"), []string{"không tìm thấy dòng tiêu đề"}},
		"another channel's column": {"a.csv", []byte("Kênh;Chương trình;Ngày;Giờ;Thời lượng\nĐài Khác;Thời sự;06/03/2023;19:45;00:20:00\n"), []string{"không có kênh này trong danh mục; các kênh: «"}},
		"out of the span":          {"a.csv", csv("Thời sự;16/03/2023;19:45;00:20:00"), []string{"nằm ngoài khoảng đã khai"}},
	} {
		t.Run(name, func(t *testing.T) {
			args := []string{"import", "airings", d.file(c.file, c.data), "--at", at, "--channel", "mau-tv", "--from", "2023-03-06", "--to", "2023-03-12"}
			d.refused(1, append(c.says, "chưa nạp dòng nào"), args...)
			d.refused(1, c.says, append(args, "--preview")...)
			if after := d.dump(); after != before {
				t.Errorf("the database changed:\n%s", differ(before, after))
			}
		})
	}
}

// differ is the lines that one text has and the other has not.
func differ(a, b string) string {
	has := map[string]bool{}
	for line := range strings.Lines(a) {
		has[line] = true
	}
	var out []string
	for line := range strings.Lines(b) {
		if !has[line] {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "")
}

// TestImportOddFormats: a week is met by a log in any format; the same file
// again changes nothing.
func TestImportOddFormats(t *testing.T) {
	t.Parallel()
	const at, week = "2023-03-20T08:00", "2023-W10"
	macros := withPart(t, xlsxLog(t, news("06/03/2023"), reform("10/03/2023")), "xl/vbaProject.bin", "\xd0\xcf\x11\xe0")
	page := []byte("<html><body><table><tr><td>Chương trình</td><td>Ngày</td><td>Giờ</td><td>Thời lượng</td></tr>" +
		"<tr><td>Chung tay cải cách hành chính</td><td>10/03/2023</td><td>20h05</td><td>16'20\"</td></tr></table></body></html>")
	tcvn3 := []byte("Ch\xad\xacng tr\xd7nh;Ng\xb5y;Gi\xea ph\xb8t;Th\xeai l\xad\xeeng\r\nChung tay c\xb6i c\xb8ch h\xb5nh ch\xddnh;10/03/2023;20:05;16 ph\xf3t 20 gi\xa9y\r\n")
	for name, c := range map[string]struct {
		data []byte
		note string
	}{
		"macro.xlsm": {macros, "macro không được chạy"},
		"trang.xls":  {page, ""},
		"tcvn3.csv":  {tcvn3, "bảng mã TCVN3 được chuyển sang Unicode"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			args := []string{"import", "airings", d.file(name, c.data), "--at", at, "--channel", "mau-tv", "--from", "2023-03-06", "--to", "2023-03-12"}
			if _, errOut, code := d.run(args...); code != 0 || !strings.Contains(errOut, c.note) {
				t.Fatalf("exit %d: %s", code, errOut)
			}
			if got := d.state(at, week); got != "met false" {
				t.Errorf("after: %s", got)
			}
			before := d.held()
			d.ok(args...)
			if d.held() != before {
				t.Error("the same file again changed the store")
			}
		})
	}
}

// TestImportPasted: cells copied from a spreadsheet come by the standard input.
func TestImportPasted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cells := "Chương trình\tNgày\tGiờ\tThời lượng\nChung tay cải cách hành chính\t10/03/2023\t20:05\t16'20\"\n"
	out, errOut, code := loa(t, cells, "import", "airings", "-", "--at", "2023-03-20", "--channel", "mau-tv", "--plans", d.plans, "--data", d.data)
	if code != 0 || !strings.Contains(out, "Đã nạp 1 lần phát sóng") {
		t.Fatalf("exit %d: %s%s", code, out, errOut)
	}
	if as := d.airings("mau-tv", false); len(as) != 1 || as[0].Duration.Seconds() != 980 {
		t.Errorf("%+v", as)
	}
}

// TestImportMaps: what a sender's columns are is told once.
func TestImportMaps(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const at = "2023-03-20T08:00"
	first := d.file("1.csv", []byte("Tuần 10\nChung tay cải cách hành chính;3/10/2023;20h05;16\nThời sự;3/10/2023;19h45;20\n"))
	next := d.file("2.csv", []byte("Tuần 11\nThời sự;3/16/2023;19h45;20\n"))
	told := []string{"--column", "Chương trình=A", "--column", "Ngày phát=2", "--column", "Giờ phát=C", "--column", "Thời lượng=D", "--unit", "minute", "--day-order", "mdy"}
	d.refused(1, []string{"không tìm thấy dòng tiêu đề"}, "import", "airings", first, "--at", at, "--channel", "mau-tv")
	d.refused(2, []string{"--save-map cần --sender"}, append([]string{"import", "airings", first, "--at", at, "--save-map"}, told...)...)
	d.refused(2, []string{"không có cột «Giờ vàng»"}, "import", "airings", first, "--at", at, "--column", "Giờ vàng=C")
	args := append([]string{"import", "airings", first, "--at", at, "--channel", "mau-tv", "--sender", "Đài Mẫu", "--save-map"}, told...)
	if out := d.ok(append(args, "--preview")...); !strings.Contains(out, "C    Giờ phát") || !strings.Contains(out, "Đọc được 2 lần phát sóng (2 phát mới, 0 phát lại; 1 của chuyên mục trong kế hoạch)") ||
		!strings.Contains(out, "loại A (nhật ký phát sóng hoặc bản ghi)") || !strings.Contains(out, "Chung tay cải cách hành chính") {
		t.Errorf("preview: %s", out)
	}
	if out := d.ok("import", "maps"); !strings.Contains(out, "Chưa lưu bản đồ cột nào") || len(d.airings("mau-tv", true)) != 0 {
		t.Errorf("a preview stored something: %s", out)
	}
	if out := d.ok(args...); !strings.Contains(out, "Đã lưu bản đồ cột của «Đài Mẫu»") || !strings.Contains(out, "Đã nạp 2 lần phát sóng") {
		t.Errorf("says %s", out)
	}
	// The next file of the sender, in whatever case the name is written, needs no word: not even the channel.
	out, errOut, code := d.run("import", "airings", next, "--at", at, "--sender", "đài mẫu")
	if code != 0 || !strings.Contains(errOut, "dùng bản đồ cột đã lưu của «Đài Mẫu»") || !strings.Contains(out, "Đã nạp 1 lần phát sóng") {
		t.Errorf("exit %d: %s%s", code, out, errOut)
	}
	if as := d.airings("mau-tv", false); len(as) != 3 || as[2].Start.Format("2006-01-02 15:04") != "2023-03-16 12:45" {
		t.Errorf("%+v", as)
	}
	d.refused(1, []string{"không tìm thấy dòng tiêu đề"}, "import", "airings", next, "--at", at, "--sender", "Đài Mẫu", "--channel", "mau-tv", "--no-map")
	d.refused(1, []string{"chưa lưu bản đồ cột nào của «Đài Khác»"}, "import", "airings", next, "--at", at, "--map", "Đài Khác", "--channel", "mau-tv")
	if out := d.ok("import", "maps"); !strings.Contains(out, "Đài Mẫu") || !strings.Contains(out, "Giờ phát=C") || !strings.Contains(out, "tháng trước ngày") || !strings.Contains(out, "kênh mau-tv") {
		t.Errorf("maps: %s", out)
	}
	d.ok("import", "maps", "drop", "đài mẫu", "--at", at)
	d.refused(1, []string{"chưa lưu bản đồ cột nào"}, "import", "maps", "drop", "Đài Mẫu")
}

// TestImportGrades: how good the evidence is stands beside it, and a file does
// not silently take the place of better evidence.
func TestImportGrades(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const at, week = "2023-03-20T08:00", "2023-W10"
	span := []string{"--at", at, "--channel", "mau-tv", "--from", "2023-03-06", "--to", "2023-03-12"}
	take := func(file string, more ...string) []string {
		return append(append([]string{"import", "airings", file}, span...), more...)
	}
	log := d.file("log.csv", csvLog(news("06/03/2023"), reform("10/03/2023")))
	d.ok(take(log)...)
	list := d.file("list.csv", csvLog(news("06/03/2023")))
	d.refused(1, []string{"đã có 2 lần phát với minh chứng loại A (nhật ký phát sóng hoặc bản ghi)", "log.csv", "--over-better"}, take(list, "--grade", "C")...)
	d.refused(1, []string{"đã có 2 lần phát với minh chứng loại A"}, take(list, "--grade", "C", "--preview")...)
	if got := d.state(at, week); got != "met false" {
		t.Errorf("after the refused list: %s", got)
	}
	if out := d.ok(take(log, "--grade", "B")...); !strings.Contains(out, "giữ như lần nạp đầu: loại A") {
		t.Errorf("the same log at another grade: %s", out)
	}
	if out := d.ok(take(list, "--grade", "C", "--over-better")...); !strings.Contains(out, "loại C (trang, video đăng trên mạng có ngày)") {
		t.Errorf("says %s", out)
	}
	if as := d.airings("mau-tv", false); len(as) != 1 || as[0].Grade != media.GradeC {
		t.Errorf("%+v", as)
	}
	d.refused(2, []string{"--grade"}, take(list, "--grade", "D")...)
}

// TestImportScan: a scan with rows typed beside it is the kept copy of each.
func TestImportScan(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const at = "2023-03-20T08:00"
	rows, scan := d.file("rows.csv", csvLog(news("06/03/2023"), reform("10/03/2023"))), d.file("nhat-ky.pdf", []byte("%PDF-1.4 trang đã ký"))
	args := []string{"import", "airings", rows, "--at", at, "--channel", "mau-tv", "--from", "2023-03-06", "--to", "2023-03-12"}
	d.refused(2, []string{"--scan và --typed-by đi cùng nhau"}, append(args, "--scan", scan)...)
	d.refused(2, []string{"loại B"}, append(args, "--scan", scan, "--typed-by", "Lê Văn Mẫu", "--grade", "A")...)
	d.refused(2, []string{"không phải bản quét"}, append(args, "--scan", rows, "--typed-by", "Lê Văn Mẫu")...)
	out := d.ok(append(args, "--scan", scan, "--typed-by", "Lê Văn Mẫu")...)
	if !strings.Contains(out, "loại B (nhật ký, bảng kê có người ký xác nhận)") || !strings.Contains(out, "được giữ làm minh chứng, Lê Văn Mẫu gõ") {
		t.Errorf("says %s", out)
	}
	sum := hashOf([]byte("%PDF-1.4 trang đã ký"))
	if as := d.airings("mau-tv", false); len(as) != 2 || as[0].Grade != media.GradeB {
		t.Errorf("%+v", as)
	}
	if shown := d.ok("evidence", "show", sum); !strings.Contains(shown, "urn:loa:scan:nhat-ky.pdf") || !strings.Contains(shown, "nhật ký phát sóng rows.csv") {
		t.Errorf("the scan: %s", shown)
	}
	for _, s := range []string{d.ok("evidence", "verify")} {
		if !strings.Contains(s, "hỏng 0, thiếu 0") {
			t.Error(s)
		}
	}
	before := d.held()
	if out := d.ok(append(args, "--scan", d.file("khac.pdf", []byte("%PDF-1.4 bản khác")), "--typed-by", "Lê Văn Mẫu")...); !strings.Contains(out, "đã có bản quét khác") {
		t.Errorf("says %s", out)
	}
	if d.held() != before {
		t.Error("another scan changed the rows")
	}
}

// TestImportSchedules: what a station hands in for days to come is announced,
// never aired; a later one takes its place.
func TestImportSchedules(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const at, week = "2023-03-13T08:00", "2023-W11"
	table := d.file("lich.csv", []byte("Ngày;Giờ;Chương trình\n17/03/2023;20:05;Chung tay cải cách hành chính\n17/03/2023;20:30;Phim\n"))
	if out := d.ok("import", "schedule", table, "--at", at, "--channel", "mau-tv", "--preview"); !strings.Contains(out, "Đọc được 2 chương trình dự kiến") || !strings.Contains(out, "25 phút") {
		t.Errorf("preview: %s", out)
	}
	list := func() string { return d.ok("schedule", "list", "--at", at) }
	if s := list(); !strings.Contains(s, "Không có lịch dự kiến") {
		t.Errorf("a preview stored something: %s", s)
	}
	d.ok("import", "schedule", table, "--at", at, "--channel", "mau-tv", "--sender", "Đài Mẫu")
	if s := list(); !strings.Contains(s, "Chung tay cải cách hành chính") || !strings.Contains(s, "Phim") {
		t.Errorf("announced: %s", s)
	}
	if out := d.ok("import", "schedule", table, "--at", at, "--channel", "mau-tv"); !strings.Contains(out, "không có gì khác") {
		t.Errorf("again: %s", out)
	}
	guide := d.file("lich.xml", []byte(`<tv><channel id="1"><display-name>Truyền hình Mẫu</display-name></channel><channel id="2"/>
<programme start="20230317200500 +0700" stop="20230317203000 +0700" channel="1"><title>Bóng đá</title></programme>
<programme start="20230317200500 +0700" channel="2"><title>Khác</title></programme></tv>`))
	out, errOut, code := d.run("import", "xmltv", guide, "--at", "2023-03-14T08:00")
	if code != 0 || !strings.Contains(out, "1 chương trình mới, 2 bị thay") || !strings.Contains(errOut, "bỏ qua 1 kênh") {
		t.Errorf("exit %d: %s%s", code, out, errOut)
	}
	if s := d.ok("schedule", "list", "--at", "2023-03-15"); strings.Contains(s, "Chung tay") || !strings.Contains(s, "Bóng đá") {
		t.Errorf("announced now: %s", s)
	}
	if n := len(d.airings("mau-tv", true)); n != 0 {
		t.Errorf("%d airings of an announcement", n)
	}
	if got := d.state("2023-03-21T08:00", week); got != "insufficient_data false" {
		t.Errorf("an announcement made the week %s", got)
	}
	before := d.held()
	d.refused(1, []string{"dòng 2", "chưa nạp dòng nào"}, "import", "xmltv", d.file("hong.xml", []byte("<tv>\n<programme start='x' channel='mau-tv'><title>A</title></programme></tv>")), "--at", at)
	d.refused(1, []string{"dòng 3", "chưa nạp dòng nào"}, "import", "schedule", d.file("hong.csv", []byte("Ngày;Giờ;Chương trình\n17/03/2023;20:05;Phim\n32/03/2023;20:05;Phim\n")), "--at", at, "--channel", "mau-tv")
	if d.held() != before {
		t.Error("a refused schedule changed the store")
	}
}

// TestImportUploads: a list of videos is kept as witnesses, apart from airings.
func TestImportUploads(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const at = "2023-03-13T08:00"
	list := d.file("video.csv", []byte("Tiêu đề;Ngày đăng;Thời lượng;Link\nChung tay cải cách hành chính số 10;11/03/2023;16:20;https://youtu.be/abcdefghi-1\nBản tin;11/03/2023;;\n"))
	if out := d.ok("import", "uploads", list, "--at", at, "--channel", "mau-tv", "--preview"); !strings.Contains(out, "Đọc được 2 video (1 của chuyên mục trong kế hoạch)") {
		t.Errorf("preview: %s", out)
	}
	if out := d.ok("import", "uploads", list, "--at", at, "--channel", "mau-tv"); !strings.Contains(out, "Đã nạp 2 video") || !strings.Contains(out, "không phải lần phát sóng") {
		t.Errorf("says %s", out)
	}
	before := d.held()
	if out := d.ok("import", "uploads", list, "--at", at, "--channel", "mau-tv"); !strings.Contains(out, "không có gì khác") {
		t.Errorf("again: %s", out)
	}
	d.refused(1, []string{"dòng 2", "chưa nạp dòng nào"}, "import", "uploads", d.file("hong.csv", []byte("Tiêu đề;Ngày đăng\nA;31/02/2023\n")), "--at", at, "--channel", "mau-tv")
	if d.held() != before || len(d.airings("mau-tv", true)) != 0 {
		t.Error("a list again, or a refused one, changed the store")
	}
}
