package viet

import (
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Every form that was seen on a page or in a feed of the field notes, and the
// traps around them. want is in UTC+7.
func TestParseDate(t *testing.T) {
	now := time.Date(2023, 3, 10, 15, 4, 30, 0, local())
	for _, c := range []struct {
		in, want, precision string
		zone                bool
	}{
		// Báo Yên Bái: no padding, English halves, no zone
		{"Thứ sáu, 6/8/2021 | 1:08:00 PM", "2021-08-06 13:08:00", "second", false},
		{"Cập nhật: Chủ nhật, 14/10/2012 | 10:55:37 AM", "2012-10-14 10:55:37", "second", false},
		{"  • Cập nhật: Thứ tư, 3/4/2024 | 3:14:27 PM", "2024-04-03 15:14:27", "second", false},
		{"- Cập nhật: Thứ ba, 21/11/2023 | 12:27:18 AM", "2023-11-21 00:27:18", "second", false},
		{"Thứ bảy, 1/1/2005 | 12:00:00 AM", "2005-01-01 00:00:00", "second", false}, // the placeholder is kept
		{"Thứ ba, 29/6/2010 | 12:43:01 PM", "2010-06-29 12:43:01", "second", false},
		// portal, city, others
		{"09/06/2022 09:26:41 Xem cỡ chữ Google", "2022-06-09 09:26:41", "second", false},
		{"Ngày xuất bản: 11/11/2019 5:03:00 CH", "2019-11-11 17:03:00", "second", false},
		{"23/11/2026 9:15:00 SA", "2026-11-23 09:15:00", "second", false},
		{"23/11/2026 12:15:00 SA", "2026-11-23 00:15:00", "second", false},
		{"23/11/2026 12:15:00 CH", "2026-11-23 12:15:00", "second", false},
		{"Thứ Hai, 23/11/2026 14:15 (GMT+7)", "2026-11-23 14:15:00", "minute", true},
		{"Thứ Hai, 23/11/2026 14:15", "2026-11-23 14:15:00", "minute", false},
		{"23/11/2026 14:15", "2026-11-23 14:15:00", "minute", false},
		{"23-11-2026 14:15:16", "2026-11-23 14:15:16", "second", false},
		{"23-11-2026", "2026-11-23 00:00:00", "day", false},
		{"Thứ ba, 28/02/2023 12:49", "2023-02-28 12:49:00", "minute", false},
		{"Thứ 5, 28/05/2026 17:00:00 GMT+7 ", "2026-05-28 17:00:00", "second", true},
		{"- 12/05/2016 04:00:00 PM", "2016-05-12 16:00:00", "second", false},
		{"21:55, 03/04/2024", "2024-04-03 21:55:00", "minute", false},
		{"Thứ ba, 21:52, 01/07/2025", "2025-07-01 21:52:00", "minute", false},
		{"21:52 Thứ ba, 01/07/2025", "2025-07-01 21:52:00", "minute", false},
		{"14h05 ngày 9/3/2023", "2023-03-09 14:05:00", "minute", false},
		{"phát 20h15 ngày 09/3/2023, 12h00 ngày 10/3/2023", "2023-03-09 20:15:00", "minute", false},
		{"lúc 20 giờ 15 phút ngày 9 tháng 3 năm 2023", "2023-03-09 20:15:00", "minute", false},
		{"8 giờ 10 tháng 3 năm 2023", "2023-03-10 08:00:00", "minute", false},
		{"20h 9/3/2023", "2023-03-09 20:00:00", "minute", false},
		{"9/3/2023 3 giờ chiều", "2023-03-09 15:00:00", "minute", false},
		{"( Phát mới 9 / 01 / 2017 )", "2017-01-09 00:00:00", "day", false},
		{"( PL CT 30/9/17", "2017-09-30 00:00:00", "day", false},
		{"15/12/2018", "2018-12-15 00:00:00", "day", false},
		{"6.8.2021", "2021-08-06 00:00:00", "day", false},
		{"Thứ bảy 14/03/2026 02:56", "2026-03-14 02:56:00", "minute", false},
		{"18/10/2019 13:36 PM", "2019-10-18 13:36:00", "minute", false},
		{"Điểm sự kiện tuần qua (26/2 - 3/3/2024)", "2024-03-03 00:00:00", "day", false},
		{"Họp 8:00-11:00 ngày 9/3/2023", "2023-03-09 08:00:00", "minute", false},
		{"9/3/2023 8:00-11:00", "2023-03-09 08:00:00", "minute", false},
		// words
		{"21 tháng 09 năm 2025", "2025-09-21 00:00:00", "day", false},
		{"Yên Bái, ngày 6 tháng 8 năm 2021", "2021-08-06 00:00:00", "day", false},
		{"Thứ Hai, 23 tháng 11, 2026", "2026-11-23 00:00:00", "day", false},
		{"23 Th11, 2026", "2026-11-23 00:00:00", "day", false},
		{"Th11 23, 2026 lúc 14:15", "2026-11-23 14:15:00", "minute", false},
		{"14:15 23 thg 11, 2026", "2026-11-23 14:15:00", "minute", false},
		{"Tháng Mười Một 23, 2026", "2026-11-23 00:00:00", "day", false},
		{"14 Tháng Năm, 2023", "2023-05-14 00:00:00", "day", false},
		{"14 tháng năm năm 2023", "2023-05-14 00:00:00", "day", false},
		{"ngày 05 tháng 3 năm 2023", "2023-03-05 00:00:00", "day", false},
		{"Thứ 5, ngày 05 tháng 03 năm 2023, 14 giờ 05 phút", "2023-03-05 14:05:00", "minute", false},
		{"5 Th3, 2023 | 8:05 SA", "2023-03-05 08:05:00", "minute", false},
		{"20:30 | 05/03/23", "2023-03-05 20:30:00", "minute", false},
		// mail and feeds
		{"Wed, 26 Jul 2017 19:55:20 +0700", "2017-07-26 19:55:20", "second", true},
		{"Wed, 26 Jul 2017 19:55:20 +0000", "2017-07-27 02:55:20", "second", true},
		{"Wed, 26 Jul 2017 19:55:20 GMT", "2017-07-27 02:55:20", "second", true},
		{"Wed, 26 Jul 2017 19:55:20 -0500", "2017-07-27 07:55:20", "second", true},
		{"Wed, 26 Jul 2017 19:55:20 EST", "2017-07-27 07:55:20", "second", true},
		{"Thu, 20 Aug 26 23:21:56 +0700", "2026-08-20 23:21:56", "second", true},
		{"20 Aug 26 23:21 +0700", "2026-08-20 23:21:00", "minute", true},
		{"Mon, 04 May 2026 12:05:08 GMT+7", "2026-05-04 12:05:08", "second", true},
		{"Mon, 04 May 2026 12:05:08 GMT+07:00", "2026-05-04 12:05:08", "second", true},
		{"Mon, 04 May 2026 12:05:08 (UTC +07:00)", "2026-05-04 12:05:08", "second", true},
		{"Mon, 04 May 2026 12:05:08 ICT", "2026-05-04 12:05:08", "second", true},
		{"Mon, 04 May 2026 12:05:08", "2026-05-04 12:05:08", "second", false},
		{"Mon May  4 12:05:08 2026", "2026-05-04 12:05:08", "second", false},
		{"Mon May  4 05:05:08 UTC 2026", "2026-05-04 12:05:08", "second", true},
		{"Thu Mar 09 2023 14:05:00 GMT+0700 (Indochina Time)", "2023-03-09 14:05:00", "second", true},
		{"July 26th, 2017", "2017-07-26 00:00:00", "day", false},
		{"Sept. 3, 2023 9:05 p.m.", "2023-09-03 21:05:00", "minute", false},
		{"26-Jul-2017 19:55", "2017-07-26 19:55:00", "minute", false},
		// ISO
		{"2023-03-10T08:15:00+07:00", "2023-03-10 08:15:00", "second", true},
		{"2023-03-10T01:15:00Z", "2023-03-10 08:15:00", "second", true},
		{"2023-03-10T01:15:00.123456Z", "2023-03-10 08:15:00", "second", true},
		{"2023-03-10T08:15:00", "2023-03-10 08:15:00", "second", false},
		{"2023-03-10T08:15", "2023-03-10 08:15:00", "minute", false},
		{"2023-03-10T08:15:00-05:00", "2023-03-10 20:15:00", "second", true},
		{"2023-03-10 08:15:00+07", "2023-03-10 08:15:00", "second", true},
		{"2023-03-10", "2023-03-10 00:00:00", "day", false},
		{"2023-03-10+07:00", "2023-03-10 00:00:00", "day", false},
		{"/uploads/2023/03/10/anh.jpg", "2023-03-10 00:00:00", "day", false},
		{"20230310T081500", "2023-03-10 08:15:00", "second", false},
		{"20230310T011500Z", "2023-03-10 08:15:00", "second", true},
		// digits alone
		{"1678410900", "2023-03-10 08:15:00", "second", true},
		{"1678410900000", "2023-03-10 08:15:00", "second", true},
		{"/Date(1678410900000)/", "2023-03-10 08:15:00", "second", true},
		{"20230310", "2023-03-10 00:00:00", "day", false},
		{"20230310081500", "2023-03-10 08:15:00", "second", false},
		// relative
		{"15 phút trước", "2023-03-10 14:49:00", "minute", false},
		{"2 giờ trước", "2023-03-10 00:00:00", "day", false},
		{"20 giờ trước", "2023-03-09 00:00:00", "day", false},
		{"3 ngày trước", "2023-03-07 00:00:00", "day", false},
		{"Đăng hôm qua, 14:05", "2023-03-09 14:05:00", "minute", false},
		{"Hôm nay lúc 8h", "2023-03-10 08:00:00", "minute", false},
		{"hôm qua", "2023-03-09 00:00:00", "day", false},
		// damage
		{norm.NFD.String("Cập nhật: Thứ Sáu, ngày 10 tháng 3 năm 2023"), "2023-03-10 00:00:00", "day", false},
		{"Ngày\u00a010/3/2023\u200b | 8:15", "2023-03-10 08:15:00", "minute", false},
		{"２１/０９/２０２５　１４：０５", "2025-09-21 14:05:00", "minute", false},
		{norm.NFD.String("Thứ sáu, 6/8/2021 | 1:08:00 CH"), "2021-08-06 13:08:00", "second", false},
		{norm.NFD.String("hôm qua, 2 giờ chiều"), "2023-03-09 14:00:00", "minute", false},
		{"10/3/2023 24:15", "2023-03-10 00:00:00", "day", false},
		{"10/3/2023 9:75", "2023-03-10 00:00:00", "day", false},
		{"sinh ngày 19/5/1890, đăng 10/3/2023", "2023-03-10 00:00:00", "day", false},
	} {
		d, ok := ParseDate(c.in, DateOptions{Now: now})
		got := d.Time.Format("2006-01-02 15:04:05")
		if !ok || got != c.want || d.Precision != c.precision || d.Zone != c.zone {
			t.Errorf("ParseDate(%q) = %s %s zone=%v ok=%v, want %s %s zone=%v", c.in, got, d.Precision, d.Zone, ok, c.want, c.precision, c.zone)
		}
	}
}

func TestParseDateOrder(t *testing.T) {
	for _, c := range []struct {
		in         string
		monthFirst bool
		want       string
		swapped    bool
	}{
		{"05/06/2026 08:00:00", false, "2026-06-05", false},
		{"05/06/2026 08:00:00", true, "2026-05-06", false},
		{"11/23/2026 2:15:00 PM", true, "2026-11-23", false},
		{"11/23/2026 2:15:00 PM", false, "2026-11-23", true},
		{"23/11/2026 2:15:00 PM", true, "2026-11-23", true},
		{"12/05/2016 04:00:00 PM", false, "2016-05-12", false}, // AM and PM prove nothing
	} {
		d, ok := ParseDate(c.in, DateOptions{MonthFirst: c.monthFirst})
		if got := d.Time.Format("2006-01-02"); !ok || got != c.want || d.Swapped != c.swapped {
			t.Errorf("ParseDate(%q, monthFirst %v) = %s swapped=%v ok=%v, want %s %v", c.in, c.monthFirst, got, d.Swapped, ok, c.want, c.swapped)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, s := range []string{"", "   ", "không có ngày", "31/2/2023", "29/02/2023", "32/1/2023", "0/3/2023", "13/13/2023", "2023-13-01",
		"0001-01-01T00:00:00", "1/1/1970", "19/5/1890", "285/KH-UBND", "09/2019/NĐ-CP", "12/11/2021/QH15", "02163.818.555", "192.168.1.20", "10.1.20.5",
		"tháng 3/2023", "10/3", "2 giờ trước", "hôm qua", "123", "9999999999999999", "00000000", "31/4/2023 10:00",
		"Mon, 04 May 2026 12:05:08 +9900", "30 tháng 2 năm 2023", "tuần 10 (06/3-12/3)", "công ty may 10"} {
		if d, ok := ParseDate(s, DateOptions{}); ok {
			t.Errorf("ParseDate(%q) = %+v, want refused", s, d)
		}
	}
	for _, s := range []string{"3 tuần trước", "2 tháng trước", "hôm kìa"} {
		if d, ok := ParseDate(s, DateOptions{Now: time.Date(2023, 3, 10, 0, 0, 0, 0, local())}); ok {
			t.Errorf("ParseDate(%q) = %+v, want refused", s, d)
		}
	}
}

func TestParseDateText(t *testing.T) {
	for in, want := range map[string]string{
		"Tin trong tỉnh 09/06/2022 09:26:41 Xem cỡ chữ": "09/06/2022 09:26:41",
		"Thứ ba, 21:52, 01/07/2025 | VOV2":              "21:52, 01/07/2025",
		"đăng 14:15 (GMT+7) 23/11/2026.":                "14:15 (GMT+7) 23/11/2026",
		"Ngày 6 tháng 8 năm 2021, tại Yên Bái":          "6 tháng 8 năm 2021",
	} {
		if d, ok := ParseDate(in, DateOptions{}); !ok || d.Text != want {
			t.Errorf("ParseDate(%q).Text = %q (%v), want %q", in, d.Text, ok, want)
		}
	}
}

// Whatever it reads is a possible publication date, its text lies in the line,
// and reading that text alone gives the same day and clock.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"Thứ sáu, 6/8/2021 | 1:08:00 PM", "21 tháng 09 năm 2025", "Mon, 04 May 2026 12:05:08 GMT+7", "2023-03-10T08:15:00-05:00",
		"14h05 ngày 9/3/2023", "Mon May  4 05:05:08 UTC 2026", "23 Th11, 2026", "1678410900", "20230310T081500Z", "31/2/2023", "10.1.20.5", "hôm qua, 14:05"} {
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, monthFirst bool) {
		d, ok := ParseDate(s, DateOptions{MonthFirst: monthFirst})
		if !ok {
			return
		}
		if y := d.Time.Year(); y < firstYear-1 || y > lastYear+1 {
			t.Fatalf("year %d from %q", y, s)
		}
		if d.Text == "" || !utf8.ValidString(d.Text) {
			t.Fatalf("text %q from %q", d.Text, s)
		}
		if d.Precision == PrecisionDay && (d.Time.Hour() != 0 || d.Time.Minute() != 0) {
			t.Fatalf("a day with a clock: %v from %q", d.Time, s)
		}
		again, ok := ParseDate(d.Text, DateOptions{MonthFirst: monthFirst})
		if !ok || !again.Time.Equal(d.Time) || again.Precision != d.Precision {
			t.Fatalf("%q gave %q = %v %s, which alone gives %v %s %v", s, d.Text, d.Time, d.Precision, again.Time, again.Precision, ok)
		}
	})
}
