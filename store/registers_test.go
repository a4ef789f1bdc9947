package store_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
	"loa/store"
	"loa/store/storetest"
)

// on is a day of the sample year.
func on(month time.Month, day int) time.Time { return time.Date(2023, month, day, 0, 0, 0, 0, zone) }

func register(kind media.RegisterKind, file string, when, from, to time.Time, rows ...media.Entry) media.Register {
	for i := range rows {
		rows[i].Row = i + 2
	}
	return media.Register{Kind: kind, Agency: "tinh/bao", From: from, To: to, Sender: "Tòa soạn", FileHash: file, FileName: file + ".xlsx", At: when, Rows: rows}
}

func hand(t *testing.T, s *store.Store, g media.Register) {
	t.Helper()
	if fresh, err := s.PutRegister(ctx, g); err != nil || !fresh {
		t.Fatalf("%s: %t, %v", g.FileName, fresh, err)
	}
}

// told is the evidence, each piece by title and day.
func told(t *testing.T, s *store.Store, knownAt time.Time) string {
	t.Helper()
	var out []string
	for _, e := range must(s.Evidence(ctx, samplePlan(), knownAt)) {
		day := "undated"
		if e.Precision != media.NoDate {
			day = e.At.In(zone).Format("2/1")
		}
		out = append(out, e.Title+" "+day)
	}
	return strings.Join(out, ", ")
}

func TestRegisters(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		plan := samplePlan()
		piece := media.Entry{Number: "1234", Title: "Một cửa", Page: "3", Section: "CCHC", Column: "cchc", At: on(3, 6)}
		first := register(media.RegPrint, "f1", on(4, 3), on(3, 1), on(4, 1), piece, media.Entry{Title: "Ngày sai", At: on(6, 20)}, media.Entry{Title: "Thừa", At: on(3, 9)}, piece)
		first.Kept = &media.Kept{SHA256: "f1", At: day0, Size: 5}
		w := must(s.Watch(ctx))
		hand(t, s, first)
		if fresh, err := s.PutRegister(ctx, first); fresh || err != nil {
			t.Errorf("the same again: %t, %v", fresh, err)
		}
		equal(t, "changes", changes(t, w, 9), "register:tinh/bao")
		equal(t, "handed in", told(t, s, time.Time{}), "Một cửa 6/3, Thừa 9/3, Ngày sai 20/6")
		want := media.Evidence{
			ID: media.RegPrint.EntryID("tinh/bao", piece), Kind: media.EvPrint, Agency: "tinh/bao", Source: "register:print:tinh/bao",
			At: on(3, 6).UTC(), Precision: media.ToDay, Seen: on(4, 3).UTC(), Verified: on(4, 3).UTC(), Title: "Một cửa", Kept: "f1", Grade: media.GradeB,
			Section: "CCHC", Column: "cchc", Document: "1234", Page: "3",
		}
		if e := must(s.Evidence(ctx, plan, time.Time{}))[0]; !reflect.DeepEqual(e, want) {
			t.Errorf("evidence\n%+v\nwant\n%+v", e, want)
		}
		// A corrected list of the same span takes all of the first away, and the
		// piece in both keeps the day it was first recorded.
		hand(t, s, register(media.RegPrint, "f2", on(4, 5), on(3, 1), on(4, 1), piece, media.Entry{Title: "Ngày đúng", At: on(3, 20)}))
		equal(t, "corrected", told(t, s, time.Time{}), "Một cửa 6/3, Ngày đúng 20/3")
		equal(t, "as known before", told(t, s, on(4, 4)), "Một cửa 6/3, Thừa 9/3, Ngày sai 20/6")
		equal(t, "as known before any", told(t, s, on(4, 2)), "")
		if e := must(s.Evidence(ctx, plan, time.Time{}))[0]; !e.Seen.Equal(on(4, 3)) || e.Kept != "" {
			t.Errorf("handed in again: %+v", e)
		}
		// Another kind and another agency supersede nothing.
		hand(t, s, register(media.RegProcedures, "f3", on(4, 6), on(3, 1), on(4, 1), media.Entry{Number: "15/QĐ", Title: "Công bố", At: on(3, 7)}))
		other := register(media.RegPrint, "f4", on(4, 6), on(3, 1), on(4, 1))
		other.Agency, other.Note, other.FileHash, other.FileName = "tinh/dai", "Không xuất bản", "", ""
		hand(t, s, other)
		equal(t, "other registers", told(t, s, time.Time{}), "Một cửa 6/3, Công bố 7/3, Ngày đúng 20/3")
		if e := must(s.Evidence(ctx, plan, time.Time{}))[1]; e.Kind != media.EvProcedure || e.Document != "15/QĐ" || e.Source != "register:procedures:tinh/bao" {
			t.Errorf("procedure: %+v", e)
		}
		// A part of the span, with nothing in it.
		hand(t, s, register(media.RegPrint, "f5", on(4, 7), on(3, 20), on(5, 1)))
		equal(t, "nothing there after all", told(t, s, time.Time{}), "Một cửa 6/3, Công bố 7/3")
		obs := must(s.Observation(ctx, plan, time.Time{}))
		if sp := obs.Spans["register:print:tinh/bao"]; len(sp) != 1 || !sp[0].From.Equal(on(3, 1)) || !sp[0].To.Equal(on(5, 1)) || len(obs.Spans["register:print:tinh/dai"]) != 1 {
			t.Errorf("observation: %+v", obs.Spans)
		}
		if obs := must(s.Observation(ctx, plan, on(4, 4))); len(obs.Spans) != 1 || !obs.Spans["register:print:tinh/bao"][0].To.Equal(on(4, 1)) {
			t.Errorf("observation as known then: %+v", obs.Spans)
		}
		list := must(s.Registers(ctx))
		if len(list) != 5 || list[0].FileHash != "f5" || len(list[0].Rows) != 0 || len(list[4].Rows) != 3 || list[4].Rows[0].ID != want.ID || list[4].Rows[2].Row != 4 {
			t.Errorf("registers: %+v", list)
		}
		if list := must(s.Registers(ctx, "tinh/dai")); len(list) != 1 || list[0].Note != "Không xuất bản" || list[0].ID == "" {
			t.Errorf("registers of one: %+v", list)
		}
		ev := must(s.Events(ctx, 0, 99))
		if len(ev) != 5 || ev[0].Kind != "register.imported" || ev[0].Subject != "register:print:tinh/bao" || ev[0].Actor != "Tòa soạn" || ev[0].ActorKind != "person" {
			t.Errorf("events: %+v", ev)
		}
	})
}

