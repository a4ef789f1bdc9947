package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/store"
)

func TestUploads(t *testing.T) {
	d := func(n int) time.Time { return day0.AddDate(0, 0, n) }
	both(t, func(t *testing.T, s *store.Store) {
		up := func(url, title string, day int, length time.Duration) media.Upload {
			return media.Upload{ID: media.UploadID("dai-tv", url, title, d(day)), Source: "uploads:dai-tv", Channel: "dai-tv", At: d(day), Precision: media.ToMinute,
				Title: title, Column: "cchc", URL: url, Duration: length}
		}
		tell := func(knownAt time.Time) string {
			var out []string
			for _, u := range must(s.Uploads(ctx, d(0), d(10), knownAt)) {
				out = append(out, fmt.Sprintf("%s %s %s %s", u.URL, u.Title, u.Duration, u.Kept))
			}
			return strings.Join(out, "; ")
		}
		put := func(day, want int, sha string, ups ...media.Upload) {
			t.Helper()
			var k *media.Kept
			if sha != "" {
				k = &media.Kept{SHA256: sha, At: d(day)}
			}
			if n := must(s.PutUploads(ctx, ups, k, "Phòng Nội dung số", d(day))); n != want {
				t.Errorf("%d are new, want %d", n, want)
			}
		}
		put(3, 2, "s1", up("v/1", "Số 1", 1, 0), up("v/2", "Số 2", 2, 16*time.Minute))
		events := len(must(s.Events(ctx, 0, 99)))
		put(4, 0, "s2", up("v/1", "Số 1", 1, 0), up("v/2", "Số 2", 2, 0)) // the feed says nothing of lengths
		if n := len(must(s.Events(ctx, 0, 99))); n != events {
			t.Errorf("the same list again made %d events", n-events)
		}
		put(5, 1, "s3", up("v/1", "Số 1 (bản đủ)", 1, 20*time.Minute))
		// A list knows the day of what a feed dated to the minute.
		day := up("v/2", "Số 2", 2, 16*time.Minute)
		day.At, day.Precision = time.Date(2023, 3, 8, 0, 0, 0, 0, zone), media.ToDay
		put(5, 0, "s4", day)
		equal(t, "now", tell(time.Time{}), "v/1 Số 1 (bản đủ) 20m0s s3; v/2 Số 2 16m0s s1")
		equal(t, "as known then", tell(d(4)), "v/1 Số 1 0s s1; v/2 Số 2 16m0s s1")
		equal(t, "as known before", tell(d(2)), "")
		if uses := must(s.KeptUses(ctx, "s1")); len(uses) == 0 || uses[0].Kind != "upload" {
			t.Errorf("what refers to the list: %+v", uses)
		}
		if _, err := s.PutUploads(ctx, []media.Upload{{ID: "x", Channel: "dai-tv"}}, nil, "", d(5)); err == nil {
			t.Error("an upload without title and date is taken")
		}
		if all := must(s.Uploads(ctx, d(2), d(10), time.Time{})); len(all) != 1 || all[0].Column != "cchc" || all[0].Precision != media.ToMinute || !all[0].At.Equal(d(2)) || !all[0].Seen.Equal(d(3)) {
			t.Errorf("%+v", all)
		}
	})
}

// TestUploadsOfVisits: a feed's uploads are kept by its visits, beside nothing
// else; what it and a list that was handed in say of one video is one thing.
func TestUploadsOfVisits(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		u := media.Upload{Source: "tinh/feed", Channel: "ytv", At: day0, Precision: media.ToSecond, Title: "Chung tay số 10", Column: "cchc", URL: "https://www.youtube.com/watch?v=abcdefghi-1"}
		u.ID = media.UploadID(u.Channel, u.URL, u.Title, u.At)
		for day := 1; day <= 2; day++ {
			v := visit("tinh/feed", fmt.Sprint("u", day), day0.AddDate(0, 0, day), media.OK)
			v.Uploads = []media.Upload{u}
			put(t, s, l, v)
		}
		list := u
		list.Source, list.Duration = "uploads:ytv", 16*time.Minute
		must(s.PutUploads(ctx, []media.Upload{list}, nil, "Đài", day0.AddDate(0, 0, 3)))
		all := must(s.Uploads(ctx, day0, day0.AddDate(0, 0, 1), time.Time{}))
		if len(all) != 1 || all[0].Duration != 16*time.Minute || all[0].Precision != media.ToSecond {
			t.Errorf("%+v", all)
		}
		if was := must(s.Uploads(ctx, day0, day0.AddDate(0, 0, 1), day0.AddDate(0, 0, 2))); len(was) != 1 || was[0].Source != "tinh/feed" || was[0].Duration != 0 {
			t.Errorf("as the feed said: %+v", was)
		}
		if ev := must(s.Evidence(ctx, samplePlan(), time.Time{})); len(ev) != 0 {
			t.Errorf("an upload is evidence: %+v", ev)
		}
	})
}
