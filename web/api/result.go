package api

import (
	"loa/schedule"
)

// Results lists what Result can say, in the order in which people are offered them.
func Results() []string {
	return []string{"met", "missed", "review", "judge", "below_reference", "at_risk", "on_track", "insufficient_data", "exempt"}
}

// Result is how a standing is told to programs, in one word that cannot be taken for more than it says: "missed" is
// only what a person confirmed, and a reference level is never missed. A computed miss is "review", or "judge" where pieces that
// fail nothing the plan itself states could close it; what was not seen is "insufficient_data".
func Result(s schedule.Standing) string {
	switch {
	case s.State == schedule.Open && s.Risk == "at_risk":
		return "at_risk"
	case s.State == schedule.Open:
		return "on_track"
	case s.State != schedule.Missed:
		return string(s.State)
	case s.Basis == schedule.ByReference:
		return "below_reference"
	case s.Confirmed:
		return "missed"
	case len(s.Reasons) > 0 && (s.Reasons[0].Code == "needs_judgement" || s.Reasons[0].Code == "awaiting_review"):
		return "judge"
	}
	return "review"
}

// ResultWord names a result as people read it.
func ResultWord(result string) string {
	switch result {
	case "met":
		return "đạt"
	case "missed":
		return "chưa đạt (đã xác nhận)"
	case "review":
		return "đề nghị rà soát"
	case "judge":
		return "cần xem xét"
	case "below_reference":
		return "thấp hơn mức tham chiếu"
	case "at_risk":
		return "cần lưu ý"
	case "on_track":
		return "đang trong kỳ"
	case "insufficient_data":
		return "chưa đủ dữ liệu"
	case "exempt":
		return "không đánh giá"
	}
	return result
}
