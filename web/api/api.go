// Package api is the interface for programs: what the desk shows, as JSON and CSV, for who has a token;
// the feeds of credited items; and the document that describes it all (OpenAPI 3.1). It reads and changes nothing.
package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/viet"
	"loa/web/access"
)

// Options is what the interface reads from. Everything but Rate, Burst, Log and Holiday is required.
type Options struct {
	Plan        *schedule.Plan
	Business    func() time.Time
	Machine     func() time.Time // ends tokens and paces who asks
	Version     string
	Token       func(ctx context.Context, hash string, now time.Time) (access.Token, bool, error)
	Evaluation  func(ctx context.Context) (schedule.Evaluation, bool, error) // standings alone
	Edition     func(ctx context.Context) (string, error)                    // of the stored evaluation
	Credits     func(ctx context.Context, owner string) ([]schedule.Credit, error)
	Items       func(ctx context.Context, q ItemQuery) ([]ItemRow, error)
	Health      func(ctx context.Context) (map[string]media.Health, error)
	Closings    func(ctx context.Context) ([]schedule.Closing, error) // heads
	ClosingRows func(ctx context.Context, id string) ([]schedule.ClosedRow, error)
	Decisions   func(ctx context.Context) ([]schedule.Decision, error)
	Cases       func(ctx context.Context) ([]schedule.Case, error)
	Holiday     func(day time.Time) bool
	Rate        float64 // requests a second of one token in the long run; 0: 5
	Burst       int     // at once; 0: 60
	Pace        *Pace   // who asked how often, kept beyond this interface; nil: its own
	Log         *slog.Logger
}

// Pace is who asked how often. An interface of the next version of the plan goes on with the one before's. The zero value is
// ready to be used.
type Pace struct {
	mu      sync.Mutex
	limits  map[string]*rate.Limiter // by token
	strange *rate.Limiter            // of those whose token is not known, all together
}

// ItemQuery filters items. Zero fields do not filter.
type ItemQuery struct {
	Text     string
	Agencies []string
	Source   string
	Verdict  string // "reform", "other", "review", "unjudged"
	From, To time.Time
	After    time.Time // Sort of the last item before
	AfterID  string
	Limit    int
}

// ItemRow is an item with the verdict in force.
type ItemRow struct {
	Item    media.Item
	Verdict *media.Verdict // nil: not judged
	Decided string         // who decided, "" if the machine alone
	Waits   bool           // for a person
	Sort    time.Time      // by which items are in order
}

// Limits of one answer.
const (
	usualLimit = 100
	mostLimit  = 500
)

type server struct {
	Options
	names  report.Names
	routes []route
	doc    []byte
	tag    string // of doc
}

// New is the interface under /api/v1/.
func New(opt Options) http.Handler {
	s := &server{Options: opt, names: report.NamesOf(opt.Plan)}
	if s.Pace == nil {
		s.Pace = &Pace{}
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	if s.Rate == 0 {
		s.Rate = 5
	}
	if s.Burst == 0 {
		s.Burst = 60
	}
	s.routes = s.table()
	doc, err := json.MarshalIndent(s.document(), "", " ")
	if err != nil { // plain data
		panic(fmt.Sprintf("api: the document: %v", err))
	}
	s.doc, s.tag = doc, tagOf(doc)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/openapi.json", s.openAPI)
	for _, rt := range s.routes {
		mux.HandleFunc("GET "+rt.path, s.guarded(rt))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			s.problem(w, r, http.StatusMethodNotAllowed, "Giao diện này chỉ để đọc: dùng GET.")
			return
		}
		s.problem(w, r, http.StatusNotFound, "Không có địa chỉ này. Danh sách địa chỉ ở /api/v1/openapi.json.")
	})
	return mux
}

// request is one question, understood.
type request struct {
	*http.Request
	token  access.Token
	values map[string]string // parameters, by name
	limit  int
	after  string // cursor, decoded
	csv    bool
	tag    string // of the answer where it is known before it is made
}

