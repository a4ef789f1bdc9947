package metrics

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"loa/schedule"
)

// ledger is the part of a scrape that changes with the stored evaluation alone,
// which is nearly all of it: read and written once for each edition of the
// evaluation, and handed out packed until the next. Safe for concurrent use.
type ledger struct {
	c *collector

	making sync.Mutex // held by whoever makes a page
	mu     sync.Mutex
	page   *page // the last that was made, nil before
	behind bool  // another is being made while this one is handed out
}

// page is the ledger of one edition.
type page struct {
	edition    string
	ok         bool // an evaluation is stored
	ran        time.Time
	classifier string
	took       time.Duration
	packed     map[expfmt.Format][]byte // by format, a gzip member without the end of the text
}

// A page that takes longer than this to make is made while the one before it is
// still handed out: Prometheus does not wait, and sees it at the next scrape.
const patient = 100 * time.Millisecond

// ofLedger tells which metrics the ledger holds.
func ofLedger(name string) bool {
	return strings.HasPrefix(name, "loa_quota_") || strings.HasPrefix(name, "loa_settled_") || strings.HasPrefix(name, "loa_retention_") ||
		name == "loa_owner_place" || name == "loa_source_place" || name == "loa_site_info" || name == "loa_evaluation_timestamp_seconds"
}

// get is the page of what is stored now, with what was asked for in it (a format,
// or "" for its head alone).
func (l *ledger) get(ctx context.Context, format expfmt.Format) (*page, error) {
	edition := ""
	if l.c.opt.Figures != nil { // without, there is none to ask for, and all is read every time
		var err error
		if edition, err = l.c.opt.Figures.Edition(ctx, l.c.opt.Plan.ID); err != nil {
			return nil, err
		}
	}
	l.mu.Lock()
	p := l.page
	has := p != nil && edition != "" && (format == "" || p.packed[format] != nil)
	if has && p.edition != edition && p.took > patient && !l.behind {
		l.behind = true
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			_, err := l.write(ctx, edition, format)
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.behind = false; err != nil {
				l.page = nil // whoever asks next is told
			}
		}()
	}
	has = has && (p.edition == edition || l.behind)
	l.mu.Unlock()
	if has {
		return p, nil
	}
	return l.write(ctx, edition, format)
}

// write makes the page of an edition, in the formats of the one before and in
// this. What is stored after the edition was read is read again with the next.
func (l *ledger) write(ctx context.Context, edition string, format expfmt.Format) (*page, error) {
	l.making.Lock()
	defer l.making.Unlock()
	l.mu.Lock()
	old := l.page
	l.mu.Unlock()
	if old != nil && edition != "" && old.edition == edition && (format == "" || old.packed[format] != nil) {
		return old, nil
	}
	begun := time.Now()
	p, rows, err := l.read(ctx)
	if err != nil {
		return nil, err
	}
	p.edition = edition
	formats := map[expfmt.Format]bool{format: format != ""}
	if old != nil {
		for f := range old.packed {
			formats[f] = true
		}
	}
	families := grouped(rows)
	for f, wanted := range formats {
		if wanted {
			if p.packed[f], err = packed(families, f, false); err != nil {
				return nil, err
			}
		}
	}
	p.took = time.Since(begun)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.page = p
	return p, nil
}

// read reads the evaluation and makes its figures.
func (l *ledger) read(ctx context.Context) (*page, []flat, error) {
	opt := l.c.opt
	e, ok, err := opt.Reader.Evaluation(ctx, opt.Plan.ID)
	if err != nil {
		return nil, nil, err
	}
	var released []schedule.Release
	if opt.Figures != nil {
		if released, err = opt.Figures.Releases(ctx, opt.Plan.ID); err != nil {
			return nil, nil, err
		}
	}
	var rows []flat
	s := scrape{l.c, func(m prometheus.Metric) { rows = append(rows, m.(flat)) }}
	s.names()
	if ok {
		s.evaluation(e, released)
		s.settled(opt.Plan, e)
	}
	return &page{ok: ok, ran: e.Ran, classifier: e.Classifier, packed: map[expfmt.Format][]byte{}}, rows, nil
}

func (l *ledger) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range Names() {
		if ofLedger(m.Name) {
			ch <- l.c.desc[m.Name]
		}
	}
}

func (l *ledger) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), l.c.opt.Timeout)
	defer cancel()
	_, rows, err := l.read(ctx)
	if err != nil {
		scrape{l.c, func(m prometheus.Metric) { ch <- m }}.fail("read the last evaluation", err)
	}
	for _, m := range rows {
		ch <- m
	}
}

// New returns a registry with loa's collectors alone, and its HTTP handler, which
// speaks what the asker understands best: the text format, OpenMetrics (with
// exemplars) or protobuf (with native histograms).
func New(opt Options) (*prometheus.Registry, http.Handler) {
	if opt.Timeout == 0 {
		opt.Timeout = 10 * time.Second
	}
	c := newCollector(opt)
	all, live := prometheus.NewRegistry(), prometheus.NewRegistry()
	all.MustRegister(c, c.ledger)
	live.MustRegister(c)
	return all, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		format := expfmt.NegotiateIncludingOpenMetrics(r.Header)
		ctx, cancel := context.WithTimeout(r.Context(), opt.Timeout)
		defer cancel()
		page, err := c.ledger.get(ctx, format)
		var families []*dto.MetricFamily
		if err == nil {
			families, err = live.Gather()
		}
		var tail []byte
		if err == nil {
			tail, err = packed(families, format, true)
		}
		if err != nil {
			http.Error(w, "An error has occurred while serving metrics:\n\n"+err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", string(format))
		both := io.MultiReader(bytes.NewReader(page.packed[format]), bytes.NewReader(tail))
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			_, err = io.Copy(w, both)
		} else if in, gerr := gzip.NewReader(both); gerr == nil {
			_, err = io.Copy(w, in)
		}
		if err != nil { // whoever asked has gone
			panic(http.ErrAbortHandler)
		}
	})
}

// packed writes families as one gzip member; end ends the text as the format wants.
func packed(families []*dto.MetricFamily, format expfmt.Format, end bool) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	enc := expfmt.NewEncoder(z, format)
	for _, f := range families {
		if err := enc.Encode(f); err != nil {
			return nil, err
		}
	}
	if c, ok := enc.(expfmt.Closer); ok && end {
		if err := c.Close(); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
