package web

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/web/access"
)

// bounded is a desk whose limits on what people send are small. free is what the disk has left.
func (d handDesk) bounded(limits UploadLimits, memory *Memory, free int64) func(account string) http.Handler {
	dir := d.t.TempDir()
	return func(account string) http.Handler {
		opt := d.p.options()
		opt.Handins, opt.Uploads, opt.Memory = d.f.door(dir), limits, memory
		opt.Guest = access.Actor{Role: access.Clerk, Account: account, Login: account, Name: "Cán bộ", Agencies: []string{"suong-ha/so-xay-dung"}}
		h := New(opt)
		memory.ways.now, memory.ways.free = func() time.Time { return d.p.now }, func(string) (int64, error) { return free, nil }
		return h
	}
}

func proofForm() url.Values {
	return url.Values{"nhiem-vu": {"A-2.3"}, "tu": {"05/3/2023"}, "noi-dung": {"Giao ban"}, "khong-mat": {"co"}}
}

// TestUploadBudget: a person's day ends with 429 and when to come again, whatever they announced and however often they logged in;
// another's does not; what is more than any day is 413; a desk of the next version of the plan goes on counting.
func TestUploadBudget(t *testing.T) {
	d := newHandDesk(t)
	memory := &Memory{}
	as := d.bounded(UploadLimits{Day: 20_000}, memory, 1<<40)
	file := func(n int) map[string][]byte {
		return map[string][]byte{"anh.pdf": []byte("%PDF-1.7 " + strings.Repeat("x", n))}
	}
	post := func(account string, n int) *httptest.ResponseRecorder {
		return d.send(as(account), "/minh-chung/moi", proofForm(), file(n))
	}
	if w := post("a", 12_000); w.Code == http.StatusTooManyRequests || w.Code == http.StatusRequestEntityTooLarge {
		t.Fatalf("the first: %d", w.Code)
	}
	w := post("a", 12_000) // each time a desk made anew
	if body := w.Body.String(); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(body, "mỗi người gửi được nhiều nhất") || !strings.Contains(body, "0 giờ ngày mai") {
		t.Errorf("beyond the day: %d %v", w.Code, w.Header())
	}
	if w := post("b", 12_000); w.Code == http.StatusTooManyRequests {
		t.Error("another person's day is used up too")
	}
	if w := post("c", 40_000); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "trong một ngày") {
		t.Errorf("more than a day holds: %d", w.Code)
	}
	unannounced := func(account string, n int) int {
		r := httptest.NewRequest("POST", "/minh-chung/moi", io.MultiReader(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"tep-moi\"; filename=\"a.pdf\"\r\n\r\n"+strings.Repeat("x", n)+"\r\n--x--\r\n")))
		r.ContentLength = -1
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		w := httptest.NewRecorder()
		as(account).ServeHTTP(w, r)
		return w.Code
	}
	if code := unannounced("e", 19_000); code == http.StatusTooManyRequests {
		t.Error("a request that announced nothing is refused within the day")
	}
	if code := unannounced("e", 19_000); code != http.StatusTooManyRequests {
		t.Errorf("a request that announced nothing went beyond the day: %d", code)
	}
	tus := func(account string, size int) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/tep", nil)
		r.Header.Set("Upload-Length", fmt.Sprint(size))
		w := httptest.NewRecorder()
		as(account).ServeHTTP(w, r)
		return w
	}
	if w := tus("a", 12_000); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("an upload in pieces beyond the day: %d", w.Code)
	}
	// Many are announced while there is room; as they come, the day ends.
	first, second := tus("f", 15_000), tus("f", 15_000)
	patch := func(to string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("PATCH", to, strings.NewReader(strings.Repeat("x", 15_000)))
		r.Header.Set("Content-Type", "application/offset+octet-stream")
		r.Header.Set("Upload-Offset", "0")
		w := httptest.NewRecorder()
		as("f").ServeHTTP(w, r)
		return w
	}
	if w := patch(first.Header().Get("Location")); w.Code != http.StatusNoContent {
		t.Errorf("a piece within the day: %d %s", w.Code, w.Body)
	}
	if w := patch(second.Header().Get("Location")); w.Code != http.StatusTooManyRequests {
		t.Errorf("a piece beyond the day: %d %s", w.Code, w.Body)
	}
	d.p.now = d.p.now.AddDate(0, 0, 1)
	if w := post("a", 12_000); w.Code == http.StatusTooManyRequests {
		t.Error("the next day is used up already")
	}
}

