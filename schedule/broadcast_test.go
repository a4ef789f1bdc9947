package schedule

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"loa/media"
	"loa/schedule/calendar"
)

// onAir is a province with quotas of segments and bulletins.
func onAir() *Plan {
	p := world()
	p.ProvinceName = "tỉnh Mẫu"
	p.Agencies = append(p.Agencies, media.Agency{ID: "mau/xa", Name: "Ủy ban nhân dân xã Khe", Level: media.Commune, Binding: true},
		media.Agency{ID: "mau/thue", Name: "Cục Thuế tỉnh Mẫu", Aliases: []string{"Thuế tỉnh"}, Level: media.Central})
	p.Columns = append(p.Columns, media.Column{ID: "thue", Agency: "mau/dai", Name: "Thuế"},
		media.Column{ID: "agreed", Agency: "mau/dai", Name: "Một cửa", Topics: []string{media.TTHC}, To: at("2023-04-01")})
	station, plan := Owner{Agency: "mau/dai"}, func(name string, list ...string) Condition { return Condition{Name: name, Basis: ByPlan, List: list} }
	count := func(id string, owner Owner, cadence calendar.Cadence, wanted int, cs ...Condition) Quota {
		return Quota{ID: id, Class: Reg, Kind: "count", Basis: ByReference, Owner: owner, Cadence: cadence, Wanted: wanted, WantedBasis: ByReference, Conditions: cs, Attestable: true, Crawl: "partly"}
	}
	p.Quotas = []Quota{
		count("topic", station, calendar.Month, 2, plan("segment_topic", media.TTHC)),
		count("carrier", station, calendar.Month, 1, plan("carrier", "thue"), plan("segment_topic", media.Topics()...)),
		count("tone", station, calendar.Month, 1, plan("tone", media.TonePraise, media.ToneCritique)),
		count("live", station, calendar.Quarter, 1, plan("live"), plan("guest", "giám đốc", "cục trưởng"), plan("medium", "tv")),
		count("mong", station, calendar.Month, 1, plan("language", "hmong"), Condition{Name: "first_run", Basis: ByReference}),
		count("radio", Owner{Each: []media.Level{media.Commune}}, calendar.Month, 2, plan("bulletin_reform")),
	}
	for _, q := range p.Quotas {
		if errs := CheckQuota(q); len(errs) > 0 {
			panic(errs)
		}
	}
	return p
}

func segment(when, title string, change ...func(*media.Evidence, *media.Segment)) media.Evidence {
	s := &media.Segment{Channel: "tv", Programme: "Thời sự", Timed: true, FirstRun: true, Of: title}
	e := media.Evidence{Kind: media.EvSegment, Agency: "mau/dai", At: at(when), Precision: media.ToMinute, Seen: at("2023-04-03"), Title: title, Grade: media.GradeB, Segment: s}
	for _, c := range change {
		c(&e, s)
	}
	e.ID = media.Hash(when, title, s.Channel)
	return e
}

type change = func(*media.Evidence, *media.Segment)

func about(topics ...string) change {
	return func(_ *media.Evidence, s *media.Segment) { s.Topics = topics }
}
func ofCarrier(id string) change {
	return func(e *media.Evidence, s *media.Segment) { e.Column, s.Programme = id, id }
}
func onFM(_ *media.Evidence, s *media.Segment)   { s.Channel = "fm" }
func replay(_ *media.Evidence, s *media.Segment) { s.FirstRun = false }
func live(_ *media.Evidence, s *media.Segment)   { s.Mode = media.ModeLive }
func guest(office, body string) change {
	return func(_ *media.Evidence, s *media.Segment) {
		s.Guests = append(s.Guests, media.Guest{Office: office, Body: body})
	}
}
func tones(t ...string) change { return func(_ *media.Evidence, s *media.Segment) { s.Tones = t } }

