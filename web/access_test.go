package web

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"loa/web/access"
)

// asked is every role that somebody can come with.
func askedAs() []access.Role { return append(access.Roles(), access.Link, access.Guest) }

// TestAccessMatrix: every route × every role, asked for real. What is expected stands in testdata/access.txt, written by
// hand: METHOD PATH: roles that get in («everybody» for all). A route without a line there fails, and so does a line without a route.
func TestAccessMatrix(t *testing.T) {
	text, err := os.ReadFile("testdata/access.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for _, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, roles, ok := strings.Cut(line, ": ")
		if !ok || want[key] != nil {
			t.Fatalf("testdata/access.txt: %q is malformed or there twice", line)
		}
		want[key] = strings.Fields(roles)
	}
	f := newFake()
	options := func() Options {
		opt := f.options()
		opt.Gate = &access.Gate{}
		return opt
	}
	sites := map[access.Role]*site{}
	for _, role := range askedAs() {
		opt := options()
		opt.Guest = access.Actor{Role: role, Account: "a1", Login: "canbo", Name: "Cán bộ", Agencies: []string{"suong-ha/nowhere"}}
		sites[role] = newSite(opt)
	}
	s := sites[access.Officer]
	asked := 0
	for _, rt := range s.routes() {
		key := rt.method + " " + rt.path
		roles, ok := want[key]
		if !ok {
			t.Errorf("who gets to «%s» is not written down in testdata/access.txt", key)
			continue
		}
		delete(want, key)
		for _, role := range askedAs() {
			asked++
			expect := slices.Contains(roles, string(role)) || slices.Contains(roles, "everybody")
			called := false
			one := rt
			one.handler = func(http.ResponseWriter, *http.Request) { called = true }
			w := httptest.NewRecorder()
			sites[role].guarded(one).ServeHTTP(w, httptest.NewRequest(rt.method, "/", nil))
			if called != expect {
				t.Errorf("%s as %s: let in %v, want %v", key, role, called, expect)
			}
			if !called && w.Code != http.StatusForbidden {
				t.Errorf("%s as %s: kept out with %d", key, role, w.Code)
			}
		}
	}
	for key := range want {
		t.Errorf("testdata/access.txt: there is no route «%s»", key)
	}
	if asked < 100 {
		t.Errorf("only %d questions asked", asked)
	}
}
