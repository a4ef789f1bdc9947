package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
	"loa/store"
)

// TestQuestionsOfAColumn: what a column said of a question stays as it was known.
func TestQuestionsOfAColumn(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		q := func(id, state string, asked, answered time.Time) crawler.Asked {
			return crawler.Asked{ID: id, Agency: "tinh/bao", Number: "HĐ-" + id, Title: "Câu hỏi " + id, URL: "https://bao.example/h/" + id, Asked: asked, Answered: answered, State: state}
		}
		none := time.Time{}
		look := func(day int, qs ...crawler.Asked) {
			v := visit("tinh/feed", fmt.Sprint("h", day), on(3, day), media.OK)
			v.Asked, v.Kept = qs, &media.Kept{SHA256: fmt.Sprint("k", day), At: day0}
			for range 2 { // the same again changes nothing
				put(t, s, l, v)
			}
		}
		page := []crawler.Asked{q("1", "waiting", on(3, 1), none), q("2", "waiting", on(3, 1), none), q("3", "", on(3, 1), none), q("4", "answered", on(2, 1), none)}
		further := q("5", "waiting", on(2, 27), none)
		further.Kept = "k2b" // on a page of its own
		look(2, append(slices.Clone(page), further)...)
		same := visit("tinh/feed", "s", on(3, 6), media.NotModified)
		same.Asked = page // the first page is as it was; the further one was not read
		put(t, s, l, same)
		look(8, q("1", "answered", on(3, 1), on(3, 7)), q("2", "answered", on(3, 1), none))
		look(1, q("1", "waiting", on(3, 1), none)) // an older visit, recorded late
		look(9, q("1", "waiting", on(3, 1), none)) // an older copy of the page
		tell := func(knownAt time.Time) string {
			var out []string
			for _, e := range must(s.Evidence(ctx, samplePlan(), knownAt)) {
				if e.Kind != media.EvQuestion {
					continue
				}
				s := e.ID + " " + e.At.In(zone).Format("2/1") + " " + string(e.Precision) + " verified " + e.Verified.In(zone).Format("2/1")
				if !e.Answered.IsZero() {
					s += " answered " + e.Answered.In(zone).Format("2/1")
				}
				if !e.Waited.IsZero() {
					s += " waited " + e.Waited.In(zone).Format("2/1")
				}
				if e.Source != "tinh/feed" || e.Grade != media.GradeC || !strings.HasPrefix(e.Kept, "k") || e.Document != "HĐ-"+e.ID || e.URL == "" {
					t.Errorf("%+v", e)
				}
				out = append(out, s)
			}
			return strings.Join(out, ", ")
		}
		equal(t, "now", tell(none), "5 27/2 day verified 2/3, 4 2/3  verified 6/3 answered 2/3 waited 1/2, 1 7/3 day verified 9/3 answered 7/3, 2 8/3  verified 8/3 answered 8/3 waited 6/3")
		equal(t, "as known before the answers", tell(on(3, 7)), "5 27/2 day verified 2/3, 1 1/3 day verified 6/3, 2 1/3 day verified 6/3, 4 2/3  verified 6/3 answered 2/3 waited 1/2")
		equal(t, "as known on the first day", tell(on(3, 3)), "5 27/2 day verified 2/3, 1 1/3 day verified 3/3, 2 1/3 day verified 3/3, 4 2/3  verified 3/3 answered 2/3 waited 1/2")
		equal(t, "as known before any", tell(on(2, 28)), "")
		// The page that shows a credited answer, or one that a person decided of, stays.
		e := schedule.Evaluation{Plan: "tinh/2023", Now: day0, Matching: schedule.Matching{Credits: []schedule.Credit{{Quota: "A-3.3", Owner: "tinh/bao", Period: "2023-03", Evidence: media.Evidence{ID: "1", Kind: media.EvQuestion}}}}}
		if err := s.PutEvaluation(ctx, e); err != nil {
			t.Fatal(err)
		}
		if err := s.AddDecision(ctx, schedule.Decision{Kind: schedule.Strike, Plan: "tinh/2023", Quota: "A-3.3", Owner: "tinh/bao", Evidence: "4", At: day0, Actor: "Chuyên viên", Reason: "trùng"}, "person"); err != nil {
			t.Fatal(err)
		}
		for sha, want := range map[string][]string{"k8": {"credit", "visit"}, "k2": {"credit", "decision", "visit"}, "k2b": nil, "k9": {"credit", "visit"}} {
			var kinds []string
			for _, u := range must(s.KeptUses(ctx, sha)) {
				kinds = append(kinds, u.Kind)
			}
			slices.Sort(kinds)
			if !slices.Equal(kinds, want) {
				t.Errorf("%s is referred to by %v, want %v", sha, kinds, want)
			}
		}
		if ev := must(s.OwnerEvidence(ctx, samplePlan(), []string{"tinh/bao"}, nil, none)); len(ev) != 4 {
			t.Errorf("of its owner: %+v", ev)
		}
		if ev := must(s.OwnerEvidence(ctx, samplePlan(), nil, []string{"2"}, none)); len(ev) != 1 || ev[0].ID != "2" {
			t.Errorf("by its id: %+v", ev)
		}
	})
}

