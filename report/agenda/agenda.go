// Package agenda takes the coming periods out of the program: as an iCalendar
// feed of one owner, and as a monthly plan sheet.
package agenda

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// Input is what an agenda is made of. Evaluation must hold its Matching and the
// periods ahead with their Slots (monitor.Moment.Ahead).
type Input struct {
	Plan       *schedule.Plan
	Calendar   *calendar.Calendar // of days off; may be nil
	Evaluation schedule.Evaluation
	Decisions  []schedule.Decision
	Cases      []schedule.Case
	Owner      string // agency id
	Base       string // address of the desk, "http://127.0.0.1:8080", "" if none
}

// event is one entry of the feed.
type event struct {
	key       []string // what its UID is made of: never its time or words
	summary   string
	lines     []string // of its description
	start     time.Time
	length    time.Duration // 0: all of start's day
	category  string
	url       string
	changed   time.Time // when what it says was last changed
	tentative bool
	cancelled bool
	alarm     string // before its start, "" for none
}

const (
	catPeriod  = "Kỳ"
	catSave    = "Hạn cuối còn kịp"
	catProduce = "Hạn sản xuất"
	catPlanned = "Lịch phát sóng dự kiến"
	catCase    = "Phát bù"
	catKeep    = "Bản ghi sắp hết hạn giữ"
	catCutOff  = "Chốt số liệu báo cáo"
)

// events lists the entries of one owner, by their beginning.
func (in Input) events() []event {
	b := builder{Input: in, names: report.NamesOf(in.Plan)}
	var out []event
	for _, s := range in.Evaluation.Slots {
		if s.Owner == in.Owner && !hushed(s.Reasons) {
			out = append(out, b.slot(s)...)
		}
	}
	out = append(out, b.done()...)
	out = append(out, b.pledges()...)
	out = append(out, b.recordings()...)
	out = append(out, b.cutOffs()...)
	slices.SortStableFunc(out, func(a, b event) int {
		return cmp.Or(a.start.Compare(b.start), cmp.Compare(strings.Join(a.key, " "), strings.Join(b.key, " ")))
	})
	return out
}

// hushed reports whether nobody is to be told: a level that is being tried.
func hushed(rs []schedule.Reason) bool {
	return slices.ContainsFunc(rs, func(r schedule.Reason) bool { return r.Code == "shadow" })
}

type builder struct {
	Input
	names report.Names
}

func (b builder) quota(id string) schedule.Quota {
	for _, q := range b.Plan.Quotas {
		if q.ID == id {
			return q
		}
	}
	return schedule.Quota{ID: id}
}

// slot is what a period ahead that still lacks something brings: its last day,
// its last save, until when to begin, and what is announced for it.
func (b builder) slot(s schedule.Slot) []event {
	if s.State == schedule.Met || s.Short <= 0 {
		return nil
	}
	q := b.quota(s.Quota)
	period := calendar.Period{ID: s.Period, Start: s.Start, End: s.End}
	what := fmt.Sprintf("%s, còn thiếu %s %s, %s", q.ID, two(s.Short), viet.Unit(s.Unit), period.Name())
	changed := b.changed(q, s.Owner, s.Period, s.Planned)
	lines := []string{q.Title, viet.Capital(viet.Basis(string(s.Basis))), viet.Capital(period.Name())}
	if q.Cadence == calendar.Once {
		lines[2] = "Thời hạn: trước ngày " + viet.Day(s.End)
	}
	if !s.LastSave.IsZero() {
		lines = append(lines, "Hạn cuối còn kịp: "+viet.Moment(s.LastSave))
	}
	if !s.ProduceBy.IsZero() {
		lines = append(lines, "Hạn cuối còn kịp sản xuất: "+viet.Moment(s.ProduceBy))
	}
	if text := plannedWords(s.Planned); text != "" {
		lines = append(lines, "Lịch dự kiến: "+text)
	}
	for _, r := range s.Reasons {
		if r.Code == "usually" || r.Code == "at_risk" || r.Code == "source_none" || r.Code == "receipt_missing" {
			lines = append(lines, viet.Capital(b.names.Reason(r)))
		}
	}
	make1 := func(kind, summary, category string, start time.Time) event {
		return event{key: b.key(q, s.Owner, s.Period, kind), summary: summary, lines: lines, start: start, category: category, changed: changed, url: b.url(s)}
	}
	last := make1("due", "Ngày cuối của kỳ: "+what, catPeriod, calendar.Day(period.LastDay()))
	if q.Cadence == calendar.Once {
		last.summary, last.alarm = "Ngày cuối của thời hạn: "+q.ID+", "+q.Title, "-P3D"
	}
	out := []event{last}
	now := b.Evaluation.Now
	if !s.LastSave.IsZero() && s.LastSave.After(now) && q.Cadence != calendar.Once {
		e := make1("save", "Hạn cuối còn kịp: "+what, catSave, s.LastSave)
		e.length, e.alarm = 15*time.Minute, "-P1D"
		if at := s.LastSave.In(calendar.Zone); at.Hour() == 23 && at.Minute() == 59 { // to the end of the day: an entry of the whole day
			e.start, e.length = calendar.Day(s.LastSave), 0
		}
		out = append(out, e)
	}
	if !s.ProduceBy.IsZero() && s.ProduceBy.After(now) {
		out = append(out, make1("produce", "Hạn sản xuất: "+what, catProduce, calendar.Day(s.ProduceBy)))
	}
	for _, p := range s.Planned {
		if p.Fits && p.Planned.Start.After(now) {
			e := make1("planned "+p.Planned.ID, "Dự kiến phát: "+p.Planned.Programme+" ("+b.names.Channel(p.Planned.Channel)+")", catPlanned, p.Planned.Start)
			e.length, e.tentative, e.changed = max(p.Planned.Duration, time.Minute), true, p.Planned.Seen
			e.lines = []string{"Theo lịch do đài công bố, chưa phải đã phát; nếu phát đúng như vậy thì được tính cho " + q.ID + "."}
			out = append(out, e)
		}
	}
	return out
}

