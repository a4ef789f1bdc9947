// Package report makes the period's papers: one model, built from what was
// evaluated, and one file per format that writes it. It is pure: no I/O but
// the writer it is given, and no clock.
package report

import (
	"io"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// Input is what a report is built from. Evaluation must hold its Matching
// and its Evidence.
type Input struct {
	Plan       *schedule.Plan
	Calendar   *calendar.Calendar // may be nil
	Period     calendar.Period
	Evaluation schedule.Evaluation
	Health     map[string]media.Health
	Now        time.Time         // business clock
	Closing    *schedule.Closing // the revision printed; nil if the period is not closed
	Proposals  int               // rows of Closing that would come out otherwise today
}

// Format is one way to write a report.
type Format struct {
	Name        string // "html"; also the file extension
	ContentType string
	Label       string // for people
	StyleHash   string // Content-Security-Policy source of the style element within, "" if none
	Write       func(io.Writer, Report) error
}

// Formats lists the formats, the first being the default.
func Formats() []Format {
	return []Format{htmlFormat(), jsonFormat()}
}

// Report is everything a paper says about one period. Codes stay codes; the
// words for them are viet's. Every figure can be counted again in the rows
// beside it.
type Report struct {
	Plan       PlanRef     `json:"plan"`
	Period     PeriodRef   `json:"period"`
	Now        time.Time   `json:"now"`
	Evaluated  time.Time   `json:"evaluated"`
	Sample     bool        `json:"sample"`    // invented data: say «Dữ liệu mẫu»
	Closing    *ClosingRef `json:"closing"`   // null while the figures may still change
	Proposals  int         `json:"proposals"` // closed rows that would come out otherwise today: questions to a person
	Proposed   []RowRef    `json:"proposed"`  // those rows
	ByPlan     Tally       `json:"by_plan"`   // closed rows held against chỉ tiêu
	Reference  Tally       `json:"reference"` // closed rows held against mức tham chiếu
	Duties     []Duty      `json:"duties"`
	Broadcasts []Broadcast `json:"broadcasts"`
	Columns    []Columns   `json:"columns"`
	Regulars   []Regular   `json:"regulars"`
	Deadlines  []Deadline  `json:"deadlines"`
	Topics     Topics      `json:"topics"`
	Data       Data        `json:"data"`
}

// PlanRef names the plan.
type PlanRef struct {
	ID      string    `json:"id"`
	Number  string    `json:"number"`
	Title   string    `json:"title"`
	Issuer  string    `json:"issuer"`
	Issued  time.Time `json:"issued"`
	Version string    `json:"version"`
}

// PeriodRef names a period. Closed says that it was over at Report.Now.
type PeriodRef struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Closed bool      `json:"closed"`
}

// ClosingRef names the revision whose rows the report prints.
type ClosingRef struct {
	Dataset     string    `json:"dataset"`
	Revision    int       `json:"revision"`
	At          time.Time `json:"at"`
	Actor       string    `json:"actor"`
	Reason      string    `json:"reason,omitempty"` // why it was restated
	PlanVersion string    `json:"plan_version"`
	Classifier  string    `json:"classifier"`
	Open        int       `json:"open"`      // rows closed without an answer
	Questions   []RowRef  `json:"questions"` // those rows
}

// RowRef names a row.
type RowRef struct {
	Quota  string `json:"quota"`
	Owner  string `json:"owner"`
	Period string `json:"period"`
}

// Tally counts rows by state. Rows in progress, those being tried and those
// that are only counted are not in it. Under a
// reference level Missed and ToReview together are «thấp hơn mức tham chiếu».
type Tally struct {
	Met          int `json:"met"`
	Missed       int `json:"missed_confirmed"`
	ToReview     int `json:"missed_unconfirmed"`
	Insufficient int `json:"insufficient_data"`
	Exempt       int `json:"exempt"`
	Open         int `json:"open"`
}

// Total is the number of rows counted.
func (t Tally) Total() int {
	return t.Met + t.Missed + t.ToReview + t.Insufficient + t.Exempt + t.Open
}

// Below is the number of rows under their level, confirmed or not.
func (t Tally) Below() int { return t.Missed + t.ToReview }

