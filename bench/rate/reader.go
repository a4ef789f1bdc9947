package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The stand-in does what the feed readers people install do, the way they do it:
// sixteen workers; for every feed the account and the feed with all its settings
// are read, a connection is made for one request, validators are sent. A feed that
// came is parsed with gofeed; every entry is looked up and its HTML cleaned; then
// every entry is a transaction of its own, which asks whether the entry is there
// and adds it, or writes it anew, with its search words and into the ten indexes
// such tables have; entries the feed shows no more are looked for; at the end the
// feed's row is written. Of its connections to the database one is kept when it is
// idle, the setting such programs come with. It fetches no icons, which they do,
// and judges, groups and keeps nothing.
//
// On a quiet machine of this kind the real one reads some 27 feeds a second on
// first read and with one new item each, and 430 when nothing has changed.

const readerWorkers = 16

const readerSchema = `
CREATE TABLE account (id BIGINT PRIMARY KEY, name TEXT NOT NULL, zone TEXT NOT NULL);
INSERT INTO account VALUES (1, 'admin', 'Asia/Ho_Chi_Minh');
CREATE TABLE folder (id BIGINT PRIMARY KEY, account BIGINT NOT NULL REFERENCES account (id), title TEXT NOT NULL);
INSERT INTO folder VALUES (1, 1, 'All');
CREATE TABLE feed (
	id BIGINT PRIMARY KEY, account BIGINT NOT NULL REFERENCES account (id), folder BIGINT NOT NULL REFERENCES folder (id),
	address TEXT NOT NULL, title TEXT NOT NULL DEFAULT '', site TEXT NOT NULL DEFAULT '',
	etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT '', checked TIMESTAMPTZ, next_check TIMESTAMPTZ, errors BIGINT NOT NULL DEFAULT 0,
	problem TEXT NOT NULL DEFAULT '', rules TEXT NOT NULL DEFAULT '', scraper TEXT NOT NULL DEFAULT '', agent TEXT NOT NULL DEFAULT '', cookie TEXT NOT NULL DEFAULT '',
	username TEXT NOT NULL DEFAULT '', password TEXT NOT NULL DEFAULT '', block TEXT NOT NULL DEFAULT '', keep TEXT NOT NULL DEFAULT '', proxy TEXT NOT NULL DEFAULT '',
	disabled BOOLEAN NOT NULL DEFAULT FALSE, crawler BOOLEAN NOT NULL DEFAULT FALSE, hidden BOOLEAN NOT NULL DEFAULT FALSE, insecure BOOLEAN NOT NULL DEFAULT FALSE,
	UNIQUE (account, address));
CREATE INDEX ON feed (folder);
CREATE TABLE entry (
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account BIGINT NOT NULL REFERENCES account (id), feed BIGINT NOT NULL REFERENCES feed (id),
	hash TEXT NOT NULL, title TEXT NOT NULL, address TEXT NOT NULL, published TIMESTAMPTZ NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'unread',
	created TIMESTAMPTZ NOT NULL DEFAULT now(), changed TIMESTAMPTZ NOT NULL DEFAULT now(), words TSVECTOR,
	UNIQUE (feed, hash));
CREATE INDEX ON entry (feed);
CREATE INDEX ON entry (account, status);
CREATE INDEX ON entry (account, feed);
CREATE INDEX ON entry (feed, status, hash);
CREATE INDEX ON entry (account, status, feed);
CREATE INDEX ON entry (account, status, changed);
CREATE INDEX ON entry (account, status, published);
CREATE INDEX ON entry USING gin (words);`

// reader runs the stand-in through all cases.
func (w *world) reader(ctx context.Context) (res [cases]result, err error) {
	db, site, leave, err := w.ground(ctx)
	if err != nil {
		return res, err
	}
	defer leave()
	conn, err := pgx.Connect(ctx, db)
	if err != nil {
		return res, err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, readerSchema); err != nil {
		return res, err
	}
	for i := range w.readerFeeds {
		if _, err := conn.Exec(ctx, "INSERT INTO feed (id, account, folder, address) VALUES ($1, 1, 1, $2)", i, w.feedURL(i)); err != nil {
			return res, err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return res, err
	}
	for c := range cases {
		if _, err := site.next(ctx, c); err != nil {
			return res, err
		}
		cmd := exec.CommandContext(ctx, self, "-as", "reader", "-db", db, "-origin", site.addr, "-reader-idle", fmt.Sprint(w.readerIdle))
		var out, complaints bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &complaints
		before, err := w.serverCPU(ctx)
		if err != nil {
			return res, err
		}
		if err := cmd.Run(); err != nil {
			return res, fmt.Errorf("the stand-in: %w\n%s", err, complaints.String())
		}
		var took int64
		if _, err := fmt.Sscan(out.String(), &took); err != nil {
			return res, fmt.Errorf("the stand-in said %q: %w", out.String(), err)
		}
		if _, err := site.served(ctx, c, w.readerFeeds); err != nil {
			return res, fmt.Errorf("the stand-in: %w", err)
		}
		want, have := w.readerFeeds*w.items, 0
		if c == oneNew {
			want += w.readerFeeds
		}
		if err := conn.QueryRow(ctx, "SELECT COUNT(*) FROM entry").Scan(&have); err != nil || have != want {
			return res, fmt.Errorf("the stand-in has %d entries after %s, want %d (%w)", have, caseName(c), want, err)
		}
		after, err := w.serverCPU(ctx)
		if err != nil {
			return res, err
		}
		res[c] = result{feeds: w.readerFeeds, took: time.Duration(took), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), server: after - before}
	}
	return res, nil
}

