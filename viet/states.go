package viet

import "strings"

// State is the word for a standing's state. risk is "on_track" or "at_risk"
// while it is open; confirmed says that a person confirmed a miss. Until one
// did, a computed miss is a question to the officer.
func State(state string, confirmed bool, risk string) string {
	switch state {
	case "met":
		return "đạt"
	case "missed":
		if confirmed {
			return "chưa đạt"
		}
		return "đề nghị rà soát"
	case "open":
		if risk == "at_risk" {
			return "cần lưu ý"
		}
		return "đang trong kỳ"
	case "insufficient_data":
		return "chưa đủ dữ liệu"
	case "exempt":
		return "không đánh giá"
	}
	return "không rõ (" + state + ")"
}

// StateReference is the word for a standing that is held against a reference
// level: it is followed, never judged.
func StateReference(state string, confirmed bool, risk string) string {
	switch state {
	case "met":
		return "đạt mức tham chiếu"
	case "missed":
		return "thấp hơn mức tham chiếu"
	}
	return State(state, confirmed, risk)
}

// Basis names what a number rests on. The two are never shown alike.
func Basis(basis string) string {
	switch basis {
	case "plan":
		return "chỉ tiêu"
	case "reference":
		return "mức tham chiếu"
	}
	return basis
}

// Unit is the word for what a measure counts.
func Unit(unit string) string {
	switch unit {
	case "airings":
		return "lần phát sóng"
	case "instalments":
		return "kỳ chuyên mục"
	case "items":
		return "tin, bài"
	case "documents":
		return "văn bản"
	case "pages":
		return "trang, mục"
	case "answers":
		return "câu trả lời"
	case "days":
		return "ngày"
	case "working_days":
		return "ngày làm việc"
	case "percent":
		return "%"
	case "minutes":
		return "phút"
	case "":
		return "lượt"
	}
	return unit
}

// Measure is the name of a measure.
func Measure(name string) string {
	switch name {
	case "count":
		return "số lượng"
	case "minutes":
		return "thời lượng"
	case "lag":
		return "độ trễ"
	case "gap":
		return "khoảng trống dài nhất"
	case "age":
		return "tuổi của tin, bài mới nhất"
	case "availability":
		return "độ sẵn sàng"
	}
	return name
}

// Blind says why a source cannot be read, for the closed list of blind reasons.
func Blind(reason string) string {
	switch reason {
	case "unreachable":
		return "không truy cập được"
	case "blocked":
		return "bị chặn"
	case "robots_denied":
		return "robots.txt không cho phép"
	case "challenge":
		return "trang yêu cầu xác minh"
	case "soft_404":
		return "trang báo lỗi dù trả mã 200"
	case "hijacked":
		return "trang có dấu hiệu bị chèn nội dung lạ"
	case "not_a_feed":
		return "không phải tệp RSS"
	case "empty":
		return "danh sách trống"
	case "parse_error":
		return "không đọc được"
	case "stale_cache":
		return "bản lưu cũ"
	case "layout_changed":
		return "trang đổi giao diện"
	}
	return "lý do khác (" + reason + ")"
}

// Outcome names the outcome of a visit: good, or why nothing was seen.
func Outcome(outcome string) string {
	switch outcome {
	case "":
		return "chưa truy cập lần nào"
	case "ok":
		return "đọc được"
	case "not_modified":
		return "không có thay đổi"
	}
	return Blind(outcome)
}

// OutcomeOf is Outcome with what the operators' detail tells beside it: a server
// that answered 404 or 410 was reached, and has no such page; a page that was
// read may lack what has to be posted on it («lacks: a; b»); and what the office's own proxy did is no sign of the site.
func OutcomeOf(outcome, detail string) string {
	if what, ok := strings.CutPrefix(detail, "lacks: "); ok && outcome == "ok" {
		return "trang có, thiếu " + strings.ReplaceAll(what, "; ", ", ")
	}
	switch {
	case outcome == "unreachable" && strings.Contains(detail, "proxyconnect "):
		return "không nối được máy chủ proxy"
	case outcome == "unreachable" && strings.Contains(detail, "proxy: "):
		return "máy chủ proxy không cho qua"
	}
	words := strings.Fields(detail)
	for i, w := range words {
		if outcome != "unreachable" || w != "answered" || i+1 == len(words) || strings.HasPrefix(detail, "robots.txt") {
			continue
		}
		if status := strings.TrimRight(words[i+1], ".,;:)"); status == "404" || status == "410" {
			return "máy chủ trả lời không có trang"
		}
	}
	return Outcome(outcome)
}

// Topic is the official name of a topic.
func Topic(slug string) string {
	switch slug {
	case "the-che":
		return "Cải cách thể chế"
	case "tthc":
		return "Cải cách thủ tục hành chính"
	case "to-chuc-bo-may":
		return "Cải cách tổ chức bộ máy"
	case "cong-vu":
		return "Cải cách chế độ công vụ"
	case "tai-chinh-cong":
		return "Cải cách tài chính công"
	case "chinh-quyen-so":
		return "Xây dựng, phát triển chính quyền điện tử, chính quyền số"
	case "chi-dao":
		return "Chỉ đạo, điều hành cải cách hành chính"
	}
	return slug
}

// Level names a level of agencies, by its code.
func Level(level string) string {
	switch level {
	case "press":
		return "cơ quan báo chí"
	case "portal":
		return "Cổng Thông tin điện tử tỉnh"
	case "province":
		return "cơ quan cấp tỉnh"
	case "department":
		return "sở, ban, ngành"
	case "district":
		return "huyện, thị xã, thành phố"
	case "commune":
		return "xã, phường, thị trấn"
	case "mass":
		return "tổ chức đoàn thể"
	case "central":
		return "cơ quan ngành dọc"
	case "unit":
		return "đơn vị trực thuộc"
	}
	return level
}

// Cadence names how often a quota falls due.
func Cadence(cadence string) string {
	switch cadence {
	case "week":
		return "hằng tuần"
	case "month":
		return "hằng tháng"
	case "quarter":
		return "hằng quý"
	case "half":
		return "6 tháng"
	case "year":
		return "hằng năm"
	case "month@14":
		return "hằng tháng (kỳ báo cáo 15–14)"
	case "quarter@14":
		return "hằng quý (kỳ báo cáo 15–14)"
	case "once":
		return "một lần"
	}
	return cadence
}

// DecisionOf is Decision, told apart by what was attested: a paper, or (none)
// that nothing arose in the period.
func DecisionOf(kind string, none bool) string {
	if kind == "attest" && none {
		return "xác nhận không phát sinh"
	}
	if kind == "make-good" && none {
		return "không phát bù"
	}
	return decision(kind)
}

// decision names what a person decided.
func decision(kind string) string {
	switch kind {
	case "confirm-missed":
		return "xác nhận chưa đạt"
	case "exempt":
		return "không đánh giá"
	case "attest":
		return "xác nhận có minh chứng"
	case "absent":
		return "xác nhận không có minh chứng"
	case "strike":
		return "không ghi nhận"
	case "add":
		return "ghi nhận bổ sung"
	case "restate":
		return "điều chỉnh kết quả kỳ đã chốt"
	case "make-good":
		return "phát bù"
	}
	return kind
}
