package plans

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// longest is the most characters a clause may quote: the few words an officer
// must see. The plan's text itself stays out of the files.
const longest = 300

// yearFile reads <year>.yaml: the plan, its windows and its quotas.
func (b *builder) yearFile(d *doc, n *yaml.Node) {
	p := b.plan
	g := d.group(n, "kế hoạch", "",
		must("plan", b.head),
		may("windows", list(b.window)),
		must("quotas", list(b.quota)),
		may("not_duties", list(func(g *group, _ string, n *yaml.Node) {
			if c, ok := clause(g, n, "nội dung không phải nhiệm vụ"); ok {
				p.NotDuties = append(p.NotDuties, schedule.NotDuty{Clause: schedule.Clause{Line: c.Line}, Why: c.Text})
			}
		})),
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
		may("sample", boolean(&p.Sample)),
	)
	h.ordered(p.From, p.To)
	if year != 0 && year != p.Year {
		h.bad("year", "%q cần %d như tên tệp, đang là %d", "year", p.Year, year)
	}
	if !p.Issued.IsZero() && !p.To.IsZero() && !p.Issued.Before(p.To) {
		h.bad("issued", "%q cần trước %q", "issued", "to")
	}
}

func (b *builder) window(g *group, _ string, n *yaml.Node) {
	var w schedule.Window
	wg := g.group(n, "khung giờ", "",
		must("medium", oneOf(&w.Medium, mediums())),
		must("from", clock(&w.FromMinute)),
		must("to", clock(&w.ToMinute)),
		may("valid_from", date(&w.From)),
		may("valid_to", date(&w.To)),
		may("basis", note),
	)
	if wg.has("from") && wg.has("to") && w.ToMinute > 0 && w.FromMinute >= w.ToMinute {
		wg.bad("to", "%q cần sau %q trong cùng một ngày", "to", "from")
	}
	if !w.From.IsZero() && !w.To.IsZero() && !w.From.Before(w.To) {
		wg.bad("valid_to", "%q cần sau %q", "valid_to", "valid_from")
	}
	b.plan.Windows = append(b.plan.Windows, w)
}

// clause reads {line, text}.
func clause(g *group, n *yaml.Node, what string) (schedule.Clause, bool) {
	var c schedule.Clause
	cg := g.group(n, what, "", must("line", whole(&c.Line, 1, 100000)), must("text", text(&c.Text)))
	if len([]rune(c.Text)) > longest {
		cg.bad("text", "%q cần trích ngắn, không quá %d ký tự", "text", longest)
	}
	return c, c.Line > 0 && c.Text != ""
}

// number reads {value, basis}: no number without its basis.
func number(v *int, basis *schedule.Basis, lo, hi int) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		g.group(n, g.what+", "+key, "", must("value", whole(v, lo, hi)), must("basis", oneOf(basis, bases())))
	}
}

func bases() []schedule.Basis { return []schedule.Basis{schedule.ByPlan, schedule.ByReference} }

func classes() []schedule.Class {
	return []schedule.Class{schedule.Hard, schedule.Reg, schedule.OnceClass, schedule.Proc, schedule.Enc}
}

func kindNames() []string {
	var out []string
	for _, k := range schedule.Kinds() {
		out = append(out, k.Name)
	}
	return out
}

func kindOf(name string) (schedule.Kind, bool) {
	for _, k := range schedule.Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return schedule.Kind{}, false
}

