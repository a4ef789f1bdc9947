package viet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Charset is an encoding from before Unicode in which Vietnamese was typed into
// letters of Western Europe, and which only a font shows right: «Ch­¬ng tr×nh»
// in .VnTime is «Chương trình».
type Charset string

const (
	NoCharset Charset = ""      // Unicode as it stands
	TCVN3     Charset = "TCVN3" // ABC: .VnTime, and .VnTimeH for capitals (TCVN 5712:1993, VN3)
	VNI       Charset = "VNI"   // VNI-Times: the letter, then a sign for its marks
)

// tcvn3 lists the letters by their bytes, from Vietnamese to Latin-1. Capitals
// with tones have none: .VnTimeH shows the small letters as capitals.
var tcvn3 = legacyTable(
	"ĂÂÊÔƠƯĐ ăâêôơưđ àảãáạ ằẳẵắặ ầẩẫấậ èẻẽéẹ ềểễếệ ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ùủũúụ ừửữứự ỳỷỹýỵ",
	"\u00a1\u00a2\u00a3\u00a4\u00a5\u00a6\u00a7 \u00a8\u00a9\u00aa\u00ab\u00ac\u00ad\u00ae \u00b5\u00b6\u00b7\u00b8\u00b9 "+
		"\u00bb\u00bc\u00bd\u00be\u00c6 \u00c7\u00c8\u00c9\u00ca\u00cb \u00cc\u00ce\u00cf\u00d0\u00d1 \u00d2\u00d3\u00d4\u00d5\u00d6 "+
		"\u00d7\u00d8\u00dc\u00dd\u00de \u00df\u00e1\u00e2\u00e3\u00e4 \u00e5\u00e6\u00e7\u00e8\u00e9 \u00ea\u00eb\u00ec\u00ed\u00ee "+
		"\u00ef\u00f1\u00f2\u00f3\u00f4 \u00f5\u00f6\u00f7\u00f8\u00f9 \u00fa\u00fb\u00fc\u00fd\u00fe")

// vniMarks are the signs behind a letter, by letter: tones in the order of
// vniTones, those of the letter with its hat or breve where the sign says both.
var vniMarks = map[rune]map[rune]rune{
	'a': legacyTable("àáảãạâầấẩẫậăằắẳẵặ", "øùûõïâàáåãäêèéúüë"),
	'e': legacyTable("èéẻẽẹêềếểễệ", "øùûõïâàáåãä"),
	'o': legacyTable("òóỏõọôồốổỗộ", "øùûõïâàáåãä"),
	'ô': legacyTable("ờớởỡợ", "øùûõï"), // ô is ơ
	'u': legacyTable("ùúủũụ", "øùûõï"),
	'ö': legacyTable("ừứửữự", "øùûõï"), // ö is ư
	'y': legacyTable("ỳýỷỹ", "øùûõ"),
}

// vniLone are letters of their own.
var vniLone = legacyTable("ơưđíìỉĩịỵ", "ôöñíìæóòî")

func legacyTable(to, from string) map[rune]rune {
	out := map[rune]rune{}
	letters := []rune(to)
	for i, r := range []rune(from) {
		if r != ' ' {
			out[r] = letters[i]
		}
	}
	return out
}

// legacyLetter tells the characters that either encoding puts letters on.
func legacyLetter(r rune) bool { return r >= 0xa1 && r <= 0xff }

// legacyWords cuts a text into words as either encoding sees them: letters,
// and the signs that it takes for letters.
func legacyWords(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !legacyLetter(r) && !unicode.Is(unicode.Mn, r) })
}

// word writes one word in Unicode.
func (c Charset) word(w string) string {
	var out strings.Builder
	letters := []rune(w)
	for i := 0; i < len(letters); i++ {
		r := letters[i]
		if c == TCVN3 {
			if to, ok := tcvn3[r]; ok {
				r = to
			}
			out.WriteRune(r)
			continue
		}
		low := unicode.ToLower(r)
		to, ok := vniLone[low]
		if i+1 < len(letters) {
			if both, marked := vniMarks[low][unicode.ToLower(letters[i+1])]; marked {
				to, ok = both, true
				i++
			}
		}
		switch {
		case !ok:
			to = r
		case low != r:
			to = unicode.ToUpper(to)
		}
		out.WriteRune(to)
	}
	return out.String()
}

