// Package notify decides who is told what, and when: pure, from what is known and
// what was told. Its texts are sentences of viet; deliver carries them out, store
// keeps them. Who may be told is decision 28.
package notify

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// Kind is what a notice, or an item of it, is about.
type Kind string

const (
	BroadcastEarly  Kind = "broadcast_early"
	BroadcastMissed Kind = "broadcast_missed"
	LogMissing      Kind = "log_missing"
	RetentionEnds   Kind = "retention_30d"
	ColumnMidMonth  Kind = "column_midmonth"
	ColumnMissed    Kind = "column_missed"
	PlanDeadline    Kind = "plan_deadline"
	AgencyGap       Kind = "agency_gap" // in the month's digest alone
	SourceDown      Kind = "source_down"
	SourceBack      Kind = "source_back"
	ParserDrift     Kind = "parser_drift"
	ReportDue       Kind = "report_due"
	SiteHijacked    Kind = "site_hijacked"
	SiteDown        Kind = "site_down"
	Certificate     Kind = "certificate"
	Digest          Kind = "digest"  // of a week
	Summary         Kind = "summary" // of a month
)

// Audience is who is told.
type Audience string

const (
	Officer  Audience = "officer"  // the department's own officer
	Owner    Audience = "owner"    // the newspaper, station or keeper of a site that it is about
	Units    Audience = "units"    // departments, districts and communes: the month's summary
	Security Audience = "security" // who answers for the safety of the sites
	Duty     Audience = "duty"     // who is on duty for the servers, at any hour
)

// Item is one thing that is told.
type Item struct {
	Kind  Kind   `json:"kind"`
	About string `json:"about"` // told to an audience once
	Text  string `json:"text"`  // Vietnamese, whole sentences
	Basis string `json:"basis,omitempty"`
	Who   string `json:"who,omitempty"`  // who can settle it
	Path  string `json:"path,omitempty"` // of the desk, where its evidence is

	urgent bool // it may still be helped, so it does not wait for the next day
}

// Notice is one message to one audience.
type Notice struct {
	ID       string
	Plan     string
	Kind     Kind
	Audience Audience
	Agency   string    // whose, of Owner and Units; ""
	At       time.Time // business clock
	Subject  string
	Items    []Item
	Base     string // address of the desk, "" if not said
	Sample   bool   // of made-up data
}

// Private reports whether the notice concerns the safety of a site or of a server, the
// end of an outage too: it is for those it was made for, and shown on no page that
// others see.
func (n Notice) Private() bool {
	return n.Audience == Security || n.Audience == Duty || slices.ContainsFunc(n.Items, func(it Item) bool {
		return it.Kind == SiteHijacked || it.Kind == SiteDown || it.Kind == Certificate
	})
}

// longestCopy is how many characters a message of the messengers in use takes.
const longestCopy = 600