// TestListedDocuments: an item of a list of documents has its number and day of
// signing, as they were known.
func TestListedDocuments(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		list := func(day int, number string, signed time.Time) {
			v := visit("tinh/feed", fmt.Sprint("d", day), on(3, day), media.OK)
			v.Seen = []crawler.Seen{
				{Item: media.Item{ID: "vb", Key: "vb", Agency: "tinh/bao", URL: "https://bao.example/vb", Title: "Về việc công bố", Listed: true, Number: number, Signed: signed, Issuer: "UBND tỉnh"}},
				{Item: media.Item{ID: "tin", Key: "tin", Agency: "tinh/bao", URL: "https://bao.example/tin", Title: "Tin thường"}},
			}
			put(t, s, l, v)
		}
		list(2, "", time.Time{})
		list(3, "12/QĐ-UBND", on(3, 1))
		list(4, "12/QĐ-UBND", on(3, 1))
		tell := func(knownAt time.Time) string {
			var out []string
			for _, e := range must(s.Evidence(ctx, samplePlan(), knownAt)) {
				out = append(out, fmt.Sprint(e.ID, " ", e.Listed, " ", e.Document, " ", e.Signed.In(zone).Format("2006-01-02")))
			}
			return strings.Join(out, ", ")
		}
		equal(t, "now", tell(time.Time{}), "tin false  0001-01-01, vb true 12/QĐ-UBND 2023-03-01")
		equal(t, "as known before its number", tell(on(3, 2).Add(time.Hour)), "tin false  0001-01-01, vb true  0001-01-01")
		row, _, ok, err := s.Item(ctx, "vb")
		if err != nil || !ok || !row.Item.Listed || row.Item.Number != "12/QĐ-UBND" || !row.Item.Signed.Equal(on(3, 1)) || row.Item.Issuer != "UBND tỉnh" {
			t.Errorf("%+v, %v", row.Item, err)
		}
		if row, _, _, err := s.Item(ctx, "tin"); err != nil || row.Item.Listed {
			t.Errorf("%+v, %v", row.Item, err)
		}
	})
}

// TestPlanned: what a station announces is replaced day by day, never deleted,
// and is no evidence.
func TestPlanned(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		p := func(day, hour int, name string) media.Planned {
			start := on(3, day).Add(time.Duration(hour) * time.Hour)
			return media.Planned{ID: media.Hash(name, start.String()), Channel: "ytv", Day: on(3, day), Start: start, Duration: 15 * time.Minute, Programme: name, Column: "cchc", Run: "first", Live: true, Printed: name}
		}
		look := func(day int, all ...media.Planned) {
			v := visit("tinh/feed", fmt.Sprint("l", day), on(3, day), media.OK)
			v.Planned = all
			put(t, s, l, v)
		}
		look(5, p(6, 20, "Chung tay"), p(7, 20, "Thời sự"), p(8, 20, "Phim"))
		look(6, p(6, 21, "Chung tay"), p(7, 20, "Thời sự"))
		look(4, p(6, 19, "Cũ")) // an older visit, recorded late
		tell := func(knownAt time.Time, all bool) string {
			var out []string
			for _, p := range must(s.Planned(ctx, on(3, 6), on(3, 10), knownAt, all)) {
				s := p.Start.In(zone).Format("2/1 15h ") + p.Programme
				if !p.Gone.IsZero() {
					s += " gone " + p.Gone.In(zone).Format("2/1")
				}
				if p.Source != "tinh/feed" || p.Channel != "ytv" || p.Duration != 15*time.Minute || p.Column != "cchc" || p.Run != "first" || !p.Live || !p.Day.Equal(on(3, p.Start.In(zone).Day())) {
					t.Errorf("%+v", p)
				}
				out = append(out, s)
			}
			return strings.Join(out, ", ")
		}
		equal(t, "now", tell(time.Time{}, false), "6/3 21h Chung tay, 7/3 20h Thời sự, 8/3 20h Phim")
		equal(t, "with what is gone", tell(time.Time{}, true), "6/3 20h Chung tay gone 6/3, 6/3 21h Chung tay, 7/3 20h Thời sự, 8/3 20h Phim")
		equal(t, "as announced before", tell(on(3, 5).Add(time.Hour), false), "6/3 20h Chung tay, 7/3 20h Thời sự, 8/3 20h Phim")
		look(7, p(6, 20, "Chung tay"), p(6, 22, "Khác"))
		equal(t, "announced again", tell(time.Time{}, false), "6/3 20h Chung tay, 6/3 22h Khác, 7/3 20h Thời sự, 8/3 20h Phim")
		if ev := must(s.Evidence(ctx, samplePlan(), time.Time{})); len(ev) != 0 {
			t.Errorf("an announcement is evidence: %+v", ev)
		}
	})
}

