package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// orNone is a time that may not be there.
func orNone(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// toldSheet lists notices.
func toldSheet(list []Told) sheet {
	sh := sheet{Name: "thong-bao-da-gui", Title: "Thông báo đã gửi", Head: []string{"Lúc", "Gửi", "Thông báo", "Kênh", "Trả lời"}}
	for _, t := range list {
		var ways, answers []string
		for _, x := range t.Ways {
			ways = append(ways, strings.TrimSpace(x.State+" "+x.Channel+" "+x.Recipient))
		}
		for _, x := range t.Answers {
			answers = append(answers, x.Actor+": "+x.Words)
		}
		sh.Rows = append(sh.Rows, []any{t.At, viet.Capital(t.To), t.Subject, strings.Join(ways, "; "), strings.Join(answers, "; ")})
	}
	return sh
}

// resultCells are what a standing wants and has, and its first reason: empty cells where there is none.
func (s *site) resultCells(st schedule.Standing) (wanted, delivered, why any) {
	if len(st.Measures) > 0 {
		wanted = st.Measures[0].Wanted
		if !report.Unmeasured(st, st.Measures[0]) {
			delivered = st.Measures[0].Delivered
		}
	}
	if len(st.Reasons) > 0 {
		why = s.names.Reason(st.Reasons[0])
	}
	return wanted, delivered, why
}

// standingSheet lists the standings of one quota.
func (s *site) standingSheet(q schedule.Quota, all []schedule.Standing) sheet {
	sh := sheet{Name: "tien-do", Title: "Tiến độ: " + q.Title, Head: []string{"Cơ quan", "Kỳ", "Căn cứ", "Cần", "Có", "Kết quả", "Hạn cuối còn kịp", "Lý do"}}
	for _, st := range all {
		if st.Quota != q.ID {
			continue
		}
		wanted, delivered, why := s.resultCells(st)
		sh.Rows = append(sh.Rows, []any{s.names.Agency(st.Owner), nameOfPeriod(st.Period), viet.Basis(string(st.Basis)), wanted, delivered, s.chip(st).Word, orNone(st.LastSave), why})
	}
	return sh
}

// evidenceSheet lists what counts in a standing and what does not, with the first reason.
func (s *site) evidenceSheet(st schedule.Standing, m schedule.Matching) sheet {
	sh := sheet{Name: "minh-chung", Title: "Minh chứng: " + cmp.Or(s.quotas[st.Quota].Title, st.Quota) + ", " + s.names.Agency(st.Owner) + ", " + nameOfPeriod(st.Period),
		Head: []string{"Ghi nhận", "Ngày", "Minh chứng", "Nơi đăng, phát", "Địa chỉ", "Hạng", "Thấy lần đầu", "Lý do", "Người ghi nhận"}}
	for _, c := range m.Credits {
		e := report.Masked(c.Evidence)
		var why []string
		for _, r := range c.Reasons {
			why = append(why, s.names.Reason(r))
		}
		sh.Rows = append(sh.Rows, []any{"có", e.At, e.Title, s.names.Agency(e.Agency), e.URL, string(e.Grade), e.Seen, strings.Join(why, "; "), c.By})
	}
	for _, x := range m.Rejections {
		e := report.Masked(x.Evidence)
		sh.Rows = append(sh.Rows, []any{"không", e.At, e.Title, s.names.Agency(e.Agency), e.URL, string(e.Grade), e.Seen, s.names.Reason(x.Reason), ""})
	}
	return sh
}

// closedFirst orders closings for whoever looks for one period.
func closedFirst(a, b closingLine) int {
	return cmp.Or(strings.Compare(a.Period, b.Period), cmp.Compare(b.Revision, a.Revision))
}

// closingSheet lists the closings.
func closingSheet(list []closingLine) sheet {
	sh := sheet{Name: "cac-lan-chot", Title: "Các lần chốt số liệu", Head: []string{"Kỳ báo cáo", "Từ", "Đến", "Lần chốt", "Chốt lúc", "Người chốt", "Lý do chốt lại", "Câu hỏi còn mở", "Mã bộ dữ liệu", "Đang có hiệu lực"}}
	for _, c := range slices.SortedStableFunc(slices.Values(list), closedFirst) {
		sh.Rows = append(sh.Rows, []any{c.Name, c.Start, c.End.In(calendar.Zone).Add(-time.Nanosecond), c.Revision, c.At, c.Actor, c.Reason, len(c.Open), c.Dataset, c.InForce})
	}
	return sh
}
