package main

import (
	"database/sql"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loa/media"
	"loa/web"
	"loa/web/access"
)

// TestBrowserFirstRun: on a new installation the guide makes the first account and tells what is to be done; who comes
// again gives a password. No script runs.
func TestBrowserFirstRun(t *testing.T) {
	t.Parallel()
	e := testEngine(t, "--plans", samplePlans(t), "--data", t.TempDir())
	site := httptest.NewUnstartedServer(nil)
	var err error
	if e.login, err = (entrance{}).settings(e, "http://"+site.Listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	site.Config.Handler, _ = e.handlers("", false)
	site.Start()
	t.Cleanup(site.Close)
	w := newTab(t, site.URL)
	w.scripts(false)
	w.open("/dang-nhap")
	if w.path() != "/bat-dau" {
		t.Fatalf("a new installation leads to %s", w.path())
	}
	w.fill("Họ tên", "Nguyễn Thị Mẫu")
	w.fill("Tên đăng nhập", "quantri")
	w.fill("Mật khẩu", "hoa ban nở trắng")
	w.fill("Nhập lại mật khẩu", "hoa ban nở tím")
	w.allow(422, 401)
	w.press(w.button("Lập tài khoản"))
	if !strings.Contains(w.text(), "Hai lần nhập mật khẩu chưa giống nhau.") || ask[string](w, `document.getElementById("f-n").value`) != "Nguyễn Thị Mẫu" {
		t.Fatalf("a mistake is not told, or what was typed is lost\n%s", w.shown())
	}
	w.fill("Mật khẩu", "hoa ban nở trắng")
	w.fill("Nhập lại mật khẩu", "hoa ban nở trắng")
	w.press(w.button("Lập tài khoản"))
	w.says("Lập tài khoản cho chuyên viên theo dõi", "Xem các nguồn", "cần làm")
	w.press(`form[action="/dang-xuat"] button`)
	w.says("Đã đăng xuất")
	w.fill("Tên đăng nhập", "quantri")
	w.fill("Mật khẩu", "hoa ban nở tím")
	w.press(w.button("Đăng nhập"))
	w.says("Tên đăng nhập hoặc mật khẩu chưa đúng.")
	w.fill("Mật khẩu", "hoa ban nở trắng")
	w.press(w.button("Đăng nhập"))
	w.open("/quan-tri/tai-khoan")
	w.says("Nguyễn Thị Mẫu")
}

// TestBrowserLogImport: the planner of the station hands in last week's log with a mistake in it, is told which cell, mends
// it and confirms; the week is known then. No script runs.
func TestBrowserLogImport(t *testing.T) {
	t.Parallel()
	e, desk := seededDesk(t)
	dir := t.TempDir()
	file := func(name string, rows ...[]string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, xlsxLog(t, rows...), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	bad := reform("03/03/2023")
	bad[4] = "25:70"
	w := newTab(t, desk.URL)
	w.scripts(false)
	w.enter(e, logins[access.Planner])
	w.open("/phat-song/nhap?loai=" + media.FormAirings)
	w.fill("Kênh", "Truyền hình Mẫu")
	w.fill("Đã đủ từ ngày", "2023-02-27")
	w.fill("đến hết ngày", "2023-03-05")
	w.fill("Ai gửi và xác nhận", "Phòng Chương trình (mẫu)")
	w.fill("Tệp", file("nhat-ky.xlsx", news("27/02/2023"), bad))
	w.press(w.button("Xem trước"))
	w.says("Còn 1 lỗi, chưa nạp được", "25:70")
	w.silent("Xác nhận, nạp")
	if ask[bool](w, `!document.getElementById("tep").checkVisibility()`) {
		w.do(clickOn("main details summary"))
	}
	w.fill("Thay bằng tệp đã sửa", file("nhat-ky-sua.xlsx", news("27/02/2023"), reform("03/03/2023")))
	w.press(w.button("Đọc lại"))
	w.says("Đọc được, chờ xác nhận", "2 lần phát sóng")
	w.press(w.button("Xác nhận, nạp"))
	w.says("Đã nạp", "B-D1", "đạt")
}

// TestBrowserReport: the officer opens the report of a closed period and takes its numbers out as a file.
func TestBrowserReport(t *testing.T) {
	t.Parallel()
	e, desk := seededDesk(t)
	w := newTab(t, desk.URL)
	w.enter(e, logins[access.Officer])
	w.open("/bao-cao")
	w.says("đã chốt, lần 1")
	body := w.download(`main .fmt a[href="/bao-cao/2023-02@14/json"]`)
	var out map[string]any
	if err := json.Unmarshal(body, &out); err != nil || len(out) < 3 {
		t.Fatalf("no report: %v\n%.300s", err, body)
	}
	w.press(`main .fmt a[href="/bao-cao/2023-02@14/html"]`)
	if text := ask[string](w, "document.body.innerText"); !strings.Contains(text, "14/02/2023") || !strings.Contains(strings.ToLower(text), "chốt") {
		t.Errorf("the report does not say which closing it prints\n%.1500s", text)
	}
}

// TestBrowserAudit: who checks the trail is told that it is whole, keeps the anchor, and is told when somebody changed a row
// past the program. No script runs.
func TestBrowserAudit(t *testing.T) {
	t.Parallel()
	e, desk := seededDesk(t)
	w := newTab(t, desk.URL)
	w.scripts(false)
	w.enter(e, logins[access.Inspector])
	w.open("/lich-su")
	w.press(w.button("Kiểm tra"))
	anchor := ask[string](w, `document.querySelector(".seal code").innerText`)
	if ask[bool](w, `!!document.querySelector(".seal-bad")`) || len(anchor) < 20 {
		t.Fatalf("a whole trail is not told to be whole: %q\n%s", anchor, w.shown())
	}
	w.fill("Mốc đã giữ", anchor)
	w.press(w.button("Kiểm tra"))
	if ask[bool](w, `!!document.querySelector(".seal-bad")`) {
		t.Fatalf("its own anchor is refused\n%s", w.shown())
	}
	raw, err := sql.Open("sqlite", filepath.Join(e.app.cli.Data, "loa.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	var guards []string // who can write to the file can take its guards away too: that is what the chain is for
	rows, err := raw.Query("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'")
	for err == nil && rows.Next() {
		var name string
		err = rows.Scan(&name)
		guards = append(guards, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	rows.Close()
	for _, name := range guards {
		if _, err := raw.Exec("DROP TRIGGER " + name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := raw.Exec("UPDATE event SET actor = 'Người khác' WHERE seq = (SELECT min(seq) + 3 FROM event)"); err != nil {
		t.Fatal(err)
	}
	w.press(w.button("Kiểm tra"))
	if !ask[bool](w, `!!document.querySelector(".seal-bad [role=alert]")`) {
		t.Errorf("a changed row is not told\n%s", w.shown())
	}
}

// waitingLog hands in a log as an account, for the page that shows it before it is confirmed.
func waitingLog(t *testing.T, e *engine, login, name string, sent web.Sent, data []byte) string {
	t.Helper()
	a, ok, err := e.store.FindAccount(t.Context(), login)
	if err != nil || !ok {
		t.Fatalf("no account %s: %v", login, err)
	}
	sent.FileName = name
	id, err := e.takeHanded(t.Context(), a.Actor(), "", sent, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
