package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite"
)

// day is one day of «loa serve» on a fast clock.
type day struct {
	speed        int64
	sources      int
	warm, length time.Duration
	profile      string
	role         string // what the process does; "": everything
	log          io.Writer

	world *world
	begun time.Time // when the fast clock began
	mu    sync.Mutex
	asked map[string]int // requests by path's kind
}

// first is the day on which it begins: a Wednesday, so that a Thursday is measured.
func first() time.Time { return time.Date(2023, 3, 8, 18, 0, 0, 0, zone()) }

func (d *day) now() time.Time {
	return first().Add(time.Duration(int64(time.Since(d.begun)) * d.speed))
}

// state is what is read of the process and its database at a moment.
type state struct {
	cpu           time.Duration
	resident, top int64
	rows          map[string]int64
	bytes         map[string]int64
	size          int64
	kept, objects int64
	asked         map[string]int
}

func (d *day) run(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "loaday")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	d.world = newWorld(plan{provinces: 1, sources: d.sources, from: first(), days: 1 + int((d.warm+d.length)/(24*time.Hour)), seed: 1})
	d.asked = map[string]int{}
	fmt.Fprintln(d.log, "nation: builds the program with a fast clock")
	bin, err := buildFast(ctx, dir, d.speed)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	web := &http.Server{Handler: d}
	go func() { _ = web.Serve(ln) }()
	defer web.Close()
	if err := d.writePlan("plans/yen-bai", filepath.Join(dir, "plans"), ln.Addr().String()); err != nil {
		return err
	}
	d.begun = time.Now()
	pprof, err := freePort()
	if err != nil {
		return err
	}
	args := []string{"--data", filepath.Join(dir, "data"), "--plans", filepath.Join(dir, "plans"), "serve", "--plan", "yen-bai/2023", "--at", first().Format("2006-01-02T15:04"),
		"--listen", "127.0.0.1:0", "--allow-loopback", "--resolve-file", filepath.Join(dir, "resolve.txt")}
	if d.profile != "" {
		args = append(args, "--pprof", pprof)
	}
	if d.role != "" {
		args = append(args, "--role", d.role)
	}
	said, err := os.Create(filepath.Join(dir, "said"))
	if err != nil {
		return err
	}
	defer said.Close()
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer func() { _ = cmd.Process.Kill() }()
	wait := func(d2 time.Duration) error {
		select {
		case <-time.After(d2 / time.Duration(d.speed)):
			return nil
		case err := <-ended:
			text, _ := os.ReadFile(said.Name())
			return fmt.Errorf("loa ended: %w\n%s", err, text[max(0, len(text)-4096):])
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := wait(d.warm); err != nil {
		return err
	}
	before, err := d.look(ctx, dir, cmd.Process.Pid)
	if err != nil {
		return err
	}
	resetPeak(cmd.Process.Pid)
	if d.profile != "" {
		go d.takeProfile(ctx, "http://"+pprof)
	}
	if err := wait(d.length); err != nil {
		return err
	}
	after, err := d.look(ctx, dir, cmd.Process.Pid)
	if err != nil {
		return err
	}
	d.tell(out, before, after)
	_ = cmd.Process.Signal(os.Interrupt)
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		return errors.New("loa does not stop")
	}
	return nil
}

// freePort is an address on loopback that nobody uses at the moment.
func freePort() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// takeProfile saves where the processor's time goes during nearly all of the day.
func (d *day) takeProfile(ctx context.Context, at string) {
	err := func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", at, int(0.95*d.length.Seconds())), nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		file, err := os.Create(d.profile)
		if err != nil {
			return err
		}
		_, err = io.Copy(file, res.Body)
		return errors.Join(err, file.Close())
	}()
	if err != nil {
		fmt.Fprintln(d.log, "nation: profile:", err)
	}
}

