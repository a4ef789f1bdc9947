package schedule

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"

	"pgregory.net/rapid"
)

// book plays acts of cases against a world.
type book struct {
	t    *testing.T
	p    *Plan
	ev   []media.Evidence
	ds   []Decision
	obs  Observation
	acts []CaseAct
}

func (b *book) world(now string) CaseWorld {
	b.t.Helper()
	cases, err := Cases(b.acts)
	if err != nil {
		b.t.Fatal(err)
	}
	return CaseWorld{Plan: b.p, Calendar: tet(), Evaluation: derived(b.p, b.ev, b.ds, b.obs, now), Observation: b.obs, Cases: cases}
}

// act takes an act if the case allows it, with what it decides, and returns the
// code of the refusal, "" if there is none.
func (b *book) act(now string, a CaseAct) string {
	b.t.Helper()
	w := b.world(now)
	a.Plan, a.At, a.Actor, a.Seq = b.p.ID, at(now), "Chuyên viên", len(b.acts)+1
	var c Case
	if i := slices.IndexFunc(w.Cases, func(c Case) bool { return c.ID == a.Case }); i >= 0 {
		c = w.Cases[i]
	}
	next, err := c.Next(a)
	if err != nil {
		return refusedAs(b.t, err)
	}
	b.acts = append(b.acts, a)
	b.ds = append(b.ds, c.Decisions(a)...)
	if folded := b.world(now).Cases; fmt.Sprint(folded[slices.IndexFunc(folded, func(c Case) bool { return c.ID == a.Case })].State) != string(next.State) {
		b.t.Errorf("folding gives another state than %s", next.State)
	}
	return ""
}

func refusedAs(t *testing.T, err error) string {
	t.Helper()
	var r Refusal
	if !errors.As(err, &r) {
		t.Fatalf("%v is no Refusal", err)
	}
	if s := viet.Refusal(r.Code, r.Args); s == "" || strings.Contains(s, "mã «"+r.Code+"»") {
		t.Errorf("no sentence for %s", r.Code)
	}
	return r.Code
}

func newBook(t *testing.T, policy MadeGood, ev ...media.Evidence) *book {
	p := world()
	p.Quotas[0].AgreedGood = policy
	b := &book{t: t, p: p, ev: ev, obs: seen("log:tv", "2022-12-01", "2023-03-27")}
	b.ds = []Decision{decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W09", "2023-03-08"), decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W10", "2023-03-14")}
	return b
}

func opening(weeks ...string) CaseAct {
	a := CaseAct{Case: "PB-01", Kind: CaseOpen, Owner: "mau/dai", Reason: "technical"}
	for _, w := range weeks {
		a.Misses = append(a.Misses, Miss{"B-D1", w, 1})
	}
	return a
}

func pledging(start string, n int) CaseAct {
	return CaseAct{Case: "PB-01", Kind: CasePropose, N: n, Pledge: &Pledge{Channel: "tv", Programme: "Chung tay CCHC", Column: "chung-tay", Start: at(start), Length: 20 * time.Minute}}
}

func acting(kind CaseActKind, n int, change ...func(*CaseAct)) CaseAct {
	a := CaseAct{Case: "PB-01", Kind: kind, N: n}
	for _, c := range change {
		c(&a)
	}
	return a
}

func number(a *CaseAct) { a.Document = "18/PTTH-TH" }
func said(a *CaseAct)   { a.Words = "nhập nhầm" }

