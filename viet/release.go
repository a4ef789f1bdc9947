package viet

// releaseRefusal is the sentence for one thing wrong with a release
// (schedule.CheckRelease); "" if the code is none of its.
func releaseRefusal(code string, a arguments) string {
	period := a.text("period", "")
	switch code {
	case "release_no_month":
		return "«" + period + "» không phải tháng: cần dạng 2023-03"
	case "release_not_over":
		return "tháng " + period + " chưa kết thúc: tổng hợp tháng chỉ gửi được" + a.prefix(" từ ", a.when("end"))
	case "release_nobody":
		return "kế hoạch " + a.text("plan", "") + " chưa ghi cơ quan nào đứng tên nhắc các sở, huyện (notices: reminders)"
	case "release_office":
		return "tổng hợp tháng gửi các sở, huyện chỉ được gửi dưới tên «" + a.text("reminders", "") + "» (--as), không phải «" + a.text("office", "") + "»"
	case "release_no_standing":
		return "không có tiến độ của nhiệm vụ " + a.text("quota", "") + ", cơ quan «" + a.text("owner", "") + "», kỳ «" + period + "»"
	case "release_no_source":
		return "kế hoạch " + a.text("plan", "") + " không có nguồn «" + a.text("quota", "") + "»"
	case "release_by_summary":
		return "«" + a.text("owner", "") + "» không phải cơ quan báo chí: chỉ nhắc trong tổng hợp tháng do cơ quan được giao cho gửi (--month)"
	case "release_officer":
		return "báo cho cơ quan báo chí chỉ dưới tên «" + a.text("officer", "") + "» (--as), không phải «" + a.text("office", "") + "»"
	case "release_nothing":
		if a.text("state", "") == "missed" {
			return "kỳ " + period + " chưa có người xác nhận là chưa đạt: xác nhận trước (loa decide confirm-missed), rồi mới gửi cho cơ quan"
		}
		return "kỳ " + period + " không có gì để báo cho cơ quan: chỉ gửi cảnh báo khi đang cần lưu ý, hoặc kết quả chưa đạt đã xác nhận"
	}
	return ""
}

// ReleaseKind names what a person let be told.
func ReleaseKind(kind string) string {
	switch kind {
	case "early":
		return "cảnh báo sớm"
	case "missed":
		return "kết quả chưa đạt"
	case "summary":
		return "tổng hợp tháng"
	case "outage":
		return "trang bị gián đoạn"
	}
	return kind
}
