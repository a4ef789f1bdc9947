package media

import (
	"strconv"
	"time"
)

// RegisterKind says what a register lists.
type RegisterKind string

const (
	RegPrint      RegisterKind = "print"      // what a newspaper printed
	RegProcedures RegisterKind = "procedures" // decisions that publish administrative procedures, kept by the people's committee's office
	RegQuestions  RegisterKind = "questions"  // questions of citizens and businesses, with their answers
	RegSegments   RegisterKind = "segments"   // items inside a station's programmes
	RegRadioLog   RegisterKind = "radio_log"  // loudspeakers' bulletins in the province's source-information system
	RegRadioForm  RegisterKind = "radio_form" // the monthly form of a commune's or district's radio
)

// RegisterKinds lists the kinds of register.
func RegisterKinds() []RegisterKind {
	return []RegisterKind{RegPrint, RegProcedures, RegQuestions, RegSegments, RegRadioLog, RegRadioForm}
}

// Register is a list that a body handed in and declares complete for a span
// (bảng kê). One without rows says that there was nothing («không có»). A later
// register of the same kind and agency supersedes the rows dated in its span,
// never deletes them.
type Register struct {
	ID       string // hash of kind, agency, span, sender and file
	Kind     RegisterKind
	Agency   string    // whose publications: agency id
	From, To time.Time // To exclusive
	Sender   string
	Note     string // why there are no rows, where there are none
	FileHash string // "" without a file
	FileName string
	At       time.Time // business clock
	Kept     *Kept     // the file's own bytes as kept; nil if there is none
	Rows     []Entry
}

// Entry is one row of a register.
type Entry struct {
	ID       string // RegisterKind.EntryID: the same row handed in again is the same entry
	Row      int    // in the file, 1-based, counting the header
	Number   string // of the issue (print), the decision (procedures), the question
	Title    string
	Page     string    // print
	Section  string    // print, segments: column as written
	Column   string    // print, segments: column id recognised, "" if none
	At       time.Time // print: date of issue; procedures: date signed; questions: see media.Evidence.At; segments, radio: of broadcast, the last day of a form's month
	Asked    time.Time // questions: zero if not known
	Answered time.Time // questions: zero if not answered
	Segment  *Segment  `json:",omitempty"` // segments
	Bulletin *Bulletin `json:",omitempty"` // radio
}

// EntryID names a row of such a register by what it is about: the issue, page and title printed;
// the decision's number and day; the question's number, or its words and the
// day it was asked; the channel, minute, title and run of a segment; the minute and title of a
// bulletin, the place in its month's number of one that a form declares.
func (kind RegisterKind) EntryID(agency string, e Entry) string {
	day := ""
	if !e.At.IsZero() && kind != RegQuestions {
		day = e.At.UTC().Format("20060102T15")
	}
	minute := e.At.UTC().Format("20060102T1504")
	switch {
	case kind == RegSegments && e.Segment != nil:
		return Hash("entry", string(kind), agency, minute, e.Segment.Channel, e.Title, strconv.FormatBool(e.Segment.FirstRun))
	case kind == RegRadioForm && e.Bulletin != nil:
		return Hash("entry", string(kind), agency, e.Bulletin.Month, strconv.Itoa(e.Bulletin.N))
	case kind == RegRadioLog:
		return Hash("entry", string(kind), agency, minute, e.Title)
	case kind == RegQuestions && e.Number != "":
		return Hash("entry", string(kind), agency, e.Number)
	case kind == RegPrint:
		return Hash("entry", string(kind), agency, day, e.Page, e.Title)
	case kind == RegProcedures:
		return Hash("entry", string(kind), agency, day, e.Number)
	case e.Asked.IsZero():
		return Hash("entry", string(kind), agency, e.Title)
	}
	return Hash("entry", string(kind), agency, e.Title, e.Asked.UTC().Format("20060102T15"))
}
