package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"loa/media"
	"loa/sample"
	"loa/schedule"
	"loa/web"
	"loa/web/access"
)

// screens is a folder into which TestBrowserPages also puts a picture of every page in every width and scheme.
var screens = flag.String("screens", "", "folder for pictures of every page")

// glance is one width and scheme in which pages are looked at.
type glance struct {
	width  int64
	scheme string
}

// The widths of a desk, a wall screen and a phone. A page is no wider than any; pictures are in both schemes.
var widths = []int64{1280, 1920, 390}

// judged is where axe-core is asked, and by which of its rules. What a page is made of is the same everywhere: it is judged
// whole at a desk, elsewhere only what can differ there.
var judged = []struct {
	glance
	rules string
}{
	{glance{390, "light"}, `{type: "rule", values: ["target-size", "scrollable-region-focusable"]}`},
	{glance{1280, "light"}, `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}`},
	{glance{1280, "dark"}, `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`},
}

// addressed is what addresses of the seeded desk are made of.
type addressed struct {
	item, copied, review, closing, standing, missed, owner, account, log, radio, handin, makeGood string
}

// examples gives addresses for routes with parts in braces, and further states of pages that have none. A route of which
// nothing is said here is asked for by its own path; one with braces by the first address on the other pages that leads to
// it, and where none does it has to be here, with what is the reason if it has no page.
func examples(f addressed) map[string][]string {
	return map[string][]string{
		"/{$}":                              {"/", "district /", "clerk /", "/?co-quan=" + f.owner, "/?trang-thai=missed", "/?nhiem-vu=A-4"},
		"/tien-do/{quota}/{owner}/{period}": {f.standing, f.missed},
		"/tien-do/{quota}/{province}/{owner}/{period}": {strings.Replace(f.standing, "/dai-ptth/", "/mau/dai-ptth/", 1)},
		"/quotas/{quota}":            {"/quotas/B-D1", "/quotas/A-4"},
		"/tin-bai":                   {"/tin-bai", "/tin-bai?q=mot+cua", "/tin-bai?ket-qua=review", "/tin-bai?q=khongcogi", "/tin-bai?tu=hehe"},
		"/tin-bai/{id}":              {"/tin-bai/" + f.item, "/tin-bai/" + f.review},
		"/bao-cao/{period}/{format}": {"/bao-cao/2023-02/html"},
		"/bao-cao/{period}":          {"/bao-cao/2023-02", "/bao-cao/2023-02?van-ban=bang-theo-doi", "/bao-cao/2023-02?van-ban=bao-cao"},
		"/bao-cao/{period}/so-sanh":  {}, // of a period that was closed twice
		"/bao-cao/{period}/lan/{revision}/{paper}/{file}": {}, // a file
		"/lich/{file}":                 {"/lich/dai-ptth.ics"},
		"/bien-ban/{closing}":          {"/bien-ban/" + f.closing},
		"/chot-so-lieu":                {"/chot-so-lieu?ky=2023-02"},
		"/chot-so-lieu/{closing}":      {"/chot-so-lieu/" + f.closing},
		"/co-quan/{slug}":              {"/co-quan/dai-ptth", "/co-quan/so-xay-dung", "clerk /co-quan/so-tu-phap"},
		"/phat-bu/{case}":              {"/phat-bu/" + f.makeGood},
		"/tin-bai/{id}/so-sanh":        {"/tin-bai/" + f.copied + "/so-sanh"},
		"/duyet":                       {"/duyet", "/duyet?tin=" + f.review},
		"/cai-dat/muc/{quota}":         {"/cai-dat/muc/B-D1", "/cai-dat/muc/B-A1"},
		"/quan-tri/tai-khoan/{id}":     {"/quan-tri/tai-khoan/" + f.account},
		"/dang-nhap/mot-lan":           {}, // leads to the identity provider
		"/dang-nhap/mot-lan/ve":        {}, // comes from there
		"/phat-song":                   {"/phat-song", "/phat-song?tuan=2023-W08"},
		"/minh-chung/moi":              {"/minh-chung/moi", "clerk /minh-chung/moi"},
		"/phat-song/nhap":              {"/phat-song/nhap", "/phat-song/nhap?loai=airings", "/phat-song/nhap?loai=print"},
		"/phat-song/nhap/{id}":         {"/phat-song/nhap/" + f.log},
		"/truyen-thanh/nhap/{id}":      {"/truyen-thanh/nhap/" + f.radio},
		"/lich-su":                     {"/lich-su", "/lich-su?kiem=1"},
		"/tin-ghi-nhan/{file}":         {}, // a feed
		"/tep-van-ban/{hash}":          {}, // a download
		"/tin-bai/{id}/ban-luu/{hash}": {}, // plain text
		"/cai-dat/tep/{kind}/{key}":    {"/cai-dat/tep/agency/so-xay-dung"},
		"/api/v1/{path...}":            {}, // for programs
		"/readyz":                      {}, // answers 503 until a server has made the first pages ready
		"/minh-chung/{id}":             {"/minh-chung/" + f.handin},
		"/minh-chung/{id}/tep/{n}":     {}, // a download
		"/minh-chung/{id}/anh/{n}":     {}, // a picture
		"/tep/{id}":                    {}, // how much of a file has come, for the script
		"/so-bao-cao":                  {}, // the sample's plan asks for no reports
		"/so-bao-cao/moi":              {},
		"/p/{token}":                   {}, // leads on to what the link is for

		"/bao-cao/{period}/goi-minh-chung":    {}, // a download
		"/phien-chot":                         {"/phien-chot", "home-affairs /phien-chot?ky=2023-02@14"},
		"/thu-nhac":                           {"/thu-nhac", "/thu-nhac?ky=2023-02"},
		"/thu-nhac/{period}/giao-ban":         {}, // a download
		"/thu-nhac/{period}/{owner}/{format}": {}, // a download
	}
}

