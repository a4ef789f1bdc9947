package schedule

import (
	"slices"
	"time"

	"loa/media"
)

// Holder is who held an agency's duties at t: the agency itself while it existed, or before, and afterwards the one that took
// them over, or that one's own successor. An agency that ended without a successor, or whose successor is not of the plan, holds
// what it held: nobody else owes it.
func (p *Plan) Holder(agency string, t time.Time) string {
	for range p.Agencies { // a line of successors is no longer, and never leads back
		i := slices.IndexFunc(p.Agencies, func(a media.Agency) bool { return a.ID == agency })
		if i < 0 || p.Agencies[i].To.IsZero() || t.Before(p.Agencies[i].To) {
			break
		}
		next := p.Agencies[i].Successor
		if !slices.ContainsFunc(p.Agencies, func(a media.Agency) bool { return a.ID == next }) {
			break
		}
		agency = next
	}
	return agency
}

// Foregoers are the agencies whose duties came to one of these, near or far, and which existed on some day of the plan; those named
// are not among them unless another of them succeeded them.
func (p *Plan) Foregoers(agencies ...string) []string {
	var out []string
	for more := agencies; len(more) > 0; {
		var next []string
		for _, a := range p.Agencies {
			if a.Successor != "" && !a.To.IsZero() && slices.Contains(more, a.Successor) && !slices.Contains(out, a.ID) {
				out, next = append(out, a.ID), append(next, a.ID)
			}
		}
		more = next
	}
	return out
}
