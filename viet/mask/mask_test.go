package mask_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"loa/viet"
	"loa/viet/mask"
)

// What a citizen is told by is taken out. The names are made of syllables in
// alphabetical order, of nobody.
func TestMasks(t *testing.T) {
	const qa = "Hỏi đáp"
	for _, c := range []struct{ name, section, in, want string }{
		{"asks", "", "Ông Nguyễn Văn Ánh Ba hỏi về thủ tục cấp đổi thẻ", "Ông [tên công dân] hỏi về thủ tục cấp đổi thẻ"},
		{"asks, with address", "", "Bà Lò Thị Chín (bản Hai, xã Ba, huyện Tư) hỏi: Tôi cần giấy tờ gì?", "Bà [tên công dân] ([địa chỉ]) hỏi: Tôi cần giấy tờ gì?"},
		{"asks, living at", "", "Anh Vàng A Dơ, trú tại tổ 5, phường Sáu có hỏi như sau", "Anh [tên công dân], trú tại [địa chỉ] có hỏi như sau"},
		{"reader", "", "Bạn đọc Trần Thị Em Phương hỏi về lệ phí", "Bạn đọc [tên công dân] hỏi về lệ phí"},
		{"complains", "", "Bà Lương Thị Đoan, tổ 4, phường Năm phản ánh việc trả kết quả chậm", "Bà [tên công dân], [địa chỉ] phản ánh việc trả kết quả chậm"},
		{"reader, label", "", "Bạn đọc: giàng thị giang\nCâu hỏi: thủ tục?", "Bạn đọc: [tên công dân]\nCâu hỏi: thủ tục?"},
		{"sender", "", "Người gửi: Phạm Hạnh Ích - 12/03/2023", "Người gửi: [tên công dân] - 12/03/2023"},
		{"form", "", "Họ và tên: ĐỖ VĂN KHÔI\nĐịa chỉ: thôn Bảy, xã Tám\nĐiện thoại: 0216 3 812 345\nSố CCCD: 015203004567\nEmail: ai.do@hop-thu.example",
			"Họ và tên: [tên công dân]\nĐịa chỉ: [địa chỉ]\nĐiện thoại: [số điện thoại]\nSố CCCD: [số giấy tờ]\nEmail: [thư điện tử]"},
		{"named again", "", "Ông Hoàng Văn Lan hỏi: khi nào? Trả lời: ông Lan nộp hồ sơ; HOÀNG VĂN LAN nhận kết quả.", "Ông [tên công dân] hỏi: khi nào? Trả lời: ông [tên công dân] nộp hồ sơ; [tên công dân] nhận kết quả."},
		{"decomposed", "", "Ba\u0300 Bu\u0300i Thi\u0323 Mo\u0323n ho\u0309i", "Bà [tên công dân] hỏi"},
		{"own words", qa, "Tôi tên là Ngô Văn Năm, số điện thoại 0912.345.678, tôi muốn đổi bằng lái", "Tôi tên là [tên công dân], số điện thoại [số điện thoại], tôi muốn đổi bằng lái"},
		{"letter to an office", "", "Kính gửi Sở Nội vụ.\nTôi tên là Ngô Văn Năm, điện thoại 0912345678, xin hỏi", "Kính gửi Sở Nội vụ.\nTôi tên là [tên công dân], điện thoại [số điện thoại], xin hỏi"},
		{"letter to an office, one line", qa, "Kính gửi Sở Nội vụ, số của tôi là 0912345678", "Kính gửi Sở Nội vụ, số của tôi là [số điện thoại]"},
		{"spaced phone", qa, "Xin gọi lại cho tôi: 0912 34 56 78 hoặc +84 912 345 678", "Xin gọi lại cho tôi: [số điện thoại] hoặc [số điện thoại]"},
		{"personal mail", qa, "Xin trả lời vào ten.ai@gmail.com giúp tôi", "Xin trả lời vào [thư điện tử] giúp tôi"},
		{"identity card", "", "CMND số 060123456 cấp ngày 01/02/2012", "CMND số [số giấy tờ] cấp ngày 01/02/2012"},
		{"identity card, grouped", "", "số căn cước công dân: 015 203 004 567", "số căn cước công dân: [số giấy tờ]"},
		{"citizen's number alone", "", "015203004567 là số của tôi", "[số giấy tờ] là số của tôi"},
		{"passport", "", "hộ chiếu số B1234567", "hộ chiếu số [số giấy tờ]"},
		{"signature", qa, "Trân trọng cảm ơn.\nLý A Páo (xã Chín)\n", "Trân trọng cảm ơn.\n[tên công dân] ([địa chỉ])\n"},
		{"citizen's phone in a report", "", "Chị Sùng Thị Quy, điện thoại 0987654321, cho biết", "Chị Sùng Thị Quy, điện thoại [số điện thoại], cho biết"},
		{"rating", "", "Bà Đinh Thị Rạng được đánh giá hoàn thành xuất sắc nhiệm vụ năm 2023", "Bà Đinh Thị Rạng được đánh giá [kết quả xếp loại] năm 2023"},
		{"list of ratings", "", "Kết quả đánh giá, xếp loại công chức năm 2023\n1. Mai Văn Sáu - 95,5 - Hoàn thành tốt nhiệm vụ\n2. Lê Thị Tám\n98\nHoàn thành xuất sắc nhiệm vụ\n",
			"Kết quả đánh giá, xếp loại công chức năm 2023\n1. Mai Văn Sáu - [kết quả xếp loại] - [kết quả xếp loại]\n2. Lê Thị Tám\n[kết quả xếp loại]\n[kết quả xếp loại]\n"},
	} {
		if got := mask.Text(c.section, c.in); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
		if again := mask.Text(c.section, c.want); again != c.want {
			t.Errorf("%s: again %q", c.name, again)
		}
	}
}

