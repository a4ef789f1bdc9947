package web

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"loa/schedule/calendar"
	"loa/viet"
)

// What people write for a period, folded: the year may follow after «/», a blank or «năm».
var (
	typedWeek  = regexp.MustCompile(`^tuan (\d{1,2})` + typedYear)
	typedMonth = regexp.MustCompile(`^thang (\d{1,2})` + typedYear)
	typedPart  = regexp.MustCompile(`^(quy i|quy ii|quy iii|quy iv|quy [1-4]|6 thang(?: dau nam)?|9 thang(?: dau nam)?)` + typedYear)
	typedWhole = regexp.MustCompile(`^(?:ca )?nam (\d{4})$`)
	typedSpan  = regexp.MustCompile(`^(?:ky )?(?:tu )?15/(\d{1,2})(?:/\d{4})?(?: ?(?:den|-|–) ?14/\d{1,2}(?:/(\d{4}))?)?$`)
)

const typedYear = `(?:(?:/| nam | )(\d{4}))?$`

// typedPeriod understands a period by its id or as people write it: «tuần 10», «tháng 3/2023», «từ 15/02 đến 14/3», «quý I»,
// «6 tháng», «năm 2023». Without a year it is of the year given. Quarters and what is longer are those of reports, which end on the 14th.
func typedPeriod(text string, year int) (calendar.Period, bool) {
	if p, err := calendar.Parse(strings.TrimSpace(text)); err == nil {
		return p, true
	}
	folded := strings.Join(strings.Fields(viet.Fold(text)), " ")
	in := func(y string) int {
		if n, err := strconv.Atoi(y); err == nil {
			return n
		}
		return year
	}
	id := ""
	if m := typedWeek.FindStringSubmatch(folded); m != nil {
		id = fmt.Sprintf("%d-W%02s", in(m[2]), m[1])
	} else if m := typedMonth.FindStringSubmatch(folded); m != nil {
		id = fmt.Sprintf("%d-%02s", in(m[2]), m[1])
	} else if m := typedPart.FindStringSubmatch(folded); m != nil {
		id = fmt.Sprintf("%d-%s@14", in(m[2]), partID(m[1]))
	} else if m := typedWhole.FindStringSubmatch(folded); m != nil {
		id = m[1] + "@14"
	} else if m := typedSpan.FindStringSubmatch(folded); m != nil {
		begins, err := strconv.Atoi(m[1])
		if err != nil || begins < 1 || begins > 12 {
			return calendar.Period{}, false
		}
		id = fmt.Sprintf("%d-%02d@14", in(m[2]), begins%12+1)
	}
	p, err := calendar.Parse(id)
	return p, err == nil
}

// partID is how a part of a year stands in the id of a period.
func partID(folded string) string {
	switch {
	case strings.HasPrefix(folded, "6"):
		return "H1"
	case strings.HasPrefix(folded, "9"):
		return "9M"
	}
	n := strings.TrimPrefix(folded, "quy ")
	if i := slices.Index([]string{"i", "ii", "iii", "iv"}, n); i >= 0 {
		n = strconv.Itoa(i + 1)
	}
	return "Q" + n
}
