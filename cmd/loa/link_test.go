//go:build linux

package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// link is the line between one node and its PostgreSQL server, which can be slow, cut, or dead without a word.
type link struct {
	dir  string // where the node finds the server's socket
	to   string
	done chan struct{}

	mu    sync.Mutex
	delay time.Duration // before each piece is passed on
	hole  chan struct{} // pieces wait for it to close; nil: they pass
	conns map[net.Conn]bool
}

// newLink lays a line to the server whose socket is in a folder.
func newLink(t *testing.T, to string) *link {
	t.Helper()
	dir, err := os.MkdirTemp("", "lolink") // short, for a socket lies in it
	if err != nil {
		t.Fatal(err)
	}
	l := &link{dir: dir, to: filepath.Join(to, ".s.PGSQL.5432"), done: make(chan struct{}), conns: map[net.Conn]bool{}}
	ln, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { l.serve(c) })
		}
	})
	t.Cleanup(func() {
		close(l.done)
		ln.Close()
		l.cut()
		serving.Wait()
		os.RemoveAll(dir)
	})
	return l
}

func (l *link) serve(c net.Conn) {
	defer c.Close()
	s, err := net.Dial("unix", l.to)
	if err != nil {
		return
	}
	defer s.Close()
	l.mu.Lock()
	l.conns[c], l.conns[s] = true, true
	l.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { l.pass(s, c) })
	both.Go(func() { l.pass(c, s) })
	both.Wait()
	l.mu.Lock()
	delete(l.conns, c)
	delete(l.conns, s)
	l.mu.Unlock()
}

// pass hands on what comes from one side until either ends.
func (l *link) pass(to io.WriteCloser, from io.ReadCloser) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			l.mu.Lock()
			delay, hole := l.delay, l.hole
			l.mu.Unlock()
			if hole != nil {
				select {
				case <-hole:
				case <-l.done:
					return
				}
			}
			wait := time.NewTimer(delay)
			select {
			case <-wait.C:
			case <-l.done:
				wait.Stop()
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// cut breaks every connection there is.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		c.Close()
	}
}

// slow delays every piece from now on.
func (l *link) slow(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = d
}

// swallow lets nothing through, in neither direction, until the answer is called.
func (l *link) swallow() (end func()) {
	hole := make(chan struct{})
	l.mu.Lock()
	l.hole = hole
	l.mu.Unlock()
	return func() {
		l.mu.Lock()
		l.hole = nil
		l.mu.Unlock()
		close(hole)
	}
}

// TestCutLinks: nodes lose their server for a moment, for longer than a lease, or hear it late. What they leave is what an undisturbed
// node leaves, and a node that no longer knows whether a host is its own asks it nothing.
func TestCutLinks(t *testing.T) {
	n := faults(t, 6)
	bin, plans := binary(t), samplePlans(t)
	w := watchSample(t, crawlTime(), 4*time.Millisecond)
	c := killable(t)
	want := undisturbed(t, bin, plans)
	rnd := rand.New(rand.NewPCG(7, 7))
	struck := map[string]int{}
	for round := 1; struck["all"] < n && !t.Failed(); round++ {
		name := fmt.Sprintf("links%d", round)
		if err := c.Do("postgres", "CREATE DATABASE "+name); err != nil {
			t.Fatal(err)
		}
		links := []*link{newLink(t, c.Dir()), newLink(t, c.Dir()), newLink(t, c.Dir())}
		o := &crew{t: t, bin: bin, plans: plans, data: t.TempDir()}
		for _, l := range links {
			o.nodes = append(o.nodes, opens(t, bin, plans, "host="+l.dir+" user=postgres dbname="+name+" sslmode=disable", w, 1, "--data", o.data).nodes...)
		}
		for here := 0; here < 6 && struck["all"] < n; here++ {
			time.Sleep(time.Duration(rnd.Int64N(int64(500 * time.Millisecond)))) // the point in time is what is tried
			l := links[rnd.IntN(len(links))]
			switch kind := []string{"cut", "slow", "hole"}[struck["all"]%3]; kind {
			case "cut":
				l.cut()
				struck[kind]++
			case "slow":
				l.slow(time.Duration(5+rnd.IntN(20)) * time.Millisecond)
				struck[kind]++
			case "hole":
				end := l.swallow()
				time.Sleep(2500 * time.Millisecond) // two leases and a half
				end()
				struck[kind]++
			}
			struck["all"]++
		}
		for _, l := range links {
			l.slow(0)
		}
		what := fmt.Sprintf("round %d, after %v", round, struck)
		o.settled(what, want.rows, c.DSN(name))
		o.stop()
		o.sound(c.DSN(name))
		compare(t, what+", kept bodies", want.kept, keptFiles(t, o.data))
		o.readsAgain(c.DSN(name))
		for _, e := range o.ended {
			t.Logf("a node that ended by itself said:\n%s", e[max(0, len(e)-1000):])
		}
	}
	t.Logf("%v", struck)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, x := range w.overlaps {
		t.Errorf("two requests at once at %s", x)
	}
}
