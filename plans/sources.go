package plans

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/media"
)

// sourcesFile reads sources.yaml: the places to read.
func (b *builder) sourcesFile(d *doc, n *yaml.Node) {
	d.group(n, "danh mục nguồn", "", must("sources", list(b.source)))
}

func (b *builder) source(g *group, _ string, n *yaml.Node) {
	s := media.Source{Every: time.Hour}
	var id, agency string
	path := "sources/" + b.full(peek(n, "id"))
	s.Articles = peek(n, "kind") != string(media.KindPage)
	sg := g.group(n, called("nguồn", n), path,
		must("id", slug(&id)),
		must("agency", slug(&agency)),
		must("name", text(&s.Name)),
		must("kind", oneOf(&s.Kind, []media.SourceKind{media.KindFeed, media.KindList, media.KindPage})),
		must("url", address(&s.URL)),
		may("stream", slug(&s.Stream)),
		may("column", slug(&s.Column)),
		may("articles", boolean(&s.Articles)),
		may("every", span(&s.Every, time.Minute, 30*24*time.Hour)),
		may("verify", boolean(&s.Verify)),
		may("from", date(&s.From)),
		may("to", date(&s.To)),
		may("rule", func(g *group, _ string, n *yaml.Node) { rule(g, n, path+"/rule", &s.Rule) }),
		may("basis", note),
	)
	sg.ordered(s.From, s.To)
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
		may("date_layout", oneOf(&r.DateLayout, []string{"dmy", "mdy"})),
		may("article_url", expression(&r.ArticleURL)),
	)
}
