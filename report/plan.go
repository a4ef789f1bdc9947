package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"loa/schedule"
	"loa/viet"
)

// PlanView says how a plan is to be written.
type PlanView struct {
	Format  string // "text" (also "") or "md"
	ByOwner bool   // quotas grouped by owner instead of by class
	Width   int    // of a line of text, in characters; 0 is 100
	File    string // version of the plan's file, where numbers were changed since
}

// WritePlan writes a plan as a document: its head, every quota with its numbers
// and what they rest on, its forms and contents, and what in it is no duty.
func WritePlan(w io.Writer, p *schedule.Plan, v PlanView) error {
	d := paperOf(p, v)
	var text string
	if v.Format == "md" {
		text = d.markdown()
	} else {
		text = d.text(cmp.Or(v.Width, 100))
	}
	_, err := io.WriteString(w, text)
	return err
}

// printout is a document before it has a format.
type printout struct {
	title    []string
	rows     []labelled
	notes    []string
	chapters []chapter
}

type chapter struct {
	head    string
	depth   int // 0 is a chapter, 1 a part of it
	notes   []string
	table   *table
	lines   []string
	entries []entry
}

type table struct {
	heads  []string
	shares []int // of the width, in characters of a line of 100
	rows   [][]string
}

type entry struct {
	id, title string
	rows      []labelled
}

type labelled struct {
	label string
	lines []string
}

// row adds a labelled row, if it says anything.
func (e *entry) row(label string, lines ...string) {
	lines = slices.DeleteFunc(lines, func(s string) bool { return s == "" })
	if len(lines) > 0 {
		e.rows = append(e.rows, labelled{label, lines})
	}
}

func paperOf(p *schedule.Plan, v PlanView) printout {
	n := NamesOf(p)
	var head entry
	head.row("Cơ quan ban hành", p.Issuer)
	head.row("Ngày ban hành", viet.Day(p.Issued))
	head.row("Thời gian", spanWords(p.From, p.To))
	if !p.Effective.IsZero() {
		head.row("Bản này áp dụng", "từ ngày "+viet.Day(p.Effective))
	}
	head.row("Mã kế hoạch", p.ID)
	version := short(p.Version)
	if v.File != "" && v.File != p.Version {
		version += ", gồm các mức đã điều chỉnh; tệp kế hoạch là bản " + short(v.File)
	}
	head.row("Phiên bản", version)
	head.row("Tỉnh", p.ProvinceName)
	if !p.AgenciesAsOf.IsZero() {
		head.row("Danh sách cơ quan", "của ngày "+viet.Day(p.AgenciesAsOf), p.AgenciesBasis)
	}
	d := printout{title: []string{"Kế hoạch số " + p.Number, p.Title}, rows: head.rows, notes: []string{
		"«Chỉ tiêu» là con số của chính kế hoạch. «Mức tham chiếu» là con số đặt thêm để theo dõi: sửa được, có ghi do ai đặt và dựa vào đâu, không phải chữ của kế hoạch. Số dòng ở mỗi câu trích là dòng trong bản văn của kế hoạch."}}
	if p.Sample {
		d.title = append(d.title, "Dữ liệu mẫu: tỉnh, cơ quan và kế hoạch đều là giả định.")
	}
	groups := grouped(p, n, v.ByOwner)
	d.chapters = append(d.chapters, chapter{head: "Các nhiệm vụ", table: overview(n, groups)})
	d.chapters = append(d.chapters, chapter{head: "Từng nhiệm vụ"})
	for _, g := range groups {
		c := chapter{head: g.head, depth: 1}
		for _, q := range g.quotas {
			c.entries = append(c.entries, n.quotaEntry(p, q))
		}
		d.chapters = append(d.chapters, c)
	}
	d.chapters = append(d.chapters, n.appendices(p)...)
	return d
}

// short is a version as people quote it.
func short(version string) string {
	if len(version) > 12 {
		return version[:12]
	}
	return version
}

type quotaGroup struct {
	head   string
	quotas []schedule.Quota
}

// grouped puts quotas together by class, or by who owes them, in plan order.
func grouped(p *schedule.Plan, n Names, byOwner bool) []quotaGroup {
	var out []quotaGroup
	if !byOwner {
		for _, c := range []schedule.Class{schedule.Hard, schedule.OnceClass, schedule.Reg, schedule.Proc, schedule.Enc} {
			out = append(out, quotaGroup{head: viet.Capital(classWords(c))})
		}
	}
	for _, q := range p.Quotas {
		head := viet.Capital(classWords(q.Class))
		if byOwner {
			head = viet.Capital(n.Owner(q.Owner))
		}
		i := slices.IndexFunc(out, func(g quotaGroup) bool { return g.head == head })
		if i < 0 {
			i, out = len(out), append(out, quotaGroup{head: head})
		}
		out[i].quotas = append(out[i].quotas, q)
	}
	return slices.DeleteFunc(out, func(g quotaGroup) bool { return len(g.quotas) == 0 })
}

