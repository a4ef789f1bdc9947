package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loa/schedule"
)

// TestConfirmMissed: refused while the period runs; afterwards it is the one
// way past missing evidence, and the standing says that a person confirmed it.
func TestConfirmMissed(t *testing.T) {
	d := newDesk(t)
	decide := []string{"decide", "confirm-missed", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--by", "Chuyên viên Sở Nội vụ"}
	d.refused(2, []string{"chưa kết thúc"}, append(decide, "--reason", "không phát", "--at", "2023-03-10T15:00")...)
	d.refused(2, []string{"thiếu lý do"}, append(decide, "--at", "2023-03-20")...)
	if out := d.ok("decide", "list", "--at", "2023-03-20"); !strings.Contains(out, "Chưa có quyết định") {
		t.Errorf("a refused decision was recorded: %s", out)
	}
	out := d.ok(append(decide, "--reason", "Đài báo không phát", "--at", "2023-03-20T08:00")...)
	for _, s := range []string{"xác nhận chưa đạt", "Chuyên viên Sở Nội vụ", "chưa đạt"} {
		if !strings.Contains(out, s) {
			t.Errorf("does not say %q: %s", s, out)
		}
	}
	// What loa itself never read is no miss of the paper, whoever says so.
	d.refused(2, []string{"chưa đủ dữ liệu"}, "decide", "confirm-missed", "--quota", "A-6.1", "--owner", "bao", "--period", "2023-02", "--reason", "Báo không đăng", "--by", "Chuyên viên", "--at", "2023-03-20T08:00")
	s := d.standing("2023-03-20T09:00", "B-D1", "dai-ptth", "2023-W10")
	if s.State != schedule.Missed || !s.Confirmed {
		t.Errorf("%s, confirmed %t", s.State, s.Confirmed)
	}
	if got := d.state("2023-03-20T09:00", "2023-W09"); got != "insufficient_data false" {
		t.Errorf("another week: %s", got)
	}
	if out := d.ok("decide", "list", "--at", "2023-03-20T09:00"); !strings.Contains(out, "xác nhận chưa đạt\tB-D1") || !strings.Contains(out, "Đài báo không phát") {
		t.Errorf("list: %s", out)
	}
}

func TestExemptNeedsItsDocument(t *testing.T) {
	d := newDesk(t)
	decide := []string{"decide", "exempt", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W04", "--by", "Chuyên viên", "--reason", "nghỉ Tết", "--at", "2023-02-06"}
	out := d.ok(append(decide, "--document", "12/UBND-KGVX")...)
	for _, missing := range []string{"--issuer", "--issued", "--file", "ghi chú"} {
		if !strings.Contains(out, missing) {
			t.Errorf("does not say %q: %s", missing, out)
		}
	}
	if s := d.standing("2023-02-06T09:00", "B-D1", "dai-ptth", "2023-W04"); s.State == schedule.Exempt {
		t.Errorf("exempt by a note: %+v", s.Reasons)
	}
	paper := filepath.Join(t.TempDir(), "12-UBND.pdf")
	if err := os.WriteFile(paper, []byte("%PDF-1.4 công văn"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.ok(append(decide, "--document", "12/UBND-KGVX", "--issuer", "UBND tỉnh Mẫu", "--issued", "2023-01-10", "--file", paper)...)
	s := d.standing("2023-02-06T09:00", "B-D1", "dai-ptth", "2023-W04")
	if s.State != schedule.Exempt || s.Reasons[0].Code != "exempted" {
		t.Errorf("%s %+v", s.State, s.Reasons)
	}
}

// TestAttest: a plan handed in in time meets B-A1, a late one is missed with
// reason late; --period is not needed, there is only one.
func TestAttest(t *testing.T) {
	d := newDesk(t)
	const at = "2023-02-20T08:00"
	attest := func(owner, date string, more ...string) []string {
		return append([]string{"decide", "attest", "--quota", "B-A1", "--owner", owner, "--document", "04/KH", "--date", date, "--by", "Chuyên viên", "--at", at}, more...)
	}
	d.ok(attest("so-tttt", "2023-01-30")...)
	d.ok(attest("so-y-te", "2023-01-31")...)
	d.ok(attest("so-tu-phap", "2023-01-12", "--period", "2022-12-30..2023-01-30", "--reason", "nhận qua trục văn bản")...)
	for owner, want := range map[string]schedule.State{"so-tttt": schedule.Met, "so-tu-phap": schedule.Met, "so-y-te": schedule.Missed, "so-cong-thuong": schedule.Insufficient} {
		s := d.standing(at, "B-A1", owner, "")
		late := slices.ContainsFunc(s.Reasons, func(r schedule.Reason) bool { return r.Code == "late" })
		if s.State != want || late != (owner == "so-y-te") {
			t.Errorf("%s: %s %+v, want %s", owner, s.State, s.Reasons, want)
		}
	}
	d.refused(2, []string{"--date"}, "decide", "attest", "--quota", "B-A1", "--owner", "so-y-te", "--document", "04/KH", "--at", at)
	d.refused(2, []string{"ở sau"}, attest("so-y-te", "2023-03-12")...)
	d.refused(2, []string{"không nhận minh chứng"}, "decide", "attest", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W05", "--document", "1", "--date", "2023-02-03", "--at", at)
}

// TestDecisionsRefuseUnknownIDs in Vietnamese, everything wrong at once.
func TestDecisionsRefuseUnknownIDs(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		verb, quota, owner, period string
		says                       []string
		more                       []string
	}{
		{"confirm-missed", "B-D9", "dai-ptth", "2023-W05", []string{"không có nhiệm vụ «B-D9»"}, nil},
		{"confirm-missed", "B-D1", "bao", "2023-W05", []string{"«mau/bao» không được giao nhiệm vụ B-D1"}, nil},
		{"confirm-missed", "B-D1", "khong-co", "2023-W05", []string{"«mau/khong-co»"}, nil},
		{"confirm-missed", "B-D1", "dai-ptth", "2023-02", []string{"«2023-02» không phải kỳ"}, nil},
		{"confirm-missed", "B-D1", "dai-ptth", "", []string{"--period"}, nil},
		{"exempt", "B-D1", "dai-ptth", "2022-W52", []string{"«2022-W52» không phải kỳ"}, nil},
		{"attest", "B-D1", "dai-ptth", "2023-W05", []string{"--date", "không nhận minh chứng"}, nil},
		{"strike", "A-6.1", "bao", "2023-02", []string{"--evidence"}, nil},
		{"strike", "A-6.1", "bao", "2023-02", []string{"không có minh chứng mã «abc»", "decide evidence"}, []string{"--evidence", "abc"}},
		{"add", "A-6.1", "bao", "2023-02", []string{"không có minh chứng mã «abc»"}, []string{"--evidence", "abc"}},
	} {
		args := append([]string{"decide", c.verb, "--quota", c.quota, "--owner", c.owner, "--reason", "r", "--at", "2023-03-20"}, c.more...)
		if c.period != "" {
			args = append(args, "--period", c.period)
		}
		d.refused(2, c.says, args...)
		_, errOut, _ := d.run(args...)
		for _, english := range []string{"missing", "is not", "unknown", "owner \"", "mã «no_"} {
			if strings.Contains(errOut, english) {
				t.Errorf("%v speaks English: %s", args, errOut)
			}
		}
	}
	if out := d.ok("decide", "list", "--at", "2023-03-20"); !strings.Contains(out, "Chưa có quyết định") {
		t.Errorf("a refused decision was recorded: %s", out)
	}
}

// crawled is a desk that has read the sample province once.
func crawled(t *testing.T, at string, sources ...string) desk {
	t.Helper()
	d := newDesk(t)
	d.ok(append([]string{"crawl", "--at", at, "--source", strings.Join(sources, ",")}, sites(t, at)...)...)
	return d
}

// pieces reads `decide evidence`: id → credited.
func (d desk) pieces(at, quota, owner, period string) (ids []string, credited map[string]bool) {
	d.t.Helper()
	credited = map[string]bool{}
	for line := range strings.Lines(d.ok("decide", "evidence", "--quota", quota, "--owner", owner, "--period", period, "--at", at)) {
		f := strings.Split(line, "\t")
		if len(f) < 4 || f[0] == "" {
			continue
		}
		ids = append(ids, f[0])
		credited[f[0]] = f[1] == "được ghi nhận"
	}
	return ids, credited
}

// TestStrikeAndAdd takes a credited piece out and puts it back.
func TestStrikeAndAdd(t *testing.T) {
	const at = "2023-03-20T10:00"
	d := crawled(t, at, "bao-cchc")
	ids, credited := d.pieces(at, "A-6.1", "bao", "2023-03")
	i := slices.IndexFunc(ids, func(id string) bool { return credited[id] })
	if i < 0 {
		t.Fatalf("nothing is credited among %d pieces", len(ids))
	}
	delivered := func() float64 { return d.standing(at, "A-6.1", "bao", "2023-03").Measures[0].Delivered }
	before := delivered()
	about := []string{"--quota", "A-6.1", "--owner", "bao", "--period", "2023-03", "--evidence", ids[i], "--by", "Chuyên viên"}
	d.refused(2, []string{"thuộc kỳ 2023-03, không phải 2023-01"}, "decide", "strike", "--quota", "A-6.1", "--owner", "bao", "--period", "2023-01", "--evidence", ids[i], "--reason", "r", "--at", at)
	d.ok(append([]string{"decide", "strike", "--reason", "đăng lại", "--at", at}, about...)...)
	if _, now := d.pieces(at, "A-6.1", "bao", "2023-03"); now[ids[i]] {
		t.Error("a struck piece is still credited")
	}
	struck := delivered()
	d.ok(append([]string{"decide", "add", "--reason", "bài do báo viết", "--at", "2023-03-20T11:00"}, about...)...)
	if _, now := d.pieces("2023-03-20T11:00", "A-6.1", "bao", "2023-03"); !now[ids[i]] {
		t.Error("an added piece is not credited")
	}
	if after := d.standing("2023-03-20T11:00", "A-6.1", "bao", "2023-03").Measures[0].Delivered; struck >= before || after != before {
		t.Errorf("delivered %g, struck %g, added %g", before, struck, after)
	}
}

// TestReviewWins: a person's verdict changes the item and stays after judging
// anew; unknown items and topics are refused.
func TestReviewWins(t *testing.T) {
	const at = "2023-03-20T10:00"
	d := crawled(t, at, "bao-cchc")
	ids, credited := d.pieces(at, "A-6.1", "bao", "2023-02")
	i := slices.IndexFunc(ids, func(id string) bool { return credited[id] })
	if i < 0 {
		t.Fatal("nothing is credited")
	}
	d.refused(2, []string{"không có tin, bài mã «abc»", "review next"}, "review", "decide", "abc", "no", "--at", at)
	d.refused(2, []string{"không có chủ đề «x»"}, "review", "decide", ids[i], "yes", "--topics", "x", "--at", at)
	out := d.ok("review", "decide", ids[i], "no", "--by", "Chuyên viên", "--reason", "không phải", "--at", at)
	if !strings.Contains(out, "không phải về cải cách hành chính") || !strings.Contains(out, "Chuyên viên") {
		t.Errorf("says %q", out)
	}
	for range 2 { // the second time after judging and evaluating anew
		_, now := d.pieces(at, "A-6.1", "bao", "2023-02")
		row, _, ok, err := d.store().Item(t.Context(), ids[i])
		if err != nil || !ok || row.Verdict == nil || row.Verdict.Reform || row.Decided != "Chuyên viên" || now[ids[i]] {
			t.Fatalf("item %+v, credited %t, %v", row, now[ids[i]], err)
		}
		d.ok(append([]string{"crawl", "--at", at, "--source", "bao-cchc"}, sites(t, at)...)...)
	}
	d.ok("review", "decide", ids[i], "yes", "--topics", "tthc", "--by", "Lãnh đạo phòng", "--at", "2023-03-20T12:00")
	if _, now := d.pieces("2023-03-20T12:00", "A-6.1", "bao", "2023-02"); !now[ids[i]] {
		t.Error("the later verdict does not win")
	}
	// The word in force is a labelled line: what training and evaluation take.
	lines := d.ok("classify", "labels", "--at", "2023-03-20T12:00")
	for _, want := range []string{`"id":"` + ids[i] + `"`, `"reform":true`, `"topic":"tthc"`, `"by":"Lãnh đạo phòng"`, `"at":"2023-03-20T12:00:00+07:00"`, `"source":"mau/bao-cchc"`} {
		if !strings.Contains(lines, want) {
			t.Errorf("labels lack %s: %s", want, lines)
		}
	}
	if strings.Count(lines, "\n") != 1 {
		t.Errorf("labels: %s", lines)
	}
	if out, _, code := loa(t, lines, "classify", "evaluate", "-"); code != 0 || !strings.Contains(out, "trên 1 văn bản") {
		t.Errorf("evaluated: %d %s", code, out)
	}
}

// TestReviewNext lists what waits for a person, and no more once decided.
func TestReviewNext(t *testing.T) {
	const at = "2023-03-20T10:00"
	d := newDesk(t)
	if out := d.ok("review", "next", "--at", at); !strings.Contains(out, "Không có tin, bài chờ duyệt") {
		t.Errorf("empty: %q", out)
	}
	d = crawled(t, at, "bao-chuyen-doi-so", "tx-ben-may")
	next := func() []string {
		var ids []string
		for line := range strings.Lines(d.ok("review", "next", "-n", "50", "--at", at)) {
			if id, _, ok := strings.Cut(line, "\t"); ok && id != "" {
				ids = append(ids, id)
			}
		}
		return ids
	}
	waiting := next()
	if len(waiting) == 0 {
		t.Fatal("nothing waits: the sample must have doubtful pieces")
	}
	d.ok("review", "decide", waiting[0], "yes", "--by", "Chuyên viên", "--at", at)
	if now := next(); slices.Contains(now, waiting[0]) || len(now) != len(waiting)-1 {
		t.Errorf("%d waited, %d wait now", len(waiting), len(now))
	}
}
