package plans

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"loa/schedule"
)

// ScoreFile is where a plan's model of scores lies, beside it.
func ScoreFile(id string) string { return id + ".score.yaml" }

// Score reads how a plan's score is simulated: "<province>/<year>.score.yaml". It tells every mistake at once. Without the file
// there is no model, and no mistake; with a mistake there is none either.
func Score(fsys fs.FS, id string, p *schedule.Plan) (*schedule.ScoreModel, []Problem) {
	name := ScoreFile(id)
	if _, err := fs.Stat(fsys, name); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	r := &reader{fsys: fsys, pos: Positions{}}
	b := &scoreReader{plan: p}
	r.file(name, b.read)
	if found := r.sorted(); len(found) > 0 {
		return nil, found
	}
	return &b.model, nil
}

type scoreReader struct {
	plan  *schedule.Plan
	model schedule.ScoreModel
}

func (b *scoreReader) read(d *doc, n *yaml.Node) {
	g := d.group(n, "mô phỏng điểm", "",
		must("basis", text(&b.model.Basis)),
		must("criteria", list(b.criterion)),
	)
	if len(b.model.Criteria) == 0 && g.has("criteria") && len(d.found) == 0 {
		g.bad("criteria", "%q cần ít nhất một tiêu chí", "criteria")
	}
}

func (b *scoreReader) criterion(g *group, _ string, n *yaml.Node) {
	c := schedule.Criterion{Share: 100}
	cg := g.group(n, called("tiêu chí", n), "",
		must("id", slug(&c.ID)),
		must("title", text(&c.Title)),
		must("kind", oneOf(&c.Kind, schedule.ScoreKinds())),
		must("max", points(&c.Max)),
		may("floor", whole(&c.Floor, 0, 100)),
		may("share", whole(&c.Share, 1, 100)),
		may("bands", list(func(g *group, key string, n *yaml.Node) {
			var x schedule.Band
			g.group(n, g.what+", bậc điểm", "", must("from", whole(&x.From, 0, 100)), must("points", points(&x.Points)))
			c.Bands = append(c.Bands, x)
		})),
		may("duties", list(b.one(&c.Duties, "mã của một nhiệm vụ trong kế hoạch này", b.hasQuota))),
		may("parts", list(func(g *group, key string, n *yaml.Node) {
			x := schedule.ScorePart{AtLeast: 1}
			pg := g.group(n, g.what+", phần", "", must("title", text(&x.Title)), must("points", points(&x.Points)),
				may("forms", list(b.one(&x.Forms, "mã của một hình thức (forms) trong kế hoạch này", b.hasForm))),
				may("duties", list(b.one(&x.Duties, "mã của một nhiệm vụ trong kế hoạch này", b.hasQuota))),
				may("at_least", whole(&x.AtLeast, 1, 50)))
			if n := len(x.Forms) + len(x.Duties); n < x.AtLeast && n > 0 {
				pg.bad("at_least", "%q là %d nhưng chỉ ghi %d hình thức, nhiệm vụ", "at_least", x.AtLeast, n)
			} else if n == 0 && !pg.has("forms") && !pg.has("duties") {
				pg.bad("title", "cần %q hoặc %q: minh chứng nào cho phần này", "forms", "duties")
			}
			c.Parts = append(c.Parts, x)
		})),
	)
	b.sense(cg, c)
	if slices.ContainsFunc(b.model.Criteria, func(o schedule.Criterion) bool { return o.ID == c.ID }) {
		cg.bad("id", "mã %q đã dùng cho một tiêu chí khác; cần mã riêng", c.ID)
	}
	b.model.Criteria = append(b.model.Criteria, c)
}

// sense checks that the parts of a criterion agree.
func (b *scoreReader) sense(cg *group, c schedule.Criterion) {
	of := map[string][]string{"completion": {"floor", "share", "bands", "duties"}, "diversity": {"parts"}}
	for kind, keys := range of {
		for _, k := range keys {
			if cg.has(k) && c.Kind != "" && kind != c.Kind {
				cg.bad(k, "%q không dùng cho tiêu chí kiểu %q", k, c.Kind)
			}
		}
	}
	sum := 0.0
	for _, p := range c.Parts {
		sum += p.Points
	}
	switch {
	case c.Kind == "diversity" && len(c.Parts) == 0:
		cg.bad("kind", "tiêu chí kiểu %q cần %q", "diversity", "parts")
	case c.Max > 0 && sum > c.Max+0.001:
		cg.bad("parts", "tổng điểm các phần là %s, lớn hơn %q là %s", score(sum), "max", score(c.Max))
	}
	for i, x := range c.Bands {
		switch {
		case i > 0 && (x.From >= c.Bands[i-1].From || x.Points > c.Bands[i-1].Points):
			cg.bad("bands", "các bậc điểm cần xếp từ cao xuống thấp, không trùng: bậc từ %d%% đứng sau bậc từ %d%%", x.From, c.Bands[i-1].From)
		case c.Max > 0 && x.Points > c.Max:
			cg.bad("bands", "bậc từ %d%% cho %s điểm, lớn hơn %q là %s", x.From, score(x.Points), "max", score(c.Max))
		case x.From < c.Floor:
			cg.bad("bands", "bậc từ %d%% đứng dưới mức sàn %q là %d%%", x.From, "floor", c.Floor)
		}
	}
}

func score(v float64) string {
	return strings.ReplaceAll(strconv.FormatFloat(v, 'f', -1, 64), ".", ",")
}

// one reads one id of a list, once.
func (b *scoreReader) one(to *[]string, expected string, known func(string) bool) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		s, ok := plain(n)
		switch {
		case !ok || !known(s):
			g.want(n, key, expected)
		case slices.Contains(*to, s):
			g.at(n.Line, "%s: %q ghi %q hai lần; cần một lần", g.what, key, s)
		default:
			*to = append(*to, s)
		}
	}
}

func (b *scoreReader) hasQuota(id string) bool {
	return slices.ContainsFunc(b.plan.Quotas, func(q schedule.Quota) bool { return q.ID == id })
}

func (b *scoreReader) hasForm(id string) bool {
	return slices.ContainsFunc(b.plan.Forms, func(f schedule.Form) bool { return f.ID == id })
}

// points reads points: a number above 0 and up to 100 with at most two decimals.
func points(to *float64) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		v, err := strconv.ParseFloat(n.Value, 64)
		_, decimals, _ := strings.Cut(n.Value, ".")
		if n.Kind != yaml.ScalarNode || n.Tag != "!!int" && n.Tag != "!!float" || err != nil || !(v > 0 && v <= 100) || len(decimals) > 2 || strings.ContainsAny(n.Value, "eExX_") {
			g.want(n, key, "số điểm lớn hơn 0, không quá 100, tối đa hai chữ số thập phân (ví dụ 0.25)")
			return
		}
		*to = v
	}
}
