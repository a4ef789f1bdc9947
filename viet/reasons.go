package viet

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reason is the sentence for a reason code, without a capital and a full stop.
// args may come from Go or from JSON: numbers of any type, times as time.Time
// or RFC 3339, lists as []string or []any. Ids of sources, agencies, channels
// and columns are printed as they are: the caller puts names in first. A code
// outside the list gives a visible fallback that shows it.
func Reason(code string, args map[string]any) string {
	for _, r := range reasons() {
		if r.code == code {
			return Clean(r.say(arguments(args)))
		}
	}
	return "lý do chưa có diễn giải (mã «" + code + "»)"
}

// ReasonCodes lists the closed list of codes.
func ReasonCodes() []string {
	var out []string
	for _, r := range reasons() {
		out = append(out, r.code)
	}
	return out
}

type reason struct {
	code string
	say  func(a arguments) string
}

func reasons() []reason {
	return slices.Concat(standingReasons(), dutyReasons(), aheadReasons(), continuityReasons(), evidenceReasons(), broadcastReasons(), proposalReasons(), claimReasons())
}

// standingReasons are about a quota in a period.
func standingReasons() []reason {
	return []reason{
		{"enough_delivered", func(a arguments) string { return "đã ghi nhận " + a.ofWanted() }},
		{"short", func(a arguments) string { return "mới ghi nhận " + a.ofWanted() }},
		{"period_open", func(a arguments) string {
			if n := a.number("left_days"); n >= 1 {
				return "kỳ chưa kết thúc, còn " + Decimal(n) + " ngày"
			}
			return "kỳ kết thúc trong hôm nay"
		}},
		{"at_risk", func(a arguments) string {
			s := "còn thiếu " + pad(a.number("shortfall")) + " " + a.unit()
			if n := a.number("opportunities"); n >= 1 {
				return s + ", từ nay đến hết kỳ còn " + Decimal(n) + " dịp thực hiện"
			}
			return s + ", từ nay đến hết kỳ không còn dịp thực hiện nào theo lịch"
		}},
		{"not_started", func(a arguments) string { return "kỳ chưa bắt đầu" }},
		{"source_blind", func(a arguments) string {
			return "chưa thu thập được nguồn " + a.text("source", "liên quan") + a.prefix(": ", Blind(a.text("reason", "unreachable"))) + a.prefix(" từ ", a.when("since"))
		}},
		{"source_none", func(a arguments) string {
			return "chưa thu thập được nguồn nào" + a.prefix(" của ", a.text("owner", ""))
		}},
		{"not_observed", func(a arguments) string {
			return "chưa thu thập được khoảng thời gian" + a.prefix(" từ ", a.when("from")) + a.prefix(" đến ", a.when("to"))
		}},
		{"receipt_missing", func(a arguments) string {
			return "chưa nhận được nhật ký phát sóng" + a.prefix(" kênh ", a.text("channel", ""))
		}},
		{"evidence_missing", func(a arguments) string { return "chưa nhận được minh chứng" }},
		{"no_agency_now", func(a arguments) string {
			return "không có cơ quan, đơn vị nào thuộc diện thực hiện trong kỳ"
		}},
		{"not_binding", func(a arguments) string {
			return "chỉ thống kê, không đánh giá: kế hoạch không bắt buộc" + a.prefix(" đối với ", a.text("owner", ""))
		}},
		{"exempted", func(a arguments) string {
			return "không đánh giá" + a.prefix(" theo ", document(a.text("document", ""))) + a.prefix(", ghi nhận bởi ", a.text("by", ""))
		}},
		{"confirmed_missed", func(a arguments) string {
			said := "đã được xác nhận chưa đạt"
			if a.text("basis", "") == "reference" {
				said = "đã được xác nhận thấp hơn mức tham chiếu"
			}
			return said + a.prefix(" bởi ", a.text("by", "")) + a.prefix(" lúc ", a.when("at"))
		}},
		{"confirm_void", func(a arguments) string {
			said := "xác nhận chưa đạt" + a.prefix(" của ", a.text("by", "")) + a.prefix(" lúc ", a.when("at"))
			if a.text("basis", "") == "reference" {
				return said + " không được tính: đây là mức tham chiếu, không phải chỉ tiêu của kế hoạch"
			}
			return "chưa kết luận được: " + said + " không được tính khi nguồn chưa được theo dõi đầy đủ trong kỳ hoặc còn tin, bài chưa xem xét; theo dõi đủ thì xác nhận này lại được tính"
		}},
		{"unconfirmed", func(a arguments) string {
			return "đề nghị rà soát: kết quả tính tự động, chưa có người xác nhận"
		}},
		{"late", func(a arguments) string {
			return "ban hành" + a.prefix(" ngày ", a.day("date")) + a.prefix(", "+map[bool]string{true: "sau mức tham chiếu ", false: "quá hạn "}[a.text("basis", "") == "reference"], a.count("days", "ngày")) + a.prefix(" (hạn: trước ngày ", a.day("deadline"), ")")
		}},
		{"on_time", func(a arguments) string {
			return "ban hành" + a.prefix(" ngày ", a.day("date")) + ", đúng hạn" + a.prefix(" (hạn: trước ngày ", a.day("deadline"), ")")
		}},
		{"gap_too_long", func(a arguments) string {
			return "khoảng trống dài nhất " + Decimal(a.number("days")) + " ngày" + a.prefix(", dài hơn mức ", a.count("max", "ngày"))
		}},
		{"gap_within", func(a arguments) string {
			return "khoảng trống dài nhất " + Decimal(a.number("days")) + " ngày" + a.prefix(", trong mức ", a.count("max", "ngày"))
		}},
		{"needs_judgement", func(a arguments) string {
			return "cần xem xét: " + pad(a.number("n")) + " minh chứng chỉ chưa khớp mức tham chiếu"
		}},
		{"awaiting_review", func(a arguments) string { return pad(a.number("n")) + " tin, bài chờ duyệt" }},
	}
}

