package extract

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
)

// The columns of a station's list of items (bảng kê tin, bài trong chương trình)
// that no other register has.
const (
	rTime field = registerFields + iota
	rChannel
	rLength
	rTopic
	rTone
	rPraise
	rCritique
	rMode
	rRun
	rGuest
	rBody
	rLanguage
	rScript
	segmentFields
)

func segmentForm() form {
	heads := [segmentFields][]string{
		rDate: {"ngay phat song", "ngay phat", "ngay len song", "ngay gio phat song", "ngay gio phat", "ngay gio", "thoi gian phat song", "thoi gian phat", "ngay thang nam", "ngay thang",
			"ngay phat hanh", "ngay", "thoi gian", "date"},
		rSection: {"chuyen muc", "ten chuyen muc", "trong chuyen muc", "chuyen muc chuong trinh", "chuong trinh chuyen muc", "ten chuong trinh chuyen muc", "trong chuong trinh", "chuong trinh phat song",
			"ten chuong trinh", "chuong trinh", "muc", "programme"},
		rTitle: {"ten tin bai", "tieu de", "tieu de tin bai", "ten tin bai phong su", "tin bai", "tin bai phong su", "ten tac pham", "tac pham", "ten tin", "ten bai", "ten phong su", "tua de", "ten noi dung",
			"noi dung tin bai", "noi dung", "title"},
		rTime:    {"gio phat song", "gio phat", "gio len song", "thoi diem phat", "gio", "time"},
		rChannel: {"kenh phat song", "kenh phat", "kenh", "ten kenh", "kenh song", "he phat", "he", "song", "channel"},
		rLength:  {"thoi luong", "thoi luong phat", "thoi luong phat song", "do dai", "tl", "duration"},
		rTopic: {"chu de", "chu de cchc", "chu de cai cach hanh chinh", "linh vuc cchc", "linh vuc cai cach hanh chinh", "noi dung cchc", "noi dung cai cach hanh chinh", "nhom noi dung", "thuoc noi dung",
			"thuoc chu de", "thuoc linh vuc", "linh vuc", "topic"},
		rTone:     {"tinh chat", "bieu duong phan anh", "bieu duong phan anh han che", "tinh chat tin bai", "bieu duong hoac phan anh", "bieu duong han che", "huong noi dung"},
		rPraise:   {"bieu duong", "bieu duong dien hinh", "neu guong", "guong dien hinh"},
		rCritique: {"phan anh han che", "han che", "phan anh", "phan anh ton tai han che", "phe binh"},
		rMode:     {"truc tiep ghi hinh", "truc tiep thu truoc", "truc tiep phat lai", "truc tiep hay ghi hinh", "truc tiep", "hinh thuc san xuat", "hinh thuc the hien", "hinh thuc phat song", "hinh thuc phat", "hinh thuc"},
		rRun:      {"phat moi phat lai", "phat moi lai", "moi lai", "pm pl", "lan phat", "lan phat song", "phat lai", "run"},
		rGuest: {"chuc vu khach moi", "khach moi chuc vu", "chuc danh khach moi", "chuc vu chuc danh khach moi", "chuc vu nguoi tra loi", "khach moi", "chuc vu", "chuc danh", "nguoi tra loi", "nguoi tham gia",
			"nguoi phat bieu"},
		rBody:     {"don vi khach moi", "co quan khach moi", "co quan don vi khach moi", "don vi cong tac", "co quan don vi", "co quan cong tac", "co quan", "don vi"},
		rLanguage: {"ngon ngu", "tieng", "tieng dan toc", "ngon ngu the hien", "language"},
		rScript:   {"so kich ban", "kich ban", "ma kich ban", "kich ban so", "phieu duyet", "so phieu duyet", "ma tin", "ma tin bai", "script"},
	}
	return form{noun: "bảng kê tin, bài trong chương trình", wants: "«Ngày phát», «Giờ phát», «Kênh», «Chuyên mục», «Tên tin, bài», «Chủ đề»", least: 3, heads: heads[:]}
}

