package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loa/media"
)

// A form goes to its own address and nowhere else: a redirect is followed with
// a GET, and refused where the server wants the form sent again.
func TestForm(t *testing.T) {
	var asked []string
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.Host+r.URL.Path+" "+r.PostFormValue("__VIEWSTATE"))
		switch r.URL.Path {
		case "/302":
			http.Redirect(w, r, "/tin", http.StatusFound)
		case "/307":
			http.Redirect(w, r, "/tin", http.StatusTemporaryRedirect)
		case "/away":
			http.Redirect(w, r, "http://khac.example/tin", http.StatusFound)
		default:
			w.Write([]byte("trang " + r.PostFormValue("__EVENTARGUMENT")))
		}
	}, Options{}, "so.example", "khac.example")
	form := url.Values{"__VIEWSTATE": {"dDw+/="}, "__EVENTARGUMENT": {"2"}}
	get := func(path string, form url.Values) (*Response, error) {
		return c.Get(context.Background(), Request{URL: "http://so.example" + path, Form: form})
	}
	if res, err := get("/tin", form); err != nil || string(res.Body) != "trang 2" {
		t.Errorf("%v %v", res, err)
	}
	if res, err := get("/302", form); err != nil || string(res.Body) != "trang " || res.FinalURL != "http://so.example/tin" {
		t.Errorf("302: %v %v", res, err)
	}
	if _, err := get("/307", form); reason(err) != media.Unreachable || !strings.Contains(err.Error(), "redirect of a form") {
		t.Errorf("307: %v", err)
	}
	var away *RedirectError
	if _, err := get("/away", form); !errors.As(err, &away) {
		t.Errorf("to another host: %v", err)
	}
	before := len(asked)
	if _, err := get("/tin", url.Values{"__VIEWSTATE": {strings.Repeat("+", maxPost/2)}}); reason(err) != media.ParseError || len(asked) != before {
		t.Errorf("a huge form: %v", err)
	}
	want := []string{"POST so.example/tin dDw+/=", "POST so.example/302 dDw+/=", "GET so.example/tin ", "POST so.example/307 dDw+/=", "POST so.example/away dDw+/="}
	if strings.Join(asked, "\n") != strings.Join(want, "\n") {
		t.Errorf("asked %q", asked)
	}
}
