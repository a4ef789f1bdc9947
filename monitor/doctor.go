package monitor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"loa/media"
)

// Level says how much a finding matters.
type Level string

const (
	Fine   Level = "ok"
	Warned Level = "warn" // works, and will not for long or not as it should
	Failed Level = "fail" // does not work
)

// Finding is one thing that was looked at. Its sentence is viet.Finding(Code, Args).
type Finding struct {
	About string         `json:"about"` // config database clock disk names sources certificates backup work
	Level Level          `json:"level"`
	Code  string         `json:"code"`
	Args  map[string]any `json:"args,omitempty"`
}

// Database is what a database tells of itself.
type Database struct {
	Engine         string        // "sqlite", "postgres"
	Version        string        // of the engine
	Missing        bool          // there is no such file, or nothing in it yet
	Schema, Known  int64         // version that it has, and that this program knows
	Floor          int64         // the least version that a program must know to work with it
	Bytes          int64         // on disk, the log of changes too
	Skew           time.Duration // its clock less this machine's
	Super          bool          // the role may do everything on the server
	Unsafe         []string      // settings with which what was committed can be lost, "fsync = off"
	Encoding       string        // of texts; "UTF8" is wanted
	Conns, MaxConn int           // connections of the server, and how many it lets in; 0 where there is no server
	Damage         []string      // what a check of every page found; nil where none was asked for
}

// Place is a folder that is written to.
type Place struct {
	Name string // path
	Free int64  // bytes; negative: not known
	Err  error  // it cannot be written to
}

// Reached is what was learnt of a host whose sources are read.
type Reached struct {
	Host  string
	Err   error         // its name has no address, or an address that is not public
	Until time.Time     // end of its certificate; zero: no TLS, or not asked
	Skew  time.Duration // its clock less this machine's; only where Asked
	Asked bool          // it told the time
	Spoke bool          // it answered, whatever it was
}

// Proxy is the office's own way out.
type Proxy struct {
	Host   string // host:port; "": pages are asked for directly
	Err    error  // nobody listens there
	Unused bool   // the environment names one for other programs, loa is told of none
}

// SourceFact is how one source stands.
type SourceFact struct {
	ID     string
	State  media.SourceState
	Reason string // blind reason
	Since  time.Time
}

// Facts are what the doctor judges. Times are of the machine clock but for SourceFact.Since.
type Facts struct {
	Now        time.Time
	Mistakes   int       // of the plan files and the classifier's
	Plan       string    // in force; "": none
	PlanEnds   time.Time // first moment that it does not hold
	NextPlan   bool      // another holds then
	NoHolidays []int     // years from this one to the next of which no table of days off is there
	NoContact  bool      // nobody is named to webmasters
	Unknown    []string  // LOA_… variables that nothing reads

	DB     Database
	DBErr  error
	Places []Place
	Kept   error // the store of kept bytes does not take and give back

	Proxy   Proxy
	Hosts   []Reached
	Sources []SourceFact

	LastVisit, LastRan, LastBackup time.Time // zero: never
	Accounts                       int
	Homeless                       []string // logins in use that are confined to agencies which are no more
	Chain                          error    // the trail's chain is broken; only where it was checked
	Checked                        bool     // pages of the database and the trail were read through
}

// What the doctor holds for too little, too late or too far off.
const (
	freeFails, freeWarns   = 200 << 20, 2 << 30 // bytes
	skewWarns, skewFails   = 5 * time.Second, time.Minute
	wrongWarns, wrongFails = time.Minute, 10 * time.Minute // against other people's clocks, which are seldom exact
	certWarns              = 21 * 24 * time.Hour
	planWarns              = 45 * 24 * time.Hour
	backupWarns            = 8 * 24 * time.Hour
	ranWarns               = 15 * time.Minute
	visitWarns             = 24 * time.Hour
	clocksAgree            = 3 // hosts: one alone may be wrong
	connsWarn              = 0.85
	most                   = 20 // findings of one kind that are told one by one
)

// Examine judges the facts: everything that was looked at has a finding, what is well too.
func Examine(f Facts) []Finding {
	x := examination{now: f.Now}
	x.config(f)
	x.database(f)
	x.clock(f)
	x.disk(f)
	x.proxy(f.Proxy, f.Hosts)
	x.names(f.Hosts)
	x.sources(f)
	x.work(f)
	return x.out
}

type examination struct {
	now time.Time
	out []Finding
}

func (x *examination) say(about string, level Level, code string, args map[string]any) {
	x.out = append(x.out, Finding{about, level, code, args})
}

