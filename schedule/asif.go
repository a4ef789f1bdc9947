package schedule

import (
	"cmp"
	"time"

	"loa/media"
)

// AsIf is an airing as evidence, as if it were broadcast just so: what Match says
// of it is what would be counted, and why not. It is of grade D, a claim; seen is
// when it was made. It must never be handed to Match with what a standing is made of.
func AsIf(p *Plan, a media.Airing, seen time.Time) media.Evidence {
	a.Grade = media.GradeD
	a.ID = cmp.Or(a.ID, media.Hash("as-if", a.Channel, a.Start.UTC().Format(time.RFC3339), a.Programme))
	e := media.Evidence{ID: a.ID, Kind: media.EvAiring, Source: "schedule:" + a.Channel, At: a.Start, Precision: media.ToSecond, Seen: seen, Verified: seen,
		Title: a.Programme, Grade: a.Grade, Column: a.Column, Airing: &a}
	if a.Title != "" {
		e.Title += ": " + a.Title
	}
	for _, c := range p.Channels {
		if c.ID == a.Channel {
			e.Agency, a.Medium = c.Agency, cmp.Or(a.Medium, c.Medium)
		}
	}
	return e
}