// Text is the whole message, plain.
func (n Notice) Text() string {
	var b strings.Builder
	if n.Sample {
		b.WriteString("DỮ LIỆU MẪU\n\n")
	}
	for i, it := range n.Items {
		b.WriteString(it.Text + "\n")
		if next := i + 1; next < len(n.Items) && n.Items[next].Basis == it.Basis && n.Items[next].Who == it.Who && n.Items[next].Path == it.Path {
			continue // said once, under the last of them
		}
		for _, more := range []struct{ head, words string }{{"Căn cứ: ", it.Basis}, {"Người xử lý: ", it.Who}} {
			if more.words != "" {
				b.WriteString("  " + more.head + more.words + "\n")
			}
		}
		if it.Path != "" && n.Base != "" {
			b.WriteString("  Xem: " + strings.TrimSuffix(n.Base, "/") + it.Path + "\n")
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// Copy is what is copied into Zalo by hand («Chép để gửi Zalo»): the sentences alone,
// 600 characters at most.
func (n Notice) Copy() string {
	var b strings.Builder
	if n.Sample {
		b.WriteString("DỮ LIỆU MẪU\n")
	}
	for i, it := range n.Items {
		rest := ""
		if left := len(n.Items) - i - 1; left > 0 {
			rest = "\n… và " + viet.Number(left) + " việc khác, xem thư hoặc bảng theo dõi."
		}
		room := longestCopy - utf8.RuneCountInString(b.String()) - utf8.RuneCountInString(rest) - 1
		if utf8.RuneCountInString(it.Text) <= room {
			b.WriteString(it.Text + "\n")
			continue
		}
		if i == 0 { // one that is too long by itself
			r := []rune(it.Text)
			b.WriteString(strings.TrimSpace(string(r[:room-1])) + "…" + rest)
		} else {
			b.WriteString("… và " + viet.Number(len(n.Items)-i) + " việc khác, xem thư hoặc bảng theo dõi.")
		}
		break
	}
	return strings.TrimRight(b.String(), "\n")
}

// notice makes a message of items, the most urgent kind first.
func (w World) notice(to Audience, agency string, items []Item) Notice {
	n := Notice{Plan: w.Plan.ID, Audience: to, Agency: agency, At: w.Now, Items: items, Base: w.Base, Sample: w.Plan.Sample}
	n.Kind = items[0].Kind
	n.Subject = viet.NoticeSubject(string(n.Kind), len(items))
	if w.Plan.Sample {
		n.Subject = "[Dữ liệu mẫu] " + n.Subject
	}
	parts := []string{"notice", n.Plan, string(to), agency}
	for _, it := range items {
		parts = append(parts, it.About)
	}
	n.ID = media.Hash(parts...)[:16]
	return n
}

// Told says that something was told.
type Told struct {
	Audience Audience
	Agency   string
	About    string
	Notice   string
	At       time.Time // business clock
}

// Source is a source of the plan and how it stands.
type Source struct {
	media.Source
	Health media.Health
	How    media.Condition
	Until  time.Time // end of the certificate that its server showed; zero if none was seen
}

// World is all that is looked at.
type World struct {
	Plan       *schedule.Plan
	Cal        *calendar.Calendar
	Now        time.Time // business clock
	Machine    time.Time // the true time, which certificates end by
	Standings  []schedule.Standing
	Rejections []schedule.Rejection
	Recordings []schedule.Notice
	Sources    []Source
	Releases   []schedule.Release
	Told       []Told
	Waiting    int      // pieces that wait for a person
	Dead       int      // notices of the last week that did not arrive over one of their channels
	Elsewhere  bool     // shortfalls and sources are told by Alertmanager
	Asked      []string // outlets that asked for the week's digest
	Base       string   // address of the desk, for links
	Reason     func(schedule.Reason) string

	known  map[Told]bool             // what was told, by audience, agency and what it is about
	quotas map[string]schedule.Quota // by id
}

// Outbox is where notices are kept and handed to whoever sends them.
type Outbox interface {
	// Told lists what was told of a plan.
	Told(ctx context.Context, plan string) ([]Told, error)
	// AddNotice records a notice with its deliveries, all or nothing; false if any of
	// what it is about was told to the same audience before.
	AddNotice(ctx context.Context, n Notice, ds []Delivery) (bool, error)
	// NextDelivery leases the delivery that is due first over any of the channels, for
	// whoever sends it; nil if none is. One that was begun twice and whose outcome
	// nobody recorded is dead.
	NextDelivery(ctx context.Context, channels []string, node string, now time.Time, lease time.Duration) (*Delivery, *Notice, error)
	// SettleDelivery records the outcome of a claimed delivery.
	SettleDelivery(ctx context.Context, d Delivery, node string, now time.Time, o Outcome) error
}

// Delivery is a notice on its way over one channel.
type Delivery struct {
	ID        string
	Notice    string
	Channel   string // id of a configured channel, without secrets
	Recipient string // e-mail address, where the channel takes one; ""
	MessageID string // the same at every try
	Tries     int    // with this one
	Token     int64  // of the lease
	State     string // "waiting", "sent", "dead"
	Due       time.Time
	Detail    string    // of the last try
	At        time.Time // of the last try, machine clock
}

// Outcome of one try.
type Outcome struct {
	Sent   bool
	Again  time.Time // machine clock; zero and not sent: never again
	Detail string    // for operators, English
}

// mostTries is how often a message is tried before a person has to look.
const mostTries = 8

// After says what comes after a try that failed: again after a wait that doubles
// from a minute to six hours, scattered by jitter (0 to 1) so that many messages do
// not come at once; never again after the eighth, or where the failure is for good.
func After(d Delivery, now time.Time, failed error, forGood bool, jitter float64) Outcome {
	o := Outcome{Detail: failed.Error()}
	if forGood || d.Tries >= mostTries {
		return o
	}
	wait := min(time.Minute<<(2*max(0, d.Tries-1)), 6*time.Hour)
	o.Again = now.Add(wait/2 + time.Duration(jitter*float64(wait)))
	return o
}

// is tells whether something was told to an audience.
func (w World) was(to Audience, agency, about string) bool {
	return w.known[Told{Audience: to, Agency: agency, About: about}]
}

// indexed is the world with what is looked up often.
func (w World) indexed() World {
	w.known, w.quotas = make(map[Told]bool, len(w.Told)), make(map[string]schedule.Quota, len(w.Plan.Quotas))
	for _, t := range w.Told {
		w.known[Told{Audience: t.Audience, Agency: t.Agency, About: t.About}] = true
	}
	for _, q := range w.Plan.Quotas {
		w.quotas[q.ID] = q
	}
	return w
}
