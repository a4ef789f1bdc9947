package trail

import (
	"net/url"
	"strings"

	"loa/viet"
)

// Names give what ids stand for, as people read it; an id that is not known comes back as it is.
type Names struct {
	Quota, Agency, Source, Channel, Period func(id string) string
}

// Object tells what an event was about, and the page of the desk on which that stands, "" if there is none.
func (e Event) Object(n Names) (words, path string) {
	sort, _, _ := strings.Cut(e.Kind, ".")
	part := strings.Split(e.Subject, " ")
	at := func(i int) string {
		if i < len(part) {
			return part[i]
		}
		return ""
	}
	switch sort {
	case "decision":
		if len(part) < 3 {
			break
		}
		words = n.Quota(at(1)) + ", " + n.Agency(at(2))
		if at(3) == "" {
			return words, "/quotas/" + url.PathEscape(at(1))
		}
		owner := at(2)
		if _, slug, ok := strings.Cut(owner, "/"); ok {
			owner = slug
		}
		return words + ", " + n.Period(at(3)), "/tien-do/" + url.PathEscape(at(1)) + "/" + url.PathEscape(owner) + "/" + url.PathEscape(at(3))
	case "review", "item":
		return "Một tin, bài", "/tin-bai/" + url.PathEscape(e.Subject)
	case "source":
		return n.Source(e.Subject), "/nguon"
	case "period":
		return "Kỳ báo cáo: " + n.Period(at(1)), "/bao-cao"
	case "plan":
		if len(part) == 1 {
			return "Kế hoạch", ""
		}
		return n.Quota(at(1)), "/quotas/" + url.PathEscape(at(1))
	case "airings", "uploads":
		return n.Channel(at(0)), ""
	case "schedule", "register":
		if _, id, ok := strings.Cut(e.Subject, ":"); ok {
			if name := n.Channel(id); name != id {
				return name, ""
			}
			return n.Agency(id), ""
		}
	case "notice":
		if e.Kind == "notice.made" && len(part) > 2 && at(2) != "" {
			return "Thông báo cho " + n.Agency(at(2)), "/bao-tin"
		}
		if e.Kind == "notice.released" && len(part) > 2 {
			break
		}
		return "Một thông báo", "/bao-tin"
	case "case":
		return "Việc cần khắc phục " + at(1), ""
	case "draft":
		return "Dự thảo của " + n.Agency(at(1)), ""
	case "radio":
		words = "Truyền thanh cơ sở tháng " + at(1)
		if at(2) != "" {
			words += ", " + n.Agency(at(2))
		}
		return words, ""
	case "evidence":
		return "Một bản lưu", ""
	case "link":
		return n.Agency(at(0)), "/quan-tri/duong-dan"
	case "export":
		if strings.HasPrefix(e.Subject, "/") {
			page, _, _ := strings.Cut(e.Subject, "?")
			return pageWord(page, n), e.Subject
		}
	}
	return viet.Capital(e.Subject), ""
}

// pageWord names the page that something was taken out of.
func pageWord(page string, n Names) string {
	for _, p := range [][2]string{
		{"/tin-bai", "Danh sách tin, bài"}, {"/nguon", "Danh sách nguồn"}, {"/bao-tin", "Danh sách thông báo"}, {"/sap-toi", "Việc sắp tới"},
		{"/tien-do/", "Minh chứng của một tiến độ"}, {"/lich-su", "Lịch sử thao tác"}, {"/cai-dat/", "Danh sách trong phần cài đặt"},
	} {
		if page == p[0] || strings.HasPrefix(page, p[0]) {
			return p[1]
		}
	}
	if id, ok := strings.CutPrefix(page, "/quotas/"); ok {
		return n.Quota(id)
	}
	if rest, ok := strings.CutPrefix(page, "/bao-cao/"); ok {
		period, _, _ := strings.Cut(rest, "/")
		return "Báo cáo " + n.Period(period)
	}
	if strings.HasPrefix(page, "/bien-ban/") {
		return "Biên bản chốt số liệu"
	}
	if page == "/" {
		return "Bảng theo dõi"
	}
	return "Một danh sách"
}
