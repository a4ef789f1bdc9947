package trail

import (
	"slices"
	"strings"
	"time"

	"loa/viet"
)

// Group is a sort of things that are done.
type Group struct {
	Key   string // ASCII, for addresses
	Word  string // Vietnamese
	parts []string
}

// Groups lists the sorts in the order in which people are offered them. A kind belongs to the first whose beginning it has.
func Groups() []Group {
	return []Group{
		{"quyet-dinh", "Quyết định về kết quả", []string{"decision.", "period."}},
		{"duyet-tin", "Duyệt tin, bài", []string{"review."}},
		{"so-lieu", "Nhập nhật ký, lịch phát sóng, bảng kê, biểu", []string{"airings.", "schedule.", "uploads.", "register.", "map.", "radio.", "sheet.", "claim.", "declar", "dispute.", "collect.", "handed.", "form."}},
		{"minh-chung", "Minh chứng, bản lưu, tệp", []string{"evidence.", "handin.", "document.", "post.", "upload.", "file."}},
		{"phat-bu", "Phát bù", []string{"case."}},
		{"bao-tin", "Báo tin, nhắc việc, gọi điện", []string{"notice.", "note.", "call.", "webhook."}},
		{"cai-dat", "Kế hoạch, mức tham chiếu, cài đặt", []string{"plan.", "setting.", "settings.", "source.added", "source.changed", "source.removed", "source.set", "entry.", "alias.", "holiday.", "level.", "backup."}},
		{"tai-khoan", "Đăng nhập, tài khoản, khóa truy cập", []string{"login", "logout", "session.", "account.", "cover.", "link.", "token."}},
		{"tai-ve", "Tải về, xuất bảng", []string{"export."}},
		{"du-thao", "Dự thảo, văn bản", []string{"draft.", "letter.", "report."}},
		{"nguon", "Nguồn tin", []string{"source.", "walk.", "quarantine."}},
		{"tin-bai", "Tin, bài thay đổi (hệ thống tự ghi)", []string{"item."}},
		{"khac", "Khác", nil},
	}
}

// GroupOf is the sort a kind belongs to.
func GroupOf(kind string) Group {
	all := Groups()
	for _, g := range all {
		if slices.ContainsFunc(g.parts, func(p string) bool { return strings.HasPrefix(kind, p) }) {
			return g
		}
	}
	return all[len(all)-1]
}