func (x *examination) config(f Facts) {
	if f.Mistakes > 0 {
		x.say("config", Failed, "config_mistakes", map[string]any{"n": f.Mistakes})
	} else {
		x.say("config", Fine, "config_sound", nil)
	}
	switch left := f.PlanEnds.Sub(x.now); {
	case f.Plan == "":
		x.say("config", Failed, "no_plan", nil)
	case left < planWarns && !f.NextPlan:
		x.say("config", Warned, "plan_ends", map[string]any{"plan": f.Plan, "at": f.PlanEnds})
	default:
		x.say("config", Fine, "plan", map[string]any{"plan": f.Plan, "at": f.PlanEnds})
	}
	for _, y := range f.NoHolidays {
		x.say("config", Warned, "no_holidays", map[string]any{"year": y})
	}
	if f.NoContact {
		x.say("config", Warned, "no_contact", nil)
	}
	for _, name := range f.Unknown {
		x.say("config", Warned, "unknown_setting", map[string]any{"name": name})
	}
}

func (x *examination) database(f Facts) {
	d := f.DB
	switch {
	case f.DBErr != nil:
		x.say("database", Failed, "db_unreachable", map[string]any{"error": f.DBErr.Error()})
		return
	case d.Missing:
		x.say("database", Warned, "db_missing", nil)
		return
	case d.Floor > d.Known:
		x.say("database", Failed, "schema_newer", map[string]any{"have": d.Schema, "known": d.Known})
	case d.Schema > d.Known:
		x.say("database", Warned, "schema_ahead", map[string]any{"have": d.Schema, "known": d.Known})
	case d.Schema < d.Known:
		x.say("database", Warned, "schema_older", map[string]any{"have": d.Schema, "known": d.Known})
	default:
		x.say("database", Fine, "db", map[string]any{"engine": d.Engine, "version": d.Version, "bytes": d.Bytes, "schema": d.Schema})
	}
	for _, s := range d.Unsafe {
		x.say("database", Failed, "db_unsafe", map[string]any{"setting": s})
	}
	if d.Super {
		x.say("database", Warned, "db_super", nil)
	}
	if d.Encoding != "" && d.Encoding != "UTF8" {
		x.say("database", Failed, "db_encoding", map[string]any{"encoding": d.Encoding})
	}
	if d.MaxConn > 0 && float64(d.Conns) > connsWarn*float64(d.MaxConn) {
		x.say("database", Warned, "db_conns", map[string]any{"n": d.Conns, "max": d.MaxConn})
	}
	for _, what := range d.Damage {
		x.say("database", Failed, "db_damaged", map[string]any{"what": what})
	}
	switch {
	case f.Chain != nil:
		x.say("database", Failed, "chain_broken", map[string]any{"error": f.Chain.Error()})
	case f.Checked && len(d.Damage) == 0:
		x.say("database", Fine, "db_whole", nil)
	}
}

// clock compares this machine's with the database's, by which leases are held, and with those of the hosts that
// are read, by which pieces are dated: several that agree are right.
func (x *examination) clock(f Facts) {
	if f.DBErr == nil && f.DB.Engine == "postgres" {
		x.skew("db_clock", f.DB.Skew, skewWarns, skewFails)
	}
	var skews []time.Duration
	for _, h := range f.Hosts {
		if h.Asked {
			skews = append(skews, h.Skew)
		}
	}
	if len(skews) >= clocksAgree {
		slices.Sort(skews)
		x.skew("web_clock", skews[len(skews)/2], wrongWarns, wrongFails)
	}
}

func (x *examination) skew(code string, by, warns, fails time.Duration) {
	level, off := Fine, by.Abs()
	switch {
	case off > fails:
		level = Failed
	case off > warns:
		level = Warned
	}
	args := map[string]any{"seconds": int(off.Round(time.Second).Seconds()), "ahead": by < 0}
	if level == Fine {
		x.say("clock", Fine, code, args)
		return
	}
	x.say("clock", level, code+"_off", args)
}

func (x *examination) disk(f Facts) {
	for _, p := range f.Places {
		args := map[string]any{"place": p.Name, "bytes": p.Free}
		switch {
		case p.Err != nil:
			x.say("disk", Failed, "not_writable", map[string]any{"place": p.Name, "error": p.Err.Error()})
		case p.Free < 0: // not told on this system
		case p.Free < freeFails:
			x.say("disk", Failed, "disk_full", args)
		case p.Free < freeWarns:
			x.say("disk", Warned, "disk_low", args)
		default:
			x.say("disk", Fine, "disk", args)
		}
	}
	if f.Kept != nil {
		x.say("disk", Failed, "kept_unusable", map[string]any{"error": f.Kept.Error()})
	}
}

