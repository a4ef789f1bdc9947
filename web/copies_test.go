package web

import (
	"strings"
	"testing"

	"loa/media"
)

// TestCopiesAreTold: wherever a piece is shown it says what says the same, and
// «đăng lại» of a piece alone that names whom it is from.
func TestCopiesAreTold(t *testing.T) {
	f := newFake()
	var own, repost string
	for i := range f.items {
		it := &f.items[i].Item
		c := &media.Copy{Group: "x", Relation: "near", Certain: true, Others: 1, Item: "00000000000000000000000000000002", Agency: "suong-ha/bao", Title: "Bài gốc <trên báo>", URL: "http://bao.suongha.example/2"}
		switch {
		case it.Agency == "suong-ha/bao":
			continue
		case repost == "" && it.Credit != "":
			repost = it.ID
		case own == "" && it.Credit == "":
			own = it.ID
		default:
			continue
		}
		f.items[i].Copy = c
		for k := range f.evidence {
			if f.evidence[k].ID == it.ID {
				f.evidence[k].Copy = c
			}
		}
	}
	f.derive()
	h := f.handler()
	const same, again = "Trùng nội dung với «Bài gốc &lt;trên báo&gt;» (Báo Sương Hà) đăng trước", "Đăng lại của «Bài gốc &lt;trên báo&gt;» (Báo Sương Hà)"
	for id, want := range map[string]string{own: same, repost: again} {
		if body := get(t, h, "/tin-bai/"+id).Body.String(); !strings.Contains(body, want) || !strings.Contains(body, `href="/tin-bai/00000000000000000000000000000002"`) {
			t.Errorf("the page of item %s does not say «%s»", id, want)
		}
	}
	lists, places := "", 0
	for _, page := range []string{"", "?trang=2", "?trang=3", "?trang=4", "?trang=5", "?trang=6"} {
		lists += get(t, h, "/tin-bai"+page).Body.String()
	}
	for _, want := range []string{strings.ToLower(same[:1]) + same[1:], "đ" + strings.TrimPrefix(again, "Đ")} {
		if !strings.Contains(lists, want) {
			t.Errorf("the list of items does not say «%s»", want)
		}
	}
	for _, st := range f.eval.Standings {
		for _, x := range f.eval.Matching.Credits {
			if x.Evidence.ID != own && x.Evidence.ID != repost || x.Quota != st.Quota || x.Owner != st.Owner || x.Period != st.Period {
				continue
			}
			places++
			want := same
			if x.Evidence.ID == repost {
				want = again
			}
			path := "/tien-do/" + st.Quota + "/" + strings.TrimPrefix(st.Owner, "suong-ha/") + "/" + st.Period
			if body := get(t, h, path).Body.String(); !strings.Contains(body, want) {
				t.Errorf("%s does not say «%s»", path, want)
			}
		}
	}
	if own == "" || repost == "" || places == 0 {
		t.Errorf("nothing to look at: %q, %q, %d", own, repost, places)
	}
}
