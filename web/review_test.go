package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/web/access"
)

// answers is the door of the review over the fake: what waits, in the order of its items, with what was said.
type answers struct {
	f     *fake
	said  []Reviewed
	taken []string // batches
}

func (a *answers) door() Reviewing {
	return Reviewing{Ask: a.ask, Answer: a.answer, Undo: a.undo, Kept: func(_ context.Context, _, hash string) (string, error) {
		if hash == strings.Repeat("d", 64) {
			return "", Refusal{"Bản lưu đã xóa."}
		}
		return hostile, a.f.err
	}, History: func(_ context.Context, item, agency string) ([]Reviewed, schedule.Matching, error) {
		var m schedule.Matching
		for _, c := range a.f.eval.Matching.Credits {
			if c.Evidence.ID == item {
				m.Credits = append(m.Credits, c)
			}
		}
		for _, c := range a.f.eval.Matching.Rejections {
			if c.Evidence.ID == item {
				m.Rejections = append(m.Rejections, c)
			}
		}
		var out []Reviewed
		for _, x := range slices.Backward(a.said) {
			if x.Item == item {
				out = append(out, x)
			}
		}
		return out, m, a.f.err
	}}
}

func (a *answers) force(item string) (Reviewed, bool) {
	for _, x := range slices.Backward(a.said) {
		if x.Item == item && x.Undone.IsZero() {
			return x, true
		}
	}
	return Reviewed{}, false
}

func (a *answers) ask(_ context.Context, actor string, q Asking) (Question, error) {
	out := Question{Over: map[string]string{}}
	for _, x := range a.said {
		if x.Actor == actor && x.Undone.IsZero() {
			out.Done++
			out.Last = []Reviewed{x}
		}
	}
	for _, row := range a.f.items {
		_, answered := a.force(row.Item.ID)
		waits := !answered && (verdictChip(row).Key == "review") != q.Blind && row.Verdict != nil
		late := slices.ContainsFunc(q.Later, func(l string) bool { return strings.HasSuffix(row.Item.ID, l) })
		if waits && q.Item == "" {
			out.Left++
			if late {
				out.Late++
			}
		}
		if out.Items == nil && (q.Item == row.Item.ID || q.Item == "" && waits && !late) {
			x, _ := a.force(row.Item.ID)
			out.Items, out.Over[row.Item.ID] = []ItemRow{row}, x.ID
			out.Gains = []schedule.Gain{{Item: row.Item.ID, Quota: "A-4", Owner: "suong-ha/so-noi-vu", Period: "2023-03", Missing: 1, Due: at("2023-04-01 00:00")}}
			for _, o := range a.f.items {
				if o.Item.ID != row.Item.ID && o.Item.Title == row.Item.Title && verdictChip(o).Key == "review" && !q.Blind && len(out.Items) == 1 {
					out.Items, out.Over[o.Item.ID] = append(out.Items, o), ""
				}
			}
		}
	}
	return out, a.f.err
}

func (a *answers) answer(_ context.Context, w Word) error {
	var by Answered
	for _, item := range w.Items {
		if x, ok := a.force(item); ok && x.ID != w.Over[item] {
			by.By = append(by.By, x)
		}
	}
	if len(by.By) > 0 {
		return by
	}
	batch := fmt.Sprintf("%020d-x", len(a.said))
	for i, item := range w.Items {
		if i > 0 {
			w.Note = "cùng nội dung với " + w.Items[0]
		}
		a.said = append(a.said, Reviewed{ID: media.Hash("word", fmt.Sprint(len(a.said))), Batch: batch, Item: item, Actor: w.Actor, At: a.f.now, Reform: w.Reform, Topics: w.Topics, Note: w.Note, Audit: w.Blind, Title: "Tin"})
	}
	return a.f.err
}

func (a *answers) undo(_ context.Context, actor, batch string) ([]Reviewed, error) {
	var out []Reviewed
	for i, x := range a.said {
		if x.Actor == actor && x.Batch == batch && x.Undone.IsZero() {
			out = append(out, x)
			a.said[i].Undone, a.said[i].UndoneBy = a.f.now, actor
		}
	}
	if len(out) == 0 {
		return nil, Refusal{"Không còn câu trả lời nào để hoàn tác."}
	}
	return out, nil
}

