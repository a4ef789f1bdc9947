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
