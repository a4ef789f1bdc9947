package store_test

import (
	"errors"
	"testing"
	"time"

	"loa/schedule"
	"loa/store"
)

// TestReleases: a person's word is stored once with who gave it and in whose name,
// never twice by another; a warning's is not a miss's.
func TestReleases(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		r := schedule.Release{Plan: "tinh/2023", Kind: schedule.ReleaseEarly, Quota: "B-D1", Owner: "tinh/dai", Period: "2023-W10", At: day0, Actor: "Chuyên viên", Office: "tinh/so", Words: "đề nghị bố trí phát"}
		other := r
		other.At, other.Actor = day0.Add(time.Hour), "Người khác"
		missed := r
		missed.Kind = schedule.ReleaseMissed
		for _, one := range []schedule.Release{r, r, missed} {
			if err := s.AddRelease(ctx, one); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AddRelease(ctx, other); !errors.Is(err, store.ErrReleased) {
			t.Errorf("released twice: %v", err)
		}
		if err := s.AddRelease(ctx, schedule.Release{Plan: "tinh/2023"}); err == nil {
			t.Error("took nothing")
		}
		list := must(s.Releases(ctx, "tinh/2023"))
		if len(list) != 2 || list[0].Actor != "Chuyên viên" || list[0].Office != "tinh/so" || list[0].Words != r.Words || !list[0].At.Equal(day0) {
			t.Errorf("%+v", list)
		}
		if list := must(s.Releases(ctx, "tinh/2024")); len(list) != 0 {
			t.Errorf("another plan's: %+v", list)
		}
		kinds := ""
		for _, e := range must(s.Events(ctx, 0, 99)) {
			kinds += e.Kind + " "
		}
		if kinds != "notice.released notice.released " {
			t.Errorf("events: %s", kinds)
		}
	})
}
