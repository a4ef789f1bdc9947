package storetest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Cluster is a PostgreSQL server of its own in a temporary folder, on a socket there, that a test may kill, start again and
// replace by a standby. Its methods are not for concurrent use.
type Cluster struct {
	dir      string   // data, the socket and what it logs
	held     *os.File // the folder, as long as it is in use
	settings []string
	cred     *syscall.Credential

	cmd  *exec.Cmd
	done chan struct{} // closed when the server that was started last has ended
}

// clusterDir begins the names of their folders. It is short: a socket's path has at most 107 bytes.
const clusterDir = "loapg"

// NewCluster makes a cluster that is not started; settings are "-c", "name=value" pairs beside PostgreSQL's own. As root it runs
// as the user postgres, for the server refuses root.
func NewCluster(settings ...string) (*Cluster, error) { return NewClusterIn("", settings...) }

// NewClusterIn makes it in a new folder in dir, which is its whole disk; "" is the system's for temporary files.
func NewClusterIn(dir string, settings ...string) (*Cluster, error) {
	if dir == "" {
		return newCluster("", settings)
	}
	return newCluster(dir, settings, "--wal-segsize=1") // megabyte: the least
}

// newCluster makes it with more that initdb is told.
func newCluster(dir string, settings []string, more ...string) (*Cluster, error) {
	c, err := emptyCluster(dir, settings)
	if err != nil {
		return nil, err
	}
	args := append([]string{"-D", c.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"}, more...)
	if err := c.run("initdb", args...); err != nil {
		c.Remove()
		return nil, err
	}
	return c, nil
}

func emptyCluster(in string, settings []string) (*Cluster, error) {
	dir, err := os.MkdirTemp(in, clusterDir)
	if err != nil {
		return nil, err
	}
	held, err := hold(dir)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	c := &Cluster{dir: dir, held: held, settings: settings}
	if c.cred, err = owner(dir); err != nil {
		c.Remove()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// run runs one of PostgreSQL's programs to its end.
func (c *Cluster) run(name string, args ...string) error {
	path, err := program(name)
	if err != nil {
		return err
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.SysProcAttr = c.dir, &syscall.SysProcAttr{Credential: c.cred}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// DSN is the address of one of its databases; others are servers that hold it in its place: the one that can be written to is used.
func (c *Cluster) DSN(database string, others ...*Cluster) string {
	hosts := []string{c.dir}
	for _, o := range others {
		hosts = append(hosts, o.dir)
	}
	dsn := "host=" + strings.Join(hosts, ",") + " user=postgres dbname=" + database + " sslmode=disable"
	if len(others) > 0 {
		dsn += " target_session_attrs=read-write"
	}
	return dsn
}

// Start runs the server and waits until it answers. After a Kill it waits for what the old one left behind to go.
func (c *Cluster) Start() error {
	deadline := time.Now().Add(time.Minute)
	for {
		err := c.start()
		if err == nil || !strings.Contains(err.Error(), "shared memory block") && !strings.Contains(err.Error(), "lock file") || time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond) // its children end when they notice
	}
}

func (c *Cluster) start() error {
	server, err := program("postgres")
	if err != nil {
		return err
	}
	logPath := filepath.Join(c.dir, "log")
	log, err := os.Create(logPath)
	if err != nil {
		return err
	}
	cmd := exec.Command(server, append([]string{"-D", c.data(), "-k", c.dir, "-c", "listen_addresses="}, c.settings...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, log, log
	// The server must not outlive a killed test. The signal is tied to the thread
	// that started it, so that thread is kept.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred, Pdeathsig: syscall.SIGQUIT}
	started, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		defer log.Close()
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // it is stopped by a signal
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	c.cmd, c.done = cmd, done
	if err := ready(c.DSN("postgres"), done); err != nil {
		text, _ := os.ReadFile(logPath)
		c.end(syscall.SIGQUIT)
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
}

// Running reports whether the server that was started last still runs.
func (c *Cluster) Running() bool {
	if c.cmd == nil {
		return false
	}
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

// Kill ends the server with SIGKILL, as a power cut would but for what the operating system still holds.
func (c *Cluster) Kill() { c.end(syscall.SIGKILL) }

// Stop shuts the server down in order; whoever is connected is cut off.
func (c *Cluster) Stop() { c.end(syscall.SIGINT) }

func (c *Cluster) end(sig syscall.Signal) {
	if c.cmd == nil {
		return
	}
	_ = c.cmd.Process.Signal(sig) // it may have ended
	<-c.done
	c.cmd = nil
}

// Remove stops the server and deletes all it had.
func (c *Cluster) Remove() {
	c.Stop()
	os.RemoveAll(c.dir)
	c.held.Close()
}

// Standby makes a server that holds what c holds and follows it, and is not started.
func (c *Cluster) Standby(settings ...string) (*Cluster, error) {
	s, err := emptyCluster("", append(append([]string{}, settings...), "-c", "hot_standby=on"))
	if err != nil {
		return nil, err
	}
	if err := s.run("pg_basebackup", "-h", c.dir, "-U", "postgres", "-D", s.data(), "-R", "-X", "stream", "-c", "fast"); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

// Promote lets a standby be written to: it follows nobody any more.
func (c *Cluster) Promote() error {
	if c.cmd == nil {
		return errors.New("the standby is not running")
	}
	return c.run("pg_ctl", "promote", "-D", c.data(), "-w")
}

// Do runs statements in one of its databases, each by itself.
func (c *Cluster) Do(database string, statements ...string) error {
	for _, s := range statements {
		if err := order(c.DSN(database), s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// Dir is the folder of its socket.
func (c *Cluster) Dir() string { return c.dir }
