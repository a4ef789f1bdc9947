package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/store"
)

func airing(row int, start time.Time, programme, title string) media.Airing {
	return media.Airing{
		Row: row, Channel: "dai-tv", Medium: "tv", Programme: programme, Title: title, Start: start, Duration: 15 * time.Minute,
		FirstRun: true, Grade: media.GradeB, Column: "cchc",
	}
}

func receipt(file string, when time.Time, from, to time.Time) media.Receipt {
	return media.Receipt{Channel: "dai-tv", From: from, To: to, Sender: "Phòng Chương trình", FileHash: file, FileName: file + ".csv", At: when, Rows: 2}
}

func TestAirings(t *testing.T) {
	d := func(n int) time.Time { return day0.Add(time.Duration(n) * 24 * time.Hour) }
	both(t, func(t *testing.T, s *store.Store) {
		plan := samplePlan()
		load := func(rc media.Receipt, want int, as ...media.Airing) {
			t.Helper()
			n, err := s.PutAirings(ctx, rc, as, "tinh/dai")
			if err != nil || n != want {
				t.Fatalf("%s: %d rows, %v; want %d", rc.FileName, n, err, want)
			}
		}
		tell := func(knownAt time.Time) string {
			var out []string
			for _, e := range must(s.Evidence(ctx, plan, knownAt)) {
				out = append(out, fmt.Sprintf("%s/%d", e.Airing.FileHash, e.Airing.Row))
			}
			return strings.Join(out, " ")
		}
		load(receipt("f1", d(8), d(0), d(7)), 2, airing(2, d(1), "Cải cách hành chính", "Số 1"), airing(3, d(3), "Cải cách  hành chính", "Số 1"))
		load(receipt("f1", d(9), d(0), d(7)), 0, airing(2, d(1), "Cải cách hành chính", "Số 1"), airing(3, d(3), "Cải cách hành chính", "Số 1"))
		e := must(s.Evidence(ctx, plan, time.Time{}))
		if len(e) != 2 {
			t.Fatalf("evidence: %+v", e)
		}
		a := e[0].Airing
		if e[0].Kind != media.EvAiring || e[0].Source != "log:dai-tv" || e[0].Agency != "tinh/dai" || !e[0].At.Equal(d(1)) || e[0].Grade != media.GradeB ||
			!e[0].Seen.Equal(d(8)) || e[0].Title != "Cải cách hành chính: Số 1" || e[0].Column != "cchc" || a.Duration != 15*time.Minute || !a.FirstRun || a.Row != 2 ||
			a.ProgrammeID == "" || a.ProgrammeID != e[1].Airing.ProgrammeID || a.EpisodeID != e[1].Airing.EpisodeID {
			t.Errorf("evidence: %+v\nairing: %+v", e[0], a)
		}
		if rc := must(s.Receipts(ctx)); len(rc) != 1 || rc[0].Rows != 2 || !rc[0].From.Equal(d(0)) || rc[0].Sender != "Phòng Chương trình" {
			t.Errorf("receipts: %+v", rc)
		}
		if o := must(s.Observation(ctx, plan, time.Time{})); len(o.Spans["log:dai-tv"]) != 1 || !o.Spans["log:dai-tv"][0].To.Equal(d(7)) {
			t.Errorf("observation: %+v", o)
		}
		// A later log of part of the span supersedes what lies in it.
		load(receipt("f2", d(20), d(2), d(10)), 1, airing(2, d(4), "Bản tin", ""))
		equal(t, "after a later log", tell(time.Time{}), "f1/2 f2/2")
		equal(t, "as known before it", tell(d(19)), "f1/2 f1/3")
		equal(t, "as known before any", tell(d(7)), "")
		if o := must(s.Observation(ctx, plan, d(19))); !o.Spans["log:dai-tv"][0].To.Equal(d(7)) {
			t.Errorf("observation as known then: %+v", o)
		}
		// Without a declared span nothing is superseded but the very same start.
		load(media.Receipt{FileHash: "f3", FileName: "f3.csv", At: d(21)}, 2, airing(2, d(1), "Cải cách hành chính", "Số 1 (sửa)"), airing(3, d(5), "Bản tin", ""))
		equal(t, "after a log without a span", tell(time.Time{}), "f3/2 f2/2 f3/3")
		if n := len(must(s.Receipts(ctx))); n != 2 {
			t.Errorf("%d receipts", n)
		}
		// The same file again with a span adds the receipt alone, and an old file
		// does not win over later ones.
		load(receipt("f1", d(22), d(0), d(8)), 0, airing(2, d(1), "Cải cách hành chính", "Số 1"))
		equal(t, "after an old file's new receipt", tell(time.Time{}), "f3/2 f2/2 f3/3")
		if n := len(must(s.Receipts(ctx))); n != 3 {
			t.Errorf("%d receipts", n)
		}
		// A log that says nothing was on.
		load(receipt("f4", d(23), d(30), d(37)), 0)
		if o := must(s.Observation(ctx, plan, time.Time{})); len(o.Spans["log:dai-tv"]) != 2 {
			t.Errorf("observation: %+v", o)
		}
		// Nothing is deleted.
		as := must(s.Airings(ctx, "dai-tv", d(0), d(40), true))
		if len(as) != 5 {
			t.Errorf("%d airings kept, want 5", len(as))
		}
		if as := must(s.Airings(ctx, "dai-tv", d(0), d(40), false)); len(as) != 3 {
			t.Errorf("%d airings in force", len(as))
		}
		var kinds []string
		for _, e := range must(s.Events(ctx, 0, 99)) {
			kinds = append(kinds, e.Kind+" "+e.Actor)
		}
		if want := "airings.imported Phòng Chương trình"; len(kinds) != 5 || kinds[0] != want || !slices.Contains(kinds, "airings.imported ") {
			t.Errorf("events: %q", kinds)
		}
	})
}

