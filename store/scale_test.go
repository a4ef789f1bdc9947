package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"loa/crawler"
	"loa/media"
	"loa/monitor"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/store/storetest"
)

// The size of the world that the benchmarks of scale evaluate: five yearly
// plans of 5,000 quotas each, owed by 1,000 agencies, and LOA_SCALE items
// (default 20,000) published over the five years.
const (
	scaleOwners = 1000
	scaleYears  = 5
	scaleFirst  = 2019
)

func scaleItems(b *testing.B) int {
	n := 20000
	if s := os.Getenv("LOA_SCALE"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n < scaleOwners {
			b.Fatalf("LOA_SCALE=%q: want a number of at least %d", s, scaleOwners)
		}
	}
	return n
}

func scaleOwner(i int) string { return fmt.Sprintf("tinh/so-%04d", i) }

// scalePlan is one year's plan: five quotas for each agency.
func scalePlan(year int) *schedule.Plan {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, calendar.Zone) }
	p := &schedule.Plan{ID: fmt.Sprint("tinh/", year), Province: "tinh", Year: year, From: day(year, 1, 1), To: day(year+1, 1, 1), Version: fmt.Sprint("v", year)}
	reform := schedule.Condition{Name: "reform", Basis: schedule.ByPlan}
	for i := range scaleOwners {
		id := scaleOwner(i)
		p.Agencies = append(p.Agencies, media.Agency{ID: id, Name: id, Level: media.Department, Binding: true})
		p.Sources = append(p.Sources, media.Source{ID: id + "-tin", Agency: id, Kind: media.KindFeed, Stream: id + "-tin"},
			media.Source{ID: id + "-trang", Agency: id, Kind: media.KindPage, Stream: id + "-trang", Proves: []string{fmt.Sprintf("E-%04d", i)}})
		owner, ref := schedule.Owner{Agency: id}, schedule.ByReference
		p.Quotas = append(p.Quotas,
			schedule.Quota{ID: fmt.Sprintf("A-%04d", i), Class: schedule.Reg, Kind: "regular", Basis: ref, Owner: owner, Cadence: calendar.Month, Wanted: 2, WantedBasis: ref,
				MaxGap: 30, MaxGapBasis: ref, Conditions: []schedule.Condition{reform, {Name: "no_repost", Basis: ref}}},
			schedule.Quota{ID: fmt.Sprintf("B-%04d", i), Class: schedule.Proc, Kind: "attested", Basis: ref, Owner: owner, Cadence: calendar.Quarter, Wanted: 1, WantedBasis: ref},
			schedule.Quota{ID: fmt.Sprintf("C-%04d", i), Class: schedule.OnceClass, Kind: "deadline", Basis: schedule.ByPlan, Owner: owner, Cadence: calendar.Once, Wanted: 1,
				WantedBasis: schedule.ByPlan, Deadline: day(year, 2, 1), Attestable: true},
			schedule.Quota{ID: fmt.Sprintf("D-%04d", i), Class: schedule.Reg, Kind: "attested", Basis: ref, Owner: owner, Cadence: calendar.Month, Wanted: 1, WantedBasis: ref, Attestable: true},
			schedule.Quota{ID: fmt.Sprintf("E-%04d", i), Class: schedule.Reg, Kind: "exists", Basis: ref, Owner: owner, Cadence: calendar.Month, Wanted: 1, WantedBasis: ref})
	}
	return p
}

// scaleRow gives the columns of the n-th item, its text and its verdict.
func scaleRow(n, total int) (item, revision, verdict []any) {
	owner := scaleOwner(n % scaleOwners)
	span := time.Date(scaleFirst+scaleYears, 1, 1, 0, 0, 0, 0, calendar.Zone).Sub(time.Date(scaleFirst, 1, 1, 0, 0, 0, 0, calendar.Zone))
	at := time.Date(scaleFirst, 1, 1, 0, 0, 0, 0, calendar.Zone).Add(time.Duration(float64(span) * float64(n) / float64(total))).UnixMicro()
	id, title := media.Hash("scale", strconv.Itoa(n)), fmt.Sprintf("Sở %d đẩy mạnh cải cách thủ tục hành chính, phục vụ người dân và doanh nghiệp", n%scaleOwners)
	rev := time.UnixMicro(at).UTC().Format("20060102") + "-" + id // as media.RevisionID does
	reform := n%5 < 3
	outcome := "reform"
	if !reform {
		outcome = "other"
	}
	url := fmt.Sprintf("https://so%04d.example/tin/%d", n%scaleOwners, n)
	item = []any{id, url, owner + "-tin", owner, url, title, "", "", "", "", "", at, "minute", "", "list", false, at, at, at, at, "v0", 0, rev, "c1", "", "", outcome}
	revision = []any{rev, id, id, "entry", at, "", title, "", "", "", "", ""}
	verdict = []any{rev, "c1", at, reform, 0.9, false, `["tthc"]`, `[{"term":"cải cách thủ tục hành chính","field":"title","at":14,"weight":3},{"term":"phục vụ người dân","field":"title","at":60,"weight":1}]`}
	return item, revision, verdict
}

