package sample

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/media"
	"loa/schedule/calendar"
)

// RegisterFile is one register (bảng kê) as its sender hands it in: declared
// complete for a span. Without Data it states that there was nothing.
type RegisterFile struct {
	Name     string // "" without a file
	Kind     media.RegisterKind
	Agency   string // slug of the agency whose publications it lists
	Sender   string
	From, To time.Time // To exclusive
	Known    time.Time // when it reaches the office
	Note     string    // the sender's words where there is nothing
	Data     []byte    // CSV, or XLSX by the name's ending
}

// Registers lists what has been handed in by until, in order of receipt: each
// month the office's decisions and the portal's questions come in the first days
// of the next; of the newspaper January's says that nothing was in print, and
// February's comes ten days late. The station lists the items of its programmes.
func Registers(until time.Time) []RegisterFile {
	all := registers()
	n := 0
	for n < len(all) && !all[n].Known.After(until) {
		n++
	}
	return append([]RegisterFile(nil), all[:n]...)
}

// question is one line of the portal's register of questions.
type question struct{ id, text, asked, answered string }

// questions by month, in the order of asking; those of December and March stand in
// no register yet, only in the portal's column. One of January has no day of asking; of February one was
// answered after seventeen working days, and one is not answered yet.
func questions() map[time.Month][]question {
	return map[time.Month][]question{
		time.December: {
			{"HĐ-2228", "Thủ tục đăng ký tạm trú trực tuyến thực hiện như thế nào?", "02/12/2022", "08/12/2022"},
			{"HĐ-2229", "Đổi giấy phép lái xe quốc tế nộp hồ sơ ở đâu?", "09/12/2022", "15/12/2022"},
			{"HĐ-2230", "Hộ kinh doanh tạm ngừng hoạt động có phải thông báo không?", "16/12/2022", "22/12/2022"},
			{"HĐ-2231", "Chứng thực bản sao tại xã có thu lệ phí không?", "23/12/2022", "29/12/2022"},
		},
		time.January: {
			{"HĐ-2301", "Cấp lại giấy phép lái xe cần mang theo giấy tờ gì?", "04/01/2023", "09/01/2023"},
			{"HĐ-2302", "Thời hạn giải quyết thủ tục tách thửa đất là bao lâu?", "11/01/2023", "30/01/2023"},
			{"HĐ-2303", "Nộp hồ sơ đăng ký kinh doanh trực tuyến có phải nộp bản giấy không?", "", "17/01/2023"},
		},
		time.February: {
			{"HĐ-2304", "Xin trích lục khai sinh ở xã khác nơi cư trú được không?", "31/01/2023", "06/02/2023"},
			{"HĐ-2305", "Lệ phí cấp giấy phép xây dựng nhà ở riêng lẻ nộp ở đâu?", "03/02/2023", "28/02/2023"},
			{"HĐ-2306", "Hồ sơ hỗ trợ chuyển đổi nghề cho lao động nông thôn gồm những gì?", "15/02/2023", "Chưa trả lời"},
		},
		time.March: {
			{"HĐ-2307", "Hồ sơ đề nghị cấp phiếu lý lịch tư pháp có nộp qua bưu điện được không?", "02/03/2023", "10/03/2023"},
			{"HĐ-2308", "Thời gian làm việc của bộ phận một cửa cấp xã vào thứ Bảy như thế nào?", "09/03/2023", "16/03/2023"},
			{"HĐ-2309", "Mất biên nhận hồ sơ đất đai thì nhận kết quả bằng cách nào?", "27/03/2023", "Chưa trả lời"},
		},
	}
}

// Question is one of them as it truly is, for tests.
type Question struct{ Asked, Answered time.Time } // local midnights; zero if not known, not answered

// Questions lists what was asked, by the month in whose register it stands or will stand.
func Questions(m time.Month) []Question {
	var out []Question
	for _, q := range questions()[m] {
		var t Question
		t.Asked, _ = time.ParseInLocation("02/01/2006", q.asked, calendar.Zone) // what is no day is none
		t.Answered, _ = time.ParseInLocation("02/01/2006", q.answered, calendar.Zone)
		out = append(out, t)
	}
	return out
}

const (
	officeSender = "Văn phòng UBND tỉnh Mẫu (mẫu)"
	portalSender = "Ban Biên tập Cổng TTĐT tỉnh Mẫu (mẫu)"
	paperSender  = "Ban Thư ký tòa soạn Báo Mẫu (mẫu)"
)

