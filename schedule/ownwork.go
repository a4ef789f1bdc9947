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

// Elsewhere names the bodies that a piece on a unit's page is about when it is
// about others alone: title and lead name them and neither the unit, nor its
// place, nor a body beneath it. It is empty for a piece that names nobody: what a
// unit publishes is taken for its own. («kết quả thực hiện công tác CCHC của các
// đơn vị», Annex 4)
func (p *Plan) Elsewhere(agency, title, lead string) []string {
	text := spaced(title + " " + lead)
	var others []string
	longest := map[string]int{} // who is named at a place: the longest name there counts
	for _, a := range p.Agencies {
		own := a.ID == agency || p.beneath(a, agency)
		for _, name := range placed(a) {
			n := spaced(name)
			if len(n) < shortestName || !strings.Contains(text, n) {
				continue
			}
			if own {
				return nil
			}
			if len(n) > longest[a.ID] {
				longest[a.ID] = len(n)
				if !slices.Contains(others, a.Short) && a.Short != "" {
					others = append(others, a.Short)
				}
			}
		}
	}
	for _, name := range centralBodies {
		if strings.Contains(text, spaced(name)) && !slices.ContainsFunc(others, func(o string) bool { return strings.Contains(o, name) }) {
			others = append(others, name)
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
