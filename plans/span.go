package plans

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/media"
	"loa/schedule"
)

// head is what agencies.yaml says of the province as a whole until a day; the
// top of the file says it of the days after the last of them.
type head struct {
	to             time.Time
	name, basis    string
	asOf           time.Time
	communes       int
	named, counted bool // whether name, and communes, are said
}

// was reads one earlier head. What it leaves out was as it is now, but the day
// and the basis of the list of agencies: those are of one list.
func (b *builder) was(g *group, _ string, n *yaml.Node) {
	var h head
	hg := g.group(n, "trước đây (was)", "",
		must("to", date(&h.to)),
		may("name", text(&h.name)),
		may("as_of", date(&h.asOf)),
		may("basis", text(&h.basis)),
		may("communes", whole(&h.communes, 1, 9999)),
	)
	h.named, h.counted = hg.has("name"), hg.has("communes")
	if k := len(b.heads); k > 0 && !h.to.IsZero() && !h.to.After(b.heads[k-1].to) {
		hg.bad("to", "%q cần sau %q của mục trước (xếp từ cũ đến mới)", "to", "to")
	}
	b.heads = append(b.heads, h)
}

// spanned leaves of the province's files what the plan's own time knows: an agency that does not exist on any of its days is
// nobody's name in it, and its columns, channels and sources go with it. A source that an agency reads no more, or not yet, stays:
// people take it up again, and whoever reads or tells of sources looks at its own days. So what comes to be, or is renamed, in a later year
// changes no figure, name or denominator of an earlier one (docs/decisions/0052).
func (b *builder) spanned() {
	p := b.plan
	if p.From.IsZero() || !p.From.Before(p.To) {
		return
	}
	for _, h := range slices.Backward(b.heads) { // the oldest whose day is still to come when the plan begins is what it was written under
		if !p.From.Before(h.to) {
			break
		}
		if h.named {
			p.ProvinceName = h.name
		}
		if !h.asOf.IsZero() || h.basis != "" {
			p.AgenciesAsOf, p.AgenciesBasis = h.asOf, h.basis
		}
		if h.counted {
			p.Communes = h.communes
		}
	}
	listed := 0
	meets := func(from, to time.Time) bool {
		return (from.IsZero() || from.Before(p.To)) && (to.IsZero() || to.After(p.From))
	}
	p.Agencies = slices.DeleteFunc(p.Agencies, func(a media.Agency) bool { return !meets(a.From, a.To) })
	here := map[string]bool{}
	for _, a := range p.Agencies {
		here[a.ID] = true
		if a.Level == media.Commune && a.ValidAt(p.From) {
			listed++
		}
	}
	if b.top != nil && p.Communes > 0 && p.Communes < listed {
		b.top.bad("communes", "%q cần không ít hơn số xã có trong danh sách (%d), đang là %d", "communes", listed, p.Communes)
	}
	p.Columns = slices.DeleteFunc(p.Columns, func(c media.Column) bool { return !here[c.Agency] })
	p.Channels = slices.DeleteFunc(p.Channels, func(c schedule.Channel) bool { return !here[c.Agency] })
	p.Sources = slices.DeleteFunc(p.Sources, func(s media.Source) bool { return !here[s.Agency] })
}
