package metrics

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"loa/media"
)

// Work counts what this process itself does, as it does it: other than the
// figures of the store it begins at nought with the process, and nodes add up.
// Safe for concurrent use.
type Work struct {
	duration *prometheus.HistogramVec

	mu    sync.Mutex
	bytes map[string]int64
	until map[string]time.Time // by source: the end of its server's certificate
	bad   bool                 // files that were written anew are refused
}

// NewWork returns one that has counted nothing.
func NewWork() *Work {
	m := named("loa_visit_duration_seconds")
	w := &Work{bytes: map[string]int64{}, until: map[string]time.Time{},
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: m.Name, Help: m.Help,
			Buckets:                     []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
			NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 160, NativeHistogramMinResetDuration: time.Hour}, m.Labels)}
	w.duration.WithLabelValues("visit", media.OK) // there from the beginning, so that the first look is a rise
	return w
}

// Look is one look at a source.
type Look struct {
	Kind, Source, Outcome string // Kind "visit" or "page"
	Took                  time.Duration
	Bytes                 int
	ID                    string    // of the visit, for an exemplar; "" if it has none
	Until                 time.Time // end of the certificate that the server showed; zero: none
}

// Note counts a look.
func (w *Work) Note(l Look) {
	observer := w.duration.WithLabelValues(l.Kind, l.Outcome)
	if at, ok := observer.(prometheus.ExemplarObserver); ok && l.ID != "" {
		at.ObserveWithExemplar(l.Took.Seconds(), prometheus.Labels{"visit": l.ID})
	} else {
		observer.Observe(l.Took.Seconds())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bytes[l.Source] += int64(l.Bytes)
	if !l.Until.IsZero() {
		w.until[l.Source] = l.Until
	}
}

// collect sends what was counted of the plan's sources.
func (w *Work) collect(s scrape) {
	ch := make(chan prometheus.Metric)
	go func() {
		defer close(ch)
		w.duration.Collect(ch)
	}()
	for m := range ch {
		s.send(m)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s.gauge("loa_files_refused", truth(w.bad))
	for _, src := range s.c.opt.Plan.Sources {
		s.counter("loa_source_fetched_bytes_total", float64(w.bytes[src.ID]), src.ID)
		if until, ok := w.until[src.ID]; ok {
			s.gauge("loa_source_certificate_seconds_left", until.Sub(s.c.opt.Machine()).Seconds(), src.ID)
		}
	}
}

// Refused notes whether files that were written anew hold mistakes and are not used.
func (w *Work) Refused(bad bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bad = bad
}

// Until is the end of the certificate that a source's server last showed to this
// process; zero if none was seen.
func (w *Work) Until(source string) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.until[source]
}
