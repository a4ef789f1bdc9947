package schedule

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// ClaimKind says what one line of a declaration is.
type ClaimKind string

const (
	ClaimAnswer   ClaimKind = "answer"   // what the unit says of a piece that loa found
	ClaimPiece    ClaimKind = "piece"    // a piece that the unit says it published
	ClaimQuantity ClaimKind = "quantity" // how much of an activity of the plan's annex
	ClaimPaper    ClaimKind = "paper"    // a document handed in on paper
)

// What a unit answers of a piece that loa found.
const (
	AnswerRight   = "right"    // đúng
	AnswerWrong   = "wrong"    // sai
	AnswerNotOurs = "not_ours" // không phải của đơn vị
)

// Claim is one line of what a unit declares. It proves nothing by itself.
type Claim struct {
	Kind     ClaimKind `json:"kind"`
	Evidence string    `json:"evidence,omitempty"` // answer: id of the piece
	Answer   string    `json:"answer,omitempty"`
	Date     time.Time `json:"date,omitzero"` // a day of Viet Nam
	Title    string    `json:"title,omitempty"`
	URL      string    `json:"url,omitempty"`
	Medium   string    `json:"medium,omitempty"`   // of a piece, as the unit words it
	Document string    `json:"document,omitempty"` // paper: number and sign
	Note     string    `json:"note,omitempty"`
	Counts   []int     `json:"counts,omitempty"` // quantity: in the order of ClaimCounts, never negative
	File     string    `json:"file,omitempty"`   // hex SHA-256 of a kept photo, log or statement
	FileName string    `json:"file_name,omitempty"`
}

// ClaimCounts are the quantities of an activity, in Vietnamese and in the order of Claim.Counts.
func ClaimCounts() []string {
	return []string{"số cuộc, buổi", "số người tham dự", "số bản in, tờ rơi", "số pa nô, áp phích, băng rôn", "số bài đăng"}
}

// Declaration is what a unit declares of a period. A later edition supersedes
// the earlier one whole; none is ever changed.
type Declaration struct {
	Plan     string    `json:"plan"`
	Agency   string    `json:"agency"`
	Period   string    `json:"period"`
	Edition  int       `json:"edition"` // 1, 2, … of the unit and period
	At       time.Time `json:"at"`      // business clock
	Actor    string    `json:"actor"`
	Via      string    `json:"via"` // "xlsx" or "web"
	File     string    `json:"file,omitempty"`
	FileName string    `json:"file_name,omitempty"`
	Left     int       `json:"left,omitempty"` // cells with an error that were left out when the rest was taken
	Claims   []Claim   `json:"claims"`
}

// Found is one piece of a unit that loa knows of in a period, by itself: what
// units declare is not among them.
type Found struct {
	Evidence media.Evidence
	Counted  []Credit   // for what it counts, none if it does not
	Not      *Rejection // the first reason that it does not count; nil if it was never weighed
}

