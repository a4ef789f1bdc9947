package report

import (
	"cmp"
	"maps"
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
//
// Build gathers the rows; every figure is then counted from them.
func Build(in Input) Report {
	b := builder{in: in, names: NamesOf(in.Plan), credits: map[key][]schedule.Credit{}, rejections: map[key][]schedule.Rejection{}, standings: map[string][]schedule.Standing{}}
	for _, c := range in.Evaluation.Matching.Credits {
		k := key{c.Quota, c.Owner, c.Period}
		b.credits[k] = append(b.credits[k], c)
	}
	for _, r := range in.Evaluation.Matching.Rejections {
		k := key{r.Quota, r.Owner, r.Period}
		b.rejections[k] = append(b.rejections[k], r)
	}
	for _, s := range in.Evaluation.Standings {
		b.standings[s.Quota] = append(b.standings[s.Quota], s)
	}
	p := in.Plan
	r := Report{
		Plan:   planRef{p.ID, p.Number, p.Title, p.Issuer, p.Issued, p.Version},
		Period: periodRef{in.Period.ID, in.Period.Name(), in.Period.Start, in.Period.End, !in.Now.Before(in.Period.End)},
		Now:    in.Now, Evaluated: in.Evaluation.Now, Sample: p.Sample,
		Closing: closingRef(in.Closing), Proposals: in.Proposals, Proposed: []rowRef{}, Duties: []Duty{}, Broadcasts: []Broadcast{},
	}
	for _, q := range p.Quotas {
		d := b.duty(q)
		if len(d.Rows) == 0 {
			continue
		}
		r.Duties = append(r.Duties, d)
		if q.Kind == "airing" {
			r.Broadcasts = append(r.Broadcasts, b.broadcasts(q, d)...)
		}
	}
	for _, x := range in.Evaluation.Proposals {
		if in.Closing != nil && x.Closing == in.Closing.ID {
			r.Proposed = append(r.Proposed, rowRef{x.Quota, x.Owner, x.Period})
		}
	}
	r.Paper, r.Shown, r.Notes, r.Issued = in.Paper, in.Shown, notesOf(in.Notes), in.Issued
	r.Head = headOf(p.LetterheadAt(in.Period.End.Add(-time.Nanosecond)))
	r.Near, r.Attested = b.nearMisses(r.Duties), b.attested()
	r.Cases = b.cases(r.Duties)
	r.Declared = b.declared()
	r.Holidays = b.holidays(r.Duties)
	r.Items = b.items()
	r.Contents = b.contents()
	r.Data = b.sources()
	r.Audit.Pieces = b.audited(r.Items)
	r.count()
	r.Proposals = in.Proposals // held against the rows when it is printed
	return r
}

func notNil[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// notesOf are the officer's notes as they may stand on paper.
func notesOf(all []Note) []Note {
	out := []Note{}
	for _, n := range all {
		n.Text = viet.Printable(n.Text)
		out = append(out, n)
	}
	return out
}

func headOf(l schedule.Letterhead) headRef {
	return headRef{l.Agency, l.Superior, l.Issuer, l.Name, l.Symbol, l.Office, l.Place, l.Signer, l.Home, l.Governing, l.Copies, l.ReplyDays}
}

type key struct{ quota, owner, period string }

type builder struct {
	in         Input
	names      Names
	credits    map[key][]schedule.Credit
	rejections map[key][]schedule.Rejection
	standings  map[string][]schedule.Standing
}

func (b builder) duty(q schedule.Quota) Duty {
	d := Duty{Quota: q.ID, Title: q.Title, Place: q.Place, Class: q.Class, Basis: basisOf(q.Basis), Note: q.Basisnote, Owner: b.names.Owner(q.Owner),
		Each: q.Owner.Agency == "", levels: levelsOf(q), Asks: Wanted(q), Unit: unitOf(q.Kind), Cadence: string(q.Cadence), Tones: asksTone(q), Rows: []Row{}}
	for _, a := range b.in.Plan.Agencies {
		if a.ID == q.Owner.Agency {
			d.Level = a.Level
		}
	}
	for _, w := range q.Was {
		d.Was = append(d.Was, was{levels: levelsOf(w.Quota), Until: w.Until, Asks: Wanted(w.Quota), Actor: w.By.Actor, Note: w.By.Basis})
	}
	for _, s := range b.standings[q.ID] {
		told, whole := schedule.Where(b.in.Plan, b.in.Calendar, s, b.in.Period)
		if !told {
			continue
		}
		row := rowOf(b.in.Plan, s)
		row.OwnerName, row.InProgress = b.names.Agency(s.Owner), !whole
		b.radio(definition(q, row.Start), s, &row)
		if definition(q, row.Start).Kind == "answered" {
			told := toldUntil(s, row.known(b.in.Evaluation.Now))
			row.Told = &told
		}
		b.pieces(q, &row)
		d.Rows = append(d.Rows, row)
		if m, ok := measure(s.Measures, "count"); ok {
			d.Unit = m.Unit
		}
	}
	d.Pieces = b.toDate(q)
	slices.SortStableFunc(d.Rows, func(a, b Row) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Owner, b.Owner))
	})
	return d
}