// TestCaseLife: a case of two missed weeks is pledged, missed again, pledged
// anew, proven by two broadcasts and closed; both weeks stand as made good.
func TestCaseLife(t *testing.T) {
	own, spare, late := airing("2023-03-14 20:00", 20), airing("2023-03-16 20:05", 20), airing("2023-03-18 20:00", 20)
	b := newBook(t, MadeGoodRepairs, own, spare, late)
	steps := []struct {
		now, state string
		a          CaseAct
	}{
		{"2023-03-14 09:00", "open", opening("2023-W09", "2023-W10")},
		{"2023-03-14 09:10", "proposed", pledging("2023-03-15 20:00", 0)},
		{"2023-03-14 09:20", "proposed", pledging("2023-03-16 20:00", 0)},
		{"2023-03-14 10:00", "agreed", acting(CaseApprove, 1, number)},
		{"2023-03-14 10:00", "agreed", acting(CaseApprove, 2, number)},
		{"2023-03-20 09:00", "agreed", acting(CaseMissed, 1)},
		{"2023-03-20 09:30", "agreed", pledging("2023-03-21 20:00", 0)},
		{"2023-03-20 09:40", "agreed", pledging("2023-03-22 20:00", 3)}, // in its place
		{"2023-03-21 09:00", "proposed", acting(CaseAired, 2, func(a *CaseAct) { a.Airing, a.Misses = spare.ID, []Miss{{"B-D1", "2023-W09", 1}} })},
		{"2023-03-21 09:00", "agreed", acting(CaseApprove, 4, number)},
		{"2023-03-25 09:00", "aired", acting(CaseAired, 4, func(a *CaseAct) { a.Airing, a.Misses = late.ID, []Miss{{"B-D1", "2023-W10", 1}} })},
		{"2023-03-25 09:10", "agreed", acting(CaseRetract, 4, said)},
		{"2023-03-25 09:20", "aired", acting(CaseAired, 4, func(a *CaseAct) { a.Airing, a.Misses = late.ID, []Miss{{"B-D1", "2023-W10", 1}} })},
		{"2023-03-25 10:00", "closed", acting(CaseClose, 0)},
	}
	for i, s := range steps {
		if s.a.Kind == CaseAired { // the world says which weeks it repairs
			w := b.world(s.now)
			misses, _, err := w.MayAir(w.Cases[0], s.a.Airing)
			if err != nil || !slices.Equal(misses, s.a.Misses) {
				t.Fatalf("step %d: repairs %v (%v), want %v", i, misses, err, s.a.Misses)
			}
		}
		if code := b.act(s.now, s.a); code != "" {
			t.Fatalf("step %d, %s: refused as %s", i, s.a.Kind, code)
		}
		if got := b.world(s.now).Cases[0].State; string(got) != s.state {
			t.Errorf("step %d, %s: %s, want %s", i, s.a.Kind, got, s.state)
		}
	}
	for _, s := range b.world("2023-03-26").Evaluation.Standings {
		if s.Quota == "B-D1" && slices.Contains([]string{"2023-W09", "2023-W10", "2023-W11"}, s.Period) && s.State != Met {
			t.Errorf("%s: %s %v", s.Period, s.State, codes(s.Reasons))
		}
	}
	raw, err := json.Marshal(b.acts) // as they are stored
	var again []CaseAct
	if err != nil || json.Unmarshal(raw, &again) != nil || fmt.Sprint(again[1].Pledge) == "" {
		t.Fatal(err)
	}
	if cs, err := Cases(again); err != nil || cs[0].State != CaseClosed {
		t.Errorf("from what is stored: %v", err)
	}
}

