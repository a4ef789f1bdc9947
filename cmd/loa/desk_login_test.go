package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	idp "github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"

	"loa/web"
	"loa/web/access"
)

// visitor is a browser's cookies and manners at a desk on loopback.
type visitor struct {
	t      *testing.T
	base   string
	client *http.Client
	set    func(*http.Request)
}

// openDesk serves the desk of a new installation with accounts, and gives a browser at it.
func openDesk(t *testing.T, change func(in *web.Login, base string)) (*engine, *visitor) {
	t.Helper()
	e := testEngine(t, "--plans", samplePlans(t), "--data", t.TempDir())
	site := httptest.NewUnstartedServer(nil)
	in, err := entrance{}.settings(e, "http://"+site.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&in, "http://"+site.Listener.Addr().String())
	}
	e.login = in
	site.Config.Handler, _ = e.handlers("", false)
	site.Start()
	t.Cleanup(site.Close)
	return e, browse(t, site.URL)
}

func browse(t *testing.T, base string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, base: base, client: &http.Client{Jar: jar}}
}

// do asks, follows redirects, and gives the status, the page and where it ended.
func (v *visitor) do(method, path string, form url.Values) (int, string, string) {
	v.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = v.base + path
	}
	r, err := http.NewRequest(method, path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if v.set != nil {
		v.set(r)
	}
	resp, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Request.URL.RequestURI()
}

func (v *visitor) see(path string, status int, words ...string) string {
	v.t.Helper()
	code, body, at := v.do("GET", path, nil)
	v.check("GET "+path+" → "+at, code, status, body, words)
	return body
}

func (v *visitor) send(path string, status int, form url.Values, words ...string) string {
	v.t.Helper()
	code, body, at := v.do("POST", path, form)
	v.check("POST "+path+" → "+at, code, status, body, words)
	return body
}