var scaleColumns = map[string][]string{
	"item": {"id", "canon", "source", "agency", "url", "title", "lead", "section", "col", "byline", "credit", "claimed_at", "claimed_precision", "claimed_text",
		"claimed_found", "claimed_zone", "claimed_known", "at", "seen", "verified", "first_visit", "page_state", "revision", "judged", "review", "decided", "outcome"},
	"revision": {"id", "item", "hash", "from_kind", "seen", "kept", "title", "section", "byline", "credit", "lead", "body"},
	"verdict":  {"revision", "classifier", "at", "reform", "score", "review", "topics", "cues"},
	"coverage": {"source", "from_at", "to_at", "how"},
	"uptime":   {"source", "from_at", "to_at", "state", "probes"},
}

// scaleRows lists what goes into a table, one row at a time.
func scaleRows(table string, total int) func(i int) []any {
	from, to := time.Date(scaleFirst, 1, 1, 0, 0, 0, 0, calendar.Zone).UnixMicro(), time.Date(scaleFirst+scaleYears, 1, 1, 0, 0, 0, 0, calendar.Zone).UnixMicro()
	return func(i int) []any {
		item, revision, verdict := scaleRow(i, max(total, 1))
		switch table {
		case "item":
			return item
		case "revision":
			return revision
		case "verdict":
			return verdict
		case "coverage":
			return []any{scaleOwner(i) + "-tin", from, to, "list"}
		}
		return []any{scaleOwner(i) + "-trang", from, to, "up", 100}
	}
}

