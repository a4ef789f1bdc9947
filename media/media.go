// Package media holds the nouns of the press as plain data: who owes and who
// publishes, where to read them, what was published or broadcast, and what a
// reader made of it. It does no I/O and knows no clock.
package media

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"loa/viet"
)

// Level is the tier of an agency in the province.
type Level string

const (
	Press      Level = "press"      // newspaper, station
	Portal     Level = "portal"     // the provincial portal
	Provincial Level = "province"   // the provincial people's committee itself, the provincial one-stop centre
	Department Level = "department" // sở, ban, ngành
	District   Level = "district"   // huyện, thị xã, thành phố
	Commune    Level = "commune"    // xã, phường, thị trấn
	Mass       Level = "mass"       // mass organisations (đoàn thể)
	Central    Level = "central"    // central-line bodies in the province (thuế, BHXH, công an)
	Unit       Level = "unit"       // subordinate unit, such as a district media centre
)

// Levels lists every level, highest first.
func Levels() []Level {
	return []Level{Press, Portal, Provincial, Department, District, Commune, Mass, Central, Unit}
}

// Agency is one body that owes or publishes. IDs are "<province>/<slug>".
type Agency struct {
	ID        string
	Name      string // official Vietnamese name, as on paper
	Short     string // what fits in a table cell
	Aliases   []string
	Level     Level
	Parent    string    // agency id of the accountable body, "" if none
	Successor string    // agency id that took over its duties, "" if none
	From, To  time.Time // validity; zero means open-ended
	Binding   bool      // false: counted, never short (central-line bodies)
	Contact   Contact
	Site      string // own website, "" if none known
	LeadDays  int    // working days it needs to produce one piece; 0: not said
	Basis     string // where this entry is known from, Vietnamese, "" if not said
}

// Contact is whom to telephone. Every field may be empty.
type Contact struct{ Name, Phone, Email string }

// ValidAt reports whether the agency existed at t (From inclusive, To exclusive).
func (a Agency) ValidAt(t time.Time) bool {
	return within(t, a.From, a.To)
}

// SourceKind says how a source is read.
type SourceKind string

const (
	KindFeed    SourceKind = "feed"    // RSS, Atom, JSON Feed through gofeed
	KindList    SourceKind = "list"    // an HTML list page
	KindPage    SourceKind = "page"    // one page probed for its existence, and for what has to be posted there
	KindSitemap SourceKind = "sitemap" // a sitemap or an index of them, plain or news

	KindUptime    SourceKind = "uptime"    // a server asked often whether it answers, and nothing else
	KindQuestions SourceKind = "questions" // a column of questions and answers
	KindDocuments SourceKind = "documents" // a list of documents or of administrative procedures
	KindSchedule  SourceKind = "schedule"  // a channel's schedule as the station announces it
	KindUploads   SourceKind = "uploads"   // a feed of what a channel put on the network, such as YouTube's of a channel
)

// Items reports whether what a source of this kind lists are published pieces.
func (k SourceKind) Items() bool {
	switch k {
	case KindPage, KindUptime, KindQuestions, KindSchedule, KindUploads:
		return false
	}
	return true
}

// Walked reports whether a source of this kind has an archive to walk through:
// pages that follow each other, or the files of a sitemap.
func (k SourceKind) Walked() bool { return k.Items() || k == KindQuestions }

// Source is one place to read (nguồn).
type Source struct {
	ID         string // "<province>/<slug>"
	Agency     string // agency id whose publications it shows
	Name       string // Vietnamese, for people
	Kind       SourceKind
	URL        string
	Stream     string        // publications witnessed; sources with one stream are alternatives of each other. Never empty
	Column     string        // column id when everything it lists belongs to that column
	Articles   bool          // follow each entry to its page
	Every      time.Duration // wait between visits of a source that publishes about one piece a day; others are read sooner or later
	Soonest    time.Duration // shortest wait; 0: a sixth of Every, 5 minutes at least
	Latest     time.Duration // longest wait after a good visit; 0: six times Every, 6 hours at most
	Verify     bool          // address not certain: skipped with a notice
	Proves     []string      // ids of quotas whose required posting or column this page is
	Expect     []Expect      // what has to be posted there (KindPage)
	Channel    string        // id of the channel whose schedule or uploads it is (KindSchedule, KindUploads)
	From, To   time.Time
	Rule       Rule
	Rules      []DatedRule // layouts the site had and has; Rule holds outside their spans
	Limits     Limits      // of what its address brings
	PageLimits Limits      // of its articles' pages
}

