package sample

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"sync"
	"time"

	"loa/media"
)

// Segment is one item inside a programme as it truly was, for tests.
type Segment struct {
	At        time.Time
	Channel   string // as the list prints it
	Programme string
	Column    string // column slug, "" if it is none of the plan's
	Title     string
	Topic     string // as the list prints it; "" where the station left it out
	Topics    []string
	Tone      string // "praise", "critique", ""
	Live      bool
	Guest     string
	Repeat    bool
}

const (
	stationSender  = "Phòng Thư ký biên tập, Đài PT-TH tỉnh Mẫu (mẫu)"
	districtSender = "Phòng Văn hóa và Thông tin huyện Khe Mây (mẫu)"
	systemSender   = "Hệ thống thông tin nguồn tỉnh Mẫu (mẫu)"
)

// Segments lists the items of January and February in which the station's lists
// stand. In January a piece on administrative procedures goes out on both
// channels, and a director answers live; of one of February's nobody has
// written what it is about, whatever its title says.
func Segments(m time.Month) []Segment {
	at := func(day string, h, mi int) time.Time {
		return mmdd(day).Add(time.Duration(h)*time.Hour + time.Duration(mi)*time.Minute)
	}
	const tv, fm = "Truyền hình Mẫu", "Phát thanh Mẫu"
	tthc, cong, so := []string{media.TTHC}, []string{media.CongVu}, []string{media.ChinhQuyenSo}
	switch m {
	case time.January:
		return []Segment{
			{At: at("0106", 19, 47), Channel: tv, Programme: "Thời sự tối", Title: "Bộ phận một cửa huyện Suối Trăng trả kết quả tại nhà", Topic: "P2", Topics: tthc, Tone: media.TonePraise},
			{At: at("0107", 5, 32), Channel: fm, Programme: "Bản tin sáng", Title: "Bộ phận một cửa huyện Suối Trăng trả kết quả tại nhà", Topic: "P2", Topics: tthc, Tone: media.TonePraise},
			{At: at("0111", 20, 6), Channel: tv, Programme: "Chuyên mục Thuế và cuộc sống", Column: "thue", Title: "Nộp tờ khai thuế điện tử những ngày đầu năm", Topic: "P6", Topics: so},
			{At: at("0117", 20, 5), Channel: tv, Programme: "Đối thoại", Title: "Giám đốc Sở Nội vụ trả lời người dân về thủ tục hành chính", Topic: "P2; P4", Topics: []string{media.TTHC, media.CongVu}, Live: true, Guest: "Giám đốc Sở Nội vụ"},
			{At: at("0122", 19, 50), Channel: tv, Programme: "Thời sự tối", Title: "Chợ hoa ngày giáp Tết", Topic: "Khác"},
			{At: at("0130", 19, 52), Channel: tv, Programme: "Thời sự tối", Title: "Còn hồ sơ đất đai trễ hẹn ở một số xã", Topic: "Thủ tục hành chính", Topics: tthc, Tone: media.ToneCritique},
		}
	case time.February:
		return []Segment{
			{At: at("0208", 19, 48), Channel: tv, Programme: "Thời sự tối", Title: "Tổ công nghệ số cộng đồng xã Lũng Mây đến từng nhà", Topic: "P2", Topics: tthc, Tone: media.TonePraise},
			{At: at("0209", 11, 33), Channel: tv, Programme: "Thời sự trưa", Title: "Tổ công nghệ số cộng đồng xã Lũng Mây đến từng nhà", Topic: "P2", Topics: tthc, Tone: media.TonePraise, Repeat: true},
			{At: at("0215", 17, 4), Channel: fm, Programme: "Thời sự chiều", Title: "Cải cách thủ tục hành chính ở xã Khe Trăng"},
			{At: at("0221", 19, 55), Channel: tv, Programme: "Thời sự tối", Title: "Kiểm tra giờ giấc làm việc sau Tết", Topic: "P4", Topics: cong},
			{At: at("0222", 20, 6), Channel: tv, Programme: "Thuế và cuộc sống", Column: "thue", Title: "Hạn quyết toán thuế thu nhập cá nhân", Topic: "Khác"},
		}
	}
	return nil
}

