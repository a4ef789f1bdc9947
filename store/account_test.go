package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
	"loa/store"
	"loa/web"
)

func verdict(revision, classifier string, reform, review bool, topics ...string) media.Verdict {
	return media.Verdict{
		Revision: revision, Classifier: classifier, Reform: reform, Score: 0.75, Review: review, Topics: topics,
		Cues:   []media.Cue{{Term: "cải cách hành chính", Field: "title", At: 11, Weight: 2.5}},
		Facets: []media.Facet{{ID: "papi", Term: "PAPI", Field: "title", At: 3}, {ID: "vb:206/KH-UBND", Term: "206/KH-UBND", Field: "body", At: 40, Year: 2021, Place: "Yên Bái"}},
	}
}

func judge(t *testing.T, s *store.Store, when time.Time, vs ...media.Verdict) {
	t.Helper()
	if err := s.PutVerdicts(ctx, vs, when); err != nil {
		t.Fatal(err)
	}
}

// listed puts items with a text of their listing, an hour apart, and returns
// the ids of their revisions.
func listed(t *testing.T, s *store.Store, l crawler.Lease, items ...media.Item) []string {
	t.Helper()
	var revs []string
	for i, it := range items {
		when := day0.Add(time.Duration(i) * time.Hour)
		r := revision(it, "h-"+it.Key, "thân", "entry", when)
		put(t, s, l, visit("tinh/feed", "list-"+it.Key, when, media.OK, crawler.Seen{Item: it, Entry: r}))
		revs = append(revs, r.ID)
	}
	return revs
}

func TestVerdicts(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		one, two, three := item("1", "Tin một", day0), item("2", "Tin hai", day0), item("3", "Tin ba", day0)
		revs := listed(t, s, l, one, two, three)
		unjudged := func(classifier string, limit int, want ...string) {
			t.Helper()
			var got []string
			for _, r := range must(s.Unjudged(ctx, classifier, limit)) {
				got = append(got, r.ID)
				if r.Body != "thân" || r.Item == "" || r.Seen.IsZero() {
					t.Errorf("revision %+v", r)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s has not judged %q, want %q", classifier, got, want)
			}
		}
		counts := func(want string) {
			t.Helper()
			c := must(s.VerdictCounts(ctx))
			if got := fmt.Sprint(c["reform"], c["other"], c["review"], c["unjudged"]); got != want || len(c) != 4 {
				t.Errorf("counts %v, want %s", c, want)
			}
		}
		unjudged("c1", 10, revs...)
		unjudged("c1", 2, revs[:2]...)
		counts("0 0 0 3")
		if row, _, _, _ := s.Item(ctx, one.ID); row.Verdict != nil || row.Decided != "" {
			t.Errorf("unjudged item: %+v", row)
		}
		judge(t, s, day0, verdict(revs[0], "c1", true, false, media.TTHC, media.ChiDao), verdict(revs[1], "c1", false, true, media.TheChe))
		judge(t, s, day0)
		unjudged("c1", 10, revs[2])
		counts("1 0 1 1")
		row, _, _, _ := s.Item(ctx, one.ID)
		want := verdict(revs[0], "c1", true, false, media.TTHC, media.ChiDao)
		if row.Verdict == nil || !reflect.DeepEqual(*row.Verdict, want) {
			t.Errorf("verdict %+v, want %+v", row.Verdict, want)
		}
		// A new version judges again, the unjudged first; two versions at work do
		// not undo each other for ever.
		unjudged("c2", 10, revs[2], revs[0], revs[1])
		unjudged("c0", 10, revs[2], revs[0], revs[1])
		judge(t, s, day0.Add(time.Hour), verdict(revs[0], "c2", false, false))
		counts("0 1 1 1")
		unjudged("c1", 10, revs[2])
		unjudged("c2", 10, revs[2], revs[1])
		// The same version again replaces.
		judge(t, s, day0.Add(2*time.Hour), verdict(revs[0], "c2", true, false, media.TTHC))
		counts("1 0 1 1")
		// A changed text is unjudged; the old text again has its verdict at once.
		put(t, s, l, visit("tinh/feed", "x1", day0.Add(5*time.Hour), media.OK, crawler.Seen{Item: one, Entry: revision(one, "other", "thân", "entry", day0.Add(5*time.Hour))}))
		counts("0 0 1 2")
		put(t, s, l, visit("tinh/feed", "x2", day0.Add(6*time.Hour), media.OK, crawler.Seen{Item: one, Entry: revision(one, "h-1", "thân", "entry", day0.Add(6*time.Hour))}))
		counts("1 0 1 1")
		if err := s.PutVerdicts(ctx, []media.Verdict{verdict("none", "c1", true, false)}, day0); err == nil {
			t.Error("took a verdict on no revision")
		}
	})
}