func (b *builder) quota(g *group, _ string, n *yaml.Node) {
	var q schedule.Quota
	before, clauses := len(g.found), 0
	q.Wanted = -1
	path := "quotas/" + peek(n, "id")
	qg := g.group(n, called("nhiệm vụ", n), path,
		must("id", matching(&q.ID, quotaForm, "mã như B-D1 hoặc A-6.1")),
		must("title", text(&q.Title)),
		must("class", oneOf(&q.Class, classes())),
		must("kind", oneOf(&q.Kind, kindNames())),
		must("owner", b.owner(&q)),
		may("coordinate", b.coordinate(&q)),
		must("cadence", oneOf(&q.Cadence, calendar.Cadences())),
		must("place", text(&q.Place)),
		must("clauses", list(func(g *group, key string, n *yaml.Node) {
			clauses++
			if c, ok := clause(g, n, g.what+", "+key); ok {
				q.Clauses = append(q.Clauses, c)
			}
		})),
		may("from", date(&q.From)),
		may("to", date(&q.To)),
		must("wanted", number(&q.Wanted, &q.WantedBasis, 0, 10000)),
		may("conditions", list(func(g *group, _ string, n *yaml.Node) {
			b.condition(g, n, path, &q)
		})),
		may("max_gap", number(&q.MaxGap, &q.MaxGapBasis, 1, 366)),
		may("deadline", date(&q.Deadline)),
		may("streams", list(b.known(&q.Streams, "một luồng tin (stream) trong sources.yaml", b.hasStream))),
		may("channels", list(b.known(&q.Channels, "mã của một kênh trong agencies.yaml", b.hasChannel))),
		may("attestable", boolean(&q.Attestable)),
		may("lead_days", whole(&q.LeadDays, 0, 60)),
		may("basis_note", text(&q.Basisnote)),
	)
	q.Basis = q.WantedBasis
	if qg.has("clauses") && clauses == 0 {
		qg.bad("clauses", "%q cần ít nhất một câu trích có line và text", "clauses")
	}
	b.sense(qg, &q)
	if len(g.found) == before {
		// What the kinds refuse beyond this; their words are English.
		for _, err := range schedule.CheckQuota(q) {
			qg.bad("kind", "kind: %s không tính được nhiệm vụ này: %v", q.Kind, err)
		}
	}
	if q.ID == "" {
		return
	}
	if slices.ContainsFunc(b.plan.Quotas, func(o schedule.Quota) bool { return o.ID == q.ID }) {
		qg.bad("id", "mã %q đã dùng cho một nhiệm vụ khác; cần mã riêng", q.ID)
		return
	}
	b.plan.Quotas = append(b.plan.Quotas, q)
}

func (b *builder) owner(q *schedule.Quota) func(*group, string, *yaml.Node) {
	return func(g *group, _ string, n *yaml.Node) {
		var agency string
		og := g.group(n, g.what+", owner", "",
			may("agency", slug(&agency)),
			may("each", list(func(g *group, key string, n *yaml.Node) {
				var l media.Level
				oneOf(&l, media.Levels())(g, key, n)
				if l == "" {
					return
				}
				if !b.bound(l) {
					g.at(n.Line, "%s: cấp %q chưa có cơ quan nào phải thực hiện (binding) trong agencies.yaml", g.what, l)
				}
				q.Owner.Each = append(q.Owner.Each, l)
			})),
		)
		if og.has("agency") == og.has("each") && n.Kind == yaml.MappingNode {
			og.bad("agency", "cần đúng một trong hai khóa: agency (một cơ quan) hoặc each (từng cơ quan của các cấp)")
		}
		if agency != "" {
			q.Owner.Agency = b.full(agency)
			if !b.hasAgency(agency) {
				og.bad("agency", "%q cần mã của một cơ quan trong agencies.yaml, đang là %q", "agency", agency)
			}
		}
	}
}

// coordinate reads slugs, which must be known, or names in words, which are
// kept as written («các cơ quan, đơn vị có liên quan»).
func (b *builder) coordinate(q *schedule.Quota) func(*group, string, *yaml.Node) {
	return list(func(g *group, key string, n *yaml.Node) {
		var s string
		text(&s)(g, key, n)
		if s == "" {
			return
		}
		if slugForm.MatchString(s) {
			if !b.hasAgency(s) {
				g.at(n.Line, "%s: %q cần mã của một cơ quan trong agencies.yaml, hoặc tên viết bằng chữ, đang là %q", g.what, key, s)
				return
			}
			s = b.full(s)
		}
		q.Coordinate = append(q.Coordinate, s)
	})
}

// known reads one slug that must stand in a table.
func (b *builder) known(to *[]string, expected string, ok func(string) bool) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, plain := plain(n)
		switch {
		case !plain || !ok(s):
			g.want(n, key, expected)
		case slices.Contains(*to, s):
			g.at(n.Line, "%s: %q ghi %q hai lần; cần một lần", g.what, key, s)
		default:
			*to = append(*to, s)
		}
	}
}

