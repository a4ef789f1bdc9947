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
	Now        time.Time                // business clock
	Closing    *schedule.Closing        // the revision printed; nil if the period is not closed
	Proposals  int                      // rows of Closing that would come out otherwise today
	Audit      []Audited                // the random sample of what the classifier decided alone, of any period
	Cases      []schedule.Case          // make-good cases of the plan
	Declared   []schedule.DeclaredTally // what units declared of periods that lie in this one, beside what was observed
	Facets     []media.FacetKind        // what texts are looked through for beside topics
	Amounts    []media.HandinSum        // what units attest to have done in the period
	Paper      Paper                    // "": what the format is for
	Shown      Shown                    // what a person lets out on a paper that leaves the house
	Notes      []Note                   // what a person adds to sections of the paper
	Issued     *Issued                  // number and day of a revision that was issued
}

// Note is what an officer adds to one section of a paper: kept apart from what is generated, it survives every new draft.
type Note struct {
	Section string    `json:"section"`
	Text    string    `json:"text"`
	Actor   string    `json:"actor,omitempty"`
	At      time.Time `json:"at"`
}

// Issued is the number and the day that the office gave a paper («đã ban hành»).
type Issued struct {
	Number string    `json:"number"` // «45/STTTT-TTBCXB»
	Date   time.Time `json:"date"`
	File   string    `json:"file,omitempty"` // hash of the signed paper
}

// Format is one way to write a report.
type Format struct {
	Name        string // "html"; also the file extension
	ContentType string
	Label       string // for people
	StyleHash   string // Content-Security-Policy source of the style element within, "" if none
	Paper       Paper  // what it is for where nobody says
	Write       func(io.Writer, Report) error
}

// Formats lists the formats, the first being the default. None prints a report
// whose figures its rows do not bear out.
func Formats() []Format {
	return []Format{verified(htmlFormat()), verified(docxFormat()), verified(pdfFormat()), verified(xlsxFormat()), verified(csvFormat()), verified(jsonFormat())}
}

// Report is everything a paper says about one period. Codes stay codes; the
// words for them are viet's. Every figure can be counted again in the rows
// beside it: Verify does, before anything is printed.
type Report struct {
	Plan      planRef           `json:"plan"`
	Period    periodRef         `json:"period"`
	Now       time.Time         `json:"now"`
	Evaluated time.Time         `json:"evaluated"`
	Sample    bool              `json:"sample"`    // invented data: say «Dữ liệu mẫu»
	Closing   *ClosingRef       `json:"closing"`   // null while the figures may still change
	Proposals int               `json:"proposals"` // closed rows that would come out otherwise today: questions to a person
	Proposed  []rowRef          `json:"proposed"`  // those rows
	Holidays  map[string]string `json:"holidays"`  // days off named in the calendar, by date, that bear on the rows
	ByPlan    Tally             `json:"by_plan"`   // closed rows held against chỉ tiêu
	Reference Tally             `json:"reference"` // closed rows held against mức tham chiếu
	Duties    []Duty            `json:"duties"`

	Broadcasts   []Broadcast         `json:"broadcasts"`
	Columns      []Columns           `json:"columns"`
	Regulars     []Regular           `json:"regulars"`
	Pages        []pageTable         `json:"pages"`
	Lags         []lagTable          `json:"lags"`
	Answers      []answerTable       `json:"answers"`
	Papers       []paperTable        `json:"papers"`
	Statistics   []Statistics        `json:"statistics"`
	Availability []availabilityTable `json:"availability"`
	Deadlines    []Deadline          `json:"deadlines"`
	Trials       []Trial             `json:"trials"`
	Cases        []caseRow           `json:"-"` // make-good cases of the rows; in JSON the rows' reasons tell of them
	Topics       Topics              `json:"topics"`
	Contents     *contents           `json:"contents,omitempty"` // section II.1: what was to be told of, and what was
	Data         Data                `json:"data"`
	Items        []item              `json:"items"` // behind topics and data
	Audit        Audit               `json:"audit"` // of those items
	Radio        *radioTable         `json:"radio,omitempty"`
	Declared     []declaredRow       `json:"declared,omitempty"` // by units, beside what was observed

	Paper           Paper            `json:"paper,omitempty"`
	Head            headRef          `json:"letterhead"`
	Shown           Shown            `json:"shown"`
	Notes           []Note           `json:"notes"`
	Issued          *Issued          `json:"issued"`
	Near            []nearMiss       `json:"near_misses"`
	Reposts         []repost         `json:"reposts"`
	Forms           []formSum        `json:"forms"`           // F6 to F11: what units attest to have done
	Attested        []attestedLine   `json:"attested"`        // behind them
	Changes         []levelChange    `json:"changes"`         // of levels, with effect within the period
	Recommendations []recommendation `json:"recommendations"` // by rule, each with why
}

