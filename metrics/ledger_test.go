package metrics

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	dto "github.com/prometheus/client_model/go"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// province is one of so many agencies that each owe so many quotas, in the middle
// of the year: a running and 26 ended weeks of each.
func province(agencies, quotas int) (*schedule.Plan, schedule.Evaluation) {
	now := time.Date(2023, 7, 5, 12, 0, 0, 0, calendar.Zone)
	p := &schedule.Plan{ID: "lon/2023", Province: "lon", Number: "1/KH"}
	e := schedule.Evaluation{Plan: p.ID, Now: now, Ran: now}
	weeks := calendar.WeeksOf(2023)
	for q := range quotas {
		p.Quotas = append(p.Quotas, schedule.Quota{ID: fmt.Sprintf("A-%d", q), Title: "Tin, bài về cải cách hành chính", Kind: "regular", Place: "số 4 Phụ lục", Basis: schedule.ByReference, Cadence: calendar.Week})
	}
	for a := range agencies {
		id := fmt.Sprintf("lon/co-quan-%d", a)
		p.Agencies = append(p.Agencies, media.Agency{ID: id, Name: "Cơ quan", Level: media.Department})
		for q := range quotas {
			for i := 24; i < 27; i++ {
				w := weeks[i]
				st := schedule.Standing{Plan: p.ID, Quota: p.Quotas[q].ID, Basis: schedule.ByReference, Owner: id, Period: w.ID, Start: w.Start, End: w.End, State: schedule.Missed, Coverage: schedule.Coverage{Share: 1},
					Measures: []schedule.Measure{{Name: "count", Basis: schedule.ByReference, Wanted: 2, Delivered: 1, Shortfall: 1}, {Name: "gap", Basis: schedule.ByReference, Wanted: 30, Delivered: 12}}}
				if st.Contains(now) {
					save := w.End.Add(-time.Second)
					st.State, st.Risk, st.LastSave = schedule.Open, "at_risk", &save
				}
				e.Standings = append(e.Standings, st)
			}
		}
	}
	return p, e
}

func serving(p *schedule.Plan, f *fake) http.Handler {
	_, h := New(Options{Plan: p, Reader: f, Figures: f, Work: NewWork(), Business: func() time.Time { return f.e.Now }, Machine: time.Now, Version: "test"})
	return h
}

func ask(t testing.TB, h http.Handler, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", "/metrics", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body.String())
	}
	return rec
}

