package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loa/sample"
	"loa/store/keep"
	"loa/store/storetest"
)

// replays reads the kept bodies of a database again and wants all of it equal; args name the database and its keep.
func replays(t *testing.T, plans string, args ...string) string {
	t.Helper()
	out, errOut, code := loa(t, "", append([]string{"evidence", "replay", "--plans", plans, "--plan", "mau/2023", "--at", "2023-03-30T16:00"}, args...)...)
	if code != 0 || !strings.Contains(out, "Đọc lại cho kết quả bằng nhau.") || !strings.Contains(out, " tin, bài; ") {
		t.Errorf("read again: exit %d\n%s%s", code, out, errOut)
	}
	return out
}

// TestReplay crawls the sample province on both engines, has people hand in, decide and answer, reads the kept bodies again
// into a file of its own, and wants the same of it; the database that is read stays as it is.
func TestReplay(t *testing.T) {
	w := watchSample(t, crawlTime(), 0)
	plans := samplePlans(t)
	for _, engine := range storetest.Engines() {
		db, data := storetest.DB(t, engine), t.TempDir()
		base := []string{"--db", db, "--data", data, "--plans", plans}
		must(t, append(crawlArgs(t, w.site, plans, data), "--db", db, "--lease", "30s")...)
		l := sample.Logs(crawlTime())[0]
		file := filepath.Join(t.TempDir(), l.Name)
		if err := os.WriteFile(file, l.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, append([]string{"import", "airings", file, "--channel", l.Channel, "--sender", l.Sender, "--at", "2023-03-30T16:00",
			"--from", l.From.Format("2006-01-02"), "--to", l.To.AddDate(0, 0, -1).Format("2006-01-02")}, base...)...)
		must(t, append([]string{"decide", "attest", "--at", "2023-03-30T16:00", "--quota", "B-A1", "--owner", "so-tttt", "--period", "2022-12-30..2023-01-30",
			"--document", "04/KH-STTTT", "--date", "2023-01-12", "--by", "Chuyên viên Sở Nội vụ"}, base...)...)
		id, _, _ := strings.Cut(must(t, append([]string{"review", "next", "--at", "2023-03-30T16:00", "-n", "1"}, base...)...), "\t")
		must(t, append([]string{"review", "decide", id, "yes", "--at", "2023-03-30T16:00", "--by", "Chuyên viên Sở Nội vụ", "--reason", "đúng chủ đề"}, base...)...)
		before := digestOf(t, db)
		fresh := filepath.Join(t.TempDir(), "doc-lai.db")
		out := replays(t, plans, "--db", db, "--data", data, "-o", fresh)
		for _, want := range []string{"quyết định 1, nhật ký phát sóng 1,", "Nguồn dựng lại trọn vẹn: 41/41", " 0 khác.", "13 câu hỏi; 60 lịch phát sóng dự kiến; 12 video đã đăng"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: lacks %q:\n%s", engine, want, out)
			}
		}
		if strings.Contains(out, "không tính là khác") {
			t.Errorf("%s: not all was read again:\n%s", engine, out)
		}
		if after := digestOf(t, db); !slices.Equal(before, after) {
			t.Errorf("%s: the database that was read is another now", engine)
		}
		if left, err := filepath.Glob(filepath.Join(data, "doc-lai-*")); err != nil || len(left) > 0 {
			t.Errorf("%s: left behind: %v %v", engine, left, err)
		}
		read := func(lines []string) (some []string) { // what the crawler and the judge made
			for _, l := range lines {
				if kind, _, _ := strings.Cut(l, " "); slices.Contains([]string{"item", "revision", "verdict", "document", "question", "planned", "upload"}, kind) {
					some = append(some, l)
				}
			}
			return some
		}
		compare(t, engine+", the new file", read(before), read(digestOf(t, fresh)))
	}
}

// tampered is a small crawl, to which something is done, and what reading it again says.
type tampered struct {
	t           *testing.T
	plans, data string
	db          *sql.DB
}

func (x *tampered) one(query string, args ...any) (v string) {
	x.t.Helper()
	if err := x.db.QueryRow(query, args...).Scan(&v); err != nil {
		x.t.Fatal(query, err)
	}
	return v
}

