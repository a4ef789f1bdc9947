// Package propose says what could fill the coming weeks: which pieces of the
// agencies a newspaper or station could take up so that topics and agencies get
// balanced coverage, and at which times a station could broadcast so that the
// plan is met. Its answers are for reference: it decides nothing, and it judges
// nothing by itself, for what would count is asked of schedule.Match. It is
// pure: no I/O, no clock, the same answer for the same question.
package propose

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// Options are the levels of reference that a choice of pieces goes by.
type Options struct {
	Now    time.Time
	Fresh  int // days: older pieces are not proposed; 0: 60
	Silent int // days: an agency not told of for so long comes first; 0: 60
	Each   int // pieces in one column or broadcast; 0: 3
}

// Filled puts the levels of reference in where none is named.
func (o Options) Filled() Options {
	o.Fresh, o.Silent, o.Each = cmp.Or(o.Fresh, 60), cmp.Or(o.Silent, 60), cmp.Or(o.Each, 3)
	return o
}

// Opening is a coming column or broadcast that pieces are wanted for.
type Opening struct {
	Quota, Owner, Period string
	From, To             time.Time // To exclusive; From is never before now
	Missing              int       // columns or broadcasts still wanted
	Room                 int       // pieces they hold together
	Topics               []string  // only these, nil: any
}

// Openings lists what an outlet still owes, open and coming, of the quotas that
// are columns and broadcasts, earliest first. standings are those of now with
// those ahead (schedule.Ahead).
func Openings(p *schedule.Plan, standings []schedule.Standing, outlet string, until time.Time, o Options) []Opening {
	o = o.Filled()
	var out []Opening
	for _, s := range standings {
		q := quotaOf(p, s.Quota)
		if s.Owner != outlet || q == nil || q.Kind != "airing" && q.Kind != "instalments" || !s.End.After(o.Now) || !s.Start.Before(until) || s.State == schedule.Exempt {
			continue
		}
		missing := 0
		for _, m := range s.Measures {
			if m.Name == "count" {
				missing = int(math.Ceil(m.Shortfall))
			}
		}
		if missing <= 0 {
			continue
		}
		open := Opening{Quota: s.Quota, Owner: outlet, Period: s.Period, From: later(s.Start, o.Now), To: s.End, Missing: missing, Room: missing * o.Each}
		for _, c := range q.Conditions {
			if c.Name == "topics" {
				open.Topics = c.List
			}
		}
		out = append(out, open)
	}
	slices.SortStableFunc(out, func(a, b Opening) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	return out
}

func quotaOf(p *schedule.Plan, id string) *schedule.Quota {
	for i := range p.Quotas {
		if p.Quotas[i].ID == id {
			return &p.Quotas[i]
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Piece is a piece of an agency that no newspaper or station has carried.
type Piece struct {
	Evidence media.Evidence
	At       time.Time // its date, or its first sight
	Agency   string
	Topics   []string
	Contents []int    // of Plan.Contents: those that topics do not say
	Words    []string // the words of Contents, one for each
	With     []string // other agencies that publish the same
}

// Pool is what there is to choose from, and what was told of before.
type Pool struct {
	Outlet string
	Pieces []Piece // newest first
	Taken  int     // left out: a newspaper or station carried it, or it is theirs
	Repost int     // left out: another's work
	Waits  int     // left out: a person has still to say whether it is about reform

	plan    *schedule.Plan
	opt     Options
	quarter calendar.Period
	topics  map[string]int    // pieces of the outlet in the quarter, by topic
	content map[int]int       // likewise, by content
	agency  map[string]int    // pieces of the outlet in the last Silent days, by agency
	names   map[string]string // of agencies, for reasons
	byShort map[string]string // agency by the name that Evidence.Elsewhere gives
	bodies  schedule.Bodies
}

// Gather makes the pool for one newspaper or station out of the evidence of a
// plan. A piece is taken up already if a newspaper or station has one of its
// group of copies, or of the same title, or if its own credit line names one.
func Gather(p *schedule.Plan, ev []media.Evidence, outlet string, o Options) *Pool {
	o = o.Filled()
	pool := &Pool{Outlet: outlet, plan: p, opt: o, quarter: calendar.At(calendar.Quarter, o.Now),
		topics: map[string]int{}, content: map[int]int{}, agency: map[string]int{}, names: map[string]string{}, byShort: map[string]string{}, bodies: p.Bodies()}
	press := map[string]bool{}
	for _, a := range p.Agencies {
		pool.names[a.ID] = cmp.Or(a.Short, a.Name)
		pool.byShort[a.Short] = a.ID
		press[a.ID] = a.Level == media.Press
	}
	for _, c := range p.Channels { // a log need not say whose channel it is
		press["log:"+c.ID] = true
	}
	groups, titles := map[string]bool{}, map[string]bool{}
	ours := map[string]bool{} // groups that the outlet told of lately
	for _, e := range ev {
		if !press[e.Agency] && !press[e.Source] || placed(e).After(o.Now) {
			continue
		}
		if e.Copy != nil {
			groups[e.Copy.Group] = true
		}
		for _, t := range titlesOf(e) {
			titles[t] = true
		}
		if e.Agency == outlet {
			pool.told(e)
			if e.Copy != nil && pool.lately(e) {
				ours[e.Copy.Group] = true
			}
		}
	}
	first := map[string]int{} // group → place in Pieces
	for _, e := range ev {
		at, v := placed(e), e.Verdict
		if e.Copy != nil && ours[e.Copy.Group] && !press[e.Agency] { // its own words were carried
			pool.agency[e.Agency]++
		}
		if e.Kind != media.EvItem || press[e.Agency] || e.Listed || v == nil || pool.names[e.Agency] == "" || at.After(o.Now) || calendar.DaysBetween(at, o.Now) > o.Fresh {
			continue
		}
		switch {
		case schedule.Waits(e):
			pool.Waits++
			continue
		case !v.Reform:
			continue
		case e.Copy != nil && groups[e.Copy.Group], titles[viet.Fold(e.Title)], e.Repost && pool.credits(press, e.Credit):
			pool.Taken++
			continue
		case e.Repost:
			pool.Repost++
			continue
		}
		x := Piece{Evidence: e, At: at, Agency: e.Agency, Topics: v.Topics}
		x.Contents, x.Words = pool.contents(v, at)
		key := e.ID
		if e.Copy != nil {
			key = e.Copy.Group
		}
		i, had := first[key]
		switch {
		case !had:
			first[key] = len(pool.Pieces)
			pool.Pieces = append(pool.Pieces, x)
		case older(x, pool.Pieces[i]):
			x.With = append(pool.Pieces[i].With, pool.Pieces[i].Agency)
			pool.Pieces[i] = x
		case x.Agency != pool.Pieces[i].Agency:
			pool.Pieces[i].With = append(pool.Pieces[i].With, x.Agency)
		}
	}
	for i := range pool.Pieces {
		x := &pool.Pieces[i]
		slices.Sort(x.With)
		x.With = slices.DeleteFunc(slices.Compact(x.With), func(a string) bool { return a == x.Agency })
	}
	slices.SortFunc(pool.Pieces, func(a, b Piece) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Evidence.ID, b.Evidence.ID)) })
	return pool
}

func older(a, b Piece) bool {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Evidence.ID, b.Evidence.ID)) < 0
}

