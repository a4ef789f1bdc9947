package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"
	"time"

	"loa/media"
)

// kind is a kind of source of a province.
type kind int

const (
	newspaper kind = iota
	station
	portal
	department
	district
	commune
	page   // a page that has to be there
	server // a server that is asked whether it answers
	kinds
)

func (k kind) String() string {
	return [kinds]string{"newspaper", "station", "portal", "department", "district", "commune", "page", "server"}[k]
}

// profile says how many sources of a kind a province has, on how many hosts, and how they publish. Where the rates come from is in
// docs/SCALE.md.
type profile struct {
	kind           kind
	sources, hosts int
	weekly, spread float64 // pieces a week of the median source, and the deviation of their logarithm
	office         bool    // in the hours of an office; else of the press
	every, latest  time.Duration
	feeds          float64 // share of them that are feeds with validators; the others are list pages
	moving         float64 // share of the list pages that look different at every request (a clock, a counter)
}

// profiles are the 300 sources of a province, in the order in which a smaller one is made of them.
func profiles() []profile {
	return []profile{
		{kind: newspaper, sources: 8, hosts: 1, weekly: 33, spread: 0.6, every: 30 * time.Minute, latest: 2 * time.Hour, feeds: 1},
		{kind: station, sources: 4, hosts: 1, weekly: 33, spread: 0.6, every: time.Hour, feeds: 0.5, moving: 0.5},
		{kind: portal, sources: 8, hosts: 1, weekly: 5, spread: 0.8, office: true, every: 30 * time.Minute, moving: 1},
		{kind: department, sources: 44, hosts: 22, weekly: 8, spread: 0.8, office: true, every: time.Hour, feeds: 0.4, moving: 0.5},
		{kind: district, sources: 27, hosts: 9, weekly: 8, spread: 0.8, office: true, every: time.Hour, feeds: 0.4, moving: 0.5},
		{kind: commune, sources: 180, hosts: 180, weekly: 1.5, spread: 0.8, office: true, every: time.Hour, feeds: 0.3, moving: 0.5},
		{kind: page, sources: 27, hosts: 27, every: 24 * time.Hour},
		{kind: server, sources: 2, hosts: 2, every: 15 * time.Minute},
	}
}

// zone is Viet Nam's.
func zone() *time.Location { return time.FixedZone("+07", 7*3600) }

// shown is how many pieces a list shows.
const shown = 20

// site is one source with what it publishes.
type site struct {
	media.Source
	kind   kind
	n      int // of all sources
	moving bool
	brief  bool
	pieces []int64 // when it publishes, ascending, Unix seconds, business clock
	docs   *documents
}

// world is a number of provinces over a span of business time.
type world struct {
	from, to time.Time
	seed     uint64
	sites    []*site
	byURL    map[string]*site
	down     map[string][]outage // by host
	latency  float64             // median seconds until an answer
}

// outage is a span in which a host does not answer.
type outage struct{ from, to time.Time }

// plan is the size of a world.
type plan struct {
	provinces int
	sources   int // of each province, 300 at most
	from      time.Time
	days      int
	seed      uint64
	latency   float64                  // median seconds until an answer
	brief     bool                     // articles of one paragraph: for runs in which nobody reads them
	off       func(day time.Time) bool // is it a holiday
}

// before is how long publications go back before the first day: as many as make every list full, as a rule.
const before = 120 * 24 * time.Hour

// newWorld makes the sources of all provinces and everything they publish. The same plan makes the same world.
func newWorld(p plan) *world {
	w := &world{from: p.from, to: p.from.AddDate(0, 0, p.days), seed: p.seed, byURL: map[string]*site{}, down: map[string][]outage{}, latency: p.latency}
	for n := range p.provinces {
		w.province(n, p)
	}
	return w
}

func (w *world) province(n int, p plan) {
	id := fmt.Sprintf("t%02d", n+1)
	most := p.sources
	scale := float64(most) / 300
	for _, of := range profiles() {
		count := int(math.Round(float64(of.sources) * scale))
		for i := range min(most, max(1, count)) {
			host := fmt.Sprintf("%s%d.%s.example", of.kind, i%max(1, int(math.Round(float64(of.hosts)*min(1, scale)))), id)
			w.add(id, host, i, of, p)
		}
	}
}

