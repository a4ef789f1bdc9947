package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

func (s *site) radioRoutes() []route {
	if s.Air.Radio == nil {
		return nil
	}
	return []route{
		{"GET", "/truyen-thanh", access.See, true, s.radio},
		{"GET", "/truyen-thanh/phieu", access.Slip, true, s.radioForm}, {"POST", "/truyen-thanh/phieu", access.Slip, true, s.putRadioForm},
		{"POST", "/truyen-thanh/chon", access.Decide, false, s.drawRadio}, {"POST", "/truyen-thanh/nghe", access.Decide, false, s.heardRadio},
	}
}

// radioPage is «Truyền thanh cơ sở»: forms by district and month, and the communes to listen to.
type radioPage struct {
	RadioMonth
	Period    calendar.Period
	Prev      string
	Next      string
	Districts []radioDistrict
	Picked    []RadioCommune
	Expected  int
	Received  int
	May       bool // draw and record
	Hand      bool // hand in
	Results   []choice
}

type radioDistrict struct {
	ID       string
	Communes []RadioCommune
	Received int
}

// radioMonthOf reads the month that is looked at; the last that is over where none is named.
func (s *site) radioMonthOf(text string) calendar.Period {
	m := calendar.At(calendar.Month, calendar.At(calendar.Month, s.Business()).Start.AddDate(0, 0, -1))
	if p, err := calendar.Parse(text); err == nil && calendar.At(calendar.Month, p.Start).ID == p.ID && p.Start.Before(s.Plan.To) && s.Plan.From.Before(p.End) {
		return p
	}
	if !s.Plan.From.Before(m.End) {
		m = calendar.At(calendar.Month, s.Plan.From)
	}
	return m
}

func (s *site) radio(w http.ResponseWriter, r *http.Request) { s.radioWith(w, r, nil) }

func (s *site) radioWith(w http.ResponseWriter, r *http.Request, wrong error) {
	a := s.actor(r)
	month := s.radioMonthOf(r.FormValue("thang"))
	read, err := s.Air.Radio(r.Context(), month.Start)
	if err != nil {
		s.gone(w, r, "read the month's loudspeakers", err)
		return
	}
	p := radioPage{RadioMonth: read, Period: month, May: a.May(access.Decide), Hand: a.May(access.Handover) && s.Air.Take != nil}
	if prev := calendar.At(calendar.Month, month.Start.AddDate(0, 0, -1)); s.Plan.From.Before(prev.End) {
		p.Prev = prev.ID
	}
	if next := calendar.At(calendar.Month, month.End); next.Start.Before(s.Business()) && next.Start.Before(s.Plan.To) {
		p.Next = next.ID
	}
	for _, x := range [][2]string{{"heard", "có phát nội dung cải cách hành chính"}, {"silent", "không phát"}, {"not-checked", "chưa nghe được"}} {
		p.Results = append(p.Results, choice{Value: x[0], Word: x[1]})
	}
	for _, c := range read.Communes {
		if !a.Sees(c.ID) && (c.District == "" || !a.Sees(c.District)) {
			continue
		}
		i := slices.IndexFunc(p.Districts, func(d radioDistrict) bool { return d.ID == c.District })
		if i < 0 {
			i, p.Districts = len(p.Districts), append(p.Districts, radioDistrict{ID: c.District})
		}
		d := &p.Districts[i]
		d.Communes = append(d.Communes, c)
		p.Expected++
		if !c.Received.IsZero() {
			d.Received++
			p.Received++
		}
		if c.Picked && !a.Role.Scoped() { // who is listened to is not told before
			p.Picked = append(p.Picked, c)
		}
	}
	if wrong == nil && s.asSheet(w, r, func() (sheet, error) { return s.radioSheet(p), nil }) {
		return
	}
	if a.Role.Scoped() {
		p.Drawn, p.Says = "", nil
	}
	f := frame{Title: "Truyền thanh cơ sở", Here: "/truyen-thanh", Page: p}
	s.answer(w, r, "listen to loudspeakers", wrong, "radio", f)
}

func (s *site) radioSheet(p radioPage) sheet {
	sh := sheet{Name: "truyen-thanh-" + p.Period.ID, Title: "Truyền thanh cơ sở, " + p.Period.Name(), Head: []string{"Huyện", "Xã", "Nhận ngày", "Người gửi", "Tin, bài CCHC", "Thời lượng", "Có chữ ký"}}
	for _, d := range p.Districts {
		for _, c := range d.Communes {
			row := []any{s.districtName(d.ID), s.names.Agency(c.ID), c.Received, c.Sender, c.Pieces, "", c.Signed}
			if c.Received.IsZero() {
				row[2], row[4], row[6] = "chưa nhận được", "", ""
			}
			if c.Minutes > 0 {
				row[5] = viet.Duration(c.Minutes)
			}
			sh.Rows = append(sh.Rows, row)
		}
	}
	return sh
}

func (s *site) districtName(id string) string {
	if id == "" {
		return "không rõ huyện"
	}
	return s.names.Agency(id)
}

func (s *site) drawRadio(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	month := s.radioMonthOf(r.FormValue("thang"))
	n, err := strconv.Atoi(field(r, "so-xa"))
	if err != nil || n < 1 {
		s.radioWith(w, r, Refusal{"Số xã cần nghe phải là một số từ 1."})
		return
	}
	said, err := s.Air.Sample(r.Context(), s.actor(r), month.Start, n, field(r, "ly-do"))
	if err != nil {
		s.radioWith(w, r, err)
		return
	}
	s.done(w, r, "/truyen-thanh?thang="+month.ID, said)
}

