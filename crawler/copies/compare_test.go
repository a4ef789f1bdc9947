package copies

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// report is a piece of our own in the form of the provincial papers.
const report = `Sáng 12/3, Ủy ban nhân dân huyện tổ chức hội nghị đánh giá kết quả giải quyết hồ sơ tại bộ phận một cửa của 18 xã, thị trấn.
Theo báo cáo, trong hai tháng đầu năm các xã đã tiếp nhận 2.450 hồ sơ, trong đó 2.391 hồ sơ được trả trước và đúng hạn, 59 hồ sơ quá hạn chủ yếu ở lĩnh vực đất đai.
Lãnh đạo huyện yêu cầu các xã công khai số điện thoại đường dây nóng, phân công cán bộ trực cả buổi chiều thứ sáu và xin lỗi người dân bằng văn bản khi trả kết quả chậm.
Phòng Nội vụ được giao kiểm tra đột xuất ít nhất bốn xã mỗi tháng, kết quả kiểm tra là căn cứ xếp loại cuối năm của người đứng đầu.
Huyện cũng dành kinh phí thay máy quét cho những xã có máy hỏng, dự kiến hoàn thành trong quý hai, để hồ sơ điện tử được số hóa ngay khi tiếp nhận.`

// other is another author's report of the same conference.
const other = `Hội nghị sơ kết công tác một cửa do huyện tổ chức sáng 12/3 ghi nhận nhiều ý kiến thẳng thắn từ cơ sở.
Chủ tịch một xã vùng cao cho biết đường truyền yếu khiến việc số hóa hồ sơ thường phải làm vào ban đêm, trong khi người dân đi bộ nửa ngày mới tới trụ sở.
Đại diện Phòng Tài nguyên và Môi trường thừa nhận 59 hồ sơ đất đai quá hạn là do thiếu cán bộ đo đạc và hứa bổ sung hai người ngay trong tháng tư.
Kết luận hội nghị, lãnh đạo huyện đề nghị các xã học cách làm của thị trấn, nơi người dân được nhắn tin khi hồ sơ xong.`

func lines(s string, from, to int) string { return strings.Join(strings.Split(s, "\n")[from:to], "\n") }

