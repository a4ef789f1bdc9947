package main

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"loa/web"
	"loa/web/access"
)

// deskForm is a form that sends something: on which page, who sees it, the route it is for and what it asks.
type deskForm struct {
	page, route, asks string
	role              access.Role
}

// ending are the routes after which the page that was asked from is another: their forms come last.
var ending = []string{"/dieu-chinh", "/phien", "/ban-giao", "/thoi", "/bo", "/thu-hoi", "/thoi-lam-thay", "/khep", "/khong-phat-bu", "{case}/rut", "{id}/rut"}

// postRoutes are the routes that are sent to, with who may.
func postRoutes(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../web/testdata/access.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, line := range strings.Split(string(text), "\n") {
		key, roles, _ := strings.Cut(line, ": ")
		if path, ok := strings.CutPrefix(key, "POST "); ok {
			out[path] = strings.Fields(roles)
		}
	}
	return out
}

// person is somebody at the desk whose browser runs no scripts.
type person struct {
	*testing.T
	base, token string
}

// shown is what came of an address or a form: the page, if it is one.
type shown struct {
	code int
	page *html.Node
	file bool
	text string
}

// do asks, as a browser without scripts asks for a page of its own origin, and follows to where a form leads.
func (p person) do(req *http.Request, err error) shown {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "loa_phien", Value: p.token})
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Origin", p.base)
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		p.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.Fatal(err)
	}
	if to := res.Header.Get("Location"); res.StatusCode == http.StatusSeeOther {
		for _, c := range res.Cookies() { // who logs in is somebody else from then on
			if c.Name == "loa_phien" {
				p.token = c.Value
			}
		}
		return p.do(http.NewRequestWithContext(p.Context(), http.MethodGet, p.base+to, nil))
	}
	out := shown{code: res.StatusCode, file: strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment")}
	if !out.file && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if out.page, err = html.ParseWithOptions(bytes.NewReader(body), html.ParseOptionEnableScripting(false)); err != nil {
			p.Fatal(err)
		}
		for n := range out.page.Descendants() {
			if n.DataAtom == atom.Main {
				out.text = words(n)
			}
		}
	}
	return out
}

func (p person) open(path string) shown {
	p.Helper()
	return p.do(http.NewRequestWithContext(p.Context(), http.MethodGet, p.base+path, nil))
}

// attr is an attribute of an element, and whether it has it.
func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func bears(n *html.Node, key string) bool {
	_, ok := attr(n, key)
	return ok
}

func val(n *html.Node, key string) string {
	v, _ := attr(n, key)
	return v
}

// words are what is read in a part of a page.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// formsIn are the forms of a page in their order.
func formsIn(page *html.Node) (out []*html.Node) {
	for n := range page.Descendants() {
		if n.DataAtom == atom.Form {
			out = append(out, n)
		}
	}
	return out
}

// controls are the fields and buttons of a form: those in it, and those that stand elsewhere and name it.
func controls(page, form *html.Node) (out []*html.Node) {
	id := val(form, "id")
	for n := range page.Descendants() {
		if !slices.Contains([]atom.Atom{atom.Input, atom.Select, atom.Textarea, atom.Button}, n.DataAtom) {
			continue
		}
		of, hidden := (*html.Node)(nil), false
		for up := n.Parent; up != nil; up = up.Parent {
			if up.DataAtom == atom.Form && of == nil {
				of = up
			}
			hidden = hidden || bears(up, "hidden") || up.DataAtom == atom.Template || up.DataAtom == atom.Fieldset && bears(up, "disabled")
		}
		if to, ok := attr(n, "form"); ok {
			if to != id || id == "" {
				continue
			}
		} else if of != form {
			continue
		}
		if !hidden && !bears(n, "disabled") && !bears(n, "hidden") {
			out = append(out, n)
		}
	}
	return out
}

