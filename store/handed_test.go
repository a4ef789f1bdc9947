package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/store"
	"loa/web/access"
)

// TestBetterEvidenceStands: a file of a lower grade takes the place of a better
// one only where somebody says so; refused, it leaves nothing behind.
func TestBetterEvidenceStands(t *testing.T) {
	d := func(n int) time.Time { return day0.AddDate(0, 0, n) }
	both(t, func(t *testing.T, s *store.Store) {
		graded := func(g media.Grade, row, day int) media.Airing {
			a := airing(row, d(day), "Cải cách hành chính", "")
			a.Grade = g
			return a
		}
		stand := func() string {
			var out []string
			for _, a := range must(s.Airings(ctx, "dai-tv", d(0), d(9), false)) {
				out = append(out, fmt.Sprintf("%s%s/%d", a.FileHash, a.Grade, a.Row))
			}
			return strings.Join(out, " ")
		}
		must(s.PutAirings(ctx, receipt("log", d(7), d(0), d(7)), []media.Airing{graded("A", 2, 1), graded("A", 3, 3)}, "tinh/dai"))
		before := strings.Join(must(s.Digest(ctx)), "\n")
		for name, c := range map[string]struct {
			rc media.Receipt
			as []media.Airing
			n  int
		}{
			"span":       {receipt("list", d(8), d(0), d(7)), []media.Airing{graded("C", 2, 2)}, 2},
			"same start": {media.Receipt{FileHash: "list", FileName: "list.csv", At: d(8)}, []media.Airing{graded("C", 2, 3)}, 1},
			"no rows":    {media.Receipt{Channel: "dai-tv", From: d(0), To: d(2), FileHash: "list", At: d(8), Grade: "B"}, nil, 1},
		} {
			if c.rc.Grade == "" {
				c.rc.Grade = c.as[0].Grade
			}
			if b := must(s.Better(ctx, c.rc, c.as)); b == nil || b.Rows != c.n || b.Grade != "A" || b.File != "log.csv" {
				t.Errorf("%s: beforehand %+v", name, b)
			}
			_, err := s.PutAirings(ctx, c.rc, c.as, "tinh/dai")
			var better *store.BetterError
			if !errors.As(err, &better) || better.Grade != "A" || better.Rows != c.n || better.File != "log.csv" || better.First.IsZero() {
				t.Errorf("%s: %v, %+v", name, err, better)
			}
			if after := strings.Join(must(s.Digest(ctx)), "\n"); after != before || stand() != "logA/2 logA/3" {
				t.Errorf("%s: refused, it left: %s", name, stand())
			}
		}
		// Beside what is better it stands, and in its place where somebody says so.
		must(s.PutAirings(ctx, media.Receipt{FileHash: "other", FileName: "o.csv", At: d(8)}, []media.Airing{graded("C", 2, 5)}, "tinh/dai"))
		if b := must(s.Better(ctx, media.Receipt{FileHash: "other2", Grade: "C"}, []media.Airing{graded("C", 2, 6)})); b != nil {
			t.Errorf("in nobody's place: %+v", b)
		}
		equal(t, "beside", stand(), "logA/2 logA/3 otherC/2")
		rc := receipt("list", d(9), d(0), d(7))
		rc.Over = true
		must(s.PutAirings(ctx, rc, []media.Airing{graded("C", 2, 2)}, "tinh/dai"))
		equal(t, "over", stand(), "listC/2")
		// A better one, and one as good, need no word.
		must(s.PutAirings(ctx, receipt("log2", d(9), d(0), d(7)), []media.Airing{graded("A", 2, 1)}, "tinh/dai"))
		must(s.PutAirings(ctx, receipt("log3", d(9), d(0), d(7)), []media.Airing{graded("A", 2, 4)}, "tinh/dai"))
		equal(t, "as good", stand(), "log3A/2")
	})
}