func (t *Tally) add(r Row) {
	switch {
	case r.InProgress || r.Shadow || r.Statistics:
	case r.State == schedule.Met:
		t.Met++
	case r.State == schedule.Missed && r.Confirmed:
		t.Missed++
	case r.State == schedule.Missed:
		t.ToReview++
	case r.State == schedule.Insufficient:
		t.Insufficient++
	case r.State == schedule.Exempt:
		t.Exempt++
	default:
		t.Open++
	}
}

func (t *Tally) join(o Tally) {
	t.Met += o.Met
	t.Missed += o.Missed
	t.ToReview += o.ToReview
	t.Insufficient += o.Insufficient
	t.Exempt += o.Exempt
	t.Open += o.Open
}

// Duty is one quota with its rows of this period.
type Duty struct {
	Quota    string         `json:"quota"`
	Title    string         `json:"title"`
	Place    string         `json:"place"`
	Class    schedule.Class `json:"class"`
	Kind     string         `json:"kind"`
	Basis    schedule.Basis `json:"basis"`
	Note     string         `json:"basis_note,omitempty"`
	Owner    string         `json:"owner"` // in words
	Wanted   int            `json:"wanted"`
	Unit     string         `json:"unit"`
	MaxGap   int            `json:"max_gap_days,omitempty"`
	Deadline *time.Time     `json:"deadline,omitempty"` // exclusive
	Cadence  string         `json:"cadence"`
	Tally    Tally          `json:"tally"`
	Rows     []Row          `json:"rows"`
}

// Row is one standing with the pieces counted for it.
type Row struct {
	Owner      string             `json:"owner"`
	OwnerName  string             `json:"owner_name"`
	Period     string             `json:"period"`
	PeriodName string             `json:"period_name"`
	Start      time.Time          `json:"start"`
	End        time.Time          `json:"end"`
	InProgress bool               `json:"in_progress"`  // reaches beyond the report's period: shown, not counted
	Shadow     bool               `json:"shadow"`       // being tried: nobody is told, in no tally
	Statistics bool               `json:"counted_only"` // «khuyến khích», «nếu có»: never short, in no tally
	State      schedule.State     `json:"state"`
	Confirmed  bool               `json:"confirmed"`
	Risk       string             `json:"risk,omitempty"`
	Measures   []schedule.Measure `json:"measures"`
	Reasons    []schedule.Reason  `json:"reasons"`
	Credits    []Piece            `json:"credits"`
}

// Piece is one piece of evidence behind a figure.
type Piece struct {
	ID    string             `json:"id"`
	Kind  media.EvidenceKind `json:"kind"`
	Title string             `json:"title"`
	URL   string             `json:"url,omitempty"`
	At    time.Time          `json:"at"`
	Grade media.Grade        `json:"grade,omitempty"`
}

// Broadcast is the weekly broadcast of one owner: its closed periods and the
// airings of the column in them, first runs and repeats told apart.
type Broadcast struct {
	Quota     string         `json:"quota"`
	Basis     schedule.Basis `json:"basis"`
	Owner     string         `json:"owner"`
	OwnerName string         `json:"owner_name"`
	Tally     Tally          `json:"tally"`   // over the closed weeks; a week is reported in the period that holds its Sunday
	Closed    int            `json:"closed"`  // N, periods that are over
	Counted   int            `json:"counted"` // airings credited
	FirstRuns int            `json:"first_runs"`
	Repeats   int            `json:"repeats"`
	Seconds   int            `json:"seconds"`        // of the first runs together
	Median    int            `json:"median_seconds"` // of the first runs
	Shortest  int            `json:"shortest_seconds"`
	InWindow  int            `json:"in_window"` // first runs that start in an audience window (mức tham chiếu)
	Airings   []Airing       `json:"airings"`   // the rows behind the figures, by start
}

// Airing is one transmission of the column, counted or not.
type Airing struct {
	Piece
	Period   string           `json:"period"`
	Channel  string           `json:"channel"`
	Seconds  int              `json:"seconds"`
	FirstRun bool             `json:"first_run"`
	InWindow bool             `json:"in_window"`
	Counted  bool             `json:"counted"`
	Why      *schedule.Reason `json:"why,omitempty"` // the first condition it failed, if it was not counted
}

