package viet

import "strings"

// Refusal is the sentence for one thing wrong with a decision, by its code in
// schedule.CheckDecision; args has the plan, quota, owner, period and kind as
// the person gave them.
func Refusal(code string, args map[string]any) string {
	a := arguments(args)
	quota, owner, period := a.text("quota", ""), a.text("owner", ""), a.text("period", "")
	switch code {
	case "other_plan":
		return "quyết định thuộc kế hoạch khác, không phải " + a.text("plan", "")
	case "no_actor":
		return "thiếu người quyết định (--by)"
	case "no_quota":
		return "kế hoạch " + a.text("plan", "") + " không có nhiệm vụ «" + quota + "»"
	case "no_kind":
		return "nhiệm vụ " + quota + " thuộc dạng chưa biết"
	case "no_owner":
		return "cơ quan «" + owner + "» không được giao nhiệm vụ " + quota
	case "no_period":
		if period == "" {
			return "thiếu kỳ (--period)"
		}
		return "«" + period + "» không phải kỳ của nhiệm vụ " + quota
	case "not_over":
		return "kỳ " + period + " chưa kết thúc: chỉ xác nhận chưa đạt được" + a.prefix(" từ ", a.when("end"))
	case "confirm_reference":
		return "nhiệm vụ " + quota + " đối chiếu với mức tham chiếu, không phải chỉ tiêu của kế hoạch: không xác nhận chưa đạt"
	case "confirm_not_short":
		return "kỳ " + period + " không ở tình trạng chưa đạt: không có gì để xác nhận"
	case "confirm_unseen":
		return "kỳ " + period + " chưa đủ dữ liệu do nguồn chưa theo dõi được đầy đủ hoặc còn tin, bài chưa xem xét: không thể xác nhận chưa đạt"
	case "not_attestable":
		return "nhiệm vụ " + quota + " không nhận minh chứng nộp bằng văn bản; phải tính từ tin, bài hoặc nhật ký phát sóng"
	case "no_date":
		return "thiếu ngày của minh chứng (--date)"
	case "future":
		return "ngày của minh chứng ở sau thời điểm quyết định"
	case "no_paper":
		return "thiếu số, ngày của văn bản được nộp (--document)"
	case "paper_twice":
		what := a.prefix("văn bản ", document(a.text("document", "")))
		if strings.Contains(a.text("document", ""), "://") {
			what = "đường dẫn " + a.text("document", "")
		}
		if what == "" {
			what = "tệp" + a.prefix(" «", a.text("file", ""), "»")
		}
		return what + " đã có cho chính nhiệm vụ này" + a.prefix(": «", a.text("title", ""), "»") + a.prefix(", ngày ", a.day("day")) + a.prefix(", do ", a.text("by", ""), " ghi") +
			a.prefix(" ngày ", a.day("at")) + "; mỗi việc chỉ tính một lần. Nếu văn bản nêu nhiều việc làm vào các ngày khác nhau thì ghi rõ là văn bản nêu nhiều việc; nếu bản trước sai thì bỏ ghi nhận bản ấy trước"
	case "not_several":
		return "nhiệm vụ này mỗi kỳ chỉ nhận một văn bản, không ghi là văn bản nêu nhiều việc"
	case "no_evidence":
		return "thiếu mã minh chứng (--evidence)"
	case "no_reason":
		return "thiếu lý do (--reason)"
	case "no_basis":
		return "thiếu căn cứ (--basis): văn bản hoặc ý kiến thống nhất"
	case "no_from":
		return "thiếu ngày áp dụng (--from), hoặc ngày nằm ngoài thời gian của kế hoạch"
	case "no_field":
		return "không có mức nào tên «" + a.text("field", "") + "» để điều chỉnh"
	case "is_target":
		return "«" + a.text("field", "") + "» của nhiệm vụ " + quota + " là chỉ tiêu của chính kế hoạch, không điều chỉnh được ở đây"
	case "bad_value":
		return "giá trị «" + a.text("value", "") + "» không dùng được cho «" + a.text("field", "") + "» của nhiệm vụ " + quota
	case "no_act":
		return "không có loại quyết định «" + a.text("kind", "") + "»"
	}
	if s := caseRefusal(code, a); s != "" {
		return s
	}
	if s := releaseRefusal(code, a); s != "" {
		return s
	}
	if s := noteRefusal(code, a); s != "" {
		return s
	}
	return "quyết định không hợp lệ (mã «" + code + "»)"
}