// ServeHTTP answers for the sites, by the fast clock.
func (d *day) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/robots.txt" {
		d.count("robots.txt")
		fmt.Fprint(w, "User-agent: *\nDisallow: /quan-tri/\n")
		return
	}
	s := d.world.of(r.URL)
	if s == nil {
		d.count("not there")
		http.NotFound(w, r)
		return
	}
	body, kind, etag, ok := s.answer(r.URL.Path, d.now())
	switch {
	case !ok:
		d.count("not there")
		http.NotFound(w, r)
		return
	case etag != "" && r.Header.Get("If-None-Match") == etag:
		d.count("304")
		w.WriteHeader(http.StatusNotModified)
		return
	case strings.HasSuffix(r.URL.Path, ".html"):
		d.count("article")
	default:
		d.count("list or page")
	}
	if etag != "" {
		w.Header().Set("ETag", etag)
	}
	w.Header().Set("Content-Type", kind)
	_, _ = io.WriteString(w, body)
}

func (d *day) count(what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked[what]++
}

// look reads what the process has used and what its database holds.
func (d *day) look(ctx context.Context, dir string, pid int) (s state, err error) {
	s.rows, s.bytes, s.asked = map[string]int64{}, map[string]int64{}, map[string]int{}
	d.mu.Lock()
	for k, n := range d.asked {
		s.asked[k] = n
	}
	d.mu.Unlock()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, err
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	s.cpu = time.Duration(user+system) * 10 * time.Millisecond // Linux counts hundredths of a second
	s.top, s.resident = memoryOf(pid, "VmHWM"), memoryOf(pid, "VmRSS")
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "data", "loa.db")+"?mode=ro&_pragma=busy_timeout(15000)")
	if err != nil {
		return s, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, "SELECT name, SUM(pgsize) FROM dbstat GROUP BY name")
	if err != nil {
		return s, fmt.Errorf("sizes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return s, err
		}
		s.bytes[name], s.size = n, s.size+n
	}
	if err := rows.Err(); err != nil {
		return s, err
	}
	for _, table := range []string{"visit", "item", "revision", "verdict", "change", "event"} {
		var n int64
		if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
			return s, err
		}
		s.rows[table] = n
	}
	err = filepath.WalkDir(filepath.Join(dir, "data", "kept"), func(_ string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			s.kept, s.objects = s.kept+info.Size(), s.objects+1
		}
		return err
	})
	return s, err
}

// memoryOf reads a line of a process's status, in bytes.
func memoryOf(pid int, name string) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return n << 10
		}
	}
	return 0
}

// resetPeak lets VmHWM begin anew.
func resetPeak(pid int) {
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }

func (d *day) tell(out io.Writer, before, after state) {
	fmt.Fprintf(out, "%d sources, %s of a clock %d times as fast, after %s in which everything was read for the first time\n", len(d.world.sites), d.length, d.speed, d.warm)
	fmt.Fprintf(out, "first read: %.1f s of processor, %.0f MiB resident at most\n", before.cpu.Seconds(), mib(before.top))
	fmt.Fprintf(out, "the day:    %.1f s of processor, %.0f MiB resident at most, %.0f at the end\n", (after.cpu - before.cpu).Seconds(), mib(after.top), mib(after.resident))
	var kinds []string
	for k := range after.asked {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	fmt.Fprint(out, "requests:  ")
	for _, k := range kinds {
		fmt.Fprintf(out, " %s %d;", k, after.asked[k]-before.asked[k])
	}
	fmt.Fprint(out, "\nrows:      ")
	for _, t := range []string{"visit", "item", "revision", "verdict", "change", "event"} {
		fmt.Fprintf(out, " %s %d;", t, after.rows[t]-before.rows[t])
	}
	fmt.Fprintf(out, "\ndatabase:   %.1f MiB more, from %.1f; kept bodies %.1f MiB more in %d objects\n", mib(after.size-before.size), mib(before.size), mib(after.kept-before.kept), after.objects-before.objects)
	var names []string
	for name := range after.bytes {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return int((after.bytes[b] - before.bytes[b]) - (after.bytes[a] - before.bytes[a]))
	})
	for _, name := range names[:min(14, len(names))] {
		fmt.Fprintf(out, "  %-28s %8.2f MiB more\n", name, mib(after.bytes[name]-before.bytes[name]))
	}
}
