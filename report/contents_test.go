package report

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
)

// toldWorld is the small world with contents, documents and facets. Credited in March
// are b1 (column), c1, c2 (portal) and a1 (a department's site); b2 and b3 are not.
func toldWorld() Input {
	s := small()
	p := s.plan
	p.ProvinceName = "tỉnh Mẫu"
	p.Documents = []schedule.Document{
		{Number: "76/NQ-CP", Date: at("2021-07-15 00:00"), Name: "Chương trình tổng thể"},
		{Number: "23/CT-TTg", Date: at("2021-09-02 00:00"), Name: "Chỉ thị"},
		{Number: "410/KH-UBND", Date: at("2022-12-19 00:00"), Name: "Kế hoạch"},
		{Number: "27/QĐ-UBND", Date: at("2023-03-06 00:00"), Name: "Quyết định mới"},
		{Number: "30/QĐ-UBND", Date: at("2023-03-08 00:00"), Name: "Quyết định chưa ai nhắc"},
		{Number: "99/QĐ-UBND", Date: at("2023-05-08 00:00"), Name: "Quyết định của kỳ sau"},
	}
	clause := func(text string) schedule.Clause { return schedule.Clause{Line: 33, Text: text} }
	p.Contents = []schedule.Content{
		{Clause: clause("nghị quyết 76"), Documents: []string{"76/NQ-CP"}},
		{Clause: clause("chỉ thị 23"), Documents: []string{"23/CT-TTg"}},
		{Clause: clause("kế hoạch 410"), Documents: []string{"410/KH-UBND"}},
		{Clause: clause("các chỉ số"), Facet: "chỉ số"},
		{Clause: clause("thủ tục <script>"), Topics: []string{media.TTHC}},
		{Clause: clause("bộ máy"), Topics: []string{media.ToChucBoMay}},
	}
	facets := map[string][]media.Facet{
		"b1": {{ID: "chỉ số", Term: "PAPI"}, {ID: "papi", Term: "PAPI"}, {ID: "vb:76/NQ-CP", Term: "76/NQ-CP"}, {ID: "vb:23/CT-TTg", Term: "23/CT-TTg"}},
		"b2": {{ID: "chỉ số", Term: "PAPI"}},
		"c1": {{ID: "vb:27/QĐ-UBND", Term: "27/QĐ-UBND", Year: 2023}, {ID: "vb:410/KH-UBND", Term: "410/KH-UBND", Year: 2023}}, // before the first was issued; another year's
		"c2": {{ID: "vb:27/QĐ-UBND", Term: "27/QĐ-UBND", Place: "Mẫu"}, {ID: "vb:410/KH-UBND", Term: "410/KH-UBND", Place: "Nơi Khác"}},
		"a1": {{ID: "vb:410/KH-UBND", Term: "410/KH-UBND", Year: 2022}},
	}
	for i := range s.evidence {
		if e := &s.evidence[i]; facets[e.ID] != nil {
			e.Verdict.Facets = facets[e.ID]
		}
	}
	in := s.input()
	in.Facets = []media.FacetKind{{ID: "chỉ số", Group: "mat", Name: "Chỉ số"}, {ID: "papi", Group: "chi-so", Name: "PAPI"}, {ID: "pci", Group: "chi-so", Name: "PCI"}}
	return in
}

func (c *contents) subject(t *testing.T, key string) subject {
	t.Helper()
	for _, g := range c.Groups {
		for _, s := range g.Subjects {
			if s.Key == key {
				return s
			}
		}
	}
	t.Fatalf("no subject %s", key)
	return subject{}
}