func TestAiringsAllOrNothing(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		for name, as := range map[string][]media.Airing{
			"no programme": {airing(2, day0, "Bản tin", ""), airing(3, day0.Add(time.Hour), "", "")},
			"row twice":    {airing(2, day0, "Bản tin", ""), airing(2, day0.Add(time.Hour), "Bản tin", "")},
			"no start":     {airing(2, day0, "Bản tin", ""), airing(3, time.Time{}, "Bản tin", "")},
		} {
			if n, err := s.PutAirings(ctx, receipt("f", day0, day0, day0.Add(time.Hour)), as, "tinh/dai"); err == nil || n != 0 {
				t.Errorf("%s: %d, %v", name, n, err)
			}
		}
		for name, rc := range map[string]media.Receipt{
			"no hash": {At: day0}, "no time": {FileHash: "f"}, "empty span": receipt("f", day0, day0, day0),
		} {
			if _, err := s.PutAirings(ctx, rc, nil, "tinh/dai"); err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		if as := must(s.Airings(ctx, "dai-tv", day0.Add(-time.Hour), day0.Add(time.Hour), true)); len(as) != 0 {
			t.Errorf("left: %+v", as)
		}
		if rc := must(s.Receipts(ctx)); len(rc) != 0 {
			t.Errorf("left: %+v", rc)
		}
	})
}

func TestPlanVersions(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		for _, text := range []string{"id: tinh/2023\nsố: 285\n", "khác"} {
			if err := s.PutPlan(ctx, "tinh/2023", "v1", text, day0); err != nil {
				t.Fatal(err)
			}
		}
		id, text, ok, err := s.Plan(ctx, "v1")
		if err != nil || !ok || id != "tinh/2023" || text != "id: tinh/2023\nsố: 285\n" {
			t.Errorf("plan: %q, %q, %v, %v", id, text, ok, err)
		}
		if _, _, ok, _ := s.Plan(ctx, "v2"); ok {
			t.Error("a version never used")
		}
		if n := len(must(s.Events(ctx, 0, 9))); n != 1 {
			t.Errorf("%d events", n)
		}
		for version, when := range map[string]time.Time{"v0": day0.Add(time.Hour), "old": day0.Add(-time.Hour)} {
			if err := s.PutPlan(ctx, "tinh/2023", version, "văn bản "+version, when); err != nil {
				t.Fatal(err)
			}
		}
		vs := must(s.PlanVersions(ctx, "tinh/2023"))
		if len(vs) != 3 || vs[0].Version != "old" || vs[1].Version != "v1" || vs[2].Text != "văn bản v0" || !vs[1].At.Equal(day0) {
			t.Errorf("versions: %+v", vs)
		}
		if vs := must(s.PlanVersions(ctx, "tinh/2024")); len(vs) != 0 {
			t.Errorf("another plan's: %+v", vs)
		}
	})
}
