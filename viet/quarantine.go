package viet

// Stage words the stage at which the program did not get on, by the codes of media.Quarantined.
func Stage(code string) string {
	switch code {
	case "read":
		return "đọc trang"
	case "judge":
		return "phân loại"
	case "compare":
		return "tìm bài trùng"
	case "evaluate":
		return "tính tiến độ"
	case "chore":
		return "việc định kỳ"
	}
	return code
}
