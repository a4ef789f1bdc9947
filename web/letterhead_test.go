package web

import (
	"strings"
	"testing"

	"loa/schedule"
)

// TestSetLetterhead: what is typed otherwise becomes an entry from its day on; every field that cannot stand on a paper is named.
func TestSetLetterhead(t *testing.T) {
	o := newOffice(t)
	o.f.plan.Letterheads = []schedule.Letterhead{{Agency: o.f.plan.Agencies[0].ID, Signer: "GIÁM ĐỐC", Place: "Sương Hà", Symbol: "STTTT", Office: "BC", Home: "Sở Nội vụ", Governing: "Ủy ban nhân dân tỉnh", Copies: []string{"Lãnh đạo Sở"}}}
	page := get(t, o.h, "/cai-dat/the-thuc").Body.String()
	for _, want := range []string{"GIÁM ĐỐC</textarea>", `value="STTTT"`, "Lãnh đạo Sở</textarea>", "vẫn giữ thể thức cũ"} {
		if !strings.Contains(page, want) {
			t.Errorf("the form does not show %s", want)
		}
	}
	same := []string{"place", "Sương Hà", "symbol", "STTTT", "office", "BC", "home_affairs", "Sở Nội vụ", "governing", "Ủy ban nhân dân tỉnh"}
	w := o.post("/cai-dat/the-thuc", append(same, "signer", "KT. GIÁM ĐỐC\r\nPHÓ GIÁM ĐỐC", "copies", "", "tu-ngay", "01/4/2023", "can-cu", "Thông báo 12")...)
	if w.Code != 303 || len(o.settings.laid) != 1 {
		t.Fatalf("%d:\n%s", w.Code, w.Body.String())
	}
	e := o.settings.laid[0]
	if want := `{"basis":"Thông báo 12","copies":null,"signer":"KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"}`; e.Body != want || !e.From.Equal(day("2023-04-01")) || e.Kind != schedule.EntryLetterhead {
		t.Errorf("%+v, want %s", e, want)
	}
	if w = o.post("/cai-dat/the-thuc", append(same, "signer", "GIÁM ĐỐC", "copies", "Lãnh đạo Sở", "can-cu", "x")...); w.Code != 422 || !strings.Contains(w.Body.String(), "Chưa có gì khác") {
		t.Errorf("nothing typed otherwise: %d", w.Code)
	}
	w = o.post("/cai-dat/the-thuc", "signer", "Giám đốc", "place", strings.Repeat("dài ", 40), "symbol", "S/TTTT", "copies", "Lãnh đạo Sở", "can-cu", "x")
	for _, want := range []string{"chữ in hoa, như «KT. GIÁM ĐỐC»", "quá 80 chữ cái", "chữ in hoa và chữ số"} {
		if w.Code != 422 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%d, no «%s»", w.Code, want)
		}
	}
	if len(o.settings.laid) != 1 {
		t.Errorf("%d entries", len(o.settings.laid))
	}
}
