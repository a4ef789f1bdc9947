package classify

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"loa/media"
)

func facetsOf(c *Classifier, r media.Revision) map[string]media.Facet {
	out := map[string]media.Facet{}
	for _, f := range c.Judge(r).Facets {
		out[f.ID] = f
	}
	return out
}

func TestFacets(t *testing.T) {
	c := must(t)
	for _, x := range []struct {
		title, lead, body string
		want, not         []string
	}{
		{title: "Tỉnh tăng ba bậc Chỉ số cải cách hành chính (PAR INDEX), SIPAS đứng thứ 12", want: []string{"par-index", "sipas", "chỉ số", "kết quả"}, not: []string{"papi", "pci", "mô hình"}},
		{title: "Phân tích Chỉ số PCI và DDCI, tìm cách cải cách thủ tục hành chính cho doanh nghiệp", want: []string{"pci", "ddci", "doanh-nghiep", "chỉ số"}, not: []string{"dti"}},
		{title: "Cải cách hành chính ở bệnh viện", lead: "Bệnh viện tỉnh rút ngắn thủ tục hành chính, mỗi tháng thực hiện 20 ca PCI cho bệnh nhân mạch vành.", not: []string{"pci", "chỉ số"}},
		{title: "Ngân hàng cải cách thủ tục hành chính cho vay, siết chỉ số DTI của người vay", not: []string{"dti", "chỉ số"}},
		{title: "Công bố xếp hạng chuyển đổi số các sở, ngành; DTI cấp tỉnh tăng hai bậc", want: []string{"dti"}},
		{title: "Cắt giảm thủ tục hành chính lĩnh vực đất đai, xây dựng, y tế", want: []string{"dat-dai", "xay-dung", "y-te"}, not: []string{"quy-hoach", "bhxh"}},
		{title: "Xây dựng chính quyền số, chuyển đổi số trong cơ quan hành chính", not: []string{"xay-dung", "quy-hoach"}},
		{title: "Cải cách hành chính gắn với quy hoạch cán bộ, giải quyết hồ sơ đúng hạn", not: []string{"quy-hoach"}},
		{title: "Liên thông khai sinh, cấp thẻ bảo hiểm y tế qua dịch vụ công trực tuyến", want: []string{"tu-phap", "bhxh"}},
		{title: "Sáp nhập một loạt ban quản lý", lead: "Sở Lao động, Thương binh và Xã hội, Sở Y tế tinh gọn bộ máy trong lĩnh vực xây dựng.", not: []string{"lao-dong", "y-te", "xay-dung"}},
		{title: "Đơn giản hóa thủ tục hành chính lĩnh vực người có công, bảo hiểm xã hội", want: []string{"lao-dong", "bhxh"}},
		{title: "Cả nước giảm 86.300 biên chế", lead: "Đoàn giám sát của Quốc hội nêu kết quả tinh gọn bộ máy.", not: []string{"người dân"}},
		{title: "Vận hành mô hình chính quyền địa phương 2 cấp, giảm thủ tục hành chính", not: []string{"mô hình"}},
		{title: "Sáng kiến cải cách hành chính: mô hình «Ngày không hẹn» tại bộ phận một cửa xã", want: []string{"mô hình"}},
		{title: "Nêu cao trách nhiệm người đứng đầu trong cải cách hành chính", want: []string{"người đứng đầu"}},
		{title: "Đối thoại với người dân, doanh nghiệp về thủ tục hành chính", want: []string{"người dân", "nguoi-dan", "doanh-nghiep"}, not: []string{"cbccvc"}},
		{title: "Ủy ban nhân dân tỉnh họp về cải cách hành chính", not: []string{"nguoi-dan", "người dân"}},
		{title: "Triển khai Nghị quyết 18 về tinh gọn tổ chức bộ máy", want: []string{"vb:18-NQ/TW"}},
		{title: "Tỉnh thực hiện chương trình tổng thể cải cách hành chính", want: []string{"vb:76/NQ-CP"}},
		{title: "Cải cách hành chính theo Nghị quyết 18/2022/NQ-HĐND về tổ chức bộ máy", want: []string{"vb:18/2022/NQ-HĐND"}, not: []string{"vb:18-NQ/TW"}},
		{title: "Nang cao chi so cai cach hanh chinh cua tinh", want: []string{"par-index"}},
	} {
		got := facetsOf(c, media.Revision{Title: x.title, Lead: x.lead, Body: x.body})
		for _, id := range x.want {
			if _, ok := got[id]; !ok {
				t.Errorf("%s: no %s in %v", x.title, id, got)
			}
		}
		for _, id := range x.not {
			if f, ok := got[id]; ok {
				t.Errorf("%s: %s by %q", x.title, id, f.Term)
			}
		}
	}
}

