// Package access says who may do what on the desk: roles, their rights, and
// whose agencies a person is confined to.
package access

import (
	"slices"
	"strings"
)

// Role is what an account is for. Every account has one.
type Role string

const (
	Officer     Role = "officer"      // chuyên viên theo dõi, of the department that keeps the plan
	Reviewer    Role = "reviewer"     // người duyệt: answers what waits, decides nothing else
	HomeAffairs Role = "home-affairs" // Sở Nội vụ: confirms absence, releases reminders, exempts
	District    Role = "district"     // huyện: itself and its communes
	Clerk       Role = "clerk"        // cán bộ đầu mối of one agency
	Planner     Role = "planner"      // người lập lịch of the station
	Editor      Role = "editor"       // biên tập viên of the newspaper
	Reader      Role = "reader"       // lãnh đạo: reads
	Inspector   Role = "inspector"    // người kiểm tra: reads everything, changes nothing
	Admin       Role = "admin"        // quản trị: accounts, settings, backup
	Link        Role = "link"         // whoever holds a one-time link of an agency and period; no account
	Guest       Role = "guest"        // nobody yet: an office that has made no account, on its own machine
)

// Roles lists the roles that an account can have.
func Roles() []Role {
	return []Role{Officer, Reviewer, HomeAffairs, District, Clerk, Planner, Editor, Reader, Inspector, Admin}
}

// Word is the role as people read it.
func (r Role) Word() string {
	switch r {
	case Officer:
		return "Chuyên viên theo dõi"
	case Reviewer:
		return "Người duyệt tin, bài"
	case HomeAffairs:
		return "Sở Nội vụ"
	case District:
		return "Huyện, thị xã, thành phố"
	case Clerk:
		return "Cán bộ đầu mối cơ quan, đơn vị"
	case Planner:
		return "Người lập lịch phát sóng"
	case Editor:
		return "Biên tập viên Báo"
	case Reader:
		return "Người xem"
	case Inspector:
		return "Người kiểm tra"
	case Admin:
		return "Quản trị"
	case Link:
		return "Đường dẫn một lần"
	case Guest:
		return "Khách trên máy này"
	}
	return string(r)
}

// Scoped reports whether the role is confined to the agencies of its account.
func (r Role) Scoped() bool {
	return slices.Contains([]Role{District, Clerk, Planner, Editor, Link}, r)
}

// Right is one kind of thing that can be done on the desk.
type Right string

const (
	Public   Right = "public"   // nobody is asked who they are
	Enter    Right = "enter"    // anybody who is logged in, of their own account
	See      Right = "see"      // read pages
	Export   Right = "export"   // take lists and papers out
	Review   Right = "review"   // say whether a piece is about reform
	Decide   Right = "decide"   // confirm a miss, strike, add, attest for others, close, settle what is disputed
	Exempt   Right = "exempt"   // confirm absence, exempt, release what the press is told
	Remind   Right = "remind"   // release what departments, districts and communes are told: Sở Nội vụ's alone
	Call     Right = "call"     // note whom one telephoned and what was answered
	Handover Right = "handover" // hand in evidence, declare, reply, object
	Slip     Right = "slip"     // fill in the form of a unit and period, and of its loudspeakers
	Log      Right = "log"      // hand in logs, schedules and lists of broadcasts or of print
	Settings Right = "settings" // reference levels, sources, aliases, holidays, closings' dates
	Accounts Right = "accounts" // accounts, links, covers
	GivePass Right = "passes"   // make one-time links for agencies
	Audit    Right = "audit"    // read the whole trail of what was done
	Score    Right = "score"    // the simulation of points: Sở Nội vụ's alone, who inspects does not read it
	Backup   Right = "backup"   // take a copy of everything, password hashes among it: the administrator's alone
)

// rights is the one table of what a role may do.
var rights = map[Role][]Right{
	Officer:     {Enter, See, Export, Review, Decide, Exempt, Call, Handover, Slip, Log, GivePass, Settings, Audit},
	Reviewer:    {Enter, See, Export, Review},
	HomeAffairs: {Enter, See, Export, Exempt, Remind, Score, Call, Handover, Slip, GivePass},
	District:    {Enter, See, Export, Handover, Slip, GivePass},
	Clerk:       {Enter, See, Export, Handover, Slip},
	Planner:     {Enter, See, Export, Handover, Slip, Log},
	Editor:      {Enter, See, Export, Handover, Slip, Log},
	Reader:      {Enter, See, Export},
	Inspector:   {Enter, See, Export, Audit},
	Admin:       {Enter, See, Export, Settings, Accounts, Audit, Backup},
	Link:        {Slip},
	Guest:       {See, Export},
}

// May reports whether the role has the right.
func (r Role) May(x Right) bool { return x == Public || slices.Contains(rights[r], x) }

// Actor is who asks: a person with an account, the holder of a link, or nobody known.
type Actor struct {
	Account  string // id, "" of guests and links
	Login    string
	Name     string
	Role     Role
	Agencies []string // agency ids a scoped role is confined to; not looked at otherwise
	For      string   // whose duties are done while they are away, "" if one's own
	Session  string   // id of the session, not its token
	Period   string   // of a link: the one period it is for
}

// May reports whether the person has the right.
func (a Actor) May(x Right) bool { return a.Role.May(x) }

// Sees reports whether what belongs to an agency is for the person.
func (a Actor) Sees(agency string) bool {
	return !a.Role.Scoped() || slices.Contains(a.Agencies, agency)
}

// String is how the person is written into decisions and the trail.
func (a Actor) String() string {
	name := a.Name
	if name == "" {
		name = a.Role.Word()
	}
	if a.Login != "" {
		name += " (" + a.Login + ")"
	}
	if a.For != "" {
		name += ", thay " + a.For
	}
	return strings.TrimSpace(name)
}