// What is handed out packed is told anew as soon as the store has another edition,
// and to everybody in the format they asked for.
func TestLedgerFollowsTheStore(t *testing.T) {
	p, e := province(2, 2)
	f := &fake{e: e, edition: "1"}
	h := serving(p, f)
	plain := func(header ...string) map[string]*dto.MetricFamily {
		t.Helper()
		parse := expfmt.NewTextParser(model.UTF8Validation)
		got, err := parse.TextToMetricFamilies(ask(t, h, header...).Body)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	delivered := func(fs map[string]*dto.MetricFamily) float64 {
		return fs["loa_quota_delivered"].GetMetric()[0].GetGauge().GetValue()
	}
	if got := delivered(plain()); got != 1 {
		t.Errorf("delivered %v, want 1", got)
	}
	f.e.Standings[2].Measures[0].Delivered = 7
	if got := delivered(plain()); got != 1 {
		t.Errorf("the same edition: %v, want 1 as before", got)
	}
	f.edition = "2"
	if got := delivered(plain()); got != 7 {
		t.Errorf("another edition: %v, want 7", got)
	}
	f.edition = ""
	f.e.Standings[2].Measures[0].Delivered = 8
	if got := delivered(plain()); got != 8 {
		t.Errorf("without an edition: %v, want 8", got)
	}
	f.edition = "3"
	for range 2 { // made, and handed out again
		z, err := gzip.NewReader(ask(t, h, "Accept-Encoding", "gzip").Body)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil || !strings.Contains(string(text), "loa_quota_delivered") || !strings.Contains(string(text), "loa_build_info") {
			t.Errorf("gzip: %v, %d bytes", err, len(text))
		}
	}
	om := ask(t, h, "Accept", "application/openmetrics-text; version=1.0.0").Body.String()
	if !strings.HasSuffix(om, "# EOF\n") || strings.Count(om, "# EOF") != 1 {
		t.Errorf("OpenMetrics ends with %q", om[max(0, len(om)-80):])
	}
}

// Whoever asks while a large ledger is made anew is given the one before, and the
// new one as soon as it is there.
func TestLedgerDoesNotKeepWaiting(t *testing.T) {
	p, e := province(1, 1)
	f := &fake{e: e, edition: "1"}
	l := newCollector(Options{Plan: p, Reader: f, Figures: f}).ledger
	first, err := l.get(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	first.took = time.Hour
	l.making.Lock() // as if another were at it
	f.edition = "2"
	for range 3 {
		if got, err := l.get(t.Context(), ""); err != nil || got != first {
			t.Errorf("while it is made: edition %q, %v", got.edition, err)
		}
	}
	l.making.Unlock()
	for got := first; got.edition != "2"; runtime.Gosched() {
		if got, err = l.get(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
	}
}

// A look's visit is the exemplar of its duration in OpenMetrics; protobuf brings
// the native histogram with the classic buckets beside.
func TestWorkIsNegotiated(t *testing.T) {
	p, e := province(1, 1)
	p.Sources = []media.Source{{ID: "lon/a"}}
	f := &fake{e: e, edition: "1"}
	work := NewWork()
	work.Note(Look{Kind: "visit", Source: "lon/a", Outcome: media.OK, Took: 300 * time.Millisecond, Bytes: 100, ID: "20230705-ab"})
	work.Note(Look{Kind: "visit", Source: "lon/a", Outcome: media.OK, Took: 20 * time.Millisecond, Bytes: 50})
	_, h := New(Options{Plan: p, Reader: f, Figures: f, Work: work, Business: func() time.Time { return e.Now }, Machine: time.Now, Version: "test"})
	om := ask(t, h, "Accept", "application/openmetrics-text; version=1.0.0").Body.String()
	for _, want := range []string{`# {visit="20230705-ab"} 0.3`, `loa_visit_duration_seconds_count{kind="visit",outcome="ok"} 2`, `loa_source_fetched_bytes_total{source="lon/a"} 150.0`} {
		if !strings.Contains(om, want) {
			t.Errorf("OpenMetrics has no %s", want)
		}
	}
	const proto = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
	rec := ask(t, h, "Accept", proto)
	dec := expfmt.NewDecoder(rec.Body, expfmt.ResponseFormat(rec.Header()))
	names := 0
	for {
		var mf dto.MetricFamily
		if err := dec.Decode(&mf); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		names++
		if mf.GetName() == "loa_visit_duration_seconds" {
			for _, m := range mf.GetMetric() {
				if hist := m.GetHistogram(); hist.GetSampleCount() == 2 && (len(hist.GetPositiveSpan()) == 0 || len(hist.GetBucket()) < 10) {
					t.Errorf("no native or no classic buckets: %v", hist)
				}
			}
		}
	}
	if names < 30 {
		t.Errorf("protobuf brought %d families", names)
	}
}

// The figures of one quota and owner are bounded: a running period, the last one,
// and no more than seven before it, whatever the year was like.
func TestCardinality(t *testing.T) {
	_, e := province(1, 1)
	e.Standings = nil
	for _, w := range calendar.WeeksOf(2023) {
		e.Standings = append(e.Standings, schedule.Standing{Plan: "lon/2023", Quota: "A-0", Owner: "lon/co-quan-0", Period: w.ID, Start: w.Start, End: w.End, State: schedule.Missed})
	}
	e.Now = time.Date(2024, 1, 1, 0, 0, 0, 0, calendar.Zone)
	if n := len(shown(e)); n != 1+unsettle {
		t.Errorf("%d periods of a year of misses, want %d", n, 1+unsettle)
	}
	const agencies, quotas = 300, 40
	p, e := province(agencies, quotas)
	f := &fake{e: e, edition: "1"}
	_, rows, err := newCollector(Options{Plan: p, Reader: f, Figures: f}).ledger.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	series := len(rows)
	const each = 66 // series of one quota and owner, with a running and two ended periods
	t.Logf("%d series of %d standings shown", series, 3*agencies*quotas)
	if most := each*agencies*quotas + 2000; series > most {
		t.Errorf("%d series, want at most %d", series, most)
	}
}

// BenchmarkScrape is one scrape of 300 agencies with 40 quotas each, as Prometheus
// asks: again (nothing was evaluated in between) and anew (everything was).
func BenchmarkScrape(b *testing.B) {
	p, e := province(300, 40)
	for _, again := range []bool{true, false} {
		b.Run(map[bool]string{true: "again", false: "anew"}[again], func(b *testing.B) {
			f := &fake{e: e, edition: "1"}
			h := serving(p, f)
			srv := httptest.NewServer(h)
			defer srv.Close()
			get := func() {
				r, err := http.NewRequestWithContext(context.Background(), "GET", srv.URL, nil)
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Accept-Encoding", "gzip") // and leave it packed
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					b.Fatal(err)
				}
				n, err := io.Copy(io.Discard, res.Body)
				if err != nil || res.StatusCode != http.StatusOK {
					b.Fatal(res.Status, err)
				}
				res.Body.Close()
				b.ReportMetric(float64(n)/1e6, "MB")
			}
			get()
			for i := 0; b.Loop(); i++ {
				if !again {
					f.edition = fmt.Sprint("anew ", i)
				}
				get()
			}
		})
	}
}
