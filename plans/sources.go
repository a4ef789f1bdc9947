package plans

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/media"
	"loa/schedule"
	"loa/viet"
)

// sourcesFile reads sources.yaml: the places to read.
func (b *builder) sourcesFile(d *doc, n *yaml.Node) {
	kinds := map[media.SourceKind]media.Limits{}
	d.group(n, "danh mục nguồn", "", must("sources", list(b.source)), may("limits", func(g *group, key string, n *yaml.Node) {
		var of []field
		for _, k := range sourceKinds() {
			of = append(of, may(string(k), func(g *group, key string, n *yaml.Node) {
				var l media.Limits
				limits(&l)(g, key, n)
				kinds[k] = l
			}))
		}
		g.group(n, g.what+", "+key, "", of...)
	}))
	for i := range b.plan.Sources {
		s := &b.plan.Sources[i]
		fill(&s.Limits, kinds[s.Kind])
		s.PageLimits = kinds[media.KindPage]
	}
}

// sourceKinds are the kinds a source can have.
func sourceKinds() []media.SourceKind {
	return []media.SourceKind{media.KindFeed, media.KindList, media.KindSitemap, media.KindPage, media.KindUptime, media.KindQuestions, media.KindDocuments, media.KindSchedule, media.KindUploads}
}

// limits reads the bounds on one document.
func limits(l *media.Limits) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		g.group(n, g.what+", "+key, "",
			may("body", size(&l.Body, 64<<10, 64<<20)),
			may("items", whole(&l.Items, 1, 100_000)),
			may("depth", whole(&l.Depth, 10, 1000)),
			may("tokens", whole(&l.Tokens, 1000, 5_000_000)),
			may("attributes", whole(&l.Attrs, 10, 100_000)),
			may("new", whole(&l.New, 10, 1_000_000)),
		)
	}
}

// fill takes from d what l leaves open.
func fill(l *media.Limits, d media.Limits) {
	l.Body = cmp.Or(l.Body, d.Body)
	l.Items = cmp.Or(l.Items, d.Items)
	l.Depth = cmp.Or(l.Depth, d.Depth)
	l.Tokens = cmp.Or(l.Tokens, d.Tokens)
	l.Attrs = cmp.Or(l.Attrs, d.Attrs)
	l.New = cmp.Or(l.New, d.New)
}

func (b *builder) source(g *group, _ string, n *yaml.Node) {
	s := media.Source{Every: time.Hour}
	var id, agency string
	path := "sources/" + b.full(peek(n, "id"))
	kind := media.SourceKind(peek(n, "kind"))
	s.Articles = kind.Items() && kind != media.KindDocuments
	if kind == media.KindUptime {
		s.Every = 10 * time.Minute
	}
	sg := g.group(n, called("nguồn", n), path,
		must("id", slug(&id)),
		must("agency", slug(&agency)),
		must("name", text(&s.Name)),
		must("kind", oneOf(&s.Kind, sourceKinds())),
		must("url", address(&s.URL)),
		may("stream", slug(&s.Stream)),
		may("column", slug(&s.Column)),
		may("channel", slug(&s.Channel)),
		may("articles", boolean(&s.Articles)),
		may("every", span(&s.Every, time.Minute, 30*24*time.Hour)),
		may("soonest", span(&s.Soonest, time.Minute, 30*24*time.Hour)),
		may("latest", span(&s.Latest, time.Minute, 30*24*time.Hour)),
		may("verify", boolean(&s.Verify)),
		may("proves", texts(&s.Proves)),
		may("expect", list(func(g *group, _ string, n *yaml.Node) { expect(g, n, path, &s) })),
		may("from", date(&s.From)),
		may("to", date(&s.To)),
		may("rule", func(g *group, _ string, n *yaml.Node) { rule(g, n, path+"/rule", &s.Rule) }),
		may("rules", list(func(g *group, _ string, n *yaml.Node) { datedRule(g, n, path, &s.Rules) })),
		may("limits", limits(&s.Limits)),
		may("basis", note),
	)
	sg.ordered(s.From, s.To)
	b.waits(sg, s)
	if agency != "" {
		s.Agency = b.full(agency)
		if !b.hasAgency(agency) {
			sg.bad("agency", "%q cần mã của một cơ quan trong agencies.yaml, đang là %q", "agency", agency)
		}
	}
	if s.Column != "" {
		if !b.hasColumn(s.Column) {
			sg.bad("column", "%q cần mã của một chuyên mục trong agencies.yaml, đang là %q", "column", s.Column)
		} else if of := b.columns[s.Column].Agency; of != "" && agency != "" && of != s.Agency {
			sg.bad("column", "chuyên mục %q là của cơ quan %q; cần chuyên mục của %q", s.Column, slugOf(of), agency)
		}
	}
	b.ofKind(sg, s)
	switch {
	case !sg.has("proves"):
	case slices.Contains(proving(), s.Kind):
		b.after = append(b.after, func() { b.proves(sg, s) })
	case s.Kind != "":
		sg.bad("proves", "%q chỉ dùng với kind: %s (trang được dò còn hay mất)", "proves", namesOf(proving()))
	}
	turning(sg, s.Kind, "rule", s.Rule)
	for _, r := range s.Rules {
		turning(sg, s.Kind, "rules", r.Rule)
	}
	if id == "" {
		return
	}
	s.ID = b.full(id)
	if slices.ContainsFunc(b.plan.Sources, func(o media.Source) bool { return o.ID == s.ID }) {
		sg.bad("id", "mã %q đã dùng cho một nguồn khác; cần mã riêng", id)
		return
	}
	if s.Stream == "" {
		s.Stream = id
	}
	// Sources of one stream stand in for each other, so they show one agency's publications.
	if owner, ok := b.streams[s.Stream]; ok && owner != s.Agency {
		sg.bad("stream", "luồng tin %q đã thuộc cơ quan %q; cần mã luồng khác cho %q", s.Stream, slugOf(owner), agency)
	} else {
		b.streams[s.Stream] = s.Agency
	}
	b.plan.Sources = append(b.plan.Sources, s)
}

