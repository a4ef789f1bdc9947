package schedule_test

// What the oracle needs of the calendar, of document numbers and of single
// conditions, by hand.

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

func midnight(t time.Time) time.Time {
	y, m, d := t.In(calendar.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, calendar.Zone)
}

func stamp(t time.Time) string { return t.In(calendar.Zone).Format(time.RFC3339) }

// workingDays are those after the day of a up to that of b.
func workingDays(cal *calendar.Calendar, a, b time.Time) int {
	n := 0
	for d := midnight(a).AddDate(0, 0, 1); !d.After(b); d = d.AddDate(0, 0, 1) {
		if _, off := cal.Off[d.Format("2006-01-02")]; !off && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
			n++
		}
	}
	return n
}

// term is one period an owner owes, with the quota as it is defined for it.
type term struct {
	id         string
	start, end time.Time
	q          *schedule.Quota
}

// named lists 2023's periods of a cadence.
func named(c calendar.Cadence) []term {
	var out []term
	switch c {
	case calendar.Week:
		for monday := day(2023, 1, 2); monday.Before(day(2024, 1, 1)); monday = monday.AddDate(0, 0, 7) {
			_, w := monday.ISOWeek()
			out = append(out, term{id: fmt.Sprintf("2023-W%02d", w), start: monday, end: monday.AddDate(0, 0, 7)})
		}
	case calendar.Month, calendar.Month14:
		for m := 1; m <= 12; m++ {
			id := fmt.Sprintf("2023-%02d", m)
			if c == calendar.Month {
				out = append(out, term{id: id, start: day(2023, m, 1), end: day(2023, m+1, 1)})
			} else {
				out = append(out, term{id: id + "@14", start: day(2023, m-1, 15), end: day(2023, m, 15)})
			}
		}
	case calendar.Quarter, calendar.Quarter14:
		for i := 1; i <= 4; i++ {
			id := fmt.Sprintf("2023-Q%d", i)
			if c == calendar.Quarter {
				out = append(out, term{id: id, start: day(2023, 3*i-2, 1), end: day(2023, 3*i+1, 1)})
			} else {
				out = append(out, term{id: id + "@14", start: day(2023, 3*i-3, 15), end: day(2023, 3*i, 15)})
			}
		}
	}
	return out
}

func holds(from, to, t time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || t.Before(to))
}

// terms lists what one agency owes of a quota, in order.
func terms(p *schedule.Plan, last schedule.Quota, a media.Agency) []term {
	defs := append(slices.Clone(last.Was), schedule.Was{Until: day(9999, 1, 1), Quota: last})
	var out []term
	for i, def := range defs {
		q := &def.Quota
		owes := a.ID == q.Owner.Agency || q.Owner.Agency == "" && slices.Contains(q.Owner.Each, a.Level)
		all := named(q.Cadence)
		if q.Cadence == calendar.Once {
			from, to := p.From, p.To
			if !q.From.IsZero() {
				from = q.From
			}
			if !q.Deadline.IsZero() {
				to = q.Deadline
			}
			if all = nil; from.Before(to) {
				all = []term{{id: from.Format("2006-01-02") + ".." + to.AddDate(0, 0, -1).Format("2006-01-02"), start: from, end: to}}
			}
		}
		for _, t := range all {
			mid := t.start.Add(t.end.Sub(t.start) / 2)
			planned := q.Cadence == calendar.Once || holds(p.From, p.To, mid) && holds(q.From, q.To, mid)
			inForce := t.start.Before(def.Until) && (i == 0 || !t.start.Before(defs[i-1].Until))
			if t.q = q; owes && planned && inForce && holds(a.From, a.To, mid) && holds(a.From, a.To, t.end.Add(-1)) {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, func(a, b term) int { return a.start.Compare(b.start) })
	return out
}

// numberForm is how the drawn titles write numbers: «12/QĐ-UBND», perhaps with «ngày 06/03/2023» behind it.
var numberForm = regexp.MustCompile(`(\d+)/QĐ-UBND(?: ngày (\d\d)/(\d\d)/(\d{4}))?`)

type document struct {
	number string
	signed time.Time // zero if not printed
}

// posts is the decision that a title posts: the first it names before any that it replaces.
func posts(title string) []document {
	for _, other := range []string{"thay thế", "sửa đổi", "bãi bỏ", "căn cứ"} {
		title, _, _ = strings.Cut(title, other)
	}
	ds := documents(title)
	return ds[:min(1, len(ds))]
}

func documents(title string) []document {
	var out []document
	for _, m := range numberForm.FindAllStringSubmatch(title, -1) {
		n, _ := strconv.Atoi(m[1])
		d := document{number: fmt.Sprintf("%02d/QĐ-UBND", n)}
		if m[2] != "" {
			dd, _ := strconv.Atoi(m[2])
			mm, _ := strconv.Atoi(m[3])
			yy, _ := strconv.Atoi(m[4])
			d.signed = day(yy, mm, dd)
		}
		i := slices.IndexFunc(out, func(o document) bool { return o.number == d.number })
		if i < 0 {
			out = append(out, d)
		} else if out[i].signed.IsZero() { // named twice: the first place with a day counts
			out[i].signed = d.signed
		}
	}
	return out
}

// has reports whether a quota names a condition.
func has(q *schedule.Quota, name string) bool {
	return slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == name })
}

