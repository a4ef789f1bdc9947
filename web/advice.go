package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

func (s *site) adviceRoutes() []route {
	if s.Air.Advise == nil {
		return nil
	}
	return []route{
		{"GET", "/sap-toi/goi-y", access.See, true, s.advice}, {"POST", "/sap-toi/goi-y/luu", access.Log, true, s.keepAdvice},
		{"POST", "/sap-toi/goi-y/chia-se", access.Log, true, s.shareAdvice}, {"POST", "/sap-toi/khung-gio", access.Log, true, s.putGrid},
	}
}

// Weeks that suggestions look ahead.
const (
	adviceWeeks     = 4
	mostAdviceWeeks = 26
)

// mostRooms is how many stretches of a station's week the form has.
const mostRooms = 8

// advicePage is what an outlet could take up.
type advicePage struct {
	Advice
	Outlet  string
	Weeks   int
	Outlets []choice
	Periods []adviceSlot
	Own     bool // the person's own, or the officer's: may keep and share
	Rooms   []adviceRoom
	Days    [][2]string
	Query   template.URL // made here, escaped: another string would be escaped once more
}

type adviceSlot struct {
	schedule.Slot
	Title  string
	Period calendar.Period
	Lines  []adviceLine
}

type adviceLine struct {
	schedule.Filling
	When string
	Why  []string
}

// adviceRoom is a row of the grid's form.
type adviceRoom struct {
	N        int
	Channels []choice
	Days     []choice
	From, To string
}

// dayChoices are the days that a stretch can stand on.
func dayChoices() [][2]string {
	return [][2]string{{"all", "mọi ngày"}, {"work", "thứ Hai đến thứ Sáu"}, {"end", "thứ Bảy, Chủ nhật"}, {"1", "thứ Hai"}, {"2", "thứ Ba"}, {"3", "thứ Tư"}, {"4", "thứ Năm"}, {"5", "thứ Sáu"}, {"6", "thứ Bảy"}, {"7", "Chủ nhật"}}
}

// outlets are the newspapers and stations that the person may see suggestions for.
func (s *site) outlets(a access.Actor, chosen string) (out []choice) {
	for _, x := range s.Plan.Agencies {
		if x.Level == media.Press && a.Sees(x.ID) {
			out = append(out, choice{s.slug(x.ID), s.names.Agency(x.ID), x.ID == chosen})
		}
	}
	return out
}

func (s *site) advice(w http.ResponseWriter, r *http.Request) { s.adviceWith(w, r, nil) }

func (s *site) adviceWith(w http.ResponseWriter, r *http.Request, wrong error) {
	a := s.actor(r)
	outlet, all := s.agencyID(r.FormValue("cho")), s.outlets(a, "")
	if outlet == "" && len(all) > 0 {
		outlet = s.agencyID(all[0].Value)
	}
	if !slices.ContainsFunc(all, func(c choice) bool { return s.agencyID(c.Value) == outlet }) {
		s.forbidden(w, r)
		return
	}
	weeks := adviceWeeks
	if n, err := strconv.Atoi(r.FormValue("tuan")); err == nil && n >= 1 && n <= mostAdviceWeeks {
		weeks = n
	}
	advice, err := s.Air.Advise(r.Context(), outlet, weeks)
	if err != nil {
		s.gone(w, r, "look for suggestions", err)
		return
	}
	p := advicePage{Advice: advice, Outlet: outlet, Weeks: weeks, Outlets: s.outlets(a, outlet), Own: a.May(access.Log), Days: dayChoices(), Query: template.URL("cho=" + url.QueryEscape(s.slug(outlet)) + "&tuan=" + strconv.Itoa(weeks))}
	if a.Role == access.Officer { // what an outlet did not share is its own
		p.Drafts = slices.DeleteFunc(slices.Clone(p.Drafts), func(d Advice) bool { return d.Shared.IsZero() })
	} else if !a.Role.Scoped() {
		p.Drafts = nil
	}
	for _, slot := range advice.Slots {
		x := adviceSlot{Slot: slot, Title: s.quotas[slot.Quota].Title, Period: calendar.Period{ID: slot.Period, Start: slot.Start, End: slot.End}}
		for _, f := range slot.Fill {
			line := adviceLine{Filling: f}
			if f.Kind == "airtime" {
				line.When = viet.Moment(f.At) + " (" + viet.Weekday(f.At.In(calendar.Zone).Weekday()) + ")"
			} else if !f.At.IsZero() {
				line.When = viet.Day(f.At)
			}
			for _, why := range f.Why {
				line.Why = append(line.Why, s.names.Reason(why))
			}
			x.Lines = append(x.Lines, line)
		}
		p.Periods = append(p.Periods, x)
	}
	s.adviceRooms(&p)
	if wrong == nil && s.asSheet(w, r, func() (sheet, error) { return s.adviceSheet(p), nil }) {
		return
	}
	f := frame{Title: "Gợi ý cho các tuần tới", Here: "/sap-toi", Page: p}
	s.answer(w, r, "keep suggestions", wrong, "advice", f)
}

