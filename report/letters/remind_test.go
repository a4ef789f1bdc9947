package letters

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
)

func reminded(t *testing.T, of report.Lacking, change func(*RemindInput)) (Letter, bool) {
	t.Helper()
	p := world()
	p.Tell = schedule.Tell{Officer: "mau/so-tttt", Reminders: "mau/so-b"}
	month, err := calendar.Parse("2023-03")
	if err != nil {
		t.Fatal(err)
	}
	in := RemindInput{Plan: p, Period: month, Now: day("2023-04-12"), Of: of}
	if change != nil {
		change(&in)
	}
	return Remind(in)
}

func lacks() []report.Lack {
	return []report.Lack{
		{Kind: report.LackMissed, Quota: "A-6.1", Title: "Chuyên mục trên báo", Place: "dòng 6 phụ lục", Basis: schedule.ByPlan, Period: "tháng 3/2023", Figure: "1/2 kỳ chuyên mục"},
		{Kind: report.LackReview, Quota: "A-4", Title: "tin <b> trên trang", Place: "dòng 4 phụ lục", Basis: schedule.ByReference, Period: "tháng 3/2023", Figure: "0/2 tin, bài"},
		{Kind: report.LackLog, Quota: "B-D1", Title: "Chuyên mục phát sóng", Place: "điểm d", Basis: schedule.ByPlan, Period: "tuần 12/2023", What: "nhật ký phát sóng"},
		{Kind: report.LackRunning, Quota: "B-D1", Title: "Chuyên mục phát sóng", Place: "điểm d", Basis: schedule.ByPlan, Period: "tuần 15/2023", Figure: "0/1 lần phát sóng", Save: time.Date(2023, 4, 16, 21, 45, 0, 0, calendar.Zone)},
	}
}

// TestRemindThePress: the department asks the press to co-operate, with every number marked whose it is.
func TestRemindThePress(t *testing.T) {
	of := report.Lacking{Owner: "mau/bao", Name: "Báo Mẫu", Level: media.Press, Lacks: lacks()}
	l, ok := reminded(t, of, nil)
	if !ok || l.Issuer != "SỞ THÔNG TIN VÀ TRUYỀN THÔNG" || strings.Join(l.To, "") != "Báo Mẫu." {
		t.Fatalf("%+v", l)
	}
	got := texts(l)
	for _, want := range []string{"đề nghị phối hợp", "1. Nhiệm vụ chưa đạt (đã được xác nhận)", "1/2 kỳ chuyên mục (chỉ tiêu tại dòng 6 phụ lục Kế hoạch số 312/KH-UBND)", "2. Nội dung đề nghị rà soát",
		"(mức tham chiếu phục vụ theo dõi, không phải chỉ tiêu của Kế hoạch; nhiệm vụ tại dòng 4 phụ lục Kế hoạch số 312/KH-UBND): thấp hơn mức tham chiếu", "chưa nhận được nhật ký phát sóng", "hạn cuối còn kịp: "} {
		if !strings.Contains(got, want) {
			t.Errorf("no «%s» in\n%s", want, got)
		}
	}
	if strings.Contains(got, "yêu cầu") || strings.Contains(strings.ReplaceAll(got, "đề nghị phối hợp", ""), "yêu cầu") {
		t.Errorf("it orders:\n%s", got)
	}
	if strings.Contains(strings.Join(l.Copies, "\n"), "Tuyên giáo") {
		t.Error("Ban Tuyên giáo is a recipient unasked")
	}
	l, _ = reminded(t, of, func(in *RemindInput) { in.Propaganda = true })
	if !strings.Contains(strings.Join(l.Copies, "\n"), "- Ban Tuyên giáo Tỉnh ủy;") {
		t.Errorf("%q", l.Copies)
	}
	if !strings.Contains(l.notice(), "DỰ THẢO") || !strings.Contains(l.notice(), "Dữ liệu mẫu") {
		t.Errorf("%q", l.notice())
	}
}

// TestRemindUnits: departments are reminded in the name of the body that the plan names, and where it names none by the
// department; nobody writes to itself, and nothing is written where there is nothing to say.
func TestRemindUnits(t *testing.T) {
	of := report.Lacking{Owner: "mau/so-a", Name: "Sở Y tế", Level: media.Department, Lacks: lacks()[1:2]}
	l, ok := reminded(t, of, func(in *RemindInput) { in.Propaganda = true })
	if !ok || l.Issuer != "SỞ XÂY DỰNG" || !strings.Contains(strings.Join(l.Copies, "\n"), "Sở Thông tin và Truyền thông (phối hợp)") || strings.Contains(strings.Join(l.Copies, ""), "Tuyên giáo") {
		t.Errorf("%v %+v", ok, l)
	}
	if got := texts(l); strings.Contains(got, "chưa đạt") && !strings.Contains(got, "không kết luận đạt hay chưa đạt") || strings.Contains(got, "phối hợp") {
		t.Errorf("%s", got)
	}
	if l, _ = reminded(t, of, func(in *RemindInput) { in.Plan.Tell.Reminders = "" }); l.Issuer != "SỞ THÔNG TIN VÀ TRUYỀN THÔNG" {
		t.Errorf("%+v", l)
	}
	if l, ok = reminded(t, report.Lacking{Owner: "mau/so-b", Level: media.Department, Lacks: lacks()}, nil); !ok || l.Issuer != "SỞ THÔNG TIN VÀ TRUYỀN THÔNG" {
		t.Errorf("the reminding body's own: %v %+v", ok, l)
	}
	if l, ok := reminded(t, report.Lacking{Owner: "mau/so-tttt", Level: media.Department, Lacks: lacks()}, func(in *RemindInput) { in.Plan.Tell.Reminders = "" }); ok {
		t.Errorf("the department writes to itself: %+v", l)
	}
	for _, none := range []report.Lacking{{Owner: "mau/so-a", Level: media.Department, Held: 3}, {Owner: "mau/ai", Lacks: lacks()}} {
		if l, ok := reminded(t, none, nil); ok {
			t.Errorf("%s: %+v", none.Owner, l)
		}
	}
}

func TestBriefingIsAPaper(t *testing.T) {
	month, _ := calendar.Parse("2023-03")
	for _, units := range [][]report.Silent{nil, {{Owner: "mau/so-a", Name: "Sở Y tế <tỉnh>", Level: media.Department}, {Owner: "mau/so-b", Name: "Sở Xây dựng", Level: media.Department, Unknown: true}}} {
		var buf bytes.Buffer
		if err := Briefing(&buf, world(), month, day("2023-04-12"), units); err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Open("word/document.xml")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range units {
			if !strings.Contains(string(body), strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(u.Name)) || !strings.Contains(string(body), "đủ dữ liệu") {
				t.Errorf("%s is not in the list", u.Name)
			}
		}
		if !strings.Contains(string(body), "Tài liệu nội bộ") {
			t.Error("it does not say that it is internal")
		}
	}
}