// What an agency says of itself, and numbers that are no citizen's, stay.
func TestLeaves(t *testing.T) {
	const qa = "Công dân, doanh nghiệp hỏi, cơ quan chức năng trả lời"
	for _, c := range []struct{ section, in string }{
		{"", "Kế hoạch số 285/KH-UBND ngày 30/12/2022 của Ủy ban nhân dân tỉnh"},
		{"", "Đường dây nóng tiếp nhận phản ánh: 0912.345.678 (giờ hành chính), 0216.3.812.345"},
		{"", "Liên hệ ông Nguyễn Văn An, Phó Chánh Văn phòng, điện thoại 0912345678"},
		{"", "Thủ tục 1.004227.000.00.00.H63 và 2.000815; mã hồ sơ 000.00.12.H63-230112-0001"},
		{"", "mã hồ sơ 015203004567 đã trả kết quả"},
		{"", "Kinh phí 123.456.789.000 đồng, đã giải ngân 150000000 đồng"},
		{"", "Đã cấp căn cước công dân cho 123.456.789 người"},
		{"", "Từ 08-12-2023 10 giờ 30 đến 09.12.2023 15 giờ"},
		{"", "Ông Trần Văn Bình, Giám đốc Sở Nội vụ, trả lời phỏng vấn về chỉ số cải cách hành chính"},
		{"", "Đồng chí Nguyễn Thị Chi phát biểu tại hội nghị: các đơn vị đều hoàn thành tốt nhiệm vụ"},
		{"", "Tập thể phòng được xếp loại hoàn thành tốt nhiệm vụ"},
		{"", "Công dân Việt Nam từ đủ 14 tuổi; cử tri Hà Giang, cử tri Yên Bái kiến nghị"},
		{"", "Người dân thành phố hỏi nhiều về dịch vụ công; Sở Tư pháp kiến nghị sửa đổi"},
		{"", "Hộp thư tiếp nhận: cchc.tinh@gmail.com, sonoivu@tinh.gov.vn"},
		{"", "Ông Lê Văn Dần, thôn 3 chia sẻ: thủ tục nay nhanh hơn trước"},
		{qa, "Sở Tư pháp trả lời: đề nghị liên hệ Trung tâm Phục vụ hành chính công, số điện thoại 0216.3812345 hoặc 0912345678"},
		{qa, "Thời gian giải quyết 05 ngày làm việc, theo Quyết định số 2345/QĐ-UBND ngày 15/12/2022; lệ phí 50.000 đồng"},
		{qa, "Đường Trần Phú, phường Lê Lợi, Trường Trung học cơ sở Lý Thường Kiệt"},
		{"Tiêu chuẩn", "Máy chủ 10.0.12.34, phiên bản 2.123.456.789, cổng 8080"},
		{"", "Ông Trần Văn Bách, Bí thư Huyện ủy cho rằng cán bộ không được đòi hỏi; ông Bách hỏi thêm. Ông Trần Văn Bách hỏi: vì sao chậm?"},
		{"", "Ông Trần Văn Cung (bố của em) hỏi han từng người; công dân Trần Thị Dung bị thương"},
		{"", "Ông Trần Văn Đạt kiến nghị bỏ quy định này"},
		{"", "Bạn đọc hỏi, luật sư trả lời. Luật sư Trần Văn Hợi; SĐT: 0912345678. Thư xin gửi về bandoc@bao.example"},
		{"", "Họ và tên: Nguyễn Văn Giáp, Chức vụ: Phó Chủ tịch, ĐT: 0912345678"},
		{"", "Người hỏi: Công ty trách nhiệm hữu hạn một thành viên Xây dựng"},
	} {
		if got := mask.Text(c.section, c.in); got != c.in {
			t.Errorf("%q: %q became %q", c.section, c.in, got)
		}
	}
}

