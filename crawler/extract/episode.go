package extract

import (
	"regexp"
	"strconv"
	"strings"

	"loa/media"
	"loa/viet"
)

// identify names the programme and the episode of a transmission, so that the
// same production has one name on every channel of an agency.
//
// A recognised column is the programme, however this channel prints its name
// (radio «Cải cách hành chính và cuộc sống», television «Chung tay CCHC»). The
// episode is known by its number where the log gives one, else by its title;
// without either it has no identity here.
func identify(a *media.Airing, agency string) {
	bare := strings.TrimSpace(runMark.ReplaceAllString(a.Programme, ""))
	if a.ProgrammeID = media.Hash("programme", agency, viet.Fold(bare)); a.Column != "" {
		a.ProgrammeID = media.Hash("programme", agency, "column", a.Column)
	}
	title := runMark.ReplaceAllString(a.Title, "")
	year := localDay(a.Start).Year()
	name := episodeNumber(title, year)
	if name == "" && a.Column != "" { // «Chung tay CCHC số 12» in the programme's own cell
		if m := numberBehind.FindString(bare); m != "" {
			name = episodeNumber(m, year)
		}
	}
	if name == "" {
		name = viet.Fold(title)
	}
	if name != "" {
		a.EpisodeID = media.Hash("episode", a.ProgrammeID, name)
	}
}

var (
	// A number names an episode only at the head of a title and with nothing but a year or
	// a sign behind it: «Nghị quyết số 76/NQ-CP» and «Số 18/2023/NĐ-CP» do not, and «(kỳ 2)»
	// at the end counts the parts of a series.
	numberAhead  = regexp.MustCompile(`^(?:(?:so|ky|tap)(?: phat song)?(?: thu)?\s*[:.]?\s*)0*(\d{1,4})(?:\s*[/-]\s*((?:19|20)\d\d))?\s*(?:$|[:;,.|(–-](?:$|\D))`)
	onlyNumber   = regexp.MustCompile(`^0*(\d{1,4})(?:\s*[/-]\s*((?:19|20)\d\d))?$`) // a column «Số»
	numberBehind = regexp.MustCompile(`(?i)(số|kỳ|tập)\s*:?\s*\d{1,4}(\s*/\s*(19|20)\d\d)?\s*$`)
)

// episodeNumber is the number that a title begins with and its year, in one
// form for «Số 05/2023», «số 5» broadcast in 2023 and «Kỳ 5: …»; "" if there is none.
func episodeNumber(title string, year int) string {
	f := strings.TrimSpace(viet.Fold(title))
	m := numberAhead.FindStringSubmatch(f)
	if m == nil {
		m = onlyNumber.FindStringSubmatch(f)
	}
	if m == nil {
		return ""
	}
	if y, err := strconv.Atoi(m[2]); err == nil {
		year = y
	}
	return "number " + m[1] + " " + strconv.Itoa(year)
}