// TestCaseRefusals: what a case's state does not allow is told by its code, in a sentence.
func TestCaseRefusals(t *testing.T) {
	open, propose, approve := opening("2023-W10"), pledging("2023-03-15 20:00", 0), acting(CaseApprove, 1, number)
	aired := acting(CaseAired, 1, func(a *CaseAct) { a.Airing, a.Misses = "x", []Miss{{"B-D1", "2023-W10", 1}} })
	for name, c := range map[string]struct {
		before []CaseAct
		a      CaseAct
		want   string
	}{
		"no such case":        {nil, propose, "no_case"},
		"opened twice":        {[]CaseAct{open}, open, "case_there"},
		"nothing missed":      {nil, CaseAct{Case: "PB-01", Kind: CaseOpen, Owner: "mau/dai", Reason: "technical"}, "no_miss"},
		"a reason of its own": {nil, CaseAct{Case: "PB-01", Kind: CaseOpen, Owner: "mau/dai", Misses: open.Misses, Reason: "x"}, "no_miss_reason"},
		"other, without why":  {nil, CaseAct{Case: "PB-01", Kind: CaseOpen, Owner: "mau/dai", Misses: open.Misses, Reason: "other"}, "no_words"},
		"no time":             {[]CaseAct{open}, CaseAct{Case: "PB-01", Kind: CasePropose, Pledge: &Pledge{Channel: "tv"}}, "no_pledge_time"},
		"more than it lacks":  {[]CaseAct{open, propose}, propose, "enough_pledged"},
		"no such pledge":      {[]CaseAct{open, propose}, acting(CaseApprove, 2, number), "no_pledge"},
		"agreed by nobody":    {[]CaseAct{open, propose}, acting(CaseApprove, 1), "no_paper"},
		"agreed twice":        {[]CaseAct{open, propose, approve}, approve, "approved_already"},
		"aired, not agreed":   {[]CaseAct{open, propose}, aired, "not_approved"},
		"missed, not agreed":  {[]CaseAct{open, propose}, acting(CaseMissed, 1), "not_approved"},
		"aired, no airing":    {[]CaseAct{open, propose, approve}, acting(CaseAired, 1), "no_airing"},
		"aired twice":         {[]CaseAct{open, propose, approve, aired}, aired, "pledge_done"},
		"pledged when done":   {[]CaseAct{open, propose, approve, aired}, propose, "enough_pledged"},
		"closed too early":    {[]CaseAct{open, propose, approve}, acting(CaseClose, 0), "not_repaired"},
		"never, by nobody":    {[]CaseAct{open}, acting(CasePreempt, 0), "no_paper"},
		"after never":         {[]CaseAct{open, acting(CasePreempt, 0, number)}, propose, "case_over"},
		"after withdrawing":   {[]CaseAct{open, acting(CaseWithdraw, 0, said)}, propose, "case_over"},
		"withdrawn unsaid":    {[]CaseAct{open}, acting(CaseWithdraw, 0), "no_words"},
		"nothing to retract":  {[]CaseAct{open, propose}, acting(CaseRetract, 1, said), "nothing_to_retract"},
		"retracted unsaid":    {[]CaseAct{open, propose, approve, aired}, acting(CaseRetract, 1), "no_words"},
		"back in time":        {[]CaseAct{open, propose, acting(CaseApprove, 1, number, func(a *CaseAct) { a.Words = "later" })}, acting(CaseMissed, 1), "act_past"},
		"unknown act":         {[]CaseAct{open}, acting("dance", 0), "no_act"},
	} {
		b := newBook(t, "")
		for _, a := range c.before {
			when := "2023-03-14 09:00"
			if a.Words == "later" {
				when = "2023-03-15 09:00"
			}
			if code := b.act(when, a); code != "" {
				t.Fatalf("%s: %s refused as %s", name, a.Kind, code)
			}
		}
		if got := b.act("2023-03-14 10:00", c.a); got != c.want {
			t.Errorf("%s: refused as %q, want %q", name, got, c.want)
		}
	}
	for _, s := range CaseStates() {
		if viet.CaseState(string(s)) == string(s) {
			t.Errorf("no word for state %s", s)
		}
	}
	for _, r := range MissReasons() {
		if viet.MissReason(r) == r {
			t.Errorf("no word for reason %s", r)
		}
	}
}

