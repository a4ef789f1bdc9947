package web

import (
	"fmt"
	"strings"
	"testing"

	"loa/media"
	"loa/report"
	"loa/schedule"
)

// TestFacetsOnTheItemPage: each with the words that led there, in its place.
func TestFacetsOnTheItemPage(t *testing.T) {
	f := newFake()
	id := f.items[0].Item.ID
	f.items[0].Verdict = &media.Verdict{Reform: true, Revision: f.items[0].Item.Revision, Facets: []media.Facet{
		{ID: "papi", Term: "PAPI", Field: "title"}, {ID: "chưa-đặt-tên", Term: "x", Field: "lead"},
		{ID: "vb:206/KH-UBND", Term: "206/KH-UBND", Field: "body", Year: 2021, Place: "Sương Hà"}, {ID: "vb:107/2020/NĐ-CP", Term: "107/2020/NĐ-CP", Field: "body", Year: 2020}}}
	words := strings.Fields(f.items[0].Item.Title)
	f.items[0].Verdict.Facets = append(f.items[0].Verdict.Facets, media.Facet{ID: "pci", Term: words[0], Field: "title", At: strings.Index(f.items[0].Item.Title, words[0])})
	opts := f.options()
	opts.Facets = []media.FacetKind{{ID: "papi", Group: "chi-so", Name: "Chỉ số <PAPI>"}}
	page := get(t, New(opts), "/tin-bai/"+id).Body.String()
	for _, s := range []string{"Nội dung nhắc đến", "Chỉ số &lt;PAPI&gt;", "«PAPI», tiêu đề", "Văn bản 206/KH-UBND năm 2021, Sương Hà", "Văn bản 107/2020/NĐ-CP<", "chưa-đặt-tên", "<mark>" + words[0] + "</mark>"} {
		if !strings.Contains(page, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
}

// What a person must still look at says so, whatever the machine would decide alone.
func TestVerdictChip(t *testing.T) {
	other, asked := &media.Verdict{}, &media.Verdict{Review: true, Reform: true}
	for _, c := range []struct {
		row  ItemRow
		want string
	}{
		{ItemRow{}, "unjudged"},
		{ItemRow{Verdict: other}, "other"},
		{ItemRow{Verdict: &media.Verdict{Reform: true}}, "reform"},
		{ItemRow{Verdict: asked}, "review"},
		{ItemRow{Verdict: other, Unread: true}, "review"},
		{ItemRow{Verdict: other, Unread: true, Decided: "Chuyên viên"}, "other"},
		{ItemRow{Verdict: asked, Decided: "Chuyên viên"}, "reform"},
	} {
		if got := verdictChip(c.row).Key; got != c.want {
			t.Errorf("%+v: %s, want %s", c.row, got, c.want)
		}
	}
}

// A page far down opens from the one before it; by its number alone the last that does is shown, and the page says so.
func TestPagesFarDown(t *testing.T) {
	f := newFake()
	row := f.items[0]
	for i := range mostByNumber*itemsPerPage + 200 {
		row.Item.ID = fmt.Sprintf("far%d", i)
		f.items = append(f.items, row)
	}
	const told = "Danh sách chỉ mở theo số đến trang 100"
	body := get(t, f.handler(), "/tin-bai?trang=500").Body.String()
	structure(t, "/tin-bai?trang=500", body)
	next := "trang=101"
	if f.asked.Offset != 99*itemsPerPage || !strings.Contains(body, told) || !strings.Contains(body, "không phải trang 500") || !strings.Contains(body, next) || !strings.Contains(body, `start="4951"`) {
		t.Errorf("page 500 asks for %+v", f.asked)
	}
	if body = get(t, f.handler(), "/tin-bai?trang=101&sau=far4990").Body.String(); strings.Contains(body, told) || !strings.Contains(body, `start="5001"`) || !strings.Contains(body, "/tin-bai/far4991") {
		t.Error("the page that follows a piece is another")
	}
	if body = get(t, f.handler(), "/tin-bai?trang=100").Body.String(); strings.Contains(body, told) {
		t.Error("page 100 is refused")
	}
	for _, q := range []string{"ket-qua=review", "q=%22mot+cua%22"} { // these have no places: what is read of them has an end of its own
		if body = get(t, f.handler(), "/tin-bai?trang=500&"+q).Body.String(); strings.Contains(body, told) || f.asked.Offset != 499*itemsPerPage {
			t.Errorf("%s: asked for %+v", q, f.asked)
		}
	}
}

// What waits for a person says what an answer would change, in the order in which it comes.
func TestWaitingItems(t *testing.T) {
	f := newFake()
	q := f.plan.Quotas[0]
	gain := schedule.Gain{Quota: q.ID, Owner: f.plan.Agencies[0].ID, Period: "2023-02", Missing: 2, Due: day("2023-03-01")}
	counted, over := gain, gain
	counted.Counted, over.Over, over.Missing = true, true, 1
	f.items = []ItemRow{{Item: media.Item{ID: "w1", Title: "Bài cũ nhưng cần", Agency: f.plan.Agencies[0].ID}, Verdict: &media.Verdict{Score: 0.4, Review: true}, Gains: []schedule.Gain{gain, counted, over}},
		{Item: media.Item{ID: "w2", Title: "Bài mới"}, Verdict: &media.Verdict{Score: 0.5, Review: true}}}
	body := get(t, f.handler(), "/tin-bai?ket-qua=review").Body.String()
	structure(t, "/tin-bai?ket-qua=review", body)
	name := report.NamesOf(f.plan).Agency(f.plan.Agencies[0].ID)
	for _, want := range []string{
		"Nếu duyệt: " + q.ID + " " + name + ", tháng 02/2023 còn thiếu 2, sẽ thiếu 1; hạn 28/02/2023", "Đang tạm tính cho " + q.ID + " " + name + ", tháng 02/2023: nếu loại thì thiếu 2; hạn 28/02/2023",
		"còn thiếu 1, sẽ đủ; kỳ đã qua, chưa chốt", "Xếp theo thứ tự nên duyệt",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no «%s»", want)
		}
	}
	if f.asked.Plan != f.plan.ID || f.asked.Verdict != "review" || strings.Index(body, "w1") > strings.Index(body, "w2") {
		t.Errorf("asked %+v", f.asked)
	}
	if strings.Contains(get(t, f.handler(), "/tin-bai").Body.String(), "Xếp theo thứ tự nên duyệt") {
		t.Error("every list says that it is a queue")
	}
}
