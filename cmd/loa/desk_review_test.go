package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/monitor"
	"loa/sample"
	"loa/store/storetest"
	"loa/web"
	"loa/web/access"
)

// reviewerAt serves the desk to one person who may answer, and gives a browser at it.
func reviewerAt(t testing.TB, e *engine, login string) *visitor {
	t.Helper()
	e.login = web.Login{Guest: access.Actor{Account: "a-" + login, Login: login, Name: "Cán bộ " + login, Role: access.Reviewer}}
	h := e.desk(e.plan, nil)
	site := httptest.NewServer(h)
	t.Cleanup(site.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{base: site.URL, client: &http.Client{Jar: jar}}
}

var carriedItem = regexp.MustCompile(`name="tin" value="([0-9a-f]{32}:[0-9a-f]*)"`)

// asked is what the form of a question carries.
func askedItems(body string) []string {
	_, form, _ := strings.Cut(body, `id="tra-loi"`)
	form, _, _ = strings.Cut(form, "</form>")
	var out []string
	for _, m := range carriedItem.FindAllStringSubmatch(form, -1) {
		out = append(out, m[1])
	}
	return out
}

// state is what an answer may change, as text.
func (e *engine) reviewState(t *testing.T) string {
	t.Helper()
	ctx := t.Context()
	if err := e.refreshed(ctx); err != nil {
		t.Fatal(err)
	}
	ev, _, err := e.store.Evaluation(ctx, e.plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	gains, err := e.store.Gains(ctx, e.plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := e.store.VerdictCounts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal([]any{ev.Standings, gains, counts})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReviewJourney: a person answers everything that waits, one after another,
// through the desk over the real engine; takes one answer back, is told of a
// colleague's, and finds on the item's page who said what and where it counts.
func TestReviewJourney(t *testing.T) {
	const at = "2023-03-01T00:00"
	d := crawled(t, at, "bao-cchc", "bao-chuyen-doi-so", "tx-ben-may", "cong-tin", "so-tu-phap")
	e := testEngine(t, "--plans", d.plans, "--data", d.data)
	if _, err := e.judgeAndEvaluate(t.Context()); err != nil {
		t.Fatal(err)
	}
	one, two := reviewerAt(t, e, "mot"), reviewerAt(t, e, "hai")
	one.t, two.t = t, t
	before := e.reviewState(t)
	first := one.see("/duyet", 200, "Vì sao máy hỏi", "Trang gốc", `data-key="1"`, "Còn <b>")
	items := askedItems(first)
	if len(items) == 0 {
		t.Fatal("nothing waits")
	}
	second := two.see("/duyet", 200)
	one.send("/duyet", 200, url.Values{"tin": items, "cau": {"co"}, "chu-de": {media.TTHC}}, "Đã ghi: về CCHC", "Hoàn tác")
	if e.reviewState(t) == before {
		t.Error("an answer changes nothing that is stored")
	}
	two.send("/duyet", 409, url.Values{"tin": askedItems(second), "cau": {"khong"}}, "Cán bộ mot (mot) đã trả lời «về CCHC»", "Vẫn ghi «không về CCHC»")
	page := one.see("/duyet", 200)
	batch := regexp.MustCompile(`name="lan" value="([^"]+)"`).FindStringSubmatch(page)
	two.send("/duyet/hoan-tac", 200, url.Values{"lan": {batch[1]}}, "không phải của tài khoản này")
	one.send("/duyet/hoan-tac", 200, url.Values{"lan": {batch[1]}}, "Đã hoàn tác", "Tin, bài này có về cải cách hành chính không?")
	if after := e.reviewState(t); after != before {
		t.Errorf("after taking back\n%.3000s\nbefore\n%.3000s", after, before)
	}
	answered := 0
	for ; answered < 100; answered++ {
		_, body, _ := one.do("GET", "/duyet", nil)
		items := askedItems(body)
		if len(items) == 0 {
			break
		}
		answer := url.Values{"tin": items, "cau": {"co"}}
		if answered%3 == 1 {
			answer.Set("cau", "khong")
		}
		if code, body, _ := one.do("POST", "/duyet", answer); code != 200 || !strings.Contains(body, "Đã ghi: ") {
			t.Fatalf("answer %d: %d\n%s", answered, code, plainText(body))
		}
	}
	left, _, err := e.store.Waiting(t.Context())
	if err != nil || left != 0 || answered < 3 {
		t.Errorf("%d answered, %d left, %v", answered, left, err)
	}
	one.see("/duyet", 200, "Không còn tin, bài nào chờ duyệt")
	if err := e.refreshed(t.Context()); err != nil {
		t.Fatal(err)
	}
	id, _, _ := strings.Cut(items[0], ":")
	item := one.see("/tin-bai/"+id, 200, "Cán bộ mot (mot) đã trả lời", "đã hoàn tác lúc", "Được tính vào đâu", "/tien-do/")
	standing := regexp.MustCompile(`href="(/tien-do/[^"]+)"`).FindStringSubmatch(item)
	one.see(strings.ReplaceAll(standing[1], "&amp;", "&"), 200)
	_, revs, _, err := e.store.Item(t.Context(), id)
	if err != nil || revs[0].Kept == "" {
		t.Fatalf("%v, %v", revs, err)
	}
	one.see("/tin-bai/"+id+"/ban-luu/"+revs[0].Kept, 200, "Bản lưu dạng văn bản", "!<script", "!<html")
	one.see("/tin-bai/"+id+"/so-sanh", 200)
	one.see("/tin-bai?q="+url.QueryEscape(`"cải cách hành chính"`), 200, "<mark>")
	one.see("/tin-bai?dang=csv&ket-qua=reform", 200, "Ngày đăng,Cơ quan")

	// The sample is asked without the machine's answer.
	blind := one.see("/duyet/kiem-tra", 200, "!Vì sao máy hỏi", "!Điểm ")
	if sample := askedItems(blind); len(sample) > 0 {
		one.send("/duyet/kiem-tra", 200, url.Values{"tin": sample, "cau": {"khong"}}, "Đã ghi")
		sampled, _, _ := strings.Cut(sample[0], ":")
		words, err := e.store.ReviewsOf(t.Context(), sampled)
		if err != nil || len(words) != 1 || !words[0].Audit {
			t.Errorf("%+v, %v", words, err)
		}
		one.send("/duyet/kiem-tra", 200, url.Values{"tin": {items[0]}, "cau": {"co"}}, "không còn chờ kiểm tra")
	}
}

// TestAnswersDoNotWait: answers are taken, and none is asked for again, while a refresh has not ended; what is asked for
// meanwhile is refreshed once for each owner, and the standings are then what evaluating everything gives.
func TestAnswersDoNotWait(t *testing.T) {
	const at = "2023-03-01T00:00"
	d := crawled(t, at, "bao-cchc", "bao-chuyen-doi-so", "tx-ben-may", "cong-tin", "so-tu-phap")
	e := testEngine(t, "--plans", d.plans, "--data", d.data)
	if _, err := e.judgeAndEvaluate(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := e.reviewState(t)
	v := reviewerAt(t, e, "mot")
	v.t = t
	e.fresh.one.Lock() // a refresh that does not end
	seen := map[string]bool{}
	for range 4 {
		items := askedItems(v.see("/duyet", 200))
		if len(items) == 0 {
			t.Fatalf("nothing waits after %d answers", len(seen))
		}
		for _, i := range items {
			id, _, _ := strings.Cut(i, ":")
			if seen[id] {
				t.Errorf("%s is asked about again", id)
			}
			seen[id] = true
		}
		v.send("/duyet", 200, url.Values{"tin": items, "cau": {"co"}, "chu-de": {media.TTHC}}, "Đã ghi: về CCHC")
	}
	e.fresh.mu.Lock()
	waiting, under := len(e.fresh.asked), e.fresh.idle != nil
	e.fresh.mu.Unlock()
	of, err := e.store.ItemAgencies(t.Context(), slices.Collect(maps.Keys(seen)))
	whose := slices.Compact(slices.Sorted(maps.Values(of)))
	if err != nil || !under || waiting == 0 || waiting > len(whose) {
		t.Errorf("%d owners wait of %v, under way: %v; %v", waiting, whose, under, err)
	}
	e.fresh.one.Unlock()
	after := e.reviewState(t)
	if after == before {
		t.Error("answers change nothing that is stored")
	}
	if _, err := e.judgeAndEvaluate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if whole := e.reviewState(t); whole != after {
		t.Errorf("refreshed\n%.3000s\nevaluated whole\n%.3000s", after, whole)
	}
	e.endRefreshing()
	e.refreshSoon("mau/bao-mau")
	if e.fresh.idle != nil || len(e.fresh.asked) > 0 {
		t.Error("a refresh begins after the end")
	}
}

// TestReviewUndoCommand takes the last answer back at the command line.
func TestReviewUndoCommand(t *testing.T) {
	const at = "2023-03-20T10:00"
	d := crawled(t, at, "bao-cchc", "bao-chuyen-doi-so", "tx-ben-may", "cong-tin")
	out := d.ok("review", "next", "-n", "50", "--at", at)
	first := ids(out)[0]
	d.refused(2, []string{"không có câu trả lời nào của Chuyên viên"}, "review", "undo", "--by", "Chuyên viên", "--at", at)
	d.ok("review", "decide", first, "yes", "--by", "Chuyên viên", "--at", at)
	if said := d.ok("review", "undo", "--by", "Chuyên viên", "--at", at); !strings.Contains(said, "Đã hoàn tác: "+first) {
		t.Errorf("says %q", said)
	}
	if again := d.ok("review", "next", "-n", "50", "--at", at); again != out {
		t.Errorf("after taking back:\n%s\nbefore:\n%s", again, out)
	}
	d.ok("review", "decide", first, "no", "--by", "Chuyên viên", "--at", at)
	if row, _, _, err := d.store().Item(t.Context(), first); err != nil || row.Verdict.Reform || row.Decided == "" {
		t.Errorf("answered again at the same moment: %+v, %v", row.Verdict, err)
	}
}

// BenchmarkReview answers 100 questions over HTTP among as many that wait as
// LOA_WAITING says (default 500), and reports how long the server took for an interaction: the answer and the next question.
//
//	LOA_WAITING=2000 go test ./cmd/loa -run '^$' -bench 'Review$' -benchtime 1x
func BenchmarkReview(b *testing.B) {
	for _, engine := range storetest.Engines() {
		b.Run(engine, func(b *testing.B) { benchReview(b, engine) })
	}
}

func benchReview(b *testing.B, engine string) {
	waiting := 500
	if n, err := strconv.Atoi(os.Getenv("LOA_WAITING")); err == nil {
		waiting = max(n, 100)
	}
	files, err := withHolidays(sample.Plans())
	if err != nil {
		b.Fatal(err)
	}
	a := &app{stdio: stdio{nil, io.Discard, io.Discard}, cli: &cli{Data: b.TempDir(), DB: storetest.DB(b, engine)}, ctx: b.Context(), log: slog.New(slog.DiscardHandler)}
	e, err := a.open(files, "mau/2023", time.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.close)
	now := serveTime()
	e.business = func() time.Time { now = now.Add(time.Second); return now }
	fillWaiting(b, e, waiting)
	if _, err := monitor.Evaluate(b.Context(), e.store, e.plan, e.cal, e.moment(), e.machine()); err != nil {
		b.Fatal(err)
	}
	v := reviewerAt(b, e, "mot")
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	took := func(method string, form url.Values) (string, float64) {
		r, err := http.NewRequest(method, v.base+"/duyet", strings.NewReader(form.Encode()))
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := v.client.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode >= 400 {
			b.Fatalf("%s: %d, %v", method, res.StatusCode, err)
		}
		ms, err := strconv.ParseFloat(strings.TrimPrefix(res.Header.Get("Server-Timing"), "app;dur="), 64)
		if err != nil {
			b.Fatal(err)
		}
		return string(body), ms
	}
	var all []float64
	for b.Loop() {
		body, _ := took("GET", nil)
		for i := range 100 {
			items := askedItems(body)
			if len(items) == 0 {
				b.Fatalf("nothing is left after %d answers", i)
			}
			_, answer := took("POST", url.Values{"tin": items, "cau": {map[bool]string{true: "co", false: "khong"}[i%3 > 0]}, "chu-de": {media.TTHC}})
			next, ask := took("GET", nil)
			body = next
			all = append(all, answer+ask)
		}
	}
	slices.Sort(all)
	b.ReportMetric(all[len(all)/2], "ms-median")
	b.ReportMetric(all[len(all)*95/100], "ms-p95")
	b.ReportMetric(all[len(all)-1], "ms-longest")
}

// fillWaiting puts so many pieces that wait for a person into the store, one a half hour of the plan's first months.
func fillWaiting(b *testing.B, e *engine, n int) {
	ctx := b.Context()
	i := slices.IndexFunc(e.plan.Sources, func(s media.Source) bool { return s.Kind == media.KindFeed && !s.Verify })
	src := e.plan.Sources[i]
	if err := e.store.Sync(ctx, []media.Source{src}, nil); err != nil {
		b.Fatal(err)
	}
	leases, err := e.store.Claim(ctx, "bench", 1, time.Hour)
	if err != nil || len(leases) != 1 {
		b.Fatal(leases, err)
	}
	start := serveTime().AddDate(0, -2, 0)
	step := serveTime().Sub(start) / time.Duration(n+1)
	for from := 0; from < n; from += 100 {
		v := crawler.Visit{Source: src.ID, ID: fmt.Sprintf("20230228-%06d", from), At: serveTime(), Outcome: media.OK}
		var verdicts []media.Verdict
		for k := from; k < min(from+100, n); k++ {
			at := start.Add(time.Duration(k) * step)
			key := fmt.Sprintf("%s/bai-%d", src.URL, k)
			it := media.Item{ID: media.ItemID(e.plan.Province, key), Key: key, Source: src.ID, Agency: src.Agency, URL: key, Title: fmt.Sprintf("Huyện tổ chức hội nghị số %d về công tác tháng", k),
				Lead: "Hội nghị đánh giá kết quả và bàn nhiệm vụ.", Claimed: media.Date{At: at, Precision: media.ToMinute}, Seen: at, Verified: serveTime()}
			body := strings.Repeat(fmt.Sprintf("Đoạn của bài %d nói về việc tiếp nhận và trả kết quả hồ sơ cho người dân trên địa bàn.\n", k), 12)
			rev := media.Revision{Item: it.ID, Hash: media.Hash(key), From: "entry", Seen: at, Title: it.Title, Lead: it.Lead, Body: body}
			rev.ID = media.RevisionID(it.ID, rev.Hash, at)
			v.Seen = append(v.Seen, crawler.Seen{Item: it, Entry: &rev})
			verdicts = append(verdicts, media.Verdict{Revision: rev.ID, Classifier: e.judge.Version(), Reform: k%2 == 0, Review: true, Score: 0.4 + float64(k%20)/100, Topics: []string{media.TTHC},
				Cues: []media.Cue{{Term: "trả kết quả", Field: "body", At: strings.Index(body, "trả kết quả"), Weight: 2}}})
		}
		if _, err := e.store.PutVisits(ctx, leases[0], []crawler.Visit{v}); err != nil {
			b.Fatal(err)
		}
		if err := e.store.PutVerdicts(ctx, verdicts, serveTime()); err != nil {
			b.Fatal(err)
		}
	}
}
