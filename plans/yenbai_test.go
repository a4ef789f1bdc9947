package plans

import (
	"fmt"
	"os"
	"path/filepath"
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

// TestYenBaiQuotas: id → class → kind, and whose each number is
// (docs/RULES.md). What the plan does not say is never «chỉ tiêu».
func TestYenBaiQuotas(t *testing.T) {
	p := yenBai(t)
	var got []string
	for _, q := range p.Quotas {
		line := fmt.Sprintf("%s %s %s %s %d/%s gap %d/%s", q.ID, q.Class, q.Kind, q.Cadence, q.Wanted, q.WantedBasis, q.MaxGap, q.MaxGapBasis)
		for _, c := range q.Conditions {
			line += fmt.Sprintf(" %s/%s", c.Name, c.Basis)
		}
		got = append(got, line)
		if q.Attestable && q.ID != "B-A1" {
			t.Errorf("%s can be attested", q.ID)
		}
	}
	want := []string{
		"B-D1 HARD airing week 1/plan gap 0/ min_minutes/plan theme/plan first_run/reference in_window/reference",
		"A-6.1 HARD instalments month 2/plan gap 0/ reform/plan column/reference distinct_days/reference",
		"B-A1 ONCE deadline once 1/plan gap 0/",
		"A-3.1 REG regular month 8/reference gap 7/reference reform/plan",
		"A-4 REG regular month 2/reference gap 30/reference reform/plan no_repost/reference",
	}
	if !slices.Equal(got, want) {
		t.Errorf("quotas:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if q := p.Quotas[0]; q.Conditions[0].Value != 15 {
		t.Errorf("minutes: %+v", q.Conditions[0])
	}
	if q := p.Quotas[2]; !q.Deadline.Equal(day(2023, 1, 31)) {
		t.Errorf("«trước ngày 31/01/2023» begins to be late at %v", q.Deadline)
	}
	// 20 sở, ban, ngành and 9 districts owe B-A1 and A-4; no commune does.
	for _, i := range []int{2, 4} {
		q := p.Quotas[i]
		period := schedule.Periods(p, q)[0]
		if owners := schedule.Owners(p, q, period); len(owners) != 29 {
			t.Errorf("%s in %s is owed by %d", q.ID, period.ID, len(owners))
		}
	}
}

// TestYenBaiClauses: each quoted text stands verbatim on its line of the plan.
func TestYenBaiClauses(t *testing.T) {
	corpus := os.Getenv("LOA_CORPUS")
	if corpus == "" {
		t.Skip("LOA_CORPUS is not set: the plan's text is not committed")
	}
	raw, err := os.ReadFile(filepath.Join(corpus, "plan-285-KH-UBND.txt"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(raw), "\n")
	p := yenBai(t)
	checked := 0
	for _, q := range p.Quotas {
		for _, c := range q.Clauses {
			checked++
			if c.Line > len(lines) || !strings.Contains(lines[c.Line-1], c.Text) {
				t.Errorf("%s: line %d of the plan does not hold %q", q.ID, c.Line, c.Text)
			}
		}
	}
	if checked < 12 {
		t.Errorf("only %d clauses checked", checked)
	}
}

// TestYenBaiSources: what was not seen is not visited.
func TestYenBaiSources(t *testing.T) {
	p := yenBai(t)
	var sure []string
	for _, s := range p.Sources {
		if !s.Verify {
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
	if !slices.Equal(cal.Years, []int{2023, 2024}) {
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
