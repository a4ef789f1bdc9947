package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/sample"
	"loa/schedule/calendar"
	"loa/web/access"
)

// seeded is the sample province as it stands on a Monday morning: two months read week by week, the log of the week
// before last but two and of last week not in, and a hundred pieces more that a person has to look at. It is made once;
// every test works on a copy.
var seeded struct {
	sync.Once
	dir string
	err error
}

// seedEnd is the last moment of the seed: just before last week's log would have come at six.
var seedEnd = time.Date(2023, 3, 6, 5, 30, 0, 0, calendar.Zone)

// seededNow is when people sit at the seeded desk: Monday at eight.
var seededNow = time.Date(2023, 3, 6, 8, 0, 0, 0, calendar.Zone)

// dropSeed removes it, if a test made one.
func dropSeed() {
	if seeded.dir != "" {
		os.RemoveAll(seeded.dir)
	}
}

func makeSeed() {
	if seeded.dir, seeded.err = os.MkdirTemp("", "loa-seed-"); seeded.err == nil {
		seeded.err = seed(context.Background(), seeded.dir)
	}
}

func seed(ctx context.Context, dir string) error {
	clock := &stepClock{}
	clock.set(demoStart)
	site, err := sample.Serve(ctx, clock.Now)
	if err != nil {
		return err
	}
	defer site.Close()
	e, err := openSample(ctx, dir, clock.Now)
	if err != nil {
		return err
	}
	defer e.close()
	r := demoReplay{engine: e, net: network{Resolve: site.Resolve, AllowLoopback: true, Spacing: time.Millisecond, Workers: 16}, bar: newProgress(io.Discard), crawlers: map[string]*crawler.Crawler{}}
	desk := r.desk()
	for at := demoStart; ; at = at.AddDate(0, 0, 7) {
		if at.After(seedEnd) {
			at = seedEnd
		}
		for ; len(desk) > 0 && !desk[0].at.After(at); desk = desk[1:] {
			clock.set(desk[0].at)
			if err := desk[0].do(ctx); err != nil {
				return err
			}
		}
		clock.set(at)
		cr, err := r.crawler(r.net, nil, func(crawler.Event) {})
		if err != nil {
			return err
		}
		if _, err := cr.Round(ctx); err != nil {
			return fmt.Errorf("crawl at %s: %w", at.Format(time.DateTime), err)
		}
		if at.Equal(seedEnd) {
			break
		}
	}
	if err := doubtful(ctx, e); err != nil {
		return err
	}
	clock.set(seededNow)
	if err := e.sampleAccounts(ctx); err != nil {
		return err
	}
	_, err = e.judgeAndEvaluate(ctx)
	return err
}

// doubtful puts pieces into the newspaper's feed of which the machine is not sure, some of them told twice.
func doubtful(ctx context.Context, e *engine) error {
	places := []string{"Lũng Mây", "Khe Trăng", "Suối Sương", "Đồi Gió", "Bến Nắng", "Phiêng Sao", "Nậm Trăng", "Đồng Mây", "Tân Mẫu", "Mẫu An", "Mẫu Bình", "Bản Quế", "Suối Đá Trắng", "Đỉnh Thông"}
	titles := []string{"Xã %s rà soát hồ sơ tồn đọng tại bộ phận tiếp nhận", "Đổi mới lề lối làm việc ở xã %s", "Xã %s sắp xếp lại cán bộ thôn bản", "Tổ công nghệ số cộng đồng xã %s hướng dẫn bà con dùng điện thoại",
		"Xã %s đối thoại với doanh nghiệp", "Họp bàn tiến độ Đề án 06 tại xã %s", "Công an xã %s làm căn cước cho người cao tuổi", "Chuyển đổi số trong sản xuất chè ở xã %s"}
	told := []string{"Buổi làm việc có sự tham gia của lãnh đạo xã và đông đảo người dân.", "Nhiều ý kiến của bà con đã được ghi nhận ngay tại buổi gặp mặt.", "Đoàn thể trong xã cùng tham gia từ sáng sớm."}
	i := slices.IndexFunc(e.plan.Sources, func(s media.Source) bool { return s.Kind == media.KindFeed && s.Agency == "mau/bao" })
	if i < 0 {
		return errors.New("the newspaper has no feed")
	}
	src := e.plan.Sources[i]
	u, err := url.Parse(src.URL)
	if err != nil {
		return err
	}
	leases, err := e.store.ClaimFor(ctx, e.node, []string{u.Host}, 1, time.Minute)
	if err != nil || len(leases) != 1 {
		return fmt.Errorf("%d leases of %s: %w", len(leases), u.Host, err)
	}
	visit := crawler.Visit{ID: "20230306-doubtful", Source: src.ID, At: seedEnd, Outcome: media.OK, NextDue: time.Now().Add(time.Hour)}
	for n := range len(places) * len(titles) {
		place, title := places[n%len(places)], fmt.Sprintf(titles[n/len(places)], places[n%len(places)])
		at := seedEnd.Add(-time.Duration(n) * 5 * time.Hour)
		it := media.Item{Key: fmt.Sprintf("%s://%s/tin/xa-%03d", u.Scheme, u.Host, n), Source: src.ID, Agency: src.Agency, Title: title, Lead: fmt.Sprintf("%s Tin từ xã %s.", told[n%len(told)], place),
			Claimed: media.Date{At: at, Precision: media.ToMinute, Text: at.Format("02/01/2006 15:04"), Found: "list"}, Seen: seedEnd, Verified: seedEnd}
		it.ID, it.URL = media.Hash(e.plan.Province, it.Key), it.Key
		text := media.Revision{Item: it.ID, Hash: crawler.TextHash(it.Title, it.Lead, ""), Title: it.Title, Lead: it.Lead, From: "entry", Seen: seedEnd}
		text.ID = media.RevisionID(text.Item, text.Hash, text.Seen)
		visit.Seen = append(visit.Seen, crawler.Seen{Item: it, Entry: &text})
	}
	if _, err := e.store.PutVisits(ctx, leases[0], []crawler.Visit{visit}); err != nil {
		return err
	}
	return e.store.Release(ctx, leases[0])
}

