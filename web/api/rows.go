package api

import (
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/viet/mask"
)

// standingRow is one standing. What its fields mean is told by the document, from the tags.
type standingRow struct {
	Plan       string       `json:"plan" doc:"Mã kế hoạch"`
	Quota      string       `json:"quota" doc:"Mã nhiệm vụ"`
	Title      string       `json:"title" doc:"Tên nhiệm vụ"`
	Basis      string       `json:"basis" enum:"plan reference" doc:"plan: chỉ tiêu của kế hoạch; reference: mức tham chiếu, không phải chỉ tiêu"`
	Owner      string       `json:"owner" doc:"Mã cơ quan, đơn vị"`
	OwnerName  string       `json:"owner_name" doc:"Tên cơ quan, đơn vị"`
	Period     string       `json:"period" doc:"Kỳ, ví dụ 2023-W10"`
	Start      time.Time    `json:"start" doc:"Bắt đầu kỳ"`
	End        time.Time    `json:"end" doc:"Hết kỳ, không tính thời điểm này"`
	State      string       `json:"state" enum:"open met missed insufficient_data exempt" doc:"Trạng thái tính được; đọc cùng confirmed, hoặc dùng result"`
	Confirmed  bool         `json:"confirmed" doc:"Người có thẩm quyền đã xác nhận chưa đạt"`
	Risk       string       `json:"risk" enum:" on_track at_risk" doc:"Khi kỳ còn đang chạy"`
	Result     string       `json:"result" enum:"met missed review judge below_reference at_risk on_track insufficient_data exempt" doc:"Kết quả một chữ: missed chỉ khi đã có người xác nhận; review là đề nghị rà soát; insufficient_data là chưa đủ dữ liệu, không phải chưa đạt"`
	Words      string       `json:"words" doc:"Kết quả bằng tiếng Việt, như trên bảng theo dõi"`
	Shadow     bool         `json:"shadow" doc:"Đang theo dõi thử, chưa thông báo cho ai"`
	Wanted     float64      `json:"wanted" doc:"Số cần đạt, của thước đo chính"`
	Delivered  float64      `json:"delivered" doc:"Số đã có, của thước đo chính"`
	Measures   []measureRow `json:"measures" doc:"Mọi thước đo"`
	DueByNow   float64      `json:"due_by_now" doc:"Đến nay lẽ ra đã có"`
	LastSave   *time.Time   `json:"last_save" doc:"Hạn cuối còn kịp; null khi kỳ đã qua hoặc đã đạt"`
	Seen       float64      `json:"seen" doc:"Phần của kỳ đã nhìn thấy được, từ 0 đến 1"`
	ReasonList []string     `json:"reasons" doc:"Lý do, mỗi câu một phần tử"`
}

type measureRow struct {
	Name      string  `json:"name" doc:"Thước đo"`
	Unit      string  `json:"unit" doc:"Đơn vị tính"`
	Bound     string  `json:"bound" enum:"at_least at_most" doc:"Ít nhất hoặc nhiều nhất"`
	Basis     string  `json:"basis" enum:"plan reference" doc:"Chỉ tiêu hay mức tham chiếu"`
	Wanted    float64 `json:"wanted" doc:"Cần"`
	Delivered float64 `json:"delivered" doc:"Có"`
	Shortfall float64 `json:"shortfall" doc:"Còn thiếu"`
}

func (s *server) standingRow(st schedule.Standing) standingRow {
	row := standingRow{Plan: st.Plan, Quota: st.Quota, Title: s.title(st.Quota), Basis: string(st.Basis), Owner: st.Owner, OwnerName: s.names.Agency(st.Owner), Period: st.Period,
		Start: local(st.Start), End: local(st.End), State: string(st.State), Confirmed: st.Confirmed, Risk: st.Risk, Result: Result(st),
		Words: report.Word(st.Basis, st.State, st.Confirmed, st.Risk, st.Reasons), Shadow: st.Shadow(), DueByNow: st.DueByNow, Seen: st.Coverage.Share,
		LastSave: some(st.LastSave), Measures: []measureRow{}, ReasonList: []string{}}
	for i, m := range st.Measures {
		row.Measures = append(row.Measures, measureRow{m.Name, m.Unit, m.Bound, string(m.Basis), m.Wanted, m.Delivered, m.Shortfall})
		if i == 0 {
			row.Wanted, row.Delivered = m.Wanted, m.Delivered
		}
	}
	for _, r := range st.Reasons {
		row.ReasonList = append(row.ReasonList, s.names.Reason(r))
	}
	return row
}

func (s *server) title(quota string) string {
	for _, q := range s.Plan.Quotas {
		if q.ID == quota {
			return q.Title
		}
	}
	return quota
}

func local(t time.Time) time.Time { return t.In(calendar.Zone) }

func some(t *time.Time) *time.Time {
	if t == nil || t.IsZero() {
		return nil
	}
	l := local(*t)
	return &l
}

