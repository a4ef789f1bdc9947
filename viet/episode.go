package viet

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	// A number names an episode only at the head of a title and with nothing but a year or
	// a sign behind it: «Nghị quyết số 76/NQ-CP» and «Số 18/2023/NĐ-CP» do not, and «(kỳ 2)»
	// at the end counts the parts of a series.
	numberAhead  = regexp.MustCompile(`^(?:(?:so|ky|tap)(?: phat song)?(?: thu)?\s*[:.]?\s*)0*(\d{1,5})(?:\s*[/-]\s*((?:19|20)\d\d))?\s*(?:$|[:;,.|(–-](?:$|\D))`)
	onlyNumber   = regexp.MustCompile(`^0*(\d{1,5})(?:\s*[/-]\s*((?:19|20)\d\d))?$`) // a column «Số»
	numberBehind = regexp.MustCompile(`(?:^|\s)(?:so|ky|tap)\s*:?\s*0*(\d{1,5})(?:\s*[/-]\s*((?:19|20)\d\d))?$`)
)

// EpisodeNumber is the number that a title begins with, and its year if one is
// said: 5 and 2023 of «Số 05/2023», 5 and 0 of «Kỳ 5: Một cửa» or of «5» alone.
func EpisodeNumber(title string) (n, year int, ok bool) {
	f := strings.TrimSpace(Fold(title))
	m := numberAhead.FindStringSubmatch(f)
	if m == nil {
		m = onlyNumber.FindStringSubmatch(f)
	}
	return numbered(m)
}

// EpisodeBehind is the number that the name of a programme ends with: 12 of «Chung
// tay CCHC số 12».
func EpisodeBehind(name string) (n, year int, ok bool) {
	return numbered(numberBehind.FindStringSubmatch(strings.TrimSpace(Fold(name))))
}

func numbered(m []string) (n, year int, ok bool) {
	if m == nil {
		return 0, 0, false
	}
	n, err := strconv.Atoi(m[1])
	year, _ = strconv.Atoi(m[2]) // "" is no year
	return n, year, err == nil
}
