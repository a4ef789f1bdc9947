package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"loa/schedule/calendar"
	"loa/web/access"
)

// TestPackDownload: a pack is recorded before it is given, to those alone who may see kept pages unmasked, and half a pack is never given.
func TestPackDownload(t *testing.T) {
	var recorded []string
	var fails, refuses error
	desk := func(role access.Role) http.Handler {
		opt := newFake().options()
		opt.Guest = access.Actor{Role: role, Login: "cb", Name: "Cán bộ", Agencies: []string{"suong-ha/so-noi-vu"}}
		opt.Record = func(_ context.Context, a access.Actor, kind, subject, _, after string) error {
			recorded = append(recorded, a.String()+" "+kind+" "+subject+" "+after)
			return refuses
		}
		opt.Pack = func(_ context.Context, p calendar.Period, revision int, to io.Writer) (map[string]any, int, error) {
			if revision == 9 {
				return nil, 0, Refusal{"Không có lần chốt này."}
			}
			fmt.Fprintf(to, "PK %s %d", p.ID, revision)
			return map[string]any{"digest": "ab"}, revision, fails
		}
		return New(opt)
	}
	for _, role := range access.Roles() {
		in := role == access.Officer || role == access.Inspector || role == access.Admin
		if w := get(t, desk(role), "/bao-cao/2023-02/goi-minh-chung"); (w.Code == http.StatusOK) != in {
			t.Errorf("%s: %d", role, w.Code)
		}
		if w := get(t, desk(role), "/bao-cao"); w.Code == http.StatusOK && strings.Contains(w.Body.String(), "Gói minh chứng") != in {
			t.Errorf("%s is shown it, or is not", role)
		}
	}
	if len(recorded) != 3 || !strings.Contains(recorded[0], `export.pack /bao-cao/2023-02/goi-minh-chung {"digest":"ab"}`) {
		t.Errorf("recorded %q", recorded)
	}
	h := desk(access.Officer)
	w := get(t, h, "/bao-cao/2023-02/goi-minh-chung?lan=2")
	if w.Body.String() != "PK 2023-02 2" || w.Header().Get("Content-Type") != "application/zip" || w.Header().Get("Content-Disposition") != `attachment; filename="goi-minh-chung-2023-02-lan-2.zip"` {
		t.Errorf("%q %v", w.Body, w.Header())
	}
	if w := get(t, h, "/bao-cao/2023-02/goi-minh-chung"); !strings.Contains(w.Header().Get("Content-Disposition"), "2023-02-chua-chot.zip") {
		t.Errorf("not closed: %v", w.Header())
	}
	for _, path := range []string{"2023-02/goi-minh-chung?lan=x", "2023-02/goi-minh-chung?lan=-1", "abc/goi-minh-chung", "2031-02/goi-minh-chung", "2023-02/goi-minh-chung?lan=9"} {
		if w := get(t, h, "/bao-cao/"+path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	fails = errors.New("no disk")
	if w := get(t, h, "/bao-cao/2023-02/goi-minh-chung"); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "PK ") {
		t.Errorf("a failure: %d %.100s", w.Code, w.Body)
	}
	fails, refuses = nil, errors.New("no trail")
	if w := get(t, h, "/bao-cao/2023-02/goi-minh-chung"); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "PK ") {
		t.Errorf("not recorded: %d %.100s", w.Code, w.Body)
	}
}