// itemRow is one published piece as people may see it: what tells who a citizen is, is masked.
type itemRow struct {
	ID         string     `json:"id" doc:"Mã tin, bài; không đổi"`
	Agency     string     `json:"agency" doc:"Mã cơ quan đăng"`
	AgencyName string     `json:"agency_name" doc:"Tên cơ quan đăng"`
	Source     string     `json:"source" doc:"Mã nguồn thấy tin trước nhất"`
	URL        string     `json:"url" doc:"Địa chỉ của tin, bài"`
	Title      string     `json:"title" doc:"Tiêu đề, đã che thông tin cá nhân"`
	Lead       string     `json:"lead" doc:"Đoạn dẫn, đã che thông tin cá nhân"`
	Column     string     `json:"column" doc:"Mã chuyên mục, rỗng khi không nhận ra"`
	Published  *time.Time `json:"published" doc:"Ngày giờ nơi đăng ghi; null khi không ghi"`
	Precision  string     `json:"precision" doc:"Ngày giờ chính xác đến đâu"`
	Seen       time.Time  `json:"seen" doc:"Thấy lần đầu"`
	Verdict    string     `json:"verdict" enum:"reform other review unjudged" doc:"reform: về cải cách hành chính; review: chờ người duyệt"`
	Score      *float64   `json:"score" doc:"Điểm của máy, từ 0 đến 1; null khi chưa phân loại"`
	Topics     []string   `json:"topics" doc:"Chủ đề, chủ đề chính đứng đầu"`
	Decided    bool       `json:"decided" doc:"Đã có người duyệt"`
}

func (s *server) itemRow(x ItemRow) itemRow {
	i := x.Item
	m := mask.Of(i.Section, i.Title, i.Lead)
	row := itemRow{ID: i.ID, Agency: i.Agency, AgencyName: s.names.Agency(i.Agency), Source: i.Source, URL: i.URL, Title: m.Text(i.Title), Lead: m.Text(i.Lead), Column: i.Column,
		Precision: string(i.Claimed.Precision), Seen: local(i.Seen), Verdict: "unjudged", Topics: []string{}, Decided: x.Decided != ""}
	if i.Claimed.Precision != media.NoDate {
		row.Published = some(&i.Claimed.At)
	}
	if v := x.Verdict; v != nil {
		row.Score = &v.Score
		row.Topics = append(row.Topics, v.Topics...)
		switch {
		case x.Waits:
			row.Verdict = "review"
		case v.Reform:
			row.Verdict = "reform"
		default:
			row.Verdict = "other"
		}
	}
	return row
}

type sourceRow struct {
	ID         string     `json:"id" doc:"Mã nguồn"`
	Agency     string     `json:"agency" doc:"Mã cơ quan có nguồn"`
	Name       string     `json:"name" doc:"Tên nguồn"`
	URL        string     `json:"url" doc:"Địa chỉ"`
	State      string     `json:"state" enum:"ok quiet blind retired never verify" doc:"blind: không thu thập được; quiet: ít tin khác thường"`
	Words      string     `json:"words" doc:"Tình trạng bằng tiếng Việt"`
	Reason     string     `json:"reason" doc:"Vì sao không thu thập được, rỗng nếu thu thập được"`
	BlindSince *time.Time `json:"blind_since" doc:"Không thu thập được từ lúc nào"`
	LastVisit  *time.Time `json:"last_visit" doc:"Lần thử gần nhất"`
	LastOK     *time.Time `json:"last_ok" doc:"Lần đọc được gần nhất"`
	CoveredTo  *time.Time `json:"covered_to" doc:"Đã thấy đủ đến lúc nào"`
	Items      int        `json:"items" doc:"Số tin thấy lần đầu ở nguồn này"`
}

func (s *server) sourceRow(src media.Source, h media.Health) sourceRow {
	how := src.Condition(h, s.Business(), s.Holiday)
	row := sourceRow{ID: src.ID, Agency: src.Agency, Name: src.Name, URL: src.URL, State: string(how.State), Words: viet.SourceWord(string(how.State)), Reason: how.Reason,
		BlindSince: some(&h.BlindSince), LastVisit: some(&h.LastVisit), LastOK: some(&h.LastOK), CoveredTo: some(&h.CoveredTo), Items: h.Items}
	return row
}

type agencyRow struct {
	ID      string `json:"id" doc:"Mã cơ quan, đơn vị"`
	Name    string `json:"name" doc:"Tên đầy đủ"`
	Short   string `json:"short" doc:"Tên ngắn"`
	Level   string `json:"level" doc:"Cấp"`
	Words   string `json:"level_words" doc:"Cấp bằng tiếng Việt"`
	Parent  string `json:"parent" doc:"Mã cơ quan cấp trên chịu trách nhiệm, rỗng nếu không có"`
	Binding bool   `json:"binding" doc:"Kế hoạch ràng buộc được; false: chỉ thống kê"`
	Site    string `json:"site" doc:"Trang thông tin điện tử"`
}

