package classify

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"

	"loa/media"
	"loa/viet"
)

// judge is what the monitor asks for.
type judge interface {
	Version() string
	Judge(r media.Revision) media.Verdict
}

var _ judge = (*Classifier)(nil)

func TestReform(t *testing.T) {
	c := must(t)
	for _, x := range []struct{ title, lead, topic string }{
		{"Tỉnh ban hành kế hoạch cải cách hành chính năm 2023", "", media.ChiDao},
		{"Công bố chỉ số PAR INDEX, SIPAS của các sở, ngành", "", media.ChiDao},
		{"Huyện cắt giảm, đơn giản hóa nhiều thủ tục hành chính", "", media.TTHC},
		{"Bộ phận một cửa xã làm việc cả sáng thứ Bảy", "", media.TTHC},
		{"Trung tâm Phục vụ hành chính công tỉnh đi vào hoạt động", "", media.TTHC},
		{"Hoàn thành sắp xếp đơn vị hành chính cấp xã giai đoạn 2023 - 2025", "", media.ToChucBoMay},
		{"Tỉnh tinh giản biên chế vượt kế hoạch", "", media.ToChucBoMay},
		{"Hợp nhất hai sở, giảm 12 phòng", "", media.ToChucBoMay},
		{"Vận hành mô hình chính quyền địa phương 02 cấp", "", media.ToChucBoMay},
		{"Kiểm tra công vụ, siết kỷ luật, kỷ cương hành chính", "", media.CongVu},
		{"Hoàn thiện danh mục vị trí việc làm của công chức cấp huyện", "", media.CongVu},
		{"Thí điểm khoán xe công tại năm sở", "", media.TaiChinhCong},
		{"Bệnh viện công lập đầu tiên của tỉnh tự chủ tài chính", "", media.TaiChinhCong},
		{"Nâng tỷ lệ hồ sơ dịch vụ công trực tuyến toàn trình", "", media.ChinhQuyenSo},
		{"Xây dựng chính quyền số, phòng họp không giấy tờ", "", media.ChinhQuyenSo},
		{"Đẩy mạnh phân cấp, phân quyền cho cấp huyện", "", media.TheChe},
		{"Rà soát văn bản quy phạm pháp luật của tỉnh", "", media.TheChe},
		{"Một buổi sáng ở phường", "Người dân hài lòng khi bộ phận một cửa giải quyết thủ tục hành chính nhanh gọn.", media.TTHC},
	} {
		r := c.Read(Doc{Title: x.title, Lead: x.lead})
		if !r.Reform || len(r.Topics) == 0 || r.Topics[0] != x.topic {
			t.Errorf("%s: reform %v score %.3f topics %v, want %s first; cues %v", x.title, r.Reform, r.Score, r.Topics, x.topic, r.Cues)
		}
	}
}

// TestTraps: words that look like the phrases and are not.
func TestTraps(t *testing.T) {
	c := must(t)
	for _, x := range []struct{ title, not string }{
		{"Chỉ còn một cửa hàng mở cửa ngày mồng Một", "một cửa"},
		{"Tỉnh có thêm một cửa khẩu quốc tế", "một cửa"},
		{"Thủy điện mở một cửa xả đáy", "một cửa"},
		{"Tài xế xe công nghệ trả lại ví cho khách", "xe công"},
		{"Xe công nông lật bên đường liên xã", "xe công"},
		{"Nước này có thể chế tạo tên lửa mới", "thể chế"},
		{"Hệ sinh thái dịch vụ công nghệ cho giới trẻ", "dịch vụ công"},
		{"Phát triển dịch vụ công nghiệp hỗ trợ", "dịch vụ công"},
		{"CLB truy Chí Công vụ đăng ảnh phản cảm", "công vụ"},
		{"Sắp biên chế tàu sân bay thứ ba", "biên chế"},
		{"Tên lửa mới trong biên chế quân đội", "biên chế"},
		{"Đội nhà bảo vệ thành công chức vô địch", "công chức"},
		{"Giá rau tại chợ đầu mối giảm mạnh", "đầu mối"},
		{"Doanh nghiệp đầu mối xăng dầu kêu lỗ", "đầu mối"},
		{"Chủ quán bị xử phạt vi phạm hành chính", "hành chính"},
		{"Xây trung tâm hành chính mới bên sông", "hành chính"},
		{"Tòa hành chính xử vụ kiện đất đai", "hành chính"},
		{"Cán bộ điều động được thuê nhà công vụ", "công vụ"},
		{"Bắt người chống người thi hành công vụ", "công vụ"},
		{"Tham ô tài sản công ty, hai bị cáo lĩnh án", "tài sản công"},
		{"Doanh nghiệp được ủy quyền chính hãng nhập xe", "ủy quyền"},
		{"Giá thuê đất tại huyện tăng sau sáp nhập", "sáp nhập"},
		{"Hai công ty chốt thương vụ sáp nhập", "sáp nhập"},
		{"Cục Pháp chế và cải cách hành chính, tư pháp làm việc với đoàn khách", "cải cách hành chính"},
		{"Sở Mẫu kỷ luật công chức đánh bạc", "luật công chức"},
	} {
		r := c.Read(Doc{Title: x.title})
		if r.Reform || r.Review {
			t.Errorf("%s: score %.3f, cues %v", x.title, r.Score, r.Cues)
		}
		for _, cue := range r.Cues {
			if cue.Weight > 0 && strings.Contains(cue.Term, x.not) && cue.Term != "công chức" {
				t.Errorf("%s: cue %q", x.title, cue.Term)
			}
		}
	}
}

