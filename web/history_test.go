package web

import (
	"fmt"
	"strings"
	"testing"

	"loa/media"
	"loa/viet/mask"
)

func TestHistory(t *testing.T) {
	first := media.Revision{ID: "1", From: "page", Title: "Tin", Lead: "Mở đầu", Body: "Một.\nHai.\nHai.\nBa."}
	listed := media.Revision{ID: "0", From: "entry", Title: "Tin ngắn"}
	second := media.Revision{ID: "2", From: "page", Title: "Tin đã sửa", Lead: " Mở  đầu", Body: "Một.\nHai.\nBốn <b>.\n\nBa."}
	got := history(mask.Mask{}, []media.Revision{second, first, listed})
	if len(got) != 3 || len(got[1].Changes) != 0 || len(got[2].Changes) != 0 {
		t.Fatalf("%+v", got)
	}
	if s, want := fmt.Sprint(got[0].Changes), "[{tiêu đề Tin Tin đã sửa} {nội dung Hai. } {nội dung  Bốn <b>.}]"; s != want {
		t.Errorf("%s, want %s", s, want)
	}
	long := first
	long.Body = strings.Repeat("Đoạn dài lắm. ", 60)
	for i := range 40 {
		long.Body += fmt.Sprint("\nDòng ", i)
	}
	h := history(mask.Mask{}, []media.Revision{long, first})
	if n := len(h[0].Changes); n != mostChanges || h[0].More != 4+41-mostChanges {
		t.Errorf("%d changes, %d more", n, h[0].More)
	}
	for _, c := range h[0].Changes {
		if len(c.New) > changeLength+len("…") || strings.HasSuffix(c.New, " …") {
			t.Errorf("not cut: %q", c.New)
		}
	}
}

// TestHistoryIsShown: the page of an item says what was changed and when.
func TestHistoryIsShown(t *testing.T) {
	f := newFake()
	id := f.items[0].Item.ID
	was := f.revisions[id][0]
	now := was
	now.ID, now.Hash, now.Seen = "20230109-x", "h2", was.Seen.AddDate(0, 0, 3)
	now.Body = strings.Replace(now.Body, "hồ sơ được trả đúng hẹn", "hồ sơ được trả trước hẹn", 1)
	f.revisions[id] = append(f.revisions[id], now)
	body := get(t, f.handler(), "/tin-bai/"+id).Body.String()
	for _, want := range []string{"<del>", "trả đúng hẹn", "<ins>", "trả trước hẹn", "Các bản đã đọc"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
}

// TestDeletedCopyIsTold: where the kept page behind a text was deleted, its time
// having passed, the item's page says so and when; else it says what is kept.
func TestDeletedCopyIsTold(t *testing.T) {
	f := newFake()
	id := f.items[0].Item.ID
	was := f.revisions[id][0]
	was.Kept = strings.Repeat("ab", 32)
	older := was
	older.ID, older.Hash, older.Kept, older.Seen = "20230101-x", "h0", strings.Repeat("cd", 32), was.Seen.AddDate(0, 0, -3)
	f.revisions[id] = []media.Revision{was, older}
	body := get(t, f.handler(), "/tin-bai/"+id).Body.String()
	if !strings.Contains(body, "<dt>Bản lưu</dt>") || !strings.Contains(body, "abababababababab…") || strings.Contains(body, "đã xóa") {
		t.Errorf("a page that is kept: %s", body)
	}
	f.items[0].Deleted = map[string]Deleted{was.Kept: {"page", 730, at("2025-03-11 08:00")}, older.Kept: {"list", 90, at("2023-04-10 08:00")}}
	body = get(t, f.handler(), "/tin-bai/"+id).Body.String()
	for _, want := range []string{
		"<dd>bản lưu đã xóa theo thời hạn lưu (trang chưa được ghi nhận, 730 ngày) ngày 11/3/2025</dd>",
		"bản lưu đã xóa theo thời hạn lưu (trang danh sách, 90 ngày) ngày 10/4/2023",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
}
