package main

import (
	"strings"
	"testing"
)

// TestNotifyRelease: the station is told of a miss only once a person has confirmed
// it, in the officer's department's name; departments by the month alone, in the
// name of the body that reminds.
func TestNotifyRelease(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	release := []string{"notify", "release", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--by", "Chuyên viên", "--at", "2023-03-20T09:00"}
	d.refused(2, []string{"không có gì để báo"}, release...)
	d.ok("decide", "confirm-missed", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--reason", "Đài báo không phát", "--by", "Chuyên viên", "--at", "2023-03-20T08:00")
	d.refused(2, []string{"chỉ dưới tên «mau/so-tttt»"}, append(release, "--as", "so-noi-vu")...)
	if out := d.ok("notify", "release", "--list", "--at", "2023-03-20T09:00"); !strings.Contains(out, "Chưa cho gửi gì") {
		t.Errorf("a refused release was recorded: %s", out)
	}
	if out := d.ok(release...); !strings.Contains(out, "Đã cho gửi kết quả chưa đạt: B-D1") || !strings.Contains(out, "dưới tên Sở TT&TT") {
		t.Errorf("%s", out)
	}
	later := append(release[:len(release)-1:len(release)-1], "2023-03-20T10:00")
	d.refused(2, []string{"đã có người cho gửi"}, later...)
	d.refused(2, []string{"không phải cơ quan báo chí"}, "notify", "release", "--quota", "B-A1", "--owner", "so-y-te", "--period", "2022-12-30..2023-01-30", "--at", "2023-03-20")
	d.refused(2, []string{"dưới tên «mau/so-noi-vu»"}, "notify", "release", "--month", "2023-02", "--at", "2023-03-20")
	d.ok("notify", "release", "--month", "2023-02", "--as", "so-noi-vu", "--by", "Chuyên viên Sở Nội vụ", "--at", "2023-03-20")
	out := d.ok("notify", "release", "--list", "--at", "2023-03-21")
	if strings.Count(out, "\n") != 2 || !strings.Contains(out, "tổng hợp tháng\tcác sở, huyện\tkỳ 2023-02\tdưới tên Sở Nội vụ") {
		t.Errorf("%s", out)
	}
}
