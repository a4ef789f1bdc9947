package web

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// TestSignOnCookie: under https no other host can set the cookie that a login comes back by, or somebody could have a person log in
// as another; nothing else than this name is taken then.
func TestSignOnCookie(t *testing.T) {
	plain, r := &site{}, httptest.NewRequest("GET", "/dang-nhap/mot-lan", nil)
	if name := plain.signOnCookie(r); name != "loa_mot_lan" {
		t.Error(name)
	}
	s := &site{}
	s.Secure = true
	c := s.cookie(r, s.signOnCookie(r), "x", 1)
	if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" {
		t.Errorf("%+v", c)
	}
}
