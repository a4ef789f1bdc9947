package report

import (
	"slices"
	"strings"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// count counts every figure from the rows: those of Duties, the airings of
// Broadcasts, Items, and the lists of sources. Whatever stood there is
// replaced, so that Verify can count a report again and compare.
func (r *Report) count() {
	r.ByPlan, r.Reference = Tally{}, Tally{}
	r.Columns, r.Regulars, r.Pages, r.Lags, r.Answers = []Columns{}, []Regular{}, []pageTable{}, []lagTable{}, []answerTable{}
	r.Papers, r.Statistics, r.Availability, r.Deadlines, r.Trials = []paperTable{}, []Statistics{}, []availabilityTable{}, []Deadline{}, []Trial{}
	r.Duties, r.Broadcasts = slices.Clone(r.Duties), slices.Clone(r.Broadcasts) // another paper of the same report has its own figures
	for i := range r.Duties {
		d := &r.Duties[i]
		d.Tally, d.ToDate, d.Trying, d.Sum = Tally{}, nil, 0, len(d.Pieces)
		for _, row := range d.Rows {
			d.Tally.add(row)
			if d.once() && row.InProgress && !row.Shadow && !row.Statistics {
				if d.ToDate == nil {
					d.ToDate = &Tally{}
				}
				d.ToDate.addAsItStands(row)
			}
			if row.Shadow {
				d.Trying++
			}
		}
		if d.Basis == schedule.ByPlan {
			r.ByPlan.join(d.Tally)
		} else {
			r.Reference.join(d.Tally)
		}
		if d.Trying > 0 {
			r.Trials = append(r.Trials, trial(*d))
		}
		r.tables(*d)
	}
	for i := range r.Broadcasts {
		for _, d := range r.Duties {
			if d.Quota == r.Broadcasts[i].Quota {
				r.Broadcasts[i].count(d, *r)
			}
		}
	}
	r.Radio = r.radioOf()
	r.Contents = r.Contents.count()
	r.Proposals = len(r.Proposed)
	if r.Closing != nil {
		c := *r.Closing
		c.Open = len(c.Questions)
		r.Closing = &c
	}
	r.countItems()
	r.Audit = AuditOf(r.Audit.Pieces)
	r.Near = slices.Clone(r.Near)
	for i := range r.Near {
		r.Near[i].Count = len(r.Near[i].Pieces)
	}
	r.Reposts, r.Forms = r.reposts(), r.forms()
	r.Changes, r.Recommendations = r.changes(), r.recommend()
}

// tables adds what is told of a duty's rows beside their states.
func (r *Report) tables(d Duty) {
	rows := d.told()
	if len(rows) == 0 {
		return
	}
	if slices.ContainsFunc(rows, func(x Row) bool { return x.Statistics }) {
		r.Statistics = append(r.Statistics, r.onlyCounts(d))
	}
	rows = slices.DeleteFunc(rows, func(x Row) bool { return x.Statistics })
	if len(rows) == 0 {
		return
	}
	h := head{d.Quota, d.Title, d.Basis, d.Tally}
	over := slices.DeleteFunc(slices.Clone(rows), func(x Row) bool { return x.InProgress })
	if d.Rows = rows; len(over) == 0 && d.Kind != "instalments" && d.Kind != "regular" && d.Kind != "count" && d.Kind != "deadline" {
		return // nothing to tell yet
	}
	switch d.Kind {
	case "instalments":
		r.Columns = append(r.Columns, r.columns(h, d)...)
		return
	case "regular", "count":
		r.Regulars = append(r.Regulars, r.regular(h, d))
		return
	case "deadline":
		r.Deadlines = append(r.Deadlines, deadline(h, d))
		return
	}
	switch d.Rows = over; d.Kind {
	case "exists":
		r.Pages = append(r.Pages, pagesOf(h, d))
	case "lag":
		r.Lags = append(r.Lags, lags(h, d)...)
	case "answered":
		r.Answers = append(r.Answers, answers(h, d)...)
	case "attested":
		r.Papers = append(r.Papers, papers(h, d))
	case "availability":
		r.Availability = append(r.Availability, availability(h, d))
	}
}

// once reports whether a duty is owed once: it is told in every report from its
// beginning on, as it stands, and counted in one.
func (d Duty) once() bool { return d.Cadence == string(calendar.Once) }

// told are the rows that are not being tried.
func (d Duty) told() []Row {
	return slices.DeleteFunc(slices.Clone(d.Rows), func(r Row) bool { return r.Shadow })
}

// owners lists the owners of rows, in the order they first come.
func owners(rows []Row) []string {
	var out []string
	seen := map[string]bool{}
	for _, r := range rows {
		if !seen[r.Owner] {
			seen[r.Owner] = true
			out = append(out, r.Owner)
		}
	}
	return out
}

// byOwner groups rows.
func byOwner(rows []Row) map[string][]Row {
	out := map[string][]Row{}
	for _, r := range rows {
		out[r.Owner] = append(out[r.Owner], r)
	}
	return out
}

func (bc *Broadcast) count(d Duty, r Report) {
	*bc = Broadcast{head: head{Quota: d.Quota, Title: d.Title, Basis: d.Basis}, Owner: bc.Owner, OwnerName: bc.OwnerName, Airings: bc.Airings}
	for _, row := range d.told() {
		if row.Owner != bc.Owner || row.InProgress {
			continue
		}
		bc.Tally.add(row)
		if !r.Now.Before(row.End) {
			bc.Closed++
		}
	}
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
		bc.Shortest, bc.Median = slices.Min(lengths), int(media.Median(lengths))
	}
}