// TestVerdictsWithoutFacets: those of before facets were read, and a person's word keeps the machine's.
func TestVerdictsWithoutFacets(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		one := item("1", "Tin một", day0)
		revs := listed(t, s, l, one)
		judge(t, s, day0, verdict(revs[0], "c1", false, true))
		facets := func(want int) {
			t.Helper()
			row, _, _, err := s.Item(ctx, one.ID)
			if err != nil || row.Verdict == nil || len(row.Verdict.Facets) != want || len(row.Verdict.Cues) != 1 {
				t.Errorf("%+v %v, want %d facets", row.Verdict, err, want)
			}
		}
		facets(2)
		if err := s.AddReview(ctx, one.ID, true, []string{media.TTHC}, "Chuyên viên Sở Nội vụ", day0, ""); err != nil {
			t.Fatal(err)
		}
		facets(2)
		if err := s.Unfacet(ctx); err != nil {
			t.Fatal(err)
		}
		facets(0)
	})
}

func TestReviews(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		one, two := item("1", "Tin một", day0), item("2", "Tin hai", day0.Add(time.Hour))
		revs := listed(t, s, l, one, two)
		judge(t, s, day0, verdict(revs[0], "c1", true, true, media.TTHC), verdict(revs[1], "c1", false, true))
		queue := func(want ...string) {
			t.Helper()
			var got []string
			for _, r := range must(s.NextReview(ctx, 10)) {
				got = append(got, r.Item.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("review queue %q, want %q", got, want)
			}
		}
		queue(two.ID, one.ID)
		const actor = "Chuyên viên Sở Nội vụ"
		review := func(item string, reform bool, when time.Time, topics ...string) {
			t.Helper()
			for range 2 { // the same word twice is one
				if err := s.AddReview(ctx, item, reform, topics, actor, when, "đã đọc"); err != nil {
					t.Fatal(err)
				}
			}
		}
		review(one.ID, false, day0.Add(time.Hour))
		queue(two.ID)
		row, _, _, _ := s.Item(ctx, one.ID)
		if row.Verdict == nil || row.Verdict.Reform || row.Verdict.Review || len(row.Verdict.Topics) != 0 || len(row.Verdict.Cues) != 1 || row.Decided != actor {
			t.Errorf("after review: %+v, %q", row.Verdict, row.Decided)
		}
		// The latest word wins, also when an earlier one arrives later.
		review(one.ID, true, day0.Add(3*time.Hour), media.TheChe)
		review(one.ID, false, day0.Add(2*time.Hour))
		// Neither another classifier nor another text takes it away.
		judge(t, s, day0.Add(4*time.Hour), verdict(revs[0], "c2", false, true))
		put(t, s, l, visit("tinh/feed", "x1", day0.Add(5*time.Hour), media.OK, crawler.Seen{Item: one, Entry: revision(one, "other", "thân", "entry", day0.Add(5*time.Hour))}))
		row, _, _, _ = s.Item(ctx, one.ID)
		if row.Verdict == nil || !row.Verdict.Reform || !slices.Equal(row.Verdict.Topics, []string{media.TheChe}) || row.Decided != actor {
			t.Errorf("latest review: %+v, %q", row.Verdict, row.Decided)
		}
		if c := must(s.VerdictCounts(ctx)); c["reform"] != 1 || c["review"] != 1 {
			t.Errorf("counts: %v", c)
		}
		ev := must(s.Events(ctx, 0, 99))
		var got []string
		for _, e := range ev {
			if e.Kind == "review.decided" {
				got = append(got, e.ActorKind+" "+e.Actor+" "+e.Before+" > "+e.After)
			}
		}
		if len(got) != 3 || got[0] != "person "+actor+" review > other null" || got[1] != "person "+actor+` other > reform ["the-che"]` {
			t.Errorf("events: %q", got)
		}
		if err := s.AddReview(ctx, "none", true, nil, actor, day0, ""); err == nil {
			t.Error("reviewed an unknown item")
		}
		if err := s.AddReview(ctx, one.ID, true, nil, "", day0, ""); err == nil {
			t.Error("took a review by nobody")
		}
	})
}

