package propose

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

func day(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s+" 00:00"[len(s)-10:], calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// world is an invented province: a newspaper, a station and some offices.
func world(offices int) *schedule.Plan {
	p := &schedule.Plan{ID: "mau/2023", Province: "mau", Year: 2023, From: day("2023-01-01"), To: day("2024-01-01"),
		Agencies: []media.Agency{
			{ID: "mau/bao", Name: "Báo tỉnh mẫu", Short: "Báo tỉnh mẫu", Level: media.Press, Binding: true},
			{ID: "mau/dai", Name: "Đài tỉnh mẫu", Short: "Đài tỉnh mẫu", Level: media.Press, Binding: true},
		},
		Channels: []schedule.Channel{{ID: "tv", Agency: "mau/dai", Name: "Truyền hình", Medium: "tv"}},
		Windows:  []schedule.Window{{Medium: "tv", FromMinute: 18 * 60, ToMinute: 22 * 60}},
		Columns:  []media.Column{{ID: "chung-tay", Agency: "mau/dai", Name: "Chung tay cải cách"}},
		Quotas: []schedule.Quota{
			{ID: "A-6.1", Class: schedule.Hard, Kind: "instalments", Basis: schedule.ByPlan, Owner: schedule.Owner{Agency: "mau/bao"}, Cadence: calendar.Month, Wanted: 2, WantedBasis: schedule.ByPlan,
				Conditions: []schedule.Condition{{Name: "reform", Basis: schedule.ByPlan}}},
			{ID: "B-D1", Class: schedule.Hard, Kind: "airing", Basis: schedule.ByPlan, Owner: schedule.Owner{Agency: "mau/dai"}, Cadence: calendar.Week, Wanted: 1, WantedBasis: schedule.ByPlan, Channels: []string{"tv"},
				Conditions: []schedule.Condition{{Name: "min_minutes", Basis: schedule.ByPlan, Value: 15}, {Name: "theme", Basis: schedule.ByPlan, List: []string{"chung-tay"}},
					{Name: "first_run", Basis: schedule.ByReference}, {Name: "in_window", Basis: schedule.ByReference}}},
		},
		Contents: []schedule.Content{
			{Clause: schedule.Clause{Text: "công khai thủ tục"}, Topics: []string{media.TTHC}},
			{Clause: schedule.Clause{Text: "các mô hình, điển hình tốt"}, Facet: "mô hình"},
		},
	}
	for i := range offices {
		p.Agencies = append(p.Agencies, media.Agency{ID: fmt.Sprintf("mau/so-%d", i), Name: fmt.Sprintf("Sở số %d tỉnh mẫu", i), Short: fmt.Sprintf("Sở số %d", i), Level: media.Department, Binding: true})
	}
	return p
}

func piece(id, agency, when string, topics ...string) media.Evidence {
	at := day(when)
	return media.Evidence{ID: id, Kind: media.EvItem, Agency: agency, At: at, Precision: media.ToDay, Seen: at, Title: "Tin về cải cách hành chính, số hiệu " + id,
		Verdict: &media.Verdict{Reform: true, Score: 0.9, Topics: topics}}
}

var now = day("2023-03-10")

func chosen(a Answer) (ids []string) {
	for _, c := range a.Choices {
		ids = append(ids, c.Evidence.ID)
	}
	return ids
}

func codes(c Choice) (out []string) {
	for _, r := range c.Reasons {
		out = append(out, r.Code)
	}
	return out
}

func copyOf(e media.Evidence, group string) media.Evidence {
	e.Copy = &media.Copy{Group: group, Relation: "near"}
	return e
}

func month(room int) Opening {
	return Opening{Quota: "A-6.1", Owner: "mau/bao", Period: "2023-03", From: now, To: day("2023-04-01"), Missing: 1, Room: room}
}

func TestWhatIsCarriedIsNotProposed(t *testing.T) {
	waits := piece("cho", "mau/so-0", "2023-03-09", media.TTHC)
	waits.Verdict.Review = true
	theirs := piece("cua-bao", "mau/so-1", "2023-03-09", media.TTHC)
	theirs.Repost, theirs.Credit = true, "Theo Báo tỉnh mẫu"
	others := piece("noi-khac", "mau/so-1", "2023-03-09", media.TTHC)
	others.Repost, others.Credit = true, "Nguồn: Báo Xa"
	titled := piece("x", "mau/so-2", "2023-03-01", media.TTHC)
	titled.Title = "Một cửa phường Mẫu: nhận hồ sơ cả sáng thứ bảy"
	aired := media.Evidence{ID: "phat", Kind: media.EvAiring, Agency: "mau/dai", At: day("2023-03-02"), Precision: media.ToSecond,
		Title: "Chung tay: " + titled.Title, Airing: &media.Airing{Channel: "tv", Title: titled.Title}}
	none := piece("khong", "mau/so-0", "2023-03-09")
	none.Verdict.Reform = false
	list := piece("van-ban", "mau/so-0", "2023-03-09", media.TTHC)
	list.Listed = true
	ev := []media.Evidence{
		piece("moi", "mau/so-0", "2023-03-09", media.TTHC), waits, theirs, others, titled, aired, none, list,
		piece("cu", "mau/so-0", "2023-01-02", media.TTHC), piece("mai", "mau/so-0", "2023-03-11", media.TTHC),
		copyOf(piece("da-dang", "mau/so-1", "2023-03-01", media.CongVu), "g1"), copyOf(piece("b1", "mau/bao", "2023-03-02", media.CongVu), "g1"),
		copyOf(piece("hai-2", "mau/so-2", "2023-03-06", media.CongVu), "g2"), copyOf(piece("hai-1", "mau/so-1", "2023-03-05", media.CongVu), "g2"),
	}
	for _, outlet := range []string{"mau/bao", "mau/dai"} { // what one of the two carried is proposed to neither
		pool := Gather(world(3), ev, outlet, Options{Now: now})
		var ids []string
		for _, x := range pool.Pieces {
			ids = append(ids, x.Evidence.ID)
		}
		if !slices.Equal(ids, []string{"moi", "hai-1"}) || !slices.Equal(pool.Pieces[1].With, []string{"mau/so-2"}) {
			t.Errorf("%s: %v, with %v", outlet, ids, pool.Pieces[1].With)
		}
		if pool.Taken != 3 || pool.Repost != 1 || pool.Waits != 1 {
			t.Errorf("%s: taken %d, reposts %d, waits %d", outlet, pool.Taken, pool.Repost, pool.Waits)
		}
	}
}

// What a station lists as inside its programmes is told of: by topic as declared,
// by agency as its guest's or as the title names it; a repeat and an item of
// undeclared topic are not.
func TestSegmentsAreTold(t *testing.T) {
	p := world(4)
	inside := func(id, title string, s media.Segment) media.Evidence {
		return media.Evidence{ID: id, Kind: media.EvSegment, Agency: "mau/dai", At: day("2023-03-03"), Precision: media.ToDay, Title: title, Segment: &s}
	}
	ev := []media.Evidence{
		inside("1", "Hỏi đáp về hồ sơ", media.Segment{Topics: []string{media.TTHC}, FirstRun: true, Guests: []media.Guest{{Office: "Giám đốc", Body: "Sở số 1"}}}),
		inside("2", "Sở số 2 trả lời", media.Segment{Topics: []string{media.CongVu}}),
		inside("3", "Sở số 3 trả lời", media.Segment{FirstRun: true}),
	}
	m := Gather(p, ev, "mau/dai", Options{Now: now}).Untold()
	if slices.Contains(m.Topics, media.TTHC) || !slices.Contains(m.Topics, media.CongVu) || slices.Contains(m.Agencies, "mau/so-1") || !slices.Contains(m.Agencies, "mau/so-2") || !slices.Contains(m.Agencies, "mau/so-3") {
		t.Errorf("%+v", m)
	}
}

func TestUntoldFirst(t *testing.T) {
	praised := piece("mo-hinh", "mau/so-0", "2023-02-01", media.TTHC)
	praised.Verdict.Facets = []media.Facet{{ID: "mô hình", Term: "mô hình mới"}}
	about := piece("b2", "mau/bao", "2023-03-03", media.TTHC) // the newspaper told of procedures, and of office 1
	about.Elsewhere = []string{"Sở số 1"}
	ev := []media.Evidence{
		about,
		piece("b0", "mau/bao", "2022-12-20", media.CongVu), // before the quarter
		piece("a", "mau/so-1", "2023-03-09", media.TTHC),   // new, but told of and its office too
		piece("b", "mau/so-2", "2023-03-01", media.TTHC),   // its office is not
		piece("c", "mau/so-1", "2023-01-20", media.CongVu), // its topic is not
		praised,
	}
	p := world(4)
	pool := Gather(p, ev, "mau/bao", Options{Now: now})
	for n, want := range [][]string{1: {"c"}, 2: {"c", "mo-hinh"}, 3: {"c", "mo-hinh", "b"}, 4: {"c", "mo-hinh", "b", "a"}} {
		if n == 0 {
			continue
		}
		a := pool.Choose([]Opening{month(n)}, 0)
		if got := chosen(a); !slices.Equal(got, want) || !a.Exact || a.Gap() != 0 {
			t.Errorf("%d: %v, exact %t", n, got, a.Exact)
		}
		if short := pool.Choose([]Opening{month(9)}, n); !slices.Equal(chosen(short), want) {
			t.Errorf("at most %d: %v", n, chosen(short))
		}
	}
	a := pool.Choose([]Opening{month(4)}, 0)
	for i, want := range [][]string{{"topic_untold", "agency_few", "piece_age"}, {"content_untold", "agency_untold", "piece_age"}, {"agency_untold", "topic_few", "piece_age"}, {"agency_few", "topic_few", "piece_age"}} {
		if i == 0 {
			want = []string{"topic_untold", "piece_age"}
		}
		if got := codes(a.Choices[i]); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", a.Choices[i].Evidence.ID, got, want)
		}
	}
	if m := a.Missing; len(m.Contents) != 0 || !slices.Equal(m.Agencies, []string{"mau/so-3"}) || slices.Contains(m.Topics, media.CongVu) || !slices.Contains(m.Topics, media.TheChe) {
		t.Errorf("missing %+v", m)
	}
	slices.Reverse(ev)
	if b := Gather(p, ev, "mau/bao", Options{Now: now}).Choose([]Opening{month(4)}, 0); !slices.Equal(chosen(a), chosen(b)) {
		t.Errorf("the order of the evidence matters: %v, %v", chosen(a), chosen(b))
	}
}

