package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loa/web/access"
)

// login goes in by the page, with the password the account was given.
func (w *tab) login(e *engine, role access.Role) {
	w.Helper()
	a, ok, err := e.store.FindAccount(w.Context(), logins[role])
	if err != nil || !ok {
		w.Fatalf("no account of %s: %v", role, err)
	}
	const password = "hoa ban nở trắng"
	if err := e.login.Gate.SetPassword(w.Context(), a, password, false, access.Act{By: a.Actor(), At: e.business()}); err != nil {
		w.Fatal(err)
	}
	w.open("/dang-nhap")
	w.fill("Tên đăng nhập", a.Login)
	w.fill("Mật khẩu", password)
	w.press(w.button("Đăng nhập"))
	if strings.HasPrefix(w.path(), "/dang-nhap") {
		w.Fatalf("%s is not let in\n%s", role, w.shown())
	}
}

// key presses one key and waits for the page that comes of it.
func (w *tab) key(key string) {
	w.Helper()
	w.leave("key "+key, chromedp.KeyEvent(key))
}

// waiting is how many pieces wait for a person.
func waiting(t *testing.T, e *engine) int {
	t.Helper()
	counts, err := e.store.VerdictCounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return counts["review"]
}

// TestBrowserMondayReview: a hundred questions are answered with one key each, and the last answer is taken back.
func TestBrowserMondayReview(t *testing.T) {
	t.Parallel()
	e, desk := seededDesk(t)
	w := newTab(t, desk.URL)
	w.login(e, access.Officer)
	w.open("/duyet")
	before, asked := waiting(t, e), 0
	var page, whole []float64
	shown := func() string {
		return ask[string](w, `(document.querySelector("#tra-loi input[name=tin]") || {value: ""}).value`)
	}
	for at := shown(); at != "" && asked < 100; asked++ {
		w.key(string("01"[asked%2]))
		took := ask[[]float64](w, `(n => [n.serverTiming[0].duration, n.responseEnd])(performance.getEntriesByType("navigation")[0])`)
		page, whole = append(page, took[0]), append(whole, took[1])
		next := shown()
		if next == at {
			t.Fatalf("answer %d leads to the same question\n%s", asked, w.shown())
		}
		at = next
	}
	slices.Sort(page)
	slices.Sort(whole)
	after := waiting(t, e)
	t.Logf("%d answers, %d pieces settled; the next question: median %.1f ms in the server, %.1f ms from key to page, slowest %.1f ms", asked, before-after, page[len(page)/2], whole[len(whole)/2], whole[len(whole)-1])
	if asked < 50 || before-after < asked {
		t.Errorf("%d answers settled %d pieces of %d", asked, before-after, before)
	}
	w.key("u")
	if n := waiting(t, e); n <= after {
		t.Errorf("taken back, and %d wait as before", n)
	}
}

// TestBrowserReviewUnscripted: the reviewer answers, puts off and takes back with the mouse. No script runs.
func TestBrowserReviewUnscripted(t *testing.T) {
	t.Parallel()
	e, desk := seededDesk(t)
	w := newTab(t, desk.URL)
	w.scripts(false)
	w.login(e, access.Reviewer)
	w.open("/duyet")
	before := waiting(t, e)
	w.press(`#tra-loi button[value="co"]`)
	if n := waiting(t, e); n >= before || !strings.HasSuffix(ask[string](w, `document.querySelector(".q-last").innerText`), "về CCHC") {
		t.Errorf("%d of %d wait\n%s", n, before, w.shown())
	}
	w.press(`form[action="/duyet/hoan-tac"] button`)
	if n := waiting(t, e); n != before {
		t.Errorf("taken back, and %d of %d wait", n, before)
	}
	first := ask[string](w, `document.querySelector("h1").innerText`)
	w.press(`form[action="/duyet/de-sau"] button`)
	if ask[string](w, `document.querySelector("h1").innerText`) == first {
		t.Errorf("put off, and it is asked again: %s", first)
	}
}

// TestBrowserClose: the officer closes a month from the list of reports. No script runs.
func TestBrowserClose(t *testing.T) {
	t.Parallel()
	e, desk := seededDesk(t)
	w := newTab(t, desk.URL)
	w.scripts(false)
	w.login(e, access.Officer)
	before, err := e.store.ClosingHeads(t.Context(), e.plan.ID, seededNow.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	w.open("/bao-cao")
	w.press(`main a[href="/chot-so-lieu?ky=2023-02"]`)
	w.says("Sẽ được chốt", "Còn chưa xong")
	w.press(`form[action="/chot-so-lieu"] button`)
	w.says("Đã chốt")
	if !strings.HasPrefix(w.path(), "/chot-so-lieu/") {
		t.Errorf("closing leads to %s", w.path())
	}
	after, err := e.store.ClosingHeads(t.Context(), e.plan.ID, seededNow.Add(time.Hour))
	if err != nil || len(after) != len(before)+1 {
		t.Errorf("%d closings, then %d (%v)", len(before), len(after), err)
	}
	w.open("/bao-cao")
	w.says("đã chốt, lần 1")
}

// TestBrowserSettings: the officer moves a reference level, sees first what would come out otherwise, and then finds who
// set it and why. No script runs.
func TestBrowserSettings(t *testing.T) {
	t.Parallel()
	e, desk := seededDesk(t)
	w := newTab(t, desk.URL)
	w.scripts(false)
	w.login(e, access.Officer)
	w.open("/cai-dat")
	moved := false
	for _, link := range ask[[]string](w, `[...document.querySelectorAll('main a[href*="?muc="]')].map(a => a.getAttribute("href"))`) {
		w.open(link)
		n, err := strconv.Atoi(ask[string](w, `(e => e ? e.value : "")(document.querySelector("main .fld input"))`))
		if err != nil {
			continue
		}
		w.fill(ask[string](w, `document.querySelector("main .fld label").innerText.trim()`), strconv.Itoa(n+1))
		w.fill("Căn cứ", "Thống nhất tại giao ban (mẫu)")
		w.press(w.button("Xem trước"))
		w.says("Nếu áp dụng", "Tính thử, chưa ghi gì.")
		w.press(w.button("Ghi mức mới"))
		w.says("Thống nhất tại giao ban (mẫu)", "Chuyên viên (mẫu)")
		moved = true
		break
	}
	if !moved {
		t.Errorf("no reference level is a number\n%s", w.shown())
	}
}
