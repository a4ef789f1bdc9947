package monitor

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/viet"
)

// healthy is a province where nothing is wrong.
func healthy() Facts {
	now := time.Date(2023, 3, 6, 8, 0, 0, 0, time.UTC)
	host := func(name string, skew time.Duration) Reached {
		return Reached{Host: name, Asked: true, Spoke: true, Skew: skew, Until: now.AddDate(0, 3, 0)}
	}
	return Facts{
		Now: now, Plan: "mau/2023", PlanEnds: now.AddDate(0, 9, 0), NextPlan: true,
		DB:        Database{Engine: "sqlite", Version: "3.46", Schema: 40, Known: 40, Floor: 40, Bytes: 5 << 20},
		Places:    []Place{{Name: "loa-data", Free: 20 << 30}},
		Hosts:     []Reached{host("a.example", 0), host("b.example", time.Second), host("c.example", -time.Second)},
		Sources:   []SourceFact{{ID: "a", State: media.SourceOK}, {ID: "b", State: media.SourceQuiet}},
		LastVisit: now.Add(-time.Hour), LastRan: now.Add(-time.Minute), LastBackup: now.AddDate(0, 0, -2), Accounts: 3, Checked: true,
	}
}

func codes(fs []Finding, levels ...Level) []string {
	var out []string
	for _, f := range fs {
		if len(levels) == 0 || slices.Contains(levels, f.Level) {
			out = append(out, string(f.Level)+" "+f.Code)
		}
	}
	slices.Sort(out)
	return out
}

