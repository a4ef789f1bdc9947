package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web"
	"loa/web/access"
)

// askedOf asks a served desk as the account of a role.
func askedOf(t *testing.T, e *engine, base string, role access.Role, path string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "loa_phien", Value: session(t, e, logins[role])})
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// TestSessionIsPrepared: on the morning after the cut-off the drafts are made once, whatever stops and starts; the first page leads
// to them; the letters are documents; the simulation of points comes out of no other door.
func TestSessionIsPrepared(t *testing.T) {
	e := seededEngine(t)
	ctx := t.Context()
	night := time.Date(2023, 3, 15, 6, 0, 0, 0, calendar.Zone)
	e.business = func() time.Time { return night }
	if err := e.prepareSessions(ctx); err != nil {
		t.Fatal(err)
	}
	period, err := calendar.Parse("2023-03@14")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := e.prepared(ctx, period); ok || err != nil {
		t.Fatalf("prepared before an office is open: %v", err)
	}
	morning := night.Add(2 * time.Hour)
	e.business = func() time.Time { return morning }
	stopped, stop := context.WithCancel(ctx)
	stop()
	if err := e.prepareSessions(stopped); err == nil {
		t.Error("made drafts after it was stopped")
	}
	for range 2 {
		if err := e.prepareSessions(ctx); err != nil {
			t.Fatal(err)
		}
		morning = morning.Add(24 * time.Hour) // the next day nothing is made anew
	}
	had, ok, err := e.prepared(ctx, period)
	if err != nil || !ok || !had.Draft.At.Equal(night.Add(2*time.Hour)) || !strings.Contains(had.Draft.Paragraph, "Thực hiện Kế hoạch số") || len(had.Letters) == 0 {
		t.Fatalf("%v %v %+v", ok, err, had.Draft)
	}
	quarter, _ := calendar.Parse("2023-Q1@14")
	if _, ok, err := e.prepared(ctx, quarter); !ok || err != nil {
		t.Errorf("the quarter that was cut the same day has no drafts: %v", err)
	}
	desk := serveDesk(t, e)
	if code, body := askedOf(t, e, desk.URL, access.Officer, "/"); code != 200 || !strings.Contains(body, "/phien-chot?ky=2023-03%4014") {
		t.Errorf("%d: the first page does not tell of the drafts", code)
	}
	code, body := askedOf(t, e, desk.URL, access.HomeAffairs, "/phien-chot?ky=2023-03@14")
	if code != 200 || !strings.Contains(body, "Hệ thống lập lúc") || !strings.Contains(body, "Chưa chốt") {
		t.Errorf("%d %s", code, plainText(body))
	}
	for owner := range had.Letters {
		path := "/thu-nhac/2023-03@14/" + strings.TrimPrefix(owner, "mau/") + "/docx?ban=da-lap"
		code, body := askedOf(t, e, desk.URL, access.Officer, path)
		if _, err := zip.NewReader(strings.NewReader(body), int64(len(body))); code != 200 || err != nil {
			t.Errorf("%s: %d %v", path, code, err)
		}
		break
	}
	if code, _ := askedOf(t, e, desk.URL, access.Clerk, "/thu-nhac"); code != http.StatusForbidden {
		t.Errorf("a clerk at the letters: %d", code)
	}
	scoreStaysInside(t, e, desk.URL)
}