var registers = sync.OnceValue(func() []RegisterFile {
	month := func(m time.Month) RegisterFile {
		from := mmdd(fmt.Sprintf("%02d01", m))
		return RegisterFile{From: from, To: from.AddDate(0, 1, 0)}
	}
	file := func(m time.Month, kind media.RegisterKind, agency, sender, name string, known string, data []byte) RegisterFile {
		r := month(m)
		r.Kind, r.Agency, r.Sender, r.Name, r.Data, r.Known = kind, agency, sender, name, data, mmdd(known).Add(10*time.Hour)
		return r
	}
	none := month(time.January)
	none.Kind, none.Agency, none.Sender, none.Note, none.Known = media.RegPrint, "bao", paperSender, "không có trên báo in", mmdd("0202").Add(9*time.Hour)
	return []RegisterFile{
		none,
		file(time.January, media.RegProcedures, "cong-ttdt", officeSender, "danh-muc-quyet-dinh-012023.csv", "0202", csvRegister(procedureRows(time.January))),
		file(time.January, media.RegSegments, "dai-ptth", stationSender, "bang-ke-tin-bai-012023.xlsx", "0202", xlsxSigned("BẢNG KÊ TIN, BÀI CẢI CÁCH HÀNH CHÍNH THÁNG 01/2023", segmentRows(time.January), "TỔNG GIÁM ĐỐC")),
		file(time.January, media.RegQuestions, "cong-ttdt", portalSender, "hoi-dap-012023.csv", "0203", csvRegister(questionRows(time.January))),
		file(time.February, media.RegProcedures, "cong-ttdt", officeSender, "danh-muc-quyet-dinh-022023.xlsx", "0302", xlsxRegister("DANH MỤC QUYẾT ĐỊNH CÔNG BỐ THỦ TỤC HÀNH CHÍNH THÁNG 02/2023", procedureRows(time.February))),
		file(time.February, media.RegSegments, "dai-ptth", stationSender, "bang-ke-tin-bai-022023.csv", "0302", csvRegister(segmentRows(time.February))),
		file(time.February, media.RegQuestions, "cong-ttdt", portalSender, "hoi-dap-022023.csv", "0303", csvRegister(questionRows(time.February))),
		file(time.February, media.RegPrint, "bao", paperSender, "so-bao-in-022023.csv", "0313", csvRegister(printRows(time.February))),
	}
})

func procedureRows(m time.Month) [][]string {
	rows := [][]string{{"STT", "Số, ký hiệu", "Ngày ký", "Trích yếu"}}
	for _, d := range decisions() {
		if signed := mmdd(d.signed); signed.Month() == m {
			rows = append(rows, []string{fmt.Sprint(len(rows)), d.number, signed.Format("02/01/2006"), "Về việc " + d.subject()})
		}
	}
	return rows
}

func questionRows(m time.Month) [][]string {
	rows := [][]string{{"Mã", "Câu hỏi", "Ngày hỏi", "Ngày trả lời"}}
	for _, q := range questions()[m] {
		rows = append(rows, []string{q.id, q.text, q.asked, q.answered})
	}
	return rows
}

// printRows is what the newspaper printed of its politics and reform pieces: in
// each issue those that went on line that day.
func printRows(m time.Month) [][]string {
	rows := [][]string{{"Số báo", "Ngày phát hành", "Trang", "Chuyên mục", "Tiêu đề"}}
	for _, p := range province().pieces {
		if p.site.form != "newspaper" || p.Published.Month() != m || p.section.code != "58" && p.section.code != "11" {
			continue
		}
		at := "2"
		if p.Column != "" {
			at = "5"
		}
		rows = append(rows, []string{fmt.Sprint(5080 + p.Published.YearDay()), p.Published.Format("02/01/2006"), at, p.Section, p.Title})
	}
	return rows
}

// csvRegister is how a spreadsheet saves it: byte order mark, semicolons.
func csvRegister(rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma = ';'
	if err := w.WriteAll(rows); err != nil {
		panic(err) // a bytes.Buffer does not fail
	}
	return b.Bytes()
}

// xlsxRegister has a heading above the table and a signature below it.
func xlsxRegister(heading string, rows [][]string) []byte {
	return xlsxSigned(heading, rows, "TL. CHỦ TỊCH, CHÁNH VĂN PHÒNG")
}

func xlsxSigned(heading string, rows [][]string, signer string) []byte {
	f := excelize.NewFile()
	defer f.Close()
	all := append([][]string{{heading}, {}}, rows...)
	all = append(all, []string{}, []string{"", "", "", signer})
	for i, row := range all {
		cells := make([]any, len(row))
		for j, c := range row {
			cells[j] = strings.TrimSpace(c)
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
			panic(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}