// TestManyToMany: one broadcast may repair a miss of each of several quotas, one
// miss may need several broadcasts, and each quota judges by itself.
func TestManyToMany(t *testing.T) {
	own, spare, more := airing("2023-03-14 20:00", 20), airing("2023-03-15 20:10", 20), airing("2023-03-16 20:10", 20)
	b := newBook(t, MadeGoodRepairs, own, spare, more)
	b.p.Quotas = append(b.p.Quotas, Quota{ID: "A-5.2", Class: Reg, Kind: "count", Basis: ByPlan, Owner: Owner{Agency: "mau/dai"}, Cadence: calendar.Month, Wanted: 2, WantedBasis: ByPlan,
		AgreedGood: MadeGoodRepairs, Conditions: []Condition{{Name: "theme", Basis: ByPlan, List: []string{"chung-tay"}}}})
	b.ds = append(b.ds, decide(ConfirmMissed, "A-5.2", "mau/dai", "2023-02", "2023-03-08"))
	open := opening("2023-W10")
	misses, err := b.world("2023-03-14").MayOpen("mau/dai", append(open.Misses, Miss{Quota: "A-5.2", Period: "2023-02"}))
	if err != nil || len(misses) != 2 || misses[1].Short != 2 {
		t.Fatalf("opened for %v: %v", misses, err)
	}
	open.Misses = misses
	for _, a := range []CaseAct{open, pledging("2023-03-15 20:00", 0), pledging("2023-03-16 20:00", 0), acting(CaseApprove, 1, number), acting(CaseApprove, 2, number)} {
		if code := b.act("2023-03-14 09:00", a); code != "" {
			t.Fatal(a.Kind, code)
		}
	}
	if code := b.act("2023-03-14 09:00", pledging("2023-03-17 20:00", 0)); code != "enough_pledged" {
		t.Errorf("a third, though two repair all: %q", code)
	}
	// March has three and wants two: one is spare for February. The week has two to spare.
	w := b.world("2023-03-21")
	repairs, _, err := w.MayAir(w.Cases[0], spare.ID)
	if err != nil || len(repairs) != 2 {
		t.Fatalf("repairs %v: %v", repairs, err)
	}
	if code := b.act("2023-03-21", acting(CaseAired, 1, func(a *CaseAct) { a.Airing, a.Misses = spare.ID, repairs })); code != "" {
		t.Fatal(code)
	}
	w = b.world("2023-03-21")
	if _, _, err := w.MayAir(w.Cases[0], more.ID); err == nil || refusedAs(t, err) != "airing_needed" {
		t.Errorf("March has no other to spare: %v", err)
	}
	if c := w.Cases[0]; c.State != CaseAgreed || c.Covered(misses[0]) != 1 || c.Covered(misses[1]) != 1 || c.left() != 1 {
		t.Errorf("%s, %d left", c.State, c.left())
	}
	got := map[string]float64{}
	for _, s := range w.Evaluation.Standings {
		if s.Quota == "A-5.2" || s.Quota == "B-D1" && s.Period == "2023-W10" {
			got[s.Quota+" "+s.Period] = count(s).Delivered
		}
	}
	if got["B-D1 2023-W10"] != 1 || got["A-5.2 2023-02"] != 1 || got["A-5.2 2023-03"] != 2 {
		t.Errorf("delivered %v", got)
	}
}

// TestCaseWithdrawn: with the case goes what it had made good; its proof is free again.
func TestCaseWithdrawn(t *testing.T) {
	own, spare := airing("2023-03-14 20:00", 20), airing("2023-03-15 20:10", 20)
	b := newBook(t, MadeGoodRepairs, own, spare)
	state := func() State {
		for _, s := range b.world("2023-03-21").Evaluation.Standings {
			if s.Quota == "B-D1" && s.Period == "2023-W10" {
				return s.State
			}
		}
		return ""
	}
	for i, a := range []CaseAct{opening("2023-W10"), pledging("2023-03-15 20:00", 0), acting(CaseApprove, 1, number),
		acting(CaseAired, 1, func(a *CaseAct) { a.Airing, a.Misses = spare.ID, []Miss{{"B-D1", "2023-W10", 1}} }), acting(CaseWithdraw, 0, said)} {
		if code := b.act("2023-03-14 09:00", a); code != "" {
			t.Fatal(a.Kind, code)
		}
		if want := map[int]State{3: Met, 4: Missed}[i]; want != "" && state() != want {
			t.Errorf("after %s: %s, want %s", a.Kind, state(), want)
		}
	}
	again := opening("2023-W10")
	again.Case = "PB-02"
	if code := b.act("2023-03-21", again); code != "" {
		t.Fatal(code)
	}
	w := b.world("2023-03-21")
	if _, _, err := w.MayAir(w.Cases[1], spare.ID); err != nil {
		t.Errorf("the proof of a withdrawn case is not free: %v", err)
	}
}

