package viet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// aheadReasons are about what is still to come: what is announced, and what is
// usual. What is announced is never said to have been broadcast.
func aheadReasons() []reason {
	return []reason{
		{"planned_fits", func(a arguments) string {
			return "theo lịch dự kiến: phát" + a.prefix(" ", a.when("start")) + a.prefix(" trên ", a.text("channel", "")) + a.prefix(", dài ", a.count("length", "phút")) +
				", sẽ được tính nếu phát đúng như vậy"
		}},
		{"planned_unsure", func(a arguments) string {
			return "lịch dự kiến có lần phát" + a.prefix(" ", a.when("start")) + a.prefix(" trên ", a.text("channel", "")) + ", chưa rõ thời lượng"
		}},
		{"planned_unfit", func(a arguments) string {
			return "lịch dự kiến có lần phát" + a.prefix(" ", a.when("start")) + a.prefix(" trên ", a.text("channel", "")) + ", sẽ không được tính" +
				a.prefix(": ", a.inner("why", "at"))
		}},
		{"planned_none", func(a arguments) string {
			return "lịch dự kiến" + a.prefix(" của ", a.text("channels", "")) + a.prefix(" đến ", a.when("until")) + " chưa có lần phát nào của chuyên mục"
		}},
		{"retention_run", func(a arguments) string {
			return "sắp hết hạn lưu giữ: lần phát" + a.prefix(" ", a.when("start")) + a.prefix(" trên ", a.text("channel", "")) + " chưa có minh chứng; " + a.kept() +
				a.prefix(", đến hết ", a.day("last"))
		}},
		{"retention_days", func(a arguments) string {
			s := "sắp hết hạn lưu giữ: chưa có nhật ký" + a.prefix(" kênh ", a.text("channel", "")) + a.prefix(" từ ", a.day("start")) + a.prefix(" đến ", a.day("to")) + "; " + a.kept()
			if a.day("last") == a.day("whole") {
				return s + a.prefix(", đến hết ", a.day("last"))
			}
			return s + a.prefix(", bản ghi của ngày đầu đến hết ", a.day("last")) + a.prefix(", của ngày cuối đến hết ", a.day("whole"))
		}},
		{"usually", func(a arguments) string {
			s := "thường "
			if days := a.list("days"); len(days) > 0 {
				var on []string
				for _, d := range days {
					if len(d) == 1 {
						d = "0" + d
					}
					on = append(on, "ngày "+d)
				}
				s += "đăng vào khoảng " + strings.Join(on, ", ") + " hằng tháng"
			} else {
				minute := int(a.number("minute"))
				s += "phát " + Daypart(minute) + " " + Weekday(time.Weekday(int(a.number("weekday"))%7)) + fmt.Sprintf(", %02dh%02d", minute/60, minute%60) +
					a.prefix(", trên ", a.text("channel", ""))
			}
			if a.number("of") > 0 {
				s += " (" + Decimal(a.number("of")) + " kỳ gần nhất đạt " + Decimal(a.number("met")) + " kỳ)"
			}
			return s
		}},
	}
}

// kept is how long the station keeps what it broadcast, and by what rule.
func (a arguments) kept() string {
	return "đài chỉ lưu chương trình" + a.prefix(" ", a.count("days", "ngày")) + a.prefix(" (", a.text("basis", ""), ")")
}

// inner is the sentence of another reason whose code an argument names and whose
// arguments stand among these, save those that are told already.
func (a arguments) inner(name string, told ...string) string {
	code := a.text(name, "")
	if code == "" {
		return ""
	}
	rest := map[string]any{}
	for k, v := range a {
		rest[k] = v
	}
	for _, k := range append(told, name) {
		delete(rest, k)
	}
	return Reason(code, rest)
}

// Weekday is «thứ Hai» … «Chủ nhật».
func Weekday(d time.Weekday) string {
	return [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}[((int(d)%7)+7)%7]
}

// Daypart is the part of the day that a minute after midnight lies in, as people say it.
func Daypart(minute int) string {
	switch h := minute / 60; {
	case h < 4 || h >= 22:
		return "đêm"
	case h < 11:
		return "sáng"
	case h < 13:
		return "trưa"
	case h < 18:
		return "chiều"
	}
	return "tối"
}

// RunState is the word for what became of a transmission, by its code.
func RunState(code string) string {
	switch code {
	case "as_planned":
		return "phát đúng lịch"
	case "changed":
		return "phát khác lịch"
	case "dropped":
		return "có lịch, không phát"
	case "withdrawn":
		return "đã rút khỏi lịch"
	case "unplanned":
		return "phát ngoài lịch"
	case "unscheduled":
		return "đã phát, không có lịch để đối chiếu"
	case "awaiting_log":
		return "chưa có nhật ký"
	case "coming":
		return "chưa đến giờ phát"
	case "uploaded_only":
		return "đã đăng tải, không có trong nhật ký: đề nghị rà soát"
	}
	return code
}

// RunDifference tells how a broadcast differs from its schedule: «muộn 12 phút,
// ngắn hơn 8 phút», "" if it does not.
func RunDifference(moved, longer time.Duration) string {
	var out []string
	switch {
	case moved > 0:
		out = append(out, "muộn "+Duration(moved))
	case moved < 0:
		out = append(out, "sớm "+Duration(-moved))
	}
	switch {
	case longer > 0:
		out = append(out, "dài hơn "+Duration(longer))
	case longer < 0:
		out = append(out, "ngắn hơn "+Duration(-longer))
	}
	return strings.Join(out, ", ")
}

// continuityReasons are about numbers and weeks that do not go on as they should:
// questions, never verdicts.
func continuityReasons() []reason {
	no := func(a arguments, name string) string { return strconv.Itoa(int(a.number(name))) }
	return []reason{
		{"number_skipped", func(a arguments) string {
			s := "nhảy số: sau số " + no(a, "before") + a.prefix(" (", a.day("from"), ")") + " là số " + no(a, "after") + a.prefix(" (", a.day("to"), ")") + ", thiếu "
			switch {
			case a.number("step") > 1:
				s += no(a, "missing") + " kỳ (thường cách nhau " + no(a, "step") + " số báo)"
			case a.number("missing") > 1:
				s += "các số từ " + no(a, "first") + " đến " + no(a, "last")
			default:
				s += "số " + no(a, "first")
			}
			if a.number("unseen") > 0 {
				s += "; khoảng giữa chưa có đủ nhật ký, bảng kê"
			}
			return s
		}},
		{"number_back", func(a arguments) string {
			return "số lùi: số " + no(a, "n") + " đứng sau số " + no(a, "after") + a.prefix(" (", a.day("day"), ")")
		}},
		{"number_double", func(a arguments) string {
			return "trùng số: số " + no(a, "n") + " dùng hai lần" + a.prefix(": «", a.text("title", ""), "»") + a.prefix(" và «", a.text("other", ""), "»")
		}},
		{"number_late", func(a arguments) string {
			return "ghi nhận bổ sung: số " + no(a, "n") + a.prefix(" ghi nhận ngày ", a.day("seen")) + ", sau số " + no(a, "after") + a.prefix(" (ghi nhận ngày ", a.day("before"), ")")
		}},
		{"week_skipped", func(a arguments) string {
			return "chuyên mục hằng tuần vắng" + a.prefix(" ", strings.Join(a.list("weeks"), "; ")) + a.prefix(" (giữa ", a.day("from")) + a.prefix(" và ", a.day("to"), ")")
		}},
	}
}
