package main

import (
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"loa/monitor"
	"loa/sample"
	"loa/store"
	"loa/store/keep"
	"loa/store/storetest"
)

// storage opens an S3 storage on loopback and gives its address.
func storage(t *testing.T) string {
	t.Helper()
	b := s3mem.New()
	if err := b.CreateBucket("kho"); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(gofakes3.New(b, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	t.Cleanup(srv.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "ten")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "mat-khau-bi-mat")
	return "s3://kho/tinh?endpoint=" + url.QueryEscape(srv.URL) + "&region=vn-1"
}

// must runs one command line that is to succeed and gives its output.
func must(t *testing.T, args ...string) string {
	t.Helper()
	out, errOut, code := loa(t, "", args...)
	if code != 0 {
		t.Fatalf("loa %q: exit %d\n%s%s", args, code, out, errOut)
	}
	return out
}

// From the crawl into an object storage to a folder, and all that is asked of
// kept pages in between.
func TestEvidence(t *testing.T) {
	at := time.Date(2023, 3, 30, 16, 0, 0, 0, time.FixedZone("", 7*3600))
	site, err := sample.Serve(t.Context(), func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	plans, data, s3 := samplePlans(t), t.TempDir(), storage(t)
	must(t, append(crawlArgs(t, site, plans, data), "--kept", s3)...)
	if _, err := os.Stat(filepath.Join(data, "kept")); err == nil {
		t.Error("the folder was used beside the storage")
	}
	verify := []string{"evidence", "verify", "--data", data}
	if out := must(t, append(verify, "--kept", s3)...); !strings.Contains(out, "hỏng 0, thiếu 0") || strings.HasPrefix(out, "Đúng 0") || !strings.Contains(out, "; 0 tệp không có") {
		t.Errorf("the storage:\n%s", out)
	}
	folder := filepath.Join(t.TempDir(), "kho")
	for _, want := range []string{"Đã chép ", "Đã chép 0 "} {
		if out := must(t, "evidence", "copy", "--data", data, "--kept", s3, "--to", folder); !strings.Contains(out, want) {
			t.Errorf("copied: %s", out)
		}
	}
	verify = append(verify, "--kept", folder, "-j", "2")
	if out := must(t, verify...); !strings.Contains(out, "hỏng 0, thiếu 0") {
		t.Errorf("the folder:\n%s", out)
	}
	st, err := store.Open(t.Context(), filepath.Join(data, "loa.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	rows, err := st.KeptAfter(t.Context(), "", 10_000)
	if err != nil || len(rows) < 10 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	// Damaged, missing and stray are told by name.
	broken, lost := rows[0].SHA256, rows[1].SHA256
	object := filepath.Join(folder, keep.Path(broken))
	whole, err := os.ReadFile(object)
	if err != nil {
		t.Fatal(err)
	}
	stray := strings.Repeat("ab", 32)
	for _, err := range []error{
		os.WriteFile(object, whole[:len(whole)/2], 0o600), os.Remove(filepath.Join(folder, keep.Path(lost))),
		os.MkdirAll(filepath.Join(folder, "ab", "ab"), 0o750), os.WriteFile(filepath.Join(folder, keep.Path(stray)), whole, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	out, errOut, code := loa(t, "", verify...)
	if code != 1 || !strings.Contains(errOut, "có 1 bản lưu hỏng, 1 bản lưu thiếu") || !strings.Contains(out, "hỏng\t"+broken+"\t"+rows[0].URL) ||
		!strings.Contains(out, "thiếu\t"+lost+"\t"+rows[1].URL) || !strings.Contains(out, "thừa\t"+stray) {
		t.Errorf("exit %d\n%s%s", code, out, errOut)
	}
	showEvidence(t, st, data, s3, rows)
	retainEvidence(t, st, data, s3, rows)
}

// showEvidence: everybody sees what is kept; unmasked, only with a reason that is noted.
func showEvidence(t *testing.T, st *store.Store, data, kept string, rows []store.KeptRow) {
	t.Helper()
	show := func(args ...string) []string {
		return append([]string{"evidence", "show", "--data", data, "--kept", kept}, args...)
	}
	var page store.KeptRow
	for _, k := range rows {
		uses, err := st.KeptUses(t.Context(), k.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range uses {
			if u.Kind == "revision" && strings.HasPrefix(k.ContentType, "text/html") {
				page = k
				if out := must(t, show(u.ID)...); !strings.Contains(out, k.SHA256) {
					t.Errorf("of the item:\n%s", out)
				}
				if out := must(t, show("--body", u.ID)...); strings.Contains(out, "<") || len(out) < 20 {
					t.Errorf("its text:\n%s", out)
				}
			}
		}
		if page.SHA256 != "" {
			break
		}
	}
	if page.SHA256 == "" {
		t.Fatal("no page is behind an item")
	}
	meta := must(t, show("--headers", page.URL)...)
	for _, want := range []string{page.SHA256, page.URL, "Thời hạn:", "Yêu cầu đã gửi:\n", "  User-Agent: loa", "  Host: "} {
		if !strings.Contains(meta, want) {
			t.Errorf("lacks %q:\n%s", want, meta)
		}
	}
	if out := must(t, show("--body", page.SHA256)...); strings.Contains(out, "<body") {
		t.Errorf("markup is shown:\n%s", out)
	}
	for _, bad := range [][]string{{"--raw", page.SHA256}, {"--raw", "--body", "--reason", "x", page.SHA256}, {"-o", "x", page.SHA256}} {
		if _, _, code := loa(t, "", show(bad...)...); code != 2 {
			t.Errorf("%q: exit %d", bad, code)
		}
	}
	if _, errOut, code := loa(t, "", show("https://khong-co.example/")...); code != 1 || !strings.Contains(errOut, "không có bản lưu nào") {
		t.Errorf("exit %d, %s", code, errOut)
	}
	file := filepath.Join(t.TempDir(), "goc.html")
	if out := must(t, show("--raw", "--reason", "đối chiếu khiếu nại", "--by", "Chuyên viên", "-o", file, page.SHA256)...); out != "" {
		t.Errorf("printed %q", out)
	}
	raw, err := os.ReadFile(file)
	if err != nil || len(raw) != page.Size {
		t.Errorf("%d bytes, want %d, %v", len(raw), page.Size, err)
	}
	noted := 0
	events, err := st.Events(t.Context(), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == "evidence.read" && e.Subject == page.SHA256 && e.Actor == "Chuyên viên" && strings.Contains(e.After, "đối chiếu khiếu nại") {
			noted++
		}
	}
	if noted != 1 {
		t.Errorf("%d readings noted", noted)
	}
}

// retainEvidence: bytes whose time has passed are told to be deleted, not missing.
func retainEvidence(t *testing.T, st *store.Store, data, kept string, rows []store.KeptRow) {
	t.Helper()
	short := []string{"evidence", "retain", "--data", data, "--kept", kept, "--retain-list", "7d", "--retain-page", "7d"}
	if out := must(t, short...); !strings.Contains(out, "Đã xóa 0 bản lưu") {
		t.Errorf("what was just read is deleted: %s", out)
	}
	if _, errOut, code := loa(t, "", append(short, "--retain-list", "1d")...); code != 2 || !strings.Contains(errOut, "quá ngắn") {
		t.Errorf("exit %d, %s", code, errOut)
	}
	objects, err := keep.Open(t.Context(), kept, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	did, err := st.Retain(t.Context(), store.Retention{List: 7 * 24 * time.Hour}, time.Now().Add(8*24*time.Hour), false, objects.Remove)
	if err != nil || did.Deleted["list"] == 0 {
		t.Fatalf("%+v, %v", did, err)
	}
	out := must(t, "evidence", "verify", "--data", data, "--kept", kept)
	if !strings.Contains(out, "hỏng 0, thiếu 0") || strings.Contains(out, "; 0 đã xóa") {
		t.Errorf("after some were deleted:\n%s", out)
	}
	for _, k := range rows {
		now, err := st.KeptOf(t.Context(), []string{k.SHA256})
		if err != nil {
			t.Fatal(err)
		}
		if now[k.SHA256].Gone.IsZero() {
			continue
		}
		const want = "đã xóa theo thời hạn lưu (trang danh sách, 7 ngày) ngày "
		if out := must(t, "evidence", "show", "--data", data, "--kept", kept, k.SHA256); !strings.Contains(out, want) {
			t.Errorf("told:\n%s", out)
		}
		if _, errOut, code := loa(t, "", "evidence", "show", "--data", data, "--kept", kept, "--body", k.SHA256); code != 1 || !strings.Contains(errOut, want) {
			t.Errorf("exit %d, %s", code, errOut)
		}
		return
	}
	t.Error("no row tells that its bytes were deleted")
}

// serve deletes what is too old once a day, by the machine's clock and the
// times it was told, wherever its business clock stands.
func TestRetainIsAChore(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			e := testEngine(t, "--plans", samplePlans(t), "--db", storetest.DB(t, engine))
			kept, err := e.keepBytes(t.Context(), "decision", "cu.txt", []byte("không còn gì dẫn đến"))
			if err != nil {
				t.Fatal(err)
			}
			if err := e.store.PutKept(t.Context(), *kept); err != nil {
				t.Fatal(err)
			}
			chores, err := e.chores(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(chores, func(c monitor.Chore) bool { return c.Name == "retain" })
			if i < 0 || chores[i].Every != 24*time.Hour {
				t.Fatal("no daily chore «retain»")
			}
			there := func() bool {
				t.Helper()
				if err := chores[i].Do(t.Context()); err != nil {
					t.Fatal(err)
				}
				known, err := e.store.KeptOf(t.Context(), []string{kept.SHA256})
				if err != nil {
					t.Fatal(err)
				}
				_, err = os.Stat(filepath.Join(e.app.cli.Data, "kept", keep.Path(kept.SHA256)))
				if (err == nil) != known[kept.SHA256].Gone.IsZero() {
					t.Errorf("the row says gone %s, the file %v", known[kept.SHA256].Gone, err)
				}
				return err == nil
			}
			e.machine = func() time.Time { return time.Now().AddDate(20, 0, 0) }
			if !there() {
				t.Error("deleted without being told how long to keep")
			}
			e.retention = store.Retention{Evidence: 3650 * 24 * time.Hour}
			e.machine, e.business = time.Now, func() time.Time { return time.Now().AddDate(20, 0, 0) }
			if !there() {
				t.Error("deleted by a business clock that was set ahead")
			}
			e.machine = func() time.Time { return time.Now().AddDate(11, 0, 0) }
			if there() {
				t.Error("kept beyond its time")
			}
		})
	}
}