func (b *builder) condition(g *group, n *yaml.Node, path string, q *schedule.Quota) {
	var c schedule.Condition
	all := schedule.Conditions()
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = t.Name
	}
	what, name := g.what+", điều kiện", peek(n, "name")
	if name != "" {
		what = fmt.Sprintf("%s %q", what, name)
		path += "/conditions/" + name
	} else {
		path += "/conditions"
	}
	i := slices.Index(names, name)
	var t schedule.ConditionKind
	if i >= 0 {
		t = all[i]
	}
	item := b.known(&c.List, "mã của một chuyên mục trong agencies.yaml: "+shortList(mapKeys(b.columns)), b.hasColumn)
	switch {
	case !t.List:
		item = note
	case t.Name == "topics":
		item = b.known(&c.List, "một trong các chủ đề: "+words(media.Topics()), func(s string) bool {
			return slices.Contains(media.Topics(), s)
		})
	}
	cg := g.group(n, what, path,
		must("name", oneOf(&c.Name, names)),
		must("basis", oneOf(&c.Basis, bases())),
		may("value", whole(&c.Value, 1, 24*60)),
		may("list", list(item)),
	)
	if i < 0 {
		return
	}
	switch {
	case t.Value && !cg.has("value"):
		cg.bad("name", "cần khóa %q (số phút)", "value")
	case !t.Value && cg.has("value"):
		cg.bad("value", "điều kiện này không dùng %q", "value")
	case t.List && !cg.has("list"):
		cg.bad("name", "cần khóa %q", "list")
	case !t.List && cg.has("list"):
		cg.bad("list", "điều kiện này không dùng %q", "list")
	}
	if k, ok := kindOf(q.Kind); ok && !slices.Contains(k.Conditions, t.Name) {
		cg.bad("name", "kind: %s không dùng điều kiện này; cần một trong: %s", k.Name, words(k.Conditions))
	}
	if slices.ContainsFunc(q.Conditions, func(o schedule.Condition) bool { return o.Name == c.Name }) {
		cg.bad("name", "ghi hai lần; cần một lần")
		return
	}
	q.Conditions = append(q.Conditions, c)
}

func mapKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// sense checks that the parts of a quota agree with each other and with the plan.
func (b *builder) sense(g *group, q *schedule.Quota) {
	p := b.plan
	if q.Class == schedule.Hard && q.WantedBasis == schedule.ByReference {
		g.bad("wanted", "nhiệm vụ loại HARD cần con số của chính kế hoạch (basis: plan); mức tham chiếu thuộc loại khác")
	}
	if referred(q) && q.Basisnote == "" && !g.has("basis_note") {
		g.bad("id", "có mức tham chiếu (basis: reference) nên cần %q: mức do ai đặt, dựa vào đâu", "basis_note")
	}
	if q.Kind != "" {
		b.fits(g, q)
	}
	inside := func(t time.Time) bool {
		return !p.From.Before(p.To) || !t.Before(p.From) && !t.After(p.To)
	}
	for _, day := range []struct {
		key string
		at  time.Time
	}{{"from", q.From}, {"to", q.To}, {"deadline", q.Deadline}} {
		if !day.at.IsZero() && !inside(day.at) {
			g.bad(day.key, "%q cần nằm trong thời gian của kế hoạch (%s đến trước %s), đang là %s", day.key,
				p.From.Format(time.DateOnly), p.To.Format(time.DateOnly), day.at.Format(time.DateOnly))
		}
	}
	g.ordered(q.From, q.To)
	has := func(name string) bool {
		return slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == name })
	}
	if has("in_window") {
		at := Position{g.name, g.line["conditions"]}
		if pos, ok := g.pos["quotas/"+q.ID+"/conditions/in_window"]; ok {
			at = pos
		}
		if len(p.Windows) == 0 {
			g.at(at.Line, "%s: điều kiện %q cần ít nhất một khung giờ trong windows", g.what, "in_window")
		}
		if !has("min_minutes") {
			g.at(at.Line, "%s: điều kiện %q cần thêm điều kiện %q (số phút phải nằm trong khung giờ)", g.what, "in_window", "min_minutes")
		}
	}
}

