package schedule

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// RunState is what became of one transmission of a plan's column, by the three
// facts about it: planned, aired, uploaded.
type RunState string

const (
	AsPlanned    RunState = "as_planned"    // aired as announced, within the slack
	RunChanged   RunState = "changed"       // aired, at another time or another length
	Dropped      RunState = "dropped"       // announced, and not in the log that covers its time
	Withdrawn    RunState = "withdrawn"     // announced, and taken out of the schedule before its time without anything in its place
	Unplanned    RunState = "unplanned"     // aired, and not in the schedule that was announced for its time
	Unscheduled  RunState = "unscheduled"   // aired, and no schedule is known for its time
	AwaitingLog  RunState = "awaiting_log"  // announced or uploaded, and no log covers its time yet: never said to be dropped
	Coming       RunState = "coming"        // announced, its time has not come
	UploadedOnly RunState = "uploaded_only" // uploaded, announced or not, and not in the log that covers those days: a question
)

// RunStates lists the states of a run.
func RunStates() []RunState {
	return []RunState{AsPlanned, RunChanged, Dropped, Withdrawn, Unplanned, Unscheduled, AwaitingLog, Coming, UploadedOnly}
}

// How much a broadcast may differ from its schedule, at its start and in its
// length, and still be as planned: schedules are printed in steps of five minutes,
// and what a slot holds beside its programme is short.
const (
	SlackStart  = 5 * time.Minute
	SlackLength = 2 * time.Minute
)

// Run is one transmission with what is known of it: planned, aired, reconciled are
// three facts, and none stands in for another. Only what was aired is ever counted.
type Run struct {
	State     RunState
	Channel   string
	Column    string
	Programme string
	Start     time.Time       // of what was aired, else announced, else uploaded
	Planned   *media.Planned  // as announced before its time; nil if it was not
	Was       []media.Planned // what the schedule said of it earlier, oldest first
	Aired     []media.Airing  // none, one, or the parts of one production that ran in a row
	Uploads   []media.Upload
	Moved     time.Duration // aired after (or, negative, before) the announced start
	Longer    time.Duration // aired longer (or, negative, shorter) than announced; 0 where the schedule tells no length
}

// Length is how long it was on the air, 0 if it was not.
func (r Run) Length() (d time.Duration) {
	for _, a := range r.Aired {
		d += a.Duration
	}
	return d
}

const (
	mostMoved  = 24 * time.Hour   // what is aired further from an announced start is another transmission
	otherRun   = mostMoved / 2    // weighs as much as being moved so far: announced as a repeat and logged as a first run
	betweenRun = 30 * time.Minute // parts of one production are no further apart
	oneDay     = 24 * time.Hour
	mostUpload = 7 * 24 * time.Hour // an upload comes no later after its transmission
	uploadLead = 24*time.Hour - 1   // nor, where only its day is said, does it come before it
)

// Reconcile pairs what was announced, what was logged and what was uploaded for
// the plan's columns on each channel, in [span.From, span.To), in the order of
// start. aired are the airings that stand in what was handed in as logs; obs tells the rest:
// schedules with what was replaced, uploads, what the logs and schedules cover.
//
// One announced transmission goes with one that was aired, never further than a
// day from it, so that all together were moved as little as can be; the answer
// does not depend on the order of the input. Only a schedule as it was known
// before the transmission is its plan; what that had replaced is told beside it.
func Reconcile(p *Plan, obs Observation, aired []media.Airing, span Span, now time.Time) []Run {
	wide := Span{span.From.Add(-mostUpload), span.To.Add(mostMoved)}
	near := func(t time.Time) bool { return !t.Before(wide.From) && t.Before(wide.To) }
	type key struct{ channel, column string }
	planned, logged := map[key][]media.Planned{}, map[key][][]media.Airing{}
	keys := map[key]bool{}
	for _, r := range announced(obs.Planned, now) {
		if k := (key{r.Channel, r.Column}); r.Column != "" && near(r.Start) {
			planned[k], keys[k] = append(planned[k], r), true
		}
	}
	for _, parts := range productions(aired, near) {
		k := key{parts[0].Channel, parts[0].Column}
		logged[k], keys[k] = append(logged[k], parts), true
	}
	var out []Run
	for k := range keys {
		for _, pair := range pairs(planned[k], logged[k]) {
			out = append(out, obs.run(pair.planned, pair.aired, now))
		}
	}
	out = obs.earlier(out, near, now)
	out = obs.uploaded(out, near)
	slices.SortFunc(out, func(a, b Run) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Column, b.Column), cmp.Compare(a.State, b.State),
			cmp.Compare(a.Programme, b.Programme))
	})
	return slices.DeleteFunc(out, func(r Run) bool {
		return r.Start.Before(span.From) || !r.Start.Before(span.To) || !slices.ContainsFunc(p.Channels, func(c Channel) bool { return c.ID == r.Channel })
	})
}

