package media

import "time"

// Segment is an item inside a programme as its station lists it (tin, bài trong
// chương trình). What the list does not say is empty: nothing is inferred, and
// nothing is read out of a title. Who was the guest is not kept, only the office.
type Segment struct {
	Channel   string        `json:"channel"`            // channel id, "" if not said
	Programme string        `json:"programme"`          // or column, as printed
	Timed     bool          `json:"timed,omitempty"`    // the time of the day is given, not the day alone
	Duration  time.Duration `json:"duration,omitempty"` // 0: not said
	FirstRun  bool          `json:"first_run"`          // unless the list says it is a repeat
	Mode      string        `json:"mode,omitempty"`     // ModeLive, ModeRecorded
	Topics    []string      `json:"topics,omitempty"`   // of Topics, as the script or the list declares
	Other     bool          `json:"other,omitempty"`    // declared to be about none of them
	Tones     []string      `json:"tones,omitempty"`    // of Tones, as declared
	Guests    []Guest       `json:"guests,omitempty"`   // who speaks in it
	Language  string        `json:"language,omitempty"` // of Languages
	Script    string        `json:"script,omitempty"`   // number or name of its script, as printed
	Of        string        `json:"of"`                 // the production: equal for its runs on any channel
}

// Guest is who speaks in a segment, without the name.
type Guest struct {
	Office string `json:"office"`         // chức vụ: «Giám đốc», «Phó giám đốc»
	Body   string `json:"body,omitempty"` // the agency, as printed
}

// How a segment came on air.
const (
	ModeLive     = "live"     // trực tiếp
	ModeRecorded = "recorded" // ghi hình, ghi âm trước
)

// What a segment does, as its station declares: «biểu dương», «phản ánh hạn chế».
const (
	TonePraise   = "praise"
	ToneCritique = "critique"
)

// Modes, Tones and Languages are closed lists: Vietnamese, Mông, Thái, Dao.
func Modes() []string     { return []string{ModeLive, ModeRecorded} }
func Tones() []string     { return []string{TonePraise, ToneCritique} }
func Languages() []string { return []string{"vi", "hmong", "thai", "dao"} }

// Bulletin is one piece on a loudspeaker (tin, bài truyền thanh): a row of the
// province's source-information system (hệ thống thông tin nguồn, Điều 3 Thông
// tư 39/2020/TT-BTTTT), or one of those that a monthly form declares by number.
type Bulletin struct {
	Form     bool          `json:"form,omitempty"`     // of a form: self-declared, only its month is known
	Month    string        `json:"month"`              // "2023-03"
	N        int           `json:"n,omitempty"`        // of a form: which of Of
	Of       int           `json:"of,omitempty"`       // of a form: how many it declares
	Signed   bool          `json:"signed,omitempty"`   // of a form: signed or sealed by its sender
	Duration time.Duration `json:"duration,omitempty"` // of a form: of all of them together; 0: not said
	Times    int           `json:"times,omitempty"`    // how often it was broadcast; 0: not said
	Reform   bool          `json:"reform,omitempty"`   // declared to be about administrative reform
	Other    bool          `json:"other,omitempty"`    // declared to be about something else
	Subject  string        `json:"subject,omitempty"`  // as printed
	File     string        `json:"file,omitempty"`     // of a form: text or recording that it names, as printed
}

// Grade of a bulletin: the system's own record is A, a signed form B, any other
// form C.
func (b Bulletin) Grade() Grade {
	switch {
	case !b.Form:
		return GradeA
	case b.Signed:
		return GradeB
	}
	return GradeC
}