// gone answers a refusal of a page that is only read.
func (s *site) gone(w http.ResponseWriter, r *http.Request, doing string, err error) {
	if text := refusal(err); text != "" {
		s.missing(w, r, text)
		return
	}
	s.fail(w, r, doing, err)
}

// adviceRooms are the rows of the grid's form: those that are kept, and two more.
func (s *site) adviceRooms(p *advicePage) {
	if !p.Station || !p.Own {
		return
	}
	for n := range min(len(p.Grid)+2, mostRooms) {
		row, room := adviceRoom{N: n}, [4]string{}
		if n < len(p.Grid) {
			room = p.Grid[n]
		}
		row.From, row.To = room[2], room[3]
		for _, c := range s.Plan.Channels {
			if c.Agency == p.Outlet {
				row.Channels = append(row.Channels, choice{c.ID, c.Name, c.ID == room[0]})
			}
		}
		for _, d := range p.Days {
			row.Days = append(row.Days, choice{d[0], d[1], d[0] == room[1]})
		}
		p.Rooms = append(p.Rooms, row)
	}
}

func (s *site) adviceSheet(p advicePage) sheet {
	sh := sheet{Name: "goi-y", Title: p.Head, Head: []string{"Nhiệm vụ", "Kỳ", "Hạn cuối còn kịp", "Còn thiếu", "Gợi ý", "Ngày, giờ", "Địa chỉ", "Vì sao"}}
	for _, x := range p.Periods {
		head := []any{x.Quota + " " + x.Title, x.Period.Name(), x.LastSave, x.Short}
		if len(x.Lines) == 0 {
			sh.Rows = append(sh.Rows, append(head, "", "", "", ""))
		}
		for _, l := range x.Lines {
			sh.Rows = append(sh.Rows, append(slices.Clone(head), l.Filling.Title, l.When, l.URL, joinSentences(l.Why)))
		}
	}
	return sh
}

func joinSentences(all []string) (out string) {
	for _, x := range all {
		out += x + ". "
	}
	return out
}

// ownOutlet is the outlet that a form is for, if it is the person's.
func (s *site) ownOutlet(w http.ResponseWriter, r *http.Request) (string, bool) {
	if !s.form(w, r) {
		return "", false
	}
	outlet := s.agencyID(r.FormValue("cho"))
	return outlet, !s.keepsOut(w, r, outlet)
}

func (s *site) keepAdvice(w http.ResponseWriter, r *http.Request) {
	outlet, ok := s.ownOutlet(w, r)
	if !ok {
		return
	}
	weeks, err := strconv.Atoi(r.FormValue("tuan"))
	if err != nil || weeks < 1 || weeks > mostAdviceWeeks {
		weeks = adviceWeeks
	}
	said, err := s.Air.KeepAdvice(r.Context(), s.actor(r), outlet, weeks)
	s.advised(w, r, outlet, said, err)
}

func (s *site) shareAdvice(w http.ResponseWriter, r *http.Request) {
	outlet, ok := s.ownOutlet(w, r)
	if !ok {
		return
	}
	said, err := s.Air.ShareAdvice(r.Context(), s.actor(r), outlet, field(r, "ban"))
	s.advised(w, r, outlet, said, err)
}

func (s *site) advised(w http.ResponseWriter, r *http.Request, outlet, said string, err error) {
	if err != nil {
		s.adviceWith(w, r, err)
		return
	}
	s.done(w, r, "/sap-toi/goi-y?cho="+url.QueryEscape(s.slug(outlet)), said)
}

func (s *site) putGrid(w http.ResponseWriter, r *http.Request) {
	outlet, ok := s.ownOutlet(w, r)
	if !ok {
		return
	}
	rooms := [][4]string{}
	for n := range mostRooms {
		i := "-" + strconv.Itoa(n)
		if room := [4]string{field(r, "kenh"+i), field(r, "ngay"+i), field(r, "tu"+i), field(r, "den"+i)}; room[2] != "" || room[3] != "" {
			rooms = append(rooms, room)
		}
	}
	s.advised(w, r, outlet, "Đã lưu khung giờ có thể xếp.", s.Air.PutGrid(r.Context(), s.actor(r), outlet, rooms))
}
