package web

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// yearRow is one year's table of days off.
type yearRow struct {
	Year        int
	Known       bool
	Days, Works int
	Set         string // by whom it was entered here
}

func (s *site) daysOff(w http.ResponseWriter, r *http.Request) {
	all, err := s.Settings.Laid(r.Context())
	if err != nil {
		s.fail(w, r, "read days off", err)
		return
	}
	years := map[int]bool{s.Plan.Year: true, s.Plan.Year + 1: true, s.Business().In(calendar.Zone).Year(): true, s.Business().In(calendar.Zone).Year() + 1: true}
	for _, y := range s.Calendar.Known() {
		years[y] = true
	}
	var rows []yearRow
	for _, y := range slices.Backward(slices.Sorted(maps.Keys(years))) {
		row := yearRow{Year: y, Known: slices.Contains(s.Calendar.Known(), y)}
		for day := range s.Calendar.Days() {
			if strings.HasPrefix(day, strconv.Itoa(y)) {
				row.Days++
			}
		}
		if _, last := laidOn(all, schedule.EntryHolidays, strconv.Itoa(y)); len(last) > 0 {
			row.Set = setWords(last["days"])
		}
		rows = append(rows, row)
	}
	s.render(w, r, http.StatusOK, "holidays", frame{Title: "Ngày nghỉ", Here: "/cai-dat", Page: rows})
}

// yearForm is the form of a year's days off; a year without a table has an empty one.
func (s *site) yearForm(r *http.Request) (editPage, map[string]any, error) {
	key := r.PathValue("year")
	y, err := strconv.Atoi(key)
	if err != nil || y < 2000 || y > 2100 {
		return editPage{}, nil, nil
	}
	now, file, last, lines, err := s.part(r, schedule.EntryHolidays, key)
	if now == nil {
		now = map[string]any{}
	}
	p := editPage{What: "Ngày nghỉ năm " + key, Action: r.URL.Path, Back: "/cai-dat/ngay-nghi", BackWord: "Ngày nghỉ", Laid: lines, From: "01/01/" + key, Button: "Ghi bảng ngày nghỉ",
		Lead: "Ngày nghỉ không tính là ngày làm việc: hạn rơi vào ngày nghỉ được dời, khoảng trống không tính ngày nghỉ lễ. Thứ Bảy, Chủ nhật không cần ghi."}
	p.Fields = []formField{
		{Name: "basis", Label: "Văn bản quy định", Value: plainValue(now["basis"]), Help: "Số, ký hiệu và ngày của thông báo về lịch nghỉ, như «Thông báo số 6150/TB-BLĐTBXH ngày 03/12/2024»."},
		{Name: "days", Label: "Ngày nghỉ", Shape: "area", Value: dayLines(now["days"]), Help: "Mỗi dòng: ngày, hoặc khoảng ngày, rồi tên. Ví dụ: «01/01/" + key + " Tết Dương lịch», «25/01/" + key + " - 02/02/" + key + " Tết Nguyên đán»."},
		{Name: "working", Label: "Ngày làm bù (thứ Bảy, Chủ nhật đi làm)", Shape: "area", Value: dayLines(now["working"]), Help: "Mỗi dòng: ngày rồi lý do, như «26/4/" + key + " Làm bù ngày 02/5». Không có thì để trống."},
	}
	fromFile(p.Fields, file, last)
	for i := range p.Fields {
		if p.Fields[i].Set != "" && i > 0 {
			p.Fields[i].File = dayLines(file[p.Fields[i].Name])
		}
	}
	return p, now, err
}

func (s *site) daysOffYear(w http.ResponseWriter, r *http.Request) {
	p, now, err := s.yearForm(r)
	s.editOr(w, r, p, now, err)
}

func (s *site) setDaysOff(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	p, now, err := s.yearForm(r)
	if err != nil || now == nil {
		s.editOr(w, r, p, now, err)
		return
	}
	s.typedOver(r, &p)
	faults := Faults{}
	days, bad := daysOf(p.Fields[1].Value)
	if bad != "" {
		faults["days"] = []string{bad}
	}
	works, bad := daysOf(p.Fields[2].Value)
	if bad != "" {
		faults["working"] = []string{bad}
	}
	if p.Fields[0].Value == "" {
		faults["basis"] = []string{"Xin ghi văn bản quy định lịch nghỉ"}
	}
	body := map[string]any{"basis": p.Fields[0].Value, "days": days, "working": works}
	if len(works) == 0 {
		body["working"] = nil
	}
	var wrong error
	if len(faults) > 0 {
		wrong = faults
	}
	s.setPart(w, r, schedule.EntryHolidays, r.PathValue("year"), body, p, wrong)
}

