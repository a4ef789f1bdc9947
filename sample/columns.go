package sample

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/schedule/calendar"
)

// columns are what the portal shows beside its news: its column of questions and
// its list of decisions.
func (v *view) columns() (answer, bool) {
	if v.site.host != "mau.example" {
		return answer{}, false
	}
	switch strings.TrimSuffix(v.path, "/") {
	case "/hoi-dap":
		return v.questions(), true
	case "/van-ban/quyet-dinh-cong-bo":
		return v.decisions(), true
	}
	return answer{}, false
}

// dmy reads a day of the story, the zero time for none.
func dmy(s string) time.Time {
	t, _ := time.ParseInLocation("02/01/2006", s, calendar.Zone) // what is no day is none
	return t
}

// questions lists every question from the morning after it was asked, or the
// morning of its answer where nobody wrote down the day, newest first; an answer
// stands there from the day it was given.
func (v *view) questions() answer {
	var shown []question
	for _, m := range []time.Month{time.December, time.January, time.February, time.March} {
		for _, q := range questions()[m] {
			from := dmy(q.asked).AddDate(0, 0, 1)
			if q.asked == "" {
				from = dmy(q.answered)
			}
			if !from.Add(7 * time.Hour).After(v.now) {
				shown = append(shown, q)
			}
		}
	}
	slices.Reverse(shown)
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Hỏi đáp - %[1]s</title></head><body><h1>Công dân, doanh nghiệp hỏi – cơ quan chức năng trả lời</h1>
<table class="hoidap"><tr><th>Mã câu hỏi</th><th>Nội dung câu hỏi</th><th>Ngày hỏi</th><th>Ngày trả lời</th><th>Tình trạng</th></tr>
`, esc(v.site.title))
	for _, q := range shown {
		answered, state := "", "Đang chuyển cơ quan chuyên môn"
		if t := dmy(q.answered); !t.IsZero() && !t.Add(9*time.Hour).After(v.now) {
			answered, state = q.answered, "Đã trả lời"
		}
		fmt.Fprintf(&b, `<tr><td>%[1]s</td><td><a href="/hoi-dap/%[1]s">%[2]s</a></td><td>%[3]s</td><td>%[4]s</td><td>%[5]s</td></tr>`+"\n", esc(q.id), esc(q.text), q.asked, answered, state)
	}
	b.WriteString("</table></body></html>")
	return answer{ctype: htmlType, body: b.String()}
}

// decisions lists what was posted, newest first, as the documents section of a
// portal does: the number beside the title, the day of posting in a column.
func (v *view) decisions() answer {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Quyết định công bố - %s</title></head><body><h1>Quyết định công bố thủ tục hành chính</h1>
<table class="vanban"><tr><th>STT</th><th>Số, ký hiệu</th><th>Ngày ban hành</th><th>Trích yếu</th><th>Loại văn bản</th><th>Cơ quan ban hành</th><th>Ngày đăng</th></tr>
`, esc(v.site.title))
	n := 0
	for _, d := range slices.Backward(postedBy(v.now)) {
		n++
		fmt.Fprintf(&b, `<tr><td>%d</td><td>%s</td><td>%s</td><td>Về việc %s</td><td>Quyết định</td><td>UBND tỉnh</td><td>%s</td></tr>`+"\n",
			n, esc(d.number), mmdd(d.signed).Format("02/01/2006"), esc(d.subject()), mmdd(d.posted).Format("02/01/2006"))
	}
	b.WriteString("</table></body></html>")
	return answer{ctype: htmlType, body: b.String(), etag: true}
}

// postedBy are the decisions that the list shows at a moment, in the order of
// posting: three of the year before among them.
func postedBy(now time.Time) []decision {
	all := append([]decision{
		{"2710/QĐ-UBND", "1202", "1206", "mới ban hành lĩnh vực trồng trọt", "Sở Nông nghiệp và Phát triển nông thôn"},
		{"2761/QĐ-UBND", "1209", "1213", "được sửa đổi, bổ sung lĩnh vực việc làm", "Sở Lao động - Thương binh và Xã hội"},
		{"2822/QĐ-UBND", "1216", "1220", "mới ban hành lĩnh vực thư viện", "Sở Văn hóa, Thể thao và Du lịch"},
	}, decisions()...)
	all = slices.DeleteFunc(all, func(d decision) bool { return d.posted == "" || mmdd(d.posted).Add(8*time.Hour).After(now) })
	slices.SortStableFunc(all, func(a, b decision) int { return mmdd(a.posted).Compare(mmdd(b.posted)) })
	return all
}
