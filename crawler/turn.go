package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"loa/crawler/fetch"
	"loa/media"
)

// pagesPerTurn article pages are read before a host is given back, so that
// lists that became due meanwhile, here or on hosts that wait, come first.
const pagesPerTurn = 10

// robotsAge is how long a robots.txt is believed (RFC 9309 §2.4).
const robotsAge = 24 * time.Hour

// robotsMax is how much of it is fetched, in bytes.
const robotsMax = 512 << 10

// tracer shows what is done where traces are made; elsewhere it does nothing.
var tracer = otel.Tracer("loa/crawler")

// turn is one stay at a leased host: its due sources, then a few pages, one
// request at a time.
type turn struct {
	c       *Crawler
	host    string
	robots  map[string]*fetch.Robots // by site: younger than a day
	aged    map[string]*fetch.Robots // by site: older, to stand in while no new one can be had
	until   time.Time                // the store's clock: the host does not answer, not before then
	body    fetch.Hold               // what the body that is being read takes
	lag     func()                   // it waits for others from now on
	readers Readers                  // each taking its lane
	halt    *failure                 // a further page met this: the host is not to be asked any more in this turn

	layouts map[string]Layout // of article pages, by source

	archives map[string]Layout // of old ones

	made    []made    // visits not recorded yet
	entries int       // of theirs
	oldest  time.Time // when the first of them was made, machine clock

	mu    sync.Mutex
	lease Lease
	given time.Time // machine clock, just before it was asked for or lengthened last
	rest  time.Time // the host asked to be left alone until then
}

// turn visits a leased host and returns the lease as it stands, for release. lag
// is called when it is going to wait for others.
func (c *Crawler) turn(ctx context.Context, l Lease, lag func()) (Lease, error) {
	ctx, span := tracer.Start(ctx, "turn", trace.WithAttributes(attribute.String("server.address", l.Host)))
	defer span.End()
	ctx, cancel := context.WithCancelCause(ctx)
	t := &turn{c: c, host: l.Host, lease: l, given: l.asked, robots: map[string]*fetch.Robots{}, aged: map[string]*fetch.Robots{}, lag: lag}
	t.readers, t.body.Waits = t.reading(c.opt.Read), lag
	if err := t.stillHeld(ctx); err != nil {
		cancel(err)
		return t.now(), err
	}
	var renewing sync.WaitGroup
	renewing.Go(func() { t.renew(ctx, cancel) })
	err := t.survive(ctx, func() error { return t.work(ctx) })
	err = t.survive(ctx, func() error { return t.recordLast(ctx, err) })
	cancel(nil)
	renewing.Wait()
	if cause := context.Cause(ctx); errors.Is(cause, ErrLost) {
		err = ErrLost
	}
	l = t.now()
	var se storeError
	if l.NotBefore = t.until; errors.As(err, &se) { // what it met was not recorded: it is met again
		l.NotBefore = time.Time{}
	}
	l.Rest = t.resting()
	return l, err
}

func (t *turn) now() Lease {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lease
}

// due is the store's clock in d from now.
func (t *turn) due(d time.Duration) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.c.opt.Machine()
	if !t.lease.Clock.IsZero() {
		now = t.lease.Clock.Add(now.Sub(t.given)) // a jump of this node's clock is not in the difference
	}
	return now.Add(d)
}

// stillHeld lengthens a lease that has waited long, on its way here or for its
// turn: it may have run out, and the host be another's.
func (t *turn) stillHeld(ctx context.Context) error {
	if t.age() <= t.c.opt.Lease/3 {
		return nil
	}
	err := t.lengthen(ctx)
	if err != nil && !errors.Is(err, ErrLost) {
		err = storeError{err}
	}
	return err
}

// age is how long ago the lease was asked for, or lengthened last.
func (t *turn) age() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.c.opt.Machine().Sub(t.given)
}

// renew lengthens the lease while the turn lasts. A lost lease ends the turn
// at once; so does one that could not be renewed before it runs out, whether
// the store answers or is waited for.
func (t *turn) renew(ctx context.Context, lost context.CancelCauseFunc) {
	ttl := t.c.opt.Lease
	age := t.age() // it may have been leased ahead
	out := time.AfterFunc(ttl-ttl/10-age, func() { lost(ErrLost) })
	defer out.Stop()
	for wait := ttl/3 - age; sleep(ctx, wait) == nil; wait = ttl / 3 {
		asked := t.c.opt.Machine()
		switch err := t.lengthen(ctx); {
		case err == nil:
			out.Reset(ttl - ttl/10 - t.c.opt.Machine().Sub(asked))
		case errors.Is(err, ErrLost):
			lost(ErrLost)
			return
		}
	}
}