// FoundOf lists what is known of a unit's pieces in a period, the oldest first.
func FoundOf(m Matching, ev []media.Evidence, agency string, p calendar.Period) []Found {
	at := map[string]int{}
	var out []Found
	of := func(e media.Evidence) *Found {
		if e.Kind == media.EvDeclared || !p.Contains(when(e)) {
			return nil
		}
		i, ok := at[e.ID]
		if !ok {
			i = len(out)
			at[e.ID] = i
			out = append(out, Found{Evidence: e})
		}
		return &out[i]
	}
	for _, e := range ev {
		if e.Agency == agency && !e.Listed && e.Kind != media.EvProcedure {
			of(e)
		}
	}
	for _, c := range m.Credits {
		if c.Owner == agency {
			if f := of(c.Evidence); f != nil {
				f.Counted = append(f.Counted, c)
			}
		}
	}
	for _, r := range m.Rejections {
		if r.Owner == agency && r.Evidence.Kind != media.EvProcedure {
			if f := of(r.Evidence); f != nil && f.Not == nil {
				f.Not = &r
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Found) int { return byWhen(a.Evidence, b.Evidence) })
	return out
}

// Told reports whether a piece is worth showing to its unit: it counts, or is
// about reform or was handed in and does not count.
func (f Found) Told() bool {
	e := f.Evidence
	return len(f.Counted) > 0 || f.Not != nil && (e.Kind != media.EvItem || e.Verdict != nil && e.Verdict.Reform || f.Not.Awaiting || f.Not.Near)
}

// DiscrepancyKind says how what is declared and what was observed differ.
type DiscrepancyKind string

const (
	ClaimedBoth       DiscrepancyKind = "both"        // cả hai cùng ghi nhận: no difference
	ClaimedOnly       DiscrepancyKind = "only_unit"   // chỉ đơn vị khai
	ObservedOnly      DiscrepancyKind = "only_seen"   // chỉ hệ thống ghi nhận
	ClaimedOtherDate  DiscrepancyKind = "other_date"  // khác ngày
	ClaimedOtherTitle DiscrepancyKind = "other_title" // khác nội dung
	ClaimedTwice      DiscrepancyKind = "twice"       // khai trùng
	ClaimedNotCounted DiscrepancyKind = "not_counted" // hệ thống thấy nhưng không ghi nhận
	ClaimedWrong      DiscrepancyKind = "said_wrong"  // đơn vị nói ghi nhận sai
	ClaimedNotOurs    DiscrepancyKind = "not_ours"    // đơn vị nói không phải của mình
	ClaimedQuantity   DiscrepancyKind = "quantity"    // số lượng do đơn vị khai, hệ thống không quan sát được
	ClaimedPaper      DiscrepancyKind = "paper"       // văn bản giấy do đơn vị khai
	ClaimedOutside    DiscrepancyKind = "outside"     // khai ngoài kỳ
)

// Discrepancy is one line of what is declared beside one of what was observed.
type Discrepancy struct {
	ID     string          `json:"id"` // the same for the same piece, however often it is declared
	Kind   DiscrepancyKind `json:"kind"`
	Reason Reason          `json:"reason"`
	Claim  *Claim          `json:"claim,omitempty"`
	Found  *Found          `json:"-"`
	// What was observed, in short, for the record.
	Evidence string    `json:"evidence,omitempty"`
	Title    string    `json:"title,omitempty"`
	URL      string    `json:"url,omitempty"`
	Date     time.Time `json:"date,omitzero"`
	Counted  bool      `json:"counted,omitempty"`
}

// CompareDeclared holds a declaration against what was observed in its period, item by
// item: by canonical address, then by title without marks and day. What both
// say stands first-to-last as declared; what was only observed comes after. It
// changes neither side.
func CompareDeclared(d Declaration, found []Found, p calendar.Period) []Discrepancy {
	c := comparison{d: d, p: p, found: found, byURL: map[string]int{}, byTitle: map[string][]int{}, met: make([]bool, len(found)), said: map[string]bool{}}
	for i, f := range found {
		if u := sameAddress(f.Evidence.URL); u != "" {
			if _, twice := c.byURL[u]; !twice {
				c.byURL[u] = i
			}
		}
		t := viet.Fold(f.Evidence.Title)
		c.byTitle[t] = append(c.byTitle[t], i)
	}
	for i := range d.Claims {
		if x := &d.Claims[i]; x.Kind == ClaimAnswer {
			c.answer(x)
		}
	}
	for i := range d.Claims {
		switch x := &d.Claims[i]; x.Kind {
		case ClaimPiece:
			c.piece(x)
		case ClaimQuantity:
			c.add(ClaimedQuantity, x, -1, nil)
		case ClaimPaper:
			c.add(ClaimedPaper, x, -1, args{"document": x.Document})
		}
	}
	for i, f := range found {
		if !c.met[i] && len(f.Counted) > 0 {
			c.add(ObservedOnly, nil, i, nil)
		}
	}
	return c.out
}

type comparison struct {
	d       Declaration
	p       calendar.Period
	found   []Found
	byURL   map[string]int
	byTitle map[string][]int
	met     []bool          // what the unit spoke of
	said    map[string]bool // pieces that the unit already declared
	out     []Discrepancy
}

func (c *comparison) add(kind DiscrepancyKind, x *Claim, at int, a args) {
	d := Discrepancy{Kind: kind, Claim: x, Reason: because("claim_"+string(kind), a)}
	key := []string{"difference", c.d.Plan, c.d.Agency, c.d.Period}
	if at >= 0 {
		f := &c.found[at]
		d.Found, d.Evidence, d.Title, d.URL, d.Date, d.Counted = f, f.Evidence.ID, f.Evidence.Title, f.Evidence.URL, when(f.Evidence), len(f.Counted) > 0
	}
	switch {
	case kind == ClaimedTwice: // its first mention has the plain id
		key = append(key, "twice", x.key(), stamp(x.Date))
	case at >= 0:
		key = append(key, "piece", c.found[at].Evidence.ID)
	default:
		key = append(key, string(x.Kind), x.key())
	}
	d.ID = media.Hash(key...)
	c.out = append(c.out, d)
}

// answer takes what the unit says of a piece that it was shown.
func (c *comparison) answer(x *Claim) {
	at := slices.IndexFunc(c.found, func(f Found) bool { return f.Evidence.ID == x.Evidence })
	if at < 0 || c.met[at] {
		return // no longer known of this unit and period; or answered twice
	}
	c.met[at] = true
	c.said[x.Evidence] = true
	counts := len(c.found[at].Counted) > 0
	switch {
	case x.Answer == AnswerRight && counts:
		c.add(ClaimedBoth, x, at, nil)
	case x.Answer == AnswerRight:
		c.add(ClaimedNotCounted, x, at, c.why(at))
	case !counts:
		c.add(ClaimedBoth, x, at, nil) // both say that it does not count
	case x.Answer == AnswerNotOurs:
		c.add(ClaimedNotOurs, x, at, nil)
	default:
		c.add(ClaimedWrong, x, at, nil)
	}
}

func (c *comparison) why(at int) args {
	if r := c.found[at].Not; r != nil {
		return args{"why": r.Reason.Code, "of": r.Reason.Args}
	}
	return nil
}

// piece takes a piece that the unit says it published.
func (c *comparison) piece(x *Claim) {
	at := c.match(x)
	key := x.key()
	if at >= 0 {
		key = c.found[at].Evidence.ID
	}
	if c.said[key] {
		c.add(ClaimedTwice, x, at, nil)
		return
	}
	c.said[key] = true
	if at < 0 {
		if !c.p.Contains(x.Date) {
			c.add(ClaimedOutside, x, -1, args{"declared": stamp(x.Date)})
			return
		}
		c.add(ClaimedOnly, x, -1, nil)
		return
	}
	c.met[at] = true
	f := c.found[at]
	switch {
	case f.Evidence.Precision != media.NoDate && !calendar.Day(when(f.Evidence)).Equal(calendar.Day(x.Date)):
		c.add(ClaimedOtherDate, x, at, args{"declared": stamp(x.Date), "observed": stamp(when(f.Evidence))})
	case len(f.Counted) == 0:
		c.add(ClaimedNotCounted, x, at, c.why(at))
	case x.Title != "" && !sameTitle(x.Title, f.Evidence.Title):
		c.add(ClaimedOtherTitle, x, at, nil)
	default:
		c.add(ClaimedBoth, x, at, nil)
	}
}

// match finds the piece that a claim is of, -1 if none: of several with the same
// title that of its day, else the only one.
func (c *comparison) match(x *Claim) int {
	if u := sameAddress(x.URL); u != "" {
		if i, ok := c.byURL[u]; ok {
			return i
		}
	}
	same := c.byTitle[viet.Fold(x.Title)]
	if x.Title == "" {
		return -1
	}
	for _, i := range same {
		if calendar.Day(when(c.found[i].Evidence)).Equal(calendar.Day(x.Date)) {
			return i
		}
	}
	if len(same) == 1 && (x.URL == "" || c.found[same[0]].Evidence.URL == "") {
		return same[0]
	}
	return -1
}

// Names reports whether a piece is the one that is claimed: of the same address, or of the same title and day. It does not
// matter in which period either was seen or declared.
func (x *Claim) Names(e media.Evidence) bool {
	if e.Kind != media.EvItem && e.Kind != media.EvDeclared {
		return false
	}
	return samePiece(media.Evidence{URL: x.URL, Title: x.Title, At: x.Date, Precision: media.ToDay}, e)
}

// key names what a claim is of, whatever its wording of the day.
func (x *Claim) key() string {
	if x.Kind == ClaimPaper {
		if n, ok := viet.DocumentNumber(x.Document); ok {
			return n
		}
	}
	if u := sameAddress(x.URL); u != "" {
		return u
	}
	return cmp.Or(viet.Fold(x.Document), viet.Fold(x.Title)+" "+x.Date.In(calendar.Zone).Format(time.DateOnly))
}

// sameTitle reports whether two titles are of one piece: equal without marks and
// signs, or one begins with the other, as lists cut titles short.
func sameTitle(a, b string) bool {
	plain := func(s string) string {
		return strings.Join(strings.FieldsFunc(viet.Fold(s), func(r rune) bool { return r < '0' || r > '9' && r < 'a' || r > 'z' && r < 128 }), " ")
	}
	a, b = plain(a), plain(b)
	return a == b || min(len(a), len(b)) >= 20 && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

// sameAddress is an address as far as it tells pages apart: without scheme,
// «www.», what counts visitors, order of parameters and part of the page. "" if it is none.
func sameAddress(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || !strings.Contains(u.Hostname(), ".") {
		return ""
	}
	q := u.Query()
	for k := range q {
		if low := strings.ToLower(k); strings.HasPrefix(low, "utm_") || slices.Contains([]string{"fbclid", "gclid", "zarsrc"}, low) {
			q.Del(k)
		}
	}
	out := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") + strings.TrimRight(u.EscapedPath(), "/")
	if e := q.Encode(); e != "" {
		out += "?" + e
	}
	return out
}
