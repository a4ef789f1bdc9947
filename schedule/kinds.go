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
	lead       int    // working days needed for one piece, where neither the quota nor the owner names any (reference)
	always     bool   // it looks at Evidence whatever the conditions
	tracksLate bool   // pieces after the end are late, not out of the period
	wholeOnly  bool   // can only be met when the period is over
	bounded    bool   // it bounds something else than a count: no wanted number is needed
	certain    bool   // met only if nothing unseen could change it
	papers     bool   // only papers can meet it
	documents  bool   // documents in lists count, which are no news
	measure    func(v view) []Measure
	outlook    func(v view) outlook
	observe    func(v view, obs Observation) sight
}

// Kinds lists the kinds of quota.
func Kinds() []Kind {
	item, airing, paper, printed := media.EvItem, media.EvAiring, media.EvAttestation, media.EvPrint
	segment, bulletin := media.EvSegment, media.EvBulletin
	aired := []string{"min_minutes", "theme", "first_run", "in_window", "distinct_days"}
	written := []string{"reform", "column", "topics", "no_repost", "own_work", "distinct_days"}
	both := append(slices.Clone(written), "min_minutes", "theme", "first_run", "in_window")
	all := slices.Clone(both)
	for _, c := range segmentConditions() {
		all = append(all, c.Name)
	}
	return []Kind{
		{Name: "airing", Doc: "số lần phát sóng khác nhau trong kỳ, mỗi lần tự bảo đảm các điều kiện, không cộng dồn thời lượng",
			Evidence: []media.EvidenceKind{airing, paper}, Conditions: aired,
			unit: "airings", lead: 3, always: true, measure: measureCount, outlook: outlookAirings, observe: observe},
		{Name: "instalments", Doc: "số kỳ chuyên mục, theo cách đọc R1 (số ngày khác nhau có tin, bài của chuyên mục), R2 (số tin, bài) hoặc R3 (số chuyên mục khác nhau)",
			Evidence: []media.EvidenceKind{item, printed, paper}, Conditions: written,
			unit: "instalments", lead: 3, always: true, measure: measureCount, outlook: outlookDays, observe: observe},
		{Name: "deadline", Doc: "văn bản có ngày ban hành trước thời hạn (không kể ngày thời hạn)",
			Evidence: []media.EvidenceKind{paper, item}, Conditions: []string{"reform", "column", "topics", "no_repost", "own_work"}, Cadences: []calendar.Cadence{calendar.Once},
			unit: "documents", lead: 3, tracksLate: true, documents: true, measure: measureDeadline, outlook: outlookDeadline, observe: observe},
		{Name: "regular", Doc: "thường xuyên: đủ số lượng tối thiểu trong kỳ và khoảng trống dài nhất không quá mức",
			Evidence: []media.EvidenceKind{item, airing, printed, paper}, Conditions: both,
			lead: 3, wholeOnly: true, measure: measureRegular, outlook: outlookRegular, observe: observe},
		{Name: "count", Doc: "đủ số lượng tối thiểu trong kỳ",
			Evidence: []media.EvidenceKind{item, airing, printed, segment, bulletin, paper}, Conditions: all,
			lead: 3, measure: measureCount, outlook: outlookCount, observe: observe},
		{Name: "exists", Doc: "trang, mục hoặc chuyên mục có mặt, và còn hoạt động nếu có mức về độ mới",
			Evidence: []media.EvidenceKind{item, printed, paper}, Conditions: written,
			unit: "pages", lead: 3, measure: measureExists, outlook: outlookExists, observe: observeExists},
		{Name: "lag", Doc: "số ngày làm việc từ ngày ký quyết định đến ngày đăng tải; đối chiếu danh mục quyết định của Văn phòng UBND tỉnh khi có",
			Evidence: []media.EvidenceKind{item, media.EvProcedure}, Conditions: []string{"decision", "column", "topics"},
			unit: "documents", lead: 3, bounded: true, certain: true, wholeOnly: true, documents: true, measure: measureLag, outlook: outlookLag, observe: observeLag},
		{Name: "answered", Doc: "số câu hỏi được trả lời trong kỳ, và số ngày làm việc từ khi hỏi đến khi trả lời",
			Evidence: []media.EvidenceKind{media.EvQuestion},
			unit:     "answers", lead: 3, certain: true, wholeOnly: true, measure: measureAnswered, outlook: outlookAnswered, observe: observeAnswered},
		{Name: "attested", Doc: "việc làm trong nội bộ: cơ quan xác nhận, có minh chứng, hoặc xác nhận không phát sinh",
			Evidence: []media.EvidenceKind{paper},
			unit:     "documents", lead: 3, papers: true, measure: measureAttested, outlook: outlookAttested, observe: observe},
		{Name: "encouraged", Doc: "khuyến khích: chỉ thống kê, không bao giờ tính thiếu",
			Evidence: []media.EvidenceKind{item, airing, printed, segment, bulletin, paper}, Conditions: all,
			lead: 3, measure: measureCount, outlook: outlookCount, observe: observe},
		{Name: "availability", Doc: "phần thời gian trong giờ theo dõi mà các trang thông tin điện tử truy cập được",
			bounded: true, certain: true, wholeOnly: true, measure: measureAvailability, outlook: outlookAvailability, observe: observeAvailability},
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
	switch e {
	case media.EvAttestation:
		return attestable(q)
	case media.EvPrint:
		return q.Print
	case media.EvProcedure, media.EvQuestion:
		return true
	}
	asked, other := false, false
	for _, c := range q.Conditions {
		if row, ok := condition(c.Name); ok && row.Of != "" {
			asked = asked || row.Of == e
			other = other || !row.asks(e)
		}
	}
	return (k.always && !other) || (asked && !other)
}

// Asked lists the kinds of evidence that the conditions of a quota ask of, one
// unless it contradicts itself. What can be asked of segments too is asked of
// them where any condition is.
func Asked(q Quota) []media.EvidenceKind {
	var out []media.EvidenceKind
	inside := false
	for _, c := range q.Conditions {
		row, _ := condition(c.Name)
		inside = inside || row.Of == media.EvSegment
	}
	for _, c := range q.Conditions {
		if row, ok := condition(c.Name); ok && row.Of != "" && !(inside && row.Inside) && !slices.Contains(out, row.Of) {
			out = append(out, row.Of)
		}
	}
	return out
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
	}
	if len(Asked(q)) > 1 {
		bad("conditions ask for %v at once: no piece is two of them", Asked(q))
	}
	if k.Cadences != nil && !slices.Contains(k.Cadences, q.Cadence) {
		bad("cadence %q: kind %s wants one of %v", q.Cadence, k.Name, k.Cadences)
	}
	if q.Wanted < 1 && q.Class != Enc && !k.tracksLate && !k.bounded && !k.papers {
		bad("wanted %d: want at least 1", q.Wanted)
	}
	if (k.Name == "lag" || k.Name == "answered") && q.MaxLag.Value <= 0 {
		bad("max_lag is missing: the working days it may take")
	}
	if k.Name == "availability" && (q.Share.Value <= 0 || q.Share.Value > 100 || len(q.Watch) == 0) {
		bad("share (1 to 100 per cent) and watch (levels) are needed")
	}
	if k.bounded && q.Wanted != 0 {
		bad("wanted %d: kind %s bounds something else than a number, want 0", q.Wanted, k.Name)
	}
	if k.Name == "exists" && q.Wanted != 1 {
		bad("wanted %d: a page is there or is not, want 1", q.Wanted)
	}
	if len(q.Shares) > 0 && (q.MakeGood > 0 || q.Carry > 0) {
		bad("shares cannot go with make_good or carry: what counts where would depend on itself")
	}
	if q.AgreedGood != "" && (!slices.Contains(MadeGoods(), q.AgreedGood) || !k.sees(q, media.EvAiring)) {
		bad("make_good_policy %q: want one of %v, of a quota that counts airings", q.AgreedGood, MadeGoods())
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
	sees := k.bounded || k.Name == "exists" // pages are proved by probes
	for _, e := range k.Evidence {
		sees = sees || k.sees(q, e)
	}
	if !sees {
		bad("nothing can ever be counted: name conditions on items or airings, or mark it attestable")
	}
	return errs
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

	credits    []Credit    // what counts, by date
	rejections []Rejection // what does not, up to now
	planned    []Prospect  // what is announced and not logged yet
	obs        Observation
	sites      []site          // kind availability
	taken      []Measure       // of just these pieces, nil if not measured yet
	usual      []time.Duration // from the beginning of earlier periods to when they were met, the latest eight
}

// whole reports whether the quota can only be met when its period is over: what
// is there today may be too old, and what waits too late, by then.
func (k Kind) whole(q Quota) bool { return k.wholeOnly || k.Name == "exists" && q.Alive.Value > 0 }

// late reports whether pieces after the period's end are late rather than of
// another period.
func (k Kind) late(q Quota) bool { return k.tracksLate || k.papers && q.DueDays > 0 }

// end is the first instant that is too late.
func (k Kind) end(q Quota, period calendar.Period, cal calendar.Calendar) time.Time {
	switch {
	case k.tracksLate && !q.Deadline.IsZero():
		return q.Deadline
	case k.papers && q.DueDays > 0:
		return period.End.AddDate(0, 0, q.DueDays)
	case k.Name == "lag": // what is signed on the last day has its working days still to come
		return cal.AddWorkingDays(period.LastDay(), q.MaxLag.Value).AddDate(0, 0, 1)
	}
	return period.End
}

func (v view) end() time.Time { return v.kind.end(v.q, v.period, v.cal) }

// wanted is the number of pieces; a deadline wants one at least.
func (v view) wanted() int {
	switch {
	case v.kind.tracksLate:
		return max(v.q.Wanted, 1)
	case v.kind.Name == "lag":
		return v.owed()
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
	case v.kind.sees(v.q, media.EvSegment), v.kind.sees(v.q, media.EvBulletin):
		return "items"
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

// measures are what the kind measures; they are not to be written to.
func (v view) measures() []Measure {
	if v.taken != nil {
		return v.taken
	}
	return v.kind.measure(v)
}

func measureCount(v view) []Measure { return []Measure{v.count()} }
