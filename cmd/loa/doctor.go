package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"loa/crawler/fetch"
	"loa/media"
	"loa/monitor"
	"loa/plans"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
	"loa/web"
	"loa/web/access"
)

type doctorCmd struct {
	network
	Plan    string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	Offline bool   `help:"Không hỏi tên miền, không nối tới trang nào."`
	Deep    bool   `help:"Đọc hết dữ liệu để tìm chỗ hỏng, kiểm tra cả chuỗi lịch sử thao tác (lâu)."`
	Serving string `placeholder:"URL" help:"Chỉ hỏi loa serve trên máy này đã sẵn sàng chưa (/readyz), cho bộ kiểm tra tình trạng."`
	JSON    bool   `name:"json" help:"In mỗi điều một dòng JSON {about,level,code,args,text}."`
}

// Run looks at everything that loa stands on and tells what is well, what will not be for long, and what is not, with what to
// do. Of each host it asks for robots.txt, once. It changes nothing: a file that it writes to try a folder is taken away again.
func (c *doctorCmd) Run(a *app) error {
	if c.Serving != "" {
		return askReady(a.ctx, c.Serving)
	}
	f := monitor.Facts{Now: time.Now()}
	plan := c.config(a, &f)
	c.database(a, &f, plan)
	c.places(a, &f)
	if plan != nil && !c.Offline {
		if err := c.hosts(a, &f, plan); err != nil {
			return err
		}
	}
	failed := 0
	for _, x := range monitor.Examine(f) {
		if x.Level == monitor.Failed {
			failed++
		}
		if err := c.tell(a, x); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d điều cần sửa", failed)
	}
	return nil
}

// askReady asks a server on this machine whether it is ready.
func askReady(ctx context.Context, address string) error {
	client, err := fetch.New(fetch.Options{AllowLoopback: true, TotalTimeout: asking})
	if err != nil {
		return err
	}
	_, err = client.Get(ctx, fetch.Request{URL: strings.TrimSuffix(address, "/") + "/readyz"})
	var no *fetch.Error
	switch {
	case errors.Is(err, fetch.ErrRefused):
		return usagef("--serving «%s»: chỉ hỏi được máy này, ví dụ http://127.0.0.1:8080", address)
	case errors.As(err, &no) && no.Status != 0:
		return fmt.Errorf("%s chưa sẵn sàng, hoặc đang dừng (trả lời %d)", address, no.Status)
	case err != nil:
		return fmt.Errorf("hỏi %s: %w", address, err)
	}
	return nil
}

// tell prints one finding.
func (c *doctorCmd) tell(a *app, x monitor.Finding) error {
	words := viet.Finding(x.Code, x.Args)
	if !c.JSON {
		mark := map[monitor.Level]string{monitor.Fine: "  được  ", monitor.Warned: "! chú ý ", monitor.Failed: "✗ hỏng  "}[x.Level]
		_, err := fmt.Fprintf(a.Out, "%s %-15s %s\n", mark, viet.FindingAbout(x.About)+":", words)
		return err
	}
	line, err := json.Marshal(struct {
		monitor.Finding
		Text string `json:"text"`
	}{x, words})
	if err == nil {
		_, err = fmt.Fprintln(a.Out, string(line))
	}
	return err
}

// config looks at the plan files, the classifier's words and the settings; nil if no plan can be run.
func (c *doctorCmd) config(a *app, f *monitor.Facts) *schedule.Plan {
	files := a.planFiles()
	ids, err := plans.IDs(files)
	if err != nil {
		f.Mistakes++
	}
	for _, id := range ids {
		_, _, problems := checkPlan(files, id)
		f.Mistakes += grave(problems)
	}
	words, err := a.checkWords()
	if err != nil {
		f.Mistakes++
	}
	f.Mistakes += grave(words)
	plan, err := planAt(files, c.Plan, f.Now)
	if err == nil {
		f.Plan, f.PlanEnds = plan.ID, plan.To
		next, err := planAt(files, "", plan.To)
		f.NextPlan = err == nil && next.ID != plan.ID
	}
	for _, y := range []int{f.Now.In(calendar.Zone).Year(), f.Now.In(calendar.Zone).Year() + 1} {
		if !hasHolidays(files, y) {
			f.NoHolidays = append(f.NoHolidays, y)
		}
	}
	f.NoContact = c.agent() == "" && !c.AllowLoopback
	f.Unknown = unknownSettings(os.Environ())
	return plan
}

