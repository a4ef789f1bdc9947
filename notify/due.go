package notify

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// The measures of how often people are told. They are ours.
const (
	weekly    = 5 // messages to the officer in an ISO week at most: the digest with them,
	unhurried = 3 // of which those that carry nothing urgent,
	reserved  = 4 // and those that carry no warning of a number of the plan
	plainFrom = 10 * time.Hour

	blindFor = time.Hour           // before an outage is told
	oldMiss  = 35 * 24 * time.Hour // a miss that ended longer ago is told by reports alone
	lastDays = 3                   // of keeping a recording make a notice urgent
)

// Due decides what is to be told to whom at w.Now. Nothing is told twice to one
// audience, nothing of what is being tried out, nothing while what it rests on
// cannot be seen, nothing at night or on holidays but outages to whoever is on duty;
// the officer gets one message for all that is due, 5 a week at most.
func Due(w World) []Notice {
	w = w.indexed()
	out := w.onDuty()
	if w.quiet() {
		return out
	}
	if !w.Elsewhere {
		out = append(out, w.secure()...)
	}
	if !schedule.FirstHour(w.Cal, w.Now).Equal(w.Now.In(calendar.Zone)) { // no office is open
		return out
	}
	if n, ok := w.toOfficer(); ok {
		out = append(out, n)
	}
	out = append(out, w.toOwners()...)
	return append(out, w.summaries()...)
}

// quiet reports whether nobody is to be disturbed: 22:00 to 06:30, public holidays.
func (w World) quiet() bool {
	at := w.Now.Sub(calendar.Day(w.Now))
	_, holiday := w.Cal.Holiday(w.Now)
	return holiday || at < 6*time.Hour+30*time.Minute || at >= 22*time.Hour
}

// fresh leaves out what an audience was told before.
func (w World) fresh(to Audience, agency string, items []Item) []Item {
	seen := map[string]bool{}
	return slices.DeleteFunc(items, func(it Item) bool {
		again := seen[it.About] || w.was(to, agency, it.About)
		seen[it.About] = true
		return again
	})
}

// toOfficer bundles what is due for the officer. The week's digest takes all with
// it. What can still be helped goes at once, warnings of the plan's own numbers even
// as the fifth message; what can wait goes with the next, or at 10 o'clock of a day
// on which nothing went.
func (w World) toOfficer() (Notice, bool) {
	items := w.fresh(Officer, "", w.officerItems())
	week := calendar.WeekOf(w.Now)
	var sent []string
	today := false
	for _, t := range w.Told {
		if t.Audience == Officer && week.Contains(t.At) && !slices.Contains(sent, t.Notice) {
			sent = append(sent, t.Notice)
			today = today || calendar.Day(t.At).Equal(calendar.Day(w.Now))
		}
	}
	digest := w.fresh(Officer, "", w.digest(week))
	hurry := slices.ContainsFunc(items, func(it Item) bool { return it.urgent })
	warned := slices.ContainsFunc(items, func(it Item) bool { return it.early() })
	go1 := len(digest) > 0 ||
		warned && len(sent) < weekly || hurry && len(sent) < reserved ||
		len(items) > 0 && len(sent) < unhurried && !today && w.Now.Sub(calendar.Day(w.Now)) >= plainFrom
	if !go1 || len(sent) >= weekly {
		return Notice{}, false
	}
	slices.SortStableFunc(items, func(a, b Item) int { return cmp.Compare(rank(a), rank(b)) })
	return w.notice(Officer, "", append(digest, items...)), true
}

// early reports whether the item warns of a number of the plan's.
func (it Item) early() bool { return it.Kind == BroadcastEarly || it.Kind == ColumnMidMonth }

// rank puts what can still be helped first.
func rank(it Item) int {
	order := []Kind{BroadcastEarly, ColumnMidMonth, PlanDeadline, RetentionEnds, ReportDue, BroadcastMissed, ColumnMissed, LogMissing}
	if i := slices.Index(order, it.Kind); i >= 0 {
		return i
	}
	return len(order)
}

// officerItems are all things that the officer is to know now.
func (w World) officerItems() []Item {
	var out []Item
	if !w.Elsewhere {
		for _, s := range w.Standings {
			out = append(out, w.standingItems(s)...)
		}
		out = append(out, w.deadlines()...)
		out = append(out, w.sourceItems()...)
	}
	out = append(out, w.recordings()...)
	return append(out, w.reportDue()...)
}

// told one by one are the plan's own numbers; reference levels and what is wanted
// «thường xuyên» are in digests alone.
func (w World) single(s schedule.Standing) (schedule.Quota, bool) {
	if s.Basis != schedule.ByPlan { // most are not
		return schedule.Quota{}, false
	}
	q, ok := w.quotas[s.Quota]
	return q, ok && q.Class == schedule.Hard && q.Cadence != calendar.Once && !q.OnlyCounted() && !s.Shadow()
}

func (w World) standingItems(s schedule.Standing) []Item {
	q, ok := w.single(s)
	if !ok {
		return nil
	}
	if it, ok := w.earlyItem(q, s); ok {
		return []Item{it}
	}
	if it, ok := w.missedItem(q, s); ok {
		return []Item{it}
	}
	if at, ok := s.ReceiptDue(w.Cal); ok && !w.Now.Before(at) && w.Now.Before(at.Add(oldMiss)) {
		what := "nhật ký phát sóng"
		if q.Kind == "instalments" {
			what = "bảng kê báo in"
		}
		it := w.item(LogMissing, "log", q, s, viet.LogMissing(what, w.periodName(s.Period), w.agency(s.Owner)))
		return []Item{it}
	}
	return nil
}

