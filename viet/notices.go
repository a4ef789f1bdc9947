package viet

import (
	"fmt"
	"strings"
	"time"
)

// The sentences of what is told (docs/decisions/0028). Each begins with what it is,
// in square brackets, and is plain text: it may be copied into any messenger.

// A Count is a number against what is wanted: «0/01».
type Count struct{ Have, Want int }

// String prints it as offices do: what is wanted in two digits at least.
func (c Count) String() string { return fmt.Sprintf("%d/%02d", c.Have, c.Want) }

// Target says how a number is to be taken: the plan's own, or ours to watch by.
func Target(basis, place string) string {
	if basis == "plan" {
		return "Chỉ tiêu của kế hoạch" + bracketed(place)
	}
	return "Mức tham chiếu (phục vụ theo dõi)" + bracketed(place)
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// EarlyBroadcast warns that a period has no broadcast yet, or too few. minutes is
// the least length, 0 if none; windowed says that the hours count.
func EarlyBroadcast(now time.Time, period string, n Count, minutes int, windowed bool, each, place string) string {
	what := "chưa ghi nhận lần phát sóng mới nào của chuyên mục CCHC"
	if n.Have > 0 {
		what = "mới ghi nhận " + n.String() + " lần phát sóng mới của chuyên mục CCHC"
	}
	if minutes > 0 {
		what += fmt.Sprintf(" đủ %d phút", minutes)
	}
	if windowed {
		what += " trong khung giờ quy định"
	}
	return fmt.Sprintf("[Cảnh báo sớm] Đến %s, %s %s. Chỉ tiêu: ít nhất %02d lần/%s%s.", Moment(now), period, what, n.Want, each, bracketed(place))
}

// EarlyColumn reminds of the instalments of a newspaper's month.
func EarlyColumn(period, owner string, n Count, daysLeft int, place string) string {
	return fmt.Sprintf("[Nhắc việc] %s %s mới thực hiện %s kỳ chuyên mục CCHC; còn %d ngày%s.", Capital(period), owner, n, daysLeft, bracketed(place))
}

// EarlyOther warns of any other number of the plan.
func EarlyOther(now time.Time, period, owner, title string, n Count, unit, place string) string {
	return fmt.Sprintf("[Cảnh báo sớm] Đến %s, %s: %s mới có %s %s – %s%s.", Moment(now), period, owner, n, unit, title, bracketed(place))
}

// Missed tells of a period that was missed; what is what was counted, judge says that
// pieces which only a person can judge could close it. why is "" where nothing more is known.
func Missed(period string, n Count, what, why string, confirmed, judge bool, place string) string {
	head, tail := "[Chưa đạt] ", ""
	switch {
	case confirmed:
	case judge:
		head, tail = "[Cần xem xét] ", " Kết quả tính tự động, chưa có người xem."
	default:
		head, tail = "[Đề nghị rà soát] ", " Kết quả tính tự động, chưa có người xác nhận."
	}
	s := fmt.Sprintf("%s%s: %s %s%s.", head, Capital(period), n, what, bracketed(place))
	if why != "" {
		s += " Lý do: " + why + "."
	}
	return s + tail
}

// TooShort is why a broadcast did not count: «lần phát 20h15 ngày 09/3 dài 12 phút
// 40 giây (< 15 phút)».
func TooShort(start time.Time, length time.Duration, minutes int) string {
	return fmt.Sprintf("lần phát %s dài %s (< %d phút)", momentOfYear(start), Duration(length), minutes)
}

func momentOfYear(t time.Time) string {
	day := Day(t)
	return Clock(t) + " ngày " + day[:strings.LastIndexByte(day, '/')]
}

// LogMissing says that a log or register was not handed in.
func LogMissing(what, period, owner string) string {
	return fmt.Sprintf("[Thiếu dữ liệu] Chưa nhận %s %s của %s; chưa kết luận đạt hay chưa đạt.", what, period, owner)
}

// RetentionRun says that the recording of a broadcast will soon be deleted.
func RetentionRun(start time.Time, days int, basis string, last time.Time) string {
	return fmt.Sprintf("[Sắp hết hạn lưu giữ] Lần phát %s chưa có minh chứng; Đài chỉ lưu chương trình %d ngày (%s), đến hết %s.", Moment(start), days, basis, Day(last))
}

// RetentionDays says the same of days without a log; to is the last of them.
func RetentionDays(from, to time.Time, channel string, days int, basis string, last time.Time) string {
	return fmt.Sprintf("[Sắp hết hạn lưu giữ] Chưa có nhật ký phát sóng %s từ %s đến %s; Đài chỉ lưu chương trình %d ngày (%s), bản ghi ngày đầu đến hết %s.", channel, Day(from), Day(to), days, basis, Day(last))
}

// PlanDeadline counts the agencies that have not handed in what is due before a day.
func PlanDeadline(without, all int, title string, before time.Time, over bool) string {
	head := "[Nhắc việc]"
	if over {
		head = "[Quá hạn]"
	}
	return fmt.Sprintf("%s %02d/%02d cơ quan chưa ghi nhận: %s (hạn: trước %s).", head, without, all, title, Day(before))
}

// AgencyGap counts the agencies of each level that published nothing for longer
// than the reference level allows: «03 sở, 01 huyện».
func AgencyGap(counts []string, days int, names []string) string {
	return fmt.Sprintf("[Tổng hợp] %s không có tin, bài CCHC quá %d ngày (mức tham chiếu, phục vụ theo dõi): %s.", strings.Join(counts, ", "), days, strings.Join(names, "; "))
}

// SourceDown says since when a source cannot be read.
func SourceDown(name string, since time.Time, reason string) string {
	return fmt.Sprintf("[Sự cố nguồn] %s: %s từ %s; số liệu của cơ quan này tạm ghi «chưa đủ dữ liệu».", name, Blind(reason), Moment(since))
}

// SourceBack says that it can be read again.
func SourceBack(name string, since, back time.Time) string {
	return fmt.Sprintf("[Nguồn trở lại] %s đọc được từ %s (mất từ %s).", name, Moment(back), Moment(since))
}

// ParserDrift says that a source may be read wrongly.
func ParserDrift(name string) string {
	return "[Kiểm tra thu thập] Nguồn " + name + " không có tin mới bất thường; có thể trang đổi giao diện."
}

// ReportDue reminds of the day on which figures are taken.
func ReportDue(day time.Time, waiting int, over bool, due time.Time) string {
	if over {
		return fmt.Sprintf("[Nhắc việc] Đã chốt số liệu ngày %s; báo cáo gửi trước %s; còn %d mục chờ duyệt.", Day(day), Moment(due), waiting)
	}
	return fmt.Sprintf("[Nhắc việc] Đến hạn chốt số liệu ngày %s; còn %d mục chờ duyệt.", Day(day), waiting)
}

// Hijacked says, to whom it concerns alone, that a site shows what is not its owner's.
func Hijacked(site string, since time.Time) string {
	return fmt.Sprintf("[An toàn thông tin] %s có dấu hiệu bị chèn nội dung lạ từ %s. Đề nghị kiểm tra và xử lý; không chuyển tiếp thư này.", site, Moment(since))
}

// CertificateEnds says until when a site's certificate holds.
func CertificateEnds(host string, until time.Time) string {
	return fmt.Sprintf("[An toàn thông tin] Chứng thư số của %s có hiệu lực đến %s; hết hạn thì người đọc không mở được trang. Đề nghị gia hạn.", host, Moment(until))
}

// SiteDown says that a site is down: confirmed by a person, or to whoever is on duty.
func SiteDown(site string, since time.Time, confirmed string) string {
	s := fmt.Sprintf("[Gián đoạn] %s không truy cập được từ %s", site, Moment(since))
	if confirmed != "" {
		return s + "; " + confirmed + " đã xác nhận."
	}
	return s + " (nhìn từ máy của loa, chưa xác nhận từ nơi khác)."
}

// NoticeCloses says who can settle what a notice is about.
func NoticeCloses(kind string) string {
	switch kind {
	case "broadcast_early", "column_midmonth":
		return "Đài, Báo thực hiện trong kỳ; chuyên viên ghi nhận."
	case "broadcast_missed", "column_missed":
		return "Chuyên viên xác nhận, ghi nhận bổ sung hoặc không đánh giá theo văn bản."
	case "log_missing", "retention_30d":
		return "Đài, Báo nộp nhật ký, bảng kê hoặc bản ghi."
	case "plan_deadline":
		return "Cơ quan ban hành gửi văn bản; Sở Nội vụ đôn đốc."
	case "source_down", "parser_drift":
		return "Người vận hành loa; tự hết khi đọc lại được."
	case "site_hijacked", "site_down", "certificate":
		return "Cơ quan quản lý trang."
	}
	return ""
}

// NoticeSubject is what a message is headed with.
func NoticeSubject(kind string, n int) string {
	what := map[string]string{
		"broadcast_early": "cảnh báo sớm", "column_midmonth": "nhắc việc chuyên mục", "broadcast_missed": "kết quả phát sóng", "column_missed": "kết quả chuyên mục",
		"log_missing": "thiếu nhật ký, bảng kê", "retention_30d": "sắp hết hạn lưu giữ bản ghi", "plan_deadline": "thời hạn ban hành kế hoạch", "report_due": "kỳ báo cáo",
		"source_down": "sự cố nguồn", "source_back": "nguồn trở lại", "parser_drift": "kiểm tra thu thập", "digest": "tổng hợp tuần", "summary": "tổng hợp tháng",
		"site_hijacked": "an toàn thông tin", "site_down": "trang bị gián đoạn", "certificate": "chứng thư sắp hết hạn",
	}[kind]
	if what == "" {
		what = kind
	}
	if n > 1 && kind != "digest" && kind != "summary" {
		return fmt.Sprintf("CCHC: %s và %d việc khác", what, n-1)
	}
	return "CCHC: " + what
}

// Audience is who is told.
func Audience(code string) string {
	switch code {
	case "officer":
		return "chuyên viên"
	case "owner":
		return "cơ quan có trách nhiệm"
	case "units":
		return "tổng hợp tháng cho cơ quan, đơn vị"
	case "security":
		return "người phụ trách an toàn thông tin"
	case "duty":
		return "người trực hệ thống"
	}
	return code
}

// DeliveryState says how far a message is.
func DeliveryState(state string) string {
	switch state {
	case "waiting":
		return "chờ gửi"
	case "sent":
		return "đã gửi"
	case "dead":
		return "không gửi được, cần người xem"
	}
	return state
}

// BadChannel says what is wrong with the address of a channel.
func BadChannel(code, of string) string {
	switch code {
	case "no_scheme":
		return "địa chỉ kênh cần dạng smtp://…, https://…, telegram://… hoặc zalo://…"
	case "no_host":
		return "địa chỉ " + of + ":// thiếu tên máy chủ"
	case "no_from":
		return "địa chỉ smtp:// thiếu người gửi (?from=địa_chỉ)"
	case "bad_mail":
		return "«" + of + "» không phải địa chỉ thư điện tử"
	case "bad_tls":
		return "tls của smtp:// chỉ nhận none (không mã hóa, trong mạng nội bộ); không ghi thì bắt buộc mã hóa"
	case "no_tls":
		return "địa chỉ " + of + ":// không mã hóa, không dùng được: cần https://"
	case "no_token":
		if of == "telegram" {
			return "địa chỉ telegram:// thiếu mã bot hợp lệ: telegram://số:mã@telegram?chats=mã_nhóm"
		}
		return "địa chỉ zalo:// thiếu mã truy cập: zalo://mã@oa?to=mã_người_nhận"
	case "no_to":
		if of == "telegram" {
			return "địa chỉ telegram:// thiếu nhóm nhận (?chats=…)"
		}
		return "địa chỉ zalo:// thiếu mã người nhận (?to=…)"
	}
	return "không dùng được kênh " + of + "://"
}
