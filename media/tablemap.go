package media

import "time"

// TableMap says how the tables of a sender are to be read where their headings
// do not: odd headings, or none.
type TableMap struct {
	Sender   string
	Form     string            // "airings", "schedule", "uploads"
	Columns  map[string]string // by the column's name («Giờ phát»): its letter ("C"), its number ("3") or its heading in the sender's tables
	FirstRow int               // of the data, 1-based, where no heading stands above it; 0: found
	Unit     string            // of bare numbers in the column of lengths: "minute", "second"; "" if they have none
	DayOrder string            // "dmy", "mdy"; "" is "dmy"
	Channel  string            // whose the tables are, where they do not say; "" if they do
	Agency   string            // whose the sender is: of the channel, or of whoever stored it; "" if the department stored it for nobody
	At       time.Time         // business clock: stored
}

// The forms that a TableMap may be of.
const (
	FormAirings  = "airings"
	FormSchedule = "schedule"
	FormUploads  = "uploads"
)
