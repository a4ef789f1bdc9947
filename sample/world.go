package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"loa/schedule/calendar"
)

// site is one host of the province.
type site struct {
	host, agency string
	form         string // a row of forms(): which software it seems to run
	title        string
	owner, home  string // {cq} and {huyen} of its texts, "" for any
	credit       string // lead mark of its own pieces
	firstID      int
	sections     []*section
}

// section is one stream of a site. Its two schedules list the days on which it
// publishes, "mmdd" each, December being of 2022, with marks: "*2" two pieces,
// ">mmdd" shown on that later day only, "?" without a date, "=" a copy of the
// newspaper's latest piece, "!" behind a web part error, "@hh" the hour.
type section struct {
	site          *site
	code, name    string
	path          string // sub-site, portal only
	column        string
	kind          string // newspaper section the other texts come from, "" for any
	reform, other string
	digest        string // days of the weekly round-up
}

// piece is one published text with what its site does to it.
type piece struct {
	Truth
	id      int
	slug    string
	body    []string
	byline  string
	section *section
	site    *site
	nfd     bool // the title is printed decomposed
	upper   bool // in capitals
	damaged bool // «o» of the slug became «111», as the newspaper's CMS does
	broken  bool // the page opens with a web part error and goes on
}

type world struct {
	sites  []*site
	pieces []*piece // by Published, then URL
}

// province builds the world once; it is never changed afterwards.
var province = sync.OnceValue(build)

func build() *world {
	w := &world{sites: sites()}
	g := &generator{used: map[string]map[int]bool{}, times: map[string]int{}, reform: readTemplates("reform.txt"), other: readTemplates("other.txt"),
		ends: map[bool][]string{true: readClosings("reform"), false: readClosings("other")}, places: readClosings("place")}
	for _, s := range w.sites {
		var own []*piece
		for _, sec := range s.sections {
			sec.site = s
			own = append(own, g.section(sec)...)
		}
		slices.SortStableFunc(own, byDate)
		g.number(s, own)
		w.pieces = append(w.pieces, own...)
		if s.form == "newspaper" {
			g.paper = own
			g.digests(own)
		}
	}
	slices.SortStableFunc(w.pieces, byDate)
	return w
}

func byDate(a, b *piece) int {
	if c := a.Published.Compare(b.Published); c != 0 {
		return c
	}
	return strings.Compare(a.URL, b.URL)
}

// generator makes pieces of schedules and templates.
type generator struct {
	reform, other []template
	ends          map[bool][]string       // closing sentences, for reform and for the rest
	places        []string                // paragraphs about the locality
	used          map[string]map[int]bool // templates used by site and kind
	times         map[string]int          // uses of a template in the province
	paper         []*piece                // the newspaper's pieces, once made
}

// day is one entry of a schedule.
type day struct {
	at      time.Time // local midnight
	shown   time.Time // local midnight of the day it is first shown
	count   int
	hour    int // -1 for any
	undated bool
	copied  bool
	broken  bool // the page opens with a web part error
}

func parseDays(schedule string) []day {
	var out []day
	for f := range strings.FieldsSeq(schedule) {
		d := day{at: mmdd(f[:4]), count: 1, hour: -1}
		d.shown = d.at
		for rest := f[4:]; rest != ""; {
			mark, arg := rest[0], rest[1:]
			n := len(arg) - len(strings.TrimLeft(arg, "0123456789"))
			arg, rest = arg[:n], arg[n:]
			switch mark {
			case '*':
				d.count, _ = strconv.Atoi(arg)
			case '@':
				d.hour, _ = strconv.Atoi(arg)
			case '>':
				d.shown = mmdd(arg)
			case '?':
				d.undated = true
			case '=':
				d.copied = true
			case '!':
				d.broken = true
			default:
				panic("schedule mark in " + f)
			}
		}
		out = append(out, d)
	}
	return out
}

func mmdd(s string) time.Time {
	m, err1 := strconv.Atoi(s[:2])
	d, err2 := strconv.Atoi(s[2:])
	if err1 != nil || err2 != nil {
		panic("schedule day " + s)
	}
	year := 2023
	if m == 12 {
		year = 2022
	}
	return time.Date(year, time.Month(m), d, 0, 0, 0, 0, calendar.Zone)
}

// section makes the pieces of one section.
func (g *generator) section(sec *section) []*piece {
	var out []*piece
	add := func(schedule string, reform bool) {
		for _, d := range parseDays(schedule) {
			for i := range d.count {
				out = append(out, g.piece(sec, d, reform, i))
			}
		}
	}
	add(sec.reform, true)
	add(sec.other, false)
	for _, d := range parseDays(sec.digest) {
		p := g.blank(sec, d, 17)
		p.Digest = true
		out = append(out, p)
	}
	return append(out, g.postings(sec)...)
}

