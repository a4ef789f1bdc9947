package viet

// WalkEnd says how a walk through a source's archive ended, for the closed list
// of its states: back to which day it was read ("" if its dates do not tell),
// from which day on nothing can be missing ("" if there is nothing to say of it),
// how many places on the way do not join, and how many files were not to be had.
func WalkEnd(state, oldest, proven string, gaps, lost int) string {
	down := ""
	if oldest != "" {
		down = ", lùi được đến ngày " + oldest
	}
	s := ""
	switch state {
	case "reached":
		s = "đã đọc lùi đến ngày yêu cầu"
	case "all":
		s = "đã đọc hết sơ đồ trang; sơ đồ không chứng minh được là kê đủ tin, nên không tính là đã bao quát ngày nào"
	case "ended":
		s = "danh sách hết trước ngày yêu cầu" + down
	case "single":
		s = "nguồn chỉ có một trang, không có kho lưu trữ để lật" + down + "; nếu có các trang sau, ghi rule.next trong sources.yaml"
	case "repeats":
		s = "danh sách lặp lại mãi một trang" + down
	case "long":
		s = "đã đọc đủ số trang cho một lần chạy" + down + "; chạy lại để đọc tiếp"
	case "robots":
		s = "robots.txt không cho đọc trang tiếp theo" + down
	case "not_a_list":
		s = "nguồn này chỉ dò trang còn hay mất, không có danh sách tin"
	case "outside":
		return "nguồn không có hiệu lực trong khoảng ngày này"
	case "open":
		s = "chưa xong" + down + "; chạy lại để đọc tiếp"
	default:
		s = "không rõ (" + state + ")"
	}
	if proven != "" {
		s += "; chỉ chứng minh được là liền mạch từ ngày " + proven
	}
	if gaps > 0 && state != "not_a_list" && state != "all" {
		s += "; có " + Decimal(float64(gaps)) + " chỗ hai trang liền nhau không nối được (thiếu ngày, sai thứ tự hoặc có tin bị gỡ), khoảng giữa không tính là đã bao quát"
	}
	if lost > 0 {
		s += "; " + Decimal(float64(lost)) + " tệp của sơ đồ không đọc được trọn vẹn"
	}
	return s
}
