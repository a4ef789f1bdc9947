package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/store"
)

func handed(owner, title string, at time.Time, more func(*media.Handin)) media.Handin {
	h := media.Handin{Kind: media.HandProof, Plan: "tinh/2023", Quota: "A-2.3", Owner: owner, Period: "2023-Q1", Form: "F9", From: day0, Title: title,
		Languages: []string{"vi", "hmong"}, Amounts: map[string]int{"events": 1, "participants": 40}, Cost: 1_500_000, Grade: media.GradeC,
		Files: []media.HandinFile{{Hash: strings.Repeat("a", 64), Name: "biên bản.pdf", Type: "application/pdf", Size: 12}},
		Acts:  []media.HandinAct{{Seq: 1, Kind: media.HandedIn, At: at, Actor: "Cán bộ"}}}
	if more != nil {
		more(&h)
	}
	h.ID = store.HandinID(h)
	return h
}

// TestHandins: what is handed in is kept as it was said, its acts are only added, and whoever saw an older state is refused.
func TestHandins(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		one := handed("tinh/so-a", "Giao ban quý I", day0, nil)
		for range 2 { // twice is once
			if err := s.AddHandins(ctx, []media.Handin{one}, nil); err != nil {
				t.Fatal(err)
			}
		}
		got, ok, err := s.Handin(ctx, one.ID)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if got.Title != one.Title || got.Amounts["participants"] != 40 || len(got.Files) != 1 || got.Files[0] != one.Files[0] || got.State() != media.HandedIn ||
			!got.From.Equal(day0) || strings.Join(got.Languages, " ") != "vi hmong" || got.Cost != 1_500_000 || len(got.Acts) != 1 {
			t.Errorf("%+v", got)
		}
		if _, ok, err := s.Handin(ctx, "none"); ok || err != nil {
			t.Error("one that is not there", ok, err)
		}
		uses := must(s.KeptUses(ctx, strings.Repeat("a", 64)))
		if len(uses) != 1 || uses[0].Kind != "handin" {
			t.Errorf("the file is held by %+v", uses)
		}
		if got := must(s.Unkept(ctx))[strings.Repeat("a", 64)]; got.Kind != "handin" {
			t.Errorf("a file of which nothing is kept is not told: %+v", got)
		}
		dec := schedule.Decision{ID: "d1", Kind: schedule.Attest, Plan: "tinh/2023", Quota: "A-2.3", Owner: "tinh/so-a", Period: "2023-Q1", At: day0.Add(time.Hour), Actor: "Chuyên viên", Date: day0, Reason: "x"}
		accept := media.HandinAct{Seq: 2, Kind: media.Accepted, At: day0.Add(time.Hour), Actor: "Chuyên viên", Grade: media.GradeB, Decision: "d1"}
		if err := s.ActHandin(ctx, "none", accept, nil); !errors.Is(err, store.ErrNoHandin) {
			t.Error(err)
		}
		if err := s.ActHandin(ctx, one.ID, accept, []schedule.Decision{dec}); err != nil {
			t.Fatal(err)
		}
		if err := s.ActHandin(ctx, one.ID, accept, nil); !errors.Is(err, store.ErrHandinMoved) {
			t.Error("acted on what had moved:", err)
		}
		if ds := must(s.Decisions(ctx, "tinh/2023", time.Time{})); len(ds) != 1 || ds[0].ID != "d1" {
			t.Errorf("%+v", ds)
		}
		if _, err := s.VerifyEvents(ctx); err != nil {
			t.Error(err)
		}
		kinds := ""
		for _, e := range must(s.Events(ctx, 0, 100)) {
			kinds += e.Kind + " " + e.Before + ";"
		}
		if !strings.Contains(kinds, "handin.handed ;") || !strings.Contains(kinds, "handin.accepted handed;") || !strings.Contains(kinds, "decision.attest") {
			t.Error(kinds)
		}
		if err := s.AddHandins(ctx, []media.Handin{{ID: "x"}}, nil); err == nil {
			t.Error("a hand-in of nobody is recorded")
		}
	})
}

// TestHandinsReplaced: one stands instead of another of the same owner, once.
func TestHandinsReplaced(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		old := handed("tinh/so-a", "Bản đầu", day0, nil)
		if err := s.AddHandins(ctx, []media.Handin{old}, nil); err != nil {
			t.Fatal(err)
		}
		instead := func(owner, title string) media.Handin {
			return handed(owner, title, day0.Add(time.Hour), func(h *media.Handin) { h.Instead = old.ID })
		}
		if err := s.AddHandins(ctx, []media.Handin{instead("tinh/so-b", "của cơ quan khác")}, nil); !errors.Is(err, store.ErrHandinMoved) {
			t.Error("another's is replaced:", err)
		}
		if err := s.AddHandins(ctx, []media.Handin{instead("tinh/so-a", "Bản hai")}, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.AddHandins(ctx, []media.Handin{instead("tinh/so-a", "Bản ba")}, nil); !errors.Is(err, store.ErrHandinMoved) {
			t.Error("replaced twice:", err)
		}
		hs, n, err := s.Handins(ctx, media.HandinQuery{Plan: "tinh/2023", Standing: true})
		if err != nil || n != 1 || hs[0].Title != "Bản hai" {
			t.Errorf("%d %+v %v", n, hs, err)
		}
	})
}

