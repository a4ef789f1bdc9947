package web

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/web/access"
	"loa/web/trail"
)

// trailFake is a trail in memory.
type trailFake struct {
	events []trail.Event // oldest first
	check  trail.Check
	asked  trail.Query
}

func (f *trailFake) door() *trail.Door {
	return &trail.Door{
		List: func(_ context.Context, q trail.Query, keep func(trail.Event) bool) (trail.Page, error) {
			f.asked = q
			var p trail.Page
			for i := len(f.events) - 1; i >= 0; i-- {
				e := f.events[i]
				if q.After.Seq > 0 && e.Seq >= q.After.Seq || q.Actor != "" && e.Actor != q.Actor || q.System && e.Person || q.Subject != "" && e.Subject != q.Subject ||
					len(q.Kinds) > 0 && !slices.Contains(q.Kinds, e.Kind) || !q.From.IsZero() && e.At.Before(q.From) || !q.To.IsZero() && !e.At.Before(q.To) || keep != nil && !keep(e) {
					continue
				}
				if len(p.Events) == q.Limit {
					p.Next = p.Events[q.Limit-1].Cursor()
					break
				}
				p.Events = append(p.Events, e)
			}
			return p, nil
		},
		People: func(context.Context) ([]string, error) { return []string{"Cán bộ A", "Cán bộ B"}, nil },
		Kinds: func(context.Context) ([]string, error) {
			var out []string
			for _, e := range f.events {
				out = append(out, e.Kind)
			}
			slices.Sort(out)
			return slices.Compact(out), nil
		},
		Verify: func(_ context.Context, a trail.Anchor) (trail.Check, error) {
			c := f.check
			if a.Seq > 0 {
				c.Anchor, c.Anchored = a, true
			}
			return c, nil
		},
	}
}

func newTrailFake() *trailFake {
	f := &trailFake{check: trail.Check{Count: 60, Seq: 60, Hash: strings.Repeat("ab", 32)}}
	for i := range 60 {
		e := trail.Event{Seq: int64(i + 1), At: at("2023-03-01 08:00").Add(time.Duration(i) * time.Hour), Person: true, Actor: "Cán bộ A", Kind: "export.sheet", Subject: "/tin-bai?dang=xlsx", After: `{"format":"xlsx","rows":7}`, Hash: strings.Repeat("0", 64)}
		switch i % 4 {
		case 1:
			e.Kind, e.Subject, e.Actor, e.After = "decision.confirm-missed", "suong-ha/2023 B-D1 suong-ha/dai-ptth 2023-W04", "Cán bộ B", `{"reason":"`+strings.ReplaceAll(hostile, `"`, `\"`)+`"}`
		case 2:
			e.Kind, e.Subject, e.Person, e.Actor, e.Before, e.After = "source.state", "suong-ha/so-noi-vu-tin", false, "", "ok", "unreachable"
		case 3:
			e.Kind, e.Subject, e.Before, e.After = "thing.unknown", "gì đó", "cũ", "mới"
		}
		f.events = append(f.events, e)
	}
	return f
}

func auditDesk(t *testing.T, role access.Role) (*trailFake, http.Handler, *[]string) {
	t.Helper()
	f, tf := newFake(), newTrailFake()
	opt := f.options()
	opt.Trail, opt.Guest = tf.door(), access.Actor{Role: role, Login: "cb", Name: "Cán bộ", Agencies: []string{"suong-ha/so-noi-vu"}}
	var recorded []string
	opt.Record = func(_ context.Context, a access.Actor, kind, subject, _, after string) error {
		recorded = append(recorded, a.String()+" "+kind+" "+subject+" "+after)
		return nil
	}
	return tf, New(opt), &recorded
}

