package store_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"loa/schedule/sampling"
	"loa/store"
)

// TestRadio: a month is drawn once unless it is drawn anew as its next
// revision; results are added, never changed.
func TestRadio(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		d := sampling.Draw{Plan: "tinh/2023", Month: "2023-04", Revision: 1, Workload: 1, Domain: sampling.All, At: day0.UTC(), Actor: "Chuyên viên",
			Strata: []sampling.Stratum{{District: "tinh/huyen", Communes: 17}}, Picks: []sampling.Pick{{Commune: "tinh/xa-a", District: "tinh/huyen"}}}
		for range 2 {
			if err := s.PutRadioSample(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		other := d
		other.Picks = []sampling.Pick{{Commune: "tinh/xa-b", District: "tinh/huyen"}}
		if err := s.PutRadioSample(ctx, other); !errors.Is(err, store.ErrDrawn) {
			t.Errorf("drawn otherwise: %v", err)
		}
		other.Revision, other.Reason = 3, "xã A mất điện"
		if err := s.PutRadioSample(ctx, other); !errors.Is(err, store.ErrDrawn) {
			t.Errorf("a revision too far: %v", err)
		}
		other.Revision = 2
		if err := s.PutRadioSample(ctx, other); err != nil {
			t.Fatal(err)
		}
		if got := must(s.RadioSamples(ctx, "tinh/2023")); !reflect.DeepEqual(got, []sampling.Draw{d, other}) {
			t.Errorf("draws %+v", got)
		}
		c := sampling.Check{Plan: "tinh/2023", Month: "2023-04", Commune: "tinh/xa-b", Result: sampling.NotChecked, At: day0, Actor: "Chuyên viên", Note: "mưa lũ"}
		heard := c
		heard.Result, heard.At, heard.HeardAt, heard.File, heard.FileName = sampling.Heard, day0.Add(time.Hour), day0.Add(-time.Hour), strings.Repeat("cd", 32), "loa.mp3"
		for _, c := range []sampling.Check{heard, c, c} {
			if err := s.AddRadioCheck(ctx, c); err != nil {
				t.Fatal(err)
			}
		}
		got := must(s.RadioChecks(ctx, "tinh/2023"))
		if len(got) != 2 || got[0].Result != sampling.NotChecked || got[0].Note != "mưa lũ" || !got[0].HeardAt.IsZero() || got[1].FileName != "loa.mp3" || !got[1].HeardAt.Equal(heard.HeardAt) {
			t.Errorf("checks %+v", got)
		}
		if e := sampling.Rate([]sampling.Draw{other}, got); e.Heard != 1 {
			t.Errorf("of what is stored: %+v", e)
		}
		if uses := must(s.KeptUses(ctx, heard.File)); len(uses) != 1 || uses[0].Kind != "radio" {
			t.Errorf("the recording is held by %+v", uses)
		}
		kinds := ""
		for _, e := range must(s.Events(ctx, 0, 99)) {
			kinds += e.Kind + " "
		}
		if kinds != "radio.sampled radio.sampled radio.checked radio.checked " {
			t.Errorf("events: %s", kinds)
		}
		if s.PutRadioSample(ctx, sampling.Draw{}) == nil || s.AddRadioCheck(ctx, sampling.Check{}) == nil {
			t.Error("took nothing")
		}
	})
}
