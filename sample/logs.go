package sample

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/schedule/calendar"
)

// LogFile is one as-run log (nhật ký phát sóng) as the station sends it: one
// channel, one ISO week.
type LogFile struct {
	Name     string
	Channel  string    // channel slug: mau-tv, mau-fm
	Sender   string    // who vouches for the span
	From, To time.Time // span declared complete, To exclusive
	Known    time.Time // when it reaches the office: Monday after the week, 06:00; week 7's a month later
	Data     []byte    // CSV, or XLSX by the name's ending
}

// Logs lists the logs that have arrived by until, oldest week first. Week 7 of
// 2023 comes on 21 March, after its reporting period was closed; the radio's of
// week 9 never does; week 5 has an
// airing below fifteen minutes alone, week 8 a repeat alone, week 10 a first run
// too late in the evening beside one on radio.
func Logs(until time.Time) []LogFile {
	return slices.DeleteFunc(slices.Clone(logs()), func(l LogFile) bool { return l.Known.After(until) })
}

// run is one line of a log.
type run struct {
	programme, title string
	start            time.Time
	length           time.Duration
	repeat           bool
}

var logs = sync.OnceValue(func() []LogFile {
	var out []LogFile
	for monday := time.Date(2022, 12, 26, 0, 0, 0, 0, calendar.Zone); monday.Before(time.Date(2023, 4, 3, 0, 0, 0, 0, calendar.Zone)); monday = monday.AddDate(0, 0, 7) {
		_, week := monday.ISOWeek()
		f := LogFile{Sender: "Phòng Kỹ thuật - Phát sóng, Đài PT-TH tỉnh Mẫu (mẫu)", From: monday, To: monday.AddDate(0, 0, 7)}
		f.Known = f.To.Add(6 * time.Hour)
		if week == 7 {
			f.Known = mmdd("0321").Add(6 * time.Hour)
		}
		span := monday.Format("020106") + "-" + monday.AddDate(0, 0, 6).Format("020106")
		tv, radio := f, f
		tv.Channel, tv.Name = "mau-tv", "nhat-ky-truyen-hinh-"+span+".csv"
		tv.Data = televisionCSV(televisionWeek(monday, week))
		if week == 3 || week == 9 { // somebody else was on duty
			tv.Name = strings.TrimSuffix(tv.Name, ".csv") + ".xlsx"
			tv.Data = televisionXLSX(televisionWeek(monday, week))
		}
		radio.Channel, radio.Name = "mau-fm", "nhat-ky-phat-thanh-"+span+".csv"
		radio.Data = radioCSV(radioWeek(monday, week))
		if out = append(out, tv); week != 9 {
			out = append(out, radio)
		}
	}
	return out
})

// reformRuns gives the Friday edition of «Chung tay cải cách hành chính» by
// ISO week: length of the first run, 0 where there is none.
func reformRun(week int) (length time.Duration, at time.Duration) {
	at = 20*time.Hour + 5*time.Minute
	switch week {
	case 3:
		return 15 * time.Minute, at // to the second
	case 5:
		return 12*time.Minute + 40*time.Second, at
	case 8:
		return 0, at
	case 10:
		return 16 * time.Minute, 22*time.Hour + 20*time.Minute // after the football
	}
	return time.Duration(15*60+20+week*37%170) * time.Second, at
}

