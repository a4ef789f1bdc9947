package metrics

import (
	"slices"

	"loa/schedule"
)

// SettledStates lists what a screen that many see may say of a quota and owner.
// «unsettled» stands for whatever is not closed, confirmed or exempt, and for a
// computed miss that was closed without anybody's word on it: that is a question
// to one officer, and none of the public's.
func SettledStates() []string {
	return []string{"met", "missed", "below", "insufficient_data", "exempt", unsettled}
}

const unsettled = "unsettled"

// settledState is what may be said of a standing.
func settledState(st schedule.Standing) string {
	switch {
	case !st.Settled() || st.State == schedule.Open:
		return unsettled
	case st.State != schedule.Missed:
		return string(st.State)
	case st.Basis == schedule.ByReference && (st.Confirmed || !asks(st)):
		return "below"
	case st.Confirmed && st.Basis != schedule.ByReference:
		return "missed"
	}
	return unsettled
}

// asks reports whether a standing is first of all a question to a person («cần xem xét»).
func asks(st schedule.Standing) bool {
	return len(st.Reasons) > 0 && slices.Contains([]string{"needs_judgement", "awaiting_review"}, st.Reasons[0].Code)
}

// settled tells what many may see, and where quotas, owners and sources stand in
// the plan, which is the order in which people expect them.
func (s scrape) settled(p *schedule.Plan, e schedule.Evaluation) {
	counted := map[string]bool{}
	for i, q := range p.Quotas {
		basis := string(q.Basis)
		if q.OnlyCounted() {
			basis, counted[q.ID] = "none", true
		}
		s.gauge("loa_quota_place", float64(i+1), p.ID, q.ID, q.Title, basis, q.Kind, string(q.Cadence))
	}
	type pair struct{ quota, owner string }
	type held struct{ quota, state string }
	owes, ended := map[string]bool{}, map[pair]bool{}
	owners, periods := map[held]int{}, map[held]int{}
	for _, st := range e.Standings {
		owes[st.Owner] = true
		if st.End.After(e.Now) || counted[st.Quota] || st.Shadow() {
			continue
		}
		ended[pair{st.Quota, st.Owner}] = true
		periods[held{st.Quota, settledState(st)}]++
	}
	for _, st := range schedule.Pointed(e.Standings, schedule.SettledPeriod, e.Now) {
		k := pair{st.Quota, st.Owner}
		if !ended[k] {
			continue
		}
		delete(ended, k)
		state := settledState(st)
		owners[held{st.Quota, state}]++
		s.gauge("loa_settled_state", 1, p.ID, st.Quota, st.Owner, state)
		s.gauge("loa_settled_period_end_timestamp_seconds", seconds(st.End), p.ID, st.Quota, st.Owner)
		if len(st.Measures) > 0 && state != unsettled && state != "insufficient_data" {
			m := st.Measures[0]
			s.gauge("loa_settled_delivered", m.Delivered, p.ID, st.Quota, st.Owner, m.Name, string(m.Basis))
			s.gauge("loa_settled_wanted", m.Wanted, p.ID, st.Quota, st.Owner, m.Name, string(m.Basis))
		}
	}
	for k := range ended {
		owners[held{k.quota, unsettled}]++
		s.gauge("loa_settled_state", 1, p.ID, k.quota, k.owner, unsettled)
	}
	for _, q := range p.Quotas {
		for _, state := range SettledStates() {
			if !counted[q.ID] {
				s.gauge("loa_settled_owners", float64(owners[held{q.ID, state}]), p.ID, q.ID, state)
				s.gauge("loa_settled_periods", float64(periods[held{q.ID, state}]), p.ID, q.ID, state)
			}
		}
	}
	for i, a := range p.Agencies {
		if owes[a.ID] {
			name := a.Short
			if name == "" {
				name = a.Name
			}
			s.gauge("loa_owner_place", float64(i+1), a.ID, name, string(a.Level))
		}
	}
	for i, src := range p.Sources {
		s.gauge("loa_source_place", float64(i+1), src.ID, src.Name, src.Agency, string(src.Kind))
	}
}
