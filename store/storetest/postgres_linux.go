package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server makes a cluster in a temporary folder and runs it on a socket there,
// with the settings PostgreSQL has when it is installed: what is committed is on
// disk. It is for measuring; the tests' own server does not sync. As root it runs
// as the user postgres, for the server refuses root.
func Server() (dsn string, stop func(), err error) { return startPostgres() }

// unsynced are the settings of a server whose data dies with the tests.
func unsynced() []string {
	return []string{"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "shared_buffers=32MB", "-c", "max_connections=100", "-c", "autovacuum=off"}
}

// startPostgres starts a server of its own with these settings beside the usual ones.
func startPostgres(settings ...string) (dsn string, stop func(), err error) {
	c, err := NewCluster(settings...)
	if err != nil {
		return "", nil, err
	}
	if err := c.Start(); err != nil {
		c.Remove()
		return "", nil, err
	}
	return c.DSN("postgres"), c.Remove, nil
}

// ready waits until the server answers.
func ready(dsn string, done <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-done:
			return errors.New("the server ended at once")
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// program finds a PostgreSQL program: the newest of Debian's, else on PATH.
func program(name string) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		version := func(p string) int {
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(p)))) // not a number sorts first
			return n
		}
		return slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) }), nil
	}
	return exec.LookPath(name)
}

// owner gives the folder to the user the server will run as; nil means the
// present one.
func owner(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("root needs another user to run PostgreSQL as: %w", err)
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
