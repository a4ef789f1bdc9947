package report

import (
	"slices"

	"loa/media"
	"loa/schedule"
)

// pagesOf tells what the latest row of each owner says of its page.
func pagesOf(h head, d Duty) pageTable {
	out := pageTable{head: h, Present: []ownerFigure{}, Stale: []ownerFigure{}, Absent: []ownerFigure{}, Unknown: []ownerFigure{}, Exempt: []ownerFigure{}}
	by := byOwner(d.Rows)
	for _, owner := range owners(d.Rows) {
		r := by[owner][len(by[owner])-1]
		f := ownerFigure{Owner: owner, Name: r.OwnerName, Pieces: len(r.Credits), Unknown: r.State == schedule.Insufficient}
		there, _ := measure(r.Measures, "count")
		age, dated := measure(r.Measures, "age")
		to := &out.Absent
		switch {
		case r.State == schedule.Exempt:
			to = &out.Exempt
		case r.State == schedule.Insufficient || r.State == schedule.Open && there.Delivered == 0 && !has(r.Reasons, "page_absent") && !has(r.Reasons, "page_lacks"):
			to = &out.Unknown
		case there.Delivered == 0:
		case dated && age.Delivered > age.Wanted:
			to = &out.Stale
		default:
			to = &out.Present
		}
		*to = append(*to, f)
		out.Total++
	}
	return out
}

func lags(h head, d Duty) []lagTable {
	var out []lagTable
	by := byOwner(d.Rows)
	for _, owner := range owners(d.Rows) {
		l := lagTable{head: h, Owner: owner, OwnerName: by[owner][0].OwnerName, Periods: periods(by[owner]), Max: d.MaxLag, Waiting: []waiting{}}
		l.Tally = Tally{}
		var days []int
		for _, r := range by[owner] {
			l.Tally.add(r)
			l.Posted += len(r.Credits)
			l.NotPosted += len(r.Waiting)
			l.Waiting = append(l.Waiting, r.Waiting...)
			l.PostedOnly = l.PostedOnly || has(r.Reasons, "posted_only") || has(r.Reasons, "register_missing")
			for _, p := range r.Credits {
				if p.Lag == nil {
					continue
				}
				days = append(days, *p.Lag)
				if *p.Lag > d.levelsAt(r.Start).MaxLag {
					l.Over++
				}
			}
		}
		if l.Known = len(days); l.Known > 0 {
			longest, middle := slices.Max(days), media.Median(days)
			l.Longest, l.Median = &longest, &middle
		}
		out = append(out, l)
	}
	return out
}

func answers(h head, d Duty) []answerTable {
	var out []answerTable
	by := byOwner(d.Rows)
	for _, owner := range owners(d.Rows) {
		a := answerTable{head: h, Owner: owner, OwnerName: by[owner][0].OwnerName, Periods: periods(by[owner]), Max: d.MaxLag, Waiting: []waiting{}}
		a.Tally = Tally{}
		late := func(days *int, limit int) {
			switch {
			case days == nil:
				a.Unknown++
			case *days > limit:
				a.Over++
			}
		}
		for _, r := range by[owner] {
			a.Tally.add(r)
			a.Answered += len(r.Credits)
			a.Asked += len(r.Credits) + len(r.Waiting)
			a.Waiting = append(a.Waiting, r.Waiting...)
			a.NoList = a.NoList || has(r.Reasons, "register_missing")
			limit := d.levelsAt(r.Start).MaxLag
			for _, p := range r.Credits {
				late(p.Lag, limit)
				if p.Lag != nil && (a.Longest == nil || *p.Lag > *a.Longest) {
					days := *p.Lag
					a.Longest = &days
				}
			}
			for _, w := range r.Waiting {
				late(w.Days, limit)
			}
		}
		out = append(out, a)
	}
	return out
}

func papers(h head, d Duty) paperTable {
	out := paperTable{head: h, Each: d.Each, Total: len(d.Rows), Received: []ownerFigure{}, Late: []ownerFigure{}, None: []ownerFigure{},
		Missing: []ownerFigure{}, NotDue: []ownerFigure{}, Exempt: []ownerFigure{}}
	line := list(d.Rows)
	for _, r := range d.Rows {
		to := &out.Missing
		switch {
		case r.State == schedule.Met:
			to = &out.Received
		case has(r.Reasons, "none_arose"):
			to = &out.None
		case r.State == schedule.Exempt:
			to = &out.Exempt
		case r.State == schedule.Open:
			to = &out.NotDue
		case has(r.Reasons, "late"):
			to = &out.Late
		}
		*to = append(*to, line(r))
	}
	return out
}

func (r Report) onlyCounts(d Duty) Statistics {
	rows := slices.DeleteFunc(d.told(), func(x Row) bool { return !x.Statistics })
	out := Statistics{Quota: d.Quota, Title: d.Title, Kind: d.Kind, Asks: d.Asks, Unit: d.Unit, With: []ownerFigure{}}
	by := byOwner(rows)
	for _, owner := range owners(rows) {
		f := ownerFigure{Owner: owner, Name: by[owner][0].OwnerName}
		seen := map[string]bool{}
		for _, row := range by[owner] {
			for _, p := range r.within(row) {
				seen[p.ID] = true
			}
		}
		f.Pieces = len(seen)
		out.Of++
		out.Pieces += f.Pieces
		if f.Pieces > 0 {
			out.Owners++
			out.With = append(out.With, f)
		}
	}
	return out
}

// within are the pieces of a row that is only counted that lie in the report's period: its own period may reach beyond it.
func (r Report) within(row Row) []Piece {
	if !row.InProgress {
		return row.Credits
	}
	return slices.DeleteFunc(slices.Clone(row.Credits), func(p Piece) bool { return p.At.Before(r.Period.Start) || !p.At.Before(r.Period.End) })
}

func availability(h head, d Duty) availabilityTable {
	out := availabilityTable{head: h, Rows: []availabilityRow{}}
	for _, r := range d.Rows {
		m, ok := measure(r.Measures, "availability")
		if !ok {
			continue
		}
		row := availabilityRow{Period: r.Period, PeriodName: r.PeriodName, Percent: m.Delivered, Wanted: m.Wanted, Unknown: r.State == schedule.Insufficient,
			Below: []sitePercentage{}}
		for _, x := range r.Reasons {
			if x.Code == "site_below" {
				row.Below = append(row.Below, sitePercentage{text(x, "site"), number(x, "percent")})
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// trial spreads the numbers of the rows being tried that can be told.
func trial(d Duty) Trial {
	var rows []Row
	var sts []schedule.Standing
	out := Trial{Quota: d.Quota, Title: d.Title, Kind: d.Kind, Asks: d.Asks}
	for _, r := range d.Rows {
		switch {
		case !r.Shadow:
			continue
		case r.InProgress:
			out.Unknown++
		default:
			sts = append(sts, schedule.Standing{State: r.State, Measures: r.Measures})
		}
		rows = append(rows, r)
	}
	spreads, unknown := Spreads(sts)
	out.Owners, out.Rows, out.Unknown, out.Spreads = len(owners(rows)), len(rows), out.Unknown+unknown, spreads
	if out.Owners == 1 {
		out.Owner = rows[0].OwnerName
	}
	return out
}
