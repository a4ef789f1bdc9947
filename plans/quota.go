package plans

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

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
	before := len(g.found)
	q.Wanted = -1
	path := "quotas/" + peek(n, "id")
	fields := []field{
		must("id", matching(&q.ID, quotaForm, "mã như B-D1 hoặc A-6.1")),
		must("title", text(&q.Title)),
		may("wants", text(&q.Wants)),
		may("crawl", oneOf(&q.Crawl, crawls())),
		must("class", oneOf(&q.Class, classes())),
		must("kind", oneOf(&q.Kind, kindNames())),
		must("owner", b.owner(&q)),
		may("coordinate", b.coordinate(&q)),
		must("cadence", oneOf(&q.Cadence, calendar.Cadences())),
		must("place", text(&q.Place)),
		must("clauses", clauses(&q.Clauses)),
		may("from", date(&q.From)),
		may("to", date(&q.To)),
		must("wanted", number(&q.Wanted, &q.WantedBasis, 0, 10000)),
		may("conditions", list(func(g *group, _ string, n *yaml.Node) {
			b.condition(g, n, path, &q)
		})),
	}
	qg := g.group(n, called("nhiệm vụ", n), path, append(fields, b.levels(&q)...)...)
	q.Basis = mainBasis(&q)
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
	if q.Letters != "" && slices.ContainsFunc(b.plan.Quotas, func(o schedule.Quota) bool { return o.Letters == q.Letters }) {
		qg.bad("letters", "%q: %s đã là minh chứng của một nhiệm vụ khác; cần một nhiệm vụ", "letters", q.Letters)
	}
	b.plan.Quotas = append(b.plan.Quotas, q)
}

// mainBasis is the basis of the number that a quota is about.
func mainBasis(q *schedule.Quota) schedule.Basis {
	switch q.Kind {
	case "lag":
		return q.MaxLag.Basis
	case "availability":
		return q.Share.Basis
	}
	return q.WantedBasis
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

func conditionOf(name string) schedule.ConditionKind {
	for _, t := range schedule.Conditions() {
		if t.Name == name {
			return t
		}
	}
	return schedule.ConditionKind{}
}

// listItem reads one item of a condition's list.
func (b *builder) listItem(t schedule.ConditionKind, to *[]string) func(*group, string, *yaml.Node) {
	one := func(expected string, all []string) func(*group, string, *yaml.Node) {
		return b.known(to, expected+words(all), func(s string) bool { return slices.Contains(all, s) })
	}
	switch t.Holds {
	case schedule.HoldsNothing:
		return note
	case schedule.HoldsTopics:
		return one("một trong các chủ đề: ", media.Topics())
	case schedule.HoldsTones:
		return one("praise (biểu dương) hoặc critique (phản ánh hạn chế): ", media.Tones())
	case schedule.HoldsLanguages:
		return one("một trong các tiếng: ", media.Languages())
	case schedule.HoldsMediums:
		return one("tv (truyền hình) hoặc radio (phát thanh): ", mediums())
	case schedule.HoldsOffices:
		return b.known(to, "một chức vụ bằng chữ, như giám đốc", func(s string) bool { return strings.TrimSpace(s) != "" })
	}
	return b.known(to, "mã của một chuyên mục trong agencies.yaml: "+shortList(mapKeys(b.columns)), b.hasColumn)
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
	item := b.listItem(t, &c.List)
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
	if k, ok := kindOf(q.Kind); ok && len(k.Conditions) == 0 {
		cg.bad("name", "kind: %s không dùng điều kiện nào", k.Name)
	} else if ok && !slices.Contains(k.Conditions, t.Name) {
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
