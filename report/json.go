package report

import (
	"encoding/json"
	"fmt"
	"io"
)

// jsonFormat writes the model as it is: codes and figures, no words but names.
//
//	{
//	  "schema": "loa.report/1",
//	  "plan":   {id, number, title, issuer, issued, version},
//	  "period": {id, name, start, end, closed},          end is exclusive
//	  "now", "evaluated": RFC 3339, "sample": bool,
//	  "by_plan", "reference": {met, missed_confirmed, missed_unconfirmed, insufficient_data, exempt, open},
//	  "duties": [{quota, title, place, class, kind, basis, owner, wanted, unit, cadence, tally,
//	              rows: [{owner, owner_name, period, period_name, start, end, in_progress, state, confirmed, risk,
//	                      measures, reasons: [{code, args}], credits: [{id, kind, title, url, at, grade}]}]}],
//	  "broadcasts": [{quota, owner, tally, closed, counted, first_runs, repeats, seconds, median_seconds,
//	                  shortest_seconds, in_window, airings: [{…credit, period, channel, seconds, first_run, in_window, counted, why}]}],
//	  "columns":    [{quota, owner, tally, wanted, counted, items, rows}],
//	  "regulars":   [{quota, title, basis, each, owners, with_items, pieces, median_pieces, longest_gap_days,
//	                  zero, unknown, per_owner: [{owner, name, pieces, gap_days, insufficient_data}], tally}],
//	  "deadlines":  [{quota, title, basis, deadline, total, done, late, missing, not_due, unknown, exempt}],
//	  "topics":     {items, counts: [{topic, items, primary}]},
//	  "data":       {sources, reading, blind, never_visited, skipped, items, reform, judged_by_machine,
//	                 judged_by_person, queue, unjudged, undated, logs_missing, exemptions}
//	}
//
// A field may be added under the same schema; one that changes meaning changes the schema's number.
func jsonFormat() Format {
	return Format{Name: "json", ContentType: "application/json; charset=utf-8", Label: "JSON (mã và số liệu)", Write: func(w io.Writer, r Report) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		if err := enc.Encode(struct {
			Schema string `json:"schema"`
			Report
		}{"loa.report/1", r}); err != nil {
			return fmt.Errorf("write the report as JSON: %w", err)
		}
		return nil
	}}
}
