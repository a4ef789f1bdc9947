package web

import (
	"net/http"
	"time"
)

// signOnCookie is the name of the cookie that ties the provider's answer to the browser that asked: under https one that no
// other host can set, or somebody could have a person log in as another.
func (s *site) signOnCookie(r *http.Request) string {
	if s.secure(r) {
		return "__Host-loa_mot_lan"
	}
	return "loa_mot_lan"
}

// signOn sends the person to the identity provider.
func (s *site) signOn(w http.ResponseWriter, r *http.Request) {
	if s.SignOn == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	to, kept, err := s.SignOn.Begin(r.Context())
	if err != nil {
		s.Log.WarnContext(r.Context(), "single sign-on", "error", err)
		s.loginWith(w, r, http.StatusBadGateway, loginForm{}, accountWords(err))
		return
	}
	http.SetCookie(w, s.cookie(r, s.signOnCookie(r), kept, 10*time.Minute))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// signedOn takes the person back from the identity provider.
func (s *site) signedOn(w http.ResponseWriter, r *http.Request) {
	if s.SignOn == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	kept := ""
	if c, err := r.Cookie(s.signOnCookie(r)); err == nil {
		kept = c.Value
	}
	http.SetCookie(w, s.cookie(r, s.signOnCookie(r), "", -time.Second))
	who, err := s.SignOn.Finish(r.Context(), kept, r.URL.Query().Get("state"), r.URL.Query().Get("code"))
	token := ""
	if err == nil {
		token, err = s.Gate.SignedOn(r.Context(), who, s.address(r), r.UserAgent())
	}
	if words := accountWords(err); words != "" {
		s.Log.WarnContext(r.Context(), "single sign-on", "error", err)
		s.loginWith(w, r, http.StatusUnauthorized, loginForm{}, words)
		return
	}
	if err != nil {
		s.fail(w, r, "sign on", err)
		return
	}
	s.letIn(w, r, token, "/")
}
