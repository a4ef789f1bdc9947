package web

import (
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// listedPlan is one line of a list of documents that is pasted: an agency's plan.
type listedPlan struct {
	Line         int
	Text         string
	Number       string
	Day          time.Time
	Issuer       string // as written
	Agency       string // id of whom it was taken for, "" if nobody
	Title        string
	Wrong, Twice string
}

// agencyFinder finds agencies by their names as documents write them.
type agencyFinder struct {
	byName map[string]string // folded name → id; "" where two agencies have it
	names  []string          // longest first
}

// findAgencies knows the agencies that owe a quota.
func findAgencies(p *schedule.Plan, q schedule.Quota) agencyFinder {
	f := agencyFinder{byName: map[string]string{}}
	for _, a := range p.Agencies {
		if !owes(q, a) {
			continue
		}
		for _, name := range append([]string{a.Name, a.Short}, a.Aliases...) {
			for _, key := range issuerKeys(name) {
				if other, ok := f.byName[key]; ok && other != a.ID {
					f.byName[key] = ""
				} else {
					f.byName[key] = a.ID
				}
			}
		}
	}
	for name := range f.byName {
		f.names = append(f.names, name)
	}
	slices.SortFunc(f.names, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return f
}

// issuerKeys are the ways of writing a name that are one: «UBND» and «Ủy ban nhân dân», with and without the province,
// «TP» and «thành phố».
func issuerKeys(name string) []string {
	key := " " + viet.Fold(viet.Clean(name)) + " "
	for _, r := range [][2]string{{" uy ban nhan dan ", " ubnd "}, {" tp. ", " thanh pho "}, {" tp ", " thanh pho "}, {" tx. ", " thi xa "}, {" tx ", " thi xa "}, {" h. ", " huyen "}, {" & ", " va "}, {".", " "}, {",", " "}} {
		key = strings.ReplaceAll(key, r[0], r[1])
	}
	key = strings.Join(strings.Fields(key), " ")
	if key == "" {
		return nil
	}
	out := []string{key}
	if at := strings.LastIndex(key, " tinh "); at > 0 {
		out = append(out, key[:at])
	}
	if rest, ok := strings.CutPrefix(key, "ubnd "); ok {
		out = append(out, rest)
	}
	return out
}

// find gives the agency that a text names: by its whole, else by the longest name of one within it.
func (f agencyFinder) find(text string) string {
	keys := issuerKeys(text)
	for _, key := range keys {
		if id, ok := f.byName[key]; ok {
			return id
		}
	}
	if len(keys) == 0 {
		return ""
	}
	in := " " + keys[0] + " "
	for _, name := range f.names {
		if len(name) >= 6 && strings.Contains(in, " "+name+" ") {
			return f.byName[name]
		}
	}
	return ""
}

// parsePlanList reads a list of documents as offices paste it from their document system or a spreadsheet: one a line,
// columns parted by tabs, semicolons or bars, in any order. The number, the day and the issuer are known by what they
// are; what is left is the title.
func parsePlanList(text string, f agencyFinder, now time.Time) []listedPlan {
	var out []listedPlan
	seen := map[string]int{}
	for i, raw := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if viet.Clean(raw) == "" {
			continue
		}
		p := listedPlan{Line: i + 1, Text: viet.Clean(raw)}
		p.take(listColumns(raw), f)
		if p.Number == "" && p.Day.IsZero() && p.Agency == "" && len(out) == 0 {
			continue // the heading
		}
		key := p.Agency + "\n" + p.Number
		switch {
		case p.Number == "":
			p.Wrong = "không thấy số, ký hiệu văn bản"
		case p.Day.IsZero():
			p.Wrong = "không thấy ngày ban hành"
		case p.Day.After(now):
			p.Wrong = "ngày " + viet.Day(p.Day) + " chưa đến"
		case p.Agency == "":
			p.Wrong = "không nhận ra cơ quan ban hành; xin ghi tên như trong danh sách cơ quan"
		case seen[key] > 0:
			p.Twice = "trùng dòng " + viet.Number(seen[key])
		default:
			seen[key] = p.Line
		}
		if out = append(out, p); len(out) == mostLines {
			break
		}
	}
	return out
}

// listColumns parts a line by the sign that parts most of it.
func listColumns(line string) []string {
	sign := "\t"
	for _, s := range []string{";", "|"} {
		if strings.Count(line, s) > strings.Count(line, sign) {
			sign = s
		}
	}
	var out []string
	for _, c := range strings.Split(line, sign) {
		if c = strings.Trim(viet.Clean(c), `" `); c != "" {
			out = append(out, c)
		}
	}
	return out
}

// take gives each column to what it is.
func (p *listedPlan) take(cols []string, f agencyFinder) {
	var left []string
	for _, c := range cols {
		number, isNumber := viet.DocumentNumber(c)
		date, isDate := viet.ParseDate(c, viet.DateOptions{})
		switch {
		case isNumber && p.Number == "":
			p.Number = number
		case isDate && p.Day.IsZero() && len([]rune(c)) <= len([]rune(date.Text))+8:
			p.Day = calendar.Day(date.Time)
		default:
			left = append(left, c)
		}
	}
	for i, c := range left {
		if id := f.find(c); id != "" && p.Agency == "" && len([]rune(c)) < 80 {
			p.Agency, p.Issuer = id, c
			left = slices.Delete(slices.Clone(left), i, i+1)
			break
		}
	}
	for _, c := range left { // a number or a day inside other words, an issuer inside the title
		if numbers := viet.DocumentNumbers(c); p.Number == "" && len(numbers) > 0 {
			p.Number = numbers[0]
		}
		if day, ok := viet.DocumentDate(c, p.Number); p.Day.IsZero() && ok {
			p.Day = day
		}
		if p.Agency == "" {
			p.Agency = f.find(c)
		}
		if len([]rune(c)) > len([]rune(p.Title)) && strings.ContainsRune(c, ' ') {
			p.Title = c
		}
	}
	if runes := []rune(p.Title); len(runes) > 300 {
		p.Title = string(runes[:300])
	}
}

// owes reports whether a quota is an agency's, whenever that existed.
func owes(q schedule.Quota, a media.Agency) bool {
	return a.ID == q.Owner.Agency || q.Owner.Agency == "" && slices.Contains(q.Owner.Each, a.Level)
}