func byPlan(b schedule.Basis) bool { return b != schedule.ByReference }

func plain(b schedule.Basis) schedule.Basis {
	if byPlan(b) {
		return schedule.ByPlan
	}
	return schedule.ByReference
}

// why writes a reason: a code, then its arguments by name.
func why(code string, kv ...any) schedule.Reason {
	r := schedule.Reason{Code: code}
	for i := 0; i < len(kv); i += 2 {
		if r.Args == nil {
			r.Args = map[string]any{}
		}
		r.Args[kv[i].(string)] = kv[i+1]
	}
	return r
}

var ofItems = []string{"reform", "column", "topics", "no_repost", "decision"}
var ofAirings = []string{"min_minutes", "theme", "first_run", "in_window"}

// sees reports whether a quota looks at a kind of evidence of its owner.
func sees(q *schedule.Quota, k media.EvidenceKind) bool {
	is := func(kinds ...string) bool { return slices.Contains(kinds, q.Kind) }
	asks := func(names []string) bool {
		return slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return slices.Contains(names, c.Name) })
	}
	switch k {
	case media.EvDeclared:
		return false
	case media.EvAttestation:
		return (q.Attestable || q.Class == schedule.Proc) && !is("lag", "answered", "availability")
	case media.EvProcedure:
		return is("lag")
	case media.EvQuestion:
		return is("answered")
	case media.EvPrint:
		return q.Print && is("instalments", "regular", "count", "exists", "encouraged")
	case media.EvAiring:
		return is("airing") || is("regular", "count", "encouraged") && asks(ofAirings)
	}
	return is("instalments") || is("deadline", "regular", "count", "exists", "lag", "encouraged") && asks(ofItems)
}

// found is what one condition says of a piece.
type found struct {
	ok, open, near bool // open: the verdict may still change; near: short by no more than the tolerance, or a posting without its number
	why            schedule.Reason
}

func columnNames(p *schedule.Plan, ids ...string) []string {
	var out []string
	for _, id := range ids {
		name := id
		for _, c := range p.Columns {
			if c.ID == id {
				name = c.Name
			}
		}
		out = append(out, name)
	}
	return out
}

