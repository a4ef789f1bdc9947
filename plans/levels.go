package plans

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"loa/media"
	"loa/schedule"
)

func crawls() []string { return []string{"yes", "partly", "no"} }

func readings() []string { return []string{"R1", "R2", "R3"} }

func repeats() []string { return []string{"all", "once", "never"} }

// levels lists the keys of a quota beyond its count: how long, how late, how
// much of what, and how it is agreed and handed in.
func (b *builder) levels(q *schedule.Quota) []field {
	return []field{
		may("max_gap", number(&q.MaxGap, &q.MaxGapBasis, 1, 366)),
		may("deadline", date(&q.Deadline)),
		may("max_lag", number(&q.MaxLag.Value, &q.MaxLag.Basis, 1, 366)),
		may("alive", number(&q.Alive.Value, &q.Alive.Basis, 1, 366)),
		may("share", number(&q.Share.Value, &q.Share.Basis, 1, 100)),
		may("hours", func(g *group, key string, n *yaml.Node) {
			hg := g.group(n, g.what+", "+key, "", must("from", clock(&q.Hours[0])), must("to", clock(&q.Hours[1])))
			hg.hours(q.Hours[0], q.Hours[1])
		}),
		may("watch", list(func(g *group, key string, n *yaml.Node) {
			var l media.Level
			oneOf(&l, media.Levels())(g, key, n)
			switch {
			case l == "":
			case slices.Contains(q.Watch, l):
				g.at(n.Line, "%s: %q ghi %q hai lần; cần một lần", g.what, key, l)
			default:
				q.Watch = append(q.Watch, l)
			}
		})),
		may("streams", list(b.known(&q.Streams, "một luồng tin (stream) trong sources.yaml", b.hasStream))),
		may("channels", list(b.known(&q.Channels, "mã của một kênh trong agencies.yaml", b.hasChannel))),
		may("print", boolean(&q.Print)),
		may("reading", oneOf(&q.Reading, readings())),
		may("repeats", oneOf(&q.Repeats, repeats())),
		may("each_on", boolean(&q.EachOn)),
		may("shares", list(share(&q.Shares))),
		may("make_good", whole(&q.MakeGood, 1, 60)),
		may("make_good_policy", func(g *group, key string, n *yaml.Node) {
			g.group(n, g.what+", "+key, "", must("value", oneOf(&q.AgreedGood, schedule.MadeGoods())), must("basis", oneOf(&q.AgreedBasis, bases())))
		}),
		may("carry", whole(&q.Carry, 1, 60)),
		may("tolerance", whole(&q.Tolerance, 1, 300)),
		may("attestable", boolean(&q.Attestable)),
		may("letters", oneOf(&q.Letters, schedule.Letters())),
		may("due_days", whole(&q.DueDays, 1, 60)),
		may("lead_days", whole(&q.LeadDays, 0, 60)),
		may("warn_days", whole(&q.WarnDays, 0, 30)),
		may("agreement", text(&q.Agreement)),
		may("shadow", func(g *group, key string, n *yaml.Node) {
			sg := g.group(n, g.what+", "+key, "", must("from", date(&q.Shadow.From)), must("to", date(&q.Shadow.To)))
			sg.ordered(q.Shadow.From, q.Shadow.To)
			b.inside(sg, "from", q.Shadow.From)
			b.inside(sg, "to", q.Shadow.To)
		}),
		may("basis_note", text(&q.Basisnote)),
	}
}

// number reads {value, basis}: no number without its basis.
func number(v *int, basis *schedule.Basis, lo, hi int) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		g.group(n, g.what+", "+key, "", must("value", whole(v, lo, hi)), must("basis", oneOf(basis, bases())))
	}
}

// share reads one bound on what part of the pieces may be of one sort.
func share(to *[]schedule.ShareRule) func(*group, string, *yaml.Node) {
	return func(g *group, key string, n *yaml.Node) {
		var s schedule.ShareRule
		g.group(n, g.what+", "+key, "",
			must("of", oneOf(&s.Of, []string{"repost", "repeat"})),
			must("bound", oneOf(&s.Bound, []string{"at_most", "at_least"})),
			must("percent", whole(&s.Percent, 0, 100)),
			must("basis", oneOf(&s.Basis, bases())),
		)
		if slices.ContainsFunc(*to, func(o schedule.ShareRule) bool { return o.Of == s.Of && o.Bound == s.Bound && s.Of != "" }) {
			g.at(n.Line, "%s: %q ghi hai lần cho %s, %s; cần một lần", g.what, key, s.Of, s.Bound)
			return
		}
		*to = append(*to, s)
	}
}

// referred reports whether any number, condition or rule of the quota is a reference level.
func referred(q *schedule.Quota) bool {
	bases := []schedule.Basis{q.AgreedBasis, q.WantedBasis, q.MaxGapBasis, q.MaxLag.Basis, q.Alive.Basis, q.Share.Basis}
	for _, c := range q.Conditions {
		bases = append(bases, c.Basis)
	}
	for _, s := range q.Shares {
		bases = append(bases, s.Basis)
	}
	return slices.Contains(bases, schedule.ByReference) || q.MakeGood > 0 || q.Carry > 0 || q.Tolerance > 0
}

