package viet

// HandinState says how what was handed in stands ("handed", "accepted",
// "returned", "withdrawn", "replaced"), for a chip.
func HandinState(code string) string {
	switch code {
	case "handed":
		return "đã nộp, chờ xem"
	case "accepted":
		return "được chấp nhận"
	case "returned":
		return "trả lại"
	case "withdrawn":
		return "đã rút lại"
	case "replaced":
		return "đã có bản thay"
	}
	return code
}

// HandinAct is what somebody did with what was handed in, after their name.
func HandinAct(code string) string {
	switch code {
	case "handed":
		return "nộp"
	case "accepted":
		return "chấp nhận"
	case "returned":
		return "trả lại"
	case "withdrawn":
		return "rút lại"
	case "replaced":
		return "nộp bản khác thay"
	}
	return code
}

// HandinKind names what is handed in: evidence, a post, an agency's plan, its report.
func HandinKind(code string) string {
	switch code {
	case "proof":
		return "minh chứng"
	case "post":
		return "bài đăng mạng xã hội"
	case "plan":
		return "kế hoạch của cơ quan"
	case "report":
		return "báo cáo định kỳ"
	}
	return code
}

// Amount names what is counted of a piece of work, of media.Amounts.
func Amount(code string) string {
	switch code {
	case "events":
		return "Số cuộc, lớp, buổi"
	case "participants":
		return "Số lượt người dự"
	case "copies":
		return "Số bản in, tờ rơi"
	case "panels":
		return "Số pa nô, áp phích, băng rôn"
	case "posts":
		return "Số bài đăng"
	}
	return code
}
