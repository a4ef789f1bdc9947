package viet

import "math"

// SourceWord names how a source stands, or a doubt about it, for the closed
// lists of media.
func SourceWord(code string) string {
	switch code {
	case "ok":
		return "đọc được"
	case "quiet":
		return "ít tin bất thường"
	case "blind":
		return "chưa thu thập được"
	case "retired":
		return "thôi theo dõi"
	case "never":
		return "chưa đọc lần nào"
	case "verify":
		return "chờ kiểm tra địa chỉ"
	case "list_shrunk":
		return "danh sách ngắn hẳn đi"
	case "too_many_new":
		return "quá nhiều tin mới trong một ngày"
	case "no_new":
		return "trang có đổi mà lâu không có tin mới"
	case "unusual":
		return "phân loại khác thường"
	}
	return code
}

// SourceAdvice says what a person may do about a blind reason, a state or a
// doubt of a source; "" where nothing needs doing.
func SourceAdvice(code string) string {
	switch code {
	case "unreachable":
		return "Mở thử địa chỉ bằng trình duyệt. Nếu trang đã đổi địa chỉ, sửa url trong tệp nguồn; nếu máy chủ hỏng, báo đơn vị quản trị trang."
	case "blocked":
		return "Máy chủ từ chối hoặc yêu cầu chờ. Đề nghị đơn vị quản trị cho phép loa truy cập, hoặc tăng every của nguồn."
	case "robots_denied":
		return "Tệp robots.txt của trang không cho đọc địa chỉ này; loa tôn trọng điều đó. Đề nghị đơn vị quản trị cho phép, hoặc dùng nguồn khác của cùng luồng."
	case "challenge":
		return "Trang đòi xác minh người dùng; loa không vượt qua. Đề nghị đơn vị quản trị cho phép loa, hoặc dùng RSS."
	case "soft_404":
		return "Trang trả về nội dung báo lỗi. Kiểm tra lại địa chỉ trong tệp nguồn."
	case "hijacked":
		return "Trang có dấu hiệu bị chèn nội dung lạ (cá cược, quảng cáo). Báo ngay đơn vị quản trị trang."
	case "not_a_feed":
		return "Địa chỉ không còn trả về RSS. Chạy loa try với địa chỉ này để tìm nguồn mới."
	case "empty":
		return "Danh sách không có mục nào. Mở trang xem còn tin không; nếu còn, chạy loa try để dựng lại quy tắc đọc."
	case "parse_error":
		return "Không đọc được nội dung. Chạy loa try với địa chỉ này để xem lỗi cụ thể."
	case "stale_cache":
		return "Máy chủ trả về bản cũ. Thường tự hết; nếu kéo dài, báo đơn vị quản trị trang xóa bộ nhớ đệm."
	case "layout_changed":
		return "Trang đã đổi giao diện. Chạy loa try để dựng lại quy tắc đọc, rồi ghi vào tệp nguồn."
	case "unusual":
		return "Kết quả phân loại tin của nguồn khác hẳn thường lệ của chính nguồn. Mở vài tin xem nguồn đổi nội dung thật, hay bài đọc bị lẫn phần khác; nhiều từ lạ thì xem loa classify suggest."
	case "quiet":
		return "Vẫn đọc được, nhưng tin ít hơn hẳn thường lệ của chính nguồn. Mở trang xem đơn vị đăng ít thật, hay đã chuyển sang chuyên mục khác."
	case "list_shrunk":
		return "Danh sách liệt kê ít mục hơn hẳn trước đây. Mở trang so lại; có thể quy tắc đọc chỉ còn khớp một phần."
	case "too_many_new":
		return "Chỉ nhận chừng ấy tin mới một ngày, phần còn lại để hôm sau; khoảng ấy chưa tính là đã thấy. Mở trang xem tin có thật không: có thật thì tăng limits: {new: …} của nguồn hoặc chạy loa crawl --since; không thì báo đơn vị quản trị."
	case "no_new":
		return "Trang danh sách vẫn thay đổi nhưng loa không thấy tin mới. Mở trang so lại; có thể tin mới nằm ngoài quy tắc đọc."
	case "verify":
		return "Mở địa chỉ kiểm tra, chạy loa try, rồi bỏ dòng verify: true trong tệp nguồn."
	case "never":
		return "Chưa tới lượt, hoặc máy chủ đang được để yên."
	}
	return ""
}

// DriftFigure says how a share or mean of a source is, 0 to 1, beside what is
// usual for it: «tỷ lệ được nhận 62%, thường lệ 20%».
func DriftFigure(name string, now, median float64) string {
	words := map[string]string{"accepted": "tỷ lệ xếp là về CCHC", "asked": "tỷ lệ phải hỏi người", "score": "điểm trung bình", "unknown": "tỷ lệ âm tiết lạ"}[name]
	percent := func(v float64) string { return Decimal(math.Round(v*1000)/10) + "%" }
	return words + " " + percent(now) + ", thường lệ " + percent(median)
}
