package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"loa/media"
)

const segmentList = `ĐÀI PHÁT THANH VÀ TRUYỀN HÌNH TỈNH MẪU,,,,,,,,
Ngày phát,Giờ phát,Kênh,Chuyên mục,Tên tin, Chủ đề,Tính chất,Trực tiếp/Ghi hình,Chức vụ khách mời
06/03/2023,19:47,Truyền hình Mẫu,Thời sự tối,Một cửa ở xã,P2,Biểu dương,,
07/03/2023,05:30,FM Mẫu,Bản tin sáng,Một cửa ở xã,P2,Biểu dương,,
08/03/2023,20:05,Truyền hình Mẫu,Thuế,Nộp thuế trên mạng,P6,,,
09/03/2023,19:50,Truyền hình Mẫu,Thời sự tối,Cải cách thủ tục hành chính ở huyện,,,,
10/03/2023,20:05,Truyền hình Mẫu,Đối thoại,Hỏi và đáp,P4,Phản ánh hạn chế,Trực tiếp,"Nguyễn Văn Thử, Phó Giám đốc Sở Nội vụ"
`

// TestImportSegments: the station's list makes its duties known; what it leaves
// open is told and waits, and no name of a guest is kept.
func TestImportSegments(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const at = "2023-04-03T08:00"
	state := func(quota, period string) string {
		s := d.standing(at, quota, "dai-ptth", period)
		return fmt.Sprintf("%s %v %s", s.State, s.Measures[0].Delivered, s.Reasons[0].Code)
	}
	if got := state("A-5.1", "2023-03"); got != "insufficient_data 0 register_missing" {
		t.Fatalf("without a list: %s", got)
	}
	file := d.file("bang-ke.csv", []byte(strings.ReplaceAll(segmentList, " Chủ đề", "Chủ đề")))
	args := append([]string{"import", "segments", file}, march("dai-ptth")...)
	if out := d.ok(append(args, "--dry-run")...); !strings.Contains(out, "chưa lưu gì") || !strings.Contains(out, "Phó giám đốc Sở Nội vụ") || strings.Contains(out, "Thử,") || len(d.registers()) != 0 {
		t.Errorf("tried: %s", out)
	}
	out := d.ok(args...)
	for _, s := range []string{"tin, bài trong chương trình của Đài", "5 dòng", "«Thuế và cuộc sống» 1", "Cải cách thủ tục hành chính 2", "Chưa ghi chủ đề: 1 dòng", "Biểu dương 2, phản ánh hạn chế 1"} {
		if !strings.Contains(out, s) {
			t.Errorf("does not say %q: %s", s, out)
		}
	}
	if out := d.ok(args...); !strings.Contains(out, "đã được nạp trước đây") && !strings.Contains(out, "Đã được nạp trước đây") {
		t.Errorf("again: %s", out)
	}
	for quota, want := range map[string]string{
		"A-5.1": "insufficient_data 1 undeclared", // one production of two, and one whose topic nobody wrote
		"A-5.3": "met 1 enough_delivered", "A-5.5": "met 2 enough_delivered",
	} {
		if got := state(quota, "2023-03"); got != want {
			t.Errorf("%s: %s, want %s", quota, got, want)
		}
	}
	if got := state("B-D2", "2023-Q1"); got != "insufficient_data 0 register_missing" { // January and February are missing, and a deputy is no director
		t.Errorf("B-D2: %s", got)
	}
	for _, g := range d.registers() {
		for _, e := range g.Rows {
			if strings.Contains(fmt.Sprintf("%+v %+v", e, e.Segment), "Nguyễn") {
				t.Errorf("a guest's name is kept: %+v", e.Segment)
			}
		}
	}
	// Radio's own list would take television's away.
	fm := d.file("fm.csv", []byte("Ngày phát,Giờ phát,Kênh,Chuyên mục,Tên tin,Chủ đề\n13/03/2023,05:30,FM Mẫu,Bản tin sáng,Giờ hành chính,P4\n"))
	held := len(d.registers())
	d.refused(1, []string{"Truyền hình Mẫu (4 tin, bài)", "--replace"}, append([]string{"import", "segments", fm}, march("dai-ptth")...)...)
	if n := len(d.registers()); n != held {
		t.Errorf("%d registers after a refusal, %d before", n, held)
	}
	// A person looks, and counts what was left open.
	var id string
	for _, e := range d.registers()[0].Rows {
		if e.Segment.Topics == nil {
			id = e.ID
		}
	}
	d.ok("decide", "add", "--at", at, "--quota", "A-5.1", "--owner", "dai-ptth", "--period", "2023-03", "--evidence", id, "--by", "Chuyên viên (mẫu)", "--reason", "đã xem kịch bản")
	if got := state("A-5.1", "2023-03"); got != "met 2 enough_delivered" {
		t.Errorf("with a person's word: %s", got)
	}
	later := march("dai-ptth")
	later[1] = "2023-04-03T07:00"
	d.ok(append([]string{"import", "segments", "--none"}, later...)...)
	if got := state("A-5.3", "2023-03"); got != "met 1 enough_delivered" {
		t.Errorf("an earlier list that says none: %s", got)
	}
	if d.ok(append([]string{"import", "segments", fm, "--replace"}, later...)...); len(d.registers()) != held+2 {
		t.Error("radio's list was not taken, though it was told to replace")
	}
	later[1], later[len(later)-1] = "2023-04-03T09:00", "Ban Giám đốc Đài (mẫu)"
	d.ok(append([]string{"import", "segments", "--none"}, later...)...)
	if got := d.standing("2023-04-03T10:00", "A-5.3", "dai-ptth", "2023-03"); got.State != "missed" || got.Reasons[0].Code != "short" {
		t.Errorf("a later list that says none: %+v", got)
	}
	d.refused(1, []string{"dòng 3", "Giao thông", "P2 thủ tục hành chính", "chưa nạp dòng nào"},
		append([]string{"import", "segments", d.file("la.csv", []byte(strings.Replace(strings.ReplaceAll(segmentList, " Chủ đề", "Chủ đề"), "P2", "Giao thông", 1)))}, march("dai-ptth")...)...)
}

