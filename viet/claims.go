package viet

// claimReasons tell how what a unit declares and what was observed differ.
func claimReasons() []reason {
	return []reason{
		{"claim_both", func(a arguments) string { return "đơn vị khai và hệ thống ghi nhận như nhau" }},
		{"claim_only_unit", func(a arguments) string {
			return "chỉ đơn vị khai: hệ thống không thấy ở địa chỉ, tên và ngày đã khai"
		}},
		{"claim_only_seen", func(a arguments) string { return "chỉ hệ thống ghi nhận: đơn vị chưa có ý kiến" }},
		{"claim_other_date", func(a arguments) string {
			return "khác ngày" + a.prefix(": đơn vị khai ngày ", a.day("declared")) + a.prefix(", hệ thống ghi nhận ngày ", a.day("observed"))
		}},
		{"claim_other_title", func(a arguments) string { return "cùng địa chỉ, cùng ngày nhưng tên khác nhau" }},
		{"claim_twice", func(a arguments) string { return "khai trùng: tin, bài này đã có ở dòng khác" }},
		{"claim_not_counted", func(a arguments) string {
			why := ""
			if code := a.text("why", ""); code != "" {
				of, _ := a["of"].(map[string]any)
				why = Reason(code, of)
			}
			return "hệ thống thấy nhưng không ghi nhận" + a.prefix(": ", why)
		}},
		{"claim_said_wrong", func(a arguments) string { return "hệ thống ghi nhận, đơn vị cho là sai" }},
		{"claim_not_ours", func(a arguments) string {
			return "hệ thống ghi nhận, đơn vị cho là không phải của đơn vị"
		}},
		{"claim_quantity", func(a arguments) string {
			return "số lượng theo đơn vị khai, hệ thống không quan sát được"
		}},
		{"claim_paper", func(a arguments) string {
			return "văn bản giấy theo đơn vị khai" + a.prefix(": ", document(a.text("document", "")))
		}},
		{"claim_outside", func(a arguments) string {
			return "đơn vị khai ngoài kỳ" + a.prefix(", ngày ", a.day("declared"))
		}},
	}
}

// Discrepancy is the word for how declared and observed differ.
func Discrepancy(kind string) string {
	switch kind {
	case "both":
		return "cả hai"
	case "only_unit":
		return "chỉ đơn vị khai"
	case "only_seen":
		return "chỉ hệ thống ghi nhận"
	case "other_date":
		return "khác ngày"
	case "other_title":
		return "khác nội dung"
	case "twice":
		return "khai trùng"
	case "not_counted":
		return "thấy nhưng không ghi nhận"
	case "said_wrong":
		return "đơn vị cho là sai"
	case "not_ours":
		return "không phải của đơn vị"
	case "quantity":
		return "số lượng theo đơn vị khai"
	case "paper":
		return "văn bản giấy"
	case "outside":
		return "khai ngoài kỳ"
	}
	return kind
}

// DisputeState is the word for who is to act on a difference.
func DisputeState(state string) string {
	switch state {
	case "unit":
		return "chờ đơn vị trả lời"
	case "officer":
		return "đã trả lời, chờ cán bộ xử lý"
	case "accepted":
		return "cán bộ đã xử lý: chấp nhận"
	case "refused":
		return "cán bộ đã xử lý: không chấp nhận"
	}
	return state
}

// Claimed is what a unit answers of a piece that it was shown.
func Claimed(answer string) string {
	switch answer {
	case "right":
		return "đúng"
	case "wrong":
		return "sai"
	case "not_ours":
		return "không phải của đơn vị"
	}
	return answer
}