// sends tells whether a control is a button that sends its form.
func sends(n *html.Node) bool {
	kind := strings.ToLower(val(n, "type"))
	return n.DataAtom == atom.Button && (kind == "" || kind == "submit") || n.DataAtom == atom.Input && (kind == "submit" || kind == "image")
}

// putIn is what a person leaves or types in a field; ok is false for what is not sent. typed is what is typed on purpose.
func putIn(n *html.Node, typed map[string]string) (value string, ok bool) {
	name, kind := val(n, "name"), strings.ToLower(val(n, "type"))
	meant, said := typed[name]
	switch {
	case name == "" || n.DataAtom == atom.Button:
		return "", false
	case n.DataAtom == atom.Select:
		first := ""
		for o := range n.Descendants() {
			if o.DataAtom != atom.Option || bears(o, "disabled") {
				continue
			}
			v, own := attr(o, "value")
			if !own {
				v = words(o)
			}
			if bears(o, "selected") && v != "" && !said || said && v == meant {
				return v, true
			}
			if first == "" {
				first = v
			}
		}
		return first, true
	case kind == "checkbox" || kind == "radio":
		value, own := attr(n, "value")
		if !own {
			value = "on"
		}
		return value, bears(n, "checked") || bears(n, "required") || said && (meant == value || meant == "*")
	case slices.Contains([]string{"submit", "button", "reset", "image", "file"}, kind):
		return "", kind == "file"
	}
	if value = val(n, "value"); n.DataAtom == atom.Textarea {
		value = strings.TrimPrefix(words(n), "\n")
	}
	switch {
	case kind == "hidden":
	case said:
		value = meant
	case value == "" && kind == "date":
		value = "2023-03-01"
	case value == "" && (bears(n, "required") || strings.Contains("ly-do noi-dung can-cu", name)):
		if value = "Thử trên tỉnh mẫu"; strings.HasPrefix(name, "tu") || strings.HasPrefix(name, "den") || strings.HasPrefix(name, "han") || strings.HasPrefix(name, "ngay") {
			value = "01/3/2023"
		}
	}
	return value, true
}

// send fills the fields of a form and presses its first button. ok is false if it has none.
func (p person) send(from string, page, form *html.Node, typed map[string]string) (a shown, ok bool) {
	p.Helper()
	to, kind := from, val(form, "enctype")
	if v := val(form, "action"); v != "" {
		to = v
	}
	var fields [][2]string
	var files []string
	var button *html.Node
	chosen := map[string]bool{}
	for _, n := range controls(page, form) {
		if sends(n) {
			if _, meant := typed["@"]; button == nil || meant && words(n) == typed["@"] {
				button = n
			}
			continue
		}
		value, sent := putIn(n, typed)
		if name, radio := val(n, "name"), val(n, "type") == "radio"; val(n, "type") == "file" && sent {
			files = append(files, name)
		} else if sent && !(radio && chosen[name]) {
			chosen[name] = radio
			fields = append(fields, [2]string{name, value})
		}
	}
	if button == nil {
		return shown{}, false
	}
	if name := val(button, "name"); name != "" {
		fields = append(fields, [2]string{name, val(button, "value")})
	}
	if v := val(button, "formaction"); v != "" {
		to = v
	}
	var body bytes.Buffer
	if kind == "multipart/form-data" {
		m := multipart.NewWriter(&body)
		for _, f := range fields {
			if err := m.WriteField(f[0], f[1]); err != nil {
				p.Fatal(err)
			}
		}
		for _, name := range files { // a browser sends a field for files that nobody chose as an empty one
			if _, err := m.CreateFormFile(name, ""); err != nil {
				p.Fatal(err)
			}
		}
		if err := m.Close(); err != nil {
			p.Fatal(err)
		}
		kind = m.FormDataContentType()
	} else {
		kind = "application/x-www-form-urlencoded"
		v := url.Values{}
		for _, f := range fields {
			v.Add(f[0], f[1])
		}
		body.WriteString(v.Encode())
	}
	req, err := http.NewRequestWithContext(p.Context(), http.MethodPost, p.base+to, &body)
	if err == nil {
		req.Header.Set("Content-Type", kind)
	}
	return p.do(req, err), true
}

