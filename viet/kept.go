package viet

import (
	"fmt"
	"time"
)

// KeptGone says of a kept page that it was deleted, its time having passed.
func KeptGone(class string, days int, at time.Time) string {
	return fmt.Sprintf("đã xóa theo thời hạn lưu (%s, %d ngày) ngày %s", Kept(class), days, Day(at))
}

// Kept names a class of kept pages, by which they are kept shorter or longer
// (list, page, personal, evidence; "" not told yet), and what may refer to one.
func Kept(code string) string {
	switch code {
	case "list":
		return "trang danh sách"
	case "page":
		return "trang chưa được ghi nhận"
	case "personal":
		return "trang có thông tin cá nhân"
	case "evidence":
		return "minh chứng"
	case "":
		return "chưa xếp loại"
	case "decision":
		return "quyết định"
	case "handin":
		return "tài liệu được nộp"
	case "register":
		return "bảng kê"
	case "log":
		return "nhật ký phát sóng"
	case "upload":
		return "danh sách video đã đăng"
	case "schedule":
		return "lịch phát sóng gửi đến"
	case "receipt":
		return "giấy nhận"
	case "closing":
		return "số liệu đã chốt"
	case "credit":
		return "ghi nhận"
	case "review":
		return "kết quả duyệt"
	case "source":
		return "nguồn, bản hiện tại"
	case "revision":
		return "tin, bài"
	case "visit":
		return "lượt đọc nguồn"
	}
	return code
}
