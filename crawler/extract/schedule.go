package extract

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"loa/media"
	"loa/viet"
)

// longestSlot is how far apart two lines of a schedule may lie for the first to
// last until the second: beyond it the station is likely off the air between.
const longestSlot = 3 * time.Hour

// Schedule reads the schedule that a station announces: lines that begin with a
// clock («– 5h05 Chuyên mục : Nông thôn ngày nay») under headings of days and
// blocks («BUỔI SÁNG»), tables of times and titles, tables with a column for
// each day. No end is printed: a transmission lasts until the next line, the last
// of a block for an unknown time. Programmes of columns are recognised by name.
// Days without a date are those of the week that the title or the address names
// («tu-ngay-14032016-den-ngay-20032016»). text is Decode's. Errors are
// BlindErrors: challenge, soft_404, hijacked, empty, layout_changed, parse_error.
func Schedule(text string, src media.Source, pageURL string, columns []media.Column) ([]media.Planned, error) {
	base, err := parseURL(pageURL)
	if err != nil {
		return nil, err
	}
	doc, _, err := parseDoc(text, Bounds(src.Limits, src.Kind))
	if err != nil {
		return nil, err
	}
	r := scheduleReader{src: src, most: Bounds(src.Limits, src.Kind).Items, had: map[string]bool{}}
	for _, c := range columns {
		if c.Agency == "" || c.Agency == src.Agency {
			r.columns = append(r.columns, c)
		}
	}
	lines := strings.Split(visible(doc.Selection), "\n")
	r.week(base, tidy(doc.Find("title").First().Text()), lines)
	if !r.weekTables(doc) {
		for _, line := range lines {
			r.line(line)
		}
		r.close(true)
	}
	switch {
	case r.undated > 0 && len(r.out) == 0:
		return nil, &BlindError{media.LayoutChanged, fmt.Sprintf("%d lines of a schedule, and no day they are of", r.undated)}
	case len(r.out) < 2: // one clock on a page is no schedule
		return nil, blindPage(text, doc, "schedule")
	}
	return r.out, nil
}

type scheduleReader struct {
	src     media.Source
	columns []media.Column
	from    time.Time // first day of the week named, zero if none
	to      time.Time // last day
	day     time.Time // of the lines below, local midnight
	last    time.Duration
	late    time.Duration // what is after midnight begins a day later
	block   []slot
	out     []media.Planned
	had     map[string]bool
	undated int
	most    int
}

// slot is one line while its block is read.
type slot struct {
	start   time.Time
	end     time.Time // printed, zero if not
	title   string
	printed string
	bare    bool // the clock stood alone: its title is on the next lines
	more    int  // how many of them were taken
}

var (
	weekDays  = regexp.MustCompile(`(?i)(?:từ|tu)[\s-]*(?:ngày|ngay)?[\s:-]*(\d{1,2}[/.-]?\d{1,2}[/.-]?\d{4}|\d{1,2}[/.]\d{1,2})[\s-]*(?:đến|den|tới|toi|-|–)[\s-]*(?:hết)?[\s-]*(?:ngày|ngay)?[\s:-]*(\d{1,2}[/.-]?\d{1,2}[/.-]?\d{4})`)
	glued     = regexp.MustCompile(`^(\d{2})(\d{2})(\d{4})$`)
	clockLead = regexp.MustCompile(`(?i)^[\s–—•*+·.-]*(\d{1,2})\s?(?:h|g|giờ|:)\s?(\d{2})?\s*(?:phút|p\b|'|′)?`)
	clockEnd  = regexp.MustCompile(`(?i)^\s*(?:-|–|—|đến)\s*(\d{1,2})\s?(?:h|g|giờ|:)\s?(\d{2})?\b`)
	blockLine = regexp.MustCompile(`^\W*buoi (sang|trua|chieu|toi|dem)\W*$`)
	dayWord   = regexp.MustCompile(`\b(?:thu (hai|ba|tu|nam|sau|bay|[2-7])|(chu nhat|cn))\b`)
	dayMonth  = regexp.MustCompile(`\b(\d{1,2})\s?[/.-]\s?(\d{1,2})\b`)
	liveMark  = regexp.MustCompile(`(?i)^\s*(PTTT|THTT|TTTT|TTr?)\s*:\s*|\(\s*(trực tiếp|TT)\s*\)|\btrực tiếp\b`)
	planMark  = regexp.MustCompile(`(?i)[(\[]\s*(PL|PM|P\.L|P\.M|phát lại|phát mới|lại)(?:[\s.:\d/][^)\]]*)?(?:[)\]]|$)|\b(phát lại|phát mới)\b.*$`)
	ownClock  = regexp.MustCompile(`(?i)\s*\(\s*\d{1,2}\s?[h:]\s?\d{0,2}\s*\)\s*$`)
	noTitle   = regexp.MustCompile(`[\pL]{2}`)
)

