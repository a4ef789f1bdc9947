package plans

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"loa/media"
	"loa/schedule"
	"loa/viet"
)

// longest is the most characters a clause may quote: the few words an officer
// must see. The plan's text itself stays out of the files.
const longest = 300

// yearFile reads <year>.yaml: the plan, its windows and its quotas, the forms
// and contents it lists, and what in it is no duty.
func (b *builder) yearFile(d *doc, n *yaml.Node) {
	p := b.plan
	g := d.group(n, "kế hoạch", "",
		must("plan", b.head),
		may("windows", list(b.window)),
		may("retention", list(b.retention)),
		may("notices", b.tell),
		may("session", b.session),
		must("quotas", list(b.quota)),
		may("forms", list(b.form)),
		may("documents", list(b.document)),
		may("contents", list(b.content)),
		may("not_duties", list(b.notDuty)),
	)
	if len(p.Quotas) == 0 && g.has("quotas") && len(d.found) == 0 {
		g.bad("quotas", "%q cần ít nhất một nhiệm vụ", "quotas")
	}
}

func (b *builder) head(g *group, _ string, n *yaml.Node) {
	p := b.plan
	var year int
	h := g.group(n, "kế hoạch", "plan",
		must("number", text(&p.Number)),
		must("year", whole(&year, 1900, 9999)),
		must("title", text(&p.Title)),
		must("issuer", text(&p.Issuer)),
		must("issued", date(&p.Issued)),
		must("from", date(&p.From)),
		must("to", date(&p.To)),
		may("effective", date(&p.Effective)),
		may("sample", boolean(&p.Sample)),
	)
	h.ordered(p.From, p.To)
	if year != 0 && year != p.Year {
		h.bad("year", "%q cần %d như tên tệp, đang là %d", "year", p.Year, year)
	}
	if !p.Issued.IsZero() && !p.To.IsZero() && !p.Issued.Before(p.To) {
		h.bad("issued", "%q cần trước %q", "issued", "to")
	}
	b.inside(h, "effective", p.Effective)
}

// hours checks that the group's hours do not end before they begin.
func (g *group) hours(from, to int) {
	if g.has("from") && g.has("to") && to > 0 && from >= to {
		g.bad("to", "%q cần sau %q trong cùng một ngày", "to", "from")
	}
}

// clause reads {line, text, shown} and the fields that come with it. It
// reports whether there is something quoted.
func clause(g *group, n *yaml.Node, what string, c *schedule.Clause, more ...field) (*group, bool) {
	cg := g.group(n, what, "", append([]field{
		must("line", whole(&c.Line, 1, 100000)),
		must("text", text(&c.Text)),
		may("shown", text(&c.Shown)),
	}, more...)...)
	for _, of := range []struct{ key, words string }{{"text", c.Text}, {"shown", c.Shown}} {
		if len([]rune(of.words)) > longest {
			cg.bad(of.key, "%q cần trích ngắn, không quá %d ký tự", of.key, longest)
		}
	}
	if c.Shown != "" && c.Shown == c.Text {
		cg.bad("shown", "%q giống hệt %q; chỉ ghi khi bản văn có chỗ sai cần đánh dấu [sic]", "shown", "text")
	}
	return cg, c.Line > 0 && c.Text != ""
}

// clauses reads a list of quotes, one at least.
func clauses(to *[]schedule.Clause) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		list(func(g *group, key string, n *yaml.Node) {
			var c schedule.Clause
			if _, ok := clause(g, n, g.what+", "+key, &c); ok {
				*to = append(*to, c)
			}
		})(g, key, n)
		if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
			g.bad(key, "%q cần ít nhất một câu trích có line và text", key)
		}
	}
}

