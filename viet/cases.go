package viet

// CaseState is the word for how far a make-good case is.
func CaseState(code string) string {
	switch code {
	case "open":
		return "đã mở, chưa đề xuất giờ phát bù"
	case "proposed":
		return "đã đề xuất, chờ thống nhất"
	case "agreed":
		return "đã thống nhất, chờ phát bù"
	case "missed":
		return "chưa phát bù như đã hẹn, chờ đề xuất lại"
	case "aired":
		return "đã phát bù đủ, chờ khép lại"
	case "closed":
		return "đã khép lại"
	case "preempted":
		return "không phát bù"
	case "withdrawn":
		return "đã rút"
	}
	return code
}

// MissReason is why something was not broadcast.
func MissReason(code string) string {
	switch code {
	case "technical":
		return "sự cố kỹ thuật"
	case "breaking":
		return "nhường sóng cho thời sự đột xuất"
	case "live":
		return "nhường sóng cho truyền hình trực tiếp, thể thao"
	case "holiday":
		return "lịch phát sóng ngày nghỉ, lễ, Tết"
	case "not_produced":
		return "chưa sản xuất kịp"
	case "too_short":
		return "phát nhưng không đủ thời lượng"
	case "out_of_window":
		return "phát ngoài khung giờ có nhiều người theo dõi"
	case "other":
		return "lý do khác"
	}
	return code
}

// CaseAct names what a person did in a make-good case.
func CaseAct(code string) string {
	switch code {
	case "open":
		return "mở việc"
	case "propose":
		return "đề xuất giờ phát bù"
	case "approve":
		return "thống nhất giờ phát bù"
	case "aired":
		return "ghi nhận đã phát bù"
	case "miss":
		return "ghi nhận chưa phát bù như đã hẹn"
	case "retract":
		return "rút lại ghi nhận"
	case "preempt":
		return "kết thúc, không phát bù"
	case "close":
		return "khép lại"
	case "withdraw":
		return "rút việc"
	}
	return code
}

// CaseMark is what the logs show of a pledged make-good.
func CaseMark(code string) string {
	switch code {
	case "found":
		return "máy tìm thấy trong nhật ký, chờ người xác nhận"
	case "not_found":
		return "nhật ký đã có, không thấy lần phát bù"
	case "no_log":
		return "chưa nhận được nhật ký"
	case "not_due":
		return "chưa đến giờ"
	}
	return ""
}

