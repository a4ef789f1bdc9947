package viet

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// onsets are the ways a written syllable begins, longest first.
var onsets = []string{"ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr",
	"b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", ""}

// rhymes are what may follow, without tone.
var rhymes = rhymeSet(`a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
	e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
	o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet oc oi om on ong ooc oong op ot
	ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut
	uy uya uych uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y ych yêm yên yêng yêt yêu ynh yt`)

func rhymeSet(list string) map[string]bool {
	out := map[string]bool{}
	for _, r := range strings.Fields(list) {
		out[r] = true
	}
	return out
}

const longestSyllable = 7 // letters of «nghiêng»

// syllable reports whether a word is spelled as one Vietnamese syllable, in any
// case and either placing of the tone. It tells texts apart from those whose
// letters were read in the wrong encoding: what nobody says may pass.
func syllable(word string) bool {
	if len(word) > 4*longestSyllable {
		return false
	}
	tone := rune(0)
	var plain strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(word)) {
		switch r {
		case 0x300, 0x301, 0x303, 0x309, 0x323:
			if tone != 0 {
				return false
			}
			tone = r
		default:
			plain.WriteRune(r)
		}
	}
	s := norm.NFC.String(plain.String())
	for _, on := range onsets {
		rhyme, ok := strings.CutPrefix(s, on)
		if !ok || !rhymes[rhyme] || !joins(on, rhyme) {
			continue
		}
		for _, stop := range []string{"c", "ch", "p", "t"} {
			if strings.HasSuffix(rhyme, stop) && tone != 0x301 && tone != 0x323 {
				return false
			}
		}
		return true
	}
	return false
}

// joins reports whether a beginning is written so before a rhyme: k, gh and ngh
// before e, ê, i and y alone, c, g and ng never.
func joins(onset, rhyme string) bool {
	thin := strings.HasPrefix(rhyme, "e") || strings.HasPrefix(rhyme, "ê") || strings.HasPrefix(rhyme, "i") || strings.HasPrefix(rhyme, "y")
	switch onset {
	case "k", "gh", "ngh":
		return thin
	case "c", "ng":
		return !thin
	case "g":
		return !thin || rhyme == "i" || rhyme == "in"
	}
	return true
}
