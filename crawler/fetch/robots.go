package fetch

import (
	"strconv"
	"strings"
	"time"
)

// maxRobots is how much of a robots.txt is read, in bytes; RFC 9309 §2.5 asks
// for at least 500 KiB.
const maxRobots = 512 << 10

// Robots is what a robots.txt asks for, by RFC 9309.
type Robots struct {
	all    int // byRules, allowAll, denyAll
	groups []group
}

const (
	byRules = iota
	allowAll
	denyAll
)

type group struct {
	agents []string // product tokens in lower case, or "*"
	rules  []rule
	delay  time.Duration
}

type rule struct {
	allow bool
	path  pattern
}

// RobotsFor makes rules of what the host answered (RFC 9309 §2.3.1): a good
// answer is read, 4xx and redirects that lead nowhere allow all, and 429, 5xx
// or no answer (status 0) allow nothing.
func RobotsFor(status int, body []byte) *Robots {
	switch {
	case status >= 200 && status < 300:
		return ParseRobots(body)
	case status == 429 || status >= 500 || status < 100:
		return &Robots{all: denyAll}
	}
	return &Robots{all: allowAll}
}

// ParseRobots reads a robots.txt. Nothing is an error: a line that is not
// understood is passed over, as is what stands before the first group.
func ParseRobots(body []byte) *Robots {
	if len(body) > maxRobots {
		body = body[:maxRobots]
		if i := strings.LastIndexAny(string(body), "\r\n"); i >= 0 {
			body = body[:i] // a line cut in two could mean more than was written
		}
	}
	r := &Robots{}
	var cur *group
	open := false // agents may still be added to cur
	for line := range strings.FieldsFuncSeq(strings.TrimPrefix(string(body), "\ufeff"), func(c rune) bool { return c == '\n' || c == '\r' }) {
		key, value, ok := field(line)
		if !ok {
			continue
		}
		switch key {
		case "user-agent", "useragent", "user agent":
			token := productToken(value)
			if token == "" {
				// A name we cannot read still opens a group of its own, so
				// that its rules do not fall to the group above.
				token = "\x00"
			}
			if !open {
				r.groups = append(r.groups, group{})
				cur = &r.groups[len(r.groups)-1]
				open = true
			}
			cur.agents = append(cur.agents, token)
		case "allow", "disallow", "dissallow", "dissalow", "disalow", "disallaw", "diasllow":
			if cur == nil {
				continue
			}
			open = false
			if value == "" {
				continue // an empty rule forbids nothing
			}
			allow := key == "allow"
			if !allow && value[0] != '/' && value[0] != '*' {
				value = "/" + value // seen in the wild; the careful reading
			}
			cur.rules = append(cur.rules, rule{allow, newPattern(value)})
		case "crawl-delay", "crawldelay":
			// Not in the RFC: it neither opens nor closes a group.
			if d, ok := seconds(value); ok && cur != nil {
				cur.delay = max(cur.delay, d)
			}
		}
	}
	return r
}

// field splits "Key: value # comment". A missing colon is forgiven when the
// line has exactly two words.
func field(line string) (key, value string, ok bool) {
	line, _, _ = strings.Cut(line, "#")
	key, value, ok = strings.Cut(line, ":")
	if !ok {
		f := strings.Fields(line)
		if len(f) != 2 {
			return "", "", false
		}
		key, value = f[0], f[1]
	}
	return strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value), true
}

// productToken takes the name out of "Loa/0.1 (comment)": letters, "_" and
// "-" (RFC 9309 §2.2.1), in lower case; "*" stands for all.
func productToken(v string) string {
	if v == "*" || strings.HasPrefix(v, "* ") || strings.HasPrefix(v, "*\t") {
		return "*"
	}
	end := 0
	for end < len(v) && (v[end] == '-' || v[end] == '_' || v[end]|0x20 >= 'a' && v[end]|0x20 <= 'z') {
		end++
	}
	// "loa2" is somebody else: what follows a name must not be part of a word.
	if end < len(v) && (v[end] >= '0' && v[end] <= '9' || v[end] >= 0x80 || v[end] == '.') {
		return ""
	}
	return strings.ToLower(v[:end])
}

