package report

import (
	"fmt"
	"slices"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// declaredRow is what one unit declares of a period beside what was observed:
// two columns, of which neither enters the other.
type declaredRow struct {
	Owner    string         `json:"owner"`
	Unit     string         `json:"owner_name"`
	Period   string         `json:"period"`
	Name     string         `json:"-"`        // of the period
	Declared int            `json:"declared"` // pieces that the unit says are its own
	Observed int            `json:"observed"` // pieces that count by what was seen
	Both     int            `json:"both"`
	Settled  int            `json:"settled"`
	Accepted int            `json:"accepted"` // of the settled, in the unit's favour
	Open     int            `json:"open"`
	Lines    []declaredLine `json:"differences"`
}

// declaredLine is one difference.
type declaredLine struct {
	Kind   schedule.DiscrepancyKind `json:"kind"`
	State  schedule.DisputeState    `json:"state"`
	Gone   bool                     `json:"gone,omitempty"`
	Title  string                   `json:"title"`
	Day    string                   `json:"day"`
	Reason schedule.Reason          `json:"reason"`
	Words  string                   `json:"words,omitempty"` // the last that was said about it
	Actor  string                   `json:"actor,omitempty"`
}

func (l declaredLine) over() bool {
	return l.State == schedule.Accepted || l.State == schedule.Refused
}

// declared lists what units declared of periods that lie in the report's.
func (b builder) declared() []declaredRow {
	var out []declaredRow
	for _, t := range b.in.Declared {
		row := declaredRow{Owner: t.Agency, Unit: b.names.Agency(t.Agency), Period: t.Period, Name: b.periodName(t.Period), Declared: t.Declared, Observed: t.Observed, Both: t.Both, Settled: t.Settled, Accepted: t.Accepted, Open: t.Open}
		for _, d := range t.Disputes {
			l := declaredLine{Kind: d.Kind, State: d.State, Gone: d.Gone, Title: d.Title, Reason: d.Reason}
			at := d.Date
			if d.Found != nil {
				l.Title = Masked(d.Found.Evidence).Title
			} else {
				l.Title = Masked(media.Evidence{Title: l.Title}).Title
			}
			if c := d.Claim; c != nil {
				l.Title = firstNot(l.Title, c.Title, c.Document, c.URL)
				if at.IsZero() {
					at = c.Date
				}
			}
			if !at.IsZero() {
				l.Day = viet.Day(at.In(calendar.Zone))
			}
			if n := len(d.Acts); n > 0 {
				l.Words, l.Actor = d.Acts[n-1].Words, d.Acts[n-1].Actor
			}
			row.Lines = append(row.Lines, l)
		}
		out = append(out, row)
	}
	return out
}

func firstNot(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// verifyDeclared counts what was settled and what is open again.
func (r Report) verifyDeclared() error {
	for _, row := range r.Declared {
		settled, accepted, open := 0, 0, 0
		for _, l := range row.Lines {
			switch {
			case l.over():
				settled++
				if l.State == schedule.Accepted {
					accepted++
				}
			case !l.Gone:
				open++
			}
		}
		if settled != row.Settled || accepted != row.Accepted || open != row.Open || row.Both > min(row.Declared, row.Observed) {
			return fmt.Errorf("declared by %s of %s: the figures are not what the differences say", row.Owner, row.Period)
		}
	}
	return nil
}

// Told are the lines that a paper tells of: what was settled, and what is open and to be answered.
func (r declaredRow) Told() []declaredLine {
	return slices.DeleteFunc(slices.Clone(r.Lines), func(l declaredLine) bool { return l.Gone && !l.over() })
}