// dutyReasons are about duties that are attested, probed or answered, about
// registers and closed periods.
func dutyReasons() []reason {
	return []reason{
		{"exempt_note", func(a arguments) string {
			return "đề nghị không đánh giá" + a.prefix(" (", a.text("reason", ""), ")") + a.prefix(" do ", a.text("by", ""), " ghi") +
				", chưa đủ cơ quan ban hành, số, ngày và tệp văn bản nên chỉ là ghi chú"
		}},
		{"none_arose", func(a arguments) string {
			return "không phát sinh trong kỳ" + a.prefix(" (", a.text("reason", ""), ")") + a.prefix(", theo ", document(a.text("document", ""))) + a.prefix(", do ", a.text("by", ""), " ghi nhận")
		}},
		{"stated_absent", func(a arguments) string {
			return "cơ quan có thẩm quyền xác nhận không có minh chứng" + a.prefix(", theo ", document(a.text("document", ""))) + a.prefix(", do ", a.text("by", ""), " ghi nhận")
		}},
		{"encouraged", func(a arguments) string {
			return "chỉ thống kê: kế hoạch khuyến khích, không giao chỉ tiêu"
		}},
		{"if_any", func(a arguments) string { return "chỉ thống kê: kế hoạch ghi «nếu có»" }},
		{"shadow", func(a arguments) string {
			if a.text("agreed", "") == "" {
				return "đang theo dõi thử, chưa thông báo: mức tham chiếu chưa có văn bản thống nhất của Sở Nội vụ"
			}
			return "đang theo dõi thử, chưa thông báo"
		}},
		{"produce_by", func(a arguments) string { return "hạn cuối còn kịp sản xuất" + a.prefix(": ", a.when("at")) }},
		{"past_usual", func(a arguments) string {
			return "muộn hơn thường lệ: các kỳ trước đến" + a.prefix(" ", a.when("usual")) + " đã xong"
		}},
		{"may_make_good", func(a arguments) string {
			return "còn được thực hiện bù" + a.prefix(" đến ", a.when("until")) + " theo mức tham chiếu"
		}},
		{"made_good", func(a arguments) string {
			return "đã phát bù" + a.prefix(" ngày ", a.day("at")) + a.prefix(", theo ", document(a.text("document", "")))
		}},
		{"made_good_lost", func(a arguments) string {
			return "lần phát bù" + a.prefix(" ngày ", a.day("at")) + " không còn tính được: nhật ký đã được thay, hoặc kỳ của lần phát ấy cần đến nó"
		}},
		{"not_made_good", func(a arguments) string {
			return "sẽ không phát bù" + a.prefix(", theo ", document(a.text("document", ""))) + a.prefix(", do ", a.text("by", ""), " ghi nhận")
		}},
		{"register_missing", func(a arguments) string { return "chưa nhận được " + registerName(a.text("register", "")) }},
		{"list_to_come", func(a arguments) string {
			return "chỉ biết được khi nhận bảng kê hoặc phiếu của kỳ, thường nộp sau khi hết kỳ"
		}},
		{"not_probed", func(a arguments) string {
			return "trong kỳ chưa kiểm tra được trang" + a.prefix(" «", a.text("page", ""), "»")
		}},
		{"not_watched", func(a arguments) string {
			return "còn " + Decimal(a.number("hours")) + " giờ theo dõi chưa có số đo, chưa kết luận được"
		}},
		{"page_found", func(a arguments) string {
			if a.text("page", "") == "" {
				return "trang, mục đang có"
			}
			return "trang «" + a.text("page", "") + "» đang có" + a.prefix(" (kiểm tra ngày ", a.day("at"), ")")
		}},
		{"page_absent", func(a arguments) string {
			return "máy chủ trả lời không có trang" + a.prefix(" «", a.text("page", ""), "»")
		}},
		{"page_lacks", func(a arguments) string {
			return "trang" + a.prefix(" «", a.text("page", ""), "»") + " có, thiếu " + a.text("what", "nội dung phải niêm yết") + a.prefix(" (từ lần kiểm tra ngày ", a.day("since"), ")")
		}},
		{"page_doubtful", func(a arguments) string {
			if what := a.text("what", ""); what != "" {
				return "mới một lần thấy trang" + a.prefix(" «", a.text("page", ""), "»") + " thiếu " + what + ", cần kiểm tra lại"
			}
			return "mới một lần máy chủ trả lời không có trang" + a.prefix(" «", a.text("page", ""), "»") + ", cần kiểm tra lại"
		}},
		{"fresh", func(a arguments) string {
			return "tin, bài mới nhất cách " + Decimal(a.number("days")) + " ngày" + a.prefix(", trong mức ", a.count("max", "ngày"))
		}},
		{"stale", func(a arguments) string {
			return "tin, bài mới nhất đã cách " + Decimal(a.number("days")) + " ngày" + a.prefix(", quá mức tham chiếu ", a.count("max", "ngày"))
		}},
		{"lag_within", func(a arguments) string {
			return "lâu nhất " + Decimal(a.number("days")) + " ngày làm việc" + a.prefix(", trong mức ", a.count("max", "ngày làm việc"))
		}},
		{"lag_too_long", func(a arguments) string {
			return "lâu nhất " + Decimal(a.number("days")) + " ngày làm việc từ khi ký đến khi đăng (hoặc vẫn chưa đăng)" + a.prefix(", quá mức tham chiếu ", a.count("max", "ngày làm việc"))
		}},
		{"answer_late", func(a arguments) string {
			return "có câu hỏi chờ trả lời " + Decimal(a.number("days")) + " ngày làm việc" + a.prefix(", quá mức tham chiếu ", a.count("max", "ngày làm việc"))
		}},
		{"asked_unknown_n", func(a arguments) string {
			return pad(a.number("n")) + " câu hỏi chưa trả lời không xác định được ngày hỏi"
		}},
		{"posted_only", func(a arguments) string {
			return "tính trên số đã đăng (" + pad(a.number("n")) + " quyết định), chưa có danh mục của Văn phòng UBND tỉnh để đối chiếu"
		}},
		{"available", func(a arguments) string {
			return "truy cập được " + a.percent("percent") + " thời gian theo dõi" + a.prefix(", mức ", a.percent("wanted"))
		}},
		{"unavailable", func(a arguments) string {
			return "truy cập được " + a.percent("percent") + " thời gian theo dõi" + a.prefix(", thấp hơn mức tham chiếu ", a.percent("wanted"))
		}},
		{"site_below", func(a arguments) string {
			return "trang của " + a.text("site", "một cơ quan") + " truy cập được " + a.percent("percent") + ""
		}},
		{"closed", func(a arguments) string {
			return "số liệu đã chốt" + a.prefix(" kỳ ", a.text("period", "")) + a.prefix(", lần ", a.text("revision", "")) + a.prefix(" (", a.when("at"), ")")
		}},
		{"restate_proposed", func(a arguments) string {
			if a.text("state", "") == "" {
				return "đề nghị xem xét điều chỉnh số liệu đã chốt: kế hoạch hiện nay không còn giao nhiệm vụ này cho cơ quan này"
			}
			return "đề nghị xem xét điều chỉnh số liệu đã chốt: nay tính được «" + State(a.text("state", ""), false, "") + "»" +
				a.prefix(", thêm ", a.count("added", "minh chứng")) + a.prefix(", bớt ", a.count("removed", "minh chứng"))
		}},
	}
}

