package extract

import (
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
	n, said, ok := viet.EpisodeNumber(title)
	if !ok && a.Column != "" { // «Chung tay CCHC số 12» in the programme's own cell
		n, said, ok = viet.EpisodeBehind(bare)
	}
	name := episodeName(n, said, year, ok)
	if name == "" {
		name = viet.Fold(title)
	}
	if name != "" {
		a.EpisodeID = media.Hash("episode", a.ProgrammeID, name)
	}
}

// episodeName is the number of an episode and its year, in one form for «Số
// 05/2023», «số 5» broadcast in 2023 and «Kỳ 5: …»; "" if there is none.
func episodeName(n, said, year int, ok bool) string {
	if !ok {
		return ""
	}
	if said > 0 {
		year = said
	}
	return "number " + strconv.Itoa(n) + " " + strconv.Itoa(year)
}
