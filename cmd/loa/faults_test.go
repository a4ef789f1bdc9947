//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"loa/schedule"
	"loa/store"
	"loa/store/storetest"
)

// faults is how many times something is killed: LOA_FAULTS (make test-faults: 200), or few.
func faults(t *testing.T, few int) int {
	t.Helper()
	s := os.Getenv("LOA_FAULTS")
	if s == "" {
		return few
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("LOA_FAULTS=%q: want a number above 0", s)
	}
	return n
}

// node is a `loa serve` that is killed and started again, as a service is.
type node struct {
	args []string
	cmd  *exec.Cmd
	out  *nodeSays
}

// nodeSays is what a process wrote so far.
type nodeSays struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *nodeSays) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *nodeSays) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// crew is several nodes with one database.
type crew struct {
	t     *testing.T
	bin   string
	plans string
	data  string // kept bytes, which nodes share
	nodes []*node
	ended []string // what nodes said that ended by themselves
}

// start runs a node; it does not wait until it listens, so that a kill may come at any point.
func (o *crew) start(n *node) {
	o.t.Helper()
	n.out = &nodeSays{}
	n.cmd = exec.CommandContext(o.t.Context(), o.bin, n.args...)
	n.cmd.Stdout, n.cmd.Stderr = n.out, n.out
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := n.cmd.Start(); err != nil {
		o.t.Fatal(err)
	}
}

// again starts those that ended by themselves once more: a service manager does where the database could not be opened.
func (o *crew) again() {
	for _, n := range o.nodes {
		if err := syscall.Kill(n.cmd.Process.Pid, 0); err == nil && !gone(n.cmd.Process.Pid) {
			continue
		}
		_ = n.cmd.Wait() // whatever it ended with
		o.ended = append(o.ended, n.out.String())
		o.start(n)
	}
}

// gone reports whether a child has ended and waits to be asked how.
func gone(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return strings.HasPrefix(rest, "Z")
}

func (o *crew) kill(n *node) {
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
	o.start(n)
}

// stop asks every node to stop, which is no failure.
func (o *crew) stop() {
	o.t.Helper()
	for _, n := range o.nodes {
		_ = n.cmd.Process.Signal(syscall.SIGTERM)
	}
	for _, n := range o.nodes {
		if err := n.cmd.Wait(); err != nil && n.out.String() != "" { // one that had said nothing yet had not begun to listen for signals
			o.t.Errorf("a node that was asked to stop: %v\n%s", err, n.out)
		}
	}
}

// opens makes a crew of n nodes on a database and starts them.
func opens(t *testing.T, bin, plans, db string, w *watched, n int, more ...string) *crew {
	t.Helper()
	o := &crew{t: t, bin: bin, plans: plans, data: t.TempDir()}
	for range n {
		args := crawlArgs(t, w.site, plans, o.data)
		args[0] = "serve"
		args = append(args, "--db", db, "--plan", "mau/2023", "--listen", "127.0.0.1:0", "--user-agent", "node", "--workers", "4")
		o.nodes = append(o.nodes, &node{args: append(args, more...)})
	}
	for _, n := range o.nodes {
		o.start(n)
	}
	t.Cleanup(func() {
		for _, n := range o.nodes {
			_ = n.cmd.Process.Kill()
		}
	})
	return o
}

// judgedBy are the lines of a digest that tell what was read and what became of it: however often a node began anew, they are the same.
func judgedBy(t *testing.T, db string) []string {
	t.Helper()
	s, err := store.Open(t.Context(), db, store.Options{MaxConns: 2})
	if err != nil {
		return []string{"not open: " + err.Error()}
	}
	defer s.Close()
	lines, err := s.Digest(t.Context())
	if err != nil {
		return []string{"not read: " + err.Error()}
	}
	return slices.DeleteFunc(lines, func(l string) bool {
		// What is drafted on a morning tells what was known then: whoever began anew knew less. The others are the tests' own.
		return strings.HasPrefix(l, "event draft.") || strings.HasPrefix(l, "event note.call ") || strings.HasPrefix(l, "event database.forgot ")
	})
}

// settled waits until the database holds what is wanted and no more.
func (o *crew) settled(what string, want []string, db string) {
	o.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		got := judgedBy(o.t, db)
		if slices.Equal(want, got) {
			return
		}
		if time.Now().After(deadline) {
			compare(o.t, what, want, got)
			for _, n := range o.nodes {
				text := n.out.String()
				o.t.Logf("a node said last:\n%s", text[max(0, len(text)-2000):])
			}
			o.t.FailNow()
		}
		o.again()
		time.Sleep(150 * time.Millisecond) // nodes of other processes work meanwhile
	}
}