// planRef names the plan.
type planRef struct {
	ID      string    `json:"id"`
	Number  string    `json:"number"`
	Title   string    `json:"title"`
	Issuer  string    `json:"issuer"`
	Issued  time.Time `json:"issued"`
	Version string    `json:"version"`
}

// periodRef names a period. Closed says that it was over at Report.Now.
type periodRef struct {
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
	Questions   []rowRef  `json:"questions"` // those rows
}

// rowRef names a row.
type rowRef struct {
	Quota  string `json:"quota"`
	Owner  string `json:"owner"`
	Period string `json:"period"`
}

// Tally counts rows by state. Rows in progress, those being tried and those
// that are only counted are not in it. A computed miss is in Judge where pieces
// at hand may still close it («cần xem xét»), else in ToReview. Under a
// reference level Missed and ToReview together are «thấp hơn mức tham chiếu».
type Tally struct {
	Met          int `json:"met"`
	Missed       int `json:"missed_confirmed"`
	ToReview     int `json:"missed_unconfirmed"`
	Judge        int `json:"needs_judgement"`
	Insufficient int `json:"insufficient_data"`
	Exempt       int `json:"exempt"`
	Open         int `json:"open"`
	Held         int `json:"reply_open,omitempty"` // on papers that go out: short, and the unit may still reply
}

// Total is the number of rows counted.
func (t Tally) Total() int {
	return t.Met + t.Missed + t.ToReview + t.Judge + t.Insufficient + t.Exempt + t.Open + t.Held
}

// Below is the number of rows under their level, confirmed or not, that wait
// for nobody's judgement.
func (t Tally) Below() int { return t.Missed + t.ToReview }

func (t *Tally) add(r Row) {
	if !r.InProgress {
		t.addAsItStands(r)
	}
}