// TestFacetPlaces: the words stand where a facet says, so that a figure can be explained.
func TestFacetPlaces(t *testing.T) {
	c := must(t)
	r := media.Revision{Title: "Tỉnh công bố Chỉ số CCHC năm 2023", Lead: "Kết quả thực hiện được nêu tại hội nghị.",
		Body: "Theo Kế hoạch số 206/KH-UBND ngày 01/9/2021 của UBND tỉnh Yên Bái, các sở tiếp tục cải cách hành chính."}
	for id, f := range facetsOf(c, r) {
		text := map[string]string{"title": r.Title, "lead": r.Lead, "body": r.Body}[f.Field]
		if f.At < 0 || f.At+len(f.Term) > len(text) || !strings.EqualFold(text[f.At:f.At+len(f.Term)], f.Term) {
			t.Errorf("%s: %q is not at %d of the %s", id, f.Term, f.At, f.Field)
		}
	}
}

func TestDocumentsWithYearAndPlace(t *testing.T) {
	c := must(t)
	for _, x := range []struct {
		body, id string
		year     int
		place    string
	}{
		{"Kế hoạch số 206/KH-UBND ngày 01/9/2021 của UBND tỉnh Yên Bái về cải cách hành chính.", "206/KH-UBND", 2021, "Yên Bái"},
		{"Kế hoạch 206 / KH–UBND, ngày 01 tháng 9 năm 2021 về cải cách hành chính.", "206/KH-UBND", 2021, ""},
		{"Kế hoạch 262/KH-UBND về triển khai cải cách hành chính năm 2023.", "262/KH-UBND", 0, ""},
		{"Chỉ thị số 23/CT-TTg của Thủ tướng và Kế hoạch 206/KH-UBND ngày 01/9/2021 về cải cách hành chính.", "23/CT-TTg", 0, ""},
		{"Nghị quyết 12/NQ-HĐND của HĐND tỉnh Lào Cai và Chỉ thị số 23/CT-TTg về cải cách hành chính.", "23/CT-TTg", 0, ""},
		{"Nghị định số 107/2020/ND-CP về cải cách hành chính.", "107/2020/NĐ-CP", 2020, ""},
		{"Cải cách hành chính theo 23/CT-TTg. Sau đó, 23/CT-TTg ngày 02/9/2021 được quán triệt.", "23/CT-TTg", 2021, ""},
		{"Chủ tịch UBND tỉnh Lê Văn Ví Dụ ký Kế hoạch số 206/KH-UBND về cải cách hành chính.", "206/KH-UBND", 0, ""},
		{"Kế hoạch 206/KH-UBND của tỉnh Yên Bái về cải cách hành chính.", "206/KH-UBND", 0, "Yên Bái"},
		{"Tỉnh ban hành Quyết định số 5/QĐ-UBND của Ủy ban nhân dân thành phố Đà Nẵng về cải cách hành chính.", "05/QĐ-UBND", 0, "Đà Nẵng"},
	} {
		got := facetsOf(c, media.Revision{Title: "Đẩy mạnh cải cách hành chính", Body: x.body})
		f, ok := got[media.DocumentFacet+x.id]
		if !ok || f.Year != x.year || f.Place != x.place {
			t.Errorf("%s: %+v of %v", x.body, f, got)
		}
	}
	if got := facetsOf(c, media.Revision{Title: "Cải cách hành chính", Body: "Đạt 24/7, tỷ lệ 12/20, số 3-A, địa chỉ http://x.example/76/NQ-CP"}); len(got) != 0 {
		t.Errorf("no documents: %v", got)
	}
	many := ""
	for i := range 60 {
		many += " Quyết định " + string(rune('1'+i%9)) + string(rune('0'+i/9)) + "/QĐ-UBND ngày 01/9/2021;"
	}
	if got := facetsOf(c, media.Revision{Title: "Cải cách hành chính", Body: many}); len(got) > mostDocuments+4 {
		t.Errorf("%d facets", len(got))
	}
}

// TestFacetsOnlyOfReform: where nothing speaks of reform nobody asks.
func TestFacetsOnlyOfReform(t *testing.T) {
	c := must(t)
	r := media.Revision{Title: "Người dân, doanh nghiệp đón xuân", Lead: "Đội tuyển nhận thưởng theo Quyết định 12/QĐ-UBND."}
	if got := c.Judge(r).Facets; len(got) > 0 {
		t.Errorf("%v", got)
	}
}