// TestExclusions: terms of reform in pieces that are about something else.
func TestExclusions(t *testing.T) {
	c := must(t)
	for _, x := range []struct{ what, title, lead string }{
		{"citizen's question", "Trình tự thực hiện thủ tục hành chính đăng ký đất đai như thế nào?", "Căn cứ theo Điều 12, người sử dụng đất nộp hồ sơ tại bộ phận một cửa."},
		{"form", "Tải mẫu đơn, biên bản đánh giá viên chức cuối năm", "Mẫu biên bản dùng cho các đơn vị."},
		{"base pay", "Tăng lương cơ sở cho cán bộ, công chức từ ngày 1/7", "Mức lương cơ sở mới áp dụng với chín nhóm đối tượng."},
		{"crime", "Khởi tố cán bộ xã nhận hối lộ khi làm thủ tục hành chính", "Bị can bị tạm giam để điều tra."},
		{"fraud", "Nhiều người mất tiền vì lừa đảo mạo danh Cổng dịch vụ công", "Kẻ gian giả mạo tin nhắn."},
		{"forgery", "Mạo danh cán bộ Trung tâm Phục vụ hành chính công", "Công an cảnh báo thủ đoạn lừa đảo người già."},
		{"abroad", "Thái Lan tinh gọn bộ máy chính phủ", "Tổng thống và chính phủ các nước láng giềng theo dõi."},
		{"abroad, data centre", "Sự cố điện ở Hàn Quốc làm gián đoạn hàng trăm dịch vụ công", ""},
		{"bank", "Ngân hàng ra mắt giải pháp chuyển đổi số cho hộ kinh doanh", "Khách hàng mở tài khoản qua VNeID trong ba phút."},
		{"merger of firms", "Cổ đông thông qua phương án sáp nhập và hủy niêm yết cổ phiếu", ""},
		{"digest", "Điểm tin 6h: Xây dựng đề án tiền lương | Giá xăng giảm", ""},
		{"digest of law", "Chính sách nổi bật có hiệu lực trong tháng 7", "Tăng lương cơ sở, tinh giản biên chế là những nội dung đáng chú ý."},
		{"military", "Nghị định về tiêu chí xét thăng quân hàm sĩ quan", "Chính phủ ban hành nghị định phân cấp thẩm quyền."},
		{"person", "Bổ nhiệm ông Giám đốc Trung tâm Phục vụ hành chính công", ""},
		{"lawsuit", "Viên chức khởi kiện cơ quan vì tính sai trợ cấp tinh giản biên chế", "Đơn kiện đã được tòa thụ lý."},
		{"enrolment", "Mở rộng quyền tự chủ tuyển sinh của trường đại học", ""},
		{"party", "Huyện ủy kết nạp đảng viên mới", "Hội nghị đánh giá công tác xây dựng Đảng, nhắc đến cải cách hành chính."},
	} {
		if r := c.Read(Doc{Title: x.title, Lead: x.lead}); r.Reform {
			t.Errorf("%s: %s: score %.3f, cues %v", x.what, x.title, r.Score, r.Cues)
		}
	}
}

