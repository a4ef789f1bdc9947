package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report prints the medians of all rounds, with their spread, and whether each
// bar is kept, as Markdown.
func report(w io.Writer, l load, all []round) {
	fmt.Fprintf(w, "%d feeds of %d items on %d hosts, %d processors, %s, medians of %d rounds (least to most)\n\n",
		l.feeds, l.items, l.hosts, runtime.GOMAXPROCS(0), runtime.Version(), len(all))
	fmt.Fprintln(w, "| feeds/s | loa | limit | of the limit | stand-in | loa : stand-in | loa on SQLite | SQLite : PostgreSQL |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
	for c := range cases {
		limit := func(r round) float64 { return r.stages[c].limit() }
		of := func(r round) float64 { return 100 * r.loa[c].rate() / limit(r) }
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", caseName(c),
			number(all, func(r round) float64 { return r.loa[c].rate() }, "%.0f"), number(all, limit, "%.0f"), number(all, of, "%.0f %%"),
			number(all, func(r round) float64 { return r.reader[c].rate() }, "%.0f"),
			number(all, func(r round) float64 { return r.loa[c].rate() / r.reader[c].rate() }, "%.1f"),
			number(all, func(r round) float64 { return r.sqlite[c].rate() }, "%.0f"),
			number(all, func(r round) float64 { return r.sqlite[c].rate() / r.loa[c].rate() }, "%.2f"))
	}
	fmt.Fprintln(w, "\n| ms per feed, each stage alone | http | parse | judge | fold | copies | keep | insert | sum |\n|---|---|---|---|---|---|---|---|---|")
	for c := range cases {
		part := func(of func(stages) time.Duration) string {
			return number(all, func(r round) float64 { return ms(of(r.stages[c])) / float64(r.stages[c].feeds) }, "%.2f")
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", caseName(c), part(func(s stages) time.Duration { return s.http }),
			part(func(s stages) time.Duration { return s.parse }), part(func(s stages) time.Duration { return s.judge }),
			part(func(s stages) time.Duration { return s.fold }), part(func(s stages) time.Duration { return s.copies }),
			part(func(s stages) time.Duration { return s.keep }), part(func(s stages) time.Duration { return s.put }),
			number(all, func(r round) float64 { return 1000 / r.stages[c].limit() }, "%.2f"))
	}
	fmt.Fprintln(w, "\n| loa's own process | on PostgreSQL, ms of processor per feed | on SQLite | peak resident, PostgreSQL | SQLite |\n|---|---|---|---|---|")
	for c := range cases {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", caseName(c),
			number(all, func(r round) float64 { return ms(r.loa[c].cpu) / float64(r.loa[c].feeds) }, "%.2f"),
			number(all, func(r round) float64 { return ms(r.sqlite[c].cpu) / float64(r.sqlite[c].feeds) }, "%.2f"),
			number(all, func(r round) float64 { return mib(r.loa[c].peak) }, "%.0f MiB"),
			number(all, func(r round) float64 { return mib(r.sqlite[c].peak) }, "%.0f MiB"))
	}
	fmt.Fprintln(w)
	for _, b := range bars() {
		got := median(all, b.of)
		word := "kept"
		if b.most && got > b.bar || !b.most && got < b.bar {
			word = "MISSED"
		}
		fmt.Fprintf(w, "- %s: %.3g, wanted %s %.3g: %s\n", b.name, got, map[bool]string{true: "at most", false: "at least"}[b.most], b.bar, word)
	}
}

// bar is what is wanted of a ratio.
type bar struct {
	name string
	of   func(round) float64
	bar  float64
	most bool // at most; else at least
}

func bars() []bar {
	var out []bar
	for c, want := range [cases]float64{60, 10, 60} {
		out = append(out, bar{caseName(c) + ", % of the limit", func(r round) float64 { return 100 * r.loa[c].rate() / r.stages[c].limit() }, want, false})
	}
	for c, want := range [cases]float64{10, 8, 10} {
		out = append(out, bar{caseName(c) + ", times the stand-in", func(r round) float64 { return r.loa[c].rate() / r.reader[c].rate() }, want, false})
	}
	for c := range cases {
		out = append(out, bar{caseName(c) + ", SQLite to PostgreSQL", func(r round) float64 { return r.sqlite[c].rate() / r.loa[c].rate() }, 0.5, false})
	}
	return append(out, bar{"peak resident of loa on PostgreSQL, MiB", func(r round) float64 { return mib(r.loa[oneNew].peak) }, 96, true})
}

func sorted[T any](all []T, of func(T) float64) []float64 {
	v := make([]float64, len(all))
	for i, r := range all {
		v[i] = of(r)
	}
	slices.Sort(v)
	return v
}

func median[T any](all []T, of func(T) float64) float64 {
	v := sorted(all, of)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// number is a median with its spread.
func number[T any](all []T, of func(T) float64, format string) string {
	v := sorted(all, of)
	s := fmt.Sprintf(format, median(all, of))
	if len(v) > 1 {
		bare := strings.Fields(format)[0]
		s += fmt.Sprintf(" ("+bare+" to "+bare+")", v[0], v[len(v)-1])
	}
	return s
}