// with does something, reads again, wants an exit code and words, and none that are not wanted; then undoes it.
func (x *tampered) with(what string, do, undo []string, code int, want, not []string, more ...string) {
	x.t.Helper()
	run := func(stmts []string) {
		for _, s := range stmts {
			if res, err := x.db.Exec(s); err != nil {
				x.t.Fatal(what, err)
			} else if n, err := res.RowsAffected(); err != nil || n == 0 {
				x.t.Fatalf("%s: nothing was done: %s %v", what, s, err)
			}
		}
	}
	run(do)
	out, errOut, got := loa(x.t, "", append([]string{"evidence", "replay", "--plans", x.plans, "--data", x.data, "--plan", "mau/2023", "--at", "2023-03-30T16:00"}, more...)...)
	run(undo)
	if got != code {
		x.t.Errorf("%s: exit %d, want %d\n%s%s", what, got, code, out, errOut)
	}
	for _, w := range want {
		if !strings.Contains(out, w) {
			x.t.Errorf("%s: lacks %q:\n%s", what, w, out)
		}
	}
	for _, w := range not {
		if strings.Contains(out, w) {
			x.t.Errorf("%s: says %q:\n%s", what, w, out)
		}
	}
}

// TestReplayTells: what was changed, damaged, lost or deleted since is told for what it is, and by its key or hash.
func TestReplayTells(t *testing.T) {
	w := watchSample(t, crawlTime(), 0)
	x := &tampered{t: t, plans: samplePlans(t), data: t.TempDir()}
	must(t, append(crawlArgs(t, w.site, x.plans, x.data), "--source", "so-tu-phap", "--source", "bao-cchc", "--source", "huyen-suoi-trang")...)
	var err error
	if x.db, err = sql.Open("sqlite", filepath.Join(x.data, "loa.db")+"?_pragma=busy_timeout(10000)"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.db.Close() })
	const page = " FROM item i JOIN revision r ON r.id = i.revision WHERE r.from_kind = 'page' AND i.outcome = 'reform' ORDER BY i.id LIMIT 1"
	id, canon, rev, body := x.one("SELECT i.id"+page), x.one("SELECT i.canon"+page), x.one("SELECT r.id"+page), x.one("SELECT r.kept"+page)
	list := x.one("SELECT kept FROM visit WHERE source = 'mau/so-tu-phap' AND outcome = 'ok'")
	equal := []string{"Đọc lại cho kết quả bằng nhau.", " 0 khác."}

	x.with("nothing", nil, nil, 0, append(equal, "3 lượt đọc nguồn"), []string{"khác\t", "hỏng\t", "không tính là khác"})
	x.with("an item's title", []string{"UPDATE item SET title = title || ' (sửa)' WHERE id = '" + id + "'"}, []string{"UPDATE item SET title = substr(title, 1, length(title) - 6) WHERE id = '" + id + "'"},
		1, []string{"khác\ttin, bài\t" + canon + "\t" + id + "\ttiêu đề\n"}, []string{"khác\tbản chữ", "hỏng\t"})
	x.with("an item's agency", []string{"UPDATE item SET agency = 'mau/' || agency WHERE id = '" + id + "'"}, []string{"UPDATE item SET agency = substr(agency, 5) WHERE id = '" + id + "'"},
		1, []string{"khác\ttin, bài\t" + canon + "\t" + id + "\tcơ quan\n"}, nil)
	x.with("a text", []string{"UPDATE revision SET body = body || '.' WHERE id = '" + rev + "'"}, []string{"UPDATE revision SET body = substr(body, 1, length(body) - 1) WHERE id = '" + rev + "'"},
		1, []string{"khác\tbản chữ\t" + canon + "\t" + id + " "}, []string{"khác\ttin, bài"})
	x.with("a verdict", []string{"UPDATE verdict SET score = score / 2 WHERE revision = '" + rev + "'"}, []string{"UPDATE verdict SET score = score * 2 WHERE revision = '" + rev + "'"},
		1, []string{"khác\tkết quả phân loại\t" + canon + "\t" + id + " ", "\tđiểm\n"}, []string{"Bộ phân loại đã đổi"})
	x.with("an item nobody listed", []string{"INSERT INTO item SELECT 'them', 'http://them.example/', source, agency, 'http://them.example/', 'Thêm bằng tay', '', '', '', '', '', claimed_at, claimed_precision, claimed_text, claimed_found, claimed_zone, claimed_known, at, seen, verified, 'nhap-tay', 0, '', '', '', '', 'unjudged', '', 0, 0.5 FROM item WHERE id = '" + id + "'"},
		[]string{"DELETE FROM item WHERE id = 'them'"}, 0, append(equal, "không tính là khác: 1 tin, bài", "nhập tay: 1"), []string{"khác\t"})
	x.with("coverage", []string{"UPDATE coverage SET from_at = to_at - 1000000"}, []string{"UPDATE coverage SET from_at = (SELECT MIN(l.from_at) FROM coverage_log l WHERE l.source = coverage.source)"},
		1, []string{"khác\ttiến độ\t"}, []string{"khác\ttin, bài"})
	x.bodies(id, canon, body, list)
	x.with("another day", nil, nil, 0, append(equal, "Đọc lại từ bản lưu: 0 lượt", "ngoài khoảng thời gian"), []string{"khác\t"}, "--from", "2023-03-31")
	x.with("the day", nil, nil, 0, append(equal, "Đọc lại từ bản lưu: 3 lượt"), []string{"khác\t", "không tính là khác"}, "--from", "2023-03-30", "--to", "2023-03-30")
	x.lexicon(equal)
	for _, args := range [][]string{{"--from", "2023-03-31", "--to", "2023-03-30"}, {"--lines", "-1"}, {"-o", x.data}} {
		if _, errOut, code := loa(t, "", append([]string{"evidence", "replay", "--plans", x.plans, "--data", x.data, "--plan", "mau/2023"}, args...)...); code != 2 {
			t.Errorf("%v: exit %d: %s", args, code, errOut)
		}
	}
}

