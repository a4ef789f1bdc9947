package web

import (
	"testing"

	"loa/media"
)

// What a person must still look at says so, whatever the machine would decide alone.
func TestVerdictChip(t *testing.T) {
	other, asked := &media.Verdict{}, &media.Verdict{Review: true, Reform: true}
	for _, c := range []struct {
		row  ItemRow
		want string
	}{
		{ItemRow{}, "unjudged"},
		{ItemRow{Verdict: other}, "other"},
		{ItemRow{Verdict: &media.Verdict{Reform: true}}, "reform"},
		{ItemRow{Verdict: asked}, "review"},
		{ItemRow{Verdict: other, Unread: true}, "review"},
		{ItemRow{Verdict: other, Unread: true, Decided: "Chuyên viên"}, "other"},
		{ItemRow{Verdict: asked, Decided: "Chuyên viên"}, "reform"},
	} {
		if got := verdictChip(c.row).Key; got != c.want {
			t.Errorf("%+v: %s, want %s", c.row, got, c.want)
		}
	}
}