// registerName names a kind of register.
func registerName(kind string) string {
	switch kind {
	case "print":
		return "bảng kê tin, bài báo in"
	case "procedures":
		return "danh mục quyết định công bố thủ tục hành chính của Văn phòng UBND tỉnh"
	case "questions":
		return "bảng kê câu hỏi, trả lời"
	case "segments":
		return "bảng kê tin, bài trong chương trình của đài"
	case "radio_log", "radio_form":
		return "phiếu tháng của đài truyền thanh, hoặc dữ liệu của hệ thống thông tin nguồn"
	}
	return "bảng kê"
}

// evidenceReasons are about one piece of evidence.
func evidenceReasons() []reason {
	return []reason{
		{"is_reform", func(a arguments) string {
			s := "nội dung về cải cách hành chính" + a.prefix(": ", a.quoted("terms"))
			return s + a.prefix(" (điểm ", a.score(), ")") + a.prefix(", do ", a.text("by", ""), " xác nhận")
		}},
		{"not_reform", func(a arguments) string {
			return "chưa thấy là nội dung về cải cách hành chính" + a.prefix(" (điểm ", a.score(), ")")
		}},
		{"not_judged", func(a arguments) string { return "chưa được phân loại" }},
		{"in_column", func(a arguments) string { return "thuộc chuyên mục " + a.names("column") }},
		{"not_in_column", func(a arguments) string {
			return "không thuộc chuyên mục " + a.names("column") + a.prefix(" (đăng ở mục «", a.text("section", ""), "»)")
		}},
		{"topic", func(a arguments) string { return "chủ đề: " + a.topics() }},
		{"wrong_topic", func(a arguments) string {
			return "không thuộc chủ đề được giao" + a.prefix(" (chủ đề: ", a.topics(), ")")
		}},
		{"long_enough", func(a arguments) string {
			return "dài " + Duration(a.length()) + a.prefix(", bảo đảm ít nhất ", a.count("wanted", "phút"))
		}},
		{"too_short", func(a arguments) string {
			s := a.prefix("phát ", a.when("at"), " ") + "dài " + Duration(a.length()) + a.prefix(", cần ít nhất ", a.count("wanted", "phút"))
			return s + a.prefix(" (thiếu ", a.count("short_seconds", "giây"), ", đề nghị người có thẩm quyền xem xét)")
		}},
		{"first_run", func(a arguments) string { return "phát sóng mới" }},
		{"is_repeat", func(a arguments) string {
			return a.prefix("lần phát ", a.when("at"), " là ") + "phát lại, không tính là phát sóng mới"
		}},
		{"in_window", func(a arguments) string {
			return "phát trong khung giờ có nhiều người theo dõi" + a.prefix(" (", a.window(), ")")
		}},
		{"outside_window", func(a arguments) string {
			return a.prefix("phát lúc ", a.when("at"), ", ") + "ngoài khung giờ có nhiều người theo dõi" + a.prefix(" (", a.windows(), ")")
		}},
		{"not_enough_inside", func(a arguments) string {
			if _, ok := a["wanted"]; !ok { // told before the minutes were
				return "bắt đầu trong khung giờ có nhiều người theo dõi nhưng phần nằm trong khung giờ chưa đủ thời lượng"
			}
			return a.prefix("phát lúc ", a.when("at"), ", ") + "chỉ có " + Duration(a.length()) + " nằm trong khung giờ có nhiều người theo dõi" +
				a.prefix(" (", a.windows(), ")") + a.prefix(", cần ít nhất ", a.count("wanted", "phút"))
		}},
		{"theme", func(a arguments) string { return "thuộc chuyên mục phát sóng " + a.names("column") }},
		{"wrong_theme", func(a arguments) string {
			return "chương trình" + a.prefix(" «", a.text("programme", ""), "»") + " không thuộc chuyên mục được giao"
		}},
		{"same_day", func(a arguments) string {
			return "cùng ngày" + a.prefix(" ", a.day("date")) + " với tin, bài đã ghi nhận" + a.prefix(" («", a.text("other", ""), "»)") + ", mỗi ngày tính một kỳ"
		}},
		{"not_own", func(a arguments) string {
			return "nói về nơi khác, không nêu đơn vị" + a.prefix(": ", a.text("names", ""))
		}},
		{"is_repost", func(a arguments) string { return "đăng lại" + a.prefix(" (", a.text("credit", ""), ")") }},
		{"outside_period", func(a arguments) string { return "ngoài kỳ" + a.prefix(": ", a.when("at")) }},
		{"no_date", func(a arguments) string {
			return "không đọc được ngày đăng nên chưa xếp được vào kỳ"
		}},
		{"struck", func(a arguments) string {
			return a.prefix("", a.text("by", "người phụ trách"), " không ghi nhận") + a.prefix(": ", a.text("reason", ""))
		}},
		{"added", func(a arguments) string {
			return a.prefix("", a.text("by", "người phụ trách"), " ghi nhận bổ sung") + a.prefix(": ", a.text("reason", ""))
		}},
		{"declared_seen", func(a arguments) string {
			return "đã thấy: hệ thống đã thu thập chính tin, bài này" + a.prefix(" («", a.text("other", ""), "»)") + a.prefix(", ngày ", a.day("at")) + "; tính theo bản đã thấy, mỗi tin, bài chỉ tính một lần"
		}},
		{"declared_twice", func(a arguments) string {
			return "trùng với nội dung đơn vị khai đã được chấp nhận" + a.prefix(" («", a.text("other", ""), "»)") + a.prefix(", ngày ", a.day("at")) + "; mỗi tin, bài chỉ tính một lần"
		}},
		{"declared_too", func(a arguments) string {
			return "đơn vị cũng khai tin, bài này" + a.prefix(", đã được ", a.text("by", ""), " chấp nhận") + a.prefix(" ngày ", a.day("at")) + "; chỉ tính một lần, theo bản đã thấy"
		}},
		{"declared_stands", func(a arguments) string {
			why := ""
			if code := a.text("why", ""); code != "" {
				of, _ := a["of"].(map[string]any)
				why = Reason(code, of)
			}
			return "hệ thống có thấy tin, bài này nhưng không ghi nhận" + a.prefix(" (", why, ")") + " nên vẫn tính theo nội dung đơn vị khai đã được chấp nhận"
		}},
		{"attested", func(a arguments) string {
			return "có minh chứng" + a.prefix(" là ", document(a.text("document", ""))) + a.prefix(", do ", a.text("by", ""), " ghi nhận")
		}},
		{"in_period", func(a arguments) string { return "trong kỳ" + a.prefix(": ", a.when("at")) }},
		{"printed", func(a arguments) string {
			return "theo bảng kê báo in" + a.prefix(", số ", a.text("number", "")) + a.prefix(", trang ", a.text("page", ""))
		}},
		{"integrated", func(a arguments) string { return "lồng ghép trong kế hoạch, văn bản chung" }},
		{"not_posted", func(a arguments) string {
			return "chưa thấy đăng tải" + a.prefix(" Quyết định số ", a.text("number", "")) + a.prefix(" ký ngày ", a.day("signed"))
		}},
		{"posted_in", func(a arguments) string {
			return "Quyết định số " + a.text("number", "không rõ") + a.prefix(" ký ngày ", a.day("signed")) + a.prefix(", đăng ngày ", a.day("posted")) +
				", sau " + Decimal(a.number("days")) + " ngày làm việc"
		}},
		{"posted_by", func(a arguments) string {
			return "Quyết định số " + a.text("number", "không rõ") + a.prefix(" ký ngày ", a.day("signed")) + ", danh mục không ghi ngày đăng: đăng không muộn hơn" +
				a.prefix(" ngày ", a.day("seen")) + ", tức là trong " + Decimal(a.number("days")) + " ngày làm việc"
		}},
		{"posted_undated", func(a arguments) string {
			return "đã đăng" + a.prefix(" Quyết định số ", a.text("number", "")) + ", danh mục không ghi ngày đăng" + a.prefix("; thấy lần đầu ngày ", a.day("seen"))
		}},
		{"answered_by", func(a arguments) string {
			return "đã trả lời, không ghi ngày trả lời" + a.prefix("; thấy lần đầu ngày ", a.day("seen"))
		}},
		{"signed_unknown", func(a arguments) string {
			return "đã đăng" + a.prefix(" Quyết định số ", a.text("number", "")) + ", chưa xác định được ngày ký"
		}},
		{"not_decision", func(a arguments) string {
			return "không phải bài đăng quyết định công bố thủ tục hành chính"
		}},
		{"not_answered", func(a arguments) string {
			if a.when("asked") == "" {
				return "chưa trả lời; ngày hỏi không xác định"
			}
			return "chưa trả lời, hỏi ngày " + a.day("asked")
		}},
		{"answered_in", func(a arguments) string {
			return "trả lời" + a.prefix(" ngày ", a.day("answered")) + " sau " + Decimal(a.number("days")) + " ngày làm việc" + a.prefix(" (hỏi ngày ", a.day("asked"), ")")
		}},
		{"asked_unknown", func(a arguments) string { return "đã trả lời; ngày hỏi không xác định" }},
		{"makes_good", func(a arguments) string {
			return "tính bù cho kỳ trước" + a.prefix(" (thuộc kỳ ", a.text("from", ""), ")")
		}},
		{"agreed_make_good", func(a arguments) string {
			return "phát bù đã thống nhất cho kỳ " + a.text("for", "trước") + a.prefix(" (phát trong kỳ ", a.text("from", ""), ")") + a.prefix(", theo ", document(a.text("document", ""))) + a.prefix(", do ", a.text("by", ""), " ghi nhận")
		}},
		{"make_good_not_spare", func(a arguments) string {
			return "chưa tính bù được cho kỳ " + a.text("for", "trước") + ": kỳ này nay cần đến lần phát này"
		}},
		{"carried", func(a arguments) string { return "tính chuyển từ kỳ " + a.text("from", "trước") }},
		{"over_share", func(a arguments) string {
			what := map[string]string{"repost": "tin, bài đăng lại", "repeat": "lần phát lại"}[a.text("of", "")]
			bound := "quá"
			if a.text("bound", "") == "at_least" {
				bound = "chưa đủ"
			}
			return "ngoài tỷ lệ được tính: " + what + " " + bound + " " + a.percent("percent") + ""
		}},
		{"same_production", func(a arguments) string {
			return "cùng một chương trình đã ghi nhận ở lần phát" + a.prefix(" ", a.when("other")) + ", chỉ tính một lần"
		}},
		{"same_column", func(a arguments) string {
			return "cùng chuyên mục với tin, bài đã ghi nhận" + a.prefix(" («", a.text("other", ""), "»)") + ", mỗi chuyên mục tính một lần"
		}},
		{"same_decision", func(a arguments) string {
			return "cùng quyết định với bài đăng đã ghi nhận" + a.prefix(" («", a.text("other", ""), "»)") + ", mỗi quyết định tính một lần"
		}},
		{"superseded", func(a arguments) string { return "đã được thay bằng nhật ký phát sóng nhận sau" }},
	}
}

