package store

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"loa/media"
)

// unpack reads the plain form of the two lists that every judged item has, as
// pack writes it. It says no to any other, which encoding/json then reads.
func unpack(s string, v any) bool {
	switch v := v.(type) {
	case *[]string:
		r := reader{rest: s}
		out := []string{}
		if !r.list(func() { out = append(out, r.text()) }) {
			return false
		}
		*v = out
	case *[]media.Cue:
		r := reader{rest: s}
		out := []media.Cue{}
		if !r.list(func() { out = append(out, r.cue()) }) {
			return false
		}
		*v = out
	default:
		return false
	}
	return true
}

// reader reads what is left of a text until something is not as it expects.
type reader struct {
	rest string
	lost bool
}

func (r *reader) want(s string) {
	rest, ok := strings.CutPrefix(r.rest, s)
	r.rest, r.lost = rest, r.lost || !ok
}

// list reads all of "[…]"; each reads one element.
func (r *reader) list(each func()) bool {
	if r.rest == "[]" {
		return true
	}
	r.want("[")
	for each(); !r.lost && strings.HasPrefix(r.rest, ","); each() {
		r.rest = r.rest[1:]
	}
	return !r.lost && r.rest == "]"
}

func (r *reader) cue() (c media.Cue) {
	r.want(`{"term":`)
	c.Term = r.text()
	r.want(`,"field":`)
	c.Field = r.text()
	r.want(`,"at":`)
	c.At = int(r.number(false))
	r.want(`,"weight":`)
	c.Weight = r.number(true)
	r.want(`}`)
	return c
}

// text reads a string in which nothing is escaped.
func (r *reader) text() string {
	r.want(`"`)
	end := strings.IndexByte(r.rest, '"')
	if r.lost || end < 0 {
		r.lost = true
		return ""
	}
	s := r.rest[:end]
	r.rest = r.rest[end+1:]
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '\\' {
			r.lost = true
		}
	}
	r.lost = r.lost || !utf8.ValidString(s)
	return s
}

// number reads digits, and where it may be a fraction a point and digits.
func (r *reader) number(fraction bool) float64 {
	end, points := 0, 0
	for end < len(r.rest) && (r.rest[end] >= '0' && r.rest[end] <= '9' || fraction && r.rest[end] == '.') {
		if r.rest[end] == '.' {
			points++
		}
		end++
	}
	s := r.rest[:end]
	r.rest = r.rest[end:]
	const exact = 15 // digits that a float holds for sure
	if end == 0 || end > exact || points > 1 || s[0] == '.' || s[end-1] == '.' || s[0] == '0' && end > 1 && s[1] != '.' {
		r.lost = true
		return 0
	}
	f, err := strconv.ParseFloat(s, 64)
	r.lost = r.lost || err != nil
	return f
}