// reviewer is a person with an account who clicks and presses keys.
type reviewer struct {
	t       *testing.T
	h       http.Handler
	cookies map[string]*http.Cookie
}

func reviewing(t *testing.T, f *fake, a *answers, who access.Actor) *reviewer {
	t.Helper()
	opt := f.options()
	opt.Guest, opt.Reviewing = who, a.door()
	return &reviewer{t, New(opt), map[string]*http.Cookie{}}
}

func officer(name string) access.Actor {
	return access.Actor{Account: "a-" + name, Login: name, Name: "Cán bộ " + name, Role: access.Officer}
}

func (c *reviewer) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, k := range c.cookies {
		r.AddCookie(k)
	}
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	for _, k := range w.Result().Cookies() {
		if c.cookies[k.Name] = k; k.MaxAge < 0 {
			delete(c.cookies, k.Name)
		}
	}
	return w
}

func (c *reviewer) page(path string) string {
	c.t.Helper()
	w := c.do("GET", path, nil)
	if w.Code != http.StatusOK {
		c.t.Fatalf("%s: %d", path, w.Code)
	}
	structure(c.t, path, w.Body.String())
	return w.Body.String()
}

// carried is what the form of the question carries.
func carried(body string) []string {
	var out []string
	part, _, _ := strings.Cut(body[strings.Index(body, `id="tra-loi"`):], "</form>")
	for _, m := range regexp.MustCompile(`name="tin" value="([^"]*)"`).FindAllStringSubmatch(part, -1) {
		out = append(out, m[1])
	}
	return out
}

func (c *reviewer) press(path, body, answer string, more url.Values) *httptest.ResponseRecorder {
	c.t.Helper()
	form := url.Values{"tin": carried(body), "cau": {answer}}
	for k, v := range more {
		form[k] = v
	}
	return c.do("POST", path, form)
}

