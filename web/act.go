package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"loa/viet"
)

// Refusal is why something that was asked for is not done, as the person reads
// it: a whole Vietnamese sentence. Doors return it for whatever is not a
// failure of the system; nothing was changed then.
type Refusal struct{ Text string }

func (r Refusal) Error() string { return r.Text }

// refusal is the sentence of a refusal, "" for any other error.
func refusal(err error) string {
	var r Refusal
	if errors.As(err, &r) {
		return r.Text
	}
	return ""
}

// keepsOut tells a person who is confined to some agencies that another's are not theirs, and reports that it did.
func (s *site) keepsOut(w http.ResponseWriter, r *http.Request, agency string) bool {
	if s.actor(r).Sees(agency) {
		return false
	}
	s.forbidden(w, r)
	return true
}

func (s *site) forbidden(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, http.StatusForbidden, "message", frame{Title: "Không có quyền", Page: message{"Không có quyền xem trang này",
		"Trang này không thuộc phạm vi của tài khoản đang dùng (" + s.actor(r).Role.Word() + "). Nếu cần, đề nghị người quản trị cấp quyền."}})
}

// sameOrigin refuses what another site's page would have a browser send.
func (s *site) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.render(w, r, http.StatusForbidden, "message", frame{Title: "Không nhận", Page: message{"Không nhận yêu cầu này",
			"Yêu cầu được gửi từ một trang khác. Xin mở trang cần dùng trong hệ thống và làm lại."}})
	}))
	return guard.Handler(next)
}

// mostForm is how many bytes a form without files may have.
const mostForm = 1 << 20

// form reads a form without files. It answers and returns false if the form is too large or malformed.
func (s *site) form(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil {
		s.render(w, r, http.StatusBadRequest, "message", frame{Title: "Chưa nhận được", Page: message{"Chưa nhận được biểu mẫu",
			"Biểu mẫu gửi lên quá lớn hoặc bị cắt giữa chừng; chưa có gì thay đổi. Xin gửi lại."}})
		return false
	}
	return true
}

// field is a value of the form, cleaned and in NFC.
func field(r *http.Request, name string) string { return viet.Clean(r.PostFormValue(name)) }

// done sends the person on to a page of the desk, which says what was done.
func (s *site) done(w http.ResponseWriter, r *http.Request, to, words string) {
	if words != "" {
		http.SetCookie(w, s.cookie(r, saidCookie, base64.RawURLEncoding.EncodeToString([]byte(words)), time.Minute))
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

const saidCookie = "loa_said"

// cookie is one of the desk's own: for this host alone, out of reach of scripts.
func (s *site) cookie(r *http.Request, name, value string, age time.Duration) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(age.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure(r)}
}

// said takes what done left for the next page.
func said(w http.ResponseWriter, r *http.Request) string {
	c, err := r.Cookie(saidCookie)
	if err != nil || c.Value == "" {
		return ""
	}
	http.SetCookie(w, &http.Cookie{Name: saidCookie, Path: "/", MaxAge: -1})
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return ""
	}
	return viet.Clean(strings.ToValidUTF8(string(text), ""))
}

// back is an address of the desk that a form names to go back to; anything else is other.
func back(to, other string) string {
	u, err := url.Parse(to)
	plain := !strings.ContainsFunc(to, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' })
	if err == nil && plain && u.Host == "" && u.Scheme == "" && u.User == nil && strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
		return to
	}
	return other
}

// sorry renders the same page once more with why it was not done; what is no refusal is a failure.
func (s *site) sorry(w http.ResponseWriter, r *http.Request, doing string, err error, page string, f frame) {
	if f.Wrong = refusal(err); f.Wrong == "" {
		s.fail(w, r, doing, err)
		return
	}
	s.render(w, r, http.StatusUnprocessableEntity, page, f)
}

// answer renders a page: as it is, or once more with why what was asked for was not done.
func (s *site) answer(w http.ResponseWriter, r *http.Request, doing string, wrong error, page string, f frame) {
	if wrong != nil {
		s.sorry(w, r, doing, wrong, page, f)
		return
	}
	s.render(w, r, http.StatusOK, page, f)
}
