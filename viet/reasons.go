package viet

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
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

func reasons() []reason { return slices.Concat(standingReasons(), evidenceReasons()) }

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
			return "đã được xác nhận chưa đạt" + a.prefix(" bởi ", a.text("by", "")) + a.prefix(" lúc ", a.when("at"))
		}},
		{"unconfirmed", func(a arguments) string {
			return "đề nghị rà soát: kết quả tính tự động, chưa có người xác nhận"
		}},
		{"late", func(a arguments) string {
			return "ban hành" + a.prefix(" ngày ", a.day("date")) + a.prefix(", quá hạn ", a.count("days", "ngày")) + a.prefix(" (hạn: trước ngày ", a.day("deadline"), ")")
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
			return a.prefix("phát ", a.when("at"), " ") + "dài " + Duration(a.length()) + a.prefix(", cần ít nhất ", a.count("wanted", "phút"))
		}},
		{"first_run", func(a arguments) string { return "phát sóng mới" }},
		{"is_repeat", func(a arguments) string { return "phát lại, không tính là phát sóng mới" }},
		{"in_window", func(a arguments) string {
			return "phát trong khung giờ có nhiều người theo dõi" + a.prefix(" (", a.window(), ")")
		}},
		{"outside_window", func(a arguments) string {
			return a.prefix("phát lúc ", a.when("at"), ", ") + "ngoài khung giờ có nhiều người theo dõi"
		}},
		{"not_enough_inside", func(a arguments) string {
			return "bắt đầu trong khung giờ có nhiều người theo dõi nhưng phần nằm trong khung giờ chưa đủ thời lượng"
		}},
		{"theme", func(a arguments) string { return "thuộc chuyên mục phát sóng " + a.names("column") }},
		{"wrong_theme", func(a arguments) string {
			return "chương trình" + a.prefix(" «", a.text("programme", ""), "»") + " không thuộc chuyên mục được giao"
		}},
		{"same_day", func(a arguments) string {
			return "cùng ngày" + a.prefix(" ", a.day("date")) + " với tin, bài đã ghi nhận" + a.prefix(" («", a.text("other", ""), "»)") + ", mỗi ngày tính một kỳ"
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
		{"attested", func(a arguments) string {
			return "có minh chứng" + a.prefix(" là ", document(a.text("document", ""))) + a.prefix(", do ", a.text("by", ""), " ghi nhận")
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
		if c, ok := ParseCount(n); ok {
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
