// Package mask takes out of a text what tells who a citizen is, and how single
// officials were rated, before anybody reads it on screen, finds it by search or
// gets it in a report. It decides on words alone and errs towards masking what
// a citizen wrote, towards showing what an agency published about itself:
//
//   - The name of who asks or writes («Ông … hỏi», «Bạn đọc …», «Người gửi: …»,
//     «Họ và tên: …»), wherever it stands again in the text, with the address
//     given beside it. Who speaks in an office (a post named beside the name)
//     is not masked, nor is anybody in a plain report.
//   - Numbers of identity papers, everywhere.
//   - Mobile numbers and personal e-mail of who asks or writes; never a land
//     line, a hotline or what stands beside an agency's name.
//   - Ratings and points beside a person's name.
//
// The text as it was stays in the store and in the kept page.
package mask

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"loa/viet"
)

// Version tells maskers apart: texts that were made searchable by an older one
// are to be made anew.
const Version = 1

// What stands in a text instead of what was taken out.
const (
	aName    = "[tên công dân]"
	aPhone   = "[số điện thoại]"
	aMail    = "[thư điện tử]"
	aPaper   = "[số giấy tờ]"
	aAddress = "[địa chỉ]"
	aRating  = "[kết quả xếp loại]"
)

// Mask knows the citizens named in the fields of one piece. The zero value
// knows none.
type Mask struct {
	letter bool            // a citizen's own words, or an answer to them
	names  []string        // longest first
	office map[string]bool // who is told elsewhere to hold a post
	calm   []string        // fields with nothing to mask but a name
}

// Of reads the fields of one piece, so that who is named in one is masked in
// all. section is the label it stands under, "" if none is known: a column of
// questions or of readers' letters is a citizen's own words.
func Of(section string, fields ...string) Mask {
	m := Mask{letter: letters(section)}
	fields = slices.Clone(fields)
	for i, f := range fields {
		fields[i] = viet.NFC(f)
		if quiet(fields[i]) {
			m.calm = append(m.calm, fields[i])
		} else {
			m.letter = m.letter || asks(fields[i])
		}
	}
	if !m.letter && len(m.calm) == len(fields) {
		return m
	}
	seen := map[string]bool{}
	m.office = map[string]bool{}
	for _, f := range fields {
		if !m.letter && m.quiet(f) {
			continue
		}
		for _, s := range m.named(f) {
			name := f[s.from:s.to]
			if !seen[name] && strings.ContainsRune(name, ' ') {
				seen[name] = true
				if slices.ContainsFunc(fields, func(f string) bool { return holdsPost(f, name) }) {
					m.office[name] = true
				} else {
					m.names = append(m.names, name)
				}
			}
		}
	}
	slices.SortFunc(m.names, func(a, b string) int { return len(b) - len(a) })
	return m
}

// quiet is the function of that name, which need not look at the fields again.
func (m Mask) quiet(s string) bool { return slices.Contains(m.calm, s) || quiet(s) }

// Text masks one text by itself; see Of.
func Text(section, s string) string { return Of(section, s).Text(s) }

// Text is the field in canonical form (viet.NFC) with everything masked.
func (m Mask) Text(s string) string {
	s, _ = m.At(s)
	return s
}

// At masks a field and tells where bytes of it (offsets into viet.NFC of s)
// stand now: -1 for what was taken out.
func (m Mask) At(s string, at ...int) (string, []int) {
	s = viet.NFC(s)
	at = slices.Clone(at)
	// Taking something out can bring together what only then is seen to belong
	// together; a few rounds settle it.
	for range 4 {
		spans := m.spans(s)
		if len(spans) == 0 {
			break
		}
		s = replace(s, spans, at)
	}
	return s, at
}

// Found reports whether there is anything to mask in the field.
func (m Mask) Found(s string) bool { return len(m.spans(viet.NFC(s))) > 0 }

// span is a stretch of a text and what stands in its place.
type span struct {
	from, to int
	with     string
}

// spans are what is to be taken out of s, in order, none within another.
func (m Mask) spans(s string) []span {
	if s == "" || !m.letter && len(m.names) == 0 && m.quiet(s) {
		return nil
	}
	out := m.named(s)
	out = append(out, addresses(s, out)...)
	out = append(out, m.again(s)...)
	out = append(out, papers(s)...)
	out = append(out, m.reach(s, out)...)
	out = append(out, ratings(s)...)
	slices.SortFunc(out, func(a, b span) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	kept := out[:0]
	end := 0
	for _, x := range out {
		if x.from < end { // overlaps: the first takes the rest with it
			if last := &kept[len(kept)-1]; x.to > last.to {
				last.to, end = x.to, x.to
			}
			continue
		}
		kept = append(kept, x)
		end = x.to
	}
	return kept
}

// replace takes the spans out and moves the offsets along.
func replace(s string, spans []span, at []int) string {
	var b strings.Builder
	end := 0
	next := slices.Clone(at)
	for _, x := range spans {
		b.WriteString(s[end:x.from])
		b.WriteString(x.with)
		end = x.to
		for i, p := range at {
			switch {
			case p < 0:
			case p >= x.from && p < x.to:
				next[i] = -1
			case p >= x.to && next[i] >= 0:
				next[i] += len(x.with) - (x.to - x.from)
			}
		}
	}
	b.WriteString(s[end:])
	copy(at, next)
	return b.String()
}

// letters reports whether a section's label is that of questions or letters.
func letters(section string) bool {
	if section == "" {
		return false
	}
	s := " " + strings.Join(strings.FieldsFunc(viet.Fold(section), func(r rune) bool { return !unicode.IsLetter(r) }), " ") + " "
	for _, w := range []string{" hoi dap ", " hoi va dap ", " ban doc ", " hoi ", " thu ban doc ", " y kien cong dan ", " phan anh ", " kien nghi ", " cu tri ", " giai dap "} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// whole reports whether s[from:to] stands alone, not within a longer word.
func whole(s string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	after, _ := utf8.DecodeRuneInString(s[to:])
	return !(from > 0 && wordy(before)) && !(to < len(s) && wordy(after))
}

// begins reports whether a word begins at an offset.
func begins(s string, at int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:at])
	return at == 0 || !wordy(r)
}

func wordy(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// before is what stands in front of an offset in the same line, at most n bytes.
func before(s string, at, n int) string {
	from := max(0, at-n)
	for from < at && !utf8.RuneStart(s[from]) {
		from++
	}
	s = s[from:at]
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// after is what stands behind an offset in the same line, at most n bytes.
func after(s string, at, n int) string {
	to := min(len(s), at+n)
	for to < len(s) && to > at && !utf8.RuneStart(s[to]) {
		to--
	}
	s = s[at:to]
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		s = s[:i]
	}
	return s
}
