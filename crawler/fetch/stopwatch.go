package fetch

import (
	"sync"
	"time"
)

// stopwatch ends a request that takes too long. It stands still while a body
// waits for others of ours: that is no fault of its host.
type stopwatch struct {
	mu    sync.Mutex
	timer *time.Timer
	left  time.Duration
	ran   time.Duration // before the last start
	since time.Time     // of that start; zero while it stands still
}

// startWatch calls late once left has passed.
func startWatch(left time.Duration, late func()) *stopwatch {
	return &stopwatch{timer: time.AfterFunc(left, late), left: left, since: time.Now()}
}

// took is how long the request has taken, waiting not counted.
func (s *stopwatch) took() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() {
		return s.ran
	}
	return s.ran + time.Since(s.since)
}

// pause and resume stop the watch and let it go on.
func (s *stopwatch) pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer.Stop()
	s.ran, s.since = s.ran+time.Since(s.since), time.Time{}
}

func (s *stopwatch) resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = time.Now()
	s.timer.Reset(s.left - s.ran)
}

func (s *stopwatch) stop() { s.timer.Stop() }