// lengthen makes the lease last: as long as leases do, and until the host may
// be asked again, so that whoever takes it over from a node that died keeps the
// spacing and what the host asked for.
func (t *turn) lengthen(ctx context.Context) error {
	ttl, asked := t.c.opt.Lease, t.c.opt.Machine()
	l, err := t.c.opt.Hosts.Renew(ctx, t.now(), max(ttl, t.c.gapOf(t.host)+ttl/2, t.resting()))
	if err == nil {
		t.mu.Lock()
		t.lease, t.given = l, asked
		t.mu.Unlock()
	}
	return err
}

// leave notes that the host asked to be left alone for d, so that it is even
// if this process dies now.
func (t *turn) leave(ctx context.Context, d time.Duration) error {
	if d <= t.resting() {
		return nil
	}
	t.mu.Lock()
	t.rest = t.c.opt.Machine().Add(d)
	t.mu.Unlock()
	if err := t.lengthen(ctx); err != nil {
		return storeError{err}
	}
	return nil
}

// resting is how long the host is yet to be left alone because it said so.
func (t *turn) resting() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rest.IsZero() {
		return 0
	}
	return max(0, t.rest.Sub(t.c.opt.Machine()))
}

func (t *turn) work(ctx context.Context) error {
	work, err := t.c.opt.Records.Load(ctx, t.now(), pagesPerTurn)
	if err != nil {
		return err
	}
	if err := t.remember(ctx, work.Robots); err != nil {
		return err
	}
	t.layouts, t.archives = map[string]Layout{}, map[string]Layout{}
	t.learn(work)
	if t.c.walk != nil {
		return t.walk(ctx, work)
	}
	did := false
	for i, st := range work.Sources {
		src, ok := t.c.reads.Load().sources[st.Source]
		if !ok || !inForce(src, t.c.opt.Business()) {
			continue
		}
		if did && t.slow() {
			return nil
		}
		did = true
		stop, err := t.visit(ctx, src, st)
		if err != nil {
			return err
		}
		if stop != nil {
			if err := t.sources(ctx, work.Sources[i+1:], *stop); err != nil {
				return err
			}
			return t.pages(ctx, *stop)
		}
	}
	for _, a := range work.Pages {
		src, ok := t.c.reads.Load().sources[a.Source]
		if !ok {
			continue
		}
		if did && t.slow() {
			return nil
		}
		did = true
		stop, err := t.page(ctx, src, a)
		if err != nil {
			return err
		}
		if stop != nil {
			return t.pages(ctx, *stop)
		}
	}
	if !did {
		// Due for the store, but nothing that we know: a node with a newer plan will.
		t.hold(time.Minute)
	}
	return nil
}

// hold asks that the host, which does not answer, be left alone for d.
func (t *turn) hold(d time.Duration) {
	if until := t.due(d); until.After(t.until) {
		t.until = until
	}
}

// sources records for the other due sources of a host that does not answer
// what the first one met, without asking it again.
func (t *turn) sources(ctx context.Context, rest []SourceState, f failure) error {
	for _, st := range rest {
		src, ok := t.c.reads.Load().sources[st.Source]
		if !ok || !inForce(src, t.c.opt.Business()) {
			continue
		}
		v := t.newVisit(src, st)
		if err := t.failed(ctx, src, v, f); err != nil {
			return err
		}
	}
	return nil
}

