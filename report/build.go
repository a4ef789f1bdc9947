package report

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// Build makes the report of one period.
//
// A quota's own periods never align with the report's: schedule.Where says
// which rows are told here and which of these only as in progress. So a week
// belongs to the month of its Sunday, February to the window from 15 February
// to 14 March, and a deadline to the report that holds its last day.
func Build(in Input) Report {
	b := builder{in: in, names: NamesOf(in.Plan)}
	for _, c := range in.Evaluation.Matching.Credits {
		k := key{c.Quota, c.Owner, c.Period}
		b.credits = add(b.credits, k, c)
	}
	for _, r := range in.Evaluation.Matching.Rejections {
		k := key{r.Quota, r.Owner, r.Period}
		b.rejections = add(b.rejections, k, r)
	}
	p := in.Plan
	r := Report{
		Plan:   PlanRef{p.ID, p.Number, p.Title, p.Issuer, p.Issued, p.Version},
		Period: PeriodRef{in.Period.ID, in.Period.Name(), in.Period.Start, in.Period.End, !in.Now.Before(in.Period.End)},
		Now:    in.Now, Evaluated: in.Evaluation.Now, Sample: p.Sample,
		Closing: closingRef(in.Closing), Proposals: in.Proposals, Proposed: []RowRef{},
		Duties: []Duty{}, Broadcasts: []Broadcast{}, Columns: []Columns{}, Regulars: []Regular{}, Deadlines: []Deadline{},
	}
	for _, q := range p.Quotas {
		d := b.duty(q)
		if len(d.Rows) == 0 {
			continue
		}
		r.Duties = append(r.Duties, d)
		if d.Basis == schedule.ByPlan {
			r.ByPlan.join(d.Tally)
		} else {
			r.Reference.join(d.Tally)
		}
		switch q.Kind {
		case "airing":
			r.Broadcasts = append(r.Broadcasts, b.broadcasts(q, d)...)
		case "instalments":
			r.Columns = append(r.Columns, b.columns(q, d)...)
		case "regular":
			r.Regulars = append(r.Regulars, b.regular(q, d))
		case "deadline":
			r.Deadlines = append(r.Deadlines, b.deadline(q, d))
		}
	}
	for _, p := range in.Evaluation.Proposals {
		if in.Closing != nil && p.Closing == in.Closing.ID {
			r.Proposed = append(r.Proposed, RowRef{p.Quota, p.Owner, p.Period})
		}
	}
	r.Topics = b.topics()
	r.Data = b.data(r.Duties)
	return r
}

type key struct{ quota, owner, period string }

type builder struct {
	in         Input
	names      Names
	credits    map[key][]schedule.Credit
	rejections map[key][]schedule.Rejection
}

func add[V any](m map[key][]V, k key, v V) map[key][]V {
	if m == nil {
		m = map[key][]V{}
	}
	m[k] = append(m[k], v)
	return m
}

func (b builder) duty(q schedule.Quota) Duty {
	d := Duty{Quota: q.ID, Title: q.Title, Place: q.Place, Class: q.Class, Kind: q.Kind, Basis: q.Basis, Note: q.Basisnote,
		Owner: b.names.Owner(q.Owner), Wanted: q.Wanted, Unit: unitOf(q.Kind), MaxGap: q.MaxGap, Cadence: string(q.Cadence), Rows: []Row{}}
	if !q.Deadline.IsZero() {
		d.Deadline = &q.Deadline
	}
	for _, s := range b.in.Evaluation.Standings {
		if s.Quota != q.ID {
			continue
		}
		told, whole := schedule.Where(b.in.Plan, b.in.Calendar, s, b.in.Period)
		if !told {
			continue
		}
		row := rowOf(b.in.Plan, s)
		row.OwnerName, row.InProgress = b.names.Agency(s.Owner), !whole
		for _, c := range b.credits[key{s.Quota, s.Owner, s.Period}] {
			row.Credits = append(row.Credits, piece(c.Evidence))
		}
		slices.SortStableFunc(row.Credits, func(a, b Piece) int { return a.At.Compare(b.At) })
		d.Tally.add(row)
		d.Rows = append(d.Rows, row)
		if m, ok := measure(s.Measures, "count"); ok {
			d.Unit = m.Unit
		}
	}
	slices.SortStableFunc(d.Rows, func(a, b Row) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Owner, b.Owner))
	})
	return d
}

