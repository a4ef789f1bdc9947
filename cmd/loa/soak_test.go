//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"loa/bench/hostile"
	"loa/sample"
	"loa/store"
	"loa/store/storetest"
	"loa/web/access"
)

// soakTime is how long hostile input is sent: LOA_SOAK (make soak: 30m), at most two hours, or little.
func soakTime(t *testing.T, little time.Duration) time.Duration {
	t.Helper()
	s := os.Getenv("LOA_SOAK")
	if s == "" {
		return little
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < time.Second || d > 2*time.Hour {
		t.Fatalf("LOA_SOAK=%q: want a time from 1s to 2h", s)
	}
	return d
}

// soaked is a running `loa serve` that reads hostile hosts while hostile clients ask it.
type soaked struct {
	t       *testing.T
	base    string
	pprof   string
	tmp     string // its folder for temporary files
	pid     int
	origin  *hostile.Origin
	store   *store.Store // of the same database, to make sources due
	secrets []string     // none of them may be logged
	tokens  map[access.Role]string
	key     string   // of the interface for programs
	log     string   // file
	files   [][]byte // that mean harm

	mu     sync.Mutex
	sent   map[string]int // inputs by kind
	codes  map[int]int    // answers by status
	wrong  []string       // what was answered as it should not be
	held   time.Duration  // the longest that a slow client was borne with
	links  []string       // addresses that pages led to
	shapes []vital
}

// vital is how the process stood at one moment.
type vital struct {
	resident               int64
	goroutines, fds, temps int
	board, ready           time.Duration
}

const soakHonest = 10

// soak starts the built binary on a copy of the seeded province, with every hostile source added to its plan.
func soak(t *testing.T, engine string) (s *soaked, stop func()) {
	t.Helper()
	e := seededEngine(t)
	s = &soaked{t: t, origin: hostile.New(), sent: map[string]int{}, codes: map[int]int{}, tokens: map[access.Role]string{"": ""}, tmp: t.TempDir(), store: e.store, files: poisons(t)}
	const guessed = "mot-cau-that-dai-de-nho-2023"
	for role, login := range logins {
		s.tokens[role] = session(t, e, login)
		s.secrets = append(s.secrets, s.tokens[role])
	}
	if _, err := e.login.Gate.New(t.Context(), access.Account{Login: "docgia", Name: "Người đọc", Role: access.Reader}, guessed, false, access.Act{By: access.Actor{Role: access.Admin}, At: seededNow}); err != nil {
		t.Fatal(err)
	}
	secret, shown, hash := access.NewSecret()
	k := access.Token{Shown: shown, Name: "thử", Maker: "thử", Made: time.Now(), Expires: time.Now().Add(24 * time.Hour)}
	for _, x := range access.Scopes() {
		k.Scopes = append(k.Scopes, x.Name)
	}
	if err := e.store.AddToken(t.Context(), k, hash, seededNow); err != nil {
		t.Fatal(err)
	}
	metricsKey := "khoa-so-do-cua-lan-ngam"
	s.key, s.secrets = secret, append(s.secrets, secret, metricsKey, guessed, typedSecret)

	data, db := e.app.cli.Data, filepath.Join(e.app.cli.Data, "loa.db")
	if engine == "postgres" {
		db = storetest.DB(t, "postgres")
		if _, err := store.Transfer(t.Context(), e.store, db, "thử", func(string, int64) {}); err != nil {
			t.Fatal(err)
		}
		var err error
		if s.store, err = store.Open(t.Context(), db, store.Options{MaxConns: 2}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.store.Close() })
	}
	plans, names := s.province()
	s.pprof = freePort(t)
	args := append([]string{"serve", "--plans", plans, "--data", data, "--db", db, "--plan", "mau/2023", "--at", "2023-03-06T08:00", "--resolve-file", names, "--allow-loopback", "--spacing", "1ms",
		"--lease", "5s", "--user-agent", "soak", "--listen", "127.0.0.1:0", "--pprof", s.pprof, "--metrics-token", metricsKey, "-v"}, hurry()...)
	s.log = filepath.Join(t.TempDir(), "log")
	log, err := os.Create(s.log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	cmd := exec.CommandContext(t.Context(), binary(t), args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+s.tmp)
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	s.pid = cmd.Process.Pid
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	waitFor(t, "an address", func() bool {
		text, err := os.ReadFile(s.log)
		s.base = address.FindString(string(text))
		return err == nil && s.base != "" || gone(s.pid)
	})
	if gone(s.pid) {
		text, _ := os.ReadFile(s.log)
		t.Fatalf("serve ended:\n%s", text)
	}
	waitFor(t, "a server that is ready", func() bool { code, _, _ := s.ask("", "/readyz"); return code == http.StatusOK })
	return s, func() {
		begun := time.Now()
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("after SIGTERM: %v", err)
		}
		if d := time.Since(begun); d > 30*time.Second {
			t.Errorf("stopping took %s", d)
		}
		s.sound(plans, data, db)
	}
}

