package schedule

import (
	"slices"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// TestHolder: a piece is of the agency that published it until that ended, then of whoever took its duties over; an end without a
// successor passes nothing on.
func TestHolder(t *testing.T) {
	on := func(m time.Month, d int) time.Time { return time.Date(2025, m, d, 0, 0, 0, 0, calendar.Zone) }
	p := &Plan{Agencies: []media.Agency{
		{ID: "bao", To: on(4, 1), Successor: "bao-ptth"}, {ID: "dai", To: on(4, 1), Successor: "bao-ptth"},
		{ID: "bao-ptth", From: on(4, 1), To: on(7, 1), Successor: "bao-tinh-moi"}, {ID: "bao-tinh-moi", From: on(7, 1)},
		{ID: "huyen", To: on(7, 1)}, {ID: "so-tttt", To: on(3, 1), Successor: "khong-co"}, {ID: "so", Successor: "bao"},
	}}
	for _, c := range []struct {
		agency string
		at     time.Time
		want   string
	}{
		{"bao", on(3, 31), "bao"}, {"bao", on(4, 1).Add(-time.Microsecond), "bao"}, {"bao", on(4, 1), "bao-ptth"}, {"dai", on(6, 30), "bao-ptth"},
		{"dai", on(7, 1), "bao-tinh-moi"}, {"bao-ptth", on(1, 1), "bao-ptth"}, {"huyen", on(12, 1), "huyen"}, {"so-tttt", on(12, 1), "so-tttt"},
		{"so", on(12, 1), "so"}, {"ai-do", on(12, 1), "ai-do"},
	} {
		if got := p.Holder(c.agency, c.at); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.agency, c.at.Format(time.DateOnly), got, c.want)
		}
	}
	got := p.Foregoers("bao-tinh-moi")
	slices.Sort(got)
	if want := []string{"bao", "bao-ptth", "dai"}; !slices.Equal(got, want) {
		t.Errorf("before bao-tinh-moi: %v", got)
	}
	if got := p.Foregoers("bao", "huyen"); len(got) != 0 {
		t.Errorf("before bao: %v", got)
	}
}
