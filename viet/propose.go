package viet

// proposalReasons are about what is proposed for the weeks ahead.
func proposalReasons() []reason {
	return []reason{
		{"topic_untold", func(a arguments) string {
			return "chủ đề «" + a.topics() + "» chưa có tin, bài nào" + a.prefix(" trong ", a.text("quarter", "quý"))
		}},
		{"topic_few", func(a arguments) string {
			return "chủ đề «" + a.topics() + "» mới có " + pad(a.number("n")) + " tin, bài" + a.prefix(" trong ", a.text("quarter", "quý")) + " (kể cả đã gợi ý)"
		}},
		{"content_untold", func(a arguments) string {
			return "nội dung «" + a.text("content", "kế hoạch nêu") + "» chưa có tin, bài nào" + a.prefix(" trong ", a.text("quarter", "quý")) + a.prefix("; bài nhắc đến «", a.text("words", ""), "»")
		}},
		{"agency_untold", func(a arguments) string {
			return a.text("owner", "đơn vị") + " chưa được nhắc đến" + a.prefix(" trong ", a.count("days", "ngày"))
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
	}
}
