package extract

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"loa/media"
)

// videoID is YouTube's name of a video.
var videoID = regexp.MustCompile(`^[A-Za-z0-9_-]{11}$`)

// The columns of a list of uploads.
const (
	uChannel field = iota
	uTitle
	uDate
	uClock
	uLength
	uURL
	uploadFields
)

// uploadForm is how a list of what was put on YouTube or a page is headed.
var uploadForm = form{
	noun:  "danh sách video đã đăng",
	wants: "«Tiêu đề», «Ngày đăng», «Địa chỉ», «Thời lượng»",
	least: 2,
	heads: [][]string{
		uChannel: {"kenh", "ten kenh", "kenh phat song", "channel"},
		uTitle:   {"tieu de", "ten video", "tieu de video", "ten chuong trinh", "chuong trinh", "noi dung", "ten tac pham", "ten bai", "title", "video title"},
		uDate:    {"ngay dang", "ngay dang tai", "thoi gian dang", "ngay tai len", "ngay phat hanh", "ngay", "thoi diem dang", "published", "video publish time", "publish date", "date"},
		uClock:   {"gio dang", "gio", "time"},
		uLength:  {"thoi luong", "do dai", "duration", "length"},
		uURL:     {"dia chi", "duong dan", "lien ket", "duong link", "link", "url", "dia chi video", "link video", "content", "video id"},
	},
	names: []string{"Kênh", "Tiêu đề", "Ngày đăng", "Giờ đăng", "Thời lượng", "Địa chỉ"},
	key:   uDate,
}

// Uploads reads a list of what a channel put on the network: a table as Airings
// reads it, with title and day, and where it is told the address and the length.
// Grade C: it is no transmission. As with Airings every mistake of every row is
// told, and with any RowError nothing is given.
func Uploads(name string, data []byte, opt LogOptions) ([]media.Upload, []RowError, error) {
	t, bad, err := mapTable(data, uploadForm, opt.Map)
	if err != nil {
		return nil, bad, fmt.Errorf("read %s: %w", name, err)
	}
	if t != nil && opt.See != nil {
		opt.See(t.read)
	}
	if len(bad) > 0 {
		return nil, bad, nil
	}
	var want []string
	for _, f := range []field{uTitle, uDate} {
		if !t.has(f) {
			want = append(want, "«"+uploadForm.names[f]+"»")
		}
	}
	if !t.has(uChannel) && opt.Channel == "" {
		want = append(want, "«Kênh» (hoặc chọn kênh khi nhập tệp)")
	}
	if len(want) > 0 {
		return nil, []RowError{{Row: t.headerRow, Msg: "dòng tiêu đề thiếu cột " + strings.Join(want, ", ")}}, nil
	}
	r := uploadReader{opt: opt, table: t, unit: unitOf(t, uLength), had: map[string]int{}}
	for _, row := range t.rows {
		if !t.noRow(row) {
			r.row(row)
		}
	}
	switch {
	case len(r.bad) > 0 && opt.Part:
		return r.out, r.bad, nil
	case len(r.bad) > 0:
		return nil, r.bad, nil
	case len(r.out) == 0:
		return nil, []RowError{{Row: t.headerRow, Msg: "dưới dòng tiêu đề không có video nào"}}, nil
	}
	return r.out, nil, nil
}

type uploadReader struct {
	opt   LogOptions
	table *table
	unit  time.Duration
	out   []media.Upload
	bad   []RowError
	had   map[string]int // row of an upload, by its id
}

func (r *uploadReader) fail(row tableRow, f field, msg string) {
	r.bad = append(r.bad, RowError{Row: row.n, Column: r.table.title(f), Value: row.get(r.table, f), Msg: msg})
}

func (r *uploadReader) row(row tableRow) {
	get := func(f field) string { return row.get(r.table, f) }
	if get(uDate) == "" {
		if is, _ := row.below(); is || get(uTitle) == "" {
			return
		}
	}
	before := len(r.bad)
	u := media.Upload{Channel: r.opt.Channel, Title: get(uTitle), Precision: media.ToDay}
	if s := get(uChannel); s != "" {
		switch c := channelNamed(r.opt.Channels, s); {
		case c == nil:
			r.fail(row, uChannel, "không có kênh này trong danh mục")
		case u.Channel != "" && c.ID != u.Channel:
			r.fail(row, uChannel, fmt.Sprintf("khác với kênh đã chọn khi nhập (%s)", u.Channel))
		default:
			u.Channel = c.ID
		}
	} else if u.Channel == "" {
		r.fail(row, uChannel, "thiếu tên kênh")
	}
	if u.Title == "" {
		r.fail(row, uTitle, "thiếu tiêu đề")
	}
	r.date(&u, row)
	if s := get(uLength); s != "" {
		var ok bool
		if u.Duration, ok = r.table.length(s, r.unit); !ok || u.Duration < 0 || u.Duration > maxAiring {
			r.fail(row, uLength, "không phải thời lượng; cần dạng 00:15:30, 15'30\" hoặc số phút")
		}
	}
	if s := get(uURL); s != "" {
		var ok bool
		if u.URL, ok = uploadURL(s); !ok {
			r.fail(row, uURL, "không phải địa chỉ; cần dạng https://…")
		}
	}
	if len(r.bad) > before {
		return
	}
	u.Source = media.UploadSource(u.Channel)
	u.Column = columnOf(u.Title, u.At, r.opt.Columns)
	u.ID = media.UploadID(u.Channel, u.URL, u.Title, u.At)
	if o, twice := r.had[u.ID]; twice {
		r.bad = append(r.bad, RowError{Row: row.n, Value: u.Title, Msg: fmt.Sprintf("trùng với dòng %d", o)})
		return
	}
	r.had[u.ID] = row.n
	r.out = append(r.out, u)
}

// date reads the day, and the clock beside it or in its own column.
func (r *uploadReader) date(u *media.Upload, row tableRow) {
	s := row.get(r.table, uDate)
	day, ok := r.table.day(s)
	switch {
	case s == "":
		r.fail(row, uDate, "thiếu ngày đăng")
		return
	case !ok:
		r.fail(row, uDate, r.table.noDay(s))
		return
	}
	u.At = day.UTC()
	if at, ok := r.table.moment(s); ok && !at.Equal(day) {
		u.At, u.Precision = at.UTC(), media.ToMinute
	}
	if s := row.get(r.table, uClock); s != "" {
		at, ok := r.table.clock(s)
		if !ok {
			r.fail(row, uClock, "không phải giờ có thật; cần dạng 20:00 hoặc 20:00:00")
			return
		}
		u.At, u.Precision = day.Add(at).UTC(), media.ToMinute
	}
}

// uploadURL is the address of a video in one form: YouTube's has several, and
// a lone id of eleven letters is one of its videos.
func uploadURL(s string) (string, bool) {
	if videoID.MatchString(s) {
		return "https://www.youtube.com/watch?v=" + s, true
	}
	if !strings.Contains(s, "://") && strings.Contains(s, ".") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(s) > 2048 {
		return "", false
	}
	host, id := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."), "m."), ""
	switch host {
	case "youtu.be":
		id = strings.Trim(u.Path, "/")
	case "youtube.com":
		id = u.Query().Get("v")
		for _, p := range []string{"/shorts/", "/live/", "/embed/"} {
			if rest, ok := strings.CutPrefix(u.Path, p); ok {
				id = strings.Trim(rest, "/")
			}
		}
	}
	if videoID.MatchString(id) {
		return "https://www.youtube.com/watch?v=" + id, true
	}
	u.Fragment = ""
	return u.String(), true
}