func TestReviewOneKeyAndOn(t *testing.T) {
	f := newFake()
	for i := range f.items {
		if v := f.items[i].Verdict; v != nil && v.Review {
			v.Cues = []media.Cue{{Term: "nhân dân", Field: "lead", At: strings.Index(f.items[i].Item.Lead, "nhân dân"), Weight: 1}}
		}
	}
	a := &answers{f: f}
	c := reviewing(t, f, a, officer("mot"))
	body := c.page("/duyet")
	first := carried(body)
	for _, want := range []string{"<mark>nhân dân</mark>", "dấu hiệu vừa", `data-key="1"`, `data-key="0"`, `data-key="s"`, `data-key="q"`, `data-key="i"`, "<kbd>1</kbd>", "Điểm 52%", "Xem kỳ này", "Trang gốc", "Vì sao máy hỏi", "máy nghiêng về"} {
		if !strings.Contains(body, want) {
			t.Errorf("the question lacks %q", want)
		}
	}
	if strings.Contains(body, `data-key="u"`) {
		t.Error("there is something to take back before anything was said")
	}
	w := c.press("/duyet", body, "co", url.Values{"chu-de": {media.TTHC, media.TheChe, "bịa"}, "chinh": {media.TheChe}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/duyet" || !strings.HasPrefix(w.Header().Get("Server-Timing"), "app;dur=") {
		t.Fatalf("%d, %v", w.Code, w.Header())
	}
	if x := a.said[0]; !x.Reform || !slices.Equal(x.Topics, []string{media.TheChe, media.TTHC}) || x.Actor != "Cán bộ mot (mot)" || len(a.said) != len(first) {
		t.Errorf("recorded %+v of %d", x, len(first))
	}
	r := httptest.NewRequest("POST", "/duyet", strings.NewReader("cau=co&tin="+strings.Repeat("a", 32)+"&chinh=tthc&may=tthc&chu-de=the-che"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := r.ParseForm(); err != nil {
		t.Fatal(err)
	}
	if word, ok := wordOf(r, officer("mot")); !ok || !slices.Equal(word.Topics, []string{media.TheChe}) {
		t.Errorf("the machine's main topic stays although its box is not ticked: %v", word.Topics)
	}
	next := c.page("/duyet")
	if slices.Equal(carried(next), first) || !strings.Contains(next, "Đã ghi: về CCHC") || !strings.Contains(next, `data-key="u"`) || !strings.Contains(next, "hôm nay đã trả lời <b>"+fmt.Sprint(len(first))) {
		t.Error("it does not go on, or does not say what was done")
	}
	// u takes it back and shows it again.
	batch := regexp.MustCompile(`name="lan" value="([^"]*)"`).FindStringSubmatch(next)[1]
	w = c.do("POST", "/duyet/hoan-tac", url.Values{"lan": {batch}})
	id, _, _ := strings.Cut(first[0], ":")
	if w.Header().Get("Location") != "/duyet?tin="+id {
		t.Fatalf("goes to %q", w.Header().Get("Location"))
	}
	if again := c.page("/duyet?tin=" + id); !slices.Equal(carried(again), first) || !strings.Contains(again, "Đã hoàn tác") {
		t.Errorf("after taking back: %v, want %v", carried(again), first)
	}
	c.do("POST", "/duyet/hoan-tac", url.Values{"lan": {batch}})
	if body := c.page("/duyet"); !strings.Contains(body, "Không còn câu trả lời nào") {
		t.Error("taking back twice is not refused")
	}
	// An answer without a choice is none.
	before := len(a.said)
	c.press("/duyet", body, "", nil)
	c.do("POST", "/duyet", url.Values{"tin": {"../x:1"}, "cau": {"co"}})
	if len(a.said) != before {
		t.Error("recorded without a choice or an item")
	}
}

func TestReviewPutOff(t *testing.T) {
	f := newFake()
	a := &answers{f: f}
	c := reviewing(t, f, a, officer("mot"))
	seen := map[string]bool{}
	n := 0
	for {
		body := c.page("/duyet")
		if !strings.Contains(body, `id="tra-loi"`) {
			if !strings.Contains(body, fmt.Sprintf("Chỉ còn %d tin, bài đã để sau", n)) {
				t.Errorf("at the end: %s", body)
			}
			break
		}
		id := carried(body)[0]
		if seen[id] || n > 50 {
			t.Fatalf("%s is asked twice of %d", id, n)
		}
		seen[id] = true
		n++
		c.do("POST", "/duyet/de-sau", url.Values{"tin": {id}})
	}
	if n < 3 {
		t.Fatalf("only %d questions", n)
	}
	c.do("POST", "/duyet/de-sau", url.Values{"lai": {"1"}})
	if body := c.page("/duyet"); !seen[carried(body)[0]] || len(a.said) != 0 {
		t.Error("what was put off does not come back")
	}
}

func TestTwoReviewersAtOnce(t *testing.T) {
	f := newFake()
	a := &answers{f: f}
	one, two := reviewing(t, f, a, officer("mot")), reviewing(t, f, a, officer("hai"))
	b1, b2 := one.page("/duyet"), two.page("/duyet")
	one.press("/duyet", b1, "co", nil)
	n := len(a.said)
	w := two.press("/duyet", b2, "khong", nil)
	body := w.Body.String()
	if w.Code != http.StatusConflict || len(a.said) != n || !strings.Contains(body, "Cán bộ mot (mot) đã trả lời «về CCHC»") || !strings.Contains(body, "Vẫn ghi «không về CCHC»") {
		t.Fatalf("%d, %d recorded: %s", w.Code, len(a.said)-n, body)
	}
	structure(t, "conflict", body)
	clash, _, _ := strings.Cut(body[strings.Index(body, "h-x"):], "</form>")
	form := url.Values{"cau": {"khong"}}
	for _, m := range regexp.MustCompile(`name="tin" value="([^"]*)"`).FindAllStringSubmatch(clash, -1) {
		form.Add("tin", m[1])
	}
	if w = two.do("POST", "/duyet", form); w.Code != http.StatusSeeOther || len(a.said) != n+len(form["tin"]) || a.said[len(a.said)-1].Reform {
		t.Errorf("seen and meant: %d, %d recorded", w.Code, len(a.said)-n)
	}
}

// A blind question has nothing in it of what the machine said.
func TestReviewBlind(t *testing.T) {
	f := newFake()
	a := &answers{f: f}
	c := reviewing(t, f, a, officer("mot"))
	for range 5 {
		body := c.page("/duyet/kiem-tra")
		main := body[strings.Index(body, "<main"):]
		for _, bad := range []string{"<mark", "Điểm", "Vì sao", " checked", " selected", "v-reform", "v-other", "Xem kỳ này", `href="/tin-bai/`, "lexicon-1", "93%", "8%"} {
			if strings.Contains(main, bad) {
				t.Errorf("%q is in the page", bad)
			}
		}
		if !strings.Contains(main, `action="/duyet/kiem-tra" id="tra-loi"`) {
			t.Fatal("no form")
		}
		if w := c.press("/duyet/kiem-tra", body, "co", nil); w.Header().Get("Location") != "/duyet/kiem-tra" {
			t.Fatalf("goes to %q", w.Header().Get("Location"))
		}
		if !a.said[len(a.said)-1].Audit {
			t.Fatal("not recorded as blind")
		}
	}
}

func TestReaderDecidesNothing(t *testing.T) {
	f := newFake()
	a := &answers{f: f}
	for _, role := range []access.Role{access.Reader, access.Inspector, access.HomeAffairs, access.Clerk, access.Guest} {
		who := access.Actor{Account: "x", Name: "Người đọc", Role: role, Agencies: []string{"suong-ha/bao"}}
		c := reviewing(t, f, a, who)
		id := f.items[0].Item.ID
		for _, path := range []string{"/duyet", "/duyet/kiem-tra", "/duyet/de-sau", "/duyet/hoan-tac", "/tin-bai/" + id + "/duyet"} {
			if w := c.do("POST", path, url.Values{"tin": {id + ":"}, "cau": {"co"}}); w.Code != http.StatusForbidden {
				t.Errorf("%s as %s: %d", path, role, w.Code)
			}
		}
		if w := c.do("GET", "/duyet", nil); (w.Code == 200) != (role == access.Inspector) || strings.Contains(w.Body.String(), `id="tra-loi"`) {
			t.Errorf("the queue as %s: %d", role, w.Code)
		}
		if body := c.do("GET", "/tin-bai/"+id, nil).Body.String(); strings.Contains(body, "Ghi kết quả") {
			t.Errorf("%s is offered a form", role)
		}
	}
	if len(a.said) > 0 {
		t.Errorf("%d recorded", len(a.said))
	}
}

func TestDecideOnTheItemPage(t *testing.T) {
	f := newFake()
	a := &answers{f: f}
	c := reviewing(t, f, a, officer("mot"))
	id := f.eval.Matching.Credits[0].Evidence.ID
	for _, x := range f.eval.Matching.Credits {
		if x.Evidence.Kind == media.EvItem {
			id = x.Evidence.ID
		}
	}
	body := c.page("/tin-bai/" + id)
	if !strings.Contains(body, "Được tính vào đâu") || !regexp.MustCompile(`được tính</span> <a href="/tien-do/`).MatchString(body) {
		t.Error("it does not lead to where it counts")
	}
	path := "/tin-bai/" + id + "/duyet"
	if w := c.do("POST", path, url.Values{"tin": {id + ":"}, "ly-do": {"đọc kỹ"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "xin chọn") || !strings.Contains(w.Body.String(), "đọc kỹ") {
		t.Errorf("without a choice: %d", w.Code)
	}
	if w := c.do("POST", path, url.Values{"tin": {id + ":"}, "cau": {"khong"}, "ly-do": {"chỉ nhắc qua"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	body = c.page("/tin-bai/" + id)
	if !strings.Contains(body, "Cán bộ mot (mot) đã trả lời «không về CCHC»") || !strings.Contains(body, "ghi chú: chỉ nhắc qua") || !strings.Contains(body, "Đổi kết quả phân loại") {
		t.Error("the history does not tell")
	}
	w := c.do("POST", path, url.Values{"tin": {id + ":"}, "cau": {"co"}, "ly-do": {"xem lại"}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Chưa ghi câu trả lời này") {
		t.Errorf("over what was not seen: %d", w.Code)
	}
	over := id + ":" + a.said[0].ID
	if w := c.do("POST", path, url.Values{"tin": {over}, "cau": {"co"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "lý do") {
		t.Errorf("a change without a reason: %d", w.Code)
	}
	if w := c.do("POST", path, url.Values{"tin": {over}, "cau": {"co"}, "ly-do": {"xem lại"}, "chu-de": {media.TTHC}}); w.Code != http.StatusSeeOther || len(a.said) != 2 || !a.said[1].Reform {
		t.Errorf("%d, %d recorded", w.Code, len(a.said))
	}
	a.said[1].Undone = f.now.Add(time.Minute)
	if body := c.page("/tin-bai/" + id); !strings.Contains(body, "đã hoàn tác lúc") {
		t.Error("what was taken back is not told")
	}
}

func TestItemsAsTable(t *testing.T) {
	f := newFake()
	c := reviewing(t, f, &answers{f: f}, officer("mot"))
	body := c.page("/tin-bai?q=thu+tuc&ket-qua=reform")
	if !strings.Contains(body, "<mark>thủ tục</mark>") || !strings.Contains(body, `href="/tin-bai?dang=xlsx&amp;ket-qua=reform&amp;q=thu&#43;tuc"`) {
		t.Error("no mark on what was searched for, or no table with the same filters")
	}
	w := c.do("GET", "/tin-bai?q=thu+tuc&dang=csv", nil)
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "\xef\xbb\xbfNgày đăng,") || strings.Count(w.Body.String(), "\r\n") < 3 || f.asked.Limit != 500 {
		t.Errorf("%d %.200s", w.Code, w.Body)
	}
	if body := c.page("/tin-bai?ket-qua=review"); !strings.Contains(body, `href="/duyet"`) || !strings.Contains(body, `href="/duyet?tin=`) {
		t.Error("what waits does not lead to the review")
	}
	c.page("/tin-bai?xep=cu")
	if !f.asked.Oldest {
		t.Error("not asked for the oldest first")
	}
	many := f.items[0]
	for i := range mostListed + 10 {
		many.Item.ID = fmt.Sprintf("many%d", i)
		f.items = append(f.items, many)
	}
	if w := c.do("GET", "/tin-bai?dang=csv", nil); strings.Count(w.Body.String(), "\r\n") != mostListed+2 || !strings.Contains(w.Body.String(), "chỉ ghi 5.000 tin, bài đầu") {
		t.Errorf("%d lines of a long list", strings.Count(w.Body.String(), "\r\n"))
	}
	scoped := reviewing(t, f, &answers{f: f}, access.Actor{Account: "x", Name: "Đầu mối", Role: access.Clerk, Agencies: []string{"suong-ha/bao"}})
	scoped.do("GET", "/tin-bai?dang=csv", nil)
	if !slices.Equal(f.asked.Agencies, []string{"suong-ha/bao"}) {
		t.Errorf("a clerk's table asks for %v", f.asked.Agencies)
	}
}

func TestPhrases(t *testing.T) {
	for text, want := range map[string][]string{
		`một cửa`: nil, `"một cửa"`: {"mot cua"}, `x "Thủ  tục, hành chính" «Một cửa»`: {"thu tuc hanh chinh", "mot cua"}, `"một" “liên thông” "`: {"lien thong"}, `"chưa đóng`: nil,
	} {
		if got := Phrases(text); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if !Contains([]string{"mot cua"}, "Bộ phận Một-cửa huyện", "") || Contains([]string{"mot cua"}, "một, hai cửa hàng", "cửa một") || Contains([]string{"mot cua"}, "tìm một", "cửa") {
		t.Error("phrases")
	}
	text := ""
	for _, s := range highlighted("Thủ tục: THU TUC hành chính", `"thủ tục"`) {
		if s.Mark {
			text += "[" + s.Text + "]"
		} else {
			text += s.Text
		}
	}
	if text != "[Thủ tục]: [THU TUC] hành chính" {
		t.Errorf("marks %s", text)
	}
}