// TestTrailPage: what was done is told in words, page by page, each event once, and filtered as asked.
func TestTrailPage(t *testing.T) {
	tf, h, _ := auditDesk(t, access.Inspector)
	w := get(t, h, "/lich-su")
	body := w.Body.String()
	structure(t, "/lich-su", body)
	for _, s := range []string{"Quyết định: xác nhận chưa đạt", "Nguồn đổi trạng thái", "Tải bảng", "Thao tác khác", "Hệ thống", "Số dòng:", "bảng XLSX", "thu thập được",
		`href="/tien-do/B-D1/dai-ptth/2023-W04"`, "tuần 4", "&lt;script&gt;"} {
		if !strings.Contains(body, s) {
			t.Errorf("does not say %q", s)
		}
	}
	for _, bad := range []string{"<script>alert", "confirm-missed</td>", "unreachable<", `data-p="Việc">source.`} {
		if strings.Contains(body, bad) {
			t.Errorf("says %q", bad)
		}
	}
	seen, next := 0, "/lich-su"
	for next != "" && seen < 200 {
		body = get(t, h, next).Body.String()
		seen += strings.Count(body, `<tr><th scope="row">`)
		_, rest, ok := strings.Cut(body, `rel="next"`)
		next = ""
		if before, _, _ := strings.Cut(body, `" rel="next"`); ok && rest != "" {
			next = strings.ReplaceAll(before[strings.LastIndex(before, `"`)+1:], "&amp;", "&")
		}
	}
	if seen != 60 {
		t.Errorf("%d events on all pages", seen)
	}
	for path, n := range map[string]int{
		"/lich-su?ai=" + url.QueryEscape("Cán bộ B"): 15, "/lich-su?ai=" + url.QueryEscape("Hệ thống"): 15, "/lich-su?viec=quyet-dinh": 15, "/lich-su?viec=source.state": 15,
		"/lich-su?q=" + url.QueryEscape("xac nhan chua dat dai"): 0, "/lich-su?q=" + url.QueryEscape("xac nhan chua dat"): 15, "/lich-su?tu=01/3/2023&den=01/3/2023": 16,
		"/lich-su?viec=phat-bu": 0, "/lich-su?vat=" + url.QueryEscape("gì đó"): 15, "/lich-su?q=hop+thu": 0,
	} {
		if got := strings.Count(get(t, h, path).Body.String(), `<tr><th scope="row">`); got != n && n != 0 || n == 0 && strings.Contains(path, "phat-bu") && got != 0 {
			t.Errorf("%s: %d events, want %d", path, got, n)
		}
	}
	if body := get(t, h, "/lich-su?tu=hom-qua").Body.String(); !strings.Contains(body, "Chưa hiểu ngày «hom-qua»") {
		t.Error("a date that is none is not told")
	}
	if body := get(t, h, "/lich-su?kiem=1").Body.String(); !strings.Contains(body, "Toàn vẹn: 60 thao tác") || !strings.Contains(body, "60:"+strings.Repeat("ab", 32)) {
		t.Error("no result of the check, or no anchor")
	}
	if body := get(t, h, "/lich-su?kiem=1&moc=12").Body.String(); !strings.Contains(body, "Mốc cần đúng như đã in") {
		t.Error("a wrong anchor is not told")
	}
	tf.check = trail.Check{Count: 9, Seq: 9, Fault: trail.Altered, Broken: 10}
	if body := get(t, h, "/lich-su?kiem=1").Body.String(); !strings.Contains(body, "Thao tác số 10 đã bị sửa") || !strings.Contains(body, `role="alert"`) {
		t.Error("a broken chain is not told")
	}
	if _, h, _ := auditDesk(t, access.Clerk); get(t, h, "/lich-su").Code != http.StatusForbidden {
		t.Error("a clerk reads the trail")
	}
}

// TestTakingOutIsRecorded: every list, report and certificate that is taken out is in the trail before it is given; where
// that fails nothing is given. What is only looked at is not.
func TestTakingOutIsRecorded(t *testing.T) {
	_, h, recorded := auditDesk(t, access.Officer)
	get(t, h, "/lich-su")
	get(t, h, "/bao-cao")
	if len(*recorded) != 0 {
		t.Errorf("looking is recorded: %q", *recorded)
	}
	w := get(t, h, "/lich-su?dang=csv&viec=quyet-dinh")
	if lines := strings.Split(strings.TrimSpace(w.Body.String()), "\r\n"); len(lines) != 16 || !strings.HasPrefix(w.Body.String(), "\ufeffSố,Lúc") || strings.Contains(lines[1], ",=") {
		t.Errorf("CSV of %d lines: %.200s", len(lines), w.Body.String())
	}
	w = get(t, h, "/lich-su?dang=xlsx")
	if _, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len())); err != nil {
		t.Errorf("XLSX: %v", err)
	}
	get(t, h, "/bao-cao/2023-02/html")
	want := []string{"Cán bộ (cb) export.trail /lich-su?dang=csv", "Cán bộ (cb) export.trail /lich-su?dang=xlsx", "Cán bộ (cb) export.report /bao-cao/2023-02/html"}
	if len(*recorded) != len(want) {
		t.Fatalf("recorded %q", *recorded)
	}
	for i := range want {
		if !strings.HasPrefix((*recorded)[i], want[i]) {
			t.Errorf("recorded %q, want %q", (*recorded)[i], want[i])
		}
	}
	r := httptest.NewRequest("HEAD", "/bao-cao/2023-02/html", nil)
	h.ServeHTTP(httptest.NewRecorder(), r)
	if len(*recorded) != len(want) {
		t.Error("HEAD takes nothing out")
	}
	f := newFake()
	opt := f.options()
	opt.Record = func(context.Context, access.Actor, string, string, string, string) error { return errFake }
	if w := get(t, New(opt), "/bao-cao/2023-02/html"); w.Code != 500 || strings.Contains(w.Body.String(), "BÁO CÁO") {
		t.Errorf("given although it could not be recorded: %d", w.Code)
	}
}