// segment reads what the list says of one item.
func (r *registerReader) segment(e *media.Entry, row tableRow) {
	get := func(f field) string { return row.get(r.table, f) }
	s := &media.Segment{FirstRun: true, Script: get(rScript)}
	e.Segment, e.Section = s, get(rSection)
	s.Programme = e.Section
	r.segmentAt(e, row)
	r.segmentChannel(s, row)
	if c := get(rLength); c != "" {
		unit := time.Duration(0)
		switch _, said := headField(r.table.title(rLength)); {
		case strings.Contains(said, "phut"), said == "p":
			unit = time.Minute
		case strings.Contains(said, "giay"), said == "s":
			unit = time.Second
		}
		var ok bool
		if s.Duration, ok = r.table.length(c, unit); !ok || s.Duration <= 0 || s.Duration > maxAiring {
			r.fail(row, rLength, "không phải thời lượng; cần dạng 00:02:30, 2'30\" hoặc số phút")
		}
	}
	for _, f := range []field{rMode, rRun} { // senders put either word in either column
		word := get(f)
		switch first, known := runWord(word); {
		case word == "":
		case liveWord.MatchString(viet.Fold(word)), f == rMode && ticked(word) && strings.HasPrefix(plainWords(r.table.title(f)), "truc tiep"):
			s.Mode = media.ModeLive
		case known:
			s.FirstRun = first
		case recordedWord.MatchString(viet.Fold(word)):
			s.Mode = media.ModeRecorded
		}
	}
	if first, known := runWord(runMark.FindString(e.Title)); known {
		s.FirstRun = first
	}
	r.segmentTopics(s, row)
	r.segmentTones(s, row)
	if word := get(rLanguage); word != "" {
		if s.Language = languageOf(word); s.Language == "" {
			r.fail(row, rLanguage, "không có ngôn ngữ này trong danh mục; cần Việt, Mông, Thái hoặc Dao")
		}
	}
	s.Guests = guestsOf(get(rGuest), get(rBody))
	for _, g := range s.Guests {
		r.within(row, rGuest, g.Office+g.Body, maxSection)
	}
	r.within(row, rScript, s.Script, maxNumber)
	s.Of = media.Hash("production", r.opt.Agency, plainWords(runMark.ReplaceAllString(e.Title, "")))
}

var (
	liveWord     = regexp.MustCompile(`^(truc tiep|phat truc tiep|tuong thuat truc tiep|live)\b`)
	recordedWord = regexp.MustCompile(`^(ghi hinh|ghi am|thu truoc|thu thanh|phat sau|khong truc tiep|recorded)`)
)

// segmentAt reads day and time; a row may leave its day to the row above, as
// merged cells do.
func (r *registerReader) segmentAt(e *media.Entry, row tableRow) {
	day, clock := r.day, row.get(r.table, rTime)
	if s := row.get(r.table, rDate); s != "" {
		if t, ok := r.table.moment(s); ok && t.Format("150405") != "000000" {
			if clock == "" {
				clock = t.Format("15:04:05")
			}
			day = localDay(t).UTC()
		} else {
			var msg string
			if day, msg = r.dayOf(s); msg != "" {
				r.fail(row, rDate, msg)
				return
			}
		}
	}
	if day.IsZero() {
		r.fail(row, rDate, "thiếu ngày phát; cần dạng ngày/tháng/năm")
		return
	}
	if e.At = day; clock == "" {
		return
	}
	at, ok := r.table.clock(clock)
	if !ok {
		r.fail(row, rTime, "không phải giờ có thật; cần dạng 20:00 hoặc 20h05")
		return
	}
	e.At, e.Segment.Timed = day.Add(at), true
}

// segmentChannel finds the channel by its names.
func (r *registerReader) segmentChannel(s *media.Segment, row tableRow) {
	printed := row.get(r.table, rChannel)
	if printed == "" {
		return
	}
	var names []string
	for _, c := range r.opt.Channels {
		for _, n := range append([]string{c.ID, c.Name}, c.Aliases...) {
			if n != "" && viet.Fold(n) == viet.Fold(printed) {
				s.Channel = c.ID
				return
			}
		}
		names = append(names, "«"+c.Name+"»")
	}
	r.fail(row, rChannel, "không có kênh này trong danh mục; các kênh: "+strings.Join(names, ", "))
}

