package web

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"loa/report"
	"loa/web/access"
)

// papersFake keeps what people do about papers.
type papersFake struct {
	draft  report.Draft
	issued []report.IssuedPaper
	kept   map[string]string
	did    []string
}

func (p *papersFake) door() *Papers {
	return &Papers{
		Draft:  func(context.Context, report.PaperOf, int) (report.Draft, error) { return p.draft, nil },
		Issued: func(context.Context, string) ([]report.IssuedPaper, error) { return p.issued, nil },
		Note: func(_ context.Context, of report.PaperOf, section, text, by string) error {
			if section == "khong-co" {
				return Refusal{"Văn bản này không có mục ấy."}
			}
			p.did = append(p.did, "note "+of.Period+" "+string(of.Paper)+" "+section+" "+text+" "+by)
			return nil
		},
		Show: func(_ context.Context, of report.PaperOf, shown report.Shown, by string) error {
			p.draft.Shown = shown
			return nil
		},
		Issue: func(_ context.Context, x report.IssuedPaper, path string) error {
			if x.Number == "" {
				return Refusal{"Cần ghi số, ký hiệu của văn bản đã ký."}
			}
			x.Files = []report.IssuedFile{{Format: report.Previewed, Hash: "t"}, {Format: "docx", Hash: "d"}, {Format: "html", Hash: "h"}}
			p.issued = append(p.issued, x)
			return nil
		},
		Open: func(_ context.Context, sha string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(p.kept[sha])), nil
		},
	}
}

// papersDesk is a desk with a period closed twice.
func papersDesk(t *testing.T) (*fake, *papersFake, func(access.Role) http.Handler) {
	t.Helper()
	f := kinds()
	again := f.closings[0].Restated(f.eval, nil, "Phó Giám đốc", "Đài gửi lại nhật ký", f.closings[0].At.AddDate(0, 0, 5))
	again.ID, again.Rows = "lan-2", slices.Clone(again.Rows)
	f.closings = append(f.closings, again)
	pf := &papersFake{kept: map[string]string{"t": "<p>Văn bản <em>đã giữ</em></p>", "d": "tệp Word", "h": "<p>trang</p>", "signed": "%PDF"}}
	return f, pf, func(role access.Role) http.Handler {
		opt := f.options()
		opt.Papers, opt.Guest = pf.door(), access.Actor{Role: role, Login: "cv", Name: "Chuyên viên"}
		return New(opt)
	}
}

