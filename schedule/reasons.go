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
		"exempted", "not_binding", "confirmed_missed", "confirm_void", "unconfirmed", "late", "on_time",
		"gap_too_long", "gap_within", "needs_judgement", "awaiting_review",
		"exempt_note", "none_arose", "stated_absent", "encouraged", "if_any", "shadow", "produce_by", "past_usual", "may_make_good", "made_good", "made_good_lost", "not_made_good",
		"register_missing", "list_to_come", "not_probed", "not_watched", "page_found", "page_absent", "page_doubtful", "page_lacks", "fresh", "stale", "lag_within", "lag_too_long",
		"planned_fits", "planned_unsure", "planned_unfit", "planned_none", "usually", "retention_run", "retention_days",
		"number_skipped", "number_back", "number_double", "number_late", "week_skipped",
		"answer_late", "asked_unknown_n", "posted_only", "available", "unavailable", "site_below", "closed", "restate_proposed",
		// of evidence
		"is_reform", "not_reform", "not_judged", "in_column", "not_in_column", "topic", "wrong_topic",
		"long_enough", "too_short", "first_run", "is_repeat", "in_window", "outside_window", "not_enough_inside",
		"theme", "wrong_theme", "same_day", "is_repost", "not_own", "outside_period", "no_date", "struck", "added", "attested",
		"integrated", "not_posted", "posted_in", "posted_by", "posted_undated", "answered_by", "signed_unknown", "not_decision", "not_answered", "answered_in", "asked_unknown",
		"in_period", "printed", "makes_good", "agreed_make_good", "make_good_not_spare", "carried", "over_share", "same_production", "same_column", "same_decision",
		"declared_seen", "declared_twice", "declared_too", "declared_stands",
		// of suggestions
		"topic_untold", "topic_few", "content_untold", "agency_untold", "agency_few", "piece_age",
		"slot_regular", "slot_kept", "slot_own", "slot_off", "slot_moved", "slot_conflict", "slot_closed", "slot_none", "slot_holiday",
		// of segments and bulletins
		"undeclared", "declared_topic", "topic_undeclared", "declared_other", "carrier", "wrong_carrier", "tone", "wrong_tone", "live", "recorded", "live_undeclared",
		"guest", "wrong_guest", "guest_unknown", "guest_undeclared", "language", "wrong_language", "medium", "wrong_medium", "channel_undeclared",
		"declared_by_form", "declared_by_system", "in_system_log",
		// of what units declare
		"claim_both", "claim_only_unit", "claim_only_seen", "claim_other_date", "claim_other_title", "claim_twice", "claim_not_counted", "claim_said_wrong", "claim_not_ours",
		"claim_quantity", "claim_paper", "claim_outside",
	}
}

// args keeps reasons short to write. Values are string, []string, int or float64;
// times are RFC 3339 strings in the province's zone; agencies, sources,
// channels and columns go by their names, topics by their slugs.
type args = map[string]any

func because(code string, a args) Reason { return Reason{Code: code, Args: a} }

func stamp(t time.Time) string { return t.In(calendar.Zone).Format(time.RFC3339) }
