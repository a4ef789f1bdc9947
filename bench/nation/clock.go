package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// patch is a place in a source file and what stands there where clocks run fast.
type patch struct{ file, old, new string }

// patches of the runtime (below GOROOT/src) and of the program (below its root). From the moment it begins SPEED times as much time passes on every
// clock of the program; what the system is asked to wait for is that much shorter. The slice of time after which a goroutine gives way
// stays what it is. They are the same in every run, so that what is built of them is kept.
func patches(goroot, root string) []patch {
	runtime := func(name string) string { return filepath.Join(goroot, "src", "runtime", name) }
	return []patch{
		{runtime("time_nofake.go"), "\treturn nanotime1()\n", "\treturn nanotime1() * SPEED\n"},
		{runtime("time.go"), "\t\treturn sec, nsec, 0\n\t}\n\treturn time_now()\n",
			"\t\treturn sec, nsec, 0\n\t}\n\tsec, nsec, mono = time_now()\n\twall := sec*1000000000 + int64(nsec)\n\tif fastFrom == 0 {\n\t\tfastFrom = wall // no other goroutine runs yet\n\t}\n" +
				"\twall = fastFrom + (wall-fastFrom)*SPEED\n\treturn wall / 1000000000, int32(wall % 1000000000), mono * SPEED\n"},
		{runtime("time.go"), "//go:linkname time_runtimeNow time.runtimeNow\n", "var fastFrom int64\n\n//go:linkname time_runtimeNow time.runtimeNow\n"},
		{runtime("netpoll_epoll.go"), "\tvar waitms int32\n", "\tif delay > 0 {\n\t\tdelay = max(1, delay/SPEED)\n\t}\n\tvar waitms int32\n"},
		{runtime("os_linux.go"), "\tvar ts timespec\n\tts.setNsec(ns)\n\tfutex(", "\tvar ts timespec\n\tts.setNsec(ns / SPEED)\n\tfutex("},
		{runtime("proc.go"), "const forcePreemptNS = 10 * 1000 * 1000 ", "const forcePreemptNS = SPEED * 10 * 1000 * 1000 "},
		{filepath.Join(root, "store", "engine_sqlite.go"), `"CAST(unixepoch('subsec') * 1000000 AS INTEGER)"`,
			"fastClock()"},
		{filepath.Join(root, "store", "engine_sqlite.go"), "func sqliteEngine() engine {\n", `// fastClock is SQLite's clock, which is the system's, made as fast as the program's.
func fastClock() string {
	var real syscall.Timeval
	if err := syscall.Gettimeofday(&real); err != nil {
		panic(err)
	}
	return fmt.Sprintf("CAST((%d + (unixepoch('subsec') * 1000000 - %d) * SPEED) AS INTEGER)", time.Now().UnixMicro(), real.Sec*1000000+real.Usec)
}

func sqliteEngine() engine {
`},
		{filepath.Join(root, "store", "engine_sqlite.go"), "\t\"strings\"\n\t\"time\"\n", "\t\"strings\"\n\t\"syscall\"\n\t\"time\"\n"},
	}
}

// overlay writes the changed files into a folder, and gives what replaces what.
func overlay(dir, goroot, root string, speed int64) (map[string]string, error) {
	texts := map[string]string{}
	for _, p := range patches(goroot, root) {
		if texts[p.file] == "" {
			text, err := os.ReadFile(p.file)
			if err != nil {
				return nil, err
			}
			texts[p.file] = string(text)
		}
		if strings.Count(texts[p.file], p.old) != 1 {
			return nil, fmt.Errorf("%s: what a fast clock changes is not where it was: %q", p.file, p.old)
		}
		texts[p.file] = strings.Replace(texts[p.file], p.old, strings.ReplaceAll(p.new, "SPEED", strconv.FormatInt(speed, 10)), 1)
	}
	replace := map[string]string{}
	for file, text := range texts {
		replace[file] = filepath.Join(dir, "fast_"+filepath.Base(file))
		if err := os.WriteFile(replace[file], []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	return replace, nil
}

// buildFast builds the program with clocks that run fast.
func buildFast(ctx context.Context, dir string, speed int64) (bin string, err error) {
	env, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	root, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	replace, err := overlay(dir, strings.TrimSpace(string(env)), root, speed)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return "", err
	}
	bin = filepath.Join(dir, "loa")
	build := exec.CommandContext(ctx, "go", "build", "-overlay", file, "-o", bin, "./cmd/loa")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build with a fast clock (run from the root of the repository): %w\n%s", err, out)
	}
	return bin, nil
}
