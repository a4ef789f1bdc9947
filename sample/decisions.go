package sample

import (
	"fmt"
	"time"
)

// decision is one decision that publishes administrative procedures: signed by
// the people's committee's chairman, owed to the portal some days later.
type decision struct {
	number         string
	signed, posted string // "mmdd"; posted "" if the portal never did
	what, of       string
}

// decisions lists them in order of signature. In February one is posted ten
// working days late and one never; in March one waits out the portal's silence.
func decisions() []decision {
	return []decision{
		{"41/QĐ-UBND", "0106", "0111", "mới ban hành lĩnh vực hộ tịch", "Sở Tư pháp"},
		{"112/QĐ-UBND", "0130", "0206", "được sửa đổi, bổ sung lĩnh vực lưu thông hàng hóa trong nước", "Sở Công Thương"}, // the fifth working day
		{"153/QĐ-UBND", "0203", "0208", "được sửa đổi, bổ sung lĩnh vực đất đai", "Sở Tài nguyên và Môi trường"},
		{"201/QĐ-UBND", "0210", "0224", "mới ban hành lĩnh vực nhà ở và công sở", "Sở Xây dựng"},
		{"239/QĐ-UBND", "0221", "", "bị bãi bỏ lĩnh vực khám bệnh, chữa bệnh", "Sở Y tế"},
		{"287/QĐ-UBND", "0302", "0307", "được thay thế lĩnh vực tổ chức phi chính phủ", "Sở Nội vụ"},
		{"342/QĐ-UBND", "0309", "0324", "mới ban hành lĩnh vực đường bộ", "Sở Giao thông vận tải"},
	}
}

// Decision is one of them as it truly is, for tests.
type Decision struct {
	Number string
	Signed time.Time // local midnight
	Posted time.Time // the day the portal posted it, local midnight; zero if never
}

// Decisions lists the decisions that publish administrative procedures, in
// order of signature.
func Decisions() []Decision {
	var out []Decision
	for _, d := range decisions() {
		t := Decision{Number: d.number, Signed: mmdd(d.signed)}
		if d.posted != "" {
			t.Posted = mmdd(d.posted)
		}
		out = append(out, t)
	}
	return out
}

// title is how the office's register and the portal both name it.
func (d decision) subject() string {
	return fmt.Sprintf("công bố Danh mục thủ tục hành chính %s thuộc thẩm quyền giải quyết của %s tỉnh Mẫu", d.what, d.of)
}

// postings are the portal's pieces that post a decision.
func (g *generator) postings(sec *section) []*piece {
	if sec.path != "/cctthc" {
		return nil
	}
	var out []*piece
	for i, d := range decisions() {
		if d.posted == "" {
			continue
		}
		at := mmdd(d.posted)
		p := g.blank(sec, day{at: at, shown: at, hour: -1}, 14+i%3)
		signed := mmdd(d.signed)
		p.Reform, p.Topic = true, "tthc"
		p.Title = fmt.Sprintf("Quyết định số %s ngày %s %s", d.number, signed.Format("02/01/2006"), d.subject())
		p.Lead = fmt.Sprintf("Ngày %s, Chủ tịch UBND tỉnh Mẫu ký Quyết định số %s %s.", signed.Format("02/01/2006"), d.number, d.subject())
		p.body = []string{
			fmt.Sprintf("Danh mục gồm các thủ tục hành chính %s, thực hiện tại cấp tỉnh và cấp huyện; nội dung cụ thể của từng thủ tục được niêm yết tại bộ phận một cửa và trên Cổng dịch vụ công.", d.what),
			fmt.Sprintf("%s có trách nhiệm cập nhật quy trình giải quyết thủ tục hành chính trên hệ thống một cửa điện tử của tỉnh, công khai đầy đủ thành phần hồ sơ, thời hạn và lệ phí.", d.of),
			"Quyết định có hiệu lực kể từ ngày ký. Văn bản đầy đủ đính kèm tin này.",
		}
		out = append(out, p)
	}
	return out
}
