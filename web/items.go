package web

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
	"loa/viet/mask"
	"loa/web/access"
)

const itemsPerPage = 50

// itemsPage is the list of items with its search.
type itemsPage struct {
	Query    ItemQuery
	From, To string // as typed
	Wrong    string // why a date was not understood
	Rows     []itemLine
	Total    int
	More     bool // there are more than Total, which are not counted
	Deep     int  // a page that was asked for by a number beyond mostByNumber, which is shown instead
	Partly   bool // only the newest that have the words were looked through for what is in quotation marks
	First    int  // number of the first row shown, from 1
	Last     int
	Earlier  string // address of the page before, "" if none
	Later    string
	XLSX     string // addresses of the list as a table, "" if the person may not take it out
	CSV      string
	Most     int  // rows of such a table
	Review   bool // the person may answer
	Agencies []media.Agency
	Sources  []media.Source
	Verdicts []chip
}

type itemLine struct {
	ItemRow
	Chip  chip
	Title []segment // masked, what was searched for marked
	Lead  []segment
}

func verdictChips() []chip {
	return []chip{{"reform", "về CCHC"}, {"other", "không về CCHC"}, {"review", "chờ duyệt"}, {"unjudged", "chưa phân loại"}}
}

// verdictChip is what is known of an item. A person's answer ends the review.
func verdictChip(row ItemRow) chip {
	v := verdictChips()
	switch {
	case row.Verdict == nil:
		return v[3]
	case (row.Verdict.Review || row.Unread) && row.Decided == "":
		return v[2]
	case row.Verdict.Reform:
		return v[0]
	}
	return v[1]
}

// itemsQuery reads the filters of the list; wrong is why a date was not understood.
func (s *site) itemsQuery(v url.Values) (q ItemQuery, wrong string) {
	q = ItemQuery{Text: viet.Clean(v.Get("q")), Agency: v.Get("co-quan"), Source: v.Get("nguon"), Verdict: v.Get("ket-qua"), Limit: itemsPerPage, Plan: s.Plan.ID,
		Oldest: v.Get("xep") == "cu"}
	if !slices.ContainsFunc(verdictChips(), func(c chip) bool { return c.Key == q.Verdict }) {
		q.Verdict = ""
	}
	if n := 200; len(q.Text) > n {
		q.Text = strings.ToValidUTF8(q.Text[:n], "")
	}
	for _, d := range []struct {
		text string
		to   *time.Time
		add  int
	}{{v.Get("tu"), &q.From, 0}, {v.Get("den"), &q.To, 1}} {
		if strings.TrimSpace(d.text) == "" {
			continue
		}
		if date, ok := viet.ParseDate(d.text, viet.DateOptions{}); ok {
			*d.to = date.Time.AddDate(0, 0, d.add)
		} else {
			wrong = "Chưa hiểu ngày «" + d.text + "»: xin ghi dạng 09/3/2023."
		}
	}
	return q, wrong
}

// mostCounted is how many pieces the list counts: of more it says «hơn».
const mostCounted = 1000

// mostByNumber is the last page that opens by its number alone: all before it is read. From there on pages open one after another.
const mostByNumber = 100

// placed reports whether pieces have places in the list by which its pages open.
func placed(q ItemQuery) bool {
	return (q.Verdict != "review" || q.Oldest) && len(Phrases(q.Text)) == 0
}

// itemsPast is the address of the page that follows a piece ("sau") or goes before it ("truoc"): a page far down is found
// at once by where it begins, while by its number alone everything before it would be read. The number stays, for the
// count of the first row, and for lists in which a piece has no place of its own.
func itemsPast(v url.Values, page int, way, id string) string {
	q := url.Values{}
	for k, x := range v {
		if k != "sau" && k != "truoc" {
			q[k] = x
		}
	}
	if page > 1 { // the first begins at the beginning, with whatever came since
		q.Set(way, id)
	}
	return itemsAt(q, page, "")
}

// itemsAt is the address of the list with the filters of v, on a page or as a table.
func itemsAt(v url.Values, page int, form string) string {
	q := url.Values{}
	for _, k := range []string{"q", "co-quan", "nguon", "ket-qua", "tu", "den", "xep", "sau", "truoc"} {
		if x := v.Get(k); x != "" {
			q.Set(k, x)
		}
	}
	if page > 1 {
		q.Set("trang", strconv.Itoa(page))
	}
	if form != "" {
		q.Set("dang", form)
	}
	if len(q) == 0 {
		return "/tin-bai"
	}
	return "/tin-bai?" + q.Encode()
}

// ByNumber is the last page that opens by its number.
func (p itemsPage) ByNumber() int { return mostByNumber }

