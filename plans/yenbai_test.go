package plans

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

func yenBai(t *testing.T) *schedule.Plan {
	t.Helper()
	p, _, problems := Load(Files(), "yen-bai/2023")
	for _, x := range problems {
		t.Error(x)
	}
	if t.Failed() {
		t.FailNow()
	}
	return p
}

// TestYenBaiIsWhole: the embedded plan has no mistake, and its denominators are
// the ones the basis speaks of.
func TestYenBaiIsWhole(t *testing.T) {
	ids, err := IDs(Files())
	if err != nil || !slices.Contains(ids, "yen-bai/2023") {
		t.Fatalf("%v, %v", ids, err)
	}
	p := yenBai(t)
	count := map[media.Level]int{}
	for _, a := range p.Agencies {
		if a.ValidAt(day(2023, 6, 15)) {
			count[a.Level]++
		}
		if (a.Level == media.Central || a.Level == media.Mass) && a.Binding {
			t.Errorf("%s is bound by a plan of the people's committee", a.ID)
		}
		if a.Contact != (media.Contact{}) {
			t.Errorf("%s has a contact; people's names do not belong in the repository", a.ID)
		}
		if a.Basis == "" {
			t.Errorf("%s does not say where it is known from", a.ID)
		}
	}
	t.Logf("%s, danh sách ngày %s: %v", p.ProvinceName, p.AgenciesAsOf.Format("02/01/2006"), count)
	want := map[media.Level]int{
		media.Press: 2, media.Portal: 1, media.Provincial: 2, media.Department: 20, media.District: 9,
		media.Commune: 8, media.Unit: 10, media.Mass: 6, media.Central: 7,
	}
	if fmt.Sprint(count) != fmt.Sprint(want) {
		t.Errorf("agencies in 2023: %v, want %v", count, want)
	}
	if p.AgenciesAsOf.IsZero() || p.AgenciesBasis == "" {
		t.Error("the denominators have no date or no basis")
	}
	// Every district has its media centre, and answers for it.
	for _, a := range p.Agencies {
		if a.Level != media.District {
			continue
		}
		if !slices.ContainsFunc(p.Agencies, func(u media.Agency) bool { return u.Level == media.Unit && u.Parent == a.ID }) {
			t.Errorf("%s has no media centre", a.ID)
		}
	}
}

// TestYenBaiAfter2025: the station went into the newspaper, Sở TT&TT into Sở
// KH&CN, and the district level ended.
func TestYenBaiAfter2025(t *testing.T) {
	p := yenBai(t)
	by := map[string]media.Agency{}
	for _, a := range p.Agencies {
		by[strings.TrimPrefix(a.ID, "yen-bai/")] = a
	}
	for _, c := range []struct {
		id, successor string
		last, gone    [3]int
	}{
		{"dai-ptth", "yen-bai/bao", [3]int{2025, 3, 31}, [3]int{2025, 4, 1}},
		{"so-tttt", "yen-bai/so-khcn", [3]int{2025, 2, 28}, [3]int{2025, 3, 1}},
		{"van-yen", "", [3]int{2025, 6, 30}, [3]int{2025, 7, 1}},
	} {
		a := by[c.id]
		if a.Successor != c.successor || !a.ValidAt(day(c.last[0], c.last[1], c.last[2])) || a.ValidAt(day(c.gone[0], c.gone[1], c.gone[2])) {
			t.Errorf("%s: %+v", c.id, a)
		}
	}
}

// TestYenBaiRegister: id → class → kind → owner → cadence → number, for the
// whole register (docs/RULES.md 7).
func TestYenBaiRegister(t *testing.T) {
	var got []string
	for _, q := range yenBai(t).Quotas {
		owner := strings.TrimPrefix(q.Owner.Agency, "yen-bai/")
		if owner == "" {
			owner = "each " + words(q.Owner.Each)
		}
		line := fmt.Sprintf("%s | %s | %s | %s | %s | %d %s", q.ID, q.Class, q.Kind, owner, q.Cadence, q.Wanted, q.WantedBasis)
		for _, l := range []struct {
			name string
			of   schedule.Level
		}{{"gap", schedule.Level{Value: q.MaxGap, Basis: q.MaxGapBasis}}, {"lag", q.MaxLag}, {"alive", q.Alive}, {"share", q.Share}} {
			if l.of.Value != 0 {
				line += fmt.Sprintf(", %s %d %s", l.name, l.of.Value, l.of.Basis)
			}
		}
		if q.DueDays > 0 {
			line += fmt.Sprintf(", due %d", q.DueDays)
		}
		if !q.Deadline.IsZero() {
			line += ", before " + q.Deadline.Format(time.DateOnly)
		}
		for _, c := range q.Conditions {
			line += fmt.Sprintf("; %s %s", c.Name, c.Basis)
		}
		got = append(got, line)
	}
	const file = "testdata/yen-bai-register.txt"
	text := strings.Join(got, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("the register is\n%swant\n%s", text, want)
	}
}