// TestAnyActs: whatever acts come in whatever order, a refused one changes
// nothing, folding what was stored gives the same case, nothing follows the end,
// and no more is awaited than is lacking.
func TestAnyActs(t *testing.T) {
	kinds := []CaseActKind{CaseOpen, CasePropose, CaseApprove, CaseAired, CaseMissed, CaseRetract, CasePreempt, CaseClose, CaseWithdraw}
	rapid.Check(t, func(t *rapid.T) {
		var c Case
		var acts []CaseAct
		for i := range rapid.IntRange(1, 25).Draw(t, "acts") {
			a := CaseAct{Plan: "mau/2023", Case: "PB-01", Seq: len(acts) + 1, Kind: kinds[min(i, rapid.IntRange(0, len(kinds)-1).Draw(t, "kind"))], At: at("2023-03-14").Add(time.Duration(i) * time.Hour), Actor: "A",
				N: rapid.IntRange(0, 4).Draw(t, "n"), Owner: "mau/dai", Reason: "technical", Airing: fmt.Sprint("a", i)}
			if rapid.Bool().Draw(t, "said") {
				a.Words, a.Document = "vì", "1/CV"
			}
			for _, w := range []string{"2023-W09", "2023-W10"}[:rapid.IntRange(0, 2).Draw(t, "misses")] {
				a.Misses = append(a.Misses, Miss{"B-D1", w, rapid.IntRange(1, 2).Draw(t, "short")})
			}
			if rapid.IntRange(0, 5).Draw(t, "timed") > 0 {
				a.Pledge = &Pledge{Channel: "tv", Start: at("2023-03-20 20:00"), Length: time.Minute}
			}
			before := fmt.Sprintf("%+v", deref(c))
			next, err := c.Next(a)
			if err != nil {
				if fmt.Sprintf("%+v", deref(next)) != before {
					t.Fatalf("%s was refused (%v) and changed the case", a.Kind, err)
				}
				continue
			}
			if c.State.Over() {
				t.Fatalf("%s after the end", a.Kind)
			}
			c.Decisions(a)
			if fmt.Sprintf("%+v", deref(c)) != before {
				t.Fatalf("%s changed the case it was taken on", a.Kind)
			}
			c, acts = next, append(acts, a)
			waiting := 0
			for _, p := range c.Pledges {
				if p.outstanding() {
					waiting++
				}
			}
			if !c.State.Over() && a.Kind == CasePropose && waiting > c.left() {
				t.Fatalf("%d awaited, %d lacking", waiting, c.left())
			}
		}
		if len(acts) == 0 {
			return
		}
		folded, err := Cases(acts)
		if err != nil || len(folded) != 1 || fmt.Sprintf("%+v", deref(folded[0])) != fmt.Sprintf("%+v", deref(c)) {
			t.Fatalf("folded otherwise: %v", err)
		}
	})
}

// deref is a case with what its pointers point to, to be printed.
func deref(c Case) []any {
	out := []any{c.ID, c.State, c.Misses, c.Opened}
	kind := func(a *CaseAct) any {
		if a == nil {
			return nil
		}
		return fmt.Sprint(a.Seq, a.Kind)
	}
	for _, p := range c.Pledges {
		out = append(out, p.Start, kind(p.Approved), kind(p.Outcome))
	}
	return append(out, kind(c.Ended))
}

// TestMayOpen: only a confirmed miss of broadcasts opens a case.
func TestMayOpen(t *testing.T) {
	b := newBook(t, "", airing("2023-02-22 20:00", 20))
	for _, c := range []struct {
		policy               MadeGood
		quota, owner, period string
		want                 string
	}{
		{"", "B-D1", "mau/dai", "2023-W10", ""},
		{"", "B-D1", "mau/dai", "2023-W08", "not_confirmed"}, // met
		{"", "B-D1", "mau/dai", "2023-W11", "not_confirmed"}, // nobody confirmed it
		{"", "B-D1", "mau/dai", "2023-W30", "no_standing"},
		{"", "A-6.1", "mau/bao", "2023-02", "not_broadcast"},
		{MadeGoodNone, "B-D1", "mau/dai", "2023-W10", "no_make_good"},
	} {
		b.p.Quotas[0].AgreedGood = c.policy
		got, err := b.world("2023-03-21").MayOpen(c.owner, []Miss{{Quota: c.quota, Period: c.period}})
		code := ""
		if err != nil {
			code = refusedAs(t, err)
		}
		if code != c.want || code == "" && got[0].Short != 1 {
			t.Errorf("%s %s: %v, refused as %q, want %q", c.quota, c.period, got, code, c.want)
		}
	}
	b.p.Quotas[0].AgreedGood = ""
	if code := b.act("2023-03-21", opening("2023-W10")); code != "" {
		t.Fatal(code)
	}
	if _, err := b.world("2023-03-21").MayOpen("mau/dai", []Miss{{Quota: "B-D1", Period: "2023-W10"}}); err == nil || refusedAs(t, err) != "in_case" {
		t.Errorf("opened twice: %v", err)
	}
	if _, err := b.world("2023-03-21").MayOpen("mau/dai", []Miss{{Quota: "B-D1", Period: "2023-W09"}, {Quota: "B-D1", Period: "2023-W09"}}); err == nil || refusedAs(t, err) != "twice" {
		t.Errorf("named twice: %v", err)
	}
}