// bodies are altered, exchanged, lost and deleted: the page behind an item, then the list on which a source's items stand.
func (x *tampered) bodies(id, canon, page, list string) {
	x.t.Helper()
	at := func(sha string) string { return filepath.Join(x.data, "kept", filepath.FromSlash(keep.Path(sha))) }
	read := func(sha string) []byte {
		b, err := os.ReadFile(at(sha))
		if err != nil {
			x.t.Fatal(err)
		}
		return b
	}
	put := func(sha string, b []byte) {
		if err := os.WriteFile(at(sha), b, 0o600); err != nil {
			x.t.Fatal(err)
		}
	}
	for _, sha := range []string{page, list} {
		whole, other := read(sha), read(list)
		if sha == list {
			other = read(page)
		}
		turned := bytes.Clone(whole)
		turned[len(turned)/2] ^= 1
		told := []string{"hỏng\tbản lưu\t" + sha + "\n", "bản lưu hỏng hoặc thiếu: 1", "không tính là khác: "}
		for what, b := range map[string][]byte{"one bit": turned, "cut off": whole[:len(whole)/2], "another body's object": other} {
			put(sha, b)
			x.with(what+" "+sha, nil, nil, 1, told, []string{"khác\t"})
		}
		if err := os.Remove(at(sha)); err != nil {
			x.t.Fatal(err)
		}
		x.with("lost "+sha, nil, nil, 1, []string{"thiếu\tbản lưu\t" + sha + "\n"}, []string{"khác\t"})
		x.with("deleted "+sha, []string{"UPDATE kept SET going = 1, gone = 1, term = 90 WHERE sha256 = '" + sha + "'"}, []string{"UPDATE kept SET going = 0, gone = 0, term = 0 WHERE sha256 = '" + sha + "'"},
			0, []string{"bản lưu đã xóa theo thời hạn lưu: 1", "Đọc lại cho kết quả bằng nhau.", " 0 khác."}, []string{"khác\t", "thiếu\t", "hỏng\t"})
		put(sha, whole)
	}
}

// lexicon: another lexicon judges otherwise, which is told as such; all else is held against the verdicts that are stored, an
// item's other words too.
func (x *tampered) lexicon(equal []string) {
	x.t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "crawler", "classify", "lexicon.yaml"))
	if err != nil {
		x.t.Fatal(err)
	}
	text := string(data)
	other := strings.Replace(text, "bias: 2.1 ", "bias: 9.1 ", 1)
	if other == text {
		x.t.Fatal("the lexicon has no such bias any more")
	}
	file := filepath.Join(x.t.TempDir(), "lexicon.yaml")
	if err := os.WriteFile(file, []byte(other), 0o600); err != nil {
		x.t.Fatal(err)
	}
	told := []string{"Bộ phân loại đã đổi: kho ghi ", "Kết quả phân loại khác ở "}
	x.with("another lexicon", nil, nil, 0, append(told, equal...), []string{"khác\t", "khác ở 0 tin"}, "--lexicon", file)
	x.with("another lexicon and title", []string{"UPDATE item SET title = title || ' (sửa)'"}, []string{"UPDATE item SET title = substr(title, 1, length(title) - 6)"},
		1, append(told, "khác\ttin, bài\t"), []string{"kết quả phân loại\t"}, "--lexicon", file)
}