// TestScan: rows typed from a scan are proven by it, also where it comes later.
func TestScan(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		plan := samplePlan()
		rc := receipt("rows", day0.AddDate(0, 0, 8), day0, day0.AddDate(0, 0, 7))
		rc.Kept = &media.Kept{SHA256: "rows", At: day0}
		as := []media.Airing{airing(2, day0.AddDate(0, 0, 1), "Cải cách hành chính", "")}
		must(s.PutAirings(ctx, rc, as, "tinh/dai"))
		equal(t, "without a scan", must(s.Evidence(ctx, plan, time.Time{}))[0].Kept, "rows")
		events := len(must(s.Events(ctx, 0, 99)))
		rc.Proof, rc.TypedBy = &media.Kept{SHA256: "scan", At: day0}, "Nguyễn Thị Mẫu"
		if n := must(s.PutAirings(ctx, rc, as, "tinh/dai")); n != 0 {
			t.Errorf("%d rows are new", n)
		}
		equal(t, "with the scan", must(s.Evidence(ctx, plan, time.Time{}))[0].Kept, "scan")
		rc.Proof = &media.Kept{SHA256: "another", At: day0}
		must(s.PutAirings(ctx, rc, as, "tinh/dai"))
		f, ok, err := s.LogFile(ctx, "rows")
		if err != nil || !ok || f.Proof != "scan" || f.TypedBy != "Nguyễn Thị Mẫu" || f.Grade != media.GradeB || f.Rows != 1 {
			t.Errorf("%+v %t %v", f, ok, err)
		}
		if n := len(must(s.Events(ctx, 0, 99))); n != events+1 {
			t.Errorf("%d events, want the one of the scan", n-events)
		}
		if u := must(s.KeptUses(ctx, "scan")); len(u) != 1 || u[0].Kind != "log" {
			t.Errorf("what holds the scan: %+v", u)
		}
	})
}

func TestGuides(t *testing.T) {
	d := func(n int) time.Time { return day0.AddDate(0, 0, n) }
	both(t, func(t *testing.T, s *store.Store) {
		say := func(day int, programme string) media.Planned {
			p := media.Planned{Source: "guide:dai-tv", Channel: "dai-tv", Day: d(day), Start: d(day).Add(12 * time.Hour), Duration: 15 * time.Minute, Programme: programme}
			p.ID = media.Hash(p.Source, p.Start.String(), p.Programme)
			return p
		}
		tell := func(knownAt time.Time, all bool) string {
			var out []string
			for _, p := range must(s.Planned(ctx, d(0), d(20), knownAt, all)) {
				out = append(out, p.Programme)
			}
			return strings.Join(out, ", ")
		}
		hand := func(day int, sha string, all ...media.Planned) string {
			t.Helper()
			fresh, gone, err := s.PutGuide(ctx, all, &media.Kept{SHA256: sha, At: d(day)}, "Phòng Chương trình", d(day))
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(fresh, gone)
		}
		equal(t, "a first", hand(1, "g1", say(7, "Thời sự"), say(8, "Phim"), say(9, "Ca nhạc")), "3 0")
		equal(t, "again", hand(2, "g1", say(7, "Thời sự"), say(8, "Phim"), say(9, "Ca nhạc")), "0 0")
		equal(t, "a later one of two days", hand(3, "g2", say(7, "Thời sự"), say(8, "Cải cách hành chính")), "1 1")
		equal(t, "now", tell(time.Time{}, false), "Thời sự, Cải cách hành chính, Ca nhạc")
		equal(t, "as known before", tell(d(2), false), "Thời sự, Phim, Ca nhạc")
		equal(t, "with what is gone", tell(time.Time{}, true), "Thời sự, Cải cách hành chính, Phim, Ca nhạc")
		// Past midnight: of the day that it runs into it tells the small hours alone.
		night := say(9, "Phim khuya")
		night.Start = d(9).Add(30 * time.Minute)
		equal(t, "one evening, into the night", hand(4, "g3", say(8, "Cải cách hành chính"), night), "1 0")
		equal(t, "the evening after stands", tell(time.Time{}, false), "Thời sự, Cải cách hành chính, Phim khuya, Ca nhạc")
		if _, _, err := s.PutGuide(ctx, []media.Planned{say(9, "Kịch")}, nil, "", d(3)); !errors.Is(err, store.ErrGuideOlder) {
			t.Errorf("an older one is taken: %v", err)
		}
		equal(t, "without the night", hand(5, "g4", say(8, "Cải cách hành chính"), say(9, "Ca nhạc")), "0 1")
		// A page says the same of one, and knows no length: it is told once.
		l := crawled(t, s)
		v := visit("tinh/feed", "lich", d(6), media.OK)
		page := say(7, "Thời sự")
		page.Source, page.ID, page.Duration = "tinh/feed", "trang", 0
		v.Planned = []media.Planned{page}
		put(t, s, l, v)
		equal(t, "with the page", tell(time.Time{}, false), "Thời sự, Cải cách hành chính, Ca nhạc")
		equal(t, "each claim", tell(time.Time{}, true), "Thời sự, Thời sự, Cải cách hành chính, Phim, Phim khuya, Ca nhạc")
		if u := must(s.KeptUses(ctx, "g2")); len(u) != 1 || u[0].Kind != "schedule" {
			t.Errorf("what holds the schedule: %+v", u)
		}
		if _, _, err := s.PutGuide(ctx, []media.Planned{{Source: "mau/lich", Channel: "dai-tv"}}, nil, "", d(3)); err == nil {
			t.Error("what is no schedule handed in is taken")
		}
	})
}