// TestHandinQueries: each field narrows; a person confined to agencies is given theirs.
func TestHandinQueries(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		post := handed("tinh/so-b", "Bài trên trang mạng xã hội", day0.Add(2*time.Hour), func(h *media.Handin) {
			h.Kind, h.Quota, h.Form, h.URL, h.From, h.Amounts, h.Period, h.Files = media.HandPost, "A-8", "F6", "https://zalo.example/1", day0.AddDate(0, 0, 5), map[string]int{"posts": 1}, "2023-Q1", nil
		})
		gone := handed("tinh/so-b", "Đã rút 100%_!", day0.Add(3*time.Hour), func(h *media.Handin) {
			h.URL = "https://zalo.example/2"
			h.Acts = append(h.Acts, media.HandinAct{Seq: 2, Kind: media.Withdrawn, At: day0.Add(4 * time.Hour), Actor: "Cán bộ"})
		})
		if err := s.AddHandins(ctx, []media.Handin{handed("tinh/so-a", "Giao ban", day0, nil), post, gone}, nil); err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			q    media.HandinQuery
			want string
		}{
			{media.HandinQuery{}, "Đã rút 100%_!|Bài trên trang mạng xã hội|Giao ban"},
			{media.HandinQuery{Agencies: []string{"tinh/so-a"}}, "Giao ban"},
			{media.HandinQuery{Agencies: []string{"tinh/so-a"}, Owner: "tinh/so-b"}, ""},
			{media.HandinQuery{Kinds: []media.HandinKind{media.HandPost}}, "Bài trên trang mạng xã hội"},
			{media.HandinQuery{Quota: "A-8"}, "Bài trên trang mạng xã hội"},
			{media.HandinQuery{State: media.Withdrawn}, "Đã rút 100%_!"},
			{media.HandinQuery{Standing: true}, "Bài trên trang mạng xã hội|Giao ban"},
			{media.HandinQuery{Form: "F6"}, "Bài trên trang mạng xã hội"},
			{media.HandinQuery{From: day0.AddDate(0, 0, 1)}, "Bài trên trang mạng xã hội"},
			{media.HandinQuery{To: day0.AddDate(0, 0, 1), Standing: true}, "Giao ban"},
			{media.HandinQuery{Text: "giao BAN"}, "Giao ban"},
			{media.HandinQuery{Text: "%_!"}, "Đã rút 100%_!"},
			{media.HandinQuery{Text: "mang xa hoi"}, "Bài trên trang mạng xã hội"},
			{media.HandinQuery{Limit: 1, Offset: 1}, "Bài trên trang mạng xã hội"},
		} {
			x.q.Plan = "tinh/2023"
			hs, n, err := s.Handins(ctx, x.q)
			var titles []string
			for _, h := range hs {
				titles = append(titles, h.Title)
			}
			if got := strings.Join(titles, "|"); err != nil || got != x.want || x.q.Limit == 0 && n != len(hs) || x.q.Limit > 0 && n != 3 {
				t.Errorf("%+v: %d %q %v", x.q, n, got, err)
			}
		}
		known := must(s.HandinURLs(ctx, "tinh/2023", []string{"https://zalo.example/1", "https://zalo.example/2", "https://zalo.example/3"}))
		if len(known) != 1 || known["https://zalo.example/1"] != post.ID {
			t.Errorf("%v", known)
		}
	})
}

// TestHandinSums: only what was accepted counts, by duty, owner, period and form.
func TestHandinSums(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		accepted := func(h *media.Handin) {
			h.Acts = append(h.Acts, media.HandinAct{Seq: 2, Kind: media.Accepted, At: day0.Add(time.Hour), Actor: "Chuyên viên"})
		}
		hs := []media.Handin{
			handed("tinh/so-a", "một", day0, accepted), handed("tinh/so-a", "hai", day0.Add(time.Minute), accepted), handed("tinh/so-a", "chưa xem", day0.Add(2*time.Minute), nil),
			handed("tinh/so-a", "tờ rơi", day0.Add(3*time.Minute), func(h *media.Handin) {
				accepted(h)
				h.Form, h.Amounts, h.Cost = "F7", map[string]int{"copies": 500, "panels": 2}, 0
			}),
			handed("tinh/so-b", "ngoài khoảng", day0.Add(4*time.Minute), func(h *media.Handin) { accepted(h); h.From = day0.AddDate(0, 1, 0) }),
			handed("tinh/so-b", "bị trả sau khi nhận", day0.Add(5*time.Minute), func(h *media.Handin) {
				accepted(h)
				h.Acts = append(h.Acts, media.HandinAct{Seq: 3, Kind: media.Returned, At: day0.Add(2 * time.Hour), Actor: "Chuyên viên", Reason: "nhầm", Due: day0.AddDate(0, 0, 5)})
			}),
		}
		if err := s.AddHandins(ctx, hs, nil); err != nil {
			t.Fatal(err)
		}
		sums := must(s.HandinSums(ctx, "tinh/2023", day0, day0.AddDate(0, 0, 10)))
		if len(sums) != 2 {
			t.Fatalf("%+v", sums)
		}
		leaflets, meetings := sums[0], sums[1]
		if leaflets.Form != "F7" || leaflets.Pieces != 1 || leaflets.Amounts["copies"] != 500 || leaflets.Amounts["panels"] != 2 || leaflets.Cost != 0 {
			t.Errorf("%+v", leaflets)
		}
		if meetings.Form != "F9" || meetings.Pieces != 2 || meetings.Amounts["events"] != 2 || meetings.Amounts["participants"] != 80 || meetings.Cost != 3_000_000 || meetings.Period != "2023-Q1" {
			t.Errorf("%+v", meetings)
		}
		if all := must(s.HandinSums(ctx, "tinh/2023", time.Time{}, time.Time{})); len(all) != 3 {
			t.Errorf("without bounds: %+v", all)
		}
	})
}
