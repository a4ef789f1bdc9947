package web

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// sentKind is one kind of what is handed in.
type sentKind struct {
	Code, Word, Lead string
	Of               string   // what is chosen: "channel", "agency" or "station"
	Columns          []string // that its tables need, as a person would head them
	Map              bool     // its columns can be told on the page
}

func sentKinds() []sentKind {
	return []sentKind{
		{media.FormAirings, "Nhật ký phát sóng", "Những gì một kênh đã phát. Tuần có nhật ký đủ ngày thì kết luận được.", "channel",
			[]string{"Chương trình", "Ngày phát", "Giờ phát", "Thời lượng (hoặc Kết thúc)", "Phát mới/Phát lại"}, true},
		{media.FormSchedule, "Lịch phát sóng dự kiến", "Những gì một kênh sẽ phát. Chỉ để biết trước, không tính là đã phát. Nhận cả tệp XMLTV.", "channel",
			[]string{"Chương trình", "Ngày phát", "Giờ phát", "Thời lượng"}, true},
		{media.FormUploads, "Danh sách video đã đăng", "Video đã đăng trên mạng, để đối chiếu. Video không phải lần phát sóng.", "channel",
			[]string{"Tiêu đề", "Ngày đăng", "Địa chỉ", "Thời lượng"}, true},
		{string(media.RegSegments), "Bảng kê tin, bài trong chương trình", "Tin, bài về cải cách hành chính nằm trong các chương trình của Đài.", "agency",
			[]string{"Ngày phát", "Giờ phát", "Kênh", "Chuyên mục", "Tên tin, bài", "Chủ đề"}, false},
		{string(media.RegPrint), "Sổ tin, bài báo in", "Tin, bài đã in trên báo: số báo, ngày, trang, chuyên mục, tiêu đề.", "agency",
			[]string{"Số báo", "Ngày phát hành", "Trang", "Chuyên mục", "Tiêu đề"}, false},
		{string(media.RegProcedures), "Danh mục quyết định công bố thủ tục hành chính", "Các quyết định phải đăng tải công khai.", "agency",
			[]string{"Số, ký hiệu", "Ngày ký", "Trích yếu"}, false},
		{string(media.RegQuestions), "Bảng kê câu hỏi", "Câu hỏi của công dân, doanh nghiệp và ngày trả lời.", "agency",
			[]string{"Số (hoặc Mã)", "Câu hỏi", "Ngày hỏi", "Ngày trả lời"}, false},
		{kindRadio, "Tin, bài truyền thanh cơ sở", "Phiếu tháng của xã, bảng tổng hợp của huyện, hoặc dữ liệu của hệ thống thông tin nguồn.", "station",
			[]string{"Xã, phường, thị trấn", "Số tin, bài CCHC", "Số phút"}, false},
	}
}

// kindRadio is the kind of loudspeakers' forms.
const kindRadio = "radio"

// kindsFor are the kinds that a role hands in.
func kindsFor(a access.Actor) []sentKind {
	return slices.DeleteFunc(sentKinds(), func(k sentKind) bool {
		switch a.Role {
		case access.Planner:
			return k.Of != "channel" && k.Code != string(media.RegSegments)
		case access.Editor:
			return k.Code != string(media.RegPrint)
		case access.District, access.Clerk, access.Link:
			return k.Code != kindRadio
		}
		return false
	})
}

// choice is one line of a list to choose from.
type choice struct {
	Value, Word string
	Chosen      bool
}

// handPage is the page on which something is handed in, looked at and confirmed.
type handPage struct {
	Base     string
	Kinds    []sentKind
	Kind     *sentKind
	Sent     Sent
	ID       string // of what waits, "" on the empty form
	Reading  *Reading
	Pasted   string
	Channels []choice
	Agencies []choice
	District []choice
	Months   []choice
	Grades   []choice
	From, To string // as people write them
	Names    []mapName
	Letters  []choice
	Senders  []string // who sent before
	Ready    bool
	Weeks    string // address of the weeks that it changes
}

// mapName is a column that a map may tell, with what is told of it.
type mapName struct {
	N          int
	Name, Spec string
}

// handing are the addresses under which something is handed in: of everything, or of loudspeakers' forms alone.
type handing struct {
	*site
	base  string
	radio bool
}

func (s *site) handRoutes() []route {
	if s.Air.Take == nil {
		return nil
	}
	logs, radio := handing{s, "/phat-song/nhap", false}, handing{s, "/truyen-thanh/nhap", true}
	var out []route
	for _, h := range []struct {
		handing
		may access.Right
	}{{logs, access.Log}, {radio, access.Handover}} {
		out = append(out,
			route{"GET", h.base, h.may, true, h.empty},
			route{"POST", h.base, h.may, true, h.take},
			route{"GET", h.base + "/{id}", h.may, true, h.waiting},
			route{"POST", h.base + "/{id}", h.may, true, h.take},
			route{"POST", h.base + "/{id}/nap", h.may, true, h.load},
			route{"POST", h.base + "/{id}/bo", h.may, true, h.drop})
	}
	return append(out, route{"GET", "/phat-song/ban-do-cot", access.Log, true, s.maps}, route{"POST", "/phat-song/ban-do-cot", access.Log, true, s.dropMap})
}