// TestImportRadio: a district's sheet, the system's data and a commune's own
// word; nothing is counted twice, and a mistake stores nothing.
func TestImportRadio(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const at = "2023-04-04T08:00"
	state := func(owner string) string {
		s := d.standing(at, "A-7.xa", owner, "2023-03")
		return fmt.Sprintf("%s %v %s", s.State, s.Measures[0].Delivered, s.Reasons[0].Code)
	}
	sender := []string{"--at", at, "--sender", "Huyện Khe Mây (mẫu)"}
	take := func(args ...string) string {
		return d.ok(append(append([]string{"import", "radio"}, args...), sender...)...)
	}
	refuse := func(code int, says []string, args ...string) {
		t.Helper()
		d.refused(code, says, append(append([]string{"import", "radio"}, args...), sender...)...)
	}
	sheet := func(name, rows string) string {
		return d.file(name, []byte("BẢNG TỔNG HỢP THÁNG 3/2023\nSTT,Xã,Số tin bài CCHC,Số phút\n"+rows))
	}
	both := sheet("huyen.csv", "1,Xã Lũng Mây,3,20\n2,Khe Trăng,,\nTổng cộng,,3,20\n")
	if out := take(both, "--dry-run"); !strings.Contains(out, "chưa lưu gì") || !strings.Contains(out, "coi là chưa báo: Xã Khe Trăng") || len(d.registers()) != 0 {
		t.Errorf("tried: %s", out)
	}
	if out := d.ok("import", "radio", both, "--at", "2023-04-04T07:00", "--sender", "Huyện Khe Mây (mẫu)"); !strings.Contains(out, "Đã nạp của 1 đơn vị") {
		t.Errorf("says %s", out)
	}
	if out := take(both, "--signed"); !strings.Contains(out, "Đã nạp của 1 đơn vị") {
		t.Errorf("signed after all: %s", out)
	}
	if out := take(both, "--signed"); !strings.Contains(out, "không nạp thêm") {
		t.Errorf("again: %s", out)
	}
	for owner, want := range map[string]string{"xa-lung-may": "met 3 enough_delivered", "xa-khe-trang": "insufficient_data 0 register_missing"} {
		if got := state(owner); got != want {
			t.Errorf("%s by the sheet: %s, want %s", owner, got, want)
		}
	}
	if out := take("--none", "--agency", "xa-khe-trang", "--month", "2023-03"); !strings.Contains(out, "không có") {
		t.Errorf("none: %s", out)
	}
	if got := state("xa-khe-trang"); got != "missed 0 short" {
		t.Errorf("a commune that says none: %s", got)
	}
	log := d.file("he-thong.csv", []byte("Xã,Ngày giờ phát,Tiêu đề,CCHC\nLũng Mây,06/03/2023 17:00,Một cửa,Có\nLũng Mây,07/03/2023 17:00,Tiêm phòng,Không\n"))
	take(log, "--from", "2023-03-01", "--to", "2023-03-31")
	if got := state("xa-lung-may"); got != "missed 1 short" {
		t.Errorf("the system rules: %s", got)
	}
	grades := map[media.Grade]int{}
	held := 0
	for _, g := range d.registers() {
		held++
		for _, e := range g.Rows {
			grades[e.Bulletin.Grade()]++
		}
	}
	if grades[media.GradeA] != 2 || grades[media.GradeB] != 3 || grades[media.GradeC] != 3 { // the unsigned form is kept, superseded
		t.Errorf("grades %v", grades)
	}

	refuse(1, []string{"dòng 3", "dòng 4", "dòng 5", "3 lỗi", "chưa nạp dòng nào"}, sheet("loi.csv", "1,Xã Đâu Đó,3,\n2,Khe Trăng,vài,\n3,Huyện Khe Mây,9,\n"))
	refuse(1, []string{"chưa hết"}, d.file("thang-4.csv", []byte("Xã,Tháng,Số tin bài\nLũng Mây,4/2023,2\n")))
	refuse(2, []string{"chưa hết"}, both, "--month", "2023-04")
	refuse(2, []string{"--from, --to"}, log)
	refuse(2, []string{"--month"}, both, "--from", "2023-03-01", "--to", "2023-03-31")
	refuse(2, []string{"chưa đến"}, log, "--from", "2023-03-01", "--to", "2023-04-30")
	refuse(2, []string{"huyen-dau-do"}, both, "--district", "huyen-dau-do")
	refuse(2, []string{"--agency"}, "--none", "--month", "2023-03")
	refuse(2, []string{"thiếu tệp"}, "--month", "2023-03")
	refuse(2, []string{"không có tệp"}, filepath.Join(t.TempDir(), "x.csv"))
	if n := len(d.registers()); n != held {
		t.Errorf("%d registers, %d before the refusals", n, held)
	}
	out := d.ok("import", "radio", sheet("them.csv", "1,Xã Đâu Đó,3,\n2,Khe Trăng,2,\n"), "--known-only", "--at", "2023-04-04T09:00", "--sender", "x")
	s := d.standing("2023-04-04T10:00", "A-7.xa", "xa-khe-trang", "2023-03")
	if !strings.Contains(out, "Bỏ qua vì chưa có trong agencies.yaml: Xã Đâu Đó") || s.State != "met" || s.Measures[0].Delivered != 2 {
		t.Errorf("what the plan knows: %s %+v", out, s)
	}
}
