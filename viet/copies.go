package viet

import "fmt"

// SameText tells how a piece stands to another that says the same: title and
// publisher of that one, the credit line of the piece ("" without one), whether
// it is the first itself, whether the first is known to be the first, and how
// many others there are. «Đăng lại» is said of a piece that names where it is
// from; of any other only what is seen: that the words are the same.
func SameText(title, publisher, credit string, first, certain bool, others int) string {
	other := "«" + title + "»"
	if publisher != "" {
		other += " (" + publisher + ")"
	}
	if others > 1 {
		other += fmt.Sprintf(" và %s tin, bài khác", Number(others-1))
	}
	switch {
	case first && certain:
		return "đăng đầu tiên; trùng nội dung với " + other + " đăng sau"
	case certain && credit != "":
		return "đăng lại của " + other
	case certain:
		return "trùng nội dung với " + other + " đăng trước"
	case credit != "":
		return "đăng lại, trùng nội dung với " + other + "; chưa xác định nơi đăng đầu tiên"
	}
	return "trùng nội dung với " + other + "; chưa xác định nơi đăng đầu tiên"
}
