package gen

import (
	"fmt"

	"loa/media"
	"loa/viet"
)

// Colours of states, those of the desk's style sheet. Every colour comes with a
// word; a reference level is never red, and what is not known never green.
const (
	green   = "#2e9e5b"
	red     = "#c62834"
	orange  = "#e07b1a"
	yellow  = "#e2b616"
	blue    = "#5b94cf"
	noColor = "#98a3b0"
	pale    = "#c9d0d8"
	teal    = "#2b9d9a"
	purple  = "#8e6fc7"
)

const (
	none      = "chưa có dữ liệu" // which is no zero
	unsettled = "chưa kết luận"   // ended, but neither closed, confirmed nor exempt
	trial     = "theo dõi thử"
)

// word is a value as people read it.
type word struct{ value, text, color string }

// settledWords are those of loa_settled_state. basis is the quota's.
func settledWords(basis string) []word {
	if basis == "reference" {
		return []word{{"met", viet.StateReference("met", false, ""), teal}, {"below", viet.StateReference("missed", false, ""), purple},
			{"insufficient_data", viet.State("insufficient_data", false, ""), noColor}, {"exempt", viet.State("exempt", false, ""), pale}, {"unsettled", unsettled, pale}}
	}
	return []word{{"met", viet.State("met", false, ""), green}, {"missed", viet.State("missed", true, ""), red},
		{"insufficient_data", viet.State("insufficient_data", false, ""), noColor}, {"exempt", viet.State("exempt", false, ""), pale}, {"unsettled", unsettled, pale}}
}

// The numbers that standing() in queries.go makes of the state set.
func standingWords(basis string) []word {
	of := func(n int, color, state string, confirmed bool, risk string) word {
		text := viet.State(state, confirmed, risk)
		if basis == "reference" {
			text = viet.StateReference(state, confirmed, risk)
		}
		return word{fmt.Sprint(n), text, color}
	}
	met, review, missed := green, orange, red
	if basis == "reference" {
		met, review, missed = teal, purple, purple
	}
	return []word{of(1, met, "met", false, ""), of(2, blue, "open", false, ""), of(3, yellow, "open", false, "at_risk"),
		of(4, review, "missed", false, ""), of(5, missed, "missed", true, ""),
		of(6, noColor, "insufficient_data", false, ""), of(7, pale, "exempt", false, ""), {"9", trial, pale}}
}

// sourceWords are those of loa_source_state.
func sourceWords() []word {
	colors := map[media.SourceState]string{media.SourceOK: green, media.SourceQuiet: yellow, media.SourceBlind: orange}
	var out []word
	for _, s := range media.SourceStates() {
		c := colors[s]
		if c == "" {
			c = noColor
		}
		out = append(out, word{string(s), viet.SourceWord(string(s)), c})
	}
	return out
}

// mapped turns words into Grafana's value mappings, with grey words for what is
// no value at all.
func mapped(ws []word) []mapping {
	values := map[string]result{}
	for i, w := range ws {
		values[w.value] = result{w.text, w.color, i}
	}
	return append([]mapping{{"value", values}}, empty()...)
}

// empty maps what is no number, 0/0 among it, to the words for no data.
func empty() []mapping {
	return []mapping{{"special", special{"null+nan", result{none, noColor, 100}}}}
}
