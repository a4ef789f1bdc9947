package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	wire "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is the one browser of all tests. Every test has a profile of its own in it.
var chromium struct {
	sync.Once
	ctx  context.Context
	stop func()
	err  error
}

// startChromium starts it when the first test wants it.
func startChromium() {
	path := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		chromium.err = errors.New("Chromium is needed: make deps installs it")
		return
	}
	opts := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-gpu", true),
		chromedp.Flag("no-proxy-server", true), chromedp.Flag("lang", "vi"))
	if os.Getuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, stopAll := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stopTab := chromedp.NewContext(ctx)
	chromium.ctx, chromium.stop = ctx, func() { stopTab(); stopAll() }
	if err := chromedp.Do(ctx); err != nil { // starts it
		chromium.err = fmt.Errorf("start %s: %w", path, err)
	}
}

// stopChromium ends the browser, if a test started one.
func stopChromium() {
	if chromium.stop != nil {
		chromium.stop()
	}
}

// tab is one page of a person who works at a desk. Whatever goes wrong in it fails the test when it ends: an error on
// the console, a request that fails or is refused by the page's policy, a request to anybody but the desk.
type tab struct {
	*testing.T
	ctx  context.Context
	base string

	mu      sync.Mutex
	faults  []string
	allowed map[int64]bool            // answers of 400 and above that a test expects
	pages   map[string]*wire.Response // last answer by address, with the path that was asked
	last    *wire.Response            // of the page shown
}

// patient is how long anything in the browser may take before the test fails.
const patient = time.Minute

// newTab opens one in a profile of its own.
func newTab(t *testing.T, base string) *tab {
	t.Helper()
	chromium.Do(startChromium)
	if chromium.err != nil {
		t.Fatal(chromium.err)
	}
	w := &tab{T: t, base: base, allowed: map[int64]bool{}, pages: map[string]*wire.Response{}}
	ctx, closeTab := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(w.watch))
	w.ctx = ctx
	t.Cleanup(func() { w.blame(); closeTab() })
	if err := chromedp.Do(ctx); err != nil { // opens it, for as long as the context lasts
		t.Fatal(err)
	}
	w.do(chromedp.EmulateViewport(1280, 900))
	return w
}

// blame fails the test with what went wrong since it was last asked.
func (w *tab) blame() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.faults {
		w.Error(f)
	}
	w.faults = nil
}

// on is the same tab in the hands of a part of its test.
func (w *tab) on(t *testing.T) *tab {
	t.Helper()
	whole := w.T
	w.T = t
	t.Cleanup(func() { w.blame(); w.T = whole })
	return w
}

