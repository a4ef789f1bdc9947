package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Miniflux (2.3) has no command that takes a list of feeds. Its driver lets it make its schema and an account, hands it the feeds by its API
// for OPML, which reads none of them, and then has it refresh all that is due once for each case, as its own -refresh-feeds does: one batch of all feeds with
// sixteen workers, its default. It may ask loopback addresses, which it refuses by default; all else is as it comes. Its entries are counted.

func minifluxEnv(r *peerRun, more ...string) []string {
	return append(append(os.Environ(), "DATABASE_URL="+r.db, "FETCHER_ALLOW_PRIVATE_NETWORKS=1", "BATCH_SIZE="+fmt.Sprint(len(r.feeds)), "LOG_LEVEL=error"), more...)
}

func runMiniflux(ctx context.Context, p *peer, r *peerRun, c int) (rows int, used *os.ProcessState, err error) {
	if c == firstRead {
		if err := prepareMiniflux(ctx, p, r); err != nil {
			return 0, nil, fmt.Errorf("prepare it: %w", err)
		}
	}
	due := exec.CommandContext(ctx, p.bin, "-reset-feed-next-check-at")
	due.Env = minifluxEnv(r)
	if _, err := finished(due); err != nil {
		return 0, nil, err
	}
	cmd := exec.CommandContext(ctx, p.bin, "-refresh-feeds")
	cmd.Env = minifluxEnv(r)
	if _, err := finished(cmd); err != nil {
		return 0, nil, err
	}
	conn, err := pgx.Connect(ctx, r.db)
	if err != nil {
		return 0, nil, err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, "SELECT COUNT(*) FROM entries").Scan(&rows)
	return rows, cmd.ProcessState, err
}

// prepareMiniflux makes the schema, an account and the feeds.
func prepareMiniflux(ctx context.Context, p *peer, r *peerRun) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, p.bin)
	const login, password = "bench", "bench-bench"
	cmd.Env = minifluxEnv(r, "RUN_MIGRATIONS=1", "CREATE_ADMIN=1", "ADMIN_USERNAME="+login, "ADMIN_PASSWORD="+password, "LISTEN_ADDR="+addr, "DISABLE_SCHEDULER_SERVICE=1")
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(15 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	}()
	var opml strings.Builder
	opml.WriteString(`<?xml version="1.0"?><opml version="2.0"><body>`)
	for _, f := range r.feeds {
		fmt.Fprintf(&opml, `<outline type="rss" text="%[1]s" xmlUrl="%[1]s"/>`, f)
	}
	opml.WriteString("</body></opml>")
	for tries := 0; ; tries++ { // until it listens
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/v1/import", strings.NewReader(opml.String()))
		if err != nil {
			return err
		}
		req.SetBasicAuth(login, password)
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			body, rerr := io.ReadAll(res.Body)
			res.Body.Close()
			if res.StatusCode != http.StatusCreated {
				return errors.Join(fmt.Errorf("import: %s: %s", res.Status, body), rerr)
			}
			return rerr
		}
		select {
		case werr := <-ended:
			ended <- werr
			return fmt.Errorf("it ended: %w\n%s", werr, said.String())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
		if tries > 1200 {
			return fmt.Errorf("it does not listen after a minute: %w", err)
		}
	}
}