func signedForm(t *testing.T, path string, v url.Values, name, body string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k := range v {
		if err := m.WriteField(k, v.Get(k)); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		w, err := m.CreateFormFile("tep", name)
		if err == nil {
			_, err = io.WriteString(w, body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}

// TestPaperPage: a draft is read as it will go out, noted, ticked and issued; then it is the kept files and nothing can be done.
func TestPaperPage(t *testing.T) {
	f, pf, as := papersDesk(t)
	period := f.closings[0].Period
	h, page := as(access.Officer), "/bao-cao/"+period
	pf.draft = report.Draft{Acts: 3, History: []report.Note{{Section: "bao-chi", Text: "cũ", Actor: "A"}, {Section: "bao-chi", Text: "Báo có <số> riêng", Actor: "Chuyên viên", At: f.now}}}
	for _, k := range report.Papers() {
		w := get(t, h, page+"?van-ban="+string(k.Name))
		body := w.Body.String()
		structure(t, page, body)
		if w.Code != 200 || !strings.Contains(body, "Dự thảo") || !strings.Contains(body, "pp-page") {
			t.Errorf("%s: %d", k.Name, w.Code)
		}
		for _, x := range report.Formats() {
			if !strings.Contains(body, page+"/"+x.Name+"?van-ban="+string(k.Name)) {
				t.Errorf("%s: no link to %s", k.Name, x.Name)
			}
		}
		if strings.Contains(body, "/ban-hanh") != k.Out || strings.Contains(body, "/cho-gui") != k.Out {
			t.Errorf("%s: what can be done is wrong", k.Name)
		}
		if noted := strings.Contains(body, "Báo có &lt;số&gt; riêng"); noted != (k.Name == report.Supply) {
			t.Errorf("%s: the note is there: %t", k.Name, noted)
		}
	}
	body := get(t, as(access.Reader), page).Body.String()
	structure(t, page, body)
	if strings.Contains(body, `<form method="post"`) || strings.Contains(body, "/ghi-chu") || strings.Contains(body, "/ban-hanh") {
		t.Error("a reader is offered to decide")
	}
	for path, v := range map[string]url.Values{"/ghi-chu": {"muc": {"bao-chi"}}, "/cho-gui": {}, "/ban-hanh": {}} {
		if w := post(as(access.Reader), page+path, v); w.Code != 403 {
			t.Errorf("a reader posts to %s: %d", path, w.Code)
		}
		if w := post(as(access.Clerk), page+path, v); w.Code != 403 {
			t.Errorf("a clerk posts to %s: %d", path, w.Code)
		}
	}
	if w := get(t, as(access.Clerk), page); w.Code != 403 {
		t.Errorf("a clerk reads the papers: %d", w.Code)
	}
	for _, path := range []string{"/bao-cao/2023-13", page + "?van-ban=khac", page + "/docx?van-ban=khac", page + "/lan/1/cong-van/docx", page + "/lan/1/khac/docx"} {
		if w := get(t, h, path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := post(h, page+"/ghi-chu", url.Values{"van-ban": {"cong-van"}, "muc": {"du-lieu"}, "ghi-chu": {"Dòng một\r\nDòng hai "}}); w.Code != 303 || pf.did[0] != "note "+period+" cong-van du-lieu Dòng một\nDòng hai Chuyên viên (cv)" {
		t.Errorf("noted: %d %q", w.Code, pf.did)
	}
	if w := post(h, page+"/ghi-chu", url.Values{"van-ban": {"cong-van"}, "muc": {"khong-co"}}); w.Code != 422 || !strings.Contains(w.Body.String(), "không có mục ấy") {
		t.Errorf("a section that is not there: %d", w.Code)
	}
	if w := post(h, page+"/cho-gui", url.Values{"van-ban": {"cong-van"}, "danh-sach": {"true"}, "tuyen-giao": {"true"}}); w.Code != 303 || pf.draft.Shown != (report.Shown{Units: true, Propaganda: true}) {
		t.Errorf("ticked: %d %+v", w.Code, pf.draft.Shown)
	}
	form := url.Values{"van-ban": {"cong-van"}, "lan": {"2"}, "sau": {"3"}, "so": {"45/STTTT"}, "ngay": {"20/02/2023"}}
	send := func(v url.Values, name, text string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, signedForm(t, page+"/ban-hanh", v, name, text))
		return w
	}
	if w := send(form, "vb.pdf", "MZ không phải PDF"); w.Code != 422 || !strings.Contains(w.Body.String(), "không phải PDF") || !strings.Contains(w.Body.String(), `value="45/STTTT"`) {
		t.Errorf("no PDF: %d", w.Code)
	}
	if w := send(form, "vb.pdf", "%PDF-"+strings.Repeat("x", mostPaper)); w.Code != 413 {
		t.Errorf("too large: %d", w.Code)
	}
	form.Set("ngay", "hôm qua")
	if w := send(form, "vb.pdf", "%PDF-1.7 "); w.Code != 422 || len(pf.issued) != 0 {
		t.Errorf("no day: %d", w.Code)
	}
	form.Set("ngay", "20/02/2023")
	if w := send(form, "vb đã ký.pdf", "%PDF-1.7 "); w.Code != 303 || len(pf.issued) != 1 {
		t.Fatalf("issued: %d", w.Code)
	}
	x := &pf.issued[0]
	if x.Revision != 2 || x.Acts != 3 || x.Number != "45/STTTT" || len(x.File) != 64 || x.FileName != "vb đã ký.pdf" || x.Actor != "Chuyên viên (cv)" || x.Paper != report.Supply {
		t.Errorf("%+v", x)
	}
	x.File = "signed"
	body = get(t, h, page).Body.String()
	structure(t, page, body)
	for _, want := range []string{"đã ban hành</span> số 45/STTTT ngày 20/02/2023", "<em>đã giữ</em>", page + "/lan/2/cong-van/docx", page + "/lan/2/cong-van/da-ky.pdf"} {
		if !strings.Contains(body, want) {
			t.Errorf("issued, the page has no %q", want)
		}
	}
	if strings.Contains(body, `method="post" action="/bao-cao`) {
		t.Error("what was issued can be changed")
	}
	if body := get(t, h, "/bao-cao").Body.String(); !strings.Contains(body, "đã ban hành số 45/STTTT") {
		t.Error("the list of reports does not tell of it")
	}
	for path, want := range map[string]string{"/docx": "tệp Word", "/docx?van-ban=cong-van": "tệp Word", "/html?van-ban=cong-van": "<p>trang</p>", "/lan/2/cong-van/docx": "tệp Word", "/lan/2/cong-van/da-ky.pdf": "%PDF"} {
		if w := get(t, h, page+path); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %.40q", path, w.Code, w.Body.String())
		}
	}
	if w := get(t, h, page+"/html?van-ban=bao-cao"); !strings.Contains(w.Body.String(), "DỰ THẢO") {
		t.Error("another paper of the period is no draft any more")
	}
}

// TestPaperDifferences: what differs in state, in pieces or in level is told with both values and why, and can be taken out.
func TestPaperDifferences(t *testing.T) {
	f, _, as := papersDesk(t)
	c := &f.closings[1]
	fewer, level := -1, -1
	for i, row := range c.Rows {
		switch {
		case len(row.Credits) > 0 && fewer < 0:
			fewer = i
			c.Rows[i].Credits = row.Credits[1:]
		case len(row.Standing.Measures) > 0 && level < 0:
			level = i
			ms := slices.Clone(row.Standing.Measures)
			ms[0].Wanted += 7
			c.Rows[i].Standing.Measures = ms
		}
	}
	if fewer < 0 || level < 0 {
		t.Fatalf("no rows to change among %d", len(c.Rows))
	}
	gone := c.Rows[len(c.Rows)-1].Standing
	if len(c.Rows)-1 == fewer || len(c.Rows)-1 == level {
		t.Fatal("one row too few")
	}
	c.Rows = c.Rows[:len(c.Rows)-1]
	rows := newSite(f.options()).compared(f.closings[0], *c)
	if len(rows) != 3 {
		t.Fatalf("%d rows differ: %+v", len(rows), rows)
	}
	said := ""
	for _, r := range rows {
		said += strings.Join(r.Why, "|") + ";"
	}
	for _, want := range []string{"Bớt: ", "Mức đổi: ", "Không còn ở lần sau."} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %s", want, said)
		}
	}
	if last := rows[2]; last.Now != nil || last.Was == nil || last.Title != newSite(f.options()).quotas[gone.Quota].Title {
		t.Errorf("%+v", last)
	}
	h := as(access.Reader)
	page := "/bao-cao/" + c.Period + "/so-sanh"
	for _, path := range []string{page, page + "?a=1&b=2", page + "?a=2&b=1"} {
		body := get(t, h, path).Body.String()
		structure(t, path, body)
		for _, want := range []string{"So sánh lần chốt 1 và 2", "Lý do chốt lại: Đài gửi lại nhật ký", "Mức đổi:", "không có"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q", path, want)
			}
		}
	}
	if csv := get(t, h, page+"?a=1&b=2&dang=csv").Body.String(); strings.Count(csv, "\n") < 4 || !strings.Contains(csv, "Bớt: ") || !strings.Contains(csv, "Lần 2: kết quả") {
		t.Errorf("%s", csv)
	}
	for _, path := range []string{page + "?a=9", page + "?a=x", "/bao-cao/2023-11/so-sanh"} {
		if w := get(t, h, path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	same := newSite(f.options()).compared(f.closings[0], f.closings[0])
	if len(same) != 0 {
		t.Errorf("a revision differs from itself: %+v", same)
	}
}
