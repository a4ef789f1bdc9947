package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/web/access"
)

// Programs is the door of what programs may read and are told: tokens, hooks, and the feeds of credited pieces.
type Programs struct {
	Tokens      func(ctx context.Context) ([]access.Token, error)
	AddToken    func(ctx context.Context, k access.Token) (secret string, err error)
	RevokeToken func(ctx context.Context, id, by string) error
	Hooks       func(ctx context.Context) ([]access.Hook, error)
	AddHook     func(ctx context.Context, h access.Hook) (secret string, err error)
	EndHook     func(ctx context.Context, id, by string) error
	// CreditFeed is the feed of the pieces credited to an owner, "atom" or "rss", with its media type; base and path are its own address.
	CreditFeed func(ctx context.Context, owner, form, base, path string) (body []byte, kind string, err error)
	Results    []string                   // what a hook can be told
	ResultWord func(result string) string // Vietnamese
}

// programRoutes are the interface for programs and its settings.
func (s *site) programRoutes() []route {
	return []route{
		{"GET", "/tin-ghi-nhan/{file}", access.See, true, s.creditFeed},
		{"GET", "/cai-dat/khoa-api", access.Settings, false, s.tokens},
		{"POST", "/cai-dat/khoa-api", access.Settings, false, s.addToken},
		{"POST", "/cai-dat/khoa-api/{token}/thu-hoi", access.Settings, false, s.revokeToken},
		{"GET", "/cai-dat/webhook", access.Settings, false, s.hooks},
		{"POST", "/cai-dat/webhook", access.Settings, false, s.addHook},
		{"POST", "/cai-dat/webhook/{hook}/bo", access.Settings, false, s.endHook},
		{"GET", "/api/v1/{path...}", access.Public, false, s.programAPI}, // which asks for a token itself
	}
}

func (s *site) programAPI(w http.ResponseWriter, r *http.Request) {
	if s.API == nil {
		s.notFound(w, r)
		return
	}
	s.API.ServeHTTP(w, r)
}

// programsPage is a list of tokens or hooks with the form for another.
type programsPage struct {
	Tokens   []tokenLine
	Hooks    []hookLine
	Agencies []media.Agency
	Choices  []programChoice // scopes, or results
	Terms    []termChoice
	Name     string // as typed
	URL      string
	Picked   map[string]bool // scopes or results, and agencies
	Term     int
	Secret   string // of what was made just now; shown once
	Made     string // its name
	API      bool
}

type programChoice struct{ Key, Word string }

type termChoice struct {
	Days int
	Word string
}

type tokenLine struct {
	access.Token
	Lives  bool
	Reads  string
	Whose  string
	Manage bool
}

type hookLine struct {
	access.Hook
	Lives  bool
	Told   string
	Whose  string
	Manage bool
}

func terms() []termChoice {
	return []termChoice{{30, "30 ngày"}, {90, "90 ngày"}, {365, "1 năm"}, {730, "2 năm"}}
}

// whose names agencies, or says that all are meant.
func (s *site) whose(agencies []string) string {
	if len(agencies) == 0 {
		return "mọi cơ quan, đơn vị"
	}
	names := make([]string, len(agencies))
	for i, id := range agencies {
		names[i] = s.names.Agency(id)
	}
	return strings.Join(names, "; ")
}

// read takes what was typed and ticked.
func (p *programsPage) read(r *http.Request) {
	p.Name, p.URL, p.Picked = field(r, "ten"), field(r, "dia-chi"), map[string]bool{}
	for _, v := range slices.Concat(r.PostForm["muc"], r.PostForm["co-quan"]) {
		p.Picked[v] = true
	}
	p.Term, _ = strconv.Atoi(field(r, "han"))
}

// lost refuses where none of the agencies that were ticked is in the plan in force any more: none named would mean all.
func (p programsPage) lost(r *http.Request) error {
	if len(r.PostForm["co-quan"]) > 0 && len(p.agencies()) == 0 {
		return Refusal{"Các cơ quan đã chọn không còn trong kế hoạch. Xin chọn lại."}
	}
	return nil
}

// chosen are those of some keys that are ticked.
func (p programsPage) chosen(keys []programChoice) []string {
	var out []string
	for _, k := range keys {
		if p.Picked[k.Key] {
			out = append(out, k.Key)
		}
	}
	return out
}

func (p programsPage) agencies() []string {
	var out []string
	for _, a := range p.Agencies {
		if p.Picked[a.ID] {
			out = append(out, a.ID)
		}
	}
	return out
}

