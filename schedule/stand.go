package schedule

import (
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Stand says how every quota, owner and period that has begun by now stands,
// by quota in plan order, owner id, period. It is pure and does not depend on
// the order of its input. Evidence dated after now is not counted yet.
//
// The states, in the order in which they are tried:
//   - exempt: a person exempted the period, by a document; or the period is
//     over and short of an owner that the plan cannot bind, or of a quota that
//     only encourages: these are counted, never short;
//   - met: every measure holds, whatever was seen of the rest. A regular quota
//     is met only when its period is over, for its gap can still grow;
//   - open: the period still runs; at risk or on track. An owner with no
//     working source at all is insufficient_data even then;
//   - missed, confirmed: the period is over and short, and a person confirmed
//     it. That is the only way past missing papers, registers or receipts; past
//     what we ourselves did not see there is none (MayConfirm);
//   - insufficient_data: short, but some of the period was not seen, a receipt
//     is missing, a document was not handed in, or pieces that could close the
//     shortfall are not judged yet;
//   - missed, unconfirmed: a question to the officer, never a verdict. Where
//     pieces that fail nothing the plan itself states, or that await review,
//     could close the shortfall, needs_judgement or awaiting_review is the
//     first reason, and the desk says «cần xem xét» instead.
func Stand(p *Plan, m Matching, obs Observation, ds []Decision, cal *calendar.Calendar, now time.Time) []Standing {
	credits := bySlot(m.Credits, func(c Credit) bool { return !when(c.Evidence).After(now) })
	rejections := bySlot(m.Rejections, func(r Rejection) bool { return !when(r.Evidence).After(now) })
	acts := actsOf(p, ds)
	known := prospects(p, m, obs, ds, cal, now)
	goods := agreedGoods(m.Credits, now)
	var out []Standing
	for i := range p.Quotas {
		var usual rhythm
		for _, s := range slots(p, i) {
			if s.period.Start.After(now) {
				continue
			}
			v := newView(p, s, cal, now)
			v.obs, v.usual = obs, usual.of(s.owner.ID)
			key := slotKey{p.Quotas[i].ID, s.owner.ID, s.period.ID}
			v.credits, v.rejections, v.planned = credits[key], rejections[key], known[key]
			for _, c := range v.credits {
				v.pieces = append(v.pieces, when(c.Evidence))
			}
			slices.SortFunc(v.pieces, time.Time.Compare)
			slices.SortFunc(v.rejections, func(a, b Rejection) int { return byWhen(a.Evidence, b.Evidence) })
			if len(s.q.Watch) > 0 {
				v.sites = v.watch()
			}
			saw := s.kind.observe(v, obs)
			v.unseen = saw.Gaps
			v.taken = v.measures()
			b := bench{view: v, slot: s, acts: acts, sight: saw, goods: goods[key]}
			out = append(out, b.stand())
			usual.add(v)
		}
	}
	tellRetention(p, out, m, obs, now)
	return out
}

func newView(p *Plan, s slot, cal *calendar.Calendar, now time.Time) view {
	v := view{p: p, q: *s.q, kind: s.kind, owner: s.owner, period: s.period, now: now, duty: duty(*s.q, s.kind, s.owner)}
	if cal != nil {
		v.cal = *cal
	}
	return v
}

// blank is the standing's frame with its measures.
func (v view) blank() Standing {
	return Standing{Plan: v.p.ID, Quota: v.q.ID, Basis: basisOf(v.q.Basis), Owner: v.owner.ID,
		Period: v.period.ID, Start: v.period.Start, End: v.period.End, Measures: v.measures()}
}

// shadowed marks a standing of a month in which nobody is told: the reference
// level is being tried, or its owners' superior has not agreed to it yet.
func (v view) shadowed(st Standing) Standing {
	from, to := v.q.Shadow.From, v.q.Shadow.To
	if from.IsZero() || v.period.Start.Before(from) && !from.Before(v.period.End) || !v.period.Start.Before(to) && v.q.Agreement != "" {
		return st
	}
	st.Reasons = append(st.Reasons, because("shadow", args{"agreed": v.q.Agreement}))
	return st
}

// Shadow reports whether nobody is to be told of the standing.
func (s Standing) Shadow() bool {
	return slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Code == "shadow" })
}

