package viet

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Every code, its arguments, and the sentence a person reads.
var sentences = []struct {
	code string
	args map[string]any
	want string
}{
	{"topic_untold", map[string]any{"topics": "tai-chinh-cong", "quarter": "quý I/2023"}, "chủ đề «Cải cách tài chính công» chưa ghi nhận tin, bài nào trong quý I/2023"},
	{"topic_few", map[string]any{"topics": "tthc", "n": 2, "quarter": "quý I/2023"}, "chủ đề «Cải cách thủ tục hành chính» mới có 02 tin, bài trong quý I/2023 (kể cả đã gợi ý)"},
	{"content_untold", map[string]any{"content": "Nghị quyết 76/NQ-CP", "words": "76/NQ-CP", "quarter": "quý I/2023"}, "nội dung «Nghị quyết 76/NQ-CP» chưa ghi nhận tin, bài nào trong quý I/2023; bài nhắc đến «76/NQ-CP»"},
	{"agency_untold", map[string]any{"owner": "Sở Xây dựng", "days": 60}, "chưa ghi nhận tin, bài nhắc đến Sở Xây dựng trong 60 ngày"},
	{"agency_few", map[string]any{"owner": "Sở Xây dựng", "n": 1, "days": 60.0}, "Sở Xây dựng mới được nhắc đến 01 lần trong 60 ngày (kể cả đã gợi ý)"},
	{"piece_age", map[string]any{"days": 0}, "tin, bài mới đăng hôm nay"},
	{"piece_age", map[string]any{"days": 12}, "tin, bài đăng cách đây 12 ngày"},
	{"slot_regular", map[string]any{"at": hour}, "chọn giờ cố định: 20h15 thứ Năm"},
	{"slot_kept", map[string]any{"at": hour}, "giữ giờ cố định: 20h15 thứ Năm"},
	{"slot_own", nil, "đúng ô của chuyên mục trong khung chương trình"},
	{"slot_off", map[string]any{"at": hour}, "tạm đổi giờ, không phát giờ cố định 20h15 thứ Năm"},
	{"slot_moved", map[string]any{"at": hour}, "chuyển hẳn sang giờ cố định mới, thay cho 20h15 thứ Năm"},
	{"slot_conflict", map[string]any{"why": "truyền hình trực tiếp bóng đá"}, "trùng truyền hình trực tiếp bóng đá"},
	{"slot_closed", nil, "khung chương trình không có ô trống vào giờ đó"},
	{"slot_none", nil, "không còn giờ nào bảo đảm điều kiện"},
	{"slot_holiday", map[string]any{"name": "Giỗ Tổ"}, "là ngày nghỉ lễ: Giỗ Tổ"},
	{"enough_delivered", map[string]any{"delivered": 2, "wanted": 2, "unit": "instalments"}, "đã ghi nhận 2/02 kỳ chuyên mục"},
	{"short", map[string]any{"delivered": 1, "wanted": 2, "unit": "instalments"}, "mới ghi nhận 1/02 kỳ chuyên mục"},
	{"period_open", map[string]any{"left_days": 11}, "kỳ chưa kết thúc, còn 11 ngày"},
	{"at_risk", map[string]any{"shortfall": 1, "opportunities": 0, "unit": "airings"}, "còn thiếu 01 lần phát sóng, từ nay đến hết kỳ không còn dịp thực hiện nào theo lịch"},
	{"at_risk", map[string]any{"shortfall": 1.0, "opportunities": 2.0, "unit": "airings"}, "còn thiếu 01 lần phát sóng, từ nay đến hết kỳ còn 2 dịp thực hiện"},
	{"not_started", nil, "kỳ chưa bắt đầu"},
	{"source_blind", map[string]any{"source": "Báo tỉnh", "reason": "unreachable", "since": hour}, "chưa thu thập được nguồn Báo tỉnh: không truy cập được từ 20h15 ngày 09/3/2023"},
	{"source_none", map[string]any{"owner": "Sở Xây dựng"}, "chưa thu thập được nguồn nào của Sở Xây dựng"},
	{"source_none", nil, "chưa thu thập được nguồn nào"},
	{"not_observed", map[string]any{"from": day, "to": hour}, "chưa thu thập được khoảng thời gian từ 09/3/2023 đến 20h15 ngày 09/3/2023"},
	{"receipt_missing", map[string]any{"channel": "Truyền hình tỉnh"}, "chưa nhận được nhật ký phát sóng kênh Truyền hình tỉnh"},
	{"evidence_missing", nil, "chưa nhận được minh chứng"},
	{"no_agency_now", nil, "không có cơ quan, đơn vị nào thuộc diện thực hiện trong kỳ"},
	{"not_binding", nil, "chỉ thống kê, không đánh giá: kế hoạch không bắt buộc"},
	{"is_reform", map[string]any{"terms": "một cửa, CCHC", "score": 0.9, "by": "Chuyên viên Sở Nội vụ"}, "nội dung về cải cách hành chính: «một cửa», «CCHC» (điểm 90%), do Chuyên viên Sở Nội vụ xác nhận"},
	{"topic", map[string]any{"topics": "tthc, chi-dao"}, "chủ đề: Cải cách thủ tục hành chính; Chỉ đạo, điều hành cải cách hành chính"},
	{"exempted", map[string]any{"document": "15/UBND-VX", "by": "Chuyên viên Sở Nội vụ"}, "không đánh giá theo văn bản số 15/UBND-VX, ghi nhận bởi Chuyên viên Sở Nội vụ"},
	{"confirmed_missed", map[string]any{"by": "Chuyên viên Sở Nội vụ", "at": hour}, "đã được xác nhận chưa đạt bởi Chuyên viên Sở Nội vụ lúc 20h15 ngày 09/3/2023"},
	{"confirm_void", map[string]any{"by": "Chuyên viên Sở Nội vụ", "at": hour}, "chưa kết luận được: xác nhận chưa đạt của Chuyên viên Sở Nội vụ lúc 20h15 ngày 09/3/2023 không được tính khi nguồn chưa được theo dõi đầy đủ trong kỳ hoặc còn tin, bài chưa xem xét; theo dõi đủ thì xác nhận này lại được tính"},
	{"confirm_void", map[string]any{"by": "Chuyên viên Sở Nội vụ", "at": hour, "basis": "reference"}, "xác nhận chưa đạt của Chuyên viên Sở Nội vụ lúc 20h15 ngày 09/3/2023 không được tính: đây là mức tham chiếu, không phải chỉ tiêu của kế hoạch"},
	{"confirmed_missed", map[string]any{"by": "Chuyên viên Sở Nội vụ", "at": hour, "basis": "reference"}, "đã được xác nhận thấp hơn mức tham chiếu bởi Chuyên viên Sở Nội vụ lúc 20h15 ngày 09/3/2023"},
	{"late", map[string]any{"date": "2023-03-09", "deadline": "2023-01-31", "days": 38, "basis": "reference"}, "ban hành ngày 09/3/2023, sau mức tham chiếu 38 ngày (hạn: trước ngày 31/01/2023)"},
	{"restate_proposed", map[string]any{"state": "", "added": 0, "removed": 1}, "đề nghị xem xét điều chỉnh số liệu đã chốt: kế hoạch hiện nay không còn giao nhiệm vụ này cho cơ quan này"},
	{"unconfirmed", nil, "đề nghị rà soát: kết quả tính tự động, chưa có người xác nhận"},
	{"late", map[string]any{"date": "2023-03-09", "deadline": "2023-01-31", "days": 38}, "ban hành ngày 09/3/2023, quá hạn 38 ngày (hạn: trước ngày 31/01/2023)"},
	{"declared_seen", map[string]any{"other": "Một cửa về tận thôn", "at": hour}, "đã thấy: hệ thống đã thu thập chính tin, bài này («Một cửa về tận thôn»), ngày 09/3/2023; tính theo bản đã thấy, mỗi tin, bài chỉ tính một lần"},
	{"declared_twice", map[string]any{"other": "Một cửa về tận thôn", "at": hour}, "trùng với nội dung đơn vị khai đã được chấp nhận («Một cửa về tận thôn»), ngày 09/3/2023; mỗi tin, bài chỉ tính một lần"},
	{"declared_too", map[string]any{"by": "Cán bộ", "at": hour}, "đơn vị cũng khai tin, bài này, đã được Cán bộ chấp nhận ngày 09/3/2023; chỉ tính một lần, theo bản đã thấy"},
	{"declared_stands", map[string]any{"other": "Một cửa", "why": "not_judged", "of": map[string]any{}}, "hệ thống có thấy tin, bài này nhưng không ghi nhận (chưa được phân loại) nên vẫn tính theo nội dung đơn vị khai đã được chấp nhận"},
	{"on_time", map[string]any{"date": "2023-01-18", "deadline": "2023-01-31"}, "ban hành ngày 18/01/2023, đúng hạn (hạn: trước ngày 31/01/2023)"},
	{"gap_too_long", map[string]any{"days": 9, "max": 7}, "khoảng trống dài nhất 9 ngày, dài hơn mức 7 ngày"},
	{"gap_within", map[string]any{"days": 5, "max": 7}, "khoảng trống dài nhất 5 ngày, trong mức 7 ngày"},
	{"needs_judgement", map[string]any{"n": 1}, "cần xem xét: 01 minh chứng chỉ chưa khớp mức tham chiếu"},
	{"awaiting_review", map[string]any{"n": 9}, "09 tin, bài chờ duyệt"},

	{"is_reform", map[string]any{"terms": []string{"một cửa", "thủ tục hành chính"}, "score": 0.93, "by": ""}, "nội dung về cải cách hành chính: «một cửa», «thủ tục hành chính» (điểm 93%)"},
	{"not_reform", map[string]any{"score": 0.12}, "chưa thấy là nội dung về cải cách hành chính (điểm 12%)"},
	{"not_judged", nil, "chưa được phân loại"},
	{"in_column", map[string]any{"column": "Cải cách hành chính"}, "thuộc chuyên mục «Cải cách hành chính»"},
	{"not_in_column", map[string]any{"column": []string{"Cải cách hành chính"}, "section": "Kinh tế"}, "không thuộc chuyên mục «Cải cách hành chính» (đăng ở mục «Kinh tế»)"},
	{"topic", map[string]any{"topics": []string{"tthc", "chinh-quyen-so"}}, "chủ đề: Cải cách thủ tục hành chính; Xây dựng, phát triển chính quyền điện tử, chính quyền số"},
	{"wrong_topic", map[string]any{"topics": []string{"the-che"}}, "không thuộc chủ đề được giao (chủ đề: Cải cách thể chế)"},
	{"long_enough", map[string]any{"minutes": 15, "seconds": 30, "wanted": 15}, "dài 15 phút 30 giây, bảo đảm ít nhất 15 phút"},
	{"too_short", map[string]any{"minutes": 12, "seconds": 40, "wanted": 15, "at": hour}, "phát 20h15 ngày 09/3/2023 dài 12 phút 40 giây, cần ít nhất 15 phút"},
	{"too_short", map[string]any{"minutes": 12, "seconds": 760, "wanted": 15}, "dài 12 phút 40 giây, cần ít nhất 15 phút"},
	{"first_run", nil, "phát sóng mới"},
	{"is_repeat", nil, "phát lại, không tính là phát sóng mới"},
	{"is_repeat", map[string]any{"at": hour}, "lần phát 20h15 ngày 09/3/2023 là phát lại, không tính là phát sóng mới"},
	{"in_window", map[string]any{"window": "18:00-22:00"}, "phát trong khung giờ có nhiều người theo dõi (18h00–22h00)"},
	{"outside_window", map[string]any{"at": hour}, "phát lúc 20h15 ngày 09/3/2023, ngoài khung giờ có nhiều người theo dõi"},
	{"outside_window", map[string]any{"at": hour, "windows": []string{"11:30–13:30", "18:00–20:00"}}, "phát lúc 20h15 ngày 09/3/2023, ngoài khung giờ có nhiều người theo dõi (11h30–13h30; 18h00–20h00)"},
	{"not_enough_inside", map[string]any{"at": hour, "windows": []string{"18:00–20:25"}, "minutes": 10, "seconds": 0, "wanted": 15}, "phát lúc 20h15 ngày 09/3/2023, chỉ có 10 phút nằm trong khung giờ có nhiều người theo dõi (18h00–20h25), cần ít nhất 15 phút"},
	{"planned_fits", map[string]any{"start": hour, "channel": "Truyền hình tỉnh", "length": 20}, "theo lịch dự kiến: phát 20h15 ngày 09/3/2023 trên Truyền hình tỉnh, dài 20 phút, sẽ được tính nếu phát đúng như vậy"},
	{"planned_unsure", map[string]any{"start": hour, "channel": "Truyền hình tỉnh"}, "lịch dự kiến có lần phát 20h15 ngày 09/3/2023 trên Truyền hình tỉnh, chưa rõ thời lượng"},
	{"planned_unfit", map[string]any{"start": hour, "channel": "Truyền hình tỉnh", "why": "too_short", "at": hour, "minutes": 12, "seconds": 40, "wanted": 15},
		"lịch dự kiến có lần phát 20h15 ngày 09/3/2023 trên Truyền hình tỉnh, sẽ không được tính: dài 12 phút 40 giây, cần ít nhất 15 phút"},
	{"planned_none", map[string]any{"channels": []string{"Truyền hình tỉnh"}, "until": hour}, "lịch dự kiến của Truyền hình tỉnh đến 20h15 ngày 09/3/2023 chưa có lần phát nào của chuyên mục"},
	{"planned_unfit", nil, "lịch dự kiến có lần phát, sẽ không được tính"},
	{"number_skipped", map[string]any{"first": 13, "last": 13, "missing": 1, "before": 12, "after": 14, "from": "2023-03-08T20:00:00+07:00", "to": "2023-03-22T20:00:00+07:00"}, "nhảy số: sau số 12 (08/3/2023) là số 14 (22/3/2023), thiếu số 13"},
	{"number_skipped", map[string]any{"first": 13, "last": 15, "missing": 3, "before": 12, "after": 16, "unseen": 1}, "nhảy số: sau số 12 là số 16, thiếu các số từ 13 đến 15; khoảng giữa chưa có đủ nhật ký, bảng kê"},
	{"number_skipped", map[string]any{"first": 6105, "last": 6105, "missing": 1, "step": 5, "before": 6100, "after": 6110}, "nhảy số: sau số 6100 là số 6110, thiếu 1 kỳ (thường cách nhau 5 số báo)"},
	{"number_back", map[string]any{"n": 3, "after": 13, "day": "2023-03-22"}, "số lùi: số 3 đứng sau số 13 (22/3/2023)"},
	{"number_double", map[string]any{"n": 12, "title": "Số 12: Một cửa", "other": "Số 12: Công vụ"}, "trùng số: số 12 dùng hai lần: «Số 12: Một cửa» và «Số 12: Công vụ»"},
	{"number_late", map[string]any{"n": 12, "seen": "2023-03-20", "after": 13, "before": "2023-03-13"}, "ghi nhận bổ sung: số 12 ghi nhận ngày 20/3/2023, sau số 13 (ghi nhận ngày 13/3/2023)"},
	{"week_skipped", map[string]any{"weeks": []string{"tuần 10 (06/3–12/3/2023)"}, "from": "2023-03-01", "to": "2023-03-15"}, "chuyên mục hằng tuần vắng tuần 10 (06/3–12/3/2023) (giữa 01/3/2023 và 15/3/2023)"},
	{"retention_run", map[string]any{"start": "2023-02-16T20:00:00+07:00", "channel": "Truyền hình tỉnh", "last": "2023-03-18", "days": 30, "basis": "Điều 52 Luật Báo chí 2016"},
		"sắp hết hạn lưu giữ: lần phát 20h00 ngày 16/02/2023 trên Truyền hình tỉnh chưa có minh chứng; đài chỉ lưu chương trình 30 ngày (Điều 52 Luật Báo chí 2016), đến hết 18/3/2023"},
	{"retention_days", map[string]any{"start": "2023-03-06", "to": "2023-03-12T23:59:59+07:00", "channel": "Truyền hình tỉnh", "last": "2023-04-05", "whole": "2023-04-11", "days": 30, "basis": "Điều 52 Luật Báo chí 2016"},
		"sắp hết hạn lưu giữ: chưa có nhật ký kênh Truyền hình tỉnh từ 06/3/2023 đến 12/3/2023; đài chỉ lưu chương trình 30 ngày (Điều 52 Luật Báo chí 2016), bản ghi của ngày đầu đến hết 05/4/2023, của ngày cuối đến hết 11/4/2023"},
	{"usually", map[string]any{"weekday": 3, "minute": 1210, "channel": "Truyền hình tỉnh", "met": 7, "of": 8}, "thường phát tối thứ Tư, 20h10, trên Truyền hình tỉnh (8 kỳ gần nhất đạt 7 kỳ)"},
	{"usually", map[string]any{"days": []string{"8", "22"}, "met": 3, "of": 3}, "thường đăng vào khoảng ngày 08, ngày 22 hằng tháng (3 kỳ gần nhất đạt 3 kỳ)"},
	{"not_enough_inside", nil, "bắt đầu trong khung giờ có nhiều người theo dõi nhưng phần nằm trong khung giờ chưa đủ thời lượng"},
	{"theme", map[string]any{"column": "Chung tay cải cách"}, "thuộc chuyên mục phát sóng «Chung tay cải cách»"},
	{"wrong_theme", map[string]any{"programme": "Bản tin trưa"}, "chương trình «Bản tin trưa» không thuộc chuyên mục được giao"},
	{"same_day", map[string]any{"date": day, "other": "Một cửa hiện đại"}, "cùng ngày 09/3/2023 với tin, bài đã ghi nhận («Một cửa hiện đại»), mỗi ngày tính một kỳ"},
	{"not_own", map[string]any{"names": []string{"Sở Y tế", "Thủ tướng"}}, "nói về nơi khác, không nêu đơn vị: Sở Y tế, Thủ tướng"},
	{"is_repost", map[string]any{"credit": "Nguồn: Báo tỉnh"}, "đăng lại (Nguồn: Báo tỉnh)"},
	{"outside_period", map[string]any{"at": day}, "ngoài kỳ: 09/3/2023"},
	{"no_date", nil, "không đọc được ngày đăng nên chưa xếp được vào kỳ"},
	{"struck", map[string]any{"by": "Chuyên viên Sở Nội vụ", "reason": "tin trùng"}, "Chuyên viên Sở Nội vụ không ghi nhận: tin trùng"},
	{"added", map[string]any{"by": "Chuyên viên Sở Nội vụ", "reason": "có bản in"}, "Chuyên viên Sở Nội vụ ghi nhận bổ sung: có bản in"},
	{"attested", map[string]any{"by": "Chuyên viên Sở Nội vụ", "document": "12/KH-SXD"}, "có minh chứng là văn bản số 12/KH-SXD, do Chuyên viên Sở Nội vụ ghi nhận"},
	{"too_short", map[string]any{"minutes": 14, "seconds": 40, "wanted": 15, "short_seconds": 20}, "dài 14 phút 40 giây, cần ít nhất 15 phút (thiếu 20 giây, đề nghị người có thẩm quyền xem xét)"},
	{"exempt_note", map[string]any{"reason": "bão lũ", "by": "Chuyên viên Sở Nội vụ"}, "đề nghị không đánh giá (bão lũ) do Chuyên viên Sở Nội vụ ghi, chưa đủ cơ quan ban hành, số, ngày và tệp văn bản nên chỉ là ghi chú"},
	{"none_arose", map[string]any{"document": "7/SXD-VP", "by": "Văn thư Sở Xây dựng"}, "không phát sinh trong kỳ, theo văn bản số 7/SXD-VP, do Văn thư Sở Xây dựng ghi nhận"},
	{"none_arose", nil, "không phát sinh trong kỳ"},
	{"stated_absent", map[string]any{"document": "9/SNV-CCHC", "by": "Chuyên viên Sở Nội vụ"}, "cơ quan có thẩm quyền xác nhận không có minh chứng, theo văn bản số 9/SNV-CCHC, do Chuyên viên Sở Nội vụ ghi nhận"},
	{"encouraged", nil, "chỉ thống kê: kế hoạch khuyến khích, không giao chỉ tiêu"},
	{"if_any", nil, "chỉ thống kê: kế hoạch ghi «nếu có»"},
	{"shadow", map[string]any{"agreed": ""}, "đang theo dõi thử, chưa thông báo: mức tham chiếu chưa có văn bản thống nhất của Sở Nội vụ"},
	{"shadow", map[string]any{"agreed": "12/SNV-CCHC"}, "đang theo dõi thử, chưa thông báo"},
	{"produce_by", map[string]any{"at": hour}, "hạn cuối còn kịp sản xuất: 20h15 ngày 09/3/2023"},
	{"past_usual", map[string]any{"usual": hour}, "muộn hơn thường lệ: các kỳ trước đến 20h15 ngày 09/3/2023 đã xong"},
	{"may_make_good", map[string]any{"until": day}, "còn được thực hiện bù đến 09/3/2023 theo mức tham chiếu"},
	{"made_good", map[string]any{"at": hour, "document": "18/PTTH-TH"}, "đã phát bù ngày 09/3/2023, theo văn bản số 18/PTTH-TH"},
	{"made_good_lost", map[string]any{"at": hour}, "lần phát bù ngày 09/3/2023 không còn tính được: nhật ký đã được thay, hoặc kỳ của lần phát ấy cần đến nó"},
	{"not_made_good", map[string]any{"by": "Chuyên viên", "document": "19/PTTH-TH"}, "sẽ không phát bù, theo văn bản số 19/PTTH-TH, do Chuyên viên ghi nhận"},
	{"agreed_make_good", map[string]any{"for": "2023-W10", "from": "2023-W11", "by": "Chuyên viên", "document": "18/PTTH-TH"}, "phát bù đã thống nhất cho kỳ 2023-W10 (phát trong kỳ 2023-W11), theo văn bản số 18/PTTH-TH, do Chuyên viên ghi nhận"},
	{"make_good_not_spare", map[string]any{"for": "2023-W10"}, "chưa tính bù được cho kỳ 2023-W10: kỳ này nay cần đến lần phát này"},
	{"register_missing", map[string]any{"register": "print"}, "chưa nhận được bảng kê tin, bài báo in"},
	{"register_missing", map[string]any{"register": "procedures"}, "chưa nhận được danh mục quyết định công bố thủ tục hành chính của Văn phòng UBND tỉnh"},
	{"register_missing", map[string]any{"register": "questions"}, "chưa nhận được bảng kê câu hỏi, trả lời"},
	{"list_to_come", nil, "chỉ biết được khi nhận bảng kê hoặc phiếu của kỳ, thường nộp sau khi hết kỳ"},
	{"not_probed", map[string]any{"page": "Đường dây nóng"}, "trong kỳ chưa kiểm tra được trang «Đường dây nóng»"},
	{"not_watched", map[string]any{"hours": 36}, "còn 36 giờ theo dõi chưa có số đo, chưa kết luận được"},
	{"page_found", nil, "trang, mục đang có"},
	{"page_found", map[string]any{"page": "Đường dây nóng", "at": hour}, "trang «Đường dây nóng» đang có (kiểm tra ngày 09/3/2023)"},
	{"enough_delivered", map[string]any{"delivered": 1, "wanted": 0, "unit": "items"}, "đã ghi nhận 1 tin, bài"},
	{"page_absent", map[string]any{"page": "Đường dây nóng"}, "máy chủ trả lời không có trang «Đường dây nóng»"},
	{"page_lacks", map[string]any{"page": "Liên hệ", "what": []string{"đường dây nóng", "thư điện tử"}, "since": hour}, "trang «Liên hệ» có, thiếu đường dây nóng, thư điện tử (từ lần kiểm tra ngày 09/3/2023)"},
	{"page_lacks", nil, "trang có, thiếu nội dung phải niêm yết"},
	{"page_doubtful", map[string]any{"page": "Liên hệ", "what": []string{"đường dây nóng"}}, "mới một lần thấy trang «Liên hệ» thiếu đường dây nóng, cần kiểm tra lại"},
	{"page_doubtful", map[string]any{"page": "Đường dây nóng"}, "mới một lần máy chủ trả lời không có trang «Đường dây nóng», cần kiểm tra lại"},
	{"fresh", map[string]any{"days": 4, "max": 30}, "tin, bài mới nhất cách 4 ngày, trong mức 30 ngày"},
	{"stale", map[string]any{"days": 31, "max": 30}, "tin, bài mới nhất đã cách 31 ngày, quá mức tham chiếu 30 ngày"},
	{"lag_within", map[string]any{"days": 3, "max": 5}, "lâu nhất 3 ngày làm việc, trong mức 5 ngày làm việc"},
	{"lag_too_long", map[string]any{"days": 8, "max": 5}, "lâu nhất 8 ngày làm việc từ khi ký đến khi đăng (hoặc vẫn chưa đăng), quá mức tham chiếu 5 ngày làm việc"},
	{"answer_late", map[string]any{"days": 18, "max": 15}, "có câu hỏi chờ trả lời 18 ngày làm việc, quá mức tham chiếu 15 ngày làm việc"},
	{"asked_unknown_n", map[string]any{"n": 2}, "02 câu hỏi chưa trả lời không xác định được ngày hỏi"},
	{"posted_only", map[string]any{"n": 3}, "tính trên số đã đăng (03 quyết định), chưa có danh mục của Văn phòng UBND tỉnh để đối chiếu"},
	{"available", map[string]any{"percent": 99.52, "wanted": 99}, "truy cập được 99,52% thời gian theo dõi, mức 99%"},
	{"unavailable", map[string]any{"percent": 98.4, "wanted": 99}, "truy cập được 98,4% thời gian theo dõi, thấp hơn mức tham chiếu 99%"},
	{"site_below", map[string]any{"site": "Sở Xây dựng", "percent": 91.25}, "trang của Sở Xây dựng truy cập được 91,25%"},
	{"closed", map[string]any{"period": "2023-03@14", "revision": 2, "at": hour}, "số liệu đã chốt kỳ 2023-03@14, lần 2 (20h15 ngày 09/3/2023)"},
	{"restate_proposed", map[string]any{"state": "met", "added": 1, "removed": 0}, "đề nghị xem xét điều chỉnh số liệu đã chốt: nay tính được «đạt», thêm 1 minh chứng, bớt 0 minh chứng"},
	{"in_period", map[string]any{"at": hour}, "trong kỳ: 20h15 ngày 09/3/2023"},
	{"printed", map[string]any{"number": "4101", "page": "2"}, "theo bảng kê báo in, số 4101, trang 2"},
	{"none_arose", map[string]any{"reason": "quý I không có chỉ đạo riêng", "by": "Văn thư Sở Xây dựng"}, "không phát sinh trong kỳ (quý I không có chỉ đạo riêng), do Văn thư Sở Xây dựng ghi nhận"},
	{"integrated", nil, "lồng ghép trong kế hoạch, văn bản chung"},
	{"not_posted", map[string]any{"number": "345/QĐ-UBND", "signed": day}, "chưa thấy đăng tải Quyết định số 345/QĐ-UBND ký ngày 09/3/2023"},
	{"posted_in", map[string]any{"number": "345/QĐ-UBND", "signed": "2023-03-06", "posted": "2023-03-09", "days": 3}, "Quyết định số 345/QĐ-UBND ký ngày 06/3/2023, đăng ngày 09/3/2023, sau 3 ngày làm việc"},
	{"signed_unknown", map[string]any{"number": "345/QĐ-UBND"}, "đã đăng Quyết định số 345/QĐ-UBND, chưa xác định được ngày ký"},
	{"not_decision", nil, "không phải bài đăng quyết định công bố thủ tục hành chính"},
	{"not_answered", map[string]any{"asked": day}, "chưa trả lời, hỏi ngày 09/3/2023"},
	{"not_answered", nil, "chưa trả lời; ngày hỏi không xác định"},
	{"same_decision", map[string]any{"other": "Công bố danh mục"}, "cùng quyết định với bài đăng đã ghi nhận («Công bố danh mục»), mỗi quyết định tính một lần"},
	{"posted_by", map[string]any{"number": "345/QĐ-UBND", "signed": "2023-03-06", "seen": "2023-03-09", "days": 3}, "Quyết định số 345/QĐ-UBND ký ngày 06/3/2023, danh mục không ghi ngày đăng: đăng không muộn hơn ngày 09/3/2023, tức là trong 3 ngày làm việc"},
	{"posted_undated", map[string]any{"number": "345/QĐ-UBND", "seen": "2023-03-20"}, "đã đăng Quyết định số 345/QĐ-UBND, danh mục không ghi ngày đăng; thấy lần đầu ngày 20/3/2023"},
	{"answered_by", map[string]any{"seen": "2023-03-20"}, "đã trả lời, không ghi ngày trả lời; thấy lần đầu ngày 20/3/2023"},
	{"answered_in", map[string]any{"asked": "2023-03-06", "answered": "2023-03-09", "days": 3}, "trả lời ngày 09/3/2023 sau 3 ngày làm việc (hỏi ngày 06/3/2023)"},
	{"asked_unknown", nil, "đã trả lời; ngày hỏi không xác định"},
	{"makes_good", map[string]any{"from": "2023-W11"}, "tính bù cho kỳ trước (thuộc kỳ 2023-W11)"},
	{"carried", map[string]any{"from": "2023-W10"}, "tính chuyển từ kỳ 2023-W10"},
	{"over_share", map[string]any{"of": "repost", "bound": "at_most", "percent": 50}, "ngoài tỷ lệ được tính: tin, bài đăng lại quá 50%"},
	{"same_production", map[string]any{"other": hour}, "cùng một chương trình đã ghi nhận ở lần phát 20h15 ngày 09/3/2023, chỉ tính một lần"},
	{"same_column", map[string]any{"other": "Một cửa hiện đại"}, "cùng chuyên mục với tin, bài đã ghi nhận («Một cửa hiện đại»), mỗi chuyên mục tính một lần"},
	{"superseded", nil, "đã được thay bằng nhật ký phát sóng nhận sau"},
	{"undeclared", map[string]any{"n": 2}, "02 tin, bài phát sóng chưa ghi đủ (chủ đề, trực tiếp, khách mời hoặc kênh), cần bổ sung bảng kê hoặc người có thẩm quyền ghi nhận"},
	{"declared_topic", map[string]any{"topics": []string{"tthc"}}, "chủ đề theo kịch bản, bảng kê của đài: Cải cách thủ tục hành chính"},
	{"declared_topic", map[string]any{"topics": []string{"tthc"}, "column": "Chung tay"}, "chủ đề đã thống nhất của chuyên mục «Chung tay»: Cải cách thủ tục hành chính"},
	{"topic_undeclared", nil, "bảng kê chưa ghi chủ đề, không đoán từ tên bài; cần người có thẩm quyền xem"},
	{"declared_other", nil, "được khai là không thuộc cải cách hành chính"},
	{"declared_other", map[string]any{"subject": "Nông vụ"}, "được khai là không thuộc cải cách hành chính («Nông vụ»)"},
	{"carrier", map[string]any{"column": "Thuế"}, "phát trong chuyên mục «Thuế»"},
	{"wrong_carrier", map[string]any{"column": []string{"Thuế", "Kinh tế"}, "programme": "Thời sự"}, "không phát trong chuyên mục «Thuế», «Kinh tế» (phát trong «Thời sự»)"},
	{"tone", map[string]any{"tones": []string{"praise", "critique"}}, "đài ghi là biểu dương, phản ánh hạn chế"},
	{"wrong_tone", map[string]any{"wanted": []string{"praise", "critique"}}, "đài không ghi là biểu dương hoặc phản ánh hạn chế"},
	{"wrong_tone", map[string]any{"wanted": []string{"critique"}, "tones": []string{"praise"}}, "đài không ghi là phản ánh hạn chế (ghi là biểu dương)"},
	{"live", nil, "phát trực tiếp"},
	{"recorded", nil, "ghi hình, ghi âm trước, không phát trực tiếp"},
	{"live_undeclared", nil, "bảng kê chưa ghi phát trực tiếp hay ghi trước"},
	{"guest", map[string]any{"guest": "Giám đốc Sở Nội vụ"}, "người trả lời: Giám đốc Sở Nội vụ"},
	{"wrong_guest", map[string]any{"guest": []string{"Phó giám đốc Sở Nội vụ"}}, "người trả lời không phải lãnh đạo sở, ban, ngành theo yêu cầu (Phó giám đốc Sở Nội vụ)"},
	{"guest_unknown", map[string]any{"guest": []string{"Giám đốc Công ty Mẫu"}}, "cơ quan của người trả lời chưa có trong danh mục (Giám đốc Công ty Mẫu), cần người có thẩm quyền xem"},
	{"guest_undeclared", nil, "bảng kê chưa ghi chức vụ của người trả lời"},
	{"language", map[string]any{"language": "hmong"}, "phát bằng tiếng Mông"},
	{"wrong_language", nil, "bảng kê không ghi phát bằng tiếng dân tộc"},
	{"wrong_language", map[string]any{"language": "thai"}, "phát bằng tiếng Thái"},
	{"medium", map[string]any{"channel": "Truyền hình Mẫu"}, "phát trên kênh Truyền hình Mẫu"},
	{"wrong_medium", map[string]any{"channel": "FM Mẫu"}, "phát trên kênh FM Mẫu, không phải loại sóng được yêu cầu"},
	{"channel_undeclared", nil, "bảng kê chưa ghi kênh phát"},
	{"declared_by_form", map[string]any{"month": "2023-03", "n": 2, "of": 5, "signed": "true"}, "tự khai trong phiếu tháng 3/2023, thứ 2 trong 5 tin, bài (phiếu có ký, đóng dấu)"},
	{"declared_by_form", map[string]any{"month": "2023-12", "n": 1, "of": 1, "signed": "false"}, "tự khai trong phiếu tháng 12/2023 (phiếu chưa ký)"},
	{"declared_by_system", map[string]any{"subject": "CCHC"}, "ghi trong hệ thống thông tin nguồn, chủ đề «CCHC»"},
	{"in_system_log", map[string]any{"month": "2023-03"}, "đã có dữ liệu của hệ thống thông tin nguồn cho tháng 3/2023 nên không tính thêm theo phiếu tự khai"},
	{"register_missing", map[string]any{"register": "segments"}, "chưa nhận được bảng kê tin, bài trong chương trình của đài"},
	{"register_missing", map[string]any{"register": "radio_form"}, "chưa nhận được phiếu tháng của đài truyền thanh, hoặc dữ liệu của hệ thống thông tin nguồn"},
	{"claim_both", nil, "đơn vị khai và hệ thống ghi nhận như nhau"},
	{"claim_only_unit", nil, "chỉ đơn vị khai: hệ thống không thấy ở địa chỉ, tên và ngày đã khai"},
	{"claim_only_seen", nil, "chỉ hệ thống ghi nhận: đơn vị chưa có ý kiến"},
	{"claim_other_date", map[string]any{"declared": day, "observed": hour.AddDate(0, 0, 1)}, "khác ngày: đơn vị khai ngày 09/3/2023, hệ thống ghi nhận ngày 10/3/2023"},
	{"claim_other_title", nil, "cùng địa chỉ, cùng ngày nhưng tên khác nhau"},
	{"claim_twice", nil, "khai trùng: tin, bài này đã có ở dòng khác"},
	{"claim_not_counted", map[string]any{"why": "no_date", "of": map[string]any{}}, "hệ thống thấy nhưng không ghi nhận: " + Reason("no_date", nil)},
	{"claim_not_counted", nil, "hệ thống thấy nhưng không ghi nhận"},
	{"claim_said_wrong", nil, "hệ thống ghi nhận, đơn vị cho là sai"},
	{"claim_not_ours", nil, "hệ thống ghi nhận, đơn vị cho là không phải của đơn vị"},
	{"claim_quantity", nil, "số lượng theo đơn vị khai, hệ thống không quan sát được"},
	{"claim_paper", map[string]any{"document": "12/KH-SO"}, "văn bản giấy theo đơn vị khai: văn bản số 12/KH-SO"},
	{"claim_outside", map[string]any{"declared": day}, "đơn vị khai ngoài kỳ, ngày 09/3/2023"},
}

