package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Peers are programs of others that -peer names. None of their code is here: the harness runs a file, or has the go command install a module
// into a folder of its own.
//
// A peer is run once for each case, on the same database each time, and ends with 0 when it has read all feeds. It finds in its environment
//
//	DATABASE_URL  key=value address of an empty database on the server that loa uses
//	PEER_FEEDS    file with the feeds' addresses, one a line: IP addresses, for most programs cannot be told where names lead
//	PEER_DATA     a folder that stays between the cases
//	PEER_CASE     0 first read, 1 nothing changed, 2 one new item each
//
// and may print «rows N», how many items it has now: then they are compared with what was served. How long it took is from the first request
// that the origin saw to its end. A program that is not made for this has a driver here by its name: miniflux.

// peer is one of them.
type peer struct {
	name, what string
	run        func(ctx context.Context, p *peer, r *peerRun, c int) (rows int, used *os.ProcessState, err error)
	bin        string
}

// peerRun is one run of a peer through all cases.
type peerRun struct {
	db, data, list string
	feeds          []string
}

// contestant runs one program through all cases.
type contestant struct {
	name string
	run  func(ctx context.Context) ([cases]result, error)
	got  [][cases]result
}

// rivals reads what -peer says and gets the programs.
func (w *world) rivals(ctx context.Context, list []string) ([]*peer, error) {
	var out []*peer
	for _, s := range list {
		name, what, ok := strings.Cut(s, "=")
		if !ok || name == "" || what == "" {
			return nil, fmt.Errorf("-peer %q: want NAME=FILE or NAME=MODULE@VERSION", s)
		}
		p := &peer{name: name, what: what, bin: what, run: runPeer}
		if name == "miniflux" {
			p.run = runMiniflux
		}
		if _, err := os.Stat(what); err != nil {
			if p.bin, err = w.install(ctx, what); err != nil {
				return nil, fmt.Errorf("-peer %s: %w", s, err)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// install has the go command build a module's program into an empty folder.
func (w *world) install(ctx context.Context, what string) (string, error) {
	if !strings.Contains(what, "@") {
		return "", fmt.Errorf("%s is no file, and no module with a version", what)
	}
	dir, err := w.folder()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "install", what)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOBIN="+dir, "GOFLAGS=-mod=mod")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install %s: %w\n%s", what, err, text)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(made) != 1 {
		return "", errors.Join(fmt.Errorf("go install %s made %d programs", what, len(made)), err)
	}
	return made[0], nil
}

// peers lets loa, the stand-in and the peers run in turn, in another order in each round.
func (w *world) peers(ctx context.Context, list []string, rounds int, out io.Writer) error {
	rivals, err := w.rivals(ctx, list)
	if err != nil {
		return err
	}
	w.spread = true // for all of them alike
	all := []*contestant{{name: "loa", run: w.onPostgres}, {name: "stand-in", run: w.reader}}
	for _, p := range rivals {
		all = append(all, &contestant{name: p.name, run: func(ctx context.Context) ([cases]result, error) { return w.rival(ctx, p) }})
	}
	for r := range rounds {
		for i := range all {
			c := all[(i+r)%len(all)]
			res, err := c.run(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			c.got = append(c.got, res)
			fmt.Fprintf(w.log, "rate: round %d, %s: %.0f, %.0f, %.0f feeds/s\n", r+1, c.name, res[firstRead].rate(), res[unchanged].rate(), res[oneNew].rate())
		}
	}
	fmt.Fprintf(out, "%d feeds of %d items on %d hosts, %d processors, medians of %d rounds (least to most); stand-in: %d feeds\n", w.feeds, w.items, w.hosts, runtime.GOMAXPROCS(0), rounds, w.readerFeeds)
	for _, p := range rivals {
		fmt.Fprintf(out, "%s: %s\n", p.name, p.what)
	}
	tellPeers(out, all)
	return nil
}

// tellPeers prints each case of each contestant; the first is what the others are compared with, round by round.
func tellPeers(out io.Writer, all []*contestant) {
	for c := range cases {
		fmt.Fprintf(out, "\n| %s | feeds/s | loa does times as many | ms of processor a feed | of the server |\n|---|---|---|---|---|\n", caseName(c))
		for _, x := range all {
			of := func(f func(result) float64) func([cases]result) float64 {
				return func(r [cases]result) float64 { return f(r[c]) }
			}
			var ratios []float64
			for i := range x.got {
				ratios = append(ratios, all[0].got[i][c].rate()/x.got[i][c].rate())
			}
			same := func(f float64) float64 { return f }
			fmt.Fprintf(out, "| %s%s | %s | %s | %s | %s |\n", x.name, x.asked(c), number(x.got, of(result.rate), "%.0f"), number(ratios, same, "%.2f"),
				number(x.got, of(func(r result) float64 { return ms(r.cpu) / float64(r.feeds) }), "%.2f"),
				number(x.got, of(func(r result) float64 { return ms(r.server) / float64(r.feeds) }), "%.2f"))
		}
	}
}

// asked tells where a contestant read everything again although nothing had changed.
func (x *contestant) asked(c int) string {
	if c == unchanged && x.got[0][c].whole {
		return " (reads all again)"
	}
	return ""
}

// rival runs one peer through all cases on a new database.
func (w *world) rival(ctx context.Context, p *peer) (res [cases]result, err error) {
	db, site, leave, err := w.ground(ctx)
	if err != nil {
		return res, err
	}
	defer leave()
	data, err := w.folder()
	if err != nil {
		return res, err
	}
	defer os.RemoveAll(data)
	r := &peerRun{db: db + " sslmode=disable", data: data, list: filepath.Join(data, "feeds.txt")}
	for i := range w.feeds {
		r.feeds = append(r.feeds, fmt.Sprintf("http://%s/f/%d.rss", site.at[w.feedHost(i)], i))
	}
	if err := os.WriteFile(r.list, []byte(strings.Join(r.feeds, "\n")+"\n"), 0o644); err != nil {
		return res, err
	}
	for c := range cases {
		if _, err := site.next(ctx, c); err != nil {
			return res, err
		}
		before, err := w.serverCPU(ctx)
		if err != nil {
			return res, err
		}
		rows, used, err := p.run(ctx, p, r, c)
		ended := time.Now()
		if err != nil {
			return res, fmt.Errorf("%s: %w", caseName(c), err)
		}
		n, err := site.stats(ctx)
		if err != nil {
			return res, err
		}
		want := w.feeds * w.items
		if c == oneNew {
			want += w.feeds
		}
		if n.Feeds < w.feeds || rows >= 0 && rows != want {
			return res, fmt.Errorf("%s: it asked for %d feeds of %d and has %d items, want %d", caseName(c), n.Feeds, w.feeds, rows, want)
		}
		after, err := w.serverCPU(ctx)
		if err != nil {
			return res, err
		}
		res[c] = result{feeds: w.feeds, took: ended.Sub(time.UnixMicro(n.First)), cpu: used.UserTime() + used.SystemTime(), server: after - before, whole: c == unchanged && n.NotModified < w.feeds}
	}
	return res, nil
}

var rowsSaid = regexp.MustCompile(`(?m)^rows (\d+)$`)

// runPeer runs a program that keeps to the contract.
func runPeer(ctx context.Context, p *peer, r *peerRun, c int) (rows int, used *os.ProcessState, err error) {
	cmd := exec.CommandContext(ctx, p.bin)
	cmd.Env = append(os.Environ(), "DATABASE_URL="+r.db, "PEER_FEEDS="+r.list, "PEER_DATA="+r.data, "PEER_CASE="+strconv.Itoa(c))
	said, err := finished(cmd)
	if err != nil {
		return 0, nil, err
	}
	if m := rowsSaid.FindSubmatch(said); m != nil {
		rows, err = strconv.Atoi(string(m[1]))
		return rows, cmd.ProcessState, err
	}
	return -1, cmd.ProcessState, nil
}

// finished runs a program to its end and gives what it printed.
func finished(cmd *exec.Cmd) ([]byte, error) {
	var said, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &complaints
	if err := cmd.Run(); err != nil {
		text := complaints.String()
		return nil, fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, text[max(0, len(text)-2000):])
	}
	return said.Bytes(), nil
}