// TestUploadsAtOnce: only so many send at the same time; the others are told to come again.
func TestUploadsAtOnce(t *testing.T) {
	d := newHandDesk(t)
	memory := &Memory{}
	as := d.bounded(UploadLimits{All: 3, Own: 2}, memory, 1<<40)
	begin := func(account string) (code chan int, end func()) {
		r, w := io.Pipe()
		code = make(chan int, 1)
		h := as(account)
		go func() {
			q := httptest.NewRequest("POST", "/minh-chung/moi", r)
			q.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			out := httptest.NewRecorder()
			h.ServeHTTP(out, q)
			code <- out.Code
			r.Close()
		}()
		return code, func() {
			_, _ = io.WriteString(w, "--x--\r\n")
			w.Close()
			<-code
		}
	}
	counted := func() int {
		memory.ways.mu.Lock()
		defer memory.ways.mu.Unlock()
		return memory.ways.sent.all
	}
	as("a")
	var ends []func()
	for i, account := range []string{"a", "a"} {
		_, end := begin(account)
		ends = append(ends, end)
		for counted() <= i {
		}
	}
	refused := func(account string) bool {
		w := d.send(as(account), "/minh-chung/moi", proofForm(), map[string][]byte{"anh.pdf": []byte("%PDF-1.7 x")})
		if w.Code == http.StatusTooManyRequests && (w.Header().Get("Retry-After") != "30" || !strings.Contains(w.Body.String(), "cùng lúc")) {
			t.Errorf("refused without a word: %v", w.Header())
		}
		return w.Code == http.StatusTooManyRequests
	}
	if !refused("a") || refused("b") {
		t.Error("a third of one person is let in, or another's first is not")
	}
	_, end := begin("b")
	for counted() < 3 {
	}
	if !refused("c") {
		t.Error("a fourth of all is let in")
	}
	for _, end := range append(ends, end) {
		end()
	}
	if n := counted(); n != 0 {
		t.Errorf("%d are counted after all have ended", n)
	}
	if refused("a") {
		t.Error("refused though nobody sends")
	}
}

// TestFullDisk: nothing is accepted that the disk has no room for, in words.
func TestFullDisk(t *testing.T) {
	d := newHandDesk(t)
	as := d.bounded(UploadLimits{Spare: 1 << 20}, &Memory{}, 1<<20+5_000)
	w := d.send(as("a"), "/minh-chung/moi", proofForm(), map[string][]byte{"anh.pdf": []byte("%PDF-1.7 " + strings.Repeat("x", 6_000))})
	if w.Code != http.StatusInsufficientStorage || !strings.Contains(w.Body.String(), "sắp hết chỗ chứa") {
		t.Errorf("a form: %d", w.Code)
	}
	r := httptest.NewRequest("POST", "/tep", nil)
	r.Header.Set("Upload-Length", "6000")
	w = httptest.NewRecorder()
	as("a").ServeHTTP(w, r)
	if w.Code != http.StatusInsufficientStorage || !strings.Contains(w.Body.String(), "sắp hết chỗ chứa") {
		t.Errorf("in pieces: %d %s", w.Code, w.Body)
	}
	if w := d.send(as("a"), "/minh-chung/moi", proofForm(), map[string][]byte{"anh.pdf": []byte("%PDF-1.7 x")}); w.Code == http.StatusInsufficientStorage {
		t.Error("what there is room for is refused")
	}
	if free, err := FreeSpace(t.TempDir()); err != nil || free <= 0 {
		t.Errorf("free: %d, %v", free, err)
	}
}

// dribble gives so many bytes, some at a time and long apart.
type dribble struct {
	left, each int
	apart      time.Duration
}

func (d *dribble) Read(p []byte) (int, error) {
	if d.left == 0 {
		return 0, io.EOF
	}
	time.Sleep(d.apart) // in a bubble
	n := copy(p, strings.Repeat("x", min(d.each, d.left)))
	d.left -= n
	return n, nil
}

// TestUploadLine: a slow line is borne with, a sender who gives a byte now and then is not.
func TestUploadLine(t *testing.T) {
	for name, c := range map[string]struct {
		file io.Reader
		slow bool
	}{
		"a slow line":         {&dribble{left: 400_000, each: 4000, apart: time.Second}, false},
		"a moment of it":      {&dribble{left: 40, each: 4, apart: time.Second}, false},
		"a byte a second":     {&dribble{left: 4000, each: 1, apart: time.Second}, true},
		"slower than a modem": {&dribble{left: 400_000, each: 500, apart: time.Second}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := newUploads(Options{Machine: time.Now})
				u.free = func(string) (int64, error) { return 1 << 40, nil }
				begun := time.Now()
				body, leave, err := u.enter("a", httptest.NewRecorder(), httptest.NewRequest("POST", "/tep", io.NopCloser(c.file)))
				if err != nil {
					t.Fatal(err)
				}
				defer leave()
				_, err = io.Copy(io.Discard, body)
				took := time.Since(begun)
				if slow := err != nil; slow != c.slow || c.slow && (took > 2*uploadStall+time.Minute || body.full == nil) {
					t.Errorf("after %s: %v", took, err)
				}
			})
		})
	}
}
