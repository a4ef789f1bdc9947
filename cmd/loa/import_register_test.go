package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/media"
	"loa/schedule/calendar"
	"loa/store/keep"
)

const (
	printRegister = `BÁO MẪU,,,,
Số báo,Ngày phát hành,Trang,Chuyên mục,Tiêu đề
5123,06/03/2023,3,Cải cách hành chính,Một cửa ở xã
5126,09/03/2023,Trang 3,Chung tay cải cách hành chính - Báo Mẫu,Đối thoại với doanh nghiệp
5126,09/03/2023,5,Kinh tế,Quế được giá
`
	procedureRegister = "STT\tSố, ký hiệu\tTrích yếu\n1\t345/QĐ-UBND ngày 06/3/2023\t\"Một cửa\" lĩnh vực đất đai\n2\t351 / QÐ – UBND, ngày 07/3/2023\tLĩnh vực hộ tịch\n"
	questionRegister  = "Mã;Câu hỏi;Ngày hỏi;Ngày trả lời\nH-01;Làm lại thẻ ở đâu?;01/03/2023;03/03/2023\nH-02;Tách thửa mất bao lâu?;;06/03/2023\nH-03;Nộp phí thế nào?;08/03/2023;Chưa trả lời\nH-04;Giờ làm việc?;;\n"
)

// march is the span and sender of a register of March 2023.
func march(agency string) []string {
	return []string{"--at", "2023-04-03T08:00", "--agency", agency, "--from", "2023-03-01", "--to", "2023-03-31", "--sender", "Bộ phận tổng hợp (mẫu)"}
}

func (d desk) registers() []media.Register {
	d.t.Helper()
	gs, err := d.store().Registers(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return gs
}

// TestImportRegisters: each kind is stored as it was read, its file kept; the
// same file again says so and changes nothing.
func TestImportRegisters(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2023, 3, n, 0, 0, 0, 0, calendar.Zone) }
	for _, c := range []struct {
		kind               media.RegisterKind
		agency, name, data string
		says               []string
		want               []media.Entry
	}{
		{media.RegPrint, "bao", "so-tin-bai.csv", printRegister, []string{"bảng kê tin, bài báo in của Báo Mẫu: 3 dòng", "«Cải cách hành chính» 2", "«Kinh tế» 1"}, []media.Entry{
			{Row: 3, Number: "5123", At: day(6), Page: "3", Section: "Cải cách hành chính", Column: "cchc", Title: "Một cửa ở xã"},
			{Row: 4, Number: "5126", At: day(9), Page: "3", Section: "Chung tay cải cách hành chính - Báo Mẫu", Column: "cchc", Title: "Đối thoại với doanh nghiệp"},
			{Row: 5, Number: "5126", At: day(9), Page: "5", Section: "Kinh tế", Title: "Quế được giá"},
		}},
		{media.RegProcedures, "cong-ttdt", "quyet-dinh.txt", procedureRegister, []string{"quyết định công bố thủ tục hành chính", "2 dòng"}, []media.Entry{
			{Row: 2, Number: "345/QĐ-UBND", At: day(6), Title: `"Một cửa" lĩnh vực đất đai`},
			{Row: 3, Number: "351/QĐ-UBND", At: day(7), Title: "Lĩnh vực hộ tịch"},
		}},
		{media.RegQuestions, "mau/cong-ttdt", "cau-hoi.csv", questionRegister, []string{"4 dòng", "Đã trả lời 2, chưa trả lời 2, không rõ ngày hỏi 2"}, []media.Entry{
			{Row: 2, Number: "H-01", Title: "Làm lại thẻ ở đâu?", Asked: day(1), Answered: day(3), At: day(3)},
			{Row: 3, Number: "H-02", Title: "Tách thửa mất bao lâu?", Answered: day(6), At: day(6)},
			{Row: 4, Number: "H-03", Title: "Nộp phí thế nào?", Asked: day(8), At: day(8)},
			{Row: 5, Number: "H-04", Title: "Giờ làm việc?"},
		}},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			d := newDesk(t)
			args := append([]string{"import", string(c.kind), d.file(c.name, []byte(c.data))}, march(c.agency)...)
			out := d.ok(args...)
			for _, s := range append(c.says, "Đã nạp bảng kê", "từ "+dayWords(1)+" đến hết "+dayWords(31)) {
				if !strings.Contains(out, s) {
					t.Errorf("does not say %q: %s", s, out)
				}
			}
			gs := d.registers()
			if len(gs) != 1 {
				t.Fatalf("%d registers", len(gs))
			}
			g := gs[0]
			if g.Kind != c.kind || g.Agency != "mau/"+strings.TrimPrefix(c.agency, "mau/") || g.Sender != "Bộ phận tổng hợp (mẫu)" || g.FileName != c.name || g.Note != "" ||
				!g.From.Equal(day(1)) || !g.To.Equal(day(32)) || !g.At.Equal(time.Date(2023, 4, 3, 8, 0, 0, 0, calendar.Zone)) {
				t.Errorf("register %+v", g)
			}
			if got, want := entryWords(g.Rows), entryWords(c.want); got != want {
				t.Errorf("rows\n%s\nwant\n%s", got, want)
			}
			for _, e := range g.Rows {
				if e.ID != g.Kind.EntryID(g.Agency, e) {
					t.Errorf("id of %+v", e)
				}
			}
			kept, err := keep.Folder(filepath.Join(d.data, "kept"))
			if err != nil {
				t.Fatal(err)
			}
			if _, body, err := kept.Read(t.Context(), g.FileHash); err != nil || !bytes.Equal(body, []byte(c.data)) {
				t.Errorf("the file is not kept as it was sent: %v", err)
			}
			before := d.held()
			if out := d.ok(args...); !strings.Contains(out, "Đã được nạp trước đây") || !strings.Contains(out, fmt.Sprintf("%d dòng", len(c.want))) {
				t.Errorf("again: %q", out)
			}
			if after := d.held(); after != before || len(d.registers()) != 1 {
				t.Errorf("importing the same register again changed the store:\n%s\nnow\n%s", before, after)
			}
		})
	}
}