// arguments reads typed values out of a map that may have been through JSON.
type arguments map[string]any

// number is the argument as a number, 0 if it is none.
func (a arguments) number(name string) float64 {
	var v float64
	switch n := a[name].(type) {
	case int:
		v = float64(n)
	case int64:
		v = float64(n)
	case float64:
		v = n
	case time.Duration:
		v = n.Seconds()
	case json.Number:
		v, _ = n.Float64()
	case string:
		if c, ok := parseCount(n); ok {
			v = float64(c)
		}
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// count is a number with its unit, "" if the argument is absent.
func (a arguments) count(name, unit string) string {
	if _, ok := a[name]; !ok {
		return ""
	}
	return Decimal(a.number(name)) + " " + unit
}

// percent is «99,5%», "" if the argument is absent.
func (a arguments) percent(name string) string {
	if _, ok := a[name]; !ok {
		return ""
	}
	return strings.Replace(strconv.FormatFloat(math.Round(a.number(name)*100)/100, 'f', -1, 64), ".", ",", 1) + "%"
}

// list is the argument as a list of words.
func (a arguments) list(name string) []string {
	var out []string
	switch v := a[name].(type) {
	case nil:
	case []string:
		out = v
	case []any:
		for _, x := range v {
			out = append(out, fmt.Sprint(x))
		}
	case string:
		for x := range strings.SplitSeq(v, ", ") {
			if x != "" {
				out = append(out, x)
			}
		}
	default:
		if s := fmt.Sprint(v); s != "" {
			out = []string{s}
		}
	}
	return out
}

func (a arguments) text(name, otherwise string) string {
	if s := strings.Join(a.list(name), ", "); s != "" {
		return s
	}
	return otherwise
}

func (a arguments) quoted(name string) string {
	var out []string
	for _, s := range a.list(name) {
		out = append(out, "«"+s+"»")
	}
	return strings.Join(out, ", ")
}

// names quotes names, which may hold commas of their own.
func (a arguments) names(name string) string {
	if s, ok := a[name].(string); ok && s != "" {
		return "«" + s + "»"
	}
	if s := a.quoted(name); s != "" {
		return s
	}
	return "được giao"
}

func (a arguments) topics() string {
	var out []string
	for _, s := range a.list("topics") {
		out = append(out, Topic(s))
	}
	if out == nil {
		return "chưa xác định"
	}
	return strings.Join(out, "; ")
}

// prefix joins before, s and after, or gives nothing when s is empty.
func (a arguments) prefix(before, s string, after ...string) string {
	if s == "" {
		return ""
	}
	return before + s + strings.Join(after, "")
}

// at is the argument as an instant.
func (a arguments) at(name string) (t time.Time, dayOnly, ok bool) {
	switch v := a[name].(type) {
	case time.Time:
		t, ok = v, !v.IsZero()
	case *time.Time:
		if v != nil {
			t, ok = *v, !v.IsZero()
		}
	case string:
		d, read := ParseDate(v, DateOptions{})
		t, ok = d.Time, read
	}
	t = t.In(local())
	return t, t.Hour() == 0 && t.Minute() == 0, ok
}

// when is a day, or a day with its clock unless that is midnight.
func (a arguments) when(name string) string {
	t, dayOnly, ok := a.at(name)
	switch {
	case !ok:
		return ""
	case dayOnly:
		return Day(t)
	}
	return Moment(t)
}

func (a arguments) day(name string) string {
	t, _, ok := a.at(name)
	if !ok {
		return ""
	}
	return Day(t)
}

func (a arguments) unit() string { return Unit(a.text("unit", "")) }

// ofWanted is «1/02 kỳ chuyên mục».
func (a arguments) ofWanted() string {
	if a.number("wanted") == 0 { // counted, not asked for
		return Decimal(a.number("delivered")) + " " + a.unit()
	}
	return Decimal(a.number("delivered")) + "/" + pad(a.number("wanted")) + " " + a.unit()
}

// pad prints a number with the leading zero of official papers: 02.
func pad(v float64) string {
	if v >= 0 && v < 10 && v == math.Trunc(v) {
		return fmt.Sprintf("%02d", int(v))
	}
	return Decimal(v)
}

// score is a share as a percentage, "" if there is none.
func (a arguments) score() string {
	if _, ok := a["score"]; !ok {
		return ""
	}
	return Decimal(a.number("score")*100) + "%"
}

// length is minutes and seconds; seconds of 60 and more are the whole length.
func (a arguments) length() time.Duration {
	m, s := a.number("minutes"), a.number("seconds")
	if s >= 60 {
		m = 0
	}
	return time.Duration(m*60+s) * time.Second
}

// windows are the windows of a day, «18h00–22h00; 11h30–13h30».
func (a arguments) windows() string {
	return strings.NewReplacer("-", "–", ":", "h").Replace(strings.Join(a.list("windows"), "; "))
}

// window is «18h00–22h00».
func (a arguments) window() string {
	return strings.NewReplacer("-", "–", ":", "h").Replace(a.text("window", ""))
}

// document says what a number of a document is, once.
func document(number string) string {
	if number == "" || strings.HasPrefix(Fold(number), "van ban") || strings.Contains(number, " ") {
		return number
	}
	return "văn bản số " + number
}