// ProduceBy is the last moment at which what is missing can still be begun and
// be ready for the last save («hạn cuối còn kịp sản xuất»); ok is false where
// nothing is missing or nothing can be saved.
func (s Standing) ProduceBy() (at time.Time, ok bool) {
	for _, r := range s.Reasons {
		if text, is := r.Args["at"].(string); r.Code == "produce_by" && is {
			at, err := time.Parse(time.RFC3339, text)
			return at, err == nil
		}
	}
	return time.Time{}, false
}

// holds reports whether every measure does: enough pieces, and no bound
// broken. It asks the numbers, not the shortfalls, which are 0 where there is
// no duty; without one, nothing delivered never counts as met.
func (v view) holds() bool {
	for _, m := range v.measures() {
		if (m.Bound == "at_least" && m.Delivered < m.Wanted) || (m.Bound == "at_most" && m.Delivered > m.Wanted) {
			return false
		}
	}
	return v.duty || len(v.pieces) > 0
}

// bench is where one slot is judged.
type bench struct {
	view
	slot  slot
	acts  acts
	sight sight
	goods []Credit // agreed make-goods of the slot, wherever they count
}

func (b bench) stand() Standing {
	st := b.blank()
	st.Coverage = b.sight.Coverage
	over := !b.now.Before(b.end())
	if over && b.duty {
		st.DueByNow = float64(b.wanted())
	}
	note := b.sight.notes
	if d := b.acts.exemption(b.q, b.slot); d != nil {
		if len(d.MissingForExemption()) == 0 {
			st.State, st.DueByNow = Exempt, 0
			st.Reasons = []Reason{because("exempted", args{"document": d.Document, "by": d.Actor, "issuer": d.Issuer})}
			return st
		}
		note = append(slices.Clone(note), because("exempt_note", args{"by": d.Actor, "reason": d.Reason}))
	}
	none := b.noneArose()
	switch {
	case len(none) > 0 && (len(b.pieces) == 0 || !b.holds()): // said of the period, whatever little came
		st.State, st.DueByNow, st.Reasons = Exempt, 0, none
	case b.holds() && (over || !b.kind.whole(b.q)) && !(b.kind.certain && len(b.sight.reasons) > 0):
		st.State, st.Reasons = Met, b.achieved()
		if !over && b.duty {
			st.DueByNow = b.kind.outlook(b.view).due
		}
	case !over && b.duty && b.sight.none && !b.holds():
		st.State, st.Reasons = Insufficient, slices.Clone(b.sight.reasons)
	case !over:
		b.open(&st)
	case !b.duty:
		st.State, st.Reasons = Exempt, []Reason{b.unbound()}
	default:
		b.closed(&st)
	}
	st.Reasons = append(append(st.Reasons, note...), b.madeGood(st.State)...)
	return b.shadowed(st)
}

// basis marks a reason that is held against a reference level: its words differ.
func (b bench) basis(a args) args {
	if basisOf(b.q.Basis) == ByReference {
		a["basis"] = string(ByReference)
	}
	return a
}

// unbound is why nothing can fall short.
func (b bench) unbound() Reason {
	switch {
	case !b.owner.Binding:
		return because("not_binding", nil)
	case b.q.Class == Enc:
		return because("encouraged", nil)
	}
	return because("if_any", nil)
}

// noneArose tells that the owner, or a register without rows, states that
// nothing arose in the period.
func (b bench) noneArose() []Reason {
	for _, r := range b.rejections {
		if r.Condition == "none" {
			return []Reason{r.Reason}
		}
	}
	if b.kind.Name == "lag" && b.owed() == 0 && len(b.sight.reasons) == 0 && !b.now.Before(b.end()) {
		return []Reason{because("none_arose", nil)}
	}
	return nil
}

