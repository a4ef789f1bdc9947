package plans

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"loa/media"
)

// pageKeys are the keys of next: that each way of turning pages may have; the
// first `must` of them it has to have.
func pageKeys() map[string]struct {
	must int
	keys []string
} {
	return map[string]struct {
		must int
		keys []string
	}{
		"query":    {1, []string{"param", "first", "step"}},
		"path":     {1, []string{"path", "first", "step"}},
		"link":     {1, []string{"link"}},
		"postback": {0, []string{"link", "target", "arg", "first", "step"}},
		"json":     {1, []string{"url", "first", "step", "items", "address", "title", "date", "lead", "html", "number", "signed", "issuer", "answered", "answer"}},
		"none":     {0, nil},
	}
}

// next reads how a list goes on behind its first page. Selectors are judged by
// the room that uses them.
func next(g *group, n *yaml.Node, what, path string, p *media.Paging) {
	if by := peek(n, "by"); by != "link" && by != "none" {
		p.First = 1
	}
	ng := g.group(n, what, path,
		must("by", oneOf(&p.By, []string{"query", "path", "link", "postback", "json", "none"})),
		may("param", text(&p.Param)),
		may("first", whole(&p.First, 0, 1000)),
		may("step", whole(&p.Step, 1, 1000)),
		may("path", text(&p.Path)),
		may("link", text(&p.Link)),
		may("target", text(&p.Target)),
		may("arg", text(&p.Arg)),
		may("url", text(&p.URL)),
		may("items", text(&p.Items)),
		may("address", text(&p.Address)),
		may("title", text(&p.Title)),
		may("date", text(&p.Date)),
		may("lead", text(&p.Lead)),
		may("html", text(&p.HTML)),
		may("number", text(&p.Number)),
		may("signed", text(&p.Signed)),
		may("issuer", text(&p.Issuer)),
		may("answered", text(&p.Answered)),
		may("answer", text(&p.Answer)),
	)
	if p.By == "" {
		return
	}
	use := pageKeys()[p.By]
	for key := range ng.line {
		if key != "by" && !slices.Contains(use.keys, key) {
			ng.bad(key, "%q không dùng với by: %s; các khóa dùng được: by, %s", key, p.By, strings.Join(use.keys, ", "))
		}
	}
	for _, key := range use.keys[:use.must] {
		if !ng.has(key) {
			ng.bad("by", "by: %s cần khóa %q", p.By, key)
		}
	}
	for key, v := range map[string]string{"path": p.Path, "url": p.URL} {
		if v != "" && strings.Count(v, "{n}") != 1 {
			ng.bad(key, "%q cần {n} đúng một lần, ở chỗ của số trang, đang là %q", key, v)
		}
	}
	switch {
	case p.By != "json":
	case p.HTML != "" && (p.Items != "" || p.Address != "" || p.Title != ""):
		ng.bad("html", "\"html\" thay cho items, address, title; cần một trong hai cách")
	case p.HTML == "" && (p.Address == "" || p.Title == ""):
		ng.bad("by", "by: json cần \"address\" và \"title\" của mỗi tin, hoặc \"html\"")
	}
	if (p.Target == "") != (p.Arg == "") || p.Target != "" && p.Link != "" {
		ng.bad("target", "cần cả target và arg, hoặc chỉ link, hoặc không khóa nào (tự tìm liên kết có số của trang sau)")
	}
}
