package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web/access"
)

// air are the doors of broadcasting over the fake: one file waits, "tep", of whoever has the account "a1".
func (f *fake) air() Air {
	waits := Sent{Kind: media.FormAirings, Channel: "truyen-hinh", From: day("2023-02-27"), To: day("2023-03-05"), Sender: "Phòng Chương trình", FileName: "nhat-ky.xlsx"}
	return Air{
		Take: func(context.Context, access.Actor, string, Sent, []byte, []byte) (string, error) { return "tep", f.err },
		Read: func(_ context.Context, who access.Actor, id string) (Sent, Reading, error) {
			if id != "tep" && id != "xong" || who.Account != "a1" {
				return Sent{}, Reading{}, Refusal{"Không có tệp này."}
			}
			r := Reading{Format: "XLSX", Header: 3, Columns: [][3]string{{"E", "Giờ phát", "Giờ lên sóng"}}, Head: []string{"Dòng", "Chương trình"}, Rows: [][]string{{"4", hostile}}, Total: 1,
				Mistakes: []Mistake{{Row: 5, Column: "Giờ phát", Value: "25:70", Text: "Không phải giờ có thật."}}, Top: [][]string{{"1", "a", "b"}, {"2", "c", ""}}, Until: f.now.Add(48 * time.Hour)}
			if id == "xong" {
				r = Reading{Done: &Loaded{Says: []string{"Đã nạp 2 lần phát sóng."}, Changes: []Change{{Quota: "B-D1", Owner: "suong-ha/dai-ptth", Period: "2023-W09", Before: "chưa đủ dữ liệu", After: "đạt (1/01)"}}}}
			}
			return waits, r, f.err
		},
		Load: func(context.Context, access.Actor, string) (Loaded, error) {
			return Loaded{}, Refusal{"Còn 1 lỗi phải sửa."}
		},
		Drop:       func(context.Context, access.Actor, string) error { return f.err },
		Maps:       func(context.Context) ([]media.TableMap, error) { return f.maps, f.err },
		DropMap:    func(context.Context, access.Actor, string, string) error { f.maps = nil; return f.err },
		MapColumns: func(string) []string { return []string{"Kênh", "Giờ phát"} },
		Cases:      f.caseWorld, Act: f.act,
		Advise: func(_ context.Context, outlet string, _ int) (Advice, error) {
			out := Advice{Head: "Gợi ý tin, bài. Tham khảo", Notes: []string{"Chọn trong 12 tin, bài."}, Station: outlet == "suong-ha/dai-ptth", ShareTo: "suong-ha/so-noi-vu", Grid: [][4]string{{"truyen-hinh", "work", "19:00", "21:00"}}}
			for _, x := range f.slotsOf(f.now.AddDate(0, 0, 28)) {
				if x.Owner == outlet && x.Short > 0 {
					x.Fill = []schedule.Filling{{Kind: "item", ID: f.items[0].Item.ID, Title: hostile, At: f.now}, {Kind: "airtime", Title: "Truyền hình Sương Hà", At: f.now.AddDate(0, 0, 5)}}
					out.Slots = append(out.Slots, x)
				}
			}
			out.Drafts = []Advice{{ID: "n1", Head: "Gợi ý tháng 3", Made: f.now, Notes: []string{"bản riêng"}}, {ID: "n2", Head: "Gợi ý tháng 2", Made: f.now, Shared: f.now, Notes: []string{"bản chung"}}}
			return out, f.err
		},
		KeepAdvice: func(context.Context, access.Actor, string, int) (string, error) {
			return "Đã lưu thành bản nháp.", f.err
		},
		ShareAdvice: func(context.Context, access.Actor, string, string) (string, error) {
			return "", Refusal{"Không có bản nháp này."}
		},
		PutGrid: func(_ context.Context, _ access.Actor, _ string, rooms [][4]string) error {
			f.rooms = rooms
			return f.err
		},
		Radio: func(_ context.Context, month time.Time) (RadioMonth, error) {
			return RadioMonth{Month: month, Usual: 9, Drawn: "Chọn 1 xã", Says: []string{"Ước lượng 50% số xã có phát."}, Communes: []RadioCommune{
				{ID: "suong-ha/xa-nam-lu", District: "suong-ha/huyen-thac-ba", Received: f.now, Sender: "Văn hóa xã", Pieces: 4, Minutes: 50 * time.Minute, Signed: true, Picked: true, Result: "heard", By: "Cán bộ"},
				{ID: "suong-ha/xa-ban-cai", District: "suong-ha/huyen-nam-khe"}}}, f.err
		},
		Sample: func(context.Context, access.Actor, time.Time, int, string) (string, error) {
			return "Đã chọn.", f.err
		},
		Heard: func(context.Context, access.Actor, time.Time, string, string, string, time.Time, string, []byte) (string, error) {
			return "Đã ghi.", f.err
		},
	}
}