// achieved tells why a standing is met.
func (b bench) achieved() []Reason {
	var out []Reason
	for _, m := range b.measures() {
		switch bound := (args{"days": int(m.Delivered), "max": int(m.Wanted)}); m.Name {
		case "count":
			if n := b.wanted(); b.kind.late(b.q) && n > 0 {
				out = append(out, because("on_time", args{"date": stamp(b.pieces[n-1]), "deadline": stamp(b.end())}))
				continue
			}
			if b.kind.Name == "exists" {
				out = append(out, b.pageFound())
				continue
			}
			out = append(out, because("enough_delivered", delivered(m)))
		case "gap":
			out = append(out, because("gap_within", bound))
		case "age":
			out = append(out, because("fresh", bound))
		case "lag":
			if !b.kind.late(b.q) {
				out = append(out, because("lag_within", bound))
			}
		case "availability":
			out = append(out, because("available", args{"percent": m.Delivered, "wanted": m.Wanted}))
		}
	}
	return out
}

// pageFound tells which page was found, and when last; none where a piece or a
// paper shows it.
func (b bench) pageFound() Reason {
	for _, src := range b.pages() {
		if state, at := b.found(src); state == media.Up {
			return because("page_found", args{"page": sourceName(src), "at": stamp(at)})
		}
	}
	return because("page_found", nil)
}

func delivered(m Measure) args {
	return args{"delivered": int(m.Delivered), "wanted": int(m.Wanted), "unit": m.Unit}
}

// open fills in a standing whose period still runs.
func (b bench) open(st *Standing) {
	defer func() { st.Reasons = append(st.Reasons, b.nearest()...) }()
	st.State, st.Risk = Open, "on_track"
	o := b.kind.outlook(b.view)
	past := Reason{}
	if b.duty {
		st.DueByNow = o.due
		if o.short > 0 && !o.lastSave.IsZero() {
			st.LastSave = &o.lastSave
		}
		if o.atRisk(b.view) {
			st.Risk = "at_risk"
		}
		if usual, late := b.pastUsual(); late && o.short > 0 && !b.unknowable() {
			st.Risk, past = "at_risk", because("past_usual", args{"usual": stamp(usual)})
		}
		if st.Risk == "at_risk" && b.asPlanned() { // announced, and no log says otherwise
			st.Risk, past = "on_track", Reason{}
		}
		defer func() {
			if past.Code != "" {
				st.Reasons = append(st.Reasons, past)
			}
			if o.short > 0 {
				st.Reasons = append(st.Reasons, foretold(b.p, b.planned, o.short)...)
				if r, ok := b.nonePlanned(o.lastSave); ok {
					st.Reasons = append(st.Reasons, r)
				}
			}
			if st.LastSave != nil {
				st.Reasons = append(st.Reasons, because("produce_by", args{"at": stamp(b.produceBy(o))}))
			}
		}()
	}
	if b.unknowable() { // nothing can be said to be missing before it could be seen
		st.Risk = "on_track"
		if b.kind.Name != "exists" && o.short > 0 {
			defer func() { st.Reasons = append(st.Reasons, because("list_to_come", nil)) }()
		}
	}
	broken := false // a gap already too long, a decision already late: no occasion that is left mends it
	for _, m := range b.certain().measures() {
		bound := args{"days": int(m.Delivered), "max": int(m.Wanted)}
		switch {
		case m.Bound != "at_most" || m.Delivered <= m.Wanted || !b.duty:
		case m.Name == "gap":
			broken = true
			st.Reasons = append(st.Reasons, because("gap_too_long", bound))
		case m.Name == "lag" && b.kind.Name == "answered":
			st.Risk = "at_risk"
			st.Reasons = append(st.Reasons, because("answer_late", bound))
		case m.Name == "lag" && !b.kind.late(b.q) && len(b.sight.reasons) == 0:
			broken, st.Risk = true, "at_risk"
			st.Reasons = append(st.Reasons, because("lag_too_long", bound))
		}
	}
	switch {
	case st.Risk != "at_risk":
	case !broken:
		if o.short > 0 {
			st.Reasons = append(st.Reasons, because("at_risk", args{"shortfall": o.short, "opportunities": o.opportunities, "unit": b.unit()}))
		}
	case b.short() > 0:
		st.Reasons = append(st.Reasons, because("short", delivered(b.count())))
	}
	left := max(0, calendar.DaysBetween(b.now, b.end().Add(-second)))
	st.Reasons = append(st.Reasons, because("period_open", args{"left_days": left}))
	for _, r := range b.sight.reasons { // logs of a running week are not due yet
		if r.Code != "receipt_missing" && r.Code != "register_missing" && r.Code != "evidence_missing" {
			st.Reasons = append(st.Reasons, r)
		}
	}
}

