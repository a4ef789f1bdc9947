package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"loa/web/access"
)

// Login is how people come in. Zero: everybody reads, nobody is asked who they are.
type Login struct {
	Gate *access.Gate // nil: nobody is asked
	// Guest is who asks where nobody logged in; zero: a guest of this machine while there is no account, else nobody.
	Guest access.Actor
	// Samples lets people in as any account without a password: for invented provinces only.
	Samples bool
	// Setup has to be told by whoever makes the first account, so that it is somebody who sees the server; "": nobody is asked.
	Setup string
	// Secure says that people reach the desk by https although it is served by http.
	Secure bool
	// ProxyHeader names the header in which a reverse proxy at one of ProxyFrom says who logged in there; "" : none.
	ProxyHeader string
	ProxyFrom   []netip.Prefix
	// SignOn is an identity provider people can log in with; nil: none.
	SignOn *access.SignOn
	// Steps is what has to be done before the desk is of use, and what of it is done; nil: not shown.
	Steps func(ctx context.Context) ([]Step, error)
}

// Step is one thing that is done before the desk is of use.
type Step struct {
	Title, Text string // Vietnamese
	Path        string // page where it is done, "" if it is not done on the desk
	Done        bool
	State       string // how it stands, Vietnamese
}

type actorKey struct{}

// nobody is who asks before anybody is known.
func (s *site) nobody() access.Actor {
	switch {
	case s.Guest.Role != "":
		return s.Guest
	case s.Gate == nil:
		return access.Actor{Role: access.Guest}
	}
	return access.Actor{}
}

// actor is who asks. Handlers behind a guarded route always have one.
func (s *site) actor(r *http.Request) access.Actor {
	if a, ok := r.Context().Value(actorKey{}).(access.Actor); ok {
		return a
	}
	return s.nobody()
}

// guarded answers those whom the route is for, asks those who are not known to log in, and tells others that it is not for them.
func (s *site) guarded(rt route) http.Handler {
	if rt.may == access.Public {
		return rt.handler
	}
	return s.timed(s.known(func(w http.ResponseWriter, r *http.Request) {
		a := s.actor(r)
		switch {
		case rt.lets(a.Role):
			rt.handler(w, r)
		case a.Role == "":
			s.askLogin(w, r)
		default:
			s.forbidden(w, r)
		}
	}))
}

// known finds out who asks before it hands on.
func (s *site) known(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, account, err := s.who(r)
		if err != nil {
			s.fail(w, r, "find out who asks", err)
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), actorKey{}, a))
		if account.Renew && !strings.HasPrefix(r.URL.Path, "/tai-khoan") && r.URL.Path != "/dang-xuat" {
			s.done(w, r, "/tai-khoan", "Mật khẩu do người khác đặt: xin đổi mật khẩu trước khi làm việc.")
			return
		}
		next(w, r)
	})
}

// who finds out who asks: by the reverse proxy, the session, a link, or as nobody known.
func (s *site) who(r *http.Request) (access.Actor, access.Account, error) {
	if s.Gate == nil {
		return s.nobody(), access.Account{}, nil
	}
	if login := s.proxied(r); login != "" {
		a, ok, err := s.Gate.Store.FindAccount(r.Context(), strings.ToLower(login))
		if err != nil || !ok || !a.Ended.IsZero() || a.Login != strings.ToLower(login) {
			return access.Actor{}, access.Account{}, err
		}
		a.Renew = false // it logs in elsewhere
		return s.whole(a.Actor()), a, nil
	}
	for _, c := range r.CookiesNamed(s.sessionCookie(r)) {
		a, account, ok, err := s.Gate.Who(r.Context(), c.Value)
		if err != nil {
			return access.Actor{}, access.Account{}, err
		}
		if ok {
			return s.whole(a), account, nil
		}
	}
	for _, c := range r.CookiesNamed(passCookie) {
		a, _, ok, err := s.Gate.Holder(r.Context(), c.Value)
		if err != nil {
			return access.Actor{}, access.Account{}, err
		}
		if ok {
			return a, access.Account{}, nil
		}
	}
	if s.Guest.Role != "" {
		return s.Guest, access.Account{}, nil
	}
	bare, err := s.unpeopled(r.Context())
	if err == nil && bare && local(r) {
		return access.Actor{Role: access.Guest}, access.Account{}, nil
	}
	return access.Actor{}, access.Account{}, err
}

// whole adds to a district the communes it answers for.
func (s *site) whole(a access.Actor) access.Actor {
	if a.Role != access.District {
		return a
	}
	a.Agencies = slices.Clone(a.Agencies)
	for _, x := range s.Plan.Agencies {
		if x.Parent != "" && slices.Contains(a.Agencies, x.Parent) && !slices.Contains(a.Agencies, x.ID) {
			a.Agencies = append(a.Agencies, x.ID)
		}
	}
	return a
}

// unpeopled reports that there is no account yet.
func (s *site) unpeopled(ctx context.Context) (bool, error) {
	if s.peopled.Load() {
		return false, nil
	}
	all, err := s.Gate.Store.Accounts(ctx)
	if err == nil && len(all) > 0 {
		s.peopled.Store(true)
	}
	return err == nil && len(all) == 0, err
}

// local reports that a request comes from a browser on this machine that asked for this machine: not through a proxy, and
// not because another site's name was pointed here.
func local(r *http.Request) bool {
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return (host == "localhost" || ip != nil && ip.IsLoopback()) && peer(r).IsLoopback()
}

// peer is the address of the machine that asks, or of the proxy before it.
func peer(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

func (s *site) fromProxy(r *http.Request) bool {
	at := peer(r)
	return slices.ContainsFunc(s.ProxyFrom, func(p netip.Prefix) bool { return p.Contains(at) })
}

// proxied is whom a reverse proxy that is trusted says to have let in, "" if there is none such.
func (s *site) proxied(r *http.Request) string {
	if s.ProxyHeader == "" || !s.fromProxy(r) {
		return ""
	}
	values := r.Header.Values(s.ProxyHeader)
	if len(values) != 1 { // two: one of them is the visitor's own
		return ""
	}
	return strings.TrimSpace(values[0])
}

// address is where a person asks from, for the trail and for counting failed logins.
func (s *site) address(r *http.Request) string {
	if s.fromProxy(r) {
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if ip, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil { // the last is the proxy's own word
			return ip.Unmap().String()
		}
	}
	return peer(r).String()
}

// secure reports whether people reach the desk by https.
func (s *site) secure(r *http.Request) bool { return s.Secure || r.TLS != nil }

// sessionCookie is the name of the cookie with a session's token: under https one that no other host can set.
func (s *site) sessionCookie(r *http.Request) string {
	if s.secure(r) {
		return "__Host-loa_phien"
	}
	return "loa_phien"
}

const passCookie = "loa_phieu"

// askLogin sends a person who is not known to log in and back; what is not a page is refused.
func (s *site) askLogin(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.render(w, r, http.StatusUnauthorized, "message", frame{Title: "Chưa đăng nhập", Page: message{"Chưa đăng nhập",
			"Phiên làm việc đã hết hoặc chưa đăng nhập; chưa có gì thay đổi. Xin đăng nhập rồi làm lại."}})
		return
	}
	to := "/dang-nhap"
	if r.URL.Path != "/" {
		to += "?ve=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
