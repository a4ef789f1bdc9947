package web

import (
	"net/http"
	"slices"

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
		{Path: "/", Word: "Bảng theo dõi", may: access.See},
		{Path: "/sap-toi", Word: "Sắp tới", may: access.See},
		{Path: "/phat-song", Word: "Phát sóng", may: access.See, own: true},
		{Path: "/tin-bai", Word: "Tin, bài", may: access.See, own: true},
		{Path: "/nguon", Word: "Nguồn", may: access.See},
		{Path: "/bao-tin", Word: "Báo tin", may: access.See},
		{Path: "/bao-cao", Word: "Báo cáo", may: access.See},
		{Path: "/quan-tri/tai-khoan", Word: "Tài khoản", may: access.Accounts},
		{Path: "/quan-tri/duong-dan", Word: "Đường dẫn", may: access.GivePass, own: true},
	}
}

// menu is what a person finds in it.
func (s *site) menu(a access.Actor, here string) []menuEntry {
	all := slices.DeleteFunc(menuTable(), func(e menuEntry) bool {
		return !route{method: http.MethodGet, may: e.may, own: e.own}.lets(a.Role)
	})
	for i := range all {
		all[i].Here = all[i].Path == here
	}
	return all
}
