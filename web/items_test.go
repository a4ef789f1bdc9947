package web

import (
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