func (v *visitor) check(what string, code, status int, body string, words []string) {
	v.t.Helper()
	if code != status {
		v.t.Errorf("%s: %d, want %d\n%s", what, code, status, plainText(body))
	}
	for _, w := range words {
		if not, ok := strings.CutPrefix(w, "!"); ok {
			if strings.Contains(body, not) {
				v.t.Errorf("%s: says «%s»", what, not)
			}
		} else if !strings.Contains(body, w) {
			v.t.Errorf("%s: does not say «%s»\n%s", what, w, plainText(body))
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>|\s+`)

func plainText(body string) string {
	_, body, _ = strings.Cut(body, "<main")
	text := tags.ReplaceAllString(body, " ")
	return text[:min(len(text), 1500)]
}

func (v *visitor) login(login, password string) {
	v.t.Helper()
	if code, body, at := v.do("POST", "/dang-nhap", url.Values{"tai-khoan": {login}, "mat-khau": {password}}); code != 200 && code != 403 || strings.Contains(at, "dang-nhap") {
		v.t.Fatalf("login of %s: %d at %s\n%s", login, code, at, plainText(body))
	}
}

const aPassword = "một câu dễ nhớ lắm"

// account makes one with its password as if the person had changed it.
func (e *engine) account(t *testing.T, login string, role access.Role, agencies ...string) access.Account {
	t.Helper()
	for i := range agencies {
		agencies[i] = e.agencyID(agencies[i])
	}
	a, err := e.login.Gate.New(context.Background(), access.Account{Login: login, Name: "Cán bộ " + login, Role: role, Agencies: agencies}, aPassword, false,
		access.Act{By: access.Actor{Name: "Thử", Role: access.Admin}, At: e.business()})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestFirstRun: nobody is asked at first, on this machine alone; the first account is made there; then everybody is asked.
func TestFirstRun(t *testing.T) {
	_, v := openDesk(t, nil)
	v.see("/", 200, "Đăng nhập", "!Đăng xuất")
	far := browse(t, v.base)
	far.set = func(r *http.Request) { r.Host = "loa.example.vn" }
	far.see("/dang-nhap", 200, "Tài khoản đầu tiên được lập trên chính máy")
	far.see("/bat-dau", 403)
	far.send("/bat-dau", 403, url.Values{"tai-khoan": {"quantri"}, "ho-ten": {"Xa"}, "mat-khau": {aPassword}, "nhac-lai": {aPassword}})
	far.set = func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.1.1.1") }
	far.see("/bat-dau", 403)

	v.see("/dang-nhap", 200, "Lập tài khoản quản trị đầu tiên")
	v.send("/bat-dau", 422, url.Values{"tai-khoan": {"quantri"}, "ho-ten": {"Quản trị viên"}, "mat-khau": {aPassword}, "nhac-lai": {"khác"}}, "chưa giống nhau", `value="quantri"`)
	v.send("/bat-dau", 422, url.Values{"tai-khoan": {"quantri"}, "ho-ten": {"Quản trị viên"}, "mat-khau": {"ngắn"}, "nhac-lai": {"ngắn"}}, "ít nhất 10 ký tự")
	v.send("/bat-dau", 200, url.Values{"tai-khoan": {"quantri"}, "ho-ten": {"Quản trị viên"}, "mat-khau": {aPassword}, "nhac-lai": {aPassword}}, "cần làm", "Lập tài khoản cho chuyên viên", "Đăng xuất", "Quản trị viên")

	other := browse(t, v.base)
	code, _, at := other.do("GET", "/tin-bai?q=mot+cua", nil)
	if code != 200 || at != "/dang-nhap?ve=%2Ftin-bai%3Fq%3Dmot%2Bcua" {
		t.Errorf("who is not known: %d at %s", code, at)
	}
	other.send("/bat-dau", 401, url.Values{"tai-khoan": {"ke-khac"}, "ho-ten": {"Kẻ khác"}, "mat-khau": {aPassword}, "nhac-lai": {aPassword}}, "Chưa đăng nhập", "!Kẻ khác")
	other.send("/dang-nhap", 401, url.Values{"tai-khoan": {"quantri"}, "mat-khau": {"sai mật khẩu"}}, "chưa đúng", `value="quantri"`)
	other.see("/static/style.css", 200)

	// The administrator makes an officer, who has to change the password first.
	v.send("/quan-tri/tai-khoan", 200, url.Values{"tai-khoan": {"chuyenvien"}, "ho-ten": {"Chuyên viên"}, "vai-tro": {"officer"}, "mat-khau": {"mật khẩu ban đầu"}}, "Đã lập tài khoản chuyenvien")
	v.send("/quan-tri/tai-khoan", 422, url.Values{"tai-khoan": {"daumoi"}, "ho-ten": {"Đầu mối"}, "vai-tro": {"clerk"}, "mat-khau": {"mật khẩu ban đầu"}}, "cần chọn cơ quan", `value="daumoi"`)
	other.send("/dang-nhap", 200, url.Values{"tai-khoan": {"chuyenvien"}, "mat-khau": {"mật khẩu ban đầu"}, "ve": {"/nguon"}}, "xin đổi mật khẩu")
	other.see("/nguon", 200, "Đổi mật khẩu")
	other.send("/tai-khoan/mat-khau", 422, url.Values{"dang-dung": {"không phải"}, "mat-khau": {aPassword}, "nhac-lai": {aPassword}}, "Mật khẩu đang dùng chưa đúng")
	other.send("/tai-khoan/mat-khau", 200, url.Values{"dang-dung": {"mật khẩu ban đầu"}, "mat-khau": {aPassword}, "nhac-lai": {aPassword}}, "Đã đổi mật khẩu")
	other.see("/nguon", 200, "Nguồn", "!Đổi mật khẩu")
	other.see("/quan-tri/tai-khoan", 403, "Không có quyền")
	other.send("/dang-xuat", 200, url.Values{}, "Đã đăng xuất")
	if _, _, at := other.do("GET", "/nguon", nil); !strings.HasPrefix(at, "/dang-nhap") {
		t.Errorf("after logging out: at %s", at)
	}
}

// TestSetupCode: who makes the first account has to have seen what the server said.
func TestSetupCode(t *testing.T) {
	e, v := openDesk(t, func(in *web.Login, _ string) { in.Setup = "abc123" })
	form := url.Values{"tai-khoan": {"quantri"}, "ho-ten": {"Quản trị viên"}, "mat-khau": {aPassword}, "nhac-lai": {aPassword}}
	v.see("/bat-dau", 200, "Mã thiết lập")
	v.send("/bat-dau", 422, form, "Mã thiết lập chưa đúng")
	form.Set("ma", "abc124")
	v.send("/bat-dau", 422, form, "Mã thiết lập chưa đúng")
	v.see("/bat-dau?ma=abc123", 200, `value="abc123"`)
	form.Set("ma", "abc123")
	v.send("/bat-dau", 200, form, "Đăng xuất")
	if all, err := e.store.Accounts(context.Background()); err != nil || len(all) != 1 {
		t.Errorf("accounts: %v, %v", all, err)
	}
}

// TestStaleAccountForm: what one administrator ended, another's older page does not bring back.
func TestStaleAccountForm(t *testing.T) {
	e, v := openDesk(t, nil)
	e.account(t, "quantri", access.Admin)
	x := e.account(t, "canbo", access.Officer)
	v.login("quantri", aPassword)
	form := url.Values{"tai-khoan": {"canbo"}, "ho-ten": {"Tên mới"}, "vai-tro": {"officer"}, "ban": {"1"}}
	x.Ended = time.Now()
	if err := e.login.Gate.Put(context.Background(), x, access.Act{By: access.Actor{Role: access.Admin}, At: e.business()}); err != nil {
		t.Fatal(err)
	}
	v.send("/quan-tri/tai-khoan/"+x.ID, 422, form, "vừa được người khác thay đổi")
	form.Set("ban", "2")
	form.Set("ngung", "1")
	v.send("/quan-tri/tai-khoan/"+x.ID, 200, form, "Đã lưu", "Tên mới")
	if now, _, err := e.store.FindAccount(context.Background(), x.ID); err != nil || now.Ended.IsZero() {
		t.Errorf("the account is back: %+v, %v", now, err)
	}
}

// TestLinkIsOneForm: whoever holds a link gets to the form of its agency and month and to nothing else, and can leave.
func TestLinkIsOneForm(t *testing.T) {
	e, v := openDesk(t, nil)
	e.account(t, "quantri", access.Admin)
	token, id := access.NewToken()
	p := access.Pass{ID: id, Plan: e.plan.ID, Agency: e.agencyID("xa-lung-may"), Period: "2023-02", Made: e.business(), Maker: "Huyện", Until: e.business().AddDate(0, 0, 5)}
	if err := e.store.PutPasses(context.Background(), []access.Pass{p}, access.Act{By: access.Actor{Role: access.District}, At: e.business()}); err != nil {
		t.Fatal(err)
	}
	v.see("/p/"+token[1:], 404, "không dùng được")
	code, body, at := v.do("GET", "/p/"+token, nil)
	if code != 200 || at != "/phieu/xa-lung-may/2023-02" {
		t.Fatalf("the link leads to %s: %d\n%s", at, code, plainText(body))
	}
	for _, path := range []string{"/", "/phieu/xa-lung-may/2023-01", "/phieu/xa-khe-trang/2023-02", "/minh-chung/moi", "/minh-chung", "/so-ke-hoach/moi", "/so-bao-cao/moi", "/co-quan/xa-lung-may", "/tai-khoan", "/tep/x"} {
		v.see(path, 403)
	}
	v.send("/co-quan/xa-lung-may/tra-loi", 403, url.Values{"tra-loi": {"x"}})
	v.send("/dang-xuat", 200, url.Values{}, "Đã đăng xuất")
	if _, _, at := v.do("GET", "/phieu", nil); !strings.HasPrefix(at, "/dang-nhap") {
		t.Errorf("after leaving: at %s", at)
	}
}

// TestOwnAgencyOnly: who is confined to an agency sees nothing of another's.
func TestOwnAgencyOnly(t *testing.T) {
	e, v := openDesk(t, nil)
	e.account(t, "daumoi", access.Clerk, "so-tu-phap")
	e.account(t, "huyen", access.District, "huyen-khe-may")
	v.login("daumoi", aPassword)
	v.see("/quotas/A-4", 403)
	v.see("/nguon", 403)
	v.see("/tien-do/A-4/so-y-te/2023-02", 403)
	v.see("/tien-do/A-4/mau/so-y-te/2023-02", 403)
	v.see("/lich/so-y-te.ics", 403)
	v.see("/tin-bai?co-quan=mau%2Fso-y-te", 403)
	v.see("/tin-bai", 200, "!Sở Y tế")
	h := browse(t, v.base)
	h.login("huyen", aPassword)
	h.see("/lich/xa-lung-may.ics", 200) // one of its communes
	h.see("/lich/tx-ben-may.ics", 403)
}

// TestCrossOrigin: a form of another site changes nothing.
func TestCrossOrigin(t *testing.T) {
	e, v := openDesk(t, nil)
	e.account(t, "quantri", access.Admin)
	v.login("quantri", aPassword)
	v.set = func(r *http.Request) {
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Origin", "https://xau.example")
	}
	v.send("/quan-tri/tai-khoan", 403, url.Values{"tai-khoan": {"gian"}, "ho-ten": {"Gián"}, "vai-tro": {"admin"}, "mat-khau": {aPassword}}, "gửi từ một trang khác")
	if _, ok, _ := e.store.FindAccount(context.Background(), "gian"); ok {
		t.Error("another site made an account")
	}
}

// TestCookies: out of scripts' reach, for this host alone, and only over https where the desk is reached so.
func TestCookies(t *testing.T) {
	for _, secure := range []bool{false, true} {
		e, v := openDesk(t, func(in *web.Login, _ string) { in.Secure = secure })
		e.account(t, "xem", access.Reader)
		v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		resp, err := v.client.PostForm(v.base+"/dang-nhap", url.Values{"tai-khoan": {"xem"}, "mat-khau": {aPassword}, "ve": {"//xau.example/"}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		c := resp.Cookies()[0]
		name := "loa_phien"
		if secure {
			name = "__Host-loa_phien"
		}
		if c.Name != name || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != secure || c.Path != "/" || c.Domain != "" || len(c.Value) < 40 {
			t.Errorf("secure %v: cookie %+v", secure, c)
		}
		for _, away := range []string{"//xau.example/", "/\t/xau.example", "/\\xau.example", "https://xau.example/", "javascript:alert(1)", "/\n/xau.example"} {
			resp, err := v.client.PostForm(v.base+"/dang-nhap", url.Values{"tai-khoan": {"xem"}, "mat-khau": {aPassword}, "ve": {away}})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.Header.Get("Location") != "/" {
				t.Errorf("%q: led away to %q", away, resp.Header.Get("Location"))
			}
		}
	}
}

// TestProxyHeader: a reverse proxy's word counts from where it stands, once, and for accounts that are in use.
func TestProxyHeader(t *testing.T) {
	header := func(values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header["X-Remote-User"] = values }
	}
	trust := func(cidr string) func(*web.Login, string) {
		return func(in *web.Login, _ string) {
			in.ProxyHeader, in.ProxyFrom = "X-Remote-User", []netip.Prefix{netip.MustParsePrefix(cidr)}
		}
	}
	e, v := openDesk(t, trust("127.0.0.0/8"))
	e.account(t, "canbo", access.Officer)
	gone := e.account(t, "cu", access.Officer)
	gone.Ended = time.Now()
	if err := e.login.Gate.Put(context.Background(), gone, access.Act{By: access.Actor{Role: access.Admin}, At: e.business()}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		set func(*http.Request)
		in  bool
	}{
		"none": {nil, false}, "an account": {header("CanBo"), true}, "unknown": {header("ai-do"), false}, "ended": {header("cu"), false},
		"twice": {header("canbo", "canbo"), false}, "an id": {header(gone.ID), false},
	} {
		b := browse(t, v.base)
		b.set = c.set
		if _, _, at := b.do("GET", "/nguon", nil); (at == "/nguon") != c.in {
			t.Errorf("%s: at %s", name, at)
		}
	}
	e, v = openDesk(t, trust("10.0.0.0/8"))
	e.account(t, "canbo", access.Officer)
	v.set = header("canbo")
	if _, _, at := v.do("GET", "/nguon", nil); at == "/nguon" {
		t.Error("anybody's word is taken")
	}
	for _, args := range [][]string{{"--proxy-header", "X-User"}, {"--proxy-header", "X-User", "--proxy-from", "0.0.0.0/0"}, {"--proxy-from", "đâu đó"}, {"--oidc-issuer", "http://127.0.0.1:1"}} {
		if _, errOut, code := loa(t, "", append([]string{"serve", "--plans", samplePlans(t), "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, args...)...); code != 2 {
			t.Errorf("%v: exit %d: %s", args, code, errOut)
		}
	}
}

// TestSignOn: people log in with a real identity provider, by the code flow, and only where an account waits for them.
func TestSignOn(t *testing.T) {
	provider := httptest.NewUnstartedServer(nil)
	issuer := "http://localhost:" + provider.Listener.Addr().String()[strings.LastIndex(provider.Listener.Addr().String(), ":")+1:]
	e, v := openDesk(t, func(in *web.Login, base string) {
		back := base + "/dang-nhap/mot-lan/ve"
		clients := map[string]*idp.Client{"loa": idp.WebClient("loa", "bi-mat-cua-loa", back)}
		users := idp.NewStorageWithClients(idp.NewUserStore(issuer), clients)
		provider.Config.Handler = exampleop.SetupServer(issuer, users, nil, false, op.WithAllowInsecure(), op.WithLogger(slog.New(slog.DiscardHandler)))
		in.SignOn = access.NewSignOn("cổng đăng nhập của tỉnh", issuer, "loa", "bi-mat-cua-loa", back)
	})
	quiet := slog.Default() // the example's middleware logs every request there
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(quiet) })
	provider.Start()
	defer provider.Close()
	e.account(t, "khac", access.Reader)

	login := func(b *visitor) (int, string, string) {
		t.Helper()
		_, page, at := b.do("GET", "/dang-nhap/mot-lan", nil)
		id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(page)
		if id == nil {
			t.Fatalf("no login at the provider: %s\n%s", at, page)
		}
		return b.do("POST", issuer+"/login/username", url.Values{"id": {id[1]}, "username": {"test-user@localhost"}, "password": {"verysecure"}})
	}
	v.see("/dang-nhap", 200, "Đăng nhập bằng cổng đăng nhập của tỉnh")
	if code, body, at := login(v); code != 401 || !strings.Contains(body, "chưa có tài khoản tương ứng") {
		t.Errorf("without an account: %d at %s\n%s", code, at, plainText(body))
	}
	if _, err := e.login.Gate.New(context.Background(), access.Account{Login: "test-user@localhost", Name: "Cán bộ test-user@localhost", Role: access.Officer}, "", false,
		access.Act{By: access.Actor{Name: "Thử", Role: access.Admin}, At: e.business()}); err != nil {
		t.Fatal(err)
	}
	if code, body, at := login(v); code != 200 || at != "/" || !strings.Contains(body, "Cán bộ test-user@localhost") {
		t.Errorf("with one: %d at %s\n%s", code, at, plainText(body))
	}
	a, ok, err := e.store.FindAccount(context.Background(), "test-user@localhost")
	if err != nil || !ok || !strings.HasPrefix(a.Subject, issuer+" ") {
		t.Errorf("tied: %+v %v %v", a, ok, err)
	}
	for _, forged := range []string{"?state=x&code=y", "", "?error=access_denied"} {
		browse(t, v.base).see("/dang-nhap/mot-lan/ve"+forged, 401, "Chưa xác nhận được")
	}
	if code, body, at := browse(t, v.base).do("GET", "/dang-nhap/mot-lan/ve?error=nhac-lai-loi&error_description=nhac-lai-loi&state=nhac-lai-loi&code=nhac-lai-loi&ve=//nhac-lai-loi", nil); code != 401 || strings.Contains(body, "nhac-lai-loi") || strings.Contains(body, "//nhac") {
		t.Errorf("an answer in a forged address: %d at %s\n%s", code, at, plainText(body))
	}
}
