package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"loa/crawler"
	"loa/crawler/classify"
	"loa/crawler/copies"
	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/store/keep"
	"loa/viet"
)

// workers is how many hosts loa visits at a time by default; the stages run as
// many beside each other.
const workers = 8

// stages are the times of the parts of one case, each alone on all documents and
// on the same processors.
type stages struct {
	feeds                                       int
	http, parse, judge, fold, copies, keep, put time.Duration
}

// limit is how many feeds a second the parts allow if nothing is lost between them.
func (s stages) limit() float64 {
	return float64(s.feeds) / (s.http + s.parse + s.judge + s.fold + s.copies + s.keep + s.put).Seconds()
}

func (s stages) String() string {
	per := func(d time.Duration) string { return fmt.Sprintf("%.2f", ms(d)/float64(s.feeds)) }
	return fmt.Sprintf("ms per feed: http %s parse %s judge %s fold %s copies %s keep %s insert %s",
		per(s.http), per(s.parse), per(s.judge), per(s.fold), per(s.copies), per(s.keep), per(s.put))
}

// stages measures every part alone: on what loa read (docs) and wrote into db,
// case by case, as the business times of their last visits (ends) tell.
func (w *world) stages(ctx context.Context, site *site, db string, docs [cases][][]byte, ends [cases]int64) (st [cases]stages, err error) {
	for c := range cases {
		st[c].feeds = w.feeds
	}
	if err := w.httpStages(ctx, site, &st); err != nil {
		return st, fmt.Errorf("http: %w", err)
	}
	judge, err := classify.New()
	if err != nil {
		return st, err
	}
	for _, c := range []int{firstRead, oneNew} {
		fresh := w.items // entries that are new to loa: the first of each document
		if c == oneNew {
			fresh = 1
		}
		lists, err := w.parse(&st[c], docs[c])
		if err != nil {
			return st, fmt.Errorf("parse: %w", err)
		}
		texts := make([][]media.Revision, len(lists))
		for i, l := range lists {
			for _, e := range l.Entries[:fresh] {
				texts[i] = append(texts[i], media.Revision{Title: e.Title, Lead: e.Lead, Section: e.Section})
			}
		}
		st[c].judge = timed(len(texts), func(i int) {
			for _, r := range texts[i] {
				judge.Judge(r)
			}
		})
		st[c].fold = timed(len(texts), func(i int) {
			for _, r := range texts[i] {
				viet.Fold(r.Title + " " + r.Lead)
			}
		})
		// Texts are read and their marks made; what is alike is found by the rows.
		st[c].copies = timed(len(texts), func(i int) {
			for _, r := range texts[i] {
				copies.Comparer{}.Sketch(r)
			}
		})
		if st[c].keep, err = w.keepStage(ctx, docs[c]); err != nil {
			return st, fmt.Errorf("keep: %w", err)
		}
	}
	return st, w.putStages(ctx, db, ends, &st)
}

// timed runs the parts over n documents, as many beside each other as loa does.
func timed(n int, do func(i int)) time.Duration {
	began := time.Now()
	var all sync.WaitGroup
	for k := range workers {
		all.Go(func() {
			for i := k; i < n; i += workers {
				do(i)
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

// httpStages makes loa's own requests, host by host: those of a feed that came,
// and those of one that has not changed.
func (w *world) httpStages(ctx context.Context, site *site, st *[cases]stages) error {
	resolve := map[string]string{}
	for i := range w.hosts {
		resolve[w.feedHost(i)] = site.addr
	}
	client, err := fetch.New(fetch.Options{AllowLoopback: true, Resolve: resolve})
	if err != nil {
		return err
	}
	tags := make([]http.Header, w.feeds)
	var mu sync.Mutex
	var failed error
	all := func(conditional bool) time.Duration {
		return timed(w.hosts, func(h int) {
			for i := h; i < w.feeds; i += w.hosts {
				req := fetch.Request{URL: w.feedURL(i)}
				if conditional {
					req.ETag, req.LastModified = tags[i].Get("ETag"), tags[i].Get("Last-Modified")
				}
				res, err := client.Get(ctx, req)
				if err == nil && res.NotModified != conditional {
					err = fmt.Errorf("not modified: %v", res.NotModified)
				}
				if err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				tags[i] = res.Header
			}
		})
	}
	const passes = 5
	all(false) // connections are made
	for range passes {
		st[firstRead].http += all(false) / passes
		st[unchanged].http += all(true) / passes
	}
	st[oneNew].http = st[firstRead].http
	return failed
}

// parse reads the documents as loa does.
func (w *world) parse(st *stages, docs [][]byte) ([]extract.Listing, error) {
	lists, errs := make([]extract.Listing, len(docs)), make([]error, len(docs))
	st.parse = timed(len(docs), func(i int) {
		var text string
		if text, errs[i] = extract.Decode(docs[i], "application/rss+xml; charset=utf-8"); errs[i] == nil {
			lists[i], errs[i] = extract.Feed(text, media.Source{ID: "tai/f", Kind: media.KindFeed, URL: w.feedURL(i)}, w.feedURL(i))
		}
	})
	for i, err := range errs {
		if err == nil && len(lists[i].Entries) != w.items {
			err = fmt.Errorf("%d entries, want %d", len(lists[i].Entries), w.items)
		}
		if err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// keepStage keeps the documents in an empty folder.
func (w *world) keepStage(ctx context.Context, docs [][]byte) (time.Duration, error) {
	dir, err := w.folder()
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	var kept crawler.Keeper
	if kept, err = keep.Folder(dir); err != nil {
		return 0, err
	}
	errs := make([]error, len(docs))
	took := timed(len(docs), func(i int) {
		sum := sha256.Sum256(docs[i])
		errs[i] = kept.Keep(ctx, media.Kept{SHA256: hex.EncodeToString(sum[:]), URL: w.feedURL(i), Status: 200, At: time.Now(),
			Header: http.Header{"Content-Type": {"application/rss+xml; charset=utf-8"}}, ContentType: "application/rss+xml; charset=utf-8", Size: len(docs[i])}, docs[i])
	})
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return took, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func mib(n int64) float64 { return float64(n) / (1 << 20) }