// caseWorld is the fake's one case, over its own evaluation.
func (f *fake) caseWorld(context.Context) (schedule.CaseWorld, error) {
	cases, err := schedule.Cases(f.acts)
	if err != nil {
		return schedule.CaseWorld{}, err
	}
	eval := f.eval
	eval.Evidence = f.evidence
	return schedule.CaseWorld{Plan: f.plan, Calendar: &calendar.Calendar{}, Evaluation: eval, Cases: cases}, f.err
}

// act does what a person asks for by the rules of the case alone.
func (f *fake) act(_ context.Context, who access.Actor, act schedule.CaseAct, _ []byte) (string, string, error) {
	f.did = append(f.did, act)
	if act.Words == "hỏng" {
		return "", "", Refusal{"Không ghi được: thử."}
	}
	return "PB-01", "Đã ghi.", f.err
}

// as is the desk as a person with the role has it.
func (f *fake) as(role access.Role, agencies ...string) http.Handler {
	if len(f.plan.Agencies) == len(fakePlan().Agencies) { // communes have no sites, and so nothing else in the fake
		for _, c := range [][3]string{{"xa-nam-lu", "xã Nậm Lù", "huyen-thac-ba"}, {"xa-ban-cai", "xã Bản Cái", "huyen-nam-khe"}} {
			f.plan.Agencies = append(f.plan.Agencies, media.Agency{ID: "suong-ha/" + c[0], Name: "Ủy ban nhân dân " + c[1], Short: c[1], Level: media.Commune, Parent: "suong-ha/" + c[2]})
		}
	}
	opt := f.options()
	opt.Guest = access.Actor{Account: "a1", Login: "canbo", Name: "Cán bộ mẫu", Role: role, Agencies: agencies}
	opt.Runs = f.runsOf
	return New(opt)
}

// runsOf are two weeks of the one column: aired and announced.
func (f *fake) runsOf(_ context.Context, owner string, from, to time.Time) ([]schedule.Run, error) {
	var out []schedule.Run
	for _, e := range f.evidence {
		if e.Airing != nil && e.Agency == owner && !e.At.Before(from) && e.At.Before(to) {
			out = append(out, schedule.Run{State: schedule.Unscheduled, Channel: e.Airing.Channel, Column: "chung-tay", Programme: "Chung tay cải cách", Start: e.At, Aired: []media.Airing{*e.Airing}})
		}
	}
	return out, f.err
}