var (
	hour = time.Date(2023, 3, 9, 20, 15, 0, 0, time.FixedZone("", 7*3600))
	day  = time.Date(2023, 3, 9, 0, 0, 0, 0, time.FixedZone("", 7*3600))
)

func TestReason(t *testing.T) {
	done := map[string]bool{}
	for _, c := range sentences {
		done[c.code] = true
		if got := Reason(c.code, c.args); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.code, got, c.want)
		}
		raw, err := json.Marshal(c.args)
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]any
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		if got := Reason(c.code, back); got != c.want {
			t.Errorf("%s after JSON:\n got %s\nwant %s", c.code, got, c.want)
		}
	}
	for _, code := range ReasonCodes() {
		if !done[code] {
			t.Errorf("%s has no test", code)
		}
		// without arguments, and with arguments of the wrong type, a sentence still comes
		for _, args := range []map[string]any{nil, {"at": 5, "wanted": "x", "terms": 7, "since": true, "delivered": []int{1}}} {
			check(t, code, Reason(code, args))
		}
	}
	if seen := map[string]bool{}; true {
		for _, code := range ReasonCodes() {
			if seen[code] {
				t.Errorf("%s stands twice", code)
			}
			seen[code] = true
		}
	}
	if got := Reason("brand_new", nil); !strings.Contains(got, "brand_new") {
		t.Errorf("unknown code gives %q", got)
	}
}

