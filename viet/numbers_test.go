package viet

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]string{
		`15'30"`: "15m30s", "15’30”": "15m30s", "15'30''": "15m30s", "15′": "15m", "15'": "15m", "15'30": "15m30s",
		"15 phút 30 giây": "15m30s", "15phút": "15m", "15p": "15m", "15 ph": "15m", "15,5 phút": "15m30s", "15.5 phút": "15m30s",
		"1 giờ 5 phút": "1h5m", "1h05": "1h5m", "1g05p": "1h5m", "1 giờ": "1h", "90 phút": "1h30m", "90 giây": "1m30s", "900s": "15m",
		"15 phút, 30 giây": "15m30s", "15m30s": "15m30s", "PT15M30S": "15m30s", "PT1H5M": "1h5m", "1h2m3s": "1h2m3s",
		"15:30": "15m30s", "00:15:30": "15m30s", "1:02:03": "1h2m3s", "00:15:30:12": "15m30s", "00:15:30;12": "15m30s", "00:15:30.500": "15m30s",
		"  00:14:59 ": "14m59s", "75:00": "1h15m", "15\u00a0phút": "15m",
	} {
		w, err := time.ParseDuration(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := ParseDuration(in); !ok || got != w {
			t.Errorf("ParseDuration(%q) = %v %v, want %v", in, got, ok, w)
		}
	}
	for _, in := range []string{"", "900", "15", "0 phút", "00:00:00", "-15 phút", "15:75", "00:75:00", "1:2:3:4:5", "phút", "15 phút 75 giây", "30 giây 15 phút",
		"15 lần", "99 giờ", "15 phút 15 phút", "1,2,3 phút", "12:30 PM", "999999999999 giây", "15:30 phút"} {
		if got, ok := ParseDuration(in); ok {
			t.Errorf("ParseDuration(%q) = %v, want refused", in, got)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{`15'30"`, "1 giờ 5 phút", "00:15:30:12", "PT15M30S", "15,5 phút", "900"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := ParseDuration(s)
		if !ok {
			return
		}
		if d <= 0 || d > longest || d%time.Second != 0 {
			t.Fatalf("%q gave %v", s, d)
		}
		if again, ok := ParseDuration(Duration(d)); !ok || again != d {
			t.Fatalf("%q gave %v, printed %q, read %v", s, d, Duration(d), again)
		}
	})
}

func TestParseCount(t *testing.T) {
	for in, want := range map[string]int{"02": 2, "26,887": 26887, "1.234": 1234, "1 234 567": 1234567, "0": 0, "12345": 12345} {
		if got, ok := parseCount(in); !ok || got != want {
			t.Errorf("parseCount(%q) = %d %v, want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "1.23", "12345.678", "-1", "1,,234", "2 lần", ".123", "1.234.", "99999999999999999999"} {
		if got, ok := parseCount(in); ok {
			t.Errorf("parseCount(%q) = %d, want refused", in, got)
		}
	}
}

func TestPrinting(t *testing.T) {
	at := time.Date(2023, 3, 9, 13, 15, 40, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{Duration(12*time.Minute + 40*time.Second), "12 phút 40 giây"},
		{Duration(time.Hour + 5*time.Second), "1 giờ 5 giây"},
		{Duration(0), "0 giây"},
		{Day(at), "09/3/2023"},
		{Day(time.Date(2023, 2, 10, 0, 0, 0, 0, local())), "10/02/2023"},
		{Day(time.Date(2023, 12, 31, 18, 0, 0, 0, time.UTC)), "01/01/2024"},
		{Clock(at), "20h15"},
		{Moment(at), "20h15 ngày 09/3/2023"},
		{Number(1234567), "1.234.567"}, {Number(-12), "-12"}, {Number(0), "0"},
		{Decimal(12.34), "12,3"}, {Decimal(2), "2"}, {Decimal(1234.56), "1.234,6"}, {Decimal(0.04), "0"},
		{Capital("đang trong kỳ"), "Đang trong kỳ"}, {Capital(""), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