// DatedRule is a rule for a span of time: sites change their layout. Spans of
// one source do not overlap.
type DatedRule struct {
	From, To time.Time // To exclusive; zero means open-ended
	Rule     Rule
}

// RuleAt is the rule for what is fetched at t: that of the span which holds t,
// else Rule.
func (s Source) RuleAt(t time.Time) Rule {
	for _, r := range s.Rules {
		if (r.From.IsZero() || !t.Before(r.From)) && (r.To.IsZero() || t.Before(r.To)) {
			return r.Rule
		}
	}
	return s.Rule
}

// At is the source as its readers want it: the rule for what was fetched at t,
// with t beside it. Whatever the age of what is read (an archive's list, an
// article of years ago), the layout is that of the day on which the site
// handed it out, by the business clock.
func (s Source) At(t time.Time) Source {
	s.Rule = s.RuleAt(t)
	s.Rule.Now = t
	return s
}

// Limits bound what is read of one document. Zero fields mean the defaults of
// its kind (docs/LIMITS.md).
type Limits struct {
	Body   int64 // bytes after decompression
	Items  int   // entries of a listing; the rest is left out
	Depth  int   // open elements of a feed
	Tokens int   // tags of a feed, nodes of a page's tree
	Attrs  int   // attributes of one tag
	New    int   // entries that a source lists for the first time, in one day of its visits; archive walks are not counted
}

// Rule is how to read a source's pages: CSS selectors and forms, plain data.
// Empty selectors mean "guess" (lists) or "readability" (articles).
type Rule struct {
	Item, Link, Title, Lead, Date                   string // list selectors, relative to Item
	Headline, Sapo, Body, PageDate, Section, Byline string // article selectors
	Number, Signed, Issuer                          string // documents: selectors relative to Item; Date is the day posted, Section the type
	Answered, Answer                                string // questions: likewise, with Number; Date is the day of asking
	DateLayout                                      string // "dmy" (default) or "mdy": how all-digit dates are read
	DateFormat                                      string // the printed form of dates («dd/MM/yyyy HH:mm:ss», see viet.DateOptions), tried first; "" if not said
	Zone                                            string // of dates printed without one: IANA name or "+07:00"; "" is Asia/Ho_Chi_Minh
	ArticleURL                                      string // regular expression an article's address must match; "" accepts the source's host
	Key                                             string // canonical-key rule: "url" (default), "baoyenbai", "sharepoint", "nukeviet", or "query:<param>"
	Next                                            Paging

	Now time.Time // set by Source.At, never by a plan: when what is read was fetched, for «2 giờ trước»; zero refuses such
}

// Item is one published piece (tin, bài). ID never depends on title or body.
type Item struct {
	ID       string // see ItemID
	Key      string // canonical key by the source's rule
	Source   string // source id that saw it first
	Agency   string
	URL      string
	Title    string
	Lead     string
	Section  string // section or column label as printed
	Column   string // column id, "" if none recognised
	Byline   string
	Credit   string    // credit line naming another outlet ("Theo Báo …", "Nguồn: …"), "" if own
	Claimed  Date      // date printed by the publisher
	Seen     time.Time // first seen, business clock
	Verified time.Time // last seen listed (to the hour) or fetched, business clock
	Revision string    // id of the current revision, "" while its page is awaited

	Listed bool      // among documents or administrative procedures (KindDocuments): no news
	Number string    // of a document, in the one form of viet.DocumentNumber; "" if its list prints none
	Signed time.Time // of a document, local midnight; zero if its list does not say
	Issuer string    // of a document, as printed
}

