package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The crawl goes out through the proxy that was named and through nothing that the environment names; the password is in
// nothing that is printed.
func TestCrawlThroughProxy(t *testing.T) {
	asked := map[string]bool{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked[r.Method+" "+r.RequestURI] = true
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("LOA_PROXY", "http://loa:matkhau@"+proxy.Listener.Addr().String())
	out, errOut, code := loa(t, "", "try", "http://bao.tinh.example/rss")
	if code != 1 || !asked["GET http://bao.tinh.example/robots.txt"] {
		t.Errorf("asked %v, exit %d", asked, code)
	}
	if text := out + errOut; strings.Contains(text, "matkhau") || !strings.Contains(text, "proxy") {
		t.Errorf("told: %s", text)
	}
	for _, wrong := range [][]string{{"--proxy", "ftp://loa:matkhau@may:80"}, {"--proxy", "http://may:80", "--resolve", "a.example=127.0.0.1:80"}} {
		if out, errOut, code := loa(t, "", append([]string{"try", "http://bao.tinh.example/rss"}, wrong...)...); code != 2 || strings.Contains(out+errOut, "matkhau") {
			t.Errorf("%v: exit %d: %s%s", wrong, code, out, errOut)
		}
	}
}