type quotaRow struct {
	ID       string     `json:"id" doc:"Mã nhiệm vụ"`
	Title    string     `json:"title" doc:"Tên nhiệm vụ"`
	Basis    string     `json:"basis" enum:"plan reference" doc:"Số chính là chỉ tiêu của kế hoạch hay mức tham chiếu"`
	Wanted   string     `json:"wanted_words" doc:"Cần gì, bằng tiếng Việt"`
	Number   int        `json:"wanted" doc:"Số lượng mỗi kỳ"`
	Cadence  string     `json:"cadence" doc:"Nhịp: week, month, quarter, year, once"`
	Place    string     `json:"place" doc:"Chỗ trong kế hoạch"`
	Clauses  []string   `json:"clauses" doc:"Nguyên văn kế hoạch"`
	Deadline *time.Time `json:"deadline" doc:"Hạn, không tính thời điểm này; null nếu không có"`
	Owners   []string   `json:"owners" doc:"Mã các cơ quan có nhiệm vụ này"`
}

type closingRow struct {
	ID       string    `json:"id" doc:"Mã lần chốt"`
	Period   string    `json:"period" doc:"Kỳ báo cáo"`
	Start    time.Time `json:"start" doc:"Từ"`
	End      time.Time `json:"end" doc:"Đến, không tính thời điểm này"`
	Revision int       `json:"revision" doc:"Lần chốt"`
	InForce  bool      `json:"in_force" doc:"Là lần chốt đang có hiệu lực"`
	At       time.Time `json:"at" doc:"Chốt lúc"`
	Actor    string    `json:"actor" doc:"Người chốt"`
	Reason   string    `json:"reason" doc:"Lý do chốt lại"`
	Dataset  string    `json:"dataset" doc:"Mã bộ dữ liệu"`
	Open     int       `json:"open" doc:"Số câu hỏi còn mở khi chốt"`
}

type decisionRow struct {
	ID       string     `json:"id" doc:"Mã quyết định"`
	Kind     string     `json:"kind" doc:"Loại"`
	Words    string     `json:"words" doc:"Loại bằng tiếng Việt"`
	Quota    string     `json:"quota" doc:"Mã nhiệm vụ"`
	Owner    string     `json:"owner" doc:"Mã cơ quan"`
	Period   string     `json:"period" doc:"Kỳ, rỗng nếu không theo kỳ"`
	Evidence string     `json:"evidence" doc:"Mã minh chứng"`
	At       time.Time  `json:"at" doc:"Quyết định lúc"`
	Actor    string     `json:"actor" doc:"Người quyết định"`
	Reason   string     `json:"reason" doc:"Lý do"`
	Document string     `json:"document" doc:"Văn bản"`
	Issuer   string     `json:"issuer" doc:"Cơ quan ban hành văn bản"`
	Issued   *time.Time `json:"issued" doc:"Ngày ban hành văn bản"`
	None     bool       `json:"none" doc:"Xác nhận không phát sinh"`
}

func decisionOf(d schedule.Decision) decisionRow {
	return decisionRow{ID: d.ID, Kind: string(d.Kind), Words: viet.DecisionOf(string(d.Kind), d.None), Quota: d.Quota, Owner: d.Owner, Period: d.Period, Evidence: d.Evidence,
		At: local(d.At), Actor: d.Actor, Reason: d.Reason, Document: d.Document, Issuer: d.Issuer, Issued: some(&d.Issued), None: d.None}
}

type caseRow struct {
	ID      string    `json:"id" doc:"Mã việc"`
	Owner   string    `json:"owner" doc:"Mã cơ quan"`
	State   string    `json:"state" doc:"Trạng thái của việc"`
	Words   string    `json:"state_words" doc:"Trạng thái bằng tiếng Việt"`
	Reason  string    `json:"reason" doc:"Vì sao thiếu"`
	Note    string    `json:"note" doc:"Lời ghi khi mở việc"`
	Opened  time.Time `json:"opened" doc:"Mở lúc"`
	Actor   string    `json:"actor" doc:"Người mở"`
	Misses  []missRow `json:"misses" doc:"Các kỳ chưa đạt"`
	Pledges int       `json:"pledges" doc:"Số lần hẹn"`
}

type missRow struct {
	Quota  string `json:"quota" doc:"Mã nhiệm vụ"`
	Period string `json:"period" doc:"Kỳ"`
	Short  int    `json:"short" doc:"Số còn thiếu khi mở việc"`
}

func caseOf(c schedule.Case) caseRow {
	row := caseRow{ID: c.ID, Owner: c.Owner, State: string(c.State), Words: viet.CaseState(string(c.State)), Reason: viet.MissReason(c.Reason), Note: c.Words,
		Opened: local(c.Opened.At), Actor: c.Opened.Actor, Misses: []missRow{}, Pledges: len(c.Pledges)}
	for _, m := range c.Misses {
		row.Misses = append(row.Misses, missRow(m))
	}
	return row
}
