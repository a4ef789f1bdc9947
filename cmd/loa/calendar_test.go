package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestCalendar writes the feed of an owner and the sheet of a month, and says
// what is wrong with what it is asked.
func TestCalendar(t *testing.T) {
	d := newDesk(t)
	feed := d.ok("calendar", "dai-ptth", "--at", "2023-03-08T09:00", "--base", "http://127.0.0.1:8080/")
	for _, s := range []string{"BEGIN:VCALENDAR\r\n", "TZID:Asia/Ho_Chi_Minh\r\n", "SUMMARY:Hạn cuối còn kịp: B-D1", "URL:http://127.0.0.1:8080/tien-do/B-D1/dai-ptth/2023-W10", "Dữ liệu mẫu"} {
		if !strings.Contains(feed, s) {
			t.Errorf("does not say %q", s)
		}
	}
	file := filepath.Join(t.TempDir(), "dai.ics")
	if out := d.ok("calendar", "mau/dai-ptth", "--at", "2023-03-08T09:00", "--base", "http://127.0.0.1:8080", "-o", file); out != "" {
		t.Errorf("written to a file, and printed: %s", out)
	}
	if raw, err := os.ReadFile(file); err != nil || string(raw) != feed {
		t.Errorf("the same feed in a file: %v", err)
	}
	near := d.ok("calendar", "dai-ptth", "--at", "2023-03-08T09:00", "--ahead", "1w")
	if n, m := strings.Count(near, "BEGIN:VEVENT"), strings.Count(feed, "BEGIN:VEVENT"); n == 0 || n >= m {
		t.Errorf("%d entries of a week, %d of half a year", n, m)
	}
	d.refused(2, []string{"không giao nhiệm vụ nào"}, "calendar", "khong-co", "--at", "2023-03-08")
	d.refused(2, []string{"cần một tháng"}, "calendar", "sheet", "--month", "2023-Q2", "--at", "2023-03-08")
	d.refused(2, []string{"không giao nhiệm vụ nào"}, "calendar", "sheet", "--month", "2023-04", "--owner", "khong-co", "--at", "2023-03-08")

	f, err := excelize.OpenReader(bytes.NewReader([]byte(d.ok("calendar", "sheet", "--month", "2023-04", "--owner", "dai-ptth", "--at", "2023-03-28T09:00"))))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Kế hoạch tháng")
	if err != nil {
		t.Fatal(err)
	}
	weeks := 0
	for _, r := range rows {
		if r != nil && r[0] == "B-D1" {
			weeks++
		}
	}
	if weeks != 5 || !strings.Contains(rows[1][0], "DỮ LIỆU MẪU") {
		t.Errorf("%d weeks end in April: %v", weeks, rows)
	}
	// A month that is over is told as it came out.
	f2, err := excelize.OpenReader(bytes.NewReader([]byte(d.ok("calendar", "sheet", "--month", "2023-02", "--at", "2023-03-28T09:00"))))
	if err != nil {
		t.Fatal(err)
	}
	defer f2.Close()
	if past, err := f2.GetRows("Kế hoạch tháng"); err != nil || len(past) < 8 || !strings.Contains(past[3][7], "hưa đủ dữ liệu") {
		t.Errorf("February: %v (%v)", past, err)
	}
}
