package schedule

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// ChangeField is one number or setting of a quota that a person may change
// from a day on. What the plan itself says is not among them.
type ChangeField struct {
	Name  string
	Doc   string   // Vietnamese, for people
	Words []string // what it may be; nil: a number, a day or a text
	get   func(q Quota) string
	set   func(q *Quota, v string) error
	fixed func(q Quota) bool // it is the plan's own number: nobody here may change it
}

// Of is what the field is in a quota, "" or "0" where it is not used, and whether
// it is the plan's own number, which nobody may change.
func (f ChangeField) Of(q Quota) (value string, fixed bool) {
	if f.Name == "shadow_to" && q.Shadow.To.IsZero() {
		return "", false
	}
	return f.get(q), f.fixed != nil && f.fixed(q)
}

// unless is the field where it is not the plan's own word.
func (f ChangeField) unless(fixed func(q Quota) bool) ChangeField {
	f.fixed = fixed
	return f
}

// ChangeFields lists them.
func ChangeFields() []ChangeField {
	whole := func(name, doc string, lo, hi int, at func(q *Quota) *int, fixed func(q Quota) bool) ChangeField {
		return ChangeField{Name: name, Doc: doc, fixed: fixed,
			get: func(q Quota) string { return strconv.Itoa(*at(&q)) },
			set: func(q *Quota, v string) error {
				n, err := strconv.Atoi(v)
				if err != nil || n < lo || n > hi {
					return fmt.Errorf("%s %q: want a number from %d to %d", name, v, lo, hi)
				}
				*at(q) = n
				return nil
			}}
	}
	word := func(name, doc string, at func(q *Quota) *string, of ...string) ChangeField {
		return ChangeField{Name: name, Doc: doc, Words: of,
			get: func(q Quota) string { return *at(&q) },
			set: func(q *Quota, v string) error {
				if len(of) > 0 && !slices.Contains(of, v) {
					return fmt.Errorf("%s %q: want one of %v", name, v, of)
				}
				*at(q) = v
				return nil
			}}
	}
	levelOf := func(at func(q *Quota) *Level) func(q Quota) bool {
		return func(q Quota) bool { return at(&q).Value > 0 && at(&q).Basis != ByReference }
	}
	maxLag, alive, share := func(q *Quota) *Level { return &q.MaxLag }, func(q *Quota) *Level { return &q.Alive }, func(q *Quota) *Level { return &q.Share }
	value := func(at func(q *Quota) *Level) func(q *Quota) *int { return func(q *Quota) *int { return &at(q).Value } }
	return []ChangeField{
		whole("wanted", "số lượng tối thiểu trong kỳ", 0, 10000, func(q *Quota) *int { return &q.Wanted },
			func(q Quota) bool { return basisOf(cmp.Or(q.WantedBasis, q.Basis)) == ByPlan }),
		whole("max_gap", "khoảng trống dài nhất, ngày", 1, 366, func(q *Quota) *int { return &q.MaxGap },
			func(q Quota) bool { return q.MaxGap > 0 && basisOf(cmp.Or(q.MaxGapBasis, q.Basis)) == ByPlan }),
		whole("max_lag", "thời gian lâu nhất, ngày làm việc", 1, 366, value(maxLag), levelOf(maxLag)),
		whole("alive", "tuổi của tin, bài mới nhất, ngày", 1, 366, value(alive), levelOf(alive)),
		whole("share", "độ sẵn sàng, phần trăm", 1, 100, value(share), levelOf(share)),
		whole("lead_days", "số ngày làm việc để làm ra một kỳ", 0, 60, func(q *Quota) *int { return &q.LeadDays }, nil),
		whole("warn_days", "số ngày làm việc báo sớm trước khi không còn kịp", 0, 30, func(q *Quota) *int { return &q.WarnDays }, nil),
		whole("due_days", "số ngày sau kỳ còn nhận văn bản", 0, 60, func(q *Quota) *int { return &q.DueDays }, nil),
		whole("make_good", "số ngày còn được thực hiện bù", 0, 60, func(q *Quota) *int { return &q.MakeGood }, nil),
		word("make_good_policy", "phát bù đã thống nhất được tính thế nào", func(q *Quota) *string { return (*string)(&q.AgreedGood) }, madeGoods()...).unless(func(q Quota) bool { return q.AgreedBasis == ByPlan }),
		whole("carry", "số ngày được tính chuyển từ kỳ trước", 0, 60, func(q *Quota) *int { return &q.Carry }, nil),
		whole("tolerance", "số giây thiếu được đưa ra xem xét", 0, 300, func(q *Quota) *int { return &q.Tolerance }, nil),
		word("reading", "cách đọc chỉ tiêu chuyên mục", func(q *Quota) *string { return &q.Reading }, "R1", "R2", "R3"),
		word("repeats", "cách tính lần phát lại", func(q *Quota) *string { return &q.Repeats }, "all", "once", "never"),
		word("agreement", "văn bản thống nhất mức tham chiếu của Sở Nội vụ", func(q *Quota) *string { return &q.Agreement }),
		{Name: "shadow_to", Doc: "ngày hết theo dõi thử",
			get: func(q Quota) string { return q.Shadow.To.In(calendar.Zone).Format(time.DateOnly) },
			set: func(q *Quota, v string) error {
				t, err := time.ParseInLocation(time.DateOnly, v, calendar.Zone)
				if err != nil {
					return fmt.Errorf("shadow_to %q: want a day as 2023-02-01", v)
				}
				if q.Shadow.To = t; q.Shadow.From.IsZero() { // there was no trial: from the change's day on, so from any day before
					q.Shadow.From = t.AddDate(-1, 0, 0)
				}
				return nil
			}},
	}
}