// add makes one source.
func (w *world) add(province, host string, i int, of profile, p plan) {
	rnd := rand.New(rand.NewPCG(w.seed, uint64(len(w.sites))))
	s := &site{kind: of.kind, n: len(w.sites), brief: p.brief, docs: &documents{}}
	feed := rnd.Float64() < of.feeds
	s.moving = rnd.Float64() < of.moving && !feed
	s.Source = media.Source{
		ID: fmt.Sprintf("%s/%s-%d", province, of.kind, i), Agency: fmt.Sprintf("%s/%s", province, host[:len(host)-len(".example")]), Every: of.every, Latest: of.latest,
		Name: fmt.Sprint("Nguồn ", len(w.sites)+1), URL: fmt.Sprintf("http://%s/%d/", host, s.n),
	}
	s.Stream = s.ID
	switch {
	case of.kind == page:
		s.Kind, s.Expect = media.KindPage, []media.Expect{{Name: "đường dây nóng", Phrases: []string{"Đường dây nóng"}}}
	case of.kind == server:
		s.Kind = media.KindUptime
	default:
		s.Kind, s.Articles, s.Rule = media.KindList, true, listRule()
		if feed {
			s.Kind, s.URL = media.KindFeed, s.URL+"tin.rss"
			s.Rule = media.Rule{Headline: "h1.tieude", Sapo: "p.sapo", Body: ".noidung", PageDate: "main .ngay"}
		}
		s.pieces = arrivals(rnd, w.from.Add(-before), w.to, of.weekly*math.Exp(of.spread*rnd.NormFloat64()), of.office, p.off)
	}
	w.sites = append(w.sites, s)
	w.byURL[s.URL] = s
	if _, known := w.down[host]; !known {
		w.down[host] = outages(rand.New(rand.NewPCG(w.seed^0xd0, uint64(s.n))), w.from, w.to)
	}
}

func listRule() media.Rule {
	return media.Rule{Item: ".ds .tin", Link: "a", Title: "a", Lead: "p", Date: ".ngay", Headline: "h1.tieude", Sapo: "p.sapo", Body: ".noidung", PageDate: "main .ngay"}
}

// arrivals draws when a source publishes: a random process whose rate follows the hour, working days, days off and the season.
func arrivals(rnd *rand.Rand, from, to time.Time, weekly float64, office bool, off func(time.Time) bool) []int64 {
	var out []int64
	for day := from.In(zone()); day.Before(to); day = day.AddDate(0, 0, 1) {
		free := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || off != nil && off(day)
		rate := weekly * season(day)
		for h := range 24 {
			for range poisson(rnd, rate*hourShare(h, office, free)) {
				out = append(out, day.Add(time.Duration(h)*time.Hour).Unix()+rnd.Int64N(3600))
			}
		}
	}
	slices.Sort(out)
	return out
}

// season is how much more is published in the month than on average: reports are due at the ends of quarters and of the year.
func season(day time.Time) float64 {
	switch day.Month() {
	case time.January, time.February:
		return 0.85
	case time.March, time.June, time.September:
		return 1.1
	case time.November:
		return 1.1
	case time.December:
		return 1.3
	}
	return 0.95
}

// hourShare is the share of a week's publications that falls into an hour: that of docs/decisions/0016-when-to-look-again.md.
func hourShare(hour int, office, free bool) float64 {
	w := 0.0
	switch lively := slices.Contains([]int{8, 9, 10, 14, 15, 16}, hour); {
	case lively:
		w = 3
	case office && hour >= 7 && hour <= 17:
		w = 1.5
	case office && hour >= 18 && hour <= 21:
		w = 0.2
	case !office && hour >= 5 && hour <= 22:
		w = 1
	}
	switch {
	case free && office:
		w *= 0.15
	case free:
		w *= 0.5
	}
	if office {
		return w / (27.8 * 5.3)
	}
	return w / (30 * 6)
}

func poisson(rnd *rand.Rand, mean float64) int {
	n := 0
	for p, limit := rnd.Float64(), math.Exp(-mean); p > limit; n++ {
		p *= rnd.Float64()
	}
	return n
}

// outages draws when a host is away: once in thirty days, for two hours on average.
func outages(rnd *rand.Rand, from, to time.Time) []outage {
	var out []outage
	for at := from; ; {
		at = at.Add(time.Duration(rnd.ExpFloat64() * 30 * 24 * float64(time.Hour)))
		if !at.Before(to) {
			return out
		}
		end := at.Add(time.Duration(rnd.ExpFloat64() * 2 * float64(time.Hour)))
		out = append(out, outage{at, end})
		at = end
	}
}

// away reports whether a host does not answer at a time.
func (w *world) away(host string, now time.Time) bool {
	return slices.ContainsFunc(w.down[host], func(o outage) bool { return !now.Before(o.from) && now.Before(o.to) })
}

// newest is how many pieces a source has published by a time.
func (s *site) newest(now time.Time) int {
	n, _ := slices.BinarySearch(s.pieces, now.Unix()+1)
	return n
}

// sources are those of all provinces.
func (w *world) sources() []media.Source {
	out := make([]media.Source, len(w.sites))
	for i, s := range w.sites {
		out[i] = s.Source
	}
	return out
}

// of is the source under whose address another is: /<number>/….
func (w *world) of(u *url.URL) *site {
	var n int
	if _, err := fmt.Sscanf(u.Path, "/%d/", &n); err != nil || n < 0 || n >= len(w.sites) {
		return nil
	}
	return w.sites[n]
}