// blank is a piece without text yet.
func (g *generator) blank(sec *section, d day, hour int) *piece {
	s := sec.site
	rng := rngOf(s.host, sec.code, d.at.Format(time.DateOnly), strconv.Itoa(hour))
	if d.hour >= 0 {
		hour = d.hour
	} else if hour < 0 {
		hour = 7 + rng.IntN(10)
	}
	at := d.at.Add(time.Duration(hour)*time.Hour + time.Duration(rng.IntN(60))*time.Minute + time.Duration(rng.IntN(60))*time.Second)
	p := &piece{section: sec, site: s}
	p.Host, p.Agency, p.Section, p.Column = s.host, s.agency, sec.name, sec.column
	p.Published, p.Visible, p.Dated = at, at, !d.undated
	if d.shown.After(d.at) {
		p.Visible = d.shown.Add(8 * time.Hour)
	}
	p.broken = d.broken
	p.Reachable = s.form != "down" && s.form != "broken" && s.form != "gate"
	p.byline = []string{"PV", "CTV", "Ban Biên tập", "Văn phòng"}[rng.IntN(4)]
	return p
}

func (g *generator) piece(sec *section, d day, reform bool, nth int) *piece {
	s := sec.site
	p := g.blank(sec, d, -1)
	if nth > 0 {
		p.Published = p.Published.Add(time.Duration(nth) * 97 * time.Minute)
		p.Visible = p.Visible.Add(time.Duration(nth) * 97 * time.Minute)
	}
	p.Reform = reform
	stamp := p.Published.Format(time.DateTime)
	if d.copied {
		g.copy(p)
		return p
	}
	f := newFiller(p.Published, s.owner, s.home, s.host, sec.code, stamp)
	t := g.pick(sec, p, f)
	p.Topic, p.Hard = t.topic, t.hard
	p.Title, p.Lead = f.fill(t.title), f.fill(t.lead)
	for _, b := range t.body {
		p.body = append(p.body, f.fill(b))
	}
	ends := g.ends[reform]
	at, long := f.rng.IntN(len(g.places)), 1
	if d.broken {
		long = 2 // what follows an error must be plainly an article
	}
	for i := range long {
		p.body = append(p.body, f.fill(g.places[(at+i)%len(g.places)]))
	}
	p.body = append(p.body, f.fill(ends[f.rng.IntN(len(ends))]))
	p.nfd = f.rng.IntN(9) == 0
	p.upper = s.form == "table" && f.rng.IntN(2) == 0
	p.damaged = s.form == "newspaper" && f.rng.IntN(12) == 0
	return p
}

// copy makes p a copy of the newspaper's latest fitting piece before it, with
// the credit line of its site.
func (g *generator) copy(p *piece) {
	for i := len(g.paper) - 1; i >= 0; i-- {
		o := g.paper[i]
		if o.Reform == p.Reform && !o.Digest && o.Published.Before(p.Published) && !g.taken(p.site, o) {
			g.take(p.site, o)
			p.Title, p.Lead, p.body, p.Topic, p.Hard, p.CopyOf = o.Title, o.Lead, o.body, o.Topic, o.Hard, o.URL
			p.Credit = "Nguồn: Báo Mẫu"
			if p.site.form == "sharepoint" {
				p.Credit = "Theo Báo Mẫu"
			}
			return
		}
	}
	panic("no newspaper piece to copy before " + p.Published.String())
}

func (g *generator) taken(s *site, o *piece) bool { return g.used[s.host+" copies"][o.id] }
func (g *generator) take(s *site, o *piece)       { g.mark(s.host+" copies", o.id) }

func (g *generator) mark(key string, i int) {
	if g.used[key] == nil {
		g.used[key] = map[int]bool{}
	}
	g.used[key][i] = true
}

// pick chooses a template that fits the section and the month and that the
// site has not used yet; when all are used it begins anew.
func (g *generator) pick(sec *section, p *piece, f *filler) template {
	all, key := g.other, sec.site.host+" other"
	if p.Reform {
		all, key = g.reform, sec.site.host+" reform"
	}
	var fit []int
	for round := 0; len(fit) == 0; round++ {
		if round == 1 {
			delete(g.used, key)
		} else if round == 2 {
			panic(fmt.Sprintf("no text for %s %s on %s", sec.site.host, sec.code, p.Published))
		}
		for i, t := range all {
			if t.fits(p.Published) && sec.takes(t) && !g.used[key][i] {
				fit = append(fit, i)
			}
		}
	}
	// Of the texts that fit, one that the province has used least, so that as
	// few reports as can be are alike.
	least := slices.MinFunc(fit, func(a, b int) int { return g.times[all[a].title] - g.times[all[b].title] })
	fit = slices.DeleteFunc(fit, func(i int) bool { return g.times[all[i].title] > g.times[all[least].title] })
	i := fit[f.rng.IntN(len(fit))]
	g.mark(key, i)
	g.times[all[i].title]++
	return all[i]
}