// A piece that will be old by a later column goes into an earlier one, though
// others are worth more.
func TestWhatGrowsOldGoesFirst(t *testing.T) {
	ev := []media.Evidence{piece("cu", "mau/so-0", "2023-01-15", media.TTHC), piece("moi", "mau/so-1", "2023-03-09", media.CongVu, media.TheChe)}
	april := Opening{Quota: "A-6.1", Owner: "mau/bao", Period: "2023-04", From: day("2023-04-01"), To: day("2023-05-01"), Missing: 1, Room: 1}
	a := Gather(world(2), ev, "mau/bao", Options{Now: now}).Choose([]Opening{month(1), april}, 0)
	if got := chosen(a); !slices.Equal(got, []string{"cu", "moi"}) || a.Choices[1].Opening.Period != "2023-04" || a.Guarantee != 0.5 {
		t.Errorf("%v, guarantee %g", got, a.Guarantee)
	}
	april.Topics = []string{media.TTHC} // wants another topic: nothing of it will be new by then
	if a := Gather(world(2), ev, "mau/bao", Options{Now: now}).Choose([]Opening{april}, 0); len(a.Choices) != 0 {
		t.Errorf("%v", chosen(a))
	}
}

func TestOpenings(t *testing.T) {
	p, cal := world(0), &calendar.Calendar{}
	aired := media.Evidence{ID: "a", Kind: media.EvAiring, Agency: "mau/dai", Source: "log:tv", At: day("2023-03-07").Add(20 * time.Hour), Precision: media.ToSecond, Column: "chung-tay",
		Airing: &media.Airing{ID: "a", Channel: "tv", Column: "chung-tay", Programme: "Chung tay cải cách", Start: day("2023-03-07").Add(20 * time.Hour), Duration: 20 * time.Minute, FirstRun: true}}
	m := schedule.Match(p, []media.Evidence{aired}, nil, cal)
	sts := schedule.Stand(p, m, schedule.Observation{}, nil, cal, now)
	sts = append(sts, schedule.Ahead(p, schedule.Evaluation{Now: now, Matching: m, Standings: sts}, schedule.Observation{}, nil, cal, now.AddDate(0, 0, 28))...)
	got := Openings(p, sts, "mau/dai", now.AddDate(0, 0, 15), Options{Now: now, Each: 4})
	if len(got) != 2 || got[0].Period != "2023-W11" || got[1].Period != "2023-W12" || got[0].Room != 4 { // this week's has been broadcast
		t.Errorf("%+v", got)
	}
	if got := Openings(p, sts, "mau/bao", now.AddDate(0, 0, 28), Options{Now: now}); len(got) != 2 || !got[0].From.Equal(now) || got[0].Room != 6 {
		t.Errorf("%+v", got)
	}
}

