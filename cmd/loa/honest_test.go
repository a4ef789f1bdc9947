package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/crawler/extract"
	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store/storetest"
	"loa/web/access"
)

// declaredPage is where the unit says that its piece is, and crawledPage where it is found: one page under two addresses.
const (
	declaredPage = "so-tu-phap.mau.example/tin/mot-cua?utm_source=zalo"
	crawledPage  = "https://www.so-tu-phap.mau.example/tin/mot-cua"
)

// TestDeclaredThenCrawled: what an officer accepted as declared and what is crawled at its address later is one piece. The
// observed one counts while it is about reform; when a person says that it is not, the accepted declaration counts again.
func TestDeclaredThenCrawled(t *testing.T) {
	t.Parallel()
	const unit = "mau/so-tu-phap"
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			e := testEngine(t, "--plans", samplePlans(t), "--db", storetest.DB(t, engine))
			day := time.Date(2023, 3, 2, 0, 0, 0, 0, calendar.Zone)
			now := day.AddDate(0, 0, 20)
			e.business = func() time.Time { return now }
			officer := deskAs(e, access.Actor{Role: access.Officer, Account: "a1", Login: "cv", Name: "Chuyên viên"})
			accept := func(period string, claim schedule.Claim) error {
				t.Helper()
				d := schedule.Declaration{Agency: unit, Period: period, Edition: 1, Actor: "Văn thư", Via: "web", Claims: []schedule.Claim{claim}}
				if err := e.declare(t.Context(), d); err != nil {
					t.Fatal(err)
				}
				p, err := calendar.Parse(period)
				if err != nil {
					t.Fatal(err)
				}
				r, err := e.collectRound(t.Context(), p, true, unit)
				if err != nil || len(r.Units) != 1 || len(r.Units[0].Tally.Disputes) != 1 {
					t.Fatalf("%+v: %v", r, err)
				}
				return e.actOnDispute(t.Context(), schedule.DisputeAct{Agency: unit, Period: period, Difference: r.Units[0].Tally.Disputes[0].ID, Seq: 1, Kind: schedule.SettleAccept, Actor: "Chuyên viên",
					Words: "đã xem trang", Quota: "A-4", Grade: media.GradeC})
			}
			before := delivered(t, e)
			if err := accept("2023-03", schedule.Claim{Kind: schedule.ClaimPiece, Title: "Một cửa về tận thôn", Date: day, URL: declaredPage}); err != nil {
				t.Fatal(err)
			}
			if got := delivered(t, e); got != before+1 {
				t.Fatalf("accepted: %v, %v before", got, before)
			}
			item := crawlOne(t, e, unit, crawledPage, "Tiêu đề khác hẳn", day.Add(33*time.Hour))
			says := func(reform bool, want ...string) {
				t.Helper()
				now = now.Add(time.Hour)
				if err := e.store.AddReview(t.Context(), item, reform, nil, "Người duyệt", e.business(), ""); err != nil {
					t.Fatal(err)
				}
				if got := delivered(t, e); got != before+1 {
					t.Errorf("about reform %t: %v count, want %v", reform, got, before+1)
				}
				page := deskSays(t, officer, http.MethodGet, "/tien-do/A-4/so-tu-phap/2023-03", "", nil, 200)
				has(t, "the standing's page", page, append(want, "Một cửa về tận thôn", "Tiêu đề khác hẳn")...)
			}
			says(true, "ã thấy: hệ thống đã thu thập chính tin, bài này", "ơn vị cũng khai tin, bài này")
			says(false, "vẫn tính theo nội dung đơn vị khai đã được chấp nhận")
			says(true, "ã thấy: hệ thống đã thu thập chính tin, bài này")
			// The same piece in the quarter's form, in other words, of another day, under another of its addresses.
			if err := accept("2023-Q1", schedule.Claim{Kind: schedule.ClaimPiece, Title: "Tên thứ ba", Date: day.AddDate(0, 0, 3), URL: "http://so-tu-phap.mau.example/tin/mot-cua/"}); err != nil {
				t.Fatal(err)
			}
			if got := delivered(t, e); got != before+1 {
				t.Errorf("accepted in the quarter's form too: %v count, want %v", got, before+1)
			}
		})
	}
}

// crawlOne brings one piece as a visit to a source of an agency does.
func crawlOne(t *testing.T, e *engine, agency, address, title string, at time.Time) (item string) {
	t.Helper()
	for _, src := range e.plan.Sources {
		if src.Agency != agency || !src.Kind.Items() || src.Verify {
			continue
		}
		if err := e.store.Sync(t.Context(), e.plan.Sources, nil); err != nil {
			t.Fatal(err)
		}
		host := strings.Split(strings.SplitN(src.URL, "://", 2)[1], "/")[0]
		leases, err := e.store.ClaimFor(t.Context(), e.node, []string{host}, 1, time.Minute)
		if err != nil || len(leases) != 1 {
			t.Fatalf("%d leases of %s: %v", len(leases), host, err)
		}
		key, err := extract.Key(src.Rule.Key, address)
		if err != nil {
			t.Fatal(err)
		}
		it := media.Item{ID: media.ItemID(e.plan.Province, key), Key: key, Source: src.ID, Agency: agency, URL: address, Title: title, Lead: "Sở đưa bộ phận một cửa về tận thôn.",
			Claimed: media.Date{At: at, Precision: media.ToMinute, Found: "list"}, Seen: e.business(), Verified: e.business()}
		text := media.Revision{Item: it.ID, Hash: crawler.TextHash(it.Title, it.Lead, ""), Title: it.Title, Lead: it.Lead, From: "entry", Seen: e.business()}
		text.ID = media.RevisionID(text.Item, text.Hash, text.Seen)
		visit := crawler.Visit{ID: "20230322-mot", Source: src.ID, At: e.business(), Outcome: media.OK, NextDue: time.Now().Add(time.Hour), Seen: []crawler.Seen{{Item: it, Entry: &text}}}
		if _, err := e.store.PutVisits(t.Context(), leases[0], []crawler.Visit{visit}); err != nil {
			t.Fatal(err)
		}
		return it.ID
	}
	t.Fatalf("no source of %s", agency)
	return ""
}