// readerMain refreshes every feed of the database once and prints how long that
// took, in nanoseconds.
func readerMain(ctx context.Context, l load, dsn, origin string, out io.Writer) error {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return err
	}
	// Statements are described and run, not kept: what database/sql's other driver does.
	cfg.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(l.readerIdle)
	rows, err := db.QueryContext(ctx, "SELECT id FROM feed ORDER BY id")
	if err != nil {
		return err
	}
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	began := time.Now()
	jobs, failed := make(chan int64), make(chan error, readerWorkers)
	var workers sync.WaitGroup
	for range readerWorkers {
		workers.Go(func() {
			for id := range jobs {
				if err := refresh(ctx, db, id, origin); err != nil {
					select {
					case failed <- fmt.Errorf("feed %d: %w", id, err):
					default:
					}
				}
			}
		})
	}
	for _, id := range ids {
		jobs <- id
	}
	close(jobs)
	workers.Wait()
	took := time.Since(began)
	select {
	case err := <-failed:
		return err
	default:
	}
	_, err = fmt.Fprintln(out, took.Nanoseconds())
	return err
}

// refresh reads one feed.
func refresh(ctx context.Context, db *sql.DB, id int64, origin string) error {
	var account, zone, address, etag, modified, title, folder string
	var rest [10]string
	var marks [4]bool
	if err := db.QueryRowContext(ctx, "SELECT name, zone FROM account WHERE id = $1", 1).Scan(&account, &zone); err != nil {
		return err
	}
	err := db.QueryRowContext(ctx, `SELECT f.address, f.etag, f.modified, f.title, c.title,
			f.problem, f.rules, f.scraper, f.agent, f.cookie, f.username, f.password, f.block, f.keep, f.proxy, f.disabled, f.crawler, f.hidden, f.insecure
		FROM feed f JOIN folder c ON c.id = f.folder JOIN account a ON a.id = f.account WHERE f.account = $1 AND f.id = $2`, 1, id).Scan(&address, &etag, &modified, &title, &folder,
		&rest[0], &rest[1], &rest[2], &rest[3], &rest[4], &rest[5], &rest[6], &rest[7], &rest[8], &rest[9], &marks[0], &marks[1], &marks[2], &marks[3])
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, origin)
		}}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
		req.Header.Set("If-Modified-Since", modified)
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	site := ""
	if res.StatusCode == http.StatusOK {
		feed, err := gofeed.NewParser().Parse(io.LimitReader(res.Body, 15<<20))
		if err != nil {
			return err
		}
		title, site, etag, modified = feed.Title, feed.Link, res.Header.Get("ETag"), res.Header.Get("Last-Modified")
		var hashes []string
		for _, it := range feed.Items {
			hash, err := prepare(ctx, db, id, it)
			if err != nil {
				return err
			}
			hashes = append(hashes, hash)
		}
		for i, it := range feed.Items {
			if err := putEntry(ctx, db, id, hashes[i], it); err != nil {
				return err
			}
		}
		if _, err := db.ExecContext(ctx, `DELETE FROM entry WHERE feed = $1 AND status = 'removed' AND NOT (hash = ANY($2))`, id, hashes); err != nil {
			return err
		}
	} else if res.StatusCode != http.StatusNotModified {
		return fmt.Errorf("answered %s", res.Status)
	}
	_, err = db.ExecContext(ctx, `UPDATE feed SET title = $3, site = $4, etag = $5, modified = $6, checked = now(), next_check = now() + interval '1 hour', errors = 0,
			problem = $7, rules = $8, scraper = $9, agent = $10, cookie = $11, username = $12, password = $13, block = $14, keep = $15, proxy = $16,
			disabled = $17, crawler = $18, hidden = $19, insecure = $20
		WHERE id = $1 AND account = $2`, id, 1, title, site, etag, modified, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5], rest[6], rest[7], rest[8], rest[9],
		marks[0], marks[1], marks[2], marks[3])
	return err
}

// prepare looks an entry up by its hash and cleans its HTML.
func prepare(ctx context.Context, db *sql.DB, feed int64, it *gofeed.Item) (hash string, err error) {
	sum := sha256.Sum256([]byte(it.GUID))
	hash = hex.EncodeToString(sum[:])
	there := false
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM entry WHERE feed = $1 AND hash = $2)", feed, hash).Scan(&there); err != nil {
		return "", err
	}
	if it.Content == "" {
		it.Content = it.Description
	}
	nodes, err := html.ParseFragment(strings.NewReader(it.Content), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return "", err
	}
	var clean strings.Builder
	for _, n := range nodes {
		if err := html.Render(&clean, n); err != nil {
			return "", err
		}
	}
	it.Content = clean.String()
	return hash, nil
}

// putEntry adds or rewrites one entry in a transaction of its own.
func putEntry(ctx context.Context, db *sql.DB, feed int64, hash string, it *gofeed.Item) error {
	when := time.Now()
	if it.PublishedParsed != nil {
		when = *it.PublishedParsed
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // no-op after Commit
	there := false
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM entry WHERE account = $1 AND feed = $2 AND hash = $3)", 1, feed, hash).Scan(&there); err != nil {
		return err
	}
	body := it.Content
	const words = `setweight(to_tsvector(left($5, 500000)), 'A') || setweight(to_tsvector(left($7, 500000)), 'B')`
	if there {
		_, err = tx.ExecContext(ctx, `UPDATE entry SET title = $5, address = $4, published = $6, body = $7, words = `+words+`
			WHERE account = $1 AND feed = $2 AND hash = $3`, 1, feed, hash, it.Link, it.Title, when, body)
	} else {
		_, err = tx.ExecContext(ctx, `INSERT INTO entry (account, feed, hash, address, title, published, body, words)
			VALUES ($1, $2, $3, $4, $5, $6, $7, `+words+`)`, 1, feed, hash, it.Link, it.Title, when, body)
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}