// kind is a kind that the person may hand in here, nil if there is none such.
func (h handing) kind(a access.Actor, code string) *sentKind {
	for _, k := range h.kinds(a) {
		if k.Code == code {
			return &k
		}
	}
	return nil
}

func (h handing) kinds(a access.Actor) []sentKind {
	return slices.DeleteFunc(kindsFor(a), func(k sentKind) bool { return h.radio && k.Code != kindRadio })
}

// empty is the form: first what is handed in, then its details.
func (h handing) empty(w http.ResponseWriter, r *http.Request) {
	a := h.actor(r)
	code := r.URL.Query().Get("loai")
	if all := h.kinds(a); code == "" && len(all) == 1 {
		code = all[0].Code
	}
	sent := Sent{Kind: code, Channel: r.URL.Query().Get("kenh")}
	if from, ok := dayOf(r.URL.Query().Get("tu")); ok {
		sent.From, sent.To = from, from.AddDate(0, 0, 6)
		if last := calendar.Day(h.Business()); sent.To.After(last) {
			sent.To = last
		}
	}
	if a.Name != "" && a.Role.Scoped() {
		sent.Sender = a.Name
	}
	h.show(w, r, http.StatusOK, h.page(r, sent, "", nil), nil)
}

// page is the page's content, its choices within what the person may see.
func (h handing) page(r *http.Request, sent Sent, id string, reading *Reading) handPage {
	a := h.actor(r)
	p := handPage{Base: h.base, Kinds: h.kinds(a), Kind: h.kind(a, sent.Kind), Sent: sent, ID: id, Reading: reading}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return viet.Day(t.In(calendar.Zone))
	}
	p.From, p.To = day(sent.From), day(sent.To)
	for _, c := range h.Plan.Channels {
		if a.Sees(c.Agency) {
			p.Channels = append(p.Channels, choice{c.ID, c.Name, c.ID == sent.Channel})
		}
	}
	stations := func(id string) bool {
		return slices.ContainsFunc(h.Plan.Channels, func(c schedule.Channel) bool { return c.Agency == id })
	}
	for _, ag := range h.Plan.Agencies {
		ok := false
		switch sent.Kind {
		case string(media.RegSegments):
			ok = stations(ag.ID)
		case string(media.RegPrint):
			ok = ag.Level == media.Press && !stations(ag.ID)
		case kindRadio:
			ok = ag.Level == media.Commune || ag.Level == media.District
		default:
			ok = ag.Level != media.Commune
		}
		if ok && (a.Sees(ag.ID) || sent.Kind == kindRadio && a.Sees(ag.Parent)) {
			p.Agencies = append(p.Agencies, choice{ag.ID, h.names.Agency(ag.ID), ag.ID == sent.Agency})
		}
		if ag.Level == media.District && a.Sees(ag.ID) {
			p.District = append(p.District, choice{ag.ID, h.names.Agency(ag.ID), ag.ID == sent.District})
		}
	}
	p.Months = h.months(sent.Month)
	for _, g := range []media.Grade{media.GradeA, media.GradeB, media.GradeC} {
		p.Grades = append(p.Grades, choice{string(g), viet.Capital(viet.GradeWords(string(g))), string(g) == cmp.Or(sent.Grade, "A")})
	}
	if reading != nil {
		p.Pasted = reading.Text
		p.Ready = reading.Done == nil && len(reading.Mistakes) == 0
		h.mapNames(&p)
	}
	p.Weeks = "/phat-song"
	if !sent.From.IsZero() {
		p.Weeks += "?tuan=" + calendar.WeekOf(sent.To).ID
	}
	return p
}

// months are those of the plan that are over, the newest first.
func (h handing) months(chosen time.Time) (out []choice) {
	now := h.Business()
	for m := calendar.At(calendar.Month, now).Start.AddDate(0, -1, 0); !m.AddDate(0, 1, 0).Before(h.Plan.From) && len(out) < 24; m = m.AddDate(0, -1, 0) {
		out = append(out, choice{m.Format("2006-01"), "Tháng " + strings.TrimPrefix(m.Format("01/2006"), "0"), m.Equal(chosen)})
	}
	return out
}

