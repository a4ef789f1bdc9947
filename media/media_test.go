package media

import (
	"strings"
	"testing"
	"time"
)

func TestHashSeparatesItsParts(t *testing.T) {
	if Hash("ab", "c") == Hash("a", "bc") || Hash("a") == Hash("a", "") {
		t.Error("two lists of parts have one hash")
	}
	if h := Hash("item", "mau", "x"); len(h) != 32 || h != ItemID("mau", "x") {
		t.Errorf("hash %q: want 128 bits in hex, the item's id", h)
	}
	if ItemID("mau", "x") == ItemID("yen-bai", "x") {
		t.Error("two provinces share an item id")
	}
}

func TestRevisionIDBeginsWithTheDay(t *testing.T) {
	seen := time.Date(2023, 3, 6, 6, 0, 0, 0, time.FixedZone("+07", 7*3600)) // still the 5th in UTC
	if id := RevisionID("i", "h", seen); !strings.HasPrefix(id, "20230305-") {
		t.Errorf("%q: want the UTC day first, so that partitions follow the stored times", id)
	}
	if RevisionID("i", "h", seen) == RevisionID("i", "g", seen) {
		t.Error("two texts share a revision id")
	}
}

func TestAgencyValidity(t *testing.T) {
	from, to := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		a    Agency
		at   time.Time
		want bool
	}{
		{Agency{}, from, true},
		{Agency{From: from, To: to}, from, true},
		{Agency{From: from, To: to}, from.Add(-1), false},
		{Agency{From: from, To: to}, to.Add(-1), true},
		{Agency{From: from, To: to}, to, false}, // To is exclusive
	} {
		if got := c.a.ValidAt(c.at); got != c.want {
			t.Errorf("%v..%v at %v: %t, want %t", c.a.From, c.a.To, c.at, got, c.want)
		}
	}
}

// TestUptimeOf: only an answer that the page is not there says so.
func TestUptimeOf(t *testing.T) {
	for _, c := range []struct {
		outcome string
		status  int
		detail  string
		want    UptimeState
	}{
		{OK, 200, "", Up}, {NotModified, 304, "", Up}, {LayoutChanged, 200, "", Up},
		{Unreachable, 0, "dial tcp: timeout", Down}, {Unreachable, 503, "answered 503", Down},
		{Unreachable, 404, "answered 404", Absent}, {Unreachable, 410, "answered 410", Absent},
		{Soft404, 200, `heading says "Không tìm thấy trang"`, Absent}, {Soft404, 200, `title says "404 - File or directory not found."`, Absent},
		{Soft404, 200, `heading says "Hệ thống đang bảo trì"`, ""}, {Soft404, 200, `page says "Server Error in '/' Application."`, ""},
		{Blocked, 403, "", ""}, {Challenge, 200, "", ""}, {RobotsDenied, 0, "", ""}, {Hijacked, 200, "", ""},
	} {
		if got, ok := UptimeOf(c.outcome, c.status, c.detail); got != c.want || ok != (c.want != "") {
			t.Errorf("%s %d %q: %q %t, want %q", c.outcome, c.status, c.detail, got, ok, c.want)
		}
	}
}