// A question is one, however often it is told: open, then answered.
func TestQuestionRegisters(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		open := media.Entry{Number: "7", Title: "Hộ tịch", Asked: on(2, 20)}
		undated := media.Entry{Title: "Không rõ ngày"}
		gone := media.Entry{Number: "8", Title: "Nhầm", Asked: on(3, 3), Answered: on(3, 4)}
		hand(t, s, register(media.RegQuestions, "q1", on(4, 1), on(3, 1), on(4, 1), open, undated, gone))
		equal(t, "open", told(t, s, time.Time{}), "Hộ tịch 20/2, Nhầm 4/3, Không rõ ngày undated")
		// April's list: one answered, the undated one told again, with nothing of March.
		answered := open
		answered.Answered = on(4, 12)
		hand(t, s, register(media.RegQuestions, "q2", on(5, 2), on(4, 1), on(5, 1), answered, undated))
		equal(t, "answered", told(t, s, time.Time{}), "Nhầm 4/3, Không rõ ngày undated, Hộ tịch 12/4")
		equal(t, "as known before", told(t, s, on(5, 1)), "Hộ tịch 20/2, Nhầm 4/3, Không rõ ngày undated")
		for _, e := range must(s.Evidence(ctx, samplePlan(), time.Time{})) {
			if e.Kind != media.EvQuestion || e.Source != "register:questions:tinh/bao" {
				t.Errorf("%+v", e)
			}
			if e.Title == "Hộ tịch" && (!e.Asked.Equal(open.Asked) || !e.Answered.Equal(e.At) || e.Document != "7") {
				t.Errorf("answered: %+v", e)
			}
			if e.Title == "Không rõ ngày" && (!e.At.Equal(on(4, 1)) || !e.Seen.Equal(on(4, 1))) {
				t.Errorf("undated: %+v", e)
			}
		}
		// March told again without what was a mistake.
		hand(t, s, register(media.RegQuestions, "q3", on(5, 3), on(3, 1), on(4, 1)))
		equal(t, "corrected", told(t, s, time.Time{}), "Không rõ ngày undated, Hộ tịch 12/4")
	})
}