// TestYenBaiChitieu: three numbers stand in the plan, of B-D1, A-6.1 and B-A1.
// Whatever the plan does not say is a reference level, with who set it, and
// what is set for sở, huyện, xã is agreed with nobody yet.
func TestYenBaiChitieu(t *testing.T) {
	p := yenBai(t)
	var own []string
	for _, q := range p.Quotas {
		if q.WantedBasis == schedule.ByPlan {
			own = append(own, fmt.Sprintf("%s %s %d", q.ID, q.Class, q.Wanted))
		}
		if q.Class == schedule.Hard && q.WantedBasis != schedule.ByPlan {
			t.Errorf("%s is HARD without a number of the plan", q.ID)
		}
		for _, l := range []schedule.Basis{q.MaxGapBasis, q.MaxLag.Basis, q.Alive.Basis, q.Share.Basis} {
			if l == schedule.ByPlan {
				t.Errorf("%s: the plan states no such level", q.ID)
			}
		}
		if q.Wants == "" || q.Crawl == "" || q.Basisnote == "" {
			t.Errorf("%s: evidence wanted %q, crawl %q, note %q", q.ID, q.Wants, q.Crawl, q.Basisnote)
		}
		theirs := q.Owner.Each != nil && q.Class != schedule.Enc && q.WantedBasis == schedule.ByReference
		january := q.Shadow == schedule.Span{From: day(2023, 1, 1), To: day(2023, 2, 1)}
		if q.Agreement != "" || theirs != january {
			t.Errorf("%s: agreement %q, shadow %v", q.ID, q.Agreement, q.Shadow)
		}
		if theirs && !strings.Contains(strings.ToLower(q.Basisnote), "chưa có văn bản thống nhất của sở nội vụ") {
			t.Errorf("%s does not say that nothing is agreed: %s", q.ID, q.Basisnote)
		}
	}
	if want := []string{"B-D1 HARD 1", "A-6.1 HARD 2", "B-A1 ONCE 1"}; !slices.Equal(own, want) {
		t.Errorf("numbers of the plan: %v, want %v", own, want)
	}
	d1, a61, a1 := quotaOf(t, p, "B-D1"), quotaOf(t, p, "A-6.1"), quotaOf(t, p, "B-A1")
	if d1.Conditions[0].Value != 15 || d1.Conditions[0].Basis != schedule.ByPlan || d1.Tolerance != 30 {
		t.Errorf("15 minutes, 30 seconds shown: %+v", d1)
	}
	if a61.Reading != "R1" || !a61.Print {
		t.Errorf("reading %q, print %v", a61.Reading, a61.Print)
	}
	if !a1.Deadline.Equal(day(2023, 1, 31)) {
		t.Errorf("«trước ngày 31/01/2023» begins to be late at %v", a1.Deadline)
	}
	// 20 sở, ban, ngành and 9 districts owe B-A1 and A-4; no commune does.
	for _, id := range []string{"B-A1", "A-4"} {
		q := quotaOf(t, p, id)
		period := schedule.Periods(p, q)[0]
		if owners := schedule.Owners(p, q, period); len(owners) != 29 {
			t.Errorf("%s in %s is owed by %d", id, period.ID, len(owners))
		}
	}
}

// TestYenBaiReadsWell: slips of the plan are shown as slips, its markup not at
// all, and a coordinating body that the annex leaves blank stays blank.
func TestYenBaiReadsWell(t *testing.T) {
	p := yenBai(t)
	var all []schedule.Clause
	for _, q := range p.Quotas {
		all = append(all, q.Clauses...)
		blank := slices.ContainsFunc([]string{"A-1.", "A-2.", "A-4", "A-7", "A-8"}, func(row string) bool { return strings.HasPrefix(q.ID, row) })
		if blank && len(q.Coordinate) > 0 {
			t.Errorf("%s: the annex names no coordinating body, the plan's data %v", q.ID, q.Coordinate)
		}
	}
	for _, f := range p.Forms {
		all = append(all, f.Clauses...)
	}
	slips := 0
	for _, c := range all {
		if strings.ContainsAny(c.Words(), "*<>") {
			t.Errorf("line %d shows markup: %s", c.Line, c.Words())
		}
		for _, slip := range []string{"CCHC nước", "cải CCHC", "b) "} {
			if strings.Contains(c.Text, slip) {
				slips++
				if !strings.Contains(c.Shown, "[sic") {
					t.Errorf("line %d shows a slip as if it were ours: %s", c.Line, c.Words())
				}
			}
		}
	}
	if slips < 3 {
		t.Errorf("%d slips quoted", slips)
	}
}