// TestSpellings: one title in the forms it arrives in.
func TestSpellings(t *testing.T) {
	c := must(t)
	base := "Đẩy mạnh cải cách thủ tục hành chính, đơn giản hóa hồ sơ, ủy quyền cho cấp huyện"
	want := c.Read(Doc{Title: base})
	if !want.Reform {
		t.Fatalf("base: %+v", want)
	}
	for _, x := range []struct{ name, title string }{
		{"decomposed", norm.NFD.String(base)},
		{"newer tone placement", strings.NewReplacer("hóa", "hoá", "ủy", "uỷ").Replace(base)},
		{"upper case", strings.ToUpper(base)},
		{"upper case decomposed", norm.NFD.String(strings.ToUpper(base))},
		{"no-break spaces", strings.ReplaceAll(base, " ", "\u00a0")},
		{"wrapped", strings.ReplaceAll(base, "thủ tục", "thủ\r\n   tục")},
		{"zero width", strings.ReplaceAll(base, "cải", "c\u200bải")},
	} {
		got := c.Read(Doc{Title: x.title})
		if got.Score != want.Score || !slices.Equal(got.Topics, want.Topics) {
			t.Errorf("%s: score %.4f topics %v, want %.4f %v; cues %v", x.name, got.Score, got.Topics, want.Score, want.Topics, got.Cues)
		}
		checkCues(t, Doc{Title: x.title}, got)
	}
	bare := c.Read(Doc{Title: viet.Fold(base)})
	if !bare.Reform || bare.Topics[0] != media.TTHC {
		t.Errorf("without marks: %+v", bare)
	}
	checkCues(t, Doc{Title: viet.Fold(base)}, bare)
	for _, short := range []string{"Mot cua hang ban le moi mo o day", "can bo va bo may", "The text mentions a football match at home"} {
		if r := c.Read(Doc{Title: short}); r.Reform || r.Review {
			t.Errorf("%s: %+v", short, r)
		}
	}
}

func TestAbbreviations(t *testing.T) {
	c := must(t)
	for text, want := range map[string]bool{
		"Sở đẩy mạnh công tác CCHC":                 true,
		"Bệnh viện thực hiện PCI cho người bệnh":    false,
		"Nhóm nghiên cứu cchc và dvc của trường":    false,
		"Xã giải quyết TTHC đúng hạn cho người dân": true,
		"Ký hiệu ATTHCC trên vỏ hộp":                false,
	} {
		if r := c.Read(Doc{Title: text}); r.Reform != want {
			t.Errorf("%s: %+v", text, r)
		}
	}
}

func TestDocumentNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"76/NQ-CP": "76/NQ-CP", "76 / NQ - CP": "76/NQ-CP", "76/NQ–CP.": "76/NQ-CP", "76/nq-cp": "76/NQ-CP",
		"06/QĐ-TTg": "6/QĐ-TTG", "06/QÐ‑TTg": "6/QĐ-TTG", "6/QD-TTg": "6/QĐ-TTG",
		"178/2024/NĐ-CP": "178/2024/NĐ-CP", "178/2024/ND-CP về": "178/2024/NĐ-CP", "18-NQ/TW": "18-NQ/TW",
		"30c/NQ-CP": "30c/NQ-CP", "80/2015/QH13": "80/2015/QH13", "35/2023/UBTVQH15,": "35/2023/UBTVQH15",
		"12/3/2023": "", "2026 - 2031": "", "100 %": "", "7 ": "",
	} {
		got, end := number(nil, text, 0)
		if end == 0 {
			got = nil
		}
		if string(got) != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	c := must(t)
	d := Doc{Title: "Triển khai Nghị quyết 76 / NQ – CP", Lead: "Quyết định số 06/QÐ-TTg nêu rõ."}
	r := c.Read(d)
	var terms []string
	for _, cue := range r.Cues {
		terms = append(terms, cue.Term)
	}
	if !slices.Contains(terms, "76 / NQ – CP") || !slices.Contains(terms, "06/QÐ-TTg") {
		t.Errorf("cues %v", r.Cues)
	}
	checkCues(t, d, r)
}