// grave counts the problems that are no mere warnings.
func grave(problems []plans.Problem) (n int) {
	for _, p := range problems {
		if !p.Warning {
			n++
		}
	}
	return n
}

// hasHolidays reports whether there is a table of days off for the year, among the plan files or else the embedded ones.
func hasHolidays(files fs.FS, year int) bool {
	_, err := fs.Stat(dayFiles(files), fmt.Sprintf("holidays/%d.yaml", year))
	return err == nil
}

// unknownSettings names variables that begin as loa's do and that no flag reads: a slip of the pen changes nothing, silently.
func unknownSettings(environ []string) []string {
	parser, err := grammar(&cli{})
	if err != nil {
		return nil
	}
	known := map[string]bool{"LOA_CORPUS": true, "LOA_TEST_PG": true} // of the tests
	for _, leaf := range parser.Model.Leaves(false) {
		for _, flags := range leaf.AllFlags(false) {
			for _, flag := range flags {
				for _, env := range flag.Envs {
					known[env] = true
				}
			}
		}
	}
	var out []string
	for _, line := range environ {
		if name, _, _ := strings.Cut(line, "="); strings.HasPrefix(name, "LOA_") && !known[name] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// database asks the database, and what is in it if its schema is this program's.
func (c *doctorCmd) database(a *app, f *monitor.Facts, plan *schedule.Plan) {
	db := a.db()
	if f.DB, f.DBErr = store.Checkup(a.ctx, db, c.Deep); f.DBErr != nil || f.DB.Missing || f.DB.Schema < f.DB.Known || f.DB.Floor > f.DB.Known || plan == nil {
		return
	}
	f.DBErr = c.contents(a, f)
}

func (c *doctorCmd) contents(a *app, f *monitor.Facts) error {
	e, err := a.open(a.planFiles(), c.Plan, time.Now)
	if err != nil {
		return err
	}
	defer e.close()
	health, err := e.store.Health(a.ctx)
	if err != nil {
		return err
	}
	for _, s := range e.plan.Sources {
		how := s.Condition(health[s.ID], e.business(), e.holiday)
		f.Sources = append(f.Sources, monitor.SourceFact{ID: s.ID, State: how.State, Reason: how.Reason, Since: health[s.ID].BlindSince})
	}
	if f.LastVisit, f.LastRan, err = e.store.Latest(a.ctx, e.plan.ID); err != nil {
		return err
	}
	last, err := e.store.LastBackup(a.ctx)
	if err != nil {
		return err
	}
	f.LastBackup = last.At
	accounts, err := e.store.Accounts(a.ctx)
	if err != nil {
		return err
	}
	f.Accounts, f.Homeless = len(accounts), homeless(e.plan, accounts, e.business())
	if c.Deep {
		_, f.Chain = e.store.VerifyEvents(a.ctx)
		f.Checked = true
	}
	return nil
}

// homeless are the logins in use that are confined to agencies of which none exists now: nobody says by a file whose rights pass
// to whom.
func homeless(plan *schedule.Plan, accounts []access.Account, now time.Time) (out []string) {
	for _, x := range accounts {
		there := slices.ContainsFunc(plan.Agencies, func(a media.Agency) bool { return slices.Contains(x.Agencies, a.ID) && a.ValidAt(now) })
		if x.Role.Scoped() && (x.Ended.IsZero() || x.Ended.After(now)) && len(x.Agencies) > 0 && !there {
			out = append(out, x.Login)
		}
	}
	slices.Sort(out)
	return out
}

// places tries the folders that are written to, and the store of kept bytes.
func (c *doctorCmd) places(a *app, f *monitor.Facts) {
	dirs := []string{a.cli.Data}
	if f.DB.Engine == "sqlite" && a.cli.DB != "" {
		dirs = append(dirs, filepath.Dir(a.cli.DB))
	}
	for _, dir := range dirs {
		p := monitor.Place{Name: dir, Err: writable(dir)}
		if free, err := web.FreeSpace(nearest(dir)); err == nil {
			p.Free = free
		} else {
			p.Free = -1
		}
		f.Places = append(f.Places, p)
	}
	if f.Places[0].Err == nil {
		f.Kept = c.tryKept(a)
	}
}

// nearest is the folder, or the first above it that is there.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// writable tries a folder with a file of its own; one that is not there yet is tried where it would be made.
func writable(dir string) error {
	file, err := os.CreateTemp(nearest(dir), ".loa-doctor-*")
	if err != nil {
		return err
	}
	_, err = file.WriteString("loa\n")
	return errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
}

// tryKept keeps a few bytes, reads them and takes them away. In a folder that is not there yet nothing is tried.
func (c *doctorCmd) tryKept(a *app) error {
	if _, err := os.Stat(filepath.Join(a.cli.Data, "kept")); err != nil && a.cli.Kept == "" {
		return nil
	}
	kept, err := a.openKept(a.ctx, a.cli.Kept)
	if err != nil {
		return err
	}
	body := []byte("loa doctor " + nodeName())
	sum := sha256.Sum256(body)
	sha := hex.EncodeToString(sum[:])
	if err := kept.Keep(a.ctx, media.Kept{SHA256: sha, URL: "urn:loa:doctor", At: time.Now(), Size: len(body)}, body); err != nil {
		return err
	}
	return errors.Join(kept.Verify(a.ctx, sha), kept.Remove(a.ctx, sha))
}

// asking bounds how long one host is asked, and how many are at a time.
const (
	asking   = 10 * time.Second
	askingAt = 4
)

// hosts asks each host of the plan's sources for its robots.txt.
func (c *doctorCmd) hosts(a *app, f *monitor.Facts, plan *schedule.Plan) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	if f.Proxy, err = c.tryProxy(a.ctx); err != nil {
		return err
	}
	first := map[string]string{}
	for _, s := range plan.Sources {
		if u, err := url.Parse(s.URL); err == nil && u.Host != "" && !s.Verify {
			first[u.Host] = u.Scheme + "://" + u.Host + "/robots.txt"
		}
	}
	bar := newProgress(a.Err)
	defer bar.done()
	out := make([]monitor.Reached, 0, len(first))
	var mu sync.Mutex
	var all sync.WaitGroup
	turns := make(chan struct{}, askingAt)
	for host, address := range first {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			r := askHost(a.ctx, client, host, address)
			mu.Lock()
			out = append(out, r)
			bar.line("đang hỏi các máy chủ: %d/%d", len(out), len(first))
			mu.Unlock()
		})
	}
	all.Wait()
	slices.SortFunc(out, func(a, b monitor.Reached) int { return cmp.Compare(a.Host, b.Host) })
	f.Hosts = out
	return a.ctx.Err()
}

