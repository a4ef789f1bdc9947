package schedule

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Tell says who stands behind what is told: agency ids, "" if the plan does not say.
type Tell struct {
	Officer   string // the department whose officer watches with loa
	Reminders string // the body that reminds departments and districts, in its own name (điểm b khoản 1 mục III of plan 285)
}

// ReminderOffice is the body in whose name an owner is reminded of its shortfalls: the newspaper and the station by the
// department that directs them, every other unit by the body that the plan gives that duty (Reminders). It is "" of a body's own
// duties, where nobody stands above it.
func (p *Plan) ReminderOffice(owner string) string {
	i := slices.IndexFunc(p.Agencies, func(a media.Agency) bool { return a.ID == owner })
	if i < 0 {
		return ""
	}
	office := p.LetterheadAt(p.From).Agency
	if p.Agencies[i].Level != media.Press && p.Tell.Reminders != "" && owner != p.Tell.Reminders {
		office = p.Tell.Reminders
	}
	if office == owner {
		return ""
	}
	return office
}

// ReleaseKind is what a person lets be told.
type ReleaseKind string

const (
	ReleaseEarly   ReleaseKind = "early"   // the warning of a period that still runs, to its owner
	ReleaseMissed  ReleaseKind = "missed"  // a confirmed miss, to its owner
	ReleaseSummary ReleaseKind = "summary" // a month's summary, to departments and districts
	ReleaseOutage  ReleaseKind = "outage"  // that a site is down, seen from elsewhere: to its owner and to who answers for its safety
)

// ReleaseKinds lists them.
func ReleaseKinds() []ReleaseKind {
	return []ReleaseKind{ReleaseEarly, ReleaseMissed, ReleaseSummary, ReleaseOutage}
}

// Release is a person's word that somebody may be told («Gửi»). Append-only.
type Release struct {
	ID, Plan      string
	Kind          ReleaseKind
	Quota, Owner  string // of a summary: ""; of an outage: its source, whose it is
	Period        string // of a summary: its month, "2023-03"; of an outage: since when, RFC 3339, UTC
	At            time.Time
	Actor, Office string // who says so, and the agency in whose name it goes out
	Words         string // what the person adds for those who are told, "" if nothing
}

// ReleaseOf is the release of a standing as it is now; ok is false of one that
// there is nothing to tell its owner about: met, exempt, not seen, on track, tried
// out, or short and not confirmed by a person.
func ReleaseOf(s Standing) (k ReleaseKind, ok bool) {
	switch {
	case s.Shadow():
		return "", false
	case s.State == Open && (s.Risk == "at_risk" || s.LastSave != nil): // the officer is warned before it is at risk (WarnAt), by a holiday if need be
		return ReleaseEarly, true
	case s.State == Missed && s.Confirmed:
		return ReleaseMissed, true
	}
	return "", false
}

// Released reports whether a person let the standing's owner be told of it as it
// is now: of a warning, or of a confirmed miss. What was released as a warning is
// not released as a miss.
func Released(rs []Release, s Standing) bool {
	k, ok := ReleaseOf(s)
	return ok && slices.ContainsFunc(rs, func(r Release) bool {
		return r.Plan == s.Plan && r.Kind == k && r.Quota == s.Quota && r.Owner == s.Owner && r.Period == s.Period
	})
}

// CheckRelease says everything that is wrong with a release; each of the joined
// errors is a Refusal. Newspapers and stations are told one by one, in the name of
// the officer's department, which directs them; departments, districts and
// communes by the month's summary alone, in the name of the body that reminds.
func CheckRelease(p *Plan, sts []Standing, r Release) error {
	var errs []error
	of := args{"plan": p.ID, "quota": r.Quota, "owner": r.Owner, "period": r.Period, "office": r.Office, "officer": p.Tell.Officer, "reminders": p.Tell.Reminders}
	bad := func(code, format string, a ...any) {
		errs = append(errs, Refusal{Code: code, Args: of, msg: fmt.Sprintf(format, a...)})
	}
	if r.Plan != p.ID {
		bad("other_plan", "plan %q: want %q", r.Plan, p.ID)
	}
	if r.Actor == "" {
		bad("no_actor", "actor is missing: who releases")
	}
	if r.Kind == ReleaseSummary {
		month, err := calendar.Parse(r.Period)
		switch {
		case err != nil || month != calendar.At(calendar.Month, month.Start):
			bad("release_no_month", "period %q is no month", r.Period)
		case r.At.Before(month.End):
			of["end"] = month.End
			bad("release_not_over", "month %s is not over", r.Period)
		}
		switch {
		case p.Tell.Reminders == "":
			bad("release_nobody", "plan %s does not say who reminds", p.ID)
		case r.Office != p.Tell.Reminders:
			bad("release_office", "office %q: reminders go out in the name of %q", r.Office, p.Tell.Reminders)
		}
		return errors.Join(errs...)
	}
	if r.Kind == ReleaseOutage {
		if !slices.ContainsFunc(p.Sources, func(s media.Source) bool { return s.ID == r.Quota && s.Agency == r.Owner }) {
			bad("release_no_source", "source %q of %q is not in plan %s", r.Quota, r.Owner, p.ID)
		}
		return errors.Join(errs...)
	}
	i := slices.IndexFunc(sts, func(s Standing) bool { return s.Quota == r.Quota && s.Owner == r.Owner && s.Period == r.Period })
	if i < 0 {
		bad("release_no_standing", "no standing of %s for %s in %s", r.Quota, r.Owner, r.Period)
		return errors.Join(errs...)
	}
	owner := slices.IndexFunc(p.Agencies, func(a media.Agency) bool { return a.ID == r.Owner })
	if owner < 0 || p.Agencies[owner].Level != media.Press {
		bad("release_by_summary", "owner %s is reminded by the month's summary", r.Owner)
	} else if p.Tell.Officer != "" && r.Office != p.Tell.Officer {
		bad("release_officer", "office %q: outlets are told in the name of %q", r.Office, p.Tell.Officer)
	}
	if k, ok := ReleaseOf(sts[i]); !ok || k != r.Kind {
		of["state"], of["confirmed"] = string(sts[i].State), sts[i].Confirmed
		bad("release_nothing", "nothing to release: %s is %s, confirmed %t", r.Quota, sts[i].State, sts[i].Confirmed)
	}
	return errors.Join(errs...)
}
