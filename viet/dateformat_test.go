package viet

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// A source's own format is tried first, a zone of its own where none is
// printed; what does not fit is read as if neither were there.
func TestParseDateFormat(t *testing.T) {
	now := time.Date(2023, 1, 10, 15, 4, 30, 0, local())
	for _, c := range []struct {
		format, zone, in, want, precision string
		formatted                         bool
	}{
		{"dd/MM/yyyy HH:mm:ss", "", "09/06/2022 09:26:41 Xem cỡ chữ", "2022-06-09T09:26:41+07:00", "second", true},
		{"d/M/yyyy | h:mm:ss tt", "", "Thứ sáu, 6/8/2021 | 1:08:00 PM", "2021-08-06T13:08:00+07:00", "second", true},
		{"dd/MM/yyyy hh:mm:ss tt", "", "Ngày xuất bản: 11/11/2019 5:03:00 CH", "2019-11-11T17:03:00+07:00", "second", true},
		{"dd/MM/yyyy hh:mm:ss tt", "", "11/11/2019 12:03:00 SA", "2019-11-11T00:03:00+07:00", "second", true},
		{"M/d/yyyy h:mm tt", "", "6/8/2021 1:08 PM", "2021-06-08T13:08:00+07:00", "minute", true},
		{"HH:mm, dd/MM/yyyy", "", "21:55, 03/04/2024", "2024-04-03T21:55:00+07:00", "minute", true},
		{"HH:mm dddd, d/M/yyyy", "", "đăng 21:52 Chủ nhật, 1/7/2025", "2025-07-01T21:52:00+07:00", "minute", true},
		{"HH:mm ddd, d/M/yy", "", "21:52 T6, 1/7/25", "2025-07-01T21:52:00+07:00", "minute", true},
		{"d 'tháng' M 'năm' yyyy", "", "Yên Bình, 21 Tháng 09 năm 2025", "2025-09-21T00:00:00+07:00", "day", true},
		{"yyyyMMdd", "", "báo ra 20230310, số 5", "2023-03-10T00:00:00+07:00", "day", true},
		{"yyyyMMdd", "", "120230310", "", "", false},
		// without a year: the last such day
		{"dd/MM HH:mm", "", "09/01 08:15", "2023-01-09T08:15:00+07:00", "minute", true},
		{"dd/MM HH:mm", "", "28/12 08:15", "2022-12-28T08:15:00+07:00", "minute", true},
		// the zone printed behind it wins, then the source's, then Viet Nam's
		{"dd/MM/yyyy HH:mm", "+09:00", "09/06/2022 09:26 (GMT+7)", "2022-06-09T11:26:00+09:00", "minute", true},
		{"dd/MM/yyyy HH:mm", "+09:00", "09/06/2022 09:26", "2022-06-09T09:26:00+09:00", "minute", true},
		{"", "Europe/Paris", "09/06/2022 09:26", "2022-06-09T09:26:00+02:00", "minute", false},
		{"", "Europe/Paris", "09/01/2022", "2022-01-09T00:00:00+01:00", "day", false},
		{"", "+00:00", "Mon, 04 May 2026 12:05:08 GMT+7", "2026-05-04T05:05:08Z", "second", false},
		// another format than the one promised, an impossible day, an unreadable promise
		{"dd/MM/yyyy HH:mm:ss", "", "Thứ hai, 23/11/2026 | 9:15 SA", "2026-11-23T09:15:00+07:00", "minute", false},
		{"MM/dd/yyyy", "", "23/11/2026", "2026-11-23T00:00:00+07:00", "day", false},
		{"dd/MM/yyyy", "", "31/2/2023 hoặc 28/2/2023", "2023-02-28T00:00:00+07:00", "day", true},
		{"ngày", "Nowhere/Else", "28/2/2023", "2023-02-28T00:00:00+07:00", "day", false},
		{"HH:mm dd/MM/yyyy", "", "25:10 28/2/2023", "2023-02-28T00:00:00+07:00", "day", false},
	} {
		d, ok := ParseDate(c.in, DateOptions{Now: now, Zone: c.zone, Format: c.format})
		got := ""
		if ok {
			got = d.Time.Format(time.RFC3339)
		}
		if got != c.want || d.Precision != c.precision || d.Formatted != c.formatted {
			t.Errorf("%q of %q in %q = %s %s formatted=%v, want %s %s %v", c.format, c.in, c.zone, got, d.Precision, d.Formatted, c.want, c.precision, c.formatted)
		}
	}
}

