package viet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Check says what is wrong with Zone or Format, nil if both can be used.
func (o DateOptions) Check() error {
	if _, err := o.location(); err != nil {
		return err
	}
	if o.Format != "" {
		if _, err := formatParts(Clean(o.Format)); err != nil {
			return err
		}
	}
	return nil
}

// location is where a date without a printed zone is at home.
func (o DateOptions) location() (*time.Location, error) {
	switch z := o.Zone; {
	case z == "", z == "Asia/Ho_Chi_Minh":
		return local(), nil
	case z[0] == '+' || z[0] == '-':
		t, err := time.Parse("-07:00", z)
		if err != nil {
			return nil, fmt.Errorf(`want an offset as "+07:00", not %q`, z)
		}
		_, secs := t.Zone()
		if secs < -12*3600 || secs > 14*3600 {
			return nil, fmt.Errorf("no place has the offset %s", z)
		}
		return time.FixedZone("", secs), nil
	default:
		// Read anew each time: sources away from home are few.
		loc, err := time.LoadLocation(z)
		if err != nil || z == "Local" {
			return nil, fmt.Errorf(`want a zone as "Asia/Ho_Chi_Minh" or "+07:00", not %q`, z)
		}
		return loc, nil
	}
}

// part is one piece of a printed format: a field («dd») or text that stands as it is.
type part struct {
	field byte // 'd', 'M', 'y', 'H', 'h', 'm', 's', 't', 'w' (weekday), ' ' (any space), 0 text
	width int  // of the field's name
	text  string
}

// formatParts cuts a format into its parts.
func formatParts(format string) ([]part, error) {
	var out []part
	have := map[byte]bool{}
	for i := 0; i < len(format); {
		c := format[i]
		n := 1
		for i+n < len(format) && format[i+n] == c {
			n++
		}
		switch {
		case c == '\'':
			end := strings.IndexByte(format[i+1:], '\'')
			if end < 1 {
				return nil, errors.New("a quote ' is not closed, or holds nothing")
			}
			out = append(out, part{text: format[i+1 : i+1+end]})
			n = end + 2
		case c == ' ':
			out = append(out, part{field: ' '})
		case c == 'd' && n >= 3 && n <= 4:
			out = append(out, part{field: 'w', width: n})
		case strings.IndexByte("dMHhms", c) >= 0 && n <= 2, c == 't' && n == 2, c == 'y' && (n == 2 || n == 4):
			if have[c] {
				return nil, fmt.Errorf("%q stands twice", format[i:i+n])
			}
			have[c] = true
			out = append(out, part{field: c, width: n})
		case c < utf8.RuneSelf && unicode.IsLetter(rune(c)):
			return nil, fmt.Errorf(`%q is no field (use d dd M MM yy yyyy H HH h hh m mm s ss tt ddd, other letters in '…')`, format[i:i+n])
		default:
			_, n = utf8.DecodeRuneInString(format[i:])
			out = append(out, part{text: format[i : i+n]})
		}
		i += n
	}
	switch {
	case !have['d'] || !have['M']:
		return nil, errors.New(`needs a day (d) and a month (M), as "dd/MM/yyyy"`)
	case have['H'] && have['h'], have['h'] != have['t'], have['s'] && !have['m']:
		return nil, errors.New(`H is the hour of 24, h with tt (SA, CH, AM, PM) that of 12; seconds need minutes`)
	case have['m'] && !have['H'] && !have['h']:
		return nil, errors.New("m is the minute, and needs an hour (H, or h with tt); M is the month")
	}
	return out, nil
}

