package plans

import (
	"slices"
	"strings"
	"time"

	"loa/schedule"
)

// sense checks that the parts of a quota agree with each other and with the plan.
func (b *builder) sense(g *group, q *schedule.Quota) {
	if q.Class == schedule.Hard && q.WantedBasis == schedule.ByReference {
		g.bad("wanted", "nhiệm vụ loại HARD cần con số của chính kế hoạch (basis: plan); mức tham chiếu thuộc loại khác")
	}
	if referred(q) && q.Basisnote == "" && !g.has("basis_note") {
		g.bad("id", "có mức tham chiếu (basis: reference) nên cần %q: mức do ai đặt, dựa vào đâu", "basis_note")
	}
	if q.Kind != "" {
		b.fits(g, q)
	}
	b.inside(g, "from", q.From)
	b.inside(g, "to", q.To)
	b.inside(g, "deadline", q.Deadline)
	g.ordered(q.From, q.To)
	has := func(name string) bool {
		return slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == name })
	}
	if has("in_window") {
		at := Position{g.name, g.line["conditions"]}
		if pos, ok := g.pos["quotas/"+q.ID+"/conditions/in_window"]; ok {
			at = pos
		}
		if len(b.plan.Windows) == 0 {
			g.at(at.Line, "%s: điều kiện %q cần ít nhất một khung giờ trong windows", g.what, "in_window")
		}
		if !has("min_minutes") {
			g.at(at.Line, "%s: điều kiện %q cần thêm điều kiện %q (số phút phải nằm trong khung giờ)", g.what, "in_window", "min_minutes")
		}
	}
}

// inside checks that a day lies in the plan's span; its end counts, as the day
// from which something no longer holds.
func (b *builder) inside(g *group, key string, day time.Time) {
	p := b.plan
	if day.IsZero() || !p.From.Before(p.To) || !day.Before(p.From) && !day.After(p.To) {
		return
	}
	g.bad(key, "%q cần nằm trong thời gian của kế hoạch (%s đến trước %s), đang là %s", key,
		p.From.Format(time.DateOnly), p.To.Format(time.DateOnly), day.Format(time.DateOnly))
}

// fits checks the keys that belong to some kinds only, and what a kind needs.
func (b *builder) fits(g *group, q *schedule.Quota) {
	for _, o := range kindKeys() {
		mine := slices.Contains(o.kinds, q.Kind)
		if mine && o.needed && !g.has(o.key) {
			g.bad("kind", "kind: %s cần khóa %q", q.Kind, o.key)
		}
		if !mine && g.has(o.key) {
			g.bad(o.key, "%q chỉ dùng với kind: %s, đang là kind: %s", o.key, strings.Join(o.kinds, ", "), q.Kind)
		}
	}
	if k, ok := kindOf(q.Kind); ok && k.Cadences != nil && q.Cadence != "" && !slices.Contains(k.Cadences, q.Cadence) {
		g.bad("cadence", "kind: %s cần cadence: %s, đang là %s", k.Name, words(k.Cadences), q.Cadence)
	}
	// A count of 0 is no level: what is encouraged or comes only if something
	// arose is counted and never short, and some kinds measure otherwise.
	switch {
	case q.Class == "":
	case (q.Kind == "encouraged") != (q.Class == schedule.Enc):
		g.bad("kind", "loại ENC (khuyến khích) và kind: encouraged cần đi cùng nhau, đang là loại %s, kind: %s", q.Class, q.Kind)
	case q.Kind == "encouraged" && q.Wanted > 0:
		g.bad("wanted", "kind: encouraged chỉ thống kê, không đặt mức; %q cần là 0", "wanted")
	case q.Kind == "exists" && q.Wanted >= 0 && q.Wanted != 1:
		g.bad("wanted", "kind: exists cần %q là 1: trang có mặt hay không", "wanted")
	case q.Wanted == 0 && !slices.Contains([]string{"encouraged", "attested", "lag", "availability"}, q.Kind):
		g.bad("wanted", "%q cần từ 1 trở lên; chỉ kind: encouraged (khuyến khích), attested (nếu có), lag, availability được là 0", "wanted")
	}
	if q.Kind == "instalments" && !slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == "column" }) {
		g.bad("kind", "kind: instalments cần điều kiện %q: kỳ của chuyên mục nào", "column")
	}
	if of := schedule.Asked(*q); len(of) > 1 {
		g.bad("conditions", "%q hỏi nhiều loại minh chứng cùng lúc (tin, bài; lần phát sóng; tin trong chương trình; tin truyền thanh); cần một loại, vì không có gì là cả hai", "conditions")
	}
	b.own(g, q)
	if len(q.Streams) > 0 && q.Owner.Each != nil {
		g.bad("streams", "%q chỉ dùng khi owner là một cơ quan; với each, mỗi cơ quan có luồng tin riêng", "streams")
	}
	attested(g, q)
	b.ranged(g, q)
}

// own checks that what a quota of one agency names is that agency's, its
// successor's, or that of one whose duties it takes over in the plan's time:
// nothing of another can ever be counted for it.
func (b *builder) own(g *group, q *schedule.Quota) {
	if b.agencies[slugOf(q.Owner.Agency)] == nil {
		return
	}
	heirs := b.heirs(q.Owner.Agency)
	check := func(key, what, id, of string) {
		if b.agencies[slugOf(of)] != nil && !slices.Contains(heirs, of) && !b.passed(of, q.Owner.Agency) {
			g.bad(key, "%s %q là của cơ quan %q; cần %s của %q như owner", what, id, slugOf(of), what, slugOf(q.Owner.Agency))
		}
	}
	for _, s := range q.Streams {
		check("streams", "luồng tin", s, b.streams[s])
	}
	for _, c := range q.Channels {
		if q.Kind == "airing" {
			check("channels", "kênh", c, b.channels[c].Agency)
		}
	}
	for _, c := range q.Conditions {
		if row := conditionOf(c.Name); row.Holds != schedule.HoldsColumns {
			continue
		}
		for _, id := range c.List {
			check("conditions", "chuyên mục", id, b.columns[id].Agency)
		}
	}
}

// passed reports whether an agency's duties come to the heir on a day of the plan.
func (b *builder) passed(agency, heir string) bool {
	a := b.agencies[slugOf(agency)]
	return a != nil && !a.To.IsZero() && a.To.Before(b.plan.To) && slices.Contains(b.heirs(agency), heir)
}