// CheckChange says everything that is wrong with a change before it is
// recorded: an unknown quota or field, a value out of range, a number that is
// the plan's own, no basis. Each of the joined errors is a Refusal.
func CheckChange(p *Plan, c Change) error {
	var errs []error
	bad := func(code, format string, a ...any) {
		errs = append(errs, Refusal{Code: code, Args: args{"plan": p.ID, "quota": c.Quota, "field": c.Field, "value": c.Value}, msg: fmt.Sprintf(format, a...)})
	}
	if c.Actor == "" {
		bad("no_actor", "actor is missing: who changes it")
	}
	if c.Basis == "" {
		bad("no_basis", "basis is missing: on what document or agreement")
	}
	if c.From.IsZero() || c.From.Before(p.From) || !c.From.Before(p.To) {
		bad("no_from", "from is missing or outside the plan")
	}
	i := slices.IndexFunc(p.Quotas, func(q Quota) bool { return q.ID == c.Quota })
	if i < 0 {
		bad("no_quota", "quota %q is not in plan %s", c.Quota, p.ID)
		return errors.Join(errs...)
	}
	q, _ := p.Quotas[i].in(calendar.Period{Start: c.From}) // as it is defined from that day
	fields := ChangeFields()
	f := slices.IndexFunc(fields, func(f ChangeField) bool { return f.Name == c.Field })
	switch {
	case f < 0:
		bad("no_field", "field %q cannot be changed", c.Field)
	case fields[f].fixed != nil && fields[f].fixed(q):
		bad("is_target", "%s of %s is the plan's own number", c.Field, c.Quota)
	default:
		if err := fields[f].set(&q, c.Value); err != nil {
			bad("bad_value", "%v", err)
		} else if err := errors.Join(CheckQuota(q)...); err != nil {
			bad("bad_value", "%v", err)
		}
	}
	return errors.Join(errs...)
}

