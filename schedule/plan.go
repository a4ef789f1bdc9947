// Package schedule is the outlets' schedule: what they owe and when, by the
// province's plan, what was delivered, and what can still be saved. It is not
// a cron; when to visit a source is crawler's business. It is pure: no I/O and
// no clock, now is an argument.
package schedule

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Plan is one issued plan as data (kế hoạch).
type Plan struct {
	ID        string // "yen-bai/2023"
	Province  string // "yen-bai"
	Year      int
	Number    string // "285/KH-UBND"
	Title     string
	Issuer    string
	Issued    time.Time // date of issue, 00:00 local
	From, To  time.Time // span in which it is in force, To exclusive
	Sample    bool      // invented: everything shown must say «Dữ liệu mẫu»
	Version   string    // hash of the plan file and its overrides
	Agencies  []media.Agency
	Columns   []media.Column
	Sources   []media.Source
	Channels  []Channel
	Windows   []Window
	Retention []Retention // how long stations keep their recordings
	Quotas    []Quota
	Forms     []Form     // the plan's catalogue of forms, without owner or number: counted for diversity, never short
	Tell      Tell       // who stands behind what is told
	Documents []Document // documents to be made known: those that Contents name, and new ones of the year
	Contents  []Content  // what the plan says communication is about
	NotDuties []NotDuty  // lines of the plan that are no duty, each with why
	Effective time.Time  // day from which this version of the plan holds; zero: all of it, from the beginning

	only []media.Agency // the plan narrowed to what this one owes (For); nil: not narrowed

	ProvinceName  string       // "tỉnh Yên Bái"
	AgenciesAsOf  time.Time    // day the list of agencies describes; zero if not said
	AgenciesBasis string       // where that list is known from, Vietnamese
	Letterheads   []Letterhead // of the department's papers, by span of time
	Closing       SessionDays  // by when the parts of a reporting period are done; zero: the usual days
	Communes      int          // how many communes the province has, where the list does not name them all; 0: not said
}

// Channel is one channel of a station. Its log is the source "log:<id>".
type Channel struct {
	ID, Agency, Name, Medium string // Medium "tv" or "radio"
	Aliases                  []string
}

// Basis says whether a number is the plan's own or ours.
type Basis string

const (
	ByPlan      Basis = "plan"      // chỉ tiêu
	ByReference Basis = "reference" // mức tham chiếu, editable
)

// Class is the register's class of an obligation (docs/RULES.md 1).
type Class string

const (
	Hard      Class = "HARD"
	Reg       Class = "REG"
	OnceClass Class = "ONCE"
	Proc      Class = "PROC"
	Enc       Class = "ENC"
)

// Clause quotes a few words of the plan with their place.
type Clause struct {
	Line  int
	Text  string // verbatim, slips and all: what a test finds in the plan's text
	Shown string // what people read, slips marked [sic]; "" if Text will do
}

// Words is what people read of the clause.
func (c Clause) Words() string { return cmp.Or(c.Shown, c.Text) }

// Form is one form of communication the plan lists without owner or number
// (F1 to F11): a dimension of diversity, never a shortfall.
type Form struct {
	ID, Title string
	Clauses   []Clause
	Quotas    []string // quotas whose evidence is of this form
}

// Content is one subject that the plan says is to be communicated. A piece serves
// it that has one of its topics or its facet, or names one of its documents.
type Content struct {
	Clause
	Topics    []string // of media.Topics
	Facet     string   // of media.CrossCutting, "" if the others say it all
	Documents []string // numbers of Plan.Documents
}

// Document is a document that is to be made known.
type Document struct {
	Number string    // as viet.DocumentNumber writes it: "76/NQ-CP"
	Date   time.Time // day of issue
	Name   string
}

// New lists the documents that no content names: those that came, or are expected,
// after the plan was written («khi có văn bản mới»).
func (p *Plan) New() []Document {
	var out []Document
	for _, d := range p.Documents {
		if !slices.ContainsFunc(p.Contents, func(c Content) bool { return slices.Contains(c.Documents, d.Number) }) {
			out = append(out, d)
		}
	}
	return out
}

// NotDuty is a line of the plan that nobody owes anything by, and why.
type NotDuty struct {
	Clause
	Why string // Vietnamese
}

// Level is a number with its basis. The zero Level is none.
type Level struct {
	Value int
	Basis Basis
}

// Owner says who owes: one agency, or each of a level.
type Owner struct {
	Agency string        // agency id, or ""
	Each   []media.Level // every binding agency of these levels, or nil
}

