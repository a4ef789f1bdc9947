package viet

import (
	"testing"
	"time"
)

func TestRunDifference(t *testing.T) {
	for _, c := range []struct {
		moved, longer time.Duration
		want          string
	}{
		{0, 0, ""},
		{12 * time.Minute, 0, "muộn 12 phút"},
		{-25 * time.Hour, -8*time.Minute - 20*time.Second, "sớm 25 giờ, ngắn hơn 8 phút 20 giây"},
		{0, 7 * time.Minute, "dài hơn 7 phút"},
	} {
		if got := RunDifference(c.moved, c.longer); got != c.want {
			t.Errorf("%v, %v: %q, want %q", c.moved, c.longer, got, c.want)
		}
	}
}

func TestDaypart(t *testing.T) {
	for minute, want := range map[int]string{0: "đêm", 5 * 60: "sáng", 11*60 + 30: "trưa", 13 * 60: "chiều", 17*60 + 59: "chiều", 20 * 60: "tối", 22 * 60: "đêm"} {
		if got := Daypart(minute); got != want {
			t.Errorf("%d: %s, want %s", minute, got, want)
		}
	}
	if got := Weekday(time.Sunday) + ", " + Weekday(time.Wednesday); got != "Chủ nhật, thứ Tư" {
		t.Error(got)
	}
}
