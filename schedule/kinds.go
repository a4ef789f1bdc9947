package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Kind is one way in which a quota is counted. A new kind is a new row here.
type Kind struct {
	Name       string
	Doc        string               // Vietnamese, for people
	Evidence   []media.EvidenceKind // what it may look at; see sees
	Conditions []string             // names of conditions it understands
	Cadences   []calendar.Cadence   // nil: any

	unit       string // of its count; "" follows the evidence
	lead       int    // working days needed for one piece, where the quota names none (reference)
	always     bool   // it looks at Evidence whatever the conditions
	tracksLate bool   // pieces after the end are late, not out of the period
	wholeOnly  bool   // can only be met when the period is over
	key        func(q Quota, e media.Evidence) string
	measure    func(v view) []Measure
	outlook    func(v view) outlook
}

// Kinds lists the kinds of quota.
func Kinds() []Kind {
	item, airing, paper := media.EvItem, media.EvAiring, media.EvAttestation
	both := []string{"reform", "column", "topics", "no_repost", "distinct_days", "min_minutes", "theme", "first_run", "in_window"}
	return []Kind{
		{Name: "airing", Doc: "số lần phát sóng khác nhau trong kỳ, mỗi lần tự bảo đảm các điều kiện, không cộng dồn thời lượng",
			Evidence: []media.EvidenceKind{airing, paper}, Conditions: []string{"min_minutes", "theme", "first_run", "in_window", "distinct_days"},
			unit: "airings", lead: 2, always: true, key: keyOf, measure: measureCount, outlook: outlookAirings},
		{Name: "instalments", Doc: "số kỳ chuyên mục: số ngày khác nhau trong kỳ có ít nhất một tin, bài của chuyên mục",
			Evidence: []media.EvidenceKind{item, paper}, Conditions: []string{"reform", "column", "topics", "no_repost", "distinct_days"},
			unit: "instalments", lead: 3, always: true, key: keyDay, measure: measureCount, outlook: outlookDays},
		{Name: "deadline", Doc: "văn bản có ngày ban hành trước thời hạn (không kể ngày thời hạn)",
			Evidence: []media.EvidenceKind{paper, item}, Conditions: []string{"reform", "column", "topics", "no_repost"}, Cadences: []calendar.Cadence{calendar.Once},
			unit: "documents", lead: 10, tracksLate: true, key: keyOf, measure: measureDeadline, outlook: outlookDeadline},
		{Name: "regular", Doc: "thường xuyên: đủ số lượng tối thiểu trong kỳ và khoảng trống dài nhất không quá mức",
			Evidence: []media.EvidenceKind{item, airing, paper}, Conditions: both,
			lead: 2, wholeOnly: true, key: keyOf, measure: measureRegular, outlook: outlookRegular},
		{Name: "exists", Doc: "trang, mục hoặc chuyên mục có mặt và còn hoạt động",
			Evidence: []media.EvidenceKind{item, paper}, Conditions: both, lead: 5, key: keyOf, measure: measureCount, outlook: outlookCount},
		{Name: "lag", Doc: "thời gian từ ngày ký đến ngày đăng tải, theo ngày làm việc",
			Evidence: []media.EvidenceKind{item}, Conditions: both, unit: "documents", key: keyOf, measure: measureCount, outlook: outlookCount},
		{Name: "answered", Doc: "câu hỏi được trả lời, theo ngày làm việc",
			Evidence: []media.EvidenceKind{media.EvQuestion}, unit: "answers", key: keyOf, measure: measureCount, outlook: outlookCount},
		{Name: "attested", Doc: "việc do cơ quan tự xác nhận, có minh chứng",
			Evidence: []media.EvidenceKind{paper}, unit: "documents", key: keyOf, measure: measureCount, outlook: outlookCount},
		{Name: "encouraged", Doc: "khuyến khích: chỉ thống kê, không bao giờ tính thiếu",
			Evidence: []media.EvidenceKind{item, airing, paper}, Conditions: both, key: keyOf, measure: measureCount, outlook: outlookCount},
		{Name: "availability", Doc: "độ sẵn sàng của các trang thông tin điện tử trong giờ theo dõi",
			key: keyOf, measure: measureCount, outlook: outlookCount},
		{Name: "count", Doc: "đủ số lượng tối thiểu trong kỳ",
			Evidence: []media.EvidenceKind{item, airing, paper}, Conditions: both,
			lead: 2, key: keyOf, measure: measureCount, outlook: outlookCount},
	}
}

