package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// When a command says what it is at: a terminal sees one line that is rewritten, from a second on; whoever keeps stderr in a file
// gets a line a stage, and only of work that takes longer.
const (
	stageShown  = time.Second
	stageLogged = 5 * time.Second
	stageTick   = 200 * time.Millisecond
)

// stages says what a command is at and for how long.
type stages struct {
	mu    sync.Mutex
	w     io.Writer
	live  bool // a terminal
	now   func() time.Time
	start time.Time
	what  string
	said  string // the stage that was logged last
	drawn bool
	stop  chan struct{}
	ended sync.WaitGroup
}

// newStages begins; done has to be called.
func newStages(w io.Writer, what string) *stages {
	s := &stages{w: w, now: time.Now, what: what, stop: make(chan struct{})}
	if f, ok := w.(*os.File); ok {
		if st, err := f.Stat(); err == nil {
			s.live = st.Mode()&os.ModeCharDevice != 0
		}
	}
	s.start = s.now()
	s.ended.Go(func() {
		every := time.NewTicker(stageTick)
		defer every.Stop()
		for {
			select {
			case <-s.stop:
				return
			case <-every.C:
				s.say()
			}
		}
	})
	return s
}

// to is the next stage.
func (s *stages) to(what string) {
	s.mu.Lock()
	s.what = what
	s.mu.Unlock()
	s.say()
}

func (s *stages) say() {
	s.mu.Lock()
	defer s.mu.Unlock()
	took := s.now().Sub(s.start)
	switch {
	case s.live && took >= stageShown:
		s.drawn = true
		fmt.Fprintf(s.w, "\r\x1b[K%s… %d giây", s.what, int(took.Seconds()))
	case !s.live && took >= stageLogged && s.said != s.what:
		s.said = s.what
		fmt.Fprintf(s.w, "%s… (đã %d giây)\n", s.what, int(took.Seconds()))
	}
}

// done clears the line; stdout is written after it.
func (s *stages) done() {
	close(s.stop)
	s.ended.Wait()
	if s.live && s.drawn {
		fmt.Fprint(s.w, "\r\x1b[K")
	}
}
