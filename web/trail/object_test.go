package trail

import (
	"strings"
	"testing"
	"time"
)

// TestObject: what an event was about is told in words that people read, and leads to the page where it stands; a name that
// a person gave stays as it is.
func TestObject(t *testing.T) {
	named := func(of map[string]string) func(string) string {
		return func(id string) string {
			if n := of[id]; n != "" {
				return n
			}
			return id
		}
	}
	n := Names{Quota: named(map[string]string{"A-2.3": "Lồng ghép"}), Agency: named(map[string]string{"mau/so-y-te": "Sở Y tế"}), Source: named(map[string]string{"mau/bao": "Báo Mẫu"}),
		Channel: named(map[string]string{"tv": "Truyền hình Mẫu"}), Period: named(map[string]string{"2023-02": "tháng 02/2023"})}
	for _, c := range []struct{ kind, subject, words, path string }{
		{"login", "noivu", "Tài khoản noivu", ""},
		{"account.made", "noivu", "Tài khoản noivu", ""},
		{"token.added", "phần mềm IOC (ab…)", "phần mềm IOC (ab…)", ""},
		{"handin.handed", "mau/2023 A-2.3 mau/so-y-te 7984", "Sở Y tế: Lồng ghép", "/minh-chung/7984"},
		{"handed.received", "awpgnz", "Một tệp chờ xem trước", ""},
		{"register.imported", "register:segments:mau/so-y-te", "Sở Y tế", ""},
		{"schedule.imported", "schedule:tv", "Truyền hình Mẫu", ""},
		{"airings.imported", "tv", "Truyền hình Mẫu", ""},
		{"decision.strike", "mau/2023 A-2.3 mau/so-y-te 2023-02", "Lồng ghép, Sở Y tế, tháng 02/2023", "/tien-do/A-2.3/so-y-te/2023-02"},
		{"decision.add", "mau/2023 A-2.3 mau/so-y-te ", "Lồng ghép, Sở Y tế", "/quotas/A-2.3"},
		{"note.call", "mau/2023 A-2.3 mau/so-y-te 2023-02", "Lồng ghép, Sở Y tế, tháng 02/2023", "/tien-do/A-2.3/so-y-te/2023-02"},
		{"notice.released", "mau/2023 missed A-2.3 mau/so-y-te 2023-02", "Lồng ghép, Sở Y tế, tháng 02/2023", "/tien-do/A-2.3/so-y-te/2023-02"},
		{"declaration.added", "mau/2023 mau/so-y-te 2023-02", "Sở Y tế, tháng 02/2023", "/doi-chieu?ky=2023-02&don-vi=so-y-te"},
		{"collect.given", "mau/2023 2023-02 mau/so-y-te", "Biểu thu thập tháng 02/2023, Sở Y tế", "/bieu-thu-thap?ky=2023-02"},
		{"walk.begun", "mau/bao", "Báo Mẫu", "/nguon/bao"},
		{"entry.set", "mau source bao", "Nguồn «Báo Mẫu»", "/cai-dat/tep"},
		{"entry.set", "mau holidays 2025", "Ngày nghỉ năm 2025", "/cai-dat/tep"},
		{"report.issued", "mau/2023 2023-02 cong-van 1", "Báo cáo tháng 02/2023", "/bao-cao/2023-02"},
		{"draft.session", "mau/2023 2023-02", "Phiên chốt kỳ tháng 02/2023", "/phien-chot?ky=2023-02"},
		{"quarantine.released", "ab12", "Tài liệu máy không đọc được", "/nguon/cach-ly"},
		{"export.pack", "mau/2023 2023-02", "Gói minh chứng tháng 02/2023", "/bao-cao/2023-02"},
	} {
		if words, path := (Event{Kind: c.kind, Subject: c.subject}).Object(n); words != c.words || path != c.path {
			t.Errorf("%s of %q: %q %q, want %q %q", c.kind, c.subject, words, path, c.words, c.path)
		}
	}
}

// TestDiffInWords: codes of what is recorded are told in words by the field they stand in, a day has no hour, what a span
// ends before is told as its last day, and what the event itself says is not said twice.
func TestDiffInWords(t *testing.T) {
	same := func(id string) string { return id }
	n := Names{Quota: same, Agency: same, Source: same, Channel: same, Period: same, Role: func(id string) string { return map[string]string{"home-affairs": "Sở Nội vụ"}[id] }}
	at := time.Date(2023, 3, 6, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct{ kind, after, want string }{
		{"account.made", `{"login":"noivu","role":"home-affairs","password":"none"}`, "Tên đăng nhập: noivu|Vai trò: Sở Nội vụ|Mật khẩu: chưa đặt"},
		{"account.password", `{"password":"ab12cd34"}`, "Mật khẩu: đã đặt (dấu ab12cd34)"},
		{"handin.handed", `{"kind":"proof","amounts":{"events":2}}`, "Loại: minh chứng|Số cuộc, lớp, buổi: 2"},
		{"airings.imported", `{"from":"2023-02-20T00:00:00+07:00","to":"2023-02-27T00:00:00+07:00"}`, "Từ ngày: 20/02/2023|Đến ngày: hết ngày 26/02/2023"},
		{"collect.due", `{"due":"2023-02-27T00:00:00+07:00"}`, "Hạn: 27/02/2023"},
		{"case.open", `{"Plan":"mau/2023","Seq":1,"Case":"PB-01","Kind":"open","At":"2023-03-06T01:00:00Z","Actor":"Người lập lịch","Reason":"technical"}`, "Lý do: sự cố kỹ thuật"},
	} {
		var got []string
		for _, ch := range (Event{Kind: c.kind, Subject: "mau/2023 PB-01", Actor: "Người lập lịch", At: at, After: c.after}).Diff(n) {
			got = append(got, ch.Field+": "+ch.After)
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s: %s, want %s", c.kind, s, c.want)
		}
	}
}
