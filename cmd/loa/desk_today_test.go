package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web"
	"loa/web/access"
)

// askAs asks the real desk as somebody.
func askAs(t *testing.T, e *engine, a access.Actor, method, path string, form url.Values) (int, string) {
	t.Helper()
	h := web.New(web.Options{Plan: e.plan, Calendar: e.cal, Standings: e.store, Items: e.store, Business: e.business, Acts: e.acts(e.plan), Log: e.app.log, Login: web.Login{Guest: a}})
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestTodayThroughTheEngine: what is decided, noted and objected to on a page is what
// the store has, the standing changes at once, and what cannot be is said in the page
// without a word of the command line.
func TestTodayThroughTheEngine(t *testing.T) {
	e := testEngine(t, "--plans", samplePlans(t), "--data", t.TempDir())
	e.business = func() time.Time { return time.Date(2023, 3, 20, 9, 0, 0, 0, calendar.Zone) }
	if _, err := e.judgeAndEvaluate(t.Context()); err != nil {
		t.Fatal(err)
	}
	officer := access.Actor{Role: access.Officer, Name: "Chuyên viên", Login: "cv"}
	const w10 = "/tien-do/B-D1/dai-ptth/2023-W10"
	do := func(a access.Actor, method, path string, want int, form url.Values, words ...string) string {
		t.Helper()
		code, body := askAs(t, e, a, method, path, form)
		if code != want {
			t.Errorf("%s %s: %d, want %d: %s", method, path, code, want, plainText(body))
		}
		for _, w := range words {
			if !strings.Contains(body, w) {
				t.Errorf("%s %s: no «%s»: %s", method, path, w, plainText(body))
			}
		}
		return body
	}
	do(officer, "GET", "/", http.StatusOK, nil, "Việc hôm nay", "Nhật ký, bảng kê chưa nhận")
	refused := do(officer, "POST", "/tien-do/B-D1/dai-ptth/2023-W12/quyet-dinh", http.StatusUnprocessableEntity, url.Values{"viec": {"xac-nhan"}, "ly-do": {"không phát"}}, "chưa kết thúc", "không phát")
	for _, bad := range []string{"--", "2023-W12 chưa", "loa decide"} {
		if alert, _, _ := strings.Cut(refused[strings.Index(refused, `role="alert"`):], "</p>"); strings.Contains(alert, bad) {
			t.Errorf("the refusal says %q: %s", bad, alert)
		}
	}
	const unseen = "/tien-do/A-6.1/bao/2023-02"
	if page := do(officer, "GET", unseen, http.StatusOK, nil); strings.Contains(page, `value="xac-nhan"`) {
		t.Error("a month that was not read is offered for confirmation")
	}
	do(officer, "POST", unseen+"/quyet-dinh", http.StatusUnprocessableEntity, url.Values{"viec": {"xac-nhan"}, "ly-do": {"không đăng"}}, "chưa đủ dữ liệu do nguồn")
	do(officer, "GET", w10, http.StatusOK, nil, "Xác nhận chưa đạt", "dựa trên căn cứ khác", "Kính gửi: Đài PT-TH tỉnh")
	do(officer, "POST", w10+"/quyet-dinh", http.StatusSeeOther, url.Values{"viec": {"xac-nhan"}, "ly-do": {"Đài xác nhận không phát"}})
	ev, _, err := e.store.Some(t.Context(), e.plan.ID, web.StandingQuery{Quotas: []string{"B-D1"}, Periods: []string{"2023-W10"}})
	if err != nil || len(ev.Standings) != 1 || ev.Standings[0].State != schedule.Missed {
		t.Fatalf("%+v %v", ev.Standings, err)
	}
	do(officer, "POST", w10+"/quyet-dinh", http.StatusUnprocessableEntity, url.Values{"viec": {"bo"}, "minh-chung": {"abc"}, "ly-do": {"x"}}, "không còn trong kỳ")
	do(officer, "POST", w10+"/goi", http.StatusSeeOther, url.Values{"da-goi": {"Ban Biên tập"}, "tra-loi": {"phát bù thứ Sáu"}, "hen": {"24/3/2023"}})
	do(officer, "GET", w10, http.StatusOK, nil, "phát bù thứ Sáu", "Đài xác nhận không phát", "Chuyên viên (cv)")

	mine := access.Actor{Role: access.Clerk, Account: "a", Login: "dai", Name: "Cán bộ", Agencies: []string{"mau/dai-ptth"}}
	other := access.Actor{Role: access.Clerk, Account: "b", Login: "bao", Name: "Cán bộ", Agencies: []string{"mau/bao"}}
	do(mine, "POST", "/co-quan/dai-ptth/phan-hoi", http.StatusSeeOther, url.Values{"nhiem-vu": {"B-D1|2023-W10"}, "noi-dung": {"đã phát ngày 08/3"}})
	do(other, "POST", "/co-quan/dai-ptth/phan-hoi", http.StatusForbidden, url.Values{"nhiem-vu": {"B-D1|2023-W10"}, "noi-dung": {"x"}})
	do(other, "GET", "/co-quan/dai-ptth", http.StatusForbidden, nil)
	notes, err := e.store.Notes(t.Context(), e.plan.ID, time.Time{})
	if err != nil || len(notes) != 2 {
		t.Fatalf("%+v %v", notes, err)
	}
	objection := notes[1]
	if objection.Kind != schedule.NoteObjection {
		objection = notes[0]
	}
	do(officer, "GET", "/", http.StatusOK, nil, "đã phát ngày 08/3")
	do(officer, "POST", "/phan-hoi/"+objection.ID, http.StatusSeeOther, url.Values{"ket-qua": {"khong"}, "tra-loi": {"chưa có nhật ký"}})
	do(officer, "POST", "/phan-hoi/"+objection.ID, http.StatusUnprocessableEntity, url.Values{"ket-qua": {"khong"}, "tra-loi": {"lần nữa"}}, "đã có người trả lời")
	do(mine, "GET", "/co-quan/dai-ptth", http.StatusOK, nil, "Không chấp nhận phản hồi", "chưa có nhật ký")
	if n, err := e.store.VerifyEvents(t.Context()); err != nil || n < 4 {
		t.Errorf("the chain has %d events: %v", n, err)
	}
}