// caseRefusal is the sentence for what is wrong with an act of a make-good case, "" if the code is none of these.
func caseRefusal(code string, a arguments) string {
	quota, period, name := a.text("quota", ""), a.text("period", ""), a.text("case", "")
	at := a.when("at")
	switch code {
	case "no_case":
		return "không có việc phát bù «" + name + "» (xem loa makegood list)"
	case "case_there":
		return "việc phát bù " + name + " đã mở"
	case "case_over":
		return "việc phát bù " + name + " đã kết thúc (" + CaseState(a.text("state", "")) + ")"
	case "act_past":
		return "việc phát bù " + name + " đã có ghi nhận" + a.prefix(" lúc ", at) + ": không ghi lùi về trước được"
	case "no_miss":
		return "thiếu kỳ chưa đạt cần phát bù (--quota, --period hoặc --miss)"
	case "no_miss_reason":
		return "«" + a.text("reason", "") + "» không phải lý do chưa phát (xem loa makegood open --help)"
	case "no_words":
		return "cần ghi rõ bằng lời (--words)"
	case "no_pledge_time":
		return "thiếu kênh, giờ hoặc thời lượng của lần phát bù (--channel, --start, --minutes)"
	case "no_pledge":
		return "việc phát bù " + name + " không có lần hẹn số " + Decimal(a.number("n")) + a.prefix(" (có ", a.count("pledges", "lần hẹn"), ")")
	case "pledge_done":
		return "lần hẹn số " + Decimal(a.number("n")) + " đã có kết quả hoặc đã được thay; rút lại bằng loa makegood retract"
	case "nothing_to_retract":
		return "lần hẹn số " + Decimal(a.number("n")) + " chưa có kết quả nào để rút lại"
	case "approved_already":
		return "lần hẹn số " + Decimal(a.number("n")) + " đã được thống nhất" + a.prefix(" theo ", document(a.text("document", "")))
	case "not_approved":
		return "lần hẹn số " + Decimal(a.number("n")) + " chưa được thống nhất (loa makegood approve)"
	case "enough_pledged":
		if a.number("left") <= 0 {
			return "đã phát bù đủ, không cần hẹn thêm"
		}
		return "đã hẹn đủ " + pad(a.number("left")) + " lần phát bù còn thiếu; thay một lần hẹn bằng --replace"
	case "not_repaired":
		return "còn thiếu " + pad(a.number("left")) + " lần phát bù, chưa khép lại được; nếu thôi không phát bù thì dùng loa makegood preempt"
	case "no_airing":
		return "thiếu lần phát sóng làm minh chứng (--airing)"
	case "no_standing":
		return "chưa có kết quả theo dõi của nhiệm vụ " + quota + ", cơ quan «" + a.text("owner", "") + "», kỳ " + period
	case "not_broadcast":
		return "nhiệm vụ " + quota + " không đếm lần phát sóng nên không có phát bù"
	case "no_make_good":
		return "kế hoạch không áp dụng phát bù cho nhiệm vụ " + quota + " (make_good_policy: none)"
	case "not_confirmed":
		if a.text("state", "") == "missed" {
			return "kỳ " + period + " của nhiệm vụ " + quota + " mới là đề nghị rà soát: phải xác nhận chưa đạt trước (loa decide confirm-missed)"
		}
		return "kỳ " + period + " của nhiệm vụ " + quota + " không phải là chưa đạt (đang: " + State(a.text("state", ""), false, "") + ")"
	case "in_case":
		return "kỳ " + period + " của nhiệm vụ " + quota + " đã có việc phát bù " + name + " đang xử lý"
	case "twice":
		return "kỳ " + period + " của nhiệm vụ " + quota + " nêu hai lần"
	case "pledge_past":
		return "giờ hẹn phát bù" + a.prefix(" (", at, ")") + " đã qua; hẹn một giờ phía trước, hoặc đặt --at là lúc đã hẹn"
	case "no_channel":
		return "«" + a.text("channel", "") + "» không phải kênh của cơ quan «" + a.text("owner", "") + "»"
	case "pledge_fails":
		return "lần phát bù như vậy sẽ không được tính cho nhiệm vụ " + quota + ": " + a.text("words", "")
	case "airing_unknown":
		return "không có lần phát sóng mã «" + a.text("evidence", "") + "» trong nhật ký hiện hành: sai mã, hoặc nhật ký đã được thay"
	case "airing_grade":
		return "lần phát sóng này chỉ là minh chứng loại " + a.text("grade", "") + ": phát bù cần nhật ký hoặc bản ghi (loại A, B)"
	case "airing_used":
		return "lần phát sóng này đã là minh chứng của việc phát bù " + name + ": một lần phát không dùng hai lần"
	case "airing_early":
		return "lần phát" + a.prefix(" ", at) + " không sau kỳ " + period + " nên không thể là phát bù cho kỳ ấy"
	case "airing_fails":
		return "lần phát" + a.prefix(" ", at) + " tự nó không được tính cho nhiệm vụ " + quota + ": " + a.text("words", "")
	case "airing_unmatched":
		return "lần phát" + a.prefix(" ", at) + " không được ghi nhận trong kỳ nào của nhiệm vụ " + quota
	case "airing_needed":
		return "lần phát" + a.prefix(" ", at) + " đang được tính cho kỳ " + a.text("needs", "") + ", kỳ ấy không dư: một lần phát không dùng hai lần"
	case "case_repaired":
		return "việc phát bù " + name + " đã có đủ minh chứng"
	case "pledge_found":
		return "nhật ký có lần phát" + a.prefix(" ", at) + " làm được minh chứng (mã " + a.text("evidence", "") + "): dùng loa makegood aired"
	case "pledge_ahead":
		return "chưa qua giờ hẹn phát bù" + a.prefix(" (", at, ")")
	case "pledge_no_log":
		return "chưa nhận được nhật ký" + a.prefix(" kênh ", a.text("channel", "")) + " của giờ hẹn, chưa kết luận được; nếu đài đã xác nhận thì ghi --document"
	}
	return ""
}