// toDate lists the pieces that count for a quota from the plan's first day to the period's end, each once an owner.
func (b builder) toDate(q schedule.Quota) []pieceRef {
	seen := map[pieceRef]bool{}
	for k, cs := range b.credits {
		if k.quota != q.ID {
			continue
		}
		for _, c := range cs {
			if at := placed(c.Evidence); at.Before(b.in.Period.End) && !at.Before(b.in.Plan.From) {
				seen[pieceRef{c.Evidence.ID, k.owner}] = true
			}
		}
	}
	out := slices.AppendSeq([]pieceRef{}, maps.Keys(seen))
	slices.SortFunc(out, func(a, b pieceRef) int { return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.ID, b.ID)) })
	return out
}

func levelsOf(q schedule.Quota) levels {
	l := levels{Kind: q.Kind, Wanted: q.Wanted, MaxGap: q.MaxGap, MaxLag: q.MaxLag.Value, Alive: q.Alive.Value, Share: q.Share.Value, DueDays: q.DueDays}
	if !q.Deadline.IsZero() {
		l.Deadline = &q.Deadline
	}
	return l
}

// rowOf is a standing without its pieces.
func rowOf(p *schedule.Plan, s schedule.Standing) Row {
	period := calendar.Period{ID: s.Period, Start: s.Start, End: s.End}
	row := Row{Owner: s.Owner, Period: s.Period, PeriodName: period.Name(), Start: s.Start, End: s.End, State: s.State, Confirmed: s.Confirmed,
		Risk: s.Risk, Measures: s.Measures, Reasons: s.Reasons, Credits: []Piece{}, Shadow: s.Shadow(), Binding: true}
	if i := slices.IndexFunc(p.Quotas, func(q schedule.Quota) bool { return q.ID == s.Quota }); i >= 0 {
		row.Statistics = onlyCounted(definition(p.Quotas[i], s.Start))
	}
	if i := slices.IndexFunc(p.Agencies, func(a media.Agency) bool { return a.ID == s.Owner }); i >= 0 {
		row.Binding = p.Agencies[i].Binding
	}
	row.Binding = row.Binding && !row.Statistics
	for _, r := range s.Reasons {
		if r.Code == "closed" {
			row.Closed = &rowClosed{Period: text(r, "period"), Revision: whole(r, "revision"), Dataset: text(r, "dataset"), At: instant(r, "at")}
		}
	}
	return row
}

// Arguments of reasons may have been through JSON.

func text(r schedule.Reason, name string) string {
	s, _ := r.Args[name].(string)
	return s
}

