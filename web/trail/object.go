package trail

import (
	"net/url"
	"strings"

	"loa/viet"
)

// Names give what ids stand for, as people read it; an id that is not known comes back as it is.
type Names struct {
	Quota, Agency, Source, Channel, Period, Role func(id string) string

	sort string // of the event whose record is read
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
		return n.standing(at(1), at(2), at(3))
	case "note":
		return n.standing(at(1), at(2), at(3))
	case "handin":
		return n.Agency(at(2)) + ": " + n.Quota(at(1)), "/minh-chung/" + url.PathEscape(at(3))
	case "handed":
		return "Một tệp chờ xem trước", ""
	case "declaration", "dispute":
		return n.Agency(at(1)) + ", " + n.Period(at(2)), "/doi-chieu?ky=" + url.QueryEscape(at(2)) + "&don-vi=" + url.QueryEscape(slug(at(1)))
	case "collect":
		words = "Biểu thu thập " + n.Period(at(1))
		if at(2) != "" {
			words += ", " + n.Agency(at(2))
		}
		return words, "/bieu-thu-thap?ky=" + url.QueryEscape(at(1))
	case "login", "logout", "account":
		return "Tài khoản " + e.Subject, ""
	case "cover":
		return "Thay cho tài khoản " + e.Subject, ""
	case "walk":
		return n.Source(e.Subject), "/nguon/" + url.PathEscape(slug(e.Subject))
	case "report":
		return "Báo cáo " + n.Period(at(1)), "/bao-cao/" + url.PathEscape(at(1))
	case "score":
		return "Mô phỏng điểm", "/mo-phong-diem"
	case "token", "webhook", "backup":
		return e.Subject, "" // a name that a person gave
	case "entry":
		return n.entry(at(0), at(1), at(2)), "/cai-dat/tep"
	case "map":
		_, sender, _ := strings.Cut(e.Subject, " ")
		return "Bảng của " + sender, "/phat-song/ban-do-cot"
	case "review", "item":
		return "Một tin, bài", "/tin-bai/" + url.PathEscape(e.Subject)
	case "source":
		return n.Source(e.Subject), "/nguon/" + url.PathEscape(slug(e.Subject))
	case "period":
		return "Kỳ báo cáo: " + n.Period(at(1)), "/bao-cao"
	case "plan":
		if len(part) == 1 {
			return "Kế hoạch", ""
		}
		return n.Quota(at(1)), "/quotas/" + url.PathEscape(at(1))
	case "airings", "uploads":
		if e.Kind == "airings.scanned" {
			return "Một nhật ký", ""
		}
		return n.Channel(at(0)), ""
	case "schedule", "register":
		if i := strings.LastIndexByte(e.Subject, ':'); i >= 0 {
			id := e.Subject[i+1:]
			if name := n.Channel(id); name != id {
				return name, ""
			}
			return n.Agency(id), ""
		}
	case "notice":
		if e.Kind == "notice.made" && len(part) > 2 && at(2) != "" {
			return "Thông báo cho " + n.Agency(at(2)), "/bao-tin"
		}
		if e.Kind == "notice.released" && len(part) > 4 && at(2) != "" {
			return n.standing(at(2), at(3), at(4))
		}
		return "Một thông báo", "/bao-tin"
	case "case":
		return "Việc cần khắc phục " + at(1), ""
	case "draft":
		if e.Kind == "draft.session" {
			return "Phiên chốt kỳ " + n.Period(at(1)), "/phien-chot?ky=" + url.QueryEscape(at(1))
		}
		return "Dự thảo của " + n.Agency(at(1)), ""
	case "radio":
		words = "Truyền thanh cơ sở tháng " + at(1)
		if at(2) != "" {
			words += ", " + n.Agency(at(2))
		}
		return words, ""
	case "evidence":
		return "Một bản lưu", ""
	case "quarantine":
		return "Tài liệu máy không đọc được", "/nguon/cach-ly"
	case "link":
		return n.Agency(at(0)), "/quan-tri/duong-dan"
	case "export":
		if e.Kind == "export.pack" {
			return "Gói minh chứng " + n.Period(at(1)), "/bao-cao/" + url.PathEscape(at(1))
		}
		if strings.HasPrefix(e.Subject, "/") {
			page, _, _ := strings.Cut(e.Subject, "?")
			return pageWord(page, n), e.Subject
		}
	}
	return viet.Capital(e.Subject), ""
}

// standing names one standing, and its page; without a period the duty's.
func (n Names) standing(quota, owner, period string) (words, path string) {
	words = n.Quota(quota)
	if owner != "" {
		words += ", " + n.Agency(owner)
	}
	if owner == "" || period == "" {
		return words, "/quotas/" + url.PathEscape(quota)
	}
	return words + ", " + n.Period(period), "/tien-do/" + url.PathEscape(quota) + "/" + url.PathEscape(slug(owner)) + "/" + url.PathEscape(period)
}

// entry names what was set on the desk over the plan's files, of the kinds of schedule.Entry.
func (n Names) entry(scope, kind, key string) string {
	named := func(of func(string) string) string {
		if name := of(scope + "/" + key); name != scope+"/"+key {
			return name
		}
		return of(key)
	}
	switch kind {
	case "source":
		return "Nguồn «" + named(n.Source) + "»"
	case "agency":
		return named(n.Agency)
	case "column":
		return "Chuyên mục «" + key + "»"
	case "windows":
		return "Khung giờ nhiều người xem: " + named(n.Channel)
	case "session":
		return "Các ngày của phiên chốt kỳ"
	case "holidays":
		return "Ngày nghỉ năm " + key
	}
	return "Phần kế hoạch «" + key + "»"
}

// slug is an id without its province.
func slug(id string) string {
	if _, rest, ok := strings.Cut(id, "/"); ok {
		return rest
	}
	return id
}

// pageWord names the page that something was taken out of.
func pageWord(page string, n Names) string {
	for _, p := range [][2]string{
		{"/tin-bai", "Danh sách tin, bài"}, {"/nguon/cach-ly", "Danh sách tài liệu máy không đọc được"}, {"/nguon", "Danh sách nguồn"}, {"/bao-tin", "Danh sách thông báo"}, {"/sap-toi", "Việc sắp tới"},
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