// turned are the kinds whose pages are turned in every way of next:.
func turned() []media.SourceKind {
	return []media.SourceKind{media.KindList, media.KindDocuments, media.KindQuestions}
}

// turning refuses next: where the kind of source has no such pages.
func turning(sg *group, kind media.SourceKind, key string, r media.Rule) {
	switch by := r.Next.By; {
	case by == "" || by == "none" || slices.Contains(turned(), kind) || kind == "":
	case kind == media.KindFeed && (by == "query" || by == "path"):
	case kind == media.KindFeed:
		sg.bad(key, "next: nguồn kind: feed chỉ sang trang được bằng by: query hoặc by: path, đang là by: %s", by)
	default:
		sg.bad(key, "next: chỉ dùng với kind: %s và feed, đang là kind: %s", namesOf(turned()), kind)
	}
}

// waits checks the bounds of the wait between visits: a day that could pass
// without a look at a list is a day that may stay unseen.
func (b *builder) waits(g *group, s media.Source) {
	if s.Soonest > s.Every {
		g.bad("soonest", "%q không được dài hơn every (%s), đang là %s", "soonest", brief(s.Every), brief(s.Soonest))
	}
	if s.Latest > 0 && s.Latest < s.Every {
		g.bad("latest", "%q không được ngắn hơn every (%s), đang là %s", "latest", brief(s.Every), brief(s.Latest))
	}
	if s.Kind != media.KindPage && s.Latest > 24*time.Hour {
		g.bad("latest", "%q không được quá 24h: ngày nào cũng phải đọc danh sách, đang là %s", "latest", brief(s.Latest))
	}
}

// brief is a span as files write it: 30m, 24h.
func brief(d time.Duration) string {
	s := d.String()
	if cut, ok := strings.CutSuffix(s, "m0s"); ok {
		s = cut + "m"
	}
	if cut, ok := strings.CutSuffix(s, "h0m"); ok {
		s = cut + "h"
	}
	return s
}

