package media

import "time"

// HandinKind says what is handed in.
type HandinKind string

const (
	HandProof  HandinKind = "proof"  // minh chứng của một việc đã làm
	HandPost   HandinKind = "post"   // bài đăng mạng xã hội, khai bằng đường dẫn
	HandPlan   HandinKind = "plan"   // kế hoạch của cơ quan, đơn vị
	HandReport HandinKind = "report" // báo cáo định kỳ
)

// Acts on what was handed in; the last one is how it stands.
const (
	HandedIn  = "handed"    // đã nộp
	Accepted  = "accepted"  // được chấp nhận
	Returned  = "returned"  // trả lại, có lý do và hạn
	Withdrawn = "withdrawn" // người nộp rút lại
	Replaced  = "replaced"  // có bản nộp sau thay
)

// Handin is one thing that an agency hands in, as it was said then. It is never
// changed: what is wrong is said by a later one that stands instead.
type Handin struct {
	ID                         string
	Kind                       HandinKind
	Plan, Quota, Owner, Period string    // for which duty of whom
	Form                       string    // id of the plan's form of propaganda («F8»), "" if not said
	From, Last                 time.Time // days: of what was done, or From the day of the document; Last inclusive, zero if it is one day
	Received                   time.Time // HandReport, HandPlan: day on which it came in, zero if not said
	Title, Place, Audience     string
	Languages                  []string // codes of viet.Language
	Document                   string   // number of the document, "" if it has none
	URL, Platform              string   // HandPost
	Grade                      Grade    // proposed by what it is; the officer settles
	Amounts                    map[string]int
	Cost                       int64  // đồng, 0 if not said
	Funds                      string // nguồn kinh phí
	Note                       string
	Integrated                 bool     // lồng ghép: part of a wider document
	Several                    bool     // HandProof: its paper tells of several acts, each of a day of its own; this is one of them
	Covers                     []string // HandPlan: ids of the duties of the annex that it covers
	Section                    string   // HandReport: "with" or "without" a part on propaganda, "" if not said
	Files                      []HandinFile
	Instead                    string // id of the one that it replaces, "" if none
	Acts                       []HandinAct
}

// HandinFile is a file as it was sent, kept unchanged.
type HandinFile struct {
	Hash, Name, Type string
	Size             int64
}

// HandinAct is one act on a hand-in. Acts are only ever added.
type HandinAct struct {
	Seq      int // from 1
	Kind     string
	At       time.Time // business clock
	Actor    string
	Reason   string
	Due      time.Time // Returned: until when it is to come again, zero if not said
	Grade    Grade     // Accepted: as settled
	Decision string    // Accepted: id of the decision by which it counts, "" if it is only kept
}

// State is how it stands: the kind of its last act.
func (h Handin) State() string { return h.Latest().Kind }

// Latest is the last act, zero if there is none.
func (h Handin) Latest() HandinAct {
	if len(h.Acts) == 0 {
		return HandinAct{}
	}
	return h.Acts[len(h.Acts)-1]
}

// HandinQuery says which hand-ins are asked for. Zero fields do not narrow.
type HandinQuery struct {
	Plan                              string // required
	Kinds                             []HandinKind
	Agencies                          []string // to which the asker is confined
	Owner, Quota, Period, Form, State string
	Standing                          bool      // neither withdrawn nor replaced
	From, To                          time.Time // that From lies in; To exclusive
	Text                              string    // words, without diacritics
	Limit, Offset                     int       // Limit 0: all
}

// HandinSum is how much was done by what was accepted of a duty, owner, period and form.
type HandinSum struct {
	Quota, Owner, Period, Form string
	Pieces                     int            // accepted hand-ins
	Amounts                    map[string]int // by name, see Amounts
	Cost                       int64          // đồng
}

// Amounts are what can be counted of a piece of work: events, participants,
// copies, panels, posts.
func Amounts() []string { return []string{"events", "participants", "copies", "panels", "posts"} }