func number(r schedule.Reason, name string) float64 {
	switch n := r.Args[name].(type) {
	case int:
		return float64(n)
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return 0
}

func whole(r schedule.Reason, name string) int { return int(number(r, name)) }

// instant reads a time as schedule writes it, RFC 3339; zero if it is none.
func instant(r schedule.Reason, name string) time.Time {
	t, err := time.Parse(time.RFC3339, text(r, name))
	if err != nil {
		return time.Time{}
	}
	return t.In(calendar.Zone)
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

// onlyCounted reports whether a quota can never be short: the plan encourages
// it, or asks for it «nếu có», without a number.
func onlyCounted(q schedule.Quota) bool { return q.OnlyCounted() }

// known is the moment up to which a row's pieces are known: when it was closed, else evaluated.
func (r Row) known(evaluated time.Time) time.Time {
	if r.Closed != nil && !r.Closed.At.IsZero() {
		return r.Closed.At
	}
	return evaluated
}

// pieces fills in what counts for a row, and what still waits.
func (b builder) pieces(q schedule.Quota, row *Row) {
	k, until := key{q.ID, row.Owner, row.Period}, row.known(b.in.Evaluation.Now)
	for _, c := range b.credits[k] {
		if placed(c.Evidence).After(until) {
			continue // not counted yet
		}
		p := piece(c.Evidence)
		p.Lag = c.Lag
		if t := c.Evidence.Asked; !t.IsZero() {
			p.Since = &t
		}
		for _, why := range c.Reasons {
			if t := instant(why, "signed"); !t.IsZero() {
				p.Since = &t
			}
		}
		row.Credits = append(row.Credits, p)
	}
	slices.SortStableFunc(row.Credits, func(a, b Piece) int { return a.At.Compare(b.At) })
	for _, x := range b.rejections[k] {
		if x.Condition != "posted" && x.Condition != "answered" || placed(x.Evidence).After(until) {
			continue
		}
		w := waiting{ID: x.Evidence.ID, Number: x.Evidence.Document, Title: viet.Printable(Masked(x.Evidence).Title)}
		since := x.Evidence.Asked
		if x.Condition == "posted" {
			since = x.Evidence.At
		}
		if !since.IsZero() {
			days := b.calendar().WorkingDaysBetween(since, waitsUntil(levelsOf(definition(q, row.Start)), *row, until, b.calendar()))
			w.Since, w.Days = &since, &days
		}
		row.Waiting = append(row.Waiting, w)
	}
}

// waitsUntil is the moment up to which what waits is measured: known, or the last
// on which its row could still be judged, for what is judged does not grow.
func waitsUntil(l levels, row Row, known time.Time, cal calendar.Calendar) time.Time {
	end := row.End
	if l.Kind == "lag" { // what is signed on the last day has its working days still to come
		end = cal.AddWorkingDays(calendar.Period{Start: row.Start, End: row.End}.LastDay(), l.MaxLag).AddDate(0, 0, 1)
	}
	if row.Told != nil && row.Told.Before(end) { // nor is a question known to wait beyond what its register tells
		end = *row.Told
	}
	if last := end.Add(-time.Second); last.Before(known) {
		return last
	}
	return known
}

// toldUntil is how far a standing's register reaches: to the gap at the end of
// the part of its period that is over, if there is one.
func toldUntil(s schedule.Standing, known time.Time) time.Time {
	end := s.End
	if known.Before(end) {
		end = known
	}
	if n := len(s.Coverage.Gaps); n > 0 && !s.Coverage.Gaps[n-1].To.Before(end) {
		return s.Coverage.Gaps[n-1].From
	}
	return end
}

func (b builder) calendar() calendar.Calendar {
	if b.in.Calendar == nil {
		return calendar.Calendar{}
	}
	return *b.in.Calendar
}

// placed is the moment that decides to which period a piece belongs.
func placed(e media.Evidence) time.Time {
	if e.Precision == media.NoDate {
		return e.Seen
	}
	return e.At
}

// piece is a piece of evidence; an undated one is placed by its first sight.
func piece(e media.Evidence) Piece {
	e = Masked(e)
	p := Piece{ID: e.ID, Kind: e.Kind, Title: viet.Printable(e.Title), URL: e.URL, At: e.At, Grade: e.Grade}
	p.At = placed(e)
	if e.Segment != nil {
		p.Tones = e.Segment.Tones
	}
	if c := e.Copy; c != nil {
		p.Same = &sameText{c.Group, c.Relation, c.Certain, c.Others}
	}
	return p
}

func measure(ms []schedule.Measure, name string) (schedule.Measure, bool) {
	for _, m := range ms {
		if m.Name == name {
			return m, true
		}
	}
	return schedule.Measure{}, false
}

// broadcasts gathers the airings of a quota's column by owner, those that
// count and those that do not.
func (b builder) broadcasts(q schedule.Quota, d Duty) []Broadcast {
	var out []Broadcast
	for _, owner := range owners(d.told()) {
		bc := Broadcast{Owner: owner, OwnerName: b.names.Agency(owner), Airings: []Airing{}}
		bc.Quota = q.ID
		for _, r := range d.told() {
			if r.Owner != owner || r.InProgress {
				continue
			}
			k := key{q.ID, owner, r.Period}
			for _, c := range b.credits[k] {
				if !c.Evidence.At.After(r.known(b.in.Evaluation.Now)) {
					bc.airing(b, r, c.Evidence, nil)
				}
			}
			for _, x := range b.rejections[k] {
				if ofColumn(q, x.Evidence) {
					bc.airing(b, r, x.Evidence, &x.Reason)
				}
			}
		}
		slices.SortStableFunc(bc.Airings, func(a, b Airing) int { return a.At.Compare(b.At) })
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
		FirstRun: e.Airing.FirstRun, InWindow: b.in.Plan.InWindow(*e.Airing), Counted: why == nil, Why: why})
}

// holidays are the named days off between the first day of any row, or of what
// it counts from, and now.
func (b builder) holidays(ds []Duty) map[string]string {
	out := map[string]string{}
	if b.in.Calendar == nil {
		return out
	}
	from, to := b.in.Period.Start, b.in.Period.End
	see := func(t time.Time) {
		if t.Before(from) {
			from = t
		}
		if t.After(to) {
			to = t
		}
	}
	see(b.in.Evaluation.Now)
	for _, d := range ds {
		for _, r := range d.Rows {
			see(r.Start)
			see(r.End)
			for _, p := range r.Credits {
				see(p.At)
				if p.Since != nil {
					see(*p.Since)
				}
			}
			for _, w := range r.Waiting {
				if w.Since != nil {
					see(*w.Since)
				}
			}
		}
	}
	first, last := from.In(calendar.Zone).Format(time.DateOnly), to.In(calendar.Zone).Format(time.DateOnly)
	for date, name := range b.in.Calendar.Days() {
		if date >= first && date <= last {
			out[date] = name
		}
	}
	return out
}

// items are the items dated in the report's period, and those without a date,
// each once.
func (b builder) items() []item {
	out := []item{}
	seen := map[string]bool{}
	for _, e := range b.in.Evaluation.Evidence {
		dated := e.Precision != media.NoDate
		if e.Kind != media.EvItem || seen[e.ID] || dated && !b.in.Period.Contains(e.At) {
			continue
		}
		seen[e.ID] = true
		x := item{ID: e.ID, Agency: e.Agency, Dated: dated}
		if v := e.Verdict; v != nil {
			x.Judged, x.Reform, x.Topics = "machine", v.Reform, v.Topics
			if e.Decided != "" {
				x.Judged = "person"
			}
			x.Queue = (v.Review || e.Unread) && e.Decided == ""
		}
		if c := e.Copy; c != nil && c.Relation != "original" && c.Certain && c.Agency != "" && c.Agency != e.Agency {
			x.Of, x.OfName, x.Name = c.Agency, b.names.Agency(c.Agency), b.names.Agency(e.Agency)
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b item) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// audited is the part of the sample that is among the items dated in the period.
func (b builder) audited(items []item) []Audited {
	dated := make(map[string]bool, len(items))
	for _, x := range items {
		dated[x.ID] = x.Dated
	}
	return slices.DeleteFunc(slices.Clone(b.in.Audit), func(x Audited) bool { return !dated[x.Item] })
}

// sources lists every source in use in the period by how it fares.
func (b builder) sources() Data {
	d := Data{Read: []sourceLine{}, Blind: []sourceLine{}, Never: []sourceLine{}, Skipped: []sourceLine{}}
	for _, s := range b.in.Plan.Sources {
		if !s.From.IsZero() && !s.From.Before(b.in.Period.End) || !s.To.IsZero() && !s.To.After(b.in.Period.Start) {
			continue
		}
		line := sourceLine{Source: s.ID, Name: b.names.Source(s.ID), Agency: b.names.Agency(s.Agency)}
		h := b.in.Health[s.ID]
		switch {
		case s.Verify:
			d.Skipped = append(d.Skipped, line)
		case h.Outcome == "":
			d.Never = append(d.Never, line)
		case h.Outcome == media.OK || h.Outcome == media.NotModified:
			d.Read = append(d.Read, line)
		default:
			line.Reason, line.Detail = h.Outcome, h.Detail
			if !h.BlindSince.IsZero() {
				line.Since = &h.BlindSince
			}
			d.Blind = append(d.Blind, line)
		}
	}
	return d
}

// judgeWord is the word for a computed miss that waits for a person's judgement.
const judgeWord = "cần xem xét"

// heldWord is the word for a row that is short and whose unit may still reply.
const heldWord = "trong thời hạn phản hồi"

func needsJudgement(s schedule.State, confirmed bool, reasons []schedule.Reason) bool {
	return s == schedule.Missed && !confirmed && len(reasons) > 0 && (reasons[0].Code == "needs_judgement" || reasons[0].Code == "awaiting_review")
}

// Word is the word for a standing. A reference level is never judged. A
// computed miss that pieces failing only reference conditions, or awaiting
// review, could close is «cần xem xét»: schedule puts that reason first.
func Word(basis schedule.Basis, s schedule.State, confirmed bool, risk string, reasons []schedule.Reason) string {
	if needsJudgement(s, confirmed, reasons) {
		return judgeWord
	}
	if len(reasons) > 0 && reasons[0].Code == replyOpen {
		return heldWord
	}
	if basis == schedule.ByReference {
		return viet.StateReference(string(s), confirmed, risk)
	}
	return viet.State(string(s), confirmed, risk)
}
