package web

import (
	"net/http"
	"slices"
	"strconv"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// settle accepts or returns evidence and plans.
func (s *site) settle(w http.ResponseWriter, r *http.Request) { s.settleOf(w, r) }

// settleReport is settle of reports alone, which Sở Nội vụ settles too.
func (s *site) settleReport(w http.ResponseWriter, r *http.Request) {
	s.settleOf(w, r, media.HandReport)
}

func (s *site) settleOf(w http.ResponseWriter, r *http.Request, only ...media.HandinKind) {
	if !s.form(w, r) {
		return
	}
	h, ok := s.ownHandin(w, r)
	if !ok {
		return
	}
	if len(only) > 0 && !slices.Contains(only, h.Kind) {
		s.missing(w, r, "Không có báo cáo này.")
		return
	}
	a := media.HandinAct{Actor: s.actor(r).String(), Kind: media.Accepted, Grade: media.Grade(field(r, "hang"))}
	var err error
	a.Seq = seenAct(r)
	said := "Đã chấp nhận: " + h.Title + "."
	if err == nil && field(r, "viec") == "tra-lai" {
		a.Kind, a.Grade, said = media.Returned, "", "Đã trả lại: "+h.Title+"."
		if a.Reason, err = words(r, "ly-do", "Lý do", 1000); err == nil && a.Reason == "" {
			err = Refusal{"Xin ghi lý do trả lại, để đơn vị biết cần sửa gì."}
		}
		if err == nil {
			a.Due, err = s.formDay(r, "han", "hạn nộp lại", true)
		}
		if err == nil && !a.Due.IsZero() && a.Due.Before(calendar.Day(s.Business())) {
			err = Refusal{"Hạn nộp lại " + viet.Day(a.Due) + " đã qua."}
		}
	} else if err == nil && !slices.Contains([]media.Grade{media.GradeA, media.GradeB, media.GradeC}, a.Grade) {
		err = Refusal{"Xin chọn hạng minh chứng."}
	}
	s.actOnHandin(w, r, h, a, err, said)
}

// seenAct is one more than the last act that the page showed.
func seenAct(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("sau"))
	if err != nil || n < 0 || n > 1_000_000 {
		return 0
	}
	return n + 1
}

// withdraw takes back what was handed in and not accepted yet.
func (s *site) withdraw(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	h, ok := s.ownHandin(w, r)
	if !ok {
		return
	}
	a := media.HandinAct{Seq: seenAct(r), Actor: s.actor(r).String(), Kind: media.Withdrawn}
	var err error
	a.Reason, err = words(r, "ly-do-rut", "Lý do rút lại", 1000)
	s.actOnHandin(w, r, h, a, err, "Đã rút lại: "+h.Title+".")
}

func (s *site) actOnHandin(w http.ResponseWriter, r *http.Request, h media.Handin, a media.HandinAct, err error, said string) {
	if err == nil {
		err = s.Handins.Act(r.Context(), h.ID, a)
	}
	if err != nil {
		s.sorry(w, r, "act on a hand-in", err, "proof", frame{Title: h.Title, Here: bookOf(h.Kind), Page: s.proofPage(r, h)})
		return
	}
	s.done(w, r, "/minh-chung/"+h.ID, said)
}
