package report

import (
	"cmp"
	"slices"

	"loa/media"
	"loa/schedule"
)

// unnamed stands for a unit that a paper counts and does not name.
const unnamed = "cơ quan, đơn vị không nêu tên"

// carried is the report as programs get it of a paper that goes out: what the paper shows and nothing beside it. A unit that the
// paper counts without naming it stays as a row without owner, pieces and numbers, so that every count is still that of its rows;
// such rows come in the order of periods and states, which no list of units has. r is what outgoing made of the report.
func (r Report) carried() Report {
	if !r.Paper.goesOut() {
		return r
	}
	r.Duties, r.Columns, r.Regulars, r.Pages = slices.Clone(r.Duties), slices.Clone(r.Columns), slices.Clone(r.Regulars), slices.Clone(r.Pages)
	r.Papers, r.Statistics, r.Availability, r.Deadlines = slices.Clone(r.Papers), slices.Clone(r.Statistics), slices.Clone(r.Availability), slices.Clone(r.Deadlines)
	r.Lags, r.Answers = slices.Clone(r.Lags), slices.Clone(r.Answers)
	names := map[string]func(string) bool{} // by quota: may the paper name this owner
	for i := range r.Duties {
		d := &r.Duties[i]
		held := map[string]bool{}
		for _, row := range d.Rows {
			held[row.Owner] = held[row.Owner] || has(row.Reasons, replyOpen)
		}
		each := d.Each && r.Paper != Account // an account is of its issuer alone
		names[d.Quota] = func(owner string) bool { return !each || r.Shown.Units && !held[owner] }
	}
	for i := range r.Duties {
		d := &r.Duties[i]
		d.Note, d.Was, d.Pieces = "", slices.Clone(d.Was), slices.Clone(d.Pieces) // how we came to a number is our own business
		for j := range d.Was {
			d.Was[j].Actor, d.Was[j].Note = "", ""
		}
		for j, p := range d.Pieces {
			if !names[d.Quota](p.Owner) {
				d.Pieces[j] = pieceRef{}
			}
		}
		d.Rows = coveredRows(d.Rows, names[d.Quota])
		if d.Kind == "availability" { // whose sites did not answer
			for j := range d.Rows {
				d.Rows[j].Reasons = counted(d.Rows[j].Reasons)
			}
		}
	}
	for i := range r.Columns {
		r.Columns[i].Rows = coveredRows(r.Columns[i].Rows, names[r.Columns[i].Quota])
	}
	for i := range r.Regulars {
		may := names[r.Regulars[i].Quota]
		cover(may, &r.Regulars[i].Zero, &r.Regulars[i].Unknown, &r.Regulars[i].PerOwner)
	}
	for i := range r.Pages {
		p := &r.Pages[i]
		cover(names[p.Quota], &p.Present, &p.Stale, &p.Absent, &p.Unknown, &p.Exempt)
	}
	for i := range r.Papers {
		p := &r.Papers[i]
		cover(names[p.Quota], &p.Received, &p.Late, &p.None, &p.Missing, &p.NotDue, &p.Exempt)
	}
	for i := range r.Deadlines {
		d := &r.Deadlines[i]
		cover(names[d.Quota], &d.Done, &d.Late, &d.Missing, &d.NotDue, &d.Unknown, &d.Exempt)
	}
	for i := range r.Statistics {
		cover(names[r.Statistics[i].Quota], &r.Statistics[i].With)
	}
	for i := range r.Availability {
		rows := slices.Clone(r.Availability[i].Rows)
		for j := range rows {
			rows[j].Below = []sitePercentage{}
		}
		r.Availability[i].Rows = rows
	}
	for i := range r.Lags {
		r.Lags[i].Waiting = []waiting{}
	}
	for i := range r.Answers {
		r.Answers[i].Waiting = []waiting{}
	}
	return r.withoutOwn(names)
}

