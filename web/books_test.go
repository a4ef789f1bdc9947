package web

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/media"
	"loa/schedule"
	"loa/viet"
	"loa/web/access"
)

func TestParseLinks(t *testing.T) {
	now := day("2023-03-10")
	text := strings.Join([]string{
		"05/3/2023 https://www.facebook.com/SoXayDung/posts/123?fbclid=abc&utm_source=x Hướng dẫn nộp hồ sơ trực tuyến",
		"https://m.facebook.com/SoXayDung/posts/123/ ; 5-3-2023",
		"zalo.me/s/12345\tngày 6 tháng 3 năm 2023\tLịch tiếp công dân",
		"",
		"07.03.2023",
		"https://youtu.be/AbC?si=1#t=3",
		"https://suongha.example/tin/1, 08/3/2023",
		"không có gì 08/3/2023",
		"https://tiktok.com/@so/video/9 20/3/2023",
		"javascript:alert(1) 08/3/2023",
		"https://user:pass@facebook.com/1 08/3/2023",
	}, "\r\n")
	got := parseLinks(text, now)
	want := []struct{ url, platform, day, title, wrong, twice string }{
		{"https://facebook.com/SoXayDung/posts/123", "Facebook", "05/3/2023", "Hướng dẫn nộp hồ sơ trực tuyến", "", ""},
		{"https://facebook.com/SoXayDung/posts/123", "Facebook", "05/3/2023", "", "", "trùng dòng 1"},
		{"https://zalo.me/s/12345", "Zalo", "06/3/2023", "Lịch tiếp công dân", "", ""},
		{"https://youtu.be/AbC", "YouTube", "07/3/2023", "", "", ""},
		{"https://suongha.example/tin/1", "trang khác", "08/3/2023", "", "", ""},
		{"", "", "08/3/2023", "không có gì", "không có đường dẫn", ""},
		{"https://tiktok.com/@so/video/9", "TikTok", "20/3/2023", "", "chưa đến", ""},
		{"", "", "08/3/2023", "javascript:alert(1", "không có đường dẫn", ""},
		{"", "", "08/3/2023", "", "không đọc được", ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines: %+v", len(got), got)
	}
	for i, w := range want {
		g := got[i]
		if g.URL != w.url || g.Platform != w.platform || viet.Day(g.Day) != w.day || g.Title != w.title || !strings.Contains(g.Wrong, w.wrong) || (g.Wrong == "") != (w.wrong == "") || g.Twice != w.twice {
			t.Errorf("line %d: %+v, want %+v", g.Line, g, w)
		}
	}
	if p := parseLinks("https://facebook.com/1", now); len(p) != 1 || !strings.Contains(p[0].Wrong, "ngày đăng") {
		t.Errorf("without a day: %+v", p)
	}
	if n := len(parseLinks(strings.Repeat("https://facebook.com/1 05/3/2023\n", 1000), now)); n != mostLines {
		t.Errorf("%d lines", n)
	}
}

// FuzzParseLinks: whatever is pasted, a line that is taken has an address of the web without a fragment, a known day and
// is its own clean form.
func FuzzParseLinks(f *testing.F) {
	for _, s := range []string{"05/3/2023 https://www.facebook.com/a/posts/1?fbclid=x", "zalo.me/1;6/3/2023", "http://[::1]/a 5/3/2023", "https://%zz 1/1/2023", "05/3/2023\nhttps://youtu.be/a\x00b", "https://fb.com/\xff 5/3/2023"} {
		f.Add(s)
	}
	now := day("2023-03-10")
	f.Fuzz(func(t *testing.T, text string) {
		seen := map[string]bool{}
		for _, p := range parseLinks(text, now) {
			if p.Wrong != "" || p.Twice != "" {
				continue
			}
			u, err := url.Parse(p.URL)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Fragment != "" || p.Day.IsZero() || p.Day.After(now) || p.Platform == "" || seen[p.URL] {
				t.Errorf("%q: %+v", text, p)
			}
			seen[p.URL] = true
			if again, ok := cleanLink(p.URL); !ok || again.String() != p.URL {
				t.Errorf("%q is not its own clean form: %v", p.URL, again)
			}
		}
	})
}

func TestParsePlanList(t *testing.T) {
	d := newHandDesk(t)
	duty, _ := d.p.quota("B-A1")
	f := findAgencies(d.p.plan, duty)
	text := strings.Join([]string{
		"Số, ký hiệu\tNgày\tCơ quan ban hành\tTrích yếu",
		"12/KH-SNV\t18/01/2023\tSở Nội vụ\tKế hoạch tuyên truyền cải cách hành chính năm 2023",
		"Kế hoạch tuyên truyền; UBND huyện Thác Bà; ngày 30/01/2023; 07/KH-UBND",
		"31/01/2023|SỞ TƯ PHÁP TỈNH SƯƠNG HÀ|số 9/KH-STP|Kế hoạch",
		"Kế hoạch số 44/KH-UBND ngày 20/01/2023 của Ủy ban nhân dân thành phố Sương Hà về tuyên truyền",
		"15/KH-SKC\t18/01/2023\tSở Không Có\tKế hoạch",
		"\t18/01/2023\tSở Tài chính\tKế hoạch",
		"16/KH-STC\t\tSở Tài chính\tKế hoạch",
		"12/KH-SNV\t18/01/2023\tSở Nội vụ\tnhắc lại",
		"17/KH-STC\t18/4/2023\tSở Tài chính\tKế hoạch",
	}, "\n")
	got := parsePlanList(text, f, day("2023-03-10"))
	want := []struct{ number, day, agency, wrong, twice string }{
		{"12/KH-SNV", "18/01/2023", "so-noi-vu", "", ""},
		{"07/KH-UBND", "30/01/2023", "huyen-thac-ba", "", ""},
		{"09/KH-STP", "31/01/2023", "so-tu-phap", "", ""},
		{"44/KH-UBND", "20/01/2023", "tp-suong-ha", "", ""},
		{"15/KH-SKC", "18/01/2023", "", "không nhận ra cơ quan", ""},
		{"", "18/01/2023", "so-tai-chinh", "không thấy số", ""},
		{"16/KH-STC", "", "so-tai-chinh", "không thấy ngày", ""},
		{"12/KH-SNV", "18/01/2023", "so-noi-vu", "", "trùng dòng 2"},
		{"17/KH-STC", "18/4/2023", "so-tai-chinh", "chưa đến", ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines: %+v", len(got), got)
	}
	for i, w := range want {
		g, gotDay := got[i], ""
		if !g.Day.IsZero() {
			gotDay = viet.Day(g.Day)
		}
		if g.Number != w.number || gotDay != w.day || strings.TrimPrefix(g.Agency, "suong-ha/") != w.agency || !strings.Contains(g.Wrong, w.wrong) || (g.Wrong == "") != (w.wrong == "") || g.Twice != w.twice {
			t.Errorf("line %d: %+v, want %+v", g.Line, g, w)
		}
	}
}

func (f *fake) quota(id string) (schedule.Quota, bool) {
	for _, q := range f.plan.Quotas {
		if q.ID == id {
			return q, true
		}
	}
	return schedule.Quota{}, false
}

// FuzzParsePlanList: a line that is taken has a number in its one form, a day that is over and an agency that owes.
func FuzzParsePlanList(f *testing.F) {
	for _, s := range []string{"12/KH-SNV\t18/01/2023\tSở Nội vụ\tKế hoạch", "a;b;c", "| | |", "12/KH-SNV ngày 18/01/2023 của Sở Nội vụ", "\xff\t\x00"} {
		f.Add(s)
	}
	p := fakePlan()
	duty := p.Quotas[2]
	names := findAgencies(p, duty)
	now := day("2023-03-10")
	f.Fuzz(func(t *testing.T, text string) {
		for _, g := range parsePlanList(text, names, now) {
			if g.Wrong != "" || g.Twice != "" {
				continue
			}
			number, ok := viet.DocumentNumber(g.Number)
			if !ok || number != g.Number || g.Day.IsZero() || g.Day.After(now) || !strings.HasPrefix(g.Agency, "suong-ha/") || len([]rune(g.Title)) > 300 {
				t.Errorf("%q: %+v", text, g)
			}
		}
	})
}

// TestPosts: many links at once, looked at first, each its own piece, what was declared before told and not taken twice.
func TestPosts(t *testing.T) {
	d := newHandDesk(t)
	clerk := d.as(access.Clerk)
	v := url.Values{"nhiem-vu": {"A-8"}, "khong-mat": {"co"}, "buoc": {"xem"}, "duong-dan": {"05/3/2023 https://facebook.com/a/posts/1 Bài một\nhttps://zalo.me/s/2 06/3/2023\nhttps://zalo.me/s/2 06/3/2023\nkhông ngày https://zalo.me/s/3\n31/02/2023 https://zalo.me/s/4"}}
	w := d.post(clerk, "/minh-chung/duong-dan", v)
	body := w.Body.String()
	structure(t, "preview", body)
	for _, want := range []string{"Ghi 2 bài", "trùng dòng 2", "chưa có ngày đăng", "«31/02/2023» không phải ngày có thật", "Facebook"} {
		if w.Code != 200 || !strings.Contains(body, want) {
			t.Errorf("preview %d: no %q", w.Code, want)
		}
	}
	if len(d.f.all) != 0 {
		t.Fatal("looking records")
	}
	v.Set("buoc", "ghi")
	if w := d.post(clerk, "/minh-chung/duong-dan", v); w.Code != http.StatusSeeOther || len(d.f.all) != 2 {
		t.Fatalf("%d, %d", w.Code, len(d.f.all))
	}
	if h := d.f.all[0]; h.Kind != media.HandPost || h.Form != "F6" || h.Amounts["posts"] != 1 || h.Title != "Bài một" || h.Grade != media.GradeC || h.State() != media.HandedIn {
		t.Errorf("%+v", h)
	}
	w = d.post(clerk, "/minh-chung/duong-dan", v)
	if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `href="/minh-chung/h1"`) || !strings.Contains(body, "Không có dòng nào ghi được") {
		t.Errorf("again: %d", w.Code)
	}
	if body := d.post(d.as(access.Clerk, "suong-ha/so-tu-phap"), "/minh-chung/duong-dan", v).Body.String(); strings.Contains(body, "/minh-chung/h1") || !strings.Contains(body, "đã khai trước đây bởi đơn vị khác") {
		t.Error("another's clerk is led to what is not theirs, or not told")
	}
	for change, says := range map[string]string{"khong-mat": "không có tài liệu mật", "duong-dan": "Xin dán đường dẫn", "nhiem-vu": "Xin chọn nhiệm vụ"} {
		bad := cloneValues(v)
		bad.Del(change)
		if w := d.post(clerk, "/minh-chung/duong-dan", bad); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), says) {
			t.Errorf("without %s: %d", change, w.Code)
		}
	}
	if body := get(t, clerk, "/minh-chung?loai=post").Body.String(); !strings.Contains(body, "2 minh chứng, bài đăng") || !strings.Contains(body, "Bài trên Zalo") {
		t.Error("the list does not show them")
	}
}

