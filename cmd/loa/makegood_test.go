package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMakeGoodCase walks a case from a confirmed miss to its proof, with the
// mistakes on the way: what is refused says why and stores nothing.
func TestMakeGoodCase(t *testing.T) {
	d := newDesk(t)
	fm := func(from, to string) {
		d.ok("import", "airings", d.file("fm.csv", []byte("Ngày;Giờ;Chương trình;Thời lượng;Phát mới/Phát lại\n"+from[8:]+"/3/2023;5h30;Bản tin sáng;15';PM\n")),
			"--channel", "mau-fm", "--from", from, "--to", to, "--at", to+"T23:59")
	}
	log := func(at, from, to string, rows ...[]string) {
		d.ok("import", "airings", d.file("tv.csv", csvLog(rows...)), "--channel", "mau-tv", "--from", from, "--to", to, "--at", at)
	}
	fm("2023-03-06", "2023-03-12")
	fm("2023-03-13", "2023-03-19")
	fm("2023-03-20", "2023-03-26")
	log("2023-03-13T08:00", "2023-03-06", "2023-03-12", news("06/03/2023"), news("12/03/2023"))
	open := []string{"makegood", "open", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--reason", "technical", "--words", "hỏng máy phát", "--by", "Chuyên viên"}
	d.refused(2, []string{"mới là đề nghị rà soát", "confirm-missed"}, append(open, "--at", "2023-03-13T09:00")...)
	d.ok("decide", "confirm-missed", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--reason", "đài báo hỏng máy", "--by", "Chuyên viên", "--at", "2023-03-13T09:00")
	d.refused(2, []string{"chưa có kết quả theo dõi"}, append(open[:7:7], append([]string{"2023-W40"}, append(open[8:], "--at", "2023-03-13T09:10")...)...)...)
	if out := d.ok(append(open, "--at", "2023-03-13T09:10")...); !strings.Contains(out, "PB-01") || !strings.Contains(out, "hỏng máy phát") {
		t.Errorf("opened: %s", out)
	}
	d.refused(2, []string{"đã có việc phát bù PB-01"}, append(open, "--at", "2023-03-13T09:11")...)

	propose := func(start, minutes string, more ...string) []string {
		return append([]string{"makegood", "propose", "pb-01", "--channel", "mau-tv", "--start", start, "--minutes", minutes, "--by", "Đài", "--at", "2023-03-13T10:00"}, more...)
	}
	d.refused(2, []string{"sẽ không được tính", "dài 12 phút"}, propose("2023-03-15T20:00", "12")...)
	d.refused(2, []string{"ngoài khung giờ có nhiều người theo dõi"}, propose("2023-03-15T23:00", "20")...)
	d.refused(2, []string{"không thuộc chuyên mục"}, propose("2023-03-15T20:00", "20", "--programme", "Thời sự tối")...)
	d.refused(2, []string{"không có việc phát bù «PB-09»"}, "makegood", "propose", "PB-09", "--channel", "mau-tv", "--start", "2023-03-15T20:00", "--minutes", "20", "--at", "2023-03-13T10:00")
	if out := d.ok(propose("2023-03-15T20:00", "20")...); !strings.Contains(out, "chờ thống nhất") {
		t.Errorf("proposed: %s", out)
	}
	d.refused(2, []string{"đã hẹn đủ"}, propose("2023-03-16T20:00", "20")...)
	d.refused(2, []string{"thiếu số, ngày của văn bản"}, "makegood", "approve", "PB-01", "--at", "2023-03-13T11:00")
	paper := filepath.Join(t.TempDir(), "18.pdf")
	if err := os.WriteFile(paper, []byte("%PDF-1.4 thống nhất"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.ok("makegood", "approve", "PB-01", "--document", "18/PTTH-TH", "--issuer", "Đài PT-TH", "--issued", "2023-03-13", "--file", paper, "--by", "Chuyên viên", "--at", "2023-03-13T11:00")

	d.refused(2, []string{"chưa đến giờ"}, "makegood", "aired", "PB-01", "--at", "2023-03-14T09:00")
	d.refused(2, []string{"chưa nhận được nhật ký"}, "makegood", "miss", "PB-01", "--at", "2023-03-17T09:00")
	log("2023-03-20T08:00", "2023-03-13", "2023-03-19", news("13/03/2023"), reform("17/03/2023"), news("19/03/2023")) // only the week's own
	d.refused(2, []string{"nhật ký đã có, không thấy"}, "makegood", "aired", "PB-01", "--at", "2023-03-20T09:00")
	d.ok("makegood", "miss", "PB-01", "--words", "lại hỏng", "--by", "Chuyên viên", "--at", "2023-03-20T09:00")
	d.ok("makegood", "propose", "PB-01", "--channel", "mau-tv", "--start", "2023-03-22T20:00", "--minutes", "20", "--by", "Đài", "--at", "2023-03-20T09:30")
	d.ok("makegood", "approve", "PB-01", "--document", "21/PTTH-TH", "--by", "Chuyên viên", "--at", "2023-03-20T10:00")
	log("2023-03-27T08:00", "2023-03-20", "2023-03-26", televisionRow("Chung tay cải cách hành chính", "Số 11/2023 (phát bù)", "22/03/2023", "20:10:00", "00:16:00", "Phát mới"), reform("24/03/2023"))
	d.refused(2, []string{"còn thiếu 01 lần phát bù"}, "makegood", "close", "PB-01", "--at", "2023-03-27T08:30")
	if out := d.ok("makegood", "list", "--at", "2023-03-27T08:30"); !strings.Contains(out, "đã thống nhất, chờ phát bù") {
		t.Errorf("list: %s", out)
	}
	out := d.ok("makegood", "aired", "PB-01", "--by", "Chuyên viên", "--at", "2023-03-27T09:00")
	for _, s := range []string{"máy tìm, người ghi xác nhận", "đã phát bù đủ", "nay chưa đạt", "22/3/2023"} {
		if !strings.Contains(out, s) {
			t.Errorf("aired does not say %q: %s", s, out)
		}
	}
	s := d.standing("2023-03-27T09:30", "B-D1", "dai-ptth", "2023-W10")
	if s.State != "missed" || s.Reasons[len(s.Reasons)-1].Code != "made_good" {
		t.Errorf("noted: %s %+v", s.State, s.Reasons)
	}
	d.ok("plan", "set", "--quota", "B-D1", "--field", "make_good_policy", "--value", "repairs", "--from", "2023-03-01", "--basis", "thống nhất với Đài ngày 01/3/2023", "--by", "Chuyên viên", "--at", "2023-03-27T10:00")
	if got := d.state("2023-03-27T11:00", "2023-W10") + ", " + d.state("2023-03-27T11:00", "2023-W12"); got != "met false, met false" {
		t.Errorf("with a plan that repairs: %s", got)
	}
	d.ok("makegood", "retract", "PB-01", "--pledge", "2", "--words", "nhầm số", "--by", "Chuyên viên", "--at", "2023-03-27T11:30")
	if got := d.state("2023-03-27T11:31", "2023-W10"); got != "missed true" {
		t.Errorf("taken back: %s", got)
	}
	d.ok("makegood", "aired", "PB-01", "--by", "Chuyên viên", "--at", "2023-03-27T11:40")
	d.ok("makegood", "close", "PB-01", "--by", "Chuyên viên", "--at", "2023-03-27T12:00")
	d.refused(2, []string{"đã kết thúc"}, "makegood", "withdraw", "PB-01", "--words", "thử", "--at", "2023-03-27T12:10")
	if out := d.ok("makegood", "list", "--at", "2023-03-27T13:00"); !strings.Contains(out, "Không có việc phát bù nào đang xử lý") {
		t.Errorf("list: %s", out)
	}
	var line caseLine
	if err := json.Unmarshal([]byte(d.ok("makegood", "list", "--all", "--json", "--at", "2023-03-27T13:00")), &line); err != nil {
		t.Fatal(err)
	}
	if line.State != "closed" || len(line.Pledges) != 2 || line.Pledges[0].Outcome != "missed" || !line.Pledges[1].Found || line.Misses[0].Covered != 1 || line.Misses[0].State != "met" {
		t.Errorf("as JSON: %+v", line)
	}
}

// TestMakeGoodNever: a case that will not be made good ends by a document, and the standing says so.
func TestMakeGoodNever(t *testing.T) {
	d := newDesk(t)
	d.ok("decide", "confirm-missed", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--reason", "đài báo", "--by", "Chuyên viên", "--at", "2023-03-13T09:00")
	d.ok("makegood", "open", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--reason", "breaking", "--at", "2023-03-13T09:10")
	d.refused(2, []string{"thiếu số, ngày của văn bản"}, "makegood", "preempt", "PB-01", "--at", "2023-03-14T09:00")
	if out := d.ok("makegood", "preempt", "PB-01", "--document", "19/PTTH", "--issuer", "Đài PT-TH", "--by", "Chuyên viên", "--at", "2023-03-14T09:00"); !strings.Contains(out, "không phát bù") {
		t.Errorf("never: %s", out)
	}
	s := d.standing("2023-03-14T10:00", "B-D1", "dai-ptth", "2023-W10")
	if r := s.Reasons[len(s.Reasons)-1]; s.State != "missed" || r.Code != "not_made_good" || r.Args["document"] != "19/PTTH" {
		t.Errorf("%s %+v", s.State, s.Reasons)
	}
	if out := d.ok("decide", "list", "--at", "2023-03-14T10:00"); !strings.Contains(out, "không phát bù\tB-D1") {
		t.Errorf("list: %s", out)
	}
}