// addAsItStands counts a row in progress too.
func (t *Tally) addAsItStands(r Row) {
	switch {
	case r.Shadow || r.Statistics:
	case has(r.Reasons, replyOpen):
		t.Held++
	case r.State == schedule.Met:
		t.Met++
	case r.State == schedule.Missed && r.Confirmed:
		t.Missed++
	case needsJudgement(r.State, r.Confirmed, r.Reasons):
		t.Judge++
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
	t.Judge += o.Judge
	t.Insufficient += o.Insufficient
	t.Exempt += o.Exempt
	t.Open += o.Open
	t.Held += o.Held
}

// levels are the numbers a quota is held to. Zero is none.
type levels struct {
	Kind     string     `json:"kind"`
	Wanted   int        `json:"wanted"`
	MaxGap   int        `json:"max_gap_days,omitempty"`
	MaxLag   int        `json:"max_working_days,omitempty"` // from signature, or question, to publication
	Alive    int        `json:"max_age_days,omitempty"`     // of the newest piece
	Share    int        `json:"share_percent,omitempty"`    // of the watched hours
	DueDays  int        `json:"due_days,omitempty"`         // after the period, in which the paper may still come
	Deadline *time.Time `json:"deadline,omitempty"`         // exclusive
}

// Duty is one quota with its rows of this period.
type Duty struct {
	Quota string         `json:"quota"`
	Title string         `json:"title"`
	Place string         `json:"place"`
	Class schedule.Class `json:"class"`
	Basis schedule.Basis `json:"basis"`
	Note  string         `json:"basis_note,omitempty"`
	Owner string         `json:"owner"`                 // in words
	Level media.Level    `json:"owner_level,omitempty"` // of the one who owes
	Each  bool           `json:"each"`                  // many owners
	levels
	Asks    string     `json:"asks"` // the levels in words
	Was     []was      `json:"was,omitempty"`
	Unit    string     `json:"unit"`
	Cadence string     `json:"cadence"`
	Tones   bool       `json:"tones,omitempty"` // asks for «biểu dương», «phản ánh hạn chế»: the balance of the two is shown
	Tally   Tally      `json:"tally"`
	ToDate  *Tally     `json:"to_date,omitempty"` // owed once and told as it stands: its rows here, in no other tally
	Trying  int        `json:"trying"`            // rows being tried, in no tally
	Sum     int        `json:"pieces_to_date"`    // pieces counted for it from the plan's first day to the period's end («lũy kế»)
	Pieces  []pieceRef `json:"to_date_pieces"`    // those
	Rows    []Row      `json:"rows"`
}

// pieceRef names a piece and whose row it counts for.
type pieceRef struct {
	ID    string `json:"id"`
	Owner string `json:"owner"`
}

// was is what a duty was held to in periods that begin before Until.
type was struct {
	levels
	Until time.Time `json:"until"`
	Asks  string    `json:"asks"`
	Actor string    `json:"actor,omitempty"`
	Note  string    `json:"basis_note,omitempty"` // by what document it was changed
}

// Row is one standing with the pieces counted for it.
type Row struct {
	Owner      string             `json:"owner"`
	OwnerName  string             `json:"owner_name"`
	Period     string             `json:"period"`
	PeriodName string             `json:"period_name"`
	Start      time.Time          `json:"start"`
	End        time.Time          `json:"end"`
	InProgress bool               `json:"in_progress"`  // belongs to another report, or reaches beyond this one: shown, not counted
	Shadow     bool               `json:"shadow"`       // being tried: nobody is told, in no tally
	Statistics bool               `json:"counted_only"` // «khuyến khích», «nếu có»: never short, in no tally
	Binding    bool               `json:"binding"`      // false: counted, never short
	State      schedule.State     `json:"state"`
	Confirmed  bool               `json:"confirmed"`
	Risk       string             `json:"risk,omitempty"`
	Measures   []schedule.Measure `json:"measures"`
	Reasons    []schedule.Reason  `json:"reasons"`
	Closed     *rowClosed         `json:"closed,omitempty"`
	Told       *time.Time         `json:"told_until,omitempty"` // kind answered: how far the register of questions tells, exclusive
	District   string             `json:"district,omitempty"`   // duties of loudspeakers: the name of the owner's district, or its own
	Handed     *bool              `json:"handed_in,omitempty"`  // likewise: a form or the system's data came for the whole period
	Credits    []Piece            `json:"credits"`
	Waiting    []waiting          `json:"waiting,omitempty"`
}

// rowClosed says in which revision a row was closed.
type rowClosed struct {
	Period   string    `json:"period"`
	Revision int       `json:"revision"`
	Dataset  string    `json:"dataset"`
	At       time.Time `json:"at"`
}

// Piece is one piece of evidence behind a figure.
type Piece struct {
	ID    string             `json:"id"`
	Kind  media.EvidenceKind `json:"kind"`
	Title string             `json:"title"`
	URL   string             `json:"url,omitempty"`
	At    time.Time          `json:"at"`
	Grade media.Grade        `json:"grade,omitempty"`
	Tones []string           `json:"tones,omitempty"` // of an item inside a programme, as its station declares
	Same  *sameText          `json:"same_text,omitempty"`
	Since *time.Time         `json:"since,omitempty"`        // day of signature, or of the question
	Lag   *int               `json:"working_days,omitempty"` // from Since to At
}

// sameText is how a piece stands to others that say the same.
type sameText struct {
	Group    string `json:"group"`    // equal for copies: the piece that is first
	Relation string `json:"relation"` // original, exact or near
	Certain  bool   `json:"certain"`  // the first is known to be the first
	Others   int    `json:"others"`
}

// waiting is a decision nobody saw posted, or a question without an answer.
type waiting struct {
	ID     string     `json:"id"`
	Number string     `json:"number,omitempty"`
	Title  string     `json:"title"`
	Since  *time.Time `json:"since,omitempty"`        // day of signature, or of the question; null if not known
	Days   *int       `json:"working_days,omitempty"` // from Since to when the row was evaluated or closed, or could last be judged
}

// item is one piece about which the classifier, or a person, said something.
type item struct {
	ID     string   `json:"id"`
	Agency string   `json:"agency"`
	Dated  bool     `json:"dated"`  // in the report's period; false: without a readable date, whole store
	Judged string   `json:"judged"` // "machine", "person" or ""
	Queue  bool     `json:"queue"`  // asked of a person, not answered
	Reform bool     `json:"reform"`
	Topics []string `json:"topics,omitempty"`   // primary first
	Of     string   `json:"first_of,omitempty"` // agency whose item this is a copy of, where that is known
	OfName string   `json:"first_of_name,omitempty"`
	Name   string   `json:"agency_name,omitempty"` // where Of is known
}
