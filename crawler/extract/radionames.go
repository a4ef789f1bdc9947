package extract

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"loa/media"
	"loa/viet"
)

// radioNames finds the commune or district that a sheet names. Stations and
// media centres stand for the people's committee that answers for them.
type radioNames struct {
	all   []media.Agency // communes, districts and units
	names map[string][]named
}

type named struct {
	agency media.Agency // who answers
	level  media.Level
}

func newRadioNames(all []media.Agency) radioNames {
	r := radioNames{all: all, names: map[string][]named{}}
	for _, a := range all {
		owner := a
		switch a.Level {
		case media.Commune, media.District:
		case media.Unit:
			i := slices.IndexFunc(all, func(o media.Agency) bool {
				return o.ID == a.Parent && (o.Level == media.Commune || o.Level == media.District)
			})
			if i < 0 {
				continue
			}
			owner = all[i]
		default:
			continue
		}
		for _, n := range append([]string{a.Name, a.Short}, a.Aliases...) {
			for _, key := range nameKeys(n) {
				if !slices.ContainsFunc(r.names[key], func(o named) bool { return o.agency.ID == owner.ID }) {
					r.names[key] = append(r.names[key], named{owner, owner.Level})
				}
			}
		}
	}
	return r
}

var (
	whose = regexp.MustCompile(`^(uy ban nhan dan|ubnd|(dai )?truyen thanh( co so)?|dai phat thanh( truyen thanh| va truyen hinh| truyen hinh)?|dai|cum loa|(trung tam )(truyen thong( va)? van hoa|tt va vh|ttvh|tt vh|vh tt|vhtt|van hoa( va)? (thong tin|truyen thong)( va the thao)?)|trung tam) `)
	kinds = regexp.MustCompile(`^(xa|phuong|thi tran|huyen|thi xa|thanh pho) `)
	short = regexp.MustCompile(`^(tt|p|tp|tx|h|x)[. ]+`)
)

// plainMarks are the words of a text with their marks, in one case.
func plainMarks(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(norm.NFC.String(s)), func(c rune) bool { return !isWord(c) }), " ")
}

func isWord(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c > 127 && c != '–' && c != '—' && c != '“' && c != '”' && c != '«' && c != '»'
}

// nameKeys are the ways to look a name up, surest first: with its marks and its
// kind («xã»), without marks, without its kind, without either.
func nameKeys(s string) []string {
	folded, marked := plainWords(s), plainMarks(s)
	if len(strings.Fields(folded)) != len(strings.Fields(marked)) {
		marked = folded
	}
	cut := func(n int) { // n words away at the front of both
		f, m := strings.Fields(folded), strings.Fields(marked)
		folded, marked = strings.Join(f[n:], " "), strings.Join(m[n:], " ")
	}
	for {
		m := whose.FindString(folded + " ")
		n := len(strings.Fields(m))
		if n == 0 || n >= len(strings.Fields(folded)) || m == "dai " && !strings.HasPrefix(marked, "đài ") { // «Đại Sơn» is a commune
			break
		}
		cut(n)
	}
	if m := short.FindStringSubmatch(folded + " "); m != nil && len(strings.Fields(folded)) > 1 {
		full := map[string][2]string{"tt": {"thi tran", "thị trấn"}, "p": {"phuong", "phường"}, "tp": {"thanh pho", "thành phố"}, "tx": {"thi xa", "thị xã"}, "h": {"huyen", "huyện"}, "x": {"xa", "xã"}}[m[1]]
		cut(1)
		folded, marked = full[0]+" "+folded, full[1]+" "+marked
	}
	if folded == "" {
		return nil
	}
	keys := []string{"1 " + marked, "2 " + folded}
	if m := kinds.FindString(folded + " "); m != "" && len(strings.Fields(m)) < len(strings.Fields(folded)) {
		cut(len(strings.Fields(m)))
		keys = append(keys, "3 "+marked, "4 "+folded)
	} else {
		keys = append(keys, "3 "+marked, "4 "+folded)
	}
	return keys
}