// TestPlanBook: in time, late, on the very day apart, not received; the rate; pasted lists; the clerk's own.
func TestPlanBook(t *testing.T) {
	d := newHandDesk(t)
	officer := d.as(access.Officer)
	list := url.Values{"nhiem-vu": {"B-A1"}, "buoc": {"ghi"}, "danh-sach": {"12/KH-SNV\t18/01/2023\tSở Nội vụ\n9/KH-STP\t31/01/2023\tSở Tư pháp\n05/KH-STC\t10/02/2023\tSở Tài chính\n06/KH-STC\t11/02/2023\tSở Tài chính\nx\ty\tz"}}
	if w := d.post(officer, "/so-ke-hoach/dan", list); w.Code != http.StatusSeeOther || len(d.f.all) != 3 {
		t.Fatalf("%d, %d: %s", w.Code, len(d.f.all), regexp.MustCompile(`(?s)<table.*</table>`).FindString(w.Body.String()))
	}
	list.Set("buoc", "xem")
	w := d.post(officer, "/so-ke-hoach/dan", list)
	structure(t, "planlist", w.Body.String())
	if !strings.Contains(w.Body.String(), "đã có kế hoạch 12/KH-SNV") || strings.Contains(w.Body.String(), `value="ghi"`) {
		t.Error("what is in the book is offered again")
	}
	clerk := d.as(access.Clerk)
	plan := url.Values{"so": {"03/KH-SXD"}, "tu": {"20/01/2023"}, "long-ghep": {"co"}, "muc": {"A-2.3", "B-D1"}, "khong-mat": {"co"}}
	if w := d.send(clerk, "/so-ke-hoach/moi", plan, nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "gửi kèm tệp") {
		t.Errorf("a clerk's plan without a file: %d", w.Code)
	}
	if w := d.send(clerk, "/so-ke-hoach/moi", plan, map[string][]byte{"ke hoach.pdf": []byte("%PDF-1.7 kế hoạch")}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if h := d.f.all[3]; h.Quota != "B-A1" || !h.Integrated || strings.Join(h.Covers, " ") != "A-2.3" || h.Owner != "suong-ha/so-xay-dung" || h.Grade != media.GradeB {
		t.Errorf("%+v", h)
	}
	body := get(t, officer, "/so-ke-hoach").Body.String()
	structure(t, "/so-ke-hoach", body)
	for _, want := range []string{"Tỷ lệ ban hành đúng hạn: 11,1%", "Ký đúng ngày 31/01/2023", "hạn: ký hết ngày 30/01/2023", "quá hạn</span><span class=\"soft\">11 ngày", "chưa nhận được", "đã nộp, chờ xem", "09/KH-STP", "lồng ghép", "Sở, ban, ngành"} {
		if !strings.Contains(body, want) {
			t.Errorf("the book does not say %q", want)
		}
	}
	if body := get(t, clerk, "/so-ke-hoach").Body.String(); strings.Contains(body, "12/KH-SNV") || strings.Contains(body, "Sở Nội vụ</th>") || !strings.Contains(body, "03/KH-SXD") || strings.Contains(body, "Dán danh sách") {
		t.Error("the clerk's book is not their own")
	}
	x, err := excelize.OpenReader(get(t, officer, "/so-ke-hoach?dang=xlsx").Body)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := x.GetRows("Danh sách")
	if err != nil || len(rows) != 12 || !strings.Contains(strings.Join(rows[3], "|"), "|") {
		t.Errorf("the sheet: %d rows %v", len(rows), err)
	}
	if w := get(t, d.as(access.Reader), "/so-ke-hoach/dan"); w.Code != http.StatusForbidden {
		t.Errorf("a reader pastes: %d", w.Code)
	}
	// The officer mends an entry: the new one stands instead.
	if w := d.send(officer, "/so-ke-hoach/moi?thay=h3", url.Values{"co-quan": {"suong-ha/so-tai-chinh"}, "nhiem-vu": {"B-A1"}, "so": {"05/KH-STC"}, "tu": {"28/01/2023"}, "khong-mat": {"co"}}, nil); w.Code != http.StatusSeeOther || d.f.all[4].Instead != "h3" || d.f.all[4].State() != media.Accepted {
		t.Errorf("mended: %d", w.Code)
	}
}

// TestReportBook: received, late, missing, with and without a part on propaganda; Sở Nội vụ settles reports and nothing else.
func TestReportBook(t *testing.T) {
	d := newHandDesk(t)
	clerk, home := d.as(access.Clerk), d.as(access.HomeAffairs)
	report := url.Values{"nhiem-vu-ky": {"B-R1 2023-02"}, "so": {"7/BC-SXD"}, "tu": {"01/3/2023"}, "nhan": {"02/3/2023"}, "phan": {"with"}, "khong-mat": {"co"}}
	if w := d.send(clerk, "/so-bao-cao/moi", report, map[string][]byte{"bc.pdf": []byte("%PDF-1.7")}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if h := d.f.all[0]; h.Kind != media.HandReport || h.Period != "2023-02" || h.Section != "with" || !h.Received.Equal(day("2023-03-02")) || h.State() != media.HandedIn {
		t.Errorf("%+v", h)
	}
	if w := d.post(home, "/so-bao-cao/h1/xet?sau=1", url.Values{"viec": {"chap-nhan"}, "hang": {"B"}}); w.Code != http.StatusSeeOther || d.f.all[0].State() != media.Accepted {
		t.Errorf("Sở Nội vụ accepts: %d", w.Code)
	}
	for owner, more := range map[string]url.Values{"suong-ha/so-tu-phap": {"nhan": {"06/3/2023"}, "phan": {"without"}, "so": {"8/BC-STP"}}, "suong-ha/so-tai-chinh": {"nhan": {""}, "phan": {"with"}, "so": {"9/BC-STC"}}} {
		v := cloneValues(report)
		v.Set("co-quan", owner)
		for k := range more {
			v.Set(k, more.Get(k))
		}
		if w := d.send(home, "/so-bao-cao/moi", v, nil); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", owner, w.Code, w.Body)
		}
	}
	body := get(t, home, "/so-bao-cao?ky=2023-02").Body.String()
	structure(t, "/so-bao-cao", body)
	for _, want := range []string{"hạn nhận: hết ngày 02/3/2023", "Có phần tuyên truyền: 2; không có: 1", "quá hạn</span><span class=\"soft\">4 ngày", "quá hạn</span><span class=\"soft\">8 ngày", "đúng hạn</span>", "chưa nhận được"} {
		if !strings.Contains(body, want) {
			t.Errorf("the book does not say %q", want)
		}
	}
	if body := get(t, home, "/so-bao-cao?ky=2023-03").Body.String(); !strings.Contains(body, "chưa đến hạn") || strings.Contains(body, "chưa nhận được") {
		t.Error("a period that runs is not told as one")
	}
	if w := get(t, home, "/so-bao-cao?ky=2031-01"); w.Code != http.StatusNotFound {
		t.Errorf("no such period: %d", w.Code)
	}
	if w := d.post(home, "/minh-chung/h1/xet?sau=2", url.Values{"viec": {"tra-lai"}, "ly-do": {"x"}}); w.Code != http.StatusForbidden {
		t.Errorf("Sở Nội vụ settles evidence: %d", w.Code)
	}
	d.f.all = append(d.f.all, media.Handin{ID: "p", Kind: media.HandPlan, Plan: d.p.plan.ID, Quota: "B-A1", Owner: "suong-ha/so-tu-phap", From: day("2023-01-20"), Acts: []media.HandinAct{{Seq: 1, Kind: media.HandedIn, At: d.p.now}}})
	if w := d.post(home, "/so-bao-cao/p/xet?sau=1", url.Values{"viec": {"chap-nhan"}, "hang": {"B"}}); w.Code != http.StatusNotFound {
		t.Errorf("Sở Nội vụ settles a plan by the address of reports: %d", w.Code)
	}
	for change, says := range map[string]string{"phan": "có hay không có phần tuyên truyền", "so": "số, ký hiệu", "tu": "ngày ban hành"} {
		v := cloneValues(report)
		v.Del(change)
		if w := d.send(home, "/so-bao-cao/moi", v, nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), says) {
			v.Set("co-quan", "suong-ha/so-cong-thuong")
			if w := d.send(home, "/so-bao-cao/moi", v, nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), says) {
				t.Errorf("without %s: %d", change, w.Code)
			}
		}
	}
}