// openSample opens the sample province on a folder.
func openSample(ctx context.Context, dir string, now func() time.Time) (*engine, error) {
	files, err := withHolidays(sample.Plans())
	if err != nil {
		return nil, err
	}
	a := &app{stdio: stdio{strings.NewReader(""), io.Discard, io.Discard}, cli: &cli{Data: dir}, ctx: ctx, log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))}
	e, err := a.open(files, "", now)
	if err == nil {
		e.login, err = entrance{}.settings(e, "")
	}
	return e, err
}

// seededEngine is a copy of the seed that a test may write to.
func seededEngine(t *testing.T) *engine {
	t.Helper()
	seeded.Do(makeSeed)
	if seeded.err != nil {
		t.Fatal(seeded.err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(seeded.dir)); err != nil {
		t.Fatal(err)
	}
	e, err := openSample(context.WithoutCancel(t.Context()), dir, func() time.Time { return seededNow })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	return e
}

// seededDesk serves a copy of the seed on loopback.
func seededDesk(t *testing.T) (*engine, *httptest.Server) {
	t.Helper()
	e := seededEngine(t)
	return e, serveDesk(t, e)
}

// serveDesk serves an engine's desk on loopback.
func serveDesk(t *testing.T, e *engine) *httptest.Server {
	t.Helper()
	h, _ := e.handlers("", false)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

// logins are the seeded accounts by role.
var logins = map[access.Role]string{access.Officer: "chuyenvien", access.Reviewer: "nguoiduyet", access.HomeAffairs: "noivu", access.District: "khemay", access.Clerk: "sotuphap",
	access.Planner: "dai", access.Editor: "bao", access.Reader: "lanhdao", access.Inspector: "kiemtra", access.Admin: "quantri"}

// session begins a session of an account and gives its token.
func session(t *testing.T, e *engine, login string) string {
	t.Helper()
	a, ok, err := e.store.FindAccount(t.Context(), login)
	if err != nil || !ok {
		t.Fatalf("no account %s: %v", login, err)
	}
	token, err := e.login.Gate.Begin(t.Context(), a, "password", "127.0.0.1", "test")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestSeed: what the browser tests stand on is there.
func TestSeed(t *testing.T) {
	t.Parallel()
	e := seededEngine(t)
	counts, err := e.store.VerdictCounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if counts["review"] < 100 || counts["reform"] < 50 || counts["unjudged"] != 0 {
		t.Errorf("items: %v; want at least 100 to review and 50 about reform", counts)
	}
	ev, ok, err := e.store.Evaluation(t.Context(), e.plan.ID)
	if err != nil || !ok {
		t.Fatalf("no evaluation: %v", err)
	}
	states := map[string]int{}
	for _, s := range ev.Standings {
		states[string(s.State)]++
	}
	for _, want := range []string{"met", "missed", "insufficient_data", "open"} {
		if states[want] == 0 {
			t.Errorf("no standing is %s: %v", want, states)
		}
	}
	kept := 0
	if err := filepath.WalkDir(filepath.Join(e.app.cli.Data, "kept"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			kept++
		}
		return err
	}); err != nil || kept < 50 {
		t.Errorf("%d kept bodies: %v", kept, err)
	}
}