// overview is one line per quota; the two bases have their own columns.
func overview(n Names, groups []quotaGroup) *table {
	t := &table{heads: []string{"Mã", "Nhiệm vụ", "Thực hiện", "Tần suất", "Chỉ tiêu", "Mức tham chiếu"}, shares: []int{8, 28, 17, 9, 13, 15}}
	for _, g := range groups {
		for _, q := range g.quotas {
			plan, reference := brief(q, schedule.ByPlan), brief(q, schedule.ByReference)
			if plan == "" && reference == "" {
				reference = "không đặt mức"
			}
			t.rows = append(t.rows, []string{q.ID, q.Title, n.Owner(q.Owner), viet.Cadence(string(q.Cadence)), cmp.Or(plan, "–"), cmp.Or(reference, "–")})
		}
	}
	return t
}

// brief is the numbers of one basis as a cell of the overview has them.
func brief(q schedule.Quota, b schedule.Basis) string {
	var out []string
	add := func(basis schedule.Basis, format string, a ...any) {
		if cmp.Or(basis, schedule.ByPlan) == b {
			out = append(out, fmt.Sprintf(format, a...))
		}
	}
	main := cmp.Or(q.WantedBasis, q.Basis)
	switch {
	case !q.Deadline.IsZero():
		add(main, "trước ngày %s", viet.Day(q.Deadline))
	case q.Kind == "exists":
		add(main, "có mặt")
	case q.Wanted > 0:
		add(main, "%s %s", pad(q.Wanted), planUnit(q))
	}
	for _, c := range q.Conditions {
		if c.Name == "min_minutes" {
			add(c.Basis, "mỗi lần %d phút", c.Value)
		}
	}
	if q.MaxGap > 0 {
		add(cmp.Or(q.MaxGapBasis, q.Basis), "cách không quá %d ngày", q.MaxGap)
	}
	if q.MaxLag.Value > 0 {
		add(q.MaxLag.Basis, "trong %d ngày làm việc", q.MaxLag.Value)
	}
	if q.Alive.Value > 0 {
		add(q.Alive.Basis, "tin mới trong %d ngày", q.Alive.Value)
	}
	if q.Share.Value > 0 {
		add(q.Share.Basis, "%d%% thời gian", q.Share.Value)
	}
	for _, s := range q.Shares {
		add(s.Basis, "%s", shareWords(s))
	}
	return strings.Join(out, "; ")
}

// quotaEntry is one quota in full.
func (n Names) quotaEntry(p *schedule.Plan, q schedule.Quota) entry {
	e := entry{id: q.ID, title: q.Title}
	e.row("Thực hiện", n.Owner(q.Owner))
	e.row("Phối hợp", strings.Join(n.fieldWords("Coordinate", q.Coordinate, nil), "; "))
	e.row("Tần suất", viet.Cadence(string(q.Cadence)), spanWords(q.From, q.To))
	e.row("Cách đếm", kindWords(q.Kind))
	of := func(b schedule.Basis, fs []figure) (out []string) {
		for _, f := range fs {
			if cmp.Or(f.basis, schedule.ByPlan) == b {
				out = append(out, f.words)
			}
		}
		return out
	}
	e.row("Chỉ tiêu", of(schedule.ByPlan, numbers(q))...)
	e.row("Mức tham chiếu", of(schedule.ByReference, numbers(q))...)
	e.row("Con số", unnumbered(q))
	var conditions []string
	for _, c := range n.conditions(q) {
		conditions = append(conditions, conditionBasis(c.basis)+": "+c.words)
	}
	e.row("Điều kiện", conditions...)
	e.row("Cách tính", n.settings(q)...)
	e.row("Căn cứ", append([]string{q.Place}, quotes(q.Clauses)...)...)
	e.row("Minh chứng", n.evidence(p, q)...)
	e.row("Văn bản thống nhất", q.Agreement)
	e.row("Theo dõi thử", shadowWords(q))
	e.row("Ghi chú về mức", q.Basisnote)
	e.row("Đã điều chỉnh", n.history(q)...)
	return e
}

// settings are what is neither number nor condition and yet changes the count.
func (n Names) settings(q schedule.Quota) []string {
	var out []string
	if q.Kind == "instalments" {
		out = append(out, "cách đọc "+readingWords(q.Reading))
	}
	if q.Repeats != "" {
		out = append(out, repeatsWords(q.Repeats))
	}
	if q.EachOn {
		out = append(out, "mỗi kênh tính riêng")
	}
	if len(q.Watch) > 0 {
		out = append(out, "trang của: "+strings.Join(n.fieldWords("Watch", q.Watch, nil), "; "))
	}
	if q.LeadDays > 0 {
		out = append(out, fmt.Sprintf("cần %d ngày làm việc để làm ra một kỳ (mức tham chiếu)", q.LeadDays))
	}
	if q.WarnDays > 0 {
		out = append(out, fmt.Sprintf("báo sớm %d ngày làm việc trước khi không còn kịp (mức tham chiếu)", q.WarnDays))
	}
	return out
}

