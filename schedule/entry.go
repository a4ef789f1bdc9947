package schedule

import "time"

// Entry is a part of the plan's files as a person set it in the database from a
// day on (mục sửa trên hệ thống). It lies over the files: of every field that it
// names, it says what holds.
type Entry struct {
	ID    string // made from what it says
	Scope string // whose files: a province ("yen-bai"), or one plan of it ("yen-bai/2023")
	Kind  string // one of the Entry… kinds
	Key   string // which: slug of a source, agency or column; a scope of audience windows; a year
	Body  string // JSON: fields and their values in the words of the plan files; null takes a field out
	Base  string // JSON: what the file said of these fields when it was set; "" where it had none such
	From  time.Time
	At    time.Time // business clock
	Actor string
	Basis string // on what document or agreement
}

// Kinds of entries.
const (
	EntrySource     = "source"     // a place to read
	EntryAgency     = "agency"     // contact and other names of an agency
	EntryColumn     = "column"     // other names and topics of a column
	EntryWindows    = "windows"    // audience windows of a medium, channel or station, all of them from the day on
	EntrySession    = "session"    // days of the month by which the parts of a reporting period are done
	EntryLetterhead = "letterhead" // signer, place, symbol and recipients of one body's papers from the day on
	EntryHolidays   = "holidays"   // days off of a year, and days worked instead
)
