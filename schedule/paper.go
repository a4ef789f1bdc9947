package schedule

import (
	"strings"

	"loa/schedule/calendar"
	"loa/viet"
)

// Several is the form (Decision.Form) of an attestation by which its author says that one paper tells of several acts, each
// of a day of its own.
const Several = "several"

// SecondPaper finds what a paper counts for already that is about to be attested: an attestation of the same quota and
// owner, in force, by the same number or address, or with the very same file. One act counts once, by whichever way and
// however often its paper is handed in. A paper that tells of several acts counts for each of them, one a day, where it is
// said so (Several). Of other quotas and owners it may tell as well.
func SecondPaper(ds []Decision, d Decision) (earlier Decision, twice bool) {
	if d.Kind != Attest || d.None {
		return Decision{}, false
	}
	for _, x := range ds {
		if x.Kind == Attest && !x.None && x.Quota == d.Quota && x.Owner == d.Owner && x.ID != d.ID && samePaper(x, d) && !struckOut(ds, x) &&
			(d.Form != Several || calendar.Day(x.Date).Equal(calendar.Day(d.Date))) {
			return x, true
		}
	}
	return Decision{}, false
}

// samePaper reports whether two attestations rest on one paper. Numbers of an agency are unique in a year; a title without a number is
// a paper together with its day.
func samePaper(a, b Decision) bool {
	if a.File != "" && a.File == b.File {
		return true
	}
	if a.Document == "" || b.Document == "" {
		return false
	}
	if strings.Contains(a.Document, "://") {
		u := sameAddress(a.Document)
		return u != "" && u == sameAddress(b.Document)
	}
	n, numbered := viet.DocumentNumber(a.Document)
	m, too := viet.DocumentNumber(b.Document)
	year := func(d Decision) int {
		if d.Issued.IsZero() {
			return d.Date.In(calendar.Zone).Year()
		}
		return d.Issued.In(calendar.Zone).Year()
	}
	if numbered && too {
		return n == m && year(a) == year(b)
	}
	return viet.Fold(viet.Clean(a.Document)) == viet.Fold(viet.Clean(b.Document)) && calendar.Day(a.Date).Equal(calendar.Day(b.Date))
}

// struckOut reports whether an attestation was taken back: of several words on it the latest rules.
func struckOut(ds []Decision, of Decision) bool {
	var last *Decision
	for i, d := range ds {
		if (d.Kind == Strike || d.Kind == Add) && d.Evidence == of.ID && d.Quota == of.Quota && d.Owner == of.Owner && (last == nil || !d.At.Before(last.At)) {
			last = &ds[i]
		}
	}
	return last != nil && last.Kind == Strike
}

// Twice refuses what SecondPaper found, and names it.
func Twice(earlier, d Decision) Refusal {
	day := earlier.Date
	if day.IsZero() {
		day = earlier.Issued
	}
	return Refusal{Code: "paper_twice", Args: args{"quota": d.Quota, "document": earlier.Document, "title": earlier.Reason, "file": earlier.FileName, "day": stamp(day),
		"by": earlier.Actor, "at": stamp(earlier.At)}, msg: "the paper is attested already by decision " + earlier.ID}
}

// handedOnce reports whether a quota takes one paper a period, so that none can tell of several acts of it.
func handedOnce(q Quota) bool {
	k, _ := kind(q.Kind)
	return k.tracksLate || q.DueDays > 0
}
