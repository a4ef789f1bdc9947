package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
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
	}
}

// as is the desk as a person with the role has it.
func (f *fake) as(role access.Role, agencies ...string) http.Handler {
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
	f.maps = []media.TableMap{{Sender: "Phòng Thời sự", Form: media.FormAirings, Columns: map[string]string{"Giờ phát": "C"}, At: f.now, Channel: "truyen-hinh"}}
	h := f.as(access.Officer)
	for path, want := range map[string][]string{
		"/phat-song?tuan=2023-W01": {"Truyền hình Sương Hà", "được tính", "nhat-ky-01-02.xlsx", "Phòng Chương trình", "Tuần sau"},
		"/phat-song?tuan=2023-W10": {"Chưa có nhật ký của 4 ngày", "loai=airings&amp;kenh=truyen-hinh&amp;tu=2023-03-06"},
		"/phat-song?tuan=2023-W06": {"không được tính", "12 phút 40 giây"},
		"/phat-song/nhap":          {"Sổ tin, bài báo in", "Nhật ký phát sóng"},
		"/phat-song/nhap?loai=airings&kenh=truyen-hinh&tu=2023-02-27": {`value="2023-02-27"`, `value="2023-03-05"`, `<option value="truyen-hinh" selected>`},
		"/phat-song/nhap?loai=print":                                  {"Báo Sương Hà", "Xác nhận không có"},
		"/phat-song/nhap?loai=radio":                                  {"Phiếu có chữ ký"},
		"/phat-song/nhap/tep":                                         {"Còn 1 lỗi", "<td data-p=\"Cột\">Giờ phát</td>", "25:70", "&lt;script&gt;", `name="cot-1"`, "Mấy dòng đầu của tệp"},
		"/phat-song/nhap/xong":                                        {"Đã nạp 2 lần phát sóng.", "đạt (1/01)", "Tuần 9"},
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
	for path, code := range map[string]int{"/phat-song?tuan=2023-03": 404, "/phat-song?tuan=x": 404, "/phat-song/nhap/khac": 404} {
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
	f.maps = []media.TableMap{{Sender: "Phòng Thời sự", Form: media.FormAirings, Columns: map[string]string{"Giờ phát": "C"}, At: f.now, Channel: "truyen-hinh"}}
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