// form reads one form of communication that the plan lists without owner or number.
func (b *builder) form(g *group, _ string, n *yaml.Node) {
	var f schedule.Form
	fg := g.group(n, called("hình thức", n), "forms/"+peek(n, "id"),
		must("id", matching(&f.ID, quotaForm, "mã như F1")),
		must("title", text(&f.Title)),
		must("clauses", clauses(&f.Clauses)),
		may("quotas", list(b.known(&f.Quotas, "mã của một nhiệm vụ trong tệp này", b.hasQuota))),
	)
	if f.ID == "" {
		return
	}
	if slices.ContainsFunc(b.plan.Forms, func(o schedule.Form) bool { return o.ID == f.ID }) {
		fg.bad("id", "mã %q đã dùng cho một hình thức khác; cần mã riêng", f.ID)
		return
	}
	b.plan.Forms = append(b.plan.Forms, f)
}

// document reads one document that is to be made known.
func (b *builder) document(g *group, _ string, n *yaml.Node) {
	var d schedule.Document
	dg := g.group(n, "văn bản "+peek(n, "number"), "documents/"+peek(n, "number"),
		must("number", text(&d.Number)),
		must("date", date(&d.Date)),
		must("name", text(&d.Name)),
	)
	canon, ok := viet.DocumentNumber(d.Number)
	switch {
	case d.Number == "":
		return
	case !ok:
		dg.bad("number", "%q cần một số, ký hiệu như 76/NQ-CP, đang là %q", "number", d.Number)
		return
	case canon != d.Number:
		dg.bad("number", "%q cần ghi %s, đang là %q", "number", canon, d.Number)
		return
	case b.hasDocument(d.Number):
		dg.bad("number", "văn bản %s ghi hai lần; cần một lần", d.Number)
		return
	}
	if !d.Date.IsZero() && !b.plan.To.IsZero() && !d.Date.Before(b.plan.To) {
		dg.bad("date", "%q cần trước khi kế hoạch hết hiệu lực", "date")
	}
	b.plan.Documents = append(b.plan.Documents, d)
}

func (b *builder) hasDocument(number string) bool {
	return slices.ContainsFunc(b.plan.Documents, func(d schedule.Document) bool { return d.Number == number })
}

// content reads one subject that the plan wants communicated.
func (b *builder) content(g *group, _ string, n *yaml.Node) {
	var c schedule.Content
	topic := b.known(&c.Topics, "một trong các chủ đề: "+words(media.Topics()), func(s string) bool {
		return slices.Contains(media.Topics(), s)
	})
	cg, ok := clause(g, n, "nội dung tuyên truyền", &c.Clause,
		may("topics", list(topic)),
		may("facet", oneOf(&c.Facet, media.CrossCutting())),
		may("documents", list(b.known(&c.Documents, "số, ký hiệu của một văn bản ở documents của tệp này", b.hasDocument))),
	)
	if !cg.has("topics") && !cg.has("facet") && !cg.has("documents") {
		cg.bad("line", "cần %q, %q hoặc %q: nội dung này thuộc chủ đề nào", "topics", "facet", "documents")
	}
	if ok {
		b.plan.Contents = append(b.plan.Contents, c)
	}
}

func (b *builder) notDuty(g *group, _ string, n *yaml.Node) {
	var d schedule.NotDuty
	if _, ok := clause(g, n, "nội dung không phải nhiệm vụ", &d.Clause, must("why", text(&d.Why))); ok {
		b.plan.NotDuties = append(b.plan.NotDuties, d)
	}
}

// session reads by when the parts of a reporting period are done; what is left out is as usual.
func (b *builder) session(g *group, _ string, n *yaml.Node) {
	d := schedule.UsualSessionDays()
	sg := g.group(n, "phiên chốt kỳ", "session",
		may("units", whole(&d.Units, 15, 28)),
		may("begin", whole(&d.From, 15, 28)),
		may("end", whole(&d.To, 15, 28)),
		may("sent", whole(&d.Sent, 15, 28)),
		may("basis", text(&d.Basis)),
	)
	if !d.Ordered() {
		sg.bad("sent", "các ngày cần theo thứ tự sau ngày chốt số liệu 14: units, begin, end, sent, không quá 28; đang là %d, %d, %d, %d", d.Units, d.From, d.To, d.Sent)
		return
	}
	b.plan.Closing = d
}
