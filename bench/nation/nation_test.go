package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/crawler/extract"
	"loa/media"
	"loa/plans"
)

func on(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, zone())
}

// daysOff are those of the tables that the program carries.
func daysOff(t *testing.T) func(time.Time) bool {
	t.Helper()
	cal, problems := plans.Holidays(plans.Files())
	for _, p := range problems {
		t.Log(p)
	}
	return func(day time.Time) bool { _, off := cal.Holiday(day); return off }
}

// usual is a world and a node as they are by default.
func usual(t *testing.T, provinces, sources, days int, from time.Time) plan {
	return plan{provinces: provinces, sources: sources, from: from, days: days, seed: 1, latency: 0.35, off: daysOff(t)}
}

func node8() setting {
	return setting{nodes: 1, workers: 8, warm: 2, spacing: 3 * time.Second, cores: 2}
}

// within fails if a figure is not where it belongs.
func within(t *testing.T, what string, got, least, most float64) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("%s: %.2f, want %.2f to %.2f", what, got, least, most)
	}
}

// holds fails if a host was asked too soon, or something was never found.
func (f *figures) holds(t *testing.T) {
	t.Helper()
	for _, wrong := range f.wrongs {
		t.Error(wrong)
	}
	if f.published == 0 || float64(f.found) < 0.99*float64(f.published) {
		t.Errorf("%d of %d pieces found", f.found, f.published)
	}
}

func minutes(of []int32, q float64) float64 { return float64(quantile(of, q)) / 60 }

func (f *figures) perDay() float64 {
	n := 0
	for _, looks := range f.looks {
		n += looks
	}
	return float64(n) / float64(f.sites) / float64(f.days)
}

// TestProvince is the short form: a tenth of a province over a Friday and a weekend, by one node that reads it as it reads any site and by
// two that share it. Nobody is asked too soon, nothing is missed, and what is published is seen as soon.
func TestProvince(t *testing.T) {
	for _, nodes := range []int{1, 2} {
		set := node8()
		set.nodes = nodes
		set.plain = nodes > 1
		set.warm = 1
		f := play(t, newWorld(usual(t, 1, 30, 3, on(2023, 3, 9))), set)
		f.holds(t)
		all := f.all()
		within(t, "minutes until half of the pieces are seen", minutes(all, 0.5), 4, 25)
		within(t, "minutes until 95 % are", minutes(all, 0.95), 15, 150)
		within(t, "looks a source and day", f.perDay(), 10, 30)
	}
}

// The world is the same whenever it is made, and another with another seed.
func TestSameWorld(t *testing.T) {
	p := usual(t, 1, 30, 3, on(2023, 3, 8))
	a, b := newWorld(p), newWorld(p)
	p.seed++
	c := newWorld(p)
	same := true
	for i, s := range a.sites {
		if !slices.Equal(s.pieces, b.sites[i].pieces) || s.list(s.newest(a.to), a.to) != b.sites[i].list(s.newest(a.to), a.to) {
			t.Errorf("%s is not the same", s.ID)
		}
		same = same && slices.Equal(s.pieces, c.sites[i].pieces)
	}
	if same {
		t.Error("another seed makes the same world")
	}
}

// What reads the world's own documents fast reads what the crawler's readers read.
func TestPlainReaders(t *testing.T) {
	w := newWorld(usual(t, 1, 60, 1, on(2023, 3, 8)))
	fast := plainReaders()
	for _, s := range w.sites {
		if s.kind == page || s.kind == server || len(s.pieces) == 0 {
			continue
		}
		sameReading(t, s, fast, s.list(s.newest(w.to), w.to))
	}
}

// The network sees what a crawler must not do.
func TestNetworkWatches(t *testing.T) {
	w := newWorld(usual(t, 1, 30, 1, on(2023, 3, 8)))
	n := newNetwork(w, func() time.Time { return w.from }, time.Hour)
	host := "portal0.t01.example"
	n.begin(host)
	if n.begin(host); len(n.wrongs) != 1 {
		t.Errorf("two at once: %v", n.wrongs)
	}
	n.end(host)
	if n.begin(host); len(n.wrongs) != 2 {
		t.Errorf("too soon: %v", n.wrongs)
	}
}