// province writes the sample province's plan with the hostile and honest sources, and the file that leads all to loopback.
func (s *soaked) province() (plans, names string) {
	t := s.t
	addr, stop := onLoopback(t, s.origin)
	t.Cleanup(stop)
	site, err := sample.Serve(t.Context(), func() time.Time { return seededNow })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { site.Close() })
	plans = samplePlans(t)
	more, resolve := hostile.Sources("so-tu-phap", addr, hostile.Attacks(), soakHonest)
	file := filepath.Join(plans, "mau", "sources.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	put(t, file, append(append(text, '\n'), more...))
	for host, to := range site.Resolve {
		resolve += host + " " + to + "\n"
	}
	names = filepath.Join(t.TempDir(), "resolve")
	put(t, names, []byte(resolve))
	return plans, names
}

// freePort is an address of loopback on which nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// ask gets a page as one role sees it.
func (s *soaked) ask(role access.Role, path string) (code int, body string, took time.Duration) {
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		return 0, "", 0
	}
	if token := s.tokens[role]; token != "" {
		req.AddCookie(&http.Cookie{Name: "loa_phien", Value: token})
	}
	begun := time.Now()
	res, err := (&http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		return 0, err.Error(), time.Since(begun)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error(), time.Since(begun)
	}
	return res.StatusCode, string(text), time.Since(begun)
}

// look notes how the process stands, and that an honest person is answered meanwhile.
func (s *soaked) look() {
	var r vital
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil || gone(s.pid) {
		s.fault("the process is gone")
		return
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kb int64
	_, _ = fmt.Sscan(rest, &kb) // 0 is told below
	r.resident = kb << 10
	fds, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.pid))
	temps, _ := os.ReadDir(s.tmp)
	r.fds, r.temps = len(fds), len(temps)
	if res, err := http.Get("http://" + s.pprof + "/debug/pprof/goroutine?debug=1"); err == nil {
		head := make([]byte, 64)
		n, _ := io.ReadFull(res.Body, head)
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		_, total, _ := strings.Cut(string(head[:n]), "total ")
		_, _ = fmt.Sscan(total, &r.goroutines) // 0 is told below
	}
	page := []string{"/bang-theo-doi", "/"}[len(s.shapes)%2]
	code, body, took := s.ask(access.Officer, page)
	if r.board = took; code != http.StatusOK || !strings.Contains(body, "</html>") {
		s.fault(fmt.Sprintf("an officer's %s is answered %d after %s: %.200s", page, code, took, body))
	}
	if code, body, r.ready = s.ask("", "/readyz"); code != http.StatusOK {
		s.fault(fmt.Sprintf("/readyz is answered %d: %.200s", code, body))
	}
	s.shapes = append(s.shapes, r)
}

// fault notes what should not be; of many the first are told.
func (s *soaked) fault(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wrong = append(s.wrong, what); len(s.wrong) <= 20 {
		s.t.Errorf("%s", what) // at once: whoever waits for half an hour wants to know
	}
}

// honestAsked reports whether every honest host was asked since.
func (s *soaked) honestAsked(since time.Time) bool {
	for i := range soakHonest {
		if _, last := s.origin.Asked(hostile.Honest(i)); last.Before(since) {
			return false
		}
	}
	return true
}

// run throws for so long: every round all hosts are due again and damaged in another way.
func (s *soaked) run(whole, round, pause time.Duration) (late time.Duration, rounds int) {
	ends := time.Now().Add(whole)
	done := make(chan struct{})
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() { s.throw(uint64(i), pause, done) })
		all.Go(func() { s.drip(uint64(i), done) })
	}
	var due time.Time
	waits := false
	tick := time.NewTicker(max(pause*10, 250*time.Millisecond))
	defer tick.Stop()
	for time.Now().Before(ends) {
		<-tick.C
		s.look()
		if waits && s.honestAsked(due) {
			waits, late = false, max(late, time.Since(due))
		}
		if time.Since(due) < round || waits && time.Since(due) < 4*round {
			continue
		}
		if waits {
			s.fault(fmt.Sprintf("after %s not every honest host was read", time.Since(due)))
		}
		rounds++
		s.origin.Garble(uint64(rounds))
		if due, waits = time.Now(), true; s.store.MakeDue(s.t.Context()) != nil {
			s.fault("sources cannot be made due")
		}
	}
	close(done)
	all.Wait()
	return late, rounds
}