// scoreStaysInside switches the simulation on and looks for it where it must not be.
func scoreStaysInside(t *testing.T, e *engine, base string) {
	t.Helper()
	ctx := t.Context()
	if code, body := askedOf(t, e, base, access.HomeAffairs, "/mo-phong-diem"); code != 200 || !strings.Contains(body, "Đang tắt") {
		t.Errorf("%d %s", code, plainText(body))
	}
	if err := e.scoring(e.plan).Enter(ctx, schedule.ScoreBasis{Plan: e.plan.ID, Number: "99/QĐ-UBND", Day: seedEnd, Words: "Tiêu chí mẫu", At: e.business(), Actor: "Sở Nội vụ"}); err != nil {
		t.Fatal(err)
	}
	if code, body := askedOf(t, e, base, access.HomeAffairs, "/mo-phong-diem"); code != 200 || !strings.Contains(body, "Kết quả mô phỏng") || !strings.Contains(body, "không phải điểm chính thức") {
		t.Errorf("%d %s", code, plainText(body))
	}
	for _, role := range access.Roles() {
		if code, _ := askedOf(t, e, base, role, "/mo-phong-diem"); role != access.HomeAffairs && code != http.StatusForbidden {
			t.Errorf("%s at the simulation: %d", role, code)
		}
	}
	in, err := e.reportInput(ctx, calendar.At(calendar.Month14, seedEnd), report.Supply)
	if err != nil {
		t.Fatal(err)
	}
	outside := map[string]string{}
	for _, f := range report.Formats() {
		var buf bytes.Buffer
		if err := f.Write(&buf, report.Build(in)); err != nil {
			t.Fatal(err)
		}
		text := buf.String()
		if z, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len())); err == nil {
			for _, file := range z.File {
				r, err := file.Open()
				if err != nil {
					t.Fatal(err)
				}
				raw, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				text += string(raw)
			}
		}
		outside["report "+f.Name] = text
	}
	for _, path := range []string{"/bao-cao", "/phien-chot", "/thu-nhac", "/bang-theo-doi", "/bang-theo-doi?dang=csv", "/api/v1/openapi.json", "/api/v1/standings"} {
		_, outside[path] = askedOf(t, e, base, access.Officer, path)
	}
	for where, text := range outside {
		for _, never := range []string{"Mô phỏng", "mô phỏng", "điểm dự kiến", "mo-phong-diem", "99/QĐ-UBND"} {
			if strings.Contains(text, never) {
				t.Errorf("%s tells «%s»", where, never)
			}
		}
	}
}

// TestLettersRemind: the command writes a draft for whom something may be said to, and the list for a briefing.
func TestLettersRemind(t *testing.T) {
	const at = "2023-03-20T10:00"
	d := crawled(t, at, "bao-cchc", "so-tu-phap", "so-cong-thuong")
	dir := filepath.Join(t.TempDir(), "thu")
	if out := d.ok("letters", "remind", "--period", "2023-02", "-o", dir, "--at", at); !strings.Contains(out, "chưa gửi đi đâu") {
		t.Errorf("%s", out)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%v %v", files, err)
	}
	list, letter := false, ""
	for _, f := range files {
		if strings.HasPrefix(f.Name(), "danh-sach-chua-ghi-nhan-2023-02") {
			list = true
		} else {
			letter = strings.TrimSuffix(strings.TrimPrefix(f.Name(), "thu-nhac-"), "-2023-02.docx")
		}
	}
	if !list || letter == "" {
		t.Fatalf("%v", files)
	}
	one := filepath.Join(dir, "mot.html")
	d.ok("letters", "remind", "--period", "2023-02", "--owner", letter, "-o", one, "--at", at)
	if raw, err := os.ReadFile(one); err != nil || !bytes.Contains(raw, []byte("DỰ THẢO")) || bytes.Contains(raw, []byte("yêu cầu")) {
		t.Errorf("%v %s", err, raw)
	}
	d.refused(2, []string{"không phải một kỳ"}, "letters", "remind", "--period", "hehe", "-o", dir, "--at", at)
	d.refused(2, []string{".html hoặc .docx"}, "letters", "remind", "--period", "2023-02", "--owner", letter, "-o", "x.txt", "--at", at)
	d.refused(2, []string{"không có cơ quan"}, "letters", "remind", "--period", "2023-02", "--owner", "khong-co", "-o", one, "--at", at)
	if out := d.ok("audit", "list", "--plan", "mau/2023", "--kind", "export.letter", "--json"); strings.Count(out, "export.letter") < 2 {
		t.Errorf("the trail tells %s", out)
	}
}

