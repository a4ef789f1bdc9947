package viet

import (
	"strings"
	"time"
)

// The sentences of what is said to an owner on the telephone, or copied for it
// (notify.Appeal). They ask; they order nothing.

// AppealTo is whom it is to.
func AppealTo(owner string) string { return "Kính gửi: " + owner + "." }

// AppealBasis is on what the number rests: whose it is, and the plan it stands in.
func AppealBasis(target, number string, issued time.Time, issuer string) string {
	s := "Căn cứ: " + target + ", Kế hoạch số " + number
	if !issued.IsZero() {
		s += " ngày " + Day(issued)
	}
	if issuer != "" {
		s += " của " + issuer
	}
	return s + "."
}

// AppealSave asks for what can still be done in time. produce is the last moment to
// begin it, zero if nothing is said of that.
func AppealSave(save, produce, now time.Time) string {
	s := "Đề nghị đơn vị thực hiện trước " + Moment(save)
	if !produce.IsZero() && produce.After(now) {
		s += " (cần bắt đầu sản xuất trước " + Moment(produce) + ")"
	}
	return s + ". Nếu đã thực hiện, đề nghị gửi ngày, giờ, địa chỉ hoặc nhật ký để ghi nhận. Trân trọng."
}

// AppealSend asks for the proof of what may have been done.
func AppealSend() string {
	return "Nếu đã thực hiện, đề nghị đơn vị gửi ngày, giờ, địa chỉ hoặc nhật ký để ghi nhận; nếu chưa, đề nghị cho biết thời điểm thực hiện. Trân trọng."
}

// AppealHand asks for a log or register.
func AppealHand(what string) string {
	return "Đề nghị đơn vị gửi " + what + " của kỳ này; nếu trong kỳ không có, đề nghị xác nhận «không có». Trân trọng."
}

// AppealExplain asks for what was missed: proof or, once it is confirmed, how it will be made good.
func AppealExplain(confirmed bool) string {
	if confirmed {
		return "Đề nghị đơn vị cho biết nguyên nhân và thời điểm khắc phục. Trân trọng."
	}
	return "Nếu đã thực hiện, đề nghị đơn vị gửi minh chứng (ngày, giờ, địa chỉ, nhật ký hoặc văn bản); nếu chưa, đề nghị cho biết nguyên nhân. Trân trọng."
}

// ProofOf is what proves that a duty of a kind was done, in the words of who is asked for it.
func ProofOf(kind string) string {
	switch kind {
	case "airing", "airings":
		return "nhật ký phát sóng"
	case "instalments":
		return "bảng kê báo in"
	case "lag":
		return "danh mục thủ tục hành chính đã công bố"
	case "answered":
		return "danh mục câu hỏi, trả lời"
	}
	return "minh chứng"
}

// noteRefusal is the sentence for what is wrong with a note (schedule.CheckNote); "" if the code is none of its.
func noteRefusal(code string, a arguments) string {
	switch code {
	case "note_no_words":
		if a.text("kind", "") == "call" {
			return "thiếu nội dung trả lời (--words)"
		}
		return "thiếu nội dung phản hồi (--words)"
	case "note_no_owner":
		return "kế hoạch không có cơ quan «" + a.text("owner", "") + "»"
	case "note_no_whom":
		return "thiếu người đã gọi (--whom)"
	case "note_past":
		return "ngày hẹn ở trước ngày gọi"
	case "note_no_objection":
		return "không tìm thấy phản hồi cần trả lời"
	case "note_settled":
		return "phản hồi này đã có người trả lời"
	case "evidence_elsewhere":
		return "minh chứng «" + a.text("evidence", "") + "» thuộc kỳ " + a.text("other", "") + ", không phải " + a.text("period", "")
	case "evidence_unknown":
		return "nhiệm vụ " + a.text("quota", "") + " của cơ quan «" + a.text("owner", "") + "» không có minh chứng mã «" + a.text("evidence", "") + "» (xem mã bằng loa decide evidence)"
	}
	return ""
}

// OnPage is a sentence without what only helps on the command line: flags and commands in brackets.
func OnPage(s string) string {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '(')
		if i < 0 {
			return s
		}
		i += from
		n := strings.IndexByte(s[i:], ')')
		if n < 0 {
			return s
		}
		inner := s[i+1 : i+n]
		if strings.HasPrefix(inner, "--") || strings.HasPrefix(inner, "notices:") || strings.HasPrefix(inner, "loa ") || strings.Contains(inner, " loa ") {
			s = strings.TrimRight(s[:i], " ") + s[i+n+1:]
			from = 0
			continue
		}
		from = i + 1
	}
}

// NoteWord names what a note is of: a call, an objection, or what was answered to one.
func NoteWord(kind string, upheld bool) string {
	switch {
	case kind == "call":
		return "cuộc gọi"
	case kind == "objection":
		return "phản hồi của cơ quan"
	case kind == "settled" && upheld:
		return "chấp nhận phản hồi"
	case kind == "settled":
		return "không chấp nhận phản hồi"
	}
	return kind
}
