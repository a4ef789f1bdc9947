package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestFeed: the owner's calendar, told by its ETag alone while it is the same.
func TestFeed(t *testing.T) {
	f := newFake()
	text, base, fails := "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "", false
	opt := f.options()
	opt.Feed = func(_ context.Context, owner, at string) ([]byte, error) {
		base = at
		switch {
		case fails:
			return nil, errors.New("broken")
		case owner != "suong-ha/dai-ptth":
			return nil, nil
		}
		return []byte(text), nil
	}
	h := New(opt)
	ask := func(path, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = "theodoi.example:8080"
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	first := ask("/lich/dai-ptth.ics", "")
	tag := first.Header().Get("ETag")
	if first.Code != http.StatusOK || first.Header().Get("Content-Type") != "text/calendar; charset=utf-8" || first.Body.String() != text || tag == "" || base != "http://theodoi.example:8080" {
		t.Errorf("%d %v %q, base %q", first.Code, first.Header(), first.Body, base)
	}
	if again := ask("/lich/dai-ptth.ics", tag); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("asked again: %d %q", again.Code, again.Body)
	}
	text = "BEGIN:VCALENDAR\r\nNAME:khác\r\nEND:VCALENDAR\r\n"
	if changed := ask("/lich/dai-ptth.ics", tag); changed.Code != http.StatusOK || changed.Header().Get("ETag") == tag {
		t.Errorf("changed: %d %v", changed.Code, changed.Header())
	}
	for _, path := range []string{"/lich/khong-co.ics", "/lich/dai-ptth", "/lich/.ics"} {
		if got := ask(path, ""); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	if page := ask("/tien-do/B-D1/dai-ptth/2023-W05", "").Body.String(); !strings.Contains(page, `href="/lich/dai-ptth.ics"`) {
		t.Error("the standing's page does not lead to the calendar")
	}
	fails = true
	if got := ask("/lich/dai-ptth.ics", ""); got.Code != http.StatusInternalServerError {
		t.Errorf("broken: %d", got.Code)
	}
	fails, opt.Secure = false, true
	if get(t, New(opt), "/lich/dai-ptth.ics"); !strings.HasPrefix(base, "https://") {
		t.Errorf("behind a server that speaks TLS the addresses begin with %q", base)
	}
	opt.Feed = nil
	if got := get(t, New(opt), "/lich/dai-ptth.ics"); got.Code != http.StatusNotFound {
		t.Errorf("without calendars: %d", got.Code)
	}
}
