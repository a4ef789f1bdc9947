package plans

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/media"
	"loa/schedule"
	"loa/viet"
)

func mediums() []string { return []string{"tv", "radio"} }

// agenciesFile reads agencies.yaml: who owes and who publishes, with columns
// and channels.
func (b *builder) agenciesFile(d *doc, n *yaml.Node) {
	var province string
	g := d.group(n, "danh mục cơ quan", "",
		must("province", slug(&province)),
		must("name", text(&b.plan.ProvinceName)),
		may("as_of", date(&b.plan.AgenciesAsOf)),
		may("basis", text(&b.plan.AgenciesBasis)),
		may("communes", whole(&b.plan.Communes, 1, 9999)),
		may("was", list(b.was)),
		must("agencies", list(b.agency)),
		may("columns", list(b.column)),
		may("channels", list(b.channel)),
		may("letterheads", list(b.letterhead)),
	)
	if province != "" && province != b.plan.Province {
		g.bad("province", "%q cần %q như tên thư mục, đang là %q", "province", b.plan.Province, province)
	}
	b.top = g
	for _, a := range b.plan.Agencies {
		b.agencies[slugOf(a.ID)] = &a
	}
	b.line(g)
	b.names(g)
}

func (b *builder) agency(g *group, _ string, n *yaml.Node) {
	a := media.Agency{Binding: true}
	var id, parent, successor string
	full := b.full(peek(n, "id"))
	a2 := g.group(n, called("cơ quan", n), "agencies/"+full,
		must("id", slug(&id)),
		must("name", text(&a.Name)),
		may("short", text(&a.Short)),
		must("level", oneOf(&a.Level, media.Levels())),
		may("aliases", texts(&a.Aliases)),
		may("binding", boolean(&a.Binding)),
		may("parent", slug(&parent)),
		may("successor", slug(&successor)),
		may("from", date(&a.From)),
		may("to", date(&a.To)),
		may("site", address(&a.Site)),
		may("lead_days", whole(&a.LeadDays, 0, 60)),
		may("contact", func(g *group, _ string, n *yaml.Node) {
			g.group(n, g.what+", contact", "",
				may("name", loose(&a.Contact.Name)),
				may("phone", loose(&a.Contact.Phone)),
				may("email", loose(&a.Contact.Email)),
			)
		}),
		may("basis", text(&a.Basis)),
	)
	a2.ordered(a.From, a.To)
	if id == "" {
		return
	}
	if slices.ContainsFunc(b.plan.Agencies, func(o media.Agency) bool { return o.ID == full }) {
		a2.bad("id", "mã %q đã dùng cho một cơ quan khác; cần mã riêng", id)
		return
	}
	a.ID = full
	if a.Short == "" {
		a.Short = a.Name
	}
	if parent != "" {
		a.Parent = b.full(parent)
	}
	if successor != "" {
		a.Successor = b.full(successor)
	}
	b.plan.Agencies = append(b.plan.Agencies, a)
}

// ordered checks that a span of validity does not end before it begins.
func (g *group) ordered(from, to time.Time) {
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		g.bad("to", "%q cần sau %q (ngày %q không còn tính)", "to", "from", "to")
	}
}

func slugOf(id string) string {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i] == '/' {
			return id[i+1:]
		}
	}
	return id
}

// line checks that parents and successors exist and never lead back.
func (b *builder) line(g *group) {
	step := func(a *media.Agency, key string) string {
		if key == "parent" {
			return a.Parent
		}
		return a.Successor
	}
	for _, a := range b.plan.Agencies {
		for _, key := range []string{"parent", "successor"} {
			to := step(&a, key)
			if to == "" {
				continue
			}
			line := g.pos["agencies/"+a.ID+"/"+key].Line
			if b.agencies[slugOf(to)] == nil {
				g.at(line, "cơ quan %q: %q cần mã của một cơ quan trong tệp này, đang là %q", slugOf(a.ID), key, slugOf(to))
				continue
			}
			for n := 0; to != "" && n <= len(b.plan.Agencies); n++ {
				if to == a.ID {
					g.at(line, "cơ quan %q: %q đi vòng trở lại chính cơ quan này; cần một chuỗi có điểm cuối", slugOf(a.ID), key)
					break
				}
				next := b.agencies[slugOf(to)]
				if next == nil {
					break
				}
				to = step(next, key)
			}
		}
	}
}

