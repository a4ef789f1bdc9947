package pack

import (
	"fmt"
	"strings"

	"loa/schedule/calendar"
	"loa/viet"
)

// stateWords says which figures a pack holds.
func stateWords(in Input, sum Summary) string {
	at := viet.Moment(in.At.In(calendar.Zone))
	if in.Closing == nil {
		return "Số liệu CHƯA CHỐT, tính đến " + at + "; có thể còn thay đổi."
	}
	return fmt.Sprintf("Số liệu chốt lần %d lúc %s.", sum.Revision, at)
}

// openWords stand in the place of the certificate.
func openWords(in Input, sum Summary) string {
	return crlf(
		"SỐ LIỆU CHƯA CHỐT",
		"",
		viet.Capital(in.Period.Name())+" chưa được chốt số liệu khi lập gói này.",
		stateWords(in, sum),
		"Gói này không thay cho gói của kỳ đã chốt và không kèm biên bản chốt.",
		"",
		"Mã bộ dữ liệu: "+sum.Dataset,
	)
}

// crlf are lines as every editor of texts shows them, also an old one.
func crlf(ls ...string) string { return "\ufeff" + strings.Join(ls, "\r\n") + "\r\n" }

// readme explains the pack to somebody who has nothing but the pack.
func readme(in Input, sum Summary) string {
	proof := closedFile + "      Biên bản chốt số liệu (dự thảo để người có thẩm quyền ký)."
	if in.Closing == nil {
		proof = openFile + "          Kỳ này chưa chốt: không có biên bản; tệp nói rõ số liệu tính đến lúc nào."
	}
	out := []string{
		"GÓI MINH CHỨNG",
		viet.Capital(in.Period.Name()) + " (từ " + viet.Day(in.Period.Start) + " đến hết " + viet.Day(in.Period.LastDay()) + ")",
		"Kế hoạch " + in.Plan.Number + " ngày " + viet.Day(in.Plan.Issued) + " của " + in.Plan.Issuer,
		stateWords(in, sum),
		"Mã bộ dữ liệu: " + sum.Dataset,
	}
	if in.Plan.Sample {
		out = append(out, "DỮ LIỆU MẪU: địa phương, cơ quan và số liệu trong gói là hư cấu.")
	}
	out = append(out,
		"",
		"1. MỞ GÓI",
		"Giải nén cả gói vào một thư mục rồi mở "+indexFile+" bằng trình duyệt bất kỳ. Không cần mạng, không cần phần mềm nào khác.",
		"",
		"2. TRONG GÓI CÓ",
		"index.html, xem/       Trang xem: nhiệm vụ, từng lượt đánh giá, từng minh chứng và nội dung đã lưu.",
		"danh-sach.xlsx, .csv   Danh sách minh chứng được ghi nhận, cùng một nội dung (CSV dùng để đối chiếu).",
		"ban-luu/               Trang web như máy chủ đã trả lời, dạng WARC (ISO 28500), nén gzip; tên tệp là SHA-256 của nội dung.",
		"tep/                   Tệp cơ quan, đơn vị gửi (ảnh, PDF, nhật ký, biểu), nguyên vẹn; tên tệp là SHA-256 của tệp.",
		"                       Đuôi tệp đặt theo nội dung; tệp không rõ loại có đuôi .bin.",
		"bao-cao/               Báo cáo của kỳ ở các định dạng.",
		proof,
		"bo-du-lieu.jsonl       Từng dòng làm nên mã bộ dữ liệu (mục 4).",
		"thong-tin.json         Thông tin của gói cho máy đọc.",
		"SHA256SUMS             SHA-256 của mọi tệp ở trên. SHA256SUMS.sha256 là SHA-256 của chính danh sách ấy.",
		"",
		fmt.Sprintf("Trong gói có %s lượt ghi nhận, %s bản lưu. %s lượt không có bản lưu trong gói; cột «Tình trạng bản lưu» nói vì sao", viet.Number(sum.Pieces), viet.Number(sum.Copies), viet.Number(sum.Missing)),
		"(chưa từng có bản lưu, đã xóa theo thời hạn lưu, thiếu hoặc hỏng trong kho).",
		"",
		"3. KIỂM TRA GÓI",
		"Có phần mềm loa: loa evidence verify GÓI.zip",
		"Không có: giải nén rồi chạy  sha256sum -c SHA256SUMS  (Linux), hoặc  Get-FileHash TỆP  (Windows) và so từng tệp.",
		"So mã trong SHA256SUMS.sha256 với mã ghi trong lịch sử thao tác, hoặc trong văn bản gửi kèm gói: đúng thì gói là gói đã lập.",
		"Mã băm chỉ cho biết tệp có bị sửa hay không; ai đã lập gói thì do lịch sử thao tác và văn bản gửi kèm chứng minh.",
		"",
		"4. MÃ BỘ DỮ LIỆU",
		"Đọc từng dòng của bo-du-lieu.jsonl (mỗi dòng một chuỗi JSON). Trước chuỗi «dataset», rồi trước mỗi dòng, đặt độ dài tính bằng byte",
		"(số nguyên 8 byte, byte thấp trước). Nối tất cả, tính SHA-256, lấy 32 chữ số hệ 16 đầu. Kết quả phải bằng mã bộ dữ liệu.",
		"",
		"5. AI ĐƯỢC XEM",
		"Trang gốc trong ban-luu/ và tệp trong tep/ được giữ nguyên vẹn, CHƯA CHE thông tin cá nhân của công dân.",
		"Danh sách, báo cáo và chữ trong trang xem đã che (ảnh thì không). Vì vậy gói chỉ dành cho người được giao theo dõi kế hoạch, lãnh đạo cơ quan và",
		"người kiểm tra, thanh tra theo thẩm quyền. Không đăng gói lên mạng, không gửi rộng rãi. Mỗi lần lập gói được ghi vào lịch sử thao tác.",
		"Cần công khai thì dùng báo cáo và danh sách, không dùng hai thư mục trên và xem/.",
	)
	return crlf(out...)
}
