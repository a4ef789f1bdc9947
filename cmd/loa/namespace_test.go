//go:build linux

package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"loa/sample"
	"loa/store/storetest"
)

// cable is a pair of virtual interfaces between this machine and a network namespace.
type cable struct {
	t            *testing.T
	name         string // of the namespace
	here, there  string // interfaces
	ours, theirs string // addresses
}

// ipPath is iproute2's program, which is not on everybody's path.
func ipPath() string {
	if path, err := exec.LookPath("ip"); err == nil {
		return path
	}
	return "/usr/sbin/ip"
}

// ipDoes runs iproute2's ip.
func ipDoes(args ...string) error {
	if out, err := exec.Command(ipPath(), args...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

func (c *cable) ip(line string, args ...any) {
	c.t.Helper()
	if err := ipDoes(strings.Fields(fmt.Sprintf(line, args...))...); err != nil {
		c.t.Error(err)
	}
}

// lay makes a cable into a namespace; n numbers the cables of a test.
func lay(t *testing.T, namespace string, n int) *cable {
	t.Helper()
	net := fmt.Sprintf("10.254.%d.", os.Getpid()%250+1)
	c := &cable{t: t, name: namespace, here: fmt.Sprintf("loa%dh%d", os.Getpid()%10000, n), there: fmt.Sprintf("loa%dn%d", os.Getpid()%10000, n), ours: net + fmt.Sprint(4*n+1), theirs: net + fmt.Sprint(4*n+2)}
	c.ip("link add %s type veth peer name %s netns %s", c.here, c.there, namespace)
	c.ip("addr add %s/30 dev %s", c.ours, c.here)
	c.ip("link set %s up", c.here)
	c.ip("-n %s addr add %s/30 dev %s", namespace, c.theirs, c.there)
	c.ip("-n %s link set %s up", namespace, c.there)
	t.Cleanup(func() { _ = ipDoes("link", "del", c.here) }) // it went with its namespace
	return c
}

// cut breaks the cable: down, or one way only, where frames go to an address of the link that nobody has. mend ends it.
func (c *cable) cut(how string) (mend func()) {
	const nobody = "02:de:ad:be:ef:00"
	switch how {
	case "down":
		c.ip("link set %s down", c.here)
		return func() { c.ip("link set %s up", c.here) }
	case "answers": // what is asked arrives, what is answered does not
		c.ip("neigh replace %s lladdr %s dev %s nud permanent", c.theirs, nobody, c.here)
		return func() { c.ip("neigh del %s dev %s", c.theirs, c.here) }
	default: // questions
		c.ip("-n %s neigh replace %s lladdr %s dev %s nud permanent", c.name, c.ours, nobody, c.there)
		return func() { c.ip("-n %s neigh del %s dev %s", c.name, c.ours, c.there) }
	}
}

// apart is a namespace for one node; false where none can be made, which CI does not forgive.
func apart(t *testing.T, n int) (name string, ok bool) {
	t.Helper()
	name = fmt.Sprintf("loa-%d-%d", os.Getpid(), n)
	if err := ipDoes("netns", "add", name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Logf("not tried: network namespaces need root and iproute2: %v", err)
		return "", false
	}
	t.Cleanup(func() { _ = ipDoes("netns", "del", name) })
	if err := ipDoes("-n", name, "link", "set", "lo", "up"); err != nil {
		t.Fatal(err)
	}
	return name, true
}

// bridge answers as an office's proxy does, for the sample province alone: the host that is dead is dead behind it too.
type bridge struct{ w *watched }

func (b bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if to, known := b.w.site.Resolve[strings.ToLower(r.Host)]; !known || to == "127.0.0.1:1" {
		http.Error(w, "no such host", http.StatusBadGateway)
		return
	}
	b.w.ServeHTTP(w, r)
}

// isolated is a node in a namespace of its own, with a cable to the server and one to the sites.
type isolated struct{ db, sites *cable }

// listens serves h at an address of this machine until the test ends.
func listens(t *testing.T, address string, h http.Handler) string {
	t.Helper()
	ln, err := net.Listen("tcp4", address+":0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	go srv.Serve(ln) // ends with ErrServerClosed
	t.Cleanup(func() { srv.Close() })
	return ln.Addr().String()
}

// reachable is a started server that answers at addresses of its own beside its socket.
func reachable(t *testing.T, addresses ...string) *storetest.Cluster {
	t.Helper()
	c, err := storetest.NewCluster("-c", "fsync=off", "-c", "shared_buffers=32MB", "-c", "listen_addresses="+strings.Join(addresses, ","))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Remove)
	rules, err := os.OpenFile(filepath.Join(c.Dir(), "data", "pg_hba.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.WriteString("host all all 10.254.0.0/16 trust\n"); err != nil {
		t.Fatal(err)
	}
	if err := rules.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCutCables: each node runs in a network namespace, the kernel's own network leads to the server and, through a proxy, to the sites.
// A cable goes down for longer than two leases, or carries one way only; a node is cut off from everything. What is left is what an
// undisturbed node leaves, and no site is asked by two at once.
func TestCutCables(t *testing.T) {
	var names []string
	for n := range 2 {
		name, ok := apart(t, n)
		if !ok {
			return
		}
		names = append(names, name)
	}
	n := faults(t, 4)
	bin, plans := binary(t), samplePlans(t)
	w := watchSample(t, crawlTime(), 4*time.Millisecond)
	want := undisturbed(t, bin, plans)
	var nodes []isolated
	var proxies, at []string
	for i, name := range names {
		x := isolated{lay(t, name, 2*i), lay(t, name, 2*i+1)}
		nodes, at = append(nodes, x), append(at, x.db.ours)
		proxies = append(proxies, "http://"+listens(t, x.sites.ours, bridge{w}))
	}
	if t.Failed() {
		return
	}
	c := reachable(t, at...)
	whole := 0 // requests at one site at once after a node was cut off from everything: what it had sent may arrive late
	kinds := []string{"server down", "sites answers", "server answers", "all down", "server questions", "sites down", "all questions"}
	for done, round := 0, 1; done < n && !t.Failed(); round++ {
		name := fmt.Sprintf("cables%d", round)
		if err := c.Do("postgres", "CREATE DATABASE "+name); err != nil {
			t.Fatal(err)
		}
		o := &crew{t: t, bin: ipPath(), plans: plans, data: t.TempDir()}
		for i, x := range nodes {
			args := crawlArgs(t, &sample.Site{}, plans, o.data)
			args[0] = "serve"
			args = slices.Delete(args, slices.Index(args, "--resolve-file"), slices.Index(args, "--resolve-file")+2)
			o.nodes = append(o.nodes, &node{args: append(append([]string{"netns", "exec", names[i], bin}, args...), "--db", "host="+x.db.ours+" user=postgres dbname="+name+" sslmode=disable",
				"--plan", "mau/2023", "--listen", "127.0.0.1:0", "--user-agent", "node", "--workers", "4", "--proxy", proxies[i])})
			o.start(o.nodes[i])
		}
		t.Cleanup(func() {
			for _, x := range o.nodes {
				_ = x.cmd.Process.Signal(syscall.SIGKILL)
			}
		})
		waitFor(t, "a crawl that has begun", func() bool { o.again(); return len(judgedBy(t, c.DSN(name))) > 50 })
		before := len(w.seenTwice())
		what := kinds[(round-1)%len(kinds)]
		for range 2 { // one node after the other
			x := nodes[done%2]
			which, how, _ := strings.Cut(what, " ")
			var mends []func()
			if which != "sites" {
				mends = append(mends, x.db.cut(how))
			}
			if which != "server" {
				mends = append(mends, x.sites.cut(how))
			}
			time.Sleep(2500 * time.Millisecond) // two leases and a half
			for _, mend := range mends {
				mend()
			}
			done++
		}
		o.settled(what, want.rows, c.DSN(name))
		o.stop()
		o.sound(c.DSN(name))
		compare(t, what+", kept bodies", want.kept, keptFiles(t, o.data))
		twice := w.seenTwice()[before:]
		if strings.HasPrefix(what, "all ") {
			whole += len(twice)
			continue
		}
		for _, x := range twice {
			t.Errorf("%s: two requests at once at %s", what, x)
		}
	}
	t.Logf("%d requests of a node that was cut off from everything arrived after another had taken its host over", whole)
}

// seenTwice are the requests so far that came while another was under way at the same host.
func (w *watched) seenTwice() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.overlaps)
}
