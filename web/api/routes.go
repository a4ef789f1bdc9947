package api

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// route is one address. The document is made from the very table that is served.
type route struct {
	id, path, scope, words string
	params                 []param
	kind                   any // a zero row; nil: not rows

	stored bool // follows from the plan and the stored evaluation alone
	keyed  bool // the token may stand in the address
	answer func(w http.ResponseWriter, q request)
}

type param struct {
	name, words string
	enum        []string
	date        bool
	path        bool
}

// keyed is a row with its place in the order of the answer.
type keyed struct {
	key string
	row any
}

func (s *server) table() []route {
	agency := param{name: "agency", words: "Mã cơ quan, đơn vị; có thể bỏ phần mã tỉnh"}
	paging := []param{
		{name: "limit", words: fmt.Sprintf("Số dòng một trang, từ 1 đến %d; mặc định %d", mostLimit, usualLimit)},
		{name: "after", words: "Trang sau: lấy từ liên kết next của câu trả lời trước"},
		{name: "dang", words: "Dạng trả lời, thay cho tiêu đề Accept", enum: []string{"json", "csv"}},
	}
	with := func(more ...param) []param { return append(more, paging...) }
	return []route{
		{id: "standings", path: "/api/v1/standings", scope: "standings", words: "Tiến độ của mọi nhiệm vụ, cơ quan, kỳ", kind: standingRow{}, stored: true, answer: s.standings,
			params: with(agency, param{name: "quota", words: "Mã nhiệm vụ"}, param{name: "period", words: "Kỳ, ví dụ 2023-W10"}, param{name: "result", words: "Chỉ các tiến độ có kết quả này", enum: Results()})},
		{id: "items", path: "/api/v1/items", scope: "items", words: "Tin, bài, mới nhất trước; tìm có dấu hoặc không dấu", kind: itemRow{}, answer: s.items,
			params: with(param{name: "q", words: "Mọi từ phải có trong tiêu đề hoặc đoạn dẫn"}, agency, param{name: "source", words: "Mã nguồn"},
				param{name: "verdict", words: "Kết quả phân loại", enum: []string{"reform", "other", "review", "unjudged"}},
				param{name: "from", words: "Từ ngày", date: true}, param{name: "to", words: "Đến hết ngày", date: true})},
		{id: "sources", path: "/api/v1/sources", scope: "sources", words: "Tình trạng các nguồn", kind: sourceRow{}, answer: s.sources, params: with(agency)},
		{id: "agencies", path: "/api/v1/agencies", scope: "plan", words: "Cơ quan, đơn vị của kế hoạch", kind: agencyRow{}, answer: s.agencies, params: paging},
		{id: "quotas", path: "/api/v1/quotas", scope: "plan", words: "Nhiệm vụ của kế hoạch", kind: quotaRow{}, answer: s.quotas, params: paging},
		{id: "closings", path: "/api/v1/closings", scope: "closings", words: "Các lần chốt số liệu", kind: closingRow{}, answer: s.closings, params: paging},
		{id: "closingRows", path: "/api/v1/closings/{closing}/standings", scope: "closings", words: "Kết quả đã chốt của một lần chốt", kind: standingRow{}, answer: s.closingRows,
			params: with(param{name: "closing", words: "Mã lần chốt", path: true})},
		{id: "decisions", path: "/api/v1/decisions", scope: "decisions", words: "Quyết định đã ghi, cũ nhất trước", kind: decisionRow{}, answer: s.decisions, params: with(agency)},
		{id: "cases", path: "/api/v1/cases", scope: "cases", words: "Việc cần khắc phục, phát bù", kind: caseRow{}, answer: s.cases, params: with(agency)},
		{id: "feed", path: "/api/v1/feeds/{file}", scope: "feed", words: "Tin được ghi nhận của một cơ quan: CƠ-QUAN.atom hoặc CƠ-QUAN.rss. Khóa có thể đặt ở tham số khoa", keyed: true, stored: true, answer: s.feed,
			params: []param{{name: "file", words: "Mã cơ quan, dấu chấm, atom hoặc rss", path: true}, {name: "khoa", words: "Khóa truy cập, cho chương trình đọc tin không gửi được tiêu đề"}}},
	}
}

// id is the whole id of an agency that is named by its slug.
func (s *server) id(agency string) string {
	if strings.Contains(agency, "/") {
		return agency
	}
	return s.Plan.Province + "/" + agency
}

