package web

import (
	"slices"

	"loa/schedule"
)

// pointed finds the standing that an address means by «current», «last» or
// «settled»: what leads here from outside knows no names of periods. word is
// false for any other period, st nil if nothing is pointed at.
func (s *site) pointed(sts []schedule.Standing, quota, owner, period string) (st *schedule.Standing, word bool) {
	if !slices.Contains([]string{schedule.CurrentPeriod, schedule.LastPeriod, schedule.SettledPeriod}, period) {
		return nil, false
	}
	mine := slices.DeleteFunc(slices.Clone(sts), func(st schedule.Standing) bool {
		return st.Quota != quota || s.slug(st.Owner) != owner && st.Owner != owner
	})
	if found := schedule.Pointed(mine, period, s.Business()); len(found) > 0 {
		return &found[0], true
	}
	return nil, true
}