// What is in force does not depend on which of two registers was stored first.
func TestRegistersOutOfOrder(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		kept, moved := media.Entry{Title: "Giữ", At: on(3, 6)}, media.Entry{Title: "Bỏ", At: on(3, 7)}
		lists := []media.Register{
			register(media.RegPrint, "f1", on(4, 1), on(3, 1), on(4, 1), kept, moved),
			register(media.RegPrint, "f2", on(4, 2), on(3, 1), on(3, 15), kept),
			register(media.RegPrint, "f3", on(4, 3), on(3, 5), on(4, 1), kept, media.Entry{Title: "Thêm", At: on(3, 8)}),
			register(media.RegQuestions, "f4", on(4, 3), on(3, 5), on(4, 1), media.Entry{Title: "Hỏi"}),
			register(media.RegQuestions, "f5", on(4, 5), on(4, 1), on(5, 1), media.Entry{Title: "Hỏi"}),
		}
		other := storetest.Open(t, s.Engine(), store.Options{})
		for i := range lists {
			hand(t, s, lists[i])
			hand(t, other, lists[len(lists)-1-i])
		}
		for _, at := range []time.Time{{}, on(4, 1), on(4, 2), on(4, 3), on(4, 9)} {
			a, b := must(s.Evidence(ctx, samplePlan(), at)), must(other.Evidence(ctx, samplePlan(), at))
			if !reflect.DeepEqual(a, b) {
				t.Errorf("as known at %v:\n%+v\n%+v", at, a, b)
			}
		}
		equal(t, "in force", told(t, other, time.Time{}), "Giữ 6/3, Thêm 8/3, Hỏi undated")
	})
}

// Two nodes that import at once see each other's rows.
func TestRegistersAtOnce(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			nodes := twoNodes(t, engine)
			const rounds = 8
			var wg gosync.WaitGroup
			fresh := make([]int, 2)
			for n, s := range nodes {
				wg.Go(func() {
					for i := range rounds {
						mine := register(media.RegPrint, fmt.Sprint("f", i, "-", n), on(4, 1).Add(time.Duration(2*i+n)*time.Hour), on(3, 1), on(4, 1),
							media.Entry{Title: fmt.Sprint("Tin ", i, "-", n), At: on(3, 6)})
						same := register(media.RegProcedures, fmt.Sprint("s", i), on(4, 1), on(3, 1), on(4, 1), media.Entry{Number: fmt.Sprint(i), At: on(3, 7)})
						for _, g := range []media.Register{mine, same} {
							ok, err := s.PutRegister(ctx, g)
							if err != nil {
								t.Error(err)
							}
							if ok && g.Kind == media.RegProcedures {
								fresh[n]++
							}
						}
					}
				})
			}
			wg.Wait()
			equal(t, "the same register is fresh once", fresh[0]+fresh[1], rounds)
			var prints []string
			for _, e := range must(nodes[0].Evidence(ctx, samplePlan(), time.Time{})) {
				if e.Kind == media.EvPrint {
					prints = append(prints, e.Title)
				}
			}
			if want := []string{fmt.Sprint("Tin ", rounds-1, "-1")}; !slices.Equal(prints, want) {
				t.Errorf("in force: %q, want the last alone: %q", prints, want)
			}
			if n, err := nodes[0].VerifyEvents(ctx); n != 3*rounds || err != nil {
				t.Errorf("events: %d, %v", n, err)
			}
		})
	}
}

func TestRegisterIsRefusedWhole(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		good := media.Entry{Number: "1", Title: "Tin", At: on(3, 6), Asked: on(3, 6)}
		span := func(kind media.RegisterKind, rows ...media.Entry) media.Register {
			return register(kind, "f", on(4, 1), on(3, 1), on(4, 1), rows...)
		}
		noTime, noAgency, noSpan := span(media.RegPrint, good), span(media.RegPrint, good), span(media.RegPrint, good)
		noTime.At, noAgency.Agency, noSpan.To = time.Time{}, "", noSpan.From
		later := good
		later.Answered = on(3, 9)
		for name, g := range map[string]media.Register{
			"kind": span("other", good), "time": noTime, "agency": noAgency, "span": noSpan,
			"nothing said": span(media.RegQuestions, good, media.Entry{Asked: on(3, 1)}),
			"no date":      span(media.RegPrint, good, media.Entry{Title: "x"}),
			"two answers":  span(media.RegQuestions, good, later),
		} {
			if fresh, err := s.PutRegister(ctx, g); err == nil || fresh {
				t.Errorf("%s: taken", name)
			}
		}
		if list := must(s.Registers(ctx)); len(list) != 0 {
			t.Errorf("left: %+v", list)
		}
		equal(t, "evidence", told(t, s, time.Time{}), "")
	})
}