// Who is named in one field is masked in all, and offsets are moved along.
func TestFields(t *testing.T) {
	title, body := "Ông Tạ Văn Út hỏi về thủ tục", "Câu chuyện của Tạ Văn Út và thủ tục đất đai; ông Út chờ đã lâu."
	m := mask.Of("", title, body)
	if got := m.Text(body); strings.Contains(got, "Út") {
		t.Errorf("left %q", got)
	}
	got, at := m.At(body, strings.Index(body, "thủ tục"), strings.Index(body, "Văn"), strings.Index(body, "chờ"), 0)
	if !strings.HasPrefix(got[at[0]:], "thủ tục") || at[1] != -1 || !strings.HasPrefix(got[at[2]:], "chờ") || at[3] != 0 {
		t.Errorf("%q %v", got, at)
	}
	if !m.Found(body) || mask.Of("").Found(body) {
		t.Error("what is found depends on what is known")
	}
}

// Whatever stands in a text: masking it again changes nothing, it stays
// canonical, no number of an identity paper or name beside «hỏi» is left, and
// offsets point to the same bytes.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"Ông Nguyễn Văn Ánh hỏi 0912345678", "Họ và tên: a\nĐịa chỉ: b", "CCCD 015203004567", "x@y.example [tên công dân]", "Kết quả xếp loại cá nhân\nLê Ba\n98", "ông Út hỏi ông Út"} {
		f.Add("", s)
		f.Add("Hỏi đáp", s)
	}
	f.Fuzz(func(t *testing.T, section, s string) {
		m := mask.Of(section, s)
		got := m.Text(s)
		if viet.NFC(got) != got || !utf8.ValidString(got) {
			t.Fatalf("%q is not canonical", got)
		}
		if again := m.Text(got); again != got {
			t.Fatalf("%q: %q, then %q", s, got, again)
		}
		canon := viet.NFC(s)
		at := make([]int, 0, len(canon))
		for i := range canon {
			at = append(at, i)
		}
		same, moved := m.At(s, at...)
		if same != got {
			t.Fatalf("%q and %q", same, got)
		}
		for k, i := range at {
			if moved[k] >= 0 && (moved[k] >= len(got) || got[moved[k]] != canon[i]) {
				t.Fatalf("%q: byte %d of %q is said to stand at %d", got, i, canon, moved[k])
			}
		}
	})
}

func BenchmarkMask(b *testing.B) {
	title := "Đẩy mạnh cải cách hành chính tại bộ phận một cửa, giảm thời gian giải quyết thủ tục"
	body := strings.Repeat(title+" theo Kế hoạch số 285/KH-UBND ngày 30/12/2022.\n", 40)
	b.Run("title", func(b *testing.B) {
		for b.Loop() {
			mask.Text("", title)
		}
	})
	b.Run("article", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			mask.Text("", body)
		}
	})
}