// week finds the week that the address, the title or a heading names.
func (r *scheduleReader) week(base *url.URL, title string, lines []string) {
	path, err := url.PathUnescape(base.Path)
	if err != nil {
		path = base.Path
	}
	for _, s := range append([]string{path, title}, lines[:min(len(lines), 60)]...) {
		m := weekDays.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		to, ok := dayOfText(m[2])
		if !ok {
			continue
		}
		from, ok := dayOfText(m[1])
		if !ok { // «từ ngày 14/3 đến ngày 20/3/2016»
			if from, ok = r.ofYear(m[1], to); !ok {
				continue
			}
		}
		if span := to.Sub(from); span >= 0 && span < 40*24*time.Hour {
			r.from, r.to = from, to
			return
		}
	}
}

func dayOfText(s string) (time.Time, bool) {
	if m := glued.FindStringSubmatch(s); m != nil {
		s = m[1] + "/" + m[2] + "/" + m[3]
	}
	d, ok := viet.ParseDate(strings.NewReplacer("-", "/", ".", "/").Replace(s), viet.DateOptions{})
	return localDay(d.Time), ok
}

// ofYear reads a day and month near another day.
func (r *scheduleReader) ofYear(s string, near time.Time) (time.Time, bool) {
	m := dayMonth.FindStringSubmatch(s)
	if m == nil || near.IsZero() {
		return time.Time{}, false
	}
	day, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	for _, year := range []int{near.Year(), near.Year() - 1, near.Year() + 1} {
		t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, near.Location())
		if away := t.Sub(near).Abs(); t.Day() == day && int(t.Month()) == month && away < 40*24*time.Hour {
			return t, true
		}
	}
	return time.Time{}, false
}

// headDay is the day that a heading names: by its date, by day and month or by
// the day of the week within the week named.
func (r *scheduleReader) headDay(s string) (time.Time, bool) {
	if weekDays.MatchString(s) {
		return time.Time{}, false
	}
	if d, ok := viet.ParseDate(s, viet.DateOptions{}); ok {
		return localDay(d.Time), true
	}
	near := r.from
	if near.IsZero() {
		near = r.day
	}
	if t, ok := r.ofYear(s, near); ok {
		return t, true
	}
	m := dayWord.FindStringSubmatch(viet.Fold(s))
	if m == nil || r.from.IsZero() {
		return time.Time{}, false
	}
	want := time.Sunday
	if m[2] == "" {
		want = map[string]time.Weekday{"hai": 1, "ba": 2, "tu": 3, "nam": 4, "sau": 5, "bay": 6, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6}[m[1]]
	}
	for d := r.from; !d.After(r.to); d = d.AddDate(0, 0, 1) {
		if d.Weekday() == want {
			return d, true
		}
	}
	return time.Time{}, false
}

// isHead reports whether a line heads what is below it: short, and about a day.
func isHead(s string) bool {
	f := viet.Fold(s)
	return len([]rune(s)) <= 90 && (dayWord.MatchString(f) || strings.Contains(f, "ngay") || strings.Contains(f, "lich phat song") || strings.HasPrefix(f, "chuong trinh"))
}

// line reads one line of the page.
func (r *scheduleReader) line(s string) {
	at, end, rest, ok := readClocks(s)
	switch {
	case ok && !looksLikeStamp(s):
		r.add(at, end, rest, s)
	case blockLine.MatchString(viet.Fold(s)):
		r.close(false)
	case isHead(s):
		if day, ok := r.headDay(s); ok {
			r.close(true)
			r.day, r.last, r.late = day, 0, 0
		}
	default:
		r.more(s)
	}
}

// looksLikeStamp is a moment of publication: a clock with a date right behind it.
func looksLikeStamp(s string) bool {
	d, ok := viet.ParseDate(s, viet.DateOptions{})
	return ok && d.Precision != "day"
}

// readClocks takes the clock that a line begins with, and the end where one is printed.
func readClocks(s string) (at, end time.Duration, rest string, ok bool) {
	m := clockLead.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, "", false
	}
	if at, ok = clockOf(m[1], m[2]); !ok {
		return 0, 0, "", false
	}
	rest = s[len(m[0]):]
	if m[2] == "" && strings.HasPrefix(strings.TrimLeft(rest, " "), "/") {
		return 0, 0, "", false
	}
	end = -1
	if e := clockEnd.FindStringSubmatch(rest); e != nil {
		if t, ok := clockOf(e[1], e[2]); ok {
			end, rest = t, rest[len(e[0]):]
		}
	}
	return at, end, strings.TrimLeft(rest, " :.-–—|\t"), true
}

func clockOf(h, m string) (time.Duration, bool) {
	hour, _ := strconv.Atoi(h)
	minute := 0
	if m != "" {
		minute, _ = strconv.Atoi(m)
	}
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute, hour < 24 && minute < 60 || hour == 24 && minute == 0
}

