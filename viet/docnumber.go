package viet

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// docForms are the three ways a Vietnamese document is numbered: of the state
// (76/NQ-CP, 107/2020/NĐ-CP, 01/2014/TTLT-BNV-BTC), of the National Assembly
// (80/2015/QH13) and of the party (18-NQ/TW). Spaces stand anywhere in them on
// real pages; a further part after the second («-BTC») must touch it, for
// «345/QĐ-UBND - UBND tỉnh» names the issuer.
var docForms = [...]*regexp.Regexp{
	regexp.MustCompile(`\b(\d{1,5})\s{0,3}/\s{0,3}(?:(\d{4})\s{0,3}/\s{0,3})?([A-Za-zĐđ]{2,6})\s{0,3}-\s{0,3}([A-Za-zĐđ0-9&]{2,12}(?:-[A-Za-zĐđ0-9&]{2,12}){0,2})`),
	regexp.MustCompile(`\b(\d{1,4})\s{0,3}/\s{0,3}(\d{4})\s{0,3}/\s{0,3}((?i:QH|UBTVQH)\d{2})`),
	regexp.MustCompile(`\b(\d{1,4})\s{0,3}-\s{0,3}((?i:NQ|KL|CT|QĐ|QD|KH|HD|TB|BC|CTr|QC))\s{0,3}/\s{0,3}((?i:TW|TU))`),
}

// docDashes are the signs that stand for the hyphen of a document number.
var docDashes = strings.NewReplacer("–", "-", "—", "-", "‑", "-", "‐", "-", "−", "-", "‒", "-", "－", "-", "／", "/", "⁄", "/", "∕", "/")

// docSpelling mends letters lost on the way: the types and organs that are
// written with Đ, and the one organ written in mixed case.
var docSpelling = map[string]string{
	"QD": "QĐ", "ND": "NĐ", "CD": "CĐ", "HDND": "HĐND", "LDTBXH": "LĐTBXH", "BLDTBXH": "BLĐTBXH", "SLDTBXH": "SLĐTBXH",
	"BGDDT": "BGDĐT", "SGDDT": "SGDĐT", "TTG": "TTg", "CTR": "CTr",
}

// docMixed puts the two parts that are written in mixed case in capitals.
var docMixed = strings.NewReplacer("TTg", "TTG", "CTr", "CTR")

// docFound is a number found in a text, with its place in bytes.
type docFound struct {
	at, end int
	number  string
}

// docText is the form numbers are looked for in.
func docText(s string) string { return docDashes.Replace(Clean(s)) }

// findDocs finds the numbers of a text that docText made, in order.
func findDocs(text string) []docFound {
	var all []docFound
	for form, re := range docForms {
		for at := 0; at < len(text); {
			m := re.FindStringSubmatchIndex(text[at:])
			if m == nil {
				break
			}
			for i := range m {
				if m[i] >= 0 {
					m[i] += at
				}
			}
			at = m[1]
			if end, ok := docEnd(text, form, m); ok {
				all = append(all, docFound{m[0], end, docNumber(text[:end], form, m, end)})
				at = end
			}
		}
	}
	slices.SortFunc(all, func(a, b docFound) int { return a.at - b.at })
	out := all[:0]
	for _, d := range all { // two forms may read one place: the first stands
		if len(out) == 0 || d.at >= out[len(out)-1].end {
			out = append(out, d)
		}
	}
	return out
}

// docEnd says where a match ends as a number; false where it runs into a word
// or a longer number, or is words with a slash («km 5/con - nam»).
func docEnd(text string, form int, m []int) (int, bool) {
	if before, _ := utf8.DecodeLastRuneInString(text[:m[0]]); unicode.IsLetter(before) || unicode.Is(unicode.Mn, before) {
		return 0, false // \b knows no Vietnamese letter
	}
	if m[0] > 0 && strings.IndexByte("/0123456789", text[m[0]-1]) >= 0 {
		return 0, false
	}
	inWord := func(end int) bool {
		r, _ := utf8.DecodeRuneInString(text[end:])
		return end < len(text) && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
	}
	end := m[1]
	for inWord(end) { // «345/QĐ-UBND-ngày»: the last part is none of the number
		cut := strings.LastIndexByte(text[m[0]:end], '-') + m[0]
		if form != 0 || cut <= m[8] {
			return 0, false
		}
		end = cut
	}
	s := text[m[0]:end]
	if plain := docMixed.Replace(s); strings.ContainsRune(s, ' ') && plain != strings.ToUpper(plain) {
		return 0, false
	}
	return end, true
}