func televisionWeek(monday time.Time, week int) []run {
	var out []run
	evening := []string{"Pháp luật và đời sống", "Nông thôn ngày nay", "Khoa giáo", "Sức khỏe cho mọi người", "", "Văn hóa các dân tộc", "Phim tài liệu"}
	for i := range 7 {
		d := monday.AddDate(0, 0, i)
		at := func(h, m, s int) time.Time {
			return d.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second)
		}
		news := "Bản tin ngày " + d.Format("02/01/2006")
		out = append(out,
			run{"Chào buổi sáng", news, at(6, 0, 0), 30 * time.Minute, false},
			run{"Thời sự trưa", news, at(11, 30, 0), 14*time.Minute + 50*time.Second, false})
		if i == 5 { // Saturday noon repeats Friday's edition, or the week before's
			if length, _ := reformRun(week); week == 8 {
				out = append(out, run{"Chung tay cải cách hành chính", edition(week - 1), at(11, 45, 0), 17*time.Minute + 5*time.Second, true})
			} else {
				out = append(out, run{"Chung tay cải cách hành chính", edition(week), at(11, 45, 0), length, true})
			}
		}
		out = append(out, run{"Thời sự tối", news, at(19, 45, 0), 19*time.Minute + 40*time.Second, false})
		if i != 4 {
			out = append(out, run{evening[i], "Số " + strconv.Itoa(week*7+i), at(20, 5, 10), 20 * time.Minute, i == 6})
			continue
		}
		length, when := reformRun(week)
		if length > 0 {
			out = append(out, run{"Chung tay cải cách hành chính", edition(week), d.Add(when), length, false})
		}
		if length == 0 || when > 22*time.Hour {
			out = append(out, run{"Bóng đá", "Trực tiếp", at(20, 5, 10), 110 * time.Minute, false})
		}
	}
	slices.SortStableFunc(out, func(a, b run) int { return a.start.Compare(b.start) })
	return out
}

// edition names a production by its week.
func edition(week int) string { return fmt.Sprintf("Số %02d/2023", week%52) }

// radioWeek has a short reform column on Tuesdays; only some are long enough.
func radioWeek(monday time.Time, week int) []run {
	var out []run
	for i := range 7 {
		d := monday.AddDate(0, 0, i)
		out = append(out,
			run{"Bản tin sáng", "", d.Add(5*time.Hour + 30*time.Minute), 15 * time.Minute, false},
			run{"Ca nhạc theo yêu cầu", "", d.Add(9 * time.Hour), 45 * time.Minute, i%2 == 1},
			run{"Thời sự chiều", "", d.Add(17 * time.Hour), 20 * time.Minute, false})
		if i == 1 {
			length := 10 * time.Minute
			if week == 2 || week == 6 || week == 10 {
				length = 15*time.Minute + 30*time.Second
			}
			out = append(out, run{"Cải cách hành chính và cuộc sống", edition(week), d.Add(17*time.Hour + 25*time.Minute), length, false})
		}
	}
	return out
}

func televisionRows(runs []run) [][]string {
	rows := [][]string{{"Kênh", "Tên chương trình", "Nội dung", "Ngày phát sóng", "Giờ phát sóng", "Thời lượng", "Hình thức phát"}}
	for _, r := range runs {
		form := "Phát mới"
		if r.repeat {
			form = "Phát lại"
		}
		rows = append(rows, []string{"Truyền hình Mẫu", r.programme, r.title, r.start.Format("02/01/2006"), r.start.Format("15:04:05"), hms(r.length), form})
	}
	return rows
}

func hms(d time.Duration) string {
	s := int(d.Seconds())
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

// televisionCSV is what the playout system exports: byte order mark, commas, CRLF.
func televisionCSV(runs []run) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.WriteAll(televisionRows(runs)); err != nil {
		panic(err) // a bytes.Buffer does not fail
	}
	return b.Bytes()
}

// radioCSV is typed by hand: semicolons, other header names, «17h25», minutes and seconds in words of the trade.
func radioCSV(runs []run) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = ';'
	rows := [][]string{{"Ngày", "Giờ", "Chương trình", "Thời lượng", "Phát mới/Phát lại"}}
	for _, r := range runs {
		form := "PM"
		if r.repeat {
			form = "PL"
		}
		s := int(r.length.Seconds())
		length := fmt.Sprintf("%d'", s/60)
		if s%60 != 0 {
			length = fmt.Sprintf(`%d'%02d"`, s/60, s%60)
		}
		rows = append(rows, []string{r.start.Format("2/1/2006"), fmt.Sprintf("%dh%02d", r.start.Hour(), r.start.Minute()), r.programme, length, form})
	}
	if err := w.WriteAll(rows); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// televisionXLSX is the same log as a spreadsheet with a heading above the table.
func televisionXLSX(runs []run) []byte {
	f := excelize.NewFile()
	defer f.Close()
	const sheet = "Sheet1"
	rows := append([][]string{{"NHẬT KÝ PHÁT SÓNG KÊNH TRUYỀN HÌNH MẪU"}, {}}, televisionRows(runs)...)
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, c := range row {
			cells[j] = c
		}
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &cells); err != nil {
			panic(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}