// problem answers an error as RFC 9457 has it.
func (s *server) problem(w http.ResponseWriter, r *http.Request, status int, detail string) {
	kind := map[int]string{
		http.StatusBadRequest: "bad-request", http.StatusUnauthorized: "unauthorized", http.StatusForbidden: "forbidden", http.StatusNotFound: "not-found",
		http.StatusMethodNotAllowed: "method-not-allowed", http.StatusTooManyRequests: "rate-limited", http.StatusInternalServerError: "internal",
	}[status]
	title := map[int]string{
		http.StatusBadRequest: "Yêu cầu không đúng", http.StatusUnauthorized: "Thiếu khóa hoặc khóa không dùng được", http.StatusForbidden: "Khóa không mở phần này",
		http.StatusNotFound: "Không tìm thấy", http.StatusMethodNotAllowed: "Không nhận cách gọi này", http.StatusTooManyRequests: "Gọi quá nhiều", http.StatusInternalServerError: "Có lỗi",
	}[status]
	body, err := json.Marshal(Problem{Type: "urn:loa:problem:" + kind, Title: title, Status: status, Detail: detail, Instance: r.URL.Path})
	if err != nil {
		s.Log.ErrorContext(r.Context(), "api: word a problem", "error", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Authorization")
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="loa"`)
	}
	w.WriteHeader(status)
	s.write(w, r, body)
}

func (s *server) write(w http.ResponseWriter, r *http.Request, body []byte) {
	if _, err := w.Write(body); err != nil {
		s.Log.DebugContext(r.Context(), "api: write", "error", err)
	}
}

// Problem is an error as RFC 9457 has it.
type Problem struct {
	Type     string `json:"type" doc:"Loại lỗi, một URN cố định"`
	Title    string `json:"title" doc:"Tên lỗi"`
	Status   int    `json:"status" doc:"Mã HTTP"`
	Detail   string `json:"detail" doc:"Vì sao, và làm gì tiếp"`
	Instance string `json:"instance" doc:"Địa chỉ đã gọi"`
}

func (s *server) fail(w http.ResponseWriter, r *http.Request, doing string, err error) {
	if r.Context().Err() != nil {
		return
	}
	s.Log.ErrorContext(r.Context(), "api: "+doing, "path", r.URL.Path, "error", err)
	s.problem(w, r, http.StatusInternalServerError, "Hệ thống gặp lỗi khi đọc dữ liệu. Thử lại sau ít phút; nếu vẫn lỗi, báo người quản trị.")
}

// guarded answers those whose token opens the route, at the pace that is allowed.
func (s *server) guarded(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		k, ok := s.enter(w, r, rt)
		if !ok {
			return
		}
		q, why := s.understand(r, rt)
		if why != "" {
			s.problem(w, r, http.StatusBadRequest, why)
			return
		}
		q.token = k
		if rt.stored { // what follows from the stored evaluation alone is the same while that is
			edition, err := s.Edition(r.Context())
			if err != nil {
				s.fail(w, r, "read the edition", err)
				return
			}
			q.tag = tagOf([]byte(edition), []byte(s.Plan.Version), []byte(r.URL.RequestURI()), []byte(strings.Join(k.Agencies, " ")), []byte(fmt.Sprint(q.csv)))
			if unchanged(w, r, q.tag) {
				return
			}
		}
		rt.answer(w, q)
	}
}

// enter finds the token and whether it opens the route.
func (s *server) enter(w http.ResponseWriter, r *http.Request, rt route) (access.Token, bool) {
	secret, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if secret == "" && rt.keyed {
		secret = r.URL.Query().Get("khoa")
	}
	if secret == "" {
		s.problem(w, r, http.StatusUnauthorized, "Cần khóa truy cập trong tiêu đề Authorization: Bearer. Người quản trị tạo khóa ở phần Cài đặt.")
		return access.Token{}, false
	}
	now := s.Machine()
	k, ok, err := s.Token(r.Context(), access.HashSecret(secret), now)
	switch {
	case err != nil:
		s.fail(w, r, "find a token", err)
		return k, false
	case (!ok || !k.Lives(now)) && !s.limiter("").Allow(): // somebody tries tokens; those who have one are not kept out by it
		s.slower(w, r, time.Second)
		return k, false
	case !ok || !k.Lives(now):
		s.problem(w, r, http.StatusUnauthorized, "Khóa không có, đã hết hạn hoặc đã bị thu hồi.")
		return k, false
	}
	if res := s.limiter(k.ID).ReserveN(now, 1); !res.OK() || res.DelayFrom(now) > 0 {
		wait := res.DelayFrom(now)
		res.CancelAt(now)
		s.slower(w, r, wait)
		return k, false
	}
	if !k.May(rt.scope) {
		s.problem(w, r, http.StatusForbidden, "Khóa này không được đọc phần «"+scopeWord(rt.scope)+"».")
		return k, false
	}
	return k, true
}

func (s *server) slower(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
	s.problem(w, r, http.StatusTooManyRequests, "Gọi quá nhiều trong thời gian ngắn: chờ số giây ghi ở Retry-After rồi gọi lại.")
}

// limiter paces a token, "" all whose token is not known.
func (s *server) limiter(token string) *rate.Limiter {
	p := s.Pace
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limits == nil {
		p.limits, p.strange = map[string]*rate.Limiter{}, rate.NewLimiter(5, 20)
	}
	if token == "" {
		return p.strange
	}
	l := p.limits[token]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(s.Rate), s.Burst)
		p.limits[token] = l
	}
	return l
}

func scopeWord(scope string) string {
	for _, x := range access.Scopes() {
		if x.Name == scope {
			return x.Word
		}
	}
	return scope
}

// understand reads the parameters a route has; any other, and any that cannot be read, is refused.
func (s *server) understand(r *http.Request, rt route) (request, string) {
	q := request{Request: r, values: map[string]string{}, limit: usualLimit}
	accept := r.Header.Get("Accept")
	q.csv = strings.Contains(accept, "text/csv") && !strings.Contains(accept, "application/json")
	for name, values := range r.URL.Query() {
		i := slices.IndexFunc(rt.params, func(p param) bool { return p.name == name && !p.path })
		if i < 0 {
			return q, "Không có tham số «" + viet.Clean(name) + "» ở địa chỉ này."
		}
		if len(values) > 1 {
			return q, "Tham số «" + name + "» chỉ được có một lần."
		}
		v := viet.Clean(values[0])
		if v == "" {
			continue
		}
		p := rt.params[i]
		if len(v) > 400 || p.enum != nil && !slices.Contains(p.enum, v) {
			return q, "Tham số «" + name + "» không nhận giá trị này."
		}
		if p.date {
			if _, ok := viet.ParseDate(v, viet.DateOptions{}); !ok {
				return q, "Tham số «" + name + "» cần một ngày, ví dụ 2023-03-09."
			}
		}
		q.values[name] = v
	}
	if v := q.values["limit"]; v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > mostLimit {
			return q, fmt.Sprintf("Tham số «limit» là một số từ 1 đến %d.", mostLimit)
		}
		q.limit = n
	}
	if v := q.values["after"]; v != "" {
		after, err := base64.RawURLEncoding.DecodeString(v)
		if err != nil || len(after) == 0 {
			return q, "Tham số «after» phải là giá trị lấy từ liên kết trang sau của câu trả lời trước."
		}
		q.after = string(after)
	}
	if v := q.values["dang"]; v != "" {
		q.csv = v == "csv"
	}
	return q, ""
}

// day is a parameter's date, and the day after it where add is 1.
func (q request) day(name string, add int) time.Time {
	d, ok := viet.ParseDate(q.values[name], viet.DateOptions{})
	if !ok {
		return time.Time{}
	}
	return d.Time.AddDate(0, 0, add)
}

// agencies are those that are asked for and that the token sees; ok is false if there is none such.
func (q request) agencies(name string, id func(string) string) (of []string, ok bool) {
	if v := q.values[name]; v != "" {
		return []string{id(v)}, q.token.Sees(id(v))
	}
	return q.token.Agencies, true
}

func tagOf(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:", len(p))
		h.Write(p)
	}
	return `"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"`
}

// unchanged answers 304 where who asks has the very state.
func unchanged(w http.ResponseWriter, r *http.Request, tag string) bool {
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Accept, Authorization")
	for _, t := range strings.Split(r.Header.Get("If-None-Match"), ",") {
		if t = strings.TrimPrefix(strings.TrimSpace(t), "W/"); t == tag || t == "*" {
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

// send answers one page of rows.
func (s *server) send(w http.ResponseWriter, q request, rows []any, next string, kind any) {
	var links []string
	link := func(after, rel string) string {
		v := url.Values{}
		for k, x := range q.values {
			v.Set(k, x)
		}
		v.Del("after")
		if after != "" {
			v.Set("after", base64.RawURLEncoding.EncodeToString([]byte(after)))
		}
		u := q.URL.Path
		if len(v) > 0 {
			u += "?" + v.Encode()
		}
		links = append(links, "<"+u+`>; rel="`+rel+`"`)
		return u
	}
	link("", "first")
	page := Page{Data: rows, Sample: s.Plan.Sample}
	if page.Data == nil {
		page.Data = []any{}
	}
	if next != "" {
		page.Next = link(next, "next")
	}
	links = append(links, `</api/v1/openapi.json>; rel="service-desc"`)
	var body bytes.Buffer
	kindOf := "application/json; charset=utf-8"
	var err error
	if q.csv {
		kindOf = "text/csv; charset=utf-8; header=present"
		err = writeCSV(&body, kind, rows)
	} else {
		enc := json.NewEncoder(&body)
		enc.SetEscapeHTML(false)
		err = enc.Encode(page)
	}
	if err != nil {
		s.fail(w, q.Request, "write an answer", err)
		return
	}
	w.Header().Set("Link", strings.Join(links, ", "))
	if q.tag == "" && unchanged(w, q.Request, tagOf(body.Bytes(), []byte(w.Header().Get("Link")))) {
		return
	}
	w.Header().Set("Content-Type", kindOf)
	s.write(w, q.Request, body.Bytes())
}

// Page is one page of an answer.
type Page struct {
	Data   []any  `json:"data" doc:"Các dòng"`
	Next   string `json:"next,omitempty" doc:"Địa chỉ trang sau; không có: đây là trang cuối"`
	Sample bool   `json:"sample,omitempty" doc:"Dữ liệu mẫu: địa phương, cơ quan và số liệu là hư cấu"`
}

func (s *server) openAPI(w http.ResponseWriter, r *http.Request) {
	if unchanged(w, r, s.tag) {
		return
	}
	w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1; charset=utf-8")
	s.write(w, r, s.doc)
}
