package main

import (
	"testing"
	"time"

	"loa/media"
	"loa/notify"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web/access"
)

// levelSet is the reference level that is set of a duty.
const levelSet = "warn_days"

// typedIn is what is typed into fields of a route's forms beside what stands there; of a box * is that it is ticked, and @ is
// the button that is pressed.
var typedIn = map[string]map[string]string{
	"/tien-do/{quota}/{owner}/{period}/goi":        {"hen": "2023-03-10"},
	"/tien-do/{quota}/{owner}/{period}/quyet-dinh": {"so-van-ban": "01/KH-UBND", "ngay-van-ban": "2023-01-20", "ngay-minh-chung": "20/01/2023"},
	"/tin-bai/{id}/duyet":                          {"cau": "co"},
	"/quan-tri/duong-dan":                          {"co-quan": "*"},
	"/cai-dat/khoa-api":                            {"muc": "*"},
	"/cai-dat/webhook":                             {"dia-chi": "https://nhan.mau.vn/loa", "muc": "*"},
	"/minh-chung/moi":                              {"so": "06/BB-SXD", "sl-events": "1", "tu": "01/3/2023", "chap-nhan": "co"},
	"/minh-chung/duong-dan":                        {"danh-sach": "https://fb.mau.vn/bai/1; 01/3/2023; Cải cách hành chính"},
	"/so-ke-hoach/dan":                             {"danh-sach": "12/KH-SXD; 18/01/2023; Sở Xây dựng; Kế hoạch tuyên truyền cải cách hành chính năm 2023"},
	"/phat-bu/{case}/hen":                          {"gio": "20:00", "ngay": "2023-03-20"},
	"/phieu/{unit}/{period}/them":                  {"ten": "Tin về một cửa", "ngay": "09/02/2023", "n-0": "2", "so": "08/BC"},
	"/truyen-thanh/phieu":                          {"so-tin": "2", "so-phut": "10", "ngay": "03, 10", "ky": "1"},
	"/quan-tri/tai-khoan":                          {"tai-khoan": "nguoimoi", "mat-khau": "hoa ban nở trắng"},
	"/quan-tri/tai-khoan/{id}/mat-khau":            {"mat-khau": "hoa ban nở tím"},
	"/quan-tri/tai-khoan/{id}/lam-thay":            {"tu": "07/3/2023", "den": "09/3/2023", "ly-do": "nghỉ phép", "nguoi-thay": "noivu"},
	"/tai-khoan/mat-khau":                          {"dang-dung": "hoa ban nở trắng", "mat-khau": "hoa ban nở tím", "nhac-lai": "hoa ban nở tím"},
	"/phat-bu":                                     {"ky": "*"},
	"/cai-dat/muc/{quota}":                         {"gia-tri": "2", "tu-ngay": "01/4/2023"},
	"/nguon/them":                                  {"dia-chi": "http://sotuphap.mau.vn/tin"},
}

// refusedFor are the routes whose forms may be refused on the seeded desk, and how.
var refusedFor = map[string]string{
	"/dang-nhap":           "Tên đăng nhập hoặc mật khẩu chưa đúng.",
	"/nguon/{key}/thu":     "không ra mạng",
	"/nguon/them":          "không ra mạng",
	"/nguon/{key}/lich-su": "không ra mạng",
	// a browser test hands a file in
	"/phat-song/nhap":            "Chưa có tệp và cũng chưa dán ô nào.",
	"/truyen-thanh/nhap":         "Chưa có tệp và cũng chưa dán ô nào.",
	"/bieu-thu-thap/nhap":        "Chưa chọn tệp nào.",
	"/phieu/{unit}/{period}/tep": "Chưa chọn tệp nào.",
	"/minh-chung/moi":            "Nhiệm vụ và hình thức đã chọn",
	"/bao-cao/{period}/ban-hanh": "Cần kèm bản đã ký (PDF).",
	// what stands there is sent as it is
	"/cai-dat/khung-gio/{key}":                     "có chỗ cần sửa",
	"/cai-dat/chuyen-muc/{key}":                    "Chưa có gì khác",
	"/cai-dat/co-quan/{key}":                       "Chưa có gì khác",
	"/cai-dat/phien-chot":                          "Chưa có gì khác",
	"/cai-dat/the-thuc":                            "Chưa có gì khác",
	"/nguon/{key}/sua":                             "có chỗ cần sửa",
	"/phat-bu/{case}/khep":                         "chưa khép lại được",
	"/phat-bu/{case}/chua-phat":                    "Không ghi được",
	"/phat-bu/{case}/da-phat":                      "nhật ký",
	"/tien-do/{quota}/{owner}/{period}/quyet-dinh": "Nhiệm vụ này mỗi kỳ chỉ nhận một văn bản",
}