// TestHandinPages: every page of the slice has what a screen reader needs, for everybody who gets there, and lists are sheets.
func TestHandinPages(t *testing.T) {
	d := newHandDesk(t)
	d.f.all = []media.Handin{{ID: "h1", Kind: media.HandProof, Plan: d.p.plan.ID, Quota: "A-8", Owner: "suong-ha/so-xay-dung", Period: "2023-Q1", Title: "=cmd " + hostile, From: day("2023-03-01"), Last: day("2023-03-02"), Amounts: map[string]int{"copies": 500},
		Acts: []media.HandinAct{{Seq: 1, Kind: media.HandedIn, At: d.p.now, Actor: "x"}, {Seq: 2, Kind: media.Returned, At: d.p.now, Actor: "y", Reason: "thiếu ảnh", Due: d.p.now.Add(48 * time.Hour)}}}}
	for _, role := range append(access.Roles(), access.Guest) {
		var mine []string
		if role.Scoped() {
			mine = []string{"suong-ha/so-xay-dung"}
		}
		h := d.as(role, mine...)
		for _, path := range []string{"/minh-chung", "/minh-chung?q=cmd&trang-thai=returned&tu=01/3/2023&den=x", "/minh-chung/h1", "/minh-chung/moi", "/minh-chung/duong-dan", "/so-ke-hoach", "/so-ke-hoach/moi", "/so-ke-hoach/dan", "/so-bao-cao", "/so-bao-cao/moi"} {
			w := get(t, h, path)
			if w.Code != 200 && w.Code != http.StatusForbidden {
				t.Errorf("%s as %s: %d", path, role, w.Code)
			}
			structure(t, path+" as "+string(role), w.Body.String())
			for _, bad := range []string{"<script>alert", "%!", "ZgotmplZ", "style=", "&lt;no value"} {
				if strings.Contains(w.Body.String(), bad) {
					t.Errorf("%s as %s has %q", path, role, bad)
				}
			}
		}
	}
	x, err := excelize.OpenReader(get(t, d.as(access.Officer), "/minh-chung?dang=xlsx").Body)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := x.GetRows("Danh sách")
	if err != nil || len(rows) != 4 || rows[3][4] != "'=cmd "+hostile || rows[3][21] != "trả lại" {
		t.Errorf("%v %v", rows, err)
	}
	if csv := get(t, d.as(access.Officer), "/so-bao-cao?dang=csv").Body.String(); !strings.Contains(csv, "chưa nhận được") {
		t.Error("the book of reports is no table")
	}
	nobody := d.as(access.District)
	if w := get(t, nobody, "/minh-chung"); w.Code != http.StatusForbidden {
		t.Errorf("an account of no agency: %d", w.Code)
	}
	opt := d.p.options()
	opt.Handins = nil
	if w := get(t, New(opt), "/minh-chung"); w.Code != http.StatusNotFound {
		t.Errorf("where nothing is handed in: %d", w.Code)
	}
}