// formatted looks in the line for a date printed in the source's own format.
// A zone that follows is read too.
func (p *dateParser) formatted(loc *time.Location) (Date, bool) {
	parts, err := formatParts(Clean(p.opt.Format))
	if err != nil {
		return Date{}, false
	}
	for i := range p.text {
		if i > 0 && digit(p.text[i-1]) && digit(p.text[i]) {
			continue
		}
		if d, ok := p.formattedAt(parts, i, loc); ok {
			return d, true
		}
	}
	return Date{}, false
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

func (p *dateParser) formattedAt(parts []part, at int, loc *time.Location) (Date, bool) {
	v := map[byte]int{}
	i := at
	for _, f := range parts {
		rest := p.text[i:]
		switch f.field {
		case 0:
			n := len(f.text)
			if len(rest) < n || !strings.EqualFold(rest[:n], f.text) {
				return Date{}, false
			}
			i += n
		case ' ':
			i += len(rest) - len(strings.TrimLeft(rest, " "))
		case 'w':
			n := weekday(rest)
			if n == 0 {
				return Date{}, false
			}
			i += n
		case 't':
			half := strings.ToLower(rest[:min(2, len(rest))])
			switch half {
			case "am", "sa":
				v['t'] = 0
			case "pm", "ch":
				v['t'] = 12
			default:
				return Date{}, false
			}
			i += 2
		default:
			most := 2
			if f.field == 'y' {
				most = f.width
			}
			n := 0
			for n < len(rest) && n < most && digit(rest[n]) {
				n++
			}
			if n == 0 || f.field == 'y' && n != most {
				return Date{}, false
			}
			v[f.field], _ = strconv.Atoi(rest[:n])
			if f.field == 'y' && n == 2 {
				v['y'] = fullYear(token{at: 0, end: 2, value: v['y']})
			}
			i += n
		}
	}
	if i == at || i < len(p.text) && digit(p.text[i-1]) && digit(p.text[i]) {
		return Date{}, false
	}
	return p.fromFields(v, at, i, loc)
}

// fromFields makes a date of what was read between two offsets of the line.
func (p *dateParser) fromFields(v map[byte]int, at, end int, loc *time.Location) (Date, bool) {
	d := Date{Precision: PrecisionDay, Formatted: true}
	hour, clocked := v['H']
	if h, ok := v['h']; ok {
		if h < 1 || h > 12 {
			return Date{}, false
		}
		hour, clocked = h%12+v['t'], true
	}
	if clocked {
		d.Precision = PrecisionMinute
		if _, ok := v['s']; ok {
			d.Precision = PrecisionSecond
		}
		rest := dateParser{text: p.text[end:], toks: tokenize(p.text[end:])}
		if z, next, found, bad := rest.zone(0, d.Precision == PrecisionSecond); bad {
			return Date{}, false
		} else if found {
			loc, d.Zone = time.FixedZone("", z), true
			end += rest.toks[next-1].end
		}
	}
	year, ok := v['y']
	if !ok { // «10/03 08:15»: the last such day
		if p.opt.Now.IsZero() {
			return Date{}, false
		}
		now := p.opt.Now.In(loc)
		year = now.Year()
		if time.Date(year, time.Month(v['M']), v['d'], hour, v['m'], 0, 0, loc).After(now.Add(24 * time.Hour)) {
			year--
		}
	}
	c := valid(core{next: 1, year: year, month: v['M'], day: v['d']})
	if c.next == 0 || hour > 23 || v['m'] > 59 || v['s'] > 59 {
		return Date{}, false
	}
	d.Time = time.Date(year, time.Month(v['M']), v['d'], hour, v['m'], v['s'], 0, loc)
	if d.Zone {
		d.Time = d.Time.In(p.home())
	}
	d.Text = p.text[at:end]
	return d, true
}

// weekday is how many bytes of s name a day of the week.
func weekday(s string) int {
	p := dateParser{text: s, toks: tokenize(s[:min(len(s), 24)])}
	if p.word(0) == "t" && p.tok(1).num && p.tok(1).width() == 1 && p.tight(1) { // «T6»
		return p.toks[1].end
	}
	if n, ok := p.beside(0); ok && !strings.ContainsAny(p.word(0), ",|-•·;()[].:@/") {
		return p.toks[n-1].end
	}
	return 0
}
