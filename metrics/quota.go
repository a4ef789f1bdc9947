package metrics

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
)

func (s scrape) evaluation(e schedule.Evaluation, released []schedule.Release) {
	s.gauge("loa_evaluation_timestamp_seconds", seconds(e.Now), e.Plan)
	rows := shown(e)
	for _, r := range rows {
		s.standing(r.st, r.period, e.Now)
		s.warn(r.st, r.period, e.Now, schedule.Released(released, r.st))
	}
	s.retention(rows, e.Now)
}

// row is a standing with its period's label.
type row struct {
	st     schedule.Standing
	period string
}

// What ended long ago and is still not settled is not told any more: the lists
// of the desk have it.
const (
	oldest   = 60 * 24 * time.Hour
	unsettle = 7 // periods before the last
)

// shown picks, for each quota and owner, the period that holds now, the newest
// that has ended, and those that ended before it and still ask for something.
func shown(e schedule.Evaluation) []row {
	type key struct{ quota, owner string }
	current, ended := map[key]schedule.Standing{}, map[key][]schedule.Standing{}
	var order []key
	known := map[key]bool{}
	for _, st := range e.Standings {
		k := key{st.Quota, st.Owner}
		if !known[k] {
			known[k] = true
			order = append(order, k)
		}
		switch {
		case st.Start.After(e.Now):
		case st.End.After(e.Now):
			if old, ok := current[k]; !ok || st.Start.After(old.Start) {
				current[k] = st
			}
		default:
			ended[k] = append(ended[k], st)
		}
	}
	var out []row
	for _, k := range order {
		if st, ok := current[k]; ok {
			out = append(out, row{st, "current"})
		}
		list := ended[k]
		slices.SortStableFunc(list, func(a, b schedule.Standing) int { return b.End.Compare(a.End) })
		for i, st := range list[:min(len(list), unsettle+1)] {
			switch {
			case i == 0:
				out = append(out, row{st, "last"})
			case tellable(st) && !st.Confirmed && e.Now.Sub(st.End) < oldest:
				out = append(out, row{st, earlier(i + 1)})
			}
		}
	}
	return out
}

func earlier(n int) string { return "last_" + string(rune('0'+n)) }

// tellable reports whether somebody may be told of a standing.
func tellable(st schedule.Standing) bool {
	return !st.Shadow() && (st.State == schedule.Missed || st.State == schedule.Insufficient || st.State == schedule.Open && short(st))
}

func short(st schedule.Standing) bool {
	return slices.ContainsFunc(st.Measures, func(m schedule.Measure) bool { return m.Shortfall > 0 })
}

func (s scrape) standing(st schedule.Standing, period string, now time.Time) {
	l := []string{st.Plan, st.Quota, st.Owner, period}
	for _, m := range st.Measures {
		ml := append(append([]string(nil), l...), m.Name, string(m.Basis))
		s.gauge("loa_quota_wanted", m.Wanted, ml...)
		s.gauge("loa_quota_delivered", m.Delivered, ml...)
		s.gauge("loa_quota_shortfall", m.Shortfall, ml...)
	}
	s.gauge("loa_quota_due_by_now", st.DueByNow, l...)
	for _, state := range schedule.States() {
		s.gauge("loa_quota_state", truth(st.State == state), append(append([]string(nil), l...), string(state))...)
	}
	s.gauge("loa_quota_at_risk", truth(st.State == schedule.Open && st.Risk == "at_risk" && !st.Shadow()), l...)
	s.gauge("loa_quota_shadow", truth(st.Shadow()), l...)
	s.gauge("loa_quota_missed_confirmed", truth(st.State == schedule.Missed && st.Confirmed), l...)
	s.gauge("loa_quota_observed_ratio", st.Coverage.Share, l...)
	s.gauge("loa_quota_period_end_timestamp_seconds", seconds(st.End), l...)
	s.gauge("loa_quota_period_seconds_left", max(0, st.End.Sub(now).Seconds()), l...)
	if st.LastSave != nil {
		s.gauge("loa_quota_last_save_timestamp_seconds", seconds(*st.LastSave), l...)
		s.gauge("loa_quota_last_save_seconds_left", st.LastSave.Sub(now).Seconds(), l...)
	}
	if by, ok := st.ProduceBy(); ok {
		s.gauge("loa_quota_produce_by_timestamp_seconds", seconds(by), l...)
		s.gauge("loa_quota_produce_by_seconds_left", by.Sub(now).Seconds(), l...)
	}
}

