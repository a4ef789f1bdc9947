package schedule

import (
	"slices"
	"testing"

	"loa/media"
)

func TestElsewhere(t *testing.T) {
	p := &Plan{Agencies: []media.Agency{
		{ID: "ubnd", Name: "Ủy ban nhân dân tỉnh Mẫu", Short: "UBND tỉnh", Level: media.Provincial},
		{ID: "so-noi-vu", Name: "Sở Nội vụ tỉnh Mẫu", Short: "Sở Nội vụ", Level: media.Department},
		{ID: "so-y-te", Name: "Sở Y tế tỉnh Mẫu", Short: "Sở Y tế", Level: media.Department},
		{ID: "khe-may", Name: "Ủy ban nhân dân huyện Khe Mây", Short: "Huyện Khe Mây", Level: media.District},
		{ID: "lung-may", Name: "Ủy ban nhân dân xã Lũng Mây", Short: "Xã Lũng Mây", Level: media.Commune, Parent: "khe-may"},
		{ID: "bo-phan", Name: "Bộ phận Một cửa xã Lũng Mây", Short: "Một cửa Lũng Mây", Level: media.Unit, Parent: "lung-may"},
		{ID: "doi-suong", Name: "Ủy ban nhân dân huyện Đồi Sương", Short: "Huyện Đồi Sương", Level: media.District},
	}}
	bodies := p.Bodies()
	for _, c := range []struct {
		agency, title, lead string
		want                []string
	}{
		{"khe-may", "Huyện Khe Mây công bố chỉ số cải cách hành chính", "", nil},
		{"khe-may", "Bà con Khe Mây nộp hồ sơ trực tuyến", "Sở Nội vụ kiểm tra.", nil},
		{"khe-may", "Xã Lũng Mây trả kết quả ngay trong ngày", "Chủ tịch UBND tỉnh đến thăm.", nil},
		{"khe-may", "Một cửa Lũng Mây làm việc sáng thứ Bảy", "", nil}, // at any depth
		{"khe-may", "Đẩy mạnh cải cách hành chính trong quý II", "Hội nghị đề ra bốn nhiệm vụ.", nil},
		{"khe-may", "Huyện Đồi Sương đẩy mạnh cải cách hành chính", "", []string{"Huyện Đồi Sương"}},
		{"khe-may", "Thủ tướng yêu cầu cắt giảm thủ tục hành chính", "Phát biểu tại phiên họp của Chính phủ.", []string{"Thủ tướng", "Chính phủ"}},
		{"khe-may", "HUYỆN ĐỒI SƯƠNG HỌP", "Huyện khe mây cùng dự", nil},
		{"so-noi-vu", "Sở Y tế số hóa hồ sơ", "", []string{"Sở Y tế"}},
		{"so-noi-vu", "Sở Nội vụ và Sở Y tế ký kết phối hợp", "", nil},
		{"lung-may", "Huyện Khe Mây giao ban cải cách hành chính", "", []string{"Huyện Khe Mây"}},
		{"khe-may", "", "", nil},
	} {
		if got := bodies.Elsewhere(c.agency, c.title, c.lead); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %q: %q, want %q", c.agency, c.title, c.lead, got, c.want)
		}
	}
}