// placed is when a piece was out: its date, or its first sight if it has none.
func placed(e media.Evidence) time.Time {
	if e.Precision == media.NoDate {
		return e.Seen
	}
	return e.At
}

// shortTitle is the least length of a folded title that tells a piece: shorter
// ones («Tin vắn») are many pieces'.
const shortTitle = 25

// titlesOf are the folded titles by which what an outlet carried is known again.
func titlesOf(e media.Evidence) []string {
	all := []string{e.Title}
	if e.Airing != nil {
		all = append(all, e.Airing.Title)
	}
	var out []string
	for _, t := range all {
		if t = viet.Fold(t); len(t) >= shortTitle {
			out = append(out, t)
		}
	}
	return out
}

// credits reports whether a credit line names a newspaper or station of the plan.
func (pool *Pool) credits(press map[string]bool, credit string) bool {
	line := spaced(credit)
	for _, a := range pool.plan.Agencies {
		if !press[a.ID] {
			continue
		}
		for _, name := range append([]string{a.Name, a.Short}, a.Aliases...) {
			if name = spaced(name); len(name) >= shortName && strings.Contains(line, name) {
				return true
			}
		}
	}
	return false
}

// shortName is the least length of a name, with the spaces around it, that is
// looked for in a credit line.
const shortName = 5

// spaced folds a text into words with one space around each.
func spaced(s string) string {
	words := strings.FieldsFunc(viet.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return " " + strings.Join(words, " ") + " "
}

// told counts what the outlet told of: topics and contents in the quarter,
// agencies in the last days. A broadcast has no verdict: it counts for the
// agencies that its title names, if it is of a column. An item inside a programme
// has the topics that its column was agreed on or its station declares, and its
// guests' offices.
func (pool *Pool) told(e media.Evidence) {
	v, at := e.Verdict, placed(e)
	said := ""
	switch s := e.Segment; {
	case v != nil && (!v.Reform || schedule.Waits(e)), v == nil && s == nil && e.Column == "":
		return
	case s != nil && (!s.FirstRun || len(pool.plan.Declared(e)) == 0):
		return
	case s != nil:
		for _, g := range s.Guests {
			said += ". " + g.Body
		}
	}
	if pool.quarter.Contains(at) {
		topics := pool.plan.Declared(e)
		if v != nil {
			topics = v.Topics
			cs, _ := pool.contents(v, at)
			for _, c := range cs {
				pool.content[c]++
			}
		}
		for _, t := range topics {
			pool.topics[t]++
		}
	}
	if !pool.lately(e) {
		return
	}
	named := e.Elsewhere
	if named == nil {
		named = pool.bodies.Elsewhere(pool.Outlet, e.Title, said)
	}
	for _, short := range named {
		if id := pool.byShort[short]; id != "" {
			pool.agency[id]++
		}
	}
}

func (pool *Pool) lately(e media.Evidence) bool {
	return calendar.DaysBetween(placed(e), pool.opt.Now) <= pool.opt.Silent
}

// contents are those of the plan's contents that a piece tells of and that its
// topics do not say already.
func (pool *Pool) contents(v *media.Verdict, at time.Time) (which []int, words []string) {
	if len(v.Facets) == 0 {
		return nil, nil
	}
	for i, c := range pool.plan.Contents {
		if len(c.Topics) > 0 {
			continue
		}
		if w, ok := pool.plan.Tells(c, v, at); ok {
			which = append(which, i)
			words = append(words, first(w))
		}
	}
	return which, words
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}