// rowOf is a standing without its pieces.
func rowOf(p *schedule.Plan, s schedule.Standing) Row {
	period := calendar.Period{ID: s.Period, Start: s.Start, End: s.End}
	row := Row{Owner: s.Owner, Period: s.Period, PeriodName: period.Name(), Start: s.Start, End: s.End, State: s.State, Confirmed: s.Confirmed,
		Risk: s.Risk, Measures: s.Measures, Reasons: s.Reasons, Credits: []Piece{}, Shadow: s.Shadow()}
	if i := slices.IndexFunc(p.Quotas, func(q schedule.Quota) bool { return q.ID == s.Quota }); i >= 0 {
		row.Statistics = statistics(definition(p.Quotas[i], s.Start))
	}
	return row
}

// definition is the quota as it was defined for a period that begins at start.
func definition(q schedule.Quota, start time.Time) schedule.Quota {
	for _, w := range q.Was {
		if start.Before(w.Until) {
			return w.Quota
		}
	}
	return q
}

// statistics reports whether a quota is only counted: the plan encourages it,
// or asks for it «nếu có», without a number.
func statistics(q schedule.Quota) bool {
	bounded := q.Kind == "lag" || q.Kind == "availability" || q.Kind == "deadline"
	return q.Class == schedule.Enc || q.Kind == "encouraged" || q.Wanted == 0 && !bounded
}

func piece(e media.Evidence) Piece {
	return Piece{ID: e.ID, Kind: e.Kind, Title: e.Title, URL: e.URL, At: e.At, Grade: e.Grade}
}

func measure(ms []schedule.Measure, name string) (schedule.Measure, bool) {
	for _, m := range ms {
		if m.Name == name {
			return m, true
		}
	}
	return schedule.Measure{}, false
}

// owners lists the owners of a duty's rows, in the order they first come.
func owners(d Duty) []string {
	var out []string
	for _, r := range d.Rows {
		if !slices.Contains(out, r.Owner) {
			out = append(out, r.Owner)
		}
	}
	return out
}

func (b builder) broadcasts(q schedule.Quota, d Duty) []Broadcast {
	var out []Broadcast
	for _, owner := range owners(d) {
		bc := Broadcast{Quota: q.ID, Basis: q.Basis, Owner: owner, OwnerName: b.names.Agency(owner), Airings: []Airing{}}
		for _, r := range d.Rows {
			if r.Owner != owner || r.InProgress {
				continue
			}
			bc.Tally.add(r)
			if !b.in.Now.Before(r.End) {
				bc.Closed++
			}
			k := key{q.ID, owner, r.Period}
			for _, c := range b.credits[k] {
				bc.airing(b, r, c.Evidence, nil)
			}
			for _, x := range b.rejections[k] {
				if ofColumn(q, x.Evidence) {
					bc.airing(b, r, x.Evidence, &x.Reason)
				}
			}
		}
		slices.SortStableFunc(bc.Airings, func(a, b Airing) int { return a.At.Compare(b.At) })
		var lengths []int
		for _, a := range bc.Airings {
			if a.Counted {
				bc.Counted++
			}
			if !a.FirstRun {
				bc.Repeats++
				continue
			}
			bc.FirstRuns++
			bc.Seconds += a.Seconds
			lengths = append(lengths, a.Seconds)
			if a.InWindow {
				bc.InWindow++
			}
		}
		if len(lengths) > 0 {
			bc.Shortest, bc.Median = slices.Min(lengths), int(median(lengths))
		}
		out = append(out, bc)
	}
	return out
}

// ofColumn reports whether a piece is an airing of the quota's column: other
// programmes are among the rejections too.
func ofColumn(q schedule.Quota, e media.Evidence) bool {
	for _, c := range q.Conditions {
		if c.Name == "theme" {
			return e.Airing != nil && slices.Contains(c.List, e.Airing.Column)
		}
	}
	return true
}

func (bc *Broadcast) airing(b builder, r Row, e media.Evidence, why *schedule.Reason) {
	if e.Airing == nil {
		return
	}
	bc.Airings = append(bc.Airings, Airing{Piece: piece(e), Period: r.Period, Channel: e.Airing.Channel, Seconds: int(e.Airing.Duration / time.Second),
		FirstRun: e.Airing.FirstRun, InWindow: b.inWindow(*e.Airing), Counted: why == nil, Why: why})
}