func entryWords(es []media.Entry) string {
	var b strings.Builder
	for _, e := range es {
		fmt.Fprintf(&b, "%d|%s|%s|%s|%s|%s", e.Row, e.Number, e.Title, e.Page, e.Section, e.Column)
		for _, at := range []time.Time{e.At, e.Asked, e.Answered} {
			s := "-"
			if !at.IsZero() {
				s = at.In(calendar.Zone).Format("2006-01-02T15:04")
			}
			b.WriteString("|" + s)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestImportPastedRegister: cells pasted on stdin, and a workbook.
func TestImportPastedRegister(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	pasted := strings.ReplaceAll(printRegister, ",", "\t")
	out, errOut, code := loa(t, pasted, append([]string{"import", "print", "-", "--plans", d.plans, "--data", d.data}, march("bao")...)...)
	if code != 0 || !strings.Contains(out, "3 dòng") {
		t.Fatalf("exit %d: %s%s", code, out, errOut)
	}
	f := excelize.NewFile()
	defer f.Close()
	for cell, v := range map[string]any{
		"A1": "SỔ TIN, BÀI", "A3": "Số báo", "B3": "Ngày", "C3": "Trang", "D3": "Mục", "E3": "Tên bài",
		"A4": 5130, "B4": time.Date(2023, 3, 13, 0, 0, 0, 0, time.UTC), "C4": 3, "D4": "Cải cách hành chính", "E4": "Ngày không hẹn",
	} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"import", "print", d.file("so.xlsx", b.Bytes())}, march("bao")...)
	args[4] = "2023-04-04T08:00"
	d.ok(args...)
	gs := d.registers()
	if len(gs) != 2 {
		t.Fatalf("%d registers", len(gs))
	}
	if got := entryWords(gs[0].Rows); got != "4|5130|Ngày không hẹn|3|Cải cách hành chính|cchc|2023-03-13T00:00|-|-\n" {
		t.Errorf("of the workbook: %s", got)
	}
}

// TestImportNothingInPrint: the statement that there was nothing is a register
// without rows.
func TestImportNothingInPrint(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	args := append([]string{"import", "print", "--none", "--note", "không có trên báo in"}, march("bao")...)
	if out := d.ok(args...); !strings.Contains(out, "Đã nạp bảng kê") || !strings.Contains(out, "0 dòng («không có trên báo in»)") {
		t.Errorf("says %q", out)
	}
	gs := d.registers()
	if len(gs) != 1 || len(gs[0].Rows) != 0 || gs[0].Note != "không có trên báo in" || gs[0].FileHash != "" || gs[0].FileName != "" {
		t.Errorf("registers %+v", gs)
	}
	if out := d.ok(args...); !strings.Contains(out, "Đã được nạp trước đây") || len(d.registers()) != 1 {
		t.Errorf("again: %q", out)
	}
}

// TestImportRegisterTellsEveryRow: all mistakes at once, and nothing is stored.
func TestImportRegisterTellsEveryRow(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		kind, agency, data string
		says               []string
	}{
		{"print", "bao", "Số báo,Ngày,Trang,Mục,Tiêu đề\n5123,31/02/2023,3,CCHC,Một\n5123,06/03/2023,3,CCHC,\n5118,28/02/2023,3,CCHC,Ba\n5150,01/04/2023,3,CCHC,Bốn\n5124,07/03/2023,3,CCHC,Năm\n5124,07/03/2023,3,CCHC,Năm\n",
			[]string{"dòng 2, cột «Ngày» («31/02/2023»)", "cần dạng ngày/tháng/năm", "dòng 3, cột «Tiêu đề»: thiếu tiêu đề", "dòng 4", "nằm ngoài khoảng đã khai, từ " + dayWords(1) + " đến hết " + dayWords(31), "dòng 5", "dòng 7", "trùng với dòng 6", "5 lỗi"}},
		{"procedures", "cong-ttdt", "Số ký hiệu;Ngày ký;Trích yếu\n345;06/03/2023;Một\n346/QĐ-UBND;;Hai\n", []string{"dòng 2", "cần dạng 345/QĐ-UBND", "dòng 3", "thiếu ngày ký", "2 lỗi"}},
		{"questions", "cong-ttdt", "Số;Câu hỏi;Ngày hỏi;Ngày trả lời\n1;Một?;06/03/2023;05/03/2023\n2;;06/03/2023;\n", []string{"dòng 2", "trước ngày hỏi", "dòng 3", "thiếu nội dung câu hỏi"}},
		{"print", "bao", "", []string{"không tìm thấy dòng tiêu đề"}},
		{"print", "bao", "Số báo,Ngày,Trang,Mục,Tiêu đề\n", []string{"không có dòng nào"}},
		{"procedures", "cong-ttdt", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), []string{"Excel kiểu cũ"}},
	} {
		d.refused(1, append(c.says, "chưa nạp dòng nào"), append([]string{"import", c.kind, d.file("ke.csv", []byte(c.data))}, march(c.agency)...)...)
	}
	if gs := d.registers(); len(gs) != 0 {
		t.Errorf("%d registers were stored", len(gs))
	}
	if kept, err := filepath.Glob(filepath.Join(d.data, "kept", "*")); err != nil || len(kept) != 0 {
		t.Errorf("files of refused registers were kept: %v %v", kept, err)
	}
}

