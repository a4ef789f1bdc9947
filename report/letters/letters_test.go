package letters

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/schedule/propose"
)

func day(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func world() *schedule.Plan {
	return &schedule.Plan{ID: "mau/2023", Province: "mau", ProvinceName: "tỉnh Mẫu", Year: 2023, Number: "312/KH-UBND", Title: "Thông tin, tuyên truyền cải cách hành chính năm 2023",
		Issuer: "Ủy ban nhân dân tỉnh Mẫu", Issued: day("2022-12-30"), From: day("2023-01-01"), To: day("2024-01-01"), Sample: true,
		Agencies: []media.Agency{
			{ID: "mau/bao", Name: "Báo Mẫu", Short: "Báo Mẫu", Level: media.Press, Binding: true},
			{ID: "mau/dai", Name: "Đài Phát thanh và Truyền hình tỉnh Mẫu", Short: "Đài tỉnh", Level: media.Press, Binding: true},
			{ID: "mau/so-tttt", Name: "Sở Thông tin và Truyền thông tỉnh Mẫu", Short: "Sở TT&TT", Level: media.Department, Binding: true},
			{ID: "mau/so-a", Name: "Sở Y tế <tỉnh>", Short: "Sở Y tế", Level: media.Department, Binding: true, Contact: media.Contact{Name: "Văn phòng", Phone: "0299 000 111"}},
			{ID: "mau/so-b", Name: "Sở Xây dựng", Short: "Sở Xây dựng", Level: media.Department, Binding: true},
		},
		Quotas: []schedule.Quota{
			{ID: "A-6.1", Title: "Chuyên mục trên báo", Kind: "instalments", Basis: schedule.ByPlan, Owner: schedule.Owner{Agency: "mau/bao"}, Cadence: calendar.Month, Wanted: 2, Place: "số 6 Phụ lục"},
			{ID: "B-D1", Title: "Chuyên mục phát sóng", Kind: "airing", Basis: schedule.ByPlan, Owner: schedule.Owner{Agency: "mau/dai"}, Cadence: calendar.Week, Wanted: 1, Place: "điểm d",
				Conditions: []schedule.Condition{{Name: "min_minutes", Value: 15, Basis: schedule.ByPlan}}},
		},
		Contents: []schedule.Content{{Clause: schedule.Clause{Text: "các mô hình, điển hình tốt"}, Facet: "mô hình"}},
	}
}

func letter(change func(*OrientInput)) Letter {
	p := world()
	in := OrientInput{Plan: p, Issuer: p.Agencies[2], Outlets: p.Agencies[:2], Now: day("2023-05-05"), Silent: 60,
		Untold: propose.Missing{Topics: []string{media.TaiChinhCong}, Contents: []int{0}, Agencies: []string{"mau/so-a"}}}
	if change != nil {
		change(&in)
	}
	return Orient(in)
}

func texts(l Letter) string {
	var out []string
	for _, x := range l.Body {
		out = append(out, x.Text)
	}
	return strings.Join(out, "\n")
}

func TestOrient(t *testing.T) {
	l := letter(nil)
	if l.Superior != "UBND TỈNH MẪU" || l.Issuer != "SỞ THÔNG TIN VÀ TRUYỀN THÔNG" || l.Symbol != "STTTT" || l.Place != "Mẫu" || l.About != "định hướng tuyên truyền cải cách hành chính quý II/2023" || !l.Sample {
		t.Errorf("%+v", l)
	}
	got := texts(l)
	for _, want := range []string{
		"Kế hoạch số 312/KH-UBND ngày 30/12/2022 của Ủy ban nhân dân tỉnh Mẫu về thông tin, tuyên truyền",
		"đến ngày 05/5/2023 trong quý II/2023 chưa ghi nhận", "- Cải cách tài chính công;", "- Các mô hình, điển hình tốt.",
		"2. Cơ quan, đơn vị", "Trong 60 ngày", "Sở Y tế.", "3. Duy trì chuyên mục", "- Báo Mẫu: chuyên mục trên báo, ít nhất 02 kỳ chuyên mục, hằng tháng (số 6 Phụ lục);", "mỗi lần ít nhất 15 phút (điểm d).",
		"phối hợp giải quyết./.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("does not say %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "có thể khai thác") {
		t.Error("tells of pieces that nobody shared")
	}
	shared := texts(letter(func(in *OrientInput) {
		in.Pieces = []Suggested{{Agency: "mau/so-b", Title: "Một cửa số", At: day("2023-04-30")}}
		in.Untold = propose.Missing{}
	}))
	for _, want := range []string{"Tiếp tục thông tin cân đối", "2. Tin, bài của các cơ quan", "- «Một cửa số» (Sở Xây dựng, 30/4/2023).", "3. Duy trì"} {
		if !strings.Contains(shared, want) {
			t.Errorf("does not say %q:\n%s", want, shared)
		}
	}
	many := texts(letter(func(in *OrientInput) {
		in.Untold.Agencies = nil
		for range 20 {
			in.Untold.Agencies = append(in.Untold.Agencies, "mau/so-b")
		}
	}))
	if !strings.Contains(many, "và 5 cơ quan, đơn vị, địa phương khác.") {
		t.Error("names twenty agencies")
	}
}

// TestDraftHasNoNumber: neither form of a draft has a number, a day or a seal,
// and both say that it is one.
func TestDraftHasNoNumber(t *testing.T) {
	l := letter(nil)
	raw, err := json.Marshal(l) // as a draft is kept
	if err != nil {
		t.Fatal(err)
	}
	var back Letter
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	var page, again, doc bytes.Buffer
	for _, err := range []error{l.HTML(&page), back.HTML(&again), l.DOCX(&doc)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if page.String() != again.String() {
		t.Error("a kept draft prints otherwise")
	}
	z, err := zip.NewReader(bytes.NewReader(doc.Bytes()), int64(doc.Len()))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"html": page.String(), "docx": string(body)} {
		for _, want := range []string{"DỰ THẢO – tham khảo; chưa có số", "Dữ liệu mẫu", "UBND TỈNH MẪU", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
			"Số:          /STTTT", "V/v định hướng", "Mẫu, ngày      tháng      năm 2023", "Kính gửi:", "- Báo Mẫu;", "- Đài Phát thanh và Truyền hình tỉnh Mẫu.", "Nơi nhận:", "- Lưu: VT.", "GIÁM ĐỐC", "./."} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q", name, want)
			}
		}
	}
	one := l
	one.To = one.To[:1]
	page.Reset()
	if err := one.HTML(&page); err != nil || !strings.Contains(page.String(), "Kính gửi: Báo Mẫu") {
		t.Errorf("one addressee: %v", err)
	}
}

