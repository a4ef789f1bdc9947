package web

import (
	"net/http"
	"regexp"
	"strings"

	"loa/schedule"
	"loa/viet"
)

// letterheadForm is the form of what stands around the department's papers: who signs, where, under which symbol, who gets them.
func (s *site) letterheadForm(r *http.Request) (p editPage, key string, err error) {
	l := s.Plan.LetterheadAt(s.Business())
	if l.Agency == "" {
		return p, "", nil
	}
	key = s.slug(l.Agency)
	_, file, last, lines, err := s.part(r, schedule.EntryLetterhead, key)
	p = editPage{What: "Thể thức văn bản của " + s.names.Agency(l.Agency), Action: r.URL.Path, Back: "/cai-dat", BackWord: "Cài đặt", Laid: lines, From: viet.Day(s.Business()), Button: "Ghi thể thức",
		Lead: "Công văn, báo cáo của một kỳ mang thể thức của ngày cuối kỳ ấy; thư mang thể thức của ngày lập. Văn bản của kỳ trước ngày áp dụng vẫn giữ thể thức cũ. Văn bản luôn là dự thảo: không ghi họ tên người ký."}
	p.Fields = []formField{
		{Name: "signer", Shape: "area", Value: l.Signer, Help: "Như «GIÁM ĐỐC», hoặc hai dòng «KT. GIÁM ĐỐC» và «PHÓ GIÁM ĐỐC» (Điều 13 Nghị định 30/2020/NĐ-CP)."},
		{Name: "place", Value: l.Place, Help: "Đứng trước ngày tháng: «Yên Bái, ngày 06 tháng 3 năm 2023»."},
		{Name: "symbol", Value: l.Symbol, Help: "Chữ viết tắt tên cơ quan, như «STTTT»."},
		{Name: "office", Value: l.Office, Help: "Trong số của công văn và ở dòng «Lưu»; có thể để trống."},
		{Name: "home_affairs", Value: l.Home, Help: "Ở dòng «Kính gửi» của công văn."},
		{Name: "governing", Value: l.Governing, Help: "Ở dòng «Kính gửi» của báo cáo."},
		{Name: "copies", Shape: "area", Value: strings.Join(l.Copies, "\n"), Help: "Mỗi dòng một nơi nhận, không gạch đầu dòng; «Như trên» và «Lưu» tự có."},
	}
	for i := range p.Fields {
		p.Fields[i].Label = fieldLabel(p.Fields[i].Name)
	}
	fromFile(p.Fields, file, last)
	return p, key, err
}

func (s *site) letterhead(w http.ResponseWriter, r *http.Request) {
	p, key, err := s.letterheadForm(r)
	s.letterheadOr(w, r, p, key, err)
}

func (s *site) letterheadOr(w http.ResponseWriter, r *http.Request, p editPage, key string, err error) {
	now := map[string]any{}
	if key == "" {
		now = nil
	}
	s.editOr(w, r, p, now, err)
}

var symbolForm = regexp.MustCompile(`^[\p{Lu}\p{N}]+(-[\p{Lu}\p{N}]+)*$`)

// most of a line of a paper's head, in letters, and of lines of a signer and of copies.
const (
	mostHeadLine = 80
	mostSigner   = 3
	mostCopies   = 12
)

// letterheadFaults are the mistakes of one field.
func letterheadFaults(f formField) []string {
	all := linesOf(f.Value)
	for _, line := range all {
		if len([]rune(line)) > mostHeadLine {
			return []string{"Dòng dài quá 80 chữ cái, không đứng vừa trên văn bản"}
		}
	}
	switch {
	case f.Name == "signer" && f.Value != strings.ToUpper(f.Value):
		return []string{"Thẩm quyền, chức vụ người ký viết bằng chữ in hoa, như «KT. GIÁM ĐỐC»"}
	case f.Name == "signer" && len(all) > mostSigner:
		return []string{"Nhiều nhất ba dòng"}
	case f.Name == "copies" && len(all) > mostCopies:
		return []string{"Nhiều nhất mười hai nơi nhận"}
	case (f.Name == "symbol" || f.Name == "office") && f.Value != "" && !symbolForm.MatchString(f.Value):
		return []string{"Ký hiệu gồm chữ in hoa và chữ số, như «STTTT»"}
	}
	return nil
}

func (s *site) setLetterhead(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	p, key, err := s.letterheadForm(r)
	if err != nil || key == "" {
		s.letterheadOr(w, r, p, key, err)
		return
	}
	was := map[string]string{}
	for _, f := range p.Fields {
		was[f.Name] = f.Value
	}
	s.typedOver(r, &p)
	body, faults := map[string]any{}, Faults{}
	for _, f := range p.Fields {
		all := linesOf(f.Value)
		if strings.Join(all, "\n") == was[f.Name] {
			continue
		}
		if wrong := letterheadFaults(f); wrong != nil {
			faults[f.Name] = wrong
		}
		switch {
		case len(all) == 0:
			body[f.Name] = nil // as the names of the agencies have it
		case f.Name == "copies":
			body[f.Name] = all
		default:
			body[f.Name] = strings.Join(all, "\n")
		}
	}
	if len(body) > 0 {
		body["basis"] = field(r, "can-cu")
	}
	var wrong error
	if len(faults) > 0 {
		wrong = faults
	}
	s.setPart(w, r, schedule.EntryLetterhead, key, body, p, wrong)
}
