package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
	"loa/web/access"
)

func (s *site) accountRoutes() []route {
	if s.Gate == nil {
		return nil
	}
	return []route{
		{"GET", "/tai-khoan", access.Enter, true, s.mine},
		{"POST", "/tai-khoan/mat-khau", access.Enter, true, s.myPassword},
		{"POST", "/tai-khoan/phien", access.Enter, true, s.endMySessions},
		{"POST", "/tai-khoan/lam-thay", access.Enter, true, s.actFor},
		{"GET", "/quan-tri/tai-khoan", access.Accounts, false, s.accounts},
		{"POST", "/quan-tri/tai-khoan", access.Accounts, false, s.makeAccount},
		{"GET", "/quan-tri/tai-khoan/{id}", access.Accounts, false, s.account},
		{"POST", "/quan-tri/tai-khoan/{id}", access.Accounts, false, s.changeAccount},
		{"POST", "/quan-tri/tai-khoan/{id}/mat-khau", access.Accounts, false, s.resetPassword},
		{"POST", "/quan-tri/tai-khoan/{id}/phien", access.Accounts, false, s.endSessions},
		{"POST", "/quan-tri/tai-khoan/{id}/lam-thay", access.Accounts, false, s.cover},
		{"POST", "/quan-tri/tai-khoan/{id}/thoi-lam-thay", access.Accounts, false, s.uncover},
		{"POST", "/quan-tri/tai-khoan/{id}/ban-giao", access.Accounts, false, s.handOver},
		{"GET", "/quan-tri/duong-dan", access.GivePass, true, s.passes},
		{"POST", "/quan-tri/duong-dan", access.GivePass, true, s.makePasses},
		{"POST", "/quan-tri/duong-dan/thu-hoi", access.GivePass, true, s.endPass},
	}
}

// minePage is a person's own account.
type minePage struct {
	Account  access.Account
	Sessions []access.Session
	Here     string // id of the session in use
	Covers   []coverLine
	For      string // whose duties are done now
	Password bool   // it logs in by password
}

// coverLine is one cover with the names of both.
type coverLine struct {
	access.Cover
	Who, Whom string
	Mine      bool // the account at hand does the other's duties
	Now       bool
}

func (s *site) covers(ctx context.Context, id string) ([]coverLine, error) {
	covers, err := s.Gate.Store.Covers(ctx, id)
	if err != nil || len(covers) == 0 {
		return nil, err
	}
	all, err := s.Gate.Store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, a := range all {
		names[a.ID] = a.Name
	}
	var out []coverLine
	for _, c := range covers {
		out = append(out, coverLine{c, names[c.Account], names[c.Away], c.Account == id, c.Holds(s.Business())})
	}
	return out, nil
}

// own is the stored account of who asks; it answers and returns false if there is none (a guest, a sample's officer).
func (s *site) own(w http.ResponseWriter, r *http.Request) (access.Account, bool) {
	a, ok, err := s.Gate.Store.FindAccount(r.Context(), s.actor(r).Account)
	if err != nil {
		s.fail(w, r, "read the account", err)
		return a, false
	}
	if !ok || s.actor(r).Account == "" {
		s.render(w, r, http.StatusOK, "message", frame{Title: "Tài khoản", Page: message{"Chưa đăng nhập bằng tài khoản", "Đang xem với vai «" + s.actor(r).Role.Word() + "» không cần tài khoản."}})
		return a, false
	}
	return a, true
}

func (s *site) mine(w http.ResponseWriter, r *http.Request) {
	a, ok := s.own(w, r)
	if !ok {
		return
	}
	s.mineWith(w, r, a, nil)
}

func (s *site) mineWith(w http.ResponseWriter, r *http.Request, a access.Account, wrong error) {
	p := minePage{Account: a, Here: s.actor(r).Session, For: s.actor(r).For, Password: a.Password != ""}
	var err error
	if p.Sessions, err = s.Gate.Store.SessionsOf(r.Context(), a.ID); err == nil {
		p.Covers, err = s.covers(r.Context(), a.ID)
	}
	if err != nil {
		s.fail(w, r, "read the account", err)
		return
	}
	f := frame{Title: "Tài khoản của tôi", Here: "/tai-khoan", Page: p}
	s.answer(w, r, "change the account", wrong, "mine", f)
}