// TestNation is the run of «make bench-nation»: LOA_NATION names the parts, country, node, season, much and years; without, three provinces of 15
// sources take its place. docs/SCALE.md has what it says.
func TestNation(t *testing.T) {
	parts := strings.Fields(os.Getenv("LOA_NATION"))
	provinces, sources, eighth, week := 63, 300, 8, 7
	var out io.Writer = os.Stdout
	if len(parts) == 0 {
		if parts = []string{"country", "much", "season"}; testing.Short() {
			parts = parts[2:]
		}
		provinces, sources, eighth, week, out = 3, 15, 1, 1, io.Discard
	}
	run := func(name string, p plan, set setting) *figures {
		p.brief, set.plain = true, true
		f := play(t, newWorld(p), set)
		f.tell(out, name)
		f.holds(t)
		return &f
	}
	thursday := on(2023, 3, 9)
	one := node8()
	one.warm = 1
	for _, part := range parts {
		switch part {
		case "country":
			four := one
			four.nodes = 4
			shared := run("the country, four nodes", usual(t, provinces, sources, 2, thursday), four)
			alone := run("the country, one node", usual(t, provinces, sources, 3, thursday), one)
			within(t, "95 % on four nodes against one", minutes(shared.all(), 0.95)/minutes(alone.all(), 0.95), 0.5, 1.5)
		case "node":
			// An eighth of a node does with an eighth of the sources what a node does with all.
			small := setting{nodes: 1, workers: 1, warm: 1, spacing: one.spacing, cores: 2, slower: 8}
			run("an eighth of the country on an eighth of a node", usual(t, eighth, sources, 2, thursday), small)
			run("three times as much", usual(t, 3*eighth, sources, 2, thursday), small)
		case "much":
			small := setting{nodes: 1, workers: 1, warm: 1, spacing: one.spacing, cores: 2, slower: 8}
			run("eight times as much", usual(t, 8*eighth, sources, 2, thursday), small)
			small.nodes = 4
			run("eight times as much on four eighths", usual(t, 8*eighth, sources, 2, thursday), small)
		case "season":
			for _, season := range []struct {
				name string
				from time.Time
			}{{"a province around Tet", on(2023, 1, 18)}, {"in March", on(2023, 3, 8)}, {"around 30 April", on(2023, 4, 26)}, {"in August", on(2023, 8, 9)}, {"in December", on(2023, 12, 13)}} {
				run(season.name, usual(t, 1, sources, 2+week, season.from), node8())
				if week < 7 {
					break
				}
			}
		case "years": // nothing wears out: the last year is as the first
			for _, days := range []int{365, 5*365 + 1} {
				run("a tenth of a province", usual(t, 1, 30, days, on(2022, 1, 1)), node8())
			}
		default:
			t.Fatalf("LOA_NATION: no part %q", part)
		}
	}
}

// sameReading compares both readings of a list.
func sameReading(t *testing.T, s *site, fast crawler.Readers, text string) {
	t.Helper()
	read, quick := extract.List, fast.List
	if s.Kind == media.KindFeed {
		read, quick = extract.Feed, fast.Feed
	}
	want, err := read(text, s.Source, s.URL)
	if err != nil {
		t.Fatal(err)
	}
	got, err := quick(text, s.Source, s.URL)
	if err != nil || len(got.Entries) != len(want.Entries) || len(got.Entries) == 0 {
		t.Fatalf("%s: %d entries, want %d: %v", s.ID, len(got.Entries), len(want.Entries), err)
	}
	for i, e := range got.Entries {
		w := want.Entries[i]
		if e.URL != w.URL || e.Title != w.Title || !e.Date.At.Equal(w.Date.At) {
			t.Errorf("%s: %+v, want %+v", s.ID, e, w)
		}
	}
}