// productions are the airings of the plan's columns in the order of start; parts
// of one production in a row on one channel stand together.
func productions(aired []media.Airing, near func(time.Time) bool) [][]media.Airing {
	var list []media.Airing
	for _, a := range aired {
		if a.Column != "" && near(a.Start) && a.Grade != media.GradeD {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b media.Airing) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	var out [][]media.Airing
	for _, a := range list {
		if n := len(out); n > 0 {
			last := out[n-1][len(out[n-1])-1]
			if between := a.Start.Sub(last.Start.Add(last.Duration)); a.Channel == last.Channel && a.Column == last.Column && a.EpisodeID != "" && a.EpisodeID == last.EpisodeID &&
				between >= 0 && between <= betweenRun {
				out[n-1] = append(out[n-1], a)
				continue
			}
		}
		out = append(out, []media.Airing{a})
	}
	return out
}

type pair struct {
	planned *media.Planned
	aired   []media.Airing
}

// pairs puts together, in the order of start, what was announced and what was
// aired of one column on one channel: the cheapest of all ways that do not cross,
// where to be alone costs half of what the longest move does. Of two ways that cost
// the same the one that pairs earlier is taken.
func pairs(planned []media.Planned, aired [][]media.Airing) []pair {
	n, m := len(planned), len(aired)
	const alone = int64(mostMoved) / 2
	cost := make([][]int64, n+1) // of what is left from i and j on
	for i := range cost {
		cost[i] = make([]int64, m+1)
	}
	together := func(i, j int) int64 {
		d := int64(aired[j][0].Start.Sub(planned[i].Start).Abs())
		if run := planned[i].Run; run != "" && (run == "first") != aired[j][0].FirstRun {
			d += int64(otherRun)
		}
		return d
	}
	for i := n; i >= 0; i-- {
		for j := m; j >= 0; j-- {
			switch {
			case i == n:
				cost[i][j] = int64(m-j) * alone
			case j == m:
				cost[i][j] = int64(n-i) * alone
			default:
				cost[i][j] = min(together(i, j)+cost[i+1][j+1], alone+cost[i+1][j], alone+cost[i][j+1])
			}
		}
	}
	var out []pair
	for i, j := 0, 0; i < n || j < m; {
		switch {
		case i < n && j < m && together(i, j) < 2*alone && cost[i][j] == together(i, j)+cost[i+1][j+1]:
			out = append(out, pair{&planned[i], aired[j]})
			i, j = i+1, j+1
		case i < n && cost[i][j] == alone+cost[i+1][j]:
			out = append(out, pair{planned: &planned[i]})
			i++
		default:
			out = append(out, pair{aired: aired[j]})
			j++
		}
	}
	return out
}

// run is one transmission of the plan or the log, without what was said earlier
// and what was uploaded.
func (obs Observation) run(planned *media.Planned, aired []media.Airing, now time.Time) Run {
	r := Run{Planned: planned, Aired: aired}
	if planned != nil {
		r.Channel, r.Column, r.Programme, r.Start = planned.Channel, planned.Column, planned.Programme, planned.Start
	}
	if len(aired) > 0 {
		r.Channel, r.Column, r.Programme, r.Start = aired[0].Channel, aired[0].Column, aired[0].Programme, aired[0].Start
	}
	switch {
	case planned != nil && len(aired) > 0:
		r.Moved = r.Start.Sub(planned.Start)
		if planned.Duration > 0 {
			r.Longer = r.Length() - planned.Duration
		}
		r.State = AsPlanned
		if r.Moved.Abs() > SlackStart || r.Longer.Abs() > SlackLength {
			r.State = RunChanged
		}
	case planned != nil && planned.Start.After(now): // whatever a log of today declares
		r.State = Coming
	case planned != nil && logged(obs, r.Channel, r.Start, planned.Duration):
		r.State = Dropped
	case planned != nil:
		r.State = AwaitingLog
	case len(subtract(Span{r.Start, r.Start.Add(second)}, obs.Schedules[r.Channel])) == 0:
		r.State = Unplanned
	default:
		r.State = Unscheduled
	}
	return r
}

// earlier puts what schedules said before they were changed beside what took its
// place: the nearest transmission of the column that is announced within a day.
// What nothing took the place of was withdrawn, unless it was aired all the same.
func (obs Observation) earlier(runs []Run, near func(time.Time) bool, now time.Time) []Run {
	var old []media.Planned
	for _, p := range obs.Planned {
		if p.Column != "" && near(p.Start) && !p.Gone.IsZero() && !p.Gone.After(earlier(now, p.Start)) {
			old = append(old, p)
		}
	}
	slices.SortFunc(old, func(a, b media.Planned) int { return cmp.Or(a.Seen.Compare(b.Seen), byAnnounced(a, b)) })
	n := len(runs)
	for _, p := range old {
		best, far := -1, mostMoved
		for i := range runs[:n] {
			r := &runs[i]
			if r.Channel != p.Channel || r.Column != p.Column || r.Planned != nil && r.Planned.Seen.Before(p.Gone) { // it was announced beside it: no other in its place
				continue
			}
			at := r.Start
			if r.Planned != nil {
				at = r.Planned.Start
			}
			if d := at.Sub(p.Start).Abs(); d < far || d == far && best >= 0 && at.Before(runs[best].Start) {
				best, far = i, d
			}
		}
		switch {
		case best >= 0:
			runs[best].Was = append(runs[best].Was, p)
		case slices.ContainsFunc(runs[n:], func(r Run) bool { return r.Channel == p.Channel && r.Start.Equal(p.Start) && r.Column == p.Column }):
		default:
			runs = append(runs, Run{State: Withdrawn, Channel: p.Channel, Column: p.Column, Programme: p.Programme, Start: p.Start, Was: []media.Planned{p}})
		}
	}
	return runs
}

// uploaded puts every upload beside the transmission it is of: that of the day its
// title names, else the latest first run before it within a week. One that goes with none is
// a question where the log covers those days.
func (obs Observation) uploaded(runs []Run, near func(time.Time) bool) []Run {
	ups := slices.Clone(obs.Uploads)
	slices.SortFunc(ups, func(a, b media.Upload) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	n := len(runs)
	for _, u := range ups {
		if u.Column == "" || !near(u.At) {
			continue
		}
		of := uploadOf(u)
		best := -1
		for i := range runs[:n] {
			r := &runs[i]
			if r.Channel != u.Channel || r.Column != u.Column || r.State == Withdrawn || r.State == Coming || r.Start.Before(of.From) || !r.Start.Before(of.To) {
				continue
			}
			if best < 0 || r.first() && !runs[best].first() || r.first() == runs[best].first() && r.Start.After(runs[best].Start) {
				best = i
			}
		}
		if best >= 0 {
			if runs[best].Uploads = append(runs[best].Uploads, u); runs[best].State == Dropped {
				runs[best].State = UploadedOnly
			}
			continue
		}
		r := Run{State: AwaitingLog, Channel: u.Channel, Column: u.Column, Programme: u.Title, Start: u.At, Uploads: []media.Upload{u}}
		if of.To.Sub(of.From) <= oneDay { // the title says the day: what is kept is kept from then on
			r.Start = of.From
		}
		if len(subtract(of, obs.Spans["log:"+u.Channel])) == 0 {
			r.State = UploadedOnly
		}
		runs = append(runs, r)
	}
	return runs
}

// first reports whether it was a first run, or was to be one: that is what people upload.
func (r Run) first() bool {
	if len(r.Aired) > 0 {
		return r.Aired[0].FirstRun
	}
	return r.Planned != nil && r.Planned.Run != "repeat"
}

// uploadOf is when the transmission began that an upload is of: on the day that its
// title names, else within the week before it.
func uploadOf(u media.Upload) Span {
	if d, ok := viet.ParseDate(u.Title, viet.DateOptions{}); ok {
		if day := calendar.Day(d.Time); !day.After(u.At) && u.At.Sub(day) <= 4*mostUpload {
			return Span{day, day.AddDate(0, 0, 1)}
		}
	}
	to := u.At.Add(second)
	if u.Precision == media.ToDay {
		to = u.At.Add(uploadLead)
	}
	return Span{u.At.Add(-mostUpload), to}
}

// Tally counts the three facts of some runs, and what became of them.
type Tally struct {
	Planned, Aired, Uploaded int // transmissions announced before their time, on the air, uploaded
	Moved, Shorter, Longer   int // of those that were changed
	States                   map[RunState]int
}

// TallyOf counts runs.
func TallyOf(runs []Run) Tally {
	t := Tally{States: map[RunState]int{}}
	for _, r := range runs {
		t.States[r.State]++
		if r.Planned != nil {
			t.Planned++
		}
		if len(r.Aired) > 0 {
			t.Aired++
		}
		if len(r.Uploads) > 0 {
			t.Uploaded++
		}
		if r.State != RunChanged {
			continue
		}
		if r.Moved.Abs() > SlackStart {
			t.Moved++
		}
		if r.Longer < -SlackLength {
			t.Shorter++
		}
		if r.Longer > SlackLength {
			t.Longer++
		}
	}
	return t
}