// myPassword changes a person's own password; every session ends but a new one for this browser.
func (s *site) myPassword(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	a, ok := s.own(w, r)
	if !ok {
		return
	}
	fresh := viet.NFC(r.PostFormValue("mat-khau"))
	right, err := s.Gate.Confirm(r.Context(), a, viet.NFC(r.PostFormValue("dang-dung")))
	switch {
	case err != nil:
	case !right:
		err = Refusal{"Mật khẩu đang dùng chưa đúng."}
	case fresh != viet.NFC(r.PostFormValue("nhac-lai")):
		err = Refusal{"Hai lần nhập mật khẩu mới chưa giống nhau."}
	case fresh == viet.NFC(r.PostFormValue("dang-dung")):
		err = Refusal{"Mật khẩu mới cần khác mật khẩu đang dùng."}
	default:
		err = s.Gate.SetPassword(r.Context(), a, fresh, false, access.Act{By: a.Actor(), At: s.Business()})
	}
	if err != nil {
		s.mineWith(w, r, a, AccountRefusal(err))
		return
	}
	token, err := s.Gate.Begin(r.Context(), a, "password", s.address(r), r.UserAgent())
	if err != nil {
		s.fail(w, r, "begin a session", err)
		return
	}
	http.SetCookie(w, s.cookie(r, s.sessionCookie(r), token, 7*24*time.Hour))
	s.done(w, r, "/tai-khoan", "Đã đổi mật khẩu; các phiên khác đã kết thúc.")
}

func (s *site) endMySessions(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	a, ok := s.own(w, r)
	if !ok {
		return
	}
	if err := s.Gate.Store.EndSessions(r.Context(), a.ID, field(r, "phien"), s.Gate.Machine(), s.act(r)); err != nil {
		s.fail(w, r, "end sessions", err)
		return
	}
	s.done(w, r, "/tai-khoan", "Đã kết thúc phiên.")
}

// actFor begins or ends doing another's duties in this session.
func (s *site) actFor(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	a, ok := s.own(w, r)
	if !ok {
		return
	}
	covers, err := s.covers(r.Context(), a.ID)
	if err != nil {
		s.fail(w, r, "read covers", err)
		return
	}
	if s.actor(r).Session == "" {
		s.mineWith(w, r, a, Refusal{"Đăng nhập qua máy chủ trung gian thì không bắt đầu làm thay được: xin đăng nhập bằng tài khoản trên trang này."})
		return
	}
	id, words := field(r, "thay"), "Đã trở về nhiệm vụ của mình."
	if id != "" {
		i := slices.IndexFunc(covers, func(c coverLine) bool { return c.ID == id && c.Mine && c.Now })
		if i < 0 {
			s.mineWith(w, r, a, Refusal{"Việc làm thay này không còn hiệu lực."})
			return
		}
		words = "Đang làm thay " + covers[i].Whom + "."
	}
	if err := s.Gate.Store.SeeSession(r.Context(), s.actor(r).Session, s.Gate.Machine(), id); err != nil {
		s.fail(w, r, "note a session", err)
		return
	}
	s.done(w, r, "/", words)
}

// accountsPage lists who may use the desk, with a form for one more.
type accountsPage struct {
	Accounts []access.Account
	Form     accountForm
}

// accountForm is what is said of an account.
type accountForm struct {
	Login, Name, Role, Agency string
	Roles                     []access.Role
	Agencies                  []media.Agency
}

func (s *site) accountForm(r *http.Request) accountForm {
	return accountForm{Login: field(r, "tai-khoan"), Name: field(r, "ho-ten"), Role: field(r, "vai-tro"), Agency: field(r, "co-quan"), Roles: access.Roles(), Agencies: s.Plan.Agencies}
}

// into puts what the form says into an account.
func (f accountForm) into(a access.Account) access.Account {
	a.Login, a.Name, a.Role, a.Agencies = strings.ToLower(f.Login), f.Name, access.Role(f.Role), nil
	if a.Role.Scoped() && slices.ContainsFunc(f.Agencies, func(x media.Agency) bool { return x.ID == f.Agency }) {
		a.Agencies = []string{f.Agency}
	}
	return a
}

func (s *site) accounts(w http.ResponseWriter, r *http.Request) {
	if s.asSheet(w, r, func() (sheet, error) {
		all, err := s.Gate.Store.Accounts(r.Context())
		sh := sheet{Name: "tai-khoan", Title: "Danh sách tài khoản", Head: []string{"Tên đăng nhập", "Họ tên", "Vai trò", "Cơ quan, đơn vị", "Ngừng dùng từ"}}
		for _, a := range all {
			sh.Rows = append(sh.Rows, []any{a.Login, a.Name, a.Role.Word(), s.agencyNames(a.Agencies), a.Ended})
		}
		return sh, err
	}) {
		return
	}
	s.accountsWith(w, r, accountForm{Roles: access.Roles(), Agencies: s.Plan.Agencies}, nil)
}