// proves checks, once the year's quotas are known, that a page can prove what
// it is said to: a duty to have something there, owed by the page's agency. A
// page that does not serve in the plan's span is another year's affair.
func (b *builder) proves(g *group, s media.Source) {
	p := b.plan
	if !s.From.IsZero() && !s.From.Before(p.To) || !s.To.IsZero() && !s.To.After(p.From) {
		return
	}
	for _, id := range s.Proves {
		i := slices.IndexFunc(p.Quotas, func(q schedule.Quota) bool { return q.ID == id })
		if i < 0 {
			g.bad("proves", "%q cần mã của một nhiệm vụ trong %d.yaml, đang là %q", "proves", p.Year, id)
			continue
		}
		q := p.Quotas[i]
		if q.Kind != "exists" {
			g.bad("proves", "nhiệm vụ %q là kind: %s; trang chỉ chứng minh được nhiệm vụ kind: exists", id, q.Kind)
			continue
		}
		a := b.agencies[slugOf(s.Agency)]
		if a != nil && !slices.Contains(q.Owner.Each, a.Level) && !slices.Contains(b.heirs(q.Owner.Agency), a.ID) {
			g.bad("proves", "nhiệm vụ %q không giao cho cơ quan %q; cần nhiệm vụ của cơ quan có trang này", id, slugOf(a.ID))
		}
	}
}

// datedRule reads the rule of a span. Two rules of one day, a span without a
// border and one that ends before it begins are mistakes: which layout is meant
// must be certain for every day.
func datedRule(g *group, n *yaml.Node, source string, to *[]media.DatedRule) {
	var r media.DatedRule
	path := fmt.Sprintf("%s/rules/%d", source, len(*to))
	what := fmt.Sprintf("%s, rules thứ %d", g.what, len(*to)+1)
	rg := g.group(n, what, path,
		may("from", date(&r.From)),
		may("to", date(&r.To)),
		must("rule", func(g *group, _ string, n *yaml.Node) { rule(g, n, path+"/rule", &r.Rule) }),
	)
	rg.ordered(r.From, r.To)
	if !rg.has("from") && !rg.has("to") {
		g.at(n.Line, "%s: cần from, to hoặc cả hai; quy tắc dùng cho mọi ngày thì ghi ở rule", what)
	}
	for i, o := range *to {
		if (r.To.IsZero() || o.From.Before(r.To)) && (o.To.IsZero() || r.From.Before(o.To)) {
			g.at(n.Line, "%s: có ngày trùng với rules thứ %d; mỗi ngày chỉ một quy tắc", what, i+1)
		}
	}
	*to = append(*to, r)
}

// printed reads a form of dates, zone where they are at home.
func printed(to *string) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		if err := (viet.DateOptions{Format: s}).Check(); !ok || s == "" || err != nil {
			g.want(n, key, "dạng in của ngày theo plans/README.md, như dd/MM/yyyy HH:mm:ss (MM là tháng, mm là phút, h đi với tt)")
			return
		}
		*to = s
	}
}

func zone(to *string) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		if err := (viet.DateOptions{Zone: s}).Check(); !ok || s == "" || err != nil {
			g.want(n, key, "tên múi giờ IANA (Asia/Ho_Chi_Minh) hoặc độ lệch như \"+07:00\"")
			return
		}
		*to = s
	}
}

// rule reads how a source's pages are read. Selectors and keys are judged by
// the room that uses them; expressions must compile already here.
func rule(g *group, n *yaml.Node, path string, r *media.Rule) {
	what := strings.TrimSuffix(g.what, ", rule") + ", rule"
	g.group(n, what, path,
		may("key", text(&r.Key)),
		may("item", text(&r.Item)),
		may("link", text(&r.Link)),
		may("title", text(&r.Title)),
		may("lead", text(&r.Lead)),
		may("date", text(&r.Date)),
		may("headline", text(&r.Headline)),
		may("sapo", text(&r.Sapo)),
		may("body", text(&r.Body)),
		may("page_date", text(&r.PageDate)),
		may("section", text(&r.Section)),
		may("byline", text(&r.Byline)),
		may("number", text(&r.Number)),
		may("signed", text(&r.Signed)),
		may("issuer", text(&r.Issuer)),
		may("answered", text(&r.Answered)),
		may("answer", text(&r.Answer)),
		may("date_layout", oneOf(&r.DateLayout, []string{"dmy", "mdy"})),
		may("date_format", printed(&r.DateFormat)),
		may("zone", zone(&r.Zone)),
		may("article_url", expression(&r.ArticleURL)),
		may("next", func(g *group, _ string, n *yaml.Node) { next(g, n, what+", next", path+"/next", &r.Next) }),
	)
}