// Changed is the plan with changes applied: periods that begin before a
// change's day keep the number they had. Its version covers the changes. A
// change that no longer fits the plan is left out and told.
func Changed(p *Plan, cs []Change) (*Plan, []error) {
	if len(cs) == 0 {
		return p, nil
	}
	out := *p
	out.Quotas = slices.Clone(p.Quotas)
	cs = slices.Clone(cs)
	slices.SortFunc(cs, func(a, b Change) int {
		return cmp.Or(a.From.Compare(b.From), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	var errs []error
	parts := []string{p.Version}
	for _, c := range cs {
		if err := CheckChange(&out, c); err != nil {
			errs = append(errs, fmt.Errorf("change of %s %s from %s: %w", c.Quota, c.Field, stamp(c.From), err))
			continue
		}
		i := slices.IndexFunc(out.Quotas, func(q Quota) bool { return q.ID == c.Quota })
		f := slices.IndexFunc(ChangeFields(), func(f ChangeField) bool { return f.Name == c.Field })
		out.Quotas[i] = out.Quotas[i].changed(c, ChangeFields()[f])
		parts = append(parts, c.Quota, c.Field, c.Value, stamp(c.From), c.Basis)
	}
	out.Version = media.Hash(parts...)
	return &out, errs
}

// changed is the quota with one number changed from a day on: in the definition
// in force from that day, up to the next amendment of the plan. Of two changes
// from one day the second's definition was never in force; it stands for who
// changed what.
func (q Quota) changed(c Change, f ChangeField) Quota {
	was, at := q.in(calendar.Period{Start: c.From})
	was.Was = nil
	then := was
	_ = f.set(&then, c.Value) // CheckChange tried it
	history := slices.Insert(slices.Clone(q.Was), at, Was{Until: c.From, Quota: was, By: c})
	if at == len(q.Was) {
		q = then
	} else {
		history[at+1].Quota = then
	}
	q.Was = history
	return q
}

// Amended is the newer plan with the older one's definitions kept for periods
// that begin before the day from which the newer holds (Plan.Effective). What
// only the older has is owed until then, what only the newer has from then on.
func Amended(older, newer *Plan) *Plan {
	if newer.Effective.IsZero() {
		return newer
	}
	out, from := *newer, newer.Effective
	out.Quotas = slices.Clone(newer.Quotas)
	by := Change{From: from, Basis: newer.Number}
	for i, q := range out.Quotas {
		at := slices.IndexFunc(older.Quotas, func(o Quota) bool { return o.ID == q.ID })
		if at < 0 {
			out.Quotas[i].From = later(q.From, from)
			continue
		}
		old := older.Quotas[at]
		was := old.Was
		old.Was = nil
		if !reflect.DeepEqual(old, q) {
			was = append(slices.Clone(was), Was{Until: from, Quota: old, By: by})
		}
		out.Quotas[i].Was = was
	}
	for _, old := range older.Quotas {
		if !slices.ContainsFunc(newer.Quotas, func(q Quota) bool { return q.ID == old.ID }) {
			if old.To.IsZero() || from.Before(old.To) {
				old.To = from
			}
			out.Quotas = append(out.Quotas, old)
		}
	}
	return &out
}

// For is the plan narrowed to what some agencies owe: Match and Stand on it
// give their rows and no other's, from their evidence alone (and what a person
// added from elsewhere).
func (p *Plan) For(owners ...string) *Plan {
	out := *p
	out.only, out.Quotas, out.Sources = []media.Agency{}, nil, nil
	watched := make(map[string]bool, len(owners)) // whose sources are needed
	for _, o := range owners {
		watched[o] = true
	}
	levels := map[media.Level]bool{}
	for _, a := range p.Agencies {
		if watched[a.ID] {
			levels[a.Level] = true
			out.only = append(out.only, a)
		}
	}
	mine := make(map[string]bool, len(out.only))
	for _, a := range out.only {
		mine[a.ID] = true
	}
	owes := func(q *Quota) bool {
		if q.Owner.Agency != "" {
			return mine[q.Owner.Agency]
		}
		return slices.ContainsFunc(q.Owner.Each, func(l media.Level) bool { return levels[l] })
	}
	watch := map[media.Level]bool{}
	for i := range p.Quotas {
		q := &p.Quotas[i]
		if !owes(q) && !slices.ContainsFunc(q.Was, func(w Was) bool { return owes(&w.Quota) }) {
			continue
		}
		out.Quotas = append(out.Quotas, *q)
		for version := range len(q.Was) + 1 {
			levels := q.Watch
			if version < len(q.Was) {
				levels = q.Was[version].Quota.Watch
			}
			for _, l := range levels {
				watch[l] = true
			}
		}
	}
	for _, a := range p.Agencies {
		if watch[a.Level] {
			watched[a.ID] = true
		}
	}
	for _, s := range p.Sources {
		if watched[s.Agency] {
			out.Sources = append(out.Sources, s)
		}
	}
	return &out
}