func (s *site) items(w http.ResponseWriter, r *http.Request) {
	v, actor := r.URL.Query(), s.actor(r)
	p := itemsPage{From: v.Get("tu"), To: v.Get("den"), Verdicts: verdictChips(), Sources: s.Plan.Sources, Most: mostListed,
		Review: actor.May(access.Review) && s.Reviewing.Ask != nil}
	p.Query, p.Wrong = s.itemsQuery(v)
	p.Query.Cut, p.Query.More, p.Query.Most = &p.Partly, &p.More, mostCounted
	if p.Query.Agency != "" && s.keepsOut(w, r, p.Query.Agency) {
		return
	}
	if actor.Role.Scoped() {
		p.Query.Agencies = actor.Agencies
		if len(actor.Agencies) == 0 {
			s.forbidden(w, r)
			return
		}
	}
	if actor.May(access.Export) {
		if s.asSheet(w, r, func() (sheet, error) { return s.itemsSheet(r, p.Query) }) {
			return
		}
		whole := maps.Clone(v)
		whole.Del("sau")
		whole.Del("truoc")
		p.XLSX, p.CSV = itemsAt(whole, 0, "xlsx"), itemsAt(whole, 0, "csv")
	}
	page, err := strconv.Atoi(v.Get("trang"))
	if err != nil || page < 1 {
		page = 1
	}
	if p.Query.Past = v.Get("sau"); p.Query.Past == "" {
		p.Query.Past = v.Get("truoc")
		p.Query.Back = p.Query.Past != ""
	}
	if page = min(page, 100_000); page > mostByNumber && p.Query.Past == "" && placed(p.Query) {
		p.Deep, page = page, mostByNumber
	}
	p.Query.Offset = (page - 1) * itemsPerPage
	first := p.Query.Offset + 1
	if placed(p.Query) { // only if the piece that the page follows is there no more
		p.Query.Offset = min(page-1, mostByNumber-1) * itemsPerPage
	}
	rows, total, err := s.Items.Search(r.Context(), p.Query)
	if err != nil {
		s.fail(w, r, "search items", err)
		return
	}
	for _, row := range rows {
		chip := verdictChip(row)
		m := mask.Of(row.Item.Section, row.Item.Title, row.Item.Lead)
		row.Item.Title, row.Item.Lead = m.Text(row.Item.Title), m.Text(row.Item.Lead)
		line := itemLine{ItemRow: row, Chip: chip, Title: highlighted(row.Item.Title, p.Query.Text)}
		if row.Item.Lead != "" {
			line.Lead = highlighted(row.Item.Lead, p.Query.Text)
		}
		p.Rows = append(p.Rows, line)
	}
	p.Total, p.First, p.Last = total, first, first-1+len(rows)
	if page > 1 {
		id := p.Query.Past // of an empty page
		if len(rows) > 0 {
			id = rows[0].Item.ID
		}
		p.Earlier = itemsPast(v, page-1, "truoc", id)
	}
	if len(rows) > 0 && (p.Last < total || p.More && len(rows) == itemsPerPage) {
		p.Later = itemsPast(v, page+1, "sau", rows[len(rows)-1].Item.ID)
	}
	p.Sources = slices.DeleteFunc(slices.Clone(p.Sources), func(x media.Source) bool { return !actor.Sees(x.Agency) })
	publishers := map[string]bool{}
	for _, src := range s.Plan.Sources {
		publishers[src.Agency] = true
	}
	for _, a := range s.Plan.Agencies {
		if publishers[a.ID] && actor.Sees(a.ID) {
			p.Agencies = append(p.Agencies, a)
		}
	}
	s.render(w, r, http.StatusOK, "items", frame{Title: "Tin, bài", Here: "/tin-bai", Page: p})
}

// mostListed is how many rows a table of the list has at most.
const mostListed = 5000

// itemsSheet is the filtered list as a table; of a longer one the first rows, and a row that says so.
func (s *site) itemsSheet(r *http.Request, q ItemQuery) (sheet, error) {
	sh := sheet{Name: "tin-bai", Title: "Tin, bài", Head: []string{"Ngày đăng", "Cơ quan", "Tiêu đề", "Đoạn dẫn", "Mục", "Phân loại", "Chủ đề", "Điểm", "Người duyệt", "Ghi nguồn", "Địa chỉ", "Thấy lần đầu"}}
	q.Limit, q.Most = mostListed+1, 1 // nobody asks how many there are
	if placed(q) {
		q.Limit = 500 // a walk of the list for a common word ends soon
	}
	for len(sh.Rows) <= mostListed {
		rows, _, err := s.Items.Search(r.Context(), q)
		if err != nil {
			return sh, err
		}
		for _, row := range rows {
			m := mask.Of(row.Item.Section, row.Item.Title, row.Item.Lead)
			var topics []string
			var score any
			if v := row.Verdict; v != nil {
				score = math.Round(v.Score*100) / 100
				if v.Reform {
					for _, t := range v.Topics {
						topics = append(topics, viet.Topic(t))
					}
				}
			}
			sh.Rows = append(sh.Rows, []any{claimed(row.Item.Claimed), s.names.Agency(row.Item.Agency), m.Text(row.Item.Title), m.Text(row.Item.Lead), row.Item.Section, verdictChip(row).Word,
				strings.Join(topics, "; "), score, row.Decided, row.Item.Credit, row.Item.URL, row.Item.Seen})
		}
		if len(rows) < q.Limit {
			break
		}
		q.Past = rows[len(rows)-1].Item.ID
	}
	if len(sh.Rows) > mostListed {
		sh.Rows = append(sh.Rows[:mostListed], []any{fmt.Sprintf("Danh sách còn dài hơn: bảng này chỉ ghi %s tin, bài đầu. Xin lọc hẹp hơn để lấy đủ.", viet.Number(mostListed))})
	}
	return sh, nil
}
