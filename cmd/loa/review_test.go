package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// ids are the items that a listing names first on a line.
func ids(out string) []string {
	var list []string
	for line := range strings.Lines(out) {
		if id, _, ok := strings.Cut(line, "\t"); ok && id != "" {
			list = append(list, id)
		}
	}
	return list
}

// TestReviewOrderAndGroups: what would change a standing comes first and says
// what; pieces that say the same are one question, and one of them can be decided
// otherwise afterwards.
func TestReviewOrderAndGroups(t *testing.T) {
	t.Parallel()
	const at = "2023-03-20T10:00"
	d := crawled(t, at, "bao-cchc", "bao-chuyen-doi-so", "tx-ben-may", "cong-tin", "cong-cctthc", "so-tu-phap", "so-cong-thuong", "tp-mau")
	next := func() string { return d.ok("review", "next", "-n", "50", "--at", at) }
	out := next()
	blocks := regexp.MustCompile(`(?m)^\S`).FindAllStringIndex(out, -1)
	gains := false
	for i := len(blocks) - 1; i >= 0; i-- {
		end := len(out)
		if i+1 < len(blocks) {
			end = blocks[i+1][0]
		}
		has := strings.Contains(out[blocks[i][0]:end], "Nếu duyệt: ") || strings.Contains(out[blocks[i][0]:end], "Đang tạm tính cho ")
		if gains && !has {
			t.Errorf("what changes nothing stands before what does:\n%s", out)
		}
		gains = gains || has
	}
	if !gains || !regexp.MustCompile(`(Nếu duyệt: |Đang tạm tính cho )\S+ [^\n]+ thiếu \d+[^\n]*; (hạn \d+/\d+/\d+|kỳ đã qua, chưa chốt)\.`).MatchString(out) {
		t.Fatalf("nothing says what it changes:\n%s", out)
	}
	waiting := ids(out)
	const together = "\tCùng nội dung, duyệt một lần: "
	before, after, ok := strings.Cut(out, together)
	if !ok {
		t.Fatalf("no two pieces that say the same wait:\n%s", out)
	}
	first, second := waiting[len(ids(before))-1], strings.Fields(after)[0]
	said := d.ok("review", "decide", first, "yes", "--by", "Chuyên viên", "--reason", "đã đọc", "--at", at)
	if !strings.Contains(said, "Cùng nội dung, cùng kết quả: "+second) {
		t.Errorf("says %q", said)
	}
	s := d.store()
	reform := func(want ...bool) {
		t.Helper()
		for i, id := range []string{first, second} {
			row, _, _, err := s.Item(t.Context(), id)
			if err != nil || row.Verdict == nil || row.Verdict.Reform != want[i] || row.Decided == "" || want[i] && len(row.Verdict.Topics) == 0 {
				t.Errorf("%s: %+v, decided by %q, %v", id, row.Verdict, row.Decided, err)
			}
		}
	}
	reform(true, true)
	notes := map[string]string{}
	if err := s.EachReviewed(t.Context(), func(_ string, text media.Revision, _ media.Verdict, actor string, _ time.Time) error {
		notes[text.Item] = actor
		return nil
	}); err != nil || notes[first] != "Chuyên viên" || notes[second] != "Chuyên viên" {
		t.Errorf("%v, %v: each is a decision of its own by the same person", notes, err)
	}
	d.ok("review", "decide", second, "no", "--by", "Lãnh đạo phòng", "--at", "2023-03-20T11:00")
	reform(true, false)
	if now := ids(next()); len(now) != len(waiting)-1 || slices.Contains(now, first) || slices.Contains(now, second) {
		t.Errorf("%d questions of %d are left", len(now), len(waiting))
	}
	d = crawled(t, at, "bao-cchc", "bao-chuyen-doi-so", "tx-ben-may", "cong-tin", "cong-cctthc")
	d.ok("review", "decide", first, "no", "--alone", "--by", "Chuyên viên", "--at", at)
	if row, _, _, err := d.store().Item(t.Context(), second); err != nil || row.Decided != "" {
		t.Errorf("decided by %q, %v: it was to be left alone", row.Decided, err)
	}
}

