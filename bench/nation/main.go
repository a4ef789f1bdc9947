// Command nation measures a day of a province on a clock that runs fast, and its tests play a whole country.
//
//	go run ./bench/nation              # 24 hours of 200 sources in twelve minutes: memory, processor, growth of the database
//	go run ./bench/nation -speed 360   # in four
//
// The day is that of «loa serve» itself, on SQLite, all its chores included, with the plan of plans/yen-bai and made-up
// sources in place of its own, on loopback. What it is built from differs in this alone: the clock and the timers of Go's runtime, and SQLite's,
// run so many times as fast. So everything that recurs does so as often as in a real day, the collector's rounds too; what
// takes long in reality (an answer of a site: here some milliseconds times the speed) takes no longer than there.
// It is for Linux on amd64.
//
// The tests let the real crawler read a country's sources in memory on a clock that jumps from one thing to do to the next
// (testing/synctest): how soon what is published is seen, how often hosts are asked, how many nodes that takes. «make bench-nation» has
// what docs/SCALE.md tells.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "nation:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	d := day{log: log}
	fs := flag.NewFlagSet("nation", flag.ContinueOnError)
	fs.Int64Var(&d.speed, "speed", 120, "how many times as fast clocks run")
	fs.IntVar(&d.sources, "sources", 200, "sources of the province, 300 at most")
	fs.DurationVar(&d.warm, "warm", 6*time.Hour, "of the fast clock, before the day: the first read of everything, which is told apart")
	fs.DurationVar(&d.length, "length", 24*time.Hour, "of the fast clock")
	fs.StringVar(&d.profile, "profile", "", "file for a profile of the processor during the day")
	fs.StringVar(&d.role, "role", "", "what loa does, as its own --role; everything by default")
	if err := fs.Parse(args); err != nil {
		return err
	}
	return d.run(ctx, out)
}