// TestSegmentConditions: one segment each, with what the quota says of it.
func TestSegmentConditions(t *testing.T) {
	p := onAir()
	for _, c := range []struct {
		name, quota string
		e           media.Evidence
		want        string // codes of a credit, or «-» and the code of the rejection, «?» if it awaits a person
	}{
		{"declared", "topic", segment("2023-03-06 19:45", "a", about(media.CongVu, media.TTHC)), "declared_topic"},
		{"another topic", "topic", segment("2023-03-06 19:45", "a", about(media.CongVu)), "-wrong_topic"},
		{"not declared, whatever the title says", "topic", segment("2023-03-06 19:45", "Cải cách thủ tục hành chính, một cửa"), "-topic_undeclared?"},
		{"declared to be about something else", "topic", segment("2023-03-06 19:45", "a", func(_ *media.Evidence, s *media.Segment) { s.Other = true }), "-declared_other"},
		{"agreed for its column", "topic", segment("2023-03-06 19:45", "a", ofCarrier("agreed")), "declared_topic"},
		{"the agreement is over", "topic", segment("2023-04-06 19:45", "a", ofCarrier("agreed")), "-topic_undeclared?"},
		{"the column's agreement rules", "topic", segment("2023-03-06 19:45", "a", ofCarrier("agreed"), about(media.CongVu)), "declared_topic"},
		{"in the column", "carrier", segment("2023-03-06 19:45", "a", ofCarrier("thue"), about(media.ChiDao)), "carrier declared_topic"},
		{"in the column, about what?", "carrier", segment("2023-03-06 19:45", "a", ofCarrier("thue")), "-topic_undeclared?"},
		{"in the news", "carrier", segment("2023-03-06 19:45", "a", about(media.ChiDao)), "-wrong_carrier"},
		{"in the news, about what?", "carrier", segment("2023-03-06 19:45", "a"), "-wrong_carrier"},
		{"critical", "tone", segment("2023-03-06 19:45", "a", tones(media.ToneCritique)), "tone"},
		{"neither", "tone", segment("2023-03-06 19:45", "a"), "-wrong_tone"},
		{"the director, live", "live", segment("2023-03-06 20:00", "a", live, guest("Giám đốc", "Sở A")), "live guest medium"},
		{"with the province's name", "live", segment("2023-03-06 20:00", "a", live, guest("Cục trưởng", "Cục Thuế tỉnh")), "live guest medium"},
		{"by an alias", "live", segment("2023-03-06 20:00", "a", live, guest("Cục trưởng", "Thuế tỉnh")), "live guest medium"},
		{"a deputy", "live", segment("2023-03-06 20:00", "a", live, guest("Phó giám đốc", "Sở A")), "-wrong_guest"},
		{"a deputy beside the director", "live", segment("2023-03-06 20:00", "a", live, guest("Phó giám đốc", "Sở B"), guest("Giám đốc", "Sở A")), "live guest medium"},
		{"a company's", "live", segment("2023-03-06 20:00", "a", live, guest("Giám đốc", "Công ty Khe")), "-guest_unknown?"},
		{"a press agency's", "live", segment("2023-03-06 20:00", "a", live, guest("Giám đốc", "Đài tỉnh")), "-wrong_guest"},
		{"who is not said", "live", segment("2023-03-06 20:00", "a", live), "-guest_undeclared?"},
		{"recorded", "live", segment("2023-03-06 20:00", "a", guest("Giám đốc", "Sở A"), func(_ *media.Evidence, s *media.Segment) { s.Mode = media.ModeRecorded }), "-recorded"},
		{"live is not said", "live", segment("2023-03-06 20:00", "a", guest("Giám đốc", "Sở A")), "-live_undeclared?"},
		{"on radio", "live", segment("2023-03-06 20:00", "a", live, guest("Giám đốc", "Sở A"), onFM), "-wrong_medium"},
		{"no channel", "live", segment("2023-03-06 20:00", "a", live, guest("Giám đốc", "Sở A"), func(_ *media.Evidence, s *media.Segment) { s.Channel = "" }), "-channel_undeclared?"},
		{"in Mông", "mong", segment("2023-03-06 05:30", "a", func(_ *media.Evidence, s *media.Segment) { s.Language = "hmong" }), "language first_run"},
		{"in Mông again", "mong", segment("2023-03-06 05:30", "a", replay, func(_ *media.Evidence, s *media.Segment) { s.Language = "hmong" }), "-is_repeat"},
		{"in no language", "mong", segment("2023-03-06 05:30", "a"), "-wrong_language"},
	} {
		got := ""
		m := Match(p, []media.Evidence{c.e}, nil, tet())
		for _, x := range m.Credits {
			if x.Quota == c.quota {
				got += strings.Join(codes(x.Reasons), " ")
			}
		}
		for _, x := range m.Rejections {
			if x.Quota != c.quota {
				continue
			}
			if got += "-" + x.Reason.Code; x.Awaiting {
				got += "?"
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestSegmentRuns: a production counts once in a period however often it runs.
func TestSegmentRuns(t *testing.T) {
	p := onAir()
	tthc := about(media.TTHC)
	for _, c := range []struct {
		name string
		ev   []media.Evidence
		n    int
		why  []string // of those that do not count
	}{
		{"television, then radio", []media.Evidence{segment("2023-03-06 19:45", "a", tthc), segment("2023-03-07 05:30", "a", tthc, onFM)}, 1, []string{"same_production"}},
		{"a repeat", []media.Evidence{segment("2023-03-06 19:45", "a", tthc), segment("2023-03-07 11:30", "a", tthc, replay)}, 1, []string{"is_repeat"}},
		{"a repeat on the other channel", []media.Evidence{segment("2023-03-06 19:45", "a", tthc), segment("2023-03-07 11:30", "a", tthc, replay, onFM)}, 1, []string{"is_repeat"}},
		{"two pieces", []media.Evidence{segment("2023-03-06 19:45", "a", tthc), segment("2023-03-06 19:50", "b", tthc)}, 2, nil},
		{"one title every week, on both", []media.Evidence{segment("2023-03-06 19:45", "Hỏi đáp", tthc), segment("2023-03-07 05:30", "Hỏi đáp", tthc, onFM),
			segment("2023-03-13 19:45", "Hỏi đáp", tthc), segment("2023-03-14 05:30", "Hỏi đáp", tthc, onFM), segment("2023-03-15 11:30", "Hỏi đáp", tthc, replay)}, 2,
			[]string{"same_production", "same_production", "is_repeat"}},
		{"a repeat of another month's", []media.Evidence{segment("2023-02-27 19:45", "a", tthc), segment("2023-03-01 11:30", "a", tthc, replay)}, 1, nil},
	} {
		_, m := run(t, p, c.ev, nil, Observation{}, "2023-04-10", "topic", "mau/dai", "2023-03")
		n, why := 0, []string(nil)
		for _, x := range m.Credits {
			if x.Quota == "topic" && x.Period == "2023-03" {
				n++
			}
		}
		for _, x := range m.Rejections {
			if x.Quota == "topic" {
				why = append(why, x.Reason.Code)
			}
		}
		if n != c.n || !slices.Equal(why, c.why) {
			t.Errorf("%s: %d %v, want %d %v", c.name, n, why, c.n, c.why)
		}
		slices.Reverse(c.ev)
		if again := Match(p, c.ev, nil, tet()); !reflect.DeepEqual(again, m) {
			t.Errorf("%s: in another order other pieces count", c.name)
		}
	}
}

// TestSegmentList: without the station's list nothing is known; one that says
// «không có» makes a month short; what it did not declare waits.
func TestSegmentList(t *testing.T) {
	p := onAir()
	list := seen(RegisterSource(media.RegSegments, "mau/dai"), "2023-03-01", "2023-04-01")
	good, vague := segment("2023-03-06 19:45", "a", about(media.TTHC)), segment("2023-03-07 19:45", "b")
	paper := decide(Attest, "topic", "mau/dai", "2023-03", "2023-04-02", dated("2023-03-20"), paper("5/BK"))
	for _, c := range []struct {
		name  string
		ev    []media.Evidence
		ds    []Decision
		obs   Observation
		now   string
		state State
		codes []string
	}{
		{"no list", nil, nil, Observation{}, "2023-04-10", Insufficient, []string{"register_missing", "short"}},
		{"no list, and the month runs", nil, nil, Observation{}, "2023-03-20", Open, []string{"period_open", "list_to_come"}},
		{"no list, but papers", []media.Evidence{good}, []Decision{paper}, Observation{}, "2023-04-10", Met, []string{"enough_delivered"}},
		{"«không có»", nil, nil, list, "2023-04-10", Missed, []string{"short", "unconfirmed"}},
		{"one of two", []media.Evidence{good}, nil, list, "2023-04-10", Missed, []string{"short", "unconfirmed"}},
		{"one of two, one undeclared", []media.Evidence{good, vague}, nil, list, "2023-04-10", Insufficient, []string{"undeclared", "short"}},
		{"half the month", []media.Evidence{good}, nil, seen(RegisterSource(media.RegSegments, "mau/dai"), "2023-03-01", "2023-03-16"), "2023-04-10", Insufficient, []string{"register_missing", "short"}},
		{"a person adds it", []media.Evidence{good, vague}, []Decision{decide(Add, "topic", "mau/dai", "2023-03", "2023-04-05", on(vague.ID))}, list, "2023-04-10", Met, []string{"enough_delivered"}},
	} {
		st, _ := run(t, p, c.ev, c.ds, c.obs, c.now, "topic", "mau/dai", "2023-03")
		if st.State != c.state || !slices.Equal(codes(st.Reasons), c.codes) {
			t.Errorf("%s: %s %v, want %s %v", c.name, st.State, codes(st.Reasons), c.state, c.codes)
		}
		if m := count(st); m.Unit != "items" {
			t.Errorf("%s: counts %s", c.name, m.Unit)
		}
	}
}

func bulletin(when string, b media.Bulletin) media.Evidence {
	b.Month = when[:7]
	return media.Evidence{ID: media.Hash(when, b.Subject, string(rune('0'+b.N))), Kind: media.EvBulletin, Agency: "mau/xa", At: at(when), Precision: media.ToDay, Seen: at("2023-04-03"),
		Title: "Tin", Grade: b.Grade(), Bulletin: &b}
}

// TestBulletins: the province's system rules over a form of the same month, and
// nothing is counted twice.
func TestBulletins(t *testing.T) {
	p := onAir()
	form := func(month string, n int) (out []media.Evidence) {
		for i := range n {
			out = append(out, bulletin(month+"-28", media.Bulletin{Form: true, N: i + 1, Of: n, Reform: true}))
		}
		return out
	}
	log := func(when string, reform bool) media.Evidence {
		return bulletin(when, media.Bulletin{Reform: reform, Other: !reform, Subject: when})
	}
	forms, system := RegisterSource(media.RegRadioForm, "mau/xa"), RegisterSource(media.RegRadioLog, "mau/xa")
	handed := seen(forms, "2023-03-01", "2023-04-01")
	logged := seen(system, "2023-03-01", "2023-04-01")
	for _, c := range []struct {
		name   string
		ev     []media.Evidence
		obs    Observation
		state  State
		n      int
		unlike string // code of the rejections
	}{
		{"nothing handed in", nil, Observation{}, Insufficient, 0, ""},
		{"a form says none", nil, handed, Missed, 0, ""},
		{"a form says three", form("2023-03", 3), handed, Met, 3, ""},
		{"the system says one, the form three", append(form("2023-03", 3), log("2023-03-09", true)), handed, Missed, 1, "in_system_log"},
		{"the system says none about reform", append(form("2023-03", 3), log("2023-03-09", false)), handed, Missed, 0, "in_system_log"},
		{"the system says two", []media.Evidence{log("2023-03-09", true), log("2023-03-10", true)}, logged, Met, 2, ""},
		{"the system has another month", append(form("2023-03", 2), log("2023-02-09", true)), handed, Met, 2, ""},
		{"the system does not say about what", []media.Evidence{log("2023-03-09", true), bulletin("2023-03-10", media.Bulletin{Subject: "?"})}, logged, Insufficient, 1, "topic_undeclared"},
	} {
		st, m := run(t, p, c.ev, nil, c.obs, "2023-04-10", "radio", "mau/xa", "2023-03")
		if st.State != c.state || int(count(st).Delivered) != c.n {
			t.Errorf("%s: %s with %v, want %s with %d: %v", c.name, st.State, count(st).Delivered, c.state, c.n, codes(st.Reasons))
		}
		for _, x := range m.Rejections {
			if x.Quota == "radio" && x.Evidence.Bulletin.Form && x.Reason.Code != c.unlike {
				t.Errorf("%s: %s", c.name, x.Reason.Code)
			}
		}
	}
}

// TestAsked: no piece is two kinds of evidence.
func TestAsked(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  []media.EvidenceKind
	}{
		{[]string{"segment_topic", "first_run", "distinct_days"}, []media.EvidenceKind{media.EvSegment}},
		{[]string{"first_run"}, []media.EvidenceKind{media.EvAiring}},
		{[]string{"reform", "tone"}, []media.EvidenceKind{media.EvItem, media.EvSegment}},
		{[]string{"theme", "live"}, []media.EvidenceKind{media.EvAiring, media.EvSegment}},
		{[]string{"bulletin_reform"}, []media.EvidenceKind{media.EvBulletin}},
	} {
		q := Quota{Kind: "count", Class: Reg, Wanted: 1}
		for _, n := range c.names {
			q.Conditions = append(q.Conditions, Condition{Name: n, List: []string{"x"}})
		}
		if got := Asked(q); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.names, got, c.want)
		}
		bad := slices.ContainsFunc(CheckQuota(q), func(err error) bool { return strings.Contains(err.Error(), "at once") })
		if bad != (len(c.want) > 1) {
			t.Errorf("%v: %v", c.names, CheckQuota(q))
		}
	}
}
