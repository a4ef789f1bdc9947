package web

import (
	"context"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/web/access"
)

// Air is what the pages of broadcasting, of the weeks ahead and of loudspeakers
// ask for. A person's mistakes come back as a Refusal. With Take nil there is no
// handing in, with Cases nil no make-good, with Advise nil no suggestions, with
// Radio nil no page of loudspeakers.
type Air struct {
	// Take keeps what a person handed in until they said yes; id "" is something new. A nil file or scan keeps
	// the earlier one. The id cannot be guessed, and is of use to the same person alone.
	Take func(ctx context.Context, who access.Actor, id string, s Sent, file, scan []byte) (string, error)
	// Read tells how what was handed in would be stored.
	Read func(ctx context.Context, who access.Actor, id string) (Sent, Reading, error)
	// Load stores all of it or nothing, and says what that changed.
	Load func(ctx context.Context, who access.Actor, id string) (Loaded, error)
	Drop func(ctx context.Context, who access.Actor, id string) error
	// Maps are the kept maps of columns, by sender and form.
	Maps    func(ctx context.Context) ([]media.TableMap, error)
	DropMap func(ctx context.Context, who access.Actor, sender, form string) error
	// MapColumns names what a map of a form may tell.
	MapColumns func(form string) []string
	// Registers are the lists that agencies handed in, newest first.
	Registers func(ctx context.Context, agencies ...string) ([]media.Register, error)

	// Cases is the world of the plan's make-good cases.
	Cases func(ctx context.Context) (schedule.CaseWorld, error)
	// Act does one act in a case, which act.Case names but where it opens one; said tells what was done.
	Act func(ctx context.Context, who access.Actor, act schedule.CaseAct, file []byte) (id, said string, err error)

	// Advise are the periods of so many weeks ahead in which an outlet lacks something, with what could fill them.
	Advise func(ctx context.Context, outlet string, weeks int) (Advice, error)
	// KeepAdvice keeps the suggestions as the outlet's draft, ShareAdvice shows one to who directs the press.
	KeepAdvice  func(ctx context.Context, who access.Actor, outlet string, weeks int) (said string, err error)
	ShareAdvice func(ctx context.Context, who access.Actor, outlet, draft string) (said string, err error)
	// PutGrid keeps when a station has room for a broadcast: channel, days («all», «work», «end», «1» to «7»), from and
	// to as «19:30»; no time is proposed without.
	PutGrid func(ctx context.Context, who access.Actor, station string, rooms [][4]string) error

	// Radio is the month's page of loudspeakers.
	Radio func(ctx context.Context, month time.Time) (RadioMonth, error)
	// Sample draws the communes to listen to in a month; again, with a reason, draws anew.
	Sample func(ctx context.Context, who access.Actor, month time.Time, communes int, reason string) (said string, err error)
	// Heard records what was heard of a commune.
	Heard func(ctx context.Context, who access.Actor, month time.Time, commune, result, note string, at time.Time, fileName string, file []byte) (said string, err error)
}

// Sent is what a person hands in and declares of it.
type Sent struct {
	Kind     string    // of sentKinds
	Channel  string    // of logs, schedules and uploads: id, "" where the file tells
	Agency   string    // of lists: whose; of loudspeakers' forms: whose where the file does not tell
	District string    // of a district's sheet of its communes
	From, To time.Time // span declared complete, both days inclusive; zero: none
	Month    time.Time // of loudspeakers' forms
	Sender   string
	Grade    string // of logs: "A", "B", "C"
	TypedBy  string // who typed the rows from the scan
	None     bool   // there is nothing to list
	Note     string // the sender's words where there is nothing
	Signed   bool   // of loudspeakers' forms: with signature and seal
	Over     bool   // of logs: also in the place of better evidence
	Replace  bool   // of stations' lists: also where a channel of the list before is missing

	Map     *media.TableMap // told on the page; nil: as kept for the sender, else by the headings
	ByHeads bool            // by the headings though a map is kept
	KeepMap bool            // keep Map for the sender once it was stored

	FileName, ScanName string
	Pasted             bool // the cells were pasted, and can be edited
}

// Mistake is one thing that keeps what was handed in from being stored.
type Mistake struct {
	Row                 int    // in the file, 1-based; 0: of no row
	Column, Value, Text string // Column and Value "" where it is of no cell
}

// Reading is how what was handed in would be stored: what it would be stored as, and what keeps it from that.
type Reading struct {
	Format   string
	Header   int         // row of the headings, 0 if there are none
	Columns  [][3]string // that were understood: letter, what it is, heading
	Top      [][]string  // the file's first rows as they stand, where a map may have to be told
	Notes    []string    // how it was read
	Mistakes []Mistake   // nothing is stored while there is one
	Head     []string    // of Rows
	Rows     [][]string  // as they would be read, at most mostRead
	Total    int         // rows read
	Says     []string    // what they are
	Replaces []string    // what they would supersede
	Empty    []string    // days of the span without a row
	UsedMap  string      // whose kept map was used
	Text     string      // what was pasted
	Until    time.Time   // how long it waits, machine clock
	Done     *Loaded     // it is stored
}

// Loaded is what storing what was handed in came to.
type Loaded struct {
	Says    []string
	Changes []Change
}

// Change is a standing that came out otherwise.
type Change struct {
	Quota, Owner, Period string
	Before, After        string // in words
	Key                  string // of the chip of After
}

// Advice is what could fill an outlet's coming weeks, or a draft that it kept of that.
type Advice struct {
	ID      string // of a draft
	Head    string
	Slots   []schedule.Slot // with Fill; of a draft: none
	Notes   []string        // of a draft: its pieces too
	Made    time.Time       // of a draft
	Shared  time.Time       // of a draft; zero: its owner alone sees it
	Drafts  []Advice        // newest first
	ShareTo string          // agency that a draft can be shared with, "" if none
	Station bool
	Grid    [][4]string // as PutGrid took it
}

// RadioMonth is what is known of the communes' loudspeakers in a month.
type RadioMonth struct {
	Month    time.Time
	Communes []RadioCommune // by district, then name
	Drawn    string         // when and by whom, "" if nothing is drawn
	Says     []string       // what the sample tells
	Usual    int            // communes that are drawn where nobody says how many
}

// RadioCommune is one commune in a month: what it handed in, and whether it is listened to.
type RadioCommune struct {
	ID, District  string    // agency ids; District "" where it is not known
	Received      time.Time // of the newest form or log; zero: nothing yet
	Sender        string
	Pieces        int
	Minutes       time.Duration
	Signed, Empty bool // Empty: it says that there was nothing

	Picked, Again bool   // to be listened to; again, since its whole district was
	Result        string // "heard", "silent", "not-checked"; "" while nothing was recorded
	Note, By      string
	At            time.Time
}
