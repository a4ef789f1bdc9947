package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
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
	initdb, err := program("initdb")
	if err != nil {
		return "", nil, err
	}
	server, err := program("postgres")
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "loapg") // short: a socket's path has at most 107 bytes
	if err != nil {
		return "", nil, err
	}
	clear := func() { os.RemoveAll(dir) }
	cred, err := owner(dir)
	if err != nil {
		clear()
		return "", nil, err
	}
	data := filepath.Join(dir, "data")
	init := exec.Command(initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	init.Dir, init.SysProcAttr = dir, &syscall.SysProcAttr{Credential: cred}
	if out, err := init.CombinedOutput(); err != nil {
		clear()
		return "", nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	logPath := filepath.Join(dir, "log")
	log, err := os.Create(logPath)
	if err != nil {
		clear()
		return "", nil, err
	}
	cmd := exec.Command(server, "-D", data, "-k", dir, "-c", "listen_addresses=")
	cmd.Args = append(cmd.Args, settings...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	// The server must not outlive a killed test. The signal is tied to the thread
	// that started it, so that thread is kept.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred, Pdeathsig: syscall.SIGQUIT}
	started, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // it is stopped by a signal
		}
	}()
	stop = func() {
		if cmd.Process != nil {
			_ = cmd.Process.Signal(syscall.SIGINT) // fast shutdown
			<-done
		}
		log.Close()
		clear()
	}
	if err := <-started; err != nil {
		stop()
		return "", nil, err
	}
	dsn = "host=" + dir + " user=postgres dbname=postgres sslmode=disable"
	if err := ready(dsn, done); err != nil {
		text, _ := os.ReadFile(logPath)
		stop()
		return "", nil, fmt.Errorf("%w\n%s", err, text)
	}
	return dsn, stop, nil
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