// TestPlanBookRateIsTheBoards: the book counts in time whom the board counts met: also who was attested elsewhere, and not who
// handed in a plan that is not counted.
func TestPlanBookRateIsTheBoards(t *testing.T) {
	d := newHandDesk(t)
	officer := d.as(access.Officer)
	rate := func() (book, board int) {
		t.Helper()
		for _, row := range sheetOf(t, officer, "/so-ke-hoach?nhiem-vu=B-A1&dang=csv") {
			if slices.Contains(row, "đúng hạn") {
				book++
			}
		}
		for _, row := range sheetOf(t, officer, "/quotas/B-A1?dang=csv") {
			if slices.Contains(row, "đạt") {
				board++
			}
		}
		return book, board
	}
	if book, board := rate(); book != board || board == 0 {
		t.Errorf("in time by the book %d, by the board %d", book, board)
	}
	if body := get(t, officer, "/so-ke-hoach").Body.String(); !strings.Contains(body, "theo minh chứng khác") || !strings.Contains(body, "Tỷ lệ ban hành đúng hạn: 11,1%") {
		t.Error("the book does not tell of what was attested elsewhere")
	}
	d.f.all = append(d.f.all, media.Handin{ID: "p", Kind: media.HandPlan, Plan: d.p.plan.ID, Quota: "B-A1", Owner: "suong-ha/so-tu-phap", From: day("2023-01-20"), Document: "1/KH", Acts: []media.HandinAct{{Seq: 1, Kind: media.HandedIn, At: d.p.now}, {Seq: 2, Kind: media.Accepted, At: d.p.now}}})
	if book, board := rate(); book != board {
		t.Errorf("with a plan that is not counted: in time by the book %d, by the board %d", book, board)
	}
	if body := get(t, officer, "/so-ke-hoach").Body.String(); !strings.Contains(body, "có kế hoạch, chưa được tính") {
		t.Error("a plan that is not counted is not told apart")
	}
}

// sheetOf is a list taken out as CSV.
func sheetOf(t *testing.T, h http.Handler, path string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(get(t, h, path).Body.String(), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return rows
}
