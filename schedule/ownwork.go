package schedule

import (
	"slices"
	"strings"

	"loa/media"
	"loa/viet"
)

// centralBodies are those whose doings are no unit's of a province.
var centralBodies = []string{"Thủ tướng", "Chính phủ", "Quốc hội", "Bộ Nội vụ", "Bộ Tư pháp", "Bộ Tài chính", "Bộ Công an", "Bộ Y tế", "Bộ Xây dựng",
	"Bộ Giáo dục và Đào tạo", "Bộ Thông tin và Truyền thông", "Bộ Khoa học và Công nghệ", "Bộ Kế hoạch và Đầu tư", "Bộ trưởng", "Văn phòng Chính phủ"}

// Bodies knows who can be named in a text: the plan's agencies by all their names, and
// the central ones. It is made once for many texts.
type Bodies struct {
	plan    *Plan
	names   []bodyName // of agencies, in the plan's order
	central []bodyName
}

// bodyName is a folded name and whose it is.
type bodyName struct {
	name   string
	short  string        // as people are told it
	agency *media.Agency // nil of a central body
}

// Bodies lists whom a text can name.
func (p *Plan) Bodies() Bodies {
	b := Bodies{plan: p}
	for i := range p.Agencies {
		a := &p.Agencies[i]
		for _, name := range placed(*a) {
			if n := spaced(name); len(n) >= shortestName {
				b.names = append(b.names, bodyName{n, a.Short, a})
			}
		}
	}
	for _, name := range centralBodies {
		b.central = append(b.central, bodyName{spaced(name), name, nil})
	}
	return b
}

// Elsewhere names the bodies that a piece on a unit's page is about when it is
// about others alone: title and lead name them and neither the unit, nor its
// place, nor a body beneath it. It is empty for a piece that names nobody: what a
// unit publishes is taken for its own. («kết quả thực hiện công tác CCHC của các
// đơn vị», Annex 4)
func (b Bodies) Elsewhere(agency, title, lead string) []string {
	text := spaced(title + " " + lead)
	var others []string
	for _, n := range b.names {
		switch {
		case !strings.Contains(text, n.name):
		case n.agency.ID == agency || b.plan.beneath(*n.agency, agency):
			return nil
		case n.short != "" && !slices.Contains(others, n.short):
			others = append(others, n.short)
		}
	}
	for _, n := range b.central {
		if strings.Contains(text, n.name) && !slices.ContainsFunc(others, func(o string) bool { return strings.Contains(o, n.short) }) {
			others = append(others, n.short)
		}
	}
	return others
}

// beneath reports whether a belongs under the agency, at any depth.
func (p *Plan) beneath(a media.Agency, agency string) bool {
	for range 8 { // deeper than any tree of offices
		if a.Parent == "" {
			return false
		}
		if a.Parent == agency {
			return true
		}
		at := slices.IndexFunc(p.Agencies, func(b media.Agency) bool { return b.ID == a.Parent })
		if at < 0 {
			return false
		}
		a = p.Agencies[at]
	}
	return false
}

// placed lists the names of an agency, and of a local authority that of its place,
// «huyện Khe Mây» and «Khe Mây».
func placed(a media.Agency) []string {
	names := append([]string{a.Name, a.Short}, a.Aliases...)
	if a.Level != media.District && a.Level != media.Commune {
		return names
	}
	for _, name := range names {
		place, ok := strings.CutPrefix(viet.NFC(name), "Ủy ban nhân dân ")
		if !ok {
			place, ok = strings.CutPrefix(viet.NFC(name), "UBND ")
		}
		if ok {
			names = append(names, place)
		}
	}
	for _, name := range slices.Clone(names) {
		for _, kind := range []string{"huyện ", "thị xã ", "thành phố ", "xã ", "phường ", "thị trấn ", "Huyện ", "Thị xã ", "Thành phố ", "Xã ", "Phường ", "Thị trấn "} {
			// One syllable is a word of every text.
			if place, ok := strings.CutPrefix(name, kind); ok && strings.Contains(place, " ") {
				names = append(names, place)
			}
		}
	}
	return names
}

func testOwnWork(_ *Plan, _ Quota, _ Condition, e media.Evidence) finding {
	if len(e.Elsewhere) > 0 {
		return finding{near: true, why: because("not_own", args{"names": slices.Clone(e.Elsewhere)})}
	}
	return finding{ok: true}
}