func (s *site) tokens(w http.ResponseWriter, r *http.Request) {
	if s.Programs == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	if p, ok := s.tokensPage(w, r, programsPage{Term: 365, Picked: map[string]bool{}}); ok {
		if s.asSheet(w, r, func() (sheet, error) { return tokenSheet(p), nil }) {
			return
		}
		s.render(w, r, http.StatusOK, "tokens", frame{Title: "Khóa truy cập cho phần mềm", Here: "/cai-dat/khoa-api", Page: p})
	}
}

// tokensPage fills in what the page shows; it answers and returns false if that fails.
func (s *site) tokensPage(w http.ResponseWriter, r *http.Request, p programsPage) (programsPage, bool) {
	list, err := s.Programs.Tokens(r.Context())
	if err != nil {
		s.fail(w, r, "read the tokens", err)
		return p, false
	}
	p.Agencies, p.Terms, p.API, p.Choices = s.Plan.Agencies, terms(), s.API != nil, scopeChoices()
	manage := s.actor(r).May(access.Settings)
	for _, k := range list {
		var reads []string
		for _, x := range access.Scopes() {
			if k.May(x.Name) {
				reads = append(reads, x.Word)
			}
		}
		k.Made, k.Expires = k.Made.In(calendar.Zone), k.Expires.In(calendar.Zone)
		p.Tokens = append(p.Tokens, tokenLine{k, k.Lives(s.Machine()), strings.Join(reads, "; "), s.whose(k.Agencies), manage})
	}
	return p, true
}

func scopeChoices() []programChoice {
	var out []programChoice
	for _, x := range access.Scopes() {
		out = append(out, programChoice{x.Name, x.Word})
	}
	return out
}

func tokenSheet(p programsPage) sheet {
	sh := sheet{Name: "khoa-truy-cap", Title: "Khóa truy cập cho phần mềm", Head: []string{"Khóa", "Dùng cho", "Được đọc", "Của", "Tạo lúc", "Người tạo", "Hết hạn", "Dùng lần cuối", "Thu hồi lúc", "Người thu hồi"}}
	for _, k := range p.Tokens {
		sh.Rows = append(sh.Rows, []any{k.Shown + "…", k.Name, k.Reads, k.Whose, k.Made, k.Maker, k.Expires, k.Used, k.Revoked, k.Revoker})
	}
	return sh
}

func (s *site) addToken(w http.ResponseWriter, r *http.Request) {
	if s.Programs == nil || !s.form(w, r) {
		return
	}
	p := programsPage{Agencies: s.Plan.Agencies}
	p.read(r)
	k := access.Token{Name: p.Name, Scopes: p.chosen(scopeChoices()), Agencies: p.agencies(), Maker: s.actor(r).String(), Expires: s.Machine().AddDate(0, 0, p.Term)}
	secret, err := "", p.lost(r)
	if err == nil {
		secret, err = s.Programs.AddToken(r.Context(), k)
	}
	if err == nil { // the secret is shown by this very answer: it is kept nowhere, so no page to be sent to can show it
		p = programsPage{Term: 365, Picked: map[string]bool{}, Secret: secret, Made: k.Name}
	}
	p, ok := s.tokensPage(w, r, p)
	f := frame{Title: "Khóa truy cập cho phần mềm", Here: "/cai-dat/khoa-api", Page: p}
	switch {
	case !ok:
	case err != nil:
		s.sorry(w, r, "add a token", err, "tokens", f)
	default:
		s.render(w, r, http.StatusOK, "tokens", f)
	}
}

func (s *site) revokeToken(w http.ResponseWriter, r *http.Request) {
	if s.Programs == nil || !s.form(w, r) {
		return
	}
	if err := s.Programs.RevokeToken(r.Context(), r.PathValue("token"), s.actor(r).String()); err != nil {
		p, ok := s.tokensPage(w, r, programsPage{Term: 365, Picked: map[string]bool{}})
		if ok {
			s.sorry(w, r, "revoke a token", err, "tokens", frame{Title: "Khóa truy cập cho phần mềm", Here: "/cai-dat/khoa-api", Page: p})
		}
		return
	}
	s.done(w, r, "/cai-dat/khoa-api", "Đã thu hồi khóa: phần mềm dùng khóa này không đọc được nữa.")
}

func (s *site) hooks(w http.ResponseWriter, r *http.Request) {
	if s.Programs == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	if p, ok := s.hooksPage(w, r, programsPage{Picked: map[string]bool{}}); ok {
		if s.asSheet(w, r, func() (sheet, error) { return hookSheet(p), nil }) {
			return
		}
		s.render(w, r, http.StatusOK, "hooks", frame{Title: "Nơi nhận thay đổi", Here: "/cai-dat/webhook", Page: p})
	}
}