// TestReviewAudit: the sample is listed without the machine's answer, answered
// as a check, and its share told there and in the report.
func TestReviewAudit(t *testing.T) {
	t.Parallel()
	const at = "2023-03-30T10:00"
	d := crawled(t, at, "bao-cchc", "bao-chuyen-doi-so", "tx-ben-may", "cong-tin", "cong-cctthc", "so-tu-phap", "so-cong-thuong", "tp-mau")
	out := d.ok("review", "audit", "-n", "500", "--at", at)
	sample := ids(out)
	if len(sample) == 0 || !strings.Contains(out, "Chưa kiểm tra ngẫu nhiên tin, bài nào") {
		t.Fatalf("sample: %s", out)
	}
	if regexp.MustCompile(`Khớp:|Chủ đề|\t[01]\.\d\d\t`).MatchString(out) {
		t.Errorf("the listing tells the machine's answer: %s", out)
	}
	if again := ids(d.ok("review", "audit", "-n", "500", "--at", at)); !slices.Equal(again, sample) {
		t.Error("drawn again, the sample is another")
	}
	row, _, _, err := d.store().Item(t.Context(), sample[0])
	if err != nil {
		t.Fatal(err)
	}
	answer, other := "yes", "no"
	if !row.Verdict.Reform {
		answer, other = other, answer
	}
	said := d.ok("review", "decide", sample[0], answer, "--audit", "--by", "Chuyên viên", "--at", at)
	if !strings.Contains(said, "Máy đã phân loại: ") || !strings.Contains(said, "trùng với máy") {
		t.Errorf("says %q", said)
	}
	d.refused(2, []string{"không nằm trong mẫu chờ kiểm tra"}, "review", "decide", sample[0], other, "--audit", "--at", "2023-03-30T11:00")
	out = d.ok("review", "audit", "--at", at)
	if !strings.Contains(out, "Kiểm tra ngẫu nhiên 01 tin, bài máy tự phân loại; tỷ lệ phân loại đúng 100% (20,7–100)") || slices.Contains(ids(out), sample[0]) {
		t.Errorf("after an answer: %s", out)
	}
	period := row.Item.Claimed.At.In(calendar.Zone).Format("2006-01")
	paper := d.ok("report", "--period", period, "--format", "html", "--at", at)
	if !strings.Contains(paper, "Kiểm tra ngẫu nhiên 01 tin, bài máy tự phân loại; tỷ lệ phân loại đúng 100% (20,7–100)") {
		t.Error("the report does not tell the share")
	}
}

// TestSuggestAndDrift: terms of accepted pieces that the lexicon lacks, and how
// the classifier's answers about every source are.
func TestSuggestAndDrift(t *testing.T) {
	t.Parallel()
	const at = "2023-03-30T10:00"
	d := crawled(t, at, "bao-cchc", "bao-chuyen-doi-so", "tx-ben-may", "cong-tin", "cong-cctthc", "so-tu-phap", "so-cong-thuong", "tp-mau", "bao-kinh-te")
	out := d.ok("classify", "suggest", "--at", at)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) < 3 || !strings.HasPrefix(lines[0], "Từ hay gặp trong ") {
		t.Fatalf("suggests %s", out)
	}
	for _, line := range lines[2:] {
		f := strings.Split(line, "\t")
		if len(f) != 5 || f[0] == "" || len(strings.Fields(f[0])) > 3 || len(strings.Fields(f[4])) != 3 {
			t.Errorf("line %q", line)
			continue
		}
		row, _, ok, err := d.store().Item(t.Context(), strings.Fields(f[4])[0])
		if err != nil || !ok || !row.Verdict.Reform {
			t.Errorf("example of %q: %+v, %v", f[0], row.Verdict, err)
		}
	}
	if d.ok("classify", "suggest", "--at", at) != out {
		t.Error("asked again, it suggests others")
	}
	if out := d.ok("classify", "suggest", "--since", "2024-01-01", "--at", at); !strings.Contains(out, "Chưa thấy từ nào") {
		t.Errorf("of nothing: %s", out)
	}
	for line := range strings.Lines(d.ok("sources", "--json", "--at", at)) {
		var s sourceState
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		if s.Source == "mau/bao-kinh-te" && (s.Drift.N == 0 || len(s.Drift.Figures) != 4 || s.Drift.Figures[3].Now <= 0 || s.Drift.Figures[3].Now > 0.5) {
			t.Errorf("drift %+v", s.Drift)
		}
	}
	// An unusual source is told with what is unusual.
	how := sourceState{Drift: media.Drift{Days: 7, N: 26, Figures: []media.DriftFigure{{Name: media.DriftUnknown, Now: 0.31, Median: 0.08, Unusual: true}}}}
	if got, want := how.note(), "phân loại khác thường (26 tin trong 7 ngày: tỷ lệ âm tiết lạ 31%, thường lệ 8%)"; got != want {
		t.Errorf("says %q, want %q", got, want)
	}
}
