package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"loa/store/storetest"
)

// world is what the contestants share: the programs, a PostgreSQL server, a
// folder that goes at the end.
type world struct {
	load
	log     io.Writer
	dir     string
	server  string        // address of the PostgreSQL server
	profile string        // folder for profiles; "": none
	settle  time.Duration // how long loa goes on after the last case
	n       int           // databases and folders made

	postmaster int // the server's process; 0: not known yet

	ends []func()
}

func newWorld(ctx context.Context, l load, log io.Writer) (made *world, err error) {
	w := &world{load: l, log: log}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.dir, err = os.MkdirTemp("", "loarate"); err != nil {
		return nil, err
	}
	w.ends = append(w.ends, func() { os.RemoveAll(w.dir) })
	for name, pkg := range map[string]string{"loa": "./cmd/loa", "origin": "./bench/origin"} {
		build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(w.dir, name), pkg)
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build %s (run from the root of the repository): %w\n%s", pkg, err, out)
		}
	}
	dsn, stop, err := storetest.Server()
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	w.server, w.ends = dsn, append(w.ends, stop)
	return w, nil
}

func (w *world) close() {
	for i := len(w.ends) - 1; i >= 0; i-- {
		w.ends[i]()
	}
}

// folder makes an empty folder.
func (w *world) folder() (string, error) {
	w.n++
	dir := filepath.Join(w.dir, fmt.Sprint("f", w.n))
	return dir, os.MkdirAll(dir, 0o755)
}

// database makes an empty database on the server.
func (w *world) database(ctx context.Context) (dsn string, drop func(), err error) {
	w.n++
	name := fmt.Sprint("rate", w.n)
	run := func(ctx context.Context, stmt string) error {
		conn, err := pgx.Connect(ctx, w.server)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, stmt)
		return err
	}
	if err := run(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return "", nil, fmt.Errorf("make a database: %w", err)
	}
	if err := run(ctx, "CHECKPOINT"); err != nil { // what the last run left to be written is not this one's to wait for
		return "", nil, err
	}
	return w.server + " dbname=" + name, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		if err := run(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			fmt.Fprintln(w.log, "rate: drop a database:", err)
		}
	}, nil
}

// process is a program that was started.
type process struct {
	cmd   *exec.Cmd
	log   string // file of what it says
	ended chan struct{}
	err   error
}

func (w *world) start(name string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(name, args...), ended: make(chan struct{}), log: filepath.Join(w.dir, filepath.Base(name)+".log")}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() {
		defer close(p.ended)
		p.err = errors.Join(p.cmd.Wait(), log.Close())
	}()
	return p, nil
}

// said is the end of what it said.
func (p *process) said() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4096):])
}

// alive is nil while the program runs.
func (p *process) alive() error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s ended: %w", filepath.Base(p.cmd.Path), p.err)
	default:
		return nil
	}
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
	case <-time.After(15 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// site is a running origin.
type site struct {
	load
	*process
	addr string            // of its first listener
	plan string            // folder of the plan that names its feeds
	at   map[string]string // address of each host, which are of their own for peers
}

func (w *world) origin(ctx context.Context) (*site, error) {
	plan, err := w.folder()
	if err != nil {
		return nil, err
	}
	p, err := w.start(filepath.Join(w.dir, "origin"), "-addr", "127.0.0.1:0", "-feeds", fmt.Sprint(w.feeds), "-items", fmt.Sprint(w.items),
		"-hosts", fmt.Sprint(w.hosts), "-plan", plan, "-articles=false", "-latency", w.latency.String(), fmt.Sprintf("-spread=%t", w.spread))
	if err != nil {
		return nil, fmt.Errorf("start the origin: %w", err)
	}
	s := &site{load: w.load, process: p, plan: plan}
	for {
		if err := errors.Join(p.alive(), ctx.Err()); err != nil {
			p.stop()
			return nil, err
		}
		if s.addr == "" {
			if text, err := os.ReadFile(filepath.Join(plan, "resolve.txt")); err == nil {
				s.at = map[string]string{}
				for line := range strings.Lines(string(text)) {
					host, addr, _ := strings.Cut(strings.TrimSpace(line), " ")
					s.at[host] = addr
				}
				s.addr = s.at[s.feedHost(0)]
			}
		}
		if s.addr != "" {
			if _, err := s.stats(ctx); err == nil {
				return s, nil
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (s *site) get(ctx context.Context, path string) ([]byte, error) {
	return ask(ctx, "http://"+s.addr+path)
}

// ask gets what an address on this machine answers.
func ask(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(bufio.NewReader(res.Body))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", address, res.Status)
	}
	return body, err
}

// ground is an empty database and an origin, for one contestant.
func (w *world) ground(ctx context.Context) (db string, s *site, leave func(), err error) {
	db, drop, err := w.database(ctx)
	if err != nil {
		return "", nil, nil, err
	}
	if s, err = w.origin(ctx); err != nil {
		drop()
		return "", nil, nil, err
	}
	return db, s, func() { s.stop(); drop() }, nil
}

// stats are what the origin has served since the last fresh.
type stats struct {
	Requests    int   `json:"requests"`
	NotModified int   `json:"not_modified"`
	Feeds       int   `json:"feeds"`
	Overlaps    int   `json:"overlaps"` // requests to a host that another was under way to
	First       int64 `json:"first"`    // when the first request came, microseconds
}

func (s *site) stats(ctx context.Context) (n stats, err error) {
	body, err := s.get(ctx, "/stats")
	if err == nil {
		err = json.Unmarshal(body, &n)
	}
	return n, err
}

// render makes the origin render every feed once, returns them, and lets it
// count anew.
func (s *site) render(ctx context.Context) ([][]byte, error) {
	docs := make([][]byte, s.feeds)
	for i := range docs {
		var err error
		if docs[i], err = s.get(ctx, fmt.Sprintf("/f/%d.rss", i)); err != nil {
			return nil, err
		}
	}
	_, err := s.get(ctx, "/reset")
	return docs, err
}

// next brings about what the case asks for.
func (s *site) next(ctx context.Context, c int) ([][]byte, error) {
	if c == oneNew {
		if _, err := s.get(ctx, "/advance?by=1"); err != nil {
			return nil, err
		}
	}
	return s.render(ctx)
}

// feedURL is the address of a feed, and feedHost its host.
func (l load) feedHost(n int) string { return fmt.Sprintf("h%d.tai.example", n%l.hosts+1) }
func (l load) feedURL(n int) string  { return fmt.Sprintf("http://%s/f/%d.rss", l.feedHost(n), n) }

// served checks that the origin saw what a contestant says it did.
func (s *site) served(ctx context.Context, c, feeds int) (stats, error) {
	n, err := s.stats(ctx)
	switch {
	case err != nil:
		return n, err
	case n.Feeds != feeds:
		return n, fmt.Errorf("%s: the origin served %d feeds, want %d", caseName(c), n.Feeds, feeds)
	case c == unchanged && n.NotModified != feeds || c != unchanged && n.NotModified != 0:
		return n, fmt.Errorf("%s: %d of %d answers were 304", caseName(c), n.NotModified, feeds)
	}
	return n, nil
}

func caseName(c int) string {
	return [cases]string{"first read", "nothing changed", "one new item each"}[c]
}
