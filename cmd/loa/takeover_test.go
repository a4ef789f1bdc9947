//go:build linux

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"loa/store/storetest"
)

// TestTakeover kills one of two nodes while it holds hosts, and wants each of them in the other's hands within one lease and the second in
// which nodes look for work.
func TestTakeover(t *testing.T) {
	const lease, poll = 2 * time.Second, 1100 * time.Millisecond // a second and its jitter
	bin, plans := binary(t), samplePlans(t)
	w := watchSample(t, crawlTime(), 60*time.Millisecond)
	db := storetest.DB(t, "postgres")
	o := opens(t, bin, plans, db, w, 2, "--lease", lease.String(), "--role", "crawl")
	conn, err := pgx.Connect(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	owned := func(n *node) (names []string) {
		t.Helper()
		rows, err := conn.Query(t.Context(), "SELECT name FROM host WHERE owner LIKE $1 ORDER BY name", fmt.Sprintf("%%-%d-%%", n.cmd.Process.Pid))
		if err == nil {
			names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		if err != nil && !strings.Contains(err.Error(), "does not exist") { // the schema is made by a node
			t.Fatal(err)
		}
		return names
	}
	dead, other := o.nodes[0], o.nodes[1]
	deadline := time.Now().Add(time.Minute)
	for len(owned(dead)) < 2 || len(owned(other)) == 0 {
		if time.Now().After(deadline) {
			t.Fatalf("two nodes do not hold hosts beside each other:\n%s\n%s", dead.out, other.out)
		}
		time.Sleep(5 * time.Millisecond) // they are other processes
	}
	_ = dead.cmd.Process.Kill()
	_ = dead.cmd.Wait()
	killed := time.Now()
	held := owned(dead)
	if len(held) == 0 {
		t.Fatal("the node gave back what it held in the moment in which it was killed")
	}
	late, asked := time.Duration(0), killed // a machine that does not let this test run lets the node run as little
	for left := held; len(left) > 0; left = owned(dead) {
		late, asked = max(late, time.Since(asked)), time.Now()
		if time.Since(killed) > lease+poll+4*late+time.Second {
			t.Fatalf("%s after the kill %v are still the dead node's", time.Since(killed), left)
		}
		time.Sleep(10 * time.Millisecond) // the other node is another process
	}
	took := time.Since(killed)
	t.Logf("%d hosts were taken over %.2f s after the kill (lease %s, poll 1 to 1.1 s; asked every %s at most)", len(held), took.Seconds(), lease, late)
	if took < lease/4 {
		t.Errorf("hosts were taken from a node that might still have asked them, %s after it last said that it lives", took)
	}
	o.nodes = o.nodes[1:]
	o.stop()
}
