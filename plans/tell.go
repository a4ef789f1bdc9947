package plans

import "go.yaml.in/yaml/v4"

// tell reads who stands behind what is told: the officer's department, and the
// body that reminds departments and districts.
func (b *builder) tell(g *group, _ string, n *yaml.Node) {
	var officer, reminders string
	tg := g.group(n, "báo tin", "notices",
		must("officer", slug(&officer)),
		may("reminders", slug(&reminders)),
	)
	for _, of := range []struct {
		key, slug string
		to        *string
	}{{"officer", officer, &b.plan.Tell.Officer}, {"reminders", reminders, &b.plan.Tell.Reminders}} {
		switch {
		case of.slug == "":
		case !b.hasAgency(of.slug):
			tg.bad(of.key, "%q cần mã của một cơ quan trong agencies.yaml, đang là %q", of.key, of.slug)
		default:
			*of.to = b.full(of.slug)
		}
	}
}