// KindWord names a kind as people read it. A kind that is not known is named by its sort.
func KindWord(kind string) string {
	switch kind {
	case "source.state":
		return "Nguồn đổi trạng thái"
	case "source.layout":
		return "Trang của nguồn đổi bố cục"
	case "item.revised":
		return "Tin, bài được sửa trên trang"
	case "item.merged":
		return "Gộp hai địa chỉ của một tin, bài"
	case "review.decided":
		return "Duyệt tin, bài"
	case "review.audited":
		return "Kiểm tra mẫu phân loại"
	case "review.undone":
		return "Hoàn tác lượt duyệt"
	case "entry.set":
		return "Sửa phần kế hoạch trên hệ thống"
	case "backup.made":
		return "Sao lưu"
	case "database.copied":
		return "Chuyển cơ sở dữ liệu sang máy chủ"
	case "database.forgot":
		return "Cơ sở dữ liệu thiếu những thao tác đã ghi (máy chủ dự phòng thay thế): cần ghi lại các quyết định trong khoảng này"
	case "quarantine.added":
		return "Máy không đọc được một tài liệu"
	case "quarantine.released":
		return "Cho máy thử lại một tài liệu"
	case "walk.begun":
		return "Bắt đầu thu thập lại trang cũ"
	case "walk.stopped":
		return "Dừng thu thập lại trang cũ"
	case "handed.received":
		return "Nhận tệp để xem trước"
	case "handed.dropped":
		return "Bỏ tệp chờ xác nhận"
	case "handin.handed":
		return "Nộp tài liệu"
	case "handin.accepted":
		return "Chấp nhận tài liệu được nộp"
	case "handin.returned":
		return "Trả lại tài liệu được nộp"
	case "handin.withdrawn":
		return "Rút lại tài liệu đã nộp"
	case "handin.replaced":
		return "Thay tài liệu đã nộp bằng bản mới"
	case "declaration.added":
		return "Đơn vị khai số liệu"
	case "dispute.ask":
		return "Hỏi đơn vị về chỗ khai khác ghi nhận"
	case "dispute.reply":
		return "Đơn vị trả lời về chỗ khai khác ghi nhận"
	case "dispute.accept":
		return "Chấp nhận lời khai của đơn vị"
	case "dispute.refuse":
		return "Không chấp nhận lời khai của đơn vị"
	case "collect.due":
		return "Đặt hạn gửi lại biểu thu thập"
	case "collect.given":
		return "Tải biểu thu thập của đơn vị"
	case "collect.faulty":
		return "Biểu thu thập gửi lại có lỗi"
	case "note.call":
		return "Ghi cuộc gọi"
	case "note.objection":
		return "Cơ quan phản hồi về kết quả"
	case "note.settled":
		return "Trả lời phản hồi"
	case "decision.closed":
		return "Quyết định: giữ nguyên kết quả đã chốt"
	case "airings.imported":
		return "Nhập nhật ký phát sóng"
	case "airings.scanned":
		return "Nhập bản quét nhật ký"
	case "schedule.imported":
		return "Nhập lịch phát sóng dự kiến"
	case "uploads.imported":
		return "Nhập danh sách video đã đăng"
	case "register.imported":
		return "Nhập bảng kê"
	case "map.set":
		return "Lưu cách đọc cột của bảng"
	case "map.dropped":
		return "Bỏ cách đọc cột của bảng"
	case "radio.sampled":
		return "Chọn mẫu truyền thanh cơ sở"
	case "radio.checked":
		return "Ghi kết quả nghe truyền thanh"
	case "plan.recorded":
		return "Ghi nhận văn bản kế hoạch"
	case "plan.changed":
		return "Sửa số của kế hoạch"
	case "decision.keep-closed":
		return "Giữ nguyên kết quả đã chốt"
	case "period.closed":
		return "Chốt số liệu"
	case "period.restated":
		return "Chốt lại số liệu"
	case "draft.added":
		return "Lưu dự thảo"
	case "draft.shared":
		return "Chia sẻ dự thảo"
	case "draft.issued":
		return "Ghi số, ngày văn bản đã ban hành"
	case "evidence.read":
		return "Xem bản lưu chưa che"
	case "evidence.deleted":
		return "Xóa bản lưu đã hết hạn"
	case "notice.released":
		return "Cho gửi thông báo"
	case "notice.made":
		return "Lập thông báo"
	case "notice.sent":
		return "Đã gửi thông báo"
	case "notice.dead":
		return "Không gửi được thông báo"
	case "notice.answered":
		return "Ghi trả lời thông báo"
	case "report.note":
		return "Ghi chú vào văn bản của kỳ"
	case "report.shown":
		return "Chọn nội dung cho ghi vào văn bản gửi đi"
	case "report.issued":
		return "Ghi văn bản của kỳ đã ban hành"
	case "export.sheet":
		return "Tải bảng"
	case "export.report":
		return "Tải, xem báo cáo"
	case "export.pack":
		return "Lập gói minh chứng"
	case "export.certificate":
		return "Xem biên bản chốt số liệu"
	case "export.letter":
		return "Tải dự thảo thư nhắc, danh sách giao ban"
	case "draft.session":
		return "Lập dự thảo phiên chốt kỳ"
	case "score.entered":
		return "Ghi quyết định về chấm điểm"
	case "export.trail":
		return "Tải lịch sử thao tác"
	case "login":
		return "Đăng nhập"
	case "login.refused":
		return "Tạm khóa đăng nhập do sai mật khẩu nhiều lần"
	case "logout":
		return "Đăng xuất, ngắt phiên"
	case "account.made":
		return "Lập tài khoản"
	case "account.changed":
		return "Sửa tài khoản"
	case "account.password":
		return "Đổi mật khẩu"
	case "account.ended":
		return "Ngừng tài khoản"
	case "cover.made":
		return "Giao người làm thay"
	case "cover.ended":
		return "Thôi làm thay"
	case "link.made":
		return "Cấp đường dẫn một lần"
	case "link.opened":
		return "Mở đường dẫn một lần"
	case "link.ended":
		return "Hủy đường dẫn một lần"
	case "token.added":
		return "Tạo khóa truy cập cho phần mềm"
	case "token.revoked":
		return "Thu hồi khóa truy cập"
	case "webhook.added":
		return "Thêm nơi nhận thay đổi"
	case "webhook.ended":
		return "Bỏ nơi nhận thay đổi"
	case "webhook.dead":
		return "Không gửi được thay đổi"
	}
	if k, ok := strings.CutPrefix(kind, "decision."); ok {
		return viet.Capital("quyết định: " + viet.DecisionOf(k, false))
	}
	if k, ok := strings.CutPrefix(kind, "case."); ok {
		return viet.Capital("phát bù: " + viet.CaseAct(k))
	}
	if g := GroupOf(kind); g.parts != nil {
		return g.Word + ": thao tác khác"
	}
	return "Thao tác khác"
}