// TestExpected: each thing that has to be posted on a page has its own history.
func TestExpected(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		plan := samplePlan()
		for i := range plan.Sources {
			plan.Sources[i].Expect = []media.Expect{{Name: "đường dây nóng", Phrases: []string{"nóng"}}, {Name: "thư điện tử", Regexp: "@"}}
		}
		for i, there := range []bool{true, false, false} {
			v := visit("tinh/feed", fmt.Sprint("p", i), day0.Add(time.Duration(i)*time.Hour), media.OK)
			v.Parts = []crawler.Part{{Name: "đường dây nóng", There: there}, {Name: "thư điện tử", There: true}}
			if !there {
				v.Detail = "lacks: đường dây nóng"
			}
			put(t, s, l, v)
		}
		var got []string
		obs := must(s.Observation(ctx, plan, time.Time{}))
		for _, part := range []string{"tinh/feed", "tinh/feed#đường dây nóng", "tinh/feed#thư điện tử"} {
			for _, u := range obs.Uptime[part] {
				got = append(got, fmt.Sprint(part, " ", int(u.From.Sub(day0)/time.Hour), "-", int(u.To.Sub(day0)/time.Hour), " ", u.State, " ", u.Probes))
			}
		}
		equal(t, "history", strings.Join(got, ", "),
			"tinh/feed 0-2 up 3, tinh/feed#đường dây nóng 0-1 up 1, tinh/feed#đường dây nóng 1-2 absent 2, tinh/feed#thư điện tử 0-2 up 3")
		if h := must(s.Health(ctx))["tinh/feed"]; h.Outcome != media.OK || h.Detail != "lacks: đường dây nóng" {
			t.Errorf("health %+v", h)
		}
		if obs := must(s.Observation(ctx, samplePlan(), time.Time{})); len(obs.Uptime) != 1 {
			t.Errorf("of a plan that expects nothing: %v", obs.Uptime)
		}
	})
}

func TestUptime(t *testing.T) {
	m := func(n int) time.Time { return day0.Add(time.Duration(n) * time.Minute) }
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		tell := func(knownAt time.Time) string {
			var out []string
			for _, u := range must(s.Observation(ctx, samplePlan(), knownAt)).Uptime["tinh/feed"] {
				out = append(out, fmt.Sprintf("%d-%d %s", int(u.From.Sub(day0)/time.Minute), int(u.To.Sub(day0)/time.Minute), u.State))
			}
			return strings.Join(out, ", ")
		}
		probe := func(minute, status int, outcome, want string) {
			t.Helper()
			v := visit("tinh/feed", fmt.Sprint("v", minute, outcome), m(minute), outcome)
			v.Status = status
			for range 2 {
				put(t, s, l, v)
			}
			equal(t, fmt.Sprint("after ", minute), tell(time.Time{}), want)
		}
		equal(t, "before any", tell(time.Time{}), "")
		probe(0, 200, media.OK, "0-0 up")
		probe(60, 304, media.NotModified, "0-60 up")
		probe(30, 0, media.Unreachable, "0-60 up") // an older one
		probe(70, 403, media.Blocked, "0-60 up")   // says nothing
		probe(180, 0, media.Unreachable, "0-180 up, 180-180 down")
		probe(190, 0, media.Unreachable, "0-180 up, 180-190 down")
		probe(200, 404, media.Unreachable, "0-180 up, 180-200 down, 200-200 absent")
		probe(321, 404, media.Unreachable, "0-180 up, 180-200 down, 200-200 absent, 321-321 absent")
		probe(500, 200, media.Empty, "0-180 up, 180-200 down, 200-200 absent, 321-321 absent, 500-500 up")
		probe(620, 200, media.OK, "0-180 up, 180-200 down, 200-200 absent, 321-321 absent, 500-620 up")
		equal(t, "as known before", tell(m(-1)), "")
		equal(t, "as known in a span", tell(m(185)), "0-180 up, 180-185 down")
		equal(t, "as known at a border", tell(m(180)), "0-180 up, 180-180 down")
		// Pruning the visits leaves it.
		if n, err := s.Prune(ctx, m(9999)); err != nil || n == 0 {
			t.Fatalf("pruned %d, %v", n, err)
		}
		equal(t, "after pruning", tell(time.Time{}), "0-180 up, 180-200 down, 200-200 absent, 321-321 absent, 500-620 up")
		if obs := must(s.Observation(ctx, &schedule.Plan{ID: "p"}, time.Time{})); len(obs.Uptime) != 0 {
			t.Errorf("of another plan: %+v", obs.Uptime)
		}
	})
}

