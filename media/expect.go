package media

import "slices"

// Expect is one thing that has to be posted on a page: it is there if any of
// the phrases, the expression or the selector is found.
type Expect struct {
	Name     string   // what it is, Vietnamese, for people; unique on its page, and what its history is kept by
	Phrases  []string // words of the page, whatever their marks and case
	Regexp   string   // on the page's visible text, RE2
	Selector string   // CSS
	Proves   []string // of the page's quotas those that need it; empty: all of them
}

// For reports whether a quota that the page proves needs this to be posted.
func (e Expect) For(quota string) bool {
	return len(e.Proves) == 0 || slices.Contains(e.Proves, quota)
}

// Part names one expected thing of a page beside the ids of sources, where
// what probes found over time is kept (Uptime: Up it was there, Absent not).
func (s Source) Part(name string) string { return s.ID + "#" + name }
