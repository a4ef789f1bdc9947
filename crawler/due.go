package crawler

import (
	"errors"
	"math/rand/v2"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
)

// Back-off: a failed source is tried again sooner than it is due at first, and
// ever more seldom, but never given up.
const (
	firstRetry = 10 * time.Minute
	maxRetry   = 12 * time.Hour
	maxHold    = 24 * time.Hour // longest Retry-After that is believed
)

// failure is why a look failed, with its weight: how much each failure in a
// row lengthens the wait (powers of two). 1 hard, for what a person must mend;
// 0.5 soft, for what the site will mend; 0.25 for what passes by itself.
type failure struct {
	outcome string
	detail  string
	status  int
	weight  float64
	after   time.Duration // asked for by the host
	host    bool          // the host as a whole does not answer or asks to be left alone
	own     bool          // our own: the bytes could not be kept. No fault of the source's, and nothing given up
}

// notKept marks the error of a keeper. The page came: the look is recorded as
// one that saw nothing and is made again, so that an own outage neither stops
// the other sources nor asks this one again at once.
type notKept struct{ Err error }

func (e notKept) Error() string { return "not kept: " + e.Err.Error() }
func (e notKept) Unwrap() error { return e.Err }

const (
	hard      = 1
	soft      = 0.5
	temporary = 0.25
)

// why reads an error of fetch or extract.
func why(err error) failure {
	var fe *fetch.Error
	var re *fetch.RedirectError
	var be *extract.BlindError
	var nr noRobots
	var nk notKept
	switch {
	case errors.As(err, &nk): // «parse_error» says that the server answered
		return failure{outcome: media.ParseError, detail: nk.Error(), weight: temporary, own: true}
	case errors.As(err, &nr): // then nothing may be asked of the host
		f := why(nr.Err)
		f.host, f.detail = true, "robots.txt: "+f.detail
		return f
	case errors.As(err, &be):
		w := float64(hard)
		if be.Reason == media.Challenge || be.Reason == media.Empty {
			w = soft
		}
		return failure{outcome: be.Reason, detail: be.Detail, weight: w}
	case errors.As(err, &re):
		return failure{outcome: media.Unreachable, detail: re.Error(), weight: hard}
	case errors.As(err, &fe):
		f := failure{outcome: fe.Reason, detail: fe.Err.Error(), status: fe.Status, after: min(fe.RetryAfter, maxHold), weight: hard}
		f.host = fe.Down || fe.Status == 429 || fe.RetryAfter > 0
		switch {
		case fe.Temporary && (fe.Status == 0 || fe.Status == 429):
			f.weight = temporary
		case fe.Temporary:
			f.weight = soft
		}
		return f
	}
	return failure{outcome: media.ParseError, detail: err.Error(), weight: soft}
}

// retryIn is the wait after the given number of failures in a row (1 or more).
func retryIn(every time.Duration, fails int, f failure) time.Duration {
	base := firstRetry
	if every > 0 {
		base = min(base, every)
	}
	limit := max(every, maxRetry)
	d := float64(base)
	for n := f.weight * float64(fails); n > 0 && d < float64(limit); n -= 1 {
		if n >= 1 {
			d *= 2
		} else {
			d *= 1 + n
		}
	}
	return max(min(time.Duration(d), limit), f.after)
}

// jitter lengthens d by up to a tenth, so that what began together does not
// stay together.
func jitter(d time.Duration) time.Duration {
	if d < 10 {
		return d
	}
	return d + rand.N(d/10)
}
