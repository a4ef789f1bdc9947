package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// Settings is the door to what an office sets itself: reference levels, and the
// parts of the plan's files that persons set over them.
type Settings struct {
	// Laid are what persons set over the plan's files, oldest first.
	Laid func(ctx context.Context) ([]Laid, error)
	// Fields are what holds of a part now, and what the files say of it, in the
	// words of the plan files; nil where there is no such part.
	Fields func(kind, key string) (now, file map[string]any, err error)
	// Set records an entry; Faults if the plan's reader refuses it.
	Set func(ctx context.Context, e schedule.Entry) error
	// Paste is a part as text for the file it belongs to.
	Paste func(kind, key string) (file, text string, err error)

	Changes func(ctx context.Context) ([]schedule.Change, error)
	// Preview derives everything with a change and without, and stores nothing.
	Preview func(ctx context.Context, c schedule.Change) ([]schedule.Difference, error)
	Change  func(ctx context.Context, c schedule.Change) error

	Channels func() []string // where notices go, by name, without secrets
	Refused  func() string   // why files that were edited are not used, "" if they are; nil: they are not watched
}

// Laid is one entry over the plan's files, with how it stands to them now.
type Laid struct {
	schedule.Entry
	File   string // JSON: what the files say now of the fields it names
	Moved  bool   // the files say otherwise than when it was set: somebody edited them since
	Over   bool   // another one names the same fields since
	Coming bool   // its day has not come
	Unfit  string // why it is left out: the files moved under it; "" if it is not
}

// Faults are the mistakes of a form, by field in the words of the plan files; ""
// is the whole.
type Faults map[string][]string

