// Package metrics shows the last stored evaluation and the health of sources
// to Prometheus. It counts nothing itself: every figure is read from the store
// at scrape time, so that many nodes show the same and the first event of a
// series is visible.
package metrics

import "github.com/prometheus/client_golang/prometheus"

// Metric documents one metric: its full name, type, help and labels.
type Metric struct {
	Name   string
	Type   string // "gauge", "counter" or "histogram"
	Help   string
	Labels []string
}

// The labels of a quota's figures. period is "current" (holds now), "last" (the
// newest one that has ended), or, of one that ended before it and is neither met
// nor confirmed, "last_2" to "last_8": names of periods would grow with time. Only
// loa_quota_period_info names them, for a notice must say which it speaks of.
var quotaLabels = []string{"plan", "quota", "owner", "period"}

// The labels of what a quota is owed once by an owner.
var quotaOwner = []string{"plan", "quota", "owner"}

var measureLabels = append(append([]string(nil), quotaLabels...), "measure", "basis")

var settledLabels = []string{"plan", "quota", "owner", "measure", "basis"}

// Names lists every metric loa exports, in the order of the tables in
// docs/METRICS.md. Dashboards and rules may name no other.
func Names() []Metric {
	return []Metric{
		{"loa_quota_wanted", "gauge", "Pieces, days or minutes the plan or reference level asks for in the period.", measureLabels},
		{"loa_quota_delivered", "gauge", "What was credited in the period, in the unit of the measure.", measureLabels},
		{"loa_quota_shortfall", "gauge", "Wanted less delivered, never below zero.", measureLabels},
		{"loa_quota_due_by_now", "gauge", "Pieces that should have been delivered by the time of the evaluation.", quotaLabels},
		{"loa_quota_state", "gauge", "State set: 1 for the state the quota is in, 0 for the others.", append(append([]string(nil), quotaLabels...), "state")},
		{"loa_quota_at_risk", "gauge", "1 while the open period is at risk of being missed; 0 in shadow, when nobody is told.", quotaLabels},
		{"loa_quota_shadow", "gauge", "1 while a reference level is being tried or its owners' superior has not agreed to it: nobody is to be told.", quotaLabels},
		{"loa_quota_missed_confirmed", "gauge", "1 when the miss was confirmed by a person; a computed miss is 0.", quotaLabels},
		{"loa_quota_observed_ratio", "gauge", "Share of the elapsed period that was observed, 0 to 1.", quotaLabels},
		{"loa_quota_period_end_timestamp_seconds", "gauge", "End of the period, business clock.", quotaLabels},
		{"loa_quota_period_seconds_left", "gauge", "Seconds from the evaluation to the end of the period, 0 once over.", quotaLabels},
		{"loa_quota_last_save_timestamp_seconds", "gauge", "Last moment at which the open period can still be met; absent when met or over.", quotaLabels},
		{"loa_quota_last_save_seconds_left", "gauge", "Seconds from the evaluation to the last-save moment; absent when met or over.", quotaLabels},
		{"loa_quota_produce_by_timestamp_seconds", "gauge", "Last moment at which what is missing can still be begun and be ready for the last save; absent when met or over.", quotaLabels},
		{"loa_quota_produce_by_seconds_left", "gauge", "Seconds from the evaluation to that moment, negative once past; absent when met or over.", quotaLabels},
		{"loa_quota_deadline_timestamp_seconds", "gauge", "Deadline of a quota that is owed once, the first instant that is too late.", quotaOwner},
		{"loa_quota_deadline_seconds_left", "gauge", "Seconds from the evaluation to that deadline, negative once past.", quotaOwner},
		{"loa_quota_deadline_reminders", "gauge", "Reminders of that deadline that are due by now: 0 to 3, counted in working days before it.", quotaOwner},
		{"loa_quota_warn_timestamp_seconds", "gauge", "Working hour at which a person should be told that the open period will be missed; absent where there is nothing to warn of.", quotaLabels},
		{"loa_quota_warn_seconds_left", "gauge", "Seconds from the evaluation to that hour, negative once past; absent likewise.", quotaLabels},
		{"loa_quota_warn_held", "gauge", "1 while what was published of the open period cannot be seen: a warning that was given stays, none is given anew; absent otherwise.", quotaLabels},
		{"loa_quota_planned", "gauge", "1 while announced transmissions would meet the open period, as far as announcements can.", quotaLabels},
		{"loa_quota_released", "gauge", "1 once a person has released the notice of this period to its owner; absent where there is nothing to tell.", quotaLabels},
		{"loa_quota_receipt_seconds_left", "gauge", "Seconds from the evaluation to the hour at which a log or register missing of an ended period is asked for, negative once past; absent while none is missing.", quotaLabels},
		{"loa_quota_info", "gauge", "Always 1; what people read of a quota: title, place in the plan, whether its number is the plan's or a reference level.", []string{"plan", "quota", "title", "place", "basis", "class", "cadence"}},
		{"loa_quota_period_info", "gauge", "Number of the period's first day (days since 1970); the period's id, name and page. Only of standings of which somebody may be told.", append(append([]string(nil), quotaLabels...), "period_id", "period_name", "path")},
		{"loa_site_info", "gauge", "Always 1; address of the desk, for links.", []string{"url"}},
		{"loa_retention_notices", "gauge", "Recordings and weeks without a log that have to be asked for before the station deletes them.", []string{"owner", "channel"}},
		{"loa_retention_last_timestamp_seconds", "gauge", "End of the last day on which the first of them is still kept.", []string{"owner", "channel"}},
		{"loa_retention_seconds_left", "gauge", "Seconds from the evaluation to that moment; absent while nothing has to be asked for.", []string{"owner", "channel"}},
		{"loa_report_cutoff_timestamp_seconds", "gauge", "Cut-off of the reporting window that asks for something now: the one not sent yet, else the one that runs.", []string{"report"}},
		{"loa_report_cutoff_seconds_left", "gauge", "Seconds to that cut-off, negative once past.", []string{"report"}},
		{"loa_report_due_seconds_left", "gauge", "Seconds to the end of the day by which its report is sent.", []string{"report"}},
		{"loa_report_reminders", "gauge", "0; 1 from the 12th on; 2 from the cut-off to the day of sending.", []string{"report"}},
		{"loa_source_last_success_timestamp_seconds", "gauge", "Business time of the last good visit; absent if there was none.", []string{"source"}},
		{"loa_source_blind", "gauge", "1 while the source cannot be read, with the reason; absent while it can.", []string{"source", "reason"}},
		{"loa_source_blind_since_timestamp_seconds", "gauge", "Since when the source cannot be read; absent while it can.", []string{"source"}},
		{"loa_source_blind_seconds", "gauge", "Seconds since then on the business clock; absent while it can be read.", []string{"source"}},
		{"loa_source_certificate_seconds_left", "gauge", "Seconds to the end of the certificate that the source's server last showed to this process; absent before the first visit and without TLS.", []string{"source"}},
		{"loa_source_fetched_bytes_total", "counter", "Bytes of bodies read from the source by this process, decompressed.", []string{"source"}},
		{"loa_visit_duration_seconds", "histogram", "How long this process's looks at sources took, by kind of look (visit, page) and outcome; native, with classic buckets beside.", []string{"kind", "outcome"}},
		{"loa_source_state", "gauge", "State set of every source of the plan: 1 for the state it is in, 0 for the others.", []string{"source", "state"}},
		{"loa_source_doubt", "gauge", "1 while a source that is seen may not show all: its list has shrunk, or changes without anything new.", []string{"source", "doubt"}},
		{"loa_source_quiet_score", "gauge", "Deviations by which what the source published of late is below the median of its own history; absent without a history.", []string{"source"}},
		{"loa_source_published", "gauge", "What the source published in the stretch of days that is compared; absent without a history.", []string{"source"}},
		{"loa_source_published_median", "gauge", "Median of the same over its own history; absent without one.", []string{"source"}},
		{"loa_source_classified", "gauge", "Items of the source judged in the stretch of days that is compared, the last 28 where its history does not tell.", []string{"source"}},
		{"loa_source_drift", "gauge", "What the classifier made of them, 0 to 1, by figure: accepted, asked (shares), score (mean), unknown (mean share of unknown syllables).", []string{"source", "figure"}},
		{"loa_source_drift_median", "gauge", "Median of the same over the source's own history; absent without one.", []string{"source", "figure"}},
		{"loa_source_drift_score", "gauge", "Deviations from that median, either way; absent without a history.", []string{"source", "figure"}},
		{"loa_source_drift_unusual", "gauge", "1 while the figure has left the source's own history; 0 where that does not tell.", []string{"source", "figure"}},
		{"loa_source_wait_seconds", "gauge", "Wait between good visits at present; absent after a visit that saw nothing.", []string{"source"}},
		{"loa_source_failures", "gauge", "Failed visits in a row.", []string{"source"}},
		{"loa_source_visits_total", "counter", "Visits by outcome.", []string{"source", "outcome"}},
		{"loa_source_last_visit_duration_seconds", "gauge", "How long the last visit took.", []string{"source"}},
		{"loa_source_items", "gauge", "Items first seen at the source.", []string{"source"}},
		{"loa_files_refused", "gauge", "1 while files that were written anew (plans, days off, lexicon) hold mistakes, so that this node goes on with those it read before.", nil},
		{"loa_quarantined_documents", "gauge", "Documents, agencies or jobs on which a stage of the program panicked and that wait for a person or a new version, by stage: read, judge, compare, evaluate, chore.", []string{"stage"}},
		{"loa_items", "gauge", "Items by verdict in force: reform, other, review, unjudged.", []string{"verdict"}},
		{"loa_verdicts", "gauge", "Items by the version of the classifier that judged them (current: the one in force; earlier; none) and by state.", []string{"classifier", "state"}},
		{"loa_review_queue_items", "gauge", "Items that wait for a person's word.", nil},
		{"loa_review_oldest_seconds", "gauge", "Age of the one of them that was seen first; 0 while none waits.", nil},
		{"loa_audit_sampled", "gauge", "Items of the random sample of what the classifier in force decided alone, by what it decided: accepted, refused.", []string{"decision"}},
		{"loa_audit_checked", "gauge", "Those of the sample on which a person has spoken.", []string{"decision"}},
		{"loa_audit_right", "gauge", "Those of the checked of which the person said the same as the classifier.", []string{"decision"}},
		{"loa_quota_place", "gauge", "Place of the quota in the plan, from 1; basis is plan, reference, or none where it is only counted.", []string{"plan", "quota", "title", "basis", "kind", "cadence"}},
		{"loa_owner_place", "gauge", "Place of whoever owes something in the plan's list of agencies, which is the official order, from 1.", []string{"owner", "name", "level"}},
		{"loa_source_place", "gauge", "Place of the source in the plan's list, from 1, with its name, whose it is and its kind.", []string{"source", "name", "owner", "kind"}},
		{"loa_settled_state", "gauge", "Always 1; what a screen that many see may say of the newest settled period of a quota and owner (closed, confirmed or exempt): met, missed, below, insufficient_data, exempt; unsettled where no period is.", []string{"plan", "quota", "owner", "state"}},
		{"loa_settled_delivered", "gauge", "What was credited in that period, of the quota's main measure.", settledLabels},
		{"loa_settled_wanted", "gauge", "What that period asked for.", settledLabels},
		{"loa_settled_period_end_timestamp_seconds", "gauge", "End of that period, business clock.", []string{"plan", "quota", "owner"}},
		{"loa_settled_owners", "gauge", "Owners of the quota by the state of their newest settled period, with unsettled.", []string{"plan", "quota", "state"}},
		{"loa_settled_periods", "gauge", "Ended periods of the quota, of all owners since the plan began, by settled state, with unsettled.", []string{"plan", "quota", "state"}},
		{"loa_evidence_objects", "gauge", "Kept bodies by class.", []string{"class"}},
		{"loa_evidence_bytes", "gauge", "Bytes of kept bodies by class, decompressed.", []string{"class"}},
		{"loa_evidence_deleted", "gauge", "Bodies deleted because their time had passed, by class.", []string{"class"}},
		{"loa_store_connections", "gauge", "This process's connections to the database by pool and state: in_use, idle.", []string{"pool", "state"}},
		{"loa_store_waits_total", "counter", "Times that a connection had to be waited for.", []string{"pool"}},
		{"loa_store_wait_seconds_total", "counter", "Time spent waiting for connections.", []string{"pool"}},
		{"loa_evaluation_timestamp_seconds", "gauge", "Business time the last evaluation was run for.", []string{"plan"}},
		{"loa_evaluation_age_seconds", "gauge", "Machine time since the last evaluation was stored.", []string{"plan"}},
		{"loa_plan_info", "gauge", "Always 1; the plan that is being watched and whether it is sample data.", []string{"plan", "number", "sample"}},
		{"loa_build_info", "gauge", "Always 1; version of the program, of Go, and its revision in version control.", []string{"version", "goversion", "revision"}},
	}
}

func named(name string) Metric {
	for _, m := range Names() {
		if m.Name == name {
			return m
		}
	}
	panic("metrics: " + name + " is not in Names")
}

// descs turns Names into descriptions, keyed by name; histograms describe themselves.
func descs() map[string]*prometheus.Desc {
	out := map[string]*prometheus.Desc{}
	for _, m := range Names() {
		if m.Type == "histogram" {
			continue
		}
		out[m.Name] = prometheus.NewDesc(m.Name, m.Help, m.Labels, nil)
	}
	return out
}
