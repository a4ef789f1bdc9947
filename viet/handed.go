package viet

// Grade says what evidence of a grade is ("A" to "D"), as it is told beside it;
// "" for anything else.
func Grade(code string) string {
	switch code {
	case "A":
		return "nhật ký phát sóng hoặc bản ghi"
	case "B":
		return "nhật ký, bảng kê có người ký xác nhận"
	case "C":
		return "trang, video đăng trên mạng có ngày"
	case "D":
		return "lịch dự kiến, không tính là đã phát"
	}
	return ""
}

// GradeWords is a grade with what it means: «loại A (nhật ký phát sóng hoặc bản ghi)».
func GradeWords(code string) string {
	if g := Grade(code); g != "" {
		return "loại " + code + " (" + g + ")"
	}
	return "loại " + code
}

// FormName names a kind of table that is handed in ("airings", "schedule",
// "uploads").
func FormName(code string) string {
	switch code {
	case "airings":
		return "nhật ký phát sóng"
	case "schedule":
		return "lịch phát sóng"
	case "uploads":
		return "danh sách video đã đăng"
	}
	return code
}