// typed reports whether a name says what it is: «xã», «huyện».
func typed(s string) bool {
	for _, k := range nameKeys(s) {
		if rest, ok := strings.CutPrefix(k, "2 "); ok {
			return kinds.MatchString(rest + " ")
		}
	}
	return false
}

// find gives the one agency of a name, within a district where that is given
// ("" is anywhere), at a time; msg says why there is none, or more than one.
func (r radioNames) find(name, district string, at time.Time) (a media.Agency, msg string) {
	return r.findOf(name, district, at, media.Commune)
}

// findOf is find where a name that does not say what it is («Khe Mây») is rather
// of that level.
func (r radioNames) findOf(name, district string, at time.Time, rather media.Level) (a media.Agency, msg string) {
	var some []media.Agency
	for _, key := range nameKeys(name) {
		if typed(name) && !strings.HasPrefix(key, "1 ") && !strings.HasPrefix(key, "2 ") {
			break // «xã An» is no «phường An»
		}
		some = nil
		for _, n := range r.names[key] {
			if (at.IsZero() || n.agency.ValidAt(at)) && (district == "" || n.agency.ID == district || n.agency.Parent == district) {
				some = append(some, n.agency)
			}
		}
		if len(some) > 0 {
			break
		}
	}
	if len(some) > 1 && !typed(name) {
		if those := slices.DeleteFunc(slices.Clone(some), func(a media.Agency) bool { return a.Level != rather }); len(those) == 1 {
			some = those
		}
	}
	switch len(some) {
	case 1:
		return some[0], ""
	case 0:
		msg = "không có xã, phường, thị trấn, huyện này trong danh sách cơ quan của kế hoạch"
		if list := r.within(district, at); list != "" {
			msg += "; thuộc " + r.called(district) + " có: " + list
		}
		return a, msg
	}
	var list []string
	for _, o := range some {
		list = append(list, r.withParent(o))
	}
	slices.Sort(list)
	return a, "trùng tên: " + strings.Join(list, "; ") + "; thêm cột «Huyện», hoặc nạp từng huyện với --district"
}

func (r radioNames) called(id string) string {
	for _, a := range r.all {
		if a.ID == id {
			return shortName(a)
		}
	}
	return id
}

func shortName(a media.Agency) string {
	if a.Short != "" {
		return a.Short
	}
	return a.Name
}

func (r radioNames) withParent(a media.Agency) string {
	if a.Parent == "" {
		return shortName(a)
	}
	return fmt.Sprintf("%s (%s)", shortName(a), r.called(a.Parent))
}

// within lists the communes of a district, a few of many.
func (r radioNames) within(district string, at time.Time) string {
	var out []string
	for _, a := range r.all {
		if a.Level == media.Commune && a.Parent == district && district != "" && (at.IsZero() || a.ValidAt(at)) {
			out = append(out, shortName(a))
		}
	}
	const few = 12
	if len(out) > few {
		out = append(out[:few], fmt.Sprintf("và %d xã khác", len(out)-few))
	}
	return strings.Join(out, ", ")
}

var monthForm = regexp.MustCompile(`\bthang\s*0?(\d{1,2})\s*(?:/|-|\.|nam)\s*(20\d\d)\b|^\s*0?(\d{1,2})\s*[/.-]\s*(20\d\d)\s*$|^\s*(20\d\d)-(\d\d)\s*$`)

// monthOf is the month that a text names, local, its first day.
func monthOf(s string) (month time.Time, ok bool) {
	m := monthForm.FindStringSubmatch(viet.Fold(s))
	if m == nil {
		return month, false
	}
	read := func(year, month string) (time.Time, bool) {
		t, err := time.ParseInLocation("2006-1", year+"-"+strings.TrimPrefix(month, "0"), time.FixedZone("", 7*3600))
		return t, err == nil
	}
	switch {
	case m[1] != "":
		return read(m[2], m[1])
	case m[3] != "":
		return read(m[4], m[3])
	}
	return read(m[5], m[6])
}