// kindKey is a key that belongs to some kinds, and whether they need it.
type kindKey struct {
	key    string
	kinds  []string
	needed bool
}

func kindKeys() []kindKey {
	counting := []string{"airing", "instalments", "regular", "count"} // pieces, period by period
	return []kindKey{
		{"deadline", []string{"deadline"}, true},
		{"max_gap", []string{"regular"}, true},
		{"channels", []string{"airing"}, false},
		{"max_lag", []string{"lag", "answered"}, true},
		{"alive", []string{"exists"}, false},
		{"share", []string{"availability"}, true},
		{"watch", []string{"availability"}, true},
		{"hours", []string{"availability"}, false},
		{"due_days", []string{"attested"}, false},
		{"reading", []string{"instalments"}, false},
		{"make_good", counting, false},
		{"carry", counting, false},
		{"shares", counting, false},
	}
}

// ranged checks the levels that depend on other keys of the quota.
func (b *builder) ranged(g *group, q *schedule.Quota) {
	sees := schedule.Asked(*q)
	switch q.Kind {
	case "airing":
		sees = []media.EvidenceKind{media.EvAiring}
	case "instalments":
		sees = []media.EvidenceKind{media.EvItem}
	}
	airings, items := slices.Contains(sees, media.EvAiring), slices.Contains(sees, media.EvItem)
	for _, key := range []string{"repeats", "each_on", "make_good_policy"} {
		if g.has(key) && !airings {
			g.bad(key, "%q chỉ dùng khi nhiệm vụ đếm lần phát sóng (kind: airing, hoặc điều kiện về lần phát sóng)", key)
		}
	}
	for _, s := range q.Shares {
		if s.Of == "repeat" && !airings || s.Of == "repost" && !items {
			g.bad("shares", "%q: repost (đăng lại) cần nhiệm vụ đếm tin, bài; repeat (phát lại) cần nhiệm vụ đếm lần phát sóng", "shares")
			break
		}
	}
	if g.has("shares") && (g.has("make_good") || g.has("carry")) {
		g.bad("shares", "%q không dùng cùng make_good, carry; cần bỏ một trong hai", "shares")
	}
	if g.has("tolerance") && !slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == "min_minutes" }) {
		g.bad("tolerance", "%q cần điều kiện %q: thiếu bao nhiêu giây so với độ dài nào", "tolerance", "min_minutes")
	}
	if a := b.agencies[slugOf(q.Owner.Agency)]; q.Print && (q.Owner.Each != nil || a != nil && a.Level != media.Press) {
		g.bad("print", "%q chỉ dùng khi owner là một cơ quan báo chí (level: press)", "print")
	}
	b.agreed(g, q)
}

// agreed checks that reference levels set for bodies that the department does
// not lead are agreed with their superior, or not yet held against anyone.
func (b *builder) agreed(g *group, q *schedule.Quota) {
	theirs := slices.ContainsFunc(q.Owner.Each, func(l media.Level) bool {
		return l == media.Department || l == media.District || l == media.Commune
	})
	duty := q.Kind != "encouraged" && q.Class != schedule.Enc
	if theirs && q.Owner.Agency == "" && duty && referred(q) && !g.has("agreement") && !g.has("shadow") {
		g.bad("owner", "mức tham chiếu đặt cho từng sở, huyện, xã cần %q (văn bản thống nhất của Sở Nội vụ), "+
			"hoặc %q (thời gian theo dõi thử, chưa nhắc ai)", "agreement", "shadow")
	}
}

// attested checks what a person may state or hand in. Only class PROC is met by
// a statement; elsewhere a paper with its number and date, or a kept file, is
// evidence handed in (docs/ARCHITECTURE.md, ruling 22).
func attested(g *group, q *schedule.Quota) {
	if q.Kind == "" || q.Class == "" {
		return
	}
	if q.Kind == "attested" && q.Class != schedule.Proc && !q.Attestable {
		g.bad("kind", "kind: attested cần loại PROC, hoặc %q (nhận văn bản có số, ngày hoặc tệp lưu)", "attestable: true")
	}
	handed := slices.Contains([]string{"deadline", "attested", "exists", "encouraged"}, q.Kind) ||
		slices.Contains([]string{"count", "regular"}, q.Kind) && (q.Crawl == "no" || q.Crawl == "partly")
	if q.Attestable && q.Class != schedule.Proc && !handed {
		g.bad("attestable", "%q chỉ dùng cho loại PROC; kind: deadline, attested, exists, encouraged; "+
			"hoặc kind: count, regular có crawl: no, partly", "attestable")
	}
	if q.Letters != "" && (q.Class != schedule.Proc && !q.Attestable || q.Owner.Agency == "") {
		g.bad("letters", "%q chỉ dùng cho nhiệm vụ của một cơ quan (owner: {agency: …}) nhận văn bản làm minh chứng (loại PROC hoặc attestable: true)", "letters")
	}
}