// Quota is one line of the plan.
type Quota struct {
	ID         string // "B-D1"
	Title      string // Vietnamese, short
	Wants      string // what evidence is wanted, Vietnamese, "" if not said
	Crawl      string // "yes", "partly" or "no": whether a crawl can see it
	Class      Class
	Kind       string // a row of the kinds table in kinds.go
	Basis      Basis  // of its main number
	Owner      Owner
	Coordinate []string // agency ids or names
	Cadence    calendar.Cadence
	Clauses    []Clause
	Place      string    // "điểm d khoản 1 mục III", for people
	From, To   time.Time // validity of the quota; zero means the plan's

	Wanted      int // pieces per period
	WantedBasis Basis
	Conditions  []Condition // what makes a piece count
	MaxGap      int         // days; 0 means no gap rule (kind "regular")
	MaxGapBasis Basis
	Deadline    time.Time // kind "deadline": exclusive, first instant that is too late
	Streams     []string  // streams that must be seen; nil means every stream of the owner
	Channels    []string  // channels whose receipts are needed (kind "airing")
	Attestable  bool      // evidence can be handed in for it
	Letters     string    // of Letters: which letter, once it has its number, is evidence for it; "" if none
	LeadDays    int       // working days an owner needs to produce one piece (reference)
	WarnDays    int       // working days by which people are warned sooner than one call needs (reference)
	Basisnote   string    // for reference levels: on what basis, by whom

	MaxLag      Level         // kinds lag, answered: working days from signature, or question, to publication
	Alive       Level         // kind exists: days the newest piece may be old
	Share       Level         // kind availability: per cent of the watched hours
	Hours       [2]int        // kind availability: minutes after local midnight, from and to; equal: all day
	Watch       []media.Level // kind availability: the levels whose sites are watched
	DueDays     int           // kind attested: days after the period in which the paper may still come
	Print       bool          // the newspaper's print register counts, and is needed
	Reading     string        // kind instalments: "R1" (default), "R2" or "R3", see Readings
	Repeats     string        // airings: "all", "once" (default) or "never", see Repeats
	EachOn      bool          // airings: a production counts once on each channel, not once in all
	Shares      []ShareRule   // at most, or at least, so much of what counts may be of one sort
	MakeGood    int           // days after a period in which a piece may still be counted for it; 0: off (reference)
	AgreedGood  MadeGood      // what an agreed and proven make-good does to the missed period's standing; "" is MadeGoodNoted
	AgreedBasis Basis         // of AgreedGood
	Carry       int           // days before a period from which a piece left over counts for it; 0: off (reference)
	Tolerance   int           // seconds by which a broadcast may be short and be shown to a person; never passed by itself
	Agreement   string        // document by which the owners' superior agreed to the reference levels, "" if none yet
	Shadow      Span          // months in which nobody is told; without an Agreement they go on
	Was         []Was         // earlier definitions, oldest first
}

// Letters lists the kinds of letter that are drafted and are evidence once they
// have a number: "orient" («công văn định hướng tuyên truyền»).
func Letters() []string { return []string{"orient"} }

// after is the definition that followed an earlier one.
func (q Quota) after(version int) Quota {
	if version+1 < len(q.Was) {
		return q.Was[version+1].Quota
	}
	return q
}

// in is the definition in force for a period: that of its first day.
func (q Quota) in(period calendar.Period) (Quota, int) {
	for i, w := range q.Was {
		if period.Start.Before(w.Until) {
			return w.Quota, i
		}
	}
	return q, len(q.Was)
}

// Was is how a quota was defined for periods that begin before Until.
type Was struct {
	Until time.Time
	Quota Quota // its own Was is empty
	By    Change
}

// ShareRule bounds the share of one sort of pieces among those that count.
type ShareRule struct {
	Of      string // "repost" (carries another outlet's credit line) or "repeat" (not a first run)
	Bound   string // "at_most" or "at_least"
	Percent int    // 0..100
	Basis   Basis
}

// Change is one number of a plan changed from a day on: by whom, and on what
// basis. Periods that began before keep the old number.
type Change struct {
	ID, Quota, Field string // Field is a row of ChangeFields
	Value            string
	From             time.Time // business day, 00:00 local
	At               time.Time // when it was recorded
	Actor, Basis     string    // Basis is the document or agreement, Vietnamese
}

// Condition is one test on a piece of evidence, with its own basis.
type Condition struct {
	Name  string // "reform", "column", "topics", "min_minutes", "first_run", "in_window", "distinct_days", "no_repost", "own_work", "theme"
	Basis Basis
	Value int      // min_minutes
	List  []string // topics, column ids
}

// Reason is a code of the closed list with typed arguments; its sentence lives in viet.
type Reason struct {
	Code string         `json:"code"`
	Args map[string]any `json:"args,omitempty"`
}

// Credit is one piece of evidence counted for one quota in one period (ghi nhận).
type Credit struct {
	Quota, Owner, Period string
	Evidence             media.Evidence
	Reasons              []Reason // why it counts, one per condition met
	By                   string   // who added or confirmed it, "" if derived
	Lag                  *int     `json:",omitempty"` // working days from signature, or question, to publication (kinds lag and answered); nil if not known
}

// Rejection is a candidate that was not counted, with the first condition it failed.
type Rejection struct {
	Quota, Owner, Period string
	Evidence             media.Evidence
	Reason               Reason
	Condition            string // name of the condition that failed
	Basis                Basis  // of that condition: failing only a reference condition is «cần xem xét»
	OnlyReference        bool   // it fails nothing that the plan itself states
	Alone                bool   // it fails this condition and no other
	Near                 bool   // it is short of the plan's own length by no more than the tolerance, or posts a decision without its number, and fails nothing else of the plan's: for a person to look at
	Awaiting             bool   // a person (or, if not judged yet, the classifier) has still to say whether it is about reform; the plan's other conditions hold
}