// TestMayPropose: a pledge is judged as if it were broadcast.
func TestMayPropose(t *testing.T) {
	b := newBook(t, "", airing("2023-02-22 20:00", 20))
	if code := b.act("2023-03-14 09:00", opening("2023-W10")); code != "" {
		t.Fatal(code)
	}
	w := b.world("2023-03-14 09:00")
	base := *pledging("2023-03-15 20:00", 0).Pledge
	for name, c := range map[string]struct {
		change func(*Pledge)
		want   string
		fit    string
	}{
		"same programme, same part of the day": {func(p *Pledge) {}, "", "true true"},
		"another window":                       {func(p *Pledge) { p.Start = at("2023-03-15 12:00") }, "", "true false"},
		"past":                                 {func(p *Pledge) { p.Start = at("2023-03-13 20:00") }, "pledge_past", ""},
		"too short":                            {func(p *Pledge) { p.Length = 12 * time.Minute }, "pledge_fails too_short", ""},
		"too late at night":                    {func(p *Pledge) { p.Start = at("2023-03-15 23:00") }, "pledge_fails outside_window", ""},
		"too little inside":                    {func(p *Pledge) { p.Start = at("2023-03-15 21:50") }, "pledge_fails not_enough_inside", ""},
		"another programme":                    {func(p *Pledge) { p.Programme, p.Column = "Thời sự", "" }, "pledge_fails wrong_theme", ""},
		"another's channel":                    {func(p *Pledge) { p.Channel = "vtv" }, "no_channel", ""},
		"after the plan's year":                {func(p *Pledge) { p.Start = at("2024-02-15 20:00") }, "pledge_fails outside_period", ""},
	} {
		p := base
		c.change(&p)
		fit, err := w.MayPropose(w.Cases[0], p, at("2023-03-14 09:00"))
		got := ""
		if err != nil {
			var r Refusal
			got = refusedAs(t, err)
			if errors.As(err, &r) && r.Args["why"] != nil {
				got += " " + r.Args["why"].(Reason).Code
			}
		}
		if got != c.want || got == "" && fmt.Sprint(fit.Programme, fit.Part) != c.fit {
			t.Errorf("%s: refused as %q, want %q; fit %+v", name, got, c.want, fit)
		}
	}
}