// TestObservedSchedules: with what was seen come the announcements for the plan's
// columns, what was replaced with them, the days for which a schedule was known
// before, and uploads; of the channels that the plan's quotas ask about alone.
func TestObservedSchedules(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		p := func(day, hour int, channel, column string) media.Planned {
			start := on(3, day).Add(time.Duration(hour) * time.Hour)
			return media.Planned{ID: media.Hash(channel, start.String()), Channel: channel, Day: on(3, day), Start: start, Programme: "Chung tay", Column: column}
		}
		look := func(name string, day int, all ...media.Planned) {
			v := visit("tinh/feed", name, on(3, day).Add(7*time.Hour), media.OK)
			v.Planned = all
			put(t, s, l, v)
		}
		look("a", 5, p(6, 20, "dai-tv", "cchc"), p(6, 21, "dai-tv", ""), p(6, 20, "vtv", "cchc"))
		look("b", 6, p(6, 19, "dai-tv", "cchc"), p(6, 21, "dai-tv", ""), p(7, 20, "dai-tv", ""))
		ups := []media.Upload{{ID: "u1", Channel: "dai-tv", At: on(3, 7), Precision: media.ToDay, Title: "Chung tay số 9", Column: "cchc"}, {ID: "u2", Channel: "dai-tv", At: on(3, 7), Precision: media.ToDay, Title: "Thời sự"},
			{ID: "u3", Channel: "vtv", At: on(3, 7), Precision: media.ToDay, Title: "Chung tay", Column: "cchc"}}
		must(s.PutUploads(ctx, ups, nil, "Đài", on(3, 8)))
		plan := samplePlan()
		tell := func(knownAt time.Time) string {
			obs := must(s.Observation(ctx, plan, knownAt))
			var out []string
			for _, p := range obs.Planned {
				word := p.Start.In(zone).Format("2/1 15h")
				if !p.Gone.IsZero() {
					word += " gone"
				}
				out = append(out, p.Channel+" "+word)
			}
			for _, span := range obs.Schedules["dai-tv"] {
				out = append(out, span.From.In(zone).Format("2/1 15h")+"–"+span.To.In(zone).Format("2/1 15h"))
			}
			for _, u := range obs.Uploads {
				out = append(out, u.Title)
			}
			return strings.Join(out, ", ")
		}
		equal(t, "no quota asks for broadcasts", tell(time.Time{}), "")
		plan.Quotas = []schedule.Quota{{ID: "B-D1", Kind: "airing", Owner: schedule.Owner{Agency: "tinh/dai"}}}
		equal(t, "now", tell(time.Time{}), "dai-tv 6/3 19h, dai-tv 6/3 20h gone, 6/3 00h–7/3 00h, 7/3 00h–8/3 00h, Chung tay số 9")
		equal(t, "as known before", tell(on(3, 5).Add(12*time.Hour)), "dai-tv 6/3 20h, 6/3 00h–7/3 00h")
	})
}

// TestProven: what a list of uploads that was taken for a log covers is seen, and
// proven by no log.
func TestProven(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		give := func(file string, grade media.Grade, from, to int) {
			rc := media.Receipt{Channel: "dai-tv", From: on(3, from), To: on(3, to), Sender: "Đài", FileHash: file, FileName: file + ".csv", At: on(3, 20), Grade: grade}
			a := media.Airing{Row: 2, Channel: "dai-tv", Programme: "Chung tay", Start: on(3, from).Add(20 * time.Hour), Duration: 15 * time.Minute, FirstRun: true, Grade: grade}
			must(s.PutAirings(ctx, rc, []media.Airing{a}, "tinh/dai"))
		}
		give("a", media.GradeA, 6, 13)
		give("c", media.GradeC, 13, 20)
		must(s.PutAirings(ctx, media.Receipt{Channel: "dai-tv", From: on(3, 20), To: on(3, 21), Sender: "Đài", FileHash: "none", FileName: "trong.csv", At: on(3, 21)}, nil, "tinh/dai"))
		obs := must(s.Observation(ctx, samplePlan(), time.Time{}))
		var got []string
		for _, span := range obs.Proven["dai-tv"] {
			got = append(got, span.From.In(zone).Format("2/1")+"–"+span.To.In(zone).Format("2/1"))
		}
		slices.Sort(got)
		equal(t, "proven", strings.Join(got, ", "), "20/3–21/3, 6/3–13/3")
		equal(t, "seen", fmt.Sprint(len(obs.Spans["log:dai-tv"]), obs.Spans["log:dai-tv"][0].To.Equal(on(3, 21))), "1 true")
	})
}