func samplePlan() *schedule.Plan {
	return &schedule.Plan{
		ID: "tinh/2023", From: time.Date(2023, 1, 1, 0, 0, 0, 0, zone), To: time.Date(2024, 1, 1, 0, 0, 0, 0, zone),
		Agencies: []media.Agency{{ID: "tinh/bao"}, {ID: "tinh/dai", Name: "Đài Phát thanh và Truyền hình tỉnh", Short: "Đài tỉnh"}},
		Sources:  []media.Source{{ID: "tinh/feed"}},
		Channels: []schedule.Channel{{ID: "dai-tv", Agency: "tinh/dai"}},
	}
}

func TestEvidence(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		plan := samplePlan()
		dated, undated := item("1", "Có ngày", day0.Add(-48*time.Hour)), item("2", "Không ngày", time.Time{})
		old, stranger := item("3", "Đã cũ", plan.From.Add(-32*24*time.Hour)), item("4", "Của nơi khác", day0)
		edge, after := item("5", "Sát mép", plan.From.Add(-30*24*time.Hour)), item("6", "Quá xa", plan.To.Add(31*24*time.Hour))
		stranger.Agency = "khac/bao"
		dated.Section, dated.Column, dated.Credit = "Chính trị", "cchc", "Theo Báo Mẫu"
		revs := listed(t, s, l, dated, undated, old, stranger, edge, after)
		judge(t, s, day0.Add(10*time.Hour), verdict(revs[0], "c1", true, false, media.TTHC))
		ev := must(s.Evidence(ctx, plan, time.Time{}))
		var got []string
		for _, e := range ev {
			got = append(got, e.Title)
		}
		if !slices.Equal(got, []string{"Sát mép", "Có ngày", "Không ngày"}) {
			t.Fatalf("evidence %q", got)
		}
		e := ev[1]
		want := media.Evidence{
			ID: dated.ID, Kind: media.EvItem, Agency: "tinh/bao", Source: "tinh/feed", At: dated.Claimed.At.UTC(), Precision: media.ToMinute,
			Seen: day0.UTC(), Verified: day0.UTC(), Title: dated.Title, URL: dated.URL, Grade: media.GradeC, Section: "Chính trị", Column: "cchc",
			Repost: true, Credit: "Theo Báo Mẫu",
		}
		v := verdict(revs[0], "c1", true, false, media.TTHC)
		want.Verdict = &v
		if !reflect.DeepEqual(e, want) {
			t.Errorf("evidence\n%+v\nwant\n%+v", e, want)
		}
		// Of a piece about reform is told whom it is about, if not its publisher: here by
		// the lead, for the headline names nobody.
		r := revision(dated, "e2", "", "entry", day0.Add(11*time.Hour))
		r.Lead = "Đài tỉnh mở chuyên mục mới."
		put(t, s, l, visit("tinh/feed", "v9", day0.Add(11*time.Hour), media.OK, crawler.Seen{Item: dated, Entry: r}))
		judge(t, s, day0.Add(12*time.Hour), verdict(r.ID, "c1", true, false, media.TTHC))
		if ev := must(s.Evidence(ctx, plan, time.Time{})); !slices.Equal(ev[1].Elsewhere, []string{"Đài tỉnh"}) || ev[0].Elsewhere != nil {
			t.Errorf("about %q", ev[1].Elsewhere)
		}
		if then := must(s.Evidence(ctx, plan, day0.Add(10*time.Hour))); then[1].Elsewhere != nil {
			t.Errorf("as known before: about %q", then[1].Elsewhere)
		}
		if e := ev[2]; e.Precision != media.NoDate || !e.At.Equal(day0.Add(time.Hour)) || e.Verdict != nil {
			t.Errorf("undated evidence: %+v", e)
		}
	})
}

