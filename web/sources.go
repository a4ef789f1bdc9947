package web

import (
	"net/http"
	"slices"

	"loa/media"
)

// sourcesPage is the health of every source and log.
type sourcesPage struct {
	Rows     []sourceRow // those in use, in trouble first
	Skipped  []media.Source
	Receipts []media.Receipt
	Reading  int
	Blind    int
	Never    int
}

type sourceRow struct {
	Source media.Source
	Health media.Health
	State  string // "good", "blind", "never"
	Visits []visitCount
}

type visitCount struct {
	Outcome string
	N       int64
}

func (s *site) sources(w http.ResponseWriter, r *http.Request) {
	health, err := s.Items.Health(r.Context())
	if err != nil {
		s.fail(w, r, "read the sources' health", err)
		return
	}
	receipts, err := s.Items.Receipts(r.Context())
	if err != nil {
		s.fail(w, r, "read receipts", err)
		return
	}
	slices.SortStableFunc(receipts, func(a, b media.Receipt) int { return b.From.Compare(a.From) })
	p := sourcesPage{Receipts: receipts}
	for _, src := range s.Plan.Sources {
		if src.Verify {
			p.Skipped = append(p.Skipped, src)
			continue
		}
		row := sourceRow{Source: src, Health: health[src.ID], State: "blind"}
		switch row.Health.Outcome {
		case "":
			row.State = "never"
			p.Never++
		case media.OK, media.NotModified:
			row.State = "good"
			p.Reading++
		default:
			p.Blind++
		}
		for _, o := range append([]string{media.OK, media.NotModified}, media.BlindReasons()...) {
			if n := row.Health.Visits[o]; n > 0 {
				row.Visits = append(row.Visits, visitCount{o, n})
			}
		}
		p.Rows = append(p.Rows, row)
	}
	rank := map[string]int{"blind": 0, "never": 1, "good": 2}
	slices.SortStableFunc(p.Rows, func(a, b sourceRow) int { return rank[a.State] - rank[b.State] })
	s.render(w, r, http.StatusOK, "sources", frame{Title: "Nguồn", Here: "/nguon", Page: p})
}