func TestImportRegisterFlags(t *testing.T) {
	d := newDesk(t)
	file := d.file("so.csv", []byte(printRegister))
	without := func(flag string) []string { // march without a flag and its value
		args := march("bao")
		for i, a := range args {
			if a == flag {
				return append(args[:i:i], args[i+2:]...)
			}
		}
		return args
	}
	for _, flag := range []string{"--agency", "--from", "--to", "--sender"} {
		d.refused(2, []string{flag}, append([]string{"import", "print", file}, without(flag)...)...)
	}
	d.refused(2, []string{"--none"}, append([]string{"import", "print"}, march("bao")...)...)
	d.refused(2, []string{"--none"}, append([]string{"import", "print", file, "--none"}, march("bao")...)...)
	d.refused(2, []string{"--note"}, append([]string{"import", "print", file, "--note", "x"}, march("bao")...)...)
	d.refused(2, []string{"không có tệp"}, append([]string{"import", "print", file + "x"}, march("bao")...)...)
	d.refused(2, []string{"bao-khac", "bao, cong-ttdt"}, append([]string{"import", "print", file}, march("bao-khac")...)...)
	d.refused(2, []string{"đứng trước"}, append([]string{"import", "print", file, "--to", "2023-02-28"}, without("--to")...)...)
	d.refused(2, []string{"chưa đến", "03/4/2023"}, append([]string{"import", "print", file, "--to", "2023-04-04"}, without("--to")...)...)
	d.refused(2, []string{"--sender"}, append([]string{"import", "print", file, "--sender", " "}, without("--sender")...)...)
	if gs := d.registers(); len(gs) != 0 {
		t.Errorf("%d registers were stored", len(gs))
	}
}

// TestImportRegisterDryRun shows the rows and leaves no trace.
func TestImportRegisterDryRun(t *testing.T) {
	d := newDesk(t)
	file := d.file("so.csv", []byte(printRegister))
	out := d.ok(append([]string{"import", "print", file, "--dry-run"}, march("bao")...)...)
	for _, s := range []string{"5126", dayWords(9), "cchc", "Đối thoại với doanh nghiệp", "3 dòng", "chưa lưu gì", "«Kinh tế» 1"} {
		if !strings.Contains(out, s) {
			t.Errorf("does not show %q: %s", s, out)
		}
	}
	for kind, data := range map[string]string{"procedures": procedureRegister, "questions": questionRegister} {
		if out := d.ok(append([]string{"import", kind, d.file("ke.txt", []byte(data)), "--dry-run"}, march("cong-ttdt")...)...); !strings.Contains(out, "chưa lưu gì") || !strings.Contains(out, dayWords(6)) {
			t.Errorf("%s: %s", kind, out)
		}
	}
	d.refused(1, []string{"dòng 3"}, append([]string{"import", "print", d.file("so.csv", []byte(strings.Replace(printRegister, "06/03", "31/02", 1))), "--dry-run"}, march("bao")...)...)
	if left, err := filepath.Glob(filepath.Join(d.data, "*")); err != nil || len(left) != 0 {
		t.Errorf("a dry run left %v %v", left, err)
	}
}