func check(t *testing.T, what, s string) {
	t.Helper()
	if s == "" || strings.Contains(s, "%!") || strings.Contains(s, "<nil>") || !norm.NFC.IsNormalString(s) || strings.Contains(s, "  ") {
		t.Errorf("%s: %q", what, s)
	}
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if w == "mù" {
			t.Errorf("%s: «mù» in %q", what, s)
		}
	}
}

func TestStates(t *testing.T) {
	for _, c := range []struct {
		state     string
		confirmed bool
		risk      string
		want, ref string
	}{
		{"met", false, "", "đạt", "đạt mức tham chiếu"},
		{"missed", true, "", "chưa đạt", "thấp hơn mức tham chiếu"},
		{"missed", false, "", "đề nghị rà soát", "thấp hơn mức tham chiếu"},
		{"open", false, "on_track", "đang trong kỳ", "đang trong kỳ"},
		{"open", false, "at_risk", "cần lưu ý", "cần lưu ý"},
		{"insufficient_data", false, "", "chưa đủ dữ liệu", "chưa đủ dữ liệu"},
		{"exempt", false, "", "không đánh giá", "không đánh giá"},
	} {
		if got := State(c.state, c.confirmed, c.risk); got != c.want {
			t.Errorf("State(%s, %v, %s) = %q, want %q", c.state, c.confirmed, c.risk, got, c.want)
		}
		if got := StateReference(c.state, c.confirmed, c.risk); got != c.ref {
			t.Errorf("StateReference(%s) = %q, want %q", c.state, got, c.ref)
		}
	}
	if got := State("odd", false, ""); !strings.Contains(got, "odd") {
		t.Errorf("unknown state gives %q", got)
	}
}

