package web

import (
	"strings"
	"testing"

	"loa/media"
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
