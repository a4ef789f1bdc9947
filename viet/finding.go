package viet

import (
	"fmt"
	"maps"
	"slices"
)

// Finding is the sentence for one thing that «loa doctor» looked at, by its code in monitor.Examine, with what to do
// where something is wrong. A code outside the list gives a visible fallback that shows it.
func Finding(code string, args map[string]any) string {
	if say, ok := findings()[code]; ok {
		return Clean(say(arguments(args)))
	}
	return "điều chưa có diễn giải (mã «" + code + "»)"
}

// FindingCodes lists the closed list of codes, sorted.
func FindingCodes() []string { return slices.Sorted(maps.Keys(findings())) }

// FindingAbout names what a finding is about.
func FindingAbout(about string) string {
	switch about {
	case "config":
		return "Cấu hình"
	case "database":
		return "Cơ sở dữ liệu"
	case "clock":
		return "Đồng hồ"
	case "disk":
		return "Ổ đĩa"
	case "names":
		return "Tên miền"
	case "sources":
		return "Nguồn"
	case "proxy":
		return "Proxy"
	case "certificates":
		return "Chứng thư"
	case "backup":
		return "Sao lưu"
	case "work":
		return "Hoạt động"
	}
	return about
}

// Bytes prints a size in the largest unit of which there is at least one, of 1.024: 512 byte, 1,5 GB.
func Bytes(n int64) string {
	v, units := float64(n), []string{"byte", "KB", "MB", "GB", "TB"}
	for len(units) > 1 && v >= 1024 {
		v, units = v/1024, units[1:]
	}
	return Decimal(v) + " " + units[0]
}

func (a arguments) bytes(name string) string { return Bytes(int64(a.number(name))) }

// behind is «nhanh hơn» or «chậm hơn»: this machine's clock beside another's.
func (a arguments) behind() string {
	if ahead, _ := a["ahead"].(bool); ahead {
		return "nhanh hơn"
	}
	return "chậm hơn"
}

func (a arguments) detail() string { return a.prefix(" (chi tiết: ", a.text("error", ""), ")") }

