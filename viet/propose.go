package viet

// weekly is «20h15 thứ Năm» of an instant, "" if there is none.
func (a arguments) weekly(name string) string {
	t, _, ok := a.at(name)
	if !ok {
		return ""
	}
	return Clock(t) + " " + Weekday(t.Weekday())
}

// proposalReasons are about what is proposed for the weeks ahead.
func proposalReasons() []reason {
	return []reason{
		{"topic_untold", func(a arguments) string {
			return "chủ đề «" + a.topics() + "» chưa ghi nhận tin, bài nào" + a.prefix(" trong ", a.text("quarter", "quý"))
		}},
		{"topic_few", func(a arguments) string {
			return "chủ đề «" + a.topics() + "» mới có " + pad(a.number("n")) + " tin, bài" + a.prefix(" trong ", a.text("quarter", "quý")) + " (kể cả đã gợi ý)"
		}},
		{"content_untold", func(a arguments) string {
			return "nội dung «" + a.text("content", "kế hoạch nêu") + "» chưa ghi nhận tin, bài nào" + a.prefix(" trong ", a.text("quarter", "quý")) + a.prefix("; bài nhắc đến «", a.text("words", ""), "»")
		}},
		{"agency_untold", func(a arguments) string {
			return "chưa ghi nhận tin, bài nhắc đến " + a.text("owner", "đơn vị") + a.prefix(" trong ", a.count("days", "ngày"))
		}},
		{"agency_few", func(a arguments) string {
			return a.text("owner", "đơn vị") + " mới được nhắc đến " + pad(a.number("n")) + " lần" + a.prefix(" trong ", a.count("days", "ngày")) + " (kể cả đã gợi ý)"
		}},
		{"piece_age", func(a arguments) string {
			switch n := a.number("days"); n {
			case 0:
				return "tin, bài mới đăng hôm nay"
			default:
				return "tin, bài đăng cách đây " + Decimal(n) + " ngày"
			}
		}},
		{"slot_regular", func(a arguments) string { return "chọn giờ cố định" + a.prefix(": ", a.weekly("at")) }},
		{"slot_kept", func(a arguments) string { return "giữ giờ cố định" + a.prefix(": ", a.weekly("at")) }},
		{"slot_own", func(a arguments) string { return "đúng ô của chuyên mục trong khung chương trình" }},
		{"slot_off", func(a arguments) string {
			return "tạm đổi giờ, không phát giờ cố định" + a.prefix(" ", a.weekly("at"))
		}},
		{"slot_moved", func(a arguments) string {
			return "chuyển hẳn sang giờ cố định mới, thay cho" + a.prefix(" ", a.weekly("at"))
		}},
		{"slot_conflict", func(a arguments) string { return "trùng " + a.text("why", "chương trình khác đã báo trước") }},
		{"slot_closed", func(a arguments) string { return "khung chương trình không có ô trống vào giờ đó" }},
		{"slot_none", func(a arguments) string { return "không còn giờ nào bảo đảm điều kiện" }},
		{"slot_holiday", func(a arguments) string { return "là ngày nghỉ lễ" + a.prefix(": ", a.text("name", "")) }},
	}
}
