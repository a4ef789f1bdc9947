package schedule

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Periods lists the periods of a quota that the plan owns, in order. A period
// belongs to where its middle lies: a week to the year of its Thursday, as ISO
// 8601 and docs/RULES.md 2 want, and it is owed when its middle lies in the span
// of the plan and of the quota. Weeks and longer are those of the plan's year,
// so that December of the year of issue is never owed. A Once quota has one
// period, from the plan's issue to the deadline (the plan's end if it has none).
func Periods(p *Plan, q Quota) []calendar.Period {
	if q.Cadence == calendar.Once {
		from, to := p.From, p.To
		if !q.From.IsZero() {
			from = q.From
		}
		if !q.To.IsZero() {
			to = q.To
		}
		if !q.Deadline.IsZero() {
			if !q.To.IsZero() && q.Deadline.After(q.To) {
				return nil // no longer owed when it would have fallen due
			}
			to = q.Deadline
		}
		return q.Cadence.Periods(from, to)
	}
	var all []calendar.Period
	jan1 := time.Date(p.Year, 1, 1, 0, 0, 0, 0, calendar.Zone)
	switch q.Cadence {
	case calendar.Week:
		all = calendar.WeeksOf(p.Year)
	case calendar.Month14, calendar.Quarter14: // the year of reporting windows is 15/12 to 14/12
		dec15 := jan1.AddDate(0, 0, -17)
		all = q.Cadence.Periods(dec15, dec15.AddDate(1, 0, 0))
	default:
		all = q.Cadence.Periods(jan1, jan1.AddDate(1, 0, 0))
	}
	var out []calendar.Period
	for _, c := range all {
		if mid := c.Midpoint(); within(mid, p.From, p.To) && within(mid, q.From, q.To) {
			out = append(out, c)
		}
	}
	return out
}

// within reports whether t lies in [from, to); a zero end is open.
func within(t, from, to time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || t.Before(to))
}

// Owners lists who owes a quota in a period, by agency id: the agency named,
// or every agency of the levels. An agency owes a period if it existed in the
// middle and at the end of it, so that one dissolved meanwhile is not accused.
// Agencies that are not binding are among them: they are counted, never short.
func Owners(p *Plan, q Quota, period calendar.Period) []media.Agency {
	var out []media.Agency
	of := p.owners()
	for i := range of {
		a := &of[i]
		if q.owedBy(a) && a.ValidAt(period.Midpoint()) && a.ValidAt(period.End.Add(-time.Nanosecond)) {
			out = append(out, *a)
		}
	}
	if len(out) > 1 {
		slices.SortFunc(out, func(a, b media.Agency) int { return cmp.Compare(a.ID, b.ID) })
	}
	return out
}

// owners are the agencies that the plan, or what it is narrowed to, is about.
func (p *Plan) owners() []media.Agency {
	if p.only != nil {
		return p.only
	}
	return p.Agencies
}

// owedBy reports whether the quota is the agency's, whenever that existed.
func (q Quota) owedBy(a *media.Agency) bool {
	return a.ID == q.Owner.Agency || q.Owner.Agency == "" && slices.Contains(q.Owner.Each, a.Level)
}

// slot is one row to be: a quota as it is defined for a period, an owner and the period.
type slot struct {
	quota   int // index into Plan.Quotas
	owner   media.Agency
	period  calendar.Period
	q       *Quota // of the slots of one version, not copied for each: a plan has thousands
	kind    Kind
	tests   []conditionTest
	version int // of the quota's definition: slots of one version share q, kind and tests
}

// slotKey names a slot.
type slotKey struct{ quota, owner, period string }

func (s Standing) slot() slotKey  { return slotKey{s.Quota, s.Owner, s.Period} }
func (c Credit) slot() slotKey    { return slotKey{c.Quota, c.Owner, c.Period} }
func (r Rejection) slot() slotKey { return slotKey{r.Quota, r.Owner, r.Period} }

// bySlot groups the credits or rejections to keep by their slots, in their order.
func bySlot[T interface{ slot() slotKey }](xs []T, keep func(T) bool) map[slotKey][]T {
	out := map[slotKey][]T{}
	for _, x := range xs {
		if keep(x) {
			out[x.slot()] = append(out[x.slot()], x)
		}
	}
	return out
}

// slots lists every slot of one quota, by owner id, then period; none of a
// kind that is not known. A period has the definition in force on its first
// day; an earlier definition may have had another cadence.
func slots(p *Plan, quota int) []slot {
	var out []slot
	last := p.Quotas[quota]
	for version := range len(last.Was) + 1 {
		q := last
		if version < len(last.Was) {
			q = last.Was[version].Quota
		}
		k, ok := kind(q.Kind)
		if !ok {
			continue
		}
		var tests []conditionTest
		made := false
		periods := Periods(p, q)
		for _, period := range periods {
			if _, v := last.in(period); v != version {
				continue
			}
			// A period cut short by another cadence is owed by neither.
			if version < len(last.Was) && period.End.After(last.Was[version].Until) && last.after(version).Cadence != q.Cadence {
				continue
			}
			owners := Owners(p, q, period)
			if !made {
				tests, made = testsOf(q), true
				out = slices.Grow(out, len(periods)*len(owners))
			}
			for _, a := range owners {
				out = append(out, slot{quota: quota, owner: a, period: period, q: &q, kind: k, tests: tests, version: version})
			}
		}
	}
	return byOwner(out)
}

// byOwner puts slots in order of owner id, then period; those of one owner and day stay as they are to each other. Numbers are
// sorted and the slots then laid out by them: a slot is large, and a stable sort moves each many times.
func byOwner(all []slot) []slot {
	compare := func(a, b *slot) int {
		return cmp.Or(cmp.Compare(a.owner.ID, b.owner.ID), a.period.Start.Compare(b.period.Start))
	}
	order, sorted := make([]int, len(all)), true
	for i := range all {
		order[i] = i
		sorted = sorted && (i == 0 || compare(&all[i-1], &all[i]) <= 0)
	}
	if sorted {
		return all
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(compare(&all[a], &all[b]), a-b) })
	out := make([]slot, len(all))
	for at, from := range order {
		out[at] = all[from]
	}
	return out
}

// duty reports whether the owner can fall short at all: a body that the plan
// cannot bind and a quota that only encourages (class ENC) never do.
// Nor does one without a number («nếu có»): it is counted.
func duty(q Quota, k Kind, a media.Agency) bool {
	return a.Binding && q.Class != Enc && k.Name != "encouraged" && (q.Wanted > 0 || k.tracksLate || k.bounded)
}

// names, for the sentences of reasons.

func agencyName(a media.Agency) string {
	if a.Short != "" {
		return a.Short
	}
	if a.Name != "" {
		return a.Name
	}
	return a.ID
}

func channelName(p *Plan, id string) string {
	for _, c := range p.Channels {
		if c.ID == id && c.Name != "" {
			return c.Name
		}
	}
	return id
}

func columnName(p *Plan, id string) string {
	for _, c := range p.Columns {
		if c.ID == id && c.Name != "" {
			return c.Name
		}
	}
	return id
}

func sourceName(s media.Source) string {
	if s.Name != "" {
		return s.Name
	}
	return s.ID
}
