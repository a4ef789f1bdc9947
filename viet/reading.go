package viet

import (
	"strings"
)

// ReadingNote is the sentence for one odd thing about a page or feed that was
// read, by its code in crawler/extract. n of of counts it, text quotes it.
func ReadingNote(code string, n, of int, text string) string {
	var s string
	switch code {
	case "address_unknown":
		s = "không rõ địa chỉ gốc, các đường dẫn tương đối được ghép với {text}; dùng --url để cho biết địa chỉ"
	case "address_own":
		s = "địa chỉ lấy từ chính nội dung tệp: {text}"
	case "too_deep":
		s = "các thẻ HTML lồng nhau quá sâu, đã bỏ bớt một số thẻ"
	case "junk_before":
		s = "tệp sai quy cách: đã bỏ {n} byte đứng trước phần tử gốc"
	case "junk_after":
		s = "tệp sai quy cách: đã bỏ {n} byte đứng sau phần tử gốc"
	case "stray_marks":
		s = "tệp sai quy cách: đã sửa {n} dấu «<» không mở thẻ nào"
	case "one_by_one":
		s = "tệp sai quy cách: đọc riêng từng mục, được {n} trong {of} mục"
	case "cut_off":
		s = "tệp bị cắt giữa chừng, chỉ đọc {n} mục nguyên vẹn"
	case "attributes":
		s = "tệp sai quy cách: {n} thẻ có quá nhiều thuộc tính, thuộc tính bị bỏ"
	case "too_deep_item":
		s = "tệp sai quy cách: bỏ {n} mục có thẻ lồng nhau quá sâu"
	case "first_only":
		s = "chỉ đọc {n} mục đầu"
	case "foreign":
		s = "bỏ {n} mục có địa chỉ không thuộc nguồn này"
	case "hollow":
		s = "bỏ {n} mục không có cả tiêu đề lẫn địa chỉ"
	case "same_key":
		s = "bỏ {n} mục trùng khóa với mục đứng trước"
	case "dateless":
		s = "{n} mục không đọc được ngày đăng: ngày chỉ có thể lấy ở trang bài; không có ngày thì không xếp được vào kỳ"
	case "date_format":
		s = "{n} ngày in khác dạng date_format, đã đọc theo cách chung"
	case "numberless":
		s = "{n} văn bản không có số, ký hiệu"
	case "stateless":
		s = "{n} câu hỏi không cho biết đã được trả lời chưa: chưa tính được; cần rule answered hoặc answer"
	case "guessed_item":
		s = "đoán khối tin là «{text}», khớp {n} khối"
	case "linkless":
		s = "bỏ {n} khối không có đường dẫn hoặc tiêu đề"
	case "other_links":
		s = "bỏ {n} đường dẫn không phải tin, bài của nguồn này"
	case "repeated":
		s = "bỏ {n} khối lặp lại tin, bài đứng trước"
	case "no_body":
		s = "quy tắc body không khớp phần tử nào"
	case "spam":
		s = "trang bị chèn nội dung cá cược, đã bỏ {n} khối, dòng"
	case "map_broken":
		s = "sơ đồ trang sai quy cách: {n} chỗ không đọc được"
	case "web_part":
		s = "trên trang có thông báo lỗi Web Part, đã bỏ qua"
	case "lead_mark":
		s = "đã bỏ dấu dẫn đầu đoạn: «{text}»"
	default:
		return "lưu ý khác (" + code + ")"
	}
	return strings.NewReplacer("{n}", Decimal(float64(n)), "{of}", Decimal(float64(of)), "{text}", text).Replace(s)
}

// ItemNote is the sentence for what was odd on a piece's page, by its code.
func ItemNote(code string) string {
	switch code {
	case "spam":
		return "trang bị chèn nội dung cá cược; phần ấy đã bỏ, không dùng để phân loại"
	case "web_part":
		return "trên trang có thông báo lỗi Web Part; bài vẫn đọc được"
	}
	return "lưu ý khác (" + code + ")"
}

// BlindAdvice says what can be done about a source that cannot be read, for
// the closed list of blind reasons; "" where there is nothing to say.
func BlindAdvice(reason string) string {
	switch reason {
	case "unreachable":
		return "kiểm tra lại địa chỉ bằng trình duyệt; nếu máy chủ tạm ngừng thì thử lại sau"
	case "blocked":
		return "máy chủ từ chối; đề nghị đơn vị quản trị trang cho phép truy cập, không tìm cách vượt qua"
	case "robots_denied":
		return "trang không muốn bị thu thập; đề nghị đơn vị quản trị cho phép trong robots.txt"
	case "challenge":
		return "trang đòi trình duyệt hoặc người xác minh; đề nghị đơn vị quản trị cho phép truy cập, hoặc tìm tệp RSS của trang"
	case "soft_404":
		return "mở địa chỉ bằng trình duyệt và tìm đúng trang danh sách tin"
	case "hijacked":
		return "báo cho đơn vị quản trị trang"
	case "not_a_feed":
		return "tìm địa chỉ tệp RSS, Atom hoặc một trang danh sách tin"
	case "empty":
		return "địa chỉ không có tin, bài nào hoặc trang vẽ nội dung bằng JavaScript; tìm tệp RSS hoặc trang danh sách khác"
	case "parse_error":
		return "cần một tệp RSS, Atom hoặc trang HTML nguyên vẹn"
	case "layout_changed":
		return "không thấy khối tin nào lặp lại; thử một chuyên mục của trang, hoặc tự viết rule (plans/README.md)"
	}
	return ""
}
