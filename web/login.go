package web

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"loa/viet"
	"loa/web/access"
)

func (s *site) loginRoutes() []route {
	if s.Gate == nil {
		return nil
	}
	return []route{
		{"GET", "/dang-nhap", access.Public, false, s.loginPage},
		{"POST", "/dang-nhap", access.Public, false, s.login},
		{"POST", "/dang-nhap/mau", access.Public, false, s.loginSample},
		{"GET", "/dang-nhap/mot-lan", access.Public, false, s.signOn},
		{"GET", "/dang-nhap/mot-lan/ve", access.Public, false, s.signedOn},
		{"POST", "/dang-xuat", access.Public, false, s.known(s.logout).ServeHTTP},
		{"GET", "/bat-dau", access.Public, false, s.start},
		{"POST", "/bat-dau", access.Public, false, s.begin},
		{"GET", "/p/{token}", access.Public, false, s.pass},
	}
}

// loginForm is the page where people say who they are.
type loginForm struct {
	Login, Back string
	SignOn      string // name of the identity provider, "" if there is none
	Samples     []access.Account
	Bare        bool // no account yet: only this machine can make the first
	Local       bool
}

func (s *site) loginPage(w http.ResponseWriter, r *http.Request) {
	s.loginWith(w, r, http.StatusOK, loginForm{Back: r.URL.Query().Get("ve")}, "")
}

func (s *site) loginWith(w http.ResponseWriter, r *http.Request, status int, p loginForm, wrong string) {
	p.Back = back(p.Back, "/")
	bare, err := s.unpeopled(r.Context())
	if err != nil {
		s.fail(w, r, "read accounts", err)
		return
	}
	if p.Bare, p.Local = bare, local(r); bare && p.Local && status == http.StatusOK {
		http.Redirect(w, r, "/bat-dau", http.StatusSeeOther)
		return
	}
	if s.SignOn != nil {
		p.SignOn = s.SignOn.Name
	}
	if s.Samples {
		if p.Samples, err = s.Gate.Store.Accounts(r.Context()); err != nil {
			s.fail(w, r, "read accounts", err)
			return
		}
	}
	s.render(w, r, status, "login", frame{Title: "Đăng nhập", Wrong: wrong, Page: p})
}

func (s *site) login(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	p := loginForm{Login: field(r, "tai-khoan"), Back: r.PostFormValue("ve")}
	token, _, err := s.Gate.Login(r.Context(), p.Login, viet.NFC(r.PostFormValue("mat-khau")), s.address(r), r.UserAgent())
	if words := accountWords(err); words != "" {
		s.Log.InfoContext(r.Context(), "login refused", "login", s.loginOf(r, p.Login), "from", s.address(r), "why", err)
		status := http.StatusUnauthorized
		if errors.As(err, new(access.Wait)) {
			status = http.StatusTooManyRequests
		}
		s.loginWith(w, r, status, p, words)
		return
	}
	if err != nil {
		s.fail(w, r, "log in", err)
		return
	}
	s.letIn(w, r, token, back(p.Back, "/"))
}

// loginOf is what was typed as a login if there is such an account, else nothing: people type their password there, and a log keeps it.
func (s *site) loginOf(r *http.Request, typed string) string {
	login := strings.ToLower(typed)
	if a, ok, err := s.Gate.Store.FindAccount(r.Context(), login); err == nil && ok && a.Login == login {
		return login
	}
	return ""
}

