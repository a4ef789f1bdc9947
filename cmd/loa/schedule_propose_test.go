package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const stationGrid = `station: dai-ptth
blocks:
  - {channel: mau-tv, on: [t5], from: "20:15", to: "20:45", kind: fixed, programme: Chung tay CCHC, column: chung-tay-cchc}
  - {channel: mau-tv, on: [t6], from: "20:15", to: "21:00", kind: open}
conflicts:
  - {date: 2023-04-13, from: "19:00", to: "22:00", channels: [mau-tv], why: truyền hình trực tiếp bóng đá}
`

// TestScheduleProposeAndCompare: times for four weeks, around a match; then two
// drafts of the month against the plan.
func TestScheduleProposeAndCompare(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	grid := d.file("khung.yaml", []byte(stationGrid))
	propose := []string{"schedule", "propose", "--grid", grid, "--at", "2023-04-01", "--from", "2023-04-03", "--to", "2023-04-30"}
	var starts []string
	lines := strings.Split(strings.TrimSpace(d.ok(append(propose, "--json")...)), "\n")
	for _, line := range lines[:len(lines)-1] {
		var l airtimeLine
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Quota != "B-D1" || len(l.Reasons) == 0 {
			t.Errorf("%q: %v", line, err)
		}
		starts = append(starts, l.Start[5:16])
	}
	var end seasonEnd
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil || end.Slots != 4 || end.Changes != 1 || end.Empty != 0 || end.Gap != 0 {
		t.Errorf("%+v, %v", end, err)
	}
	if got := strings.Join(starts, " "); got != "04-06T20:15 04-14T20:15 04-20T20:15 04-27T20:15" {
		t.Errorf("times %s", got)
	}
	text := d.ok(propose...)
	for _, want := range []string{sampleNotice, "Đài tự quyết định", "20h15 14/4/2023 (thứ Sáu)", "Trùng truyền hình trực tiếp bóng đá", "Đúng ô của chuyên mục", "bảo đảm ít nhất 15 phút", "4 lần phát, 1 lần đổi giờ"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%s", want, text)
		}
	}
	d.refused(1, []string{"khung.yaml:4", "cần một trong"}, "schedule", "propose", "--at", "2023-04-01", "--grid", d.file("khung.yaml", []byte(strings.Replace(stationGrid, "channel: mau-tv, on: [t6]", "channel: vtv1, on: [t6]", 1))))
	for _, bad := range [][]string{{"--channel", "vtv1"}, {"--column", "x"}, {"--quota", "A-4"}, {"--minutes", "0"}, {"--to", "2023-01-01"}, {"--to", "2025-01-01"}} {
		d.refused(2, nil, append([]string{"schedule", "propose", "--grid", grid, "--at", "2023-04-01"}, bad...)...)
	}

	const name = "Chung tay cải cách hành chính"
	a := d.file("a.csv", csvLog(televisionRow(name, "Số 14", "06/04/2023", "20:15", "00:20:00", "phát mới"), televisionRow(name, "Số 15", "13/04/2023", "20:15", "00:12:00", "phát mới")))
	b := d.file("b.csv", csvLog(televisionRow(name, "Số 14", "06/04/2023", "20:15", "00:20:00", "phát mới"), televisionRow(name, "Số 15", "14/04/2023", "20:15", "00:20:00", "phát mới")))
	compare := []string{"schedule", "compare", a, b, "--at", "2023-03-27"}
	text = d.ok(compare...)
	for _, want := range []string{sampleNotice, "tháng 4/2023", "Tuần 15 (10/4–16/4/2023): bản A chưa đủ (0/01), bản B đủ (1/01)", "dài 12 phút, cần ít nhất 15 phút", "chỉ nằm một phần trong tháng", "bản A đủ 1, bản B đủ 2", "Khác nhau 1 chỗ", "14/4/2023 (thứ Sáu), 20 phút"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%s", want, text)
		}
	}
	found := false
	for line := range strings.Lines(d.ok(append(compare, "--month", "2023-04", "--json")...)) {
		var l compareLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		found = found || l.Period == "2023-W15" && !l.A.Met && l.B.Met && len(l.A.Why) == 1 && l.A.Why[0].Code == "too_short"
	}
	if !found {
		t.Error("--json does not tell of week 15")
	}
	d.refused(1, []string{"không có lần phát nào trong tháng 5/2023"}, append(compare, "--month", "2023-05")...)
	d.refused(2, []string{"--month"}, append(compare, "--month", "2023-W10")...)
	d.refused(1, []string{"lich.csv", "lỗi; chưa nạp dòng nào của lich.csv"}, "schedule", "compare", a, d.file("lich.csv", []byte("a,b\n1,2\n")), "--at", "2023-03-27")
	if out := d.ok("decide", "evidence", "--quota", "B-D1", "--owner", "dai-ptth", "--at", "2023-05-01"); !strings.Contains(out, "Không có minh chứng nào") {
		t.Errorf("a draft left evidence: %s", out)
	}
}