func (f Faults) Error() string {
	var all []string
	for _, msgs := range f {
		all = append(all, msgs...)
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// fieldWords are the labels of fields, by their words in the plan files.
func fieldWords() map[string]string {
	return map[string]string{
		"id": "Mã", "name": "Tên", "agency": "Cơ quan", "kind": "Loại nguồn", "url": "Địa chỉ", "stream": "Luồng tin", "column": "Chuyên mục", "channel": "Kênh",
		"articles": "Đọc trang từng tin, bài", "every": "Bao lâu đọc một lần", "soonest": "Cách nhau ít nhất", "latest": "Cách nhau nhiều nhất", "verify": "Địa chỉ chưa chắc chắn",
		"from": "Từ ngày", "to": "Đến trước ngày", "rule": "Quy tắc đọc", "item": "Khối của từng tin", "link": "Liên kết tới bài", "title": "Tiêu đề", "lead": "Đoạn dẫn", "date": "Ngày",
		"headline": "Tiêu đề trên trang bài", "sapo": "Đoạn dẫn trên trang bài", "body": "Thân bài", "page_date": "Ngày trên trang bài", "section": "Tên chuyên mục in trên trang", "byline": "Tác giả",
		"date_layout": "Thứ tự ngày, tháng", "date_format": "Dạng in của ngày", "zone": "Múi giờ", "article_url": "Địa chỉ nào là tin, bài", "key": "Cách nhận ra một bài", "next": "Cách sang trang sau",
		"contact": "Đầu mối liên hệ", "phone": "Điện thoại", "email": "Thư điện tử", "aliases": "Tên khác", "topics": "Chủ đề", "basis": "Căn cứ", "windows": "Khung giờ", "days": "Ngày nghỉ",
		"units": "Cơ quan, đơn vị gửi (ngày)", "begin": "Bắt đầu tổng hợp (ngày)", "end": "Tổng hợp xong (ngày)", "sent": "Gửi Ủy ban nhân dân tỉnh (ngày)",
		"signer": "Thẩm quyền, chức vụ người ký", "place": "Địa danh", "symbol": "Ký hiệu cơ quan ban hành", "office": "Ký hiệu phòng soạn thảo", "copies": "Nơi nhận khác", "home_affairs": "Nơi nhận công văn", "governing": "Nơi nhận báo cáo",
		"working": "Ngày làm bù", "year": "Năm", "proves": "Chứng minh nhiệm vụ", "expect": "Nội dung phải đăng", "limits": "Giới hạn", "valid_from": "Từ ngày", "valid_to": "Đến trước ngày",
	}
}

func fieldLabel(field string) string {
	if at := strings.LastIndex(field, "/"); at >= 0 {
		field = field[at+1:]
	}
	if w, ok := fieldWords()[field]; ok {
		return w
	}
	return field
}

var (
	faultHead  = regexp.MustCompile(`^(nguồn|cơ quan|chuyên mục|khung giờ|bảng ngày nghỉ|ngày nghỉ|ngày làm bù|phiên chốt kỳ|thể thức văn bản)( "[^"]*"| [0-9-]+)?(, (rule|contact|next))*: `)
	faultKey   = regexp.MustCompile(`"([a-z_]+)"`)
	faultFile  = regexp.MustCompile(` (trong|ở) (agencies|sources|\d{4})\.yaml`)
	faultOther = strings.NewReplacer("khóa ", "ô ", "như tên tệp", "đang sửa", "true hoặc false", "có hoặc không")
)

// faultWords is a mistake as a person without the files reads it.
func faultWords(msg string) string {
	if strings.HasPrefix(msg, "khung giờ") { // whose ends are hours, not days
		msg = strings.NewReplacer(`"from"`, "«Giờ bắt đầu»", `"to"`, "«Giờ kết thúc»").Replace(msg)
	}
	msg = faultHead.ReplaceAllString(msg, "")
	msg = faultKey.ReplaceAllStringFunc(msg, func(m string) string {
		if w, ok := fieldWords()[strings.Trim(m, `"`)]; ok {
			return "«" + w + "»"
		}
		return m
	})
	msg = faultOther.Replace(faultFile.ReplaceAllString(msg, ""))
	msg = viet.Capital(strings.TrimSuffix(msg, "."))
	return msg + "."
}

// formField is one field of a form over the plan's files.
type formField struct {
	Name, Label, Help string
	Value             string
	Shape             string // "", "select", "area", "tick"
	Options           []option
	Wrong             []string
	File              string // what the file says, where a person set it otherwise
	Set               string // by whom and when
}

type option struct{ Value, Word string }

// wrongs puts the mistakes to their fields; what belongs to none is told above the form.
func wrongs(fields []formField, err error) ([]formField, error) {
	f, ok := err.(Faults)
	if !ok {
		return fields, err
	}
	var rest []string
	for name, msgs := range f {
		i := slices.IndexFunc(fields, func(x formField) bool { return x.Name == name })
		if i < 0 { // of a part of a field
			i = slices.IndexFunc(fields, func(x formField) bool { return strings.HasPrefix(name, x.Name+"/") })
		}
		for _, m := range msgs {
			if words := faultWords(m); i >= 0 {
				fields[i].Wrong = append(fields[i].Wrong, words)
			} else {
				rest = append(rest, words)
			}
		}
	}
	slices.Sort(rest)
	return fields, Refusal{strings.TrimSpace("Chưa ghi được: có chỗ cần sửa. " + strings.Join(rest, " "))}
}

// plainValue is a value of the plan files as a form shows it.
func plainValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
		return ""
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, plainValue(x))
		}
		return strings.Join(out, "\n")
	case map[string]any:
		raw, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(raw)
	}
	return fmt.Sprint(v)
}

// laidOn are the entries over one part, and whose word each field is.
func laidOn(all []Laid, kind, key string) (mine []Laid, last map[string]Laid) {
	last = map[string]Laid{}
	for _, l := range all {
		if l.Kind != kind || l.Key != key {
			continue
		}
		mine = append(mine, l)
		if l.Unfit != "" || l.Coming && kind != schedule.EntryWindows { // windows name their day themselves
			continue
		}
		var fields map[string]any
		if json.Unmarshal([]byte(l.Body), &fields) == nil {
			for f := range fields {
				last[f] = l
			}
		}
	}
	return mine, last
}

// setWords says who set something and when.
func setWords(l Laid) string {
	return "sửa trên hệ thống ngày " + viet.Day(l.At) + ", do " + l.Actor
}

// fromFile fills in what the file says beside a field that a person set.
func fromFile(fields []formField, file map[string]any, last map[string]Laid) {
	for i := range fields {
		name, part, _ := strings.Cut(fields[i].Name, "/")
		l, ok := last[name]
		if !ok {
			continue
		}
		fields[i].Set = setWords(l)
		v := file[name]
		if part != "" {
			m, _ := v.(map[string]any)
			v = m[part]
		}
		fields[i].File = plainValue(v)
		if file == nil {
			fields[i].File = ""
		}
	}
}