// segmentTopics reads the topics that the list declares, or that it declares none.
func (r *registerReader) segmentTopics(s *media.Segment, row tableRow) {
	cell := row.get(r.table, rTopic)
	if cell == "" {
		return
	}
	var unknown string
	if s.Topics, s.Other, unknown = topicsOf(cell); unknown != "" {
		r.fail(row, rTopic, fmt.Sprintf("không có chủ đề «%s»; cần một trong: P1 thể chế, P2 thủ tục hành chính, P3 tổ chức bộ máy, P4 công vụ, P5 tài chính công, "+
			"P6 chính quyền số, X0 chỉ đạo, điều hành, hoặc «khác» khi không thuộc cải cách hành chính", cutText(unknown, 40)))
	}
}

// segmentTones reads «biểu dương», «phản ánh hạn chế», in words or as marks in
// columns of their own.
func (r *registerReader) segmentTones(s *media.Segment, row tableRow) {
	words := viet.Fold(row.get(r.table, rTone))
	praise, critique := praiseWord.MatchString(words), critiqueWord.MatchString(words)
	if words != "" && !praise && !critique && !neutralWord.MatchString(words) {
		r.fail(row, rTone, "không hiểu; cần «biểu dương», «phản ánh hạn chế», hoặc để trống")
	}
	for f, to := range map[field]*bool{rPraise: &praise, rCritique: &critique} {
		switch c := row.get(r.table, f); {
		case ticked(c):
			*to = true
		case c != "" && !unticked(c):
			r.fail(row, f, "không hiểu; đánh dấu «x» hoặc để trống")
		}
	}
	if praise {
		s.Tones = append(s.Tones, media.TonePraise)
	}
	if critique {
		s.Tones = append(s.Tones, media.ToneCritique)
	}
}

var (
	praiseWord   = regexp.MustCompile(`bieu duong|neu guong|dien hinh|mo hinh hay`)
	critiqueWord = regexp.MustCompile(`han che|phe binh|ton tai|phan anh`)
	neutralWord  = regexp.MustCompile(`^(thong tin|tin|khac|trung tinh|khong|[-–—.x]+)\b|^[-–—.]+$`)
	tickForm     = regexp.MustCompile(`^(x|v|✓|✔|☑|1|co|da|dung|yes|true)$`)
	untickForm   = regexp.MustCompile(`^(0|khong|k|no|false|sai|chua|[-–—.…]+)$`)
)

// ticked and unticked read the marks that people put in a column of yes and no.
func ticked(s string) bool   { return tickForm.MatchString(strings.Trim(viet.Fold(s), " .()[]")) }
func unticked(s string) bool { return untickForm.MatchString(viet.Fold(s)) }

func languageOf(s string) string {
	switch strings.TrimPrefix(plainWords(s), "tieng ") {
	case "viet", "kinh", "pho thong", "vi":
		return "vi"
	case "mong", "hmong", "h mong":
		return "hmong"
	case "thai":
		return "thai"
	case "dao":
		return "dao"
	}
	return ""
}

// topicWords are the names by which lists declare topics, folded: official
// ones, short ones, and the codes P1 to P6, X0 and X1 of the pillars.
func topicWords() map[string][]string {
	return map[string][]string{
		media.TheChe:       {"p1", "the che", "xay dung the che", "cai cach the che hanh chinh"},
		media.TTHC:         {"p2", "tthc", "thu tuc hanh chinh", "cai cach tthc", "kiem soat tthc", "kiem soat thu tuc hanh chinh", "hanh chinh cong", "thu tuc hanh chinh cong", "tthc cong", "mot cua", "mot cua mot cua lien thong", "phuc vu hanh chinh cong"},
		media.ToChucBoMay:  {"p3", "to chuc bo may", "bo may", "cai cach bo may", "sap xep to chuc bo may", "cai cach to chuc bo may hanh chinh", "cai cach to chuc bo may hanh chinh nha nuoc"},
		media.CongVu:       {"p4", "cong vu", "che do cong vu", "cai cach cong vu", "can bo cong chuc", "can bo cong chuc vien chuc"},
		media.TaiChinhCong: {"p5", "tai chinh cong"},
		media.ChinhQuyenSo: {"p6", "chinh quyen so", "chinh quyen dien tu", "chinh quyen dien tu chinh quyen so", "xay dung phat trien chinh quyen so", "xay dung chinh quyen so", "chuyen doi so"},
		media.ChiDao: {"x0", "x1", "chi dao", "chi dao dieu hanh", "cong tac chi dao dieu hanh", "chi dao dieu hanh cchc", "chu truong chinh sach", "chi so cchc", "chi so cai cach hanh chinh",
			"cchc", "cai cach hanh chinh", "cchc chung", "cai cach hanh chinh chung", "cai cach hanh chinh noi chung"},
	}
}

