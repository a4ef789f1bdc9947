package web

import (
	"net/http"
	"slices"
	"strings"

	"loa/media"
	"loa/web/access"
)

// menuEntry is one page in the menu.
type menuEntry struct {
	Path, Word string
	Here       bool
	may        access.Right
	own        bool // as of its route
}

// menuTable lists the pages of the menu in their order.
func menuTable() []menuEntry {
	return []menuEntry{
		{Path: "/", Word: "Việc hôm nay", may: access.See, own: true},
		{Path: "/duyet", Word: "Chờ duyệt", may: access.Review},
		{Path: "/bang-theo-doi", Word: "Bảng theo dõi", may: access.See},
		{Path: "/phat-song", Word: "Phát sóng", may: access.See, own: true},
		{Path: "/sap-toi", Word: "Tuần tới", may: access.See, own: true},
		{Path: "/minh-chung", Word: "Minh chứng", may: access.See, own: true},
		{Path: "/bao-cao", Word: "Báo cáo", may: access.See},
		{Path: "/co-quan", Word: "Cơ quan", may: access.See, own: true},
		{Path: "/tin-bai", Word: "Tin, bài", may: access.See, own: true},
		{Path: "/truyen-thanh", Word: "Truyền thanh cơ sở", may: access.See, own: true},
		{Path: "/bieu-thu-thap", Word: "Biểu thu thập", may: access.See},
		{Path: "/phieu", Word: "Phiếu của đơn vị", may: access.Slip, own: true},
		{Path: "/so-ke-hoach", Word: "Sổ kế hoạch", may: access.See, own: true},
		{Path: "/so-bao-cao", Word: "Sổ báo cáo", may: access.See, own: true},
		{Path: "/bao-tin", Word: "Báo tin", may: access.See},
		{Path: "/nguon", Word: "Nguồn", may: access.See},
		{Path: "/lich-su", Word: "Lịch sử", may: access.Audit},
		{Path: "/quan-tri/duong-dan", Word: "Đường dẫn một lần", may: access.GivePass, own: true},
		{Path: "/quan-tri/tai-khoan", Word: "Tài khoản", may: access.Accounts},
		{Path: "/cai-dat", Word: "Cài đặt", may: access.Settings},
		{Path: "/sao-luu", Word: "Sao lưu", may: access.Backup},
	}
}

// weekly are the pages that somebody opens every week: they stand in the bar, the others under «Thêm».
var weekly = []string{"/", "/duyet", "/bang-theo-doi", "/phat-song", "/sap-toi", "/minh-chung", "/bao-cao"}

// menu is what a person finds in it: in the bar, and under «Thêm».
func (s *site) menu(a access.Actor, here string) (bar, more []menuEntry) {
	for _, e := range menuTable() {
		if !(route{method: http.MethodGet, may: e.may, own: e.own}).lets(a.Role) || !s.handsIn(e.Path) {
			continue
		}
		e.Here = e.Path == here
		if slices.Contains(weekly, e.Path) {
			bar = append(bar, e)
		} else {
			more = append(more, e)
		}
	}
	if len(bar) == 0 {
		return more, nil
	}
	return bar, more
}

// handsInOften is what somebody who works for some agencies hands in every week or month: the first thing on their first page.
func (s *site) handsInOften(a access.Actor) []menuEntry {
	all := []menuEntry{{Path: "/minh-chung/moi", Word: "Nộp minh chứng", may: access.Handover, own: true}, {Path: "/phieu", Word: "Phiếu tháng của đơn vị", may: access.Slip, own: true}}
	switch a.Role {
	case access.Planner:
		all = append([]menuEntry{{Path: "/phat-song/nhap", Word: "Nạp nhật ký, lịch, bảng kê", may: access.Handover, own: true}}, all...)
	case access.Editor:
		all = append([]menuEntry{{Path: "/phat-song/nhap?loai=" + string(media.RegPrint), Word: "Nạp sổ tin, bài báo in", may: access.Handover, own: true}}, all...)
	case access.District:
		all = append([]menuEntry{{Path: "/truyen-thanh/phieu", Word: "Gửi phiếu truyền thanh của xã", may: access.Slip, own: true}}, all...)
	}
	return slices.DeleteFunc(all, func(e menuEntry) bool {
		page, _, _ := strings.Cut(strings.TrimSuffix(e.Path, "/moi"), "?")
		return !a.Role.Scoped() || !s.handsIn(page) || !(route{method: http.MethodGet, may: e.may, own: e.own}).lets(a.Role)
	})
}

// firstPage is the menu entry of somebody's own first page: an agency's of who works for that one alone, the list of agencies of
// who works for several. Others who come there are under «Cơ quan».
func (s *site) firstPage(a access.Actor, agency string) string {
	if a.Role.Scoped() && (agency == "" && len(a.Agencies) != 1 || agency != "" && len(a.Agencies) == 1 && a.Agencies[0] == agency) {
		return "/"
	}
	return "/co-quan"
}