// TestSessionDaysAreSet: an office sets the days on the desk; the session goes by them.
func TestSessionDaysAreSet(t *testing.T) {
	e := seededEngine(t)
	body := `{"units":17,"begin":18,"end":20,"sent":22}`
	x := schedule.Entry{Kind: schedule.EntrySession, Key: "days", Body: body, From: calendar.Day(e.business()), At: e.business(), Actor: "Quản trị", Basis: "Công văn 12/SNV"}
	if err := e.setEntry(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	if d := e.inUse().SessionDays(); d.Units != 17 || d.Sent != 22 {
		t.Errorf("%+v", d)
	}
	x.Body = `{"units":20,"begin":18,"end":20,"sent":22}`
	if err := e.setEntry(t.Context(), x); err == nil {
		t.Error("takes days out of order")
	}
	file, text, err := e.settings(e.inUse()).Paste(schedule.EntrySession, "days")
	if err != nil || !strings.HasSuffix(file, "2023.yaml") || !strings.Contains(text, "session:") || !strings.Contains(text, "units: 17") {
		t.Errorf("%s %q %v", file, text, err)
	}
}

// TestLetterheadIsSet: an officer changes who signs from a day on; papers of the periods before keep who signed then.
func TestLetterheadIsSet(t *testing.T) {
	e := seededEngine(t)
	key := strings.TrimPrefix(e.inUse().LetterheadAt(e.business()).Agency, "mau/")
	x := schedule.Entry{Kind: schedule.EntryLetterhead, Key: key, Body: `{"signer":"KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC","basis":"Thông báo 12"}`, From: time.Date(2023, 3, 1, 0, 0, 0, 0, calendar.Zone), At: e.business(), Actor: "Cán bộ", Basis: "Thông báo 12"}
	if err := e.setEntry(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	coming := x // set before its day, it waits in the plan itself
	coming.Body, coming.From = `{"place":"Nơi mới"}`, time.Date(2023, 9, 1, 0, 0, 0, 0, calendar.Zone)
	if err := e.setEntry(t.Context(), coming); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{"2023-02": false, "2023-03": true} {
		period, err := calendar.Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		in, err := e.reportOn(t.Context(), period, 0, report.Supply)
		if err != nil {
			t.Fatal(err)
		}
		head := report.Build(in).Head
		if strings.Contains(head.Signer, "PHÓ GIÁM ĐỐC") != want || head.Place == "Nơi mới" || len(head.Copies) == 0 {
			t.Errorf("%s: %+v", id, head)
		}
	}
	if got := e.inUse().LetterheadAt(coming.From); got.Place != "Nơi mới" || !strings.Contains(got.Signer, "PHÓ") {
		t.Errorf("from its day on: %+v", got)
	}
	if trail := fmt.Sprint(e.laid(t.Context())); !strings.Contains(trail, "Cán bộ") {
		t.Errorf("who set it is not told: %s", trail)
	}
	x.Body = `{"signer_name":"x"}`
	if err := e.setEntry(t.Context(), x); err == nil {
		t.Error("a field that is none is taken")
	}
}

// TestSessionDraftStands: what is drafted of a period is derived once and stands for the next look, until something is written.
func TestSessionDraftStands(t *testing.T) {
	e := seededEngine(t)
	period, err := calendar.Parse("2023-02")
	if err != nil {
		t.Fatal(err)
	}
	doors := e.reminding()
	draft := func() web.SessionDraft {
		t.Helper()
		d, err := doors.Draft(t.Context(), period)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Lacks) == 0 {
			t.Fatal("nothing is short in the seed")
		}
		return d
	}
	first, again := draft(), draft()
	if &first.Lacks[0] != &again.Lacks[0] {
		t.Error("derived again although nothing changed")
	}
	if err := e.store.PutPlan(t.Context(), "mau/khac", "v", "", e.business()); err != nil { // any write
		t.Fatal(err)
	}
	if third := draft(); &third.Lacks[0] == &first.Lacks[0] {
		t.Error("not derived again after something was written")
	}
	k := &keptDrafts{of: map[string]keptDraft{}}
	if _, err := k.draft(t.Context(), e, period); err != nil {
		t.Fatal(err)
	}
	had := k.of[period.ID]
	had.draft.At = e.business().Add(-draftFor - time.Second) // the days of reply go on by themselves
	k.of[period.ID] = had
	if d, err := k.draft(t.Context(), e, period); err != nil || !d.At.Equal(e.business()) {
		t.Errorf("an old draft stands: %v %v", d.At, err)
	}
}
