package main

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web"
	"loa/web/access"
)

// state is a page as it stands after something was done: what it answers to a form, or with nothing to show yet.
type state struct {
	name string // of its test and its picture
	role access.Role
	path string
	does func(w *tab) // leads to what is looked at; nil: the address alone
}

// TestBrowserStates looks, as TestBrowserPages does, at what pages read when something is wrong, when a table was handed
// in with mistakes, when what was closed came out otherwise, and on the first day, when nothing is there.
func TestBrowserStates(t *testing.T) {
	t.Parallel()
	e := seededEngine(t)
	states := slices.Concat(stateOfTables(t, e), stateOfTexts(t, e), stateOfWork(t, e))
	source := axe(t)
	t.Run("seeded", func(t *testing.T) { t.Parallel(); goThrough(t, e, source, states) })
	first := testEngine(t, "--plans", plansWithReports(t), "--data", t.TempDir())
	var err error
	if first.login, err = (entrance{}).settings(first, ""); err == nil {
		err = first.sampleAccounts(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Run("first day", func(t *testing.T) { t.Parallel(); goThrough(t, first, source, statesOfNothing()) })
}

// goThrough looks at states one after the other in one tab.
func goThrough(t *testing.T, e *engine, axe string, states []state) {
	h, _ := e.handlers("", false)
	desk := httptest.NewServer(h)
	defer desk.Close()
	w := newTab(t, desk.URL)
	if _, err := chromedp.Call(w.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: axe}); err != nil {
		t.Fatal(err)
	}
	w.allow(422, 401) // a form that is refused, a wrong password
	sessions := map[access.Role]string{}
	for _, s := range states {
		if sessions[s.role] == "" {
			sessions[s.role] = session(t, e, logins[s.role])
		}
		t.Run(string(s.role)+" "+s.name, func(t *testing.T) {
			w := w.on(t)
			w.holds(sessions[s.role])
			w.look(glance{widths[0], "light"})
			if code := w.open(s.path); code != 200 {
				t.Fatalf("%s: answer %d", s.path, code)
			}
			if s.does != nil {
				s.does(w)
			}
			lookHere(w, "state-"+string(s.role)+"-"+s.name)
		})
	}
}

// stateOfTables are tables and lists that are handed in with mistakes.
func stateOfTables(t *testing.T, e *engine) []state {
	t.Helper()
	officer := logins[access.Officer]
	file := func(name string, data []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sheet := func(rows ...[]any) []byte {
		f := excelize.NewFile()
		defer f.Close()
		for i, r := range rows {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	late, never := reform("03/03/2023"), reform("31/02/2023")
	late[4], late[5] = "25:70", "dài"
	week := web.Sent{Channel: "mau-tv", From: seedEnd.AddDate(0, 0, -7), To: seedEnd.AddDate(0, 0, -1), Sender: "Phòng Chương trình (mẫu)"}
	as := func(kind string) web.Sent { s := week; s.Kind = kind; return s }
	paper := web.Sent{Kind: string(media.RegPrint), Agency: "mau/bao", From: seedEnd.AddDate(0, 0, -30), To: seedEnd, Sender: "Tòa soạn (mẫu)"}
	handed := func(name string, s web.Sent, data []byte) string {
		return "/phat-song/nhap/" + waitingLog(t, e, officer, name, s, data)
	}
	_, form, err := e.collectFile(t.Context(), e.period(t, "2023-02"), "mau/so-tu-phap", "Chuyên viên (mẫu)")
	if err != nil {
		t.Fatal(err)
	}
	wrongForm := file("so-tu-phap.xlsx", form)
	edit(t, wrongForm, func(_ *excelize.File, set func(string, any)) {
		for cell, v := range map[string]any{"C90": "31/02/2023", "D90": "Ra quân tuyên truyền cải cách hành chính", "C91": "ngày hôm kia", "D91": "Hội nghị một cửa", "E91": "khong-phai-dia-chi", "C4": "15/02/2023", "H5": "có lẽ"} {
			set(cell, v)
		}
	})
	posts := "05/3/2023  https://www.facebook.com/sotuphap/posts/123  Hướng dẫn nộp hồ sơ trực tuyến\n05/3/2023  https://www.facebook.com/sotuphap/posts/123\nhttps://zalo.me/bai/9\n31/02/2023 https://fb.mau.vn/bai/1 Một cửa\nxin chào"
	plans := "12/KH-STP; 18/01/2023; Sở Tư pháp; Kế hoạch tuyên truyền cải cách hành chính năm 2023\n31/01/2023; 15/KH-SXD; Sở Xây dựng; Kế hoạch tuyên truyền\n07/KH; 30/02/2023; Sở Y tế; Kế hoạch\nKhông có số; Sở Không Ai Biết\n12/KH-STP; 18/01/2023; Sở Tư pháp; Gửi hai lần"
	return []state{
		{"nhat-ky-sai", access.Officer, handed("nhat-ky.xlsx", as(media.FormAirings), xlsxLog(t, news("27/02/2023"), late, never)), nil},
		{"nhat-ky-la-cot", access.Officer, handed("la-cot.xlsx", as(media.FormAirings), sheet([]any{"A", "B", "C"}, []any{"1", "2", "3"})), nil},
		{"nhat-ky-dung", access.Planner, "/phat-song/nhap/" + waitingLog(t, e, logins[access.Planner], "nhat-ky-dung.xlsx", as(media.FormAirings), xlsxLog(t, news("27/02/2023"), reform("03/03/2023"))), nil},
		{"lich-sai", access.Officer, handed("lich.xlsx", as(media.FormSchedule), xlsxLog(t, news("07/03/2023"), late)), nil},
		{"video-sai", access.Officer, handed("video.xlsx", as(media.FormUploads), sheet([]any{"Tiêu đề", "Ngày đăng", "Địa chỉ", "Thời lượng"}, []any{"Cải cách hành chính số 10", "03/03/2023", "https://youtu.be/x", "00:16:20"}, []any{"", "hôm qua", "youtu", "lâu"})), nil},
		{"bao-in-sai", access.Officer, handed("bao-in.xlsx", paper, sheet([]any{"Số báo", "Ngày phát hành", "Trang", "Chuyên mục", "Tiêu đề"}, []any{"5120", "03/03/2023", "3", "Cải cách hành chính", "Một cửa ở xã"}, []any{"", "32/13/2023", "ba", "", ""})), nil},
		{"bai-dang-sai", access.Officer, "/minh-chung/duong-dan", func(w *tab) {
			w.fill("Cơ quan, đơn vị", "mau/so-tu-phap")
			w.fill("Đường dẫn và ngày đăng", posts)
			w.fill("Tôi xác nhận", "co")
			w.press(w.button("Xem trước"))
			w.says("không ghi", "ghi được")
		}},
		{"so-ke-hoach-sai", access.Officer, "/so-ke-hoach/dan", func(w *tab) {
			w.fill("Danh sách văn bản", plans)
			w.press(w.button("Xem trước"))
			w.says("không ghi", "ghi được")
		}},
		{"bieu-sai", access.Officer, "/bieu-thu-thap?ky=2023-02", func(w *tab) {
			w.fill("Các tệp Excel", wrongForm+"\n"+file("anh.xlsx", []byte("\x89PNG")))
			w.press(w.button("Xem trước"))
			w.says("31/02/2023", "Không phải tệp Excel")
		}},
		{"phieu-sai", access.Clerk, "/phieu/so-tu-phap/2023-02", func(w *tab) {
			w.fill("Tệp đã điền", wrongForm)
			w.press(w.button("Xem trước"))
			w.says("31/02/2023")
		}},
		{"nop-thieu", access.Clerk, "/minh-chung/moi", func(w *tab) {
			w.fill("Làm việc gì", ask[string](w, `document.querySelector("select[data-duty] option:not([value=''])").value`))
			w.fill("Nội dung", "Giao ban có nội dung cải cách hành chính")
			w.fill("Ngày, hoặc từ ngày", "31/02/2023")
			w.fill("Tôi xác nhận", "co")
			w.press(w.button("Nộp"))
		}},
		{"truyen-thanh-sai", access.Officer, "/truyen-thanh/nhap/" + waitingLog(t, e, officer, "huyen.xlsx", web.Sent{Kind: "radio", Month: calendar.Day(seedEnd).AddDate(0, -1, -5), District: "mau/huyen-khe-may", Sender: "Phòng Văn hóa (mẫu)"},
			sheet([]any{"Xã, phường, thị trấn", "Số tin, bài CCHC", "Số phút"}, []any{"Xã Không Ai Biết", "hai", "10"}, []any{"Xã Lũng Mây", "2", "-5"})), nil},
	}
}

// period is a period by its id.
func (e *engine) period(t *testing.T, id string) calendar.Period {
	t.Helper()
	p, err := calendar.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stateOfTexts are two texts of one piece, two closings of one period, a level on trial.
func stateOfTexts(t *testing.T, e *engine) []state {
	t.Helper()
	item, period := twoTexts(t, e), closedTwice(t, e)
	return []state{
		{"hai-ban", access.Officer, "/tin-bai/" + item + "/so-sanh", func(w *tab) { w.says("sáp nhập") }},
		{"chot-hai-lan", access.Officer, "/bao-cao/" + period + "/so-sanh?a=1&b=2", func(w *tab) { w.says("tin trùng") }},
		{"lan-hai", access.Officer, "/bao-cao/" + period, nil},
		{"muc-thu", access.Officer, "/cai-dat/muc/A-6.1", func(w *tab) {
			w.open(ask[[]string](w, `[...document.querySelectorAll('main a[href*="?muc="]')].map(a => a.getAttribute("href"))`)[0])
			w.fill(ask[string](w, `document.querySelector("main .fld label").innerText.trim()`), "7")
			w.fill("Căn cứ", "Thống nhất tại giao ban (mẫu)")
			w.press(w.button("Xem trước"))
			w.says("Nếu áp dụng")
		}},
		{"khung-gio-sai", access.Officer, "/cai-dat/khung-gio/tv", func(w *tab) {
			w.fill("Khung giờ", "25:00 - 13:30")
			w.fill("Căn cứ", "Thống nhất với Đài (mẫu)")
			w.press(w.button("Ghi khung giờ"))
			w.says("25:00")
		}},
	}
}

// stateOfWork are pages after somebody's work: links that were just made, a hand-in that was returned, what a unit declares
// beside what was seen, what was told, what was pledged, a closed period that would come out otherwise, duties by what is
// counted of them.
func stateOfWork(t *testing.T, e *engine) []state {
	t.Helper()
	f := look(t, e)
	furnish(t, e, f)
	proof := func(duty string) func(w *tab) {
		return func(w *tab) {
			w.fill("Cơ quan, đơn vị", "mau/so-xay-dung")
			w.fill("Làm việc gì", duty)
			w.do(clickOn("main details summary"))
		}
	}
	return []state{
		{"duong-dan-vua-lap", access.Officer, "/quan-tri/duong-dan", func(w *tab) {
			w.do(clickOn("#c-0"), clickOn("#c-1"))
			w.press(w.button("Lập đường dẫn cho các đơn vị đã chọn"))
			w.says("Chỉ hiện một lần")
		}},
		{"nop-van-ban", access.Officer, "/minh-chung/moi", proof("A-2.3")},
		{"nop-hinh-thuc-khac", access.Officer, "/minh-chung/moi", proof("A-8")},
		{"tra-lai", access.Officer, "/minh-chung/" + f.handin, func(w *tab) {
			w.fill("Lý do trả lại", "Thiếu biên bản, xin gửi kèm")
			w.press(w.button("Trả lại"))
			w.says("Thiếu biên bản")
		}},
		{"nop-lai", access.Officer, "/minh-chung/moi?thay=" + f.handin, nil},
		{"khai-them", access.Clerk, "/phieu/so-tu-phap/2023-02", func(w *tab) {
			w.fill("Ngày đăng, phát", "14/02/2023")
			w.fill("Tên tin, bài", "Hội nghị tập huấn một cửa của Sở")
			w.fill("Địa chỉ (đường dẫn)", "http://sotuphap.mau.example/tin-chua-ai-thay")
			w.press(w.button("Thêm tin, bài"))
			w.says("Hội nghị tập huấn")
		}},
		{"doi-chieu", access.Officer, "/doi-chieu?ky=2023-02", func(w *tab) { w.says("Hội nghị tập huấn") }},
		{"bao-tin", access.Officer, "/bao-tin", func(w *tab) { w.says("Việc trong tuần") }},
		{"hen-phat-bu", access.Officer, "/phat-bu/" + f.makeGood, nil},
		{"lam-thay", access.Admin, "/quan-tri/tai-khoan", nil},
		{"dieu-chinh", access.Officer, "/dieu-chinh", func(w *tab) { w.says("bớt:") }},
		{"viec-hom-nay", access.Officer, "/", nil},
		{"viec-hom-nay", access.HomeAffairs, "/", nil},
		{"viec-hom-nay", access.Planner, "/", nil},
		{"viec-hom-nay", access.Editor, "/", nil},
		{"tinh-hinh", access.Reader, "/", nil},
		{"nhap-sai", access.Reader, "/dang-nhap", func(w *tab) {
			w.fill("Tên đăng nhập", "chuyenvien")
			w.fill("Mật khẩu", "sai rồi")
			w.press(w.button("Đăng nhập"))
			w.says("chưa đúng")
		}},
		{"phat-song-nhap", access.Planner, "/phat-song/nhap?loai=schedule", nil},
	}
}

// twoTexts gives a piece whose site wrote it otherwise some hours later.
func twoTexts(t *testing.T, e *engine) string {
	t.Helper()
	ctx := t.Context()
	rows, _, err := e.store.Search(ctx, web.ItemQuery{Verdict: "review", Limit: 1, Plan: e.plan.ID})
	if err != nil || len(rows) == 0 {
		t.Fatalf("nothing waits: %v", err)
	}
	it := rows[0].Item
	u, err := url.Parse(it.URL)
	if err != nil {
		t.Fatal(err)
	}
	leases, err := e.store.ClaimFor(ctx, e.node, []string{u.Host}, 1, time.Minute)
	if err != nil || len(leases) != 1 {
		t.Fatalf("%d leases of %s: %v", len(leases), u.Host, err)
	}
	for i, body := range []string{
		"Ủy ban nhân dân xã tổ chức đối thoại với người dân về việc giải quyết hồ sơ tại bộ phận tiếp nhận và trả kết quả.\nTheo báo cáo, tỷ lệ hồ sơ giải quyết đúng hạn đạt 96,5%, còn 12 hồ sơ đất đai quá hạn.\nChủ tịch xã giao công chức địa chính rà soát, trả lời dân trước ngày 15/3/2023.",
		"Ủy ban nhân dân xã tổ chức đối thoại với người dân về giải quyết thủ tục hành chính và việc sáp nhập ba thôn.\nTheo báo cáo, tỷ lệ hồ sơ giải quyết đúng hạn đạt 98,5%, không còn hồ sơ quá hạn.\nChủ tịch xã giao công chức địa chính rà soát, trả lời dân trước ngày 20/3/2023.\nXã sẽ niêm yết công khai kết quả tại nhà văn hóa các thôn.",
	} {
		seen := seedEnd.Add(time.Duration(i) * time.Hour)
		r := media.Revision{Item: it.ID, Hash: crawler.TextHash(it.Title, it.Lead, body), Title: it.Title, Lead: it.Lead, Body: body, From: "page", Seen: seen}
		r.ID = media.RevisionID(r.Item, r.Hash, r.Seen)
		if err := e.store.PutPage(ctx, leases[0], crawler.PageVisit{Item: it.ID, Source: it.Source, At: seen, Outcome: media.OK, Revision: &r, Done: true}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.store.Release(ctx, leases[0]); err != nil {
		t.Fatal(err)
	}
	return it.ID
}

// closedTwice gives a period that was closed, and closed again after a piece of it was struck out.
func closedTwice(t *testing.T, e *engine) string {
	t.Helper()
	ctx := t.Context()
	heads, err := e.store.ClosingHeads(ctx, e.plan.ID, seededNow)
	if err != nil || len(heads) < 2 {
		t.Fatalf("%d periods are closed: %v", len(heads), err)
	}
	period := heads[0].Period
	closings, err := e.store.Closings(ctx, e.plan.ID, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	n := strikeClosed(t, e, lastOf(closings, period))
	next, err := e.closePeriod(ctx, e.period(t, period), closings, closeAsk{By: "Chuyên viên (mẫu)", Reason: "Bỏ tin trùng theo rà soát của phòng", Restate: true})
	if err == nil {
		err = e.store.PutClosing(ctx, next)
	}
	if err != nil || n == 0 {
		t.Fatalf("%d struck out: %v", n, err)
	}
	if n = strikeClosed(t, e, lastOf(closings, heads[1].Period)); n == 0 { // which is to be proposed
		t.Fatal("nothing of the other closed period is struck out")
	}
	if _, err := e.judgeAndEvaluate(ctx); err != nil {
		t.Fatal(err)
	}
	return period
}

// strikeClosed strikes a piece of some rows of a closing out and gives of how many.
func strikeClosed(t *testing.T, e *engine, closing *schedule.Closing) (n int) {
	t.Helper()
	for _, row := range closing.Rows {
		i := slices.IndexFunc(row.Credits, func(c schedule.Credit) bool { return c.Evidence.ID != "" })
		if row.Standing.State != schedule.Met || i < 0 || n == 3 {
			continue
		}
		n++
		d := schedule.Decision{Kind: schedule.Strike, Plan: e.plan.ID, Quota: row.Standing.Quota, Owner: row.Standing.Owner, Period: row.Standing.Period, Evidence: row.Credits[i].Evidence.ID,
			At: seededNow, Actor: "Chuyên viên (mẫu)", Reason: "tin trùng với bài đã tính"}
		if err := e.decide(t.Context(), d, e.matching); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// statesOfNothing are the pages of the first day: nothing was read, handed in or decided.
func statesOfNothing() []state {
	var out []state
	for role, paths := range map[access.Role]string{
		access.Officer: "/ /duyet /duyet/kiem-tra /bang-theo-doi /tin-bai /nguon /phat-song /sap-toi /sap-toi/goi-y /minh-chung /so-ke-hoach /so-bao-cao /so-bao-cao/moi /bao-cao /dieu-chinh /bieu-thu-thap /doi-chieu /co-quan /bao-tin /phat-bu " +
			"/truyen-thanh /phien-chot /thu-nhac /cai-dat /cai-dat/tep /cai-dat/khoa-api /cai-dat/webhook /phat-song/ban-do-cot /quan-tri/duong-dan /lich-su",
		access.HomeAffairs: "/ /mo-phong-diem", access.District: "/ /minh-chung /truyen-thanh", access.Clerk: "/ /minh-chung /phieu", access.Planner: "/ /phat-song", access.Editor: "/", access.Reader: "/", access.Admin: "/sao-luu",
	} {
		for _, path := range strings.Fields(paths) {
			out = append(out, state{"trong-" + fileName(path), role, path, nil})
		}
	}
	slices.SortFunc(out, func(a, b state) int { return strings.Compare(string(a.role)+a.path, string(b.role)+b.path) })
	return out
}