// checkCues: every offset lies in the composed field and spells the term.
func checkCues(t testing.TB, d Doc, r Result) {
	t.Helper()
	if !(r.Score >= 0 && r.Score <= 1) || math.IsNaN(r.Score) {
		t.Errorf("score %v", r.Score)
	}
	if r.Topics == nil || r.Cues == nil {
		t.Errorf("nil topics or cues: %+v", r)
	}
	for _, topic := range r.Topics {
		if !slices.Contains(media.Topics(), topic) {
			t.Errorf("topic %q", topic)
		}
	}
	if len(r.Topics) > 0 && !r.Reform && !r.Review {
		t.Errorf("topics %v of a rejected text", r.Topics)
	}
	fields := map[string]string{"title": d.Title, "lead": d.Lead, "body": d.Body, "section": d.Section}
	for _, cue := range r.Cues {
		field, ok := fields[cue.Field]
		text := norm.NFC.String(field)
		if !ok || cue.At < 0 || cue.At+len(cue.Term) > len(text) || !strings.EqualFold(text[cue.At:cue.At+len(cue.Term)], cue.Term) || cue.Term == "" {
			t.Errorf("cue %+v does not spell its term in %q", cue, text)
		}
	}
}

func TestOffsets(t *testing.T) {
	c := must(t)
	body := "Ngày 12/3, tại trụ sở Ủy ban — “đông đủ”. Huyện đẩy mạnh cải cách hành chính và dịch vụ công trực tuyến."
	for _, d := range []Doc{
		{Title: "€ Đường về: Cải cách hành chính"},
		{Title: norm.NFD.String("Đường về huyện: Cải cách hành chính"), Body: norm.NFD.String(body)},
		{Title: "x", Lead: body, Body: strings.Repeat("Đoạn văn không có gì. ", 40) + body, Section: "Cải cách hành chính"},
		{Body: body},
	} {
		r := c.Read(d)
		if len(r.Cues) == 0 {
			t.Errorf("no cues in %+v", d)
		}
		checkCues(t, d, r)
	}
	r := c.Read(Doc{Title: "Đường về: Cải cách hành chính"})
	if r.Cues[0].Term != "cải cách hành chính" || r.Cues[0].At != strings.Index("Đường về: Cải cách hành chính", "Cải") {
		t.Errorf("first cue %+v", r.Cues[0])
	}
}

func TestZones(t *testing.T) {
	c := must(t)
	filler := strings.Repeat("Đoàn đi thăm vườn cam và chợ phiên của bà con trong bản. ", 30)
	phrase := "Tỉnh đẩy mạnh cải cách hành chính."
	title := c.Read(Doc{Title: phrase}).Score
	lead := c.Read(Doc{Title: "Chuyến đi", Lead: phrase}).Score
	opening := c.Read(Doc{Title: "Chuyến đi", Body: phrase + " " + filler}).Score
	deep := c.Read(Doc{Title: "Chuyến đi", Body: filler + phrase}).Score
	afterLead := c.Read(Doc{Title: "Chuyến đi", Lead: filler[:70], Body: phrase}).Score
	if !(title > lead && lead > afterLead && opening > afterLead && afterLead > 0 && deep <= afterLead) {
		t.Errorf("title %.3f lead %.3f opening %.3f body after a lead %.3f deep %.3f", title, lead, opening, afterLead, deep)
	}
	plain := c.Read(Doc{Title: "Xã làm việc thứ Bảy"}).Score
	if column := c.Read(Doc{Title: "Xã làm việc thứ Bảy", Section: "Cải cách hành chính"}); column.Score <= plain || !column.Reform {
		t.Errorf("section: %.3f, without %.3f", column.Score, plain)
	}
}

func TestLongText(t *testing.T) {
	c := must(t)
	for _, text := range []string{
		strings.Repeat("thủ tục hành chính ", 1<<16), strings.Repeat("ạ", 1<<18), strings.Repeat("\u0301", 1<<17), strings.Repeat("một cửa hàng ", 1<<14),
	} {
		d := Doc{Title: "Cải cách thủ tục hành chính", Body: norm.NFD.String(text)}
		r := c.Read(d)
		if !r.Reform {
			t.Errorf("long text of %q: %+v", text[:6], r.Score)
		}
		checkCues(t, d, r)
	}
}

