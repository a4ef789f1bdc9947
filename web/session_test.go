package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web/access"
)

// remindingFake drafts from the fake's own report; what is prepared is held by period.
func (f *fake) reminding(had map[string]SessionDraft) *Reminding {
	draft := func(ctx context.Context, p calendar.Period) (SessionDraft, error) {
		in, err := f.input(ctx, p, report.Supply)
		if err != nil {
			return SessionDraft{}, err
		}
		d := SessionDraft{At: in.Now, Paragraph: report.Paragraph(in), Lacks: report.Lacks(in), Silent: report.SilentUnits(in), Disputes: 2}
		for _, x := range d.Lacks {
			d.Letters = append(d.Letters, len(x.Lacks) > 0)
		}
		return d, nil
	}
	return &Reminding{Draft: draft,
		Prepared: func(_ context.Context, p calendar.Period) (SessionDraft, bool, error) {
			d, ok := had[p.ID]
			return d, ok, f.err
		},
		Letter: func(_ context.Context, p calendar.Period, owner, format string, propaganda, prepared bool) (string, []byte, error) {
			if owner != "suong-ha/bao" {
				return "", nil, Refusal{"Cơ quan này không có nội dung nào được nhắc."}
			}
			return "thu-nhac-bao", []byte("thư " + format), f.err
		},
		Briefing: func(context.Context, calendar.Period) (string, []byte, error) {
			return "danh-sach.docx", []byte("danh sách"), f.err
		}}
}

func (f *fake) scoring(model *schedule.ScoreModel, bases *[]schedule.ScoreBasis) *Scoring {
	return &Scoring{Model: func() *schedule.ScoreModel { return model },
		Bases: func(context.Context) ([]schedule.ScoreBasis, error) { return *bases, f.err },
		Enter: func(_ context.Context, b schedule.ScoreBasis) error {
			*bases = append([]schedule.ScoreBasis{b}, *bases...)
			return f.err
		},
		Simulate: func(_ context.Context, m schedule.ScoreModel) (schedule.Score, error) {
			return m.Simulate(f.plan, f.eval.Standings, nil, f.now), f.err
		}}
}

func sessionDesk(role access.Role, had map[string]SessionDraft, bases *[]schedule.ScoreBasis) (*fake, http.Handler, *[]string) {
	f := newFake()
	opt := f.options()
	opt.Guest = access.Actor{Role: role, Name: "Cán bộ", Login: "cb"}
	opt.Reminding = f.reminding(had)
	opt.Scoring = f.scoring(&schedule.ScoreModel{Basis: "mẫu", Criteria: []schedule.Criterion{{ID: "k", Title: "Thực hiện kế hoạch", Kind: "completion", Max: 1, Share: 100}}}, bases)
	opt.Gate = &access.Gate{}
	kinds := []string{}
	opt.Record = func(_ context.Context, _ access.Actor, kind, subject, _, after string) error {
		kinds = append(kinds, kind+" "+after)
		return nil
	}
	return f, New(opt), &kinds
}

// TestSessionPage: the checklist tells by when, who, on what ground and what is missing, with where it is done; the paragraph can
// be copied without a script.
func TestSessionPage(t *testing.T) {
	var none []schedule.ScoreBasis
	_, h, _ := sessionDesk(access.Officer, nil, &none)
	body := get(t, h, "/phien-chot?ky=2023-02%4014").Body.String()
	for _, want := range []string{"Phiên chốt kỳ", "14/02/2023", "16/02/2023", "Hết ngày 20/02/2023", "Mức tham chiếu", "Điều 12 Nghị định 09/2019", "Lập theo số liệu hiện nay", `<textarea id="d-v" readonly`, "2 nội dung chưa thống nhất", "Biểu thu thập", "chờ duyệt", "/cai-dat/phien-chot"} {
		if !strings.Contains(body, want) {
			t.Errorf("no «%s»", want)
		}
	}
	if i := strings.Index(body, `<textarea id="d-v"`); !strings.Contains(body[i:], "Thực hiện Kế hoạch số") {
		t.Error("no paragraph in the field")
	}
	if w := get(t, h, "/phien-chot?ky=2023-02"); w.Code != http.StatusNotFound {
		t.Errorf("a calendar month has a session: %d", w.Code)
	}
	month, err := calendar.Parse("2023-02@14")
	if err != nil {
		t.Fatal(err)
	}
	had := map[string]SessionDraft{month.ID: {At: at("2023-02-15 07:30"), Paragraph: "ĐOẠN ĐÃ LẬP", Letters: []bool{true, false}}}
	_, h, _ = sessionDesk(access.HomeAffairs, had, &none)
	body = get(t, h, "/phien-chot?ky=2023-02%4014").Body.String()
	if !strings.Contains(body, "ĐOẠN ĐÃ LẬP") || !strings.Contains(body, "Hệ thống lập lúc") || strings.Contains(body, "/cai-dat/phien-chot") || strings.Contains(body, "/chot-so-lieu?ky=") {
		t.Error("what was prepared is not shown, or who may not is led to where it is set")
	}
}

