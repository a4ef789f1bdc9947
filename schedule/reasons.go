package schedule

import (
	"time"

	"loa/schedule/calendar"
)

// Codes lists the closed list of reasons. Their sentences live in viet; a new
// code needs a sentence there.
func Codes() []string {
	return []string{
		// of standings
		"enough_delivered", "short", "period_open", "at_risk", "not_started",
		"source_blind", "source_none", "not_observed", "receipt_missing", "evidence_missing",
		"exempted", "not_binding", "confirmed_missed", "unconfirmed", "late", "on_time",
		"gap_too_long", "gap_within", "needs_judgement", "awaiting_review",
		// of evidence
		"is_reform", "not_reform", "not_judged", "in_column", "not_in_column", "topic", "wrong_topic",
		"long_enough", "too_short", "first_run", "is_repeat", "in_window", "outside_window", "not_enough_inside",
		"theme", "wrong_theme", "same_day", "is_repost", "outside_period", "no_date", "struck", "added", "attested",
	}
}

// args keeps reasons short to write. Values are string, []string, int or float64;
// times are RFC 3339 strings in the province's zone; agencies, sources,
// channels and columns go by their names, topics by their slugs.
type args = map[string]any

func because(code string, a args) Reason { return Reason{Code: code, Args: a} }

func stamp(t time.Time) string { return t.In(calendar.Zone).Format(time.RFC3339) }