// Revision is one text of an item.
type Revision struct {
	ID                                 string // "<yyyymmdd>-<hash>" of the day seen and (item, body hash)
	Item                               string
	Hash                               string // hex SHA-256 of title, lead and body
	Title, Lead, Body, Section, Byline string
	Credit                             string
	From                               string // "entry" (feed or list only) or "page"
	Seen                               time.Time
	Kept                               string // hex SHA-256 of the kept body it was read from
}

// Precision tells how much of a date was printed.
type Precision string

const (
	NoDate   Precision = ""
	ToDay    Precision = "day"
	ToMinute Precision = "minute"
	ToSecond Precision = "second"
)

// Date is a publisher's claim: when, how precisely, and where it was found.
type Date struct {
	At        time.Time // instant, UTC; meaningless when Precision is NoDate
	Precision Precision
	Text      string // as printed
	Found     string // "feed", "list", "json-ld", "meta", "selector", "text", "url"; "relative" if counted back («2 giờ trước»)
	ZoneGiven bool   // false: the source's zone was assumed
}

// Grade ranks evidence: A as-run log or recording, B signed log, C dated upload
// or crawled page, D published schedule.
type Grade string

const (
	GradeA Grade = "A"
	GradeB Grade = "B"
	GradeC Grade = "C"
	GradeD Grade = "D"
)

// Airing is one transmission of an episode on a channel.
type Airing struct {
	ID                     string // hash(file hash, row)
	FileHash               string
	Row                    int    // row in the file, 1-based, counting the header
	Channel                string // "<agency slug>-tv" style id, declared by --channel or the column in the file
	Medium                 string // "tv" or "radio"
	Programme              string // name as logged
	Column                 string // column id recognised from the programme's name, "" if none
	ProgrammeID, EpisodeID string
	Title                  string // of the episode, may be empty
	Start                  time.Time
	Duration               time.Duration
	FirstRun               bool
	Grade                  Grade
}

// Receipt records that a sender declared a span of a channel's log complete.
type Receipt struct {
	ID       string
	Channel  string
	From, To time.Time // To exclusive
	Sender   string
	FileHash string
	FileName string
	At       time.Time // business clock
	Rows     int
	Kept     *Kept // the file's own bytes as kept; nil if they were not

	Grade   Grade  // of every row of the file; "" means what its airings say
	Proof   *Kept  // the scan that the rows were typed from; nil if there is none
	TypedBy string // who typed them, "" without a scan
	Over    bool   // takes the place of better evidence too: somebody says that it is wrong
}

// UptimeState is what a probe found of a source's server and page.
type UptimeState string

const (
	Up     UptimeState = "up"     // the server answered with the page
	Absent UptimeState = "absent" // the server answered that there is no such page
	Down   UptimeState = "down"   // the server could not be reached
)

// Uptime is a stretch of clock time between probes that found the same state;
// a lone probe has From == To. Coverage is about published time, this is not.
type Uptime struct {
	From, To time.Time
	State    UptimeState
	Probes   int // how many found it
}

// UptimeOf is what the outcome of a visit says of the server; ok is false when
// it says nothing of them (blocked, challenged, hijacked, forbidden by robots.txt).
// An error page sent as if all were well says that the page is not there only if
// its own words, in the visit's detail, do: a site under repair sends one too.
func UptimeOf(outcome string, status int, detail string) (s UptimeState, ok bool) {
	switch outcome {
	case OK, NotModified, NotAFeed, Empty, ParseError, StaleCache, LayoutChanged:
		return Up, true
	case Soft404:
		said := viet.Fold(detail)
		for _, gone := range []string{"khong tim thay", "khong ton tai", "khong con ton tai", "not found", "404"} {
			if strings.Contains(said, gone) {
				return Absent, true
			}
		}
		return "", false
	case Unreachable:
		if status == 404 || status == 410 {
			return Absent, true
		}
		return Down, true
	}
	return "", false
}