// watch takes down what goes wrong.
func (w *tab) watch(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fault := func(format string, a ...any) { w.faults = append(w.faults, fmt.Sprintf(format, a...)) }
	switch ev := ev.(type) {
	case *wire.EventRequestWillBeSent:
		u, err := url.Parse(ev.Request.URL)
		if err != nil || u.Scheme != "data" && u.Scheme != "about" && u.Scheme+"://"+u.Host != w.base {
			fault("%s asks somebody else: %s", ev.DocumentURL, ev.Request.URL)
		}
	case *wire.EventResponseReceived:
		if ev.Type == wire.ResourceTypeDocument {
			w.last = ev.Response
		}
		if s := ev.Response.Status; s >= 400 && !w.allowed[s] && !strings.HasSuffix(ev.Response.URL, "/favicon.ico") { // asked by the browser itself
			fault("%s: answer %d", ev.Response.URL, s)
		}
	case *wire.EventLoadingFailed:
		if ev.BlockedReason != "" || !ev.Canceled && ev.ErrorText != "net::ERR_ABORTED" { // a download aborts the navigation
			fault("a request failed: %s %s", ev.ErrorText, ev.BlockedReason)
		}
	case *log.EventEntryAdded:
		if e := ev.Entry; e.Level == log.EntryLevelError && e.Source != log.EntrySourceNetwork { // those are told above
			fault("%s: %s %s", e.Source, e.Text, e.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError {
			var said []string
			for _, a := range ev.Args {
				said = append(said, string(a.Value)+a.Description)
			}
			fault("console: %s", strings.Join(said, " "))
		}
	case *runtime.EventExceptionThrown:
		fault("script: %s", ev.ExceptionDetails.Text)
	}
}

// allow expects answers of these codes from now on.
func (w *tab) allow(codes ...int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range codes {
		w.allowed[c] = true
	}
}

// do runs steps and fails the test with the page's words when they do not come to an end.
func (w *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	w.Helper()
	ctx, stop := context.WithTimeout(w.ctx, patient)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.Fatalf("%v\n%s", err, w.shown())
	}
}

// shown is where the tab is and what it reads there, for a test that failed.
func (w *tab) shown() string {
	ctx, stop := context.WithTimeout(w.ctx, 5*time.Second)
	defer stop()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + (document.body ? document.body.innerText : "")`))
	if err != nil {
		return err.Error()
	}
	return text[:min(len(text), 4000)]
}

// ask evaluates an expression in the page.
func ask[T any](w *tab, expression string) T {
	w.Helper()
	ctx, stop := context.WithTimeout(w.ctx, patient)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		w.Fatalf("%v\n%.300s\n%s", err, expression, w.shown())
	}
	return v
}

// open goes to an address of the desk and gives the answer's code.
func (w *tab) open(path string) int64 {
	w.Helper()
	w.do(chromedp.Navigate(w.base + path))
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last.Status
}

// text is what the page reads, all white space one blank.
func (w *tab) text() string {
	w.Helper()
	return strings.Join(strings.Fields(ask[string](w, `document.querySelector("main").innerText`)), " ")
}

// says fails unless the page reads all of this.
func (w *tab) says(words ...string) {
	w.Helper()
	text := w.text()
	for _, s := range words {
		if !strings.Contains(text, s) {
			w.Errorf("the page does not say «%s»\n%s", s, w.shown())
		}
	}
}

// silent fails if the page reads any of this.
func (w *tab) silent(words ...string) {
	w.Helper()
	text := w.text()
	for _, s := range words {
		if strings.Contains(text, s) {
			w.Errorf("the page says «%s»\n%s", s, w.shown())
		}
	}
}

// path is the address shown, without the desk's own.
func (w *tab) path() string {
	w.Helper()
	return strings.TrimPrefix(ask[string](w, "location.href"), w.base)
}

// press clicks what the selector finds and waits until the page that comes of it is there whole.
func (w *tab) press(selector string) {
	w.Helper()
	w.leave("press "+selector, clickOn(selector))
}

// leave does what leads to another page and waits until that is there whole.
func (w *tab) leave(what string, step chromedp.Action[chromedp.Void]) {
	w.Helper()
	ctx, stop := context.WithTimeout(w.ctx, patient)
	defer stop()
	left := ask[float64](w, "performance.timeOrigin") // every document has its own
	_, err := chromedp.RunResponse(ctx, step)
	for here := false; err == nil && !here; err = ctx.Err() {
		// a question that meets the change of documents fails, and is put to the next one
		here, _ = chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`performance.timeOrigin !== %v && document.readyState === "complete"`, left)))
	}
	if err != nil {
		w.Fatalf("%s: %v\n%s", what, err, w.shown())
	}
}

// clickOn clicks what the selector finds, which leads nowhere.
func clickOn(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)
}

// button is the selector of the button that reads so, marked for it; the page's own scripts may be off.
func (w *tab) button(words string) string {
	w.Helper()
	n := ask[int](w, fmt.Sprintf(`(() => { let n = 0; for (const b of document.querySelectorAll("main button, main a, main summary"))
		if (b.innerText.trim() === %q && b.checkVisibility()) { if (!n++) b.dataset.pressed = %[1]q } return n })()`, words))
	if n == 0 {
		w.Fatalf("there is no button «%s»\n%s", words, w.shown())
	}
	return fmt.Sprintf(`[data-pressed=%q]`, words)
}

// fill types a value into the field that its label names.
func (w *tab) fill(label, value string) {
	w.Helper()
	id := w.field(label)
	kind := ask[string](w, fmt.Sprintf(`(e => e.tagName === "SELECT" ? "select" : e.type)(document.getElementById(%q))`, id))
	switch sel := chromedp.CSS("[id=" + fmt.Sprintf("%q", id) + "]"); kind {
	case "select":
		ok := ask[bool](w, fmt.Sprintf(`(e => { for (const o of e.options) if (o.value === %[2]q || o.text.trim() === %[2]q) { e.value = o.value; e.dispatchEvent(new Event("change", {bubbles: true})); return true } return false })(document.getElementById(%[1]q))`, id, value))
		if !ok {
			w.Fatalf("«%s» has no choice «%s»", label, value)
		}
	case "file":
		w.do(chromedp.SetUploadFiles(sel, strings.Split(value, "\n")))
	case "checkbox", "radio":
		w.do(chromedp.Click(sel))
	case "date", "time", "hidden", "textarea":
		w.do(chromedp.SetValue(sel, value))
	default:
		w.do(chromedp.Clear(sel), chromedp.SendKeys(sel, value))
	}
}

// field is the id of the field that a label names.
func (w *tab) field(label string) string {
	w.Helper()
	id := ask[string](w, fmt.Sprintf(`(() => { for (const l of document.querySelectorAll("main label")) if (l.innerText.trim().startsWith(%q) && l.control && l.control.checkVisibility()) return l.control.id; return "" })()`, label))
	if id == "" {
		w.Fatalf("there is no field «%s»\n%s", label, w.shown())
	}
	return id
}

// scripts switches the page's own scripts on or off. What a test evaluates still runs.
func (w *tab) scripts(on bool) {
	w.Helper()
	if _, err := chromedp.Call(w.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		w.Fatal(err)
	}
}

// download presses a link that brings a file and gives its bytes.
func (w *tab) download(selector string) []byte {
	w.Helper()
	dir := w.TempDir()
	c := chromedp.FromContext(w.ctx)
	done := make(chan string, 1)
	err := chromedp.ListenBrowser(w.ctx, func(ev any) {
		if e, ok := ev.(*browser.EventDownloadProgress); ok && e.State != browser.DownloadProgressStateInProgress {
			select {
			case done <- string(e.State) + " " + e.GUID:
			default:
			}
		}
	})
	if err == nil {
		events := true
		_, err = chromedp.CallBrowser(w.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName,
			BrowserContextID: c.BrowserContextID, DownloadPath: dir, EventsEnabled: &events})
	}
	if err != nil {
		w.Fatal(err)
	}
	w.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
	select {
	case state := <-done:
		name, ok := strings.CutPrefix(state, string(browser.DownloadProgressStateCompleted)+" ")
		if !ok {
			w.Fatalf("the download ended: %s", state)
		}
		body, err := os.ReadFile(dir + "/" + name)
		if err != nil {
			w.Fatal(err)
		}
		return body
	case <-time.After(patient):
		w.Fatalf("no download after pressing %s\n%s", selector, w.shown())
		return nil
	}
}

// enter lets the account of a login in, as its own browser would be after it gave its password.
func (w *tab) enter(e *engine, login string) {
	w.Helper()
	w.holds(session(w.T, e, login))
}

// holds gives the browser a session that was begun.
func (w *tab) holds(token string) {
	w.Helper()
	if _, err := chromedp.Call(w.ctx, wire.SetCookie, wire.SetCookieParams{Name: "loa_phien", Value: token, URL: w.base}); err != nil {
		w.Fatal(err)
	}
}
