package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// serverCPU is the processor time the PostgreSQL server has used with all who ever served in it; an error where the system does not
// tell. A process that ended counts in its parent's.
func (w *world) serverCPU(ctx context.Context) (time.Duration, error) {
	if w.postmaster == 0 {
		conn, err := pgx.Connect(ctx, w.server)
		if err != nil {
			return 0, err
		}
		defer conn.Close(ctx)
		var dir string
		if err := conn.QueryRow(ctx, "SHOW data_directory").Scan(&dir); err != nil {
			return 0, err
		}
		text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
		if err != nil {
			return 0, err
		}
		first, _, _ := strings.Cut(string(text), "\n")
		if w.postmaster, err = strconv.Atoi(first); err != nil {
			return 0, fmt.Errorf("read the server's number: %w", err)
		}
	}
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(all) == 0 {
		return 0, errors.Join(errors.New("this system does not tell what processes use"), err)
	}
	var ticks int64
	for _, name := range all {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended meanwhile
		}
		number, rest, _ := strings.Cut(string(text), " ")
		rest = rest[strings.LastIndex(rest, ") ")+2:]
		f := strings.Fields(rest)
		pid, _ := strconv.Atoi(number)
		if len(f) < 15 || pid != w.postmaster && f[1] != strconv.Itoa(w.postmaster) {
			continue
		}
		for _, field := range f[11:15] { // its own, and that of children which have ended
			n, _ := strconv.ParseInt(field, 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}