// page sends those rows that come after the cursor, as many as wanted.
func (s *server) page(w http.ResponseWriter, q request, rows []keyed, kind any) {
	slices.SortStableFunc(rows, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	if q.after != "" {
		i, _ := slices.BinarySearchFunc(rows, q.after, func(r keyed, key string) int {
			if r.key <= key {
				return -1
			}
			return 1
		})
		rows = rows[i:]
	}
	next := ""
	if len(rows) > q.limit {
		rows = rows[:q.limit]
		next = rows[q.limit-1].key
	}
	out := make([]any, len(rows))
	for i, r := range rows {
		out[i] = r.row
	}
	s.send(w, q, out, next, kind)
}

// none answers an empty page: what was asked for is another agency's.
func (s *server) none(w http.ResponseWriter, q request, kind any) { s.send(w, q, nil, "", kind) }

// instant is a time as text in the order of time.
func instant(t time.Time) string { return fmt.Sprintf("%020d", t.UnixMicro()) }

func (s *server) standings(w http.ResponseWriter, q request) {
	of, ok := q.agencies("agency", s.id)
	if !ok {
		s.none(w, q, standingRow{})
		return
	}
	e, _, err := s.Evaluation(q.Context())
	if err != nil {
		s.fail(w, q.Request, "read the standings", err)
		return
	}
	s.standingPage(w, q, e.Standings, of)
}

// standingPage sends those standings of some agencies (none named: all) that were asked for.
func (s *server) standingPage(w http.ResponseWriter, q request, list []schedule.Standing, of []string) {
	var rows []keyed
	for _, st := range list {
		if len(of) > 0 && !slices.Contains(of, st.Owner) || q.values["quota"] != "" && st.Quota != q.values["quota"] ||
			q.values["period"] != "" && st.Period != q.values["period"] || q.values["result"] != "" && Result(st) != q.values["result"] {
			continue
		}
		rows = append(rows, keyed{strings.Join([]string{st.Quota, st.Owner, instant(st.Start), st.Period}, "\x1f"), st})
	}
	s.pageOf(w, q, rows, standingRow{}, func(x any) any { return s.standingRow(x.(schedule.Standing)) })
}

// pageOf is page for rows that are worded only if they are sent.
func (s *server) pageOf(w http.ResponseWriter, q request, rows []keyed, kind any, word func(any) any) {
	slices.SortStableFunc(rows, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	from := 0
	for from < len(rows) && q.after != "" && rows[from].key <= q.after {
		from++
	}
	rows = rows[from:min(len(rows), from+q.limit+1)]
	for i := range rows {
		rows[i].row = word(rows[i].row)
	}
	s.page(w, q, rows, kind)
}

func (s *server) items(w http.ResponseWriter, q request) {
	of, ok := q.agencies("agency", s.id)
	if !ok {
		s.none(w, q, itemRow{})
		return
	}
	ask := ItemQuery{Text: q.values["q"], Agencies: of, Source: q.values["source"], Verdict: q.values["verdict"], From: q.day("from", 0), To: q.day("to", 1), Limit: q.limit + 1}
	if q.after != "" {
		micros, id, ok := strings.Cut(q.after, "\x1f")
		n, err := strconv.ParseInt(micros, 10, 64)
		if !ok || err != nil {
			s.problem(w, q.Request, http.StatusBadRequest, "Tham số «after» phải là giá trị lấy từ liên kết trang sau của câu trả lời trước.")
			return
		}
		ask.After, ask.AfterID = time.UnixMicro(n), id
	}
	list, err := s.Items(q.Context(), ask)
	if err != nil {
		s.fail(w, q.Request, "list items", err)
		return
	}
	next := ""
	if len(list) > q.limit {
		list = list[:q.limit]
		last := list[q.limit-1]
		next = strconv.FormatInt(last.Sort.UnixMicro(), 10) + "\x1f" + last.Item.ID
	}
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = s.itemRow(x)
	}
	s.send(w, q, out, next, itemRow{})
}

func (s *server) sources(w http.ResponseWriter, q request) {
	of, ok := q.agencies("agency", s.id)
	if !ok {
		s.none(w, q, sourceRow{})
		return
	}
	health, err := s.Health(q.Context())
	if err != nil {
		s.fail(w, q.Request, "read the health of sources", err)
		return
	}
	var rows []keyed
	for _, src := range s.Plan.Sources {
		if len(of) == 0 || slices.Contains(of, src.Agency) {
			rows = append(rows, keyed{src.ID, s.sourceRow(src, health[src.ID])})
		}
	}
	s.page(w, q, rows, sourceRow{})
}

func (s *server) agencies(w http.ResponseWriter, q request) {
	var rows []keyed
	for _, a := range s.Plan.Agencies {
		if q.token.Sees(a.ID) {
			rows = append(rows, keyed{a.ID, agencyRow{a.ID, a.Name, a.Short, string(a.Level), viet.Level(string(a.Level)), a.Parent, a.Binding, a.Site}})
		}
	}
	s.page(w, q, rows, agencyRow{})
}

func (s *server) quotas(w http.ResponseWriter, q request) {
	var rows []keyed
	year := calendar.Period{Start: s.Plan.From, End: s.Plan.To}
	for _, x := range s.Plan.Quotas {
		row := quotaRow{ID: x.ID, Title: x.Title, Basis: string(x.Basis), Wanted: report.Wanted(x), Number: x.Wanted, Cadence: string(x.Cadence), Place: x.Place, Clauses: []string{}, Owners: []string{},
			Deadline: some(&x.Deadline)}
		for _, c := range x.Clauses {
			row.Clauses = append(row.Clauses, c.Words())
		}
		for _, a := range schedule.Owners(s.Plan, x, year) {
			if q.token.Sees(a.ID) {
				row.Owners = append(row.Owners, a.ID)
			}
		}
		if len(q.token.Agencies) == 0 || len(row.Owners) > 0 {
			rows = append(rows, keyed{x.ID, row})
		}
	}
	s.page(w, q, rows, quotaRow{})
}

func (s *server) closings(w http.ResponseWriter, q request) {
	list, err := s.Closings(q.Context())
	if err != nil {
		s.fail(w, q.Request, "read the closings", err)
		return
	}
	inForce := map[string]bool{}
	for _, c := range schedule.InForce(list) {
		inForce[c.ID] = true
	}
	var rows []keyed
	for _, c := range list {
		open := 0
		for _, o := range c.Open {
			if q.token.Sees(o.Owner) {
				open++
			}
		}
		rows = append(rows, keyed{instant(c.At) + c.ID, closingRow{c.ID, c.Period, local(c.Start), local(c.End), c.Revision, inForce[c.ID], local(c.At), c.Actor, c.Reason, c.Dataset, open}})
	}
	s.page(w, q, rows, closingRow{})
}

func (s *server) closingRows(w http.ResponseWriter, q request) {
	list, err := s.Closings(q.Context())
	if err != nil {
		s.fail(w, q.Request, "read the closings", err)
		return
	}
	id := q.PathValue("closing")
	if !slices.ContainsFunc(list, func(c schedule.Closing) bool { return c.ID == id }) {
		s.problem(w, q.Request, http.StatusNotFound, "Không có lần chốt này.")
		return
	}
	rows, err := s.ClosingRows(q.Context(), id)
	if err != nil {
		s.fail(w, q.Request, "read a closing", err)
		return
	}
	sts := make([]schedule.Standing, len(rows))
	for i, r := range rows {
		sts[i] = r.Standing
	}
	s.standingPage(w, q, sts, q.token.Agencies)
}

func (s *server) decisions(w http.ResponseWriter, q request) {
	of, ok := q.agencies("agency", s.id)
	if !ok {
		s.none(w, q, decisionRow{})
		return
	}
	list, err := s.Decisions(q.Context())
	if err != nil {
		s.fail(w, q.Request, "read the decisions", err)
		return
	}
	var rows []keyed
	for _, d := range list {
		if len(of) == 0 || slices.Contains(of, d.Owner) {
			rows = append(rows, keyed{instant(d.At) + d.ID, decisionOf(d)})
		}
	}
	s.page(w, q, rows, decisionRow{})
}

func (s *server) cases(w http.ResponseWriter, q request) {
	of, ok := q.agencies("agency", s.id)
	if !ok {
		s.none(w, q, caseRow{})
		return
	}
	list, err := s.Cases(q.Context())
	if err != nil {
		s.fail(w, q.Request, "read the cases", err)
		return
	}
	var rows []keyed
	for _, c := range list {
		if len(of) == 0 || slices.Contains(of, c.Owner) {
			rows = append(rows, keyed{c.ID, caseOf(c)})
		}
	}
	s.page(w, q, rows, caseRow{})
}
