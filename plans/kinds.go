package plans

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/media"
)

// proving are the kinds whose page can be what a quota of kind exists wants.
func proving() []media.SourceKind {
	return []media.SourceKind{media.KindPage, media.KindQuestions, media.KindDocuments}
}

func namesOf(kinds []media.SourceKind) string {
	var out []string
	for _, k := range kinds {
		out = append(out, string(k))
	}
	return strings.Join(out, ", ")
}

// Uptime is asked as often as spans of it need to join (two hours), and no
// oftener than a webmaster would put up with.
const pingLeast, pingMost = 5 * time.Minute, time.Hour

// ofKind refuses keys that a source's kind has no use for, and those it needs.
func (b *builder) ofKind(g *group, s media.Source) {
	if s.Kind == "" {
		return
	}
	for _, use := range []struct {
		key   string
		kinds []media.SourceKind
		why   string
	}{
		{"channel", []media.SourceKind{media.KindSchedule, media.KindUploads}, "lịch phát sóng, video của kênh nào"},
		{"expect", []media.SourceKind{media.KindPage}, "nội dung phải có trên trang được dò"},
	} {
		if g.has(use.key) && !slices.Contains(use.kinds, s.Kind) {
			g.bad(use.key, "%q chỉ dùng với kind: %s (%s)", use.key, namesOf(use.kinds), use.why)
		}
	}
	if s.Kind == media.KindSchedule || s.Kind == media.KindUploads {
		switch c, ok := b.channels[s.Channel]; {
		case s.Channel == "":
			g.bad("kind", "kind: %s cần %q: mã của một kênh trong agencies.yaml", s.Kind, "channel")
		case !ok:
			g.bad("channel", "%q cần mã của một kênh trong agencies.yaml, đang là %q", "channel", s.Channel)
		case s.Agency != "" && c.Agency != "" && c.Agency != s.Agency:
			g.bad("channel", "kênh %q là của cơ quan %q; cần kênh của %q", s.Channel, slugOf(c.Agency), slugOf(s.Agency))
		}
	}
	rules := []media.Rule{s.Rule}
	for _, r := range s.Rules {
		rules = append(rules, r.Rule)
	}
	for _, r := range rules {
		readBy(g, s.Kind, r)
	}
	if s.Kind == media.KindUptime && (s.Every < pingLeast || s.Every > pingMost) {
		g.bad("every", "%q của kind: uptime cần từ 5m đến 1h", "every")
	}
}

// readBy refuses selectors that the kind's reader has no use for.
func readBy(g *group, kind media.SourceKind, r media.Rule) {
	for _, use := range []struct {
		key, value string
		kinds      []media.SourceKind
	}{
		{"number", r.Number, []media.SourceKind{media.KindDocuments, media.KindQuestions}},
		{"next/number", r.Next.Number, []media.SourceKind{media.KindDocuments, media.KindQuestions}},
		{"signed", r.Signed, []media.SourceKind{media.KindDocuments}},
		{"next/signed", r.Next.Signed, []media.SourceKind{media.KindDocuments}},
		{"issuer", r.Issuer, []media.SourceKind{media.KindDocuments}},
		{"next/issuer", r.Next.Issuer, []media.SourceKind{media.KindDocuments}},
		{"answered", r.Answered, []media.SourceKind{media.KindQuestions}},
		{"next/answered", r.Next.Answered, []media.SourceKind{media.KindQuestions}},
		{"answer", r.Answer, []media.SourceKind{media.KindQuestions}},
		{"next/answer", r.Next.Answer, []media.SourceKind{media.KindQuestions}},
	} {
		if use.value != "" && !slices.Contains(use.kinds, kind) {
			g.bad("rule", "rule: %q chỉ dùng với kind: %s", use.key, namesOf(use.kinds))
		}
	}
}

// expect reads one thing that has to be posted on a page.
func expect(g *group, n *yaml.Node, path string, s *media.Source) {
	var e media.Expect
	name := peek(n, "name")
	eg := g.group(n, g.what+", expect", path+"/expect/"+name,
		must("name", text(&e.Name)),
		may("phrases", texts(&e.Phrases)),
		may("regexp", expression(&e.Regexp)),
		may("selector", text(&e.Selector)),
		may("proves", texts(&e.Proves)),
	)
	if e.Name == "" {
		return
	}
	if strings.ContainsAny(e.Name, "#;") {
		eg.bad("name", "%q không được có dấu # hoặc ;", "name")
	}
	if !eg.has("phrases") && !eg.has("regexp") && !eg.has("selector") {
		eg.bad("name", "%q cần ít nhất một trong phrases, regexp, selector", e.Name)
	}
	if slices.ContainsFunc(s.Expect, func(o media.Expect) bool { return o.Name == e.Name }) {
		eg.bad("name", "%q ghi hai lần trên một trang; cần tên riêng", e.Name)
		return
	}
	for _, id := range e.Proves {
		if !slices.Contains(s.Proves, id) {
			eg.bad("proves", "nhiệm vụ %q cần có trong proves của nguồn", id)
		}
	}
	s.Expect = append(s.Expect, e)
}