// done are the entries of periods that run and lack nothing any more, or are not
// assessed: they are told to be cancelled as long as the period runs, so that a
// calendar that had read them in drops them.
func (b builder) done() []event {
	var out []event
	for _, s := range b.Evaluation.Standings {
		given := slices.ContainsFunc(s.Reasons, func(r schedule.Reason) bool { return r.Code == "exempted" || r.Code == "none_arose" })
		if s.Owner != b.Owner || !s.End.After(b.Evaluation.Now) || s.Start.After(b.Evaluation.Now) || hushed(s.Reasons) || s.State != schedule.Met && !(s.State == schedule.Exempt && given) {
			continue
		}
		q := b.quota(s.Quota)
		period := calendar.Period{ID: s.Period, Start: s.Start, End: s.End}
		word := report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons)
		for _, kind := range []struct{ name, category string }{{"due", catPeriod}, {"save", catSave}, {"produce", catProduce}} {
			if q.Cadence == calendar.Once && kind.name == "save" {
				continue
			}
			out = append(out, event{key: b.key(q, s.Owner, s.Period, kind.name), summary: viet.Capital(word) + ": " + q.ID + ", " + period.Name(), lines: []string{q.Title},
				start: calendar.Day(period.LastDay()), category: kind.category, changed: b.changed(q, s.Owner, s.Period, nil), cancelled: true,
				url: b.url(schedule.Slot{Quota: s.Quota, Owner: s.Owner, Period: s.Period, Start: s.Start})})
		}
	}
	return out
}

// pledges are the make-goods that are pledged and yet to come.
func (b builder) pledges() []event {
	var out []event
	for _, c := range b.Cases {
		for i, p := range c.Pledges {
			if c.Owner != b.Owner || !p.Start.After(b.Evaluation.Now) {
				continue
			}
			e := event{key: []string{"case", c.ID, fmt.Sprint(i + 1)}, summary: c.ID + ": phát bù " + cmp.Or(p.Programme, "chuyên mục") + " (" + b.names.Channel(p.Channel) + ")",
				start: p.Start, length: p.Length, category: catCase, changed: p.Proposed.At, tentative: p.Approved == nil, cancelled: c.State.Over() || p.Outcome != nil, alarm: "-PT3H"}
			for _, a := range []*schedule.CaseAct{p.Approved, p.Outcome, c.Ended} {
				if a != nil && a.At.After(e.changed) {
					e.changed = a.At
				}
			}
			for _, line := range b.names.Case(c) {
				e.lines = append(e.lines, viet.Capital(line))
			}
			out = append(out, e)
		}
	}
	return out
}

