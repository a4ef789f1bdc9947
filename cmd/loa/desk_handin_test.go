package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/plans"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web"
	"loa/web/access"
)

// reportQuota is the duty of the periodic report in the invented province.
const reportQuota = `  - id: B-R1
    title: Báo cáo kết quả tuyên truyền trong báo cáo định kỳ
    class: REG
    kind: attested
    owner: {each: [department, district]}
    cadence: month
    place: khoản 2 mục III
    clauses:
      - {line: 60, text: "báo cáo định kỳ"}
    wanted: {value: 1, basis: reference}
    due_days: 2
    shadow: {from: 2023-01-01, to: 2023-02-01}
    attestable: true
    basis_note: mức tham chiếu của tỉnh mẫu
`

// proofDesk is the desk over a real engine, store and folder of kept files.
type proofDesk struct {
	t *testing.T
	e *engine
}

// plansWithReports are the sample province's plan files, whose plan asks for periodic reports too.
func plansWithReports(t *testing.T) string {
	t.Helper()
	dir := samplePlans(t)
	file := filepath.Join(dir, "mau", "2023.yaml")
	raw, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.Replace(string(raw), "  - id: B-A1\n", reportQuota+"  - id: B-A1\n", 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func newProofDesk(t *testing.T) proofDesk {
	t.Helper()
	dir, data := plansWithReports(t), t.TempDir()
	a := &app{stdio: stdio{strings.NewReader(""), io.Discard, io.Discard}, cli: &cli{Data: data, DB: filepath.Join(data, "loa.db"), Plans: dir}, ctx: t.Context(), log: slog.New(slog.DiscardHandler)}
	now := time.Date(2023, 3, 20, 10, 0, 0, 0, calendar.Zone)
	e, err := a.open(os.DirFS(dir), "mau/2023", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	if _, err := e.judgeAndEvaluate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return proofDesk{t, e}
}

// as is the desk as somebody sees it.
func (d proofDesk) as(role access.Role, agencies ...string) http.Handler {
	var opt web.Options
	opt.Plan, opt.Calendar, opt.Standings, opt.Items, opt.Business, opt.Log = d.e.plan, d.e.cal, d.e.store, d.e.store, d.e.business, d.e.app.log
	opt.Handins = d.e.handins()
	opt.Guest = access.Actor{Role: role, Account: string(role) + strings.Join(agencies, ""), Login: string(role), Name: "Cán bộ", Agencies: agencies}
	return web.New(opt)
}

func (d proofDesk) post(h http.Handler, path string, v url.Values, files map[string]string) (code int, to, body string) {
	d.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, all := range v {
		for _, x := range all {
			if err := m.WriteField(k, x); err != nil {
				d.t.Fatal(err)
			}
		}
	}
	for name, text := range files {
		w, err := m.CreateFormFile("tep-moi", name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			d.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		d.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	if strings.HasSuffix(strings.Split(path, "?")[0], "/xet") || strings.Contains(path, "/rut") || strings.Contains(path, "/dan") || strings.Contains(path, "duong-dan") {
		r = httptest.NewRequest("POST", path, strings.NewReader(v.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

func (d proofDesk) get(h http.Handler, path string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

func (d proofDesk) standing(quota, owner, period string) schedule.Standing {
	d.t.Helper()
	ev, _, err := d.e.store.Evaluation(context.Background(), d.e.plan.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, s := range ev.Standings {
		if s.Quota == quota && s.Owner == "mau/"+owner && (s.Period == period || period == "") {
			return s
		}
	}
	d.t.Fatalf("no standing of %s %s %s", quota, owner, period)
	return schedule.Standing{}
}

func must303(t *testing.T, code int, to, body string) string {
	t.Helper()
	if code != http.StatusSeeOther {
		t.Fatalf("%d: %s", code, regexp.MustCompile(`(?s)<p class="wrong".*?</p>|<main.*</main>`).FindString(body))
	}
	return to
}

// TestProofDesk: a clerk's evidence meets the duty once the officer accepts it, is taken back when that is taken back, and is
// nobody else's to see, by whatever address they guess; the files are as they were sent, and what was done adds up.
func TestProofDesk(t *testing.T) {
	d := newProofDesk(t)
	clerk, other, officer := d.as(access.Clerk, "mau/so-xay-dung"), d.as(access.Clerk, "mau/so-tu-phap"), d.as(access.Officer)
	const period = "2023-Q1@14"
	pdf := "%PDF-1.7\n" + strings.Repeat("biên bản giao ban\n", 4000)
	before := d.standing("A-2.3", "so-xay-dung", period)
	v := url.Values{"nhiem-vu": {"A-2.3"}, "tieu-de": {"Giao ban quý I"}, "tu": {"6/3/2023"}, "sl-events": {"1"}, "sl-participants": {"45"}, "khong-mat": {"co"}, "dia-diem": {"Hội trường Sở"}}
	code, to, body := d.post(clerk, "/minh-chung/moi", v, map[string]string{"biên bản.pdf": pdf})
	page := must303(t, code, to, body)
	if got := d.standing("A-2.3", "so-xay-dung", period); got.State != before.State {
		t.Errorf("handed in alone it counts: %s", got.State)
	}
	for _, path := range []string{page, page + "/tep/1", page + "/anh/1"} {
		if code, body := d.get(other, path); code != http.StatusForbidden || strings.Contains(body, "Giao ban quý I") {
			t.Errorf("another's clerk gets %s: %d", path, code)
		}
	}
	if code, _, _ := d.post(other, page+"/rut?sau=1", url.Values{}, nil); code != http.StatusForbidden {
		t.Errorf("another's clerk withdraws it: %d", code)
	}
	if code, body := d.get(other, "/minh-chung"); code != 200 || strings.Contains(body, "Giao ban") {
		t.Errorf("another's clerk sees it in the list: %d", code)
	}
	if code, body := d.get(clerk, page+"/tep/1"); code != 200 || body != pdf {
		t.Errorf("the file: %d, %d bytes", code, len(body))
	}
	must303(first(t)(d.post(officer, page+"/xet?sau=1", url.Values{"viec": {"chap-nhan"}, "hang": {"B"}}, nil)))
	if got := d.standing("A-2.3", "so-xay-dung", period); got.State != schedule.Met {
		t.Errorf("accepted: %s %+v", got.State, got.Reasons)
	}
	sums, err := d.e.store.HandinSums(t.Context(), "mau/2023", time.Time{}, time.Time{})
	if err != nil || len(sums) != 1 || sums[0].Amounts["participants"] != 45 || sums[0].Period != period {
		t.Errorf("%+v %v", sums, err)
	}
	if code, _, body := d.post(clerk, page+"/rut?sau=2", url.Values{}, nil); code != http.StatusUnprocessableEntity {
		t.Errorf("what was accepted is withdrawn: %d %.200s", code, body)
	}
	if code, _, _ := d.post(clerk, "/minh-chung/moi?thay="+strings.TrimPrefix(page, "/minh-chung/"), v, map[string]string{"x.pdf": pdf}); code != http.StatusUnprocessableEntity {
		t.Errorf("what was accepted is replaced by the clerk: %d", code)
	}
	if code, _, body := d.post(officer, page+"/xet?sau=1", url.Values{"viec": {"tra-lai"}, "ly-do": {"nhầm"}}, nil); code != http.StatusUnprocessableEntity || !strings.Contains(body, "người khác đã xử lý") {
		t.Errorf("on an old page: %d", code)
	}
	must303(first(t)(d.post(officer, page+"/xet?sau=2", url.Values{"viec": {"tra-lai"}, "ly-do": {"nhầm đơn vị"}, "han": {"25/3/2023"}}, nil)))
	if got := d.standing("A-2.3", "so-xay-dung", period); got.State == schedule.Met {
		t.Error("taken back it still counts")
	}
	must303(first(t)(d.post(clerk, page+"/rut?sau=3", url.Values{"ly-do-rut": {"nộp bản khác"}}, nil)))
	_, body = d.get(clerk, page)
	for _, want := range []string{"đã rút lại", "nhầm đơn vị", "Cán bộ (officer)", "Cán bộ (clerk)"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if _, err := d.e.store.VerifyEvents(t.Context()); err != nil {
		t.Error(err)
	}
	for _, bad := range []url.Values{{"tu": {"6/3/2022"}}, {"nhiem-vu": {"A-7.xa"}}} {
		w := url.Values{}
		for k := range v {
			w[k] = v[k]
		}
		for k := range bad {
			w[k] = bad[k]
		}
		if code, _, _ := d.post(clerk, "/minh-chung/moi", w, map[string]string{"x.pdf": pdf}); code != http.StatusUnprocessableEntity {
			t.Errorf("%v is taken: %d", bad, code)
		}
	}
}

// first puts the test before what a post answers.
func first(t *testing.T) func(int, string, string) (*testing.T, int, string, string) {
	return func(code int, to, body string) (*testing.T, int, string, string) { return t, code, to, body }
}

// TestPostsDesk: links that were pasted count one by one.
func TestPostsDesk(t *testing.T) {
	d := newProofDesk(t)
	clerk, officer := d.as(access.Clerk, "mau/so-xay-dung"), d.as(access.Officer)
	v := url.Values{"nhiem-vu": {"A-8"}, "khong-mat": {"co"}, "buoc": {"ghi"}, "duong-dan": {"05/3/2023 https://facebook.com/so/posts/1\nhttps://zalo.me/s/2 06/3/2023"}}
	code, to, body := d.post(clerk, "/minh-chung/duong-dan", v, nil)
	if code != http.StatusSeeOther || to != "/minh-chung?loai=post" {
		t.Fatalf("%d %s %.400s", code, to, body)
	}
	if code, _, body := d.post(officer, "/minh-chung/duong-dan", url.Values{"co-quan": {"mau/so-tu-phap"}, "nhiem-vu": {"A-8"}, "khong-mat": {"co"}, "buoc": {"ghi"}, "duong-dan": {"06/3/2023 zalo.me/s/2"}}, nil); code != http.StatusUnprocessableEntity || !strings.Contains(body, "đã khai trước đây") {
		t.Errorf("declared twice: %d", code)
	}
	hs, _, err := d.e.store.Handins(t.Context(), media.HandinQuery{Plan: "mau/2023"})
	if err != nil || len(hs) != 2 {
		t.Fatalf("%+v %v", hs, err)
	}
	for _, h := range hs {
		if code, _, body := d.post(officer, "/minh-chung/"+h.ID+"/xet?sau=1", url.Values{"viec": {"chap-nhan"}, "hang": {"C"}}, nil); code != http.StatusSeeOther {
			t.Fatalf("%d %.600s", code, body)
		}
	}
	s := d.standing("A-8", "so-xay-dung", "2023-Q1")
	if i := slices.IndexFunc(s.Measures, func(m schedule.Measure) bool { return m.Name == "count" }); i < 0 || s.Measures[i].Delivered != 2 {
		t.Errorf("%+v", s.Measures)
	}
}

// TestPlanBookDesk: an officer's pasted list meets the deadline or misses it; an entry that was mended counts as mended.
func TestPlanBookDesk(t *testing.T) {
	d := newProofDesk(t)
	officer, clerk := d.as(access.Officer), d.as(access.Clerk, "mau/so-y-te")
	list := url.Values{"nhiem-vu": {"B-A1"}, "buoc": {"ghi"}, "danh-sach": {"12/KH-SNV\t18/01/2023\tSở Nội vụ\tKế hoạch tuyên truyền\n9/KH-STP\t31/01/2023\tSở Tư pháp tỉnh Mẫu\tKế hoạch\n7/KH-UBND\t12/02/2023\tUBND huyện Khe Mây\tKế hoạch"}}
	if code, _, body := d.post(officer, "/so-ke-hoach/dan", list, nil); code != http.StatusSeeOther {
		t.Fatalf("%d %.800s", code, body)
	}
	for owner, want := range map[string]schedule.State{"so-noi-vu": schedule.Met, "so-tu-phap": schedule.Missed, "huyen-khe-may": schedule.Missed} {
		if got := d.standing("B-A1", owner, ""); got.State != want {
			t.Errorf("%s: %s %+v", owner, got.State, got.Reasons)
		}
	}
	_, book := d.get(officer, "/so-ke-hoach")
	for _, want := range []string{"Ký đúng ngày 31/01/2023", "12/KH-SNV", "chưa nhận được"} {
		if !strings.Contains(book, want) {
			t.Errorf("the book does not say %q", want)
		}
	}
	plan := url.Values{"so": {"3/KH-SYT"}, "tu": {"20/01/2023"}, "khong-mat": {"co"}}
	code, to, body := d.post(clerk, "/so-ke-hoach/moi", plan, map[string]string{"kh.pdf": "%PDF-1.7 kế hoạch"})
	page := must303(t, code, to, body)
	if got := d.standing("B-A1", "so-y-te", ""); got.State == schedule.Met {
		t.Error("a clerk's plan counts unseen")
	}
	if code, _, body := d.post(clerk, "/so-ke-hoach/moi", plan, map[string]string{"kh.pdf": "%PDF-1.7 kế hoạch"}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "đã có trong sổ") {
		t.Errorf("a second plan: %d", code)
	}
	must303(first(t)(d.post(officer, page+"/xet?sau=1", url.Values{"viec": {"chap-nhan"}, "hang": {"B"}}, nil)))
	if got := d.standing("B-A1", "so-y-te", ""); got.State != schedule.Met {
		t.Errorf("accepted: %s", got.State)
	}
	id := strings.TrimPrefix(page, "/minh-chung/")
	code, to, body = d.post(officer, "/so-ke-hoach/moi?thay="+id, url.Values{"co-quan": {"mau/so-y-te"}, "nhiem-vu": {"B-A1"}, "so": {"3/KH-SYT"}, "tu": {"02/02/2023"}, "khong-mat": {"co"}}, nil)
	must303(t, code, to, body)
	if got := d.standing("B-A1", "so-y-te", ""); got.State != schedule.Missed {
		t.Errorf("mended to a late day: %s", got.State)
	}
}

// TestReportBookDesk: a report counts if it has a part on propaganda, by the day on which it came in.
func TestReportBookDesk(t *testing.T) {
	d := newProofDesk(t)
	home := d.as(access.HomeAffairs)
	for owner, more := range map[string][3]string{"so-y-te": {"1/BC-SYT", "02/3/2023", "with"}, "so-tu-phap": {"2/BC-STP", "09/3/2023", "with"}, "so-xay-dung": {"3/BC-SXD", "01/3/2023", "without"}} {
		code, to, body := d.post(home, "/so-bao-cao/moi", url.Values{"co-quan": {"mau/" + owner}, "nhiem-vu-ky": {"B-R1 2023-02"}, "so": {more[0]}, "tu": {"01/3/2023"}, "nhan": {more[1]}, "phan": {more[2]}, "khong-mat": {"co"}}, nil)
		must303(t, code, to, body)
	}
	for owner, want := range map[string]bool{"so-y-te": true, "so-tu-phap": false, "so-xay-dung": false, "so-cong-thuong": false} {
		if got := d.standing("B-R1", owner, "2023-02"); (got.State == schedule.Met) != want {
			t.Errorf("%s: %s %+v", owner, got.State, got.Reasons)
		}
	}
	_, book := d.get(home, "/so-bao-cao?ky=2023-02")
	for _, want := range []string{"đúng hạn", "quá hạn", "chưa nhận được", "Có phần tuyên truyền: 2; không có: 1"} {
		if !strings.Contains(book, want) {
			t.Errorf("the book does not say %q", want)
		}
	}
}

// TestWhatIsHandedIn: duty by duty of the real plan, its class, its kind, as what its owner's paper is taken, and what is
// counted of it. Only class PROC may be attested by a statement; all others need a paper.
func TestWhatIsHandedIn(t *testing.T) {
	p, err := loadPlan(plans.Files(), "yen-bai/2023")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"A-6.1": "HARD instalments proof ", "A-6.2": "REG attested proof ", "B-E1": "ONCE exists proof ", "B-E2": "ONCE exists proof ",
		"B-A1": "ONCE deadline plan ", "B-A6": "ONCE deadline plan ", "B-R1": "REG attested report ", "B-B2": "PROC attested report events participants",
		"B-A2": "PROC attested proof events participants", "B-A4": "ONCE exists proof ", "B-A4.vh": "PROC attested proof events participants", "B-A5": "PROC attested proof events participants",
		"B-A7": "REG count proof ", "B-A8": "PROC attested proof events participants", "B-B1": "PROC attested proof events participants", "B-B3": "PROC attested proof events participants",
		"B-B4": "PROC attested proof events participants", "B-C1": "PROC attested proof events participants", "B-D2": "REG count proof ",
		"A-1.1": "REG exists proof ", "A-1.2": "REG exists proof ", "A-1.3": "REG exists proof ", "A-1.4": "REG exists proof ", "A-1.ns": "REG attested proof ",
		"A-2.1": "PROC attested proof events participants", "A-2.2": "PROC attested proof events participants", "A-2.3": "PROC attested proof events participants",
		"A-3.3.cm": "ONCE exists proof ", "A-5.1": "REG count proof ", "A-5.3": "REG count proof ", "A-5.4": "REG count proof ", "A-5.5": "REG count proof ",
		"A-7": "REG count proof ", "A-7.xa": "REG count proof ", "A-8": "ENC encouraged proof events participants copies panels posts",
	}
	for _, q := range p.Quotas {
		got := ""
		if as := schedule.HandedIn(q); as != "" {
			got = strings.Join([]string{string(q.Class), q.Kind, string(as), strings.Join(schedule.Amounts(q, ""), " ")}, " ")
		}
		if got != want[q.ID] {
			t.Errorf("%s: %q, want %q", q.ID, got, want[q.ID])
		}
		delete(want, q.ID)
	}
	for id := range want {
		t.Errorf("the plan has no %s", id)
	}
}
