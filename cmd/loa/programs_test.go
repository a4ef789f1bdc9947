package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"loa/notify/deliver"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/web"
	"loa/web/access"
)

// programOffice is a desk whose weeks 9 and 10 are logged, opened at a business time.
type programOffice struct {
	desk
	e *engine
}

func newProgramOffice(t *testing.T, now time.Time) programOffice {
	t.Helper()
	d := closable(t)
	a := &app{stdio: stdio{strings.NewReader(""), io.Discard, io.Discard}, cli: &cli{Data: d.data, Plans: d.plans}, ctx: t.Context(), log: slog.New(slog.DiscardHandler)}
	e, err := a.open(a.planFiles(), "mau/2023", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	if _, err := e.judgeAndEvaluate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return programOffice{d, e}
}

// ask asks the desk as somebody; a form is posted.
func (o programOffice) ask(who access.Role, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	o.t.Helper()
	o.e.login = web.Login{Guest: access.Actor{Role: who, Login: "canbo", Name: "Cán bộ", Agencies: []string{"mau/so-tu-phap"}}}
	r := httptest.NewRequest("GET", path, nil)
	if form != nil {
		r = httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	o.e.desk(o.e.plan, nil).ServeHTTP(w, r)
	return w
}

// dies loses the outcome of a message once: a node that dies between sending and recording.
type dies struct {
	*store.Store
	left int
}

var errDied = errors.New("died")

func (d *dies) SettleHookMessage(ctx context.Context, m access.HookMessage, now time.Time, sent bool, detail string, again time.Time) error {
	if d.left--; d.left >= 0 {
		return errDied
	}
	return d.Store.SettleHookMessage(ctx, m, now, sent, detail, again)
}

// TestHooks: a receiver is told of a change once it was made, signed, and again under the same id after a node died;
// what was computed is told as a question, and as a miss only when a person confirmed it.
func TestHooks(t *testing.T) {
	t.Parallel()
	now := time.Date(2023, 3, 15, 9, 0, 0, 0, calendar.Zone)
	o := newProgramOffice(t, now)
	type got struct {
		id, result, previous string
		ok                   bool
	}
	var all []got
	status := http.StatusOK
	secret := access.NewHookSecret()
	key, _ := access.HookKey(secret)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var m struct {
			Type string
			Data struct{ Quota, Owner, Period, Result, Previous, Words string }
		}
		if err == nil {
			err = json.Unmarshal(body, &m)
		}
		id := r.Header.Get("webhook-id")
		stamp, err2 := strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64)
		signed := r.Header.Get("webhook-signature") == deliver.SignHook(key, id, time.Unix(stamp, 0), string(body))
		if m.Data.Quota == "B-D1" && m.Data.Period == "2023-W09" {
			all = append(all, got{id, m.Data.Result, m.Data.Previous, err == nil && err2 == nil && signed && m.Type == "standing.changed" && m.Data.Words != ""})
		}
		w.WriteHeader(status)
	}))
	defer receiver.Close()
	inside := access.Hook{Name: "Phòng họp", URL: receiver.URL, Secret: secret, Maker: "Cán bộ"}
	if _, err := o.e.addHook(t.Context(), o.e.plan, inside); err == nil {
		t.Error("a hook on this machine is taken although nobody allowed it")
	}
	o.e.hookLocal = true
	if _, err := o.e.addHook(t.Context(), o.e.plan, inside); err != nil {
		t.Fatal(err)
	}
	machine := now
	pump := o.e.hookPump()
	pump.Machine, pump.Jitter = func() time.Time { return machine }, func() float64 { return 0.5 }
	turn := func() (int, int) {
		t.Helper()
		sent, failed, err := pump.Turn(t.Context())
		if err != nil && !errors.Is(err, errDied) {
			t.Fatal(err)
		}
		return sent, failed
	}
	if _, err := o.e.judgeAndEvaluate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if sent, _ := turn(); sent != 0 || len(all) != 0 {
		t.Errorf("told of no change: %+v", all)
	}
	d := schedule.Decision{Kind: schedule.ConfirmMissed, Plan: o.e.plan.ID, Quota: "B-D1", Owner: "mau/dai-ptth", Period: "2023-W09", At: now, Actor: "Cán bộ", Reason: "đã gọi"}
	if err := o.e.store.AddDecision(t.Context(), d, "person"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.e.judgeAndEvaluate(t.Context()); err != nil {
		t.Fatal(err)
	}
	status = http.StatusServiceUnavailable
	if sent, failed := turn(); sent != 0 || failed == 0 {
		t.Errorf("sent %d, failed %d to a receiver that is down", sent, failed)
	}
	status, machine = http.StatusOK, machine.Add(2*time.Minute)
	pump.Outbox = &dies{o.e.store, 1}
	turn()
	turn() // nothing: it is leased to the node that died
	machine = machine.Add(10 * time.Minute)
	turn()
	turn()
	if len(all) != 3 {
		t.Fatalf("told %d times: %+v", len(all), all)
	}
	for _, g := range all {
		if !g.ok || g.id != all[0].id || g.result != "missed" || g.previous == "missed" || g.previous == "" {
			t.Errorf("told %+v", g)
		}
	}
	if hooks, err := o.e.store.Hooks(t.Context(), o.e.plan.ID); err != nil || len(hooks) != 1 || hooks[0].Waiting != 0 || hooks[0].Sent == 0 || hooks[0].Dead != 0 {
		t.Errorf("%v: %+v", err, hooks)
	}
}