// topicOf is the topic of that name, "" if there is none.
func topicOf(name string) string {
	words := plainWords(name)
	for topic, known := range topicWords() {
		if words != "" && (slices.Contains(known, words) || words == plainWords(topic) || words == plainWords(viet.Topic(topic))) {
			return topic
		}
	}
	return ""
}

var (
	noTopic   = regexp.MustCompile(`^(khac|khong|khong thuoc( cchc| cai cach hanh chinh)?|ngoai cchc|khong phai cchc|chu de khac|noi dung khac|[-–—.…]+)$`)
	topicCode = regexp.MustCompile(`(?i)^\s*([PX]\d)\s*[-–:.]?\s+(\S.*)$`)
)

// topicsOf reads topics in official order; other says that the words declare
// that there is none; unknown is a word that is no topic. Official names have commas in
// them, so the whole is tried before its parts, and a code stands for the name behind it.
func topicsOf(cell string) (topics []string, other bool, unknown string) {
	if noTopic.MatchString(strings.TrimSpace(viet.Fold(cell))) {
		return nil, true, ""
	}
	var had []string
	var take func(s string, cuts []string)
	take = func(s string, cuts []string) {
		if m := topicCode.FindStringSubmatch(s); m != nil && topicOf(m[1]) != "" && topicOf(s) == "" && topicOf(m[2]) == topicOf(m[1]) {
			s = m[1]
		}
		t := topicOf(s)
		switch {
		case t != "":
			had = append(had, t)
		case strings.TrimSpace(s) == "":
		case len(cuts) > 0:
			for part := range strings.FieldsFuncSeq(s, func(c rune) bool { return strings.ContainsRune(cuts[0], c) }) {
				take(part, cuts[1:])
			}
		case unknown == "":
			unknown = strings.TrimSpace(s)
		}
	}
	take(cell, []string{";\n+/|", ","})
	if len(had) == 0 && unknown == "" {
		unknown = cell
	}
	for _, t := range media.Topics() {
		if slices.Contains(had, t) {
			topics = append(topics, t)
		}
	}
	return topics, false, unknown
}

var (
	officeForm = regexp.MustCompile(`(?i)(?:(?:quyền|q\.|phó|thường trực)\s+)*(?:tổng giám đốc|giám đốc|chủ tịch|chi cục trưởng|tổng cục trưởng|cục trưởng|trưởng ban|trưởng phòng|trưởng bộ phận|trưởng công an|` +
		`chánh văn phòng|chánh thanh tra|bí thư|viện trưởng|bộ trưởng|thứ trưởng|chỉ huy trưởng|hiệu trưởng|trưởng thôn|đội trưởng|thủ trưởng|ủy viên|uỷ viên|chuyên viên|công chức|cán bộ)`)
	officeTail = regexp.MustCompile(`(?i)^[\s,;:–-]*(?:(?:phụ trách|thường trực|của)\s+)*`)
)

// guestsOf reads the offices of those who speak, and their agencies; several are
// parted by semicolons or lines. Names of people before an office are left out, and a cell
// without any office says nothing that may be kept.
func guestsOf(cell, body string) []media.Guest {
	var out []media.Guest
	for part := range strings.FieldsFuncSeq(cell, func(c rune) bool { return c == ';' || c == '\n' }) {
		at := officeForm.FindStringIndex(part)
		if at == nil {
			continue
		}
		office := viet.Clean(part[at[0]:at[1]])
		rest := part[at[1]:]
		rest = viet.Clean(rest[len(officeTail.FindString(rest)):])
		if body != "" {
			rest = viet.Clean(body)
		}
		out = append(out, media.Guest{Office: viet.Capital(strings.ToLower(office)), Body: rest})
	}
	return out
}