func (r *Report) columns(h head, d Duty) []Columns {
	var out []Columns
	by := byOwner(d.Rows)
	for _, owner := range owners(d.Rows) {
		c := Columns{head: h, Owner: owner, OwnerName: by[owner][0].OwnerName, Rows: by[owner]}
		c.Tally = Tally{}
		for _, row := range c.Rows {
			c.Tally.add(row)
			if row.InProgress {
				continue
			}
			if m, ok := measure(row.Measures, "count"); ok {
				c.Wanted += int(m.Wanted)
			}
			c.Counted += len(row.Credits)
			for _, p := range row.Credits {
				if p.Kind == media.EvPrint {
					c.Printed++
				}
			}
		}
		for _, x := range r.Items {
			if x.Dated && x.Agency == owner && x.Reform {
				c.Items++
			}
		}
		out = append(out, c)
	}
	return out
}

func (r *Report) regular(h head, d Duty) Regular {
	out := Regular{head: h, Kind: d.Kind, Unit: d.Unit, Each: d.Each, Zero: []ownerFigure{}, Unknown: []ownerFigure{}, PerOwner: []ownerFigure{}}
	var counts []int
	by := byOwner(d.Rows)
	for _, owner := range owners(d.Rows) {
		f := r.figure(by[owner])
		out.PerOwner = append(out.PerOwner, f)
		out.Pieces += f.Pieces
		if f.Unknown {
			out.Unknown = append(out.Unknown, f)
			continue
		}
		out.Binding++
		counts = append(counts, f.Pieces)
		if f.Pieces > 0 {
			out.With++
		} else {
			out.Zero = append(out.Zero, f)
		}
		if f.GapDays != nil && (out.Longest == nil || *f.GapDays > *out.Longest) {
			out.Longest = f.GapDays
		}
	}
	if len(counts) > 0 {
		out.Median = media.Median(counts)
	}
	if d.Tones {
		out.Tones = r.tonesOf(d.Rows)
	}
	return out
}

