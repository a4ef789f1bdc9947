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
func Server() (dsn string, stop func(), err error) { return startPostgres("") }

// unsynced are the settings of a server whose data dies with the tests.
func unsynced() []string {
	return []string{"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "shared_buffers=32MB", "-c", "max_connections=100", "-c", "autovacuum=off", "-c", "max_wal_size=256MB"}
}

// memory is where Linux keeps files in memory, and the room there has to be for a server's.
const (
	memory = "/dev/shm"
	room   = 4 << 30 // bytes: several packages have a server each, and a machine with so much there has twice as much memory
)

// inMemory is the folder for a server whose data dies with the tests: a database is some hundred files, and to copy one takes a
// tenth of the processor there. "" where there is no room. What killed tests left there goes.
func inMemory() string {
	var st syscall.Statfs_t
	if err := syscall.Statfs(memory, &st); err != nil || uint64(st.Bavail)*uint64(st.Bsize) < room {
		return ""
	}
	left, err := filepath.Glob(filepath.Join(memory, clusterDir+"*"))
	if err != nil {
		return ""
	}
	for _, dir := range left {
		if info, err := os.Stat(dir); err != nil || time.Since(info.ModTime()) < time.Hour {
			continue // it may have just been made
		}
		if held, err := hold(dir); err == nil { // nobody lives there
			os.RemoveAll(dir)
			held.Close()
		}
	}
	return memory
}

// hold locks a folder until what it gives is closed, or the process ends however it does.
func hold(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// startPostgres starts a server of its own in a new folder in dir, "" for the usual one, with these settings beside the usual ones.
func startPostgres(dir string, settings ...string) (dsn string, stop func(), err error) {
	c, err := newCluster(dir, settings)
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