func kind(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// sees reports whether a quota of this kind looks at a kind of evidence.
// Attestations are seen only where they are allowed. Items and airings are
// seen by airing and instalments always; elsewhere only if a condition asks
// something of them, for a quota without such a condition is about papers: it
// must not be met by whatever news its owner publishes.
func (k Kind) sees(q Quota, e media.EvidenceKind) bool {
	if !slices.Contains(k.Evidence, e) {
		return false
	}
	if e == media.EvAttestation {
		return attestable(q)
	}
	asked, other := false, false
	for _, c := range q.Conditions {
		if row, ok := condition(c.Name); ok && row.Of != "" {
			asked = asked || row.Of == e
			other = other || row.Of != e
		}
	}
	return (k.always && !other) || (asked && !other)
}

// CheckQuota says everything in a quota that its kind cannot work with.
func CheckQuota(q Quota) []error {
	var errs []error
	bad := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	k, ok := kind(q.Kind)
	if !ok {
		var names []string
		for _, k := range Kinds() {
			names = append(names, k.Name)
		}
		bad("kind %q: want one of %v", q.Kind, names)
		return errs
	}
	of := map[media.EvidenceKind]bool{}
	for _, c := range q.Conditions {
		row, ok := condition(c.Name)
		switch {
		case !ok || !slices.Contains(k.Conditions, c.Name):
			bad("condition %q: kind %s understands %v", c.Name, k.Name, k.Conditions)
			continue
		case row.Value && c.Value <= 0:
			bad("condition %s: want a value above 0", c.Name)
		case row.List && len(c.List) == 0:
			bad("condition %s: want a list", c.Name)
		}
		of[row.Of] = true
	}
	if of[media.EvItem] && of[media.EvAiring] {
		bad("conditions ask for items and airings at once: no piece is both")
	}
	if k.Cadences != nil && !slices.Contains(k.Cadences, q.Cadence) {
		bad("cadence %q: kind %s wants one of %v", q.Cadence, k.Name, k.Cadences)
	}
	if q.Wanted < 1 && q.Class != Enc && !k.tracksLate {
		bad("wanted %d: want at least 1", q.Wanted)
	}
	if k.tracksLate && q.Deadline.IsZero() {
		bad("deadline is missing")
	}
	if _, column := q.find("column"); k.Name == "instalments" && !column {
		bad("instalments want a condition column: whose instalments they are")
	}
	if k.Name == "regular" && q.MaxGap <= 0 {
		bad("max_gap is missing: a regular quota bounds its longest gap")
	}
	if !k.sees(q, media.EvItem) && !k.sees(q, media.EvAiring) && !attestable(q) {
		bad("nothing can ever be counted: name conditions on items or airings, or mark it attestable")
	}
	return errs
}

// Keys: pieces with one key count once.

// keyOf tells airings apart by their episode, so that two transmissions of one
// production count once, and other pieces by themselves; by their day where
// the quota says distinct_days.
func keyOf(q Quota, e media.Evidence) string {
	if _, ok := q.find("distinct_days"); ok {
		return keyDay(q, e)
	}
	if e.Airing != nil && e.Airing.EpisodeID != "" {
		return "episode " + e.Airing.EpisodeID
	}
	return "piece " + e.ID
}

func keyDay(_ Quota, e media.Evidence) string {
	return "day " + calendar.Day(when(e)).Format("2006-01-02")
}

// twice is the reason for a piece whose key was taken by other, and the name of the rule.
func (k Kind) twice(q Quota, e, other media.Evidence) (Reason, string) {
	if e.Airing != nil && e.Airing.EpisodeID != "" && k.key(q, e) == "episode "+e.Airing.EpisodeID {
		return because("is_repeat", nil), "first_run"
	}
	return because("same_day", args{"date": stamp(calendar.Day(when(e))), "other": cmp.Or(other.Title, other.ID)}), "distinct_days"
}

// view is what a kind sees of one slot.
type view struct {
	p      *Plan
	q      Quota
	kind   Kind
	cal    calendar.Calendar
	owner  media.Agency
	period calendar.Period
	now    time.Time
	pieces []time.Time // of what counts, ascending
	unseen []Span      // of the elapsed part
	duty   bool        // false: counted, never short
}

// end is the first instant that is too late.
func (k Kind) end(q Quota, period calendar.Period) time.Time {
	if k.tracksLate && !q.Deadline.IsZero() {
		return q.Deadline
	}
	return period.End
}

func (v view) end() time.Time { return v.kind.end(v.q, v.period) }

// wanted is the number of pieces; a deadline wants one at least.
func (v view) wanted() int {
	if v.kind.tracksLate {
		return max(v.q.Wanted, 1)
	}
	return max(v.q.Wanted, 0)
}

// unit is what the count counts.
func (v view) unit() string {
	switch {
	case v.kind.unit != "":
		return v.kind.unit
	case v.kind.sees(v.q, media.EvItem):
		return "items"
	case v.kind.sees(v.q, media.EvAiring):
		return "airings"
	}
	return "documents"
}

// atLeast and atMost make measures; only a duty can fall short.

func (v view) atLeast(name, unit string, basis Basis, wanted, delivered float64) Measure {
	m := Measure{Name: name, Unit: unit, Bound: "at_least", Basis: basis, Wanted: wanted, Delivered: delivered}
	if v.duty {
		m.Shortfall = max(0, wanted-delivered)
	}
	return m
}

func (v view) atMost(name, unit string, basis Basis, wanted, delivered float64) Measure {
	m := Measure{Name: name, Unit: unit, Bound: "at_most", Basis: basis, Wanted: wanted, Delivered: delivered}
	if v.duty {
		m.Shortfall = max(0, delivered-wanted)
	}
	return m
}

func (v view) count() Measure {
	return v.atLeast("count", v.unit(), basisOf(cmp.Or(v.q.WantedBasis, v.q.Basis)), float64(v.wanted()), float64(len(v.pieces)))
}

func measureCount(v view) []Measure { return []Measure{v.count()} }

// measureDeadline adds how late the piece came that completed the number: the
// days after the last day that was in time.
func measureDeadline(v view) []Measure {
	out := []Measure{v.count()}
	if n := v.wanted(); len(v.pieces) >= n {
		out = append(out, v.atMost("lag", "days", basisOf(v.q.Basis), 0, float64(daysLate(v.pieces[n-1], v.q.Deadline))))
	}
	return out
}

// daysLate counts from the last instant in time: a document dated on an
// exclusive deadline day is one day late.
func daysLate(t, deadline time.Time) int {
	if t.Before(deadline) {
		return 0
	}
	return calendar.DaysBetween(deadline.Add(-time.Nanosecond), t)
}

// measureRegular adds the longest gap.
func measureRegular(v view) []Measure {
	out := []Measure{v.count()}
	if v.q.MaxGap > 0 {
		longest, _ := v.gaps()
		out = append(out, v.atMost("gap", "days", basisOf(cmp.Or(v.q.MaxGapBasis, v.q.Basis)), float64(v.q.MaxGap), float64(longest)))
	}
	return out
}

// gaps measures the longest gap in the elapsed part of the period, in days
// without holidays, and names the piece (or the period's start) from which the
// running gap counts. The period's first day and the last elapsed day bound
// the outer gaps: what lies before is another period's affair.
func (v view) gaps() (longest int, running time.Time) {
	running = v.period.Start
	last := v.period.LastDay()
	if v.now.Before(v.period.End) {
		last = v.now
	}
	for _, t := range v.pieces {
		t = earlier(t, last) // a person may have added a piece from outside the period
		longest = max(longest, v.cal.GapDays(running, t))
		if t.After(running) {
			running = t
		}
	}
	return max(longest, v.cal.GapDays(running, last)), running
}