// dayField reads a day that a person typed; zero and true if it is empty.
func dayField(text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, true
	}
	d, ok := viet.ParseDate(text, viet.DateOptions{})
	if !ok {
		return time.Time{}, false
	}
	return calendar.Day(d.Time), true
}

// entryOf reads what every form over the plan's files has: from which day, on what basis.
func (s *site) entryOf(r *http.Request, kind, key string) (schedule.Entry, error) {
	e := schedule.Entry{Kind: kind, Key: key, Basis: field(r, "can-cu"), Actor: s.actor(r).String(), At: s.Business(), From: calendar.Day(s.Business())}
	day, ok := dayField(field(r, "tu-ngay"))
	switch {
	case !ok:
		return e, Refusal{"Ngày bắt đầu áp dụng chưa đúng. Xin ghi như 09/3/2023."}
	case !day.IsZero():
		e.From = day
	}
	if e.Basis == "" {
		return e, Refusal{"Xin ghi căn cứ: văn bản, ý kiến hoặc lý do của việc sửa này."}
	}
	return e, nil
}

// laidLine is one entry as the list of them shows it.
type laidLine struct {
	Laid
	What   string
	Lines  []laidValue
	Export string
}

type laidValue struct{ Label, Now, File string }

// laidWhat says which part an entry lies over.
func (s *site) laidWhat(kind, key string) string {
	switch kind {
	case schedule.EntrySource:
		for _, x := range s.Plan.Sources {
			if s.slug(x.ID) == key {
				return "Nguồn «" + x.Name + "»"
			}
		}
		return "Nguồn " + key
	case schedule.EntryAgency:
		return s.names.Agency(s.agencyID(key))
	case schedule.EntryColumn:
		return "Chuyên mục «" + s.names.Column(key) + "»"
	case schedule.EntryWindows:
		return "Khung giờ: " + s.windowWho(key)
	case schedule.EntryHolidays:
		return "Ngày nghỉ năm " + key
	case schedule.EntrySession:
		return "Các ngày của phiên chốt kỳ"
	case schedule.EntryLetterhead:
		return "Thể thức văn bản của " + s.names.Agency(s.agencyID(key))
	}
	return key
}

func (s *site) laidLines(all []Laid) []laidLine {
	var out []laidLine
	for _, l := range slices.Backward(all) {
		line := laidLine{Laid: l, What: s.laidWhat(l.Kind, l.Key), Export: "/cai-dat/tep/" + l.Kind + "/" + l.Key}
		var now, file map[string]any
		_ = json.Unmarshal([]byte(l.Body), &now)
		_ = json.Unmarshal([]byte(l.File), &file)
		for f, v := range now {
			line.Lines = append(line.Lines, laidValue{fieldLabel(f), s.shortValue(f, v), s.shortValue(f, file[f])})
		}
		slices.SortFunc(line.Lines, func(a, b laidValue) int { return strings.Compare(a.Label, b.Label) })
		out = append(out, line)
	}
	return out
}

// shortValue is a value of the plan files in a few words.
func (s *site) shortValue(f string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "có", false: "không"}[v]
	case []any:
		var parts []string
		for _, x := range v {
			if m, ok := x.(map[string]any); ok {
				parts = append(parts, strings.TrimSpace(strings.Join([]string{plainValue(m["date"]), plainValue(m["from"]), plainValue(m["to"]), plainValue(m["name"])}, " ")))
				continue
			}
			parts = append(parts, plainValue(x))
		}
		if len(parts) > 4 {
			parts = append(parts[:4], fmt.Sprintf("… (%d mục)", len(v)))
		}
		return strings.Join(parts, "; ")
	case map[string]any:
		var parts []string
		for k, x := range v {
			if w := plainValue(x); w != "" {
				parts = append(parts, fieldLabel(k)+": "+w)
			}
		}
		slices.Sort(parts)
		return strings.Join(parts, "; ")
	case string:
		switch f {
		case "agency":
			return s.names.Agency(s.agencyID(v))
		case "column":
			return s.names.Column(v)
		case "kind":
			return sourceKind(media.SourceKind(v))
		case "from", "to":
			if d, err := time.ParseInLocation(time.DateOnly, v, calendar.Zone); err == nil {
				return viet.Day(d)
			}
		}
		return v
	}
	return fmt.Sprint(v)
}