// unknowable reports whether what is missing could not have been seen yet: the
// page was not looked at or not reached; the register of questions, the list of
// what programmes carried or the loudspeakers' form comes after the month.
func (b bench) unknowable() bool {
	if b.kind.Name == "exists" {
		return len(b.sight.reasons) > 0
	}
	declared := b.kind.Name == "answered" || b.kind.sees(b.q, media.EvSegment) || b.kind.sees(b.q, media.EvBulletin)
	return declared && slices.ContainsFunc(b.sight.reasons, func(r Reason) bool { return r.Code == "register_missing" })
}

// closed fills in a standing whose period is over and that falls short.
func (b bench) closed(st *Standing) {
	b.undecided(st)
	b.confirm(st)
	st.Reasons = append(st.Reasons, b.nearest()...)
}

// confirm lets a person's confirmation of the miss hold, as far as it may: one that was recorded past what we ourselves
// did not see, or against a reference level, decides nothing while that is so, whenever it was recorded (MayConfirm).
func (b bench) confirm(st *Standing) {
	d := b.acts.last(b.q, b.slot, ConfirmMissed)
	if d == nil || d.At.Before(b.end()) || b.holds() {
		return
	}
	shown := *st
	shown.Reasons = append(slices.Clone(st.Reasons), b.sight.notes...)
	said := args{"by": d.Actor, "at": stamp(d.At)}
	if _, err := MayConfirm(shown); err != nil {
		st.Reasons = append(st.Reasons, because("confirm_void", b.basis(said)))
		return
	}
	st.State, st.Confirmed = Missed, true
	st.Reasons = append(b.shortfall(), because("confirmed_missed", said))
}

// undecided fills in such a standing as it is without anybody's confirmation.
func (b bench) undecided(st *Standing) {
	why := b.shortfall()
	late := b.kind.late(b.q) && len(b.pieces) >= b.wanted()
	judge, wait, unread := b.pending()
	absent := b.acts.last(b.q, b.slot, Absent)
	if absent != nil {
		why = append(slices.Clone(why), because("stated_absent", args{"by": absent.Actor, "document": absent.Document}))
	}
	if until := b.period.End.AddDate(0, 0, b.q.MakeGood); b.q.MakeGood > 0 && b.now.Before(until) {
		why = append(slices.Clone(why), because("may_make_good", args{"until": stamp(until.Add(-second))}))
	}
	switch {
	case late: // delivered after all: there is nothing more to see or to wait for
		st.State, st.Reasons = Missed, append(why, because("unconfirmed", nil))
	case b.handedIn() && absent == nil:
		st.State, st.Reasons = Insufficient, append([]Reason{because("evidence_missing", nil)}, counted(why)...)
	case len(b.sight.reasons) > 0 && !(absent != nil && b.handedIn()):
		st.State, st.Reasons = Insufficient, append(slices.Clone(b.sight.reasons), counted(why)...)
	case unread:
		st.State, st.Reasons = Insufficient, append(b.waits(wait), counted(why)...)
	default:
		st.State = Missed
		if judge > 0 {
			st.Reasons = append(st.Reasons, because("needs_judgement", args{"n": judge}))
		}
		if wait > 0 {
			st.Reasons = append(st.Reasons, because("awaiting_review", args{"n": wait}))
		}
		st.Reasons = append(append(st.Reasons, why...), because("unconfirmed", nil))
	}
}

// mostNearest is how many broadcasts that do not count a standing tells of.
const mostNearest = 3