func TestCompare(t *testing.T) {
	const title = "Huyện đánh giá kết quả giải quyết hồ sơ tại bộ phận một cửa"
	results := func(day, number string) Doc {
		return Doc{
			Title: "Kết quả bốc thăm số nhà ngày " + day,
			Body: "Danh sách hộ dân được bốc thăm ngày " + day + " tại nhà văn hóa khu tái định cư, mỗi hộ một lô, người dân mang theo căn cước và biên lai. " +
				"Lô trúng hôm nay là số " + number + ", các hộ chưa đến lượt chờ thông báo lần sau của ban quản lý dự án huyện.",
		}
	}
	forecast := func(numbers string) Doc {
		return Doc{Title: "Giá nông sản hôm nay tại chợ huyện", Body: "Giá nông sản tại chợ huyện sáng nay ghi nhận như sau, đơn vị nghìn đồng một cân, người bán và người mua tham khảo thêm tại ban quản lý chợ trước khi giao dịch. " + numbers + " Ban quản lý chợ cập nhật giá hằng ngày vào lúc sáu giờ."}
	}
	const gallery = "Cuộc thi ảnh Nụ cười một cửa do tòa soạn phối hợp cùng Sở tổ chức, nhận ảnh đến hết ngày 30/6. Bạn đọc gửi ảnh kèm lời chú thích tối đa 300 từ về tòa soạn, mỗi tuần chọn 5 ảnh đẹp để trao giải, thể lệ xem tại trang chủ."
	for _, c := range []struct {
		name string
		a, b Doc
		want Relation
	}{
		{"same", Doc{title, "", report}, Doc{title, "", report}, Exact},
		{"lead set apart", Doc{title, lines(report, 0, 1), report}, Doc{title, lines(report, 0, 1), lines(report, 1, 5)}, Exact},
		{"typing only", Doc{title, "", "(BYB) - " + report + "\nNguồn: Báo tỉnh"},
			Doc{strings.ToUpper(title), "", norm.NFD.String(strings.NewReplacer("Ủy", "Uỷ", "hóa", "hoá", ",", " ,").Replace(report))}, Exact},
		{"another headline", Doc{title, "", report}, Doc{"Kiểm tra đột xuất bốn xã mỗi tháng", "", report}, Near},
		{"first half", Doc{title, "", report}, Doc{title, "", lines(report, 0, 3)}, Near},
		{"updated", Doc{title, "", report}, Doc{title, "", report + "\nTin cập nhật: chiều cùng ngày, huyện đã trao thưởng cho ba xã làm tốt và nhắc nhở hai xã để hồ sơ quá hạn kéo dài."}, Near},
		{"same event", Doc{title, "", report}, Doc{"Sơ kết một cửa: cơ sở nói thẳng về hồ sơ quá hạn", "", other}, None},
		{"form of another day", results("4 tháng 5", "17"), results("9/5", "23"), None},
		{"form of that day", results("9 tháng 5", "23"), results("09/5", "23"), Near},
		{"other figures", forecast("Gạo 18, ngô 9, khoai 12, sắn 7, cam 25, bưởi 30, chè 150, quế 60."), forecast("Gạo 19, ngô 8, khoai 14, sắn 6, cam 22, bưởi 35, chè 145, quế 55."), None},
		{"only boilerplate", Doc{"Bình minh trên trụ sở xã vùng cao", "", gallery}, Doc{"Mẹ già được dìu lên bậc thềm", "", gallery}, None},
		{"form of another district", Doc{"Lãnh đạo huyện Khe Mây kiểm tra bộ phận một cửa", "", "Huyện Khe Mây: " + report}, Doc{"Lãnh đạo huyện Suối Trăng kiểm tra bộ phận một cửa", "", "Huyện Suối Trăng: " + report}, None},
		{"a name more", Doc{"Lãnh đạo huyện Khe Mây kiểm tra bộ phận một cửa", "", "Huyện Khe Mây: " + report}, Doc{"Lãnh đạo huyện kiểm tra bộ phận một cửa", "", report}, Near},
		{"title alone", Doc{title, "", ""}, Doc{strings.ToLower(title), "", ""}, Exact},
		{"short title alone", Doc{"Thông báo", "", ""}, Doc{"Thông báo", "", ""}, None},
		{"nothing", Doc{}, Doc{}, None},
		{"title and text", Doc{title, "", ""}, Doc{title, "", report}, None},
	} {
		a, b := Read(c.a), Read(c.b)
		if got := Compare(&a, &b); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := Compare(&b, &a); got != c.want {
			t.Errorf("%s, the other way round: %q, want %q", c.name, got, c.want)
		}
		if c.want == Near {
			n := 0
			for _, m := range a.Sketch() {
				if slices.Contains(b.Sketch(), m) {
					n++
				}
			}
			if n < 2*enough {
				t.Errorf("%s: only %d marks are shared", c.name, n)
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"xổ số ngày 8 tháng 6 năm 2024":       "8/6 2024",
		"ngày 08/06/2024, 8-6 và 8.6":         "8/6 2024 8/6 8/6",
		"tháng 6, 20h30 ngày 1":               "6 20/30 1",
		"700.000 đồng, 1.234.567, 22,1 tỉ":    "700000 1234567 22/1",
		"u23 thắng 5-2, quý iv/2025 qn2040":   "5/2 2025",
		"số 285/kh-ubnd: 12.":                 "285 12",
		"từ 1 tháng này":                      "1",
		"kết quả 12/3/2023":                   "12/3 2023",
		"giai đoạn 2021-2025, 0 điểm, 00 giờ": "2021/2025 0 0",
		"": "",
	} {
		if got := strings.Join(numbersOf(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for title, want := range map[string]string{
		"Lãnh đạo huyện Khe Mây thăm xã Bản Quế": "khe mây bản quế",
		"Khe Mây: Huyện mở hội \"Hương rừng\"":   "mây",
		"LÃNH ĐẠO HUYỆN KHE MÂY THĂM XÃ BẢN QUẾ": "",
		"U23 thắng 5-2 ở TP.HCM":                 "tp hcm",
		"":                                       "",
	} {
		var hashes []uint32
		for _, w := range strings.Fields(want) {
			hashes = append(hashes, word(w))
		}
		if got := namesOf(title); !slices.Equal(got, hashes) {
			t.Errorf("%q: %d names, want %q", title, len(got), want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Xổ số ngày 8 tháng 6", "TTO - Giải nhất: 12.345", "Nguồn: Báo\nTheo Báo Mẫu")
	f.Add("12-", "1 tháng ", "9.")
	f.Fuzz(func(t *testing.T, title, lead, body string) {
		a := Read(Doc{title, lead, body})
		if got := Compare(&a, &a); a.ID() != 0 && got != Exact {
			t.Errorf("a text is no copy of itself: %q", got)
		}
		if Apart(&a, &a) {
			t.Error("a text is apart from itself")
		}
		for _, n := range a.marks {
			if strings.Trim(n, "0123456789/") != "" || n == "" {
				t.Errorf("number %q", n)
			}
		}
		if n := len(a.Sketch()); n > buckets || a.full() && n == 0 {
			t.Errorf("%d marks", n)
		}
	})
}