// dayLines are days as a person types them, days that follow each other under one name as a span.
func dayLines(v any) string {
	list, _ := v.([]any)
	var out []string
	var from, to time.Time
	name := ""
	flush := func() {
		if from.IsZero() {
			return
		}
		line := viet.Day(from)
		if to.After(from) {
			line += " - " + viet.Day(to)
		}
		out = append(out, line+" "+name)
	}
	for _, x := range list {
		m, _ := x.(map[string]any)
		day, err := time.ParseInLocation(time.DateOnly, plainValue(m["date"]), calendar.Zone)
		if err != nil {
			continue
		}
		if n := plainValue(m["name"]); n == name && day.Equal(to.AddDate(0, 0, 1)) {
			to = day
		} else {
			flush()
			from, to, name = day, day, n
		}
	}
	flush()
	return strings.Join(out, "\n")
}

var dayLine = regexp.MustCompile(`^(\d{1,2}/\d{1,2}/\d{4})(?:\s*(?:-|–|đến)\s*(\d{1,2}/\d{1,2}/\d{4}))?[\s:;,]+(.+)$`)

// daysOf reads lines of days and names, at most a year of them; bad is what is wrong with the first line that cannot be read.
func daysOf(text string) (out []map[string]string, bad string) {
	for _, line := range linesOf(text) {
		m := dayLine.FindStringSubmatch(line)
		if m == nil {
			return nil, "Dòng «" + line + "» chưa đọc được; cần ngày rồi tên, như «02/9/2025 Quốc khánh»"
		}
		from, ok := dayField(m[1])
		to := from
		if ok && m[2] != "" {
			to, ok = dayField(m[2])
		}
		if !ok || from.IsZero() || to.Before(from) || to.Sub(from) > 60*24*time.Hour {
			return nil, "Dòng «" + line + "» có ngày không đúng"
		}
		for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
			out = append(out, map[string]string{"date": d.Format(time.DateOnly), "name": strings.TrimSpace(m[3])})
		}
		if len(out) > 366 {
			return nil, "Quá nhiều ngày cho một năm"
		}
	}
	return out, ""
}

// windowRow is whose audience windows, and which hold today.
type windowRow struct {
	Key, Who, Hours, Set string
}

// windowWho names a scope of audience windows.
func (s *site) windowWho(key string) string {
	switch {
	case key == "tv":
		return "truyền hình, mọi kênh"
	case key == "radio":
		return "phát thanh, mọi kênh"
	case strings.HasPrefix(key, "channel:"):
		return "kênh " + s.names.Channel(strings.TrimPrefix(key, "channel:"))
	case strings.HasPrefix(key, "station:"):
		return s.names.Agency(s.agencyID(strings.TrimPrefix(key, "station:")))
	}
	return key
}