// proxy tells of the way out, and whether anything comes through it.
func (x *examination) proxy(p Proxy, hosts []Reached) {
	spoke := slices.ContainsFunc(hosts, func(h Reached) bool { return h.Spoke })
	switch {
	case p.Host == "" && p.Unused && len(hosts) > 0 && !spoke:
		x.say("proxy", Failed, "proxy_unused", nil)
	case p.Host == "":
	case p.Err != nil:
		x.say("proxy", Failed, "proxy_down", map[string]any{"host": p.Host, "error": p.Err.Error()})
	case len(hosts) > 0 && !spoke:
		x.say("proxy", Failed, "proxy_mute", map[string]any{"host": p.Host})
	default:
		x.say("proxy", Fine, "proxy_answers", map[string]any{"host": p.Host})
	}
}

func (x *examination) names(hosts []Reached) {
	bad, certs := 0, 0
	for _, h := range hosts {
		if h.Err != nil {
			if bad++; bad <= most {
				x.say("names", Warned, "no_address", map[string]any{"host": h.Host, "error": h.Err.Error()})
			}
		}
	}
	switch n := len(hosts); {
	case n > 0 && bad == n:
		x.say("names", Failed, "no_addresses", map[string]any{"n": n})
	case n > 0:
		x.say("names", Fine, "addresses", map[string]any{"n": n - bad})
	}
	for _, h := range hosts {
		left := h.Until.Sub(x.now)
		switch {
		case h.Until.IsZero():
		case left < 0:
			x.say("certificates", Failed, "cert_over", map[string]any{"host": h.Host, "at": h.Until})
		case left < certWarns:
			x.say("certificates", Warned, "cert_ends", map[string]any{"host": h.Host, "at": h.Until})
		default:
			certs++
		}
	}
	if certs > 0 {
		x.say("certificates", Fine, "certs", map[string]any{"n": certs})
	}
}

func (x *examination) sources(f Facts) {
	by := map[media.SourceState]int{}
	var blind []SourceFact
	for _, s := range f.Sources {
		by[s.State]++
		if s.State == media.SourceBlind {
			blind = append(blind, s)
		}
	}
	slices.SortFunc(blind, func(a, b SourceFact) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	for i, s := range blind {
		if i == most {
			x.say("sources", Warned, "more_blind", map[string]any{"n": len(blind) - most})
			break
		}
		x.say("sources", Warned, "blind", map[string]any{"source": s.ID, "reason": s.Reason, "at": s.Since})
	}
	seen := by[media.SourceOK] + by[media.SourceQuiet] + by[media.SourceBlind]
	switch {
	case len(f.Sources) == 0:
	case seen == 0:
		x.say("sources", Warned, "none_visited", nil)
	case by[media.SourceBlind] == seen:
		x.say("sources", Failed, "all_blind", map[string]any{"n": seen})
	default:
		x.say("sources", Fine, "sources", map[string]any{"ok": seen - len(blind), "n": len(f.Sources), "quiet": by[media.SourceQuiet], "verify": by[media.SourceVerify], "never": by[media.SourceNever]})
	}
}

// work tells whether somebody crawls, evaluates and keeps copies.
func (x *examination) work(f Facts) {
	if f.DBErr != nil || f.DB.Missing || f.DB.Schema < f.DB.Known {
		return // nothing is known of it
	}
	x.recent("visit", f.LastVisit, visitWarns)
	x.recent("ran", f.LastRan, ranWarns)
	if f.Accounts == 0 {
		x.say("work", Warned, "no_accounts", nil)
	} else if n := len(f.Homeless); n > 0 {
		x.say("work", Warned, "accounts_homeless", map[string]any{"n": n, "logins": strings.Join(f.Homeless[:min(n, most)], ", ")})
	}
	if f.DB.Engine == "sqlite" { // copies of a server are the server's
		switch {
		case f.LastBackup.IsZero():
			x.say("backup", Warned, "no_backup", nil)
		case x.now.Sub(f.LastBackup) > backupWarns:
			x.say("backup", Warned, "old_backup", map[string]any{"at": f.LastBackup})
		default:
			x.say("backup", Fine, "backup", map[string]any{"at": f.LastBackup})
		}
	}
}

func (x *examination) recent(what string, last time.Time, warns time.Duration) {
	switch {
	case last.IsZero():
		x.say("work", Warned, "no_"+what, nil)
	case x.now.Sub(last) > warns:
		x.say("work", Warned, "old_"+what, map[string]any{"at": last})
	default:
		x.say("work", Fine, what, map[string]any{"at": last})
	}
}