// TestFacetsAlive: every term that needs no company is found when it is all that
// stands beside words of reform.
func TestFacetsAlive(t *testing.T) {
	c := must(t)
	var file struct {
		ChiSo []struct {
			ID    string
			Terms []string
		} `yaml:"chi-so"`
		LinhVuc []struct {
			ID    string
			Terms []string
		} `yaml:"linh-vuc"`
		DoiTuong []struct {
			ID    string
			Terms []string
		} `yaml:"doi-tuong"`
		Mat []struct {
			ID    string
			Terms []string
		}
		Documents []struct {
			Number string
			Terms  []string
		}
	}
	if err := yaml.Unmarshal([]byte(builtinFacets), &file); err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(file.ChiSo, file.LinhVuc, file.DoiTuong, file.Mat)
	for _, d := range file.Documents {
		all = append(all, struct {
			ID    string
			Terms []string
		}{media.DocumentFacet + d.Number, d.Terms})
	}
	checked := 0
	for _, f := range all {
		for _, term := range f.Terms {
			checked++
			if _, ok := facetsOf(c, media.Revision{Title: "Cải cách hành chính: " + term + "."})[f.ID]; !ok {
				t.Errorf("%s: %q is never found", f.ID, term)
			}
		}
	}
	if checked < 90 {
		t.Errorf("only %d checked", checked)
	}
	kinds := c.Facets()
	for _, id := range append(media.CrossCutting(), "par-index", "sipas", "papi", "pci", "ddci", "dti", "quy-hoach", "dat-dai", "xay-dung", "lao-dong", "tu-phap", "y-te", "bhxh", "cbccvc", "nguoi-dan", "doanh-nghiep") {
		if !slices.ContainsFunc(kinds, func(k media.FacetKind) bool { return k.ID == id && k.Name != "" && k.Group != "" }) {
			t.Errorf("no facet %s", id)
		}
	}
}

func TestCheckFacets(t *testing.T) {
	const good = `sets:
  hang: [chỉ số, hạng]
chi-so:
  - {id: pci, name: PCI, terms: [chỉ số PCI], doubtful: [PCI], near: [hang]}
linh-vuc: []
doi-tuong: []
mat:
  - {id: chỉ số, name: a, any_of: [pci]}
  - {id: kết quả, name: b, terms: [sơ kết]}
  - {id: mô hình, name: c, terms: [sáng kiến]}
  - {id: người dân, name: d, terms: [đối thoại]}
  - {id: người đứng đầu, name: e, terms: [người đứng đầu]}
documents:
  - {number: 18-NQ/TW, name: f, terms: [nghị quyết trung ương 18]}
`
	if p := CheckFacets([]byte(good)); len(p) > 0 {
		t.Fatal(p)
	}
	for _, x := range []struct {
		old, new string
		line     int
		msg      string
	}{
		{"near: [hang]", "near: [hangg]", 4, `unknown set "hangg"`},
		{", near: [hang]", "", 4, "need near, with or without"},
		{", doubtful: [PCI]", "", 4, "no doubtful phrases"},
		{"name: PCI, ", "", 4, "facet without name"},
		{"id: pci", "id: PCI", 4, "small letters"},
		{"terms: [chỉ số PCI]", "terms: [một cửa hàng]", 4, "blocked by the lexicon"},
		{"terms: [chỉ số PCI]", "terms: [chỉ số PCI, chỉ số PCI]", 4, "stands twice"},
		{"any_of: [pci]", "any_of: [papi]", 8, `unknown facet "papi"`},
		{"id: kết quả", "id: thành tích", 9, `unknown facet "thành tích"`},
		{"id: mô hình", "id: kết quả", 10, "given twice"},
		{"18-NQ/TW", "18 - NQ/TW", 14, "in its one form"},
		{"linh-vuc: []\n", "", 1, `missing "linh-vuc"`},
		{"terms: [sơ kết]", "term: [sơ kết]", 9, `unknown key "term"`},
	} {
		bad := strings.Replace(good, x.old, x.new, 1)
		if bad == good {
			t.Fatalf("%q is not there", x.old)
		}
		problems := CheckFacets([]byte(bad))
		if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Line == x.line && strings.Contains(p.Msg, x.msg) }) {
			t.Errorf("%q: %v, want line %d %q", x.new, problems, x.line, x.msg)
		}
	}
	a, err := New(WithFacets([]byte(good)))
	if err != nil {
		t.Fatal(err)
	}
	b := must(t)
	d := Doc{Title: "Cải cách hành chính, tăng hạng PCI"}
	if a.Version() == b.Version() {
		t.Error("other facets, the same version")
	}
	if x, y := a.Read(d), b.Read(d); x.Score != y.Score || !slices.Equal(x.Cues, y.Cues) {
		t.Errorf("facets changed the decision: %v %v", x, y)
	}
}