// TestYenBaiAttested: only class PROC is met by a statement; whatever else
// takes papers takes those with a number and date, or a kept file.
func TestYenBaiAttested(t *testing.T) {
	var stated, handed []string
	for _, q := range yenBai(t).Quotas {
		switch {
		case q.Class == schedule.Proc:
			stated = append(stated, q.ID)
			if q.Kind != "attested" || q.Attestable {
				t.Errorf("%s: class PROC, kind %s, attestable %v", q.ID, q.Kind, q.Attestable)
			}
		case q.Attestable:
			handed = append(handed, q.ID)
		case q.Kind == "attested":
			t.Errorf("%s can be met by nothing", q.ID)
		}
	}
	if want := "B-A2 B-A4.vh B-A5 B-A8 B-B1 B-B2 B-B3 B-B4 B-C1 A-2.1 A-2.2 A-2.3"; strings.Join(stated, " ") != want {
		t.Errorf("stated: %v", stated)
	}
	if want := "B-A1 B-A4 B-A6 B-A7 B-D2 B-E1 B-E2 B-R1 A-1.1 A-1.2 A-1.3 A-1.4 A-1.ns A-3.3.cm A-5.1 A-5.3 A-5.4 A-5.5 A-6.2 A-7 A-7.xa A-8"; strings.Join(handed, " ") != want {
		t.Errorf("handed in: %v", handed)
	}
}

func quotaOf(t *testing.T, p *schedule.Plan, id string) schedule.Quota {
	t.Helper()
	i := slices.IndexFunc(p.Quotas, func(q schedule.Quota) bool { return q.ID == id })
	if i < 0 {
		t.Fatalf("no quota %s", id)
	}
	return p.Quotas[i]
}

// TestYenBaiSources: what was not seen is not visited.
func TestYenBaiSources(t *testing.T) {
	p := yenBai(t)
	var sure []string
	for _, s := range p.Sources {
		if !s.Verify && !slices.Contains(sure, s.URL) {
			sure = append(sure, s.URL)
		}
	}
	want := []string{
		"http://www.baoyenbai.com.vn/rss/11.rss",
		"https://yenbai.gov.vn/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?l=Tintrongtinh&lv=4&page=1",
		"http://thanhphoyenbai.yenbai.gov.vn/tin-tuc/tin-tuc-su-kien/",
	}
	if !slices.Equal(sure, want) {
		t.Errorf("visited: %v", sure)
	}
}

// TestHolidays2023 against docs/RULES.md 2: the days of Tết, and working days on
// either side of each span.
func TestHolidays2023(t *testing.T) {
	cal, problems := Holidays(Files())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if !slices.Equal(cal.Years, []int{2023, 2024, 2026}) {
		t.Errorf("years %v", cal.Years)
	}
	for _, s := range []struct{ from, to string }{
		{"2023-01-01", "2023-01-02"}, {"2023-01-20", "2023-01-26"}, {"2023-04-29", "2023-05-03"}, {"2023-09-01", "2023-09-04"},
	} {
		from := mustDay(t, s.from)
		to := mustDay(t, s.to)
		for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
			if cal.Off[d.Format("2006-01-02")] == "" {
				t.Errorf("%s is a day off", d.Format("02/01/2006"))
			}
		}
		for _, d := range []string{from.AddDate(0, 0, -1).Format("2006-01-02"), to.AddDate(0, 0, 1).Format("2006-01-02")} {
			if cal.Off[d] != "" {
				t.Errorf("%s is no holiday", d)
			}
		}
	}
	n := 0
	for d := range cal.Off {
		if strings.HasPrefix(d, "2023-") {
			n++
		}
	}
	if n != 18 {
		t.Errorf("%d days off in 2023, want 18", n)
	}
	if got := Notices(yenBai(t), Positions{}, cal); slices.ContainsFunc(got, func(p Problem) bool { return strings.HasPrefix(p.File, "holidays") }) {
		t.Errorf("tables of 2023 and 2024 are there: %v", got)
	}
}

func mustDay(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.ParseInLocation(time.DateOnly, s, calendar.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
