package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/plans"
	"loa/sample"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
	"loa/web"
)

// The demo is run once, as a person runs it, and what it left behind is held
// against what the sample province says it published. Everything owed is
// worked out here from that truth, without the rooms that work it out there.
func TestDemoOnceTellsTheTruth(t *testing.T) {
	t.Parallel() // it waits most of its time
	dir := t.TempDir()
	var out, errOut bytes.Buffer
	err := run(t.Context(), []string{"demo", "--once", "--keep", "--data", dir, "--db", filepath.Join(dir, "loa.db")}, stdio{strings.NewReader(""), &out, &errOut})
	if code := exitCode(err, &errOut); code != 0 {
		t.Fatalf("exit %d: %s", code, errOut.String())
	}
	if !strings.Contains(out.String(), "Dữ liệu mẫu") || !strings.Contains(errOut.String(), "Dữ liệu mẫu") {
		t.Errorf("what it prints does not say «Dữ liệu mẫu»: %s", errOut.String())
	}
	left := openDemo(t, dir)
	t.Run("every state", func(t *testing.T) { left.states(t, out.String()) })
	t.Run("items", left.items)
	t.Run("verdicts", left.verdicts)
	t.Run("facets", left.facets)
	t.Run("credits", left.credits)
	t.Run("standings", left.expected)
	t.Run("closings", left.closings)
	t.Run("weeks ahead", left.ahead)
	t.Run("boards", func(t *testing.T) { left.boards(t, dir) })
	t.Run("again", func(t *testing.T) { left.again(t, dir) })
}

// leftBehind is the store of a demo that has ended.
type leftBehind struct {
	plan  *schedule.Plan
	store *store.Store
	ev    schedule.Evaluation
	rows  map[string]web.ItemRow // by item id
	truth map[string]sample.Truth
}