// inWindow reports whether an airing starts in an audience window of its medium.
func (b builder) inWindow(a media.Airing) bool {
	medium := a.Medium
	for _, c := range b.in.Plan.Channels {
		if medium == "" && c.ID == a.Channel {
			medium = c.Medium
		}
	}
	at := a.Start.In(calendar.Zone)
	minute := at.Hour()*60 + at.Minute()
	for _, w := range b.in.Plan.Windows {
		if w.Medium != medium || !w.From.IsZero() && at.Before(w.From) || !w.To.IsZero() && !at.Before(w.To) {
			continue
		}
		inside := minute >= w.FromMinute && minute < w.ToMinute
		if w.ToMinute <= w.FromMinute { // over midnight
			inside = minute >= w.FromMinute || minute < w.ToMinute
		}
		if inside {
			return true
		}
	}
	return false
}

func (b builder) columns(q schedule.Quota, d Duty) []Columns {
	var out []Columns
	for _, owner := range owners(d) {
		c := Columns{Quota: q.ID, Basis: q.Basis, Owner: owner, OwnerName: b.names.Agency(owner), Rows: []Row{}}
		for _, r := range d.Rows {
			if r.Owner != owner {
				continue
			}
			c.Rows = append(c.Rows, r)
			c.Tally.add(r)
			if !r.InProgress {
				c.Wanted += q.Wanted
				c.Counted += len(r.Credits)
			}
		}
		for _, e := range b.items() {
			if e.Agency == owner && e.Verdict != nil && e.Verdict.Reform {
				c.Items++
			}
		}
		out = append(out, c)
	}
	return out
}

// items are the items dated in the report's period, each once.
func (b builder) items() []media.Evidence {
	var out []media.Evidence
	seen := map[string]bool{}
	for _, e := range b.in.Evaluation.Evidence {
		if e.Kind == media.EvItem && e.Precision != media.NoDate && b.in.Period.Contains(e.At) && !seen[e.ID] {
			seen[e.ID] = true
			out = append(out, e)
		}
	}
	return out
}

func (b builder) regular(q schedule.Quota, d Duty) Regular {
	r := Regular{Quota: q.ID, Title: q.Title, Basis: q.Basis, Each: q.Owner.Agency == "", Tally: d.Tally,
		Zero: []OwnerFigure{}, Unknown: []OwnerFigure{}, PerOwner: []OwnerFigure{}}
	var counts []int
	for _, owner := range owners(d) {
		f := OwnerFigure{Owner: owner, Name: b.names.Agency(owner)}
		seen := map[string]bool{}
		for _, row := range d.Rows {
			if row.Owner != owner {
				continue
			}
			for _, p := range row.Credits {
				if b.in.Period.Contains(p.At) && !seen[p.ID] {
					seen[p.ID] = true
					f.Pieces++
				}
			}
			f.Unknown = f.Unknown || row.State == schedule.Insufficient
			if m, ok := measure(row.Measures, "gap"); ok && (f.GapDays == nil || m.Delivered > *f.GapDays) {
				f.GapDays = &m.Delivered
			}
		}
		if f.Unknown {
			f.GapDays = nil // what was not seen may lie in the gap
		}
		r.PerOwner = append(r.PerOwner, f)
		r.Pieces += f.Pieces
		if f.Unknown {
			r.Unknown = append(r.Unknown, f)
			continue
		}
		r.Binding++
		counts = append(counts, f.Pieces)
		if f.Pieces > 0 {
			r.With++
		} else {
			r.Zero = append(r.Zero, f)
		}
		if f.GapDays != nil && (r.Longest == nil || *f.GapDays > *r.Longest) {
			r.Longest = f.GapDays
		}
	}
	if len(counts) > 0 {
		r.Median = median(counts)
	}
	return r
}