// mapNames are the columns that can be told, and what is told of them.
func (h handing) mapNames(p *handPage) {
	if p.Kind == nil || !p.Kind.Map || h.Air.MapColumns == nil {
		return
	}
	for i, name := range h.Air.MapColumns(p.Kind.Code) {
		m := mapName{N: i, Name: name}
		if p.Sent.Map != nil {
			m.Spec = p.Sent.Map.Columns[name]
		} else {
			for _, c := range p.Reading.Columns {
				if c[1] == name {
					m.Spec = c[0]
				}
			}
		}
		p.Names = append(p.Names, m)
	}
}

func (h handing) show(w http.ResponseWriter, r *http.Request, status int, p handPage, wrong error) {
	title := "Nạp nhật ký, lịch, bảng kê"
	here := "/phat-song"
	if h.radio {
		title, here = "Nạp phiếu truyền thanh", "/truyen-thanh"
	}
	if p.Kind != nil {
		title = p.Kind.Word
	}
	f := frame{Title: title, Here: here, Page: p}
	if wrong != nil {
		h.sorry(w, r, "hand in", wrong, "hand", f)
		return
	}
	h.render(w, r, status, "hand", f)
}

// dayOf reads a day as a person or a date field writes it.
func dayOf(text string) (time.Time, bool) {
	if text = viet.Clean(text); text == "" {
		return time.Time{}, false
	}
	d, ok := viet.ParseDate(text, viet.DateOptions{})
	if !ok {
		return time.Time{}, false
	}
	return calendar.Day(d.Time), true
}

// Largest files of a form, in bytes: a month of signed pages.
const mostSheet = 64 << 20

// take keeps what was sent, anew or in the place of what waits.
func (h handing) take(w http.ResponseWriter, r *http.Request) {
	files, done, ok := h.files(w, r, mostSheet, 2)
	if !ok {
		return
	}
	defer done()
	a, id := h.actor(r), r.PathValue("id")
	sent, wrong := h.sentOf(r)
	var reading *Reading
	if id != "" {
		before, rd, err := h.Air.Read(r.Context(), a, id)
		if err != nil {
			h.gone(w, r, err)
			return
		}
		sent.FileName, sent.ScanName, sent.Pasted, reading = before.FileName, before.ScanName, before.Pasted, &rd
		sent.Kind = before.Kind
		if sent.Map == nil && !sent.ByHeads && field(r, "co-ban-do") == "" { // a map told before stays
			sent.Map, sent.KeepMap = before.Map, before.KeepMap
		}
	}
	if h.kind(a, sent.Kind) == nil {
		h.forbidden(w, r)
		return
	}
	if m, err := h.mapOf(r, sent, wrong); m != nil || err != nil {
		sent.Map, wrong = m, err
	}
	var file, scan []byte
	for _, f := range files {
		data, err := os.ReadFile(f.Path)
		if err != nil {
			h.fail(w, r, "read what was sent", err)
			return
		}
		if f.Field == "quet" {
			scan, sent.ScanName = data, f.Name
		} else {
			file, sent.FileName, sent.Pasted = data, f.Name, false
		}
	}
	if text := strings.TrimSpace(r.PostFormValue("dan")); file == nil && text != "" && !sent.None {
		file, sent.FileName, sent.Pasted = []byte(r.PostFormValue("dan")), "", true
	}
	if wrong == nil && id == "" && file == nil && !sent.None {
		wrong = Refusal{"Chưa có tệp và cũng chưa dán ô nào."}
	}
	if wrong == nil {
		id, wrong = h.Air.Take(r.Context(), a, id, sent, file, scan)
	}
	if wrong != nil {
		p := h.page(r, sent, r.PathValue("id"), reading)
		if p.Pasted == "" {
			p.Pasted = r.PostFormValue("dan")
		}
		h.show(w, r, http.StatusUnprocessableEntity, p, wrong)
		return
	}
	h.done(w, r, h.base+"/"+id, "")
}

// sentOf reads the details of the form.
func (h handing) sentOf(r *http.Request) (s Sent, err error) {
	s = Sent{Kind: field(r, "loai"), Channel: field(r, "kenh"), Agency: field(r, "co-quan"), District: field(r, "huyen"), Sender: field(r, "nguoi-gui"), Grade: field(r, "minh-chung"),
		TypedBy: field(r, "nguoi-go"), None: field(r, "khong-co") != "", Note: field(r, "loi"), Signed: field(r, "ky") != "", Over: field(r, "thay-tot-hon") != "", Replace: field(r, "thay-ca-kenh") != "",
		ByHeads: field(r, "theo-tieu-de") != "", KeepMap: field(r, "luu-ban-do") != ""}
	for _, d := range []struct {
		name, word string
		to         *time.Time
	}{{"tu", "Ngày đầu", &s.From}, {"den", "Ngày cuối", &s.To}} {
		text := field(r, d.name)
		day, ok := dayOf(text)
		if text != "" && !ok {
			err = Refusal{fmt.Sprintf("%s «%s» không phải một ngày; cần dạng 06/3/2023.", d.word, text)}
		}
		if day.After(h.Business()) {
			err = Refusal{fmt.Sprintf("%s «%s» còn ở phía trước: chỉ xác nhận được cho những ngày đã qua.", d.word, text)}
		}
		*d.to = day
	}
	if text := field(r, "thang"); text != "" {
		m, perr := time.ParseInLocation("2006-01", text, calendar.Zone)
		if perr != nil {
			err = Refusal{"Chưa chọn đúng tháng."}
		}
		s.Month = m
	}
	return s, err
}