// --known-at must give back exactly what was known then.
func TestEvidenceAsKnownThen(t *testing.T) {
	h := func(n int) time.Time { return day0.Add(time.Duration(n) * time.Hour) }
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		plan := samplePlan()
		it := item("1", "Tin một", time.Time{})
		put(t, s, l, visit("tinh/feed", "v1", h(1), media.OK, crawler.Seen{Item: it, Fetch: true, Host: "bao.example", Entry: revision(it, "e", "", "entry", h(1))}))
		r := revision(it, "p", "thân", "page", h(3))
		r.Title, r.Kept = "Tít trên trang", strings.Repeat("cd", 32)
		judge(t, s, h(2), verdict(revision(it, "e", "", "entry", h(1)).ID, "c1", false, false))
		claimed := media.Date{At: h(-24), Precision: media.ToDay, Found: "text"}
		if err := s.PutPage(ctx, l, crawler.PageVisit{Item: it.ID, At: h(3), Outcome: media.OK, Revision: r, Claimed: claimed, Done: true}); err != nil {
			t.Fatal(err)
		}
		judge(t, s, h(4), verdict(r.ID, "c1", false, true))
		judge(t, s, h(5), verdict(r.ID, "c2", true, false, media.TTHC))
		if err := s.AddReview(ctx, it.ID, false, nil, "Chuyên viên", h(6), ""); err != nil {
			t.Fatal(err)
		}
		if err := s.AddDecision(ctx, schedule.Decision{Kind: schedule.Strike, Plan: plan.ID, Evidence: it.ID, At: h(7), Actor: "Chuyên viên"}, "person"); err != nil {
			t.Fatal(err)
		}
		tell := func(knownAt time.Time) string {
			ev := must(s.Evidence(ctx, plan, knownAt))
			ds := must(s.Decisions(ctx, plan.ID, knownAt))
			if len(ev) == 0 {
				return fmt.Sprint("nothing ", len(ds))
			}
			e := ev[0]
			out := fmt.Sprintf("%s|%s|%d|%v", e.Title, e.Precision, int(e.At.Sub(day0)/time.Hour), e.Kept != "")
			if e.Verdict != nil {
				out += fmt.Sprintf("|%s %v %v", e.Verdict.Classifier, e.Verdict.Reform, e.Verdict.Review)
			}
			if e.Decided != "" {
				out += "|" + e.Decided
			}
			if !knownAt.IsZero() && (e.Verified.After(knownAt) || e.Seen.After(knownAt)) {
				t.Errorf("at %v it was seen %v and verified %v", knownAt, e.Seen, e.Verified)
			}
			return fmt.Sprint(out, " ", len(ds))
		}
		for n, want := range []string{
			"nothing 0", "Tin một||1|false 0", "Tin một||1|false|c1 false false 0", "Tít trên trang|day|-24|true 0",
			"Tít trên trang|day|-24|true|c1 false true 0", "Tít trên trang|day|-24|true|c2 true false 0",
			"Tít trên trang|day|-24|true|c2 false false|Chuyên viên 0", "Tít trên trang|day|-24|true|c2 false false|Chuyên viên 1",
		} {
			if got := tell(h(n)); got != want {
				t.Errorf("as known at %d: %s, want %s", n, got, want)
			}
		}
		if got, want := tell(time.Time{}), tell(h(100)); got != want {
			t.Errorf("everything is %s, as known at the end %s", got, want)
		}
	})
}