func (b builder) deadline(q schedule.Quota, d Duty) Deadline {
	out := Deadline{Quota: q.ID, Title: q.Title, Basis: q.Basis, Total: len(d.Rows), Done: []OwnerFigure{}, Late: []OwnerFigure{},
		Missing: []OwnerFigure{}, NotDue: []OwnerFigure{}, Unknown: []OwnerFigure{}, Exempt: []OwnerFigure{}}
	if !q.Deadline.IsZero() {
		out.Deadline = &q.Deadline
	}
	for _, r := range d.Rows {
		f := OwnerFigure{Owner: r.Owner, Name: r.OwnerName, Pieces: len(r.Credits), Unknown: r.State == schedule.Insufficient}
		late := has(r.Reasons, "late")
		to := &out.NotDue
		switch {
		case r.State == schedule.Exempt:
			to = &out.Exempt
		case r.State == schedule.Insufficient:
			to = &out.Unknown
		case r.State == schedule.Met:
			to = &out.Done
		case r.State == schedule.Missed && late:
			to = &out.Late
		case r.State == schedule.Missed:
			to = &out.Missing
		}
		*to = append(*to, f)
	}
	return out
}

func (b builder) topics() Topics {
	all := media.Topics()
	t := Topics{Counts: make([]TopicCount, len(all))}
	for i, slug := range all {
		t.Counts[i].Topic = slug
	}
	for _, e := range b.items() {
		if e.Verdict == nil || !e.Verdict.Reform {
			continue
		}
		t.Items++
		for i, slug := range all {
			if slices.Contains(e.Verdict.Topics, slug) {
				t.Counts[i].Items++
			}
			if len(e.Verdict.Topics) > 0 && e.Verdict.Topics[0] == slug {
				t.Counts[i].Primary++
			}
		}
	}
	return t
}

func (b builder) data(duties []Duty) Data {
	d := Data{Blind: []SourceLine{}, Never: []SourceLine{}, Skipped: []SourceLine{}}
	for _, s := range b.in.Plan.Sources {
		if !s.From.IsZero() && !s.From.Before(b.in.Period.End) || !s.To.IsZero() && !s.To.After(b.in.Period.Start) {
			continue
		}
		line := SourceLine{Source: s.ID, Name: b.names.Source(s.ID), Agency: b.names.Agency(s.Agency)}
		h := b.in.Health[s.ID]
		switch {
		case s.Verify:
			d.Skipped = append(d.Skipped, line)
			continue
		case h.Outcome == "":
			d.Never = append(d.Never, line)
		case h.Outcome == media.OK || h.Outcome == media.NotModified:
			d.Reading++
		default:
			line.Reason = h.Outcome
			if !h.BlindSince.IsZero() {
				line.Since = &h.BlindSince
			}
			d.Blind = append(d.Blind, line)
		}
		d.Sources++
	}
	for _, e := range b.items() {
		d.Items++
		switch {
		case e.Verdict == nil:
			d.Unjudged++
			continue
		case e.Decided != "":
			d.Human++
		default:
			d.Auto++
			if e.Verdict.Review {
				d.Queue++
			}
		}
		if e.Verdict.Reform {
			d.Reform++
		}
	}
	for _, e := range b.in.Evaluation.Evidence {
		if e.Kind == media.EvItem && e.Precision == media.NoDate {
			d.Undated++
		}
	}
	for _, duty := range duties {
		for _, r := range duty.Rows {
			if r.State == schedule.Exempt && has(r.Reasons, "exempted") {
				d.Exempt++
			}
			if has(r.Reasons, "receipt_missing") {
				d.NoLog++
			}
		}
	}
	return d
}

func median(v []int) float64 {
	s := slices.Sorted(slices.Values(v))
	n := len(s)
	if n%2 == 1 {
		return float64(s[n/2])
	}
	return float64(s[n/2-1]+s[n/2]) / 2
}

func has(rs []schedule.Reason, code string) bool {
	return slices.ContainsFunc(rs, func(r schedule.Reason) bool { return r.Code == code })
}

// Word is the word for a standing. A reference level is never judged. A
// computed miss that pieces failing only reference conditions, or awaiting
// review, could close is «cần xem xét»: schedule puts that reason first.
func Word(basis schedule.Basis, s schedule.State, confirmed bool, risk string, reasons []schedule.Reason) string {
	if s == schedule.Missed && !confirmed && len(reasons) > 0 && (reasons[0].Code == "needs_judgement" || reasons[0].Code == "awaiting_review") {
		return "cần xem xét"
	}
	if basis == schedule.ByReference {
		return viet.StateReference(string(s), confirmed, risk)
	}
	return viet.State(string(s), confirmed, risk)
}