func openDemo(t *testing.T, dir string) *leftBehind {
	t.Helper()
	ctx := context.Background()
	files, err := withHolidays(sample.Plans())
	if err != nil {
		t.Fatal(err)
	}
	plan, _, problems := plans.Load(files, "mau/2023")
	if err := refuse(problems); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, filepath.Join(dir, "loa.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d := &leftBehind{plan: plan, store: s, rows: map[string]web.ItemRow{}, truth: truthByID(t, plan)}
	rows, total, err := s.Search(ctx, web.ItemQuery{Limit: 10_000})
	if err != nil || len(rows) != total {
		t.Fatalf("%d of %d items, %v", len(rows), total, err)
	}
	for _, r := range rows {
		d.rows[r.Item.ID] = r
	}
	ev, ok, err := s.Evaluation(ctx, plan.ID)
	if err != nil || !ok {
		t.Fatalf("stored evaluation: %t, %v", ok, err)
	}
	d.ev = ev
	return d
}

// facets: an index is told of where title or lead names it and nowhere else, and
// the documents that the texts cite are found with their year.
func (d *leftBehind) facets(t *testing.T) {
	names := map[string]string{"papi": "papi", "par-index": "par index", "sipas": "sipas", "ddci": "ddci"}
	told, cited := map[string]int{}, 0
	for id, row := range d.rows {
		if row.Verdict == nil || !row.Verdict.Reform {
			continue
		}
		has := map[string]media.Facet{}
		for _, f := range row.Verdict.Facets {
			has[f.ID] = f
		}
		words := viet.Fold(d.truth[id].Title + " " + d.truth[id].Lead)
		for facet, name := range names {
			f, found := has[facet]
			if found {
				told[facet]++
			}
			if said := strings.Contains(words, name) || facet == "par-index" && (strings.Contains(words, "chi so cchc") || strings.Contains(words, "chi so cai cach hanh chinh")); said != found {
				t.Errorf("%s: %s told %t by %q, its words say %t", row.Item.Title, facet, found, f.Term, said)
			}
		}
		if f, ok := has[media.DocumentFacet+"27/CT-UBND"]; ok {
			if cited++; f.Year != 2022 {
				t.Errorf("%s: %+v", row.Item.Title, f)
			}
		}
	}
	if told["papi"] == 0 || told["par-index"] < 2 || told["sipas"] == 0 || cited < 2 {
		t.Errorf("told of %v, one document cited %d times", told, cited)
	}
}

// truthByID names every piece of the province as the store does.
func truthByID(t *testing.T, plan *schedule.Plan) map[string]sample.Truth {
	t.Helper()
	rule := map[string]string{} // host → key rule of its sources
	for _, s := range plan.Sources {
		for _, tr := range sample.Items() {
			if plan.Province+"/"+tr.Agency == s.Agency && s.Kind.Items() && s.Kind != media.KindDocuments {
				rule[tr.Host] = s.Rule.Key
			}
		}
	}
	out := map[string]sample.Truth{}
	for _, tr := range sample.Items() {
		key, err := extract.Key(rule[tr.Host], tr.URL)
		if err != nil {
			t.Fatalf("%s: %v", tr.URL, err)
		}
		id := media.ItemID(plan.Province, key)
		if other, twice := out[id]; twice {
			t.Fatalf("%s and %s have one key %s", tr.URL, other.URL, key)
		}
		out[id] = tr
	}
	return out
}

func (d *leftBehind) states(t *testing.T, printed string) {
	n := map[schedule.State]int{}
	atRisk := 0
	for _, s := range d.ev.Standings {
		n[s.State]++
		if s.Risk == "at_risk" {
			atRisk++
		}
	}
	if n[schedule.Met] == 0 || n[schedule.Missed] == 0 || n[schedule.Insufficient] == 0 || atRisk == 0 {
		t.Errorf("states %v, at risk %d: the demo is to show met, missed, insufficient_data and at risk", n, atRisk)
	}
	for _, word := range []string{"(met)", "(missed)", "(insufficient_data)", "(at risk)", "(exempt)", "Đã chốt kỳ báo cáo 2023-03@14", "Kết quả đã chốt mà nay tính ra khác"} {
		if !strings.Contains(printed, word) {
			t.Errorf("the summary does not print %s", word)
		}
	}
	if !d.ev.Now.Equal(demoEnd) {
		t.Errorf("evaluated at %v, want the end of the story, %v", d.ev.Now, demoEnd)
	}
}

// items: every piece that could be read is there once, dated as printed, and
// nothing is there that was never published.
func (d *leftBehind) items(t *testing.T) {
	want := 0
	for id, tr := range d.truth {
		row, ok := d.rows[id]
		switch readable := tr.Reachable && !tr.Visible.After(demoEnd); {
		case !readable && ok:
			t.Errorf("%s was not to be seen, and is stored", tr.URL)
		case !readable || tr.Published.Before(day2023(1, 1)) && !ok: // December may have left the lists
			continue
		case !ok:
			t.Errorf("lost: %s of %s, «%s»", tr.URL, tr.Published.Format(time.DateTime), tr.Title)
			continue
		}
		if tr.Published.Before(day2023(1, 1)) {
			continue
		}
		want++
		if row.Item.Agency != d.plan.Province+"/"+tr.Agency || row.Item.Column != tr.Column {
			t.Errorf("%s is of %s in column %q, want %s and %q", tr.URL, row.Item.Agency, row.Item.Column, tr.Agency, tr.Column)
		}
		// Only the district's hand-made table prints days.
		if row.Item.Claimed.Precision == media.ToDay && tr.Agency != "huyen-khe-may" {
			t.Errorf("%s is dated to the day, «%s»", tr.URL, row.Item.Claimed.Text)
		}
		if got, want := printedDate(row.Item.Claimed), asPrinted(tr, row.Item.Claimed.Precision); got != want {
			t.Errorf("%s claims %s (%q, found in %s), want %s", tr.URL, got, row.Item.Claimed.Text, row.Item.Claimed.Found, want)
		}
	}
	listed := 0
	for id, r := range d.rows {
		if d.ofKind(r.Item.Source, media.KindDocuments) {
			listed++
			continue
		}
		if _, real := d.truth[id]; !real && !d.probed(r.Item.Source) {
			t.Errorf("%s was never published: «%s»", r.Item.URL, r.Item.Title)
		}
	}
	posted := 3 // of the year before
	for _, x := range sample.Decisions() {
		if !x.Posted.IsZero() && x.Posted.Before(demoEnd) {
			posted++
		}
	}
	if listed != posted {
		t.Errorf("%d documents are stored, %d were listed", listed, posted)
	}
	if want < 200 {
		t.Errorf("only %d pieces of 2023 were held against the truth", want)
	}
}

func (d *leftBehind) ofKind(source string, kind media.SourceKind) bool {
	return slices.ContainsFunc(d.plan.Sources, func(s media.Source) bool { return s.ID == source && s.Kind == kind })
}

// probed: a page that is watched for being there is an item of its own.
func (d *leftBehind) probed(source string) bool {
	return slices.ContainsFunc(d.plan.Sources, func(s media.Source) bool { return s.ID == source && !s.Kind.Items() })
}

func printedDate(c media.Date) string {
	if c.Precision == media.NoDate {
		return "no date"
	}
	return c.At.In(calendar.Zone).Format("2006-01-02 15:04:05")
}

// asPrinted is the date of a piece as precisely as the claim says it was printed.
func asPrinted(tr sample.Truth, p media.Precision) string {
	at := tr.Published.In(calendar.Zone)
	switch {
	case !tr.Dated:
		return "no date"
	case p == media.ToDay:
		at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, calendar.Zone)
	case p == media.ToMinute:
		at = at.Truncate(time.Minute)
	}
	return at.Format("2006-01-02 15:04:05")
}