// letIn gives the browser its token and goes on.
func (s *site) letIn(w http.ResponseWriter, r *http.Request, token, to string) {
	http.SetCookie(w, s.cookie(r, s.sessionCookie(r), token, 7*24*time.Hour))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// loginSample lets a person in as one of the invented accounts of an invented province.
func (s *site) loginSample(w http.ResponseWriter, r *http.Request) {
	if !s.Samples || !s.Plan.Sample {
		s.missing(w, r, "Không có trang này.")
		return
	}
	if !s.form(w, r) {
		return
	}
	a, ok, err := s.Gate.Store.FindAccount(r.Context(), field(r, "tai-khoan"))
	if err != nil {
		s.fail(w, r, "find an account", err)
		return
	}
	if !ok {
		s.missing(w, r, "Không có tài khoản mẫu này.")
		return
	}
	token, err := s.Gate.Begin(r.Context(), a, "sample", s.address(r), r.UserAgent())
	if err != nil {
		s.fail(w, r, "begin a session", err)
		return
	}
	s.letIn(w, r, token, "/")
}

func (s *site) logout(w http.ResponseWriter, r *http.Request) {
	a := s.actor(r)
	if a.Session != "" && a.Account != "" {
		if err := s.Gate.Store.EndSessions(r.Context(), a.Account, a.Session, s.Gate.Machine(), s.act(r)); err != nil {
			s.fail(w, r, "log out", err)
			return
		}
	}
	for _, name := range []string{s.sessionCookie(r), passCookie} {
		http.SetCookie(w, s.cookie(r, name, "", -time.Second))
	}
	s.done(w, r, "/dang-nhap", "Đã đăng xuất.")
}

// act is who does something now.
func (s *site) act(r *http.Request) access.Act {
	return access.Act{By: s.actor(r), At: s.Business()}
}

// accountWords says what was wrong with an account, "" if it is no mistake of a person.
func accountWords(err error) string {
	var wait access.Wait
	if errors.As(err, &wait) {
		return "Đã nhập sai quá nhiều lần. Xin thử lại sau " + viet.Moment(wait.Until) + "."
	}
	for _, x := range []struct {
		err   error
		words string
	}{
		{access.ErrWrong, "Tên đăng nhập hoặc mật khẩu chưa đúng."},
		{access.ErrEnded, "Tài khoản đã ngừng sử dụng. Đề nghị liên hệ người quản trị."},
		{access.ErrMoved, "Tài khoản vừa được người khác thay đổi. Xin xem lại rồi làm lại."},
		{access.ErrTaken, "Tên đăng nhập này đã có người dùng."},
		{access.ErrLogin, "Tên đăng nhập gồm 2 đến 64 chữ thường không dấu, chữ số, dấu chấm, gạch nối, gạch dưới hoặc @."},
		{access.ErrShort, "Mật khẩu cần ít nhất 10 ký tự; có thể là một câu dễ nhớ."},
		{access.ErrLong, "Mật khẩu quá dài."},
		{access.ErrGuess, "Mật khẩu này dễ đoán: xin đừng dùng tên đăng nhập, dãy phím liền nhau hay một ký tự lặp lại."},
		{access.ErrRole, "Xin chọn vai trò."},
		{access.ErrAgency, "Vai trò này cần chọn cơ quan, đơn vị."},
		{access.ErrName, "Xin ghi họ tên hoặc tên bộ phận."},
		{access.ErrLastRoot, "Phải còn ít nhất một tài khoản quản trị đang dùng."},
		{access.ErrSignOn, "Chưa xác nhận được với hệ thống đăng nhập một lần. Xin thử lại."},
		{access.ErrUnknown, "Hệ thống đăng nhập một lần đã xác nhận, nhưng chưa có tài khoản tương ứng ở đây. Đề nghị liên hệ người quản trị."},
	} {
		if errors.Is(err, x.err) {
			return x.words
		}
	}
	return ""
}

// AccountRefusal makes a Refusal of what a person got wrong with an account; any other error is given as it is.
func AccountRefusal(err error) error {
	if words := accountWords(err); words != "" {
		return Refusal{words}
	}
	return err
}

// startPage is the first-run guide.
type startPage struct {
	Bare        bool // the first account has to be made
	Login, Name string
	Asks        bool // a setup code has to be told
	Code        string
	Steps       []Step
}

// start shows the first-run guide: the first account on this machine, then what is to be set up.
func (s *site) start(w http.ResponseWriter, r *http.Request) {
	s.known(func(w http.ResponseWriter, r *http.Request) {
		s.startWith(w, r, startPage{Code: r.URL.Query().Get("ma")}, nil)
	}).ServeHTTP(w, r)
}

func (s *site) startWith(w http.ResponseWriter, r *http.Request, p startPage, wrong error) {
	bare, err := s.unpeopled(r.Context())
	if err != nil {
		s.fail(w, r, "read accounts", err)
		return
	}
	a := s.actor(r)
	switch {
	case bare && !local(r):
		s.render(w, r, http.StatusForbidden, "message", frame{Title: "Chưa thiết lập", Page: message{"Hệ thống chưa được thiết lập",
			"Tài khoản đầu tiên được lập trên chính máy chạy hệ thống. Đề nghị người quản trị mở trang này trên máy ấy."}})
		return
	case !bare && a.Role == "":
		s.askLogin(w, r)
		return
	case !bare && !a.May(access.Settings):
		s.forbidden(w, r)
		return
	}
	p.Bare, p.Asks = bare, s.Setup != ""
	if !bare && s.Steps != nil {
		if p.Steps, err = s.Steps(r.Context()); err != nil {
			s.fail(w, r, "read the steps", err)
			return
		}
	}
	f := frame{Title: "Bắt đầu", Here: "/bat-dau", Page: p}
	s.answer(w, r, "make the first account", wrong, "start", f)
}

// begin makes the first account: an administrator, and an officer if one is named.
func (s *site) begin(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	p := startPage{Login: field(r, "tai-khoan"), Name: field(r, "ho-ten"), Code: field(r, "ma")}
	bare, err := s.unpeopled(r.Context())
	if err != nil {
		s.fail(w, r, "read accounts", err)
		return
	}
	if !bare || !local(r) {
		s.startWith(w, r, p, nil)
		return
	}
	if subtle.ConstantTimeCompare([]byte(p.Code), []byte(s.Setup)) != 1 {
		s.startWith(w, r, p, Refusal{"Mã thiết lập chưa đúng: mã ghi trên cửa sổ, nhật ký của máy chạy hệ thống."})
		return
	}
	password := viet.NFC(r.PostFormValue("mat-khau"))
	if password != viet.NFC(r.PostFormValue("nhac-lai")) {
		s.startWith(w, r, p, Refusal{"Hai lần nhập mật khẩu chưa giống nhau."})
		return
	}
	a, err := s.Gate.New(r.Context(), access.Account{Login: p.Login, Name: p.Name, Role: access.Admin}, password, false, access.Act{By: access.Actor{Role: access.Guest}, At: s.Business()})
	if err != nil {
		s.startWith(w, r, p, AccountRefusal(err))
		return
	}
	s.peopled.Store(true)
	token, err := s.Gate.Begin(r.Context(), a, "password", s.address(r), r.UserAgent())
	if err != nil {
		s.fail(w, r, "begin a session", err)
		return
	}
	s.letIn(w, r, token, "/bat-dau")
}

// pass lets in whoever comes with a link, to the one form it is for.
func (s *site) pass(w http.ResponseWriter, r *http.Request) {
	token := strings.TrimSpace(r.PathValue("token"))
	a, p, ok, err := s.Gate.Holder(r.Context(), token)
	if err != nil {
		s.fail(w, r, "open a link", err)
		return
	}
	if !ok {
		s.render(w, r, http.StatusNotFound, "message", frame{Title: "Đường dẫn không dùng được", Page: message{"Đường dẫn này không dùng được",
			"Đường dẫn đã hết hạn, đã bị thu hồi hoặc ghi chưa đúng. Đề nghị hỏi cơ quan đã gửi để nhận đường dẫn mới."}})
		return
	}
	if err := s.Gate.Store.UsePass(r.Context(), p.ID, s.Business(), access.Act{By: a, At: s.Business()}); err != nil {
		s.fail(w, r, "note a link", err)
		return
	}
	http.SetCookie(w, s.cookie(r, passCookie, token, 12*time.Hour))
	http.Redirect(w, r, "/phieu", http.StatusSeeOther)
}