// TestAirPages: every page of handing in is whole, and tells row, column and what the cell says.
func TestAirPages(t *testing.T) {
	f := newFake()
	f.maps = []media.TableMap{{Sender: "Phòng Thời sự", Form: media.FormAirings, Columns: map[string]string{"Giờ phát": "C"}, At: f.now, Channel: "truyen-hinh", Agency: "suong-ha/dai-ptth"}}
	h := f.as(access.Officer)
	for path, want := range map[string][]string{
		"/phat-song?tuan=2023-W01": {"Truyền hình Sương Hà", "được tính", "nhat-ky-01-02.xlsx", "Phòng Chương trình", "Tuần sau"},
		"/phat-song?tuan=2023-W10": {"Chưa có nhật ký của 4 ngày", "loai=airings&amp;kenh=truyen-hinh&amp;tu=2023-03-06"},
		"/phat-song?tuan=2023-W06": {"không được tính", "12 phút 40 giây"},
		"/phat-song/nhap":          {"Sổ tin, bài báo in", "Nhật ký phát sóng"},
		"/phat-song/nhap?loai=airings&kenh=truyen-hinh&tu=2023-02-27": {`value="27/02/2023"`, `value="05/3/2023"`, `<option value="truyen-hinh" selected>`},
		"/phat-song/nhap?loai=print":                                  {"Báo Sương Hà", "Xác nhận không có"},
		"/phat-song/nhap?loai=radio":                                  {"Phiếu có chữ ký"},
		"/phat-song/nhap/tep":                                         {"Còn 1 lỗi", "<td data-p=\"Cột\">Giờ phát</td>", "25:70", "&lt;script&gt;", `name="cot-1"`, "Mấy dòng đầu của tệp"},
		"/phat-song/nhap/xong":                                        {"Đã nạp 2 lần phát sóng.", "đạt (1/01)", "Tuần 9"},
		"/phat-bu":                                                    {"PB-01", "sự cố kỹ thuật", "Tải bảng"},
		"/phat-bu/PB-01":                                              {"Đề xuất giờ phát bù", "18/PTTH-TH", "Kết thúc việc này", "&lt;script&gt;"},
		"/sap-toi/goi-y?cho=dai-ptth":                                 {"Khung giờ có thể xếp", "&lt;script&gt;", "bản chung", `value="19:00"`, "Truyền hình Sương Hà, 15h00"},
		"/truyen-thanh?thang=2023-02":                                 {"<b>1</b> trong 2 xã", "chưa nhận được", "50 phút", "Ước lượng 50%", "Chọn lại"},
		"/truyen-thanh/phieu":                                         {"xã Nậm Lù", "Tháng 2/2023", `<option value="2023-02" selected>`},
		"/sap-toi":                                                    {"Gợi ý tin, bài, giờ phát"},
		"/phat-song/ban-do-cot":                                       {"Phòng Thời sự", "Giờ phát: cột C", "kênh Truyền hình Sương Hà"},
	} {
		w := get(t, h, path)
		body := w.Body.String()
		if w.Code != 200 {
			t.Errorf("%s: %d", path, w.Code)
		}
		structure(t, path, body)
		for _, s := range want {
			if !strings.Contains(body, s) {
				t.Errorf("%s: no %q in\n%s", path, s, body)
			}
		}
	}
	if strings.Contains(get(t, h, "/sap-toi/goi-y?cho=dai-ptth").Body.String(), "bản riêng") {
		t.Error("the officer sees what the station did not share")
	}
	for path, code := range map[string]int{"/phat-bu/PB-09": 404, "/sap-toi/goi-y?cho=so-noi-vu": 403, "/phat-song?tuan=2023-03": 404, "/phat-song?tuan=x": 404, "/phat-song/nhap/khac": 404} {
		if w := get(t, h, path); w.Code != code {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	for _, form := range []string{"xlsx", "csv"} {
		if w := get(t, h, "/phat-song?tuan=2023-W01&dang="+form); w.Code != 200 || w.Body.Len() < 100 || !strings.Contains(w.Header().Get("Content-Disposition"), "phat-song-2023-W01."+form) {
			t.Errorf("%s: %d %v", form, w.Code, w.Header())
		}
		if w := get(t, h, "/phat-song/nhap/tep?dang="+form); w.Code != 200 || w.Body.Len() < 80 {
			t.Errorf("mistakes as %s: %d", form, w.Code)
		}
	}
}

// TestAirIsScoped: a station's people see their own channels alone, and hand in what is theirs.
func TestAirIsScoped(t *testing.T) {
	f := newFake()
	f.maps = []media.TableMap{{Sender: "Phòng Thời sự", Form: media.FormAirings, Columns: map[string]string{"Giờ phát": "C"}, At: f.now, Channel: "truyen-hinh", Agency: "suong-ha/dai-ptth"}}
	own, other := f.as(access.Planner, "suong-ha/dai-ptth"), f.as(access.Planner, "suong-ha/bao")
	for path, word := range map[string]string{"/phat-song?tuan=2023-W01": "nhat-ky-01-02.xlsx", "/phat-song/nhap?loai=airings": `value="truyen-hinh"`, "/phat-song/ban-do-cot": "Phòng Thời sự"} {
		if !strings.Contains(get(t, own, path).Body.String(), word) {
			t.Errorf("%s: its own planner does not see %q", path, word)
		}
		if strings.Contains(get(t, other, path).Body.String(), word) {
			t.Errorf("%s: another's planner sees %q", path, word)
		}
	}
	if body := get(t, own, "/phat-song/nhap").Body.String(); strings.Contains(body, "báo in") {
		t.Error("a planner is offered the newspaper's list")
	}
	if body := get(t, f.as(access.Editor, "suong-ha/bao"), "/phat-song/nhap").Body.String(); !strings.Contains(body, "Sổ tin, bài báo in") || strings.Contains(body, "Nhật ký phát sóng</b>") {
		t.Error("an editor is offered more than the printed list")
	}
}

// sendForm sends a form to the fake desk.
func sendForm(t *testing.T, h http.Handler, path, contentType, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// formParts is a form as browsers send it with files; it has none.
func formParts(fields ...string) (contentType, body string) {
	for i := 0; i+1 < len(fields); i += 2 {
		body += "--x\r\nContent-Disposition: form-data; name=\"" + fields[i] + "\"\r\n\r\n" + fields[i+1] + "\r\n"
	}
	return "multipart/form-data; boundary=x", body + "--x--\r\n"
}

// TestCasesOnTheDesk: a station proposes, the department agrees; nobody acts in another's, nor out of turn.
func TestCasesOnTheDesk(t *testing.T) {
	f := newFake()
	own, other, dept := f.as(access.Planner, "suong-ha/dai-ptth"), f.as(access.Planner, "suong-ha/bao"), f.as(access.Officer)
	if w := get(t, other, "/phat-bu/PB-01"); w.Code != 404 || strings.Contains(get(t, other, "/phat-bu").Body.String(), "PB-01") {
		t.Errorf("another's planner sees the case: %d", w.Code)
	}
	if body := get(t, own, "/phat-bu/PB-01").Body.String(); !strings.Contains(body, "Đề xuất giờ phát bù") || strings.Contains(body, "Kết thúc việc này") {
		t.Error("a planner is offered what the department decides, or not what is theirs")
	}
	ct, body := formParts("kenh", "truyen-hinh", "ngay", "2023-03-15", "gio", "20:05", "phut", "20")
	if w := sendForm(t, own, "/phat-bu/PB-01/hen", ct, body); w.Code != 303 || len(f.did) != 1 || f.did[0].Pledge.Start != at("2023-03-15 20:05") || f.did[0].Pledge.Length != 20*time.Minute || f.did[0].Kind != schedule.CasePropose {
		t.Errorf("proposed: %d %+v", w.Code, f.did)
	}
	if w := sendForm(t, own, "/phat-bu/PB-01/thong-nhat", ct, body); w.Code != 403 || len(f.did) != 1 {
		t.Errorf("a planner agrees: %d", w.Code)
	}
	ct, body = formParts("lan", "1", "van-ban", "20/SNV", "ngay-van-ban", "2023-03-11")
	if w := sendForm(t, dept, "/phat-bu/PB-01/thong-nhat", ct, body); w.Code != 303 || f.did[1].N != 1 || f.did[1].Document != "20/SNV" || f.did[1].Issued != day("2023-03-11") {
		t.Errorf("agreed: %d %+v", w.Code, f.did)
	}
	for _, bad := range [][]string{{"ngay", "x", "gio", "20:05", "phut", "20"}, {"ngay", "2023-03-15", "gio", "25:05", "phut", "20"}, {"ngay", "2023-03-15", "gio", "20:05", "phut", "0"}} {
		ct, body = formParts(bad...)
		if w := sendForm(t, own, "/phat-bu/PB-01/hen", ct, body); w.Code != 422 || len(f.did) != 2 {
			t.Errorf("%v: %d", bad, w.Code)
		}
	}
	ct, body = formParts("lan", "1", "loi", "hỏng")
	if w := sendForm(t, dept, "/phat-bu/PB-01/rut-lai", ct, body); w.Code != 422 || !strings.Contains(w.Body.String(), "Không ghi được: thử.") {
		t.Errorf("refused: %d", w.Code)
	}
	form := "application/x-www-form-urlencoded"
	if w := sendForm(t, own, "/phat-bu", form, "ky=B-D1+suong-ha/dai-ptth+2023-W06&vi-sao=technical"); w.Code != 303 || f.did[3].Owner != "suong-ha/dai-ptth" || f.did[3].Misses[0].Period != "2023-W06" {
		t.Errorf("opened: %d %+v", w.Code, f.did)
	}
	if w := sendForm(t, other, "/phat-bu", form, "ky=B-D1+suong-ha/dai-ptth+2023-W06&vi-sao=technical"); w.Code != 403 || len(f.did) != 4 {
		t.Errorf("another's planner opens it: %d", w.Code)
	}
	// The station's hours, and what may be kept and shared.
	if w := sendForm(t, own, "/sap-toi/khung-gio?cho=dai-ptth", form, "kenh-0=truyen-hinh&ngay-0=all&tu-0=19:00&den-0=21:00&kenh-1=truyen-hinh&ngay-1=end"); w.Code != 303 || len(f.rooms) != 1 || f.rooms[0] != [4]string{"truyen-hinh", "all", "19:00", "21:00"} {
		t.Errorf("hours: %d %v", w.Code, f.rooms)
	}
	if w := sendForm(t, own, "/sap-toi/goi-y/chia-se?cho=dai-ptth", form, "ban=n9"); w.Code != 422 || !strings.Contains(w.Body.String(), "Không có bản nháp này.") {
		t.Errorf("a draft that is not: %d", w.Code)
	}
	if w := sendForm(t, other, "/sap-toi/goi-y/luu?cho=dai-ptth", form, ""); w.Code != 403 {
		t.Errorf("another's suggestions kept: %d", w.Code)
	}
	if body := get(t, other, "/sap-toi").Body.String(); strings.Contains(body, "Đài PT-TH tỉnh") {
		t.Error("the newspaper sees the station's weeks")
	}
}

// TestLoudspeakersAreScoped: a district sees its communes, and nobody is told before who is listened to.
func TestLoudspeakersAreScoped(t *testing.T) {
	f := newFake()
	body := get(t, f.as(access.District, "suong-ha/huyen-thac-ba"), "/truyen-thanh?thang=2023-02").Body.String()
	for word, want := range map[string]bool{"xã Nậm Lù": true, "xã Bản Cái": false, "Chọn 1 xã": false, "Nghe loa": false} {
		if strings.Contains(body, word) != want {
			t.Errorf("a district sees %q: %v", word, !want)
		}
	}
	if body := get(t, f.as(access.Link, "suong-ha/xa-ban-cai"), "/truyen-thanh/phieu").Body.String(); !strings.Contains(body, "xã Bản Cái") || strings.Contains(body, "xã Nậm Lù") {
		t.Error("a link of one commune shows another, or not its own")
	}
	if w := get(t, f.as(access.Planner, "suong-ha/dai-ptth"), "/truyen-thanh/phieu"); w.Code != 404 {
		t.Errorf("a planner has no commune: %d", w.Code)
	}
	if w := sendForm(t, f.as(access.Officer), "/truyen-thanh/chon?thang=2023-02", "application/x-www-form-urlencoded", "so-xa=0"); w.Code != 422 {
		t.Errorf("no communes drawn: %d", w.Code)
	}
}