// figure is one owner's pieces in the report's period, each once, and longest gap.
func (r *Report) figure(rows []Row) ownerFigure {
	f := ownerFigure{Owner: rows[0].Owner, Name: rows[0].OwnerName}
	seen := map[string]bool{}
	for _, row := range rows {
		for _, p := range row.Credits {
			if !p.At.Before(r.Period.Start) && p.At.Before(r.Period.End) && !seen[p.ID] {
				seen[p.ID] = true
				f.Pieces++
			}
		}
		f.Unknown = f.Unknown || row.State == schedule.Insufficient
		if m, ok := measure(row.Measures, "gap"); ok && (f.GapDays == nil || m.Delivered > *f.GapDays) {
			days := m.Delivered
			f.GapDays = &days
		}
	}
	if f.Unknown {
		f.GapDays = nil // what was not seen may lie in the gap
	}
	return f
}

// periods names the periods of rows, each once.
func periods(rows []Row) string {
	var out []string
	for _, r := range rows {
		if !slices.Contains(out, r.PeriodName) {
			out = append(out, r.PeriodName)
		}
	}
	return strings.Join(out, "; ")
}

// list names rows; where an owner has several, with their periods.
func list(rows []Row) func(r Row) ownerFigure {
	several := len(owners(rows)) < len(rows)
	return func(r Row) ownerFigure {
		f := ownerFigure{Owner: r.Owner, Name: r.OwnerName, Pieces: len(r.Credits), Unknown: r.State == schedule.Insufficient}
		if several {
			f.Period = r.PeriodName
		}
		return f
	}
}

func deadline(h head, d Duty) Deadline {
	out := Deadline{head: h, Deadline: d.Deadline, Total: len(d.Rows), Done: []ownerFigure{}, Late: []ownerFigure{}, Missing: []ownerFigure{},
		NotDue: []ownerFigure{}, Unknown: []ownerFigure{}, Exempt: []ownerFigure{}}
	line := list(d.Rows)
	for _, r := range d.Rows {
		to := &out.NotDue
		switch {
		case r.State == schedule.Exempt:
			to = &out.Exempt
		case r.State == schedule.Insufficient:
			to = &out.Unknown
		case r.State == schedule.Met:
			to = &out.Done
		case r.State == schedule.Missed && has(r.Reasons, "late"):
			to = &out.Late
		case r.State == schedule.Missed:
			to = &out.Missing
		}
		*to = append(*to, line(r))
	}
	return out
}

func (r *Report) countItems() {
	all := media.Topics()
	t := Topics{Counts: make([]topicCount, len(all))}
	for i, slug := range all {
		t.Counts[i].Topic = slug
	}
	d := Data{Read: r.Data.Read, Blind: r.Data.Blind, Never: r.Data.Never, Skipped: r.Data.Skipped}
	d.Reading, d.Sources = len(d.Read), len(d.Read)+len(d.Blind)+len(d.Never)
	for _, x := range r.Items {
		if !x.Dated {
			d.Undated++
			continue
		}
		d.Items++
		switch x.Judged {
		case "":
			d.Unjudged++
		case "person":
			d.Human++
		default:
			d.Auto++
		}
		if x.Queue {
			d.Queue++
		}
		if !x.Reform {
			continue
		}
		d.Reform++
		t.Items++
		for i, slug := range all {
			if slices.Contains(x.Topics, slug) {
				t.Counts[i].Items++
			}
			if len(x.Topics) > 0 && x.Topics[0] == slug {
				t.Counts[i].Primary++
			}
		}
	}
	for _, duty := range r.Duties {
		for _, row := range duty.told() {
			if row.State == schedule.Exempt && has(row.Reasons, "exempted") {
				d.Exempt++
			}
			if has(row.Reasons, "receipt_missing") {
				d.NoLog++
			}
			if has(row.Reasons, "register_missing") || has(row.Reasons, "posted_only") {
				d.NoList++
			}
		}
	}
	r.Topics, r.Data = t, d
}

func has(rs []schedule.Reason, code string) bool {
	return slices.ContainsFunc(rs, func(r schedule.Reason) bool { return r.Code == code })
}
