package schedule

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// outcome lists credits (+ codes) and rejections (- code) of a slot by evidence.
func outcome(m Matching, quota, owner, period string) map[string]string {
	out := map[string]string{}
	for _, c := range m.Credits {
		if c.Quota == quota && c.Owner == owner && c.Period == period {
			out[c.Evidence.ID] += "+" + strings.Join(codes(c.Reasons), ",")
		}
	}
	for _, r := range m.Rejections {
		if r.Quota == quota && r.Owner == owner && r.Period == period {
			out[r.Evidence.ID] += "-" + r.Reason.Code
		}
	}
	return out
}

func TestConditions(t *testing.T) {
	p := world()
	e := item("mau/bao", "2023-03-05 09:00", column, repost, func(e *media.Evidence) { e.Section, e.Decided = "Thời sự", "Biên tập viên" })
	blankItem := item("mau/bao", "2023-03-05 09:00", unjudged)
	inReview := item("mau/bao", "2023-03-05 09:00", review)
	a := airing("2023-03-05 19:00", 15.5)
	for name, c := range map[string]struct {
		cond Condition
		e    media.Evidence
		want finding
	}{
		"reform":             {Condition{Name: "reform"}, e, finding{ok: true, why: because("is_reform", args{"terms": []string{"một cửa", "thủ tục hành chính"}, "score": 0.9, "by": "Biên tập viên"})}},
		"reform, not judged": {Condition{Name: "reform"}, blankItem, finding{awaiting: true, why: because("not_judged", nil)}},
		"reform, in review":  {Condition{Name: "reform"}, inReview, finding{awaiting: true, why: because("not_reform", args{"score": 0.5})}},
		"reform, refused":    {Condition{Name: "reform"}, item("mau/bao", "2023-03-05", refused), finding{why: because("not_reform", args{"score": 0.5})}},
		"column":             {Condition{Name: "column", List: []string{"x", "cchc"}}, e, finding{ok: true, why: because("in_column", args{"column": "Cải cách hành chính"})}},
		"other column":       {Condition{Name: "column", List: []string{"x", "chung-tay"}}, e, finding{why: because("not_in_column", args{"column": []string{"x", "Chung tay"}, "section": "Thời sự"})}},
		"no column":          {Condition{Name: "column", List: []string{"cchc"}}, blankItem, finding{why: because("not_in_column", args{"column": []string{"Cải cách hành chính"}, "section": ""})}},
		"topics":             {Condition{Name: "topics", List: []string{media.CongVu, media.TTHC}}, e, finding{ok: true, why: because("topic", args{"topics": []string{media.TTHC}})}},
		"other topics":       {Condition{Name: "topics", List: []string{media.CongVu}}, e, finding{why: because("wrong_topic", args{"topics": []string{media.TTHC}})}},
		"topics, not judged": {Condition{Name: "topics", List: []string{media.CongVu}}, blankItem, finding{awaiting: true, why: because("not_judged", nil)}},
		"no_repost":          {Condition{Name: "no_repost"}, blankItem, finding{ok: true}},
		"a repost":           {Condition{Name: "no_repost"}, e, finding{why: because("is_repost", args{"credit": "Theo Báo khác"})}},
		"min_minutes":        {Condition{Name: "min_minutes", Value: 15}, a, finding{ok: true, why: because("long_enough", args{"minutes": 15, "seconds": 30, "wanted": 15})}},
		"too short":          {Condition{Name: "min_minutes", Value: 16}, a, finding{why: because("too_short", args{"minutes": 15, "seconds": 30, "wanted": 16, "at": "2023-03-05T19:00:00+07:00"})}},
		"theme":              {Condition{Name: "theme", List: []string{"chung-tay"}}, a, finding{ok: true, why: because("theme", args{"column": "Chung tay"})}},
		"wrong theme":        {Condition{Name: "theme", List: []string{"cchc"}}, a, finding{why: because("wrong_theme", args{"programme": "Chung tay CCHC"})}},
		"first run":          {Condition{Name: "first_run"}, a, finding{ok: true, why: because("first_run", nil)}},
		"repeat":             {Condition{Name: "first_run"}, airing("2023-03-05 19:00", 15, again), finding{why: because("is_repeat", args{"at": "2023-03-05T19:00:00+07:00"})}},
		"in window":          {Condition{Name: "in_window"}, a, finding{ok: true, why: because("in_window", args{"window": "18:00–22:00"})}},
		"window's first":     {Condition{Name: "in_window"}, airing("2023-03-05 11:30", 15), finding{ok: true, why: because("in_window", args{"window": "11:30–13:30"})}},
		"window's last":      {Condition{Name: "in_window"}, airing("2023-03-05 13:15", 60), finding{ok: true, why: because("in_window", args{"window": "11:30–13:30"})}},
		"begins before it":   {Condition{Name: "in_window"}, airing("2023-03-05 17:59", 60), finding{why: because("outside_window", args{"at": "2023-03-05T17:59:00+07:00", "windows": []string{"11:30–13:30", "18:00–22:00"}})}},
		"begins at its end":  {Condition{Name: "in_window"}, airing("2023-03-05 22:00", 60), finding{why: because("outside_window", args{"at": "2023-03-05T22:00:00+07:00", "windows": []string{"11:30–13:30", "18:00–22:00"}})}},
		"too little inside":  {Condition{Name: "in_window"}, airing("2023-03-05 13:16", 60), finding{why: because("not_enough_inside", args{"at": "2023-03-05T13:16:00+07:00", "windows": []string{"11:30–13:30", "18:00–22:00"}, "minutes": 14, "seconds": 0, "wanted": 15})}},
		"the other medium's": {Condition{Name: "in_window"}, airing("2023-03-05 05:30", 20), finding{why: because("outside_window", args{"at": "2023-03-05T05:30:00+07:00", "windows": []string{"11:30–13:30", "18:00–22:00"}})}},
		"radio's own":        {Condition{Name: "in_window"}, airing("2023-03-05 05:30", 20, onRadio), finding{ok: true, why: because("in_window", args{"window": "05:00–07:00"})}},
		"medium by channel":  {Condition{Name: "in_window"}, airing("2023-03-05 05:30", 20, onRadio, func(a *media.Airing) { a.Medium = "" }), finding{ok: true, why: because("in_window", args{"window": "05:00–07:00"})}},
	} {
		row, ok := condition(c.cond.Name)
		if !ok {
			t.Fatalf("no condition %s", c.cond.Name)
		}
		if got := row.test(p, p.Quotas[0], c.cond, c.e); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestWindowValidityAndMidnight(t *testing.T) {
	p := world()
	p.Windows = []Window{{Medium: "tv", FromMinute: 23 * 60, ToMinute: 60, From: at("2023-02-01"), To: at("2023-03-01")}}
	in := func(when string) string {
		return testWindow(p, p.Quotas[0], Condition{Name: "in_window"}, airing(when, 15)).why.Code
	}
	for when, want := range map[string]string{
		"2023-02-10 23:10": "in_window", "2023-02-11 00:30": "in_window", "2023-02-11 00:45": "in_window", "2023-02-11 00:46": "not_enough_inside",
		"2023-02-11 01:00": "outside_window", "2023-01-31 23:10": "outside_window", "2023-02-01 00:10": "outside_window", // the window of 31/01 was not valid
		"2023-02-28 23:50": "in_window", "2023-03-01 00:10": "in_window", "2023-03-01 23:10": "outside_window",
	} {
		if got := in(when); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
}

// The first failing condition is told, what the plan states before what is of reference.
func TestFirstFailure(t *testing.T) {
	p := world()
	e := airing("2023-03-08 15:00", 10, again, otherTheme) // fails all four
	m := Match(p, []media.Evidence{e}, nil, tet())
	if len(m.Rejections) != 1 {
		t.Fatalf("%d rejections", len(m.Rejections))
	}
	if r := m.Rejections[0]; r.Condition != "min_minutes" || r.Basis != ByPlan || r.OnlyReference || r.Alone {
		t.Errorf("got %+v", r)
	}
	if r := Match(p, []media.Evidence{airing("2023-03-08 20:15", 12)}, nil, tet()).Rejections[0]; r.Condition != "min_minutes" || !r.Alone { // of which its place in the window is a part
		t.Errorf("got %+v", r)
	}
	m = Match(p, []media.Evidence{airing("2023-03-08 15:00", 20, again)}, nil, tet())
	if r := m.Rejections[0]; r.Condition != "first_run" || r.Basis != ByReference || !r.OnlyReference || r.Alone {
		t.Errorf("got %+v", r)
	}
	// A clear no about reform stays a no, whatever basis the file gives it.
	p.Quotas[1].Conditions[0].Basis = ByReference
	m = Match(p, []media.Evidence{item("mau/bao", "2023-03-05", column, other)}, nil, tet())
	if r := m.Rejections[0]; r.Condition != "reform" || r.OnlyReference || r.Awaiting {
		t.Errorf("got %+v", r)
	}
}

func TestSameDay(t *testing.T) {
	first := item("mau/bao", "2023-03-05 08:00", column, func(e *media.Evidence) { e.Title = "Bài một" })
	second := item("mau/bao", "2023-03-05 23:59", column)
	third := item("mau/bao", "2023-03-06 00:00", column)
	m := Match(world(), []media.Evidence{third, second, first}, nil, tet())
	want := map[string]string{first.ID: "+is_reform,in_column", second.ID: "-same_day", third.ID: "+is_reform,in_column"}
	if got := outcome(m, "A-6.1", "mau/bao", "2023-03"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	r := m.Rejections[0]
	if !reflect.DeepEqual(r.Reason.Args, args{"date": "2023-03-05T00:00:00+07:00", "other": "Bài một"}) || r.Condition != "distinct_days" || !r.OnlyReference {
		t.Errorf("got %+v", r)
	}
	// Where the plan file says that the plan itself wants different days, nothing is left to judge.
	p := world()
	p.Quotas[1].Conditions = append(p.Quotas[1].Conditions, Condition{Name: "distinct_days", Basis: ByPlan})
	if r := Match(p, []media.Evidence{third, second, first}, nil, tet()).Rejections[0]; r.OnlyReference {
		t.Errorf("got %+v", r)
	}
}

func TestDecisions(t *testing.T) {
	a := item("mau/bao", "2023-03-05 08:00", column, named("a"))
	b := item("mau/bao", "2023-03-05 18:00", column, named("b"))
	no := item("mau/bao", "2023-03-05 20:00", column, other, named("no"))
	far := item("mau/bao", "2023-03-09 20:00", other, named("far"))
	lost := item("mau/bao", "2023-03-10 20:00", column, undated, named("lost"))
	foreign := item("mau/cong", "2023-03-20 20:00", named("foreign"))
	all := []media.Evidence{a, b, no, far, lost, foreign}
	d := func(kind DecisionKind, period, when, e string) Decision {
		return decide(kind, "A-6.1", "mau/bao", period, when, on(e))
	}
	const yes = "+is_reform,in_column"
	plain := map[string]string{"a": yes, "b": "-same_day", "no": "-not_reform", "far": "-not_reform", "lost": "-no_date"}
	but := func(change ...string) map[string]string {
		out := map[string]string{}
		for k, v := range plain {
			out[k] = v
		}
		for i := 0; i < len(change); i += 2 {
			if out[change[i]] = change[i+1]; change[i+1] == "" {
				delete(out, change[i])
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		ds   []Decision
		want map[string]string
	}{
		"none":                                      {nil, plain},
		"strike: the next of that day steps in":     {[]Decision{d(Strike, "2023-03", "2023-04-01", "a")}, but("a", "-struck", "b", yes)},
		"strike without a period":                   {[]Decision{d(Strike, "", "2023-04-01", "a")}, but("a", "-struck", "b", yes)},
		"strike of another period":                  {[]Decision{d(Strike, "2023-02", "2023-04-01", "a")}, plain},
		"add what failed":                           {[]Decision{d(Add, "2023-03", "2023-04-01", "far")}, but("far", "+added")},
		"add what failed on a day that has one":     {[]Decision{d(Add, "2023-03", "2023-04-01", "no")}, but("no", "-same_day")},
		"add the second of a day: a person says so": {[]Decision{d(Add, "2023-03", "2023-04-01", "b")}, but("b", yes+",added")},
		"add the undated":                           {[]Decision{d(Add, "2023-03", "2023-04-01", "lost")}, but("lost", yes+",added")},
		"add moves to another period":               {[]Decision{d(Add, "2023-02", "2023-04-01", "b")}, but("b", "")},
		"add another agency's":                      {[]Decision{d(Add, "2023-03", "2023-04-01", "foreign")}, but("foreign", "+is_reform,added")},
		"add another agency's to no such period":    {[]Decision{d(Add, "2029-03", "2023-04-01", "foreign")}, plain},
		"add what is not known":                     {[]Decision{d(Add, "2023-03", "2023-04-01", "nobody")}, plain},
		"the latest rules":                          {[]Decision{d(Add, "2023-03", "2023-04-02", "a"), d(Strike, "2023-03", "2023-04-01", "a")}, but("a", yes+",added")},
		"the latest rules, the other way":           {[]Decision{d(Add, "2023-03", "2023-04-01", "a"), d(Strike, "2023-03", "2023-04-02", "a")}, but("a", "-struck", "b", yes)},
		"attest where none is allowed":              {[]Decision{decide(Attest, "A-6.1", "mau/bao", "2023-03", "2023-04-01", dated("2023-03-07"))}, plain},
		"another plan's decision":                   {[]Decision{func() Decision { x := d(Strike, "2023-03", "2023-04-01", "a"); x.Plan = "khac/2023"; return x }()}, plain},
	} {
		if got := outcome(Match(world(), all, c.ds, tet()), "A-6.1", "mau/bao", "2023-03"); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	m := Match(world(), all, []Decision{d(Add, "2023-02", "2023-04-01", "b")}, tet())
	if got := outcome(m, "A-6.1", "mau/bao", "2023-02"); got["b"] != yes+",added" {
		t.Errorf("moved to February: %v", got)
	}
	if by := m.Credits[slices.IndexFunc(m.Credits, func(c Credit) bool { return c.Evidence.ID == "b" })].By; by != "Chuyên viên" {
		t.Errorf("by %q", by)
	}
}

func TestAttest(t *testing.T) {
	p := world()
	hand := func(period, day string) Decision {
		return decide(Attest, "B-C1", "mau/so-a", period, "2023-07-01", dated(day), paper("03/BB"))
	}
	q1, q2 := hand("2023-Q1", "2023-03-31"), hand("2023-Q2", "2023-03-31")
	loose := hand("", "2023-05-05")
	m := Match(p, []media.Evidence{item("mau/so-a", "2023-02-02")}, []Decision{q1, q2, loose}, tet())
	if got := outcome(m, "B-C1", "mau/so-a", "2023-Q1"); !reflect.DeepEqual(got, map[string]string{q1.ID: "+attested"}) {
		t.Errorf("Q1: %v", got)
	}
	if got := outcome(m, "B-C1", "mau/so-a", "2023-Q2"); !reflect.DeepEqual(got, map[string]string{q2.ID: "-outside_period", loose.ID: "+attested"}) {
		t.Errorf("Q2: %v", got)
	}
	for _, c := range m.Credits {
		if c.Evidence.ID == q1.ID && (c.Evidence.Kind != media.EvAttestation || c.Evidence.Document != "03/BB" || c.By != "Chuyên viên") {
			t.Errorf("credit %+v", c)
		}
	}
	// The same attestation as evidence and as decision is one.
	both := attestation(q1)
	if n := len(Match(p, []media.Evidence{both}, []Decision{q1}, tet()).Credits); n != 1 {
		t.Errorf("%d credits", n)
	}
	// A deadline that was moved renames the period; what was handed in before still counts.
	moved := decide(Attest, "B-A1", "mau/so-a", "2022-12-30..2023-01-15", "2023-01-20", dated("2023-01-10"), paper("1/KH"))
	if got := outcome(Match(p, nil, []Decision{moved}, tet()), "B-A1", "mau/so-a", "2022-12-30..2023-01-30"); got[moved.ID] != "+attested" {
		t.Errorf("after a moved deadline: %v", got)
	}
}

func TestCheckDecision(t *testing.T) {
	p := world()
	const once = "2022-12-30..2023-01-30"
	for name, c := range map[string]struct {
		d    Decision
		want string // part of the message, "" for none
	}{
		"confirm":               {decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W03", "2023-01-23"), ""},
		"confirm too early":     {decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W03", "2023-01-22 23:00"), "not over"},
		"confirm without actor": {decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W03", "2023-01-23", func(d *Decision) { d.Actor = "" }), "actor"},
		"unknown quota":         {decide(ConfirmMissed, "B-D9", "mau/dai", "2023-W03", "2023-01-23"), "B-D9"},
		"unknown owner":         {decide(ConfirmMissed, "B-D1", "mau/bao", "2023-W03", "2023-01-23"), "mau/bao"},
		"unknown period":        {decide(ConfirmMissed, "B-D1", "mau/dai", "2023-03", "2023-04-23"), "2023-03"},
		"week of another year":  {decide(ConfirmMissed, "B-D1", "mau/dai", "2022-W52", "2023-04-23"), "2022-W52"},
		"other plan":            {decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W03", "2023-01-23", func(d *Decision) { d.Plan = "x" }), "plan"},
		"exempt":                {decide(ExemptKind, "B-D1", "mau/dai", "2023-W03", "2023-01-23", paper("1/UBND")), ""},
		"exempt without paper":  {decide(ExemptKind, "B-D1", "mau/dai", "2023-W03", "2023-01-23"), ""}, // it is only a note
		"exempt without a word": {decide(ExemptKind, "B-D1", "mau/dai", "2023-W03", "2023-01-23", func(d *Decision) { d.Reason = "" }), "reason"},
		"absent":                {decide(Absent, "B-A1", "mau/so-a", once, "2023-02-03"), ""},
		"absent too early":      {decide(Absent, "B-A1", "mau/so-a", once, "2023-01-23"), "not over"},
		"nothing arose":         {decide(Attest, "B-C1", "mau/so-a", "2023-Q1", "2023-03-23", none), ""},
		"nothing arose, when?":  {decide(Attest, "B-C1", "mau/so-a", "", "2023-03-23", none), "period"},
		"no broadcast arose":    {decide(Attest, "B-D1", "mau/dai", "2023-W03", "2023-01-23", none), "cannot be attested"},
		"attest a plan":         {decide(Attest, "B-A1", "mau/so-a", once, "2023-01-23", paper("1/KH"), dated("2023-01-20")), ""},
		"attest, no period":     {decide(Attest, "B-A1", "mau/so-a", "", "2023-01-23", paper("1/KH"), dated("2023-01-20")), ""},
		"attest without paper":  {decide(Attest, "B-A1", "mau/so-a", once, "2023-01-23", dated("2023-01-20")), "document"},
		"attest without date":   {decide(Attest, "B-A1", "mau/so-a", once, "2023-01-23", paper("1/KH")), "date"},
		"attest the future":     {decide(Attest, "B-A1", "mau/so-a", once, "2023-01-23", paper("1/KH"), dated("2023-01-24")), "future"},
		"attest a broadcast":    {decide(Attest, "B-D1", "mau/dai", "2023-W03", "2023-01-23", paper("1/KH"), dated("2023-01-20")), "PROC"},
		"attest class PROC":     {decide(Attest, "B-C1", "mau/so-a", "2023-Q1", "2023-03-23", dated("2023-03-20")), ""},
		"strike":                {decide(Strike, "B-D1", "mau/dai", "2023-W03", "2023-01-23", on("x")), ""},
		"strike nothing":        {decide(Strike, "B-D1", "mau/dai", "2023-W03", "2023-01-23"), "evidence"},
		"add without reason":    {decide(Add, "B-D1", "mau/dai", "2023-W03", "2023-01-23", on("x"), func(d *Decision) { d.Reason = "" }), "reason"},
		"unknown kind":          {decide("praise", "B-D1", "mau/dai", "2023-W03", "2023-01-23"), "praise"},
	} {
		err := CheckDecision(p, c.d)
		if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestCheckQuota(t *testing.T) {
	for _, q := range world().Quotas {
		if errs := CheckQuota(q); len(errs) > 0 {
			t.Errorf("%s: %v", q.ID, errs)
		}
	}
	base := world().Quotas
	for name, c := range map[string]struct {
		q     Quota
		spoil func(*Quota)
		want  string
	}{
		"kind":               {base[0], func(q *Quota) { q.Kind = "weekly" }, "kind"},
		"condition":          {base[0], func(q *Quota) { q.Conditions = []Condition{{Name: "reform"}} }, "understands"},
		"unknown condition":  {base[4], func(q *Quota) { q.Conditions = append(q.Conditions, Condition{Name: "long"}) }, "long"},
		"value":              {base[0], func(q *Quota) { q.Conditions = []Condition{{Name: "min_minutes"}} }, "value"},
		"list":               {base[0], func(q *Quota) { q.Conditions = []Condition{{Name: "theme"}} }, "list"},
		"both":               {base[4], func(q *Quota) { q.Conditions = append(q.Conditions, Condition{Name: "first_run"}) }, "[item airing] at once"},
		"wanted":             {base[0], func(q *Quota) { q.Wanted = 0 }, "wanted"},
		"deadline":           {base[2], func(q *Quota) { q.Deadline = time.Time{} }, "deadline"},
		"deadline's cadence": {base[2], func(q *Quota) { q.Cadence = calendar.Week }, "cadence"},
		"no column":          {base[1], func(q *Quota) { q.Conditions = q.Conditions[:1] }, "column"},
		"no gap":             {base[3], func(q *Quota) { q.MaxGap = 0 }, "max_gap"},
		"nothing can count":  {base[2], func(q *Quota) { q.Attestable = false }, "attestable"},
	} {
		q := c.q
		q.Conditions = slices.Clone(q.Conditions)
		c.spoil(&q)
		errs := CheckQuota(q)
		if len(errs) == 0 || !strings.Contains(errs[0].Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, errs, c.want)
		}
	}
}
