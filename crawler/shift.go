package crawler

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// maxClaim hosts are claimed at once for workers that have nothing to do, so
	// that several processes share evenly.
	maxClaim = 4
	// moment is how much work is leased ahead, as fast as turns end now, and how
	// long a host that may be given back waits for others: a transaction for each
	// host costs more than the look at it.
	moment = 100 * time.Millisecond
	// mostLeased bounds the hosts of one claim, and of one giving back.
	mostLeased = 32
	// longestAhead is how long a host may be leased before its turn begins: then
	// it is given back to whoever has time for it.
	longestAhead = time.Second
)

// shift is what a crawler is at: the hosts that it has leased, and what each of
// them waits for. All of it but the channels is one goroutine's.
type shift struct {
	c        *Crawler
	finished chan over     // a turn is over, its slot free
	late     chan struct{} // a turn takes long, its slot is free too
	cooled   chan Lease    // its host has cooled off; zero: it is not ours any more
	gone     chan struct{} // some hosts are given back

	active, lagging, cooling, going int // turns, those that take long, hosts that cool off, sets that are being given back

	ahead []Lease // leased, their turns not begun
	back  []Lease // to be given back

	claimed, given time.Time // machine clock, when hosts were claimed and given back last
	ended          int       // short turns, since claimed
	more           bool      // there may be hosts that are due: as many were had as were asked for, or it is time to look
	news           bool      // something has happened since claimed by which a host may have become due
	failed         error
}

// work claims and visits until done says so, given how long nothing has been
// there to do, or until the store fails.
func (c *Crawler) work(ctx context.Context, done func(idle time.Duration) bool) (failed error) {
	turns, stop := context.WithCancel(ctx)
	s := &shift{c: c, finished: make(chan over), late: make(chan struct{}), cooled: make(chan Lease), gone: make(chan struct{}), more: true}
	defer func() {
		stop()
		s.end(ctx)
		failed = first(failed, s.failed)
	}()
	idleSince := c.opt.Machine()
	for ctx.Err() == nil && s.failed == nil {
		s.begin(turns)
		s.giveBack(ctx, false)
		if s.wants() {
			n, err := s.claim(ctx)
			if err != nil {
				return first(err, ctx.Err())
			}
			if n > 0 {
				idleSince = c.opt.Machine()
				continue
			}
			if s.idle() && done(c.opt.Machine().Sub(idleSince)) {
				return nil
			}
		}
		wait, look := s.patience()
		timer := time.NewTimer(wait)
		switch {
		case s.next(timer.C, c.fresh, ctx.Done()):
			idleSince = c.opt.Machine()
		case look:
			s.more = true
		}
		timer.Stop()
	}
	return first(s.failed, ctx.Err())
}

// free is how many turns may begin.
func (s *shift) free() int {
	w := s.c.opt.Workers
	return min(w-s.active, mostLagging*w-s.lagging)
}

// alone says that no turn is under way or to begin, and no host cools off:
// there is nothing to wait for with what is to be done.
func (s *shift) alone() bool { return s.active+s.lagging+s.cooling+len(s.ahead) == 0 }

// idle says that nothing at all is leased.
func (s *shift) idle() bool { return s.alone() && s.going+len(s.back) == 0 }

// begin begins the turns of hosts that are leased ahead. What has waited too
// long for its turn is given back.
func (s *shift) begin(turns context.Context) {
	for ; s.free() > 0 && len(s.ahead) > 0; s.ahead = s.ahead[1:] {
		l := s.ahead[0]
		s.active++
		go func() {
			l, o := s.c.watched(turns, l, s.late)
			s.finished <- o
			s.cooled <- s.c.coolOff(turns, l, o.err)
		}()
	}
	if len(s.ahead) > 0 && s.c.opt.Machine().Sub(s.claimed) >= s.longest() {
		s.back, s.ahead, s.news = append(s.back, s.ahead...), nil, true
	}
}

// longest is longestAhead, or less where leases are short.
func (s *shift) longest() time.Duration { return min(longestAhead, s.c.opt.Lease/4) }

// wants reports whether to look for hosts that are due: at once if there are
// some, else a moment after the last time.
func (s *shift) wants() bool {
	if s.free() <= 0 || len(s.ahead) > 0 {
		return false
	}
	return s.more || s.news && (s.alone() || s.c.opt.Machine().Sub(s.claimed) >= moment)
}

// claim leases hosts for the turns that may begin now, and where turns are short
// for those that will within a moment; it returns how many it got.
func (s *shift) claim(ctx context.Context) (int, error) {
	asked := s.c.opt.Machine()
	n := min(s.free(), maxClaim)
	if since := max(asked.Sub(s.claimed), time.Millisecond); s.more {
		n += int(time.Duration(s.ended) * moment / since)
	}
	n = min(n, mostLeased)
	leases, err := s.c.claim(ctx, n)
	for i := range leases {
		leases[i].asked = asked
	}
	s.ahead, s.claimed = leases, s.c.opt.Machine()
	s.ended, s.more, s.news = 0, len(leases) == n, false
	return len(leases), err
}