// evidence says what is wanted as proof and where it comes from.
func (n Names) evidence(p *schedule.Plan, q schedule.Quota) []string {
	out := []string{q.Wants}
	from := []string{crawlWords(q.Crawl)}
	if q.Attestable || q.Class == schedule.Proc {
		from = append(from, "nhận văn bản, tệp được nộp")
	}
	if q.Print {
		from = append(from, "báo in tính theo bảng kê của báo")
	}
	out = append(out, strings.Join(slices.DeleteFunc(from, func(s string) bool { return s == "" }), "; "))
	if len(q.Channels) > 0 {
		out = append(out, "cần nhật ký phát sóng của: "+strings.Join(n.fieldWords("Channels", q.Channels, nil), "; "))
	}
	var streams []string
	for _, s := range p.Sources {
		if slices.Contains(q.Streams, s.Stream) && !slices.Contains(streams, n.Source(s.ID)) {
			streams = append(streams, n.Source(s.ID))
		}
	}
	if len(q.Streams) > 0 {
		out = append(out, "cần thấy: "+strings.Join(streams, "; "))
	}
	return out
}

// shadowWords tells in what time nobody is told of the quota's standings.
func shadowWords(q schedule.Quota) string {
	switch {
	case q.Shadow.From.IsZero():
		return ""
	case q.Agreement == "":
		return spanWords(q.Shadow.From, q.Shadow.To) + ", chưa nhắc ai; chưa có văn bản thống nhất nên vẫn theo dõi thử cho đến khi có"
	}
	return spanWords(q.Shadow.From, q.Shadow.To) + ", trong thời gian đó chưa nhắc ai"
}

// history tells every change of the quota: old, new, from when, who, on what basis.
func (n Names) history(q schedule.Quota) []string {
	var out []string
	for i, was := range q.Was {
		next := q
		if i+1 < len(q.Was) {
			next = q.Was[i+1].Quota
		}
		next.Was = nil
		var words []string
		for _, c := range changes(n, n, was.Quota, next) {
			words = append(words, c.words)
		}
		if len(words) == 0 {
			continue
		}
		by := was.By.Actor
		if by != "" {
			by = "người điều chỉnh: " + by
		}
		if was.By.Basis != "" {
			by = strings.TrimPrefix(by+"; căn cứ: "+was.By.Basis, "; ")
		}
		out = append(out, fmt.Sprintf("từ ngày %s: %s (%s)", viet.Day(was.Until), strings.Join(words, "; "), by))
	}
	return out
}

// appendices are what stands in the plan besides its quotas.
func (n Names) appendices(p *schedule.Plan) []chapter {
	var out []chapter
	if len(p.Windows) > 0 {
		c := chapter{head: "Khung giờ có nhiều người theo dõi (mức tham chiếu)"}
		for _, w := range p.Windows {
			c.lines = append(c.lines, n.windowWords(w))
		}
		out = append(out, c)
	}
	if len(p.Retention) > 0 {
		c := chapter{head: "Thời gian đài lưu giữ bản ghi"}
		for _, r := range p.Retention {
			c.lines = append(c.lines, n.retentionWords(r))
		}
		out = append(out, c)
	}
	if p.Tell.Officer != "" {
		out = append(out, chapter{head: "Báo tin", lines: n.tellWords(p.Tell)})
	}
	if len(p.Forms) > 0 {
		c := chapter{head: "Hình thức tuyên truyền", notes: []string{"Kế hoạch liệt kê, không giao ai và không nêu số: chỉ để xem mức độ đa dạng, không bao giờ tính thiếu."}}
		for _, f := range p.Forms {
			e := entry{id: f.ID, title: f.Title}
			e.row("Căn cứ", quotes(f.Clauses)...)
			e.row("Nhiệm vụ", cmp.Or(strings.Join(f.Quotas, ", "), "chưa có nhiệm vụ nào tính cho hình thức này"))
			c.entries = append(c.entries, e)
		}
		out = append(out, c)
	}
	if len(p.Contents) > 0 {
		c := chapter{head: "Nội dung tuyên truyền"}
		for _, x := range p.Contents {
			c.lines = append(c.lines, contentWords(x))
		}
		out = append(out, c)
	}
	if len(p.Documents) > 0 {
		c := chapter{head: "Văn bản cần tuyên truyền"}
		for _, d := range p.Documents {
			c.lines = append(c.lines, documentWords(p, d))
		}
		out = append(out, c)
	}
	if len(p.NotDuties) > 0 {
		c := chapter{head: "Không phải nhiệm vụ, vì…"}
		for _, x := range p.NotDuties {
			c.lines = append(c.lines, quotes([]schedule.Clause{x.Clause})[0]+": "+x.Why)
		}
		out = append(out, c)
	}
	return out
}