func TestDateOptionsCheck(t *testing.T) {
	for _, o := range []DateOptions{{}, {Zone: "Asia/Ho_Chi_Minh"}, {Zone: "+07:00"}, {Zone: "Europe/Paris"}, {Zone: "UTC"}, {Format: "dd/MM/yyyy HH:mm:ss"},
		{Format: "h:mm tt dd-MM-yy"}, {Format: "'ngày' d/M"}} {
		if err := o.Check(); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, o := range []DateOptions{{Zone: "GMT+7"}, {Zone: "+7"}, {Zone: "+19:00"}, {Zone: "Local"}, {Zone: "Hà Nội"}, {Format: "2006-01-02"}, {Format: "dd/mm/yyyy"},
		{Format: "yyyy"}, {Format: "dd/MM/yyyy hh:mm"}, {Format: "dd/MM/yyyy HH:mm tt"}, {Format: "dd/MM/dd"}, {Format: "ngày dd/MM/yyyy"}, {Format: "dd/MM/yyyy 'lúc"}, {Format: "dd/MM/yyyyy"}} {
		if err := o.Check(); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// What is counted back from Now is told no more exactly than it was printed.
func TestParseDateRelative(t *testing.T) {
	for _, c := range []struct{ now, in, want, precision string }{
		{"15:04", "2h trước", "2023-03-10 00:00", "day"},
		{"15:04", "1 giờ 20 phút trước", "2023-03-10 13:44", "minute"},
		{"15:04", "cách đây 30 phút trước", "2023-03-10 14:34", "minute"},
		{"15:04", "45 giây trước", "2023-03-10 15:03", "minute"},
		{"15:04", "Vừa xong", "2023-03-10 15:04", "minute"},
		{"01:30", "2 giờ trước", "2023-03-09 00:00", "day"},
		{"01:30", "1 giờ trước", "", ""}, // 23:31 or 00:30
		{"01:30", "25 phút trước", "2023-03-10 01:05", "minute"},
		{"00:10", "hôm qua", "2023-03-09 00:00", "day"},
		{"15:04", "hôm qua 21:55", "2023-03-09 21:55", "minute"},
		{"15:04", "1 tuần trước", "", ""},
		{"15:04", "vừa đăng ký xong", "", ""},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04:05", "2023-03-10 "+c.now+":00", local())
		if err != nil {
			t.Fatal(err)
		}
		d, ok := ParseDate(c.in, DateOptions{Now: now})
		got := ""
		if ok {
			got = d.Time.Format("2006-01-02 15:04")
		}
		if got != c.want || d.Precision != c.precision || ok && !d.Relative {
			t.Errorf("at %s %q = %q %s relative=%v, want %q %s", c.now, c.in, got, d.Precision, d.Relative, c.want, c.precision)
		}
	}
}

// No format and no zone makes it read what could not have been published, and
// what a format read is read by it again.
func FuzzParseDateFormat(f *testing.F) {
	f.Add("09/06/2022 09:26:41", "dd/MM/yyyy HH:mm:ss", "+07:00", int64(1678410900))
	f.Add("2 giờ trước", "d/M/yyyy | h:mm:ss tt", "Europe/Paris", int64(1678410900))
	f.Add("đăng 21:52 T6, 1/7/25", "HH:mm ddd, d/M/yy", "", int64(0))
	f.Fuzz(func(t *testing.T, s, format, zone string, now int64) {
		if strings.Contains(zone, "/") && zone != "Europe/Paris" { // the files of the zones are not what is tested
			zone = ""
		}
		opt := DateOptions{Format: format, Zone: zone, Now: time.Unix(now%(1<<40), 0)}
		d, ok := ParseDate(s, opt)
		if !ok {
			return
		}
		if y := d.Time.Year(); !d.Relative && (y < firstYear-1 || y > lastYear+1) {
			t.Fatalf("year %d from %q by %q", y, s, format)
		}
		if d.Text == "" || !utf8.ValidString(d.Text) {
			t.Fatalf("text %q from %q", d.Text, s)
		}
		if !d.Formatted {
			return
		}
		if err := (DateOptions{Format: format}).Check(); err != nil {
			t.Fatalf("%q was used and is refused: %v", format, err)
		}
		again, ok := ParseDate(d.Text, opt)
		if !ok || !again.Formatted || !again.Time.Equal(d.Time) || again.Precision != d.Precision {
			t.Fatalf("%q by %q gave %q = %v, which alone gives %v %v", s, format, d.Text, d.Time, again.Time, ok)
		}
	})
}