// earlyItem warns from the moment on from which one call still helps
// (schedule.Standing.WarnAt), until nothing can be saved any more.
func (w World) earlyItem(q schedule.Quota, s schedule.Standing) (Item, bool) {
	at, ok := s.WarnAt(w.Cal, q.WarnDays)
	if !ok || w.Now.Before(at) || w.Now.After(*s.LastSave) {
		return Item{}, false
	}
	kind, text := w.early(q, s)
	it := w.item(kind, "early", q, s, text)
	it.urgent = true
	return it, true
}

// early is the sentence that warns of an open period that is short, by the kind of its duty.
func (w World) early(q schedule.Quota, s schedule.Standing) (kind Kind, text string) {
	n, unit := counted(s)
	kind = BroadcastEarly
	switch q.Kind {
	case "instalments":
		kind = ColumnMidMonth
		text = viet.EarlyColumn(w.periodName(s.Period), w.agency(s.Owner), n, calendar.DaysBetween(w.Now, s.End.Add(-time.Second)), q.Place)
	case "airing":
		minutes, windowed := 0, false
		for _, c := range q.Conditions {
			if c.Name == "min_minutes" {
				minutes = c.Value
			}
			windowed = windowed || c.Name == "in_window"
		}
		text = viet.EarlyBroadcast(w.Now, w.periodName(s.Period), n, minutes, windowed, each(q.Cadence), q.Place)
	default:
		text = viet.EarlyOther(w.Now, w.periodName(s.Period), w.agency(s.Owner), q.Title, n, viet.Unit(unit), q.Place)
	}
	return kind, text
}

// missedItem tells of a miss of late: to the officer as a question, until a person
// has confirmed it.
func (w World) missedItem(q schedule.Quota, s schedule.Standing) (Item, bool) {
	if s.State != schedule.Missed || w.Now.Sub(s.End) > oldMiss {
		return Item{}, false
	}
	n, unit := counted(s)
	kind, words := ColumnMissed, viet.Unit(unit)+" của "+w.agency(s.Owner)
	switch q.Kind {
	case "airing":
		kind, words = BroadcastMissed, viet.Unit(unit)+" hợp lệ"
	case "instalments":
		words = viet.Unit(unit) + " CCHC trên " + w.agency(s.Owner)
	}
	return w.item(kind, "missed", q, s, viet.Missed(w.periodName(s.Period), n, words, w.why(s), s.Confirmed, judged(s), q.Place)), true
}

// judged reports whether pieces that a person has to judge could close the shortfall.
func judged(s schedule.Standing) bool {
	return len(s.Reasons) > 0 && (s.Reasons[0].Code == "needs_judgement" || s.Reasons[0].Code == "awaiting_review")
}

// why is what came nearest to counting, else the standing's own reasons.
func (w World) why(s schedule.Standing) string {
	for _, r := range w.Rejections {
		if r.Quota != s.Quota || r.Owner != s.Owner || r.Period != s.Period || r.Evidence.Airing == nil {
			continue
		}
		if minutes, ok := r.Reason.Args["wanted"].(float64); ok && r.Reason.Code == "too_short" {
			return viet.TooShort(r.Evidence.Airing.Start, r.Evidence.Airing.Duration, int(minutes))
		}
		if minutes, ok := r.Reason.Args["wanted"].(int); ok && r.Reason.Code == "too_short" {
			return viet.TooShort(r.Evidence.Airing.Start, r.Evidence.Airing.Duration, minutes)
		}
	}
	for _, r := range s.Reasons {
		if r.Code == "unconfirmed" || r.Code == "confirmed_missed" || w.Reason == nil {
			continue
		}
		return w.Reason(r)
	}
	return ""
}

// item is one thing about a standing, with what a notice has to carry.
func (w World) item(kind Kind, what string, q schedule.Quota, s schedule.Standing, text string) Item {
	return Item{Kind: kind, About: what + " " + s.Quota + " " + s.Owner + " " + s.Period, Text: text, Basis: viet.Target(string(s.Basis), q.Place),
		Who: viet.NoticeCloses(string(kind)), Path: standingPath(s)}
}

// counted is what the standing's count says.
func counted(s schedule.Standing) (viet.Count, string) {
	for _, m := range s.Measures {
		if m.Name == "count" {
			return viet.Count{Have: int(m.Delivered), Want: int(m.Wanted)}, m.Unit
		}
	}
	return viet.Count{}, ""
}

// each is the word for a cadence in «01 lần/tuần».
func each(c calendar.Cadence) string {
	switch c {
	case calendar.Week:
		return "tuần"
	case calendar.Month, calendar.Month14:
		return "tháng"
	case calendar.Quarter, calendar.Quarter14:
		return "quý"
	case calendar.Half:
		return "6 tháng"
	}
	return "năm"
}

// agency is its short name.
func (w World) agency(id string) string {
	for _, a := range w.Plan.Agencies {
		if a.ID == id {
			return cmp.Or(a.Short, a.Name)
		}
	}
	return id
}

func (w World) level(id string) media.Level {
	for _, a := range w.Plan.Agencies {
		if a.ID == id {
			return a.Level
		}
	}
	return ""
}

func (w World) periodName(id string) string {
	p, err := calendar.Parse(id)
	if err != nil {
		return id
	}
	return p.Name()
}