// ask puts one condition to a piece it can be asked of.
func ask(p *schedule.Plan, q *schedule.Quota, c schedule.Condition, e media.Evidence) found {
	v, open := e.Verdict, e.Verdict == nil || e.Decided == "" && (e.Verdict.Review || e.Unread)
	switch c.Name {
	case "reform":
		switch {
		case v == nil:
			return found{open: true, why: why("not_judged")}
		case !v.Reform:
			return found{open: open, why: why("not_reform", "score", v.Score)}
		}
		return found{ok: true, why: why("is_reform", "score", v.Score, "by", e.Decided, "terms", heaviest(v.Cues))}
	case "topics":
		if v == nil {
			return found{open: true, why: why("not_judged")}
		}
		var hit []string
		for _, t := range v.Topics {
			for _, w := range c.List {
				if t == w {
					hit = append(hit, t)
				}
			}
		}
		if hit == nil {
			return found{open: open, why: why("wrong_topic", "topics", v.Topics)}
		}
		return found{ok: true, why: why("topic", "topics", hit)}
	case "column":
		for _, id := range c.List {
			if id == e.Column {
				return found{ok: true, why: why("in_column", "column", columnNames(p, id)[0])}
			}
		}
		return found{why: why("not_in_column", "column", columnNames(p, c.List...), "section", e.Section)}
	case "no_repost":
		return found{ok: !e.Repost, why: why("is_repost", "credit", e.Credit)}
	case "decision":
		t := strings.ToLower(e.Title)
		publishes := strings.Contains(t, "công bố") && (strings.Contains(t, "thủ tục hành chính") || strings.Contains(t, "tthc"))
		return found{ok: len(posts(e.Title)) > 0 && publishes, near: publishes, why: why("not_decision")}
	}
	a := e.Airing
	switch c.Name {
	case "min_minutes":
		whole := int(a.Duration.Seconds())
		short := time.Duration(c.Value)*time.Minute - a.Duration
		if short <= 0 {
			return found{ok: true, why: why("long_enough", "minutes", whole/60, "seconds", whole%60, "wanted", c.Value)}
		}
		r := why("too_short", "minutes", whole/60, "seconds", whole%60, "wanted", c.Value, "at", stamp(a.Start))
		near := short.Seconds() <= float64(q.Tolerance)
		if near {
			n := int(short.Seconds())
			if float64(n) < short.Seconds() {
				n++
			}
			r.Args["short_seconds"] = n
		}
		return found{near: near, why: r}
	case "theme":
		if slices.Contains(c.List, a.Column) {
			return found{ok: true, why: why("theme", "column", columnNames(p, a.Column)[0])}
		}
		return found{why: why("wrong_theme", "programme", a.Programme)}
	case "first_run":
		if a.FirstRun {
			return found{ok: true, why: why("first_run")}
		}
		return found{why: why("is_repeat", "at", stamp(a.Start))}
	case "in_window":
		return askWindow(p, q, a)
	}
	panic("no condition " + c.Name)
}

// askWindow walks the airing minute by minute: it has to begin in a window and
// to stay in it for the wanted minutes.
func askWindow(p *schedule.Plan, q *schedule.Quota, a *media.Airing) found {
	medium, wanted := a.Medium, 0
	if medium == "" {
		medium = map[string]string{"tv": "tv", "fm": "radio"}[a.Channel]
	}
	for _, c := range q.Conditions {
		if c.Name == "min_minutes" {
			wanted = c.Value
		}
	}
	began, longest, hold := false, 0, map[string]bool{}
	for _, w := range p.Windows {
		hm := func(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }
		if today := midnight(a.Start); w.Medium == medium && (holds(w.From, w.To, today) || w.ToMinute < w.FromMinute && w.ToMinute > 0 && holds(w.From, w.To, today.AddDate(0, 0, -1))) {
			hold[hm(w.FromMinute)+"–"+hm(w.ToMinute)] = true
		}
		inside := func(t time.Time) bool { // t in w, by the clock on the wall
			l := t.In(calendar.Zone)
			m, evening := l.Hour()*60+l.Minute(), midnight(t)
			if w.ToMinute < w.FromMinute && m < w.ToMinute { // after midnight: the window of the evening before
				m, evening = m+24*60, evening.AddDate(0, 0, -1)
			}
			to := w.ToMinute
			if to < w.FromMinute {
				to += 24 * 60
			}
			return w.Medium == medium && holds(w.From, w.To, evening) && m >= w.FromMinute && m < to
		}
		if !inside(a.Start) {
			continue
		}
		began = true
		seconds := 0
		for time.Duration(seconds+1)*time.Second <= a.Duration && inside(a.Start.Add(time.Duration(seconds)*time.Second)) {
			seconds++
		}
		longest = max(longest, seconds)
		enough := a.Duration >= time.Duration(wanted)*time.Minute
		for i := range wanted {
			enough = enough && inside(a.Start.Add(time.Duration(i)*time.Minute))
		}
		if last := a.Start.Add(time.Duration(wanted)*time.Minute - 1); wanted > 0 && !inside(last) {
			enough = false
		}
		if enough {
			return found{ok: true, why: why("in_window", "window", hm(w.FromMinute)+"–"+hm(w.ToMinute))}
		}
	}
	list := slices.Sorted(maps.Keys(hold))
	if began {
		return found{why: why("not_enough_inside", "at", stamp(a.Start), "windows", list, "minutes", longest/60, "seconds", longest%60, "wanted", wanted)}
	}
	return found{why: why("outside_window", "at", stamp(a.Start), "windows", list)}
}

// heaviest are the five heaviest terms, each once.
func heaviest(cues []media.Cue) []string {
	out := []string{}
	for len(out) < 5 {
		best := -1
		for i, c := range cues {
			if c.Weight > 0 && !slices.Contains(out, c.Term) && (best < 0 || c.Weight > cues[best].Weight) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		out = append(out, cues[best].Term)
	}
	return out
}