// fillScale puts the world into the database, past the store: a million items
// through visits would take longer than everything that is measured here.
func fillScale(b *testing.B, engine, db string, items int) {
	b.Helper()
	for _, table := range []string{"item", "revision", "verdict", "coverage", "uptime"} {
		n := items
		if table == "coverage" || table == "uptime" {
			n = scaleOwners
		}
		cols, row := scaleColumns[table], scaleRows(table, items)
		if engine == "postgres" {
			conn, err := pgx.Connect(ctx, db)
			if err != nil {
				b.Fatal(err)
			}
			i := -1
			_, err = conn.CopyFrom(ctx, pgx.Identifier{table}, cols, pgx.CopyFromFunc(func() ([]any, error) {
				if i++; i >= n {
					return nil, nil
				}
				return row(i), nil
			}))
			if err == nil {
				_, err = conn.Exec(ctx, "ANALYZE "+table)
			}
			if err != nil {
				b.Fatalf("fill %s: %v", table, err)
			}
			conn.Close(ctx)
			continue
		}
		raw, err := sql.Open("sqlite", db+"?_pragma=synchronous(off)&_pragma=busy_timeout(10000)")
		if err != nil {
			b.Fatal(err)
		}
		tx, err := raw.Begin()
		if err != nil {
			b.Fatal(err)
		}
		stmt, err := tx.Prepare("INSERT INTO " + table + " (" + strings.Join(cols, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(cols)-1) + ")")
		if err != nil {
			b.Fatal(err)
		}
		for i := range n {
			if _, err := stmt.Exec(row(i)...); err != nil {
				b.Fatalf("fill %s: %v", table, err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
		raw.Close()
	}
}

// peak samples the resident memory of this process until it is stopped, in MiB.
func peak() (stop func() float64) {
	var most atomic.Int64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			if raw, err := os.ReadFile("/proc/self/statm"); err == nil {
				if f := strings.Fields(string(raw)); len(f) > 1 {
					if n, err := strconv.ParseInt(f[1], 10, 64); err == nil {
						most.Store(max(most.Load(), n*int64(os.Getpagesize())))
					}
				}
			}
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() float64 {
		close(done)
		<-ended
		return float64(most.Load()) / (1 << 20)
	}
}

// cpu is the processor time of this process so far, in seconds: a PostgreSQL
// server's is not among it.
func cpu() float64 {
	raw, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(raw), ") ")
	var ticks float64
	for _, f := range strings.Fields(after)[11:13] { // utime and stime, in hundredths
		n, _ := strconv.ParseFloat(f, 64)
		ticks += n
	}
	return ticks / 100
}

// BenchmarkScale measures an evaluation through the store with the evidence
// already kept: all five years some owners at a time, from nothing and again, for n,
// n/2 and n/4 items; one new item to the stored standing; and the engine alone.
//
//	LOA_SCALE=1000000 go test ./store -run '^$' -bench Scale -benchtime 1x -timeout 60m
func BenchmarkScale(b *testing.B) {
	most := scaleItems(b)
	for _, engine := range storetest.Engines() {
		for _, n := range []int{most / 4, most / 2, most} {
			b.Run(fmt.Sprintf("%s/%d", engine, n), func(b *testing.B) { benchScale(b, engine, n) })
		}
	}
}

func benchScale(b *testing.B, engine string, n int) {
	db := storetest.DB(b, engine)
	s, err := store.Open(ctx, db, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	fillScale(b, engine, db, n)
	now := time.Date(scaleFirst+scaleYears, 1, 1, 0, 0, 0, 0, calendar.Zone)
	cal := &calendar.Calendar{}
	var plans []*schedule.Plan
	for y := range scaleYears {
		plans = append(plans, scalePlan(scaleFirst+y))
	}
	all := func(b *testing.B) {
		stop, before := peak(), cpu()
		for b.Loop() {
			for _, p := range plans {
				if err := monitor.EvaluateAll(ctx, s, p, cal, monitor.Moment{Now: now}, now, 3); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(stop(), "peak-MiB")
		b.ReportMetric((cpu()-before)/float64(b.N), "cpu-s")
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "items/s")
	}
	b.Run("all-first", all)
	b.Run("all-again", all)

	// A running year, in its middle: what one new item costs.
	p, mid := plans[scaleYears-1], time.Date(scaleFirst+scaleYears-1, 7, 1, 9, 0, 0, 0, calendar.Zone)
	owner := scaleOwner(7)
	ev, err := s.OwnerEvidence(ctx, p.For(owner), []string{owner}, nil, time.Time{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("new-engine", func(b *testing.B) {
		obs, err := s.Observation(ctx, p.For(owner), time.Time{})
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			part := p.For(owner)
			m := schedule.Match(part, ev, nil, cal)
			if len(schedule.Stand(part, m, obs, nil, cal, mid)) == 0 {
				b.Fatal("no standing")
			}
		}
		b.ReportMetric(float64(len(ev)), "owner-items")
	})
	if err := s.Sync(ctx, []media.Source{{ID: owner + "-tin", Agency: owner, URL: "https://so0007.example/rss", Kind: media.KindFeed, Stream: owner + "-tin", Every: time.Hour}}, nil); err != nil {
		b.Fatal(err)
	}
	lease := must(s.Claim(context.Background(), "a", 1, time.Hour))[0]
	b.Run("new-sql", func(b *testing.B) {
		const each = 20 // a single one is mostly chance
		i := 0
		var longest time.Duration
		for b.Loop() {
			for range each {
				i++
				began := time.Now()
				at := mid.Add(time.Duration(i) * time.Second)
				it := media.Item{ID: media.Hash("new", strconv.Itoa(i), strconv.Itoa(b.N)), Key: fmt.Sprint("new", i, "-", b.N), Source: owner + "-tin", Agency: owner, URL: "https://so0007.example/moi", Title: "Tin mới về một cửa",
					Claimed: media.Date{At: at, Precision: media.ToMinute}, Seen: at, Verified: at}
				r := revision(it, "h"+it.ID, "thân bài", "entry", at)
				v := visit(owner+"-tin", fmt.Sprint("20230701-", i, "-", b.N), at, media.OK, crawler.Seen{Item: it, Entry: r})
				if _, err := s.PutVisits(ctx, lease, []crawler.Visit{v}); err != nil {
					b.Fatal(err)
				}
				if err := s.PutVerdicts(ctx, []media.Verdict{{Revision: r.ID, Classifier: "c1", Reform: true, Score: 0.9, Topics: []string{media.TTHC}}}, at); err != nil {
					b.Fatal(err)
				}
				e, err := monitor.EvaluateOwners(ctx, s, p, []string{owner}, nil, cal, monitor.Moment{Now: at}, at)
				if err != nil || len(e.Standings) == 0 {
					b.Fatalf("%d standings, %v", len(e.Standings), err)
				}
				longest = max(longest, time.Since(began))
			}
		}
		b.ReportMetric(b.Elapsed().Seconds()*1000/float64(i), "ms/item")
		b.ReportMetric(longest.Seconds()*1000, "ms-longest")
	})
}
