package main

import (
	"strings"
	"testing"
)

// TestCalls: a call is written down and read back; what is wrong is refused, and a
// promise is told on its day.
func TestCalls(t *testing.T) {
	d := newDesk(t)
	args := []string{"calls", "add", "--at", "2023-03-08T09:00", "--owner", "dai-ptth", "--quota", "B-D1", "--period", "2023-W10", "--whom", "Phòng Chương trình, 0900 000 001", "--by", "Chuyên viên"}
	d.ok(append(args, "--words", "sẽ phát tối thứ Sáu", "--until", "2023-03-10")...)
	d.refused(2, []string{"ngày hẹn ở trước ngày gọi"}, append(args, "--words", "đã phát", "--until", "2023-03-01")...)
	d.refused(2, []string{"không có cơ quan"}, "calls", "add", "--at", "2023-03-08T09:00", "--owner", "khong-co", "--whom", "x", "--words", "y")
	d.refused(2, []string{"không phải kỳ"}, "calls", "add", "--at", "2023-03-08T09:00", "--owner", "dai-ptth", "--quota", "B-D1", "--period", "2023-03", "--whom", "x", "--words", "y")
	out := d.ok("calls", "list", "--at", "2023-03-08T10:00")
	for _, want := range []string{"08/03/2023 09:00", "cuộc gọi", "B-D1", "2023-W10", "0900 000 001", "sẽ phát tối thứ Sáu", "hẹn: 10/3/2023", "Chuyên viên"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
	if out := d.ok("calls", "list", "--due", "--at", "2023-03-09T10:00"); !strings.Contains(out, "Chưa ghi") {
		t.Errorf("due before its day: %s", out)
	}
	if out := d.ok("calls", "--due", "--at", "2023-03-10T08:00"); !strings.Contains(out, "thứ Sáu") {
		t.Errorf("not due on its day: %s", out)
	}
}