func TestEvaluationIsReplaced(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		if _, ok, err := s.Evaluation(ctx, "tinh/2023"); ok || err != nil {
			t.Errorf("before any: %v, %v", ok, err)
		}
		save := day0.Add(time.Hour)
		standing := func(owner, period string, state schedule.State) schedule.Standing {
			return schedule.Standing{
				Plan: "tinh/2023", Quota: "B-D1", Basis: schedule.ByPlan, Owner: owner, Period: period, Start: day0, End: day0.Add(time.Hour), State: state,
				Measures: []schedule.Measure{{Name: "count", Unit: "airings", Bound: "at_least", Wanted: 1, Delivered: 0.5}}, LastSave: &save,
				Reasons:  []schedule.Reason{{Code: "below_wanted", Args: map[string]any{"n": 3, "share": 0.25, "name": "Bản tin"}}},
				Coverage: schedule.Coverage{Share: 0.5, Gaps: []schedule.Span{{From: day0, To: save}}},
			}
		}
		v := verdict("r", "c1", true, false, media.TTHC)
		credit := func(owner, id string, when time.Time) schedule.Credit {
			return schedule.Credit{Quota: "B-D1", Owner: owner, Period: "2023-W10", Evidence: media.Evidence{ID: id, Kind: media.EvItem, At: when, Precision: media.ToDay, Verdict: &v},
				Reasons: []schedule.Reason{{Code: "reform", Args: map[string]any{"count": 2}}}}
		}
		e := schedule.Evaluation{
			Plan: "tinh/2023", Version: "v1", Now: day0, Ran: day0.Add(time.Second),
			Standings: []schedule.Standing{standing("a", "2023-W10", schedule.Met), standing("a", "2023-W11", schedule.Missed), standing("z", "2023-W10", schedule.Open)},
			Matching: schedule.Matching{
				Credits:    []schedule.Credit{credit("a", "e2", day0), credit("a", "e1", day0.Add(time.Minute)), credit("z", "e1", day0)},
				Rejections: []schedule.Rejection{{Quota: "B-D1", Owner: "a", Period: "2023-W10", Evidence: media.Evidence{ID: "e9"}, Reason: schedule.Reason{Code: "repost"}, Condition: "no_repost"}},
			},
		}
		other := schedule.Evaluation{Plan: "khac/2023", Version: "v9", Now: day0, Standings: []schedule.Standing{standing("o", "2023-W10", schedule.Met)}}
		for _, e := range []schedule.Evaluation{e, other, e} {
			if err := s.PutEvaluation(ctx, e); err != nil {
				t.Fatal(err)
			}
		}
		got, ok, err := s.Evaluation(ctx, "tinh/2023")
		if err != nil || !ok || got.Version != "v1" || !got.Now.Equal(e.Now) || !got.Ran.Equal(e.Ran) || len(got.Matching.Credits) != 0 {
			t.Fatalf("evaluation: %+v, %v, %v", got, ok, err)
		}
		if !sameJSON(got.Standings, e.Standings) || got.Standings[0].Reasons[0].Args["n"] != 3 || got.Standings[0].Reasons[0].Args["share"] != 0.25 {
			t.Errorf("standings: %+v", got.Standings)
		}
		m := must(s.Detail(ctx, "tinh/2023", "B-D1", "a", "2023-W10"))
		if len(m.Credits) != 2 || m.Credits[0].Evidence.ID != "e2" || m.Credits[0].Reasons[0].Args["count"] != 2 || m.Credits[0].Evidence.Verdict.Topics[0] != media.TTHC ||
			len(m.Rejections) != 1 || m.Rejections[0].Condition != "no_repost" {
			t.Errorf("detail: %+v", m)
		}
		if m := must(s.Detail(ctx, "tinh/2023", "", "", "")); len(m.Credits) != 3 {
			t.Errorf("all credits: %+v", m.Credits)
		}
		// The next one stands alone: what it lacks is gone, the other plan's stays.
		w := must(s.Watch(ctx))
		e.Version, e.Standings, e.Matching = "v2", []schedule.Standing{standing("a", "2023-W11", schedule.Exempt), standing("z", "2023-W10", schedule.Open)}, schedule.Matching{}
		if err := s.PutEvaluation(ctx, e); err != nil {
			t.Fatal(err)
		}
		got, _, _ = s.Evaluation(ctx, "tinh/2023")
		if !sameJSON(got.Standings, e.Standings) || got.Version != "v2" {
			t.Errorf("replaced: %+v", got)
		}
		if m := must(s.Detail(ctx, "tinh/2023", "", "", "")); len(m.Credits)+len(m.Rejections) != 0 {
			t.Errorf("left over: %+v", m)
		}
		if got, ok, _ := s.Evaluation(ctx, "khac/2023"); !ok || len(got.Standings) != 1 {
			t.Errorf("the other plan's: %+v", got)
		}
		if err := s.PutEvaluation(ctx, e); err != nil { // nothing changed: no standing is announced
			t.Fatal(err)
		}
		kinds := ""
		for _, c := range must(w.Next(ctx, 99)) {
			kinds += c.Kind + " "
		}
		if kinds != "evaluation standing evaluation " {
			t.Errorf("changes: %s", kinds)
		}
	})
}