func (s *site) heardRadio(w http.ResponseWriter, r *http.Request) {
	month := s.radioMonthOf(r.URL.Query().Get("thang"))
	files, done, ok := s.files(w, r, mostSheet, 1)
	if !ok {
		return
	}
	defer done()
	var file []byte
	name := ""
	if len(files) == 1 {
		var err error
		if file, err = os.ReadFile(files[0].Path); err != nil {
			s.fail(w, r, "read the recording", err)
			return
		}
		name = files[0].Name
	}
	var at time.Time
	if text := field(r, "luc"); text != "" {
		heard, ok := viet.ParseDate(text, viet.DateOptions{})
		if !ok || heard.Precision == viet.PrecisionDay {
			s.radioWith(w, r, Refusal{"Chưa hiểu giờ nghe «" + text + "»: xin ghi cả giờ và ngày, như 5h30 ngày 20/3/2023."})
			return
		}
		at = heard.Time
	}
	said, err := s.Air.Heard(r.Context(), s.actor(r), month.Start, field(r, "xa"), field(r, "ket-qua"), field(r, "ghi-chu"), at, name, file)
	if err != nil {
		s.radioWith(w, r, err)
		return
	}
	s.done(w, r, "/truyen-thanh?thang="+month.ID, said)
}

// radioFormPage is the month's form of one commune, for a telephone.
type radioFormPage struct {
	Communes []choice
	Months   []choice
	Sent     radioSent
	Mistakes []Mistake
}

type radioSent struct {
	Count, Minutes, Days, Sender string
	None, Signed                 bool
}

func (s *site) radioForm(w http.ResponseWriter, r *http.Request) {
	sent := radioSent{}
	if a := s.actor(r); a.Name != "" && a.Role != access.Link {
		sent.Sender = a.Name
	}
	s.radioFormWith(w, r, sent, nil, nil)
}

func (s *site) radioFormWith(w http.ResponseWriter, r *http.Request, sent radioSent, mistakes []Mistake, wrong error) {
	a := s.actor(r)
	p := radioFormPage{Sent: sent, Mistakes: mistakes}
	chosen, month := r.FormValue("xa"), r.FormValue("thang")
	if month == "" {
		month = a.Period
	}
	for _, x := range s.Plan.Agencies {
		if x.Level == media.Commune && (a.Sees(x.ID) || a.Sees(x.Parent) && x.Parent != "") {
			p.Communes = append(p.Communes, choice{x.ID, s.names.Agency(x.ID), x.ID == chosen})
		}
	}
	if len(p.Communes) == 0 {
		s.missing(w, r, "Tài khoản này không có xã nào để gửi phiếu truyền thanh.")
		return
	}
	p.Months = handing{site: s}.months(s.radioMonthOf(month).Start)
	if a.Role == access.Link {
		p.Months = slices.DeleteFunc(p.Months, func(c choice) bool { return c.Value != a.Period })
	}
	f := frame{Title: "Phiếu truyền thanh tháng", Here: "/truyen-thanh", Page: p}
	s.answer(w, r, "hand in a month's form", wrong, "radioform", f)
}

// putRadioForm stores a commune's form by the way of every form: the same rows, the same checks.
func (s *site) putRadioForm(w http.ResponseWriter, r *http.Request) {
	files, done, ok := s.files(w, r, mostSheet, 1)
	if !ok {
		return
	}
	defer done()
	a := s.actor(r)
	form := radioSent{Count: field(r, "so-tin"), Minutes: field(r, "so-phut"), Days: field(r, "ngay"), Sender: field(r, "nguoi-gui"), None: field(r, "khong-co") != "", Signed: field(r, "ky") != ""}
	sent := Sent{Kind: kindRadio, Agency: field(r, "xa"), Sender: form.Sender, None: form.None, Signed: form.Signed, FileName: "phieu.csv"}
	var err error
	if sent.Month, err = time.ParseInLocation("2006-01", field(r, "thang"), calendar.Zone); err != nil {
		s.radioFormWith(w, r, form, nil, Refusal{"Chưa chọn tháng."})
		return
	}
	if month := sent.Month.Format("2006-01"); a.Role == access.Link && !speaksFor(a)(sent.Agency, month) {
		s.forbidden(w, r)
		return
	}
	var photo []byte
	if len(files) == 1 {
		if photo, err = os.ReadFile(files[0].Path); err != nil {
			s.fail(w, r, "read the photo", err)
			return
		}
		sent.ScanName = files[0].Name
	}
	var rows []byte
	if !form.None {
		if strings.TrimSpace(form.Count) == "" {
			s.radioFormWith(w, r, form, nil, Refusal{"Chưa ghi số tin, bài; nếu không có thì đánh dấu «Không có tin, bài nào»."})
			return
		}
		rows = radioRows(form)
	}
	id, err := s.Air.Take(r.Context(), a, "", sent, rows, photo)
	if err == nil {
		_, err = s.Air.Load(r.Context(), a, id)
	}
	if err != nil {
		var mistakes []Mistake
		if id != "" && refusal(err) != "" {
			if _, reading, rerr := s.Air.Read(r.Context(), a, id); rerr == nil {
				mistakes = reading.Mistakes
			}
		}
		s.radioFormWith(w, r, form, mistakes, err)
		return
	}
	s.done(w, r, "/truyen-thanh/phieu?xa="+sent.Agency, "Đã nhận phiếu tháng "+strings.TrimPrefix(sent.Month.Format("01/2006"), "0")+" của "+s.names.Agency(sent.Agency)+".")
}

// radioRows is the form as the table that communes send.
func radioRows(f radioSent) []byte {
	note := ""
	if f.Days != "" {
		note = "ngày phát: " + f.Days
	}
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	_ = out.WriteAll([][]string{{"Số tin, bài CCHC", "Số phút", "Ghi chú"}, {f.Count, f.Minutes, note}}) // into memory
	return b.Bytes()
}