// windowKeys are the scopes that can have windows of their own.
func (s *site) windowKeys() []string {
	keys := []string{"tv", "radio"}
	for _, c := range s.Plan.Channels {
		keys = append(keys, "channel:"+c.ID)
	}
	for _, c := range s.Plan.Channels {
		if k := "station:" + s.slug(c.Agency); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// hoursNow are the windows of a scope that hold on a day.
func (s *site) hoursNow(key string, day time.Time) []string {
	var out []string
	for _, w := range s.Plan.Windows {
		mine := key == w.Medium && w.Channel == "" && w.Agency == "" || w.Channel != "" && key == "channel:"+w.Channel || w.Agency != "" && w.Channel == "" && key == "station:"+s.slug(w.Agency)
		if mine && (w.From.IsZero() || !day.Before(w.From)) && (w.To.IsZero() || day.Before(w.To)) {
			out = append(out, fmt.Sprintf("%02d:%02d - %02d:%02d", w.FromMinute/60, w.FromMinute%60, w.ToMinute/60, w.ToMinute%60))
		}
	}
	slices.Sort(out)
	return out
}

func (s *site) windows(w http.ResponseWriter, r *http.Request) {
	all, err := s.Settings.Laid(r.Context())
	if err != nil {
		s.fail(w, r, "read audience windows", err)
		return
	}
	var rows []windowRow
	for _, key := range s.windowKeys() {
		row := windowRow{Key: key, Who: viet.Capital(s.windowWho(key)), Hours: strings.Join(s.hoursNow(key, s.Business()), "; ")}
		if _, last := laidOn(all, schedule.EntryWindows, key); len(last) > 0 {
			row.Set = setWords(last["windows"]) + ", áp dụng từ " + viet.Day(last["windows"].From)
		}
		rows = append(rows, row)
	}
	s.render(w, r, http.StatusOK, "windows", frame{Title: "Khung giờ", Here: "/cai-dat", Page: rows})
}

func (s *site) windowForm(r *http.Request) (editPage, map[string]any, error) {
	key := r.PathValue("key")
	if !slices.Contains(s.windowKeys(), key) {
		return editPage{}, nil, nil
	}
	_, _, _, lines, err := s.part(r, schedule.EntryWindows, key)
	p := editPage{What: "Khung giờ nhiều người xem: " + s.windowWho(key), Action: r.URL.Path, Back: "/cai-dat/khung-gio", BackWord: "Khung giờ", Laid: lines, From: viet.Day(s.Business()), Button: "Ghi khung giờ",
		Lead: "Lần phát trước ngày áp dụng vẫn tính theo khung giờ cũ. Khung giờ riêng của kênh hoặc của đài thay cho khung giờ chung."}
	p.Fields = []formField{{Name: "windows", Label: "Khung giờ", Shape: "area", Value: strings.Join(s.hoursNow(key, s.Business()), "\n"), Help: "Mỗi dòng một khung, như «18:00 - 22:00». Để trống thì từ ngày áp dụng không còn khung giờ riêng."}}
	return p, map[string]any{}, err
}

func (s *site) window(w http.ResponseWriter, r *http.Request) {
	p, now, err := s.windowForm(r)
	s.editOr(w, r, p, now, err)
}

var hourLine = regexp.MustCompile(`^(\d{1,2})[:hg.](\d{2})?\s*(?:-|–|đến)\s*(\d{1,2})[:hg.](\d{2})?$`)

func (s *site) setWindow(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	p, now, err := s.windowForm(r)
	if err != nil || now == nil {
		s.editOr(w, r, p, now, err)
		return
	}
	s.typedOver(r, &p)
	all := []map[string]string{}
	var wrong error
	for _, line := range linesOf(p.Fields[0].Value) {
		m := hourLine.FindStringSubmatch(line)
		if m == nil {
			wrong = Faults{"windows": {"Dòng «" + line + "» chưa đọc được; cần giờ đầu và giờ cuối, như «18:00 - 22:00»"}}
			break
		}
		clock := func(h, m string) string { return fmt.Sprintf("%02s:%02s", h, cmp.Or(m, "00")) }
		all = append(all, map[string]string{"from": clock(m[1], m[2]), "to": clock(m[3], m[4])})
	}
	s.setPart(w, r, schedule.EntryWindows, r.PathValue("key"), map[string]any{"windows": all}, p, wrong)
}

// columnsPage lists the columns.
type columnsPage struct{ Rows []columnRow }

type columnRow struct {
	Column media.Column
	Names  string
	Set    string
}

func (s *site) columns(w http.ResponseWriter, r *http.Request) {
	all, err := s.Settings.Laid(r.Context())
	var p columnsPage
	if err != nil {
		s.fail(w, r, "read columns", err)
		return
	}
	for _, c := range s.Plan.Columns {
		row := columnRow{Column: c, Names: strings.Join(c.Names(s.Business())[1:], "; ")}
		if _, last := laidOn(all, schedule.EntryColumn, c.ID); len(last) > 0 {
			for _, l := range last {
				row.Set = setWords(l)
			}
		}
		p.Rows = append(p.Rows, row)
	}
	s.render(w, r, http.StatusOK, "columns", frame{Title: "Chuyên mục và tên khác", Here: "/cai-dat", Page: p})
}

func (s *site) columnForm(r *http.Request) (editPage, map[string]any, error) {
	key := r.PathValue("key")
	now, file, last, lines, err := s.part(r, schedule.EntryColumn, key)
	p := editPage{What: "Chuyên mục «" + s.names.Column(key) + "»", Action: r.URL.Path, Back: "/cai-dat/chuyen-muc", BackWord: "Chuyên mục và tên khác", Laid: lines, From: viet.Day(s.Business()), Button: "Ghi",
		Lead: "Tin, bài và lần phát được nhận ra là của chuyên mục theo tên in kèm. Tên đã đổi thì ghi cả khoảng thời gian dùng tên đó."}
	p.Fields = []formField{{Name: "aliases", Label: "Tên khác", Shape: "area", Value: aliasLines(now["aliases"]), Help: "Mỗi dòng một tên; có thể thêm «; từ 01/01/2023; đến trước 01/7/2023»."}}
	fromFile(p.Fields, file, last)
	if p.Fields[0].Set != "" {
		p.Fields[0].File = aliasLines(file["aliases"])
	}
	topics, _ := now["topics"].([]any)
	for _, t := range media.Topics() {
		f := formField{Name: "topic/" + t, Label: viet.Topic(t), Shape: "tick"}
		if slices.Contains(topics, any(t)) {
			f.Value = "true"
		}
		p.Fields = append(p.Fields, f)
	}
	return p, now, err
}

// aliasLines are a column's other names as a person types them.
func aliasLines(v any) string {
	list, _ := v.([]any)
	var out []string
	for _, x := range list {
		m, ok := x.(map[string]any)
		if !ok {
			out = append(out, plainValue(x))
			continue
		}
		line := plainValue(m["name"])
		for _, of := range []struct{ key, word string }{{"from", "từ"}, {"to", "đến trước"}} {
			if d, err := time.ParseInLocation(time.DateOnly, plainValue(m[of.key]), calendar.Zone); err == nil {
				line += "; " + of.word + " " + viet.Day(d)
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// aliasesOf reads them back.
func aliasesOf(text string) (out []any, bad string) {
	for _, line := range linesOf(text) {
		parts := strings.Split(line, ";")
		name := strings.TrimSpace(parts[0])
		if len(parts) == 1 {
			out = append(out, name)
			continue
		}
		m := map[string]any{"name": name}
		for _, part := range parts[1:] {
			part = strings.TrimSpace(part)
			key, rest := "from", strings.TrimPrefix(part, "từ ")
			if rest == part {
				key, rest = "to", strings.TrimPrefix(part, "đến trước ")
			}
			d, ok := dayField(rest)
			if !ok || d.IsZero() || rest == part {
				return nil, "Dòng «" + line + "» chưa đọc được; cần «tên; từ 01/01/2023; đến trước 01/7/2023»"
			}
			m[key] = d.Format(time.DateOnly)
		}
		out = append(out, m)
	}
	return out, ""
}

func (s *site) columnPage(w http.ResponseWriter, r *http.Request) {
	p, now, err := s.columnForm(r)
	s.editOr(w, r, p, now, err)
}

func (s *site) setColumn(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	p, now, err := s.columnForm(r)
	if err != nil || now == nil {
		s.editOr(w, r, p, now, err)
		return
	}
	was := slices.Clone(p.Fields)
	s.typedOver(r, &p)
	body := map[string]any{}
	var wrong error
	if p.Fields[0].Value != was[0].Value {
		all, bad := aliasesOf(p.Fields[0].Value)
		if bad != "" {
			wrong = Faults{"aliases": {bad}}
		}
		if body["aliases"] = all; len(all) == 0 {
			body["aliases"] = nil
		}
	}
	topics, changed := []string{}, false
	for i, f := range p.Fields[1:] {
		changed = changed || f.Value != was[i+1].Value
		if f.Value != "" {
			topics = append(topics, strings.TrimPrefix(f.Name, "topic/"))
		}
	}
	if changed {
		body["topics"], body["basis"] = topics, field(r, "can-cu")
		if len(topics) == 0 {
			body["topics"] = nil
		}
	}
	s.setPart(w, r, schedule.EntryColumn, r.PathValue("key"), body, p, wrong)
}