// tryProxy looks whether somebody listens where pages are to be asked for.
func (c *doctorCmd) tryProxy(ctx context.Context) (p monitor.Proxy, err error) {
	way, err := c.way()
	if err != nil {
		return p, err
	}
	if way == nil {
		p.Unused = slices.ContainsFunc([]string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"}, func(name string) bool { return os.Getenv(name) != "" })
		return p, nil
	}
	p.Host = way.Host
	conn, err := (&net.Dialer{Timeout: asking}).DialContext(ctx, "tcp", way.Host)
	if err != nil {
		p.Err = err
		return p, nil
	}
	return p, conn.Close()
}

// askHost asks one host. An answer that is no page tells nothing but that its name has an address; why a source
// cannot be read is told by its health.
func askHost(ctx context.Context, client *fetch.Client, host, address string) monitor.Reached {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	r := monitor.Reached{Host: host}
	res, err := client.Get(ctx, fetch.Request{URL: address, MaxBody: 512 << 10, Cut: true})
	var dns *net.DNSError
	var cert x509.CertificateInvalidError
	var said *fetch.Error
	r.Spoke = err == nil || errors.As(err, &said) && said.Status != 0 && said.Status != http.StatusProxyAuthRequired
	switch {
	case err == nil:
		r.Until = res.Until
		if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
			r.Asked, r.Skew = true, date.Sub(res.At.Add(res.Took/2))
		}
	case errors.As(err, &dns), errors.Is(err, fetch.ErrRefused):
		r.Err = err
	case errors.As(err, &cert) && cert.Reason == x509.Expired && cert.Cert != nil:
		r.Until = cert.Cert.NotAfter
	}
	return r
}