// programsFake keeps tokens and hooks in memory.
type programsFake struct {
	tokens []access.Token
	hooks  []access.Hook
	feeds  []string
}

func (p *programsFake) door() *Programs {
	return &Programs{
		Tokens: func(context.Context) ([]access.Token, error) { return p.tokens, nil },
		AddToken: func(_ context.Context, k access.Token) (string, error) {
			if len(k.Scopes) == 0 {
				return "", Refusal{"Cần chọn ít nhất một phần được đọc."}
			}
			k.ID, k.Shown = fmt.Sprint("k", len(p.tokens)), "loa_abcdefgh"
			p.tokens = append(p.tokens, k)
			return "loa_abcdefgh-bí-mật", nil
		},
		RevokeToken: func(_ context.Context, id, by string) error {
			for i := range p.tokens {
				if p.tokens[i].ID == id {
					p.tokens[i].Revoked, p.tokens[i].Revoker = at("2023-03-10 15:00"), by
					return nil
				}
			}
			return Refusal{"Không có khóa này."}
		},
		Hooks: func(context.Context) ([]access.Hook, error) { return p.hooks, nil },
		AddHook: func(_ context.Context, h access.Hook) (string, error) {
			if !strings.HasPrefix(h.URL, "https://") {
				return "", Refusal{"Địa chỉ nhận phải bắt đầu bằng https://."}
			}
			h.ID, h.Secret = fmt.Sprint("h", len(p.hooks)), "whsec_bimat"
			p.hooks = append(p.hooks, h)
			return h.Secret, nil
		},
		EndHook: func(_ context.Context, id, by string) error {
			for i := range p.hooks {
				if p.hooks[i].ID == id {
					p.hooks[i].Ended, p.hooks[i].Ender = at("2023-03-10 15:00"), by
					return nil
				}
			}
			return Refusal{"Không có nơi nhận này."}
		},
		CreditFeed: func(_ context.Context, owner, form, base, path string) ([]byte, string, error) {
			p.feeds = append(p.feeds, strings.Join([]string{owner, form, base, path}, " "))
			return []byte("<feed/>"), "application/atom+xml", nil
		},
		Results: []string{"met", "missed"}, ResultWord: func(r string) string { return map[string]string{"met": "đạt", "missed": "chưa đạt"}[r] },
	}
}