// TestTodayTellsOfDrafts: until the day of sending the first page leads to what was prepared.
func TestTodayTellsOfDrafts(t *testing.T) {
	var none []schedule.ScoreBasis
	had := map[string]SessionDraft{"2023-02@14": {At: at("2023-02-15 07:30"), Letters: []bool{true, true}}}
	for _, x := range []struct {
		now  string
		role access.Role
		want bool
	}{{"2023-02-17 09:00", access.Officer, true}, {"2023-02-17 09:00", access.HomeAffairs, true}, {"2023-02-17 09:00", access.Reviewer, false}, {"2023-02-23 09:00", access.Officer, false}} {
		f, h, _ := sessionDesk(x.role, had, &none)
		f.now = at(x.now)
		f.derive()
		if body := get(t, h, "/").Body.String(); strings.Contains(body, "/phien-chot?ky=") != x.want {
			t.Errorf("%s at %s: told %v", x.role, x.now, !x.want)
		}
	}
}

// TestReminders: the letters are listed with their downloads, each of which leaves its trace; what may not be said is not given.
func TestReminders(t *testing.T) {
	var none []schedule.ScoreBasis
	_, h, kinds := sessionDesk(access.Officer, nil, &none)
	body := get(t, h, "/thu-nhac?ky=2023-02").Body.String()
	for _, want := range []string{"Dự thảo thư nhắc", "/docx", "Đơn vị chưa ghi nhận", "giao-ban", "không gửi đi"} {
		if !strings.Contains(body, want) {
			t.Errorf("no «%s»", want)
		}
	}
	if w := get(t, h, "/thu-nhac/2023-02/bao/docx?tuyen-giao=1"); w.Code != 200 || w.Body.String() != "thư docx" || !strings.Contains(w.Header().Get("Content-Disposition"), `attachment; filename="thu-nhac-bao.docx"`) {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := get(t, h, "/thu-nhac/2023-02/giao-ban"); w.Code != 200 {
		t.Errorf("briefing: %d", w.Code)
	}
	for _, path := range []string{"/thu-nhac/2023-02/so-noi-vu/docx", "/thu-nhac/2023-02/bao/exe", "/thu-nhac/2030-02/bao/docx", "/thu-nhac?ky=x"} {
		if w := get(t, h, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := get(t, h, "/thu-nhac?ky=2023-02&dang=csv"); w.Code != 200 || !strings.Contains(w.Body.String(), "Tình trạng") {
		t.Errorf("list: %d", w.Code)
	}
	if got := strings.Join(*kinds, "\n"); strings.Count(got, "export.letter") != 2 || !strings.Contains(got, `"owner":"suong-ha/bao"`) {
		t.Errorf("trail: %s", got)
	}
}

// TestScoreIsOffAndHidden: nobody but Sở Nội vụ gets to the simulation, which is off until a decision was entered, and says what
// it is wherever it shows points.
func TestScoreIsOffAndHidden(t *testing.T) {
	var bases []schedule.ScoreBasis
	for _, role := range askedAs() {
		if role == access.HomeAffairs {
			continue
		}
		_, h, _ := sessionDesk(role, nil, &bases)
		if w := get(t, h, "/mo-phong-diem"); w.Code == 200 {
			t.Errorf("%s sees the simulation", role)
		}
		if body := get(t, h, "/bao-cao").Body.String(); strings.Contains(body, "mo-phong-diem") {
			t.Errorf("%s is led to the simulation", role)
		}
	}
	_, h, _ := sessionDesk(access.HomeAffairs, nil, &bases)
	body := get(t, h, "/mo-phong-diem").Body.String()
	if !strings.Contains(body, "Đang tắt") || strings.Contains(body, "Kết quả mô phỏng") || strings.Contains(body, "điểm dự kiến") {
		t.Error("it is on before a decision was entered")
	}
	send := func(v url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/mo-phong-diem", strings.NewReader(v.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, bad := range []url.Values{{}, {"so": {"2524/QĐ-UBND"}, "ngay": {"32/12/2022"}, "noi-dung": {"x"}}, {"so": {"2524/QĐ-UBND"}, "ngay": {"12/12/2099"}, "noi-dung": {"x"}}, {"so": {"2524/QĐ-UBND"}, "ngay": {"12/12/2022"}}} {
		if w := send(bad); w.Code != http.StatusUnprocessableEntity || len(bases) > 0 {
			t.Errorf("%v: %d", bad, w.Code)
		}
	}
	if w := send(url.Values{"so": {"2524/QĐ-UBND"}, "ngay": {"12/12/2022"}, "noi-dung": {"Tiêu chí 4.1"}}); w.Code != http.StatusSeeOther || len(bases) != 1 || bases[0].Actor == "" {
		t.Fatalf("%d %+v", w.Code, bases)
	}
	body = get(t, h, "/mo-phong-diem").Body.String()
	for _, want := range []string{"Mô phỏng, không phải điểm chính thức", "Kết quả mô phỏng: ", "2524/QĐ-UBND", "Nếu hoàn thành thêm nhiệm vụ", "điểm dự kiến tăng từ 0,"} {
		if !strings.Contains(body, want) {
			t.Errorf("no «%s»: %s", want, body)
		}
	}
}
