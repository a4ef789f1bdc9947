package plans

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// TestSecondProvince: another province, year and shape of government is data
// alone: two levels without districts, one agency that is newspaper and
// station, and a year of 53 weeks.
func TestSecondProvince(t *testing.T) {
	p, pos, problems := Load(Files(), "mau/2026")
	for _, x := range problems {
		t.Error(x)
	}
	if t.Failed() {
		t.FailNow()
	}
	if !p.Sample || !p.From.Equal(day(2026, 1, 1)) || !p.To.Equal(day(2027, 1, 1)) {
		t.Errorf("sample %v, from %v to %v", p.Sample, p.From, p.To)
	}
	for _, a := range p.Agencies {
		if a.Level == media.District {
			t.Errorf("%s is a district", a.ID)
		}
		if a.Contact != (media.Contact{}) {
			t.Errorf("%s has a contact", a.ID)
		}
	}
	hosts := []string{}
	for _, s := range p.Sources {
		hosts = append(hosts, s.URL)
	}
	for _, a := range p.Agencies {
		if a.Site != "" {
			hosts = append(hosts, a.Site)
		}
	}
	for _, h := range hosts {
		if u, err := url.Parse(h); err != nil || !strings.HasSuffix(u.Hostname(), ".example") {
			t.Errorf("%s may be somebody's", h)
		}
	}
	week, month := quotaOf(t, p, "PS-1"), quotaOf(t, p, "BC-1")
	weeks := schedule.Periods(p, week)
	if len(weeks) != 53 || weeks[0].ID != "2026-W01" || weeks[52].ID != "2026-W53" || week.Cadence != calendar.Week {
		t.Errorf("%d weeks: %v", len(weeks), weeks)
	}
	if len(schedule.Periods(p, month)) != 12 || week.Owner.Agency != "mau/bao-ptth" || month.Owner.Agency != week.Owner.Agency {
		t.Errorf("owners %v and %v", week.Owner, month.Owner)
	}
	for _, q := range []schedule.Quota{week, month} {
		if q.Kind != "airing" && q.Kind != "instalments" || q.WantedBasis != schedule.ByPlan {
			t.Errorf("%s: %s, %s", q.ID, q.Kind, q.WantedBasis)
		}
	}
	once := quotaOf(t, p, "KH-1")
	if n := len(schedule.Owners(p, once, schedule.Periods(p, once)[0])); n != 8 {
		t.Errorf("KH-1 is owed by %d, want 4 sở and 4 xã", n)
	}
	// The plans that ship use every kind there is.
	var kinds []string
	for _, q := range append(slices.Clone(p.Quotas), yenBai(t).Quotas...) {
		if !slices.Contains(kinds, q.Kind) {
			kinds = append(kinds, q.Kind)
		}
	}
	if len(kinds) != len(schedule.Kinds()) {
		t.Errorf("shipped plans use %v", kinds)
	}
	cal, more := Holidays(Files())
	if len(more) > 0 || cal.Off["2026-02-17"] == "" || cal.Off["2026-04-26"] == "" {
		t.Errorf("holidays of 2026: %v", more)
	}
	notices := Notices(p, pos, cal)
	if len(notices) != 1 || notices[0].File != "holidays/2027.yaml" {
		t.Errorf("notices: %v", notices)
	}
}