// warn tells when a person should be told of a standing, and where to read on.
func (s scrape) warn(st schedule.Standing, period string, now time.Time, told bool) {
	cal := s.c.opt.Calendar
	l := []string{st.Plan, st.Quota, st.Owner, period}
	if tellable(st) {
		s.gauge("loa_quota_released", truth(told), l...)
	}
	if st.State == schedule.Open {
		s.gauge("loa_quota_planned", truth(st.Planned()), l...)
	}
	if at, ok := st.WarnAt(cal, s.c.quotas[st.Quota].WarnDays); ok {
		s.gauge("loa_quota_warn_timestamp_seconds", seconds(at), l...)
		s.gauge("loa_quota_warn_seconds_left", at.Sub(now).Seconds(), l...)
	}
	if st.WarnHeld() {
		s.gauge("loa_quota_warn_held", 1, l...)
	}
	if at, ok := st.ReceiptDue(cal); ok {
		s.gauge("loa_quota_receipt_seconds_left", at.Sub(now).Seconds(), l...)
	}
	if tellable(st) {
		name := st.Period
		if p, err := calendar.Parse(st.Period); err == nil {
			name = p.Name()
		}
		day := float64(st.Start.In(calendar.Zone).Unix()+7*3600) / 86400
		s.gauge("loa_quota_period_info", day, append(append([]string(nil), l...), st.Period, name, s.path(st))...)
	}
	if q := s.c.quotas[st.Quota]; q.Cadence == calendar.Once && (period == "current" || !now.Before(st.End)) && (period == "current" || period == "last") {
		by := q.Deadline
		if by.IsZero() {
			by = st.End
		}
		s.gauge("loa_quota_deadline_timestamp_seconds", seconds(by), st.Plan, st.Quota, st.Owner)
		s.gauge("loa_quota_deadline_seconds_left", by.Sub(now).Seconds(), st.Plan, st.Quota, st.Owner)
		s.gauge("loa_quota_deadline_reminders", float64(schedule.Reminders(cal, by, now)), st.Plan, st.Quota, st.Owner)
	}
}

// path is the standing's page at the desk.
func (s scrape) path(st schedule.Standing) string {
	owner := strings.TrimPrefix(st.Owner, s.c.opt.Plan.Province+"/")
	return "/tien-do/" + url.PathEscape(st.Quota) + "/" + url.PathEscape(owner) + "/" + url.PathEscape(st.Period)
}

// retention tells of the recordings that will be deleted first, as the standings'
// own reasons say.
func (s scrape) retention(rows []row, now time.Time) {
	type key struct{ owner, channel string }
	first, asked := map[key]time.Time{}, map[key]map[string]bool{}
	for _, r := range rows {
		if r.st.Shadow() {
			continue
		}
		for _, why := range r.st.Reasons {
			if why.Code != "retention_run" && why.Code != "retention_days" {
				continue
			}
			channel, _ := why.Args["channel"].(string)
			start, _ := why.Args["start"].(string)
			text, _ := why.Args["last"].(string)
			last, err := time.Parse(time.RFC3339, text)
			if err != nil {
				continue
			}
			k, end := key{r.st.Owner, channel}, last.AddDate(0, 0, 1)
			if asked[k] == nil {
				asked[k] = map[string]bool{}
			}
			asked[k][why.Code+start] = true
			if at, ok := first[k]; !ok || end.Before(at) {
				first[k] = end
			}
		}
	}
	for k, at := range first {
		s.gauge("loa_retention_notices", float64(len(asked[k])), k.owner, k.channel)
		s.gauge("loa_retention_last_timestamp_seconds", seconds(at), k.owner, k.channel)
		s.gauge("loa_retention_seconds_left", at.Sub(now).Seconds(), k.owner, k.channel)
	}
}

// papers tells how far the reporting windows are.
func (s scrape) papers(now time.Time) {
	for _, w := range []struct {
		report  string
		cadence calendar.Cadence
	}{{"month", calendar.Month14}, {"quarter", calendar.Quarter14}} {
		p := schedule.PaperOf(w.cadence, s.c.opt.Calendar, now)
		s.gauge("loa_report_cutoff_timestamp_seconds", seconds(p.Period.End), w.report)
		s.gauge("loa_report_cutoff_seconds_left", p.Period.End.Sub(now).Seconds(), w.report)
		s.gauge("loa_report_due_seconds_left", p.Due.Sub(now).Seconds(), w.report)
		s.gauge("loa_report_reminders", float64(p.Reminders), w.report)
	}
}

// names gives the words that people read, to be joined to the figures.
func (s scrape) names() {
	p := s.c.opt.Plan
	for _, q := range p.Quotas {
		basis := cmp.Or(q.Basis, schedule.ByReference)
		s.gauge("loa_quota_info", 1, p.ID, q.ID, q.Title, q.Place, string(basis), string(q.Class), string(q.Cadence))
	}
	if s.c.opt.Address != "" {
		s.gauge("loa_site_info", 1, strings.TrimSuffix(s.c.opt.Address, "/"))
	}
}
