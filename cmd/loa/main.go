// Command loa holds what a province publishes about administrative reform
// against what its plan says is owed. It wires the rooms; nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	_ "time/tzdata"
)

// version is set by the release build.
var version = "dev"

// stdio is what a command reads and writes.
type stdio struct {
	In       io.Reader
	Out, Err io.Writer
}

// usageError is a wrong use of the command line: exit code 2.
type usageError struct{ msg string }

func (e usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), stopSignals()...)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	args := os.Args[1:]
	own := len(args) == 0 && clicked()
	if own {
		args = []string{"start"}
	}
	leave := console(own)
	err := run(ctx, args, stdio{os.Stdin, os.Stdout, os.Stderr})
	stop()
	code := exitCode(err, os.Stderr)
	if own && code != 0 {
		untilEnter(os.Stdin, os.Stderr)
	}
	leave()
	os.Exit(code)
}

// stopSignals ask the program to stop in order; the terminal that is closed
// does too, unless nohup said otherwise.
func stopSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// exitCode prints err for a person and gives 0, 1 (failed) or 2 (wrong usage).
func exitCode(err error, w io.Writer) int {
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintln(w, "loa:", err)
		return 2
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "loa: đã dừng theo yêu cầu")
		return 1
	default:
		fmt.Fprintln(w, "loa:", err)
		return 1
	}
}