// recordings are the last days on which recordings are kept that would prove what
// no log tells of: as the standings that want them say.
func (b builder) recordings() []event {
	var out []event
	told := map[string]bool{}
	for _, s := range b.Evaluation.Standings {
		for _, r := range s.Reasons {
			if s.Owner != b.Owner || r.Code != "retention_run" && r.Code != "retention_days" || hushed(s.Reasons) {
				continue
			}
			text := func(name string) string { v, _ := r.Args[name].(string); return v }
			start, wrong := time.Parse(time.RFC3339, text("start"))
			last, wrong2 := time.Parse(time.RFC3339, text("last"))
			key := []string{"recording", r.Code, text("channel"), text("start")}
			if name := strings.Join(key, " "); wrong != nil || wrong2 != nil || told[name] {
				continue
			} else {
				told[name] = true
			}
			out = append(out, event{key: key, summary: "Ngày cuối còn giữ bản ghi: " + text("channel") + ", phát ngày " + day(start), lines: []string{viet.Capital(b.names.Reason(r))},
				start: calendar.Day(last), category: catKeep, changed: start, alarm: "-P1D"})
		}
	}
	return out
}

// cutOffs are the days on which the figures of a report are closed: the 14th of
// each month of the plan's year (Nghị định 09/2019/NĐ-CP, Điều 12).
func (b builder) cutOffs() []event {
	var out []event
	for m := time.January; m <= time.December; m++ {
		day := time.Date(b.Plan.Year, m, 14, 0, 0, 0, 0, calendar.Zone)
		if day.Before(calendar.Day(b.Evaluation.Now)) {
			continue
		}
		window := fmt.Sprintf("%d-%02d@14", b.Plan.Year, m)
		of := []string{fmt.Sprintf("tháng %d", m)}
		switch m {
		case time.March:
			of = append(of, "quý I")
		case time.June:
			of = append(of, "quý II", "6 tháng")
		case time.September:
			of = append(of, "quý III", "9 tháng")
		case time.December:
			of = append(of, "quý IV", "năm")
		}
		out = append(out, event{key: []string{"cut-off", window}, summary: "Chốt số liệu báo cáo " + strings.Join(of, ", "), start: day, category: catCutOff, changed: b.Plan.Issued,
			lines: []string{fmt.Sprintf("Số liệu báo cáo tháng tính từ 15/%02d đến hết ngày %s (Điều 12 Nghị định 09/2019/NĐ-CP).", (m+10)%12+1, viet.Day(day))}})
	}
	return out
}

// key names an entry by plan, quota, owner, period and what it tells. What is
// owed once has one period, whatever a moved deadline calls it.
func (b builder) key(q schedule.Quota, owner, period, kind string) []string {
	if q.Cadence == calendar.Once {
		period = string(calendar.Once)
	}
	return []string{"slot", q.ID, owner, period, kind}
}

// url is the page of the standing, once its period has begun; before, the quota's.
func (b builder) url(s schedule.Slot) string {
	if b.Base == "" {
		return ""
	}
	if s.Start.After(b.Evaluation.Now) {
		return b.Base + "/quotas/" + s.Quota
	}
	return b.Base + "/tien-do/" + s.Quota + "/" + strings.TrimPrefix(s.Owner, b.Plan.Province+"/") + "/" + s.Period
}

// changed is when what is said of a slot was last changed: by the plan's issue, a
// changed number, a decision, a piece that came, an announcement.
func (b builder) changed(q schedule.Quota, owner, period string, planned []schedule.Prospect) time.Time {
	at := b.Plan.Issued
	see := func(t time.Time) {
		if t.After(at) && !t.After(b.Evaluation.Now) {
			at = t
		}
	}
	for _, w := range q.Was {
		see(w.By.At)
	}
	for _, d := range b.Decisions {
		if d.Quota == q.ID && d.Owner == owner && (d.Period == period || d.Period == "") {
			see(d.At)
		}
	}
	piece := func(quota, of, in string, e media.Evidence) {
		if quota == q.ID && of == owner && in == period {
			see(e.Seen)
		}
	}
	for _, c := range b.Evaluation.Matching.Credits {
		piece(c.Quota, c.Owner, c.Period, c.Evidence)
	}
	for _, r := range b.Evaluation.Matching.Rejections {
		piece(r.Quota, r.Owner, r.Period, r.Evidence)
	}
	for _, p := range planned {
		see(p.Planned.Seen)
	}
	return at
}

// plannedWords tells what is announced for a slot: what would count, else what might.
func plannedWords(all []schedule.Prospect) string {
	var fits, unsure []string
	for _, p := range all {
		switch at := viet.Moment(p.Planned.Start); {
		case p.Fits:
			fits = append(fits, at)
		case p.Unsure:
			unsure = append(unsure, at+" (chưa rõ thời lượng)")
		}
	}
	if len(fits) == 0 {
		fits = unsure
	}
	return strings.Join(fits[:min(3, len(fits))], "; ")
}

func two(n int) string {
	if n < 10 {
		return fmt.Sprintf("%02d", n)
	}
	return viet.Number(n)
}
