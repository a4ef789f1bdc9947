package main

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"loa/report"
	"loa/report/pack"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/store/keep"
	"loa/web"
	"loa/web/access"
	"loa/web/trail"
)

var digestForm = regexp.MustCompile(`Mã của gói: ([0-9a-f]{64})`)

// TestEvidencePack: the pack of a closed period is the same bytes whenever it is made, is checked without the store, says what
// is not in it, and who made it is in the trail.
func TestEvidencePack(t *testing.T) {
	d := closable(t)
	dir := t.TempDir()
	make := func(name, at string, more ...string) (string, string) {
		file := filepath.Join(dir, name)
		return file, d.ok(append([]string{"evidence", "pack", "--period", "2023-03@14", "-o", file, "--by", "Cán bộ A", "--at", at}, more...)...)
	}
	_, out := make("mo.zip", "2023-03-13T09:00")
	if !strings.Contains(out, "số liệu chưa chốt") {
		t.Errorf("of an open period: %s", out)
	}
	must(t, "evidence", "verify", filepath.Join(dir, "mo.zip"))
	d.refused(2, []string{"chưa có lần chốt 3"}, "evidence", "pack", "--period", "2023-03@14", "--revision", "3", "-o", filepath.Join(dir, "x.zip"), "--at", "2023-03-20")
	dataset := datasetForm.FindString(d.ok("close", "--period", "2023-03@14", "--by", "Chuyên viên", "--at", "2023-03-15T09:00"))
	file, out := make("a.zip", "2023-03-20")
	digest := digestForm.FindStringSubmatch(out)
	if digest == nil || !strings.Contains(out, "lần chốt 1: ") || !strings.Contains(out, dataset) {
		t.Fatalf("made: %s", out)
	}
	other, _ := make("b.zip", "2023-04-20", "--revision", "1")
	a, err := os.ReadFile(file)
	b, err2 := os.ReadFile(other)
	if err != nil || err2 != nil || !bytes.Equal(a, b) {
		t.Errorf("two makings differ: %v %v", err, err2)
	}
	if out := must(t, "evidence", "verify", file, "--digest", digest[1]); !strings.Contains(out, "Gói nguyên vẹn") || !strings.Contains(out, dataset) {
		t.Errorf("verified: %s", out)
	}
	fails := func(says string, args ...string) {
		t.Helper()
		out, errOut, code := loa(t, "", append([]string{"evidence", "verify"}, args...)...)
		if code != 1 || !strings.Contains(out+errOut, says) {
			t.Errorf("exit %d, does not say %q: %s%s", code, says, out, errOut)
		}
	}
	fails("không phải mã được nêu", file, "--digest", strings.Repeat("0", 64))
	if err := os.WriteFile(other, a[:len(a)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	fails("không phải gói minh chứng", other)
	at := bytes.Index(a, []byte("tep/")) // the file of a log
	bad := bytes.Clone(a)
	bad[at+100] ^= 1
	if err := os.WriteFile(other, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	fails("sai\ttep/", other)
	st, err := store.Open(t.Context(), filepath.Join(d.data, "loa.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if page, err := st.Trail(t.Context(), trail.Query{Kinds: []string{"export.pack"}, Limit: 5}, nil); err != nil || len(page.Events) != 3 || page.Events[0].Actor != "Cán bộ A" || !strings.Contains(page.Events[0].After, digest[1]) {
		t.Errorf("the trail: %v %+v", err, page.Events)
	}

	// What changed since in what nobody closes (who signs, how sources read) is not in the report of the pack.
	then := unpacked(t, file)
	early := time.Date(2023, 1, 1, 0, 0, 0, 0, calendar.Zone)
	if _, err := st.AddEntry(t.Context(), schedule.Entry{Scope: "mau", Kind: schedule.EntryLetterhead, Key: "so-tttt", Body: `{"signer":"Q. GIÁM ĐỐC"}`, From: early, At: early, Actor: "Cán bộ A", Basis: "Thông báo"}); err != nil {
		t.Fatal(err)
	}
	if now := d.ok("report", "--period", "2023-03@14", "--revision", "1", "--format", "json", "--at", "2023-04-21"); !strings.Contains(now, "Q. GIÁM ĐỐC") || strings.Contains(then["bao-cao/bao-cao.json"], "Q. GIÁM ĐỐC") {
		t.Error("nothing changed, or it was so before")
	}
	file, _ = make("sau.zip", "2023-04-22", "--revision", "1")
	after := unpacked(t, file)
	for _, f := range report.Formats() {
		name := "bao-cao/bao-cao." + f.Name
		if after[name] == "" || after[name] != then[name] {
			t.Errorf("%s is not the report of the closing", name)
		}
	}
	if body := after["bao-cao/bao-cao.json"]; !strings.Contains(body, dataset) {
		t.Errorf("the report does not name the dataset %s", dataset)
	}

	// What the store has no more is told by the list, and the pack stands.
	name := regexp.MustCompile(`tep/([0-9a-f]{64})`).FindStringSubmatch(string(a))
	if err := os.Remove(filepath.Join(d.data, "kept", keep.Path(name[1]))); err != nil {
		t.Fatal(err)
	}
	file, out = make("c.zip", "2023-03-20")
	if strings.Contains(out, "; 0 lượt không có") {
		t.Errorf("a lost copy: %s", out)
	}
	must(t, "evidence", "verify", file)
	if list := unpacked(t, file)["danh-sach.csv"]; !strings.Contains(list, "thiếu trong kho bản lưu") {
		t.Errorf("the list: %s", list)
	}
}

// unpacked reads a pack.
func unpacked(t *testing.T, file string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(data)
	}
	return out
}

// TestBrowserPack: an inspector takes the pack of the seeded desk; it is whole, and opened from a folder in a browser it shows duties,
// pieces and what was kept, without an error and without asking anybody.
func TestBrowserPack(t *testing.T) {
	t.Parallel()
	e := seededEngine(t)
	period, err := calendar.Parse("2023-02")
	if err != nil {
		t.Fatal(err)
	}
	h := web.New(web.Options{Login: web.Login{Guest: access.Actor{Role: access.Inspector, Login: "tt", Name: "Thanh tra"}}, Plan: e.plan, Calendar: e.cal, Standings: e.store, Items: e.store,
		Business: e.business, Log: e.app.log, ReportInput: e.reportInput, Pack: e.packDoor, Record: e.recordAct})
	file := filepath.Join(t.TempDir(), "goi.zip")
	if err := os.WriteFile(file, []byte(deskSays(t, h, "GET", "/bao-cao/"+period.ID+"/goi-minh-chung", "", nil, http.StatusOK)), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	sum, err := pack.Verify(t.Context(), f, at.Size(), func(x pack.Finding) { t.Errorf("%s: %s", x.File, x.What) })
	if err != nil || sum.Pieces < 10 || sum.Copies < 5 {
		t.Fatalf("%+v %v", sum, err)
	}
	dir := t.TempDir()
	files := unpacked(t, file)
	for name, text := range files {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The first piece whose kept page has words, and the page of its duty.
	duty, piece := "", ""
	for name, text := range files {
		if !strings.HasPrefix(name, "xem/nv-") || duty != "" && name > duty {
			continue
		}
		for _, m := range regexp.MustCompile(`href="([0-9a-f]{64}\.html)"`).FindAllStringSubmatch(text, -1) {
			if strings.Contains(files["xem/"+m[1]], "<pre>") {
				duty, piece = name, m[1]
				break
			}
		}
	}
	if duty == "" {
		t.Fatal("no piece has a page with words")
	}
	w := newTab(t, "file://")
	w.open(dir + "/index.html")
	w.says("Gói minh chứng", sum.Dataset, "Nhiệm vụ")
	w.press(`a[href="` + duty + `"]`)
	w.says("Xem bản lưu", "Xác nhận:")
	w.press(`a[href="` + piece + `"]`)
	w.says("SHA-256", "đã che thông tin cá nhân", "Nội dung")
}
