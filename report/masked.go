package report

import (
	"loa/media"
	"loa/viet/mask"
)

// questions is the section under which a citizen's words are masked.
const questions = "Hỏi đáp"

// Masked is a piece of evidence as people may see it: whatever shows one takes
// its title from here. A question's title is the citizen's own words.
func Masked(e media.Evidence) media.Evidence {
	section := e.Section
	if e.Kind == media.EvQuestion {
		section = questions
	}
	e.Title = mask.Text(section, e.Title)
	return e
}