// fieldWord names a field of what was recorded. What is nested is named by its last part.
func fieldWord(key string) string {
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		key = key[i+1:]
	}
	if w := fieldWords()[strings.ToLower(key)]; w != "" {
		return w
	}
	if w := viet.Amount(key); w != key {
		return w
	}
	return "Mục khác (" + key + ")"
}

// fieldWords are the names of the fields by their names in what is recorded.
func fieldWords() map[string]string {
	return map[string]string{
		"": "Nội dung", "reason": "Lý do", "document": "Văn bản", "issuer": "Cơ quan ban hành", "issued": "Ngày ban hành", "evidence": "Minh chứng", "date": "Ngày",
		"file": "Mã băm của tệp", "filename": "Tên tệp", "file_name": "Tên tệp", "grade": "Hạng minh chứng", "none": "Không phát sinh", "form": "Hình thức", "value": "Giá trị", "from": "Từ ngày",
		"to": "Đến ngày", "basis": "Căn cứ", "dataset": "Mã bộ dữ liệu", "revision": "Lần", "rows": "Số dòng", "tables": "Số bảng", "open": "Câu hỏi còn mở", "register": "Bảng kê", "note": "Ghi chú",
		"receipt": "Lần nhận", "channel": "Kênh", "sender": "Bên gửi", "words": "Nội dung", "kind": "Loại", "misses": "Kỳ chưa đạt", "quota": "Nhiệm vụ", "owner": "Cơ quan",
		"period": "Kỳ", "short": "Còn thiếu", "pledge": "Lần hẹn", "pledges": "Các lần hẹn", "programme": "Chương trình", "start": "Bắt đầu", "end": "Kết thúc", "length": "Thời lượng",
		"month": "Tháng", "commune": "Xã", "communes": "Các xã", "result": "Kết quả", "heard": "Nghe được", "name": "Tên", "scopes": "Phạm vi đọc", "agencies": "Cơ quan, đơn vị",
		"expires": "Hết hạn", "url": "Địa chỉ", "results": "Kết quả được báo", "format": "Định dạng", "filter": "Bộ lọc", "role": "Vai trò", "login": "Tên đăng nhập", "way": "Cách đăng nhập", "agent": "Trình duyệt", "sessions": "Số phiên", "agency": "Cơ quan",
		"actor": "Người thực hiện", "at": "Lúc", "plan": "Kế hoạch", "case": "Việc", "id": "Mã", "seq": "Thứ tự", "title": "Tiêu đề", "class": "Loại bản lưu", "days": "Số ngày lưu",
		"address": "Địa chỉ", "columns": "Các cột", "office": "Cơ quan cho phép", "topics": "Chủ đề", "reform": "Về CCHC", "state": "Trạng thái", "phone": "Điện thoại",
		"email": "Thư điện tử", "contact": "Đầu mối", "number": "Số", "paper": "Văn bản", "near_misses": "Các trường hợp gần đạt", "recommendations": "Khuyến nghị", "propaganda": "Gửi Ban Tuyên giáo", "units": "Danh sách cơ quan, đơn vị", "count": "Số lượng", "size": "Dung lượng", "type": "Loại", "every": "Chu kỳ thu thập", "rule": "Cách đọc",
		"aired": "Phát lúc", "airing": "Lần phát", "by": "Hẹn trước ngày", "column": "Chuyên mục", "found": "Do hệ thống tìm thấy", "n": "Lần hẹn số", "of": "Trả lời cho", "upheld": "Chấp nhận phản hồi", "whom": "Đã gọi",
		"account": "Người làm thay", "away": "Làm thay cho", "again": "Nghe lại", "amounts": "Số lượng", "answer": "Trả lời", "args": "Chi tiết", "bytes": "Dung lượng", "claim": "Nội dung khai", "claims": "Các nội dung khai",
		"code": "Mã", "counted": "Được tính", "counts": "Số lượng", "day_order": "Thứ tự ngày, tháng", "decision": "Quyết định", "difference": "Chỗ khác nhau", "district": "Huyện", "domain": "Phép chọn", "due": "Hạn",
		"edition": "Lần khai", "ended": "Đã ngừng", "files": "Các tệp", "first_row": "Dòng dữ liệu đầu tiên", "for": "Ghi cho", "gone": "Không còn", "kept": "Số bản lưu", "left": "Còn lại", "medium": "Phương tiện", "new": "Mới", "objects": "Số bản lưu",
		"over": "Thay số liệu tốt hơn", "password": "Mật khẩu", "picks": "Các xã được chọn", "problems": "Số lỗi", "scan": "Bản quét", "since": "Từ ngày", "strata": "Các huyện", "subject": "Liên kết đăng nhập một lần", "unit": "Đơn vị tính",
		"via": "Khai bằng", "workload": "Số xã nghe", "windows": "Khung giờ", "aliases": "Tên khác", "stream": "Luồng tin", "working": "Ngày làm bù", "verify": "Chờ xác nhận địa chỉ", "short_name": "Tên ngắn",
		"list": "Cách đọc danh sách", "item": "Mỗi tin, bài", "next": "Trang sau", "parent": "Cơ quan cấp trên", "level": "Cấp", "contact_name": "Người liên hệ", "day": "Ngày", "proof": "Bằng chứng", "answers": "Câu trả lời", "quotas": "Nhiệm vụ",
		"until": "Đến", "added": "Thêm", "removed": "Bớt", "active": "Đang dùng", "status": "Trạng thái", "method": "Cách", "seed": "Số gieo", "per": "Mỗi nơi", "drawn": "Đã chọn", "stage": "Bước xử lý", "population": "Tổng số",
	}
}