// referred reports whether any number or condition of the quota is a reference level.
func referred(q *schedule.Quota) bool {
	return q.WantedBasis == schedule.ByReference || q.MaxGapBasis == schedule.ByReference ||
		slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Basis == schedule.ByReference })
}

// fits checks the keys that belong to one kind only.
func (b *builder) fits(g *group, q *schedule.Quota) {
	for _, only := range []struct {
		key, kind string
		needed    bool
	}{
		{"deadline", "deadline", true},
		{"max_gap", "regular", true},
		{"channels", "airing", false},
	} {
		if q.Kind == only.kind && only.needed && !g.has(only.key) {
			g.bad("kind", "kind: %s cần khóa %q", only.kind, only.key)
		}
		if q.Kind != only.kind && g.has(only.key) {
			g.bad(only.key, "%q chỉ dùng với kind: %s, đang là kind: %s", only.key, only.kind, q.Kind)
		}
	}
	if k, ok := kindOf(q.Kind); ok && k.Cadences != nil && q.Cadence != "" && !slices.Contains(k.Cadences, q.Cadence) {
		g.bad("cadence", "kind: %s cần cadence: %s, đang là %s", k.Name, words(k.Cadences), q.Cadence)
	}
	if q.Wanted == 0 && q.Class != schedule.Enc && q.Class != "" {
		g.bad("wanted", "%q cần từ 1 trở lên; chỉ loại ENC (khuyến khích) được là 0", "wanted")
	}
	if q.Kind == "instalments" && !slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == "column" }) {
		g.bad("kind", "kind: instalments cần điều kiện %q: kỳ của chuyên mục nào", "column")
	}
	if of := asked(q); len(of) > 1 {
		g.bad("conditions", "%q vừa hỏi tin, bài vừa hỏi lần phát sóng; cần một loại, vì không có gì là cả hai", "conditions")
	}
	b.own(g, q)
	if len(q.Streams) > 0 && q.Owner.Each != nil {
		g.bad("streams", "%q chỉ dùng khi owner là một cơ quan; với each, mỗi cơ quan có luồng tin riêng", "streams")
	}
	// docs/ARCHITECTURE.md, ruling 22: what a person attests is PROC; a document with its number and date is evidence handed in.
	if q.Attestable && q.Class != schedule.Proc && q.Kind != "deadline" {
		g.bad("attestable", "%q chỉ dùng cho nhiệm vụ loại PROC hoặc kind: deadline (văn bản có số, ngày)", "attestable")
	}
}

// asked lists the kinds of evidence that the conditions of a quota ask of.
func asked(q *schedule.Quota) []media.EvidenceKind {
	var out []media.EvidenceKind
	for _, row := range schedule.Conditions() {
		if row.Of != "" && !slices.Contains(out, row.Of) &&
			slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == row.Name }) {
			out = append(out, row.Of)
		}
	}
	return out
}

// own checks that what a quota of one agency names is that agency's, or its
// successor's: nothing of another can ever be counted for it.
func (b *builder) own(g *group, q *schedule.Quota) {
	if b.agencies[slugOf(q.Owner.Agency)] == nil {
		return
	}
	heirs := b.heirs(q.Owner.Agency)
	check := func(key, what, id, of string) {
		if b.agencies[slugOf(of)] != nil && !slices.Contains(heirs, of) {
			g.bad(key, "%s %q là của cơ quan %q; cần %s của %q như owner", what, id, slugOf(of), what, slugOf(q.Owner.Agency))
		}
	}
	for _, s := range q.Streams {
		check("streams", "luồng tin", s, b.streams[s])
	}
	for _, c := range q.Channels {
		if q.Kind == "airing" {
			check("channels", "kênh", c, b.channels[c].Agency)
		}
	}
	for _, c := range q.Conditions {
		if c.Name == "topics" {
			continue
		}
		for _, id := range c.List {
			check("conditions", "chuyên mục", id, b.columns[id].Agency)
		}
	}
}
