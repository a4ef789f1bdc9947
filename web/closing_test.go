package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web/access"
)

// TestClosingPages: what would be frozen is shown with what is not settled; a refusal keeps what was typed; what differs can be taken or kept.
func TestClosingPages(t *testing.T) {
	f := kinds()
	opt := f.options()
	opt.Guest = access.Actor{Role: access.Officer, Login: "cv", Name: "Chuyên viên"}
	var did []string
	kept := ""
	opt.Closer = &Closer{
		Preview: func(_ context.Context, p calendar.Period) (ClosePreview, error) {
			if p.ID == "2023-04" {
				return ClosePreview{}, Refusal{"Kỳ này chưa kết thúc."}
			}
			c := f.closings[0]
			c.Revision = 2
			return ClosePreview{Closing: c, Last: &f.closings[0], Queue: 3}, nil
		},
		Close: func(_ context.Context, p calendar.Period, dataset, by, reason string) (schedule.Closing, error) {
			if reason == "" {
				return schedule.Closing{}, Refusal{"Chốt lại thì cần ghi lý do."}
			}
			did = append(did, "close "+p.ID+" "+dataset+" "+by+" "+reason)
			return f.closings[0], nil
		},
		Keep: func(_ context.Context, quota, owner, period, by, reason string) error {
			if reason == "" {
				return Refusal{"Cần ghi vì sao."}
			}
			did, kept = append(did, "keep "+quota+" "+owner+" "+period), reason
			return nil
		},
		Kept: func(_ context.Context, ps []schedule.Proposal) ([]string, error) {
			out := make([]string, len(ps))
			if len(out) > 0 {
				out[0] = kept
			}
			return out, nil
		},
	}
	opt.Acts.Restate = func(_ context.Context, d schedule.Decision, _, _ string) error {
		did = append(did, "restate "+d.Quota+" "+d.Owner+" "+d.Period+" "+d.Actor)
		return nil
	}
	h := New(opt)
	period := f.closings[0].Period
	w := get(t, h, "/chot-so-lieu?ky="+period)
	structure(t, "closing", w.Body.String())
	for _, s := range []string{"Sẽ được chốt", `name="bo" value="` + f.closings[0].Dataset + `"`, "thành lần 2", "Câu hỏi còn mở", ">3</a>"} {
		if !strings.Contains(w.Body.String(), s) {
			t.Errorf("preview does not say %q", s)
		}
	}
	if w := get(t, h, "/chot-so-lieu?ky=2023-04"); w.Code != 422 || !strings.Contains(w.Body.String(), "chưa kết thúc") || strings.Contains(w.Body.String(), "<form method=\"post\" action=\"/chot") {
		t.Errorf("a period that runs: %d", w.Code)
	}
	if w := post(h, "/chot-so-lieu", url.Values{"ky": {period}, "bo": {"d"}}); w.Code != 422 || !strings.Contains(w.Body.String(), "cần ghi lý do") {
		t.Errorf("closed without a reason: %d", w.Code)
	}
	w = post(h, "/chot-so-lieu", url.Values{"ky": {period}, "bo": {"d"}, "ly-do": {"Đài gửi lại"}})
	if w.Code != http.StatusSeeOther || len(did) != 1 || did[0] != "close "+period+" d Chuyên viên (cv) Đài gửi lại" {
		t.Errorf("closed: %d %q", w.Code, did)
	}
	w = get(t, h, w.Header().Get("Location"))
	structure(t, "revision", w.Body.String())
	if w.Code != 200 || !strings.Contains(w.Body.String(), f.closings[0].Dataset) {
		t.Errorf("revision: %d", w.Code)
	}
	w = get(t, h, "/bao-cao")
	structure(t, "reports", w.Body.String())
	if !strings.Contains(w.Body.String(), "/chot-so-lieu?ky=2023-02%4014") || len(f.eval.Proposals) == 0 || !strings.Contains(w.Body.String(), "Xem đề nghị điều chỉnh") {
		t.Error("reports do not lead to closing and to what differs")
	}
	x := f.eval.Proposals[0]
	form := url.Values{"nhiem-vu": {x.Quota}, "co-quan": {x.Owner}, "ky": {x.Period}, "viec": {"giu"}}
	w = post(h, "/dieu-chinh", form)
	structure(t, "restatements", w.Body.String())
	if w.Code != 422 {
		t.Errorf("kept without a reason: %d", w.Code)
	}
	if w := post(h, "/dieu-chinh", url.Values{"viec": {"dieu-chinh"}, "ly-do": {"x"}}); w.Code != 422 {
		t.Errorf("of no row: %d", w.Code)
	}
	form.Set("ly-do", "Nhật ký gửi lại không hợp lệ")
	if w := post(h, "/dieu-chinh", form); w.Code != 303 || did[len(did)-1] != "keep "+x.Quota+" "+x.Owner+" "+x.Period {
		t.Errorf("kept: %d %q", w.Code, did)
	}
	if body := get(t, h, "/dieu-chinh").Body.String(); !strings.Contains(body, "Đã xem, giữ nguyên") || !strings.Contains(body, "Nhật ký gửi lại không hợp lệ") {
		t.Error("what was kept is not told")
	}
	form.Set("viec", "dieu-chinh")
	if w := post(h, "/dieu-chinh", form); w.Code != 303 || did[len(did)-1] != "restate "+x.Quota+" "+x.Owner+" "+x.Period+" Chuyên viên (cv)" {
		t.Errorf("restated: %d %q", w.Code, did)
	}
	opt.Guest = access.Actor{Role: access.Reader}
	if body := get(t, New(opt), "/dieu-chinh").Body.String(); strings.Contains(body, "<form method=\"post\"") {
		t.Error("a reader is offered to decide")
	}
}

// TestEveryListIsASheet: every list can be taken out, and who is confined to an agency gets no other's.
func TestEveryListIsASheet(t *testing.T) {
	f := kinds()
	h := f.handler()
	st := f.eval.Standings[0]
	own := "/tien-do/" + st.Quota + "/" + strings.TrimPrefix(st.Owner, f.plan.Province+"/") + "/" + st.Period
	for _, path := range []string{"/nguon", "/bao-tin", "/sap-toi", "/quotas/" + st.Quota, own, "/bao-cao", "/chot-so-lieu/" + f.closings[0].ID} {
		w := get(t, h, path+"?dang=csv")
		text, ok := strings.CutPrefix(w.Body.String(), "\ufeff")
		if w.Code != 200 || !ok || !strings.Contains(text, "\r\n") || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Errorf("%s: %d %.80q", path, w.Code, text)
		}
		if strings.Contains(text, "\n=") || strings.Contains(text, ",=") {
			t.Errorf("%s: a formula", path)
		}
	}
	opt := f.options()
	opt.Guest = access.Actor{Role: access.Clerk, Agencies: []string{"suong-ha/nowhere"}}
	if w := get(t, New(opt), own+"?dang=csv"); w.Code != 403 {
		t.Errorf("another agency's evidence: %d", w.Code)
	}
}
