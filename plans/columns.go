package plans

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"loa/media"
)

func (b *builder) column(g *group, _ string, n *yaml.Node) {
	var c media.Column
	var agency string
	cg := g.group(n, called("chuyên mục", n), "columns/"+peek(n, "id"),
		must("id", slug(&c.ID)),
		must("agency", slug(&agency)),
		must("name", text(&c.Name)),
		may("aliases", aliases(&c.Aliases)),
		may("from", date(&c.From)),
		may("to", date(&c.To)),
		may("topics", list(b.known(&c.Topics, "một trong các chủ đề: "+words(media.Topics()), func(s string) bool {
			return slices.Contains(media.Topics(), s)
		}))),
		may("basis", note),
	)
	cg.ordered(c.From, c.To)
	if cg.has("topics") && !cg.has("basis") {
		cg.bad("topics", "%q cần %q: chủ đề của chuyên mục do ai thống nhất, bằng văn bản nào", "topics", "basis")
	}
	c.Agency = b.refer(cg, agency)
	if c.ID == "" {
		return
	}
	if _, twice := b.columns[c.ID]; twice {
		cg.bad("id", "mã %q đã dùng cho một chuyên mục khác; cần mã riêng", c.ID)
		return
	}
	b.columns[c.ID] = c
	b.plan.Columns = append(b.plan.Columns, c)
}

// aliases reads other names of a column: a name, or a name with the days from
// and until which it was called so.
func aliases(to *[]media.Alias) func(*group, string, *yaml.Node) {
	return list(func(g *group, key string, n *yaml.Node) {
		var a media.Alias
		if n.Kind == yaml.MappingNode {
			ag := g.group(n, called(g.what+", tên khác", n), "",
				must("name", text(&a.Name)),
				may("from", date(&a.From)),
				may("to", date(&a.To)),
			)
			ag.ordered(a.From, a.To)
		} else {
			text(&a.Name)(g, key, n)
		}
		switch {
		case a.Name == "":
		case slices.ContainsFunc(*to, func(o media.Alias) bool { return o.Name == a.Name }):
			g.at(n.Line, "%s: %q ghi %q hai lần; cần một lần", g.what, key, a.Name)
		default:
			*to = append(*to, a)
		}
	})
}