func findings() map[string]func(a arguments) string {
	always := func(s string) func(arguments) string { return func(arguments) string { return s } }
	return map[string]func(a arguments) string{
		"config_sound": always("tệp kế hoạch, nguồn, từ điển không có lỗi"),
		"config_mistakes": func(a arguments) string {
			return "tệp kế hoạch, nguồn hoặc từ điển có " + Decimal(a.number("n")) + " lỗi; chạy loa check để xem từng dòng"
		},
		"no_plan": always("không có kế hoạch nào có hiệu lực hôm nay; nạp kế hoạch của năm (loa plan new) hoặc chỉ thư mục bằng --plans"),
		"plan": func(a arguments) string {
			return "kế hoạch " + a.text("plan", "") + " đang có hiệu lực, đến hết ngày trước " + a.day("at")
		},
		"plan_ends": func(a arguments) string {
			return "kế hoạch " + a.text("plan", "") + " hết hiệu lực từ " + a.day("at") + " mà chưa có kế hoạch kế tiếp; lập bằng loa plan new"
		},
		"no_holidays": func(a arguments) string {
			return fmt.Sprintf("chưa có bảng ngày nghỉ năm %.0f: hạn theo ngày làm việc năm ấy tính như không có ngày nghỉ lễ", a.number("year"))
		},
		"no_contact": always("chưa đặt địa chỉ liên hệ (LOA_CONTACT): quản trị các trang không biết hỏi ai"),
		"unknown_setting": func(a arguments) string {
			return "biến môi trường " + a.text("name", "") + " không có tác dụng: không phải tên mà loa đọc"
		},

		"db": func(a arguments) string {
			return a.text("engine", "") + " " + a.text("version", "") + ", " + a.bytes("bytes") + fmt.Sprintf(", lược đồ %.0f", a.number("schema"))
		},
		"db_unreachable": func(a arguments) string {
			return "không mở được cơ sở dữ liệu; kiểm tra LOA_DB, máy chủ, tường lửa" + a.detail()
		},
		"db_missing": always("chưa có cơ sở dữ liệu; được lập khi chạy lần đầu"),
		"schema_newer": func(a arguments) string {
			return fmt.Sprintf("lược đồ %.0f mới hơn chương trình này (biết đến %.0f) và không còn tương thích: dùng bản loa mới hơn", a.number("have"), a.number("known"))
		},
		"schema_ahead": func(a arguments) string {
			return fmt.Sprintf("lược đồ %.0f mới hơn chương trình này (biết đến %.0f) nhưng vẫn chạy được: đang nâng cấp dần, hãy nâng cấp nốt máy này", a.number("have"), a.number("known"))
		},
		"schema_older": func(a arguments) string {
			return fmt.Sprintf("lược đồ %.0f cũ hơn chương trình này (%.0f): được nâng khi chạy; hãy sao lưu trước", a.number("have"), a.number("known"))
		},
		"db_unsafe": func(a arguments) string {
			return "máy chủ đặt " + a.text("setting", "") + ": mất điện có thể mất dữ liệu đã ghi"
		},
		"db_super": always("loa kết nối bằng vai trò quản trị toàn máy chủ (superuser); nên dùng vai trò riêng, xem docs/OPERATIONS.md"),
		"db_encoding": func(a arguments) string {
			return "cơ sở dữ liệu mã hóa chữ là " + a.text("encoding", "") + ", cần UTF8"
		},
		"db_conns": func(a arguments) string {
			return Decimal(a.number("n")) + " trong " + Decimal(a.number("max")) + " kết nối của máy chủ đang dùng; tăng max_connections hoặc bớt tiến trình"
		},
		"db_damaged": func(a arguments) string {
			return "dữ liệu hỏng: " + a.text("what", "") + "; ngừng ghi, khôi phục bản sao lưu gần nhất (docs/BACKUP.md)"
		},
		"db_whole": always("mọi trang dữ liệu đọc được, chuỗi lịch sử thao tác nguyên vẹn"),
		"chain_broken": func(a arguments) string {
			return "chuỗi lịch sử thao tác không nguyên vẹn; xem loa audit verify" + a.detail()
		},

		"db_clock": func(a arguments) string {
			return "đồng hồ của cơ sở dữ liệu và máy này lệch nhau " + Duration(a.length()) + "; các máy chia việc theo đồng hồ của cơ sở dữ liệu"
		},
		"db_clock_off": func(a arguments) string {
			return "đồng hồ máy này " + a.behind() + " cơ sở dữ liệu " + Duration(a.length()) + "; bật đồng bộ giờ (NTP) trên cả hai máy"
		},
		"web_clock": func(a arguments) string {
			return "đồng hồ máy này khớp với các trang được đọc (lệch " + Duration(a.length()) + ")"
		},
		"web_clock_off": func(a arguments) string {
			return "đồng hồ máy này " + a.behind() + " phần lớn các trang được đọc " + Duration(a.length()) + "; ngày giờ tin, bài và hạn có thể sai, bật đồng bộ giờ (NTP)"
		},

		"disk": func(a arguments) string { return a.text("place", "") + ": còn trống " + a.bytes("bytes") },
		"disk_low": func(a arguments) string {
			return a.text("place", "") + ": chỉ còn trống " + a.bytes("bytes") + "; dọn đĩa hoặc giảm thời hạn lưu (docs/BACKUP.md)"
		},
		"disk_full": func(a arguments) string {
			return a.text("place", "") + ": chỉ còn trống " + a.bytes("bytes") + ", sắp không ghi được; dọn đĩa ngay"
		},
		"not_writable": func(a arguments) string {
			return "không ghi được vào " + a.text("place", "") + "; kiểm tra quyền của thư mục" + a.detail()
		},
		"kept_unusable": func(a arguments) string {
			return "kho bản lưu không nhận hoặc không trả bản lưu; kiểm tra LOA_KEPT và khóa truy cập" + a.detail()
		},

		"proxy_answers": func(a arguments) string { return "lấy trang qua proxy " + a.text("host", "") },
		"proxy_down": func(a arguments) string {
			return "không nối được tới proxy " + a.text("host", "") + "; kiểm tra địa chỉ đặt ở LOA_PROXY và mạng của máy này" + a.detail()
		},
		"proxy_mute": func(a arguments) string {
			return "nối được tới proxy " + a.text("host", "") + " nhưng không máy chủ nào trả lời qua đó; kiểm tra người dùng, mật khẩu trong LOA_PROXY và quyền ra Internet của proxy"
		},
		"proxy_unused": always("không máy chủ nào trả lời; máy này đặt proxy cho chương trình khác (HTTP_PROXY) nhưng loa không dùng biến ấy: đặt LOA_PROXY"),

		"addresses": func(a arguments) string {
			return "tìm được địa chỉ của " + Decimal(a.number("n")) + " máy chủ"
		},
		"no_address": func(a arguments) string {
			return "không tìm được địa chỉ công khai của " + a.text("host", "") + a.detail()
		},
		"no_addresses": always("không tìm được địa chỉ của máy chủ nào; kiểm tra mạng và DNS của máy này"),
		"certs": func(a arguments) string {
			return "chứng thư của " + Decimal(a.number("n")) + " máy chủ còn hạn trên 3 tuần"
		},
		"cert_ends": func(a arguments) string {
			return "chứng thư của " + a.text("host", "") + " hết hạn ngày " + a.day("at") + "; báo đơn vị quản trị trang"
		},
		"cert_over": func(a arguments) string {
			return "chứng thư của " + a.text("host", "") + " đã hết hạn ngày " + a.day("at") + ": không đọc được trang ấy; báo đơn vị quản trị trang"
		},

		"sources": func(a arguments) string {
			out := "đọc được " + Decimal(a.number("ok")) + "/" + Decimal(a.number("n")) + " nguồn"
			for _, w := range []struct{ name, words string }{{"quiet", " nguồn ít tin bất thường"}, {"never", " nguồn chưa đọc lần nào"}, {"verify", " nguồn chờ kiểm tra địa chỉ"}} {
				if n := a.number(w.name); n > 0 {
					out += ", " + Decimal(n) + w.words
				}
			}
			return out
		},
		"blind": func(a arguments) string {
			return "nguồn " + a.text("source", "") + " chưa thu thập được từ " + a.when("at") + ": " + Blind(a.text("reason", ""))
		},
		"more_blind": func(a arguments) string {
			return "và " + Decimal(a.number("n")) + " nguồn khác chưa thu thập được; xem loa sources"
		},
		"all_blind": func(a arguments) string {
			return "cả " + Decimal(a.number("n")) + " nguồn đã đọc đều chưa thu thập được: có lẽ máy này mất mạng"
		},
		"none_visited": always("chưa đọc nguồn nào; loa serve đã chạy chưa?"),

		"visit":    func(a arguments) string { return "đọc nguồn gần nhất lúc " + a.when("at") },
		"no_visit": always("chưa có lần đọc nguồn nào"),
		"old_visit": func(a arguments) string {
			return "lần đọc nguồn gần nhất đã lâu, lúc " + a.when("at") + "; loa serve có đang chạy?"
		},
		"ran":    func(a arguments) string { return "đối chiếu gần nhất lúc " + a.when("at") },
		"no_ran": always("chưa đối chiếu lần nào"),
		"old_ran": func(a arguments) string {
			return "lần đối chiếu gần nhất đã lâu, lúc " + a.when("at") + "; loa serve có đang chạy?"
		},
		"accounts_homeless": func(a arguments) string {
			return Decimal(a.number("n")) + " tài khoản chỉ thuộc cơ quan không còn trong kế hoạch hiện nay (" + a.text("logins", "") + "): chọn cơ quan mới hoặc ngừng ở trang Tài khoản; xem docs/HOWTO-restructure.md"
		},
		"no_accounts": always("chưa có tài khoản nào: trang web chỉ mở được trên chính máy này"),
		"backup":      func(a arguments) string { return "sao lưu gần nhất lúc " + a.when("at") },
		"no_backup":   always("chưa sao lưu lần nào; dùng trang Sao lưu hoặc loa backup"),
		"old_backup":  func(a arguments) string { return "bản sao lưu gần nhất đã quá 8 ngày, lúc " + a.when("at") },
	}
}