// seldom are the routes whose forms stand on the seeded desk only after what other forms may have done, and what tests them.
var seldom = map[string]string{
	"/phat-bu":                         "where a confirmed miss has no case: TestMakeGoodThroughTheDesk",
	"/phat-bu/{case}/da-phat":          "of a pledge that was agreed: TestMakeGoodThroughTheDesk",
	"/phat-bu/{case}/chua-phat":        "the same",
	"/dieu-chinh":                      "where what was closed would come out otherwise",
	"/doi-chieu/{unit}/{period}/xu-ly": "where what is declared differs from what was seen: TestFormGoesRound",
	"/sap-toi/goi-y/chia-se":           "of a station that has somebody to share with: TestCasesOnTheDesk",
	"/nguon/{key}/xac-nhan":            "of a source whose address is not confirmed: TestSourceButtons",
}

// formless are the routes that no form on the pages of the seeded desk sends to, and where their form is.
var formless = map[string]string{
	"/bat-dau":                    "before there is an account: TestBrowserFirstRun",
	"/tep":                        "the script's, which sends files while the form is filled in: TestBrowserEvidence",
	"/dang-nhap/mau":              "of the demo alone",
	"/so-bao-cao/moi":             "the sample's plan asks for no reports: TestReportBookDesk",
	"/so-bao-cao/{id}/xet":        "the same",
	"/nguon/them/ghi":             "under what was read on trial, for which the network is needed: TestDeskOnboards",
	"/nguon/{key}/dung":           "while an archive is read, for which the network is needed: TestSourceButtons",
	"/phat-song/nhap/{id}/nap":    "of a file without mistakes: TestBrowserLogImport",
	"/phat-bu/{case}/rut-lai":     "of a broadcast that was made good or missed: TestMakeGoodThroughTheDesk",
	"/phieu/{unit}/{period}/nhan": "under the preview of a file that came back: TestFormGoesRound",
	"/bieu-thu-thap/nhan":         "the same",
}

// furnish gives the desk what its forms are about, and the account whom a form may take from its owner: nobody works with it.
func furnish(t *testing.T, e *engine, f addressed) string {
	t.Helper()
	ctx := t.Context()
	account := func(role access.Role) access.Account {
		a, ok, err := e.store.FindAccount(ctx, logins[role])
		if err != nil || !ok {
			t.Fatalf("no account of %s: %v", role, err)
		}
		return a
	}
	officer, reader, planner := account(access.Officer), account(access.Reader), account(access.Planner)
	session(t, e, logins[access.Reader])
	act := access.Act{By: account(access.Admin).Actor(), At: seededNow}
	if err := e.login.Gate.SetPassword(ctx, officer, typedIn["/tai-khoan/mat-khau"]["dang-dung"], false, act); err != nil {
		t.Fatal(err)
	}
	if err := e.store.PutCover(ctx, access.Cover{ID: "cover", Account: officer.ID, Away: reader.ID, Since: seedEnd.AddDate(0, 0, -1), Until: seedEnd.AddDate(0, 0, 7), Reason: "nghỉ phép"}, act); err != nil {
		t.Fatal(err)
	}
	if err := e.store.PutMap(ctx, media.TableMap{Sender: "Phòng Thời sự", Form: media.FormAirings, Columns: map[string]string{"start": "C"}, At: seededNow}, officer.Actor()); err != nil {
		t.Fatal(err)
	}
	if ok, err := e.store.AddNotice(ctx, notify.Notice{ID: "told", Plan: e.plan.ID, Kind: notify.Digest, Audience: notify.Owner, Agency: "mau/dai-ptth", At: seedEnd, Subject: "Việc trong tuần", Items: []notify.Item{{About: "told", Text: "Còn thiếu một lần phát"}}}, nil); err != nil || !ok {
		t.Fatalf("notice: %v %v", ok, err)
	}
	pledge := &schedule.Pledge{Channel: "mau-tv", Start: calendar.Day(seededNow).AddDate(0, 0, 3).Add(20 * time.Hour), Length: 20 * time.Minute}
	if _, _, err := e.actInCase(ctx, planner.Actor(), schedule.CaseAct{Kind: schedule.CasePropose, Case: f.makeGood, Pledge: pledge}, nil); err != nil {
		t.Fatal(err)
	}
	return reader.ID
}