func TestMaps(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		m := media.TableMap{Sender: "Đài PT-TH Mẫu", Form: media.FormAirings, Columns: map[string]string{"Giờ phát": "C", "Chương trình": "Tiết mục"}, FirstRow: 3, Unit: "minute",
			DayOrder: "mdy", Channel: "dai-tv", At: day0}
		put := func(m media.TableMap) {
			t.Helper()
			if err := s.PutMap(ctx, m, access.Actor{Name: "cán bộ", Role: access.Officer}); err != nil {
				t.Fatal(err)
			}
		}
		put(m)
		events := len(must(s.Events(ctx, 0, 99)))
		put(m)
		if n := len(must(s.Events(ctx, 0, 99))); n != events {
			t.Error("the same map again is an event")
		}
		got := must(s.Maps(ctx, "đài  pt-th mẫu"))
		if len(got) != 1 || !got[0].At.Equal(day0) {
			t.Errorf("%+v", got)
		}
		got[0].At = m.At // the same moment, in another zone
		equal(t, "the map", fmt.Sprint(got[0]), fmt.Sprint(m))
		m.Columns, m.At = map[string]string{"Giờ phát": "D"}, day0.AddDate(0, 0, 1)
		put(m)
		m.Form = media.FormUploads
		put(m)
		if got := must(s.Maps(ctx, "")); len(got) != 2 || got[0].Columns["Giờ phát"] != "D" || len(must(s.Maps(ctx, "ai khác"))) != 0 {
			t.Errorf("%+v", got)
		}
		if gone := must(s.DropMap(ctx, m, access.Actor{Name: "cán bộ", Role: access.Officer})); !gone {
			t.Error("nothing was dropped")
		}
		if gone := must(s.DropMap(ctx, m, access.Actor{Name: "cán bộ", Role: access.Officer})); gone || len(must(s.Maps(ctx, ""))) != 1 {
			t.Error("a map was dropped twice, or the wrong one")
		}
		if err := s.PutMap(ctx, media.TableMap{Form: media.FormAirings, At: day0}, access.Actor{Role: access.Officer}); err == nil {
			t.Error("a map of nobody is taken")
		}
	})
}

// TestMapOfAnother: who is confined to an agency stores maps for it, and neither replaces nor drops another's or the department's.
func TestMapOfAnother(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		mine := access.Actor{Name: "Lập lịch A", Role: access.Planner, Agencies: []string{"mau/a"}}
		other := access.Actor{Name: "Lập lịch B", Role: access.Planner, Agencies: []string{"mau/b"}}
		officer := access.Actor{Name: "Chuyên viên", Role: access.Officer}
		m := media.TableMap{Sender: "Phòng Chương trình", Form: media.FormAirings, Columns: map[string]string{"Giờ phát": "C"}, Agency: "mau/a", At: day0}
		changed := m
		changed.Columns = map[string]string{"Giờ phát": "D"}
		theirs := changed
		theirs.Agency = "mau/b"
		try := func(what string, err, want error) {
			t.Helper()
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
		drop := func(who access.Actor) error { _, err := s.DropMap(ctx, m, who); return err }
		try("of one's own", s.PutMap(ctx, m, mine), nil)
		try("for another agency", s.PutMap(ctx, changed, other), store.ErrMapOfOther)
		try("over another's", s.PutMap(ctx, theirs, other), store.ErrMapOfOther)
		try("another's, by name in capitals", s.PutMap(ctx, media.TableMap{Sender: " PHÒNG  chương trình", Form: m.Form, Columns: changed.Columns, Agency: "mau/b", At: day0}, other), store.ErrMapOfOther)
		try("dropping another's", drop(other), store.ErrMapOfOther)
		if got := must(s.Maps(ctx, "")); len(got) != 1 || got[0].Columns["Giờ phát"] != "C" || got[0].Agency != "mau/a" {
			t.Errorf("the map is %+v", got)
		}
		try("changing one's own", s.PutMap(ctx, changed, mine), nil)
		for _, of := range []string{"mau/b", ""} {
			changed.Agency = of
			try("by the department", s.PutMap(ctx, changed, officer), nil)
			try("over the department's, or one given away", s.PutMap(ctx, m, mine), store.ErrMapOfOther)
			try("dropping it", drop(mine), store.ErrMapOfOther)
		}
		try("dropping by the department", drop(officer), nil)
		try("for nobody", s.PutMap(ctx, media.TableMap{Sender: "x", Form: m.Form, At: day0}, mine), store.ErrMapOfOther)
		if got := must(s.Maps(ctx, "")); len(got) != 0 {
			t.Errorf("left: %+v", got)
		}
	})
}