// TestMayAir: what proves a make-good, what does not, and what the machine finds by itself.
func TestMayAir(t *testing.T) {
	own, spare := airing("2023-03-14 20:00", 20), airing("2023-03-15 20:10", 20)
	grade := func(g media.Grade) func(*media.Airing) { return func(a *media.Airing) { a.Grade = g } }
	for name, c := range map[string]struct {
		ev   []media.Evidence
		try  media.Evidence
		want string
		mark string
	}{
		"spare":                {[]media.Evidence{own, spare}, spare, "", "found"},
		"needed at home":       {[]media.Evidence{spare}, spare, "airing_needed", "not_found"},
		"not in the log":       {[]media.Evidence{own}, spare, "airing_unknown", "not_found"},
		"a claim":              {[]media.Evidence{own, airing("2023-03-15 20:10", 20, grade(media.GradeC))}, spare, "airing_grade", "not_found"},
		"too short":            {[]media.Evidence{own, airing("2023-03-15 20:10", 10)}, spare, "airing_fails", "not_found"},
		"same production":      {[]media.Evidence{own, airing("2023-03-15 20:10", 20, episode("số 2023-03-14 20:00"))}, spare, "airing_fails", "not_found"},
		"of the week itself":   {[]media.Evidence{own, airing("2023-03-08 20:00", 12), spare}, airing("2023-03-08 20:00", 12), "airing_early", "found"},
		"on another day":       {[]media.Evidence{own, airing("2023-03-17 20:00", 20)}, airing("2023-03-17 20:00", 20), "", "not_found"},
		"nearest of the day's": {[]media.Evidence{own, spare, airing("2023-03-15 12:00", 20)}, spare, "", "found"},
	} {
		b := newBook(t, MadeGoodRepairs, c.ev...)
		for _, a := range []CaseAct{opening("2023-W10"), pledging("2023-03-15 20:00", 0), acting(CaseApprove, 1, number)} {
			if code := b.act("2023-03-14 09:00", a); code != "" {
				t.Fatal(code)
			}
		}
		w := b.world("2023-03-21")
		misses, _, err := w.MayAir(w.Cases[0], c.try.ID)
		got := ""
		if err != nil {
			got = refusedAs(t, err)
		}
		mark := w.Mark(w.Cases[0], 1)
		if got != c.want || got == "" && len(misses) != 1 || mark.Code != c.mark || mark.Code == "found" && mark.Airing.ID != spare.ID {
			t.Errorf("%s: refused as %q, want %q; repairs %v; mark %s, want %s", name, got, c.want, misses, mark.Code, c.mark)
		}
		if missErr := w.MayMiss(w.Cases[0], 1, ""); (missErr == nil) != (c.mark == "not_found") {
			t.Errorf("%s: may be called missed: %v", name, missErr)
		}
	}
	b := newBook(t, "", own)
	for _, a := range []CaseAct{opening("2023-W10"), pledging("2023-04-05 20:00", 0), acting(CaseApprove, 1, number)} {
		if code := b.act("2023-03-14 09:00", a); code != "" {
			t.Fatal(code)
		}
	}
	for now, want := range map[string]string{"2023-04-05 19:00": "not_due", "2023-04-06 09:00": "no_log"} {
		w := b.world(now)
		if got := w.Mark(w.Cases[0], 1); got.Code != want || w.MayMiss(w.Cases[0], 1, "") == nil || (w.MayMiss(w.Cases[0], 1, "20/PTTH") == nil) != (want == "no_log") {
			t.Errorf("%s: %s, want %s", now, got.Code, want)
		}
	}
}

// TestOneAiringIsNotUsedTwice: not by two cases, and not by two misses of one quota.
func TestOneAiringIsNotUsedTwice(t *testing.T) {
	own, spare, more := airing("2023-03-14 20:00", 20), airing("2023-03-15 20:10", 20), airing("2023-03-16 20:10", 20)
	b := newBook(t, MadeGoodNoted, own, spare, more)
	second := func(a CaseAct) CaseAct { a.Case = "PB-02"; return a }
	proof := acting(CaseAired, 1, func(a *CaseAct) { a.Airing, a.Misses = spare.ID, []Miss{{"B-D1", "2023-W09", 1}} })
	for _, a := range []CaseAct{opening("2023-W09"), second(opening("2023-W10")), pledging("2023-03-15 20:00", 0), second(pledging("2023-03-16 20:00", 0)),
		acting(CaseApprove, 1, number), second(acting(CaseApprove, 1, number)), proof} {
		if code := b.act("2023-03-14 09:00", a); code != "" {
			t.Fatal(a.Kind, code)
		}
	}
	w := b.world("2023-03-21")
	if _, _, err := w.MayAir(w.Cases[1], spare.ID); err == nil || refusedAs(t, err) != "airing_used" {
		t.Errorf("used by the other case: %v", err)
	}
	if _, _, err := w.MayAir(w.Cases[1], own.ID); err != nil { // week 11 needs one: three less the one spoken for
		t.Errorf("the week has one to spare: %v", err)
	}
	b.ev = []media.Evidence{own, spare} // a corrected log takes the third away
	w = b.world("2023-03-21")
	if _, _, err := w.MayAir(w.Cases[1], own.ID); err == nil || refusedAs(t, err) != "airing_needed" {
		t.Errorf("the week's own, beside one that is spoken for: %v", err)
	}
}