func TestSearch(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		one := item("1", "Đẩy mạnh cải cách hành chính năm 2023", day0)
		two := item("2", "Thủ tục hành chính: «một cửa» 100% (15/NQ-CP)", day0.Add(time.Hour))
		three := item("3", "Bóng đá cuối tuần", day0.Add(2*time.Hour))
		three.Lead, three.Agency = "Giải bóng đá huyện Văn Mẫu", "tinh/huyen"
		revs := listed(t, s, l, one, two, three)
		judge(t, s, day0, verdict(revs[0], "c1", true, false), verdict(revs[1], "c1", true, true))
		for _, c := range []struct {
			q    web.ItemQuery
			want string
		}{
			{web.ItemQuery{}, "321"},
			{web.ItemQuery{Text: "hanh chinh"}, "21"},
			{web.ItemQuery{Text: "HÀNH CHÍNH"}, "21"},
			{web.ItemQuery{Text: "day manh"}, "1"}, // đ and Đ fold too
			{web.ItemQuery{Text: "chinh day"}, "1"},
			{web.ItemQuery{Text: "hành chính bóng"}, ""}, // all words must occur
			{web.ItemQuery{Text: "van mau"}, "3"},        // in the lead
			{web.ItemQuery{Text: "15/nq-cp"}, "2"},
			{web.ItemQuery{Text: "100%"}, "2"},
			{web.ItemQuery{Text: `"mot cua" OR NOT (x* : y) ' & | ! <->`}, ""},
			{web.ItemQuery{Text: `«mot cua»'`}, "2"},
			{web.ItemQuery{Text: "?!"}, ""},
			{web.ItemQuery{Text: "chin"}, ""}, // whole words
			{web.ItemQuery{Agency: "tinh/huyen"}, "3"},
			{web.ItemQuery{Source: "tinh/feed", Text: "mau"}, "3"},
			{web.ItemQuery{Source: "tinh/none"}, ""},
			{web.ItemQuery{Verdict: "reform"}, "1"},
			{web.ItemQuery{Verdict: "review"}, "2"},
			{web.ItemQuery{Verdict: "unjudged"}, "3"},
			{web.ItemQuery{Verdict: "other"}, ""},
			{web.ItemQuery{From: day0.Add(time.Hour)}, "32"},
			{web.ItemQuery{To: day0.Add(time.Hour)}, "1"},
			{web.ItemQuery{Text: "hanh chinh", Verdict: "review", Agency: "tinh/bao", From: day0, To: day0.Add(2 * time.Hour)}, "2"},
		} {
			rows, total, err := s.Search(ctx, c.q)
			got := ""
			for _, r := range rows {
				got += r.Item.Key
			}
			if err != nil || got != c.want || total != len(c.want) {
				t.Errorf("%+v: %q of %d, %v; want %q", c.q, got, total, err, c.want)
			}
		}
		rows, total, err := s.Search(ctx, web.ItemQuery{Limit: 1, Offset: 1})
		if err != nil || total != 3 || len(rows) != 1 || rows[0].Item.Key != "2" {
			t.Errorf("second page: %+v of %d, %v", rows, total, err)
		}
		// Search follows a changed title and forgets the old one.
		r := revision(one, "new", "thân", "entry", day0.Add(3*time.Hour))
		r.Title, r.Lead = "Chuyển đổi số", "Tin mới"
		put(t, s, l, visit("tinh/feed", "new", day0.Add(3*time.Hour), media.OK, crawler.Seen{Item: one, Entry: r}))
		for q, want := range map[string]int{"chuyen doi so": 1, "day manh": 0} {
			if _, total, _ := s.Search(ctx, web.ItemQuery{Text: q}); total != want {
				t.Errorf("%q finds %d, want %d", q, total, want)
			}
		}
	})
}