// takes reports whether a template suits the section.
func (sec *section) takes(t template) bool {
	s := sec.site
	switch {
	case t.topic != "":
		if sec.code == "266" || sec.kind == "chinh-quyen-so" {
			return t.topic == "chinh-quyen-so"
		}
		if sec.kind == "tthc" {
			return t.topic == "tthc" || t.topic == "chinh-quyen-so"
		}
		return true
	case sec.kind == "easy": // nothing that could be taken for reform
		return !t.hard
	case sec.kind != "":
		return t.section == sec.kind
	case s.owner != "" && s.home == "": // a department does not report on weddings and crops
		return strings.Contains(t.title, "{cq}") || t.section == "chinh-tri" && !strings.Contains(t.title, "{Huyen}")
	}
	return true
}

// number gives identities, addresses and slugs in order of publication; ids
// have gaps, as the real ones do.
func (g *generator) number(s *site, own []*piece) {
	rng := rngOf("ids", s.host)
	id := map[string]int{}
	seen := map[string]int{}
	for _, p := range own {
		path := p.section.path
		if id[path] == 0 {
			id[path] = s.firstID + len(path)*7
		}
		id[path] += 1 + rng.IntN(maxGap(s.form))
		p.id = id[path]
		if p.Digest {
			p.Title = digestTitle(p.Published)
		}
		addressOf(p, rng, seen)
	}
}

func maxGap(form string) int {
	if form == "newspaper" || form == "wordpress" {
		return 9
	}
	return 3
}

// digests writes the weekly round-ups out of the week's own pieces.
func (g *generator) digests(own []*piece) {
	for _, d := range own {
		if !d.Digest {
			continue
		}
		d.Lead = "Báo Mẫu điểm lại những sự kiện đáng chú ý trên địa bàn tỉnh trong tuần."
		from := d.Published.AddDate(0, 0, -7)
		for _, p := range own {
			if !p.Digest && p.Published.After(from) && p.Published.Before(d.Published) && len(d.body) < 7 {
				d.body = append(d.body, "* "+p.Title, p.Lead)
			}
		}
		d.body = append(d.body, "* Giá vàng, giá nông sản trong tuần ít biến động; thời tiết nhiều mây, đêm và sáng trời rét.")
	}
}

func digestTitle(sunday time.Time) string {
	monday := sunday.AddDate(0, 0, -6)
	from := strconv.Itoa(monday.Day())
	if monday.Month() != sunday.Month() {
		from += "/" + strconv.Itoa(int(monday.Month()))
	}
	return fmt.Sprintf("Điểm sự kiện nổi bật tỉnh Mẫu tuần qua (%s - %d/%d)", from, sunday.Day(), sunday.Month())
}

// addressOf sets slug, URL and key by the site's software.
func addressOf(p *piece, rng *rand.Rand, seen map[string]int) {
	host := "http://" + p.Host
	id := strconv.Itoa(p.id)
	lower := strings.ToLower(slug(p.Title, "-"))
	p.Key = p.Host + "/" + id
	switch p.site.form {
	case "newspaper":
		p.slug = slug(p.Title, "-")
		if p.damaged {
			p.slug = strings.Replace(p.slug, "ong-", "111ng-", 1)
		}
		p.URL = fmt.Sprintf("%s/%s/%s/%s.aspx", host, p.section.code, id, p.slug)
	case "sharepoint":
		p.Key = p.Host + p.section.path + "/" + id
		p.URL = fmt.Sprintf("%s%s/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?ItemID=%s&l=%s%s&lv=4", host, p.section.path, id, p.section.code, strings.Repeat("+", rng.IntN(4)*20))
	case "userkey":
		p.slug = slug(p.Title, "-")
		seen[p.slug]++
		if n := seen[p.slug]; n > 1 {
			p.slug += "-" + strconv.Itoa(n-1)
		}
		p.Key = p.Host + "/" + p.slug
		p.URL = host + "/tin-tuc/tin-tuc-su-kien/?UserKey=" + p.slug
	case "drupal":
		p.slug = lower
		seen[p.slug]++
		if n := seen[p.slug]; n > 1 {
			p.slug += "-" + strconv.Itoa(n-2)
		}
		p.Key = p.Host + "/" + p.slug
		p.URL = host + "/vi/tin-tuc/" + p.slug
	case "wordpress":
		p.slug = lower
		p.Key = p.Host + "/" + p.slug + "-" + id
		p.URL = fmt.Sprintf("%s/%s/%s-%s/", host, p.Published.Format("2006/01"), p.slug, id)
	case "table":
		p.URL = host + "/chitiet.php?id=" + id
	case "webforms":
		p.slug = lower
		p.URL = fmt.Sprintf("%s/tin-chi-tiet/%s-%s.aspx", host, id, p.slug)
	default: // nukeviet, gate
		p.slug = lower
		p.URL = fmt.Sprintf("%s/vi/news/%s/%s-%s.html", host, p.section.code, p.slug, id)
	}
}