func TestContents(t *testing.T) {
	in := toldWorld()
	r := Build(in)
	if err := Verify(r); err != nil {
		t.Fatal(err)
	}
	counted := map[string]bool{}
	for _, c := range in.Evaluation.Matching.Credits {
		counted[c.Evidence.ID] = true
	}
	if !counted["b1"] || !counted["c1"] || !counted["c2"] || !counted["a1"] || counted["b2"] {
		t.Fatalf("the world's credits are others: %v", counted)
	}
	for key, want := range map[string][]string{
		"nd-01": {"b1"}, "nd-02": nil, "nd-03": {"a1"}, "nd-04": {"b1"}, "nd-05": {"c2", "b1"}, "nd-06": nil,
		"papi": {"b1"}, "pci": nil, "chỉ số": {"b1"}, "vb:27/QĐ-UBND": {"c2"}, "vb:30/QĐ-UBND": nil,
	} {
		var ids []string
		for _, p := range r.Contents.served(key) {
			ids = append(ids, p.ID)
		}
		if s := r.Contents.subject(t, key); !slices.Equal(ids, want) || s.ToDate != len(want) || s.Items != len(want) {
			t.Errorf("%s: %v, told %d and %d, want %v", key, ids, s.Items, s.ToDate, want)
		}
	}
	if s := r.Contents.subject(t, "vb:27/QĐ-UBND"); s.Days == nil || *s.Days != 11 || s.First == nil {
		t.Errorf("days to the first piece: %+v", s)
	}
	for _, g := range r.Contents.Groups {
		if g.Group == "van-ban-moi" && len(g.Subjects) != 2 {
			t.Errorf("new documents: %+v", g.Subjects)
		}
	}
	if had, all := r.Contents.told("noi-dung"); had != 4 || all != 6 {
		t.Errorf("%d of %d contents", had, all)
	}
	in.Period = month("2023-04")
	april := Build(in)
	if s := april.Contents.subject(t, "papi"); s.Items != 0 || s.ToDate != 1 {
		t.Errorf("a piece of March in April: %+v", s)
	}
	in = world()
	if Build(in).Contents != nil {
		t.Error("a plan without contents has a section on them")
	}
}

// Copies count once, by the earliest.
func TestContentsCountCopiesOnce(t *testing.T) {
	in := toldWorld()
	for i := range in.Evaluation.Evidence {
		if e := &in.Evaluation.Evidence[i]; e.ID == "c2" || e.ID == "b1" {
			e.Copy = &media.Copy{Group: "b1", Others: 1}
		}
	}
	r := Build(in)
	if p := r.Contents.served("nd-05"); len(p) != 1 || p[0].ID != "b1" {
		t.Errorf("%+v", p)
	}
}

func TestContentsFiguresAreVerified(t *testing.T) {
	r := Build(toldWorld())
	c := *r.Contents
	c.Groups = slices.Clone(c.Groups)
	c.Groups[0].Subjects = slices.Clone(c.Groups[0].Subjects)
	c.Groups[0].Subjects[0].Items++
	r.Contents = &c
	if Verify(r) == nil {
		t.Error("a figure that its pieces do not bear out is printed")
	}
}

func TestContentsOnPaper(t *testing.T) {
	r := Build(toldWorld())
	page := write(t, Formats()[0], r)
	// Nothing is said to be missing while a source has not been read.
	all := r
	all.Data.Blind, all.Data.Never, all.Data.Skipped = nil, nil, nil
	all.count()
	if seen := write(t, Formats()[0], all); !strings.Contains(seen, "<strong>chưa có tin, bài</strong>") || strings.Contains(seen, "chưa ghi nhận</strong>") {
		t.Error("with every source read the page does not say that there is none")
	}
	if strings.Contains(page, "chưa có tin, bài</strong>") {
		t.Error("the page says that there is none while sources have not been read")
	}
	for _, s := range []string{
		"Nội dung tuyên truyền theo mục II.1 của kế hoạch", "Thủ tục &lt;script&gt;", "«PAPI»", "<strong>chưa ghi nhận</strong>", "nguồn chưa thu thập được (Biểu 06)", "«27/QĐ-UBND, Mẫu»",
		"11 ngày", "4/6 nội dung tuyên truyền nêu tại mục II.1 của kế hoạch đã có tin, bài tính lũy kế; 1/2 văn bản mới đã có tin, bài (mục 8).",
	} {
		if !strings.Contains(page, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	var out struct {
		Contents struct {
			Groups []struct {
				Group    string
				Subjects []struct {
					Key    string
					Items  int
					ToDate int `json:"to_date"`
					First  *time.Time
				}
			}
			Pieces []struct {
				ID     string
				Serves []struct {
					Key   string
					Words []string
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(write(t, inFormat("json"), r)), &out); err != nil {
		t.Fatal(err)
	}
	for _, g := range out.Contents.Groups {
		for _, s := range g.Subjects {
			n := 0
			for _, p := range out.Contents.Pieces {
				for _, x := range p.Serves {
					if x.Key == s.Key {
						n++
						if len(x.Words) == 0 {
							t.Errorf("%s serves %s by no word", p.ID, s.Key)
						}
					}
				}
			}
			if n != s.ToDate {
				t.Errorf("%s: %d pieces, told %d", s.Key, n, s.ToDate)
			}
		}
	}
}
