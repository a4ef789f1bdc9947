package report

import (
	"encoding/json"
	"fmt"
	"io"
)

// jsonFormat writes the model as it is: codes and figures, no words but names.
//
//	{
//	  "schema": "loa.report/2",
//	  "plan":   {id, number, title, issuer, issued, version},
//	  "period": {id, name, start, end, closed},          end is exclusive
//	  "now", "evaluated": RFC 3339, "sample": bool,
//	  "closing": null or {dataset, revision, at, actor, reason, plan_version, classifier, open, questions: [row]},
//	  "proposals": number, "proposed": [row],             row is {quota, owner, period}
//	  "holidays": {"2023-03-08": name},                   days off that bear on the rows
//	  "by_plan", "reference": {met, missed_confirmed, missed_unconfirmed, needs_judgement, insufficient_data, exempt, open},
//	  "duties": [{quota, title, place, class, kind, basis, owner, each, wanted, max_gap_days, max_working_days, max_age_days,
//	              share_percent, due_days, deadline, asks, was: [{…levels, until, asks, actor, basis_note}], unit, cadence, tally, to_date, trying,
//	              rows: [{owner, owner_name, period, period_name, start, end, in_progress, shadow, counted_only, binding, state, confirmed,
//	                      risk, measures, reasons: [{code, args}], closed: {period, revision, dataset, at}, told_until,
//	                      credits: [{id, kind, title, url, at, grade, since, working_days}],
//	                      waiting: [{id, number, title, since, working_days}]}]}],
//	  Every table below begins with quota, title, basis, tally; a list of owners is [{owner, name, period, pieces, gap_days, insufficient_data}].
//	  "broadcasts": [{owner, owner_name, closed, counted, first_runs, repeats, seconds, median_seconds, shortest_seconds, in_window,
//	                  airings: [{…credit, period, channel, seconds, first_run, in_window, counted, why}]}],
//	  "columns":    [{owner, owner_name, wanted, counted, printed, items, rows}],
//	  "regulars":   [{kind, unit, each, owners, with_items, pieces, median_pieces, longest_gap_days, zero, unknown, per_owner}],
//	  "pages":      [{total, present, stale, absent, unknown, exempt}],
//	  "lags":       [{owner, owner_name, periods, max_working_days, posted, known, longest_working_days, median_working_days, over,
//	                  not_posted, posted_only, waiting}],
//	  "answers":    [{owner, owner_name, periods, max_working_days, asked, answered, longest_working_days, over, asked_unknown,
//	                  register_missing, waiting}],
//	  "papers":     [{each, total, received, late, none_arose, missing, not_due, exempt}],
//	  "statistics": [{quota, title, asks, unit, pieces, owners, of_owners, with}],
//	  "availability": [{rows: [{period, period_name, percent, wanted, insufficient_data, below: [{name, percent}]}]}],
//	  "deadlines":  [{deadline, total, done, late, missing, not_due, unknown, exempt}],
//	  "trials":     [{quota, title, asks, owners, owner_name, rows, unknown, spreads: [{measure, unit, bound, wanted, n, min, q1, median, q3, max, holding}]}],
//	  "topics":     {items, counts: [{topic, items, primary}]},
//	  "contents":   {from, groups: [{group, name, subjects: [{key, name, line, date, items, to_date, first, days}]}],
//	                 pieces: [{id, title, url, at, in_period, serves: [{key, words}]}]},   absent where the plan lists none;
//	                items: of the period; to_date: from `from` to the period's end; first: of those; days: from date to first
//	  "data":       {sources, reading, read, blind, never_visited, skipped, items, reform, judged_by_machine, judged_by_person,
//	                 queue, unjudged, undated, logs_missing, registers_missing, exemptions},
//	  "items":      [{id, agency, dated, judged, queue, reform, topics}],  the pieces behind topics and data
//	  "audit":      {sampled, all: {checked, right, low, high}, accepted, refused,   shares with their 95 % intervals
//	                 pieces: [{id, agency, at, reform, checked, right, blind}]}      the random sample of what was decided alone
//	}
//
// Of a paper that goes out ("paper" is cong-van or bao-cao) it carries what the paper shows: a unit that is counted without being named
// is a row without owner, measures and titles, an entry without owner in a list; lists that the paper does not print are empty.
// Rows with shadow (being tried) or counted_only are in no tally.
// Since loa.report/2 rows that wait for a person's judgement are in needs_judgement, no longer in missed_unconfirmed.
// A field may be added under the same schema; one that changes meaning changes the schema's number.
func jsonFormat() Format {
	return Format{Name: "json", ContentType: "application/json; charset=utf-8", Label: "JSON (mã và số liệu)", Write: func(w io.Writer, r Report) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		if err := enc.Encode(struct {
			Schema string `json:"schema"`
			Report
		}{"loa.report/2", r.on("").carried()}); err != nil {
			return fmt.Errorf("write the report as JSON: %w", err)
		}
		return nil
	}}
}