// verdicts: the machine alone is right about 97 of 100 pieces.
func (d *leftBehind) verdicts(t *testing.T) {
	n, asked := 0, 0
	var wrong []string
	for id, tr := range d.truth {
		row, ok := d.rows[id]
		if !ok || tr.Published.Before(day2023(1, 1)) {
			continue
		}
		n++
		if row.Verdict == nil {
			t.Errorf("%s was not judged", tr.URL)
			continue
		}
		if row.Verdict.Review {
			asked++
		}
		if row.Verdict.Reform != tr.Reform {
			wrong = append(wrong, fmt.Sprintf("%s: reform %t, score %.2f, review %t: «%s»", tr.URL, row.Verdict.Reform, row.Verdict.Score, row.Verdict.Review, tr.Title))
		}
	}
	slices.Sort(wrong)
	t.Logf("%d of %d verdicts wrong, %d put before a person:\n%s", len(wrong), n, asked, strings.Join(wrong, "\n"))
	if 100*(n-len(wrong)) < 97*n {
		t.Errorf("%d of %d verdicts are wrong, more than 3 in 100", len(wrong), n)
	}
}

// credits: whatever a standing counted is truly a reform piece of that agency
// published in that period, a transmission of that week, or the agency's paper.
func (d *leftBehind) credits(t *testing.T) {
	counted := 0
	for _, s := range d.ev.Standings {
		m, err := d.store.Detail(context.Background(), d.plan.ID, s.Quota, s.Owner, s.Period)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, c := range m.Credits {
			counted++
			what := fmt.Sprintf("%s %s %s: %s", s.Quota, s.Owner, s.Period, c.Evidence.Title)
			if seen[c.Evidence.ID] {
				t.Errorf("%s is counted twice", what)
			}
			seen[c.Evidence.ID] = true
			if why := d.false(s, c.Evidence); why != "" {
				t.Errorf("%s is counted: %s", what, why)
			}
		}
	}
	if counted < 80 {
		t.Errorf("only %d credits were held against the truth", counted)
	}
}