// Columns is the newspaper's column: instalments against what is wanted.
type Columns struct {
	Quota     string         `json:"quota"`
	Basis     schedule.Basis `json:"basis"`
	Owner     string         `json:"owner"`
	OwnerName string         `json:"owner_name"`
	Tally     Tally          `json:"tally"`
	Wanted    int            `json:"wanted"` // over all closed periods
	Counted   int            `json:"counted"`
	Items     int            `json:"items"` // items about reform the owner published in the report's period, in the column or not
	Rows      []Row          `json:"rows"`
}

// Regular is a duty that holds «thường xuyên»: by owner, how many pieces and how long a gap.
type Regular struct {
	Quota    string         `json:"quota"`
	Title    string         `json:"title"`
	Basis    schedule.Basis `json:"basis"`
	Each     bool           `json:"each"`       // many owners
	Binding  int            `json:"owners"`     // owners that can be told: with enough data
	With     int            `json:"with_items"` // of those, owners with one piece or more
	Pieces   int            `json:"pieces"`
	Median   float64        `json:"median_pieces"` // over the owners that can be told
	Longest  *float64       `json:"longest_gap_days"`
	Zero     []OwnerFigure  `json:"zero"`    // with enough data and without a piece
	Unknown  []OwnerFigure  `json:"unknown"` // not enough data: neither praised nor blamed
	PerOwner []OwnerFigure  `json:"per_owner"`
	Tally    Tally          `json:"tally"`
}

// OwnerFigure is one owner's pieces and longest gap over the report's period.
type OwnerFigure struct {
	Owner   string   `json:"owner"`
	Name    string   `json:"name"`
	Pieces  int      `json:"pieces"`
	GapDays *float64 `json:"gap_days"`
	Unknown bool     `json:"insufficient_data"`
}

// Deadline is a duty done once: who is done, late, not yet due or unknown.
type Deadline struct {
	Quota    string         `json:"quota"`
	Title    string         `json:"title"`
	Basis    schedule.Basis `json:"basis"`
	Deadline *time.Time     `json:"deadline"` // exclusive
	Total    int            `json:"total"`
	Done     []OwnerFigure  `json:"done"`
	Late     []OwnerFigure  `json:"late"`
	Missing  []OwnerFigure  `json:"missing"`
	NotDue   []OwnerFigure  `json:"not_due"`
	Unknown  []OwnerFigure  `json:"unknown"`
	Exempt   []OwnerFigure  `json:"exempt"`
}

// Topics counts items about reform by topic. An item may have several topics;
// Primary counts each item once.
type Topics struct {
	Items  int          `json:"items"`
	Counts []TopicCount `json:"counts"` // every topic, in official order
}

// TopicCount is one topic's figure.
type TopicCount struct {
	Topic   string `json:"topic"`
	Items   int    `json:"items"`
	Primary int    `json:"primary"`
}

// Data says how far the figures can be trusted.
type Data struct {
	Sources  int          `json:"sources"`
	Reading  int          `json:"reading"` // last visit was good
	Blind    []SourceLine `json:"blind"`
	Never    []SourceLine `json:"never_visited"`
	Skipped  []SourceLine `json:"skipped"` // address not certain yet
	Items    int          `json:"items"`   // items dated in the period
	Reform   int          `json:"reform"`
	Auto     int          `json:"judged_by_machine"`
	Human    int          `json:"judged_by_person"`
	Queue    int          `json:"queue"` // asked of a person, not answered
	Unjudged int          `json:"unjudged"`
	Undated  int          `json:"undated"`      // items without a readable date, whole store
	NoLog    int          `json:"logs_missing"` // rows that lack a broadcast log
	Exempt   int          `json:"exemptions"`
}

// SourceLine is one source in a list.
type SourceLine struct {
	Source string     `json:"source"`
	Name   string     `json:"name"`
	Agency string     `json:"agency"`
	Reason string     `json:"reason,omitempty"`
	Since  *time.Time `json:"since,omitempty"`
}