// add begins a slot. A clock that goes back from the evening to the night is
// after midnight; one that goes back otherwise begins another block.
func (r *scheduleReader) add(at, end time.Duration, title, printed string) {
	if r.day.IsZero() {
		r.undated++
		return
	}
	if at < r.last && len(r.block) > 0 {
		if r.late == 0 && r.last >= 18*time.Hour && at < 6*time.Hour {
			r.late = 24 * time.Hour
		} else {
			r.close(false)
		}
	}
	r.last = at
	s := slot{start: r.day.Add(at + r.late), title: title, printed: printed, bare: !noTitle.MatchString(title)}
	if end >= 0 {
		if end <= at {
			end += 24 * time.Hour
		}
		s.end = r.day.Add(end + r.late)
	}
	r.block = append(r.block, s)
}

// more takes the title of a clock that stood alone, from the lines below it.
func (r *scheduleReader) more(s string) {
	if len(r.block) == 0 || !noTitle.MatchString(s) {
		return
	}
	last := &r.block[len(r.block)-1]
	if !last.bare || last.more >= 2 || len([]rune(s)) > 200 {
		return
	}
	last.title, last.printed = strings.Trim(last.title+": "+s, ": "), last.printed+" "+s
	last.more++
}

// close ends a block: each of its slots lasts until the next. day tells that the
// broadcasting day ends too.
func (r *scheduleReader) close(day bool) {
	for i, s := range r.block {
		length := time.Duration(0)
		switch {
		case !s.end.IsZero():
			length = s.end.Sub(s.start)
		case i+1 < len(r.block):
			length = r.block[i+1].start.Sub(s.start)
		}
		if length > longestSlot && s.end.IsZero() || length < 0 || length > maxAiring {
			length = 0
		}
		r.emit(s, length)
	}
	r.block = r.block[:0]
	if day {
		r.last, r.late = 0, 0
	}
}

// emit makes the transmissions of a slot: two programmes joined by a plus share
// it, and how long each lasts is not known.
func (r *scheduleReader) emit(s slot, length time.Duration) {
	if len(r.out) >= r.most || !noTitle.MatchString(s.title) {
		return
	}
	parts := strings.Split(s.title, " + ")
	for _, part := range parts {
		p := media.Planned{Source: r.src.ID, Channel: r.src.Channel, Day: r.day.UTC(), Start: s.start.UTC(), Printed: cutText(tidy(s.printed), maxTitle)}
		if len(parts) == 1 {
			p.Duration = length
		}
		mark := planMark.FindString(part)
		if first, known := runWord(strings.Trim(mark, "([")); known {
			p.Run = map[bool]string{true: "first", false: "repeat"}[first]
		} else if mark != "" {
			p.Run = "repeat" // «(lại …)»
		}
		p.Live = liveMark.MatchString(part)
		name := liveMark.ReplaceAllString(planMark.ReplaceAllString(ownClock.ReplaceAllString(part, ""), ""), " ")
		name = strings.Trim(tidy(name), " :.,;-–—|")
		if !noTitle.MatchString(name) {
			name = strings.Trim(tidy(part), " :.,;-–—|()")
		}
		if !noTitle.MatchString(name) {
			continue
		}
		p.Programme = cutText(name, maxSection)
		p.Column = columnOf(p.Programme, s.start, r.columns)
		p.ID = media.Hash("planned", p.Channel, strconv.FormatInt(p.Start.Unix(), 10), plainWords(p.Programme), p.Run)
		if !r.had[p.ID] {
			r.had[p.ID] = true
			r.out = append(r.out, p)
		}
	}
}

// weekTables reads tables that have a column for each day; false if there is none.
func (r *scheduleReader) weekTables(doc *goquery.Document) bool {
	found := false
	doc.Find("table").Each(func(_ int, table *goquery.Selection) {
		rows := ownRows(table)
		for i := range min(rows.Length(), maxHeader) {
			days := map[int]time.Time{}
			for c, cell := range cellsOf(rows.Eq(i)) {
				if day, ok := r.headDay(cell); ok && isHead(cell+" ngay") && len([]rune(cell)) < 40 {
					days[c] = day
				}
			}
			if len(days) < 3 {
				continue
			}
			found = true
			r.weekTable(rows.Slice(i+1, rows.Length()), days)
			return
		}
	})
	return found
}

// weekTable reads the rows below the days: a clock, then a title for each day.
func (r *scheduleReader) weekTable(rows *goquery.Selection, days map[int]time.Time) {
	for c := range maxCells {
		day, ok := days[c]
		if !ok {
			continue
		}
		r.day, r.last, r.late = day, 0, 0
		rows.Each(func(_ int, tr *goquery.Selection) {
			cells := cellsOf(tr)
			if len(cells) == 0 {
				return
			}
			if at, end, _, ok := readClocks(cells[0]); ok && c < len(cells) {
				r.add(at, end, cells[c], cells[0]+" "+cells[c])
			} else if blockLine.MatchString(viet.Fold(cells[0])) {
				r.close(false)
			}
		})
		r.close(true)
	}
}