// Topics of the taxonomy, in the order of the six pillars and steering.
const (
	TheChe       = "the-che"
	TTHC         = "tthc"
	ToChucBoMay  = "to-chuc-bo-may"
	CongVu       = "cong-vu"
	TaiChinhCong = "tai-chinh-cong"
	ChinhQuyenSo = "chinh-quyen-so"
	ChiDao       = "chi-dao"
)

// Topics lists the topic slugs in official order.
func Topics() []string {
	return []string{TheChe, TTHC, ToChucBoMay, CongVu, TaiChinhCong, ChinhQuyenSo, ChiDao}
}

// Cue is one phrase that led to a verdict.
type Cue struct {
	Term   string  `json:"term"`
	Field  string  `json:"field"` // "title", "lead", "body", "section"
	At     int     `json:"at"`    // byte offset into the NFC text of the field
	Weight float64 `json:"weight"`
}

// CrossCutting lists the facets of section II.1 that go across the topics, as plans name them (docs/RULES.md 7).
func CrossCutting() []string {
	return []string{"chỉ số", "kết quả", "mô hình", "người dân", "người đứng đầu"}
}

// DocumentFacet begins the id of the facet of a document: "vb:76/NQ-CP", numbers as viet.DocumentNumber writes them.
const DocumentFacet = "vb:"

// Facet is something a text tells of beside its topics, and the words that say so.
type Facet struct {
	ID    string `json:"id"` // of FacetKind, or DocumentFacet and a number
	Term  string `json:"term"`
	Field string `json:"field"`           // as of Cue
	At    int    `json:"at"`              // as of Cue
	Year  int    `json:"year,omitempty"`  // of a document: that of its day, if it is beside the number or in it
	Place string `json:"place,omitempty"` // of a document: whose, if a province is beside the number: "Yên Bái"
}

// FacetKind is one facet that texts are looked through for.
type FacetKind struct {
	ID    string
	Group string // "mat" (CrossCutting), "chi-so", "linh-vuc", "doi-tuong", "van-ban"
	Name  string // Vietnamese
}

// Verdict is a classifier's reading of one revision.
type Verdict struct {
	Revision   string
	Classifier string  // version
	Reform     bool    // the decision taken if no person looks
	Score      float64 // 0..1
	Review     bool
	Topics     []string // primary first
	Cues       []Cue
	Facets     []Facet `json:"-"` // each once; none where nothing speaks of reform. Kept with the verdict alone, not with what was credited by it

	Unknown float64 `json:"-"` // share of the syllables of headline and lead that the classifier does not know; under 0: not told. Told when judged only
}

// Copy says how an item stands to others that say the same.
type Copy struct {
	Group    string // equal for copies: id of the item that is first
	Relation string // to the first: "exact" or "near"; "original" if it is the first and known to be
	Certain  bool   // the first is known to be the first: the others are copies of it
	Others   int    // how many others there are
	Item     string // id of the one that is shown beside it: the first, for the first itself the next

	Agency, Title, URL string // of the one that is shown beside it
}

// EvidenceKind says what a piece of evidence is.
type EvidenceKind string

const (
	EvItem        EvidenceKind = "item"
	EvAiring      EvidenceKind = "airing"
	EvAttestation EvidenceKind = "attestation"
	EvPrint       EvidenceKind = "print"     // a piece in a newspaper's print register
	EvProcedure   EvidenceKind = "procedure" // a decision that has to be posted, from the office's register
	EvQuestion    EvidenceKind = "question"  // a question, answered or not
	EvSegment     EvidenceKind = "segment"   // an item inside a programme, from the station's list
	EvBulletin    EvidenceKind = "bulletin"  // a piece on a loudspeaker
	EvDeclared    EvidenceKind = "declared"  // a piece that a unit declared and an officer accepted: counts by a decision alone, was never observed
)