// false says why a piece that is counted for a standing ought not to be, "" if it ought.
func (d *leftBehind) false(s schedule.Standing, e media.Evidence) string {
	within := func(at time.Time) bool { return !at.Before(s.Start) && at.Before(s.End) }
	agency := slugOf(s.Owner)
	switch e.Kind {
	case media.EvItem:
		tr, real := d.truth[e.ID]
		switch {
		case e.Listed: // the portal's list of decisions, as the news of the same day
			if !slices.ContainsFunc(sample.Decisions(), func(x sample.Decision) bool {
				return s.Quota == "A-3.2" && x.Number == e.Document && x.Signed.Equal(e.Signed) && within(x.Signed) && e.At.Equal(x.Posted)
			}) {
				return fmt.Sprintf("%s of %s is listed as posted on %s", e.Document, e.Signed, e.At)
			}
		case !real || !tr.Reform || tr.Agency != agency:
			return fmt.Sprintf("%s: reform %t, of %s", tr.URL, tr.Reform, tr.Agency)
		case s.Quota == "A-3.2":
			if !slices.ContainsFunc(sample.Decisions(), func(x sample.Decision) bool {
				return strings.Contains(tr.Title, " "+x.Number+" ") && within(x.Signed) && day2023(tr.Published.Month(), tr.Published.Day()).Equal(x.Posted)
			}) {
				return "no decision signed in the month was posted so"
			}
		case !within(tr.Published):
			return "published " + tr.Published.String()
		case s.Quota == "A-4" && tr.CopyOf != "" || s.Quota == "A-6.1" && tr.Column != "cchc":
			return fmt.Sprintf("copied from %q, in column %q", tr.CopyOf, tr.Column)
		}
	case media.EvAiring:
		if !within(e.At) || e.Airing.Duration < 15*time.Minute || !e.Airing.FirstRun {
			return fmt.Sprintf("%v, %+v", e.At, e.Airing)
		}
	case media.EvPrint:
		if e.Column != "cchc" || !within(e.At) || !slices.Contains(days2023(s.Quota, agency, e.At.In(calendar.Zone).Month(), shownBy(demoEnd)), e.At.In(calendar.Zone).Day()) {
			return fmt.Sprintf("printed in column %q on %s", e.Column, e.At)
		}
	case media.EvQuestion:
		if !slices.ContainsFunc(sample.Questions(s.Start.In(calendar.Zone).Month()), func(q sample.Question) bool { return q.Answered.Equal(e.At) && q.Asked.Equal(e.Asked) }) {
			return fmt.Sprintf("asked %s, answered %s", e.Asked, e.At)
		}
	case media.EvSegment:
		if !slices.ContainsFunc(sample.Segments(e.At.In(calendar.Zone).Month()), func(x sample.Segment) bool { return x.At.Equal(e.At) && x.Title == e.Title && len(x.Topics) > 0 }) || !within(e.At) {
			return fmt.Sprintf("no such item on %s", e.At)
		}
	case media.EvBulletin:
		if !e.Bulletin.Reform || !within(e.At) || e.Bulletin.Form && e.Bulletin.Month == "2023-02" {
			return fmt.Sprintf("%+v of %s", e.Bulletin, e.At)
		}
	case media.EvAttestation:
		if !slices.ContainsFunc(sample.Documents(), func(doc sample.Document) bool {
			return doc.Quota == s.Quota && doc.Owner == agency && doc.Period == s.Period && doc.Number == e.Document && doc.Date.Equal(e.At)
		}) {
			return "there is no such paper " + e.Document
		}
	default:
		return "of kind " + string(e.Kind)
	}
	return ""
}

func slugOf(id string) string { return id[strings.LastIndex(id, "/")+1:] }

func day2023(m time.Month, d int) time.Time { return time.Date(2023, m, d, 0, 0, 0, 0, calendar.Zone) }

func shownBy(at time.Time) func(sample.Truth) bool {
	return func(tr sample.Truth) bool { return !tr.Visible.After(at) }
}

// days2023 are the days of a month of 2023 on which an agency truly published
// what a quota counts, one for each piece, of what its site has shown.
func days2023(quota, agency string, m time.Month, shown func(sample.Truth) bool) []int {
	var days []int // ascending
	for _, tr := range sample.Items() {
		at := tr.Published.In(calendar.Zone)
		if tr.Agency != agency || !tr.Reform || !tr.Dated || at.Year() != 2023 || at.Month() != m || !shown(tr) {
			continue
		}
		if quota == "A-4" && tr.CopyOf != "" || quota == "A-6.1" && (tr.Column != "cchc" || slices.Contains(days, at.Day())) {
			continue
		}
		days = append(days, at.Day())
	}
	return days
}

// gap2023 is the longest gap between those days and the ends of the month, or today.
func gap2023(m time.Month, days []int, last int) int {
	at, longest := 1, 0
	for _, d := range append(slices.Clone(days), last) {
		longest = max(longest, daysWithoutTet(m, at, d))
		at = d
	}
	return longest
}

// level2023 is what a quota wants: pieces, and the longest gap in days, 0 for any.
func level2023(quota string) (wanted, gap int) {
	switch quota {
	case "A-6.1":
		return 2, 0
	case "A-3.1":
		return 8, 7
	}
	return 2, 30
}

// short2023 says by what an agency truly falls short of a quota in a month of
// 2023, counting the pieces that its site has shown; "" if it does not.
func short2023(quota, agency string, m time.Month, shown func(sample.Truth) bool) string {
	days := days2023(quota, agency, m, shown)
	wanted, most := level2023(quota)
	if len(days) < wanted {
		return fmt.Sprintf("%d of %d pieces", len(days), wanted)
	}
	if longest := gap2023(m, days, day2023(m+1, 0).Day()); most > 0 && longest > most {
		return fmt.Sprintf("a gap of %d days, at most %d", longest, most)
	}
	return ""
}

// daysWithoutTet counts the days after a up to b of a month, but the holidays:
// 1, 2 and 20 to 26 January 2023.
func daysWithoutTet(m time.Month, a, b int) int {
	n := 0
	for d := a + 1; d <= b; d++ {
		if m != time.January || d > 2 && (d < 20 || d > 26) {
			n++
		}
	}
	return n
}