func (s *site) hooksPage(w http.ResponseWriter, r *http.Request, p programsPage) (programsPage, bool) {
	list, err := s.Programs.Hooks(r.Context())
	if err != nil {
		s.fail(w, r, "read the hooks", err)
		return p, false
	}
	p.Agencies, p.Choices = s.Plan.Agencies, s.resultChoices()
	manage := s.actor(r).May(access.Settings)
	for _, h := range list {
		told := "mọi kết quả"
		if len(h.Results) > 0 {
			words := make([]string, len(h.Results))
			for i, x := range h.Results {
				words[i] = s.Programs.ResultWord(x)
			}
			told = strings.Join(words, "; ")
		}
		h.Made = h.Made.In(calendar.Zone)
		h.Secret = "" // for nobody's eyes
		p.Hooks = append(p.Hooks, hookLine{h, h.Ended.IsZero(), told, s.whose(h.Agencies), manage})
	}
	return p, true
}

func (s *site) resultChoices() []programChoice {
	var out []programChoice
	for _, x := range s.Programs.Results {
		out = append(out, programChoice{x, s.Programs.ResultWord(x)})
	}
	return out
}

func hookSheet(p programsPage) sheet {
	sh := sheet{Name: "noi-nhan-thay-doi", Title: "Nơi nhận thay đổi của tiến độ", Head: []string{"Nơi nhận", "Địa chỉ", "Được báo", "Của", "Thêm lúc", "Người thêm", "Đang chờ", "Đã gửi", "Không gửi được", "Bỏ lúc"}}
	for _, h := range p.Hooks {
		sh.Rows = append(sh.Rows, []any{h.Name, h.URL, h.Told, h.Whose, h.Made, h.Maker, h.Waiting, h.Sent, h.Dead, h.Ended})
	}
	return sh
}

func (s *site) addHook(w http.ResponseWriter, r *http.Request) {
	if s.Programs == nil || !s.form(w, r) {
		return
	}
	p := programsPage{Agencies: s.Plan.Agencies}
	p.read(r)
	h := access.Hook{Name: p.Name, URL: p.URL, Results: p.chosen(s.resultChoices()), Agencies: p.agencies(), Maker: s.actor(r).String()}
	secret, err := "", p.lost(r)
	if err == nil {
		secret, err = s.Programs.AddHook(r.Context(), h)
	}
	if err == nil {
		p = programsPage{Picked: map[string]bool{}, Secret: secret, Made: h.Name}
	}
	p, ok := s.hooksPage(w, r, p)
	f := frame{Title: "Nơi nhận thay đổi", Here: "/cai-dat/webhook", Page: p}
	switch {
	case !ok:
	case err != nil:
		s.sorry(w, r, "add a hook", err, "hooks", f)
	default:
		s.render(w, r, http.StatusOK, "hooks", f)
	}
}

func (s *site) endHook(w http.ResponseWriter, r *http.Request) {
	if s.Programs == nil || !s.form(w, r) {
		return
	}
	if err := s.Programs.EndHook(r.Context(), r.PathValue("hook"), s.actor(r).String()); err != nil {
		p, ok := s.hooksPage(w, r, programsPage{Picked: map[string]bool{}})
		if ok {
			s.sorry(w, r, "end a hook", err, "hooks", frame{Title: "Nơi nhận thay đổi", Here: "/cai-dat/webhook", Page: p})
		}
		return
	}
	s.done(w, r, "/cai-dat/webhook", "Đã bỏ nơi nhận: từ nay không báo thay đổi tới đó nữa.")
}

// creditFeed answers /tin-ghi-nhan/so-noi-vu.atom for whoever is logged in and sees the agency; programs have the same under /api/v1/feeds
// by a token.
func (s *site) creditFeed(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	i := strings.LastIndexByte(file, '.')
	owner, form := "", ""
	if i > 0 {
		owner, form = s.agencyID(file[:i]), file[i+1:]
	}
	known := slices.ContainsFunc(s.Plan.Agencies, func(a media.Agency) bool { return a.ID == owner })
	if s.Programs == nil || !known || form != "atom" && form != "rss" {
		s.missing(w, r, "Không có bản tin này.")
		return
	}
	if s.keepsOut(w, r, owner) {
		return
	}
	base := "http://" + r.Host
	if s.secure(r) {
		base = "https://" + r.Host
	}
	body, kind, err := s.Programs.CreditFeed(r.Context(), owner, form, base, r.URL.Path)
	if err != nil {
		s.fail(w, r, "make the feed", err)
		return
	}
	sum := sha256.Sum256(body)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, no-cache")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// SomeAgency reports whether an agency is ticked.
func (p programsPage) SomeAgency() bool { return len(p.agencies()) > 0 }
