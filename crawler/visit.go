package crawler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/viet"
)

const (
	fullEvery = 24 * time.Hour // a read without validators, for servers that answer 304 to everything
	tooOld    = 6 * time.Hour  // an Age beyond this is yesterday's copy
)

// newVisit begins the record of a look at a source, now.
func (t *turn) newVisit(src media.Source, st SourceState) Visit {
	at := t.c.opt.Business()
	return Visit{
		ID:     at.UTC().Format("20060102") + "-" + media.Hash("visit", src.ID, strconv.FormatInt(at.UnixMicro(), 10), strconv.FormatInt(t.c.opt.Machine().UnixNano(), 10), t.c.opt.Node),
		Source: src.ID, At: at, Fails: st.Fails,
	}
}

// visit looks at one source and records it. stop is set when the host as a
// whole is not to be asked any more in this turn.
func (t *turn) visit(ctx context.Context, src media.Source, st SourceState) (stop *failure, err error) {
	ctx, span := looking(ctx, "visit", src)
	defer span.End()
	v := t.newVisit(src, st)
	start := t.c.opt.Machine()
	err = t.guard(ctx, src, Await{URL: src.URL}, &v.Kept, func() error { return t.look(ctx, src, st, &v, &start) })
	t.body.Release()
	v.Took = t.c.opt.Machine().Sub(start)
	if err == nil {
		v.Fails = 0
		v.NextDue = t.due(jitter(v.Wait))
		return t.halt, t.put(ctx, src, v)
	}
	if fatal(ctx, err) {
		return nil, err
	}
	f := why(err)
	span.SetStatus(codes.Error, f.outcome)
	if f.host {
		stop = &f
		if err := t.leave(ctx, f.after); err != nil {
			return nil, err
		}
	}
	return stop, t.failed(ctx, src, v, f)
}

// looking begins the trace of a look at a source or one of its pages.
func looking(ctx context.Context, at string, src media.Source) (context.Context, trace.Span) {
	return tracer.Start(ctx, at, trace.WithAttributes(attribute.String("loa.source", src.ID), attribute.String("loa.kind", string(src.Kind))))
}

// fatal tells what ends the turn from what is a finding about the source.
func fatal(ctx context.Context, err error) bool {
	var se storeError
	return ctx.Err() != nil || errors.As(err, &se) || errors.Is(err, ErrLost)
}

// failed records a look that saw nothing.
func (t *turn) failed(ctx context.Context, src media.Source, v Visit, f failure) error {
	return t.put(ctx, src, t.blind(src, v, f))
}

// blind is a look that saw nothing, and when it is made again.
func (t *turn) blind(src media.Source, v Visit, f failure) Visit {
	v.Outcome, v.Detail = f.outcome, f.detail
	if f.status != 0 {
		v.Status = f.status
	}
	v.Fails++
	v.Seen, v.New, v.Covers, v.Wait = nil, nil, nil, 0
	v.Asked, v.Planned, v.Uploads, v.Parts = nil, nil, nil, nil
	wait := retryIn(src.Every, v.Fails, f)
	if src.Kind == media.KindUptime { // how long it is down is what is asked
		wait = max(src.Every, f.after)
	}
	v.NextDue = t.due(jitter(wait))
	if f.host {
		t.hold(min(wait, firstRetry))
	}
	return v
}

// look fills v with what the source shows.
func (t *turn) look(ctx context.Context, src media.Source, st SourceState, v *Visit, start *time.Time) error {
	if err := t.allowed(ctx, src.URL); err != nil {
		return err
	}
	if src.Kind == media.KindUptime {
		return t.ping(ctx, src, v, start)
	}
	req := fetch.Request{URL: src.URL, ETag: st.ETag, LastModified: st.LastModified, MaxBody: extract.Bounds(src.Limits, src.Kind).Body}
	if len(src.Expect) > 0 || src.Kind == media.KindQuestions || st.LastFull.IsZero() || t.c.opt.Machine().Sub(st.LastFull) >= fullEvery || overnight(st, v.At) {
		req.ETag, req.LastModified = "", ""
	}
	rest := readFiles(st.Rest)
	if rest.Open {
		req.ETag, req.LastModified = "", ""
	}
	v.Full = req.ETag == "" && req.LastModified == ""
	res, err := t.get(ctx, req, true, func() {
		// What is published while the answer travels may not be in it.
		v.At, *start = t.c.opt.Business(), t.c.opt.Machine()
	})
	if err != nil {
		return err
	}
	v.Status, v.Bytes, v.until = res.Status, len(res.Body), res.Until
	if err := sentHome(src.URL, res.FinalURL); err != nil {
		return err
	}
	age := ageOf(res.Header)
	if age > tooOld {
		return &extract.BlindError{Reason: media.StaleCache, Detail: fmt.Sprintf("a copy %s old", age)}
	}
	asOf, last := v.At.Add(-age), readMark(st.Mark)
	src = src.At(asOf)
	sum := sha256.Sum256(res.Body)
	hash := hex.EncodeToString(sum[:])
	same := hash == st.BodyHash && !rest.Open && len(src.Expect) == 0 // what is expected may have changed though the page did not
	if res.NotModified || same {
		v.Outcome, v.Covers = media.NotModified, unchanged(last, asOf)
		if src.Kind == media.KindQuestions { // each that stands there still stands as it did
			if v.Asked, err = t.stillAsked(src, res, hash); err != nil {
				return err
			}
		}
		beat := readRhythm(st.Rhythm)
		v.Wait = nextLook(src, beat, v.At, max(keepFor(res.Header), beat.kept()), false)
		return nil
	}
	if v.Kept, err = t.keep(ctx, src, res, hash); err != nil {
		return err
	}
	beat := readRhythm(st.Rhythm)
	v.room = beat.room(extract.Bounds(src.Limits, src.Kind).New, v.At)
	if err := t.understand(ctx, src, v, res, asOf, last, rest); err != nil {
		return err
	}
	paced(src, beat, v, keepFor(res.Header))
	v.Outcome = media.OK
	if v.left > 0 { // what was left is to be read, though nothing changes
		v.Wait = max(v.Wait, src.Every)
		return nil
	}
	v.BodyHash, v.ETag, v.LastModified = hash, res.Header.Get("ETag"), res.Header.Get("Last-Modified")
	return nil
}

// understand reads what came, by the kind of source.
func (t *turn) understand(ctx context.Context, src media.Source, v *Visit, res *fetch.Response, asOf time.Time, last mark, rest files) error {
	if src.Kind == media.KindSitemap { // may be packed
		return t.sitemap(ctx, src, v, res, asOf, last, rest)
	}
	text, err := t.readers.Decode(res.Body, res.ContentType)
	if err != nil {
		return err
	}
	res.Body = nil // it may be large
	switch src.Kind {
	case media.KindFeed, media.KindList, media.KindDocuments:
		return t.list(ctx, src, v, text, res.FinalURL, asOf, last)
	case media.KindQuestions:
		return t.questions(ctx, src, v, text, res.FinalURL, asOf, last)
	case media.KindSchedule:
		v.Planned, err = t.readers.Schedule(text, src, res.FinalURL, t.c.reads.Load().columns)
		return err
	case media.KindUploads:
		v.Uploads, err = t.readers.Uploads(text, src, res.FinalURL, t.c.reads.Load().columns)
		return err
	case media.KindPage:
		return t.probe(src, v, text, res.FinalURL)
	}
	return &extract.BlindError{Reason: media.ParseError, Detail: fmt.Sprintf("no reader for kind %q", src.Kind)}
}

// overnight reports whether a midnight of Viet Nam lies between what is
// covered and now. Periods end at midnight, so coverage is carried over one by
// what was read, never by a server's word that nothing has changed: some give
// it for ever.
func overnight(st SourceState, at time.Time) bool {
	upTo := st.CoveredTo
	if m := readMark(st.Mark).At; m.After(upTo) {
		upTo = m
	}
	return !upTo.IsZero() && localDay(upTo) != localDay(at)
}

// sheet is what one or several pages of a list show, each entry once.
type sheet struct {
	entries []extract.Entry
	kept    []string // by entry: hash of the body it stood in
	ids     []string
	order   []listed
	seen    map[string]bool
}

// add takes the entries not taken before and counts them.
func (t *turn) add(s *sheet, src media.Source, kept string, entries []extract.Entry) (fresh int) {
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	for _, e := range entries {
		if e.Key == "" {
			var err error
			if e.Key, err = t.readers.Key(src.Rule.Key, e.URL); err != nil {
				continue
			}
		}
		id := media.ItemID(t.c.opt.Province, e.Key)
		if q := e.Question; q != nil {
			id = media.RegQuestions.EntryID(src.Agency, media.Entry{Number: q.Number, Title: e.Title, Asked: q.Asked})
		}
		if s.seen[id] {
			continue
		}
		s.seen[id] = true
		s.entries, s.ids, s.kept = append(s.entries, e), append(s.ids, id), append(s.kept, kept)
		s.order = append(s.order, listed{id, e.Date})
		fresh++
	}
	return fresh
}

// readList reads a feed, a list page or a page of a column of questions.
func (t *turn) readList(text string, src media.Source, base string) (extract.Listing, error) {
	switch src.Kind {
	case media.KindFeed:
		return t.readers.Feed(text, src, base)
	case media.KindDocuments:
		return t.readers.Documents(text, src, base)
	case media.KindQuestions:
		return t.readers.Questions(text, src, base)
	}
	return t.readers.List(text, src, base)
}

// list reads a feed or list page: its entries and what they cover. If it does
// not join what the last visit saw, further pages are read to close the gap.
func (t *turn) list(ctx context.Context, src media.Source, v *Visit, text, base string, asOf time.Time, last mark) error {
	l, err := t.readList(text, src, base)
	if err != nil {
		return err
	}
	var s sheet
	if t.add(&s, src, keptHash(v.Kept), l.Entries); len(s.entries) == 0 {
		return &extract.BlindError{Reason: media.Empty, Detail: "no entries"}
	}
	known, err := t.c.opt.Known.KnownItems(ctx, src.ID, s.ids)
	if err != nil {
		return storeError{err}
	}
	if err := suspect(src, s.ids, known, last); err != nil {
		return err
	}
	if l.Partial {
		v.Detail = "partial: " + l.Details()
	}
	var m mark
	if !backwards(s.ids, known, last) {
		if !l.Partial && gap(s.order, last, asOf) {
			if l.Partial, err = t.closeGap(ctx, src, v, &s, l.By, text, base, last, asOf); err != nil {
				return err
			}
			if known, err = t.c.opt.Known.KnownItems(ctx, src.ID, s.ids); err != nil {
				return storeError{err}
			}
		}
		v.Covers, m = cover(s.order, last, asOf, l.Partial)
	}
	if s.limit(v, known) {
		v.Covers, m = nil, mark{}
	}
	v.Mark = m.String()
	v.kept = l.Keep
	t.see(src, v, s, known)
	return nil
}

// limit leaves out what is new beyond what a source may bring in a day: a site
// that makes up pieces without end does not fill the store. What is left out is
// told, and taken on another day if it is still listed; until then the visit
// covers nothing.
func (s *sheet) limit(v *Visit, known map[string]bool) bool {
	out, fresh := sheet{seen: s.seen}, 0
	for i, id := range s.ids {
		if !known[id] {
			if fresh++; fresh > v.room {
				continue
			}
		}
		out.entries, out.ids, out.kept, out.order = append(out.entries, s.entries[i]), append(out.ids, id), append(out.kept, s.kept[i]), append(out.order, s.order[i])
	}
	if fresh <= v.room {
		return false
	}
	*s, v.left = out, fresh-v.room
	v.Detail = join(fmt.Sprintf("%s: %d entries left for another day", media.TooManyNew, v.left), v.Detail)
	return true
}

// see makes items of the entries, and notes when those were published that the
// source lists for the first time.
func (t *turn) see(src media.Source, v *Visit, s sheet, known map[string]bool) {
	for i, e := range s.entries {
		v.Seen = append(v.Seen, t.entry(src, s.ids[i], e, v.At, s.kept[i], known[s.ids[i]]))
		if !known[s.ids[i]] {
			v.fresh = append(v.fresh, e.Date)
			at := e.Date.At
			if e.Date.Precision == media.NoDate || at.After(v.At) {
				at = v.At
			}
			v.New = append(v.New, at)
		}
	}
}

// paced takes what a look found new into the source's rhythm, and says when to
// look again.
func paced(src media.Source, beat rhythm, v *Visit, keep time.Duration) {
	first := beat.At.IsZero()
	var since time.Time
	if first && len(v.Covers) > 0 {
		since = v.Covers[0].From
	}
	var fresh []time.Time
	for _, d := range v.fresh {
		at := d.At
		switch today := v.At.Sub(at) < 24*time.Hour; d.Precision {
		case media.NoDate:
			if first {
				continue // may be of any age
			}
			at = time.Time{}
		case media.ToDay:
			if at = at.Add(10 * time.Hour); today {
				at = time.Time{}
			}
		}
		fresh = append(fresh, at)
	}
	beat = beat.with(fresh, since, v.At).took(len(v.fresh), v.At)
	beat.Keep = int64(v.kept / time.Second)
	v.Rhythm = beat.String()
	v.Wait = nextLook(src, beat, v.At, max(keep, v.kept), !first && len(v.Seen) >= 4 && 2*len(fresh) > len(v.Seen))
}

// backwards reports whether a list may be an older copy than the last: its
// newest item is gone, and nothing new stands above those that came next. It
// was perhaps only withdrawn, so the list is read; but it covers nothing, nor
// does the next join it.
func backwards(ids []string, known map[string]bool, last mark) bool {
	if len(last.Top) == 0 || slices.Contains(ids, last.Top[0]) {
		return false
	}
	for _, id := range ids {
		if slices.Contains(last.Top, id) {
			return true
		}
		if !known[id] {
			return false
		}
	}
	return true
}

// suspect finds lists that read well and yet show what was shown before.
func suspect(src media.Source, ids []string, known map[string]bool, last mark) error {
	if (src.Kind == media.KindList || src.Kind == media.KindDocuments) && len(ids) == 1 && len(last.Top) >= 4 {
		return &extract.BlindError{Reason: media.LayoutChanged, Detail: "one entry is left of a list"}
	}
	if len(last.Top) == 0 {
		return nil
	}
	for _, id := range ids {
		if !known[id] {
			return nil
		}
		for _, top := range last.Top {
			if id == top {
				return nil
			}
		}
	}
	return &extract.BlindError{Reason: media.StaleCache, Detail: "only entries older than those of the last visit"}
}

// entry makes an item of what a list says about it.
func (t *turn) entry(src media.Source, id string, e extract.Entry, at time.Time, kept string, known bool) Seen {
	s := Seen{Item: media.Item{
		ID: id, Key: e.Key, Source: src.ID, Agency: src.Agency, URL: e.URL, Title: e.Title, Lead: e.Lead, Section: e.Section,
		Column: t.c.column(src, e.Section, dated(e.Date, at)), Claimed: e.Date, Seen: at, Verified: at,
	}}
	if d := e.Document; d != nil {
		s.Item.Listed, s.Item.Number, s.Item.Signed, s.Item.Issuer = true, d.Number, d.Signed, d.Issuer
	}
	if src.Articles {
		if _, err := fetch.Parse(e.URL); err == nil && t.c.reads.Load().plan[t.c.row(e.URL)] {
			if s.Fetch = !known; s.Fetch {
				s.Host, s.Kept = t.c.row(e.URL), kept
			}
			return s
		}
	}
	s.Entry = revision(id, "entry", at, kept, media.Revision{Title: e.Title, Lead: e.Lead, Section: e.Section})
	if t.c.opt.Judge != nil && !known {
		s.Verdict = t.c.judge(*s.Entry)
	}
	if t.c.opt.Words != nil && !known {
		s.Words, s.Compared = t.c.words(*s.Entry)
	}
	return s
}

// sentHome says that a page was asked for and the front of the site was given:
// sites that dropped a page often send its readers home.
func sentHome(asked, got string) error {
	if got == "" || extract.IsHome(asked) || !extract.IsHome(got) {
		return nil
	}
	return &extract.BlindError{Reason: media.Soft404, Detail: "not found: sent to the home page"}
}

// keep hands the bytes to the keeper before anything reads them.
func (t *turn) keep(ctx context.Context, src media.Source, res *fetch.Response, hash string) (*media.Kept, error) {
	k := media.Kept{
		SHA256: hash, URL: res.FinalURL, Status: res.Status, Header: res.Header, Sent: res.Sent,
		At: res.At, ContentType: res.ContentType, Size: len(res.Body),
	}
	if err := t.c.opt.Keeper.Keep(ctx, k, res.Body); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, t.lost(src, k.URL, err)
	}
	return &k, nil
}

// lost tells whoever watches that bytes could not be kept.
func (t *turn) lost(src media.Source, url string, err error) error {
	t.c.opt.Log.Error("a page could not be kept", "source", src.ID, "url", url, "error", err)
	lost := notKept{err}
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	t.c.unkept = first(t.c.unkept, lost)
	return lost
}

func keptHash(k *media.Kept) string {
	if k == nil {
		return ""
	}
	return k.SHA256
}

// dated is the day a piece bears, else when it was seen.
func dated(d media.Date, seen time.Time) time.Time {
	if d.Precision == media.NoDate {
		return seen
	}
	return d.At
}

// column is the one a piece belongs to: the source's own, or that of its
// agency which was called at the time as the section label says.
func (c *Crawler) column(src media.Source, section string, at time.Time) string {
	if src.Column != "" || section == "" {
		return src.Column
	}
	label := viet.Fold(section)
	for _, col := range c.reads.Load().columns {
		if col.Agency != src.Agency {
			continue
		}
		for _, name := range col.Names(at) {
			if viet.Fold(name) == label {
				return col.ID
			}
		}
	}
	return ""
}

// ageOf is how old a cache says its copy is.
func ageOf(h http.Header) time.Duration {
	n, err := strconv.ParseInt(strings.TrimSpace(h.Get("Age")), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, 365*86400)) * time.Second
}