// sound wants nothing bad in the log, a whole database, a whole trail, and kept bytes as they were.
func (s *soaked) sound(plans, data, db string) {
	t := s.t
	text, err := os.ReadFile(s.log)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "panic") || strings.Contains(line, "goroutine ") {
			t.Errorf("logged: %.3000s", line)
		}
	}
	for i, secret := range s.secrets {
		if at := strings.Index(string(text), secret); at >= 0 {
			t.Errorf("secret %d is in the log: %.300s", i, text[max(0, at-200):])
		}
	}
	t.Logf("%d bytes of log with -v", len(text))
	flags := []string{"--plans", plans, "--data", data, "--db", db}
	d, err := store.Checkup(t.Context(), db, true)
	if err != nil || len(d.Damage) > 0 {
		t.Errorf("the database afterwards: %v %v", d.Damage, err)
	}
	told, _ := examined(t, append(flags, "--plan", "mau/2023", "--offline", "--deep")...)
	for code, how := range told {
		if strings.HasPrefix(how, "fail") && !slices.Contains([]string{"db_unsafe", "disk_full"}, code) { // the tests' own server does not sync
			t.Errorf("the doctor: %s: %s", code, how)
		}
	}
	if out, errOut, code := loa(t, "", append([]string{"audit", "verify"}, flags...)...); code != 0 {
		t.Errorf("the trail: %s %s", out, errOut)
	}
	if out, errOut, code := loa(t, "", append([]string{"evidence", "verify"}, flags...)...); code != 0 {
		t.Errorf("kept bytes: %s %s", out, errOut)
	}
	if out, errOut, code := loa(t, "", append([]string{"evidence", "quarantine", "list", "--json"}, flags...)...); code != 0 || out != "" {
		t.Errorf("a stage panicked: %s %s", out, errOut)
	}
}

// third is the middle of what was read in one third of the time.
func (s *soaked) third(n int, of func(vital) int64) int64 {
	var all []int64
	for _, r := range s.shapes[n*len(s.shapes)/3 : (n+1)*len(s.shapes)/3] {
		all = append(all, of(r))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// TestSoak sends hostile input from both sides at once: hosts that are read, and clients of the desk. The program does not grow, answers
// honest people, reads honest hosts, logs no secret, and leaves a sound database. `make soak` does it for half an hour.
func TestSoak(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			whole, round, pause := soakTime(t, 5*time.Second), time.Minute, 100*time.Millisecond
			if engine == "postgres" { // the short form
				whole = max(3*time.Second, whole/10)
			}
			long := whole >= 2*time.Minute
			if !long {
				round, pause = 2*time.Second, 20*time.Millisecond
			}
			s, stop := soak(t, engine)
			late, rounds := s.run(whole, round, pause)
			// The clients are gone: what they sent is, too.
			waitFor(t, "temporary files that are taken away", func() bool { left, err := os.ReadDir(s.tmp); return err == nil && len(left) == 0 })
			s.look()
			stop()
			resident := func(r vital) int64 { return r.resident }
			var peak vital
			for _, r := range s.shapes {
				peak.resident, peak.goroutines, peak.fds, peak.temps = max(peak.resident, r.resident), max(peak.goroutines, r.goroutines), max(peak.fds, r.fds), max(peak.temps, r.temps)
				peak.board, peak.ready = max(peak.board, r.board), max(peak.ready, r.ready)
			}
			inputs := 0
			for _, n := range s.sent {
				inputs += n
			}
			t.Logf("%s: %d inputs %v, answered %v; %d rounds of %d hostile hosts, honest ones read after at most %s", whole, inputs, s.sent, s.codes, rounds, len(hostile.Attacks()), late.Round(time.Millisecond))
			t.Logf("at most %.1f MiB resident, %d goroutines, %d descriptors, %d temporary files; slowest board %s, /readyz %s; a slow client was borne with for %s",
				mib(peak.resident), peak.goroutines, peak.fds, peak.temps, peak.board.Round(time.Millisecond), peak.ready.Round(time.Millisecond), s.held.Round(time.Millisecond))
			if long {
				t.Logf("resident by thirds: %.1f, %.1f, %.1f MiB", mib(s.third(0, resident)), mib(s.third(1, resident)), mib(s.third(2, resident)))
			}
			if len(s.wrong) > 20 {
				t.Errorf("and %d more", len(s.wrong)-20)
			}
			if peak.resident == 0 || peak.goroutines == 0 || inputs < 10 {
				t.Errorf("not seen: %+v, %d inputs", peak, inputs)
			}
			for _, kind := range throwKinds() {
				if s.sent[kind] == 0 && inputs > 500 {
					t.Errorf("nothing was sent as %s", kind)
				}
			}
			if peak.resident > 640<<20 || peak.goroutines > 600 || peak.fds > 400 {
				t.Errorf("too much: %+v", peak)
			}
			if long {
				s.grew("resident bytes", resident, 24<<20)
				s.grew("goroutines", func(r vital) int64 { return int64(r.goroutines) }, 20)
				s.grew("descriptors", func(r vital) int64 { return int64(r.fds) }, 20)
			}
		})
	}
}

// grew wants the last third not above the middle one by more than a tenth and a little.
func (s *soaked) grew(what string, of func(vital) int64, little int64) {
	if middle, last := s.third(1, of), s.third(2, of); last > middle+middle/10+little {
		s.t.Errorf("%s grew from %s to %s", what, strconv.FormatInt(middle, 10), strconv.FormatInt(last, 10))
	}
}
