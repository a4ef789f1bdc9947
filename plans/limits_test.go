package plans

import (
	"testing"

	"loa/media"
)

// A source's own limits come first, then those of its kind; what neither sets
// is left to the reader's defaults.
func TestLimits(t *testing.T) {
	p, _, problems := Load(province(t, nil), "thu/2024")
	for _, pr := range problems {
		if !pr.Warning {
			t.Fatal(pr)
		}
	}
	page := media.Limits{Body: 3 << 20, Tokens: 40000}
	want := map[string][2]media.Limits{
		"thu/bao-rss":     {{Body: 6 << 20, Items: 100, Depth: 50, Attrs: 60, New: 300}, page},
		"thu/bao-muc":     {{}, page},
		"thu/so-trang":    {page, page},
		"thu/so-niem-yet": {{Body: 4 << 20, Tokens: 50000}, page},
	}
	if len(p.Sources) != len(want) {
		t.Errorf("%d sources", len(p.Sources))
	}
	for _, s := range p.Sources {
		if got := [2]media.Limits{s.Limits, s.PageLimits}; got != want[s.ID] {
			t.Errorf("%s: %+v, want %+v", s.ID, got, want[s.ID])
		}
	}
}