// withoutOwn takes out what a paper tells only as a count, and what is the department's own business.
func (r Report) withoutOwn(names map[string]func(string) bool) Report {
	r.Near = slices.Clone(r.Near)
	for i := range r.Near {
		n := &r.Near[i]
		n.Why = schedule.Reason{Code: n.Why.Code}
		if wanted, ok := r.Near[i].wanted(); ok {
			n.Why.Args = map[string]any{"wanted": wanted}
		}
		n.Pieces = slices.Clone(n.Pieces)
		for j, p := range n.Pieces {
			n.Pieces[j] = Piece{Kind: p.Kind}
		}
	}
	r.Recommendations = slices.Clone(r.Recommendations)
	for i := range r.Recommendations {
		r.Recommendations[i].Why = []string{} // the paper says what is proposed; why names units
	}
	if r.Radio != nil {
		radio := *r.Radio
		radio.Districts = []radioDistrict{}
		r.Radio = &radio
	}
	blank := func(all []sourceLine) []sourceLine { return make([]sourceLine, len(all)) }
	r.Data.Read, r.Data.Never, r.Data.Skipped = blank(r.Data.Read), blank(r.Data.Never), blank(r.Data.Skipped)
	if !r.namesUnits() {
		r.Data.Blind, r.Declared = blank(r.Data.Blind), nil
	}
	r.Declared = slices.Clone(r.Declared)
	for i := range r.Declared {
		r.Declared[i].Lines = []declaredLine{}
	}
	r.Attested = slices.Clone(r.Attested)
	for i := range r.Attested {
		if may := names[r.Attested[i].Quota]; may == nil || !may(r.Attested[i].Owner) {
			r.Attested[i].Owner = ""
		}
	}
	r.Notes = slices.Clone(r.Notes)
	for i := range r.Notes {
		r.Notes[i].Actor = ""
	}
	if r.Closing != nil {
		c := *r.Closing
		c.Actor, c.Reason, c.Questions = "", "", []rowRef{}
		r.Closing = &c
	}
	r.Items, r.Audit.Pieces, r.Contents, r.Reposts, r.Changes = []item{}, []Audited{}, nil, []repost{}, []levelChange{}
	r.Proposals, r.Proposed, r.Trials = 0, []rowRef{}, []Trial{}
	return r
}

// wanted is the level that a near miss was held against.
func (n nearMiss) wanted() (any, bool) {
	v, ok := n.Why.Args["wanted"]
	return v, ok
}

// cover keeps how many units lists have and takes out those that may not be named.
func cover(may func(string) bool, lists ...*[]ownerFigure) {
	for _, list := range lists {
		out := []ownerFigure{}
		hidden := 0
		for _, f := range *list {
			if may != nil && may(f.Owner) {
				out = append(out, f)
			} else {
				hidden++
			}
		}
		for range hidden {
			out = append(out, ownerFigure{Name: unnamed})
		}
		*list = out
	}
}

// counting are the reasons by which figures are counted.
var counting = []string{"receipt_missing", "register_missing", "posted_only", "exempted"}

// counted keeps of reasons what figures need.
func counted(all []schedule.Reason) []schedule.Reason {
	out := []schedule.Reason{}
	for _, x := range all {
		switch {
		case x.Code == replyOpen: // says how many days a unit has
			out = append(out, x)
		case slices.Contains(counting, x.Code):
			out = append(out, schedule.Reason{Code: x.Code})
		}
	}
	return out
}

// coveredRows puts rows that may be named first and the others after them, without what tells them apart.
func coveredRows(rows []Row, may func(string) bool) []Row {
	named, covered := []Row{}, []Row{}
	for _, row := range rows {
		row.Risk, row.Waiting = "", nil
		if may != nil && may(row.Owner) {
			named = append(named, row)
			continue
		}
		row.Owner, row.OwnerName, row.District, row.Measures = "", unnamed, "", []schedule.Measure{}
		row.Reasons = counted(row.Reasons)
		kinds := []media.EvidenceKind{}
		for _, p := range row.Credits {
			kinds = append(kinds, p.Kind)
		}
		slices.Sort(kinds)
		row.Credits = make([]Piece, len(kinds))
		for i, kind := range kinds {
			row.Credits[i] = Piece{Kind: kind}
		}
		covered = append(covered, row)
	}
	slices.SortStableFunc(covered, func(a, b Row) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Period, b.Period), cmp.Compare(a.State, b.State), cmp.Compare(len(a.Credits), len(b.Credits)))
	})
	return append(named, covered...)
}