// stands is how every quota stands at one moment, derived anew from what the database holds.
func (o *crew) stands(db string) []string {
	o.t.Helper()
	out, errOut, code := loa(o.t, "", "standing", "--plans", o.plans, "--data", o.data, "--db", db, "--plan", "mau/2023", "--at", "2023-03-30T16:00", "--json")
	if code != 0 {
		o.t.Fatal(errOut)
	}
	var lines []string
	for line := range strings.Lines(out) {
		var s struct {
			Quota, Owner, Period string
			State                schedule.State
			Measures             json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			o.t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s", s.Quota, s.Owner, s.Period, s.State, s.Measures))
	}
	return lines
}

// sound wants the chain of the trail whole.
func (o *crew) sound(db string) {
	o.t.Helper()
	s, err := store.Open(o.t.Context(), db, store.Options{MaxConns: 2})
	if err != nil {
		o.t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.VerifyEvents(o.t.Context()); err != nil {
		o.t.Error(err)
	}
}

// readsAgain reads the kept bodies of a database again, and wants the same of it: items, texts, verdicts, standings.
func (o *crew) readsAgain(db string, more ...string) {
	o.t.Helper()
	replays(o.t, o.plans, append([]string{"--data", o.data, "--db", db}, more...)...)
}

// left is what one node leaves of the sample province to which nothing happens, made once.
type left struct {
	rows, kept, stands []string
	dir                string // its kept bytes
}

var undisturbedOnce struct {
	once sync.Once
	left
	err error
}

func dropUndisturbed() {
	if undisturbedOnce.dir != "" {
		os.RemoveAll(undisturbedOnce.dir)
	}
}

// undisturbed is what a node leaves to which nothing happens; on both engines it is the same (TestEnginesAgree).
func undisturbed(t *testing.T, bin, plans string) left {
	t.Helper()
	u := &undisturbedOnce
	u.once.Do(func() {
		u.err = errors.New("it was not made")
		if u.dir, u.err = os.MkdirTemp("", "loa-undisturbed-"); u.err != nil {
			return
		}
		w := watchSample(t, crawlTime(), 0)
		db := filepath.Join(u.dir, "loa.db")
		o := opens(t, bin, plans, db, w, 1, "--data", u.dir)
		for same := 0; same < 4; { // nothing comes any more
			got := judgedBy(t, db)
			if same++; !slices.Equal(got, u.rows) || len(got) < 100 {
				same = 0
			}
			u.rows = got
			time.Sleep(500 * time.Millisecond) // the node works meanwhile
		}
		o.stop()
		o.data = u.dir
		u.stands, u.kept = o.stands(db), keptFiles(t, u.dir)
		u.err = nil
	})
	if u.err != nil || len(u.stands) < 50 || len(u.kept) < 50 {
		t.Fatalf("one node alone left %d standings and %d kept bodies: %v", len(u.stands), len(u.kept), u.err)
	}
	return u.left
}

// killable is a started server of its own. A kill of processes loses nothing that the operating system holds: it need not sync.
func killable(t *testing.T) *storetest.Cluster {
	t.Helper()
	c, err := storetest.NewCluster("-c", "fsync=off", "-c", "shared_buffers=32MB")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Remove)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestKilledNodes kills nodes and their PostgreSQL server with SIGKILL at random points while they read the sample province, starts
// them again, and wants what one node that nothing happened to leaves: nothing lost, nothing twice, the same standings, the same
// once more of the kept bodies alone, a whole trail, and no site asked by two at once.
func TestKilledNodes(t *testing.T) {
	kills := faults(t, 6)
	bin, plans := binary(t), samplePlans(t)
	w := watchSample(t, crawlTime(), 2*time.Millisecond)
	c := killable(t)
	want := undisturbed(t, bin, plans)
	rnd := rand.New(rand.NewPCG(10, 2))
	killed, servers, ended := 0, 0, []string(nil)
	for round := 1; killed < kills && !t.Failed(); round++ {
		name := "round" + strconv.Itoa(round)
		if err := c.Do("postgres", "CREATE DATABASE "+name); err != nil {
			t.Fatal(err)
		}
		o := opens(t, bin, plans, c.DSN(name), w, 3)
		for here := 0; here < 12 && killed < kills; here++ {
			time.Sleep(time.Duration(rnd.Int64N(int64(700 * time.Millisecond)))) // the point in time is what is tried
			if victim := rnd.IntN(len(o.nodes)); killed%4 != 3 {
				o.kill(o.nodes[victim])
			} else {
				c.Kill()
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				servers++
			}
			killed++
		}
		what := fmt.Sprintf("round %d, after %d kills", round, killed)
		o.settled(what, want.rows, c.DSN(name))
		o.stop()
		ended = append(ended, o.ended...)
		o.sound(c.DSN(name))
		compare(t, what+", kept bodies", want.kept, keptFiles(t, o.data))
		compare(t, what+", standings", want.stands, o.stands(c.DSN(name)))
		o.readsAgain(c.DSN(name))
	}
	for _, e := range ended {
		t.Logf("a node that ended by itself said:\n%s", e)
	}
	t.Logf("%d kills, %d of them of the server; %d rows and %d kept bodies each time", killed, servers, len(want.rows), len(want.kept))
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, x := range w.overlaps {
		t.Errorf("two requests at once at %s", x)
	}
}