func (s *site) agencyNames(ids []string) string {
	var out []string
	for _, id := range ids {
		out = append(out, s.names.Agency(id))
	}
	return strings.Join(out, ", ")
}

func (s *site) accountsWith(w http.ResponseWriter, r *http.Request, form accountForm, wrong error) {
	all, err := s.Gate.Store.Accounts(r.Context())
	if err != nil {
		s.fail(w, r, "read accounts", err)
		return
	}
	f := frame{Title: "Tài khoản", Here: "/quan-tri/tai-khoan", Page: accountsPage{all, form}}
	s.answer(w, r, "make an account", wrong, "accounts", f)
}

func (s *site) makeAccount(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	form := s.accountForm(r)
	a, err := s.Gate.New(r.Context(), form.into(access.Account{}), viet.NFC(r.PostFormValue("mat-khau")), true, s.act(r))
	if err != nil {
		s.accountsWith(w, r, form, AccountRefusal(err))
		return
	}
	s.done(w, r, "/quan-tri/tai-khoan/"+a.ID, "Đã lập tài khoản "+a.Login+". Lần đăng nhập đầu phải đổi mật khẩu.")
}

// accountPage is one account as an administrator sees it.
type accountPage struct {
	Account  access.Account
	Form     accountForm
	Sessions []access.Session
	Covers   []coverLine
	Others   []access.Account // who could do its duties
}

// one finds the account of the address; it answers and returns false if there is none.
func (s *site) one(w http.ResponseWriter, r *http.Request) (access.Account, bool) {
	a, ok, err := s.Gate.Store.FindAccount(r.Context(), r.PathValue("id"))
	if err != nil {
		s.fail(w, r, "read an account", err)
		return a, false
	}
	if !ok || a.ID != r.PathValue("id") {
		s.missing(w, r, "Không có tài khoản này.")
		return a, false
	}
	return a, true
}

func (s *site) account(w http.ResponseWriter, r *http.Request) {
	if a, ok := s.one(w, r); ok {
		s.accountWith(w, r, a, nil)
	}
}

func (s *site) accountWith(w http.ResponseWriter, r *http.Request, a access.Account, wrong error) {
	p := accountPage{Account: a, Form: accountForm{Login: a.Login, Name: a.Name, Role: string(a.Role), Roles: access.Roles(), Agencies: s.Plan.Agencies}}
	if len(a.Agencies) > 0 {
		p.Form.Agency = a.Agencies[0]
	}
	if wrong != nil && r.PostForm.Has("vai-tro") {
		p.Form = s.accountForm(r)
	}
	var err error
	if p.Sessions, err = s.Gate.Store.SessionsOf(r.Context(), a.ID); err == nil {
		p.Covers, err = s.covers(r.Context(), a.ID)
	}
	if err == nil {
		p.Others, err = s.Gate.Store.Accounts(r.Context())
	}
	if err != nil {
		s.fail(w, r, "read an account", err)
		return
	}
	p.Others = slices.DeleteFunc(p.Others, func(x access.Account) bool { return x.ID == a.ID || !x.Ended.IsZero() })
	f := frame{Title: "Tài khoản " + a.Login, Here: "/quan-tri/tai-khoan", Page: p}
	s.answer(w, r, "change an account", wrong, "account", f)
}

// edited is what is done with the account of the address: the change, told as words, or why it is not done.
func (s *site) edited(w http.ResponseWriter, r *http.Request, do func(a access.Account) (words string, err error)) {
	if !s.form(w, r) {
		return
	}
	a, ok := s.one(w, r)
	if !ok {
		return
	}
	words, err := do(a)
	if err != nil {
		s.accountWith(w, r, a, AccountRefusal(err))
		return
	}
	s.done(w, r, "/quan-tri/tai-khoan/"+a.ID, words)
}

func (s *site) changeAccount(w http.ResponseWriter, r *http.Request) {
	s.edited(w, r, func(a access.Account) (string, error) {
		if field(r, "ban") != strconv.FormatInt(a.Version, 10) { // as it was when the form was opened
			return "", access.ErrMoved
		}
		changed := s.accountForm(r).into(a)
		changed.Ended = a.Ended
		switch {
		case field(r, "ngung") == "":
			changed.Ended = time.Time{}
		case a.Ended.IsZero():
			changed.Ended = s.Gate.Machine()
		}
		if field(r, "bo-lien-ket") != "" {
			changed.Subject = ""
		}
		if err := s.Gate.Put(r.Context(), changed, s.act(r)); err != nil {
			return "", err
		}
		if changed.Role != a.Role || !changed.Ended.IsZero() || !slices.Equal(changed.Agencies, a.Agencies) { // old sessions would have the old rights no longer, but say so
			if err := s.Gate.Store.EndSessions(r.Context(), a.ID, "", s.Gate.Machine(), s.act(r)); err != nil {
				return "", err
			}
		}
		return "Đã lưu tài khoản " + changed.Login + ".", nil
	})
}

