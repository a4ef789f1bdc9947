package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web"
	"loa/web/access"
)

// restructured is the seeded desk, and what becomes of it when the world changes.
type restructured struct {
	desk
	known media.Evidence // a piece of the portal of 2023, which the moved portal lists still
}

// restructure is a copy of the seeded desk with the plan files of 2023 in a folder of their own.
func restructure(t *testing.T) *restructured {
	t.Helper()
	seeded.Do(makeSeed)
	if seeded.err != nil {
		t.Fatal(seeded.err)
	}
	d := newDesk(t)
	if err := os.CopyFS(d.data, os.DirFS(seeded.dir)); err != nil {
		t.Fatal(err)
	}
	return &restructured{desk: d}
}

// change lays the files of after over those of before, as an operator does.
func (d *restructured) change() {
	d.t.Helper()
	for _, name := range []string{"agencies.yaml", "sources.yaml", "2025.yaml", "2026.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata", "restructure", "mau", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(d.plans, "mau", name), text, 0o600)
		}
		if err != nil {
			d.t.Fatal(err)
		}
	}
	if out := d.ok("check"); !strings.Contains(out, "Không có lỗi") {
		d.t.Fatalf("the files of after: %s", out)
	}
}

// engineAt opens the desk on a plan with a business clock that stands still.
func (d *restructured) engineAt(plan, at string) *engine {
	d.t.Helper()
	now, err := time.ParseInLocation("2006-01-02T15:04", at, calendar.Zone)
	if err != nil {
		d.t.Fatal(err)
	}
	a := &app{stdio: stdio{strings.NewReader(""), io.Discard, io.Discard}, cli: &cli{Data: d.data, Plans: d.plans}, ctx: context.WithoutCancel(d.t.Context()),
		log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	e, err := a.open(a.planFiles(), plan, func() time.Time { return now })
	if err != nil {
		d.t.Fatal(err)
	}
	return e
}

// papers are all papers of 2023 as they come out at a time, by name: the reports of closed periods in every format, that of an open
// one as it was known on a day of 2023, certificates, evidence packs and letters.
func (d *restructured) papers(at string, closed ...string) map[string][]byte {
	d.t.Helper()
	out := map[string][]byte{}
	put := func(name string, err error, body []byte) {
		if err != nil || len(body) == 0 {
			d.t.Fatalf("%s at %s: %v, %d bytes", name, at, err, len(body))
		}
		out[name] = body
	}
	e := d.engineAt("mau/2023", at)
	defer e.close()
	ctx := e.app.ctx
	for _, id := range closed {
		period, err := calendar.Parse(id)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, paper := range report.Papers() {
			in, err := e.reportOn(ctx, period, 1, paper.Name)
			if err != nil {
				d.t.Fatal(err)
			}
			for _, f := range report.Formats() {
				var b bytes.Buffer
				err := f.Write(&b, report.Build(in))
				put(fmt.Sprintf("%s %s.%s", id, paper.Name, f.Name), err, b.Bytes())
			}
		}
		var b bytes.Buffer
		_, err = e.packEvidence(ctx, period, 1, &b)
		put(id+" pack.zip", err, b.Bytes())
	}
	closings, err := e.store.Closings(ctx, e.plan.ID, time.Time{})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, c := range closings {
		var b bytes.Buffer
		err := report.WriteCertificate(&b, e.plan, c)
		put(c.Period+" certificate", err, b.Bytes())
	}
	open := filepath.Join(d.t.TempDir(), "open.html")
	d.ok("report", "--plan", "mau/2023", "--period", "2023-02", "--at", "2023-03-16T09:00", "-o", open)
	body, err := os.ReadFile(open)
	put("2023-02 open.html", err, body)
	folder := d.t.TempDir()
	d.ok("letters", "remind", "--plan", "mau/2023", "--period", "2023-02", "--at", "2023-03-16T09:00", "-o", folder)
	files, err := os.ReadDir(folder)
	if err != nil || len(files) < 2 {
		d.t.Fatalf("letters: %d, %v", len(files), err)
	}
	for _, f := range files {
		body, err := os.ReadFile(filepath.Join(folder, f.Name()))
		put("letter "+f.Name(), err, body)
	}
	return out
}

// moved is the merged newspaper's site and the portal before and after it moved to another domain, where the old one leads on. What
// the portal published before the move stands on both, under the same number.
func moved(t *testing.T, now func() time.Time, known media.Evidence) string {
	t.Helper()
	move := time.Date(2026, 2, 1, 0, 0, 0, 0, calendar.Zone)
	list := func(w http.ResponseWriter, items ...[3]string) {
		fmt.Fprint(w, "<html><head><title>Tin</title></head><body>")
		slices.Reverse(items)
		for _, it := range items {
			at, err := time.ParseInLocation("02/01/2006 15:04", it[2], calendar.Zone)
			if err == nil && !at.After(now()) {
				fmt.Fprintf(w, `<div class="newsitem"><a class="title" href="%s">%s</a><p class="desc">Đẩy mạnh cải cách hành chính, giải quyết thủ tục hành chính đúng hạn cho người dân, doanh nghiệp tại bộ phận một cửa.</p><span class="date">%s</span></div>`, it[0], it[1], it[2])
			}
		}
		fmt.Fprint(w, "</body></html>")
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, gone := r.Host, !now().Before(move)
		item := func(n int) string {
			return fmt.Sprintf("/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?ItemID=%d&l=Tintrongtinh&lv=4", n)
		}
		switch {
		case r.URL.Path == "/robots.txt":
			http.NotFound(w, r)
		case host == "mau.example" && gone:
			http.Redirect(w, r, "http://tanmau.example"+r.URL.RequestURI(), http.StatusMovedPermanently)
		case host == "mau.example", host == "tanmau.example" && gone:
			var items [][3]string
			if strings.Contains(known.URL, "ItemID=") {
				items = append(items, [3]string{known.URL[strings.Index(known.URL, "/noidung"):], known.Title, known.At.In(calendar.Zone).Format("02/01/2006 15:04")})
			}
			items = append(items, [3]string{item(99001), "Tỉnh Tân Mẫu công bố 20 thủ tục hành chính mới", "31/12/2025 09:00"}, [3]string{item(99002), "Cải cách hành chính: cắt giảm thời gian giải quyết thủ tục hành chính", "12/01/2026 09:00"},
				[3]string{item(99003), "Bộ phận một cửa phường Mẫu giải quyết thủ tục hành chính trong ngày", "25/01/2026 10:00"}, [3]string{item(99004), "Tỉnh Tân Mẫu chấm điểm cải cách hành chính các sở", "05/02/2026 10:00"})
			list(w, items...)
		case host == "baotanmau.example":
			list(w, [3]string{"/58/70000/bai.aspx", "Cải cách hành chính cuối năm", "30/12/2025 08:00"}, [3]string{"/58/70001/bai.aspx", "Cải cách hành chính ở xã Lũng Mây", "08/01/2026 08:00"},
				[3]string{"/58/70002/bai.aspx", "Giải quyết thủ tục hành chính không phụ thuộc địa giới", "22/01/2026 08:00"}, [3]string{"/58/70003/bai.aspx", "Một năm cải cách hành chính ở tỉnh mới", "06/02/2026 08:00"})
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return strings.TrimPrefix(srv.URL, "http://")
}

// standings of a plan at a time, by quota, owner and period.
func (d *restructured) standings(plan, at string) map[string]schedule.Standing {
	d.t.Helper()
	out := map[string]schedule.Standing{}
	for line := range strings.Lines(d.ok("standing", "--json", "--plan", plan, "--at", at)) {
		var s schedule.Standing
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			d.t.Fatal(err)
		}
		out[s.Quota+" "+strings.TrimPrefix(s.Owner, "mau/")+" "+s.Period] = s
	}
	return out
}

// TestRestructure: the newspaper and the station become one, the province joins another, the districts end and the portal moves
// (2025 and 2026). Done by files alone: every paper of 2023 comes out byte for byte as before, the desk of 2023 names whom it named, and
// the new years count for the new owners, each article once.
func TestRestructure(t *testing.T) {
	t.Parallel()
	d := restructure(t)
	closed := []string{"2023-03@14", "2023-Q1@14"}
	d.ok("close", "--period", closed[0], "--at", "2023-03-16T09:00", "--by", "Chuyên viên Sở TT&TT")
	d.ok("close", "--period", closed[1], "--at", "2023-03-16T10:00", "--by", "Chuyên viên Sở TT&TT")
	before := d.papers("2023-03-20T09:00", closed...)

	d.change()
	d.crawlAfter(t)
	after := d.papers("2026-03-10T09:00", closed...)
	if len(after) != len(before) || len(before) < 40 {
		t.Errorf("%d papers before, %d after", len(before), len(after))
	}
	for name, was := range before {
		if now := after[name]; !bytes.Equal(was, now) {
			i := 0
			for i < min(len(was), len(now)) && was[i] == now[i] {
				i++
			}
			t.Errorf("%s: %d bytes before, %d after; at %d:\n%q\n%q", name, len(was), len(now), i, was[max(0, i-200):min(len(was), i+200)], now[max(0, i-200):min(len(now), i+200)])
		}
	}
	paper := plainWords(after["2023-Q1@14 cong-van.html"])
	for _, s := range []string{"SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "UBND TỈNH MẪU"} {
		if !strings.Contains(paper, s) {
			t.Errorf("the paper of 2023 does not say %q", s)
		}
	}
	d.oldDesk(t)
	d.newYears(t)
	d.accounts(t)
}

// accounts: who was confined to a body that is no more is told to the operator, and gets no other body's rights by a file.
func (d *restructured) accounts(t *testing.T) {
	t.Helper()
	for _, c := range []struct{ plan, at, want string }{{"mau/2023", "2023-03-20T09:00", ""}, {"mau/2026", "2026-03-10T09:00", "bao dai khemay sotuphap"}} {
		e := d.engineAt(c.plan, c.at)
		all, err := e.store.Accounts(t.Context())
		if got := strings.Join(homeless(e.plan, all, e.business()), " "); err != nil || got != c.want {
			t.Errorf("%s: %q left without a body, %v; want %q", c.plan, got, err, c.want)
		}
		e.close()
	}
}

// crawlAfter reads the sites of after at some moments of 2026.
func (d *restructured) crawlAfter(t *testing.T) {
	t.Helper()
	e := d.engineAt("mau/2023", "2023-03-20T09:00")
	ev, err := e.store.Evidence(t.Context(), e.plan, time.Time{})
	e.close()
	i := slices.IndexFunc(ev, func(x media.Evidence) bool {
		return x.Agency == "mau/cong-ttdt" && x.Kind == media.EvItem && strings.Contains(x.URL, "/noidung/tintuc") && x.Verdict != nil && x.Verdict.Reform
	})
	if err != nil || i < 0 {
		t.Fatalf("no piece of the portal: %v", err)
	}
	d.known = ev[i]
	var now time.Time
	address := moved(t, func() time.Time { return now }, d.known)
	for _, at := range []string{"2026-01-01T08:00", "2026-01-13T08:00", "2026-01-26T08:00", "2026-02-02T08:00", "2026-02-10T08:00"} {
		if now, err = time.ParseInLocation("2006-01-02T15:04", at, calendar.Zone); err != nil {
			t.Fatal(err)
		}
		args := []string{"crawl", "--plan", "mau/2026", "--at", at, "--allow-loopback", "--spacing", "1ms"}
		for _, host := range []string{"mau.example", "tanmau.example", "baotanmau.example", "sokhcn.tanmau.example"} {
			args = append(args, "--resolve", host+"="+address)
		}
		d.ok(args...)
	}
}

// oldDesk: the desk of 2023, served in 2026, names the bodies of 2023.
func (d *restructured) oldDesk(t *testing.T) {
	t.Helper()
	e := d.engineAt("mau/2023", "2026-03-10T09:00")
	t.Cleanup(e.close)
	e.login = web.Login{Guest: access.Actor{Role: access.Officer, Login: "cv", Name: "Cán bộ Thử"}}
	srv := serveDesk(t, e)
	for path, says := range map[string][]string{
		"/": {"Đài PT-TH tỉnh"}, "/quotas/A-6.1": {"Báo Mẫu"}, "/quotas/A-4": {"Huyện Khe Mây", "Sở TT&amp;TT"}, "/co-quan/dai-ptth": {"Đài Phát thanh và Truyền hình tỉnh Mẫu"},
		"/bao-cao/2023-03@14": {"SỞ THÔNG TIN VÀ TRUYỀN THÔNG"},
	} {
		res, err := http.Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(res.Body)
		res.Body.Close()
		body := plainWords(raw)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %v", path, res.StatusCode, err)
		}
		for _, s := range says {
			if !strings.Contains(body, s) {
				t.Errorf("%s does not say %q", path, s)
			}
		}
		for _, s := range []string{"Tân Mẫu", "VH,TT", "Báo và PTTH"} {
			if strings.Contains(body, s) {
				t.Errorf("%s of 2023 says %q", path, s)
			}
		}
	}
}

// newYears: in the year of the change each half has its own owner, and afterwards the merged agency owes both.
func (d *restructured) newYears(t *testing.T) {
	t.Helper()
	// A week of the channel's old log, five days after the station ended: the broadcast of the 3rd is the merged agency's.
	log := d.file("w14.csv", csvLog(news("31/03/2025"), reform("03/04/2025")))
	d.ok("import", "airings", log, "--plan", "mau/2025", "--at", "2025-04-08T08:00", "--channel", "mau-tv", "--from", "2025-03-31", "--to", "2025-04-06", "--sender", "Báo và PTTH tỉnh")
	year := d.standings("mau/2025", "2025-10-15T08:00")
	for key, owed := range map[string]bool{
		"B-D1 dai-ptth 2025-W13": true, "B-D1 dai-ptth 2025-W14": false, "B-D1.moi bao-ptth 2025-W13": false, "B-D1.moi bao-ptth 2025-W14": true,
		"A-6.1 bao 2025-03": true, "A-6.1 bao 2025-04": false, "A-6.1.moi bao-ptth 2025-03": false, "A-6.1.moi bao-ptth 2025-04": true,
		"A-4 huyen-khe-may 2025-06": true, "A-4 huyen-khe-may 2025-07": false, "A-4 so-tttt 2025-02": true, "A-4 so-tttt 2025-03": false,
		"A-4 so-vhttdl 2025-02": false, "A-4 so-vhttdl 2025-03": true, "B-C2 so-tttt 2025-02": true, "B-C2.moi so-khcn 2025-03": true,
		"A-7.xa xa-lung-may 2025-06": true, "A-7.xa xa-lung-may 2025-07": false, "A-7.xa xa-lung-may-moi 2025-07": true, "A-3.1 cong-ttdt 2025-06": true, "A-3.1.moi cong-tan-mau 2025-07": true,
	} {
		if _, ok := year[key]; ok != owed {
			t.Errorf("2025: %s owed: %t, want %t", key, ok, owed)
		}
	}
	weeks := map[string]int{}
	for key, s := range year {
		if strings.HasPrefix(key, "B-D1") {
			weeks[s.Period]++
		}
	}
	for week, n := range weeks {
		if n != 1 {
			t.Errorf("2025: %s is owed %d times", week, n)
		}
	}
	if len(weeks) < 41 { // until October
		t.Errorf("2025: %d weeks are owed", len(weeks))
	}
	if s := year["B-D1.moi bao-ptth 2025-W14"]; s.State != schedule.Met || counted(s) != 1 {
		t.Errorf("the week in which the station ended: %s, %d", s.State, counted(s))
	}
	e := d.engineAt("mau/2025", "2025-10-15T08:00")
	defer e.close()
	for owner, want := range map[string]int{"mau/bao-ptth": 1, "mau/dai-ptth": 1} { // the news of 31 March is the station's, the broadcast of 3 April not
		got, err := e.store.OwnerEvidence(t.Context(), e.plan.For(owner), []string{owner}, nil, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, x := range got {
			if x.Agency != owner {
				t.Errorf("among what is %s's: %s of %s", owner, x.Title, x.Agency)
			}
			if x.Kind == media.EvAiring {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d broadcasts, want %d", owner, n, want)
		}
	}
	now := d.standings("mau/2026", "2026-03-10T09:00")
	for key, got := range map[string]int{"A-6.1 bao-ptth 2026-01": 2, "A-6.1 bao-ptth 2026-02": 1, "A-3.1 cong-tan-mau 2026-01": 2, "A-3.1 cong-tan-mau 2026-02": 1} {
		if s, ok := now[key]; !ok || counted(s) != got {
			t.Errorf("2026: %s: %t %d (%s %+v), want %d", key, ok, counted(s), s.State, s.Reasons, got)
		}
	}
	for key := range now {
		for _, old := range []string{" dai-ptth ", " bao ", " so-tttt ", " huyen-khe-may ", " xa-lung-may "} {
			if strings.Contains(key, old) {
				t.Errorf("2026: %s is owed by a body that is no more", key)
			}
		}
	}
	if s := now["A-3.1 cong-tan-mau 2026-01"]; s.State != schedule.Met {
		t.Errorf("the portal's month before it moved: %s %+v", s.State, s.Reasons)
	}
}

// counted is the first number of a standing: how many pieces count.
func counted(s schedule.Standing) int {
	if len(s.Measures) == 0 {
		return -1
	}
	return int(s.Measures[0].Delivered)
}

// plainWords is a page with ordinary spaces where it keeps words together, or breaks a line between them.
func plainWords(page []byte) string {
	return strings.NewReplacer("\u00a0", " ", "&nbsp;", " ", "<br>", " ").Replace(string(page))
}
