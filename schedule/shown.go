package schedule

import (
	"slices"
	"time"
)

// The periods of a quota and owner that are pointed at without their name, for
// names grow with time: labels of metrics and addresses of links.
const (
	CurrentPeriod = "current" // holds now
	LastPeriod    = "last"    // the newest that has ended
	SettledPeriod = "settled" // the newest that has ended and is settled
)

// Settled reports whether a standing may be shown to whoever passes by: its
// figures were closed, a person confirmed the miss, or a document exempts from
// it. What is being tried never is.
func (s Standing) Settled() bool {
	if s.Shadow() {
		return false
	}
	return s.State == Exempt || s.State == Missed && s.Confirmed ||
		slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Code == "closed" })
}

// Pointed gives of every quota and owner the standing whose period one of the
// three words points at, in the order in which each pair first comes; pairs
// without such a period are left out.
func Pointed(sts []Standing, word string, now time.Time) []Standing {
	type pair struct{ quota, owner string }
	at := map[pair]int{}
	var out []Standing
	for _, s := range sts {
		over := !s.End.After(now)
		if s.Start.After(now) || over == (word == CurrentPeriod) || word == SettledPeriod && !s.Settled() {
			continue
		}
		k := pair{s.Quota, s.Owner}
		i, have := at[k]
		switch {
		case !have:
			at[k] = len(out)
			out = append(out, s)
		case s.Start.After(out[i].Start):
			out[i] = s
		}
	}
	return out
}

// OnlyCounted reports whether a quota can never be short: the plan encourages
// it, or asks for it «nếu có», without a number.
func (q Quota) OnlyCounted() bool {
	bounded := q.Kind == "lag" || q.Kind == "availability" || q.Kind == "deadline"
	return q.Class == Enc || q.Kind == "encouraged" || q.Wanted == 0 && !bounded
}