func (s *site) resetPassword(w http.ResponseWriter, r *http.Request) {
	s.edited(w, r, func(a access.Account) (string, error) {
		if err := s.Gate.SetPassword(r.Context(), a, viet.NFC(r.PostFormValue("mat-khau")), true, s.act(r)); err != nil {
			return "", err
		}
		return "Đã đặt lại mật khẩu; các phiên của tài khoản đã kết thúc.", nil
	})
}

func (s *site) endSessions(w http.ResponseWriter, r *http.Request) {
	s.edited(w, r, func(a access.Account) (string, error) {
		return "Đã kết thúc phiên.", s.Gate.Store.EndSessions(r.Context(), a.ID, field(r, "phien"), s.Gate.Machine(), s.act(r))
	})
}

// cover has another do the account's duties for some days.
func (s *site) cover(w http.ResponseWriter, r *http.Request) {
	s.edited(w, r, func(a access.Account) (string, error) {
		who, ok, err := s.Gate.Store.FindAccount(r.Context(), field(r, "nguoi-thay"))
		if err != nil {
			return "", err
		}
		since, sinceOK := viet.ParseDate(field(r, "tu"), viet.DateOptions{})
		until, untilOK := viet.ParseDate(field(r, "den"), viet.DateOptions{})
		switch {
		case !ok || who.ID == a.ID || !who.Ended.IsZero():
			return "", Refusal{"Xin chọn người làm thay."}
		case !sinceOK || !untilOK:
			return "", Refusal{"Xin ghi ngày dạng 09/3/2023."}
		case until.Time.Before(since.Time):
			return "", Refusal{"Ngày cuối đứng trước ngày đầu."}
		case field(r, "ly-do") == "":
			return "", Refusal{"Xin ghi lý do, ví dụ số quyết định phân công hoặc đơn nghỉ phép."}
		case a.Role == access.Admin:
			return "", Refusal{"Không giao làm thay quyền quản trị: xin lập tài khoản quản trị khác."}
		}
		_, id := access.NewToken()
		c := access.Cover{ID: id[:32], Account: who.ID, Away: a.ID, Since: since.Time, Until: until.Time.AddDate(0, 0, 1), Reason: field(r, "ly-do")}
		return "Đã giao " + who.Name + " làm thay " + a.Name + ".", s.Gate.Store.PutCover(r.Context(), c, s.act(r))
	})
}

func (s *site) uncover(w http.ResponseWriter, r *http.Request) {
	s.edited(w, r, func(a access.Account) (string, error) {
		covers, err := s.Gate.Store.Covers(r.Context(), a.ID)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(covers, func(c access.Cover) bool { return c.ID == field(r, "thay") && c.Ended.IsZero() })
		if i < 0 {
			return "", Refusal{"Việc làm thay này không còn."}
		}
		c := covers[i]
		c.Ended = s.Business()
		return "Đã thôi giao làm thay.", s.Gate.Store.PutCover(r.Context(), c, s.act(r))
	})
}

// handOver gives the account's role and agencies to another for good, and ends it.
func (s *site) handOver(w http.ResponseWriter, r *http.Request) {
	s.edited(w, r, func(a access.Account) (string, error) {
		who, ok, err := s.Gate.Store.FindAccount(r.Context(), field(r, "nguoi-nhan"))
		if err != nil {
			return "", err
		}
		if !ok || who.ID == a.ID || !who.Ended.IsZero() {
			return "", Refusal{"Xin chọn người nhận bàn giao."}
		}
		if who.Role == access.Admin {
			return "", Refusal{"Người nhận đang là quản trị: xin bàn giao cho một tài khoản khác."}
		}
		who.Role, who.Agencies = a.Role, a.Agencies
		if err := s.Gate.Put(r.Context(), who, s.act(r)); err != nil {
			return "", err
		}
		a.Ended = s.Gate.Machine()
		if err := s.Gate.Put(r.Context(), a, s.act(r)); err != nil {
			return "", err
		}
		for _, id := range []string{a.ID, who.ID} {
			if err := s.Gate.Store.EndSessions(r.Context(), id, "", s.Gate.Machine(), s.act(r)); err != nil {
				return "", err
			}
		}
		return "Đã bàn giao cho " + who.Name + "; tài khoản " + a.Login + " ngừng dùng.", nil
	})
}