// look finds what is needed for addresses.
func look(t *testing.T, e *engine) (f addressed) {
	t.Helper()
	ctx := t.Context()
	rows, _, err := e.store.Search(ctx, web.ItemQuery{Verdict: "reform", Limit: 30})
	waiting, _, err2 := e.store.Search(ctx, web.ItemQuery{Verdict: "review", Limit: 1, Plan: e.plan.ID})
	closings, err3 := e.store.ClosingHeads(ctx, e.plan.ID, seededNow)
	ev, _, err4 := e.store.Evaluation(ctx, e.plan.ID)
	for _, err := range []error{err, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	clerk, _, err := e.store.FindAccount(ctx, logins[access.Clerk])
	if err != nil {
		t.Fatal(err)
	}
	f.account = clerk.ID
	hs, err := e.addHandins(ctx, []media.Handin{{Kind: media.HandProof, Plan: e.plan.ID, Quota: "A-2.3", Owner: "mau/so-xay-dung", From: seedEnd.AddDate(0, 0, -5), Title: "Giao ban có nội dung cải cách hành chính", Document: "05/BB-SXD", Amounts: map[string]int{"events": 1}, Grade: media.GradeB}}, "Cán bộ Sở Xây dựng", false)
	if err != nil {
		t.Fatal(err)
	}
	f.handin = hs[0].ID
	bad := reform("03/03/2023")
	bad[4] = "25:70"
	f.log = waitingLog(t, e, logins[access.Officer], "nhat-ky.xlsx", web.Sent{Kind: media.FormAirings, Channel: "mau-tv", From: seedEnd.AddDate(0, 0, -7), To: seedEnd.AddDate(0, 0, -1), Sender: "Phòng Chương trình (mẫu)"}, xlsxLog(t, news("27/02/2023"), bad))
	sheet := sample.Radio(demoEnd)[0]
	f.radio = waitingLog(t, e, logins[access.Officer], sheet.Name, web.Sent{Kind: "radio", Month: sheet.From, District: e.agencyID(sheet.District), Sender: sheet.Sender, Signed: true}, sheet.Data)
	f.item, f.review, f.closing, f.owner = rows[0].Item.ID, waiting[0].Item.ID, closings[0].ID, "mau/bao"
	f.copied = f.item
	for _, r := range rows {
		if _, revs, _, err := e.store.Item(ctx, r.Item.ID); err == nil && len(revs) > 1 {
			f.copied = r.Item.ID
		}
	}
	for _, s := range ev.Standings {
		path := "/tien-do/" + s.Quota + "/" + strings.TrimPrefix(s.Owner, "mau/") + "/" + s.Period
		switch {
		case s.Quota == "B-D1" && s.State == schedule.Met:
			f.standing = path
		case s.Basis == schedule.ByPlan && s.State == schedule.Missed:
			f.missed = path
		}
	}
	f.makeGood = openCase(t, e)
	quarantined(t, e, f.review)
	return f
}

// quarantined lets a stage have panicked on the text of a piece, on a source's page and in a job.
func quarantined(t *testing.T, e *engine, item string) {
	t.Helper()
	_, revs, _, err := e.store.Item(t.Context(), item)
	if err != nil || len(revs) == 0 {
		t.Fatalf("texts of %s: %v", item, err)
	}
	src := e.plan.Sources[0]
	for _, q := range []media.Quarantined{
		{Stage: media.StageJudge, Kind: "revision", ID: revs[0].ID, Version: e.judge.Version(), Words: "runtime error: index out of range [3] with length 2", Frames: "loa/crawler/classify.(*Classifier).Judge classify.go:80\nloa/monitor.judged judge.go:61"},
		{Stage: media.StageRead, Kind: "source", ID: src.ID + " " + src.URL, Source: src.ID, URL: src.URL, Kept: strings.Repeat("ab", 32), Words: "panic(string)", Frames: "loa/crawler/extract.List list.go:40"},
		{Stage: media.StageChore, Kind: "chore", ID: "retain", Words: "panic(*errors.errorString)", Frames: "main.(*engine).retain evidence.go:70"},
	} {
		q.At = seededNow
		if err := e.store.Quarantine(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// openCase opens a make-good case of the station for a miss, which it confirms.
func openCase(t *testing.T, e *engine) string {
	t.Helper()
	ctx := t.Context()
	ev, _, err := e.store.Evaluation(ctx, e.plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	var st schedule.Standing
	for _, s := range ev.Standings {
		if s.Owner == "mau/dai-ptth" && s.Basis == schedule.ByPlan && s.State == schedule.Missed && s.End.After(st.End) {
			st = s
		}
	}
	err = e.decide(ctx, schedule.Decision{Kind: schedule.ConfirmMissed, Plan: e.plan.ID, Quota: st.Quota, Owner: st.Owner, Period: st.Period, At: e.business(), Actor: "Chuyên viên (mẫu)", Reason: "Đài xác nhận không phát"}, e.matching)
	if err != nil {
		t.Fatalf("%s %s: %v", st.Quota, st.Period, err)
	}
	planner, _, err := e.store.FindAccount(ctx, logins[access.Planner])
	if err != nil {
		t.Fatal(err)
	}
	id, _, err := e.actInCase(ctx, planner.Actor(), schedule.CaseAct{Kind: schedule.CaseOpen, Owner: st.Owner, Misses: []schedule.Miss{{Quota: st.Quota, Period: st.Period}}, Reason: "technical"}, nil)
	if err != nil {
		t.Fatalf("%s %s: %v", st.Quota, st.Period, err)
	}
	return id
}

// pageRoute is one route that is asked for with GET, and who may.
type pageRoute struct {
	path  string
	roles []string
}

// getRoutes lists the routes as who gets to what is written down; TestAccessMatrix of web holds that against the table.
func getRoutes(t *testing.T) []pageRoute {
	t.Helper()
	text, err := os.ReadFile("../../web/testdata/access.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []pageRoute
	for _, line := range strings.Split(string(text), "\n") {
		key, roles, ok := strings.Cut(line, ": ")
		if path, get := strings.CutPrefix(key, "GET "); ok && get {
			out = append(out, pageRoute{path, strings.Fields(roles)})
		}
	}
	return out
}

// role is who looks at the page: whoever works with it.
func (p pageRoute) role() access.Role {
	for _, r := range []access.Role{access.Officer, access.Admin, access.HomeAffairs, access.Clerk, access.Planner, access.Editor, access.District} {
		if slices.Contains(p.roles, string(r)) {
			return r
		}
	}
	return access.Officer
}

// axe is the vendored axe-core, held against its hash.
func axe(t *testing.T) string {
	t.Helper()
	dir := "../../web/testdata/axe/"
	sums, err := os.ReadFile(dir + "SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(sums)), "\n") {
		want, name, _ := strings.Cut(line, "  ")
		body, err := os.ReadFile(dir + name)
		if sum := sha256.Sum256(body); err != nil || hex.EncodeToString(sum[:]) != want {
			t.Fatalf("%s is not what was vendored: %v", name, err)
		}
	}
	body, err := os.ReadFile(dir + "axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// violation is one rule that axe finds broken.
type violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

// axeRun asks. Nothing is fetched for it: the page's policy would refuse that.
const axeRun = `axe.run(document, {preload: false, resultTypes: ["violations"], runOnly: %s})
	.then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.target.join(" ") + ": " + n.html.slice(0, 160) + " — " + n.any.concat(n.all, n.none).map(c => c.message).join("; "))}))))`

// TestBrowserPages looks at every page of the desk in Chromium: axe-core finds no violation (whole at a desk, what can
// differ there on a phone and in the dark), nothing is wider than any of three screens, every letter is whole, and whoever
// goes by keyboard sees where they are.
func TestBrowserPages(t *testing.T) {
	e := seededEngine(t)
	source, of := axe(t), examples(look(t, e))
	desk := serveDesk(t, e)
	pages, sessions := allPages(t, e, desk.URL, of)
	const hands = 2 // tabs that go through the pages beside each other
	for hand := range hands {
		t.Run(fmt.Sprint("hand ", hand+1), func(t *testing.T) {
			t.Parallel()
			w := newTab(t, desk.URL)
			if _, err := chromedp.Call(w.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source}); err != nil {
				t.Fatal(err)
			}
			for i := hand; i < len(pages); i += hands {
				p := pages[i]
				t.Run(string(p.role)+" "+strings.Trim(strings.ReplaceAll(p.path, "/", " "), " "), func(t *testing.T) {
					w := w.on(t)
					w.holds(sessions[p.role])
					lookAt(w, p.path, string(p.role)+"-"+fileName(p.path))
				})
			}
		})
	}
}

// example is a page and who looks at it.
type example struct {
	path string
	role access.Role
}

// allPages asks for every page of the desk once, from the routes and from where pages lead to; it gives the sessions of who
// looked at them, too.
func allPages(t *testing.T, e *engine, base string, of map[string][]string) ([]example, map[access.Role]string) {
	t.Helper()
	routes, known := getRoutes(t), http.NewServeMux() // who knows which route an address belongs to
	for _, rt := range routes {
		known.HandleFunc("GET "+rt.path, http.NotFound)
	}
	sessions, linked := map[access.Role]string{}, map[string]string{}
	var pages []example
	ask := func(rt pageRoute, path string) {
		role := rt.role()
		if as, rest, ok := strings.Cut(path, " "); ok { // as somebody else sees it
			role, path = access.Role(as), rest
		}
		if sessions[role] == "" {
			sessions[role] = session(t, e, logins[role])
		}
		html, ok := pageAt(t, base+path, sessions[role])
		if !ok {
			return
		}
		pages = append(pages, example{path, role})
		for _, m := range hrefs.FindAllStringSubmatch(html, -1) {
			to := strings.ReplaceAll(m[1], "&amp;", "&")
			req, err := http.NewRequest(http.MethodGet, base+to, nil)
			if err != nil {
				t.Errorf("%s: a link to %q: %v", path, to, err)
				continue
			}
			if _, pattern := known.Handler(req); pattern == "" {
				t.Errorf("%s: the link to %s leads nowhere", path, to)
			} else if route := strings.TrimPrefix(pattern, "GET "); linked[route] == "" && !strings.Contains(to, "dang=") {
				linked[route] = to
			}
		}
	}
	var without []pageRoute
	for _, rt := range routes {
		paths, told := of[rt.path]
		delete(of, rt.path)
		switch {
		case told:
		case strings.Contains(rt.path, "{") && rt.path != "/{$}":
			without = append(without, rt)
			continue
		default:
			paths = []string{rt.path}
		}
		for _, path := range paths {
			ask(rt, path)
		}
	}
	for range 2 { // a link may stand on a page that was found by a link
		for _, rt := range without {
			if to := linked[rt.path]; to != "" {
				ask(rt, to)
			}
		}
		without = slices.DeleteFunc(without, func(rt pageRoute) bool { return linked[rt.path] != "" })
	}
	for _, rt := range without {
		t.Errorf("GET %s: no page leads to it, and examples has no address for it", rt.path)
	}
	for path := range of {
		t.Errorf("examples has an address for GET %s, which is no route", path)
	}
	if len(pages) < 60 {
		t.Errorf("only %d pages", len(pages))
	}
	return pages, sessions
}

// hrefs are the links of a page within the desk.
var hrefs = regexp.MustCompile(`href="(/[^"#]*)`)

// pageAt asks for an address as a plain client; ok is that a page came. One that answers with an error is no example.
func pageAt(t *testing.T, address, token string) (html string, ok bool) {
	t.Helper()
	ask, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	ask.AddCookie(&http.Cookie{Name: "loa_phien", Value: token})
	res, err := http.DefaultClient.Do(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%s: answer %d (%v)", address, res.StatusCode, err)
		return "", false
	}
	return string(body), strings.HasPrefix(res.Header.Get("Content-Type"), "text/html")
}

// lookAt opens a page and judges it.
func lookAt(w *tab, path, name string) {
	w.look(glance{widths[0], "light"})
	w.open(path)
	lookHere(w, name)
}

// lookHere judges the page that is shown.
func lookHere(w *tab, name string) {
	if bad := ask[string](w, `(() => { const s = document.documentElement.innerText; const m = s.match(/.{0,20}(\uFFFD|Ã[\u0080-\u00BF]|á[º»][^\s.,;:!?)…–]|Ä‘|ZgotmplZ|%!).{0,20}/);
		return m ? m[0] : s !== s.normalize("NFC") ? "decomposed letters" : document.characterSet !== "UTF-8" ? document.characterSet : "" })()`); bad != "" {
		w.Errorf("letters are not whole: %q", bad)
	}
	if bare := strings.HasSuffix(name, "html"); !bare { // a report to print has no desk around it
		w.keyboard()
	}
	for _, width := range widths {
		for _, scheme := range []string{"light", "dark"} {
			if scheme == "dark" && *screens == "" {
				continue
			}
			w.look(glance{width, scheme})
			if wide := ask[string](w, tooWide); wide != "" {
				w.Errorf("at %d px the page is wider than the screen: %s", width, wide)
			}
			if *screens != "" {
				w.picture(filepath.Join(*screens, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), width)
			}
		}
	}
	w.do(chromedp.Evaluate[chromedp.Void](oneOfAKind))
	for _, j := range judged {
		w.look(j.glance)
		w.judge(j.glance, j.rules)
	}
}

// oneOfAKind leaves the first three of the rows of a list that are made alike (the same elements, classes and attributes,
// with text or without), so that axe-core is not asked the same a hundred times: it takes most of these tests' time.
const oneOfAKind = `(() => { const kinds = new Map();
	const made = e => e.nodeType === 3 ? (e.data.trim() ? "t" : "") : e.nodeType !== 1 ? "" : e.tagName + "." + e.className + [...e.attributes].map(a => "[" + (/^(type|role|open|disabled|aria-(hidden|current|expanded))$/.test(a.name) ? a.name + a.value : a.name)).join("") + "{" + [...e.childNodes].map(made).join("") + "}";
	const gone = []; for (const row of document.querySelectorAll("main tbody > tr, main li, main article, main dl > div, main option")) {
		const kind = made(row), of = kinds.get(row.parentNode) || new Map(); kinds.set(row.parentNode, of);
		of.set(kind, (of.get(kind) || 0) + 1); if (of.get(kind) > 3 && !row.querySelector("[rowspan]")) gone.push(row) }
	gone.forEach(e => e.remove()) })()`

// judge asks axe-core about the page shown.
func (w *tab) judge(g glance, rules string) {
	w.Helper()
	var found []violation
	if err := json.Unmarshal([]byte(ask[string](w, fmt.Sprintf(axeRun, rules))), &found); err != nil {
		w.Fatal(err)
	}
	for _, v := range found {
		w.Errorf("%d px, %s: %s (%s), %d times:\n\t%s", g.width, g.scheme, v.ID, v.Help, len(v.Nodes), strings.Join(v.Nodes[:min(3, len(v.Nodes))], "\n\t"))
	}
}

// tooWide names what stands out of the page on the right, "" if nothing does.
const tooWide = `(() => { const d = document.documentElement; if (d.scrollWidth <= d.clientWidth) return "";
	const within = e => { for (e = e.parentElement; e && e !== document.body; e = e.parentElement) if (getComputedStyle(e).overflowX !== "visible") return true; return false };
	const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > d.clientWidth + 1 && e.checkVisibility() && !within(e)).slice(0, 5).map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right));
	return d.scrollWidth + " of " + d.clientWidth + ": " + out.join(", ") })()`

// look sets width and scheme.
func (w *tab) look(g glance) {
	w.Helper()
	w.do(chromedp.EmulateViewport(g.width, 900))
	_, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: g.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	if err != nil {
		w.Fatal(err)
	}
}

// focused tells where the focus is and what is wrong with it there.
const focused = `(() => { const e = document.activeElement; if (!e || e === document.body) return ["", ""];
	const s = getComputedStyle(e), r = e.getBoundingClientRect();
	const marked = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== "none";
	const there = r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
	return [e.tagName + " " + (e.id || e.name || e.getAttribute("href") || e.innerText.slice(0, 30)) + " " + Math.round(r.left + scrollX) + "," + Math.round(r.top + scrollY), marked && there ? "" : (marked ? "is off the screen" : "does not show that it has the focus")] })()`

// everyStop puts the focus on each place where Tab stops, after a key has told the browser that somebody goes by keyboard,
// and names those where something is wrong. Lists repeat themselves: it ends after some.
const everyStop = `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")]
	.filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true})).slice(0, 150)
	.map(e => { e.focus(); const at = ` + focused + `; return document.activeElement !== e ? e.outerHTML.slice(0, 80) + " cannot have the focus" : at[1] && at[0] + " " + at[1] }).filter(s => s)`

// keyboard goes into the page by Tab and then to every place where Tab stops: each is marked and on the screen.
func (w *tab) keyboard() {
	w.Helper()
	seen := map[string]bool{}
	for range 4 {
		w.do(chromedp.KeyEvent(kb.Tab))
		at := ask[[]string](w, focused)
		if at[0] == "" {
			break // it has gone through
		}
		if seen[at[0]] {
			w.Errorf("by keyboard: Tab does not move on from %s", at[0])
		}
		seen[at[0]] = true
		if at[1] != "" {
			w.Errorf("by keyboard: %s %s", at[0], at[1])
		}
	}
	if len(seen) == 0 {
		w.Error("nothing can be reached by keyboard")
	}
	for _, bad := range ask[[]string](w, everyStop) {
		w.Errorf("by keyboard: %s", bad)
	}
	w.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur(); scrollTo(0, 0)`))
}

var unsafeName = regexp.MustCompile(`[^A-Za-z0-9.=-]+`)

func fileName(path string) string {
	name := strings.Trim(unsafeName.ReplaceAllString(path, "_"), "_")
	if name == "" {
		name = "trang-dau"
	}
	return name[:min(len(name), 80)]
}

// picture keeps the page as it looks, as far down as it goes but no farther than a long page.
func (w *tab) picture(file string, width int64) {
	w.Helper()
	height := min(ask[float64](w, "document.documentElement.scrollHeight"), 4000)
	beyond := true
	got, err := chromedp.Call(w.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: &page.Viewport{Width: float64(width), Height: height, Scale: 1}, CaptureBeyondViewport: &beyond})
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o755)
	}
	if err == nil {
		err = os.WriteFile(file, got.Data, 0o644)
	}
	if err != nil {
		w.Fatal(err)
	}
	if !bytes.HasPrefix(got.Data, []byte("\x89PNG")) {
		w.Errorf("%s is no picture", file)
	}
}