// docNumber writes a match the one way.
func docNumber(text string, form int, m []int, end int) string {
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:min(m[2*i+1], end)]
	}
	n, _ := strconv.Atoi(group(1))
	parts := strings.Split(strings.ToUpper(group(len(m)/2-1)), "-")
	for i, p := range parts {
		if s := docSpelling[p]; s != "" {
			parts[i] = s
		}
	}
	tail := strings.Join(parts, "-")
	kind := strings.ToUpper(group(len(m)/2 - 2))
	if s := docSpelling[kind]; s != "" {
		kind = s
	}
	switch {
	case form == 2:
		return fmt.Sprintf("%02d-%s/%s", n, kind, tail)
	case form == 1:
		return fmt.Sprintf("%02d/%s/%s", n, kind, tail)
	case group(2) != "":
		return fmt.Sprintf("%02d/%s/%s-%s", n, group(2), kind, tail)
	}
	return fmt.Sprintf("%02d/%s-%s", n, kind, tail)
}

// docLead is what may stand before a number in a cell of its own.
var docLead = regexp.MustCompile(`^(quyet dinh|qd|van ban|nghi dinh|nghi quyet|thong tu|ke hoach|chi thi|cong van)?\s*(so|so ky hieu|so, ky hieu)?\s*:?$`)

// DocumentNumber is the one form of a document's number: no spaces, a plain
// hyphen, Đ and not its look-alikes or a bare D in QĐ, NĐ, HĐND, capitals but
// for TTg, two digits at least («05/QĐ-UBND»: Nghị định 30/2020/NĐ-CP). s must
// hold that number and no more than «Số» or «Quyết định số» before it.
func DocumentNumber(s string) (string, bool) {
	text := docText(s)
	found := findDocs(text)
	if len(found) != 1 || strings.Trim(text[found[0].end:], " .,;:") != "" {
		return "", false
	}
	return found[0].number, docLead.MatchString(Fold(text[:found[0].at]))
}

// DocumentNumbers lists the documents that a text names, in the form of
// DocumentNumber, each once, in order of first appearance.
func DocumentNumbers(text string) []string {
	var out []string
	had := map[string]bool{}
	for _, d := range findDocs(docText(text)) {
		if !had[d.number] {
			had[d.number] = true
			out = append(out, d.number)
		}
	}
	return out
}

// docBetween is what may stand between a number and its day: signs, the word
// «ngày» with «ký», «ban hành» before it, and the issuer.
var docBetween = regexp.MustCompile(`^[\s,;:()\[\].|-]*(cua [a-z&\s,.-]{2,80}?)?[\s,;:()\[\].|-]*(duoc )?(ky )?(va )?(ban hanh )?(vao )?(ngay( ky| ban hanh| thang nam|, thang, nam)?)?[\s:()\[\]-]*$`)

// docNotIssuer are words that make a day something else than that of signing,
// or the words before it a title.
var docNotIssuer = regexp.MustCompile(`\b(hieu luc|ke tu|tu ngay|den|truoc|sau|han|het|cong bo|ve|viec|sua doi|thay the|bai bo|thuc hien|ap dung|dang|niem yet|hop|trong)\b`)

// DocumentDate finds the day of signing that a text prints after a document's
// number: «số 345/QĐ-UBND ngày 06/3/2023», «345/QĐ-UBND của UBND tỉnh ngày 06
// tháng 3 năm 2023», «345/QĐ-UBND (06/3/2023)». The day is local midnight
// (UTC+7). A day that follows other words is not taken: it may be that of
// taking effect. Where the text names the number more than once, the first
// place with a day counts.
func DocumentDate(text, number string) (time.Time, bool) {
	want, ok := DocumentNumber(number)
	if !ok {
		return time.Time{}, false
	}
	text = docText(text)
	found := findDocs(text)
	for i, d := range found {
		if d.number != want {
			continue
		}
		rest := text[d.end:]
		if i+1 < len(found) {
			rest = text[d.end:found[i+1].at]
		}
		if len(rest) > 400 {
			rest = strings.ToValidUTF8(rest[:400], "")
		}
		p := dateParser{text: rest, toks: tokenize(rest)}
		for j := range p.toks {
			c, ok := p.core(j)
			if !ok {
				if p.toks[j].num {
					break // a number that is no day: what follows is not beside it
				}
				continue
			}
			between := Fold(rest[:p.toks[c.at].at])
			if c.swapped || !docBetween.MatchString(between) || docNotIssuer.MatchString(between) {
				break
			}
			return time.Date(c.year, time.Month(c.month), c.day, 0, 0, 0, 0, local()), true
		}
	}
	return time.Time{}, false
}