func TestJudge(t *testing.T) {
	c := must(t)
	v := c.Judge(media.Revision{ID: "20230301-x", Title: "Kế hoạch cải cách hành chính", Lead: "Sở Nội vụ tham mưu."})
	if v.Revision != "20230301-x" || v.Classifier != c.Version() || !v.Reform || v.Score < 0.5 || v.Topics[0] != media.ChiDao || len(v.Cues) == 0 {
		t.Errorf("%+v", v)
	}
	other, err := New(WithLexicon([]byte(strings.Replace(builtin, "bias: ", "bias: 1", 1))))
	if err != nil {
		t.Fatal(err)
	}
	if other.Version() == c.Version() || must(t).Version() != c.Version() {
		t.Error("version does not follow the lexicon")
	}
}

func TestConcurrent(t *testing.T) {
	c := must(t)
	docs := []Doc{{Title: "Cải cách hành chính ở xã"}, {Title: "Chợ hoa ngày Tết"}, {Title: "Tinh giản biên chế", Body: "Sở Nội vụ công bố."}}
	var want []string
	for _, d := range docs {
		want = append(want, fmt.Sprint(c.Read(d)))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 200 {
				if got := fmt.Sprint(c.Read(docs[i%3])); got != want[i%3] {
					t.Errorf("%s, want %s", got, want[i%3])
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzRead(f *testing.F) {
	c := must(f)
	for _, s := range []string{
		"Cải cách hành chính, đơn giản hoá thủ tục", norm.NFD.String("Sắp xếp tổ chức bộ máy 18 - NQ/TW"), "\xff\xfe một cửa", "CCHC? 76/NQ-CP",
		"cai cach thu tuc hanh chinh o huyen", "a\u0301\u0301\u200b", strings.Repeat("một cửa hàng ", 30), "ǅ İ ſ K", "30c/",
	} {
		f.Add(s, s, s, s)
	}
	f.Fuzz(func(t *testing.T, title, lead, body, section string) {
		d := Doc{Title: title, Lead: lead, Body: body, Section: section}
		r := c.Read(d)
		checkCues(t, d, r)
		if again := c.Read(d); fmt.Sprint(again) != fmt.Sprint(r) {
			t.Errorf("two readings differ:\n%v\n%v", r, again)
		}
	})
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("rules: [{terms: [a], weight: .nan}]"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(Check(data)) == 0 {
			if _, err := New(WithLexicon(data)); err != nil {
				t.Error(err)
			}
		}
	})
}

var sampleLead = "Sáng nay, Ủy ban nhân dân tỉnh tổ chức hội nghị đánh giá kết quả thực hiện công tác cải cách hành chính, chuyển đổi số và Đề án 06; " +
	"dự hội nghị có lãnh đạo các sở, ban, ngành, Ủy ban nhân dân các huyện, thị xã, thành phố và đại diện cộng đồng doanh nghiệp trên địa bàn tỉnh."

func BenchmarkTitleLead(b *testing.B) {
	c := must(b)
	d := Doc{Title: "Đẩy mạnh cải cách thủ tục hành chính, nâng cao sự hài lòng của người dân", Lead: sampleLead}
	b.SetBytes(int64(len(d.Title) + len(d.Lead)))
	b.ReportAllocs()
	for b.Loop() {
		c.Read(d)
	}
}

func BenchmarkFullText(b *testing.B) {
	c := must(b)
	d := Doc{Title: "Đẩy mạnh cải cách thủ tục hành chính", Body: strings.Repeat(sampleLead+" ", 8)}
	b.SetBytes(int64(len(d.Body)))
	b.ReportAllocs()
	for b.Loop() {
		c.Read(d)
	}
}

// BenchmarkJudge is a title and lead with its facets.
func BenchmarkJudge(b *testing.B) {
	c := must(b)
	r := media.Revision{Title: "Đẩy mạnh cải cách thủ tục hành chính, nâng cao Chỉ số PAPI", Lead: sampleLead}
	b.SetBytes(int64(len(r.Title) + len(r.Lead)))
	b.ReportAllocs()
	for b.Loop() {
		c.Judge(r)
	}
}

// BenchmarkFold is the floor: merely folding the same title and lead.
func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		viet.Fold(sampleLead)
	}
}
