package extract

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"loa/viet"
)

// The columns of a log.
const (
	fChannel field = iota
	fProgramme
	fSlot // a «Chuyên mục» beside a «Chương trình»
	fDate
	fStart
	fEnd
	fDuration
	fRun
	fTitle
	fields
)

// logForm is how an as-run log is headed.
var logForm = form{
	noun:  "nhật ký",
	wants: "«Kênh», «Chương trình», «Ngày phát», «Giờ phát», «Thời lượng», «Phát mới/Phát lại»",
	least: 3,
	heads: logHeads[:],
	names: []string{"Kênh", "Chương trình", "Chuyên mục", "Ngày phát", "Giờ phát", "Kết thúc", "Thời lượng", "Phát mới/Phát lại", "Tên số"},
	key:   fStart,
}

var logHeads = [fields][]string{
	fChannel:   {"kenh phat song", "kenh phat", "kenh", "ten kenh", "kenh he", "kenh song", "he phat", "he", "song", "dai", "channel", "station"},
	fProgramme: {"ten chuong trinh", "chuong trinh", "ten ct", "chuong trinh phat song", "ten chuong trinh phat song", "program", "programme", "ten chuyen muc", "chuyen muc", "chuyen muc chuong trinh", "chuong trinh chuyen muc", "noi dung chuong trinh", "noi dung phat song", "noi dung"},
	fSlot:      {"chuyen muc", "ten chuyen muc", "nhom chuong trinh", "the loai"},
	fDate:      {"ngay phat song", "ngay phat", "ngay", "ngay thang", "ngay thang nam", "ngay phat hanh", "date"},
	fStart:     {"gio phat song", "gio phat", "gio bat dau", "thoi gian bat dau", "bat dau", "gio", "thoi diem phat", "thoi diem phat song", "gio len song", "thoi gian phat", "thoi gian phat song", "thoi gian", "start", "start time", "tu gio"},
	fEnd:       {"gio ket thuc", "thoi gian ket thuc", "ket thuc", "end", "end time", "den gio"},
	fDuration:  {"thoi luong", "thoi luong phat", "thoi luong phat song", "tl", "t luong", "do dai", "duration", "length"},
	fRun:       {"phat moi phat lai", "lan phat", "lan phat song", "moi lai", "moi phat lai", "pm pl", "loai phat", "hinh thuc phat", "hinh thuc", "tinh chat", "phat lai", "first run", "run", "ghi chu"},
	fTitle:     {"ten so", "ten tap", "tieu de", "ten bai", "chu de", "de tai", "so phat song", "so", "noi dung", "noi dung chinh", "title", "episode"},
}

// lengthUnit is the unit of a bare number in the length column; 0 if the header
// names none, and no person does.
func (t *table) lengthUnit() time.Duration { return unitOf(t, fDuration) }

func unitOf(t *table, f field) time.Duration {
	if t.unit != 0 {
		return t.unit
	}
	switch _, unit := headField(t.title(f)); {
	case strings.Contains(unit, "phut"), unit == "p", unit == "min":
		return time.Minute
	case strings.Contains(unit, "giay"), unit == "s":
		return time.Second
	}
	return 0
}

// strictRun reports whether the run column speaks of nothing else: «Ghi chú»
// may say anything.
func (t *table) strictRun() bool {
	name, _ := headField(t.title(fRun))
	return t.has(fRun) && name != "ghi chu" && name != "hinh thuc" && name != "tinh chat"
}

var clockForm = regexp.MustCompile(`(?i)^(\d{1,2})\s*(?:[:.hg]|giờ)\s*(?:(\d{1,2})\s*(?:(?:[:.']|p|phút|m)\s*(?:(\d{1,2})(?:[:;.,]\d{1,3}|s|"|giây)?)?)?)?\s*(AM|PM|SA|CH)?$`)

// clock reads the time of a day: 20:00, 20:00:00, 6h30, 8:05 CH. Hours up to
// 29 are the small hours after a broadcast day («24:15»).
func (t *table) clock(s string) (time.Duration, bool) {
	if v, ok := t.serial(s); ok && v < 1.25 {
		return time.Duration(math.Round(v*86400)) * time.Second, true
	}
	m := clockForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	h, _ := strconv.Atoi(m[1])
	mi, _ := strconv.Atoi(m[2])
	sec, _ := strconv.Atoi(m[3])
	switch strings.ToUpper(m[4]) {
	case "PM", "CH":
		if h > 12 {
			return 0, false
		}
		h = h%12 + 12
	case "AM", "SA":
		if h > 12 {
			return 0, false
		}
		h %= 12
	}
	if h > 29 || mi > 59 || sec > 59 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(mi)*time.Minute + time.Duration(sec)*time.Second, true
}

// length reads a duration cell. A bare number counts in unit, the header's. A
// sheet's fraction of a day of five hours and more, in whole minutes, was typed
// as «15:30» for minutes and seconds, which the sheet took for a quarter to four.
func (t *table) length(s string, unit time.Duration) (time.Duration, bool) {
	v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || math.IsNaN(v) || v < 0 || v > 1e6 {
		return viet.ParseDuration(s)
	}
	if t.sheet && v < 1 && !(unit == time.Minute && v >= 0.25) {
		d := time.Duration(math.Round(v*86400)) * time.Second
		if d >= 5*time.Hour && d%time.Minute == 0 {
			d /= 60
		}
		return d, true
	}
	if unit == 0 {
		return 0, false
	}
	return time.Duration(v * float64(unit)).Round(time.Second), true
}