func march14(t *testing.T) calendar.Period {
	t.Helper()
	p, err := calendar.Parse("2023-03@14")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var datasetField = regexp.MustCompile(`name="bo" value="([0-9a-f]+)"`)

// TestCloseFromTheDesk: an officer looks at what would be frozen and closes it; everything taken out stands in the trail, whose chain and
// anchor hold; a program reads what was closed by a token, of its own agency alone.
func TestCloseFromTheDesk(t *testing.T) {
	t.Parallel()
	o := newProgramOffice(t, time.Date(2023, 3, 15, 9, 0, 0, 0, calendar.Zone))
	if w := o.ask(access.Officer, "/chot-so-lieu?ky=2023-04", nil); w.Code != 422 || !strings.Contains(w.Body.String(), "chưa kết thúc") || strings.Contains(w.Body.String(), "--") {
		t.Errorf("a month that runs: %d", w.Code)
	}
	w := o.ask(access.Officer, "/chot-so-lieu?ky=2023-03@14", nil)
	m := datasetField.FindStringSubmatch(w.Body.String())
	if w.Code != 200 || m == nil {
		t.Fatalf("preview: %d %s", w.Code, w.Body)
	}
	if w := o.ask(access.Officer, "/chot-so-lieu", url.Values{"ky": {"2023-03@14"}, "bo": {"0"}}); w.Code != 422 || !strings.Contains(w.Body.String(), "vừa thay đổi") {
		t.Errorf("closed what was not seen: %d", w.Code)
	}
	w = o.ask(access.Officer, "/chot-so-lieu", url.Values{"ky": {"2023-03@14"}, "bo": {m[1]}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("close: %d %s", w.Code, w.Body)
	}
	if w := o.ask(access.Reader, w.Header().Get("Location"), nil); w.Code != 200 || !strings.Contains(w.Body.String(), m[1]) {
		t.Errorf("the closing: %d", w.Code)
	}
	if w := o.ask(access.Officer, "/chot-so-lieu", url.Values{"ky": {"2023-03@14"}, "bo": {m[1]}}); w.Code != 422 || strings.Contains(w.Body.String(), "--restate") {
		t.Errorf("closed twice: %d", w.Code)
	}
	again := o.ask(access.Officer, "/chot-so-lieu?ky=2023-03@14", nil) // nothing differs: no mistake of anybody, and nothing to press
	if again.Code != 200 || !strings.Contains(again.Body.String(), "không khác lần chốt ấy") || !strings.Contains(again.Body.String(), `href="`+w.Header().Get("Location")+`"`) || datasetField.MatchString(again.Body.String()) {
		t.Errorf("a closed period that did not change: %d %s", again.Code, again.Body)
	}
	// A report of that revision is of the plan as it was, and leaves to others the one that is in force.
	e := o.e
	was, written, days := e.plan, e.written, e.cal.Days()
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			in, err := e.reportAsOf(t.Context(), march14(t), 1)
			if err != nil || in.Plan == was || in.Plan.ID != was.ID || in.Calendar == e.cal {
				t.Errorf("the report of revision 1: %v", err)
			}
			if e.plan != was || e.written != written || e.text != "" || !e.asOf.IsZero() || len(e.cal.Days()) != len(days) {
				t.Error("a report of what was changes what is in force")
			}
		})
	}
	wait.Wait()
	if w := o.ask(access.Reader, "/bao-cao/2023-03@14/html", nil); w.Code != 200 {
		t.Errorf("report: %d", w.Code)
	}
	trail := o.ask(access.Inspector, "/lich-su", nil).Body.String()
	for _, s := range []string{"Chốt số liệu", "Tải, xem báo cáo", "Cán bộ (canbo)"} {
		if !strings.Contains(trail, s) {
			t.Errorf("the trail does not say %q", s)
		}
	}
	if w := o.ask(access.Clerk, "/lich-su", nil); w.Code != 403 {
		t.Errorf("a clerk reads the trail: %d", w.Code)
	}
	anchor := strings.TrimSpace(o.ok("audit", "anchor"))
	if w := o.ask(access.Inspector, "/lich-su?kiem=1&moc="+url.QueryEscape(anchor), nil); !strings.Contains(w.Body.String(), "Toàn vẹn") || !strings.Contains(w.Body.String(), "Khớp với mốc") {
		t.Error("the chain is not found whole")
	}
	if out := o.ok("audit", "list", "--at", "2023-03-15", "--kind", "period.closed", "--json"); !strings.Contains(out, `"by":"Cán bộ (canbo)"`) || strings.Count(out, "\n") != 1 {
		t.Errorf("audit list: %s", out)
	}
	if out := o.ok("audit", "verify", "--anchor", anchor); !strings.Contains(out, "Khớp với mốc") {
		t.Errorf("audit verify: %s", out)
	}
	o.refused(1, []string{"không toàn vẹn"}, "audit", "verify", "--anchor", strings.Split(anchor, ":")[0]+":"+strings.Repeat("0", 64))
	o.refused(2, []string{"--anchor"}, "audit", "verify", "--anchor", "7")

	all := strings.TrimSpace(o.ok("token", "add", "--at", "2023-03-15", "--name", "Cổng dữ liệu", "--scope", "standings", "--scope", "closings", "--scope", "feed"))
	mine := strings.TrimSpace(o.ok("token", "add", "--at", "2023-03-15", "--name", "Sở Tư pháp", "--scope", "standings", "--agency", "so-tu-phap"))
	o.refused(2, []string{"không có phần được đọc"}, "token", "add", "--at", "2023-03-15", "--name", "x", "--scope", "everything")
	var page struct {
		Data []struct{ Owner, Result string }
	}
	for secret, other := range map[string]bool{all: true, mine: false} {
		w := o.ask(access.Guest, "/api/v1/standings?limit=500", nil, "Authorization", "Bearer "+secret)
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != 200 || len(page.Data) == 0 {
			t.Fatalf("%d %v %s", w.Code, err, w.Body)
		}
		others := false
		for _, row := range page.Data {
			others = others || row.Owner != "mau/so-tu-phap"
			if row.Result == "missed" {
				t.Errorf("told as missed and nobody confirmed it: %+v", row)
			}
		}
		if others != other {
			t.Errorf("others' rows: %v, want %v", others, other)
		}
		tag := w.Header().Get("ETag")
		if w := o.ask(access.Guest, "/api/v1/standings?limit=500", nil, "Authorization", "Bearer "+secret, "If-None-Match", tag); w.Code != 304 {
			t.Errorf("unchanged: %d", w.Code)
		}
	}
	if w := o.ask(access.Guest, "/api/v1/closings", nil, "Authorization", "Bearer "+all); !strings.Contains(w.Body.String(), m[1]) {
		t.Errorf("closings: %s", w.Body)
	}
	if w := o.ask(access.Guest, "/api/v1/feeds/dai-ptth.atom?khoa="+all, nil); w.Code != 200 || !strings.Contains(w.Body.String(), "<feed") {
		t.Errorf("feed: %d %s", w.Code, w.Body)
	}
	if w := o.ask(access.Clerk, "/tin-ghi-nhan/dai-ptth.atom", nil); w.Code != 403 {
		t.Errorf("another agency's feed: %d", w.Code)
	}
	o.ok("token", "revoke", "--at", "2023-03-15", mine[:12])
	if w := o.ask(access.Guest, "/api/v1/standings", nil, "Authorization", "Bearer "+mine); w.Code != 401 {
		t.Errorf("a revoked token: %d", w.Code)
	}
}
