package schedule

import (
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Amounts lists what can be counted of work done for a quota in a form of the
// plan's catalogue ("" if none was named): posts of F6, copies and panels of F7,
// events and participants of F8 to F11. Without a form, internal work is
// counted by events, and what is only encouraged by everything.
func Amounts(q Quota, form string) []string {
	switch form {
	case "F6":
		return []string{"posts"}
	case "F7":
		return []string{"copies", "panels"}
	case "F8", "F9", "F10", "F11":
		return []string{"events", "participants"}
	}
	switch q.Class {
	case Proc:
		return []string{"events", "participants"}
	case Enc:
		return media.Amounts()
	}
	return nil
}

// HandedIn says as what a duty takes what its owner hands in: a plan of the
// owner's own, a periodic report, or evidence of what was done; "" if it takes
// nothing. Printed pages are evidence beside the newspaper's register (Print).
func HandedIn(q Quota) media.HandinKind {
	k, ok := kind(q.Kind)
	switch {
	case !ok:
		return ""
	case k.tracksLate && attestable(q):
		return media.HandPlan
	case k.papers && q.DueDays > 0:
		return media.HandReport
	case attestable(q), q.Print:
		return media.HandProof
	}
	return ""
}

// Late is the first instant at which a paper for a period of the quota is too late.
func Late(q Quota, period calendar.Period, cal *calendar.Calendar) time.Time {
	k, _ := kind(q.Kind)
	return k.end(q, period, *cal)
}