// seconds reads a delay, with the decimal comma that people write here.
func seconds(v string) (time.Duration, bool) {
	v = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(v)), "s")
	f, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(v), ",", ".", 1), 64)
	if err != nil || !(f >= 0) {
		return 0, false
	}
	return time.Duration(min(f, 86400) * float64(time.Second)), true
}

// forAgent calls f for every group that speaks to agent: all that name it, or
// else all that name "*" (RFC 9309 §2.2.1: groups of one name are one).
func (r *Robots) forAgent(agent string, f func(*group)) {
	for _, name := range []string{productToken(agent), "*"} {
		found := false
		for i := range r.groups {
			for _, a := range r.groups[i].agents {
				if a == name {
					found = true
					f(&r.groups[i])
					break
				}
			}
		}
		if found {
			return
		}
	}
}

// Allowed reports whether agent (a product token or a whole user agent) may
// get pathQuery, the path and query of a URL as sent. The longest rule wins,
// and of two equally long the one that allows.
func (r *Robots) Allowed(agent, pathQuery string) bool {
	switch r.all {
	case allowAll:
		return true
	case denyAll:
		return pathQuery == "/robots.txt"
	}
	if pathQuery == "/robots.txt" {
		return true
	}
	if pathQuery == "" || pathQuery[0] != '/' {
		pathQuery = "/" + pathQuery
	}
	path := normal(pathQuery)
	best, allow := -1, true
	r.forAgent(agent, func(g *group) {
		for _, ru := range g.rules {
			if n := ru.path.length; (n > best || n == best && ru.allow && !allow) && ru.path.match(path) {
				best, allow = n, ru.allow
			}
		}
	})
	return allow
}

// CrawlDelay is the pause asked of agent, 0 if none; at most a day.
func (r *Robots) CrawlDelay(agent string) time.Duration {
	var d time.Duration
	r.forAgent(agent, func(g *group) { d = max(d, g.delay) })
	return d
}

// pattern is a path with "*" and a closing "$".
type pattern struct {
	parts  []string // between the stars, normalised
	end    bool     // "$": the last part ends the path
	length int      // octets of the whole, to compare
}

func newPattern(s string) pattern {
	p := pattern{}
	if strings.HasSuffix(s, "$") {
		s, p.end = s[:len(s)-1], true
		p.length++
	}
	for i, part := range strings.Split(s, "*") {
		n := normal(part)
		if i > 0 {
			p.length++
			if n == "" && len(p.parts) > 1 && p.parts[len(p.parts)-1] == "" {
				continue // "**" is "*"
			}
		}
		p.length += len(n)
		p.parts = append(p.parts, n)
	}
	return p
}

// match is linear: the parts between stars are looked for one after another,
// each as early as can be, which leaves the most for those that follow.
func (p pattern) match(path string) bool {
	if !strings.HasPrefix(path, p.parts[0]) {
		return false
	}
	rest := path[len(p.parts[0]):]
	if len(p.parts) == 1 {
		return !p.end || rest == ""
	}
	last := len(p.parts) - 1
	for _, part := range p.parts[1:last] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	if p.end {
		return strings.HasSuffix(rest, p.parts[last])
	}
	return strings.Contains(rest, p.parts[last])
}

const hex = "0123456789ABCDEF"

// normal brings percent-encoding to one form (RFC 9309 §2.2.2): what is not
// ASCII is encoded, with capitals; unreserved characters are not; "*" and "$",
// when they stand for themselves, are.
func normal(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	put := func(c byte) { b.WriteByte('%'); b.WriteByte(hex[c>>4]); b.WriteByte(hex[c&15]) }
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			if h, l := unhex(s[i+1]), unhex(s[i+2]); h < 16 && l < 16 {
				if v := h<<4 | l; unreserved(v) {
					b.WriteByte(v)
				} else {
					put(v)
				}
				i += 2
				continue
			}
		}
		switch {
		case c >= 0x80 || c <= ' ' || c == 0x7f:
			put(c)
		case c == '*' || c == '$':
			put(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

func unreserved(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}