// names checks that no name or alias means two agencies at one time: a source
// credited to one of them could not be told from the other.
func (b *builder) names(g *group) {
	taken := map[string][]media.Agency{}
	for _, a := range b.plan.Agencies {
		for i, name := range append([]string{a.Name}, a.Aliases...) {
			key := viet.Fold(name)
			for _, o := range taken[key] {
				if o.ID == a.ID || !overlap(a, o) {
					continue
				}
				where := "name"
				if i > 0 {
					where = "aliases"
				}
				g.at(g.pos["agencies/"+a.ID+"/"+where].Line, "cơ quan %q: tên %q đã dùng cho cơ quan %q; cần tên phân biệt được", slugOf(a.ID), name, slugOf(o.ID))
				break
			}
			taken[key] = append(taken[key], a)
		}
	}
}

func overlap(a, b media.Agency) bool {
	return (a.To.IsZero() || b.From.Before(a.To)) && (b.To.IsZero() || a.From.Before(b.To))
}

func (b *builder) channel(g *group, _ string, n *yaml.Node) {
	var c schedule.Channel
	var agency string
	cg := g.group(n, called("kênh", n), "channels/"+peek(n, "id"),
		must("id", slug(&c.ID)),
		must("agency", slug(&agency)),
		must("name", text(&c.Name)),
		must("medium", oneOf(&c.Medium, mediums())),
		may("aliases", texts(&c.Aliases)),
		may("basis", note),
	)
	c.Agency = b.refer(cg, agency)
	if c.ID == "" {
		return
	}
	if _, twice := b.channels[c.ID]; twice {
		cg.bad("id", "mã %q đã dùng cho một kênh khác; cần mã riêng", c.ID)
		return
	}
	b.channels[c.ID] = c
	b.plan.Channels = append(b.plan.Channels, c)
}

// refer checks the group's "agency" once every agency is known, and gives its id.
func (b *builder) refer(g *group, agency string) string {
	if agency == "" {
		return ""
	}
	g.later = append(g.later, func() {
		if b.agencies[agency] == nil {
			g.bad("agency", "%q cần mã của một cơ quan trong tệp này, đang là %q", "agency", agency)
		}
	})
	return b.full(agency)
}

// shortList names a few of many, for messages.
func shortList(all []string) string {
	if len(all) == 0 {
		return "(chưa có mục nào)"
	}
	slices.Sort(all)
	if len(all) > 12 {
		return fmt.Sprintf("%s … (%d mục)", words(all[:12]), len(all))
	}
	return words(all)
}

// letterhead reads what stands around the department's papers in a span of time.
func (b *builder) letterhead(g *group, _ string, n *yaml.Node) {
	var l schedule.Letterhead
	var agency string
	lg := g.group(n, called("thể thức văn bản", n), "",
		must("agency", slug(&agency)),
		may("from", date(&l.From)),
		may("to", date(&l.To)),
		may("superior", text(&l.Superior)),
		may("issuer", text(&l.Issuer)),
		may("name", text(&l.Name)),
		may("symbol", text(&l.Symbol)),
		may("office", text(&l.Office)),
		may("place", text(&l.Place)),
		may("signer", lines(&l.Signer)),
		may("home_affairs", text(&l.Home)),
		may("governing", text(&l.Governing)),
		may("copies", texts(&l.Copies)),
		may("reply_days", whole(&l.ReplyDays, 1, 30)),
		may("basis", text(&l.Basis)),
	)
	l.Agency = b.refer(lg, agency)
	lg.ordered(l.From, l.To)
	b.plan.Letterheads = append(b.plan.Letterheads, l)
}