// giveBack gives back the hosts that may be, all in one, once a moment has
// passed since the last, there are many, or nothing else is under way; with all
// at once.
func (s *shift) giveBack(ctx context.Context, all bool) {
	now := s.c.opt.Machine()
	if len(s.back) == 0 || !all && !s.alone() && len(s.back) < mostLeased && now.Sub(s.given) < moment {
		return
	}
	some := s.back
	s.back, s.given = nil, now
	s.going++
	go func() {
		s.c.release(ctx, some)
		s.gone <- struct{}{}
	}()
}

// patience is how long to wait for what happens next; look says that it is then
// time to look for hosts that became due.
func (s *shift) patience() (d time.Duration, look bool) {
	poll, now := jitter(time.Second), s.c.opt.Machine()
	if !s.more { // what happens meanwhile does not put it off
		poll = max(poll-now.Sub(s.claimed), 0)
	}
	d = poll
	if len(s.back) > 0 {
		d = min(d, moment-now.Sub(s.given))
	}
	if s.news && s.free() > 0 && len(s.ahead) == 0 {
		d = min(d, moment-now.Sub(s.claimed))
	}
	if len(s.ahead) > 0 {
		d = min(d, s.longest()-now.Sub(s.claimed))
	}
	return d, d == poll
}

// next waits for what happens next, and reports whether it was something of the hosts that
// are leased.
func (s *shift) next(timer <-chan time.Time, fresh, stop <-chan struct{}) bool {
	select {
	case o := <-s.finished:
		if o.late {
			s.lagging--
		} else {
			s.active--
			s.ended++
		}
		s.cooling++
		if !errors.Is(o.err, ErrLost) { // whoever took the host does its work
			s.failed = first(s.failed, o.err)
		}
		s.news = true // pages may be awaited elsewhere
	case <-s.late:
		s.active, s.lagging = s.active-1, s.lagging+1
		return false
	case l := <-s.cooled:
		s.cooling--
		if l.Host != "" {
			s.back = append(s.back, l)
		}
	case <-s.gone:
		s.going--
		s.news = true
	case <-fresh:
		s.more = true
		return false
	case <-timer:
		return false
	case <-stop:
		return false
	}
	return true
}

// end gives everything back that is not under way, and the rest as it ends.
func (s *shift) end(ctx context.Context) {
	s.back, s.ahead = append(s.back, s.ahead...), nil
	for s.giveBack(ctx, true); !s.idle(); s.giveBack(ctx, true) {
		s.next(nil, nil, nil)
	}
}

// A turn that takes longer than longTurn is waiting, as a rule: for a host that
// answers slowly, or because it is asked no oftener. So is one whose document is
// large: it waits for other large ones. It no longer counts among the workers, so
// that such hosts, also many, keep nobody from the others; but of such no more
// than mostLagging times the workers are under way: what each may hold meanwhile
// is little (fetch.Options.InFlight).
const (
	longTurn    = 500 * time.Millisecond
	mostLagging = 8
)

// over is how a turn ended.
type over struct {
	err  error
	late bool // it was told to take long
}

// watched is a turn that tells when it takes long.
func (c *Crawler) watched(ctx context.Context, l Lease, late chan<- struct{}) (Lease, over) {
	type result struct {
		l   Lease
		err error
	}
	done, lags := make(chan result, 1), make(chan struct{})
	c.lanes.begins()
	lag := sync.OnceFunc(func() { c.lanes.waits(); close(lags) })
	defer lag()
	go func() {
		l, err := c.turn(ctx, l, lag)
		done <- result{l, err}
	}()
	patience := time.NewTimer(longTurn)
	defer patience.Stop()
	select {
	case r := <-done:
		return r.l, over{err: r.err}
	case <-patience.C:
		lag()
	case <-lags:
	}
	late <- struct{}{}
	r := <-done
	return r.l, over{r.err, true}
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// coolOff waits until the spacing of a host has passed, so that whoever takes it
// next, here or elsewhere, keeps it too, and returns the lease to give back; a
// zero one if there is none. When that is long, or the program is stopping, the
// store keeps the spacing instead.
func (c *Crawler) coolOff(ctx context.Context, l Lease, err error) Lease {
	if errors.Is(err, ErrLost) {
		return Lease{}
	}
	wait := c.untilFree(l.Host)
	if wait > c.opt.Lease || l.Rest > wait || sleep(ctx, wait) != nil {
		l.Rest = max(l.Rest, c.untilFree(l.Host))
	} else {
		l.Rest = 0
	}
	return l
}

// release gives hosts back, also while the program stops.
func (c *Crawler) release(ctx context.Context, ls []Lease) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := c.opt.Hosts.Release(ctx, ls...); err != nil && !errors.Is(err, ErrLost) {
		c.opt.Log.Warn("release hosts", "hosts", len(ls), "error", err)
	}
}