// pages counts a try for every page that waits at a host that does not
// answer: without this the items on them would wait for judgement as long as
// the host is down.
func (t *turn) pages(ctx context.Context, f failure) error {
	work, err := t.c.opt.Records.Load(ctx, t.now(), 1000)
	if err != nil {
		return err
	}
	for _, a := range work.Pages {
		if src, ok := t.c.reads.Load().sources[a.Source]; ok {
			if err := t.noPage(ctx, src, a, PageVisit{At: t.c.opt.Business()}, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// get waits until the host may be asked again, and asks. started is called
// just before.
func (t *turn) get(ctx context.Context, req fetch.Request, check bool, started func()) (*fetch.Response, error) {
	wait := t.c.untilFree(t.host)
	if err := t.recordBefore(ctx, wait); err != nil {
		return nil, err
	}
	if err := sleep(ctx, wait); err != nil {
		return nil, context.Cause(ctx)
	}
	req.Hop = func(ctx context.Context, to *url.URL) error {
		t.c.touched(t.host)
		if check {
			if err := t.allowed(ctx, to.String()); err != nil {
				return err
			}
		}
		return sleep(ctx, t.c.untilFree(t.host))
	}
	req.Again = func(ctx context.Context) error {
		t.c.touched(t.host)
		return sleep(ctx, t.c.untilFree(t.host))
	}
	if started != nil {
		started()
	}
	defer t.c.touched(t.host)
	t.body.Release() // the body before this one is done with
	req.Hold = &t.body
	asking, span := tracer.Start(ctx, "GET", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.String("url.full", req.URL)))
	res, err := t.c.opt.Fetch.Get(asking, req)
	if err != nil {
		span.SetStatus(codes.Error, "")
	} else {
		span.SetAttributes(attribute.Int("http.response.status_code", res.Status), attribute.Int("http.response.body.size", len(res.Body)))
	}
	span.End()
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return res, err
}

// denied says that robots.txt does not allow an address.
func denied(u *url.URL) error {
	return &fetch.Error{Reason: media.RobotsDenied, Err: fmt.Errorf("robots.txt does not allow %s", u.RequestURI())}
}

// allowed asks the host's robots.txt; nil if it allows the address.
func (t *turn) allowed(ctx context.Context, rawurl string) error {
	u, err := fetch.Parse(rawurl)
	if err != nil {
		return &fetch.Error{Reason: media.Unreachable, Err: err}
	}
	r, err := t.robotsOf(ctx, u)
	if err != nil {
		return err
	}
	if !r.Allowed(t.c.opt.Agent, u.RequestURI()) {
		return denied(u)
	}
	return nil
}

// remember takes over what the store knows of the host's robots.txt files, and
// the longest pause any of them asks for.
func (t *turn) remember(ctx context.Context, known []Robots) error {
	for _, m := range known {
		r := fetch.RobotsFor(m.Status, []byte(m.Body))
		if t.c.opt.Machine().Sub(m.Fetched) < robotsAge {
			t.robots[m.Site] = r
		} else {
			t.aged[m.Site] = r
		}
	}
	return t.space(ctx)
}

// space sets the distance between requests to the longest pause that a
// robots.txt of the host asks for.
func (t *turn) space(ctx context.Context) error {
	var d time.Duration
	for _, of := range []map[string]*fetch.Robots{t.robots, t.aged} {
		for _, r := range of {
			d = max(d, r.CrawlDelay(t.c.opt.Agent))
		}
	}
	t.c.setGap(t.host, d)
	if d > t.c.opt.Lease/3 {
		if err := t.lengthen(ctx); err != nil {
			return storeError{err}
		}
	}
	return nil
}

// slow reports whether the host wants so long a pause that it is better given
// back meanwhile.
func (t *turn) slow() bool { return t.c.gapOf(t.host) > t.c.opt.Lease }

// robotsOf gives the rules for an address: those of this turn, those the
// store remembers if they are younger than a day, or fresh ones. If none can
// be had the error says why; an old copy serves meanwhile (RFC 9309 §2.4).
func (t *turn) robotsOf(ctx context.Context, u *url.URL) (*fetch.Robots, error) {
	site := u.Scheme + "://" + u.Host
	if r, ok := t.robots[site]; ok {
		return r, nil
	}
	m, err := t.fetchRobots(ctx, site)
	if err != nil {
		var none noRobots
		if old := t.aged[site]; old != nil && errors.As(err, &none) {
			if f := why(none.Err); f.after == 0 && f.status != 429 { // else it wants to be left alone
				t.robots[site] = old
				return old, nil
			}
		}
		return nil, err
	}
	if err := t.c.opt.Records.PutRobots(ctx, t.now(), m); err != nil {
		return nil, storeError{err}
	}
	r := fetch.RobotsFor(m.Status, []byte(m.Body))
	t.robots[site] = r
	delete(t.aged, site)
	return r, t.space(ctx)
}

// fetchRobots gets a robots.txt. Answers that say "there is none" are no
// error; 429, 5xx and silence are.
func (t *turn) fetchRobots(ctx context.Context, site string) (Robots, error) {
	res, err := t.get(ctx, fetch.Request{URL: site + "/robots.txt", MaxBody: robotsMax, Cut: true}, false, nil)
	m := Robots{Site: site, Fetched: t.c.opt.Machine()}
	if err == nil {
		m.Status, m.Body = res.Status, string(res.Body)
		return m, nil
	}
	var re *fetch.RedirectError
	var fe *fetch.Error
	switch {
	case errors.As(err, &re):
		m.Status = 302 // at another host: as if there were none
		return m, nil
	case errors.As(err, &fe) && fe.Status >= 200 && fe.Status < 500 && fe.Status != 429 && fe.RetryAfter == 0:
		m.Status = fe.Status
		if m.Status < 300 {
			m.Status = 404 // a body that cannot be read holds no rules
		}
		return m, nil
	case errors.As(err, &fe):
		return m, noRobots{err}
	}
	return m, err
}

// noRobots says that robots.txt could not be had, so that nothing is allowed.
type noRobots struct{ Err error }

func (e noRobots) Error() string { return "robots.txt: " + e.Err.Error() }
func (e noRobots) Unwrap() error { return e.Err }

// storeError marks an error of the store among those of a look.
type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }
