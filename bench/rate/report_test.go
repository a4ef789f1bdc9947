package main

import (
	"strings"
	"testing"
	"time"
)

// made is a round in which every part of a case takes 1 ms a feed, loa twice as
// long as all of them, the stand-in tenfold and SQLite threefold that.
func made(feeds int) round {
	var r round
	per := func(d time.Duration) result {
		return result{feeds: feeds, took: time.Duration(feeds) * d, cpu: time.Duration(feeds) * time.Millisecond, peak: 90 << 20}
	}
	for c := range cases {
		d := time.Duration(feeds) * time.Millisecond
		r.stages[c] = stages{feeds, d, d, d, d, d, d, d}
		r.loa[c], r.reader[c], r.sqlite[c] = per(14*time.Millisecond), per(140*time.Millisecond), per(42*time.Millisecond)
	}
	return r
}

func TestReport(t *testing.T) {
	slow := made(100)
	slow.loa[firstRead].took *= 4
	var b strings.Builder
	report(&b, load{feeds: 100, items: 20, hosts: 5}, []round{made(100), slow, made(100)})
	for _, want := range []string{
		"100 feeds of 20 items on 5 hosts",
		"| first read | 71 (18 to 71) | 143 (143 to 143) | 50 % (12 to 50) |",
		"| first read | 1.00 (1.00 to 1.00) |",
		"- first read, % of the limit: 50, wanted at least 60: MISSED",
		"- nothing changed, % of the limit: 50, wanted at least 10: kept",
		"- one new item each, times the stand-in: 10, wanted at least 10: kept",
		"- one new item each, SQLite to PostgreSQL: 0.333, wanted at least 0.5: MISSED",
		"- peak resident of loa on PostgreSQL, MiB: 90, wanted at most 96: kept",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}
