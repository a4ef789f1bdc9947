package web

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"loa/media"
	"loa/web/access"
)

func plainRows(rows []diffRow) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(r.Kind + ":")
		for _, p := range r.Inline {
			switch {
			case p.Gone:
				b.WriteString("[-" + p.Text + "]")
			case p.New:
				b.WriteString("[+" + p.Text + "]")
			default:
				b.WriteString(p.Text)
			}
		}
		b.WriteString("|")
	}
	return b.String()
}

func TestCompareTexts(t *testing.T) {
	for _, c := range []struct{ before, now, want string }{
		{"Một cửa.\nHai.", "Một  cửa.\nHai.\n", "same:Một cửa.|same:Hai.|"},
		{"Huyện tiếp nhận 120 hồ sơ trong tháng.", "Huyện tiếp nhận 125 hồ sơ trong tháng.", "changed:Huyện tiếp nhận [-120][+125] hồ sơ trong tháng.|"},
		{"Đoạn một nói về thủ tục.\nĐoạn hai.", "Đoạn một nói về thủ tục.\nMột đoạn khác hẳn chen vào giữa bài.\nĐoạn hai.", "same:Đoạn một nói về thủ tục.|new:[+Một đoạn khác hẳn chen vào giữa bài.]|same:Đoạn hai.|"},
		{"Bỏ đi.\nCòn lại ở đây.", "Còn lại ở đây.", "gone:[-Bỏ đi.]|same:Còn lại ở đây.|"},
		{"", "Mới.", "new:[+Mới.]|"}, {"", "", ""},
		{"thủ tục hành chính", "thủ tục Hành chính", "changed:thủ tục [-hành][+Hành] chính|"},
	} {
		if got := plainRows(compareTexts(c.before, c.now)); got != c.want {
			t.Errorf("%q → %q:\n%s\nwant %s", c.before, c.now, got, c.want)
		}
	}
}

// Whatever is compared, each side reads as its own text.
func FuzzCompareTexts(f *testing.F) {
	f.Add("Một cửa, một dấu.\nHai", "Một cửa liên thông.\nBa")
	f.Add("a b c", "")
	f.Add("\u0301x 1", "x\u0301 2")
	f.Fuzz(func(t *testing.T, before, now string) {
		if len(before)+len(now) > 4000 || !utf8.ValidString(before) || !utf8.ValidString(now) {
			return
		}
		var left, right []string
		for _, r := range compareTexts(before, now) {
			side := func(ps []diffPiece) (s string) {
				for _, p := range ps {
					s += p.Text
				}
				return s
			}
			if r.Left != nil {
				left = append(left, side(r.Left))
			}
			if r.Right != nil {
				right = append(right, side(r.Right))
			}
		}
		if a, b := strings.Join(left, "\n"), strings.Join(paras(before), "\n"); a != b {
			t.Errorf("left %q, want %q", a, b)
		}
		if a, b := strings.Join(right, "\n"), strings.Join(paras(now), "\n"); a != b {
			t.Errorf("right %q, want %q", a, b)
		}
	})
}

func TestComparePage(t *testing.T) {
	f := newFake()
	c := reviewing(t, f, &answers{f: f}, officer("mot"))
	it := f.items[0].Item
	path := "/tin-bai/" + it.ID + "/so-sanh"
	if body := c.page(path); !strings.Contains(body, "mới đọc được một bản") {
		t.Error("one text only")
	}
	first := f.revisions[it.ID][0]
	first.Kept = strings.Repeat("a", 64)
	later, third := first, first
	later.ID, later.Hash, later.Seen, later.Kept = "rev-2", "h2", first.Seen.AddDate(0, 0, 3), strings.Repeat("b", 64)
	later.Body = strings.Replace(first.Body, "tận tình", "chu đáo "+hostile+", chị Tạ Thị Út, điện thoại 0912345678", 1)
	third.ID, third.Hash, third.Seen, third.Kept = "rev-3", "h3", first.Seen.AddDate(0, 0, 5), strings.Repeat("d", 64)
	f.revisions[it.ID] = []media.Revision{first, later, third}
	body := c.page(path + "?a=" + first.ID + "&b=rev-2")
	for _, want := range []string{"<del>tận tình</del>", "<ins>chu đáo", "&lt;script&gt;", first.Kept, later.Kept, first.Hash, "/ban-luu/" + later.Kept, `value="rev-2" selected`} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %q", want)
		}
	}
	if strings.Contains(body, "345678") || strings.Contains(body, "<script>alert") {
		t.Error("a telephone number is not masked, or a text is active")
	}
	if body := c.page(path); !strings.Contains(body, `value="rev-3" selected`) || !strings.Contains(body, `value="rev-2" selected`) {
		t.Error("by itself it does not compare the last with the one before")
	}
	if body := c.page("/tin-bai/" + it.ID); !strings.Contains(body, `href="`+path+`"`) {
		t.Error("the item's page does not lead there")
	}
	w := c.do("GET", "/tin-bai/"+it.ID+"/ban-luu/"+first.Kept, nil)
	if h := w.Header(); w.Code != 200 || h.Get("Content-Type") != "text/plain; charset=utf-8" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", w.Code, h)
	}
	for _, hash := range []string{strings.Repeat("c", 64), third.Kept} { // another's; one that was deleted
		if w := c.do("GET", "/tin-bai/"+it.ID+"/ban-luu/"+hash, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", hash, w.Code)
		}
	}
	clerk := reviewing(t, f, &answers{f: f}, access.Actor{Account: "x", Name: "Đầu mối", Role: access.Clerk, Agencies: []string{"suong-ha/tp-suong-ha"}})
	for _, p := range []string{path, "/tin-bai/" + it.ID + "/ban-luu/" + first.Kept} {
		if w := clerk.do("GET", p, nil); w.Code != http.StatusForbidden {
			t.Errorf("%s as another agency's clerk: %d", p, w.Code)
		}
	}
}