// Evidence is one piece that may be credited: where and when seen, its hash,
// kept copy and grade, with the item or airing itself.
type Evidence struct {
	ID         string // item, airing or attestation id
	Kind       EvidenceKind
	Agency     string
	Source     string    // source id, or "log:<channel>"
	At         time.Time // the instant that decides its period (claimed date, start, date of issue)
	Precision  Precision
	Seen       time.Time // first seen or recorded (business clock)
	Verified   time.Time
	Title, URL string
	Kept       string // hex SHA-256 of the kept copy, "" if none
	Grade      Grade

	Section, Column      string
	Repost               bool // its credit line names another, whose work it is
	Credit               string
	Airing               *Airing  // EvAiring only
	Verdict              *Verdict // EvItem only, the verdict in force; nil if not judged yet
	Decided              string   // who decided the verdict, "" if the machine alone
	Unread               bool     // EvItem: its page was wanted and could not be had; the verdict is on the listing's words
	Document             string   // number: of the document handed in or listed, the decision, the issue or the question
	Quota, Owner, Period string   // EvAttestation: what it was handed in for
	None                 bool     // EvAttestation: states that nothing arose in the period («không phát sinh»)
	Form                 string   // EvAttestation: how it was done, such as "integrated" («lồng ghép»), "" if not said

	Elsewhere []string `json:",omitempty"` // EvItem: the bodies that its headline and lead are about, when the publisher is none of them

	Copy *Copy `json:",omitempty"` // EvItem: nil if nothing else says the same

	Listed bool      `json:",omitempty"` // EvItem: stands in a list of documents, is no news
	Items  []string  `json:",omitempty"` // EvDeclared: ids of the items that stand at its address, by whichever rule that is read, and of their copies
	Signed time.Time `json:",omitzero"`  // EvItem: the day its list says it was signed, zero if not said

	Asked, Answered time.Time // EvQuestion: zero if not known, not answered. At is Answered, else Asked, else Seen
	Waited          time.Time `json:",omitzero"` // EvQuestion without the day of its answer (NoDate; Answered and Seen are when the answer was first seen): until when it is known not to have been answered, zero if unknown
	Page            string    // EvPrint

	Segment  *Segment  `json:",omitempty"` // EvSegment only
	Bulletin *Bulletin `json:",omitempty"` // EvBulletin only
}

// Blind reasons (also label values). OK and NotModified are the good outcomes.
const (
	OK            = "ok"
	NotModified   = "not_modified"
	Unreachable   = "unreachable"
	Blocked       = "blocked"
	RobotsDenied  = "robots_denied"
	Challenge     = "challenge"
	Soft404       = "soft_404"
	Hijacked      = "hijacked"
	NotAFeed      = "not_a_feed"
	Empty         = "empty"
	ParseError    = "parse_error"
	StaleCache    = "stale_cache"
	LayoutChanged = "layout_changed"
)

// BlindReasons lists the closed set of reasons for not seeing.
func BlindReasons() []string {
	return []string{Unreachable, Blocked, RobotsDenied, Challenge, Soft404, Hijacked, NotAFeed, Empty, ParseError, StaleCache, LayoutChanged}
}

// Hash is the first 128 bits of SHA-256 over the parts, length-prefixed so
// that no two lists of parts collide, in hex.
func Hash(parts ...string) string {
	h := sha256.New()
	var n [8]byte
	for _, p := range parts {
		for i := range n {
			n[i] = byte(uint64(len(p)) >> (8 * i))
		}
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// ItemID names an item by its province and canonical key alone.
func ItemID(province, key string) string { return Hash("item", province, key) }

// RevisionID names a text of an item; it begins with the day it was seen (UTC).
func RevisionID(item, bodyHash string, seen time.Time) string {
	return seen.UTC().Format("20060102") + "-" + Hash("revision", item, bodyHash)
}

// Kept describes one body kept as fetched (one .warc.gz object).
type Kept struct {
	SHA256      string // hex, of the body as received after decompression
	URL         string
	Status      int
	Header      map[string][]string // response headers
	Sent        map[string][]string // request headers, without secrets; nil where none is known. In the object alone
	At          time.Time           // machine clock of the fetch
	ContentType string
	Size        int
}