func sameJSON(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// A verdict on the words of the listing, because the page could not be read,
// is told from one on a text that was read.
func TestEvidenceOfAnUnreadPage(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		it := item("1", "Tin", day0)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it, Fetch: true, Host: "bao.example"}))
		unread := func(what string, want bool) {
			t.Helper()
			ev := must(s.Evidence(ctx, samplePlan(), time.Time{}))
			if len(ev) != 1 || ev[0].Unread != want {
				t.Errorf("%s: evidence %+v, want unread %t", what, ev, want)
			}
		}
		page := crawler.PageVisit{Item: it.ID, Source: "tinh/feed", At: day0.Add(time.Hour), Outcome: media.Blocked, Done: true}
		if err := s.PutPage(ctx, l, page); err != nil {
			t.Fatal(err)
		}
		unread("page forbidden", true)
		judge := func(what, outcome string) {
			t.Helper()
			revs := must(s.Unjudged(ctx, "v1", 10))
			for i := range revs {
				if err := s.PutVerdicts(ctx, []media.Verdict{{Revision: revs[i].ID, Classifier: "v1"}}, day0); err != nil {
					t.Fatal(err)
				}
			}
			queue := must(s.NextReview(ctx, 10))
			for _, r := range queue {
				if !r.Unread {
					t.Errorf("%s: the queue does not say that the page was not read", what)
				}
			}
			if n := must(s.VerdictCounts(ctx)); n[outcome] != 1 || (len(queue) == 1) != (outcome == "review") {
				t.Errorf("%s: %v, %d in the queue; want one %s", what, n, len(queue), outcome)
			}
		}
		judge("not about reform by its title alone", "review")
		page.At, page.Outcome = day0.Add(2*time.Hour), media.OK
		page.Revision = revision(it, "p", "thân bài", "page", page.At)
		if err := s.PutPage(ctx, l, page); err != nil {
			t.Fatal(err)
		}
		unread("page read after all", false)
		judge("not about reform by its text", "other")
	})
}