// TestSegmentsAndBulletins: what their rows say beyond a register's columns
// comes back as it was given, at its own grade and precision.
func TestSegmentsAndBulletins(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		segment := media.Entry{Title: "Một cửa", Section: "Thuế", Column: "thue", At: on(3, 6).Add(20*time.Hour + 5*time.Minute), Segment: &media.Segment{
			Channel: "tv", Programme: "Thuế", Timed: true, Duration: 90 * time.Second, FirstRun: true, Mode: media.ModeLive, Topics: []string{media.TTHC},
			Tones: []string{media.TonePraise}, Guests: []media.Guest{{Office: "Giám đốc", Body: "Sở Nội vụ"}}, Language: "hmong", Script: "KB-12", Of: "x",
		}}
		untimed := media.Entry{Title: "Không giờ", At: on(3, 8), Segment: &media.Segment{Channel: "tv"}}
		hand(t, s, register(media.RegSegments, "s1", on(4, 3), on(3, 1), on(4, 1), segment, untimed))
		radio := func(kind media.RegisterKind, agency, file string, rows ...media.Entry) media.Register {
			g := register(kind, file, on(4, 4), on(3, 1), on(4, 1), rows...)
			g.Agency = agency
			return g
		}
		piece := func(n, of int) media.Entry {
			return media.Entry{Title: fmt.Sprint("tin ", n), At: on(3, 31), Bulletin: &media.Bulletin{Form: true, Month: "2023-03", N: n, Of: of, Signed: n == 1, Reform: true}}
		}
		logged := media.Entry{Title: "Bản tin", At: on(3, 9).Add(17 * time.Hour), Bulletin: &media.Bulletin{Month: "2023-03", Times: 3, Reform: true}}
		many := []media.Register{
			radio(media.RegRadioForm, "tinh/dai", "r1", piece(1, 2), piece(2, 2)), radio(media.RegRadioForm, "tinh/bao", "r1"), radio(media.RegRadioLog, "tinh/bao", "r1", logged),
		}
		if n := must(s.PutRegisters(ctx, many)); n != 3 {
			t.Errorf("%d of three are new", n)
		}
		if n := must(s.PutRegisters(ctx, many)); n != 0 {
			t.Errorf("%d are new again", n)
		}
		by := map[string]media.Evidence{}
		for _, e := range must(s.Evidence(ctx, samplePlan(), time.Time{})) {
			by[e.Title] = e
		}
		if e := by["Một cửa"]; e.Kind != media.EvSegment || !reflect.DeepEqual(e.Segment, segment.Segment) || e.Precision != media.ToMinute || e.Grade != media.GradeB || e.Column != "thue" ||
			e.Source != "register:segments:tinh/bao" {
			t.Errorf("segment: %+v", e)
		}
		if e := by["Không giờ"]; e.Precision != media.ToDay {
			t.Errorf("without its time: %+v", e)
		}
		for title, want := range map[string]media.Grade{"tin 1": media.GradeB, "tin 2": media.GradeC, "Bản tin": media.GradeA} {
			if e := by[title]; e.Kind != media.EvBulletin || e.Grade != want || e.Bulletin == nil || e.Bulletin.Month != "2023-03" {
				t.Errorf("%s: %+v", title, e)
			}
		}
		obs := must(s.Observation(ctx, samplePlan(), time.Time{}))
		for _, source := range []string{"register:radio_form:tinh/dai", "register:radio_form:tinh/bao", "register:radio_log:tinh/bao"} {
			if len(obs.Spans[source]) != 1 {
				t.Errorf("%s was handed in: %v", source, obs.Spans[source])
			}
		}
		for _, g := range must(s.Registers(ctx, "tinh/bao")) {
			if g.Kind == media.RegSegments && !reflect.DeepEqual(g.Rows[0].Segment, segment.Segment) {
				t.Errorf("as handed in: %+v", g.Rows[0])
			}
		}
		// A form that declares one piece less takes one away.
		later := radio(media.RegRadioForm, "tinh/dai", "r2", piece(1, 1))
		later.At = on(4, 6)
		hand(t, s, later)
		if got := told(t, s, time.Time{}); strings.Contains(got, "tin 2") || !strings.Contains(got, "tin 1") {
			t.Errorf("corrected: %s", got)
		}
		// One bad register keeps all of them out.
		bad := radio(media.RegRadioForm, "tinh/dai", "r3", media.Entry{Bulletin: &media.Bulletin{}})
		if n, err := s.PutRegisters(ctx, []media.Register{radio(media.RegRadioForm, "tinh/bao", "r3"), bad}); n != 0 || err == nil {
			t.Errorf("half of them stored: %d, %v", n, err)
		}
		if len(must(s.Registers(ctx, "tinh/bao"))) != 3 {
			t.Error("a register of a refused file was stored")
		}
	})
}