// mapOf reads the map that is told on the page, nil if none is.
func (h handing) mapOf(r *http.Request, s Sent, before error) (*media.TableMap, error) {
	if field(r, "co-ban-do") == "" || h.Air.MapColumns == nil {
		return nil, before
	}
	m := media.TableMap{Sender: s.Sender, Form: s.Kind, Columns: map[string]string{}, Unit: field(r, "don-vi"), DayOrder: field(r, "thu-tu-ngay"), Channel: s.Channel}
	for i, name := range h.Air.MapColumns(s.Kind) {
		if spec := field(r, "cot-"+strconv.Itoa(i)); spec != "" {
			m.Columns[name] = spec
		}
	}
	if text := field(r, "dong-dau"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, cmp.Or[error](before, Refusal{"Dòng dữ liệu đầu tiên «" + text + "» không phải số dòng."})
		}
		m.FirstRow = n
	}
	if len(m.Columns) == 0 && m.FirstRow == 0 && m.Unit == "" && m.DayOrder == "" {
		return nil, before
	}
	return &m, before
}

// gone tells a person that nothing of theirs waits there.
func (h handing) gone(w http.ResponseWriter, r *http.Request, err error) {
	if text := refusal(err); text != "" {
		h.missing(w, r, text)
		return
	}
	h.fail(w, r, "read what was handed in", err)
}

// waiting shows how what was handed in would be stored, or what came of storing it.
func (h handing) waiting(w http.ResponseWriter, r *http.Request) {
	sent, reading, err := h.Air.Read(r.Context(), h.actor(r), r.PathValue("id"))
	if err != nil {
		h.gone(w, r, err)
		return
	}
	if h.asSheet(w, r, func() (sheet, error) { return mistakeSheet(reading), nil }) {
		return
	}
	h.show(w, r, http.StatusOK, h.page(r, sent, r.PathValue("id"), &reading), nil)
}

// mistakeSheet are the mistakes of a file, for whoever mends it.
func mistakeSheet(rd Reading) sheet {
	sh := sheet{Name: "loi-can-sua", Title: "Lỗi cần sửa", Head: []string{"Dòng", "Cột", "Ô đang ghi", "Lỗi"}}
	for _, m := range rd.Mistakes {
		row := any("")
		if m.Row > 0 {
			row = m.Row
		}
		sh.Rows = append(sh.Rows, []any{row, m.Column, m.Value, m.Text})
	}
	return sh
}

// load stores what waits, after the person's yes.
func (h handing) load(w http.ResponseWriter, r *http.Request) {
	if !h.form(w, r) {
		return
	}
	id := r.PathValue("id")
	if _, err := h.Air.Load(r.Context(), h.actor(r), id); err != nil {
		sent, reading, rerr := h.Air.Read(r.Context(), h.actor(r), id)
		if rerr != nil {
			h.gone(w, r, rerr)
			return
		}
		h.show(w, r, http.StatusUnprocessableEntity, h.page(r, sent, id, &reading), err)
		return
	}
	h.done(w, r, h.base+"/"+id, "Đã nạp.")
}

// drop forgets what waits.
func (h handing) drop(w http.ResponseWriter, r *http.Request) {
	if !h.form(w, r) {
		return
	}
	if err := h.Air.Drop(r.Context(), h.actor(r), r.PathValue("id")); err != nil {
		h.gone(w, r, err)
		return
	}
	h.done(w, r, h.base, "Đã bỏ tệp, chưa lưu gì.")
}

// columnLetter names the n-th column, from 1, as spreadsheets do.
func columnLetter(n int) string {
	if n > 26 {
		return string(rune('A'+(n-1)/26-1)) + string(rune('A'+(n-1)%26))
	}
	return string(rune('A' + n - 1))
}

// limit is as many mistakes as a person reads at once; all are in the sheet.
func limit(all []Mistake) []Mistake { return all[:min(len(all), 300)] }

// periodName is the name of a period by its id, with a capital.
func periodName(id string) string {
	p, err := calendar.Parse(id)
	if err != nil {
		return id
	}
	return viet.Capital(p.Name())
}