// postForms are the forms of a page that send something, as known tells which route an address is of.
func (p person) postForms(path string, role access.Role, page *html.Node, known *http.ServeMux) (out []deskForm, forms []*html.Node) {
	p.Helper()
	for _, form := range formsIn(page) {
		if !strings.EqualFold(val(form, "method"), "post") {
			continue
		}
		to, asks, pressed, bare := path, map[string]bool{}, false, true
		if v := val(form, "action"); v != "" {
			to = v
		}
		for _, c := range controls(page, form) {
			if bare, pressed = false, pressed || sends(c); val(c, "name") != "" {
				asks[strings.TrimRight(val(c, "name"), "0123456789")] = true
			}
		}
		_, pattern := known.Handler(httptest.NewRequest(http.MethodPost, to, nil))
		f := deskForm{page: path, route: strings.TrimPrefix(pattern, "POST "), role: role, asks: strings.Join(slices.Sorted(maps.Keys(asks)), " ")}
		switch {
		case pattern == "":
			p.Errorf("%s as %s: a form sends to %s, which nobody answers", path, role, to)
		case formless[f.route] != "":
			p.Errorf("%s as %s has a form for %s, of which formless says that there is none", path, role, f.route)
		case bare: // its buttons stand with what they are about, and there is nothing
		case !pressed:
			p.Errorf("%s as %s: the form for %s has no button that sends it", path, role, f.route)
		default:
			out, forms = append(out, f), append(forms, form)
		}
	}
	return out, forms
}

// moreForms looks for a form for every route that is left to be sent to, on the pages as a person sees them: one of each that
// asks other things. It takes from left what it finds.
func moreForms(p person, role access.Role, paths []string, left map[string][]string, known *http.ServeMux) (found []deskForm) {
	p.Helper()
	seen := map[string]bool{}
	for _, path := range paths {
		if !slices.ContainsFunc(slices.Collect(maps.Values(left)), func(roles []string) bool { return slices.Contains(roles, string(role)) }) {
			break
		}
		a := p.open(path)
		if a.page == nil || a.code != http.StatusOK {
			continue // it is not for them
		}
		forms, _ := p.postForms(path, role, a.page, known)
		for _, f := range forms {
			if key := f.route + " " + f.asks; !seen[key] && left[f.route] != nil {
				seen[key] = true
				found = append(found, f)
			}
		}
	}
	for _, f := range found {
		delete(left, f.route)
	}
	return found
}

// ends reports whether a route's forms end what the page is about: they come last.
func ends(f deskForm) bool {
	return slices.ContainsFunc(ending, func(end string) bool { return strings.HasSuffix(f.route, end) })
}

