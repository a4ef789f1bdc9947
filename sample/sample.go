// Package sample is a make-believe province on loopback: newspaper, portal,
// department and district sites in the form of the real ones, the station's
// as-run logs, the papers of its agencies, and a plan in the form of the real
// plan. Demo, tests and bench read it like any other province.
//
// Nothing in it is real: the places, the texts and the figures are made up,
// nobody is named, and the hosts stand under .example. It is deterministic:
// the same clock shows the same bytes, whoever asks and whenever.
package sample

import (
	"embed"
	"io/fs"
	"time"

	"loa/schedule/calendar"
)

//go:embed mau/*.yaml
var planFiles embed.FS

// Plans is the plan folder of the province: mau/agencies.yaml,
// mau/sources.yaml and mau/2023.yaml, plan id "mau/2023".
func Plans() fs.FS { return planFiles }

// The span of the story: pieces exist from First to Last, so that the lists
// have a past when the plan comes into force and a future when a demo's clock
// runs on.
func first() time.Time { return time.Date(2022, 12, 1, 0, 0, 0, 0, calendar.Zone) }

// Truth is one published piece as it really is, for tests to hold against what
// was read.
type Truth struct {
	Host    string
	URL     string // as the site's own list links it
	Key     string // host and the site's own identity of the piece: "baomau.example/271030"
	Agency  string // slug of the agency whose site it is
	Section string // as printed
	Column  string // column slug, "" if none
	Title   string // NFC; some sites print it decomposed
	Lead    string

	Published time.Time // printed date, to the minute or second
	Visible   time.Time // first moment at which the site shows it; later than Published when back-dated
	Dated     bool      // false: no date is printed anywhere
	Reachable bool      // false: behind the cookie gate, the error page or the dead host

	Reform bool
	Topic  string // "" unless Reform
	Hard   bool   // looks like reform and is not
	Digest bool   // weekly round-up: holds reform sentences and is not about reform
	CopyOf string // URL of the newspaper's original, "" if own
	Credit string // credit line as printed, "" if none
}

// Items lists every piece that any site will ever show, oldest first.
func Items() []Truth {
	w := province()
	out := make([]Truth, len(w.pieces))
	for i, p := range w.pieces {
		out[i] = p.Truth
	}
	return out
}