func segmentRows(m time.Month) [][]string {
	rows := [][]string{{"STT", "Ngày phát", "Giờ phát", "Kênh", "Chuyên mục, chương trình", "Tên tin, bài", "Chủ đề", "Tính chất", "Trực tiếp/Ghi hình", "Chức vụ khách mời", "Phát mới/Phát lại"}}
	for i, s := range Segments(m) {
		tone := map[string]string{media.TonePraise: "Biểu dương", media.ToneCritique: "Phản ánh hạn chế"}[s.Tone]
		mode, run := "Ghi hình", "PM"
		if s.Live {
			mode = "Trực tiếp"
		}
		if s.Repeat {
			run = "PL"
		}
		rows = append(rows, []string{fmt.Sprint(i + 1), s.At.Format("02/01/2006"), s.At.Format("15h04"), s.Channel, s.Programme, s.Title, s.Topic, tone, mode, s.Guest, run})
	}
	return rows
}

// RadioFile is one sheet about loudspeakers as it is handed in.
type RadioFile struct {
	Name, Sender string
	District     string    // slug of the district whose communes it lists, "" for the system's log
	From, To     time.Time // the month of a form; the span of a log, To exclusive
	Known        time.Time
	Log, Signed  bool
	Data         []byte
}

// Radio lists what has been handed in by until, in order of receipt: for January
// the district's sheet, in which one commune says three and one says none; for
// February the province's system has one commune's bulletins, of which the sheet
// that comes later tells more, and leaves the other empty.
func Radio(until time.Time) []RadioFile {
	all := radioFiles()
	n := 0
	for n < len(all) && !all[n].Known.After(until) {
		n++
	}
	return append([]RadioFile(nil), all[:n]...)
}

var radioFiles = sync.OnceValue(func() []RadioFile {
	month := func(m time.Month, known string) RadioFile {
		from := mmdd(fmt.Sprintf("%02d01", m))
		return RadioFile{Sender: districtSender, District: "huyen-khe-may", From: from, To: from.AddDate(0, 1, 0), Known: mmdd(known).Add(15 * time.Hour), Signed: true}
	}
	january, log, february := month(time.January, "0206"), month(time.February, "0303"), month(time.February, "0307")
	january.Name, january.Data = "truyen-thanh-khe-may-012023.xlsx", xlsxSigned("TỔNG HỢP TIN, BÀI CẢI CÁCH HÀNH CHÍNH TRÊN LOA TRUYỀN THANH THÁNG 01/2023", [][]string{
		{"STT", "Xã, phường, thị trấn", "Số tin, bài CCHC", "Số phút", "Ghi chú"}, {"1", "Xã Lũng Mây", "3", "25", ""}, {"2", "Xã Khe Trăng", "0", "0", "loa hỏng"}, {"", "Tổng cộng", "3", "25", ""},
	}, "TRƯỞNG PHÒNG")
	february.Name, february.Data = "truyen-thanh-khe-may-022023.csv", csvRegister([][]string{
		{"STT", "Xã", "Số tin, bài CCHC", "Số phút"}, {"1", "Lũng Mây", "4", "30"}, {"2", "Khe Trăng", "", ""},
	})
	log.Log, log.District, log.Sender, log.Signed, log.Name = true, "", systemSender, false, "he-thong-thong-tin-nguon-022023.csv"
	log.Data = csvRadio([][]string{
		{"Huyện", "Xã", "Ngày giờ phát", "Tiêu đề", "Thời lượng (phút)", "Số lần phát", "CCHC"},
		{"Khe Mây", "Lũng Mây", "09/02/2023 17:00", "Lịch trực bộ phận một cửa xã", "4", "3", "Có"},
		{"Khe Mây", "Lũng Mây", "14/02/2023 17:00", "Lịch tiêm phòng gia súc", "3", "2", "Không"},
		{"Khe Mây", "Lũng Mây", "23/02/2023 17:00", "Nộp hồ sơ hộ tịch trên mạng", "6", "2", "Có"},
	})
	return []RadioFile{january, log, february}
})

// csvRadio is what the system exports: commas, no mark.
func csvRadio(rows [][]string) []byte {
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		panic(err) // a bytes.Buffer does not fail
	}
	return b.Bytes()
}