func post(h http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestProgramPages: a secret is shown once, to who made it; what was typed stays where it is refused; an inspector changes nothing.
func TestProgramPages(t *testing.T) {
	f, pf := newFake(), &programsFake{}
	opt := f.options()
	opt.Programs, opt.Machine = pf.door(), opt.Business
	opt.Guest = access.Actor{Role: access.Officer, Login: "cv", Name: "Chuyên viên"}
	h := New(opt)
	w := post(h, "/cai-dat/khoa-api", url.Values{"ten": {"Cổng dữ liệu"}, "co-quan": {"suong-ha/so-noi-vu", "nơi khác"}, "han": {"90"}})
	structure(t, "tokens", w.Body.String())
	if w.Code != 422 || !strings.Contains(w.Body.String(), "ít nhất một phần") || !strings.Contains(w.Body.String(), `value="Cổng dữ liệu"`) || !strings.Contains(w.Body.String(), "<details open>") ||
		!strings.Contains(w.Body.String(), `<option value="90" selected>`) {
		t.Errorf("refused token: %d", w.Code)
	}
	if w = post(h, "/cai-dat/khoa-api", url.Values{"ten": {"Cổng dữ liệu"}, "muc": {"standings"}, "co-quan": {"nơi khác"}, "han": {"90"}}); w.Code != 422 || len(pf.tokens) > 0 {
		t.Errorf("a token of an agency that is gone would read all: %d", w.Code)
	}
	w = post(h, "/cai-dat/khoa-api", url.Values{"ten": {"Cổng dữ liệu"}, "muc": {"standings", "gì đó"}, "co-quan": {"suong-ha/so-noi-vu", "nơi khác"}, "han": {"90"}})
	if w.Code != 200 || !strings.Contains(w.Body.String(), "loa_abcdefgh-bí-mật") {
		t.Errorf("made token: %d", w.Code)
	}
	k := pf.tokens[0]
	if k.Maker != "Chuyên viên (cv)" || !slices.Equal(k.Scopes, []string{"standings"}) || !slices.Equal(k.Agencies, []string{"suong-ha/so-noi-vu"}) || !k.Expires.Equal(f.now.AddDate(0, 0, 90)) {
		t.Errorf("token %+v", k)
	}
	if body := get(t, h, "/cai-dat/khoa-api").Body.String(); strings.Contains(body, "bí-mật") || !strings.Contains(body, "loa_abcdefgh…") {
		t.Error("the secret is shown twice, or the token not at all")
	}
	if w := post(h, "/cai-dat/khoa-api/k0/thu-hoi", nil); w.Code != 303 || pf.tokens[0].Revoked.IsZero() {
		t.Errorf("revoked: %d", w.Code)
	}
	if w := post(h, "/cai-dat/khoa-api/k9/thu-hoi", nil); w.Code != 422 {
		t.Errorf("revoked what is not: %d", w.Code)
	}
	w = post(h, "/cai-dat/webhook", url.Values{"ten": {"Phòng họp"}, "dia-chi": {"http://noi-bo.example/"}})
	structure(t, "hooks", w.Body.String())
	if w.Code != 422 || !strings.Contains(w.Body.String(), `value="http://noi-bo.example/"`) {
		t.Errorf("refused hook: %d", w.Code)
	}
	w = post(h, "/cai-dat/webhook", url.Values{"ten": {"Phòng họp"}, "dia-chi": {"https://nhan.example/x"}, "muc": {"missed"}})
	if w.Code != 200 || !strings.Contains(w.Body.String(), "whsec_bimat") || !slices.Equal(pf.hooks[0].Results, []string{"missed"}) {
		t.Errorf("made hook: %d %+v", w.Code, pf.hooks)
	}
	if body := get(t, h, "/cai-dat/webhook").Body.String(); strings.Contains(body, "whsec_") || !strings.Contains(body, "nhan.example") {
		t.Error("the secret is shown twice, or the hook not at all")
	}
	if w := post(h, "/cai-dat/webhook/h0/bo", nil); w.Code != 303 || pf.hooks[0].Ended.IsZero() {
		t.Errorf("ended: %d", w.Code)
	}
	opt.Guest = access.Actor{Role: access.Inspector}
	pf.tokens[0].Revoked = time.Time{}
	if body := get(t, New(opt), "/cai-dat/khoa-api").Body.String(); strings.Contains(body, "thu-hoi") {
		t.Error("an inspector is offered to revoke")
	}
	for _, path := range []string{"/cai-dat/khoa-api?dang=csv", "/cai-dat/webhook?dang=xlsx"} {
		if w := get(t, h, path); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || strings.Contains(w.Body.String(), "whsec_") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestCreditFeed: who is confined to an agency has its feed and no other's.
func TestCreditFeed(t *testing.T) {
	f, pf := newFake(), &programsFake{}
	opt := f.options()
	opt.Programs, opt.Guest = pf.door(), access.Actor{Role: access.Clerk, Agencies: []string{"suong-ha/so-noi-vu"}}
	h := New(opt)
	w := get(t, h, "/tin-ghi-nhan/so-noi-vu.atom")
	if w.Code != 200 || w.Header().Get("ETag") == "" || len(pf.feeds) != 1 || !strings.HasPrefix(pf.feeds[0], "suong-ha/so-noi-vu atom http://") {
		t.Errorf("own feed: %d %q", w.Code, pf.feeds)
	}
	r := httptest.NewRequest("GET", "/tin-ghi-nhan/so-noi-vu.atom", nil)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	again := httptest.NewRecorder()
	h.ServeHTTP(again, r)
	if again.Code != http.StatusNotModified {
		t.Errorf("unchanged: %d", again.Code)
	}
	for path, code := range map[string]int{"/tin-ghi-nhan/so-xay-dung.atom": 403, "/tin-ghi-nhan/so-noi-vu.json": 404, "/tin-ghi-nhan/khong-co.rss": 404, "/tin-ghi-nhan/so-noi-vu": 404} {
		if w := get(t, h, path); w.Code != code {
			t.Errorf("%s: %d, want %d", path, w.Code, code)
		}
	}
}