// province is 300 agencies with 10,000 pieces in 60 days.
func province() (*schedule.Plan, []media.Evidence) {
	p := world(300)
	for i := range 12 {
		p.Contents = append(p.Contents, schedule.Content{Facet: fmt.Sprintf("f%d", i)})
	}
	all := media.Topics()
	ev := make([]media.Evidence, 10_000)
	for i := range ev {
		h := i * 7919
		e := piece(fmt.Sprintf("p%05d", i), fmt.Sprintf("mau/so-%d", h%300), now.AddDate(0, 0, -(h/300)%60).Format(time.DateOnly), all[h%len(all)])
		if h%3 == 0 {
			e.Verdict.Topics = append(e.Verdict.Topics, all[(h/7+3)%len(all)])
		}
		if h%5 == 0 {
			e.Verdict.Facets = []media.Facet{{ID: fmt.Sprintf("f%d", h%12), Term: "từ"}, {ID: fmt.Sprintf("f%d", h%11), Term: "từ"}}
		}
		ev[i] = e
	}
	return p, ev
}

// TestProvince: the gap of a whole province is told, and small.
func TestProvince(t *testing.T) {
	p, ev := province()
	a := Gather(p, ev, "mau/dai", Options{Now: now}).Choose(weeks(8, 4), 0)
	if len(a.Choices) != 32 || a.Gap() > 0.02 || a.Bound < a.Value {
		t.Errorf("%d choices, value %d, bound %d, gap %.4f", len(a.Choices), a.Value, a.Bound, a.Gap())
	}
	// What is new today is old in half a year: more weeks hold no more pieces, and the bound knows.
	if a := Gather(p, ev, "mau/dai", Options{Now: now}).Choose(weeks(53, 3), 0); len(a.Choices) > 40 || a.Gap() > 0.02 {
		t.Errorf("a year: %d choices, gap %.4f", len(a.Choices), a.Gap())
	}
}

func weeks(n, room int) (out []Opening) {
	for i := range n {
		w := calendar.WeekOf(now.AddDate(0, 0, 7*i))
		out = append(out, Opening{Quota: "B-D1", Owner: "mau/dai", Period: w.ID, From: later(w.Start, now), To: w.End, Missing: 1, Room: room})
	}
	return out
}

// BenchmarkSuggest: what to broadcast in eight weeks, for 300 agencies and
// 10,000 candidate pieces.
func BenchmarkSuggest(b *testing.B) {
	p, ev := province()
	var a Answer
	for b.Loop() {
		a = Gather(p, ev, "mau/dai", Options{Now: now}).Choose(weeks(8, 4), 0)
	}
	b.ReportMetric(100*a.Gap(), "%gap")
}