func TestBrief(t *testing.T) {
	p := world()
	now := day("2023-03-10")
	e := media.Evidence{ID: "a", Kind: media.EvItem, Agency: "mau/so-b", At: day("2023-03-09"), Precision: media.ToDay, URL: "http://so.example/1", Title: "Bà Nguyễn Thị Hoa, số điện thoại 0912345678, khen một cửa <mới>",
		Verdict: &media.Verdict{Reform: true, Topics: []string{media.TTHC}}}
	s := Suggestion{Plan: p, Outlet: p.Agencies[0], Now: now, Until: now.AddDate(0, 0, 28), Silent: 60,
		Openings: []propose.Opening{{Quota: "A-6.1", Owner: "mau/bao", Period: "2023-03", From: now, To: day("2023-04-01"), Missing: 2, Room: 2},
			{Quota: "A-6.1", Owner: "mau/bao", Period: "2023-04", From: day("2023-04-01"), To: day("2023-05-01"), Missing: 2, Room: 2}}}
	s.Pool = propose.Gather(p, []media.Evidence{e}, "mau/bao", propose.Options{Now: now})
	s.Answer = s.Pool.Choose(s.Openings, 0)
	var b bytes.Buffer
	if err := s.Brief(&b); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{"Gợi ý tin, bài cho Báo Mẫu, các kỳ từ 10/3/2023 đến hết 06/4/2023", "Dữ liệu mẫu. Tham khảo", "Tháng 3/2023: A-6.1 Chuyên mục trên báo, còn thiếu 02 kỳ chuyên mục", "khen một cửa &lt;mới&gt;",
		"http://so.example/1", "Chủ đề «Cải cách thủ tục hành chính» chưa ghi nhận tin, bài nào trong quý I/2023", "Chưa có tin, bài nào phù hợp", "Cải cách thể chế", "«các mô hình, điển hình tốt»",
		"Sở Y tế &lt;tỉnh&gt;</td><td>Văn phòng</td><td>0299 000 111</td><td>chưa có</td><td>chưa có tin, bài: cần đặt bài", "Chọn 1 trong 1 tin, bài. Đây là phương án tốt nhất", "@page { size: A4"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "0912345678") || strings.Contains(s.Saved()[0].Title, "0912345678") {
		t.Error("a telephone number is shown")
	}
}
