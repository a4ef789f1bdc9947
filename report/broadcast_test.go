package report

import (
	"fmt"
	"strings"
	"testing"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// onAir is the small world with a station's list and loudspeakers: two communes
// of one district and one of another, one of which has the province's system.
func onAir() scene {
	s := small()
	p, ref := s.plan, schedule.ByReference
	p.Agencies = append(p.Agencies, media.Agency{ID: "mau/dai2", Name: "Đài thử", Level: media.Press, Binding: true},
		media.Agency{ID: "mau/huyen-a", Name: "Huyện A", Level: media.District, Binding: true}, media.Agency{ID: "mau/huyen-b", Name: "Huyện B", Level: media.District, Binding: true})
	for i, parent := range []string{"huyen-a", "huyen-a", "huyen-b"} {
		p.Agencies = append(p.Agencies, media.Agency{ID: fmt.Sprint("mau/xa-", i), Name: fmt.Sprint("Xã ", i), Level: media.Commune, Parent: "mau/" + parent, Binding: true})
	}
	quota := func(id string, owner schedule.Owner, wanted int, cs ...schedule.Condition) {
		p.Quotas = append(p.Quotas, schedule.Quota{ID: id, Title: id, Kind: "count", Class: schedule.Reg, Basis: ref, Owner: owner, Cadence: calendar.Month, Place: "phụ lục", Wanted: wanted,
			WantedBasis: ref, Conditions: cs, Attestable: true, Crawl: "partly"})
	}
	quota("A-5.5", schedule.Owner{Agency: "mau/dai2"}, 1, schedule.Condition{Name: "tone", Basis: schedule.ByPlan, List: media.Tones()})
	communes := schedule.Owner{Each: []media.Level{media.Commune}}
	quota("A-7.xa", communes, 2, schedule.Condition{Name: "bulletin_reform", Basis: schedule.ByPlan})
	quota("B-A7", communes, 2, schedule.Condition{Name: "bulletin_reform", Basis: schedule.ByPlan})
	march := []schedule.Span{{From: at("2023-03-01 00:00"), To: at("2023-04-01 00:00")}}
	hand := func(kind media.RegisterKind, agency string) {
		s.obs.Spans[schedule.RegisterSource(kind, agency)] = march
	}
	segment := func(day, title string, tones ...string) {
		s.evidence = append(s.evidence, media.Evidence{ID: "doan" + day + title, Kind: media.EvSegment, Agency: "mau/dai2", At: at(day + " 19:45"), Precision: media.ToMinute, Seen: at("2023-04-02 08:00"),
			Title: title, Grade: media.GradeB, Segment: &media.Segment{FirstRun: true, Of: title, Tones: tones}})
	}
	hand(media.RegSegments, "mau/dai2")
	segment("2023-03-06", "Một", media.TonePraise)
	segment("2023-03-07", "Hai", media.TonePraise, media.ToneCritique)
	segment("2023-03-08", "Ba")
	segment("2023-02-27", "Bốn", media.ToneCritique) // told in February's
	bulletin := func(agency string, b media.Bulletin) {
		b.Month, b.Reform = "2023-03", true
		s.evidence = append(s.evidence, media.Evidence{ID: media.Hash(agency, fmt.Sprint(b)), Kind: media.EvBulletin, Agency: agency, At: at("2023-03-31 00:00"), Precision: media.ToDay,
			Seen: at("2023-04-02 08:00"), Title: "Tin", Grade: b.Grade(), Bulletin: &b})
	}
	hand(media.RegRadioForm, "mau/xa-0")
	for n := range 3 {
		bulletin("mau/xa-0", media.Bulletin{Form: true, N: n + 1, Of: 3})
	}
	hand(media.RegRadioLog, "mau/xa-2")
	bulletin("mau/xa-2", media.Bulletin{Subject: "a"})
	bulletin("mau/xa-2", media.Bulletin{Subject: "b"})
	return s
}

// TestOnAir: the balance of tones, and what came of loudspeakers by district;
// two duties about one loudspeaker are told once.
func TestOnAir(t *testing.T) {
	r := Build(onAir().input())
	if err := Verify(r); err != nil {
		t.Fatal(err)
	}
	for _, g := range r.Regulars {
		switch {
		case (g.Tones != nil) != (g.Quota == "A-5.5"):
			t.Errorf("%s: tones %+v", g.Quota, g.Tones)
		case g.Tones != nil && *g.Tones != tones{Praise: 2, Critique: 1, Both: 1}:
			t.Errorf("tones %+v", g.Tones)
		}
	}
	x := r.Radio
	if x == nil || x.radioFigure != (radioFigure{Expected: 3, Received: 2, Bulletins: 5, System: 2, Declared: 3}) || len(x.Districts) != 2 {
		t.Fatalf("radio %+v", x)
	}
	if a := x.Districts[0]; a.Name != "Huyện A" || a.radioFigure != (radioFigure{Expected: 2, Received: 1, Bulletins: 3, Declared: 3}) || ownerNames(a.Missing) != "Xã 1 (tháng 3/2023)" {
		t.Errorf("one district: %+v", a)
	}
	page := write(t, Formats()[0], r)
	for _, s := range []string{"biểu dương 2, phản ánh hạn chế 1 (cả hai: 1)", "không đặt mức", "2/3 lượt; 5 tin, bài", "Xã 1 (tháng 3/2023)"} {
		if !strings.Contains(page, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	if Build(world()).Radio != nil {
		t.Error("a plan without loudspeakers tells of them")
	}
	r.Radio.Received++
	if Verify(r) == nil {
		t.Error("a figure that its rows do not say is printed")
	}
}
