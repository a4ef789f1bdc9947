package viet

import "strings"

// SegmentTone names what a piece does, as its station declares it.
func SegmentTone(code string) string {
	switch code {
	case "praise":
		return "biểu dương"
	case "critique":
		return "phản ánh hạn chế"
	}
	return code
}

// Language names the language a piece is broadcast in.
func Language(code string) string {
	switch code {
	case "vi":
		return "tiếng Việt"
	case "hmong":
		return "tiếng Mông"
	case "thai":
		return "tiếng Thái"
	case "dao":
		return "tiếng Dao"
	case "tay":
		return "tiếng Tày"
	case "other":
		return "tiếng khác"
	}
	return code
}

// Medium names television and radio.
func Medium(code string) string {
	switch code {
	case "tv":
		return "truyền hình"
	case "radio":
		return "phát thanh"
	}
	return code
}

// words are the arguments of a list, each by its name.
func (a arguments) words(name string, word func(string) string) string {
	var out []string
	for _, s := range a.list(name) {
		out = append(out, word(s))
	}
	return strings.Join(out, ", ")
}

// month is «tháng 3/2023» of "2023-03".
func (a arguments) month(name string) string {
	year, month, ok := strings.Cut(a.text(name, ""), "-")
	if !ok {
		return ""
	}
	return "tháng " + strings.TrimPrefix(month, "0") + "/" + year
}

// broadcastReasons are about items inside programmes and loudspeakers' bulletins:
// what was declared of them.
func broadcastReasons() []reason {
	return []reason{
		{"undeclared", func(a arguments) string {
			return pad(a.number("n")) + " tin, bài phát sóng chưa ghi đủ (chủ đề, trực tiếp, khách mời hoặc kênh), cần bổ sung bảng kê hoặc người có thẩm quyền ghi nhận"
		}},
		{"declared_topic", func(a arguments) string {
			by := "theo kịch bản, bảng kê của đài"
			if a.text("column", "") != "" {
				by = "đã thống nhất của chuyên mục " + a.names("column")
			}
			return "chủ đề " + by + ": " + a.topics()
		}},
		{"topic_undeclared", func(a arguments) string {
			return "bảng kê chưa ghi chủ đề, không đoán từ tên bài; cần người có thẩm quyền xem"
		}},
		{"declared_other", func(a arguments) string {
			return "được khai là không thuộc cải cách hành chính" + a.prefix(" («", a.text("subject", ""), "»)")
		}},
		{"carrier", func(a arguments) string { return "phát trong chuyên mục " + a.names("column") }},
		{"wrong_carrier", func(a arguments) string {
			return "không phát trong chuyên mục " + a.names("column") + a.prefix(" (phát trong «", a.text("programme", ""), "»)")
		}},
		{"tone", func(a arguments) string { return "đài ghi là " + a.words("tones", SegmentTone) }},
		{"wrong_tone", func(a arguments) string {
			return "đài không ghi là " + strings.ReplaceAll(a.words("wanted", SegmentTone), ", ", " hoặc ") + a.prefix(" (ghi là ", a.words("tones", SegmentTone), ")")
		}},
		{"live", func(a arguments) string { return "phát trực tiếp" }},
		{"recorded", func(a arguments) string { return "ghi hình, ghi âm trước, không phát trực tiếp" }},
		{"live_undeclared", func(a arguments) string { return "bảng kê chưa ghi phát trực tiếp hay ghi trước" }},
		{"guest", func(a arguments) string { return "người trả lời: " + a.text("guest", "") }},
		{"wrong_guest", func(a arguments) string {
			return "người trả lời không phải lãnh đạo sở, ban, ngành theo yêu cầu" + a.prefix(" (", a.text("guest", ""), ")")
		}},
		{"guest_unknown", func(a arguments) string {
			return "cơ quan của người trả lời chưa có trong danh mục" + a.prefix(" (", a.text("guest", ""), ")") + ", cần người có thẩm quyền xem"
		}},
		{"guest_undeclared", func(a arguments) string { return "bảng kê chưa ghi chức vụ của người trả lời" }},
		{"language", func(a arguments) string { return "phát bằng " + a.words("language", Language) }},
		{"wrong_language", func(a arguments) string {
			if a.text("language", "") == "" {
				return "bảng kê không ghi phát bằng tiếng dân tộc"
			}
			return "phát bằng " + a.words("language", Language)
		}},
		{"medium", func(a arguments) string { return "phát trên kênh " + a.text("channel", "") }},
		{"wrong_medium", func(a arguments) string {
			return "phát trên kênh " + a.text("channel", "") + ", không phải loại sóng được yêu cầu"
		}},
		{"channel_undeclared", func(a arguments) string { return "bảng kê chưa ghi kênh phát" }},
		{"declared_by_form", func(a arguments) string {
			s := "tự khai trong phiếu " + a.month("month")
			if a.number("of") > 1 {
				s += ", thứ " + Decimal(a.number("n")) + " trong " + Decimal(a.number("of")) + " tin, bài"
			}
			if a.text("signed", "") == "true" {
				return s + " (phiếu có ký, đóng dấu)"
			}
			return s + " (phiếu chưa ký)"
		}},
		{"declared_by_system", func(a arguments) string {
			return "ghi trong hệ thống thông tin nguồn" + a.prefix(", chủ đề «", a.text("subject", ""), "»")
		}},
		{"in_system_log", func(a arguments) string {
			return "đã có dữ liệu của hệ thống thông tin nguồn cho " + a.month("month") + " nên không tính thêm theo phiếu tự khai"
		}},
	}
}