// TestEveryForm sends every form of the desk as a browser without scripts does, by its own button, and each leads to a page
// of the desk or brings a file: it does what it is for, or the page says what is to be mended, where that is what is expected.
func TestEveryForm(t *testing.T) {
	t.Parallel()
	e := seededEngine(t)
	stick := t.TempDir()
	e.app.drives = func() []web.Drive { return []web.Drive{{Path: stick, Name: "USB"}} }
	desk := serveDesk(t, e)
	found := look(t, e)
	found.account = furnish(t, e, found)
	pages, _ := allPages(t, e, desk.URL, examples(found))
	left := postRoutes(t)
	for route := range formless {
		if left[route] == nil {
			t.Errorf("formless has a reason for POST %s, which is no route", route)
		}
		delete(left, route)
	}
	paths := map[access.Role][]string{access.Officer: {"/cai-dat/muc/B-D1?muc=" + levelSet, "/cai-dat/muc/B-A1?muc=" + levelSet}}
	for _, p := range pages {
		paths[p.role] = append(paths[p.role], p.path)
	}
	for _, role := range []access.Role{access.Clerk, access.Planner} { // what the officer sees too, and does not do
		paths[role] = append(paths[role], "/sap-toi/goi-y", "/phat-bu")
	}
	known, done, acted := http.NewServeMux(), 0, map[string]bool{} // acted: pages on which something was done, which may have brought other forms
	for route := range postRoutes(t) {
		known.HandleFunc("POST "+route, http.NotFound)
	}
	send := func(f deskForm) {
		t.Run(string(f.role)+" "+f.route, func(t *testing.T) {
			if try(person{t, desk.URL, session(t, e, logins[f.role])}, f, known, acted) {
				done++
			}
		})
	}
	var last []deskForm
	roles := []access.Role{access.Officer, access.Admin, access.HomeAffairs, access.Planner, access.Clerk, access.District}
	for round := range 2 {
		for _, role := range roles {
			if round > 0 {
				paths[role] = slices.Sorted(maps.Keys(acted))
			}
			for _, f := range moreForms(person{t, desk.URL, session(t, e, logins[role])}, role, paths[role], left, known) {
				if ends(f) {
					last = append(last, f)
				} else {
					send(f)
				}
			}
		}
	}
	slices.SortStableFunc(last, func(a, b deskForm) int {
		at := func(f deskForm) int {
			return slices.IndexFunc(ending, func(end string) bool { return strings.HasSuffix(f.route, end) })
		}
		return at(a) - at(b)
	})
	for _, f := range last {
		send(f)
	}
	t.Logf("%d forms did what they are for", done)
	if done < 55 {
		t.Errorf("only %d forms did what they are for", done)
	}
	for route := range left {
		if seldom[route] != "" {
			continue
		}
		t.Errorf("POST %s: no page has a form for it, and formless has no reason", route)
	}
}

// try sends a form and tells whether it did what it is for.
func try(p person, f deskForm, known *http.ServeMux, acted map[string]bool) bool {
	p.Helper()
	at := p.open(f.page)
	var a shown
	ok := false
	forms, nodes := p.postForms(f.page, f.role, at.page, known)
	k := slices.Index(forms, f)
	if k < 0 { // what was done before may have changed what it asks
		k = slices.IndexFunc(forms, func(x deskForm) bool { return x.route == f.route })
	}
	if k >= 0 {
		a, ok = p.send(f.page, at.page, nodes[k], typedIn[f.route])
	}
	said := ""
	if ok && a.page != nil {
		said = why(a.page)
	}
	switch expect := refusedFor[f.route]; {
	case !ok:
		if !acted[f.page] { // another form of the page may have settled what this one was about
			p.Errorf("%s (%s): the form is gone", f.page, f.asks)
		}
		return false
	case !a.file && (a.page == nil || !hasElement(a.page, func(n *html.Node) bool { return n.DataAtom == atom.H1 })):
		p.Errorf("%s (%s): answer %d is no page of the desk: %.300s", f.page, f.asks, a.code, a.text)
	case a.file || a.code == http.StatusOK:
		acted[f.page] = true
		return true
	case a.code != http.StatusUnauthorized && a.code != http.StatusConflict && a.code != http.StatusUnprocessableEntity:
		p.Errorf("%s (%s): answer %d: %.300s", f.page, f.asks, a.code, a.text)
	case said == "":
		p.Errorf("%s (%s): answer %d, and the page does not say why: %.300s", f.page, f.asks, a.code, a.text)
	case expect == "" || !strings.Contains(said, expect):
		p.Errorf("%s (%s) is refused: %.300s", f.page, f.asks, said)
	}
	return false
}

// why is what a page says is to be mended.
func why(page *html.Node) string {
	for n := range page.Descendants() {
		if val(n, "role") == "alert" || slices.Contains(strings.Fields(val(n, "class")), "wrong") {
			return words(n)
		}
	}
	return ""
}

func hasElement(page *html.Node, is func(*html.Node) bool) bool {
	for n := range page.Descendants() {
		if n.Type == html.ElementNode && is(n) {
			return true
		}
	}
	return false
}