// TestExamine: each thing that is wrong is told as such, and nothing else with it; every code has its sentence and every sentence a code.
func TestExamine(t *testing.T) {
	if got := codes(Examine(healthy()), Warned, Failed); got != nil {
		t.Fatalf("a healthy province: %v", got)
	}
	pg := func(f *Facts) { f.DB.Engine, f.DB.Encoding, f.DB.MaxConn, f.DB.Conns = "postgres", "UTF8", 100, 10 }
	broken := errors.New("it is broken")
	told := map[string]Finding{}
	for _, x := range Examine(healthy()) {
		told[x.Code] = x
	}
	for _, c := range []struct {
		name string
		harm func(f *Facts)
		want string // warnings and failures
	}{
		{"mistakes in the files", func(f *Facts) { f.Mistakes = 2 }, "fail config_mistakes"},
		{"no plan", func(f *Facts) { f.Plan = "" }, "fail no_plan"},
		{"the plan ends and none follows", func(f *Facts) { f.PlanEnds, f.NextPlan = f.Now.AddDate(0, 0, 20), false }, "warn plan_ends"},
		{"the plan ends and another follows", func(f *Facts) { f.PlanEnds = f.Now.AddDate(0, 0, 20) }, ""},
		{"no table of days off", func(f *Facts) { f.NoHolidays = []int{2024} }, "warn no_holidays"},
		{"nobody to ask", func(f *Facts) { f.NoContact = true }, "warn no_contact"},
		{"accounts of a body that is no more", func(f *Facts) { f.Homeless = []string{"bao", "dai"} }, "warn accounts_homeless"},
		{"a slip of the pen", func(f *Facts) { f.Unknown = []string{"LOA_DATEN"} }, "warn unknown_setting"},
		{"no database server", func(f *Facts) { f.DBErr = broken }, "fail db_unreachable"},
		{"no database yet", func(f *Facts) { f.DB = Database{Engine: "sqlite", Missing: true}; f.Sources = nil; f.Checked = false }, "warn db_missing"},
		{"an older schema", func(f *Facts) { f.DB.Schema = 36 }, "warn schema_older"},
		{"a newer schema that lets it work", func(f *Facts) { f.DB.Schema = 41 }, "warn schema_ahead"},
		{"a newer schema that does not", func(f *Facts) { f.DB.Schema, f.DB.Floor = 41, 41 }, "fail schema_newer"},
		{"a server that does not write through", func(f *Facts) { pg(f); f.DB.Unsafe = []string{"fsync = off"} }, "fail db_unsafe"},
		{"too mighty a role", func(f *Facts) { pg(f); f.DB.Super = true }, "warn db_super"},
		{"another encoding", func(f *Facts) { pg(f); f.DB.Encoding = "SQL_ASCII" }, "fail db_encoding"},
		{"few connections left", func(f *Facts) { pg(f); f.DB.Conns = 95 }, "warn db_conns"},
		{"a server has its own copies", func(f *Facts) { pg(f); f.LastBackup = time.Time{} }, ""},
		{"damage", func(f *Facts) { f.DB.Damage = []string{"page 7"} }, "fail db_damaged"},
		{"a broken chain", func(f *Facts) { f.Chain = broken }, "fail chain_broken"},
		{"a clock behind the database's", func(f *Facts) { pg(f); f.DB.Skew = 20 * time.Second }, "warn db_clock_off"},
		{"a clock far behind it", func(f *Facts) { pg(f); f.DB.Skew = 2 * time.Minute }, "fail db_clock_off"},
		{"a clock unlike everybody's", func(f *Facts) {
			for i := range f.Hosts {
				f.Hosts[i].Skew += time.Hour
			}
		}, "fail web_clock_off"},
		{"one host's clock", func(f *Facts) { f.Hosts[0].Skew = time.Hour }, ""},
		{"a full disk", func(f *Facts) { f.Places[0].Free = 1 << 20 }, "fail disk_full"},
		{"little room", func(f *Facts) { f.Places[0].Free = 1 << 30 }, "warn disk_low"},
		{"room not told", func(f *Facts) { f.Places[0].Free = -1 }, ""},
		{"no right to write", func(f *Facts) { f.Places[0].Err = broken }, "fail not_writable"},
		{"no storage", func(f *Facts) { f.Kept = broken }, "fail kept_unusable"},
		{"a host without an address", func(f *Facts) { f.Hosts[0] = Reached{Host: "a.example", Err: broken} }, "warn no_address"},
		{"no network", func(f *Facts) {
			for i := range f.Hosts {
				f.Hosts[i] = Reached{Host: f.Hosts[i].Host, Err: broken}
			}
		}, "fail no_addresses, warn no_address, warn no_address, warn no_address"},
		{"behind a proxy", func(f *Facts) { f.Proxy.Host = "proxy.example:3128" }, ""},
		{"a proxy that is not there", func(f *Facts) { f.Proxy = Proxy{Host: "proxy.example:3128", Err: broken} }, "fail proxy_down"},
		{"a proxy that lets nobody through", func(f *Facts) {
			f.Proxy.Host = "proxy.example:3128"
			for i := range f.Hosts {
				f.Hosts[i].Spoke = false
			}
		}, "fail proxy_mute"},
		{"a proxy for others alone, which nobody needs", func(f *Facts) { f.Proxy.Unused = true }, ""},
		{"a proxy for others alone", func(f *Facts) {
			f.Proxy.Unused = true
			for i := range f.Hosts {
				f.Hosts[i].Spoke = false
			}
		}, "fail proxy_unused"},
		{"a certificate that ends", func(f *Facts) { f.Hosts[0].Until = f.Now.AddDate(0, 0, 5) }, "warn cert_ends"},
		{"a certificate that ended", func(f *Facts) { f.Hosts[0].Until = f.Now.AddDate(0, 0, -5) }, "fail cert_over"},
		{"a blind source", func(f *Facts) {
			f.Sources = append(f.Sources, SourceFact{"c", media.SourceBlind, media.Blocked, f.Now.AddDate(0, 0, -1)})
		}, "warn blind"},
		{"many blind sources", func(f *Facts) {
			for range most + 5 {
				f.Sources = append(f.Sources, SourceFact{"c", media.SourceBlind, media.Blocked, f.Now})
			}
		}, strings.Repeat("warn blind, ", most) + "warn more_blind"},
		{"all blind", func(f *Facts) { f.Sources = []SourceFact{{"c", media.SourceBlind, media.Blocked, f.Now}} }, "fail all_blind, warn blind"},
		{"never ran", func(f *Facts) {
			f.Sources, f.LastVisit, f.LastRan, f.Accounts, f.LastBackup = []SourceFact{{ID: "a", State: media.SourceNever}}, time.Time{}, time.Time{}, 0, time.Time{}
		}, "warn no_accounts, warn no_backup, warn no_ran, warn no_visit, warn none_visited"},
		{"stopped", func(f *Facts) { f.LastVisit, f.LastRan = f.Now.AddDate(0, 0, -3), f.Now.AddDate(0, 0, -3) }, "warn old_ran, warn old_visit"},
		{"an old copy", func(f *Facts) { f.LastBackup = f.Now.AddDate(0, -1, 0) }, "warn old_backup"},
		{"a server", pg, ""},
	} {
		f := healthy()
		c.harm(&f)
		got := Examine(f)
		if have := strings.Join(codes(got, Warned, Failed), ", "); have != c.want {
			t.Errorf("%s: %q, want %q", c.name, have, c.want)
		}
		for _, x := range got {
			told[x.Code] = x
		}
	}
	for code, x := range told {
		if words := viet.Finding(code, x.Args); strings.Contains(words, code) || strings.Contains(words, "%!") || viet.FindingAbout(x.About) == x.About {
			t.Errorf("%s about %s is told as %q", code, x.About, words)
		}
	}
	for _, code := range viet.FindingCodes() {
		if _, ok := told[code]; !ok {
			t.Errorf("nothing is told as %s", code)
		}
	}
}