// nearest tells why the broadcasts that came nearest do not count, where some are
// missing: of the plan's own columns, those that fail least first, then by date.
// Their words are what a station is told: «phát 20h15 ngày 09/3/2023 dài 12 phút 40 giây, cần ít nhất 15 phút».
func (b bench) nearest() []Reason {
	if b.kind.Name != "airing" || b.short() == 0 {
		return nil
	}
	var near []Rejection
	for _, r := range b.rejections {
		if r.Evidence.Kind == media.EvAiring && !when(r.Evidence).After(b.now) && slices.Contains([]string{"min_minutes", "first_run", "in_window"}, r.Condition) {
			near = append(near, r)
		}
	}
	fails := func(r Rejection) int {
		switch {
		case r.Near:
			return 0
		case r.OnlyReference:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(near, func(x, y Rejection) int { return fails(x) - fails(y) })
	var out []Reason
	for _, r := range near[:min(len(near), mostNearest)] {
		out = append(out, r.Reason)
	}
	return out
}

// counted keeps what is a fact however little was seen: a gap is not, for what
// was not seen may fill it.
func counted(why []Reason) []Reason {
	return slices.DeleteFunc(slices.Clone(why), func(r Reason) bool { return r.Code != "short" && r.Code != "may_make_good" })
}

// handedIn reports whether only papers can meet the quota, or its deadline:
// that none came is no proof that none exists.
func (b bench) handedIn() bool {
	if b.kind.tracksLate || b.kind.papers {
		return true
	}
	for _, e := range b.kind.Evidence {
		if e != media.EvAttestation && b.kind.sees(b.q, e) {
			return false
		}
	}
	return b.kind.Name != "availability" && (b.kind.Name != "exists" || attestable(b.q) && len(b.pages()) == 0)
}

// shortfall tells what is missing.
func (b bench) shortfall() []Reason {
	var out []Reason
	for _, m := range b.measures() {
		bound, within := args{"days": int(m.Delivered), "max": int(m.Wanted)}, m.Delivered <= m.Wanted
		code := ""
		switch {
		case m.Name == "count" && m.Delivered < m.Wanted:
			out = append(out, because("short", delivered(m)))
		case m.Name == "availability" && m.Delivered < m.Wanted:
			out = append(out, because("unavailable", args{"percent": m.Delivered, "wanted": m.Wanted}))
		case m.Name == "lag" && b.kind.late(b.q):
			if !within {
				out = append(out, because("late", b.basis(args{"date": stamp(b.pieces[b.wanted()-1]), "deadline": stamp(b.end()), "days": int(m.Delivered)})))
			}
		case m.Name == "lag" && b.kind.Name == "answered":
			code = map[bool]string{true: "lag_within", false: "answer_late"}[within]
		case m.Name == "lag":
			code = map[bool]string{true: "lag_within", false: "lag_too_long"}[within]
		case m.Name == "gap":
			code = map[bool]string{true: "gap_within", false: "gap_too_long"}[within]
		case m.Name == "age":
			code = map[bool]string{true: "fresh", false: "stale"}[within]
		}
		if code != "" {
			out = append(out, because(code, bound))
		}
	}
	return out
}

// pending counts the rejected pieces that a person may still let count: those
// that fail only what is of reference, and those whose verdict is not final.
// All are 0 unless, counted, they would close the shortfall. unread says that
// some were not even read by the classifier, or by their headline alone.
func (b bench) pending() (judge, wait int, unread bool) {
	with := b.view
	with.taken = nil
	with.pieces = slices.Clone(b.pieces)
	for _, r := range b.rejections {
		at := when(r.Evidence)
		if at.After(b.now) || !(r.OnlyReference || r.Awaiting || r.Near) {
			continue
		}
		with.pieces = append(with.pieces, at)
		switch {
		case r.Awaiting:
			wait++
			unread = unread || r.Evidence.Verdict == nil || r.Evidence.Unread && r.Evidence.Decided == ""
		default:
			judge++
		}
	}
	slices.SortFunc(with.pieces, time.Time.Compare)
	if b.kind.Name == "lag" { // each may be the posting of a decision that nobody saw posted
		n := judge
		with.rejections = slices.DeleteFunc(slices.Clone(b.rejections), func(r Rejection) bool {
			if r.Condition != "posted" || n == 0 {
				return false
			}
			n--
			return true
		})
	}
	if judge+wait == 0 || !with.holds() {
		return 0, 0, false
	}
	return judge, wait, unread
}