// The closed lists have words: none falls through to its own code.
func TestWords(t *testing.T) {
	for _, r := range strings.Fields("unreachable blocked robots_denied challenge soft_404 hijacked not_a_feed empty parse_error stale_cache layout_changed") {
		if s := Blind(r); strings.Contains(s, "lý do khác") || Outcome(r) != s {
			t.Errorf("%s: %q", r, s)
		}
	}
	for _, s := range strings.Fields("the-che tthc to-chuc-bo-may cong-vu tai-chinh-cong chinh-quyen-so chi-dao") {
		if Topic(s) == s {
			t.Errorf("topic %s has no name", s)
		}
	}
	for _, s := range strings.Fields("airings instalments items documents days minutes") {
		if Unit(s) == s {
			t.Errorf("unit %s has no word", s)
		}
	}
	for _, s := range strings.Fields("count minutes lag gap availability") {
		if Measure(s) == s {
			t.Errorf("measure %s has no name", s)
		}
	}
	for _, s := range strings.Fields("confirm-missed exempt attest strike add restate make-good") {
		if decision(s) == s {
			t.Errorf("decision %s has no word", s)
		}
	}
	for _, s := range strings.Fields("week month quarter half year once") {
		if Cadence(s) == s {
			t.Errorf("cadence %s has no word", s)
		}
	}
	for _, o := range []string{"", "ok", "not_modified"} {
		check(t, "outcome "+o, Outcome(o))
	}
	if Basis("plan") != "chỉ tiêu" || Basis("reference") != "mức tham chiếu" {
		t.Error("chỉ tiêu and mức tham chiếu")
	}
}