// gain is what reading words in an encoding would mend and spoil.
type gain struct{ mended, spoiled, words int }

func (c Charset) gain(words map[string]bool) (g gain) {
	for w := range words {
		was, is := syllable(w), syllable(c.word(w))
		g.words++
		switch {
		case is && !was:
			g.mended++
		case !is:
			g.spoiled++
		}
	}
	return g
}

// oddWords are the words of a text that an old encoding could mean otherwise;
// whole is false if it has letters that no such encoding could have.
func oddWords(s string, into map[string]bool) (whole bool) {
	whole = true
	for _, r := range s {
		if r > 0xff && unicode.IsLetter(r) {
			whole = false
		}
	}
	if !strings.ContainsFunc(s, legacyLetter) {
		return whole
	}
	for _, w := range legacyWords(s) {
		if strings.ContainsFunc(w, legacyLetter) && utf8.RuneCountInString(w) <= 2*longestSyllable {
			into[w] = true
		}
	}
	return whole
}

// Legacy recognises the old encoding of the texts of one document, by what is
// spelled right: at least two of their words must become Vietnamese that are
// none as they stand, and more than twice as many as are none either way.
// Texts must not have been composed or cleaned: U+00AD is a letter of TCVN3.
func Legacy(texts []string) Charset {
	words := map[string]bool{}
	for _, s := range texts {
		if of := map[string]bool{}; oddWords(s, of) { // the words of a text in Unicode say nothing of the others
			for w := range of {
				words[w] = true
			}
		}
		if len(words) > 2000 {
			break
		}
	}
	best, most := NoCharset, 1
	for _, c := range []Charset{TCVN3, VNI} {
		if g := c.gain(words); g.mended > most && g.mended > 2*g.spoiled {
			best, most = c, g.mended
		}
	}
	return best
}

// Text writes one text of such a document in Unicode. What stands in Unicode
// beside the rest stays: a text is changed if it has no letter but those of the
// encoding, and more of its words become Vietnamese than cease to be, or all are
// so either way. A text in capitals alone (.VnTimeH) is written in capitals.
func (c Charset) Text(s string) string {
	words := map[string]bool{}
	if c == NoCharset || !oddWords(s, words) || len(words) == 0 {
		return s
	}
	mended, spoiled, either := 0, 0, 0
	for w := range words {
		switch was, is := syllable(w), syllable(c.word(w)); {
		case is && was:
			either++
		case is, !was && c.only(w): // «§¾k L¾k», which is spelled as nothing else is
			mended++
		case was:
			spoiled++
		}
	}
	if mended <= spoiled && (mended+spoiled > 0 || either == 0) {
		return s
	}
	out := c.words(s)
	if c == TCVN3 && capitals(s) {
		out = strings.ToUpper(out)
	}
	return out
}

// only reports whether a word has, among letters, a sign that no word in Unicode
// has: «¾», «§»; quotation marks may stand at either.
func (c Charset) only(w string) bool {
	sign, letter := false, false
	for _, r := range w {
		_, mapped := tcvn3[r]
		sign = sign || mapped && !unicode.IsLetter(r) && r != '«' && r != '»'
		letter = letter || unicode.IsLetter(r)
	}
	return c == TCVN3 && sign && letter
}

// words writes every word of a text.
func (c Charset) words(s string) string {
	var out strings.Builder
	from := -1
	inWord := func(r rune) bool { return unicode.IsLetter(r) || legacyLetter(r) || unicode.Is(unicode.Mn, r) }
	for i, r := range s {
		switch {
		case inWord(r) && from < 0:
			from = i
		case !inWord(r):
			if from >= 0 {
				out.WriteString(c.word(s[from:i]))
				from = -1
			}
			out.WriteRune(r)
		}
	}
	if from >= 0 {
		out.WriteString(c.word(s[from:]))
	}
	return out.String()
}

// capitals reports whether all the plain letters of a text are capitals, three
// at least.
func capitals(s string) bool {
	n := 0
	for _, r := range s {
		if r >= 'a' && r <= 'z' {
			return false
		}
		if r >= 'A' && r <= 'Z' {
			n++
		}
	}
	return n >= 3
}