// plain is a text as people read it: codes become words, times are local.
func plain(text string) string {
	if w := codeWords()[text]; w != "" {
		return w
	}
	if len(text) >= len("2006-01-02T15:04:05Z") && text[4] == '-' {
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			if t.Year() <= 1 {
				return ""
			}
			return local(t)
		}
	}
	if len(text) == len("2006-01-02") {
		if t, err := time.Parse("2006-01-02", text); err == nil {
			return viet.Day(t)
		}
	}
	if list, rest, ok := strings.Cut(text, " "); ok && strings.HasPrefix(rest, "[") { // an answer with its topics
		if w := codeWords()[list]; w != "" {
			var topics []string
			for _, slug := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(`[]", `, r) }) {
				if slug != "null" {
					topics = append(topics, viet.Topic(slug))
				}
			}
			if len(topics) > 0 {
				return w + ": " + strings.Join(topics, "; ")
			}
			return w
		} else if rest == "null" {
			return list
		}
	}
	return text
}

// local is a moment on the clocks of the province, a day where it is the first of one.
func local(t time.Time) string {
	t = t.In(time.FixedZone("", 7*60*60))
	if h, m, sec := t.Clock(); h == 0 && m == 0 && sec == 0 {
		return viet.Day(t)
	}
	return viet.Moment(t)
}

// coded is a code by the field it stands in, within its sort of events; "" where it is none.
func (n Names) coded(key, text string) string {
	sort := n.sort
	switch key = strings.ToLower(key); {
	case key == "role" && n.Role != nil:
		return n.Role(text)
	case key == "password" && text == "none":
		return "chưa đặt"
	case key == "password":
		return "đã đặt (dấu " + text + ")" // by which a change is seen
	case key == "ended" && text == "yes":
		return "có"
	case key == "stage" && sort == "quarantine":
		return viet.Stage(text)
	case key == "kind" && sort == "handin":
		return viet.HandinKind(text)
	case key == "to" && (sort == "airings" || sort == "register"): // what is handed in ends before it
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return "hết ngày " + viet.Day(t.Add(-time.Second).In(time.FixedZone("", 7*60*60)))
		}
	}
	return ""
}

// codeWords are the codes that stand alone in what is recorded.
func codeWords() map[string]string {
	out := map[string]string{
		"ok": "thu thập được", "password": "mật khẩu", "oidc": "đăng nhập một lần", "sample": "vai mẫu", "reform": "về CCHC", "other": "không về CCHC", "review": "chờ duyệt", "missed": "chưa đạt", "met": "đạt", "open": "đang trong kỳ",
		"insufficient_data": "chưa đủ dữ liệu", "exempt": "không đánh giá", "technical": viet.MissReason("technical"), "integrated": "lồng ghép",
		"xlsx": "bảng XLSX", "csv": "bảng CSV", "html": "trang HTML", "docx": "văn bản DOCX", "pdf": "PDF", "json": "JSON", "md": "văn bản thuần",
	}
	for _, r := range []string{"unreachable", "blocked", "robots_denied", "challenge", "soft_404", "hijacked", "not_a_feed", "empty", "parse_error", "stale_cache", "layout_changed"} {
		out[r] = viet.Blind(r)
	}
	return out
}
