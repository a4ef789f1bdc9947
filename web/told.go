package web

import (
	"net/http"
	"time"
)

// Told is one notice: to whom, when, over which ways, and what was answered.
type Told struct {
	ID      string
	At      time.Time
	To      string // audience, and whose, Vietnamese
	Subject string
	Text    string // what is copied into a messenger, 600 characters at most
	Ways    []Way
	Answers []Answer
}

// Way is one channel of a notice and how far it got.
type Way struct {
	Channel, Recipient string
	State              string // as viet.DeliveryState words it
	Dead               bool
}

// Answer is what somebody who was told said.
type Answer struct {
	At           time.Time
	Actor, Words string
}

// mostTold is how many notices the page shows, the newest.
const mostTold = 100

func (s *site) told(w http.ResponseWriter, r *http.Request) {
	if s.Told == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	list, err := s.Told(r.Context(), mostTold)
	if err != nil {
		s.fail(w, r, "read what was told", err)
		return
	}
	if s.asSheet(w, r, func() (sheet, error) { return toldSheet(list), nil }) {
		return
	}
	s.render(w, r, http.StatusOK, "told", frame{Title: "Thông báo đã gửi", Here: "/bao-tin", Evaluated: s.Business(), Page: list})
}