// Matching is what Match derives.
type Matching struct {
	Credits    []Credit
	Rejections []Rejection
}

// State of a standing.
type State string

const (
	Open         State = "open"
	Met          State = "met"
	Missed       State = "missed"
	Insufficient State = "insufficient_data"
	Exempt       State = "exempt"
)

// States lists the five states.
func States() []State { return []State{Open, Met, Missed, Insufficient, Exempt} }

// Measure is one number of a standing.
type Measure struct {
	Name      string  `json:"name"`  // "count", "minutes", "lag", "gap", "availability"
	Unit      string  `json:"unit"`  // "airings", "instalments", "items", "documents", "days", "minutes"
	Bound     string  `json:"bound"` // "at_least" or "at_most"
	Basis     Basis   `json:"basis"`
	Wanted    float64 `json:"wanted"`
	Delivered float64 `json:"delivered"`
	Shortfall float64 `json:"shortfall"` // never negative
}

// Coverage of one standing: how much of its period was seen.
type Coverage struct {
	Share float64 `json:"share"` // 0..1 of the elapsed part of the period
	Gaps  []Span  `json:"gaps,omitempty"`
	Blind []Blind `json:"blind,omitempty"` // sources that cannot see now
}

// Span is a half-open stretch of published time.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Blind names a source that cannot see, since when and why.
type Blind struct {
	Source string    `json:"source"`
	Reason string    `json:"reason"` // a blind reason of media
	Since  time.Time `json:"since"`
}

// Observation is what was seen: merged spans of published time by source id
// ("log:<channel>" for
// receipts, RegisterSource for registers), and the sources that are blind now.
type Observation struct {
	Spans  map[string][]Span
	Blind  map[string]Blind
	Uptime map[string][]media.Uptime // by source id, ascending: what probes found of the servers

	Planned   []media.Planned   // what stations announce for the plan's columns, what was replaced with it: claims, never counted
	Schedules map[string][]Span // by channel: when a schedule had been announced before
	Proven    map[string][]Span // by channel: what logs of grade A or B cover; nil: all that logs do
	Uploads   []media.Upload    // what channels uploaded of the plan's columns: never counted
}

// RegisterSource names the spans of a register in an Observation.
func RegisterSource(kind media.RegisterKind, agency string) string {
	return "register:" + string(kind) + ":" + agency
}

// Standing is the state of one quota for one owner in one period (tiến độ).
type Standing struct {
	Plan      string     `json:"plan"`
	Quota     string     `json:"quota"`
	Basis     Basis      `json:"basis"`
	Owner     string     `json:"owner"`
	Period    string     `json:"period"`
	Start     time.Time  `json:"start"`
	End       time.Time  `json:"end"`
	State     State      `json:"state"`
	Confirmed bool       `json:"confirmed"` // a person confirmed the miss
	Risk      string     `json:"risk"`      // "on_track" or "at_risk" while open, "" otherwise
	Measures  []Measure  `json:"measures"`
	DueByNow  float64    `json:"due_by_now"`
	LastSave  *time.Time `json:"last_save"` // last moment at which the period can still be met; nil once over or met
	Coverage  Coverage   `json:"coverage"`
	Reasons   []Reason   `json:"reasons"`
}

// DecisionKind is what a person decided.
type DecisionKind string

const (
	ConfirmMissed DecisionKind = "confirm-missed"
	ExemptKind    DecisionKind = "exempt"
	Attest        DecisionKind = "attest"
	Absent        DecisionKind = "absent" // the competent body states that no evidence exists
	Closed        DecisionKind = "closed" // not a person's: the period was closed, nothing more may be moved into it
	Strike        DecisionKind = "strike"
	Add           DecisionKind = "add"
	Restate       DecisionKind = "restate"
	MakeGood      DecisionKind = "make-good"
)

// Decision is a person's act on a standing or a credit. Append-only.
type Decision struct {
	ID                         string
	Kind                       DecisionKind
	Plan, Quota, Owner, Period string
	Evidence                   string    // evidence id for strike and add
	At                         time.Time // business clock
	Actor                      string
	Reason                     string
	Document                   string    // number and date of the document, where one is needed
	Date                       time.Time // attest: the date attested; make-good: when it was broadcast

	Issuer   string      // body that issued Document
	Issued   time.Time   // day of issue of Document
	File     string      // hex SHA-256 of the kept file, "" if none was handed in
	FileName string      // as handed in
	Grade    media.Grade // attest: of the evidence; "" is B
	None     bool        // attest: nothing arose in the period («không phát sinh»); make-good: it never will be made good, or (with Evidence) that piece is taken back
	Form     string      // attest: "integrated" when it is a part of a wider paper («lồng ghép»), Several when the paper tells of several acts, "" otherwise
}
